"""The fit of transition and normal state together: truths, measured Be22Re, refusals."""

import numpy as np
import pytest
import uncertainties
from scipy import optimize

import analysis
from analysis import (
    AnalysisError,
    DataError,
    FitError,
    NotReached,
    ResistanceCurve,
    ValidityWarning,
    fit_transition,
    resistance,
)
from analysis.numerics.least_squares import minimise
from analysis.transport.laws import CONSTANT, LAWS, LINE
from analysis.transport.transition import (
    TransitionModel,
    transition_depth,
    transition_fraction,
)
from analysis.transport.transition_checks import zone_of
from analysis.transport.transition_start import normal_state_of, shape_guess, transition_drop
from analysis.twin.curves import make_curve, truth_of

pytestmark = pytest.mark.filterwarnings("ignore::analysis.ValidityWarning")

SAMPLE = truth_of("twin-zero-resistance-22.4gpa")
LAW = {"theta_d": 520.0, "r0": 0.03, "a": 0.8}
T = np.arange(4.0, 300.0, 0.5)


def curve(*, tc_onset=66.0, f=68.5, floor=0.0, noise=1e-4, seed=1, t=T, **law):
    """Eqs. 1 and 5 with normal noise, a part of the largest resistance."""
    normal = resistance(np.maximum(t, tc_onset), **{**LAW, **law})
    r = normal * (floor + (1 - floor) * transition_fraction(t, tc_onset=tc_onset, f=f))
    scatter = np.random.default_rng(seed).normal(size=t.size)
    return ResistanceCurve(t, r + noise * r.max() * scatter, name="made")


@pytest.mark.parametrize("r_sat", [np.inf, 0.5])
@pytest.mark.parametrize("floor", [0.0, 0.4])
def test_a_curve_without_noise_gives_back_its_truth(r_sat, floor):
    fit = fit_transition(curve(noise=1e-9, floor=floor, r_sat=r_sat))
    assert fit.normal == "law"
    assert fit.tc_onset.n == pytest.approx(66, rel=1e-5)
    assert fit.f.n == pytest.approx(68.5, rel=1e-4)
    assert fit.floor.n == pytest.approx(floor, abs=1e-7)
    assert fit.theta_d.n == pytest.approx(520, rel=1e-4)
    assert fit.r_onset.n == pytest.approx(resistance(66.0, **LAW, r_sat=r_sat), rel=1e-6)


def test_twenty_scattered_starts_end_in_one_place():
    made = make_curve(SAMPLE, 5)
    start = normal_state_of(made, transition_drop(made).top, None, LAWS[0], 5.0).start
    model = TransitionModel(made.temperature, LAWS[0], 5.0)
    no_floor = np.array([True] * 6 + [False])
    rng = np.random.default_rng(0)
    ends = []
    for _ in range(20):
        # The onset anywhere over 12 K, across 24 points; F over a factor of 40.
        guess = np.r_[start, rng.uniform(60, 72), np.exp(rng.uniform(np.log(10), np.log(400))), 0]
        found = minimise(model, guess, made.resistance / made.resistance.max(), free=no_floor)
        ends.append([*found.parameters[4:6], found.residuals @ found.residuals])
    assert np.ptp(ends, axis=0) == pytest.approx(0, abs=1e-4)


def test_the_squares_are_smooth_where_the_onset_crosses_a_point():
    made = make_curve(SAMPLE, 5)
    model = TransitionModel(made.temperature, LAWS[0], 5.0)
    p = np.array([3.0, 0.2, 0.8, 0.0, 66.0, 68.0, 0.0])
    point = made.temperature[np.argmin(np.abs(made.temperature - 66))]

    def squares(onset):
        p[4] = onset
        return float(((made.resistance / made.resistance.max() - model.value(p)) ** 2).sum())

    step = 1e-5
    jump = abs(squares(point + step) - squares(point - step))
    elsewhere = abs(squares(point + 0.1 + step) - squares(point + 0.1 - step))
    assert jump == pytest.approx(elsewhere, rel=0.2)


