"""`make course`: what lies in the folder, and what the zip for students holds and does not."""

import filecmp
import json
import re
import sys
import zipfile

import pytest

from compendium import browser
from compendium.course import __main__ as course
from compendium.plan import HTML

NAMES = "# the class\nAda Lovelace\nEmmy Noether\n"
SEED = "a secret of this course"


@pytest.fixture(scope="module")
def made(html, tmp_path_factory):
    """Make the hand-outs twice, elsewhere; return the folder and both zips."""
    assert html == HTML
    if browser.chromium() is None:
        pytest.skip(f"the formula sheet {browser.MISSING}")
    folder = tmp_path_factory.mktemp("course")
    names = folder / "names.txt"
    names.write_text(NAMES, encoding="utf-8")
    zips = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(course, "TARGET", folder / "course")
        arguments = ["course", "--class-list", str(names), "--seed-of-course", SEED]
        patch.setattr(sys, "argv", arguments)
        for number in (1, 2):
            zips.append(folder / str(number) / "course.zip")
            zips[-1].parent.mkdir()
            patch.setattr(course, "ZIP", zips[-1])
            assert course.main() == 0
    return folder / "course", *zips


def texts_of(archive):
    """Return the texts of a zip file by their names below its top folder."""
    with zipfile.ZipFile(archive) as opened:
        return {
            name.partition("/")[2]: opened.read(name).decode("utf-8")
            for name in opened.namelist()
            if re.search(r"\.(ipynb|html|md|json|csv|txt)$", name) and "/book/" not in name
        }


def sums_of(archive):
    """Return the checksums of a zip file by their names: what pytest can compare in a second."""
    with zipfile.ZipFile(archive) as opened:
        return {entry.filename: entry.CRC for entry in opened.infolist()}


def test_everything_is_there(made):
    folder = made[0]
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for page in ("before", "exercises-debye", "exercises-coupling", "exercises-strain",
                 "exercises-pressure"):  # fmt: skip
        assert {
            f"student/{page}.ipynb",
            f"teacher/{page}.ipynb",
            f"nbgrader/source/{page}/{page}.ipynb",
        } <= there
    assert {f"slides/{name}.html" for name in (
        "session-1", "session-2", "session-3", "session-multiverse", "referee",
    )} <= there  # fmt: skip
    assert {"formulas.pdf", "class/ada-lovelace/README.md", "teacher/key.csv"} <= there


def test_the_same_sources_give_the_same_bytes(made):
    assert sums_of(made[1]) == sums_of(made[2])
    assert filecmp.cmp(made[1], made[2], shallow=False)


def test_students_get_no_solution_no_note_and_no_key(made):
    folder, archive, _ = made
    texts = texts_of(archive)
    assert not [name for name in texts if "teacher" in name or "nbgrader" in name or "key" in name]
    notes = [name for name, text in texts.items() if 'class="notes"' in text]
    assert notes == []
    assert 'class="notes"' in (folder / "slides" / "session-1.html").read_text(encoding="utf-8")
    assert not [name for name, text in texts.items() if "Solution of" in text]
    assert SEED not in "".join(texts.values())
    assert not [name for name, text in texts.items() if "Lovelace" in text]


def test_a_students_folder_does_not_say_the_truth(made):
    folder = made[0]
    key = json.loads((folder / "teacher" / "key.json").read_text(encoding="utf-8"))
    for student in key["students"]:
        files = sorted((folder / "class" / student["folder"]).iterdir())
        own = "".join(file.read_text(encoding="utf-8") for file in files)
        assert own
        for one in student["questions"].values():
            value = one["right"]
            if len(f"{value:.6g}".strip("0.")) > 3:
                for written in (repr(value), f"{value:.6g}", f"{value:.5g}"):
                    assert not re.search(rf"(?<![\d.]){re.escape(written)}(?!\d)", words_of(own))


def words_of(text):
    """Return what a student's folder says besides the columns of its data."""
    return "\n".join(
        line for line in text.splitlines() if not re.fullmatch(r"[-\d.,e+]+", line.strip())
    )


def test_the_zip_has_the_pages_and_says_what_it_holds(made):
    with zipfile.ZipFile(made[1]) as opened:
        names = {name.partition("/")[2] for name in opened.namelist()}
        read_me = opened.read(f"{made[1].stem}/README.txt").decode("utf-8")
    assert {"book/index.html", "book/3-1-debye.html", "formulas.pdf"} <= names
    for part in ("notebooks", "slides", "formulas.pdf", "book"):
        assert re.search(rf"^{part}\s", read_me, re.MULTILINE)


def test_links_of_the_slides_lead_to_the_pages_beside_them(made, tmp_path, no_network):
    with zipfile.ZipFile(made[1]) as opened:
        opened.extractall(tmp_path)
    top = tmp_path / made[1].stem
    for deck in sorted(top.glob("slides/*.html")):
        links = re.findall(r'href="(\.\./book/[^"#]+)', deck.read_text(encoding="utf-8"))
        assert all((deck.parent / link).is_file() for link in links)
    visit = no_network(top / "slides" / "session-1.html")
    assert visit.asked == []
    assert visit.errors == []
    assert "../book/" in (top / "slides" / "session-1.html").read_text(encoding="utf-8")


def test_a_class_list_that_is_not_there_stops_before_anything_is_removed(tmp_path, monkeypatch):
    kept = tmp_path / "course" / "kept"
    kept.mkdir(parents=True)
    monkeypatch.setattr(course, "TARGET", kept.parent)
    monkeypatch.setattr(sys, "argv", ["course", "--class-list", str(tmp_path / "none.txt")])
    with pytest.raises((ValueError, OSError), match=re.escape("none.txt")):
        course.main()
    assert kept.exists()
