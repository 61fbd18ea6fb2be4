"""The sweeps of one measurement: which there are, how far they differ, and which is used.

A file may hold a curve several times: cooling and warming, loops, one sweep for each magnetic
field. A fit of all of them together is one of none. Unless it is said which, one is used: of the
smallest field, then the widest, the slowest, the first; and those that agree with it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.transport.sweeps import (
    FEWEST_IN_SWEEP,
    LEAST_DIFFERENCE,
    Difference,
    Sweeps,
    difference,
    sweeps_of,
)
from analysis.typing import Floats, Place

Points = NDArray[np.intp]
# What is as wide or as slow as this part of the widest or slowest is as good.
AS_WIDE, AS_SLOW = 0.9, 0.67
# Of more sweeps than these, the others are not compared with the used one.
MOST_COMPARED = 60
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


@dataclass(frozen=True, eq=False)
class Measured:
    """All sweeps of a file, and those that are used.

    Attributes
    ----------
    sweeps : tuple of Sweep
    used : tuple of int
        The numbers of those that are used; all of them agree, unless they were asked for.
    basis : str
        Why these, in words.
    asked : bool
        Whether the user has named the sweep.
    among : tuple of int
        The numbers of those in the field that was asked for; all if none was.
    temperature, resistance : ndarray, shape (N,)
        All points of the file, in its order: K, and in any unit.
    """

    sweeps: tuple[Sweep, ...]
    used: tuple[int, ...]
    basis: str
    asked: bool
    among: tuple[int, ...]
    temperature: Floats
    resistance: Floats

    @property
    def largest(self) -> float:
        """The largest resistance, with which differences are compared."""
        return float(np.abs(self.resistance).max(initial=0.0)) or 1.0

    def curve(self, numbers: Iterable[int]) -> tuple[Floats, Floats]:
        """Return the points of some sweeps in ascending temperature: K, and resistances."""
        points = np.concatenate([self.sweeps[number - 1].points for number in numbers])
        points = points[np.argsort(self.temperature[points], kind="stable")]
        return self.temperature[points], self.resistance[points]

    def apart(self, one: int, others: Iterable[int]) -> Difference | None:
        """Return how far a sweep lies from others; None if they agree within their scatter."""
        least = LEAST_DIFFERENCE * self.largest
        return difference(self.curve(others), self.curve([one]), least)

    @property
    def whole(self) -> bool:
        """Whether all points of the file are used."""
        return len(self.used) == len(self.sweeps)

    @cached_property
    def points(self) -> Points:
        """Which of the file's points are used, in the order in which they were measured."""
        if self.whole:
            return np.arange(self.temperature.size)
        return np.concatenate([one.points for one in self.sweeps if one.number in self.used])

    @property
    def curve_sweeps(self) -> Sweeps | None:
        """The sweeps of `points`; None where the order of these shows them as well."""
        used = [one for one in self.sweeps if one.number in self.used]
        if self.whole or any(one.direction == NO_ORDER for one in used):
            return None
        each = [np.full(one.points.size, i, dtype=np.intp) for i, one in enumerate(used)]
        return Sweeps(tuple(one.direction for one in used), np.concatenate(each))

    @cached_property
    def beside(self) -> tuple[tuple[Floats, Floats], ...]:
        """The points of those in the same field that differ, where none was asked for."""
        used = self.sweeps[self.used[0] - 1]
        same = [one for one in self._left if (one.field, one.others) == (used.field, used.others)]
        differ = [one for one in same if one.apart]
        return () if self.asked else tuple(self.curve([one.number]) for one in differ)

    @property
    def _left(self) -> list[Sweep]:
        return [one for one in self.sweeps if one.number not in self.used]

    @property
    def words(self) -> str:
        """What is used: "sweep 1 of 6 (cooling, 200 to 5 K, field 10000 Oe, ...)"."""
        used = [one for one in self.sweeps if one.number in self.used]
        if len(self.sweeps) == 1:
            return used[0].words
        if len(used) == 1:
            return f"sweep {used[0].number} of {len(self.sweeps)} ({used[0].words})"
        named = ", ".join(str(number) for number in self.used)
        field = (
            f" ({used[0].field})" if len({one.field for one in used}) == 1 and used[0].field else ""
        )
        return f"sweeps {named} of {len(self.sweeps)}{field}"

    @property
    def named(self) -> str:
        """All sweeps in words: "2 sweeps up and down in temperature"."""
        ways = [one.direction for one in self.sweeps]
        text = f"{len(ways)} sweeps"
        if NO_ORDER not in ways:
            text = Sweeps(tuple(ways), np.zeros(0, dtype=np.intp)).named
        fields = sorted({one.field for one in self.sweeps if one.field}, key=lambda one: one.value)
        if len(fields) < 2:
            return text
        low, high = fields[0], fields[-1]
        return f"{text}, in fields of {low.value:.6g} to {high.value:.6g} {high.unit}".rstrip()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known."""
        if len(self.sweeps) < 2 or (self._doubtful and not self.asked):
            return ()
        if self.asked or len(self.among) < len(self.sweeps):
            return (f"used as asked: {self.words}",)
        return (self._said,)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The same where it casts doubt on the numbers."""
        return (self._said,) if self._doubtful and not self.asked else ()

    @property
    def _doubtful(self) -> bool:
        return any(one.apart for one in self._left if one.number in self.among)

    @property
    def _said(self) -> str:
        if self.whole:
            return f"the file holds {self.named}; all are used: they agree within their scatter"
        apart = [one.apart for one in self._left if one.apart and one.number in self.among]
        differ = ""
        if apart:
            worst = max(apart, key=lambda one: one.resistance)
            shift = max(one.temperature for one in apart)
            kelvin = f", and by up to {shift:.2g} K at equal resistance" if shift else ""
            differ = (
                f", and they differ: by up to {100 * worst.resistance / self.largest:.2g} % of the "
                f"largest resistance, near {worst.place:.4g} K{kelvin}"
            )
        covered = "; how far the others lie is in the error of T_c" if self.beside else ""
        field = " or --field VALUE" if self.sweeps[0].field else ""
        return (
            f"the file holds {self.named}{differ}. Used: {self.words}, {self.basis}{covered}; "
            f"choose with --sweep NUMBER{field} (`check` lists them)"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what is used, ready for JSON."""
        return {
            "used": list(self.used),
            "of": len(self.sweeps),
            "basis": self.basis,
            "words": self.words,
            "sweeps": [one.to_dict() for one in self.sweeps if one.number in self.used],
        }

    def listed(self) -> list[dict[str, Any]]:
        """Return all sweeps, ready for JSON, with how far each lies from what is used."""

        def apart(one: Sweep) -> dict[str, Any] | None:
            if one.apart is None:
                return None
            return {
                "percent": 100 * one.apart.resistance / self.largest,
                "near": one.apart.place,
                "kelvin": one.apart.temperature,
            }

        return [
            {**one.to_dict(), "used": one.number in self.used, "apart": apart(one)}
            for one in self.sweeps
        ]


# ---------------------------------------------------------------------------- finding


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
    levels = np.array([one.of_point for one in conditions], dtype=np.intp)
    parts: list[tuple[str, Points, tuple[int, ...]]] = []
    for own, points in _groups(levels, order):
        found = sweeps_of(temperature[points])
        if not len(found):
            parts.append((NO_ORDER, points, own))
        parts += [
            (direction, points[found.of_point == i], own)
            for i, direction in enumerate(found.directions)
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
    at = [(one.is_field, one.levels[level]) for one, level in zip(conditions, own, strict=True)]
    others = [
        level
        for one, (is_field, level) in zip(conditions, at, strict=True)
        if not is_field and len(one.levels) > 1
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


# ---------------------------------------------------------------------------- choosing


def choose_sweeps(
    sweeps: tuple[Sweep, ...],
    temperature: Floats,
    resistance: Floats,
    *,
    among: Iterable[int] | None = None,
    numbers: tuple[int, ...] = (),
) -> Measured:
    """Choose what is used of a measurement.

    Parameters
    ----------
    sweeps : tuple of Sweep
        Of `find_sweeps`, at least one.
    temperature, resistance : ndarray, shape (N,)
        In the file's order.
    among : iterable of int, optional
        Only these sweeps, by number: those in a field that was asked for.
    numbers : tuple of int
        These and no others: what was asked for.
    """
    allowed = tuple(one.number for one in sweeps) if among is None else tuple(among)
    best, basis = _best([sweeps[number - 1] for number in allowed])
    found = Measured(
        sweeps,
        numbers or (best.number,),
        "as asked" if numbers else basis,
        bool(numbers),
        allowed,
        temperature,
        resistance,
    )
    others = [sweeps[number - 1] for number in allowed[:MOST_COMPARED] if number != best.number]
    for one in () if numbers else others:
        if (
            one.field == best.field
            and (one.others == best.others or _overlap(one, best))
            and not any(found.apart(one.number, [other]) for other in found.used)
        ):
            found = replace(found, used=tuple(sorted((*found.used, one.number))))
    compared = (
        replace(one, apart=found.apart(one.number, found.used))
        if one.number not in found.used and one.number <= MOST_COMPARED
        else one
        for one in sweeps
    )
    return replace(found, sweeps=tuple(compared))


def _overlap(one: Sweep, other: Sweep) -> bool:
    shared = min(one.high, other.high) - max(one.low, other.low)
    return shared > 0.5 * (one.high - one.low)


def _best(sweeps: Sequence[Sweep]) -> tuple[Sweep, str]:
    """Return the sweep that is used by default, and why."""
    timed = all(one.time for one in sweeps)

    def field(one: Sweep) -> float:
        return abs(one.field.value) if one.field else 0.0

    def slow(one: Sweep) -> float:
        return one.time[1] - one.time[0] if timed and one.time else float(one.points.size)

    least = min(map(field, sweeps))
    rules: tuple[tuple[str, Callable[[Sweep, Sequence[Sweep]], bool]], ...] = (
        ("of the smallest field", lambda one, _: field(one) == least),
        (
            "of the widest range",
            lambda one, left: one.high - one.low >= AS_WIDE * max(s.high - s.low for s in left),
        ),
        ("the slowest", lambda one, left: slow(one) >= AS_SLOW * max(map(slow, left))),
    )
    left, why = list(sweeps), list[str]()
    for reason, rule in rules:
        better = [one for one in left if rule(one, left)]
        if len(better) < len(left):
            left, why = better, [*why, reason]
    if len(left) > 1:
        why = ["the first", *why]
    return left[0], " ".join(why) if why else "the only one"
