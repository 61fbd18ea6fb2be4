"""Curves of R(T) whose truth is known, made without the package, for the studies of its fits."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.integrate import quad
from scipy.signal import lfilter

from analysis import ResistanceCurve

GRID = np.geomspace(1e-3, 400.0, 4000)


def _integral(n):
    """J_n(y)/y^(n-1) by quadrature of scipy at 4000 y, to be interpolated."""

    def integrand(x):
        return x**n / (4 * np.sinh(x / 2) ** 2)

    edges = np.r_[0.0, GRID]
    pieces = [
        quad(integrand, a, min(b, 300.0), epsabs=0, epsrel=1e-10)[0] if a < 300 else 0.0
        for a, b in pairwise(edges)
    ]
    return np.cumsum(pieces) / GRID ** (n - 1)


TABLES = {}


def eq_1(t, theta_d, r0, a, g=0.0, n=5):
    """Eq. 1 with 1/R_sat = g."""
    if n not in TABLES:
        TABLES[n] = _integral(n)
    y = theta_d / t
    term = np.interp(np.log(y), np.log(GRID), TABLES[n]) / y
    ideal = r0 + a * term
    return ideal / (1 + g * ideal)


def einstein(t, theta_e, b):
    """The resistance of one phonon mode, linear at high temperature."""
    x = theta_e / t
    return b / (x * 4 * np.sinh(x / 2) ** 2) * x**2


def scatter(rng, size, rho=0.0):
    """Normal scatter of unit variance; neighbours are correlated by rho."""
    white = rng.normal(size=size)
    white[0] /= np.sqrt(1 - rho**2)
    return np.sqrt(1 - rho**2) * lfilter([1.0], [1.0, -rho], white)


class Situation(NamedTuple):
    """What is measured: the law, the temperatures, and how it scatters."""

    low: float = 20.0
    high: float = 300.0
    points: int = 281
    theta_d: float = 550.0
    r0: float = 0.1
    a: float = 2.0
    g: float = 0.0
    noise: float = 1e-3  # of the largest resistance
    rho: float = 0.0
    weighting: str = "uniform"
    given: bool = False  # whether the window is given

    def temperatures(self):
        t = np.linspace(self.low, self.high, self.points)
        if self.weighting == "per-kelvin":  # crowded where it is cold
            t = self.low + (self.high - self.low) * np.linspace(0, 1, self.points) ** 2
        return t

    def curve(self, rng, *, wrong=None):
        """A curve, and its truth by name; `wrong(t, r, rng)` makes it another one."""
        t = self.temperatures()
        r = eq_1(t, self.theta_d, self.r0, self.a, self.g)
        if wrong is not None:
            r = wrong(t, r, rng)
        size = r if self.weighting == "relative" else r.max()
        return ResistanceCurve(t, r + self.noise * size * scatter(rng, t.size, self.rho))


def of_rival(name, rng, t, noise=1e-3, rho=0.0):
    """A curve made with one of the rival laws, by its name, with parameters that show."""
    base = name.removesuffix("-alone")
    r0, rise, theta = rng.uniform(0.05, 1.0), rng.uniform(0.5, 1.5), rng.uniform(200, 600)
    x = t / 300
    if base == "line":
        shape = x
    elif base == "power":
        shape = x ** rng.choice([rng.uniform(0.6, 0.85), rng.uniform(1.2, 2.5)])
    else:
        n = {"n3": 3, "n2": 2, "n-free": rng.choice([2.5, 4.0])}.get(base, 5)
        shape = eq_1(t, theta, 0.0, 1.0, n=n)
        beside = {
            "n5+T2": x**2,
            "n5+T": x,
            "n5+einstein": einstein(t, theta * rng.choice([0.35, 1.6]), 1.0),
        }.get(base, 0.0 * x)
        shape = shape / shape[-1] + rng.uniform(0.1, 0.6) * beside / (beside[-1] or 1.0)
    r = r0 + rise * shape / shape[-1]
    if base == name:  # with the resistor
        r = r / (1 + rng.uniform(0.15, 0.6) * r / r[-1])
    return ResistanceCurve(t, r + noise * r.max() * scatter(rng, t.size, rho))
