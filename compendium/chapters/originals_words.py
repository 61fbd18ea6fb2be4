"""The how-to on originals: a published figure read out, its plan, and its curves as loaded."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from analysis.catalogue.datasets import fetch
from analysis.catalogue.loading import load_entry
from analysis.catalogue.originals.files import Originals, read_originals
from analysis.catalogue.originals.package import write_package
from analysis.catalogue.originals.plan import plan_of
from analysis.catalogue.package import read_package
from analysis.show.foreign import WithSymbols
from analysis.show.plots import BLUE, ORANGE, mark_origin
from analysis.show.report import Table, stated
from analysis.transport.curve import ResistanceCurve
from analysis.transport.transition_fit import fit_transition
from compendium.chapters.coupling_words import MU_STAR


def read_figure(name: str) -> Originals:
    """Return what a figure of the data package holds.

    Raises
    ------
    DatasetUnavailable, DataError
        If its file is not to be had, or holds no curve.
    """
    return read_originals(fetch(name))


def plan_table(figure: Originals) -> Table:
    """Return the plan of a figure: what each curve is taken for, and what is asked."""
    rows = []
    for curve in plan_of(figure).curves:
        series = figure.series[curve.number - 1]
        taken = (curve.kind or "asked") if curve.take else "not taken"
        range_of = f"{series.x.min():.5g} to {series.x.max():.5g} {series.x_unit}".rstrip()
        asked = ", ".join(curve.open) or "nothing"
        rows.append(
            (str(curve.number), curve.place, series.label or "none", taken, str(series.x.size),
             range_of, asked)
        )  # fmt: skip
    header = ("curve", "place", "legend", "taken for", "points", "x", "asked")
    return Table(header, rows, words=4)


def curves_as_imported(
    figure: Originals, answers: Mapping[int, Mapping[str, Any]]
) -> list[ResistanceCurve]:
    """Return curves as a book loads them from the package that an import writes.

    Parameters
    ----------
    figure : Originals
    answers : mapping of int to mapping
        By the number of a curve, what the plan is to say of it; all others are left out.
    """
    plan = plan_of(figure)
    curves = [
        replace(curve, **{"take": False, **answers.get(curve.number, {})}) for curve in plan.curves
    ]
    with TemporaryDirectory() as folder:
        package = write_package(figure, replace(plan, curves=tuple(curves)), Path(folder))
        loaded = [load_entry(entry) for entry in read_package(package).resources]
    return [data for data in loaded if isinstance(data, ResistanceCurve)]


def over_value_at(curve: ResistanceCurve, temperature: float) -> ResistanceCurve:
    """Return a curve divided by its value at a temperature (K)."""
    value = float(np.interp(temperature, curve.temperature, curve.resistance))
    return replace(curve, resistance=curve.resistance / value, unit="arbitrary")


def draw_over(ax: Axes, read: ResistanceCurve, measured: ResistanceCurve) -> None:
    """Draw a curve out of a figure over the measured one."""
    ax.plot(
        measured.temperature, measured.resistance, color=BLUE, lw=3, alpha=0.4, label="measured"
    )
    ax.plot(read.temperature, read.resistance, ".", ms=2.5, color=ORANGE, label="out of the figure")
    ax.set(xlabel="$T$ (K)", ylabel="$R(T)/R(10\\,\\mathrm{K})$", xlim=(5, 9))
    ax.legend()
    mark_origin(ax, str(measured.origin), str(read.origin))


def transition_rows(curves: Mapping[str, ResistanceCurve]) -> Table:
    """Return the onset of each curve, and the temperature at half of its resistance."""
    rows = []
    for name, curve in curves.items():
        fit = fit_transition(curve)
        half = fit.at_criterion(0.5, MU_STAR, "advanced").tc
        rows.append((name, stated(fit.onset.stated("K"), "K"), stated(half.stated("K"), "K")))
    return Table(("curve", "onset", WithSymbols("T_c at 50 %")), rows)


def agreement(read: ResistanceCurve, measured: ResistanceCurve) -> dict[str, str]:
    """Return how far a curve out of a figure lies from the measured one, in words."""
    known = np.interp(read.temperature, measured.temperature, measured.resistance)
    apart = np.abs(read.resistance - known)
    return {
        "read-points": str(len(read)),
        "read-apart": f"{100 * float(np.median(apart)):.2g} %",
        "read-source": str(measured.name),
    }
