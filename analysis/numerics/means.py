"""The weighted mean, with an error that admits the scatter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from uncertainties import UFloat, ufloat

from analysis.errors import DataError
from analysis.numerics.uncertainty import student
from analysis.typing import Floats


@dataclass(frozen=True)
class Mean:
    """A weighted mean, and whether the values agree with it.

    Attributes
    ----------
    nominal : UFloat
        With the error that the values' errors give.
    n : int
        Number of values.
    chi_square : float
        Sum of the squared differences from the mean, in errors.
    """

    nominal: UFloat
    n: int
    chi_square: float

    @property
    def dof(self) -> int:
        """Degrees of freedom: values less one."""
        return self.n - 1

    @property
    def birge(self) -> float:
        """Birge's ratio, the root of chi-square per degree of freedom; nan for one value."""
        return float(np.sqrt(self.chi_square / self.dof)) if self.dof else float("nan")

    @property
    def widening(self) -> float:
        """Factor by which the error grows: Birge's ratio where that exceeds 1."""
        return max(self.birge, 1.0) if self.dof else 1.0

    @property
    def p_value(self) -> float:
        """Probability of such a chi-square or a larger one, were there one true value."""
        return float(special.chdtrc(self.dof, self.chi_square)) if self.dof else float("nan")

    @property
    def value(self) -> UFloat:
        """The mean with its widened error."""
        return ufloat(self.nominal.n, self.widening * self.nominal.s)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the confidence interval; of Student's width where the scatter widened it."""
        dof = self.dof if self.widening > 1 else np.inf
        half = student(level, dof) * self.value.s
        return self.value.n - half, self.value.n + half


def weighted_mean(values: ArrayLike, errors: ArrayLike) -> Mean:
    r"""Return the mean of values, each weighted by its inverse variance.

    .. math::

        \bar x = \frac{\sum x_i / \sigma_i^2}{\sum 1 / \sigma_i^2}, \qquad
        \chi^2 = \sum \frac{(x_i - \bar x)^2}{\sigma_i^2}, \qquad
        \sigma^2 = \frac{\max(1, \chi^2/(N - 1))}{\sum 1 / \sigma_i^2}

    Parameters
    ----------
    values, errors : array_like, shape (N,)
        Standard errors, above 0.

    Raises
    ------
    DataError
        If there is no value, or an error is not above 0.

    Notes
    -----
    R. T. Birge, Phys. Rev. 40, 207 (1932). The factor describes values that scatter more
    than their errors say, for whatever reason; it does not find the reason.

    Examples
    --------
    >>> print(weighted_mean([10.0, 12.0], [1.0, 1.0]).value)
    11.0+/-1.0
    """
    x, sigma = (np.atleast_1d(np.asarray(row, dtype=float)) for row in (values, errors))
    if x.shape != sigma.shape or x.ndim != 1:
        raise DataError(f"rows of one length are needed, got {[x.shape, sigma.shape]}")
    if not x.size:
        raise DataError("there is no value to take a mean of")
    if not (np.isfinite([x, sigma]).all() and (sigma > 0).all()):
        raise DataError("values must be finite and their errors above 0")
    weights = sigma**-2
    mean = float(weights @ x / weights.sum())
    chi_square = float(weights @ (x - mean) ** 2)
    return Mean(ufloat(mean, weights.sum() ** -0.5), x.size, chi_square)


def log_means(x: Floats, step: float, *rows: Floats) -> tuple[Floats, ...]:
    """Return means over bins of equal width in ln(x), and how many values each has.

    Parameters
    ----------
    x : ndarray, shape (N,)
        Ascending, above 0.
    step : float
        Width of a bin in ln(x); bins without a value are left out.
    *rows : ndarray, shape (N,)

    Returns
    -------
    (count, x, *rows) : ndarrays, one value for each bin

    Examples
    --------
    >>> log_means(np.array([1.0, 1.1, 4.0]), 0.5, np.array([2.0, 4.0, 6.0]))[2].tolist()
    [3.0, 6.0]
    """
    which = np.floor(np.log(x / x[0]) / step).astype(int)
    _, place, count = np.unique(which, return_inverse=True, return_counts=True)
    means = (np.bincount(place, row) / count for row in (x, *rows))
    return (count.astype(float), *means)
