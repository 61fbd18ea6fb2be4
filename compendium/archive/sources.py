"""The commit that an archive keeps: its files, its hash and its day, as git tells them."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from analysis.errors import DataError

MADE_OF = ("analysis", "book", "compendium", "data")  # a new file there changes the book
NO_CLONE = "an archive is made in a clone of the repository"


@dataclass(frozen=True)
class Commit:
    """A commit, and the day on which it was made, in UTC."""

    identity: str
    date: str


def commit_of(root: Path) -> Commit:
    """Return the commit that a clone is at.

    Raises
    ------
    DataError
        If the folder is no clone, or holds changes that are in no commit: the pages would not
        be those of the sources beside them.
    """
    changed = git(root, "status", "--porcelain", "--untracked-files=no").decode().splitlines()
    new = git(root, "ls-files", "--others", "--exclude-standard", "--", *MADE_OF).decode()
    names = [line[3:] for line in changed] + new.splitlines()
    if names:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        raise DataError(
            f"{root}: {names[0]}{more}: not as in the last commit; an archive holds a commit and "
            "the pages made from it, so commit your changes first"
        )
    identity, seconds = git(root, "log", "-1", "--format=%H %ct").decode().split()
    return Commit(identity, datetime.fromtimestamp(int(seconds), UTC).date().isoformat())


def sources_of(root: Path, commit: Commit, top: str) -> bytes:
    """Return the files of a commit below a top folder, as a tar file: the same in every clone."""
    # A setting of one's own would change the bytes.
    return git(
        root, "-c", "tar.umask=0022", "archive", "--format=tar", f"--prefix={top}/", commit.identity
    )


def git(root: Path, *words: str) -> bytes:
    """Return what git prints."""
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)  # noqa: S607
    except FileNotFoundError as error:
        raise DataError(f"git is not installed; {NO_CLONE}") from error
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise DataError(f"{root}: {said}; {NO_CLONE}")
    return done.stdout
