"""Least squares for a unit cell: the solver beneath `analysis.fit_lattice`."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special
from uncertainties import UFloat, correlated_values, ufloat

from analysis.diffraction.crystal.phase import PRODUCTS, Phase, label_of
from analysis.diffraction.peaks import PeakTable
from analysis.errors import FitError
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


def solve(used: PeakTable, phase: Phase, offset: str, known: bool) -> Solution:
    """Fit constants and offset to 2 theta by Gauss and Newton, as `analysis.fit_lattice` says.

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
    x = used.two_theta
    sigma = used.two_theta_error if known else np.ones(x.size)
    half = used.pattern.wavelength / 200
    design = phase.design([one for one in used.hkl if one is not None])
    columns = {"none": 0, "zero": 1, "displacement": 1}[offset]

    def offset_of(theta: Floats) -> Floats:
        shape = np.cos(theta) if offset == "displacement" else np.ones(theta.size)
        return shape[:, None][:, :columns]

    def slopes(theta: Floats) -> Floats:
        return np.column_stack([_rise(theta, half)[:, None] * design, offset_of(theta)])

    _require(used, phase, offset, slopes(used.theta) / sigma[:, None])
    rise = _rise(used.theta, half) / sigma
    squares = (np.sin(used.theta) / half) ** 2
    constants = np.linalg.lstsq(design * rise[:, None], squares * rise, rcond=None)[0]
    parameters = np.append(constants, np.zeros(columns))
    for _ in range(30):
        sine = half * np.sqrt(np.maximum(design @ parameters[: design.shape[1]], 1e-12))
        if (sine >= 1).any():
            raise FitError(f"{used.pattern.name}: the lines of {phase.name} fit no cell")
        theta = np.arcsin(sine)
        calculated = np.degrees(2 * theta) + offset_of(theta) @ parameters[design.shape[1] :]
        jacobian = slopes(theta)
        weighted = jacobian / sigma[:, None]
        scale = np.linalg.norm(weighted, axis=0)
        step = np.linalg.lstsq(weighted / scale, (x - calculated) / sigma, rcond=None)[0] / scale
        if (np.abs(step * np.linalg.norm(jacobian, axis=0)) < 1e-11).all():
            break
        parameters = parameters + step
    else:
        raise FitError(f"{used.pattern.name}: the fit of {phase.name} does not settle")
    inverse = np.linalg.inv((weighted / scale).T @ (weighted / scale)) / np.outer(scale, scale)
    shift = float(parameters[-1]) if columns else 0.0
    chi_square = float((((x - calculated) / sigma) ** 2).sum())
    fitted = np.asarray(parameters[: design.shape[1]], dtype=np.float64)
    return Solution(fitted, shift, calculated, jacobian, inverse, chi_square)


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
