"""An independent judge of quoted intervals: profiles of the likelihood, found by iminuit."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from math import inf
from typing import Any, NamedTuple

import numpy as np
from iminuit import Minuit
from scipy import special

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


class Target(NamedTuple):
    """The quantity whose profile is sought, as a function of the model's parameters.

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
    limits: Interval = (-inf, inf)


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
        Of the other parameters.
    """

    value: Callable[[Floats], Floats]
    jacobian: Callable[[Floats], Floats]
    best: Floats
    errors: Floats
    limits: Interval = (-inf, inf)


@dataclass(frozen=True)
class Profile:
    """The profile of one number beside what is quoted of it.

    Attributes
    ----------
    name, unit, what : str
        The number, its unit, and the data that it is of.
    value : float
        Where the squares are least.
    interval : (float, float)
        The 95 % interval by MINOS; an open end is infinite.
    quoted, textbook : (float, float)
        What is quoted of it; and value +- 1.96 standard errors as the covariance matrix has
        them, as if residuals were independent.
    at, rise : tuple of float
        Values, and by how many squared standard errors the squares rise there when all else
        is free.
    allowed : float
        The rise at the ends of the interval.
    reasons : tuple of str
        Why the textbook's error bar, or this one, is not to be quoted, in words.
    """

    name: str
    unit: str
    what: str
    value: float
    interval: Interval
    quoted: Interval
    textbook: Interval
    at: tuple[float, ...]
    rise: tuple[float, ...]
    allowed: float
    reasons: tuple[str, ...]

    @property
    def off(self) -> float:
        """How far the quoted ends lie from the profile's at most, in halves of its width."""
        return _apart(self.quoted, self.interval)

    @property
    def textbook_off(self) -> float:
        """The same of the textbook's ends."""
        return _apart(self.textbook, self.interval)

    @property
    def agrees(self) -> bool:
        """Whether the quoted interval is that of the profile within 10 % of half its width."""
        return self.off <= AGREE

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON, see `from_dict`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Profile":
        """Return what `to_dict` gave, after JSON; null there is an end that is open."""
        made = dict(content)
        for name in ("interval", "quoted", "textbook"):
            low, high = content[name]
            made[name] = (-inf if low is None else low, inf if high is None else high)
        return cls(**made | {name: tuple(made[name]) for name in ("at", "rise", "reasons")})


def _apart(one: Interval, other: Interval) -> float:
    pairs = list(zip(one, other, strict=True))
    half = (other[1] - other[0]) / 2
    if half < inf:
        return max(abs(a - b) for a, b in pairs) / half
    if any(np.isinf(a) != np.isinf(b) for a, b in pairs):
        return inf
    # Of an interval that is open, as a part of the end that it has.
    return max((abs(a - b) / abs(b) for a, b in pairs if np.isfinite(b)), default=0.0)


