"""The fit of eq. 1: known truths, honest errors, measured copper, refusals."""

import dataclasses
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
from analysis.transport.laws import LAWS, LINE, Parameter
from analysis.transport.solve import WEIGHTINGS, _best
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


def test_the_limit_of_r_sat_is_the_end_of_the_unified_interval():
    fit = fit_resistance(noisy(2e-3, r_sat=50.0, seed=4), WINDOW)
    # Two-sided at 95 % and 296 degrees of freedom, 1.968 errors, where G lies above 0.
    assert 0 < fit.g_free.n < 1.645 * fit.g_free.s
    assert 1 / fit.r_sat_lower == pytest.approx(fit.g_free.n + 1.968 * fit.g_free.s, rel=1e-3)
    assert fit.g_interval[0] == 0


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3])
def test_a_misfit_leaves_no_limit_of_r_sat(share):
    # R_sat is 10 ohm; with a T^2 beside it the fits said "> 33 ohm".
    r = resistance(T, **TRUTH, r_sat=10.0)
    r = r + share * r[-1] * (T / 300) ** 2
    r = r + 2e-4 * np.random.default_rng(0).normal(size=T.size)
    fit = fit_resistance(ResistanceCurve(T, r), WINDOW)
    if fit.r_sat_lower is not None:  # the misfit hides in the scatter: then nothing is wrong
        assert fit.r_sat_lower < 10


def test_a_limit_below_the_resistances_themselves_says_nothing():
    # As of a curve of which a few points decide everything: "> 1070 ohm" where R is 5800 ohm.
    fit = fit_resistance(noisy(2e-3, r_sat=50.0, seed=4), WINDOW)
    high = dataclasses.replace(fit, part=ResistanceCurve(T, 100 * fit.part.resistance))
    assert high.r_sat_lower is None
    assert high.to_dict()["r_sat_lower"]["value"] is None
    assert any("no limit above the measured resistances" in text for text in high.remarks)


def test_a_g_beyond_three_errors_below_zero_is_held_at_zero_and_said():
    # Bends upwards: no saturation can do that.
    r = resistance(T, **TRUTH) * (1 + 2e-3 * ((T - 190) / 110) ** 2)
    r = r + 2e-4 * np.random.default_rng(0).normal(size=T.size)
    fit = fit_resistance(ResistanceCurve(T, r), WINDOW)
    assert fit.g_at_zero
    assert fit.g_free.n < -3 * fit.g_free.s
    assert fit.g_sat.n == 0
    assert (fit.r_sat, fit.r_sat_lower, fit.g_interval) == (None, None, None)
    assert not fit.covariance[3].any()
    assert np.isnan(fit.correlation_matrix[3, 0])
    assert (np.diff(fit.band(T), axis=0) > 0).all()
    assert any("standard errors below zero and is held at 0" in text for text in fit.warnings)
    # What holding it does to Theta_D is in the error.
    assert fit.systematic["theta_d"] >= 0.9 * abs(fit.theta_d_free - fit.theta_d.n)
    assert fit.theta_d.s > fit.systematic["theta_d"]


def test_a_g_negative_within_its_error_stays_free_and_is_no_warning():
    fits = [fit_resistance(noisy(seed=seed), WINDOW) for seed in range(12)]
    negative = [fit for fit in fits if -3 * fit.g_free.s < fit.g_free.n < 0]
    assert len(negative) > 2
    for fit in negative:
        assert not fit.held
        assert fit.theta_d.n == fit.free.values["theta_d"]
        assert any("negative within its error" in text for text in fit.remarks)
        assert not any("R_sat" in text for text in fit.warnings)


def test_without_saturation_g_is_held_at_zero_as_asked():
    fit = fit_resistance(noisy(r_sat=3.0), WINDOW, saturation=False)
    assert fit.g_at_zero
    assert any("held at 0 as requested; when fitted it is" in text for text in fit.warnings)
    quiet = fit_resistance(noisy(), WINDOW, saturation=False)
    assert any("R_sat is taken as infinite" in text for text in quiet.remarks)


