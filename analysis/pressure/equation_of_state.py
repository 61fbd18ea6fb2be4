"""Equations of state of a crystal at one temperature: Birch-Murnaghan and Vinet, fitted to V(P).

Each is P = K0 p(u, K0') of u = ln(V/V0); K0 times -dp/du is the bulk modulus at V.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import ArrayLike
from scipy import special
from uncertainties import UFloat, nominal_value, std_dev

from analysis.errors import AnalysisError, DataError, FitError, shown
from analysis.numerics.checks import as_errors, as_number, as_numbers, as_vector
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
# Pressures, volumes, variances of P and relative ones of V (0: not known), and V0 if given.
_Points = tuple[Floats, Floats, Floats, Floats, UFloat | float | None]
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
VINET = Equation("vinet", "Vinet", vinet)
EQUATIONS = {equation.name: equation for equation in (SECOND, THIRD, VINET)}


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
    v0, k0, k0_prime : UFloat
        Volume and bulk modulus (GPa) at zero pressure, and its derivative there; they know of
        each other. What was held has no error.
    covariance : ndarray, shape (3, 3)
        Of these, widened where the scatter asks for it.
    chi_square : float
        Sum of the squared residuals in effective errors, in GPa^2 where none are stated.
    dof : int
        Points less fitted parameters.
    p_value : float
        Probability of such a chi-square or a larger one; nan where no errors are stated.
    minimum : Minimum
        Of the fit, by ln(V0), ln(K0) and K0'.
    weights : ndarray, shape (N,)
        Inverse effective errors, 1/GPa; ones where none are stated.
    held : ndarray, shape (3, 3)
        Covariance that errors of what was held give to the parameters.
    warnings : tuple of str
        What casts doubt on the numbers, in words.
    """

    equation: Equation
    pressure: Floats
    volume: Floats
    v0: UFloat
    k0: UFloat
    k0_prime: UFloat
    covariance: Floats
    chi_square: float
    dof: int
    p_value: float
    minimum: Minimum
    weights: Floats
    held: Floats
    warnings: tuple[str, ...] = ()

    @property
    def stated(self) -> bool:
        """Whether errors are stated."""
        return not np.isnan(self.p_value)

    def _factor(self, normal: float, few: float) -> float:
        """Return what turns errors as stated into limits.

        They are taken as right while the scatter agrees with them; else it takes their place.
        """
        if self.p_value >= SCATTER_SEEN:
            return normal
        few *= float(np.sqrt(self.chi_square / self.dof))
        return max(few, normal) if self.stated else few

    def _parts(self, normal: float, few: float) -> Floats:
        """Return the covariance of the parameters with these factors for its errors, squared."""
        widened = self._factor(normal, few) ** 2 * self.minimum.inverse
        return np.asarray(widened + normal**2 * self.held)

    @np.errstate(all="ignore")
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
            raise AnalysisError(f"no parameter {shown(name)}; there are {', '.join(_NAMES)}")
        place, normal = _NAMES.index(name), student(level, np.inf)
        best, ends = float(self.minimum.parameters[place]), np.zeros(2)
        if self.minimum.free[place]:
            course = _Course(self.equation.formula, np.log(self.volume / self.volume.max()))
            allowed = self._factor(normal, student(level, self.dof)) ** 2
            bounds = best - _FAR[place], best + _FAR[place]
            ends = np.array(profile_interval(
                course, self.minimum, self.pressure, place=place, allowed=allowed, bounds=bounds,
                weights=self.weights,
            )) - best  # fmt: skip
        more = normal * np.sqrt(self.held[place, place])
        low, high = np.hypot(ends, more) * (-1, 1)
        if name == "k0_prime":
            return best + float(low), best + float(high)
        value = getattr(self, name).n
        return float(value * np.exp(low)), float(value * np.exp(high))

    @np.errstate(all="ignore")
    def ellipse(self, level: float = 0.95, points: int = 100) -> tuple[Floats, Floats]:
        """Return the line around the region in which K0 and K0' lie together.

        It is an ellipse in K0 and K0 (K0' - 4), in which the equation of Birch and Murnaghan is
        linear, and so bends where they are known badly; nan where K0 would fall below 0.

        Returns
        -------
        (k0, k0_prime) : ndarrays, shape (points,)

        Raises
        ------
        AnalysisError
            If K0' was held, so that there is none.
        """
        if not self.minimum.free[2]:
            raise AnalysisError(f"K0' is held in {self.equation.title}: there is no ellipse")
        few = float(np.sqrt(2 * special.fdtri(2, self.dof, level)))
        parts = self._parts(float(np.sqrt(-2 * np.log1p(-level))), few)[1:, 1:]
        linear = self.k0.n * np.array([[1, 0], [self.k0_prime.n - 4, 1]])
        around = np.linspace(0, 2 * np.pi, points)
        size, axes = np.linalg.eigh(parts)
        root = axes * np.sqrt(np.maximum(size, 0.0))
        circle = root @ np.stack([np.cos(around), np.sin(around)])
        k0, product = linear @ circle + self.k0.n * np.array([[1], [self.k0_prime.n - 4]])
        k0 = np.where(k0 > 0, k0, np.nan)
        return k0, 4 + product / k0

    @np.errstate(all="ignore")
    def band(self, volume: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Return the fitted P at volumes, and its confidence band.

        Returns
        -------
        (p, lower, upper) : ndarrays, shape (M,)
            GPa.
        """
        logs = np.log(_positive("volume", volume) / self.volume.max())
        course, best = _Course(self.equation.formula, logs), self.minimum.parameters
        parts = self._parts(student(level, np.inf), student(level, self.dof))
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
        numbers = {
            name: number(getattr(self, name), unit, interval=self.interval(name))
            for name, unit in zip(_NAMES, ("", "GPa", ""), strict=True)
        }
        both = self.k0.s * self.k0_prime.s
        return numbers | {
            "equation": self.equation.name,
            "correlation_k0_k0_prime": float(self.covariance[1, 2]) / both if both else None,
            "chi_square": self.chi_square if self.stated else None,
            "degrees_of_freedom": self.dof,
            "window": [float(self.pressure.min()), float(self.pressure.max())],
            "warnings": list(self.warnings),
        }


@np.errstate(all="ignore")
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
        Standard errors, above 0. A point weighs by its effective variance, that of P and
        (dP/dV)^2 times that of V.
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
    >>> fit = fit_equation_of_state([0, 5, 10, 20, 30], volume, equation="birch-murnaghan-3")
    >>> print(f"{fit.k0.n:.1f} GPa, {fit.k0_prime.n:.2f}")
    160.0 GPa, 4.60
    """
    p, v = as_vector("pressure", pressure), _positive("volume", volume)
    if p.shape != v.shape or not np.isfinite(p).all():
        raise DataError(f"one finite pressure is needed for each volume, got {p.size} and {v.size}")
    order = np.argsort(p, kind="stable")
    error = as_errors("pressure_error", pressure_error, p)[order] ** 2
    relative = (as_errors("volume_error", volume_error, v) / v)[order] ** 2
    points = p[order], v[order], error, relative, v0
    if isinstance(equation, str) and equation in EQUATIONS:
        return _fitted(EQUATIONS[equation], points)
    if equation is not None:
        names = ", ".join(EQUATIONS)
        raise DataError(f"no equation of state {shown(equation)}; there are {names}")
    reason = f"{np.unique(v).size} volumes do not determine K0'"
    if np.unique(v).size >= 4 - (v0 is not None):
        fit = _fitted(THIRD, points)
        low, high = fit.interval("k0_prime")
        reach = max(high - fit.k0_prime.n, fit.k0_prime.n - low)
        if reach <= 2 * USUAL_SPREAD or not low <= SECOND_ORDER <= high:
            return fit
        ends = [f"{end:.2g}" if np.isfinite(end) else "open" for end in (low, high)]
        reason = f"the points do not determine K0' (95 %: {ends[0]} to {ends[1]})"
    reason += f": it is set to {SECOND_ORDER:g} ± {USUAL_SPREAD:g}, as in most solids, and the "
    held = _fitted(SECOND, points, spread=USUAL_SPREAD)
    return replace(held, warnings=(f"{reason}error of K0 includes this", *held.warnings))


def _positive(name: str, values: ArrayLike) -> Floats:
    row = np.atleast_1d(as_numbers(name, values))
    if row.ndim != 1 or not ((row > 0) & np.isfinite(row)).all():
        raise DataError(f"{name}: every value must be a number above 0")
    return row


def _fitted(equation: Equation, points: _Points, *, spread: float = 0.0) -> EquationOfState:
    """Return the fit of one equation; `spread` is the error of K0' where it is held."""
    p, v, variance, relative, v0 = points
    free = np.array([v0 is None, True, equation.prime is None])
    if (distinct := np.unique(v).size) <= free.sum():
        raise FitError(
            f"{equation.title}, {free.sum()} unknowns: at least {free.sum() + 1} different volumes "
            f"are needed, got {distinct}; fewer suffice with v0 or equation={SECOND.name!r}"
        )
    course = _Course(equation.formula, np.log(v / v.max()))
    guess, of_v0 = _guess(p, course.log_volume), 0.0
    if v0 is not None:
        at_zero = _positive("v0", as_number("v0", nominal_value(v0)))[0]
        guess[0], of_v0 = np.log(at_zero / v.max()), std_dev(v0) / at_zero
    stated = bool((variance + relative).any())
    try:
        for _ in range(4 if relative.any() else 1):
            bulk = course.parts(guess)[1]
            weights = 1 / np.sqrt(variance + bulk**2 * relative) if stated else np.ones_like(p)
            minimum = minimise(course, guess, p, weights=weights, free=free)
            guess = minimum.parameters
    except Undetermined as error:
        raise FitError(f"{equation.title}: {error}") from None
    # What is held moves the others by -(J^T W J)^-1 J^T W times its own column.
    rows = course.jacobian(guess) * weights
    moved = np.where(free[:, None], -minimum.inverse @ rows @ rows.T, np.eye(3))
    moved = moved * np.where(free, 0.0, [of_v0, 0.0, spread])
    held = moved @ moved.T
    square, dof = float(((minimum.residuals * weights) ** 2).sum()), p.size - minimum.fitted
    chance = float(special.chdtrc(dof, square)) if stated else np.nan
    scale = np.array([v.max() * np.exp(guess[0]), np.exp(guess[1]), 1.0])
    wide = max(square / dof, 1.0) if stated else square / dof
    covariance = (wide * minimum.inverse + held) * np.outer(scale, scale)
    if not np.isfinite(np.append(covariance, square)).all() or (np.diag(covariance) < 0).any():
        raise FitError(f"{equation.title}: the points do not determine its parameters")
    doubts = {
        "the points scatter more than their errors explain: the errors are too small, or the "
        "volume follows another equation": (chance < _RARE),
        "the stated errors are far larger than the scatter: if they are not standard errors, leave "
        "them out; the scatter then gives the errors": 1 - chance < _RARE,
        "the fitted P falls with compression somewhere between the points": (
            course.parts(guess)[1].min() <= 0
        ),
    }
    warnings = tuple(text for text, applies in doubts.items() if applies)
    return EquationOfState(
        equation, p, v, *correlated(np.array([*scale[:2], guess[2]]), covariance), covariance,
        square, dof, chance, minimum, weights, held, warnings,
    )  # type: ignore[call-arg]  # fmt: skip


def _guess(p: Floats, log_volume: Floats) -> Floats:
    """Return ln(V0), ln(K0) and K0' from a straight line of P in ln(V), whose slope is -K."""
    at_zero, slope = polynomial.polyfit(log_volume, p, 1)
    if slope >= 0:
        raise FitError("the volume does not shrink under pressure: there is no equation of state")
    k0 = max(-slope - SECOND_ORDER * float(p.mean()), -0.2 * slope)
    return np.array([-at_zero / slope, np.log(k0), SECOND_ORDER])
