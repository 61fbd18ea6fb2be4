"""Which part of a resistance curve eq. 1 may be asked to describe."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.errors import DataError, FitError
from analysis.numerics.uncertainty import lag1_autocorrelation, widening_of
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drop import find_drop
from analysis.typing import Floats

# A range is described when its misfit is one that scatter alone exceeds once in 1000
# cases: many overlapping ranges are tried, and a true one must not be lost.
SIGNIFICANCE = 0.001
_FEWEST = 20
_MOST = 4000
# (1 + rho)/(1 - rho) of residuals that are no scatter any more: rho above 0.75.
_SMOOTH = 7.0


class Trial(NamedTuple):
    """What a fit of one candidate range says.

    Attributes
    ----------
    residuals : ndarray
        Weighted residuals.
    parameters : int
        Number of fitted parameters.
    absurd : bool
        Whether the result could not be quoted however small its residuals.
    needs_below : float
        The range must begin below this temperature (K), if there are colder points.
    """

    residuals: Floats
    parameters: int
    absurd: bool
    needs_below: float


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
        beyond = low < first - 0.02 * (last - first) or high > last + 0.02 * (last - first)
        remark = (
            f"the window {low:g} to {high:g} K reaches beyond the data, {first:g} to {last:g} K"
        )
        return cls(low, high, "given", (remark,) if beyond else ())


def find_window(curve: ResistanceCurve, fit: Callable[[ResistanceCurve], Trial]) -> Window:
    """Return the largest temperature range above a drop that a fit describes.

    Parameters
    ----------
    curve : ResistanceCurve
    fit : callable
        Fits a part of the curve; see `Trial`.

    Returns
    -------
    Window
        With basis "found"; or "all" if no range of at least half of what lies above the
        drop is described within the scatter of the points. Then all of it is taken, and
        a remark says so.
    """
    drop = find_drop(curve)
    t = curve.temperature
    usable = t if drop is None else t[t >= drop]
    remarks = [] if drop is None else [f"resistance drop seen below {drop:.0f} K, left out"]
    if usable.size < _FEWEST:
        low = t[0] if usable.size < 6 else usable[0]
        return Window(float(low), float(t[-1]), "all", tuple(remarks))
    thinned = _thinned(curve.between(usable[0], t[-1]))
    for low, high in _candidates(usable):
        part = thinned.between(low, high)
        if len(part) >= _FEWEST and described(part, fit, colder=low > usable[0]):
            return Window(low, high, "found", tuple(remarks))
    remarks.append("no range is described within the scatter of the points; all of it is used")
    return Window(float(usable[0]), float(usable[-1]), "all", tuple(remarks))


def _thinned(curve: ResistanceCurve) -> ResistanceCurve:
    """Return means over neighbouring points where there are more than the search needs."""
    each = -(-len(curve) // _MOST)
    if each == 1:
        return curve
    edges = np.arange(0, len(curve), each)
    count = np.diff(np.r_[edges, len(curve)])
    return replace(
        curve,
        temperature=np.add.reduceat(curve.temperature, edges) / count,
        resistance=np.add.reduceat(curve.resistance, edges) / count,
    )


def _candidates(t: Floats) -> list[tuple[float, float]]:
    """Return ranges of at least half of t's span, the widest first."""
    span = t[-1] - t[0]
    lows = t[0] + span * np.linspace(0, 0.5, 26)
    highs = t[-1] - span * np.linspace(0, 0.5, 6)
    pairs = [(low, high) for low in lows for high in highs if high - low >= 0.499 * span]
    pairs = [pair for pair in pairs if ((t >= pair[0]) & (t <= pair[1])).sum() >= _FEWEST]
    return sorted(pairs, key=lambda pair: (pair[0] - pair[1], pair[0]))


def described(
    part: ResistanceCurve, fit: Callable[[ResistanceCurve], Trial], *, colder: bool = False
) -> bool:
    """Tell whether what a fit leaves over is scatter: a lack-of-fit F test.

    A parabola in each of up to ten blocks of neighbouring points takes up whatever is
    smooth in the residuals; what then remains is scatter. The model describes the data
    if the parabolas do not lower the squares by more than scatter of that size, and
    that correlation between neighbours, makes likely. Where the rest is itself smooth,
    there is no scatter to compare with, and nothing counts as described. Nor does a
    result that could not be quoted; `colder` says that the range could begin lower.
    """
    try:
        trial = fit(part)
    except FitError:
        return False
    if trial.absurd or (colder and part.temperature[0] > trial.needs_below):
        return False
    size = trial.residuals.size
    blocks = int(np.clip(size // 12, 2, 10))
    each = (np.array_split(values, blocks) for values in (part.temperature, trial.residuals))
    scatter = np.concatenate([_without_parabola(t, r) for t, r in zip(*each, strict=True)])
    extra, rest = 3 * blocks - trial.parameters, size - 3 * blocks
    pure = float(scatter @ scatter) / rest
    squares = float(trial.residuals @ trial.residuals)
    if squares <= 1e-24 * float(part.resistance @ part.resistance):
        return True  # exact to rounding
    widening = widening_of(lag1_autocorrelation(scatter), size, 3 * blocks)
    if pure == 0.0 or widening > _SMOOTH:
        return False
    lack = (squares - pure * rest) / extra / pure
    return lack <= float(special.fdtri(extra, rest, 1 - SIGNIFICANCE)) * widening


def _without_parabola(t: Floats, r: Floats) -> Floats:
    span = np.ptp(t)
    x = (t - t.mean()) / (span if span > 0 else 1.0)
    basis, _ = np.linalg.qr(np.vander(x, 3))
    return np.asarray(r - basis @ (basis.T @ r))
