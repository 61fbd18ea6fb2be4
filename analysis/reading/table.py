"""Rows of cells, and from them numbers: a table of any format, and which columns are meant.

Columns are those asked for, and the only possible guesses. What the numbers mean is not
decided here (see `analysis.reading.resistance` and `analysis.reading.patterns`). Rows carry
the file's own line numbers, from 1, because every message names the file, the row and the
column.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.cells import (
    Record,
    has_thousands,
    is_formula,
    is_fortran,
    number,
    split_line,
)
from analysis.reading.columns import Column, describe, find
from analysis.reading.source import MAX_ROWS, Quantity, too_many_rows
from analysis.typing import Floats, Place, Wavelengths

# Headings are compared with many words; no measurement needs more columns.
MAX_COLUMNS = 1000


@dataclass(frozen=True, eq=False)
class Content:
    """What a file holds, as numbers, not yet checked.

    Attributes
    ----------
    layout : str
        In words, what kind of file it is.
    values : mapping of str to ndarray, shape (N,)
        By role: two_theta (degrees), intensity (counts) and, where the file has them, error;
        or temperature (K) and resistance (ohm).
    columns : mapping of str to Column
        Of tables: the column of each role, whose units are still to be applied.
    notes : tuple of str
        What was assumed, skipped or found unusual.
    where : callable or None
        Turns the index of a point, in the file's order, into words ("row 17"); None where
        the file has no rows.
    wavelengths : tuple of float or None
        Of K-alpha 1 and 2 in pm, as the file says.
    warnings : tuple of str
        What casts doubt on the numbers.
    """

    layout: str
    values: Mapping[str, Floats]
    columns: Mapping[str, Column] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    where: Place | None = None
    wavelengths: Wavelengths = (None, None)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of cells, still as text, with the headings over them.

    Attributes
    ----------
    file : str
        What messages call the file.
    layout : str
        In words, what kind of table it is.
    columns : tuple of Column
        One per column, numbered from 1, with an empty heading if the file has none.
    decimal : str
        "." or ",".
    records : callable
        Starts an iterator over (row number, cells), comments and blank rows left out.
    lines : callable or None
        Starts an iterator over the same rows as unsplit text; None for workbooks.
    delimiter : str or None
        What separates cells in `lines`; None is any white space.
    sparse : bool
        True if an empty cell means "not measured in this row", as in Quantum Design files.
    notes : tuple of str
        What was assumed or found unusual so far.
    announced : tuple of str and float, or None
        Where the file says how many points it has, and how many, if that is a number.
    """

    file: str
    layout: str
    columns: tuple[Column, ...]
    decimal: str
    records: Callable[[], Iterator[Record]]
    lines: Callable[[], Iterator[str]] | None = None
    delimiter: str | None = None
    sparse: bool = False
    notes: tuple[str, ...] = ()
    announced: tuple[str, float | None] | None = None

    @property
    def has_headings(self) -> bool:
        """Whether the file names its columns."""
        return any(column.heading for column in self.columns)

    @cached_property
    def filled(self) -> list[Column]:
        """The columns that hold anything at all; looks no further than needed."""
        empty = {column.number for column in self.columns}
        for _, cells in self.records():
            empty -= {place for place, cell in enumerate(cells, 1) if cell}
            if not empty:
                break
        return [column for column in self.columns if column.number not in empty]

    def asked_for(self, role: str, text: str, channel: str | int | None = None) -> Column:
        """Return the one column that `text` means; `channel` chooses among several.

        Raises
        ------
        DataError
            If there is none or more than one.
        """
        found = find(self.columns, text)
        if len(found) > 1 and channel is not None:
            found = [column for column in found if column.channel == str(channel)]
        if len(found) == 1:
            return found[0]
        problem = "fits several columns" if found else "is no column"
        raise DataError(
            f"{self.file}: {role} {shown(text)} {problem}; there are {listed(self.columns)}"
        )

    def content(self, columns: Mapping[str, Column], notes: Iterable[str] = ()) -> Content:
        """Return the numbers in the columns of each role; `notes` say how these were chosen.

        Raises
        ------
        DataError
            For the first cell that is no number, with its row and column.
        """
        numbers, rows = self._matrix([column.number for column in columns.values()]), None
        notes = [*notes, *self.notes]
        if numbers is None:
            numbers, rows = self._cell_by_cell(list(columns.values()), notes)

        def where(index: int) -> str:
            if rows is not None:
                return f"row {rows[index]}"
            # A clean table is counted only now that it is needed.
            return f"row {next(islice(self.records(), index, None))[0]}"

        if self.announced is not None:
            notes += cut_off(*self.announced, len(numbers))
        values = dict(zip(columns, numbers.T, strict=True))
        return Content(self.layout, values, columns, tuple(notes), where)

    def _matrix(self, numbers: Sequence[int]) -> Floats | None:
        """Return the columns with these numbers, shape (N, len(numbers)), if all is clean.

        None if any row differs in its number of cells or any cell is not a plain number:
        then the rows must be looked at one by one.
        """
        if self.lines is None:
            return None
        rows = list(self.lines())
        if len(rows) > MAX_ROWS:
            raise too_many_rows(self.file)
        if self.decimal == ",":
            if any("." in row for row in rows):
                return None
            rows = [row.replace(",", ".") for row in rows]
        if self.delimiter is None:
            widths = {len(row.split()) for row in rows}
        else:
            widths = {row.count(self.delimiter) + 1 for row in rows}
        if len(widths) != 1 or max(widths) > len(self.columns):
            return None
        places = [number - 1 for number in numbers]
        try:
            return np.loadtxt(
                rows, delimiter=self.delimiter, usecols=places, comments=None, ndmin=2
            )
        except ValueError:
            return None

    def _cell_by_cell(
        self, columns: Sequence[Column], notes: list[str]
    ) -> tuple[Floats, list[int]]:
        """Read row by row; the slow way, which knows where everything stands."""
        points, rows, skipped, fortran = [], [], 0, False
        for row, cells in self.records():
            if any(cells[len(self.columns) :]):
                raise DataError(
                    f"{self.file}, row {row}: has {len(cells)} cells; "
                    f"there are {len(self.columns)} columns{self._if_footer(row)}"
                )
            texts = [cells[c.number - 1] if c.number <= len(cells) else "" for c in columns]
            if not any(texts) or (self.sparse and not all(texts)):
                skipped += 1
                continue
            points.append([self._parsed(row, c, t) for c, t in zip(columns, texts, strict=True)])
            rows.append(row)
            fortran = fortran or any(map(is_fortran, texts))
            if len(rows) > MAX_ROWS:
                raise too_many_rows(self.file)
        if not points:
            raise DataError(f"{self.file}: holds no points in columns {listed(columns)}")
        if skipped:
            notes.append(
                f"{skipped} of {skipped + len(rows)} rows hold no value there and were skipped"
            )
        if fortran:
            notes.append("exponents written with D, as Fortran does (1.0D-03), are read as E")
        return np.array(points), rows

    def _parsed(self, row: int, column: Column, text: str) -> float:
        value = number(text, self.decimal)
        if value is None:
            reason = _why_no_number(text, self.decimal) or (
                f"{shown(text) + ' is not a number' if text else 'the cell is empty'}; "
                f"every row needs a number there{self._if_footer(row)}"
            )
            raise DataError(f"{self.file}, row {row}, column {column}: {reason}")
        return value

    def _if_footer(self, row: int) -> str:
        """Return advice for a row that opens with text if none with two numbers follows."""
        rest = [cells for at, cells in self.records() if at >= row]
        first = next((cell for cell in rest[0] if cell), "")
        numbers = [sum(number(cell, self.decimal) is not None for cell in cells) for cells in rest]
        is_footer = number(first, self.decimal) is None and max(numbers) < 2
        return " (delete it if it is a footer)" if is_footer else ""


