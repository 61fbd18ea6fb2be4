"""The whole book as one PDF, for reading on paper: `make pdf`.

Jupyter Book puts the chapters, with what their cells computed, on one page (nothing is
executed again), and Chromium prints it. It prints twice: only a printed page knows its
number, and the table of contents shows them.
"""

import re
import shutil
import sys
from pathlib import Path
from typing import Any

from analysis import __version__
from analysis.errors import DataError
from compendium import browser
from compendium.faults import in_one_line
from compendium.files import remove, whole
from compendium.pages import CACHE, GALLERY, SOURCE, configuration, run_jupyter_book
from compendium.plan import BUILD
from compendium.publish import plain

WORK = BUILD / "pdf"
PAGE = WORK / "_build" / "singlehtml" / "index.html"
TEMPLATES = Path(__file__).parent / "templates"
FIXED_DATE = b"D:19800101000000+00'00'"  # the same book, the same bytes


def main() -> int:
    if browser.chromium() is None:
        print(f"error: `make pdf` {browser.MISSING}", file=sys.stderr)
        return 2
    if not one_page():
        print("error: the chapters do not go on one page (above)", file=sys.stderr)
        return 1
    target = BUILD / f"la3ni2o7-compendium-{__version__}.pdf"
    with browser.launched() as chromium:
        pages = print_page(chromium, PAGE, target, front_matter())
    print(f"{pages} pages, {target.stat().st_size / 1e6:.1f} MB: {target}")
    return 0


def one_page() -> bool:
    """Put every chapter and the table of all runs, without the sheets, on one HTML page."""
    source = BUILD / "source-of-pdf"  # as deep as the pages' own: texts include files by path
    for folder in (WORK, source):
        remove(folder)
    if not SOURCE.is_dir():
        raise DataError(f"{SOURCE}: nothing to print there; `make book` makes the pages")
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("sheets"))
    gallery = source / f"{GALLERY}.md"
    text = re.sub(r"\[([^\]]*)\]\(sheets/[^)]*\)", r"\1", gallery.read_text(encoding="utf-8"))
    gallery.write_text(text, encoding="utf-8")
    config = configuration()
    config["execute"]["cache"] = str(CACHE)
    return run_jupyter_book(source, config, builder="singlehtml", output=WORK)


def front_matter() -> dict[str, str]:
    """Return what the title page says."""
    config = configuration()
    return {
        "title": config["title"],
        "author": config["author"],
        "version": f"Version {__version__}",
        "site": config["html"]["baseurl"] or config.get("repository", {}).get("url", ""),
    }


def print_page(chromium: Any, page: Path, target: Path, front: dict[str, str]) -> int:
    """Print a page with a title page and a table of contents; return the number of pages."""
    context = chromium.new_context(color_scheme="light")
    seen = browser.visit(context, page).page
    seen.emulate_media(media="print")
    seen.add_style_tag(path=TEMPLATES / "print.css")
    # Not as an element of the page, whose policy lets no other script run.
    script = (TEMPLATES / "print.js").read_text(encoding="utf-8")
    seen.evaluate(f"() => {{ {script}\nObject.assign(window, {{ titles, prepare, number }}); }}")
    titles = [plain(title) for title in seen.evaluate("titles()")]
    places = seen.evaluate("prepare", front)
    seen.evaluate(browser.SETTLED)
    numbers = pages_of(printed(seen), places)
    seen.evaluate("number", numbers)
    content = with_bookmarks(printed(seen), titles)
    context.close()
    if numbers != pages_of(content, places):
        raise RuntimeError("the page numbers moved when they were printed")
    with whole(target) as part:
        part.write_bytes(content)
    return len(page_objects(content))


def printed(page: Any) -> bytes:
    content = page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    return re.sub(rb"D:\d{14}[-+Z]\d\d'\d\d'", FIXED_DATE, content)


# ------------------------------------------------------------- just enough of a PDF to read


def objects(content: bytes) -> dict[int, bytes]:
    """Return the objects of a PDF as Chromium writes it: none of them is compressed."""
    matches = re.finditer(rb"^(\d+) 0 obj\s(.*?)\sendobj", content, re.MULTILINE | re.DOTALL)
    return {int(match[1]): match[2] for match in matches}


def page_objects(content: bytes) -> list[int]:
    """Return the numbers of the page objects, in reading order."""
    every = objects(content)

    def below(number: int) -> list[int]:
        kids = re.search(rb"/Kids\s*\[(.*?)\]", every[number], re.DOTALL)
        if kids is None:
            return [number]
        return [page for kid in re.findall(rb"(\d+) 0 R", kids[1]) for page in below(int(kid))]

    (catalog,) = (text for text in every.values() if re.search(rb"/Type\s*/Catalog", text))
    root = re.search(rb"/Pages (\d+) 0 R", catalog)
    if root is None:
        raise ValueError("no pages in this PDF")
    return below(int(root[1]))


def pages_of(content: bytes, places: list[str]) -> dict[str, int]:
    """Return on which page, counted from 1, each named place of the document is."""
    page = {number: count for count, number in enumerate(page_objects(content), start=1)}
    targets = re.findall(rb"/([\w-]+)\s*\[(\d+) 0 R\s*/XYZ", b"".join(objects(content).values()))
    every = {name.decode(): page[int(number)] for name, number in targets if int(number) in page}
    return {place: every[place] for place in places}


def with_bookmarks(content: bytes, titles: list[str]) -> bytes:
    """Return the PDF with the headings' own words as bookmarks.

    Chromium leaves formulas out, and says a heading twice that moved to another page. What is
    changed is appended, as the format allows: new objects, their places, where the old ones are.
    """
    every = objects(content)
    (root,) = (text for text in every.values() if b"/Type /Outlines" in text)

    def below(text: bytes) -> list[int]:
        """Return the bookmarks below an object, each before its own, in reading order."""
        numbers, step = [], re.search(rb"/First (\d+) 0 R", text)
        while step:
            number = int(step[1])
            numbers += [number, *below(every[number])]
            step = re.search(rb"/Next (\d+) 0 R", every[number])
        return numbers

    bookmarks = below(root)
    if len(bookmarks) != len(titles):
        raise RuntimeError(f"{len(titles)} headings, {len(bookmarks)} bookmarks")
    end = re.search(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)\s*%%EOF\s*$", content, re.DOTALL)
    if end is None:
        raise ValueError("this PDF does not end as Chromium's do")
    places = [b"xref\n"]
    for number, title in sorted(zip(bookmarks, titles, strict=True)):
        coded = title.encode("utf-16-be").hex().upper().encode()
        rest = every[number][every[number].index(b"/Dest") :]
        places.append(b"%d 1\n%010d 00000 n \n" % (number, len(content)))
        content += b"%d 0 obj\n<</Title <FEFF%s>\n%s\nendobj\n" % (number, coded, rest)
    last = b"trailer\n<<%s\n/Prev %s>>\nstartxref\n%d\n%%%%EOF\n" % (end[1], end[2], len(content))
    return content + b"".join(places) + last


if __name__ == "__main__":
    sys.exit(in_one_line(main))
