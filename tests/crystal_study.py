"""Powder patterns of cells that are known, right cells and wrong ones, by formulas of their own.

Nothing here uses `analysis.diffraction`: lines are Gaussians placed by Bragg's law.
"""

from typing import NamedTuple

import numpy as np

from analysis import DiffractionPattern, Phase

WAVELENGTH = 40.66
RADIUS = 217.5  # of the goniometer, mm
FCC = ((1, 1, 1), (2, 0, 0), (2, 2, 0), (3, 1, 1), (2, 2, 2), (4, 0, 0), (3, 3, 1), (4, 2, 0),
       (4, 2, 2), (5, 1, 1), (4, 4, 0), (5, 3, 1), (6, 0, 0), (6, 2, 0), (5, 3, 3))  # fmt: skip


class Sample(NamedTuple):
    """A crystal: axes in angstrom, space group, and the indices of lines that show."""

    axes: tuple[float, float, float]
    space_group: str
    hkl: tuple[tuple[int, int, int], ...]

    def phase(self, off=0.0):
        """The cell as a user would give it: wrong by a part."""
        a, b, c = (axis * (1 + off) for axis in self.axes)
        return Phase("the sample", a, b, c, space_group=self.space_group)


def angles(sample, wavelength=WAVELENGTH):
    """2 theta in degrees of a cell with right angles."""
    d = 1 / np.linalg.norm(np.array(sample.hkl) / np.array(sample.axes), axis=1)
    return 2 * np.degrees(np.arcsin(wavelength / 200 / d))


def shifted(two_theta, *, zero=0.0, displacement=0.0):
    """Where lines come out with a zero shift (degrees) and a sample off the axis (mm)."""
    half = np.radians(two_theta) / 2
    return two_theta + zero - np.degrees(2 * displacement / RADIUS) * np.cos(half)


def powder(places, rng, *, height=1000.0, fwhm=0.06, background=0.1, strangers=()):
    """Counts of Gaussian lines, 0.4 to 1 times as high as `height`, on a flat background."""
    lines = np.concatenate([places, strangers])
    x = np.arange(max(lines.min() - 1.5, 1.0), lines.max() + 1.5, fwhm / 5)
    total = np.full(x.size, max(background * height, 5.0))
    for place in lines:
        part = rng.uniform(0.4, 1.0)
        total += part * height * np.exp(-4 * np.log(2) * ((x - place) / fwhm) ** 2)
    counts = rng.poisson(total).astype(float)
    return DiffractionPattern(x, counts, WAVELENGTH, name="powder")
