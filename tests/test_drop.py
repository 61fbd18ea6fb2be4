"""Where a drop is seen, at any scale of temperature, and where none is."""

import numpy as np
import pytest
from transition_study import (
    NO_TRANSITION,
    clean,
    coupling,
    eq_5,
    fine_8,
    fine_92,
    metal,
)
from uncertainties import ufloat

from analysis import AnalysisError, FitError, ResistanceCurve, find_drop, fit_transition
from analysis.transport.drop import Drop, _Bins, deepest_drop, drops_of
from analysis.transport.transition_read import below_top, onset_of, read_off
from analysis.transport.transition_result import sweep_spread

T = np.linspace(4, 300, 600)


def made(t, r, *, noise=1e-4, seed=0):
    scatter = np.random.default_rng(seed).normal(size=t.size)
    return ResistanceCurve(t, r + noise * r.max() * scatter, name="made")


@pytest.mark.parametrize("make", [clean, fine_8, fine_92])
@pytest.mark.parametrize("seed", range(4))
def test_a_drop_is_seen_at_any_scale(make, seed):
    rng = np.random.default_rng(seed)
    one = make(rng)
    drop = deepest_drop(one.curve(rng))
    assert drop is not None
    assert drop.low < one.tc(0.5) < one.tc(0.9) < drop.top
    assert drop.fall > 0.9


@pytest.mark.parametrize("make", NO_TRANSITION[:6], ids=lambda make: make.__name__)
@pytest.mark.parametrize("seed", range(5))
def test_no_drop_is_seen_where_there_is_none(make, seed):
    assert find_drop(make(np.random.default_rng(seed))) is None


def test_a_resistance_that_is_higher_below_is_no_transition():
    """A semiconductor that is clipped below 27 K, in noise of the meter's range."""
    t = np.geomspace(6, 293, 800)
    r = np.minimum(np.exp(300 / t), 1e6)
    with pytest.raises(FitError, match="no superconducting transition seen"):
        fit_transition(made(t, r, noise=1e-5))


def test_a_scan_and_the_same_widened_have_the_same_t_c():
    """8 K around 92 K, and 50 K; the points within are the same."""
    wide = np.arange(70, 120, 0.05)
    clean_r = 2.1 * (1 + 0.01 * (np.maximum(wide, 93.5) - 93.5)) * eq_5(wide, 93.5, 800.0)
    r = clean_r + 1e-3 * np.random.default_rng(3).normal(size=wide.size)
    near = (wide >= 88) & (wide <= 96)
    found = [
        fit_transition(ResistanceCurve(wide[part], r[part])).to_dict(0.5)["tc"]
        for part in (near, np.ones_like(near))
    ]
    assert abs(found[0]["value"] - found[1]["value"]) < 2 * found[0]["stderr"]


@pytest.mark.parametrize("remaining", [0.0, 0.1])
def test_two_points_below_a_drop_are_enough_to_see_it(remaining):
    t = np.r_[2.1, 3.7, np.arange(6.1, 300, 2)]
    r = np.where(t > 5, metal(t, theta_d=350, r0=5.0, a=1.0), 5 * remaining + 0.1)
    found = fit_transition(made(t, r, noise=1e-5))
    assert "5 to" in found.why
    assert "between 6.1 and 3.7 K" in found.why
    assert find_drop(found.curve) > 6


def test_steps_close_to_each_other_are_one_drop_and_others_are_not():
    near = metal(np.maximum(T, 60)) * (0.5 * eq_5(T, 60, 200) + 0.5 * eq_5(T, 44, 200))
    drop = deepest_drop(made(T, near))
    assert drop.low < 43
    assert drop.top > 60
    far = metal(np.maximum(T, 20)) * eq_5(T, 20, 200) * (1 - 0.3 * (T < 150))
    curve = made(T, far)
    assert len(drops_of(curve)) == 2
    assert find_drop(curve) > 149  # of both
    assert 20 < deepest_drop(curve).top < 30


@pytest.mark.parametrize(("upper", "lower"), [(0.7, 0.5), (0.4, 0.75)])
def test_what_two_steps_leave_is_the_product_of_what_each_leaves(upper, lower):
    """Whichever is the deeper one."""
    r = np.where(T < 60, upper, 1.0) * np.where(T < 44, lower, 1.0)
    drop = deepest_drop(made(T, r, noise=1e-6))
    assert drop.fall == pytest.approx(1 - upper * lower, abs=0.01)
    assert drop.low < 44
    assert drop.top > 60


def test_a_fall_is_what_the_normal_state_would_not_have_lost():
    """Six tenths of a resistance in proportion to T, between 60 and 54 K."""
    r = T * (1 - 0.6 * np.clip((60 - T) / 6, 0, 1))
    drop = deepest_drop(made(T, r, noise=1e-6))
    assert drop.low < 54.5
    assert 59 < drop.top < 70
    # In proportion to T the normal state is lower there, and loses less.
    assert drop.fall == pytest.approx(0.6 * drop.low / drop.top, abs=0.01)


