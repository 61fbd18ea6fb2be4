"""Shapes of diffraction lines, their widths, and the instrument's part of a width.

Every shape is one entry of `SHAPES`, described by its full width at half maximum and a mixing
parameter m between 0 (Gaussian) and 1 (Lorentzian): held for the pure shapes, the share of
the Lorentzian in a pseudo-Voigt, and the Lorentzian's part of the summed widths in a Voigt.
A new shape is another entry at the end of this file; the fits, the correction for the
instrument, the command line and the sheets take their shapes from the list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.diffraction.voigt import voigt, voigt_slopes
from analysis.errors import DataError
from analysis.typing import Floats

# The word for the one of `SHAPES` that describes the data.
AUTO = "auto"
# Where a free mixing starts: between the two.
START_MIXING = 0.6


class Slopes(NamedTuple):
    """A line of unit area and FWHM, and its derivatives by place and by mixing."""

    value: Floats
    by_place: Floats
    by_mixing: Floats


@dataclass(frozen=True)
class Shape:
    """A shape of lines: all that any other part of the analysis knows of it.

    Attributes
    ----------
    name, about : str
        The word that chooses it, and what it is in a few words, for ``--help``.
    profile : callable(u, m) -> ndarray
        The line of unit area and FWHM about 0, at places u (ndarray of any shape). Slightly
        outside 0 to 1 the mixing m extrapolates, or is cut.
    slopes : callable(u, m) -> Slopes
        The same with its exact derivatives.
    widths : callable(m) -> (float, float)
        FWHM of the Lorentzian and of the Gaussian that make up the line of unit FWHM.
    from_widths : callable(lorentz, gauss) -> (float, float)
        FWHM and mixing of the line made up of these two: the inverse.
    mixing : float or None
        That the shape has of itself, which says how near it is to a Lorentzian; None where
        it is fitted.
    """

    name: str
    about: str
    profile: Callable[[Floats, float], Floats]
    slopes: Callable[[Floats, float], Slopes]
    widths: Callable[[float], tuple[float, float]]
    from_widths: Callable[[float, float], tuple[float, float]]
    mixing: float | None = None

    def integral_breadth(self, fwhm: float, mixing: float) -> float:
        """Return area over height: pi/2 FWHM for a Lorentzian, 1.064 for a Gaussian."""
        return fwhm / float(self.profile(np.zeros(1), mixing)[0])


def check_shape(name: str) -> None:
    """Refuse what is neither the name of a shape nor "auto".

    Raises
    ------
    DataError
        Naming the shapes that there are.
    """
    if str(name).lower() != AUTO:
        shape_named(name)


def shape_named(name: str) -> Shape:
    """Return the shape of a name, in small letters or capitals.

    Raises
    ------
    DataError
        Naming the shapes that there are.
    """
    for shape in SHAPES:
        if shape.name == str(name).lower():
            return shape
    names = ", ".join(shape.name for shape in SHAPES)
    raise DataError(f"shape {name!r} is not known; there are {names}")


# ------------------------------------------------------------ Lorentzian, Gaussian, their sum


def _lorentzian(u: Floats, _mixing: float = 1.0) -> Floats:
    return np.asarray(2 / np.pi / (1 + 4 * u**2))


def _lorentzian_slopes(u: Floats, _mixing: float) -> Slopes:
    line = _lorentzian(u)
    return Slopes(line, -4 * np.pi * u * line**2, np.zeros_like(u))


def _gaussian(u: Floats, _mixing: float = 0.0) -> Floats:
    return np.asarray(np.sqrt(4 * np.log(2) / np.pi) * np.exp(-4 * np.log(2) * u**2))


def _gaussian_slopes(u: Floats, _mixing: float) -> Slopes:
    line = _gaussian(u)
    return Slopes(line, -8 * np.log(2) * u * line, np.zeros_like(u))


def _pseudo_voigt(u: Floats, mixing: float) -> Floats:
    return np.asarray(mixing * _lorentzian(u) + (1 - mixing) * _gaussian(u))


def _pseudo_voigt_slopes(u: Floats, mixing: float) -> Slopes:
    lorentz, gauss = _lorentzian(u), _gaussian(u)
    value = mixing * lorentz + (1 - mixing) * gauss
    steep = (4 * np.pi * mixing) * lorentz**2 + (8 * np.log(2) * (1 - mixing)) * gauss
    return Slopes(value, -u * steep, lorentz - gauss)


# ---------------------------------------------------------------------------------- Voigt


def _voigt(u: Floats, mixing: float) -> Floats:
    return voigt(u, *voigt_widths(mixing))


def _voigt_slopes(u: Floats, mixing: float) -> Slopes:
    value, by_place, by_lorentz, by_gauss = voigt_slopes(u, *voigt_widths(mixing))
    lorentz_slope, gauss_slope = _voigt_width_slopes(mixing)
    return Slopes(value, by_place, by_gauss * gauss_slope + by_lorentz * lorentz_slope)


# The Voigt function needs some Gaussian.
_MOST_LORENTZIAN = 1.0 - 1e-6


def voigt_widths(mixing: float) -> tuple[float, float]:
    """Return the Lorentzian's and the Gaussian's FWHM of a Voigt line of unit FWHM.

    The FWHM of the whole is, within 0.02 %, that of J. J. Olivero and R. L. Longbothum,
    J. Quant. Spectrosc. Radiat. Transfer 17, 233 (1977).
    """
    m = min(max(mixing, 0.0), _MOST_LORENTZIAN)
    whole = 0.5346 * m + np.sqrt(0.2166 * m**2 + (1 - m) ** 2)
    return m / whole, (1 - m) / whole


def _voigt_width_slopes(mixing: float) -> tuple[float, float]:
    """Return the derivatives of `voigt_widths` by the mixing; 0 where that is cut."""
    m = mixing
    if not 0 <= m <= _MOST_LORENTZIAN:
        return 0.0, 0.0
    root = np.sqrt(0.2166 * m**2 + (1 - m) ** 2)
    whole, slope = 0.5346 * m + root, 0.5346 + (0.2166 * m - (1 - m)) / root
    return (whole - m * slope) / whole**2, -(whole + (1 - m) * slope) / whole**2


def _voigt_from_widths(lorentz: float, gauss: float) -> tuple[float, float]:
    total = lorentz + gauss
    if total <= 0:
        return 0.0, 0.0
    return 0.5346 * lorentz + float(np.sqrt(0.2166 * lorentz**2 + gauss**2)), lorentz / total


# ------------------------------------------------- the Voigt that a pseudo-Voigt stands for

# Tabulated once: the Lorentzian's part of a Voigt's summed widths, and the mixing of the
# pseudo-Voigt that goes with it, by P. Thompson, D. E. Cox and J. B. Hastings, J. Appl.
# Cryst. 20, 79 (1987).
_PART = np.linspace(0.0, 1.0, 201)
_RATIO = _PART / (0.5346 * _PART + np.sqrt(0.2166 * _PART**2 + (1 - _PART) ** 2))
_ETA = 1.36603 * _RATIO - 0.47719 * _RATIO**2 + 0.11116 * _RATIO**3


def _pseudo_voigt_widths(mixing: float) -> tuple[float, float]:
    return voigt_widths(float(np.interp(np.clip(mixing, 0, 1), _ETA, _PART)))


def _pseudo_voigt_from_widths(lorentz: float, gauss: float) -> tuple[float, float]:
    whole, part = _voigt_from_widths(lorentz, gauss)
    return whole, float(np.interp(part, _PART, _ETA)) if whole > 0 else part


# ------------------------------------------------------------------------------ all of them

PSEUDO_VOIGT = Shape(
    "pseudo-voigt",
    "a share of each",
    profile=_pseudo_voigt,
    slopes=_pseudo_voigt_slopes,
    widths=_pseudo_voigt_widths,
    from_widths=_pseudo_voigt_from_widths,
)

SHAPES = [
    Shape(
        "lorentzian",
        "the paper's shape",
        profile=_lorentzian,
        slopes=_lorentzian_slopes,
        widths=lambda _mixing: (1.0, 0.0),
        from_widths=lambda lorentz, _gauss: (lorentz, 1.0),
        mixing=1.0,
    ),
    Shape(
        "gaussian",
        "without tails",
        profile=_gaussian,
        slopes=_gaussian_slopes,
        widths=lambda _mixing: (0.0, 1.0),
        from_widths=lambda _lorentz, gauss: (gauss, 0.0),
        mixing=0.0,
    ),
    PSEUDO_VOIGT,
    Shape(
        "voigt",
        "a convolution of the two",
        profile=_voigt,
        slopes=_voigt_slopes,
        widths=voigt_widths,
        from_widths=_voigt_from_widths,
    ),
]
