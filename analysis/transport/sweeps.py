"""Sweeps of temperature: which points belong to which, and how far one lies from another."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from analysis.numerics.scatter import scatter_of_neighbours
from analysis.typing import Floats

# A sweep of fewer points is a disorder, or a jump back.
FEWEST_IN_SWEEP = 10
# A turn counts if the temperature then comes back by this part of its range.
TURN = 0.1
# If so many of the points lie in no sweep, there are none.
DISORDER = 0.2
# Sweeps differ if their means over some points do by so many standard errors, and by this
# part of the largest resistance.
DIFFERENT = 5.0
LEAST_DIFFERENCE = 0.001
# The means are over so many points, and 4, 16, 64 ... times as many.
FINEST_MEAN = 4
# How much groups scatter is asked where there are so many of them.
FEWEST_GROUPS = 12
# More sweeps than these are compared with the next one only.
MOST_PAIRS_OF = 12


@dataclass(frozen=True, eq=False)
class Sweeps:
    """The sweeps that the points of a curve come from, in the order in which they were measured.

    Attributes
    ----------
    directions : tuple of {"warming", "cooling"}
        One a sweep. Empty where the order of the points shows none.
    of_point : ndarray of int, shape (N,)
        The number of each point's sweep, from 0, in the curve's order.
    """

    directions: tuple[str, ...]
    of_point: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.directions)

    def part(self, places: slice | NDArray[np.intp]) -> "Sweeps":
        """Return the same of some of the points."""
        return replace(self, of_point=self.of_point[places])

    @property
    def named(self) -> str:
        """The sweeps in words: "2 sweeps up and down in temperature"."""
        ways = set(self.directions)
        way = (
            "up and down in temperature"
            if len(ways) > 1
            else f"in the same direction ({min(ways)})"
        )
        return f"{len(self)} sweeps {way}"


@dataclass(frozen=True)
class Difference:
    """How far two sweeps lie apart.

    Attributes
    ----------
    resistance : float
        The largest difference at equal temperature, in the unit of the curve.
    place : float
        Where that is, K.
    temperature : float
        The largest difference at equal resistance, K; 0 where none shows.
    """

    resistance: float
    place: float
    temperature: float


def sweeps_of(temperature: Floats) -> Sweeps:
    """Return the sweeps that temperatures in the order of measurement show.

    Parameters
    ----------
    temperature : ndarray, shape (N,)
        K.

    Returns
    -------
    Sweeps
        A sweep ends where the temperature turns back by a tenth of its range. What is shorter
        than 10 points (the way back to the start of the next sweep) belongs to the next one;
        if that is more than a fifth of all points, the order shows no sweeps.

    Examples
    --------
    >>> sweeps_of(np.r_[np.arange(4.0, 300), np.arange(300, 4.0, -1)]).directions
    ('warming', 'cooling')
    """
    size = temperature.size
    smooth = ndimage.median_filter(temperature, 5, mode="nearest") if size >= 5 else temperature
    turns = _turns(smooth)
    legs = [
        leg for leg in pairwise((0, *turns, size - 1)) if leg[1] - leg[0] >= FEWEST_IN_SWEEP - 1
    ]
    outside = size - sum(last - first + 1 for first, last in legs)
    if not legs or outside > DISORDER * size:
        return Sweeps((), np.zeros(size, dtype=np.intp))
    ends = np.array([last for _, last in legs[:-1]], dtype=np.intp)
    rising = (smooth[last] > smooth[first] for first, last in legs)
    directions = tuple("warming" if up else "cooling" for up in rising)
    return Sweeps(directions, np.searchsorted(ends, np.arange(size), side="left"))


def _turns(temperature: Floats) -> list[int]:
    """Return where temperatures turn from warming to cooling or back, by index."""
    each = -(-temperature.size // 5000)  # sweeps are long: not every point is needed
    t = temperature[::each].tolist()
    back = TURN * float(np.ptp(np.quantile(temperature, (0.02, 0.98))))
    turns: list[int] = []
    lowest = highest = 0
    direction = 0
    for i, value in enumerate(t):
        lowest = i if value <= t[lowest] else lowest
        highest = i if value >= t[highest] else highest
        if direction >= 0 and value < t[highest] - back:
            turns += [highest] if direction else []
            direction, lowest = -1, i
        elif direction <= 0 and value > t[lowest] + back:
            turns += [lowest] if direction else []
            direction, highest = 1, i
    return [each * turn for turn in turns]


# --------------------------------------------------------------------------- differences


def differences(
    temperature: Floats,
    resistance: Floats,
    sweeps: Sweeps,
    levels: tuple[float, float] | None = None,
) -> list[Difference]:
    """Return how far sweeps lie apart, one entry for each two of them that differ.

    Parameters
    ----------
    temperature, resistance : ndarray, shape (N,)
        In ascending temperature.
    sweeps : Sweeps
        Of these points.
    levels : (low, high), optional
        Of the resistance, between which differences at equal resistance count; the middle
        90 % of what both sweeps reach by default.

    Notes
    -----
    Means over 4 points are compared, one by one and in groups of 4, 16, 64 ... of them, so
    that both a drop of a few points and a slight shift in dense, noisy points are seen. A
    difference counts if it is more than 5 standard errors of such a group, beyond what drawing
    lines between the points may do, and 0.1 % of the largest resistance.
    """
    numbers = range(len(sweeps))
    pairs = combinations(numbers, 2) if len(sweeps) <= MOST_PAIRS_OF else pairwise(numbers)
    parts = [(temperature[at], resistance[at]) for at in (sweeps.of_point == i for i in numbers)]
    least = LEAST_DIFFERENCE * float(np.abs(resistance).max(initial=0.0))
    found = (_difference(parts[one], parts[other], least, levels) for one, other in pairs)
    return [each for each in found if each is not None]


def _difference(
    one: tuple[Floats, Floats],
    other: tuple[Floats, Floats],
    least: float,
    levels: tuple[float, float] | None,
) -> Difference | None:
    """Return the difference of two sweeps, (K, ohm), or None if they do not differ."""
    size = min(one[0].size, other[0].size)
    if size < FEWEST_IN_SWEEP:
        return None
    seen = _apart(_means(*one, FINEST_MEAN), _means(*other, FINEST_MEAN), least)
    if not seen:
        return None
    # The finest means that show a shift: lines between coarser ones cut the corners of a drop.
    shifts = (_shift(_means(*one, n), _means(*other, n), levels) for n in _scales(size))
    return Difference(*max(seen), next((shift for shift in shifts if shift), 0.0))


def _scales(size: int) -> Iterator[int]:
    points = FINEST_MEAN
    while size >= 3 * points:
        yield points
        points *= 4


class _Means(NamedTuple):
    """A sweep in means over neighbouring points: K, ohm, and the standard errors of the latter."""

    t: Floats
    r: Floats
    error: Floats


def _means(t: Floats, r: Floats, points: int) -> _Means:
    scatter = max(scatter_of_neighbours(r), 1e-12 * float(np.abs(r).max()))
    r = ndimage.median_filter(r, 3, mode="nearest")
    starts = np.arange(0, t.size - points + 1, points)
    counts = np.diff([*starts, t.size])
    mean_t, mean_r = (np.add.reduceat(values, starts) / counts for values in (t, r))
    steps = np.r_[0.0, np.diff(r - np.interp(t, mean_t, mean_r))]
    around = np.sqrt(np.add.reduceat(steps**2, starts) / counts / 2)
    return _Means(mean_t, mean_r, np.maximum(scatter, around) / np.sqrt(counts))


def _apart(one: _Means, other: _Means, least: float) -> list[tuple[float, float]]:
    """Return where two sweeps differ, and by how much: (ohm, K)."""
    inside = (one.t >= other.t[0]) & (one.t <= other.t[-1])
    if inside.sum() < 2:
        return []
    t = one.t[inside]
    there = one.r[inside] - np.interp(t, other.t, other.r)
    # Straight lines between the points of a curve lie on one side of it: on that of the other
    # sweep when the points are exchanged, so that the mean of both is free of it.
    back = np.interp(t, other.t, np.interp(other.t, one.t, one.r) - other.r)
    noise = np.hypot(one.error[inside], np.interp(t, other.t, other.error))
    mean, bent = (there + back) / 2, (there - back) / 2
    seen: list[tuple[float, float]] = []
    width, slow = 1, 1.0
    while width <= t.size:
        # The noise differs along a steep drop: groups of `width` means are judged by the sum of
        # their differences, each in standard errors.
        apart, score, lines, where = (
            _running_mean(values, width) for values in (mean, mean / noise, bent / noise, t)
        )
        # What scatters slowly scatters more than the points of a group tell: so do groups.
        groups = score[::width] * np.sqrt(width)
        if groups.size >= FEWEST_GROUPS:
            slow = max(scatter_of_neighbours(groups), 1.0)
        surplus = (np.abs(score) - np.abs(lines)) * np.sqrt(width)
        found = np.flatnonzero((surplus > DIFFERENT * slow) & (np.abs(apart) > least))
        seen += zip(np.abs(apart[found]).tolist(), where[found].tolist(), strict=True)
        width *= 4
    return seen


def _running_mean(values: Floats, width: int) -> Floats:
    sums = np.cumsum(np.r_[0.0, values])
    mean: Floats = (sums[width:] - sums[:-width]) / width
    return mean


def _shift(one: _Means, other: _Means, levels: tuple[float, float] | None) -> float:
    """Return the difference of temperature at equal resistance, K, or 0 if none shows.

    A sweep crosses a level between where it is last below it and first above it, each by 3
    standard errors. Crossings that overlap do not differ.
    """
    low, high = max(one.r.min(), other.r.min()), min(one.r.max(), other.r.max())
    edge = 0.05 * (high - low)
    low, high = low + edge, high - edge
    if levels is not None:
        low, high = max(low, levels[0]), min(high, levels[1])
    if low >= high:
        return 0.0
    crossings = (
        (_crossing(one, level), _crossing(other, level)) for level in np.linspace(low, high, 40)
    )
    shifts = [
        abs(first + last - first_other - last_other) / 2
        for (first, last), (first_other, last_other) in crossings
        if last < first_other or last_other < first
    ]
    # Not the very largest: of many, that is the one that scatter has made larger.
    return float(np.quantile(shifts, 0.9)) if shifts else 0.0


def _crossing(sweep: _Means, level: float) -> tuple[float, float]:
    """Return between which temperatures (K) a sweep crosses a level."""
    t, (first, last) = sweep.t, (0, sweep.t.size - 1)
    r, error = sweep.r - level, 3 * sweep.error
    if r[-1] < r[0]:  # it falls on warming
        r = -r
    below, above = np.flatnonzero(r < -error), np.flatnonzero(r > error)
    if below.size and above.size:
        first, last = sorted((int(below[-1]), int(above[0])))
        if below[-1] + 1 == above[0]:
            place = np.array([-error[first : last + 1].max(), error[first : last + 1].max()])
            low, high = np.interp(place, r[first : last + 1], t[first : last + 1])
            return float(low), float(high)
    return float(t[first]), float(t[last])
