"""The temperature window: the part of a resistance curve that a law is fitted to."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis.errors import DataError
from analysis.numerics.means import log_means
from analysis.numerics.progress import steps
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drop import find_drop
from analysis.typing import Floats

_FEWEST = 20
_MOST = 1200


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


def usable_range(curve: ResistanceCurve) -> Window:
    """Return the range above a superconducting drop: all of it where there is none."""
    drop = find_drop(curve)
    t = curve.temperature
    usable = t if drop is None else t[t >= drop]
    remarks = () if drop is None else (f"the resistance drop below {drop:.0f} K is left out",)
    low = t[0] if usable.size < 6 else usable[0]
    return Window(float(low), float(t[-1]), "found", remarks)


def find_window(
    part: ResistanceCurve, described: Callable[[ResistanceCurve, bool], bool]
) -> tuple[float, float] | None:
    """Return the largest temperature range (K) within a part of a curve that a law describes.

    Parameters
    ----------
    part : ResistanceCurve
        What the law does not describe as a whole.
    described : callable
        Of a part of it, and of whether there are colder points than these.

    Returns
    -------
    (low, high) or None
        None if no range of at least half of it is described.
    """
    t = part.temperature
    if t.size < _FEWEST:
        return None
    some_points = thinned(part)
    for low, high in steps(_candidates(t)[1:], "windows"):
        some = some_points.between(low, high)
        if len(some) >= _FEWEST and described(some, low > t[0]):
            return low, high
    return None


def upturn_of(part: ResistanceCurve) -> float | None:
    """Return the temperature (K) of the lowest resistance if it rises on cooling below that.

    Means over a tenth in temperature are compared; the rise has to exceed 5 times the error
    of a mean and of the lowest one, and so have two such means, or all that there are.
    """
    count, t, r = log_means(part.temperature, 0.1, part.resistance)
    error = part.scatter() / np.sqrt(count)
    lowest = int(np.argmin(r))
    colder = slice(0, lowest)
    rise = r[colder] - r[lowest]
    clear = rise > 5 * np.hypot(error[colder], error[lowest])
    if lowest == 0 or clear.sum() < min(2, lowest) or not clear[0]:
        return None
    return float(t[lowest])


def thinned(curve: ResistanceCurve, most: int = _MOST) -> ResistanceCurve:
    """Return means over neighbouring points where there are more than are needed."""
    each = -(-len(curve) // most)
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
