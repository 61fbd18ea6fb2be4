"""The columns of a data set, from one curve, or of lattice constants from several."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.catalogue.originals.kinds import Curve
from analysis.errors import DataError
from analysis.reading.originals.series import Series
from analysis.typing import Floats

# Pressures of one point that were read from several panels agree within so many errors.
AGREE = 4.0


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a data set.

    Attributes
    ----------
    role : str
        Its name, too.
    values : ndarray, shape (N,)
    unit : str
    error : ndarray, shape (N,), or None
        Standard errors that the original states; not a number where it states none.
    reading, step : float
        See `Series`; 0 for numbers.
    """

    role: str
    values: Floats
    unit: str
    error: Floats | None = None
    reading: float = 0.0
    step: float = 0.0


def columns_of(members: Sequence[tuple[Curve, Series]]) -> tuple[Column, ...]:
    """Return the columns of a data set: of one curve, or of several that share their pressures.

    Raises
    ------
    DataError
        If curves of one name have other pressures, or two are the same axis.
    """
    both = [tuple(_columns(curve, series)) for curve, series in members]
    if members[0][0].kind != "lattice":
        return both[0]
    pairs = [sorted(pair, key=lambda column: column.role != "pressure") for pair in both]
    return _shared(
        members[0][0].name, [pressure for pressure, _ in pairs], [axis for _, axis in pairs]
    )


def _columns(curve: Curve, series: Series) -> Iterator[Column]:
    yield Column(curve.x, series.x, curve.x_unit, series.x_error, series.x_reading, series.x_step)
    yield Column(curve.y, series.y, curve.y_unit, series.y_error, series.y_reading, series.y_step)


def _shared(name: str, pressures: Sequence[Column], axes: Sequence[Column]) -> tuple[Column, ...]:
    """Return lattice constants beside one column of pressures: their weighted means."""
    first = pressures[0]
    problem = f"lattice constants {name!r}: {' and '.join(axis.role for axis in axes)} have"
    hint = "curves that belong to other pressures need another name in the plan"
    if len({column.values.size for column in pressures}) > 1:
        sizes = ", ".join(str(column.values.size) for column in pressures)
        raise DataError(f"{problem} {sizes} points; {hint}, or take = false")
    if len({column.unit for column in pressures}) > 1:
        raise DataError(
            f"{problem} pressures in {', '.join(column.unit for column in pressures)}; {hint}"
        )
    errors = np.array([column.reading for column in pressures])
    drawn = np.array([column.values for column in pressures])
    near = AGREE * np.hypot(errors[0], errors.max())
    in_one_order = bool((_apart(drawn) <= near + 1e-9 * np.abs(drawn[0])).all())
    if in_one_order:
        orders = [np.argsort(drawn.mean(axis=0), kind="stable")] * len(axes)
    else:
        orders = [np.argsort(column.values, kind="stable") for column in pressures]
    sorted_ = np.array([row[order] for row, order in zip(drawn, orders, strict=True)])
    apart, allowed = _apart(sorted_), near + 1e-9 * np.abs(sorted_[0])
    if (apart > allowed).any():
        at = int(np.argmax(apart - allowed))
        readings = " and ".join(f"{value:g}" for value in dict.fromkeys(sorted_[:, at].tolist()))
        raise DataError(f"{problem} other pressures ({readings} {first.unit}); {hint}")
    gaps = np.diff(sorted_, axis=1).min(axis=0)
    if not in_one_order and (gaps <= allowed[1:]).any():
        at = int(np.argmin(gaps - allowed[1:]))
        raise DataError(
            f"{problem} points at {sorted_[0, at]:g} and {sorted_[0, at + 1]:g} {first.unit} that "
            "lie closer together than the reading error of their pressures, and are drawn in "
            f"another order: it is unclear which belong together; {hint}, or take = false"
        )
    weights = 1 / errors**2 if (errors > 0).all() else np.eye(len(axes))[0]
    mean = weights @ sorted_ / weights.sum()
    error = weights.sum() ** -0.5 if (errors > 0).all() else 0.0
    shared = Column("pressure", mean, first.unit, None, float(error), first.step)
    both = sorted(zip(axes, orders, strict=True), key=lambda pair: pair[0].role)
    return shared, *(
        replace(axis, values=axis.values[o], error=None if axis.error is None else axis.error[o])
        for axis, o in both
    )


def _apart(pressures: Floats) -> Floats:
    """Return how far each point's pressures are from the first one's at most."""
    apart: Floats = np.abs(pressures - pressures[0]).max(axis=0)
    return apart
