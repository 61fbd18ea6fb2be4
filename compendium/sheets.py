"""One sheet for each run and pressure: a template, a data set, an executed notebook.

The templates lie in ``book/sheets/``, one for each kind of measurement; an installed package
brings them along. `make book` executes one for each data set; ``python -m analysis sheet``
executes one by itself.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from html import escape
from pathlib import Path
from typing import Any

from analysis.catalogue.datasets import Dataset
from analysis.errors import DataError
from analysis.reading.figure.tex_letters import greek
from analysis.show.foreign import plain_text, visible
from compendium import notebooks
from compendium.chapters.glue import KEY
from compendium.files import file_name, write_whole
from compendium.policy import meta

PACKAGE = Path(__file__).resolve().parent
IN_CHECKOUT = PACKAGE.parent / "book" / "sheets"
TEMPLATES = IN_CHECKOUT if IN_CHECKOUT.is_dir() else PACKAGE / "book_sheets"
KINDS = ("resistance", "diffraction")
# In Markdown; a dollar of somebody's text has a backslash.
_FORMULA = re.compile(r"(?<!\\)\$([^$]+)(?<!\\)\$")
_PLACE = re.compile("\N{OBJECT REPLACEMENT CHARACTER}(\\d+);")
# A sheet by itself runs nothing and asks for nothing.
RULES = {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "img-src": "data:",
    "font-src": "data:",
    "form-action": "'none'",
    "base-uri": "'none'",
}


def template(kind: str) -> Path:
    """Return the template of a kind.

    Raises
    ------
    DataError
        If there is none; the message names those that there are.
    """
    if kind not in KINDS:
        raise DataError(f"no template for kind {kind!r}; there are {', '.join(KINDS)}")
    return TEMPLATES / f"{kind}.md"


def sheets_of(datasets: Iterable[Dataset]) -> dict[str, Dataset]:
    """Return the data sets that have sheets, by the name of the sheet's file."""
    return {
        file_name(dataset.name): dataset
        for dataset in datasets
        if dataset.kind in KINDS and dataset.available
    }


def title_of(dataset: Dataset) -> str:
    """Return "twin-run2-25.0gpa: run 2, 25 GPa (synthetic)"."""
    where = []
    if dataset.run:
        where.append(f"run {dataset.run}")
    if dataset.pressure is not None:
        where.append(f"{dataset.pressure:g} GPa")
    return f"{dataset.name}: {', '.join([*where, dataset.kind])} ({dataset.origin})"


def make_sheet(
    kind: str,
    parameters: Mapping[str, Any],
    *,
    title: str,
    folder: Path,
    timeout: int = notebooks.TIMEOUT,
) -> notebooks.Execution:
    """Execute the template of a kind with these parameters.

    Raises
    ------
    DataError
        Before a kernel starts, if a parameter is not in the template or of another type.
    """
    notebook = notebooks.read_notebook(template(kind))
    heading = next(cell for cell in notebook.cells if cell.source.startswith("# "))
    _, *rest = heading.source.splitlines()
    heading.source = "\n".join([f"# {plain_text(title)}", *rest])
    execution = notebooks.execute(notebook, folder=folder, parameters=parameters, timeout=timeout)
    execution.notebook.metadata["title"] = visible(title)
    if execution.status == notebooks.FAILED:
        failure = deepcopy(execution.notebook.cells[0])
        failure.update(id="failure", metadata={}, cell_type="markdown")
        failure.source = (
            "> **This sheet failed.** The cell and its traceback are below.\n>\n"
            f"> {plain_text(execution.error or '')}"
        )
        execution.notebook.cells.insert(1, failure)
    return execution


def refused_sheet(name: str, reason: str) -> notebooks.Execution:
    """Return the sheet of a data set that cannot be used: it says why, and runs nothing."""
    from nbformat.v4 import new_markdown_cell, new_notebook

    texts = (
        f"# {plain_text(name)}: cannot be used",
        f"> **There is no sheet of this data set.**\n>\n> {plain_text(reason)}",
    )
    cells = [new_markdown_cell(text, id=f"cell-{i}") for i, text in enumerate(texts, 1)]
    notebook = new_notebook(cells=cells)
    return notebooks.Execution(notebook, notebooks.FAILED, reason, reason, 0.0, (), {})


