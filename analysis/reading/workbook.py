"""Workbooks (.xlsx): one sheet becomes cells of text and goes the way of all tables."""

import warnings
import zipfile
from collections.abc import Sequence
from contextlib import closing
from typing import Any, BinaryIO

from analysis.errors import DataError
from analysis.reading.cells import Record, is_comment, is_formula, numeric_part, shown
from analysis.reading.headings import Top
from analysis.reading.source import HEAD, MAX_ROWS, ZIP, Source, too_many_rows
from analysis.reading.table import Table, described

ENDINGS = (".xlsx", ".xlsm")
_OLD = b"\xd0\xcf\x11\xe0"


def is_workbook(source: Source) -> bool:
    """Tell whether this is a workbook, or an archive or name that could be meant as one.

    Instruments write text into files called .xls; those are text.
    """
    return source.start.startswith((ZIP, _OLD)) or source.ending in ENDINGS


def read_workbook(source: Source) -> Table:
    """Read the filled sheet of a workbook, or the one that is asked for."""
    file = source.file
    try:
        _refuse_others(source)
        # Opened here, because openpyxl refuses names that do not end in .xlsx.
        with source.path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's, on styles it does not know
            title, grid = _sheet(stream, file, source.sheet)
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - zipfile's, xml's, openpyxl's own: anything
        raise DataError(
            f"{file}: is no readable xlsx workbook ({type(error).__name__}); "
            "save it again as .xlsx without password, or as csv"
        ) from None
    records = [(row, cells) for row, cells in grid if any(cells) and not is_comment(cells[0])]
    if not records:
        raise DataError(f"{file}, sheet {shown(title)}: holds no points")
    marks = (".", ",") if source.decimal is None else (source.decimal,)
    sample = [cells for _, cells in records[:HEAD]]
    mark = max(marks, key=lambda mark: sum(numeric_part(cells, mark) for cells in sample))
    top = Top(source, mark, records[:HEAD])
    return Table(
        file,
        f"sheet {shown(title)} of a workbook",
        described(top.headings),
        mark,
        records=lambda: (record for record in records if record[0] >= top.first),
    )


def _refuse_others(source: Source) -> None:
    """Refuse what is no xlsx workbook, whatever its name says."""
    file = source.file
    if source.start.startswith(_OLD):
        raise DataError(
            f"{file}: is an old Excel file (.xls) or a workbook with a password; "
            "save it as .xlsx without password, or as csv"
        )
    if not source.start.startswith(ZIP):
        raise DataError(
            f"{file}: is no xlsx workbook despite its name; save it as .xlsx, "
            "or rename it if it is text"
        )
    if source.members is None or "[Content_Types].xml" in source.members:
        return  # a damaged one: opening it as a workbook says how
    if "mimetype" in source.members:
        with zipfile.ZipFile(source.path) as archive:
            if b"opendocument" in archive.read("mimetype")[:60]:
                raise DataError(
                    f"{file}: is an OpenDocument file (.ods), no xlsx workbook; "
                    "save it as .xlsx or csv in a spreadsheet program"
                )
    raise DataError(f"{file}: is a zip archive, no xlsx workbook; unpack it and name a file in it")


def _opened(stream: BinaryIO, **options: bool) -> closing[Any]:
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to import, rarely needed

    book = load_workbook(stream, read_only=True, **options)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # the file's own statement of its size can be wrong
    return closing(book)


def _sheet(stream: BinaryIO, file: str, wanted: str | None) -> tuple[str, list[Record]]:
    with _opened(stream, data_only=True) as book:
        sheets = book.worksheets
        chosen = [
            sheet
            for position, sheet in enumerate(sheets, 1)
            if (
                _has_cells(sheet)
                if wanted is None
                else wanted.lower() in (sheet.title.lower(), str(position))
            )
        ]
        names = ", ".join(shown(sheet.title) for sheet in chosen or sheets)
        if not chosen and wanted is not None:
            raise DataError(f"{file}: has no sheet {shown(wanted)}; it has {names}")
        if not chosen:
            raise DataError(f"{file}: is a workbook without any filled cell")
        if len(chosen) > 1:
            raise DataError(f"{file}: has several filled sheets ({names}); choose with --sheet")
        grid = []
        for row, values in enumerate(chosen[0].iter_rows(values_only=True), 1):
            if row > MAX_ROWS + HEAD:
                raise too_many_rows(file)
            grid.append((row, [_cell_text(value) for value in values]))
        title = str(chosen[0].title)
    if any("" in cells for _, cells in grid):
        _show_uncomputed(stream, title, grid)
    return title, grid


def _show_uncomputed(stream: BinaryIO, title: str, grid: Sequence[Record]) -> None:
    """Put formulas into their cells where no formula of the sheet has its value stored.

    Programs that write workbooks without computing leave all values out; a spreadsheet
    program stores them all, and an empty one is then meant ("nothing measured").
    """
    with _opened(stream) as book:
        formulas = [
            (row, place, value)
            for row, values in enumerate(book[title].iter_rows(values_only=True))
            for place, value in enumerate(values)
            if isinstance(value, str) and is_formula(value)
        ]
    if not any(grid[row][1][place] for row, place, _ in formulas):
        for row, place, formula in formulas:
            grid[row][1][place] = formula


def _has_cells(sheet: Any) -> bool:
    return any(value is not None for row in sheet.iter_rows(values_only=True) for value in row)


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value).strip()
