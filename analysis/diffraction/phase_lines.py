"""The lines of one known crystal in a pattern, its merged neighbours told apart."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from uncertainties import nominal_value

from analysis.diffraction.crystal.indexing import index_lines
from analysis.diffraction.crystal.lattice import LatticeFit, fit_lattice
from analysis.diffraction.crystal.phase import ANGLES, LENGTHS, Phase, reflections
from analysis.diffraction.lines.fit_peaks import fit_peaks
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.peaks import PeakTable
from analysis.errors import FitError
from analysis.typing import Floats

if TYPE_CHECKING:
    from analysis.diffraction.strain.instrument import Instrument


# With more reflections than so many for each line that shows, most are too weak to see.
MOST_PLACES = 2.5
# A line that covers more reflections than so many cannot be taken apart.
MOST_IN_LINE = 3
# It covers those within so many of its widths.
COVERED = 1.0
# Reflections closer than this part of a width are one line.
APART = 0.35


def fit_phase(
    pattern: DiffractionPattern,
    phase: Phase,
    *,
    shape: str = "lorentzian",
    instrument: "Instrument | None" = None,
    window: tuple[float, float] | None = None,
    split: bool = True,
) -> PeakTable:
    """Find and fit the lines of one crystal in a pattern, which may hold others.

    The lines that show are indexed, and the cell refined. Lines are then looked for where
    it has reflections (where it has very many, at those that share a line with one or
    two others), so that neighbours which merge are told apart if the counts allow it.

    Parameters
    ----------
    pattern : DiffractionPattern
    phase : Phase
        With an approximate cell.
    shape, instrument, window, split
        As in `fit_peaks`.

    Returns
    -------
    PeakTable
        The indexed lines alone. `warnings` speaks of the whole pattern.

    Raises
    ------
    DataError, FitError
        As `fit_peaks` and `index_lines` do: FitError if no line matches the cell at this
        wavelength.
    """
    fit = partial(
        fit_peaks, pattern, shape=shape, instrument=instrument, window=window, split=split
    )
    indexed = index_lines(fit(), phase)
    places = _places(indexed, phase)
    if places:
        indexed = index_lines(fit(places=places), phase)
    return indexed.select([index is not None for index in indexed.hkl])


def _places(indexed: PeakTable, phase: Phase) -> list[float]:
    """Return where the refined cell has reflections that may be seen, degrees.

    All of them if they are few; else those that share a line with one or two others.
    """
    try:
        cell = refined(fit_lattice(indexed, phase))
    except FitError:  # too few lines for all axes: the approximate cell has to do
        cell = phase
    x = indexed.pattern.two_theta
    known = reflections(
        cell, indexed.pattern.wavelength, two_theta_min=float(x[0]), two_theta_max=float(x[-1])
    )
    angles = np.array([line.two_theta for line in known])
    if angles.size <= MOST_PLACES * len(indexed):
        return _told_apart(angles, float(np.median(indexed.fwhm)))
    places: set[float] = set()
    for center, fwhm in zip(indexed.two_theta, indexed.fwhm, strict=True):
        covered = angles[np.abs(angles - center) < COVERED * fwhm]
        apart = _told_apart(covered, fwhm)
        if covered.size <= MOST_IN_LINE and len(apart) > 1:
            places.update(apart)
    return sorted(places)


def _told_apart(angles: Floats, fwhm: float) -> list[float]:
    """Return ascending angles; those too close for any fit to tell apart as their mean."""
    groups = np.split(angles, np.flatnonzero(np.diff(angles) > APART * fwhm) + 1)
    return [float(group.mean()) for group in groups if group.size]


def refined(fit: LatticeFit) -> Phase:
    """Return the crystal with the fitted cell in place of the approximate one."""
    cell: dict[str, Any] = {
        name: float(nominal_value(getattr(fit, name))) for name in (*LENGTHS, *ANGLES)
    }
    return replace(fit.phase, **cell)
