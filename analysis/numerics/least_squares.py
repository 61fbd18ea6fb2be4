"""Least squares by MINPACK, with errors widened for correlated residuals."""

from typing import NamedTuple, Protocol

import numpy as np
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
    covariance : ndarray, shape (P, P)
        Scaled by the scatter and widened, see `analysis.numerics.uncertainty.correlation_of`.
    inverse : ndarray, shape (P, P)
        Inverse of J^T W J.
    residuals : ndarray, shape (N,)
        Measured less fitted, without weights.
    correlation : Correlation
    dof : float
        Effective number of points less P.
    """

    parameters: Floats
    covariance: Floats
    inverse: Floats
    residuals: Floats
    correlation: Correlation
    dof: float


def minimise(
    model: Model,
    guess: Floats,
    measured: Floats,
    *,
    weights: Floats | None = None,
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
    evaluations : int
        After so many the solver gives up.
    tolerance : float
        It stops when the sum of squares would change by less than this part of itself.

    Raises
    ------
    Undetermined
        If the solver does not settle or the Jacobian is singular at the minimum.
    """

    def weigh(rows: Floats) -> Floats:
        return rows if weights is None else rows * weights

    parameters, inverse, _, message, status = optimize.leastsq(
        lambda p: weigh(model.value(p) - measured),
        guess,
        Dfun=lambda p: weigh(model.jacobian(p)),
        col_deriv=True,
        full_output=True,
        ftol=tolerance,
        xtol=max(1e-8, 0.1 * tolerance),
        maxfev=evaluations,
    )
    if status not in (1, 2, 3, 4) or inverse is None or not np.isfinite(inverse).all():
        raise Undetermined(f"the fit does not settle ({' '.join(message.split())})")
    residuals = measured - model.value(parameters)
    weighted = weigh(residuals)
    correlation = correlation_of(weighted, parameters.size)
    # N points whose residuals repeat each other count as N/widening independent ones.
    dof = max(measured.size / correlation.widening - parameters.size, 1.0)
    covariance = inverse * float(weighted @ weighted) / dof
    return Minimum(parameters, covariance, inverse, residuals, correlation, dof)