# ------------------------------------------------------------------- what can be judged


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
        If the result has no such number, or its profile cannot be followed.

    Notes
    -----
    The same data, weights and scatter, widened for residuals that repeat each other, as the
    result's own: judged is the interval, not the model. The number itself, such as Theta_D
    in K, takes the place of one of the solver's parameters; the derivatives are the exact
    ones of the models. Minimiser and search are another's: MIGRAD and MINOS of F. James and
    M. Roos, Comput. Phys. Commun. 10, 343 (1975). Its ends are where the squares, least in all
    other parameters, exceed the least of all by the square of Student's factor.
    """
    if isinstance(result, WilliamsonHall):
        return _of_lines(result, name or "strain")
    if isinstance(result, TransitionFit):
        return _of_transition(result, name or "tc")
    return _of_law(result, name or result.law.first.name)


def _of_law(fit: ResistanceFit, name: str) -> Profile:
    law, solved = fit.law, fit.free if name == "g_sat" else fit.kept
    if name not in law.names or name in solved.held:
        raise FitError(f"{fit.curve.name}: {law.title} was fitted without a free {name!r}")
    place = law.names.index(name)

    def named(p: Floats) -> tuple[float, Floats]:
        values, matrix = law.values(p, solved.scale, solved.t_one)
        return float(values[place]), matrix[place]

    high = solved.found.parameters.copy()
    high[0] = min(law.reach[1], 1e9)
    limits = (
        0.0 if law.parameters[place].limit in ("positive", "held") else -inf,
        named(high)[0] if place == 0 else inf,
    )
    value, sigma = solved.values[name], solved.errors[name] * solved.nominal
    half = _NORMAL * sigma
    quoted = fit.g_interval if name == "g_sat" else fit.interval(name)
    if quoted is None or not fit.errors_known:
        raise FitError(f"{fit.curve.name}: no interval of {name} is quoted that could be judged")
    return _profiled(
        _likelihood(fit, solved), Target(named, place, limits), student(_LEVEL, solved.found.dof)
    ).beside(
        name=name,
        unit=law.parameters[place].unit_for(fit.curve.unit),
        what=fit.curve.name,
        quoted=quoted,
        textbook=(value - half, value + half),
        reasons=tuple(_of_fit(fit, name)),
    )


def _likelihood(fit: ResistanceFit | TransitionFit, solved: Solution) -> Likelihood:
    found, model = solved.found, fit.model_at(fit.part.temperature)
    measured, free = fit.part.resistance / solved.scale, int(found.free.argmax())
    # Where weights are a choice, as per kelvin, the covariance is not that of the weights.
    variance = found.covariance[free, free] / found.inverse[free, free]
    weights = (1.0 if solved.weighting == "uniform" else solved.weights) / np.sqrt(variance)
    return Likelihood(
        lambda p: (measured - model.value(p)) * weights,
        lambda p: model.jacobian(p) * weights,
        found.parameters,
        np.sqrt(np.diag(found.covariance)),
    )


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
        gradient[size] = 1 - part
        gradient[size + 1] = onset * (2 / 3) * part / f
        gradient[size + 2] = -onset * (2 / 3) * part / u * by_floor
        return float(temperature_at(u, onset, f)), gradient

    value, quoted = fit.tc(criterion), fit.quoted(criterion)
    half = _NORMAL * value.s * fit.nominal
    misfit = quoted.systematic > 0
    return _profiled(_likelihood(fit, fit.kept), Target(tc, size), student(_LEVEL, fit.dof)).beside(
        name=name,
        unit="K",
        what=fit.curve.name,
        quoted=quoted.interval or (-inf, inf),
        textbook=(value.n - half, value.n + half),
        reasons=(*_of_scatter(fit), *((_NO_SHAPE,) if misfit else ())),
    )


def _of_lines(wh: WilliamsonHall, name: str) -> Profile:
    full, settled, what = wh.options.model != "reduced", wh.tested, wh.peaks.pattern.name
    if wh.unchecked:
        raise FitError(f"{what}: {wh.n_lines} lines fit eq. 7 whatever they are: no profile")
    if name not in ("strain", "size") or (name == "size" and not full):
        raise FitError(f"{what}: eq. {7 if full else 8} has no profile of {name!r}")
    law, measured, _, _, common = points_of(wh.lines, wh.options, wh.way, full=full)
    covariance = np.diag(settled.total)
    if common is not None:
        covariance += common.T @ common
    white = np.linalg.inv(np.linalg.cholesky(covariance))
    place = 0 if name == "size" else settled.values.size - 1
    errors = np.sqrt(np.diag(settled.covariance))
    limits = (0.0, inf) if full else (-inf, inf)
    likelihood = Likelihood(
        lambda p: white @ (measured - law.value(p)),
        lambda p: law.jacobian(p) @ white.T,
        np.array(nearest_allowed(settled.values, settled.covariance)) if full else settled.values,
        errors,
        limits,
    )
    unit = np.eye(errors.size)[place]
    named = wh.size_at if name == "size" else wh.strain_at
    step = 1e-3 * float(errors[place])
    middle = float(settled.values[place])
    slope = (named(middle + step) - named(middle - step)) / 2e-3
    half = _NORMAL * abs(slope)
    return _profiled(
        likelihood,
        Target(lambda p: (float(p[place]), unit), place, limits),
        # A size that does not show has a limit on one side.
        student(_LEVEL, wh.dof, one_sided=name == "size" and wh.model == "reduced"),
    ).beside(
        name=name,
        unit="nm" if name == "size" else "",
        what=what,
        quoted=wh.interval(name),
        textbook=(named(middle) - half, named(middle) + half),
        reasons=tuple(_of_size(wh, name)),
        named=named,
    )


# ------------------------------------------------------------------------- by iminuit


class _Followed(NamedTuple):
    """A profile in the model's own quantity."""

    value: float
    interval: Interval
    at: Floats
    rise: Floats
    allowed: float

    def beside(
        self, *, reasons: tuple[str, ...], named: Callable[[float], float] = float, **of: Any
    ) -> Profile:
        """Return it beside what is quoted, with values turned by a monotonic function."""
        low, high = sorted(map(named, self.interval))
        if high == inf or low == -inf:
            reasons = (*reasons, _OPEN)
        elif abs(low + high - 2 * named(self.value)) > AGREE * (high - low):
            reasons = (*reasons, _SKEWED)
        at = tuple(named(float(one)) for one in self.at)
        rise = tuple(map(float, self.rise))
        return Profile(
            value=named(self.value),
            interval=(low, high),
            at=at,
            rise=rise,
            allowed=self.allowed,
            reasons=reasons,
            **of,
        )


