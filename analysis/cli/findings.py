"""What a command finds in a file, how it is called, and the exit status that says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from analysis.cli.printing import print_json
from analysis.cli.schema import record
from analysis.errors import AnalysisError, FitError, of_the_machine
from analysis.numerics.schema_version import versioned
from analysis.show.findings import Finding, Status

EXIT_STATUS = (
    "Exit status: 0, there is a result; 1, only with --strict, a result has warnings; 2, a file or "
    "option is refused; 3, the file was read but gives no result. With many files, the worst "
    "status counts, in the order 2, 3, 1, 0."
)


def content_of(finding: Finding) -> dict[str, Any]:
    """Return the JSON object of a finding."""
    return record(finding.command, finding.entries, finding.kind)


def kept_of(finding: Finding) -> "Outcome":
    """Return what is kept of it where there are many files."""
    return Outcome(finding.file, finding.status, finding.said, content_of(finding))


def show(finding: Finding, *, as_json: bool) -> None:
    """Print a finding."""
    if as_json:
        print_json(content_of(finding))
    else:
        click.echo(finding.text)


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
    content = versioned({"file": file, "status": status.value, "error": reason})
    return Outcome(file, status, reason.removeprefix(f"{file}: "), content)


def problem(error: Exception) -> tuple[str, Status]:
    """Return what is wrong in one line, and whether the file was usable all the same.

    Raises
    ------
    Exception
        The one given, if it is a bug of this program.
    """
    if isinstance(error, click.ClickException):
        message, status = error.format_message(), Status.REFUSED
    elif isinstance(error, AnalysisError):
        message, status = str(error), Status.NONE if isinstance(error, FitError) else Status.REFUSED
    elif isinstance(error, click.Abort):
        message, status = "interrupted", Status.REFUSED
    elif isinstance(error, OSError | MemoryError):  # a full disk, standard output included
        message, status = of_the_machine(error), Status.REFUSED
    else:
        raise error
    return " ".join(str(AnalysisError(message)).split()), status


def outcome_of(find: Callable[[str], Outcome], file: str) -> Outcome:
    """Return what came of a file; whatever goes wrong is an outcome, too."""
    try:
        return find(file)
    except Exception as error:  # noqa: BLE001 - also a bug of this program: others go on
        try:
            message, status = problem(error)
        except Exception:  # noqa: BLE001
            message = f"a bug of this program: {type(error).__name__}: {error}"
            status, message = Status.REFUSED, str(AnalysisError(message))
        return refusal(file, status, message)
