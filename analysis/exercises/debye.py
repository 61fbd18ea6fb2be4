"""Exercises on section 3.1: the Debye temperature from the resistance, eq. 1."""

from functools import cache

import numpy as np

from analysis.catalogue.loading import load
from analysis.errors import DataError
from analysis.exercises.debye_curves import SEED, lesson_curve
from analysis.exercises.exercise import Exercise, Slip, choice
from analysis.exercises.goals import Goal
from analysis.numerics.uncertainty import lag1_autocorrelation
from analysis.transport.bloch_gruneisen import bloch_gruneisen_integral
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit, fit_resistance

METAL, RIVAL_METAL = "copper-rrr100", "silver"
SLOPE, COEFFICIENT = 1.2e-3, 1.75e-11  # ohm/K and ohm/K^5: invented, of no metal

GOALS = (
    Goal("debye-shape", "say which part of R(T) each parameter of eq. 1 moves"),
    Goal("debye-limits", "use the limits of eq. 1 far below and far above the Debye temperature"),
    Goal("debye-fit", "bring a curve into kelvin and ohm, fit eq. 1, and quote what comes out"),
    Goal("debye-saturation", "tell a saturation resistance from a lower limit of one"),
    Goal("debye-doubt", "judge a fit by its residuals, and by a rival exponent, not by R² alone"),
    Goal("debye-window", "choose the window of a fit, and say what the choice does to the result"),
)

ABOVE_DROP, IN_DROP, WARM_END = 90.0, 70.0, 300.0  # K: bounds of windows


@cache
def _fit(curve: ResistanceCurve, low: float = 0.0, **choices: float) -> ResistanceFit:
    """Return the fit of all points above a temperature in K; the package's window without one."""
    window = (low, WARM_END) if low else None
    return fit_resistance(curve, window, **choices)  # type: ignore[arg-type]


def _theta_d(key: str, seed: int, low: float = 0.0, **choices: float) -> float:
    return float(_fit(lesson_curve(key, seed), low, **choices).theta_d.n)


@cache
def _of_metal(metal: str = METAL) -> float:
    return float(_fit(load(metal), saturation=False).theta_d.n)


# ---------------------------------------------------------------------------- two limits


def _from_limits(constant: float, slope: float, coefficient: float) -> float:
    """Return Theta_D (K) of c = J A/Theta_D^5 and s = A/(4 Theta_D), for 4 J as the constant."""
    return float((constant * slope / coefficient) ** 0.25)


_J5 = float(bloch_gruneisen_integral(np.inf))


def _two_limits(slope: float = SLOPE, coefficient: float = COEFFICIENT) -> float:
    return _from_limits(4 * _J5, slope, coefficient)


# ---------------------------------------------------------------------------- saturation


def _lower_limit(seed: int = SEED) -> float:
    limit = _fit(lesson_curve("debye-6", seed), ABOVE_DROP).r_sat_lower
    if limit is None:
        raise DataError(f"curve {seed} of debye-6 sets no limit of R_sat; take another seed")
    return limit


def _one_over_g(errors: float, seed: int) -> float:
    """Return 1/(G + so many errors), ohm."""
    g = _fit(lesson_curve("debye-6", seed), ABOVE_DROP).g_sat
    return float(1 / (g.n + errors * g.s))


# ---------------------------------------------------------------------------- rivals, residuals


@cache
def _moved(rival_metal: str = RIVAL_METAL, *, free: bool = False) -> float:
    """Return by how much Theta_D (K) is larger with n = 3 than with 5; G is 0 unless left free."""
    three, five = (_fit(load(rival_metal), n=n, saturation=free) for n in (3, 5))
    return float(three.theta_d.n - five.theta_d.n)


def _independent(power: float = 1.0, seed: int = SEED) -> float:
    """Return N ((1 - rho)/(1 + rho))^power of the residuals."""
    left = _fit(lesson_curve("debye-8", seed), ABOVE_DROP).residuals
    rho = lag1_autocorrelation(left)
    return float(left.size * ((1 - rho) / (1 + rho)) ** power)


