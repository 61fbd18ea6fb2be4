"""What an xlsx workbook holds, read piece by piece: no cell is kept that is not filled.

A workbook is a zip archive of XML: the list of sheets, the texts that cells share, the formats,
and a piece for each sheet. Only what says what is in a cell is read.
"""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from posixpath import dirname, join, normpath
from string import digits

from analysis.reading.archive import Elements, UnsafeError
from analysis.reading.source import HEAD, MAX_ROWS

# A spreadsheet program has no more.
_MOST_COLUMNS = 16_384
_MOST_SHEETS = 500
# Places, empty ones among them, of the rows up to their last filled cell.
_MOST_PLACES = 20_000_000
# Longer texts are notes, not numbers or headings.
_LONGEST_TEXT = 1000
# Headings are merged by the dozen.
_MOST_MERGED = 10_000
# Measured numbers take some bytes each, however they are packed: so many elements of XML are
# read, and so many more for each byte of the file.
_ELEMENTS, _ELEMENTS_PER_BYTE = 600_000, 0.5
_TRUE = {"1", "true"}
_DATES = {*range(14, 23), *range(45, 48)}


class TooManyRowsError(Exception):
    """A cell is filled below the last row that is read."""


@dataclass
class Layout:
    """How a sheet shows its cells, which says something of what they mean.

    Attributes
    ----------
    merged : list of (int, int, int, int)
        First row and column, last row and column of cells that are merged into one.
    hidden_rows : set of int
    hidden_columns : list of (int, int)
        First and last column of each stretch.
    """

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


class Sheet:
    """The filled cells of one sheet.

    Attributes
    ----------
    records : list of (int, list of str)
        Rows by their number, up to the last filled cell; '' for an empty one.
    layout : Layout
    """

    def __init__(self) -> None:
        self.records: list[tuple[int, list[str]]] = []
        self.layout = Layout()
        self._places, self._has_values = 0, False
        self._formulas: list[tuple[list[str], int, str]] = []

    def put(self, row: int, column: int, value: str, formula: str | None) -> None:
        """Fill a cell, of the last row or a later one."""
        if row > MAX_ROWS + HEAD:
            raise TooManyRowsError
        if not self.records or self.records[-1][0] != row:
            self.records.append((row, []))
        cells, place = self.records[-1][1], column - 1
        if (more := column - len(cells)) > 0:
            self._places += more
            if self._places > _MOST_PLACES:
                raise UnsafeError(f"has rows of more than {_MOST_PLACES} cells, most of them empty")
            cells.extend([""] * more)
        cells[place] = value
        if formula is not None:
            self._has_values |= bool(value)
            self._formulas.append((cells, place, formula))

    def show_uncomputed(self) -> None:
        """Put formulas into their cells where no formula has its value stored.

        Programs that write workbooks without computing leave all values out; a spreadsheet
        program stores them all, and an empty one is then meant ("nothing measured").
        """
        if not self._has_values:
            for cells, place, formula in self._formulas:
                cells[place] = formula


class Workbook:
    """An xlsx workbook.

    Parameters
    ----------
    archive : zipfile.ZipFile
        From `open_archive`.
    size : int
        Of the file, bytes.

    Attributes
    ----------
    sheets : list of (str, str)
        Title and piece of each sheet; charts are none.
    hidden : frozenset of str
        The titles of sheets that are not shown.
    links : bool
        Whether cells are computed from other files. They are never opened.

    Raises
    ------
    UnsafeError
        If it holds more than any needs.
    Exception
        Of zipfile or expat, or KeyError or ValueError, if it is no workbook.
    """

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive, self._left = archive, int(_ELEMENTS + _ELEMENTS_PER_BYTE * size)
        (main,) = self._related("", "officeDocument").values()
        sheets, pieces = _Sheets(), self._related(main, "worksheet")
        self._read(sheets, main)
        self.sheets = [(title, pieces[key]) for title, key in sheets.listed if key in pieces]
        if len(sheets.listed) > _MOST_SHEETS:
            raise UnsafeError(f"has {len(sheets.listed)} sheets; at most {_MOST_SHEETS} are read")
        self.hidden = frozenset(sheets.hidden)
        self.links = bool(self._related(main, "externalLink"))
        self._main = main

    def has_cells(self, piece: str) -> bool:
        """Tell whether any cell of a sheet is filled."""
        try:
            self._read(_Cells(self, only_one=True), piece)
        except _FilledCellError:
            return True
        return False

    def sheet(self, piece: str) -> Sheet:
        """Return a sheet's filled cells."""
        cells = _Cells(self)
        self._read(cells, piece)
        cells.sheet.show_uncomputed()
        return cells.sheet

    @cached_property
    def texts(self) -> list[str]:
        """The texts that cells share."""
        texts = _Texts()
        for piece in self._related(self._main, "sharedStrings").values():
            self._read(texts, piece)
        return texts.texts

    @cached_property
    def dates(self) -> set[str]:
        """The formats of cells that hold dates or times."""
        formats = _Formats()
        for piece in self._related(self._main, "styles").values():
            self._read(formats, piece)
        return formats.dates()

    def _related(self, piece: str, kind: str) -> dict[str, str]:
        """Return the pieces of a kind that belong to a piece, by the keys that it calls them."""
        folder = dirname(piece)
        links = _Links(kind)
        self._read(links, join(folder, "_rels", f"{piece.rpartition('/')[2]}.rels"))
        return {
            key: normpath(join("/", folder, target)).lstrip("/")
            for key, target in links.targets.items()
        }

    def _read(self, elements: Elements, piece: str) -> None:
        elements.left = elements.most = self._left
        try:
            with self._archive.open(piece) as stream:
                elements.go_through(stream)
        finally:
            self._left = elements.left