@pytest.mark.parametrize("onset", [20.0, 60.0, 120.0])
def test_a_drop_lies_around_its_transition_and_no_farther(onset):
    t = np.linspace(4, 300, 3000)
    r = metal(np.maximum(t, onset)) * eq_5(t, onset, 200.0)
    drop = deepest_drop(made(t, r, noise=1e-5))
    lost = onset * (1 - (3.857806527324 / 200) ** (2 / 3))  # where 1 % is left
    # Its ends are bins of 4 % in temperature, a few farther.
    assert 0.8 * lost < drop.low < lost
    assert onset < drop.top < 1.15 * onset


def test_theta_d_of_a_curve_whose_drop_is_a_gap_is_that_of_the_fit_of_its_normal_state():
    t = np.r_[np.linspace(2, 9.2, 20), np.linspace(9.4, 300, 300)]
    r = np.where(t < 9.3, 0.0, metal(t, theta_d=250, r0=0.3))
    found = fit_transition(made(t, r, noise=2e-4))
    quoted, stated = found.theta_d, found.fit.to_dict()["theta_d"]
    assert quoted.value.n == stated["value"] == pytest.approx(250, abs=5)
    assert quoted.value.s == stated["stderr"]
    half = 1.97 * stated["stderr"]  # Student's factor of some 300 degrees of freedom
    assert quoted.interval == pytest.approx((quoted.value.n - half, quoted.value.n + half), abs=0.3)


def test_a_criterion_that_is_reached_below_the_drop_is_not_reached_by_it():
    """A step to a fifth at 60 K, and a metal that falls on below 5 %."""
    r = metal(T, theta_d=200, r0=1e-3, a=1.0) * np.where(T < 60, 0.2, 1.0)
    found = fit_transition(made(T, r, noise=1e-5)).to_dict(0.05)
    assert found["tc"]["value"] is None
    assert found["tc"].get("interval") is None
    assert found["warnings"]


@pytest.mark.parametrize("seed", range(4))
def test_sweeps_that_lie_apart_widen_the_error(seed):
    """Cooling and warming 4 mK apart: the error covers both, with eq. 5 exact in each."""
    t = np.linspace(7.0, 8.9, 700)
    rng = np.random.default_rng(seed)
    down, up = (0.7 * eq_5(t - shift, 8.05, 2000.0) for shift in (0.002, -0.002))
    r = np.r_[up, down[::-1]] + 1e-4 * rng.normal(size=2 * t.size)
    curve = ResistanceCurve(np.r_[t, t[::-1]], r)
    found = fit_transition(curve).to_dict(0.5)["tc"]
    true = 8.05 * (1 - (1.2282198517512 / 2000) ** (2 / 3))
    assert found["interval"][0] < true - 0.0019
    assert true + 0.0019 < found["interval"][1]
    assert found["stderr"] < 0.01


def test_a_stray_point_is_no_transition():
    r = metal(T)
    r[200] = 0.0
    assert find_drop(ResistanceCurve(T, r)) is None


def test_a_curve_of_few_points_has_no_drop():
    assert find_drop(ResistanceCurve([1, 2, 3, 4], [0, 0, 5, 5])) is None
    with pytest.raises(AnalysisError, match="no superconducting transition"):
        fit_transition(ResistanceCurve([1, 2, 3, 4], [1, 1, 1, 1]))


def test_lambda_spans_the_windows_where_no_theta_d_is_quoted():
    """A gap in place of the transition, and a warm end that bends as no eq. 1 does."""
    t = np.r_[np.linspace(2, 9.2, 20), np.linspace(9.4, 300, 200)]
    r = metal(t, theta_d=250, r0=0.3) * (1 - 0.02 * np.maximum(t / 170 - 1, 0) ** 2)
    transition = fit_transition(made(t, np.where(t < 9.3, 0.0, r), noise=2e-4))
    found = transition.to_dict()
    assert transition.fit.warnings
    assert set(transition.fit.warnings) <= set(found["warnings"])
    assert found["theta_d"]["value"] is None
    assert found["tc"]["interval"] == [9.2, 9.4]
    low, high = found["lambda"]["interval"]
    assert low < coupling(9.2, 250) < coupling(9.4, 250) < high < low + 0.1
    assert any(
        "no Theta_D is quoted: lambda is given for Theta_D from" in text
        for text in found["warnings"]
    )


@pytest.mark.parametrize(("steepest", "stands"), [(0.58, False), (0.62, True)])
def test_a_drop_is_three_times_as_steep_as_what_lies_below_it(steepest, stands):
    """Of dR/d ln T = 0.2 from half of its lower end to it; farther below it is flat."""
    x = np.arange(np.log(2.0), np.log(60.0), 0.04)
    low, top = np.searchsorted(x, np.log([20.0, 24.0]))
    r = 0.5 + 0.2 * np.clip(x - x[low], np.log(0.5), 0) + np.clip(x - x[low], 0, x[top] - x[low])
    bins = _Bins(np.exp(x), r, np.full(x.size, 1e-6), 0.04, [])
    assert bins._stands_out(int(low), int(top), steepest) is stands


