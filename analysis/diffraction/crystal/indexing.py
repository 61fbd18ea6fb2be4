"""Which reflection of a known crystal each diffraction line is, if any."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.diffraction.crystal.cell import (
    LENGTHS,
    PRODUCTS,
    Crystal,
    Reflection,
    check_wavelength,
    label_of,
    reflections,
)
from analysis.diffraction.peaks import Index, PeakTable
from analysis.errors import DataError, FitError
from analysis.numerics.checks import as_number
from analysis.typing import Floats, Integers

# Matches that as many random lines would give more often than this are refused; more
# often than the second, warned of.
REFUSED, DOUBTED = 0.05, 1e-3
_STARTS = 4
# Between two cells that are tried: this part of the narrowest window.
_STEP = 0.7
_MOST_STEPS = 400
# As many splits of two axes at most, to each side, and scales for each of them.
_MOST_SPLITS = 40
# Beyond this part of its window a line pulls less and less.
_NARROW = 6.0


class Match(NamedTuple):
    """Lines and reflections that belong together, and the cell that makes them so.

    Attributes
    ----------
    lines, rows : ndarray of int, shape (M,)
        Numbers of the lines and of their reflections.
    angles : ndarray, shape (R,)
        All reflections' angles in this cell, degrees.
    chance : float
        How probable so many matches are among random lines.
    """

    lines: Integers
    rows: Integers
    angles: Floats
    chance: float


def index_lines(
    peaks: PeakTable,
    phase: Crystal,
    *,
    tolerance: float = 0.02,
    zero: float = 0.05,
    among: Sequence[Index] | None = None,
) -> PeakTable:
    """Give each line the indices of the reflection that it lies on.

    Cells that are larger or smaller than the given one by the same factor, and shifts
    of the zero, are tried first; where two free axes are given as equal, also such in which
    they differ. From the best of them the cell is refined to the lines
    that lie close and alone, the limit narrowing, until half a line's breadth is left.

    Parameters
    ----------
    peaks : PeakTable
        Lines of all phases.
    phase : Crystal
        Its cell may be wrong by `tolerance`.
    tolerance : float
        Largest relative error of the axes, above 0 and at most 0.1.
    zero : float
        Largest error of the angles' zero, degrees.
    among : sequence of (int, int, int), optional
        Consider these reflections alone, where the others are known to be too weak.

    Returns
    -------
    PeakTable
        The same lines with `hkl` (None where no reflection fits) and `phase`. A line on
        which two reflections lie, neither claimed by a line of its own, is a blend: it
        is flagged "overlapping" and has no indices; `remarks` says which.

    Raises
    ------
    FitError
        If no more lines match than random ones would.
    DataError
        If there are no lines, a choice is out of its range, or `among` has an index
        that the space group forbids.

    Notes
    -----
    The chance that random lines match as well is the smaller of two binomial tails: that
    of the lines, each falling on the part of the range which reflections cover, and that
    of the reflections, each falling on the part which lines cover. One match for each
    free axis or angle costs nothing and is not counted. Two axes that differ by less than
    they may be wrong, a and b of a nearly tetragonal crystal, may come out exchanged:
    positions alone seldom tell which is which.
    """
    search = _prepare(peaks, phase, tolerance, zero, among)
    match = search.best()
    if match.chance > REFUSED:
        raise FitError(search.refusal(match))
    return _table(peaks, search, match)


def best_match(
    peaks: PeakTable, phase: Crystal, *, tolerance: float, zero: float
) -> tuple[float, PeakTable]:
    """Return how probable it is that random lines match as well, and the lines with indices.

    Parameters and errors as in `index_lines`, but that no match is refused.
    """
    search = _prepare(peaks, phase, tolerance, zero, None)
    match = search.best()
    return match.chance, _table(peaks, search, match)


def _prepare(
    peaks: PeakTable, phase: Crystal, tolerance: float, zero: float, among: Sequence[Index] | None
) -> "_Search":
    name, wavelength = peaks.pattern.name, peaks.pattern.wavelength
    check_wavelength(wavelength)
    tolerance, zero = as_number("tolerance", tolerance), as_number("zero", zero)
    if not 0 < tolerance <= 0.1:
        raise DataError(f"tolerance must be above 0 and at most 0.1, got {tolerance:g}")
    if not 0 <= zero <= 1:
        raise DataError(f"zero must be from 0 to 1 degree, got {zero:g}")
    x = peaks.two_theta
    if not x.size:
        raise DataError(f"{name}: there are no lines to index")
    slack = zero + _relative(x.max(), 2 * tolerance)
    last = min(float(x.max() + slack), 179.0)
    lines = reflections(phase, wavelength, two_theta_max=last)
    if among is not None:
        lines = _chosen(lines, phase, among)
    if not lines:
        raise FitError(
            f"{name}: {phase} has no reflection below {x.max():.4g} degrees, the last line, at "
            f"{wavelength:g} pm: is the wavelength right, or the cell (--wavelength, --cell)?"
        )
    half = np.nan_to_num(peaks.fwhm / 2)
    window = np.maximum(half, 3 * np.nan_to_num(peaks.two_theta_error, posinf=0.0))
    return _Search(peaks, phase, tolerance, zero, tuple(lines), np.maximum(window, 1e-3))


def _chosen(lines: list[Reflection], phase: Crystal, among: Sequence[Index]) -> list[Reflection]:
    for hkl in among:
        if len(hkl) != 3 or not all(isinstance(index, (int, np.integer)) for index in hkl):
            raise DataError(f"among holds indices (h, k, l), got {hkl!r}")
        if phase.forbids(hkl):
            raise DataError(f"{phase.space_group} has no reflection {label_of(hkl)}")
    wanted = {tuple(row) for row in phase.design(among).tolist()}
    return [line for line in lines if tuple(phase.design(line.hkl)[0].tolist()) in wanted]


def _relative(two_theta: Floats | float, part: float) -> Floats:
    """Return the change of an angle (degrees) when all spacings change by a part."""
    return np.asarray(part * 2 * np.degrees(np.tan(np.radians(np.asarray(two_theta) / 2))))


@dataclass(frozen=True, eq=False)
class _Search:
    """What is known while lines and reflections are brought together.

    `window` is how far from each line (degrees) its reflection may lie, shape (N,).
    """

    peaks: PeakTable
    phase: Crystal
    tolerance: float
    zero: float
    known: tuple[Reflection, ...]
    window: Floats

    @property
    def wavelength(self) -> float:
        """Angstrom."""
        return self.peaks.pattern.wavelength / 100

    @cached_property
    def design(self) -> Floats:
        return self.phase.design([line.hkl for line in self.known])

    def best(self) -> Match:
        """Return what matches best."""
        return min((self.refine(*start) for start in self.starts()), key=lambda match: match.chance)

    def starts(self) -> list[tuple[Floats, float]]:
        """Return the scales and zeros that match best, as constants and zero.

        Scales are uniform. Where two free axes are given as equal, they are tried apart as well.
        """
        x, constants = self.peaks.two_theta, self.phase.constants
        narrow = float(np.min(self.window))
        steps = min(int(_relative(x.max(), self.tolerance) / (_STEP * narrow)) + 1, _MOST_STEPS)
        shifts = min(int(self.zero / (_STEP * 2 * narrow)) + 1, 10) if self.zero else 0
        zeros = self.zero * np.linspace(-1, 1, 2 * shifts + 1) if shifts else np.zeros(1)
        starts = self._matching([(0.0, constants)], steps, zeros)
        few = min(steps, _MOST_SPLITS)
        for pair in self.equal_axes:
            splits = self.tolerance * np.linspace(-1, 1, 2 * few + 1)
            given = [(float(split), constants * self._factors(pair, split)) for split in splits]
            starts += self._matching(given, few, np.zeros(1))
        return starts

    @property
    def equal_axes(self) -> list[tuple[int, int]]:
        """The pairs of free axes that are given as equal, to a tenth of the tolerance."""
        lengths, free = self.phase.cell[:3], set(self.phase.system.axes)
        return [
            (i, j)
            for i, j in combinations(sorted(free), 2)
            if abs(lengths[i] / lengths[j] - 1) < self.tolerance / 10
        ]

    def _factors(self, pair: tuple[int, int], split: float) -> Floats:
        """Return what the constants are multiplied by if one axis grows as the other shrinks."""
        reciprocal = np.ones(3)
        reciprocal[list(pair)] = 1 - split, 1 + split
        products = np.array([reciprocal[i] * reciprocal[j] for i, j in PRODUCTS])
        return np.array([products[row != 0].mean() for row in self.phase.system.basis])

    def _matching(
        self, cells: Sequence[tuple[float, Floats]], steps: int, zeros: Floats
    ) -> list[tuple[Floats, float]]:
        """Return the best of cells (split, constants), scaled and shifted, that differ."""
        scales = 1 + self.tolerance * np.linspace(-1, 1, 2 * steps + 1)
        # Of equals, the one that changes least.
        scales = scales[np.argsort(np.abs(scales - 1), kind="stable")]
        zeros = zeros[np.argsort(np.abs(zeros), kind="stable")]
        trials: list[tuple[float, float, float, int]] = []
        for at, (_, constants) in enumerate(cells):
            halves = np.sort(self.wavelength / 2 * np.sqrt(self.design @ constants))
            for scale in scales:
                angles = np.degrees(2 * np.arcsin(np.minimum(halves / scale, 1.0)))
                trials += [(self._closeness(angles + zero), scale, zero, at) for zero in zeros]
        chosen: list[tuple[float, float, int]] = []
        apart = 2 * self.tolerance / steps
        for _, scale, zero, at in sorted(trials, key=lambda trial: -trial[0]):
            if all(
                max(abs(scale - other), abs(cells[at][0] - cells[cell][0])) > apart
                for other, _, cell in chosen
            ):
                chosen.append((scale, zero, at))
            if len(chosen) == _STARTS:
                break
        return [(cells[at][1] / scale**2, zero) for scale, zero, at in chosen]

    def _closeness(self, angles: Floats) -> float:
        """Return the sum over lines of 1 - (distance/window)^2 where positive; angles ascend."""
        x = self.peaks.two_theta
        after = np.searchsorted(angles, x)
        left = np.abs(x - angles[np.maximum(after - 1, 0)])
        right = np.abs(x - angles[np.minimum(after, angles.size - 1)])
        near = np.minimum(left, right) / self.window
        return float(np.maximum(1 - near**2, 0).sum())

    def refine(self, constants: Floats, shift: float) -> Match:
        """Bring the cell to its lines while the limit narrows to the lines' own breadth."""
        x = self.peaks.two_theta
        limits = [self.window + _relative(x, self.tolerance * part) for part in (0.3, 0.15, 0.07)]
        lines, rows = np.zeros(0, dtype=int), np.zeros(0, dtype=int)
        for trial in range(12):
            narrowing = trial < len(limits)
            limit = limits[trial] if narrowing else self.window
            before = rows
            lines, rows = self._pairs(self._angles(constants, shift), limit, alone=narrowing)
            constants, shift = self._adjusted(constants, shift, lines, rows)
            if not narrowing and np.array_equal(before, rows):
                break
        angles = self._angles(constants, shift)
        lines, rows = self._pairs(angles, self.window)
        return Match(lines, rows, angles, self._chance(angles, lines.size))

    def _angles(self, constants: Floats, shift: float) -> Floats:
        squares = np.clip(self.design @ constants, 1e-12, None)
        half = np.minimum(self.wavelength / 2 * np.sqrt(squares), 1.0)
        return np.asarray(np.degrees(2 * np.arcsin(half)) + shift)

    def _pairs(
        self, angles: Floats, limit: Floats, *, alone: bool = False
    ) -> tuple[Integers, Integers]:
        """Return lines and reflections that are nearest to each other, within the limit.

        With `alone`, only where no other reflection lies within it.
        """
        apart = np.abs(self.peaks.two_theta[:, None] - angles[None, :])
        row = np.argmin(apart, axis=1)
        lines = np.arange(row.size)
        good = (np.argmin(apart, axis=0)[row] == lines) & (apart[lines, row] <= limit)
        if alone:
            good &= (apart <= limit[:, None]).sum(axis=1) == 1
        return lines[good], row[good]

    def _adjusted(
        self, constants: Floats, shift: float, lines: Integers, rows: Integers
    ) -> tuple[Floats, float]:
        """Return constants and zero after one least-squares step.

        What the lines do not determine stays near the given cell, `tolerance` away.
        """
        given = self.phase.constants
        basis = self.phase.system.basis
        # The prior width of A to F: of D to F, that of the axes they connect.
        size = np.sqrt(np.abs(self.phase.design(np.eye(3)) @ given))
        six = np.array([size[i] * size[j] for i, j in PRODUCTS])
        widths = 2 * self.tolerance * np.array([six[row != 0].max() for row in basis])
        theta = np.radians(self._angles(constants, 0.0)[rows] / 2)
        slope = np.degrees(self.wavelength**2 / 4 / np.maximum(np.sin(theta) * np.cos(theta), 1e-6))
        jacobian = np.column_stack(
            [slope[:, None] * self.design[rows] * widths, np.full(rows.size, self.zero)]
        )
        start = np.append((constants - given) / widths, shift / self.zero if self.zero else 0.0)
        residual = self.peaks.two_theta[lines] - self._angles(constants, shift)[rows]
        # Lines that another phase brought here must not pull: Cauchy's weights.
        weights = 1 / ((self.window[lines] / _NARROW) ** 2 + residual**2)
        normal = jacobian.T @ (jacobian * weights[:, None]) + np.eye(start.size)
        end = np.linalg.solve(normal, jacobian.T @ (weights * (residual + jacobian @ start)))
        return given + end[:-1] * widths, float(end[-1] * self.zero)

    def _chance(self, angles: Floats, matched: int) -> float:
        x, usual = self.peaks.two_theta, float(np.median(self.window))
        margin = (x.max() - x.min()) / max(x.size - 1, 1) / 2 + usual
        low, high = x.min() - margin, x.max() + margin
        inside = angles[(angles >= low) & (angles <= high)]
        free = self.phase.system.basis.shape[0]
        tails = [
            _tail(matched - free, trials - free, covered / (high - low))
            for trials, covered in (
                (x.size, _covered(inside, np.full(inside.size, usual))),
                (inside.size, _covered(x, self.window)),
            )
        ]
        # Two tails and the zeros that were tried.
        return min(1.0, 2 * min(tails) * (1 + self.zero / usual))

    def refusal(self, match: Match) -> str:
        """Return why nothing was indexed."""
        given = self._angles(self.phase.constants, 0.0)
        apart = np.abs(self.peaks.two_theta[:, None] - given[None, :])
        line, row = np.unravel_index(np.argmin(apart), apart.shape)
        return (
            f"{self.peaks.pattern.name}: there is no sign of lines of {self.phase} at "
            f"{self.wavelength * 100:g} pm: {match.lines.size} of {len(self.peaks)} lie on its "
            f"reflections at best, as random lines would (chance {match.chance:.2g}); for the "
            f"cell as given, {self.known[row].label} comes nearest, {apart[line, row]:.2g} "
            f"degrees from a line at {self.peaks.two_theta[line]:.4g}. Is the wavelength right, "
            "or the cell (--wavelength, --cell, --space-group)?"
        )


