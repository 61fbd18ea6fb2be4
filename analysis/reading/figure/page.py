"""What a page holds, whatever program wrote it: paths, letters and pictures.

Lengths are points (1/72 inch) of the page as it is printed, x to the right and y upwards.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.typing import Floats, Integers

# What leads to a point of a path; a Bezier curve has three points: two controls and its end.
MOVE, LINE, CURVE = 1, 2, 4

Colour = tuple[float, float, float]


class Box(NamedTuple):
    """A rectangle: left, bottom, right, top."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def around(cls, points: Floats, margin: float = 0.0) -> "Box":
        """Return the box around points, shape (N, 2)."""
        low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
        return cls(*low.tolist(), *high.tolist())

    @property
    def ends(self) -> Floats:
        """Its lower left and upper right corner, shape (2, 2)."""
        return np.reshape(self, (2, 2))

    @property
    def corners(self) -> Floats:
        """All four, shape (4, 2)."""
        return np.array([(x, y) for x in (self.x0, self.x1) for y in (self.y0, self.y1)])

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height."""
        return self.x1 - self.x0, self.y1 - self.y0

    @property
    def area(self) -> float:
        """Width times height."""
        return self.size[0] * self.size[1]

    @property
    def middle(self) -> tuple[float, float]:
        """Half way between its sides."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def away(self, other: "Box") -> float:
        """Return how far edges of the same side are apart at most."""
        return max(abs(a - b) for a, b in zip(self, other, strict=True))

    def shared(self, other: "Box") -> "Box":
        """Return what both have in common; its left is right of its right where that is nothing."""
        low = max(self.x0, other.x0), max(self.y0, other.y0)
        return Box(*low, min(self.x1, other.x1), min(self.y1, other.y1))

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies in it, or on its edge."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


@dataclass(frozen=True, eq=False)
class Path:
    """One piece of a path: without a gap from its first to its last point.

    Attributes
    ----------
    points : ndarray, shape (N, 2)
    codes : ndarray, shape (N,)
        `MOVE` for the first, then `LINE` or three times `CURVE`.
    closed : bool
        Whether its end is joined to its beginning; the first point is not repeated.
    stroke, fill : (red, green, blue) or None
        From 0 to 1; None where it is not stroked, or not filled.
    width : float
        Of the stroke.
    dash : tuple of float
        Lengths of dashes and gaps; empty for a line without gaps.
    clip : Box or None
        Outside of which nothing is shown.
    drawn : int
        Which object of the page it belongs to, in the order of drawing; pieces of one object
        share it.
    """

    points: Floats
    codes: Integers
    closed: bool
    stroke: Colour | None
    fill: Colour | None
    width: float
    dash: tuple[float, ...]
    clip: Box | None
    drawn: int


@dataclass(frozen=True)
class Letter:
    """One character of text.

    Attributes
    ----------
    text : str
    box : Box
        Around its ink, or around its place in the line if the file does not tell.
    origin : (float, float)
        Of its base line.
    angle : float
        Degrees, counter-clockwise, that its line is turned by.
    size : float
        Of the font.
    """

    text: str
    box: Box
    origin: tuple[float, float]
    angle: float
    size: float


@dataclass(frozen=True, eq=False)
class Page:
    """A page of a figure.

    Attributes
    ----------
    file : str
        What messages call it.
    number : int
        From 1.
    width, height : float
    paths : tuple of Path
        In the order of drawing.
    letters : tuple of Letter
        In the order of the text.
    pictures : tuple of Box
        Where raster pictures stand.
    step : float
        The smallest difference of coordinates that the file can state.
    notes : tuple of str
        What was found unusual.
    """

    file: str
    number: int
    width: float
    height: float
    paths: tuple[Path, ...]
    letters: tuple[Letter, ...]
    pictures: tuple[Box, ...] = ()
    step: float = 0.0
    notes: tuple[str, ...] = ()
