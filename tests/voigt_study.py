"""Lines that size broadens as a Lorentzian and strain as a Gaussian: tables and patterns.

By formulas of their own: a Voigt line is a convolution by quadrature (`powder_study.voigt`), its
integral breadth that of its height, and nothing here asks the analysis how breadths add.
"""

import numpy as np
from broadening_study import WAVELENGTH, make_peaks
from powder_study import FCC, GOLD, bragg, gauss, lorentz, voigt
from scipy import special

from analysis import DiffractionPattern, fit_phase, williamson_hall

# Full width at half maximum over integral breadth.
OF_LORENTZ, OF_GAUSS = 2 / np.pi, 2 * np.sqrt(np.log(2) / np.pi)


def parts(theta, strain, size, wavelength=WAVELENGTH):
    """Integral breadths in rad, of the Lorentzian by size and the Gaussian by strain."""
    return 0.9 * wavelength / 1000 / size / np.cos(theta), 4 * strain * np.tan(theta)


def whole(by_size, by_strain):
    """Integral breadth of a Lorentzian convolved with a Gaussian: area over height.

    The height of the convolution is erfcx(k)/beta_G, as integrals over the Gaussian say.
    """
    gaussian = np.maximum(by_strain, 1e-12)
    return gaussian / special.erfcx(by_size / gaussian / np.sqrt(np.pi))


def random_parts(rng, strain, size, *, lines=10, noise=0.02, joint=-0.8):
    """A table of Voigt lines whose parts a fit told apart, with errors that go together.

    `noise` is the error of the Lorentzian part, and of the square of the Gaussian one, in
    whole breadths and in their squares; `joint` their correlation.
    """
    two_theta = np.sort(rng.uniform(8, 30, lines))
    theta = np.radians(two_theta / 2)
    by_size, by_strain = parts(theta, strain, size)
    breadth = whole(by_size, by_strain)
    one, other = rng.normal(size=(2, lines))
    lorentzian = by_size + noise * breadth * one
    square = by_strain**2 + noise * breadth**2 * (joint * one + np.sqrt(1 - joint**2) * other)
    lorentzian, gaussian = np.maximum(lorentzian, 0.0), np.sqrt(np.maximum(square, 1e-14))
    error = np.degrees(noise * breadth)
    return make_peaks(
        two_theta, whole(lorentzian, gaussian), noise * breadth / 2,
        shape="voigt", lorentzian_part=lorentzian / (lorentzian + gaussian),
        lorentzian_fwhm=OF_LORENTZ * np.degrees(lorentzian),
        lorentzian_fwhm_error=OF_LORENTZ * error,
        gaussian_fwhm=OF_GAUSS * np.degrees(gaussian),
        gaussian_fwhm_error=OF_GAUSS * error * breadth / (2 * gaussian),
        parts_correlation=np.full(lines, joint),
    )  # fmt: skip


def powder(rng, strain, size, *, height=1e4, background=300.0, points=1500, hkl=FCC[:8]):
    """Counts of gold whose lines are Lorentzian by size and Gaussian by strain."""
    places = np.array([bragg(GOLD.a, one, WAVELENGTH) for one in hkl])
    x = np.linspace(places[0] - 3, places[-1] + 3, points)
    counts = background * (0.5 + 0.5 * np.exp(-2 * (x - x[0]) / (x[-1] - x[0])))
    sizes = parts(np.radians(places / 2), strain, size)
    for at, by_size, by_strain in zip(places, *map(np.degrees, sizes), strict=True):
        lorentzian, gaussian = OF_LORENTZ * by_size, OF_GAUSS * by_strain
        if gaussian == 0:
            line = lorentz(x - at, lorentzian)
        elif lorentzian == 0:
            line = gauss(x - at, gaussian)
        else:
            line = voigt(x - at, lorentzian, gaussian)
        counts += height * rng.uniform(0.4, 1.0) * line / line.max()
    return DiffractionPattern(x, rng.poisson(counts).astype(float), WAVELENGTH, origin="synthetic")


def analysed(pattern, shape="voigt", **options):
    """Strain and size of a pattern of gold."""
    return williamson_hall(fit_phase(pattern, GOLD, shape=shape), **options)
