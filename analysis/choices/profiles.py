"""An independent check of quoted intervals: profiles of the likelihood by iminuit."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from typing import Any, NamedTuple

import numpy as np
from iminuit import Minuit
from scipy import optimize, special

from analysis.diffraction.strain.williamson_hall import WilliamsonHall, points_of
from analysis.errors import FitError
from analysis.numerics.bounded import nearest_allowed
from analysis.numerics.uncertainty import student
from analysis.transport.fit import ResistanceFit
from analysis.transport.solve import Solution
from analysis.transport.transition import temperature_at, transition_depth
from analysis.transport.transition_fit import TransitionFit
from analysis.typing import Floats

# Ends agree that lie no further apart than this part of half the interval.
AGREE = 0.1
_POINTS = 25
_LEVEL = 0.95
_NORMAL = student(_LEVEL, inf)
Interval = tuple[float, float]


class Profile(NamedTuple):
    """The profile of a number beside its quoted interval.

    Attributes
    ----------
    name, unit, what, origin : str (origin or None)
        The number, its unit, the data that it is of, and where these come from.
    value : float
        Where the squares are least.
    interval : (float, float)
        The 95 % interval of the profile; an open end is infinite.
    quoted, textbook : (float, float)
        What is quoted of it; and value +- 1.96 standard errors as the covariance matrix has
        them, as if residuals were independent.
    at, rise : sequence of float
        Values, and by how many squared standard errors the squares rise there when all else
        is free.
    allowed : float
        The rise at the ends of the interval.
    reasons : sequence of str
        Why the textbook's error bar, or the profile, is not what is to be quoted, in words.
    """

    name: str
    unit: str
    what: str
    origin: str | None
    value: float
    interval: Interval
    quoted: Interval
    textbook: Interval
    at: list[float]
    rise: list[float]
    allowed: float
    reasons: list[str]

    @property
    def off(self) -> float:
        """How far the quoted ends lie from the profile's at most, in halves of its width.

        Of an interval that is open, as a part of the end that it has.
        """
        return _apart(self.quoted, self.interval)

    @property
    def textbook_off(self) -> float:
        """The same of the textbook's ends."""
        return _apart(self.textbook, self.interval)

    @property
    def longer(self) -> bool:
        """Whether the quoted interval is no shorter than that of the profile."""
        (low, high), (least, most) = self.quoted, self.interval
        return low <= least if np.isinf(most) else high - low >= most - least

    @property
    def agrees(self) -> bool:
        """Whether the quoted interval is that of the profile within 10 % of half its width."""
        return self.off <= AGREE

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Profile":
        """Return what JSON has made of `_asdict`: null is an end that is open."""
        ends = {
            name: (-inf if content[name][0] is None else content[name][0],
                   inf if content[name][1] is None else content[name][1])
            for name in ("interval", "quoted", "textbook")
        }  # fmt: skip
        return cls(**{**content, **ends})


def _apart(quoted: Interval, reference: Interval) -> float:
    half = (reference[1] - reference[0]) / 2
    ends = [(a, b) for a, b in zip(quoted, reference, strict=True) if a != b]
    parts = [abs(a - b) / (half if half < inf else abs(b)) for a, b in ends]
    return max(np.nan_to_num(parts, nan=inf).tolist(), default=0.0)  # NaN: an end there is not


# ------------------------------------------------------------------- numbers to check


def profile(result: ResistanceFit | TransitionFit | WilliamsonHall, name: str = "") -> Profile:
    """Return the profile of one number of a result.

    Parameters
    ----------
    result : ResistanceFit, TransitionFit or WilliamsonHall
    name : str, optional
        A parameter of the law; "tc" of a transition, at the criterion of 0.05; "strain" or
        "size". Without it the first of these.

    Raises
    ------
    FitError
        If the result quotes no such number, or its profile cannot be followed.

    Notes
    -----
    The same data, weights and scatter, widened for residuals that repeat each other, as the
    result's own: judged is the interval, not the model. The number itself, such as Theta_D
    in K, takes the place of one of the solver's parameters; the derivatives are the exact
    ones of the models. The minimiser is another's: for each value of the number MIGRAD (F. James
    and M. Roos, Comput. Phys. Commun. 10, 343 (1975)) makes the squares least in all other
    parameters. The ends are where these exceed the least of all by the square of Student's
    factor.
    """
    if isinstance(result, WilliamsonHall):
        return _of_lines(result, name or "strain")
    if isinstance(result, TransitionFit):
        return _of_transition(result, name or "tc")
    return _of_law(result, name or result.law.first.name)


