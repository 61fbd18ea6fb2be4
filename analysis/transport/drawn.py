"""What reading a resistance curve out of a figure does to what is fitted to it."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.numerics.digitised import axis_errors
from analysis.numerics.uncertainty import Correlation, integrated_widening
from analysis.transport.curve import ResistanceCurve

if TYPE_CHECKING:
    from analysis.transport.fit_result import LawFit
    from analysis.transport.laws import LawAt
    from analysis.transport.solve import Solution

# Residuals that repeat each other so much are worth a word.
_NOTABLE = 2.0


def as_drawn(solution: "Solution", part: ResistanceCurve, model: "LawAt") -> "Solution":
    """Return a fit with what reading its points out of a figure adds; as it is if they were not.

    Parameters
    ----------
    solution : Solution
    part : ResistanceCurve
        The points that were fitted.
    model : LawAt
        At their temperatures.

    Notes
    -----
    A line has as many vertices as the program that drew it likes: between measured points they
    are interpolated, and a grid or a pen adds its own scatter. That is no autoregression, so the
    number of independent points follows from the residuals' whole autocorrelation
    (`analysis.numerics.uncertainty.integrated_widening`). Where the points scatter less than
    they can be read, their scatter says nothing: the error of a point is then that of reading.
    What is wrong with the axes is common to all points, see `axis_errors`: linearised, each of
    four causes moves the parameters together.
    """
    digitised, found = part.digitised, solution.found
    if digitised is None or not digitised.of_figure:
        return solution
    size, scale, weights = found.residuals.size, solution.scale, solution.weights
    slope = model.slope(found.parameters)
    weighted = found.residuals * weights
    widening = integrated_widening(weighted, found.fitted)
    dof = max(size / widening - found.fitted, 1.0)
    squares = float(weighted @ weighted)
    by_scatter = squares / dof
    by_reading = weights * np.hypot(
        digitised.point_error("resistance") / scale, digitised.point_error("temperature") * slope
    )
    floor = float(by_reading @ by_reading) / size
    unseen = squares < size * floor
    if unseen:
        dof = float(max(size - found.fitted, 2))
        by_scatter = max(floor, squares / size * min(widening, size / (found.fitted + 2)))
    before = squares / found.dof
    covariance = found.covariance * (by_scatter / before) if before else found.inverse * by_scatter
    known = found.correlation
    correlation = Correlation(known.lag1, known.significant or widening > _NOTABLE, widening)
    found = found._replace(covariance=covariance, correlation=correlation, dof=dof)
    t, r = part.temperature, part.resistance
    of_t, of_r = (digitised.reading_error.get(one, 0.0) for one in ("temperature", "resistance"))
    causes = np.vstack([-slope * axis_errors(t, t, of_t), axis_errors(r, r, of_r) / scale])
    moved = found.inverse @ (model.jacobian(found.parameters) * weights**2) @ causes.T
    return replace(solution, found=found, unseen=unseen, read=solution.named[1] @ moved)


# ------------------------------------------- what to know before the numbers are quoted


def remark_figure(fit: "LawFit") -> str | None:
    """Return out of which figure the points were read, and what of an error that is."""
    digitised = fit.curve.digitised
    if digitised is None or fit.curve.origin != "digitised":
        return None
    said = f"digitised from {digitised.words}"
    name, title, unit = fit.law.first.name, fit.law.first.title, fit.law.first.unit
    if "tc_onset" in fit.parameters:
        name, title, unit = "tc_onset", "onset of the transition", "K"
    if not digitised.reading_error:
        return f"{said}; how precisely is not stated, and no error of reading is counted"
    read = fit.read_part(name)
    if not read or not fit.errors_known:
        return said
    units = {"temperature": "K", "resistance": fit.curve.unit}
    errors = " and ".join(
        f"{digitised.reading_error[one]:.2g} {units[one]}"
        for one in units
        if digitised.reading_error.get(one)
    )
    return (
        f"{said}: its axes are known to {errors}, which no number of points improves; the error "
        f"of the {title} holds {read:.2g} {unit} of it"
    )


def remark_line(fit: "LawFit") -> str | None:
    """Return for how many points those of a drawn line count."""
    if fit.kept.read is None or fit.kept.unseen or fit.correlation.widening <= _NOTABLE:
        return None
    return (
        f"{fit.n_points} points along the drawing repeat each other and count as "
        f"{fit.n_points / fit.correlation.widening:.0f} independent ones: a drawn line has points "
        "between those that were measured"
    )


def warn_unseen(fit: "LawFit") -> str | None:
    """Warn of points that scatter less than they can be read."""
    if not fit.kept.unseen:
        return None
    scatter = float(np.std(fit.residuals))
    return (
        f"the points scatter by {scatter:.1g} {fit.curve.unit} only, less than they can be read "
        "out of the figure: what is drawn may be smoother than what was measured, so the error of "
        "a point is taken to be that of reading"
    )
