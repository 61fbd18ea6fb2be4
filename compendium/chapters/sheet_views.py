"""What the sheets show beyond the chapters: facts of the data, and how the result moves."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from uncertainties import ufloat

from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.strain.williamson_hall import WilliamsonHall, williamson_hall
from analysis.errors import AnalysisError, attempt
from analysis.numerics.summary import is_number
from analysis.show.plots import BLUE, GREEN, GREY, mark_origin
from analysis.show.report import Note, Table, estimate, quantity, window
from analysis.show.strain_report import THOUSANDTHS, line_names, strain_of
from analysis.transport.analyse import CurveAnalysis
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit
from compendium.chapters.glue import plain_text


def facts(data: ResistanceCurve | DiffractionPattern) -> Table:
    """Return what is known of a measurement before any fit."""
    if isinstance(data, ResistanceCurve):
        span, unit, angle = data.temperature, "K", []
    else:
        span, unit = data.two_theta, "degrees"
        angle = [("wavelength", f"{data.wavelength:g} pm")]
    rows = [
        ("origin", data.origin or "not stated"),
        ("sample", data.sample or "not stated"),
        ("run", data.run or "not stated"),
        ("pressure", "not stated" if data.pressure is None else f"{data.pressure:g} GPa"),
        *angle,
        ("points", str(len(span))),
        ("range", f"{span[0]:.5g} to {span[-1]:.5g} {unit}"),
        ("source", data.source or "not stated"),
    ]
    return Table(("", ""), [(name, plain_text(value)) for name, value in rows], words=2)


def notes(title: str, *said: str | None) -> Note | None:
    """Return a note of what is there to be said, or None."""
    there = [plain_text(text) for text in said if text]
    return Note(title, there) if there else None


def warnings_of(record: str) -> Note:
    """Return what a sheet's record says is to be known before its numbers are quoted."""
    known = json.loads(record)
    said = [*known["warnings"], *known.get("remarks", ())]
    return Note("To be known:", [plain_text(text) for text in said] or ["nothing to remark"])


# ---------------------------------------------------------------------------- resistance


def quality(fit: ResistanceFit) -> Table:
    """Return how good a fit of eq. 1 is, and where its window comes from."""
    rows = [
        ("window", f"{window(fit)} K ({fit.chosen.basis}), {fit.n_points} points"),
        ("R²", f"{fit.r_squared:.6f}"),
        ("lag-1 autocorrelation of the residuals", f"{fit.correlation.lag1:.3f}"),
    ]
    return Table(("", ""), rows, words=2)


def moved_windows(fit: ResistanceFit, *, starts: int = 6) -> tuple[ResistanceFit, ...]:
    """Repeat a fit in windows that begin later, by up to half of the window.

    Where the data do not allow one of these fits, it is left out.
    """
    low, high = fit.window
    found = []
    for start in np.linspace(low, (low + high) / 2, starts)[1:]:
        with suppress(AnalysisError):
            found.append(fit.again((float(start), high)))
    return (fit, *found)


def window_table(fits: Sequence[ResistanceFit]) -> Table:
    """Return the Debye temperature for each window."""
    rows = [
        (window(fit), str(fit.n_points), estimate(fit, fit.theta_d), f"{fit.r_squared:.5f}")
        for fit in fits
    ]
    return Table(("window (K)", "points", "Θ_D (K)", "R²"), rows, words=0)


def theta_against_start(ax: Axes, fits: Sequence[ResistanceFit]) -> Axes:
    """Draw the Debye temperature against the start of the window; the first fit is green."""
    chosen = fits[0]
    ax.axhline(chosen.theta_d.n, color=GREY, lw=0.8)
    for fit in fits:
        colour = GREEN if fit is chosen else BLUE
        error = fit.theta_d.s if fit.errors_known else None
        ax.errorbar(fit.window[0], fit.theta_d.n, error, fmt="o", ms=5, capsize=2, color=colour)
    # A window too short to know anything must not flatten the others.
    values = [fit.theta_d.n for fit in fits]
    room = max(6 * chosen.theta_d.s, 0.1 * chosen.theta_d.n)
    ax.set_ylim(
        max(min(values), chosen.theta_d.n - 3 * room) - room / 3,
        min(max(values), chosen.theta_d.n + 3 * room) + room / 3,
    )
    ax.set(xlabel="window starts at (K)", ylabel=r"$\Theta_\mathrm{D}$ (K)")
    return mark_origin(ax, chosen.curve.origin)


def coupling_table(found: CurveAnalysis) -> Table:
    """Return T_c at the criterion and lambda of a curve with a transition, or why none."""
    fit, criterion = found.transition, found.criterion
    if fit is None:
        return Table(("", "value"), [], words=2)
    choices: dict[str, Any] = {"mu_star": found.mu_star, "formula": found.formula}

    def row(name: str, find: Callable[[], Any], unit: str = "") -> tuple[str, str]:
        value, why = attempt(find)
        known = value is not None
        return name, estimate(fit, value, unit) if known else f"none: {plain_text(why or '')}"

    rows = [
        row(f"T_c at {criterion:g} of the onset", lambda: fit.tc(criterion), "K"),
        row(
            f"λ ({found.formula}, μ* = {found.mu_star:g})",
            lambda: fit.coupling(criterion, **choices),
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
        others = wh.lines.select(np.arange(wh.n_lines) != place)
        with suppress(AnalysisError):
            moves.append((name, williamson_hall(others, **choices)))
    moves.sort(key=lambda one: -abs(one[1].strain.n - wh.strain.n))
    rows = [
        (name, strain_of(moved), f"{1000 * (moved.strain.n - wh.strain.n):+.3g}")
        for name, moved in moves[:most]
    ]
    return Table(("left out", THOUSANDTHS, "moves by"), [("none", strain_of(wh), ""), *rows])


def cell_table(lattice: Mapping[str, Any]) -> Table | Note:
    """Return the cell of a record, or that there is none."""
    rows = []
    for name, number in lattice.items():
        if is_number(number) and number.get("kind") != "none":
            error = number["stderr"]
            value = ufloat(number["value"], math.nan if error is None else error)
            rows.append((name, quantity(value), number["unit"]))
    if not rows:
        return Note("No cell:", [*map(plain_text, lattice.get("warnings", ()))] or ["no crystal"])
    return Table(("", "value", "unit"), rows)
