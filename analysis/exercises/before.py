"""Questions before the first session: what must be known, and no more."""

import math

import numpy as np

from analysis.catalogue.loading import load
from analysis.exercises.exercise import Exercise, Slip, choice
from analysis.exercises.goals import Goal

CURVE = "copper-rrr100"
WAVELENGTH = 0.6199  # angstrom

GOALS = (
    Goal("before-logarithms", "read an exponent off a double logarithmic plot"),
    Goal("before-errors", "say what least squares, standard errors and weighted means are"),
    Goal("before-curves", "read a resistance curve"),
    Goal("before-diffraction", "use Bragg's law, with angles in degrees and in radians"),
    Goal("before-units", "compute a pressure in GPa"),
    Goal("before-python", "read a line of numpy, and run a notebook in order"),
)


def _tenth(curve_name: str = CURVE) -> float:
    """Return where the resistance is a tenth of that at 300 K, in K."""
    curve = load(curve_name)
    warm = np.interp(300.0, curve.temperature, curve.resistance)
    return float(np.interp(warm / 10, curve.resistance, curve.temperature))


def _spacing(two_theta: float) -> float:
    """Return the spacing of planes (angstrom) whose line is at an angle in degrees."""
    return WAVELENGTH / (2 * math.sin(math.radians(two_theta) / 2))


def _strain(breadth: float, theta: float) -> float:
    """Return beta / (4 tan(theta)) of a breadth as it is given and an angle in degrees."""
    return breadth / (4 * math.tan(math.radians(theta)))


def _pressure(radius: float) -> float:
    """Return the pressure (GPa) of 1 kN on a disk of a radius in m."""
    return 1e3 / (math.pi * radius**2) / 1e9


