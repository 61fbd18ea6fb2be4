"""``multiverse``: every combination of choices for one R(T)."""

from typing import Any

import click

from analysis.cli import options
from analysis.cli.printing import aligned, print_json, print_remarks
from analysis.cli.processes import cores
from analysis.cli.progress import progress_bar
from analysis.cli.schema import record
from analysis.cli.sources import data_of
from analysis.errors import FitError


@click.command("multiverse")
@click.argument("file", metavar="FILE|DATASET")
@click.option("--laws", metavar="NAME,NAME...", help="Only these laws: n5, n5-alone, n3 ...")
@click.option(
    "--processes", type=click.IntRange(1), help="So many at once; all cores if not given."
)
@click.option("--scheduler", metavar="ADDRESS", help="Of a dask cluster that works instead.")
@options.reading_options
@options.JSON
def multiverse(
    *,
    file: str,
    laws: str | None,
    processes: int | None,
    scheduler: str | None,
    as_json: bool,
    **reading: Any,
) -> None:
    """Say how far choices move Theta_D, T_c and lambda of the R(T) in FILE.

    All combinations of window, law, weights, thermometer, criterion, formula and mu*.

    \b
    Examples:
      python -m analysis multiverse twin-zero-resistance-22.4gpa
      python -m analysis multiverse rt.csv --laws n5,n5-alone,n3 --json
      python -m analysis multiverse rt.csv --scheduler tcp://127.0.0.1:8786
    """
    from analysis.choices.multiverse import multiverse as every  # noqa: PLC0415 - numpy is slow
    from analysis.choices.resistance_choices import LAWS  # noqa: PLC0415 - as above
    from analysis.choices.words import sentences  # noqa: PLC0415 - as above

    curve = data_of("resistance", file, reading)
    names = LAWS if laws is None else [name.strip() for name in laws.split(",")]
    with progress_bar():
        found = every(curve, laws=names, processes=processes or cores(), scheduler=scheduler)
    if not found.results:
        raise FitError(f"{file}: no combination of choices gives a result: {found.fits[0].reason}")
    results, law = found.summary, found.tally("law")
    said, notes = sentences(found), curve.notes
    if as_json:
        about = {"file": file, "combinations": len(found), "fits": len(found.fits), "laws": law}
        print_json(
            record("multiverse", {**about, "results": results, "remarks": said, "notes": notes})
        )
        return
    rows = [("share of the variance", *results)]
    for choice in found.choices:
        each = (f"{100 * results[name]['shares'][choice.name]:.0f} %" for name in results)
        rows.append((choice.title, *each))
    click.echo(f"{file}: how far choices move the results")
    click.echo(aligned(rows, indent="  "))
    rows = [("law", *next(iter(law.values())))]
    rows += [(name, *map(str, counts.values())) for name, counts in law.items()]
    click.echo(aligned(rows, indent="  "))
    print_remarks("note", notes)
    print_remarks("remark", said)
