"""Correlated residuals, Student factors and bands."""

import numpy as np
import pytest

from analysis import AnalysisError
from analysis.numerics.uncertainty import (
    band_half_width,
    correlation_of,
    lag1_autocorrelation,
    student,
    widening_of,
)
from analysis.twin.curves import correlated_noise


def test_lag1_of_known_series():
    assert lag1_autocorrelation(np.array([1.0, 1.0, -1.0, -1.0])) == 0.25
    assert lag1_autocorrelation(np.array([1.0, -1.0, 1.0, -1.0])) == -0.75
    assert lag1_autocorrelation(np.zeros(4)) == 0


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6, 0.9])
def test_widening_finds_the_correlation_that_a_fit_has_eaten(rho):
    # 400 series of 400 points less a cubic; the mean estimate of rho has an error
    # below 0.002, so 0.02 is missed by chance less than once in 1e6.
    rng = np.random.default_rng(11)
    basis, _ = np.linalg.qr(np.vander(np.linspace(-1, 1, 400), 4))
    found = []
    for _ in range(400):
        noise = correlated_noise(rng, 400, rho)
        residuals = noise - basis @ (basis.T @ noise)
        widening = widening_of(lag1_autocorrelation(residuals), 400, 4)
        found.append((widening - 1) / (widening + 1))
    # At rho = 0 half of the estimates are cut off at 0.
    expected = rho or 0.4 / np.sqrt(400)
    assert np.mean(found) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("lag1", "parameters", "widening"),
    # (1 + rho)/(1 - rho), where rho is 0.999 at most: a fit to points that all repeat each other
    # still has an error; and a fit absorbs half of what is left, at most.
    [(0.9999, 0, 1999), (0.9999, 3, 1999), (0.998, 0, 999), (0.99, 40, 399)],
)
def test_the_widening_has_an_end(lag1, parameters, widening):
    assert widening_of(lag1, 50, parameters) == pytest.approx(widening, rel=1e-9)


def test_independent_residuals_are_not_widened():
    # Each series is called correlated by chance with a probability of about 0.025; more
    # than 30 of 500 have a probability below 1e-4.
    rng = np.random.default_rng(5)
    called = sum(correlation_of(rng.normal(size=300), 4).significant for _ in range(500))
    assert called <= 30
    assert correlation_of(np.array([1.0, -1.0] * 10), 4).widening == 1.0


@pytest.mark.parametrize(
    ("level", "dof", "one_sided", "factor"),
    # Tables of Student's t, three decimals.
    [(0.95, 10, False, 2.228), (0.95, 1e9, False, 1.960), (0.95, 1e9, True, 1.645)],
)
def test_student_factors(level, dof, one_sided, factor):
    assert student(level, dof, one_sided=one_sided) == pytest.approx(factor, abs=6e-4)


@pytest.mark.parametrize("level", [0, 1, 2, 95, "0.95"])
def test_a_level_is_a_coverage(level):
    with pytest.raises(AnalysisError, match="level is a coverage between 0 and 1"):
        student(level, 10)


def test_the_band_of_a_straight_line():
    x = np.array([-1.0, 0.0, 2.0])
    covariance = np.array([[0.04, 0.01], [0.01, 0.09]])
    half = band_half_width(np.array([np.ones(3), x]), covariance, 2.0)
    assert half == pytest.approx(2 * np.sqrt(0.04 + 0.02 * x + 0.09 * x**2))
