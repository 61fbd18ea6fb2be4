"""Options that several commands share, and the checks of what they are given."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import click

from analysis.cli.words import OneOf
from analysis.errors import attempt
from analysis.reading.source import KINDS
from analysis.transport import DEFAULT_LAW

Command = Callable[..., None]

# Options that say how a file is read: what stands for the value in the help, and the help.
CURVES = {
    "--temperature": ("COLUMN", "Column of T: heading, or number from 1."),
    "--resistance": ("COLUMN", "Column of R: heading, or number from 1."),
    "--voltage": ("COLUMN", "Column of V, where R is V over I."),
    "--current": ("COLUMN", "Column of I, where R is V over I."),
    "--channel": ("NUMBER", "Bridge or channel, if there are several."),
    "--temperature-unit": ("UNIT", "K, mK or C."),
    "--resistance-unit": ("UNIT", "ohm, mohm, 'uohm cm', ratio ..."),
    "--voltage-unit": ("UNIT", "V, mV, uV or nV."),
    "--current-unit": ("UNIT", "A, mA, uA or nA."),
    "--sweep": (
        "SWEEP",
        "Sweep, if there are several: its number (see check), cooling, warming, or all.",
    ),
    "--field": (
        "FIELD",
        "Only points in this magnetic field: in the unit of its column, or '1 T'.",
    ),
}
TABLES = {
    "--sheet": ("SHEET", "Sheet of a workbook: name, or number from 1."),
    "--decimal": ("MARK", "Decimal mark: . or ,"),
    "--skip-bad-rows": ("", "Leave out rows that hold no measurement, and say which."),
}
PATTERNS = {
    "--wavelength": ("PM", "Wavelength in pm (K-alpha 1)."),
    "--wavelength-2": ("PM", "K-alpha 2 in pm, for a doublet."),
    "--two-theta": ("COLUMN", "Column of 2 theta: heading, or number."),
    "--two-theta-unit": ("UNIT", "deg or rad; 1/A or 1/nm for Q; A or nm for d."),
    "--intensity": ("COLUMN", "Column of the intensity."),
    "--error": ("COLUMN", "Column of its standard error, or none."),
}
COLUMNS = {"resistance": CURVES, "diffraction": PATTERNS}
FILES = click.argument("files", metavar="FILE|DATASET...", nargs=-1, required=True)
kind = click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="What FILE holds; if not given, recognised by its ending, headings and options.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def adding(options: dict[str, tuple[str, str]]) -> Callable[[Command], Command]:
    """Return what adds these options to a command."""

    def add(command: Command) -> Command:
        for option, (metavar, text) in reversed(options.items()):
            if not metavar:  # None, not False: `given` takes what is not None
                command = click.option(option, is_flag=True, default=None, help=text)(command)
                continue
            kind = float if metavar == "PM" else str
            command = click.option(option, metavar=metavar, type=kind, help=text)(command)
        return command

    return add


# Of R(T), of patterns (`pattern_of` takes them), and of patterns beside those of R(T).
reading_options = adding(CURVES | TABLES)
pattern_options = adding(PATTERNS | TABLES)
only_patterns = adding(PATTERNS)


def names(options: Iterable[str]) -> set[str]:
    """Return the parameters that these options set."""
    return {option.removeprefix("--").replace("-", "_") for option in options}


def window(text: str, highest: float, needed: str) -> Callable[[Command], Command]:
    """Return the option `--window`; what no data could have is refused with what is `needed`."""

    def check(
        _context: click.Context, _option: click.Parameter, edges: tuple[float, float] | None
    ) -> tuple[float, float] | None:
        if edges is not None and not 0 <= edges[0] < edges[1] <= highest:
            raise click.BadParameter(f"{edges[0]:g} to {edges[1]:g} {needed}")
        return edges

    return click.option(
        "--window", nargs=2, type=float, metavar="LOW HIGH", callback=check, help=text
    )


def temperatures(text: str) -> Callable[[Command], Command]:
    """Return the option `--window` of temperatures."""
    return window(text, math.inf, "K is not two ascending temperatures, 0 K or above")


def number(
    option: str, default: float, text: str, wrong: Callable[[float], str | None]
) -> Callable[[Command], Command]:
    """Return an option for a number; `wrong` says what is wrong with one, if anything is."""

    def check(_context: click.Context, _option: click.Parameter, value: float) -> float:
        if problem := wrong(value):
            raise click.BadParameter(problem)
        return value

    return click.option(option, default=default, show_default=True, callback=check, help=text)


def choice(
    option: str, place: str, default: str | None, text: str, **more: Any
) -> Callable[[Command], Command]:
    """Return an option that takes the names in a table of a module, see `OneOf`."""
    return click.option(
        option, type=OneOf(place), default=default, show_default=True, help=text, **more
    )


def _exponent(n: float) -> str | None:
    from analysis.transport.bloch_gruneisen import checked_exponent  # noqa: PLC0415 - scipy is slow

    return attempt(lambda: checked_exponent(n))[1]


def law_options(command: Command) -> Command:
    """Add the options that choose a law of R(T)."""
    law = choice("--law", "transport.laws:LAWS", DEFAULT_LAW, "Law of the normal state's R(T).")
    return law(number("--n", 5.0, "Exponent of the law.", _exponent)(command))


def cell(option: str, text: str) -> Callable[[Command], Command]:
    """Return an option for a cell, as numbers."""
    return click.option(
        option, metavar="A[,B,C[,ALPHA,BETA,GAMMA]]", callback=cell_numbers, help=text
    )


def cell_numbers(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> tuple[float, ...] | None:
    """Return the numbers of "3.88" or "5.29,5.22,19.7"."""
    if text is None:
        return None
    try:
        numbers = tuple(float(part) for part in text.replace(",", " ").split())
    except ValueError:
        numbers = ()
    if not 1 <= len(numbers) <= 6:
        raise click.BadParameter(
            f"{text!r} is not a cell; write a or a,b,c in angstrom, and then alpha,beta,gamma in "
            "degrees if the symmetry does not fix them"
        )
    return numbers
