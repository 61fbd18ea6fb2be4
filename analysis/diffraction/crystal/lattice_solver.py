"""Least squares for a unit cell: the solver beneath `analysis.fit_lattice`."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special
from uncertainties import UFloat, correlated_values, ufloat

from analysis.diffraction.crystal.phase import PRODUCTS, Phase, label_of
from analysis.diffraction.peaks import PeakTable
from analysis.errors import FitError
from analysis.numerics.least_squares import Undetermined, minimise
from analysis.numerics.linear import fit_linear
from analysis.typing import Floats

OFFSETS = {"none": None, "zero": "the zero shift", "displacement": "the displacement"}
LENGTHS, ANGLES = ("a", "b", "c"), ("alpha", "beta", "gamma")
# What scatter alone does once in 100 fits is worth a warning.
SIGNIFICANCE = 0.01
_SINGULAR = 1e-7


class Solution(NamedTuple):
    """Where the squares are least.

    Attributes
    ----------
    constants : ndarray, shape (P,)
        The free ones of A to F, 1/angstrom^2.
    shift : float
        Degrees; 0 without an offset.
    calculated : ndarray, shape (N,)
        Positions, degrees.
    jacobian : ndarray, shape (N, P) or (N, P + 1)
        Their derivatives by the constants and, where fitted, the shift.
    covariance : ndarray
        Of constants and shift, before it is widened for scatter.
    chi_square : float
    """

    constants: Floats
    shift: float
    calculated: Floats
    jacobian: Floats
    covariance: Floats
    chi_square: float


@dataclass(frozen=True, eq=False)
class _Angles:
    """The angles 2 theta, degrees, of lines as a function of the constants and an offset.

    Attributes
    ----------
    design : ndarray, shape (N, P)
        Of 1/d^2 in the constants.
    half : float
        Half the wavelength, angstrom.
    offset : {"none", "zero", "displacement"}
    """

    design: Floats
    half: float
    offset: str

    def theta(self, p: Floats) -> Floats:
        """Return the Bragg angles; a cell too small for Bragg's law gives almost pi/2."""
        squares = self.design @ p[: self.design.shape[1]]
        return np.asarray(np.arcsin(self.half * np.sqrt(np.clip(squares, 1e-12, self.most))))

    @property
    def most(self) -> float:
        """Largest 1/d^2 that diffracts, 1/angstrom^2."""
        return (1 - 1e-9) / self.half**2

    def value(self, p: Floats) -> Floats:
        """Return the angles with the offset, shape (N,)."""
        theta = self.theta(p)
        return np.asarray(np.degrees(2 * theta) + self._shifts(theta) @ p[self.design.shape[1] :])

    def jacobian(self, p: Floats) -> Floats:
        """Return their derivatives, shape (P, N) or (P + 1, N)."""
        return self.slopes(self.theta(p))

    def slopes(self, theta: Floats) -> Floats:
        """Return the derivatives at these Bragg angles."""
        return np.vstack([_rise(theta, self.half) * self.design.T, self._shifts(theta).T])

    def _shifts(self, theta: Floats) -> Floats:
        shape = np.cos(theta) if self.offset == "displacement" else np.ones(theta.size)
        return shape[:, None][:, : int(self.offset != "none")]


def solve(used: PeakTable, phase: Phase, offset: str, known: bool) -> Solution:
    """Fit constants and offset to 2 theta, as `analysis.fit_lattice` says.

    The start is the fit to 1/d^2, which is linear.

    Parameters
    ----------
    used : PeakTable
        Lines that all have indices.
    phase : Phase
    offset : {"none", "zero", "displacement"}
    known : bool
        Whether the positions' errors are the weights.

    Raises
    ------
    FitError
        If the lines leave a constant open, or the fit does not settle.
    """
    x, half = used.two_theta, used.pattern.wavelength / 200
    sigma = used.two_theta_error if known else np.ones(x.size)
    design = phase.design([index for index in used.hkl if index is not None])
    model = _Angles(design, half, offset)
    _require(used, phase, offset, (model.slopes(used.theta) / sigma).T)
    squares, rise = (np.sin(used.theta) / half) ** 2, _rise(used.theta, half)
    start = fit_linear(design.T, squares, (sigma / rise) ** 2).values
    shifts = np.zeros(int(offset != "none"))
    try:
        minimum = minimise(model, np.append(start, shifts), x, weights=1 / sigma)
    except Undetermined:
        raise FitError(f"{used.pattern.name}: the fit of {phase.name} does not settle") from None
    p, constants = minimum.parameters, minimum.parameters[: start.size]
    if (design @ constants >= model.most).any():
        raise FitError(f"{used.pattern.name}: the lines of {phase.name} fit no cell")
    chi_square = float(((minimum.residuals / sigma) ** 2).sum())
    shift = float(p[-1]) if shifts.size else 0.0
    calculated = x - minimum.residuals
    return Solution(constants, shift, calculated, model.jacobian(p).T, minimum.inverse, chi_square)


def _rise(theta: Floats, half: float) -> Floats:
    """Return the change of 2 theta (degrees) with 1/d^2; half is half the wavelength."""
    return np.asarray(np.degrees(half**2 / (np.sin(theta) * np.cos(theta))))


