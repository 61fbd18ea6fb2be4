"""Figures as files of the site: the drawing (svg) and its data (csv), linked below each figure.

What a chapter's kernel put beside a figure is taken out of the notebook before the page is
made, so the page itself weighs what it did. This module writes the files, and is the Sphinx
extension that links to them. A picture is known by the digest of its bytes, by which MyST-NB
names it, too.
"""

import base64
import hashlib
import json
from pathlib import Path, PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from compendium.figure_files import MIME

FOLDER = "figures"  # of the site
NAMES = "figures.json"  # beside the source: the name of each picture
KINDS = {"svg": "svg", "csv": "data (csv)"}


def take_out(cell: Any, chapter: str, found: dict[str, dict[str, str]]) -> list[Any]:
    """Return a cell's outputs without the files of figures; add those to what was found.

    A figure is named by its label; one without a label by its chapter and number.
    """
    label = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
    base = label or f"{chapter.replace('/', '-')}-figure"
    for output in cell.outputs:
        files = output.get("data", {}).pop(MIME, None)
        if files is None:
            continue
        name, number = base, 1
        while name in found:
            number += 1
            name = f"{base}-{number}"
        picture = base64.b64decode(output["data"]["image/png"])
        found[name] = {**files, "picture": hashlib.sha256(picture).hexdigest()}
    return list(cell.outputs)


def write_names(found: dict[str, dict[str, str]], source: Path) -> None:
    names = {files["picture"]: name for name, files in found.items()}
    (source / NAMES).write_text(json.dumps(names), encoding="utf-8")


def write_files(found: dict[str, dict[str, str]], site: Path) -> None:
    (site / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, files in found.items():
        for kind in KINDS:
            (site / FOLDER / f"{name}.{kind}").write_text(files[kind], encoding="utf-8")


def add_links(app: Sphinx, doctree: nodes.document) -> None:
    """Put the links below the caption of each figure that has files."""
    names_file = Path(app.srcdir) / NAMES
    if not names_file.exists() or app.builder.format != "html":
        return
    names = json.loads(names_file.read_text(encoding="utf-8"))
    up = "../" * app.env.docname.count("/")
    for image in list(doctree.findall(nodes.image)):
        name = names.get(PurePosixPath(image["uri"]).stem)
        if name is None:
            continue
        links = " ".join(
            f'<a href="{up}{FOLDER}/{name}.{kind}" download aria-label="{text}, {name}">{text}</a>'
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


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", add_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
