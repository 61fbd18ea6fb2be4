"""The whole way from a page to the curves on it, in the numbers of their axes."""

from dataclasses import replace

import numpy as np

from analysis.errors import DataError
from analysis.reading.figure.axes import Axis, Panel
from analysis.reading.figure.curves import sort_out
from analysis.reading.figure.drawn import Drawn
from analysis.reading.figure.page import Page
from analysis.reading.figure.panels import Survey, survey_panels
from analysis.reading.figure.repeats import grid
from analysis.reading.originals.series import Series
from analysis.typing import Floats

# At so many places of a curve the error of its axis is taken.
_PLACES = np.linspace(0, 1, 9)


def figure_series(
    page: Page, survey: Survey | None = None
) -> tuple[tuple[Panel, ...], tuple[Drawn, ...], tuple[Series, ...]]:
    """Return the panels of a page, their curves as drawn, and as numbers of their axes.

    Parameters
    ----------
    page : Page
    survey : Survey, optional
        Of its panels, where that is at hand.

    Raises
    ------
    DataError
        If the page has no panel whose axes can be read, or no curve in any.
    """
    panels = (survey or survey_panels(page)).panels
    drawn, left_out = sort_out(page, panels)
    if not drawn:
        reasons = "; ".join(text for of_panel in left_out for text in of_panel)
        raise DataError(
            f"{page.file}: no curve found in {len(panels)} panel{'s' if len(panels) > 1 else ''} "
            f"of page {page.number}{f' ({reasons})' if reasons else ''}: is it drawn as a picture? "
            "Read it with WebPlotDigitizer, and import the csv or json that it exports"
        )
    panels = tuple(
        replace(panel, remarks=(*panel.remarks, *rest))
        for panel, rest in zip(panels, left_out, strict=True)
    )
    numbers: dict[int, int] = {}
    series = []
    for curve in drawn:
        numbers[curve.panel] = numbers.get(curve.panel, 0) + 1
        series.append(_series(page, panels[curve.panel], curve, numbers[curve.panel]))
    return panels, drawn, tuple(series)


def _series(page: Page, panel: Panel, drawn: Drawn, number: int) -> Series:
    y_axis = panel.right if drawn.axis == "right" and panel.right is not None else panel.y
    x, y = panel.x.value(drawn.points[:, 0]), y_axis.value(drawn.points[:, 1])
    return Series(
        place=f"page {page.number}, panel {panel.name}, curve {number} ({_look(drawn)})",
        x=x,
        y=y,
        x_name=panel.x.title,
        y_name=y_axis.title,
        x_unit=panel.x.unit,
        y_unit=y_axis.unit,
        label=drawn.label,
        texts=tuple(text for text in panel.texts if text != drawn.label),
        x_error=_half(panel.x, drawn.x_bars),
        y_error=_half(y_axis, drawn.y_bars),
        x_reading=reading(panel.x, drawn.points[:, 0], drawn.spread[0]),
        y_reading=reading(y_axis, drawn.points[:, 1], drawn.spread[1]),
        x_step=_step(panel.x, drawn.points[:, 0], page.step),
        y_step=_step(y_axis, drawn.points[:, 1], page.step),
        drawn=drawn.kind,
        remarks=(*panel.x.said("x"), *y_axis.said("y"), *drawn.remarks, *_bars(drawn)),
    )


def _look(drawn: Drawn) -> str:
    if drawn.kind == "markers":
        shape, *more = drawn.shape.split(" ")
        plural = f"{shape}es" if shape.endswith("s") else f"{shape}s"
        return " ".join([drawn.colour_name, *(["open"] if drawn.hollow else []), plural, *more])
    return f"{drawn.colour_name} {'dashed ' if drawn.dash else ''}line"


def _rate(axis: Axis, positions: Floats) -> float:
    """Return how much the value changes for a point of the page, at the middle of a curve."""
    middle = float(np.median(positions))
    return float(abs(np.diff(axis.value(np.array([middle - 0.05, middle + 0.05])))[0])) / 0.1


def reading(axis: Axis, positions: Floats, spread: float) -> float:
    """Return the standard uncertainty of values read at positions on an axis.

    The scale's own (of the line through its ticks: common to all points), that of each point, and
    the misfit of the ticks are added in squares, as lengths on the page: the program that
    rounded the places of ticks rounded those of points. The sum is put into the unit of the axis
    at the middle of the curve. On a logarithmic or reciprocal axis it is another one elsewhere.

    Parameters
    ----------
    axis : Axis
    positions : ndarray, shape (N,)
        Of the curve's points on the page.
    spread : float
        Of a point's place, in points of the page.
    """
    places = np.quantile(positions, _PLACES)
    rates = np.array([_rate(axis, np.array([place])) for place in places])
    scale = np.array([float(axis.error(np.array(place))) for place in places]) / rates
    whole = np.sqrt(np.mean(scale**2) + spread**2 + axis.misfit**2)
    return _rate(axis, positions) * float(whole)


def _step(axis: Axis, positions: Floats, step: float) -> float:
    return _rate(axis, positions) * max(step, grid(positions))


def _half(axis: Axis, bars: Floats | None) -> Floats | None:
    """Return half the length of error bars in the unit of the axis."""
    if bars is None:
        return None
    return np.asarray(np.abs(np.diff(axis.value(bars), axis=1)[:, 0]) / 2)


def _bars(drawn: Drawn) -> tuple[str, ...]:
    """Return what is to be said about error bars: where one half is longer than the other."""
    remarks = []
    for axis, bars in enumerate((drawn.x_bars, drawn.y_bars)):
        if bars is None:
            continue
        halves = np.abs(bars - drawn.points[:, axis, None])
        uneven = np.abs(np.diff(halves, axis=1)[:, 0]) > 0.1 + 0.02 * halves.sum(axis=1)
        if uneven.any():
            remarks.append(
                f"{int(uneven.sum())} error bars of {'xy'[axis]} have halves of different lengths: "
                "half of the whole was taken"
            )
    return tuple(remarks)
