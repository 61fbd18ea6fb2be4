"""Uniaxial stress, from the axis that each line of a cubic calibrant gives alone."""

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.diffraction.crystal.cell import label_of
from analysis.diffraction.crystal.lattice import LatticeFit
from analysis.errors import FitError
from analysis.numerics.linear import fit_linear
from analysis.numerics.uncertainty import student
from analysis.typing import Floats

# A straight line is tested by one line more than it has unknowns.
_FEWEST = 3


@dataclass(frozen=True, eq=False)
class StressLine:
    """A straight line through the axes that single reflections give.

    Attributes
    ----------
    labels : tuple of str
        Indices of the reflections.
    x : ndarray, shape (N,)
        3 (1 - 3 sin^2 theta).
    a, a_error : ndarray, shape (N,)
        The axis from each reflection alone and its standard error, angstrom.
    slope, intercept : UFloat
        Angstrom. Errors are widened where the points scatter more than theirs say.
    dof : int
    """

    labels: tuple[str, ...]
    x: Floats
    a: Floats
    a_error: Floats
    slope: UFloat
    intercept: UFloat
    dof: int

    @property
    def interval(self) -> tuple[float, float]:
        """Between which the slope lies at 95 %, angstrom."""
        half = student(0.95, self.dof) * self.slope.s
        return self.slope.n - half, self.slope.n + half

    @property
    def shown(self) -> bool:
        """Whether the slope differs from zero at 95 %."""
        low, high = self.interval
        return not low <= 0 <= high

    @property
    def stress_over_shear(self) -> UFloat:
        """The uniaxial part of the stress over the shear modulus, t/G = 18 slope/intercept."""
        ratio: UFloat = 18 * self.slope / self.intercept
        return ratio


def stress_line(lattice: LatticeFit) -> StressLine:
    r"""Fit single-line axes of a cubic crystal against 3 (1 - 3 sin^2 theta).

    .. math::

        a_{hkl} = a_P \left[1 + (1 - 3 \sin^2\theta)\, Q\right], \qquad Q = \frac{t}{6 G}

    for a beam along the axis of the load, t the stress along it less that across it, G the
    shear modulus, in an elastically isotropic crystal; a_P is the axis under the mean pressure.
    In an anisotropic crystal Q depends on hkl, and the points do not lie on a line.

    Parameters
    ----------
    lattice : LatticeFit
        Of a cubic crystal, without an offset of the angles: an offset makes a slope, too.

    Raises
    ------
    FitError
        If it has fewer than three lines with errors of their positions.

    References
    ----------
    A. K. Singh, J. Appl. Phys. 73, 4278 (1993), eqs. 10 and 12.
    """
    if len(lattice.lines) < _FEWEST:
        raise FitError(
            f"{lattice.peaks.pattern.name}: {len(lattice.lines)} lines of {lattice.phase.name}; "
            f"stress can be seen in {_FEWEST} or more"
        )
    a, error = single_axes(lattice)
    x = 3 * (1 - 3 * np.sin(lattice.peaks.theta) ** 2)
    fit = fit_linear(np.stack([np.ones_like(x), x]), a, error**2)
    errors = np.sqrt(np.diag(fit.covariance) * max(fit.chi_square / fit.dof, 1.0))
    labels = tuple(label_of(line.hkl) for line in lattice.lines)
    intercept, slope = (ufloat(*pair) for pair in zip(fit.values, errors, strict=True))
    return StressLine(labels, x, a, error, slope, intercept, fit.dof)


def single_axes(lattice: LatticeFit) -> tuple[Floats, Floats]:
    """Return the axis (angstrom) that each line of a cubic crystal gives alone, and its error."""
    a = lattice.a.n * np.array([line.ratio for line in lattice.lines])
    error = np.radians(lattice.peaks.two_theta_error / 2)
    return a, a / np.tan(lattice.peaks.theta) * error
