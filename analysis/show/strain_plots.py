"""Figures of diffraction: every function takes axes, draws, and returns them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.peaks import PeakTable
from analysis.diffraction.strain.instrument import Instrument
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.numerics.digitised import figures_of
from analysis.numerics.uncertainty import halves
from analysis.show import plots
from analysis.show.foreign import chemical, in_figure
from analysis.show.plots import BLUE, DECORATION, GREEN, GREY, ORANGE, PURPLE, mark_origin
from analysis.show.runs import run_look
from analysis.show.strain_report import line_names, told_apart
from analysis.typing import Floats

_TWO_THETA = r"$2\theta$ (deg)"
_STRAIN = r"$4 \sin\theta$"
_BREADTH = r"$\beta \cos\theta$ (mrad)"
INDICES = "small"  # the smallest type that pages show at 8 px or more


def pattern(ax: Axes, data: DiffractionPattern) -> Axes:
    """Draw the counts of a pattern."""
    ax.plot(data.two_theta, data.intensity, color=GREY, lw=0.7, label="data", rasterized=True)
    ax.set(xlabel=_TWO_THETA, ylabel="counts", xlim=data.two_theta[[0, -1]])
    return mark_origin(ax, data)


def _bars(ax: Axes, x: Floats, y: Floats, error: Floats, **style: Any) -> None:
    """Draw points with error bars, small circles unless the style says otherwise."""
    ax.errorbar(x, y, error, **{"fmt": "o", "ms": 4, **style})


def fitted_lines(
    ax: Axes, peaks: PeakTable, *, window: tuple[float, float] | None = None, label: bool = True
) -> Axes:
    """Draw a pattern, its background and all its lines, with ticks and indices above them.

    Lines whose breadth is not used have an orange tick.
    """
    data = peaks.counts
    pattern(ax, data)
    x, counts = data.two_theta, data.intensity
    low, high = window or (float(x[0]), float(x[-1]))
    if peaks.background is not None and peaks.line_counts is not None:
        both = peaks.background + peaks.line_counts
        ax.plot(x, both, color=BLUE, lw=1.1, label="fit")
        ax.plot(x, peaks.background, color=GREEN, lw=1.1, label="background")
    ax.set_xlim(low, high)
    inside = (x >= low) & (x <= high)
    top, bottom = float(counts[inside].max()), float(counts[inside].min())
    height = top - bottom
    ax.set_ylim(bottom - 0.05 * height, top + (0.42 if label else 0.15) * height)
    shown = (peaks.two_theta >= low) & (peaks.two_theta <= high)
    places, names = peaks.two_theta[shown], np.array(line_names(peaks))[shown]
    spread = _spread(places, (high - low) / 34)
    for place, at, name, usable in zip(places, spread, names, peaks.usable[shown], strict=True):
        colour = "black" if usable else ORANGE
        mark: dict[str, Any] = {"color": colour, "label": DECORATION}
        ax.plot([place, place], top + height * np.array([0.03, 0.08]), lw=0.9, **mark)
        if label:
            ax.plot([place, at], top + height * np.array([0.08, 0.15]), lw=0.5, **mark)
            ax.text(
                at, top + 0.17 * height, name,
                rotation=90, ha="center", va="bottom", fontsize=INDICES, color=colour,
            )  # fmt: skip
    return ax


def _spread(places: Floats, gap: float) -> Floats:
    """Return places moved so that neighbours are at least a gap apart."""
    moved = np.array(places, dtype=float)
    for _ in range(200):
        short = gap - np.diff(moved)
        if not (short > 1e-9).any():
            break
        push = np.maximum(short, 0) / 2
        moved[:-1] -= push
        moved[1:] += push
    return moved


def pattern_residuals(ax: Axes, peaks: PeakTable) -> Axes:
    """Draw measured less fitted counts, in square roots of the fitted counts."""
    data = peaks.counts
    if peaks.background is None or peaks.line_counts is None:
        return ax
    fitted = peaks.background + peaks.line_counts
    left = (data.intensity - fitted) / np.sqrt(np.maximum(fitted, 1))
    ax.plot(data.two_theta, left, color=GREY, lw=0.5, rasterized=True, label="_residuals")
    ax.axhline(0, color=BLUE, lw=1)
    ax.set(xlabel=_TWO_THETA, ylabel="residual\n(errors)")
    ax.set_xlim(float(data.two_theta[0]), float(data.two_theta[-1]))
    return ax


def fit_figure(peaks: PeakTable) -> Figure:
    """Return a figure of the fitted pattern above its residuals."""
    fig, (above, below) = plt.subplots(2, 1, figsize=(8, 4.8), sharex=True, height_ratios=[4, 1])
    fitted_lines(above, peaks).set_xlabel("")
    handles, labels = above.get_legend_handles_labels()
    above.legend(handles, labels, loc="center right")
    pattern_residuals(below, peaks)
    return fig


def williamson_hall(
    ax: Axes, wh: WilliamsonHall, *, label: bool = True, level: float = 0.95, mark: bool = True
) -> Axes:
    """Draw breadths against angle so that eqs. 7 and 8 are straight lines, and the fit.

    The slope is the strain; the intercept, zero under eq. 8, belongs to the size. Open
    points were not used.
    """
    angles, breadths, errors = _points(wh.lines, wh.breadth)
    end = max(float(wh.peaks.theta.max()), float(wh.lines.theta.max())) * 1.05
    theta = np.linspace(1e-3, min(end, 1.55), 100)
    x, scale = 4 * np.sin(theta), 1000 * np.cos(theta)
    edges = (edge * scale for edge in wh.band(theta, level))
    plots.band(ax, x, *edges, alpha=0.5, label=f"{100 * level:g} % band")
    ax.plot(x, wh.predict(theta) * scale, color=BLUE, label=f"eq. {8 - (wh.model == 'full')}")
    unused = wh.peaks.select(~np.isin(wh.peaks.two_theta, wh.lines.two_theta))
    at, wide, error = _points(unused, wh.breadth) if len(unused) else (np.empty(0),) * 3
    if len(unused):
        which = np.isfinite(wide) & np.isfinite(error) & (error < wide)
        unsure = {"color": GREY, "mfc": "white", "lw": 0.8, "label": "not used"}
        at, wide = at[which], wide[which]
        _bars(ax, at, wide, error[which], **unsure)
    _bars(ax, angles, breadths, errors, color=ORANGE, lw=1, label="lines")
    if label:
        _name_points(ax, wh, angles, breadths, errors)
    ax.set(xlabel=_STRAIN, ylabel=_BREADTH, xlim=(0, None))
    # Room above the error bars for the indices.
    ax.set_ylim(0, 1.2 * float((breadths + errors).max()))
    if label:  # small panels beside each other have one axis, set later
        plots.point_outwards(ax, at, wide, colour=GREY)
    return mark_origin(ax, wh.peaks.pattern) if mark else ax


def _points(lines: PeakTable, breadth: str) -> tuple[Floats, Floats, Floats]:
    value, error = lines.breadth(breadth)
    scale = 1000 * np.cos(lines.theta)
    return 4 * np.sin(lines.theta), value * scale, error * scale


def _name_points(
    ax: Axes, wh: WilliamsonHall, angles: Floats, breadths: Floats, errors: Floats
) -> None:
    """Write the indices above points over the line and below the others."""
    over = wh.residuals >= 0
    names = np.array(line_names(wh.lines))
    for side, sign, align in ((over, 1, "bottom"), (~over, -1, "top")):
        ends = breadths[side] + sign * errors[side]
        spread = _spread(angles[side], angles.max() / 30)
        for name, x, y in zip(names[side], spread, ends, strict=True):
            ax.annotate(
                name, (x, y), xytext=(0, 3 * sign), textcoords="offset points",
                rotation=90, ha="center", va=align, fontsize=INDICES,
            )  # fmt: skip


def breadth_residuals(ax: Axes, wh: WilliamsonHall) -> Axes:
    """Draw for each line by how much it is broader than the law, in percent."""
    fitted = wh.predict(wh.lines.theta)
    places = np.arange(float(wh.n_lines))
    error = wh.lines.breadth(wh.breadth)[1]
    ax.axhline(0, color=BLUE, lw=1)
    _bars(
        ax, places, 100 * wh.residuals / fitted, 100 * error / fitted,
        color=ORANGE, lw=1, label="_lines",
    )  # fmt: skip
    ax.set_xticks(places, line_names(wh.lines), rotation=90, fontsize=INDICES)
    ax.set(xlabel="line", ylabel="broader than the law by (%)", xlim=(-0.7, wh.n_lines - 0.3))
    return mark_origin(ax, wh.peaks.pattern)


def williamson_hall_figure(wh: WilliamsonHall) -> Figure:
    """Return a figure of the breadths with the fitted law, beside the residuals."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.9), width_ratios=[1.25, 1])
    williamson_hall(left, wh).legend(loc="upper left")
    breadth_residuals(right, wh)
    return fig


