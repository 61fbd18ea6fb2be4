"""``sheet``: one sheet by itself, a verb that `analysis` finds by its entry point."""

from pathlib import Path
from typing import Any

import click

from analysis.cli.options import only_patterns, reading_options


@click.command("sheet")
@click.argument("kind", metavar="resistance|diffraction")
@click.option("--data", metavar="FILE", help="A file of your own.")
@click.option("--dataset", metavar="NAME", help="A data set of the package.")
@click.option("--run", metavar="RUN", help="Or its run ...")
@click.option("--pressure", type=float, metavar="GPA", help="... and pressure, GPa.")
@click.option(
    "--window", nargs=2, type=float, metavar="LOW HIGH", help="K, or degrees of a pattern."
)
@click.option("--phase", metavar="NAME", help="One of several crystals of a pattern.")
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
@reading_options
@only_patterns
def sheet(
    *,
    kind: str,
    data: str | None,
    dataset: str | None,
    run: str | None,
    pressure: float | None,
    window: tuple[float, float] | None,
    phase: str | None,
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
    try:
        from compendium.one_sheet import write_sheet
    except ModuleNotFoundError as missing:
        raise click.ClickException(
            f"sheets are notebooks, for which {missing.name} is not installed; "
            'pip install "la3ni2o7-compendium[book]" installs all that they need'
        ) from None

    given = {name: value for name, value in reading.items() if value is not None}
    write_sheet(
        kind,
        source={"data": data, "dataset": dataset, "run": run, "pressure": pressure},
        window=window,
        reading=given,
        more=more if phase is None else (*more, f"phase={phase!r}"),
        output=Path(output),
        say=click.echo,
    )
