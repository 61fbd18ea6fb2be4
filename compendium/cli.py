"""``sheet``: one sheet by itself, a verb that `analysis` finds by its entry point."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from analysis.cli.batch import Plan, finish, many, run_all
from analysis.cli.findings import EXIT_STATUS
from analysis.cli.options import only_patterns, reading_options


@click.command("sheet", epilog=EXIT_STATUS, short_help="Make the page of one data set.")
@click.argument("kind", metavar="resistance|diffraction")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--data", metavar="FILE", multiple=True, help="Your own file; more may follow it.")
@click.option("--dataset", metavar="NAME", help="A data set of the package.")
@click.option("--run", metavar="RUN", help="Instead of NAME: the run; give --pressure, too.")
@click.option(
    "--pressure", type=float, metavar="GPA", help="The pressure of that run or of FILE, GPa."
)
@click.option(
    "--window",
    nargs=2,
    type=float,
    metavar="LOW HIGH",
    help="Part of the data to use: K, or degrees 2 theta.",
)
@click.option("--phase", metavar="NAME", help="The crystal to analyse, if a pattern has several.")
@click.option(
    "-p",
    "--parameter",
    "more",
    multiple=True,
    metavar="NAME=VALUE",
    help="Any other parameter of the template, such as n=4 or shape=gaussian.",
)
@click.option(
    "-o", "--output", default=".", metavar="DIR", show_default=True, help="Folder to write to."
)
@reading_options
@only_patterns
@many
def sheet(
    *,
    kind: str,
    files: tuple[str, ...],
    data: tuple[str, ...],
    dataset: str | None,
    run: str | None,
    pressure: float | None,
    window: tuple[float, float] | None,
    phase: str | None,
    more: tuple[str, ...],
    output: str,
    strict: bool,
    jobs: int | None,
    time_limit: float,
    **reading: Any,
) -> None:
    """Execute one sheet: write the notebook, and the same as one self-contained HTML page.

    Each of many files gets a sheet and a line.

    \b
    Examples:
      python -m analysis sheet resistance --run 2 --pressure 25 -o out/
      python -m analysis sheet resistance --data mine.csv --pressure 22.4 --window 90 300 -o out/
      python -m analysis sheet diffraction --data xrd.xy --wavelength 61.99 -p model=reduced
      python -m analysis sheet diffraction --data *.xy --wavelength 61.99 -o out/
    """
    try:
        from compendium.one_sheet import check_names, sheet_of_many, write_sheet
    except ModuleNotFoundError as missing:
        raise click.ClickException(
            f"sheets are notebooks and need {missing.name}, which is not installed; "
            'pip install "la3ni2o7-compendium[book]" installs all that they need'
        ) from None

    own = (*data, *files)
    options: dict[str, Any] = {
        "kind": kind,
        "source": {"data": None, "dataset": dataset, "run": run, "pressure": pressure},
        "window": window,
        "reading": {name: value for name, value in reading.items() if value is not None},
        "more": more if phase is None else (*more, f"phase={phase!r}"),
        "output": Path(output),
    }
    if len(own) > 1:
        check_names(own)
        plan = Plan(strict=strict, jobs=jobs, time_limit=time_limit)
        run_all(partial(sheet_of_many, **options), own, plan)
    options["source"]["data"] = own[0] if own else None
    finish([write_sheet(**options, say=click.echo)], strict=strict)
