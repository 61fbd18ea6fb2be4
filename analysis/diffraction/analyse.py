"""One path from a pattern to its result: lines, strain and size, and the cell."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from analysis.diffraction.crystal.cell import reflections
from analysis.diffraction.crystal.explained import explained
from analysis.diffraction.crystal.indexing import index_lines
from analysis.diffraction.crystal.lattice import fit_lattice
from analysis.diffraction.crystal.offsets import check_offset
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.lines.fit_peaks import fit_peaks
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.pattern_analysis import CrystalChoice, PatternAnalysis, analyse_lines
from analysis.diffraction.peaks import PeakTable
from analysis.diffraction.shapes import AUTO, SHAPES, check_shape
from analysis.diffraction.strain.choices import checked_options
from analysis.errors import DataError, FitError, attempt
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
# Another shape than Lorentzian may not cost more than a fifth of the lines that can be used.
FEWER_LINES = 1.25


def choose_crystal(
    phases: Sequence[Phase] = (), name: str | None = None, *, where: str = "the pattern"
) -> CrystalChoice:
    """Choose the crystal whose lines are analysed: the one asked for, else the first.

    The first crystal that a data package names for a pattern is the sample; others, such
    as a pressure gauge, follow it.

    Parameters
    ----------
    phases : sequence of Phase
        The crystals in the pattern, see `analysis.phases_of`.
    name : str, optional
        Which of them, in small letters or capitals; an empty one counts as none.
    where : str
        What messages call the pattern.

    Raises
    ------
    DataError
        If there is none of that name; the message names those that there are.
    """
    names = " and ".join(phase.name for phase in phases)
    if name:
        for phase in phases:
            if phase.name.lower() == name.lower():
                return CrystalChoice(phase, str(phase))
        there_are = (
            f"there are {names}" if phases else "none is named: give --cell and --space-group"
        )
        raise DataError(f"{where}: no crystal is called {name!r} (--phase); {there_are}")
    if not phases:
        return CrystalChoice(None, "none named: all lines are taken as those of one crystal")
    if len(phases) == 1:
        return CrystalChoice(phases[0], str(phases[0]))
    warning = (
        f"{len(phases)} crystals are named: {names}; the first, {phases[0].name}, is used; "
        "--phase NAME chooses another"
    )
    return CrystalChoice(phases[0], str(phases[0]), (warning,))


def analyse_pattern(
    pattern: DiffractionPattern,
    phases: Sequence[Phase] = (),
    *,
    phase: str | None = None,
    shape: str = AUTO,
    instrument: "Instrument | None" = None,
    window: tuple[float, float] | None = None,
    breadth: str = "integral",
    model: str = "auto",
    shape_factor: float = 0.9,
    addition: str = "auto",
    offset: str = "auto",
    split: bool = True,
) -> PatternAnalysis:
    """Analyse a pattern: its lines, strain and size by eq. 7 or 8, and the cell.

    The command line, the sheets, the chapters and the ledger all come through here.

    Parameters
    ----------
    pattern : DiffractionPattern
    phases : sequence of Phase
        The crystals in it, the sample first, see `analysis.phases_of`.
    phase : str, optional
        The name of the one to analyse; the first unless given, see `choose_crystal`.
    shape, instrument, window, split
        Of the lines, see `fit_peaks`.
    breadth, model, shape_factor, addition
        Of the strain, see `williamson_hall`.
    offset
        Of the cell, see `fit_lattice`.

    Returns
    -------
    PatternAnalysis

    Raises
    ------
    AnalysisError
        If an option is not usable. What only the data do not allow is said in the result.

    References
    ----------
    arXiv:2401.00804, eqs. 7 and 8.

    Examples
    --------
    >>> from analysis import load, phases_of
    >>> name = "twin-xrd-10.5gpa"
    >>> result = analyse_pattern(load(name), phases_of(name))
    >>> print(result.crystal.name, f"{1000 * result.strain.strain:.1uS}")
    La3Ni2O7 7.9(3)
    """
    check_shape(shape)
    options = checked_options(model, shape_factor, breadth, addition)
    check_offset(offset)
    choice = choose_crystal(phases, phase, where=pattern.name)
    if window is not None:
        pattern = pattern.between(*window)
    crystal = next((phase for phase in phases if phase is choice.crystal), None)
    fit = fit_peaks
    if crystal is not None:
        others = [phase for phase in phases if phase is not crystal]
        fit = partial(fit_phase, phase=crystal, others=others)
    peaks, no_peaks = attempt(lambda: fit(pattern, shape=shape, instrument=instrument, split=split))
    if peaks is None:
        return PatternAnalysis(pattern, choice, no_peaks=no_peaks)
    return analyse_lines(peaks, choice, options, offset)


# ----------------- the lines of one known crystal in a pattern, its merged neighbours told apart


def fit_phase(
    pattern: DiffractionPattern,
    phase: Phase,
    *,
    shape: str = AUTO,
    instrument: "Instrument | None" = None,
    window: tuple[float, float] | None = None,
    split: bool = True,
    others: Sequence[Phase] = (),
    places: Sequence[float] = (),
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
    others : sequence of Phase
        What else is known to be in the pattern: lines of these are set aside when it is
        judged how much the crystal explains.
    places : sequence of float
        Angles, degrees, where its lines are known to be, as from a fit with another shape; it
        is then looked for no others, and the pattern is fitted once.

    Returns
    -------
    PeakTable
        The indexed lines alone. `warnings` speaks of the whole pattern.

    Raises
    ------
    DataError, FitError
        As `fit_peaks` and `index_lines` do: FitError if no line matches the cell at this
        wavelength, or it explains less than half of the pattern, or not the strongest
        line, and the lines that it meets lie no closer than those of any cell would.
    """
    fit = partial(fit_peaks, pattern, instrument=instrument, window=window, split=split)
    first = fit(shape=shape, places=places)
    indexed = index_lines(first, phase)
    places = () if places else _places(indexed, phase)
    if places:
        # Neighbours that merge look like lines of another shape: it is chosen anew beside them,
        # unless even so the first is the one that needs no reason.
        anew = shape.lower() == AUTO and first.shape != SHAPES[0].name
        indexed = index_lines(fit(shape=shape if anew else first.shape, places=places), phase)
        if anew and indexed.shape != SHAPES[0].name:
            indexed = _determined(
                indexed, index_lines(fit(shape=SHAPES[0].name, places=places), phase)
            )
        # Why it is of this shape the first fit says, before anything else.
        chosen = first.remarks[:1] if shape.lower() == AUTO and not anew else ()
        indexed = replace(indexed, remarks=tuple(dict.fromkeys((*chosen, *indexed.remarks))))
    indexed = _whole(indexed, phase)
    doubts = _doubts(indexed, phase, others)
    return indexed.select(
        [index is not None for index in indexed.hkl], warnings=(*indexed.warnings, *doubts)
    )


