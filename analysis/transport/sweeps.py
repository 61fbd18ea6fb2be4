"""Sweeps of temperature: which points belong to which, and how far one lies from another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, optimize

from analysis.numerics.scatter import robust_deviation, scatter_of_neighbours
from analysis.typing import Floats

# A sweep of fewer points is a disorder, or the way back to the start of the next one: a tenth of
# the longest sweep's, within these limits.
FEWEST_IN_SWEEP = 5
MOST_OF_JUMP = 20
# A turn counts if the temperature then comes back by this part of its range, or of the range of
# its logarithm; or if it comes back by this part of itself, and by this part of the way there.
TURN = 0.1
LOOP = 0.5
# A step is a jump if it is so many times the usual one, and that part of the whole way.
JUMP = 10.0
# Loops are larger by this factor than the mean size of the second differences within them.
NOISY = 4.0
# If so many of the points lie in no sweep, there are none.
DISORDER = 0.2
# A temperature that changes by less than this part of itself stands still.
STILL = 1e-3
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
# Neighbouring levels, of 40, that a shift at equal resistance is a median of.
_NEIGHBOURS = 9


@dataclass(frozen=True, eq=False)
class Sweeps:
    """The sweeps that the points of a curve come from, in the order in which they were measured.

    Attributes
    ----------
    directions : tuple of {"warming", "cooling"}
        One a sweep. Empty where the order of the points shows none.
    of_point : ndarray of int, shape (N,)
        The number of each point's sweep, from 0, in the curve's order; -1 between sweeps.
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
        A sweep ends where the temperature turns back by a tenth of its range, of T or of ln T; or
        by a tenth of itself, if what precedes or follows is at most twice as far: loops between
        7 and 9 K after a cooldown from 300 K. What turns back by less is an overshoot, a wait
        or noise. What has few points (the way back to the start of the next sweep) belongs to
        none; if that is more than a fifth of all points, the order shows no sweeps.

    Examples
    --------
    >>> sweeps_of(np.r_[np.arange(4.0, 300), np.arange(300, 4.0, -1)]).directions
    ('warming', 'cooling')
    """
    size = temperature.size
    if np.ptp(temperature) < STILL * float(temperature.max()):
        return Sweeps((), np.zeros(size, dtype=np.intp))
    smooth = ndimage.median_filter(temperature, 3, mode="nearest")
    ways = list(pairwise((0, *_turns(temperature, smooth), size - 1)))
    ways[:-1] = [_before_jump(temperature, *way) for way in ways[:-1]]
    longest = max(last - first for first, last in ways) + 1
    fewest = min(max(FEWEST_IN_SWEEP, longest / 10), MOST_OF_JUMP)
    legs = [leg for leg in ways if leg[1] - leg[0] + 1 >= fewest and _orderly(temperature, *leg)]
    legs = _continued(legs, smooth)
    of_point = np.full(size, -1, dtype=np.intp)
    for number, (first, last) in enumerate(legs):
        of_point[first + (of_point[first] >= 0) : last + 1] = number
    if not legs or (of_point < 0).sum() > DISORDER * size:
        return Sweeps((), np.zeros(size, dtype=np.intp))
    rising = (smooth[last] > smooth[first] for first, last in legs)
    return Sweeps(tuple("warming" if up else "cooling" for up in rising), of_point)


def _before_jump(temperature: Floats, first: int, last: int) -> tuple[int, int]:
    """Return a leg without its end if that is a jump to where the next one starts."""
    steps = np.abs(np.diff(temperature[first : last + 1]))
    if steps.size > 1 and steps[-1] > max(JUMP * np.median(steps), TURN * steps.sum()):
        return first, last - 1
    return first, last


def _orderly(temperature: Floats, first: int, last: int) -> bool:
    """Tell whether the temperature goes one way: what jumps back is a spike or two."""
    way = temperature[last] - temperature[first]
    back = np.diff(temperature[first : last + 1]) * np.sign(way) < -TURN * abs(way)
    return int(back.sum()) <= TURN * (last - first)


def _continued(legs: list[tuple[int, int]], t: Floats) -> list[tuple[int, int]]:
    """Join those that go on in their direction where a spike has interrupted them."""
    joined = legs[:1]
    for first, last in legs[1:]:
        start, end = joined[-1]
        way, further = t[end] - t[start], t[last] - t[first]
        if way * further > 0 and abs(t[first] - t[end]) < TURN * min(abs(way), abs(further)):
            joined[-1] = (start, last)
        else:
            joined.append((first, last))
    return joined


def _turns(temperature: Floats, smooth: Floats) -> list[int]:
    """Return where temperatures turn from warming to cooling or back, by index."""
    each = -(-temperature.size // 5000)  # sweeps are long: not every point is needed
    rough, t = (np.maximum(values[::each], 1e-300) for values in (temperature, smooth))
    low, high = np.quantile(t, (0.02, 0.98))
    log, spans = np.log(t), TURN * np.array([high - low, np.log(high / low)])
    bends = np.cumsum(np.abs(np.r_[0.0, np.diff(np.log(rough), 2), 0.0]))
    places = np.array(_extremes(t.tolist(), float(spans[0])))
    while places.size > 2:
        far, legs = np.abs(np.diff(t[places])), np.abs(np.diff(log[places]))
        beside = np.pad(legs, 1, constant_values=np.inf)
        loops = legs >= LOOP * np.minimum(beside[:-2], beside[2:])
        within = np.maximum(np.diff(places) - 1, 1)
        noise = (bends[places[1:] - 1] - bends[places[:-1]]) / within
        stands = (far >= spans[0]) | (((legs >= spans[1]) | loops) & (legs > NOISY * noise))
        if stands.all():
            break
        least = int(np.argmin(np.where(stands, np.inf, legs)))
        # A leg within goes with both its ends, the first or last with its outer one.
        gone = [least, least + 1]
        if least in (0, legs.size - 1):
            gone = [1] if least == 0 else [least]
        places = np.delete(places, gone)
    rises = t[places[1:-1]] > t[places[:-2]]
    return sorted(
        _refined(temperature, each * int(place), 2 * each, up=bool(up))
        for place, up in zip(places[1:-1], rises, strict=True)
    )


def _refined(temperature: Floats, place: int, beside: int, *, up: bool) -> int:
    """Return the highest point (the lowest if not `up`) near a place in the smoothed ones."""
    near = temperature[max(place - beside, 0) : place + beside + 1]
    return max(place - beside, 0) + int(np.argmax(near) if up else np.argmin(near))


def _extremes(t: list[float], back: float) -> list[int]:
    """Return the first and last index, and where values turn by `back` or a tenth of themselves."""
    turns: list[int] = []
    lowest = highest = 0
    direction = 0
    for i, value in enumerate(t):
        lowest = i if value <= t[lowest] else lowest
        highest = i if value >= t[highest] else highest
        if direction >= 0 and value < t[highest] - min(back, TURN * t[highest]):
            turns += [highest] if direction else []
            direction, lowest = -1, i
        elif direction <= 0 and value > t[lowest] + min(back, TURN * t[lowest]):
            turns += [lowest] if direction else []
            direction, highest = 1, i
    return [0, *turns, len(t) - 1]


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
    compared = (difference(parts[i], parts[j], least, levels) for i, j in pairs)
    return [each for each in compared if each is not None]


def difference(
    sweep: tuple[Floats, Floats],
    other: tuple[Floats, Floats],
    least: float,
    levels: tuple[float, float] | None = None,
) -> Difference | None:
    """Return how far two sweeps, (K, ohm) in ascending temperature, lie apart; None if they agree.

    What is smaller than `least` (ohm) does not count; `levels` are those of `differences`.
    """
    size = min(sweep[0].size, other[0].size)
    if size < FEWEST_IN_SWEEP:
        return None
    points = FINEST_MEAN if size >= 3 * FINEST_MEAN else 1
    places = _apart(_means(*sweep, points), _means(*other, points), least, few=points == 1)
    if not places:
        return None
    # The finest means that show a shift: lines between coarser ones cut the corners of a drop.
    scales = [(_means(*sweep, n), _means(*other, n)) for n in _scales(size)]
    shift = next((shift for means in scales if (shift := _shift(*means, levels))), 0.0)
    if shift:
        shift = _shift_of_points(sweep, other, _levels(*scales[0], levels)) or shift
    return Difference(*max(places), shift)


def in_words(gaps: Sequence[Difference], largest: float) -> str:
    """Return how far sweeps lie apart, in words; `largest` is their largest resistance, ohm."""
    worst = max(gaps, key=lambda gap: gap.resistance)
    shift = max(gap.temperature for gap in gaps)
    kelvin = f", and by up to {shift:.2g} K at equal resistance" if shift else ""
    return (
        f"they differ by up to {100 * worst.resistance / largest:.2g} % of the largest "
        f"resistance, near {worst.place:.4g} K{kelvin}"
    )


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


def _apart(sweep: _Means, other: _Means, least: float, *, few: bool) -> list[tuple[float, float]]:
    """Return where two sweeps differ, and by how much: (ohm, K)."""
    inside = (sweep.t >= other.t[0]) & (sweep.t <= other.t[-1])
    if inside.sum() < 2:
        return []
    t = sweep.t[inside]
    there = sweep.r[inside] - np.interp(t, other.t, other.r)
    # Straight lines between the points of a curve lie on one side of it: on that of the other
    # sweep when the points are exchanged, so that the mean of both is free of it.
    back = np.interp(t, other.t, np.interp(other.t, sweep.t, sweep.r) - other.r)
    noise = np.hypot(sweep.error[inside], np.interp(t, other.t, other.error))
    mean, bent = (there + back) / 2, (there - back) / 2
    if few:  # points far apart on a bent curve: how much they scatter shows in the difference
        noise = np.full(t.size, max(2 * scatter_of_neighbours(mean), least / DIFFERENT))
    noise = np.maximum(noise, max(1e-12 * least, np.finfo(float).tiny))  # zeros have none
    places: list[tuple[float, float]] = []
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
        clear = np.flatnonzero((surplus > DIFFERENT * slow) & (np.abs(apart) > least))
        places += zip(np.abs(apart[clear]).tolist(), where[clear].tolist(), strict=True)
        width *= 4
    return places


def _running_mean(values: Floats, width: int) -> Floats:
    sums = np.cumsum(np.r_[0.0, values])
    mean: Floats = (sums[width:] - sums[:-width]) / width
    return mean


def _shift(sweep: _Means, other: _Means, levels: tuple[float, float] | None) -> float:
    """Return the difference of temperature at equal resistance, K, or 0 if none shows.

    A sweep crosses a level between where it is last below it and first above it, each by 3
    standard errors. Crossings that overlap do not differ.
    """
    reached = _levels(sweep, other, levels)
    crossings = ((_crossing(sweep, level), _crossing(other, level)) for level in reached)
    shifts = [
        abs(first + last - first_other - last_other) / 2
        for (first, last), (first_other, last_other) in crossings
        if last < first_other or last_other < first
    ]
    # Not the very largest: of many, that is the one that scatter has made larger.
    return float(np.quantile(shifts, 0.9)) if shifts else 0.0


def _levels(sweep: _Means, other: _Means, levels: tuple[float, float] | None) -> Floats:
    """Return 40 resistances that both sweeps reach, between `levels`; none if there are none."""
    low, high = max(sweep.r.min(), other.r.min()), min(sweep.r.max(), other.r.max())
    edge = 0.05 * (high - low)
    low, high = low + edge, high - edge
    if levels is not None:
        low, high = max(low, levels[0]), min(high, levels[1])
    return np.linspace(low, high, 40) if low < high else np.zeros(0)


def _shift_of_points(
    sweep: tuple[Floats, Floats], other: tuple[Floats, Floats], levels: Floats
) -> float:
    """Return the difference at equal resistance (K) of points that rise all along; else 0.

    Without means, it does not depend on which points these are over.
    """
    places = list[Floats]()
    for t, r in (sweep, other):
        calm = ndimage.median_filter(r, 3, mode="nearest")
        quarter = r.size // 4
        sign = np.sign(np.median(calm[-quarter:]) - np.median(calm[:quarter]))
        rising = np.asarray(optimize.isotonic_regression(sign * calm).x)
        if robust_deviation(sign * r - rising) > 2 * scatter_of_neighbours(r):
            return 0.0
        places.append(np.interp(sign * levels, rising, t))
    # Of many levels the farthest are those that scatter has moved: medians of neighbours count.
    shifts = ndimage.median_filter(places[0] - places[1], _NEIGHBOURS, mode="nearest")
    return float(np.quantile(np.abs(shifts), 0.9))


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
