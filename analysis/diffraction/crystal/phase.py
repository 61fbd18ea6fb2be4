"""A crystal's cell and space group, and where its powder lines lie."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import gemmi
import numpy as np
from numpy.typing import ArrayLike

from analysis.diffraction.peaks import Index
from analysis.errors import DataError, shown
from analysis.numerics.checks import as_number
from analysis.typing import Floats, Integers

# No crystal has a shorter axis; hardly any powder pattern is of one with a longer.
SHORTEST, LONGEST = 1.5, 100.0
_MOST = 200_000
LENGTHS, ANGLES = ("a", "b", "c"), ("alpha", "beta", "gamma")
# Which products of h, k, l belong to A, B, C, D, E, F.
PRODUCTS = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
_TOLERANCE = 1e-4


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


@dataclass(frozen=True)
class Phase:
    """A crystal: its approximate cell and its space group.

    Parameters
    ----------
    name : str
        What tables and messages call it.
    a, b, c : float
        Axes in angstrom. b and c may be left out where symmetry ties them to a.
    alpha, beta, gamma : float, optional
        Angles in degrees. Left out, they are what symmetry demands.
    space_group : str
        Hermann-Mauguin symbol in any setting ("F m m m", "Amam", "I 41/a m d:2",
        "R -3 m:R"); spaces may be left out.

    Raises
    ------
    DataError
        If the symbol is none, or the cell is not one of this symmetry in angstrom.

    Examples
    --------
    >>> Phase("gold", 4.0786, space_group="F m -3 m").cell
    (4.0786, 4.0786, 4.0786, 90.0, 90.0, 90.0)
    >>> Phase("tin", 5.83, 5.83, 3.18, space_group="F m -3 m")
    Traceback (most recent call last):
    analysis.errors.DataError: tin: F m -3 m is cubic, so that a = b = c and right angles; got
    a = 5.83, b = 5.83, c = 3.18, alpha = 90, beta = 90, gamma = 90
    """

    name: str
    a: float
    b: float | None = None
    c: float | None = None
    alpha: float | None = None
    beta: float | None = None
    gamma: float | None = None
    space_group: str = "P m -3 m"

    def __post_init__(self) -> None:
        for field, shared in zip(LENGTHS, self.system.axes, strict=True):
            self._settle("axis", field, getattr(self, LENGTHS[shared]))
        for field, demanded in zip(ANGLES, self.system.angles, strict=True):
            shared_angle = self.alpha if self.system.names == ("a", "alpha") else None
            self._settle("angle", field, shared_angle if demanded is None else demanded)
        self._check()

    def _settle(self, kind: str, field: str, otherwise: float | None) -> None:
        """Make an axis or an angle a number: the given one, else what symmetry says."""
        value = getattr(self, field)
        value = otherwise if value is None else value
        if value is None:
            raise DataError(
                f"{self.name}: {self.space_group} is {self.crystal_system}: {kind} {field} is "
                "needed; a cell in full is a, b, c, alpha, beta, gamma"
            )
        object.__setattr__(self, field, as_number(f"{self.name}: {field}", value))

    def _check(self) -> None:
        lengths, angles = np.array(self.cell[:3]), np.array(self.cell[3:])
        shortest, longest = float(lengths.min()), float(lengths.max())
        if shortest <= 0:
            raise DataError(f"{self.name}: axes must be above 0 angstrom, got {shortest:g}")
        if longest > LONGEST or shortest < SHORTEST:
            unit, factor = ("pm", 0.01) if longest > LONGEST else ("nm", 10.0)
            worst = longest if longest > LONGEST else shortest
            raise DataError(
                f"{self.name}: axes are in angstrom, from {SHORTEST:g} to {LONGEST:g}; got "
                f"{worst:g}. If that is in {unit}, write {worst * factor:g}"
            )
        demanded = [angle if angle is not None else np.nan for angle in self.system.angles]
        right = np.isnan(demanded) | (np.abs(angles - demanded) < 0.01)
        equal = np.abs(lengths - lengths[list(self.system.axes)]) < _TOLERANCE * lengths
        if self.system.names == ("a", "alpha"):
            right &= np.abs(angles - angles[0]) < 0.01
        if not (right.all() and equal.all()):
            fields = zip((*LENGTHS, *ANGLES), self.cell, strict=True)
            got = ", ".join(f"{field} = {value:g}" for field, value in fields)
            raise DataError(
                f"{self.name}: {self.space_group} is {self.crystal_system}, so that "
                f"{self.system.words}; got {got}"
            )
        if not ((angles > 0) & (angles < 180)).all() or not self.unit_cell.volume > 0:
            raise DataError(
                f"{self.name}: no cell has angles of {', '.join(f'{one:g}' for one in angles)} "
                "degrees"
            )

    @cached_property
    def group(self) -> gemmi.SpaceGroup:
        """The space group with its operations, as gemmi has it.

        Raises
        ------
        DataError
            If there is none of this symbol.
        """
        symbol = str(self.space_group)
        found = gemmi.find_spacegroup_by_name(symbol) if symbol.isascii() else None
        if found is None:
            raise DataError(
                f"{self.name}: no space group {shown(symbol)} is known{self._similar()}"
            )
        return found

    def _similar(self) -> str:
        known = {one.hm.replace(" ", "").lower(): one.hm for one in gemmi.spacegroup_table()}
        written = str(self.space_group).replace(" ", "").replace("_", "").lower()
        close = difflib.get_close_matches(written, known, n=3)
        return f"; close ones are {', '.join(known[one] for one in close)}" if close else ""

    @property
    def crystal_system(self) -> str:
        """The crystal system; "rhombohedral" for a trigonal group on those axes."""
        system = self.group.crystal_system_str()
        if system != "trigonal":
            return system
        return "rhombohedral" if self.group.ext == "R" else "trigonal"

    @cached_property
    def system(self) -> System:
        """What the space group demands of the cell."""
        system = self.crystal_system
        if system == "monoclinic":
            system += f" {self.group.monoclinic_unique_axis()}"
        return SYSTEMS["hexagonal" if system == "trigonal" else system]

    @property
    def cell(self) -> tuple[float, float, float, float, float, float]:
        """a, b, c in angstrom and alpha, beta, gamma in degrees."""
        values = (self.a, self.b, self.c, self.alpha, self.beta, self.gamma)
        a, b, c, alpha, beta, gamma = (np.nan if one is None else one for one in values)
        return a, b, c, alpha, beta, gamma

    @cached_property
    def unit_cell(self) -> gemmi.UnitCell:
        """The cell as gemmi has it."""
        return gemmi.UnitCell(*self.cell)

    @property
    def metric(self) -> Floats:
        """Scalar products of the axes, shape (3, 3), angstrom^2."""
        return np.array(self.unit_cell.metric_tensor().as_mat33().tolist())

    @property
    def constants(self) -> Floats:
        """The free ones of A to F in 1/d^2, shape (P,), 1/angstrom^2; see `System.basis`."""
        a, b, c, ab, ac, bc = self.unit_cell.reciprocal_metric_tensor().elements_pdb()
        six = np.array([a, b, c, 2 * bc, 2 * ac, 2 * ab])
        return np.asarray(np.linalg.lstsq(self.system.basis.T, six, rcond=None)[0])

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
        lengths = ", ".join(f"{name} = {getattr(self, name):.5g}" for name in free)
        angles = [name for name in ANGLES if name in self.system.names]
        more = ", ".join(f"{name} = {getattr(self, name):.5g}" for name in angles)
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
        return "/".join(label_of(one) for one in self.indices)


def label_of(hkl: Index) -> str:
    """Return "111" or, where an index has more digits or a sign, "1 0 -10"."""
    return ("" if all(0 <= one < 10 for one in hkl) else " ").join(str(one) for one in hkl)


def reflections(
    phase: Phase, wavelength: float, *, two_theta_max: float, two_theta_min: float = 0.0
) -> list[Reflection]:
    r"""Return the lines that the space group allows, in ascending angle.

    .. math::

        1/d^2 = A h^2 + B k^2 + C l^2 + D k l + E h l + F h k, \qquad
        \lambda = 2 d \sin\theta

    Parameters
    ----------
    phase : Phase
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
    Systematic absences are gemmi's. What is allowed may still be too weak to see.

    Examples
    --------
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
    if (expected := 2 * np.pi / 3 * phase.unit_cell.volume / shortest**3) > _MOST:
        raise DataError(
            f"{phase}: some {expected:.0e} lines lie below {two_theta_max:g} degrees at "
            f"{wavelength:g} pm; choose a smaller angle"
        )
    hkl = gemmi.make_miller_array(
        phase.unit_cell, phase.group, shortest * (1 - 1e-9), 0.0, unique=True
    )
    if not len(hkl):
        return []
    families, multiplicity = _orbits(np.asarray(hkl, dtype=np.int64), phase.group)
    design = phase.design(families)
    # By spacing, and within a line as textbooks have it: 511 before 333.
    order = np.lexsort((*(-families.T[::-1]), design @ phase.constants))
    families, multiplicity, design = families[order], multiplicity[order], design[order]
    lines: dict[tuple[float, ...], list[int]] = {}
    for row, key in enumerate(map(tuple, design.tolist())):
        lines.setdefault(key, []).append(row)
    d = 1 / np.sqrt(design @ phase.constants)
    angles = np.degrees(2 * np.arcsin(np.minimum(length / 2 / d, 1)))
    found = []
    for rows in lines.values():
        indices = tuple((int(one[0]), int(one[1]), int(one[2])) for one in families[rows])
        count = int(multiplicity[rows].sum())
        spacing, angle = float(d[rows[0]]), float(angles[rows[0]])
        if two_theta_min <= angle <= two_theta_max:
            found.append(Reflection(indices[0], indices, spacing, angle, count))
    return sorted(found, key=lambda line: line.two_theta)


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


def _orbits(hkl: Integers, group: gemmi.SpaceGroup) -> tuple[Integers, Integers]:
    """Return the usual index of each reflection and the number of its equivalents."""
    operations = np.array([one.rot for one in group.operations().sym_ops], dtype=np.int64)
    operations //= gemmi.Op.DEN
    images = np.einsum("ri,oij->roj", hkl, operations)
    images = np.concatenate([images, -images], axis=1)
    base = 2 * int(np.abs(images).max()) + 1
    code = (images[..., 0] * base + images[..., 1]) * base + images[..., 2]
    multiplicity = 1 + (np.diff(np.sort(code, axis=1), axis=1) > 0).sum(axis=1)
    # Few minus signs first, then large h, then large k.
    usual = np.argmax((images >= 0).sum(axis=2) * base**3 + code, axis=1)
    return images[np.arange(len(hkl)), usual], multiplicity