class _Links(Elements):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind, self.targets = kind, dict[str, str]()

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes["Type"].endswith(f"/{self.kind}"):
            self.targets[attributes["Id"]] = attributes["Target"]


class _Sheets(Elements):
    def __init__(self) -> None:
        super().__init__()
        self.listed, self.hidden = list[tuple[str, str]](), list[str]()

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            key = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            self.listed.append((attributes["name"], key))
            if attributes.get("state", "visible") != "visible":
                self.hidden.append(attributes["name"])


class _Texts(Elements):
    def __init__(self) -> None:
        super().__init__()
        self.texts = list[str]()

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        if name == "si":
            self.texts.append("")

    def closed(self, name: str, text: str) -> None:
        if name == "t" and "rPh" not in self.inside:
            self.texts[-1] = (self.texts[-1] + text)[:_LONGEST_TEXT].strip()


class _Formats(Elements):
    def __init__(self) -> None:
        super().__init__()
        self.cells, self.custom = list[str](), dict[str, str]()

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self.custom[attributes["numFmtId"]] = attributes["formatCode"]
        elif name == "xf" and self.inside[-2:-1] == ["cellXfs"]:
            self.cells.append(attributes.get("numFmtId", "0"))

    def dates(self) -> set[str]:
        date_formats = {str(number) for number in _DATES}
        date_formats |= {number for number, code in self.custom.items() if _is_date(code)}
        return {str(place) for place, number in enumerate(self.cells) if number in date_formats}


def _is_date(code: str) -> bool:
    """Tell whether a format shows days, months, years, hours or seconds."""
    plain = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?![hmsHMS]+\])[^\]]*\]', "", code[:_LONGEST_TEXT])
    return re.search("[dmhysDMHYS]", plain) is not None


class _FilledCellError(Exception):
    """A cell is filled; there is no need to look further."""


class _Cells(Elements):
    def __init__(self, book: Workbook, *, only_one: bool = False) -> None:
        super().__init__()
        self.sheet, self._only_one = Sheet(), only_one
        self._texts, self._dates = book.texts, book.dates
        self._row, self._column, self._kind, self._style = 0, 0, "n", ""
        self._value: str = ""
        self._formula: str | None = None

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            row = int(attributes.get("r", self._row + 1))
            if row <= self._row:
                raise ValueError("rows are not in order")
            self._row, self._column = row, 0
            if attributes.get("hidden") in _TRUE:
                self.sheet.layout.hidden_rows.add(row)
        elif name == "col" and attributes.get("hidden") in _TRUE:
            span = int(attributes["min"]), int(attributes["max"])
            self.sheet.layout.hidden_columns.append(span)
            if len(self.sheet.layout.hidden_columns) > _MOST_COLUMNS:
                raise UnsafeError("hides more columns than the sheet has")
        elif name == "mergeCell":
            self._merge(attributes["ref"])
        elif name == "c":
            place = attributes.get("r")
            self._column = self._column + 1 if place is None else _column(place.rstrip(digits))
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._value, self._formula = "", None

    def closed(self, name: str, text: str) -> None:
        if name == "v":
            self._value = text[:_LONGEST_TEXT].strip()
        elif name == "t" and "is" in self.inside and "rPh" not in self.inside:
            self._value = (self._value + text)[:_LONGEST_TEXT].strip()
        elif name == "f":
            self._formula = f"={text[:_LONGEST_TEXT].strip() or '...'}"
        elif name == "c" and (self._value or self._formula):
            self._keep()

    def _merge(self, reference: str) -> None:
        """Take note of merged cells, "B2:D2"."""
        if len(self.sheet.layout.merged) >= _MOST_MERGED:
            raise UnsafeError(f"holds more than {_MOST_MERGED} merged cells")
        first, _, last = reference.partition(":")
        corners = [re.fullmatch(r"([A-Z]+)(\d+)", corner) for corner in (first, last or first)]
        top, bottom = (
            (int(corner[2]), _column(corner[1])) if corner else (0, 0) for corner in corners
        )
        self.sheet.layout.merged.append((*top, *bottom))

    def _keep(self) -> None:
        value = self._shown() if self._value else ""
        if value or self._formula:
            if self._only_one:
                raise _FilledCellError
            self.sheet.put(self._row, self._column, value, self._formula)

    def _shown(self) -> str:
        value, kind = self._value, self._kind
        if kind == "s":
            return self._texts[int(value)]
        if kind == "b":
            return str(value == "1")
        if kind != "n":
            return value
        if self._style in self._dates:
            return f"{value} (a date)"
        # As the program computes with it, not as it wrote it: 4.2000000000000002.
        whole = not {".", "e", "E"}.intersection(value)
        return value if whole else repr(float(value))


@lru_cache(maxsize=_MOST_COLUMNS)
def _column(letters: str) -> int:
    """Return the number of the column of such letters, "AB"."""
    number = 0
    for letter in letters:
        number = 26 * number + "_ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter)
    if not 0 < number <= _MOST_COLUMNS:
        raise ValueError(f"no column is called {letters[:20]!r}")
    return number
