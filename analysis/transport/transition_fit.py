"""The fit of a whole R(T): the transition (eq. 5) joined to the normal state (eq. 1)."""

import contextlib
import warnings as python_warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import uncertainties
from numpy.typing import ArrayLike
from scipy import optimize, signal, special
from uncertainties import UFloat

from analysis.errors import AnalysisError, FitError
from analysis.numerics.least_squares import Minimum, Undetermined, minimise
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.numerics.uncertainty import band_half_width, student
from analysis.transport.coupling import ValidityWarning, check_choices, coupling_constant
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit_result import (
    SaturatingFit,
    above_zero,
    warn_correlation,
    warn_saturation,
)
from analysis.transport.solver_law import physical
from analysis.transport.transition import temperature_at, transition_depth
from analysis.transport.transition_model import TransitionModel
from analysis.transport.transition_start import (
    crossings,
    normal_state_of,
    plateau,
    shape_guess,
    transition_top,
)
from analysis.transport.window import Window
from analysis.typing import Floats


def checked(criterion: float, mu_star: float = 0.0, formula: str = "advanced") -> None:
    """Refuse a criterion, mu* or formula that no curve could use.

    Raises
    ------
    AnalysisError
    """
    if not 0 < criterion < 1:
        raise AnalysisError(f"a criterion is between 0 and 1, got {criterion:g}")
    check_choices(mu_star, formula)


class NotReached(AnalysisError):  # noqa: N818 - it is no fault of anyone's
    """The resistance does not fall to a criterion at any temperature, or not in the data."""


def fit_transition(
    curve: ResistanceCurve,
    window: tuple[float, float] | None = None,
    *,
    normal: str | None = None,
    floor: bool | None = None,
    n: float = 5,
) -> "TransitionFit":
    """Fit normal state and superconducting transition of a resistance curve together.

    Parameters
    ----------
    curve : ResistanceCurve
    window : (low, high), optional
        Temperatures in K between which the points are used; all without it.
    normal : {"law", "line", "constant"}, optional
        Normal state above the onset: eq. 1, or a straight line or a constant where the
        data end soon above. Without it the richest that the data determine; the result
        says which and why.
    floor : bool, optional
        Whether a resistance remains far below the transition. Without it: if more than
        1 % of that at the onset does.
    n : float
        Exponent of eq. 1.

    Returns
    -------
    TransitionFit

    Raises
    ------
    DataError
        If the window is empty, reversed or beside the data.
    FitError
        If there is no transition, no normal state above it, or the points determine
        neither.

    Notes
    -----
    Equations 5 and 6 of arXiv:2401.00804 (the square in eq. 5 belongs to I_0)::

        R(T) = R_n(max(T, T_c,onset)) (floor + (1 - floor) / I_0(F (1 - T/T_c,onset)^(3/2))^2)

    with R_n from eq. 1. With a Heaviside step and a resistance at the onset of its own,
    as in eq. 5, a point changes its branch when T_c,onset crosses it, and the sum of
    squares jumps. Here R(T_c,onset) is R_n there, so the branches meet; and since
    1 - 1/I_0^2 begins as (T_c,onset - T)^3, they meet with equal slope (but for the
    normal state's own) and the sum of squares is continuous in T_c,onset, with no more
    than the faint kink of the normal state's slope. The fit starts from the normal state
    alone; onset, F and floor are fitted to it first, from several F, then all together.
    """
    chosen = (
        Window.given(curve, window)
        if window is not None
        else Window(float(curve.temperature[0]), float(curve.temperature[-1]), "all")
    )
    part = curve.between(chosen.low, chosen.high)
    top = transition_top(part)
    kind, reason, start = normal_state_of(part, top, normal, n)
    seen = plateau(part, top) > 0.01 if floor is None else floor
    scale = float(part.resistance.max())
    free, found = _fit_twice(part, kind, n, start, shape_guess(part, top, seen), floor=seen)
    if floor is None and seen and found[1].parameters[-1] < 0:
        free, found = _fit_twice(part, kind, n, start, shape_guess(part, top, False), floor=False)
    fit = TransitionFit(curve, part, chosen, kind, reason, *found, scale, free[1])
    _refuse_undetermined(fit)
    return fit


Fitted = tuple["TransitionModel", Minimum]


