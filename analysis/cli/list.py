"""``list``: the data sets of the data package."""

import click

import analysis
from analysis.cli.options import JSON
from analysis.cli.printing import aligned, print_json


@click.command("list")
@click.option("--kind", metavar="KIND", help="Only this kind, such as resistance or diffraction.")
@JSON
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
        print_json({"datasets": [{k: getattr(d, k) for k in (*keys, *more)} for d in datasets]})
        return
    rows = [("name", "kind", "origin", "GPa", "pm", "here", "title")]
    for one in datasets:
        pressure = "" if one.pressure is None else f"{one.pressure:g}"
        wavelength = "" if one.wavelength is None else f"{one.wavelength:g}"
        here = "yes" if one.available else "no"
        rows.append((one.name, one.kind, one.origin, pressure, wavelength, here, one.title))
    click.echo(aligned(rows))
    if not all(one.available for one in datasets):
        click.echo(
            "\nSets that are not here are downloaded when first used, or taken from the folder "
            "that\nthe environment variable COMPENDIUM_DATA names."
        )
