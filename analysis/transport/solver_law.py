"""Eq. 1 in parameters that suit a solver, and a good place for a solver to start."""

import numpy as np

from analysis.transport.bloch_gruneisen import EXPONENTS, phonon_term
from analysis.typing import Floats


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
        n = min(max(p[4], EXPONENTS[0]), EXPONENTS[1]) if self.n is None else self.n
        squared = min(max(abs(p[0]), 1e-8), 1e6)
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