def _fit_twice(
    part: ResistanceCurve, kind: str, n: float, normal: Floats, shape: Floats, *, floor: bool
) -> tuple[Fitted, Fitted]:
    """Return the fit with G free and the one to keep: with G = 0 if G was negative."""
    model = TransitionModel(part.temperature, kind, n, bends=True, floor=floor)
    free = model, _minimise(part, model, normal, shape)
    if kind != "law" or free[1].parameters[3] >= 0:
        return free, free
    held = TransitionModel(part.temperature, kind, n, bends=False, floor=floor)
    at = free[1].parameters
    return free, (held, _minimise(part, held, at[:3], at[4:]))


def _refuse_undetermined(fit: "TransitionFit") -> None:
    """Refuse what the points leave open, with the estimate attached."""
    name, size, p = fit.curve.name, fit.model.size, fit.found.parameters
    t, r = fit.part.temperature, fit.part.resistance
    low, onset = float(p[-1]) if fit.model.floor else 0.0, float(p[size])
    fraction = (r / fit.normal_state(np.maximum(t, onset)) - low) / (1 - low)
    below = t[(fraction < 0.1) & (t < onset)]
    first = float(below[-1]) if below.size else float(t[0])
    after = t[(fraction > 0.9) & (t > first)]
    inside = int(((t > first) & (t < (after[0] if after.size else t[-1]))).sum())
    if below.size and after.size and inside < 2:
        raise FitError(
            f"{name}: {inside} points between 10 and 90 % of the transition, too few for its "
            f"shape: T_c lies between {first:.4g} and {float(after[0]):.4g} K"
        )
    # A shape that the model does not have widens the errors, but leaves nothing open.
    relative = np.sqrt(np.diag(fit.found.covariance)) * fit.nominal / np.abs(p)
    if not (relative[size] < 0.3 and relative[size + 1] < 3):
        raise FitError(
            f"{name}: the points leave the transition open "
            f"(T_c,onset = {fit.tc_onset:.2u} K, F = {fit.f:.2u})"
        )
    # The parameter is the square of Theta_D.
    if fit.normal == "law" and not relative[0] < 2:
        raise FitError(
            f"{name}: the points leave the Debye temperature open ({fit.theta_d:.2u} K); "
            "a line or a constant may do as the normal state (normal=...)"
        )


class _Held:
    """The model with its normal state held, for a first look at the transition alone."""

    def __init__(self, model: TransitionModel, normal: Floats) -> None:
        self.model, self.held = model, normal

    def value(self, p: Floats) -> Floats:
        """Return R(T) for onset, F and floor alone."""
        return self.model.value(np.concatenate([self.held, p]))

    def jacobian(self, p: Floats) -> Floats:
        """Return its derivatives by these."""
        return self.model.jacobian(np.concatenate([self.held, p]))[self.held.size :]


def _minimise(
    part: ResistanceCurve, model: TransitionModel, normal: Floats, shape: Floats
) -> Minimum:
    """Return the lowest minimum from several sharpnesses, each fitted alone first."""
    measured = part.resistance / float(part.resistance.max())
    best: Minimum | None = None
    noise = scatter_of_neighbours(measured)
    # First all at once; if more than scatter is left over, the shape first.
    for factor in (None, 1.0, 0.3, 3.0):
        guess = shape.copy()
        guess[1] *= factor or 1.0
        with contextlib.suppress(Undetermined):
            guess = (
                guess
                if factor is None
                else minimise(_Held(model, normal), guess, measured).parameters
            )
        with contextlib.suppress(Undetermined):
            found = minimise(model, np.concatenate([normal, guess]), measured)
            if not _sensible(part, model, found):
                continue
            squares = float(found.residuals @ found.residuals)
            if best is None or squares < 0.999 * float(best.residuals @ best.residuals):
                best = found
            near = model.kind != "law" or abs(np.log(found.parameters[0] / normal[0])) < 0.3
            if near and squares < 2 * noise**2 * measured.size:
                break  # nothing but scatter is left over, and the normal state is as before
    if best is None:
        raise FitError(
            f"{part.name}: normal state and transition together find no fit between "
            f"{part.temperature[0]:g} and {part.temperature[-1]:g} K"
        )
    return best


def _sensible(part: ResistanceCurve, model: TransitionModel, found: Minimum) -> bool:
    onset, f = found.parameters[model.size : model.size + 2]
    inside = part.temperature[0] < onset < part.temperature[-1]
    return bool(inside and f > 0 and (model.kind != "law" or found.parameters[0] > 0))