def size_strain(ax: Axes, wh: WilliamsonHall, *, label: bool = True) -> Axes:
    """Draw the plot of Halder and Wagner, in which a size is the slope and a strain the start.

    ``(beta*/d*)^2 = (K/D) beta*/d*^2 + (2 epsilon)^2`` with ``beta* = beta cos(theta)/lambda`` and
    ``d* = 2 sin(theta)/lambda``, of lines that are Lorentzian by size and Gaussian by strain. It
    is a straight line only for those, and gives the lines at small angles the say over D.
    """
    other = wh if wh.addition == "halder-wagner" else wh.with_addition("halder-wagner")
    lines, wavelength = other.lines, other.peaks.pattern.wavelength / 1000
    breadths, errors = lines.breadth(other.breadth)
    cos, sin = np.cos(lines.theta), np.sin(lines.theta)
    x = breadths * cos * wavelength / (4 * sin**2)
    y = 1e6 * (breadths * cos / (2 * sin)) ** 2
    ax.errorbar(
        x, y, 2 * y * errors / breadths, x * errors / breadths,
        fmt="o", ms=4, lw=1, color=ORANGE, label="lines",
    )  # fmt: skip
    if other.full is not None:
        ends = np.array([0.0, 1.05 * float(x.max())])
        slope, start = other.full.values * np.array([1e6 / wavelength, 4e6])
        ax.plot(ends, slope * ends + start, color=BLUE, label="Halder and Wagner")
    if label:
        for name, at, height in zip(line_names(lines), x, y, strict=True):
            ax.annotate(
                name, (at, height), xytext=(3, -8), textcoords="offset points", fontsize=INDICES
            )  # fmt: skip
    ax.set(xlabel=r"$\beta^*/d^{*2}$ (nm)", ylabel=r"$10^6 (\beta^*/d^*)^2$", xlim=(0, None))
    ax.set_ylim(0, 1.2 * float(y.max()))
    return mark_origin(ax, wh.peaks.pattern)


