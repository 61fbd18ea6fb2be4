"""What the sheets show beyond the chapters: facts of the data, and how the result moves."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.strain.williamson_hall import WilliamsonHall, williamson_hall
from analysis.errors import AnalysisError, attempt
from analysis.numerics.provenance import pressure_words
from analysis.numerics.summary import interval_of, is_number, number
from analysis.show.foreign import WithSymbols, chemical, in_figure, spoken
from analysis.show.plots import BLUE, GREEN, GREY, mark_origin, point_outwards
from analysis.show.report import Note, Table, stated, unbroken, window
from analysis.show.strain_report import THOUSANDTHS, line_names, strain_of
from analysis.transport.analyse import CurveAnalysis
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit


def facts(data: ResistanceCurve | DiffractionPattern) -> Table:
    """Return what is known of a measurement before any fit."""
    if isinstance(data, ResistanceCurve):
        span, unit, angle = data.temperature, "K", []
    else:
        span, unit = data.two_theta, "degrees"
        angle = [("wavelength", f"{data.wavelength:g} pm")]
    rows = [
        ("origin", data.origin or "not stated"),
        ("sample", chemical(data.sample or "not stated")),
        ("run", data.run or "not stated"),
        ("pressure", pressure_words(data) or "not stated"),
        *angle,
        *([("points", str(len(span)))] if data.reading is None else []),
        ("range", f"{span[0]:.5g} to {span[-1]:.5g} {unit}"),
        *_of_figure(data),
        ("source", data.source or "not stated"),
        *([] if data.reading is None else data.reading.lines()),
    ]
    return Table(("", ""), rows, words=2)


def _of_figure(data: ResistanceCurve | DiffractionPattern) -> list[tuple[str, str]]:
    """Return out of which figure a measurement was read, and how precisely."""
    if (read := data.digitised) is None or data.origin != "digitised":
        return []
    return [("figure", read.words), ("sha256 of its file", read.sha256)]


# Of a table about a fit that is not there.
NO_FIT = Note("None:", ["eq. 1 is not fitted."])


def notes(title: str, *said: str | None) -> Note | None:
    """Return a note of what is there to be said, or None."""
    texts = [text for text in said if text]
    return Note(title, texts) if texts else None


def warnings_of(record: str) -> Note:
    """Return what a sheet's record says casts doubt on its numbers."""
    return _said(record, "warnings", "Read before quoting:", "nothing speaks against these numbers")


def remarks_of(record: str) -> Note:
    """Return what the numbers of a sheet's record rest on, and their limits."""
    return _said(record, "remarks", "Beside the numbers:", "nothing to remark")


def _said(record: str, key: str, title: str, nothing: str) -> Note:
    return Note(title, [WithSymbols(spoken(one)) for one in json.loads(record)[key] or [nothing]])


# ---------------------------------------------------------------------------- resistance


def quality(fit: ResistanceFit) -> Table:
    """Return how good a fit of eq. 1 is, and where its window comes from."""
    rows = [
        ("window", f"{window(fit)} K ({fit.chosen.basis}), {fit.n_points} points"),
        (WithSymbols("R²"), f"{fit.r_squared:.6f}"),
        ("lag-1 autocorrelation of the residuals", f"{fit.correlation.lag1:.3f}"),
    ]
    return Table(("", ""), rows, words=2)


class Moved(NamedTuple):
    """What another window (K) of the same curve quotes: a stated number, and of which fit.

    Neither value nor fit where the window gives no honest number.
    """

    window: tuple[float, float]
    stated: Mapping[str, Any]
    fit: ResistanceFit | None = None


def moved_windows(fit: ResistanceFit, *, starts: int = 6) -> tuple[Moved, ...]:
    """Repeat a fit in windows that begin later, by up to half of the window; it comes first."""
    low, high = fit.window
    results = [_moved(fit, fit.window)]
    for start in np.linspace(low, (low + high) / 2, starts)[1:]:
        window = float(start), high
        results.append(_moved(attempt(partial(fit.again, window))[0], window))
    return tuple(results)


def _moved(fit: ResistanceFit | None, window: tuple[float, float]) -> Moved:
    if fit is None:
        return Moved(window, number(None, ""))
    return Moved(fit.window, fit.to_dict()[fit.law.first.name], fit)