def _of_law(fit: ResistanceFit, name: str) -> Profile:
    law, solved = fit.law, fit.free if name == "g_sat" else fit.kept
    quoted = fit.g_interval if name == "g_sat" else fit.interval(name) if fit.errors_known else None
    if quoted is None or name in solved.held:
        raise FitError(
            f"{fit.curve.name}: no interval of {name} is quoted, so there is none to check"
        )
    place, farthest = law.names.index(name), solved.minimum.parameters.copy()
    parameter = law.parameters[place]

    def named(p: Floats) -> tuple[float, Floats]:
        values, matrix = law.values(p, solved.scale, solved.t_one)
        return float(values[place]), matrix[place]

    farthest[0] = min(law.reach[1], 1e9)
    low = 0.0 if parameter.limit in ("positive", "held") else -inf
    target = Target(named, place, (low, named(farthest)[0] if place == 0 else inf))
    half = _NORMAL * solved.errors[name] * solved.nominal
    textbook = (solved.values[name] - half, solved.values[name] + half)
    about = (name, parameter.unit_for(fit.curve.unit), fit.curve.name, fit.curve.origin)
    followed = _followed(_likelihood(fit, solved), target, student(_LEVEL, solved.minimum.dof))
    return _stated(about, followed, quoted, textbook, _of_fit(fit, name))


def _of_transition(fit: TransitionFit, name: str, criterion: float = 0.05) -> Profile:
    if name != "tc":
        raise FitError(f"{fit.curve.name}: a transition has a profile of 'tc', not of {name!r}")
    size = fit.model.size

    def tc(p: Floats) -> tuple[float, Floats]:
        onset, f, floor = p[size:]
        left = min(max((criterion - floor) / (1 - floor), 1e-9), 1 - 1e-9)
        u = float(transition_depth(left))
        part = (u / f) ** (2 / 3)
        # d ln(fraction)/du = -2 I_1/I_0, as in eq. 5.
        by_floor = (1 - criterion) / (1 - floor) ** 2 * special.i0e(u) / special.i1e(u) / left / 2
        gradient = np.zeros(p.size)
        moves = np.array([1 / f, -by_floor / u]) * onset * (2 / 3) * part
        gradient[size:] = 1 - part, *moves
        return float(temperature_at(u, onset, f)), gradient

    value, quoted = fit.tc(criterion), fit.quoted(criterion)
    half = _NORMAL * value.s * fit.nominal
    followed = _followed(
        _likelihood(fit, fit.kept), Target(tc, size, (0.0, inf)), student(_LEVEL, fit.dof)
    )
    textbook, interval = (value.n - half, value.n + half), quoted.interval or (-inf, inf)
    reasons = [*_of_scatter(fit), *([_NO_SHAPE] if quoted.systematic else [])]
    return _stated(
        (name, "K", fit.curve.name, fit.curve.origin), followed, interval, textbook, reasons
    )


def _of_lines(wh: WilliamsonHall, name: str) -> Profile:
    full, settled, data = wh.options.model != "reduced", wh.tested, wh.peaks.pattern.name
    if wh.unchecked:
        raise FitError(f"{data}: {wh.n_lines} lines always fit eq. 7 exactly: no profile")
    if name not in ("strain", "size") or (name == "size" and not full):
        raise FitError(f"{data}: eq. {7 if full else 8} has no profile of {name!r}")
    law, measured, _, _, common = points_of(wh.lines, wh.options, wh.way, full=full)
    together = 0.0 if common is None else common.T @ common
    white = np.linalg.inv(np.linalg.cholesky(np.diag(settled.total) + together))
    values, errors = settled.values, np.sqrt(np.diag(settled.covariance))
    place = 0 if name == "size" else values.size - 1
    unit, limits = np.eye(errors.size)[place], (0.0 if full else -inf, inf)
    likelihood = Likelihood(
        lambda p: white @ (measured - law.value(p)),
        lambda p: law.jacobian(p) @ white.T,
        np.array(nearest_allowed(values, settled.covariance)) if full else values,
        errors,
        limits,
    )
    # A size that does not show has a limit on one side.
    factor = student(_LEVEL, wh.dof, one_sided=name == "size" and wh.model == "reduced")
    target = Target(lambda p: (float(p[place]), unit), place, limits)
    named = wh.size_at if name == "size" else wh.strain_at
    best, step = float(values[place]), 1e-3 * float(errors[place])
    half = _NORMAL * abs(named(best + step) - named(best - step)) / 2e-3
    textbook = (named(best) - half, named(best) + half)
    about = (name, "nm" if name == "size" else "", data, wh.peaks.pattern.origin)
    followed = _followed(likelihood, target, factor)
    return _stated(about, followed, wh.interval(name), textbook, _of_size(wh, name), named)


