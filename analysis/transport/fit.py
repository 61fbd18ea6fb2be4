"""The fit of eq. 1 to a resistance curve, with errors that can be believed."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import uncertainties
from numpy.typing import ArrayLike
from scipy import ndimage
from uncertainties import UFloat

from analysis.errors import AnalysisError, FitError
from analysis.numerics.least_squares import Minimum, Undetermined, minimise
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.numerics.uncertainty import band_half_width, student
from analysis.transport.bloch_gruneisen import checked_exponent
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit_result import (
    SaturatingFit,
    above_zero,
    warn_correlation,
    warn_saturation,
)
from analysis.transport.solver_law import SolverLaw, conditional, physical, starts
from analysis.transport.window import Trial, Window, find_drop, find_window
from analysis.typing import Floats

WEIGHTINGS = ("uniform", "relative", "per-kelvin")
NAMES = ("theta_d", "r0", "a", "g_sat")
FEW_POINTS = 20


def fit_resistance(
    curve: ResistanceCurve,
    window: tuple[float, float] | None = None,
    *,
    n: float = 5,
    weighting: str = "uniform",
    saturation: bool = True,
) -> "ResistanceFit":
    """Fit the Bloch-Grueneisen law with saturation (eq. 1) to a resistance curve.

    Parameters
    ----------
    curve : ResistanceCurve
    window : (low, high), optional
        Temperatures in K between which the points are used. Without it the largest
        range above a superconducting drop that the law describes is taken, see
        `analysis.transport.window.find_window`.
    n : float
        Exponent of the law, above 1; 5 is scattering on phonons.
    weighting : {"uniform", "relative", "per-kelvin"}
        The same error for every point; an error in proportion to the resistance; or
        the same weight for every kelvin, however densely it was measured.
    saturation : bool
        False holds G = 1/R_sat at 0 whatever the data say.

    Returns
    -------
    ResistanceFit

    Raises
    ------
    DataError
        If the window is empty, reversed or beside the data.
    FitError
        If there are no more points than parameters, the resistance is constant or
        falls on warming, or the data leave the Debye temperature open altogether.

    Notes
    -----
    Equation 1 of arXiv:2401.00804, with the conductance of the saturation channel,
    G = 1/R_sat, as the parameter: the curve depends on it smoothly also where R_sat
    is infinite. G is first left free, negative values included. A negative G has no
    meaning as a saturation resistance: then the fit is repeated with G = 0 and the
    one-sided limit on G from the free fit is quoted. Levenberg-Marquardt (MINPACK)
    with the exact Jacobian. When neighbouring residuals repeat each other, all errors
    are widened (`analysis.numerics.uncertainty.correlation_of`).

    Examples
    --------
    >>> from analysis import resistance
    >>> t = np.linspace(80, 300, 100)
    >>> r = resistance(t, theta_d=550, r0=0.1, a=2.0, r_sat=3.0)
    >>> fit = fit_resistance(ResistanceCurve(t, r), window=(80, 300))
    >>> print(f"{fit.theta_d.n:.3f} K, R_sat = {fit.r_sat.n:.3f} ohm")
    550.000 K, R_sat = 3.000 ohm
    """
    n = checked_exponent(n)
    if weighting not in WEIGHTINGS:
        raise AnalysisError(f"weighting must be one of {', '.join(WEIGHTINGS)}; got {weighting!r}")
    if window is None:
        chosen = find_window(curve, lambda part: _trial(part, n, weighting))
    else:
        chosen = Window.given(curve, window)
    part = curve.between(chosen.low, chosen.high)
    try:
        free, kept = _solve_twice(part, n, weighting, saturation=saturation)
    except FitError as error:
        raise FitError(f"{error}{_blame_drop(curve, chosen)}") from None
    if kept.covariance[0, 0] > kept.values[0] ** 2:
        raise FitError(
            f"{curve.name}: the data between {part.temperature[0]:g} and "
            f"{part.temperature[-1]:g} K leave the Debye temperature open "
            f"({kept.values[0]:.0f} +- {np.sqrt(kept.covariance[0, 0]):.0f} K)"
            f"{_blame_drop(curve, chosen)}"
        )
    return ResistanceFit(curve=curve, part=part, chosen=chosen, free=free, kept=kept)


def _solve_twice(
    part: ResistanceCurve, n: float, weighting: str, *, saturation: bool = True
) -> tuple["Solution", "Solution"]:
    """Return the fit with G free and the one to keep: with G = 0 if G was negative."""
    free = solve(part, n=n, weighting=weighting)
    if saturation and free.values[3] >= 0:
        return free, free
    return free, solve(part, n=n, weighting=weighting, start=free)


def _trial(part: ResistanceCurve, n: float, weighting: str) -> Trial:
    free, kept = _solve_twice(part, n, weighting)
    theta_d, r0 = kept.values[:2]
    return Trial(
        residuals=kept.found.residuals * kept.weights,
        parameters=4 if kept is free else 3,
        # Quoting it would be wrong, whatever the residuals look like.
        absurd=bool(kept.found.dof <= 1 or r0 < -2 * np.sqrt(kept.covariance[1, 1])),
        needs_below=float(theta_d) / 4,
    )


def _blame_drop(curve: ResistanceCurve, chosen: Window) -> str:
    drop = find_drop(curve)
    if drop is None or chosen.low >= drop:
        return ""
    return f"; the window reaches into a resistance drop, which ends near {drop:.0f} K"


class Solution(NamedTuple):
    """A converged fit of eq. 1 as bare arrays.

    `values` are theta_d (K), r0, a (unit of R) and g_sat (1/unit); `covariance` has
    zeros in the row and column of g_sat where that was held at 0. `found` is the same in
    the parameters of `SolverLaw`, with resistances in parts of `scale`.
    """

    values: Floats
    covariance: Floats
    found: Minimum
    scale: float
    weights: Floats
    n: float
    weighting: str


def solve(
    part: ResistanceCurve, *, n: float, weighting: str, start: Solution | None = None
) -> Solution:
    """Minimise the weighted squares; `start` is a free fit to repeat with G = 0.

    Resistances are scaled by their largest, so that the steps of the solver mean the
    same for every sample.
    """
    t = part.temperature
    scale = float(np.abs(part.resistance).max())
    parameters = 4 if start is None else 3
    _refuse_hopeless(part, parameters, scale)
    measured = part.resistance / scale
    weights = _weights(t, measured, weighting, part.name)
    given = None if weighting == "uniform" else weights
    model = SolverLaw(t, n, t[-1], parameters)
    guesses = starts(t, measured, n, given) if start is None else [start.found.parameters[:3]]
    found = _best(model, guesses, measured, given)
    if found is None or found.parameters[0] <= 0:
        raise FitError(
            f"{part.name}: the points between {t[0]:g} and {t[-1]:g} K have no Debye temperature: "
            "they do not curve as eq. 1 does"
        )
    if _open_above(found, t, measured, n, given):
        raise FitError(
            f"{part.name}: the points between {t[0]:g} and {t[-1]:g} K set no upper limit to the "
            "Debye temperature: a power law describes them as well"
        )
    if weighting == "per-kelvin":
        # These weights are a choice, not inverse variances: propagate the scatter.
        spread = found.inverse @ (model.jacobian(found.parameters) * weights**2)
        scatter = float((found.residuals**2).sum()) / found.dof
        found = found._replace(covariance=spread @ spread.T * scatter)
    values, matrix = physical(found.parameters, scale, t[-1])
    covariance = matrix @ found.covariance @ matrix.T
    return Solution(values, covariance, found, scale, weights, n, weighting)


def _best(
    model: SolverLaw, guesses: list[Floats], measured: Floats, weights: Floats | None
) -> Minimum | None:
    """Return the lowest minimum that the guesses lead to, None if they lead to none.

    One whose resistance at T = 0 is negative beyond its error must be a hundred times
    lower to be taken: straight, saturating data look like that, not metals.
    """
    found = []
    for guess in guesses:
        with contextlib.suppress(Undetermined):
            found.append(minimise(model, guess, measured, weights=weights))

    def rank(one: Minimum) -> tuple[bool, float]:
        residuals = one.residuals if weights is None else one.residuals * weights
        below = one.parameters[1] < -2 * np.sqrt(one.covariance[1, 1])
        squares = float(residuals @ residuals) * (100 if below else 1)
        return bool(one.parameters[0] <= 0), squares

    return min(found, key=rank, default=None) if len(found) != 1 else found[0]


def _open_above(
    found: Minimum, t: Floats, measured: Floats, n: float, weights: Floats | None
) -> bool:
    """Tell whether points far below Theta_D fit as well with Theta_D without limit."""
    if found.parameters[0] < 4:  # Theta_D below twice the highest temperature
        return False
    residuals = found.residuals if weights is None else found.residuals * weights
    least = float(residuals @ residuals)
    total = t.size if weights is None else float(weights @ weights)
    _, misfit = conditional(np.array([20.0, 40.0]) * t[-1], t, measured, n, weights, t[-1])
    return bool((misfit.min() * total - least) * found.dof < 4 * least)


def _weights(t: Floats, measured: Floats, weighting: str, name: str) -> Floats:
    if weighting == "relative":
        if (measured <= 0).any():
            raise FitError(f"{name}: relative weighting needs resistances above 0 in the window")
        return np.asarray(measured.mean() / measured)
    if weighting == "per-kelvin":
        spacing = np.gradient(t) if t.size > 1 else np.ones(1)
        return np.asarray(np.sqrt(spacing / spacing.mean()))
    return np.ones_like(t)


def _refuse_hopeless(part: ResistanceCurve, parameters: int, scale: float) -> None:
    distinct = 1 + int(np.count_nonzero(np.diff(part.temperature)))
    if distinct <= parameters:
        raise FitError(
            f"{part.name}: {distinct} different temperatures between {part.temperature[0]:g} and "
            f"{part.temperature[-1]:g} K; eq. 1 has {parameters} parameters and needs more"
        )
    if scale == 0 or np.ptp(part.resistance) <= 1e-12 * scale:
        raise FitError(
            f"{part.name}: the resistance is constant ({part.resistance[0]:g}) between "
            f"{part.temperature[0]:g} and {part.temperature[-1]:g} K; nothing to fit"
        )
    if (part.temperature - part.temperature.mean()) @ part.resistance <= 0:
        raise FitError(
            f"{part.name}: the resistance does not rise on warming between "
            f"{part.temperature[0]:g} and {part.temperature[-1]:g} K; eq. 1 describes a metal"
        )


@dataclass(frozen=True, eq=False)
class ResistanceFit(SaturatingFit):
    """The result of `fit_resistance`.

    Attributes
    ----------
    theta_d, r0, a, g_sat : UFloat
        Debye temperature (K), residual resistance and amplitude (unit of the curve),
        conductance of the saturation channel 1/R_sat (1/unit). Correlated with each
        other; g_sat has no error where it was held at 0.
    r_sat : UFloat or None
        Saturation resistance; None unless g_sat exceeds twice its error.
    r_sat_lower : float
        R_sat is above this, one-sided, 95 %.
    part : ResistanceCurve
        The points that were fitted.
    window : (float, float)
        First and last temperature used, K.
    r_squared : float
        Coefficient of determination of the (weighted) fit.
    correlation : Correlation
        Lag-1 autocorrelation of the residuals and the widening that it caused.
    warnings : tuple of str
        What to know before quoting the numbers, in words.
    """

    curve: ResistanceCurve
    part: ResistanceCurve
    chosen: Window
    free: Solution
    kept: Solution

    @cached_property
    def _parameters(self) -> tuple[UFloat, ...]:
        kept = self.kept
        if self.g_at_zero:
            three = uncertainties.correlated_values(kept.values[:3], kept.covariance[:3, :3])
            return (*three, 0.0 * three[0])
        return tuple(uncertainties.correlated_values(kept.values, kept.covariance))

    @property
    def theta_d(self) -> UFloat:
        """Debye temperature, K."""
        return self._parameters[0]

    @property
    def r0(self) -> UFloat:
        """Residual resistance, unit of the curve."""
        return self._parameters[1]

    @property
    def a(self) -> UFloat:
        """Amplitude of the phonon term, unit of the curve."""
        return self._parameters[2]

    @property
    def g_sat(self) -> UFloat:
        """Conductance of the saturation channel, 1/R_sat, 1/unit."""
        return self._parameters[3]

    @property
    def g_at_zero(self) -> bool:
        """Whether G = 1/R_sat was held at 0, since it came out negative or was not wanted."""
        return self.kept is not self.free

    @cached_property
    def g_free(self) -> UFloat:
        """G = 1/R_sat of the unbounded fit (1/unit), negative where R_sat means nothing."""
        return uncertainties.ufloat(self.free.values[3], np.sqrt(self.free.covariance[3, 3]))

    @property
    def free_dof(self) -> float:
        """Degrees of freedom of the unbounded fit."""
        return self.free.found.dof

    @property
    def theta_d_free(self) -> float:
        """Debye temperature of the unbounded fit, K."""
        return float(self.free.values[0])

    @property
    def n(self) -> float:
        """Exponent of the law."""
        return self.kept.n

    @property
    def weighting(self) -> str:
        """How the points were weighted."""
        return self.kept.weighting

    @property
    def found(self) -> Minimum:
        """The minimum that was kept, in the solver's parameters."""
        return self.kept.found

    @property
    def scale(self) -> float:
        """The unit of the solver's resistances, in the curve's unit."""
        return self.kept.scale

    @cached_property
    def covariance(self) -> Floats:
        """Covariance of theta_d, r0, a, g_sat, shape (4, 4); zeros for a fixed g_sat."""
        return self.kept.covariance

    @cached_property
    def correlation_matrix(self) -> Floats:
        """Correlation of theta_d, r0, a, g_sat, shape (4, 4); NaN beside a fixed g_sat."""
        errors = np.sqrt(np.diag(self.kept.covariance))
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.kept.covariance / errors / errors[:, None]

    @cached_property
    def r_squared(self) -> float:
        """Coefficient of determination of the (weighted) fit."""
        squared = self.kept.weights**2
        measured = self.part.resistance
        mean = (squared @ measured) / squared.sum()
        return 1 - float(squared @ self.residuals**2) / float(squared @ (measured - mean) ** 2)

    def interval(self, name: str = "theta_d", level: float = 0.95) -> tuple[float, float]:
        """Return the two-sided confidence interval of a parameter.

        Raises
        ------
        AnalysisError
            If the name is not one of theta_d, r0, a, g_sat.
        """
        if name not in NAMES:
            raise AnalysisError(f"no parameter {name!r}; there are {', '.join(NAMES)}")
        at = NAMES.index(name)
        half = student(level, self.dof) * float(np.sqrt(self.kept.covariance[at, at]))
        value = float(self.kept.values[at])
        return value - half, value + half

    def predict(self, t: ArrayLike) -> Floats:
        """Return the fitted resistance at temperatures t (K), in the curve's unit."""
        return self._model(t).value(self.found.parameters) * self.scale

    def band(self, t: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the confidence band of the fitted curve at temperatures t (K).

        Parameters
        ----------
        t : array_like, shape (N,)
        level : float
            Pointwise coverage; 0.95 is 95 %.

        Returns
        -------
        (lower, upper) : ndarrays, shape (N,)
            In the curve's unit.
        """
        model, found = self._model(t), self.found
        jacobian = model.jacobian(found.parameters)
        half = band_half_width(jacobian, found.covariance, student(level, self.dof))
        fitted = model.value(found.parameters)
        return (fitted - half) * self.scale, (fitted + half) * self.scale

    def _model(self, t: ArrayLike) -> SolverLaw:
        one, size = self.part.temperature[-1], self.found.parameters.size
        return SolverLaw(above_zero(t), self.n, one, size)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What to know before quoting the numbers, in words."""
        found = (check(self) for check in _CHECKS)
        return tuple(text for text in found if text)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        A parameter without an error, because it was held, is a limit, or the errors are
        not known, has None there.
        """
        unit = self.curve.unit
        units = {"theta_d": "K", "r0": unit, "a": unit, "g_sat": f"1/({unit})"}
        parameters: dict[str, Any] = {
            name: {"value": value.n, "stderr": value.s, "unit": units[name]}
            for name, value in zip(NAMES, self._parameters, strict=True)
        }
        for name in NAMES:
            if not self.errors_known or (name == "g_sat" and self.g_at_zero):
                parameters[name]["stderr"] = None
        r_sat = self.r_sat if self.errors_known else None
        parameters["r_sat"] = {
            "value": None if r_sat is None else r_sat.n,
            "stderr": None if r_sat is None else r_sat.s,
            "unit": unit,
        }
        lower = self.r_sat_lower if self.errors_known else None
        parameters["r_sat_lower"] = {"value": lower, "stderr": None, "unit": unit}
        return {
            **parameters,
            "theta_d_interval_95": list(self.interval()) if self.errors_known else None,
            "r_squared": self.r_squared,
            "autocorrelation": self.correlation.lag1,
            "n_points": self.n_points,
            "window": list(self.window),
            "window_basis": self.chosen.basis,
            "exponent": self.n,
            "weighting": self.weighting,
            "name": self.curve.name,
            "origin": self.curve.origin,
            "pressure": self.curve.pressure,
            "warnings": [*self.chosen.remarks, *self.warnings],
        }


def _warn_start(fit: ResistanceFit) -> str | None:
    start, theta_d = fit.window[0], fit.theta_d.n
    if start <= theta_d / 4:
        return None
    return (
        f"the window starts at {start:.0f} K, above Theta_D/4 = {theta_d / 4:.0f} K: "
        "Theta_D rests on the faint end of the curvature"
    )


def _warn_end(fit: ResistanceFit) -> str | None:
    end, theta_d = fit.window[1], fit.theta_d.n
    if end >= theta_d / 3:
        return None
    return (
        f"the window ends at {end:.0f} K, below Theta_D/3 = {theta_d / 3:.0f} K: there the law is "
        "still close to a power of T, which says little about Theta_D"
    )


def _warn_outliers(fit: ResistanceFit) -> str | None:
    # Against the neighbours: a misfit that they share is no stray point.
    weighted = fit.residuals * fit.kept.weights
    scatter = scatter_of_neighbours(weighted)
    weighted = weighted - ndimage.median_filter(weighted, 5, mode="nearest")
    far = np.flatnonzero(np.abs(weighted) > 8 * scatter)
    if scatter == 0 or far.size == 0 or far.size > 0.02 * fit.n_points + 1:
        return None
    places = ", ".join(f"{t:.4g}" for t in fit.part.temperature[far[:5]])
    return (
        f"{far.size} of the points (at {places} K) stray from their neighbours by more than 8 "
        "robust standard deviations: check them"
    )


def _warn_few(fit: ResistanceFit) -> str | None:
    if fit.n_points >= FEW_POINTS:
        return None
    return f"only {fit.n_points} points in the window: errors are rough below {FEW_POINTS}"


def _warn_drop(fit: ResistanceFit) -> str | None:
    drop = find_drop(fit.curve)
    if drop is None or fit.window[0] >= drop:
        return None
    return (
        f"the resistance drops steeply below about {drop:.0f} K, inside the window: "
        "eq. 1 does not describe a superconducting transition"
    )


def _warn_residual(fit: ResistanceFit) -> str | None:
    if fit.r0.n >= -2 * fit.r0.s:
        return None
    return f"the residual resistance is negative ({fit.r0:.2uS} {fit.curve.unit}): not physical"


_CHECKS: tuple[Callable[[ResistanceFit], str | None], ...] = (
    _warn_start,
    _warn_end,
    warn_saturation,
    warn_correlation,
    _warn_outliers,
    _warn_few,
    _warn_drop,
    _warn_residual,
)
