"""``fit pressure``: the pressure by a calibrant in a pattern, or by ruby's line."""

from typing import Any

import click

import analysis
from analysis.cli import options
from analysis.cli.batch import find_all, fit_options
from analysis.cli.findings import EXIT_STATUS
from analysis.cli.printing import print_json, print_remarks
from analysis.cli.schema import record
from analysis.cli.sources import crystals_of, data_of
from analysis.show.findings import Finding
from analysis.show.printed import aligned, between, stated

_FILES = click.argument("files", metavar="[FILE|DATASET]...", nargs=-1)
# What `analysis.fit_pressure` takes; the rest says how a file is read.
_ASKED = ("scale", "temperature", "between", "offset", "window")


@click.command(
    "pressure",
    epilog=EXIT_STATUS,
    short_help="Find the pressure from a calibrant's lines, or ruby.",
)
@_FILES
@fit_options
@options.choice(
    "--calibrant", "pressure.scales:CALIBRANTS", None, "Calibrant whose lines are in the pattern."
)
@click.option(
    "--scale",
    metavar="NAME",
    help="Published scale of the calibrant; the other scales are listed below it.",
)
@click.option(
    "--temperature", default=300.0, metavar="K", show_default=True, help="Temperature in the cell."
)
@click.option(
    "--between",
    nargs=2,
    type=float,
    metavar="LOW HIGH",
    help="Range of pressures to search, GPa.",
)
@options.window(
    "Use the angles 2 theta between these (degrees); all if not given.",
    180.0,
    "is not two ascending angles, 0 to 180 degrees",
)
@options.choice(
    "--offset",
    "diffraction.crystal.offsets:OFFSET_CHOICES",
    None,
    "Offset of the angles; if not given, one is fitted only if the lines show it.",
)
@click.option(
    "--ruby", type=float, metavar="NM", help="Wavelength of ruby's R1 line, instead of FILE."
)
@click.option(
    "--zero", default=694.24, metavar="NM", show_default=True, help="R1 at zero pressure, 298 K."
)
@click.option("--line-error", type=float, metavar="NM", help="Standard error of each line.")
@options.pattern_options
def fit_pressure(
    *,
    files: tuple[str, ...],
    ruby: float | None,
    zero: float,
    line_error: float | None,
    **given: Any,
) -> None:
    """Measure a pressure: by a calibrant's lines in patterns, or by ruby's line.

    FILE is a file of your own or the name of a data set; each of many gets one line. The pressure
    is on one published scale; the pressures on the other scales are listed below it.

    \b
    Examples:
      python -m analysis fit pressure stishovite-39gpa --calibrant gold
      python -m analysis fit pressure xrd.xy --wavelength 33.44 --calibrant neon --between 20 40
      python -m analysis fit pressure --ruby 705.2 --zero 694.25 --line-error 0.02
    """
    if (ruby is None) != bool(files) or (ruby is None) == (given["calibrant"] is None):
        raise click.UsageError("give FILE with --calibrant, or --ruby alone")
    if ruby is None:
        find_all("pressure", find_pressure, files, given)
        return
    asked = {"scale": given["scale"], "temperature": given["temperature"]}
    measured = analysis.ruby_pressure(ruby, zero=zero, error=line_error, **asked)
    numbers = {**measured.to_dict(), "notes": []}
    if given["as_json"]:
        print_json(record("pressure", numbers, 1))
        return
    click.echo(f"ruby at {ruby:g} nm, {zero:g} nm at zero pressure")
    click.echo(aligned(_rows(measured, numbers), indent="  "))
    print_remarks("remark", numbers["remarks"])


def find_pressure(file: str, *, calibrant: str, **given: Any) -> Finding:
    """Return what ``fit pressure`` finds in a file."""
    asked = {name: given.pop(name) for name in _ASKED}
    pattern = data_of("diffraction", file, given, asked["window"])
    phases = crystals_of(file, None, None, None)
    measured = analysis.fit_pressure(pattern, calibrant, phases=phases, **asked)
    numbers = measured.to_dict()
    heading = f"{calibrant} at {pattern.wavelength:g} pm"
    rows = [*_rows(measured, numbers), ("a", stated(numbers["a"]))]
    return Finding("pressure", file, pattern, heading, rows, numbers, {"pressure_found": "P"})


def _rows(measured: "analysis.MeasuredPressure", numbers: dict[str, Any]) -> list[tuple[str, str]]:
    pressure, interval = numbers["pressure_found"], measured.interval
    return [
        ("P", stated(pressure)),
        ("95 %", f"{between(interval)} GPa" if interval else "not known: give --line-error"),
        ("scale", f"{measured.scale}, {measured.temperature:g} K"),
        ("all scales", f"{between(numbers['spread'])} GPa"),
        *((f"  {scale.name}", f"{value:.1f} GPa") for scale, value in measured.on_scales),
    ]
