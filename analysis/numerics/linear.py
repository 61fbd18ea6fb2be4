"""Weighted linear least squares: every fit of straight lines, parabolas and other sums."""

from typing import NamedTuple

import numpy as np

from analysis.errors import FitError
from analysis.typing import Floats


class LinearFit(NamedTuple):
    """A sum of given terms, fitted to values of known variance.

    Attributes
    ----------
    values : ndarray, shape (P,)
        The coefficients.
    covariance : ndarray, shape (P, P)
        From the stated variances, whatever the scatter.
    residuals : ndarray, shape (N,)
        Measured less fitted.
    chi_square : float
        Sum of the squared residuals over their variances.
    """

    values: Floats
    covariance: Floats
    residuals: Floats
    chi_square: float

    @property
    def dof(self) -> int:
        """Degrees of freedom: points less coefficients."""
        return self.residuals.size - self.values.size


def fit_linear(terms: Floats, measured: Floats, variance: Floats | float = 1.0) -> LinearFit:
    """Fit p of ``measured = p @ terms`` with weights 1/variance.

    Parameters
    ----------
    terms : ndarray, shape (P, N)
        A row for each coefficient: ones and x make a straight line.
    measured : ndarray, shape (N,)
    variance : ndarray, shape (N,), or float
        Above 0.

    Raises
    ------
    FitError
        If the points do not determine the coefficients.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0])
    >>> fit_linear(np.stack([np.ones(3), x]), 3 + 2 * x).values.round(12).tolist()
    [3.0, 2.0]
    """
    sigma = np.sqrt(np.broadcast_to(np.asarray(variance, dtype=float), measured.shape))
    rows = terms / sigma
    # Terms of any size: each is brought to length 1 before anything is inverted.
    scale = np.linalg.norm(rows, axis=1)
    if not (scale > 0).all() or measured.size < len(rows):
        raise FitError("the points do not determine all coefficients")
    rows = rows / scale[:, None]
    orthogonal, triangle = np.linalg.qr(rows.T)
    diagonal = np.abs(np.diag(triangle))
    if not diagonal.min() > 1e-13:
        raise FitError("the points do not determine all coefficients")
    inverse = np.linalg.inv(triangle)
    values = inverse @ (orthogonal.T @ (measured / sigma)) / scale
    covariance = inverse @ inverse.T / np.outer(scale, scale)
    residuals = measured - values @ terms
    return LinearFit(values, covariance, residuals, float(((residuals / sigma) ** 2).sum()))