def _likelihood(fit: ResistanceFit | TransitionFit, solved: Solution) -> "Likelihood":
    minimum, model = solved.minimum, fit.model_at(fit.part.temperature)
    measured, free = fit.part.resistance / solved.scale, int(minimum.free.argmax())
    # Where weights are a choice, as per kelvin, the covariance is not that of the weights.
    variance = minimum.covariance[free, free] / minimum.inverse[free, free]
    weights = (1.0 if solved.weighting == "uniform" else solved.weights) / np.sqrt(variance)
    return Likelihood(
        lambda p: (measured - model.value(p)) * weights,
        lambda p: model.jacobian(p) * weights,
        minimum.parameters,
        np.sqrt(np.diag(minimum.covariance)),
    )


# ------------------------------------------------------------------------- by iminuit


class Target(NamedTuple):
    """A number as a function of the model's parameters.

    Attributes
    ----------
    of : callable
        Its value and its gradient, shape (P,), at parameters of shape (P,).
    place : int
        Which of the parameters it takes the place of.
    limits : (low, high)
        Between which it is followed.
    """

    of: Callable[[Floats], tuple[float, Floats]]
    place: int
    limits: Interval


class Likelihood(NamedTuple):
    """What is profiled: differences from data in standard errors, and how they move.

    Attributes
    ----------
    value : callable
        Measured less model in standard errors, shape (N,), at parameters of shape (P,).
    jacobian : callable
        The model's derivatives in the same unit, shape (P, N).
    best, errors : ndarray, shape (P,)
        Where to start, and how far to step; 0 for what is held.
    limits : (low, high)
        Of the parameters that the number does not replace.
    """

    value: Callable[[Floats], Floats]
    jacobian: Callable[[Floats], Floats]
    best: Floats
    errors: Floats
    limits: Interval = (-inf, inf)


class _Followed(NamedTuple):
    value: float
    interval: Interval
    at: Floats
    rise: Floats
    allowed: float


@np.errstate(all="ignore")  # a trial step may lead where the model has no value
def _followed(data: Likelihood, target: Target, factor: float) -> _Followed:
    free = np.flatnonzero(data.errors > 0)
    place = free.tolist().index(target.place)

    def whole(z: Floats) -> tuple[Floats, Floats]:
        """Return the model's parameters where the number is what z says, and its gradient."""
        p = data.best.copy()
        p[free] = z
        p[target.place] = data.best[target.place]
        for _ in range(40):
            value, gradient = target.of(p)
            step = (z[place] - value) / gradient[target.place]
            p[target.place] += step
            if abs(step) <= 1e-13 * abs(p[target.place]):
                break
        return p, gradient

    def squares(z: Floats) -> float:
        left = data.value(whole(z)[0])
        return float(np.nan_to_num(left @ left, nan=1e30))

    def slopes(z: Floats) -> Floats:
        p, gradient = whole(z)
        rows = data.jacobian(p)
        own = rows[target.place] / gradient[target.place]
        rows = rows[free] - gradient[free, None] * own
        rows[place] = own
        return np.asarray(-2 * rows @ data.value(p))

    value, gradient = target.of(data.best)
    start, errors = data.best[free], data.errors[free]
    start[place], errors[place] = value, errors[place] * abs(gradient[target.place])
    minuit = Minuit(squares, start, grad=slopes)
    minuit.errors, minuit.tol, minuit.limits = errors, 1e-4, [data.limits] * free.size
    minuit.limits[place] = target.limits
    minuit.migrad()
    return _ends(minuit, place, factor, target.limits)


