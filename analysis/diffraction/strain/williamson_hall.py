"""The Williamson-Hall analysis: strain from the breadths of lines, and size where it shows."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import uncertainties
from numpy.typing import ArrayLike

from analysis.diffraction.peaks import PeakTable
from analysis.diffraction.strain.additions import (
    Addition,
    Law,
    add_up,
    addition_named,
    choose_addition,
    common_of,
    law_of,
    parts_of,
    strain_left,
)
from analysis.diffraction.strain.before_quoting import (
    NOTABLE_CHANCE,
    strain_remarks,
    strain_warnings,
)
from analysis.diffraction.strain.breadth_law import Settled, bragg_angles, fit_breadths
from analysis.diffraction.strain.choices import (
    Options,
    checked_options,
    choose_lines,
    choose_model,
)
from analysis.diffraction.strain.directions import (
    Anisotropy,
    Family,
    LineStrain,
    anisotropy_of,
    families_of,
    name_of,
)
from analysis.diffraction.strain.estimates import Estimates
from analysis.errors import FitError
from analysis.numerics.outliers import off_the_others
from analysis.numerics.provenance import stated_data
from analysis.numerics.summary import number
from analysis.numerics.uncertainty import band_half_width, student
from analysis.typing import Floats


def williamson_hall(
    peaks: PeakTable,
    *,
    model: str = "auto",
    shape_factor: float = 0.9,
    breadth: str = "integral",
    addition: str = "auto",
) -> "WilliamsonHall":
    """Find the strain, and the size if the lines show one, by eq. 7 or eq. 8.

    Parameters
    ----------
    peaks : PeakTable
        Lines of one phase. Only those are used that `PeakTable.usable` allows and whose
        breadth has an error; what was left out is named in the remarks.
    model : {"auto", "full", "reduced"}
        Eq. 7 with size and strain; eq. 8 with strain alone; or eq. 7 if its size term
        is above zero at a one-sided level of 99 %, else the value of eq. 8 with an interval
        that admits every size that the lines allow.
    shape_factor : float
        Scherrer's constant K. The paper's is 0.9, which belongs to the FWHM of cubes;
        for integral breadths 1 is as common, and the size is in proportion to it.
    breadth : {"integral", "fwhm"}
        Area over height, or full width at half maximum. For Lorentzian lines the former
        is pi/2 = 1.571 times the latter, and so is the strain.
    addition : {"auto", "linear", "quadrature", "resolved", "halder-wagner"}
        How the breadths of size and strain add, see
        `analysis.diffraction.strain.additions.ADDITIONS`: as they are, as in eq. 7 (right for
        Lorentzian lines); by their squares (Gaussian lines); size in the lines' Lorentzian
        part and strain in their Gaussian; or the one that the lines' shape calls for. Eq. 8
        knows no such difference.

    Returns
    -------
    WilliamsonHall

    Raises
    ------
    AnalysisError
        For a word or a shape factor that is not allowed.
    FitError
        If no line is usable; if eq. 7 is asked for but there are not two lines at
        different angles, or it does not settle.

    Notes
    -----
    Equations 7 and 8 of arXiv:2401.00804. The fit is by weighted least squares and its
    errors are those of the lines, unless the lines scatter by more than their errors:
    then scatter in proportion to the breadth is added and Student's t takes the place of
    the normal factors, see `analysis.diffraction.strain.breadth_law.fit_breadths`.

    A size too large to be seen still adds to the breadths, and eq. 8 takes it for strain.
    The interval of the strain is therefore that of eq. 7 with neither term below zero
    (`analysis.numerics.bounded.bounded_interval`), whether a size shows or not: it reaches
    from the strain beside the smallest size that the lines allow to that beside none. The
    error is the longer side of it. What eq. 8 says on its own is `strain_by_reduced`. Fewer
    than three lines fit eq. 7 whatever they are: there the strain lies between zero and what
    the broadest line would need, and no value is quoted.

    Examples
    --------
    >>> from analysis.diffraction.pattern import DiffractionPattern
    >>> from analysis.diffraction.strain.breadth_law import line_breadth
    >>> angle = np.array([9.0, 11.0, 15.0, 18.0, 21.0])
    >>> beta = line_breadth(np.radians(angle / 2), strain=0.008, wavelength=61.99)
    >>> width, error = np.degrees(beta), np.full(5, 0.002)
    >>> counts = DiffractionPattern(np.linspace(1, 30, 99), np.arange(99.0), wavelength=61.99)
    >>> peaks = PeakTable(
    ...     angle, error, width * 2 / np.pi, error, width, error, width, error, np.ones(5),
    ...     flags=(frozenset(),) * 5, shape="lorentzian", pattern=counts,
    ... )
    >>> result = williamson_hall(peaks)
    >>> print(result.model, result.strain_by_reduced, f"D > {result.size_lower:.0f} nm")
    reduced 0.008000+/-0.000029 D > 620 nm
    >>> print("from {:.5f} to {:.5f}".format(*result.interval()))
    from 0.00780 to 0.00806
    """
    options = checked_options(model, shape_factor, breadth, addition)
    which, left_out = choose_lines(peaks, breadth)
    if not which.any():
        helps = "; choose a --window of whole lines that stand apart, or another --shape"
        because = f": left out {'; '.join(left_out)}{helps}" if left_out else ": there are none"
        raise FitError(f"{peaks.pattern.name}: no line is usable for the strain{because}")
    lines = peaks.select(which)
    way, why = addition_named(addition), "it was asked for"
    if addition == "auto":
        way, why = choose_addition(lines, breadth)
    reduced = _fit(lines, options, way, full=False)
    full, trouble = _try_full(lines, options, way)
    if model == "full" and full is None:
        raise FitError(
            f"{peaks.pattern.name}: eq. 7 cannot be fitted: {trouble}; eq. 8 is --model reduced"
        )
    chosen, reason = choose_model(model, full, trouble, len(lines))
    return WilliamsonHall(peaks, lines, options, way, why, chosen, reason, left_out, reduced, full)


class Points(NamedTuple):
    """What a law of breadths is fitted to, the arguments of `fit_breadths` in their order."""

    law: Law
    measured: Floats
    errors: Floats
    theta_errors: Floats
    common: Floats | None


def points_of(lines: PeakTable, options: Options, way: Addition, *, full: bool) -> Points:
    """Return the law of eq. 7, or 8 if not full, and the breadths of lines that it is fitted to."""
    measured, errors = lines.breadth(options.breadth)
    # An angle without an error counts as exact: its share is small in any case.
    theta_errors = np.nan_to_num(np.radians(lines.two_theta_error / 2), posinf=0.0)
    parts, common = None, common_of(lines, options.breadth)
    if full and way.name == "resolved":
        parts = parts_of(lines, options.breadth)
        measured, errors, theta_errors = parts.measured, parts.errors, np.tile(theta_errors, 2)
        common = parts.common
    return Points(
        law_of(way, lines.theta, full=full, parts=parts), measured, errors, theta_errors, common
    )


def _fit(lines: PeakTable, options: Options, way: Addition, *, full: bool) -> Settled:
    return fit_breadths(*points_of(lines, options, way, full=full))


def _try_full(lines: PeakTable, options: Options, way: Addition) -> tuple[Settled | None, str]:
    if len(lines) < 2:
        return None, "there is one line, and it has two parameters"
    if np.ptp(lines.theta) < 1e-6:
        return None, "the lines lie at one angle, and it has two parameters"
    try:
        return _fit(lines, options, way, full=True), ""
    except FitError as error:
        return None, str(error)


@dataclass(frozen=True, eq=False)
class WilliamsonHall(Estimates):
    """The result of `williamson_hall`: see `Estimates` for its attributes and numbers."""

    def with_breadth(self, breadth: str) -> "WilliamsonHall":
        """Return the same analysis with the other breadth, "integral" or "fwhm"."""
        return williamson_hall(self.peaks, **{**self.options._asdict(), "breadth": breadth})

    def with_addition(self, addition: str) -> "WilliamsonHall":
        """Return the same analysis with another addition, a name of `ADDITIONS`."""
        return williamson_hall(self.peaks, **{**self.options._asdict(), "addition": addition})

    @property
    def corrected(self) -> bool:
        """Whether the breadth of the instrument was removed from the lines."""
        return self.peaks.instrument is not None

    @property
    def chi_square_reduced(self) -> float | None:
        """Chi-square with the lines' own errors over N - P; None without a line to spare."""
        kept = self.kept
        return kept.chi_square / kept.points_dof if kept.points_dof else None

    @property
    def correlation(self) -> float | None:
        """Correlation of size and strain; None under eq. 8."""
        if self.model != "full":
            return None
        covariance = self.kept.covariance
        # The size falls as its term rises.
        return -float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))

    @property
    def residuals(self) -> Floats:
        """Measured less fitted breadths, rad, shape (n_lines,)."""
        return np.asarray(self.lines.breadth(self.breadth)[0] - self.predict(self.lines.theta))

    @property
    def breadth_errors(self) -> Floats:
        """The lines' own errors of the breadths, rad, through their angles as well if fitted."""
        return np.sqrt(self._own_variance)

    @property
    def _own_variance(self) -> Floats:
        """Variances of the whole breadths, rad^2: their own, and through the angle if fitted."""
        if self.kept.variance.size == self.n_lines:
            return self.kept.variance
        return self.lines.breadth(self.breadth)[1] ** 2

    @property
    def _scatter(self) -> Floats:
        """Scatter of the whole breadths beyond their errors, rad."""
        if self.kept.scatter.size == self.n_lines:
            return self.kept.scatter
        return self.kept.scatter[self.n_lines :]

    @property
    def r_squared(self) -> float:
        """Weighted coefficient of determination of the breadths.

        Weak evidence: it is high wherever the breadths differ much between the lines, be
        the law right or wrong, low for a perfect fit to equal breadths, and below 0 where
        eq. 8 describes them worse than their mean. `chi_square_reduced` tells more.
        """
        measured, _ = self.lines.breadth(self.breadth)
        weights = 1 / (self._own_variance + self._scatter**2)
        about_mean = measured - np.average(measured, weights=weights)
        total = float(weights @ about_mean**2)
        # Equal breadths differ from their mean by rounding alone.
        least = 1e-24 * float(weights @ measured**2)
        return 1 - float(weights @ self.residuals**2) / total if total > least else math.nan

    def predict(self, theta: ArrayLike) -> Floats:
        """Return the fitted breadths, rad, at Bragg angles theta, rad.

        Raises
        ------
        AnalysisError
            If an angle is not between 0 and pi/2.
        """
        return self._whole_at(bragg_angles(theta), self.kept.values)

    def band(self, theta: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the confidence band of the fitted law at Bragg angles theta.

        Parameters
        ----------
        theta : array_like, shape (N,)
            rad.
        level : float
            Pointwise coverage; 0.95 is 95 %.

        Returns
        -------
        (lower, upper) : ndarrays, shape (N,)
            Breadths, rad.

        Raises
        ------
        AnalysisError
            If an angle is not between 0 and pi/2, or the level not between 0 and 1.
        """
        angles, kept = bragg_angles(theta), self.kept
        steps = np.diag(1e-4 * np.sqrt(np.diag(kept.covariance)))
        ends = [
            self._whole_at(angles, kept.values + step) - self._whole_at(angles, kept.values - step)
            for step in steps
        ]
        jacobian = np.array(ends) / (2 * np.diag(steps)[:, None])
        half = band_half_width(jacobian, kept.covariance, student(level, kept.dof))
        fitted = self._whole_at(angles, kept.values)
        return fitted - half, fitted + half

    def _whole_at(self, angles: Floats, p: Floats) -> Floats:
        """Return whole breadths by eq. 7 or 8 with the parameters `p`."""
        if self.model == "full" and self.addition == "resolved":
            by_size = np.maximum(p[0], 0.0) / np.cos(angles)
            by_strain = np.sqrt(np.maximum(p[1], 0.0)) * 4 * np.tan(angles)
            return add_up(self.way, by_size, by_strain, fwhm=self.breadth == "fwhm")
        return law_of(self.way, angles, full=self.model == "full").value(p)

    @cached_property
    def per_line(self) -> tuple[LineStrain, ...]:
        """Each line's own strain, beta/(4 tan(theta)), with the error of its breadth.

        Where eq. 7 was used, the part of the size is taken off first.
        """
        breadths, _ = self.lines.breadth(self.breadth)
        errors, tan = np.sqrt(self._own_variance), np.tan(self.lines.theta)
        if self.model == "reduced":
            by_strain = breadths
        elif self.addition == "resolved":
            squares, square_errors = parts_of(self.lines, self.breadth).squares
            by_strain = np.sqrt(np.maximum(squares, 0.0))
            errors = square_errors / np.maximum(2 * by_strain, np.sqrt(square_errors))
        else:
            size = self.size_at(float(self.kept.values[0]))
            by_strain, grows = strain_left(
                self.way, breadths, self._scherrer / size / np.cos(self.lines.theta), errors
            )
            errors = errors * grows
        strains, errors = by_strain / (4 * tan), errors / (4 * tan)
        return tuple(
            LineStrain(name_of(self.lines, at), uncertainties.ufloat(strains[at], errors[at]))
            for at in range(self.n_lines)
        )

    @cached_property
    def outliers(self) -> tuple[str, ...]:
        """Names of the lines whose breadth lies off the fit to the others, once in 100 patterns.

        None where the size is in one part of the lines and the strain in the other.
        """
        kept, full = self.kept, self.model == "full"
        if kept.variance.size != self.n_lines:
            return ()
        sigma = np.sqrt(kept.total)
        rows = law_of(self.way, self.lines.theta, full=full).jacobian(kept.values) / sigma
        leverage = np.diag(rows.T @ np.linalg.inv(rows @ rows.T) @ rows)
        off = off_the_others(
            self.residuals / sigma, leverage, kept.points_dof, known=not kept.widened
        )
        return tuple(name_of(self.lines, int(at)) for at in np.flatnonzero(off))

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """Strains by direction; empty unless every line used is indexed."""
        return families_of(self.lines, [line.strain for line in self.per_line])

    @cached_property
    def anisotropy(self) -> Anisotropy | None:
        """Largest over smallest strain; None unless the lines scatter more than their errors.

        None too where the smallest is not above zero, or all lines are of one family.
        """
        if self.tested.chance >= NOTABLE_CHANCE:
            return None
        return anisotropy_of(self.families or self.per_line)

    @cached_property
    def second_opinion(self) -> "WilliamsonHall | None":
        """The same by the law of Halder and Wagner; None where eq. 7 is not to be checked.

        See `analysis.diffraction.strain.additions.ParabolaLaw`.
        """
        if self.unchecked or self.full is None or self.addition == "halder-wagner":
            return None
        other = self.with_addition("halder-wagner")
        return None if other.full is None else other

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What casts doubt on the numbers, in words."""
        return strain_warnings(self)

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """What belongs to the numbers, in words: limits, assumptions, what was left out."""
        return strain_remarks(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        A limit has no error, and a size that does not show no value: None stands there.
        """
        pattern, at_limit = self.peaks.pattern, self.strain_at_size_limit
        hidden = None if at_limit is None else self.strain.n - max(at_limit, 0.0)
        sizes = None if self.size is None else self.interval("size")
        return {
            "strain": number(self.quoted_strain, "1", interval=self.interval(), systematic=hidden),
            "strain_upper": number(self.strain_upper, "1"),
            "size": number(self.size, "nm", interval=sizes),
            "size_lower": number(self.size_lower, "nm"),
            "strain_by_eq_8": number(self.strain_by_reduced, "1"),
            "strain_by_eq_7": number(self.strain_by_full, "1"),
            "strain_interval_95": list(self.interval()),
            "strain_at_size_limit": at_limit,
            "correlation": self.correlation,
            "model": self.model,
            "reason": self.reason,
            "breadth": self.breadth,
            "shape_factor": self.shape_factor,
            "addition": self.addition,
            "instrument": self.peaks.instrument,
            "r_squared": None if math.isnan(self.r_squared) else self.r_squared,
            "chi_square_reduced": self.chi_square_reduced,
            "errors_widened": self.tested.widened,
            "n_points": self.n_lines,
            "lines": [
                {"line": name, "two_theta": angle, "strain": strain.n, "stderr": strain.s}
                for (name, strain), angle in zip(
                    self.per_line, self.lines.two_theta.tolist(), strict=True
                )
            ],
            "phase": self.peaks.phase,
            **stated_data(pattern),
            "wavelength": pattern.wavelength,
            "warnings": [*self.peaks.warnings, *self.warnings],
            "remarks": [*self.peaks.remarks, *self.remarks],
        }
