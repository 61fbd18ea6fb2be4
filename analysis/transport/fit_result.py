"""What every fit of a curve can be asked, whichever law was fitted."""

import numpy as np
from numpy.typing import ArrayLike
from uncertainties import UFloat

from analysis.errors import AnalysisError
from analysis.numerics.least_squares import Minimum
from analysis.numerics.uncertainty import Correlation, student
from analysis.transport.curve import ResistanceCurve
from analysis.typing import Floats


class FitResult:
    """The part of a fit's result that does not depend on the law.

    Attributes
    ----------
    part : ResistanceCurve
        The points that were fitted.
    found : Minimum
        Where the squares are least; residuals in parts of `scale`.
    scale : float
        Unit of the fit's resistances in the curve's unit.
    """

    part: ResistanceCurve

    @property
    def found(self) -> Minimum:
        """The minimum that the fit ended in."""
        raise NotImplementedError

    @property
    def scale(self) -> float:
        """The unit of the fit's resistances, in the curve's unit."""
        raise NotImplementedError

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
        return self.found.dof

    @property
    def errors_known(self) -> bool:
        """Whether enough independent points are left over to know the errors.

        Where not, the points are too few or repeat each other too much; the errors are
        then no more than a guess and should not be quoted.
        """
        return self.found.dof > 1

    @property
    def nominal(self) -> float:
        """Factor from the errors to those of independent residuals, at most 1.

        The nominal errors take whatever is left over for scatter, misfit included.
        """
        return float(np.sqrt(self.dof / max(self.n_points - self.found.parameters.size, 1)))

    @property
    def residuals(self) -> Floats:
        """Measured less fitted resistance, shape (n_points,), unit of the curve."""
        return self.found.residuals * self.scale

    @property
    def correlation(self) -> Correlation:
        """Correlation of neighbouring residuals and the widening that it caused."""
        return self.found.correlation


class SaturatingFit(FitResult):
    """A fit with eq. 1 in it: what it says of the saturation resistance."""

    curve: ResistanceCurve

    @property
    def g_sat(self) -> UFloat | None:
        """Conductance of the saturation channel, 1/R_sat, 1/unit."""
        raise NotImplementedError

    @property
    def g_free(self) -> UFloat | None:
        """The same of the unbounded fit, negative where R_sat means nothing."""
        raise NotImplementedError

    @property
    def free_dof(self) -> float:
        """Degrees of freedom of the unbounded fit."""
        raise NotImplementedError

    @property
    def theta_d_free(self) -> float:
        """Debye temperature of the unbounded fit, K."""
        raise NotImplementedError

    @property
    def n(self) -> float:
        """Exponent of eq. 1."""
        raise NotImplementedError

    @property
    def g_at_zero(self) -> bool:
        """Whether G = 1/R_sat came out negative and was then held at 0."""
        return self.g_free is not None and self.g_free.n < 0

    @property
    def r_sat(self) -> UFloat | None:
        """Saturation resistance; None unless 1/R_sat exceeds (at least) twice its error."""
        g = self.g_sat
        if g is None or g.n <= 0 or g.n < max(2.0, student(0.95, self.dof)) * g.s:
            return None
        return 1 / g

    @property
    def r_sat_lower(self) -> float | None:
        """Lower limit of the saturation resistance, one-sided, 95 %, unit of the curve."""
        g = self.g_free
        if g is None:
            return None
        # A negative G is scatter or a failing model; either way it must not make the
        # limit tighter than G = 0 would.
        return float(1 / (max(g.n, 0.0) + student(0.95, self.free_dof, one_sided=True) * g.s))


def warn_saturation(fit: SaturatingFit) -> str | None:
    """Return what is to be known of R_sat, in words."""
    g, lower = fit.g_free, fit.r_sat_lower
    if g is None or lower is None:
        return None
    if not fit.errors_known:
        why = "came out negative and " if g.n < 0 else ""
        held = f"{why}is held at 0 (Theta_D with it free: {fit.theta_d_free:.0f} K)"
        return f"1/R_sat {held}" if fit.g_at_zero else None
    limit = f"R_sat > {lower:.3g} {fit.curve.unit} (95 %)"
    said: str | None
    if fit.g_at_zero and g.n >= 0:
        said = (
            f"1/R_sat is held at 0 as asked; left free it lies {g.n / g.s:.1f} standard errors "
            f"above zero, with Theta_D at {fit.theta_d_free:.0f} K"
        )
    elif fit.g_at_zero and g.n < -3 * g.s:
        said = (
            f"1/R_sat came out {abs(g.n / g.s):.0f} standard errors below zero and is held at 0: "
            f"the data do not bend as the n = {fit.n:g} law does, so the model, not the scatter, "
            f"limits Theta_D (with 1/R_sat free: {fit.theta_d_free:.0f} K); formally {limit}"
        )
    elif fit.g_at_zero:
        said = f"1/R_sat came out negative within its error and is held at 0; {limit}"
    else:
        said = f"R_sat is not determined; {limit}" if fit.r_sat is None else None
    return said


def warn_correlation(fit: FitResult) -> str | None:
    """Return what correlated residuals did to the errors, in words."""
    lag1, significant, widening = fit.correlation
    if not fit.errors_known:
        return (
            f"the residuals are too few or too smooth (lag-1 autocorrelation {lag1:.2f}) to know "
            "any error: none is quoted"
        )
    if not significant:
        return None
    return (
        f"neighbouring residuals repeat each other (lag-1 autocorrelation {lag1:.2f}): "
        f"the errors are widened {np.sqrt(widening):.1f} times"
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
