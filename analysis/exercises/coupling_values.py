"""What the exercises on section 3.2 compare with: values of a curve, and of two temperatures."""

import warnings
from collections.abc import Callable
from functools import cache
from math import hypot
from typing import Any

from uncertainties import UFloat, ufloat

from analysis.catalogue.loading import load
from analysis.errors import FitError
from analysis.transport.coupling import ValidityWarning, coupling_constant
from analysis.transport.transition import temperature_at, transition_depth
from analysis.transport.transition_fit import TransitionFit, fit_transition

CURVE = "twin-run2-15.0gpa"
# About lead's, in K: so strong a coupling that the formulas differ, and below 1.5. The errors are
# supposed.
TC, TC_ERROR, THETA_D, THETA_ERROR = 7.2, 0.1, 105.0, 2.0
# A transition of the size of the twin's: onset in K, and F.
ONSET, SHARPNESS = 78.0, 24.0


# ---------------------------------------------------------------------------- of a curve


@cache
def fit(curve_name: str, n: float = 5) -> TransitionFit:
    """Return the fit of eqs. 1 and 5 to a curve.

    Parameters
    ----------
    curve_name : str
    n : float
        Exponent of eq. 1.

    Raises
    ------
    FitError
        If its transition can only be read off.
    """
    fitted = fit_transition(load(curve_name), n=n)
    if not isinstance(fitted, TransitionFit):
        raise FitError(f"{curve_name}: {fitted.why}; these exercises need a curve with a shape")
    return fitted


def tc_at(curve_name: str = CURVE, criterion: float = 0.5) -> float:
    """Return T_c (K) at a part of the onset resistance."""
    return float(fit(curve_name).tc_quoted(criterion).n)


def tc_onset(curve_name: str = CURVE) -> float:
    """Return the onset (K)."""
    return float(fit(curve_name).tc_onset.n)


def tc_of_drop(curve_name: str = CURVE) -> float:
    """Return the temperature (K) where half of the drop is left."""
    return tc_at(curve_name, (1 + fit(curve_name).floor.n) / 2)


def lambda_of(
    curve_name: str = CURVE, *, criterion: float = 0.5, formula: str = "advanced", n: float = 5
) -> UFloat:
    """Return lambda of a curve; the arguments are those of `fit` and of its `coupling`."""
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        return fit(curve_name, n).coupling(criterion, formula=formula)


def lambda_at_onset(curve_name: str = CURVE) -> float:
    """Return lambda if the onset is taken for T_c."""
    return float(lambda_for(tc_onset(curve_name), fit(curve_name).theta_d).n)


def by_criterion(curve_name: str = CURVE, formula: str = "advanced") -> float:
    """Return by how much lambda is larger at a criterion of 0.9 than at 0.5."""
    high, low = (lambda_of(curve_name, criterion=c, formula=formula) for c in (0.9, 0.5))
    return float(high.n - low.n)


# ---------------------------------------------------------------------------- of two numbers


def lambda_for(tc: Any = TC, theta_d: Any = THETA_D, **choices: Any) -> Any:
    """Return lambda for T_c and Theta_D (K), as `analysis.coupling_constant` does."""
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        return coupling_constant(tc, theta_d=theta_d, **choices)


def by_formula(factor: float = 1.0, **choices: Any) -> Callable[..., float]:
    """Return what finds lambda for T_c and a multiple of Theta_D (K), with other choices."""
    return lambda tc=TC, theta_d=THETA_D: float(lambda_for(tc, factor * theta_d, **choices))


def by_mu(tc: float = TC, theta_d: float = THETA_D, formula: str = "advanced") -> float:
    """Return by how much lambda is larger with mu* = 0.15 than with 0.10."""
    high, low = (lambda_for(tc, theta_d, mu_star=mu, formula=formula) for mu in (0.15, 0.10))
    return float(high - low)


def by_mu_relative(tc: float = TC, theta_d: float = THETA_D) -> float:
    """Return the same as a part of lambda."""
    return by_mu(tc, theta_d) / float(lambda_for(tc, theta_d, mu_star=0.10))


def errors(
    tc: float = TC,
    theta_d: float = THETA_D,
    tc_error: float = TC_ERROR,
    theta_error: float = THETA_ERROR,
) -> tuple[float, float]:
    """Return the errors of lambda that come from those (K) of T_c, and of Theta_D, alone."""
    by_tc = lambda_for(ufloat(tc, tc_error), theta_d)
    by_theta = lambda_for(tc, ufloat(theta_d, theta_error))
    return float(by_tc.s), float(by_theta.s)


def proportional(
    tc: float = TC,
    theta_d: float = THETA_D,
    tc_error: float = TC_ERROR,
    theta_error: float = THETA_ERROR,
) -> float:
    """Return what the error of lambda would be if lambda were proportional to T_c/Theta_D."""
    return float(lambda_for(tc, theta_d)) * hypot(tc_error / tc, theta_error / theta_d)


# ---------------------------------------------------------------------------- of eq. 5


def below_onset(f: float) -> float:
    """Return how far below the onset (K) 5 % of its resistance is left, for a sharpness F."""
    return float(ONSET - temperature_at(transition_depth(0.05), ONSET, f))
