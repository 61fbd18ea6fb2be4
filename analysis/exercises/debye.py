"""Exercises on section 3.1: the Debye temperature from the resistance, eq. 1."""

from analysis.exercises import debye_values as values
from analysis.exercises.debye_curves import SEED, WINDOW_SEED
from analysis.exercises.debye_values import COEFFICIENT, METAL, RIVAL_METAL, SLOPE
from analysis.exercises.exercise import Exercise, Slip, choice
from analysis.exercises.goals import Goal

GOALS = (
    Goal("debye-shape", "say which part of R(T) each parameter of eq. 1 moves"),
    Goal("debye-limits", "use the limits of eq. 1 far below and far above the Debye temperature"),
    Goal("debye-fit", "bring a curve into kelvin and ohm, fit eq. 1, and quote what comes out"),
    Goal("debye-saturation", "tell a saturation resistance from a lower limit of one"),
    Goal("debye-doubt", "judge a fit by its residuals, and by a rival exponent, not by R² alone"),
    Goal("debye-window", "choose the window of a fit, and say what the choice does to the result"),
)

EXERCISES = (
    Exercise(
        key="debye-1",
        title="Read it off the slider",
        goals=("debye-shape", "debye-fit"),
        level=1,
        points=1,
        answer=lambda metal=METAL: values.where_misfit_is(10, metal),
        # Two steps of the slider, between which the misfit changes from 8 to 12 times the least.
        tolerance=2.0,
        unit="K",
        hint="Press “Best fit” first and note the misfit. Then move only the Debye temperature, to "
        "the right.",
        slips=(
            Slip(
                "the best fit",
                values.of_metal,
                "That is the best fit, where the slider starts. Move the slider from there.",
            ),
            Slip(
                "downwards",
                lambda metal=METAL: values.where_misfit_is(10, metal, down=True),
                "That is on the other side of the best fit. Find the larger Debye temperature.",
            ),
            Slip(
                "the change alone",
                lambda metal=METAL: values.where_misfit_is(10, metal) - values.of_metal(metal),
                "That is how far you moved. Give the Debye temperature where you stopped.",
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
                "Line 1: the ratio is the same at all temperatures, and it is not 1.",
                "This is the line of A, which multiplies the whole phonon part.",
            ),
            (
                "Line 2: the ratio is 1 at all temperatures.",
                "This is the line of R_0, which shifts the curve and does not change its rise.",
            ),
            (
                "Line 3: the ratio is farthest from 1 at low temperature, and constant at high T.",
                "",
            ),
            (
                "Line 4: the ratio is 1 at low temperature, and moves away from 1 as T rises.",
                "This is saturation: a parallel resistor matters where the resistance is large.",
            ),
        ),
        right=3,
        hint="Which power of the Debye temperature appears in each of the two limits of eq. 1?",
    ),
    choice(
        "debye-3",
        "Two curves, one slope",
        goals=("debye-limits",),
        points=1,
        options=(
            (
                "Points are noisier at high temperature.",
                "The noise is the same at all temperatures. What is the limit of eq. 1 at high T?",
            ),
            (
                "Far above the Debye temperature, eq. 1 shows little more than A divided by it.",
                "",
            ),
            (
                "Both curves saturate there.",
                "Neither of them has a saturation resistance.",
            ),
            (
                "Far above the Debye temperature phonons no longer scatter the electrons.",
                "They scatter more than at low temperature: the resistance is in proportion to T.",
            ),
        ),
        right=2,
        hint="Write down the limit of eq. 1 for high temperature. What can a fit get from it?",
    ),
    Exercise(
        key="debye-4",
        title="Two limits make a Debye temperature",
        goals=("debye-limits",),
        level=2,
        points=2,
        answer=values.two_limits,
        # Both numbers are given to three digits, which a fourth root makes finer still; 5! in
        # place of J_5, 1 % off, is told apart.
        tolerance=0.9,
        unit="K",
        hint="Divide one limit by the other: A drops out, and a power of the Debye temperature "
        "is left.",
        slips=(
            Slip(
                "the factor of the hot limit forgotten",
                lambda slope=SLOPE, coefficient=COEFFICIENT: values.from_limits(
                    values.J5, slope, coefficient
                ),
                "The slope of the hot limit is not A over the Debye temperature: a number is "
                "missing.",
            ),
            Slip(
                "5! for J_5",
                lambda slope=SLOPE, coefficient=COEFFICIENT: values.from_limits(
                    480, slope, coefficient
                ),
                "J_5 of infinity is not exactly 5!: a zeta function multiplies the factorial.",
            ),
            Slip(
                "the fifth root",
                lambda slope=SLOPE, coefficient=COEFFICIENT: (
                    values.two_limits(slope, coefficient) ** 0.8
                ),
                "Count the powers again: the slope takes one of the five.",
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
        answer=lambda seed=SEED: values.theta_d("debye-5", seed) / 4,
        # The fit's error is half a kelvin in these units; windows that leave out 20 K at one end
        # or 50 K at the other move it by less.
        tolerance=1.5,
        unit="K",
        hint="Turn both columns into kelvin and ohm, make a curve of them, and fit all points.",
        slips=(
            Slip(
                "the Debye temperature itself",
                lambda seed=SEED: values.theta_d("debye-5", seed),
                "That is the Debye temperature. The curve bends at a fraction of it.",
            ),
            Slip(
                "no saturation",
                lambda seed=SEED: values.theta_d("debye-5", seed, saturation=False) / 4,
                "Your fit has no saturation, and this curve does saturate: look at the residuals.",
            ),
        ),
        undo=("degrees Celsius", "power of ten"),
    ),
    Exercise(
        key="debye-6",
        title="What the data say about saturation",
        goals=("debye-saturation",),
        level=2,
        points=2,
        answer=values.lower_limit,
        # A two-sided interval of Gauss's law ends within a hundredth of it.
        tolerance=0.3,
        unit="ohm",
        hint="The fit gives G = 1/R_sat and its error. Which end of the interval of G gives the "
        "lower limit of R_sat?",
        slips=(
            Slip(
                "the value at the minimum",
                lambda seed=SEED: values.one_over_g(0.0, seed),
                "That is 1/G. G is zero within two errors, so 1/G is not a value of R_sat.",
            ),
            Slip(
                "one error",
                lambda seed=SEED: values.one_over_g(1.0, seed),
                "One standard error is an interval of 68 %. The question asks for 95 %.",
            ),
        ),
    ),
    Exercise(
        key="debye-7",
        title="A rival exponent",
        goals=("debye-doubt",),
        level=2,
        points=2,
        answer=values.moved,
        # Two numbers rounded to 1 K.
        tolerance=2.0,
        unit="K",
        hint="Fit all points twice, with saturation=False: once as it is, once with n=3.",
        slips=(
            Slip(
                "saturation left free",
                lambda rival_metal=RIVAL_METAL: values.moved(rival_metal, free=True),
                "One of your two fits has a saturation and the other does not: give "
                "saturation=False to both.",
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
        answer=lambda seed=SEED: values.independent(seed=seed),
        # Corrected for what four parameters absorb, as the package does, it is 7 less.
        tolerance=12.0,
        hint="The autocorrelation is sum(r_i r_i+1)/sum(r_i²), over the residuals in order of "
        "temperature.",
        slips=(
            Slip(
                "all points",
                lambda seed=SEED: values.independent(0.0, seed),
                "That is the number of measured points. Neighbouring points share their noise.",
            ),
            Slip(
                "the factor of errors in place of that of variances",
                lambda seed=SEED: values.independent(0.5, seed),
                "You took a square root. The errors grow by the root, but the number of points "
                "falls by the whole factor.",
            ),
            Slip(
                "the autocorrelation itself",
                values.lag1,
                "Such a small number is ρ itself, or a ratio that contains only ρ: put ρ into the "
                "formula.",
            ),
        ),
        undo=(),
    ),
    Exercise(
        key="debye-9",
        title="Defend your window",
        goals=("debye-window", "debye-fit"),
        level=3,
        points=4,
        answer=lambda window_seed=WINDOW_SEED: values.theta_d("debye-9", window_seed),
        # Lower bounds from 80 to 115 K, with and without saturation, move it by up to 6 K, about
        # as much as its error; what the curve was made from lies as near.
        tolerance=7.0,
        unit="K",
        hint="Start above the drop, and end where the points end. Then move the lower bound.",
        slips=(
            Slip(
                "the exponent 3",
                lambda window_seed=WINDOW_SEED: values.theta_d("debye-9", window_seed, n=3),
                "That is the law with n = 3; eq. 1 has n = 5. Compare the residuals of both.",
            ),
            Slip(
                "the exponent 3 without saturation",
                lambda window_seed=WINDOW_SEED: values.theta_d(
                    "debye-9", window_seed, n=3, saturation=False
                ),
                "That is the law with n = 3; eq. 1 has n = 5. Read the warnings of this fit.",
            ),
            Slip(
                "where the curve turns",
                lambda window_seed=WINDOW_SEED: values.theta_d("debye-9", window_seed) / 4,
                "That is where the curve changes from T⁵ to T. Give the Debye temperature itself.",
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
        hint="The page of the project says what to hand in, and how it is marked.",
        unit="K",
    ),
)
