"""Chapters composed for packages that lack something: what stays, what goes, what is said."""

from pathlib import Path

import pytest

from analysis.catalogue.datasets import OWN_PACKAGE, list_datasets
from analysis.errors import DataError
from compendium.compose import compose
from compendium.facts import PLAIN, Facts
from compendium.references import dangling

BOOK = Path(__file__).resolve().parent.parent / "book"
DATA = tuple((dataset.name, dataset.title) for dataset in list_datasets(package=OWN_PACKAGE))
MEASURED = {f"data:{dataset.name}" for dataset in list_datasets(package=OWN_PACKAGE)}
IN_CHECKOUT = {
    f"data:{dataset.name}"
    for dataset in list_datasets(package=OWN_PACKAGE)
    if "://" not in dataset.properties["path"]
}
THE_PAPERS = set(PLAIN) - {"foreign"}
FITTED = {"foreign", "curves", "fits", "pressures", "theta-pressures"}
# What can be true together. Of a package of one's own the twin is no part.
FACT_SETS = {
    "the project's own": THE_PAPERS | MEASURED,
    "a newcomer's": (THE_PAPERS - {"lattice"}) | IN_CHECKOUT,
    "the paper's originals": (set(PLAIN) - {"twin", "lattice"}) | MEASURED,
    "the paper's originals, offline": (set(PLAIN) - {"twin", "lattice"}) | IN_CHECKOUT,
    "one curve": {"foreign", "curves"} | IN_CHECKOUT,
    "one transition": {"foreign", "curves", "fits", "transition", "shape"} | IN_CHECKOUT,
    "a transition that is only read off": {"foreign", "curves", "transition"} | IN_CHECKOUT,
    "curves under pressure": FITTED | {"transition", "shape"} | MEASURED,
    "a phase diagram": FITTED | {"transition", "shape", "transitions", "tc-pressures", "regions"},
    "one pattern": {"foreign", "patterns"} | MEASURED,
    "patterns under pressure": {"foreign", "patterns", "series", "strain", "cells"} | IN_CHECKOUT,
    "patterns and a transition": {"foreign", "curves", "transition", "patterns", "strain"},
    "everything of another sample": (set(PLAIN) - {"paper", "twin"}) | MEASURED,
    "lattice constants": {"foreign", "lattice"} | IN_CHECKOUT,
    "nothing of use": {"foreign"} | IN_CHECKOUT,
}


def facts(*true):
    return Facts("My *own*", frozenset(true), DATA)


def composed(text, *true):
    return compose(text, facts(*true), file="page.md").text


def test_a_section_without_what_it_needs_is_one_sentence_up_to_the_next_of_its_level():
    text = "# T\n\n% needs: curves, transition\n(a)=\n## A\nx\n\n### AA\ny\n\n## B\nz\n"
    assert composed(text, "curves", "transition") == text.replace(
        "% needs: curves, transition\n", ""
    )
    assert composed(text, "curves") == (
        "# T\n\n(a)=\n## A\n\nThis section needs a curve with a superconducting transition; the "
        "package “My \\*own\\*” has none.\n\n## B\nz\n"
    )


def test_a_section_of_other_packages_goes_without_a_word():
    text = "# T\nx\n\n% only: not paper\n(a)=\n## A\ny\n\n# U\nz\n"
    assert composed(text, "paper") == "# T\nx\n\n# U\nz\n"
    assert "## A\ny\n" in composed(text)


def test_parts_of_a_section_nest():
    text = "a\n% if: paper\nb\n  % if: twin, not curves\n- c\n  % endif\nd\n% endif\ne\n"
    assert composed(text, "paper", "twin") == "a\nb\n- c\nd\ne\n"
    assert composed(text, "paper", "twin", "curves") == "a\nb\nd\ne\n"
    assert composed(text, "twin") == "a\ne\n"


def test_nothing_is_said_within_a_section_that_is_not_there():
    text = "# T\n% needs: curves\n## A\n% needs: patterns\n### B\nx\n% if: paper\ny\n% endif\n"
    assert composed(text).count("needs") == 1
    assert "### B" not in composed(text)


