"""The fit of eq. 1: known truths, honest errors, measured copper, refusals."""

import json
import re

import lmfit
import numpy as np
import pytest
from coverage_study import TRUTH, WINDOW

import analysis
from analysis import (
    AnalysisError,
    DataError,
    FitError,
    ResistanceCurve,
    find_drop,
    fit_resistance,
    resistance,
)
from analysis.transport.solve import WEIGHTINGS
from analysis.twin.curves import make_curve, truth_of

T = np.linspace(80, 300, 300)
DROPPING = make_curve(truth_of("twin-run2-25.0gpa"), 3)


def noisy(noise=1e-3, seed=1, t=T, **law):
    """A curve of eq. 1 with normal noise, a part of its largest value."""
    r = resistance(t, **{**TRUTH, **law})
    return ResistanceCurve(t, r + noise * r.max() * np.random.default_rng(seed).normal(size=t.size))


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e6])
@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize("n", [2, 3, 5])
def test_a_curve_without_noise_gives_back_its_truth(n, weighting, scale):
    law = {"theta_d": 550.0, "r0": 0.1 * scale, "a": 2.0 * scale, "r_sat": 3.0 * scale, "n": n}
    fit = fit_resistance(ResistanceCurve(T, resistance(T, **law)), WINDOW, n=n, weighting=weighting)
    found = [fit.theta_d.n, fit.r0.n / scale, fit.a.n / scale, fit.r_sat.n / scale]
    assert found == pytest.approx([550.0, 0.1, 2.0, 3.0], rel=1e-6)
    assert fit.r_squared == pytest.approx(1, abs=1e-12)
    assert fit.predict(T) == pytest.approx(fit.part.resistance, rel=1e-9)


@pytest.mark.parametrize("theta_d", [100, 300, 1000])
@pytest.mark.parametrize("r0", [0.0, 5.0])
def test_the_first_guess_serves_soft_and_hard_metals(theta_d, r0):
    t = np.linspace(10, 300, 200)
    fit = fit_resistance(noisy(1e-6, t=t, theta_d=theta_d, r0=r0, r_sat=10.0), (10, 300))
    assert fit.theta_d.n == pytest.approx(theta_d, rel=1e-2)


def test_the_fit_is_the_least_squares_fit_that_lmfit_finds():
    curve = noisy(r_sat=3.0)

    def model(t, theta_d, r0, a, g):
        return resistance(t, theta_d=theta_d, r0=r0, a=a, r_sat=1 / g)

    start = {"theta_d": 500, "r0": 0.2, "a": 1.5, "g": 0.2}
    peer = lmfit.Model(model).fit(curve.resistance, t=T, **start, fit_kws={"xtol": 1e-12})
    fit = fit_resistance(curve, WINDOW)
    for ours, theirs in ((fit.theta_d, "theta_d"), (fit.r0, "r0"), (fit.a, "a"), (fit.g_sat, "g")):
        assert ours.n == pytest.approx(peer.params[theirs].value, rel=1e-4)
        assert ours.s == pytest.approx(peer.params[theirs].stderr, rel=5e-3)
    half = np.diff(fit.band(T, 0.95), axis=0)[0] / 2
    assert half == pytest.approx(peer.eval_uncertainty(sigma=0.95), rel=5e-3)
    assert fit.correlation_matrix[0, 3] == pytest.approx(
        peer.params["theta_d"].correl["g"], abs=1e-3
    )