def window_table(fit: ResistanceFit, moved: Sequence[Moved]) -> Table:
    """Return what each window quotes for the first parameter of the law."""
    rows = [
        (
            unbroken("{:.0f} to {:.0f}".format(*result.window)),
            str(result.fit.n_points) if result.fit else "",
            stated(result.stated, ""),
            f"{result.fit.r_squared:.5f}" if result.fit else "",
        )
        for result in moved
    ]
    heading = WithSymbols(_heading(fit))
    return Table(("window (K)", "points", heading, WithSymbols("R²")), rows, words=0)


def theta_against_start(ax: Axes, fit: ResistanceFit, moved: Sequence[Moved]) -> Axes:
    """Draw what each window quotes, with its 95 % interval, against the window's start.

    The window of the fit is green, and its interval decides the range of the axis; what lies
    beyond shows as an arrow at the edge. A window without a number has no point.
    """
    quoted = [result for result in moved if result.stated["value"] is not None]
    start = np.array([result.window[0] for result in quoted])
    value = np.array([result.stated["value"] for result in quoted], dtype=float)
    ends = np.array([interval_of(result.stated) for result in quoted]).reshape(-1, 2).T
    sides = np.abs(ends - value)
    sides[~np.isfinite(sides)] = 0.0
    for at, result in enumerate(quoted):
        colour = GREEN if result.fit is fit else BLUE
        bar = sides[:, at, None] if sides[:, at].any() else None
        ax.errorbar(start[at], value[at], bar, fmt="o", ms=5, capsize=2, color=colour)
    if quoted:
        middle = value[0]
        ax.axhline(middle, color=GREY, lw=0.8)
        # A window too short to know anything must not flatten the others.
        room = max(3 * sides[:, 0].max(), 0.2 * abs(middle))
        near = np.abs(value - middle) <= room
        low = max((value - sides[0])[near].min(), middle - room)
        high = min((value + sides[1])[near].max(), middle + room)
        margin = 0.08 * (high - low) or 0.1 * abs(middle)
        ax.set_ylim(low - margin, high + margin)
        point_outwards(ax, start, value, colour=BLUE)
    label = in_figure(_heading(fit)).replace("Θ_D", r"$\Theta_\mathrm{D}$")
    ax.set(xlabel="window starts at (K)", ylabel=label)
    return mark_origin(ax, fit.curve)


def _heading(fit: ResistanceFit) -> str:
    first = fit.law.first
    unit = first.unit_for(fit.curve.unit)
    return f"{first.symbol} ({unit})" if unit else first.symbol


def coupling_table(analysis: CurveAnalysis) -> Table:
    """Return T_c at the criterion and lambda of a curve that drops, as they are quoted."""
    at = analysis.at_criterion
    if at is None:
        return Table(("", "value"), [], words=2)
    rows = [
        (
            WithSymbols(f"T_c at {analysis.criterion:g} of the onset"),
            stated(at.tc.stated("K"), parts=True),
        ),
        (
            f"λ ({analysis.formula}, μ* = {analysis.mu_star:g})",
            stated(at.coupling.stated(""), parts=True),
        ),
    ]
    return Table(("", "value"), rows, words=2)


# ---------------------------------------------------------------------------- diffraction


def without_each_line(wh: WilliamsonHall, *, most: int = 12) -> Table | None:
    """Return how the strain moves when one line is left out, the largest moves first.

    None if fewer than four lines were used: too few to spare one.
    """
    if wh.n_lines < 4:
        return None
    choices = {**wh.options._asdict(), "addition": wh.addition}
    moves = []
    for place, name in enumerate(line_names(wh.lines)):
        lines = wh.lines.select(np.arange(wh.n_lines) != place)
        with suppress(AnalysisError):
            moves.append((name, williamson_hall(lines, **choices)))
    moves.sort(key=lambda move: -abs(move[1].strain.n - wh.strain.n))
    rows = [
        (name, strain_of(moved), f"{1000 * (moved.strain.n - wh.strain.n):+.3g}")
        for name, moved in moves[:most]
    ]
    return Table(("left out", THOUSANDTHS, "moves by"), [("none", strain_of(wh), ""), *rows])


def cell_table(lattice: Mapping[str, Any]) -> Table | Note:
    """Return the cell of a record, or that there is none."""
    signs = {"angstrom": "Å", "angstrom^3": "Å³"}
    rows = [
        (WithSymbols(name), stated(entry, ""), signs.get(entry["unit"], entry["unit"]))
        for name, entry in lattice.items()
        if is_number(entry) and entry.get("kind") != "none"
    ]
    if not rows:
        return Note("No cell:", lattice.get("warnings") or ["no crystal"])
    return Table(("", "value", "unit"), rows)
