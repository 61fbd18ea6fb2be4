"""Lattice constants from the positions of indexed lines."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from scipy import special
from uncertainties import UFloat

from analysis.diffraction.crystal.indexing import index_lines
from analysis.diffraction.crystal.lattice_solver import (
    OFFSETS,
    SIGNIFICANCE,
    Solution,
    cell_with_errors,
    listed,
    outliers_of,
    solve,
)
from analysis.diffraction.crystal.phase import ANGLES, LENGTHS, Phase, label_of
from analysis.diffraction.peaks import Index, PeakTable
from analysis.errors import AnalysisError, DataError, FitError
from analysis.numerics.summary import number
from analysis.numerics.uncertainty import student

# The position of a line with one of these flags is not that of one whole reflection.
UNFIT = frozenset({"edge", "split"})


class LatticeLine(NamedTuple):
    """One line of the fit.

    Attributes
    ----------
    hkl : (int, int, int)
    two_theta, error : float
        Measured position and its standard error (nan: not known), degrees.
    calculated : float
        Position in the fitted cell, with the offset, degrees.
    difference : float
        Measured less calculated, degrees.
    in_errors : float
        The same in standard errors.
    ratio : float
        Measured over calculated spacing. Times a, in a cubic crystal, it is what a
        would be from this line alone.
    outlier : bool
        Whether it lies farther from the others' fit than scatter explains.
    """

    hkl: Index
    two_theta: float
    error: float
    calculated: float
    difference: float
    in_errors: float
    ratio: float
    outlier: bool


@dataclass(frozen=True, eq=False)
class LatticeFit:
    """A unit cell fitted to indexed lines.

    Attributes
    ----------
    phase : Phase
        The crystal, with the approximate cell.
    peaks : PeakTable
        The lines used.
    a, b, c : UFloat
        Axes in angstrom, with standard errors and correlated as they came out. An axis
        that symmetry ties to another is the same number. The error is nan where it is
        not known.
    alpha, beta, gamma : UFloat or float
        Angles in degrees; plain numbers where symmetry demands them.
    volume : UFloat
        Of the cell, angstrom^3.
    offset : {"none", "zero", "displacement"}
    shift : UFloat or None
        The fitted offset in degrees, see `fit_lattice`.
    lines : tuple of LatticeLine
    dof : int
        Lines less parameters.
    chi_square_reduced : float or None
        Mean square difference in errors, per degree of freedom; None without errors of
        the positions, or with as many parameters as lines.
    widening : float
        Factor by which scatter beyond the positions' errors widened the errors (Birge's
        ratio), at least 1.
    warnings : tuple of str
        What to know before quoting the numbers, in words.
    """

    phase: Phase
    peaks: PeakTable
    a: UFloat
    b: UFloat
    c: UFloat
    alpha: UFloat | float
    beta: UFloat | float
    gamma: UFloat | float
    volume: UFloat
    offset: str
    shift: UFloat | None
    lines: tuple[LatticeLine, ...]
    dof: int
    chi_square_reduced: float | None
    widening: float
    warnings: tuple[str, ...]

    @property
    def errors_known(self) -> bool:
        """Whether the positions have errors; if not, the scatter alone gives errors."""
        return all(np.isfinite(line.error) for line in self.lines)

    @property
    def reciprocal(self) -> tuple[UFloat, UFloat, UFloat]:
        """1/a, 1/b, 1/c in 1/angstrom, as in Fig. 9 of arXiv:2401.00804."""
        return 1 / self.a, 1 / self.b, 1 / self.c

    @property
    def pressure(self) -> float | None:
        """GPa, where the pattern has it."""
        return self.peaks.pattern.pressure

    def interval(self, name: str = "a", level: float = 0.95) -> tuple[float, float]:
        """Return the limits between which a constant lies at `level`.

        Parameters
        ----------
        name : {"a", "b", "c", "alpha", "beta", "gamma", "volume", "shift"}
        level : float
            Coverage, between 0 and 1.

        Returns
        -------
        (lower, upper) : floats
            The wider of two: that of the positions' errors, taken as right, and that of
            the scatter, with Student's factor for so few lines.

        Raises
        ------
        AnalysisError
            If there is no such fitted constant, or its error is not known.
        """
        allowed = (*LENGTHS, *ANGLES, "volume", "shift")
        value = getattr(self, name) if name in allowed else None
        if not isinstance(value, UFloat):
            raise AnalysisError(f"{name!r} is no constant that this fit determines")
        if np.isnan(value.s):
            raise AnalysisError(f"the error of {name} is not known")
        own, limits = value.s / self.widening, []
        if self.errors_known:
            limits.append(student(level, np.inf) * own)
        if self.dof:
            spread = 1.0 if self.chi_square_reduced is None else self.chi_square_reduced**0.5
            limits.append(student(level, self.dof) * own * spread)
        half = max(limits)
        return value.n - half, value.n + half

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        A constant that symmetry holds, or whose error is not known, has None there.
        """
        units = {
            **dict.fromkeys(LENGTHS, "angstrom"),
            **dict.fromkeys(ANGLES, "degree"),
            "volume": "angstrom^3",
        }
        parameters = {name: number(getattr(self, name), unit) for name, unit in units.items()}
        for name, value in zip(LENGTHS, self.reciprocal, strict=True):
            parameters[f"1/{name}"] = number(value, "1/angstrom")
        if self.shift is not None:
            parameters["shift"] = number(self.shift, "degree")
        return {
            **parameters,
            "offset": self.offset,
            "chi_square_reduced": self.chi_square_reduced,
            "widening": self.widening,
            "degrees_of_freedom": self.dof,
            "n_points": len(self.lines),
            "lines": [
                {name: _plain(value) for name, value in line._asdict().items()}
                for line in self.lines
            ],
            "phase": self.phase.name,
            "space_group": self.phase.space_group,
            "wavelength": self.peaks.pattern.wavelength,
            "name": self.peaks.pattern.name,
            "origin": self.peaks.pattern.origin,
            "pressure": self.pressure,
            "warnings": list(self.warnings),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return None if isinstance(value, float) and np.isnan(value) else value


def fit_lattice(peaks: PeakTable, phase: Phase, *, offset: str = "none") -> LatticeFit:
    r"""Fit the cell's free axes and angles to the positions of indexed lines.

    .. math::

        2\theta = 2 \arcsin\left(\frac{\lambda}{2} \sqrt{A h^2 + B k^2 + C l^2 + D k l
        + E h l + F h k}\right) + \delta

    with A to F as the symmetry ties them, by least squares in 2 theta with the weights
    of the positions' errors.

    Parameters
    ----------
    peaks : PeakTable
        Its lines with `hkl` are used, but those flagged "edge" or "split"; a table
        without any `hkl` is indexed first, see `analysis.index_lines`.
    phase : Phase
        Symmetry and approximate cell.
    offset : {"none", "zero", "displacement"}
        delta: 0; a constant, the zero shift; or shift cos(theta), what a flat sample
        gives that lies s off the axis of a goniometer of radius R,
        shift = -(2 s/R) (180/pi) degrees.

    Returns
    -------
    LatticeFit
        Its errors are those of the positions, widened by the root of the reduced
        chi-square where that exceeds 1. Without errors of the positions all lines
        weigh the same and the scatter gives the errors.

    Raises
    ------
    FitError
        If the lines do not determine every constant; the message names which. If an
        unindexed table cannot be indexed.
    DataError
        If the lines are indexed as another phase's or with indices that the space
        group forbids.

    Notes
    -----
    Under stress that differs with direction each reflection gives a cell of its own,
    and neither the errors nor any weighted mean is that of a stress-free crystal. The
    warnings then say how far the lines disagree; `lines` has the ratio for each. The
    wavelength counts as exact: an error of it changes all axes by the same part.
    """
    if offset not in OFFSETS:
        raise DataError(f"offset must be one of {', '.join(OFFSETS)}; got {offset!r}")
    indexed = peaks if any(peaks.hkl) else index_lines(peaks, phase)
    used, warnings = _usable(indexed, phase)
    warnings = [*indexed.warnings[len(peaks.warnings) :], *warnings]
    known = bool(len(used)) and bool(np.isfinite(used.two_theta_error).all())
    return _result(used, phase, offset, solve(used, phase, offset, known), warnings)


def _usable(peaks: PeakTable, phase: Phase) -> tuple[PeakTable, list[str]]:
    """Return the lines that say something of the cell, and words about the others."""
    name = peaks.pattern.name
    if peaks.phase not in (None, phase.name):
        raise DataError(f"{name}: the lines are indexed as {peaks.phase}, not as {phase.name}")
    operations = phase.group.operations()
    for one in filter(None, peaks.hkl):
        if not any(one) or operations.is_systematically_absent(list(one)):
            raise DataError(f"{name}: {phase.space_group} has no reflection {label_of(one)}")
    indexed = np.array([one is not None for one in peaks.hkl], dtype=bool)
    unfit = indexed & np.array([bool(flags & UNFIT) for flags in peaks.flags], dtype=bool)
    keep = indexed & ~unfit
    warnings = []
    if unfit.any():
        warnings.append(f"left out, as cut off or split: {listed(peaks.select(unfit))}")
    # An error of 0 says "not known": it cannot be a weight.
    errors = np.where(peaks.two_theta_error > 0, peaks.two_theta_error, np.nan)
    without = keep & ~np.isfinite(errors)
    if without.any() and not without[keep].all():
        warnings.append(
            f"left out, as without an error of their position: {listed(peaks.select(without))}"
        )
        keep &= ~without
    return peaks.select(keep, two_theta_error=errors[keep]), warnings


def _result(
    used: PeakTable, phase: Phase, offset: str, solved: Solution, warnings: list[str]
) -> LatticeFit:
    known, dof = solved.known, solved.dof
    reduced = solved.chi_square / dof if dof else np.nan
    widening = max(np.sqrt(reduced), 1.0) if known and dof else 1.0
    covariance = solved.covariance * (widening**2 if known else reduced)
    fit = LatticeFit(
        phase=phase,
        peaks=used,
        **cell_with_errors(phase, solved, covariance),
        offset=offset,
        lines=_lines(used, solved),
        dof=dof,
        chi_square_reduced=float(reduced) if known and dof else None,
        widening=float(widening),
        warnings=(),
    )
    return replace(fit, warnings=(*warnings, *_warnings(fit, solved)))


def _lines(used: PeakTable, solved: Solution) -> tuple[LatticeLine, ...]:
    difference = solved.residuals
    # The offset belongs to the instrument: without it the line would lie here.
    ratio = np.sin(solved.theta) / np.sin(solved.theta + np.radians(difference / 2))
    columns = (
        used.two_theta,
        used.two_theta_error,
        used.two_theta - difference,
        difference,
        difference / used.two_theta_error,
        ratio,
        outliers_of(difference / solved.sigma, solved),
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(
        LatticeLine(hkl, *row) for hkl, row in zip(used.hkl, rows, strict=True) if hkl is not None
    )


# ------------------------------------------------------------------------------- warnings


def _warnings(fit: LatticeFit, solved: Solution) -> Iterator[str]:
    if not (fit.dof or solved.known):
        yield "there are as many lines as unknowns and no errors of the positions: none are known"
    elif not solved.known:
        yield "the positions have no errors: the scatter alone gives errors"
    elif not fit.dof:
        yield (
            "there are as many lines as unknowns: nothing tests the fit, and the errors are only "
            "those of the positions"
        )
    elif special.chdtrc(fit.dof, solved.chi_square) <= SIGNIFICANCE:
        yield from _disagreement(fit, solved)
    if odd := [line for line in fit.lines if line.outlier]:
        listed = ", ".join(f"{label_of(line.hkl)} ({line.difference:+.3f} degrees)" for line in odd)
        yield f"far off the fit of the others: {listed}"
    if fit.offset != "none":
        errors = np.sqrt(np.diag(solved.covariance))
        correlation = np.abs(solved.covariance[-1, :-1] / (errors[-1] * errors[:-1]))
        if (worst := float(correlation.max())) >= 0.98:
            yield (
                f"{fit.phase.system.names[int(correlation.argmax())]} and {OFFSETS[fit.offset]} "
                f"are hardly told apart (correlation {worst:.3f}): lines farther apart would"
            )


def _disagreement(fit: LatticeFit, solved: Solution) -> Iterator[str]:
    """Say how far the lines disagree, and whether a zero shift explains it, by an F test."""
    low, high = (choose(fit.lines, key=lambda line: line.ratio) for choose in (min, max))
    if fit.phase.system.names == ("a",):
        spread = (
            f"a from single lines runs from {fit.a.n * low.ratio:.4f} ({label_of(low.hkl)}) to "
            f"{fit.a.n * high.ratio:.4f} angstrom ({label_of(high.hkl)})"
        )
    else:
        spread = (
            f"spacings are from {low.ratio - 1:+.2%} ({label_of(low.hkl)}) to "
            f"{high.ratio - 1:+.2%} ({label_of(high.hkl)}) off"
        )
    yield (
        f"the lines disagree by more than the errors of their positions (chi-square reduced "
        f"{fit.chi_square_reduced:.3g}), so that errors are widened {fit.widening:.1f} times; "
        f"{spread}, as stress that is not hydrostatic, an offset or a wrong index would cause"
    )
    if fit.offset != "none" or fit.dof < 2:
        return
    try:
        other = solve(fit.peaks, fit.phase, "zero", solved.known)
    except FitError:
        return
    gain = (solved.chi_square - other.chi_square) * other.dof / max(other.chi_square, 1e-300)
    if special.fdtrc(1, other.dof, max(gain, 0.0)) <= SIGNIFICANCE:
        yield (
            f"a zero shift of {other.parameters[-1]:+.3f} degrees would explain the disagreement: "
            "try offset='zero' or 'displacement'"
        )
