"""The grid that coordinates lie on, where they were rounded before they were drawn."""

import numpy as np

from analysis.typing import Floats

# So many points at least, of which so many share their coordinate with others.
_POINTS, _REPEATED = 20, 0.1
# Points of the page: a finer grid cannot be told from the noise of single precision.
_FINEST = 2e-3
_DIVISORS = range(1, 7)


def grid(positions: Floats) -> float:
    """Return the distance of the lines that all coordinates lie on; 0 where there is none.

    Numbers that repeat without being neighbours only by chance betray steps: of the drawing, of
    a digitisation before it, or of the instrument. Equal distances along an axis are none.

    Examples
    --------
    >>> rounded = np.round(np.random.default_rng(1).uniform(0, 9, 200), 1)
    >>> round(grid(rounded), 3), grid(np.linspace(0, 9, 200)), grid(np.sort(rounded) ** 0.5)
    (0.1, 0.0, 0.0)
    """
    values = np.sort(positions)
    gaps = np.diff(values)
    steps = gaps[gaps > _FINEST]
    repeated = 1 - (len(steps) + 1) / max(len(values), 1)
    if len(values) < _POINTS or repeated < _REPEATED or len(steps) < 3:
        return 0.0
    for divisor in _DIVISORS:
        step = float(steps.min()) / divisor
        counts = np.round(steps / step)
        step = float(steps.sum() / counts.sum())
        off = np.abs(steps - counts * step)
        if off.max() < max(0.05 * step, 1e-3) and off.max() < 0.2 * step:
            return step
    return 0.0
