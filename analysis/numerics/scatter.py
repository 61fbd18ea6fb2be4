"""The scatter of points, estimated from the points and robust against a few outliers."""

import numpy as np

from analysis.typing import Flags, Floats

# Points of like level in a group, and groups, at least and at most.
_IN_GROUP, _GROUPS = 20, 40
# Of a line; with fewer, scatter cannot be told from a bend.
_FEWEST_VERTICES = 16
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


def scatter_along_line(places: Floats, values: Floats) -> float:
    """Return the standard deviation of a line's vertices about a smooth curve.

    Each is compared with the chord of its neighbours, however unequal the distances, and the line
    may have been drawn with many vertices between those that were measured: so neighbours further
    apart count, too. What lies off its chord to the same side as the next one does is the bend of
    a curve; of points that scatter, three neighbours out of four lie on opposite sides. Where less
    than half of them do, nothing is told.

    Parameters
    ----------
    places, values : ndarray, shape (N,)
        In ascending order of the places.

    Returns
    -------
    float
        0 where nothing but a bend is seen.

    Examples
    --------
    >>> places = 2.0 ** np.arange(16)
    >>> scatter_along_line(places, places**2)
    0.0
    >>> round(scatter_along_line(places, places + np.tile([1.0, -1.0], 8)), 1)
    2.4
    """
    return max(_off_chords(places[::each], values[::each]) for each in (1, 2, 4, 8))


def _off_chords(places: Floats, values: Floats) -> float:
    if values.size < _FEWEST_VERTICES:
        return 0.0
    after = np.diff(places)[:-1] / np.maximum(places[2:] - places[:-2], np.finfo(float).tiny)
    off = values[1:-1] - (1 - after) * values[:-2] - after * values[2:]
    off /= np.sqrt(1 + after**2 + (1 - after) ** 2)
    return robust_deviation(off) if np.mean(off[1:] * off[:-1] < 0) >= 0.5 else 0.0


def scatter_by_level(values: Floats, level: Floats) -> Floats:
    """Return the standard deviation of each point about a smooth curve, by the height of that.

    Its square rises with the level in a straight line, as that of counts does, whatever their unit
    and zero. It comes from fourth differences, group by group of points of like level.

    Parameters
    ----------
    values, level : ndarray, shape (N,)
        In the order of the curve; the level is smooth.

    Returns
    -------
    ndarray, shape (N,)
        Zeros for fewer points than one group has.

    Examples
    --------
    >>> level = np.linspace(100.0, 900.0, 4000)
    >>> values = 7.0 + level + np.sqrt(level) * np.random.default_rng(1).normal(size=4000)
    >>> scatter = scatter_by_level(values, 7.0 + level)
    >>> bool(np.all(np.abs(scatter / np.sqrt(level) - 1) < 0.1))
    True
    """
    from scipy.optimize import nnls  # noqa: PLC0415 - what lists data sets does without

    about = level[2:-2]
    order = np.argsort(about, kind="stable")
    groups = np.array_split(order, min(_GROUPS, about.size // _IN_GROUP))
    if not groups:
        return np.zeros(values.size)
    apart = np.diff(values, 4) / float(np.sqrt(70))
    square = np.array([robust_deviation(apart[group]) ** 2 for group in groups])
    height = np.array([about[group].mean() for group in groups]) - about.min()
    # Each square is known to a part of itself.
    weight = 1 / np.maximum(square, 1e-6 * square.max() + 1e-300)
    design = np.column_stack([np.ones(height.size), height])
    (least, slope), _ = nnls(design * weight[:, None], square * weight)
    return np.asarray(np.sqrt(least + slope * np.maximum(level - about.min(), 0.0)))


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
