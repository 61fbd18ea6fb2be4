"""Tables and notes on what moves with pressure, and on what is missing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from analysis.catalogue.datasets import Dataset
from analysis.catalogue.loading import load
from analysis.errors import AnalysisError, DataError
from analysis.numerics.means import Mean
from analysis.pressure.results import Results, load_results
from analysis.pressure.series import Constancy, Regions, Series, failed, left_out_in_turn
from analysis.show.foreign import Marked, plain_text
from analysis.show.report import Note, Table, run_label, stated, unbroken
from analysis.transport.fit import ResistanceFit, fit_resistance
from compendium.chapters.pressure_words import (
    of_samples,
    origins,
    probability,
    quantity_of,
    sample_label,
)
from compendium.chapters.pressure_words import value as written
from compendium.chapters.roles import Roles

EMPTY = Note("No table:", ["the results have no value for it."])


def load_results_or_note(path: str = "") -> tuple[Results, Note | None]:
    """Return the table of results; without one an empty table, and a note of what is missing.

    Raises
    ------
    DataError
        If a path is given and there is no table.
    """
    try:
        return load_results(path or None), None
    except DataError as error:
        if path:
            raise
        return Results({}, "", ()), Note("Results missing:", [str(error)])


def load_results_of(
    package: Roles, path: str = "", *, sample: str = "", leave_out: Collection[str] = ()
) -> tuple[Results, Note | None]:
    """Return those results that a chapter is about, and a note if there is no table at all.

    Of the paper's package they are those of one sample; of any other those of all its own data
    sets, unless a sample is asked for. Where several samples are left, the runs of all but the
    leading one carry the name of theirs.

    Parameters
    ----------
    package : Roles
    path : str
        Another table than that of the book.
    sample : str
        Other samples are ignored.
    leave_out : collection of str
        Runs that serve another purpose.
    """
    results, note = load_results_or_note(path)
    wanted = sample or (package.sample if package.paper else None)
    own = {dataset.name for dataset in package.own}
    chosen = [
        sheet
        for sheet in results.sheets
        if sheet.run not in leave_out
        and (sheet.sample == wanted if wanted else bool(path) or sheet.name in own)
    ]
    several = len({sheet.sample for sheet in chosen}) > 1
    leading = wanted or package.sample
    named = [
        replace(
            sheet, run=", ".join(filter(None, (sheet.sample, sheet.run and run_label(sheet.run))))
        )
        if several and sheet.sample not in (None, leading)
        else sheet
        for sheet in chosen
    ]
    return replace(results, sheets=tuple(named)), note


def origin(*series: Series) -> Note:
    """Return the note that says once where all points come from and what that implies."""
    kinds = origins(*series)
    if not kinds:
        return Note("Nothing to show:", ["the results have no point at a known pressure."])
    if "synthetic" in kinds:
        others = [kind for kind in kinds if kind != "synthetic"]
        also = f" Some points are from {' and '.join(others)} data." if others else ""
        said = (
            "These data were generated from the paper's own values. They test the method and show "
            f"what data of this quality could decide; they cannot confirm the paper.{also} With "
            "measured data in their place, this page is computed again."
        )
        return Note("Synthetic data.", [said])
    return Note("Data:", [f"{' and '.join(kinds)}. The verdicts apply to these samples only."])


def coverage(results: Results, *series: Series) -> Note | None:
    """Return what is not in the figures or not in the means, and why."""
    said = [f"{sheet.name}: failed ({sheet.error})" for sheet in failed(results)]
    lost = dict.fromkeys(name for part in series for name in part.left_out)
    said += [f"{name}: its pressure is not known" for name in lost]
    undetermined: dict[str, list[str]] = {}
    for part in series:
        words = quantity_of(part).words
        if part.undetermined:
            undetermined.setdefault(", ".join(part.undetermined), []).append(words)
        if len(part.weighable) < len(part):
            weighed = {sheet.name for sheet in part.weighable.sources}
            names = ", ".join(sheet.name for sheet in part.sources if sheet.name not in weighed)
            said.append(
                f"{words}: shown in the figures, but used in no mean, because the error is not "
                f"known or the 95 % interval is open: {names}"
            )
    for names, quantities in undetermined.items():
        said.append(f"{' and '.join(quantities)}: not determined (the sheets say why): {names}")
    return Note("Left out:", said) if said else None


def missing(*series: Series) -> Note | None:
    """Return the note that stands where a figure has nothing to draw; None if it has."""
    if any(map(len, series)):
        return None
    names = " or ".join(quantity_of(part).words.removeprefix("the ") for part in series)
    return Note("No figure:", [f"the results have no {names} at a known pressure."])


def points(series: Sequence[Series]) -> Table | Note:
    """Return a row for each pressure and run."""
    rows: dict[tuple[float, str], list[str]] = {}
    for column, part in enumerate(series):
        for pressure, run, number in part.rows():
            row = rows.setdefault((pressure, run), [""] * len(series))
            row[column] = stated(number, "", factor=quantity_of(part).factor)
    if not rows:
        return EMPTY
    lines = [(f"{pressure:g}", run, *row) for (pressure, run), row in sorted(rows.items())]
    headings = (quantity_of(part).heading for part in series)
    return Table((Marked("$P$ (GPa)"), "run", *headings), lines, words=2)


def means(series: Iterable[Series], regions: Regions) -> Table | Note:
    """Return the weighted mean in each region, and whether the values agree with it.

    Of each sample apart; of a single value there is no mean.
    """
    in_regions = [
        (part, region, mean)
        for quantity in series
        for part in of_samples(quantity)
        for region in regions.names
        if (mean := part.in_phase(regions, region).constancy().mean) is not None and mean.n > 1
    ]
    several = len({part.sources[0].sample for part, *_ in in_regions}) > 1
    rows = [
        (
            _heading(part, named=several),
            region or "all",
            str(mean.n),
            written(mean.value, factor=quantity_of(part).factor),
            *_agreement(mean),
        )
        for part, region, mean in in_regions
    ]
    chi = Marked("$\\chi^2/(N - 1)$")
    header = ("quantity", "region", "values", "mean", chi, Marked("$p$"), "error multiplied by")
    if rows:
        return Table(header, rows, words=2)
    return Note("No table:", ["a mean needs two values with an error in one region."])


def _heading(series: Series, *, named: bool) -> Marked:
    """Return what a row of one sample's values is called, with the sample if there are several."""
    sample = series.sources[0].sample
    heading = quantity_of(series).heading
    return Marked(f"{heading}, {plain_text(sample or 'no sample')}") if named else heading


