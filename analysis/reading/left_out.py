"""Rows that hold no measurement: which they are, and what is said of leaving them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.errors import DataError

# Where more than this part of the rows is bad, the wrong columns are read.
MOST_LEFT_OUT = 0.5
# Rows, and kinds of them, that a sentence names.
_NAMED = 5


@dataclass(frozen=True)
class LeftOut:
    """Rows that are left out, by what they hold in place of numbers.

    Attributes
    ----------
    places : mapping of str to tuple of str
        For each kind ("'OVLD'", "a current of 0") where they stand ("row 17").
    """

    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(places) for places in self.places.values())

    @classmethod
    def of(cls, bad: Sequence[tuple[int, str]]) -> "LeftOut":
        """Return rows by their numbers and kinds."""
        kinds = dict.fromkeys(kind for _, kind in bad)
        return cls({k: tuple(f"row {row}" for row, kind in bad if kind == k) for k in kinds})

    def more(self, kind: str, places: Sequence[str]) -> "LeftOut":
        """Return these and others."""
        return LeftOut({**self.places, kind: (*self.places.get(kind, ()), *places)})

    def words(self, file: str, points: int) -> list[str]:
        """Return what is said of the rows that were left out, beside so many points: a sentence.

        Raises
        ------
        DataError
            If they are more than the points.
        """
        if not len(self):
            return []
        kinds = [f"{len(at)} with {kind} ({_first(at)})" for kind, at in self.places.items()]
        if len(kinds) > _NAMED:
            kinds[_NAMED:] = [f"{len(kinds) - _NAMED} more kinds"]
        text = f"{len(self)} of {len(self) + points} rows hold no measurement: {', '.join(kinds)}"
        if len(self) > MOST_LEFT_OUT * (len(self) + points):
            raise DataError(
                f"{file}: {text}; these are too many to leave out: are the columns and units right?"
            )
        return [f"{text}; they are left out"]


def how_to_leave_out(bad: int, rows: int) -> str:
    """Return the advice to leave so many of the rows out, or "" where that would be too many."""
    if bad > MOST_LEFT_OUT * rows:
        return ""
    return f"; --skip-bad-rows leaves out {bad} such row{'s' * (bad > 1)} of {rows}"


def rows_in_words(rows: Sequence[int]) -> str:
    """Return "row 17" or "rows 17, 34, 51 ..."."""
    return f"row{'s' * (len(rows) > 1)} {_first([str(row) for row in rows])}"


def _first(places: Sequence[str]) -> str:
    more = " ..." if len(places) > _NAMED else ""
    return ", ".join(places[:_NAMED]).replace(", row ", ", ") + more