def test_an_undetermined_saturation_is_a_limit_not_a_value():
    fit = fit_resistance(noisy(2e-3, r_sat=50.0, seed=4), WINDOW)
    assert fit.r_sat is None
    assert np.isfinite(fit.r_sat_lower)
    assert any("R_sat > " in text for text in fit.remarks)
    assert fit.to_dict()["r_sat"]["value"] is None
    assert fit.to_dict()["g_sat"]["interval"] == list(fit.g_interval)


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
        (
            noisy(n=2, noise=3e-4),
            (80, 300),
            "does not describe the points from 80 to 300 K .* another exponent n",
        ),
        (noisy(n=2, noise=1e-6), (80, 300), "too smooth .* to determine any error"),
        (noisy(1e-7, t=np.linspace(20, 150, 200)), (20, 150), "the window ends at 150 K"),
    ],
)
def test_what_to_know_before_quoting_is_said(curve, window, text):
    assert any(re.search(text, warning) for warning in fit_resistance(curve, window).warnings)


def test_a_good_fit_has_nothing_to_say_but_the_saturation():
    # Seeded; the chance of a "correlated" verdict for another seed is 2 %.
    t = np.linspace(40, 300, 300)
    fit = fit_resistance(noisy(t=t, r_sat=3.0, seed=2), (40, 300))
    assert fit.warnings == ()
    assert [text[:24] for text in fit.remarks] == ["an error of 1 K in all t"]


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
    assert set(found["theta_d"]) == {"value", "stderr", "unit", "interval"}
    assert found["theta_d"]["interval"] == found["theta_d_interval_95"]
    assert found["theta_d"]["unit"] == "K"
    assert found["g_sat"]["unit"] == "1/(ohm)"
    assert found["window"] == [80.0, 300.0]
    assert found["n_points"] == 300


def test_without_known_errors_none_is_given():
    fit = fit_resistance(noisy(n=2, noise=1e-6), WINDOW)
    assert not fit.errors_known
    found = fit.to_dict()
    assert (found["theta_d"]["value"], found["theta_d"]["stderr"]) == (None, None)
    assert any("none is quoted; the Debye temperature is about" in t for t in found["warnings"])
    assert found["theta_d_interval_95"] is None
    assert found["r_sat_lower"]["value"] is None


@pytest.mark.parametrize("factor", [0.5, 1.5, 3])
def test_a_stray_point_is_named_and_no_superconductor(factor):
    curve = noisy(5e-4, t=np.linspace(40, 300, 120), theta_d=450)
    r = curve.resistance.copy()
    r[30] *= factor
    fit = fit_resistance(ResistanceCurve(curve.temperature, r), (40, 300))
    assert find_drop(fit.curve) is None
    assert any("deviate from their neighbours" in text for text in fit.warnings)


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
    assert fit.free.values["theta_d"] == pytest.approx(331.5, abs=1)
    # 1/R_sat in units of 1/R(243 K), the coldest and warmest of the windows.
    assert fit.g_free.n * fit.curve.resistance[-1] == pytest.approx(-0.055, abs=0.002)
    assert 0.6 <= fit.correlation.lag1 <= 0.95
    assert (fit.r_sat, fit.r_sat_lower) == (None, None)
    # Every window's value lies within every other's error, which is not the scatter's.
    assert fit.kept.errors["theta_d"] < 1
    low, high = fit.interval()
    assert low < 339
    assert high > 348
    assert any("the sweep or the thermometer, a lag" in text for text in fit.warnings)
    assert any("no limit of R_sat is quoted" in text for text in fit.warnings)


