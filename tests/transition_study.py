"""Curves with and without a transition, from formulas of their own: for studies and tests.

The integral of eq. 1 by quadrature, eq. 5 by the logarithm of the Bessel function, lambda of
eqs. 2 to 4 by bisection; nothing here comes from the package but the curve that is returned.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from analysis import ResistanceCurve

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
# T_90 - T_10 of eq. 5, in parts of T_c,onset F^(-2/3).
WIDTH = 1.2187587


def metal(t, *, theta_d=500.0, r0=0.1, a=2.0, g_sat=0.0, n=5):
    """Eq. 1: scattering on phonons, and a channel in parallel."""
    t = np.atleast_1d(np.asarray(t, dtype=float))
    y = np.minimum(theta_d / t, 60.0)
    x = (_NODES + 1) / 2 * y[:, None]
    integral = (x**n / np.expm1(x) / -np.expm1(-x)) @ _WEIGHTS * y / 2
    r = r0 + a * (t / theta_d) ** n * integral
    return r / (1 + g_sat * r)


def eq_5(t, onset, f):
    """What remains of the resistance at the onset."""
    u = f * np.maximum(1 - np.asarray(t) / onset, 0.0) ** 1.5
    return np.exp(-2 * (np.log(special.i0e(u)) + u))


def coupling(tc, theta_d, mu=0.13):
    """lambda of eqs. 2 to 4."""

    def misses(lam):
        strong = (1 + (lam / (2.46 * (1 + 3.8 * mu))) ** 1.5) ** (1 / 3)
        shape = 1 + (0.0241 - 0.0735 * mu) * lam**2
        power = -1.04 * (1 + lam) / (lam - mu * (1 + 0.62 * lam))
        return theta_d / 1.45 * np.exp(power) * strong * shape - tc

    return optimize.brentq(misses, 1.1 * mu / (1 - 0.62 * mu), 20)


class Made(NamedTuple):
    """A curve whose truth is known."""

    t: np.ndarray
    clean: object  # of a temperature
    onset_resistance: float
    bounds: tuple[float, float]  # the transition lies between these temperatures
    theta_d: float
    noise: float  # as a part of the largest resistance

    def curve(self, rng):
        """Return it with normal noise."""
        r = self.clean(self.t)
        return ResistanceCurve(self.t, r + self.noise * r.max() * rng.normal(size=r.size))

    def tc(self, criterion):
        """Return where the curve without noise falls to a part of R at the onset."""
        level = criterion * self.onset_resistance
        return optimize.brentq(lambda t: float(self.clean(np.array([t]))[0]) - level, *self.bounds)


def _between(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _state(rng):
    theta = rng.uniform(350, 600)
    return {
        "theta_d": theta,
        "r0": rng.uniform(0.05, 0.3),
        "a": 2.0,
        "g_sat": rng.choice([0.0, 0.2]),
    }


def clean(rng):
    """Eqs. 1 and 5: broad to narrow, always with five points and more inside."""
    state = _state(rng)
    onset = rng.uniform(0.06, 0.12) * state["theta_d"]
    width = _between(rng, 0.04, 0.15) * onset
    f = (WIDTH * onset / width) ** 1.5
    t = np.linspace(4, 300, max(int(296 * rng.uniform(6, 12) / width), 200))
    return Made(
        t,
        lambda t: metal(np.maximum(t, onset), **state) * eq_5(t, onset, f),
        float(metal(onset, **state)[0]),
        (0.3 * onset, onset),
        state["theta_d"],
        10 ** rng.uniform(-4, -3),
    )


def two_steps(rng):
    """Two eqs. 5 apart by 3 to 25 % of the temperature."""
    state = _state(rng)
    onset, apart, upper = rng.uniform(30, 70), rng.uniform(0.03, 0.25), rng.uniform(0.3, 0.85)
    f = rng.uniform(100, 300)

    def both(t):
        steps = upper * eq_5(t, onset, f) + (1 - upper) * eq_5(t, onset * (1 - apart), f)
        return metal(np.maximum(t, onset), **state) * steps

    return Made(
        np.linspace(4, 300, 900), both, float(metal(onset, **state)[0]), (0.3 * onset, onset),
        state["theta_d"], 10 ** rng.uniform(-4, -3),
    )  # fmt: skip


def other_shape(rng, points=900):
    """An error function or a hyperbolic tangent instead of eq. 5."""
    state = {**_state(rng), "r0": 0.4}
    middle = rng.uniform(30, 70)
    width = rng.uniform(0.02, 0.05) * middle
    shape = rng.choice([special.erf, np.tanh])

    def smooth(t):
        return metal(np.maximum(t, middle), **state) * (1 + shape((t - middle) / width)) / 2

    return Made(
        np.linspace(4, 300, points), smooth, float(metal(middle, **state)[0]),
        (0.3 * middle, 1.5 * middle), state["theta_d"], 10 ** rng.uniform(-4, -3),
    )  # fmt: skip


def coarse(rng):
    """Points 3 to 6 K apart, none or two inside the transition, of one shape or another."""
    state = _state(rng)
    onset, width = rng.uniform(25, 60), rng.uniform(0.3, 3)
    f = (WIDTH * onset / width) ** 1.5
    t = np.arange(4, 300, rng.uniform(3, 6)) + rng.uniform(0, 1)
    if rng.random() < 0.5:
        return Made(
            t, lambda t: metal(np.maximum(t, onset), **state) * eq_5(t, onset, f),
            float(metal(onset, **state)[0]), (0.3 * onset, onset), state["theta_d"], 1e-3,
        )  # fmt: skip

    def smooth(t):
        normal = metal(np.maximum(t, onset), **state)
        return normal * (1 + np.tanh((t - onset) / (width / 2.2))) / 2

    return Made(
        t, smooth, float(metal(onset, **state)[0]), (0.3 * onset, 1.5 * onset),
        state["theta_d"], 1e-3,
    )  # fmt: skip


def fine_8(rng):
    """A scan of half a kelvin at 8 K."""
    onset, width = 8.05, rng.uniform(0.03, 0.12)
    f = (WIDTH * onset / width) ** 1.5
    return Made(
        np.linspace(7.7, 8.2, 98), lambda t: 46 * eq_5(t, onset, f), 46.0, (7.5, onset),
        np.nan, 10 ** rng.uniform(-4, -2.5),
    )  # fmt: skip


def fine_92(rng, span=(88.0, 96.0)):
    """A scan of 8 K at 92 K, with a normal state that slopes."""
    onset, width = 93.5, rng.uniform(0.8, 2.0)
    f = (WIDTH * onset / width) ** 1.5

    def scan(t):
        return 2.1 * (1 + 0.011 * (np.maximum(t, onset) - onset)) * eq_5(t, onset, f)

    return Made(
        np.arange(*span, 0.05), scan, 2.1, (80.0, onset), np.nan, 10 ** rng.uniform(-4, -2.5)
    )


# ------------------------------------------------------------------- what is no transition


def _grid(rng):
    low, high, size = _between(rng, 1.6, 10), rng.uniform(200, 320), rng.integers(60, 600)
    return np.linspace(low, high, size) if rng.random() < 0.6 else np.geomspace(low, high, size)


def _metal(rng, t):
    return metal(
        t,
        theta_d=_between(rng, 100, 900),
        r0=0.3 * _between(rng, 1e-3, 1),
        a=1.0,
        g_sat=rng.choice([0.0, 0.0, 0.3, 3.0]),
        n=rng.choice([2, 3, 5]),
    )


def _noisy(rng, t, r, low, high):
    noise = _between(rng, low, high) * np.abs(r).max()
    return ResistanceCurve(t, r + noise * rng.normal(size=t.size))


def semiconductor(rng):
    """Activated, and clipped where the meter ends."""
    t = _grid(rng)
    r = np.exp(_between(rng, 100, 800) / t - 1)
    r = np.minimum(r, r[-1] * _between(rng, 1e2, 1e5))
    return _noisy(rng, t, r * (1 + 1e-3 * rng.normal(size=t.size)), 1e-7, 1e-3)


def plain_metal(rng):
    """Eq. 1 with n of 2, 3 or 5; every second with hardly any residual resistance."""
    t = _grid(rng)
    if rng.random() < 0.5:
        return _noisy(rng, t, _metal(rng, t), 1e-5, 1e-2)
    r = metal(t, theta_d=_between(rng, 100, 900), r0=_between(rng, 1e-6, 1e-3), a=1.0)
    return _noisy(rng, t, r * (1 + 1e-3 * rng.normal(size=t.size)), 1e-7, 1e-4)


def hump(rng):
    """A hump or a step at 120 K, of 2 to 10 % of the largest resistance."""
    t = _grid(rng)
    r, width = _metal(rng, t), rng.uniform(3, 15)
    size = rng.uniform(0.02, 0.1) * r[-1]
    if rng.random() < 0.5:
        r = r + size * np.exp(-(((t - 120) / width) ** 2) / 2)
    else:
        r = r + size * (1 + rng.choice([-1, 1]) * special.expit((t - 120) / width * 2))
    return _noisy(rng, t, r, 1e-4, 2e-3)


def warm_lag(rng):
    """A metal that lags behind the thermometer at the warm end."""
    size = rng.integers(150, 600)
    if rng.random() < 0.5:  # it cools later than the thermometer
        seconds = np.linspace(0, 6000, size)
        probe = 4 + 296 * np.exp(-seconds / _between(rng, 800, 1500))
        sample = np.full(size, 300.0)
        kept = np.exp(-seconds[1] / _between(rng, 30, 300))
        for i in range(1, size):
            sample[i] = probe[i] + (sample[i - 1] - probe[i]) * kept
    else:  # the thermometer is there already, the sample is not
        sample = np.linspace(5, 295, size)
        probe = np.minimum(sample * (1 + rng.uniform(5, 30) / 295), 295)
        probe = np.maximum(probe + 1e-3 * rng.normal(size=size), 1.0)
    return _noisy(rng, probe, _metal(rng, sample), 1e-4, 1e-3)


def noise_alone(rng):
    """No resistance, or a constant one, in noise that may be smooth."""
    t = _grid(rng)
    rho, r = rng.choice([0.0, 0.5, 0.9, 0.98]), rng.normal(size=t.size)
    for i in range(1, t.size):
        r[i] = rho * r[i - 1] + np.sqrt(1 - rho**2) * r[i]
    return ResistanceCurve(t, np.abs(r) if rng.random() < 0.5 else r + 10)


def upturn(rng):
    """A metal whose resistance rises again on cooling."""
    t = _grid(rng)
    r = _metal(rng, t)
    part = r.min() * rng.uniform(0.05, 0.8)
    rise = np.log(t[-1] / t) / 3 if rng.random() < 0.5 else np.sqrt(t[0] / t)
    return _noisy(rng, t, r + part * rise, 1e-4, 2e-3)


def insulator_metal(rng):
    """From an insulator to a metal on warming, or, at a magnetic order, on cooling."""
    t, place = _grid(rng), rng.uniform(100, 250)
    low, steep = _between(rng, 1e-3, 0.3), place * rng.uniform(0.01, 0.1)
    activated = np.exp(np.minimum(_between(rng, 300, 1500) * (1 / t - 1 / place), 11.5))
    metallic = low * (0.3 + 0.7 * (t / place) ** 2)
    warm = special.expit((t - place) / steep)
    part = warm if rng.random() < 0.5 else 1 - warm
    r = np.exp(part * np.log(activated) + (1 - part) * np.log(metallic))
    return ResistanceCurve(t, r * (1 + _between(rng, 1e-4, 1e-2) * rng.normal(size=t.size)))


def magnet(rng):
    """A metal whose spins stop scattering below an ordering temperature."""
    t, place = _grid(rng), rng.uniform(20, 250)
    order = np.maximum(1 - (t / place) ** rng.uniform(1.2, 2.5), 0.0) ** 0.8
    r = metal(t, theta_d=150.0, r0=0.05, a=1.0) + rng.uniform(0.3, 3) * (1 - order)
    return _noisy(rng, t, r, 1e-4, 2e-3)


NO_TRANSITION = (
    semiconductor,
    plain_metal,
    hump,
    warm_lag,
    noise_alone,
    upturn,
    insulator_metal,
    magnet,
)
