"""The errors that this package raises on purpose: each one line, for people."""

from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class AnalysisError(ValueError):
    """Something given to this package cannot be used; the message says what and why.

    The command line prints the message and ends with exit status 2. Line breaks, which
    a file's name or contents may bring in, become spaces: a message is one line.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.splitlines()))


class DataError(AnalysisError):
    """A file, a data set or an array of measured values is not usable as it is."""


class FitError(AnalysisError):
    """The data do not allow the fit that was asked for."""


def attempt(fit: Callable[[], Result]) -> tuple[Result | None, str | None]:
    """Return the result of a fit, or None and why these data do not allow it."""
    try:
        return fit(), None
    except AnalysisError as error:
        return None, str(error)
