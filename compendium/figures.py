"""Figures as files of the site: the drawing (svg), its data (csv) and how it was made (txt).

Links below each figure lead to them. What a chapter's kernel put beside a figure is taken out of
the notebook before the page is made, so the page itself weighs what it did. This module writes
the files, and is the Sphinx extension that links to them. A figure is known by its place: the
chapter, the number of the cell, and the number of the picture in it. Two figures may be the same
picture, for which Sphinx keeps one image, and each has its own files all the same.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from compendium.chapters.figure_files import MIME
from compendium.notebooks import PICTURE, pictures_in

FOLDER = "figures"  # of the site
NAMES = "figures.json"  # beside the source: the name of the figure at each place
NUMBERS = "figure-numbers.json"  # likewise: the number of each figure in the book, by its label
KINDS = {"svg": "svg", "csv": "data (csv)", "txt": "how"}
TO_READ = ("txt",)  # in the browser; the others are to be kept


def take_out(cell: Any, chapter: str, number: int, figures: dict[str, dict[str, str]]) -> list[Any]:
    """Return a cell's outputs without the files of figures; add those to the figures by name.

    A figure is named by its label; one without a label by its chapter and a number.
    """
    label = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
    base = label or f"{chapter.replace('/', '-')}-figure"
    for order, data in enumerate(pictures_in(cell)):
        files = data.pop(MIME, None)
        if files is None:
            continue
        name, again = base, 1
        while name in figures:
            again += 1
            name = f"{base}-{again}"
        figures[name] = {**files, "place": place(chapter, number, order)}
    return list(cell.outputs)


def place(chapter: str, cell: int, picture: int) -> str:
    """Return the key of a figure: its chapter, cell and picture, both counted from 0."""
    return f"{chapter} {cell} {picture}"


def write_names(figures: dict[str, dict[str, str]], source: Path) -> None:
    names = {files["place"]: name for name, files in figures.items()}
    (source / NAMES).write_text(json.dumps(names), encoding="utf-8")


def write_files(figures: dict[str, dict[str, str]], site: Path) -> None:
    (site / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, files in figures.items():
        for kind in KINDS:
            (site / FOLDER / f"{name}.{kind}").write_text(files[kind], encoding="utf-8")


def add_links(app: Sphinx, doctree: nodes.document) -> None:
    """Put the links below the caption of each figure that has files."""
    names_file = Path(app.srcdir) / NAMES
    if not names_file.exists() or app.builder.format != "html":
        return
    names = json.loads(names_file.read_text(encoding="utf-8"))
    up = "../" * app.env.docname.count("/")
    for where, image in list(pictures_of(doctree, app.env.docname)):
        name = names.get(where)
        if name is None:
            continue
        links = " ".join(
            f'<a href="{up}{FOLDER}/{name}.{kind}"{"" if kind in TO_READ else " download"}'
            f' aria-label="{text}, {name}">{text}</a>'
            for kind, text in KINDS.items()
        )
        html = nodes.raw("", f'<p class="figure-files">{links}</p>', format="html")
        # A cell's output may stand in boxes of its own inside of the figure.
        figure = image.parent
        while figure is not None and not isinstance(figure, nodes.figure):
            figure = figure.parent
        if figure is not None:
            figure.append(nodes.legend("", html))
        else:
            image.parent.insert(image.parent.index(image) + 1, html)


def pictures_of(doctree: nodes.document, chapter: str) -> Iterator[tuple[str, nodes.image]]:
    """Yield the place and the node of every picture that a cell put out."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        # MyST-NB keeps a box for each type of an output until it knows which one is shown.
        boxes = [box for box in cell.findall(nodes.container) if box.get("mime_type") == PICTURE]
        for order, box in enumerate(boxes):
            image = next(iter(box.findall(nodes.image)))
            yield place(chapter, cell["cell_index"], order), image


def write_numbers(app: Sphinx, error: Exception | None) -> None:
    """Keep the numbers of the figures, for all that names them without Sphinx."""
    if error is not None or app.builder.name != "html":
        return
    labels = app.env.domains["std"].data["labels"] | app.env.domains["std"].data["anonlabels"]
    numbers = {
        label: ".".join(map(str, number))
        for label, (page, anchor, *_) in labels.items()
        if (number := app.env.toc_fignumbers.get(page, {}).get("figure", {}).get(anchor))
    }
    (Path(app.srcdir) / NUMBERS).write_text(json.dumps(numbers), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", add_links)
    app.connect("build-finished", write_numbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
