"""Tables and notes on what moves with pressure, and on what is missing."""

from collections.abc import Collection, Iterable, Sequence

from analysis.catalogue.datasets import list_datasets
from analysis.catalogue.loading import load
from analysis.errors import AnalysisError, DataError
from analysis.numerics.means import Mean
from analysis.pressure.results import Results, load_results
from analysis.pressure.series import PHASES, Constancy, Regions, Series, failed, left_out_in_turn
from analysis.show.report import Note, Table, stated, unbroken
from analysis.transport.fit import ResistanceFit, fit_resistance
from compendium.chapters.pressure_words import NONE, origins, probability, quantity_of, sample_label
from compendium.chapters.pressure_words import value as written

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


def origin(*series: Series) -> Note:
    """Return the note that says once where all points come from and what that implies."""
    kinds = origins(*series)
    if not kinds:
        return Note("Nothing to show:", ["the results hold no point of this sample at a pressure."])
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


def coverage(results: Results, sample: str, *series: Series) -> Note | None:
    """Return what is not in the figures or not in the means, and why."""
    said = [f"{one.name}: failed ({one.error})" for one in failed(results, sample)]
    lost = dict.fromkeys(name for part in series for name in part.left_out)
    said += [f"{name}: its pressure is not known" for name in lost]
    undetermined: dict[str, list[str]] = {}
    for part in series:
        symbol = quantity_of(part).symbol
        if part.undetermined:
            undetermined.setdefault(", ".join(part.undetermined), []).append(symbol)
        if len(part.known) < len(part):
            weighed = {one.name for one in part.known.sources}
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
    return Note("No figure:", [f"the results have no {names} of this sample at a known pressure."])


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
    """Return the weighted mean in each phase, and whether the values agree with it."""
    there = [
        (part, phase, mean)
        for part in series
        for phase in PHASES
        if (mean := part.in_phase(regions, phase).constancy().mean) is not None
    ]
    rows = [
        (
            quantity_of(part).heading,
            phase,
            str(mean.n),
            written(mean.value, factor=quantity_of(part).factor),
            *(_agreement(mean) if mean.n > 1 else ("", "", "")),
        )
        for part, phase, mean in there
    ]
    header = ("quantity", "phase", "values", "mean", "χ²/(N − 1)", "p", "widened by")
    return Table(header, rows, words=2) if rows else EMPTY


def _agreement(mean: Mean) -> tuple[str, str, str]:
    reduced = _two_digits(mean.chi_square / mean.dof)
    return reduced, probability(mean.p_value), _two_digits(mean.widening)


def _two_digits(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.2g}"


def runs_in_turn(series: Series) -> Table:
    """Return the test of constancy of all points, then without each run."""
    called = quantity_of(series)
    tests = [(f"{called.symbol}, all", series.constancy())]
    if len(set(series.runs)) > 1:
        tests += [
            (f"without {unbroken(sample_label(run))}", rest)
            for run, rest in left_out_in_turn(series)
        ]
    slope = f"slope ({unbroken(f'{called.unit}/GPa') if called.unit else '1/GPa'})"
    header = ("points", "values", "p of the scatter", slope, "p of the slope", "verdict")
    return Table(header, [(name, *_tested(test, called.factor)) for name, test in tests])


def _tested(test: Constancy, factor: float) -> tuple[str, ...]:
    line = test.line
    if line is None:
        return str(test.n), NONE, NONE, NONE, test.verdict
    return (
        str(test.n),
        probability(test.p_scatter),
        written(line.slope, factor=factor),
        probability(test.p_slope),
        test.verdict,
    )


def fitted_curves(
    sample: str, leave_out: Collection[str]
) -> tuple[tuple[ResistanceFit, ...], tuple[str, ...]]:
    """Return the fits of eq. 1 to a sample's curves of known pressure.

    Also the names of the curves that allow none, or are not at hand.
    """
    fits, without = [], []
    for dataset in list_datasets("resistance"):
        wanted = dataset.sample == sample and dataset.run not in leave_out
        if wanted and dataset.pressure is not None:
            try:
                fits.append(fit_resistance(load(dataset.name, kind="resistance")))
            except AnalysisError:
                without.append(dataset.name)
    return tuple(fits), tuple(without)
