"""Checks of a fit of the transition before its numbers are quoted."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special
from uncertainties import UFloat

from analysis.errors import attempt
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.numerics.uncertainty import lag1_autocorrelation
from analysis.transport.drawn import OF_FIGURES, warn_unseen
from analysis.transport.fit_result import (
    remark_correlation,
    remark_saturation,
    warn_saturation,
)
from analysis.transport.lag import Lag, lag_of
from analysis.transport.transition import temperature_at, transition_depth
from analysis.transport.transition_read import drop_of, named_steps, scatter_of, steps_of

if TYPE_CHECKING:
    from analysis.transport.transition_fit import TransitionFit

# Fewer points than these inside a transition: their scatter is not told from its shape.
_FEW_IN_ZONE = 12
# Where they stray so many times more inside than elsewhere, no shape is believed.
_MUCH_WIDER = 1.5


def left_open(fit: "TransitionFit") -> str | None:
    """Say which parameter the points do not determine, with its estimate; None if there is none."""

    # A shape that the model does not have widens the errors, but leaves nothing open.
    def relative(value: UFloat) -> float:
        return float(value.s * fit.nominal / abs(value.n))

    onset, drop = fit.tc_onset, fit.drop
    if not 0.9 * drop.low < onset.n < 1.1 * drop.top:
        return (
            f"the fit of eq. 5 puts T_c,onset at {onset.n:.4g} K, outside the drop between "
            f"{drop.low:.4g} and {drop.top:.4g} K: T_c is read off the points"
        )
    if not (relative(onset) < 0.3 and relative(fit.f) < 3):
        return (
            f"the points do not determine the shape of eq. 5 (T_c,onset = {onset:.2u} K, "
            f"F = {fit.f:.2u}): T_c is read off the points"
        )
    for i in fit.law.limited("positive"):
        parameter = fit.law.parameters[i]
        value = fit.parameters[parameter.name]
        if not relative(value) < 1:
            estimate = f"{value:.2u} {parameter.unit}".rstrip()
            return (
                f"the points do not determine the {parameter.title} ({estimate}): T_c is read off "
                "the points; a line or a constant may describe the normal state (--normal, "
                "normal=... in Python)"
            )
    return None


class Zone(NamedTuple):
    """What the residuals inside a transition say.

    Attributes
    ----------
    misfit : bool
        Whether they are larger than those of the normal state and no scatter.
    wider : float
        How many times more the points scatter there than everywhere, at least 1.
    scatter : float
        Of a point there, unit of the curve.
    """

    misfit: bool
    wider: float
    scatter: float


def zone_of(fit: "TransitionFit") -> Zone:
    """Compare the residuals inside the transition with all others.

    An F test at 1 % says whether they are larger. Then they are no scatter if neighbours
    repeat each other more than elsewhere, are much larger, or too few to tell.
    """
    t, left = fit.part.temperature, fit.residuals
    onset, f = fit.tc_onset.n, fit.f.n
    depth = float(transition_depth(0.003))
    low = temperature_at(min(depth, 0.999 * f), onset, f)
    among = (t > low) & (t < onset)
    zone, out = left[among], left[~among]
    scatter = scatter_of(fit.part)
    if not fit.errors_known:
        return Zone(misfit=True, wider=1.0, scatter=scatter)
    if zone.size < 3 or out.size < 8:
        return Zone(False, 1.0, scatter)
    squares, elsewhere = float(np.mean(zone**2)), float(np.mean(out**2))
    # Of a drawn line, fewer points were measured.
    each = 1.0 if fit.kept.by_axis is None else fit.correlation.widening
    count_in, count_out = zone.size / each, out.size / each
    if squares <= elsewhere * float(special.fdtri(count_in, count_out, 0.99)):
        return Zone(False, 1.0, max(scatter, 1e-300))
    rough = scatter_of_neighbours(zone) if zone.size >= _FEW_IN_ZONE else scatter
    smooth = lag1_autocorrelation(zone) > max(lag1_autocorrelation(out), 0) + 2.5 / count_in**0.5
    wider = float(np.sqrt(squares / np.mean(left**2)))
    misfit = smooth or wider > _MUCH_WIDER or zone.size < _FEW_IN_ZONE
    return Zone(bool(misfit), max(wider, 1.0), max(rough, scatter))


# ------------------------------------------- what to know before the numbers are quoted


def _warn_steps(fit: "TransitionFit") -> str | None:
    # As a part of the normal state, which has a slope of its own.
    onset, low, t = fit.tc_onset.n, fit.floor.n, fit.part.temperature
    normal = fit.normal_state(np.maximum(t, onset))
    return named_steps(steps_of(t, (fit.part.resistance / normal - low) / (1 - low), onset))


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
    return f"the fitted normal state ({fit.reason}) differs from the points by more than scatter"


def _warn_smooth(fit: "TransitionFit") -> str | None:
    if fit.errors_known:
        return None
    return (
        "the residuals are too few or too smooth (lag-1 autocorrelation "
        f"{fit.correlation.lag1:.2f}) to determine the errors of the fitted shape: T_c,onset is "
        f"near {fit.tc_onset.n:.4g} K"
    )


@lru_cache(maxsize=8)
def _lag(fit: "TransitionFit") -> Lag | None:
    """Return the effect of a lag on the normal state; None where there are no times."""
    if fit.curve.time is None or fit.normal != "law":
        return None
    window = fit.drop.top, float(fit.curve.temperature[-1])
    return attempt(lambda: lag_of(fit.curve, window, law=fit.law.name, n=fit.kept.n))[0]


def _warn_lag(fit: "TransitionFit") -> str | None:
    lag = _lag(fit)
    return lag.words if lag and lag.matters else None


def _remark_lag(fit: "TransitionFit") -> str | None:
    lag = _lag(fit)
    return lag.words if lag and not lag.matters else None


def _remark_drop(fit: "TransitionFit") -> str | None:
    return drop_of(fit.curve)


REMARKS: tuple[Callable[["TransitionFit"], str | None], ...] = (
    remark_saturation,
    remark_correlation,
    *OF_FIGURES,
    _remark_lag,
    _remark_drop,
)
CHECKS: tuple[Callable[["TransitionFit"], str | None], ...] = (
    warn_saturation,
    _warn_smooth,
    warn_unseen,
    _warn_normal,
    _warn_steps,
    _warn_edge,
    _warn_lag,
)
