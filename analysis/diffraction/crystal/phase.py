"""A crystal by its cell and any space group, whose operations are gemmi's."""

import difflib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import gemmi
import numpy as np

from analysis.diffraction.crystal.cell import (
    ANGLES,
    LENGTHS,
    SYSTEMS,
    Crystal,
    System,
    check_axes,
)
from analysis.diffraction.peaks import Index
from analysis.errors import DataError, shown
from analysis.numerics.checks import as_number
from analysis.typing import Floats, Integers

_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Phase(Crystal):
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
        check_axes(self.name, float(lengths.min()), float(lengths.max()))
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
                f"{self.name}: no cell has angles of {', '.join(f'{angle:g}' for angle in angles)} "
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
        group = gemmi.find_spacegroup_by_name(symbol) if symbol.isascii() else None
        if group is None:
            raise DataError(
                f"{self.name}: space group {shown(symbol)} is not known{self._similar()}"
            )
        return group

    def _similar(self) -> str:
        symbols = {
            group.hm.replace(" ", "").lower(): group.hm for group in gemmi.spacegroup_table()
        }
        written = str(self.space_group).replace(" ", "").replace("_", "").lower()
        close = difflib.get_close_matches(written, symbols, n=3)
        return (
            f"; similar ones are {', '.join(symbols[symbol] for symbol in close)}" if close else ""
        )

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
        a, b, c, alpha, beta, gamma = (np.nan if value is None else value for value in values)
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

    @property
    def volume(self) -> float:
        """Of the cell, angstrom^3."""
        return float(self.unit_cell.volume)

    def forbids(self, hkl: Index) -> bool:
        """Tell whether the space group has no reflection of these indices."""
        return bool(self.group.operations().is_systematically_absent(list(hkl)))

    def families(self, shortest: float) -> tuple[Integers, Integers]:
        """Return the reflections with d of `shortest` or more, see `Crystal.families`."""
        hkl = gemmi.make_miller_array(self.unit_cell, self.group, shortest, 0.0, unique=True)
        if not len(hkl):
            return np.zeros((0, 3), dtype=np.int64), np.zeros(0, dtype=np.int64)
        return _orbits(np.asarray(hkl, dtype=np.int64), self.group)

    def with_cell(self, **constants: float) -> Self:
        """Return the crystal with a cell of these constants."""
        fitted: dict[str, Any] = constants
        return replace(self, **fitted)


def _orbits(hkl: Integers, group: gemmi.SpaceGroup) -> tuple[Integers, Integers]:
    """Return the usual index of each reflection and the number of its equivalents."""
    operations = np.array(
        [operation.rot for operation in group.operations().sym_ops], dtype=np.int64
    )
    operations //= gemmi.Op.DEN
    images = np.einsum("ri,oij->roj", hkl, operations)
    images = np.concatenate([images, -images], axis=1)
    base = 2 * int(np.abs(images).max()) + 1
    code = (images[..., 0] * base + images[..., 1]) * base + images[..., 2]
    multiplicity = 1 + (np.diff(np.sort(code, axis=1), axis=1) > 0).sum(axis=1)
    # Few minus signs first, then large h, then large k.
    usual = np.argmax((images >= 0).sum(axis=2) * base**3 + code, axis=1)
    return images[np.arange(len(hkl)), usual], multiplicity
