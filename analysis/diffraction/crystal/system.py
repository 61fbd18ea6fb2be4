"""What each crystal system demands of a unit cell."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.typing import Floats


class System(NamedTuple):
    """What a crystal system demands of a cell.

    Attributes
    ----------
    words : str
        For messages.
    names : tuple of str
        The constants that are free.
    axes : tuple of int
        For a, b and c: the axis whose length each shares.
    angles : tuple of float or None
        alpha, beta, gamma in degrees; None where free.
    basis : ndarray, shape (P, 6)
        What is free in (A, B, C, D, E, F) of
        1/d^2 = A h^2 + B k^2 + C l^2 + D kl + E hl + F hk, in the order of `names`.
    """

    words: str
    names: tuple[str, ...]
    axes: tuple[int, int, int]
    angles: tuple[float | None, float | None, float | None]
    basis: Floats


def _system(
    words: str, names: str, axes: tuple[int, int, int], angles: Sequence[float | None], rows: str
) -> System:
    basis = np.array([[float(entry) for entry in row.split()] for row in rows.split(",")])
    alpha, beta, gamma = angles
    return System(words, tuple(names.split()), axes, (alpha, beta, gamma), basis)


_RIGHT = (90.0, 90.0, 90.0)
_LENGTHS = "1 0 0 0 0 0, 0 1 0 0 0 0, 0 0 1 0 0 0"
SYSTEMS = {
    "cubic": _system("a = b = c and right angles", "a", (0, 0, 0), _RIGHT, "1 1 1 0 0 0"),
    "tetragonal": _system(
        "a = b and right angles", "a c", (0, 0, 2), _RIGHT, "1 1 0 0 0 0, 0 0 1 0 0 0"
    ),
    "hexagonal": _system(
        "a = b, alpha = beta = 90 and gamma = 120 degrees",
        "a c",
        (0, 0, 2),
        (90.0, 90.0, 120.0),
        "1 1 0 0 0 1, 0 0 1 0 0 0",
    ),
    "rhombohedral": _system(
        "a = b = c and three equal angles",
        "a alpha",
        (0, 0, 0),
        (None, None, None),
        "1 1 1 0 0 0, 0 0 0 1 1 1",
    ),
    "orthorhombic": _system("right angles", "a b c", (0, 1, 2), _RIGHT, _LENGTHS),
    "monoclinic a": _system(
        "beta = gamma = 90 degrees",
        "a b c alpha",
        (0, 1, 2),
        (None, 90.0, 90.0),
        f"{_LENGTHS}, 0 0 0 1 0 0",
    ),
    "monoclinic b": _system(
        "alpha = gamma = 90 degrees",
        "a b c beta",
        (0, 1, 2),
        (90.0, None, 90.0),
        f"{_LENGTHS}, 0 0 0 0 1 0",
    ),
    "monoclinic c": _system(
        "alpha = beta = 90 degrees",
        "a b c gamma",
        (0, 1, 2),
        (90.0, 90.0, None),
        f"{_LENGTHS}, 0 0 0 0 0 1",
    ),
    "triclinic": _system(
        "three angles",
        "a b c alpha beta gamma",
        (0, 1, 2),
        (None, None, None),
        f"{_LENGTHS}, 0 0 0 1 0 0, 0 0 0 0 1 0, 0 0 0 0 0 1",
    ),
}
