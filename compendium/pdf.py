"""The whole book as one PDF, for reading on paper: `make pdf`.

Jupyter Book puts the chapters, with what their cells computed, on one page (nothing is
executed again), and Chromium prints it. It prints twice: only a printed page knows its
number, and the table of contents shows them.
"""

import io
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

from analysis import __version__
from analysis.errors import DataError
from compendium import browser
from compendium.checkout import checkout
from compendium.faults import in_one_line
from compendium.files import remove, whole
from compendium.pages import CACHE, GALLERY, SOURCE, configuration, run_jupyter_book
from compendium.plan import BUILD, ROOT
from compendium.publish import plain
from compendium.status import sign_one_page

WORK = BUILD / "pdf"
PAGE = WORK / "_build" / "singlehtml" / "index.html"
TEMPLATES = Path(__file__).parent / "templates"
FIXED_DATE = b"D:19800101000000+00'00'"  # the same book, the same bytes


def main() -> int:
    if browser.chromium() is None:
        print(f"error: `make pdf` {browser.MISSING}", file=sys.stderr)
        return 2
    if not one_page():
        print(
            "error: the chapters could not be put on one page; the reason is above", file=sys.stderr
        )
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
    if not run_jupyter_book(source, config, builder="singlehtml", output=WORK):
        return False
    sign_one_page(PAGE, ROOT, BUILD)
    return True


def front_matter() -> dict[str, str]:
    """Return what the title page says."""
    config = configuration()
    return {
        "title": config["title"],
        "author": config["author"],
        "version": f"Version {__version__}, {checkout(ROOT)}",
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
        raise RuntimeError("the printed page numbers moved the pages")
    with whole(target) as part:
        part.write_bytes(content)
    return number_of_pages(content)


def printed(page: Any) -> bytes:
    content = page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    return steady(content)


def steady(content: bytes) -> bytes:
    """Return a PDF of Chromium with a fixed date, and with names of its elements that stay.

    Chromium counts the elements of all pages that it has opened; here the first is 0. The order
    and the length of the names stay, which the format needs.
    """
    content = re.sub(rb"D:\d{14}[-+Z]\d\d'\d\d'", FIXED_DATE, content)
    numbers = sorted(set(re.findall(rb"\(node(\d{8})\)", content)))
    place = {number: b"(node%08d)" % at for at, number in enumerate(numbers)}
    return re.sub(rb"\(node(\d{8})\)", lambda name: place[name[1]], content)


# ------------------------------------------------------------- what the printed file holds


def number_of_pages(content: bytes) -> int:
    return len(PdfReader(io.BytesIO(content)).pages)


def pages_of(content: bytes, places: list[str]) -> dict[str, int]:
    """Return on which page, counted from 1, each named place of the document is."""
    reader = PdfReader(io.BytesIO(content))
    named = {name.lstrip("/"): place for name, place in reader.named_destinations.items()}
    pages = {place: reader.get_destination_page_number(named[place]) for place in places}
    return {place: number + 1 for place, number in pages.items() if number is not None}


def with_bookmarks(content: bytes, titles: list[str]) -> bytes:
    """Return the PDF with the headings' own words as bookmarks.

    Chromium leaves formulas out, and says a heading twice that moved to another page. What is
    changed is appended: all else stays as Chromium wrote it.
    """
    writer = PdfWriter(io.BytesIO(content), incremental=True)
    bookmarks = list(below(writer.root_object["/Outlines"].get_object()))
    if len(bookmarks) != len(titles):
        raise RuntimeError(f"{len(titles)} headings, {len(bookmarks)} bookmarks")
    for bookmark, title in zip(bookmarks, titles, strict=True):
        bookmark[NameObject("/Title")] = TextStringObject(title)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def below(bookmark: Any) -> Iterator[Any]:
    """Yield the bookmarks below one, each before its own, in reading order."""
    child = bookmark.get("/First")
    while child is not None:
        yield child.get_object()
        yield from below(child.get_object())
        child = child.get_object().get("/Next")


if __name__ == "__main__":
    sys.exit(in_one_line(main))
