"""The units in which the columns of R(T) are: given, else of their headings, else K and ohm."""

from collections.abc import Mapping

from analysis.errors import DataError, shown
from analysis.reading.choosing import UNIT, Choice
from analysis.reading.columns import ROLES, UNITS_ALLOWED, Column, Unit, parse_unit
from analysis.typing import ReadColumn

DEFAULTS = {"temperature": "K", "resistance": "ohm", "voltage": "V", "current": "A"}


def ask_for_units(choice: Choice, declared: Mapping[str, str | None]) -> None:
    """Ask for the units of chosen columns whose headings state one that is not understood."""
    for role in ROLES:
        column = choice.columns.get(role)
        if column is None or declared[role] is not None or column.unit_text is None:
            continue
        if column.unit is None or column.unit.quantity != role:
            choice.ask(
                f"column {column}: {shown(column.unit_text)} is not a known unit of {role}; "
                f"allowed: {UNITS_ALLOWED[role]}",
                f"give it with --{role}-unit",
                **{f"{role}_unit": UNIT},
            )


def unit_of(
    file: str, role: str, column: Column | None, declared: str | None, notes: list[str]
) -> tuple[Unit, ReadColumn]:
    """Return the unit of a column and how it was read, of which `notes` say what was assumed.

    Without a column the format itself is in K and ohm.
    """
    default = Unit(role, 1.0, DEFAULTS[role])
    number, heading = (None, "") if column is None else (column.number, column.heading)
    if declared is not None:
        unit, text, basis = declared_unit(file, role, declared), declared, "given"
        if column is not None and column.unit not in (None, unit):
            notes.append(f"{role} read in {declared}, though the heading says {column.unit_text}")
    elif column is not None and column.unit is not None and column.unit.quantity == role:
        unit, text, basis = column.unit, (column.unit_text or "").strip(), "heading"
    else:
        unit, text, basis = default, default.becomes, "format" if column is None else "assumed"
    if basis == "assumed":
        notes.append(f"no unit of {role} is declared; read as {default.becomes}")
    return unit, ReadColumn(number, heading, text, basis)


def declared_unit(file: str, role: str, text: str) -> Unit:
    """Return the unit that a user gives.

    Raises
    ------
    DataError
        If it is none of this quantity.
    """
    unit = parse_unit(text)
    if unit is None or unit.quantity != role:
        raise DataError(
            f"{file}: {role} unit {shown(text)} is not understood; allowed: {UNITS_ALLOWED[role]}"
        )
    return unit
