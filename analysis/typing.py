"""Types that every room uses: of arrays, of paths, of words for a point, and how data were read."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import shown

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]
AnyPath = str | PathLike[str]
# Turns the index of a point into words: "row 17".
Place = Callable[[int], str]
# Of K-alpha 1 and 2 in pm; None where one is not known.
Wavelengths = tuple[float | None, float | None]


@dataclass(frozen=True)
class ReadColumn:
    """A column that was read.

    Attributes
    ----------
    number : int or None
        From 1; None where the format has no columns of cells.
    heading : str
        "" where there is none.
    unit : str
        In which its numbers were taken.
    unit_basis : {"heading", "given", "assumed", "format"}
        Who says so.
    """

    number: int | None
    heading: str
    unit: str
    unit_basis: str

    def __str__(self) -> str:
        heading = f" {shown(self.heading)}" if self.heading else ""
        column = "" if self.number is None else f"column {self.number}{heading}, "
        return f"{column}in {shown(self.unit)[1:-1]} ({self.unit_basis})"


@dataclass(frozen=True)
class ReadRecord:
    """How the points of a curve or pattern were read: of which columns, units and rows of a file.

    Attributes
    ----------
    kind : {"resistance", "diffraction"}
    layout : str
        In words, what kind of file it is.
    columns : mapping of str to ReadColumn
        By role.
    n_points : int
        Rows that were read.
    first, last : int or None
        The first and the last of them, as the file counts its lines; None where it has none.
    left_out : int
        Rows between headings and end that hold no measurement and were left out.
    sweep : mapping or None
        The sweep that was chosen, where a file has several.
    """

    kind: str
    layout: str
    columns: Mapping[str, ReadColumn]
    n_points: int
    first: int | None = None
    last: int | None = None
    left_out: int = 0
    sweep: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON holds it."""
        return {
            "kind": self.kind,
            "layout": self.layout,
            "columns": {role: asdict(column) for role, column in self.columns.items()},
            "rows": {
                "first": self.first,
                "last": self.last,
                "used": self.n_points,
                "left_out": self.left_out,
            },
            "sweep": None if self.sweep is None else dict(self.sweep),
        }

    def lines(self) -> list[tuple[str, str]]:
        """Return the record as labels and words, line by line."""
        roles = ((role.replace("two_", "2 "), str(c)) for role, c in self.columns.items())
        span = "" if self.first is None else f", rows {self.first} to {self.last} of the file"
        less = f"; rows left out: {self.left_out}" if self.left_out else ""
        sweep = [] if self.sweep is None else [("sweep", str(self.sweep.get("words", "")))]
        return [
            ("read as", self.layout),
            *roles,
            ("points", f"{self.n_points}{span}{less}"),
            *sweep,
        ]