def test_weights_are_those_of_a_weighted_least_squares_fit():
    t = np.r_[np.linspace(40, 60, 200), np.linspace(61, 300, 60)]  # crowded where it is cold
    curve = noisy(t=t, r_sat=3.0, noise=2e-3)
    r = curve.resistance

    def peer(weights):
        model = lmfit.Model(
            lambda t, theta_d, r0, a, g: resistance(t, theta_d=theta_d, r0=r0, a=a, r_sat=1 / g)
        )
        return model.fit(r, t=t, theta_d=500, r0=0.1, a=2, g=0.3, weights=weights)

    expected = {"uniform": np.ones(260), "relative": 1 / r, "per-kelvin": np.sqrt(np.gradient(t))}
    found = {}
    for weighting, weights in expected.items():
        fit, other = fit_resistance(curve, (40, 300), weighting=weighting), peer(weights)
        found[weighting] = fit.theta_d.n
        assert fit.theta_d.n == pytest.approx(other.params["theta_d"].value, rel=1e-4)
        mean = np.average(r, weights=weights**2)
        left = np.sum(weights**2 * (r - fit.predict(t)) ** 2)
        total = np.sum(weights**2 * (r - mean) ** 2)
        assert fit.r_squared == pytest.approx(1 - left / total, rel=1e-9)
    assert len({round(value, 2) for value in found.values()}) == 3


def test_relative_weights_need_resistances_above_zero():
    r = np.r_[0.0, resistance(T[1:], **TRUTH)]
    with pytest.raises(FitError, match="relative weighting needs resistances above 0"):
        fit_resistance(ResistanceCurve(T, r), WINDOW, weighting="relative")


def test_the_limit_of_r_sat_is_one_sided_at_95_percent():
    fit = fit_resistance(noisy(2e-3, r_sat=50.0, seed=4), WINDOW)
    # Student's t at 95 %, one-sided, for 296 degrees of freedom: 1.650.
    expected = max(fit.g_free.n, 0) + 1.650 * fit.g_free.s
    assert 1 / fit.r_sat_lower == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "low", "high"), [("platinum-its90", 200, 300), ("copper-rrr100", 320, 350)]
)
def test_smooth_reference_curves_keep_their_whole_range(name, low, high):
    # They have no scatter, so no range is described by a law that is only nearly true.
    curve = analysis.load(name)
    fit = fit_resistance(curve)
    assert low < fit.theta_d.n < high
    assert fit.window == (curve.temperature[0], curve.temperature[-1])
    assert fit.chosen.basis == "all"


@pytest.mark.parametrize("theta_d", [343, 400, 1000])
def test_far_below_theta_nothing_is_claimed(theta_d):
    t = np.linspace(2, theta_d / 15, 300)
    curve = noisy(1e-3, t=t, theta_d=theta_d, r0=0.01)
    with pytest.raises(FitError, match=r"no upper limit|Debye temperature open"):
        fit_resistance(curve, (2, theta_d / 15))


@pytest.mark.parametrize(
    ("law", "window", "noise", "weighting"),
    [
        ({"theta_d": 298, "r0": 0.05, "a": 1, "r_sat": 20}, (106, 244), 2e-5, "relative"),
        ({"theta_d": 178, "r0": 0.147, "a": 1, "n": 3}, (38, 250), 1e-3, "uniform"),
        ({"theta_d": 161, "r0": 4.3, "a": 1, "n": 3}, (38, 153), 3e-5, "per-kelvin"),
    ],
)
def test_the_lower_of_two_minima_is_taken(law, window, noise, weighting):
    t = np.linspace(*window, 180)
    n = law.get("n", 5)
    for seed in range(40):
        curve = noisy(noise, seed=seed, t=t, **law)
        fit = fit_resistance(curve, window, n=n, weighting=weighting)
        assert fit.theta_d.n == pytest.approx(law["theta_d"], rel=0.35)


def test_g_held_at_zero_would_have_missed_a_saturating_truth():
    curve = noisy(1e-6, r_sat=3.0)
    t, r = curve.temperature, curve.resistance
    without = lmfit.Model(lambda t, th, r0, a: resistance(t, theta_d=th, r0=r0, a=a)).fit(
        r, t=t, th=500, r0=0.1, a=2.0
    )
    assert 480 < without.params["th"].value < 510
    assert fit_resistance(curve, WINDOW).theta_d.n == pytest.approx(550, abs=0.1)


