"""Shapes of diffraction lines, their widths, and the instrument's part of a width.

The profiles are those of lmfit. Every shape is described by its full width at half
maximum and a mixing parameter m between 0 (Gaussian) and 1 (Lorentzian): fixed for the
two pure shapes, the share of the Lorentzian in a pseudo-Voigt, and the Lorentzian's
part of the summed widths in a Voigt.
"""

from typing import Any

import numpy as np
from lmfit import lineshapes
from numpy.typing import ArrayLike, NDArray

from analysis.errors import DataError

Floats = NDArray[np.float64]

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
