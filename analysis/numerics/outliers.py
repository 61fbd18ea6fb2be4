"""Outliers: values that lie off the fit to all others."""

import numpy as np
from scipy import special

from analysis.typing import Flags, Floats

# What scatter alone does once in 100 fits.
SIGNIFICANCE = 0.01


def off_the_others(scaled: Floats, leverage: Floats, dof: int, *, known: bool) -> Flags:
    """Return which values lie off the fit to all others: Student's test, wrong once in 100 fits.

    Parameters
    ----------
    scaled : ndarray, shape (N,)
        Measured less fitted values, in standard errors.
    leverage : ndarray, shape (N,)
        How far each fitted value follows the measured one, 0 to 1.
    dof : int
        Values less parameters; below 2 no value is off.
    known : bool
        Whether scatter below the errors is luck, and counts as no smaller than these.

    Examples
    --------
    >>> off_the_others(np.array([0.5, -0.4, 12.0, 0.3, -0.5]), np.full(5, 0.2), 4, known=True)
    array([False, False,  True, False, False])
    """
    if dof < 2:
        return np.zeros(scaled.size, dtype=bool)
    left = np.maximum(1 - leverage, 1e-12)
    variance = np.maximum(scaled @ scaled - scaled**2 / left, 1e-300) / (dof - 1)
    if known:
        variance = np.maximum(variance, 1.0)
    size = np.abs(scaled) / np.sqrt(left * variance)
    odd = 2 * special.stdtr(dof - 1, -size) * scaled.size < SIGNIFICANCE
    return np.asarray(odd & (np.abs(scaled) > 1e-9))
