"""The fit of a law to a resistance curve, with errors that can be believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.errors import AnalysisError, FitError, attempt
from analysis.numerics.least_squares import Model, profile_interval
from analysis.numerics.scatter import stray_points
from analysis.numerics.summary import number
from analysis.numerics.uncertainty import student
from analysis.transport import DEFAULT_LAW
from analysis.transport.bloch_gruneisen import checked_exponent
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drawn import OF_FIGURES, warn_unseen
from analysis.transport.drop import find_drop
from analysis.transport.explain import explained, remark_shift
from analysis.transport.fit_result import (
    LawFit,
    remark_correlation,
    remark_saturation,
    warn_correlation,
    warn_saturation,
)
from analysis.transport.lag import Lag, lag_of
from analysis.transport.laws import Law, Parameter, law_named
from analysis.transport.looks import FEW_POINTS
from analysis.transport.misfit import Misfit
from analysis.transport.solve import WEIGHTINGS, solve_bounded
from analysis.transport.transition_read import drop_of
from analysis.transport.window import Window, upturn_of, usable_range
from analysis.typing import Floats

# Below this part of the value, an error is so small that the law is linear over its width.
_SHARP = 2e-3


def fit_resistance(
    curve: ResistanceCurve,
    window: tuple[float, float] | None = None,
    *,
    law: str = DEFAULT_LAW,
    n: float = 5,
    weighting: str = "uniform",
    saturation: bool = True,
) -> "ResistanceFit":
    """Fit a law to a resistance curve; by default Bloch-Grueneisen with saturation (eq. 1).

    Parameters
    ----------
    curve : ResistanceCurve
    window : (low, high), optional
        Temperatures in K between which the points are used. Without it all above a
        superconducting drop, or the largest range there that the law describes.
    law : str
        One of `analysis.transport.laws.LAWS`: "bloch-gruneisen" is eq. 1,
        "bloch-gruneisen-n" eq. 1 whose exponent is fitted, too.
    n : float
        Exponent of the law, above 1; 5 is scattering on phonons. Where the law fits it,
        one of those that the fit starts from.
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
    AnalysisError
        If law, n or weighting is none of those.
    DataError
        If the window is empty, reversed or beside the data.
    FitError
        If there are no more points than parameters; if the resistance falls on warming, or a
        straight line or R_0 + c T^2 describes it as well; or if the data set no upper limit
        to the Debye temperature.

    Notes
    -----
    Equation 1 of arXiv:2401.00804, with the conductance of the saturation channel,
    G = 1/R_sat, as the parameter: the curve depends on it smoothly also where R_sat
    is infinite. G is left free, negative values within its error included: then all
    estimates are of one kind, and their intervals hold the truth also where G is near 0.
    Its own interval is the unified one (`analysis.numerics.unified`). If G lies more than
    three errors below 0 the data bend as no saturation does: the fit is repeated with
    G = 0, and the difference that this makes is in the systematic part of the errors.
    Levenberg-Marquardt (MINPACK) from several starts, with the exact Jacobian. When
    neighbouring residuals repeat each other, all errors are widened
    (`analysis.numerics.uncertainty.correlation_of`). The interval of Theta_D follows the
    profile of the squares.

    Residuals in which there is more than (correlated) scatter (`analysis.transport.misfit`)
    are a warning that says where, and what may cause it; the errors then hold by how much the
    result moves between what could be quoted as well (`analysis.transport.explain`).

    Examples
    --------
    >>> from analysis import resistance
    >>> t = np.linspace(80, 300, 100)
    >>> r = resistance(t, theta_d=550, r0=0.1, a=2.0, r_sat=3.0)
    >>> fit = fit_resistance(ResistanceCurve(t, r), window=(80, 300))
    >>> print(f"{fit.theta_d.n:.3f} K, R_sat = {fit.r_sat.n:.3f} ohm")
    550.000 K, R_sat = 3.000 ohm
    """
    law_of_r, n = check_fit_choices(law, n, weighting)
    chosen = usable_range(curve) if window is None else Window.given(curve, window)
    choices = {"n": n, "weighting": weighting, "saturation": saturation}

    def fit(low: float, high: float, other: Law | None = None) -> ResistanceFit:
        there = replace(chosen, low=low, high=high)
        return fitted_in(curve, there, other or law_of_r, **choices)

    quoted = fitted_in(curve, chosen, law_of_r, **choices)
    if not quoted.misfit.described:
        quoted = explained(quoted, fit, automatic=window is None)
    refuse_open(quoted)
    return quoted


def fitted_in(curve: ResistanceCurve, chosen: Window, law: Law, **choices: Any) -> "ResistanceFit":
    """Return the fit of a law in a window as it is, whether it is to be quoted or not.

    Raises
    ------
    FitError
    """
    part = curve.between(chosen.low, chosen.high)
    try:
        free, kept = solve_bounded(part, law, **choices)
    except FitError as error:
        raise FitError(f"{error}{_blame(curve, chosen)}") from None
    return ResistanceFit(curve, part, chosen, free, kept, choices["saturation"])


def refuse_open(fit: "ResistanceFit") -> None:
    """Refuse a fit that does not determine a parameter that must be above 0; give its estimate."""
    for i in fit.law.limited("positive"):
        parameter = fit.law.parameters[i]
        value, sigma = fit.kept.values[parameter.name], fit.kept.errors[parameter.name]
        if sigma > value:
            estimate = f"{value:.0f} +- {sigma:.0f} K" if parameter.unit == "K" else f"{value:.2g}"
        elif i == 0 and fit.dof > 1 and 8 * sigma > value and np.isinf(fit.interval()[1]):
            estimate = f"above {fit.interval()[0]:.3g} {parameter.unit}, 95 %"
        else:
            continue
        low, high = fit.window
        raise FitError(
            f"{fit.curve.name}: the data between {low:g} and {high:g} K do not determine the "
            f"{parameter.title} ({estimate}){_blame(fit.curve, fit.chosen)}"
        )


def check_fit_choices(law: str, n: float, weighting: str = "uniform") -> tuple[Law, float]:
    """Return the law of a name and n as a float; refuse what no curve could use.

    Raises
    ------
    AnalysisError
        If law or weighting is unknown, or n not above 1.
    """
    if weighting not in WEIGHTINGS:
        raise AnalysisError(f"weighting must be one of {', '.join(WEIGHTINGS)}; got {weighting!r}")
    return law_named(law), checked_exponent(n)


def _blame(curve: ResistanceCurve, chosen: Window) -> str:
    """Return in words why no law of a metal describes the window; "" if none is known."""
    drop = find_drop(curve)
    if drop is not None and chosen.low < drop:
        return f"; the window reaches into a resistance drop, which ends near {drop:.0f} K"
    upturn = upturn_of(curve.between(chosen.low, chosen.high))
    if upturn is not None:
        return f"; the resistance rises on cooling below {upturn:.0f} K: try a window above that"
    return ""


@dataclass(frozen=True, eq=False)
class ResistanceFit(LawFit):
    """The result of `fit_resistance`.

    Attributes
    ----------
    parameters : mapping of str to UFloat
        The parameters of the law by name, in the unit of the curve. Correlated with each
        other; without an error where one was held at 0. Their errors hold the systematic
        part.
    theta_d, r0, a, g_sat : UFloat
        Debye temperature (K), residual resistance and amplitude (unit of the curve),
        conductance of the saturation channel 1/R_sat (1/unit), which may lie below zero
        within its error; None where the law has no such parameter.
    r_sat : UFloat or None
        Saturation resistance; None unless g_sat exceeds twice its error.
    r_sat_lower : float or None
        R_sat is above this, 95 %; None where nothing is known of it.
    g_interval : (float, float) or None
        Unified 95 % interval of g_sat as what cannot be negative.
    part : ResistanceCurve
        The points that were fitted.
    window : (float, float)
        First and last temperature used, K.
    r_squared : float
        Coefficient of determination of the (weighted) fit.
    correlation : Correlation
        Lag-1 autocorrelation of the residuals and the widening that it caused.
    misfit : Misfit
        Whether the residuals are more than scatter, and what they look like.
    systematic : mapping of str to float
        By how much each parameter moves between what could be quoted as well, where the law
        does not describe all points, in its unit.
    unquoted : bool
        Whether it moves so much that it is no result: no error is known then.
    warnings : tuple of str
        What casts doubt on the numbers, in words.
    remarks : tuple of str
        What belongs to them, in words.
    """

    saturation: bool = True
    systematic: Mapping[str, float] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    unquoted: bool = False

    @property
    def weighting(self) -> str:
        """How the points were weighted."""
        return self.kept.weighting

    @property
    def errors_known(self) -> bool:
        """Whether the errors are known; where not, none is to be quoted."""
        return self.minimum.dof > 1 and not self.unquoted

    @cached_property
    def misfit(self) -> Misfit:
        """The residuals, and what would explain them."""
        return Misfit(self.part, self.kept)

    @cached_property
    def misfit_of_free(self) -> Misfit:
        """The same of the fit with all parameters free, by which a shift of T is judged."""
        return Misfit(self.part, self.free) if self.held else self.misfit

    @property
    def law_fails(self) -> bool:
        """Whether G lies beyond three errors below zero, or more than scatter is left over.

        Of all usable points, also where the law describes a window among them.
        """
        return bool(self.doubts) or self.bends_wrongly or not self.misfit.described

    @cached_property
    def parameters(self) -> dict[str, UFloat]:
        """What was fitted, by name, in the unit of the curve, with systematic parts."""
        statistical = super().parameters
        moved = {name: by for name, by in self.systematic.items() if by > 0}
        return statistical | {name: statistical[name] + ufloat(0, by) for name, by in moved.items()}

    @property
    def covariance(self) -> Floats:
        """Covariance of the parameters, shape (P, P); zeros for one that was held."""
        return self.kept.covariance

    @cached_property
    def correlation_matrix(self) -> Floats:
        """Correlation of the parameters, shape (P, P); NaN beside one that was held."""
        errors = np.sqrt(np.diag(self.kept.covariance))
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.kept.covariance / errors / errors[:, None]

    def interval(self, name: str = "", level: float = 0.95) -> tuple[float, float]:
        """Return the two-sided confidence interval of a parameter, of the first without a name.

        That of the first follows the profile of the squares, so it may be skewed, and an end
        that the data leave open is infinite. The systematic part widens both sides.

        Raises
        ------
        AnalysisError
            If the law has no such parameter.
        """
        name = name or self.law.first.name
        if name not in self.law.names:
            raise AnalysisError(f"no parameter {name!r}; there are {', '.join(self.law.names)}")
        value = self.kept.values[name]
        if name == self.law.first.name:
            low, high = self._profiled if level == 0.95 else self._profile(level)
        else:
            half = student(level, self.dof) * self.kept.errors[name]
            low, high = value - half, value + half
        parts = self.systematic.get(name, 0.0), self.read_part(name)
        moved = student(level, np.inf) * np.hypot(*parts)
        low, high = value - np.hypot(value - low, moved), value + np.hypot(high - value, moved)
        positive = self.law.names.index(name) in self.law.limited("positive")
        return max(float(low), 0.0) if positive else float(low), float(high)

    @cached_property
    def _profiled(self) -> tuple[float, float]:
        """The statistical interval of 95 %, which is asked for more than once."""
        return self._profile(0.95)

    def _profile(self, level: float) -> tuple[float, float]:
        """Return the statistical interval of the first parameter."""
        kept, minimum, law = self.kept, self.minimum, self.law
        value, sigma = kept.values[law.first.name], kept.errors[law.first.name]
        if sigma < _SHARP * abs(value):
            half = student(level, self.dof) * sigma
            return value - half, value + half
        # Of a point. With weights per kelvin the covariance is not that of the weights.
        variance = minimum.covariance[0, 0] / minimum.inverse[0, 0]
        ends = profile_interval(
            self.model_at(self.part.temperature),
            minimum,
            self.part.resistance / kept.scale,
            place=0,
            allowed=student(level, self.dof) ** 2 * variance,
            bounds=law.reach,
            weights=None if kept.weighting == "uniform" else kept.weights,
        )

        def named(inner: float) -> float:
            if np.isinf(inner):
                return inner
            moved = minimum.parameters.copy()
            moved[0] = inner
            return float(law.values(moved, kept.scale, kept.t_one)[0][0])

        return named(ends[0]), named(ends[1])

    @property
    def skewed(self) -> bool:
        """Whether the interval of the first parameter reaches 10 % further to one side."""
        value = self.kept.values[self.law.first.name]
        low, high = self.interval()
        return abs(high + low - 2 * value) > 0.1 * (high - low)

    def again(self, window: tuple[float, float]) -> "ResistanceFit":
        """Fit the same curve in another window, with the same law, n and weights."""
        return fit_resistance(
            self.curve, window, law=self.law.name, n=self.kept.n, weighting=self.weighting
        )

    def tried(self, part: ResistanceCurve) -> "ResistanceFit":
        """Return the bare fit of the same law to a part of the points, or to a replicate of them.

        It begins where this one ended. What it leaves over is judged only when it is asked for.

        Raises
        ------
        FitError
        """
        solved = solve_bounded(
            part,
            self.law,
            n=self.kept.n,
            weighting=self.weighting,
            saturation=self.saturation,
            near=self.free,
        )
        return ResistanceFit(self.curve, part, self.chosen, *solved, self.saturation)

    def model_at(self, t: Floats) -> Model:
        """Return the fitted law at temperatures t (K)."""
        return self.law.at(t, self.part.temperature[-1], self.kept.n)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What casts doubt on the numbers, in words: of the curve, then of the fit."""
        texts = (check(self) for check in (*self.law.checks, *_CHECKS))
        lag = self.lag.warnings if self.lag else ()
        return (*self.curve.warnings, *self.doubts, *(text for text in texts if text), *lag)

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """What belongs to the numbers, in words."""
        lag = self.lag.remarks if self.lag else ()
        texts = (remark(self) for remark in _REMARKS)
        return (*self.chosen.remarks, *(text for text in texts if text), *lag)

    @cached_property
    def lag(self) -> Lag | None:
        """Effect of a lag between sample and thermometer; None where there are no times."""
        if self.curve.time is None:
            return None
        return attempt(
            lambda: lag_of(
                self.curve,
                self.window,
                law=self.law.name,
                n=self.kept.n,
                weighting=self.weighting,
            )
        )[0]

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        A number whose error is not known, or that is not quoted, has None in its place, and a
        warning says why. One that was held at 0, and a skewed one, has no "stderr"; "interval"
        is that of 95 %, "systematic" the part of the error that no scatter shows.
        """
        unit = self.curve.unit
        numbers = {parameter.name: self._stated(parameter) for parameter in self.law.parameters}
        if "g_sat" in self.law.names:
            numbers["r_sat"] = self.stated(self.r_sat, unit)
            numbers["r_sat_lower"] = number(self.r_sat_lower, unit)
        interval = list(self.interval()) if self.errors_known else None
        return {
            **numbers,
            f"{self.law.first.name}_interval_95": interval,
            **self._of_curve(),
            "window_basis": self.chosen.basis,
            "exponent": self.n,
            "weighting": self.weighting,
            **({"lag": self.lag.to_dict()} if self.lag else {}),
            "warnings": list(self.warnings),
            "remarks": list(self.remarks),
        }

    def _stated(self, parameter: Parameter) -> dict[str, Any]:
        name, unit = parameter.name, parameter.unit_for(self.curve.unit)
        stated = self.stated(
            self.parameters[name],
            unit,
            held=name in self.held,
            systematic=self.systematic.get(name) or None,
        )
        if stated["value"] is None:
            return stated
        if name == self.law.first.name:
            stated |= {"interval": list(self.interval())}
            return stated | ({"stderr": None} if self.skewed else {})
        if name == "g_sat" and self.g_interval is not None:
            stated |= {"interval": list(self.g_interval)}
        return stated


# ------------------------------------------- what to know before the numbers are quoted


def _warn_outliers(fit: ResistanceFit) -> str | None:
    far = np.flatnonzero(stray_points(fit.residuals * fit.kept.weights))
    if far.size == 0:
        return None
    places = ", ".join(f"{t:.4g}" for t in fit.part.temperature[far[:5]])
    return (
        f"{far.size} of the points (at {places} K) deviate from their neighbours by more than 8 "
        "robust standard deviations: check them"
    )


def _warn_few(fit: ResistanceFit) -> str | None:
    if fit.n_points >= FEW_POINTS:
        return None
    return f"only {fit.n_points} points in the window: below {FEW_POINTS} points errors are rough"


def _warn_drop(fit: ResistanceFit) -> str | None:
    drop = find_drop(fit.curve)
    if drop is None or fit.window[0] >= drop:
        return None
    return (
        f"the resistance drops steeply below about {drop:.0f} K, inside the window: "
        f"{fit.law.title} does not describe a superconducting transition"
    )


def _remark_drop(fit: ResistanceFit) -> str | None:
    return drop_of(fit.curve)


def _warn_doubted(fit: ResistanceFit) -> str | None:
    if (doubted := fit.kept.doubted) is None:
        return None
    value, unit = fit.parameters[doubted.name], doubted.unit_for(fit.curve.unit)
    return f"the {doubted.title} is negative ({value:.2uS} {unit}): not physical"


def _remark_systematic(fit: ResistanceFit) -> str | None:
    first = fit.law.first
    if not fit.errors_known or not fit.systematic.get(first.name):
        return None
    unit = first.unit_for(fit.curve.unit)
    return (
        f"the error of the {first.title} combines {fit.kept.errors[first.name]:.2g} {unit} of "
        f"scatter with {fit.systematic[first.name]:.2g} {unit}, its change between equally "
        "acceptable fits"
    )


_CHECKS: tuple[Callable[[ResistanceFit], str | None], ...] = (
    warn_saturation,
    warn_correlation,
    warn_unseen,
    _warn_outliers,
    _warn_few,
    _warn_drop,
    _warn_doubted,
)
_REMARKS: tuple[Callable[[ResistanceFit], str | None], ...] = (
    remark_saturation,
    remark_correlation,
    *OF_FIGURES,
    _remark_systematic,
    remark_shift,
    _remark_drop,
)
