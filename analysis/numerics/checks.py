"""Checks of measured values of any kind."""

from typing import Any

import numpy as np

from analysis.errors import DataError, shown
from analysis.typing import Floats, Place

# Meters write 9.9E37 for "out of range". Below this, squares and reciprocals are far from the
# limits of a float.
OVERLOAD = 1e30
MOST = 1.7e308


def as_python(value: object) -> object:
    """Return a number of numpy's as Python's: a short one would overflow where it is compared."""
    if isinstance(value, np.floating):
        return float(value)
    return int(value) if isinstance(value, np.integer) else value


def as_number(name: str, value: object, *, finite: bool = True) -> float:
    """Return a number as a float; it must be finite unless the caller checks that itself.

    Raises
    ------
    DataError
        If it is not a number.
    """
    value = as_python(value)
    # No `isfinite`: integers of any length compare with floats, but are not turned into one.
    if isinstance(value, (int, float)) and (
        -MOST <= value <= MOST or not (finite or isinstance(value, int))
    ):
        return float(value)
    raise DataError(f"{name} must be a number, got {shown(value)}")


def as_numbers(name: str, values: Any) -> Floats:
    """Return values of any shape as a new array of floats; the caller checks NaN and infinities.

    Raises
    ------
    DataError
        If some are no numbers, or complex, or masked: what a mask hides would count again.
    """
    if values is None:
        raise DataError(f"{name}: numbers are needed, got None")
    if np.ma.is_masked(values):
        raise DataError(f"{name}: some values are masked; remove them, as compressed() does")
    try:
        array = np.array(values)
        # Complex numbers stay objects here, which are not made floats.
        return array.astype(object if np.iscomplexobj(array) else float).astype(float)
    except Exception as error:  # noqa: BLE001 - of whatever object it is
        raise DataError(f"{name}: not an array of numbers ({error})") from None


def as_vector(name: str, values: Any) -> Floats:
    """Return values as a new array of floats in one dimension.

    Raises
    ------
    DataError
        As `as_numbers`, and for any other shape.
    """
    vector = as_numbers(name, values)
    if vector.ndim != 1:
        raise DataError(f"{name}: has shape {vector.shape}; one dimension is needed")
    return vector


def as_errors(name: str, stated: Any, values: Floats) -> Floats:
    """Return standard errors of values; zeros if none are given or any of them is a nan.

    Raises
    ------
    DataError
        If one of them is not above 0, or they are of another shape.
    """
    errors = as_numbers(name, np.nan if stated is None else stated)
    if errors.shape not in ((), values.shape) or (errors <= 0).any() or np.isinf(errors).any():
        raise DataError(f"{name} needs one number above 0 for each value, or one for all")
    return np.broadcast_to(0.0 if np.isnan(errors).any() else errors, values.shape)


def known_errors(errors: Floats | None) -> Floats:
    """Return errors, with a nan for each that is not above 0, infinite, or not given."""
    row = np.asarray(errors, dtype=float)
    return np.where((row > 0) & (row < np.inf), row, np.nan)


def refuse_shapes(**named: Floats) -> None:
    """Refuse arrays that do not broadcast.

    Raises
    ------
    DataError
        The message names them with their shapes.
    """
    try:
        np.broadcast_shapes(*(values.shape for values in named.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {values.shape}" for name, values in named.items())
        raise DataError(f"shapes that do not match: {shapes}") from None


def refuse_overload(
    values: Floats,
    label: str,
    *,
    name: str,
    where: Place = "point {}".format,
    written_by: str = "meters write this for an overload or open circuit",
) -> None:
    """Refuse values that are not finite, or that an instrument writes when out of range.

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
