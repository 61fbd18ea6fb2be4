"""From rows of cells to numbers: which columns are meant, and what stands in them.

What the numbers mean is not decided here (see `analysis.reading.resistance` and
`analysis.reading.patterns`). Every message names the file, the row and the column.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import numpy as np

from analysis.errors import DataError
from analysis.reading.columns import Column, find, shown
from analysis.reading.rawtable import (
    MAX_ROWS,
    RawTable,
    has_thousands,
    is_formula,
    is_fortran,
    number,
    too_many_rows,
)
from analysis.typing import Floats


def asked_for(table: RawTable, role: str, text: str, channel: str | int | None = None) -> Column:
    """Return the one column that `text` means; `channel` chooses among several.

    Raises
    ------
    DataError
        If there is none or more than one.
    """
    found = find(table.columns, text)
    if len(found) > 1 and channel is not None:
        found = [column for column in found if column.channel == str(channel)]
    if len(found) == 1:
        return found[0]
    problem = "fits several columns" if found else "is no column"
    raise DataError(
        f"{table.file}: {role} {shown(text)} {problem}; there are {listed(table.columns)}"
    )


def listed(columns: Iterable[Column]) -> str:
    """Return the columns as they stand in a message: number and heading, twelve at most."""
    texts = [str(column) for column in columns]
    return ", ".join(texts if len(texts) <= 12 else [*texts[:11], f"... ({len(texts)} in all)"])


def filled_columns(table: RawTable) -> list[Column]:
    """Return the columns that hold anything at all; looks no further than needed."""
    empty = {column.number for column in table.columns}
    for _, cells in table.records():
        empty -= {place for place, cell in enumerate(cells, 1) if cell}
        if not empty:
            break
    return [column for column in table.columns if column.number not in empty]


# ---------------------------------------------------------------------------- values


def column_values(
    table: RawTable, columns: Mapping[str, Column], notes: list[str]
) -> tuple[dict[str, Floats], Sequence[int] | None]:
    """Return the numbers of each role, and the row of each point (None: every row is one).

    What is skipped or read in an unusual way is added to `notes`.

    Raises
    ------
    DataError
        For the first cell that is no number, with its row and column.
    """
    matrix, rows = table.matrix([column.number for column in columns.values()]), None
    if matrix is None:
        matrix, rows = _cell_by_cell(table, list(columns.values()), notes)
    return dict(zip(columns, matrix.T, strict=True)), rows


def row_at(table: RawTable, rows: Sequence[int] | None, index: int) -> str:
    """Return "row 17" for a point; a clean table is counted only now that it is needed."""
    if rows is not None:
        return f"row {rows[index]}"
    return f"row {next(islice(table.records(), index, None))[0]}"


def _cell_by_cell(
    table: RawTable, columns: Sequence[Column], notes: list[str]
) -> tuple[Floats, list[int]]:
    """Read row by row; the slow way, which knows where everything stands."""
    points, rows, skipped, fortran = [], [], 0, False
    for row, cells in table.records():
        if any(cells[len(table.columns) :]):
            raise DataError(
                f"{table.file}, row {row}: has {len(cells)} cells; "
                f"there are {len(table.columns)} columns{_if_footer(table, row)}"
            )
        texts = [cells[c.number - 1] if c.number <= len(cells) else "" for c in columns]
        if not any(texts) or (table.sparse and not all(texts)):
            skipped += 1
            continue
        points.append([_parsed(table, row, c, t) for c, t in zip(columns, texts, strict=True)])
        rows.append(row)
        fortran = fortran or any(map(is_fortran, texts))
        if len(rows) > MAX_ROWS:
            raise too_many_rows(table.file)
    if not points:
        raise DataError(f"{table.file}: holds no points in columns {listed(columns)}")
    if skipped:
        notes.append(
            f"{skipped} of {skipped + len(rows)} rows hold no value there and were skipped"
        )
    if fortran:
        notes.append("exponents written with D, as Fortran does (1.0D-03), are read as E")
    return np.array(points), rows


def _parsed(table: RawTable, row: int, column: Column, text: str) -> float:
    value = number(text, table.decimal)
    if value is None:
        reason = _why_no_number(text, table.decimal) or (
            f"{shown(text) + ' is not a number' if text else 'the cell is empty'}; "
            f"every row needs a number there{_if_footer(table, row)}"
        )
        raise DataError(f"{table.file}, row {row}, column {column}: {reason}")
    return value


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


def _if_footer(table: RawTable, row: int) -> str:
    """Return advice for a row that opens with text if none with two numbers follows."""
    rest = [cells for at, cells in table.records() if at >= row]
    first = next((cell for cell in rest[0] if cell), "")
    numbers = [sum(number(cell, table.decimal) is not None for cell in cells) for cells in rest]
    is_footer = number(first, table.decimal) is None and max(numbers) < 2
    return " (delete it if it is a footer)" if is_footer else ""
