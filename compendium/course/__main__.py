"""Write the hand-outs of the course: `make course`.

Below _build/course: notebooks for students, for teachers and for nbgrader, slides, the formula
sheet, a data set of one's own for each name of a class list, and their key. The zip beside it
holds what students need in a room without a network: no key, no speaker note, no notebook with
solutions. The book's pages, which go into it where they have been made, have their folded solutions
and the lecturers' pages, as they are published.

What they are made of, exercises and chapters, has been executed (``python -m compendium.build
--target course``).
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis import __version__
from analysis.cli.printing import json_text
from analysis.cli.schema import record
from analysis.errors import DataError
from analysis.exercises.personal import write_class, write_key
from analysis.exercises.personal_draw import OPEN_SEED, class_list
from compendium import browser, plan
from compendium.bundle import files_of, pack
from compendium.course.formulas import write_formulas
from compendium.course.notebooks import WITH_EXERCISES, write_notebooks
from compendium.course.slides import without_notes, write_slides
from compendium.faults import in_one_line
from compendium.files import remove, write_whole
from compendium.state import FINISHED

TARGET = plan.BUILD / "course"
CALLER = "COMPENDIUM_CALLER"  # where make was called from: paths count from there
ZIP = plan.BUILD / f"la3ni2o7-course-{__version__}.zip"
PAGES = "../../html"  # as the slides see them; in the zip they are beside the slides
# What students get, by the folder's name in the zip.
FOR_STUDENTS = {"notebooks": "student", "slides": "slides"}
READ_ME = """\
What is in here
===============
{parts}

The order
=========
At home      notebooks/before.ipynb
Session 1    slides/session-1.html, notebooks/exercises-debye.ipynb
Session 2    slides/session-2.html, notebooks/exercises-coupling.ipynb
Session 3    slides/session-3.html, notebooks/exercises-strain.ipynb, exercises-pressure.ipynb
Optional     slides/session-multiverse.html
Last         slides/referee.html

The notebooks run in JupyterLab with the package of the book, which `make lab` in a clone of its
repository installs{where}; do that while there is a network. In a notebook a cell that begins
"your work" is yours: set `answer`, and run the cell below it. Section numbers are those of the book
and of the paper, numbers of equations those of the paper; letters mark equations that only the book
has. formulas.pdf has all of them.
"""
ABOUT = {
    "notebooks": "exercises, with blank cells to fill in",
    "slides": "of each session: open one in a browser",
    "formulas.pdf": "two pages",
    "book": "the book's pages with live figures and folded solutions: open index.html",
}


def main() -> int:
    given = arguments()
    students = class_list(given.class_list) if given.class_list else []
    remove(TARGET)
    planned = plan.planned()
    pages = [name for name in planned.get("course", ()) if WITH_EXERCISES.match(name)]
    if not pages:
        raise DataError(
            f"{plan.PLAN}: no executed exercises there; `make course` executes them first"
        )
    for page in pages:
        write_notebooks(page, TARGET)
    print(
        f"  notebooks of {len(pages)} pages: for students, for teachers, for nbgrader", flush=True
    )
    write_slide_decks()
    write_formula_sheet()
    if students:
        write_data(students, given.seed_of_course, checks=not given.without_checks)
    count = write_room()
    print(f"The hand-outs are in {TARGET}")
    print(f"For a room without a network: {ZIP} ({count} files, {ZIP.stat().st_size / 1e6:.0f} MB)")
    return 0


def arguments() -> argparse.Namespace:
    """Return what is given, with whole paths."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--class-list",
        metavar="FILE",
        default=os.environ.get("COMPENDIUM_CLASS", ""),
        help="a name in each line: makes data for each (make course CLASS=FILE)",
    )
    parser.add_argument(
        "--seed-of-course",
        metavar="TEXT",
        default=os.environ.get("COMPENDIUM_SEED_OF_COURSE", ""),
        help="known to the teacher alone (make course SEED_OF_COURSE=TEXT)",
    )
    parser.add_argument(
        "--without-checks",
        action="store_true",
        help="no checks of answers (make course OPTIONS=--without-checks)",
    )
    given = parser.parse_args()
    caller = Path(os.environ.get(CALLER, Path.cwd()))
    given.class_list = caller / given.class_list if given.class_list else None
    return given


def executed() -> dict[str, Path]:
    """Return the executed notebooks that the hand-outs are made of, by page."""
    folder = plan.EXECUTED / "chapters"
    return {name: folder / f"{name}.ipynb" for name in plan.planned()["course"]}


def write_slide_decks() -> None:
    """Write a deck for each session."""
    pages = [name for name in plan.planned()["pages"] if plan.SESSION.match(name)]
    book = PAGES if FINISHED.exists() else None
    for name in pages:
        target = TARGET / "slides" / f"{name.rpartition('/')[2]}.html"
        count = write_slides(plan.COMPOSED / f"{name}.md", executed(), target, book=book)
        print(f"  slides of {name}: {count}", flush=True)


def write_formula_sheet() -> None:
    """Write the formula sheet, if there is a browser that prints it."""
    if browser.chromium() is None:
        print(f"  no formula sheet: it {browser.MISSING}", file=sys.stderr)
        return
    print(f"  formula sheet: {write_formulas(TARGET / 'formulas.pdf')} pages", flush=True)


def write_data(students: Sequence[str], seed: str, *, checks: bool) -> None:
    """Write a folder for each student of a class list, and the key for the teacher."""
    seed = seed if seed.strip() else OPEN_SEED
    keys = write_class(TARGET / "class", students, seed, checks=checks)
    write_key(TARGET / "teacher", keys, json_text(record("exercise", {"students": keys})) + "\n")
    print(f"  data for {len(keys)} students; their key is in teacher/", flush=True)
    if seed == OPEN_SEED:
        print("  the seed of this course is public: if marks count, give SEED_OF_COURSE")


def write_room() -> int:
    """Pack what a room without a network needs; return how many files."""
    parts = {name: TARGET / folder for name, folder in FOR_STUDENTS.items()}
    if FINISHED.exists():
        parts["book"] = plan.HTML
    else:
        print("  the zip is without the book's pages: `make book course` puts them in")
    files: dict[str, Path | bytes] = {
        f"{name}/{path}": file
        for name, folder in parts.items()
        if folder.is_dir()
        for path, file in files_of(folder).items()
    }
    for deck in (TARGET / "slides").glob("*.html"):
        text = without_notes(deck.read_text(encoding="utf-8"))
        files[f"slides/{deck.name}"] = text.replace(f"{PAGES}/", "../book/").encode()
    sheet = TARGET / "formulas.pdf"
    files |= {sheet.name: sheet} if sheet.exists() else {}
    folders = {name.partition("/")[0] for name in files}
    about = "\n".join(f"{name:14}{text}" for name, text in ABOUT.items() if name in folders)
    read_me = TARGET / "README.txt"
    address = plan.settings().get("repository", {}).get("url")
    write_whole(read_me, READ_ME.format(parts=about, where=f" ({address})" if address else ""))
    top = ZIP.stem
    return pack(
        {f"{top}/{name}": file for name, file in {**files, read_me.name: read_me}.items()}, ZIP
    )


if __name__ == "__main__":
    sys.exit(in_one_line(main))
