"""The fit of a whole R(T): the transition (eq. 5) joined to the normal state (eq. 1)."""

import warnings as python_warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, signal, special
from uncertainties import UFloat

from analysis.errors import AnalysisError, FitError, attempt
from analysis.numerics.least_squares import Model
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.transport import DEFAULT_LAW
from analysis.transport.bloch_gruneisen import checked_exponent
from analysis.transport.coupling import ValidityWarning, check_choices, coupling_constant
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit_result import LawFit, above_zero, warn_correlation, warn_saturation
from analysis.transport.laws import law_named
from analysis.transport.transition import TransitionModel, temperature_at, transition_depth
from analysis.transport.transition_start import NormalState, crossings, solve_transition
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
    law: str = DEFAULT_LAW,
    n: float = 5,
) -> "TransitionFit":
    """Fit normal state and superconducting transition of a resistance curve together.

    Parameters
    ----------
    curve : ResistanceCurve
    window : (low, high), optional
        Temperatures in K between which the points are used; all without it.
    normal : {"law", "line", "constant"}, optional
        Normal state above the onset: the law, or a straight line or a constant where the
        data end soon above. Without it the richest that the data determine; the result
        says which and why.
    floor : bool, optional
        Whether a resistance remains far below the transition. Without it: if more than
        1 % of that at the onset does.
    law, n
        The law of the normal state and its exponent, as in `fit_resistance`.

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
    state, model, free, kept = solve_transition(
        part, normal=normal, floor=floor, law=law_named(law), n=checked_exponent(n)
    )
    fit = TransitionFit(curve, part, chosen, free, kept, state, model)
    _refuse_undetermined(fit)
    return fit


def _refuse_undetermined(fit: "TransitionFit") -> None:
    """Refuse what the points leave open, with the estimate attached."""
    name, low, onset = fit.curve.name, fit.floor.n, fit.tc_onset.n
    t, r = fit.part.temperature, fit.part.resistance
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
    def relative(value: UFloat) -> float:
        return float(value.s * fit.nominal / abs(value.n))

    if not (relative(fit.tc_onset) < 0.3 and relative(fit.f) < 3):
        raise FitError(
            f"{name}: the points leave the transition open "
            f"(T_c,onset = {fit.tc_onset:.2u} K, F = {fit.f:.2u})"
        )
    for i in fit.law.limited("positive"):
        parameter = fit.law.parameters[i]
        value = fit.parameters[parameter.name]
        if not relative(value) < 1:
            known = f"{value:.2u} {parameter.unit}".rstrip()
            raise FitError(
                f"{name}: the points leave the {parameter.title} open ({known}); "
                "a line or a constant may do as the normal state (normal=...)"
            )


@dataclass(frozen=True, eq=False)
class TransitionFit(LawFit):
    """The result of `fit_transition`.

    Attributes
    ----------
    tc_onset, f, r_onset, floor : UFloat
        Onset (K), sharpness, normal resistance at the onset (unit of the curve), and
        the part of it that remains far below (0 without an error if not fitted).
    theta_d, r0, a, g_sat : UFloat or None
        As in `ResistanceFit`; None unless the normal state is a law that has them.
    parameters : mapping of str to UFloat
        The parameters of the normal state by name, then tc_onset, f and floor.
    normal, reason : str
        Which normal state was taken, and why.
    warnings : tuple of str
        What to know before quoting the numbers, in words.
    """

    state: NormalState
    model: TransitionModel

    @property
    def normal(self) -> str:
        """Which normal state was taken: "law", "line" or "constant"."""
        return self.state.kind

    @property
    def reason(self) -> str:
        """Why this one, in words."""
        return self.state.reason

    @property
    def tc_onset(self) -> UFloat:
        """Onset of the transition, K."""
        return self.parameters["tc_onset"]

    @property
    def f(self) -> UFloat:
        """Sharpness of the transition."""
        return self.parameters["f"]

    @property
    def floor(self) -> UFloat:
        """Part of the onset resistance that remains far below; no error if not fitted."""
        return self.parameters["floor"]

    @cached_property
    def r_onset(self) -> UFloat:
        """Normal resistance at the onset, unit of the curve."""
        p, size = self.found.parameters, self.model.size
        value, rows, slope = self.model.normal(p, p[size : size + 1])
        # By the parameters as they are named, where they were fitted.
        free = np.flatnonzero(self.found.free[:size])
        by_name = np.linalg.solve(self.kept.named[1][np.ix_(free, free)].T, rows[free, 0])
        total = value[0] + slope[0] * (self.tc_onset - self.tc_onset.n)
        for i, derivative in zip(free, by_name, strict=True):
            parameter = self.parameters[self.kept.names[i]]
            total = total + derivative * (parameter - parameter.n)
        return total * self.scale

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

    def at_criterion(
        self, criterion: float, mu_star: float, formula: str
    ) -> tuple[UFloat | None, UFloat | None, list[str]]:
        """Return T_c and lambda, None where there is none; and why not or what to doubt."""
        with python_warnings.catch_warnings(record=True) as caught:
            python_warnings.simplefilter("always", ValidityWarning)
            tc, no_tc = attempt(lambda: self.tc(criterion))
            coupling, no_coupling = attempt(
                lambda: self.coupling(criterion, mu_star=mu_star, formula=formula)
            )
        reasons = [why for why in (no_tc, no_coupling) if why]
        return tc, coupling, list(dict.fromkeys([*reasons, *(str(w.message) for w in caught)]))

    def normal_state(self, t: ArrayLike) -> Floats:
        """Return the fitted normal state at temperatures t (K), in the curve's unit."""
        return self.model.normal(self.found.parameters, above_zero(t))[0] * self.scale

    def model_at(self, t: Floats) -> Model:
        """Return the fitted model at temperatures t (K)."""
        return self.model.at(t)

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
        tc, coupling, reasons = self.at_criterion(criterion, mu_star, formula)
        named: dict[str, tuple[UFloat | None, str]] = {
            "tc": (tc, "K"),
            "lambda": (coupling, ""),
            "theta_d": (self.theta_d, "K"),
            "tc_onset": (self.tc_onset, "K"),
            "f": (self.f, ""),
            "r_onset": (self.r_onset, unit),
        }
        if "floor" not in self.held:
            named["floor"] = (self.floor, "")
        if self.normal == "law":
            named |= {
                one.name: (self.parameters[one.name], one.unit_for(unit))
                for one in self.law.parameters
            }
        if "g_sat" in self.law.names:
            named["r_sat"] = (self.r_sat, unit)
        return {
            **{
                name: self.stated(value, unit_, held=name in self.held)
                for name, (value, unit_) in named.items()
            },
            "criterion": criterion,
            "mu_star": mu_star,
            "formula": formula,
            "normal_state": self.reason,
            **self._of_curve(),
            "warnings": [*self.warnings, *reasons],
        }


# ------------------------------------------- what to know before the numbers are quoted


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
