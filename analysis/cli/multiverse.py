"""``multiverse``: every combination of choices for one R(T) or pattern."""

from collections.abc import Mapping
from typing import Any

import click

from analysis.cli import options
from analysis.cli.printing import print_json, print_remarks
from analysis.cli.processes import cores
from analysis.cli.progress import progress_bar
from analysis.cli.schema import record
from analysis.cli.sources import crystals_of, data_of, kind_of, standard_of
from analysis.errors import FitError
from analysis.show.printed import aligned

_OF_CURVES = ("laws", "processes", "scheduler")
_OF_PATTERNS = ("cell", "space_group", "instrument")


@click.command("multiverse", short_help="Say how far a result depends on choices.")
@click.argument("file", metavar="FILE|DATASET")
@click.option("--laws", metavar="NAME,NAME...", help="Only these laws: n5, n5-alone, n3 ...")
@click.option(
    "--processes", type=click.IntRange(1), help="Number of processes; one per core if not given."
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="Address of a dask cluster that computes instead."
)
@options.cell("--cell", "For a pattern: approximate cell of the sample (angstrom).")
@click.option("--space-group", metavar="SYMBOL", help="Its space group: 'F m -3 m'.")
@click.option(
    "--instrument", metavar="FILE|DATASET", help="For a pattern: the pattern of a standard."
)
@options.kind
@options.reading_options
@options.only_patterns
@options.JSON
def multiverse(*, file: str, kind: str | None, as_json: bool, **given: Any) -> None:
    """Say how far choices move Theta_D, T_c and lambda of an R(T), or the strain of a pattern.

    For R(T), it computes all combinations of window, law, weights, thermometer, criterion, formula
    and mu*; for a pattern, those of shape, instrument, breadth, lines, equation, addition and
    shape factor.

    \b
    Examples:
      python -m analysis multiverse twin-zero-resistance-22.4gpa
      python -m analysis multiverse rt.csv --laws n5,n5-alone,n3 --json
      python -m analysis multiverse rt.csv --scheduler tcp://127.0.0.1:8786
      python -m analysis multiverse nist-iron --instrument nist-lab6
    """
    from analysis.choices.words import sentences  # noqa: PLC0415 - numpy is slow to import

    own = {name: given.pop(name) for name in (*_OF_CURVES, *_OF_PATTERNS)}
    holds = kind_of(file, {name: value for name, value in given.items() if value is not None}, kind)
    foreign = _OF_CURVES if holds == "diffraction" else _OF_PATTERNS
    for name in (option for option in foreign if own[option] is not None):
        raise click.UsageError(f"--{name.replace('_', '-')} is not for {file}: its kind is {holds}")
    reading = {name: given[name] for name in options.names(options.COLUMNS[holds] | options.TABLES)}
    data = data_of(holds, file, reading)
    with progress_bar():
        combinations = (_of_curve if holds == "resistance" else _of_pattern)(
            file, data, own, reading
        )
    if not combinations.results:
        raise FitError(
            f"{file}: no combination of choices gives a result: {combinations.reason(0)}"
        )
    by = "law" if holds == "resistance" else "shape"
    results, counted = combinations.summary, combinations.tally(by)
    remarks, notes = sentences(combinations), data.notes
    if as_json:
        about = {
            "file": file,
            "combinations": len(combinations),
            "fits": combinations.n_fits,
            f"{by}s": counted,
        }
        print_json(
            record("multiverse", {**about, "results": results, "remarks": remarks, "notes": notes})
        )
        return
    rows = [("share of the variance", *results)]
    for choice in combinations.choices:
        shares = (f"{100 * results[name]['shares'][choice.name]:.0f} %" for name in results)
        rows.append((choice.title, *shares))
    click.echo(f"{file}: how far choices move the results")
    click.echo(aligned(rows, indent="  "))
    rows = [(by, *next(iter(counted.values())))]
    rows += [(name, *map(str, counts.values())) for name, counts in counted.items()]
    click.echo(aligned(rows, indent="  "))
    print_remarks("note", notes)
    print_remarks("remark", remarks)


def _of_curve(_file: str, curve: Any, own: Mapping[str, Any], _reading: Mapping[str, Any]) -> Any:
    from analysis.choices.multiverse import multiverse as every  # noqa: PLC0415 - numpy is slow
    from analysis.choices.resistance_choices import LAWS  # noqa: PLC0415 - as above

    laws = own["laws"]
    names = LAWS if laws is None else [name.strip() for name in laws.split(",")]
    return every(
        curve, laws=names, processes=own["processes"] or cores(), scheduler=own["scheduler"]
    )


def _of_pattern(file: str, pattern: Any, own: Mapping[str, Any], reading: Mapping[str, Any]) -> Any:
    from analysis.choices.strain_choices import strain_multiverse  # noqa: PLC0415 - numpy is slow

    name = own["instrument"]
    standard = None if name is None else standard_of(name, reading)
    phases = crystals_of(file, own["cell"], own["space_group"], None)
    return strain_multiverse(pattern, phases, standard=standard)
