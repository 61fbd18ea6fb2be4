"""Rows of cells, and from them numbers: a table of any format.

Which columns are meant is decided in `analysis.reading.choosing`. Rows carry the file's own line
numbers, from 1, because every message names the file, the row and the column.
"""

import re
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    trimmed,
)
from analysis.reading.columns import Column, describe, find
from analysis.reading.left_out import LeftOut, how_to_leave_out, rows_in_words
from analysis.reading.questions import Question
from analysis.reading.source import Source
from analysis.typing import Flags, Floats, Place, ReadColumn, ReadRecord, Wavelengths

# Headings are compared with many words; no measurement needs more columns.
MAX_COLUMNS = 1000
# So many rows become numbers at once.
_AT_ONCE = 50_000


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
    left_out : LeftOut
        Rows without a number where one is needed, which the user wants to be left out.
    """

    layout: str
    values: Mapping[str, Floats]
    columns: Mapping[str, Column] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    where: Place | None = None
    wavelengths: Wavelengths = (None, None)
    warnings: tuple[str, ...] = ()
    left_out: LeftOut = field(default_factory=LeftOut)

    @property
    def size(self) -> int:
        """How many points there are."""
        return min(values.size for values in self.values.values())

    def record(self, kind: str, columns: Mapping[str, ReadColumn]) -> ReadRecord:
        """Return how these points were read."""
        rows = [
            int(match[1]) if (match := re.search(r"row (\d+)$", self.where(index))) else None
            for index in (0, self.size - 1)
            if self.where is not None and self.size
        ]
        first, last = rows or (None, None)
        return ReadRecord(kind, self.layout, columns, self.size, first, last, len(self.left_out))

    def without(self, kind: str, bad: Flags) -> "Content":
        """Return the content less some points, of which it keeps where they stood, and why."""
        where, kept = self.where or "point {}".format, np.flatnonzero(~bad)
        return replace(
            self,
            values={role: values[kept] for role, values in self.values.items()},
            where=lambda index: where(int(kept[index])),
            left_out=self.left_out.more(kind, [where(int(i)) for i in np.flatnonzero(bad)]),
        )


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
    above : frozenset of tuple of str
        The rows above the data. Files that are put together hold them again.
    questions : tuple of Question
        What the text leaves open, such as the decimal mark.
    unsure : str or None
        Why the headings may not stand over their columns.
    last : callable or None
        Returns the number of the last row; None where all have to be gone through for it.
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
    above: frozenset[tuple[str, ...]] = frozenset()
    questions: tuple[Question, ...] = ()
    unsure: str | None = None
    last: Callable[[], int] | None = None

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
        matching = find(self.columns, text)
        if len(matching) > 1 and channel is not None:
            matching = [column for column in matching if column.channel == str(channel)]
        if len(matching) == 1:
            return matching[0]
        problem = "fits several columns" if matching else "is not a column"
        raise DataError(
            f"{self.file}: {role} {shown(text)} {problem}; there are {listed(self.columns)}"
        )

    def content(
        self,
        columns: Mapping[str, Column],
        notes: Iterable[str] = (),
        *,
        source: Source | None = None,
    ) -> Content:
        """Return the numbers in the columns of each role; `notes` say how these were chosen.

        Rows without a number there are left out where the user of `source` wants that.

        Raises
        ------
        DataError
            For the first cell that is no number, with its row and column.
        """
        numbers, rows = self._clean([column.number for column in columns.values()]), None
        notes, left_out = [*notes, *self.notes], LeftOut()
        if numbers is None:
            numbers, rows, left_out = self._cell_by_cell(list(columns.values()), notes, source)

        def where(index: int) -> str:
            if rows is not None:
                return f"row {rows[index]}"
            if self.last is not None and index == numbers[0].size - 1:
                return f"row {self.last()}"
            # A clean table is counted only now that it is needed.
            return f"row {next(islice(self.records(), index, None))[0]}"

        if self.announced is not None:
            notes += cut_off(*self.announced, numbers[0].size)
        values = dict(zip(columns, numbers, strict=True))
        return Content(self.layout, values, columns, tuple(notes), where, left_out=left_out)

    def _clean(self, numbers: Sequence[int]) -> list[Floats] | None:
        """Return the columns with these numbers, each of shape (N,), if all is clean.

        None if any row differs in its number of cells or any cell is not a plain number:
        then the rows must be looked at one by one.
        """
        if self.lines is None:
            return None
        places, widths = [number - 1 for number in numbers], set[int]()
        lines, parts = self.lines(), [list[Floats]() for _ in places]
        while rows := list(islice(lines, _AT_ONCE)):
            if self.decimal == ",":
                if any("." in row for row in rows):
                    return None
                rows = [row.replace(",", ".") for row in rows]
            if self.delimiter is None:
                widths.update(len(row.split()) for row in rows)
            else:
                widths.update(row.count(self.delimiter) + 1 for row in rows)
            if len(widths) != 1 or max(widths) > len(self.columns):
                return None
            try:
                read = np.loadtxt(
                    rows, delimiter=self.delimiter, usecols=places, comments=None, ndmin=2
                )
            except ValueError:
                return None
            for part, values in zip(parts, read.T, strict=True):
                part.append(values.copy())
        # No more than one column is in memory twice.
        return [np.concatenate(parts.pop(0)) for _ in places] if widths else None

    def _cell_by_cell(
        self, columns: Sequence[Column], notes: list[str], source: Source | None
    ) -> tuple[list[Floats], Sequence[int], LeftOut]:
        """Read row by row; the slow way, which knows where everything stands."""
        points, rows, repeated = array("d"), array("q"), list[int]()
        bad, skipped, fortran = list[tuple[int, str]](), 0, False
        for row, cells in self.records():
            texts = [cells[c.number - 1] if c.number <= len(cells) else "" for c in columns]
            if tuple(trimmed(cells)) in self.above:
                repeated.append(row)
            elif not any(texts) or (self.sparse and not all(texts)):
                skipped += 1
            elif kind := self._bad(row, cells, columns, texts, source):
                bad.append((row, kind))
            else:
                points.extend(number(text, self.decimal) or 0.0 for text in texts)
                rows.append(row)
                fortran = fortran or any(map(is_fortran, texts))
        if bad and (source is None or not source.skip_bad_rows):
            self._refuse(bad, columns, len(rows))
        if not points:
            raise DataError(f"{self.file}: holds no points in columns {listed(columns)}")
        of = f"{skipped} of {skipped + len(rows)}"
        remarks = {
            f"{of} rows hold no value there and were skipped": skipped,
            f"the header above the points is repeated in {rows_in_words(repeated)}: several files "
            "are joined": repeated,
            "exponents written with D, as Fortran does (1.0D-03), are read as E": fortran,
        }
        notes += [remark for remark, applies in remarks.items() if applies]
        return list(np.array(points).reshape(-1, len(columns)).T), rows, LeftOut.of(bad)

    def _bad(
        self,
        row: int,
        cells: Sequence[str],
        columns: Sequence[Column],
        texts: Sequence[str],
        source: Source | None,
    ) -> str | None:
        """Return what a row has in place of numbers, or None if it has these.

        Raises
        ------
        DataError
            Where a number is only written oddly, and below other headings: what left these out
            would be wrong.
        """
        if any(cells[len(self.columns) :]):
            kind = f"more than {len(self.columns)} cells"
        else:
            none = [text for text in texts if number(text, self.decimal) is None]
            if not none:
                return None
            for column, text in zip(columns, texts, strict=True):
                if reason := _why_no_number(text, self.decimal):
                    raise DataError(f"{self.file}, row {row}, column {column}: {reason}")
            kind = shown(none[0], 30) if none[0] else "an empty cell"
        if source is not None and source.quantity.count([cell for cell in cells if cell]) > 1:
            raise DataError(
                f"{self.file}, row {row}: other headings follow ({shown(' '.join(cells))}), "
                "perhaps with other columns below them; split the file there"
            )
        return kind

    def _refuse(self, bad: Sequence[tuple[int, str]], columns: Sequence[Column], good: int) -> None:
        """Refuse the first bad row; say whether such rows can be left out."""
        row = bad[0][0]
        cells = next(cells for at, cells in self.records() if at == row)
        remedy = how_to_leave_out(len(bad), len(bad) + good)
        if any(cells[len(self.columns) :]):
            problem = f"has {len(cells)} cells; there are {len(self.columns)} columns"
            raise DataError(f"{self.file}, row {row}: {problem}{remedy}{self._if_footer(row)}")
        for column in columns:
            text = cells[column.number - 1] if column.number <= len(cells) else ""
            if number(text, self.decimal) is None:
                problem = f"{shown(text)} is not a number" if text else "the cell is empty"
                raise DataError(
                    f"{self.file}, row {row}, column {column}: {problem}; every row needs a number "
                    f"there{remedy}{self._if_footer(row)}"
                )

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

    def written(numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        for index, whole in numbered:
            line = whole.rstrip()
            if line and not line.lstrip().startswith(comments):
                yield index + 1, line

    def rows() -> Iterator[tuple[int, str]]:
        return written(islice(enumerate(lines), start, None))

    def last() -> int:
        if isinstance(lines, list):
            backwards = range(len(lines) - 1, start - 1, -1)
            return next(written((index, lines[index]) for index in backwards))[0]
        return deque(rows(), maxlen=1)[0][0]  # lines that are not held go forwards only

    return Table(
        file,
        layout,
        described(headings, file),
        decimal,
        records=lambda: ((row, split_line(line, delimiter)) for row, line in rows()),
        lines=lambda: (line for _, line in rows()),
        delimiter=delimiter,
        sparse=sparse,
        last=last,
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
    if number(text, decimal) is not None:
        return None
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
