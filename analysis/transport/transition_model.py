"""Normal state and transition as one model, with its derivatives."""

import numpy as np
from scipy import special

from analysis.transport.solver_law import SolverLaw
from analysis.typing import Floats


class TransitionModel:
    """Normal state and transition at fixed temperatures, with derivatives.

    Parameters are those of the normal state (`SolverLaw`'s three or four; value at the
    highest temperature and slope; or one value), then T_c,onset, F, and the floor.
    """

    def __init__(self, t: Floats, kind: str, n: float, *, bends: bool, floor: bool) -> None:
        self.t, self.kind, self.n, self.floor = t, kind, n, floor
        self.one = float(t[-1])
        self.size = {"law": 4 if bends else 3, "line": 2, "constant": 1}[kind]
        self.last: bytes = b""

    def at(self, t: Floats) -> "TransitionModel":
        """Return the same model at other temperatures."""
        other = TransitionModel(t, self.kind, self.n, bends=self.size == 4, floor=self.floor)
        other.one = self.one
        return other

    def normal(self, p: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the normal state at t, its derivatives by the parameters, and by T."""
        if self.kind == "law":
            law = SolverLaw(t, self.n, self.one, self.size)
            return (
                law.value(p[: self.size]),
                law.jacobian(p[: self.size]),
                law.slope(p[: self.size]),
            )
        if self.kind == "line":
            along = t / self.one - 1
            slope = np.full_like(t, p[1] / self.one)
            return p[0] + p[1] * along, np.stack([np.ones_like(t), along]), slope
        return np.full_like(t, p[0]), np.ones((1, t.size)), np.zeros_like(t)

    def _evaluate(self, p: Floats) -> None:
        if p.tobytes() == self.last:
            return
        self.last = p.tobytes()
        onset, f = p[self.size : self.size + 2]
        self.below = np.maximum(1 - self.t / max(onset, 1e-3), 0.0)
        self.u = max(f, 1e-6) * self.below**1.5  # the solver is led back
        self.bessel = special.i0e(self.u)
        self.fraction = np.exp(-2 * self.u) / self.bessel**2
        self.share = self.fraction
        if self.floor:
            self.share = p[-1] + (1 - p[-1]) * self.fraction
        self.state = self.normal(p, np.maximum(self.t, onset))

    def value(self, p: Floats) -> Floats:
        """Return R(T), shape of t."""
        self._evaluate(p)
        return np.asarray(self.state[0] * self.share)

    def jacobian(self, p: Floats) -> Floats:
        """Return dR/dp, shape (parameters, N)."""
        self._evaluate(p)
        onset, f = p[self.size : self.size + 2]
        normal, by_normal, rising = self.state
        # d ln(fraction)/du = -2 I_1/I_0
        by_u = -2 * normal * self.fraction * special.i1e(self.u) / self.bessel
        if self.floor:
            by_u *= 1 - p[-1]
        root = np.sqrt(self.below)
        rows = np.empty((p.size, self.t.size))
        rows[: self.size] = by_normal * self.share
        rows[self.size] = by_u * 1.5 * f * root * self.t / onset**2
        rows[self.size] += (self.below > 0) * rising * self.share
        rows[self.size + 1] = by_u * self.below * root
        if self.floor:
            rows[-1] = normal * (1 - self.fraction)
        return rows
