"""The one place that decides where a path that a data package names may lead."""

import os
from pathlib import Path, PureWindowsPath

from analysis.errors import UNSEEN, DataError, shown

# What file systems allow, in bytes, of one name; and of a path within its folder.
LONGEST_NAME = 255
LONGEST_PATH = 1000


def below(folder: Path, name: str) -> Path:
    """Return the path of a file that a data package names, if it lies below a folder.

    A package comes from someone else, so its paths may not leave the folder that they count
    from: a path is relative, with "/" between folders and without "..", means the same on
    every system, and leads below the folder after all links are followed. Whether anything is
    there does not matter.

    Parameters
    ----------
    folder : Path
        The package's own, the cache, or the one that COMPENDIUM_DATA names; it may itself be
        reached by links.
    name : str
        What the package says.

    Raises
    ------
    DataError
        If the path could lead elsewhere; the message quotes it and says what is allowed.

    Examples
    --------
    >>> below(Path("data"), "run1/22gpa.csv").as_posix()
    'data/run1/22gpa.csv'
    >>> below(Path("data"), "../secret")
    Traceback (most recent call last):
        ...
    analysis.errors.DataError: '../secret' has ".."; allowed: a path below data, such as
    run1/22gpa.csv
    """
    problem = _lexical(name)
    if problem is None:
        place = folder / name
        if Path(os.path.realpath(place)).is_relative_to(os.path.realpath(folder)):
            return place
        problem = "is a link, or lies behind one, that leads elsewhere"
    raise DataError(
        f"{shown(name)} {problem}; allowed: a path below {folder}, such as run1/22gpa.csv"
    )


def _lexical(name: str) -> str | None:
    """Say what is wrong with a path whatever lies on the disk, or None."""
    parts, windows = name.split("/"), PureWindowsPath(name)
    long = len(name) > LONGEST_PATH or any(
        len(part.encode("utf-8", "replace")) > LONGEST_NAME for part in parts
    )
    problems = {
        "holds control characters": UNSEEN.search(name),
        "is not relative": windows.root or windows.drive,
        'has "\\"': "\\" in name,
        'has ".."': ".." in parts,
        # Some systems drop these.
        "has a name that ends in a dot or a blank": any(
            part.rstrip(". ") != part for part in parts if part != "."
        ),
        "is longer than file systems allow": long,
    }
    return next((words for words, applies in problems.items() if applies), None)
