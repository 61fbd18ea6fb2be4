"""Least squares for a unit cell: the solver beneath `analysis.fit_lattice`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from uncertainties import UFloat, correlated_values, std_dev, ufloat, umath

from analysis.diffraction.crystal.cell import ANGLES, LENGTHS, PRODUCTS, Crystal, label_of
from analysis.diffraction.peaks import PeakTable
from analysis.errors import FitError
from analysis.numerics.least_squares import Undetermined, minimise
from analysis.numerics.linear import fit_linear
from analysis.numerics.outliers import off_the_others
from analysis.numerics.uncertainty import band_half_width
from analysis.typing import Flags, Floats

# What each kind of offset adds to the unknowns. "both" is never a result: it says how far
# one offset moves while the other is not known.
OFFSETS: dict[str, tuple[str, ...]] = {
    "none": (),
    "zero": ("the zero shift",),
    "displacement": ("the displacement",),
    "both": ("the zero shift", "the displacement"),
}
_SINGULAR = 1e-7
# Which shapes of a shift, 1 and cos(theta), each kind has.
_COLUMNS = {"none": [], "zero": [0], "displacement": [1], "both": [0, 1]}


class Solution(NamedTuple):
    """Where the squares are least.

    Attributes
    ----------
    offset : str
        Of `OFFSETS`: what was fitted beside the cell.
    parameters : ndarray, shape (P,) to (P + 2,)
        The free ones of A to F, 1/angstrom^2, and, where fitted, the shifts, degrees.
    theta : ndarray, shape (N,)
        Bragg angles in this cell without the shift, rad.
    residuals, sigma : ndarray, shape (N,)
        Measured less calculated positions, degrees, and their errors; errors of 1 where
        none are known.
    leverage : ndarray, shape (N,)
        How far each calculated position follows the measured one, 0 to 1.
    covariance : ndarray
        Of the parameters, before it is widened for scatter.
    known : bool
        Whether the positions' errors are the weights.
    """

    offset: str
    parameters: Floats
    theta: Floats
    residuals: Floats
    sigma: Floats
    leverage: Floats
    covariance: Floats
    known: bool

    @property
    def dof(self) -> int:
        """Degrees of freedom: lines less parameters."""
        return self.sigma.size - self.parameters.size

    @property
    def chi_square(self) -> float:
        """Sum of the squared residuals over their variances."""
        return float(((self.residuals / self.sigma) ** 2).sum())

    @property
    def scatter(self) -> float:
        """The reduced chi-square, nan where there are no degrees of freedom."""
        return self.chi_square / self.dof if self.dof else np.nan


@dataclass(frozen=True, eq=False)
class _Angles:
    """The angles 2 theta, degrees, of lines as a function of the constants and an offset.

    Attributes
    ----------
    design : ndarray, shape (N, P)
        Of 1/d^2 in the constants.
    half : float
        Half the wavelength, angstrom.
    offset : str
        Of `OFFSETS`.
    prior : bool
        Whether the shifts themselves follow as further values, one each.
    """

    design: Floats
    half: float
    offset: str
    prior: bool

    def theta(self, p: Floats) -> Floats:
        """Return the Bragg angles; a cell too small for Bragg's law gives almost pi/2."""
        squares = self.design @ p[: self.design.shape[1]]
        return np.asarray(np.arcsin(self.half * np.sqrt(np.clip(squares, 1e-12, self.most))))

    @property
    def most(self) -> float:
        """Largest 1/d^2 that diffracts, 1/angstrom^2."""
        return (1 - 1e-9) / self.half**2

    def value(self, p: Floats) -> Floats:
        """Return the angles with the offset, shape (N,), and the shifts if they have a prior."""
        theta, shifts = self.theta(p), p[self.design.shape[1] :]
        angles = np.degrees(2 * theta) + self._shifts(theta) @ shifts
        return np.append(angles, shifts) if self.prior else np.asarray(angles)

    def jacobian(self, p: Floats) -> Floats:
        """Return their derivatives, a row for each parameter."""
        slopes = self.slopes(self.theta(p))
        count = p.size - self.design.shape[1]
        return np.hstack([slopes, np.eye(p.size)[:, p.size - count :]]) if self.prior else slopes

    def slopes(self, theta: Floats) -> Floats:
        """Return the derivatives at these Bragg angles."""
        return np.vstack([_rise(theta, self.half) * self.design.T, self._shifts(theta).T])

    def _shifts(self, theta: Floats) -> Floats:
        both = np.stack([np.ones(theta.size), np.cos(theta)], axis=1)
        return both[:, _COLUMNS[self.offset]]


