"""The choice among several sweeps of a file.

A file may contain a curve several times: cooling and warming, loops, one sweep for each magnetic
field. A fit of all sweeps together would describe none of them. Unless the user names a sweep, the
package takes the sweep in the smallest field, then with the widest range, then the slowest, then
the first; and all sweeps that agree with it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from analysis.transport.measured import NO_ORDER, Points, Sweep
from analysis.transport.sweeps import LEAST_DIFFERENCE, Difference, Sweeps, difference, in_words
from analysis.typing import Floats

# What is as wide or as slow as this part of the widest or slowest is as good.
AS_WIDE, AS_SLOW = 0.9, 0.67
# Of more sweeps than these, the others are not compared with the used one.
MOST_COMPARED = 60


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

    def apart(self, number: int, numbers: Iterable[int]) -> Difference | None:
        """Return how far a sweep lies from others; None if they agree within their scatter."""
        least = LEAST_DIFFERENCE * self.largest
        return difference(self.curve(numbers), self.curve([number]), least)

    @property
    def whole(self) -> bool:
        """Whether all points of the file are used."""
        return len(self.used) == len(self.sweeps)

    @cached_property
    def points(self) -> Points:
        """Which of the file's points are used, in the order in which they were measured."""
        if self.whole:
            return np.arange(self.temperature.size)
        return np.concatenate([sweep.points for sweep in self.sweeps if sweep.number in self.used])

    @property
    def curve_sweeps(self) -> Sweeps | None:
        """The sweeps of `points`; None where the order of these shows them as well."""
        used = [sweep for sweep in self.sweeps if sweep.number in self.used]
        if self.whole or any(sweep.direction == NO_ORDER for sweep in used):
            return None
        each = [np.full(sweep.points.size, i, dtype=np.intp) for i, sweep in enumerate(used)]
        return Sweeps(tuple(sweep.direction for sweep in used), np.concatenate(each))

    @cached_property
    def beside(self) -> tuple[tuple[Floats, Floats], ...]:
        """The points of those in the same field that differ, where none was asked for."""
        used = self.sweeps[self.used[0] - 1]
        levels = used.field, used.others
        same = [sweep for sweep in self._left if (sweep.field, sweep.others) == levels]
        differ = [sweep for sweep in same if sweep.apart]
        return () if self.asked else tuple(self.curve([sweep.number]) for sweep in differ)

    @property
    def _left(self) -> list[Sweep]:
        return [sweep for sweep in self.sweeps if sweep.number not in self.used]

    @property
    def words(self) -> str:
        """What is used: "sweep 1 of 6 (cooling, 200 to 5 K, field 10000 Oe, ...)"."""
        used = [sweep for sweep in self.sweeps if sweep.number in self.used]
        if len(self.sweeps) == 1:
            return used[0].words
        if len(used) == 1:
            return f"sweep {used[0].number} of {len(self.sweeps)} ({used[0].words})"
        named = ", ".join(str(number) for number in self.used)
        fields = {sweep.field for sweep in used}
        field = f" ({used[0].field})" if len(fields) == 1 and used[0].field else ""
        return f"sweeps {named} of {len(self.sweeps)}{field}"

    @property
    def named(self) -> str:
        """All sweeps in words: "2 sweeps up and down in temperature"."""
        ways = [sweep.direction for sweep in self.sweeps]
        text = f"{len(ways)} sweeps"
        if NO_ORDER not in ways:
            text = Sweeps(tuple(ways), np.zeros(0, dtype=np.intp)).named
        different = {sweep.field for sweep in self.sweeps if sweep.field}
        fields = sorted(different, key=lambda field: field.value)
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
            return (f"used as requested: {self.words}",)
        return (self._sentence,)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The same where it casts doubt on the numbers."""
        return (self._sentence,) if self._doubtful and not self.asked else ()

    @property
    def _doubtful(self) -> bool:
        return any(sweep.apart for sweep in self._left if sweep.number in self.among)

    @property
    def _sentence(self) -> str:
        if self.whole:
            return f"the file holds {self.named}; all are used: they agree within their scatter"
        apart = [sweep.apart for sweep in self._left if sweep.apart and sweep.number in self.among]
        differ = ""
        if apart:
            differ = f", and {in_words(apart, self.largest)}"
        covered = "; the error of T_c includes this difference" if self.beside else ""
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
            "sweeps": [sweep.to_dict() for sweep in self.sweeps if sweep.number in self.used],
        }

    def listed(self) -> list[dict[str, Any]]:
        """Return all sweeps, ready for JSON, with how far each lies from what is used."""

        def apart(sweep: Sweep) -> dict[str, Any] | None:
            if sweep.apart is None:
                return None
            return {
                "percent": 100 * sweep.apart.resistance / self.largest,
                "near": sweep.apart.place,
                "kelvin": sweep.apart.temperature,
            }

        return [
            {**sweep.to_dict(), "used": sweep.number in self.used, "apart": apart(sweep)}
            for sweep in self.sweeps
        ]


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
    allowed = tuple(sweep.number for sweep in sweeps) if among is None else tuple(among)
    best, basis = _best([sweeps[number - 1] for number in allowed])
    measured = Measured(
        sweeps,
        numbers or (best.number,),
        "as requested" if numbers else basis,
        bool(numbers),
        allowed,
        temperature,
        resistance,
    )
    candidates = [sweeps[number - 1] for number in allowed[:MOST_COMPARED] if number != best.number]
    for sweep in () if numbers else candidates:
        if (
            sweep.field == best.field
            and (sweep.others == best.others or _overlap(sweep, best))
            and not any(measured.apart(sweep.number, [used]) for used in measured.used)
        ):
            measured = replace(measured, used=tuple(sorted((*measured.used, sweep.number))))
    compared = (
        replace(sweep, apart=measured.apart(sweep.number, measured.used))
        if sweep.number not in measured.used and sweep.number <= MOST_COMPARED
        else sweep
        for sweep in sweeps
    )
    return replace(measured, sweeps=tuple(compared))


def _overlap(sweep: Sweep, best: Sweep) -> bool:
    shared = min(sweep.high, best.high) - max(sweep.low, best.low)
    return shared > 0.5 * sweep.span


def _best(sweeps: Sequence[Sweep]) -> tuple[Sweep, str]:
    """Return the sweep that is used by default, and why."""
    timed = all(sweep.time for sweep in sweeps)

    def field(sweep: Sweep) -> float:
        return abs(sweep.field.value) if sweep.field else 0.0

    def slow(sweep: Sweep) -> float:
        return sweep.time[1] - sweep.time[0] if timed and sweep.time else float(sweep.points.size)

    least = min(map(field, sweeps))
    rules: tuple[tuple[str, Callable[[Sweep, Sequence[Sweep]], bool]], ...] = (
        ("in the smallest field", lambda sweep, _: field(sweep) == least),
        (
            "with the widest range",
            lambda sweep, left: sweep.span >= AS_WIDE * max(other.span for other in left),
        ),
        ("measured most slowly", lambda sweep, left: slow(sweep) >= AS_SLOW * max(map(slow, left))),
    )
    left, why = list(sweeps), list[str]()
    for reason, rule in rules:
        better = [sweep for sweep in left if rule(sweep, left)]
        if len(better) < len(left):
            left, why = better, [*why, reason]
    if len(left) > 1:
        why = ["the first", *why]
    return left[0], " ".join(why) if why else "the only sweep"
