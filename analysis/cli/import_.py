"""``import``: a journal's workbook or a published figure becomes a data package."""

from shlex import quote
from typing import TYPE_CHECKING

import click

from analysis.cli.printing import print_remarks
from analysis.cli.sources import PROGRAM
from analysis.show.findings import Status
from analysis.show.printed import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.catalogue.originals.importing import Imported
    from analysis.catalogue.originals.kinds import Curve
    from analysis.reading.originals.series import Series


@click.command("import", short_help="Make a data package of a workbook or a figure.")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--page", type=click.IntRange(min=1), metavar="N", help="Page of a PDF, counted from 1."
)
@click.option("-o", "--output", "folder", metavar="DIR", required=True,
              help="Folder of the data package; sets from other files stay in it.")  # fmt: skip
@click.option("--plan", metavar="PLAN", type=click.Path(exists=True, dir_okay=False),
              help="The plan of an earlier import, with your answers.")  # fmt: skip
def import_command(*, file: str, page: int | None, folder: str, plan: str | None) -> None:
    """Make a data package of the curves in a journal's workbook or a published figure.

    FILE is a workbook (.xlsx), text (.csv, .txt, .zip), an export of WebPlotDigitizer or Origin, or
    a figure drawn as vectors (.pdf, .svg, .eps). The plan says how each curve is understood, and
    asks for what FILE does not say. Exit status 3 while questions are open.

    \b
    Examples:
      python -m analysis import source-data.xlsx -o mine
      python -m analysis import paper.pdf --page 4 -o mine
      python -m analysis import paper.pdf --page 4 --plan mine/plan.toml -o mine
    """
    from analysis.catalogue.originals.importing import import_originals  # noqa: PLC0415 - slow
    from analysis.show.figure_overview import save_overview  # noqa: PLC0415 - slow

    imported = import_originals(file, folder, page=page, plan=plan)
    if plan is None:
        picture = save_overview(imported.originals, imported.plan_file)
        click.echo(f"picture: {picture}")
    _print_plan(imported)
    if imported.package is None:
        click.get_current_context().exit(Status.NONE.exit_status())


def _print_plan(imported: "Imported") -> None:
    originals, plan, package = imported.originals, imported.plan, imported.package
    rows: list[tuple[str, ...]] = [
        ("", "place", "taken for", "name", "run", "GPa", "axes", "points and ranges")
    ]
    rows += [_row(curve, originals.series[curve.number - 1]) for curve in plan.curves]
    click.echo(aligned(rows))
    for curve in plan.curves:
        print_remarks(f"curve {curve.number}", originals.series[curve.number - 1].remarks)
    print_remarks("left out", originals.left_out)
    print_remarks("note", plan.notes)
    if not plan.title:
        click.echo(
            f"note: no source is stated: [source] in {imported.plan_file} needs title and doi"
        )
    words = [
        "import",
        str(originals.path),
        "--plan",
        str(imported.plan_file),
        "-o",
        str(imported.folder),
    ]
    again = f"{PROGRAM} {' '.join(map(quote, words))}"
    if package is None:
        print_remarks("open", plan.questions or ["no curve is taken; see take and kind"])
        click.echo(f"answer in {imported.plan_file}, then: {again}")
        return
    click.echo(f"{package}: {len(plan.taken)} curve{'s' * (len(plan.taken) > 1)} of {plan.file}")
    click.echo(f"to change what they are taken for, edit {imported.plan_file}, then: {again}")
    if fit := _fit_of(plan.taken):
        click.echo(f"to fit one: COMPENDIUM_PACKAGE={quote(str(package))} {PROGRAM} fit {fit}")
    click.echo(f"the book from it: make book DATA={package}")


def _fit_of(curves: "Sequence[Curve]") -> str:
    """Return the words that fit the first curve that can be fitted as it is, or ""."""
    for curve in curves:
        if curve.kind == "resistance":
            return f"resistance {quote(curve.name)}"
        if curve.kind == "diffraction" and curve.phases:
            return f"strain {quote(curve.name)}"
    return ""


def _row(curve: "Curve", series: "Series") -> tuple[str, ...]:
    from analysis.catalogue.originals.toml import about  # noqa: PLC0415 - slow to import

    axes = f"{curve.x or '?'} ({curve.x_unit or '?'}), {curve.y or '?'} ({curve.y_unit or '?'})"
    kind = curve.kind or "?" if curve.take else "not taken"
    given = curve.pressure
    pressure = f"{given:g}" if isinstance(given, float) else "" if given is None else "?"
    return (
        str(curve.number), curve.place, kind, curve.name, curve.run, pressure, axes, about(series)
    )  # fmt: skip
