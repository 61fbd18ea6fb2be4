"""Options that several commands share, and the checks of what they are given."""

import math
from collections.abc import Callable, Iterable

import click

from analysis.cli.words import OneOf
from analysis.errors import AnalysisError
from analysis.transport import DEFAULT_LAW

Command = Callable[..., None]

# Options that say how a file is read: what stands for the value in the help, and the help.
CURVES = {
    "--temperature": ("COLUMN", "Column of T: heading, or number from 1."),
    "--resistance": ("COLUMN", "Column of R: heading, or number from 1."),
    "--voltage": ("COLUMN", "Column of V, where R is V over I."),
    "--current": ("COLUMN", "Column of I, where R is V over I."),
    "--channel": ("NUMBER", "Bridge or channel, where there are several."),
    "--temperature-unit": ("UNIT", "K, mK or C."),
    "--resistance-unit": ("UNIT", "ohm, mohm, 'uohm cm', ratio ..."),
}
TABLES = {
    "--sheet": ("SHEET", "Sheet of a workbook: name, or number from 1."),
    "--decimal": ("MARK", "Decimal mark: . or ,"),
}
PATTERNS = {
    "--wavelength": ("PM", "Wavelength in pm (K-alpha 1)."),
    "--wavelength-2": ("PM", "K-alpha 2 in pm, of a doublet."),
    "--two-theta": ("COLUMN", "Column of 2 theta: heading, or number."),
    "--intensity": ("COLUMN", "Column of the intensity."),
    "--error": ("COLUMN", "Column of its standard error, or none."),
}
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def adding(options: dict[str, tuple[str, str]]) -> Callable[[Command], Command]:
    """Return what adds these options to a command."""

    def add(command: Command) -> Command:
        for option, (metavar, text) in reversed(options.items()):
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


def temperatures(
    _context: click.Context, _option: click.Parameter, edges: tuple[float, float] | None
) -> tuple[float, float] | None:
    """Refuse a window that no data could have."""
    if edges is not None and not 0 <= edges[0] < edges[1]:
        raise click.BadParameter(
            f"{edges[0]:g} to {edges[1]:g} K is not two ascending temperatures, 0 K or above"
        )
    return edges


def _exponent(_context: click.Context, _option: click.Parameter, n: float) -> float:
    from analysis.transport.bloch_gruneisen import checked_exponent  # noqa: PLC0415 - scipy is slow

    try:
        return checked_exponent(n)
    except AnalysisError as error:
        raise click.BadParameter(str(error)) from None


def law_options(command: Command) -> Command:
    """Add the options that choose a law of R(T)."""
    exponent = click.option(
        "--n", default=5.0, show_default=True, callback=_exponent, help="Exponent of the law."
    )
    law = click.option(
        "--law",
        type=OneOf("analysis.transport.laws", "LAWS"),
        default=DEFAULT_LAW,
        show_default=True,
        help="Law of the normal state's R(T).",
    )
    return law(exponent(command))


def angles(
    _context: click.Context, _option: click.Parameter, edges: tuple[float, float] | None
) -> tuple[float, float] | None:
    """Refuse angles that no pattern could have."""
    if edges is not None and not 0 <= edges[0] < edges[1] <= 180:
        raise click.BadParameter(
            f"{edges[0]:g} to {edges[1]:g} is not two ascending angles, 0 to 180 degrees"
        )
    return edges


def positive(_context: click.Context, _option: click.Parameter, value: float) -> float:
    """Refuse what is not a number above 0."""
    if not 0 < value < math.inf:
        raise click.BadParameter(f"must be a number above 0, got {value:g}")
    return value


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
            f"{text!r} is no cell; write a or a,b,c in angstrom, and then alpha,beta,gamma in "
            "degrees if they are not what the symmetry demands"
        )
    return numbers
