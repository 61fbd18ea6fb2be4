"""Coupling constant and critical temperature: published and computed values, limits, errors."""

import warnings

import numpy as np
import pytest
from uncertainties import ufloat

from analysis import AnalysisError, ValidityWarning, coupling_constant, critical_temperature
from analysis.transport.coupling import FORMULAS, MU_STAR_LIMIT, _width, log_ratio, log_slopes
from analysis.transport.transition_result import Quoted, quoted_coupling

pytestmark = pytest.mark.filterwarnings("ignore::analysis.ValidityWarning")
SAMPLE = {"theta_d": 518.0, "mu_star": 0.13}


def test_the_papers_own_numbers_give_1_714_not_1_75():
    assert coupling_constant(58.0, **SAMPLE) == pytest.approx(1.714322, abs=1e-6)
    assert critical_temperature(1.75, **SAMPLE) == pytest.approx(59.317, abs=5e-4)


@pytest.mark.parametrize(
    ("mu_star", "coupling"),
    [(0.10, 1.567), (0.11, 1.614), (0.12, 1.664), (0.14, 1.767), (0.15, 1.821), (0.16, 1.877)],
)
def test_dependence_on_mu_star(mu_star, coupling):
    found = coupling_constant(58.0, theta_d=518, mu_star=mu_star)
    assert found == pytest.approx(coupling, abs=5e-4)


def test_mcmillans_own_formula():
    found = coupling_constant(58.0, **SAMPLE, formula="mcmillan")
    assert found == pytest.approx(2.021309, abs=1e-6)


# alpha^2F ~ omega^s; lambda by a root finder of mpmath at 15 digits, from integrals of the
# spectrum and the formula of Allen and Dynes written down there once more.
@pytest.mark.parametrize(
    ("s", "moment", "coupling"),
    [(2, 0.606531, 2.42623661), (4, 0.778801, 1.88342033), (np.inf, 1.0, 1.49617716)],
)
def test_allen_and_dynes_need_the_phonon_moment(s, moment, coupling):
    assert np.exp(-1 / s) == pytest.approx(moment, abs=1e-6)
    given = {**SAMPLE, "formula": "allen-dynes", "phonon_moment": np.exp(-1 / s)}
    assert coupling_constant(58.0, **given) == pytest.approx(coupling, abs=1e-8)
    if s == 2:
        del given["phonon_moment"]  # the default is Debye-like
        assert coupling_constant(58.0, **given) == pytest.approx(coupling, abs=1e-8)


@pytest.mark.parametrize("s", [1.0, 2.0, 4.0, 30.0])
def test_moments_are_those_of_the_spectrum(s):
    x = np.linspace(0, 1, 200_001)[1:]
    weight = x ** (s - 1)  # alpha^2F/omega

    def mean(values):
        return np.trapezoid(values * weight, x) / np.trapezoid(weight, x)

    moment = np.exp(mean(np.log(x)))
    assert moment == pytest.approx(np.exp(-1 / s), rel=2e-4)
    assert np.sqrt(mean(x**2)) / moment == pytest.approx(_width(np.exp(-1 / s)), rel=2e-4)


def test_a_spectrum_that_sits_lower_needs_more_coupling():
    moments = np.linspace(0.3, 1, 8)
    found = coupling_constant(58.0, **SAMPLE, formula="allen-dynes", phonon_moment=moments)
    assert (np.diff(found) < 0).all()
    assert found[-1] < coupling_constant(58.0, **SAMPLE) < found[0]


