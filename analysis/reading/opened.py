"""Files on a disk, before they are understood."""

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import overload

from analysis.errors import DataError
from analysis.reading.source import (
    HEAD,
    LONGEST_LINE,
    MAX_ROWS,
    START,
    ZIP,
    Quantity,
    Source,
    as_asked,
    refuse_bytes,
)


@dataclass(frozen=True)
class FileSource(Source):
    """A file that lies where its name says."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return Path(self.file)

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

    def written(self, encoding: str) -> Iterator[str]:
        """Yield the lines as they are written, of a longer one a part at a time."""
        with self.path.open(encoding=encoding) as stream:
            while line := stream.readline(LONGEST_LINE + 2):
                yield line

    def beyond_memory(self, encoding: str, first: Sequence[str]) -> Sequence[str]:
        """Return the lines of a long curve, which are read anew for each pass over them."""
        if self.quantity.most_rows <= MAX_ROWS:
            return super().beyond_memory(encoding, first)
        return _FileLines(lambda: self.stream(encoding), first)


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
) -> FileSource:
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
            start = stream.read(START)
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror or error})") from None
    refuse_bytes(file, size)
    given = as_asked(asked, more or {}, skip_bad_rows=skip_bad_rows)
    return FileSource(file, quantity, start, **given)
