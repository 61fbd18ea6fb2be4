"""Pressure from the lines of a calibrant in a diffraction pattern, or from ruby's line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil, isfinite, log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from uncertainties import UFloat, ufloat

from analysis.diffraction.crystal.indexing import best_match, index_lines
from analysis.diffraction.crystal.lattice import LatticeFit, fit_lattice
from analysis.diffraction.crystal.phase import Phase, label_of, reflections
from analysis.diffraction.lines.fit_peaks import fit_peaks
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.peaks import PeakTable
from analysis.errors import DataError, FitError, attempt, shown
from analysis.numerics.checks import as_number
from analysis.numerics.provenance import stated_data
from analysis.numerics.summary import number
from analysis.pressure.scales import (
    CALIBRANTS,
    RUBY,
    RUBY_LINE,
    Scale,
    check_temperature,
    pressure_scales,
    scale_named,
)
from analysis.pressure.stress import StressLine, stress_line

# Random lines may match a calibrant somewhere in the range of pressures in one pattern of 50.
REFUSED = 0.02
# Another cell that is no more than so many times less probable could be the right one.
_RIVAL, _APART = 100.0, 0.01
# So many cells are looked at closely, and so many lines are the fewest that tell one.
_TRIED, _FEWEST = 3, 2
# Cells are tried in steps of twice this part; the angles may be off by so many degrees.
_TOLERANCE, _ZERO = 0.018, 0.03
# Where no pressure is stated, the calibrant is looked for up to this one (GPa).
_HIGHEST = 150.0
# An offset of the angles so many errors from zero is there, below half of that it is not.
_SHOWN = 3.0
_WAVELENGTH_PART = 1e-3


@dataclass(frozen=True)
class OnScale:
    """The pressure (GPa) on one scale; `reached` tells whether its data go so far."""

    scale: Scale
    pressure: float
    reached: bool


@dataclass(frozen=True, eq=False)
class MeasuredPressure:
    """A pressure with its error, its scale, and what all other scales make of it.

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
    on_scales : tuple of OnScale
        All published scales for this temperature.
    lattice : LatticeFit or None
        The calibrant's cell; None of ruby.
    stress : StressLine or None
        None of ruby, and with fewer than three lines.
    with_offset : UFloat or None
        The pressure if the angles have an offset that the lines neither show nor exclude.
    warnings, remarks : tuple of str
        In words.
    """

    scale: Scale
    temperature: float
    pressure: UFloat
    interval: tuple[float, float] | None
    on_scales: tuple[OnScale, ...]
    lattice: LatticeFit | None = None
    stress: StressLine | None = None
    with_offset: UFloat | None = None
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest pressure on scales whose data reach it, GPa."""
        values = [one.pressure for one in self.on_scales if one.reached]
        return min(values), max(values)

    @property
    def spread_words(self) -> str:
        """How far the scales are from each other, in a sentence."""
        low, high = self.spread
        inside = sum(one.reached for one in self.on_scales)
        words = (
            f"{inside} published scale{'s' * (inside > 1)} of {self.scale.calibrant} "
            f"{'lie' if inside > 1 else 'lies'} between {low:.1f} and {high:.1f} GPa"
        )
        if beyond := [one for one in self.on_scales if not one.reached]:
            named = ", ".join(f"{one.scale.name} ({one.pressure:.1f} GPa)" for one in beyond)
            words += f"; beyond the pressures that they were made for: {named}"
        return words

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON."""
        low, high = self.spread
        lattice = self.lattice
        return {
            "pressure_found": number(self.pressure, "GPa", interval=self.interval),
            "with_offset": None if self.with_offset is None else number(self.with_offset, "GPa"),
            "calibrant": self.scale.calibrant,
            "scale": str(self.scale),
            "scale_reference": self.scale.reference,
            "temperature": self.temperature,
            "scales_lowest": low,
            "scales_highest": high,
            "scales": [
                {"scale": one.scale.name, "pressure": one.pressure, "reached": one.reached}
                for one in self.on_scales
            ],
            "a": None if lattice is None else number(lattice.a, "angstrom"),
            "n_points": 1 if lattice is None else len(lattice.lines),
            "stress": None if self.stress is None else self.stress.to_dict(),
            **({} if lattice is None else stated_data(lattice.peaks.pattern)),
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
    shape: str = "auto",
    window: tuple[float, float] | None = None,
) -> MeasuredPressure:
    """Measure the pressure by the cell of a calibrant whose lines are in a pattern.

    The calibrant is looked for at all pressures of a range; once its cell is known, lines are
    looked for at all of its reflections, so that those of other crystals beside them are told
    apart. Lines that it shares with a crystal of `phases`, and those far off the others, are left
    out.

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
        that the pattern states, 5 GPa more to both sides; without one as far as the scale goes,
        at most to 150 GPa.
    phases : sequence of Phase
        What else is known to be in the pattern; one of the calibrant itself does no harm.
    offset : {"auto", "none", "zero", "displacement"}, optional
        Of the angles, see `fit_lattice`. Unless given there is none, as in patterns that an area
        detector of known distance made, but where the lines show one by three errors or more.
    shape, window
        Of the lines, see `fit_peaks`.

    Returns
    -------
    MeasuredPressure

    Raises
    ------
    DataError
        If an option is not usable.
    FitError
        If nothing shows that the calibrant is there, or its cell is one beyond the scale.

    Notes
    -----
    All calibrants of one lattice have the same lines: that it is gold, and not platinum at another
    pressure, whoever asks for gold knows. The error is that of the axis alone.

    References
    ----------
    The scales' own; Fei et al., PNAS 104, 9182 (2007) is the usual one of gold.
    """
    if calibrant not in CALIBRANTS:
        raise DataError(
            f"no calibrant is called {shown(calibrant)} (--calibrant); allowed: "
            f"{', '.join(CALIBRANTS)}"
        )
    chosen = scale_named(calibrant, scale)
    temperature = check_temperature(chosen, temperature)
    known, others = _split(phases, calibrant)
    where = _checked(between) if between else _range(pattern, chosen)
    _, cell, table, _ = _found(pattern, chosen, temperature, where, shape, window)
    if known is None:
        _refuse_named(cell, others, calibrant, pattern.name)
    own, remarks = _alone(table, calibrant, others)
    lattice = fit_lattice(own, cell, offset=offset or "none")
    kept = [not line.outlier for line in lattice.lines]
    if not all(kept) and sum(kept) >= 2:
        far = {line.hkl for line in lattice.lines if line.outlier}
        remarks.append(f"left out, as far off the others: {', '.join(map(label_of, sorted(far)))}")
        own = own.select([index not in far for index in own.hkl])
        lattice = fit_lattice(own, cell, offset=offset or "none")
    return _result(lattice, chosen, temperature, where, remarks, free=offset is None)


def ruby_pressure(
    line: float,
    *,
    zero: float = RUBY_LINE,
    error: float | None = None,
    scale: str | None = None,
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

    Raises
    ------
    DataError
        If these are no wavelengths of ruby, or the pressure is beyond the scale.

    Examples
    --------
    >>> print(f"{ruby_pressure(705.2, error=0.02).pressure:.1uS} GPa")
    32.15(8) GPa
    """
    line, zero = as_number("ruby's line in nm", line), as_number("its zero in nm", zero)
    if not (690 <= zero <= 698 and zero - 0.5 <= line <= 800):
        raise DataError(
            f"ruby's line is at {line:g} nm, and at {zero:g} nm at rest; allowed: nm, at rest 690 "
            "to 698 (--zero), and from there to 800 (--ruby)"
        )
    chosen = scale_named(RUBY, scale)
    value, ratio = chosen.pressure(line / zero), line / zero
    if not chosen.reaches(value):
        raise DataError(_beyond(chosen, value, 298.0, ratio))
    sigma, interval = np.nan, None
    if error is not None:
        sigma = as_number("the error of the line in nm", error) / zero
        if not (isfinite(sigma) and sigma > 0):
            raise DataError(f"the error of the line is {error:g} nm; allowed: above 0")
        sigma *= abs(chosen.slope(ratio)) * float(np.hypot(1, ratio))
        interval = value - 1.96 * sigma, value + 1.96 * sigma
    on_scales = _on_scales(RUBY, ratio, 298.0)
    return MeasuredPressure(chosen, 298.0, ufloat(value, sigma), interval, on_scales)


