"""What a command finds in a file, how it is called, and the exit status that says so."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import click

from analysis.cli.printing import print_fit, print_json
from analysis.cli.schema import record
from analysis.errors import AnalysisError, FitError, of_the_machine


class Status(Enum):
    """What came of a file, from fine to worst."""

    RESULT = "result"
    LOOK = "look at it"  # a result with warnings
    NONE = "no result"  # the file was read, and nothing can be quoted
    REFUSED = "refused"

    def exit_status(self, *, strict: bool = False) -> int:
        """Return what a command ends with."""
        return {"result": 0, "look at it": int(strict), "no result": 3, "refused": 2}[self.value]


EXIT_STATUS = (
    "Exit status: 0 a result; 1 with --strict, a result with warnings; 2 a file or option is "
    "refused; 3 the file was read and holds no result. Of many files the worst counts, in the "
    "order 2, 3, 1, 0."
)


@dataclass(frozen=True)
class Finding:
    """What a command found in one file.

    Attributes
    ----------
    command : str
        As `analysis.cli.schema` calls it.
    data : ResistanceCurve or DiffractionPattern
    heading : str
        What was fitted to it, in words.
    rows : sequence of sequences of str
        Names and numbers as people read them.
    numbers : mapping
        The result's dictionary, for JSON.
    leading : mapping of str to str
        Keys of numbers that count as the result, one of which has to be quoted, and the name
        of each in the rows; empty where the result is none of the numbers.
    kind : int
        Which of the command's objects it is, see ``outputs.toml``.
    """

    command: str
    file: str
    data: Any
    heading: str
    rows: Sequence[Sequence[str]]
    numbers: Mapping[str, Any]
    leading: Mapping[str, str]
    kind: int = 0

    @property
    def status(self) -> Status:
        """What came of the file."""
        leading = [self.numbers[key] for key in self.leading]
        return status_of(leading, self.numbers["warnings"])

    @property
    def content(self) -> dict[str, Any]:
        """The JSON object."""
        about = {"file": self.file, "status": self.status.value, "notes": self.data.notes}
        about["read"] = None if self.data.reading is None else self.data.reading.to_dict()
        return record(self.command, {**self.numbers, **about}, self.kind)

    @property
    def outcome(self) -> "Outcome":
        """What is kept of it where there are many files."""
        said = [" ".join(row) for row in self.rows if row[0] in self.leading.values()]
        said = said or list(self.numbers["remarks"][-1:])
        return Outcome(self.file, self.status, ", ".join(said), self.content)

    def show(self, *, as_json: bool) -> None:
        """Print it."""
        if as_json:
            print_json(self.content)
        else:
            said = (self.numbers["warnings"], self.numbers["remarks"])
            print_fit(self.file, self.data, self.heading, self.rows, *said)


def status_of(leading: Iterable[Mapping[str, Any]], warnings: Collection[str]) -> Status:
    """Return what numbers of which one has to be quoted, if there are any, and warnings come to."""
    from analysis.numerics.summary import Form, form_of  # noqa: PLC0415 - slow to import

    forms = {form_of(number) for number in leading}
    if forms and forms <= {Form.NONE, Form.ABOUT}:
        return Status.NONE
    return Status.LOOK if warnings else Status.RESULT


@dataclass(frozen=True)
class Outcome:
    """What came of one of many files.

    Attributes
    ----------
    said : str
        The leading numbers, or why it was refused.
    content : mapping
        The JSON object.
    """

    file: str
    status: Status
    said: str
    content: Mapping[str, Any]


def refusal(file: str, status: Status, reason: str) -> Outcome:
    """Return the outcome of a file that holds no result or cannot be used: why."""
    content = {"file": file, "status": status.value, "error": reason}
    return Outcome(file, status, reason.removeprefix(f"{file}: "), content)


def problem(error: Exception) -> tuple[str, Status]:
    """Return what is wrong in one line, and whether the file was usable all the same.

    Raises
    ------
    Exception
        The one given, if it is a mistake of this program.
    """
    if isinstance(error, click.ClickException):
        said, status = error.format_message(), Status.REFUSED
    elif isinstance(error, AnalysisError):
        said, status = str(error), Status.NONE if isinstance(error, FitError) else Status.REFUSED
    elif isinstance(error, click.Abort):
        said, status = "interrupted", Status.REFUSED
    elif isinstance(error, OSError | MemoryError):  # a full disk, standard output included
        said, status = of_the_machine(error), Status.REFUSED
    else:
        raise error
    return " ".join(str(AnalysisError(said)).split()), status


def outcome_of(find: Callable[[str], Outcome], file: str) -> Outcome:
    """Return what came of a file; whatever goes wrong is an outcome, too."""
    try:
        return find(file)
    except Exception as error:  # noqa: BLE001 - also a mistake of this program: others go on
        try:
            said, status = problem(error)
        except Exception:  # noqa: BLE001
            said = f"a mistake of this program: {type(error).__name__}: {error}"
            status, said = Status.REFUSED, str(AnalysisError(said))
        return refusal(file, status, said)
