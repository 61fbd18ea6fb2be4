"""From a file to rows of cells: text tables, Quantum Design files, xlsx workbooks.

What the columns mean is not decided here (see `columns` and `resistance`). Rows carry
the file's own line numbers, from 1, because every message names them.
"""

import csv
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from analysis.errors import DataError
from analysis.reading.columns import Column, describe, parse_unit, shown
from analysis.typing import Floats

MAX_ROWS = 1_000_000
MAX_BYTES = 1_000_000_000
# The layout of a text file is told from its first lines; headers end before this.
HEAD = 500
COMMENTS = ("#", "%", "!", "//", ";")
_LONGEST_LINE = 1_000_000
_NAMES = {"\t": "tab-separated", ";": "semicolon-separated", ",": "comma-separated"}

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class Words:
    """What a kind of file is about: the two quantities it needs, and who knows its headings."""

    needs: str
    known: Callable[[str], bool]

    def count(self, headings: Sequence[str]) -> int:
        """Return how many of these headings are known."""
        return sum(map(self.known, headings))


def _of_resistance(heading: str) -> bool:
    return describe(1, heading).role is not None


RESISTANCE = Words("temperature and resistance", _of_resistance)


@dataclass(frozen=True, eq=False)
class RawTable:
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
    sparse : bool
        True if an empty cell means "not measured in this row", as in Quantum Design files.
    records : callable
        Starts an iterator over (row number, cells), comments and blank rows left out.
    lines : callable or None
        Starts an iterator over the same rows as unsplit text; None for workbooks.
    delimiter : str or None
        What separates cells in `lines`; None is any white space.
    """

    file: str
    layout: str
    columns: tuple[Column, ...]
    decimal: str
    sparse: bool
    records: Callable[[], Iterator[Record]]
    lines: Callable[[], Iterator[str]] | None = None
    delimiter: str | None = None

    @property
    def has_headings(self) -> bool:
        """Whether the file names its columns."""
        return any(column.heading for column in self.columns)

    def matrix(self, numbers: Sequence[int]) -> Floats | None:
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
        try:
            return np.loadtxt(
                rows,
                delimiter=self.delimiter,
                usecols=[number - 1 for number in numbers],
                comments=None,
                ndmin=2,
            )
        except ValueError:
            return None


def read_table(
    path: Path,
    *,
    sheet: str | None = None,
    decimal: str | None = None,
    words: Words = RESISTANCE,
) -> RawTable:
    """Read a file as a table, whatever its format.

    The format is told from the contents, not from the name: instruments write text
    into files called .xls. `sheet` chooses one of a workbook by name or number, `decimal`
    ("." or ",") settles what a comma between digits means; `words` are those of the
    quantity that the file holds.

    Raises
    ------
    DataError
        If the file cannot be read, is too large, or is no table.
    """
    file = str(path)
    _refuse_mark(decimal)
    start = look(path)
    if start.startswith(b"PK\x03\x04"):
        return _workbook(path, file, sheet, decimal, words)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(
            f"{file}: is an old Excel file (.xls) or a workbook with a password; "
            "save it as .xlsx without password, or as csv"
        )
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise DataError(
            f"{file}: is no xlsx workbook despite its name; save it as .xlsx, "
            "or rename it if it is text"
        )
    if sheet is not None:
        raise DataError(f"{file}: is a text file and has no sheets; leave --sheet out")
    return text_table(file, text_lines(path, start), decimal, words)


def _refuse_mark(decimal: str | None) -> None:
    if decimal not in (None, ".", ","):
        raise DataError(f"decimal mark {shown(decimal)} is not understood; allowed: '.' or ','")


def too_many_rows(file: str) -> DataError:
    """Return the error that says how many rows are read at most, and what to do."""
    most = f"{MAX_ROWS:,}".replace(",", " ")
    return DataError(
        f"{file}: has more than {most} rows, the most that is read; average neighbouring rows "
        "first (a fit needs some hundreds to thousands)"
    )


# ---------------------------------------------------------------------------- bytes to lines


def look(path: Path) -> bytes:
    """Return how a file starts; refuse what is no file of a reasonable size."""
    file = str(path)
    try:
        if path.is_dir():
            raise DataError(f"{file}: is a directory; a file is needed")
        if not path.exists():
            raise DataError(f"{file}: no such file")
        if not path.is_file():
            raise DataError(f"{file}: is not a regular file")
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(65536)
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror or error})") from None
    if size == 0:
        raise DataError(f"{file}: is empty")
    if size > MAX_BYTES:
        raise DataError(
            f"{file}: has {size / 1e9:.1f} GB; at most {MAX_BYTES / 1e9:.0f} GB is read. "
            "Average neighbouring rows first"
        )
    return start


def text_lines(path: Path, start: bytes) -> list[str]:
    """Return the lines of a text file that starts so, whatever its encoding and line ends."""
    file = str(path)
    encoding = "utf-8-sig"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif re.search(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]", start):
        raise DataError(f"{file}: is a binary file; text (csv, tsv, dat, txt) or xlsx is needed")
    if _newlines(path) > MAX_ROWS + HEAD:
        raise too_many_rows(file)
    data = path.read_bytes()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-16":
            raise DataError(f"{file}: starts as UTF-16 text but is not; save it as UTF-8") from None
        text = data.decode("latin-1")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a").split("\n")
    for number, line in enumerate(lines[:HEAD], 1):
        if len(line) > _LONGEST_LINE:
            raise DataError(f"{file}, row {number}: has {len(line)} characters; this is no table")
    return lines


def _newlines(path: Path) -> int:
    """Count line ends, no further than it takes to know that there are too many."""
    count = 0
    with path.open("rb") as stream:
        while count <= MAX_ROWS + HEAD and (block := stream.read(1 << 20)):
            count += block.count(b"\n") or block.count(b"\r")
    return count


# ---------------------------------------------------------------------------- text


def text_table(
    file: str, lines: list[str], decimal: str | None, words: Words = RESISTANCE
) -> RawTable:
    """Find headings, separator and decimal mark of a text table."""
    _refuse_mark(decimal)
    written = [index for index, line in enumerate(lines) if line.strip()]
    if not written:
        raise DataError(f"{file}: holds only blank lines")
    if lines[written[0]].strip().lower() == "[header]":
        return _quantum_design(file, lines)
    head = [i for i in written if i < written[0] + HEAD and not _is_comment(lines[i])]
    if not head:
        raise DataError(f"{file}: holds no points, only comments")
    found = _dialect([lines[index] for index in head[-100:]], decimal)
    if found is None:
        head_lines = [(index + 1, lines[index].strip()) for index in head]
        raise _no_dialect(file, head_lines, decimal, words)
    delimiter, decimal_found = found
    records = [(i + 1, split_line(lines[i], delimiter)) for i in head]
    remarks = [(i + 1, lines[i]) for i in written if i < head[-1] and _is_comment(lines[i])]
    headings, start = _headings(file, records, remarks, lines, delimiter, decimal_found, words)
    if decimal is None:
        _refuse_ambiguous(file, delimiter, decimal_found, headings, records, start)
    # In "; 4.2; 0.13" the first cell is empty; elsewhere a semicolon opens a comment.
    comments = tuple(mark for mark in COMMENTS if mark != delimiter)
    layout = f"{_NAMES.get(delimiter or '', 'white-space-separated')} text"
    return _table(
        file, layout, headings, lines, start - 1, delimiter, decimal_found, comments=comments
    )


def _quantum_design(file: str, lines: list[str]) -> RawTable:
    """PPMS, DynaCool and MPMS files: [Header], [Data], then headings and rows with commas."""
    marks = [i for i, line in enumerate(lines) if line.strip().lower() == "[data]"]
    heading = (
        next((i for i in range(marks[0] + 1, len(lines)) if lines[i].strip()), None)
        if (marks)
        else None
    )
    if heading is None:
        raise DataError(f"{file}: opens with [Header] but has no [Data] with columns below it")
    headings = split_line(lines[heading], ",")
    return _table(file, "Quantum Design file", headings, lines, heading + 1, ",", ".", sparse=True)


def _table(
    file: str,
    layout: str,
    headings: Sequence[str],
    lines: list[str],
    start: int,
    delimiter: str | None,
    decimal: str,
    *,
    comments: tuple[str, ...] = (),
    sparse: bool = False,
) -> RawTable:
    def written() -> Iterator[tuple[int, str]]:
        for number in range(start, len(lines)):
            line = lines[number].rstrip()
            if line and not line.lstrip().startswith(comments):
                yield number + 1, line

    return RawTable(
        file,
        layout,
        tuple(describe(number, heading) for number, heading in enumerate(headings, 1)),
        decimal,
        sparse,
        records=lambda: ((number, split_line(line, delimiter)) for number, line in written()),
        lines=lambda: (line for _, line in written()),
        delimiter=delimiter,
    )


def split_line(line: str, delimiter: str | None) -> list[str]:
    """Split one line into cells; quotes hold a cell together, as the csv module has it."""
    if delimiter is None:
        return line.split()
    if '"' in line:
        try:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        except csv.Error:
            pass  # a cell beyond the csv module's limit: the plain split shows it
    return [cell.strip() for cell in line.split(delimiter)]


def number(cell: str, decimal: str = ".") -> float | None:
    """Return the number in `cell`, or None. "NaN", "inf" and Fortran's "1.0D-03" are numbers."""
    cell = cell.strip().replace("\u2212", "-")
    if decimal == ",":
        if "." in cell:
            return None
        cell = cell.replace(",", ".")
    if not cell.isascii() or "_" in cell:
        return None
    try:
        return float(cell)
    except ValueError:
        plain = is_fortran(cell) and "," not in cell
        return float(re.sub("[dD]", "e", cell)) if plain else None


