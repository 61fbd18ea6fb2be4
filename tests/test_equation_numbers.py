"""One numbering of equations: the paper's, and letters for those that only the book has."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

import analysis
from analysis.errors import DataError
from compendium.course.equations import equations
from compendium.equations import NUMBERS, OWN, PAPER, called, number
from compendium.plan import BOOK

ROOT = Path(__file__).resolve().parent.parent

# ------------------------------------------------------------------------ the table

# What each numbered equation of arXiv:2401.00804 has, and no other equation of the book has all of.
IN_THE_PAPER = {
    1: (r"R_\mathrm{sat}", r"\left( \frac{T}{\Theta_\mathrm{D}} \right)^5"),
    2: ("1.45", "1.04", "0.62", "f_1 f_2^*"),
    3: ("2.46", "3.8", "3/2", "1/3"),
    4: ("0.0241", "0.0735"),
    5: ("I_0", "3/2", r"T < T_\mathrm{c,onset}"),
    6: (r"R(T_{\mathrm{c},c}) &= c \, R(T_\mathrm{c,onset})",),
    7: (r"\lambda}{D \cos\theta} + 4 \epsilon \tan\theta",),
    8: (r"\beta(\theta) = 4 \epsilon \tan\theta",),
}


@pytest.mark.parametrize(("expected", "parts"), IN_THE_PAPER.items())
def test_an_equation_has_the_papers_number(expected, parts):
    have = {
        value.number
        for value in equations(BOOK).values()
        if all(part in value.tex for part in parts)
    }
    assert have == {str(expected)}


def test_the_paper_has_eight_equations():
    assert sorted(PAPER.values()) == sorted(IN_THE_PAPER)


def pages_in_order():
    """The book's pages as its contents have them."""

    def files(entry):
        if isinstance(entry, list):
            return [file for one in entry for file in files(one)]
        own = [entry[key] for key in ("root", "file") if key in entry]
        below = [files(entry[key]) for key in ("parts", "chapters", "sections") if key in entry]
        return own + [file for one in below for file in one]

    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [BOOK / f"{file}.md" for file in files(contents)]


LABELLED = re.compile(r"^```\{math\}\n:label: (\S+)$|^\$\$ \(([\w-]+)\)$", re.MULTILINE)


def labels_of(text):
    return [found[1] or found[2] for found in LABELLED.finditer(text)]


def test_letters_follow_the_order_of_the_book():
    found = [one for page in pages_in_order() for one in labels_of(page.read_text("utf-8"))]
    assert [label for label in found if label not in PAPER] == list(OWN)
    assert sorted(found) == sorted(NUMBERS)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("", "Eq. 5"),
        ("So it is.\n", "Eq. 5"),
        ('He said "so."  ', "Eq. 5"),
        ("A paragraph\n\n", "Eq. 5"),
        ("A list:\n\n- ", "Eq. 5"),
        ("Compare ", "eq. 5"),
        ("It is 0.", "eq. 5"),
        ("Compare this,\n", "eq. 5"),
        ("two - ", "eq. 5"),
    ],
)
def test_a_sentence_begins_with_a_capital(before, words):
    assert called("eq-transition", before) == words


def test_an_unknown_label_is_refused():
    with pytest.raises(DataError, match=r"'eq-x' is not an equation of the book; .*equations\.py"):
        number("eq-x")


# ------------------------------------------------------------------------ what Sphinx makes of it

CONF = """\
extensions = ['myst_parser', 'compendium.equation_numbers']
html_theme = 'basic'
myst_enable_extensions = ['dollarmath']
numfig = True
math_numfig = False
math_eqref_format = 'eq. {number}'
"""
FIRST = """\
# First

{eq}`eq-strain-only` comes *later*, {eq}`eq-strain-only` is there. {eq}`eq-vinet` too, as
{eq}`eq-integral` does.

```{math}
:label: eq-integral
a = b
```

$$
c = d
$$ (eq-vinet)

```{math}
no = number
```

```{toctree}
second
```
"""
SECOND = "# Second\n\n```{math}\n:label: eq-strain-only\ne = f\n```\n\n- As {eq}`eq-strain-only`.\n"


