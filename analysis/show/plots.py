"""Figures: every function takes axes, draws, and returns them.

Colours are those of Okabe and Ito, which people with any colour vision tell apart. The
bounds of a fit's window are the green balls of the paper's figures. Data that are not
measured say so inside the axes. Nothing is smaller than "small": a page shows figures down to
0.64 of their size (``book/_static/compendium.js``), where that is 8 pixels.
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation
from numpy.typing import ArrayLike

from analysis.numerics.digitised import Digitised, Sourced, figures_of, in_words
from analysis.numerics.uncertainty import halves
from analysis.pressure.scales import over_scales
from analysis.show.foreign import in_figure
from analysis.show.report import estimate
from analysis.show.runs import PALETTE, run_looks, run_of
from analysis.transport.analyse import CurveAnalysis
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit
from analysis.transport.transition_fit import TransitionFit
from analysis.transport.transition_result import NotReached
from analysis.typing import Floats

COLOURS = tuple(PALETTE.values())
BLUE, ORANGE, GREEN, PURPLE, YELLOW, SKY = COLOURS
GREY = "#6E6E6E"

# Matplotlib leaves names that begin with an underscore out of legends.
DECORATION, ORIGIN = "_decoration", "_origin"
# Of each figure, out of which others its data were read.
_DIGITISED: WeakKeyDictionary[Figure, list[Digitised]] = WeakKeyDictionary()
_MOST_POINTS = 1500
_TITLE = 46  # characters of a line above a small panel
_SYMBOLS = {"ohm": "Ω", "ohm m": "Ω m", "arbitrary": "arb. units", "ratio": "ratio to 273 K"}


def use_style() -> None:
    """Set matplotlib's defaults for all figures of the book."""
    mpl.rcParams.update(
        {
            "figure.constrained_layout.use": True,
            "figure.dpi": 110,
            "savefig.dpi": 110,
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=COLOURS),
            "axes.titlesize": "medium",
            "axes.titlelocation": "left",  # the origin of the data stands right
            "legend.frameon": False,
            "legend.fontsize": "small",
            "lines.linewidth": 1.6,
        }
    )


def resistance_label(curve: ResistanceCurve) -> str:
    """Return the label of the resistance axis, with its unit."""
    symbol = "ρ" if curve.unit.endswith(" m") else "R"
    return f"${symbol}$ ({in_figure(_SYMBOLS.get(curve.unit, curve.unit))})"


def mark_origin(
    ax: Axes, *sources: Sourced | str | None, figures: Iterable[Digitised] = ()
) -> Axes:
    """Write where the data come from above the upper right corner of the axes.

    Below the whole figure stands out of which others they were digitised, of those sources that
    are more than a word, and of `figures`.
    """
    words = (data if data is None or isinstance(data, str) else data.origin for data in sources)
    origin = ", ".join(sorted(set(filter(None, words))))
    if read := [*figures_of(sources), *figures]:
        _name_figures(ax.get_figure(root=True), read)
    if origin:
        colour = ORANGE if origin == "synthetic" else GREY
        ax.text(
            1.0, 1.01, in_figure(origin), transform=ax.transAxes, ha="right", va="bottom",
            color=colour, fontsize="small", style="italic", label=ORIGIN,
        )  # fmt: skip
    return ax


def _name_figures(fig: Figure | None, read: Iterable[Digitised]) -> None:
    """Write below a figure out of which others its data were digitised."""
    if fig is None:
        return
    known = _DIGITISED.setdefault(fig, [])
    known += read
    for text in [text for text in fig.texts if text.get_label() == ORIGIN]:
        text.remove()
    said = wrapped(in_words(known), int(14 * fig.get_figwidth()))
    fig.text(0.01, -0.01, said, va="top", color=GREY, fontsize="small", label=ORIGIN)


def wrapped(text: str, width: int) -> str:
    """Return text for a figure in lines of so many characters."""
    return "\n".join(map(in_figure, textwrap.wrap(text, width)))