def recorded(notebook: Any) -> dict[str, Any] | None:
    """Return what a sheet recorded of its fits, or None if it did not come so far."""
    text = dict(notebooks.glued(notebook["cells"])).get(KEY)
    return None if text is None else dict(json.loads(text))


def write_page(notebook: Any, path: Path) -> None:
    """Write an executed sheet as one HTML page that needs no other file and no network."""
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    hide = Config()
    hide.TagRemovePreprocessor.enabled = True
    hide.TagRemovePreprocessor.remove_cell_tags = {"remove-cell", "parameters"}
    hide.TagRemovePreprocessor.remove_input_tags = {"hide-input"}
    hide.HTMLExporter.preprocessors = ["nbconvert.preprocessors.TagRemovePreprocessor"]
    exporter = HTMLExporter(
        config=hide, embed_images=True, exclude_input_prompt=True, exclude_output_prompt=True
    )
    rest, formulas = _without_tex(notebook)
    html, _ = exporter.from_notebook_node(rest)
    found = {str(at): as_html(formula) for at, formula in enumerate(formulas)}
    html = _PLACE.sub(lambda place: found.get(place[1], place[0]), html)
    # No script typesets formulas here, and nothing is to come from other hosts.
    html = re.sub(r"<script\b.*?</script>", "", html, flags=re.DOTALL)
    html = html.replace("<head>", f"<head>{meta(RULES)}", 1)
    texts = iter(_texts_of_pictures(notebook))
    html = re.sub(
        r'<img alt="No description[^"]*"([^>]*>)', lambda img: _figure(img, *next(texts)), html
    )
    write_whole(path, html)


def _without_tex(notebook: Any) -> tuple[Any, list[str]]:
    """Return a copy of a notebook with a mark for each formula of its outputs, and the formulas.

    The exporter would close tags that stand within Markdown, so they come in after it.
    """
    copy, formulas = deepcopy(notebook), []

    def mark(formula: re.Match[str]) -> str:
        formulas.append(formula[1])
        return f"\N{OBJECT REPLACEMENT CHARACTER}{len(formulas) - 1};"

    for cell in copy["cells"]:
        for output in cell.get("outputs", ()):
            if text := output.get("data", {}).get("text/markdown"):
                output["data"]["text/markdown"] = _FORMULA.sub(mark, "".join(text))
    return copy, formulas


def as_html(tex: str) -> str:
    r"""Return a simple formula as HTML: letters, indices and powers.

    Examples
    --------
    >>> as_html(r"1/R_\mathrm{sat}"), as_html(r"10^3 \epsilon")
    ('1/R<sub>sat</sub>', '10<sup>3</sup> ε')
    """
    text = re.sub(r"\\mathrm\{([^{}]*)\}", r"{\1}", escape(tex))
    text = re.sub(r"\\([A-Za-z]+)", lambda name: greek(name[1]) or name[0], text)
    for mark, tag in (("_", "sub"), (r"\^", "sup")):
        text = re.sub(rf"{mark}(?:\{{([^{{}}]*)\}}|(\w))", rf"<{tag}>\1\2</{tag}>", text)
    return re.sub("[{}]", "", text)


def _figure(image: re.Match[str], alt: str, caption: str) -> str:
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure><img alt="{escape(alt)}"{image[1]}{below}</figure>'


def _texts_of_pictures(notebook: Any) -> Iterator[tuple[str, str]]:
    """Yield for each figure, in order, the words for those who do not see it, and its caption."""
    for cell in notebook["cells"]:
        described = cell["metadata"].get("mystnb", {})
        alt = described.get("image", {}).get("alt", "figure")
        caption = described.get("figure", {}).get("caption", "")
        yield from [(alt, caption)] * len(notebooks.pictures_in(cell))