def two_opinions(wh: WilliamsonHall) -> Figure:
    """Return a figure of the Williamson-Hall plot beside that of Halder and Wagner."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.9))
    williamson_hall(left, wh).legend(loc="upper left")
    size_strain(right, wh).legend(loc="lower right")
    return fig


def panels(analyses: Sequence[WilliamsonHall], *, columns: int = 4) -> Figure:
    """Return a figure with a Williamson-Hall plot for each pressure: the paper's Fig. 8."""
    columns = min(columns, len(analyses))
    size = (2, 2.1) if columns > 2 else (3.4, 2.9)
    fig, axes = plots.grid(len(analyses), columns, size, sharex=True, sharey=True)
    heading, places = told_apart([wh.peaks.pattern for wh in analyses])
    for ax, wh, place in zip(axes, analyses, places, strict=False):
        williamson_hall(ax, wh, label=False, mark=False)
        called = f"{place} GPa, " if heading != "pattern" else f"{_short(place)}\n"
        ax.set_title(called + _found(wh), fontsize="small")
        ax.label_outer()
    top = max(float(_points(wh.lines, wh.breadth)[1].max()) for wh in analyses)
    axes[0].set_ylim(0, 1.25 * top)
    # The axis below which no panel stands keeps its labels.
    for at in range(len(analyses) - columns, len(analyses)):
        axes[at].xaxis.set_tick_params(labelbottom=True)
        axes[at].set_xlabel(_STRAIN)
    # Above the titles, which leave no room beside them.
    above = 1 + (0.36 if heading != "pattern" else 0.67) / size[1]
    _mark_origins(axes[columns - 1], analyses).texts[-1].set_y(above)
    return fig


