"""What is made from the built pages: one zip, one PDF, pictures of what readers see."""

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader
from sphinx_external_toc.parsing import parse_toc_yaml

import analysis
from compendium import pdf
from compendium.bundle import write_zip

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "compendium"


def run(tool, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", f"compendium.{tool}", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# --- the zip ------------------------------------------------------------------------------------


def test_a_zip_has_the_same_bytes_whenever_it_is_made(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, names in ((one, ("index.html", "a.html")), (two, ("a.html", "index.html"))):
        for name in names:
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(name)
    os.utime(one / "a.html", (1e9, 1e9))
    (one / "a.html").chmod(0o755)
    for folder in (one, two):
        assert write_zip(folder, tmp_path / f"{folder.name}.zip", "book") == 2
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["book/a.html", "book/index.html"]


@pytest.fixture(scope="module")
def unpacked(html, tmp_path_factory):
    """Zip the real site, and unpack it far from where it was built."""
    folder = tmp_path_factory.mktemp("class room é")
    write_zip(html, folder / "book.zip", "book")
    with zipfile.ZipFile(folder / "book.zip") as archive:
        archive.extractall(folder)
    (folder / "book.zip").unlink()
    return folder / "book"


# A browser that saw a page of the same site twice says this of a script of the theme's.
HARMLESS = "THEBE_JS_URL has already been declared"
RAW_TEX = re.compile(r"\\(?:frac|mathrm|Theta|lambda|\(|\[)")


def test_the_unpacked_book_reads_without_a_network(unpacked, no_network):
    seen = no_network(unpacked / "index.html", viewport={"width": 1280, "height": 900})
    names = sorted(file.name for file in unpacked.glob("[0-9]*.html"))
    assert len(names) >= 7
    formulas = 0
    for name in names:
        # As a reader goes there: by the menu, whose parts may be folded.
        link = seen.page.locator(f'.bd-sidebar a[href$="{name}"]')
        if not link.is_visible():
            part = f'.bd-sidebar li.has-children:has(a[href$="{name}"])'
            seen.page.click(f"{part} > details > summary > .toctree-toggle")
        link.click()
        seen.page.wait_for_url(f"**/{name}")
        seen.page.wait_for_load_state()  # its scripts, MathJax among them
        # A page without a formula has no MathJax (without measured sets, chapter 2 is one).
        seen.page.evaluate("window.MathJax?.startup.promise")
        formulas += seen.page.locator("mjx-container").count()
        seen.page.add_style_tag(content="pre { display: none }")  # code may hold TeX
        assert not RAW_TEX.search(seen.page.inner_text("article")), name
    assert formulas > 200
    seen.page.click('.bd-sidebar a[href$="all-runs.html"]')
    seen.page.click('a[href="sheets/cu-foil.html"], a[href="sheets/copper-rrr100.html"] >> nth=0')
    assert "resistance" in seen.page.inner_text("h1")
    assert [error for error in seen.errors if HARMLESS not in error] == []
    assert seen.asked == []


def test_the_unpacked_book_can_be_searched(unpacked, no_network):
    seen = no_network(unpacked / "index.html")
    seen.page.keyboard.press("Control+k")
    seen.page.keyboard.type("strain")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector('ul.search a[href="3-3-strain.html"]')
    assert (seen.errors, seen.asked) == ([], [])


# --- the PDF ------------------------------------------------------------------------------------

CHAPTERS = "".join(
    f'<span id="document-{name}"></span><section id="{name}"><h2>{title}</h2><p>Text.</p>'
    f"<section><h3 style='break-before: page'>About {title}</h3><p>More.</p></section></section>"
    for name, title in (("one", "Iron"), ("two", "Gold"))
)
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>x</title></head><body>
<article class="bd-article"><section><h1>Metals</h1><p><a href="#two">there</a></p>
{CHAPTERS}</section></article></body></html>"""
FRONT = {"title": "Metals", "author": "We", "version": "Version 1", "site": ""}


def test_a_printed_page_has_contents_bookmarks_links_and_the_same_bytes(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    target = tmp_path / "book.pdf"
    pages, content = pdf.print_page(browser, page, target, FRONT), target.read_bytes()
    # Title, contents, the front page, and two for each chapter.
    assert pages == 7
    assert pdf.pages_of(content, ["place-1", "place-2", "place-3", "place-4", "place-5"]) == {
        "place-1": 3,
        "place-2": 4,
        "place-3": 5,
        "place-4": 6,
        "place-5": 7,
    }
    titles = ["Metals", "Iron", "About Iron", "Gold", "About Gold"]
    assert bookmarks(content) == titles
    assert b"/Dest /two" in content  # links lead on inside the document
    pdf.print_page(browser, page, target, FRONT)
    same = target.read_bytes() == content
    assert same


def test_raw_tex_is_not_printed(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("Text.", r'<span class="math">\(\frac12\)</span>'))
    with pytest.raises(Exception, match="2 formulas are not typeset"):
        pdf.print_page(browser, page, tmp_path / "book.pdf", FRONT)
    assert not (tmp_path / "book.pdf").exists()


@pytest.mark.parametrize("tool", ["pdf", "screenshots"])
def test_without_a_browser_one_line_says_what_is_missing(tool):
    done = run(tool, CHROMIUM="/no/such/browser")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert re.match(r"error: `make \w+` needs Chromium or Chrome, .*apt install chromium", line)


@pytest.mark.builds
def test_the_book_is_printed_whole(html, browser):
    assert browser
    done = run("pdf")
    assert done.returncode == 0, done.stderr
    content = (ROOT / "_build" / f"la3ni2o7-compendium-{analysis.__version__}.pdf").read_bytes()
    assert len(PdfReader(io.BytesIO(content)).pages) > 60
    assert b"MathJax_Math" in content or b"MJXTEX" in content or b"MathJax" in content
    titles = bookmarks(content)
    assert len(titles) > 60
    assert [title for title in titles if "\\" in title or title != title.strip()] == []
    for name in (*parse_toc_yaml(ROOT / "_toc.yml"), "all-runs"):
        page = (html / f"{name}.html").read_text(encoding="utf-8")
        title = re.search(r'<meta property="og:title" content="([^"]*)"', page)[1]
        assert title in titles, sorted(titles)


def bookmarks(content):
    """Return the titles of a PDF's outline, those below a heading after it."""

    def titles(items):
        for item in items:
            yield from titles(item) if isinstance(item, list) else [item.title]

    return list(titles(PdfReader(io.BytesIO(content)).outline))


def test_a_printed_element_has_the_same_name_however_many_there_were_before():
    first, later = (
        b"/ID (node%08d) /CreationDate (D:20261128101112+00'00') /Headers [(node%08d) (node%08d)]"
        % (start + 4, start, start + 4)
        for start in (16, 9_998)
    )
    assert pdf.steady(first) == pdf.steady(later)
    assert pdf.steady(first).count(b"(node00000001)") == 2
    assert len(pdf.steady(first)) == len(first)


# --- the pictures -------------------------------------------------------------------------------


@pytest.mark.alike
def test_pictures_of_pages_in_two_sizes_and_two_schemes(html, browser, tmp_path):
    from PIL import Image

    assert browser
    # Where compendium/ is, is where _build is.
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(TOOLS, tmp_path / "compendium", ignore=unwanted)
    (tmp_path / "_build").mkdir()
    (tmp_path / "_build" / "html").symlink_to(html)
    done = subprocess.run(
        [sys.executable, "-m", "compendium.screenshots", "2-data", "search"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "_build" / "screenshots"
    files = {file.stem: Image.open(file) for file in folder.glob("*.png")}
    assert len(files) == 8
    with files["2-data-phone-light"] as light, files["2-data-phone-dark"] as dark:
        assert light.width == dark.width == 360
        assert light.height > 2000
        assert light.convert("L").getpixel((3, 900)) > 200
        assert dark.convert("L").getpixel((3, 900)) < 60
    for file in files.values():
        file.close()
    assert (folder / "index.html").read_text().count("<img") == 8


def test_an_unknown_page_is_named(html):
    assert html.exists()
    done = run("screenshots", "no-such-page", CHROMIUM=sys.executable)
    assert (done.returncode, done.stderr) == (2, "error: no such page: no-such-page\n")
