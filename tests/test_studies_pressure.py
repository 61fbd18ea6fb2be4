"""Simulations: is what is said over many pressures true as often as it promises?"""

import numpy as np
import pytest
from calibrant_patterns import made
from pressure_study import STRAIN, THETA_D, experiment, plateau

import analysis

# Twelve fits a replicate, some milliseconds each.
SITUATION = "12 curves of one 550 K, G of 0 to 2 of its errors"


@pytest.mark.study
def test_twelve_curves_of_one_debye_temperature(study):
    n = study.replicates(2000, seed=2401)
    hits, alarms, left_out = [], [], 0
    for i in range(n):
        theta = experiment(study.rng(i))
        found = theta.constancy()
        low, high = found.mean.interval()
        hits.append(low <= THETA_D <= high)
        alarms.append(found.verdict != "constant")
        left_out += 12 - found.n
    study.covers("mean Θ_D over pressures", SITUATION, hits)
    study.alarms("test of constancy of Θ_D", SITUATION, alarms)
    # Curves with enough range are no reason to quote nothing.
    study.holds("curves left out", left_out / (12 * n), full=(0, 0.05), tenth=(0, 0.06))


# Five tables of lines a replicate. A size that shows is fitted beside the strain; one that hides
# takes the same part off every strain, and the mean may not know better than each of them.
@pytest.mark.study
@pytest.mark.parametrize(
    ("sizes", "hidden"), [((20.0, 80.0), False), ((150.0, np.inf), True)], ids=["shows", "hides"]
)
def test_the_plateau_of_the_strain(sizes, hidden, study):
    n = study.replicates(1000, seed=2402)
    hits, alarms = [], []
    for i in range(n):
        found = plateau(study.rng(i), sizes).constancy()
        low, high = found.mean.interval() if found.mean else (np.nan, np.nan)
        hits.append(low <= STRAIN <= high if found.mean else None)
        alarms.append(found.verdict not in ("constant", "too few points"))
    what, situation = (
        "mean strain over pressures",
        f"5 patterns, 8 lines of 2 %, {{}} {sizes[0]:g} nm",
    )
    if hidden:  # the interval is that of any size, so it holds more than it promises
        quoted = [hit for hit in hits if hit is not None]
        study.holds(
            what, np.mean(quoted), full=(0.93, 1), tenth=(0.88, 1), kind="holds",
            situation=situation.format("a size that hides, above"),
        )  # fmt: skip
        study.holds("strains called not constant", np.mean(alarms), full=(0, 0.07), tenth=(0, 0.12))
    else:
        study.covers(what, situation.format("a size that shows, from"), hits)
        study.holds("strains called not constant", np.mean(alarms), full=(0, 0.07), tenth=(0, 0.12))


@pytest.mark.study
def test_the_pressure_by_a_calibrant(study):
    """Gold alone in a pattern, at any pressure from 5 to 100 GPa."""
    found = []
    for i in range(study.replicates(400, seed=16)):
        rng = study.rng(i)
        at = float(rng.uniform(5, 100))
        low, high = analysis.fit_pressure(made(at, seed=int(rng.integers(2**31)))).interval
        found.append(low <= at <= high)
    study.covers("pressure", "gold, five lines", found)
