"""The commit that a clone is at: its files, its hash and its day, as git tells them."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from analysis.errors import DataError

MADE_OF = ("analysis", "book", "compendium", "data")  # a new file there changes the book
NO_COMMIT = "no commit known"
CHANGED = ", with changes that are in no commit"
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
    if names := changed_files(root):
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        raise DataError(
            f"{root}: {names[0]}{more}: not as in the last commit; an archive holds a commit and "
            "the pages made from it, so commit your changes first"
        )
    return last_commit(root)


def last_commit(root: Path) -> Commit:
    """Return the last commit of a clone, whatever has changed since."""
    identity, seconds = git(root, "log", "-1", "--format=%H %ct").decode().split()
    return Commit(identity, datetime.fromtimestamp(int(seconds), UTC).date().isoformat())


def changed_files(root: Path) -> list[str]:
    """Return the files that are not as in the last commit, and new ones that the book may use."""
    # Pages may be made while somebody else works with git there: no lock.
    status = ("--no-optional-locks", "status", "--porcelain", "--untracked-files=no")
    changed = git(root, *status).decode().splitlines()
    new = git(root, "ls-files", "--others", "--exclude-standard", "--", *MADE_OF).decode()
    return [line[3:] for line in changed] + new.splitlines()


def checkout(root: Path) -> str:
    """Return which commit a folder is at, and whether files differ from it, in words."""
    try:
        top = Path(git(root, "rev-parse", "--show-toplevel").decode().rstrip("\n"))
        if top != root.resolve():  # a folder within somebody else's repository
            return NO_COMMIT
        commit = last_commit(root)
        differs = CHANGED if changed_files(root) else ""
    except DataError:
        return NO_COMMIT
    return f"commit {commit.identity[:10]} of {commit.date}{differs}"


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