def table_of_lines(
    file: str,
    layout: str,
    headings: Sequence[str],
    lines: Sequence[str],
    start: int,
    *,
    delimiter: str | None = None,
    decimal: str = ".",
    comments: tuple[str, ...] = (),
    sparse: bool = False,
) -> Table:
    """Return the table whose rows are the lines from index `start` on, below these headings.

    Blank lines and those that open with one of `comments` are left out.
    """

    def written() -> Iterator[tuple[int, str]]:
        for index in range(start, len(lines)):
            line = lines[index].rstrip()
            if line and not line.lstrip().startswith(comments):
                yield index + 1, line

    return Table(
        file,
        layout,
        described(headings, file),
        decimal,
        records=lambda: ((row, split_line(line, delimiter)) for row, line in written()),
        lines=lambda: (line for _, line in written()),
        delimiter=delimiter,
        sparse=sparse,
    )


def described(headings: Sequence[str], file: str) -> tuple[Column, ...]:
    """Return the columns under these headings.

    Raises
    ------
    DataError
        If there are more than any instrument writes.
    """
    if len(headings) > MAX_COLUMNS:
        raise DataError(f"{file}: has {len(headings)} columns; at most {MAX_COLUMNS} are read")
    return tuple(describe(place, heading) for place, heading in enumerate(headings, 1))


