"""The Williamson-Hall analysis: strain from the breadths of lines, and size where it shows."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import uncertainties
from numpy.typing import ArrayLike
from uncertainties import UFloat

from analysis.diffraction.peaks import PeakTable
from analysis.diffraction.strain.before_quoting import NOTABLE_CHANCE, strain_warnings
from analysis.diffraction.strain.breadth_law import BreadthLaw, Settled, bragg_angles, fit_breadths
from analysis.diffraction.strain.choices import (
    Options,
    checked_options,
    choose_lines,
    choose_model,
    size_height,
)
from analysis.diffraction.strain.directions import (
    Anisotropy,
    Family,
    LineStrain,
    anisotropy_of,
    families_of,
    name_of,
)
from analysis.errors import AnalysisError, FitError
from analysis.numerics.summary import number
from analysis.numerics.uncertainty import band_half_width, student
from analysis.typing import Floats

PARAMETERS = ("strain", "size")


def williamson_hall(
    peaks: PeakTable,
    *,
    model: str = "auto",
    shape_factor: float = 0.9,
    breadth: str = "integral",
    addition: str = "linear",
) -> "WilliamsonHall":
    """Find the strain, and the size if the lines show one, by eq. 7 or eq. 8.

    Parameters
    ----------
    peaks : PeakTable
        Lines of one phase. Only those are used that `PeakTable.usable` allows and whose
        breadth has an error; what was left out is named in the warnings.
    model : {"auto", "full", "reduced"}
        Eq. 7 with size and strain; eq. 8 with strain alone; or eq. 7 if its size term
        is above zero at a one-sided level of 99 %, else eq. 8.
    shape_factor : float
        Scherrer's constant K. The paper's is 0.9, which belongs to the FWHM of cubes;
        for integral breadths 1 is as common, and the size is in proportion to it.
    breadth : {"integral", "fwhm"}
        Area over height, or full width at half maximum. For Lorentzian lines the former
        is pi/2 = 1.571 times the latter, and so is the strain.
    addition : {"linear", "quadrature"}
        Whether the breadths of size and strain add as they are, as in eq. 7 (right for
        Lorentzian lines), or by their squares (for Gaussian lines). Eq. 8 knows no such
        difference.

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
    In synthetic tables of 8 to 20 lines the 95 % intervals of strain and size cover 93 to
    97 %, with right errors and with anisotropy-like scatter twice to five times as large.
    Where the scatter is about as large as the errors, few lines cannot show it: 90 to 94 %,
    and 91 % where it is twice as large among 5 lines (benchmarks/test_williamson_hall.py). An
    infinite size leads to eq. 8 in 99 % of the cases.

    The choice of the model is a choice on the same data. A size too large to be seen
    still adds to the breadths, and eq. 8 takes it for strain: `strain_at_size_limit`
    and a warning say by how much at most.

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
    >>> found = williamson_hall(peaks)
    >>> print(found.model, found.strain, f"D > {found.size_lower:.0f} nm")
    reduced 0.008000+/-0.000029 D > 620 nm
    """
    options = checked_options(model, shape_factor, breadth, addition)
    which, left_out = choose_lines(peaks, breadth)
    if not which.any():
        because = ": left out " + "; ".join(left_out) if left_out else ": there are none"
        raise FitError(f"{peaks.pattern.name}: no line is usable for the strain{because}")
    lines = peaks.select(which)
    reduced = _fit(lines, options, full=False)
    full, trouble = _try_full(lines, options)
    if model == "full" and full is None:
        raise FitError(f"{peaks.pattern.name}: eq. 7 cannot be fitted: {trouble}")
    chosen, reason = choose_model(model, full, trouble, len(lines))
    return WilliamsonHall(peaks, lines, options, chosen, reason, left_out, reduced, full)


def _fit(lines: PeakTable, options: Options, *, full: bool) -> Settled:
    breadths, errors = lines.breadth(options.breadth)
    # An angle without an error counts as exact: its share is small in any case.
    theta_errors = np.nan_to_num(np.radians(lines.two_theta_error / 2), posinf=0.0)
    return fit_breadths(_law(lines.theta, options, full=full), breadths, errors, theta_errors)


def _law(theta: Floats, options: Options, *, full: bool) -> BreadthLaw:
    power = 2 if full and options.addition == "quadrature" else 1
    return BreadthLaw(theta, full=full, power=power)


def _reach(fit: Settled, at: int, level: float, *, one_sided: bool = True) -> float:
    """Return how far the limit of a parameter lies from its value."""
    return student(level, fit.dof, one_sided=one_sided) * math.sqrt(fit.covariance[at, at])


def _try_full(lines: PeakTable, options: Options) -> tuple[Settled | None, str]:
    if len(lines) < 2:
        return None, "there is one line, and it has two parameters"
    if np.ptp(lines.theta) < 1e-6:
        return None, "the lines lie at one angle, and it has two parameters"
    try:
        return _fit(lines, options, full=True), ""
    except FitError as error:
        return None, str(error)


@dataclass(frozen=True, eq=False)
class WilliamsonHall:
    """The result of `williamson_hall`.

    Attributes
    ----------
    peaks, lines : PeakTable
        What was given, and the lines that were used.
    options : Options
        How the analysis was asked for.
    model : {"full", "reduced"}
        Eq. 7 or eq. 8: what the numbers are from.
    reason : str
        Why that one, in words.
    left_out : tuple of str
        Lines that were not used, with the reasons, in words.
    reduced, full : Settled
        Both fits; full is None where eq. 7 cannot be fitted.
    """

    peaks: PeakTable
    lines: PeakTable
    options: Options
    model: str
    reason: str
    left_out: tuple[str, ...]
    reduced: Settled
    full: Settled | None

    @property
    def kept(self) -> Settled:
        """The fit that the numbers are from."""
        return self.full if self.full is not None and self.model == "full" else self.reduced

    @property
    def n_lines(self) -> int:
        """Number of lines used."""
        return len(self.lines)

    @property
    def corrected(self) -> bool:
        """Whether the breadth of the instrument was removed from the lines."""
        return self.peaks.instrument is not None

    @property
    def breadth(self) -> str:
        """Which breadth was used: "integral" or "fwhm"."""
        return self.options.breadth

    @property
    def shape_factor(self) -> float:
        """Scherrer's constant K."""
        return self.options.shape_factor

    @property
    def addition(self) -> str:
        """How the breadths of size and strain add: "linear" or "quadrature"."""
        return self.options.addition

    def with_breadth(self, breadth: str) -> "WilliamsonHall":
        """Return the same analysis with the other breadth, "integral" or "fwhm"."""
        return williamson_hall(self.peaks, **{**self.options._asdict(), "breadth": breadth})

    @property
    def _power(self) -> int:
        return 2 if self.addition == "quadrature" else 1

    @property
    def _strain_power(self) -> int:
        return self._power if self.model == "full" else 1

    @property
    def _scherrer(self) -> float:
        """K lambda in nm."""
        return self.shape_factor * self.peaks.pattern.wavelength / 1000

    def _size_at(self, term: float) -> float:
        """Return the size in nm that belongs to the parameter (K lambda/D)^m."""
        return self._scherrer / term ** (1 / self._power) if term > 0 else math.inf

    def _strain_at(self, term: float) -> float:
        """Return the strain that belongs to the parameter epsilon^m."""
        return term if self._strain_power == 1 else math.sqrt(max(term, 0.0))

    @cached_property
    def _terms(self) -> tuple[UFloat, ...]:
        return tuple(uncertainties.correlated_values(self.kept.values, self.kept.covariance))

    @cached_property
    def strain(self) -> UFloat:
        """Microstrain epsilon, correlated with the size."""
        term = self._terms[-1]
        if self._strain_power == 1:
            return term
        if term.n > 2 * term.s:
            return term**0.5
        # The square of the strain may be anything around zero, and has no root to expand.
        value = self._strain_at(term.n)
        return uncertainties.ufloat(value, self._strain_at(max(term.n, 0) + term.s) - value)

    @property
    def size_shows(self) -> bool:
        """Whether the size term of eq. 7 is above zero at a one-sided level of 99 %."""
        if self.full is None:
            return False
        height, needed = size_height(self.full)
        return height > needed

    @cached_property
    def size(self) -> UFloat | None:
        """Size D of the crystallites, nm; None under eq. 8, and where it does not show."""
        if self.model != "full" or not self.size_shows:
            return None
        return self._scherrer / self._terms[0] ** (1 / self._power)

    @property
    def size_by_full(self) -> float | None:
        """The size that eq. 7 gives, however uncertain, nm; infinite below a term of zero."""
        return None if self.full is None else self._size_at(float(self.full.values[0]))

    @cached_property
    def size_lower(self) -> float | None:
        """Lower limit of the size from eq. 7, one-sided, 95 %, nm; None with a single line.

        A size term that is negative by chance counts as zero, lest it make the limit
        stronger than the errors allow.
        """
        if self.full is None:
            return None
        return self._size_at(max(float(self.full.values[0]), 0.0) + _reach(self.full, 0, 0.95))

    @cached_property
    def strain_upper(self) -> float:
        """Upper limit of the strain, one-sided, 95 %; a negative strain counts as zero."""
        return self._strain_at(max(float(self.kept.values[-1]), 0.0) + _reach(self.kept, -1, 0.95))

    @property
    def strain_shows(self) -> bool:
        """Whether the 95 % interval of the strain lies above zero."""
        return self.interval("strain")[0] > 0

    @cached_property
    def strain_at_size_limit(self) -> float | None:
        """The strain that the lines would show if the size were at its limit.

        None unless eq. 8 was used beside a limit. Negative if that size alone would make
        the lines broader than they are.
        """
        if self.model != "reduced" or self.size_lower is None:
            return None
        strains = self._strains_beside(self._scherrer / self.size_lower)
        weights = np.tan(self.lines.theta) ** 2 / self.reduced.total
        return float(np.average(strains, weights=weights))

    def _strains_beside(self, size_breadth: float) -> Floats:
        """Return the lines' strains beside a size that broadens by `size_breadth`/cos, rad."""
        breadths, _ = self.lines.breadth(self.breadth)
        by_size = size_breadth / np.cos(self.lines.theta)
        left = breadths - by_size
        if self._power == 2:
            left = breadths * np.abs(breadths) - by_size**2
            left = np.sign(left) * np.sqrt(np.abs(left))
        return np.asarray(left / (4 * np.tan(self.lines.theta)))

    @property
    def dof(self) -> float:
        """Degrees of freedom of the errors; infinite where the lines' own errors suffice."""
        return self.kept.dof

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
    def residuals_in_errors(self) -> Floats:
        """Residuals in units of the lines' own errors, shape (n_lines,)."""
        return np.asarray(self.residuals / np.sqrt(self.kept.variance))

    @property
    def r_squared(self) -> float:
        """Weighted coefficient of determination of the breadths.

        Weak evidence: it is high wherever the breadths differ much between the lines, be
        the law right or wrong, low for a perfect fit to equal breadths, and below 0 where
        eq. 8 describes them worse than their mean. `chi_square_reduced` tells more.
        """
        measured, _ = self.lines.breadth(self.breadth)
        weights = 1 / self.kept.total
        about_mean = measured - np.average(measured, weights=weights)
        total = float(weights @ about_mean**2)
        return 1 - float(weights @ self.residuals**2) / total if total > 0 else math.nan

    def interval(self, name: str = "strain", level: float = 0.95) -> tuple[float, float]:
        """Return the two-sided confidence interval of the strain, or of the size in nm.

        That of the size comes from eq. 7 and may be open above (inf). Under eq. 8 it is the
        one-sided limit and inf.

        Raises
        ------
        AnalysisError
            If the name is neither, or a single line leaves the size without a limit.
        """
        if name not in PARAMETERS:
            raise AnalysisError(f"no parameter {name!r}; there are {', '.join(PARAMETERS)}")
        if name == "strain":
            value, half = float(self.kept.values[-1]), _reach(self.kept, -1, level, one_sided=False)
            return self._strain_at(value - half), self._strain_at(value + half)
        if self.full is None:
            raise AnalysisError(f"the size has no interval: eq. 7 cannot be fitted; {self.reason}")
        one_sided = self.model == "reduced"
        value, half = float(self.full.values[0]), _reach(self.full, 0, level, one_sided=one_sided)
        low = self._size_at(max(value, 0.0) + half)
        return low, math.inf if one_sided else self._size_at(value - half)

    def predict(self, theta: ArrayLike) -> Floats:
        """Return the fitted breadths, rad, at Bragg angles theta, rad.

        Raises
        ------
        AnalysisError
            If an angle is not between 0 and pi/2.
        """
        return self._law_at(theta).value(self.kept.values)

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
        law, kept = self._law_at(theta), self.kept
        factor = student(level, self.dof)
        half = band_half_width(law.jacobian(kept.values), kept.covariance, factor)
        fitted = law.value(kept.values)
        return fitted - half, fitted + half

    def _law_at(self, theta: ArrayLike) -> BreadthLaw:
        return _law(bragg_angles(theta), self.options, full=self.model == "full")

    @cached_property
    def per_line(self) -> tuple[LineStrain, ...]:
        """Each line's own strain, beta/(4 tan(theta)), with the error of its breadth.

        Where eq. 7 was used, the part of the size is taken off first.
        """
        term = float(self.kept.values[0]) if self.model == "full" else 0.0
        strains = self._strains_beside(self._scherrer / self._size_at(term))
        errors = np.sqrt(self.kept.variance) / (4 * np.tan(self.lines.theta))
        if self.model == "full" and self._power == 2:
            breadths, _ = self.lines.breadth(self.breadth)
            by_strain = 4 * np.abs(strains) * np.tan(self.lines.theta)
            errors = errors * np.abs(breadths) / np.maximum(by_strain, np.sqrt(self.kept.variance))
        return tuple(
            LineStrain(name_of(self.lines, at), uncertainties.ufloat(strains[at], errors[at]))
            for at in range(self.n_lines)
        )

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """Strains by direction; empty unless every line used is indexed."""
        return families_of(self.lines, [line.strain for line in self.per_line])

    @cached_property
    def anisotropy(self) -> Anisotropy | None:
        """Largest over smallest strain; None unless the lines scatter more than their errors.

        None too where the smallest is not above zero, or all lines are of one family.
        """
        if self.kept.chance >= NOTABLE_CHANCE:
            return None
        return anisotropy_of(self.families or self.per_line)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What to know before quoting the numbers, in words."""
        return strain_warnings(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        A limit has no error, and a size that does not show no value: None stands there.
        """
        pattern = self.peaks.pattern
        return {
            "strain": number(self.strain, "1"),
            "strain_upper": number(self.strain_upper, "1"),
            "size": number(self.size, "nm"),
            "size_lower": number(self.size_lower, "nm"),
            "strain_interval_95": list(self.interval()),
            "strain_at_size_limit": self.strain_at_size_limit,
            "correlation": self.correlation,
            "model": self.model,
            "reason": self.reason,
            "breadth": self.breadth,
            "shape_factor": self.shape_factor,
            "addition": self.addition,
            "instrument": self.peaks.instrument,
            "r_squared": None if math.isnan(self.r_squared) else self.r_squared,
            "chi_square_reduced": self.chi_square_reduced,
            "errors_widened": self.kept.widened,
            "n_points": self.n_lines,
            "lines": [
                {"line": name, "two_theta": angle, "strain": strain.n, "stderr": strain.s}
                for (name, strain), angle in zip(
                    self.per_line, self.lines.two_theta.tolist(), strict=True
                )
            ],
            "phase": self.peaks.phase,
            "name": pattern.name,
            "origin": pattern.origin,
            "pressure": pattern.pressure,
            "wavelength": pattern.wavelength,
            "warnings": [*self.peaks.warnings, *self.warnings],
        }
