"""Workbooks (.xlsx): one sheet becomes cells of text and goes the way of all tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from analysis.errors import DataError, shown
from analysis.reading.archive import UnsafeError, open_archive
from analysis.reading.cells import Record, is_comment, numeric_part
from analysis.reading.headings import Top
from analysis.reading.opened import FileSource
from analysis.reading.source import HEAD, IMPORT, WORKBOOKS, ZIP, too_many_rows
from analysis.reading.table import Table, described
from analysis.reading.xlsx import TooManyRowsError, Workbook

# Sheets that a message names.
_MOST_NAMED = 20
_AS_CSV = "save the sheet that is meant as csv"
_OLD = b"\xd0\xcf\x11\xe0"


def is_workbook(source: FileSource) -> bool:
    """Tell whether this is a workbook, or an archive or name that could be meant as one.

    Instruments write text into files called .xls; those are text.
    """
    return source.start.startswith((ZIP, _OLD)) or source.ending in WORKBOOKS


def read_workbook(source: FileSource) -> Table:
    """Read the filled sheet of a workbook, or the one that is asked for."""
    file = source.file
    with opened_workbook(source) as (book, _):
        title, grid = _sheet(book, file, source.sheet)
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
        described(top.headings, file),
        mark,
        records=lambda: (record for record in records if record[0] >= top.first),
        above=top.above,
        questions=top.questions,
        unsure=top.unsure,
    )


@contextmanager
def opened_workbook(source: FileSource) -> Iterator[tuple[Workbook, list[str]]]:
    """Open a workbook, with the names of the pieces in its archive; whatever is wrong, in words.

    Raises
    ------
    DataError
        If it is none, or holds more than is read, also while it is read.
    """
    file = source.file
    _refuse_others(source)
    try:
        with open_archive(source.path, file, _AS_CSV) as archive:
            yield Workbook(archive, source.path.stat().st_size), archive.namelist()
    except DataError:
        raise
    except TooManyRowsError:
        raise too_many_rows(file) from None
    except UnsafeError as error:
        raise DataError(f"{file}: {error}; {_AS_CSV}") from None
    except Exception as error:  # noqa: BLE001 - zipfile's, zlib's, expat's, KeyError: anything
        raise DataError(
            f"{file}: is not a readable xlsx workbook ({type(error).__name__}); save it again as "
            ".xlsx without password, or as csv"
        ) from None


def _refuse_others(source: FileSource) -> None:
    """Refuse what is no xlsx workbook, whatever its name says."""
    file = source.file
    if source.start.startswith(_OLD):
        raise DataError(
            f"{file}: is an old Excel file (.xls) or a workbook with a password; "
            "save it as .xlsx without password, or as csv"
        )
    if not source.start.startswith(ZIP):
        raise DataError(
            f"{file}: is not an xlsx workbook despite its name; save it as .xlsx, or rename it if "
            "it is text"
        )
    if source.members is None or "[Content_Types].xml" in source.members:
        return  # a damaged one: opening it as a workbook says how
    if "mimetype" in source.members:
        with (
            open_archive(source.path, file, _AS_CSV) as archive,
            archive.open("mimetype") as mimetype,
        ):
            if b"opendocument" in mimetype.read(60):
                raise DataError(
                    f"{file}: is an OpenDocument file (.ods), not an xlsx workbook; save it as "
                    ".xlsx or csv in a spreadsheet program"
                )
    raise DataError(
        f"{file}: is a zip archive, not an xlsx workbook; unpack it and name a file in it"
    )


def _sheet(book: Workbook, file: str, wanted: str | None) -> tuple[str, list[Record]]:
    chosen = [
        (title, piece)
        for position, (title, piece) in enumerate(book.sheets, 1)
        if (
            book.has_cells(piece)
            if wanted is None
            else wanted.lower() in (title.lower(), str(position))
        )
    ]
    names = ", ".join(shown(title) for title, _ in (chosen or book.sheets)[:_MOST_NAMED])
    if not chosen and wanted is not None:
        raise DataError(f"{file}: has no sheet {shown(wanted)}; it has {names}")
    if not chosen:
        raise DataError(f"{file}: is a workbook without any filled cell")
    if len(chosen) > 1:
        raise DataError(
            f"{file}: has several filled sheets ({names}); choose with --sheet; {IMPORT}"
        )
    ((title, piece),) = chosen
    return title, book.sheet(piece).records
