"""The grid that a file's coordinates lie on, told from the numbers themselves."""

from collections import defaultdict

import numpy as np

from analysis.typing import Floats

# Numbers of one scale that are looked at, and that prove a grid.
_ENOUGH = 20_000
_PROOF = 30
# Scales of fewer of the points are those of letters or of marks, not of curves.
_SHARE = 0.1
# PDFium keeps numbers of four bytes: nothing finer than this part of one is known.
_PART = 2.0**-24
_MOST_DECIMALS = 6


class Steps:
    """Collects coordinates as they stand in a file, and tells the step between them."""

    def __init__(self) -> None:
        self._lines: dict[float, list[Floats]] = defaultdict(list)
        self._counts: dict[float, int] = defaultdict(int)

    def note(self, numbers: Floats, scale: float) -> None:
        """Take the points of a path, shape (N, 2), before they are scaled to the page."""
        scale = float(f"{scale:.6g}")
        self._counts[scale] += len(numbers)
        if self._counts[scale] <= _ENOUGH or not self._lines[scale]:
            self._lines[scale].append(numbers)

    def step(self, extent: float) -> float:
        """Return the least step of the coordinates in points, on a page of such an extent.

        It is at least that of the numbers which PDFium computes with.
        """
        least = _SHARE * sum(self._counts.values())
        steps = [
            scale * _grid(self._lines[scale])
            for scale, count in self._counts.items()
            if count >= least
        ]
        return max(float(np.spacing(np.float32(extent))), min(steps, default=0.0))


def _grid(lines: list[Floats]) -> float:
    """Return the greatest length of which all numbers are whole multiples; 0 if none is seen."""
    numbers = np.concatenate(lines)
    if numbers.size < _PROOF:
        return 0.0
    noise = _PART * float(np.abs(numbers).max())
    for decimals in range(_MOST_DECIMALS + 1):
        step = 10.0**-decimals
        if noise > step / 8:
            return 0.0
        whole = numbers / step
        if np.all(np.abs(whole - np.rint(whole)) < max(2 * noise / step, 1e-6)):
            break
    else:
        return 0.0
    apart = np.concatenate([np.diff(np.rint(line / step), axis=0).ravel() for line in lines])
    apart = np.abs(apart[apart != 0]).astype(np.int64)
    return step * (float(np.gcd.reduce(apart)) if len(apart) >= _PROOF else 1.0)
