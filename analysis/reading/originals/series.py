"""One curve of a workbook or figure, as it stands there."""

from dataclasses import dataclass

from analysis.typing import Floats


@dataclass(frozen=True, eq=False)
class Series:
    """Numbers of a curve, and all that the file says of it; nothing is decided yet.

    Attributes
    ----------
    place : str
        Where it stands, in words: "sheet 'Fig. 2a', columns 3 and 4" or
        "page 4, panel a, curve 2 (orange line)".
    x, y : ndarray, shape (N,)
        In the units that the file states.
    x_name, y_name : str
        Headings or titles of axes, less their units; "" where there are none.
    x_unit, y_unit : str
        As the file writes them; "" where it does not.
    label : str
        What the legend or the heading calls the curve.
    texts : tuple of str
        What else stands near it, nearest first: comments, titles of sheet, panel and figure.
    x_error, y_error : ndarray, shape (N,), or None
        Errors that the file gives, as columns or bars; not a number where a point has none.
    x_reading, y_reading : float
        Standard uncertainty of reading the curve out of a drawing; 0 for numbers.
    x_step, y_step : float
        Between neighbouring numbers that the drawing can state; 0 for numbers.
    drawn : str
        "" for numbers, "line" or "markers" of a drawing.
    remarks : tuple of str
        What was noticed, or is uncertain.
    block : str
        Where its x stands; curves of one table that share their x share this.
    """

    place: str
    x: Floats
    y: Floats
    x_name: str = ""
    y_name: str = ""
    x_unit: str = ""
    y_unit: str = ""
    label: str = ""
    texts: tuple[str, ...] = ()
    x_error: Floats | None = None
    y_error: Floats | None = None
    x_reading: float = 0.0
    y_reading: float = 0.0
    x_step: float = 0.0
    y_step: float = 0.0
    drawn: str = ""
    remarks: tuple[str, ...] = ()
    block: str = ""
