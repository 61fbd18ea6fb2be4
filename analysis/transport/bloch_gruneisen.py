"""The Bloch-Grueneisen law with saturation: its integral and the resistance, eq. 1.

The paper's eq. 1 puts an ideal resistance R_id in parallel with a saturation
resistance R_sat::

    1/R(T)  = 1/R_sat + 1/R_id(T)
    R_id(T) = R_0 + A (T/Theta_D)^n J_n(Theta_D/T)
    J_n(y)  = integral from 0 to y of x^n / ((e^x - 1)(1 - e^-x)) dx

with n = 5 for scattering of electrons on phonons, 3 for s-d scattering and 2 for
electron-electron scattering. Nothing here knows of data; `analysis.transport.fit`
fits this model.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.errors import AnalysisError
from analysis.numerics.checks import as_number, as_numbers, refuse_shapes
from analysis.typing import Floats

# Intervals of the table per unit of y, nodes in each, and quadrature nodes. With
# these the table is good to about 1e-14, see tests/test_bloch_gruneisen.py.
_PER_UNIT = 16
_DEGREE = 5
_QUADRATURE = 40
# For an n that is fitted: quadrature nodes, reach of the table, and from where to where n may go.
_LEGENDRE = 64
_ANY_MAX = 60.0
EXPONENTS = (1.5, 12.0)


def bloch_gruneisen_integral(y: ArrayLike, n: float = 5) -> Floats:
    r"""Return the Bloch-Grueneisen integral J_n(y).

    .. math:: J_n(y) = \int_0^y \frac{x^n}{(e^x - 1)(1 - e^{-x})}\,dx

    Parameters
    ----------
    y : array_like, any shape
        Upper limit Theta_D/T, not negative; may be infinite.
    n : float
        Exponent, above 1 (at 1 the integral diverges at its lower end) and below 100.

    Returns
    -------
    ndarray or numpy scalar, shape of y
        Relative error below 1e-13 for y in [1e-3, 1e3] and n >= 2; 1e-11 for smaller n.

    Raises
    ------
    AnalysisError
        If y is negative or not a number, or n is not above 1.

    Notes
    -----
    Equation 1 of arXiv:2401.00804. J_n / y^(n-1) is smooth, and equals
    1/(n - 1) at y = 0; it is tabulated once for each n by Gauss-Jacobi
    quadrature and interpolated by polynomials. The limit is
    J_n(inf) = n! zeta(n).

    Examples
    --------
    >>> print(f"{bloch_gruneisen_integral(1.0):.12f}")
    0.236615879239
    >>> print(f"{bloch_gruneisen_integral(np.inf):.6f}")
    124.431331
    """
    y = as_numbers("y", y)
    if not (y >= 0).all():
        raise AnalysisError(f"y must be a number >= 0, got {y[~(y >= 0)].flat[0]}")
    table = _table(checked_exponent(n))
    reach = np.minimum(y, table.y_max)
    return np.asarray(table(reach) * reach ** (table.n - 1))[()]


def resistance(
    t: ArrayLike,
    *,
    theta_d: ArrayLike,
    r0: ArrayLike,
    a: ArrayLike,
    r_sat: ArrayLike = np.inf,
    n: float = 5,
) -> Floats:
    r"""Return the Bloch-Grueneisen resistance with saturation (eq. 1).

    .. math::

        \frac{1}{R(T)} = \frac{1}{R_{sat}} + \frac{1}{R_0 + A
        \left(\frac{T}{\Theta_D}\right)^n J_n\left(\frac{\Theta_D}{T}\right)}

    Parameters
    ----------
    t : array_like
        Temperature, K, above 0.
    theta_d : array_like
        Debye temperature, K, above 0.
    r0, a : array_like
        Residual resistance and electron-phonon amplitude, in one unit (ohm).
    r_sat : array_like
        Saturation resistance in the same unit; infinite for none.
    n : float
        Exponent, above 1 and below 100.

    Returns
    -------
    ndarray or numpy scalar
        Resistance in the unit of r0; the arguments broadcast.

    Raises
    ------
    AnalysisError
        If a temperature is not above 0, r_sat is 0, or n is not above 1.

    Notes
    -----
    Equation 1 of arXiv:2401.00804. Far below Theta_D, R - R_0 approaches
    A n! zeta(n) (T/Theta_D)^n; far above, A T / ((n - 1) Theta_D).
    """
    t, theta_d = as_numbers("t", t), as_numbers("theta_d", theta_d)
    r0, a, r_sat = as_numbers("r0", r0), as_numbers("a", a), as_numbers("r_sat", r_sat)
    refuse_shapes(t=t, theta_d=theta_d, r0=r0, a=a, r_sat=r_sat)
    for name, value in (("t", t), ("theta_d", theta_d)):
        if not (value > 0).all():
            raise AnalysisError(f"{name} must be above 0 K, got {value[~(value > 0)].flat[0]}")
    if (r_sat == 0).any():
        raise AnalysisError("r_sat must not be 0: nothing would be left of the resistance")
    y = theta_d / t
    term = _table(checked_exponent(n)).scaled(y)
    return np.asarray(law(term, y, r0, a, 1 / r_sat))[()]


def law(term: Any, y: Any, r0: Any, a: Any, g_sat: Any) -> Any:
    """Return eq. 1 for y = Theta_D/T, y^(1-n) J_n(y), R_0, A and 1/R_sat: arithmetic alone."""
    ideal = r0 + a * term / y
    return ideal / (1 + ideal * g_sat)


def saturating(
    t: Floats, n: float, /, *, theta_d: float, r0: float, a: float, g_sat: float, by_n: bool = False
) -> Floats:
    """Return eq. 1 with G = 1/R_sat for `resistance`'s R_sat: unchecked, for those who fit it.

    `by_n` as in `phonon_term`: for an n that differs from call to call.
    """
    y = theta_d / t
    return np.asarray(law(phonon_term(y, n, by_n=by_n).value, y, r0, a, g_sat))


def saturating_derivatives(
    t: Floats, n: float, /, *, theta_d: float, r0: float, a: float, g_sat: float
) -> dict[str, Floats]:
    """Return the derivatives of `saturating` by its four parameters and by t, each a row."""
    y = theta_d / t
    term = phonon_term(y, n)
    straight = term.value / y
    shunt = 1 / (1 + (r0 + a * straight) * g_sat)
    by_log_y = a * (term.slope - term.value) / y * shunt**2
    return {
        "theta_d": by_log_y / theta_d,
        "r0": shunt**2,
        "a": straight * shunt**2,
        "g_sat": -(((r0 + a * straight) * shunt) ** 2),
        "t": -by_log_y / t,
    }


class PhononTerm(NamedTuple):
    """y^(1-n) J_n(y), which is the phonon term of eq. 1 over T/Theta, and its derivatives.

    `slope` is that by ln(y). `by_n` is that by n, None where n is no parameter.
    """

    value: Floats
    slope: Floats
    by_n: Floats | None = None


def phonon_term(y: Floats, n: float, *, by_n: bool = False) -> PhononTerm:
    """Return y^(1-n) J_n(y) and its derivatives, for y > 0 of one shape.

    The derivative of J_n by y is its integrand, so nothing is differenced and one look
    into the table serves both. With `by_n`, n may be another one at each call, from 1.5
    to 12: tables of J_n and of its derivative by n are made in a fraction of a
    millisecond, good to 1e-10.
    """
    half = np.minimum(y, 700.0) / 2
    integrand = (half / np.sinh(half)) ** 2  # y^(2-n) dJ_n/dy
    if not by_n:
        h = _table(n).scaled(y)
        return PhononTerm(h, integrand - (n - 1) * h)
    reach = np.minimum(y, _ANY_MAX)
    table, derivative = _tables_of_any(n, int(reach.max() * _PER_UNIT) + 1)
    far = (reach / y) ** (n - 1)
    h = table(reach) * far
    return PhononTerm(h, integrand - (n - 1) * h, derivative(reach) * far + h * np.log(reach / y))


def checked_exponent(n: float) -> float:
    """Return n as a float above 1 and below 100, or raise AnalysisError."""
    n = as_number("n", n, finite=False)
    if not 1 < n < 100:
        raise AnalysisError(f"n must be above 1 and below 100, got {n:g}")
    return n


class _Table:
    """J_n(y) / y^(n-1) as one polynomial for each of many short intervals of y.

    With x = y u the function is the integral from 0 to 1 of u^(n-2) s(y u) du, where
    s(x) = (x/2 / sinh(x/2))^2 has no singularity near the real axis, so that
    Gauss-Jacobi quadrature with the weight u^(n-2) converges for any n > 1. For large
    y the rest of the integral is known: the integrand is the sum over k of
    k x^n e^(-k x), whose integrals are incomplete gamma functions. Both are evaluated
    at the Chebyshev nodes of each interval.
    """

    def __init__(self, n: float, y_max: float, rows: Floats) -> None:
        self.n, self.y_max = n, y_max
        # Highest power first, one row for each: what Horner's scheme reads.
        self.rows = np.ascontiguousarray(rows)
        self.rows.flags.writeable = False

    def __call__(self, y: Floats) -> Floats:
        """Return J_n(y)/y^(n-1) for 0 <= y <= y_max."""
        position = y * _PER_UNIT
        interval = position.astype(np.intp)
        position = position - interval
        rows = self.rows.take(interval, axis=1)
        h: Floats = rows[0]
        for row in rows[1:]:
            h = h * position + row
        return h

    def scaled(self, y: Floats) -> Floats:
        """Return J_n(y)/y^(n-1) for any y > 0."""
        reach = np.minimum(y, self.y_max)
        h = self(reach)
        if (reach < y).any():
            h = h * (reach / y) ** (self.n - 1)
        return h


def _by_quadrature(y: Floats, n: float) -> Floats:
    z, weight = special.roots_jacobi(_QUADRATURE, 0.0, n - 2)
    half = y[..., None] * (1 + z) / 4
    return np.asarray((half / np.sinh(half)) ** 2 @ (weight / 2 ** (n - 1)))


def _by_tail(y: Floats, n: float) -> Floats:
    k = np.arange(1.0, 9.0)
    rest = special.gammaincc(n + 1, y[..., None] * k) @ k**-n
    return np.asarray(special.gamma(n + 1) * (special.zeta(n) - rest) / y ** (n - 1))


def _nodes(y_max: float) -> tuple[Floats, Floats]:
    """Return the nodes within an interval, from 0 to 1, and those of every interval up to y_max."""
    nodes = (1 + np.cos(np.pi * (np.arange(_DEGREE + 1) + 0.5) / (_DEGREE + 1))) / 2
    intervals = int(y_max * _PER_UNIT) + 1
    return nodes, (np.arange(intervals)[:, None] + nodes) / _PER_UNIT


@lru_cache(maxsize=16)
def _table(n: float) -> _Table:
    # Beyond y_max the integral has reached n! zeta(n) to machine precision.
    y_max = 50.0 + max(0.0, 4 * (n - 5))
    nodes, y = _nodes(y_max)
    values = np.where(y < max(8.0, n), _by_quadrature(y, n), _by_tail(y, n))
    return _Table(n, y_max, np.linalg.solve(np.vander(nodes), values.T))


@lru_cache(maxsize=1)
def _kernel() -> tuple[Floats, Floats, Floats]:
    """Return nodes u, weights, and s(y u) as the table's polynomials: what does not depend on n.

    Gauss-Legendre quadrature in v with u = v^6, which takes the end of u^(n-2) at 0 away. The
    coefficients have shape (intervals, degree + 1, nodes).
    """
    v, weight = np.polynomial.legendre.leggauss(_LEGENDRE)
    v = (1 + v) / 2
    u = v**6
    nodes, y = _nodes(_ANY_MAX)
    half = y[..., None] * u / 2
    rows = np.linalg.solve(np.vander(nodes), (half / np.sinh(half)) ** 2)
    return u, 3 * weight * v**5, rows


@lru_cache(maxsize=4)
def _tables_of_any(n: float, intervals: int) -> tuple[_Table, _Table]:
    """Return tables of J_n(y)/y^(n-1) and of its derivative by n, at once for any n.

    Only so many intervals of them, from y = 0: a fit to warm points needs few.
    """
    u, weight, rows = _kernel()
    weight = weight * u ** (n - 2)
    both = rows[:intervals] @ np.stack([weight, weight * np.log(u)], axis=1)
    return _Table(n, _ANY_MAX, both[..., 0].T), _Table(n, _ANY_MAX, both[..., 1].T)


# ------------- in parameters that suit a solver, and a good place for a solver to start


class SolverLaw:
    """Eq. 1 and its derivatives at fixed temperatures, in parameters that suit a solver.

    With b = (T/T_1) (Theta_D/T)^(1-n) J_n(Theta_D/T) and a fixed T_1, eq. 1 is::

        R = p1 + p2 b / (1 + p3 b)
        p0 = (Theta_D/T_1)^2                        curvature at high temperature
        p1 = R_0 / (1 + G R_0)                      resistance at T = 0
        p2 = A / (1 + G R_0)^2 T_1/Theta_D          slope at high temperature
        p3 = G A / (1 + G R_0) T_1/Theta_D          bend, 0 without saturation
        p4 = n                                      where that is fitted, too

    R_0, A, Theta_D and G trade against each other along curved valleys; these act nearly
    independently. b is continued to negative p0 as an odd function of it around 0, so
    that a solver that tries too much is led back, and data without curvature end there
    instead of creeping towards Theta_D = 0. One evaluation serves value and Jacobian.

    Parameters
    ----------
    t : ndarray, shape (N,)
        K.
    t_one : float
        T_1, K.
    n : float or None
        The exponent; None if it is the fifth parameter.
    """

    def __init__(self, t: Floats, t_one: float, n: float | None) -> None:
        self.n = n
        self.relative = t / t_one
        self.inverse, self.inverse_one = t_one / t, 1 / t_one
        self.at: bytes = b""

    def _evaluate(self, p: Floats) -> None:
        if p.tobytes() == self.at:
            return
        self.at = p.tobytes()
        n = min(EXPONENTS[1], max(EXPONENTS[0], p[4])) if self.n is None else self.n
        # In this order what is no number, as a solver tries in a valley without a floor, is 1e-8.
        squared = min(1e6, max(1e-8, abs(p[0])))
        term = phonon_term(np.sqrt(squared) * self.inverse, n, by_n=self.n is None)
        value = term.value if p[0] >= 0 else 2 / (n - 1) - term.value
        straight = self.relative * value
        # Trial steps may leave any sensible range; the solver then turns back.
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            self.shunt = 1.0 / (1.0 + p[3] * straight)
            self.bent = straight * self.shunt
        self.term, self.squared, self.fraction = term, squared, value

    def value(self, p: Floats) -> Floats:
        """Return R(T), shape of t, for p of shape (4,) or (5,)."""
        self._evaluate(p)
        return np.asarray(p[1] + p[2] * self.bent)

    def slope(self, p: Floats) -> Floats:
        """Return dR/dT, shape of t."""
        self._evaluate(p)
        rising = self.inverse_one * (self.fraction - self.term.slope)
        return np.asarray(p[2] * rising * self.shunt**2)

    def jacobian(self, p: Floats) -> Floats:
        """Return dR/dp, shape (parameters, N)."""
        self._evaluate(p)
        rows = np.empty((p.size, self.relative.size))
        rows[0] = p[2] / (2 * self.squared) * self.relative * self.term.slope * self.shunt**2
        rows[1] = 1.0
        rows[2] = self.bent
        rows[3] = -p[2] * self.bent**2
        if self.term.by_n is not None:
            by_n = self.term.by_n if p[0] >= 0 else -2 / (p[4] - 1) ** 2 - self.term.by_n
            rows[4] = p[2] * self.relative * by_n * self.shunt**2
        return rows


def physical(inner: Floats, t_one: float) -> tuple[Floats, Floats]:
    """Return theta_d, r0, a, g_sat (and n) and their derivatives by the solver's parameters."""
    p1, p2, p3 = inner[1:4]
    ratio = float(np.sqrt(inner[0]))
    theta_d = ratio * t_one
    whole = p2 + p3 * p1  # p2 (1 + G R_0)
    a = ratio * whole**2 / p2
    matrix = np.eye(inner.size)
    matrix[:4, :4] = [
        [theta_d / (2 * inner[0]), 0.0, 0.0, 0.0],
        [0.0, (whole + p3 * p1) / p2, -p3 * (p1 / p2) ** 2, p1**2 / p2],
        [
            a / (2 * inner[0]),
            ratio * 2 * whole * p3 / p2,
            ratio * (2 * p2 - whole) * whole / p2**2,
            ratio * 2 * whole * p1 / p2,
        ],
        [0.0, -((p3 / whole) ** 2), -p3 / whole**2, p2 / whole**2],
    ]
    return np.array([theta_d, p1 * whole / p2, a, p3 / whole, *inner[4:]]), matrix


