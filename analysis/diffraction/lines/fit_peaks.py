"""From a pattern to the table of its lines: `fit_peaks`."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.diffraction.lines.chosen_shape import choose_shape
from analysis.diffraction.lines.doublet import undeclared_doublet
from analysis.diffraction.lines.fitted import FittedPattern, lines_of
from analysis.diffraction.lines.group import FittedGroup
from analysis.diffraction.lines.in_turns import ROUGH, TOGETHER, find_and_fit, refit, settle
from analysis.diffraction.lines.search import ANOTHER, Candidate, glitches, left_over
from analysis.diffraction.lines.splits import Split, hidden_lines, splits_of
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.peaks import PeakTable
from analysis.diffraction.shapes import AUTO, Shape, check_shape, shape_named
from analysis.errors import DataError, FitError
from analysis.typing import Floats

if TYPE_CHECKING:
    from analysis.diffraction.strain.instrument import Instrument


FEWEST_POINTS = 20
# Below so many errors a line is weak; with an error of more than this part of itself a
# breadth is undetermined.
STRONG, DETERMINED = 5.0, 0.5
# Lines closer than this part of the broader one's width share their breadth as they like.
MERGED = 0.5
# What stands out by so many errors is no chance.
LOST = 10.0
# A flat top: so many neighbouring points that equal the pattern's largest intensity.
FLAT_TOP = 3


def fit_peaks(
    pattern: DiffractionPattern,
    *,
    shape: str = AUTO,
    instrument: "Instrument | None" = None,
    window: tuple[float, float] | None = None,
    places: Sequence[float] = (),
    split: bool = True,
) -> PeakTable:
    """Find and fit the lines of a pattern.

    Parameters
    ----------
    pattern : DiffractionPattern
    shape : str
        The name of one of `analysis.diffraction.shapes.SHAPES`, of which Lorentzian is
        the paper's choice; or "auto", the one that describes the data, see `choose_shape`;
        with an instrument that of its lines. `PeakTable.shape` names it and a remark says why.
    instrument : Instrument, optional
        Whose breadths and angular offset are removed, see `fit_instrument`. Without it
        the breadths are not corrected; the paper takes the instrument's to be negligible.
    window : (float, float), optional
        Use only the angles between these, degrees.
    places : sequence of float
        Angles, degrees, where lines are known to be though none may show, as of the
        `reflections` of a known cell: neighbours that merge can be told apart with them.
        Where the counts call for no line, there will be none.
    split : bool
        Whether each line that stands alone is compared with two lines. Those that two
        describe better are flagged, and their breadth is not used.

    Returns
    -------
    PeakTable
        In ascending angle. Errors are those of counting; where the points scatter about
        the fit by more than that, or intensities are no counts, by what they scatter.

    Raises
    ------
    DataError
        If the shape or the window is not usable.
    FitError
        If there are no lines.

    Notes
    -----
    In synthetic patterns with counting noise the errors of places, breadths and areas are
    those of the scatter to 10 %, for all shapes (benchmarks/test_lines.py), but for the areas
    of mixed shapes with 20 counts at their tops, which scatter by a third more. Of two equal
    lines, each with 1500 counts at its top, half are called split when they lie 0.4
    (Lorentzian) to 0.6 (Gaussian, pseudo-Voigt and Voigt) of their breadth apart, all from
    0.7 on; a single line is none in a thousand. Lines of another shape than the one asked
    for are told apart only from one breadth on. Single points that stand out alone, as where
    a cosmic ray hit, have no say.
    """
    check_shape(shape)
    if window is not None:
        pattern = pattern.between(*window)
    if len(pattern) < FEWEST_POINTS:
        raise DataError(
            f"{pattern.name}: {len(pattern)} points are too few to look for lines "
            f"(at least {FEWEST_POINTS}); a wider --window holds more"
        )
    rough = first, _ = _rough(pattern, places)
    if shape.lower() != AUTO:
        fitted, why = _finished(*rough, shape_named(shape)), ""
    elif instrument is None:
        fitted, why = choose_shape(lambda form: _finished(*rough, form), first)
    else:
        fitted = _finished(*rough, shape_named(instrument.shape))
        why = f"the lines are taken as {instrument.shape}, as those of {instrument.name} are"
    if not fitted.groups:
        raise FitError(
            f"{pattern.name}: no {fitted.shape.name} line is larger than its error; try {ANOTHER}"
        )
    doublet = undeclared_doublet(
        fitted, lambda other: _finished(*_rough(other, places), fitted.shape)
    )
    table = _table(fitted, split=split)
    table = replace(
        table,
        undeclared_doublet=doublet is not None,
        warnings=(*((doublet,) if doublet else ()), *table.warnings),
        remarks=(*((why,) if why else ()), *table.remarks),
    )
    return table if instrument is None else instrument.correct(table)


def _rough(
    pattern: DiffractionPattern, places: Sequence[float]
) -> tuple[FittedPattern, list[Candidate]]:
    """Return a first fit, and its lines with those hidden in others' flanks among them."""
    fitted = find_and_fit(pattern, places)
    return fitted, [*fitted.curves, *hidden_lines(fitted)]


def _finished(rough: FittedPattern, lines: Sequence[Candidate], shape: Shape) -> FittedPattern:
    """Return the lines fitted with a shape, all at once."""
    return settle(refit(rough, lines, shape=shape, tolerance=ROUGH))


