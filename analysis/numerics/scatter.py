"""How much points scatter, told from themselves and deaf to a few outliers."""

import numpy as np

from analysis.typing import Flags, Floats

# The standard deviation of normal values over the median of their size.
NORMAL = 1.4826


def robust_deviation(values: Floats) -> float:
    """Return the standard deviation of values about zero, from the median of their size.

    Parameters
    ----------
    values : ndarray, shape (N,)

    Returns
    -------
    float
        0 without any value. Of normal values it is unbiased; half of them may be outliers
        before it runs away.

    Examples
    --------
    >>> robust_deviation(np.array([-1.0, 1.0, -1.0, 100.0]))
    1.4826
    """
    return NORMAL * float(np.median(np.abs(values))) if values.size else 0.0


def scatter_of_neighbours(values: Floats) -> float:
    """Return the standard deviation of neighbouring points about a smooth curve.

    A second difference of independent points has 6 times their variance; the median of its
    size, unlike its mean square, does not see a few outliers or a step.

    Parameters
    ----------
    values : ndarray, shape (N,)
        In the order of the smooth curve.

    Returns
    -------
    float
        0 for fewer than three points.

    Examples
    --------
    >>> scatter_of_neighbours(np.arange(10.0) ** 2 / 1e6) < 1e-5
    True
    """
    return robust_deviation(np.diff(values, 2)) / float(np.sqrt(6))


# A stray point lies this many robust standard deviations from the median of five neighbours.
_STRAY = 8.0


def stray_points(values: Floats) -> Flags:
    """Tell which residuals stray from their neighbours; none where too many would.

    Parameters
    ----------
    values : ndarray, shape (N,)
        What a fit leaves over, in the order of the curve: a misfit that neighbours share is no
        stray point.

    Returns
    -------
    ndarray of bool, shape (N,)
        At most 2 % of the points, and one.

    Examples
    --------
    >>> residuals = np.tile([1.0, -1.0, 2.0, -2.0], 5)
    >>> residuals[7] = 90.0
    >>> np.flatnonzero(stray_points(residuals)).tolist()
    [7]
    """
    from scipy import ndimage  # noqa: PLC0415 - slow, and not every reader of a file needs it

    scatter = scatter_of_neighbours(values)
    if values.size == 0 or np.ptp(values) <= _STRAY * scatter:  # then none lies so far from others
        return np.zeros(values.size, dtype=bool)
    away = np.abs(values - ndimage.median_filter(values, 5, mode="nearest"))
    far = away > _STRAY * scatter
    if scatter == 0 or far.sum() > 0.02 * values.size + 1:
        return np.zeros(values.size, dtype=bool)
    return np.asarray(far)
