"""The fit of a whole R(T): the transition (eq. 5) joined to the normal state (eq. 1)."""

import warnings as python_warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from uncertainties import UFloat, ufloat

from analysis.errors import AnalysisError, FitError, attempt
from analysis.numerics.digitised import scatter_part
from analysis.numerics.least_squares import Model
from analysis.transport import DEFAULT_LAW
from analysis.transport.bloch_gruneisen import checked_exponent
from analysis.transport.coupling import ValidityWarning, check_choices
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drop import Drop
from analysis.transport.fit import fit_resistance
from analysis.transport.fit_result import LawFit, above_zero
from analysis.transport.laws import law_named
from analysis.transport.transition import TransitionModel, temperature_at, transition_depth
from analysis.transport.transition_checks import CHECKS, REMARKS, Zone, left_open, zone_of
from analysis.transport.transition_read import (
    FEWEST_INSIDE,
    Reading,
    as_read,
    inside,
    onset_of,
    read_off,
    within,
)
from analysis.transport.transition_result import (
    AtCriterion,
    NotReached,
    Quoted,
    TransitionReading,
    agree,
    checked,
    quoted_coupling,
    sweep_spread,
)
from analysis.transport.transition_start import (
    NORMAL_STATES,
    NormalState,
    solve_transition,
    transition_drop,
)
from analysis.transport.window import Window
from analysis.typing import Floats


