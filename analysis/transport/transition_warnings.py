"""What to know of a fit of a transition before its numbers are quoted, in words."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from scipy import signal

from analysis.numerics.scatter import scatter_of_neighbours
from analysis.transport.fit_result import warn_correlation, warn_saturation
from analysis.transport.transition_start import crossings
from analysis.typing import Floats

if TYPE_CHECKING:
    from analysis.transport.transition_fit import TransitionFit


def transition_warnings(fit: "TransitionFit") -> tuple[str, ...]:
    """Return what is to be known of a fit of a transition."""
    return tuple(text for check in _CHECKS if (text := check(fit)))


def _warn_steps(fit: "TransitionFit") -> str | None:
    """Warn of two steps: two clear maxima of dR/dT inside the transition."""
    onset, t = fit.tc_onset.n, fit.part.temperature
    low = fit.floor.n
    levels = fit.r_onset.n * (low + (1 - low) * np.array([0.1, 0.9]))
    t10, t90 = crossings(fit.part, onset, levels)
    width = max(t90 - t10, 1e-3 * t90)
    # As a part of the normal state, which has a slope of its own.
    normal = fit.normal_state(np.maximum(t, onset))
    fraction = (fit.part.resistance / normal - low) / (1 - low)
    places = np.linspace(max(t10 - width, t[0]), min(max(t90 + width, onset), t[-1]), 81)
    slope, error = _smooth_slope(t, fraction, places, width / 8)
    error *= scatter_of_neighbours(fraction)
    peaks, found = signal.find_peaks(np.r_[0.0, slope, 0.0], prominence=0.08 * float(np.max(slope)))
    peaks = peaks - 1
    clear = peaks[found["prominences"] > 12 * error[peaks]]
    if clear.size < 2:
        return None
    where = " and ".join(f"{place:.3g}" for place in places[clear])
    return f"the transition has {clear.size} steps, near {where} K: one onset does not describe it"


def _smooth_slope(t: Floats, r: Floats, places: Floats, width: float) -> tuple[Floats, Floats]:
    """Return dR/dT by local straight lines, and its error for points of unit error."""
    weight = np.exp(-(((t - places[:, None]) / width) ** 2) / 2)
    total = weight.sum(axis=1) + 1e-300
    away = t - ((weight @ t) / total)[:, None]
    power = (weight * away**2).sum(axis=1) + 1e-300
    slope = (weight * away) @ r / power
    error = np.sqrt(((weight * away) ** 2).sum(axis=1)) / power
    return np.asarray(slope), np.asarray(error)


def _warn_edge(fit: "TransitionFit") -> str | None:
    onset = fit.tc_onset.n
    above = int((fit.part.temperature > onset).sum())
    if above >= 10 and (fit.part.temperature < onset).sum() >= 10:
        return None
    return f"the onset, {onset:.4g} K, lies at the edge of the window: {above} points are above it"


def _warn_normal(fit: "TransitionFit") -> str | None:
    """Warn where the normal state misses its points by far more than they scatter."""
    above = fit.part.temperature > fit.tc_onset.n
    left = fit.residuals[above]
    if left.size < 20:
        return None
    scatter = scatter_of_neighbours(left)
    if float(np.std(left)) <= 4 * scatter:
        return None
    return f"the normal state ({fit.reason}) misses its points by more than they scatter"


_CHECKS: tuple[Callable[["TransitionFit"], str | None], ...] = (
    warn_saturation,
    warn_correlation,
    _warn_normal,
    _warn_steps,
    _warn_edge,
)
