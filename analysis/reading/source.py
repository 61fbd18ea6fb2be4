"""A file before it is understood: how it starts, its lines, and what is wanted of it."""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from shlex import quote
from sys import getsizeof
from typing import overload

from analysis.errors import DataError, shown

# The names of the quantities that files may hold.
KINDS = ("resistance", "diffraction")
MAX_ROWS = 1_000_000
MAX_BYTES = 1_000_000_000
# Of text, so much is held in memory; a pattern of a million rows in ten columns is less, and of
# a longer curve the lines are read as often as they are needed.
MAX_HELD = 300_000_000
# The layout of a text file is told from its first lines; headings end before this.
HEAD = 500
_LONGEST_LINE = 100_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
ZIP = b"PK\x03\x04"
# What gets whoever has many curves in one file on.
IMPORT = "`python -m analysis import FILE -o DIR` takes every curve"


@dataclass(frozen=True)
class Quantity:
    """What a file may hold: R(T), or a diffraction pattern.

    Attributes
    ----------
    name : {"resistance", "diffraction"}
        As `check --kind` and the data package call it.
    title, needs, export : str
        In words: what it is, which two columns it needs, and what to do with a file of a
        kind that is not read.
    roles : tuple of str
        Of the columns, in the order in which they are reported.
    role_of : callable
        Returns the role that a heading gives its column, or None.
    most_rows : int
        So many rows of text are read. Beyond `MAX_ROWS` they are not held in memory: what
        reads such text takes its lines in their order.
    """

    name: str
    title: str
    needs: str
    export: str
    roles: tuple[str, ...]
    role_of: Callable[[str], str | None]
    most_rows: int = MAX_ROWS

    def label(self, role: str) -> str:
        """Return a role as messages call it."""
        return {"two_theta": "2 theta", "error": "its error"}.get(role, role)

    def count(self, headings: Sequence[str]) -> int:
        """Return how many of these headings are known."""
        return sum(self.role_of(heading) is not None for heading in headings)


