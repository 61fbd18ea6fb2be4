"""From the cells of an R(T) file to numbers: which columns, which units, which rows.

`columns` reads the headings; here the columns are chosen, the cells become numbers in K and
ohm, and whatever was assumed on the way is noted in words. Where the cells come from is the
caller's matter: `resistance` reads files of every format, `texts` a text that is at hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from shlex import quote
from typing import Any

import numpy as np

from analysis.errors import DataError
from analysis.numerics.checks import OVERLOAD, refuse_overload
from analysis.reading.choosing import Choice, chosen_content
from analysis.reading.columns import RESISTANCE, ROLES, Column, Unit, seconds, unit_of_time
from analysis.reading.conditions import candidates, measured_in
from analysis.reading.left_out import how_to_leave_out
from analysis.reading.means import in_means
from analysis.reading.resistance_columns import complete, refuse_contradictions
from analysis.reading.source import Source
from analysis.reading.table import Content, Table
from analysis.reading.telling import like_pattern
from analysis.reading.units import ask_for_units, declared_unit, unit_of
from analysis.transport.curve import ResistanceCurve, check_points
from analysis.transport.looks import looks_of
from analysis.transport.sweep_choice import Measured
from analysis.typing import Flags, Floats, Place, ReadColumn, ReadRecord

# If more than this part of the temperatures is below zero, they are in degrees Celsius.
_CELSIUS = 0.1


@dataclass(frozen=True, eq=False)
class Reading:
    """What was understood of a file.

    Attributes
    ----------
    file : str
    temperature, resistance : ndarray, shape (N,)
        In K and in `unit`, in the file's order.
    unit : {"ohm", "ohm m", "ratio", "arbitrary"}
        Unit of the resistance.
    notes : tuple of str
        What was assumed, skipped or found unusual.
    where : callable
        Turns the index of a point, in the file's order, into words ("row 17").
    time : ndarray, shape (N,), or None
        When each point was measured, s, where the file says so.
    warnings : tuple of str
        What casts doubt on the points.
    sweep : Measured or None
        The sweeps of the file, and which of them these points are.
    record : ReadRecord
        How they were read: what `check` prints, and results carry on.
    """

    file: str
    temperature: Floats
    resistance: Floats
    unit: str
    notes: tuple[str, ...]
    where: Place
    record: ReadRecord
    time: Floats | None = None
    warnings: tuple[str, ...] = ()
    sweep: Measured | None = None

    @property
    def layout(self) -> str:
        """In words, what kind of file it is."""
        return self.record.layout

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
            measured=self.sweep,
            reading=self.record,
            **provenance,
        )


def points_of(
    opened: Callable[..., Source],
    contents: Callable[[Any], Table | Content],
    *,
    channel: str | int | None = None,
    temperature_unit: str | None = None,
    resistance_unit: str | None = None,
    sweep: str | int | None = None,
    field: str | float | None = None,
    voltage_unit: str | None = None,
    current_unit: str | None = None,
    skip_bad_rows: bool = False,
    **asked: str | int | None,
) -> Reading:
    """Return the points of a file, and how they were read.

    Parameters
    ----------
    opened : callable
        Takes ``skip_bad_rows``, ``more`` and what is asked of columns, sheet and decimal mark.
    contents : callable
        Returns what such a source holds.
    **asked
        As in `analysis.read_resistance`, and what is not named here as well.

    Raises
    ------
    DataError
    """
    declared = dict(
        zip(ROLES, (temperature_unit, resistance_unit, voltage_unit, current_unit), strict=True)
    )
    more = {
        "channel": channel,
        "sweep": sweep,
        "field": field,
        **{f"{role}_unit": unit for role, unit in declared.items()},
    }
    source = opened(skip_bad_rows=skip_bad_rows, more=more, **asked)
    file, content = source.file, contents(source)
    if isinstance(content, Table):
        content = _chosen(content, source, declared, channel)
    notes = list(content.notes)
    # Of a quotient whose unit is given, those of V and I do not matter.
    silent = {"voltage", "current"} if resistance_unit is not None else set[str]()
    of_roles = {
        role: unit_of(
            file, role, content.columns.get(role), declared[role], [] if role in silent else notes
        )
        for role in content.values
        if role in ROLES
    }
    units = {role: unit for role, (unit, _) in of_roles.items()}
    bad = _bad_points(content.values, units)
    if skip_bad_rows:
        content = _without(file, content, bad)
        bad = {}
    where, time = content.where or "point {}".format, _time(content)
    try:
        kelvin, ohm, unit = _combine(file, content.values, units, where, resistance_unit)
        # The same rows that `ResistanceCurve` checks by index, here with the file's row numbers.
        check_points(kelvin, ohm, name=file, where=where)
    except DataError as error:
        rows = int(np.logical_or.reduce([*bad.values()]).sum()) if bad else 0
        if rows:
            raise DataError(f"{error}{how_to_leave_out(rows, content.size)}") from None
        raise
    warnings = [*content.warnings, *content.left_out.words(file, content.size)]
    read = {role: column for role, (_, column) in of_roles.items()}
    if time is not None:
        column = content.columns["time"]
        read["time"] = ReadColumn(column.number, column.heading, unit_of_time(column), "heading")
    if not any(column.heading for column in read.values()):
        warnings += _like_angles(kelvin, ohm, source)
    measured, noted, doubted = measured_in(
        content, kelvin, ohm, time, file=file, sweep=sweep, field=field
    )
    record = content.record(RESISTANCE.name, read)
    points = slice(None) if measured is None or measured.whole else measured.points
    if not isinstance(points, slice):
        used_content = replace(
            content,
            values={role: values[points] for role, values in content.values.items()},
            where=lambda index: where(int(points[index])),
        )
        record = used_content.record(RESISTANCE.name, read)
    if measured is not None and len(measured.sweeps) > 1:
        record = replace(record, sweep=measured.to_dict())
    reading = Reading(
        file,
        kelvin[points],
        ohm[points],
        unit,
        (*notes, *noted),
        where if isinstance(points, slice) else lambda index: where(int(points[index])),
        record,
        None if time is None else time[points],
        (*warnings, *doubted),
        measured,
    )
    return in_means(reading)


def _bad_points(values: Mapping[str, Floats], units: Mapping[str, Unit]) -> dict[str, Flags]:
    """Return which points hold no measurement, by what is wrong with them."""
    bad = {
        f"no finite {role} below {OVERLOAD:g}": ~(np.abs(values[role]) < OVERLOAD) for role in units
    }
    kelvin = _si(values["temperature"], units["temperature"])
    # A file in degrees Celsius must not lose its cold half.
    if np.mean(kelvin < 0) <= _CELSIUS:
        bad["a temperature of 0 K or below"] = kelvin <= 0
    if "current" in units:
        bad["a current of 0"] = values["current"] == 0
    return {kind: flags for kind, flags in bad.items() if flags.any()}


def _without(file: str, content: Content, bad: Mapping[str, Flags]) -> Content:
    """Leave the bad points out, each for the first thing that is wrong with it."""
    gone = np.zeros(content.size, dtype=bool)
    for kind, flags in bad.items():
        content = content.without(kind, (flags & ~gone)[~gone])
        gone |= flags
    content.left_out.words(file, content.size)  # refuses too many
    return content


def _like_angles(temperature: Floats, resistance: Floats, source: Source) -> list[str]:
    """Point out that numbers in equal steps and without headings may be angles."""
    t = np.sort(temperature)
    even = t.size >= 100 and np.diff(t).max() < 1.5 * (t[-1] - t[0]) / (t.size - 1)
    if not even or t[-1] > 180:
        return []
    why = like_pattern(temperature, resistance) or "the first column has equal steps"
    command = f"python -m analysis check {quote(source.file)} --kind diffraction"
    return [f"{why}: if it is 2 theta, this is a pattern, which `{command}` reads"]


# ---------------------------------------------------------------------------- columns


def _chosen(
    table: Table, source: Source, declared: Mapping[str, str | None], channel: str | int | None
) -> Content:
    refuse_contradictions(table.file, source.asked)

    def choose(choice: Choice) -> None:
        complete(choice, None if channel is None else str(channel))
        # Of a quotient, the unit that is given names it.
        ask_for_units(choice, declared)

    content = chosen_content(table, source, source.asked, choose, channel, _beside)
    if content.columns.keys() <= set(ROLES):  # a column beside holds text somewhere
        content = chosen_content(table, source, source.asked, choose, channel, _time_column)
    return content


# ---------------------------------------------------------------------------- time


def _beside(choice: Choice) -> dict[str, Column]:
    """Return the columns of time and of what may tell sweeps apart."""
    return {**_time_column(choice), **candidates(choice)}


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


@np.errstate(over="ignore", invalid="ignore")  # infinities are refused right after
def _si(values: Floats, unit: Unit) -> Floats:
    if unit.factor == 1 and not unit.offset:
        return values
    return values * unit.factor + unit.offset


def _combine(
    file: str,
    values: Mapping[str, Floats],
    units: Mapping[str, Unit],
    where: Place,
    resistance_unit: str | None,
) -> tuple[Floats, Floats, str]:
    """Return temperatures in K, resistances, and the unit of the resistances."""
    for role in units:  # before a unit makes 9.9E37 something else
        refuse_overload(values[role], role, name=file, where=where)
    si = {role: _si(values[role], unit) for role, unit in units.items()}
    if "resistance" in si:
        return si["temperature"], si["resistance"], units["resistance"].becomes
    zero = np.flatnonzero(si["current"] == 0)
    if zero.size:
        raise DataError(
            f"{file}, {where(int(zero[0]))}: the current is 0; "
            "voltage over current needs a current in every row"
        )
    # A unit given for a quotient names it; it does not rescale what V and A already fix.
    named = declared_unit(file, "resistance", resistance_unit or "ohm")
    with np.errstate(over="ignore"):
        return si["temperature"], si["voltage"] / si["current"], named.becomes