def _ends(minuit: Minuit, place: int, factor: float, limits: Interval) -> _Followed:
    value, allowed = float(minuit.values[place]), factor**2

    def excess(x: float) -> float:
        """Return by how much the squares, least in all else, lie above what is allowed."""
        return float(minuit.mnprofile(place, grid=[x])[1][0]) - (minuit.fval or 0.0) - allowed

    def end(limit: float) -> float:
        near, step = value, np.copysign(factor * minuit.errors[place], limit - value)
        for _ in range(12):
            far = value + step if abs(step) < abs(limit - value) else limit
            if not excess(far) < 0:
                return float(optimize.brentq(excess, near, far, rtol=1e-5))
            if far == limit:
                break
            near, step = far, 1.6 * step
        return limit  # which the squares allow, or beyond what can be followed

    low, high = map(end, limits)
    wide = 1.3 * max(abs(end - value) for end in (low, high) if np.isfinite(end))
    grid = np.linspace(max(value - wide, limits[0]), min(value + wide, limits[1]), _POINTS)
    rise = minuit.mnprofile(place, grid=grid, subtract_min=True)[1]
    return _Followed(value, (low, high), grid, rise, allowed)


def _stated(
    about: tuple[str, str, str, str | None],
    followed: _Followed,
    quoted: Interval,
    textbook: Interval,
    reasons: Iterable[str],
    named: Callable[[float], float] = float,
) -> Profile:
    """Return a profile beside what is quoted, its values turned by a monotonic function."""
    value, at = named(followed.value), [named(float(place)) for place in followed.at]
    low, high = sorted(map(named, followed.interval))
    texts = list(reasons)
    if np.isinf(high - low):
        texts.append(_OPEN)
    elif abs(low + high - 2 * value) > AGREE * (high - low):
        texts.append(_SKEWED)
    rise = followed.rise.tolist()
    return Profile(*about, value, (low, high), quoted, textbook, at, rise, followed.allowed, texts)


# ------------------------------------------------------------------------ in words

_OPEN = (
    "the sum of squares never rises to the limit: the data leave this end of the interval open, "
    "which no symmetric error can state"
)
_SKEWED = "the sum of squares rises faster on one side: a symmetric error is wrong on both sides"
_NO_SHAPE = (
    "the residuals in the transition are more than scatter, or sweeps differ: the quoted interval "
    "includes how much T_c depends on the way of reading it, which the profile of one law does not "
    "show"
)
_MOVES = (
    "the law does not describe all points: {:.0%} of half the quoted interval is the change of the "
    "number with the window, which the profile of one law does not show"
)
_NO_SIZE = {
    "size": "the size may be infinite, and its term cannot be negative: the textbook error is that "
    "of a number that the lines do not show",
    "strain": "a size that does not show can only reduce the strain, never increase it",
}
_AT_ZERO = (
    "it cannot be negative and lies within {:.1f} errors of 0: half of the textbook interval holds "
    "impossible values; the quoted interval is the unified one, which near 0 is not a profile"
)


def _of_scatter(fit: ResistanceFit | TransitionFit) -> Iterator[str]:
    if fit.nominal < 1 - AGREE / 2:
        yield (
            f"neighbouring residuals are correlated (lag-1 autocorrelation "
            f"{fit.correlation.lag1:.2f}), but the textbook error takes them as independent: it is "
            f"{1 / fit.nominal:.1f} times too small"
        )
    yield from _of_few(fit.dof)


def _of_few(dof: float) -> Iterator[str]:
    if (factor := student(_LEVEL, dof)) > (1 + AGREE / 2) * _NORMAL:
        yield f"{dof:.0f} degrees of freedom are left: Student's factor is {factor:.2f}, not 1.96"


def _of_fit(fit: ResistanceFit, name: str) -> Iterator[str]:
    yield from _of_scatter(fit)
    yield from (text for check in fit.law.checks if (text := check(fit)))
    if name == "g_sat" and fit.g_free.n < 3 * fit.g_free.s:
        yield _AT_ZERO.format(abs(fit.g_free.n / fit.g_free.s))
    if by := fit.systematic.get(name):
        yield _MOVES.format(2 * _NORMAL * by / float(np.ptp(fit.interval(name))))


def _of_size(wh: WilliamsonHall, name: str) -> Iterator[str]:
    yield from _of_few(wh.dof)
    if not wh.size_shows and wh.options.model != "reduced":
        yield _NO_SIZE[name]
