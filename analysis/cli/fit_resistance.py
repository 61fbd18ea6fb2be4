"""``fit resistance``: eq. 1, another law, or all of them side by side."""

from typing import Any

import click

import analysis
from analysis.cli.batch import find_all, fits
from analysis.cli.findings import EXIT_STATUS
from analysis.cli.options import choice, law_options, reading_options, temperatures
from analysis.cli.sources import data_of
from analysis.errors import DataError
from analysis.show.findings import Finding, resistance_finding


@click.command("resistance", epilog=EXIT_STATUS, short_help="Fit R(T): eq. 1, or another law.")
@fits
@temperatures("Fit between these temperatures (K); chosen from the data if not given.")
@law_options
@choice(
    "--weighting",
    "transport.solve:WEIGHTINGS",
    "uniform",
    "Same error for every point, error in proportion to R, or same weight per kelvin.",
)
@click.option(
    "--compare",
    is_flag=True,
    help="Fit all rival laws and say which of them the data can distinguish.",
)
@reading_options
def fit_resistance(*, files: tuple[str, ...], **given: Any) -> None:
    """Fit eq. 1, the Bloch-Grueneisen law with saturation, or another law to R(T).

    FILE is a file of your own or the name of a data set. Each of many gets one line.

    \b
    Examples:
      python -m analysis fit resistance silver --window 20 300
      python -m analysis fit resistance rt.csv --window 80 300 --json
      python -m analysis fit resistance rt.csv --compare
      python -m analysis fit resistance *.dat --channel 1 --csv out.csv
    """
    if given["compare"] and given["table"]:
        raise DataError("--compare prints a table, which --csv cannot write; leave --csv out")
    find_all("resistance", find_resistance, files, given)


def find_resistance(
    file: str,
    *,
    window: tuple[float, float] | None,
    law: str,
    n: float,
    weighting: str,
    compare: bool = False,
    **reading: Any,
) -> Finding:
    """Return what ``fit resistance`` finds in a file."""
    curve = data_of("resistance", file, reading, window)
    if compare:
        return _compared(file, curve, window, weighting)
    result = analysis.fit_resistance(curve, window=window, law=law, n=n, weighting=weighting)
    return resistance_finding(file, curve, result)


def _compared(file: str, curve: Any, window: tuple[float, float] | None, weighting: str) -> Finding:
    result = analysis.compare_laws(curve, window=window, weighting=weighting)
    comparison = result.to_dict()
    low, high = result.closest.window
    heading = f"rival laws from {low:g} to {high:g} K, {weighting} weights"
    return Finding("resistance", file, curve, heading, result.rows(), comparison, {}, kind=1)
