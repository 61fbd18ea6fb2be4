"""The diffractometer's own lines: their breadth and offset, from a standard, and their removal."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.diffraction.crystal.indexing import index_lines
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.peaks import CommonErrors, LineParts, PeakTable
from analysis.diffraction.shapes import Shape, shape_named
from analysis.diffraction.strain.own_breadth import SAME, propagated, removed
from analysis.errors import DataError, FitError
from analysis.numerics.linear import fit_linear
from analysis.numerics.uncertainty import band_half_width
from analysis.typing import Floats

# Terms of the squared width, from the one that is always there to the first to be dropped.
TERMS = ("1", "tan^2", "tan", "cot^2")
# A line off the curve by more than this part of it does not belong to a standard.
OFF_CURVE = 0.05
# A line off the curve of the others by so many times their scatter is no line of the standard.
STRANGER = 5.0
# Beyond the standard's lines by more than this part of their range the curve is not used.
BEYOND = 0.1


class Curve(NamedTuple):
    """A smooth curve with errors.

    Attributes
    ----------
    coefficients : ndarray, shape (P,)
    covariance : ndarray, shape (P, P)
    """

    coefficients: Floats
    covariance: Floats

    def at(self, design: Floats) -> tuple[Floats, Floats]:
        """Return values and standard errors for a design of shape (N, P)."""
        return design @ self.coefficients, band_half_width(design.T, self.covariance, 1.0)

    @property
    def modes(self) -> Floats:
        """Independent changes of the coefficients by one standard error each, rows (P, P)."""
        scale = np.sqrt(np.maximum(np.diag(self.covariance), 1e-300))
        values, vectors = np.linalg.eigh(self.covariance / np.outer(scale, scale))
        return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))).T * scale)


@dataclass(frozen=True, eq=False)
class Instrument:
    """What a standard says of the diffractometer, for one shape of the lines.

    Attributes
    ----------
    name : str
        Of the standard.
    shape : str
        Of the fitted lines; a width means little without it.
    standard : PeakTable
        The standard's lines that were used.
    width : Curve
        Square of the FWHM (degrees) in 1, tan^2(theta), tan(theta), cot^2(theta), as far as
        the lines call for them: G. Caglioti et al., Nucl. Instrum. 3, 223 (1958), and a
        term for the divergence that widens lines at low angles.
    mixing : Curve
        Mixing of the shape, linear in 2 theta.
    offset : Curve or None
        Angular offset in degrees: a zero shift and a displacement along cos(theta). None
        where no lattice constant was given.
    off : ndarray, shape (N,)
        FWHM of each of the standard's lines over that of the curve, less 1.
    warnings : tuple of str
        What to know before using it, in words.
    """

    name: str
    shape: str
    standard: PeakTable
    width: Curve
    mixing: Curve
    offset: Curve | None
    off: Floats
    warnings: tuple[str, ...]

    def fwhm(self, two_theta: ArrayLike) -> tuple[Floats, Floats]:
        """Return FWHM and its standard error at angles (degrees), both in degrees."""
        square, error = self.width.at(_squares(two_theta, self.width.coefficients.size))
        fwhm = np.sqrt(np.maximum(square, 1e-12))
        return fwhm, error / (2 * fwhm)

    def shift(self, two_theta: ArrayLike) -> tuple[Floats, Floats]:
        """Return the angular offset and its standard error at angles, all in degrees."""
        design = _offsets(two_theta)
        zeros = np.zeros(len(design))
        return (zeros, zeros) if self.offset is None else self.offset.at(design)

    def correct(self, peaks: PeakTable) -> PeakTable:
        """Return lines without the instrument's breadth and offset.

        Lorentzian widths subtract, Gaussian ones in squares, mixed shapes part by part.
        Lines that are no broader than the instrument's are flagged "narrow". The error of the
        standard's curves moves all lines together; `PeakTable.common` says how.

        Raises
        ------
        DataError
            If the lines have another shape than the standard's, or are corrected already.
        """
        if peaks.shape != self.shape:
            raise DataError(
                f"{peaks.pattern.name}: its lines are {peaks.shape}, those of the standard "
                f"{self.name} are {self.shape}; fit both with one --shape"
            )
        if peaks.instrument is not None:
            raise DataError(
                f"{peaks.pattern.name}: its lines are already corrected with {peaks.instrument}"
            )
        own, _ = self.fwhm(peaks.two_theta)
        form, parts = shape_named(self.shape), peaks.parts
        own_parts = self._parts_at(peaks.two_theta)
        left = removed(form, parts, own_parts)
        common = CommonErrors(*self._common(form, parts, peaks.two_theta, left))
        errors = np.hypot(propagated(form, parts, own_parts), [
            np.sqrt((modes**2).sum(axis=0)) for modes in common
        ])  # fmt: skip
        fwhm, breadth, lorentz, gauss, mixing = left
        narrow = (peaks.fwhm <= own * (1 + SAME)) | (breadth <= 0)
        known_apart = form.mixing is None and peaks.lorentzian_fwhm is not None
        apart: dict[str, Any] = {}
        if known_apart:
            apart = {
                "lorentzian_fwhm": lorentz,
                "lorentzian_fwhm_error": errors[2],
                "gaussian_fwhm": gauss,
                "gaussian_fwhm_error": errors[3],
            }
        shift, shift_error = self.shift(peaks.two_theta)
        return replace(
            peaks,
            two_theta=peaks.two_theta - shift,
            two_theta_error=np.hypot(peaks.two_theta_error, shift_error),
            fwhm=fwhm,
            fwhm_error=errors[0],
            integral_breadth=breadth,
            integral_breadth_error=errors[1],
            lorentzian_part=mixing,
            common=common,
            **apart,
            flags=tuple(
                flags | {"narrow"} if is_narrow else flags
                for flags, is_narrow in zip(peaks.flags, narrow, strict=True)
            ),
            instrument=self.name,
            warnings=(*peaks.warnings, *self._warnings_for(peaks, narrow)),
        )

    def _parts_at(self, two_theta: Floats, move: Floats | None = None) -> Floats:
        """Return the instrument's own Lorentzian and Gaussian FWHM, degrees, shape (2, N).

        `move` is added to the coefficients of the curves of width and of mixing.
        """
        n = self.width.coefficients.size
        moved = np.zeros(n + self.mixing.coefficients.size) if move is None else move
        square = _squares(two_theta, n) @ (self.width.coefficients + moved[:n])
        mixing = _line(two_theta) @ (self.mixing.coefficients + moved[n:])
        form = shape_named(self.shape)
        clipped = (
            np.clip(mixing, 0, 1) if form.mixing is None else np.full(mixing.size, form.mixing)
        )
        shares = np.array([form.widths(share) for share in clipped.tolist()]).reshape(-1, 2).T
        return np.asarray(shares * np.sqrt(np.maximum(square, 1e-12)))

    def _common(self, form: Shape, parts: LineParts, two_theta: Floats, left: Floats) -> Floats:
        """Return how far the curves' errors move all lines together, shape (4, K, N)."""
        modes = []
        start = np.zeros(self.width.coefficients.size + self.mixing.coefficients.size)
        for first, curve in ((0, self.width), (self.width.coefficients.size, self.mixing)):
            for mode in curve.modes:
                move = start.copy()
                move[first : first + mode.size] = mode
                moved = removed(form, parts, self._parts_at(two_theta, move))
                modes.append((moved - left)[:4])
        return np.array(modes).transpose(1, 0, 2)

    def _warnings_for(self, peaks: PeakTable, narrow: NDArray[np.bool_]) -> list[str]:
        warnings = list(self.warnings)
        if narrow.any():
            warnings.append(
                f"{int(narrow.sum())} lines ({_at(peaks.two_theta[narrow])}) are no broader than "
                f"those of the standard {self.name}: they are left out"
            )
        low, high = self.standard.two_theta[[0, -1]]
        margin = BEYOND * (high - low)
        beyond = (peaks.two_theta < low - margin) | (peaks.two_theta > high + margin)
        if beyond.any():
            warnings.append(
                f"{int(beyond.sum())} lines lie beyond those of the standard {self.name} "
                f"({low:.1f} to {high:.1f} deg): its breadth there is a guess"
            )
        return warnings


