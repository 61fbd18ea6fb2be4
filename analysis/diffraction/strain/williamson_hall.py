"""The Williamson-Hall analysis: strain from the breadths of lines, and size where it shows."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import uncertainties
from numpy.typing import ArrayLike, NDArray
from uncertainties import UFloat

from analysis.diffraction.peaks import FLAGS, MILD, Index, PeakTable
from analysis.diffraction.strain.breadth_law import (
    ADDITIONS,
    BreadthLaw,
    Settled,
    bragg_angles,
    fit_breadths,
)
from analysis.errors import AnalysisError, FitError
from analysis.numerics.means import weighted_mean
from analysis.numerics.uncertainty import band_half_width, student
from analysis.typing import Floats

MODELS = ("auto", "full", "reduced")
PARAMETERS = ("strain", "size")
# A size is believed if its term lies above zero at this one-sided level: an infinite
# size is then taken for a finite one in about 1 % of the cases.
SIZE_LEVEL = 0.99
# Scatter that errors alone reach less often than this is spoken of.
NOTABLE_CHANCE = 0.05
FEW_LINES = 5


class Options(NamedTuple):
    """How an analysis was asked for."""

    model: str
    shape_factor: float
    breadth: str
    addition: str


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
    options = _checked(model, shape_factor, breadth, addition)
    which, left_out = _choose_lines(peaks, breadth)
    if not which.any():
        because = ": left out " + "; ".join(left_out) if left_out else ": there are none"
        raise FitError(f"{peaks.pattern.name}: no line is usable for the strain{because}")
    lines = peaks.select(which)
    reduced = _fit(lines, options, full=False)
    full, trouble = _try_full(lines, options)
    if model == "full" and full is None:
        raise FitError(f"{peaks.pattern.name}: eq. 7 cannot be fitted: {trouble}")
    chosen, reason = _choose_model(model, full, trouble, len(lines))
    return WilliamsonHall(peaks, lines, options, chosen, reason, left_out, reduced, full)


def _checked(model: str, shape_factor: float, breadth: str, addition: str) -> Options:
    words = {
        "model": (model, MODELS),
        "breadth": (breadth, ("integral", "fwhm")),
        "addition": (addition, ADDITIONS),
    }
    for name, (word, allowed) in words.items():
        if word not in allowed:
            raise AnalysisError(f"{name} must be one of {', '.join(allowed)}; got {word!r}")
    if not (isinstance(shape_factor, (int, float)) and 0 < shape_factor < np.inf):
        raise AnalysisError(f"shape_factor must be a number above 0, got {shape_factor!r}")
    return Options(model, float(shape_factor), breadth, addition)


def _choose_lines(peaks: PeakTable, breadth: str) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Return which lines to use, and in words which not and why, grouped by reason."""
    value, error = peaks.breadth(breadth)
    known = np.isfinite(value) & np.isfinite(error) & (error > 0)
    known &= (peaks.two_theta > 0) & (peaks.two_theta < 180)
    reasons: dict[str, list[str]] = {}
    for usable, known_, flags, angle in zip(
        peaks.usable, known, peaks.flags, peaks.two_theta, strict=True
    ):
        if usable and known_:
            continue
        hindering = sorted(flags - MILD)
        words = [f"{flag}: {FLAGS.get(flag, flag)}" for flag in hindering]
        reason = ", ".join(words) or "its breadth or the error of that is not known"
        reasons.setdefault(reason, []).append(f"{angle:.2f}")
    left_out = tuple(f"at {', '.join(at)} deg ({why})" for why, at in reasons.items())
    return peaks.usable & known, left_out


def _fit(lines: PeakTable, options: Options, *, full: bool) -> Settled:
    breadths, errors = lines.breadth(options.breadth)
    # An angle without an error counts as exact: its share is small in any case.
    theta_errors = np.nan_to_num(np.radians(lines.two_theta_error / 2), posinf=0.0)
    return fit_breadths(_law(lines.theta, options, full=full), breadths, errors, theta_errors)


def _law(theta: Floats, options: Options, *, full: bool) -> BreadthLaw:
    power = 2 if full and options.addition == "quadrature" else 1
    return BreadthLaw(theta, full=full, power=power)


def _try_full(lines: PeakTable, options: Options) -> tuple[Settled | None, str]:
    if len(lines) < 2:
        return None, "there is one line, and it has two parameters"
    if np.ptp(lines.theta) < 1e-6:
        return None, "the lines lie at one angle, and it has two parameters"
    try:
        return _fit(lines, options, full=True), ""
    except FitError as error:
        return None, str(error)


