"""Normal state and transition as one model, with its derivatives."""

import numpy as np
from scipy import special

from analysis.transport.laws import Law
from analysis.typing import Floats

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
        # d ln(fraction)/du = -2 I_1/I_0
        by_u = -2 * normal * self.fraction * special.i1e(self.u) / self.bessel * (1 - floor)
        root = np.sqrt(self.below)
        rows = np.empty((p.size, self.t.size))
        rows[: self.size] = by_normal * self.share
        rows[self.size] = by_u * 1.5 * f * root * self.t / onset**2
        rows[self.size] += (self.below > 0) * rising * self.share
        rows[self.size + 1] = by_u * self.below * root
        rows[self.size + 2] = normal * (1 - self.fraction)
        return rows