# McMillan, Phys. Rev. 167, 331 (1968): two decimals, from (Theta_D, T_c).
@pytest.mark.parametrize(
    ("theta_d", "tc", "mu_star", "coupling"),
    [
        pytest.param(428, 1.16, 0.10, 0.38, id="Al"),
        pytest.param(309, 0.85, 0.10, 0.38, id="Zn"),
        pytest.param(200, 3.72, 0.10, 0.60, id="Sn"),
        pytest.param(72, 4.16, 0.10, 1.00, id="Hg"),
        pytest.param(79, 2.38, 0.10, 0.71, id="Tl"),
        pytest.param(399, 5.30, 0.13, 0.60, id="V"),
        pytest.param(277, 9.22, 0.13, 0.82, id="Nb"),
        pytest.param(258, 4.48, 0.13, 0.65, id="Ta"),
        pytest.param(415, 1.69, 0.13, 0.46, id="Re"),
    ],
)
def test_mcmillans_table(theta_d, tc, mu_star, coupling):
    found = coupling_constant(tc, theta_d=theta_d, mu_star=mu_star, formula="mcmillan")
    assert found == pytest.approx(coupling, abs=0.0051)


@pytest.mark.parametrize("formula", FORMULAS)
def test_there_and_back_again(formula):
    grid = np.meshgrid(np.linspace(0.2, 6, 300), np.linspace(0.05, 0.2, 40))
    coupling, mu_star = (one.ravel() for one in grid)
    # Just above the pole T_c underflows, and for the strongest it exceeds Theta_D.
    ratio = np.full(coupling.shape, 0.0)
    above = coupling > 1.02 * mu_star / (1 - 0.62 * mu_star)
    ratio[above] = np.exp(log_ratio(coupling[above], mu_star[above], formula))
    ok = (ratio > 1e-250) & (ratio < 1)
    assert ok.mean() > 0.9
    given = {"theta_d": 400.0, "mu_star": mu_star[ok], "formula": formula}
    back = coupling_constant(critical_temperature(coupling[ok], **given), **given)
    assert np.abs(back / coupling[ok] - 1).max() < 1e-12


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(("coupling", "mu_star"), [(0.3, 0.05), (1.3, 0.12), (5.0, 0.2)])
def test_slopes_are_derivatives(formula, coupling, mu_star):
    lam, mu, step = np.array([coupling]), np.array([mu_star]), 1e-5

    def central(f):
        # Fourth order: the error of the difference itself stays below 1e-9.
        return (8 * (f(step) - f(-step)) - (f(2 * step) - f(-2 * step))) / (12 * step)

    for m in (0.5, 0.9):
        by_lam, by_mu, by_moment = log_slopes(lam, mu, formula, m)
        expected = central(lambda h, m=m: log_ratio(lam + h, mu, formula, m))
        assert by_lam == pytest.approx(expected, rel=1e-8, abs=1e-8)
        expected = central(lambda h, m=m: log_ratio(lam, mu + h, formula, m))
        assert by_mu == pytest.approx(expected, rel=1e-8, abs=1e-8)
        expected = central(lambda h, m=m: log_ratio(lam, mu, formula, m + h))
        assert by_moment == pytest.approx(expected, rel=1e-8, abs=1e-8)


def test_errors_follow_the_published_slopes():
    step = ufloat(0, 1)
    at = {"tc": 58.0, "theta_d": 518.0, "mu_star": 0.13}
    slopes = {}
    for name, value in at.items():
        given = {**at, name: value + step}
        slopes[name] = coupling_constant(given.pop("tc"), **given).derivatives[step]
    assert slopes["theta_d"] == pytest.approx(-0.00302, abs=5e-6)
    assert slopes["tc"] == pytest.approx(0.0269, abs=5e-5)
    assert slopes["mu_star"] == pytest.approx(5.15, abs=5e-3)
    assert slopes["tc"] * 58 / 1.714322 == pytest.approx(0.911, abs=5e-4)


def test_errors_of_tc_follow_its_slopes():
    step = ufloat(0, 1)
    at = {"coupling": 1.2, "theta_d": 518.0, "mu_star": 0.13}

    def tc(**change):
        given = {**at, **change}
        return critical_temperature(given.pop("coupling"), **given)

    for name, value in at.items():
        h = 1e-5 * value
        expected = (tc(**{name: value + h}) - tc(**{name: value - h})) / (2 * h)
        assert tc(**{name: value + step}).derivatives[step] == pytest.approx(expected, rel=1e-7)