def _covered(centres: Floats, half: Floats) -> float:
    """Return the length that intervals of half widths around centres cover together."""
    order = np.argsort(centres - half)
    starts, ends = (centres - half)[order], (centres + half)[order]
    reached = np.maximum.accumulate(ends)
    before = np.concatenate([[-np.inf], reached[:-1]])
    return float(np.maximum(reached - np.maximum(starts, before), 0).sum())


def _tail(successes: int, trials: int, probability: float) -> float:
    if successes <= 0 or trials <= 0:
        return 1.0
    return float(special.bdtrc(successes - 1, max(trials, successes), min(probability, 1.0)))


def _table(peaks: PeakTable, search: _Search, match: Match) -> PeakTable:
    hkl: list[Index | None] = [None] * len(peaks)
    flags = list(peaks.flags)
    claimed = set(match.rows.tolist())
    blends = []
    for line, row in zip(match.lines.tolist(), match.rows.tolist(), strict=True):
        near = np.abs(match.angles - peaks.two_theta[line]) <= search.window[line]
        others = [other for other in np.flatnonzero(near).tolist() if other not in claimed]
        if others:
            flags[line] = flags[line] | {"overlapping"}
            labels = " and ".join(search.known[index].label for index in sorted([row, *others]))
            blends.append(f"{peaks.two_theta[line]:.2f} ({labels})")
        else:
            hkl[line] = search.known[row].hkl
    warnings, remarks = [], []
    for pair in search.equal_axes:
        first, other = (LENGTHS[axis] for axis in pair)
        remarks.append(
            f"{first} and {other} of {search.phase.name} were given as equal and are fitted "
            "separately: positions alone seldom tell which of them is longer"
        )
    if blends:
        remarks.append(
            f"{len(blends)} of the lines lie on more than one reflection of {search.phase.name} "
            f"each and are not indexed: {', '.join(blends)} degrees"
        )
    if match.chance > DOUBTED:
        warnings.append(
            f"{match.lines.size} of {len(peaks)} lines lie on reflections of {search.phase.name}; "
            f"random lines would do so with a probability of {match.chance:.1%}"
        )
    return replace(
        peaks,
        hkl=tuple(hkl),
        phase=search.phase.name,
        flags=tuple(flags),
        warnings=(*peaks.warnings, *warnings),
        remarks=(*peaks.remarks, *remarks),
    )
