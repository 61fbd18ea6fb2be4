"""Workbooks, text and archives of them as grids of cells: all that later decides what they mean."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from analysis.errors import DataError, shown
from analysis.reading.archive import UnsafeError
from analysis.reading.cells import COMMENTS, Record, is_comment, number, split_line
from analysis.reading.columns import is_unit
from analysis.reading.opened import FileSource
from analysis.reading.originals.naming import is_known, is_state, plain
from analysis.reading.source import HEAD
from analysis.reading.text_table import dialect
from analysis.reading.workbook import is_workbook, opened_workbook
from analysis.reading.xlsx import Layout, Sheet

_MOST_FILLED = 1_000_000
# "5.3772(3)": a number and the error of its last digits; "5.3(1.2)": its error.
_WITH_ERROR = re.compile(r"([+\-\u2212]?\d+(?:[.,](\d+))?)\((\d+(?:[.,]\d+)?)\)")
_ERROR = re.compile(r"(?<=\d)\(\d+(?:[.,]\d+)?\)(?!\w)")


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells of one sheet or text, with what is shown of them.

    Attributes
    ----------
    name : str
        As places name it, "sheet 'Fig. 2a'"; "" for a text file, which has but one.
    title : str
        What its author calls it: the sheet's title.
    records : list of (int, list of str)
        Rows by their number from 1; '' for an empty cell.
    decimal : str or None
        "." or ","; None in a workbook, where both may stand in texts.
    is_sheet : bool
        Whether columns are called by letters, and numbers may stand in texts.
    layout : Layout
    remarks : tuple of str
        What holds for all that stands in it.
    comments : frozenset of int
        Rows that a mark opens: headings may stand there, but no data.
    """

    name: str
    title: str
    records: list[Record]
    decimal: str | None = None
    is_sheet: bool = False
    layout: Layout = field(default_factory=Layout)
    remarks: tuple[str, ...] = ()
    comments: frozenset[int] = frozenset()

    def number(self, cell: str) -> float | None:
        """Return the number in a cell, less an error in brackets, or None if it is none."""
        if with_error := _WITH_ERROR.fullmatch(cell):
            cell = with_error[1]
        value = number(cell, "." if self.is_sheet else self.decimal or ".")
        return number(cell, ",") if value is None and self.is_sheet else value

    def error(self, cell: str) -> float | None:
        """Return the error that stands in brackets behind the number in a cell, or None."""
        match = _WITH_ERROR.fullmatch(cell)
        if match is None or self.number(cell) is None:
            return None
        error = Decimal(match[3].replace(",", "."))
        return float(error if "." in str(error) else error.scaleb(-len(match[2] or "")))

    @cached_property
    def rows(self) -> dict[int, list[str]]:
        """The cells of each row by its number."""
        return dict(self.records)

    def columns(self, *places: int) -> str:
        """Return columns in words: "columns C and D"; `places` count from 1."""
        names = [letters(place) if self.is_sheet else str(place) for place in places]
        if len(names) == 1:
            return f"column {names[0]}"
        return f"columns {', '.join(names[:-1])} and {names[-1]}"

    def where(self, words: str) -> str:
        """Return a place in it in words."""
        return f"{self.name}, {words}" if self.name else words


