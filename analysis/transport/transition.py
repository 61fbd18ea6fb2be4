"""The resistive transition below its onset, eq. 5, and its model with the normal state."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.errors import AnalysisError
from analysis.transport.laws import Law
from analysis.typing import Floats


def transition_fraction(t: ArrayLike, *, tc_onset: float, f: float) -> Floats:
    r"""Return R(T) / R(T_c,onset) of a broadened superconducting transition.

    .. math::

        \frac{R(T)}{R(T_{c,onset})} = \frac{1}{I_0\left(F\left(1 -
        T/T_{c,onset}\right)^{3/2}\right)^2} \quad (T < T_{c,onset})

    Parameters
    ----------
    t : array_like
        Temperature, K, above 0.
    tc_onset : float
        Onset of the transition, K, above 0.
    f : float
        Sharpness F, above 0: large for a narrow transition.

    Returns
    -------
    ndarray or numpy scalar, shape of t
        1 at and above the onset.

    Raises
    ------
    AnalysisError
        If t, tc_onset or f is not above 0.

    Notes
    -----
    Equation 5 of arXiv:2401.00804, where the square is printed in another place; this
    is the form of Tinkham that the paper builds on. I_0 overflows near 700, so its
    logarithm is used.
    """
    t = np.asarray(t, dtype=float)
    for name, value in (("t", t), ("tc_onset", tc_onset), ("f", f)):
        if not (np.asarray(value) > 0).all():
            raise AnalysisError(f"{name} must be above 0")
    return np.asarray(fraction_at(depth(t, tc_onset, f)))[()]


def depth(t: Any, tc_onset: Any, f: Any) -> Any:
    """Return the argument of I_0 in eq. 5, 0 above the onset: arithmetic alone."""
    return f * np.maximum(1 - t / tc_onset, 0.0) ** 1.5


def fraction_at(u: Any) -> Any:
    """Return 1/I_0(u)^2: arithmetic alone."""
    return np.exp(-2 * (np.log(special.i0e(u)) + u))


def temperature_at(u: Any, tc_onset: Any, f: Any) -> Any:
    """Return where the argument of I_0 in eq. 5 is u, the inverse of `depth`: arithmetic alone."""
    return tc_onset * (1 - (u / f) ** (2 / 3))


def transition_depth(fraction: ArrayLike) -> Floats:
    """Return u with 1/I_0(u)^2 = fraction: how deep in the transition a criterion lies.

    Parameters
    ----------
    fraction : array_like
        R/R(T_c,onset), between 0 and 1.

    Returns
    -------
    ndarray or numpy scalar
        u >= 0, to 1e-13.

    Raises
    ------
    AnalysisError
        If a fraction is not between 0 and 1.

    Notes
    -----
    ln I_0 rises from 0 without limit, so there is one root. It lies below
    L + 2 sqrt(L) + 1/2 ln(1 + 2 pi L) for ln I_0(u) = L. Its slope, I_1/I_0, rises as
    well, so that Newton's steps from there never pass the root.

    Examples
    --------
    >>> print(f"{transition_depth(0.05):.10f}")
    2.8914936104
    """
    fraction = np.asarray(fraction, dtype=float)
    if not ((fraction > 0) & (fraction < 1)).all():
        raise AnalysisError("a criterion is a fraction of the onset resistance, between 0 and 1")
    log = -np.log(fraction) / 2
    u = log + 2 * np.sqrt(log) + np.log1p(2 * np.pi * log) / 2
    for _ in range(50):
        step = (np.log(special.i0e(u)) + u - log) * special.i0e(u) / special.i1e(u)
        u = u - step
        if (np.abs(step) <= 1e-15 * u).all():
            break
    return np.asarray(u)[()]


# --------------------------------------------- with the normal state, as it is fitted

# The parameters of eq. 5, which follow those of the normal state.
SHAPE = ("tc_onset", "f", "floor")


class TransitionModel:
    """Normal state and transition at fixed temperatures, with derivatives.

    Parameters
    ----------
    t : ndarray, shape (N,)
        K.
    law : Law
        Of the normal state. Its solver's parameters come first, then T_c,onset, F, and the
        floor.
    n : float
        Exponent of the law.
    t_one : float, optional
        What the law scales temperatures with, K; the last one without it.
    """

    def __init__(self, t: Floats, law: Law, n: float, t_one: float | None = None) -> None:
        self.t, self.law, self.n = t, law, n
        self.t_one = float(t[-1]) if t_one is None else t_one
        self.size = len(law.names)
        self.last: bytes = b""

    def at(self, t: Floats) -> "TransitionModel":
        """Return the same model at other temperatures."""
        return TransitionModel(t, self.law, self.n, self.t_one)

    def normal(self, p: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the normal state at t, its derivatives by the parameters, and by T."""
        law, own = self.law.at(t, self.t_one, self.n), p[: self.size]
        return law.value(own), law.jacobian(own), law.slope(own)

    def _evaluate(self, p: Floats) -> None:
        if p.tobytes() == self.last:
            return
        self.last = p.tobytes()
        onset, f, floor = p[self.size :]
        self.below = np.maximum(1 - self.t / max(onset, 1e-3), 0.0)
        self.u = max(f, 1e-6) * self.below**1.5  # the solver is led back
        self.bessel = special.i0e(self.u)
        self.fraction = np.exp(-2 * self.u) / self.bessel**2
        self.share = floor + (1 - floor) * self.fraction
        self.state = self.normal(p, np.maximum(self.t, onset))

    def value(self, p: Floats) -> Floats:
        """Return R(T), shape of t."""
        self._evaluate(p)
        return np.asarray(self.state[0] * self.share)

    def jacobian(self, p: Floats) -> Floats:
        """Return dR/dp, shape (parameters, N)."""
        self._evaluate(p)
        onset, f, floor = p[self.size :]
        normal, by_normal, rising = self.state
        by_u = self._by_depth(floor)
        root = np.sqrt(self.below)
        rows = np.empty((p.size, self.t.size))
        rows[: self.size] = by_normal * self.share
        rows[self.size] = by_u * 1.5 * f * root * self.t / onset**2
        rows[self.size] += (self.below > 0) * rising * self.share
        rows[self.size + 1] = by_u * self.below * root
        rows[self.size + 2] = normal * (1 - self.fraction)
        return rows

    def slope(self, p: Floats) -> Floats:
        """Return dR/dT, shape of t."""
        self._evaluate(p)
        onset, f, floor = p[self.size :]
        falling = self._by_depth(floor) * 1.5 * f * np.sqrt(self.below) / onset
        return np.asarray((self.below == 0) * self.state[2] - falling)

    def _by_depth(self, floor: float) -> Floats:
        # d ln(fraction)/du = -2 I_1/I_0
        normal = self.state[0]
        return np.asarray(
            -2 * normal * self.fraction * special.i1e(self.u) / self.bessel * (1 - floor)
        )