def _profiled(data: Likelihood, target: Target, factor: float) -> _Followed:
    free = np.flatnonzero(data.errors > 0)
    place = free.tolist().index(target.place)

    def whole(z: Floats) -> tuple[Floats, Floats]:
        """Return the model's parameters in which the target has the value that z says."""
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
        p, _ = whole(z)
        left = data.value(p)
        total = float(left @ left)
        return total if np.isfinite(total) else 1e30

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
    names = [f"p{one}" for one in free]
    own = names[place]
    minuit = Minuit(squares, start, grad=slopes, name=names)
    minuit.errors, minuit.tol = errors, 1e-4
    minuit.limits = [data.limits] * free.size
    minuit.limits[own] = target.limits
    with np.errstate(all="ignore"):  # a trial step may lead where the model has no value
        minuit.migrad()
        minuit.minos(own, cl=factor)
        found, value = minuit.merrors[own], float(minuit.values[own])
        low = _end(value, found.lower, found.lower_valid, found.at_lower_limit, target.limits[0])
        high = _end(value, found.upper, found.upper_valid, found.at_upper_limit, target.limits[1])
        reach = [end - value for end in (low, high) if np.isfinite(end)]
        wide = 1.3 * max(map(abs, reach), default=3 * float(errors[place]))
        grid = np.linspace(
            max(value - wide, target.limits[0]), min(value + wide, target.limits[1]), _POINTS
        )
        _, rise, _ = minuit.mnprofile(own, grid=grid, subtract_min=True)
    return _Followed(value, (low, high), grid, rise, factor**2)


def _end(value: float, way: float, settled: bool, stopped: bool, limit: float) -> float:
    """Return an end of an interval by MINOS: the limit where it is not reached before."""
    if stopped:
        return limit
    if not settled:
        raise FitError("MINOS finds no end of the interval: the squares do not rise so far")
    return value + way


# ------------------------------------------------------------------------ in words

_OPEN = "the squares never rise so far: the data leave this end open, and no +- can say so"
_SKEWED = "the squares rise faster on one side: an error that is the same on both is wrong on both"
_NO_SHAPE = (
    "residuals in the transition are no scatter, or sweeps lie apart: what is quoted holds by how "
    "much T_c moves with the way of reading it, which no profile of one law sees"
)
_AT_ZERO = (
    "it cannot be negative and lies within {:.1f} errors of 0: half of the textbook's bar is no "
    "value that it can have; the quoted interval is the unified one, which at 0 is no profile"
)


def _of_scatter(fit: ResistanceFit | TransitionFit) -> Iterator[str]:
    if fit.nominal < 1 - AGREE / 2:
        yield (
            f"neighbouring residuals repeat each other (lag 1: {fit.correlation.lag1:.2f}), and "
            f"the textbook counts each as news: its bar is {1 / fit.nominal:.1f} times too short"
        )
    yield from _of_few(fit.dof)


def _of_few(dof: float) -> Iterator[str]:
    if (factor := student(_LEVEL, dof)) > (1 + AGREE / 2) * _NORMAL:
        yield f"{dof:.0f} degrees of freedom are left: Student's factor is {factor:.2f}, not 1.96"


def _of_fit(fit: ResistanceFit, name: str) -> Iterator[str]:
    yield from _of_scatter(fit)
    if name == "g_sat" and fit.g_sat.n < 3 * fit.g_sat.s:
        yield _AT_ZERO.format(abs(fit.g_sat.n / fit.g_sat.s))
    yield from filter(None, (check(fit) for check in fit.law.checks))
    if by := fit.systematic.get(name):
        unit = fit.law.parameters[fit.law.names.index(name)].unit_for(fit.curve.unit)
        yield (
            "the law does not describe all points: what is quoted holds "
            f"{by:.2g} {unit} by which it moves with the window, which no profile of one law sees"
        )


def _of_size(wh: WilliamsonHall, name: str) -> Iterator[str]:
    yield from _of_few(wh.dof)
    if not wh.size_shows and wh.options.model != "reduced":
        yield (
            "the size term cannot be negative and is not clear of 0"
            + ("" if name == "size" else ": whatever size there is takes from the strain")
        )
