"""Notebooks of the exercises: for students, for teachers, and for nbgrader.

A page of exercises is taken apart at its exercises, places of checks and solutions. A student's
notebook has a blank cell to fill in where the page has a solution; a teacher's has both; that
for nbgrader has the solution within the blank, between the marks at which nbgrader cuts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from analysis.errors import DataError
from analysis.exercises.exercise import Exercise
from analysis.exercises.tables import exercise
from compendium.page_notebooks import code_cell, numbered, with_outputs
from compendium.plain_markdown import plain_markdown

WITH_EXERCISES = re.compile("course/(before$|exercises-)")  # the pages
FOLDED = "jp-MarkdownHeadingCollapsed"  # so JupyterLab hides what stands below a heading
BLANK = "fill-in"  # the tag of cells that students fill in
STUDENT, TEACHER, NBGRADER = KINDS = ("student", "teacher", "nbgrader")
_GATE = re.compile(r"^```\{(exercise-start|exercise-end|check|solution-start|solution-end)\}(.*)$")


@dataclass
class Part:
    """A piece of a page: running text, a question, the place of a check, or a solution.

    Attributes
    ----------
    kind : {"text", "exercise", "check", "solution"}
    key : str
        Of the exercise; empty for running text.
    cells : list of NotebookNode
        Markdown and code; a check has none.
    """

    kind: str
    key: str = ""
    cells: list[Any] = field(default_factory=list)


def parts_of(notebook: Any, *, where: str) -> list[Part]:
    """Take a page of exercises apart.

    Parameters
    ----------
    notebook : NotebookNode
        The page, as `compendium.notebooks.read_notebook` reads it, or executed.
    where : str
        The page, for messages.

    Raises
    ------
    DataError
        If an exercise or solution is not closed, or has no key.
    """
    parts = [Part("text")]
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            parts[-1].cells.append(cell)
            continue
        for gate, rest, text in _pieces(cell.source):
            left = _through(gate, rest, text, parts, where)
            if left.strip():
                parts[-1].cells.append(new_markdown_cell(left.strip()))
    if parts[-1].kind != "text":
        raise DataError(f"{where}: {parts[-1].kind} {parts[-1].key} is not closed")
    return [part for part in parts if part.cells or part.kind == "check"]


def _through(gate: str, rest: str, text: str, parts: list[Part], where: str) -> str:
    """Begin or end a part at a gate; return the text behind it."""
    if gate.endswith("-start"):
        label = re.match(r"\s*:label: *(\S+)\s*\n(?::[\w-]+:.*\n)*```\n?", text)
        if label is None:
            raise DataError(f"{where}: {{{gate}}}{rest} has no label")
        parts.append(Part(gate.removesuffix("-start"), label[1].removesuffix("-solution")))
        return text[label.end() :]
    if gate == "check":
        parts += [Part("check", rest.strip()), Part("text")]
    elif gate:
        kind = gate.removesuffix("-end")
        if parts[-1].kind != kind:
            raise DataError(f"{where}: {{{gate}}} closes no {kind}")
        parts.append(Part("text"))
    return re.sub(r"^\s*```\n?", "", text) if gate else text


def _pieces(source: str) -> Iterator[tuple[str, str, str]]:
    """Yield each gate in a text, what stands behind it, and the text up to the next one."""
    gate, rest, text = "", "", list[str]()
    for line in source.splitlines():
        match = _GATE.match(line)
        if match is None:
            text.append(f"{line}\n")
            continue
        yield gate, rest, "".join(text)
        gate, rest, text = match[1], match[2], []
    yield gate, rest, "".join(text)


# ---------------------------------------------------------------------------- what is written


def write_notebooks(page: str, folder: Path) -> list[Path]:
    """Write the three notebooks of a page below a folder; return their paths.

    Parameters
    ----------
    page : str
        Such as "course/exercises-debye"; it has been executed.
    folder : Path
    """
    name = page.rpartition("/")[2]
    paths = {
        STUDENT: folder / "student" / f"{name}.ipynb",
        TEACHER: folder / "teacher" / f"{name}.ipynb",
        NBGRADER: folder / "nbgrader" / "source" / name / f"{name}.ipynb",
    }
    parts = parts_of(with_outputs(page), where=f"{page}.md")
    for kind, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(hand_out(parts, kind, where=f"{page}.md"), path)
    return list(paths.values())


def hand_out(parts: Sequence[Part], kind: str, *, where: str) -> Any:
    """Return the notebook of one kind.

    Parameters
    ----------
    parts : sequence of Part
    kind : {"student", "teacher", "nbgrader"}
    where : str
        The page, for messages.
    """
    solutions = {part.key: part.cells for part in parts if part.kind == "solution"}
    cells: list[Any] = []
    for part in parts:
        if part.kind == "solution":
            cells += _solution(part, where) if kind == TEACHER else []
            continue
        asked = exercise(part.key) if part.key else None
        if part.kind == "exercise" and asked is not None:
            cells.append(new_markdown_cell(_heading(asked)))
        cells += _cells(part.cells, where, outputs=kind == TEACHER)
        if asked is not None and (part.kind == "check" or asked.answer is None):
            cells += _blank(asked, solutions.get(part.key, []), kind)
    if kind == NBGRADER:
        for number, cell in enumerate(cells):
            cell.metadata.setdefault("nbgrader", _graded(f"text-{number}", locked=True))
    return numbered(cells)


def _heading(asked: Exercise) -> str:
    points = f"{asked.points} point{'s' * (asked.points != 1)}"
    return f"### {asked.key}: {asked.title} ({points})"


def _cells(cells: Sequence[Any], where: str, *, outputs: bool) -> Iterator[Any]:
    """Yield the cells of a part as JupyterLab shows them."""
    for cell in cells:
        if cell.cell_type != "markdown":
            yield code_cell(cell, where=where, outputs=outputs)
        elif text := plain_markdown(cell.source, where=where):
            yield new_markdown_cell(text)


def _blank(asked: Exercise, solution: Sequence[Any], kind: str) -> Iterator[Any]:
    """Yield the cells in which an exercise is answered, and checked."""
    work, checks = worked(asked.key, solution)
    if asked.answer is None:
        yield _marked(new_markdown_cell(f"*Your work on {asked.key}.*"), asked, kind, by_hand=True)
        return
    if len(checks) != 1:
        raise DataError(
            f"{asked.key}: its solution checks its answer {len(checks)} times; allowed: once, last"
        )
    text = f"# {asked.key}: your work\nanswer = ..."
    if kind == NBGRADER:
        text = f"# {asked.key}: your work\n### BEGIN SOLUTION\n{work}\n### END SOLUTION"
    yield _marked(new_code_cell(text, metadata={"tags": [BLANK]}), asked, kind)
    if kind == NBGRADER:
        # What is wrong is said, too.
        test = new_code_cell(f"verdict = {checks[0]}\nassert verdict.right, verdict")
        test.metadata["nbgrader"] = _graded(
            f"{asked.key}-check", locked=True, grade=True, points=asked.points
        )
        yield test
    else:
        yield new_code_cell(checks[0])


def worked(key: str, solution: Sequence[Any]) -> tuple[str, list[str]]:
    """Return the code of a solution, and apart from it the lines that check its answer."""
    code, checks = [], []
    for cell in (cell for cell in solution if cell.cell_type == "code"):
        match = re.search(rf'^check\(\s*"{key}".*\Z', cell.source, re.MULTILINE | re.DOTALL)
        before = cell.source[: match.start()].strip() if match else cell.source
        code += [before] if before else []
        checks += [match[0]] if match else []
    return "\n\n".join(code), checks


def _marked(cell: Any, asked: Exercise, kind: str, *, by_hand: bool = False) -> Any:
    """Return a cell that a student fills in, marked as such."""
    cell.metadata["tags"] = [BLANK]
    if kind == NBGRADER:
        points = asked.points if by_hand else None
        cell.metadata["nbgrader"] = _graded(asked.key, solution=True, grade=by_hand, points=points)
    return cell


def _graded(
    name: str,
    *,
    locked: bool = False,
    solution: bool = False,
    grade: bool = False,
    points: int | None = None,
) -> dict[str, Any]:
    """Return what nbgrader wants to know of a cell, in version 3 of its scheme."""
    about: dict[str, Any] = {"grade": grade, "grade_id": name, "locked": locked}
    about |= {"schema_version": 3, "solution": solution, "task": False}
    return about if points is None else about | {"points": points}


def _solution(part: Part, where: str) -> Iterator[Any]:
    """Yield a solution, folded below its heading as it is on the page."""
    yield new_markdown_cell(f"#### Solution of {part.key}", metadata={FOLDED: True})
    yield from _cells(part.cells, where, outputs=True)
