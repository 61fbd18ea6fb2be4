"""Lattice constants from the positions of indexed lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from scipy import special
from uncertainties import UFloat, nominal_value, ufloat

from analysis.diffraction.crystal.cell import ANGLES, LENGTHS, Crystal, label_of
from analysis.diffraction.crystal.indexing import index_lines
from analysis.diffraction.crystal.lattice_solver import (
    OFFSETS,
    Solution,
    cell_with_errors,
    listed,
    outliers_of,
    solve,
)
from analysis.diffraction.crystal.offsets import (
    check_offset,
    choose_offset,
    disagree,
)
from analysis.diffraction.peaks import Index, PeakTable
from analysis.errors import AnalysisError, DataError
from analysis.numerics.digitised import axis_errors
from analysis.numerics.provenance import stated_data
from analysis.numerics.summary import number
from analysis.numerics.uncertainty import student

# The position of a line with one of these flags is not that of one whole reflection.
UNFIT = frozenset({"edge", "split"})
# Scatter that the positions' errors alone would exceed less often than this counts.
_COUNTS = 0.2
# K-alpha 2 lies 0.38 pm (copper) to 0.44 pm (silver) from K-alpha 1, and has half its height:
# a line that holds both, undeclared, may lie anywhere up to their mean.
_DOUBLET = 0.4 / 3
_CONSTANTS = (*LENGTHS, *ANGLES, "volume")
# Powers of the wavelength that they are proportional to.
_POWERS = {**dict.fromkeys(LENGTHS, 1), "volume": 3}


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
    phase : Crystal
        The crystal, with the approximate cell.
    peaks : PeakTable
        The lines used.
    a, b, c : UFloat
        Axes in angstrom, with standard errors and correlated as they came out. An axis
        that symmetry ties to another is the same number. The error is nan where it is
        not known. It includes the systematic part.
    alpha, beta, gamma : UFloat or float
        Angles in degrees; plain numbers where symmetry demands them.
    volume : UFloat
        Of the cell, angstrom^3.
    offset : {"none", "zero", "displacement"}
    shift : UFloat or None
        The fitted offset in degrees, see `fit_lattice`.
    systematic : mapping
        By name of a constant, the part of its error that is no scatter: how far another
        offset that the lines do not exclude would move it.
    lines : tuple of LatticeLine
    dof : int
        Lines less parameters.
    chi_square_reduced : float or None
        Mean square difference in errors, per degree of freedom; None without errors of
        the positions, or with as many parameters as lines.
    widening : float
        Factor by which scatter beyond the positions' errors widened the errors (Birge's
        ratio), at least 1.
    warnings, remarks : tuple of str
        What casts doubt on the numbers, and what they rest on, in words.
    """

    phase: Crystal
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
    systematic: Mapping[str, float]
    warnings: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def errors_known(self) -> bool:
        """Whether the positions have errors; if not, the scatter alone gives errors."""
        return all(np.isfinite(line.error) for line in self.lines)

    @property
    def reciprocal(self) -> tuple[UFloat, UFloat, UFloat]:
        """1/a, 1/b, 1/c in 1/angstrom, as in Fig. 9 of arXiv:2401.00804."""
        return 1 / self.a, 1 / self.b, 1 / self.c

    @property
    def cell(self) -> Crystal:
        """The crystal with the fitted cell in place of the approximate one."""
        names = (*LENGTHS, *ANGLES)
        return self.phase.with_cell(
            **{name: float(nominal_value(getattr(self, name))) for name in names}
        )

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
            Of the positions' errors, taken as right; where the lines scatter more than these
            explain in 80 of 100 fits, of the scatter if that is wider, with Student's factor
            for so few lines. Both with the systematic part.

        Raises
        ------
        AnalysisError
            If there is no such fitted constant, or its error is not known.
        """
        allowed = (*LENGTHS, *ANGLES, "volume", "shift")
        value = getattr(self, name) if name in allowed else None
        if not isinstance(value, UFloat):
            raise AnalysisError(f"{name!r} is not a constant that this fit determines")
        if np.isnan(value.s):
            raise AnalysisError(f"the error of {name} is not known")
        half = self._factor(level) * value.s
        return value.n - half, value.n + half

    def _factor(self, level: float) -> float:
        """Return what turns a standard error into half an interval."""
        if not self.errors_known:
            return student(level, self.dof)
        factor, spread = student(level, np.inf), self.chi_square_reduced
        if spread and special.chdtrc(self.dof, spread * self.dof) < _COUNTS:
            factor = max(factor, student(level, self.dof) * spread**0.5)
        return factor / self.widening

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        A constant that symmetry holds, or whose error is not known, has None there.
        """
        units = {
            **dict.fromkeys(LENGTHS, "angstrom"),
            **dict.fromkeys(ANGLES, "degree"),
            "volume": "angstrom^3",
        }
        parameters = {name: self._number(name, unit) for name, unit in units.items()}
        for name, value in zip(LENGTHS, self.reciprocal, strict=True):
            parameters[f"1/{name}"] = number(value, "1/angstrom")
        return {
            **parameters,
            "offset": {
                **number(0.0 if self.shift is None else self.shift, "degree"),
                "kind": self.offset,
            },
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
            **stated_data(self.peaks.pattern),
            "warnings": list(self.warnings),
            "remarks": list(self.remarks),
        }

    def _number(self, name: str, unit: str) -> dict[str, Any]:
        value = getattr(self, name)
        if not isinstance(value, UFloat) or np.isnan(value.s):
            return number(value, unit)
        return number(
            value, unit, interval=self.interval(name), systematic=self.systematic.get(name)
        )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return None if isinstance(value, float) and np.isnan(value) else value