def test_mcmillans_formula_has_no_f2_to_limit_mu_star():
    assert coupling_constant(5.0, theta_d=500, mu_star=0.4, formula="mcmillan") > 0.4
    with pytest.raises(AnalysisError, match="above it no lambda gives a T_c"):
        coupling_constant(5.0, theta_d=500, mu_star=1.7, formula="mcmillan")


def test_kinds_in_are_kinds_out():
    assert isinstance(coupling_constant(58.0, **SAMPLE), float)
    assert coupling_constant([[50.0, 58.0]], **SAMPLE).shape == (1, 2)
    one = coupling_constant(ufloat(58, 0.1), **SAMPLE)
    assert (one.n, one.s) == pytest.approx((1.714322, 0.00269), abs=5e-6)
    two = coupling_constant(np.array([ufloat(58, 0.1), ufloat(50, 0.1)]), **SAMPLE)
    assert two[0].s == pytest.approx(one.s)
    both = critical_temperature(one, **SAMPLE)
    assert both.s == pytest.approx(0.1, rel=1e-9)


def test_correlated_arguments_stay_correlated():
    theta = ufloat(518, 4)
    same_ratio = coupling_constant(theta * 58 / 518, theta_d=theta)
    assert same_ratio.s < 1e-12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: coupling_constant(0.0, **SAMPLE), "T_c must be above 0 K, got 0"),
        (lambda: coupling_constant(-1.0, **SAMPLE), "T_c must be above 0 K, got -1"),
        (lambda: coupling_constant(518.0, **SAMPLE), "T_c must be below Theta_D"),
        (lambda: coupling_constant(58.0, theta_d=0.0), "Theta_D must be above 0 K"),
        (lambda: coupling_constant(58.0, theta_d=518, mu_star=-0.1), "mu\\* must be at least 0"),
        (
            lambda: coupling_constant(58.0, theta_d=518, mu_star=0.33),
            "above it f2\\* falls below 1",
        ),
        (lambda: coupling_constant(np.nan, **SAMPLE), "T_c must be above 0 K, got nan"),
        (lambda: coupling_constant(58.0, **SAMPLE, formula="bcs"), "formula must be one of"),
        (
            lambda: coupling_constant(120.0, **SAMPLE, formula="mcmillan"),
            "no lambda gives T_c/Theta_D = 0.2317 .* largest value is 0.2225",
        ),
        (lambda: critical_temperature(0.1413, **SAMPLE), "must be above .* = 0.1414"),
        (
            lambda: coupling_constant(58.0, **SAMPLE, phonon_moment=0.6),
            "formula allen-dynes takes a phonon moment, not advanced",
        ),
        *(
            (
                lambda m=m: coupling_constant(
                    58.0, **SAMPLE, formula="allen-dynes", phonon_moment=m
                ),
                f"must be above 0 and at most 1; got {m}",
            )
            for m in (0, 1.1, np.nan)
        ),
    ],
)
def test_limits_are_refused_by_name(call, message):
    with pytest.raises(AnalysisError, match=message):
        call()


