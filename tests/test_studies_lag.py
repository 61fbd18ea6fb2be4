"""Studies: does the delay that a fit would like cover the true one; are differing sweeps told."""

import numpy as np
import pytest
from lag_study import bloch, cooldown

from analysis import ResistanceCurve
from analysis.transport.lag import lag_of

pytestmark = pytest.mark.study
WINDOW = (20, 290)


@pytest.mark.parametrize(
    ("situation", "more"),
    [
        ("no lag", {"tau": 0.0}),
        ("10 s behind in a cooldown of up to 60 K/min", {"tau": 10.0}),
        ("10 s behind, R_sat = 5 ohm", {"tau": 10.0, "g": 0.2}),
    ],
)
def test_the_delay_covers_the_true_one(situation, more, study):
    hits, shows = [], 0
    for i in range(study.replicates(500, seed=12001)):
        found = lag_of(cooldown(study.rng(i), **more), WINDOW)
        hits.append(found.interval[0] <= more["tau"] <= found.interval[1])
        shows += found.shows
    study.covers("delay of the sample", situation, hits, warned=shows)
    if more["tau"] == 0:
        study.at_most("lag that is none", situation, shows, 5, of=500)
    else:
        study.at_most("lag not seen", situation, len(hits) - shows, 10, of=500)


def two_sweeps(rng, *, apart, points, noise, drop):
    """Return a cooling and a warming, `apart` by as many K."""
    t = np.linspace(4, 300, points)
    axes = [t[::-1] + rng.normal(0, 0.05, points), t + rng.normal(0, 0.05, points) + apart]
    r = [0.02 + 2.0 * bloch(350 / np.maximum(axis, 3)) for axis in axes]
    if drop:
        r = [one * (0.5 + 0.5 * np.tanh(axis - 50)) for one, axis in zip(r, axes, strict=True)]
    resistance, axes[1] = np.concatenate(r), axes[1] - apart
    resistance = resistance + noise * resistance.max() * rng.normal(size=resistance.size)
    return ResistanceCurve(np.concatenate(axes), resistance)


SWEEPS = [(100, 2e-3, False), (400, 5e-3, False), (400, 1e-3, True), (1500, 5e-4, True)]


@pytest.mark.parametrize(("points", "noise", "drop"), SWEEPS)
def test_equal_sweeps_are_not_told_apart(points, noise, drop, study):
    alarms = sum(
        bool(two_sweeps(study.rng(i), apart=0, points=points, noise=noise, drop=drop).warnings)
        for i in range(study.replicates(1000, seed=12002 + points))
    )
    study.at_most("sweeps said to differ", f"equal, {points} points each", alarms, 10, of=1000)


@pytest.mark.parametrize(("points", "noise", "drop"), SWEEPS)
def test_sweeps_2_kelvin_apart_are_a_warning(points, noise, drop, study):
    curves = [
        two_sweeps(study.rng(i), apart=2.0, points=points, noise=noise, drop=drop)
        for i in range(study.replicates(200, seed=12003 + points))
    ]
    silent = sum("differ" not in " ".join(curve.warnings) for curve in curves)
    situation = f"2 K apart, {points} points each"
    study.at_most("sweeps not said to differ", situation, silent, 10, of=200)
    spread = [curve.sweep_spread() or 0.0 for curve in curves]
    limits = (1.6, 3.0)
    study.holds(
        "median spread of two sweeps, K", np.median(spread), full=limits, tenth=limits,
        situation=situation, kind="K",
    )  # fmt: skip
