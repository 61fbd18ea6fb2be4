"""The units of errors beside those of the values that they belong to."""

import unicodedata

import numpy as np

from analysis.errors import DataError, shown
from analysis.pressure.compression import LENGTHS, PRESSURES
from analysis.reading.columns import parse_unit, unit_in
from analysis.typing import Floats

_PERCENT = ("%", "percent", "per cent")


def in_unit_of(errors: Floats, unit: str, values: Floats, unit_of_values: str) -> Floats:
    """Return errors in the unit of the values.

    Parameters
    ----------
    errors, values : ndarray, shape (N,)
    unit, unit_of_values : str
        As the headings write them; "" where they do not. Errors without one are in that of the
        values.

    Raises
    ------
    DataError
        If one unit cannot be turned into the other.

    Examples
    --------
    >>> in_unit_of(np.array([0.2]), "pm", np.array([5.4]), "nm").round(7)
    array([0.0002])
    """
    own, wanted = _plain(unit), _plain(unit_of_values)
    if own in ("", wanted):
        return errors
    if own.lower() in _PERCENT:
        return np.abs(values) * errors / 100
    for table in (LENGTHS, PRESSURES):
        if (name := unit_in(table, own)) and (of_values := unit_in(table, wanted)):
            return errors * (table[name] / table[of_values])
    own_unit, other = parse_unit(own), parse_unit(wanted)
    if (
        own_unit
        and other
        and (own_unit.quantity, own_unit.becomes) == (other.quantity, other.becomes)
    ):
        return errors * (own_unit.factor / other.factor)
    stated = f"those in {shown(unit_of_values)}" if wanted else "values whose unit is not stated"
    raise DataError(f"errors in {shown(unit)} cannot be compared with {stated}")


def _plain(unit: str) -> str:
    return unicodedata.normalize("NFKC", unit).strip(" .")
