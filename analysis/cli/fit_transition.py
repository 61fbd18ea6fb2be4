"""``fit transition``: eqs. 1-6."""

import click

import analysis
from analysis.cli.options import JSON, law_options, reading_options, temperatures
from analysis.cli.printing import aligned, print_json, print_remarks, stated, with_error
from analysis.cli.sources import curve_of, refuse_empty_window
from analysis.cli.words import OneOf


def _criterion(_context: click.Context, _option: click.Parameter, part: float) -> float:
    if not 0 < part < 1:
        raise click.BadParameter(f"must be a part of R_n, above 0 and below 1, got {part:g}")
    return part


def _mu_star(_context: click.Context, _option: click.Parameter, value: float) -> float:
    from analysis.transport.coupling import MU_STAR_LIMIT  # noqa: PLC0415 - numpy is slow

    if not 0 <= value < MU_STAR_LIMIT:
        raise click.BadParameter(f"must be at least 0 and below {MU_STAR_LIMIT:.4f}, got {value:g}")
    return value


@click.command("transition")
@click.argument("file", metavar="FILE|DATASET")
@click.option(
    "--window",
    nargs=2,
    type=float,
    metavar="LOW HIGH",
    callback=temperatures,
    help="Fit between these temperatures (K); all points if not given.",
)
@click.option(
    "--criterion",
    default=0.05,
    show_default=True,
    callback=_criterion,
    help="T_c is where R falls to this part of R_n.",
)
@click.option(
    "--mu-star",
    default=0.13,
    show_default=True,
    callback=_mu_star,
    help="Coulomb pseudopotential.",
)
@click.option(
    "--formula",
    type=OneOf("analysis.transport.coupling", "FORMULAS"),
    default="advanced",
    show_default=True,
    help="How lambda follows from T_c and Theta_D.",
)
@click.option(
    "--normal",
    type=OneOf("analysis.transport.transition_start", "NORMAL_STATES"),
    help="Normal state: the law, a straight line or a constant; the data decide if not given.",
)
@law_options
@reading_options
@JSON
def fit_transition(
    *,
    file: str,
    window: tuple[float, float] | None,
    criterion: float,
    mu_star: float,
    formula: str,
    normal: str | None,
    law: str,
    n: float,
    as_json: bool,
    **reading: str | None,
) -> None:
    r"""Fit the transition (eq. 5) and the normal state (eq. 1): T_c, Theta_D and lambda.

    FILE is a file of your own or the name of a data set.

    \b
    Examples:
      python -m analysis fit transition twin-zero-resistance-22.4gpa
      python -m analysis fit transition rt.csv --criterion 0.05 --mu-star 0.13 --json
    """
    curve = curve_of(file, reading)
    refuse_empty_window(curve, window)
    result = analysis.fit_transition(curve, window=window, normal=normal, law=law, n=n)
    found = result.to_dict(criterion, mu_star=mu_star, formula=formula)
    if as_json:
        print_json({"file": file, **found, "notes": curve.notes})
        return
    tc, coupling = found["tc"], found["lambda"]
    low, high = result.window
    origin = f" ({curve.origin} data)" if curve.origin else ""
    rows = [
        (f"T_c at {criterion:g} R_n", stated(tc)),
        ("T_c,onset", with_error(result.tc_onset, "K")),
        ("theta_d", stated(found["theta_d"])),
        (f"lambda, mu* = {mu_star:g}", stated(coupling)),
        ("normal state", result.reason),
        ("R^2", f"{result.r_squared:.6f}"),
        ("window", f"{low:g} to {high:g} K, {result.n_points} of {len(curve)} points"),
    ]
    click.echo(f"{file}{origin}: eqs. 1 and 5, lambda by the {formula} formula")
    click.echo(aligned(rows, indent="  "))
    print_remarks("note", curve.notes)
    print_remarks("warning", found["warnings"])
