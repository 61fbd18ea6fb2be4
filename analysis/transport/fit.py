"""The fit of a law to a resistance curve, with errors that can be believed."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from scipy import ndimage

from analysis.errors import AnalysisError, FitError
from analysis.numerics.least_squares import Model
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.numerics.uncertainty import student
from analysis.transport import DEFAULT_LAW
from analysis.transport.bloch_gruneisen import checked_exponent
from analysis.transport.curve import FEW_POINTS, ResistanceCurve
from analysis.transport.drop import find_drop
from analysis.transport.fit_result import LawFit, warn_correlation, warn_saturation
from analysis.transport.laws import Law, law_named
from analysis.transport.solve import WEIGHTINGS, solve_bounded
from analysis.transport.window import Trial, Window, find_window
from analysis.typing import Floats


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
        Temperatures in K between which the points are used. Without it the largest
        range above a superconducting drop that the law describes is taken, see
        `analysis.transport.window.find_window`.
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
    law_of_r, n = check_fit_choices(law, n, weighting)
    if window is None:
        chosen = find_window(curve, lambda part: _trial(part, law_of_r, n, weighting))
    else:
        chosen = Window.given(curve, window)
    part = curve.between(chosen.low, chosen.high)
    try:
        free, kept = solve_bounded(part, law_of_r, n=n, weighting=weighting, saturation=saturation)
    except FitError as error:
        raise FitError(f"{error}{_blame_drop(curve, chosen)}") from None
    for i in law_of_r.limited("positive"):
        parameter = law_of_r.parameters[i]
        value, sigma = kept.values[parameter.name], kept.errors[parameter.name]
        if sigma > value:
            known = f"{value:.0f} +- {sigma:.0f} K" if parameter.unit == "K" else f"{value:.2g}"
            raise FitError(
                f"{curve.name}: the data between {part.temperature[0]:g} and "
                f"{part.temperature[-1]:g} K leave the {parameter.title} open ({known})"
                f"{_blame_drop(curve, chosen)}"
            )
    return ResistanceFit(curve=curve, part=part, chosen=chosen, free=free, kept=kept)


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


def _trial(part: ResistanceCurve, law: Law, n: float, weighting: str) -> Trial:
    _, kept = solve_bounded(part, law, n=n, weighting=weighting)
    return Trial(
        residuals=kept.found.residuals * kept.weights,
        parameters=kept.found.fitted,
        # Quoting it would be wrong, whatever the residuals look like.
        absurd=kept.found.dof <= 1 or kept.doubted is not None,
        needs_below=law.needs_below(kept.values),
    )


def _blame_drop(curve: ResistanceCurve, chosen: Window) -> str:
    drop = find_drop(curve)
    if drop is None or chosen.low >= drop:
        return ""
    return f"; the window reaches into a resistance drop, which ends near {drop:.0f} K"


class ResistanceFit(LawFit):
    """The result of `fit_resistance`.

    Attributes
    ----------
    parameters : mapping of str to UFloat
        The parameters of the law by name, in the unit of the curve. Correlated with each
        other; without an error where one was held at 0.
    theta_d, r0, a, g_sat : UFloat
        Debye temperature (K), residual resistance and amplitude (unit of the curve),
        conductance of the saturation channel 1/R_sat (1/unit); None where the law has no
        such parameter.
    r_sat : UFloat or None
        Saturation resistance; None unless g_sat exceeds twice its error.
    r_sat_lower : float or None
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

    @property
    def weighting(self) -> str:
        """How the points were weighted."""
        return self.kept.weighting

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

        Raises
        ------
        AnalysisError
            If the law has no such parameter.
        """
        name = name or self.law.first.name
        if name not in self.law.names:
            raise AnalysisError(f"no parameter {name!r}; there are {', '.join(self.law.names)}")
        half = student(level, self.dof) * self.kept.errors[name]
        return self.kept.values[name] - half, self.kept.values[name] + half

    def again(self, window: tuple[float, float]) -> "ResistanceFit":
        """Fit the same curve in another window, with the same law, n and weights."""
        return fit_resistance(
            self.curve, window, law=self.law.name, n=self.kept.n, weighting=self.weighting
        )

    def model_at(self, t: Floats) -> Model:
        """Return the fitted law at temperatures t (K)."""
        return self.law.at(t, self.part.temperature[-1], self.kept.n)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What to know before quoting the numbers, in words; what the law's checks say first."""
        said = (check(self) for check in (*self.law.checks, *_CHECKS))
        return tuple(text for text in said if text)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        A parameter without an error, because it was held, is a limit, or the errors are
        not known, has None there.
        """
        unit = self.curve.unit
        numbers = {
            one.name: self.stated(
                self.parameters[one.name], one.unit_for(unit), held=one.name in self.held
            )
            for one in self.law.parameters
        }
        if "g_sat" in self.law.names:
            numbers["r_sat"] = self.stated(self.r_sat if self.errors_known else None, unit)
            lower = self.r_sat_lower if self.errors_known else None
            numbers["r_sat_lower"] = {"value": lower, "stderr": None, "unit": unit}
        interval = list(self.interval()) if self.errors_known else None
        return {
            **numbers,
            f"{self.law.first.name}_interval_95": interval,
            **self._of_curve(),
            "window_basis": self.chosen.basis,
            "exponent": self.n,
            "weighting": self.weighting,
            "warnings": [*self.chosen.remarks, *self.warnings],
        }


# ------------------------------------------- what to know before the numbers are quoted


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
        f"{fit.law.title} does not describe a superconducting transition"
    )


def _warn_doubted(fit: ResistanceFit) -> str | None:
    if (doubted := fit.kept.doubted) is None:
        return None
    value, unit = fit.parameters[doubted.name], doubted.unit_for(fit.curve.unit)
    return f"the {doubted.title} is negative ({value:.2uS} {unit}): not physical"


_CHECKS: tuple[Callable[[ResistanceFit], str | None], ...] = (
    warn_saturation,
    warn_correlation,
    _warn_outliers,
    _warn_few,
    _warn_drop,
    _warn_doubted,
)
