"""Read one's own R(T) file.

`formats` turns the file into cells, `points` these into numbers in K and ohm.
"""

from functools import partial
from pathlib import Path
from typing import Any

from analysis.reading.columns import RESISTANCE
from analysis.reading.formats import contents
from analysis.reading.opened import open_source
from analysis.reading.points import Reading, points_of
from analysis.transport.curve import ResistanceCurve
from analysis.typing import AnyPath


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
    voltage_unit: str | None = None,
    current_unit: str | None = None,
    sheet: str | int | None = None,
    decimal: str | None = None,
    sweep: str | int | None = None,
    field: str | float | None = None,
    skip_bad_rows: bool = False,
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
    voltage_unit, current_unit : str, optional
        Likewise, of those columns ("V", "mV" ...; "A", "uA" ...).
    sheet : str or int, optional
        Sheet of a workbook, by name or number from 1.
    decimal : {".", ","}, optional
        The decimal mark, where the file leaves it open.
    sweep : int or str, optional
        Which of several sweeps: its number (`check` lists them), "cooling" or "warming" where
        there is one, or "all" of them. By default one is used, of the smallest field, then of
        the widest range, the slowest, the first, with those that agree with it.
    field : float or str, optional
        Only what was measured in this magnetic field: in the unit of its column, or "1 T".
    skip_bad_rows : bool
        Leave out rows without a number where one is needed, with an overload, at 0 K or below, or
        without a current; `warnings` say which. At most half of the rows.
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
        file's own line number), the column, what was found and what is allowed. Where the file
        leaves several things open, one `OpenQuestions` asks them all.
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
        voltage_unit=voltage_unit,
        current_unit=current_unit,
        sheet=sheet,
        decimal=decimal,
        sweep=sweep,
        field=field,
        skip_bad_rows=skip_bad_rows,
    )
    return reading.curve(name=name or Path(path).stem, pressure=pressure)


def read_points(path: AnyPath, **options: Any) -> Reading:
    """Read R(T) as `read_resistance` does, and also say which columns it came from."""
    return points_of(partial(open_source, Path(path), RESISTANCE), contents, **options)
