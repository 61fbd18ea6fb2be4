"""Whether a crystal's cell explains the lines of a pattern, or only meets some of them."""

from math import lgamma, log, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.diffraction.crystal.cell import reflections
from analysis.diffraction.crystal.lattice import LatticeFit
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.peaks import PeakTable
from analysis.typing import Floats

# Of the lines, and of their height, the sample's cell explains at least this part; of less
# than the first nothing is quoted, less than the second is said.
REFUSED, DOUBTED = 0.5, 0.7
# Lines on reflections as closely as this probable among random lines are the crystal's,
# whatever else is in the pattern.
_CLOSE = 1e-4
# A cell of one or two free constants that has so many reflections for each line that is seen
# may be a multiple of the right one. Where more are free, chance tells.
_MOST = 2.5
_FREE = 2


class Explained(NamedTuple):
    """What a cell explains of a pattern.

    Attributes
    ----------
    lines, of : int
        Lines on its reflections, of all lines that are not weak or cut off.
    share : float
        Of their heights, 0 to 1.
    strongest : float or None
        Angle of the strongest line, degrees, where the cell does not explain it.
    chance : float
        How probable so small distances are among random lines that met as many reflections.
    predicted : int
        Reflections from the first line to the last that lie on it.
    """

    lines: int
    of: int
    share: float
    strongest: float | None
    chance: float
    predicted: int

    def refusal(self, phase: Phase) -> str | None:
        """Say why this cell is not that of the pattern, if it is not."""
        if self._reaches(REFUSED) or self.chance < _CLOSE:
            return None
        return (
            f"{self._words(phase)}, and these no closer than a cell of any other size would: are "
            "the cell and the wavelength right (--cell, --space-group, --wavelength)? Other "
            "crystals in the pattern can be named in a data package, or left out with --window"
        )

    def doubts(self, phase: Phase) -> tuple[str, ...]:
        """Return what speaks against this cell, in words."""
        doubts = []
        if not self._reaches(DOUBTED):
            doubts.append(
                f"{self._words(phase)}: the other lines belong to another crystal, or the "
                "cell is wrong"
            )
        few_constants = len(phase.system.names) <= _FREE
        if few_constants and self.predicted > max(_MOST * self.lines, self.lines + 5):
            doubts.append(
                f"{self.predicted} reflections of the cell of {phase} lie between the first line "
                f"and the last, and {self.lines} lines are seen: is the cell a multiple of the "
                "right one?"
            )
        return tuple(doubts)

    def _reaches(self, part: float) -> bool:
        return min(self.share, self.lines / max(self.of, 1)) >= part and self.strongest is None

    def _words(self, phase: Phase) -> str:
        missed = ""
        if self.strongest is not None:
            missed = f", but not the strongest, at {self.strongest:.2f} degrees"
        return (
            f"the cell of {phase} explains {self.lines} of {self.of} lines, {self.share:.0%} of "
            f"their height{missed}"
        )


def explained(
    indexed: PeakTable, fit: LatticeFit | None, aside: NDArray[np.bool_] | None = None
) -> Explained:
    """Judge how much of a pattern a cell explains.

    Parameters
    ----------
    indexed : PeakTable
        All lines of the pattern, those of the crystal with `hkl`.
    fit : LatticeFit or None
        The cell fitted to them, where they determine one.
    aside : ndarray of bool, shape (N,), optional
        Lines that belong to other crystals: they do not count.
    """
    own = np.array([index is not None for index in indexed.hkl], dtype=bool)
    predicted = 0
    if fit is not None:
        x = indexed.two_theta - _shift(indexed.theta, fit)
        lines = reflections(
            fit.cell, indexed.pattern.wavelength, two_theta_max=min(float(x.max()) + 1.0, 180.0)
        )
        angles = np.array([line.two_theta for line in lines])
        apart = np.abs(x[:, None] - angles)
        errors = np.nan_to_num(indexed.two_theta_error, posinf=0.0)
        own |= (apart <= np.maximum(indexed.fwhm / 2, 3 * errors)[:, None]).any(axis=1)
        shown = x[own]
        predicted = int(np.sum((angles > shown.min() - 0.1) & (angles < shown.max() + 0.1)))
    height = indexed.area / indexed.integral_breadth
    counts = np.array([not flags & {"weak", "edge"} for flags in indexed.flags], dtype=bool)
    counts &= np.isfinite(height) & (height > 0)
    if aside is not None:
        counts &= own | ~aside
    if not counts.any():
        return Explained(0, 0, 1.0, None, 1.0, 0)
    height, met = height[counts], own[counts]
    top = int(np.argmax(height))
    return Explained(
        lines=int(met.sum()),
        of=met.size,
        share=float(height[met].sum() / height.sum()),
        strongest=None if met[top] else float(indexed.two_theta[counts][top]),
        chance=1.0 if fit is None else _closeness(fit),
        predicted=predicted,
    )


def _shift(theta: Floats, fit: LatticeFit) -> Floats:
    """Return the fitted offset at Bragg angles, degrees."""
    shift = 0.0 if fit.shift is None else fit.shift.n
    return np.asarray(shift * (np.cos(theta) if fit.offset == "displacement" else 1.0))


def _closeness(fit: LatticeFit) -> float:
    """Return how probable so small distances are: a ball's part of the cube of windows.

    Each distance would lie anywhere within half a width of its line; as many as there are
    unknowns the fit brings to nothing.
    """
    distance = np.array([line.difference for line in fit.lines]) / (fit.peaks.fwhm / 2)
    free = fit.dof - (fit.offset == "none")
    if free < 1:
        return 1.0
    radius = max(float(np.sqrt(distance @ distance)), 1e-6)
    volume = free / 2 * log(pi) - lgamma(free / 2 + 1) + free * log(radius / 2)
    return float(np.exp(min(volume, 0.0)))
