"""Least squares by MINPACK, with errors widened for correlated residuals."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from analysis.errors import FitError
from analysis.numerics.uncertainty import Correlation, correlation_of
from analysis.typing import Floats


class Model(Protocol):
    """What can be fitted: values of shape (N,) and derivatives of shape (P, N)."""

    def value(self, p: Floats) -> Floats:
        """Return the model at the points."""

    def jacobian(self, p: Floats) -> Floats:
        """Return its derivatives by the parameters."""


class Undetermined(FitError):  # noqa: N818 - says what the data are
    """The solver did not settle, or the points do not determine all parameters."""


class Minimum(NamedTuple):
    """Where the weighted squares are least.

    Attributes
    ----------
    parameters : ndarray, shape (P,)
        Those that were held among them.
    covariance : ndarray, shape (P, P)
        Scaled by the scatter and widened, see `analysis.numerics.uncertainty.correlation_of`.
        Zeros in the rows and columns of what was held.
    inverse : ndarray, shape (P, P)
        Inverse of J^T W J, with zeros likewise.
    residuals : ndarray, shape (N,)
        Measured less fitted, without weights.
    correlation : Correlation
    dof : float
        Effective number of points less the number of fitted parameters.
    """

    parameters: Floats
    covariance: Floats
    inverse: Floats
    residuals: Floats
    correlation: Correlation
    dof: float

    @property
    def free(self) -> NDArray[np.bool_]:
        """Which parameters were fitted, shape (P,)."""
        return np.diag(self.inverse) > 0

    @property
    def fitted(self) -> int:
        """Number of fitted parameters."""
        return int(self.free.sum())


def minimise(
    model: Model,
    guess: Floats,
    measured: Floats,
    *,
    weights: Floats | None = None,
    free: NDArray[np.bool_] | None = None,
    evaluations: int = 2000,
    tolerance: float = 1e-10,
) -> Minimum:
    """Fit a model by Levenberg-Marquardt with its exact Jacobian.

    Parameters
    ----------
    model : Model
    guess : ndarray, shape (P,)
    measured : ndarray, shape (N,)
    weights : ndarray, shape (N,), optional
        Inverse errors, up to a common factor.
    free : ndarray of bool, shape (P,), optional
        Which parameters are fitted; the others are held where the guess has them. All
        without it.
    evaluations : int
        After so many the solver gives up.
    tolerance : float
        It stops when the sum of squares would change by less than this part of itself.

    Raises
    ------
    Undetermined
        If the solver does not settle or the Jacobian is singular at the minimum.
    """
    free = np.ones(guess.size, dtype=bool) if free is None else free
    some_held = not free.all()

    def weigh(rows: Floats) -> Floats:
        return rows if weights is None else rows * weights

    def whole(p: Floats) -> Floats:
        if not some_held:
            return p
        every = guess.copy()
        every[free] = p
        return every

    def misses(p: Floats) -> Floats:
        return weigh(model.value(whole(p)) - measured)

    def slopes(p: Floats) -> Floats:
        rows = model.jacobian(whole(p))
        return weigh(rows[free] if some_held else rows)

    # Where a column vanishes its inverse overflows; that is looked at below.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        fitted, inverse, _, message, status = optimize.leastsq(
            misses if some_held or weights is not None else lambda p: model.value(p) - measured,
            guess[free] if some_held else guess,
            Dfun=slopes if some_held or weights is not None else model.jacobian,
            col_deriv=True,
            full_output=True,
            ftol=tolerance,
            xtol=max(1e-8, 0.1 * tolerance),
            maxfev=evaluations,
        )
    if status not in (1, 2, 3, 4) or inverse is None or not np.isfinite(inverse).all():
        raise Undetermined(f"the fit does not converge ({' '.join(message.split())})")
    parameters = whole(fitted)
    residuals = measured - model.value(parameters)
    weighted = weigh(residuals)
    correlation = correlation_of(weighted, fitted.size)
    # N points whose residuals repeat each other count as N/widening independent ones.
    dof = max(measured.size / correlation.widening - fitted.size, 1.0)
    if some_held:
        every = np.zeros((guess.size, guess.size))
        every[np.ix_(free, free)] = inverse
        inverse = every
    covariance = inverse * float(weighted @ weighted) / dof
    return Minimum(parameters, covariance, inverse, residuals, correlation, dof)


def profile_interval(
    model: Model,
    minimum: Minimum,
    measured: Floats,
    *,
    place: int,
    allowed: float,
    bounds: tuple[float, float],
    weights: Floats | None = None,
) -> tuple[float, float]:
    """Return the interval of one parameter in which the least squares stay low.

    Parameters
    ----------
    model, minimum, measured, weights
        What was fitted, and what came out.
    place : int
        Which of the parameters.
    allowed : float
        By so much the weighted squares, made least in all other parameters, may exceed
        those at the minimum: t^2 times the variance of a point for Student's factor t.
    bounds : (low, high)
        How far to look. An end that is not reached there is infinite.

    Notes
    -----
    The profile of the likelihood. For a model that is linear in its parameters the interval
    is t standard errors to either side; for another it is as skewed as the data say.
    """
    free = minimum.free.copy()
    free[place] = False
    best, least = float(minimum.parameters[place]), _squares(minimum.residuals, weights)
    along = minimum.inverse[:, place] / minimum.inverse[place, place]
    half = float(np.sqrt(allowed * minimum.inverse[place, place]))

    def distance(x: float, guess: Floats) -> tuple[float, Floats]:
        """Return how far x is from the minimum, in half widths by the squares."""
        guess = np.where(free | ~minimum.free, guess, x)
        if not free.any():
            return abs(x - best) / half, guess
        constrained = minimise(model, guess, measured, weights=weights, free=free, tolerance=1e-8)
        excess = max(_squares(constrained.residuals, weights) - least, 0.0)
        return float(np.sqrt(excess / allowed)), constrained.parameters

    def end(sign: float, bound: float) -> float:
        near, far, step, guess = 0.0, abs(bound - best), half, minimum.parameters
        at, at_guess = 0.0, guess
        for _ in range(25):
            step = min(step, far)
            try:
                reached, guess = distance(best + sign * step, at_guess + along * sign * (step - at))
            except Undetermined:
                far = step
                step = (near + step) / 2
                continue
            if abs(reached - 1) < 5e-3:
                return best + sign * step
            if reached < 1:
                if step >= abs(bound - best):
                    return sign * float("inf")
                near, at, at_guess = step, step, guess
            else:
                far = step
            wanted = step / max(reached, 0.2)
            step = wanted if near < wanted < far else (near + far) / 2 if far < np.inf else 2 * near
            if far - near < 1e-3 * half:
                break
        return best + sign * (near + far) / 2 if far < abs(bound - best) else sign * float("inf")

    return end(-1.0, bounds[0]), end(1.0, bounds[1])


def _squares(residuals: Floats, weights: Floats | None) -> float:
    weighted = residuals if weights is None else residuals * weights
    return float(weighted @ weighted)
