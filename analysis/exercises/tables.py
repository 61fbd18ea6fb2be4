"""All exercises and learning goals, by chapter."""

import difflib
from collections.abc import Mapping

from analysis.errors import DataError, shown
from analysis.exercises import before, coupling, debye, pressure, strain
from analysis.exercises.exercise import Exercise
from analysis.exercises.goals import Goal

EXERCISES: Mapping[str, tuple[Exercise, ...]] = {
    "before": before.EXERCISES,
    "3-1-debye": debye.EXERCISES,
    "3-2-coupling": coupling.EXERCISES,
    "3-3-strain": strain.EXERCISES,
    "3-4-pressure": pressure.EXERCISES,
}
GOALS: Mapping[str, tuple[Goal, ...]] = {
    "before": before.GOALS,
    "3-1-debye": debye.GOALS,
    "3-2-coupling": coupling.GOALS,
    "3-3-strain": strain.GOALS,
    "3-4-pressure": pressure.GOALS,
}
# How the keys of personal sets begin, whose answers are in their folders.
PERSONAL = "my-"


def exercise(key: str) -> Exercise:
    """Return an exercise by its key.

    Raises
    ------
    DataError
        If there is none of that key; the message suggests the nearest. If it is of a personal
        set.
    """
    by_key = {exercise.key: exercise for several in EXERCISES.values() for exercise in several}
    if key.startswith(PERSONAL):
        raise DataError(
            f"{shown(key)} belongs to a personal set: give folder=, where that set lies"
        )
    if key not in by_key:
        near = difflib.get_close_matches(key, by_key, n=1) or [next(iter(by_key))]
        raise DataError(f"there is no exercise {shown(key)}; did you mean {near[0]}?")
    return by_key[key]
