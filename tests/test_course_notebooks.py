"""Notebooks of the exercises: what students get, what teachers get, what nbgrader needs."""

import hashlib
import re
from pathlib import Path

import nbformat
import pytest

from analysis.errors import DataError
from analysis.exercises.tables import EXERCISES
from compendium.course.notebooks import BLANK, FOLDED, KINDS, hand_out, parts_of, worked
from compendium.notebooks import OK, execute, read_notebook
from compendium.plain_markdown import plain_markdown

BOOK = Path(__file__).resolve().parent.parent / "book"
PAGES = [BOOK / "course" / "before.md", *sorted(BOOK.glob("course/exercises-*.md"))]
NAMES = [page.stem for page in PAGES]


@pytest.fixture(params=NAMES)
def page(request):
    return f"course/{request.param}.md"


def parts(page):
    return parts_of(read_notebook(BOOK / page), where=page)


def handed_out(page, kind):
    return hand_out(parts(page), kind, where=page)


def solutions(page):
    """Return the solutions' cells by exercise."""
    return {part.key: part.cells for part in parts(page) if part.kind == "solution"}


def test_a_students_notebook_holds_no_solution(page):
    cells = handed_out(page, "student").cells
    asked = "\n".join(cell.source for cell in cells)
    plain = " ".join(asked.split())
    given = {
        line
        for part in parts(page)
        if part.kind != "solution"
        for cell in part.cells
        for line in cell.source.splitlines()
    }
    for key, cells in solutions(page).items():
        for line in worked(key, cells)[0].splitlines():
            if len(line) > 15 and line not in given:
                assert line not in asked, line
        for cell in (cell for cell in cells if cell.cell_type == "markdown"):
            for sentence in re.split(r"(?<=[.:?])\s+", plain_markdown(cell.source, where=page)):
                if len(sentence) > 25:
                    assert " ".join(sentence.split()) not in plain, sentence


def test_no_answer_can_be_read_in_a_students_notebook(page):
    text = nbformat.writes(handed_out(page, "student"))
    keys = set(solutions(page))
    for one in (one for several in EXERCISES.values() for one in several if one.key in keys):
        if one.answer is None or one.options:
            continue
        value = one.answer()
        for digits in (4, 5, 6, 8):
            written = f"{value:.{digits}g}"
            if len(written.replace(".", "").lstrip("0")) >= 4:
                assert written not in text, (one.key, written)
            for digest in ("md5", "sha1", "sha256", "sha512"):
                assert hashlib.new(digest, written.encode()).hexdigest() not in text


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_myst_is_left(page, kind):
    notebook = handed_out(page, kind)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(
                r"\{[\w:-]+\}`|^\s*[:`]{3,}\{|^% |\)=\s*$", cell.source, re.MULTILINE
            )
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_blanks_filled_with_the_solutions_run_to_the_end_and_are_right(page, tmp_path):
    notebook, answers = handed_out(page, "student"), solutions(page)
    blanks = [cell for cell in notebook.cells if BLANK in cell.metadata.get("tags", ())]
    assert len(blanks) == sum(part.kind == "exercise" for part in parts(page))
    for cell in blanks:
        key = re.search(r"[a-z]+-\d+", cell.source)[0]
        if cell.cell_type == "code":
            cell.source = worked(key, answers[key])[0]
    done = execute(notebook, folder=tmp_path, timeout=300)
    assert done.status == OK, done.report
    said = [
        output["data"]["text/plain"]
        for cell in done.notebook.cells
        if cell.cell_type == "code" and cell.source.startswith("check(")
        for output in cell.outputs
    ]
    assert said == ["✓ Right."] * len(said)
    assert len(said) == sum(part.kind == "check" for part in parts(page))


def test_a_teachers_notebook_has_the_solutions_folded_below_their_headings(page):
    cells = handed_out(page, "teacher").cells
    folded = [cell for cell in cells if cell.metadata.get(FOLDED)]
    assert [cell.source for cell in folded] == [
        f"#### Solution of {key}" for key in solutions(page)
    ]


