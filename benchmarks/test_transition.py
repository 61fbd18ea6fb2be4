"""The transition fit and lambda: how fast beside the usual ways, and how often errors hold."""

import lmfit
import numpy as np
import pytest
from scipy import special
from test_resistance import law_by_quad

from analysis import ResistanceCurve, coupling_constant, critical_temperature, fit_transition
from analysis.twin.curves import make_curve, truth_of

pytestmark = pytest.mark.filterwarnings("ignore::analysis.ValidityWarning")

SAMPLE = make_curve(truth_of("twin-zero-resistance-22.4gpa"), 1)
EVERY = np.linspace(0, len(SAMPLE) - 1, 500).astype(int)
POINTS = ResistanceCurve(SAMPLE.temperature[EVERY], SAMPLE.resistance[EVERY])


def whole_by_quad(t, theta_d, r0, a, g, tc, f, floor):
    """The same seven parameters with quad in each point of the normal state."""
    normal = law_by_quad(np.maximum(t, tc), theta_d, r0, a, g)
    u = f * np.maximum(1 - t / tc, 0) ** 1.5
    return normal * (floor + (1 - floor) / (special.i0e(u) * np.exp(u)) ** 2)


def test_transition_fit_against_lmfit_with_quad(compare, benchmark):
    start = {"theta_d": 500, "r0": 0.03, "a": 0.75, "g": 0.05, "tc": 65.5, "f": 60, "floor": 1e-3}
    model = lmfit.Model(whole_by_quad)

    def ours():
        return fit_transition(POINTS, floor=True)

    def theirs():
        return model.fit(POINTS.resistance, t=POINTS.temperature, **start)

    assert ours().tc_onset.n == pytest.approx(theirs().params["tc"].value, rel=2e-3)
    benchmark(ours)
    ratio = compare("transition fit, 500 points: lmfit and quad / this", theirs, ours, repeat=3)
    assert ratio >= 50


def test_a_million_inversions(benchmark, note):
    """Seconds are printed, not judged."""
    rng = np.random.default_rng(0)
    coupling, mu_star = rng.uniform(0.3, 6, 10**6), rng.uniform(0.05, 0.2, 10**6)
    tc = critical_temperature(coupling, theta_d=500.0, mu_star=mu_star)
    back = benchmark.pedantic(
        coupling_constant, (tc,), {"theta_d": 500.0, "mu_star": mu_star}, rounds=3
    )
    note("lambda from T_c, 1e6 values: seconds", benchmark.stats.stats.median)
    assert np.abs(back / coupling - 1).max() < 1e-12


def test_inversion_against_one_root_at_a_time(compare):
    from scipy.optimize import brentq

    rng = np.random.default_rng(0)
    tc = critical_temperature(rng.uniform(0.3, 6, 1000), theta_d=500.0)

    def one_by_one():
        for value in tc:
            brentq(lambda lam, t=value: critical_temperature(lam, theta_d=500.0) - t, 0.15, 20)

    ratio = compare(
        "lambda from T_c, 1000 values: brentq each / this",
        one_by_one,
        lambda: coupling_constant(tc, theta_d=500.0),
    )
    assert ratio >= 10
