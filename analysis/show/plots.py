"""Figures: every function takes axes, draws, and returns them.

Colours are those of Okabe and Ito, which people with any colour vision tell apart. The
bounds of a fit's window are the green balls of the paper's figures. Data that are not
measured say so inside the axes.
"""

import warnings
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import uncertainties
from cycler import cycler
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.show.report import estimate, run_label
from analysis.transport.coupling import ValidityWarning, coupling_constant
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit
from analysis.transport.transition_fit import NotReached, TransitionFit

BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
YELLOW, PURPLE, SKY, GREY = "#E69F00", "#CC79A7", "#56B4E9", "#6E6E6E"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, YELLOW, SKY)
MARKERS = ("o", "s", "^", "D", "v", "P")

# Matplotlib leaves names that begin with an underscore out of legends.
DECORATION, ORIGIN = "_decoration", "_origin"
_MOST_POINTS = 1500
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
    return f"${symbol}$ ({_SYMBOLS.get(curve.unit, curve.unit)})"


def mark_origin(ax: Axes, origin: str | None) -> Axes:
    """Write where the data come from above the upper right corner of the axes."""
    if origin:
        colour = ORANGE if origin == "synthetic" else GREY
        ax.text(
            1.0, 1.01, origin, transform=ax.transAxes, ha="right", va="bottom",
            color=colour, fontsize="small", style="italic", label=ORIGIN,
        )  # fmt: skip
    return ax