def band(ax: Axes, x: ArrayLike, lower: ArrayLike, upper: ArrayLike, **style: Any) -> None:
    """Fill a band between two curves, without an edge; light unless the style says otherwise."""
    ax.fill_between(x, lower, upper, **{"color": SKY, "alpha": 0.6, "lw": 0, **style})


def grid(
    count: int,
    columns: int,
    size: tuple[float, float],
    *,
    sharex: bool = False,
    sharey: bool = False,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels of a size (inches) in rows; what is left is empty."""
    rows = -(-count // columns) or 1
    inches = (size[0] * columns, size[1] * rows)
    fig, axes = plt.subplots(
        rows, columns, figsize=inches, sharex=sharex, sharey=sharey, squeeze=False
    )
    for ax in axes.flat[count:]:
        ax.set_axis_off()
    return fig, list(axes.flat)


def arrow(ax: Axes, x: float, y: float, *, up: bool, colour: str) -> None:
    """Draw an arrow from a point upwards or downwards: its interval is open to that side."""
    points = 9 if up else -9
    offset = ScaledTranslation(0, points / 72, ax.figure.dpi_scale_trans)
    sign = r"$\uparrow$" if up else r"$\downarrow$"
    ax.plot(
        [x], [y], marker=sign, ms=12, color=colour, transform=ax.transData + offset,
        label=DECORATION,
    )  # fmt: skip


def point_outwards(ax: Axes, x: Floats, y: Floats, *, colour: str) -> None:
    """Draw an arrow, with its value, at the edge for each point that lies above or below the axes.

    Parameters
    ----------
    x, y : ndarray, shape (N,)
        In data units; the limits of the axes must be those of the finished figure.
    """
    low, high = sorted(ax.get_ylim())
    across = ax.get_xaxis_transform()
    for beyond, place, marker in ((y > high, 0.98, "^"), (y < low, 0.02, "v")):
        if beyond.any():
            ax.plot(
                x[beyond], np.full(beyond.sum(), place), marker, ms=7, color=colour,
                transform=across, label=DECORATION,
            )  # fmt: skip
        inwards = (0, -6 if marker == "^" else 6)
        for at, value in zip(x[beyond], y[beyond], strict=True):
            ax.annotate(
                f"{value:.4g}", (at, place), inwards, xycoords=across, textcoords="offset points",
                ha="center", va="top" if marker == "^" else "bottom", fontsize="small",
                color=colour, bbox={"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none"},
            )  # fmt: skip


def say_beyond(ax: Axes, values: Floats) -> None:
    """Write into the upper corners how many of many values lie beyond the axes, and how far.

    Parameters
    ----------
    values : ndarray, shape (N,)
        In the units of y; the limits of the axes must be those of the finished figure.
    """
    low, high = sorted(ax.get_ylim())
    above, below = values[values > high], values[values < low]
    lines = []
    if above.size:
        lines.append(f"{above.size} of {values.size} lie above, up to {above.max():.4g}")
    if below.size:
        lines.append(f"{below.size} of {values.size} lie below, down to {below.min():.4g}")
    ax.text(
        0.99, 0.98, "\n".join(lines), transform=ax.transAxes, ha="right", va="top",
        fontsize="small", color=GREY, label=DECORATION,
    )  # fmt: skip


def _dots(ax: Axes, x: Floats, y: Floats, **style: Any) -> None:
    """Draw measured points; of very many, every second, third, ..."""
    some = slice(None, None, -(-x.size // _MOST_POINTS))
    ax.plot(x[some], y[some], ".", ms=2.5, color=GREY, rasterized=True, **style)


def ball(ax: Axes, x: ArrayLike, y: ArrayLike, marker: str = "o", **style: Any) -> None:
    """Draw points that stand out: green balls unless the style says otherwise."""
    ax.plot(x, y, marker, **{"color": GREEN, "mec": "black", "mew": 0.6, "ms": 7, **style})


def _fit_and_band(
    ax: Axes, fit: ResistanceFit | TransitionFit, t: Floats, level: float, label: str
) -> None:
    if fit.errors_known:
        band(ax, t, *fit.band(t, level), zorder=2, label=f"{level:.0%} band")
    ax.plot(t, fit.predict(t), color=BLUE, zorder=3, label=label)


def curve(ax: Axes, data: ResistanceCurve, *, mark: bool = True) -> Axes:
    """Draw the points of a curve; of very many, every second, third, ..."""
    _dots(ax, data.temperature, data.resistance, label="data", zorder=1)
    ax.set(xlabel="$T$ (K)", ylabel=resistance_label(data), xlim=(0, None))
    return mark_origin(ax, data) if mark else ax


def resistance_fit(ax: Axes, fit: ResistanceFit, *, level: float = 0.95, mark: bool = True) -> Axes:
    """Draw data, fitted curve, confidence band and the window's bounds (green balls)."""
    curve(ax, fit.curve, mark=mark)
    _fit_and_band(ax, fit, np.linspace(*fit.window, 200), level, f"fit of {fit.law.title}")
    bounds = np.array(fit.window)
    ball(ax, bounds, fit.predict(bounds), zorder=4, label="window")
    return ax


def residuals(ax: Axes, fit: ResistanceFit, *, level: float = 0.95, mark: bool = True) -> Axes:
    """Draw measured less fitted resistance, in percent of the largest, with the band."""
    percent = 100 / float(np.abs(fit.part.resistance).max())
    t = fit.part.temperature
    if fit.errors_known:
        some = t[:: -(-t.size // _MOST_POINTS)]
        half = np.diff(fit.band(some, level), axis=0)[0] / 2 * percent
        band(ax, some, -half, half, label=f"_{level:.0%} band")
    return _left_over(ax, fit, percent, "max.", mark=mark)


def _left_over(
    ax: Axes, fit: ResistanceFit | TransitionFit, percent: float, of: str, *, mark: bool
) -> Axes:
    ax.axhline(0, color=BLUE, lw=1)
    _dots(ax, fit.part.temperature, fit.residuals * percent, label="_residual")
    ax.set(xlabel="$T$ (K)", ylabel=f"residual\n(% of {of})")
    return mark_origin(ax, fit.curve) if mark else ax


def run_figure(
    results: Sequence[ResistanceFit | CurveAnalysis],
    *,
    names: Sequence[str] = (),
    columns: int = 2,
) -> Figure:
    """Return small multiples: for each curve its points and fit, and below it the residuals.

    Parameters
    ----------
    results : sequence of ResistanceFit or CurveAnalysis
        Where there is no fit, the reason is written in place of the residuals.
    names : sequence of str
        What the curves are called, their pressures if not given.
    columns : int
    """
    rows = -(-len(results) // columns)
    columns = min(columns, len(results))
    fig = plt.figure(figsize=(3.9 * columns, 3.4 * rows))
    panels = fig.subfigures(rows, columns, squeeze=False).flat
    for panel, result, name in zip_longest(panels, results, names):
        if result is None:
            break
        above, below = panel.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        fit, why = (
            (result, None) if isinstance(result, ResistanceFit) else (result.fit, result.no_fit)
        )
        called = _name_of(result.curve) if name is None else name
        if fit is not None:
            resistance_fit(above, fit)
            residuals(below, fit, mark=False)
            above.set(xlabel="", title=panel_title(fit, called))
        else:
            curve(above, result.curve).set_title(f"{wrapped(called, _TITLE)}\nno fit")
            above.tick_params(labelbottom=True)
            below.set_axis_off()
            reason = (why or "").removeprefix(f"{result.curve.name}: ")
            below.text(0, 0.9, wrapped(reason, 50), va="top", fontsize="small")
    fig.subfigs[0].axes[0].legend(loc="upper left")
    return fig


def _name_of(curve: ResistanceCurve) -> str:
    return curve.name if curve.pressure is None else f"{curve.pressure:g} GPa"


def panel_title(fit: ResistanceFit, name: str = "") -> str:
    """Return "22.4 GPa: Theta_D = 518 ± 2 K", with another name of the curve if it is given."""
    first = fit.law.first
    value = estimate(fit, fit.parameters[first.name], first.unit_for(fit.curve.unit))
    sign = "" if value.startswith("≈") else "= "
    symbol = r"$\Theta_\mathrm{D}$" if first.name == "theta_d" else first.symbol
    name = name or _name_of(fit.curve)
    between = ": " if len(name) <= len("22.4 GPa") else "\n"  # the origin stands beside it
    return f"{wrapped(name, _TITLE)}{between}{symbol} {sign}{value}"


def debye_against_pressure(
    ax: Axes, groups: Mapping[str, Sequence[ResistanceFit]], *, level: float = 0.95
) -> Axes:
    """Draw Theta_D with its confidence interval against pressure, in the looks of the runs.

    An arrow is an interval that is open to that side; a hollow point has no known error.
    """
    looks = run_looks(fit.curve for fits in groups.values() for fit in fits)
    for name, members in groups.items():
        label = in_figure(name)
        for fit in members:
            own = looks[run_of(fit.curve)]
            pressure, value = fit.curve.pressure, fit.theta_d.n
            if pressure is None:
                continue
            ends = np.array(fit.interval("theta_d", level) if fit.errors_known else (value, value))
            known = np.isfinite(ends)
            sides = np.where(known, np.abs(ends - value), 0.0)
            ax.errorbar(
                pressure, value, sides[:, None], halves([fit.curve.pressure_error], level),
                fmt=own.marker, color=own.colour, capsize=2, ms=5, label=label,
                mfc=own.colour if fit.errors_known else "white",
            )  # fmt: skip
            scale_bar(ax, value, pressure, fit.curve.pressure_scale)
            for end, up in zip(known, (False, True), strict=True):
                if not end:
                    arrow(ax, pressure, value, up=up, colour=own.colour)
            label = f"_{in_figure(name)}"  # in the data file, and once in the legend
    ax.set(xlabel="$P$ (GPa)", ylabel=r"$\Theta_\mathrm{D}$ (K)", xlim=(0, None))
    return mark_origin(ax, *(fit.curve for fits in groups.values() for fit in fits))


def scale_bar(ax: Axes, value: float, pressure: float | None, scale: str | None) -> None:
    """Draw how far published scales are apart at a pressure, where the data name one of them."""
    if pressure is not None and (ends := over_scales(pressure, scale)):
        ax.hlines(value, *ends, color=GREY, lw=5, alpha=0.35, zorder=1, label="_all scales")


def transition_fit(
    ax: Axes, fit: TransitionFit, *, criterion: float = 0.05, level: float = 0.95
) -> Axes:
    """Draw data, fitted curve and band, the normal state below the onset, and T_c."""
    curve(ax, fit.curve)
    onset, r_onset = fit.tc_onset.n, fit.r_onset.n
    near = np.linspace(max(0.7 * onset, fit.window[0]), 1.1 * onset, 300)
    t = np.unique(np.r_[np.linspace(*fit.window, 300), near])
    plain = fit.normal != "law" or fit.law.title == "eq. 1"
    label = "fit of eqs. 1 and 5" if plain else f"fit of {fit.law.title} and eq. 5"
    _fit_and_band(ax, fit, t, level, label)
    ball(ax, [onset], [r_onset], zorder=4, label=r"$T_\mathrm{c,onset}$")
    with suppress(NotReached):
        style = {"color": ORANGE, "ms": 6, "label": f"$T_\\mathrm{{c,{criterion:g}}}$"}
        tc = fit.tc_quoted(criterion)
        ball(ax, [tc.n], [criterion * r_onset], "D", zorder=4, **style)
    return ax


def transition_residuals(ax: Axes, fit: TransitionFit) -> Axes:
    """Draw measured less fitted resistance in percent of that at the onset."""
    return _left_over(ax, fit, 100 / fit.r_onset.n, "the onset", mark=True)
