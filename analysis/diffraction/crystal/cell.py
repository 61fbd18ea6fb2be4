"""What every crystal has: symmetry's demands on its cell, spacings, and powder lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from analysis.diffraction.peaks import Index
from analysis.errors import DataError
from analysis.numerics.checks import as_number
from analysis.typing import Floats, Integers

# No crystal has a shorter axis; hardly any powder pattern is of one with a longer.
SHORTEST, LONGEST = 1.5, 100.0
_MOST = 200_000
LENGTHS, ANGLES = ("a", "b", "c"), ("alpha", "beta", "gamma")
# Which products of h, k, l belong to A, B, C, D, E, F.
PRODUCTS = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))


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
    **{
        f"monoclinic {axis}": _system(
            f"{right} = 90 degrees", f"a b c {free}", (0, 1, 2), angles, f"{_LENGTHS}, {row}"
        )
        for axis, free, right, angles, row in (
            ("a", "alpha", "beta = gamma", (None, 90.0, 90.0), "0 0 0 1 0 0"),
            ("b", "beta", "alpha = gamma", (90.0, None, 90.0), "0 0 0 0 1 0"),
            ("c", "gamma", "alpha = beta", (90.0, 90.0, None), "0 0 0 0 0 1"),
        )
    },
    "triclinic": _system(
        "three angles",
        "a b c alpha beta gamma",
        (0, 1, 2),
        (None, None, None),
        f"{_LENGTHS}, 0 0 0 1 0 0, 0 0 0 0 1 0, 0 0 0 0 0 1",
    ),
}


class Crystal:
    """A crystal whose cell and symmetry are known: what indexing and the fit of the cell need.

    Attributes
    ----------
    name : str
        What tables and messages call it.
    a : float
        Its first axis, angstrom.
    space_group : str
        Its Hermann-Mauguin symbol.
    """

    name: str
    a: float
    space_group: str

    @property
    def system(self) -> System:
        """What the space group demands of the cell."""
        raise NotImplementedError

    @property
    def cell(self) -> tuple[float, float, float, float, float, float]:
        """a, b, c in angstrom and alpha, beta, gamma in degrees."""
        raise NotImplementedError

    @property
    def constants(self) -> Floats:
        """The free ones of A to F in 1/d^2, shape (P,), 1/angstrom^2; see `System.basis`."""
        raise NotImplementedError

    @property
    def volume(self) -> float:
        """Of the cell, angstrom^3."""
        raise NotImplementedError

    def forbids(self, hkl: Index) -> bool:
        """Tell whether the space group has no reflection of these indices."""
        raise NotImplementedError

    def families(self, shortest: float) -> tuple[Integers, Integers]:
        """Return the reflections with d of `shortest` (angstrom) or more, one of equivalents.

        Returns
        -------
        (hkl, multiplicity) : ndarrays, shape (N, 3) and (N,)
            Indices as textbooks write them; number of equivalent planes, both sides counted.
        """
        raise NotImplementedError

    def with_cell(self, **constants: float) -> Self:
        """Return the crystal with a cell of these constants, by the names of `CONSTANTS`."""
        raise NotImplementedError

    def design(self, hkl: ArrayLike) -> Floats:
        """Return M of 1/d^2 = M @ constants, shape (N, P), for indices of shape (N, 3)."""
        h = np.asarray(hkl, dtype=float).reshape(-1, 3)
        squares = np.stack([h[:, i] * h[:, j] for i, j in PRODUCTS], axis=1)
        return np.asarray(squares @ self.system.basis.T)

    def d_spacing(self, hkl: ArrayLike) -> Floats:
        """Return spacings of lattice planes, shape (N,), angstrom."""
        return np.asarray(1 / np.sqrt(self.design(hkl) @ self.constants))

    def __str__(self) -> str:
        free = [name for name in LENGTHS if name in self.system.names]
        sizes = dict(zip((*LENGTHS, *ANGLES), self.cell, strict=True))
        lengths = ", ".join(f"{name} = {sizes[name]:.5g}" for name in free)
        angles = [name for name in ANGLES if name in self.system.names]
        more = ", ".join(f"{name} = {sizes[name]:.5g}" for name in angles)
        more = f", {more} degrees" if more else ""
        return f"{self.name} ({self.space_group}, {lengths} angstrom{more})"


@dataclass(frozen=True)
class Reflection:
    """One powder line that a space group allows.

    Attributes
    ----------
    hkl : (int, int, int)
    indices : tuple of (int, int, int)
        All families that share the spacing by symmetry, `hkl` first: 511 and 333.
    d : float
        Spacing of the planes, angstrom.
    two_theta : float
        Degrees.
    multiplicity : int
        Number of equivalent planes, those of both sides counted, over all families.
    """

    hkl: Index
    indices: tuple[Index, ...]
    d: float
    two_theta: float
    multiplicity: int

    @property
    def label(self) -> str:
        """The indices as printed: "511/333", "1 0 10"."""
        return "/".join(label_of(hkl) for hkl in self.indices)


def label_of(hkl: Index) -> str:
    """Return "111" or, where an index has more digits or a sign, "1 0 -10"."""
    return ("" if all(0 <= index < 10 for index in hkl) else " ").join(str(index) for index in hkl)


def reflections(
    crystal: Crystal, wavelength: float, *, two_theta_max: float, two_theta_min: float = 0.0
) -> list[Reflection]:
    r"""Return the lines that the space group allows, in ascending angle.

    .. math::

        1/d^2 = A h^2 + B k^2 + C l^2 + D k l + E h l + F h k, \qquad
        \lambda = 2 d \sin\theta

    Parameters
    ----------
    crystal : Crystal
        A `Phase`, or a `Cubic` lattice.
    wavelength : float
        pm.
    two_theta_max, two_theta_min : float
        Range of angles, degrees.

    Returns
    -------
    list of Reflection
        Families that share d in every cell of the symmetry are one line; those that
        share it by accident of the cell are not.

    Raises
    ------
    DataError
        If the range is none, the wavelength is not in pm, or the lines are more than
        200000.

    Notes
    -----
    Systematic absences of a `Phase` are gemmi's. What is allowed may still be too weak to see.

    Examples
    --------
    >>> from analysis.diffraction.crystal.phase import Phase
    >>> gold = Phase("gold", 4.0786, space_group="F m -3 m")
    >>> [line.label for line in reflections(gold, 154.06, two_theta_max=100)]
    ['111', '200', '220', '311', '222', '400']
    """
    check_wavelength(wavelength)
    two_theta_min = as_number("two_theta_min", two_theta_min)
    two_theta_max = as_number("two_theta_max", two_theta_max)
    if not 0 <= two_theta_min < two_theta_max <= 180:
        raise DataError(
            "angles 2 theta must ascend within 0 to 180 degrees, got "
            f"{two_theta_min:g} to {two_theta_max:g}"
        )
    length = wavelength / 100
    shortest = length / 2 / np.sin(np.radians(two_theta_max) / 2)
    if (expected := 2 * np.pi / 3 * crystal.volume / shortest**3) > _MOST:
        raise DataError(
            f"{crystal}: some {expected:.0e} lines lie below {two_theta_max:g} degrees at "
            f"{wavelength:g} pm; choose a smaller angle"
        )
    families, multiplicity = crystal.families(shortest * (1 - 1e-9))
    if not len(families):
        return []
    design = crystal.design(families)
    # By spacing, and within a line as textbooks have it: 511 before 333.
    order = np.lexsort((*(-families.T[::-1]), design @ crystal.constants))
    families, multiplicity, design = families[order], multiplicity[order], design[order]
    lines: dict[tuple[float, ...], list[int]] = {}
    for row, key in enumerate(map(tuple, design.tolist())):
        lines.setdefault(key, []).append(row)
    d = 1 / np.sqrt(design @ crystal.constants)
    angles = np.degrees(2 * np.arcsin(np.minimum(length / 2 / d, 1)))
    lines_in_range = []
    for rows in lines.values():
        indices = tuple(
            (int(family[0]), int(family[1]), int(family[2])) for family in families[rows]
        )
        count = int(multiplicity[rows].sum())
        spacing, angle = float(d[rows[0]]), float(angles[rows[0]])
        if two_theta_min <= angle <= two_theta_max:
            lines_in_range.append(Reflection(indices[0], indices, spacing, angle, count))
    return sorted(lines_in_range, key=lambda line: line.two_theta)


def check_wavelength(wavelength: float) -> None:
    """Refuse what cannot be an X-ray wavelength in pm.

    Raises
    ------
    DataError
    """
    wavelength = as_number("the wavelength in pm", wavelength)
    if not 5 <= wavelength <= 500:
        hint = f"; if that is in angstrom, write {wavelength * 100:g}" * bool(0 < wavelength < 5)
        raise DataError(f"the wavelength is in pm, 5 to 500, got {wavelength:g}{hint}")


def check_axes(name: str, shortest: float, longest: float) -> None:
    """Refuse the lengths of axes that no crystal has in angstrom.

    Raises
    ------
    DataError
        Naming the unit that they may be in.
    """
    if shortest <= 0:
        raise DataError(f"{name}: axes must be above 0 angstrom, got {shortest:g}")
    if longest > LONGEST or shortest < SHORTEST:
        unit, factor = ("pm", 0.01) if longest > LONGEST else ("nm", 10.0)
        worst = longest if longest > LONGEST else shortest
        raise DataError(
            f"{name}: axes are in angstrom, from {SHORTEST:g} to {LONGEST:g}; got "
            f"{worst:g}. If that is in {unit}, write {worst * factor:g}"
        )
