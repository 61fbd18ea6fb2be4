"""What all fits of a curve have in common, whichever law was fitted."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import uncertainties
from numpy.typing import ArrayLike
from uncertainties import UFloat

from analysis.errors import AnalysisError
from analysis.numerics.digitised import reading_part
from analysis.numerics.least_squares import Minimum, Model
from analysis.numerics.provenance import stated_data
from analysis.numerics.summary import number
from analysis.numerics.uncertainty import Correlation, band_half_width, correlated, student
from analysis.numerics.unified import bounded_interval
from analysis.transport.curve import ResistanceCurve
from analysis.transport.laws import Law
from analysis.transport.solve import Solution
from analysis.transport.window import Window
from analysis.typing import Floats


@dataclass(frozen=True, eq=False)
class LawFit:
    """A fit with a law of the normal state in it.

    The parameters of the law by their usual names are None where the law has none of
    that name.

    Attributes
    ----------
    curve, part : ResistanceCurve
        All points, and those that were fitted.
    chosen : Window
        Where these lie, and why there.
    free, kept : Solution
        The fit with all parameters free; and the one to quote. It is the same unless a
        parameter that cannot be negative came out so by more than three errors, or was not
        wanted: there it is held at 0.
    """

    curve: ResistanceCurve
    part: ResistanceCurve
    chosen: Window
    free: Solution
    kept: Solution

    @property
    def law(self) -> Law:
        """The law of the normal state."""
        return self.kept.law

    @cached_property
    def parameters(self) -> dict[str, UFloat]:
        """What was fitted, by name, in the unit of the curve; correlated with each other.

        Where the curve was read out of a figure their errors hold those of its axes.
        """
        values = correlated(self.kept.named[0], self.kept.covariance)
        by_name = dict(zip(self.kept.names, values, strict=True))
        if self.kept.by_axis is None or self.curve.digitised is None:
            return by_name
        moved = self.kept.by_axis @ np.array(self.curve.digitised.causes)
        return {name: by_name[name] + by for name, by in zip(by_name, moved, strict=True)}

    def read_part(self, name: str) -> float:
        """Return the part of a parameter's error that comes from the axes of a figure, or 0."""
        return reading_part(self.parameters[name])

    @property
    def held(self) -> frozenset[str]:
        """The parameters that were held at 0, and so have no error."""
        return self.kept.held

    @property
    def minimum(self) -> Minimum:
        """The minimum that was kept, in the solver's parameters, in parts of `scale`."""
        return self.kept.minimum

    @property
    def scale(self) -> float:
        """The unit of the solver's resistances, in the curve's unit."""
        return self.kept.scale

    @property
    def window(self) -> tuple[float, float]:
        """First and last temperature used, K."""
        return float(self.part.temperature[0]), float(self.part.temperature[-1])

    @property
    def n_points(self) -> int:
        """Number of points used."""
        return len(self.part)

    @property
    def dof(self) -> float:
        """Degrees of freedom: (effective) points less parameters."""
        return self.minimum.dof

    @property
    def errors_known(self) -> bool:
        """Whether enough independent points are left over to know the errors.

        Where not, the points are too few or repeat each other too much; the errors are
        then no more than a guess and should not be quoted.
        """
        return self.minimum.dof > 1

    @property
    def nominal(self) -> float:
        """Factor from the errors to those of independent residuals, at most 1."""
        return self.kept.nominal

    @property
    def residuals(self) -> Floats:
        """Measured less fitted resistance, shape (n_points,), unit of the curve."""
        return self.minimum.residuals * self.scale

    @property
    def correlation(self) -> Correlation:
        """Correlation of neighbouring residuals and the widening that it caused."""
        return self.minimum.correlation

    @cached_property
    def r_squared(self) -> float:
        """Coefficient of determination of the (weighted) fit."""
        squared = self.kept.weights**2
        measured = self.part.resistance
        mean = (squared @ measured) / squared.sum()
        return 1 - float(squared @ self.residuals**2) / float(squared @ (measured - mean) ** 2)

    def model_at(self, t: Floats) -> Model:
        """Return the fitted model at temperatures t (K), in parts of `scale`."""
        raise NotImplementedError

    def predict(self, t: ArrayLike) -> Floats:
        """Return the fitted resistance at temperatures t (K), in the curve's unit."""
        return self.model_at(above_zero(t)).value(self.minimum.parameters) * self.scale

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
        model, minimum = self.model_at(above_zero(t)), self.minimum
        jacobian = model.jacobian(minimum.parameters)
        half = band_half_width(jacobian, minimum.covariance, student(level, self.dof))
        fitted = model.value(minimum.parameters)
        return (fitted - half) * self.scale, (fitted + half) * self.scale

    def stated(
        self,
        value: UFloat | None,
        unit: str,
        *,
        held: bool = False,
        interval: tuple[float, float] | None = None,
        systematic: float | None = None,
    ) -> dict[str, Any]:
        """Return a number for JSON: None where its error is not known, no error if it was held."""
        if value is None or not self.errors_known:
            return number(None, unit)
        if held:
            return number(value.n, unit)
        if by_axes := reading_part(value):
            systematic = float(np.hypot(systematic or 0.0, by_axes))
        return number(value, unit, interval=interval, systematic=systematic)

    @property
    def theta_d(self) -> UFloat:
        """Debye temperature, K."""
        return self.parameters.get("theta_d")

    @property
    def r0(self) -> UFloat:
        """Residual resistance, unit of the curve."""
        return self.parameters.get("r0")

    @property
    def a(self) -> UFloat:
        """Amplitude of the phonon term, unit of the curve."""
        return self.parameters.get("a")

    @property
    def g_sat(self) -> UFloat:
        """Conductance of the saturation channel, 1/R_sat, 1/unit; no error if held at 0."""
        return self.parameters.get("g_sat")

    @cached_property
    def g_free(self) -> UFloat:
        """The same of the unbounded fit, negative where R_sat means nothing; None without G."""
        if "g_sat" not in self.law.names:
            return None
        return uncertainties.ufloat(self.free.values["g_sat"], self.free.whole_error("g_sat"))

    @property
    def theta_d_free(self) -> float:
        """Debye temperature of the unbounded fit, K."""
        return self.free.values["theta_d"]

    @property
    def first_free(self) -> str:
        """The law's first parameter in the unbounded fit, in words: "Theta_D is 412 K"."""
        first = self.law.first
        name, form = (
            ("Theta_D", ".0f") if first.name == "theta_d" else (f"the {first.title}", ".3g")
        )
        value = f"{self.free.values[first.name]:{form}} {first.unit_for(self.curve.unit)}"
        return f"{name} is {value}".rstrip()

    @property
    def n(self) -> float:
        """Exponent of the law, given or fitted."""
        return self.kept.values.get("n", self.kept.n)

    @property
    def g_at_zero(self) -> bool:
        """Whether G = 1/R_sat was held at 0: it came out negative beyond its error, or as asked."""
        return "g_sat" in self.held

    @property
    def bends_wrongly(self) -> bool:
        """Whether the data bend as the law cannot: G is below zero by more than three errors."""
        return self.g_free is not None and self.free.below_zero("g_sat")

    @property
    def law_fails(self) -> bool:
        """Whether the data reject the law, so that they limit none of its parameters."""
        return self.bends_wrongly

    @cached_property
    def g_interval(self) -> tuple[float, float] | None:
        """Unified 95 % interval of G = 1/R_sat, 1/unit; None without G or where the law fails.

        It begins at 0 where R_sat may be infinite.
        """
        if self.g_free is None or self.law_fails or not self.errors_known:
            return None
        g = self.g_free if self.g_at_zero else self.g_sat
        return bounded_interval(g.n, g.s, dof=self.free.minimum.dof)

    @property
    def r_sat(self) -> UFloat | None:
        """Saturation resistance; None unless 1/R_sat exceeds (at least) twice its error.

        Nor where the law fails: it says nothing of its parameters then.
        """
        g = self.g_sat
        if g is None or self.law_fails or g.n <= 0 or g.n < max(2.0, student(0.95, self.dof)) * g.s:
            return None
        return 1 / g

    @property
    def r_sat_lower(self) -> float | None:
        """Lower limit of the saturation resistance, 95 %, unit of the curve; None without one.

        There is none where the law fails, and none that says anything where it lies below the
        largest resistance measured: eq. 1 cannot exceed R_sat.
        """
        if self.g_interval is None:
            return None
        limit = 1 / self.g_interval[1]
        return float(limit) if limit > float(self.part.resistance.max()) else None

    def _of_curve(self) -> dict[str, Any]:
        """Return what every `to_dict` says of the curve, the law and the fit's quality."""
        return {
            "law": self.law.name,
            "r_squared": self.r_squared,
            "autocorrelation": self.correlation.lag1,
            "n_points": self.n_points,
            "window": list(self.window),
            **stated_data(self.curve),
        }


