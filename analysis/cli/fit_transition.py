"""``fit transition``: eqs. 1-6."""

from typing import Any

import click

import analysis
from analysis.cli import options
from analysis.cli.batch import find_all, fits
from analysis.cli.findings import EXIT_STATUS
from analysis.cli.sources import data_of
from analysis.show.findings import Finding, transition_finding


def _criterion(part: float) -> str | None:
    return None if 0 < part < 1 else f"must be a fraction of R_n, above 0 and below 1, got {part:g}"


def _mu_star(value: float) -> str | None:
    from analysis.transport.coupling import MU_STAR_LIMIT as LIMIT  # noqa: PLC0415 - numpy is slow

    return (
        None if 0 <= value < LIMIT else f"must be at least 0 and below {LIMIT:.4f}, got {value:g}"
    )


@click.command(
    "transition", epilog=EXIT_STATUS, short_help="Fit a transition: T_c, Theta_D and lambda."
)
@fits
@options.temperatures("Fit between these temperatures (K); all points if not given.")
@options.number("--criterion", 0.05, "T_c is where R falls to this fraction of R_n.", _criterion)
@options.number("--mu-star", 0.13, "Coulomb pseudopotential.", _mu_star)
@options.choice(
    "--formula",
    "transport.coupling:FORMULAS",
    "advanced",
    "Formula that gives lambda from T_c and Theta_D.",
)
@options.choice(
    "--normal",
    "transport.transition_start:NORMAL_STATES",
    None,
    "Normal state: the law, a straight line or a constant; the data decide if not given.",
)
@options.law_options
@options.reading_options
def fit_transition(*, files: tuple[str, ...], **given: Any) -> None:
    """Fit the transition (eq. 5) and the normal state (eq. 1): T_c, Theta_D and lambda.

    FILE is a file of your own or the name of a data set; each of many gets one line. If the
    points do not show the shape of the transition, T_c is read off the points. If they are too
    far apart for that, the result is the two temperatures between which T_c lies.

    \b
    Examples:
      python -m analysis fit transition twin-zero-resistance-22.4gpa
      python -m analysis fit transition rt.csv --criterion 0.05 --mu-star 0.13 --json
      python -m analysis fit transition *.dat --csv out.csv
    """
    find_all("transition", find_transition, files, given)


def find_transition(
    file: str,
    *,
    window: tuple[float, float] | None,
    criterion: float,
    mu_star: float,
    formula: str,
    normal: str | None,
    law: str,
    n: float,
    **reading: Any,
) -> Finding:
    """Return what ``fit transition`` finds in a file."""
    curve = data_of("resistance", file, reading, window)
    result = analysis.fit_transition(curve, window=window, normal=normal, law=law, n=n)
    return transition_finding(
        file, curve, result, criterion=criterion, mu_star=mu_star, formula=formula
    )
