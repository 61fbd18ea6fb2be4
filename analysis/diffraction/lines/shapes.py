"""Shapes of diffraction lines, their widths, and the instrument's part of a width.

The profiles are those of lmfit. Every shape is described by its full width at half
maximum and a mixing parameter m between 0 (Gaussian) and 1 (Lorentzian): fixed for the
two pure shapes, the share of the Lorentzian in a pseudo-Voigt, and the Lorentzian's
part of the summed widths in a Voigt.
"""

from typing import Any, NamedTuple

import numpy as np
from lmfit import lineshapes
from numpy.typing import ArrayLike
from scipy import special

from analysis.errors import DataError
from analysis.typing import Floats

# FWHM of a Gaussian over its standard deviation.
_GAUSSIAN = float(np.sqrt(8 * np.log(2)))
# Mixing that a shape has of itself; None where it is fitted.
MIXING: dict[str, float | None] = {
    "lorentzian": 1.0,
    "gaussian": 0.0,
    "pseudo-voigt": None,
    "voigt": None,
}
# Where a free mixing starts: between the two.
START_MIXING = 0.6


def checked_shape(shape: str) -> str:
    """Return a known shape's name in lower case.

    Raises
    ------
    DataError
        Naming the shapes that there are.
    """
    name = str(shape).lower()
    if name not in MIXING:
        raise DataError(f"shape {shape!r} is not known; there are {', '.join(MIXING)}")
    return name


def profile(x: ArrayLike, center: ArrayLike, fwhm: float, mixing: float, *, shape: str) -> Floats:
    """Return a line of unit area.

    Parameters
    ----------
    x, center : array_like
        Places and the line's centre, in one unit; they broadcast.
    fwhm : float
        Full width at half maximum, in that unit.
    mixing : float
        0 Gaussian, 1 Lorentzian; only the two mixed shapes look at it. Slightly outside
        0 to 1 it extrapolates the pseudo-Voigt and is cut for the Voigt.
    shape : str
        A key of `MIXING`.

    Returns
    -------
    ndarray
        In the inverse of the unit of x.
    """
    if shape == "lorentzian":
        return _array(lineshapes.lorentzian(x, 1.0, center, fwhm / 2))
    if shape == "gaussian":
        return _array(lineshapes.gaussian(x, 1.0, center, fwhm / _GAUSSIAN))
    if shape == "pseudo-voigt":
        return _array(lineshapes.pvoigt(x, 1.0, center, fwhm / 2, mixing))
    lorentz, gauss = voigt_widths(fwhm, mixing)
    return _array(lineshapes.voigt(x, 1.0, center, gauss / _GAUSSIAN, lorentz / 2))


class Slopes(NamedTuple):
    """A line of unit area and FWHM, and its derivatives by place and by mixing."""

    value: Floats
    by_place: Floats
    by_mixing: Floats


def slopes(u: Floats, mixing: float, *, shape: str) -> Slopes:
    """Return the line of unit FWHM about 0 at places u, as `profile` does, and how it changes.

    Of the Voigt function w(z), the derivative is -2 z w + 2i/sqrt(pi), for large z
    -i/(sqrt(pi) z^2) (1 + 3/(2 z^2)).
    """
    if shape == "voigt":
        return _voigt_slopes(u, mixing)
    lorentz, gauss = np.zeros_like(u), np.zeros_like(u)
    if shape != "gaussian":
        lorentz = 2 / np.pi / (1 + 4 * u**2)
    if shape != "lorentzian":
        gauss = np.sqrt(4 * np.log(2) / np.pi) * np.exp(-4 * np.log(2) * u**2)
    m = MIXING[shape] if MIXING[shape] is not None else mixing
    m = 0.0 if m is None else m
    by_place = -4 * np.pi * m * u * lorentz**2 - 8 * np.log(2) * (1 - m) * u * gauss
    return Slopes(m * lorentz + (1 - m) * gauss, by_place, lorentz - gauss)


def _voigt_slopes(u: Floats, mixing: float) -> Slopes:
    lorentz, gauss = voigt_widths(1.0, mixing)
    sigma, gamma = gauss / _GAUSSIAN, lorentz / 2
    z = (u + 1j * gamma) / (sigma * np.sqrt(2))
    w = special.wofz(z)
    far = np.abs(z) > 1e3
    over = 1 / np.where(far, z, 1e3) ** 2
    slope = np.where(far, -1j / np.sqrt(np.pi) * over * (1 + 1.5 * over), 0)
    slope = np.where(far, slope, -2 * z * w + 2j / np.sqrt(np.pi))
    height = 1 / (sigma * np.sqrt(2 * np.pi))
    value = height * w.real
    by_sigma = -(value + height * (slope * z).real) / sigma
    by_gamma = -height * slope.imag / (sigma * np.sqrt(2))
    step = 1e-6
    upper, lower = voigt_widths(1.0, mixing + step), voigt_widths(1.0, mixing - step)
    d_lorentz, d_gauss = (np.array(upper) - np.array(lower)) / (2 * step)
    by_mixing = by_sigma * d_gauss / _GAUSSIAN + by_gamma * d_lorentz / 2
    return Slopes(value, height * slope.real / (sigma * np.sqrt(2)), by_mixing)


