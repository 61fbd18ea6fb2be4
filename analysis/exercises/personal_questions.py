"""What is asked of a student's own data, with the rules that answers are marked by.

The tolerance of a question is one number for all students. It is at least twice as far from the
truth as the package's own analysis of any set that is handed out, so that other windows, other
programs and rounding have the other half. As it is the same for all, it tells nothing either.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from uncertainties import UFloat

from analysis.errors import attempt
from analysis.exercises.coupling_values import lambda_for
from analysis.exercises.exercise import Exercise, Slip
from analysis.exercises.personal_draw import CURVE, PATTERN, TRANSITION, Truths
from analysis.exercises.personal_parts import (
    MU_STAR,
    Parts,
)
from analysis.numerics.summary import number

# What an analysis may be off the truth: so many of its errors, and this part of the tolerance.
SIGMAS, PART = 3.0, 0.5
# No slip nearer than so many tolerances can be told from what is right or close; or from another.
_APART, _SIDE_BY_SIDE = 4.001, 2.001


@dataclass(frozen=True)
class Question:
    """A question on one of the files.

    Attributes
    ----------
    asked : Exercise
        Its answer and slips take `truths`, a `Truths`, and `parts`, a `Parts`.
    file : str
        Which file it is on.
    text : str
        The question, in Markdown.
    by_package : callable
        Returns the answer of the package's own analysis of that file, with its error; a whole
        number where a sentence is to be chosen.
    """

    asked: Exercise
    file: str
    text: str
    by_package: Callable[[Any], UFloat | float]

    def with_slips_apart(self, truths: Truths, parts: Parts) -> Exercise:
        """Return the exercise for a student, without slips that are none.

        A mistake that changes nothing in these data, or comes to the same as another, gets a value
        that nobody can write. Were it left out, the words that stay would tell what the metal is
        like.
        """
        assert self.asked.answer is not None  # noqa: S101 - of every question here
        right = self.asked.answer(truths=truths, parts=parts)
        ranges, slips = [(right, _APART * self.asked.tolerance)], []
        for at, slip in enumerate(self.asked.slips, 1):
            value, _ = attempt(partial(slip.value, truths=truths, parts=parts))
            apart = value is not None and all(abs(value - other) > off for other, off in ranges)
            value = value if value is not None and (apart or self.asked.options) else -1e9 * at
            ranges.append((value, _SIDE_BY_SIDE * self.asked.tolerance))
            slips.append(replace(slip, value=_always(float(value))))
        return replace(self.asked, answer=_always(right), slips=tuple(slips))

    def solved(self, truths: Truths, part: Any) -> bool:
        """Tell whether the package's own analysis of the file comes to the truth."""
        package_value = number(self.by_package(part), self.asked.unit)
        assert self.asked.answer is not None  # noqa: S101 - of every question here
        off = abs(package_value["value"] - self.asked.answer(truths=truths, parts=None))
        error = math.inf if self.asked.options else package_value["stderr"]
        return bool(off <= min(SIGMAS * error, PART * self.asked.tolerance))


def _always(value: float) -> Callable[..., float]:
    return lambda **_: value


def _question(
    key: str,
    title: str,
    file: str,
    text: str,
    answer: Callable[[Truths], float],
    by_package: Callable[[Any], UFloat | float],
    *,
    tolerance: float,
    unit: str = "",
    hint: str,
    slips: tuple[tuple[str, Callable[[Truths, Parts], float], str], ...] = (),
    undo: tuple[str, ...] = ("power of ten",),
    options: tuple[str, ...] = (),
) -> Question:
    def slip(name: str, value: Callable[[Truths, Parts], float], advice: str) -> Slip:
        return Slip(name, lambda *, truths, parts: value(truths, parts), advice)

    asked = Exercise(
        key=f"my-{key}", title=title, goals=(), level=3, points=1,
        answer=lambda *, truths, parts: answer(truths),  # noqa: ARG005 - as the slips are called
        tolerance=tolerance, hint=hint, unit=unit, options=options,
        slips=tuple(slip(*slip_parts) for slip_parts in slips), undo=undo,
    )  # fmt: skip
    return Question(asked, file, text, by_package)


def _saturates(truths: Truths) -> float:
    return 1.0 if math.isfinite(truths.curve.r_sat) else 2.0


