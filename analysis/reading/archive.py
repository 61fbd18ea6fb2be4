"""Archives and XML before they are read: how much they may hold, and nothing that only attacks do.

A file of some kB may unpack to terabytes, name one piece a thousand times, or open a million
elements in one another. Whatever reads a zip archive opens it with `open_archive`, and whatever
reads XML goes through it with an `Elements` first, or with nothing else.
"""

import stat
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat

from analysis.errors import DataError, shown

# No table and no pattern needs more.
MAX_BYTES = 200_000_000
MOST_MEMBERS = 5000
# XML nests some ten deep, and a tag holds some hundred characters.
_DEEPEST = 100
_LONGEST_TAG = 200_000
_CHUNK = 65_536
_ENCRYPTED = 0x1
_HEADER = 30


class UnsafeError(Exception):
    """What an archive or its XML holds that none needs; in words, after the file's name."""


def open_archive(path: Path, file: str, advice: str) -> zipfile.ZipFile:
    """Open a zip archive whose directory promises nothing that is harmful.

    Sizes that the directory states are those that are unpacked: `zipfile` reads no further and
    compares checksums.

    Parameters
    ----------
    path : Path
    file : str
        What messages call it.
    advice : str
        What to do instead, which ends the message.

    Raises
    ------
    DataError
        For an archive that is too large, encrypted or forged.
    zipfile.BadZipFile, OSError
        For one that is damaged.
    """
    archive = zipfile.ZipFile(path)
    try:
        refuse_size(sum(member.file_size for member in archive.infolist()), file, advice)
        _refuse_forged(archive)
    except UnsafeError as error:
        archive.close()
        raise DataError(f"{file}: {error}; {advice}") from None
    except DataError:
        archive.close()
        raise
    return archive


def refuse_size(size: int, file: str, advice: str, most: int | None = None) -> None:
    """Refuse a file that holds more bytes, unpacked, than are read: `MAX_BYTES`, or `most`."""
    most = most or MAX_BYTES
    if size > most:
        raise DataError(
            f"{file}: holds {size / 1e6:.0f} MB; at most {most / 1e6:.0f} MB is read. {advice}"
        )


def _refuse_forged(archive: zipfile.ZipFile) -> None:
    """Refuse members that are encrypted, packed oddly, named as paths elsewhere, or overlap."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise UnsafeError(f"holds {len(members)} files; at most {MOST_MEMBERS} are read")
    for member in members:
        name, place = shown(member.filename), PurePosixPath(member.filename.replace("\\", "/"))
        if member.flag_bits & _ENCRYPTED:
            raise UnsafeError(f"is encrypted ({name})")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnsafeError(f"holds {name}, packed in a way that is not read")
        if place.is_absolute() or ".." in place.parts or ":" in place.parts[:1]:
            raise UnsafeError(f"holds {name}, which points outside of the archive")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise UnsafeError(f"holds {name}, a link")
    if len({member.filename for member in members}) < len(members):
        raise UnsafeError("holds two files of the same name")
    # Each member ends before the next one begins, the last before the directory.
    placed = sorted((member.header_offset, member.compress_size) for member in members)
    ends = [*placed, (archive.start_dir, 0)]
    if any(start + _HEADER + size > after for (start, size), (after, _) in pairwise(ends)):
        raise UnsafeError("holds files that overlap: its directory is forged")


class Elements:
    """Goes through XML, element by element, without keeping any.

    Parameters
    ----------
    most : int
        Elements that may follow in all that it goes through.

    Attributes
    ----------
    inside : list of str
        The names of the elements that are open, without prefixes.
    longest_tag : int
        Characters that a tag may hold.
    """

    longest_tag = _LONGEST_TAG

    def __init__(self, most: int = 0) -> None:
        self.most = self.left = most
        self.inside: list[str] = []
        self._text: list[str] = []

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take note of an element that begins; to be overridden."""

    def closed(self, name: str, text: str) -> None:
        """Take note of an element that ends, with the text since the last tag; likewise."""

    def declared(self, *, has_entities: bool) -> None:  # noqa: ARG002 - for those that override it
        """Refuse a declared document type, with entities of its own or without; likewise."""
        raise UnsafeError("holds XML that declares a document type, as only attacks do")

    def go_through(self, stream: IO[bytes]) -> None:
        """Read XML to its end.

        Raises
        ------
        UnsafeError
            For more elements than allowed, declarations of entities, or endless tags.
        expat.ExpatError
            For what is no XML.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._opened
        parser.EndElementHandler = self._closed
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = self._declared
        self.inside.clear()
        fed = 0
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > self.longest_tag:
                raise UnsafeError(f"holds a tag of more than {self.longest_tag} characters")
        parser.Parse(b"", True)

    def _opened(self, name: str, attributes: Mapping[str, str]) -> None:
        self.left -= 1
        if self.left < 0:
            raise UnsafeError(f"holds more than {self.most} elements of XML")
        if len(self.inside) > _DEEPEST:
            raise UnsafeError(f"holds XML that is more than {_DEEPEST} elements deep")
        if ":" in name:
            name = name.rpartition(":")[2]
        self.inside.append(name)
        self._text.clear()
        self.opened(name, attributes)

    def _closed(self, _name: str) -> None:
        self.closed(self.inside.pop(), "".join(self._text))
        self._text.clear()

    def _declared(self, _name: str, _system: object, _public: object, inside: int) -> None:
        self.declared(has_entities=bool(inside))
