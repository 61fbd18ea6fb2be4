"""What lies in _build between two builds: looked at before it is trusted, healed where it can be.

Whatever was damaged, altered or removed there since it was written is made again. A build
deletes within _build only: a link is removed, never what it leads to.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.errors import DataError
from compendium.files import content, read, remove, sealed, write_whole
from compendium.plan import (
    BUILD,
    COMPOSED,
    DECIDED,
    EXECUTED,
    FAILURES,
    HTML,
    LONG,
    PLAN,
    STAMPS,
    STUDIED,
    combined,
)

FINISHED = BUILD / "finished"
LOCK = BUILD / ".lock"
# Which data package the last build was of.
PACKAGE = BUILD / "package"
LOG = BUILD / "snakemake.log"
# The pages were made; what stands in it is a digest of them.
PAGES_MADE = BUILD / "pages-made"
RESULTS = (BUILD / "results.json", BUILD / "results.csv")
# What must be a file, what must be a folder; the rest follows from these.
_FILES = (FINISHED, LOG, PAGES_MADE, PLAN, DECIDED, PACKAGE, *RESULTS)
_FOLDERS = (
    *(COMPOSED, EXECUTED, EXECUTED / "sheets", EXECUTED / "chapters", LONG),
    *(FAILURES, FAILURES / "sheets", FAILURES / "chapters"),
    *(HTML, STAMPS, STAMPS / "data", STAMPS / "templates", STAMPS / "chapters"),
)


def make_folder() -> None:
    """Make _build if it is not there.

    Raises
    ------
    DataError
        If _build is not a folder in which a build may delete files.
    """
    if BUILD.is_symlink():
        target = BUILD.readlink()
        if not BUILD.is_dir():
            raise DataError(
                f"{BUILD} is a link to {target}, which is not a folder; remove the link, or make "
                f"{target} a folder"
            )
        if not LOCK.exists() and any(BUILD.iterdir()):
            raise DataError(
                f"{BUILD} is a link to {target}, which holds other files, and a build deletes "
                "files there; link it to an empty folder"
            )
    elif BUILD.exists() and not BUILD.is_dir():
        raise DataError(f"{BUILD} is a file; a build needs a folder there: move the file away")
    BUILD.mkdir(exist_ok=True)
    if LOCK.is_symlink() or LOCK.is_dir():
        remove(LOCK)


def last_package() -> str:
    """Return the data package of the last build; empty for this project's own."""
    return (read(PACKAGE) or "").strip()


def remember_package(package: str) -> None:
    """Keep which data package this build is of."""
    if PACKAGE.is_dir():
        remove(PACKAGE)
    write_whole(PACKAGE, package)


# ---------------------------------------------------------------------------- finished builds


def finished(inputs: str) -> bool:
    """Tell whether the last build came to its end with these inputs, and nothing changed since."""
    return read(FINISHED) == _mark(inputs)


def finish(inputs: str) -> None:
    """Leave the mark of a finished build."""
    write_whole(FINISHED, _mark(inputs))


def _mark(inputs: str) -> str:
    return combined(inputs, digest(HTML), digest(EXECUTED), *map(digest, RESULTS))


def digest(path: Path) -> str:
    """Return a digest of a file, or of all files of a folder and their names."""
    try:
        if path.is_file():
            return content(path)
        names = {
            file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()
        }
        lines = [f"{name} {content(names[name])}" for name in sorted(names)]
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()


# ---------------------------------------------------------------------------- healing


def heal() -> None:
    """Remove what is damaged, and what failed, so that it is made again."""
    for path in _out_of_place():
        print(f"  {path} was not written by a build; it is removed")
        remove(path)
    # What Snakemake noted; times and the files themselves say all that it needs to know.
    remove(BUILD / ".snakemake")
    _turn_back()
    gone = []
    for report in FAILURES.rglob("*.txt"):
        name = report.relative_to(FAILURES).as_posix().removesuffix(".txt")
        gone.append(EXECUTED / f"{name}.ipynb")
        remove(report)
    for notebook in EXECUTED.rglob("*.ipynb"):
        if not sealed(notebook) or not sealed(notebook.with_suffix(".used")):
            print(f"  {notebook.name} is damaged; it is executed again")
            gone += [notebook, notebook.with_suffix(".used")]
    for result in LONG.rglob("*.json"):
        if not sealed(result):
            print(f"  {result.name} is damaged; it is computed again")
            gone.append(result)
    if gone or not all(map(sealed, RESULTS)):
        gone += [*RESULTS, PAGES_MADE]
    if read(PAGES_MADE) != digest(HTML):
        gone.append(PAGES_MADE)
    for path in (*gone, *BUILD.glob(".*.part"), *_below(EXECUTED, STAMPS, ending=".part")):
        remove(path)


def make_missing(plan: dict[str, Any]) -> None:
    """Have what was made from notebooks and long results made again if one of them is missing.

    Snakemake makes what is asked for, and not what that was once made from.
    """
    made = [
        EXECUTED / kind / f"{name}.{ending}"
        for kind, ending in (("sheets", "ipynb"), ("chapters", "ipynb"), ("choices", "json"))
        for name in plan[kind]
    ]
    if not all(path.exists() for path in made):
        for path in (*RESULTS, PAGES_MADE):
            remove(path)


def _out_of_place() -> Iterator[Path]:
    """Yield links, and files where folders belong or the other way round."""
    for folder, folders, files in os.walk(BUILD, topdown=True):
        for path in (Path(folder, name) for name in (*folders, *files)):
            if path.is_symlink() and path != STUDIED:
                yield path
    yield from (path for path in _FILES if path.is_dir())
    needed = (*_FOLDERS, *LONG.glob("*"))
    yield from (path for path in needed if path.exists() and not path.is_dir())


def _turn_back() -> None:
    """Bring files from the future back to now, and all older ones with them.

    Snakemake compares times. Where the clock was ahead, or has been put back, what is written
    now would look older than what it was made from.
    """
    files = [*_below(STAMPS, EXECUTED), *(f for f in (*RESULTS, PAGES_MADE) if f.is_file())]
    times = {file: file.stat().st_mtime_ns for file in files}
    ahead = max(times.values(), default=0) - time.time_ns()
    if ahead > 0:
        for file, written in times.items():
            os.utime(file, ns=(max(0, written - ahead),) * 2)


def _below(*folders: Path, ending: str = "") -> list[Path]:
    return [p for folder in folders for p in folder.rglob(f"*{ending}") if p.is_file()]