def sphinx(folder, builder="html", second=SECOND):
    (folder / "conf.py").write_text(CONF)
    (folder / "index.md").write_text(FIRST)
    (folder / "second.md").write_text(second)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder]
    done = subprocess.run(
        [*command, folder, folder / "out"], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("builder", ["html", "singlehtml"])
def test_displayed_numbers_and_references_are_those_of_the_table(tmp_path, builder):
    assert sphinx(tmp_path, builder) == (0, "")
    pages = ("index", "second") if builder == "html" else ("index",)
    texts = [(tmp_path / "out" / f"{page}.html").read_text(encoding="utf-8") for page in pages]
    page = BeautifulSoup("".join(texts), "html.parser")
    shown = [element.contents[0].strip() for element in page.select(".eqno")]
    assert shown == ["(A)", "(H)", "(8)"]
    links = [
        (element["href"].split("#")[-1], element.get_text())
        for element in page.select("p a.internal")
    ]
    assert links == [
        ("equation-eq-strain-only", "Eq. 8"),
        ("equation-eq-strain-only", "eq. 8"),
        ("equation-eq-vinet", "Eq. H"),
        ("equation-eq-integral", "eq. A"),
        ("equation-eq-strain-only", "eq. 8"),
    ]


def test_other_outputs_have_them_in_the_document(tmp_path):
    assert sphinx(tmp_path, "pseudoxml") == (0, "")
    text = (tmp_path / "out" / "index.pseudoxml").read_text(encoding="utf-8")
    assert re.findall(r'<math_block.* label="(\S+)".* number="(\w)"', text) == [
        ("eq-integral", "A"),
        ("eq-vinet", "H"),
    ]


def test_an_equation_without_a_number_is_a_warning(tmp_path):
    again = SECOND + "\n```{math}\n:label: eq-new\ng = h\n```\n"
    status, said = sphinx(tmp_path, second=again)
    assert status == 1
    assert "second.md:10: WARNING: 'eq-new' is not an equation of the book" in said


def test_the_book_counts_no_equations_of_its_own():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
    assert config["math_numfig"] is False
    assert config["math_eqref_format"].format(number="H") == called("eq-vinet")


# ------------------------------------------------------------------------ what is written by hand

ONE = r"(?:\(\d+\)|\d+)"
LIST = rf"(?:(?:, and |, | ?[-–] ?| to | and | or ){ONE})*"
SAID = re.compile(rf"\b[Ee]q(?:uation)?(?:s\.? {ONE}{LIST}|\.? {ONE}(?: or {ONE})?)")
# Of other works, which the sentence names.
OTHERS = {"eqs. 10 and 12", "eq. 15"}


def said(text):
    """The numbers of equations that a text names, and the words that do."""
    for found in SAID.finditer(text.replace("\n", " ")):
        if found[0] not in OTHERS:
            yield found[0], numbers_in(found[0])


def numbers_in(words):
    """The numbers in "2", "7 and 8" or "2 to 4"."""
    found = [int(one) for one in re.findall(r"\d+", words)]
    spans = re.findall(r"(\d+)\)?(?: ?[-–] ?| to )\(?(\d+)", words)
    return {*found, *(n for low, high in spans for n in range(int(low), int(high) + 1))}


TEXTS = [
    path
    for folder, pattern in [
        ("analysis", "*.py"), ("analysis", "*.toml"), ("analysis", "*.json"),
        ("analysis", "*.js"), ("analysis", "*.mjs"),
        ("compendium", "*.py"), ("compendium", "*.md"), ("compendium", "*.html"),
        ("book", "*.md"), ("book/_static", "*.js"), ("book/_static", "*.mjs"),
        (".", "README.md"), (".", "CONTRIBUTING.md"), (".", "CHANGELOG.md"),
    ]
    for path in sorted((ROOT / folder).glob(pattern if folder == "." else f"**/{pattern}"))
]  # fmt: skip


def test_every_number_in_a_text_is_one_that_the_paper_has():
    found = {
        f"{path.relative_to(ROOT)}: {words}": named
        for path in TEXTS
        for words, named in said(path.read_text(encoding="utf-8"))
    }
    assert len(found) > 100
    assert {key for key, named in found.items() if not named <= set(PAPER.values())} == set()


@pytest.mark.parametrize(
    ("room", "numbers"), [("transport", range(1, 7)), ("diffraction", range(7, 9))]
)
def test_a_room_names_its_own_equations(room, numbers):
    texts = [
        (path.name, node.value)
        for path in (ROOT / "analysis" / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    found = [(name, named) for name, text in texts for _, named in said(text)]
    assert len(found) > 20
    assert [one for one in found if not one[1] <= set(numbers)] == []


# The map of the package: the equation in its first column, the function in its second.
MAP = re.findall(r"^(\d(?:-\d)?) +(\w+) +([\w.]+) +(\S+) +", analysis.__doc__, re.MULTILINE)


@pytest.mark.parametrize(("numbers", "function", "module", "chapter"), MAP)
def test_a_function_names_the_equations_that_the_map_gives_it(numbers, function, module, chapter):
    known = getattr(import_module(f"analysis.{module}"), function)
    # Its own reference to the paper, not what else it mentions.
    named = re.findall(
        r"[Ee]q\S+ [\d\-and ]+ of\s+arXiv|arXiv:2401\.00804, eqs[^;]*", known.__doc__
    )
    (own,) = [words for one in named for _, words in said(one)]
    assert own == numbers_in(numbers)
    assert own <= {PAPER.get(one) for one in labels_of((BOOK / f"{chapter}.md").read_text("utf-8"))}


def test_the_map_has_every_equation():
    assert set().union(*(numbers_in(one[0]) for one in MAP)) == set(PAPER.values())


CHAPTERS = ["3-1-debye", "3-2-coupling", "3-3-strain"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_head_and_contents_name_the_equations_of_a_chapter(chapter):
    text = (BOOK / f"{chapter}.md").read_text(encoding="utf-8")
    own = {PAPER[label] for label in labels_of(text) if label in PAPER}
    (head,) = re.findall(
        r"^:::\{admonition\} Section \d\.\d of the paper: (.*)$", text, re.MULTILINE
    )
    contents = (BOOK / "about.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| \[\]\({chapter}\.md\) \|(.*)$", contents, re.MULTILINE)
    for words in (head, row):
        assert [named for _, named in said(words)] == [own]