def test_what_leaves_theta_open_is_refused_before_its_variance_is_rounding():
    """The inverse of such a fit has no right digit; a variance came out below zero, and warned."""
    with pytest.raises(FitError, match="no Debye temperature: a straight line describes them"):
        fit_resistance(analysis.load("twin-run4-39.5gpa"), (195.0, 301.0))


# ------------------------------------------------- what has no Debye temperature, and says so


@pytest.mark.parametrize("seed", range(20))
def test_a_straight_line_has_no_debye_temperature(seed):
    """Half of the fits said 412 +- 30 K, a false minimum; others 13 to 24 K."""
    t = np.linspace(80, 299, 220)
    r = 0.05 + 0.0025 * t + 5e-4 * np.random.default_rng(seed).normal(size=t.size)
    for window in (None, (80, 299)):
        with pytest.raises(FitError, match="no Debye temperature: a straight line describes them"):
            fit_resistance(ResistanceCurve(t, r), window)


@pytest.mark.parametrize("saturation", [True, False])
def test_a_square_has_no_debye_temperature(saturation):
    t = np.linspace(20, 300, 281)
    r = 0.1 + 2e-5 * t**2 + 1e-3 * np.random.default_rng(1).normal(size=t.size)
    with pytest.raises(FitError, match=r"R_0 \+ c T\^2 describes them as well"):
        fit_resistance(ResistanceCurve(t, r), (20, 300), saturation=saturation)


def test_a_solver_that_loses_its_way_is_told_so_by_no_crash():
    law = LAWS[0].at(np.linspace(30, 300, 50), 300.0, 5.0)
    assert np.isnan(law.value(np.full(4, np.nan))).all()


@pytest.mark.parametrize("seed", range(6))
def test_a_fit_held_at_zero_ends_in_the_lowest_valley(seed):
    """It had one start, the minimum with G free."""
    rng = np.random.default_rng([5, seed])
    t = np.linspace(30, 300, 200)
    truth = {"theta_d": rng.uniform(200, 900), "r0": rng.uniform(0, 2), "a": rng.uniform(0.5, 3)}
    curve = noisy(2e-3, seed=seed, t=t, **truth, r_sat=rng.uniform(0.5, 5))
    fit = fit_resistance(curve, (30, 300), saturation=False)
    # At a given Theta_D the rest is linear: no Theta_D does better.
    best = np.inf
    for theta in np.geomspace(10, 6000, 400):
        terms = np.stack([np.ones_like(t), resistance(t, theta_d=theta, r0=0, a=1)])
        left = curve.resistance - np.linalg.lstsq(terms.T, curve.resistance)[0] @ terms
        best = min(best, left @ left)
    assert fit.residuals @ fit.residuals <= best * (1 + 1e-6)


class _TwoValleys:
    """p^2 u + p v / 10: what is close to u has a minimum near p = 1, and one near p = -1."""

    def __init__(self, u, v):
        self.u, self.v = u, v

    def value(self, p):
        return p[0] ** 2 * self.u + 0.1 * p[0] * self.v

    def jacobian(self, p):
        return np.array([2 * p[0] * self.u + 0.1 * self.v])


@pytest.mark.parametrize(("share", "sign"), [(-0.5, 1), (0.5, 1), (0.95, -1)])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_doubted_minimum_is_taken_if_it_is_a_hundred_times_lower(share, sign, weighted):
    """Of u - share v / 10 the squares at -1 are ((1 - share)/(1 + share))^2 of those at 1."""
    x = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    u, v = np.ones_like(x), np.sin(x)
    doubted = Parameter("p", "R", "a doubted parameter", "p", limit="doubted")
    law = dataclasses.replace(LINE, parameters=(doubted,), possible=lambda _: True)
    weights = np.full(x.size, 2.0) if weighted else None
    guesses = [np.array([1.2]), np.array([-1.2])]
    free = np.array([True])
    found = _best(law, _TwoValleys(u, v), guesses, u - 0.1 * share * v, weights, free)
    assert found.parameters[0] == pytest.approx(sign, abs=0.02)
