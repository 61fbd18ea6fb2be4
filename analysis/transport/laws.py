"""The laws of R(T) that can be fitted: what a law is, and the list `LAWS` of them.

A law is one entry of the list. Whatever fits, prints, plots or offers laws goes over the
names of its parameters, so a new entry at the end of this file is all that a new law takes.
`plain_law` makes one from a value, its derivatives and where to start.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.errors import AnalysisError
from analysis.numerics.least_squares import Minimum, Model
from analysis.numerics.scatter import stray_points
from analysis.transport import DEFAULT_LAW
from analysis.transport import bloch_gruneisen as eq_1
from analysis.typing import Floats

if TYPE_CHECKING:
    from analysis.transport.fit import ResistanceFit


@dataclass(frozen=True)
class Parameter:
    """A parameter of a law.

    Attributes
    ----------
    name : str
        In Python and in JSON.
    unit : str
        "K", or with R for the unit of the curve: "R", "1/R", "R/K", "R/K^2"; "" for none.
    title : str
        In words: "Debye temperature".
    symbol : str
        In tables.
    stands_for : str
        What the symbol abbreviates: "1/R_sat".
    limit : {"positive", "doubted", "held", "free"}
        What a value below zero means. "positive": it is above 0, and no fit that leaves it
        open is given out. "doubted": below 0 by more than two errors it is not physical,
        which is said, and no window is chosen that leads there. "held": the fit is
        repeated with it at 0. "free": nothing.
    """

    name: str
    unit: str
    title: str
    symbol: str
    stands_for: str = ""
    limit: Literal["positive", "doubted", "held", "free"] = "free"

    @property
    def power(self) -> int:
        """How the value grows with the unit of R: 1, 0 or -1."""
        above, _, below = self.unit.partition("/")
        return ("R" in above) - ("R" in below)

    def unit_for(self, unit: str) -> str:
        """Return the unit for a curve in `unit`: "1/(ohm)"."""
        return self.unit.replace("1/R", f"1/({unit})").replace("R", unit)


class LawAt(Model, Protocol):
    """A law at fixed temperatures, in the parameters that the solver moves: R and dR/dp."""

    def slope(self, p: Floats) -> Floats:
        """Return dR/dT, shape (N,)."""


def _no_refusal(*_: object) -> None:
    return None


def _no_starts(*_: object) -> list[dict[str, float]]:
    return []


@dataclass(frozen=True)
class Law:
    """A law of R(T). Resistances are in parts of the largest one throughout.

    Attributes
    ----------
    name : str
        What ``law=`` and ``--law`` take.
    title : str
        In words, as it stands in sentences: "eq. 1".
    parameters : tuple of Parameter
        The first is what the law is fitted for; its interval is printed.
    at : callable
        ``at(t, t_one, n)``: the law at temperatures t; t_one (K) is a fixed temperature
        that its parameters may be scaled with.
    starts : callable
        ``starts(t, r, n, weights)``: lists the solver's parameters to start from.
    physical : callable
        ``physical(inner, t_one)``: the values of `parameters` and their derivatives by the
        solver's, shape (P, P). Both vanish together where a parameter is held at 0.
    possible : callable
        Whether the solver's parameters mean anything.
    value : callable
        ``value(t, n, **parameters)``: R(T), for those who fit it with other tools.
    exponent : bool
        Whether the law takes an exponent n that is not fitted.
    patience : int
        After so many evaluations the solver gives up.
    refusal : callable
        ``refusal(minimum, t, r, n, weights)``: why a minimum is not to be given out, or None.
    reach : (low, high)
        How far the solver's first parameter is followed where its interval is sought.
    needs_below : callable
        Of the values by name: the window should begin below this temperature (K).
    checks : tuple of callables
        Each looks at a `ResistanceFit` and says what is to be known of it, or None.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    at: Callable[[Floats, float, float], LawAt]
    starts: Callable[[Floats, Floats, float, Floats | None], list[Floats]]
    physical: Callable[[Floats, float], tuple[Floats, Floats]]
    possible: Callable[[Floats], bool]
    value: Callable[..., Floats]
    exponent: bool = True
    patience: int = 2000
    refusal: Callable[[Minimum, Floats, Floats, float, Floats | None], str | None] = _no_refusal
    reach: tuple[float, float] = (-np.inf, np.inf)
    needs_below: Callable[[Mapping[str, float]], float] = lambda _: float("inf")
    checks: tuple[Callable[["ResistanceFit"], str | None], ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in the order of every vector and matrix."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def first(self) -> Parameter:
        """The parameter that the law is fitted for."""
        return self.parameters[0]

    def limited(self, limit: str) -> list[int]:
        """Return the places of the parameters with such a limit."""
        return [i for i, parameter in enumerate(self.parameters) if parameter.limit == limit]

    def free(self, held: Iterable[str]) -> NDArray[np.bool_]:
        """Return which parameters are fitted where these names are held."""
        return np.array([name not in held for name in self.names])

    def values(self, inner: Floats, scale: float, t_one: float) -> tuple[Floats, Floats]:
        """Return the parameters in the unit of the curve, and their derivatives by `inner`."""
        values, matrix = self.physical(inner, t_one)
        unit = scale**self._powers
        return values * unit, matrix * unit[:, None]

    def first_values(self, t: Floats, r: Floats, n: float = 5.0) -> list[dict[str, float]]:
        """Return values by name to start a fit from, the most promising first."""
        scale = float(np.abs(r).max())
        inner = self.starts(t, r / scale, n, None)
        return [
            dict(zip(self.names, self.values(one, scale, t[-1])[0].tolist(), strict=True))
            for one in inner
        ]

    @cached_property
    def _powers(self) -> Floats:
        return np.array([float(parameter.power) for parameter in self.parameters])


@dataclass(frozen=True)
class _PlainAt:
    """A law given by functions of its named parameters; those above 0 in their logarithm."""

    t: Floats
    n: float
    parameters: tuple[Parameter, ...]
    value_of: Callable[..., Floats]
    derivatives_of: Callable[..., Mapping[str, Floats]]

    def _named(self, p: Floats) -> dict[str, float]:
        values, _ = _out(self.parameters, p)
        return {one.name: value for one, value in zip(self.parameters, values, strict=True)}

    def value(self, p: Floats) -> Floats:
        """Return R, shape (N,); far out where there is none, so that the solver turns back."""
        with np.errstate(all="ignore"):
            value = np.asarray(self.value_of(self.t, self.n, **self._named(p)))
        return np.where(np.isfinite(value), value, 1e30)

    def jacobian(self, p: Floats) -> Floats:
        """Return dR/dp, shape (P, N)."""
        with np.errstate(all="ignore"):
            rows = self.derivatives_of(self.t, self.n, **self._named(p))
        each = [np.broadcast_to(rows[one.name], self.t.shape) for one in self.parameters]
        return np.stack(each) * _out(self.parameters, p)[1][:, None]

    def slope(self, p: Floats) -> Floats:
        """Return dR/dT, shape (N,)."""
        return np.asarray(self.derivatives_of(self.t, self.n, **self._named(p))["t"])


def _out(parameters: tuple[Parameter, ...], p: Floats) -> tuple[Floats, Floats]:
    """Return values from the solver's parameters, and the derivative of each by its own."""
    logs = np.array([one.limit == "positive" for one in parameters])
    values = np.where(logs, np.exp(np.clip(p, -50, 50)), p)
    return values, np.where(logs, values, 1.0)


def plain_law(
    name: str,
    title: str,
    parameters: tuple[Parameter, ...],
    *,
    value: Callable[..., Floats],
    derivatives: Callable[..., Mapping[str, Floats]],
    first_values: Callable[[Floats, Floats, float], list[dict[str, float]]] = _no_starts,
    checks: tuple[Callable[["ResistanceFit"], str | None], ...] = (),
    exponent: bool = True,
) -> Law:
    """Return a law that is given by functions of its parameters as they are named.

    Parameters
    ----------
    name, title, parameters, checks, exponent
        See `Law`.
    value : callable
        ``value(t, n, **parameters)``: R, shape of t.
    derivatives : callable
        ``derivatives(t, n, **parameters)``: rows by the name of each parameter, and dR/dT
        under the name t. Exact; nothing is differenced.
    first_values : callable
        ``first_values(t, r, n)``: values by name to start from, one dictionary or more;
        without it the law is not fitted by itself.
    """

    def into(values: Mapping[str, float]) -> Floats:
        each = ((values[one.name], one.limit == "positive") for one in parameters)
        return np.array([np.log(value) if log else value for value, log in each])

    def physical(inner: Floats, _: float) -> tuple[Floats, Floats]:
        values, slopes = _out(parameters, inner)
        return values, np.diag(slopes)

    return Law(
        name=name,
        title=title,
        parameters=parameters,
        at=lambda t, _, n: _PlainAt(t, n, parameters, value, derivatives),
        starts=lambda t, r, n, _: [into(values) for values in first_values(t, r, n)],
        physical=physical,
        possible=lambda inner: bool(np.isfinite(inner).all()),
        value=value,
        exponent=exponent,
        checks=checks,
    )


# ------------------------------------------------------------------------------- eq. 1

THETA_D = Parameter("theta_d", "K", "Debye temperature", "Θ_D", limit="positive")
R_0 = Parameter("r0", "R", "residual resistance", "R_0", limit="doubted")
A = Parameter("a", "R", "amplitude of the phonon term", "A")
G_SAT = Parameter(
    "g_sat", "1/R", "conductance of the saturation channel", "G", "1/R_sat", limit="held"
)
N = Parameter("n", "", "exponent", "n", limit="positive")


def window_starts_late(fit: "ResistanceFit") -> str | None:
    """Say where a window begins too far above the curvature that Theta_D is read from."""
    start, theta_d = fit.window[0], fit.theta_d.n
    if start <= theta_d / 4:
        return None
    return (
        f"the window starts at {start:.0f} K, above Theta_D/4 = {theta_d / 4:.0f} K: "
        "Theta_D rests on the faint end of the curvature"
    )


def window_ends_early(fit: "ResistanceFit") -> str | None:
    """Say where a window ends before the power of T does."""
    end, theta_d = fit.window[1], fit.theta_d.n
    if end >= theta_d / 3:
        return None
    return (
        f"the window ends at {end:.0f} K, below Theta_D/3 = {theta_d / 3:.0f} K: there the law is "
        "still close to a power of T, which says little about Theta_D"
    )


# What has fewer parameters than eq. 1 and no Debye temperature: its terms.
# Each is a constant and a power of T.
_WITHOUT = (("a constant", 0), ("a straight line", 1), ("R_0 + c T^2", 2))


def _refused(
    found: Minimum, t: Floats, measured: Floats, n: float, weights: Floats | None
) -> str | None:
    """Refuse points that something without a Debye temperature describes as well.

    By an F test at 0.1 %: a clean curve with enough range lies far beyond it. Residuals so
    smooth that nothing is known of their errors count as ten, lest a misfit of the law be
    taken for scatter that excuses anything.
    """
    given = np.ones_like(t) if weights is None else weights
    left = found.residuals * given
    w, x, r = given**2, t / t[-1], measured
    if (stray := stray_points(left)).any():  # one would make everything describe the others
        w, x, r, left = w[~stray], x[~stray], r[~stray], left[~stray]
    least, fitted = float(left @ left), found.fitted
    dof = max(found.dof, min(10.0, t.size - fitted))
    r = r - w @ r / w.sum()
    for said, power in _WITHOUT:
        fewer = fitted - (2 if power else 1)
        if fewer < 1 or r.size + fewer <= fitted:
            continue
        left = r
        if power:
            term = x**power
            term = term - w @ term / w.sum()
            left = r - (w * term) @ r / ((w * term) @ term) * term
        squares = float((w * left) @ left)
        likely = float(special.fdtri(fewer, dof, 0.999))
        if squares <= least * (1 + likely * fewer / dof):
            return f"have no Debye temperature: {said} describes them as well as eq. 1"
    return _open_above(found, t, measured, n, weights)


def _open_above(
    found: Minimum, t: Floats, measured: Floats, n: float, weights: Floats | None
) -> str | None:
    """Refuse points far below Theta_D that fit as well with Theta_D without limit."""
    said = "set no upper limit to the Debye temperature: a power law describes them as well"
    if found.parameters[0] < 4:  # Theta_D below twice the highest temperature
        return None
    # Beyond 30 times the highest temperature J_5 is its limit to 1e-8: the law is a power law,
    # which knows A/Theta_D^n alone, and no inverse of its squares has a digit that is right.
    if found.parameters[0] > 30**2:
        return said
    residuals = found.residuals if weights is None else found.residuals * weights
    least = float(residuals @ residuals)
    total = t.size if weights is None else float(weights @ weights)
    n = float(found.parameters[4]) if found.parameters.size > 4 else n
    _, misfit = eq_1.conditional(np.array([20.0, 40.0]) * t[-1], t, measured, n, weights, t[-1])
    if (misfit.min() * total - least) * found.dof >= 4 * least:
        return None
    return said


def _start_of_any(t: Floats, r: Floats, n: float, weights: Floats | None) -> list[Floats]:
    """Return the best start among the exponents that theory knows, and the one that is given."""

    def misfit(p: Floats) -> float:
        left = r - eq_1.SolverLaw(t, t[-1], p[4]).value(p)
        return float(left @ left)

    exponents = dict.fromkeys((n, 5.0, 3.0, 2.0))
    guesses = [
        np.r_[eq_1.starts(t, r, exponent, weights)[0], exponent]
        for exponent in exponents
        if eq_1.EXPONENTS[0] < exponent < eq_1.EXPONENTS[1]
    ]
    return [min(guesses, key=misfit)]


# ------------------------------------------------- what may stand above a transition instead


_LEVEL = Parameter("level", "R", "resistance of the line at T = 0", "R_line")
_SLOPE = Parameter("slope", "R/K", "slope of the line", "dR/dT")
LINE = plain_law(
    "line",
    "a line",
    (_LEVEL, _SLOPE),
    value=lambda t, _, level, slope: level + slope * t,
    derivatives=lambda t, _, level, slope: {  # noqa: ARG005 - as every law's
        "level": np.ones_like(t),
        "slope": t,
        "t": np.full_like(t, slope),
    },
    exponent=False,
)
CONSTANT = plain_law(
    "constant",
    "a constant",
    (_LEVEL,),
    value=lambda t, _, level: np.full_like(t, level),
    derivatives=lambda t, _, level: {"level": np.ones_like(t), "t": np.zeros_like(t)},  # noqa: ARG005
    exponent=False,
)


# ------------------------------------------------------------------------- all of them


def law_names() -> tuple[str, ...]:
    """Return the names of all laws."""
    return tuple(law.name for law in LAWS)


def law_named(name: str) -> Law:
    """Return the law of a name.

    Raises
    ------
    AnalysisError
        If there is none.
    """
    for law in LAWS:
        if law.name == name:
            return law
    raise AnalysisError(f"law must be one of {', '.join(law_names())}; got {name!r}")


_EQ_1 = Law(
    name=DEFAULT_LAW,
    title="eq. 1",
    parameters=(THETA_D, R_0, A, G_SAT),
    at=eq_1.SolverLaw,
    starts=eq_1.starts,
    physical=eq_1.physical,
    possible=lambda inner: bool(inner[0] > 0),
    value=eq_1.saturating,
    refusal=_refused,
    reach=(1e-4, 30.0**2),  # Theta_D from a hundredth to 30 times the highest temperature
    needs_below=lambda values: values["theta_d"] / 4,
    checks=(window_starts_late, window_ends_early),
)
LAWS = [
    _EQ_1,
    replace(
        _EQ_1,
        name="bloch-gruneisen-n",
        title="eq. 1 with n free",
        parameters=(THETA_D, R_0, A, G_SAT, N),
        at=lambda t, t_one, _: eq_1.SolverLaw(t, t_one, None),
        starts=_start_of_any,
        possible=lambda inner: bool(
            inner[0] > 0 and eq_1.EXPONENTS[0] < inner[4] < eq_1.EXPONENTS[1]
        ),
        value=lambda t, _, /, *, n, **of_eq_1: eq_1.saturating(t, n, by_n=True, **of_eq_1),
        exponent=False,
        patience=60,  # each look makes a table; what does not settle soon is degenerate
    ),
]
