"""Figures out of executed chapters, by their names: for slides."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from compendium.chapters.figure_files import MIME

_ORIGIN = re.compile(r"origin: ([^;\n]+)")


@dataclass(frozen=True)
class Drawing:
    """A figure of the book.

    Attributes
    ----------
    name, chapter : str
        Its label, and the page that draws it.
    svg : str
        The drawing.
    caption, alt : str
        As the chapter has them; the caption is MyST.
    origins : tuple of str
        Where the data of its panels come from, such as "synthetic"; each once.
    """

    name: str
    chapter: str
    svg: str
    caption: str
    alt: str
    origins: tuple[str, ...]

    @property
    def aspect(self) -> float:
        """Width over height."""
        box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', self.svg)
        if box is None:
            raise ValueError(f"the drawing of {self.name} has no viewBox")
        return float(box[1]) / float(box[2])


def drawings(executed: Mapping[str, Path], names: Collection[str]) -> dict[str, Drawing]:
    """Return the named figures that the executed chapters hold.

    Parameters
    ----------
    executed : mapping of str to Path
        The executed notebook of each chapter.
    names : collection of str
        The labels of the figures.

    Returns
    -------
    dict of str to Drawing
        Those that are there; a cell that failed has drawn nothing.
    """
    drawn: dict[str, Drawing] = {}
    for chapter, notebook in executed.items():
        text = notebook.read_text(encoding="utf-8")
        if not any(f'"{name}"' in text for name in names):
            continue
        for cell in json.loads(text)["cells"]:
            about = cell["metadata"].get("mystnb", {})
            name = about.get("figure", {}).get("name")
            if name not in names:
                continue
            for output in cell.get("outputs", ()):
                files = output.get("data", {}).get(MIME)
                if files is not None and name not in drawn:
                    drawn[name] = Drawing(
                        name,
                        chapter,
                        files["svg"],
                        caption=" ".join(about["figure"].get("caption", "").split()),
                        alt=" ".join(about.get("image", {}).get("alt", "").split()),
                        origins=_origins(files["csv"]),
                    )
    return drawn


def _origins(csv: str) -> tuple[str, ...]:
    comments = "\n".join(line for line in csv.splitlines() if line.startswith("#"))
    return tuple(dict.fromkeys(origin.strip() for origin in _ORIGIN.findall(comments)))
