"""Files that a build writes: whole or not at all, and known again as they were written."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is the old one or the new one, never a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield another file to write in a ``with`` block; at its end it takes the path's place."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except BaseException:  # no room for it, or an interruption
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write_sealed(path: Path, text: str) -> None:
    """Write a file of a build, and before it its digest, by which damage is found later."""
    for target in (seal_of(path), path):
        if target.is_dir():  # where no build put one
            remove(target)
    write_whole(seal_of(path), hashlib.sha256(text.encode()).hexdigest())
    write_whole(path, text)


def sealed(path: Path) -> bool:
    """Tell whether a file is there as `write_sealed` wrote it."""
    try:
        return read(seal_of(path)) == content(path)
    except OSError:
        return False


def seal_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.sha256")


def remove(path: Path) -> None:
    """Remove a file or a folder; of a link only the link, never what it leads to."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path)


def read(path: Path) -> str | None:
    """Return the text of a small file; None where there is none that can be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def content(path: Path) -> str:
    """Return a digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_name(name: str) -> str:
    """Return a name for files and addresses, another one for every data set."""
    # One that ends as the made-up names below do could be one of them.
    if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,80}(?<!-[0-9a-f]{8})", name):
        return name
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return f"{plain or 'sheet'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