def fit_instrument(
    standard: PeakTable, phase: Phase | None = None, *, name: str | None = None
) -> Instrument:
    """Find the diffractometer's breadth, and its offset if the standard's cell is given.

    Parameters
    ----------
    standard : PeakTable
        Lines of a standard whose own broadening is negligible, such as LaB6, with the
        shape in which other patterns will be fitted. Of a diffractometer whose lines are
        not symmetric all may look split: fit the standard with ``split=False``.
    phase : Phase, optional
        The standard with its certified lattice constants. Without it there is no offset.
    name : str, optional
        Name of the standard; the pattern's if not given.

    Returns
    -------
    Instrument

    Raises
    ------
    FitError
        If fewer than 3 lines are usable, or the lines do not fit the cell.

    Notes
    -----
    The zero shift of the offset belongs to the diffractometer; a displacement belongs to
    how the standard was mounted, and holds for another specimen only if it was mounted
    alike. The two are told apart only over a wide range of angles, and only their sum is
    used.
    """
    name = name or standard.pattern.name
    if standard.instrument is not None:
        raise DataError(f"{name}: its lines are corrected already; a standard's must not be")
    indexed = standard if phase is None else index_lines(standard, phase)
    which = standard.usable & (standard.fwhm_error > 0)
    if phase is not None:
        which &= np.array([hkl is not None for hkl in indexed.hkl], dtype=bool)
    lines = indexed.select(which)
    if len(lines) < 3:
        raise FitError(
            f"{name}: {len(lines)} usable lines; a curve of breadths needs at least 3, so "
            "measure it over more angles, or leave --instrument out"
        )
    lines, left_out = _without_strangers(lines)
    width = _width_curve(lines)
    off = _off_curve(lines, width)
    warnings = []
    if left_out:
        warnings.append(
            f"{len(left_out)} lines of the standard {name} ({_at(left_out)}) are left out: they "
            "are far off the curve of the others' breadths"
        )
    far = np.abs(off) > OFF_CURVE
    if far.any():
        warnings.append(
            f"{int(far.sum())} lines of the standard {name} ({_at(lines.two_theta[far])}) are off "
            f"its smooth curve of breadths by more than {OFF_CURVE:.0%}"
        )
    angles = lines.two_theta
    mixing = _scattered(_line(angles), lines.lorentzian_part)
    offset = None if phase is None else _offset_curve(lines, phase)
    return Instrument(name, standard.shape, lines, width, mixing, offset, off, tuple(warnings))


