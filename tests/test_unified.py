"""The interval of what cannot be negative, against the construction done by counting."""

import numpy as np
import pytest
from scipy import stats

from analysis.numerics.uncertainty import student
from analysis.numerics.unified import bounded_interval


@pytest.mark.parametrize(
    ("x", "low", "high"),
    # Feldman and Cousins, PRD 57, 3873 (1998), Table X, 95 %.
    [(-3.0, 0.0, 0.42), (-1.0, 0.0, 1.10), (0.0, 0.0, 1.96), (1.0, 0.0, 2.96), (2.0, 0.35, 3.96)],
)
def test_the_table_of_the_paper(x, low, high):
    assert bounded_interval(x, 1.0) == pytest.approx((low, high), abs=0.006)


@pytest.mark.parametrize("level", [0.68, 0.95])
def test_the_interval_is_that_of_the_construction_on_a_grid(level):
    x = np.arange(-6, 12, 2e-3)
    accepted = {}
    for mu in (0.0, 0.3, 1.0, 1.8, 2.5, 4.0):
        density = stats.norm.pdf(x - mu)
        ratio = density / stats.norm.pdf(x - np.maximum(x, 0))
        best = np.argsort(-ratio, kind="stable")
        taken = best[: np.searchsorted(np.cumsum(density[best]) * 2e-3, level) + 1]
        accepted[mu] = x[taken].min(), x[taken].max()
    for mu, (first, last) in accepted.items():
        for at, inside in ((last - 0.02, True), (last + 0.02, False), (first + 0.02, True)):
            low, high = bounded_interval(at, 1.0, level=level)
            assert (low <= mu <= high) == inside, (mu, at)
        if mu > 0:
            assert bounded_interval(first - 0.02, 1.0, level=level)[1] < mu


def test_scale_and_degrees_of_freedom():
    low, high = bounded_interval(5.0, 0.1, dof=4)
    assert (low, high) == pytest.approx((5 - 0.1 * student(0.95, 4), 5 + 0.1 * student(0.95, 4)))
    assert bounded_interval(0.02, 0.01)[1] == pytest.approx(0.01 * bounded_interval(2, 1)[1])


def test_an_estimate_far_below_zero_still_leaves_an_interval():
    low, high = bounded_interval(-20.0, 1.0)
    assert low == 0
    assert 0 < high < 0.1


@pytest.mark.parametrize("mu", [0.0, 0.5, 2.0])
def test_it_holds_the_truth_as_often_as_it_says(mu):
    # 4000 replicates: 0.95 +- 0.0034, four of these.
    x = mu + np.random.default_rng(3).normal(size=4000)
    ends = np.array([bounded_interval(value, 1.0) for value in x])
    assert np.mean((ends[:, 0] <= mu) & (mu <= ends[:, 1])) == pytest.approx(0.95, abs=0.014)