def _array(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)


def integral_breadth(fwhm: float, mixing: float, *, shape: str) -> float:
    """Return area over height of a line: pi/2 FWHM for a Lorentzian, 1.064 for a Gaussian."""
    return 1.0 / float(profile(0.0, 0.0, fwhm, mixing, shape=shape))


def voigt_widths(fwhm: float, mixing: float) -> tuple[float, float]:
    """Return the Lorentzian's and the Gaussian's FWHM of a Voigt line.

    The FWHM of the whole is, within 0.02 %, that of J. J. Olivero and R. L. Longbothum,
    J. Quant. Spectrosc. Radiat. Transfer 17, 233 (1977).
    """
    m = min(max(mixing, 0.0), 1.0 - 1e-6)  # the Voigt function needs some Gaussian
    whole = 0.5346 * m + np.sqrt(0.2166 * m**2 + (1 - m) ** 2)
    return fwhm * m / whole, fwhm * (1 - m) / whole


def _voigt_from(lorentz: float, gauss: float) -> tuple[float, float]:
    total = lorentz + gauss
    if total <= 0:
        return 0.0, 0.0
    return 0.5346 * lorentz + float(np.sqrt(0.2166 * lorentz**2 + gauss**2)), lorentz / total


def _pseudo_voigt_widths(fwhm: float, mixing: float) -> tuple[float, float]:
    """Return the widths of the Voigt that a pseudo-Voigt stands for.

    By P. Thompson, D. E. Cox and J. B. Hastings, J. Appl. Cryst. 20, 79 (1987), inverted
    on a grid of its own mixing.
    """
    part = float(np.interp(np.clip(mixing, 0, 1), _ETA, _RATIO))
    return voigt_widths(fwhm, part)


def _eta(ratio: Floats) -> Floats:
    """Return the pseudo-Voigt mixing of a Voigt whose Lorentzian has this part of its FWHM."""
    return 1.36603 * ratio - 0.47719 * ratio**2 + 0.11116 * ratio**3


# Tabulated once: the Lorentzian's part of the summed widths, and the mixing that goes with it.
_RATIO = np.linspace(0.0, 1.0, 201)
_ETA = _eta(_RATIO / (0.5346 * _RATIO + np.sqrt(0.2166 * _RATIO**2 + (1 - _RATIO) ** 2)))


def widths(fwhm: float, mixing: float, *, shape: str) -> tuple[float, float]:
    """Return the Lorentzian's and the Gaussian's FWHM that make up a line."""
    if shape == "lorentzian":
        return fwhm, 0.0
    if shape == "gaussian":
        return 0.0, fwhm
    split = voigt_widths if shape == "voigt" else _pseudo_voigt_widths
    return split(fwhm, mixing)


def from_widths(lorentz: float, gauss: float, *, shape: str) -> tuple[float, float]:
    """Return FWHM and mixing of the line made up of these two widths; inverse of `widths`."""
    if shape == "lorentzian":
        return lorentz, 1.0
    if shape == "gaussian":
        return gauss, 0.0
    whole, part = _voigt_from(lorentz, gauss)
    if shape == "voigt" or whole == 0:
        return whole, part
    return whole, float(np.interp(part, _RATIO, _ETA))


def without_instrument(
    line: tuple[float, float], instrument: tuple[float, float], *, shape: str
) -> tuple[float, float]:
    """Return FWHM and mixing of a line once the instrument's are removed.

    Lorentzian widths subtract, Gaussian ones subtract in squares; a mixed shape is taken
    apart first. Zero where a part is no broader than the instrument's.

    Parameters
    ----------
    line, instrument : (float, float)
        FWHM and mixing, both in one unit.
    """
    (l_line, g_line), (l_instrument, g_instrument) = (
        widths(*one, shape=shape) for one in (line, instrument)
    )
    lorentz = max(l_line - l_instrument, 0.0)
    gauss = float(np.sqrt(max(g_line**2 - g_instrument**2, 0.0)))
    return from_widths(lorentz, gauss, shape=shape)
