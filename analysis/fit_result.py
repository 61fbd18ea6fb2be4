"""What every fit of a curve can be asked, whichever law was fitted."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.curve import ResistanceCurve
from analysis.errors import AnalysisError
from analysis.least_squares import Minimum
from analysis.uncertainty import Correlation

Floats = NDArray[np.float64]


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
    def residuals(self) -> Floats:
        """Measured less fitted resistance, shape (n_points,), unit of the curve."""
        return self.found.residuals * self.scale

    @property
    def correlation(self) -> Correlation:
        """Correlation of neighbouring residuals and the widening that it caused."""
        return self.found.correlation


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
