"""The command line: ``python -m analysis list | check | fit ... | sheet ... | new``.

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
import analysis.arithmetic  # before anything that imports numpy
from analysis.errors import AnalysisError, DataError
from analysis.record import lattice_numbers, plain

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


_TABLES = _READING[-2:]  # of every table: sheet, decimal mark
_PATTERN_READING = (
    click.option("--wavelength", type=float, metavar="PM", help="Wavelength in pm (K-alpha 1)."),
    click.option("--wavelength-2", type=float, metavar="PM", help="K-alpha 2 in pm, of a doublet."),
    click.option("--two-theta", metavar="COLUMN", help="Column of 2 theta: heading, or number."),
    click.option("--intensity", metavar="COLUMN", help="Column of the intensity."),
    click.option("--error", metavar="COLUMN", help="Column of its standard error, or none."),
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


def _pattern_options(command: Command) -> Command:
    """Add the options that say how to read a diffraction pattern; `_pattern` takes them."""
    for option in reversed((*_PATTERN_READING, *_TABLES)):
        command = option(command)
    return command


def _only_patterns(command: Command) -> Command:
    """Add the options that only patterns have, to a command that has those of R(T)."""
    for option in reversed(_PATTERN_READING):
        command = option(command)
    return command


def _names(options: Iterable[Callable[[Command], Command]]) -> set[str]:
    """Return the parameters that these options set."""

    def bare() -> None:
        pass

    for option in options:
        option(bare)
    return {parameter.name or "" for parameter in bare.__click_params__}  # type: ignore[attr-defined]


def _group(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(analysis.__version__, prog_name="la3ni2o7-compendium")
@click.pass_context
def main(context: click.Context) -> None:
    """R(T) and X-ray diffraction: list the data sets, check a file of your own, fit it.

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
    rows = [("name", "kind", "origin", "GPa", "pm", "here", "title")]
    for one in datasets:
        pressure = "" if one.pressure is None else f"{one.pressure:g}"
        wavelength = "" if one.wavelength is None else f"{one.wavelength:g}"
        here = "yes" if one.available else "no"
        rows.append((one.name, one.kind, one.origin, pressure, wavelength, here, one.title))
    click.echo(_aligned(rows))
    if not all(one.available for one in datasets):
        click.echo(
            "\nSets that are not here are downloaded when first used, or taken from the folder "
            "that\nthe environment variable COMPENDIUM_DATA names."
        )


# ---------------------------------------------------------------------------- check


@main.command()
@click.argument("file")
@click.option(
    "--kind",
    type=click.Choice(["resistance", "diffraction"]),
    help="What FILE holds; told from its ending, headings and options if not given.",
)
@_reading_options
@_only_patterns
@_JSON
def check(*, file: str, kind: str | None, as_json: bool, **reading: Any) -> None:
    r"""Say what is understood of FILE, R(T) or a diffraction pattern, and what to watch.

    \b
    Examples:
      python -m analysis check cooldown.dat --channel 2
      python -m analysis check rt.csv --temperature-unit C --resistance-unit mohm
      python -m analysis check lab6.xy --wavelength 154.0593 --wavelength-2 154.4427
    """
    given = {name: value for name, value in reading.items() if value is not None}
    kind = kind or _kind(file, given)
    allowed = _names(_READING if kind == "resistance" else (*_PATTERN_READING, *_TABLES))
    for name in given.keys() - allowed:
        raise click.UsageError(
            f"--{name.replace('_', '-')} is not for a {kind} file; if {file} is none, say --kind"
        )
    content = (_checked_curve if kind == "resistance" else _checked_pattern)(file, given)
    if as_json:
        _print_json(content)
        return
    rows = [("file", file), ("read as", content["layout"])]
    for role, column in content["columns"].items():
        heading = f" {column['heading']!r}" if column["heading"] else ""
        rows.append((_spoken(role), f"column {column['number']}{heading}"))
    rows.append(("points", str(content["n_points"])))
    for name, value in content.items():
        if isinstance(value, dict) and "min" in value:
            span = f"{value['min']:.5g} to {value['max']:.5g} {value['unit']}"
            rows.append((f"{_spoken(name)} range", span))
    rows += _pattern_rows(content)
    click.echo(_aligned(rows))
    _print_remarks("note", content["notes"])
    _print_remarks("watch", content["watch"])


def _kind(file: str, given: Mapping[str, Any]) -> str:
    """Tell what a file holds: what an option is for decides, then its ending and headings."""
    from analysis.pattern_files import is_pattern  # noqa: PLC0415 - numpy is slow to import

    for options, kind in ((_READING[:-2], "resistance"), (_PATTERN_READING, "diffraction")):
        if given.keys() & _names(options):
            return kind
    return "diffraction" if is_pattern(file) else "resistance"


