"""Figures of a calibrant: the axis that each of its lines gives alone."""

import numpy as np
from matplotlib.axes import Axes

from analysis.pressure.stress import StressLine
from analysis.show.plots import BLUE, ORANGE


def single_lines(ax: Axes, line: StressLine) -> Axes:
    """Draw single-line axes with their errors against 3 (1 - 3 sin^2 theta), and the line."""
    ax.errorbar(line.x, line.a, line.a_error, fmt="o", color=BLUE, capsize=2, label="single lines")
    for label, x, a in zip(line.labels, line.x, line.a, strict=True):
        ax.annotate(label, (x, a), xytext=(4, 4), textcoords="offset points", fontsize="small")
    x = np.array([line.x.min(), line.x.max()])
    ax.plot(x, line.intercept.n + line.slope.n * x, color=ORANGE, label="fitted line")
    ax.set(xlabel=r"$3(1 - 3\sin^2\theta)$", ylabel=r"$a_{hkl}$ (Å)")
    ax.legend()
    return ax
