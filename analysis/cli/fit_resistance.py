"""``fit resistance``: eq. 1, another law, or all of them side by side."""

from typing import Any

import click

import analysis
from analysis.cli.batch import find_all, fits
from analysis.cli.findings import EXIT_STATUS, Finding
from analysis.cli.options import choice, law_options, reading_options, temperatures
from analysis.cli.printing import stated
from analysis.cli.sources import data_of
from analysis.errors import DataError


@click.command("resistance", epilog=EXIT_STATUS)
@fits
@temperatures("Fit between these temperatures (K); found if not given.")
@law_options
@choice(
    "--weighting",
    "transport.solve:WEIGHTINGS",
    "uniform",
    "Same error for every point, error in proportion to R, or same weight per kelvin.",
)
@click.option(
    "--compare", is_flag=True, help="Fit all rival laws and say which the data tell apart."
)
@reading_options
def fit_resistance(*, files: tuple[str, ...], **given: Any) -> None:
    """Fit eq. 1, the Bloch-Grueneisen law with saturation, or another law to R(T).

    FILE is a file of your own or the name of a data set. Many are a line each.

    \b
    Examples:
      python -m analysis fit resistance silver --window 20 300
      python -m analysis fit resistance rt.csv --window 80 300 --json
      python -m analysis fit resistance rt.csv --compare
      python -m analysis fit resistance *.dat --channel 1 --csv out.csv
    """
    if given["compare"] and given["table"]:
        raise DataError("--compare has no row of numbers for --csv; leave --csv out")
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
    low, high = result.window
    points = f"{result.n_points} of {len(curve)} points"
    found = {"resistance_unit": curve.unit, **result.to_dict()}
    rows = [(name, stated(found[name])) for name in result.law.names if name != "g_sat"]
    first = result.law.first.name
    if found[first]["stderr"] is not None:
        low_end, high_end = found[first]["interval"]
        rows[0] = (rows[0][0], f"{rows[0][1]}  (95 %: {low_end:.4g} to {high_end:.4g})")
    if "g_sat" in result.law.names:  # it is quoted by what it stands for
        lower = found["r_sat_lower"]["value"]
        limit = "not known" if lower is None else f"> {lower:.3g} {curve.unit} (95 %)"
        r_sat = limit if found["r_sat"]["value"] is None else stated(found["r_sat"])
        rows.insert(result.law.names.index("g_sat"), ("r_sat", r_sat))
    rows += [
        ("R^2", f"{result.r_squared:.6f}"),
        ("window", f"{low:g} to {high:g} K ({result.chosen.basis}), {points}"),
    ]
    exponent = f" with n = {n:g}" if result.law.exponent else ""
    heading = f"{result.law.title}{exponent}, {weighting} weights"
    return Finding("resistance", file, curve, heading, rows, found, {first: first})


def _compared(file: str, curve: Any, window: tuple[float, float] | None, weighting: str) -> Finding:
    result = analysis.compare_laws(curve, window=window, weighting=weighting)
    found = result.to_dict()
    low, high = result.closest.window
    heading = f"rival laws from {low:g} to {high:g} K, {weighting} weights"
    return Finding("resistance", file, curve, heading, result.rows(), found, {}, kind=1)