def listed(columns: Iterable[Column]) -> str:
    """Return the columns as they stand in a message: number and heading, twelve at most."""
    texts = [str(column) for column in columns]
    return ", ".join(texts if len(texts) <= 12 else [*texts[:11], f"... ({len(texts)} in all)"])


def cut_off(where: str, announced: float | None, points: int) -> list[str]:
    """Return a note if a file holds not as many points as it announces."""
    if announced in (None, points):
        return []
    more = announced is not None and announced < points
    end = "all were read" if more else "the file may be cut off"
    return [f"{where} announces {announced:g} points, but {points} follow: {end}"]


def _why_no_number(text: str, decimal: str) -> str | None:
    """Return the reason and the remedy where a cell is nearly a number."""
    if is_formula(text):
        return (
            f"{shown(text)} is a formula whose value is not stored; "
            "open and save the file in a spreadsheet program first"
        )
    if has_thousands(text, decimal):
        return f"{shown(text)} has a separator of thousands; write the number without it"
    if number(text, "," if decimal == "." else ".") is not None:
        return f"{shown(text)} is not a number with the decimal mark {decimal!r} of the other cells"
    return None


# ---------------------------------------------------------------------------- choosing


@dataclass(frozen=True)
class Choice:
    """The columns of a table that are chosen so far; every guess adds a note.

    Attributes
    ----------
    table : Table
    quantity : Quantity
        What the table holds.
    columns : dict of str to Column
        By role.
    notes : list of str
    """

    table: Table
    quantity: Quantity
    columns: dict[str, Column]
    notes: list[str] = field(default_factory=list)

    @property
    def free(self) -> list[Column]:
        """The filled columns that are not chosen yet."""
        return [column for column in self.table.filled if column not in self.columns.values()]

    def holding(self, role: str) -> list[Column]:
        """Return the free columns whose headings name this role."""
        return [c for c in self.free if self.quantity.role_of(c.heading) == role]

    def by_position(
        self, missing: Sequence[str], options: str, joiner: str, *, exact: bool = True
    ) -> None:
        """Take the free columns in their order, where the table has no headings.

        Raises
        ------
        DataError
            If there are not as many as roles are missing, or fewer unless `exact`.
        """
        if not missing:
            return
        more = len(self.free) - len(missing)
        if more < 0 or (exact and more > 0):
            raise DataError(
                f"{self.table.file}: has {len(self.table.filled)} filled columns without headings; "
                f"say which are meant with {options} (numbers from 1)"
            )
        taken = dict(zip(missing, self.free, strict=False))
        self.columns.update(taken)
        words = (f"column {c.number} as {self.quantity.label(role)}" for role, c in taken.items())
        self.notes.append(f"no headings; took {joiner.join(words)}")

    def only(self, role: str, guesses: Sequence[Column], known_as: str, more: str = "") -> Column:
        """Return the only guess.

        Raises
        ------
        DataError
            If there are several, or none: then with `known_as` and `more` advice.
        """
        if len(guesses) == 1:
            return guesses[0]
        option = f"--{role.replace('_', '-')} NAME or NUMBER"
        if guesses:
            raise self.several(role, guesses, option)
        raise DataError(
            f"{self.table.file}: columns {listed(self.table.filled)} - none is known as "
            f"{known_as}; choose with {option}{more}"
        )

    def several(self, role: str, guesses: Sequence[Column], option: str) -> DataError:
        """Return the error that asks which of several columns is meant."""
        return DataError(
            f"{self.table.file}: columns {listed(guesses)} could each be the "
            f"{self.quantity.label(role)}; choose with {option}"
        )


def chosen_content(
    table: Table,
    quantity: Quantity,
    asked: Mapping[str, str],
    complete: Callable[[Choice], None],
    channel: str | int | None = None,
    beside: Callable[[Choice], Mapping[str, Column]] = lambda _: {},
) -> Content:
    """Return the numbers of each role, from the columns asked for and those of `complete`.

    Those `beside` them are read if they hold numbers in the same rows; they are not demanded.

    Raises
    ------
    DataError
        If a column is not there, or left open, or holds a cell that is no number.
    """
    if len(table.columns) < 2:
        raise DataError(f"{table.file}: has one column; {quantity.needs} need two")
    columns = {
        role: table.asked_for(quantity.label(role), text, channel) for role, text in asked.items()
    }
    choice = Choice(table, quantity, columns)
    complete(choice)
    ordered = {role: columns[role] for role in quantity.roles if role in columns}
    if more := beside(choice):
        with suppress(DataError):
            content = table.content({**ordered, **more}, choice.notes)
            # An empty cell beside a point is no reason to skip it.
            if not table.sparse or content.notes == table.content(ordered, choice.notes).notes:
                return content
    return table.content(ordered, choice.notes)
