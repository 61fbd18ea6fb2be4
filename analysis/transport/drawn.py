"""How reading a resistance curve out of a figure changes the errors of its fits."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.numerics.digitised import axis_errors, in_words
from analysis.numerics.least_squares import Minimum
from analysis.numerics.uncertainty import Correlation, integrated_widening
from analysis.transport.curve import ResistanceCurve
from analysis.typing import Floats

if TYPE_CHECKING:
    from analysis.transport.fit_result import LawFit
    from analysis.transport.laws import LawAt
    from analysis.transport.solve import Solution

# Residuals that repeat each other so much are worth a word.
NOTABLE = 2.0


def as_drawn(solution: "Solution", part: ResistanceCurve, model: "LawAt") -> "Solution":
    """Return a fit with the errors of reading a figure; unchanged if its points come from none.

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
    Points on one step of the drawing's grid are rounded alike: the errors of its coordinates,
    even over a step, are common to them. What is wrong with the axes is common to all points,
    see `axis_errors`: linearised, each of four causes moves the parameters together.
    """
    digitised, minimum = part.digitised, solution.minimum
    if digitised is None or not digitised.of_figure:
        return solution
    t, r = part.temperature, part.resistance / solution.scale
    slope = model.slope(minimum.parameters)
    # By how much each parameter moves with the resistance of each point.
    gain = minimum.inverse @ (model.jacobian(minimum.parameters) * solution.weights**2)

    def of_axes(errors: Mapping[str, float]) -> tuple[float, float]:
        return errors.get("temperature", 0.0), errors.get("resistance", 0.0) / solution.scale

    of_t, of_r = of_axes(digitised.reading_error)
    pen = None if digitised.drawn == "markers" else np.hypot(of_r, of_t * slope)
    minimum, unseen = _with_scatter(minimum, solution.weights, pen)
    step_t, step_r = of_axes(digitised.step)
    by_grid = [_on_steps(gain, r, step_r), _on_steps(gain * slope, t, step_t)]
    minimum = minimum._replace(covariance=minimum.covariance + sum(by_grid))
    causes = np.vstack([-slope * axis_errors(t, t, of_t), axis_errors(r, r, of_r)])
    by_axis = solution.named[1] @ gain @ causes.T
    return replace(solution, minimum=minimum, unseen=unseen, by_axis=by_axis)


def _with_scatter(minimum: Minimum, weights: Floats, pen: Floats | None) -> tuple[Minimum, bool]:
    """Return a minimum with errors by the scatter along a drawing, and whether that is too small.

    `pen` is how far each point of a line may be misread; None of markers, each of which scatters.
    """
    size, weighted = minimum.residuals.size, minimum.residuals * weights
    widening = integrated_widening(weighted, minimum.fitted)
    dof = max(size / widening - minimum.fitted, 1.0)
    squares = float(weighted @ weighted)
    before, variance = squares / minimum.dof, squares / dof
    floor = 0.0 if pen is None else float(np.mean((pen * weights) ** 2))
    unseen = squares < size * floor
    if unseen:
        dof = float(max(size - minimum.fitted, 2))
        variance = max(floor, squares / size * min(widening, size / (minimum.fitted + 2)))
    covariance = minimum.covariance * (variance / before) if before else minimum.inverse * variance
    plain = minimum.correlation
    correlation = Correlation(plain.lag1, plain.significant or widening > NOTABLE, widening)
    return minimum._replace(covariance=covariance, correlation=correlation, dof=dof), unseen


def _on_steps(gain: Floats, values: Floats, step: float) -> Floats:
    """Return the covariance that rounding to a grid gives, shape (P, P).

    Parameters
    ----------
    gain : ndarray, shape (P, N)
        By how much each parameter moves with each point.
    values : ndarray, shape (N,)
        The coordinates, in the order of the curve: neighbours on one step are rounded alike.
    step : float
        Of the grid.
    """
    starts = np.flatnonzero(np.r_[True, np.abs(np.diff(values)) > step / 2])
    together = np.add.reduceat(gain, starts, axis=1)
    return np.asarray(together @ together.T * step**2 / 12)


# ------------------------------------------- what to know before the numbers are quoted


def remark_figure(fit: "LawFit") -> str | None:
    """Return the figure that the points were read out of, and its part of the error."""
    digitised = fit.curve.digitised
    if digitised is None or fit.curve.origin != "digitised":
        return None
    source = in_words([digitised])
    name, title, unit = fit.law.first.name, fit.law.first.title, fit.law.first.unit
    if "tc_onset" in fit.parameters:
        name, title, unit = "tc_onset", "onset of the transition", "K"
    if not digitised.reading_error:
        return f"{source}; the reading error is not stated and not included"
    by_axes = fit.read_part(name)
    if not by_axes or not fit.errors_known:
        return source
    errors = digitised.precision(fit.curve.units)
    return (
        f"{source}: its axes are known to {errors}, the same error for all points; it contributes "
        f"{by_axes:.2g} {unit} to the error of the {title}"
    )


def remark_line(fit: "LawFit") -> str | None:
    """Return the number of independent points that the points of a drawn line count as."""
    if fit.kept.by_axis is None or fit.kept.unseen or fit.correlation.widening <= NOTABLE:
        return None
    return (
        f"the {fit.n_points} points along the drawn line are correlated and count as "
        f"{fit.n_points / fit.correlation.widening:.0f} independent points: a drawn line has "
        "points between the measured ones"
    )


def warn_unseen(fit: "LawFit") -> str | None:
    """Warn of points that scatter less than the reading error."""
    if not fit.kept.unseen:
        return None
    scatter = float(np.std(fit.residuals))
    return (
        f"the points scatter by only {scatter:.1g} {fit.curve.unit}, less than the reading error "
        "of the figure: the drawn curve may be smoother than the measured data, so the reading "
        "error is taken as the error of a point"
    )


OF_FIGURES: tuple[Callable[["LawFit"], str | None], ...] = (remark_figure, remark_line)
