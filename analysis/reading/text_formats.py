"""The formats of text that hold R(T), and how text is told from markup and figures.

The whole table of formats is in `analysis.reading.formats`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.reading.source import Quantity, Source
from analysis.reading.table import Content, Table
from analysis.reading.text_table import is_quantum_design, read_quantum_design, read_text


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Attributes
    ----------
    name : str
        In words, as it stands before "file".
    endings : mapping of str to tuple of str
        For each quantity that a file of this kind may hold ("resistance", "diffraction"),
        the endings of the names that such files usually have.
    matches : callable
        Tells from a `Source`, its first bytes and lines, whether it is of this kind.
    read : callable
        Returns a `Table`, whose headings say what the columns are, or a `Content`, whose
        numbers are in K and ohm or in degrees and counts; raises `DataError`.
    """

    name: str
    endings: Mapping[str, tuple[str, ...]]
    matches: Callable[[Any], bool]
    read: Callable[[Any], Table | Content]

    def listed(self, quantity: Quantity) -> str:
        """Return the name and the endings, as they stand in a list of formats."""
        endings = self.endings[quantity.name]
        named = not endings or self.name.endswith(endings)
        return self.name if named else f"{self.name} ({', '.join(endings)})"


_FIGURES = (
    (r"%PDF", "PDF"),
    (r"%!PS", "PostScript"),
    (r"(<\?xml[^>]*>\s*)?(<![^>]*>\s*)*<svg", "SVG"),
)


def figure(source: Source) -> str | None:
    """Return the kind of figure that a file is, or None."""
    return next((kind for begins, kind in _FIGURES if re.match(begins, source.opening)), None)


def is_markup(source: Source) -> bool:
    """Tell whether a file is XML or HTML."""
    marks = r"(\xef\xbb\xbf)?\s*<(\?xml|!DOCTYPE|html|xrd)"
    return re.match(marks, source.opening, re.IGNORECASE) is not None


def _is_plain_text(source: Source) -> bool:
    return source.is_text and not is_markup(source) and figure(source) is None


TEXTS = (".csv", ".tsv", ".dat", ".txt")
TEXT = Format(
    "text in columns",
    {"resistance": TEXTS, "diffraction": (".xy", ".xye", *TEXTS)},
    _is_plain_text,
    read_text,
)
QUANTUM_DESIGN = Format(
    "Quantum Design", {"resistance": (".dat",)}, is_quantum_design, read_quantum_design
)