def _at(angles: Iterable[float]) -> str:
    return f"at {', '.join(f'{angle:.2f}' for angle in angles)} deg"


def _off_curve(lines: PeakTable, width: Curve) -> Floats:
    """Return the FWHM of lines over that of the curve, less 1."""
    fitted = _squares(lines.two_theta, width.coefficients.size) @ width.coefficients
    return np.asarray(lines.fwhm / np.sqrt(np.maximum(fitted, 1e-12)) - 1)


def _without_strangers(lines: PeakTable) -> tuple[PeakTable, list[float]]:
    """Leave out, one by one, lines whose breadth is nothing like the others'."""
    left_out = []
    while len(lines) > 4:
        tests = [0.0]
        # At the ends the others' curve would be extrapolated.
        for i in range(1, len(lines) - 1):
            others = lines.select(np.arange(len(lines)) != i)
            off = _off_curve(others, _width_curve(others))
            scatter = max(float(np.sqrt(np.mean(off**2))), 0.01)
            mine = _off_curve(lines.select([i]), _width_curve(others))[0]
            tests.append(abs(float(mine)) / scatter if abs(mine) > 4 * OFF_CURVE else 0.0)
        worst = int(np.argmax(tests))
        if tests[worst] < STRANGER:
            break
        left_out.append(float(lines.two_theta[worst]))
        lines = lines.select(np.arange(len(lines)) != worst)
    return lines, sorted(left_out)


def _width_curve(lines: PeakTable) -> Curve:
    """Fit the squared widths, with as many terms as the lines call for (corrected AIC).

    The errors of the lines are relative ones at least as large as their scatter: a standard
    has strong lines whose counting errors are far below what any smooth curve can follow.
    """
    square = lines.fwhm**2
    errors = 2 * lines.fwhm * np.hypot(lines.fwhm_error, 0.01 * lines.fwhm)
    curves = []
    n = len(lines)
    for terms in range(1, min(len(TERMS), n - 2) + 1):
        design = _squares(lines.two_theta, terms)
        curve = _weighted(design, square, errors)
        left = float((((square - design @ curve.coefficients) / errors) ** 2).sum())
        score = n * np.log(max(left, 1e-300) / n) + 2 * terms * n / (n - terms - 1)
        grid = np.linspace(lines.two_theta[0], lines.two_theta[-1], 50)
        if (_squares(grid, terms) @ curve.coefficients > 0).all():
            curves.append((score, terms, curve))
    if not curves:
        raise FitError(
            f"{lines.pattern.name}: the breadths of its lines follow no smooth curve; "
            "name its crystal with --standard-cell, or leave --instrument out"
        )
    return min(curves)[-1]


def _offset_curve(lines: PeakTable, phase: Phase) -> Curve:
    hkl = [index for index in lines.hkl if index is not None]
    sine = lines.pattern.wavelength / 200 / phase.d_spacing(hkl)
    difference = lines.two_theta - 2 * np.degrees(np.arcsin(sine))
    errors = np.maximum(lines.two_theta_error, 1e-6)
    return _weighted(_offsets(lines.two_theta), difference, errors)


def _weighted(design: Floats, values: Floats, errors: Floats) -> Curve:
    """Return the weighted least-squares fit, errors widened by the scatter."""
    fit = fit_linear(design.T, values, errors**2)
    return Curve(fit.values, fit.covariance * max(fit.chi_square / max(fit.dof, 1), 1.0))


def _scattered(design: Floats, values: Floats) -> Curve:
    """Return the least-squares fit of values that tell their errors by their scatter."""
    fit = fit_linear(design.T, values)
    return Curve(fit.values, fit.covariance * fit.chi_square / max(fit.dof, 1))


def _squares(two_theta: ArrayLike, terms: int) -> Floats:
    tan = np.tan(np.radians(np.atleast_1d(np.asarray(two_theta, dtype=float))) / 2)
    return np.stack([np.ones_like(tan), tan**2, tan, 1 / tan**2], axis=1)[:, :terms]


def _line(two_theta: ArrayLike) -> Floats:
    return np.vander(np.atleast_1d(np.asarray(two_theta, dtype=float)), 2, increasing=True)


def _offsets(two_theta: ArrayLike) -> Floats:
    cos = np.cos(np.radians(np.atleast_1d(np.asarray(two_theta, dtype=float))) / 2)
    return np.stack([np.ones_like(cos), cos], axis=1)
