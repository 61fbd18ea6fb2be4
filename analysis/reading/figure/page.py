"""What a page holds, whatever program wrote it: paths, letters and pictures.

Lengths are points (1/72 inch) of the page as it is printed, x to the right and y upwards.
"""

from dataclasses import dataclass
from typing import NamedTuple

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
