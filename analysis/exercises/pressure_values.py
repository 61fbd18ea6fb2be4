"""The values of the exercises on section 3.4, right ones and those of slips, and their data."""

from collections.abc import Iterable
from functools import cache

import numpy as np

from analysis.catalogue.datasets import list_datasets
from analysis.catalogue.loading import load
from analysis.numerics.means import Mean, weighted_mean
from analysis.pressure.compression import LatticeTable
from analysis.pressure.scales import on_scales, scale_named
from analysis.pressure.series import Constancy, constancy
from analysis.show.report import run_label
from analysis.transport.fit import ResistanceFit, fit_resistance
from analysis.typing import Floats

# From here on, in GPa, the points of the exercises are those of the Fmmm phase.
LOWEST = 20.0
# The sample that reaches zero resistance, of which there is one curve.
ZERO = "zero-resistance"
# Of the first exercise: its curve, and where the live figure lets the window begin, K: just
# above a quarter of the Debye temperature, a step earlier, and a step later.
CURVE = "twin-run1-7.0gpa"
START, EARLIER, LATER = 131.0, 99.2, 162.6
# Of the exercise on scales: gold's axis in angstrom at 300 K, and the scale to compare with.
GOLD_AXIS, OTHER_SCALE = 3.95, "Anderson 1989"
# Up to which pressure, in GPa, magnesia's axes go.
HIGHEST = 30.0


@cache
def fitted() -> tuple[ResistanceFit, ...]:
    """Return the fits of eq. 1 to all synthetic curves, run by run in ascending pressure."""
    names = [
        dataset.name
        for dataset in list_datasets(kind="resistance")
        if dataset.name.startswith("twin-")
    ]
    return tuple(fit_resistance(load(name)) for name in names)


def by_run(fits: Iterable[ResistanceFit]) -> dict[str, list[ResistanceFit]]:
    """Return fits by the name of their run, as `analysis.show.plots` draws them."""
    groups: dict[str, list[ResistanceFit]] = {}
    for fit in fits:
        groups.setdefault(run_label(str(fit.curve.run)), []).append(fit)
    return groups


def magnesia() -> LatticeTable:
    """Return MgO's axis at seven pressures by the equation of Speziale and others (2001).

    Returns
    -------
    LatticeTable
        With axes to the four decimals (angstrom) that a powder pattern gives.
    """
    scale, pressure = scale_named("mgo", "Speziale 2001"), np.linspace(0.0, HIGHEST, 7)
    axis = np.round([scale.axis(value) for value in pressure.tolist()], 4)
    return LatticeTable(pressure, axis, axis, axis, name="MgO")


# ---------------------------------------------------------------------------- answers


def growth(start: float = START) -> float:
    """Return how many times larger the error is in a window that begins at `start` (K)."""
    fit = next(fit for fit in fitted() if fit.curve.name == CURVE)
    return float(fit.again((start, fit.window[1])).theta_d.s / fit.theta_d.s)


def _high(lowest: float, *without: str) -> tuple[Floats, Floats, Floats]:
    """Return pressures from the lowest on, Debye temperatures and errors, of all runs but some."""
    fits = [fit for fit in fitted() if (fit.curve.pressure or 0.0) >= lowest]
    rows = [
        (fit.curve.pressure, fit.theta_d.n, fit.theta_d.s)
        for fit in fits
        if fit.curve.run not in without
    ]
    pressure, theta, error = np.array(rows, dtype=float).T
    return pressure, theta, error


def mean_of(lowest: float, *without: str) -> Mean:
    """Return the weighted mean (K) from a lowest pressure (GPa) on, of all runs but some."""
    return weighted_mean(*_high(lowest, *without)[1:])


def unweighted(lowest: float) -> float:
    """Return the standard error of the plain mean, in K."""
    theta = _high(lowest)[1]
    return float(theta.std(ddof=1) / np.sqrt(theta.size))


def reduced(lowest: float, *without: str) -> float:
    """Return chi-square over the values less one, of all runs but some."""
    mean = mean_of(lowest, *without)
    return mean.chi_square / mean.dof


def _constancy(lowest: float, *without: str) -> Constancy:
    return constancy(*_high(lowest, *without))


def change(lowest: float, errors: float, *, scaled: bool = False) -> float:
    """Return the change of the fitted line over the pressures and so many of its errors, in K.

    If `scaled`, the errors are those that the scatter about the line gives, though it is small.
    """
    test = _constancy(lowest, ZERO)
    if test.line is None or test.change is None:
        return np.nan  # fewer than three points
    scale = np.sqrt(test.line.chi_square / test.line.dof) if scaled else 1.0
    return float(abs(test.change.n) + errors * scale * test.change.s)


def largest_change(lowest: float, *without: str) -> float:
    """Return the largest change (K) over the pressures that is not excluded at 95 %."""
    return _constancy(lowest, *without).largest_change() or np.nan


def rescaled(gold_axis: float = GOLD_AXIS) -> float:
    """Return the pressure on the other scale less that on the usual one, GPa."""
    return on_scale(OTHER_SCALE, gold_axis) - on_scale(None, gold_axis)


def on_scale(name: str | None, gold_axis: float) -> float:
    """Return the pressure (GPa) of gold with this axis (angstrom) at 300 K."""
    return scale_named("gold", name).pressure(gold_axis, 300.0)


def apart(gold_axis: float = GOLD_AXIS) -> float:
    """Return how far apart the scales put it that reach it, GPa."""
    values = [value for scale, value in on_scales("gold", gold_axis, 300.0) if scale.reaches(value)]
    return max(values) - min(values)


def stiffness() -> float:
    """Return the bulk modulus of MgO at zero pressure, GPa."""
    return float(magnesia().equation_of_state().k0.n)


def polynomial(degree: int, *, axis: bool = False) -> float:
    """Return -V/(dV/dP) at zero pressure by a polynomial through V(P), or through the axis; GPa."""
    cell = magnesia()
    size = cell.a if axis else cell.volume
    return float(-size[0] / np.polyfit(cell.pressure, size, degree)[-2])
