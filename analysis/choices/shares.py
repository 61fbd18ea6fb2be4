"""Which choice explains how much of the variance of a result: Shapley effects."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.typing import Floats

# Cells of the table of all combinations, at most.
_MOST = 50_000_000


def shares(codes: NDArray[np.integer], values: Floats) -> Floats:
    r"""Return the share of the variance of values that each choice explains.

    Parameters
    ----------
    codes : ndarray of int, shape (N, K)
        Which option of each of K choices every row has, from 0.
    values : ndarray, shape (N,)
        Results; NaN where there is none.

    Returns
    -------
    ndarray, shape (K,)
        Shapley effects, none negative; their sum is 1, or 0 where the values do not differ.

    Raises
    ------
    AnalysisError
        If shapes do not fit, a code is negative, or the options have more than fifty million
        combinations.

    Notes
    -----
    With v(S) the variance of the mean of the values given the choices in S, the share of a
    choice is what it adds to v, averaged over all orders in which the choices can be made
    known (Song, Nelson and Staum, SIAM/ASA J. Uncertainty Quantification 4, 1060 (2016))::

        sum over S without k of |S|! (K - |S| - 1)!/K! (v(S + k) - v(S)) / v(all)

    Every row counts the same. Nothing is sampled, and combinations may be missing: choices
    then depend on each other, and what they explain together is divided between them. The
    table of sums is reduced one choice at a time, so all 2^K of them cost little more than
    the largest.

    Examples
    --------
    >>> codes = np.indices((2, 3)).reshape(2, -1).T
    >>> shares(codes, 3.0 * codes[:, 0] + codes[:, 1]).round(3).tolist()
    [0.771, 0.229]
    """
    codes, values = np.asarray(codes), np.asarray(values, dtype=float)
    if codes.ndim != 2 or values.shape != codes.shape[:1] or (codes < 0).any():
        raise AnalysisError(
            f"codes have shape (N, K), none negative, and values (N,); got {codes.shape} and "
            f"{values.shape}"
        )
    count = codes.shape[1]
    finite = np.isfinite(values)
    if not finite.any():
        return np.zeros(count)
    codes, values = codes[finite], values[finite] - values[finite].mean()
    sizes = tuple(int(top) + 1 for top in codes.max(axis=0))
    cells = float(np.prod(np.array(sizes, dtype=float)))
    if cells > _MOST:
        raise AnalysisError(f"{cells:.3g} combinations of options are too many for exact shares")
    place = np.ravel_multi_index(tuple(codes.T), sizes)
    sums: Floats = np.bincount(place, values, int(cells)).astype(float).reshape(sizes)
    counts: Floats = np.bincount(place, minlength=int(cells)).astype(float).reshape(sizes)
    explained = np.empty(2**count)
    for left, variance in _reduced(sums, counts, 2**count - 1, 0):
        explained[left] = variance / values.size
    total = explained[-1]
    if total <= 1e-24 * max(float(np.abs(values).max()) ** 2, 1e-300):
        return np.zeros(count)
    subsets = np.arange(2**count)
    known_before = np.array([subset.bit_count() for subset in range(2**count)])
    weight = _order_weights(count)
    effects = np.empty(count)
    for k in range(count):
        without = subsets[subsets & (1 << k) == 0]
        gain = explained[without | (1 << k)] - explained[without]
        effects[k] = weight[known_before[without]] @ gain
    return np.asarray(np.maximum(effects / total, 0.0))


def _reduced(sums: Floats, counts: Floats, left: int, first: int) -> Iterator[tuple[int, float]]:
    """Yield each subset of choices, as bits, and the sum of squares between its cells."""
    some = counts > 0
    yield left, float((sums[some] ** 2 / counts[some]).sum())
    for axis in range(first, sums.ndim):
        if left >> axis & 1:
            fewer = sums.sum(axis=axis, keepdims=True), counts.sum(axis=axis, keepdims=True)
            yield from _reduced(*fewer, left & ~(1 << axis), axis + 1)


def _order_weights(count: int) -> Floats:
    """Return s! (K - s - 1)!/K! for s from 0 to K - 1."""
    weight = np.empty(count)
    weight[0] = 1 / count
    for s in range(1, count):
        weight[s] = weight[s - 1] * s / (count - s)
    return weight
