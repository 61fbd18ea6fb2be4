"""What a law of R(T) is: its parameters, its value with exact derivatives, where to start.

Whatever fits, prints, plots or offers laws goes over the names of its parameters.
`plain_law` makes one from a value, its derivatives and where to start.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.numerics.least_squares import Minimum, Model
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
            dict(zip(self.names, self.values(start, scale, t[-1])[0].tolist(), strict=True))
            for start in inner
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
        names = (parameter.name for parameter in self.parameters)
        return dict(zip(names, values, strict=True))

    def value(self, p: Floats) -> Floats:
        """Return R, shape (N,); far out where there is none, so that the solver turns back."""
        with np.errstate(all="ignore"):
            value = np.asarray(self.value_of(self.t, self.n, **self._named(p)))
        return np.where(np.isfinite(value), value, 1e30)

    def jacobian(self, p: Floats) -> Floats:
        """Return dR/dp, shape (P, N)."""
        with np.errstate(all="ignore"):
            rows = self.derivatives_of(self.t, self.n, **self._named(p))
        names = (parameter.name for parameter in self.parameters)
        each = [np.broadcast_to(rows[name], self.t.shape) for name in names]
        return np.stack(each) * _out(self.parameters, p)[1][:, None]

    def slope(self, p: Floats) -> Floats:
        """Return dR/dT, shape (N,)."""
        return np.asarray(self.derivatives_of(self.t, self.n, **self._named(p))["t"])


def _out(parameters: tuple[Parameter, ...], p: Floats) -> tuple[Floats, Floats]:
    """Return values from the solver's parameters, and the derivative of each by its own."""
    logs = np.array([parameter.limit == "positive" for parameter in parameters])
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
        each = ((values[parameter.name], parameter.limit == "positive") for parameter in parameters)
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
