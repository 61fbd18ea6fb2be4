"""The sheet of formulas: two pages, resistance and coupling, diffraction and pressure.

The text is ``templates/formulas.md``. Equations come out of the chapters, meanings of symbols
out of the glossary, and every number that follows from a formula from the package.
"""

import re
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path
from shutil import copyfile

from compendium import browser
from compendium.course.equations import equation
from compendium.course.slides import REVEAL, TEMPLATES
from compendium.course.symbols import SYMBOLS, meaning
from compendium.course.usual import TABLES, numbers
from compendium.course.words import Setting, html, inline
from compendium.files import whole
from compendium.myst import parse
from compendium.offline import copy_needed, mathjax_into
from compendium.pdf import number_of_pages, printed
from compendium.plan import BOOK, settings

PAGES = 2
FONTS = ("fonts/source-sans-pro/*.woff",)
_PLACE = re.compile(r"(?:<p>)?\{\{([\w-]+)(?: (\w+))?\}\}(?:</p>)?")

SHEET = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Formulas</title>
<link rel="stylesheet" href="formulas.css">
<script>window.MathJax = {{ options: {{ enableMenu: false }} }};</script>
<script src="mathjax/tex-mml-chtml.js"></script>
</head>
<body>
{pages}
</body>
</html>
"""
OVERFULL = """() => [...document.querySelectorAll(".column")].flatMap((column) => {
    const { right } = column.getBoundingClientRect();
    const { bottom } = column.closest(".sheet").getBoundingClientRect();
    const over = (one) => {
        const box = one.getBoundingClientRect();
        return box.bottom > bottom + 1 || box.right > right + 1;
    };
    const parts = column.querySelectorAll(":scope > *, mjx-container, td");
    return [...parts].filter(over).map((one) => one.innerText.replace(/\\s+/g, " "));
})"""


def write_formulas(target: Path) -> int:
    """Make the sheet of formulas as a PDF.

    Parameters
    ----------
    target : Path
        The PDF; the same book gives the same bytes.

    Returns
    -------
    int
        The number of pages, 2.

    Raises
    ------
    FileNotFoundError
        Where there is no Chromium.
    RuntimeError
        If the text does not fit on two pages; the message begins what is too much.
    """
    with tempfile.TemporaryDirectory(prefix="compendium-") as scratch, browser.launched() as driver:
        page = Path(scratch, "formulas.html")
        page.write_text(sheet(), encoding="utf-8")
        mathjax_into(page.parent / "mathjax")
        copy_needed(REVEAL, "_static/revealjs/dist/theme", FONTS, page.parent)
        for file in (TEMPLATES / "formulas.css", BOOK / "_static" / "logo.svg"):
            copyfile(file, page.parent / file.name)
        seen = browser.visit(driver.new_context(color_scheme="light"), page)
        seen.page.emulate_media(media="print")
        # Without its fonts a text is wider; those for paper come only now.
        seen.page.evaluate("() => Promise.allSettled([...document.fonts].map((one) => one.load()))")
        seen.page.evaluate(browser.SETTLED)
        if over := seen.page.evaluate(OVERFULL):
            raise RuntimeError(f"the formulas do not fit on their pages, from {over[0][:60]!r} on")
        content = printed(seen.page)
    pages = number_of_pages(content)
    if pages != PAGES:
        raise RuntimeError(f"the formulas take {pages} pages, not {PAGES}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole(target) as part:
        part.write_bytes(content)
    return pages


def sheet(book: Path = BOOK) -> str:
    """Return the sheet as HTML, its formulas as TeX."""
    source = TEMPLATES / "formulas.md"
    setting = Setting(book / "formulas.md", book)
    pages = []
    for text in re.split(r"^# ", source.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, body = text.split("\n", maxsplit=1)
        columns = "".join(
            f'<div class="column">{_column(column, setting)}</div>'
            for column in re.split(r"^---$", body, flags=re.MULTILINE)
        )
        pages.append(
            f'<section class="sheet"><header><img src="logo.svg" alt=""><h1>{escape(title)}</h1>'
            f'<p class="origin">{escape(settings()["title"])}<br>'
            f"Numbers of equations are the paper's; letters are the book's own.</p></header>"
            f'<div class="columns">{columns}</div></section>'
        )
    return SHEET.format(pages="\n".join(pages))


def _column(text: str, setting: Setting) -> str:
    """Return a column as HTML: numbers first, then the text, then equations and tables."""
    values = numbers()
    text = re.sub(r"\{\{(\w+)\}\}", lambda place: values[place[1]], text)
    # Each of its own, so that none stands in a paragraph.
    text = re.sub(r"^(\{\{.*\}\})$", r"\n\1\n", text, flags=re.MULTILINE)
    return _PLACE.sub(
        lambda place: _placed(place[1], place[2], setting), html(parse(text), setting)
    )


def _placed(kind: str, name: str | None, setting: Setting) -> str:
    if name is None:
        placed = equation(kind, setting.root)
        number = f'<span class="number">({placed.number})</span>'
        return f'<div class="equation">\\[{escape(placed.tex)}\\]{number}</div>'
    if kind == "symbols":
        rows = (
            (f"${symbol.tex}$", symbol.unit, meaning(symbol, setting.root))
            for symbol in SYMBOLS[name]
        )
        return _table((), rows, setting, kind="symbols")
    return _table(*TABLES[name](), setting)


def _table(
    head: Iterable[str], rows: Iterable[Iterable[str]], setting: Setting, kind: str = "values"
) -> str:
    """Return a table as HTML; its cells are MyST."""
    top = "".join(f"<th>{inline(cell, setting)}</th>" for cell in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{inline(cell, setting)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f'<table class="{kind}">{f"<tr>{top}</tr>" if top else ""}{body}</table>'
