"""Exercises on section 3.2: T_c from the transition, lambda from T_c, eqs. 2 to 6."""

from math import hypot

from analysis.exercises import coupling_values as values
from analysis.exercises.coupling_values import CURVE, SHARPNESS, TC, THETA_D
from analysis.exercises.exercise import Exercise, Slip, choice
from analysis.exercises.goals import Goal

GOALS = (
    Goal(
        "coupling-shape",
        "say what the onset and F of eq. 5 do to a transition, and read off its critical "
        "temperature at a criterion",
    ),
    Goal(
        "coupling-criterion",
        "say what a criterion counts from, when a curve does not reach it, and how it changes λ",
    ),
    Goal(
        "coupling-invert",
        "compute λ from a critical and a Debye temperature by eqs. 2-4, and say what another "
        "formula gives",
    ),
    Goal(
        "coupling-error",
        "compute the error of λ from the errors of both temperatures, and compare it with the "
        "effect of other choices",
    ),
    Goal(
        "coupling-claim",
        "check a printed λ by its own inputs, and say under which condition it has a meaning",
    ),
)

EXERCISES = (
    Exercise(
        key="coupling-1",
        title="Half of the resistance",
        goals=("coupling-shape", "coupling-criterion"),
        level=1,
        points=1,
        answer=values.tc_at,
        # By eye the curve and the line of the criterion cross to within this.
        tolerance=0.3,
        unit="K",
        hint="Set the criterion, move both other sliders to their green ticks, and read the "
        "temperature where the line of the criterion meets the curve.",
        slips=(
            Slip(
                "half of the drop for half of the resistance",
                values.tc_of_drop,
                "This is where half of the drop is left. The criterion is a fraction of the whole "
                "resistance at the onset, counted from zero.",
            ),
            Slip(
                "the criterion not moved",
                lambda curve_name=CURVE: values.tc_at(curve_name, 0.9),
                "Here nine tenths of the resistance are left: the slider is still at its start.",
            ),
            Slip(
                "the onset",
                values.tc_onset,
                "This is the onset: the whole resistance is still there.",
            ),
        ),
        undo=("power of ten", "degrees Celsius"),
    ),
    choice(
        "coupling-2",
        "A curve that does not reach the criterion",
        goals=("coupling-criterion",),
        points=1,
        options=(
            (
                "It is the temperature where the resistance stops falling.",
                "The transition ends there, but much more than 5 % of the resistance is left.",
            ),
            (
                "It is the temperature where 5 % of the drop is left.",
                "This counts from the resistance that remains. The criterion counts from zero.",
            ),
            (
                "There is none, because the resistance does not fall to 5 % at any temperature.",
                "",
            ),
            (
                "It is where the fitted curve, continued to lower temperatures, reaches 5 %.",
                "The fitted curve has a floor, too: it never reaches 5 %.",
            ),
        ),
        right=3,
        hint="Set the criterion to 0.05 in the live figure, and read its message.",
    ),
    Exercise(
        key="coupling-3",
        title="What the choice of μ* changes",
        goals=("coupling-error", "coupling-invert"),
        level=1,
        points=1,
        answer=values.by_mu,
        # Two values with three decimals each, and the finest step of the slider.
        tolerance=0.0025,
        hint="Read λ twice with three decimals, and change only μ* in between.",
        slips=(
            Slip(
                "by McMillan's own formula",
                lambda tc=TC, theta_d=THETA_D: values.by_mu(tc, theta_d, "mcmillan"),
                "This is the difference by McMillan's own formula: check which formula is chosen.",
            ),
            Slip(
                "relative to λ",
                values.by_mu_relative,
                "This is the relative difference. Give the difference itself.",
            ),
            Slip(
                "by Allen and Dynes",
                lambda tc=TC, theta_d=THETA_D: values.by_mu(tc, theta_d, "allen-dynes"),
                "This is the difference by the formula of Allen and Dynes.",
            ),
        ),
        undo=("power of ten", "sign"),
    ),
    Exercise(
        key="coupling-4",
        title="Half of F",
        goals=("coupling-shape",),
        level=2,
        points=2,
        answer=lambda: values.below_onset(SHARPNESS / 2) / values.below_onset(SHARPNESS),
        tolerance=0.015,  # one decimal is enough
        hint="At a given criterion the argument of I_0 has the same value for any F. Solve it for "
        "the distance from the onset.",
        slips=(
            Slip(
                "in proportion to 1/F",
                lambda: SHARPNESS / (SHARPNESS / 2),
                "The distance is not proportional to 1/F: look at the exponent in eq. 5.",
            ),
            Slip(
                "the exponent upside down",
                lambda: (SHARPNESS / (SHARPNESS / 2)) ** 1.5,
                "The exponent is inverted: the distance itself is raised to the power 3/2.",
            ),
        ),
    ),
    Exercise(
        key="coupling-5",
        title="λ by hand",
        goals=("coupling-invert",),
        level=2,
        points=3,
        answer=values.by_formula(),
        # Two decimals, and an iteration that is stopped when these stay.
        tolerance=0.01,
        hint="Leave f1 and f2* out and solve for λ. Compute both with it, divide T_c by them, and "
        "solve again, until two decimals stay.",
        slips=(
            Slip(
                "without f1 and f2*",
                values.by_formula(formula="mcmillan"),
                "This is McMillan's own formula, the first step: f1 and f2* are still left out.",
            ),
            Slip(
                "1.2 for 1.45",
                values.by_formula(1.45 / 1.2),
                "You divided the Debye temperature by the number of Allen and Dynes, which belongs "
                "to their mean frequency. Which number does eq. 2 have?",
            ),
            Slip(
                "no 1.45",
                values.by_formula(1.45),
                "You did not divide the Debye temperature by the number in eq. 2.",
            ),
            Slip(
                "1.45 twice",
                values.by_formula(1 / 1.45),
                "You divided the Debye temperature twice by the number in eq. 2.",
            ),
            Slip(
                "mu* = 0.10",
                values.by_formula(mu_star=0.10),
                "This is λ for μ* = 0.10. Which μ* does the question ask for?",
            ),
            Slip(
                "Allen and Dynes",
                values.by_formula(formula="allen-dynes"),
                "This is the formula of Allen and Dynes with a Debye-like spectrum, not eq. 2.",
            ),
        ),
    ),
    Exercise(
        key="coupling-6",
        title="The error of λ",
        goals=("coupling-error",),
        level=2,
        points=3,
        answer=lambda **given: hypot(*values.errors(**given)),
        # Two significant digits, from differences or derivatives.
        tolerance=0.0007,
        hint="Change T_c by its error and see how much λ changes; then do the same with the Debye "
        "temperature. The two errors are independent.",
        slips=(
            Slip(
                "the two errors added",
                lambda **given: sum(values.errors(**given)),
                "Both parts are right, but independent errors do not simply add.",
            ),
            Slip(
                "of T_c alone",
                lambda **given: values.errors(**given)[0],
                "This is the part that comes from T_c. What does the Debye temperature add?",
            ),
            Slip(
                "of Theta_D alone",
                lambda **given: values.errors(**given)[1],
                "This is the part that comes from the Debye temperature. What does T_c add?",
            ),
            Slip(
                "λ in proportion to T_c",
                values.proportional,
                "This would be right if λ were proportional to T_c. By how many percent does λ "
                "rise when T_c rises by one percent?",
            ),
        ),
    ),
    choice(
        "coupling-7",
        "A printed λ",
        goals=("coupling-claim", "coupling-invert"),
        level=2,
        points=2,
        options=(
            (
                "It follows: the difference comes from the rounding of both temperatures.",
                "Change each temperature by half of its last digit: how much does λ change?",
            ),
            (
                "It does not follow, so an input or the formula differs from the printed one.",
                "",
            ),
            (
                "It follows within the printed errors of both temperatures.",
                "Compute the error of λ from both errors: how many errors is the difference?",
            ),
            (
                "It follows by McMillan's own formula, which has no correction factors.",
                "Choose this formula in the chapter's live figure: is its λ nearer to 1.75?",
            ),
        ),
        right=2,
        hint="Compute λ for the printed inputs, then for the ends of each of them.",
    ),
    Exercise(
        key="coupling-8",
        title="λ of this curve",
        goals=("coupling-invert", "coupling-error"),
        level=3,
        points=4,
        answer=lambda curve_name=CURVE: float(values.lambda_of(curve_name).n),
        # The error is 0.015. Windows from 80, 90, 100 or 120 K to 300 K, to 250 K, the normal
        # state alone, and T_c as it is read off the points all lie within 0.02.
        tolerance=0.025,
        hint="Does the window contain the whole normal state and nothing of the transition? Is T_c "
        "read at the criterion of the question?",
        slips=(
            Slip(
                "T_c at the onset",
                values.lambda_at_onset,
                "This T_c is the onset. Which fraction of the resistance does the question name?",
            ),
            Slip(
                "the exponent 3 for 5",
                lambda curve_name=CURVE: float(values.lambda_of(curve_name, n=3).n),
                "This is λ for a law with the exponent 3; eq. 1 has the exponent 5.",
            ),
        ),
    ),
    Exercise(
        key="coupling-9",
        title="The criterion and the error bar",
        goals=("coupling-criterion", "coupling-error"),
        level=3,
        points=4,
        answer=values.by_criterion,
        # T_c by the fit or read off the points, and Theta_D of the usual windows.
        tolerance=0.012,
        hint="Use the same Debye temperature for both. Only T_c changes with the criterion.",
        slips=(
            Slip(
                "by McMillan's own formula",
                lambda curve_name=CURVE: values.by_criterion(curve_name, "mcmillan"),
                "This is the difference by McMillan's own formula, which eq. 2 corrects.",
            ),
            Slip(
                "the error bar",
                lambda curve_name=CURVE: float(values.lambda_of(curve_name).s),
                "This is the error bar of λ at one criterion: compare the difference with it.",
            ),
        ),
        undo=("power of ten", "sign"),
    ),
    Exercise(
        key="coupling-10",
        title="Project: λ of a measured transition, and what it would mean",
        goals=("coupling-criterion", "coupling-error", "coupling-claim"),
        level=4,
        points=20,
        answer=None,
        tolerance=0.0,
        hint="The page of the project says what to hand in, and how it is marked.",
    ),
)