def test_a_negative_g_is_refitted_at_zero_and_said():
    # Bends upwards: no saturation can do that.
    r = resistance(T, **TRUTH) * (1 + 2e-3 * ((T - 190) / 110) ** 2)
    r = r + 2e-4 * np.random.default_rng(0).normal(size=T.size)
    fit = fit_resistance(ResistanceCurve(T, r), WINDOW)
    assert fit.g_at_zero
    assert fit.g_free.n < 0
    assert (fit.g_sat.n, fit.g_sat.s) == (0, 0)
    assert fit.r_sat is None
    assert fit.r_sat_lower > 0
    assert not fit.covariance[3].any()
    assert np.isnan(fit.correlation_matrix[3, 0])
    assert (np.diff(fit.band(T), axis=0) > 0).all()
    assert any("below zero and is held at 0" in text for text in fit.warnings)


def test_an_undetermined_saturation_is_a_limit_not_a_value():
    fit = fit_resistance(noisy(2e-3, r_sat=50.0, seed=4), WINDOW)
    assert fit.r_sat is None
    assert np.isfinite(fit.r_sat_lower)
    assert any("R_sat > " in text for text in fit.warnings)
    assert fit.to_dict()["r_sat"]["value"] is None


@pytest.mark.parametrize(
    ("n_true", "theta_d"),
    # Without any noise, and by how much depends little on R_0, A and the window.
    [(3, (460, 500)), (2, (386, 450))],
)
def test_the_wrong_exponent_gives_another_debye_temperature_with_a_fine_r_squared(n_true, theta_d):
    fit = fit_resistance(noisy(0, n=n_true), WINDOW)
    assert theta_d[0] <= fit.theta_d.n <= theta_d[1]
    assert fit.r_squared >= 0.9999


@pytest.mark.parametrize(
    ("curve", "window", "text"),
    [
        (noisy(t=np.linspace(200, 300, 300), noise=1e-5), (200, 300), "above Theta_D/4"),
        (noisy(t=np.linspace(80, 300, 12), noise=1e-4), (80, 300), "only 12 points"),
        (DROPPING, (74, 300), "drops steeply below"),
        (noisy(r0=-0.05, theta_d=300, noise=1e-5), (80, 300), "residual resistance is negative"),
        (noisy(n=2, noise=3e-4), (80, 300), "neighbouring residuals repeat"),
        (noisy(n=2, noise=1e-6), (80, 300), "too smooth .* to know any error"),
        (noisy(1e-7, t=np.linspace(20, 150, 200)), (20, 150), "the window ends at 150 K"),
    ],
)
def test_what_to_know_before_quoting_is_said(curve, window, text):
    assert any(re.search(text, warning) for warning in fit_resistance(curve, window).warnings)


def test_a_good_fit_has_nothing_to_say_but_the_saturation():
    # Seeded; the chance of a "correlated" verdict for another seed is 2 %.
    t = np.linspace(40, 300, 300)
    assert fit_resistance(noisy(t=t, r_sat=3.0, seed=2), (40, 300)).warnings == ()


@pytest.mark.parametrize(
    ("curve", "window", "error", "message"),
    [
        (noisy(), (400, 500), DataError, "window 400 to 500 K lies outside the data, 80 to 300 K"),
        (noisy(), (300, 80), DataError, "not two ascending temperatures"),
        (noisy(), (80,), DataError, "a window is two temperatures"),
        (
            make_curve(truth_of("twin-run2-25.0gpa"), 3),
            (50, 300),
            FitError,
            "into a resistance drop",
        ),
        (noisy(), (100.1, 100.2), DataError, "no point between 100.1 and 100.2 K"),
        (noisy(t=T[:4]), (80, 300), FitError, "4 different temperatures"),
        (ResistanceCurve([90] * 9, range(9)), (80, 300), FitError, "1 different temperatures"),
        (ResistanceCurve(T, np.ones(300)), (80, 300), FitError, r"resistance is constant \(1\)"),
        (ResistanceCurve(T, np.zeros(300)), (80, 300), FitError, "resistance is constant"),
        (ResistanceCurve(T, 2 - T / 300), (80, 300), FitError, "eq. 1 describes a metal"),
    ],
)
def test_what_cannot_be_fitted_is_refused_by_name(curve, window, error, message):
    with pytest.raises(error, match=message):
        fit_resistance(curve, window)


