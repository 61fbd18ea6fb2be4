"""What chapter 3.1 chooses and says: its curve, its trials of other choices, its runs."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import product

from matplotlib.figure import Figure

from analysis.catalogue.datasets import find_dataset, list_datasets
from analysis.catalogue.files import DatasetUnavailable
from analysis.catalogue.loading import load
from analysis.errors import AnalysisError, DataError
from analysis.reading.resistance import read_resistance
from analysis.show import plots
from analysis.show.report import Table, estimate, saturation
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit, fit_resistance
from analysis.transport.solve import WEIGHTINGS


def chosen_curve(
    data_file: str, run: str, pressure: float, *, sweep: str = "", field: str = ""
) -> tuple[ResistanceCurve, DatasetUnavailable | None]:
    """Return the curve that a chapter's parameters choose: copper foil without any.

    `sweep` and `field` choose among the sweeps of the file, as in `read_resistance`. Where the
    foil cannot be had, silver stands in for it, and the reason comes second.

    Raises
    ------
    DataError
        If both a file and a run or pressure are given, a sweep without a file, or there is no
        such curve.
    """
    if data_file and (run or pressure):
        raise DataError("give data_file, or run and pressure, not both")
    if (sweep or field) and not data_file:
        raise DataError("sweep and field belong to a data_file")
    if data_file:
        return read_resistance(data_file, sweep=sweep or None, field=field or None), None
    if run or pressure:
        name = find_dataset("resistance", run=run or None, pressure=pressure or None).name
        return load(name), None
    try:
        return load("cu-foil"), None
    except DatasetUnavailable as error:
        return load("silver"), error


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
    return Table(("window (K)", "weighting", "Θ_D (K)", "R_sat"), rows)


def fit_words(fit: ResistanceFit, trials: Sequence[ResistanceFit]) -> dict[str, str]:
    """Return what the chapter says of its one fit, and of how far other choices move it."""
    values = [trial.theta_d.n for trial in trials] or [fit.theta_d.n]
    spread = (max(values) - min(values)) / fit.theta_d.s
    said = "The standard error of one fit covers that"
    if not fit.errors_known:
        said = "The data do not tell a statistical error"
    elif spread > 2:
        times = f"{spread:.0f} times the standard error of one fit"
        said = f"That spread is {times}, and belongs beside it"
    return {
        "one-theta": estimate(fit, fit.theta_d, "K"),
        "one-window": "{:.0f} to {:.0f} K".format(*fit.window),
        "one-name": fit.curve.name,
        "one-least": f"{min(values):.0f}",
        "one-most": f"{max(values):.0f}",
        "one-spread": said,
    }


def by_run(fits: Sequence[ResistanceFit]) -> dict[str, list[ResistanceFit]]:
    """Return the fits of each run, in their order."""
    runs: dict[str, list[ResistanceFit]] = {}
    for fit in fits:
        runs.setdefault(str(fit.curve.run), []).append(fit)
    return runs


def draw_run(runs: dict[str, list[ResistanceFit]], run: str) -> Figure | None:
    """Draw one run, or say that the data package has none."""
    if run in runs:
        return plots.run_figure(runs[run], columns=min(2, len(runs[run])))
    print(f"The data package has no run {run}.")
    return None


def run_words(runs: dict[str, list[ResistanceFit]]) -> dict[str, str]:
    """Return the least R^2 of each of the paper's four runs, and the span of their errors."""
    words = {}
    for name in ("1", "2", "3", "4"):
        members = runs.get(name, [])
        words[f"r2-{name}"] = f"{min(fit.r_squared for fit in members):.5f}" if members else "none"
        errors = [fit.theta_d.s for fit in members] or [float("nan")]
        words[f"errors-{name}"] = f"{min(errors):.0f} to {max(errors):.0f} K"
    return words


def two_kinds_of_aluminium() -> dict[str, str]:
    """Return by how much the textbook's two Debye temperatures of aluminium differ."""
    (aluminium,) = [one for one in list_datasets() if one.name == "aluminium"]
    known = {
        entry["basis"].split(",")[0]: entry["value"]
        for entry in aluminium.properties["reference_debye_temperature"]
    }
    return {"two-kinds": f"{known['specific heat'] / known['resistance'] - 1:.0%}"}
