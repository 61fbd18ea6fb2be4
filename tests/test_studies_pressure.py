"""Simulations: is what is said over many pressures true as often as it promises?"""

import pytest
from pressure_study import THETA_D, experiment

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
