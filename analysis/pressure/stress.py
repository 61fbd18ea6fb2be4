"""Stress that is not the same in all directions: each line of a cubic calibrant by itself."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.diffraction.crystal.lattice import LatticeFit
from analysis.errors import FitError
from analysis.numerics.linear import fit_linear
from analysis.numerics.summary import number
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
    chi_square_reduced : float
    """

    labels: tuple[str, ...]
    x: Floats
    a: Floats
    a_error: Floats
    slope: UFloat
    intercept: UFloat
    dof: int
    chi_square_reduced: float

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

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON."""
        return {
            "slope": number(self.slope, "angstrom", interval=self.interval),
            "stress_over_shear": number(self.stress_over_shear, ""),
            "chi_square_reduced": self.chi_square_reduced,
            "lines": [
                {"line": label, "x": x, "a": a, "stderr": error}
                for label, x, a, error in zip(
                    self.labels, self.x.tolist(), self.a.tolist(), self.a_error.tolist(),
                    strict=True,
                )
            ],
        }  # fmt: skip


def stress_line(lattice: LatticeFit) -> StressLine:
    r"""Fit single-line axes of a cubic crystal against 3 (1 - 3 sin^2 theta).

    .. math::

        a_{hkl} = a_P \left[1 + (1 - 3 \sin^2\theta)\, Q\right], \qquad Q = \frac{t}{6 G}

    for a beam along the axis of the load, t the stress along it less that across it, G the
    shear modulus, in an elastically isotropic crystal; a_P is the axis under the mean pressure.
    In another one Q depends on hkl, and the points do not lie on a line.

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
    lines = [line for line in lattice.lines if np.isfinite(line.error) and line.error > 0]
    if len(lines) < _FEWEST:
        raise FitError(
            f"{lattice.peaks.pattern.name}: {len(lines)} lines of {lattice.phase.name}; stress "
            f"shows in {_FEWEST} or more"
        )
    theta = np.radians([line.two_theta / 2 for line in lines])
    hkl = np.array([line.hkl for line in lines])
    wavelength = lattice.peaks.pattern.wavelength / 100
    a = wavelength / 2 / np.sin(theta) * np.sqrt((hkl**2).sum(axis=1))
    error = a / np.tan(theta) * np.radians([line.error / 2 for line in lines])
    x = 3 * (1 - 3 * np.sin(theta) ** 2)
    fit = fit_linear(np.stack([np.ones_like(x), x]), a, error**2)
    reduced = fit.chi_square / fit.dof
    errors = np.sqrt(np.diag(fit.covariance) * max(reduced, 1.0))
    labels = tuple("".join(map(str, line.hkl)) for line in lines)
    intercept, slope = (ufloat(*pair) for pair in zip(fit.values, errors, strict=True))
    return StressLine(labels, x, a, error, slope, intercept, fit.dof, float(reduced))
