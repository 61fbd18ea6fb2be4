"""What is constant along a sweep and differs between sweeps: columns beside R and T.

A magnetic field, and whatever else has few values: an angle, a current, a pressure, a gate.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.cells import number
from analysis.reading.choosing import Choice
from analysis.reading.columns import Column, is_field, oersted, oersted_in, seconds
from analysis.reading.table import Content
from analysis.transport.measured import Condition, Level, Sweep, find_sweeps
from analysis.transport.sweep_choice import Measured, choose_sweeps
from analysis.transport.sweeps import FEWEST_IN_SWEEP
from analysis.typing import Floats

# A field below this (Oe) is a magnet's remanence; fields that differ by less are one.
NO_FIELD = 50.0
# Values that differ by less than this part of them are one.
_SAME = 0.005
# If more of the points lie between levels, the column runs through.
_BETWEEN = 0.2
_MOST_LEVELS = 60
# Of these, values may alternate from row to row, as fields may.
_SET = {"angle", "position", "theta", "phi", "current", "excitation", "pressure", "gate", "bias",
        "voltage", "frequency", "power"}  # fmt: skip
# Whether a column has few values is first asked of so many rows.
_LOOKED_AT = 2000
HUGE = 1e300
WORDS = ("cooling", "warming", "all")


def candidates(choice: Choice) -> dict[str, Column]:
    """Return the columns that may hold a condition, judged by their headings and first rows."""
    free = [c for c in choice.free if c.name and seconds(c) is None and not c.is_about]
    cells = [row for _, row in islice(choice.table.records(), _LOOKED_AT)]
    candidates = dict[str, Column]()
    for column in free:
        place = column.number - 1
        texts = [row[place] for row in cells if place < len(row) and row[place]]
        numbers = [number(text, choice.table.decimal) for text in texts]
        if not numbers or None in numbers:
            continue
        values = np.array(numbers, dtype=float)
        if is_field(column) or _levels(column, values, 0.0) is not None:
            candidates[f"beside {column.number}"] = column
    return candidates


def measured_in(
    content: Content,
    temperature: Floats,
    resistance: Floats,
    time: Floats | None,
    *,
    file: str,
    sweep: str | int | None = None,
    field: str | float | None = None,
) -> tuple[Measured | None, list[str], list[str]]:
    """Return the sweeps of a file's points with those that are used; what is noted; and doubted.

    Raises
    ------
    DataError
        If there is no such sweep or field.
    """
    columns = {
        column: content.values[role]
        for role, column in content.columns.items()
        if role in content.values and (role.startswith("beside") or role == "current")
    }
    conditions, noted, doubted = conditions_of(columns, temperature)
    where = content.where or "point {}".format
    sweeps = find_sweeps(temperature, time, conditions, where)
    if not sweeps:
        if sweep is not None or field is not None:
            raise DataError(f"{file}: has no sweeps to choose from; leave --sweep and --field out")
        return None, noted, doubted
    chosen = asked_of(
        sweeps,
        temperature,
        resistance,
        file=file,
        sweep=None if sweep is None else str(sweep),
        field=None if field is None else str(field),
    )
    return chosen, [*noted, *chosen.notes], [*doubted, *chosen.warnings]


def conditions_of(
    columns: Mapping[Column, Floats], temperature: Floats
) -> tuple[list[Condition], list[str], list[str]]:
    """Return the conditions among columns; what is noted of the field; and what is doubted.

    Parameters
    ----------
    columns : mapping of Column to ndarray, shape (N,)
        Beside those of R, T and time.
    temperature : ndarray, shape (N,)
        K.
    """
    conditions, noted, doubted = list[Condition](), list[str](), list[str]()
    for column, read in columns.items():
        values = np.where(np.abs(read) < HUGE, read, np.nan)
        if np.isfinite(values).mean() < 1 - _BETWEEN:
            continue
        if not is_field(column):
            either = _words(column) & {"current", "excitation"}  # both signs are one current
            condition = _levels(column, np.abs(values) if either else values, 0.0)
            if (
                condition is not None
                and len(condition.levels) > 1
                and _separates(condition, column, temperature)
            ):
                conditions.append(condition)
            continue
        if any(condition.is_field for condition in conditions):
            continue
        factor = oersted(column) or 1.0
        condition = _levels(column, values, NO_FIELD / factor)
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        if condition is None:
            doubted.append(
                f"the magnetic field varies from {low:.6g} to {high:.6g} {column.unit_text or ''} "
                "along these points: they are several measurements in one; fit each field by "
                "itself"
            )
            continue
        conditions.append(condition)
        size = abs(condition.levels[0].value) * factor
        if len(condition.levels) == 1 and size > NO_FIELD:
            noted.append(f"measured in a magnetic field of {size:g} Oe")
    return conditions, noted, doubted


@np.errstate(over="ignore", invalid="ignore")  # no instrument shows such numbers
def _levels(column: Column, values: Floats, same: float) -> Condition | None:
    """Return the values that a column keeps to; None if it runs through."""
    numbers = values[np.isfinite(values)]
    if not numbers.size:
        return None
    distinct = np.unique(numbers)
    gaps = np.diff(distinct)
    size = np.maximum(np.abs(distinct[1:]), np.abs(distinct[:-1]))
    far = gaps > np.maximum(same or 1e-3 * np.ptp(distinct), _SAME * size)
    edges = (distinct[1:] + distinct[:-1])[far] / 2
    of_point = np.where(np.isfinite(values), np.searchsorted(edges, values), -1)
    counts = np.bincount(of_point[of_point >= 0], minlength=edges.size + 1)
    levels_kept = np.flatnonzero(counts >= min(FEWEST_IN_SWEEP, numbers.size))
    if (
        counts[levels_kept].sum() < (1 - _BETWEEN) * values.size
        or levels_kept.size > _MOST_LEVELS**2
    ):
        return None
    narrow = 2 * same + 4 * _SAME * float(np.abs(distinct).max())
    levels = list[Level]()
    new = np.full(values.size, -1)
    for place, old in enumerate(levels_kept):
        own = values[of_point == old]
        width = float(np.ptp(own))
        if width > narrow:
            return None
        new[of_point == old] = place
        name = "field" if same else column.name
        value = float(np.median(own))
        if width:  # digits below its noise say nothing
            value = round(value, -int(np.floor(np.log10(width)))) + 0.0
        levels.append(Level(name, value, column.unit_text or ""))
    return Condition(tuple(levels), new, bool(same))


def _words(column: Column) -> set[str]:
    return set(re.findall(r"[a-z]+", column.name))


def _separates(condition: Condition, column: Column, temperature: Floats) -> bool:
    """Tell whether levels are those of sweeps: each over temperatures that another has as well.

    A range that an instrument has changed on the way has not, and what alternates from row to
    row is a state of the instrument, unless its name is that of something that is set.
    """
    changes = np.count_nonzero(np.diff(condition.of_point))
    levels = range(len(condition.levels))
    if len(levels) > _MOST_LEVELS:
        return False
    if changes > max(len(levels), 0.1 * temperature.size) and not _SET & _words(column):
        return False
    spans = [np.quantile(temperature[condition.of_point == i], (0.05, 0.95)) for i in levels]
    return all(
        any(
            min(span[1], other[1]) - max(span[0], other[0]) >= 0.5 * (span[1] - span[0])
            for j, other in enumerate(spans)
            if j != i
        )
        for i, span in enumerate(spans)
    )


def asked_of(
    sweeps: tuple[Sweep, ...],
    temperature: Floats,
    resistance: Floats,
    *,
    file: str,
    sweep: str | None,
    field: str | None,
) -> Measured:
    """Return the sweeps of a file with those that are used, as `--sweep` and `--field` ask.

    Raises
    ------
    DataError
        If there is no such sweep or field, or several; the message lists them.
    """
    among = None if field is None else _in_field(sweeps, file, field)
    allowed = tuple(sweep.number for sweep in sweeps) if among is None else among
    numbers = () if sweep is None else _named(sweeps, allowed, file, sweep.strip().lower())
    return choose_sweeps(sweeps, temperature, resistance, among=among, numbers=numbers)


def _in_field(sweeps: Sequence[Sweep], file: str, text: str) -> tuple[int, ...]:
    """Return the numbers of the sweeps in a field: "1 T", or "1e4" in the heading's unit."""
    levels = {sweep.field for sweep in sweeps if sweep.field is not None}
    if not levels:
        raise DataError(
            f"{file}: --field {shown(text)}, but no column of a magnetic field with few values is "
            "known; choose a sweep by its number with --sweep"
        )
    fields = sorted(levels, key=lambda level: level.value)
    unit = fields[0].unit
    parts = re.fullmatch(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*([A-Za-z]*)\s*", text)
    own, given = oersted_in(unit), oersted_in(parts[2]) if parts and parts[2] else None
    try:
        value = float(parts[1]) if parts else np.nan
    except ValueError:
        value = np.nan
    if not np.isfinite(value) or (parts and parts[2] and (own is None or given is None)):
        raise DataError(
            f"{file}: --field {shown(text)} is not a magnetic field; write a number"
            + (
                f" in {unit}, or with a unit: Oe, kOe, G, mT or T"
                if own
                else " in the unit of the column"
            )
        )
    value *= given / own if own and given else 1.0
    near = min(fields, key=lambda level: abs(level.value - value))
    if abs(near.value - value) > max(NO_FIELD / (own or 1.0), 0.01 * abs(value)):
        values = ", ".join(f"{level.value:.6g}" for level in fields[:20])
        more = f" ... ({len(fields)} in all)" if len(fields) > 20 else ""
        raise DataError(
            f"{file}: --field {shown(text)}: no sweep in this field; there are {values}{more} "
            f"{unit}".rstrip()
        )
    return tuple(sweep.number for sweep in sweeps if sweep.field == near)


def _named(
    sweeps: Sequence[Sweep], allowed: Sequence[int], file: str, text: str
) -> tuple[int, ...]:
    """Return the numbers of the sweeps that "3", "cooling" or "all" means."""
    if text == "all":
        return tuple(allowed)
    if text in WORDS:
        numbers = [number for number in allowed if sweeps[number - 1].direction == text]
    else:
        numbers = [number for number in allowed if str(number) == text]
    if len(numbers) == 1:
        return (numbers[0],)
    problem = (
        f"fits sweeps {', '.join(map(str, numbers))}" if numbers else "is not a sweep of this file"
    )
    described = "; ".join(f"{number}: {sweeps[number - 1].words}" for number in allowed[:12])
    more = f"; ... ({len(allowed)} in all)" if len(allowed) > 12 else ""
    raise DataError(
        f"{file}: --sweep {shown(text)} {problem}; allowed: a number, cooling or warming if there "
        f"is one of these, or all; there are {described}{more}"
    )
