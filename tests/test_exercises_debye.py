"""The exercises on 3.1: other ways to the same answers, and what a careful student may choose."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from scipy.optimize import curve_fit

from analysis import FitError, fit_resistance, load, resistance
from analysis.exercises import check
from analysis.exercises.debye_curves import (
    WINDOW_SEED,
    celsius_table,
    lesson_curve,
    lesson_truth,
)
from analysis.exercises.debye_figures import changed_rise
from analysis.exercises.debye_values import COEFFICIENT, SLOPE
from analysis.exercises.exercise import Exercise, Slip, verdicts
from analysis.exercises.tables import exercise
from analysis.show import explore
from analysis.transport.curve import ResistanceCurve

# What the parameter of the page is called that makes another curve.
CURVES = {
    "debye-5": "seed",
    "debye-6": "seed",
    "debye-8": "seed",
    "debye-9": "window_seed",
}


def test_a_curve_of_an_exercise_is_synthetic_and_follows_its_seed():
    first, again = lesson_curve("debye-9", 3), lesson_curve.__wrapped__("debye-9", 3)
    assert first.origin == "synthetic"
    np.testing.assert_array_equal(first.resistance, again.resistance)
    assert not np.array_equal(first.resistance, lesson_curve("debye-9", 4).resistance)
    assert not np.allclose(first.resistance, lesson_curve("debye-6", 3).resistance, rtol=0.01)


@pytest.mark.parametrize("key", CURVES)
@pytest.mark.parametrize("seed", range(1, 5))
def test_the_answer_follows_the_seed(key, seed):
    asked = exercise(key)
    given = {CURVES[key]: seed}
    value = asked.answer(**given)
    assert check(key, value, **given).right
    assert not check(key, value + 4 * asked.tolerance, **given).right


def test_with_other_data_a_slip_that_is_no_slip_is_left_out():
    def refused(**_):
        raise FitError("no fit")

    def moved(seed=0):
        return 600.0 - seed

    slips = (Slip("moved", moved, "moved"), Slip("refused", refused, "refused"))
    asked = Exercise(
        "x", "", (), 2, 1, lambda **_: 500.0, 2.0, "far off", unit="K", slips=slips, undo=()
    )
    said = {text for _, text in verdicts(asked).known.values()}
    assert "moved" in said
    assert "refused" not in said
    near = verdicts(asked, seed=99).known.values()
    assert {kind for kind, _ in near} == {"right", "close"}


def test_the_answer_follows_the_metals_and_the_two_limits():
    aluminium = exercise("debye-1").answer(metal="aluminium")
    assert check("debye-1", aluminium, metal="aluminium").right
    assert not check("debye-1", aluminium).right
    assert check("debye-4", 2 * exercise("debye-4").answer(), slope=16 * SLOPE).right


def test_the_law_with_the_answer_has_the_two_limits_that_were_given():
    theta_d = exercise("debye-4").answer()
    law = {"theta_d": theta_d, "r0": 0.0, "a": 4 * theta_d * SLOPE}
    cold, hot = theta_d / 200, 200 * theta_d
    assert resistance(cold, **law) / cold**5 == pytest.approx(COEFFICIENT, rel=1e-9)
    assert resistance(hot, **law) / hot == pytest.approx(SLOPE, rel=1e-5)


def test_one_line_is_low_when_cold_and_level_when_hot():
    ax = changed_rise(plt.figure().subplots())
    lines = [line.get_ydata() for line in ax.get_lines()]
    plt.close(ax.figure)
    assert len(lines) == 4

    def like_theta_d(ratio):
        cold, middle, hot = ratio[0], ratio[150], ratio[-1]
        return abs(cold - 1.1**-5) < 0.01 and abs(hot - 1 / 1.1) < 0.01 and abs(middle - hot) < 0.05

    assert [like_theta_d(line) for line in lines] == [False, False, True, False]
    assert exercise("debye-2").answer() == 3


def ideal(t, theta_d, r0, a):
    return resistance(t, theta_d=theta_d, r0=r0, a=a)


def saturating(t, theta_d, r0, a, g):
    return 1 / (g + 1 / ideal(t, theta_d, r0, a))


def test_a_plain_fit_of_scipy_is_right_too_and_its_slip_is_named():
    t, r = celsius_table()
    kelvin, ohm = t + 273.15, r / 1000
    start = (400, ohm.min(), 1.0)
    found = curve_fit(saturating, kelvin, ohm, p0=(*start, 0.3))[0]
    assert check("debye-5", found[0] / 4).right
    assert check("debye-5", f"{found[0] / 4 - 273.15:.0f} °C").kind == "slip"
    straight = curve_fit(ideal, kelvin, ohm, p0=start)[0]
    assert "no saturation" in check("debye-5", straight[0] / 4).words


@pytest.mark.parametrize("window", [(4, 300), (20, 300), (4, 250)])
def test_windows_of_the_curve_in_degrees_celsius_that_one_may_choose(window):
    t, r = celsius_table()
    fit = fit_resistance(ResistanceCurve(t + 273.15, r / 1000), window)
    assert check("debye-5", fit.theta_d / 4).right


WINDOWS = [None, *((low, 300) for low in (80, 85, 90, 95, 100, 105, 110, 115))]


@pytest.mark.parametrize("saturation", [True, False])
@pytest.mark.parametrize("window", WINDOWS)
def test_each_window_above_the_drop_is_right_with_and_without_saturation(window, saturation):
    fit = fit_resistance(lesson_curve("debye-9", WINDOW_SEED), window, saturation=saturation)
    assert check("debye-9", fit.theta_d).right


@pytest.mark.parametrize("saturation", [True, False])
@pytest.mark.parametrize("window", [(120, 300), (85, 250), (100, 250), (120, 250)])
def test_a_narrower_window_is_right_or_close_and_accused_of_nothing(window, saturation):
    fit = fit_resistance(lesson_curve("debye-9", WINDOW_SEED), window, saturation=saturation)
    assert check("debye-9", fit.theta_d).kind in {"right", "close"}


def test_what_the_curve_of_the_window_was_made_from_is_right():
    curve, truth = lesson_curve("debye-9", WINDOW_SEED), lesson_truth("debye-9", WINDOW_SEED)
    assert check("debye-9", truth).right
    fit = fit_resistance(curve)
    assert abs(fit.theta_d.n - truth) < 1.5 * fit.theta_d.s
    assert abs(fit.g_sat.n) < fit.g_sat.s  # the page says that no saturation shows


@pytest.mark.parametrize("low", [20, 60, 65, 70])
def test_a_window_into_the_drop_is_refused_by_the_fit(low):
    with pytest.raises(FitError, match="reaches into a resistance drop"):
        fit_resistance(lesson_curve("debye-9", WINDOW_SEED), (low, 300))


def test_a_window_that_begins_at_the_end_of_the_drop_is_warned_of():
    curve = lesson_curve("debye-9", WINDOW_SEED)
    low, usual = fit_resistance(curve, (72, 300)), fit_resistance(curve)
    assert any("drops steeply" in text for text in low.warnings)
    assert low.theta_d.s > usual.theta_d.s


def test_limits_of_the_saturation_that_one_may_compute():
    g = fit_resistance(lesson_curve("debye-6"), (90, 300)).g_sat
    assert check("debye-6", f"{1 / (g.n + 1.96 * g.s):.1f} Ω").right
    assert check("debye-6", f"{1000 / (g.n + 1.96 * g.s):.0f} mΩ").right
    assert check("debye-6", 1 / (g.n + 1.645 * g.s)).kind == "close"  # of one side


def test_the_two_ways_to_count_independent_points():
    fit = fit_resistance(lesson_curve("debye-8"), (90, 300))
    assert check("debye-8", fit.n_points / fit.correlation.widening).right
    rho = fit.correlation.lag1
    assert check("debye-8", round(fit.n_points * (1 - rho) / (1 + rho))).right


def test_what_the_slider_does_to_the_misfit_alone_and_with_the_others_mended():
    copper, asked = load("copper-rrr100"), exercise("debye-1")
    fit = fit_resistance(copper, saturation=False)
    figure = explore.debye([fit])

    def shown(theta_d):
        return figure.read({"theta_d": theta_d})["misfit in the window (rms)"]

    def mended(theta_d):
        """Return the root of the sum of squares with A and R_0 mended."""
        rise = ideal(copper.temperature, theta_d, 0.0, 1.0)
        columns = np.stack([np.ones_like(rise), rise], axis=1)
        return np.sqrt(np.linalg.lstsq(columns, copper.resistance * 1e8)[1][0])

    best, there = fit.theta_d.n, asked.answer()
    assert shown(there) == pytest.approx(10 * shown(best), rel=0.01)
    for step in np.arange(np.ceil(best), there + 5):  # of the slider: the nearest is right
        off = abs(shown(step) / shown(best) - 10)
        assert off > 1.2 or check("debye-1", step).right
    assert "starts" in check("debye-1", best).words
    # "Most of the misfit goes away", and a larger Theta_D goes with a larger A.
    assert mended(there) < 2 * mended(best) < 0.25 * 10 * mended(best)


def test_two_thetas_apart_without_noise_and_hardly_with_it():
    """As the page says: 0.5 % of noise hides what a fit without noise finds."""
    t = np.linspace(400, 800, 100)
    clean = ideal(t, 300.0, 0.05, 3.0)
    found, _ = curve_fit(ideal, t, clean, p0=(150, 0.02, 1.5))
    assert found[0] == pytest.approx(300, rel=1e-3)
    shape = ideal(t, 150.0, 0.0, 1.0)
    left = 1 - np.polyval(np.polyfit(shape, clean, 1), shape) / clean
    assert np.sum((left / 0.005) ** 2) < 1  # chi-square of the wrong law, over 100 points


def test_an_autocorrelation_in_place_of_a_number_of_points_is_named():
    rho = fit_resistance(lesson_curve("debye-8"), (90, 300)).correlation.lag1
    said = check("debye-8", round(rho, 3))
    assert said.kind == "slip"
    assert "ρ itself" in said.words


def test_a_curve_in_milliohm_is_right_as_well():
    t, r = celsius_table()
    fit = fit_resistance(ResistanceCurve(t + 273.15, r))
    assert check("debye-5", fit.theta_d / 4).right