@dataclass(frozen=True, eq=False)
class TransitionFit(SaturatingFit):
    """The result of `fit_transition`.

    Attributes
    ----------
    tc_onset, f, r_onset, floor : UFloat
        Onset (K), sharpness, normal resistance at the onset (unit of the curve), and
        the part of it that remains far below (0 without an error if not fitted).
    theta_d, r0, a, g_sat : UFloat or None
        As in `ResistanceFit`; None unless the normal state is eq. 1.
    normal, reason : str
        Which normal state was taken, and why.
    warnings : tuple of str
        What to know before quoting the numbers, in words.
    """

    curve: ResistanceCurve
    part: ResistanceCurve
    chosen: Window
    normal: str
    reason: str
    model: TransitionModel
    minimum: Minimum
    unit_of_r: float
    free: Minimum

    @property
    def found(self) -> Minimum:
        """The minimum, in the parameters of the model."""
        return self.minimum

    @property
    def scale(self) -> float:
        """The unit of the solver's resistances, in the curve's unit."""
        return self.unit_of_r

    @cached_property
    def _inner(self) -> tuple[UFloat, ...]:
        return tuple(uncertainties.correlated_values(self.found.parameters, self.found.covariance))

    @property
    def tc_onset(self) -> UFloat:
        """Onset of the transition, K."""
        return self._inner[self.model.size]

    @property
    def f(self) -> UFloat:
        """Sharpness of the transition."""
        return self._inner[self.model.size + 1]

    @property
    def floor(self) -> UFloat:
        """Part of the onset resistance that remains far below the transition."""
        return self._inner[-1] if self.model.floor else 0.0 * self.f

    @cached_property
    def r_onset(self) -> UFloat:
        """Normal resistance at the onset, unit of the curve."""
        p = self.found.parameters
        value, rows, slope = self.model.normal(p, p[self.model.size : self.model.size + 1])
        total = value[0] + slope[0] * (self.tc_onset - self.tc_onset.n)
        for row, inner in zip(rows[:, 0], self._inner, strict=False):
            total = total + row * (inner - inner.n)
        return total * self.scale

    @cached_property
    def _physical(self) -> tuple[UFloat, ...] | None:
        if self.normal != "law":
            return None
        size = self.model.size
        values, matrix = physical(self.found.parameters[:size], self.scale, self.model.one)
        moved = [inner - inner.n for inner in self._inner[:size]]
        return tuple(
            value + sum(slope * move for slope, move in zip(row, moved, strict=True))
            for value, row in zip(values, matrix, strict=True)
        )

    @property
    def theta_d(self) -> UFloat | None:
        """Debye temperature, K."""
        return self._physical[0] if self._physical else None

    @property
    def r0(self) -> UFloat | None:
        """Residual resistance, unit of the curve."""
        return self._physical[1] if self._physical else None

    @property
    def a(self) -> UFloat | None:
        """Amplitude of the phonon term, unit of the curve."""
        return self._physical[2] if self._physical else None

    @property
    def g_sat(self) -> UFloat | None:
        """Conductance of the saturation channel, 1/unit; 0 without an error if held."""
        return self._physical[3] if self._physical else None

    def tc(self, criterion: float = 0.05) -> UFloat:
        """Return the temperature (K) where R has fallen to a part of R(T_c,onset).

        Parameters
        ----------
        criterion : float
            R/R(T_c,onset), between 0 and 1.

        Raises
        ------
        NotReached
            If the model falls so low at no temperature above zero (F at or below u_c,
            or a floor above the criterion), or does so only below the coldest point.
        AnalysisError
            If the criterion is not between 0 and 1.

        Notes
        -----
        Closed form, from eq. 5: T_c,c = T_c,onset (1 - (u_c/F)^(2/3)) with
        I_0(u_c)^2 = 1/c. Errors come from the covariance of T_c,onset, F and the floor.
        """
        depth = self._depth(criterion)
        coldest = float(self.part.temperature[0])
        if depth is None or depth.n >= self.f.n:
            raise NotReached(
                f"{self.curve.name}: R/R_onset = {criterion:g} is reached at no temperature above "
                f"zero (F = {self.f:.2u}, floor {self.floor.n:.3g})"
            )
        tc: UFloat = temperature_at(depth, self.tc_onset, self.f)
        if tc.n < coldest:
            raise NotReached(
                f"{self.curve.name}: R/R_onset = {criterion:g} is not reached in the data, whose "
                f"coldest point is at {coldest:g} K (extrapolated: {tc:.2u} K)"
            )
        return tc

    def _depth(self, criterion: float) -> UFloat | None:
        """Return u_c as a ufloat, None if the floor lies above the criterion."""
        checked(criterion)
        left = (criterion - self.floor) / (1 - self.floor)
        if left.n <= 0:
            return None
        u = float(transition_depth(left.n))
        slope = -special.i0e(u) / (2 * left.n * special.i1e(u))
        return u + slope * (left - left.n)

    def tc_read(self, criterion: float = 0.05) -> float:
        """Return the same temperature (K) read off the data, without a model of the shape.

        The data are made monotonic by least squares and interpolated; the onset
        resistance is the fit's.

        Raises
        ------
        NotReached
            If the data do not fall so low.
        """
        level = criterion * self.r_onset.n
        low = float(np.min(optimize.isotonic_regression(self.part.resistance).x))
        if level < low:
            raise NotReached(
                f"{self.curve.name}: the data do not fall to {criterion:g} of the onset"
            )
        return float(crossings(self.part, self.tc_onset.n, np.array([level]))[0])

    def coupling(
        self, criterion: float = 0.05, *, mu_star: float = 0.13, formula: str = "advanced"
    ) -> UFloat:
        """Return lambda from this fit's T_c and Theta_D, with their covariance.

        Parameters
        ----------
        criterion : float
            As in `tc`.
        mu_star, formula
            As in `analysis.coupling_constant`.

        Raises
        ------
        NotReached
            As in `tc`.
        FitError
            If the normal state is not eq. 1, so that there is no Theta_D.
        AnalysisError
            As in `analysis.coupling_constant`.
        """
        if self.theta_d is None:
            raise FitError(
                f"{self.curve.name}: lambda needs Theta_D, and the normal state is {self.reason}"
            )
        found: UFloat = coupling_constant(
            self.tc(criterion), theta_d=self.theta_d, mu_star=mu_star, formula=formula
        )
        return found

    @cached_property
    def r_squared(self) -> float:
        """Coefficient of determination."""
        r = self.part.resistance
        return 1 - float(self.residuals @ self.residuals) / float(((r - r.mean()) ** 2).sum())

    @cached_property
    def g_free(self) -> UFloat | None:
        """G = 1/R_sat of the unbounded fit (1/unit); None unless the law is eq. 1."""
        if self.normal != "law":
            return None
        values, matrix = physical(self.free.parameters[:4], self.scale, self.model.one)
        covariance = matrix @ self.free.covariance[:4, :4] @ matrix.T
        return uncertainties.ufloat(values[3], np.sqrt(covariance[3, 3]))

    @property
    def free_dof(self) -> float:
        """Degrees of freedom of the unbounded fit."""
        return self.free.dof

    @property
    def theta_d_free(self) -> float:
        """Debye temperature of the unbounded fit, K."""
        return float(np.sqrt(self.free.parameters[0]) * self.model.one)

    @property
    def n(self) -> float:
        """Exponent of eq. 1."""
        return self.model.n

    def normal_state(self, t: ArrayLike) -> Floats:
        """Return the fitted normal state at temperatures t (K), in the curve's unit."""
        return self.model.normal(self.found.parameters, above_zero(t))[0] * self.scale

    def predict(self, t: ArrayLike) -> Floats:
        """Return the fitted resistance at temperatures t (K), in the curve's unit."""
        return self.model.at(above_zero(t)).value(self.found.parameters) * self.scale

    def band(self, t: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the confidence band of the fitted curve at temperatures t (K)."""
        model = self.model.at(above_zero(t))
        jacobian = model.jacobian(self.found.parameters)
        half = band_half_width(jacobian, self.found.covariance, student(level, self.dof))
        fitted = model.value(self.found.parameters)
        return (fitted - half) * self.scale, (fitted + half) * self.scale

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What to know before quoting the numbers, in words."""
        return tuple(text for check in _CHECKS if (text := check(self)))

    def to_dict(
        self, criterion: float = 0.05, *, mu_star: float = 0.13, formula: str = "advanced"
    ) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        T_c at the criterion and lambda are None where there is none; the warnings say why.
        """
        checked(criterion, mu_star, formula)
        unit = self.curve.unit
        named: dict[str, tuple[UFloat | None, str]] = {}
        said = list(self.warnings)
        finders: tuple[tuple[str, str, Callable[[], UFloat]], ...] = (
            ("tc", "K", lambda: self.tc(criterion)),
            ("lambda", "", lambda: self.coupling(criterion, mu_star=mu_star, formula=formula)),
        )
        for name, unit_, find in finders:
            with python_warnings.catch_warnings(record=True) as caught:
                python_warnings.simplefilter("always", ValidityWarning)
                try:
                    named[name] = (find(), unit_)
                except AnalysisError as error:
                    named[name] = (None, unit_)
                    said += [str(error)] if str(error) not in said else []
            said += [str(one.message) for one in caught]
        named["theta_d"] = (self.theta_d, "K")
        named |= {
            "tc_onset": (self.tc_onset, "K"),
            "f": (self.f, ""),
            "r_onset": (self.r_onset, unit),
        }
        if self.model.floor:
            named["floor"] = (self.floor, "")
        if self._physical:
            named |= {
                "r0": (self.r0, unit),
                "a": (self.a, unit),
                "g_sat": (self.g_sat, f"1/({unit})"),
                "r_sat": (self.r_sat, unit),
            }
        return {
            **{
                name: {
                    "value": None if value is None else value.n,
                    "stderr": value.s
                    if value is not None and value.s and self.errors_known
                    else None,
                    "unit": unit_,
                }
                for name, (value, unit_) in named.items()
            },
            "criterion": criterion,
            "mu_star": mu_star,
            "formula": formula,
            "normal_state": self.reason,
            "r_squared": self.r_squared,
            "autocorrelation": self.correlation.lag1,
            "n_points": self.n_points,
            "window": list(self.window),
            "name": self.curve.name,
            "origin": self.curve.origin,
            "pressure": self.curve.pressure,
            "warnings": said,
        }


def _warn_steps(fit: TransitionFit) -> str | None:
    """Warn of two steps: two clear maxima of dR/dT inside the transition."""
    onset, t = fit.tc_onset.n, fit.part.temperature
    low = fit.floor.n
    levels = fit.r_onset.n * (low + (1 - low) * np.array([0.1, 0.9]))
    t10, t90 = crossings(fit.part, onset, levels)
    width = max(t90 - t10, 1e-3 * t90)
    # As a part of the normal state, which has a slope of its own.
    normal = fit.normal_state(np.maximum(t, onset))
    fraction = (fit.part.resistance / normal - low) / (1 - low)
    places = np.linspace(max(t10 - width, t[0]), min(max(t90 + width, onset), t[-1]), 81)
    slope, error = _smooth_slope(t, fraction, places, width / 8)
    error *= scatter_of_neighbours(fraction)
    peaks, found = signal.find_peaks(np.r_[0.0, slope, 0.0], prominence=0.08 * float(np.max(slope)))
    peaks = peaks - 1
    clear = peaks[found["prominences"] > 12 * error[peaks]]
    if clear.size < 2:
        return None
    where = " and ".join(f"{place:.3g}" for place in places[clear])
    return f"the transition has {clear.size} steps, near {where} K: one onset does not describe it"


def _smooth_slope(t: Floats, r: Floats, places: Floats, width: float) -> tuple[Floats, Floats]:
    """Return dR/dT by local straight lines, and its error for points of unit error."""
    weight = np.exp(-(((t - places[:, None]) / width) ** 2) / 2)
    total = weight.sum(axis=1) + 1e-300
    away = t - ((weight @ t) / total)[:, None]
    power = (weight * away**2).sum(axis=1) + 1e-300
    slope = (weight * away) @ r / power
    error = np.sqrt(((weight * away) ** 2).sum(axis=1)) / power
    return np.asarray(slope), np.asarray(error)


def _warn_edge(fit: TransitionFit) -> str | None:
    onset = fit.tc_onset.n
    above = int((fit.part.temperature > onset).sum())
    if above >= 10 and (fit.part.temperature < onset).sum() >= 10:
        return None
    return f"the onset, {onset:.4g} K, lies at the edge of the window: {above} points are above it"


def _warn_normal(fit: TransitionFit) -> str | None:
    """Warn where the normal state misses its points by far more than they scatter."""
    above = fit.part.temperature > fit.tc_onset.n
    left = fit.residuals[above]
    if left.size < 20:
        return None
    scatter = scatter_of_neighbours(left)
    if float(np.std(left)) <= 4 * scatter:
        return None
    return f"the normal state ({fit.reason}) misses its points by more than they scatter"


_CHECKS: tuple[Callable[[TransitionFit], str | None], ...] = (
    warn_saturation,
    warn_correlation,
    _warn_normal,
    _warn_steps,
    _warn_edge,
)
