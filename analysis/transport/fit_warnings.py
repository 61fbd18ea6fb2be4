"""What to know of a fit of a law before its numbers are quoted, in words."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from analysis.numerics.scatter import scatter_of_neighbours
from analysis.transport.curve import FEW_POINTS
from analysis.transport.fit_result import warn_correlation, warn_saturation
from analysis.transport.window import find_drop

if TYPE_CHECKING:
    from analysis.transport.fit import ResistanceFit


def warnings_of(fit: "ResistanceFit") -> tuple[str, ...]:
    """Return what is to be known of a fit, what its law's own checks say first."""
    said = (check(fit) for check in (*fit.law.checks, *_CHECKS))
    return tuple(text for text in said if text)


def _warn_outliers(fit: "ResistanceFit") -> str | None:
    # Against the neighbours: a misfit that they share is no stray point.
    weighted = fit.residuals * fit.kept.weights
    scatter = scatter_of_neighbours(weighted)
    weighted = weighted - ndimage.median_filter(weighted, 5, mode="nearest")
    far = np.flatnonzero(np.abs(weighted) > 8 * scatter)
    if scatter == 0 or far.size == 0 or far.size > 0.02 * fit.n_points + 1:
        return None
    places = ", ".join(f"{t:.4g}" for t in fit.part.temperature[far[:5]])
    return (
        f"{far.size} of the points (at {places} K) stray from their neighbours by more than 8 "
        "robust standard deviations: check them"
    )


def _warn_few(fit: "ResistanceFit") -> str | None:
    if fit.n_points >= FEW_POINTS:
        return None
    return f"only {fit.n_points} points in the window: errors are rough below {FEW_POINTS}"


def _warn_drop(fit: "ResistanceFit") -> str | None:
    drop = find_drop(fit.curve)
    if drop is None or fit.window[0] >= drop:
        return None
    return (
        f"the resistance drops steeply below about {drop:.0f} K, inside the window: "
        f"{fit.law.title} does not describe a superconducting transition"
    )


def _warn_doubted(fit: "ResistanceFit") -> str | None:
    for i in fit.law.limited("doubted"):
        parameter = fit.law.parameters[i]
        value, unit = fit.parameters[parameter.name], parameter.unit_for(fit.curve.unit)
        if value.n < -2 * value.s:
            return f"the {parameter.title} is negative ({value:.2uS} {unit}): not physical"
    return None


_CHECKS: tuple[Callable[["ResistanceFit"], str | None], ...] = (
    warn_saturation,
    warn_correlation,
    _warn_outliers,
    _warn_few,
    _warn_drop,
    _warn_doubted,
)
