"""What the exercises on section 3.1 have for answers, and what usual slips make of them.

Temperatures are in K, resistances in ohm.
"""

from functools import cache

import numpy as np
from scipy.optimize import brentq

from analysis.catalogue.loading import load
from analysis.errors import DataError
from analysis.exercises.debye_curves import SEED, lesson_curve
from analysis.numerics.uncertainty import lag1_autocorrelation
from analysis.transport.bloch_gruneisen import bloch_gruneisen_integral, resistance
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit, fit_resistance

METAL, RIVAL_METAL = "copper-rrr100", "silver"
SLOPE, COEFFICIENT = 1.2e-3, 1.75e-11  # ohm/K and ohm/K^5: invented, of no metal
ABOVE_DROP, WARM_END = 90.0, 300.0  # K: bounds of windows


@cache
def _fit(curve: ResistanceCurve, low: float = 0.0, **choices: float) -> ResistanceFit:
    """Return the fit of all points above a temperature in K; the package's window without one."""
    window = (low, WARM_END) if low else None
    return fit_resistance(curve, window, **choices)  # type: ignore[arg-type]


def theta_d(key: str, seed: int, low: float = 0.0, **choices: float) -> float:
    """Return the Theta_D (K) of the curve of an exercise; the choices are those of the fit."""
    return float(_fit(lesson_curve(key, seed), low, **choices).theta_d.n)


@cache
def of_metal(metal: str = METAL) -> float:
    """Return the Theta_D (K) of a metal without saturation."""
    return float(_fit(load(metal), saturation=False).theta_d.n)


@cache
def where_misfit_is(times: float, metal: str = METAL, *, down: bool = False) -> float:
    """Return the Theta_D (K) whose misfit is so many times the least, A and R_0 left alone."""
    fit = _fit(load(metal), saturation=False)
    inside = (fit.curve.temperature >= fit.window[0]) & (fit.curve.temperature <= fit.window[1])
    t, r = fit.curve.temperature[inside], fit.curve.resistance[inside]

    def misfit(theta_d: float) -> float:
        law = resistance(t, theta_d=theta_d, r0=fit.r0.n, a=fit.a.n)
        return float(np.sqrt(np.mean((r - law) ** 2)))

    best = float(fit.theta_d.n)
    least = misfit(best)
    far = best / 2 if down else 2 * best  # there the misfit is hundreds of times the least
    return float(brentq(lambda theta_d: misfit(theta_d) - times * least, best, far))


# ---------------------------------------------------------------------------- two limits


def from_limits(constant: float, slope: float, coefficient: float) -> float:
    """Return Theta_D (K) of c = J A/Theta_D^5 and s = A/(4 Theta_D), for 4 J as the constant."""
    return float((constant * slope / coefficient) ** 0.25)


J5 = float(bloch_gruneisen_integral(np.inf))


def two_limits(slope: float = SLOPE, coefficient: float = COEFFICIENT) -> float:
    """Return the Theta_D (K) of a slope (ohm/K) and a coefficient of T^5 (ohm/K^5)."""
    return from_limits(4 * J5, slope, coefficient)


# ---------------------------------------------------------------------------- saturation


def lower_limit(seed: int = SEED) -> float:
    """Return the lower limit of R_sat (ohm), 95 %."""
    limit = _fit(lesson_curve("debye-6", seed), ABOVE_DROP).r_sat_lower
    if limit is None:
        raise DataError(f"curve {seed} of debye-6 sets no limit of R_sat; take another seed")
    return limit


def one_over_g(errors: float, seed: int) -> float:
    """Return 1/(G + so many errors), ohm."""
    g = _fit(lesson_curve("debye-6", seed), ABOVE_DROP).g_sat
    return float(1 / (g.n + errors * g.s))


# ---------------------------------------------------------------------------- rivals, residuals


@cache
def moved(rival_metal: str = RIVAL_METAL, *, free: bool = False) -> float:
    """Return by how much Theta_D (K) is larger with n = 3 than with 5; G is 0 unless left free."""
    three, five = (_fit(load(rival_metal), n=n, saturation=free) for n in (3, 5))
    return float(three.theta_d.n - five.theta_d.n)


def lag1(seed: int = SEED) -> float:
    """Return the lag-1 autocorrelation rho of the residuals."""
    return float(lag1_autocorrelation(_fit(lesson_curve("debye-8", seed), ABOVE_DROP).residuals))


def independent(power: float = 1.0, seed: int = SEED) -> float:
    """Return N ((1 - rho)/(1 + rho))^power of the residuals."""
    rho, points = lag1(seed), _fit(lesson_curve("debye-8", seed), ABOVE_DROP).residuals.size
    return float(points * ((1 - rho) / (1 + rho)) ** power)
