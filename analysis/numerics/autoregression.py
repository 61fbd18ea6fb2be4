"""A test for more than scatter in residuals whose neighbours are correlated."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.typing import Floats

# Correlations of neighbours that are tried: closer where a small change matters more.
_RHO = np.r_[np.linspace(0, 0.9, 46), np.linspace(0.91, 0.995, 18)]
# For which of them, by their place in the distribution of rho, rows are whitened one by one, and
# with which weight each counts.
_NODES, _SHARES = np.array([0.1, 0.5, 0.9]), (0.3, 0.4, 0.3)


class Direction(NamedTuple):
    """The part of a model's residuals that further rows would describe, a value for each row.

    Attributes
    ----------
    amplitude, error : ndarray, shape (M,)
        By which the row enters, with its standard error.
    p_value : ndarray, shape (M,)
        Probability that scatter alone makes it so large.
    """

    amplitude: Floats
    error: Floats
    p_value: Floats


class Autoregression:
    """Residuals of a fit as first-order autoregressive scatter, perhaps with a smooth misfit.

    Parameters
    ----------
    residuals : ndarray, shape (N,)
        Weighted, in the order of temperature or time.
    jacobian : ndarray, shape (P, N)
        Weighted derivatives of the model by its fitted parameters.
    smooth : ndarray, shape (K, N)
        Weighted rows that could describe what the model leaves over, the smoothest first.

    Notes
    -----
    With scatter e_i = rho e_(i-1) + white noise, generalised least squares of model and smooth
    rows are ordinary ones of whitened rows, r_i - rho r_(i-1). rho is not known; every test
    below is made for each rho and the probabilities are averaged, weighted by the restricted
    likelihood of rho (times (1 - rho^2)^(-1/2), the reference prior). With one estimate of rho
    in place of the average, a tenth of all series with rho = 0.9 is called a misfit at the
    level of one in a hundred.
    """

    def __init__(self, residuals: Floats, jacobian: Floats, smooth: Floats) -> None:
        self.fitted, size = len(jacobian), residuals.size
        lengths = np.linalg.norm(jacobian, axis=1, keepdims=True)
        rows, _ = np.linalg.qr(np.concatenate([jacobian / lengths, smooth]).T)
        self.size = float(np.linalg.norm(residuals)) or 1.0
        self.rows = np.vstack([rows.T, residuals / self.size])
        self.dof = size - len(rows.T)
        plain = self.rows @ self.rows.T
        lagged = self.rows[:, 1:] @ self.rows[:, :-1].T
        ends = self.rows[:, [0, -1]]
        rho = _RHO[:, None, None]
        products = (1 + rho**2) * plain - rho * (lagged + lagged.T) - rho**2 * (ends @ ends.T)
        # The last row of the factor: parts of the residuals along each row, then the rest.
        factor = np.linalg.cholesky(products + 1e-13 * np.eye(len(self.rows)))
        self.parts, diagonal = factor[:, -1], np.log(np.diagonal(factor, axis1=1, axis2=2))
        # The determinant of the scatter, (1 - rho^2)^(1/2), and the prior cancel each other.
        deviance = 2 * self.dof * diagonal[:, -1] + 2 * diagonal[:, :-1].sum(axis=1)
        likelihood = np.exp(-(deviance - deviance.min()) / 2) * np.gradient(_RHO)
        self.likelihood = likelihood / likelihood.sum()

    @property
    def rho(self) -> float:
        """The correlation of neighbours, a mean over what is likely."""
        return float(self.likelihood @ _RHO)

    @cached_property
    def variance(self) -> Floats:
        """Of the white noise, beside model and smooth rows, in parts of the residuals' square."""
        return np.asarray(self.parts[:, -1] ** 2 / self.dof)

    def _squares_taken(self, rows: int) -> Floats:
        parts = self.parts[:, self.fitted : self.fitted + rows]
        return np.asarray((parts**2).sum(axis=1) / self.variance)

    def squares_taken(self, rows: int) -> float:
        """Return the squares that the first smooth rows describe, in variances of the noise."""
        return float(self.likelihood @ self._squares_taken(rows))

    def lack(self, rows: int) -> float:
        """Return the probability that scatter alone lets the first smooth rows describe so much."""
        tail = special.fdtrc(rows, self.dof, self._squares_taken(rows) / rows)
        return float(self.likelihood @ tail)

    @cached_property
    def _compared(self) -> Floats:
        """The model's rows, orthonormal, and the residuals."""
        return np.vstack([self.rows[: self.fitted], self.rows[-1:]])

    @cached_property
    def _nodes(self) -> list[tuple[int, Floats, Floats]]:
        """For some rho, by its place: the same whitened, and the model's made orthonormal again."""
        places = np.searchsorted(np.cumsum(self.likelihood), _NODES).tolist()
        white = [_whitened(self._compared, float(_RHO[at])) for at in places]
        models, _ = np.linalg.qr(np.stack([own[:-1].T for own in white]))
        return list(zip(places, white, models, strict=True))

    def along(self, rows: Floats) -> Direction:
        """Return what each of some weighted rows, shape (M, N), takes up beside the model alone.

        By the products of rows with the model's and with the residuals, which for every rho
        are made of the same three.
        """
        some = self._compared
        # What each row is multiplied with by its neighbours' rows.
        beside = np.zeros_like(some)
        beside[:, 1:] += some[:, :-1]
        beside[:, :-1] += some[:, 1:]
        products, lagged = np.hsplit(rows @ np.vstack([some, beside]).T, 2)
        ends = rows[:, [0, -1]]
        powers = np.einsum("mn,mn->m", rows, rows)
        neighbours = np.einsum("mn,mn->m", rows[:, 1:], rows[:, :-1])
        of_ends, both_ends = ends @ some[:, [0, -1]].T, (ends**2).sum(axis=1)
        amplitude, variance, p_value = np.zeros((3, len(rows)))
        for share, (at, own, model) in zip(_SHARES, self._nodes, strict=True):
            rho = float(_RHO[at])
            # The rows' parts along the whitened model's, which those of the model tell.
            shared = (1 + rho**2) * products - rho * lagged - rho**2 * of_ends
            inside = np.linalg.solve(own[:-1] @ model, shared[:, :-1].T).T
            whole = (1 + rho**2) * powers - 2 * rho * neighbours - rho**2 * both_ends
            power = whole - np.einsum("mp,mp->m", inside, inside)
            # A row that the model describes itself, or that lies between points, is none.
            there = power > 1e-9 * whole
            power = np.where(there, power, 1.0)
            overlap = np.where(there, shared[:, -1] - inside @ (own[-1] @ model), 0.0)
            amplitude += share * overlap / power
            variance += share * np.where(there, self.variance[at] / power, np.inf)
            tail = special.fdtrc(1, self.dof, overlap**2 / power / self.variance[at])
            p_value += share * tail
        return Direction(self.size * amplitude, self.size * np.sqrt(variance), p_value)


def _whitened(rows: Floats, rho: float) -> Floats:
    white = rows.copy()
    white[:, 1:] -= rho * rows[:, :-1]
    white[:, 0] *= np.sqrt(1 - rho**2)
    return white
