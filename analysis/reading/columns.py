"""What a column of an R(T) file holds, told from its heading: role, unit, channel.

Instruments and people write headings in many ways: ``T (K)``, ``Temp [C]``, ``R_mOhm``,
``rho (uOhm cm)``, ``T/K``, ``Bridge 1 Resistance (Ohms)``, ``Res. ch2 (ohm-cm)``. This
module knows the words; it never looks at the numbers.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from analysis.errors import shown
from analysis.reading.source import Quantity

ROLES = ("temperature", "resistance", "voltage", "current")


@dataclass(frozen=True)
class Unit:
    """A unit and how to leave it: ``value * factor + offset`` is in `becomes`.

    `quantity` is one of `ROLES`; resistances become "ohm", "ohm m", "ratio" or
    "arbitrary", temperatures "K", voltages "V", currents "A".
    """

    quantity: str
    factor: float
    becomes: str
    offset: float = 0.0


@dataclass(frozen=True)
class Column:
    """One column as its heading describes it.

    `number` counts from 1. `role` is one of `ROLES` or None. `unit` is None if the
    heading has none; `unit_text` is what stands there, understood or not. `channel` is
    the bridge or channel number that the heading gives, as text.
    """

    number: int
    heading: str
    role: str | None
    unit: Unit | None
    unit_text: str | None
    channel: str | None

    @property
    def name(self) -> str:
        """The heading without its unit, in lower case."""
        return name_and_unit(self.heading)[0].strip().lower()

    @property
    def of_another(self) -> bool:
        """Whether the heading names a thermometer, heater, magnet ..., and no temperature."""
        name = name_and_unit(self.heading)[0]
        return self.role is None and (_of_another(name) or _in_ohm_called_temperature(name))

    @property
    def could_be_anything(self) -> bool:
        """Whether the heading leaves open what the column holds."""
        clue = self.role is not None or self.unit_text is not None or self.of_another
        return not clue and not _ELSEWHERE.intersection(_words(self.heading))

    @property
    def is_about(self) -> bool:
        """Whether it describes a measurement (its error, its state) and is none itself."""
        return bool(_ABOUT.intersection(_words(self.heading)))

    def is_called(self, role: str) -> bool:
        """Whether the words of the heading, not its unit alone, name this role."""
        return _named(name_and_unit(self.heading)[0]) == role

    def __str__(self) -> str:
        return f"{self.number} {shown(self.heading)}" if self.heading else str(self.number)


# ---------------------------------------------------------------------------- units

_PREFIX = {"": 1.0, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9}
_LENGTH = {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "nm": 1e-9}
_KELVIN = Unit("temperature", 1.0, "K")
_CELSIUS = Unit("temperature", 1.0, "K", offset=273.15)
_TEMPERATURES = {
    "k": _KELVIN, "kelvin": _KELVIN, "kelvins": _KELVIN, "degk": _KELVIN,
    "mk": Unit("temperature", 1e-3, "K"),
    "c": _CELSIUS, "degc": _CELSIUS, "celsius": _CELSIUS, "degcelsius": _CELSIUS,
}  # fmt: skip
_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek"), 1.0),
    "ms": 1e-3,
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std"), 3600.0),
}
_OERSTED = {"oe": 1.0, "g": 1.0, "gauss": 1.0, "koe": 1e3, "t": 1e4, "tesla": 1e4, "mt": 10.0}
# What a row of units may hold beside those that are converted.
_OF_ANGLES = {"deg", "degree", "degrees", "\u00b0"}
_OTHER_UNITS = {
    "-", "--", "%", "rad", "counts", "cts", "cps", "a.u.", "arb. u.", "arb.u.", "pa", "mpa", "gpa",
    "bar", "mbar", "kbar", "torr", "hz", "khz", "w", "mw", "uw", "#", "mm", "cm", "um", "nm", "emu",
    "\u00e5", "\u00e53", "\u00e5^3", "\u00e5-1", "\u00e5^-1", "1/\u00e5", "nm-1", "nm^-1", "1/nm",
    "pm", "angstrom", "a^3", "a^-1", "1/a", "ev", "kev", "mev", "emu/g", "emu/mol", "arb. units",
}  # fmt: skip
_NUMBERS_ONLY = {
    **dict.fromkeys(("ratio", "1", "norm", "normalized", "normalised", "relative"), "ratio"),
    **dict.fromkeys(("dimensionless",), "ratio"),
    **dict.fromkeys(("arb", "arbitrary", "arbunit", "arbunits", "arbu", "au"), "arbitrary"),
    **dict.fromkeys(("arbitraryunit", "arbitraryunits"), "arbitrary"),
}
UNITS_ALLOWED = {
    "temperature": "K, mK or C",
    "resistance": "ohm, mohm, uohm, kohm ..., ohm m, ohm cm, uohm cm ..., ratio or arbitrary",
    "voltage": "V, mV, uV or nV",
    "current": "A, mA, uA or nA",
}
_SPELLINGS = (
    (r"10\^[({]?([+-]?\d{1,2})[)}]?", r"1e\1"),
    (r"[\u03a9\u2126]", "ohm"), (r"\u03bc", "u"), (r"\u00b0", "deg"), (r"(?i)ohms?", "ohm"),
    (r"(?i)micro|mikro", "u"), (r"(?i)milli", "m"), (r"(?i)kilo", "k"), (r"(?i)nano", "n"),
    (r"(?i)mega", "M"), (r"(?i)volts?", "V"), (r"(?i)amp(ere)?s?$", "A"),
    (r"(?i)met(er|re)s?", "m"), (r"(?i)centim", "cm"),
)  # fmt: skip


def parse_unit(text: str) -> Unit | None:
    """Return the unit that `text` names ("mOhm", "1e-8 ohm m", "°C"), or None.

    Spaces, dots, hyphens and multiplication signs between the parts do not matter; the
    case of a prefix does (mohm, Mohm).
    """
    text = re.sub("10(?=[\u207a\u207b\u2070\u00b9\u00b2\u00b3\u2074-\u2079])", "10^", text)
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    for pattern, plain in _SPELLINGS:
        text = re.sub(pattern, plain, text)
    scaled = re.fullmatch(r"(\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?)\s*[*\u00d7]?\s*(\D.*)", text)
    factor = float(scaled[1]) if scaled else 1.0
    bare = re.sub(r"[\s.*\u00b7\u22c5_\u2212-]+", "", scaled[2] if scaled else text)
    unit = _unscaled(bare)
    if unit is None or not 0 < factor < inf or (factor != 1.0 and unit.offset):
        return None
    return Unit(unit.quantity, factor * unit.factor, unit.becomes, unit.offset)


def unit_in(table: Iterable[str], text: str) -> str | None:
    """Return the unit of a table that a text is, in upper or lower case, or None."""
    plain = unicodedata.normalize("NFKC", text).strip(" .").lower()
    return next((name for name in table if name.lower() == plain), None)


def _unscaled(bare: str) -> Unit | None:
    if bare.lower() in _TEMPERATURES:
        return _TEMPERATURES[bare.lower()]
    if bare.lower() in _NUMBERS_ONLY:
        return Unit("resistance", 1.0, _NUMBERS_ONLY[bare.lower()])
    if match := re.fullmatch(r"([numkMG]?)ohm([numc]?m)?", bare):
        factor = _PREFIX[match[1]] * _LENGTH.get(match[2] or "m", 1.0)
        return Unit("resistance", factor, "ohm m" if match[2] else "ohm")
    if match := re.fullmatch(r"([numk]?)([VA])", bare):
        quantity = "voltage" if match[2] == "V" else "current"
        return Unit(quantity, _PREFIX[match[1]], match[2])
    return None


# ---------------------------------------------------------------------------- headings

_WORDS = {
    "temperature": {"temp", "temperature", "temperatur"},
    "resistance": {"resistance", "resistivity", "rho", "rxx", "rhoxx", "\u03c1", "widerstand"},
    "voltage": {"voltage", "volts", "volt"},
    "current": {"current", "excitation"},
}
# Symbols count only as the first word: "T probe" is a temperature, "Field T" is not.
_SYMBOLS = {
    "temperature": {"t", "tsample", "tprobe"},
    "resistance": {"r", "res"},
    "voltage": {"v", "u"},
    "current": {"i"},
}
# A column with one of these words describes a measurement and is none itself.
_ABOUT = {
    "std", "stdev", "dev", "err", "error", "stderr", "sigma", "sd", "uncertainty", "noise",
    "set", "setpoint", "target", "phase", "quad", "harm", "limit", "range", "gain", "dt", "dr",
    "time", "timestamp", "status",
}  # fmt: skip
# Headings that name something else than R or T, unit or not.
_ELSEWHERE = _ABOUT | {
    "s", "sec", "seconds", "date", "b", "h", "field", "p", "pressure", "counts", "intensity",
    "angle", "theta", "m", "moment", "magnetization", "x", "y", "position", "n", "no", "index",
    "point", "number", "comment", "frequency",
}  # fmt: skip


# Resistance, voltage and current of a thermometer, heater, magnet ... are none of a sample.
_ANOTHER = re.compile(
    r"(?<!iso)therm|sensor|f\u00fchler|diode|cernox|\bcx[ -]?\d|pt[ -]?(50|[125]00|1000|1k)\b|rtd"
    r"|ru?o[x2]\b|ruo2|\b[np]tc\b|\bcgr\b|\bgrt\b|carbon|\btemp|\br ?th\b|heater|htr|heiz|magnet"
    r"|\bcoil|\bgate\b|shunt|\br?ref|\bload|leak|series",
    re.IGNORECASE,
)
_APART = r"(?<=[a-z]{2})(?=[A-Z])"
_OHMS = {"r", "res", "resistance", "resist", "ohm", "ohms", "widerstand"}


def describe(number: int, heading: str) -> Column:
    """Return what the heading of column `number` says about it."""
    heading = heading.strip()
    name, unit_text = name_and_unit(heading)
    unit = parse_unit(unit_text) if unit_text is not None else None
    named = _named(name)
    role = _role(name, named, unit, foreign=unit is None and unit_text is not None)
    if re.match(r"(?i)\s*(r|rho|\u03c1)\w*\s*/\s*(r|rho|\u03c1)", heading):
        role, unit, unit_text = "resistance", Unit("resistance", 1.0, "ratio"), "ratio"
    elif role == "temperature":  # "TempRes" without a unit is neither
        role = None if unit is None and _in_ohm_called_temperature(name) else role
    elif role is not None and _of_another(name):
        role = None
    channel = re.search(r"(?i)(?:bridge|channel|ch)[\s._-]*(\d+)", heading)
    return Column(number, heading, role, unit, unit_text, channel[1] if channel else None)


def _of_another(name: str) -> bool:
    spaced = re.sub(r"[_\W]+", " ", name)  # and "SampTherm" as it is and apart
    return any(_ANOTHER.search(text) for text in (spaced, re.sub(_APART, " ", spaced)))


def _in_ohm_called_temperature(name: str) -> bool:
    return _named(name) == "temperature" and not _OHMS.isdisjoint(_words(name))


def name_and_unit(heading: str) -> tuple[str, str | None]:
    """Separate name and unit: "T (K)", "T/K", "T, K", "T_K", or a bare "K" or "ohm"."""
    groups = re.findall(r"[(\[{]([^()\[\]{}]*)[)\]}]", heading)
    if groups:
        bare = re.sub(r"[(\[{][^()\[\]{}]*[)\]}]", " ", heading)
        name, outside = name_and_unit(bare)
        if _named(name) == "resistance":  # "R(T)" is in no unit of T
            groups = [text for text in groups if not re.fullmatch(r"[TBH](, ?[TBH])?", text)]
        texts = [*groups, *([outside] if outside else [])]  # "V(Sample-V),V"
        units = {text: unit for text in texts if (unit := parse_unit(text))}
        agreeing = [text for text, unit in units.items() if unit.quantity == _named(name)]
        agreeing.sort(key=lambda text: units[text].becomes == "ratio")  # "R(1) (ohm)"
        return name, next(iter([*agreeing, *units, *groups[-1:]]), None)
    for separator in ("/", ","):
        name, separated, text = heading.rpartition(separator)
        if separated and parse_unit(text):
            return name, text
    words = re.split(r"[_\s]+", heading)
    for start in range(1, len(words)):
        unit, name = parse_unit(" ".join(words[start:])), " ".join(words[:start])
        # "Sample A" is not in ampere: the name must speak of what the unit measures.
        if unit is not None and _named(name) == unit.quantity:
            return name, " ".join(words[start:])
    if heading in {"K", "\u00b0C"} or re.search(r"(?i)ohm|[\u03a9\u2126]", heading):
        return ("", heading) if parse_unit(heading) else (heading, None)
    return heading, None


def is_units(names: Sequence[str], cells: Sequence[str]) -> bool:
    """Tell whether cells are the units of the names above them: "K", "(mOhm)", "s", "a.u."."""
    pairs = [(name, bare_unit(cell)) for name, cell in zip(names, cells, strict=False) if cell]
    known = [parse_unit(cell) is not None or cell.lower() in _OF_ANGLES for _, cell in pairs]
    return any(known) and all(
        is_known or cell.lower() in _OTHER_UNITS or _of_time_or_field(f"{name} ({cell})")
        for is_known, (name, cell) in zip(known, pairs, strict=True)
    )


def is_unit(text: str) -> bool:
    """Tell whether a text is a unit and no more: "K", "(mOhm cm)", "GPa", "\u00c5"."""
    text = unicodedata.normalize("NFKC", bare_unit(text)).strip()
    units = _OTHER_UNITS | _OF_ANGLES | set(_SECONDS) | set(_OERSTED)
    if not re.search(r"[^\W\d_]|[%\u00b0]", text):
        return False
    return parse_unit(text) is not None or text.lower() in units


def bare_unit(cell: str) -> str:
    """Return a unit without brackets around it."""
    return re.sub(r"^\s*[(\[{]\s*(.*?)\s*[)\]}]\s*$", r"\1", cell)


def _of_time_or_field(heading: str) -> bool:
    column = describe(1, heading)
    return seconds(column) is not None or oersted(column) is not None


def seconds(column: Column) -> float | None:
    """Return the factor from a column's unit to s where it is the time of each point, or None.

    Such a heading says "time", or "t" alone, and its unit.
    """
    name, unit = _name_and_unit_of_time(column)
    words = _words(name)
    if words != ["t"] and not {"time", "timestamp", "zeit"}.intersection(words):
        return None
    return _SECONDS.get(unit.lower())


def unit_of_time(column: Column) -> str:
    """Return the unit of a column that holds the time, as its heading has it."""
    return _name_and_unit_of_time(column)[1]


def _name_and_unit_of_time(column: Column) -> tuple[str, str]:
    name, unit = column.name, column.unit_text
    if unit is None:
        name, _, unit = re.sub(r"[\s_/,.]+", " ", column.heading.strip()).rpartition(" ")
    return name, unit.strip(" .")


def is_field(column: Column) -> bool:
    """Tell whether a column is called a magnetic field."""
    words = _words(column.name)
    return "field" in words or words in (["b"], ["h"])


def oersted_in(unit: str | None) -> float | None:
    """Return the factor from a unit of a magnetic field to Oe, or None."""
    return _OERSTED.get((unit or "").strip(" .").lower())


def oersted(column: Column) -> float | None:
    """Return the factor from a column's unit to Oe where it is a magnetic field, or None."""
    return oersted_in(column.unit_text) if is_field(column) else None