def _short(name: str, most: int = 26) -> str:
    """Return a name that fits above a panel; of a long one both ends."""
    half = most // 2
    return in_figure(name if len(name) <= most else f"{name[: half - 1]}…{name[-half:]}")


def _found(wh: WilliamsonHall) -> str:
    if wh.quoted_strain is None:
        return f"$10^3\\epsilon$ < {1000 * wh.strain_upper:.1f}"
    return f"$10^3\\epsilon$ = {1000 * wh.strain.n:.1f}"


def patterns_alone(patterns: Sequence[DiffractionPattern]) -> Figure | None:
    """Return patterns as they are, a panel for each; None without one."""
    if not patterns:
        return None
    fig, axes = plt.subplots(
        len(patterns), 1, figsize=(8, 1.7 * len(patterns) + 0.6), squeeze=False
    )
    for ax, data in zip(axes[:, 0], patterns, strict=True):
        pattern(ax, data).set_title(in_figure(data.name), loc="left", fontsize="small")
    return fig


def _mark_origins(ax: Axes, analyses: Sequence[WilliamsonHall]) -> Axes:
    return mark_origin(
        ax,
        *(wh.peaks.pattern.origin or "unknown origin" for wh in analyses),
        figures=figures_of(wh.peaks.pattern for wh in analyses),
    )


def strain_against_pressure(
    ax: Axes,
    analyses: Sequence[WilliamsonHall],
    *,
    truth: Mapping[float, float] | None = None,
    level: float = 0.95,
) -> Axes:
    """Draw strains with their confidence intervals against pressure: the paper's Fig. 9.

    Parameters
    ----------
    truth : mapping of float to float, optional
        Strain at each pressure (GPa) that a synthetic series was made from.
    """
    known = [wh for wh in analyses if wh.peaks.pattern.pressure is not None]
    if truth:
        ax.plot(
            list(truth), 1000 * np.array(list(truth.values())),
            color=GREY, lw=1, alpha=0.6, label="put in",
        )  # fmt: skip
    samples = list(dict.fromkeys(wh.peaks.pattern.sample for wh in known))
    for sample in samples:
        own = [wh for wh in known if wh.peaks.pattern.sample == sample]
        style = run_look(own[0].peaks.pattern)
        pressure = np.array([wh.peaks.pattern.pressure for wh in own], dtype=float)
        strain = 1000 * np.array([wh.strain.n for wh in own])
        ends = 1000 * np.array([wh.interval("strain", level) for wh in own]).T
        called = in_figure(chemical(sample or "no sample stated")) if len(samples) > 1 else "found"
        ax.errorbar(
            pressure, strain, np.abs(ends - strain),
            halves([wh.peaks.pattern.pressure_error for wh in own], level),
            fmt=style.marker, ms=5, capsize=2, color=style.colour,
            label=f"{called}, {100 * level:g} %",
        )  # fmt: skip
        for wh, value in zip(own, strain.tolist(), strict=True):
            plots.scale_bar(ax, value, wh.peaks.pattern.pressure, wh.peaks.pattern.pressure_scale)
    ax.set(xlabel="$P$ (GPa)", ylabel=r"$10^3 \epsilon$", xlim=(0, None), ylim=(0, None))
    return _mark_origins(ax, known)


