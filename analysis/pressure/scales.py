"""Published pressure scales: the pressure that belongs to a calibrant's cell or to ruby's line.

The equations of state and the calibrations of ruby are those that the library peritheos has
checked against their publications; this module alone knows it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import resources
from math import inf
from typing import Any, NamedTuple

from scipy import optimize

from analysis.errors import DataError, shown
from analysis.numerics.checks import as_number

# A scale of one temperature holds so far beside it: 5 K move P of gold by 0.04 GPa.
NEAR = 5.0
# A pressure below zero by no more is that of a crystal at ambient pressure, measured.
_BELOW_ZERO = 1.0
# At this part of the volume at rest two scales are compared, to find those that are one.
_COMPARED = 0.85
_STEP = 1e-5
# Between these parts of its axis at rest every pressure that was measured lies.
SMALLEST, LARGEST = 0.62, 1.02


class Calibrant(NamedTuple):
    """A crystal whose cell tells the pressure.

    Attributes
    ----------
    document : str
        Its file in peritheos.
    space_group : str
    a : float
        Its axis at rest, or as it would be there, angstrom.
    strongest : (int, int, int)
        The reflection that a powder shows before all others.
    scale : str
        The scale that is taken unless another is asked for.
    """

    document: str
    space_group: str
    a: float
    strongest: tuple[int, int, int]
    scale: str


CALIBRANTS = {
    "gold": Calibrant("gold", "F m -3 m", 4.0786, (1, 1, 1), "Fei 2007"),
    "platinum": Calibrant("platinum", "F m -3 m", 3.9231, (1, 1, 1), "Fei 2007"),
    "neon": Calibrant("neon_fcc", "F m -3 m", 4.464, (1, 1, 1), "Fei 2007 vinet"),
    "nacl-b1": Calibrant("nacl_b1", "F m -3 m", 5.6402, (2, 0, 0), "Shen 2026"),
    "nacl-b2": Calibrant("nacl_b2", "P m -3 m", 3.4572, (1, 1, 0), "Fei 2007"),
    "mgo": Calibrant("mgo", "F m -3 m", 4.2118, (2, 0, 0), "Speziale 2001"),
}
RUBY = "ruby"
RUBY_SCALE = "Shen 2020"
# Ruby's R1 line at rest, 298 K (nm), where nobody has measured it.
RUBY_LINE = 694.24


@dataclass(frozen=True)
class Scale:
    """A published pressure scale.

    Attributes
    ----------
    calibrant : str
        One of `CALIBRANTS`, or "ruby".
    name : str
        Author and year, and what tells scales of one paper apart.
    year : int
    reference : str
        Authors, year and DOI.
    temperatures : (float, float)
        Lowest and highest temperature that it is for, K.
    pressures : (float, float)
        Lowest and highest pressure that its data have, GPa; infinite where that is not stated.
    pressure : callable
        Pressure (GPa) of the cubic axis a (angstrom), or of ruby's line over its place at rest,
        and a temperature (K).
    """

    calibrant: str
    name: str
    year: int
    reference: str
    temperatures: tuple[float, float]
    pressures: tuple[float, float]
    pressure: Callable[[float, float], float] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.name}, {self.calibrant}"

    def slope(self, value: float, temperature: float = 300.0) -> float:
        """Return dP/da (GPa/angstrom), or dP of the ratio of wavelengths."""
        step = _STEP * value
        high, low = (self.pressure(value + by, temperature) for by in (step, -step))
        return (high - low) / (2 * step)

    def axis(self, pressure: float, temperature: float = 300.0) -> float:
        """Return the axis a (angstrom) at a pressure (GPa), or the ratio of ruby's wavelengths.

        P falls with a wherever a crystal is stable, and rises with ruby's line, so that between
        these bounds it passes every pressure once.
        """
        ruby = self.calibrant == RUBY
        at_rest = 1.0 if ruby else CALIBRANTS[self.calibrant].a
        low, high = (0.99, 1.3) if ruby else (SMALLEST, LARGEST)
        ends = low * at_rest, high * at_rest
        return float(optimize.brentq(lambda a: self.pressure(a, temperature) - pressure, *ends))

    def for_temperature(self, temperature: float) -> bool:
        """Tell whether it holds at a temperature (K)."""
        low, high = self.temperatures
        return low - NEAR <= temperature <= high + NEAR

    def reaches(self, pressure: float) -> bool:
        """Tell whether a pressure (GPa) lies among those that it was made from."""
        low, high = self.pressures
        return (-_BELOW_ZERO if low <= 0 else low) <= pressure <= high


def pressure_scales(calibrant: str = "gold") -> tuple[Scale, ...]:
    """Return the published pressure scales of a calibrant, oldest first.

    Equations of state from theory alone, those whose printed numbers do not reproduce, and fits
    that were never published are left out; of two with the same isotherm one is taken.

    Parameters
    ----------
    calibrant : {"gold", "platinum", "neon", "nacl-b1", "nacl-b2", "mgo", "ruby"}
        NaCl is of rock-salt structure (B1) up to about 30 GPa, of CsCl structure (B2) beyond.

    Raises
    ------
    DataError
        If there is no such calibrant.

    Examples
    --------
    >>> fei = next(scale for scale in pressure_scales("gold") if scale.name == "Fei 2007")
    >>> print(f"{fei.pressure(3.8774, 300.0):.1f} GPa")
    39.6 GPa
    """
    if calibrant == RUBY:
        return _ruby()
    if calibrant not in CALIBRANTS:
        raise DataError(
            f"no calibrant is called {shown(calibrant)}; allowed: {', '.join([*CALIBRANTS, RUBY])}"
        )
    return _of_crystal(calibrant)


def scale_named(calibrant: str, name: str | None = None, temperature: float = 300.0) -> Scale:
    """Return a scale by name, in small letters or capitals; the usual one unless given.

    Raises
    ------
    DataError
        If there is none of that name, or it is for another temperature (K); the message says
        what there is.
    """
    scales = pressure_scales(calibrant)
    usual = RUBY_SCALE if calibrant == RUBY else CALIBRANTS[calibrant].scale
    matching = [scale for scale in scales if scale.name.lower() == (name or usual).lower()]
    if not matching:
        names = ", ".join(scale.name for scale in scales)
        raise DataError(f"{calibrant} has no scale {shown(name)} (--scale); there are {names}")
    if not matching[0].for_temperature(as_number("the temperature in K", temperature)):
        low, high = matching[0].temperatures
        raise DataError(
            f"the scale {matching[0]} is for {low:g}{f' to {high:g}' * (low < high)} K, got "
            f"{temperature:g} K (--temperature)"
        )
    return matching[0]


def on_scales(calibrant: str, value: float, temperature: float) -> tuple[tuple[Scale, float], ...]:
    """Return the scales for a temperature (K), each with the pressure (GPa) of an axis or line."""
    fit_for = [scale for scale in pressure_scales(calibrant) if scale.for_temperature(temperature)]
    return tuple((scale, scale.pressure(value, temperature)) for scale in fit_for)


def over_scales(pressure: float, scale_name: str | None) -> tuple[float, float] | None:
    """Return the range of a pressure over all scales, when one of them gave it at 300 K.

    Parameters
    ----------
    pressure : float
        GPa.
    scale_name : str or None
        Such as "Fei 2007, gold".

    Returns
    -------
    (low, high) : floats
        GPa, on the scales that reach it; None where `scale_name` names no scale that does.

    Examples
    --------
    >>> low, high = over_scales(39.6, "Fei 2007, gold")
    >>> print(f"{low:.1f} to {high:.1f} GPa")
    38.0 to 39.6 GPa
    """
    name, _, calibrant = (scale_name or "").rpartition(", ")
    scales = pressure_scales(calibrant) if calibrant in (*CALIBRANTS, RUBY) else ()
    for scale in scales:
        if scale.name == name and scale.reaches(pressure):
            on_each = on_scales(calibrant, scale.axis(pressure), 300.0)
            values = [value for other, value in on_each if other.reaches(value)]
            return min(values), max(values)
    return None


@cache
def _of_crystal(calibrant: str) -> tuple[Scale, ...]:
    import peritheos  # noqa: PLC0415 - slow to import

    folder = resources.files("peritheos") / "data" / "materials"
    file = folder / f"{CALIBRANTS[calibrant].document}.eosmat"
    with resources.as_file(file) as path:
        document = peritheos.load_eosmat(path)
    material = peritheos.Material.from_eosmat(document, require_primary_validation=False)
    records = [record for record in material.eos_records if _published(record)]
    # Of equals the one for more temperatures.
    records.sort(key=lambda record: (record.reference.year, not record.is_thermal))
    distinct: dict[tuple[str, float], Any] = {}
    for record in records:
        volume = _COMPARED * record.reference_volume
        isotherm = round(float(record.pressure(volume, record.reference_temperature)), 2)
        distinct.setdefault((_author(record.reference), isotherm), record)
    names = [_author(record.reference) for record in distinct.values()]
    return tuple(
        _scale(calibrant, record, alone=names.count(_author(record.reference)) == 1)
        for record in distinct.values()
    )


def _published(record: Any) -> bool:
    """Tell whether a record of peritheos is a published scale that its paper's numbers confirm."""
    return bool(
        record.scientific_validation_status == "primary_source_validated"
        and record.determination_method != "theoretical"
        and not record.is_hugoniot
        and not record.identifier.endswith("refit")
        and abs(record.reference_temperature - 300) < NEAR
    )


