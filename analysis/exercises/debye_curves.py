"""Synthetic curves of the exercises on section 3.1."""

from dataclasses import replace
from functools import cache

import numpy as np

from analysis.transport.curve import ResistanceCurve
from analysis.twin.curves import make_curve, truth_of
from analysis.typing import Floats

# With these, choices that a careful person may make agree within the tolerances, and lie near
# what the curves were made from.
SEED = 77
WINDOW_SEED = 6  # of debye-9: with and without saturation, lower bounds from 82 to 115 K
# Whom the synthetic curve of an exercise is like.
_LIKE = {
    "debye-5": "twin-run1-7.0gpa",
    "debye-6": "twin-run2-25.0gpa",
    "debye-8": "twin-zero-resistance-22.4gpa",
    "debye-9": "twin-run2-20.5gpa",
}
_THETA_D = 430, 640  # K: between these the Debye temperatures of these curves are drawn
_ICE_POINT = 273.15  # K


def _drawn(key: str, seed: int) -> list[int]:
    return [2401, 804, *key.encode(), seed]


def lesson_truth(key: str, seed: int = SEED) -> float:
    """Return the Debye temperature (K) that the synthetic curve of an exercise is made from."""
    return float(np.random.default_rng(_drawn(key, seed)).uniform(*_THETA_D))


@cache
def lesson_curve(key: str, seed: int = SEED) -> ResistanceCurve:
    """Return the synthetic curve of an exercise.

    It is like one of the twin's, with noise of its own and a Debye temperature that stands in
    no table.

    Parameters
    ----------
    key : str
        Of the exercise: "debye-5".
    seed : int
        Another one is another curve.

    Returns
    -------
    ResistanceCurve
        In K and ohm.
    """
    truth = replace(truth_of(_LIKE[key]), theta_d=lesson_truth(key, seed))
    curve = make_curve(truth, seed=[*_drawn(key, seed), 1])
    return replace(curve, name=f"curve {seed} of {key}", source="made for an exercise")


def celsius_table(seed: int = SEED) -> tuple[Floats, Floats]:
    """Return the curve of debye-5 as its thermometer and bridge show it: in °C and milliohm."""
    curve = lesson_curve("debye-5", seed)
    return curve.temperature - _ICE_POINT, 1000 * curve.resistance