def curve(ax: Axes, data: ResistanceCurve, *, mark: bool = True) -> Axes:
    """Draw the points of a curve; of very many, every second, third, ..."""
    some = slice(None, None, -(-len(data) // _MOST_POINTS))
    ax.plot(
        data.temperature[some], data.resistance[some], ".",
        ms=2.5, color=GREY, label="data", rasterized=True, zorder=1,
    )  # fmt: skip
    ax.set(xlabel="$T$ (K)", ylabel=resistance_label(data))
    ax.set_xlim(left=0)
    return mark_origin(ax, data.origin) if mark else ax


def resistance_fit(ax: Axes, fit: ResistanceFit, *, level: float = 0.95, mark: bool = True) -> Axes:
    """Draw data, fitted curve, confidence band and the window's bounds (green balls)."""
    curve(ax, fit.curve, mark=mark)
    t = np.linspace(*fit.window, 200)
    if fit.errors_known:
        lower, upper = fit.band(t, level)
        ax.fill_between(
            t, lower, upper, color=SKY, alpha=0.6, lw=0, zorder=2, label=f"{level:.0%} band"
        )
    ax.plot(t, fit.predict(t), color=BLUE, zorder=3, label=f"fit of {fit.law.title}")
    bounds = np.array(fit.window)
    ax.plot(
        bounds, fit.predict(bounds), "o", color=GREEN, mec="black", mew=0.6, ms=7,
        zorder=4, label="window",
    )  # fmt: skip
    return ax


def residuals(ax: Axes, fit: ResistanceFit, *, level: float = 0.95, mark: bool = True) -> Axes:
    """Draw measured less fitted resistance, in percent of the largest, with the band."""
    percent = 100 / float(np.abs(fit.part.resistance).max())
    t = fit.part.temperature
    some = slice(None, None, -(-t.size // _MOST_POINTS))
    if fit.errors_known:
        half = np.diff(fit.band(t[some], level), axis=0)[0] / 2 * percent
        ax.fill_between(
            t[some], -half, half, color=SKY, alpha=0.6, lw=0, label=f"_{level:.0%} band"
        )
    ax.axhline(0, color=BLUE, lw=1)
    ax.plot(
        t[some],
        fit.residuals[some] * percent,
        ".",
        ms=2.5,
        color=GREY,
        rasterized=True,
        label="_residual",
    )
    ax.set(xlabel="$T$ (K)", ylabel="residual\n(% of max.)")
    return mark_origin(ax, fit.curve.origin) if mark else ax


def run_figure(fits: Sequence[ResistanceFit], *, columns: int = 2) -> Figure:
    """Return small multiples: for each fit the curve, and below it the residuals."""
    rows = -(-len(fits) // columns)
    columns = min(columns, len(fits))
    fig = plt.figure(figsize=(3.9 * columns, 3.4 * rows))
    panels = fig.subfigures(rows, columns, squeeze=False)
    for panel, fit in zip(panels.flat, fits, strict=False):
        above, below = panel.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        resistance_fit(above, fit)
        residuals(below, fit, mark=False)
        above.set_xlabel("")
        above.set_title(panel_title(fit))
    panels.flat[0].axes[0].legend(loc="upper left", fontsize="x-small")
    return fig


def panel_title(fit: ResistanceFit) -> str:
    """Return "22.4 GPa: Theta_D = 518 ± 2 K", or with the name of the curve."""
    first = fit.law.first
    value = estimate(fit, fit.parameters[first.name], first.unit_for(fit.curve.unit))
    sign = "" if value.startswith("≈") else "= "
    symbol = r"$\Theta_\mathrm{D}$" if first.name == "theta_d" else first.symbol
    value = f"{symbol} {sign}{value}"
    pressure = fit.curve.pressure
    return f"{fit.curve.name if pressure is None else f'{pressure:g} GPa'}: {value}"


def debye_against_pressure(
    ax: Axes, runs: dict[str, Sequence[ResistanceFit]], *, level: float = 0.95
) -> Axes:
    """Draw Theta_D with its confidence interval against pressure, a colour for each run."""
    for run, colour, marker in zip(runs, COLOURS, MARKERS, strict=False):
        fits = [fit for fit in runs[run] if fit.curve.pressure is not None]
        pressures = np.array([fit.curve.pressure for fit in fits], dtype=float)
        values = np.array([fit.theta_d.n for fit in fits])
        intervals = np.array([fit.interval("theta_d", level) for fit in fits]).T
        ax.errorbar(
            pressures, values, np.abs(intervals - values),
            fmt=marker, color=colour, capsize=2, ms=5, label=run_label(run),
        )  # fmt: skip
    ax.set(xlabel="$P$ (GPa)", ylabel=r"$\Theta_\mathrm{D}$ (K)")
    ax.set_xlim(left=0)
    origins = {fit.curve.origin for fits in runs.values() for fit in fits}
    return mark_origin(ax, ", ".join(sorted(filter(None, origins))))


def transition_fit(
    ax: Axes, fit: TransitionFit, *, criterion: float = 0.05, level: float = 0.95
) -> Axes:
    """Draw data, fitted curve and band, the normal state below the onset, and T_c."""
    curve(ax, fit.curve)
    t = np.unique(
        np.r_[
            np.linspace(*fit.window, 300),
            np.linspace(max(0.7 * fit.tc_onset.n, fit.window[0]), 1.1 * fit.tc_onset.n, 300),
        ]
    )
    if fit.errors_known:
        lower, upper = fit.band(t, level)
        ax.fill_between(
            t, lower, upper, color=SKY, alpha=0.6, lw=0, zorder=2, label=f"{level:.0%} band"
        )
    ax.plot(t, fit.predict(t), color=BLUE, zorder=3, label=_fit_label(fit))
    onset = fit.tc_onset.n
    ax.plot(
        [onset], [fit.r_onset.n], "o", color=GREEN, mec="black", mew=0.6, ms=7,
        zorder=4, label=r"$T_\mathrm{c,onset}$",
    )  # fmt: skip
    try:
        tc = fit.tc(criterion).n
    except NotReached:
        return ax
    ax.plot(
        [tc], [criterion * fit.r_onset.n], "D", color=ORANGE, mec="black", mew=0.6, ms=6,
        zorder=4, label=f"$T_\\mathrm{{c,{criterion:g}}}$",
    )  # fmt: skip
    return ax


def _fit_label(fit: TransitionFit) -> str:
    if fit.normal != "law" or fit.law.title == "eq. 1":
        return "fit of eqs. 1 and 5"
    return f"fit of {fit.law.title} and eq. 5"


def transition_residuals(ax: Axes, fit: TransitionFit) -> Axes:
    """Draw measured less fitted resistance in percent of that at the onset."""
    percent = 100 / fit.r_onset.n
    some = slice(None, None, -(-fit.n_points // _MOST_POINTS))
    ax.axhline(0, color=BLUE, lw=1)
    ax.plot(
        fit.part.temperature[some], fit.residuals[some] * percent, ".",
        ms=2.5, color=GREY, rasterized=True, label="_residual",
    )  # fmt: skip
    ax.set(xlabel="$T$ (K)", ylabel="residual\n(% of the onset)")
    return mark_origin(ax, fit.curve.origin)


def coupling_map(
    ax: Axes,
    fit: TransitionFit,
    *,
    criterion: float = 0.05,
    mu_star: float = 0.13,
    formula: str = "advanced",
) -> Axes:
    """Draw contours of lambda over Theta_D and T_c, with the fit's 95 % error ellipse."""
    tc, theta_d = fit.tc(criterion), fit.theta_d
    if theta_d is None:
        raise ValueError("a map of lambda needs a fit with eq. 1 as its normal state")
    wide = max(0.12 * theta_d.n, 4 * theta_d.s)
    high = max(0.1 * tc.n, 4 * tc.s)
    theta = np.linspace(max(theta_d.n - wide, 1.2 * tc.n), theta_d.n + wide, 80)
    cold = np.linspace(max(tc.n - high, 0.05 * tc.n), min(tc.n + high, 0.8 * theta[0]), 80)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        lam = coupling_constant(cold[:, None], theta_d=theta, mu_star=mu_star, formula=formula)
    lines = ax.contour(theta, cold, lam, levels=12, colors=GREY, linewidths=0.8)
    ax.clabel(lines, fmt="%.2f", fontsize="small")
    covariance = np.array(uncertainties.covariance_matrix([theta_d, tc]))
    # chi^2 of two degrees of freedom: -2 ln(0.05)
    axes = np.linalg.cholesky(covariance) * np.sqrt(-2 * np.log(0.05))
    turn = np.linspace(0, 2 * np.pi, 200)
    x, y = axes @ np.array([np.cos(turn), np.sin(turn)])
    ax.fill(theta_d.n + x, tc.n + y, color=SKY, alpha=0.7, label="95 % of the fit")
    ax.plot([theta_d.n], [tc.n], "D", color=ORANGE, mec="black", mew=0.6, ms=6, label="fit")
    ax.set(xlabel=r"$\Theta_\mathrm{D}$ (K)", ylabel=f"$T_\\mathrm{{c,{criterion:g}}}$ (K)")
    return mark_origin(ax, fit.curve.origin)
