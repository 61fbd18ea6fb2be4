"""Pressure from the lines of a calibrant in a diffraction pattern, or from ruby's line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil, log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from uncertainties import UFloat, ufloat

from analysis.diffraction.crystal.cell import Crystal, label_of, reflections
from analysis.diffraction.crystal.indexing import best_match
from analysis.diffraction.crystal.lattice import LatticeFit, fit_lattice
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.lines.fit_peaks import fit_peaks
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.peaks import PeakTable
from analysis.errors import DataError, FitError, attempt
from analysis.numerics.checks import as_number
from analysis.numerics.provenance import stated_data
from analysis.numerics.summary import number
from analysis.pressure.scales import (
    CALIBRANTS,
    LARGEST,
    RUBY,
    RUBY_LINE,
    SMALLEST,
    Scale,
    on_scales,
    pressure_scales,
    scale_named,
)
from analysis.pressure.stress import single_axes

# Random lines may match a calibrant somewhere in the range of pressures in one pattern of 50.
REFUSED = 0.02
# Another cell that is no more than so many times less probable could be right, too; cells
# that differ by less than the second part count as the same.
_RIVAL, _APART = 100.0, 0.01
# So many cells are looked at closely.
_TRIED = 3
# Cells are tried in steps of twice this part; the angles may be off by so many degrees.
_TOLERANCE, _ZERO = 0.018, 0.03
# Where no pressure is stated, the calibrant is looked for up to this one (GPa).
_HIGHEST = 150.0
# An offset of the angles that is so many of its errors from zero is there.
_SHOWN = 3.0
# Lines agree within so many errors of their difference; so many of them have to.
_AGREE, _FEWEST = 3.0, 3
# A stated pressure differs if it lies outside the interval by more than this part of itself.
_OTHER = 0.1
_ROOM = 298.0


@dataclass(frozen=True, eq=False)
class MeasuredPressure:
    """A pressure with its error, its scale, and the pressure on all other scales.

    Attributes
    ----------
    scale : Scale
    temperature : float
        K.
    pressure : UFloat
        GPa; the error is that of the axis, or of the line, and not that of the scale. nan where
        it is not known.
    interval : (float, float) or None
        At 95 %, GPa.
    on_scales : tuple of (Scale, float)
        All published scales for this temperature, and the pressure on each, GPa.
    lattice : LatticeFit or None
        The calibrant's cell; None of ruby.
    warnings, remarks : tuple of str
        In words.
    """

    scale: Scale
    temperature: float
    pressure: UFloat
    interval: tuple[float, float] | None
    on_scales: tuple[tuple[Scale, float], ...]
    lattice: LatticeFit | None = None
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest pressure on scales whose data reach it, GPa."""
        values = [value for scale, value in self.on_scales if scale.reaches(value)]
        return min(values), max(values)

    @property
    def spread_words(self) -> str:
        """The range of the pressure over all scales, in a sentence."""
        beyond = [
            f"{scale.name} ({p:.1f} GPa)" for scale, p in self.on_scales if not scale.reaches(p)
        ]
        inside, (low, high) = len(self.on_scales) - len(beyond), self.spread
        words = (
            f"the {inside} scales of {self.scale.calibrant} known here that reach this pressure "
            f"give {low:.1f} to {high:.1f} GPa"
            if inside > 1
            else f"no other scale of {self.scale.calibrant} known here reaches this pressure: the "
            "effect of the choice of a scale is not known"
        )
        return words + f"; scales beyond their own data: {', '.join(beyond)}" * bool(beyond)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON."""
        lattice = self.lattice
        of_pattern = {} if lattice is None else stated_data(lattice.peaks.pattern)
        return {
            "pressure_found": number(self.pressure, "GPa", interval=self.interval),
            "calibrant": self.scale.calibrant,
            "scale": str(self.scale),
            "scale_reference": self.scale.reference,
            "scale_temperature": self.temperature,
            "scales": [
                {"scale": scale.name, "on_scale": value, "reached": scale.reaches(value)}
                for scale, value in self.on_scales
            ],
            "spread": list(self.spread),
            "a": None if lattice is None else number(lattice.a, "angstrom"),
            **of_pattern,
            "warnings": list(self.warnings),
            "remarks": [*self.remarks, self.spread_words],
        }


def fit_pressure(
    pattern: DiffractionPattern,
    calibrant: str = "gold",
    *,
    scale: str | None = None,
    temperature: float = 300.0,
    between: tuple[float, float] | None = None,
    phases: Sequence[Phase] = (),
    offset: str | None = None,
    window: tuple[float, float] | None = None,
) -> MeasuredPressure:
    """Measure the pressure from the cell of a calibrant whose lines are in a pattern.

    The calibrant is looked for at all pressures of a range. At the cells that match best, lines
    are looked for at all reflections, so that those of other crystals beside them are told apart;
    where more than half of them agree on the axis, those that do not are left out.

    Parameters
    ----------
    pattern : DiffractionPattern
    calibrant : {"gold", "platinum", "neon", "nacl-b1", "nacl-b2", "mgo"}
    scale : str, optional
        One of `pressure_scales`, by name.
    temperature : float
        K.
    between : (float, float), optional
        GPa: where to look for it. Unless given, from half to one and a half times the pressure
        that the pattern states, and 5 GPa more to both sides; without one as far as the scale goes,
        at most to 150 GPa.
    phases : sequence of Phase
        The crystals that the data name: lines of a cubic one are not taken for the calibrant's.
    offset : {"auto", "none", "zero", "displacement"}, optional
        Of the angles, see `fit_lattice`. Unless given there is none, as in patterns that an area
        detector of known distance made, but where the lines show one by three errors or more.
    window : (float, float), optional
        Use only the lines between these angles, degrees.

    Returns
    -------
    MeasuredPressure

    Raises
    ------
    DataError
        If an option is not usable.
    FitError
        If nothing shows that the calibrant is there, or its cell lies outside the scale.

    Notes
    -----
    All calibrants of one lattice have the same lines: the user must know that it is gold, and not
    platinum at another pressure. Where neither the phases nor the pressure that the data state
    confirm it, a warning names the alternatives. The error is that of the axis alone.

    References
    ----------
    The scales' own; Fei et al., PNAS 104, 9182 (2007) is the usual one of gold.
    """
    if calibrant not in CALIBRANTS:
        raise DataError(
            f"{calibrant!r} is not a calibrant with lines (--calibrant); allowed: "
            f"{', '.join(CALIBRANTS)}"
        )
    chosen = scale_named(calibrant, scale, temperature)
    low, high = where = _range(pattern, chosen, between)
    own, cell = _calibrant_lines(pattern, chosen, temperature, where, window)
    named = any(calibrant.startswith(phase.name.lower()) for phase in phases)
    for phase in () if named else phases:
        if phase.crystal_system == "cubic" and abs(phase.a / cell.a - 1) < _TOLERANCE:
            raise FitError(
                f"{pattern.name}: the lines that could be {calibrant} (a = {cell.a:.4g} angstrom) "
                f"are those of {phase}, which the data name; they do not name {calibrant}"
            )
    lattice = fit_lattice(own, cell, offset=offset or "none")
    remarks = [f"{calibrant} was looked for between {low:.0f} and {high:.0f} GPa"]
    fits = [lattice, *([] if offset else _shifted(lattice))]
    agree = max(map(_agreeing, fits), key=np.count_nonzero)  # of equals the one without an offset
    if not agree.all() and agree.sum() >= max(_FEWEST, agree.size // 2 + 1):
        far = [label_of(line.hkl) for line in lattice.lines if not agree[lattice.lines.index(line)]]
        remarks.append(
            f"left out, as lines of another crystal may overlap them: {', '.join(far)}; the other "
            f"{agree.sum()} lines agree on a"
        )
        lattice = fit_lattice(lattice.peaks.select(agree), cell, offset=offset or "none")
    lattice, warnings = (lattice, lattice.warnings) if offset else _with_offset(lattice, chosen)
    a, interval = lattice.a, lattice.interval()
    pressure, slope = chosen.pressure(a.n, temperature), -chosen.slope(a.n, temperature)
    _refuse_beyond(chosen, pressure, a.n, temperature)
    if between is not None and not low <= pressure <= high:
        raise FitError(
            f"{pattern.name}: the lines of {calibrant} give {pressure:.1f} GPa, which is not "
            f"between {low:g} and {high:g} GPa (--between)"
        )
    bottom, top = (chosen.pressure(end, temperature) for end in interval[::-1])
    stated = pattern.pressure
    if stated is not None and not bottom - _OTHER * stated <= stated <= top + _OTHER * stated:
        warnings = (*warnings, f"the data state a different pressure, {stated:g} GPa")
    if stated is None and not named and (alternatives := _alike(calibrant, a.n, temperature)):
        words = f"only the request says that this is {calibrant}: the same lines would be those of "
        warnings = (*warnings, f"{words}{alternatives}")
    remarks.append(
        "the wavelength is taken as exact: an error of 0.1 % in it changes the pressure by "
        f"{slope * a.n / 1000:.1f} GPa"
    )
    return MeasuredPressure(
        chosen, temperature, ufloat(pressure, slope * a.s), (bottom, top),
        on_scales(calibrant, a.n, temperature), lattice, warnings, (*lattice.remarks, *remarks),
    )  # fmt: skip


def ruby_pressure(
    line: float,
    *,
    zero: float = RUBY_LINE,
    error: float | None = None,
    scale: str | None = None,
    temperature: float = _ROOM,
) -> MeasuredPressure:
    """Return the pressure of ruby's R1 line at room temperature.

    Parameters
    ----------
    line, zero : float
        Wavelengths of R1 under pressure and at rest, nm, both at 298 K. At other temperatures the
        line moves by itself, by 0.007 nm/K.
    error : float, optional
        Standard error of each of both, nm.
    scale : str, optional
        One of ``pressure_scales("ruby")``, by name; Shen 2020 unless given.
    temperature : float
        K; the scales are for 298 K.

    Raises
    ------
    DataError
        If these are no wavelengths of ruby, or the scale is for another temperature.
    FitError
        If the pressure is beyond the scale.

    Examples
    --------
    >>> print(f"{ruby_pressure(705.2, error=0.02).pressure:.1uS} GPa")
    32.15(9) GPa
    """
    line, zero = as_number("ruby's line in nm", line), as_number("its zero in nm", zero)
    if not (690 <= zero <= 698 and zero - 0.5 <= line <= 800):
        raise DataError(
            f"ruby's line is at {line:g} nm, and at {zero:g} nm at rest; allowed: 690 to 698 nm at "
            "rest (--zero), and from there to 800 nm (--ruby)"
        )
    if error is not None and not 0 < as_number("the error of ruby's line in nm", error) < 10:
        raise DataError(f"the error of ruby's line is {error:g} nm; allowed: above 0, below 10")
    chosen, ratio = scale_named(RUBY, scale, temperature), line / zero
    value = chosen.pressure(ratio, _ROOM)
    _refuse_beyond(chosen, value, ratio, _ROOM)
    per_nm = chosen.slope(ratio, _ROOM) / zero * float(np.hypot(1, ratio))
    sigma = np.nan if error is None else error * per_nm
    interval = None if error is None else (value - 1.96 * sigma, value + 1.96 * sigma)
    values = on_scales(RUBY, ratio, _ROOM)
    return MeasuredPressure(chosen, _ROOM, ufloat(value, sigma), interval, values)


# -------------------------------------------------------------------- where the calibrant is


def _range(
    pattern: DiffractionPattern, scale: Scale, between: tuple[float, float] | None
) -> tuple[float, float]:
    """Return between which pressures (GPa) the calibrant is looked for."""
    if between is not None:
        low, high = (as_number("between, in GPa", end) for end in between)
        if not -1 <= low < high <= 1000:
            raise DataError(
                f"pressures between {low:g} and {high:g} GPa (--between); two ascending pressures "
                "from -1 to 1000 GPa are needed"
            )
        return low, high
    low, high = scale.pressures
    low, high = (low if low > 0 else -1.0), min(high, _HIGHEST)
    if (stated := pattern.pressure) is not None:
        low, high = max(low, 0.5 * stated - 5), min(high, 1.5 * stated + 5)
    if low >= high:
        raise FitError(f"{pattern.name}: its {stated:g} GPa lie outside the scale {scale}")
    return low, high


# How probable it is that random lines match as well in any step of the range; the cell; the lines.
_Place = tuple[float, Crystal, PeakTable]


def _calibrant_lines(
    pattern: DiffractionPattern,
    scale: Scale,
    temperature: float,
    where: tuple[float, float],
    window: tuple[float, float] | None,
) -> tuple[PeakTable, Crystal]:
    """Return the calibrant's lines, and its cell as they have it.

    Raises
    ------
    FitError
        If it is not there, or could be so at two pressures.
    """
    known_as = CALIBRANTS[scale.calibrant]
    fit = partial(fit_peaks, pattern, window=window, split=False)
    peaks = fit()
    large, small = (scale.axis(end, temperature) for end in where)
    steps = ceil(log(large / small) / (2 * _TOLERANCE))
    middles = small * (large / small) ** ((np.arange(steps) + 0.5) / steps)
    tried = [Phase(scale.calibrant, a, space_group=known_as.space_group) for a in middles.tolist()]
    matches: list[_Place] = []
    first = [match for start in tried for match in _matched(peaks, start, steps)]
    for _, cell, _ in _distinct(first):
        low, high = peaks.counts.two_theta[[0, -1]].tolist()
        expected = reflections(cell, pattern.wavelength, two_theta_min=low, two_theta_max=high)
        lines = fit(shape=peaks.shape, places=[line.two_theta for line in expected])
        needed = {known_as.strongest} & {line.hkl for line in expected}
        matches += [
            match for match in _matched(lines, cell, steps)
            if match[0] < REFUSED and needed <= {*match[2].hkl}
        ]  # fmt: skip
    cells, (low, high) = _distinct(matches), where
    if not cells:
        raise FitError(
            f"{pattern.name}: nothing shows that lines of {scale.calibrant} are there between "
            f"{low:.4g} and {high:.4g} GPa: no cell of it, with its strongest line among them, "
            f"matches the {len(peaks)} lines better than random lines would. Try another calibrant "
            "or another range: --calibrant, --between LOW HIGH"
        )
    if len(cells) > 1:
        pressures = (scale.pressure(cell.a, temperature) for _, cell, _ in cells[:2])
        both = " or ".join(f"{pressure:.1f}" for pressure in pressures)
        raise FitError(
            f"{pattern.name}: lines of {scale.calibrant} fit at {both} GPa, and the pattern cannot "
            "decide; say where to look: --between LOW HIGH"
        )
    _, cell, lines = cells[0]
    return lines.select([index is not None for index in lines.hkl]), cell


def _matched(lines: PeakTable, phase: Crystal, steps: int) -> list[_Place]:
    """Return how a cell of about this size matches; nothing if no line does."""
    chance, table = best_match(lines, phase, tolerance=_TOLERANCE + 0.002, zero=_ZERO)
    fit, _ = attempt(lambda: fit_lattice(table, phase, offset="none"))
    return (
        [] if fit is None or len(fit.lines) < 2 else [(min(1.0, steps * chance), fit.cell, table)]
    )


def _distinct(matches: list[_Place]) -> list[_Place]:
    """Return the best cell first, and others that are not much less probable."""
    ranked: list[_Place] = []
    for match in sorted(matches, key=lambda place: place[0]):
        if all(abs(match[1].a / other.a - 1) > _APART for _, other, _ in ranked):
            ranked.append(match)
    return [match for match in ranked[:_TRIED] if match[0] <= _RIVAL * ranked[0][0]]


# ------------------------------------------------------------------------------- the pressure


def _agreeing(lattice: LatticeFit) -> NDArray[np.bool_]:
    """Tell which lines belong to the largest number that agree on a within their errors."""
    a, error = single_axes(lattice)
    near = np.abs(a[:, None] - a) <= _AGREE * np.hypot(error[:, None], error)
    largest = near.sum(axis=1) + 1 / (1 + error)  # of equals the one that is known best
    return np.asarray(near[int(np.argmax(largest))])


def _shifted(lattice: LatticeFit) -> list[LatticeFit]:
    """Return the cell with the offset of the angles that the lines ask for; empty if none is."""
    fit, _ = attempt(lambda: fit_lattice(lattice.peaks, lattice.phase, offset="auto"))
    return [] if fit is None or fit.shift is None else [fit]


def _with_offset(lattice: LatticeFit, scale: Scale) -> tuple[LatticeFit, tuple[str, ...]]:
    """Return the cell, with an offset of the angles if the lines show one, and its warnings."""
    for shifted in _shifted(lattice):
        shift = shifted.shift
        if shift is not None and abs(shift.n) >= _SHOWN * shift.s:
            words = f"the lines show an offset of the angles, {shift:.1uS} degrees; it is corrected"
            return shifted, (*shifted.warnings, words)
        by = scale.slope(lattice.a.n) * (shifted.a - lattice.a.n)
        words = (
            f"the angles are taken as calibrated: an offset of {shift:.1uS} degrees, neither shown "
            f"nor excluded, would change the pressure by {by:.1uS} GPa (--offset auto)"
        )
        return lattice, (*lattice.warnings, words)
    return lattice, lattice.warnings


def _alike(calibrant: str, a: float, temperature: float) -> str:
    """Return the other calibrants of this lattice that fit the axis, with their pressures."""
    group = CALIBRANTS[calibrant].space_group
    candidates = [
        f"{name} at {pressure:.1f} GPa"
        for name, material in CALIBRANTS.items()
        if material.space_group == group
        and name != calibrant
        and SMALLEST <= a / material.a <= LARGEST
        for scale in pressure_scales(name)
        if scale.name == material.scale and scale.for_temperature(temperature)
        if scale.reaches(pressure := scale.pressure(a, temperature))
    ]
    return " or ".join(candidates)


def _refuse_beyond(scale: Scale, pressure: float, value: float, temperature: float) -> None:
    """Refuse a pressure outside the range of a scale; name the scales that reach it."""
    if scale.reaches(pressure):
        return
    values = on_scales(scale.calibrant, value, temperature)
    reaching = ", ".join(other.name for other, on in values if other.reaches(on))
    low, high = scale.pressures
    raise FitError(
        f"the scale {scale} covers {low:g} to {high:g} GPa, but this pressure would be "
        f"{pressure:.1f} GPa; scales that reach it: {reaching or 'none'} (--scale NAME)"
    )
