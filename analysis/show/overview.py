"""Figures of many data sets at once: the four results, all curves of a twin, metals in a row."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from uncertainties import UFloat

from analysis.numerics.digitised import Sourced
from analysis.pressure.series import Series
from analysis.show import coupling_plots, pressure_plots
from analysis.show.foreign import in_figure
from analysis.show.plots import BLUE, GREY, ORANGE, grid, mark_origin, residuals
from analysis.show.runs import run_look, shades
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit
from analysis.typing import Floats

_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def four_results(
    theta: Series, strain: Series, axes: Sequence[Series], *, steady: Series, plateau: Series
) -> Figure:
    """Return four panels: Debye temperature, coupling, strain and cell.

    Parameters
    ----------
    theta, strain : Series
    axes : sequence of Series
        Reciprocal axes of the cell.
    steady, plateau : Series
        The points of theta and of strain whose weighted means are drawn.
    """
    fig, ((debye, lam), (spread, cell)) = plt.subplots(2, 2, figsize=(9, 6.4))
    pressure_plots.against_pressure(debye, theta)
    pressure_plots.constant(debye, steady.constancy())
    debye.set_title("Debye temperature")
    if len(theta):
        debye.legend(ncols=2, loc="upper left")
        low, high = debye.get_ylim()
        debye.set_ylim(low, high + 0.25 * (high - low))  # room for the legend
    coupling_plots.coupling_against_mu(lam)
    pressure_plots.against_pressure(spread, strain, label=False)
    pressure_plots.constant(spread, plateau.constancy(), factor=1000)
    spread.set_title("strain")
    spread.set_ylim(bottom=0)
    for axis in filter(len, axes):
        over_first = pressure_plots.relative(axis)
        pressure_plots.against_pressure(cell, over_first, label=False, mark=axis is axes[0])
        end = (over_first.pressure[-1], over_first.value[-1])
        cell.annotate(f"${axis.name}$", end, (6, 0), textcoords="offset points", va="center")
    cell.set(title="cell", ylabel="relative to the first")
    return fig


def curves_by_run(curves: Sequence[ResistanceCurve]) -> Figure:
    """Return a panel for each run, with a shade of its colour for each pressure."""
    runs: dict[str | None, list[ResistanceCurve]] = {}
    for curve in curves:
        runs.setdefault(curve.run, []).append(curve)
    fig, axes = grid(len(runs), 3, (3, 2.7))
    for ax, (run, members) in zip(axes, runs.items(), strict=False):
        tones = shades(run_look(members[0]).colour, len(members))
        for curve, colour in zip(members, tones, strict=True):
            name = f"{curve.pressure:g}"
            ax.plot(curve.temperature, curve.resistance, color=colour, lw=1, label=name)
        ax.set(title=in_figure(f"run {run}"), xlabel="$T$ (K)", ylabel="$R$ (Ω)")
        ax.legend(title="GPa", title_fontsize="small")
        mark_origin(ax, *members)
    return fig


def ranked_resistivity(
    ax: Axes,
    symbols: Sequence[str],
    resistivity: Floats,
    *,
    level: float,
    name: str,
    named: Sequence[int] = (0, 3, 12, 20, 34, 50, 68),
) -> Axes:
    """Draw resistivities in rising order, and a level to compare them with.

    Parameters
    ----------
    symbols : sequence of str, shape (N,)
        Of the elements.
    resistivity : array_like, shape (N,)
        Recommended values, µΩ cm.
    level : float
        µΩ cm.
    name : str
        What the figure calls the level.
    named : sequence of int
        Ranks, counted from 0, at which the element is written; those beyond N are left out.
    """
    order = np.argsort(resistivity)
    rank = np.arange(1, order.size + 1)
    ax.semilogy(rank, resistivity[order], "o", color=BLUE, ms=4, label="_elements")
    ax.axhline(level, color=ORANGE, ls="--", label=f"_{name.translate(_PLAIN)}")
    ax.text(rank[-1], level * 1.1, name, ha="right", color=ORANGE)
    for at in (at for at in named if at < order.size):
        place = (rank[at], resistivity[order][at])
        ax.annotate(in_figure(symbols[order[at]]), place, (4, -10), textcoords="offset points")
    ax.set(xlabel="rank", ylabel="resistivity (µΩ cm)")
    return mark_origin(ax, "recommended")


def residual_panels(
    fits: Sequence[ResistanceFit], titles: Sequence[str] = (), *, columns: int = 3
) -> Figure:
    """Return the residuals of fits beside each other, titled by their windows or as given."""
    columns = min(columns, len(fits))
    fig, axes = grid(len(fits), columns, (3, 3), sharey=True)
    titles = titles or ["{:.0f} to {:.0f} K".format(*fit.window) for fit in fits]
    for at, (ax, fit, title) in enumerate(zip(axes, fits, titles, strict=False)):
        residuals(ax, fit)
        ax.set_title(in_figure(title))
        if at % columns:
            ax.set_ylabel("")
    return fig


def conductance_against_end(
    ax: Axes, conductance: Mapping[int, UFloat], *, origin: Sourced | str | None
) -> Axes:
    r"""Draw :math:`1/R_\mathrm{sat}` against the upper end of the window.

    Parameters
    ----------
    conductance : mapping of int to UFloat
        In units of 1/R(273 K), by the end of the window, K. Points that lie more than two
        errors above zero are filled.
    """
    for end, g in conductance.items():
        face = BLUE if g.n > 2 * g.s else "white"
        ax.errorbar(end, g.n, g.s, fmt="o", color=BLUE, mfc=face, capsize=3)
    ax.axhline(0, color=GREY, lw=0.8)
    ax.set(xlabel="upper end of the window (K)", ylabel=r"$G$ ($1/R_{273}$)")
    return mark_origin(ax, origin)