EXERCISES = (
    Exercise(
        key="debye-1",
        title="Read it off the slider",
        goals=("debye-shape", "debye-fit"),
        level=1,
        points=1,
        answer=_of_metal,
        # 8 K off the best the misfit is a third larger, and the panel of differences shows it.
        tolerance=10.0,
        unit="K",
        hint="Move one slider at a time, and watch the panel of differences, not the curve.",
        slips=(
            Slip(
                "a quarter of the Debye temperature",
                lambda metal=METAL: _of_metal(metal) / 4,
                "That is where the dashed line stands: it marks a quarter of the Debye "
                "temperature, where the curve turns.",
            ),
        ),
        undo=("power of ten", "degrees Celsius"),
    ),
    choice(
        "debye-2",
        "Which line is the Debye temperature?",
        goals=("debye-shape",),
        points=1,
        options=(
            (
                "Line 1: the rise is multiplied by the same number at all temperatures.",
                "A multiplies the whole phonon part: that is its line.",
            ),
            (
                "Line 2: the rise stays what it was.",
                "The residual resistance shifts the curve and leaves its rise alone.",
            ),
            (
                "Line 3: the rise changes most where it is cold, and by a fixed part when hot.",
                "",
            ),
            (
                "Line 4: nothing changes where it is cold, and more and more when hot.",
                "That is saturation: a parallel resistor counts where the resistance is large.",
            ),
        ),
        right=3,
        hint="Which power of the Debye temperature stands in each of the two limits of eq. 1?",
    ),
    choice(
        "debye-3",
        "Two curves, one slope",
        goals=("debye-limits",),
        points=1,
        options=(
            (
                "Points are noisier where it is warm.",
                "These curves have no noise at all, and still cannot be told apart there.",
            ),
            (
                "Far above the Debye temperature only the quotient A/Θ_D is left in eq. 1.",
                "",
            ),
            (
                "Both curves saturate there.",
                "Neither of them has a saturation resistance.",
            ),
            (
                "Far above the Debye temperature phonons no longer scatter the electrons.",
                "They scatter more than anywhere else: the resistance is in proportion to T.",
            ),
        ),
        right=2,
        hint="Write down the limit of eq. 1 for high temperature. What could a fit find in it?",
    ),
    Exercise(
        key="debye-4",
        title="Two limits make a Debye temperature",
        goals=("debye-limits",),
        level=2,
        points=2,
        answer=_two_limits,
        # Both numbers are given to three digits, which a fourth root makes finer still; 5! in
        # place of J_5, 1 % off, is told apart.
        tolerance=0.9,
        unit="K",
        hint="Divide one limit by the other: A drops out, and a power of the Debye temperature "
        "is left.",
        slips=(
            Slip(
                "the factor of the hot limit forgotten",
                lambda slope=SLOPE, coefficient=COEFFICIENT: _from_limits(_J5, slope, coefficient),
                "The slope of the hot limit is not A over the Debye temperature: a number is "
                "missing.",
            ),
            Slip(
                "5! for J_5",
                lambda slope=SLOPE, coefficient=COEFFICIENT: _from_limits(480, slope, coefficient),
                "J_5 of infinity is not quite the factorial of 5: a zeta function goes with it.",
            ),
            Slip(
                "the fifth root",
                lambda slope=SLOPE, coefficient=COEFFICIENT: _two_limits(slope, coefficient) ** 0.8,
                "Count the powers again: one of five is spent on the slope.",
            ),
        ),
        undo=("power of ten", "degrees Celsius"),
    ),
    Exercise(
        key="debye-5",
        title="Degrees Celsius and milliohm",
        goals=("debye-fit", "debye-saturation"),
        level=2,
        points=2,
        answer=lambda seed=SEED: _theta_d("debye-5", seed) / 4,
        # The fit's error is half a kelvin in these units; windows that leave out 20 K at one end
        # or 50 K at the other move it by less.
        tolerance=1.5,
        unit="K",
        hint="Turn both columns into kelvin and ohm first. Then fit all points.",
        slips=(
            Slip(
                "the Debye temperature itself",
                lambda seed=SEED: _theta_d("debye-5", seed),
                "That is the Debye temperature. The curve turns at a part of it.",
            ),
            Slip(
                "no saturation",
                lambda seed=SEED: _theta_d("debye-5", seed, saturation=False) / 4,
                "Your fit has no saturation, and this curve does saturate: look at the residuals.",
            ),
        ),
        undo=("degrees Celsius", "power of ten"),
    ),
    Exercise(
        key="debye-6",
        title="What may be said of the saturation",
        goals=("debye-saturation",),
        level=2,
        points=2,
        answer=_lower_limit,
        # A two-sided interval of Gauss's law ends within a hundredth of it.
        tolerance=0.3,
        unit="ohm",
        hint="The fit knows G = 1/R_sat and its error. Which end of the interval of G is the "
        "lower limit of its inverse?",
        slips=(
            Slip(
                "the value at the minimum",
                lambda seed=SEED: _one_over_g(0.0, seed),
                "That is 1/G itself. G is zero within two errors, so that its inverse is no value.",
            ),
            Slip(
                "one error",
                lambda seed=SEED: _one_over_g(1.0, seed),
                "One standard error is 68 %, and 95 % is asked for.",
            ),
        ),
    ),
    Exercise(
        key="debye-7",
        title="A rival exponent",
        goals=("debye-doubt",),
        level=2,
        points=2,
        answer=_moved,
        # Two numbers rounded to 1 K.
        tolerance=2.0,
        unit="K",
        hint="Fit all points twice, with saturation=False: once as it is, once with n=3.",
        slips=(
            Slip(
                "saturation left free",
                lambda rival_metal=RIVAL_METAL: _moved(rival_metal, free=True),
                "One of your two fits has a saturation and the other has not: compare like with "
                "like.",
            ),
        ),
        undo=("power of ten", "sign"),
    ),
    Exercise(
        key="debye-8",
        title="How many points are there really?",
        goals=("debye-doubt",),
        level=2,
        points=2,
        answer=lambda seed=SEED: _independent(seed=seed),
        # Corrected for what four parameters absorb, as the package does, it is 7 less.
        tolerance=12.0,
        hint="The autocorrelation is sum(r_i r_i+1)/sum(r_i²), over the residuals in order of "
        "temperature.",
        slips=(
            Slip(
                "all points",
                lambda seed=SEED: _independent(0.0, seed),
                "That is how many were measured. Neighbours repeat each other.",
            ),
            Slip(
                "the factor of errors in place of that of variances",
                lambda seed=SEED: _independent(0.5, seed),
                "You took a square root: errors are widened by it, but points become fewer by the "
                "whole factor.",
            ),
        ),
    ),
    Exercise(
        key="debye-9",
        title="Defend your window",
        goals=("debye-window", "debye-fit"),
        level=3,
        points=4,
        answer=lambda seed=SEED: _theta_d("debye-9", seed),
        # Lower bounds from 80 to 110 K move it by up to 5 K, as much as its error.
        tolerance=7.0,
        unit="K",
        hint="Begin above the drop, and end where the points end. Then move the lower bound.",
        slips=(
            Slip(
                "a window that reaches into the drop",
                lambda seed=SEED: _theta_d("debye-9", seed, IN_DROP),
                "Your window reaches into the superconducting drop: the normal state is asked for.",
            ),
            Slip(
                "the same without saturation",
                lambda seed=SEED: _theta_d("debye-9", seed, IN_DROP, saturation=False),
                "Your window reaches into the superconducting drop: the normal state is asked for.",
            ),
        ),
        undo=("power of ten", "degrees Celsius"),
    ),
    Exercise(
        key="debye-10",
        title="Project: a Debye temperature that you would publish",
        goals=("debye-fit", "debye-window", "debye-doubt"),
        level=4,
        points=20,
        answer=None,
        tolerance=0.0,
        hint="The rubric says what a report is marked for.",
        unit="K",
    ),
)
