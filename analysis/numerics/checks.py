"""Checks of measured values, whatever they are of."""

import numpy as np

from analysis.errors import DataError
from analysis.typing import Floats, Place

# Meters write 9.9E37 for "out of range". Below this, squares and reciprocals are far from the
# limits of a float.
OVERLOAD = 1e30


def refuse_overload(
    values: Floats,
    label: str,
    *,
    name: str,
    where: Place = "point {}".format,
    written_by: str = "meters write this for an overload or open circuit",
) -> None:
    """Refuse what is no finite number, or what an instrument writes when it is out of range.

    Raises
    ------
    DataError
        For the first value that is NaN, infinite, or 1e30 and more in size.
    """
    bad = np.flatnonzero(~(np.abs(values) < OVERLOAD))
    if bad.size:
        value = values[bad[0]]
        need = (
            f"{written_by}; values must be below {OVERLOAD:g}, so leave such rows out"
            if np.isfinite(value)
            else "every value must be a finite number"
        )
        raise DataError(f"{name}, {where(int(bad[0]))}: {label} is {value:g}; {need}")
