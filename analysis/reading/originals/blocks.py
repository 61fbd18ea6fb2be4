"""Every curve of a workbook, table or archive of them: `find_series`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.cells import is_formula
from analysis.reading.columns import is_unit
from analysis.reading.left_out import rows_in_words
from analysis.reading.originals.grids import Grid, grids_of
from analysis.reading.originals.groups import Group, groups_of
from analysis.reading.originals.heads import Head, heads_of
from analysis.reading.originals.series import Series
from analysis.reading.originals.strips import Strip, strips_of, tables_of
from analysis.typing import Floats

_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
# Fewer numbers are no curve.
_FEWEST = 2


@dataclass(frozen=True, eq=False)
class Blocks:
    """What a file holds.

    Attributes
    ----------
    series : tuple of Series
        In the order of the file.
    left_out : tuple of str
        What is not among them, and why.
    notes : tuple of str
        What holds for the whole file.
    """

    series: tuple[Series, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find_series(path: Path, *, decimal: str | None = None) -> Blocks:
    """Return every curve of a workbook, text or archive of them, exactly as it stands there.

    Parameters
    ----------
    path : Path
    decimal : {".", ",", None}
        The decimal mark, where the user settles what a comma between digits means.

    Raises
    ------
    DataError
        If the file cannot be read, or holds no curve at all.
    """
    grids, left_out, notes = grids_of(path, decimal)
    series = list[Series]()
    for grid in grids:
        series += _of_grid(grid, left_out)
    if not series:
        reasons = f": {'; '.join(left_out[:5])}" if left_out else ""
        raise DataError(f"{path}: holds no curve, which needs two columns of numbers{reasons}")
    return Blocks(tuple(_with_twins(series)), tuple(left_out), tuple(notes))


def _with_twins(series: Sequence[Series]) -> Iterator[Series]:
    """Say of each curve whether an earlier one holds the same numbers."""
    known = dict[tuple[bytes, bytes], str]()
    for one in series:
        earlier = known.setdefault((one.x.tobytes(), one.y.tobytes()), one.place)
        same = () if earlier == one.place else (f"the same numbers stand in {earlier}",)
        yield replace(one, remarks=(*one.remarks, *same))


def _of_grid(grid: Grid, left_out: list[str]) -> Iterator[Series]:
    strips, _ = strips_of(grid)
    earlier = list[tuple[list[Strip], list[Head]]]()
    tables = tables_of(strips)
    if not tables:
        left_out.append(grid.where("no column of numbers") if grid.name else "no column of numbers")
    for table in tables:
        where = grid.where(grid.columns(*(strip.column for strip in table)))
        if len(table) < 2:
            left_out.append(f"{where}: one column of numbers, with none beside it")
            continue
        heads, titles = heads_of(grid, table)
        inherited: tuple[str, ...] = ()
        if not any(head.name for head in heads):
            for other, known in reversed(earlier):
                if [s.column for s in other] == [s.column for s in table]:
                    heads = [
                        replace(old, unit=new.unit or old.unit, near=new.near)
                        for old, new in zip(known, heads, strict=True)
                    ]
                    inherited = ("it has no headings: those of the table above are taken",)
        earlier.append((table, heads))
        values = [np.array([_value(grid, text) for text in strip.texts]) for strip in table]
        gaps = [i for i in range(1, len(table)) if table[i].column > table[i - 1].column + 1]
        for group in groups_of(heads, values, gaps):
            yield from _Reader(grid, table, heads, titles, inherited, left_out).curves(group)


def _value(grid: Grid, text: str) -> float:
    value = grid.number(text)
    return np.nan if value is None else value


@dataclass(frozen=True)
class _Reader:
    """Makes curves of the columns of a table."""

    grid: Grid
    table: Sequence[Strip]
    heads: Sequence[Head]
    titles: Sequence[str]
    inherited: tuple[str, ...]
    left_out: list[str]

    def curves(self, group: Group) -> Iterator[Series]:
        """Return the curves of a group, one for each of its ys."""
        for place in group.others:
            self.left_out.append(f"{self._named(place)}: is neither x nor drawn over it")
        for y in group.ys:
            try:
                yield from self._pieces(group, y)
            except DataError as error:
                self.left_out.append(f"{self._named(y)}: {error}")

    def _named(self, place: int) -> str:
        heading = self.heads[place].text
        words = self.grid.columns(self.table[place].column)
        return self.grid.where(f"{words} {shown(heading)}" if heading else words)

    def _numbers(self, place: int) -> dict[int, float]:
        strip = self.table[place]
        for row, text in strip.bad.items():
            if is_formula(text):
                raise DataError(
                    f"row {row} holds a formula whose value is not stored; open and save the file "
                    "in a spreadsheet program first"
                )
            if is_unit(text):
                raise DataError(f"row {row} holds the unit {shown(text)} among the numbers")
        return {
            row: _value(self.grid, text) for row, text in zip(strip.rows, strip.texts, strict=True)
        }

    def _pieces(self, group: Group, y: int) -> Iterator[Series]:
        xs, ys = self._numbers(group.x), self._numbers(y)
        rows = [row for row in xs if row in ys and np.isfinite([xs[row], ys[row]]).all()]
        if len(rows) < _FEWEST:
            raise DataError(f"has {len(rows)} points")
        pieces = _pieces(rows, xs, {*xs, *ys})
        for piece in pieces:
            one = self._series(group, y, piece, xs, ys)
            more = ("rows are left blank before it or after it",) if len(pieces) > 1 else ()
            yield replace(one, remarks=(*one.remarks, *more))

    def _series(
        self,
        group: Group,
        y: int,
        rows: Sequence[int],
        xs: Mapping[int, float],
        ys: Mapping[int, float],
    ) -> Series:
        x_head, y_head, grid = self.heads[group.x], self.heads[y], self.grid
        errors = {of: self._numbers(group.errors[of]) for of in (group.x, y) if of in group.errors}
        span = f"rows {rows[0]} to {rows[-1]}"
        columns = [self.table[i].column for i in (group.x, y)]
        near = [*y_head.near, *(x_head.near if len(group.ys) == 1 else ())]
        label = near[0] if near else y_head.label
        texts = [*near, *x_head.near, *self.titles, grid.title]
        return Series(
            grid.where(f"{grid.columns(*columns)}, {span}"),
            np.array([xs[row] for row in rows]),
            np.array([ys[row] for row in rows]),
            x_head.name,
            "" if y_head.is_state else y_head.name,
            x_head.unit,
            y_head.unit,
            label or (y_head.text if y_head.is_state else ""),
            tuple(dict.fromkeys(text for text in texts if text and text != label)),
            _errors(errors.get(group.x), rows),
            _errors(errors.get(y), rows),
            remarks=(
                *group.remarks,
                *self.inherited,
                *filter(None, (x_head.remark, y_head.remark)),
                *self._missing(group.x, y, rows, xs, ys),
                *self._hidden(columns, rows),
                *grid.remarks,
            ),
            block=grid.where(f"{grid.columns(columns[0])}, row {self.table[group.x].rows[0]}"),
        )

    def _missing(
        self,
        x: int,
        y: int,
        rows: Sequence[int],
        xs: Mapping[int, float],
        ys: Mapping[int, float],
    ) -> Iterator[str]:
        """Say which points are left out because a number is missing."""
        bad = {**self.table[x].bad, **self.table[y].bad}
        bad = {row: bad[row] for row in bad if rows[0] <= row <= rows[-1]}
        if bad:
            text = shown(next(iter(bad.values())))
            yield f"{rows_in_words(list(bad))} left out: no number, but {text}"
        kept, either = set(rows), {*xs, *ys}
        empty = [
            r for r in sorted(either) if rows[0] <= r <= rows[-1] and r not in kept and r not in bad
        ]
        if empty:
            yield f"{rows_in_words(empty)} left out: one of the two numbers is missing"

    def _hidden(self, columns: Sequence[int], rows: Sequence[int]) -> Iterator[str]:
        layout = self.grid.layout
        for column in columns:
            if any(first <= column <= last for first, last in layout.hidden_columns):
                yield f"{self.grid.columns(column)} is hidden"
        hidden = [row for row in rows if row in layout.hidden_rows]
        if hidden:
            yield f"{rows_in_words(hidden)} hidden"


def _errors(errors: Mapping[int, float] | None, rows: Sequence[int]) -> Floats | None:
    return None if errors is None else np.array([errors.get(row, np.nan) for row in rows])


def _pieces(rows: Sequence[int], xs: Mapping[int, float], filled: set[int]) -> list[list[int]]:
    """Split rows where blank ones stand between, unless x goes on beyond them."""
    pieces = [[rows[0]]]
    for before, row in pairwise(rows):
        if row > before + 1 and not any(r in filled for r in range(before + 1, row)):
            last = pieces[-1]
            steps = np.diff([*(xs[r] for r in last[-2:]), xs[row]])
            if steps.size < 2 or steps[0] * steps[1] <= 0:
                pieces.append([])
        pieces[-1].append(row)
    return [piece for piece in pieces if len(piece) >= _FEWEST]
