"""The sweeps of a measurement, found by order, time, and what differs between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.transport.sweeps import FEWEST_IN_SWEEP, Difference, sweeps_of
from analysis.typing import Floats, Place

Points = NDArray[np.intp]
# What the order of a sweep's points shows where it shows no direction.
NO_ORDER = "in no order"


class Level(NamedTuple):
    """What is constant within a sweep: "field 9999.7 Oe"."""

    name: str
    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.name} {self.value:.6g} {self.unit}".rstrip()

    def to_dict(self) -> dict[str, Any]:
        """Return value and unit, ready for JSON."""
        return {"value": self.value, "unit": self.unit}


@dataclass(frozen=True, eq=False)
class Condition:
    """A column that has the same value all along a sweep.

    Attributes
    ----------
    levels : tuple of Level
        Its values, each the median of what belongs to it.
    of_point : ndarray of int, shape (N,)
        The number of each point's level, from 0, in the file's order; -1 between levels.
    is_field : bool
        Whether it is a magnetic field.
    """

    levels: tuple[Level, ...]
    of_point: Points
    is_field: bool


@dataclass(frozen=True, eq=False)
class Sweep:
    """One of the sweeps.

    Attributes
    ----------
    number : int
        From 1, in the order in which they were measured.
    direction : {"warming", "cooling", "in no order"}
    points : ndarray of int
        Which of the file's points, in the order in which they were measured.
    low, high : float
        Lowest and highest temperature, K.
    field : Level or None
        The magnetic field, where a column says it.
    others : tuple of Level
        What else differs between sweeps.
    time : (float, float) or None
        First and last, s.
    rows : str
        "row 7 to row 133".
    apart : Difference or None
        How far it lies from the used one; None if they agree.
    """

    number: int
    direction: str
    points: Points
    low: float
    high: float
    field: Level | None
    others: tuple[Level, ...]
    time: tuple[float, float] | None
    rows: str
    apart: Difference | None = None

    @property
    def span(self) -> float:
        """Width of its range of temperatures, K."""
        return self.high - self.low

    @property
    def words(self) -> str:
        """Its direction, range, field and rows."""
        span = f"{self.high:.4g} to {self.low:.4g}"
        if self.direction != "cooling":
            span = f"{self.low:.4g} to {self.high:.4g}"
        levels = map(str, (*((self.field,) if self.field else ()), *self.others))
        return ", ".join(
            [self.direction, f"{span} K", *levels, f"{self.points.size} points", self.rows]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the same, ready for JSON."""
        time = self.time and {"min": self.time[0], "max": self.time[1], "unit": "s"}
        return {
            "number": self.number,
            "direction": self.direction,
            "temperature": {"min": self.low, "max": self.high, "unit": "K"},
            "n_points": self.points.size,
            "rows": self.rows,
            "field": self.field and self.field.to_dict(),
            "others": {level.name: level.to_dict() for level in self.others},
            "time": time,
        }


def find_sweeps(
    temperature: Floats,
    time: Floats | None = None,
    conditions: Sequence[Condition] = (),
    where: Place = "point {}".format,
) -> tuple[Sweep, ...]:
    """Return the sweeps of a measurement, in the order of their first points.

    Parameters
    ----------
    temperature : ndarray, shape (N,)
        K, in the file's order.
    time : ndarray, shape (N,), optional
        s. It decides the order if the rows were sorted by something else.
    conditions : sequence of Condition
        Points of different levels belong to different sweeps, even if they alternate.
    where : callable
        Turns the index of a point into words.

    Returns
    -------
    tuple of Sweep
        Points between sweeps, or too few for one, belong to none.
    """
    order = _order(time, temperature.size)
    levels = np.array([condition.of_point for condition in conditions], dtype=np.intp)
    parts: list[tuple[str, Points, tuple[int, ...]]] = []
    for own, points in _groups(levels, order):
        sweeps = sweeps_of(temperature[points])
        if not len(sweeps):
            parts.append((NO_ORDER, points, own))
        parts += [
            (direction, points[sweeps.of_point == i], own)
            for i, direction in enumerate(sweeps.directions)
        ]
    parts.sort(key=lambda part: int(np.flatnonzero(order == part[1][0])[0]))
    return tuple(
        _sweep(number, part, temperature, time, conditions, where)
        for number, part in enumerate(parts, 1)
    )


def _order(time: Floats | None, size: int) -> Points:
    """Return the order of measurement: that of the rows, unless times run to and fro in it."""
    if time is None or (np.diff(time) < 0).sum() <= size / 20:  # concatenated files start anew
        return np.arange(size)
    return np.argsort(time, kind="stable")


def _groups(levels: NDArray[np.intp], order: Points) -> Iterator[tuple[tuple[int, ...], Points]]:
    """Yield the points of each combination of levels, in their order."""
    if not len(levels):
        yield (), order
        return
    ordered = levels[:, order]
    for own in np.unique(ordered[:, (ordered >= 0).all(axis=0)], axis=1).T:
        points = order[(ordered == own[:, None]).all(axis=0)]
        if points.size >= FEWEST_IN_SWEEP:
            yield tuple(own.tolist()), points


def _sweep(
    number: int,
    part: tuple[str, Points, tuple[int, ...]],
    temperature: Floats,
    time: Floats | None,
    conditions: Sequence[Condition],
    where: Place,
) -> Sweep:
    direction, points, own = part
    pairs = zip(conditions, own, strict=True)
    at = [(condition.is_field, condition.levels[level]) for condition, level in pairs]
    others = [
        level
        for condition, (is_field, level) in zip(conditions, at, strict=True)
        if not is_field and len(condition.levels) > 1
    ]
    first, last = int(points.min()), int(points.max())
    t, times = temperature[points], None if time is None else time[points]
    return Sweep(
        number,
        direction,
        points,
        float(t.min()),
        float(t.max()),
        next((level for is_field, level in at if is_field), None),
        tuple(others),
        None if times is None else (float(times.min()), float(times.max())),
        f"{where(first)} to {where(last)}",
    )
