"""Equations of state of a crystal at one temperature: Birch-Murnaghan and Vinet, fitted to V(P).

Each is P = K0 p(u, K0') of u = ln(V/V0); K0 times -dp/du is the bulk modulus at V.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import ArrayLike
from scipy import special
from uncertainties import UFloat, nominal_value, std_dev

from analysis.errors import AnalysisError, DataError, FitError, shown
from analysis.numerics.checks import as_numbers, as_vector
from analysis.numerics.least_squares import Minimum, Undetermined, minimise, profile_interval
from analysis.numerics.means import SCATTER_SEEN
from analysis.numerics.summary import number
from analysis.numerics.uncertainty import band_half_width, correlated, student
from analysis.typing import Floats

# K0' of the 2nd order; and by how much that of most solids differs from it. An interval that
# reaches twice as far to a side says less than this does.
SECOND_ORDER, USUAL_SPREAD = 4.0, 2.0
# How far intervals are followed: in ln(V0) and ln(K0), and in K0'.
_FAR = (7.0, 7.0, 100.0)
# The likelier of two equations is told from the other at this ratio: if the other is the true
# one, chance makes as much in less than one case out of 20 (R. Royall, Statistical Evidence).
TELLS_APART = 20.0
# A chi-square so small or so large comes up in one case out of 10 000 if the errors are errors.
_RARE = 1e-4
_NAMES = ("v0", "k0", "k0_prime")
Formula = Callable[[Floats, float], tuple[Floats, Floats, Floats]]


def birch_murnaghan(u: Floats, prime: float) -> tuple[Floats, Floats, Floats]:
    """Return p, -dp/du and dp/dK0' of Birch and Murnaghan at ln(V/V0) and K0'."""
    x, c = np.exp(-u / 3), 0.75 * (prime - 4)
    bare, more = 1.5 * (x**7 - x**5), x**2 - 1
    slope = 1.5 * (7 * x**6 - 5 * x**4) * (1 + c * more) + bare * 2 * c * x
    return bare * (1 + c * more), x / 3 * slope, 0.75 * bare * more


def vinet(u: Floats, prime: float) -> tuple[Floats, Floats, Floats]:
    """Return p, -dp/du and dp/dK0' of Vinet and others at ln(V/V0) and K0'."""
    x, eta = np.exp(u / 3), 1.5 * (prime - 1)
    rise = np.exp(eta * (1 - x))
    p = 3 * (1 - x) / x**2 * rise
    return p, (1 / x + (1 - x) * (2 / x**2 + eta / x)) * rise, 1.5 * (1 - x) * p


class Equation(NamedTuple):
    """An equation of state; `prime` is the value that it holds K0' at, None where it is free."""

    name: str
    title: str
    formula: Formula
    prime: float | None = None


SECOND = Equation("birch-murnaghan-2", "Birch-Murnaghan, 2nd order", birch_murnaghan, SECOND_ORDER)
THIRD = Equation("birch-murnaghan-3", "Birch-Murnaghan, 3rd order", birch_murnaghan)
EQUATIONS = (SECOND, THIRD, Equation("vinet", "Vinet", vinet))


def equation_named(name: str) -> Equation:
    """Return an equation of state by its name.

    Raises
    ------
    DataError
        If there is none of that name.
    """
    for equation in EQUATIONS:
        if equation.name == name:
            return equation
    names = ", ".join(one.name for one in EQUATIONS)
    raise DataError(f"no equation of state {shown(name)}; there are {names}")


class _Course(NamedTuple):
    """What is fitted: P at volumes, by ln(V0), ln(K0) and K0'."""

    formula: Formula
    log_volume: Floats

    def parts(self, p: Floats) -> Floats:
        """Return P, the bulk modulus, and dP/dK0', shape (3, N)."""
        rows = np.stack(self.formula(self.log_volume - p[0], float(p[2])))
        return np.asarray(np.exp(p[1]) * rows)

    def value(self, p: Floats) -> Floats:
        return np.asarray(self.parts(p)[0])

    def jacobian(self, p: Floats) -> Floats:
        return self.parts(p)[[1, 0, 2]]


