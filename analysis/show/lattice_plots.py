"""Figures of the cell under pressure: every function takes axes, draws, and returns them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from analysis.pressure.compression import AXES, LatticeTable
from analysis.show.plots import BLUE, GREEN, GREY, ORANGE, mark_origin

# The axes in the colours and markers of all figures.
AXIS_STYLE = {"a": (BLUE, "o"), "b": (ORANGE, "s"), "c": (GREEN, "^")}


def reciprocal_axes(
    axes: Sequence[Axes],
    table: LatticeTable,
    *,
    origin: str | None = None,
    truth: LatticeTable | None = None,
) -> Sequence[Axes]:
    """Draw 1/a, 1/b and 1/c against pressure, each in axes of its own: the paper's Fig. 9."""
    for ax, name in zip(axes, AXES, strict=True):
        colour, marker = AXIS_STYLE[name]
        if truth is not None:
            ax.plot(
                truth.pressure, truth.reciprocal(name)[0],
                color=GREY, lw=1, alpha=0.6, label="_put in",
            )  # fmt: skip
        value, error = table.reciprocal(name)
        ax.errorbar(
            table.pressure, value, np.nan_to_num(error),
            fmt=marker, ms=4, color=colour, label="_found",
        )  # fmt: skip
        ax.set(xlabel="$P$ (GPa)", ylabel=f"$1/{name}$ (1/Å)", xlim=(0, None))
        mark_origin(ax, origin)
    return axes


def relative_axes(ax: Axes, table: LatticeTable, *, origin: str | None = None) -> Axes:
    """Draw each axis over its first value, in percent, with its fitted course."""
    grid = np.linspace(table.pressure[0], table.pressure[-1], 100)
    for name in AXES:
        colour, marker = AXIS_STYLE[name]
        length, error = table.length(name)
        scale = 100 / length[0]
        fit = table.compressibility(name)
        lower, upper = fit.band(grid)
        ax.plot(
            grid, scale * (lower + upper) / 2 - 100, color=colour, lw=1, label=f"_fit of ${name}$"
        )
        ax.errorbar(
            table.pressure, scale * length - 100, np.nan_to_num(scale * error),
            fmt=marker, ms=4, color=colour, label=f"${name}$",
        )  # fmt: skip
    ax.axhline(0, color=GREY, lw=0.6)
    ax.set(xlabel="$P$ (GPa)", ylabel="change of length (%)", xlim=(0, None))
    return mark_origin(ax, origin)
