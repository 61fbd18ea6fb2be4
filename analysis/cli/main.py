"""The command line: ``python -m analysis list | check | fit ... | multiverse | import | new ...``.

Results go to standard output. Bad input ends with exit status 2, data without a result with 3,
and one line on standard error. Whatever is slow to import is imported inside the command that
needs it. Commands that need the book are registered by `compendium` under the entry point
`COMMANDS`.
"""

import io
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import entry_points

import click

import analysis
import analysis.numerics.arithmetic  # before anything that imports numpy
from analysis.cli.check import check
from analysis.cli.exercise import exercise
from analysis.cli.findings import EXIT_STATUS, problem
from analysis.cli.fit_pressure import fit_pressure
from analysis.cli.fit_resistance import fit_resistance
from analysis.cli.fit_strain import fit_strain
from analysis.cli.fit_transition import fit_transition
from analysis.cli.import_ import import_command
from analysis.cli.list import list_command
from analysis.cli.multiverse import multiverse
from analysis.cli.new import new
from analysis.cli.progress import progress_bar
from analysis.cli.schema import schema
from analysis.cli.sources import PROGRAM

COMMANDS = "analysis.commands"


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0, 2 for bad input, see `Status`."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a file's name need not be text
        sys.stdout.reconfigure(errors="backslashreplace")
    with warnings.catch_warnings():
        if not sys.warnoptions:  # what a user must know is said in words by the results
            warnings.simplefilter("ignore")
        try:
            status = main.main(arguments, prog_name=PROGRAM, standalone_mode=False)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader of a pipe (head, less) has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except Exception as error:  # noqa: BLE001 - what it does not know it raises again
            message, problem_status = problem(error)
            if isinstance(error, OSError | MemoryError):  # standard output may be what is full
                with suppress(OSError):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        else:  # 0, or what a command that has printed its errors itself exits with
            return status or 0
    click.echo(f"error: {message}", err=True)
    return problem_status.exit_status()


class Verbs(click.Group):
    """The commands of this package, and those that installed packages add."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands."""
        added = [point.name for point in entry_points(group=COMMANDS)]
        return sorted({*super().list_commands(context), *added})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command; one that is added is imported only now."""
        own = super().get_command(context, name)
        if own is not None:
            return own
        added = entry_points(group=COMMANDS, name=name)
        command: click.Command | None = next(iter(added)).load() if added else None
        return command


def show_help(context: click.Context) -> None:
    """Show the help of a group that is called without a command."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@click.group(
    cls=Verbs, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(analysis.__version__, prog_name="la3ni2o7-compendium")
@click.pass_context
def main(context: click.Context) -> None:
    """R(T) and X-ray diffraction: list the data sets, check a file of your own, fit it.

    The exit status is 2 if the input is wrong, and 3 if the data give no result; one line then
    says what is wrong and where.
    """
    show_help(context)


@main.group(
    invoke_without_command=True,
    epilog=EXIT_STATUS,
    short_help="Fit a resistance, a transition, a strain or a pressure.",
)
@click.pass_context
def fit(context: click.Context) -> None:
    """Fit a law to data: fit resistance | transition | strain | pressure FILE.

    Each of many files, or names of data sets, gets one line: see fit resistance --help.
    """
    context.with_resource(progress_bar())
    show_help(context)


for command in (list_command, check, import_command, multiverse, new, exercise, schema):
    main.add_command(command)
for command in (fit_resistance, fit_transition, fit_strain, fit_pressure):
    fit.add_command(command)


def entry() -> None:
    """Run the command line as a program: the console script ``la3ni2o7``."""
    sys.exit(run())
