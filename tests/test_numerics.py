"""Means, scatter and linear fits: one home each, against formulas and other programs."""

import numpy as np
import pytest
from scipy import optimize

from analysis import DataError, FitError
from analysis.numerics.linear import fit_linear
from analysis.numerics.means import weighted_mean
from analysis.numerics.scatter import robust_deviation, scatter_of_neighbours

RANDOM = np.random.default_rng(20261126)


# ------------------------------------------------------------------------------- the mean


def test_equal_errors_give_the_ordinary_mean():
    mean = weighted_mean([1.0, 2.0, 6.0], [0.5, 0.5, 0.5])
    assert mean.nominal.n == pytest.approx(3.0)
    assert mean.nominal.s == pytest.approx(0.5 / np.sqrt(3))


def test_excess_scatter_widens_the_error_and_little_scatter_does_not_shrink_it():
    scattered = weighted_mean([1.0, 2.0, 6.0], [0.5, 0.5, 0.5])
    assert scattered.birge == pytest.approx(np.sqrt(28))  # sum of squares 14 over 0.25, over 2
    assert scattered.value.s == pytest.approx(np.sqrt(28) * 0.5 / np.sqrt(3))
    quiet = weighted_mean([1.0, 1.01], [0.5, 0.5])
    assert quiet.value.s == quiet.nominal.s


def test_one_value_is_its_own_mean():
    mean = weighted_mean([7.9], [0.1])
    assert (mean.value.n, mean.value.s) == pytest.approx((7.9, 0.1))


def test_a_mean_of_nothing_is_refused():
    with pytest.raises(DataError, match="no value to take a mean of"):
        weighted_mean([], [])


# -------------------------------------------------------------------------------- scatter


def test_the_robust_deviation_is_that_of_normal_values():
    # 100 000 values: the median of their size has a standard error of 0.4 %.
    assert robust_deviation(RANDOM.normal(0, 2.5, 100_000)) == pytest.approx(2.5, rel=0.02)


def test_neighbours_scatter_about_whatever_smooth_curve():
    x = np.linspace(0, 5, 20_000)
    noise = RANDOM.normal(0, 0.01, x.size)
    assert scatter_of_neighbours(np.sin(x) + x**3 + noise) == pytest.approx(0.01, rel=0.03)


def test_outliers_and_a_step_are_not_scatter():
    y = RANDOM.normal(0, 0.01, 2000)
    plain = scatter_of_neighbours(y)
    y[1000:] += 5
    y[::100] += 3
    assert scatter_of_neighbours(y) == pytest.approx(plain, rel=0.1)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_too_few_points_do_not_scatter(size):
    assert scatter_of_neighbours(np.ones(size)) == 0.0


# ----------------------------------------------------------------------------- linear fits


def test_a_line_and_its_errors_are_those_of_another_program():
    x = np.linspace(-3, 8, 12)
    sigma = np.linspace(0.1, 0.5, 12)
    y = 2 - 0.7 * x + RANDOM.normal(0, sigma)
    fit = fit_linear(np.stack([np.ones_like(x), x]), y, sigma**2)
    values, covariance = optimize.curve_fit(
        lambda x, a, b: a + b * x, x, y, sigma=sigma, absolute_sigma=True
    )
    assert fit.values == pytest.approx(values, rel=1e-7)
    assert fit.covariance == pytest.approx(covariance, rel=1e-6)
    assert fit.chi_square == pytest.approx((((y - values[0] - values[1] * x) / sigma) ** 2).sum())
    assert fit.dof == 10


def test_terms_of_very_different_size_are_told_apart():
    x = np.linspace(1, 2, 30)
    terms = np.stack([1e12 * np.ones_like(x), 1e-12 * x])
    fit = fit_linear(terms, 3e12 + 5e-12 * x * 1e24)
    assert fit.values == pytest.approx([3, 5e24], rel=1e-9)


@pytest.mark.parametrize(
    "terms", [np.ones((2, 9)), np.ones((3, 2)), np.stack([np.ones(9), np.zeros(9)])]
)
def test_terms_that_the_points_do_not_tell_apart_are_refused(terms):
    with pytest.raises(FitError, match="do not determine all coefficients"):
        fit_linear(terms, np.arange(terms.shape[1], dtype=float))
