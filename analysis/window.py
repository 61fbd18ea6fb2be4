"""Which part of a resistance curve eq. 1 may be asked to describe."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.curve import ResistanceCurve
from analysis.errors import DataError, FitError
from analysis.uncertainty import lag1_autocorrelation, widening_of

Floats = NDArray[np.float64]

# A range is described when its misfit is one that scatter alone exceeds once in 1000
# cases: many overlapping ranges are tried, and a true one must not be lost.
SIGNIFICANCE = 0.001
_FEWEST = 20
_BIN_RATIO = 1.06


class Residuals(NamedTuple):
    """What a fit leaves over: weighted residuals and how many parameters it had."""

    values: Floats
    parameters: int


@dataclass(frozen=True)
class Window:
    """A temperature window (K), how it came about, and what to know about it."""

    low: float
    high: float
    basis: str
    remarks: tuple[str, ...] = ()

    @classmethod
    def given(cls, curve: ResistanceCurve, window: tuple[float, float]) -> "Window":
        """Check a window that somebody chose.

        Raises
        ------
        DataError
            If it is not two ascending temperatures that overlap the data.
        """
        try:
            low, high = (float(edge) for edge in window)
        except (TypeError, ValueError):
            raise DataError(
                f"{curve.name}: a window is two temperatures in K, got {window!r}"
            ) from None
        first, last = float(curve.temperature[0]), float(curve.temperature[-1])
        if not low < high:
            raise DataError(
                f"{curve.name}: the window {low:g} to {high:g} K is not two ascending temperatures"
            )
        if low > last or high < first:
            raise DataError(
                f"{curve.name}: the window {low:g} to {high:g} K lies outside the data, "
                f"{first:g} to {last:g} K"
            )
        return cls(low, high, "given")


def find_drop(curve: ResistanceCurve) -> float | None:
    """Return the temperature (K) above which no superconducting drop is seen, or None.

    A metal's dR/dT falls on cooling or, with saturation, grows slowly. Where it is more
    than 2.5 times what it is a third to two thirds higher in temperature, and that
    beyond the scatter, the resistance drops. The upper end of the drop is where the
    slope has come back to within 30 % of the slope above.
    """
    t, r, error = _binned(curve)
    if t.size < 8:
        return None
    slope = (r[2:] - r[:-2]) / (t[2:] - t[:-2])
    noise = np.hypot(error[2:], error[:-2]) / (t[2:] - t[:-2])
    middle = t[1:-1]
    above = _slopes_above(t, r, middle)
    steep = slope - 2.5 * np.maximum(above, 0) > 6 * noise
    if not steep.any():
        return None
    last = int(np.flatnonzero(steep)[-1])
    over = np.flatnonzero(slope[last:] <= 1.3 * np.maximum(above[last:], 0) + 2 * noise[last:])
    return float(t[last + 2 + (over[0] if over.size else 0)])


def _binned(curve: ResistanceCurve) -> tuple[Floats, Floats, Floats]:
    """Return T, R and the error of R as means over bins of 6 % in temperature."""
    t, r = curve.temperature, curve.resistance
    which = np.floor(np.log(t / t[0]) / np.log(_BIN_RATIO)).astype(int)
    _, place, count = np.unique(which, return_inverse=True, return_counts=True)
    bend = np.diff(r, 2) / np.sqrt(6)
    scatter = 1.4826 * float(np.median(np.abs(bend))) if bend.size else 0.0
    return (
        np.bincount(place, t) / count,
        np.bincount(place, r) / count,
        scatter / np.sqrt(count),
    )


def _slopes_above(t: Floats, r: Floats, at: Floats) -> Floats:
    """Return dR/dT between 1.3 and 1.7 times each temperature `at`; inf if unknown."""
    first, last = np.searchsorted(t, 1.3 * at), np.searchsorted(t, 1.7 * at, side="right")
    size = last - first

    def total(values: Floats) -> Floats:
        sums = np.r_[0.0, np.cumsum(values)]
        return np.asarray(sums[last] - sums[first])

    t, r = t - t.mean(), r - r.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = (size * total(t * r) - total(t) * total(r)) / (size * total(t * t) - total(t) ** 2)
    return np.where(size >= 3, slope, np.inf)


def find_window(curve: ResistanceCurve, fit: Callable[[ResistanceCurve], Residuals]) -> Window:
    """Return the largest temperature range above a drop that a fit describes.

    Parameters
    ----------
    curve : ResistanceCurve
    fit : callable
        Fits a part of the curve and returns its `Residuals`.

    Returns
    -------
    Window
        With basis "found". If no range of at least half of what lies above the drop is
        described within the scatter of the points, all of it is taken, and a remark
        says so.
    """
    drop = find_drop(curve)
    t = curve.temperature
    usable = t if drop is None else t[t >= drop]
    remarks = [] if drop is None else [f"resistance drop seen below {drop:.0f} K, left out"]
    if usable.size < _FEWEST:
        low = t[0] if usable.size < 6 else usable[0]
        return Window(float(low), float(t[-1]), "found", tuple(remarks))
    for low, high in _candidates(usable):
        if described(curve.between(low, high), fit):
            return Window(low, high, "found", tuple(remarks))
    remarks.append("no range is described within the scatter of the points; all of it is used")
    return Window(float(usable[0]), float(usable[-1]), "found", tuple(remarks))


def _candidates(t: Floats) -> list[tuple[float, float]]:
    """Return ranges of at least half of t's span, the widest first."""
    span = t[-1] - t[0]
    lows = t[0] + span * np.linspace(0, 0.5, 26)
    highs = t[-1] - span * np.linspace(0, 0.5, 6)
    pairs = [(low, high) for low in lows for high in highs if high - low >= 0.499 * span]
    pairs = [pair for pair in pairs if ((t >= pair[0]) & (t <= pair[1])).sum() >= _FEWEST]
    return sorted(pairs, key=lambda pair: (pair[0] - pair[1], pair[0]))


def described(part: ResistanceCurve, fit: Callable[[ResistanceCurve], Residuals]) -> bool:
    """Tell whether what a fit leaves over is scatter: a lack-of-fit F test.

    A parabola in each of up to ten blocks of neighbouring points takes up whatever is
    smooth in the residuals; what then remains is scatter. The model describes the data
    if the parabolas do not lower the squares by more than scatter of that size, and
    that correlation between neighbours, makes likely.
    """
    try:
        residuals = fit(part)
    except FitError:
        return False
    size = residuals.values.size
    blocks = int(np.clip(size // 12, 2, 10))
    scatter = np.concatenate(
        [
            _without_parabola(t, r)
            for t, r in zip(
                np.array_split(part.temperature, blocks),
                np.array_split(residuals.values, blocks),
                strict=True,
            )
        ]
    )
    extra, rest = 3 * blocks - residuals.parameters, size - 3 * blocks
    pure = float(scatter @ scatter) / rest
    if pure == 0.0:
        return True
    lack = (float(residuals.values @ residuals.values) - pure * rest) / extra / pure
    allowed = float(special.fdtri(extra, rest, 1 - SIGNIFICANCE))
    return lack <= allowed * widening_of(lag1_autocorrelation(scatter), size, 3 * blocks)


def _without_parabola(t: Floats, r: Floats) -> Floats:
    span = np.ptp(t)
    x = (t - t.mean()) / (span if span > 0 else 1.0)
    basis, _ = np.linalg.qr(np.vander(x, 3))
    return np.asarray(r - basis @ (basis.T @ r))