def is_fortran(cell: str) -> bool:
    """Tell whether `cell` has the exponent of a double precision number: "1.0D-03"."""
    return re.fullmatch(r"[+-]?(\d+[.,]\d*|[.,]\d+)[dD][+-]?\d{1,3}", cell) is not None


def has_thousands(cell: str, decimal: str) -> bool:
    """Tell whether `cell` is a number but for separators of thousands: "1.234,5"."""
    group = "." if decimal == "," else ","
    pattern = rf"[+-]?[1-9]\d{{0,2}}({re.escape(group)}\d{{3}})+{re.escape(decimal)}\d*"
    return re.fullmatch(pattern, cell) is not None


def is_formula(cell: str) -> bool:
    """Tell whether `cell` is a formula instead of its value: "=B2/C2"."""
    return re.match(r"=[^=]", cell) is not None


def _meant_as_number(cell: str, decimal: str) -> bool:
    """Tell whether `cell` stands where a number should, even if it is refused later."""
    return number(cell, decimal) is not None or has_thousands(cell, decimal) or is_formula(cell)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(COMMENTS)


def _dialect(sample: Sequence[str], decimal: str | None) -> tuple[str | None, str] | None:
    """Find the separator and decimal mark under which most cells are numbers, or None.

    Tabs and semicolons win over commas and these over white space, because the latter also
    occur inside cells. Rows that are mostly text count only if there are no others: "run 1"
    in a remark is no table with a number in its second column.
    """
    marks = (".", ",") if decimal is None else (decimal,)
    best: tuple[str | None, str] = (None, ".")
    best_score = 0.0
    for least in (0.5, 0.0):
        for mark in marks:
            for delimiter in ("\t", ";", ",", None):
                parts = [_numeric_part(split_line(line, delimiter), mark) for line in sample]
                score = sum(part for part in parts if part > least)
                if score > best_score:
                    best, best_score = (delimiter, mark), score
        if best_score:
            return best
    return None