def size_limits(ax: Axes, analyses: Sequence[WilliamsonHall]) -> Axes:
    """Draw sizes with errors, or lower limits as arrows, against pressure."""
    ends = []
    for wh in analyses:
        pressure, limit = wh.peaks.pattern.pressure, wh.size_lower
        if pressure is None:
            continue
        if wh.size is not None:
            ax.errorbar(
                pressure, wh.size.n, wh.size.s,
                halves([wh.peaks.pattern.pressure_error], level=None),
                fmt="o", ms=5, color=BLUE, label="_size",
            )  # fmt: skip
            ends += [wh.size.n]
        elif limit is not None and np.isfinite(limit):
            ax.plot(pressure, limit, "_", color=BLUE, ms=8, label="_lower limit")
            arrow = {"arrowstyle": "->", "color": BLUE, "lw": 1.2, "shrinkA": 0}
            ax.annotate("", (pressure, 1.6 * limit), (pressure, limit), arrowprops=arrow)
            ends += [limit]
    ax.set(xlabel="$P$ (GPa)", ylabel="$D$ (nm)", yscale="log")
    if ends:
        ax.set_ylim(min(ends) / 2, 2.5 * max(ends))
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_xlim(left=0)
    return _mark_origins(ax, analyses)


def instrument_curve(ax: Axes, instrument: Instrument, *samples: PeakTable) -> Axes:
    """Draw the widths of a standard's lines, their smooth curve, and those of samples."""
    standard = instrument.standard
    x = np.linspace(standard.two_theta[0] - 3, standard.two_theta[-1] + 3, 200)
    width, error = instrument.fwhm(x)
    edges = (width - 2 * error, width + 2 * error)
    plots.band(ax, x, *edges, alpha=0.5, label="_± 2 standard errors")
    ax.plot(x, width, color=BLUE, label="smooth curve")
    styles = zip(
        (standard, *samples), (BLUE, ORANGE, PURPLE), ("o", "s", "^"), (" (standard)", "", ""),
        strict=False,
    )  # fmt: skip
    for peaks, colour, marker, role in styles:
        crystal = in_figure(peaks.phase or peaks.pattern.name)
        style = {"fmt": marker, "color": colour, "label": crystal + role}
        _bars(ax, peaks.two_theta, peaks.fwhm, peaks.fwhm_error, lw=1, **style)
    ax.set(xlabel=_TWO_THETA, ylabel="FWHM (deg)", ylim=(0, None))
    return mark_origin(ax, standard.pattern)


def breadths_of_a_line(ax: Axes) -> Axes:
    """Draw a Lorentzian line with its FWHM, and the rectangle of equal area and height."""
    x = np.linspace(-3, 3, 400)
    ax.plot(x, 1 / (1 + (2 * x) ** 2), color=BLUE, label="_line")
    half = np.pi / 4
    plots.band(ax, [-half, half], 0, 1, alpha=0.4, label="_rectangle")
    for at, width, name in ((0.5, 0.5, "FWHM"), (0.34, half, "integral breadth")):
        arrow = {"arrowstyle": "<->", "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (-width, at), (width, at), arrowprops=arrow)
        ax.text(half + 0.12, at, name, va="center", fontsize="small")
    ax.set(xlabel="angle over FWHM", ylabel="intensity", xlim=(-3, 3), ylim=(0, 1.05), yticks=[])
    return mark_origin(ax, "formula")
