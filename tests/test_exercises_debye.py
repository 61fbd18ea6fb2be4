"""The exercises on 3.1: other ways to the same answers, and what a careful student may choose."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from scipy.optimize import curve_fit

from analysis import FitError, fit_resistance, load, resistance
from analysis.exercises import check
from analysis.exercises.debye import COEFFICIENT, SLOPE
from analysis.exercises.debye_curves import celsius_table, lesson_curve
from analysis.exercises.debye_figures import changed_rise
from analysis.exercises.exercise import Exercise, Slip, verdicts
from analysis.exercises.tables import exercise
from analysis.transport.curve import ResistanceCurve

CURVES = ("debye-5", "debye-6", "debye-8", "debye-9")


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
    value = asked.answer(seed=seed)
    assert check(key, value, seed=seed).right
    assert not check(key, value + 4 * asked.tolerance, seed=seed).right


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
    aluminium = fit_resistance(load("aluminium"), saturation=False).theta_d
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


@pytest.mark.parametrize("low", [80, 85, 90, 95, 100, 110])
def test_each_window_above_the_drop_is_right(low):
    assert check("debye-9", fit_resistance(lesson_curve("debye-9"), (low, 300)).theta_d).right


@pytest.mark.parametrize("low", [20, 60, 65, 70])
def test_a_window_into_the_drop_is_refused_by_the_fit_or_named(low):
    curve = lesson_curve("debye-9")
    if low < 70:
        with pytest.raises(FitError, match="reaches into a resistance drop"):
            fit_resistance(curve, (low, 300))
        return
    assert "drop" in check("debye-9", fit_resistance(curve, (low, 300)).theta_d).words


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


def test_on_the_slider_eight_kelvin_show_and_two_do_not():
    copper = load("copper-rrr100")
    best = exercise("debye-1").answer()

    def misfit(theta_d):
        """Return the root of the mean square with A and R_0 mended."""
        rise = ideal(copper.temperature, theta_d, 0.0, 1.0)
        columns = np.stack([np.ones_like(rise), rise], axis=1)
        return np.sqrt(np.linalg.lstsq(columns, copper.resistance * 1e8)[1][0])

    assert misfit(best) < min(misfit(best - 1), misfit(best + 1))
    assert max(misfit(best - 2), misfit(best + 2)) < 1.05 * misfit(best)
    assert min(misfit(best - 8), misfit(best + 8)) > 1.33 * misfit(best)
