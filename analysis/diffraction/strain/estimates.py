"""Strain and size from the fits of eqs. 7 and 8: values, limits, intervals."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import uncertainties
from uncertainties import UFloat

from analysis.diffraction.peaks import PeakTable
from analysis.diffraction.strain.additions import Addition
from analysis.diffraction.strain.breadth_law import Settled
from analysis.diffraction.strain.choices import FEWEST, Options, size_height
from analysis.errors import AnalysisError
from analysis.numerics.bounded import beside, bounded_interval, nearest_allowed
from analysis.numerics.uncertainty import student

PARAMETERS = ("strain", "size")


@dataclass(frozen=True, eq=False)
class Estimates:
    """Both fits of the breadths, and the strain and size that follow, with their intervals.

    Attributes
    ----------
    peaks, lines : PeakTable
        What was given, and the lines that were used.
    options : Options
        How the analysis was asked for.
    way : Addition
        How the breadths of size and strain add.
    why : str
        Why in that way, in words.
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
    way: Addition
    why: str
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
    def breadth(self) -> str:
        """Which breadth was used: "integral" or "fwhm"."""
        return self.options.breadth

    @property
    def shape_factor(self) -> float:
        """Scherrer's constant K."""
        return self.options.shape_factor

    @property
    def addition(self) -> str:
        """The name of the way in which the breadths of size and strain add."""
        return self.way.name

    @property
    def unchecked(self) -> bool:
        """Whether the lines fit any law, so that none of their numbers is checked."""
        fits_all = self.full is None or self.n_lines < FEWEST
        return fits_all and self.options.model == "auto"

    @property
    def _by_reduced(self) -> bool:
        """Whether eq. 8 was asked for, as though the size were known to be infinite."""
        return self.options.model == "reduced" or self.full is None

    @property
    def tested(self) -> Settled:
        """The fit whose scatter and errors the intervals follow.

        Eq. 7, also where the value is that of eq. 8: lines stray from eq. 8 for a size, too.
        """
        return self.reduced if self._by_reduced or self.full is None else self.full

    @property
    def dof(self) -> float:
        """Degrees of freedom of the intervals; infinite where the lines' own errors suffice."""
        return self.tested.dof

    @property
    def _scherrer(self) -> float:
        """K lambda in nm."""
        return self.shape_factor * self.peaks.pattern.wavelength / 1000

    def size_at(self, term: float) -> float:
        """Return the size in nm that belongs to the parameter (K lambda/D)^m."""
        return self._scherrer / term ** (1 / self.way.size_power) if term > 0 else math.inf

    def strain_at(self, term: float) -> float:
        """Return the strain that belongs to the parameter epsilon^n of eq. 7."""
        return term if self.way.strain_power == 1 else math.copysign(math.sqrt(abs(term)), term)

    @cached_property
    def _terms(self) -> tuple[UFloat, ...] | None:
        """Both parameters of eq. 7, correlated; None where one of them is not above zero."""
        if self.full is None or not (self.full.values > 0).all():
            return None
        return tuple(uncertainties.correlated_values(self.full.values, self.full.covariance))

    @cached_property
    def strain_by_reduced(self) -> UFloat:
        """The strain of eq. 8 with its own error, as though no size broadened the lines."""
        value, variance = self.reduced.values[-1], self.reduced.covariance[-1, -1]
        return uncertainties.ufloat(value, math.sqrt(variance))

    @cached_property
    def strain_by_full(self) -> UFloat | None:
        """The strain of eq. 7, whatever the size; free to fall below zero where n is 1.

        Of many measurements of one strain the mean of these is the strain, which that of
        values bounded at zero is not. None where eq. 7 cannot be fitted.
        """
        if self.full is None:
            return None
        term, error = float(self.full.values[1]), math.sqrt(self.full.covariance[1, 1])
        value = self.strain_at(term)
        if self.way.strain_power == 2:
            # The square may be anything around zero, where it has no root to expand.
            error = error / (2 * value) if term > 2 * error else self.strain_at(2 * error)
        return uncertainties.ufloat(value, error)

    @cached_property
    def strain(self) -> UFloat:
        """Microstrain epsilon, of eq. 7 or 8; its error admits every size that is possible.

        The error is the longer side of the interval. With a size beside it, the two are
        correlated.
        """
        if self.options.model == "reduced":
            return self.strain_by_reduced
        if self.model == "full" and self._terms is not None and self.strain_shows:
            term = self._terms[1]
            if self.way.strain_power == 1:
                return term
            if term.n > 2 * term.s:
                return term**0.5
        value, (low, high) = self._value, self.interval()
        reach = max(high - value, value - low)
        return uncertainties.ufloat(value, reach / student(0.95, self.dof))

    @property
    def _value(self) -> float:
        """The strain of the chosen equation."""
        if self.model == "reduced" or self.full is None:
            return float(self.reduced.values[-1])
        return self.strain_at(nearest_allowed(self.full.values, self.full.covariance)[1])

    @property
    def quoted_strain(self) -> UFloat | None:
        """The strain, if there is one to quote: None where it may be zero, or is unchecked."""
        return self.strain if self.strain_shows else None

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
        if self.model != "full" or self.full is None or not self.size_shows:
            return None
        if self._terms is not None:
            return self._scherrer / self._terms[0] ** (1 / self.way.size_power)
        # Without a strain, which cannot be negative: the size of lines broadened by it alone.
        term = nearest_allowed(self.full.values, self.full.covariance)[0]
        error = math.sqrt(self.full.covariance[0, 0]) / (self.way.size_power * term)
        value = self.size_at(term)
        return uncertainties.ufloat(value, value * error)

    @property
    def size_by_full(self) -> float | None:
        """The size that eq. 7 gives, however uncertain, nm; infinite below a term of zero."""
        return None if self.full is None else self.size_at(float(self.full.values[0]))

    @cached_property
    def size_lower(self) -> float | None:
        """Lower limit of the size, one-sided, 95 %, nm; None with a single line.

        From eq. 7 with neither term below zero; of two lines, the size that would explain
        the broader one alone.
        """
        return None if self.full is None else self._least_size(0.95)

    def _least_size(self, level: float) -> float:
        breadths, errors = self.lines.breadth(self.breadth)
        ends = breadths + student(level, np.inf, one_sided=True) * errors
        # Alone it would explain the broadest line: no law whose parts add allows a smaller one.
        least = self._scherrer / float((ends * np.cos(self.lines.theta)).max())
        if self.full is None or self.unchecked:
            return least
        factor = student(level, self.full.dof, one_sided=True)
        most = bounded_interval(self.full.values, self.full.covariance, 0, factor)[1]
        # A term below zero by chance would make the limit stronger than its error allows.
        return max(least, self.size_at(max(most, factor * math.sqrt(self.full.covariance[0, 0]))))

    @cached_property
    def strain_upper(self) -> float:
        """Upper limit of the strain, one-sided, 95 %; a negative strain counts as zero."""
        return self._strain_ends(0.95, one_sided=True)[1]

    @property
    def strain_shows(self) -> bool:
        """Whether the 95 % interval of the strain lies above zero."""
        return self.interval("strain")[0] > 0

    def _strain_ends(self, level: float, *, one_sided: bool = False) -> tuple[float, float]:
        """Return the interval of the strain, or its end at `level`."""
        factor = student(level, self.dof, one_sided=one_sided)
        if self.unchecked:
            breadths, errors = self.lines.breadth(self.breadth)
            factor = student(level, np.inf, one_sided=one_sided)
            ends = (breadths + factor * errors) / (4 * np.tan(self.lines.theta))
            return 0.0, float(ends.max())
        if self._by_reduced or self.full is None:
            strain = self.strain_by_reduced
            return strain.n - factor * strain.s, max(strain.n, 0.0) + factor * strain.s
        terms = bounded_interval(self.full.values, self.full.covariance, 1, factor)
        low, high = map(self.strain_at, terms)
        # The value of eq. 8 may lie a little beyond, as far as a size may not show.
        return min(low, max(self._value, 0.0)), max(high, self._value)

    @cached_property
    def strain_at_size_limit(self) -> float | None:
        """The strain that the lines would show if the size were at its limit.

        None unless eq. 8 was used beside a limit. Negative if that size alone would make
        the lines broader than they are.
        """
        if self.model != "reduced" or self.size_lower is None or self.full is None:
            return None
        term = (self._scherrer / self.size_lower) ** self.way.size_power
        return self.strain_at(beside(self.full.values, self.full.covariance, 1, term))

    def interval(self, name: str = "strain", level: float = 0.95) -> tuple[float, float]:
        """Return the two-sided confidence interval of the strain, or of the size in nm.

        Of eq. 7 with neither term below zero; that of the size may be open above (inf). Under
        eq. 8 the size has its one-sided limit and inf, and the strain every value that a size
        above that admits; its own error alone where eq. 8 was asked for.

        Raises
        ------
        AnalysisError
            If the name is neither, or a single line leaves the size without a limit.
        """
        if name not in PARAMETERS:
            raise AnalysisError(f"no parameter {name!r}; there are {', '.join(PARAMETERS)}")
        if name == "strain":
            return self._strain_ends(level)
        if self.full is None:
            raise AnalysisError(f"the size has no interval: eq. 7 cannot be fitted; {self.reason}")
        if self.model == "reduced":
            return self._least_size(level), math.inf
        factor = student(level, self.full.dof)
        least, most = bounded_interval(self.full.values, self.full.covariance, 0, factor)
        return self.size_at(most), self.size_at(least)
