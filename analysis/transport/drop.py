"""Where a resistance drops as that of a superconductor does."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from analysis.numerics.means import log_means
from analysis.transport.curve import ResistanceCurve
from analysis.typing import Floats

# Widths of the bins in ln T: from those of a cooldown to those of a scan of some mK. A scan
# is looked at with bins of which it has at least eight.
_STEPS = (0.04, 0.016, 0.0064, 0.0025, 0.001, 0.0004, 0.00016)
_FEWEST_BINS = 8
# d ln R / d ln T: a metal's is 5 at most (scattering on phonons, without residual resistance);
# and where it is large on cooling, it was not small just above.
_STEEPER_THAN_METALS = 6.0
_STEEP_BESIDE, _TIMES_ABOVE = 2.5, 5.0
# A broad drop has at least this much somewhere, and falls from 90 to 10 % within so much in
# ln T: a magnet's resistance falls in proportion to T down to the lowest.
_STEEP, _BROADEST = 1.2, 0.5
# Less than this part of the resistance is a hump, a contact or a kink, not a transition.
_SMALLEST_FALL = 0.1
_FEWEST_ABOVE = 3
# Of the normal state above, up to this many times the temperature of the drop is looked at.
_ABOVE, _FAR_ABOVE = 1.5, 2.0
_STEPS_WITHIN = 2.0
# Into so many pieces a piece of a drawn line is divided.
_MOST_PIECES = 300


class Drop(NamedTuple):
    """A superconducting drop.

    Attributes
    ----------
    low, top : float
        Temperatures (K) below and above which the resistance is calm.
    fall : float
        What is lost between them, as a part of the resistance at the top.
    """

    low: float
    top: float
    fall: float


def find_drop(curve: ResistanceCurve) -> float | None:
    """Return the temperature (K) above which no superconducting drop is seen, or None.

    See `drops_of` for what counts as one.
    """
    return max((drop.top for drop in drops_of(curve)), default=None)


def deepest_drop(curve: ResistanceCurve) -> Drop | None:
    """Return the drop in which most of the resistance is lost, with its steps; or None.

    Those that follow each other within a factor of two in temperature are its steps.
    """
    drops = sorted(drops_of(curve))
    if not drops:
        return None
    deepest = drops.index(max(drops, key=lambda drop: drop.fall))
    low, top, fall = drops[deepest]
    for drop in drops[deepest + 1 :]:
        if drop.low < _STEPS_WITHIN * top:
            top, fall = drop.top, 1 - (1 - fall) * (1 - drop.fall)
    for drop in drops[:deepest][::-1]:
        if low < _STEPS_WITHIN * drop.top:
            low, fall = drop.low, 1 - (1 - fall) * (1 - drop.fall)
    return Drop(low, top, min(fall, 1.0))


@lru_cache(maxsize=32)
def drops_of(curve: ResistanceCurve) -> tuple[Drop, ...]:
    """Return the superconducting drops of a curve.

    A drop is steep, from a calm normal state down to something calm that is lower
    everywhere. Steep is what no metal is: d ln R/d ln T > 6, or > 2.5 and five times what it
    is above. Or dR/dT is, beyond the scatter, more than 1.5 times what it is a fifth higher
    in temperature (2.5 times what it is a half higher), with d ln R/d ln T > 1.2 somewhere
    and dR/dT three times what it is below. But for the first, the fall from 90 to 10 % takes
    less than a factor of 1.6 in T. A tenth of the resistance or more is lost, beyond what
    the normal state loses, and more than six times what the normal state strays from a line.

    So neither a resistance that is higher below (semiconductor), nor a fall without a
    normal state above it (the warm end of a sweep that the sample lags behind), nor a small
    hump, nor noise is a drop; nor, with it, one that is as broad as the temperature itself.

    Parameters
    ----------
    curve : ResistanceCurve

    Returns
    -------
    tuple of Drop
        They do not overlap.
    """
    along, r = curve.temperature, curve.resistance
    if curve.is_line:
        along, r = _filled(along, r)
    filled = along.size / len(curve)
    # One or two stray points are no drop; a step outlives a running median.
    r = ndimage.median_filter(r, 5, mode="nearest")
    scatter = curve.scatter()
    drops: list[Drop] = []
    for step in _STEPS:
        count, t, mean = log_means(along, step, r)
        if t.size < (5 if step == _STEPS[0] else _FEWEST_BINS):
            continue
        # What was filled in is as sure as the vertices.
        error = scatter / np.sqrt(np.maximum(count / filled, 1))
        bins = _Bins(t, mean, error, step, drops)
        # The widest bins that show a drop see its ends best.
        drops += bins.drops()
        if t.size > 0.8 * along.size:
            break  # narrower ones hold the same
    return tuple(drops)


def _filled(t: Floats, r: Floats) -> tuple[Floats, Floats]:
    """Return a drawn line with points on its longer pieces: where straight, it has few vertices."""
    gaps = np.diff(t)
    if not gaps.any():
        return t, r
    pieces = np.ceil(gaps / np.quantile(gaps[gaps > 0], 0.1) - 1e-6).clip(1, _MOST_PIECES)
    steps = [np.arange(count) / count for count in pieces.astype(int)]
    at = np.concatenate([*(first + step for first, step in enumerate(steps)), [t.size - 1.0]])
    vertex = np.arange(t.size)
    return np.interp(at, vertex, t), np.interp(at, vertex, r)


class _Bins:
    """Means of a curve over bins in ln T, with their errors."""

    def __init__(self, t: Floats, r: Floats, error: Floats, step: float, seen: list[Drop]) -> None:
        self.t, self.r, self.error, self.step = t, r, error, step
        self.seen = seen
        self.x = np.log(t)

    def drops(self) -> list[Drop]:
        """Return the drops of which the steep stretches are a part, but for the known ones."""
        metals, beside = np.zeros((2, self.t.size), dtype=bool)
        for apart in range(1, 5):
            for marks, steep in zip((metals, beside), self._steep(apart), strict=True):
                for low in np.flatnonzero(steep):
                    marks[low : low + apart + 1] = True
        new: list[Drop] = []
        stretches = [(*ends, np.inf) for ends in _stretches(metals)]
        stretches += [(*ends, _BROADEST) for ends in _stretches(beside)]
        if self.step == _STEPS[0] and self.t.size >= _FEWEST_BINS:
            stretches += [(*ends, _BROADEST) for ends in _stretches(self._steeper_than_above())]
        for first, last, broadest in stretches:
            t = self.t[first : last + 1]
            if any(t[-1] >= other.low and t[0] <= other.top for other in (*self.seen, *new)):
                continue
            # The normal state above ends where it is steep again.
            again = np.flatnonzero(metals[last + 1 :] & ~metals[last:-1])
            end = last + 1 + int(again[0]) if again.size else self.t.size
            drop = self._drop(first, last, end)
            if drop is not None and self._width(drop) < broadest:
                new.append(drop)
        return new

    def _width(self, drop: Drop) -> float:
        """Return over how much of ln T the resistance falls from 90 to 10 %, to the lowest."""
        under = self.t <= drop.top
        r = np.maximum.accumulate(self.r[under])
        lowest, top = float(self.r[under].min()), float(r[-1])
        low, high = np.interp(
            [lowest + part * (top - lowest) for part in (0.1, 0.9)], r, self.x[under]
        )
        return float(high - low)

    def _steep(self, apart: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return where bins so far apart are steeper than metals, and than what is above."""
        low, high = self.r[:-apart], self.r[apart:]
        error = np.hypot(self.error[:-apart], self.error[apart:])
        sure = np.maximum(low + 2 * self.error[:-apart], 1e-6 * np.abs(high) + 1e-300)
        with np.errstate(divide="ignore", invalid="ignore"):
            steepness = np.log(high / sure) / (self.x[apart:] - self.x[:-apart])
            # Of the next three bins, at most.
            last = np.minimum(np.arange(apart, self.t.size) + 3, self.t.size - 1)
            rise = np.maximum(self.r[last] - high, 0) + 2 * self.error[last]
            above = rise / high / (self.x[last] - self.x[apart:])
        beside = (steepness > _STEEP_BESIDE) & (steepness > _TIMES_ABOVE * above)
        clear = (high - low > 8 * error) & (high > 0)
        return np.asarray(clear & (steepness > _STEEPER_THAN_METALS)), np.asarray(clear & beside)

    def _steeper_than_above(self) -> NDArray[np.bool_]:
        t, r = self.t, self.r
        slope = (r[2:] - r[:-2]) / (t[2:] - t[:-2])
        noise = np.hypot(self.error[2:], self.error[:-2]) / (t[2:] - t[:-2])
        near = np.maximum(self._slopes_above(2.8, 7.5), 0)[1:-1]
        far = np.maximum(self._slopes_above(6.5, 13), 0)[1:-1]
        steep = (slope - 1.5 * near > 8 * noise) | (slope - 2.5 * far > 6 * noise)
        return np.pad(steep, 1)

    def _slopes_above(self, low: float, high: float) -> Floats:
        """Return dR/dT from `low` to `high` bins above each bin; inf if unknown."""
        first = np.searchsorted(self.x, low * self.step + self.x)
        last = np.searchsorted(self.x, high * self.step + self.x, side="right")
        size = last - first

        def total(values: Floats) -> Floats:
            sums = np.r_[0.0, np.cumsum(values)]
            return np.asarray(sums[last] - sums[first])

        t, r = self.t - self.t.mean(), self.r - self.r.mean()
        with np.errstate(invalid="ignore", divide="ignore"):
            slope = (size * total(t * r) - total(t) * total(r)) / (
                size * total(t * t) - total(t) ** 2
            )
        return np.where(size >= 3, slope, np.inf)

    def _drop(self, first: int, last: int, end: int) -> Drop | None:
        """Return the drop of which these bins are the steep part, None if it is none.

        Its normal state lies above, before the bin `end`.
        """
        t, r, x = self.t, self.r, self.x
        rise = np.diff(r) / np.diff(x)
        steepest = float(rise[max(first - 1, 0) : last].max())
        noise = 2 * np.hypot(self.error[1:], self.error[:-1]) / np.diff(x)
        under = np.flatnonzero((rise <= np.maximum(0.1 * steepest, noise))[:first])
        over = np.flatnonzero(self._calm(steepest)[last:])
        if not over.size or steepest <= 0:
            return None  # no normal state above
        top, low = last + int(over[0]), int(under[-1]) + 1 if under.size else 0
        above = np.flatnonzero((t >= t[top]) & (t <= _ABOVE * t[top]))
        if above.size < _FEWEST_ABOVE:
            above = np.arange(top, top + _FEWEST_ABOVE)
        above = above[above < end]
        if above.size < _FEWEST_ABOVE:
            return None
        slope, level = np.polyfit(t[above] - t[top], r[above], 1)
        strays = float(np.std(r[above] - level - slope * (t[above] - t[top])))
        lost = level - r[low] - max(slope, 0.0) * (t[top] - t[low])
        if lost < max(_SMALLEST_FALL * level, 6 * strays, 8 * float(self.error[[low, top]].max())):
            return None
        middle = r[low] + 0.5 * (level - r[low])
        near = (t[:end] > t[top]) & (t[:end] <= max(_FAR_ABOVE * t[top], t[above[-1]]))
        if (r[:low] > middle).any() or (r[:end][near] < middle).any():
            return None
        if not self._stands_out(low, top, steepest):
            return None
        return Drop(float(t[low]), float(t[top]), float(lost / level))

    def _calm(self, steepest: float) -> NDArray[np.bool_]:
        """Return which bins end a drop: from the bin before last, dR/dT is as it is above."""
        t, r = self.t, self.r
        slope = (r[2:] - r[:-2]) / (t[2:] - t[:-2])
        noise = 2 * np.hypot(self.error[2:], self.error[:-2]) / (t[2:] - t[:-2])
        least = 0.02 * steepest / t[1:-1]
        near, far = (
            slope <= np.where(above < 25 * least, times * above.clip(0), least) + noise
            for times, above in (
                (1.2, self._slopes_above(2.8, 7.5)[1:-1]),
                (1.3, self._slopes_above(6.5, 13)[1:-1]),
            )
        )
        calm: NDArray[np.bool_] = np.r_[False, False, near & far]
        return calm

    def _stands_out(self, low: int, top: int, steepest: float) -> bool:
        """Tell whether a drop is steep by itself and beside what lies below it."""
        inside = slice(low, top + 1)
        r, x = self.r[inside], self.x[inside]
        mean = np.maximum((r[1:] + r[:-1]) / 2, 1e-3 * r[-1])
        if (np.diff(r) / mean / np.diff(x)).max() < _STEEP:
            return False
        below = np.flatnonzero((self.t <= self.t[low]) & (self.t >= 0.5 * self.t[low]))
        if below.size < _FEWEST_ABOVE:
            return True
        beneath = float(np.polyfit(self.x[below], self.r[below], 1)[0])
        return steepest > 3 * beneath


def _stretches(marks: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the first and last place of each stretch of marks."""
    edges = np.flatnonzero(np.diff(np.r_[False, marks, False].astype(int)))
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        yield int(first), int(after) - 1
