"""Zip archives of workbooks and tables: each file that may be one is read by itself."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from analysis.errors import DataError, shown
from analysis.reading.archive import open_archive, refuse_size
from analysis.reading.opened import FileSource

_ADVICE = "unpack it and name a file in it"
_DAMAGED = zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError
ENDINGS = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".dat", ".json", ".tar")


def is_packed(source: FileSource) -> bool:
    """Tell whether this is a zip archive that is no workbook, nor meant as one."""
    members = source.members
    own = members is not None and not {"[Content_Types].xml", "mimetype"}.intersection(members)
    return bool(members) and own and not source.ending.startswith(".xls")


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[list[tuple[str, Path]], list[str]]]:
    """Return the files in an archive that may hold curves, by name, and the names of the others.

    They stand in a folder that is gone in the end.

    Raises
    ------
    DataError
        If the archive, or what is packed in its files, is harmful, damaged or too large.
    """
    files, others, size = list[tuple[str, Path]](), list[str](), 0
    with TemporaryDirectory() as folder:
        try:
            with open_archive(path, str(path), _ADVICE) as archive:
                for place, member in enumerate(archive.infolist()):
                    name = PurePosixPath(member.filename)
                    if member.is_dir() or name.name.startswith(".") or "__MACOSX" in name.parts:
                        continue
                    if name.suffix.lower() not in ENDINGS:
                        others.append(
                            f"file {shown(member.filename)}: its name is not that of a table"
                        )
                        continue
                    target = Path(folder) / f"{place}{name.suffix.lower()}"
                    target.write_bytes(archive.read(member))
                    size += _size(target)
                    refuse_size(size, str(path), _ADVICE)
                    files.append((member.filename, target))
        except DataError:
            raise
        except _DAMAGED as error:
            raise DataError(
                f"{path}: is a damaged zip archive ({type(error).__name__}); {_ADVICE}"
            ) from None
        yield files, others


def _size(path: Path) -> int:
    """Return how much a file holds, unpacked if it is an archive itself."""
    if not zipfile.is_zipfile(path):
        return path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        return sum(member.file_size for member in archive.infolist())