def _agreement(mean: Mean) -> tuple[str, str, str]:
    reduced = _two_digits(mean.chi_square / mean.dof)
    return reduced, probability(mean.p_value), _two_digits(mean.widening)


def _two_digits(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.2g}"


def runs_in_turn(series: Series) -> Table | None:
    """Return the test of constancy of all points, then without each run, as far as there is one."""
    called = quantity_of(series)
    tests: list[tuple[str, Constancy]] = [("all", series.constancy())]
    if len(set(series.runs)) > 1:
        tests += [
            (f"without {unbroken(sample_label(run))}", rest)
            for run, rest in left_out_in_turn(series)
        ]
    unit = plain_text(f"{called.unit}/GPa" if called.unit else "1/GPa")
    header = (
        Marked(f"{called.symbol} of runs"),
        "values",
        Marked("$p$ of the scatter"),
        Marked(f"slope ({unit})"),
        Marked("$p$ of the slope"),
        "verdict",
    )
    rows = [
        (
            name,
            str(test.n),
            probability(test.p_scatter),
            written(test.line.slope, factor=called.factor),
            probability(test.p_slope),
            test.verdict,
        )
        for name, test in tests
        if test.line is not None
    ]
    return Table(header, rows) if rows else None


def curves_of(
    package: Roles, *, sample: str = "", leave_out: Collection[str] = ()
) -> tuple[Dataset, ...]:
    """Return the curves of known pressure whose results `load_results_of` has."""
    wanted = sample or (package.sample if package.paper else None)
    return tuple(
        curve
        for curve in package.own
        if curve.kind == "resistance"
        and curve.pressure is not None
        and curve.run not in leave_out
        and wanted in (None, curve.sample)
    )


def fitted_curves(
    datasets: Iterable[Dataset],
) -> tuple[tuple[ResistanceFit, ...], tuple[str, ...]]:
    """Return the fits of eq. 1 to curves.

    Also the names of the curves that allow none, or are not at hand.
    """
    fits, without = [], []
    for dataset in datasets:
        try:
            fits.append(fit_resistance(load(dataset.name, kind="resistance")))
        except AnalysisError:
            without.append(dataset.name)
    return tuple(fits), tuple(without)