def test_what_stands_in_code_and_settings_is_no_condition():
    text = '---\n% if: paper\n---\n```{code-cell}\n# A\n"""\n% if: paper\n"""\n```\n~~~\n% x\n~~~'
    assert composed(text) == f"{text}\n"


def test_a_page_can_need_and_can_go():
    page = compose("% only: paper\n# T\nx\n", facts(), file="page.md")
    assert (page.present, page.text) == (False, "")
    assert composed("% needs: patterns\n# T\nx\n").startswith("# T\n\nThis chapter needs a diff")


def test_of_several_titles_one_is_left_and_may_be_the_packages():
    text = "% only: paper\n# T\n% only: not paper\n# {{ package }}\n\nx\n\n## A\ny\n"
    assert composed(text, "paper") == "# T\n\nx\n\n## A\ny\n"
    assert composed(text) == "# My \\*own\\*\n\nx\n\n## A\ny\n"


def test_the_sentence_about_missing_data_says_which_and_how_to_get_them():
    said = composed("% needs: data:cu-foil\n## A\n")
    assert "`how to get it <sec-getting-data>`" in said
    assert r"cu\-foil (Copper foil cooled from 243 K to 4 K)" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n\n% if: paper\nb", "page.md, line 3: '% if' is not closed by '% endif'"),
        ("% if: paper\n# A\n% endif", "line 1: '% if' is not closed .* before the next heading"),
        ("a\n% endif", "line 2: '% endif' has no '% if' above it"),
        ("% needs: curves\n\n# A", "line 1: '% needs' stands directly above a heading"),
        (
            "% if paper\n% endif",
            r"line 1: '% if paper' is not a condition; allowed: '% needs: FACT'",
        ),
        ("% If: paper\n% endif", "'% If: paper' is not a condition"),
        ("% if: paper,\n% endif", "'% if: paper,' is not a condition"),
        ("% if: papers\n% endif", "line 1: no fact is called 'papers'; did you mean paper"),
        (
            "% if: data:cu-fol\n% endif",
            "no fact is called 'data:cu-fol'; did you mean data:cu-foil",
        ),
        ("% needs: not paper\n# A", "'% needs' does not take 'not'; use '% only: not'"),
    ],
)
def test_conditions_that_are_none_are_refused_by_file_and_line(text, message):
    with pytest.raises(DataError, match=message):
        composed(text)


PAGE = """\
# T

% only: curves
(sec-a)=
## A

```{code-cell} ipython3
---
tags: [hide-input]
name: not-a-figure
mystnb:
  figure:
    name: fig-a
---
found = 1
glue_all(front_page.results_words(found))
```

## B

{numref}`fig-a`, {ref}`the section <sec-a>`, [](#sec-a), {glue:text}`front-kinds`, [](other.md)

```{code-cell} ipython3
print(found)
```
"""


def test_references_to_what_is_left_out_are_found():
    def found(*true):
        pages = {"a": PAGE, "other": "% only: patterns\n# O\n"}
        return dangling(
            {name: compose(text, facts(*true), file=name) for name, text in pages.items()}
        )

    assert found("curves", "patterns") == []
    said = found()
    lost = ("label fig-a", "label sec-a", "page other", "variable found", "word front-kinds")
    assert all(any(one in line for line in said) for one in lost)
    assert all(line.startswith("a.md, line ") for line in said)


@pytest.fixture(scope="module")
def texts():
    pages = (page for page in sorted(BOOK.rglob("*.md")) if "sheets" not in page.parts)
    names = {page: page.relative_to(BOOK).as_posix().removesuffix(".md") for page in pages}
    return {name: page.read_text(encoding="utf-8") for page, name in names.items()}


@pytest.mark.parametrize("true", FACT_SETS.values(), ids=FACT_SETS)
def test_no_page_refers_to_what_a_package_does_not_have(texts, true):
    there = Facts("mine", frozenset(true), DATA)
    pages = {name: compose(text, there, file=f"{name}.md") for name, text in texts.items()}
    assert dangling(pages) == []
