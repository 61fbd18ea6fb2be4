"""Simulations: how often the intervals of K0 and K0', and their ellipse, hold the truth."""

import numpy as np
import pytest
from matplotlib.path import Path
from state_study import made_volumes

from analysis import FitError, fit_equation_of_state

# Points, highest pressure, V0, K0, K0' (GPa, angstrom^3), errors of P (GPa) and of V (a part),
# whether they are stated, and by how much the scatter exceeds them.
SITUATIONS = {
    "12 pressures to 30 GPa, errors of P": (12, 30, (300, 160, 4.5), 0.2, 0.0, True, 1),
    "6 pressures to 30 GPa, scatter alone": (6, 30, (300, 160, 4.5), 0.1, 0.0, False, 1),
    "12 pressures to 30 GPa, errors of P and V": (12, 30, (300, 160, 4.5), 0.15, 5e-4, True, 1),
    "8 pressures to 40 GPa, errors 3 times too small": (8, 40, (300, 160, 4.5), 0.1, 3e-4, True, 3),
    "15 pressures to 8 GPa of a soft crystal": (15, 7.6, (500, 12, 12), 0.08, 0.0, False, 1),
}


@pytest.mark.study
@pytest.mark.parametrize("situation", SITUATIONS)
def test_intervals_of_an_equation_of_state_hold_the_truth(situation, study):
    size, highest, truth, of_p, of_v, stated, times = SITUATIONS[situation]
    _, k0, prime = truth
    pressure = np.linspace(highest / 30, highest, size)
    volume = made_volumes(pressure, *truth)
    errors = {}
    if stated:
        errors = {"pressure_error": of_p, "volume_error": of_v * volume if of_v else None}
    hits = {"K_0": [], "K_0'": [], "K_0 and K_0' together": []}
    warned = 0
    for at in range(study.replicates(1000, seed=1604)):
        rng = study.rng(at)
        p = pressure + times * of_p * rng.normal(size=size)
        v = volume * (1 + times * of_v * rng.normal(size=size))
        try:
            found = fit_equation_of_state(p, v, **errors, equation="birch-murnaghan-3")
        except FitError:
            for one in hits.values():
                one.append(None)
            continue
        for what, name, value in (("K_0", "k0", k0), ("K_0'", "k0_prime", prime)):
            low, high = found.interval(name)
            hits[what].append(bool(low <= value <= high))
        ellipse = Path(np.column_stack(found.ellipse()))
        hits["K_0 and K_0' together"].append(bool(ellipse.contains_point((k0, prime))))
        warned += bool(found.warnings)
    for what, of_it in hits.items():
        study.covers(what, situation, of_it, warned=warned)