def _no_dialect(
    file: str, lines: Sequence[tuple[int, str]], decimal: str | None, words: Words
) -> DataError:
    """Say why no separator and decimal mark make numbers of these lines, and where."""
    # What is wrong shows in the first row that starts as a number, below the headings.
    row, line = next((one for one in lines if re.match(r"[+-]?[.,]?\d", one[1])), lines[0])
    texts = [text for _, text in lines]
    reason = "and what follows hold no row with two numbers"
    if all(
        len(_trimmed(split_line(text, mark))) <= 1
        for text in texts
        for mark in ("\t", ";", ",", None)
    ):
        reason = f"holds one column; {words.needs} are needed in two"
    elif decimal is not None and (other := _dialect(texts[-100:], None)) is not None:
        reason = (
            f"holds no two numbers with the decimal mark {decimal!r} that --decimal gives, "
            f"but with {other[1]!r}"
        )
    elif any(_mixes_marks(split_line(line, delimiter)) for delimiter in ("\t", ";", None)):
        reason = "mixes decimal points and commas; one of them is needed throughout"
    return DataError(f"{file}, row {row}: {shown(line)} {reason}")


def _mixes_marks(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and all(
        number(cell) is not None or number(cell, ",") is not None for cell in cells
    )


def _numeric_part(cells: Sequence[str], decimal: str) -> float:
    full = [cell for cell in cells if cell]
    numeric = sum(_meant_as_number(cell, decimal) for cell in full)
    return numeric / len(full) if numeric >= 2 else 0.0


def _refuse_ambiguous(
    file: str,
    delimiter: str | None,
    decimal: str,
    headings: Sequence[str],
    records: Sequence[Record],
    start: int,
) -> None:
    """Refuse "4,200" (4.2 or 4200?) and, without headings, "4,2" (one number or two?)."""
    cells = [cell for row, row_cells in records if row >= start for cell in row_cells if cell]
    advice = "say which with --decimal"
    if decimal == "," and delimiter != ",":
        commas = [cell for cell in cells if "," in cell]
        if commas and all(re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", cell) for cell in commas):
            raise DataError(
                f"{file}, row {start}: {shown(commas[0])} may have a decimal comma or a "
                f"thousands separator; {advice} , or ."
            )
    if delimiter == "," and not any(headings) and len(headings) in (2, 4):
        row = next(row_cells for row, row_cells in records if row >= start)
        if all(re.fullmatch(r"[+-]?\d+", cell) for cell in cells):
            raise DataError(
                f"{file}, row {start}: {shown(','.join(row))} may be {len(row)} whole numbers or "
                f"numbers with decimal commas; {advice} . if they are whole, "
                "else separate the columns with semicolons"
            )


# ---------------------------------------------------------------------------- headings


def _headings(
    file: str,
    records: Sequence[Record],
    remarks: Sequence[tuple[int, str]],
    lines: Sequence[str] | None,
    delimiter: str | None,
    decimal: str,
    words: Words,
) -> tuple[list[str], int]:
    """Return the headings ('' each if there are none) and the row where the data start.

    `records` are the first rows, `remarks` the comments among them: headings often stand
    in a comment. A row of units below the headings is joined to them.
    """
    start = next(
        (i for i, (_, cells) in enumerate(records) if _is_data(cells, decimal, words)), None
    )
    if start is None:
        raise DataError(f"{file}, row {records[0][0]}: no row with two numbers follows")
    first = records[start][0]
    widths = [len(_trimmed(cells)) for _, cells in records[start:]]
    narrow, wide = widths[0], max(len(cells) for _, cells in records[start:])

    def cells_of(row: int, cells: list[str]) -> list[str] | None:
        text = lines[row - 1] if lines is not None else None
        return _heading_cells(cells, text, delimiter, narrow, wide, words)

    above = [(row, cells, cells_of(row, cells)) for row, cells in records[:start]]
    best = _best_headings([(row, headings) for row, _, headings in above], words)
    after = best[1] if best is not None else 0
    for row, cells, _ in above:
        if row > after and any(number(cell, decimal) is not None for cell in cells):
            raise _bad_first_row(file, row, cells, decimal, first, words)
    if best is None:
        for row, cells, _ in above:
            _refuse_mismatch(file, row, cells, wide, delimiter, words)
        best = _from_remarks(remarks, first, delimiter, narrow, wide, words)
    headings = best[2] if best is not None else []
    width = max(len(headings), narrow)
    return headings + [""] * (width - len(headings)), first


def _best_headings(
    above: Sequence[tuple[int, list[str] | None]], words: Words
) -> tuple[int, int, list[str]] | None:
    """Return, of the rows above the data, the headings best known: (how many, row, headings)."""
    found: list[tuple[int, int, list[str]]] = []
    for place, (row, headings) in enumerate(above):
        if headings is None or (found and found[-1][1] == row):  # units, joined already
            continue
        below, last = above[place + 1] if place + 1 < len(above) else (row, None), row
        joined = _joined(headings, below[1])
        if joined != headings:
            last = below[0]
        found.append((words.count(joined), last, joined))
    best = max(found, key=lambda entry: entry[0], default=None)
    # Where nothing is recognised, the row next to the data is meant.
    return found[-1] if best is not None and best[0] == 0 else best


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Leave out empty cells at the end: a trailing separator opens no column."""
    filled = [i for i, cell in enumerate(cells) if cell]
    return list(cells[: filled[-1] + 1]) if filled else []


def _is_data(cells: Sequence[str], decimal: str, words: Words) -> bool:
    numeric = sum(_meant_as_number(cell, decimal) for cell in cells)
    # "T (K), 1.6, 4.9" are headings: pressures over their columns.
    opens_with_name = bool(cells) and words.known(cells[0])
    return numeric >= 2 and not opens_with_name


def _heading_cells(
    cells: list[str],
    text: str | None,
    delimiter: str | None,
    narrow: int,
    wide: int,
    words: Words,
) -> list[str] | None:
    """Return `cells` if they can head the columns, splitting the line anew if need be."""
    attempts = [_trimmed(cells)]
    if text is not None:
        others = [split_line(text, other) for other in ("\t", ";", ",") if other != delimiter]
        # "T (K)  R (mOhm cm)" has two headings, not five.
        others.append(re.findall(r"[^\s\"(\[]+(?:\s*[(\[][^)\]]*[)\]])?|\"[^\"]*\"", text))
        others.append(re.split(r"\s{2,}", text.strip()))
        attempts += [other for other in others if words.count(other)]
    for attempt in attempts:
        text_only = not any(number(cell) is not None for cell in attempt)
        if narrow <= len(attempt) <= wide and (text_only or words.count(attempt)):
            return [cell.strip().strip('"') for cell in attempt]
    return None


def _joined(headings: list[str], below: list[str] | None) -> list[str]:
    """Join a row of units ("K", "ohm") to the headings above it."""
    if below is None or not any(below) or len(below) > len(headings):
        return headings
    if not all(parse_unit(cell) for cell in below if cell):
        return headings
    units = below + [""] * (len(headings) - len(below))
    pairs = zip(headings, units, strict=True)
    return [f"{name} ({unit})" if unit else name for name, unit in pairs]


def _from_remarks(
    remarks: Sequence[tuple[int, str]],
    first: int,
    delimiter: str | None,
    narrow: int,
    wide: int,
    words: Words,
) -> tuple[int, int, list[str]] | None:
    best = None
    for row, line in remarks:
        text = line.strip().lstrip("#%!/;").strip()
        cells = _heading_cells(split_line(text, delimiter), text, delimiter, narrow, wide, words)
        if row > first or cells is None or not all(cells):
            continue
        # Words in a sentence are no headings; separated ones right above the data are.
        usable = words.count(cells) > 0 or (delimiter is not None and row == first - 1)
        if usable and (best is None or words.count(cells) >= best[0]):
            best = (words.count(cells), row, cells)
    return best


def _bad_first_row(
    file: str, row: int, cells: Sequence[str], decimal: str, first: int, words: Words
) -> DataError:
    for column, cell in enumerate(cells, 1):
        if number(cell, decimal) is None:
            found = shown(cell) if cell else "an empty cell"
            return DataError(
                f"{file}, row {row}, column {column}: {found} is not a number; "
                "only headings and lines that open with # may hold text"
            )
    return DataError(
        f"{file}, row {row}: holds one number where the rows below hold more (row {first} is the "
        f"first); {words.needs} are needed in every row"
    )


def _refuse_mismatch(
    file: str, row: int, cells: Sequence[str], wide: int, delimiter: str | None, words: Words
) -> None:
    cells = _trimmed(cells)
    if words.count(cells) >= 2 and len(cells) != wide:
        hint = ""
        if delimiter == "," and wide == 2 * len(cells):
            hint = "; decimal commas need another separator, such as semicolons"
        raise DataError(
            f"{file}, row {row}: {len(cells)} headings, but the rows below have {wide} cells{hint}"
        )


# ---------------------------------------------------------------------------- workbooks


def _workbook(
    path: Path, file: str, sheet: str | None, decimal: str | None, words: Words
) -> RawTable:
    """Read one sheet of an xlsx file; its cells become text and go the way of all tables."""
    _refuse_other_archives(path, file)
    try:
        # Opened here, because openpyxl refuses names that do not end in .xlsx.
        with path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's, on styles it does not know
            title, grid = _sheet(stream, file, sheet)
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - zipfile's, xml's, openpyxl's own: anything
        raise DataError(
            f"{file}: is no readable xlsx workbook ({type(error).__name__}); "
            "save it again as .xlsx without password, or as csv"
        ) from None
    records = [(row, cells) for row, cells in grid if any(cells) and not _is_comment(cells[0])]
    if not records:
        raise DataError(f"{file}, sheet {shown(title)}: holds no points")
    marks = (".", ",") if decimal is None else (decimal,)
    sample = [cells for _, cells in records[:HEAD]]
    mark = max(marks, key=lambda mark: sum(_numeric_part(cells, mark) for cells in sample))
    headings, start = _headings(file, records[:HEAD], [], None, None, mark, words)
    if decimal is None:
        _refuse_ambiguous(file, None, mark, headings, records[:HEAD], start)
    return RawTable(
        file,
        f"sheet {shown(title)} of a workbook",
        tuple(describe(number, heading) for number, heading in enumerate(headings, 1)),
        mark,
        sparse=False,
        records=lambda: (record for record in records if record[0] >= start),
    )


def _refuse_other_archives(path: Path, file: str) -> None:
    """Refuse a zip archive that is no Office file, whatever its name says."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" in names:
                return
            kind = archive.read("mimetype")[:60] if "mimetype" in names else b""
    except Exception:  # noqa: BLE001 - damaged: opening it as a workbook says how
        return
    if b"opendocument" in kind:
        raise DataError(
            f"{file}: is an OpenDocument file (.ods), no xlsx workbook; "
            "save it as .xlsx or csv in a spreadsheet program"
        )
    raise DataError(f"{file}: is a zip archive, no xlsx workbook; unpack it and name a file in it")


def _sheet(stream: BinaryIO, file: str, wanted: str | None) -> tuple[str, list[Record]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to import, rarely needed

    book = load_workbook(stream, read_only=True, data_only=True)
    try:
        sheets = book.worksheets
        for one in sheets:
            one.reset_dimensions()  # the file's own statement of its size can be wrong
        chosen = [
            one
            for position, one in enumerate(sheets, 1)
            if wanted is not None and wanted.lower() in (one.title.lower(), str(position))
        ]
        names = ", ".join(shown(one.title) for one in sheets)
        if wanted is None:
            chosen = [one for one in sheets if _has_cells(one)]
        if wanted is not None and not chosen:
            raise DataError(f"{file}: has no sheet {shown(wanted)}; it has {names}")
        if not chosen:
            raise DataError(f"{file}: is a workbook without any filled cell")
        if len(chosen) > 1:
            filled = ", ".join(shown(one.title) for one in chosen)
            raise DataError(f"{file}: has several filled sheets ({filled}); choose with --sheet")
        grid = []
        for row, values in enumerate(chosen[0].iter_rows(values_only=True), 1):
            if row > MAX_ROWS + HEAD:
                raise too_many_rows(file)
            grid.append((row, [_cell_text(value) for value in values]))
        title = chosen[0].title
    finally:
        book.close()
    if any("" in cells for _, cells in grid):
        _show_uncomputed(stream, title, grid)
    return title, grid


def _show_uncomputed(stream: BinaryIO, title: str, grid: Sequence[Record]) -> None:
    """Put formulas into their cells where no formula of the sheet has its value stored.

    Programs that write workbooks without computing leave all values out; a spreadsheet
    program stores them all, and an empty one is then meant ("nothing measured").
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to import, rarely needed

    book = load_workbook(stream, read_only=True)
    try:
        sheet = book[title]
        sheet.reset_dimensions()
        found = [
            (row, place, value)
            for row, values in enumerate(sheet.iter_rows(values_only=True))
            for place, value in enumerate(values)
            if isinstance(value, str) and is_formula(value)
        ]
    finally:
        book.close()
    if not any(grid[row][1][place] for row, place, _ in found):
        for row, place, formula in found:
            grid[row][1][place] = formula


def _has_cells(sheet: object) -> bool:
    rows = sheet.iter_rows(values_only=True)  # type: ignore[attr-defined]
    return any(value is not None for row in rows for value in row)


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value).strip()
