"""A file before it is understood: how it starts, its lines, and what is wanted of it.

Nothing here touches a disk: see `analysis.reading.opened` for files that lie on one.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from shlex import quote
from sys import getsizeof
from typing import Any

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
# Bytes by which a format is told.
START = 65536
LONGEST_LINE = 100_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
ZIP = b"PK\x03\x04"
WORKBOOKS = (".xlsx", ".xlsm")
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
    file : str
        What messages call it: its path.
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

    file: str
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

    def command(self, **options: str) -> str:
        """Return the command line that checks this file as it is read, with more options."""
        marks = {"sheet": self.sheet, "decimal": self.decimal}
        given = {**self.asked, **self.more, **{k: v for k, v in marks.items() if v}, **options}
        flags = {"skip_bad_rows": None} if self.skip_bad_rows else {}
        return command_line("check", self.file, {"kind": self.quantity.name, **given, **flags})

    @property
    def ending(self) -> str:
        """The ending of its name, in lower case, with the dot."""
        stem, _, ending = self.file.rpartition("/")[2].rpartition(".")
        return f".{ending.lower()}" if stem and ending else ""

    @cached_property
    def opening(self) -> str:
        """The first bytes, each as one character."""
        return self.start.decode("latin-1")

    @cached_property
    def is_text(self) -> bool:
        """Whether it starts as text of any encoding."""
        if self.start.startswith(_UTF_16):
            return True
        return re.search(r"[\x00-\x08\x0e-\x19\x1c-\x1f]", self.opening) is None

    @cached_property
    def head(self) -> list[str]:
        """The first lines, enough to tell the format by; none if it is no text."""
        if not self.is_text:
            return []
        encoding = "utf-16" if self.start.startswith(_UTF_16) else "utf-8-sig"
        # Ends of lines as in `lines`: other control characters are none.
        return re.split(r"\r\n|\r|\n", self.start.decode(encoding, "ignore"))[:HEAD]

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
        lines, size = list[str](), 0
        for line in self.stream(encoding):
            size += getsizeof(line)
            if size > MAX_HELD:
                return self.beyond_memory(encoding, lines)
            lines.append(line)
        return lines

    def beyond_memory(self, _encoding: str, _first: Sequence[str]) -> Sequence[str]:
        """Return the lines of a text that is not held in memory, if it can be read anew.

        Raises
        ------
        DataError
            If not.
        """
        raise DataError(
            f"{self.file}: holds more than {MAX_HELD / 1e6:.0f} MB of text; leave out "
            "the columns that are not needed, or average neighbouring rows first"
        )

    def stream(self, encoding: str) -> Iterator[str]:
        """Read one line after the other, so that no file fills the memory."""
        for count, line in enumerate(self.written(encoding), 1):
            whole = line.removesuffix("\n")
            if len(whole) > LONGEST_LINE:
                raise DataError(
                    f"{self.file}, row {count}: has more than {LONGEST_LINE} characters; this is "
                    "not a table"
                )
            if count > self.quantity.most_rows + HEAD:
                raise too_many_rows(self.file, self.quantity.most_rows)
            yield whole.rstrip("\x1a")

    def written(self, encoding: str) -> Iterator[str]:
        """Yield the lines as they are written, of a longer one a part at a time."""
        raise NotImplementedError


@dataclass(frozen=True)
class TextSource(Source):
    """A text whose bytes are at hand.

    Attributes
    ----------
    content : bytes
    """

    content: bytes = b""

    def written(self, encoding: str) -> Iterator[str]:
        """Yield the lines, all of which are in memory."""
        *lines, rest = re.split(r"\r\n|\r|\n", self.content.decode(encoding))
        yield from lines
        if rest:
            yield rest


def command_line(verb: str, file: str, options: Mapping[str, str | None]) -> str:
    """Return a command line; an option without a value has None.

    Examples
    --------
    >>> command_line("fit resistance", "my rt.csv", {"window": "80 300", "temperature": "T (K)"})
    "python -m analysis fit resistance 'my rt.csv' --window 80 300 --temperature 'T (K)'"
    """
    words = ["python -m analysis", verb, quote(f"./{file}" if file.startswith("-") else file)]
    for name, text in options.items():
        # The numbers of a window are words of their own.
        values = [] if text is None else text.split() if name == "window" else [text]
        words.append(f"--{name.replace('_', '-')} {' '.join(map(quote, values))}".rstrip())
    return " ".join(words)


def text_source(
    file: str,
    content: bytes,
    quantity: Quantity,
    *,
    skip_bad_rows: bool = False,
    more: Mapping[str, object] | None = None,
    **asked: str | int | None,
) -> TextSource:
    """Look at how a text starts; see `analysis.reading.opened.open_source`.

    Raises
    ------
    DataError
        If it is empty or too long, or the decimal mark is none.
    """
    refuse_bytes(file, len(content))
    given = as_asked(asked, more or {}, skip_bad_rows=skip_bad_rows)
    return TextSource(file, quantity, content[:START], **given, content=content)


def as_asked(
    asked: Mapping[str, object], more: Mapping[str, object], *, skip_bad_rows: bool
) -> dict[str, Any]:
    """Return what a user says of a file as the attributes of a `Source`."""
    texts, others = (
        {name: str(text) for name, text in given.items() if text is not None}
        for given in (asked, more)
    )
    return {
        "sheet": texts.pop("sheet", None),
        "decimal": texts.pop("decimal", None),
        "asked": texts,
        "skip_bad_rows": bool(skip_bad_rows),
        "more": others,
    }


def refuse_bytes(file: str, size: int) -> None:
    """Refuse a file without a byte, or with too many."""
    if size == 0:
        raise DataError(f"{file}: is empty")
    if size > MAX_BYTES:
        raise DataError(
            f"{file}: has {size / 1e9:.1f} GB; at most {MAX_BYTES / 1e9:.0f} GB is read. "
            "Average neighbouring rows first"
        )


def too_many_rows(file: str, most: int = MAX_ROWS) -> DataError:
    """Return the error that says how many rows are read at most, and what to do."""
    written = f"{most:,}".replace(",", " ")
    return DataError(
        f"{file}: has more than {written} rows, the most that is read; average neighbouring rows "
        "first (a fit needs some hundreds to thousands)"
    )