def test_what_nbgrader_needs(page):
    cells = handed_out(page, "nbgrader").cells
    about = [cell.metadata["nbgrader"] for cell in cells]
    names = [one["grade_id"] for one in about]
    assert len(set(names)) == len(names)
    for cell, one in zip(cells, about, strict=True):
        assert set(one) - {"points"} == {
            "grade", "grade_id", "locked", "schema_version", "solution", "task",
        }  # fmt: skip
        assert re.fullmatch(r"[a-zA-Z0-9_-]+", one["grade_id"])
        assert ("points" in one) == one["grade"]
        assert one["locked"] is not one["solution"]
        if one["solution"] and cell.cell_type == "code":
            assert cell.source.count("### BEGIN SOLUTION") == 1
            assert cell.source.endswith("### END SOLUTION")
    keys = {part.key for part in parts(page) if part.kind == "exercise"}
    every = {one.key: one.points for several in EXERCISES.values() for one in several}
    assert sum(one.get("points", 0) for one in about) == sum(every[key] for key in keys)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("See {eq}`eq-bloch-gruneisen`.", "See eq. 1."),
        ("> Long as it is,\n> {eq}`eq-f1` holds. {eq}`eq-f2` too.",
         "> Long as it is,\n> eq. 3 holds. Eq. 4 too."),
        ("The {term}`what is not there` of {term}`fits <fit>`.", "The what is not there of fits."),
        ("{term}`Windows <window>`",
         ('<abbr title="The range of temperatures whose points a fit uses. It must lie above a '
          'superconducting transition.">Windows</abbr>')),
        ("{cite:p}`wiesmann1977`", "(Wiesmann 1977)"),
        ("{ref}`how to get it <sec-getting-data>`", "how to get it"),
        ("(sec-x)=\n## Head", "## Head"),
        ("```{math}\na = b\n```", "$$\na = b\n$$"),
        ("```{math}\n:label: eq-vinet\na = b\n```", "$$\na = b\n\\tag{H}\n$$"),
        (":::{margin}\nMind {term}`it`.\n:::", "> Mind it."),
        (":::{note}\nMind {term}`it`.\n:::",
         '<div class="alert alert-info">\n\nMind it.\n\n</div>'),
        (":::{admonition} Mind\n:class: tip\n$x$\n:::",
         '<div class="alert alert-success">\n\n**Mind**\n\n$x$\n\n</div>'),
        ("1. Why?\n\n   :::{dropdown} Answer\n   So: {eq}`eq-f1`.\n   :::",
         "1. Why?\n\n   <details><summary>Answer</summary>\n\n   So: eq. 3.\n\n   </details>"),
        ("Time\n: 60 minutes,\n  at most.", "- **Time**\n  60 minutes,\n  at most."),
        ("Text.\n% a remark\n\nMore.", "Text.\n\nMore."),
        ("It is {glue:text}`one-r2` here.", "It is ⟦one-r2⟧ here."),
        ('```python\nf"{x}`y`"\n```', '```python\nf"{x}`y`"\n```'),
        ("% only: not foreign\n# Title", "# Title"),
        ("[](../3-1-debye.md) and [words](../3-1-debye.md#live-debye?n=3)",
         "3.1 Debye temperature from the resistance and words"),
        ("[a page](https://example.org/x)", "[a page](https://example.org/x)"),
    ],
)  # fmt: skip
def test_myst_becomes_plain(text, plain):
    assert plain_markdown(text, where="course/exercises-debye.md") == plain


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{eq}`eq-nothing`", "course/x.md: 'eq-nothing' is not an equation of the book"),
        ("{numref}`fig-nothing`", "course/x.md: there is no 'fig-nothing'"),
        ("```{math}\n:label: eq-x\na\n```", "'eq-x' is not an equation of the book"),
        ("{doc}`x`", "course/x.md: JupyterLab cannot show the role 'doc'"),
        ("```{figure} x.png\n```", "course/x.md: JupyterLab cannot show {figure}"),
        ("[](nothing.md)", "course/x.md: there is no page 'course/nothing.md'"),
    ],
)
def test_what_has_no_plain_form_is_refused(text, message):
    with pytest.raises(DataError, match=re.escape(message)):
        plain_markdown(text, where="course/x.md")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```{exercise-start} A\n:label: debye-1\n```\ntext", "exercise debye-1 is not closed"),
        ("```{exercise-end}\n```", "{exercise-end} closes no exercise"),
        ("```{solution-start} debye-1\n```\n", "{solution-start} debye-1 has no label"),
    ],
)
def test_a_page_that_cannot_be_taken_apart_is_refused(text, message):
    cell = nbformat.v4.new_markdown_cell(text)
    with pytest.raises(DataError, match=re.escape(message)):
        parts_of(nbformat.v4.new_notebook(cells=[cell]), where="x.md")
