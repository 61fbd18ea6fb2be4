"""Exercises on section 3.3: strain and size from the breadths of lines, eqs. 7 and 8."""

import math
from functools import partial

from analysis.diffraction.shapes import shape_named
from analysis.exercises import strain_answers as answers
from analysis.exercises.exercise import Exercise, Slip, choice
from analysis.exercises.goals import Goal

GOALS = (
    Goal(
        "strain-laws", "say which term of eq. 7 broadens which lines, and which has the wavelength"
    ),
    Goal("strain-units", "turn the breadth of a line into a strain: angle, unit, which breadth"),
    Goal("strain-size", "separate a size from a strain by a straight line"),
    Goal("strain-instrument", "take the diffractometer's breadth off, as the lines' shape asks"),
    Goal("strain-limit", "quote a limit where the lines show no size"),
    Goal("strain-split", "tell lines that are two from lines that are broad, and leave them out"),
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
        hint="Fit the lines at small angles with D, those at large angles with ε, and repeat.",
        slips=(
            Slip(
                "no size",
                answers.powder_strain_alone,
                "That is the strain without any size: the misfit is still large. Lower D.",
            ),
            Slip(
                "full width at half maximum",
                partial(answers.powder_strain, breadth="fwhm"),
                "That is the strain by the FWHM: the integral breadth is asked for.",
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
                "The strain comes out larger, in proportion to the wavelength.",
                "Look for the wavelength in the law of strain alone.",
            ),
            (
                "The strain comes out the same; each line lies farther out and is broader there.",
                "",
            ),
            (
                "The strain comes out the same; each line lies farther out and keeps its breadth.",
                "The law of strain alone says what a larger angle does to the breadth.",
            ),
            (
                "The strain comes out smaller, since the tangent of a larger angle is larger.",
                "The breadth of the line grows as well: put both into the law.",
            ),
        ),
        right=2,
        hint="Move the wavelength: which of the two dashed curves follows?",
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
                "The integral breadth is the larger one: divide the other way round.",
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
        hint="Three things to look at: which angle, which unit of the breadth, which breadth.",
        slips=(
            Slip(
                "2 theta for theta",
                partial(answers.line_strain, angles=2.0),
                "The tangent is that of the Bragg angle, half of the angle in the table.",
            ),
            Slip(
                "full width at half maximum",
                partial(answers.line_strain, breadth="fwhm"),
                "That is the strain by the FWHM: the integral breadth is asked for.",
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
        hint="Draw β cos θ over 4 sin θ, both from θ in rad: the intercept is Kλ/D.",
        slips=(
            Slip(
                "2 theta for theta",
                answers.powder_size_by_two_theta,
                "The cosine and the sine are those of θ, half of the angle in the table.",
            ),
            Slip(
                "full width at half maximum",
                partial(answers.powder_size, breadth="fwhm"),
                "That is the size by the FWHM: the integral breadth is asked for.",
            ),
            Slip(
                "K = 1",
                lambda: answers.powder_size() / answers.K,
                "That is the size for K = 1: the page says which K it takes.",
            ),
            Slip(
                "an intercept in degrees",
                lambda: math.radians(answers.powder_size()),
                "The intercept is in degrees: Kλ/D is an angle in rad.",
            ),
        ),
    ),
    Exercise(
        key="strain-6",
        title="Take the diffractometer off",
        goals=("strain-instrument", "strain-size"),
        level=2,
        points=3,
        answer=answers.corrected_size,
        tolerance=1.2,  # its error; the weights of the fit move it by a tenth of that
        unit="nm",
        hint="Lorentzian widths add. What has to be done to each width before the plot?",
        slips=(
            Slip(
                "not corrected",
                answers.uncorrected_size,
                "That is the size from the widths as measured: the diffractometer is still in it.",
            ),
            Slip(
                "subtracted in squares",
                answers.size_by_squares,
                "Squares subtract for Gaussian lines: these are Lorentzian.",
            ),
            Slip(
                "full width at half maximum",
                partial(answers.corrected_size, breadth="fwhm"),
                "That is the size by the FWHM: turn what is left into an integral breadth.",
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
        hint="Which intercept is the largest that the lines allow, and which size belongs to it?",
        slips=(
            Slip(
                "the best value",
                answers.best_size,
                "That is the best value: its intercept is no farther from zero than errors carry.",
            ),
            Slip(
                "full width at half maximum",
                partial(answers.least_size, breadth="fwhm"),
                "That is the limit by the FWHM: the integral breadth is asked for.",
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
                "A size does that to single lines, too.",
            ),
            (
                "Many points lie off the fitted line by more than their errors.",
                "A strain that depends on the direction does so, too: look which lines are off.",
            ),
            (
                "The slope is steeper than at the next lower pressure.",
                "A strain may grow with pressure: compare lines of this pattern.",
            ),
            (
                "Lines with h = 0 or k = 0 follow one law; the others are broader than they are.",
                "",
            ),
        ),
        right=4,
        hint="Compare two neighbours in the figure, and their indices.",
    ),
    Exercise(
        key="strain-9",
        title="Which lines to leave out",
        goals=("strain-split", "strain-size"),
        level=3,
        points=4,
        answer=answers.trap_strain,
        tolerance=0.0001,  # its error; any one of the good lines may be missing
        hint="Which indices stay one line if one diagonal grows longer than the other?",
        slips=(
            Slip(
                "all lines",
                partial(answers.trap_strain, every=True),
                "That is the strain with the split lines among the others.",
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
