"""Many experiments of one truth: data against pressure, and what their sheets would record.

The curves are made here, by an integral of our own; the noise, the points and the windows are
those of the runs of the twin above 15 GPa.
"""

from functools import cache

import numpy as np
from broadening_study import formula, make_peaks
from small_results import results_of

from analysis import FitError, ResistanceCurve, fit_resistance, williamson_hall
from analysis.pressure.series import series_of

THETA_D = 550.0
STRAIN = 8e-3
PLATEAU = (7.5, 10.5, 12.3, 15.0, 18.0)  # GPa
# The range above the drop of every curve, K.
WINDOW = (86.0, 300.0)
# Run, pressures (GPa), R_0 and A (ohm), noise as a part of R(300 K).
RUNS = (
    ("1", (18.5,), 0.060, 0.90, 0.0012),
    ("2", (15.0, 20.5, 25.0, 29.5), 0.045, 0.70, 0.0012),
    ("3", (21.6, 26.6, 31.0), 0.080, 1.10, 0.0028),
    ("4", (30.0, 35.0, 39.5, 43.5), 0.050, 0.60, 0.0055),
)
CURVES = tuple(
    (run, pressure, r0 * (1.25 - 0.01 * pressure), a * (1.25 - 0.01 * pressure), noise)
    for run, pressures, r0, a, noise in RUNS
    for pressure in pressures
)
_X, _W = np.polynomial.legendre.leggauss(60)


def phonons(t, theta_d):
    """Return (T/Theta)^5 J_5(Theta/T) at temperatures of shape (N,), by Gauss and Legendre."""
    y = theta_d / t
    u = (_X[:, None] + 1) / 2 * y
    return (_W[:, None] * u**5 / (np.expm1(u) * -np.expm1(-u))).sum(axis=0) * y / 2 / y**5


def sweep_noise(rng, size, rho=0.3):
    """Return normal noise of unit variance whose neighbours repeat each other."""
    noise = rng.normal(size=size)
    for i in range(1, size):
        noise[i] = rho * noise[i - 1] + np.sqrt(1 - rho**2) * noise[i]
    return noise


@cache
def without_saturation(number):
    """Return temperatures, resistance and noise (ohm) of a curve with G = 0."""
    _, _, r0, a, noise = CURVES[number]
    t = np.arange(WINDOW[0], WINDOW[1] + 0.5)
    r = r0 + a * phonons(t, THETA_D)
    return t, r, noise * r[-1]


@cache
def error_of_g(number):
    """Return the standard error of G = 1/R_sat of a curve, by linear error propagation."""
    a = CURVES[number][3]
    t, r, noise = without_saturation(number)
    step = 1.0
    slope = a * (phonons(t, THETA_D + step) - phonons(t, THETA_D - step)) / (2 * step)
    # R = 1/(1/r + G): dR/dG = -r^2 at G = 0.
    rows = np.stack([np.ones_like(t), phonons(t, THETA_D), slope, -(r**2)])
    scale = np.linalg.norm(rows, axis=1)
    inverse = np.linalg.inv((rows / scale[:, None]) @ (rows / scale[:, None]).T)
    widening = np.sqrt((1 + 0.3) / (1 - 0.3))  # by the correlation of the noise
    return float(widening * noise * np.sqrt(inverse[3, 3]) / scale[3])


def experiment(rng, *, most=2.0):
    """Return the Debye temperatures of one sample at 12 pressures, as the book would read them.

    The true Theta_D is 550 K throughout; the true G lies between 0 and `most` of its own errors.
    """
    rows = []
    for number, (run, pressure, *_) in enumerate(CURVES):
        t, r, noise = without_saturation(number)
        g = rng.uniform(0, most) * error_of_g(number)
        measured = r / (1 + g * r) + noise * sweep_noise(rng, t.size)
        curve = ResistanceCurve(t, measured, name=f"curve {number}", pressure=pressure, run=run)
        try:
            rows.append((pressure, run, fit_resistance(curve, WINDOW).to_dict()["theta_d"]))
        except FitError:
            continue
    return series_of(results_of("theta_d", rows), "resistance", "theta_d")


def plateau(rng, sizes, *, lines=8, noise=0.02):
    """Return the strains of one sample at five pressures, 0.008 throughout.

    The size of the crystallites (nm) is that of the sample, between two, evenly in 1/size.
    """
    size = 1 / rng.uniform(1 / sizes[1], 1 / sizes[0])
    rows = []
    for pressure in PLATEAU:
        two_theta = np.linspace(9, 26, lines) + rng.uniform(-0.3, 0.3, lines)
        clean = formula(np.radians(two_theta / 2), STRAIN, size)
        peaks = make_peaks(two_theta, clean * (1 + noise * rng.normal(size=lines)), noise * clean)
        rows.append((pressure, "xrd", williamson_hall(peaks).to_dict()["strain"]))
    return series_of(results_of("strain", rows, kind="diffraction"), "diffraction", "strain")