# -------------------------------------------------------------------- where the calibrant is


def _checked(between: tuple[float, float]) -> tuple[float, float]:
    low, high = (as_number("between, in GPa", end) for end in between)
    if not -1 <= low < high <= 1000:
        raise DataError(
            f"pressures between {low:g} and {high:g} GPa (--between); two ascending ones from -1 "
            "on are needed"
        )
    return low, high


def _range(pattern: DiffractionPattern, scale: Scale) -> tuple[float, float]:
    low, high = scale.pressures
    low, high = (low if low > 0 else -1.0), min(high, _HIGHEST)
    stated = pattern.pressure
    if stated is None:
        return low, high
    return max(low, 0.5 * stated - 5), min(high, 1.5 * stated + 5)


class _Place(NamedTuple):
    """A cell that the calibrant may have, and the lines of the pattern indexed by it.

    `chance` is how probable it is that random lines match as well in one of the `steps` that the
    range has.
    """

    chance: float
    cell: Phase
    table: PeakTable
    steps: int


def _places(
    lines: PeakTable, scale: Scale, temperature: float, where: tuple[float, float]
) -> list[_Place]:
    """Return cells that match best, the best one first."""
    large, small = (scale.axis(end, temperature) for end in where)
    steps = max(1, ceil(log(large / small) / (2 * _TOLERANCE)))
    part = log(large / small) / steps
    found: list[_Place] = []
    for step in range(steps):
        a = small * float(np.exp((step + 0.5) * part))
        phase = Phase(scale.calibrant, a, space_group=CALIBRANTS[scale.calibrant].space_group)
        found += _matched(lines, phase, part / 2 + 0.002, steps)
    return _distinct(found)[:_TRIED]


