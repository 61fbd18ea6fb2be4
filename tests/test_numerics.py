"""Means, scatter and linear fits: one home each, against formulas and other programs."""

import numpy as np
import pytest
from scipy import optimize

from analysis import DataError, DiffractionPattern, FitError
from analysis.numerics import arithmetic
from analysis.numerics.bounded import bounded_interval, nearest_allowed
from analysis.numerics.checks import as_number
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


def test_unequal_errors_weigh_by_their_inverse_squares():
    mean = weighted_mean([10.0, 13.0], [1.0, 2.0])
    assert mean.nominal.n == pytest.approx((4 * 10 + 13) / 5)
    assert mean.nominal.s == pytest.approx(2 / np.sqrt(5))


@pytest.mark.parametrize(
    ("values", "factor", "birge"),
    # Student's factor of two degrees of freedom where the scatter says how large errors are; the
    # normal one where the errors do.
    [([1.0, 2.0, 6.0], 4.3027, np.sqrt(28)), ([1.0, 1.1, 1.2], 1.9600, 1.0)],
)
def test_the_interval_is_student_s_where_the_scatter_is_the_error(values, factor, birge):
    low, high = weighted_mean(values, [0.5, 0.5, 0.5]).interval()
    assert (low + high) / 2 == pytest.approx(np.mean(values))
    assert (high - low) / 2 == pytest.approx(factor * birge * 0.5 / np.sqrt(3), rel=1e-4)


def test_one_value_is_its_own_mean():
    mean = weighted_mean([7.9], [0.1])
    assert (mean.value.n, mean.value.s) == pytest.approx((7.9, 0.1))


@pytest.mark.parametrize("common", [0.0, 3.0, 4.9, 50.0])
def test_scatter_beyond_the_errors_counts_in_full_whatever_the_values_share(common):
    """What all share moves them together: it explains no scatter."""
    mean = weighted_mean([500.0, 550.0, 600.0], np.full(3, 5.0), np.full(3, common))
    shared = min(common, 0.999 * 5)
    # 50 is the standard deviation of the three.
    expected = np.sqrt(50**2 / 3 - shared**2 / 3 + shared**2)
    assert mean.value.s == pytest.approx(expected)
    half = np.hypot(4.30265 * np.sqrt((50**2 - shared**2) / 3), 1.95996 * shared)
    assert np.diff(mean.interval())[0] / 2 == pytest.approx(half, rel=1e-5)


def test_a_mean_of_nothing_is_refused():
    with pytest.raises(DataError, match="a mean needs at least one value"):
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


# ------------------------------------------------------------- neither parameter below zero

COVARIANCE = np.array([[0.5, -0.3], [-0.3, 0.4]])
FACTOR = np.linalg.inv(np.linalg.cholesky(COVARIANCE))


def least_distance(values, **held):
    """Return the nearest allowed pair and its distance squared, by another program."""
    low, high = np.zeros(2), np.full(2, np.inf)
    for at, value in held.items():
        low[int(at[1:])], high[int(at[1:])] = value, value + 1e-12
    found = optimize.lsq_linear(FACTOR, FACTOR @ values, (low, high), method="bvls", tol=1e-14)
    return found.x, 2 * found.cost


PAIRS = [(2.0, 3.0), (1.0, -0.4), (-0.6, 1.0), (-0.2, -0.1), (0.3, 0.2), (1.5, 0.1)]


@pytest.mark.parametrize("values", PAIRS)
def test_the_nearest_allowed_pair_is_that_of_bounded_least_squares(values):
    expected, _ = least_distance(np.array(values))
    assert nearest_allowed(np.array(values), COVARIANCE) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("values", PAIRS)
def test_the_ends_of_an_interval_are_as_far_as_its_factor(values, at):
    values = np.array(values)
    _, best = least_distance(values)
    low, high = bounded_interval(values, COVARIANCE, at, 1.5)
    for end in (low, high):
        _, distance = least_distance(values, **{f"p{at}": end})
        if end == 0:
            assert distance < best + 1.5**2
        else:
            assert distance == pytest.approx(best + 1.5**2, abs=1e-8)
    assert 0 <= low < high


# ------------------------------------------------------------------------------ arithmetic


@pytest.mark.parametrize(
    ("machine", "flags", "known"),
    [
        ("x86_64", "flags\t: fpu avx fma avx2", True),
        ("x86_64", "flags\t: fpu avx fma", False),
        ("x86_64", "vendor_id : none", False),
        ("arm64", "flags\t: fpu avx fma avx2", False),
    ],
)
def test_the_routines_are_those_that_the_processor_has(
    machine, flags, known, monkeypatch, tmp_path
):
    monkeypatch.setattr(arithmetic.platform, "machine", lambda: machine)
    monkeypatch.setattr(arithmetic, "_CPU", tmp_path / "cpuinfo")
    assert not arithmetic._has_avx2()
    (tmp_path / "cpuinfo").write_text(f"processor: 0\n{flags}\n")
    assert arithmetic._has_avx2() is known


def test_short_numbers_of_numpy_are_compared_as_python_s():
    # All warnings are errors here.
    assert as_number("x", np.float32(3.0)) == 3.0
    assert as_number("x", np.int8(3)) == 3.0
    two_theta = np.arange(20.0, 21.0, 0.02)
    pattern = DiffractionPattern(two_theta, two_theta, wavelength=np.float32(61.5))
    assert pattern.wavelength == 61.5
    for value in (np.bool_(1), np.complex128(1), np.float16(np.inf)):
        with pytest.raises(DataError, match="x must be a number"):
            as_number("x", value)
