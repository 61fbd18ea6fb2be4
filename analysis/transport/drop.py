"""Where a resistance drops as that of a superconductor does."""

import numpy as np
from scipy import ndimage

from analysis.numerics.means import log_means
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.transport.curve import ResistanceCurve
from analysis.typing import Floats

_BIN_RATIO = 1.04


def find_drop(curve: ResistanceCurve) -> float | None:
    """Return the temperature (K) above which no superconducting drop is seen, or None.

    A metal's dR/dT falls on cooling or, with saturation, grows slowly. Where, beyond the
    scatter, it is more than 1.5 times what it is a fifth higher in temperature, or 2.5
    times what it is a half higher, the resistance drops. The upper end of the drop is
    where the slope has come back to what it is above. A drop that is small beside the
    normal resistance's own fall, or as broad as the temperature itself, is not seen.
    """
    # One or two stray points are no drop; a step outlives a running median.
    r = ndimage.median_filter(curve.resistance, 5, mode="nearest")
    count, t, r = log_means(curve.temperature, np.log(_BIN_RATIO), r)
    error = scatter_of_neighbours(curve.resistance) / np.sqrt(count)
    if t.size < 8:
        return None
    slope = (r[2:] - r[:-2]) / (t[2:] - t[:-2])
    noise = np.hypot(error[2:], error[:-2]) / (t[2:] - t[:-2])
    near = np.maximum(_slopes_above(t, r, t[1:-1], 1.12, 1.35), 0)
    far = np.maximum(_slopes_above(t, r, t[1:-1], 1.3, 1.7), 0)
    steep = (slope - 1.5 * near > 8 * noise) | (slope - 2.5 * far > 6 * noise)
    if not steep.any():
        return None
    last = int(np.flatnonzero(steep)[-1])
    calm = (slope <= 1.2 * near + 2 * noise) & (slope <= 1.3 * far + 2 * noise)
    over = np.flatnonzero(calm[last:])
    return float(t[last + 2 + (over[0] if over.size else 0)])


def _slopes_above(t: Floats, r: Floats, at: Floats, low: float, high: float) -> Floats:
    """Return dR/dT from `low` to `high` times each temperature `at`; inf if unknown."""
    first, last = np.searchsorted(t, low * at), np.searchsorted(t, high * at, side="right")
    size = last - first

    def total(values: Floats) -> Floats:
        sums = np.r_[0.0, np.cumsum(values)]
        return np.asarray(sums[last] - sums[first])

    t, r = t - t.mean(), r - r.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = (size * total(t * r) - total(t) * total(r)) / (size * total(t * t) - total(t) ** 2)
    return np.where(size >= 3, slope, np.inf)
