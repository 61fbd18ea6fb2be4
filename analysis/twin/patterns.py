"""The synthetic twin of the paper's X-ray patterns.

The patterns of La3Ni2O7 in a diamond anvil cell that section 3.3 analyses are not
redistributable. The twin has their pressures' range, their wavelength and the strain that
the paper prints; each value says whether it is the paper's or assumed here. The line
shape is written down here once more, so that no fit is tested on its own formula.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import gemmi
import numpy as np

from analysis.diffraction.crystal.cell import Reflection, reflections
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.pattern import DiffractionPattern
from analysis.twin.files import Synthetic, csv_text, entry, path_of
from analysis.typing import Floats

WAVELENGTH = 61.99
SHAPE_FACTOR = 0.9
# Idealised bilayer in F m m m: element and position; A m a m is the same, shifted by
# (1/4, 1/4, 0), its tilts left out, so that its further reflections have no intensity.
Atom = tuple[str, tuple[float, float, float]]
ATOMS: tuple[Atom, ...] = (
    ("La", (0.0, 0.0, 0.5)),
    ("La", (0.0, 0.0, 0.32)),
    ("Ni", (0.0, 0.0, 0.097)),
    ("O", (0.0, 0.0, 0.0)),
    ("O", (0.0, 0.0, 0.204)),
    ("O", (0.25, 0.25, 0.095)),
)
ATOMS_GROUP = "F m m m"
B_ISO = 0.5  # angstrom^2
# Angles of the files, and lines whose tails reach into them (degrees).
FIRST, LAST, STEP = 5.0, 27.0, 0.01
LAST_LINE = 29.0
# Weaker lines than this part of the strongest are left out.
FAINTEST = 0.05
# Area of the strongest line, counts times degrees.
STRONGEST = 1400.0


@dataclass(frozen=True)
class PatternTruth(Synthetic):
    r"""The true values behind a synthetic pattern.

    Lines are Lorentzian, of integral breadth (area over height)

    .. math:: \beta = 4 \epsilon \tan\theta + \frac{0.9 \lambda}{D \cos\theta}

    which is eq. 8, and eq. 7 where the size D is finite. The paper does not say which
    breadth it means: that it is the integral one is assumed.

    Attributes
    ----------
    run : str
    pressure : float
        GPa.
    strain : float
        Epsilon, by the integral breadth.
    size : float
        D in nm; infinite where it is larger than can be measured.
    a, b, c : float
        Axes in angstrom.
    space_group : str
    paper : dict
        Which of these the paper prints, and where. Every other value is assumed.
    wavelength : float
        pm.
    instrument : float
        Breadth of the instrument, degrees: neglected.
    breadth, shape : str
        Which breadth the strain belongs to, and the shape of the lines.
    """

    run: str
    pressure: float
    strain: float
    size: float
    a: float
    b: float
    c: float
    space_group: str
    paper: dict[str, str] = field(default_factory=dict)
    wavelength: float = WAVELENGTH
    instrument: float = 0.0
    breadth: str = "integral"
    shape: str = "lorentzian"

    @property
    def phase(self) -> Phase:
        """The crystal with its true cell."""
        return Phase("La3Ni2O7", self.a, self.b, self.c, space_group=self.space_group)

    @property
    def approximate(self) -> dict[str, Any]:
        """The crystal as the data package has it: the cell rounded, to start indexing from."""
        cell = {"a": round(self.a, 2), "b": round(self.b, 2), "c": round(self.c, 1)}
        return {"name": "La3Ni2O7", "space_group": self.space_group, **cell}

    def lines(self) -> list[tuple[Reflection, float]]:
        """Return the lines and their areas as parts of the largest, in ascending angle."""
        return list(powder_lines((self.a, self.b, self.c), self.wavelength))

    def integral_breadth(self, two_theta: Floats | float) -> Floats:
        """Return the true area over height (degrees) of lines at 2 theta (degrees)."""
        theta = np.radians(np.asarray(two_theta) / 2)
        size = SHAPE_FACTOR * self.wavelength / 1000 / self.size / np.cos(theta)
        return np.asarray(np.degrees(4 * self.strain * np.tan(theta) + size))

    def clean(self, two_theta: Floats) -> Floats:
        """Return the counts without noise at angles 2 theta (degrees)."""
        counts = background(two_theta)
        for line, part in self.lines():
            half = self.integral_breadth(line.two_theta) / np.pi
            apart = two_theta - line.two_theta
            counts = counts + STRONGEST * part * half / np.pi / (apart**2 + half**2)
        return counts

    def resource(self, text: str) -> dict[str, Any]:
        """Return the entry of the pattern in the data package, given its text."""
        trap = self.run == "splitting-trap"
        pairs = ", pairs of them merged, which looks like strain" if trap else ""
        return entry(
            self,
            text,
            title=f"powder pattern, {self.pressure:g} GPa" + ", a trap" * trap,
            description=f"a stand-in for a published pattern; {self.space_group} lines{pairs}",
            units={"two_theta": "deg", "intensity": "counts"},
            kind="diffraction",
            wavelength=self.wavelength,
            wavelength_basis=self.basis("wavelength").split(":")[0],
            phases=[self.approximate],
            phases_basis="assumed, rounded",
        )


def background(two_theta: Floats) -> Floats:
    """Return the assumed background: it falls with the angle and has a broad hump."""
    falling = 300 + 900 * np.exp(-(two_theta - FIRST) / 6)
    return np.asarray(falling + 150 * np.exp(-(((two_theta - 14) / 5) ** 2)))


@cache
def powder_lines(
    axes: tuple[float, float, float],
    wavelength: float,
    atoms: Sequence[Atom] = ATOMS,
    group: str = ATOMS_GROUP,
) -> tuple[tuple[Reflection, float], ...]:
    """Return the lines of a powder and their areas as parts of the largest, in ascending angle.

    Parameters
    ----------
    axes : (float, float, float)
        Of the cell, angstrom.
    wavelength : float
        pm.
    atoms : tuple of (str, (float, float, float))
        Element and position; the others follow by symmetry. The origin is a centre of it.
    group : str
        Space group.
    """
    phase = Phase("", *axes, space_group=group)
    lines = reflections(phase, wavelength, two_theta_max=LAST_LINE, two_theta_min=FIRST)
    theta = np.radians([line.two_theta / 2 for line in lines])
    # Lorentz factor, and polarisation averaged over the ring.
    factor = (1 + np.cos(2 * theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))
    squares = [
        sum(_structure_factor(hkl, phase, atoms) ** 2 for hkl in line.indices) for line in lines
    ]
    planes = [line.multiplicity / len(line.indices) for line in lines]
    areas = factor * squares * planes
    parts = np.round(areas / areas.max(), 4).tolist()
    return tuple((line, part) for line, part in zip(lines, parts, strict=True) if part > FAINTEST)


def _structure_factor(
    hkl: tuple[int, int, int], phase: Phase, atoms: Sequence[Atom] = ATOMS
) -> float:
    """Return the modulus of F, in electrons per cell."""
    squared = gemmi.UnitCell(*phase.cell).calculate_1_d2(list(hkl)) / 4
    factor = 0.0
    for element, at in atoms:
        images = (operation.apply_to_xyz(list(at)) for operation in phase.group.operations())
        sites = {tuple(np.round(np.mod(image, 1), 6).tolist()) for image in images}
        scattering = gemmi.Element(element).it92.calculate_sf(squared) * np.exp(-B_ISO * squared)
        # The origin is a centre of symmetry: the sines cancel.
        factor += scattering * np.cos(2 * np.pi * np.array(sorted(sites)) @ np.array(hkl)).sum()
    return abs(float(factor))


def truths() -> tuple[PatternTruth, ...]:
    """Return the truths of all patterns, in order of pressure, the trap last."""
    return (*_series(), _trap())


# Pressure (GPa) and strain. Between the paper's words the strain is assumed.
_STRAINS = (
    (1.6, 0.0045), (3.2, 0.0064),
    (4.9, 0.0079), (7.5, 0.0079), (10.5, 0.0079), (12.3, 0.0079), (15.0, 0.0079), (18.0, 0.0079),
    (20.5, 0.0082), (25.0, 0.0093), (29.5, 0.0107), (33.0, 0.0115), (37.0, 0.0105), (41.2, 0.0092),
)  # fmt: skip
_PRESSURES = {
    1.6: "section 3.3, lowest pressure",
    4.9: "section 3.3, end of the steep rise",
    41.2: "section 3.3, highest pressure",
}
_BEAM = {"wavelength": "section 3.3", "instrument": "section 3.3, neglected"}
# Between the level that the paper ascribes to the Amam phase, up to about 18 GPa, and the
# end of the transition, at about 20 GPa by the same section: one reading, assumed.
_TRANSITION = 19.0


def _series() -> Iterator[PatternTruth]:
    for pressure, strain in _STRAINS:
        paper = {**_BEAM, "size": "section 3.3, larger than measurable"}
        if pressure in _PRESSURES:
            paper["pressure"] = _PRESSURES[pressure]
        if 5 <= pressure <= 18:
            paper["strain"] = "section 3.3, 0.0079 from 5 to 18 GPa"
        a, b, c = cell_at(pressure)
        yield PatternTruth(
            run="xrd",
            pressure=pressure,
            strain=strain,
            size=np.inf,
            a=a,
            b=b,
            c=c,
            space_group="A m a m" if pressure < _TRANSITION else "F m m m",
            paper=paper,
        )


def _trap() -> PatternTruth:
    """Return a pattern in which 200 and 020, and their like, are pairs that do not show.

    At 13.3 degrees they are 0.05 apart and 0.09 broad (full width at half maximum), mostly
    by the size. Their distance grows as tan(theta), like the breadth of a strain: taken
    for single lines of a tetragonal cell they show some five times the true strain. The
    size is finite since without it the strain itself is what hides the pair, and the pair
    could then add no more than about half of it.
    """
    middle, difference = 5.335, 0.004
    return PatternTruth(
        run="splitting-trap",
        pressure=15.0,
        strain=0.0004,
        size=25.0,
        a=round(middle * (1 + difference / 2), 4),
        b=round(middle * (1 - difference / 2), 4),
        c=cell_at(15.0)[2],
        space_group="F m m m",
        paper=_BEAM,
    )


# Of the axes under pressure; the bulk modulus at zero pressure (GPa) that they come to, and how
# it rises with pressure.
_SCALE, _POWERS = 40.0, (0.066, 0.061, 0.070)
BULK_MODULUS = _SCALE / sum(_POWERS), 1 / sum(_POWERS)


def cell_at(pressure: float) -> tuple[float, float, float]:
    """Return the assumed axes a, b, c (angstrom) at a pressure (GPa).

    Each is x_0 (1 + P/40 GPa)^-n, without a step at the transition: the volume follows
    Murnaghan's law with a bulk modulus of 203 GPa that rises by 5.1 GPa for each GPa.
    """
    at_zero = (5.47, 5.385, 20.45)
    a, b, c = (
        round(x * float(1 + pressure / _SCALE) ** -n, 4)
        for x, n in zip(at_zero, _POWERS, strict=True)
    )
    return a, b, c


def truth_of(name: str) -> PatternTruth:
    """Return the truth behind a synthetic pattern of the data package.

    Raises
    ------
    KeyError
        If no synthetic pattern has that name.
    """
    return {truth.name: truth for truth in truths()}[name]


def make_pattern(truth: PatternTruth, seed: int | list[int]) -> DiffractionPattern:
    """Return a synthetic pattern with the noise of counting from the seed."""
    two_theta = np.round(np.arange(FIRST, LAST + STEP / 2, STEP), 2)
    # Rounded, so that the last digits of a machine's arithmetic do not change the draw.
    expected = np.round(truth.clean(two_theta), 2)
    return DiffractionPattern(
        two_theta,
        np.random.default_rng(seed).poisson(expected).astype(float),
        truth.wavelength,
        **truth.provenance(),
    )


def files() -> dict[str, str]:
    """Return the text of every synthetic pattern, by its path in the data package's folder."""
    return {
        path_of(truth.name): _text(make_pattern(truth, seed=[2401, 804, 33, at]))
        for at, truth in enumerate(truths())
    }


def _text(pattern: DiffractionPattern) -> str:
    rows = zip(pattern.two_theta, pattern.intensity, strict=True)
    return csv_text("pattern", ("two_theta", "intensity"), (f"{x:.2f},{y:.0f}" for x, y in rows))
