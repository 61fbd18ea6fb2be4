"""What the package itself finds in a student's data, and what comes out by usual mistakes."""

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import curve_fit
from uncertainties import UFloat

from analysis.diffraction.analyse import analyse_pattern
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.pattern_analysis import PatternAnalysis
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.errors import FitError
from analysis.exercises.coupling_values import lambda_for
from analysis.exercises.personal_draw import GROUP
from analysis.exercises.strain_lines import straight_line
from analysis.reading.patterns import read_pattern
from analysis.reading.resistance import read_resistance
from analysis.transport import DEFAULT_LAW
from analysis.transport.bloch_gruneisen import resistance
from analysis.transport.fit import ResistanceFit, fit_resistance, fitted_in
from analysis.transport.laws import law_named
from analysis.transport.transition_fit import TransitionFit, fit_transition
from analysis.transport.window import Window
from analysis.typing import Floats

CRITERION, MU_STAR = 0.05, 0.13
# The cell that a student is told to start from, angstrom.
ABOUT = 4.0


@dataclass(frozen=True, eq=False)
class OfCurve:
    """What the package finds in the curve of a metal, and what comes out by mistake."""

    path: Path

    @cached_property
    def fit(self) -> ResistanceFit:
        """Eq. 1, all parameters free."""
        return fit_resistance(read_resistance(self.path))

    @cached_property
    def without_saturation(self) -> float:
        """Theta_D (K) of a plain fit with R_sat infinite, which the package may refuse."""
        curve, parameters_kept = self.fit.curve, self.fit.kept.values

        def law(t: Floats, theta_d: float, r0: float, a: float) -> Floats:
            return np.asarray(resistance(t, theta_d=theta_d, r0=r0, a=a))

        start = [parameters_kept[name] for name in ("theta_d", "r0", "a")]
        bounds = ([1.0, 0.0, 0.0], np.inf)
        parameters, _ = curve_fit(law, curve.temperature, curve.resistance, start, bounds=bounds)
        return float(parameters[0])

    @cached_property
    def cubic(self) -> float:
        """Theta_D (K) of one fit of all points with the exponent 3."""
        curve = self.fit.curve
        everything = Window(float(curve.temperature[0]), float(curve.temperature[-1]), "all")
        choices = {"n": 3.0, "weighting": "uniform", "saturation": True}
        return fitted_in(curve, everything, law_named(DEFAULT_LAW), **choices).kept.values[
            "theta_d"
        ]

    @property
    def coldest(self) -> float:
        """Resistance (ohm) at the coldest points, which a parallel R_sat lowers."""
        return float(self.fit.curve.resistance[:5].mean())

    @property
    def intercept(self) -> float:
        """Where a straight line through the warm half meets 0 K, ohm."""
        warm = self.fit.curve.between(150.0, 300.0)
        return float(np.polyfit(warm.temperature, warm.resistance, 1)[1])


@dataclass(frozen=True, eq=False)
class OfTransition:
    """The same of the curve of a superconductor."""

    path: Path

    @cached_property
    def fit(self) -> TransitionFit:
        """Eqs. 1 and 5 together."""
        fitted = fit_transition(read_resistance(self.path))
        if not isinstance(fitted, TransitionFit):
            raise FitError(f"{self.path.name}: the transition is read off, not fitted")
        return fitted

    @cached_property
    def quoted(self) -> tuple[UFloat, UFloat]:
        """T_c (K) and lambda as they are quoted."""
        result = self.fit.at_criterion(CRITERION, MU_STAR, "advanced")
        if result.tc.value is None or result.coupling.value is None:
            raise FitError(f"{self.path.name}: {'; '.join(result.warnings)}")
        return result.tc.value, result.coupling.value

    def coupling(
        self, *, theta_d: float = 0.0, tc: float = 0.0, formula: str = "advanced"
    ) -> float:
        """Return lambda by another formula, or of another T_c or Theta_D (K)."""
        given = tc or self.quoted[0].n, theta_d or self.fit.theta_d.n
        return float(lambda_for(*given, mu_star=MU_STAR, formula=formula))

    @property
    def without_prefactor(self) -> float:
        """Return lambda if eq. 2 had Theta_D in place of Theta_D/1.45."""
        return self.coupling(theta_d=1.45 * self.fit.theta_d.n)


@dataclass(frozen=True, eq=False)
class OfPattern:
    """The same of the pattern."""

    path: Path

    @cached_property
    def analysis(self) -> PatternAnalysis:
        """Lines, strain and size, and the cell."""
        metal = Phase("metal", ABOUT, space_group=GROUP)
        return analyse_pattern(read_pattern(self.path), [metal])

    @cached_property
    def strain(self) -> WilliamsonHall:
        """By eq. 7, which these lines determine."""
        strain = self.analysis.strain
        if strain is None or strain.size is None:
            raise FitError(f"{self.path.name}: the lines show no size")
        return strain

    @property
    def lattice(self) -> UFloat:
        """Lattice constant, angstrom."""
        if self.analysis.lattice is None:
            raise FitError(f"{self.path.name}: {self.analysis.no_lattice}")
        return self.analysis.lattice.a

    @cached_property
    def by_fwhm(self) -> WilliamsonHall:
        """The same with full widths at half maximum."""
        return self.strain.with_breadth("fwhm")

    @property
    def size_by_fwhm(self) -> float:
        """Size (nm) by these."""
        return self.by_fwhm.size_by_full or math.nan

    @property
    def size_by_halder_wagner(self) -> float:
        """Size (nm) by the law of Halder and Wagner, which a remark of the package quotes."""
        size = self.strain.with_addition("halder-wagner").size
        return math.nan if size is None else size.n

    @property
    def with_two_theta(self) -> float:
        """Strain where 2 theta stands for theta."""
        angle, (beta, _) = 2 * self.strain.lines.theta, self.strain.lines.breadth("integral")
        return straight_line(angle, beta)[0]

    @property
    def of_strongest(self) -> float:
        """Size (nm) by Scherrer's equation from the strongest line alone, without a strain."""
        lines = self.strain.lines
        at = int(np.argmax(lines.area))
        beta = float(lines.breadth("integral")[0][at])
        wavelength = lines.pattern.wavelength / 1000
        return float(0.9 * wavelength / beta / np.cos(lines.theta[at]))


class Parts(NamedTuple):
    """The analyses of the three files."""

    curve: OfCurve
    transition: OfTransition
    pattern: OfPattern
