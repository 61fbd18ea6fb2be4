"""Read one's own R(T) file: which columns, which units, which rows.

`rawtable` turns the file into cells and `columns` reads the headings; here the columns are
chosen, the cells become numbers in K and ohm, and whatever was assumed on the way
is noted in words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from analysis.errors import DataError
from analysis.numerics.checks import refuse_overload
from analysis.reading.cells import asked_for, column_values, filled_columns, listed, row_at
from analysis.reading.columns import ROLES, UNITS_ALLOWED, Column, Unit, parse_unit, shown
from analysis.reading.rawtable import RawTable, number, read_table
from analysis.transport.curve import ResistanceCurve, check_points
from analysis.typing import Floats

# A field below this (Oe) is a magnet's remanence.
_NO_FIELD = 50.0


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
    columns : dict of str to Column
        The column of each role: temperature, and resistance or voltage and current.
    notes : tuple of str
        What was assumed, skipped or found unusual.
    where : callable
        Turns the index of a point, in the file's order, into words ("row 17").
    """

    file: str
    layout: str
    temperature: Floats
    resistance: Floats
    unit: str
    columns: dict[str, Column]
    notes: tuple[str, ...]
    where: Callable[[int], str]


def read_resistance(
    path: str | PathLike[str],
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
    """Read R(T) from a file: csv, tsv, white-space-separated text, xlsx, PPMS .dat.

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
    return ResistanceCurve(
        reading.temperature,
        reading.resistance,
        name=name or Path(path).stem,
        pressure=pressure,
        unit=reading.unit,
        notes=reading.notes,
    )


def read_points(
    path: str | PathLike[str],
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
) -> Reading:
    """Read R(T) as `read_resistance` does, and also say which columns it came from."""
    table = read_table(Path(path), sheet=None if sheet is None else str(sheet), decimal=decimal)
    wanted = {
        "temperature": temperature,
        "resistance": resistance,
        "voltage": voltage,
        "current": current,
    }
    notes: list[str] = []
    columns = _choose(
        table, {k: str(v) for k, v in wanted.items() if v is not None}, channel, notes
    )
    columns = {role: columns[role] for role in ROLES if role in columns}
    values, rows = _values(table, columns, notes)

    def where(index: int) -> str:
        return row_at(table, rows, index)

    for role, numbers in values.items():  # before a unit turns 9.9E37 into something else
        refuse_overload(numbers, role, name=table.file, where=where)
    units = {
        role: _unit(table, role, column, declared, notes)
        for role, column in columns.items()
        for declared in [temperature_unit if role == "temperature" else resistance_unit]
    }
    kelvin, ohm, unit = _combine(table, values, units, rows, resistance_unit)
    # The same rows that `ResistanceCurve` checks by index, here with the file's row numbers.
    check_points(kelvin, ohm, name=table.file, where=where)
    return Reading(table.file, table.layout, kelvin, ohm, unit, columns, tuple(notes), where)


# ---------------------------------------------------------------------------- columns


def _choose(
    table: RawTable, wanted: Mapping[str, str], channel: str | int | None, notes: list[str]
) -> dict[str, Column]:
    """Return the column of each role, as asked for or else by the only possible guess."""
    _refuse_contradictions(table, wanted)
    if len(table.columns) < 2:
        raise DataError(f"{table.file}: has one column; temperature and resistance need two")
    chosen = {role: asked_for(table, role, text, channel) for role, text in wanted.items()}
    filled = filled_columns(table)
    if not table.has_headings:
        return _by_position(table, chosen, filled, notes)
    if "temperature" not in chosen:
        guesses = [c for c in filled if c.role == "temperature" and c not in chosen.values()]
        certain = [c for c in guesses if c.heading != "t"]  # beside a "T", "t" is the time
        chosen["temperature"] = _only(table, "temperature", certain or guesses, filled, chosen)
    if not {"resistance", "voltage"} & chosen.keys():
        chosen.update(_guess_resistance(table, chosen, filled, channel, notes))
    return chosen


def _refuse_contradictions(table: RawTable, wanted: Mapping[str, str]) -> None:
    if ("voltage" in wanted) != ("current" in wanted):
        given, missing = ("voltage", "current") if "voltage" in wanted else ("current", "voltage")
        raise DataError(f"{table.file}: a {given} column is given without a {missing} column")
    if "resistance" in wanted and "voltage" in wanted:
        raise DataError(
            f"{table.file}: resistance is given both as a column and as voltage over current; "
            "give one of them"
        )


def _by_position(
    table: RawTable, chosen: dict[str, Column], filled: Sequence[Column], notes: list[str]
) -> dict[str, Column]:
    """Without headings: two columns are T and R; of more, the wanted ones must be named."""
    missing = [role for role in ("temperature", "resistance") if role not in chosen]
    if "voltage" in chosen:
        missing.remove("resistance")
    rest = [column for column in filled if column not in chosen.values()]
    if missing and len(rest) != len(missing):
        raise DataError(
            f"{table.file}: has {len(filled)} filled columns without headings; "
            "say which are meant with --temperature and --resistance (numbers from 1)"
        )
    if missing:
        chosen = {**chosen, **dict(zip(missing, rest, strict=True))}
        taken = " and ".join(f"column {chosen[role].number} as {role}" for role in missing)
        notes.append(f"no headings; took {taken}")
    return chosen


def _only(
    table: RawTable,
    role: str,
    guesses: Sequence[Column],
    filled: Sequence[Column],
    chosen: Mapping[str, Column],
) -> Column:
    """Return the only guess, or, of two columns, the one left over; else ask."""
    if not guesses and len(filled) == 2:
        guesses = [c for c in filled if c.could_be_anything and c not in chosen.values()]
        partner = {"temperature": "resistance", "resistance": "temperature"}[role]
        if not any(c.role == partner for c in filled if c not in guesses):
            guesses = []
    if len(guesses) == 1:
        return guesses[0]
    empty = [column for column in table.columns if column.role == role and column not in filled]
    if empty and not guesses:
        which = "all bridges are empty" if table.sparse and role == "resistance" else "empty"
        raise DataError(f"{table.file}: {which}: columns {listed(empty)} hold no value in any row")
    problem = (
        f"could each be the {role}; choose with --{role} NAME or NUMBER"
        if guesses
        else f"- none is known as a {role} in {UNITS_ALLOWED[role]}; choose with --{role} NAME or "
        f"NUMBER, and give its unit with --{role}-unit"
    )
    raise DataError(f"{table.file}: columns {listed(guesses or filled)} {problem}")


def _guess_resistance(
    table: RawTable,
    chosen: Mapping[str, Column],
    filled: Sequence[Column],
    channel: str | int | None,
    notes: list[str],
) -> dict[str, Column]:
    free = [column for column in filled if column not in chosen.values()]
    guesses = [column for column in free if column.role == "resistance"]
    if channel is not None and guesses:
        guesses = _of_channel(table, guesses, str(channel))
    elif len({column.channel for column in guesses}) > 1:
        raise DataError(
            f"{table.file}: columns {listed(guesses)} could each be the resistance; "
            "choose with --channel NUMBER or --resistance NAME"
        )
    elif guesses and any(c.channel not in (None, guesses[0].channel) for c in table.columns):
        notes.append(f"only channel {guesses[0].channel} has data; took it")
    # "Bridge 1 Resistance" and "Bridge 1 Resistivity" are one measurement; the latter is in
    # ohm, too, where no geometry was entered. "Res. ch1" is another one.
    plain = [column for column in guesses if "resistance" in column.name]
    same = {column.name.replace("resistivity", "resistance") for column in guesses}
    if len(guesses) == 2 and len(plain) == len(same) == 1:
        notes.append(f"took {plain[0].heading}, not the resistivity, which needs the geometry")
        guesses = plain
    if not guesses:
        pair = {role: [c for c in free if c.role == role] for role in ("voltage", "current")}
        if all(len(columns) == 1 for columns in pair.values()):
            notes.append("resistance is voltage over current")
            return {role: columns[0] for role, columns in pair.items()}
    return {"resistance": _only(table, "resistance", guesses, filled, chosen)}


def _of_channel(table: RawTable, guesses: Sequence[Column], channel: str) -> list[Column]:
    found = [column for column in guesses if column.channel == channel]
    if not found:
        known = sorted({column.channel for column in guesses if column.channel})
        has = f"channels with data: {', '.join(known)}" if known else "no column names a channel"
        raise DataError(f"{table.file}: channel {shown(channel)} holds no resistances; {has}")
    return found


# ---------------------------------------------------------------------------- values


def _values(
    table: RawTable, columns: Mapping[str, Column], notes: list[str]
) -> tuple[dict[str, Floats], Sequence[int] | None]:
    values, rows = column_values(table, columns, notes)
    if table.sparse:
        notes.extend(_field_notes(table, rows))
    return values, rows


def _field_notes(table: RawTable, rows: Sequence[int] | None) -> list[str]:
    """Say if a Quantum Design file was measured in a magnetic field."""
    column = next((c for c in table.columns if "field (oe" in c.heading.lower()), None)
    if column is None:
        return []
    kept = set(rows) if rows is not None else None
    fields = [
        field
        for row, cells in table.records()
        if (kept is None or row in kept) and column.number <= len(cells)
        for field in [number(cells[column.number - 1])]
        if field is not None
    ]
    low, high = min(fields, default=0.0), max(fields, default=0.0)
    if high - low > _NO_FIELD:
        return [f"the magnetic field varies from {low:g} to {high:g} Oe along these points"]
    return [f"measured in a magnetic field of {high:g} Oe"] if abs(high) > _NO_FIELD else []


# ---------------------------------------------------------------------------- units


def _unit(
    table: RawTable, role: str, column: Column, declared: str | None, notes: list[str]
) -> Unit:
    """Return the unit of a column: declared, else of its heading, else K or ohm, noted."""
    if declared is not None and role in ("temperature", "resistance"):
        unit = _declared(table, role, declared)
        if column.unit is not None and column.unit != unit:
            notes.append(f"{role} read in {declared}, though the heading says {column.unit_text}")
        return unit
    if column.unit is not None and column.unit.quantity == role:
        return column.unit
    if column.unit_text is not None:
        option = f"; give it with --{role}-unit" if role in ("temperature", "resistance") else ""
        raise DataError(
            f"{table.file}, column {column}: {shown(column.unit_text)} is no unit of {role} "
            f"that is understood; allowed: {UNITS_ALLOWED[role]}{option}"
        )
    if role in ("voltage", "current") and declared is not None:
        return Unit(role, 1.0, role)  # the unit of the quotient is declared instead
    default = {"temperature": "K", "resistance": "ohm", "voltage": "V", "current": "A"}[role]
    notes.append(f"no unit of {role} is declared; read as {default}")
    return Unit(role, 1.0, default)


def _declared(table: RawTable, role: str, text: str) -> Unit:
    unit = parse_unit(text)
    if unit is None or unit.quantity != role:
        raise DataError(
            f"{table.file}: {role} unit {shown(text)} is not understood; "
            f"allowed: {UNITS_ALLOWED[role]}"
        )
    return unit


def _combine(
    table: RawTable,
    values: Mapping[str, Floats],
    units: Mapping[str, Unit],
    rows: Sequence[int] | None,
    resistance_unit: str | None,
) -> tuple[Floats, Floats, str]:
    """Return temperatures in K, resistances, and the unit of the resistances."""
    with np.errstate(over="ignore", invalid="ignore"):  # infinities are refused right after
        si = {role: values[role] * unit.factor + unit.offset for role, unit in units.items()}
    if "resistance" in si:
        return si["temperature"], si["resistance"], units["resistance"].becomes
    zero = np.flatnonzero(si["current"] == 0)
    if zero.size:
        raise DataError(
            f"{table.file}, {row_at(table, rows, int(zero[0]))}: the current is 0; "
            "voltage over current needs a current in every row"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        ratio = si["voltage"] / si["current"]
    # A unit given for a quotient names it; it does not rescale what V and A already fix.
    named = _declared(table, "resistance", resistance_unit or "ohm")
    return si["temperature"], ratio, named.becomes