def fit_lattice(peaks: PeakTable, phase: Crystal, *, offset: str = "auto") -> LatticeFit:
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
    phase : Crystal
        Symmetry and approximate cell.
    offset : {"auto", "none", "zero", "displacement"}
        delta: 0; a constant, the zero shift; or shift cos(theta), what a flat sample
        gives that lies s off the axis of a goniometer of radius R,
        shift = -(2 s/R) (180/pi) degrees. "auto" takes the one that the lines ask for,
        see Notes.

    Returns
    -------
    LatticeFit
        Its errors are those of the positions, widened by the root of the reduced
        chi-square where that exceeds 1, and a systematic part. Without errors of the
        positions all lines weigh the same and the scatter gives the errors.

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
    With "auto" an offset is fitted, and the errors cover the other kind, or none, where
    the lines do not exclude it (see `OffsetChoice`); only where scatter alone would show
    as much in more than a third of patterns is there none. Where the lines disagree by more
    than their errors, whatever the offset, the systematic part holds how far the cell moves
    with both offsets.

    Under stress that differs with direction each reflection gives a cell of its own,
    and neither the errors nor any weighted mean is that of a stress-free crystal. The
    warnings then say how far the lines disagree; `lines` has the ratio for each. The
    wavelength counts as exact: an error of it changes all axes by the same part.
    """
    check_offset(offset)
    indexed = peaks if any(peaks.hkl) else index_lines(peaks, phase)
    usable, remarks = _usable(indexed, phase)
    errors_known = bool(len(usable)) and bool(np.isfinite(usable.two_theta_error).all())
    choice = choose_offset(usable, phase, offset, errors_known)
    fit = _result(usable, phase, choice.solved)
    warnings = [*indexed.warnings[len(peaks.warnings) :], *_warnings(fit, choice.solved)]
    remarks = [
        *indexed.remarks[len(peaks.remarks) :],
        *remarks,
        *choice.remarks,
        *_remarks(fit, choice.solved, offset),
    ]
    others = [_result(usable, phase, other) for other in choice.others]
    both = None if choice.both is None else _result(usable, phase, choice.both)
    fit = replace(fit, warnings=tuple(warnings), remarks=tuple(remarks))
    read = [
        _result(reading, phase, solve(reading, phase, fit.offset, errors_known))
        for reading in misread(usable)
    ]
    return _with_systematic(fit, others, both, read)


def _usable(peaks: PeakTable, phase: Crystal) -> tuple[PeakTable, list[str]]:
    """Return the lines that say something of the cell, and words about the others."""
    name = peaks.pattern.name
    if peaks.phase not in (None, phase.name):
        raise DataError(f"{name}: the lines are indexed as {peaks.phase}, not as {phase.name}")
    for hkl in filter(None, peaks.hkl):
        if not any(hkl) or phase.forbids(hkl):
            raise DataError(f"{name}: {phase.space_group} has no reflection {label_of(hkl)}")
    indexed = np.array([hkl is not None for hkl in peaks.hkl], dtype=bool)
    unfit = indexed & np.array([bool(flags & UNFIT) for flags in peaks.flags], dtype=bool)
    keep = indexed & ~unfit
    remarks = []
    if unfit.any():
        remarks.append(f"left out because cut off or split: {listed(peaks.select(unfit))}")
    # An error of 0 says "not known": it cannot be a weight.
    errors = np.where(peaks.two_theta_error > 0, peaks.two_theta_error, np.nan)
    without = keep & ~np.isfinite(errors)
    if without.any() and not without[keep].all():
        remarks.append(
            f"left out because their positions have no error: {listed(peaks.select(without))}"
        )
        keep &= ~without
    return peaks.select(keep, two_theta_error=errors[keep]), remarks


def _result(usable: PeakTable, phase: Crystal, solved: Solution) -> LatticeFit:
    known, dof = solved.known, solved.dof
    widening = max(np.sqrt(solved.scatter), 1.0) if known and dof else 1.0
    covariance = solved.covariance * (widening**2 if known else solved.scatter)
    return LatticeFit(
        phase=phase,
        peaks=usable,
        **cell_with_errors(phase, solved, covariance),
        offset=solved.offset,
        lines=_lines(usable, solved),
        dof=dof,
        chi_square_reduced=float(solved.scatter) if known and dof else None,
        widening=float(widening),
        systematic={},
        warnings=(),
        remarks=(),
    )


def _with_systematic(
    fit: LatticeFit, others: list[LatticeFit], both: LatticeFit | None, read: list[LatticeFit]
) -> LatticeFit:
    """Return the fit with errors that cover what the lines do not exclude.

    Half of the 95 % interval reaches the far end of those of the other fits; how far both
    offsets move a constant counts as one more standard error, and so does an undeclared
    K-alpha 2, and each error of the axis of a figure that the pattern was read out of.
    """
    parts: dict[str, float] = {}
    changed: dict[str, Any] = {}
    moved: dict[int, UFloat] = {}
    common = ufloat(0.0, 1.0)
    pattern = fit.peaks.pattern
    mixed = _DOUBLET / pattern.wavelength if fit.peaks.undeclared_doublet else 0.0
    for name in _CONSTANTS:
        value = getattr(fit, name)
        if not isinstance(value, UFloat) or np.isnan(value.s):
            continue
        half, move = _half(fit, name), 0.0
        reach = value.s
        for other in others:
            away = getattr(other, name).n - value.n
            reach = max(reach, value.s * (abs(away) + _half(other, name)) / half)
            move = move or away
        beyond = 0.0 if both is None else getattr(both, name).n - value.n
        beyond = float(np.hypot(beyond, value.n * mixed * _POWERS.get(name, 0)))
        for other in read:
            beyond = float(np.hypot(beyond, getattr(other, name).n - value.n))
        part = float(np.sqrt(reach**2 - value.s**2 + beyond**2))
        if part > 0:
            parts[name] = part
            # What symmetry ties stays one number.
            same = moved.setdefault(id(value), value + np.copysign(part, move or beyond) * common)
            changed[name] = same
    return replace(fit, systematic=parts, **changed)


def misread(peaks: PeakTable) -> list[PeakTable]:
    """Return the lines where each error of a figure's axis puts them; none where none was read."""
    read = peaks.pattern.digitised
    error = 0.0 if read is None else read.reading_error.get("two_theta", 0.0)
    if not error:
        return []
    moved = axis_errors(peaks.two_theta, peaks.counts.two_theta, error)
    return [replace(peaks, two_theta=peaks.two_theta + by) for by in moved]