def solve(
    usable: PeakTable,
    phase: Crystal,
    offset: str,
    errors_known: bool,
    *,
    prior: float | None = None,
) -> Solution:
    """Fit constants and offset to 2 theta, as `analysis.fit_lattice` says.

    The start is the fit to 1/d^2, which is linear.

    Parameters
    ----------
    usable : PeakTable
        Lines that all have indices.
    phase : Crystal
    offset : str
        Of `OFFSETS`.
    errors_known : bool
        Whether the positions' errors are the weights.
    prior : float, optional
        How large a shift usually is, degrees: a Gaussian of that width about zero, so that
        lines which say little of an offset do not make it absurd. It needs known errors.

    Raises
    ------
    FitError
        If the lines leave a constant open, or the fit does not settle.
    """
    half = usable.pattern.wavelength / 200
    sigma = usable.two_theta_error if errors_known else np.ones(len(usable))
    design = phase.design([index for index in usable.hkl if index is not None])
    count = len(OFFSETS[offset])
    model = _Angles(design, half, offset, prior is not None)
    _require(usable, phase, offset, (model.slopes(usable.theta) / sigma).T)
    squares, rise = (np.sin(usable.theta) / half) ** 2, _rise(usable.theta, half)
    start = fit_linear(design.T, squares, (sigma / rise) ** 2).values
    start = np.append(start, np.zeros(count))
    measured, weights = usable.two_theta, 1 / sigma
    if prior is not None:
        measured = np.append(measured, np.zeros(count))
        weights = np.append(weights, np.full(count, 1 / prior))
    try:
        minimum = minimise(model, start, measured, weights=weights)
    except Undetermined:
        raise FitError(
            f"{usable.pattern.name}: the fit of {phase.name} does not converge: is its --cell "
            "right?"
        ) from None
    p, covariance = minimum.parameters, minimum.inverse
    if (design @ p[: design.shape[1]] >= model.most).any():
        raise FitError(
            f"{usable.pattern.name}: the lines of {phase.name} fit no cell of this --space-group"
        )
    leverage = band_half_width(model.slopes(model.theta(p)) / sigma, covariance, 1.0) ** 2
    residuals = minimum.residuals[: sigma.size]
    return Solution(offset, p, model.theta(p), residuals, sigma, leverage, covariance, errors_known)


def _rise(theta: Floats, half: float) -> Floats:
    """Return the change of 2 theta (degrees) with 1/d^2; half is half the wavelength."""
    return np.asarray(np.degrees(half**2 / (np.sin(theta) * np.cos(theta))))


def _require(usable: PeakTable, phase: Crystal, offset: str, weighted: Floats) -> None:
    """Refuse lines that leave a constant open, by its name."""
    names = [*phase.system.names, *OFFSETS[offset]]
    scale = np.linalg.norm(weighted, axis=0)
    scaled = weighted / np.where(scale > 0, scale, 1)
    _, sizes, rows = np.linalg.svd(scaled, full_matrices=len(usable) < len(names))
    sizes = np.append(sizes, np.zeros(len(names) - sizes.size))
    open_ = rows[sizes <= _SINGULAR * max(float(sizes[0]) if sizes.size else 0.0, 1.0)]
    if not open_.size:
        return
    undetermined = [
        name for name, part in zip(names, open_.T, strict=True) if np.abs(part).max() > 1e-6
    ]
    lines = f"the lines {listed(usable)}" if len(usable) else "no lines"
    verb = "do not determine" if len(usable) else "determine"
    helps = {*OFFSETS[offset]} & {*undetermined}
    less = ", or one less with --offset none" if helps else ""
    raise FitError(
        f"{usable.pattern.name}: {lines} of {phase.name} {verb} {' and '.join(undetermined)}; "
        f"{len(names)} unknown{'s' * (len(names) > 1)} ({', '.join(names)}) need as many "
        f"independent lines{less}"
    )


def cell_with_errors(phase: Crystal, solved: Solution, covariance: Floats) -> dict[str, Any]:
    """Return axes, angles, volume and shift with errors, from A to F.

    The metric is the inverse of the reciprocal one: its cofactors over its determinant.
    """
    system, free = phase.system, len(phase.system.basis)
    parameters = _correlated(solved.parameters, covariance)
    six = [_dot(parameters[:free], column) for column in system.basis.T.tolist()]
    reciprocal: list[list[Any]] = [[None] * 3 for _ in range(3)]
    for (i, j), constant in zip(PRODUCTS, six, strict=True):
        reciprocal[i][j] = reciprocal[j][i] = constant if i == j else constant / 2
    first, second, third = reciprocal
    cofactors = [_cross(second, third), _cross(third, first), _cross(first, second)]
    determinant = _dot(first, cofactors[0])
    metric = [[cofactor / determinant for cofactor in row] for row in cofactors]
    axes = [metric[i][i] ** 0.5 for i in range(3)]
    for axis in axes:
        std_dev(axis)  # sums up its derivatives: an axis less itself is then exactly 0
    result: dict[str, Any] = {
        name: axes[shared] for name, shared in zip(LENGTHS, system.axes, strict=True)
    }
    for name, demanded, (i, j) in zip(ANGLES, system.angles, PRODUCTS[3:], strict=True):
        cosine = metric[i][j] / (axes[i] * axes[j])
        result[name] = umath.degrees(umath.acos(cosine)) if demanded is None else demanded
    if system.names == ("a", "alpha"):
        result["beta"] = result["gamma"] = result["alpha"]
    result["volume"] = determinant**-0.5
    result["shift"] = parameters[-1] if len(parameters) > free else None
    return result


def _dot(first: Sequence[Any], second: Sequence[Any]) -> Any:
    return sum(x * other for x, other in zip(first, second, strict=True))


def _cross(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    pairs = ((1, 2), (2, 0), (0, 1))
    return [first[i] * second[j] - first[j] * second[i] for i, j in pairs]


def _correlated(values: Floats, covariance: Floats) -> tuple[UFloat, ...]:
    if not np.isfinite(covariance).all() or not (np.diag(covariance) > 0).all():
        return tuple(ufloat(value, np.nan) for value in values)
    return tuple(correlated_values(values, covariance))


def outliers_of(scaled: Floats, solved: Solution) -> Flags:
    """Say which lines lie off the fit to the others; `scaled` holds the differences in errors."""
    return off_the_others(scaled, solved.leverage, solved.dof, known=solved.known)


def listed(peaks: PeakTable) -> str:
    """Return the indices of a table's lines, for messages."""
    return ", ".join(label_of(hkl) for hkl in peaks.hkl if hkl is not None)
