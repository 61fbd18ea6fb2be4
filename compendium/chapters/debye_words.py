"""What chapter 3.1 and the page on misfits choose and say: a curve, other choices, all curves."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import product
from textwrap import shorten
from typing import Protocol, TypeVar

from matplotlib import pyplot as plt

from analysis.catalogue.datasets import OWN_PACKAGE, Dataset, describe, find_dataset
from analysis.catalogue.loading import load
from analysis.errors import AnalysisError, DataError, attempt
from analysis.pressure.series import SAMPLE
from analysis.reading.resistance import read_resistance
from analysis.show import plots
from analysis.show.foreign import WithSymbols
from analysis.show.report import (
    Note,
    Table,
    curve_labels,
    estimate,
    group_labels,
    saturation,
    unbroken,
)
from analysis.transport.analyse import CurveAnalysis
from analysis.transport.compare import LawComparison, compare_laws
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit, fit_resistance
from analysis.transport.solve import WEIGHTINGS
from compendium.chapters.originals import RUNS, ZERO_RUN, of_zero
from compendium.chapters.tabs import tab

MOST_PANELS = 6  # of one figure
LONGEST_LABEL = 24  # characters of a tab's
_NOTHING = {"-": "–"}


class _OfACurve(Protocol):
    @property
    def curve(self) -> ResistanceCurve: ...


Result = TypeVar("Result", bound=_OfACurve)


def chosen_curve(
    role: Dataset | None,
    data_file: str,
    run: str,
    pressure: float,
    *,
    dataset: str = "",
    sweep: str = "",
    field: str = "",
) -> ResistanceCurve:
    """Return the curve that a chapter's parameters choose: the one of its role without any.

    `sweep` and `field` choose among the sweeps of the file, as in `read_resistance`; `dataset` is
    the name of a curve in the data package.

    Raises
    ------
    DataError
        If both a file and a run, pressure or name are given, a sweep without a file, or there is
        no such curve.
    """
    if data_file and (run or pressure):
        raise DataError("give data_file, or run and pressure, not both")
    if dataset and (data_file or run or pressure):
        raise DataError("give dataset alone, without data_file, run and pressure")
    if (sweep or field) and not data_file:
        raise DataError("sweep and field belong to a data_file")
    if data_file:
        return read_resistance(data_file, sweep=sweep or None, field=field or None)
    if dataset:
        return load(dataset, kind="resistance")
    if run or pressure:
        role = find_dataset("resistance", run=run or None, pressure=pressure or None)
    if role is None:
        raise DataError("the data package has no curve for this; give data_file")
    return load(role.name, kind="resistance")


def trials_of(fit: ResistanceFit) -> tuple[ResistanceFit, ...]:
    """Fit a curve again in two other windows, and with two weightings, where it can be."""
    low, high = fit.window
    windows = ((low, high), (low + 0.1 * (high - low), high), (low, low + 0.6 * (high - low)))
    trials = []
    for window, weighting in product(windows, WEIGHTINGS[:2]):
        with suppress(AnalysisError):
            trials.append(fit_resistance(fit.curve, window, weighting=weighting))
    return tuple(trials)


def trial_table(trials: Sequence[ResistanceFit]) -> Table:
    """Return what each of some choices gives."""
    rows = [
        (
            "{:.0f} to {:.0f}".format(*trial.window),
            trial.weighting,
            estimate(trial, trial.theta_d),
            saturation(trial),
        )
        for trial in trials
    ]
    heads = ("window (K)", "weighting", WithSymbols("Θ_D (K)"), WithSymbols("R_sat"))
    return Table(heads, rows, words=2)


def fit_words(fit: ResistanceFit, trials: Sequence[ResistanceFit]) -> dict[str, str]:
    """Return what the chapter says of its one fit, and of how far other choices move it."""
    values = [trial.theta_d.n for trial in trials] or [fit.theta_d.n]
    spread = max(values) - min(values)
    digits = 0 if spread >= 2 else 1
    said = "The standard error of one fit covers this range"
    if not fit.errors_known:
        said = "The data do not give a statistical error to compare with"
    elif spread > 2 * fit.theta_d.s:
        times = f"{spread / fit.theta_d.s:.0f} times the standard error of one fit"
        said = f"This range is {times}: quote both"
    return {
        "one-theta": estimate(fit, fit.theta_d, "K"),
        "one-window": "{:.0f} to {:.0f} K".format(*fit.window),
        "one-name": fit.curve.name,
        "one-least": f"{min(values):.{digits}f}",
        "one-most": unbroken(f"{max(values):.{digits}f} K"),
        "one-spread": said,
    }


def rivals_of(
    curve: ResistanceCurve, window: tuple[float, float]
) -> tuple[LawComparison | None, str | None]:
    """Return what rival laws make of a curve, or why they cannot be compared."""
    return attempt(lambda: compare_laws(curve, window))


def rival_table(rivals: tuple[LawComparison | None, str | None]) -> Table | None:
    """Return the rival laws side by side; None where there is no comparison."""
    if rivals[0] is None:
        return None
    heads, *rows = rivals[0].rows()
    shown = [tuple(_NOTHING.get(cell, cell.replace("+-", "±")) for cell in row) for row in rows]
    return Table([WithSymbols(head) for head in heads], shown, words=2)


def rival_note(rivals: tuple[LawComparison | None, str | None]) -> Note:
    """Return which laws the data tell apart, in words."""
    comparison, why = rivals
    said = [why or ""] if comparison is None else [*comparison.warnings, *comparison.remarks]
    return Note("Rival laws:", said)


def lag_note(fit: ResistanceFit) -> Note:
    """Return what the times of a curve say of a lag, or that it has none."""
    said = fit.lag.words if fit.lag else "the file has no column of times, so nothing is known"
    return Note(f"{fit.curve.name}, lag:", [said])


def by_group(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Return the results of the curves of each sample and run, in their order."""
    groups: dict[str, list[Result]] = {}
    labels = group_labels([result.curve for result in results])
    for label, result in zip(labels, results, strict=True):
        groups.setdefault(label, []).append(result)
    return groups


