"""Error bars: the straight strokes along an axis that stand on points of a curve."""

from collections.abc import Sequence

import numpy as np

from analysis.reading.figure.lines import Chain
from analysis.reading.figure.page import Colour
from analysis.typing import Flags, Floats, Indices

# Points of the page: by how much a bar may miss the place that it belongs to.
_NEAR = 0.08
# Of a curve's points, how many have a bar at least.
_SHARE = 0.5


class Sticks:
    """Straight strokes along one axis: bars of errors, their caps, lines of a grid.

    Parameters
    ----------
    chains : sequence of Chain
        Those of one panel that are straight and level, each of one part.
    """

    def __init__(self, chains: Sequence[Chain]) -> None:
        self.chains = list(chains)
        ends = [np.sort(chain.points[[0, -1]], axis=0) for chain in self.chains]
        self.low = np.array([low_high[0] for low_high in ends]).reshape(-1, 2)
        self.high = np.array([low_high[1] for low_high in ends]).reshape(-1, 2)
        self.along = np.array([chain.level for chain in self.chains], dtype=int)
        self.taken: Flags = np.zeros(len(self.chains), dtype=bool)

    def bars(self, points: Floats, axis: int, colours: Sequence[Colour | None]) -> Floats | None:
        """Return the ends of the bars that stand on points, and take them away.

        Parameters
        ----------
        points : ndarray, shape (N, 2)
        axis : int
            0 for errors of x, 1 for errors of y.
        colours : sequence of (red, green, blue) or None
            Of the curve; bars of one of them go before bars of others.

        Returns
        -------
        ndarray, shape (N, 2), or None
            Lower and upper end along the axis, not a number where a point has none; None where
            fewer than half of the points have one.
        """
        own = np.array([chain.stroke in colours for chain in self.chains], dtype=bool)
        for allowed in (own, ~own):
            free = np.flatnonzero((self.along == axis) & ~self.taken & allowed)
            ends, strokes = self._ends(points, axis, free)
            if len(points) and np.isfinite(ends[:, 0]).mean() >= _SHARE:
                self.taken[strokes] = True
                self._take_caps(ends, points[:, 1 - axis], axis)
                return ends
        return None

    def _ends(self, points: Floats, axis: int, free: Indices) -> tuple[Floats, list[int]]:
        if not free.size:
            return np.full((len(points), 2), np.nan), []
        order = free[np.argsort(self.low[free, 1 - axis])]
        places = self.low[order, 1 - axis]
        first = np.searchsorted(places, points[:, 1 - axis] - _NEAR)
        last = np.searchsorted(places, points[:, 1 - axis] + _NEAR)
        ends, strokes = np.full((len(points), 2), np.nan), []
        for number, (start, stop) in enumerate(zip(first, last, strict=True)):
            at = points[number, axis]
            bars = order[start:stop]
            low, high = self.low[bars, axis], self.high[bars, axis]
            on = (low - _NEAR <= at) & (at <= high + _NEAR)
            bars, low, high = bars[on], low[on], high[on]
            if not bars.size:
                continue
            halves = (np.abs(low - at) < _NEAR) | (np.abs(high - at) < _NEAR)
            if halves.all():
                ends[number] = low.min(), high.max()
                strokes += bars.tolist()
            else:  # of several, the one whose middle is nearest
                best = int(np.argmin(np.where(halves, np.inf, np.abs((low + high) / 2 - at))))
                ends[number] = low[best], high[best]
                strokes.append(int(bars[best]))
        return ends, strokes

    def _take_caps(self, ends: Floats, places: Floats, axis: int) -> None:
        """Take away the strokes across the ends of bars."""
        across = 1 - axis
        free = np.flatnonzero((self.along == across) & ~self.taken)
        for number in np.flatnonzero(np.isfinite(ends[:, 0])):
            middle = (self.low[free, across] + self.high[free, across]) / 2
            at = np.abs(self.low[free, axis][:, None] - ends[number]).min(axis=1) < _NEAR
            self.taken[free[at & (np.abs(middle - places[number]) < _NEAR)]] = True

    def left(self) -> list[Chain]:
        """Return the strokes that are no part of an error bar."""
        return [self.chains[place] for place in np.flatnonzero(~self.taken)]
