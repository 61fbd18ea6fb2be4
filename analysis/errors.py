"""The errors that this package raises on purpose: each one line, for people."""

import errno
import re
import signal
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

# Characters that change what a terminal or a page shows around them: controls, those that
# turn the direction of writing, and halves of characters, which cannot be written at all.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
# Characters of one word in a message; a path may be long.
_WORD = 300


def shown(value: object, limit: int = 60) -> str:
    """Return a value as a message quotes it: on one line, and long ones shortened.

    Parameters
    ----------
    value : object
        What was found in a file or given by a user.
    limit : int
        Characters that are shown at most.

    Examples
    --------
    >>> shown("silver")
    "'silver'"
    >>> shown("a" * 9000)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' ... (9000 characters)"
    """
    if isinstance(value, str):
        if len(value) <= limit:
            return repr(value)
        return f"{value[: limit - 15]!r} ... ({len(value)} characters)"
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]} ..."


class AnalysisError(ValueError):
    """Something given to this package cannot be used; the message says what and why.

    The command line prints the message and ends with exit status 2, or 3. A message is one line
    that does to a terminal what it shows: line breaks and other control characters, which
    a file's name or contents may bring in, become spaces, and endless words are shortened.
    """

    def __init__(self, message: str) -> None:
        line = UNSEEN.sub(" ", " ".join(message.splitlines()))
        super().__init__(re.sub(rf"\S{{{_WORD + 1},}}", _ends_of, line))


def _ends_of(word: re.Match[str]) -> str:
    return f"{word[0][: _WORD // 2]}...{word[0][-_WORD // 2 :]}"


class DataError(AnalysisError):
    """A file, a data set or an array of measured values is not usable as it is."""


class FitError(AnalysisError):
    """The data do not allow the fit that was asked for.

    They were read: the command line ends with exit status 3, not 2.
    """


def attempt(fit: Callable[[], Result]) -> tuple[Result | None, str | None]:
    """Return the result of a fit, or None and why these data do not allow it."""
    try:
        return fit(), None
    except AnalysisError as error:
        return None, str(error)


# What helps where a file or folder cannot be used, by the number of the system's error.
_HELP = {
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room there",
    errno.EROFS: "name another place",
    errno.EACCES: "allow it, or name another place",
    errno.EPERM: "allow it, or name another place",
    errno.ENOMEM: "close other programs",
}


def of_the_machine(error: OSError | MemoryError) -> str:
    """Return what the machine refused in one line: which file, why, and what helps.

    Examples
    --------
    >>> of_the_machine(OSError(28, "No space left on device", "/mnt/out.csv"))
    '/mnt/out.csv: No space left on device; make room there'
    """
    if isinstance(error, MemoryError):
        return "the machine has not enough memory for it"
    where = f"{error.filename}: " if error.filename else ""
    helps = f"; {_HELP[error.errno]}" if error.errno in _HELP else ""
    return str(AnalysisError(f"{where}{error.strerror or error}{helps}"))


def killed_by(number: int) -> str:
    """Return how a process ended that a signal ended, such as "was killed by signal 11"."""
    return f"was killed by signal {number}{' (out of memory?)' * (number == signal.SIGKILL)}"
