"""A pattern with its fitted lines: what follows from them, and how its points scatter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from analysis.diffraction.lines.group import FittedGroup
from analysis.diffraction.lines.search import Candidate, doublet_partner
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.shapes import Shape
from analysis.numerics.scatter import robust_deviation
from analysis.numerics.uncertainty import correlation_of, integrated_widening
from analysis.typing import Floats

if TYPE_CHECKING:
    from analysis.diffraction.lines.whole_pattern import JointFit

Places = NDArray[np.intp]

# Each line counts on the points within so many of its widths (FWHM).
REACH = 6.0
# The scatter is taken from points farther than so many widths from any line, if there are
# enough.
CLEAR, FEW_CLEAR = 2.0, 60


class Noise(NamedTuple):
    """How the points scatter between the lines.

    Attributes
    ----------
    factor : float
        Variance over that of the points' own errors.
    widening : float
        How many neighbouring points count as one, because they repeat each other.
    size : int
        From how many points this was found.
    """

    factor: float
    widening: float
    size: int


@dataclass(frozen=True, eq=False)
class FittedPattern:
    """A pattern, its background, and its lines in groups.

    Attributes
    ----------
    pattern : DiffractionPattern
    shape : Shape
    error : ndarray, shape (N,)
        Standard errors of the counts, as far as they are known beforehand.
    under : ndarray, shape (N,)
        Smooth background, counts; each group adds a polynomial on its stretch, as long as
        groups are fitted in turns.
    groups : tuple of FittedGroup
    joint : JointFit or None
        How all were fitted at once; None as long as they take turns.
    """

    pattern: DiffractionPattern
    shape: Shape
    error: Floats
    under: Floats
    groups: tuple[FittedGroup, ...]
    joint: "JointFit | None" = None

    @cached_property
    def curves(self) -> dict[Candidate, Floats]:
        """Each line's own counts at the points of the pattern."""
        return {
            line: curve
            for group in self.groups
            for line, curve in zip(
                lines_of(group), group.curves(self.pattern.two_theta), strict=True
            )
        }

    @cached_property
    def line_counts(self) -> Floats:
        """All lines together, counts, shape (N,)."""
        return total_of(self.curves, len(self.pattern))

    @cached_property
    def background(self) -> Floats:
        """The background with the groups' polynomials, shape (N,)."""
        total = self.under.copy()
        for group in self.groups:
            total[group.at] = self.under[group.at] + group.polynomial
        return total

    @property
    def chi_square(self) -> float:
        """Weighted sum of squares of all points."""
        return float(self.misses @ self.misses)

    @property
    def misses(self) -> Floats:
        """What the fit leaves of the counts, over their errors, shape (N,)."""
        return (self.pattern.intensity - self.background - self.line_counts) / self.error

    @cached_property
    def noise(self) -> Noise:
        """Scatter of the points between the lines, about what is smooth there."""
        pattern = self.pattern
        left = self.misses
        # A group's own polynomial absorbs what is smooth on its stretch; so does this.
        widths = [line.fwhm for line in self.curves] or [0.0]
        width = float(np.median(widths)) / pattern.step
        length = min(2 * int(REACH * width) + 1, (left.size - 1) // 2 * 2 - 1)
        length = max(length, 5)
        left -= signal.savgol_filter(left, length, 1)
        clear = np.ones(left.size, dtype=bool)
        for group in self.groups:
            clear[stretch(pattern, lines_of(group), CLEAR)] = False
        if np.count_nonzero(clear) < FEW_CLEAR:
            clear[:] = True
        left = left[clear]
        absorbed = 1 + 2 * left.size // length
        factor = max(robust_deviation(left) ** 2, 1e-12)
        factor *= left.size / max(left.size - absorbed, 1)
        calm = np.clip(left, *(4 * np.sqrt(factor) * np.array([-1, 1])))
        if pattern.digitised is not None and pattern.digitised.of_figure:
            return Noise(factor, integrated_widening(calm, absorbed), left.size)
        correlation = correlation_of(calm, absorbed)
        # Where the background itself is rough, the points about the lines know better.
        about = [group.scatter_factor for group in self.groups]
        repeats = [group.minimum.correlation for group in self.groups]
        widened = [
            correlation.widening if correlation.significant else 1.0 for correlation in repeats
        ]
        return Noise(
            min(factor, float(np.median(about or [factor]))),
            min(
                correlation.widening if correlation.significant else 1.0,
                float(np.median(widened or [1.0])),
            ),
            left.size,
        )

    @property
    def no_counts(self) -> bool:
        """Whether the points scatter otherwise than their own errors say."""
        return bool(abs(self.noise.factor - 1) > 6 * np.sqrt(2 / self.noise.size))

    @property
    def noise_level(self) -> float:
        """The factor of the noise; 1 where the points scatter as their errors say."""
        return self.noise.factor if self.no_counts else 1.0

    def error_factor(self, group: FittedGroup) -> float:
        """Return the factor of the variances of a group's parameters.

        1 where the points scatter as their errors say. Else what they scatter between the
        lines, or about the group's own fit where that is significantly more.
        """
        noise = self.noise_level
        excess = group.scatter_factor > noise * (1 + 3 * np.sqrt(2 / group.dof))
        widened = noise * self.noise.widening
        return max(group.scatter_factor, widened) if excess else widened


def lines_of(group: FittedGroup) -> list[Candidate]:
    """Return the places and widths of a group's lines, to begin another fit with."""
    return [
        Candidate(float(center), float(width), group.mixing)
        for center, width in zip(group.centers, group.fwhm, strict=True)
    ]


def total_of(curves: Mapping[Candidate, Floats], size: int) -> Floats:
    """Return the counts of lines together, shape (size,)."""
    return np.asarray(np.sum([*curves.values(), np.zeros(size)], axis=0))


def stretch(
    pattern: DiffractionPattern, lines: Iterable[Candidate], reach: float = REACH
) -> Places:
    """Return the points within so many widths of lines, by index."""
    x = pattern.two_theta
    near = np.zeros(x.size, dtype=bool)
    for line in lines:
        low, high = line.center - reach * line.fwhm, line.center + reach * line.fwhm
        if pattern.wavelength_2 is not None:
            high += float(doublet_partner(np.array(line.center), pattern)) - line.center
        near |= (x >= low) & (x <= high)
    return np.flatnonzero(near)