def _checked_curve(file: str, given: Mapping[str, Any]) -> dict[str, Any]:
    from analysis.tables import read_points  # noqa: PLC0415 - numpy is slow to import

    understood = read_points(file, **given)
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
    if not any(column.heading for column in understood.columns.values()):
        watch.extend(_watch_steps(curve.temperature))
    return {
        "file": file,
        "kind": "resistance",
        "layout": understood.layout,
        "columns": _columns(understood.columns),
        "n_points": len(curve),
        "temperature": {**_span(curve.temperature), "unit": "K"},
        "resistance": {**_span(curve.resistance), "unit": curve.unit},
        "notes": curve.notes,
        "watch": watch,
    }


def _watch_steps(temperature: Any) -> list[str]:
    """Point out that numbers in equal steps and without headings may be angles."""
    low, high, points = temperature[0], temperature[-1], temperature.size
    even = points >= 100 and abs(temperature[1:] - temperature[:-1]).max() < 1.5 * (
        (high - low) / (points - 1)
    )
    if even and high <= 180:
        return ["the first column has equal steps: if it is 2 theta, say --kind diffraction"]
    return []


def _checked_pattern(file: str, given: Mapping[str, Any]) -> dict[str, Any]:
    from analysis.pattern_checks import watch_points  # noqa: PLC0415 - numpy is slow to import
    from analysis.pattern_files import understand_pattern  # noqa: PLC0415

    understood = understand_pattern(file, **given)
    points, (first, second) = understood.points, understood.wavelengths
    return {
        "file": file,
        "kind": "diffraction",
        "layout": understood.layout,
        "columns": _columns(understood.columns),
        "n_points": len(points.two_theta),
        "two_theta": {**_span(points.two_theta), "unit": "deg"},
        "intensity": {**_span(points.intensity), "unit": "counts"},
        "step": {"value": points.step, "unit": "deg"},
        "wavelength": {"value": first, "unit": "pm", "basis": understood.wavelength_basis},
        "wavelength_2": {"value": second, "unit": "pm"},
        "errors": points.intensity_error is not None,
        "notes": understood.notes,
        "watch": watch_points(points, wavelength=first, where=understood.where),
    }