@dataclass(frozen=True, eq=False)
class EquationOfState:
    """V0, K0 and K0' of a crystal, see `fit_equation_of_state`.

    Attributes
    ----------
    equation : Equation
    pressure, volume : ndarray, shape (N,)
        What was fitted, in ascending pressure: GPa, any unit.
    stated : bool
        Whether errors are stated.
    minimum : Minimum
        Of the fit, by ln(V0), ln(K0) and K0'.
    weights : ndarray, shape (N,)
        Inverse effective errors, 1/GPa; ones where none are stated.
    held : ndarray, shape (3, 3)
        Covariance that errors of what was held give to the parameters.
    warnings, remarks : tuple of str
        What casts doubt on the numbers, and what they rest on, in words.
    """

    equation: Equation
    pressure: Floats
    volume: Floats
    stated: bool
    minimum: Minimum
    weights: Floats
    held: Floats
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @cached_property
    def values(self) -> tuple[UFloat, UFloat, UFloat]:
        """V0, K0 (GPa) and K0', which know of each other; without an error what was held."""
        v0, k0, prime = correlated(self._nominal, self.covariance)
        return v0, k0, prime

    @property
    def v0(self) -> UFloat:
        """Volume at zero pressure."""
        return self.values[0]

    @property
    def k0(self) -> UFloat:
        """Bulk modulus at zero pressure, GPa."""
        return self.values[1]

    @property
    def k0_prime(self) -> UFloat:
        """Derivative of the bulk modulus by pressure, at zero pressure."""
        return self.values[2]

    @property
    def covariance(self) -> Floats:
        """Covariance of V0, K0 and K0', shape (3, 3), widened where the scatter asks for it."""
        return self._covariance(max(self._spread, 1.0) if self.stated else self._spread, 1.0)

    @property
    def dof(self) -> int:
        """Points less fitted parameters."""
        return self.pressure.size - self.minimum.fitted

    @property
    def chi_square(self) -> float:
        """Sum of the squared residuals in effective errors, in GPa^2 where none are stated."""
        return float(((self.minimum.residuals * self.weights) ** 2).sum())

    @property
    def p_value(self) -> float:
        """Probability of such a chi-square or a larger one; nan without stated errors."""
        return float(special.chdtrc(self.dof, self.chi_square)) if self.stated else float("nan")

    @property
    def _spread(self) -> float:
        return float(np.sqrt(self.chi_square / self.dof))

    @property
    def _nominal(self) -> Floats:
        log_v0, log_k0, prime = self.minimum.parameters
        return np.array([self.volume.max() * np.exp(log_v0), np.exp(log_k0), prime])

    def _covariance(self, noise: float, held: float) -> Floats:
        """Return the covariance of V0, K0, K0', with factors for the errors of its two parts."""
        scale = np.array([*self._nominal[:2], 1.0])
        parts = noise**2 * self.minimum.inverse + held**2 * self.held
        return np.asarray(parts * np.outer(scale, scale))

    def _factor(self, normal: float, few: float) -> float:
        """Return what turns errors as stated into limits.

        They are taken as right while the scatter agrees with them; else it takes their place.
        """
        if self.p_value >= SCATTER_SEEN:
            return normal
        return max(few * self._spread, normal if self.stated else 0.0)

    def interval(self, name: str = "k0", level: float = 0.95) -> tuple[float, float]:
        """Return the limits between which V0, K0 or K0' lies, by the profile of its chi-square.

        Parameters
        ----------
        name : {"v0", "k0", "k0_prime"}
        level : float
            Coverage, between 0 and 1.

        Returns
        -------
        (lower, upper) : floats
            An end that the points leave open is infinite, of V0 and K0 the lower one 0.

        Raises
        ------
        AnalysisError
            If there is no such number.
        """
        if name not in _NAMES:
            raise AnalysisError(f"no number {shown(name)}; there are {', '.join(_NAMES)}")
        place, normal = _NAMES.index(name), student(level, np.inf)
        best, reach = float(self.minimum.parameters[place]), _FAR[place]
        low, high = 0.0, 0.0
        if self.minimum.free[place]:
            allowed = self._factor(normal, student(level, self.dof)) ** 2
            low, high = profile_interval(
                self._course, self.minimum, self.pressure, place=place, allowed=allowed,
                bounds=(best - reach, best + reach), weights=self.weights,
            )  # fmt: skip
            low, high = low - best, high - best
        more = normal * np.sqrt(self.held[place, place])
        ends = best - float(np.hypot(low, more)), best + float(np.hypot(high, more))
        if name == "k0_prime":
            return ends
        scale = self._nominal[place] / np.exp(best)
        return float(scale * np.exp(ends[0])), float(scale * np.exp(ends[1]))

    def ellipse(self, level: float = 0.95, points: int = 100) -> tuple[Floats, Floats]:
        """Return the ellipse in which K0 and K0' lie together, a closed line.

        Returns
        -------
        (k0, k0_prime) : ndarrays, shape (points,)

        Raises
        ------
        AnalysisError
            If K0' was held, so that there is none.
        """
        if not self.minimum.free[2]:
            raise AnalysisError(f"{self.equation.title} holds K0' here: there is no ellipse")
        normal = np.sqrt(-2 * np.log1p(-level))
        factor = self._factor(normal, np.sqrt(2 * special.fdtri(2, self.dof, level)))
        root = np.linalg.cholesky(self._covariance(factor, normal)[1:, 1:])
        around = np.linspace(0, 2 * np.pi, points)
        k0, prime = self._nominal[1:, None] + root @ np.stack([np.cos(around), np.sin(around)])
        return k0, prime

    @property
    def _course(self) -> "_Course":
        return _Course(self.equation.formula, np.log(self.volume / self.volume.max()))

    def band(self, volume: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Return the fitted P at volumes, and its confidence band.

        Returns
        -------
        (p, lower, upper) : ndarrays, shape (M,)
            GPa.
        """
        logs = np.log(_positive("volume", volume) / self.volume.max())
        course, best = _Course(self.equation.formula, logs), self.minimum.parameters
        normal = student(level, np.inf)
        factor = self._factor(normal, student(level, self.dof))
        parts = factor**2 * self.minimum.inverse + normal**2 * self.held
        p, half = course.value(best), band_half_width(course.jacobian(best), parts, 1.0)
        return p, p - half, p + half

    def likelihood_ratio(self, other: "EquationOfState") -> float:
        """Return how many times likelier the points are by this equation than by another.

        Of the same points, both at their best. Where the stated errors do not explain the
        scatter about either, or none are stated, the scatter says how large they are.
        """
        theirs = float(((other.minimum.residuals * self.weights) ** 2).sum())
        if max(self.p_value, other.p_value) >= SCATTER_SEEN:
            return float(np.exp((theirs - self.chi_square) / 2))
        return float((theirs / self.chi_square) ** (self.pressure.size / 2))

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON."""
        sigma = np.sqrt(np.diag(self.covariance))
        both = float(sigma[1] * sigma[2])
        return {
            **{
                name: number(value, unit, interval=self.interval(name))
                for name, value, unit in zip(_NAMES, self.values, ("", "GPa", ""), strict=True)
            },
            "equation": self.equation.name,
            "correlation_k0_k0_prime": float(self.covariance[1, 2]) / both if both else None,
            "chi_square": self.chi_square if self.stated else None,
            "degrees_of_freedom": self.dof,
            "n_points": self.pressure.size,
            "window": [float(self.pressure.min()), float(self.pressure.max())],
            "warnings": list(self.warnings),
            "remarks": list(self.remarks),
        }


def fit_equation_of_state(
    pressure: ArrayLike,
    volume: ArrayLike,
    *,
    pressure_error: ArrayLike | None = None,
    volume_error: ArrayLike | None = None,
    equation: str | None = None,
    v0: UFloat | float | None = None,
) -> EquationOfState:
    r"""Fit an equation of state to volumes under pressure.

    With x = (V0/V)^(1/3) that of Birch and Murnaghan is

    .. math::

        P = \tfrac32 K_0 (x^7 - x^5) \left[1 + \tfrac34 (K_0' - 4)(x^2 - 1)\right]

    of 3rd order, and of 2nd with K0' = 4 (F. Birch, Phys. Rev. 71, 809 (1947), eq. 15). With
    X = 1/x that of P. Vinet et al., J. Geophys. Res. 92, 9319 (1987), is

    .. math::

        P = 3 K_0 \frac{1 - X}{X^2} \exp\left[\tfrac32 (K_0' - 1)(1 - X)\right]

    Parameters
    ----------
    pressure : array_like, shape (N,)
        GPa, in any order.
    volume : array_like, shape (N,)
        Of the cell, of a mole, or a ratio; in any unit.
    pressure_error, volume_error : array_like, shape (N,), or float, optional
        Standard errors, above 0; a row with a nan counts as not known. A point weighs by its
        effective variance, that of P and (dP/dV)^2 times that of V.
    equation : {"birch-murnaghan-2", "birch-murnaghan-3", "vinet"}, optional
        Unless given, Birch-Murnaghan of 3rd order; of 2nd with K0' = 4 +- 2 where the points
        do not determine K0', which a warning says.
    v0 : float or UFloat, optional
        Volume at zero pressure where it was measured; a UFloat's error is carried through.

    Returns
    -------
    EquationOfState
        Its errors are those that the stated ones make, widened to what the scatter says where
        that is more; without stated errors of the scatter alone, all pressures being equally
        uncertain.

    Raises
    ------
    FitError
        If there are too few different volumes, the volume grows, or no minimum is found.
    DataError
        If the arrays cannot be used.

    Examples
    --------
    >>> volume = [100.0, 97.121, 94.643, 90.539, 87.221]
    >>> found = fit_equation_of_state([0, 5, 10, 20, 30], volume, equation="birch-murnaghan-3")
    >>> print(f"{found.k0.n:.1f} GPa, {found.k0_prime.n:.2f}")
    160.0 GPa, 4.60
    """
    p, v = as_vector("pressure", pressure), _positive("volume", volume)
    if p.shape != v.shape or not np.isfinite(p).all():
        raise DataError(f"one finite pressure is needed for each volume, got {p.size} and {v.size}")
    order = np.argsort(p, kind="stable")
    errors = (
        _known("pressure_error", pressure_error, p)[order],
        _known("volume_error", volume_error, p)[order] / v[order],
    )
    points = _Points(p[order], v[order], *errors, v0)
    if equation is not None:
        return _fitted(equation_named(equation), points)
    if (different := np.unique(v).size) < 4 - (v0 is not None):
        said = f"{different} volumes do not determine K0'"
    else:
        fit = _fitted(THIRD, points)
        low, high = fit.interval("k0_prime")
        reach = max(high - fit.k0_prime.n, fit.k0_prime.n - low)
        if reach <= 2 * USUAL_SPREAD or not low <= SECOND_ORDER <= high:
            return fit
        ends = [f"{end:.2g}" if np.isfinite(end) else "open" for end in (low, high)]
        said = f"the points do not determine K0' (95 %: {ends[0]} to {ends[1]})"
    said += f": it is taken as {SECOND_ORDER:g} ± {USUAL_SPREAD:g}, as of most solids, and the "
    held = _fitted(SECOND, points, spread=USUAL_SPREAD)
    return replace(held, warnings=(f"{said}error of K0 holds that", *held.warnings))


class _Points(NamedTuple):
    """Pressures, volumes, errors of P and relative ones of V, nan where not known; V0 if given."""

    pressure: Floats
    volume: Floats
    error: Floats
    relative: Floats
    v0: UFloat | float | None

    def weights(self, bulk: Floats) -> Floats:
        """Return inverse effective errors; ones where none are known."""
        both = [self.error, bulk * self.relative]
        known = [one for one in both if not np.isnan(one).any()]
        return 1 / np.sqrt(sum(one**2 for one in known)) if known else np.ones_like(bulk)


def _known(name: str, given: ArrayLike | None, p: Floats) -> Floats:
    """Return errors of all points."""
    row = as_numbers(name, np.nan if given is None else given)
    if row.shape not in ((), p.shape) or (row <= 0).any() or np.isinf(row).any():
        raise DataError(f"{name} needs one number above 0 for each point, or one for all")
    return np.broadcast_to(row, p.shape)


def _positive(name: str, values: ArrayLike) -> Floats:
    row = np.atleast_1d(as_numbers(name, values))
    if row.ndim != 1 or not ((row > 0) & np.isfinite(row)).all():
        raise DataError(f"{name}: every value must be a number above 0")
    return row


def _fitted(equation: Equation, points: _Points, *, spread: float = 0.0) -> EquationOfState:
    """Return the fit of one equation; `spread` is the error of K0' where it is held."""
    p, v = points.pressure, points.volume
    free = np.array([points.v0 is None, True, equation.prime is None])
    if (there := np.unique(v).size) <= free.sum():
        raise FitError(
            f"{equation.title}, {free.sum()} unknowns: at least {free.sum() + 1} different volumes "
            f"are needed, got {there}; fewer do with v0 or equation={SECOND.name!r}"
        )
    course, guess = _Course(equation.formula, np.log(v / v.max())), _guess(p, np.log(v / v.max()))
    guess[2] = SECOND_ORDER if equation.prime is None else equation.prime
    if points.v0 is not None:
        guess[0] = np.log(_positive("v0", nominal_value(points.v0))[0] / v.max())
    try:
        for _ in range(1 if np.isnan(points.relative).any() else 4):
            weights = points.weights(course.parts(guess)[1])
            minimum = minimise(course, guess, p, weights=weights, free=free)
            guess = minimum.parameters
    except Undetermined as error:
        raise FitError(f"{equation.title}: {error}") from None
    # What is held moves the others by -(J^T W J)^-1 J^T W times its own column.
    rows = course.jacobian(guess) * weights
    moved = np.where(free[:, None], -minimum.inverse @ rows @ rows.T, np.eye(3))
    of_v0 = 0.0 if points.v0 is None else std_dev(points.v0) / nominal_value(points.v0)
    moved = moved * np.where(free, 0.0, [of_v0, 0.0, spread])
    stated = not np.isnan([points.error, points.relative]).any(axis=1).all()
    found = EquationOfState(equation, p, v, stated, minimum, weights, moved @ moved.T)
    return replace(found, warnings=_doubts(found), remarks=_remarks(found, points.v0))


def _guess(p: Floats, log_volume: Floats) -> Floats:
    """Return ln(V0), ln(K0) and K0' from a straight line of P in ln(V), whose slope is -K."""
    at_zero, slope = polynomial.polyfit(log_volume, p, 1)
    if slope >= 0:
        raise FitError("the volume does not shrink under pressure: there is no equation of state")
    k0 = max(-slope - SECOND_ORDER * float(p.mean()), -0.2 * slope)
    return np.array([-at_zero / slope, np.log(k0), SECOND_ORDER])


def _doubts(found: EquationOfState) -> tuple[str, ...]:
    said = []
    if found.p_value < _RARE:
        said.append(
            f"the points scatter more than their errors explain (chi-square {found.chi_square:.3g} "
            f"with {found.dof} degrees of freedom): errors too small, or another course"
        )
    if 1 - found.p_value < _RARE:
        said.append(
            "the stated errors are far larger than the scatter: if they are no standard errors, "
            "leave them out, and the scatter gives the errors"
        )
    if not (found._course.parts(found.minimum.parameters)[1] > 0).all():  # noqa: SLF001
        said.append("the fitted P falls with compression somewhere between the points")
    return tuple(said)


def _remarks(found: EquationOfState, v0: UFloat | float | None) -> tuple[str, ...]:
    said = [] if found.stated else ["all pressures are taken as equally uncertain"]
    said += [] if v0 is None else ["V0 is given"]
    held = found.equation.prime
    return (*said, *([] if held is None else [f"K0' is held at {held:g}"]))