def _choose_model(model: str, full: Settled | None, trouble: str, n_lines: int) -> tuple[str, str]:
    if model != "auto":
        return model, "it was asked for"
    if full is None:
        return "reduced", f"eq. 7 cannot be fitted: {trouble}"
    if n_lines == 2:
        return "reduced", "two lines fit eq. 7 whatever they are: nothing would be left to check it"
    height, needed = _height(full)
    level = f"{100 * SIZE_LEVEL:g} %"
    distance = f"the size term is {_times(height)} standard errors {_side(height)} zero"
    if height > needed:
        return "full", f"{distance}, beyond the {needed:.1f} that {level} asks for"
    return "reduced", f"{distance}, and {level} asks for {needed:.1f} above: no size shows"


def _height(full: Settled) -> tuple[float, float]:
    """Return the size term in standard errors, and how many are needed to believe it."""
    height = float(full.values[0] / np.sqrt(full.covariance[0, 0]))
    return height, student(SIZE_LEVEL, full.dof, one_sided=True)


def _times(height: float) -> str:
    return f"{abs(height):.1f}" if abs(height) < 100 else f"{abs(height):.0f}"


def _side(height: float) -> str:
    return "above" if height >= 0 else "below"


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
        height, needed = _height(self.full)
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
        reach = student(0.95, self.full.dof, one_sided=True) * math.sqrt(self.full.covariance[0, 0])
        return self._size_at(max(float(self.full.values[0]), 0.0) + reach)

    @cached_property
    def strain_upper(self) -> float:
        """Upper limit of the strain, one-sided, 95 %; a negative strain counts as zero."""
        value, error = float(self.kept.values[-1]), math.sqrt(self.kept.covariance[-1, -1])
        return self._strain_at(max(value, 0.0) + student(0.95, self.dof, one_sided=True) * error)

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
        if self._power == 1:
            return np.asarray((breadths - by_size) / (4 * np.tan(self.lines.theta)))
        squared = breadths * np.abs(breadths) - by_size**2
        return np.asarray(
            np.sign(squared) * np.sqrt(np.abs(squared)) / (4 * np.tan(self.lines.theta))
        )

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
            value, error = float(self.kept.values[-1]), math.sqrt(self.kept.covariance[-1, -1])
            half = student(level, self.dof) * error
            return self._strain_at(value - half), self._strain_at(value + half)
        if self.full is None:
            raise AnalysisError(f"the size has no interval: eq. 7 cannot be fitted; {self.reason}")
        one_sided = self.model == "reduced"
        error = math.sqrt(self.full.covariance[0, 0])
        half = student(level, self.full.dof, one_sided=one_sided) * error
        value = float(self.full.values[0])
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
            LineStrain(self._name(at), uncertainties.ufloat(strains[at], errors[at]))
            for at in range(self.n_lines)
        )

    def _name(self, at: int) -> str:
        index = self.lines.hkl[at] if self.lines.hkl else None
        return f"{self.lines.two_theta[at]:.2f} deg" if index is None else _index_name(index)

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """Strains by direction; empty unless every line used is indexed."""
        indices = [index for index in self.lines.hkl if index is not None]
        if len(indices) < self.n_lines:
            return ()
        cubic = _is_cubic(indices, self.lines.d_spacing)
        groups: dict[Index, list[UFloat]] = {}
        for index, line in zip(indices, self.per_line, strict=True):
            groups.setdefault(_direction(index, cubic=cubic), []).append(line.strain)
        return tuple(
            Family(_index_name(direction), _mean(strains), len(strains))
            for direction, strains in groups.items()
        )

    @cached_property
    def anisotropy(self) -> Anisotropy | None:
        """Largest over smallest strain; None unless the lines scatter more than their errors.

        None too where the smallest is not above zero, or all lines are of one family.
        """
        if self.kept.chance >= NOTABLE_CHANCE:
            return None
        named = [(one[0], one[1]) for one in self.families or self.per_line]
        broadest, most = max(named, key=lambda one: one[1].n)
        narrowest, least = min(named, key=lambda one: one[1].n)
        if least.n <= 0 or broadest == narrowest:
            return None
        return Anisotropy(most / least, broadest, narrowest)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What to know before quoting the numbers, in words."""
        found = (check(self) for check in _CHECKS)
        return tuple(text for text in found if text)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        A limit has no error, and a size that does not show no value: None stands there.
        """
        size = self.size
        known = {
            "strain": (self.strain.n, self.strain.s, "1"),
            "strain_upper": (self.strain_upper, None, "1"),
            "size": (None, None, "nm") if size is None else (size.n, size.s, "nm"),
            "size_lower": (self.size_lower, None, "nm"),
        }
        pattern = self.peaks.pattern
        return {
            **{
                name: {"value": value, "stderr": error, "unit": unit}
                for name, (value, error, unit) in known.items()
            },
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


def _index_name(index: Index) -> str:
    simple = all(0 <= i < 10 for i in index)
    return ("" if simple else " ").join(str(i) for i in index)


def _direction(index: Index, *, cubic: bool) -> Index:
    reduced = [abs(i) // max(math.gcd(*index), 1) for i in index]
    first, second, third = sorted(reduced, reverse=True) if cubic else reduced
    return first, second, third


def _is_cubic(indices: list[Index], d_spacing: Floats) -> bool:
    """Tell whether one lattice constant explains all spacings to 1 %."""
    constants = d_spacing * np.linalg.norm(np.array(indices, dtype=float), axis=1)
    return bool(np.ptp(constants) < 0.01 * constants.mean())


def _mean(strains: list[UFloat]) -> UFloat:
    return weighted_mean([one.n for one in strains], [one.s for one in strains]).value


def _warn_instrument(wh: WilliamsonHall) -> str | None:
    if wh.corrected:
        return None
    return (
        "not corrected for the instrument: its breadth is taken to be negligible, as the paper "
        "assumes, and whatever it adds counts as strain or as size"
    )


def _warn_left_out(wh: WilliamsonHall) -> str | None:
    if not wh.left_out:
        return None
    total = len(wh.peaks)
    return f"{total - wh.n_lines} of {total} lines left out: {'; '.join(wh.left_out)}"


def _warn_narrow(wh: WilliamsonHall) -> str | None:
    narrow = sum("narrow" in flags for flags in wh.peaks.flags)
    if not narrow:
        return None
    which = "the narrowest line is" if narrow == 1 else f"the {narrow} narrowest lines are"
    return f"{which} among those left out: the strain of the others is too large an average"


def _warn_few(wh: WilliamsonHall) -> str | None:
    if wh.n_lines >= FEW_LINES:
        return None
    lines = "one line" if wh.n_lines == 1 else f"{wh.n_lines} lines"
    return f"only {lines}: too few to tell whether the law holds"


def _warn_scatter(wh: WilliamsonHall) -> str | None:
    if wh.kept.chance >= NOTABLE_CHANCE:
        return None
    kept = wh.kept
    freedom = "one degree" if kept.points_dof == 1 else f"{kept.points_dof} degrees"
    text = (
        "the lines scatter about the law by more than their errors (chi-square "
        f"{kept.chi_square:.3g} for {freedom} of freedom): errors are widened"
    )
    # A size that eq. 8 leaves out makes strains differ too.
    if wh.anisotropy is None or (wh.model == "reduced" and wh.size_shows):
        return text
    ratio, broadest, narrowest = wh.anisotropy
    return (
        f"{text}; the strain of {broadest} is {ratio:.2uS} times that of {narrowest}, as where it "
        "depends on the direction in the crystal"
    )


def _warn_size(wh: WilliamsonHall) -> str | None:
    if wh.size_lower is None or wh.size is not None or (wh.model == "reduced" and wh.size_shows):
        return None
    text = f"the size is not determined: D > {wh.size_lower:.3g} nm (95 %)"
    strain = wh.strain_at_size_limit
    if strain is None:
        return text
    if strain <= 0:
        return f"{text}; with a size at that limit the lines would need no strain at all"
    return (
        f"{text}; with a size at that limit the strain would be {strain:.3g} instead of "
        f"{wh.strain.n:.3g}, a systematic error beside the one quoted"
    )


def _warn_hidden_size(wh: WilliamsonHall) -> str | None:
    if wh.model != "reduced" or wh.full is None or not wh.size_shows:
        return None
    height, _ = _height(wh.full)
    return (
        f"eq. 7 finds a size of {wh.size_by_full:.3g} nm "
        f"({_times(height)} standard errors from none), which eq. 8 counts as strain"
    )


def _warn_negative(wh: WilliamsonHall) -> str | None:
    if wh.full is None:
        return None
    height, needed = _height(wh.full)
    if height > -needed:
        return None
    return (
        f"the size term of eq. 7 is {_times(height)} standard errors below zero, which no size "
        "explains: breadths rise too steeply with the angle, as after too large a correction for "
        "the instrument or with anisotropic strain"
    )


def _warn_strain(wh: WilliamsonHall) -> str | None:
    if wh.strain_shows:
        return None
    what = "negative" if wh.strain.n < 0 else "not above zero at 95 %"
    return f"the strain is {what}: epsilon < {wh.strain_upper:.3g} (95 %)"


def _warn_shape(wh: WilliamsonHall) -> str | None:
    if wh.size is None:
        return None
    part = float(np.mean(wh.lines.lorentzian_part))
    if wh.addition == "linear" and part < 0.5:
        return "the lines are nearer Gaussian than Lorentzian: breadths then add in quadrature"
    if wh.addition == "quadrature" and part > 0.5:
        return "the lines are nearer Lorentzian than Gaussian: breadths then add as they are"
    return None


_CHECKS: tuple[Callable[[WilliamsonHall], str | None], ...] = (
    _warn_instrument,
    _warn_left_out,
    _warn_narrow,
    _warn_few,
    _warn_scatter,
    _warn_size,
    _warn_hidden_size,
    _warn_negative,
    _warn_strain,
    _warn_shape,
)
