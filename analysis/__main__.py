"""The command line: ``python -m analysis list | check FILE | fit resistance|transition FILE``.

Results go to standard output. Bad input ends with exit status 2 and one line on standard
error. Whatever is slow to import is imported inside the command that needs it.
"""

import json
import math
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import analysis
from analysis.errors import AnalysisError, DataError

if TYPE_CHECKING:
    from uncertainties import UFloat

Command = Callable[..., None]
_PROGRAM = "python -m analysis"


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0, or 2 for bad input."""
    with warnings.catch_warnings():
        if not sys.warnoptions:  # what a user must know is said in words by the results
            warnings.simplefilter("ignore")
        try:
            main.main(arguments, prog_name=_PROGRAM, standalone_mode=False)
        except click.ClickException as error:
            problem = error.format_message()
        except AnalysisError as error:
            problem = str(error)
        except click.Abort:
            problem = "interrupted"
        except BrokenPipeError:  # the reader of a pipe (head, less) has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        else:
            return 0
    click.echo(f"error: {' '.join(problem.split())}", err=True)
    return 2


# ---------------------------------------------------------------------------- options

_READING = (
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


def _window(
    _context: click.Context, _option: click.Parameter, edges: tuple[float, float] | None
) -> tuple[float, float] | None:
    """Refuse a window that no data could have."""
    if edges is not None and not 0 <= edges[0] < edges[1]:
        raise click.BadParameter(
            f"{edges[0]:g} to {edges[1]:g} K is not two ascending temperatures, 0 K or above"
        )
    return edges


def _exponent(_context: click.Context, _option: click.Parameter, n: float) -> float:
    from analysis.bloch_gruneisen import checked_exponent  # noqa: PLC0415 - scipy is slow

    try:
        return checked_exponent(n)
    except AnalysisError as error:
        raise click.BadParameter(str(error)) from None


def _criterion(_context: click.Context, _option: click.Parameter, part: float) -> float:
    if not 0 < part < 1:
        raise click.BadParameter(f"must be a part of R_n, above 0 and below 1, got {part:g}")
    return part


def _mu_star(_context: click.Context, _option: click.Parameter, value: float) -> float:
    from analysis.coupling import MU_STAR_LIMIT  # noqa: PLC0415 - numpy is slow

    if not 0 <= value < MU_STAR_LIMIT:
        raise click.BadParameter(f"must be at least 0 and below {MU_STAR_LIMIT:.4f}, got {value:g}")
    return value


_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def _reading_options(command: Command) -> Command:
    """Add the options that say how to read a file."""
    for option in reversed(_READING):
        command = option(command)
    return command


def _group(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(analysis.__version__, prog_name="la3ni2o7-compendium")
@click.pass_context
def main(context: click.Context) -> None:
    """R(T) of metals: list the data sets, check a file of your own, fit it.

    Bad input ends with exit status 2 and one line that says what is wrong and where.
    """
    _group(context)


# ---------------------------------------------------------------------------- list


@main.command("list")
@click.option("--kind", metavar="KIND", help="Only this kind, such as resistance or diffraction.")
@_JSON
def list_command(*, kind: str | None, as_json: bool) -> None:
    r"""List the data sets of the data package.

    \b
    Example:
      python -m analysis list --kind resistance
    """
    datasets = analysis.list_datasets(kind)
    keys = ("name", "kind", "origin", "sample", "run", "pressure", "pressure_basis", "wavelength")
    more = ("title", "source", "licence", "available")
    if as_json:
        _print_json({"datasets": [{k: getattr(d, k) for k in (*keys, *more)} for d in datasets]})
        return
    rows = [("name", "kind", "origin", "GPa", "here", "title")]
    for one in datasets:
        pressure = "" if one.pressure is None else f"{one.pressure:g}"
        here = "yes" if one.available else "no"
        rows.append((one.name, one.kind, one.origin, pressure, here, one.title))
    click.echo(_aligned(rows))
    if not all(one.available for one in datasets):
        click.echo(
            "\nSets that are not here are downloaded when first used, or taken from the folder "
            "that\nthe environment variable COMPENDIUM_DATA names."
        )


# ---------------------------------------------------------------------------- check


@main.command()
@click.argument("file")
@_reading_options
@_JSON
def check(*, file: str, as_json: bool, **reading: str | None) -> None:
    r"""Say what is understood of FILE, and what to watch.

    \b
    Examples:
      python -m analysis check cooldown.dat --channel 2
      python -m analysis check rt.csv --temperature-unit C --resistance-unit mohm
    """
    from analysis.tables import read_points  # noqa: PLC0415 - numpy is slow to import

    understood = read_points(file, **reading)
    curve = analysis.ResistanceCurve(
        understood.temperature,
        understood.resistance,
        name=file,
        unit=understood.unit,
        notes=understood.notes,
    )
    ascending = understood.temperature.argsort(kind="stable")  # as the curve sorts its points
    watch = curve.watch(lambda index: understood.where(int(ascending[index])))
    if (drop := analysis.find_drop(curve)) is not None:
        watch.append(f"a drop as of a superconductor below {drop:.4g} K: fit above it")
    ranges = {
        "temperature": (*_span(curve.temperature), "K"),
        "resistance": (*_span(curve.resistance), curve.unit),
    }
    if as_json:
        _print_json(
            {
                "file": file,
                "layout": understood.layout,
                "columns": {
                    role: {"number": c.number, "heading": c.heading, "unit": c.unit_text}
                    for role, c in understood.columns.items()
                },
                "n_points": len(curve),
                **{
                    name: {"min": low, "max": high, "unit": unit}
                    for name, (low, high, unit) in ranges.items()
                },
                "notes": curve.notes,
                "watch": watch,
            }
        )
        return
    rows = [("file", file), ("read as", understood.layout)]
    rows += [(role, f"column {column}") for role, column in understood.columns.items()]
    rows += [("points", str(len(curve)))]
    rows += [(f"{n} range", f"{a:.5g} to {b:.5g} {unit}") for n, (a, b, unit) in ranges.items()]
    click.echo(_aligned(rows))
    _print_remarks("note", curve.notes)
    _print_remarks("watch", watch)


def _span(values: Any) -> tuple[float, float]:
    return float(values.min()), float(values.max())


# ---------------------------------------------------------------------------- fit


@main.group(invoke_without_command=True)
@click.pass_context
def fit(context: click.Context) -> None:
    """Fit a law to a curve: fit resistance FILE, fit transition FILE."""
    _group(context)


@fit.command("resistance")
@click.argument("file", metavar="FILE|DATASET")
@click.option(
    "--window",
    nargs=2,
    type=float,
    metavar="LOW HIGH",
    callback=_window,
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
@_reading_options
@_JSON
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
    curve = _curve(file, reading)
    _refuse_empty_window(curve, window)
    result = analysis.fit_resistance(curve, window=window, n=n, weighting=weighting)
    if as_json:
        _print_json({"file": file, **result.to_dict(), "notes": curve.notes})
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
        ("theta_d", _stated(found["theta_d"]) + within),
        ("r0", _stated(found["r0"])),
        ("a", _stated(found["a"])),
        ("r_sat", limit if found["r_sat"]["value"] is None else _stated(found["r_sat"])),
        ("R^2", f"{result.r_squared:.6f}"),
        ("window", f"{low:g} to {high:g} K ({result.chosen.basis}), {points}"),
    ]
    click.echo(f"{file}{origin}: eq. 1 with n = {n:g}, {weighting} weights")
    click.echo(_aligned(rows, indent="  "))
    _print_remarks("note", curve.notes)
    _print_remarks("warning", found["warnings"])


@fit.command("transition")
@click.argument("file", metavar="FILE|DATASET")
@click.option(
    "--window",
    nargs=2,
    type=float,
    metavar="LOW HIGH",
    callback=_window,
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
    type=click.Choice(["advanced", "mcmillan", "allen-dynes"]),
    default="advanced",
    show_default=True,
    help="How lambda follows from T_c and Theta_D.",
)
@click.option(
    "--normal",
    type=click.Choice(["law", "line", "constant"]),
    help="Normal state: eq. 1, a straight line or a constant; the data decide if not given.",
)
@_reading_options
@_JSON
def fit_transition(
    *,
    file: str,
    window: tuple[float, float] | None,
    criterion: float,
    mu_star: float,
    formula: str,
    normal: str | None,
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
    curve = _curve(file, reading)
    _refuse_empty_window(curve, window)
    result = analysis.fit_transition(curve, window=window, normal=normal)
    found = result.to_dict(criterion, mu_star=mu_star, formula=formula)
    if as_json:
        _print_json({"file": file, **found, "notes": curve.notes})
        return
    tc, coupling = found["tc"], found["lambda"]
    low, high = result.window
    origin = f" ({curve.origin} data)" if curve.origin else ""
    rows = [
        (f"T_c at {criterion:g} R_n", _stated(tc)),
        ("T_c,onset", _with_error(result.tc_onset, "K")),
        ("theta_d", _stated(found["theta_d"])),
        (f"lambda, mu* = {mu_star:g}", _stated(coupling)),
        ("normal state", result.reason),
        ("R^2", f"{result.r_squared:.6f}"),
        ("window", f"{low:g} to {high:g} K, {result.n_points} of {len(curve)} points"),
    ]
    click.echo(f"{file}{origin}: eqs. 1 and 5, lambda by the {formula} formula")
    click.echo(_aligned(rows, indent="  "))
    _print_remarks("note", curve.notes)
    _print_remarks("warning", found["warnings"])


def _stated(number: Mapping[str, Any]) -> str:
    """Return a number of a result's dictionary with its error, or that there is none."""
    from uncertainties import ufloat  # noqa: PLC0415 - slow

    if number["value"] is None:
        return "none, see the warnings"
    if number["stderr"] is None:
        return f"about {number['value']:.3g} {number['unit']}, error not known".rstrip()
    return _with_error(ufloat(number["value"], number["stderr"]), number["unit"])


