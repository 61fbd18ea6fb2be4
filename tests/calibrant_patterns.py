"""Made patterns of a calibrant at a known pressure, with or without lines of another crystal."""

import numpy as np

import analysis
from analysis.pressure.scales import CALIBRANTS, scale_named

WAVELENGTH = 33.44
X = np.arange(7.0, 18.0, 0.02)
# Tetragonal, about as stishovite at 40 GPa.
SAMPLE = analysis.Phase("sample", 4.05, c=2.6, space_group="P 42/m n m")


def made(at, calibrant="gold", *, seed=0, sample=0.0, zero=0.0, name="made", **about):
    """Return counts of a calibrant at a pressure, beside `sample` times as much of another."""
    a = scale_named(calibrant).axis(at)
    own = analysis.Phase(calibrant, a, space_group=CALIBRANTS[calibrant].space_group)
    heights = {own: 4000.0 * (calibrant != "none"), SAMPLE: 4000.0 * sample}
    counts = np.full(X.size, 300.0)
    for phase, height in heights.items():
        for line in analysis.reflections(phase, WAVELENGTH, two_theta_max=17.8):
            tall = height * line.multiplicity / 8 * np.exp(-0.2 * (line.two_theta - 8))
            counts += tall / (1 + ((X - line.two_theta - zero) / 0.04) ** 2)
    counts = np.random.default_rng(seed).poisson(counts)
    return analysis.DiffractionPattern(X, counts, WAVELENGTH, name=name, **about)