@pytest.mark.parametrize(
    ("law", "normal"),
    [
        (LAWS[0], [3.0, 0.2, 0.8, 0.3]),
        (LAWS[1], [3.0, 0.2, 0.8, 0.3, 3.4]),
        (LINE, [1.0, 0.7]),
        (CONSTANT, [0.9]),
    ],
)
@pytest.mark.parametrize("floor", [0.0, 0.2])
def test_the_jacobian_is_the_derivative(law, normal, floor):
    model = TransitionModel(np.linspace(4, 300, 77), law, 5.0)
    p = np.array([*normal, 66.3, 50.0, floor])
    rows = model.jacobian(p)
    for i, step in enumerate(1e-6 * np.maximum(np.abs(p), 0.1)):
        up, down = p.copy(), p.copy()
        up[i] += step
        down[i] -= step
        expected = (model.value(up) - model.value(down)) / (2 * step)
        assert rows[i] == pytest.approx(expected, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(("onset", "f", "floor"), [(66, 1000, 0.0), (8, 400, 0.2), (92, 3000, 0.5)])
def test_the_shape_of_a_narrow_transition_is_guessed_from_three_of_its_points(onset, f, floor):
    t = np.linspace(0.5 * onset, 2 * onset, 3000)
    r = 3 * (floor + (1 - floor) * transition_fraction(t, tc_onset=onset, f=f))
    made = ResistanceCurve(t, r)
    guess = shape_guess(made, transition_drop(made), 3.0, low=floor)
    assert guess[0] == pytest.approx(onset, rel=1e-3)
    assert guess[1] == pytest.approx(f, rel=0.04)
    assert guess[2] == floor


@pytest.mark.parametrize("floor", [0.0, 0.03])
@pytest.mark.parametrize("criterion", [0.05, 0.1, 0.5, 0.9])
def test_the_closed_form_is_where_the_model_crosses_the_criterion(criterion, floor):
    fit = fit_transition(curve(floor=floor))
    level = criterion * fit.r_onset.n
    root = optimize.brentq(
        lambda t: fit.predict(t)[0] - level, 20, fit.tc_onset.n, xtol=1e-13, rtol=1e-14
    )
    assert fit.tc(criterion).n == pytest.approx(root, rel=1e-10)


def test_the_width_of_a_transition():
    fit = fit_transition(curve())
    width = fit.tc(0.9).n - fit.tc(0.1).n
    assert width == pytest.approx(1.2187587 * fit.tc_onset.n * fit.f.n ** (-2 / 3), rel=1e-7)


@pytest.mark.parametrize(
    ("criterion", "depth"),
    [
        (0.5, 1.2282198517512),
        (0.1, 2.448111372595),
        (0.05, 2.8914936104195),
        (0.01, 3.857806527324),
    ],
)
def test_depths_of_criteria(criterion, depth):
    assert transition_depth(criterion) == pytest.approx(depth, rel=1e-12)


def test_the_paper_sample_comes_back_within_two_sigma():
    fit = fit_transition(analysis.load(SAMPLE.name))
    tc, coupling = fit.tc(0.05), fit.coupling(0.05, mu_star=0.13)
    truth = analysis.coupling_constant(58.0, theta_d=518)
    assert abs(tc.n - 58) < 2 * tc.s
    assert abs(fit.theta_d.n - 518) < 2 * fit.theta_d.s
    assert abs(coupling.n - truth) < 2 * coupling.s
    assert fit.r_squared >= 0.9999


def test_errors_of_lambda_know_that_tc_and_theta_come_from_one_fit():
    fit = fit_transition(make_curve(SAMPLE, 5))
    by_tc, by_theta = 0.0269, -0.00302
    covariance = uncertainties.covariance_matrix([fit.tc(), fit.theta_d])
    expected = np.sqrt(np.array([by_tc, by_theta]) @ covariance @ np.array([by_tc, by_theta]))
    assert fit.coupling().s == pytest.approx(expected, rel=0.03)


@pytest.mark.measured("be22re-15gpa")
def test_be22re_in_a_diamond_anvil_cell():
    fit = fit_transition(analysis.load("be22re-15gpa"))
    assert fit.normal == "constant"
    assert "too low for eq. 1" in fit.reason
    assert fit.tc_onset.n == pytest.approx(7.68, abs=0.05)
    assert fit.f.n == pytest.approx(73, abs=5)
    assert fit.r_onset.n == pytest.approx(0.0667, abs=2e-4)
    for criterion, tc in ((0.1, 6.92), (0.5, 7.20), (0.9, 7.39)):
        assert fit.tc_read(criterion) == pytest.approx(tc, abs=0.03)
    assert fit.theta_d is None
    with pytest.raises(FitError, match="lambda needs Theta_D, but the normal state is a constant"):
        fit.coupling(0.5)


def test_a_line_is_taken_where_the_normal_state_slopes_and_ends_soon():
    t = np.linspace(4, 12, 400)
    r = (1 + 0.05 * t) * transition_fraction(t, tc_onset=7.5, f=60)
    fit = fit_transition(ResistanceCurve(t, r + 1e-3 * np.random.default_rng(0).normal(size=400)))
    assert fit.normal == "line"
    assert fit.tc_onset.n == pytest.approx(7.5, abs=0.05)


@pytest.mark.parametrize(("end", "why"), [(14, "too low for"), (20, "but do not determine")])
def test_a_line_has_its_reason(end, why):
    """Up to twice the transition nothing tells eq. 1 from a line; beyond, these points do not."""
    t = np.linspace(4, end, 400)
    r = (1 + 0.05 * t) * transition_fraction(t, tc_onset=7.5, f=60)
    made = ResistanceCurve(t, r + 1e-3 * np.random.default_rng(0).normal(size=t.size))
    assert f"end at {end} K, {why} eq. 1" in fit_transition(made).reason


def test_the_normal_state_can_be_chosen():
    made = curve(t=np.arange(4.0, 120.0, 0.25))
    assert fit_transition(made, normal="line").reason == "a line, as requested"
    assert fit_transition(made, normal="law").reason == "eq. 1, as requested"


def test_a_floor_is_found_where_resistance_remains():
    assert fit_transition(curve(floor=0.3)).floor.n == pytest.approx(0.3, abs=1e-3)
    bare = fit_transition(curve())
    assert (bare.floor.n, bare.floor.s) == (0, 0)


def test_what_is_not_reached_has_no_number():
    with pytest.raises(NotReached, match=r"at no temperature above zero .*floor 0\.4"):
        fit_transition(curve(floor=0.4)).tc(0.05)
    with pytest.raises(NotReached, match="at no temperature above zero"):
        fit_transition(curve(f=8.0)).tc(1e-6)
    # As broad as the temperature itself: no transition.
    with pytest.raises(FitError, match="no superconducting transition seen"):
        fit_transition(curve(f=2.0))
    cut = curve(t=np.arange(61.0, 300.0, 0.25))
    with pytest.raises(NotReached, match=r"not reached in the data.*extrapolated: 57.9"):
        fit_transition(cut).tc(0.05)
    with pytest.raises(NotReached, match=r"do not fall to 0\.05"):
        fit_transition(cut).tc_read(0.05)
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        fit_transition(cut).tc(1.5)


def test_two_steps_are_said():
    normal = resistance(np.maximum(T, 70), **LAW)
    steps = (transition_fraction(T, tc_onset=tc, f=150) for tc in (70, 58))
    r = normal * sum(steps) / 2 + 1e-4 * np.random.default_rng(0).normal(size=T.size) * normal.max()
    fit = fit_transition(ResistanceCurve(T, r))
    assert any("has 2 steps, near 55" in text for text in fit.warnings)


def test_one_step_is_not_called_two():
    for seed in range(20):
        fit = fit_transition(make_curve(SAMPLE, [3, seed]))
        assert not any("steps" in text for text in fit.warnings)


@pytest.mark.parametrize(
    ("made", "window", "error", "message"),
    [
        (ResistanceCurve(T, resistance(T, **LAW)), None, FitError, "no superconducting transition"),
        (curve(), (4, 63), FitError, "the data show no normal state above the drop"),
        (curve(), (70, 300), FitError, "no superconducting transition seen between 70"),
        (curve(), (400, 500), DataError, "lies outside the data"),
        (curve(), (300, 4), DataError, "not two ascending"),
        (ResistanceCurve([1, 2, 3], [1, 1, 1]), None, FitError, "no superconducting transition"),
    ],
)
def test_what_cannot_be_fitted_is_refused_by_name(made, window, error, message):
    with pytest.raises(error, match=message):
        fit_transition(made, window)


def test_an_onset_at_the_edge_of_the_window_is_said():
    with pytest.raises(FitError, match="onset lies at the edge of the window or beyond it"):
        fit_transition(curve(), (4, 68))


def test_choices_are_checked():
    with pytest.raises(AnalysisError, match="normal must be one of law, line, constant"):
        fit_transition(curve(), normal="metal")
    with pytest.raises(AnalysisError, match=r"mu\* must be at least 0"):
        fit_transition(curve()).coupling(mu_star=-0.1)


def test_the_result_becomes_json_with_reasons_for_what_is_missing():
    found = fit_transition(curve(floor=0.4)).to_dict()
    assert found["tc"] == {"value": None, "stderr": None, "unit": "K"}
    assert found["lambda"]["value"] is None
    assert any(
        "R/R_onset = 0.05 is reached at no temperature" in text for text in found["warnings"]
    )
    found = fit_transition(curve(), None).to_dict(0.5, mu_star=0.1)
    assert found["lambda"]["value"] == pytest.approx(1.64, abs=0.1)
    assert any("outside the range to which the formula was fitted" in w for w in found["remarks"])


@pytest.mark.filterwarnings("default::analysis.ValidityWarning")
def test_strong_coupling_warns_here_too():
    with pytest.warns(ValidityWarning):
        fit_transition(curve()).coupling()


def test_the_band_is_narrow_where_there_are_points():
    fit = fit_transition(make_curve(SAMPLE, 5))
    lower, upper = fit.band([63.0, 200.0])
    truth = SAMPLE.clean(np.array([63.0, 200.0]))
    assert (lower < truth).all()
    assert (truth < upper).all()
    assert upper[1] - lower[1] < 1e-3 * truth[1] * 2


def test_a_g_that_is_negative_within_its_error_stays_free():
    # R_sat is infinite in truth: G comes out negative in half of them by chance, none by three
    # errors. Held at 0 these would have errors 2 to 3 times smaller than the others.
    seeds = [fit_transition(make_curve(SAMPLE, [3, seed])) for seed in range(12)]
    negative = [seed for seed in seeds if seed.g_free.n < 0]
    assert 0 < len(negative) < 12
    for one in negative:
        assert not one.held - {"floor"}
        assert one.g_sat.n == one.g_free.n
        assert one.g_sat.s > 0
        assert any("negative within its error" in text for text in one.remarks)
        assert one.r_sat is None
        assert one.g_interval[0] == 0
        assert one.to_dict()["r_sat"]["value"] is None


def test_a_saturating_normal_state_has_its_r_sat():
    fit = fit_transition(curve(noise=1e-5, r_sat=0.5))
    assert fit.r_sat.n == pytest.approx(0.5, rel=0.02)
    assert abs(fit.r_sat.n - 0.5) < 3 * fit.r_sat.s


@pytest.mark.parametrize("criterion", [0.05, 0.5, 0.9])
def test_a_gap_in_place_of_the_transition_leaves_t_c_between_two_points(criterion):
    t = np.r_[np.linspace(4, 50, 20), np.linspace(61, 300, 200)]
    found = fit_transition(curve(t=t, tc_onset=56.0, f=400.0)).to_dict(criterion)
    assert found["tc"] == {"value": None, "stderr": None, "unit": "K", "interval": [50.0, 61.0]}
    # lambda of the ends: it grows with T_c and falls with Theta_D.
    ends = [analysis.coupling_constant(tc, theta_d=520.0) for tc in (50.0, 61.0)]
    low, high = found["lambda"]["interval"]
    assert ends[0] - 0.03 < low < ends[0] < ends[1] < high < ends[1] + 0.03
    assert found["warnings"] == []
    assert any("0 points between 10 and 90 % of it" in text for text in found["remarks"])


@pytest.mark.parametrize(("f", "floor"), [(15, 0.3), (40, 0.6), (25, 0.5)])
def test_a_broad_step_above_a_floor_is_one_step(f, floor):
    law = {"theta_d": 250.0, "r0": 0.03, "a": 1.0}
    for seed in range(5):
        made = curve(tc_onset=60.0, f=f, floor=floor, noise=2e-4, seed=seed, **law)
        assert not any("steps" in text for text in fit_transition(made).warnings)


@pytest.mark.parametrize("upper", [0.5, 0.85])
@pytest.mark.parametrize("apart", [6, 16])
def test_steps_of_unequal_height_are_seen(upper, apart):
    normal = resistance(np.maximum(T, 60), theta_d=250, r0=0.03, a=1)
    r = upper * transition_fraction(T, tc_onset=60, f=200)
    r = normal * (r + (1 - upper) * transition_fraction(T, tc_onset=60 - apart, f=200))
    r = r + 2e-4 * normal.max() * np.random.default_rng(0).normal(size=T.size)
    assert any("2 steps" in text for text in fit_transition(ResistanceCurve(T, r)).warnings)


def test_the_right_one_of_several_minima_is_taken():
    for tc_onset, theta_d in ((30.0, 230.0), (60.0, 295.0), (90.0, 735.0)):
        fit = fit_transition(curve(tc_onset=tc_onset, f=30, noise=1e-3, theta_d=theta_d, r0=0.2))
        assert fit.theta_d.n == pytest.approx(theta_d, rel=0.2)


def test_one_impossible_number_leaves_the_others():
    # 60 K of 200 K: more than McMillan's formula can give.
    fit = fit_transition(curve(theta_d=200.0, noise=1e-5))
    found = fit.to_dict(0.5, formula="mcmillan")
    assert found["tc"]["value"] == pytest.approx(fit.tc(0.5).n)
    assert found["lambda"]["value"] is None
    assert any("no lambda gives" in text for text in found["warnings"])
    with pytest.raises(AnalysisError, match="formula must be one of"):
        fit.to_dict(formula="bcs")
    with pytest.raises(AnalysisError, match="criterion is between 0 and 1"):
        fit.to_dict(1.5)


def test_a_normal_state_that_misses_its_points_is_said():
    fit = fit_transition(curve(noise=1e-5), normal="line")
    assert any("differs from the points by more than scatter" in text for text in fit.warnings)


@pytest.mark.parametrize(("times", "misfit"), [(1.4, False), (3.0, True)])
def test_points_that_scatter_more_inside_a_transition_tell_by_how_much(times, misfit):
    """So many times the noise of the normal state, between 55 and 66 K; 1.5 times is too much."""
    t = np.arange(20.0, 150.0, 0.1)
    r = resistance(np.maximum(t, 66.0), **LAW) * transition_fraction(t, tc_onset=66.0, f=68.5)
    sigma = 1e-4 * np.where((t > 55) & (t < 66), times, 1.0)
    noisy = ResistanceCurve(t, r + sigma * np.random.default_rng(0).normal(size=t.size))
    zone = zone_of(fit_transition(noisy))
    assert zone.misfit is misfit
    assert zone.wider == pytest.approx(times * 1e-4 / np.sqrt(np.mean(sigma**2)), rel=0.1)
    assert zone.scatter == pytest.approx(times * 1e-4, rel=0.1)


def test_the_t_c_of_the_fit_is_quoted_without_a_word_and_another_one_with_its_reason():
    fit = fit_transition(curve())
    at = fit.at_criterion(0.05, 0.13, "advanced")
    assert at.tc.value.n == fit.tc(0.05).n
    assert at.warnings == ()
    steps = sum(transition_fraction(T, tc_onset=tc, f=150) for tc in (70, 58)) / 2
    fit = fit_transition(ResistanceCurve(T, resistance(np.maximum(T, 70), **LAW) * steps))
    at = fit.at_criterion(0.3, 0.13, "advanced")
    assert at.tc.value.n == pytest.approx(fit.tc_read(0.3))
    assert f"read off the data (by the fit: {fit.tc(0.3).n:.5g} K)" in at.warnings[0]
