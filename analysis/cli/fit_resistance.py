"""``fit resistance``: eq. 1."""

import click

import analysis
from analysis.cli.options import JSON, law_options, reading_options, temperatures
from analysis.cli.printing import aligned, print_json, print_remarks, stated
from analysis.cli.sources import curve_of, refuse_empty_window
from analysis.cli.words import OneOf


@click.command("resistance")
@click.argument("file", metavar="FILE|DATASET")
@click.option(
    "--window",
    nargs=2,
    type=float,
    metavar="LOW HIGH",
    callback=temperatures,
    help="Fit between these temperatures (K); found if not given.",
)
@law_options
@click.option(
    "--weighting",
    type=OneOf("analysis.transport.solve", "WEIGHTINGS"),
    default="uniform",
    show_default=True,
    help="Same error for every point, error in proportion to R, or same weight per kelvin.",
)
@reading_options
@JSON
def fit_resistance(
    *,
    file: str,
    window: tuple[float, float] | None,
    law: str,
    n: float,
    weighting: str,
    as_json: bool,
    **reading: str | None,
) -> None:
    r"""Fit eq. 1, the Bloch-Grueneisen law with saturation, or another law to R(T).

    FILE is a file of your own or the name of a data set.

    \b
    Examples:
      python -m analysis fit resistance silver --window 20 300
      python -m analysis fit resistance rt.csv --window 80 300 --json
    """
    curve = curve_of(file, reading)
    refuse_empty_window(curve, window)
    result = analysis.fit_resistance(curve, window=window, law=law, n=n, weighting=weighting)
    if as_json:
        print_json({"file": file, **result.to_dict(), "notes": curve.notes})
        return
    low, high = result.window
    points = f"{result.n_points} of {len(curve)} points"
    found = result.to_dict()
    interval = found[f"{result.law.first.name}_interval_95"]
    within = "" if interval is None else "  (95 %: {:.4g} to {:.4g})".format(*interval)
    origin = f" ({curve.origin} data)" if curve.origin else ""
    rows = [(name, stated(found[name])) for name in result.law.names if name != "g_sat"]
    rows[0] = (rows[0][0], rows[0][1] + within)
    if "g_sat" in result.law.names:  # it is quoted by what it stands for
        lower = found["r_sat_lower"]["value"]
        limit = "not known" if lower is None else f"> {lower:.3g} {curve.unit} (95 %, one-sided)"
        r_sat = limit if found["r_sat"]["value"] is None else stated(found["r_sat"])
        rows.insert(result.law.names.index("g_sat"), ("r_sat", r_sat))
    rows += [
        ("R^2", f"{result.r_squared:.6f}"),
        ("window", f"{low:g} to {high:g} K ({result.chosen.basis}), {points}"),
    ]
    exponent = f" with n = {n:g}" if result.law.exponent else ""
    click.echo(f"{file}{origin}: {result.law.title}{exponent}, {weighting} weights")
    click.echo(aligned(rows, indent="  "))
    print_remarks("note", curve.notes)
    print_remarks("warning", found["warnings"])