def warn_saturation(fit: LawFit) -> str | None:
    """Return in words what a fitted 1/R_sat says against the law; None if nothing."""
    g = fit.g_free
    if g is None:
        return None
    if fit.bends_wrongly:
        by = f"{abs(g.n / g.s):.0f} standard errors " if fit.free.minimum.dof > 1 else ""
        return (
            f"1/R_sat came out {by}below zero and is held at 0: the data do not curve as "
            f"{fit.law.title} does (with 1/R_sat free, {fit.first_free}); "
            "no limit of R_sat is quoted"
        )
    if fit.g_at_zero and g.n > 2 * g.s:
        return (
            f"1/R_sat is held at 0 as requested; when fitted it is {g.n / g.s:.1f} standard errors "
            f"above zero, and {fit.first_free}"
        )
    return None


def remark_saturation(fit: LawFit) -> str | None:
    """Return in words what is known of R_sat where it has no value."""
    g = fit.g_free
    if g is None or fit.law_fails or not fit.errors_known or fit.r_sat is not None:
        return None
    lower = fit.r_sat_lower
    limit = (
        f"R_sat > {lower:.3g} {fit.curve.unit} (95 %)"
        if lower is not None
        else "no limit above the measured resistances"
    )
    if fit.g_at_zero:
        return f"1/R_sat is held at 0 as requested: R_sat is taken as infinite; {limit}"
    if g.n < 0:
        return f"1/R_sat came out negative within its error, so R_sat may be infinite; {limit}"
    return f"R_sat is not determined; {limit}"


