"""What the points themselves say of a transition: where they cross a resistance."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage, optimize
from uncertainties import UFloat, ufloat

from analysis.numerics.linear import fit_linear
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drop import Drop
from analysis.typing import Floats

# Fewer points than these between 10 and 90 % of a drop do not show its shape.
FEWEST_INSIDE = 3


class Reading(NamedTuple):
    """Where points fall to a resistance.

    Attributes
    ----------
    value, error : float
        Interpolated temperature (K), and its standard error from the scatter of the points
        and the error of the level.
    spacing : float
        How far another interpolation lies from it (K).
    low, high : float
        The points between which it lies, beyond their scatter (K).
    """

    value: float
    error: float
    spacing: float
    low: float
    high: float


def rising(part: ResistanceCurve) -> Floats:
    """Return the resistances without stray points, made monotonic by least squares."""
    calm = ndimage.median_filter(part.resistance, 5, mode="nearest")
    return np.asarray(optimize.isotonic_regression(calm).x)


def crossings(t: Floats, monotonic: Floats, levels: Floats) -> Floats:
    """Return where a monotonic curve crosses levels, K."""
    # It has flat stretches: a level on one is crossed in its middle.
    value, first = np.unique(monotonic, return_index=True)
    last = np.r_[first[1:], monotonic.size] - 1
    return np.asarray(np.interp(levels, value, (t[first] + t[last]) / 2))


def below_top(part: ResistanceCurve, top: float) -> ResistanceCurve:
    """Return a curve up to a little above a transition, where it falls on cooling alone."""
    end = max(1.1 * top, float(part.temperature[min(3, len(part) - 1)]))
    return part.between(float(part.temperature[0]), end)


def normal_resistance(part: ResistanceCurve, drop: Drop) -> UFloat:
    """Return the resistance just above a drop, from a line through the points there."""
    above = part.temperature >= drop.top
    t, r = part.temperature[above], part.resistance[above]
    some = slice(0, max(5, int((t <= 1.3 * drop.top).sum())))
    t, r = t[some] - t[0], r[some]
    if t[-1] == 0 or t.size < 5:
        return ufloat(r.mean(), max(float(np.std(r)), 1e-9 * abs(float(r.mean()))))
    line = fit_linear(np.stack([np.ones_like(t), t]), r)
    error = np.sqrt(line.covariance[0, 0] * line.chi_square / line.dof)
    return ufloat(line.values[0], max(float(error), 1e-9 * abs(float(line.values[0]))))


def inside(part: ResistanceCurve, drop: Drop, onset: float) -> int:
    """Return how many points lie between 10 and 90 % of a drop from an onset resistance."""
    some = below_top(part, drop.top)
    monotonic = rising(some)
    low = float(monotonic[0])
    fraction = (monotonic - low) / (onset - low)
    return int(((fraction > 0.1) & (fraction < 0.9)).sum())


def read_off(part: ResistanceCurve, top: float, level: UFloat, scatter: float) -> Reading | None:
    """Return where the points below `top` fall to a level; None if they do not fall so low.

    Parameters
    ----------
    part : ResistanceCurve
    top : float
        Above the transition, K.
    level : UFloat
        Unit of the curve.
    scatter : float
        Of a point, likewise.
    """
    some = below_top(part, top)
    t, monotonic = some.temperature, rising(some)
    under = np.flatnonzero(monotonic < level.n)
    over = np.flatnonzero(monotonic > level.n)
    if not under.size or not over.size:
        return None
    value = float(crossings(t, monotonic, np.array([level.n]))[0])
    # What lies closer than two standard deviations may lie on the other side.
    apart = 2 * float(np.hypot(scatter, level.s))
    sure_under = np.flatnonzero(monotonic < level.n - apart)
    sure_over = np.flatnonzero(monotonic > level.n + apart)
    low = int(sure_under[-1]) if sure_under.size else 0
    high = int(sure_over[0]) if sure_over.size else t.size - 1
    rise = max(float(monotonic[high] - monotonic[low]), 1e-300)
    kelvin = float(t[high] - t[low]) / rise
    # So many points between the two share the scatter.
    points = max((high - low - 1) / 2, 1.0)
    error = kelvin * float(np.hypot(scatter / np.sqrt(points), level.s))
    spacing = abs(_smooth_crossing(t, monotonic, level.n, int(under[-1])) - value)
    return Reading(value, error, spacing, float(t[low]), float(t[high]))


def _smooth_crossing(t: Floats, monotonic: Floats, level: float, under: int) -> float:
    """Return where a parabola on either side of a crossing has it: as far off as is likely.

    Through the two points that enclose the level and the next one below or above them.
    """
    distinct, first = np.unique(t, return_index=True)
    r = monotonic[first]
    left = int(np.searchsorted(distinct, t[under]))
    straight = np.interp(level, r[left : left + 2], distinct[left : left + 2])
    found = [float(straight)]
    for start in (left - 1, left):
        three = slice(start, start + 3)
        x, y = distinct[three], r[three]
        if start >= 0 and x.size == 3 and (np.diff(y) > 0).all():
            # T as a parabola of R is one-valued, and monotonic where it is close to a line.
            root = float(np.polyval(np.polyfit(y - level, x - x[1], 2), 0.0) + x[1])
            found.append(float(np.clip(root, distinct[left], distinct[left + 1])))
    return max(found, key=lambda one: abs(one - found[0]))


def scatter_of(part: ResistanceCurve) -> float:
    """Return how much the points of a curve scatter."""
    return scatter_of_neighbours(part.resistance)
