"""Studies of digitised curves: whether what is quoted holds the truth though axes were misread.

Skipped without ``--studies``. The law is that of `resistance_study`, not the package's.
"""

import numpy as np
import pytest
from resistance_study import eq_1

from analysis import ResistanceCurve, fit_resistance, fit_transition
from analysis.numerics.digitised import Digitised
from analysis.transport.transition import transition_depth, transition_fraction

ONSET, SHARPNESS = 80.0, 40.0


def misread(rng, values, error):
    """Values along an axis that is shifted, and too long or too short."""
    middle, half = (values.max() + values.min()) / 2, np.ptp(values) / 2
    shift, scale = error * rng.normal(size=2)
    return values + shift + scale * (values - middle) / half


def read(rng, t, r, *, kelvin, ohm, each=1, step=0.0):
    """The curve that is read out of a figure; `each` points of a line to one that was measured."""
    at = np.linspace(0, t.size - 1, (t.size - 1) * each + 1)
    t, r = (np.interp(at, np.arange(t.size), values) for values in (t, r))
    t, r = misread(rng, t, kelvin), misread(rng, r, ohm)
    if step:
        r = step * np.round(r / step)
    said = Digitised(
        "figure.pdf", "", "a figure", drawn="markers" if each == 1 else "line",
        reading_error={"temperature": kelvin, "resistance": ohm}, step={"resistance": step},
    )  # fmt: skip
    return ResistanceCurve(t, r, origin="digitised", digitised=said)


# In K and ohm; the curves rise by 0.2 ohm.
SITUATIONS = {
    "scatter as large as the reading": ({"kelvin": 0.3, "ohm": 1e-3}, 1e-3),
    "axes misread by more than the scatter": ({"kelvin": 0.3, "ohm": 2e-3}, 3e-4),
    "a drawn line, six points to each measured": ({"kelvin": 0.01, "ohm": 1e-4, "each": 6}, 1e-3),
    "a grid of steps as wide as the scatter": ({"kelvin": 0.01, "ohm": 1e-4, "step": 1e-3}, 1e-3),
}


@pytest.mark.study
@pytest.mark.parametrize("name", SITUATIONS)
def test_debye_temperatures_of_digitised_curves(study, name):
    reading, noise = SITUATIONS[name]
    hits = []
    for i in range(study.replicates(2000, seed=71)):
        rng = study.rng(i)
        theta, t = rng.uniform(300, 600), np.linspace(20, 300, 120)
        r = eq_1(t, theta, 0.2, 1.5, 0.2) + noise * rng.normal(size=t.size)
        low, high = fit_resistance(read(rng, t, r, **reading)).interval()
        hits.append(bool(low <= theta <= high))
    study.covers("Theta_D, digitised", name, hits)


@pytest.mark.study
@pytest.mark.parametrize("criterion", [0.05, 0.5])
def test_transitions_of_digitised_curves(study, criterion):
    truth = ONSET * (1 - (float(transition_depth(criterion)) / SHARPNESS) ** (2 / 3))
    t = np.r_[np.linspace(5, 59, 20), np.linspace(60, 95, 60), np.linspace(96, 300, 100)]
    normal = eq_1(np.maximum(t, ONSET), 450, 0.2, 1.5, 0.2)
    whole = normal * transition_fraction(t, tc_onset=ONSET, f=SHARPNESS)
    hits = []
    for i in range(study.replicates(1000, seed=72)):
        rng = study.rng(i)
        r = whole + 1e-3 * rng.normal(size=t.size)
        fit = fit_transition(read(rng, t, r, kelvin=0.3, ohm=1e-3))
        low, high = fit.at_criterion(criterion, 0.13, "advanced").tc.interval
        hits.append(bool(low <= truth <= high))
    # Of a read-off part the systematic error counts whole: it may hold more.
    held = float(np.mean(hits))
    study.holds(f"T_c at {criterion:g}, digitised", held, full=(0.93, 0.99), tenth=(0.87, 1.0))
