"""Which columns of a table hold T and R, or V and I: those asked for, and the only guesses."""

from collections.abc import Mapping, Sequence

from analysis.errors import DataError, shown
from analysis.reading.choosing import UNIT, Choice
from analysis.reading.columns import UNITS_ALLOWED, Column
from analysis.reading.table import listed


def refuse_contradictions(file: str, asked: Mapping[str, str]) -> None:
    """Refuse a voltage without a current, and a resistance beside both."""
    if ("voltage" in asked) != ("current" in asked):
        given, missing = ("voltage", "current")[:: 1 if "voltage" in asked else -1]
        raise DataError(
            f"{file}: a {given} column is given without a {missing} column; "
            f"say which it is with --{missing}"
        )
    if "resistance" in asked and "voltage" in asked:
        raise DataError(
            f"{file}: resistance is given both as a column and as voltage over current; "
            "give one of them"
        )


def complete(choice: Choice, channel: str | None) -> None:
    """Choose temperature and resistance where they were not asked for."""
    measured = "resistance" if "voltage" not in choice.columns else "voltage"
    if not choice.table.has_headings:
        missing = [role for role in ("temperature", measured) if role not in choice.columns]
        choice.by_position(missing, "--temperature and --resistance", " and ")
        return
    if "temperature" not in choice.columns:
        guesses = choice.holding("temperature")
        certain = [column for column in guesses if column.heading != "t"]  # beside "T", the time
        _only(choice, "temperature", certain or guesses)
    if measured in choice.columns:
        return
    resistances = _resistances(choice, channel)
    if resistances is None:  # of which channel is asked
        return
    pair = [*choice.holding("voltage"), *choice.holding("current")]
    # What is in ohm without being called a resistance may be the thermometer's.
    called = [column for column in resistances if column.is_called("resistance")]
    if not called and [column.role for column in pair] == ["voltage", "current"]:
        others = [*resistances, *(c for c in choice.free if c.of_another)]
        instead = f", not column {listed(others)}" if others else ""
        choice.notes.append(f"resistance is voltage over current{instead}")
        choice.columns.update(zip(("voltage", "current"), pair, strict=True))
    else:
        _only(choice, "resistance", resistances)


def _only(choice: Choice, role: str, guesses: Sequence[Column]) -> None:
    """Take the only guess, or, of two columns, the one left over; else ask."""
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
    others = [column for column in choice.free if column.of_another]
    apart = f" (column {listed(others)}: of a thermometer, heater ...?)" if others else ""
    choice.only(
        role,
        guesses,
        f"a {role} in {UNITS_ALLOWED[role]}{apart}",
        f", and give its unit with --{role}-unit",
        **{f"{role}_unit": UNIT},
    )


def _resistances(choice: Choice, channel: str | None) -> list[Column] | None:
    """Return the columns that may be the resistance: of one channel, and without geometry.

    None where they are of several channels: then which one is asked.
    """
    table, guesses = choice.table, choice.holding("resistance")
    channels = {column.channel for column in guesses}
    if channel is not None and guesses:
        if channel not in channels:
            names = ", ".join(sorted(filter(None, channels)))
            has = f"channels with data: {names}" if names else "no column names a channel"
            raise DataError(f"{table.file}: channel {shown(channel)} holds no resistances; {has}")
        guesses = [column for column in guesses if column.channel == channel]
    elif len(channels) > 1:
        option = "--channel NUMBER or --resistance NAME"
        choice.several("resistance", guesses, option)
        return None
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
