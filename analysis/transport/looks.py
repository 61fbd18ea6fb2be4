"""Checks of a resistance curve before it is fitted: doubts and notes."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.numerics.scatter import scatter_of_neighbours
from analysis.typing import Floats

# Fewer points than this, or a gap wider than this part of the range, are pointed out.
FEW_POINTS = 20
WIDE_GAP = 0.25
# A metal's R(T) is measured up to some highest temperature between these (K).
COLDEST_END = 2.0
HOTTEST_END = 2000.0
# Eq. 1 has four parameters.
FEWEST_TEMPERATURES = 5
# An outlier lies beyond its neighbours by this many times the scatter, and by this part of
# the largest resistance; no more than so many are named.
OUTLIER_SCATTER = 12.0
OUTLIER_SIZE = 0.01
MOST_NAMED = 5


class Looks(NamedTuple):
    """Results of the checks: doubts about every number, and notes."""

    doubts: tuple[str, ...]
    notes: tuple[str, ...]


def looks_of(
    temperature: Floats, resistance: Floats, where: Callable[[int], str] | None = None
) -> Looks:
    """Look at points in ascending temperature (K).

    Parameters
    ----------
    temperature, resistance : ndarray, shape (N,)
    where : callable, optional
        Turns the index of a point into words ("row 17").
    """
    t, r, doubts, notes = temperature, resistance, list[str](), list[str]()
    if t[-1] < COLDEST_END:
        doubts.append(f"the highest temperature is {t[-1]:g} K: are the columns swapped?")
    elif t[-1] > HOTTEST_END:
        doubts.append(
            f"the highest temperature is {t[-1]:g} K: are the columns swapped, or is it in mK?"
        )
    distinct = np.unique(t).size
    if distinct < FEWEST_TEMPERATURES:
        doubts.append(
            f"{distinct} different temperatures: "
            f"the fit needs at least {FEWEST_TEMPERATURES} different temperatures"
        )
    elif t.size < FEW_POINTS:
        notes.append(f"only {t.size} points: error bars will be wide")
    steps = np.diff(t)
    if steps.size and steps.max() > WIDE_GAP * (t[-1] - t[0]):
        gap = int(np.argmax(steps))
        doubts.append(f"no point between {t[gap]:g} and {t[gap + 1]:g} K")
    if r.min() == r.max():
        doubts.append("all resistances are equal: there is nothing to fit")
    elif r[-1] < r[0]:
        doubts.append("the resistance is lower at the highest temperature than at the lowest")
    if (outliers := _outliers(r)).size:
        doubts.append(_named_outliers(t, outliers, where))
    return Looks(tuple(doubts), tuple(notes))


def _outliers(resistance: Floats) -> NDArray[np.intp]:
    """Return the isolated points that stick out, by index; the first and last never do.

    Such a point lies above or below all its four neighbours, by more than 12 times the
    scatter, more than 1 % of the largest resistance (the top tenth set aside, which may
    be outliers), and more than the neighbours differ from each other: on a
    superconductor's steep drop they differ much, and the point at its edge is none.
    Neighbours are compared along the slope that the curve has on both sides, which is
    the smaller of the two, and none where one side rises and the other falls.
    """
    if resistance.size < 10:
        return np.array([], dtype=np.intp)
    padded = np.pad(resistance, 1, "edge")
    far_left, left, point, right, far_right = (padded[i : padded.size - 4 + i] for i in range(5))
    before, after = left - far_left, far_right - right
    slope = np.where(before * after > 0, np.sign(before), 0) * np.minimum(
        np.abs(before), np.abs(after)
    )
    neighbours = (far_left + 2 * slope, left + slope, right - slope, far_right - 2 * slope)
    low, high = np.min(neighbours, axis=0), np.max(neighbours, axis=0)
    beyond = np.maximum(point - high, low - point)
    least = max(
        OUTLIER_SCATTER * scatter_of_neighbours(resistance),
        OUTLIER_SIZE * float(np.quantile(np.abs(resistance), 0.9)),
    )
    return np.flatnonzero(beyond > np.maximum(least, high - low)) + 1


def _named_outliers(
    temperature: Floats, outliers: NDArray[np.intp], where: Callable[[int], str] | None
) -> str:
    names = [f"{temperature[i]:g} K" + (f" ({where(int(i))})" if where else "") for i in outliers]
    named, more = ", ".join(names[:MOST_NAMED]), len(names) - MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    points = "a point deviates" if len(names) == 1 else f"{len(names)} points deviate"
    return f"{points} from the neighbouring points: {named}{rest}"