def _pattern_rows(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    if content["kind"] != "diffraction":
        return []
    first, second = content["wavelength"], content["wavelength_2"]["value"]
    text = "missing: give it in pm with --wavelength"
    if first["value"] is not None:
        doublet = "" if second is None else f" and {second:.7g} pm"
        text = f"{first['value']:.7g} pm{doublet} ({first['basis']})"
    errors = "in the file" if content["errors"] else "none in the file"
    return [("step", f"{content['step']['value']:.4g} deg"), ("wavelength", text),
            ("errors", errors)]  # fmt: skip


def _spoken(name: str) -> str:
    return name.replace("two_", "2 ").replace("_", " ")


def _columns(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {
        role: {"number": c.number, "heading": c.heading, "unit": c.unit_text}
        for role, c in columns.items()
    }


def _span(values: Any) -> dict[str, float]:
    return {"min": float(values.min()), "max": float(values.max())}


# ---------------------------------------------------------------------------- fit


@main.group(invoke_without_command=True)
@click.pass_context
def fit(context: click.Context) -> None:
    """Fit a law to data: fit resistance FILE, fit transition FILE, fit strain FILE."""
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


def _angles(
    _context: click.Context, _option: click.Parameter, edges: tuple[float, float] | None
) -> tuple[float, float] | None:
    if edges is not None and not 0 <= edges[0] < edges[1] <= 180:
        raise click.BadParameter(
            f"{edges[0]:g} to {edges[1]:g} is not two ascending angles, 0 to 180 degrees"
        )
    return edges


def _positive(_context: click.Context, _option: click.Parameter, value: float) -> float:
    if not 0 < value < math.inf:
        raise click.BadParameter(f"must be a number above 0, got {value:g}")
    return value


def _cell(
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


@fit.command("strain")
@click.argument("file", metavar="FILE|DATASET")
@click.option("--instrument", metavar="FILE|DATASET", help="Pattern of a standard, such as LaB6.")
@click.option(
    "--standard-cell",
    metavar="A[,B,C]",
    callback=_cell,
    help="Certified cell of the standard (angstrom): its angular offset is removed too.",
)
@click.option(
    "--standard-space-group",
    metavar="SYMBOL",
    default="P m -3 m",
    show_default=True,
    help="Space group of the standard.",
)
@click.option(
    "--shape",
    type=click.Choice(["lorentzian", "gaussian", "pseudo-voigt", "voigt"]),
    default="lorentzian",
    show_default=True,
    help="Shape of the lines.",
)
@click.option(
    "--breadth",
    type=click.Choice(["integral", "fwhm"]),
    default="integral",
    show_default=True,
    help="Integral breadth, or full width at half maximum.",
)
@click.option(
    "--model",
    type=click.Choice(["auto", "full", "reduced"]),
    default="auto",
    show_default=True,
    help="Eq. 7, eq. 8, or eq. 7 where the data determine a size.",
)
@click.option(
    "--shape-factor",
    default=0.9,
    show_default=True,
    callback=_positive,
    help="Scherrer's constant.",
)
@click.option(
    "--window",
    nargs=2,
    type=float,
    metavar="LOW HIGH",
    callback=_angles,
    help="Use the angles 2 theta between these (degrees); all if not given.",
)
@click.option(
    "--cell",
    metavar="A[,B,C]",
    callback=_cell,
    help="Approximate cell of the sample (angstrom): only its lines are used.",
)
@click.option("--space-group", metavar="SYMBOL", help="Its space group: 'F m -3 m'.")
@click.option("--phase", metavar="NAME", help="One of several crystals of a data set.")
@_pattern_options
@_JSON
def fit_strain(
    *,
    file: str,
    instrument: str | None,
    standard_cell: tuple[float, ...] | None,
    standard_space_group: str,
    shape: str,
    breadth: str,
    model: str,
    shape_factor: float,
    window: tuple[float, float] | None,
    cell: tuple[float, ...] | None,
    space_group: str | None,
    phase: str | None,
    as_json: bool,
    **reading: Any,
) -> None:
    r"""Fit the lines of a pattern; strain and size by eqs. 7 and 8, and the cell.

    FILE is a file of your own or the name of a data set. Without a cell all lines count as
    those of one crystal, and their directions are not known.

    \b
    Examples:
      python -m analysis fit strain xrd.xy --wavelength 61.99
      python -m analysis fit strain au.chi --wavelength 33.44 --cell 3.88 --space-group "F m -3 m"
      python -m analysis fit strain nist-iron --instrument nist-lab6 --shape pseudo-voigt --json
    """
    crystal = _crystal(file, cell, space_group, phase)
    pattern = _pattern(file, reading)
    if window is not None:
        try:
            pattern = pattern.between(*window)
        except DataError as error:
            raise click.BadParameter(str(error), param_hint="'--window'") from None
    standard = None
    if instrument is not None:
        certified = None
        if standard_cell is not None:
            certified = _phase(f"the standard {instrument}", standard_cell, standard_space_group)
        standard = _instrument(instrument, certified, shape, reading)
    elif standard_cell is not None:
        raise click.UsageError("--standard-cell is for a standard; name it with --instrument")
    if crystal is None:
        peaks = analysis.fit_peaks(pattern, shape=shape, instrument=standard)
    else:
        peaks = analysis.fit_phase(pattern, crystal, shape=shape, instrument=standard)
    result = analysis.williamson_hall(
        peaks, model=model, breadth=breadth, shape_factor=shape_factor
    )
    found, lattice = result.to_dict(), lattice_numbers(peaks, crystal)
    found["warnings"] = [*found["warnings"], *lattice.pop("warnings", ())]
    if as_json:
        _print_json({"file": file, **found, "lattice": lattice or None, "notes": pattern.notes})
        return
    origin = f" ({pattern.origin} data)" if pattern.origin else ""
    size, lower = found["size"], found["size_lower"]["value"]
    limit = "not known" if lower is None else f"> {lower:.3g} nm (95 %, one-sided)"
    corrected = f"corrected with {peaks.instrument}" if peaks.instrument else "not corrected"
    rows = [
        ("strain", _stated(found["strain"]).removesuffix(" 1")),
        ("size", limit if size["value"] is None else _stated(size)),
        ("model", f"eq. {7 if result.model == 'full' else 8}: {result.reason}"),
        *((name, _stated(lattice[name])) for name in ("a", "b", "c") if name in lattice),
        ("breadth", f"{breadth}, of {shape} lines; instrument: {corrected}"),
        ("R^2", "none" if found["r_squared"] is None else f"{found['r_squared']:.4f}"),
        ("lines", f"{result.n_lines} of {len(peaks)}{'' if crystal is None else f' of {crystal}'}"),
    ]
    click.echo(f"{file}{origin}: Williamson-Hall at {pattern.wavelength:g} pm")
    click.echo(_aligned(rows, indent="  "))
    _print_remarks("note", pattern.notes)
    _print_remarks("warning", found["warnings"])


# ---------------------------------------------------------------------------- sheet, new


@main.command()
@click.argument("kind", metavar="resistance|diffraction")
@click.option("--data", metavar="FILE", help="A file of your own.")
@click.option("--dataset", metavar="NAME", help="A data set of the package.")
@click.option("--run", metavar="RUN", help="Or its run ...")
@click.option("--pressure", type=float, metavar="GPA", help="... and pressure, GPa.")
@click.option(
    "--window", nargs=2, type=float, metavar="LOW HIGH", help="K, or degrees of a pattern."
)
@click.option(
    "-p",
    "--parameter",
    "more",
    multiple=True,
    metavar="NAME=VALUE",
    help="Any other parameter of the template, such as n=4 or shape=gaussian.",
)
@click.option(
    "-o", "--output", default=".", metavar="DIR", show_default=True, help="Where it is written."
)
@_reading_options
@_only_patterns
def sheet(
    *,
    kind: str,
    data: str | None,
    dataset: str | None,
    run: str | None,
    pressure: float | None,
    window: tuple[float, float] | None,
    more: tuple[str, ...],
    output: str,
    **reading: Any,
) -> None:
    r"""Execute one sheet: the notebook, and the same as one self-contained HTML page.

    \b
    Examples:
      python -m analysis sheet resistance --run 2 --pressure 25 -o out/
      python -m analysis sheet resistance --data mine.csv --pressure 22.4 --window 90 300 -o out/
      python -m analysis sheet diffraction --data xrd.xy --wavelength 61.99 -p model=reduced
    """
    from analysis.one_sheet import write_sheet  # noqa: PLC0415 - slow to import

    given = {name: value for name, value in reading.items() if value is not None}
    write_sheet(
        kind,
        source={"data": data, "dataset": dataset, "run": run, "pressure": pressure},
        window=window,
        reading=given,
        more=more,
        output=Path(output),
        say=click.echo,
    )


@main.command()
@click.argument("directory", metavar="DIR")
def new(*, directory: str) -> None:
    r"""Make a data package of your own in DIR, with examples to replace.

    \b
    Example:
      python -m analysis new mine
    """
    from analysis.skeleton import write_skeleton  # noqa: PLC0415 - slow to import

    package = write_skeleton(Path(directory))
    click.echo(f"{package}: replace the examples by your data (README.md beside it says how)")
    click.echo(f"the book from it: make book DATA={package}")


# ---------------------------------------------------------------------------- shared


def _crystal(
    file: str, cell: tuple[float, ...] | None, space_group: str | None, name: str | None
) -> "analysis.Phase | None":
    """Return the crystal that options or the data package give, or None."""
    if (cell is None) != (space_group is None):
        missing, given = ("--cell", "--space-group")[:: 1 if cell is None else -1]
        raise click.UsageError(f"{given} needs {missing} beside it")
    if cell is not None and space_group is not None:
        return _phase(name or "the sample", cell, space_group)
    phases = () if Path(file).exists() else _phases(file)
    if name is None:
        return phases[0] if len(phases) == 1 else None
    for phase in phases:
        if phase.name.lower() == name.lower():
            return phase
    known = ", ".join(phase.name for phase in phases)
    raise click.UsageError(
        f"--phase {name}: {file} has {f'the crystals {known}' if known else 'no crystal'}; a cell "
        "of your own is given with --cell and --space-group"
    )


def _phases(file: str) -> "tuple[analysis.Phase, ...]":
    return analysis.phases_of(file) if _is_dataset(file) else ()


def _phase(name: str, cell: tuple[float, ...], space_group: str) -> "analysis.Phase":
    named = dict(zip(("a", "b", "c", "alpha", "beta", "gamma"), cell, strict=False))
    return analysis.Phase(name, space_group=space_group, **named)


def _instrument(
    file: str, standard: "analysis.Phase | None", shape: str, reading: Mapping[str, Any]
) -> "analysis.Instrument":
    """Fit the standard's pattern; a file of it is read as the sample's is."""
    if Path(file).exists():
        columns = {name: reading.get(name) for name in ("wavelength", "wavelength_2", "decimal")}
        pattern = analysis.read_pattern(file, name=file, **columns)
    else:
        pattern = _pattern(file, {})
    peaks = analysis.fit_peaks(pattern, shape=shape, split=False)
    return analysis.fit_instrument(peaks, standard)


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
    _refuse_reading(file, reading)
    return analysis.load(file, kind="resistance")


def _pattern(file: str, reading: Mapping[str, Any]) -> "analysis.DiffractionPattern":
    """Return the pattern of a file or, where there is none of that name, of a data set."""
    if Path(file).exists() or not _is_dataset(file):
        return analysis.read_pattern(file, name=file, **reading)
    _refuse_reading(file, reading)
    return analysis.load(file, kind="diffraction")


def _refuse_reading(name: str, reading: Mapping[str, Any]) -> None:
    """Refuse options that say how to read a file where a data set is meant."""
    given = [option for option, value in reading.items() if value is not None]
    if given:
        raise DataError(
            f"data set {name!r}: --{given[0].replace('_', '-')} is for files of one's own; "
            "the data package says how its sets are read"
        )


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
    click.echo(json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False))


if __name__ == "__main__":
    sys.exit(run())
