"""Made-up sweeps for the studies of a lag: a cooldown that slows down, and a sample behind it."""

import numpy as np

import analysis


def cooldown(
    rng, *, tau, points=400, fast=200.0, noise=5e-4, noise_t=0.0, theta=350.0, g=0.0, back=False
):
    """Return R(T) of a metal whose temperature is T - tau dT/dt where the thermometer says T.

    The thermometer falls from 300 K towards 95 K exponentially, with a time `fast` in s, and
    further by 0.6 K/min; and `back`, warms up the same way. More than half of the points lie in
    the fast part. The noise is in parts of the largest resistance, that of the thermometer in
    K. The law is integrated here, by the trapezium rule.
    """
    many = points * 5 // 8
    time = np.r_[np.linspace(0, 5 * fast, many), np.linspace(5.1 * fast, 9000, points - many)]
    probe = 95 - 0.01 * time + 205 * np.exp(-time / fast)
    rate = -0.01 - 205 / fast * np.exp(-time / fast)
    if back:
        probe, rate = np.r_[probe, probe[::-1]], np.r_[rate, -rate[::-1]]
        time = np.r_[time, 9001 + 9000 - time[::-1]]
    sample = probe - tau * rate
    ideal = 0.02 + 2.0 * bloch(theta / sample)
    resistance = ideal / (1 + g * ideal)
    resistance = resistance + noise * resistance.max() * rng.normal(size=resistance.size)
    return analysis.ResistanceCurve(
        probe + noise_t * rng.normal(size=probe.size), resistance, time=time, name="made up"
    )


def bloch(y):
    """Return J_5(y)/y^5."""
    x = np.linspace(1e-6, 1, 2001)[:, None] * y
    with np.errstate(over="ignore", invalid="ignore"):
        values = np.where(x < 500, x**5 / (np.expm1(x) * -np.expm1(-x)), 0.0)
    return np.trapezoid(values, x, axis=0) / y**5
