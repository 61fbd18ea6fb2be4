"""``list``: the data sets of the data package."""

from collections.abc import Sequence
from dataclasses import asdict

import click

import analysis
from analysis.catalogue.book import book_section
from analysis.catalogue.datasets import Dataset, refused_datasets
from analysis.catalogue.package import Refusal
from analysis.cli.options import JSON
from analysis.cli.printing import print_json
from analysis.numerics.provenance import pressure_words
from analysis.show.printed import aligned


@click.command("list")
@click.option("--kind", metavar="KIND", help="Only this kind, such as resistance or diffraction.")
@JSON
def list_command(*, kind: str | None, as_json: bool) -> None:
    """List the data sets of the data package.

    What cannot be used is named on standard error, with the reason; exit status 2 then.

    \b
    Example:
      python -m analysis list --kind resistance
    """
    refused = [one for one in refused_datasets() if kind is None or one.kind in (None, kind)]
    try:
        _print(analysis.list_datasets(kind), refused, as_json=as_json)
    finally:
        for refusal in refused:
            click.echo(f"error: {refusal.reason}", err=True)
    book_section()  # whatever is wrong with it is one line, too
    if refused:
        click.get_current_context().exit(2)


def _print(datasets: Sequence[Dataset], refused: Sequence[Refusal], *, as_json: bool) -> None:
    keys = ("name", "kind", "origin", "sample", "run", "pressure", "pressure_error",
            "pressure_scale", "pressure_basis", "wavelength")  # fmt: skip
    more = ("title", "source", "licence", "available")
    if as_json:
        listed = [{key: getattr(one, key) for key in (*keys, *more)} for one in datasets]
        for one, entry in zip(datasets, listed, strict=True):
            if one.digitised is not None:
                entry["digitised"] = one.digitised.to_dict()
        print_json({"datasets": listed, "refused": [asdict(one) for one in refused]})
        return
    rows = [("name", "kind", "origin", "GPa", "pm", "here", "title")]
    for one in datasets:
        wavelength = "" if one.wavelength is None else f"{one.wavelength:g}"
        here = "yes" if one.available else "no"
        pressure = pressure_words(one, unit="")
        rows.append((one.name, one.kind, one.origin, pressure, wavelength, here, one.title))
    click.echo(aligned(rows))
    if not all(one.available for one in datasets):
        click.echo(
            "\nSets that are not here are downloaded when first used, or taken from the folder "
            "that\nthe environment variable COMPENDIUM_DATA names."
        )
