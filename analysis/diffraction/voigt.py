"""The Voigt function of given widths, a Lorentzian folded with a Gaussian, by complex numbers."""

from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.typing import Floats

# FWHM of a Gaussian over its standard deviation.
GAUSSIAN = float(np.sqrt(8 * np.log(2)))


class ByWidths(NamedTuple):
    """A Voigt line of unit area, and its derivatives by place and by the FWHM of its parts."""

    value: Floats
    by_place: Floats
    by_lorentz: Floats
    by_gauss: Floats


def voigt(u: Floats, lorentz: float, gauss: float) -> Floats:
    """Return the line of unit area at places u; its parts have these FWHM, gauss above 0."""
    z, sigma = _argument(u, lorentz, gauss)
    return np.asarray(special.wofz(z).real / (sigma * np.sqrt(2 * np.pi)))


def voigt_slopes(u: Floats, lorentz: float, gauss: float) -> ByWidths:
    """Return a Voigt line and its derivatives.

    Of the Voigt function w(z), the derivative is -2 z w + 2i/sqrt(pi), for large z
    -i/(sqrt(pi) z^2) (1 + 3/(2 z^2)).
    """
    z, sigma = _argument(u, lorentz, gauss)
    w = special.wofz(z)
    far = np.abs(z) > 1e3
    over = 1 / np.where(far, z, 1e3) ** 2
    slope = np.where(far, -1j / np.sqrt(np.pi) * over * (1 + 1.5 * over), 0)
    slope = np.where(far, slope, -2 * z * w + 2j / np.sqrt(np.pi))
    height = 1 / (sigma * np.sqrt(2 * np.pi))
    value = height * w.real
    by_sigma = -(value + height * (slope * z).real) / sigma
    by_gamma = -height * slope.imag / (sigma * np.sqrt(2))
    by_place = height * slope.real / (sigma * np.sqrt(2))
    return ByWidths(value, by_place, by_gamma / 2, by_sigma / GAUSSIAN)


def _argument(u: Floats, lorentz: float, gauss: float) -> tuple[Floats, float]:
    """Return z of the Voigt function w(z), and the standard deviation."""
    sigma = gauss / GAUSSIAN
    return (u + 1j * lorentz / 2) / (sigma * np.sqrt(2)), sigma
