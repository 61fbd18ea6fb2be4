"""Figures of equations of state: V against P, and what K0 and K0' may be together."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.numerics.digitised import Digitised
from analysis.pressure.equation_of_state import EquationOfState
from analysis.show.foreign import in_figure
from analysis.show.plots import BLUE, SKY, ball, mark_origin
from analysis.show.runs import look

Pair = tuple[float, float]


class State(NamedTuple):
    """Fits of one crystal, the quoted one first, or why there is none; K0 and K0' put in."""

    name: str
    fits: Sequence[EquationOfState]
    why: str
    origin: str
    figures: Sequence[Digitised] = ()
    truth: Pair | None = None


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
    ax: Axes, fits: Sequence[EquationOfState], truth: Pair | None = None, *, level: float = 0.95
) -> Axes:
    """Draw the ellipse of K0 and K0' of each equation, a bar where K0' is held, and the truth."""
    for at, fit in enumerate(fits):
        own, name = look(at), fit.equation.title
        ball(ax, [fit.k0.n], [fit.k0_prime.n], own.marker, color=own.colour, ms=5, label=name)
        held = not fit.minimum.free[2]
        line = (fit.interval("k0", level), [fit.k0_prime.n] * 2) if held else fit.ellipse(level)
        ax.plot(*line, color=own.colour, label=f"_{name}, {level:.0%}")
    if truth is not None:
        ball(ax, [truth[0]], [truth[1]], "*", color="black", ms=8, label="true values")
    ax.legend()
    ax.set(xlabel="$K_0$ (GPa)", ylabel="$K_0'$")
    return ax


def state_figure(states: Sequence[State]) -> Figure | None:
    """Return volumes and pairs of each crystal beside each other; None without one."""
    states = [state for state in states if state.fits]
    if not states:
        return None
    fig, panels = plt.subplots(len(states), 2, figsize=(7.2, 3.2 * len(states)), squeeze=False)
    for (left, right), state in zip(panels, states, strict=True):
        volume_against_pressure(left, state.fits[0])
        pairs(right, state.fits, state.truth)
        for ax in (left, right):
            mark_origin(ax, state.origin, figures=state.figures)
        left.set_title(in_figure(state.name), loc="left", pad=14)
    return fig
