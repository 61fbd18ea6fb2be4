"""A page of the book as a notebook that JupyterLab shows as the page is shown.

The text is plain Markdown (`compendium.plain_markdown`), and the outputs are those of the last
build, if its code was the same. A text with numbers is a cell with folded code that says it
(`compendium.chapters.glue.say`): the numbers are there before anything runs, and who changes a
parameter and runs the cells reads the new ones.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import groupby
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from compendium.chapters.figure_files import MIME
from compendium.chapters.glue import GLUED, OPEN, filled
from compendium.files import sealed
from compendium.myst import parse
from compendium.notebooks import VIEW, glued, read_notebook
from compendium.plain_markdown import plain_markdown
from compendium.plan import COMPOSED, EXECUTED

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
FOLDED = {"jupyter": {"source_hidden": True}}  # JupyterLab shows one line of such code
# Code that the page does not show, or folds.
_SILENT = "remove-cell"
_UNSHOWN = {_SILENT, "remove-input", "hide-input", "hide-cell"}
_LIVE = "*A live figure: it appears here when this cell has run.*"
_SAID = """\
# A text with computed numbers: this cell shows it anew.
from compendium.chapters.glue import say

say(r'''
{text}
''')"""


def with_outputs(page: str) -> Any:
    """Return a page's notebook with its text as composed and the outputs of the last build.

    Without outputs if it has not been executed, or not with this code.

    Parameters
    ----------
    page : str
        Such as "course/before".
    """
    notebook = read_notebook(COMPOSED / f"{page}.md")
    path = EXECUTED / "chapters" / f"{page}.ipynb"
    if not sealed(path):
        return notebook
    before = _code(nbformat.read(path, as_version=4))
    cells = _code(notebook)
    if [cell.source for cell in before] == [cell.source for cell in cells]:
        for cell, done in zip(cells, before, strict=True):
            cell.outputs, cell.execution_count = done.outputs, done.execution_count
    return notebook


def _code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def page_notebook(
    page: str, *, figures: Mapping[str, str] | None = None, beside: Collection[str] = ()
) -> Any:
    """Return a page as a notebook in plain Markdown.

    Parameters
    ----------
    page : str
        Such as "beyond/ledger"; it has been composed.
    figures : mapping of str to str, optional
        The number of each figure of the book, by label.
    beside : collection of str, optional
        The pages whose notebooks lie beside this one, see `plain_markdown`.
    """
    notebook = with_outputs(page)
    words = dict(glued(notebook.cells))
    cells: list[Any] = []

    def write(text: str) -> None:
        plain = plain_markdown(text, where=f"{page}.md", figures=figures, beside=beside)
        cells.extend(text_cells(plain, words))

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            write(cell.source)
            continue
        cells.append(code_cell(cell, where=f"{page}.md"))
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if "caption" in figure:
            write(_caption(figure, figures or {}))
    return numbered(joined(cells))


def joined(cells: Sequence[Any]) -> list[Any]:
    """Return cells with code that shows nothing put before the next code, if that is folded, too.

    What runs is the same, in the same order; the reader has fewer folded lines between the texts.
    """
    kept: list[Any] = []
    silent: Any = None
    for cell in cells:
        if cell.cell_type == "code":
            if silent is not None and "source_hidden" in cell.metadata.get("jupyter", {}):
                cell.source = f"{silent.source}\n\n{cell.source}"
                kept = [cell for cell in kept if cell is not silent]
            silent = cell if _SILENT in cell.metadata.get("tags", ()) else None
        kept.append(cell)
    return kept


def numbered(cells: Sequence[Any]) -> Any:
    """Return a notebook of these cells, which are named in their order."""
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}"
    return new_notebook(cells=cells, metadata=KERNEL)


def _caption(figure: Mapping[str, str], figures: Mapping[str, str]) -> str:
    number = figures.get(figure.get("name", ""))
    return f"**Figure{f' {number}' if number else ''}.** {figure['caption']}"


# ---------------------------------------------------------------------------- cells


def code_cell(cell: Any, *, where: str, outputs: bool = True) -> Any:
    """Return a cell of code as JupyterLab shows it.

    Parameters
    ----------
    cell : NotebookNode
    where : str
        Its page with suffix, for messages.
    outputs : bool, optional
        Whether they are kept; in place of a live figure, which is there when its cell has run,
        stands a sentence.
    """
    tags = set(cell.metadata.get("tags", ()))
    made = new_code_cell(cell.source, execution_count=cell.execution_count if outputs else None)
    made.metadata["tags"] = sorted(tags & {"parameters", _SILENT})
    if tags & _UNSHOWN and "parameters" not in tags:
        made.metadata |= deepcopy(FOLDED)
    for output in deepcopy(cell.outputs) if outputs else ():
        data = output.get("data", {})
        data.pop(MIME, None)  # the files of a figure, of use in the book only
        if GLUED in data or _SILENT in tags:
            continue
        if VIEW in data:
            made.outputs.append(new_output("display_data", {"text/markdown": _LIVE}))
            continue
        if "{" in (text := "".join(data.get("text/markdown", ""))):
            data["text/markdown"] = plain_markdown(text, where=where)
        made.outputs.append(output)
    return made


def text_cells(plain: str, words: Mapping[str, str]) -> Iterator[Any]:
    """Yield the cells of a text in plain Markdown: those with numbers are code that says them.

    A heading is none, for JupyterLab's table of contents reads no outputs: it has the number that
    was there.
    """
    for text, numbers in _parts(plain):
        shown = filled(text, words)
        if not numbers:
            yield new_markdown_cell(shown)
            continue
        output = new_output("display_data", {"text/markdown": shown})
        yield new_code_cell(_SAID.format(text=text), outputs=[output], metadata=deepcopy(FOLDED))


def _parts(plain: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text, as few as possible, and whether they are texts with numbers."""
    for numbers, blocks in groupby(_blocks(plain), lambda block: OPEN in block[0] and not block[1]):
        yield "\n\n".join(block for block, _ in blocks), numbers


def _blocks(plain: str) -> Iterator[tuple[str, bool]]:
    """Yield the blocks of a text, and whether each is a heading; a box is one, with all in it."""
    lines = plain.splitlines()
    starts, depth = list[tuple[int, bool]](), 0
    for token in parse(plain):
        if token.level or token.map is None or token.nesting < 0:
            continue
        if depth == 0:
            starts.append((token.map[0], token.type == "heading_open"))
        if token.type == "html_block":
            depth += len(re.findall(r"<(?:div|details)\b", token.content))
            depth -= len(re.findall(r"</(?:div|details)>", token.content))
    ends = [start for start, _ in starts[1:]] + [len(lines)]
    for (start, heading), end in zip(starts, ends, strict=True):
        yield "\n".join(lines[start:end]).strip(), heading


def markdown_of(cells: Iterable[Any]) -> Iterator[str]:
    """Yield every text that a notebook shows as Markdown: its own and those of its outputs."""
    for cell in cells:
        if cell.cell_type == "markdown":
            yield cell.source
        for output in cell.get("outputs", ()):
            yield "".join(output.get("data", {}).get("text/markdown", ""))
