"""lmfit's models of R(T) as independent judges of our fits."""

import numpy as np
import pytest
from lmfit.models import LinearModel

import analysis
from analysis import AnalysisError, ResistanceCurve, fit_resistance, fit_transition, resistance
from analysis.models.resistance import bloch_gruneisen_model, transition_model
from analysis.transport.laws import LAWS
from analysis.transport.transition import transition_fraction

T = np.linspace(10.0, 300.0, 300)


def noisy(r, noise=1e-4, seed=2):
    return ResistanceCurve(T, r + noise * np.random.default_rng(seed).normal(size=T.size))


@pytest.mark.parametrize(
    ("law", "n"), [("bloch-gruneisen", 5.0), ("bloch-gruneisen", 3.0), ("bloch-gruneisen-n", 3.0)]
)
def test_values_and_errors_agree_with_those_of_lmfit(law, n):
    curve = noisy(resistance(T, theta_d=400, r0=0.1, a=2, r_sat=4, n=n))
    ours = fit_resistance(curve, (10, 300), law=law, n=n)
    model = bloch_gruneisen_model(law, n=n)
    peer = model.fit(curve.resistance, model.guess(curve.resistance, t=T), t=T)
    # lmfit does not widen errors for correlated residuals.
    widened = np.sqrt(ours.correlation.widening)
    for name in ours.law.names:
        assert ours.parameters[name].n == pytest.approx(peer.params[name].value, rel=1e-3)
        assert ours.parameters[name].s / widened == pytest.approx(
            peer.params[name].stderr, rel=0.03
        )


def test_a_whole_curve_is_a_product_of_models():
    t = np.arange(4.0, 300.0, 0.5)
    # Below the onset the product follows the normal state on, ours holds it: it must be flat.
    normal = resistance(np.maximum(t, 30.0), theta_d=400, r0=1.0, a=0.8, r_sat=2.0)
    r = normal * transition_fraction(t, tc_onset=30.0, f=60.0)
    r = r + 1e-5 * np.random.default_rng(4).normal(size=t.size)
    ours = fit_transition(ResistanceCurve(t, r), floor=False)
    whole = bloch_gruneisen_model() * transition_model()
    start = bloch_gruneisen_model().guess(r[t > 35], t=t[t > 35])
    start.update(transition_model().make_params(tc_onset=31.0, f=40.0))
    start["floor"].vary = False
    peer = whole.fit(r, start, t=t)
    for name in ("theta_d", "tc_onset", "f"):
        assert ours.parameters[name].n == pytest.approx(peer.params[name].value, rel=2e-3)


def test_models_compose_and_take_prefixes():
    curve = noisy(resistance(T, theta_d=400, r0=0.1, a=2, r_sat=4) + 1e-3 * T)
    normal = bloch_gruneisen_model(prefix="normal_")
    composed = normal + LinearModel(independent_vars=["x"], prefix="linear_")
    start = normal.guess(curve.resistance, t=T)
    start.add("linear_slope", value=0.0)
    start.add("linear_intercept", value=0.0, vary=False)
    fit = composed.fit(curve.resistance, start, t=T, x=T)
    slope = fit.params["linear_slope"]
    assert abs(slope.value - 1e-3) < 4 * slope.stderr
    assert abs(fit.params["normal_theta_d"].value - 400) < 4 * fit.params["normal_theta_d"].stderr


def test_confidence_intervals_of_lmfit_are_ours_where_the_law_is_linear_enough():
    curve = noisy(resistance(T, theta_d=400, r0=0.1, a=2, r_sat=4))
    model = bloch_gruneisen_model()
    peer = model.fit(curve.resistance, model.guess(curve.resistance, t=T), t=T)
    rows = peer.conf_interval(sigmas=[0.95], p_names=["theta_d"])["theta_d"]
    ours = fit_resistance(curve, (10, 300))
    widened = np.sqrt(ours.correlation.widening)
    half = np.diff(ours.interval())[0] / 2 / widened
    assert (rows[-1][1] - rows[0][1]) / 2 == pytest.approx(half, rel=0.03)


def test_there_is_a_model_for_every_law():
    for law in LAWS:
        assert tuple(bloch_gruneisen_model(law.name).param_names) == law.names
    with pytest.raises(AnalysisError, match="law must be one of"):
        bloch_gruneisen_model("x")


def test_nothing_of_the_physics_imports_lmfit():
    import subprocess
    import sys

    code = "import sys, analysis.transport.analyse; print('lmfit' in sys.modules)"
    assert subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout == "False\n"  # fmt: skip
    assert analysis.analyse_curve.__module__ == "analysis.transport.analyse"
