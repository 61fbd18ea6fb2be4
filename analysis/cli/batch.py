"""Many files: a line of each, what they come to, a csv file, and an exit status."""

import csv
import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import click

from analysis.cli.findings import Outcome, kept_of, show
from analysis.cli.options import FILES, JSON, Command
from analysis.cli.processes import Work, bound_memory, cores, outcomes
from analysis.cli.schema import cells, headings
from analysis.errors import UNSEEN, DataError
from analysis.show.findings import Finding, Status
from analysis.show.printed import plain

# Seconds between two lines about the progress where there is no terminal.
NOW_AND_THEN = 15.0
# Files that the summary names, of each status.
NAMED = 20


class Plan(NamedTuple):
    """How many files are worked on at once and what is written: see `many` and `fits`."""

    as_json: bool = False
    strict: bool = False
    jobs: int | None = None
    time_limit: float = 600.0
    table: str | None = None


_OPTIONS = (
    click.option("--strict", is_flag=True, help="Exit status 1 where a result has warnings."),
    click.option(
        "--jobs",
        type=click.IntRange(1),
        metavar="NUMBER",
        help="Number of files read at the same time; one per core if not given.",
    ),
    click.option(
        "--time-limit",
        type=click.FloatRange(0, min_open=True),
        default=Plan().time_limit,
        show_default=True,
        metavar="SECONDS",
        help="Longest time for each file, where there are many.",
    ),
)
_TABLE = click.option(
    "--csv", "table", metavar="FILE", help="Write the numbers to FILE, one row for each file."
)


def many(command: Command) -> Command:
    """Add the options of a `Plan` to a command, but those of what it writes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def fits(command: Command) -> Command:
    """Add the files that a command takes, and all options of a `Plan`."""
    return FILES(fit_options(command))


def fit_options(command: Command) -> Command:
    """Add all options of a `Plan` to a command."""
    return many(_TABLE(JSON(command)))


def find_all(
    command: str, find: Callable[..., Finding], files: Sequence[str], given: dict[str, Any]
) -> None:
    """Find and print what files hold, and end with the exit status that says what came of them.

    One file is worked on here and printed in full. Many, and one with a csv file, are a line each.

    Parameters
    ----------
    command : str
        As `analysis.cli.schema` calls it.
    find : callable
        Takes a file, and what is given.
    files : sequence of str
    given : dict
        By name: a `Plan`, and the rest for `find`.
    """
    plan = Plan(**{name: given.pop(name) for name in Plan._fields})
    find = partial(find, **given)
    if len(files) == 1 and plan.table is None:
        finding = find(files[0])
        show(finding, as_json=plan.as_json)
        finish([finding.status], strict=plan.strict)
    work = partial(_outcome, find, plan.jobs or cores())
    if plan.table is None:
        run_all(work, files, plan)
        return
    path = Path(plan.table)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise DataError(f"--csv: {path} cannot be a file; name a file in an existing folder")
    if path.exists() and any(Path(file).exists() and path.samefile(file) for file in files):
        raise DataError(f"--csv: {path} is one of the input files; name another file")
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(headings(command))

    def keep(outcome: Outcome) -> None:
        from analysis.show.foreign import csv_cell  # noqa: PLC0415 - only where it is needed

        row = cells(command, plain(outcome.content))
        rows.writerow(map(csv_cell, row.values()))

    try:
        run_all(work, files, plan, keep)
    finally:  # whole rows, also of a batch that was interrupted
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.write_text(text.getvalue(), encoding="utf-8")
        part.replace(path)


def _outcome(find: Callable[[str], Finding], jobs: int, file: str) -> Outcome:
    bound_memory(jobs)
    return kept_of(find(file))


def run_all(
    work: Work,
    files: Sequence[str],
    plan: Plan,
    keep: Callable[[Outcome], None] = lambda _: None,
) -> None:
    """Work on many files, print a line of each and what they come to, and end.

    Parameters
    ----------
    work : callable
        See `analysis.cli.processes.outcomes`.
    files : sequence of str
    plan : Plan
    keep : callable
        Is given each outcome.
    """
    came: dict[Status, list[str]] = {status: [] for status in Status}
    width = min(max(map(len, files)), 40)
    try:
        with closing(outcomes(work, files, plan.jobs, plan.time_limit)) as all_outcomes:
            for outcome in _with_progress(all_outcomes, len(files)):
                came[outcome.status].append(outcome.file)
                keep(outcome)
                line = f"{outcome.file:{width}}  {outcome.status.value:10}  {outcome.said}"
                if plan.as_json:
                    line = json.dumps(plain(outcome.content), ensure_ascii=False, allow_nan=False)
                click.echo(UNSEEN.sub(" ", line))
    finally:
        _sum_up(came, len(files))
    finish((status for status in Status if came[status]), strict=plan.strict)


def finish(statuses: Iterable[Status], *, strict: bool) -> NoReturn:
    """End with the exit status of the worst."""
    order = list(Status)
    worst = max(statuses, key=order.index)
    click.get_current_context().exit(worst.exit_status(strict=strict))


def _sum_up(came: dict[Status, list[str]], asked: int) -> None:
    n_done = sum(map(len, came.values()))
    whole = f"{n_done} files" if n_done == asked else f"stopped after {n_done} of {asked} files"
    counts = ", ".join(f"{len(names)} {status.value}" for status, names in came.items())
    click.echo(f"{whole}: {counts}", err=True)
    for status, names in came.items():
        if names and status is not Status.RESULT:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            named = ", ".join(name or "''" for name in names[:NAMED])
            line = f"{status.value}: {named}{more}"
            click.echo(UNSEEN.sub(" ", line), err=True)


def _with_progress(all_outcomes: Iterator[Outcome], n_files: int) -> Iterator[Outcome]:
    """Yield outcomes; show on standard error how many there are."""
    from tqdm import tqdm  # noqa: PLC0415 - slow to import

    last_report = time.monotonic()
    with tqdm(all_outcomes, total=n_files, disable=None, leave=False, unit="file") as bar:
        for n_done, outcome in enumerate(bar, 1):
            with tqdm.external_write_mode(file=sys.stdout):
                yield outcome
            if bar.disable and time.monotonic() - last_report > NOW_AND_THEN:
                last_report = time.monotonic()
                click.echo(f"{n_done} of {n_files} files", err=True)