def test_scatter_around_a_constant_has_no_debye_temperature():
    # Whatever the solver makes of it, it must not be quoted with a small error.
    for seed in range(20):
        r = 1 + 1e-3 * np.random.default_rng(seed).normal(size=T.size)
        try:
            fit = fit_resistance(ResistanceCurve(T, r), WINDOW)
        except FitError:
            continue
        assert fit.theta_d.s > 0.1 * fit.theta_d.n


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"n": 1}, "n must be above 1"),
        ({"n": "five"}, "n must be a number"),
        ({"weighting": "none"}, "weighting must be one of uniform"),
    ],
)
def test_choices_are_checked(choice, message):
    with pytest.raises(AnalysisError, match=message):
        fit_resistance(noisy(), WINDOW, **choice)


def test_the_result_becomes_json_as_it_is():
    found = json.loads(json.dumps(fit_resistance(noisy(r_sat=3.0), WINDOW).to_dict()))
    assert set(found["theta_d"]) == {"value", "stderr", "unit"}
    assert found["theta_d"]["unit"] == "K"
    assert found["g_sat"]["unit"] == "1/(ohm)"
    assert found["window"] == [80.0, 300.0]
    assert found["n_points"] == 300


def test_without_known_errors_none_is_given():
    fit = fit_resistance(noisy(n=2, noise=1e-6), WINDOW)
    assert not fit.errors_known
    found = fit.to_dict()
    assert found["theta_d"]["stderr"] is None
    assert found["theta_d_interval_95"] is None
    assert found["r_sat_lower"]["value"] is None


@pytest.mark.parametrize("factor", [0.5, 1.5, 3])
def test_a_stray_point_is_named_and_no_superconductor(factor):
    curve = noisy(5e-4, t=np.linspace(40, 300, 120), theta_d=450)
    r = curve.resistance.copy()
    r[30] *= factor
    fit = fit_resistance(ResistanceCurve(curve.temperature, r), (40, 300))
    assert find_drop(fit.curve) is None
    assert any("stray from their neighbours" in text for text in fit.warnings)


def test_ufloats_of_one_fit_are_correlated():
    fit = fit_resistance(noisy(r_sat=3.0), WINDOW)
    # R_0 and A G belong together: the product is known better than its factors suggest.
    bend = fit.g_sat * fit.a
    gradient = np.array([0, 0, fit.g_sat.n, fit.a.n])
    assert bend.s == pytest.approx(np.sqrt(gradient @ fit.covariance @ gradient))
    assert bend.s != pytest.approx(bend.n * np.hypot(fit.a.s / fit.a.n, fit.g_sat.s / fit.g_sat.n))


@pytest.mark.measured("cu-foil")
@pytest.mark.parametrize(
    ("window", "theta_d"), [((20, 243), 345), ((40, 243), 348), ((20, 150), 339)]
)
def test_copper_foil_has_the_debye_temperature_of_copper(window, theta_d):
    fit = fit_resistance(analysis.load("cu-foil"), window)
    assert fit.theta_d.n == pytest.approx(theta_d, abs=0.6)
    assert 330 <= fit.theta_d.n <= 352
    assert fit.r_sat is None
    assert fit.r_sat_lower > 0
    assert fit.free.values["theta_d"] == pytest.approx(331.5, abs=1)
    # 1/R_sat in units of 1/R(243 K), the coldest and warmest of the windows.
    assert fit.g_free.n * fit.curve.resistance[-1] == pytest.approx(-0.055, abs=0.002)
    assert 0.6 <= fit.correlation.lag1 <= 0.95
    assert any("the model, not the scatter, limits Theta_D" in text for text in fit.warnings)


def test_a_power_law_is_refused_before_its_variance_is_rounding():
    """The inverse of such a fit has no right digit; a variance came out below zero, and warned."""
    with pytest.raises(FitError, match="no upper limit to the Debye temperature: a power law"):
        fit_resistance(analysis.load("twin-run4-39.5gpa"), (195.0, 301.0))
