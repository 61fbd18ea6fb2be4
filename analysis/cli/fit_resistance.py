"""``fit resistance``: eq. 1."""

import click

import analysis
from analysis.cli.options import JSON, reading_options, temperatures
from analysis.cli.printing import aligned, print_json, print_remarks, stated
from analysis.cli.sources import curve_of, refuse_empty_window
from analysis.errors import AnalysisError


def _exponent(_context: click.Context, _option: click.Parameter, n: float) -> float:
    from analysis.transport.bloch_gruneisen import checked_exponent  # noqa: PLC0415 - scipy is slow

    try:
        return checked_exponent(n)
    except AnalysisError as error:
        raise click.BadParameter(str(error)) from None


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
@click.option(
    "--n", default=5.0, show_default=True, callback=_exponent, help="Exponent of the law."
)
@click.option(
    "--weighting",
    type=click.Choice(["uniform", "relative", "per-kelvin"]),
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
    n: float,
    weighting: str,
    as_json: bool,
    **reading: str | None,
) -> None:
    r"""Fit eq. 1, the Bloch-Grueneisen law with saturation, to R(T).

    FILE is a file of your own or the name of a data set.

    \b
    Examples:
      python -m analysis fit resistance silver --window 20 300
      python -m analysis fit resistance rt.csv --window 80 300 --json
    """
    curve = curve_of(file, reading)
    refuse_empty_window(curve, window)
    result = analysis.fit_resistance(curve, window=window, n=n, weighting=weighting)
    if as_json:
        print_json({"file": file, **result.to_dict(), "notes": curve.notes})
        return
    low, high = result.window
    points = f"{result.n_points} of {len(curve)} points"
    found = result.to_dict()
    lower = found["r_sat_lower"]["value"]
    limit = "not known" if lower is None else f"> {lower:.3g} {curve.unit} (95 %, one-sided)"
    interval = found["theta_d_interval_95"]
    within = "" if interval is None else "  (95 %: {:.4g} to {:.4g})".format(*interval)
    origin = f" ({curve.origin} data)" if curve.origin else ""
    rows = [
        ("theta_d", stated(found["theta_d"]) + within),
        ("r0", stated(found["r0"])),
        ("a", stated(found["a"])),
        ("r_sat", limit if found["r_sat"]["value"] is None else stated(found["r_sat"])),
        ("R^2", f"{result.r_squared:.6f}"),
        ("window", f"{low:g} to {high:g} K ({result.chosen.basis}), {points}"),
    ]
    click.echo(f"{file}{origin}: eq. 1 with n = {n:g}, {weighting} weights")
    click.echo(aligned(rows, indent="  "))
    print_remarks("note", curve.notes)
    print_remarks("warning", found["warnings"])
