"""The weighted mean, with an error that admits the scatter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from uncertainties import UFloat, ufloat

from analysis.errors import DataError
from analysis.numerics.uncertainty import student
from analysis.typing import Floats

# Values whose errors hold scatter by more than this probability allows in one case out of five.
SCATTER_SEEN = 0.2


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
    common : float
        What parts of the errors that all values share move the mean by; no number of values
        makes it less.
    unshared : float
        The error that the values' errors give if they share nothing: `nominal`'s or more.
    """

    nominal: UFloat
    n: int
    chi_square: float
    common: float = 0.0
    unshared: float = 0.0

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
    def _own(self) -> float:
        """The widened error without the common part, which does not make values scatter.

        What they scatter by beyond their whole errors is each value's own.
        """
        return float(np.hypot(self.nominal.s, np.sqrt(self.widening**2 - 1) * self.unshared))

    @property
    def value(self) -> UFloat:
        """The mean with its widened error."""
        return ufloat(self.nominal.n, np.hypot(self._own, self.common))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the confidence interval.

        Where the values scatter by more than chance does in one case out of five, the scatter
        says how large the errors are, and the width is Student's.
        """
        dof = self.dof if self.p_value < SCATTER_SEEN else np.inf
        own = student(level, dof) * self._own
        half = float(np.hypot(own, student(level, np.inf) * self.common))
        return self.nominal.n - half, self.nominal.n + half


def weighted_mean(values: ArrayLike, errors: ArrayLike, common: ArrayLike = 0.0) -> Mean:
    r"""Return the mean of values, each weighted by its inverse variance.

    .. math::

        \bar x = \frac{\sum x_i / \sigma_i^2}{\sum 1 / \sigma_i^2}, \qquad
        \chi^2 = \sum \frac{(x_i - \bar x)^2}{\sigma_i^2}, \qquad
        \sigma^2 = \frac{\max(1, \chi^2/(N - 1))}{\sum 1 / \sigma_i^2}

    Parameters
    ----------
    values, errors : array_like, shape (N,)
        Standard errors, above 0.
    common : array_like, shape (N,), optional
        The part of each error that may be the same for all values (a wrong law, an
        instrument): it adds up in the mean instead of averaging out.

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
        raise DataError(f"values and errors need the same length, got {[x.shape, sigma.shape]}")
    if not x.size:
        raise DataError("a mean needs at least one value")
    if not (np.isfinite([x, sigma]).all() and (sigma > 0).all()):
        raise DataError("values must be finite and their errors above 0")
    weights = sigma**-2 / (sigma**-2).sum()
    # A bound may exceed the error that it is a part of; something is each value's own.
    shared = np.minimum(np.broadcast_to(np.asarray(common, dtype=float), x.shape), 0.999 * sigma)
    mean = float(weights @ x)
    error, unshared = (np.sqrt(weights**2 @ own) for own in (sigma**2 - shared**2, sigma**2))
    chi_square = float((((x - mean) / sigma) ** 2).sum())
    return Mean(ufloat(mean, error), x.size, chi_square, float(weights @ shared), float(unshared))


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