def warn_correlation(fit: LawFit) -> str | None:
    """Warn of residuals so strongly correlated that no error is known."""
    if fit.minimum.dof > 1:
        return None
    about = fit.parameters[fit.law.first.name].n
    return (
        "the residuals are too few or too smooth (lag-1 autocorrelation "
        f"{fit.correlation.lag1:.2f}) to determine any error: none is quoted; the "
        f"{fit.law.first.title} is about {about:.3g} "
        f"{fit.law.first.unit_for(fit.curve.unit)}"
    )


def remark_correlation(fit: LawFit) -> str | None:
    """Return in words how correlated residuals changed the errors."""
    lag1, significant, widening = fit.correlation
    if fit.minimum.dof <= 1 or not significant:
        return None
    return (
        f"neighbouring residuals are correlated (lag-1 autocorrelation {lag1:.2f}): "
        f"the errors are multiplied by {np.sqrt(widening):.1f}"
    )


def above_zero(t: ArrayLike) -> Floats:
    """Return temperatures as a vector of floats above 0 K.

    Raises
    ------
    AnalysisError
        If one is not.
    """
    try:
        t = np.atleast_1d(np.asarray(t, dtype=float))
    except (TypeError, ValueError):
        raise AnalysisError(f"temperatures must be numbers, got {t!r}") from None
    if not (t > 0).all():
        raise AnalysisError("temperatures must be above 0 K")
    return t