@pytest.mark.parametrize("formula", ["advanced", "allen-dynes"])
@pytest.mark.parametrize("mu_star", [0.0, 0.13, MU_STAR_LIMIT - 1e-6])
@pytest.mark.parametrize("ratio", [1e-20, 1e-9, 0.2, 0.3, 0.999])
def test_a_root_exists_for_every_ratio_below_one(formula, mu_star, ratio):
    found = coupling_constant(ratio * 400, theta_d=400.0, mu_star=mu_star, formula=formula)
    assert found > mu_star / (1 - 0.62 * mu_star)
    back = log_ratio(np.array(found), np.array(mu_star), formula)
    assert back == pytest.approx(np.log(ratio), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("mu_star", [0.0, 0.13, MU_STAR_LIMIT - 1e-6])
@pytest.mark.parametrize("ratio", [1e-9, 0.2, 0.999])
@pytest.mark.parametrize("moment", [0.05, 0.607, 1.0])
def test_a_root_exists_for_every_moment(mu_star, ratio, moment):
    given = {"theta_d": 400.0, "mu_star": mu_star, "formula": "allen-dynes"}
    found = coupling_constant(ratio * 400, **given, phonon_moment=moment)
    back = critical_temperature(found, **given, phonon_moment=moment)
    assert back == pytest.approx(ratio * 400, rel=1e-9)


@pytest.mark.parametrize("formula", ["advanced", "allen-dynes"])
def test_a_grid_of_many_values_is_inverted_in_its_own_order(formula):
    coupling, mu_star = np.broadcast_arrays(
        np.geomspace(0.5, 5, 150)[:, None], np.linspace(0, 0.2, 90)
    )
    tc = critical_temperature(coupling, theta_d=400.0, mu_star=mu_star, formula=formula)
    for given, mu, expected in ((tc, mu_star, coupling), (tc.T, mu_star.T, coupling.T)):
        found = coupling_constant(given, theta_d=400.0, mu_star=mu, formula=formula)
        np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_what_steps_do_not_settle_is_bracketed(monkeypatch):
    monkeypatch.setattr("analysis.transport.coupling._STEPS", 1)
    coupling = np.geomspace(0.3, 9, 50)
    tc = critical_temperature(coupling, theta_d=400.0)
    np.testing.assert_allclose(coupling_constant(tc, theta_d=400.0), coupling, rtol=1e-12)


def test_the_error_of_the_moment_goes_into_lambda():
    step = ufloat(0, 1)
    given = {**SAMPLE, "formula": "allen-dynes"}

    def found(moment):
        return coupling_constant(58.0, **given, phonon_moment=moment)

    expected = (found(0.7 + 1e-6) - found(0.7 - 1e-6)) / 2e-6
    assert found(0.7 + step).derivatives[step] == pytest.approx(expected, rel=1e-6)


@pytest.mark.filterwarnings("default::analysis.ValidityWarning")
def test_strong_coupling_warns():
    with pytest.warns(ValidityWarning, match="above 1.5"):
        coupling_constant(58.0, **SAMPLE)
    with pytest.warns(ValidityWarning, match="lambda = 2"):
        critical_temperature(2.0, **SAMPLE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        coupling_constant(20.0, **SAMPLE)
        # Made for strong coupling.
        coupling_constant(58.0, **SAMPLE, formula="allen-dynes")


def test_systematic_parts_of_a_quoted_lambda_do_not_shrink_with_the_points():
    """T_c and Theta_D have a scatter and a systematic part each, here together and then apart."""
    tc = Quoted(ufloat(60.0, 1.0), systematic=0.8)
    theta_d = Quoted(ufloat(500.0, 20.0), systematic=10.0)
    found, why, _ = quoted_coupling(tc, theta_d, mu_star=0.13, formula="advanced", dof=200)
    given = {"mu_star": 0.13, "formula": "advanced"}
    assert not why
    assert found.value.n == pytest.approx(coupling_constant(60.0, theta_d=500.0, **given))

    by_tc = coupling_constant(60.5, theta_d=500, **given)
    by_tc -= coupling_constant(59.5, theta_d=500, **given)
    by_theta = coupling_constant(60, theta_d=505, **given)
    by_theta = (by_theta - coupling_constant(60, theta_d=495, **given)) / 10
    assert found.value.s == pytest.approx(np.hypot(by_tc * 1.0, by_theta * 20), rel=1e-3)
    systematic = np.hypot(by_tc * 0.8, by_theta * 10)
    assert found.systematic == pytest.approx(systematic, rel=0.03)
    # Student's factor of 200 degrees of freedom for the scatter alone.
    half = 1.972 * np.sqrt(found.value.s**2 - systematic**2) + systematic
    low, high = found.interval
    assert (high - low) / 2 == pytest.approx(half, rel=0.02)
    assert (high + low) / 2 == pytest.approx(found.value.n)