def _half(fit: LatticeFit, name: str) -> float:
    low, high = fit.interval(name)
    return (high - low) / 2


def _lines(usable: PeakTable, solved: Solution) -> tuple[LatticeLine, ...]:
    difference = solved.residuals
    # The offset belongs to the instrument: without it the line would lie here.
    ratio = np.sin(solved.theta) / np.sin(solved.theta + np.radians(difference / 2))
    columns = (
        usable.two_theta,
        usable.two_theta_error,
        usable.two_theta - difference,
        difference,
        difference / usable.two_theta_error,
        ratio,
        outliers_of(difference / solved.sigma, solved),
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(
        LatticeLine(hkl, *row) for hkl, row in zip(usable.hkl, rows, strict=True) if hkl is not None
    )


# ------------------------------------------------------------------------------- warnings


def _warnings(fit: LatticeFit, solved: Solution) -> Iterator[str]:
    if not (fit.dof or solved.known):
        yield (
            "there are as many lines as unknowns and no errors of the positions: the constants "
            "have no errors"
        )
    elif not fit.dof:
        yield (
            "there are as many lines as unknowns: nothing tests the fit, and the errors are only "
            "those of the positions"
        )
    elif solved.known and disagree(solved):
        yield _disagreement(fit)
    if odd := [line for line in fit.lines if line.outlier]:
        listed = ", ".join(f"{label_of(line.hkl)} ({line.difference:+.3f} degrees)" for line in odd)
        yield f"far from the fit of the other lines: {listed}"


def _remarks(fit: LatticeFit, solved: Solution, offset: str) -> Iterator[str]:
    if fit.dof and not solved.known:
        yield "the positions have no errors: the scatter alone gives errors"
    # An offset that nobody asked for has remarks of its own.
    if offset == fit.offset != "none":
        errors = np.sqrt(np.diag(solved.covariance))
        correlation = np.abs(solved.covariance[-1, :-1] / (errors[-1] * errors[:-1]))
        if (worst := float(correlation.max())) >= 0.98:
            yield (
                f"{fit.phase.system.names[int(correlation.argmax())]} and "
                f"{OFFSETS[fit.offset][0]} are hardly told apart (correlation {worst:.3f}): lines "
                "farther apart would"
            )


def _disagreement(fit: LatticeFit) -> str:
    """Say how far the lines disagree."""
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
    return (
        "the lines disagree by more than the errors of their positions (chi-square reduced "
        f"{fit.chi_square_reduced:.3g}), so the errors are widened {fit.widening:.1f} times; "
        f"{spread}; stress that is not hydrostatic, a wrong index or lines of another shape would "
        "do this"
    )