# Debye temperatures, as parts of the highest temperature, that starts are sought among.
_THETAS = np.r_[np.geomspace(0.08, 8.0, 32), 12.0, 20.0, 40.0]
# Starts whose misfit is this much larger than the best are not worth the time.
_HOPELESS = 10.0


def starts(t: Floats, r: Floats, n: float, weights: Floats | None = None) -> list[Floats]:
    """Return parameters of `SolverLaw` to start from, the most promising first.

    One for each minimum of the misfit over Debye temperatures from 0.08 to 40 times the
    highest temperature, from up to 20 of the points.
    """
    some = slice(None, None, -(-t.size // 20))
    guess, misfit = conditional(
        _THETAS * t[-1], t[some], r[some], n, None if weights is None else weights[some], t[-1]
    )
    best = int(misfit.argmin())
    rises = misfit[1:] > misfit[:-1]
    minimum = np.ones(misfit.size, dtype=bool)
    minimum[1:] &= ~rises  # not below its left neighbour
    minimum[:-1] &= rises
    minimum &= misfit <= _HOPELESS * misfit[best]
    others = [int(at) for at in np.flatnonzero(minimum) if at != best]
    return [guess[:, at] for at in (best, *sorted(others, key=lambda at: float(misfit[at])))]


@np.errstate(divide="ignore", invalid="ignore")  # where b is constant, nothing is tried
def conditional(
    thetas: Floats, t: Floats, r: Floats, n: float, weights: Floats | None, t_one: float
) -> tuple[Floats, Floats]:
    """Return parameters of `SolverLaw`, shape (4, K), and misfits, for K Debye temperatures.

    For a given Theta_D the model is a quotient of straight lines in b, and
    R = c0 + c1 b - p3 (R b) a linear problem, which comes close. A resistance below zero
    at T = 0 is not tried: over a wide range a saturating straight line from below zero
    can fit as well as a metal.
    """
    w = np.full(t.size, 1 / t.size) if weights is None else weights**2 / (weights @ weights)
    b = t / t_one * phonon_term(thetas[:, None] / t, n).value
    rb, r_mean, b_mean = r * b, float(w @ r), b @ w
    rb_mean = rb @ w
    rise, bend = _quotient(b - b_mean[:, None], rb - rb_mean[:, None], r - r_mean, w)
    below = r_mean - rise * b_mean + bend * rb_mean < 0
    if below.any():
        bend[below] = _quotient(b[below], rb[below], r, w)[1]
    bend = np.maximum(bend, -0.5 / b[:, -1])

    bent = b / (1 + bend[:, None] * b)
    mean, power, along = bent @ w, (bent * bent) @ w, bent @ (w * r)
    slope = (along - mean * r_mean) / (power - mean**2)
    start = r_mean - slope * mean
    below = start < 0
    slope[below], start[below] = along[below] / power[below], 0.0
    left = r - start[:, None] - slope[:, None] * bent
    misfit = np.where(slope > 0, (left * left) @ w, np.inf)
    return np.stack([(thetas / t_one) ** 2, start, slope, bend]), misfit


def _quotient(b: Floats, rb: Floats, r: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Return c1 and p3 of r = c1 b - p3 rb by least squares with weights w, row by row."""
    bb, xx, bx = (b * b) @ w, (rb * rb) @ w, (b * rb) @ w
    br, xr = b @ (w * r), rb @ (w * r)
    # A part in 1e12 keeps it regular where rb is proportional to b.
    determinant = bb * xx * (1 + 1e-12) - bx * bx
    return (xx * br - bx * xr) / determinant, (bx * br - bb * xr) / determinant
