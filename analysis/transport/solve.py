"""The least squares behind the fit of a law: from points to a solution in bare arrays."""

import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import FitError
from analysis.numerics.least_squares import Minimum, Undetermined, minimise
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drawn import as_drawn
from analysis.transport.laws import Law, LawAt, Parameter
from analysis.typing import Floats

WEIGHTINGS = ("uniform", "relative", "per-kelvin")
# What cannot be negative may come out so by scatter; so many errors below zero is no scatter.
BELOW_ZERO = 3.0
# Much the same points leave at most so many times the squares a point, or the start is in doubt.
_AS_GOOD = 1.5


@dataclass(frozen=True, eq=False)
class Solution:
    """A converged fit of a law.

    Attributes
    ----------
    law, n, weighting
        What was fitted, with which exponent (where the law does not fit it) and weights.
    minimum : Minimum
        In the solver's parameters, with resistances in parts of `scale`.
    scale : float
        In the unit of the curve.
    t_one : float
        What the law scales temperatures with, K.
    weights : ndarray, shape (N,)
    beside : tuple of str
        What was fitted beside the law's parameters; it follows them and has no other unit.
    by_axis : ndarray, shape (P, 4), or None
        By how much each parameter, by name, moves with each axis that a figure was read with,
        see `analysis.transport.drawn`; None where nothing was.
    unseen : bool
        Whether the points scatter less than they could be read.
    """

    law: Law
    n: float
    weighting: str
    minimum: Minimum
    scale: float
    t_one: float
    weights: Floats
    beside: tuple[str, ...] = ()
    by_axis: Floats | None = None
    unseen: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in the order of every vector and matrix."""
        return (*self.law.names, *self.beside)

    @cached_property
    def named(self) -> tuple[Floats, Floats]:
        """The parameters in the units of the curve, and their derivatives by the solver's.

        Shapes (P,) and (P, P). Both vanish together where a parameter is held at 0.
        """
        size = len(self.law.names)
        values, matrix = self.minimum.parameters.copy(), np.eye(self.minimum.parameters.size)
        values[:size], matrix[:size, :size] = self.law.values(values[:size], self.scale, self.t_one)
        return values, matrix

    @cached_property
    def covariance(self) -> Floats:
        """Covariance of these, shape (P, P); zeros for what was held."""
        matrix = self.named[1]
        return np.asarray(matrix @ self.minimum.covariance @ matrix.T)

    @cached_property
    def values(self) -> dict[str, float]:
        """The parameters by name."""
        return dict(zip(self.names, self.named[0].tolist(), strict=True))

    @cached_property
    def errors(self) -> dict[str, float]:
        """Their standard errors by name, 0 for what was held."""
        with np.errstate(invalid="ignore"):  # of a singular matrix: not a number, not known
            errors = np.sqrt(np.diag(self.covariance))
        return dict(zip(self.names, errors.tolist(), strict=True))

    def whole_error(self, name: str) -> float:
        """Return the standard error of a parameter with what a figure's axes add."""
        if self.by_axis is None:
            return self.errors[name]
        by_axis = np.linalg.norm(self.by_axis[self.names.index(name)])
        return float(np.hypot(self.errors[name], by_axis))

    @property
    def nominal(self) -> float:
        """Factor from the errors to those of independent residuals, at most 1.

        The nominal errors take whatever is left over for scatter, misfit included.
        """
        return float(np.sqrt(self.minimum.dof / max(self.weights.size - self.minimum.fitted, 1)))

    def below_zero(self, name: str) -> bool:
        """Tell whether a parameter came out below zero by more than scatter explains."""
        error = self.whole_error(name)
        if self.minimum.dof <= 1:  # an error that is no more than a guess excuses nothing
            error *= self.nominal
        return self.values[name] < -BELOW_ZERO * error

    @cached_property
    def doubted(self) -> Parameter | None:
        """The first parameter below zero by more than two errors that should not be there."""
        for i in self.law.limited("doubted"):
            parameter = self.law.parameters[i]
            if self.values[parameter.name] < -2 * self.errors[parameter.name]:
                return parameter
        return None

    @cached_property
    def held(self) -> frozenset[str]:
        """The parameters that were held at 0."""
        pairs = zip(self.names, self.minimum.free, strict=True)
        return frozenset(name for name, free in pairs if not free)


def solve(
    part: ResistanceCurve,
    law: Law,
    *,
    n: float = 5.0,
    weighting: str = "uniform",
    start: Solution | None = None,
    held: Collection[str] = (),
    near: Solution | None = None,
) -> Solution:
    """Minimise the weighted squares; `start` is a fit to repeat with parameters held at 0.

    Resistances are scaled by their largest, so that the steps of the solver mean the
    same for every sample. `near` is a fit of much the same points: where this one begins
    there, and arrives at what is as good, no other start is tried.

    Raises
    ------
    FitError
        If the points do not determine the law.
    """
    t = part.temperature
    scale = float(np.abs(part.resistance).max())
    if near is not None and (near.t_one != t[-1] or near.held != frozenset(held)):
        near = None
    scale = scale if near is None else near.scale
    free = law.free(held)
    _refuse_hopeless(part, law, int(free.sum()), scale)
    measured = part.resistance / scale
    weights = _weights(t, measured, weighting, part.name)
    fit_weights = None if weighting == "uniform" else weights
    model = law.at(t, t[-1], n)
    minimum = None
    if near is not None:
        minimum = _best(law, model, [near.minimum.parameters], measured, fit_weights, free)
    if minimum is None or near is None or _in_doubt(law, minimum, weights, near):
        guesses = law.starts(t, measured, n, fit_weights)
        if start is not None:
            guesses = [start.minimum.parameters, *guesses]
        if held:
            guesses = [np.where(free, guess, 0.0) for guess in guesses]
        minimum = _best(law, model, guesses, measured, fit_weights, free)
    span = f"{part.name}: the points between {t[0]:g} and {t[-1]:g} K"
    if minimum is None or not law.possible(minimum.parameters):
        raise FitError(f"{span} give no {law.first.title}: they do not curve as {law.title} does")
    refusal = law.refusal(minimum, t, measured, n, fit_weights)
    if refusal:
        raise FitError(f"{span} {refusal}")
    if weighting == "per-kelvin":
        # These weights are a choice, not inverse variances: propagate the scatter.
        spread = minimum.inverse @ (model.jacobian(minimum.parameters) * weights**2)
        scatter = float((minimum.residuals**2).sum()) / minimum.dof
        minimum = minimum._replace(covariance=spread @ spread.T * scatter)
    return as_drawn(Solution(law, n, weighting, minimum, scale, t[-1], weights), part, model)


