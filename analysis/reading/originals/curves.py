"""From the columns of a table to curves: points, states, and what is missing or doubtful."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, pairwise

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.cells import is_formula
from analysis.reading.columns import is_unit
from analysis.reading.left_out import rows_in_words
from analysis.reading.originals.error_units import in_unit_of
from analysis.reading.originals.grids import Grid
from analysis.reading.originals.groups import Group
from analysis.reading.originals.heads import Head
from analysis.reading.originals.naming import ABSCISSAE, STATE, in_state, is_state
from analysis.reading.originals.series import Series
from analysis.reading.originals.strips import Strip
from analysis.typing import Floats

THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
# Fewer numbers are no curve.
_FEWEST = 2
NO_VALUE = (
    "a formula whose value is not stored; open and save the file in a spreadsheet program first"
)

Numbers = Mapping[int, float]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of numbers below their headings.

    Attributes
    ----------
    grid : Grid
    strips : sequence of Strip
    heads : sequence of Head
        As many.
    texts : sequence of str
        What stands above and below it, nearest first.
    words : mapping of int to (str, dict)
        Texts beside the numbers, by column: its heading, and the texts by row.
    remarks : tuple of str
    """

    grid: Grid
    strips: Sequence[Strip]
    heads: Sequence[Head]
    texts: Sequence[str] = ()
    words: Mapping[int, tuple[str, Mapping[int, str]]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def named(self, place: int) -> str:
        """Return a column in words."""
        heading, words = self.heads[place].text, self.grid.columns(self.strips[place].column)
        return self.grid.where(f"{words} {shown(heading)}" if heading else words)

    def numbers(self, place: int) -> dict[int, float]:
        """Return the numbers of a column by row.

        Raises
        ------
        DataError
            If what stands among them casts doubt on all.
        """
        strip = self.strips[place]
        for row, text in strip.bad.items():
            if is_formula(text):
                raise DataError(f"row {row} holds {NO_VALUE}")
            if is_unit(text):
                raise DataError(
                    f"row {row} holds the unit {shown(text)} among the numbers: which numbers "
                    "have it?"
                )
        return dict(zip(strip.rows, strip.values, strict=True))

    def curves(self, group: Group, left_out: list[str]) -> Iterator[Series]:
        """Return the curves of a group of columns, one for each of its ys and states."""
        others = [f"{self.named(i)}: is neither x nor plotted against x" for i in group.others]
        left_out += [text for text in others if text not in left_out]
        states = [y for y in group.ys if self._is_state(y, group)]
        for y in group.ys:
            if y in states:
                continue
            try:
                yield from self._curves(group, y, states, left_out)
            except DataError as error:
                left_out.append(f"{self.named(y)}: {error}")

    def _is_state(self, place: int, group: Group) -> bool:
        """Tell whether a column holds what is set and not measured: few values for many rows."""
        kind = self.heads[place].kind
        others = [y for y in group.ys if self.heads[y].kind not in (*ABSCISSAE, STATE)]
        few = len(set(self.strips[place].texts)) <= len(self.strips[place].texts) / 2
        return kind in (*ABSCISSAE, STATE) and few and bool(set(others) - {place})

    def _curves(
        self, group: Group, y: int, states: Sequence[int], left_out: list[str]
    ) -> Iterator[Series]:
        xs, ys = self.numbers(group.x), self.numbers(y)
        rows = [row for row in xs if row in ys and np.isfinite([xs[row], ys[row]]).all()]
        words = [self._state_words(place) for place in states]
        words += self.states_in_words.values()
        parts = _by_state(rows, [tuple(w.get(row, "") for w in words) for row in rows])
        pieces = [
            (state, piece) for state, part in parts for piece in _pieces(part, xs, {*xs, *ys})
        ]
        alone = set(rows).difference(*(piece for _, piece in pieces))
        if alone or not pieces:
            where = f": {rows_in_words(sorted(alone))}" if alone else ""
            left_out.append(
                f"{self.named(y)}: fewer than {_FEWEST} points together are no curve{where}"
            )
        for state, piece in pieces:
            gap = "blank rows stand before it or after it, and x does not go on beyond them"
            more = (gap,) if len(pieces) > len(parts) else ()
            missing = self._missing((group.x, y), piece, {*xs, *ys}.difference(rows))
            remarks = (*missing, *more, *self.grid.remarks)
            points = [np.array([values[row] for row in piece]) for values in (xs, ys)]
            words_of = [word for word in state if word]
            yield self._series(group, y, piece, points, words_of, remarks)

    @cached_property
    def states_in_words(self) -> dict[int, dict[int, str]]:
        """The columns of texts that say of each row in which state it was measured: few texts."""
        rows = set(max(self.strips, key=lambda strip: len(strip.rows)).rows)
        return {
            column: {row: in_state(heading, texts[row]) for row in rows}
            for column, (heading, texts) in self.words.items()
            if rows <= texts.keys() and len({texts[row] for row in rows}) <= len(rows) / 2
        }

    def _state_words(self, place: int) -> dict[int, str]:
        strip, heading = self.strips[place], self.heads[place].heading
        return {r: in_state(heading, t) for r, t in zip(strip.rows, strip.texts, strict=True)}

    def _series(
        self,
        group: Group,
        y: int,
        rows: Sequence[int],
        points: Sequence[Floats],
        states: Sequence[str],
        remarks: Sequence[str],
    ) -> Series:
        """Return a curve with all that is said of it; `remarks` come last."""
        x_head, y_head, grid = self.heads[group.x], self.heads[y], self.grid
        span = f"rows {rows[0]} to {rows[-1]}"
        columns = [self.strips[i].column for i in (group.x, y)]
        near = [*y_head.near, *(x_head.near if len(group.ys) == 1 else ()), *states]
        label = y_head.label(near)
        texts = [y_head.state, *near, *x_head.near, *self.texts, grid.title]
        doubts = list[str]()
        x_error, y_error = (self._errors(group.errors, of, rows, doubts) for of in (group.x, y))
        return Series(
            grid.where(f"{grid.columns(*columns)}, {span}"),
            points[0],
            points[1],
            x_head.name,
            "" if is_state(y_head.text) else y_head.name,
            x_head.unit,
            y_head.unit,
            label,
            tuple(dict.fromkeys(text for text in texts if text and text != label)),
            x_error,
            y_error,
            remarks=(
                *group.remarks, *self.remarks, *doubts,
                *filter(None, (x_head.remark, y_head.remark)),
                *self._hidden(columns, rows), *remarks,
            ),
            block=grid.where(f"{grid.columns(columns[0])}, row {self.strips[group.x].rows[0]}"),
        )  # fmt: skip

    def _errors(
        self, places: Mapping[int, int], of: int, rows: Sequence[int], doubts: list[str]
    ) -> Floats | None:
        """Return the errors of a column in its unit, or None; `doubts` says why not.

        They stand in a column of their own, or in brackets behind the numbers.
        """
        if of not in places:
            strip = self.strips[of]
            read = zip(strip.rows, map(self.grid.error, strip.texts), strict=True)
            own_errors = {row: error for row, error in read if error is not None}
            behind = np.array([own_errors.get(row, np.nan) for row in rows])
            return behind if own_errors else None
        place = places[of]
        errors, values = self.numbers(place), self.numbers(of)
        head = self.heads[place]
        errors_of_rows = np.array([errors.get(row, np.nan) for row in rows])
        unit = head.remark or head.unit  # two units are none
        try:
            own = np.array([values[row] for row in rows])
            return in_unit_of(errors_of_rows, unit, own, self.heads[of].unit)
        except DataError as error:
            doubts.append(f"{self.named(place)} is left out: {error}")
            return None

    def _missing(
        self, places: tuple[int, int], rows: Sequence[int], lacking: set[int]
    ) -> Iterator[str]:
        """Say which points are left out because a number is missing."""
        inside = range(rows[0], rows[-1])
        bad = {r: t for i in places for r, t in self.strips[i].bad.items() if r in inside}
        if bad:
            texts = list(dict.fromkeys(shown(bad[row]) for row in sorted(bad)))
            examples = ", ".join([*texts[:3], *["..."] * (len(texts) > 3)])
            yield f"{rows_in_words(sorted(bad))} left out: no number, but {examples}"
        if empty := sorted(lacking.intersection(inside).difference(bad)):
            yield f"{rows_in_words(empty)} left out: one of the two numbers is missing"

    def _hidden(self, columns: Sequence[int], rows: Sequence[int]) -> Iterator[str]:
        layout = self.grid.layout
        for column in columns:
            if any(first <= column <= last for first, last in layout.hidden_columns):
                yield f"{self.grid.columns(column)} is hidden"
        if hidden := [row for row in rows if row in layout.hidden_rows]:
            yield f"{rows_in_words(hidden)} hidden"


def _by_state(
    rows: Sequence[int], states: Sequence[tuple[str, ...]]
) -> list[tuple[tuple[str, ...], list[int]]]:
    """Return the rows of each state: as they follow, or all rows of one where states alternate."""
    pairs = list(zip(states, rows, strict=True))
    runs = [(state, [row for _, row in run]) for state, run in groupby(pairs, lambda pair: pair[0])]
    if len(runs) <= max(1, len(rows) / _FEWEST):
        return runs
    return [
        (state, [row for other, row in pairs if other == state]) for state in dict.fromkeys(states)
    ]


def _pieces(rows: Sequence[int], xs: Numbers, filled: set[int]) -> list[list[int]]:
    """Split rows where blank ones stand between, unless x goes on beyond them."""
    pieces = [list(rows[:1])]
    for i, (before, row) in enumerate(pairwise(rows), 1):
        if row > before + 1 and filled.isdisjoint(range(before + 1, row)):
            near = [xs[r] for r in (*pieces[-1][-2:], *rows[i : i + 2])]
            if len(set(np.sign(np.diff(near)))) > 1:
                pieces.append([])
        pieces[-1].append(row)
    return [piece for piece in pieces if len(piece) >= _FEWEST]
