"""The table of laws of R(T): exact derivatives, truths that come back, eq. 1 with n free."""

import mpmath
import numpy as np
import pytest

from analysis import (
    AnalysisError,
    FitError,
    ResistanceCurve,
    bloch_gruneisen_integral,
    fit_resistance,
    fit_transition,
    resistance,
)
from analysis.show import report
from analysis.transport.bloch_gruneisen import phonon_term, saturating, saturating_derivatives
from analysis.transport.laws import CONSTANT, LAWS, LINE, Parameter, law_named, law_names
from analysis.transport.transition import transition_fraction

T = np.linspace(10.0, 300.0, 300)
# In the parameters of the solver, in the middle of what is measured.
INNER = {
    "bloch-gruneisen": [3.0, 0.2, 0.8, 0.3],
    "bloch-gruneisen-n": [3.0, 0.2, 0.8, 0.3, 3.4],
    "bloch-gruneisen-t2": [3.0, 0.2, 0.8, 0.3, 0.1],
    "bloch-gruneisen-t": [3.0, 0.2, 0.8, 0.3, 0.1],
    "bloch-gruneisen-einstein": [1.5, 0.2, 0.8, 0.3, 4.0, 0.4],
    "linear": [0.8, 0.2, 0.3],
    "power-law": [1.4, 0.2, 0.8, 0.3],
    "line": [0.2, 0.003],
    "constant": [0.4],
}
EVERY = pytest.mark.parametrize("law", [*LAWS, LINE, CONSTANT], ids=lambda law: law.name)


def curve(noise=1e-4, seed=0, t=T, **law):
    r = resistance(t, **{"theta_d": 400.0, "r0": 0.1, "a": 2.0, "r_sat": 5.0, **law})
    return ResistanceCurve(t, r + noise * r.max() * np.random.default_rng(seed).normal(size=t.size))


@pytest.mark.parametrize("n", [1.5, 2.0, 3.3, 5.0, 9.0, 12.0])
@pytest.mark.parametrize("y", [0.05, 1.0, 7.0, 40.0, 150.0])
def test_the_derivative_by_n_is_that_of_mpmath(n, y):
    def exact(n):
        pieces = [0, *(edge for edge in (1, 8, 30, 90) if edge < y), y]
        integral = mpmath.quad(lambda x: x**n / (4 * mpmath.sinh(x / 2) ** 2) if x else 0, pieces)
        return mpmath.mpf(y) ** (1 - n) * integral

    term = phonon_term(np.array([y]), n, by_n=True)
    with mpmath.workdps(20):
        assert term.value[0] == pytest.approx(float(exact(n)), rel=1e-12)
        assert term.by_n[0] == pytest.approx(float(mpmath.diff(exact, n)), rel=2e-10)


def test_the_tables_of_any_n_are_those_of_one_n():
    y = np.geomspace(0.01, 300, 400)
    for n in (2.0, 3.0, 5.0):
        one, other = phonon_term(y, n), phonon_term(y, n, by_n=True)
        assert other.value == pytest.approx(one.value, rel=1e-12)
        assert other.slope == pytest.approx(one.slope, rel=1e-9, abs=1e-13)
        assert one.value * y ** (n - 1) == pytest.approx(bloch_gruneisen_integral(y, n), rel=1e-12)


def differences(function, p, *, relative=1e-6):
    """Central differences of a function of a vector, a row for each component."""
    rows = []
    for i, step in enumerate(relative * np.maximum(np.abs(p), 0.1)):
        up, down = p.copy(), p.copy()
        up[i] += step
        down[i] -= step
        rows.append((function(up) - function(down)) / (2 * step))
    return np.array(rows)


@EVERY
def test_the_jacobian_of_every_law_is_its_derivative(law):
    p = np.array(INNER[law.name])
    at = law.at(T, 300.0, 5.0)
    assert at.jacobian(p) == pytest.approx(differences(at.value, p), rel=1e-5, abs=1e-8)
    step = 1e-4
    up, down = (law.at(T + move, 300.0, 5.0).value(p) for move in (step, -step))
    assert at.slope(p) == pytest.approx((up - down) / (2 * step), rel=1e-6, abs=1e-10)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_the_jacobian_is_the_derivative_where_a_trial_step_leaves_what_is_possible(law):
    """The square of Theta_D below zero: the law goes on smoothly, so that a step can turn back."""
    p = np.array(INNER[law.name])
    p[0] *= -1
    at = law.at(T, 300.0, 5.0)
    assert at.jacobian(p)[1:] == pytest.approx(differences(at.value, p)[1:], rel=1e-5, abs=1e-8)


@EVERY
def test_what_the_solver_moves_becomes_the_named_parameters(law):
    p = np.array(INNER[law.name])
    values, matrix = law.values(p, 7.0, 300.0)
    expected = differences(lambda p: law.values(p, 7.0, 300.0)[0], p).T
    assert matrix == pytest.approx(expected, rel=1e-6, abs=1e-8)
    named = dict(zip(law.names, values, strict=True))
    assert law.value(T, 5.0, **named) == pytest.approx(7 * law.at(T, 300.0, 5.0).value(p))


