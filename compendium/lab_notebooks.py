"""Every page with code as a notebook: for `make lab`, and to download from the page.

Exercises are those that students get, with blank cells to fill in; their solutions are folded on
the pages. All else is `compendium.page_notebooks`.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell

from analysis.show.foreign import plain_text
from compendium.course.notebooks import STUDENT, WITH_EXERCISES, hand_out, parts_of
from compendium.figures import NUMBERS
from compendium.files import read, write_whole
from compendium.myst import directive, parse
from compendium.notebooks import has_code, parameters_of, read_notebook
from compendium.page_notebooks import numbered, page_notebook, with_outputs
from compendium.plain_markdown import plain_markdown
from compendium.plan import BUILD, COMPOSED, START, combined, existing_pages

OWN_FILE = "data_file"  # the parameter of a chapter that takes a reader's own file
_HEAD = "chapter-head"
_WRITTEN = "compendium"  # in the metadata: a digest of the cells as they were written
_START = """\
# {title}: the chapters as notebooks

{state}

**Run > Run All Cells** computes a notebook again. A live figure appears when its cell has run.
A text with numbers is a cell with folded code: when you change a parameter and run all cells, it
shows the new numbers. You may change everything here: `make lab` keeps a notebook that you have
changed. To get the original back, delete or rename yours, and call `make lab` again.
{table}"""
_BUILT = "Texts, figures and numbers are those of the last build."
_UNBUILT = (
    "Notebooks that no build has executed have no figures yet, and “…” in place of each number: "
    "run their cells, or call `make book` before `make lab`."
)
_OWN = """\
## Your own data

1. Drag your file into the list of files on the left.
2. Open one of the notebooks below, and write the file's name into its cell of parameters:
   `data_file: str = "my.csv"`. The comments there explain the other parameters.
3. **Run > Run All Cells**.

{rows}

The same from a command line, for one file or for many, in the folder of these notebooks:

```sh
python -m papermill {example}.ipynb mine.ipynb -p data_file my.csv
```

`mine.ipynb` then holds the text with the numbers of your file. papermill only warns of a parameter
that a notebook does not have: read what it prints."""


# ---------------------------------------------------------------------------- notebooks


def pages_with_code(pages: Sequence[str]) -> list[str]:
    """Return those pages that have cells to execute; they have been composed."""
    return [page for page in pages if has_code(COMPOSED / f"{page}.md")]


def notebook_of(page: str, *, beside: Collection[str] = ()) -> Any:
    """Return the notebook of a page.

    Parameters
    ----------
    page : str
        Such as "3-1-debye"; it has been composed.
    beside : collection of str, optional
        The pages whose notebooks lie beside this one: links lead to them.
    """
    if WITH_EXERCISES.match(page):
        return hand_out(
            parts_of(with_outputs(page), where=f"{page}.md"), STUDENT, where=f"{page}.md"
        )
    return page_notebook(page, figures=figure_numbers(), beside=beside)


def figure_numbers() -> Mapping[str, str]:
    """Return the number of each figure in the last book, by label; empty before any."""
    return dict(json.loads(read(BUILD / "source" / NUMBERS) or "{}"))


def write_downloads(pages: Sequence[str], folder: Path) -> None:
    """Write the notebook of each page below a folder, as the pages lie."""
    for page in pages:
        write_whole(folder / f"{page}.ipynb", nbformat.writes(notebook_of(page)))


def write_lab(pages: Sequence[str], folder: Path, *, title: str) -> list[str]:
    """Write the notebooks of the chapters and the page that leads to them; keep what was changed.

    Parameters
    ----------
    pages : sequence of str
        With code, in the book's order.
    folder : Path
    title : str
        Of the book.

    Returns
    -------
    list of str
        Those notebooks that are as their reader has changed them.
    """
    changed = []
    for page in pages:
        path = folder / f"{page}.ipynb"
        if path.exists() and _changed(path):
            changed.append(f"{page}.ipynb")
            continue
        notebook = notebook_of(page, beside=pages)
        notebook.metadata[_WRITTEN] = _digest(notebook)
        write_whole(path, nbformat.writes(notebook))
    for page in set(existing_pages()) - set(pages):  # of another data package
        path = folder / f"{page}.ipynb"
        if path.exists() and not _changed(path):
            path.unlink()
    write_whole(folder / START, nbformat.writes(start_page(pages, title=title)))
    return changed


def _changed(path: Path) -> bool:
    """Tell whether cells of a notebook were changed since it was written; outputs do not count."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception:  # nbformat raises many kinds
        return True
    return bool(notebook.metadata.get(_WRITTEN) != _digest(notebook))


def _digest(notebook: Any) -> str:
    return combined(*(f"{cell.cell_type} {cell.source}" for cell in notebook.cells))


# ---------------------------------------------------------------------------- the start page


def start_page(pages: Sequence[str], *, title: str) -> Any:
    """Return the notebook with which JupyterLab opens: the chapters, and one's own data."""
    built = all(any(cell.outputs for cell in _code(page)) for page in pages)
    rows = ["", "| notebook | about | read before | time |", "| --- | --- | --- | --- |"]
    rows += [f"| {_link(page)} | {' | '.join(head_of(page))} |" for page in pages]
    first = _START.format(
        title=plain_text(title), state=_BUILT if built else _UNBUILT, table="\n".join(rows)
    )
    cells = [new_markdown_cell(first)]
    own = {page: names for page in pages if OWN_FILE in (names := _parameters(page))}
    if own:
        lines = (f"- {_link(page)}: {', '.join(f'`{name}`' for name in own[page])}" for page in own)
        cells.append(new_markdown_cell(_OWN.format(rows="\n".join(lines), example=next(iter(own)))))
    return numbered(cells)


def head_of(page: str) -> tuple[str, str, str]:
    """Return what the head of a chapter says: what it is about, what to read before, the time."""
    text = (COMPOSED / f"{page}.md").read_text(encoding="utf-8")
    blocks = filter(None, map(directive, parse(text)))
    head = next((block for block in blocks if _HEAD in block.options.get("class", "")), None)
    if head is None:
        return ("exercises" if WITH_EXERCISES.match(page) else "", "", "")
    plain = plain_markdown(head.body, where=f"{page}.md")
    parts = dict(re.findall(r"^- \*\*(.+?)\*\*\n((?:  .*\n?)+)", plain, re.MULTILINE))
    before, time = (
        " ".join(parts.get(word, "").split()).rstrip(".") for word in ("Before", "Time")
    )
    return plain_markdown(head.title, where=f"{page}.md"), before, time


def _link(page: str) -> str:
    titles = re.findall(r"^# (.+)$", (COMPOSED / f"{page}.md").read_text("utf-8"), re.MULTILINE)
    return f"[{titles[0]}]({page}.ipynb)"


def _code(page: str) -> list[Any]:
    return [cell for cell in with_outputs(page).cells if cell.cell_type == "code"]


def _parameters(page: str) -> list[str]:
    notebook = read_notebook(COMPOSED / f"{page}.md")
    tagged = any("parameters" in cell.metadata.get("tags", ()) for cell in notebook.cells)
    return list(parameters_of(notebook)) if tagged else []
