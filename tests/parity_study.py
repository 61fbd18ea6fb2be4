"""Seeded curves for the parity of page and package: units, saturation, scatter, transitions."""

from typing import NamedTuple

import analysis.numerics.arithmetic  # noqa: F401 - before numpy, see there

# isort: split
import numpy as np

from analysis import resistance
from analysis.transport.transition import transition_fraction

# Heading of the column, and how many of it make an ohm.
UNITS = (("R (ohm)", 1.0), ("R (mohm)", 1e3), ("R (uohm)", 1e6), ("R (arb. u.)", 3.7))
SATURATION = (0.0, 1 / 3, 2.0)  # R at the highest temperature, over R_sat
EXPONENTS = (2, 3, 5)
CORRELATIONS = (0.0, 0.0, 0.6, 0.9)


class Case(NamedTuple):
    """A file that someone may drop, and what is asked of it."""

    content: bytes
    exponent: int
    window: tuple[float, float] | None


def case(seed: int) -> Case:
    """Return one case; half of them have a transition, a third a window of their own."""
    rng = np.random.default_rng([1700, seed])
    heading, factor = UNITS[seed % 4]
    points = round(float(np.exp(rng.uniform(np.log(30), np.log(3000)))))
    exponent, theta_d = EXPONENTS[seed % 3], float(rng.uniform(150, 700))
    low = float(rng.uniform(4, 60))
    t = np.sort(rng.uniform(low, 300, points)) if seed % 5 == 0 else np.linspace(low, 300, points)
    normal = resistance(t, theta_d=theta_d, r0=float(rng.uniform(0.05, 1)), a=2.0, n=exponent)
    normal = normal / (1 + SATURATION[seed % 7 % 3] * normal / normal[-1])
    r = normal
    if seed % 2:
        onset = low + float(rng.uniform(5, 40))
        floor = float(rng.uniform(0, 0.2)) if seed % 11 == 0 else 0.0
        sharpness = float(rng.uniform(8, 60))
        r = normal * (floor + (1 - floor) * transition_fraction(t, tc_onset=onset, f=sharpness))
    noise = scatter(rng, points, CORRELATIONS[seed % 13 % 4])
    level = float(np.exp(rng.uniform(np.log(1e-4), np.log(1e-2))))
    r = factor * (r + level * normal.max() * noise)
    rows = "".join(f"{x:.5f},{y:.7g}\n" for x, y in zip(t, r, strict=True))
    window = (float(low + 60), 290.0) if seed % 3 == 1 else None
    return Case(f"T (K),{heading}\n{rows}".encode(), exponent, window)


def scatter(rng: np.random.Generator, points: int, rho: float) -> np.ndarray:
    """Return scatter of unit variance whose neighbours repeat each other by rho."""
    white = rng.normal(size=points)
    values = np.empty(points)
    values[0] = white[0]
    for i in range(1, points):
        values[i] = rho * values[i - 1] + np.sqrt(1 - rho**2) * white[i]
    return values