@dataclass(frozen=True)
class Source:
    """A file, its first bytes, and how its user wants it read.

    Attributes
    ----------
    path : Path
    quantity : Quantity
        What is looked for in it.
    start : bytes
        The first 64 kB.
    asked : mapping of str to str
        The columns that the user names, by role: a heading, or a number from 1.
    sheet : str or None
        The sheet of a workbook, by name or number.
    decimal : {".", ",", None}
        The decimal mark, where the user settles what a comma between digits means.
    skip_bad_rows : bool
        Whether rows without a number where one is needed are left out, not refused.
    more : mapping of str to str
        What else the user says of the columns: units, the channel.
    """

    path: Path
    quantity: Quantity
    start: bytes
    asked: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    decimal: str | None = None
    skip_bad_rows: bool = False
    more: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.decimal not in (None, ".", ","):
            raise DataError(
                f"decimal mark {shown(self.decimal)} is not understood; allowed: '.' or ','"
            )

    @property
    def file(self) -> str:
        """What messages call the file."""
        return str(self.path)

    def command(self, **options: str) -> str:
        """Return the command line that checks this file as it is read, with more options."""
        marks = {"sheet": self.sheet, "decimal": self.decimal}
        given = {**self.asked, **self.more, **{k: v for k, v in marks.items() if v}, **options}
        words = [f"--{name.replace('_', '-')} {quote(text)}" for name, text in given.items()]
        words += ["--skip-bad-rows"] * self.skip_bad_rows
        return " ".join(
            ["python -m analysis check", quote(self.file), "--kind", self.quantity.name, *words]
        )

    @property
    def ending(self) -> str:
        """The ending of its name, in lower case, with the dot."""
        return self.path.suffix.lower()

    @cached_property
    def is_text(self) -> bool:
        """Whether it starts as text of any encoding."""
        if self.start.startswith(_UTF_16):
            return True
        return re.search(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]", self.start) is None

    @cached_property
    def head(self) -> list[str]:
        """The first lines, enough to tell the format by; none if it is no text."""
        if not self.is_text:
            return []
        encoding = "utf-16" if self.start.startswith(_UTF_16) else "utf-8-sig"
        # Ends of lines as in `lines`: other control characters are none.
        return re.split(r"\r\n|\r|\n", self.start.decode(encoding, "ignore"))[:HEAD]

    @cached_property
    def members(self) -> list[str] | None:
        """The names in a zip archive; none of another file, None if it is damaged."""
        if not self.start.startswith(ZIP):
            return []
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.namelist()
        except Exception:  # noqa: BLE001 - anything: what tries to read it says what is wrong
            return None

    @cached_property
    def lines(self) -> Sequence[str]:
        """All lines of a text file, whatever its encoding and line ends."""
        if self.sheet is not None:
            raise DataError(f"{self.file}: is a text file and has no sheets; leave --sheet out")
        if self.start.startswith(_UTF_16):
            try:
                return self._decoded("utf-16")
            except UnicodeError:
                raise DataError(
                    f"{self.file}: starts as UTF-16 text but is not; save it as UTF-8"
                ) from None
        try:
            return self._decoded("utf-8-sig")
        except UnicodeError:
            return self._decoded("latin-1")

    def _decoded(self, encoding: str) -> Sequence[str]:
        """Return the lines, held in memory where they are not too many for that."""
        lines, held = list[str](), 0
        for line in self._stream(encoding):
            held += getsizeof(line)
            if held <= MAX_HELD:
                lines.append(line)
            elif self.quantity.most_rows > MAX_ROWS:
                return _FileLines(lambda: self._stream(encoding), lines)
            else:
                raise DataError(
                    f"{self.file}: holds more than {MAX_HELD / 1e6:.0f} MB of text; leave out "
                    "the columns that are not needed, or average neighbouring rows first"
                )
        return lines

    def _stream(self, encoding: str) -> Iterator[str]:
        """Read one line after the other, so that no file fills the memory."""
        with self.path.open(encoding=encoding) as stream:
            count = 0
            while line := stream.readline(_LONGEST_LINE + 2):
                count += 1
                line = line.removesuffix("\n")
                if len(line) > _LONGEST_LINE:
                    raise DataError(
                        f"{self.file}, row {count}: has more than {_LONGEST_LINE} "
                        "characters; this is no table"
                    )
                if count > self.quantity.most_rows + HEAD:
                    raise too_many_rows(self.file, self.quantity.most_rows)
                yield line.rstrip("\x1a")


class _FileLines(Sequence[str]):
    """The lines of a file that is read anew for each pass over them; the first are held.

    A pass by index is one, too, as long as the indices rise.
    """

    def __init__(self, start: Callable[[], Iterator[str]], first: Sequence[str]) -> None:
        self._start, self._first = start, first[: 2 * HEAD]
        self._size = sum(1 for _ in start())
        self._rest, self._at, self._line = start(), -1, ""

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[str]:
        return self._start()

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        places = range(self._size)[index]
        if isinstance(places, range):
            return [self[place] for place in places]
        if places < len(self._first):
            return self._first[places]
        if places < self._at:
            self._rest, self._at = self._start(), -1
        if places > self._at:
            self._line = next(islice(self._rest, places - self._at - 1, None))
            self._at = places
        return self._line


def open_source(
    path: Path,
    quantity: Quantity,
    *,
    skip_bad_rows: bool = False,
    more: Mapping[str, object] | None = None,
    **asked: str | int | None,
) -> Source:
    """Look at how a file starts; `asked` are the sheet, the decimal mark, and columns by role.

    `skip_bad_rows` and `more` are kept as `Source` has them.

    Raises
    ------
    DataError
        If it is no file of a reasonable size, or the decimal mark is none.
    """
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
    texts, others = (
        {name: str(text) for name, text in given.items() if text is not None}
        for given in (asked, more or {})
    )
    sheet, decimal = texts.pop("sheet", None), texts.pop("decimal", None)
    return Source(path, quantity, start, texts, sheet, decimal, bool(skip_bad_rows), others)


def too_many_rows(file: str, most: int = MAX_ROWS) -> DataError:
    """Return the error that says how many rows are read at most, and what to do."""
    written = f"{most:,}".replace(",", " ")
    return DataError(
        f"{file}: has more than {written} rows, the most that is read; average neighbouring rows "
        "first (a fit needs some hundreds to thousands)"
    )