def _matched(lines: PeakTable, phase: Phase, tolerance: float, steps: int) -> list[_Place]:
    chance, table = best_match(lines, phase, tolerance=tolerance, zero=_ZERO)
    fit, _ = attempt(lambda: fit_lattice(table, phase, offset="none"))
    return [] if fit is None else [_Place(min(1.0, steps * chance), fit.cell, table, steps)]


def _distinct(found: list[_Place]) -> list[_Place]:
    """Return the best of those that are one cell, and others that are not much less probable."""
    ranked: list[_Place] = []
    for one in sorted(found, key=lambda place: place.chance):
        if all(abs(one.cell.a / other.cell.a - 1) > _APART for other in ranked):
            ranked.append(one)
    return [one for one in ranked if one.chance <= _RIVAL * ranked[0].chance]


def _found(
    pattern: DiffractionPattern,
    scale: Scale,
    temperature: float,
    where: tuple[float, float],
    shape: str,
    window: tuple[float, float] | None,
) -> _Place:
    """Return the calibrant with its cell as the lines have it.

    Raises
    ------
    FitError
        If it is not there, or could be so at two pressures.
    """
    fit = partial(fit_peaks, pattern, window=window, split=False)
    first, strongest = fit(shape=shape), CALIBRANTS[scale.calibrant].strongest
    angles = first.pattern.two_theta
    seen: list[_Place] = []
    for one in _places(first, scale, temperature, where):
        known = reflections(
            one.cell,
            pattern.wavelength,
            two_theta_min=float(angles[0]),
            two_theta_max=float(angles[-1]),
        )
        table = fit(shape=first.shape, places=[line.two_theta for line in known])
        expected = any(line.hkl == strongest for line in known)
        seen += [
            place
            for place in _matched(table, one.cell, _TOLERANCE, one.steps)
            if place.chance < REFUSED and (not expected or strongest in place.table.hkl)
        ]
    found, (low, high) = _distinct(seen), where
    if not found:
        raise FitError(
            f"{pattern.name}: nothing shows that lines of {scale.calibrant} are there between "
            f"{low:g} and {high:g} GPa: no cell of it matches the {len(first)} lines, its "
            "strongest among them, better than random ones would. Another calibrant, or another "
            "range: --calibrant, --between LOW HIGH"
        )
    if len(found) > 1:
        both = " or ".join(f"{scale.pressure(one.cell.a, temperature):.1f}" for one in found[:2])
        raise FitError(
            f"{pattern.name}: lines of {scale.calibrant} would fit at {both} GPa, and the pattern "
            "does not tell which; say where to look: --between LOW HIGH"
        )
    return found[0]


def _split(phases: Sequence[Phase], calibrant: str) -> tuple[Phase | None, list[Phase]]:
    """Return the phase that is the calibrant, if one is, and the others."""
    names = {calibrant, calibrant.split("-", maxsplit=1)[0], CALIBRANTS[calibrant].title}
    own = [one for one in phases if one.name.lower() in names]
    return (own[0] if own else None), [one for one in phases if one not in own]


def _refuse_named(cell: Phase, others: Sequence[Phase], calibrant: str, name: str) -> None:
    """Refuse a cell that is known to be another crystal's."""
    for other in others:
        if other.crystal_system == "cubic" and abs(other.a / cell.a - 1) < 2 * _TOLERANCE:
            raise FitError(
                f"{name}: the lines that could be {calibrant} (a = {cell.a:.4g} angstrom) are "
                f"those of {other}, which the data name and {calibrant} is not among them"
            )


