"""Errors from the scatter of the data: correlation, intervals, bands."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import uncertainties
from scipy import special
from uncertainties import UFloat

from analysis.errors import AnalysisError
from analysis.typing import Floats


class Correlation(NamedTuple):
    """Correlation of neighbouring residuals.

    Attributes
    ----------
    lag1 : float
        Lag-1 autocorrelation of the residuals as they are.
    significant : bool
        Whether it exceeds 2/sqrt(N) after correction for the fitted parameters, which
        independent residuals do in about 2 % of fits to many points.
    widening : float
        Factor by which variances grow, (1 + rho)/(1 - rho) with the corrected rho; not
        below 1.
    """

    lag1: float
    significant: bool
    widening: float


def lag1_autocorrelation(residuals: Floats) -> float:
    """Return sum(r_i r_i+1) / sum(r_i^2), 0 for residuals that are all zero."""
    power = float(residuals @ residuals)
    return float(residuals[:-1] @ residuals[1:]) / power if power > 0 else 0.0


def widening_of(lag1: float, size: int, parameters: int) -> float:
    """Return the factor by which correlated residuals enlarge variances.

    Residuals of a sweep behave like a first-order autoregression. A smooth fit then
    knows its parameters as well as N (1 - rho)/(1 + rho) independent points would.
    The fit also absorbs slow scatter: each parameter takes (1 + rho)/(1 - rho)
    variances out of N, from the lag-0 and the lag-1 sums alike, which is undone here
    by iteration.

    Parameters
    ----------
    lag1 : float
        Lag-1 autocorrelation of the residuals.
    size, parameters : int
        Number of residuals and of fitted parameters.

    Returns
    -------
    float
        (1 + rho)/(1 - rho), not below 1.
    """
    rho, last = lag1, np.inf
    for _ in range(20):
        if abs(rho - last) < 1e-6:
            break
        absorbed = min(parameters * (1 + rho) / (1 - rho) / size, 0.5)
        rho, last = min(lag1 + (1 - lag1) * absorbed, 0.999), rho
    return max((1 + rho) / (1 - rho), 1.0)


def integrated_widening(residuals: Floats, parameters: int) -> float:
    """Return the same for residuals with any correlation, such as those of a drawn line.

    Parameters
    ----------
    residuals : ndarray, shape (N,)
        In the order of the curve.
    parameters : int
        Number of fitted parameters.

    Returns
    -------
    float
        1 + 2 (rho_1 + rho_2 + ...), not below 1.

    Notes
    -----
    The sum ends where pairs of neighbouring autocorrelations are no longer above 0, and these
    may not rise: C. J. Geyer, Statist. Sci. 7, 473 (1992). What the fit absorbs of slow scatter
    is undone as in `widening_of`.
    """
    size = residuals.size
    power = np.abs(np.fft.rfft(residuals, 2 * size)) ** 2
    products = np.fft.irfft(power)[: size // 2 * 2]
    if products.size == 0 or products[0] <= 0:
        return 1.0
    pairs = products.reshape(-1, 2).sum(axis=1) / products[0]
    end = int((pairs <= 0).argmax()) if (pairs <= 0).any() else pairs.size
    whole = max(2 * float(np.minimum.accumulate(pairs[:end]).sum()) - 1, 1.0)
    return whole / (1 - min(parameters * whole / size, 0.5))


def correlation_of(residuals: Floats, parameters: int) -> Correlation:
    """Judge whether residuals are independent, and what it costs if they are not.

    Parameters
    ----------
    residuals : ndarray, shape (N,)
        In the order in which the points were measured or in that of temperature.
    parameters : int
        Number of fitted parameters.

    Returns
    -------
    Correlation
    """
    lag1 = lag1_autocorrelation(residuals)
    widening = widening_of(lag1, residuals.size, parameters)
    rho = (widening - 1) / (widening + 1)
    return Correlation(lag1, rho * np.sqrt(residuals.size) > 2, widening)


def student(level: float, dof: float, *, one_sided: bool = False) -> float:
    """Return the factor that turns a standard error into a limit at `level`.

    Parameters
    ----------
    level : float
        Coverage, between 0 and 1: 0.95 is 95 %.
    dof : float
        Degrees of freedom.
    one_sided : bool
        For an upper or a lower limit alone.

    Raises
    ------
    AnalysisError
        If level is not between 0 and 1 (2 is not "two sigma").
    """
    if not (isinstance(level, (int, float)) and 0 < level < 1):
        raise AnalysisError(f"level is a coverage between 0 and 1, got {level!r}")
    return float(special.stdtrit(dof, level if one_sided else (1 + level) / 2))


def halves(errors: Iterable[float | None], level: float | None = 0.95) -> Floats | None:
    """Return half the bars of numbers with standard errors; None where no error is stated.

    With a level they are intervals, without one standard errors; nan where one is missing.
    """
    half = np.array([*errors], dtype=float)  # None becomes nan
    if np.isnan(half).all():
        return None
    return half * (1.0 if level is None else student(level, np.inf))


def band_half_width(jacobian: Floats, covariance: Floats, factor: float) -> Floats:
    """Return factor * sqrt(diag(J C J^T)), the half width of a confidence band.

    Parameters
    ----------
    jacobian : ndarray, shape (P, N)
        Derivatives of the model by its P parameters at N places.
    covariance : ndarray, shape (P, P)
    factor : float
        Student factor, see `student`.

    Returns
    -------
    ndarray, shape (N,)
    """
    variance = np.einsum("pn,pq,qn->n", jacobian, covariance, jacobian)
    return np.asarray(factor * np.sqrt(np.maximum(variance, 0.0)))


def correlated(values: Floats, covariance: Floats) -> tuple[UFloat, ...]:
    """Return values as correlated ufloats.

    Parameters
    ----------
    values : ndarray, shape (P,)
    covariance : ndarray, shape (P, P)
        A held value has zeros in its row and column, and gets no error. At least
        one value was not held.
    """
    free = np.diag(covariance) > 0
    some = uncertainties.correlated_values(values[free], covariance[np.ix_(free, free)])
    fitted = iter(some)
    return tuple(
        next(fitted) if with_error else 0.0 * some[0] + float(value)
        for value, with_error in zip(values, free, strict=True)
    )
