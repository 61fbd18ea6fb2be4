"""Exercises on section 3.1: the Debye temperature from the resistance, eq. 1."""

from functools import cache

from analysis.catalogue.loading import load
from analysis.exercises.exercise import Exercise, Slip
from analysis.exercises.goals import Goal
from analysis.transport.fit import ResistanceFit, fit_resistance

CURVE = "twin-run2-25.0gpa"

GOALS = (
    Goal("debye-shape", "say which part of R(T) which parameter of eq. 1 moves"),
    Goal("debye-fit", "fit eq. 1 to a curve, and quote the Debye temperature with its error"),
)


@cache
def _fit(curve: str) -> ResistanceFit:
    return fit_resistance(load(curve))


def _theta_d(curve: str = CURVE) -> float:
    return float(_fit(curve).theta_d.nominal_value)


EXERCISES = (
    Exercise(
        key="debye-1",
        title="Read it off the slider",
        goals=("debye-shape",),
        level=1,
        points=1,
        answer=_theta_d,
        tolerance=15.0,
        unit="K",
        hint="Move one slider at a time, and watch the panel of differences, not the curve.",
        slips=(
            Slip(
                "a quarter of the Debye temperature",
                lambda curve=CURVE: _theta_d(curve) / 4,
                "The dashed line marks a quarter of the Debye temperature, where the curve turns.",
            ),
        ),
        undo=("power of ten", "degrees Celsius"),
    ),
)
