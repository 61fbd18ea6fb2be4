"""The integral of eq. 1 and the law itself, against mpmath and against its limits."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import AnalysisError, bloch_gruneisen_integral, resistance
from analysis.transport.bloch_gruneisen import _nodes, phonon_term, starts

# Computed with mpmath at 30 digits, by two forms of the integral.
J5 = {
    0.1: 2.4986116317791493e-5,
    1: 0.236615879239094789,
    2: 3.22929016636840492,
    5: 50.2630922181751878,
    10: 116.380745402420711,
    20: 124.422701556325502,
    np.inf: 124.431330617204391,
}
# n! zeta(n)
LIMITS = {2: 3.289868, 3: 7.212341, 5: 124.431331}


def exact(y, n):
    """J_n(y) by adaptive quadrature with 30 digits."""
    with mpmath.workdps(30):
        n = mpmath.mpf(n)
        ends = [0, *(end for end in (0.5, 2, 5, 10, 20, 40, 80, 160) if end < y), mpmath.mpf(y)]
        return float(mpmath.quad(lambda x: x**n / (mpmath.expm1(x) * -mpmath.expm1(-x)), ends))


@pytest.mark.parametrize("y", J5)
def test_j5_has_its_known_values(y):
    assert bloch_gruneisen_integral(y) == pytest.approx(J5[y], rel=2e-14)


@pytest.mark.parametrize("n", [2, 3, 5, 2.5, 4, 8])
def test_j_agrees_with_mpmath_to_1e13(n):
    # The knots of the table, the switch at 8 and the end at 50 are the likely faults.
    y = np.r_[np.geomspace(1e-3, 1e3, 41), 1 / 16, 7.999, 8.001, 49.999, 50.001]
    expected = np.array([exact(float(value), n) for value in y])
    assert np.abs(bloch_gruneisen_integral(y, n=n) / expected - 1).max() < 1e-13


@pytest.mark.parametrize("n", LIMITS)
def test_j_ends_at_n_factorial_times_zeta(n):
    assert bloch_gruneisen_integral(np.inf, n=n) == pytest.approx(LIMITS[n], abs=5e-7)
    assert bloch_gruneisen_integral(0, n=n) == 0


@pytest.mark.parametrize("shape", [(), (1,), (7,), (0,), (2, 3), (2, 1, 4)])
def test_j_keeps_the_shape_of_its_argument(shape):
    y = np.full(shape, 2.0)
    j = bloch_gruneisen_integral(y)
    assert np.shape(j) == shape
    assert np.all(j == bloch_gruneisen_integral(2.0))


@given(st.floats(1e-3, 60), st.floats(1.001, 2))
def test_j_grows_with_its_limit(y, factor):
    low, high = bloch_gruneisen_integral([y, factor * y])
    assert low <= high * (1 + 1e-13)


@pytest.mark.parametrize(
    ("y", "n", "message"),
    [
        (-1.0, 5, "y must be a number >= 0, got -1"),
        ([1.0, np.nan], 5, "y must be a number >= 0, got nan"),
        (1.0, 1, "n must be above 1"),
        (1.0, np.nan, "n must be above 1"),
    ],
)
def test_j_refuses_what_it_is_not_defined_for(y, n, message):
    with pytest.raises(AnalysisError, match=message):
        bloch_gruneisen_integral(y, n=n)


@pytest.mark.parametrize("n", [2.0, 3.0, 5.0])
def test_the_slope_of_the_phonon_term_is_its_derivative(n):
    y = np.geomspace(0.02, 60, 25)
    step = 1e-5
    higher, lower = (phonon_term(y * np.exp(s), n).value for s in (step, -step))
    term = phonon_term(y, n)
    assert term.slope == pytest.approx((higher - lower) / (2 * step), rel=1e-8, abs=1e-9)


def test_resistance_is_linear_far_above_the_debye_temperature():
    t = np.array([2000.0, 4000.0])
    y = 200 / t
    expected = 0.3 + 2.0 * t / 200 / 4 * (1 - y**2 / 18 + y**4 / 480)
    assert resistance(t, theta_d=200, r0=0.3, a=2.0) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("n", LIMITS)
def test_resistance_rises_as_a_power_far_below_the_debye_temperature(n):
    t = np.array([2.0, 4.0])
    risen = resistance(t, theta_d=800, r0=0.0, a=1.0, n=n)
    assert risen == pytest.approx(LIMITS[n] * (t / 800) ** n, rel=1e-6)


def test_saturation_is_a_resistor_in_parallel():
    law = {"theta_d": 400, "r0": 0.2, "a": 3.0}
    ideal = resistance(150.0, **law)
    assert resistance(150.0, **law, r_sat=ideal) == pytest.approx(ideal / 2, rel=1e-14)
    assert resistance(150.0, **law, r_sat=np.inf) == ideal


def test_resistance_broadcasts_its_arguments():
    r = resistance(np.array([100.0, 200.0]), theta_d=np.array([[300.0], [500.0]]), r0=0, a=1)
    assert r.shape == (2, 2)
    assert r[1, 0] == resistance(100.0, theta_d=500.0, r0=0, a=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"t": 0.0}, "t must be above 0 K, got 0"),
        ({"theta_d": -5.0}, "theta_d must be above 0 K, got -5"),
        ({"r_sat": 0.0}, "r_sat must not be 0"),
        ({"n": 0.5}, "n must be above 1"),
    ],
)
def test_resistance_refuses_what_is_not_physical(change, message):
    given = {"t": 100.0, "theta_d": 400.0, "r0": 0.1, "a": 1.0, **change}
    with pytest.raises(AnalysisError, match=message):
        resistance(given.pop("t"), **given)


def test_the_table_is_known_at_chebyshevs_nodes_of_each_interval():
    nodes, y = _nodes(50.0)
    chebyshev = np.polynomial.chebyshev.chebpts1(nodes.size)
    assert np.sort(2 * nodes - 1) == pytest.approx(chebyshev, abs=1e-14)
    lengths = np.diff(y, axis=0)
    assert lengths == pytest.approx(np.full_like(lengths, lengths[0, 0]))
    assert y[0] == pytest.approx(lengths[0, 0] * nodes)
    assert y.min() > 0
    assert y[-1].max() > 50


def test_the_starts_of_many_points_are_those_of_twenty_of_them():
    t = np.linspace(4.0, 300.0, 381)
    r = resistance(t, theta_d=400.0, r0=0.1, a=2.0)
    for weights in (None, t / 300):
        all_of_them = starts(t, r, 5.0, weights)
        some = starts(t[::20], r[::20], 5.0, None if weights is None else weights[::20])
        assert np.array(all_of_them) == pytest.approx(np.array(some), rel=1e-12)
