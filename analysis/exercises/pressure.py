"""Exercises on section 3.4: means, plateaus and samples under pressure; gauges; stiffness."""

from analysis.exercises import pressure_values as values
from analysis.exercises.exercise import Exercise, Slip, choice
from analysis.exercises.goals import Goal
from analysis.exercises.pressure_values import EARLIER, GOLD_AXIS, LATER, LOWEST, OTHER_SCALE, ZERO

GOALS = (
    Goal("pressure-weights", "say why points of a figure have different weights"),
    Goal("pressure-mean", "compute a weighted mean, and widen its error if chi-square requires it"),
    Goal("pressure-constant", "tell a plateau from a trend, and say which change is not excluded"),
    Goal("pressure-samples", "tell the effect of pressure from the effect of a change of sample"),
    Goal("pressure-scale", "get a pressure from a calibrant, and say what another scale changes"),
    Goal("pressure-stiffness", "get the bulk modulus from lattice constants under pressure"),
)

EXERCISES = (
    Exercise(
        key="pressure-1",
        title="One point, two windows",
        goals=("pressure-weights",),
        level=1,
        points=1,
        answer=values.growth,
        # The figure writes each error with two digits.
        tolerance=1.0,
        hint="Choose the curve first. Read the standard error at both places, and divide.",
        slips=(
            Slip(
                "the earlier over the later error",
                lambda: 1 / values.growth(),
                "The error grows when the window shrinks: divide the later error by the first.",
            ),
            Slip(
                "a step too early",
                lambda: values.growth(EARLIER),
                "This window starts a step too early: it still has points below a quarter of "
                "the Debye temperature.",
            ),
            Slip(
                "a step too late",
                lambda: values.growth(LATER),
                "This window starts a step too late.",
            ),
        ),
        undo=(),
    ),
    choice(
        "pressure-2",
        "A plateau or a trend",
        goals=("pressure-constant",),
        points=1,
        options=(
            (
                "It rises steadily over the whole range of pressures.",
                "Cover the points below 14 GPa: do the others still rise?",
            ),
            (
                "It is lower below 14 GPa; above, most points agree, and one sample lies lower.",
                "",
            ),
            (
                "It is the same at all pressures, within the errors.",
                "Compare the first three points of run 1 with the others, in units of the errors.",
            ),
            (
                "It scatters so much that nothing can be said.",
                "Long error bars are not scatter: look at the points with short bars first.",
            ),
        ),
        right=2,
        hint="Look at the points with short bars first.",
    ),
    choice(
        "pressure-3",
        "A step, or another sample?",
        goals=("pressure-samples",),
        points=1,
        options=(
            (
                "The compound has a step there, because chance does not make such a difference.",
                "Right, chance does not. But what else changed between the two points?",
            ),
            (
                "It is chance, because points with errors always scatter.",
                "They scatter by about one standard error. Compare this with the cell's number.",
            ),
            (
                "Pressure and sample changed together: only a sample on both sides could decide.",
                "",
            ),
            (
                "Nothing differs, because each curve was fitted separately.",
                "Fits of different curves are independent; therefore you can compare them.",
            ),
        ),
        right=3,
        hint="What changed from one point to the other? List all changes.",
    ),
    Exercise(
        key="pressure-4",
        title="A mean of values that disagree",
        goals=("pressure-mean", "pressure-weights"),
        level=2,
        points=2,
        answer=lambda lowest=LOWEST: float(values.mean_of(lowest).value.s),
        # Values rounded as the table prints them move it by less than 0.01 K.
        tolerance=0.1,
        unit="K",
        hint="Weight each value with its inverse squared error. Then compute chi-square.",
        slips=(
            Slip(
                "not widened",
                lambda lowest=LOWEST: float(values.mean_of(lowest).nominal.s),
                "This follows from the errors alone. Do the values agree within their errors?",
            ),
            Slip(
                "widened by chi-square over N - 1",
                lambda lowest=LOWEST: (
                    float(values.mean_of(lowest).value.s) * values.mean_of(lowest).widening
                ),
                "Chi-square is a sum of squares: the error grows by the square root.",
            ),
            Slip(
                "of the unweighted mean",
                lambda lowest=LOWEST: values.unweighted(lowest),
                "This is the error of the plain mean, in which poor points count like good ones.",
            ),
        ),
    ),
    Exercise(
        key="pressure-5",
        title="One sample decides",
        goals=("pressure-samples", "pressure-mean"),
        level=2,
        points=2,
        answer=lambda lowest=LOWEST: values.reduced(lowest, ZERO),
        # Values rounded as the table prints them move it by 0.01.
        tolerance=0.02,
        hint="Leave out all curves of one sample at a time, never a single curve of a run.",
        slips=(
            Slip(
                "nothing left out",
                lambda lowest=LOWEST: values.reduced(lowest),
                "This is the value with all samples. Which sample makes it so large?",
            ),
            Slip(
                "another sample left out",
                lambda lowest=LOWEST: values.reduced(lowest, "2"),
                "Without this sample the others still disagree. Try each sample.",
            ),
            Slip(
                "not divided",
                lambda lowest=LOWEST: values.mean_of(lowest, ZERO).chi_square,
                "This is chi-square itself: divide it by the number of values minus one.",
            ),
            Slip(
                "the probability",
                lambda lowest=LOWEST: values.mean_of(lowest, ZERO).p_value,
                "This is the probability of such a chi-square. Give the ratio.",
            ),
        ),
        undo=(),
    ),
    Exercise(
        key="pressure-6",
        title="The same crystal on another scale",
        goals=("pressure-scale",),
        level=2,
        points=2,
        answer=values.rescaled,
        tolerance=0.05,
        unit="GPa",
        hint="Get the pressure on both scales, and subtract the old pressure from the new one.",
        slips=(
            Slip(
                "the pressure itself",
                lambda gold_axis=GOLD_AXIS: values.on_scale(None, gold_axis),
                "This is the pressure on the first scale. How much does the other one change it?",
            ),
            Slip(
                "the pressure on the other scale",
                lambda gold_axis=GOLD_AXIS: values.on_scale(OTHER_SCALE, gold_axis),
                "This is the pressure on the other scale. Subtract the pressure on the first one.",
            ),
            Slip(
                "how far all scales are apart",
                values.apart,
                "This is the range of all scales. Compare only the two scales of the question.",
            ),
        ),
        undo=("sign", "power of ten"),
    ),
    Exercise(
        key="pressure-7",
        title="How stiff is magnesia?",
        goals=("pressure-stiffness",),
        level=2,
        points=3,
        answer=values.stiffness,
        # The equations of Birch and Murnaghan, of 2nd and 3rd order, and of Vinet give values
        # that lie within 1 GPa.
        tolerance=2.0,
        unit="GPa",
        hint="Fit an equation of state to the volumes, and give the bulk modulus at zero pressure.",
        slips=(
            Slip(
                "a straight line through the volumes",
                lambda: values.polynomial(1),
                "A straight line gives the mean stiffness of the range. A crystal becomes stiffer "
                "under pressure, so at zero pressure it is softer.",
            ),
            Slip(
                "a parabola through the volumes",
                lambda: values.polynomial(2),
                "A parabola bends too little at low pressure. Take an equation of state.",
            ),
            Slip(
                "the axis in place of the volume",
                lambda: 3 * values.stiffness(),
                "The relative change of an axis is a third of that of the volume: take the volume.",
            ),
            Slip(
                "a straight line through the axis",
                lambda: values.polynomial(1, axis=True),
                "This is a straight line through the lattice constants: take the volumes and an "
                "equation of state.",
            ),
        ),
        undo=("power of ten",),
    ),
    Exercise(
        key="pressure-8",
        title="Constant to within what?",
        goals=("pressure-constant", "pressure-samples"),
        level=3,
        points=4,
        answer=lambda lowest=LOWEST: values.largest_change(lowest, ZERO),
        # 2 for 1.96, and values rounded as the table prints them, move it by up to 0.5 K.
        tolerance=1.5,
        unit="K",
        hint="Fit a weighted straight line, take the end of the slope's interval that is farther "
        "from zero, and multiply by the range of pressures.",
        slips=(
            Slip(
                "the fitted line alone",
                lambda lowest=LOWEST: values.change(lowest, 0.0),
                "This is the change of the best line. Which change does its error allow?",
            ),
            Slip(
                "one standard error",
                lambda lowest=LOWEST: values.change(lowest, 1.0),
                "You used one standard error of the slope; a 95 % interval is wider.",
            ),
            Slip(
                "errors scaled down to the scatter",
                lambda lowest=LOWEST: values.change(lowest, 1.96, scaled=True),
                "The error of your slope was computed from the scatter of the points, which is "
                "small here by chance (numpy's polyfit does so without cov='unscaled'). Keep the "
                "errors that the fits of the curves gave.",
            ),
            Slip(
                "with the sample that differs",
                lambda lowest=LOWEST: values.largest_change(lowest),
                "The sample at 22.4 GPa is still among your points.",
            ),
        ),
    ),
    Exercise(
        key="pressure-9",
        title="Project: dependence on pressure",
        goals=("pressure-constant", "pressure-samples", "pressure-scale"),
        level=4,
        points=20,
        answer=None,
        tolerance=0.0,
        hint="The page of the project says what to hand in, and how it is marked.",
    ),
)