EXERCISES = (
    Exercise(
        key="before-1",
        title="An exponent off a plot",
        goals=("before-logarithms",),
        level=1,
        points=1,
        answer=lambda: (-1.8 - -3.0) / (1.4 - 1.0),
        tolerance=0.05,
        hint="The logarithm of a power is the exponent times the logarithm.",
        slips=(
            Slip(
                "rise and run exchanged",
                lambda: (1.4 - 1.0) / (-1.8 - -3.0),
                "This is the run over the rise: the slope is the rise over the run.",
            ),
            Slip(
                "the rise alone",
                lambda: -1.8 - -3.0,
                "This is the rise. Divide it by the run.",
            ),
        ),
        undo=("sign",),
    ),
    choice(
        "before-2",
        "What least squares minimises",
        goals=("before-errors",),
        points=1,
        options=(
            (
                "The number of points that lie off the line.",
                "Nearly every point lies off the best line; the distances matter.",
            ),
            (
                "The sum of the differences, so that those above and below cancel.",
                "Any line through the middle of the points does that, however it is tilted.",
            ),
            (
                "The sum of the squared differences, each over its squared standard error.",
                "",
            ),
            (
                "The largest difference of all.",
                "Then the single worst point would decide, however poor it is.",
            ),
        ),
        right=3,
        hint="Look at the name of the method.",
    ),
    Exercise(
        key="before-3",
        title="Sixteen readings",
        goals=("before-errors",),
        level=1,
        points=1,
        answer=lambda: 0.3 / math.sqrt(16),
        tolerance=0.002,
        unit="K",
        hint="The mean of many readings is known better than a single reading, by a square root.",
        slips=(
            Slip(
                "of a single reading",
                lambda: 0.3,
                "This is the error of a single reading; the error of the mean is smaller.",
            ),
            Slip(
                "without the root",
                lambda: 0.3 / 16,
                "The error falls with the root of the number of readings.",
            ),
        ),
    ),
    Exercise(
        key="before-4",
        title="Two values, two errors",
        goals=("before-errors",),
        level=1,
        points=1,
        answer=lambda: (500 / 5**2 + 530 / 10**2) / (1 / 5**2 + 1 / 10**2),
        tolerance=0.6,
        unit="K",
        hint="Weight each value with its inverse squared error.",
        slips=(
            Slip(
                "the plain mean",
                lambda: (500 + 530) / 2,
                "This is the plain mean. The value with the smaller error has the larger weight.",
            ),
            Slip(
                "errors not squared",
                lambda: (500 / 5 + 530 / 10) / (1 / 5 + 1 / 10),
                "You weighted with the inverse error; take the inverse squared error.",
            ),
            Slip(
                "errors for weights",
                lambda: (500 * 5 + 530 * 10) / (5 + 10),
                "You gave the poorer value the larger weight: weights fall as the error grows.",
            ),
        ),
        undo=(),
    ),
    Exercise(
        key="before-5",
        title="A tenth of the resistivity",
        goals=("before-curves",),
        level=1,
        points=1,
        answer=_tenth,
        # As well as the figure can be read.
        tolerance=4.0,
        unit="K",
        hint="Read the resistivity at 300 K, and find where the curve has a tenth of this value.",
        slips=(
            Slip(
                "a tenth of the temperature",
                lambda **_: 300.0 / 10,
                "The resistivity is not proportional to the temperature: read the curve.",
            ),
        ),
        undo=("degrees Celsius",),
    ),
    Exercise(
        key="before-6",
        title="Bragg's law",
        goals=("before-diffraction",),
        level=1,
        points=1,
        answer=lambda: _spacing(12.0),
        tolerance=0.005,
        unit="Å",
        hint="The law contains the angle theta; a diffractometer shows 2 theta.",
        slips=(
            Slip(
                "2 theta for theta",
                lambda: _spacing(24.0),
                "The law contains theta, which is half of the given angle 2 theta.",
            ),
            Slip(
                "an angle in radians taken as one in degrees",
                lambda: WAVELENGTH / (2 * math.sin(6.0)),
                "In most programs the sine takes radians, but the angle is in degrees.",
            ),
        ),
        undo=("power of ten", "factor of two"),
    ),
    Exercise(
        key="before-7",
        title="A breadth in degrees",
        goals=("before-diffraction",),
        level=1,
        points=1,
        answer=lambda: _strain(math.radians(0.2), 10.0),
        tolerance=0.0001,
        hint="The breadth must be in radians; take the tangent of theta.",
        slips=(
            Slip(
                "2 theta for theta",
                lambda: _strain(math.radians(0.2), 20.0),
                "Take the tangent of theta, which is half of the given angle 2 theta.",
            ),
            Slip(
                "the breadth in degrees",
                lambda: _strain(0.2, 10.0),
                "The breadth is still in degrees: a strain needs it in radians.",
            ),
        ),
        undo=("power of ten", "factor of two"),
    ),
    Exercise(
        key="before-8",
        title="The pressure on a diamond",
        goals=("before-units",),
        level=1,
        points=1,
        answer=lambda: _pressure(1e-4),
        tolerance=0.5,
        unit="GPa",
        hint="Force over area in newton and square metres gives pascal.",
        slips=(
            Slip(
                "the diameter for the radius",
                lambda: _pressure(2e-4),
                "The area of a disk depends on the radius; the diameter is given.",
            ),
            Slip(
                "without pi",
                lambda: math.pi * _pressure(1e-4),
                "The area of a disk is pi times the squared radius.",
            ),
        ),
    ),
    choice(
        "before-9",
        "A line of numpy",
        goals=("before-python",),
        points=1,
        options=(
            (
                "The mean of all elements of `theta`, if each pressure is above 20.",
                "Python makes the comparison for each element separately.",
            ),
            (
                "The mean of those elements of `theta` whose pressure is above 20.",
                "",
            ),
            (
                "The mean of the elements of `theta` from place 20 on.",
                "That would be written `theta[20:]`.",
            ),
            (
                "How many pressures are above 20.",
                "That would be written `(pressure > 20).sum()`.",
            ),
        ),
        right=2,
        hint="Try it with two short arrays.",
    ),
    choice(
        "before-10",
        "Cells out of order",
        goals=("before-python",),
        points=1,
        options=(
            (
                "It is the new one, because a notebook runs all cells that depend on it.",
                "A notebook does not do this: a cell runs only when you run it.",
            ),
            (
                "It is the old one, until the cell that made it is run again.",
                "",
            ),
            (
                "It is gone, because a changed cell deletes the results below it.",
                "Results stay as they are until their cell is run again.",
            ),
        ),
        right=2,
        hint="Try it: change a number in a cell, and look at a cell below that uses it.",
    ),
)
