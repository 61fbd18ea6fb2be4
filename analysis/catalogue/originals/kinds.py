"""What a curve is taken for: by the names of its axes, their units, and its numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from analysis.catalogue.originals.conditions import pressure_of, run_of
from analysis.catalogue.originals.doubts import FACTOR, altered, may_be_other
from analysis.errors import DataError, shown
from analysis.pressure.compression import AXES, LENGTHS, PRESSURES
from analysis.reading import pattern_columns
from analysis.reading.columns import UNITS_ALLOWED, describe, parse_unit, unit_in
from analysis.reading.originals.series import Series
from analysis.reading.pattern_axis import ALLOWED, axis_of
from analysis.reading.telling import like_pattern, like_resistance
from analysis.typing import Floats

# The roles of both axes, of each kind that this project reads.
ROLES = {
    "resistance": (("temperature",), ("resistance",)),
    "diffraction": (("two_theta",), ("intensity",)),
    "lattice": (("pressure",), AXES),
}
NEITHER = "neither"
KINDS = (*ROLES, NEITHER)
_WORDS = {"two_theta": "2 theta", **{axis: f"lattice constant {axis}" for axis in AXES}}
_ALLOWED = {
    "temperature": UNITS_ALLOWED["temperature"],
    "resistance": UNITS_ALLOWED["resistance"],
    "two_theta": ALLOWED,
    "intensity": "counts, or nothing",
    "pressure": ", ".join(PRESSURES),
    **dict.fromkeys(AXES, ", ".join(LENGTHS)),
}
_OUT = "take = false"
_ALTERED = f"If shifted, {_OUT}; if R is drawn as R x 1000, write 1e-3 ohm for ohm"
_SHIFTABLE = ("resistance", "intensity", *AXES)
# Of these nobody needs the unit.
_UNITLESS = ("intensity",)
# "1000/T", "T^2", "ln R", "dR/dT" are made of what they name.
_MADE_OF = re.compile(
    r"[\^\u00b2\u00b3\u221a\u0394\u2206\u207b]|^\s*10*\s*/|\b(d\w+\s*/\s*d\w+)\b"
    r"|\b(?i:ln|lo?g\d*|sqrt)(?=rho|res|[A-Z](?![A-Z])|[^a-zA-Z]|$)"
)
_PRESSURE = re.compile(r"(?i)\s*(p\s*$|p[\s_]|(\w+\s+)*pressure\b)")
_CELL = re.compile(
    r"(?i)\s*(?:(?:lattice|cell)\W+\w+\W+)?([abc])(?:[\s-]+(?:axis|lattice)?\W*\w*)?\s*$"
)
# "a/√2", "c × 1.01", "c − 15", "c change", "2c" are not the axis that they are made of.
_SCALED = re.compile(
    r"(?<![^\W_])(?:(?P<scaled>[abc])(?:axis|[\s_(])*"
    r"(?:[/*^\u00d7\u00b7\u22c5\u00f7]\s*[\w.(\u221a]|[x+\u2212\u2013-]\s*[\d.]+(?!\w)"
    r"|shift|offset|change|strain|scaled|norm|diff|reduced)"
    r"|(?:[\d.]+\s*[*\u00d7\u00b7\u22c5]?|\u221a\d*\s*|[\u0394\u2206])(?P<times>[abc])(?!\w))"
)
_IN_LENGTHS = re.compile(rf"\(\s*({'|'.join(LENGTHS)})\s*\)|/\s*({'|'.join(LENGTHS)})(?![^\W_])")
# The headings of an export of WebPlotDigitizer, and of many a table.
_NOTHING = re.compile(r"(?i)\s*[xy][\s_]*\d*\s*")
_RATIO = re.compile(r"(?i)^\s*([r\u03c1])\w*\s*(\([^)]*\))?\s*/\s*\1")


@dataclass(frozen=True)
class Curve:
    """What the plan says of a curve; "" stands for what is open, None for what does not apply.

    The plan's file has the keys in this order.

    Attributes
    ----------
    number : int
        From 1, in the order of the file.
    place : str
        Where it stands in the file, for people.
    take : bool
        Whether it becomes a data set, or part of one.
    kind : str
        One of `KINDS`.
    name : str
        Of the data set; curves of kind "lattice" with one name make one set.
    sample, run : str
    pressure : float, None or ""
        GPa.
    axis : str or None
        "left" or "right", in a panel that has both.
    x, y : str
        Roles of the columns.
    x_unit, y_unit : str
    wavelength : float, None or ""
        pm, of patterns.
    phases : tuple of mapping
        Crystals of a pattern, as a data package has them.
    origin : str
    asked : mapping of str to str
        Why a key is open.
    """

    number: int = 0
    place: str = ""
    take: bool = True
    kind: str = ""
    name: str = ""
    sample: str = ""
    run: str = ""
    pressure: float | str | None = None
    axis: str | None = None
    x: str = ""
    x_unit: str = ""
    y: str = ""
    y_unit: str = ""
    wavelength: float | str | None = None
    phases: tuple[Mapping[str, Any], ...] = ()
    origin: str = "measured"
    asked: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def open(self) -> tuple[str, ...]:
        """The keys that have to be answered before it can be taken."""
        if not self.take:
            return ()
        if self.axis == "" or self.kind not in ROLES:  # on which the others depend
            return ("axis",) if self.axis == "" else ("kind",)
        keys = ["name", "x", "x_unit", "y", "y_unit", "pressure", "wavelength"]
        keys.remove("y_unit" if self.kind == "diffraction" else "wavelength")
        return tuple(key for key in keys if getattr(self, key) == "")


def is_exported(series: Series) -> bool:
    """Tell whether a curve stands in a table as WebPlotDigitizer exports it: its name, X and Y."""
    return (series.x_name, series.y_name) == ("X", "Y") and series.label != ""


def guess_of(series: Series) -> Curve:
    """Return what a curve is taken for, and what is to be asked of it; without name and place."""
    x_name, y_name = (
        "" if _NOTHING.fullmatch(name) else name for name in (series.x_name, series.y_name)
    )
    series = replace(series, x_name=x_name, y_name=y_name)
    x, y = _roles(series)
    kind, why = _kind(series, x or "", y or "")
    if x == "pressure" and (made := _made_of_axis(series, y)):
        return Curve(kind=NEITHER, x=x, asked={"kind": made})
    if kind == NEITHER:
        return Curve(kind=NEITHER, x=x or "", y=y or "")
    units, asked = _units(series, x, y)
    odd = next((name for name in (series.x_name, series.y_name) if may_be_other(name)), None)
    if kind == "resistance" and odd is not None:
        kind = ""
        why = f"kind: is {shown(odd)} R or T of the sample? If so, write resistance, else {_OUT}"
    asked |= {"kind": why} if why else {}
    if kind == "diffraction":
        asked["wavelength"] = "wavelength: not stated; write it in pm"
    pressure = None
    if kind != "lattice":
        near = series.drawn == ""
        pressure, doubt = pressure_of(series.label, series.texts, nearest=near)
        if doubt:
            asked["pressure"] = f"pressure: {doubt}; write it in GPa"
    run = run_of(series.label, series.texts)
    properties: dict[str, Any] = {**units, "run": run, "pressure": pressure, "asked": asked}
    return Curve(kind=kind, x=x or "", y=y or "", **properties)


def _roles(series: Series) -> tuple[str | None, str | None]:
    """Return the roles of both axes, as far as they are known."""
    x = _role(FACTOR.sub("", series.x_name), series.x_unit)
    y = _role(FACTOR.sub("", series.y_name), series.y_unit)
    if x == "pressure" and y is None:
        y = _axis_of_cell(series)
    elif x == "two_theta" and not says_more(series.y_name) and like_pattern(series.x, series.y):
        y = "intensity"
    elif x == "temperature" and not _MADE_OF.search(series.y_name):  # "R (furlong)"
        y = y if y == "resistance" else describe(1, series.y_name).role
    return x, y


def _units(series: Series, x: str | None, y: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """Return the units of both axes, and what is to be asked of them."""
    units, asked = dict[str, str](), dict[str, str]()
    for key, role, values, name, stated in (
        ("x_unit", x, series.x, series.x_name, series.x_unit),
        ("y_unit", y, series.y, series.y_name, series.y_unit),
    ):
        unit = "ratio" if not stated and _RATIO.match(name) else stated
        units[key], problem = _unit(role, values, unit)
        texts = (series.label, *series.texts) if role in _SHIFTABLE else ()
        if (odd := altered(name, texts)) is not None:
            units[key] = units[key] if role in _UNITLESS else ""
            problem = f"{shown(odd)}: are its numbers shifted or multiplied? {_ALTERED}"
        if role and problem:
            asked[key] = f"unit of {_called(role)}: {problem}; write {_ALLOWED[role]}"
    return units, asked


def _kind(series: Series, x: str, y: str) -> tuple[str, str]:
    """Return the kind of a curve, or "" and why it is not sure."""
    for kind, (xs, ys) in ROLES.items():
        if (x in xs and y in ys) or (y in xs and x in ys):
            return kind, ""
    names_known = any({x, y} & {*xs, *ys} for xs, ys in ROLES.values())
    bare = not (series.x_name or series.y_name)
    unnamed = (x and not says_more(series.y_name)) or (y and not says_more(series.x_name))
    if not bare and not (names_known and unnamed):
        return NEITHER, ""
    why = "its axes have no names" if bare else f"only {_called(x or y)} is named"
    for kind, like in (("resistance", like_resistance), ("diffraction", like_pattern)):
        if (likeness := like(series.x, series.y)) is not None:
            why += f"; its numbers look like {kind}: {likeness}"
            break
    return "", f"kind: {why}; write {', '.join(KINDS)}; then x_unit and y_unit"


def _unit(role: str | None, values: Floats, text: str) -> tuple[str, str]:
    """Return the unit of an axis, or "" and what is wrong with it."""
    if not text and role not in _UNITLESS:
        return "", "not stated"
    try:
        unit = checked_unit(role or "", text)
    except DataError:
        return "", f"{shown(text)} is not understood"
    problem = _impossible(role or "", values, unit)
    return ("", problem) if problem else (unit, "")


def says_more(name: str) -> bool:
    """Tell whether a name says more than a condition, such as "18.5 GPa" or "run 2"."""
    if "\ufffd" in name or _NOTHING.fullmatch(name):  # a sign that the file does not tell
        return False
    return re.sub(r"(?i)\brun\b|\bp\b|gpa|kbar|mpa|[\d\W_]", "", name) != ""


def _impossible(role: str, values: Floats, unit: str) -> str | None:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    problem = f"{low:g} to {high:g} cannot be in {unit}"
    if role == "temperature" and (kelvin := parse_unit(unit)) is not None:
        least = low * kelvin.factor + kelvin.offset
        return problem if least < -1e-2 * (high - low) * kelvin.factor else None
    if role == "two_theta":
        wrong = low < -1 or (unit == "deg" and high > 180)
        return problem if wrong else None
    if role in AXES:
        return problem if not 0.5 < low * LENGTHS[unit] <= high * LENGTHS[unit] < 500 else None
    return None


# ---------------------------------------------------------------------------- names and units


def _role(name: str, unit: str) -> str | None:
    """Return the role of an axis, by its name and unit."""
    if _RATIO.match(name):
        return "resistance"
    if _MADE_OF.search(name):
        return None
    if _PRESSURE.match(name) and (not unit or unit_in(PRESSURES, unit)):
        return "pressure"
    cell = _CELL.match(name)
    if cell and (not unit or unit_in(LENGTHS, unit)) and not _SCALED.search(name):
        return cell[1].lower()
    heading = f"{name} ({unit})" if unit else name
    role = describe(1, heading).role
    if role not in ("temperature", "resistance"):
        role = pattern_columns.role_of(heading)
    if role in ("q", "d"):
        return "two_theta" if unit else None
    return role


def _axis_of_cell(series: Series) -> str | None:
    """Return which axis of a cell a curve is whose panel is called "lattice constants"."""
    if series.y_unit and not unit_in(LENGTHS, series.y_unit):
        return None
    match = re.match(r"\s*([abc])\b", series.label)
    return match[1] if match else None


def _made_of_axis(series: Series, y: str | None) -> str:
    """Return why a curve against pressure is no axis of a cell, where it is made of one, or ""."""
    if series.y_unit and not unit_in(LENGTHS, series.y_unit):
        return ""
    for text in (series.y_name, series.label, *(series.texts if y in AXES else ())):
        for match in _SCALED.finditer(_IN_LENGTHS.sub(" ", text)):
            axis = match["scaled"] or match["times"]
            if y in (axis, None):
                problem = f"{shown(text)} is made of the axis {axis}, not {axis} itself"
                return f"{problem}; it gives no column {axis}"
    return ""


def _called(role: str) -> str:
    return _WORDS.get(role, role)


def checked_unit(role: str, text: str) -> str:
    """Return a unit as a data package has it.

    Raises
    ------
    DataError
        If it is none of this role, or missing; the message says what is allowed.
    """
    if role in _UNITLESS:
        return text if len(text) < 80 and text.isprintable() else ""
    unit: str | None = None
    if role in ("temperature", "resistance"):
        parsed = parse_unit(text)
        unit = text if parsed is not None and parsed.quantity == role else None
    elif role == "pressure":
        unit = unit_in(PRESSURES, text)
    elif role in AXES:
        unit = unit_in(LENGTHS, text)
    elif text:
        axis = axis_of("", "", "", text.strip(" ."))
        unit = axis.unit if axis.role == "two_theta" else axis.unit_words
    if unit is None:
        raise DataError(
            f"{shown(text)} is not a unit of {_called(role)}; allowed: {_ALLOWED[role]}"
        )
    return unit