def _words(name: str) -> list[str]:
    apart = re.sub(_APART, " ", name)  # SampVolt
    return [word.lower() for word in re.findall(r"[^\W\d_]+", apart)]


def _named(name: str) -> str | None:
    words = _words(name)
    for role in ROLES:
        if words and (words[0] in _SYMBOLS[role] or _WORDS[role].intersection(words)):
            return role
    return None


def _role(name: str, named: str | None, unit: Unit | None, *, foreign: bool) -> str | None:
    if _ABOUT.intersection(_words(name)):
        return None
    if foreign:  # "t (s)" is no temperature, though "Temperature (foo)" is meant as one
        return named if named and _WORDS[named].intersection(_words(name)) else None
    if unit is None:
        return named
    if named is None:  # a bare number (ratio, arbitrary) could be anything
        return unit.quantity if unit.becomes not in ("ratio", "arbitrary") else None
    return named if named == unit.quantity else None


RESISTANCE = Quantity(
    "resistance",
    "R(T)",
    needs="temperature and resistance",
    export="export it as text in two columns (.csv)",
    roles=ROLES,
    role_of=lambda heading: describe(1, heading).role,
    most_rows=10_000_000,
)


# ---------------------------------------------------------------------------- choosing


def find(columns: Sequence[Column], wanted: str) -> list[Column]:
    """Return the columns that `wanted` means: a heading, the name in it, or a number.

    An exact heading wins over one that differs in case, that over the name without its
    unit, and that over a column's number (from 1).
    """
    wanted = wanted.strip()
    for key in (
        lambda column: column.heading == wanted,
        lambda column: column.heading.lower() == wanted.lower(),
        lambda column: column.name == wanted.lower(),
        lambda column: str(column.number) == wanted,
    ):
        if matching := [column for column in columns if key(column)]:
            return matching
    return []