def _curve(file: str, reading: Mapping[str, str | None]) -> "analysis.ResistanceCurve":
    """Return the curve of a file or, where there is none of that name, of a data set."""
    if Path(file).exists() or not _is_dataset(file):
        return analysis.read_resistance(file, name=file, **reading)  # type: ignore[arg-type]
    given = [name for name, value in reading.items() if value is not None]
    if given:
        raise DataError(
            f"data set {file!r}: --{given[0].replace('_', '-')} is for files of one's own; "
            "the data package says how its sets are read"
        )
    return analysis.load(file)


def _refuse_empty_window(
    curve: "analysis.ResistanceCurve", window: tuple[float, float] | None
) -> None:
    """Name the option if none of this curve's points lie in the window."""
    if window is not None:
        try:
            curve.between(*window)
        except DataError as error:
            raise click.BadParameter(str(error), param_hint="'--window'") from None


def _is_dataset(name: str) -> bool:
    if name.lower() in {dataset.name.lower() for dataset in analysis.list_datasets()}:
        return True
    if Path(name).suffix or Path(name).name != name:
        return False  # it looks like a file, and is reported as a missing one
    raise DataError(
        f"{name}: no such file, and no data set of this name; `{_PROGRAM} list` names the data sets"
    )


def _with_error(value: "UFloat", unit: str) -> str:
    """Return "345.1 +- 1.2 K": the error to two digits, the value to the same place."""
    if not value.s or not math.isfinite(value.s):
        return f"{value.n:.6g} {unit}".rstrip()
    return f"{value:.2u} {unit}".replace("+/-", " +- ").rstrip()


# ---------------------------------------------------------------------------- printing


def _aligned(rows: Sequence[Sequence[str]], indent: str = "") -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join((indent + line).rstrip() for line in lines)


def _print_remarks(label: str, remarks: Iterable[str]) -> None:
    for remark in remarks:
        click.echo(f"{label}: {remark}")


def _print_json(content: Mapping[str, Any]) -> None:
    click.echo(json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    """Return what JSON can hold: NaN and infinities, which it cannot, become null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


if __name__ == "__main__":
    sys.exit(run())