@pytest.mark.parametrize(("errors", "steep"), [(5.7, False), (6.3, True), (9.0, True)])
def test_a_step_is_steep_by_six_standard_errors(errors, steep):
    """Of the difference of two bins, from one level to another."""
    x = np.arange(np.log(10.0), np.log(60.0), 0.04)
    r = 1 + errors * np.sqrt(2) * 1e-3 * (x > x[20])
    bins = _Bins(np.exp(x), r, np.full(x.size, 1e-3), 0.04, [])
    assert np.flatnonzero(bins._steeper_than_above()).tolist() == ([20, 21] if steep else [])


def test_what_lies_below_a_transition_begins_at_the_coldest_point():
    t = np.arange(2.0, 40.0)
    curve = ResistanceCurve(t, t)
    assert below_top(curve, 20.0).temperature == pytest.approx(np.arange(2.0, 23.0))
    # Four points at least.
    assert below_top(curve, 2.5).temperature == pytest.approx([2, 3, 4, 5])


def test_where_nothing_has_fallen_the_onset_is_the_top_with_the_error_of_its_line():
    t = np.arange(8.0, 20.0, 0.4)
    r = 1 + 0.1 * t + 0.005 * np.random.default_rng(0).normal(size=t.size)
    near = (t >= 12) & (t <= 1.3 * 12)
    line, covariance = np.polyfit(t[near] - 12, r[near], 1, cov=True)
    onset, resistance = onset_of(ResistanceCurve(t, r), Drop(9.0, 12.0, 0.5))
    assert onset == 12
    assert resistance.n == pytest.approx(line[1])
    assert resistance.s == pytest.approx(covariance[1, 1] ** 0.5)


def test_sweeps_of_too_few_points_are_read_as_one_and_half_of_their_spread_stays():
    t = np.r_[np.arange(5.0, 30.0, 2.0), np.arange(4.0, 29.0, 2.0)[::-1]]
    curve = ResistanceCurve(t, np.clip(t - 4, 0, 4))
    assert len(curve.sweeps) == 2
    # Below 1.1 times 8 K are three points of one sweep and two of the other, on a line in R.
    found = read_off(curve, 8.0, ufloat(2.5, 1e-9), 0.0, 0.7)
    assert (found.low, found.high) == (6, 7)
    assert found.value == pytest.approx(6.5)
    assert found.sweeps == pytest.approx(0.35)
    assert read_off(curve, 8.0, ufloat(-0.5, 1e-9), 0.0, 0.7) is None


@pytest.mark.parametrize(("part", "apart"), [((0.2, 0.5), 1.0), ((0.92, 1.1), 3.0)])
def test_sweeps_are_compared_from_5_to_95_percent_of_a_drop(part, apart):
    """A drop from 1 to 0.5, in which sweeps lie 1 K apart, but 3 K over a part of resistances."""
    level = np.linspace(0.2, 1.1, 400)
    inside = (level > part[0]) & (level < part[1])
    t = np.r_[10 + 40 * level, (10 + 40 * level + np.where(inside, 3.0, 1.0))[::-1]]
    curve = ResistanceCurve(t, np.r_[level, level[::-1]])
    assert sweep_spread(curve, Drop(30.0, 50.0, 0.5), 1.0) == pytest.approx(apart, rel=0.1)


@pytest.mark.parametrize("level", [0.5, 2.5, 5.25])
def test_the_spacing_of_a_reading_is_how_far_a_parabola_lies_from_the_straight_line(level):
    """T = 10 + 2 R - 0.1 R^2 at whole R: on the chord between two of them it is known exactly."""
    r = np.arange(0.0, 8.0)
    found = read_off(ResistanceCurve(10 + 2 * r - 0.1 * r**2, r), 20.0, ufloat(level, 1e-9), 0.0)
    part = level % 1
    assert found.spacing == pytest.approx(0.1 * part * (1 - part))
    assert found.value + found.spacing == pytest.approx(10 + 2 * level - 0.1 * level**2)


@pytest.mark.parametrize(("bend", "quoted"), [(0.02, True), (-0.01, True), (-0.02, False)])
def test_a_debye_temperature_that_moves_spans_its_errors_and_three_windows(bend, quoted):
    """All, the lower half, all but a sixth; one that moves by a factor of two is none."""
    t = np.r_[np.linspace(2, 9.2, 20), np.linspace(9.4, 300, 200)]
    r = metal(t, theta_d=250, r0=0.3) * (1 - bend * np.maximum(t / 170 - 1, 0) ** 2)
    found = fit_transition(made(t, np.where(t < 9.3, 0.0, r), noise=2e-4))
    top, theta = found.drop.top, found.fit.theta_d
    windows = ((top, 300), (top, (top + 300) / 2), (top + (300 - top) / 6, 300))
    fits = [found.fit.tried(found.curve.between(*window)) for window in windows]
    moved = [fit.kept.values["theta_d"] for fit in fits]
    low = min(*moved, theta.n - 2 * theta.s)
    high = max(*moved, theta.n + 2 * theta.s)
    assert (0.5 * high < low) is quoted
    said = [text for text in found.to_dict()["warnings"] if "lambda is given for" in text]
    assert [f"from {low:.0f} to {high:.0f} K" in text for text in said] == [True] * quoted
