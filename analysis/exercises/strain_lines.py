"""The lines that the exercises on section 3.3 bring along: all of them are synthetic."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from analysis.catalogue.loading import load
from analysis.catalogue.phases import phases_of
from analysis.diffraction.analyse import fit_phase
from analysis.diffraction.crystal.cell import reflections
from analysis.diffraction.crystal.cubic import Cubic
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.line_list import listed_lines
from analysis.diffraction.peaks import ListedPattern, PeakTable
from analysis.diffraction.strain.breadth_law import line_breadth
from analysis.typing import Floats

WAVELENGTH = 154.06  # pm, copper K-alpha 1
CRYSTAL = Cubic("a cubic powder", 5.41, "F m -3 m")
LAST = 98.0  # degrees in 2 theta
RELATIVE_ERROR = 0.01  # of the widths
FWHM = 2 / np.pi  # of a Lorentzian line, over its integral breadth
INSTRUMENT = 0.2  # FWHM of the lines of a standard, degrees, at all angles
LINE = (1, 1, 5)  # the strongest of La3Ni2O7

TRAP = "twin-splitting-trap-15.0gpa"


@dataclass(frozen=True)
class Powder:
    """What lines are made from.

    Attributes
    ----------
    name : str
    strain : float
        By the integral breadth.
    size : float
        nm.
    instrument : float
        FWHM that the diffractometer adds to each line, degrees.
    seed : tuple of int
    """

    name: str
    strain: float
    size: float
    instrument: float
    seed: tuple[int, ...]


IDEAL = Powder("synthetic powder", 0.003, 25.0, 0.0, (2401, 804, 33, 101))
LABORATORY = Powder("synthetic powder, laboratory", 0.002, 40.0, INSTRUMENT, (2401, 804, 33, 102))


@cache
def powder_lines(powder: Powder = IDEAL) -> PeakTable:
    """Return the Lorentzian lines of a synthetic powder, as a table of widths has them.

    Parameters
    ----------
    powder : Powder
        `IDEAL`, the default, whose diffractometer adds nothing, or `LABORATORY`.

    Examples
    --------
    >>> len(powder_lines())
    10
    """
    reflections_there = reflections(CRYSTAL, WAVELENGTH, two_theta_max=LAST)
    angles = np.array([line.two_theta for line in reflections_there])
    clean = FWHM * np.degrees(
        line_breadth(
            np.radians(angles / 2),
            strain=powder.strain,
            size=powder.size,
            wavelength=WAVELENGTH,
        )
    )
    # Lorentzian widths add. Rounded as a table prints them, so that no machine has other digits.
    whole = clean + powder.instrument
    errors = np.round(RELATIVE_ERROR * whole, 4)
    noise = np.random.default_rng(powder.seed).normal(0, 1, angles.size)
    lines = listed_lines(
        np.round(angles, 3),
        np.round(whole + noise * errors, 4),
        errors,
        wavelength=WAVELENGTH,
        hkl=[line.hkl for line in reflections_there],
        name=powder.name,
    )
    return replace(lines, pattern=ListedPattern(powder.name, WAVELENGTH, origin="synthetic"))


def corrected_lines(lines: PeakTable, *, shape: str, instrument: float) -> PeakTable:
    """Return lines without the width of the diffractometer, which is the same at all angles.

    Parameters
    ----------
    lines : PeakTable
        As measured.
    shape : {"lorentzian", "gaussian"}
        What the lines are taken to be: Lorentzian widths subtract, Gaussian ones in squares.
    instrument : float
        FWHM of a standard's lines, degrees.
    """
    listed = listed_lines(
        lines.two_theta,
        lines.fwhm,
        lines.fwhm_error,
        wavelength=lines.pattern.wavelength,
        shape=shape,
        standard=np.full(len(lines), instrument),
        hkl=lines.hkl,
        name=lines.pattern.name,
    )
    return replace(listed, pattern=lines.pattern)


@cache
def trap_lines() -> PeakTable:
    """Return the lines of the trap, taken for single lines of a tetragonal cell."""
    (crystal,) = phases_of(TRAP)
    a, b, c, *_ = crystal.cell
    side = (a + b) / 2 / 2**0.5  # turned by 45 degrees
    tetragonal = Phase("tetragonal", side, c=c, space_group="I 4/m m m")
    return fit_phase(load(TRAP), tetragonal, split=False)


def cannot_split(lines: PeakTable) -> NDArray[np.bool_]:
    """Tell of each tetragonal line whether it stays one line when a and b become unequal.

    The orthorhombic axes are the diagonals of the tetragonal square: the planes (h k l) and
    (-h k l) become (h - k, h + k, l) and (h + k, h - k, l). Their spacings stay equal if h or
    k is zero, and only then.
    """
    return np.array([hkl is not None and 0 in hkl[:2] for hkl in lines.hkl])


def straight_line(theta: Floats, breadth: Floats) -> tuple[float, float]:
    """Return slope and start of beta cos(theta) over 4 sin(theta), all lines alike.

    Parameters
    ----------
    theta : ndarray, shape (N,)
        rad.
    breadth : ndarray, shape (N,)
        rad.
    """
    slope, start = np.polyfit(4 * np.sin(theta), breadth * np.cos(theta), 1)
    return float(slope), float(start)
