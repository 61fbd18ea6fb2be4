"""Figures against pressure: every function takes axes, draws, and returns them."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.errors import attempt
from analysis.numerics.digitised import Digitised
from analysis.numerics.uncertainty import halves
from analysis.pressure.compression import AXES, LatticeTable
from analysis.pressure.series import Constancy, Line, Regions, Series
from analysis.show.foreign import in_figure
from analysis.show.plots import BLUE, GREY, arrow, band, mark_origin, scale_bar
from analysis.show.report import run_label
from analysis.show.runs import Look, run_looks, run_of
from analysis.typing import Floats

_LABELS = {
    "theta_d": r"$\Theta_\mathrm{D}$ (K)",
    "tc": r"$T_\mathrm{c}$ (K)",
    "tc_onset": r"$T_\mathrm{c}$ (K)",
    "lambda": r"$\lambda$",
    "strain": r"$10^3 \epsilon$",
}
_THOUSANDTHS = {"strain": 1000.0}
# The reciprocal axes in colours and markers of their own.
_AXIS_STYLE = {"1/a": Look("blue", "o"), "1/b": Look("orange", "s"), "1/c": Look("green", "^")}
# Lattice constants, which axes to draw, their origin; and out of which figures they were read.
Cell = tuple[LatticeTable, Sequence[str], str, *tuple[Sequence[Digitised], ...]]
# Every other region; what lies between two regions.
_SHADE, _BETWEEN = "#EDEDED", "#BFBFBF"


def label_of(series: Series) -> str:
    """Return the label of the axis that belongs to a quantity."""
    if series.name in _AXIS_STYLE:
        return f"$1/{series.name[-1]}$ (1/Å)"
    called = f"{series.name} ({series.unit})".replace(" ()", "")
    return _LABELS.get(series.name) or in_figure(called)


def shade(ax: Axes, regions: Regions, *, label: bool = True) -> Axes:
    """Shade every other region behind the points and write the names at the top.

    What lies between two regions is darker. The boundaries are assumed; the label says so.
    """
    _, end = ax.get_xlim()
    ax.set_xlim(0, end)
    edge = 0.0
    for at, (name, low, high) in enumerate(regions.bounds):
        if at and edge < min(low, end):
            ax.axvspan(edge, min(low, end), color=_BETWEEN, lw=0, zorder=0)
        if low >= end:
            break
        last = min(high, end)
        if at % 2:
            ax.axvspan(low, last, color=_SHADE, lw=0, zorder=0)
        edge = high
        if label:
            ax.text(
                (low + last) / 2, 0.985, in_figure(name),
                transform=ax.get_xaxis_transform(), ha="center", va="top",
                fontsize="small", style="italic", color="#404040",
            )  # fmt: skip
    if label and regions.bounds:
        ax.text(
            0.0, 1.01, "boundaries: our choice", transform=ax.transAxes,
            ha="left", va="bottom", fontsize="small", style="italic", color=GREY,
        )  # fmt: skip
    return ax


def against_pressure(
    ax: Axes,
    series: Series,
    *,
    filled: bool = True,
    label: bool = True,
    mark: bool = True,
) -> Axes:
    """Draw a quantity against pressure, each run with the colour and marker of all figures.

    Bars are the 95 % intervals that are quoted, whichever side is longer, and those of the
    pressures; an arrow stands for an end that is open, and no bar where no error is known. Grey
    bars span what published scales make of a pressure that was read on one of them.

    Parameters
    ----------
    filled, label : bool
        Draw filled markers; name the runs in the legend.
    """
    factor = _THOUSANDTHS.get(series.name, 1.0)
    for run, run_style in run_looks(series.sources).items():
        part = series.select([run_of(source) == run for source in series.sources])
        own = _AXIS_STYLE.get(series.name, run_style)
        sides = np.abs([part.value - part.low, part.high - part.value])
        ax.errorbar(
            part.pressure, factor * part.value,
            factor * np.where(np.isfinite(sides), sides, 0.0), halves(part.pressure_error),
            fmt=own.marker, color=own.colour, capsize=2, ms=5, lw=1.2,
            mfc=own.colour if filled else "white", zorder=3,
            label=_label(part, part.runs[0], filled=filled, named=label),
        )  # fmt: skip
        _open_ends(ax, part, factor, own.colour)
        for source, value in zip(part.sources, (factor * part.value).tolist(), strict=True):
            scale_bar(ax, value, source.pressure, source.pressure_scale)
    ax.set(xlabel="$P$ (GPa)", ylabel=label_of(series))
    if len(series):  # from 0 to beyond the last point
        ax.set_xlim(0, max(ax.get_xlim()[1], 1.06 * float(series.pressure.max())))
    return mark_origin(ax, *series.sources) if mark else ax


def _open_ends(ax: Axes, part: Series, factor: float, colour: str) -> None:
    """Draw an arrow from each value whose interval has one end, to where it has none."""
    for end, other, up in ((part.high, part.low, True), (part.low, part.high, False)):
        at = np.isinf(end) & np.isfinite(other)
        for pressure, value in zip(part.pressure[at], factor * part.value[at], strict=True):
            arrow(ax, pressure, value, up=up, colour=colour)


def _label(series: Series, run: str, *, filled: bool, named: bool) -> str:
    """Return the name of a run, or of an axis; what begins with "_" stays out of the legend."""
    called = _name(run)
    if named:
        return called
    return f"_{series.name if series.name in _AXIS_STYLE else called}{'' if filled else ', open'}"


def _name(run: str) -> str:
    return "diffraction" if run == "xrd" else in_figure(run_label(run))


def constant(ax: Axes, constancy: Constancy, *, factor: float = 1.0, level: float = 0.95) -> Axes:
    """Draw a weighted mean and its interval over the pressures that it was taken from."""
    if constancy.mean is None:
        return ax
    low, high = np.array(constancy.mean.interval(level)) * factor
    style = {"alpha": 0.5, "zorder": 1, "label": f"_{level:.0%} of the mean"}
    band(ax, [constancy.low, constancy.high], low, high, **style)
    ax.hlines(
        factor * constancy.mean.value.n, constancy.low, constancy.high, color=BLUE, lw=1.2,
        zorder=2, label="weighted mean",
    )  # fmt: skip
    return ax


def panel(
    parts: Sequence[Series],
    regions: Regions,
    *,
    named: bool = False,
    mean: Constancy | None = None,
    height: float = 4.0,
) -> Figure | None:
    """Return one panel of series over the phases; None where there is no point.

    Parameters
    ----------
    parts : sequence of Series
        The first has filled markers; the first that has points names the runs and origins.
    regions : Regions
    named : bool
        Name a single run, too, and let the axis begin where the points do, not at 0.
    mean : Constancy, optional
        Whose mean is drawn.
    height : float
        Inches.
    """
    if not any(map(len, parts)):
        return None
    fig, ax = plt.subplots(figsize=(5, height))
    legend = named or len({*parts[0].runs}) > 1
    for at, part in enumerate(parts):
        first = not any(map(len, parts[:at]))
        label = first and legend
        against_pressure(ax, part, filled=at == 0, label=label, mark=first)
    if mean is not None:
        constant(ax, mean, factor=_THOUSANDTHS.get(parts[0].name, 1.0))
    if not named:
        ax.set_ylim(bottom=0)
    if legend:
        fig.legend(ncols=3, loc="outside lower center")
    shade(ax, regions)
    return fig


def axes_figure(axes: Sequence[Series], regions: Regions) -> Figure | None:
    """Return reciprocal axes above each other over the regions; None where there is no point."""
    shown = [axis for axis in axes if len(axis)]
    if not shown:
        return None
    size = (4.8, 1.9 * len(shown) + 0.5)
    fig, panels = plt.subplots(len(shown), 1, figsize=size, sharex=True, squeeze=False)
    for at, (ax, axis) in enumerate(zip(panels[:, 0], shown, strict=True)):
        against_pressure(ax, axis, label=False, mark=at == 0)
        shade(ax, regions, label=at == 0)
        ax.set_xlabel("$P$ (GPa)" if at == len(shown) - 1 else "")
    return fig


def power(ax: Axes, line: Line, series: Series, *, wanted: float = 0.8) -> Axes:
    """Draw how likely a true slope would have been seen, and the least slope that would."""
    least = line.detectable(wanted)
    slopes = np.linspace(0, 2 * least, 200)
    ax.plot(slopes, line.power(slopes), color=BLUE, label="_probability")
    ax.plot(
        [least, least, 0], [0, wanted, wanted], color=GREY, lw=1, ls="--", label="_least slope seen"
    )
    ax.set(xlabel=f"true slope ({series.unit}/GPa)", ylabel="probability to see it")
    ax.set(xlim=(0, None), ylim=(0, 1.02))
    return mark_origin(ax, *series.sources)


def combined(panels: Sequence[Sequence[Series]], regions: Regions) -> Figure:
    """Return panels above each other with one axis of pressure, some series in each.

    Reciprocal axes are drawn as ratios to their first values, so that three fit a panel.
    """
    shown = [drawn for panel in panels if (drawn := [series for series in panel if len(series)])]
    fig, axes = plt.subplots(
        len(shown), 1, figsize=(4.8, 1.95 * len(shown) + 0.6), sharex=True, squeeze=False
    )
    for ax, panel in zip(axes[:, 0], shown, strict=True):
        reciprocal = panel[0].name in _AXIS_STYLE
        for at, series in enumerate(panel):
            part = relative(series) if reciprocal else series
            against_pressure(ax, part, filled=at == 0 or reciprocal, mark=False)
        if reciprocal:
            ax.set_ylabel("relative to\nthe first")
            _axis_legend(ax, panel)
        ax.set_xlabel("")
        mark_origin(ax, *(source for series in panel for source in series.sources))
        ax.margins(y=0.2)
    for at, ax in enumerate(axes[:, 0]):
        shade(ax, regions, label=at == 0)
    axes[-1, 0].set_xlabel("$P$ (GPa)")
    return fig


def relative(series: Series) -> Series:
    """Return a series over its first value."""
    return series.over(float(series.value[0])) if len(series) else series


def _axis_legend(ax: Axes, panel: Sequence[Series]) -> None:
    handles = [
        ax.plot([], [], own.marker, color=own.colour, ms=5, label=f"${series.name}$")[0]
        for series in panel
        for own in [_AXIS_STYLE[series.name]]
    ]
    ax.legend(handles=handles, loc="lower right", ncols=3)


# ---------------------------------------------------------------------------- the cell


def reciprocal_figure(cells: Sequence[Cell], *, truth: LatticeTable | None = None) -> Figure | None:
    """Return 1/a, 1/b and 1/c against pressure: the paper's Fig. 9; None without a cell.

    Parameters
    ----------
    cells : sequence of (LatticeTable, axes, origin, figures)
        A row of panels for each, a panel for each of its axes.
    truth : LatticeTable, optional
        What synthetic ones were made with.
    """
    if not cells:
        return None
    columns, height = max(len(axes) for _, axes, *_ in cells), 2.8 * len(cells)
    fig, panels = plt.subplots(
        len(cells), columns, figsize=(max(2.7 * columns, 4), height), squeeze=False
    )
    for row, (table, axes, origin, *figures) in zip(panels, cells, strict=True):
        for ax, axis in zip(row, axes, strict=False):
            _reciprocal_axis(ax, table, axis, truth)
            mark_origin(ax, origin, figures=chain(*figures))
        for ax in row[len(axes) :]:
            ax.remove()
        if len(cells) > 1:
            row[0].set_title(in_figure(table.name), loc="left", fontsize="small", pad=14)
    return fig


def _reciprocal_axis(ax: Axes, table: LatticeTable, axis: str, truth: LatticeTable | None) -> None:
    own = _AXIS_STYLE[f"1/{axis}"]
    if truth is not None:
        course = truth.reciprocal(axis)[0]
        ax.plot(truth.pressure, course, color=GREY, lw=1, alpha=0.6, label="_put in")
    value, error = table.reciprocal(axis)
    ax.errorbar(
        table.pressure, value, np.nan_to_num(error), _standard(table),
        fmt=own.marker, ms=4, color=own.colour, label="_found",
    )  # fmt: skip
    ax.set(xlabel="$P$ (GPa)", ylabel=f"$1/{axis}$ (1/Å)", xlim=(0, None))


def _standard(table: LatticeTable) -> Floats | None:
    return halves(np.asarray(table.pressure_error), level=None)


def relative_figure(cells: Sequence[Cell]) -> Figure | None:
    """Return the axes of each cell over their first values; None without a cell."""
    if not cells:
        return None
    size = (6.5, 3.6 * len(cells))
    fig, panels = plt.subplots(len(cells), 1, figsize=size, squeeze=False)
    for ax, (table, axes, origin, *figures) in zip(panels[:, 0], cells, strict=True):
        relative_axes(ax, table, axes).legend(ncols=3)
        mark_origin(ax, origin, figures=chain(*figures))
        if len(cells) > 1:
            ax.set_title(in_figure(table.name), loc="left", fontsize="small", pad=14)
    return fig


def relative_axes(
    ax: Axes, table: LatticeTable, axes: Sequence[str] = AXES, *, origin: str | None = None
) -> Axes:
    """Draw axes over their first values, in percent, with their fitted courses.

    There is none where the pressures are as few as the unknowns.
    """
    grid = np.linspace(table.pressure[0], table.pressure[-1], 100)
    for name in axes:
        own = _AXIS_STYLE[f"1/{name}"]
        length, error = table.length(name)
        scale = 100 / length[0]
        fit, _ = attempt(lambda name=name: table.compressibility(name))  # type: ignore[misc]
        if fit is not None and fit.dof:
            lower, upper = fit.band(grid)
            course = scale * (lower + upper) / 2 - 100
            ax.plot(grid, course, color=own.colour, lw=1, label=f"_fit of ${name}$")
        ax.errorbar(
            table.pressure, scale * length - 100, np.nan_to_num(scale * error), _standard(table),
            fmt=own.marker, ms=4, color=own.colour, label=f"${name}$",
        )  # fmt: skip
    ax.axhline(0, color=GREY, lw=0.6)
    ax.set(xlabel="$P$ (GPa)", ylabel="change of length (%)", xlim=(0, None))
    return mark_origin(ax, origin)
