"""How often intervals and bands hold the truth: used by the tests and the benchmarks."""

from typing import NamedTuple

import numpy as np

from analysis import ResistanceCurve, coupling_constant, fit_resistance, fit_transition, resistance
from analysis.numerics.uncertainty import student
from analysis.twin.curves import correlated_noise, make_curve, truth_of

WINDOW = (80.0, 300.0)
TRUTH = {"theta_d": 550.0, "r0": 0.1, "a": 2.0}


class Coverage(NamedTuple):
    """Parts of the replicates in which the truth lay inside."""

    theta_d: float
    band: float
    r_sat_limit: float


def clean_curve(g_sat, points=300):
    """Eq. 1 without noise between 80 and 300 K."""
    t = np.linspace(*WINDOW, points)
    return t, resistance(t, **TRUTH, r_sat=1 / g_sat if g_sat else np.inf)


def coverage(g_sat, replicates, *, seed, noise=1e-3, rho=0.0, points=300, level=0.95):
    """Fit `replicates` noisy curves with 1/R_sat = g_sat and count the hits."""
    rng = np.random.default_rng(seed)
    t, clean = clean_curve(g_sat, points)
    hits = []
    for _ in range(replicates):
        scatter = correlated_noise(rng, t.size, rho) if rho else rng.normal(size=t.size)
        curve = ResistanceCurve(t, clean + noise * clean.max() * scatter)
        fit = fit_resistance(curve, WINDOW)
        low, high = fit.interval("theta_d", level)
        lower, upper = fit.band(t, level)
        hits.append(
            (
                low <= TRUTH["theta_d"] <= high,
                np.mean((lower <= clean) & (clean <= upper)),
                fit.r_sat_lower is None or g_sat <= 1 / fit.r_sat_lower,
            )
        )
    return Coverage(*(float(part) for part in np.mean(hits, axis=0)))


class TransitionCoverage(NamedTuple):
    """Parts of the replicates in which the truth lay inside."""

    tc: float
    theta_d: float
    coupling: float


def transition_coverage(replicates, *, seed, level=0.95):
    """Fit `replicates` of the twin at 22.4 GPa, its correlated noise included."""
    truth = truth_of("twin-zero-resistance-22.4gpa")
    true = (58.0, truth.theta_d, coupling_constant(58.0, theta_d=truth.theta_d))
    hits = []
    for at in range(replicates):
        fit = fit_transition(make_curve(truth, [seed, at]))
        factor = student(level, fit.dof)
        found = (fit.tc(0.05), fit.theta_d, fit.coupling(0.05))
        hits.append([abs(x.n - t) <= factor * x.s for x, t in zip(found, true, strict=True)])
    return TransitionCoverage(*(float(part) for part in np.mean(hits, axis=0)))