def solve_bounded(
    part: ResistanceCurve,
    law: Law,
    *,
    saturation: bool = True,
    near: Solution | None = None,
    **choices: Any,
) -> tuple[Solution, Solution]:
    """Return the fit with all parameters free, and the one to keep, see `bounded`.

    Without `saturation`, G = 1/R_sat is at 0 whatever it came to. `near` is that of much the
    same points with all parameters free, see `solve`.
    """
    free = solve(part, law, near=near, **choices)
    held = set() if saturation else {"g_sat"} & set(law.names)
    return free, bounded(
        free, lambda held: solve(part, law, start=free, held=held, **choices), held
    )


def bounded(
    free: Solution, again: Callable[[set[str]], Solution], held: Collection[str] = ()
) -> Solution:
    """Return the fit to keep of one with all parameters free.

    It is the same unless a parameter that cannot be negative came out so by more than
    scatter explains: then the law fails, and the fit is done `again` with it at 0, as with
    those that are to be `held` in any case. One that is negative within its error stays: a
    fit held at 0 where the truth is near 0 quotes the other parameters too sharply.
    """
    law, kept, held = free.law, free, set(held)
    for _ in law.parameters:
        held |= {name for i in law.limited("held") if kept.below_zero(name := law.names[i])}
        if held <= kept.held:
            break
        kept = again(held)
    return kept


def _best(
    law: Law,
    model: LawAt,
    guesses: list[Floats],
    measured: Floats,
    weights: Floats | None,
    free: NDArray[np.bool_],
) -> Minimum | None:
    """Return the lowest minimum that the guesses lead to, None if they lead to none.

    One with a doubted parameter below zero beyond its error must be a hundred times lower
    to be taken: straight, saturating data look like that, not metals.
    """
    minima = []
    for guess in guesses:
        with contextlib.suppress(Undetermined):
            minima.append(
                minimise(
                    model, guess, measured, weights=weights, free=free, evaluations=law.patience
                )
            )

    def rank(minimum: Minimum) -> tuple[bool, float]:
        residuals = minimum.residuals if weights is None else minimum.residuals * weights
        squares = float(residuals @ residuals) * (100 if _below(law, minimum) else 1)
        return not law.possible(minimum.parameters), squares

    return min(minima, key=rank, default=None) if len(minima) != 1 else minima[0]


def _below(law: Law, minimum: Minimum) -> bool:
    """Tell whether a parameter that should not be there is below zero by two errors."""
    places = law.limited("doubted")
    errors = np.sqrt(np.diag(minimum.covariance))
    return any(minimum.parameters[i] < -2 * errors[i] for i in places)


def _in_doubt(law: Law, minimum: Minimum, weights: Floats, near: Solution) -> bool:
    """Tell whether a minimum beside that of much the same points may not be the lowest."""
    if not law.possible(minimum.parameters) or _below(law, minimum):
        return True
    left, before = minimum.residuals * weights, near.minimum.residuals * near.weights
    return float(left @ left) / left.size > _AS_GOOD * float(before @ before) / before.size


def _weights(t: Floats, measured: Floats, weighting: str, name: str) -> Floats:
    if weighting == "relative":
        if (measured <= 0).any():
            raise FitError(f"{name}: relative weighting needs resistances above 0 in the window")
        return np.asarray(measured.mean() / measured)
    if weighting == "per-kelvin":
        spacing = np.gradient(t) if t.size > 1 else np.ones(1)
        return np.asarray(np.sqrt(spacing / spacing.mean()))
    return np.ones_like(t)


def _refuse_hopeless(part: ResistanceCurve, law: Law, parameters: int, scale: float) -> None:
    # What differs in the last digits of a float is no other temperature.
    steps = np.diff(part.temperature) > 1e-9 * part.temperature[-1]
    distinct = 1 + int(np.count_nonzero(steps))
    if distinct <= parameters:
        raise FitError(
            f"{part.name}: {distinct} different temperatures between {part.temperature[0]:g} and "
            f"{part.temperature[-1]:g} K; {law.title} has {parameters} parameters and needs more"
        )
    if scale == 0 or np.ptp(part.resistance) <= 1e-12 * scale:
        raise FitError(
            f"{part.name}: the resistance is constant ({part.resistance[0]:g}) between "
            f"{part.temperature[0]:g} and {part.temperature[-1]:g} K; nothing to fit"
        )
    if (part.temperature - part.temperature.mean()) @ part.resistance <= 0:
        raise FitError(
            f"{part.name}: the resistance does not rise on warming between "
            f"{part.temperature[0]:g} and {part.temperature[-1]:g} K; {law.title} describes a metal"
        )
