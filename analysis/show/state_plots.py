"""Figures of equations of state: V against P, and what K0 and K0' may be together."""

from collections.abc import Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.numerics.digitised import Digitised
from analysis.pressure.equation_of_state import EquationOfState
from analysis.show.foreign import in_figure
from analysis.show.plots import BLUE, SKY, ball, look, mark_origin

# Name, its fits (the quoted one first), origin, the figures it was read from, and K0 (GPa) and
# K0' that synthetic volumes were made with.
State = tuple[str, Sequence[EquationOfState], str, Sequence[Digitised], tuple[float, float] | None]


def volume_against_pressure(ax: Axes, fit: EquationOfState, *, level: float = 0.95) -> Axes:
    """Draw volumes with their effective errors, an equation of state, and its band."""
    grid = np.linspace(fit.volume.min(), max(fit.volume.max(), fit.v0.n), 200)
    p, low, high = fit.band(grid, level)
    ax.fill_betweenx(grid, low, high, color=SKY, alpha=0.6, lw=0, label=f"_{level:.0%} of P")
    ax.plot(p, grid, color=BLUE, label=fit.equation.title)
    bars = 1 / fit.weights if fit.stated else None
    ax.errorbar(fit.pressure, fit.volume, xerr=bars, fmt="o", ms=4, color="black", label="_found")
    ax.set(xlabel="$P$ (GPa)", ylabel="$V$ (Å³)")
    return ax


def pairs(
    ax: Axes,
    fits: Sequence[EquationOfState],
    *,
    truth: tuple[float, float] | None = None,
    level: float = 0.95,
) -> Axes:
    """Draw the ellipse of K0 and K0' of each equation, a bar where K0' is held, and the truth."""
    for at, fit in enumerate(fits):
        (colour, marker), name = look(at), fit.equation.title
        if fit.minimum.free[2]:
            ax.plot(*fit.ellipse(level), color=colour, label=f"_{name}, {level:.0%}")
        low, high = fit.interval("k0", level)
        bar = None if fit.minimum.free[2] else [[fit.k0.n - low], [high - fit.k0.n]]
        ax.errorbar(
            [fit.k0.n], [fit.k0_prime.n], xerr=bar, fmt=marker, ms=5, color=colour, capsize=2,
            label=name,
        )  # fmt: skip
    if truth is not None:
        ball(ax, [truth[0]], [truth[1]], "*", color="black", ms=8, label="put in")
    ax.legend(fontsize="x-small")
    ax.set(xlabel="$K_0$ (GPa)", ylabel="$K_0'$")
    return ax


def state_figure(states: Sequence[State]) -> Figure | None:
    """Return volumes and pairs of each crystal beside each other; None without one."""
    if not states:
        return None
    fig, panels = plt.subplots(len(states), 2, figsize=(8, 3.4 * len(states)), squeeze=False)
    for (left, right), (name, fits, origin, figures, truth) in zip(panels, states, strict=True):
        volume_against_pressure(left, fits[0]).set_title(in_figure(name), loc="left", pad=14)
        pairs(right, fits, truth=truth)
        for ax in (left, right):
            mark_origin(ax, origin, figures=figures)
    return fig
