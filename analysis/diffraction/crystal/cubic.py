"""Cubic lattices by their centring: for lines of a list, without a space group's operations."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from analysis.diffraction.crystal.cell import SYSTEMS, Crystal, System, check_axes
from analysis.diffraction.peaks import Index
from analysis.errors import DataError, shown
from analysis.numerics.checks import as_number
from analysis.typing import Floats, Integers


def _body_centred(hkl: Index) -> bool:
    return sum(hkl) % 2 == 0


def _face_centred(hkl: Index) -> bool:
    return len({index % 2 for index in hkl}) == 1


def _diamond(hkl: Index) -> bool:
    return _face_centred(hkl) and (0 not in hkl or sum(hkl) % 4 == 0)


# Which reflections the most symmetric group of each lattice allows.
ALLOWED: dict[str, Callable[[Index], bool]] = {
    "P m -3 m": any,
    "I m -3 m": _body_centred,
    "F m -3 m": _face_centred,
    "F d -3 m": _diamond,
}


@dataclass(frozen=True)
class Cubic(Crystal):
    """A cubic crystal: its approximate lattice constant, and what its lattice lets diffract.

    Parameters
    ----------
    name : str
        What tables and messages call it.
    a : float
        Lattice constant, angstrom.
    space_group : {"P m -3 m", "I m -3 m", "F m -3 m", "F d -3 m"}
        Primitive, body-centred or face-centred, or as diamond. A `Phase` takes any other.

    Raises
    ------
    DataError
        If the lattice is none of these, or the constant not one in angstrom.

    Examples
    --------
    >>> from analysis.diffraction.crystal.cell import reflections
    >>> silicon = Cubic("silicon", 5.4309, "F d -3 m")
    >>> [line.label for line in reflections(silicon, 154.06, two_theta_max=70)]
    ['111', '220', '311', '222', '400']
    """

    name: str
    a: float
    space_group: str = "P m -3 m"

    def __post_init__(self) -> None:
        if self.space_group not in ALLOWED:
            raise DataError(
                f"{self.name}: a cubic lattice is one of {', '.join(ALLOWED)}; got "
                f"{shown(self.space_group)}"
            )
        object.__setattr__(self, "a", as_number(f"{self.name}: a", self.a))
        check_axes(self.name, self.a, self.a)

    @property
    def system(self) -> System:
        """What cubic symmetry demands of the cell."""
        return SYSTEMS["cubic"]

    @property
    def cell(self) -> tuple[float, float, float, float, float, float]:
        """a, b, c in angstrom and alpha, beta, gamma in degrees."""
        return self.a, self.a, self.a, 90.0, 90.0, 90.0

    @property
    def constants(self) -> Floats:
        """1/a^2, shape (1,), 1/angstrom^2."""
        return np.array([1 / self.a**2])

    @property
    def volume(self) -> float:
        """Of the cell, angstrom^3."""
        return self.a**3

    def forbids(self, hkl: Index) -> bool:
        """Tell whether the lattice has no reflection of these indices."""
        return not ALLOWED[self.space_group](hkl)

    def families(self, shortest: float) -> tuple[Integers, Integers]:
        """Return the reflections with d of `shortest` or more, see `Crystal.families`."""
        most = int(self.a / shortest)
        hkl = [
            (h, k, l)
            for h in range(most + 1)
            for k in range(h + 1)
            for l in range(k + 1)  # noqa: E741 - crystallography's own letter
            if 0 < h * h + k * k + l * l <= (self.a / shortest) ** 2 and not self.forbids((h, k, l))
        ]
        # As many orders as there are, and two signs of each index that has one.
        orders = [(1, 3, 6)[len({*indices}) - 1] for indices in hkl]
        signs = [2 ** sum(index > 0 for index in indices) for indices in hkl]
        counts = np.array(orders, dtype=np.int64) * np.array(signs, dtype=np.int64)
        return np.array(hkl, dtype=np.int64).reshape(-1, 3), counts

    def with_cell(self, **constants: float) -> Self:
        """Return the crystal with the lattice constant among these."""
        return replace(self, a=constants["a"])