def _determined(chosen: PeakTable, plain: PeakTable) -> PeakTable:
    """Return the lines of the chosen shape, unless they leave many more open than plain ones."""
    tables = (chosen, plain)
    determined = [
        int((table.usable & np.isfinite(table.integral_breadth_error)).sum()) for table in tables
    ]
    if determined[1] <= FEWER_LINES * determined[0]:
        return chosen
    why = (
        f"the lines are taken as {plain.shape}: as {chosen.shape} lines, only {determined[0]} of "
        f"{determined[1]} would have a breadth with an error"
    )
    return replace(plain, remarks=(why, *plain.remarks))


def _whole(indexed: PeakTable, phase: Phase) -> PeakTable:
    """Take lines of a cubic crystal as whole where no lower symmetry would split them so.

    Stretched along an axis a cube splits h00 and leaves hhh whole, along its diagonal the
    other way round: if both look split, the shape of the lines is another.
    """
    if phase.crystal_system != "cubic":
        return indexed
    split = np.array(["split" in flags for flags in indexed.flags], dtype=bool)
    kinds = {
        tuple(abs(index) == max(map(abs, hkl)) for index in hkl)
        for hkl, apart in zip(indexed.hkl, split, strict=True)
        if apart and hkl is not None and {*map(abs, hkl)} <= {0, max(map(abs, hkl))}
    }
    if not {1, 3} <= {sum(kind) for kind in kinds}:
        return indexed
    angles = ", ".join(f"{angle:.2f}" for angle in indexed.two_theta[split])
    warning = (
        f"the lines at {angles} deg look split, both h00 and hhh. Stretching a cube along one "
        "axis cannot split both, so they are used as single lines; another shape, or --shape "
        "auto, may describe them"
    )
    return replace(
        indexed,
        flags=tuple(flags - {"split"} for flags in indexed.flags),
        warnings=(*indexed.warnings, warning),
    )


def _doubts(indexed: PeakTable, phase: Phase, others: Sequence[Phase]) -> tuple[str, ...]:
    """Refuse a cell that does not explain the pattern; return words of one that may not."""
    aside = np.zeros(len(indexed), dtype=bool)
    for other in others:
        by_other, _ = attempt(lambda other=other: index_lines(indexed, other))  # type: ignore[misc]
        if by_other is not None:
            aside |= np.array([index is not None for index in by_other.hkl], dtype=bool)
    cell, _ = attempt(lambda: fit_lattice(indexed, phase))
    judged = explained(indexed, cell, aside)
    if words := judged.refusal(phase):
        raise FitError(f"{indexed.pattern.name}: {words}")
    return judged.doubts(phase)


def _places(indexed: PeakTable, phase: Phase) -> list[float]:
    """Return where the refined cell has reflections that may be seen, degrees.

    All of them if they are few; else those that share a line with one or two others.
    """
    try:
        cell = fit_lattice(indexed, phase).cell
    except FitError:  # too few lines for all axes: the approximate cell has to do
        cell = phase
    x = indexed.counts.two_theta
    lines = reflections(
        cell, indexed.pattern.wavelength, two_theta_min=float(x[0]), two_theta_max=float(x[-1])
    )
    angles = np.array([line.two_theta for line in lines])
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
