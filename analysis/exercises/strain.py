"""Exercises on section 3.3: strain and size from the breadths of lines, eqs. 7 and 8."""

import math
from functools import partial

from analysis.diffraction.shapes import shape_named
from analysis.exercises import strain_answers as answers
from analysis.exercises.exercise import Exercise, Slip, choice
from analysis.exercises.goals import Goal

GOALS = (
    Goal(
        "strain-laws",
        "say which term of eq. 7 broadens which lines, and which contains the wavelength",
    ),
    Goal(
        "strain-units",
        "turn the breadth of a line into a strain, with the right angle, unit and breadth",
    ),
    Goal("strain-size", "separate a size from a strain by a straight line"),
    Goal(
        "strain-instrument",
        "remove the diffractometer's breadth, as the shape of the lines requires",
    ),
    Goal("strain-limit", "quote a limit where the lines show no size"),
    Goal("strain-split", "tell pairs of lines from single broad lines, and leave the pairs out"),
)

EXERCISES = (
    Exercise(
        key="strain-1",
        title="Read it off the sliders",
        goals=("strain-laws", "strain-size"),
        level=1,
        points=1,
        answer=answers.powder_strain,
        tolerance=0.0002,  # two steps of the slider
        hint="Fit the lines at small angles with D and those at large angles with ε; repeat this.",
        slips=(
            Slip(
                "no size",
                answers.powder_strain_alone,
                "That is the strain without any size: the misfit is still large. Lower D.",
            ),
            Slip(
                "full width at half maximum",
                partial(answers.powder_strain, breadth="fwhm"),
                "That is the strain from the FWHM; take the integral breadth.",
            ),
        ),
    ),
    choice(
        key="strain-2",
        title="Another wavelength",
        goals=("strain-laws",),
        points=1,
        options=(
            (
                "The strain is larger, in proportion to the wavelength.",
                "Does the law of strain alone contain the wavelength?",
            ),
            (
                "The strain is the same; each line lies at a larger angle and is broader.",
                "",
            ),
            (
                "The strain is the same; each line lies at a larger angle and keeps its breadth.",
                "By the law of strain alone, what does a larger angle change in the breadth?",
            ),
            (
                "The strain is smaller, since the tangent of a larger angle is larger.",
                "The breadth of the line grows as well: put both into the law.",
            ),
        ),
        right=2,
        hint="Move the wavelength: which of the two dashed curves changes?",
    ),
    Exercise(
        key="strain-3",
        title="Which breadth was meant?",
        goals=("strain-units",),
        level=1,
        points=1,
        answer=answers.breadth_ratio,
        tolerance=0.02,  # the figure shows three digits of each strain
        hint="Choose each breadth in turn, press “Best fit”, and divide the two strains.",
        slips=(
            Slip(
                "the inverse",
                lambda: 1 / answers.breadth_ratio(),
                "The integral breadth is the larger one: take the inverse of your ratio.",
            ),
            Slip(
                "of Gaussian lines",
                lambda: shape_named("gaussian").integral_breadth(1.0, 0.0),
                "That is the ratio for a Gaussian line: these lines are Lorentzian.",
            ),
        ),
    ),
    Exercise(
        key="strain-4",
        title="One line by hand",
        goals=("strain-units",),
        level=2,
        points=2,
        answer=answers.line_strain,
        tolerance=0.0002,  # the line's own error, and more than its rounding
        hint="Check three things: which angle, which breadth, and the unit of the breadth.",
        slips=(
            Slip(
                "2 theta for theta",
                partial(answers.line_strain, angles=2.0),
                "Take the tangent of the Bragg angle, which is half of the angle in the table.",
            ),
            Slip(
                "full width at half maximum",
                partial(answers.line_strain, breadth="fwhm"),
                "That is the strain from the FWHM; take the integral breadth.",
            ),
            Slip(
                "a factor of four",
                partial(answers.line_strain, times=4.0),
                "Look at the number in front of the strain.",
            ),
        ),
        undo=("power of ten", "degrees for radians"),
    ),
    Exercise(
        key="strain-5",
        title="A size from the intercept",
        goals=("strain-size",),
        level=2,
        points=2,
        answer=answers.powder_size,
        # More than the error; a fit that gives all lines one weight is 0.3 nm away. No wider, for
        # K = 1 has to be told apart.
        tolerance=0.7,
        unit="nm",
        hint="Plot β cos θ against 4 sin θ, with β in rad: the intercept is Kλ/D.",
        slips=(
            Slip(
                "2 theta for theta",
                answers.powder_size_by_two_theta,
                "Take the cosine and the sine of θ, which is half of the angle in the table.",
            ),
            Slip(
                "full width at half maximum",
                partial(answers.powder_size, breadth="fwhm"),
                "That is the size from the FWHM; take the integral breadth.",
            ),
            Slip(
                "K = 1",
                lambda: answers.powder_size() / answers.K,
                "That is the size for K = 1: the exercise gives another K.",
            ),
            Slip(
                "an intercept in degrees",
                lambda: math.radians(answers.powder_size()),
                "Your intercept is in degrees: Kλ/D is an angle in rad.",
            ),
        ),
    ),
    Exercise(
        key="strain-6",
        title="Remove the breadth of the diffractometer",
        goals=("strain-instrument", "strain-size"),
        level=2,
        points=3,
        answer=answers.corrected_size,
        tolerance=1.2,  # its error; the weights of the fit move it by a tenth of that
        unit="nm",
        hint="Lorentzian widths add. What do you have to do with each width before the plot?",
        slips=(
            Slip(
                "not corrected",
                answers.uncorrected_size,
                "That is the size from the measured widths: they still contain the diffractometer.",
            ),
            Slip(
                "subtracted in squares",
                answers.size_by_squares,
                "Squares of widths subtract for Gaussian lines; these lines are Lorentzian.",
            ),
            Slip(
                "full width at half maximum",
                partial(answers.corrected_size, breadth="fwhm"),
                "That is the size from the FWHM: turn the corrected FWHM into an integral breadth.",
            ),
        ),
    ),
    Exercise(
        key="strain-7",
        title="When an error bar becomes a limit",
        goals=("strain-limit",),
        level=2,
        points=3,
        answer=answers.least_size,
        # 1.6 to 2 errors above the intercept the size is up to 8 % off: the factor depends on
        # whether the error counts as known.
        tolerance=8.0,
        unit="nm",
        hint="What is the largest intercept that the lines allow, and which size does it give?",
        slips=(
            Slip(
                "the best value",
                answers.best_size,
                "That is the best value, but its intercept is zero within the error.",
            ),
            Slip(
                "full width at half maximum",
                partial(answers.least_size, breadth="fwhm"),
                "That is the limit from the FWHM; take the integral breadth.",
            ),
        ),
    ),
    choice(
        key="strain-8",
        title="Two lines that look like one",
        goals=("strain-split",),
        level=2,
        points=2,
        options=(
            (
                "The fitted line does not go through the origin.",
                "A size has this effect on single lines, too.",
            ),
            (
                "Many points lie off the fitted line by more than their errors.",
                "A strain that depends on the direction does this, too: check which lines lie off.",
            ),
            (
                "The slope is steeper than at the next lower pressure.",
                "A strain may grow with pressure: compare the lines of this pattern.",
            ),
            (
                "Lines with h = 0 or k = 0 follow one law; the other lines are broader.",
                "",
            ),
        ),
        right=4,
        hint="Compare two neighbouring points in the figure, and their indices.",
    ),
    Exercise(
        key="strain-9",
        title="Which lines to leave out",
        goals=("strain-split", "strain-size"),
        level=3,
        points=4,
        answer=answers.trap_strain,
        tolerance=0.0001,  # its error; any one of the good lines may be missing
        hint="Which lines do not split if one diagonal becomes longer than the other?",
        slips=(
            Slip(
                "all lines",
                partial(answers.trap_strain, all_lines=True),
                "That is the strain from all lines, with the split lines among them.",
            ),
            Slip(
                "no size",
                answers.trap_strain_alone,
                "That is the strain without a size: the intercept is far above zero.",
            ),
        ),
    ),
    Exercise(
        key="strain-10",
        title="A pattern from counts to a sentence",
        goals=("strain-instrument", "strain-limit", "strain-split"),
        level=4,
        points=20,
        answer=None,
        tolerance=0.0,
        hint="The page of the project says what to hand in, and how it is marked.",
    ),
)
