"""Read one's own R(T) file: which columns, which units, which rows.

`formats` turns the file into cells and `columns` reads the headings; here the columns are
chosen, the cells become numbers in K and ohm, and whatever was assumed on the way
is noted in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from analysis.errors import DataError, shown
from analysis.numerics.checks import refuse_overload
from analysis.reading.cells import number
from analysis.reading.columns import (
    RESISTANCE,
    ROLES,
    UNITS_ALLOWED,
    Column,
    Unit,
    oersted,
    parse_unit,
    seconds,
)
from analysis.reading.formats import contents
from analysis.reading.means import in_means
from analysis.reading.source import open_source
from analysis.reading.table import Choice, Content, Table, chosen_content, listed
from analysis.transport.curve import ResistanceCurve, check_points
from analysis.transport.looks import looks_of
from analysis.typing import AnyPath, Floats, Place

# A field below this (Oe) is a magnet's remanence.
_NO_FIELD = 50.0
_DEFAULT_UNITS = {"temperature": "K", "resistance": "ohm", "voltage": "V", "current": "A"}


@dataclass(frozen=True, eq=False)
class Reading:
    """What was understood of a file.

    Attributes
    ----------
    file, layout : str
        The file, and in words what kind of table it is.
    temperature, resistance : ndarray, shape (N,)
        In K and in `unit`, in the file's order.
    unit : {"ohm", "ohm m", "ratio", "arbitrary"}
        Unit of the resistance.
    columns : mapping of str to Column
        The column of each role: temperature, and resistance or voltage and current; and
        time, where there is one.
    notes : tuple of str
        What was assumed, skipped or found unusual.
    where : callable
        Turns the index of a point, in the file's order, into words ("row 17").
    time : ndarray, shape (N,), or None
        When each point was measured, s, where the file says so.
    warnings : tuple of str
        What casts doubt on the points.
    """

    file: str
    layout: str
    temperature: Floats
    resistance: Floats
    unit: str
    columns: Mapping[str, Column]
    notes: tuple[str, ...]
    where: Place
    time: Floats | None = None
    warnings: tuple[str, ...] = ()

    def curve(self, **provenance: Any) -> ResistanceCurve:
        """Return the curve with its name, pressure, origin ... as they are given."""
        ascending = np.argsort(self.temperature, kind="stable")  # as the curve sorts its points
        looks = looks_of(
            self.temperature[ascending],
            self.resistance[ascending],
            lambda index: self.where(int(ascending[index])),
        )
        return ResistanceCurve(
            self.temperature,
            self.resistance,
            unit=self.unit,
            notes=self.notes,
            time=self.time,
            warnings=self.warnings,
            looks=looks,
            **provenance,
        )


def read_resistance(
    path: AnyPath,
    *,
    temperature: str | int | None = None,
    resistance: str | int | None = None,
    voltage: str | int | None = None,
    current: str | int | None = None,
    channel: str | int | None = None,
    temperature_unit: str | None = None,
    resistance_unit: str | None = None,
    sheet: str | int | None = None,
    decimal: str | None = None,
    pressure: float | None = None,
    name: str | None = None,
) -> ResistanceCurve:
    """Read R(T) from a file of any format in `analysis.reading.formats` that holds it.

    Parameters
    ----------
    path : path-like
        The file. Its format is told from its contents.
    temperature, resistance : str or int, optional
        The columns, by heading (with or without its unit, in any case) or by number from
        1. When not given they are guessed from the headings, if only one guess is possible.
    voltage, current : str or int, optional
        Columns whose quotient is the resistance; given instead of `resistance`.
    channel : str or int, optional
        Which bridge or channel, where a file has several.
    temperature_unit, resistance_unit : str, optional
        Units ("K", "mK", "C"; "ohm", "mohm", "uohm cm", "ratio", "arbitrary" ...). When
        not given they are taken from the headings, else K and ohm, with a note.
    sheet : str or int, optional
        Sheet of a workbook, by name or number from 1.
    decimal : {".", ","}, optional
        The decimal mark, where the file leaves it open.
    pressure : float, optional
        Pressure in GPa, handed to the curve.
    name : str, optional
        Name of the curve; the file's name without its ending by default.

    Returns
    -------
    ResistanceCurve
        Temperatures in K, ascending; resistances in ohm, ohm m, or plain numbers. Its
        `notes` say what was assumed.

    Raises
    ------
    DataError
        If the file or a value in it is not usable: one line with the file, the row (the
        file's own line number), the column, what was found and what is allowed.
    """
    reading = read_points(
        path,
        temperature=temperature,
        resistance=resistance,
        voltage=voltage,
        current=current,
        channel=channel,
        temperature_unit=temperature_unit,
        resistance_unit=resistance_unit,
        sheet=sheet,
        decimal=decimal,
    )
    return reading.curve(name=name or Path(path).stem, pressure=pressure)


def read_points(
    path: AnyPath,
    *,
    channel: str | int | None = None,
    temperature_unit: str | None = None,
    resistance_unit: str | None = None,
    **asked: str | int | None,
) -> Reading:
    """Read R(T) as `read_resistance` does, and also say which columns it came from."""
    source = open_source(Path(path), RESISTANCE, **asked)
    file, content = source.file, contents(source)
    if isinstance(content, Table):
        content = _chosen(content, source.asked, channel)
    where, notes = content.where or "point {}".format, list(content.notes)
    values, time = dict(content.values), _time(content)
    values.pop("time", None)
    columns = {role: c for role, c in content.columns.items() if role in values or time is not None}
    for role, numbers in values.items():  # before a unit makes 9.9E37 something else
        refuse_overload(numbers, role, name=file, where=where)
    declared = dict.fromkeys(ROLES, resistance_unit) | {"temperature": temperature_unit}
    units = {
        role: _unit(file, role, content.columns.get(role), declared[role], notes) for role in values
    }
    kelvin, ohm, unit = _combine(file, values, units, where, resistance_unit)
    # The same rows that `ResistanceCurve` checks by index, here with the file's row numbers.
    check_points(kelvin, ohm, name=file, where=where)
    warnings = list(content.warnings)
    if columns and not any(column.heading for column in columns.values()):
        warnings += _like_angles(kelvin)
    reading = Reading(
        file,
        content.layout,
        kelvin,
        ohm,
        unit,
        columns,
        tuple(notes),
        where,
        time,
        tuple(warnings),
    )
    return in_means(reading)


def _like_angles(temperature: Floats) -> list[str]:
    """Point out that numbers in equal steps and without headings may be angles."""
    t = np.sort(temperature)
    even = t.size >= 100 and np.diff(t).max() < 1.5 * (t[-1] - t[0]) / (t.size - 1)
    if even and t[-1] <= 180:
        return ["the first column has equal steps: if it is 2 theta, say --kind diffraction"]
    return []


# ---------------------------------------------------------------------------- columns


def _chosen(table: Table, asked: Mapping[str, str], channel: str | int | None) -> Content:
    _refuse_contradictions(table.file, asked)
    complete = partial(_complete, channel=None if channel is None else str(channel))
    content = chosen_content(table, RESISTANCE, asked, complete, channel, _time_column)
    places = [column.number - 1 for column in content.columns.values()]
    noted, warned = _field_notes(table, places)
    return replace(content, notes=(*content.notes, *noted), warnings=tuple(warned))


def _refuse_contradictions(file: str, asked: Mapping[str, str]) -> None:
    if ("voltage" in asked) != ("current" in asked):
        given, missing = ("voltage", "current")[:: 1 if "voltage" in asked else -1]
        raise DataError(f"{file}: a {given} column is given without a {missing} column")
    if "resistance" in asked and "voltage" in asked:
        raise DataError(
            f"{file}: resistance is given both as a column and as voltage over current; "
            "give one of them"
        )


def _complete(choice: Choice, channel: str | None) -> None:
    """Choose temperature and resistance where they were not asked for."""
    measured = "resistance" if "voltage" not in choice.columns else "voltage"
    if not choice.table.has_headings:
        missing = [role for role in ("temperature", measured) if role not in choice.columns]
        choice.by_position(missing, "--temperature and --resistance", " and ")
        return
    if "temperature" not in choice.columns:
        guesses = choice.holding("temperature")
        certain = [column for column in guesses if column.heading != "t"]  # beside "T", the time
        choice.columns["temperature"] = _only(choice, "temperature", certain or guesses)
    if measured in choice.columns:
        return
    guesses = _resistances(choice, channel)
    pair = [*choice.holding("voltage"), *choice.holding("current")]
    # What is in ohm without being called a resistance may be the thermometer's.
    called = [column for column in guesses if column.is_called("resistance")]
    if not called and [column.role for column in pair] == ["voltage", "current"]:
        instead = f", not column {listed(guesses)}" if guesses else ""
        choice.notes.append(f"resistance is voltage over current{instead}")
        choice.columns.update(zip(("voltage", "current"), pair, strict=True))
    else:
        choice.columns["resistance"] = _only(choice, "resistance", guesses)


def _only(choice: Choice, role: str, guesses: Sequence[Column]) -> Column:
    """Return the only guess, or, of two columns, the one left over; else ask."""
    table, filled = choice.table, choice.table.filled
    if not guesses and len(filled) == 2:
        guesses = [column for column in choice.free if column.could_be_anything]
        partner = {"temperature": "resistance", "resistance": "temperature"}[role]
        if not any(c.role == partner for c in filled if c not in guesses):
            guesses = []
    empty = [column for column in table.columns if column.role == role and column not in filled]
    if empty and not guesses:
        which = "all bridges are empty" if table.sparse and role == "resistance" else "empty"
        raise DataError(f"{table.file}: {which}: columns {listed(empty)} hold no value in any row")
    known_as = f"a {role} in {UNITS_ALLOWED[role]}"
    return choice.only(role, guesses, known_as, f", and give its unit with --{role}-unit")


def _resistances(choice: Choice, channel: str | None) -> list[Column]:
    """Return the columns that may be the resistance: of one channel, and without geometry."""
    table, guesses = choice.table, choice.holding("resistance")
    channels = {column.channel for column in guesses}
    if channel is not None and guesses:
        if channel not in channels:
            known = ", ".join(sorted(filter(None, channels)))
            has = f"channels with data: {known}" if known else "no column names a channel"
            raise DataError(f"{table.file}: channel {shown(channel)} holds no resistances; {has}")
        guesses = [column for column in guesses if column.channel == channel]
    elif len(channels) > 1:
        raise choice.several("resistance", guesses, "--channel NUMBER or --resistance NAME")
    elif guesses and any(c.channel not in (None, guesses[0].channel) for c in table.columns):
        choice.notes.append(f"only channel {guesses[0].channel} has data; took it")
    # "Bridge 1 Resistance" and "Bridge 1 Resistivity" are one measurement; the latter is in
    # ohm, too, where no geometry was entered. "Res. ch1" is another one.
    plain = [column for column in guesses if "resistance" in column.name]
    same = {column.name.replace("resistivity", "resistance") for column in guesses}
    if len(guesses) == 2 and len(plain) == len(same) == 1:
        choice.notes.append(
            f"took {plain[0].heading}, not the resistivity, which needs the geometry"
        )
        return plain
    return guesses


def _field_notes(table: Table, places: Sequence[int]) -> tuple[list[str], list[str]]:
    """Return what is to be noted, and what is a warning, of the field in which rows were measured.

    Rows are those that are filled in these places.
    """
    units = ((oersted(column), column) for column in table.columns)
    factor, column = next(((f, c) for f, c in units if f is not None), (1.0, None))
    if column is None:
        return [], []
    fields = [
        field * factor
        for _, cells in table.records()
        if len(cells) > max(*places, column.number - 1) and all(cells[place] for place in places)
        for field in [number(cells[column.number - 1], table.decimal)]
        if field is not None
    ]
    low, high = min(fields, default=0.0), max(fields, default=0.0)
    if high - low > _NO_FIELD:
        text = f"the magnetic field varies from {low:g} to {high:g} Oe along these points"
        return [], [f"{text}: they are several measurements in one; fit each field by itself"]
    size = max(abs(low), abs(high))
    return ([f"measured in a magnetic field of {size:g} Oe"] if size > _NO_FIELD else []), []


# ---------------------------------------------------------------------------- time


def _time_column(choice: Choice) -> dict[str, Column]:
    """Return the column that holds the time of each point, if there is one."""
    time = next((column for column in choice.free if seconds(column) is not None), None)
    return {} if time is None else {"time": time}


def _time(content: Content) -> Floats | None:
    """Return when each point was measured, s; None if the column does not say."""
    if "time" not in content.values:
        return None
    factor = seconds(content.columns["time"]) or 1.0
    time = content.values["time"] * factor
    # A time constant, or a clock that stands still, is none.
    moves = np.isfinite(time).all() and np.unique(time).size > time.size / 2
    return time if moves else None


# ---------------------------------------------------------------------------- units


def _unit(
    file: str, role: str, column: Column | None, declared: str | None, notes: list[str]
) -> Unit:
    """Return the unit of a column: declared, else of its heading, else K or ohm, noted.

    Without a column the format itself is in K and ohm.
    """
    measured = role in ("temperature", "resistance")
    default = Unit(role, 1.0, _DEFAULT_UNITS[role])
    if declared is not None and measured:
        unit = _declared(file, role, declared)
        if column is not None and column.unit not in (None, unit):
            notes.append(f"{role} read in {declared}, though the heading says {column.unit_text}")
        return unit
    if column is None:
        return default
    if column.unit is not None and column.unit.quantity == role:
        return column.unit
    if column.unit_text is not None:
        option = f"; give it with --{role}-unit" if measured else ""
        raise DataError(
            f"{file}, column {column}: {shown(column.unit_text)} is no unit of {role} "
            f"that is understood; allowed: {UNITS_ALLOWED[role]}{option}"
        )
    if measured or declared is None:  # else the unit of the quotient is declared instead
        notes.append(f"no unit of {role} is declared; read as {default.becomes}")
    return default


def _declared(file: str, role: str, text: str) -> Unit:
    unit = parse_unit(text)
    if unit is None or unit.quantity != role:
        raise DataError(
            f"{file}: {role} unit {shown(text)} is not understood; allowed: {UNITS_ALLOWED[role]}"
        )
    return unit


@np.errstate(over="ignore", invalid="ignore")  # infinities are refused right after
def _combine(
    file: str,
    values: Mapping[str, Floats],
    units: Mapping[str, Unit],
    where: Place,
    resistance_unit: str | None,
) -> tuple[Floats, Floats, str]:
    """Return temperatures in K, resistances, and the unit of the resistances."""
    si = {
        role: values[role]
        if unit.factor == 1 and not unit.offset
        else values[role] * unit.factor + unit.offset
        for role, unit in units.items()
    }
    if "resistance" in si:
        return si["temperature"], si["resistance"], units["resistance"].becomes
    zero = np.flatnonzero(si["current"] == 0)
    if zero.size:
        raise DataError(
            f"{file}, {where(int(zero[0]))}: the current is 0; "
            "voltage over current needs a current in every row"
        )
    # A unit given for a quotient names it; it does not rescale what V and A already fix.
    named = _declared(file, "resistance", resistance_unit or "ohm")
    return si["temperature"], si["voltage"] / si["current"], named.becomes