def _alone(table: PeakTable, name: str, others: Sequence[Phase]) -> tuple[PeakTable, list[str]]:
    """Return the lines that are the calibrant's alone, and what was left out, in words."""
    mine = np.array([index is not None for index in table.hkl], dtype=bool)
    shared = mine & _shared(table, mine, others)
    remarks = []
    if shared.any():
        labels = [label_of(hkl) for hkl in table.select(shared).hkl if hkl is not None]
        remarks.append(f"left out, as another crystal has a line there: {', '.join(labels)}")
    own = mine & ~shared
    if own.sum() < _FEWEST:
        raise FitError(
            f"{table.pattern.name}: {own.sum()} line of {name} that no other crystal shares; "
            f"{_FEWEST} are needed, since one alone may be anything's"
        )
    return table.select(own), remarks


def _shared(
    table: PeakTable, mine: NDArray[np.bool_], others: Sequence[Phase]
) -> NDArray[np.bool_]:
    """Tell which lines lie on reflections of other crystals, whose cells the lines refine."""
    found = np.zeros(len(table), dtype=bool)
    rest = table.select(~mine) if not mine.all() else table
    for other in others:
        fit, _ = attempt(lambda one=other: fit_lattice(index_lines(rest, one), one))  # type: ignore[misc]
        if fit is None:
            continue
        angles = np.array(
            [
                one.two_theta
                for one in reflections(
                    fit.cell,
                    table.pattern.wavelength,
                    two_theta_max=min(float(table.two_theta.max()) + 1, 180.0),
                )
            ]
        )
        near = np.abs(table.two_theta[:, None] - angles).min(axis=1)
        found |= near < table.fwhm / 2
    return found


# ------------------------------------------------------------------------------- the pressure


def _result(
    lattice: LatticeFit,
    scale: Scale,
    temperature: float,
    where: tuple[float, float],
    remarks: list[str],
    *,
    free: bool,
) -> MeasuredPressure:
    said = [*lattice.warnings]
    other = None
    if free:
        shifted, _ = attempt(lambda: fit_lattice(lattice.peaks, lattice.phase, offset="auto"))
        shift = None if shifted is None else shifted.shift
        if shifted is not None and shift is not None and abs(shift.n) >= _SHOWN * shift.s:
            lattice = shifted
            said = [*lattice.warnings, f"the angles are off by {shift:.1uS} degrees, which counts"]
        elif shifted is not None and shift is not None:
            other = _of_axis(scale, shifted.a, temperature)
            said.append(
                f"the angles are taken as calibrated: an offset of {shift:.1uS} degrees, neither "
                f"shown nor excluded, would make it {other:.2uS} GPa (--offset auto)"
            )
    pressure = _of_axis(scale, lattice.a, temperature)
    if not scale.reaches(pressure.n):
        raise FitError(_beyond(scale, pressure.n, temperature, lattice.a.n))
    ends = sorted(scale.pressure(end, temperature) for end in lattice.interval("a"))
    stated = lattice.peaks.pattern.pressure
    if stated is not None and not ends[0] - 0.1 * stated <= stated <= ends[1] + 0.1 * stated:
        said.append(f"the data state {stated:g} GPa, by more than a tenth another pressure")
    stress, _ = attempt(lambda: stress_line(lattice))
    moved = abs(scale.slope(lattice.a.n, temperature)) * lattice.a.n * _WAVELENGTH_PART
    about = (
        f"{scale.calibrant} was looked for between {where[0]:.0f} and {where[1]:.0f} GPa",
        f"the wavelength counts as exact; an error of 0.1 % is one of {moved:.1f} GPa",
    )
    return MeasuredPressure(
        scale,
        temperature,
        pressure,
        (ends[0], ends[1]),
        _on_scales(scale.calibrant, lattice.a.n, temperature),
        lattice,
        stress,
        other,
        tuple(dict.fromkeys(said)),
        (*lattice.remarks, *remarks, *about),
    )


def _of_axis(scale: Scale, a: UFloat, temperature: float) -> UFloat:
    return ufloat(scale.pressure(a.n, temperature), abs(scale.slope(a.n, temperature)) * a.s)


def _on_scales(calibrant: str, value: float, temperature: float) -> tuple[OnScale, ...]:
    found = []
    for scale in pressure_scales(calibrant):
        if scale.for_temperature(temperature):
            pressure = scale.pressure(value, temperature)
            found.append(OnScale(scale, pressure, scale.reaches(pressure)))
    return tuple(found)


def _beyond(scale: Scale, pressure: float, temperature: float, value: float) -> str:
    """Say that a scale does not reach, and which do."""
    others = [
        one.scale.name for one in _on_scales(scale.calibrant, value, temperature) if one.reached
    ]
    low, high = scale.pressures
    return (
        f"the scale {scale} was made from {low:g} to {high:g} GPa, and this would be "
        f"{pressure:.1f} GPa; {', '.join(others) or 'no other scale'} "
        f"reach{'es' * (len(others) < 2)} it (--scale NAME)"
    )
