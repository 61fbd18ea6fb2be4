"""What the exercises on section 3.3 have for answers, and what usual slips make of them.

Strains are numbers, sizes are in nm. ``breadth`` is "integral" or "fwhm".
"""

import math
from functools import cache

import numpy as np

from analysis.catalogue.loading import load
from analysis.catalogue.phases import phases_of
from analysis.diffraction.analyse import analyse_pattern
from analysis.diffraction.peaks import PeakTable
from analysis.diffraction.strain.williamson_hall import WilliamsonHall, williamson_hall
from analysis.exercises.strain_lines import (
    INSTRUMENT,
    LABORATORY,
    LINE,
    WAVELENGTH,
    cannot_split,
    corrected_lines,
    powder_lines,
    straight_line,
    trap_lines,
)
from analysis.typing import Floats

PATTERN = "twin-xrd-29.5gpa"
K = 0.9  # Scherrer's constant, as the page has it
NO_SIZE = 1000.0  # nm: here ends the slider of the live figure, where no size is the best


def _strain(lines: PeakTable, breadth: str = "integral", model: str = "full") -> float:
    return float(williamson_hall(lines, model=model, breadth=breadth).strain.nominal_value)


def _size(lines: PeakTable, breadth: str = "integral") -> float:
    return williamson_hall(lines, model="full", breadth=breadth).size_by_full or math.nan


def _size_by_line(theta: Floats, breadth: Floats) -> float:
    """Return the size of the intercept, K lambda/D, of a line through all points alike."""
    return K * WAVELENGTH / 1000 / straight_line(theta, breadth)[1]


# ----------------------------------------------------------------------------- the first powder


def powder_strain(*, breadth: str = "integral") -> float:
    """Return the strain by eq. 7."""
    return _strain(powder_lines(), breadth)


def powder_strain_alone() -> float:
    """Return the strain by eq. 8, as though there were no size."""
    return _strain(powder_lines(), model="reduced")


def breadth_ratio() -> float:
    """Return the strain by the integral breadth over that by the FWHM."""
    return powder_strain() / powder_strain(breadth="fwhm")


def powder_size(*, breadth: str = "integral") -> float:
    """Return the size by eq. 7."""
    return _size(powder_lines(), breadth)


def powder_size_by_two_theta() -> float:
    """Return the size with the angles of the table in place of their halves."""
    lines = powder_lines()
    return _size_by_line(2 * lines.theta, lines.breadth("integral")[0])


# --------------------------------------------------------------------- that of the laboratory


def corrected_size(*, breadth: str = "integral") -> float:
    """Return the size from widths less that of the diffractometer."""
    lines = powder_lines(LABORATORY)
    return _size(corrected_lines(lines, shape="lorentzian", instrument=INSTRUMENT), breadth)


def uncorrected_size() -> float:
    """Return the size from the widths as measured."""
    return _size(powder_lines(LABORATORY))


def size_by_squares() -> float:
    """Return the size where squares were subtracted, and the rest was taken for Lorentzian."""
    lines = powder_lines(LABORATORY)
    left = corrected_lines(lines, shape="gaussian", instrument=INSTRUMENT)
    return _size_by_line(left.theta, math.pi / 2 * left.breadth("fwhm")[0])


# --------------------------------------------------------------------------- the twin's pattern


@cache
def _pattern(pattern: str) -> WilliamsonHall:
    return analyse_pattern(load(pattern), phases_of(pattern)).strain_or_error()


def line_strain(
    pattern: str = PATTERN, *, breadth: str = "integral", angles: float = 1.0, times: float = 1.0
) -> float:
    """Return the strain of one line by eq. 8, with a multiple of its Bragg angle or of it all."""
    lines = _pattern(pattern).peaks
    at = lines.hkl.index(LINE)
    return times * float(lines.breadth(breadth)[0][at] / (4 * np.tan(angles * lines.theta[at])))


def least_size(pattern: str = PATTERN, *, breadth: str = "integral") -> float:
    """Return the lower limit of the size, one-sided, 95 %."""
    return _pattern(pattern).with_breadth(breadth).size_lower or math.nan


def best_size(pattern: str = PATTERN) -> float:
    """Return the size of the intercept itself, as far as the live figure goes."""
    return min(_pattern(pattern).size_by_full or NO_SIZE, NO_SIZE)


# ------------------------------------------------------------------------------------ the trap


def _whole_lines() -> PeakTable:
    lines = trap_lines()
    return lines.select(cannot_split(lines))


def trap_strain(*, all_lines: bool = False) -> float:
    """Return the strain by eq. 7 of the lines that cannot split, or of every line."""
    return _strain(trap_lines() if all_lines else _whole_lines())


def trap_strain_alone() -> float:
    """Return the strain by eq. 8 of the lines that cannot split."""
    return _strain(_whole_lines(), model="reduced")
