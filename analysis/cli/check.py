"""``check``: what is understood of a file, and what to watch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from analysis.cli import options
from analysis.cli.printing import print_json, print_remarks
from analysis.cli.schema import record
from analysis.cli.sources import is_dataset, kind_of, refuse_reading
from analysis.errors import DataError
from analysis.reading.source import KINDS
from analysis.show.checked import checked_curve, read_of, span
from analysis.show.printed import aligned

# More sweeps than these fill the screen.
MOST_SWEEPS = 40


class Check(click.Command):
    """A command whose help ends with what is read."""

    def format_epilog(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of file formats, which is imported only now."""
        from analysis.reading.formats import sentences  # noqa: PLC0415 - numpy is slow to import

        formatter.write_paragraph()
        formatter.write_text(sentences())


@click.command("check", cls=Check, short_help="Say how a file is read, before a fit.")
@click.argument("file", metavar="FILE|DATASET")
@options.kind
@options.reading_options
@options.only_patterns
@options.JSON
def check(*, file: str, kind: str | None, as_json: bool, **reading: Any) -> None:
    """Say how FILE is read, an R(T) or a diffraction pattern, and what to check before a fit.

    FILE may also be the name of a data set of the package.

    \b
    Examples:
      python -m analysis check cooldown.dat --channel 2
      python -m analysis check rt.csv --temperature-unit C --resistance-unit mohm
      python -m analysis check lab6.xy --wavelength 154.0593 --wavelength-2 154.4427
    """
    figure = None
    given = {name: value for name, value in reading.items() if value is not None}
    if not Path(file).exists() and is_dataset(file):
        from analysis.catalogue.datasets import describe  # noqa: PLC0415 - slow to import
        from analysis.catalogue.loading import understand  # noqa: PLC0415 - as above

        refuse_reading(file, given)
        understood: Any = understand(file, kind=kind)
        kind, figure = understood.record.kind, describe(file).digitised
    else:
        understood, kind = _understood(file, kind, given)
    if kind == "resistance":
        content = checked_curve(file, understood, understood.curve(name=file))
    else:
        content = _checked_pattern(file, understood)
    if as_json:
        described = {**content, "warnings": content["watch"]}
        if figure is not None:
            described["digitised"] = figure.to_dict()
        print_json(record("check", described, KINDS.index(understood.record.kind)))
        return
    rows = [("file", file), *understood.record.lines()]
    for name, value in content.items():
        if isinstance(value, dict) and "min" in value:
            span = f"{value['min']:.5g} to {value['max']:.5g} {value['unit']}"
            rows.append((f"{name.replace('two_', '2 ').replace('_', ' ')} range", span))
    rows += _pattern_rows(content)
    rows += [] if figure is None else [("read out of", figure.words)]
    click.echo(aligned(rows))
    _print_sweeps(content.get("sweeps", ()))
    print_remarks("note", content["notes"])
    print_remarks("watch", content["watch"])


def _understood(file: str, asked: str | None, given: Mapping[str, Any]) -> tuple[Any, str]:
    """Return what is understood of a file, and its kind: as it is asked for, or told."""
    from analysis.reading.patterns import understand_pattern  # noqa: PLC0415 - numpy is slow to import
    from analysis.reading.questions import OpenQuestions  # noqa: PLC0415 - as above
    from analysis.reading.resistance import read_points  # noqa: PLC0415 - as above

    kind = kind_of(file, given, asked)
    columns = options.COLUMNS[kind]
    try:
        return (read_points if kind == "resistance" else understand_pattern)(file, **given), kind
    except OpenQuestions as open_:
        if asked or open_.other is None or given.keys() & options.names(columns):
            raise
        title = open_.source.quantity.title
        raise DataError(f"{file}: {open_.other} (--kind {kind} if it is {title})") from None


def _checked_pattern(file: str, understood: Any) -> dict[str, Any]:
    points, (first, second) = understood.points, understood.wavelengths
    return {
        **read_of(file, understood),
        "two_theta": {**span(points.two_theta), "unit": "deg"},
        "intensity": {**span(points.intensity), "unit": "counts"},
        "step": {"value": points.step, "unit": "deg"},
        "wavelength": {"value": first, "unit": "pm", "basis": understood.wavelength_basis},
        "wavelength_2": {"value": second, "unit": "pm"},
        "errors": points.intensity_error is not None,
        "notes": understood.notes,
        "watch": [*understood.warnings, *understood.looks],
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


def _print_sweeps(sweeps: Sequence[Mapping[str, Any]]) -> None:
    """Print a line for each of several sweeps; those that are used are marked."""
    if len(sweeps) < 2:
        return
    heads = ("sweep", "direction", "temperature", "points", "rows", "in", "time", "from the used")
    rows = [heads, *map(_sweep_row, sweeps[:MOST_SWEEPS])]
    shown = [i for i in range(len(heads)) if any(row[i] for row in rows[1:])]
    click.echo(aligned([[row[i] for i in shown] for row in rows], indent="  "))
    if len(sweeps) > MOST_SWEEPS:
        click.echo(f"  ... {len(sweeps)} sweeps in all; --json has them")


def _sweep_row(sweep: Mapping[str, Any]) -> tuple[str, ...]:
    span, time, apart = sweep["temperature"], sweep["time"], sweep["apart"]
    levels = {"field": sweep["field"]} if sweep["field"] else {}
    conditions = (
        f"{name} {level['value']:.6g} {level['unit']}".strip()
        for name, level in (levels | sweep["others"]).items()
    )
    how_far = "used" if sweep["used"] else "agrees"
    if apart:
        shift = f", {apart['kelvin']:.2g} K" if apart["kelvin"] else ""
        how_far = f"{apart['percent']:.2g} %{shift}"
    return (
        str(sweep["number"]),
        sweep["direction"],
        f"{span['min']:.5g} to {span['max']:.5g} K",
        str(sweep["n_points"]),
        sweep["rows"],
        ", ".join(conditions),
        f"{time['min']:.6g} to {time['max']:.6g} s" if time else "",
        how_far,
    )
