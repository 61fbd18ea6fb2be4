"""Figures of the exercises on section 3.1 whose code would say the answer."""

import numpy as np
from matplotlib.axes import Axes

from analysis.show import plots
from analysis.transport.bloch_gruneisen import resistance

_LAW = {"theta_d": 300.0, "r0": 0.005, "a": 2.0, "r_sat": np.inf}
_CHANGES = ({"a": 2.2}, {"r0": 0.1}, {"theta_d": 330.0}, {"r_sat": 3.0})
_ZERO = 1.0  # K: where the phonons are frozen out


def changed_rise(ax: Axes) -> Axes:
    """Draw how R(T) - R(0) of eq. 1 changes with each of its parameters, lines 1 to 4.

    Parameters
    ----------
    ax : Axes

    Returns
    -------
    Axes
        The same.
    """
    t = np.linspace(10, 400, 300)

    def rise(**law: float) -> np.ndarray:
        return np.asarray(resistance(t, **law) - resistance(_ZERO, **law))

    before = rise(**_LAW)
    for line, (change, style) in enumerate(zip(_CHANGES, ("-", "--", "-.", ":"), strict=True), 1):
        ratio = rise(**(_LAW | change)) / before
        ax.plot(t, ratio, style, label=f"line {line}")
        ax.annotate(str(line), (t[-1], ratio[-1]), (4, -4), textcoords="offset points")
    ax.set(xlabel="$T$ (K)", ylabel="rise after / rise before", xlim=(0, 415))
    ax.legend()
    return plots.mark_origin(ax, "formula")