def _author(reference: Any) -> str:
    return f"{reference.authors.split(',')[0]} {reference.year}"


def _scale(calibrant: str, record: Any, *, alone: bool) -> Scale:
    reference = record.reference
    _, _, rest = record.identifier.partition(f"{reference.year}_")
    more = " ".join(part for part in rest.split("_") if not part.isdecimal())
    low, high = record.validity.temperature_k
    at = record.reference_temperature

    def evaluate(a: float, temperature: float) -> float:
        kelvin = temperature if record.is_thermal else at
        return float(record.pressure(a**3, kelvin))

    return Scale(
        calibrant,
        _author(reference) if alone else f"{_author(reference)} {more}",
        reference.year,
        f"{reference.authors} ({reference.year}), doi:{reference.doi}",
        (max(low, 0.0), high) if record.is_thermal and high < inf else (at, at),
        record.validity.pressure_gpa,
        evaluate,
    )


@cache
def _ruby() -> tuple[Scale, ...]:
    import peritheos  # noqa: PLC0415 - slow to import

    scales = []
    for identifier in peritheos.list_ruby_pressure_calibrations():
        calibration = peritheos.get_pressure_calibration(identifier)
        authors, year = calibration.reference["authors"], calibration.reference["year"]
        scales.append(
            Scale(
                RUBY,
                f"{authors[0]} {year}",
                year,
                f"{', '.join(authors)} ({year}), doi:{calibration.reference['doi']}",
                tuple(calibration.validity["temperature_k"]),
                tuple(calibration.validity["pressure_gpa"]),
                partial(_of_line, calibration.pressure_from_ratio),
            )
        )
    return tuple(sorted(scales, key=lambda scale: scale.year))


def _of_line(pressure: Callable[[float], Any], ratio: float, _temperature: float) -> float:
    """Return the pressure of a ruby line; of one that moved the other way, by the same law."""
    return float(pressure(ratio)) if ratio >= 1 else -float(pressure(2 - ratio))
