"""Tables and notes on what moves with pressure, and on what is missing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from analysis.catalogue.datasets import Dataset
from analysis.catalogue.loading import load
from analysis.errors import AnalysisError, DataError
from analysis.numerics.means import Mean
from analysis.pressure.results import Results, load_results
from analysis.pressure.series import Regions, Series, failed, left_out_in_turn
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

EMPTY = Note("No table:", ["there is no value to put into it."])


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
        Of all others no notice is taken.
    leave_out : collection of str
        Runs that serve another purpose.
    """
    results, note = load_results_or_note(path)
    wanted = sample or (package.sample if package.paper else None)
    own = {one.name for one in package.own}
    chosen = [
        one
        for one in results.sheets
        if one.run not in leave_out
        and (one.sample == wanted if wanted else bool(path) or one.name in own)
    ]
    several = len({one.sample for one in chosen}) > 1
    leading = wanted or package.sample
    named = [
        replace(one, run=", ".join(filter(None, (one.sample, one.run and run_label(one.run)))))
        if several and one.sample not in (None, leading)
        else one
        for one in chosen
    ]
    return replace(results, sheets=tuple(named)), note


def origin(*series: Series) -> Note:
    """Return the note that says once where all points come from and what that implies."""
    kinds = origins(*series)
    if not kinds:
        return Note("Nothing to show:", ["the results hold no point at a known pressure."])
    if "synthetic" in kinds:
        others = [one for one in kinds if one != "synthetic"]
        also = f" Among them are {' and '.join(others)} data." if others else ""
        said = (
            "The paper's own values went into them. Nothing in this chapter confirms the paper: "
            f"it shows the method, and what data of this quality could decide.{also} With "
            "measured data in their place the same page is computed anew."
        )
        return Note("Synthetic data.", [said])
    return Note("Data:", [f"{' and '.join(kinds)}. The verdicts are about these samples."])


def coverage(results: Results, *series: Series) -> Note | None:
    """Return what is not in the figures or not in the means, and why."""
    said = [f"{one.name}: failed ({one.error})" for one in failed(results)]
    lost = dict.fromkeys(name for part in series for name in part.left_out)
    said += [f"{name}: its pressure is not known" for name in lost]
    undetermined: dict[str, list[str]] = {}
    for part in series:
        symbol = quantity_of(part).symbol
        if part.undetermined:
            undetermined.setdefault(", ".join(part.undetermined), []).append(symbol)
        if len(part.weighable) < len(part):
            weighed = {one.name for one in part.weighable.sources}
            names = ", ".join(one.name for one in part.sources if one.name not in weighed)
            said.append(
                f"{symbol} is drawn and in no mean, for its error is not known or its 95 % "
                f"interval is open: {names}"
            )
    for names, symbols in undetermined.items():
        which = f"{' and '.join(symbols)} {'is' if len(symbols) == 1 else 'are'}"
        said.append(f"{which} not determined (the sheets say why): {names}")
    return Note("Left out:", said) if said else None


def missing(*series: Series) -> Note | None:
    """Return the note that stands where a figure has nothing to draw; None if it has."""
    if any(len(one) for one in series):
        return None
    names = ", ".join(quantity_of(one).symbol for one in series)
    return Note("No figure:", [f"the results have no {names} at a known pressure."])


def points(series: Sequence[Series]) -> Table | Note:
    """Return a row for each pressure and run."""
    rows: dict[tuple[float, str], list[str]] = {}
    for at, one in enumerate(series):
        for pressure, run, found in one.rows():
            row = rows.setdefault((pressure, run), [""] * len(series))
            row[at] = stated(found, "", factor=quantity_of(one).factor)
    if not rows:
        return EMPTY
    lines = [(f"{pressure:g}", run, *row) for (pressure, run), row in sorted(rows.items())]
    return Table(("P (GPa)", "run", *(quantity_of(one).heading for one in series)), lines, words=2)


def means(series: Iterable[Series], regions: Regions) -> Table | Note:
    """Return the weighted mean in each region, and whether the values agree with it.

    Of each sample apart; of a single value there is no mean.
    """
    there = [
        (one, region, mean)
        for part in series
        for one in of_samples(part)
        for region in regions.names
        if (mean := one.in_phase(regions, region).constancy().mean) is not None and mean.n > 1
    ]
    several = len({one.sources[0].sample for one, *_ in there}) > 1
    rows = [
        (
            quantity_of(one).heading + f", {one.sources[0].sample}" * several,
            region or "all",
            str(mean.n),
            written(mean.value, factor=quantity_of(one).factor),
            *_agreement(mean),
        )
        for one, region, mean in there
    ]
    header = ("quantity", "region", "values", "mean", "χ²/(N − 1)", "p", "widened by")
    if rows:
        return Table(header, rows, words=2)
    return Note("No table:", ["a mean needs two values with an error in one region."])


def _agreement(mean: Mean) -> tuple[str, str, str]:
    reduced = _two_digits(mean.chi_square / mean.dof)
    return reduced, probability(mean.p_value), _two_digits(mean.widening)


def _two_digits(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.2g}"


def runs_in_turn(series: Series) -> Table | None:
    """Return the test of constancy of all points, then without each run, as far as there is one."""
    called = quantity_of(series)
    tests = [(f"{called.symbol}, all", series.constancy())]
    if len(set(series.runs)) > 1:
        tests += [
            (f"without {unbroken(sample_label(run))}", rest)
            for run, rest in left_out_in_turn(series)
        ]
    slope = f"slope ({unbroken(f'{called.unit}/GPa') if called.unit else '1/GPa'})"
    header = ("points", "values", "p of the scatter", slope, "p of the slope", "verdict")
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
        one
        for one in package.own
        if one.kind == "resistance"
        and one.pressure is not None
        and one.run not in leave_out
        and wanted in (None, one.sample)
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