def _table(fitted: FittedPattern, *, split: bool) -> PeakTable:
    rows = [_rows(fitted, group) for group in fitted.groups]
    order = np.argsort(np.concatenate([row["two_theta"] for row in rows]), kind="stable")
    columns: dict[str, Any] = {
        key: np.concatenate([row[key] for row in rows])[order] for key in rows[0]
    }
    splits = splits_of(fitted) if split else {}
    return PeakTable(
        **columns,
        flags=_flags(fitted, columns, splits),
        shape=fitted.shape.name,
        pattern=fitted.pattern,
        warnings=_warnings(fitted, splits),
        remarks=_remarks(fitted),
        background=fitted.background,
        line_counts=fitted.line_counts,
    )


def _rows(fitted: FittedPattern, group: FittedGroup) -> dict[str, Floats]:
    factor = fitted.error_factor(group)
    return {
        "two_theta": group.centers,
        "fwhm": group.fwhm,
        "integral_breadth": group.integral_breadth,
        "area": group.areas,
        **{f"{name}_error": error for name, error in group.errors(factor).items()},
        **group.parts(factor),
        "lorentzian_part": np.full(group.fwhm.size, min(max(group.mixing, 0.0), 1.0)),
    }


def _flags(
    fitted: FittedPattern, columns: dict[str, Floats], splits: dict[float, Split]
) -> tuple[frozenset[str], ...]:
    pattern, width = fitted.pattern, columns["fwhm"]
    center, area = columns["two_theta"], columns["area"]
    # A neighbour of no account does not count.
    counts = (area > 0.05 * area[:, None]) & ~np.eye(center.size, dtype=bool)
    distance = np.where(counts, np.abs(center - center[:, None]), np.inf)
    apart = (distance / (width + width[:, None]) * 2).min(axis=1)
    within = (distance / np.maximum(width, width[:, None])).min(axis=1)
    masks = {
        "weak": area < STRONG * columns["area_error"],
        "saturated": _saturated(pattern, center, width),
        "edge": _at_edge(pattern, center, width),
        "overlapping": (apart < 1) & (within >= MERGED),
        "merged": within < MERGED,
        "split": np.isin(center, list(splits)),
        "misfit": np.isin(center, _misfits(fitted)) & ~np.isin(center, list(splits)),
        "undersampled": width < 3 * pattern.step,
        "undetermined": columns["fwhm_error"] > DETERMINED * width,
    }
    return tuple(
        frozenset(name for name, which in masks.items() if which[i]) for i in range(center.size)
    )


def _misfits(fitted: FittedPattern) -> list[float]:
    """Return the places of lines about which the points scatter too much, degrees."""
    return [
        place
        for group in fitted.groups
        if group.scatter_factor > 4 * fitted.noise_level
        for place in group.centers.tolist()
    ]


def _saturated(pattern: DiffractionPattern, center: Floats, width: Floats) -> NDArray[np.bool_]:
    """Return which lines have a flat top at the pattern's largest intensity."""
    x, y = pattern.two_theta, pattern.intensity
    top = y >= y.max() * (1 - 1e-9)
    near = (np.abs(x - c) < max(w, 2 * pattern.step) for c, w in zip(center, width, strict=True))
    longest = [max(sum(run) for _, run in groupby(top[points].tolist())) for points in near]
    return np.array(longest) >= FLAT_TOP


def _at_edge(pattern: DiffractionPattern, center: Floats, width: Floats) -> NDArray[np.bool_]:
    """Return which lines reach, within one width, the pattern's end or a gap."""
    x = pattern.two_theta
    edges = [(-np.inf, x[0]), (x[-1], np.inf), *pattern.gaps]
    reached = [(center + width > low) & (center - width < high) for low, high in edges]
    return np.asarray(np.any(reached, axis=0))


def _warnings(fitted: FittedPattern, splits: dict[float, Split]) -> tuple[str, ...]:
    warnings = [
        f"the line at {at:.3f} deg is split: two lines at {two.places[0]:.3f} and "
        f"{two.places[1]:.3f} deg, each {two.fwhm:.3f} deg broad, describe it better; its breadth "
        "is not used"
        for at, two in sorted(splits.items())
    ]
    misfits = [f"{place:.2f}" for place in _misfits(fitted) if place not in splits]
    if misfits:
        warnings.append(
            f"the {fitted.shape.name} shape does not describe {len(misfits)} of the lines within "
            f"the scatter ({_at(misfits)}): their errors are widened, and another shape would give "
            "other breadths"
        )
    lost = [f"{place:.3f}" for place in _lost(fitted)]
    if lost:
        warnings.append(
            f"features as narrow as a line ({_at(lost)}) belong to no line of the table: look at "
            "the pattern there"
        )
    return tuple(warnings)


def _lost(fitted: FittedPattern) -> list[float]:
    """Return where more is left over than chance leaves, as narrow as lines are, degrees."""
    lines = [line for group in fitted.groups for line in lines_of(group)]
    noise = np.sqrt(fitted.noise_level * fitted.noise.widening)
    width = float(np.median([line.fwhm for line in lines])) / fitted.pattern.step
    return [
        place
        for place in left_over(fitted.pattern, fitted.misses / noise, width, LOST)
        if all(abs(place - line.center) > TOGETHER * line.fwhm for line in lines)
    ]


def _remarks(fitted: FittedPattern) -> tuple[str, ...]:
    remarks = []
    struck = [f"{place:.3f}" for place in fitted.pattern.two_theta[glitches(fitted.pattern)]]
    if struck:
        remarks.append(
            f"{len(struck)} points ({_at(struck)}) stand out alone, as after the hit of a cosmic "
            "ray: left out"
        )
    if fitted.no_counts:
        remarks.append(
            f"the intensities scatter {np.sqrt(fitted.noise.factor):.2g} times as much as counts "
            "would: the errors are taken from the scatter"
        )
    return tuple(remarks)


def _at(places: Sequence[str]) -> str:
    return f"at {', '.join(places[:8])}{' ...' if len(places) > 8 else ''} deg"