def draw_all(analyses: Sequence[CurveAnalysis]) -> None:
    """Show all curves in figures of a few panels, each in a tab; those of one run together."""
    pages: list[dict[str, list[CurveAnalysis]]] = []
    for label, members in by_group(analyses).items():
        for start in range(0, len(members), MOST_PANELS):
            part = members[start : start + MOST_PANELS]
            if not pages or sum(map(len, pages[-1].values())) + len(part) > MOST_PANELS:
                pages.append({})
            pages[-1][label] = part
    curves = [analysis.curve for analysis in analyses]
    names = {curve.name: label for curve, label in zip(curves, curve_labels(curves), strict=True)}
    for number, page in enumerate(pages, 1):
        if len(pages) > 1:
            tab(_label(list(page), number))
        panels = [analysis for members in page.values() for analysis in members]
        plots.run_figure(panels, names=[names[panel.curve.name] for panel in panels])
        plt.show()


def _label(groups: Sequence[str], number: int) -> str:
    """Return what the tab of some groups is called: a number before names that may repeat."""
    several = f" and {len(groups) - 1} more" if len(groups) > 1 else ""
    return f"{number}: {shorten(groups[0], LONGEST_LABEL, placeholder='…')}{several}"


def without_fit(analyses: Sequence[CurveAnalysis]) -> Note | None:
    """Return which curves have no Debye temperature, and why; None if all have one."""
    said = [
        f"{analysis.curve.name}: {_reason(analysis)}" for analysis in analyses if analysis.no_fit
    ]
    return Note("Without a Debye temperature:", said) if said else None


def _reason(analysis: CurveAnalysis) -> str:
    return (analysis.no_fit or "").removeprefix(f"{analysis.curve.name}: ")


def of_paper(
    analyses: Sequence[CurveAnalysis],
) -> tuple[dict[str, list[CurveAnalysis]], list[CurveAnalysis]]:
    """Return the curves of the paper's runs and of its sample at zero resistance, and the others.

    Runs without a curve are left out.
    """
    papers = [analysis for analysis in analyses if analysis.curve.sample == SAMPLE]
    runs = {run: [analysis for analysis in papers if analysis.curve.run == run] for run in RUNS}
    zero = of_zero([analysis.curve for analysis in papers])
    runs[ZERO_RUN] = [analysis for analysis in papers if analysis.curve is zero]
    taken = [analysis for members in runs.values() for analysis in members]
    others = [analysis for analysis in analyses if not any(analysis is other for other in taken)]
    return {run: members for run, members in runs.items() if members}, others


def run_words(runs: Mapping[str, Sequence[CurveAnalysis]]) -> dict[str, str]:
    """Return the lowest R^2 of the paper's runs and the range of their errors, each in a sentence.

    A run without a curve, or without a fit, is not in them.
    """
    squares, spans = [], []
    for run in RUNS:
        fits = [analysis.fit for analysis in runs.get(run, ()) if analysis.fit is not None]
        errors = [fit.theta_d.s for fit in fits if fit.errors_known]
        if fits:
            squares.append(f"{min(fit.r_squared for fit in fits):.5f} for run {run}")
        if errors:
            spans.append(f"{min(errors):.0f} to {max(errors):.0f} K for run {run}")
    return {
        "r2-said": f"The lowest R² is {', '.join(squares)}." * bool(squares),
        "errors-said": f"The standard errors are {', '.join(spans)}." * bool(spans),
    }


def two_kinds_of_aluminium() -> dict[str, str]:
    """Return by how much the textbook's two Debye temperatures of aluminium differ."""
    entries = describe("aluminium", package=OWN_PACKAGE).properties
    known = {
        entry["basis"].split(",")[0]: entry["value"]
        for entry in entries["reference_debye_temperature"]
    }
    return {"two-kinds": f"{known['specific heat'] / known['resistance'] - 1:.0%}"}
