"""Strain by line and by direction in the crystal."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from uncertainties import UFloat, unumpy

from analysis.diffraction.crystal.cell import label_of
from analysis.diffraction.peaks import Index, PeakTable
from analysis.numerics.means import Mean, weighted_mean
from analysis.typing import Floats


class LineStrain(NamedTuple):
    """What one line says of the strain.

    Attributes
    ----------
    name : str
        Miller indices, or the angle.
    strain : UFloat
        Breadth, less the part of the size where eq. 7 was used, over 4 tan(theta).
    """

    name: str
    strain: UFloat


class Family(NamedTuple):
    """What the orders of reflection from one direction of the crystal say together.

    Attributes
    ----------
    direction : str
        Indices without their common factor and their signs; sorted for a cubic cell.
    strain : UFloat
        Weighted mean of the lines' strains; its error is widened if they disagree.
    n_lines : int
    """

    direction: str
    strain: UFloat
    n_lines: int


class Anisotropy(NamedTuple):
    """How far the strain depends on the direction.

    Attributes
    ----------
    ratio : UFloat
        Largest over smallest strain, of families where the lines are indexed, else of
        lines. Being extremes, they differ by chance too: see the warnings.
    broadest, narrowest : str
        Which they are.
    """

    ratio: UFloat
    broadest: str
    narrowest: str


def name_of(lines: PeakTable, at: int) -> str:
    """Return the Miller indices of a line, or its angle where it has none."""
    index = lines.hkl[at] if lines.hkl else None
    return f"{lines.two_theta[at]:.2f} deg" if index is None else label_of(index)


def families_of(lines: PeakTable, strains: Sequence[UFloat]) -> tuple[Family, ...]:
    """Return the lines' strains by direction; empty unless every line is indexed."""
    groups: dict[str, list[UFloat]] = {}
    for direction, strain in zip(directions_of(lines), strains, strict=False):
        groups.setdefault(direction, []).append(strain)
    return tuple(
        Family(direction, mean_of(strains).value, len(strains))
        for direction, strains in groups.items()
    )


def directions_of(lines: PeakTable) -> list[str]:
    """Return each line's `Family.direction`; empty unless every line is indexed."""
    indices = [index for index in lines.hkl if index is not None]
    if not indices or len(indices) < len(lines):
        return []
    cubic = is_cubic(indices, lines.d_spacing)
    return [label_of(_direction(index, cubic=cubic)) for index in indices]


def mean_of(strains: Sequence[UFloat]) -> Mean:
    """Return the weighted mean of strains, its error widened by their scatter."""
    return weighted_mean(unumpy.nominal_values(strains), unumpy.std_devs(strains))


def anisotropy_of(strains: Sequence[LineStrain | Family]) -> Anisotropy | None:
    """Return the largest over the smallest strain; None if that is not above zero, or one."""
    named = [(strain[0], strain[1]) for strain in strains]
    broadest, most = max(named, key=lambda pair: pair[1].n)
    narrowest, least = min(named, key=lambda pair: pair[1].n)
    if least.n <= 0 or broadest == narrowest:
        return None
    return Anisotropy(most / least, broadest, narrowest)


def _direction(index: Index, *, cubic: bool) -> Index:
    reduced = [abs(i) // max(math.gcd(*index), 1) for i in index]
    first, second, third = sorted(reduced, reverse=True) if cubic else reduced
    return first, second, third


def is_cubic(indices: list[Index], d_spacing: Floats) -> bool:
    """Tell whether one lattice constant explains all spacings to 1 %."""
    constants = d_spacing * np.linalg.norm(np.array(indices, dtype=float), axis=1)
    return bool(np.ptp(constants) < 0.01 * constants.mean())
