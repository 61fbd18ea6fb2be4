"""Where a superconducting drop ends, and which range eq. 1 describes."""

import numpy as np
import pytest

import analysis
from analysis import ResistanceCurve, fit_resistance, resistance
from analysis.transport.drop import find_drop
from analysis.twin.curves import make_curve, truths

DROPS = [truth for truth in truths() if truth.tc_onset]


@pytest.mark.parametrize("truth", DROPS, ids=lambda truth: truth.name)
def test_the_end_of_a_drop_is_found(truth):
    # 0 to 15 K above the onset: bins are 6 % wide and the slope must have come back.
    assert 0 <= find_drop(make_curve(truth, 8)) - truth.tc_onset <= 15


def test_metals_without_a_drop_have_none():
    # Saturating or not, soft or hard, quiet or noisy; seeded.
    rng = np.random.default_rng(3)
    t = np.linspace(4, 300, 300)
    for _ in range(100):
        r = resistance(
            t,
            theta_d=rng.uniform(150, 900),
            r0=rng.uniform(0, 1),
            a=rng.uniform(0.5, 5),
            r_sat=10 ** rng.uniform(-0.7, 2),
        )
        noise = 10 ** rng.uniform(-5, -2.3) * r.max()
        assert find_drop(ResistanceCurve(t, r + noise * rng.normal(size=t.size))) is None


def test_a_few_points_have_no_drop():
    assert find_drop(ResistanceCurve([1, 2, 3, 4], [0, 0, 5, 5])) is None


@pytest.mark.parametrize("truth", DROPS, ids=lambda truth: truth.name)
def test_the_window_found_lies_above_the_drop(truth):
    curve = make_curve(truth, 8)
    fit = fit_resistance(curve)
    assert fit.chosen.basis == "found"
    assert fit.window[0] >= find_drop(curve)
    assert not any("drops steeply" in text for text in fit.warnings)


def test_the_window_is_the_whole_range_where_the_law_holds():
    # About 2 % of the curves are called a misfit by chance; four of 60 would be 2 %.
    t = np.linspace(20, 300, 281)
    r = resistance(t, theta_d=550, r0=0.1, a=2.0, r_sat=3.0)
    short = 0
    for seed in range(60):
        noise = 1e-3 * r.max() * np.random.default_rng(seed).normal(size=t.size)
        fit = fit_resistance(ResistanceCurve(t, r + noise))
        short += fit.window != (20, 300)
        assert fit.window == (20, 300) or fit.warnings
    assert short < 5


def test_the_window_stops_where_the_law_fails():
    # Below 60 K an upturn (Kondo-like) is added that eq. 1 does not have.
    t = np.linspace(10, 300, 291)
    r = resistance(t, theta_d=550, r0=0.5, a=2.0) + 0.02 * np.maximum(0, 1 - t / 60) ** 2
    r = r + 3e-4 * np.random.default_rng(2).normal(size=t.size)
    fit = fit_resistance(ResistanceCurve(t, r))
    low, high = fit.window
    assert 25 <= low <= 75
    assert high == 300
    # Said, and what is gained by it is in the error.
    assert any("rises on cooling below 47 K: an upturn" in text for text in fit.warnings)
    assert fit.interval()[0] < 550 < fit.interval()[1]


def test_a_law_that_no_range_follows_is_said():
    t = np.linspace(10, 300, 300)
    r = resistance(t, theta_d=550, r0=0.5, a=2.0, n=2)
    r = r + 1e-5 * np.random.default_rng(0).normal(size=t.size)
    fit = fit_resistance(ResistanceCurve(t, r))
    assert fit.window == (10, 300)
    assert fit.chosen.basis == "all"
    assert any(
        "the law describes no range of at least half that width" in text for text in fit.warnings
    )
    assert not fit.errors_known or fit.systematic["theta_d"] > 5


@pytest.mark.measured("be22re-15gpa")
def test_the_drop_of_a_measured_superconductor_is_found():
    # Onset 7.68 K, and 15 K is where the data end.
    assert 7.68 <= find_drop(analysis.load("be22re-15gpa")) <= 9.5


@pytest.mark.measured("cu-foil")
def test_measured_copper_has_no_drop():
    assert find_drop(analysis.load("cu-foil")) is None
