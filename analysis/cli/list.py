"""``list``: the data sets of the data package."""

from collections.abc import Sequence
from dataclasses import asdict

import click

import analysis
from analysis.catalogue.book import book_section
from analysis.catalogue.datasets import Dataset, package_file, refused_datasets
from analysis.catalogue.package import Refusal, age_of, read_package
from analysis.cli.options import JSON
from analysis.cli.printing import print_json
from analysis.numerics.provenance import pressure_words
from analysis.numerics.schema_version import versioned
from analysis.show.printed import aligned


@click.command("list")
@click.option("--kind", metavar="KIND", help="Only this kind, such as resistance or diffraction.")
@JSON
def list_command(*, kind: str | None, as_json: bool) -> None:
    """List the data sets of the data package.

    Sets that cannot be used are named on standard error with the reason; the exit status is then 2.

    \b
    Example:
      python -m analysis list --kind resistance
    """
    refused = [
        refusal for refusal in refused_datasets() if kind is None or refusal.kind in (None, kind)
    ]
    try:
        _print(analysis.list_datasets(kind), refused, as_json=as_json)
    finally:
        for refusal in refused:
            click.echo(f"error: {refusal.reason}", err=True)
    book_section()  # whatever is wrong with it is one line, too
    if refused:
        click.get_current_context().exit(2)
    remark = age_of(read_package(package_file()), package_file())
    if remark is not None and kind is None:
        click.echo(f"remark: {remark}", err=True)


def _print(datasets: Sequence[Dataset], refused: Sequence[Refusal], *, as_json: bool) -> None:
    keys = ("name", "kind", "origin", "sample", "run", "pressure", "pressure_error",
            "pressure_scale", "pressure_basis", "wavelength")  # fmt: skip
    more = ("title", "source", "licence", "available")
    if as_json:
        listed = [{key: getattr(dataset, key) for key in (*keys, *more)} for dataset in datasets]
        for dataset, entry in zip(datasets, listed, strict=True):
            if dataset.digitised is not None:
                entry["digitised"] = dataset.digitised.to_dict()
        content = {"datasets": listed, "refused": [asdict(refusal) for refusal in refused]}
        print_json(versioned(content))
        return
    rows = [("name", "kind", "origin", "GPa", "pm", "here", "title")]
    for dataset in datasets:
        wavelength = "" if dataset.wavelength is None else f"{dataset.wavelength:g}"
        available = "yes" if dataset.available else "no"
        pressure = pressure_words(dataset, unit="")
        rows.append(
            (
                dataset.name,
                dataset.kind,
                dataset.origin,
                pressure,
                wavelength,
                available,
                dataset.title,
            )
        )
    click.echo(aligned(rows))
    if not all(dataset.available for dataset in datasets):
        click.echo(
            "\nSets that are not here are downloaded when first used, or taken from the folder "
            "that\nthe environment variable COMPENDIUM_DATA names."
        )