_WHICH_BREADTH = "You used full widths at half maximum; the question asks for area over height."
# Both come to nearly the same in many sets, so that one sentence has to be true of each.
_OTHER_SIZE = (
    "Eq. 7 with all lines gives another size. One line alone (Scherrer's equation) leaves out the "
    "strain, and the law of Halder and Wagner divides the breadth between size and strain in "
    "another way."
)
QUESTIONS = (
    _question(
        "debye-temperature", "Debye temperature", CURVE,
        "Fit eq. 1 to the curve. Which Debye temperature does it have?",
        lambda truths: truths.curve.theta_d, lambda part: part.fit.theta_d,
        tolerance=6.0, unit="K",
        hint="Fit the whole curve with all four parameters free, and look at the residuals.",
        slips=(
            ("R_sat at its bound", lambda _, parts: parts.curve.without_saturation,
             "This is the result if R_sat is held at infinity or at a bound: leave 1/R_sat free."),
            ("exponent 3", lambda _, parts: parts.curve.cubic,
             "This is the result for the exponent 3, not 5; look at the residuals."),
        ),
        undo=("power of ten", "degrees Celsius"),
    ),
    _question(
        "residual-resistance", "Residual resistance", CURVE,
        "What is $R_0$ of eq. 1?",
        lambda truths: truths.curve.r0, lambda part: part.fit.r0,
        tolerance=0.001, unit="ohm",
        hint="It is a parameter of eq. 1; the coldest points determine it.",
        slips=(
            ("the coldest points", lambda _, parts: parts.curve.coldest,
             "This is R of the coldest points, where R_sat is parallel to R_0."),
            ("a straight line to 0 K", lambda _, parts: parts.curve.intercept,
             "A straight line through the warm points does not end at R_0: the curve bends."),
        ),
    ),
    _question(
        "saturation", "Saturation", CURVE,
        "Do the data show a saturation of the resistance?",
        _saturates, lambda part: 1.0 if part.fit.r_sat is not None else 2.0,
        tolerance=0.5,
        options=(
            "Yes: 1/R_sat is above zero by many errors, and R_sat has a value.",
            "No: 1/R_sat is zero within about two errors, and R_sat has only a lower limit.",
        ),
        hint="Look at 1/R_sat and its error, with all four parameters free.",
        slips=(("the other", lambda truths, _: 3 - _saturates(truths),
                "Look at 1/R_sat and its error, with all four parameters free."),),
        undo=(),
    ),
    _question(
        "critical-temperature", "Critical temperature", TRANSITION,
        "At which temperature has the resistance fallen to 0.05 of the resistance at the onset?",
        lambda truths: truths.tc, lambda part: part.quoted[0],
        tolerance=0.4, unit="K",
        hint="Find the resistance at the onset first, then where the curve falls to 0.05 of it.",
        slips=(
            ("onset", lambda truths, _: truths.transition.tc_onset or math.nan,
             "This is where the drop starts."),
            ("midpoint", lambda _, parts: parts.transition.fit.tc(0.5).n,
             "This is where half of the resistance at the onset is left."),
        ),
        undo=("power of ten", "degrees Celsius"),
    ),
    _question(
        "coupling", "Coupling constant", TRANSITION,
        "Which coupling constant follows from this curve's own Debye temperature, the critical "
        "temperature of the question before and $\\mu^* = 0.13$, by eqs. 2 to 4?",
        lambda truths: float(lambda_for(truths.tc, truths.transition.theta_d, mu_star=MU_STAR)),
        lambda part: part.quoted[1],
        tolerance=0.02,
        hint="Fit the Debye temperature above the onset of this curve, then solve eqs. 2 to 4.",
        slips=(
            ("McMillan's formula", lambda _, parts: parts.transition.coupling(formula="mcmillan"),
             "This is McMillan's own formula, without the factors of eqs. 3 and 4."),
            ("Allen and Dynes", lambda _, parts: parts.transition.coupling(formula="allen-dynes"),
             "This is the formula of Allen and Dynes, with another frequency as prefactor."),
            ("the other curve's Theta_D",
             lambda _, parts: parts.transition.coupling(theta_d=parts.curve.fit.theta_d.n),
             "You used the Debye temperature of the other curve."),
            ("T_c at the onset",
             lambda truths, parts: parts.transition.coupling(tc=truths.transition.tc_onset or 0.0),
             "You used the temperature of the onset, not the one at 0.05."),
            ("without 1/1.45", lambda _, parts: parts.transition.without_prefactor,
             "Eq. 2 divides the Debye temperature by 1.45; you did not."),
        ),
    ),
    _question(
        "lattice", "Lattice constant", PATTERN,
        "Index the lines of the face-centred cubic crystal. What is its lattice constant?",
        lambda truths: truths.pattern.a, lambda part: part.lattice,
        tolerance=0.004, unit="Å",
        hint="The first two lines are 111 and 200; use all lines.",
        slips=(("distance of planes", lambda _, parts: parts.pattern.lattice.n / 3**0.5,
                "This is the spacing of the planes of the first line, 111."),),
        undo=("power of ten", "factor of two"),
    ),
    _question(
        "strain", "Microstrain", PATTERN,
        "Which microstrain broadens the lines, in addition to the size (eq. 7, integral breadths)?",
        lambda truths: truths.pattern.strain, lambda part: part.strain.strain,
        tolerance=0.0003,
        hint="Use eq. 7 with integral breadths (area over height) in radians.",
        slips=(
            ("full width at half maximum", lambda _, parts: parts.pattern.by_fwhm.strain.n,
             _WHICH_BREADTH),
            ("eq. 8", lambda _, parts: parts.pattern.strain.strain_by_reduced.n,
             "This is the result of eq. 8, which assumes that no size broadens the lines."),
            ("2 theta", lambda _, parts: parts.pattern.with_two_theta,
             "The angle of eq. 7 is theta, half of 2 theta."),
        ),
        undo=("power of ten", "degrees for radians", "factor of two"),
    ),
    _question(
        "size", "Size", PATTERN,
        "Which size of the crystallites follows from the same fit, with Scherrer's constant 0.9?",
        lambda truths: truths.pattern.size, lambda part: part.strain.size,
        tolerance=1.5, unit="nm",
        hint="It follows from the intercept of the line of eq. 7, with breadths in radians.",
        slips=(
            ("full width at half maximum", lambda _, parts: parts.pattern.size_by_fwhm,
             _WHICH_BREADTH),
            ("the strongest line alone", lambda _, parts: parts.pattern.of_strongest,
             _OTHER_SIZE),
            ("Halder and Wagner", lambda _, parts: parts.pattern.size_by_halder_wagner,
             _OTHER_SIZE),
        ),
        undo=("power of ten", "radians for degrees"),
    ),
)  # fmt: skip