def fit_transition(
    curve: ResistanceCurve,
    window: tuple[float, float] | None = None,
    *,
    normal: str | None = None,
    floor: bool | None = None,
    law: str = DEFAULT_LAW,
    n: float = 5,
) -> "TransitionFit | TransitionReading":
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
    TransitionFit or TransitionReading
        The latter where the points do not show the shape of eq. 5: T_c is then read off
        them, or known to lie between two.

    Raises
    ------
    DataError
        If the window is empty, reversed or beside the data.
    FitError
        If there is no transition, or no normal state above it.

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
    if normal is not None and normal not in NORMAL_STATES:
        raise AnalysisError(f"normal must be one of {', '.join(NORMAL_STATES)}; got {normal!r}")
    chosen = (
        Window.given(curve, window)
        if window is not None
        else Window(float(curve.temperature[0]), float(curve.temperature[-1]), "all")
    )
    part = curve.between(chosen.low, chosen.high)
    drop, chosen_law, exponent = transition_drop(part), law_named(law), checked_exponent(n)
    _, r_onset = onset_of(part, drop)
    points, fall = inside(part, drop, r_onset.n)
    why: str | None = f"{fall}; {points} points between 10 and 90 % of it, too few for a shape"
    if points >= FEWEST_INSIDE:
        solved, why = attempt(
            lambda: solve_transition(
                part, drop, r_onset.n, normal=normal, floor=floor, law=chosen_law, n=exponent
            )
        )
        if solved is not None:
            state, model, free, kept = solved
            fit = TransitionFit(curve, part, chosen, free, kept, state, model, drop)
            why = left_open(fit)
            if why is None:
                return fit
        why = f"{fall}; {why}"
    above = None if window is None else (drop.top, chosen.high)
    metal, no_metal = attempt(lambda: fit_resistance(curve, above, law=law, n=n))
    shape = points >= FEWEST_INSIDE
    return TransitionReading(curve, part, drop, r_onset, shape, why or "", metal, no_metal)


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
    drop: Drop

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
        p, size = self.minimum.parameters, self.model.size
        value, rows, slope = self.model.normal(p, p[size : size + 1])
        # By the parameters as they are named, where they were fitted.
        free = np.flatnonzero(self.minimum.free[:size])
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

        The data are made monotonic by least squares and interpolated. The onset resistance
        is the fit's, or read off as well where eq. 5 has not the shape.

        Raises
        ------
        NotReached
            If the data do not fall so low.
        """
        checked(criterion)
        reading = self._reading(criterion)
        if reading is None:
            raise NotReached(f"{self.curve.name}: the data do not fall to {criterion:g} of R_onset")
        return reading.value

    def _reading(self, criterion: float) -> Reading | None:
        top, zone = max(self.drop.top, self.tc_onset.n), self._zone
        onset = self._read_onset[1] if zone.misfit else self.r_onset
        reading = read_off(self.part, top, criterion * onset, zone.scatter, self.spread)
        return within(reading, self.drop)

    @cached_property
    def _zone(self) -> Zone:
        return zone_of(self)

    @cached_property
    def spread(self) -> float:
        """How far sweeps lie apart in the drop, K; 0 where there is one sweep."""
        return sweep_spread(self.curve, self.drop, self.r_onset.n)

    @property
    def onset(self) -> Quoted:
        """Onset of the transition as it is quoted, K."""
        if not self.errors_known:
            return Quoted()
        apart = abs(self.tc_onset.n - self._read_onset[0]) if self._zone.misfit else 0.0
        return Quoted.of(self.tc_onset, apart + self.spread / 2, self.dof)

    @cached_property
    def _read_onset(self) -> tuple[float, UFloat]:
        return onset_of(self.part, self.drop)

    def quoted(self, criterion: float = 0.05) -> Quoted:
        """Return T_c as it is quoted at a criterion: by the model, or read off the data.

        The data decide where they and the model disagree, and where the residuals inside
        the transition are no scatter: eq. 5 then has not its shape.

        Raises
        ------
        NotReached
            As in `tc`.
        """
        reading = self._reading(criterion)
        model, not_reached = attempt(lambda: self.tc(criterion))
        if reading is None:
            raise NotReached(
                not_reached
                or f"{self.curve.name}: the data do not fall to {criterion:g} of R_onset"
            )
        if model is None and reading.low == self.part.temperature[0]:
            raise NotReached(not_reached or "")
        believed = None if self._zone.misfit or not self.errors_known else model
        if believed is not None:
            if (wider := self._zone.wider) > 1:
                believed = believed + ufloat(0, scatter_part(believed) * (wider**2 - 1) ** 0.5)
            if agree(believed, reading):
                return Quoted.of(believed, reading.sweeps, self.dof)
        apart = 0.0 if model is None else abs(model.n - reading.value)
        onset = self._read_onset[1] if self._zone.misfit else self.r_onset
        return Quoted.of(
            as_read(self.part, max(self.drop.top, self.tc_onset.n), criterion, onset, reading),
            max(apart, reading.spacing) + reading.sweeps,
            max(self.dof, 8.0),
        )

    def tc_quoted(self, criterion: float = 0.05) -> UFloat:
        """Return the T_c (K) of `quoted`, with its whole error.

        Raises
        ------
        NotReached
            As in `tc`.
        """
        return self.quoted(criterion).value

    def coupling(
        self, criterion: float = 0.05, *, mu_star: float = 0.13, formula: str = "advanced"
    ) -> UFloat:
        """Return lambda from the quoted T_c and this fit's Theta_D, with their covariance.

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
        check_choices(mu_star, formula)
        lam, why, remarks = self._coupling(self.quoted(criterion), mu_star, formula)
        for text in remarks:
            python_warnings.warn(text, ValidityWarning, stacklevel=2)
        if lam.value is None:
            raise AnalysisError(why[0])
        return lam.value

    def _coupling(
        self, tc: Quoted, mu_star: float, formula: str
    ) -> tuple[Quoted, list[str], list[str]]:
        if self.theta_d is None:
            raise FitError(
                f"{self.curve.name}: lambda needs Theta_D, but the normal state is {self.reason}"
            )
        if not self.errors_known:
            raise FitError(f"{self.curve.name}: lambda needs Theta_D, whose error is not known")
        theta_d = Quoted.of(self.theta_d, 0.0, self.dof)
        return quoted_coupling(tc, theta_d, mu_star=mu_star, formula=formula, dof=self.dof)

    def at_criterion(self, criterion: float, mu_star: float, formula: str) -> AtCriterion:
        """Return T_c and lambda as they are quoted, why not, and what belongs to them."""
        checked(criterion, mu_star, formula)
        tc, no_tc = attempt(lambda: self.quoted(criterion))
        if tc is None:
            return AtCriterion(Quoted(), Quoted(), (no_tc or "",))
        coupling, no_coupling = attempt(lambda: self._coupling(tc, mu_star, formula))
        lam, why, remarks = coupling or (Quoted(), [no_coupling or ""], [])
        model, _ = attempt(lambda: self.tc(criterion))
        if model is None or tc.value is None or tc.value.n != model.n:
            by = "none" if model is None else f"{model.n:.5g} K"
            text = (
                f"the transition does not have the shape of eq. 5: T_c at {criterion:g} of the "
                f"onset resistance is read off the data (by the fit: {by})"
            )
            why = [text, *why]
        return AtCriterion(tc, lam, tuple(why), tuple(remarks))

    def normal_state(self, t: ArrayLike) -> Floats:
        """Return the fitted normal state at temperatures t (K), in the curve's unit."""
        return self.model.normal(self.minimum.parameters, above_zero(t))[0] * self.scale

    def model_at(self, t: Floats) -> Model:
        """Return the fitted model at temperatures t (K)."""
        return self.model.at(t)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What casts doubt on the numbers, in words."""
        return tuple(text for check in CHECKS if (text := check(self)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What belongs to the numbers, in words."""
        return tuple(text for remark in REMARKS if (text := remark(self)))

    def to_dict(
        self, criterion: float = 0.05, *, mu_star: float = 0.13, formula: str = "advanced"
    ) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        T_c at the criterion and lambda are None where there is none; the warnings say why.
        """
        checked(criterion, mu_star, formula)
        unit = self.curve.unit
        at = self.at_criterion(criterion, mu_star, formula)
        named: dict[str, tuple[UFloat | None, str]] = {
            "theta_d": (self.theta_d, "K"),
            "f": (self.f, ""),
            "r_onset": (self.r_onset, unit),
        }
        if "floor" not in self.held:
            named["floor"] = (self.floor, "")
        if self.normal == "law":
            named |= {
                parameter.name: (self.parameters[parameter.name], parameter.unit_for(unit))
                for parameter in self.law.parameters
            }
        if "g_sat" in self.law.names:
            named["r_sat"] = (self.r_sat, unit)
        return {
            "tc": at.tc.stated("K"),
            "lambda": at.coupling.stated(""),
            "tc_onset": self.onset.stated("K"),
            **{
                name: self.stated(value, unit_, held=name in self.held)
                for name, (value, unit_) in named.items()
            },
            "criterion": criterion,
            "mu_star": mu_star,
            "formula": formula,
            "normal_state": self.reason,
            **self._of_curve(),
            "warnings": [*self.curve.warnings, *self.warnings, *at.warnings],
            "remarks": [*self.remarks, *at.remarks],
        }
