"""A curve as it is drawn on a page: points of the page, before axes make numbers of them."""

from dataclasses import dataclass

from analysis.reading.figure.page import Colour
from analysis.typing import Floats

# The remark on a curve between two y axes.
SIDE_UNKNOWN = "no colour says which y axis it belongs to: read by the left one"


@dataclass(frozen=True, eq=False)
class Drawn:
    """A curve as it is drawn.

    Attributes
    ----------
    panel : int
    axis : {"left", "right"}
        Which y axis it belongs to.
    points : ndarray, shape (N, 2)
        Points of the page: corners of a line, places of markers.
    kind : {"line", "markers"}
    colour : (red, green, blue)
    colour_name : str
    dash : tuple of float
        Of a line.
    width : float
        Of a line's stroke, or of a marker's edge.
    label : str
        From the legend; "" for none.
    shape : str
        Of the markers; "" for a line.
    hollow : bool
        Whether the markers are open or white inside.
    x_bars, y_bars : ndarray, shape (N, 2), or None
        Lower and upper ends of error bars, in points of the page; not a number for none.
    spread : (float, float)
        Standard uncertainty of a point's place along x and y, in points of the page.
    drawn : int
        Where it begins in the order of drawing.
    remarks : tuple of str
    """

    panel: int
    axis: str
    points: Floats
    kind: str
    colour: Colour
    colour_name: str
    dash: tuple[float, ...] = ()
    width: float = 0.0
    label: str = ""
    shape: str = ""
    hollow: bool = False
    x_bars: Floats | None = None
    y_bars: Floats | None = None
    spread: tuple[float, float] = (0.0, 0.0)
    drawn: int = 0
    remarks: tuple[str, ...] = ()