def _require(used: PeakTable, phase: Phase, offset: str, weighted: Floats) -> None:
    """Refuse lines that leave a constant open, by its name."""
    names = [*phase.system.names, *([OFFSETS[offset]] if offset != "none" else [])]
    scale = np.linalg.norm(weighted, axis=0)
    scaled = weighted / np.where(scale > 0, scale, 1)
    _, sizes, rows = np.linalg.svd(scaled, full_matrices=len(used) < len(names))
    sizes = np.append(sizes, np.zeros(len(names) - sizes.size))
    open_ = rows[sizes <= _SINGULAR * max(float(sizes[0]) if sizes.size else 0.0, 1.0)]
    if not open_.size:
        return
    undetermined = [
        str(name) for name, part in zip(names, open_.T, strict=True) if np.abs(part).max() > 1e-6
    ]
    lines = f"the lines {listed(used)}" if len(used) else "no lines"
    verb = "do not determine" if len(used) else "determine"
    what = " and ".join(undetermined)
    raise FitError(
        f"{used.pattern.name}: {lines} of {phase.name} {verb} {what}; {len(names)} "
        f"unknown{'s' * (len(names) > 1)} ({', '.join(str(one) for one in names)}) need as many "
        "independent lines"
    )


def cell_with_errors(phase: Phase, solved: Solution, covariance: Floats) -> dict[str, Any]:
    """Return axes, angles, volume and shift with errors, from A to F.

    With the metric G, inverse of the reciprocal one: dG = -G dG* G.
    """
    basis, given = phase.system.basis, np.append(solved.constants, solved.shift)
    reciprocal = np.zeros((len(basis), 3, 3))
    for (i, j), part in zip(PRODUCTS, basis.T, strict=True):
        reciprocal[:, i, j] = reciprocal[:, j, i] = part if i == j else part / 2
    metric = np.linalg.inv(np.tensordot(solved.constants, reciprocal, axes=1))
    changes = -metric @ reciprocal @ metric
    lengths = np.sqrt(np.diag(metric))
    by_length = np.diagonal(changes, axis1=1, axis2=2) / (2 * lengths)
    cosines = metric / np.outer(lengths, lengths)
    relative = by_length / lengths
    spread = changes / np.outer(lengths, lengths) - cosines * (
        relative[:, :, None] + relative[:, None, :]
    )
    volume = np.sqrt(np.linalg.det(metric))
    by_volume = -volume / 2 * np.einsum("ij,pji->p", metric, reciprocal)

    parameters = _correlated(given[: covariance.shape[0]], covariance)

    def with_error(value: float, slopes: Floats) -> UFloat:
        return value + sum(
            slope * (parameter - parameter.n)
            for slope, parameter in zip(slopes, parameters, strict=False)
        )

    axes = [with_error(float(lengths[i]), by_length[:, i]) for i in range(3)]
    result: dict[str, Any] = {
        name: axes[shared] for name, shared in zip(LENGTHS, phase.system.axes, strict=True)
    }
    for name, demanded, (i, j) in zip(ANGLES, phase.system.angles, PRODUCTS[3:], strict=True):
        angle = float(np.degrees(np.arccos(cosines[i, j])))
        slope = -np.degrees(spread[:, i, j]) / np.sin(np.radians(angle))
        result[name] = with_error(angle, slope) if demanded is None else demanded
    if phase.system.names == ("a", "alpha"):
        result["beta"] = result["gamma"] = result["alpha"]
    result["volume"] = with_error(float(volume), by_volume)
    result["shift"] = parameters[-1] if len(parameters) > len(basis) else None
    return result


def _correlated(values: Floats, covariance: Floats) -> tuple[UFloat, ...]:
    if not np.isfinite(covariance).all() or not (np.diag(covariance) > 0).all():
        return tuple(ufloat(value, np.nan) for value in values)
    return tuple(correlated_values(values, covariance))


def outliers_of(
    scaled: Floats, solved: Solution, sigma: Floats, dof: int, known: bool
) -> NDArray[np.bool_]:
    """Say which lines lie off the fit to the others: Student's test, once in 100 fits."""
    if dof < 2:
        return np.zeros(scaled.size, dtype=bool)
    weighted = solved.jacobian / sigma[:, None]
    left = 1 - np.einsum("ip,pq,iq->i", weighted, solved.covariance, weighted)
    left = np.maximum(left, 1e-12)
    others = np.maximum(scaled @ scaled - scaled**2 / left, 1e-300) / (dof - 1)
    if known:
        # Scatter below the positions' errors is luck.
        others = np.maximum(others, 1.0)
    size = np.abs(scaled) / np.sqrt(left * others)
    odd = 2 * special.stdtr(dof - 1, -size) * scaled.size < SIGNIFICANCE
    return np.asarray(odd & (np.abs(scaled) > 1e-9))


def listed(peaks: PeakTable) -> str:
    """Return the indices of a table's lines, for messages."""
    return ", ".join(label_of(one) for one in peaks.hkl if one is not None)