def test_the_derivatives_by_name_are_derivatives():
    p = np.array([400.0, 0.1, 2.0, 0.2])
    names = LAWS[0].names
    rows = saturating_derivatives(T, 5.0, **dict(zip(names, p, strict=True)))
    expected = differences(lambda p: saturating(T, 5.0, **dict(zip(names, p, strict=True))), p)
    assert np.array([rows[name] for name in names]) == pytest.approx(expected, rel=1e-5, abs=1e-9)


@EVERY
def test_every_law_says_what_it_is(law):
    assert len(set(law.names)) == len(law.names)
    assert all(parameter.title and parameter.symbol for parameter in law.parameters)
    assert law.title


@pytest.mark.parametrize(
    ("unit", "power", "in_ohm"),
    [
        ("K", 0, "K"),
        ("R", 1, "ohm"),
        ("1/R", -1, "1/(ohm)"),
        ("R/K", 1, "ohm/K"),
        ("R/K^2", 1, "ohm/K^2"),
        ("", 0, ""),
    ],
)
def test_units_follow_the_unit_of_the_curve(unit, power, in_ohm):
    parameter = Parameter("x", unit, "x", "x")
    assert (parameter.power, parameter.unit_for("ohm")) == (power, in_ohm)


def test_unknown_laws_are_refused_by_name():
    assert law_names()[:2] == ("bloch-gruneisen", "bloch-gruneisen-n")
    assert law_named("bloch-gruneisen") is LAWS[0]
    for fit in (fit_resistance, fit_transition):
        with pytest.raises(AnalysisError, match=r"law must be one of bloch-gruneisen, .*; got 'x'"):
            fit(curve() if fit is fit_resistance else dropping(), law="x")


# ------------------------------------------------------------------------- eq. 1, n free


def dropping(n=5.0, seed=1):
    t = np.arange(4.0, 300.0, 0.5)
    normal = resistance(np.maximum(t, 66.0), theta_d=400.0, r0=0.03, a=0.8, n=n)
    r = normal * transition_fraction(t, tc_onset=66.0, f=60.0)
    return ResistanceCurve(t, r + 1e-5 * np.random.default_rng(seed).normal(size=t.size))


@pytest.mark.parametrize("n", [2.0, 3.3, 5.0])
def test_the_exponent_comes_back_within_its_error(n):
    fit = fit_resistance(curve(n=n), (10, 300), law="bloch-gruneisen-n")
    for name, truth in (("n", n), ("theta_d", 400.0), ("r0", 0.1), ("a", 2.0), ("g_sat", 0.2)):
        value = fit.parameters[name]
        assert abs(value.n - truth) < 4 * value.s, name
    assert fit.n == fit.parameters["n"].n
    assert 0 < fit.parameters["n"].s < 0.1


def test_a_fitted_exponent_costs_the_debye_temperature_its_certainty():
    fixed, free = (fit_resistance(curve(), (10, 300), law=name) for name in law_names()[:2])
    assert free.theta_d.s > 2 * fixed.theta_d.s
    assert free.r_squared >= fixed.r_squared - 1e-12


def test_a_law_is_printed_by_the_names_of_its_parameters():
    fit = fit_resistance(curve(n=3), (10, 300), law="bloch-gruneisen-n")
    assert [row[0] for row in report.parameters(fit).rows] == [
        "Θ_D", "R_0", "A", "G = 1/R_sat", "n",
    ]  # fmt: skip
    assert len(report.correlations(fit).rows) == 5
    found = fit.to_dict()
    assert found["law"] == "bloch-gruneisen-n"
    assert found["n"] == {"value": fit.n, "stderr": fit.parameters["n"].s, "unit": ""}
    assert found["exponent"] == fit.n


def test_the_normal_state_above_a_transition_may_have_its_exponent_fitted():
    fit = fit_transition(dropping(n=3.0), law="bloch-gruneisen-n")
    exponent = fit.parameters["n"]
    assert abs(exponent.n - 3) < 4 * exponent.s
    assert "eq. 1 with n free" in fit.reason
    assert fit.to_dict()["n"]["value"] == fit.n


def test_what_leaves_the_exponent_open_is_refused():
    t = np.linspace(200, 300, 60)
    with pytest.raises(FitError, match=r"open|no Debye temperature|no upper limit"):
        fit_resistance(curve(1e-3, t=t), (200, 300), law="bloch-gruneisen-n")


def test_a_line_has_no_debye_temperature_and_says_none():
    fit = fit_transition(dropping(), (4, 90), normal="line")
    assert (fit.theta_d, fit.g_sat, fit.r_sat, fit.r_sat_lower) == (None, None, None, None)
    assert set(fit.parameters) == {"level", "slope", "tc_onset", "f", "floor"}
