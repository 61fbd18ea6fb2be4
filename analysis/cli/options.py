"""Options that several commands share, and the checks of what they are given."""

import math
from collections.abc import Callable, Iterable

import click

from analysis.cli.words import OneOf
from analysis.errors import AnalysisError
from analysis.transport import DEFAULT_LAW

Command = Callable[..., None]

READING = (
    click.option("--temperature", metavar="COLUMN", help="Column of T: heading, or number from 1."),
    click.option("--resistance", metavar="COLUMN", help="Column of R: heading, or number from 1."),
    click.option("--voltage", metavar="COLUMN", help="Column of V, where R is V over I."),
    click.option("--current", metavar="COLUMN", help="Column of I, where R is V over I."),
    click.option("--channel", metavar="NUMBER", help="Bridge or channel, where there are several."),
    click.option("--temperature-unit", metavar="UNIT", help="K, mK or C."),
    click.option("--resistance-unit", metavar="UNIT", help="ohm, mohm, 'uohm cm', ratio ..."),
    click.option("--sheet", metavar="SHEET", help="Sheet of a workbook: name, or number from 1."),
    click.option("--decimal", metavar="MARK", help="Decimal mark: . or ,"),
)


TABLES = READING[-2:]  # of every table: sheet, decimal mark
PATTERN_READING = (
    click.option("--wavelength", type=float, metavar="PM", help="Wavelength in pm (K-alpha 1)."),
    click.option("--wavelength-2", type=float, metavar="PM", help="K-alpha 2 in pm, of a doublet."),
    click.option("--two-theta", metavar="COLUMN", help="Column of 2 theta: heading, or number."),
    click.option("--intensity", metavar="COLUMN", help="Column of the intensity."),
    click.option("--error", metavar="COLUMN", help="Column of its standard error, or none."),
)


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


JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def reading_options(command: Command) -> Command:
    """Add the options that say how to read a file."""
    for option in reversed(READING):
        command = option(command)
    return command


def pattern_options(command: Command) -> Command:
    """Add the options that say how to read a diffraction pattern; `pattern_of` takes them."""
    for option in reversed((*PATTERN_READING, *TABLES)):
        command = option(command)
    return command


def only_patterns(command: Command) -> Command:
    """Add the options that only patterns have, to a command that has those of R(T)."""
    for option in reversed(PATTERN_READING):
        command = option(command)
    return command


def names(options: Iterable[Callable[[Command], Command]]) -> set[str]:
    """Return the parameters that these options set."""

    def bare() -> None:
        pass

    for option in options:
        option(bare)
    return {parameter.name or "" for parameter in bare.__click_params__}  # type: ignore[attr-defined]


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