def letters(column: int) -> str:
    """Return what spreadsheet programs call a column, from 1: "AB"."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def grids_of(source: FileSource) -> tuple[list[Grid], list[str], list[str]]:
    """Return the grids of a workbook or text; what was left out; and what is noted of the file.

    Raises
    ------
    DataError
        If it is neither, or holds more than is read.
    """
    if is_workbook(source):
        return _of_workbook(source)
    if not source.is_text or source.start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise DataError(
            f"{source.file}: is not a workbook, text or a zip archive of these; save it as "
            ".xlsx or csv"
        )
    return [_of_text(source)], [], []


# ---------------------------------------------------------------------------- workbooks


def _of_workbook(source: FileSource) -> tuple[list[Grid], list[str], list[str]]:
    grids, left_out, notes = list[Grid](), list[str](), list[str]()
    with opened_workbook(source) as (book, pieces):
        if any(name.endswith("vbaProject.bin") for name in pieces):
            notes.append("holds macros, which are not run")
        if book.links:
            notes.append(
                "holds links to other files, which are not followed: the stored values are read"
            )
        for title, piece in book.sheets:
            sheet = book.sheet(piece)
            if sheet.records:
                is_hidden = title in book.hidden
                grids.append(_of_sheet(title, sheet, is_hidden=is_hidden))
            else:
                left_out.append(f"sheet {shown(title)}: is empty")
    return grids, left_out, notes


def _of_sheet(title: str, sheet: Sheet, *, is_hidden: bool) -> Grid:
    remarks = (*["the sheet is hidden"] * is_hidden, *_fill_merged(sheet))
    return Grid(
        f"sheet {shown(title)}",
        title,
        [(row, [plain(cell) for cell in cells]) for row, cells in sheet.records],
        is_sheet=True,
        layout=sheet.layout,
        remarks=remarks,
    )


def _fill_merged(sheet: Sheet) -> Iterator[str]:
    """Put what is merged into all of its cells, as far as the table reaches; say where not.

    A number to the right of others is not repeated: each row of data has its own.

    Raises
    ------
    UnsafeError
        If that would fill more cells than any table has.
    """
    rows, count = dict(sheet.records), 0
    numbers = sorted(rows)
    for top, left, bottom, right in sheet.layout.merged:
        cells = rows.get(top, [])
        text = cells[left - 1] if left <= len(cells) else ""
        if not text:
            continue
        below = numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]
        is_number = number(text) is not None
        wide = max(len(rows.get(row, [])) for row in (*below, bottom + 1))
        last = left if is_number else max(left, min(right, wide))
        count += len(below) * (last - left + 1)
        if count > _MOST_FILLED:
            raise UnsafeError(f"has more than {_MOST_FILLED} merged cells")
        if is_number and any(any(rows[row][: left - 1]) for row in below):
            if bottom > top:
                name = f"{letters(left)}{top}:{letters(right)}{bottom}"
                yield f"cells {name} are merged over data: only row {top} has the number"
            continue
        for cells in map(rows.__getitem__, below):
            cells.extend([""] * (last - len(cells)))
            cells[left - 1 : last] = [text] * (last - left + 1)


# ---------------------------------------------------------------------------- text


def _of_text(source: FileSource) -> Grid:
    lines = [plain(line) for line in source.lines]
    written = [line for line in lines[: 2 * HEAD] if line.strip() and not is_comment(line)]
    written = [_ERROR.sub("", line) for line in written]
    separators = dialect(written, None) if written else None
    if separators is None:
        raise DataError(f"{source.file}: holds no two columns of numbers")
    delimiter, decimal = separators
    marks = tuple(mark for mark in COMMENTS if mark != delimiter)
    rows, comments, remarks = list[tuple[int, str]](), set[int](), list[str]()
    for row, whole in enumerate(lines, 1):
        line = whole.strip() if delimiter is None else whole
        if line.lstrip().startswith(marks):
            line = line.lstrip().lstrip("".join(marks)).strip()
            cells = split_line(line, delimiter)
            comments.add(row)
            if cells and all(number(cell, decimal) is not None for cell in cells):
                remarks.append(f"row {row} is a comment: its numbers are not read")
                continue
        if line.strip():
            rows.append((row, line))
    if delimiter is None:
        records = list(_fitted(source.file, rows, comments, decimal))
    else:
        records = [(row, split_line(line, delimiter)) for row, line in rows]
    more = [f"{len(remarks) - 3} more such rows"] if len(remarks) > 3 else []
    return Grid(
        "",
        "",
        records,
        decimal,
        remarks=(*remarks[:3], *more),
        comments=frozenset(comments),
    )


def _fitted(
    file: str, rows: Iterable[tuple[int, str]], comments: set[int], decimal: str
) -> Iterator[Record]:
    """Split lines at white space: text above numbers as these are, or not at all if it is a title.

    Raises
    ------
    DataError
        If a row holds fewer or more numbers than the one above it: of which columns is not known.
    """
    texts, last, width = list[tuple[int, str]](), 0, 0
    for row, line in rows:
        cells = line.split()
        is_number = [number(_ERROR.sub("", cell), decimal) is not None for cell in cells]
        numbers = sum(is_number)
        goes_on = row == last + 1 and len(cells) == width
        starts = is_number[0]
        few = 2 * numbers <= len(cells) and not (goes_on and starts)
        if row in comments or few or any(map(is_unit, cells)):
            texts.append((row, line))
            continue
        if width and not texts and row == last + 1 and len(cells) != width:
            raise DataError(
                f"{file}, row {row}: holds {len(cells)} cells and the row above {width}, and white "
                "space does not say which are missing; separate the columns with tabs or commas"
            )
        for place, (above, text) in enumerate(texts, 1 - len(texts)):
            yield above, _as_headings(text, len(cells), is_next=place == 0)
        texts, last, width = [], row, len(cells)
        yield row, cells
    yield from ((row, [line]) for row, line in texts)


def _as_headings(line: str, width: int, *, is_next: bool) -> list[str]:
    """Return the headings of so many columns, or the line as one cell."""
    named = r"[^\s\"(\[]+(?:\s*[(\[][^)\]]*[)\]])?|\"[^\"]*\""
    for cells in (line.split(), re.split(r"\s{2,}", line.strip()), re.findall(named, line)):
        if len(cells) != width or is_state(line):
            continue
        if is_next or any(map(is_known, cells)) or any(map(is_unit, cells)):
            return [cell.strip('"') for cell in cells]
    return [line.strip()]
