"""The sheet of formulas: what the book says, two pages, the same bytes each time."""

import filecmp
import re
import shutil

import numpy as np
import pypdfium2
import pytest
from bs4 import BeautifulSoup

from analysis.errors import DataError
from compendium import browser
from compendium.course import formulas
from compendium.course.equations import equations
from compendium.course.symbols import SYMBOLS, Symbol, meaning
from compendium.course.usual import TABLES, numbers
from compendium.myst import glossary
from compendium.plan import BOOK

A4 = (595.3, 841.9)  # points


@pytest.fixture(scope="module")
def pages():
    return BeautifulSoup(formulas.sheet(), "html.parser").select(".sheet")


def equations_of(page):
    return [element.get_text() for element in page.select(".equation")]


# ------------------------------------------------------------------------ what it says


def test_every_labelled_equation_of_the_book_is_there_once(pages):
    found = [text for page in pages for text in equations_of(page)]
    known = equations(BOOK).values()
    assert sorted(found) == sorted(f"\\[{one.tex}\\]({one.number})" for one in known)


@pytest.mark.parametrize(("page", "expected"), [(0, "123456AB"), (1, "78CDEFGH")])
def test_equations_stand_on_their_page_with_the_books_numbers(pages, page, expected):
    found = [element.get_text()[1:-1] for element in pages[page].select(".number")]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(("page", "room"), list(enumerate(SYMBOLS)))
def test_each_symbol_is_named_once_and_used(pages, page, room):
    single = [tex for one in SYMBOLS[room] for tex in one.tex.split(", \\; ")]
    assert len(single) == len(set(single))
    used = "".join(equations_of(pages[page]))
    assert [one for one in single if one.removesuffix("_i") not in used] == []
    assert len(pages[page].select(".symbols tr")) == len(SYMBOLS[room])


# Letters that an equation explains itself: what it sums over, or defines.
OWN = {"resistance": set("xyedri"), "diffraction": {*"xiLG"}}
COMMANDS = re.compile(
    r"\\(?:mathrm|text|begin|end)\{\w[\w,]*\}|\\(?:[dt]?frac|left|right|exp|cos|sin|tan|max|int|sum|quad"
    r"|qquad|bar|sqrt)(?![a-z])"
)


def letters(tex):
    return set(re.findall(r"\\[A-Za-z]+|[A-Za-z]", COMMANDS.sub(" ", tex)))


@pytest.mark.parametrize(("page", "room"), list(enumerate(SYMBOLS)))
def test_no_letter_of_an_equation_is_left_without_a_meaning(pages, page, room):
    named = letters(" ".join(one.tex for one in SYMBOLS[room]))
    formulas_there = " ".join(text.rpartition("(")[0] for text in equations_of(pages[page]))
    assert letters(formulas_there) - named - OWN[room] == set()


def test_meanings_are_the_glossarys_words():
    assert meaning(Symbol("D", "nm", "crystallite size"), BOOK) == (
        "**crystallite size**: the length over which the lattice is one undisturbed crystal"
    )
    assert glossary(BOOK)["R²"].startswith("The coefficient of determination")
    with pytest.raises(DataError, match=r"glossary\.md has no entry 'grain'"):
        meaning(Symbol("D", "nm", "grain"), BOOK)


def cells(name):
    return [list(row) for row in TABLES[name]()[1]]


def test_depths_are_those_of_the_closed_form():
    # 1/I_0(u)^2 = c, solved with mpmath: 1.22822, 2.448111, 2.891494, 3.857807.
    assert cells("depths")[0][2:] == ["1.228", "2.448", "2.891", "3.858"]


def test_couplings_are_those_of_the_papers_inputs():
    # Equations 2 to 4 at 518 K and 58.0 K: 1.567, 1.714322, 1.877; slope 0.911 on log scales.
    assert cells("coupling") == [[r"$\lambda$", "1.567", "1.714", "1.877"]]
    assert numbers()["sensitivity"] == "0.9"
    assert numbers()["j5"] == "124.4"


def test_factors_of_line_shapes():
    lorentz, gauss = np.pi / 2, np.sqrt(np.pi / np.log(2)) / 2
    mixed = 2 / (1 / lorentz + 1 / gauss)  # heights of unit areas add
    factors = [float(row[1]) for row in cells("shapes")]
    assert factors[:3] == pytest.approx([lorentz, gauss, mixed], abs=5e-5)
    assert gauss < factors[3] < lorentz


def test_constants():
    text = " ".join(row[1] for row in cells("transport") + cells("radiation"))
    for words in ("0.08617 meV/K: 518 K is 44.6 meV", "273.15 K", "1239.8 keV pm", "20.00 keV"):
        assert words in text


# ------------------------------------------------------------------------ the PDF


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write the sheet; return the file and the number of its pages."""
    if browser.chromium() is None:
        pytest.skip(f"this {browser.MISSING}")
    target = tmp_path_factory.mktemp("sheet") / "made" / "formulas.pdf"
    return target, formulas.write_formulas(target)


def test_two_pages_of_a4_hold_all(written):
    document = pypdfium2.PdfDocument(written[0])
    try:
        texts = [page.get_textpage().get_text_bounded() for page in document]
        sizes = [page.get_size() for page in document]
    finally:
        document.close()
    assert written[1] == len(texts) == 2
    assert sizes == [pytest.approx(A4, abs=1)] * 2
    for page, on_it in enumerate([range(1, 7), (7, 8)]):
        assert all(f"({number})" in texts[page] for number in on_it)
    assert "Coulomb pseudopotential" in texts[0]
    assert "1.5708" in texts[1]
    assert "\\" not in "".join(texts)


def test_the_same_book_gives_the_same_bytes(written, tmp_path):
    formulas.write_formulas(tmp_path / "again.pdf")
    assert filecmp.cmp(tmp_path / "again.pdf", written[0], shallow=False)


@pytest.mark.usefixtures("written")
def test_a_text_that_does_not_fit_is_refused(tmp_path, monkeypatch):
    templates = tmp_path / "templates"
    shutil.copytree(formulas.TEMPLATES, templates)
    text = (templates / "formulas.md").read_text(encoding="utf-8")
    longer = text + "\n- One more line, too many.\n" * 40
    (templates / "formulas.md").write_text(longer, encoding="utf-8")
    monkeypatch.setattr(formulas, "TEMPLATES", templates)
    with pytest.raises(RuntimeError, match="do not fit on their pages, from '"):
        formulas.write_formulas(tmp_path / "formulas.pdf")
    assert not (tmp_path / "formulas.pdf").exists()


def test_without_chromium_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(browser, "chromium", lambda: None)
    with pytest.raises(FileNotFoundError, match="needs Chromium or Chrome"):
        formulas.write_formulas(tmp_path / "formulas.pdf")
