"""Rivals of eq. 1: other sums of terms in parallel to the same resistor, and no phonons at all.

All of them are the parallel resistor of eq. 1 across an ideal resistance that is a sum::

    1/R = G + 1/R_id,    R_id = R_0 + A_1 f_1(T) + A_2 f_2(T)

in which a term is that of eq. 1, one of the following, or both:

- A_2 T^2, electrons that scatter on electrons;
- A_1 T, a "strange metal";
- A_E y/((e^y - 1)(1 - e^-y)) with y = Theta_E/T, one optical mode: the lowest variational
  solution of Boltzmann's equation for phonons of one frequency (P. B. Allen, Phys. Rev. B 17,
  3725 (1978)), the resistivity of an Einstein solid (J. R. Cooper, Phys. Rev. B 9, 2778 (1974));
  far above Theta_E it is A_E T/Theta_E;
- A (T/300 K)^p, a power law.

What stands without the term of eq. 1 is a null hypothesis: it has no Debye temperature.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from analysis.numerics.least_squares import Minimum
from analysis.transport.bloch_gruneisen import phonon_term, saturating
from analysis.transport.debye_laws import (
    EQ_1,
    G_SAT,
    OPEN_ABOVE,
    R_0,
    THETA_D,
    A,
    Without,
    window_ends_early,
    window_starts_late,
    without_debye,
)
from analysis.transport.law import Law, Parameter
from analysis.typing import Floats

# ----------------------------------------------------------------------------------- terms


class Rows(NamedTuple):
    """A term at x = T/T_1, and its derivatives by its own parameter and by x."""

    value: Floats
    by_shape: Floats
    by_x: Floats


class Term(NamedTuple):
    """A term of the ideal resistance: an amplitude times a function of T.

    Attributes
    ----------
    rows : callable
        ``rows(shape, x, n)``; the shape is the solver's, and broadcasts.
    amplitude, shape : int
        Places among the law's parameters; no shape is -1.
    shapes : ndarray
        Among which starts are sought.
    named : callable
        ``named(shape, t_one)``: the parameter as it is named, and its derivative.
    size : callable
        ``size(shape, t_one)``: what the amplitude as it is named is over that at T/T_1, and
        the derivative.
    """

    rows: Callable[[Any, Floats, float], Rows]
    amplitude: int
    shape: int = -1
    shapes: Floats = np.zeros(1)
    named: Callable[[float, float], tuple[float, float]] = lambda shape, _: (shape, 1.0)
    size: Callable[[float, float], tuple[float, float]] = lambda *_: (1.0, 0.0)


def _of_mode(value: Floats, slope: Floats, top: float, q: Any, x: Floats) -> Rows:
    """Return x w(y) for w and dw/dln(y) at y = sqrt(|q|)/x; odd in q about its limit `top`.

    So a solver that tries too much is led back from negative q, see `SolverLaw`.
    """
    inside = np.where(np.asarray(q) >= 0, value, 2 * top - value)
    return Rows(x * inside, x * slope / (2 * np.maximum(np.abs(q), 1e-8)), inside - slope)


def _y(q: Any, x: Floats) -> Floats:
    return np.asarray(np.sqrt(np.clip(np.abs(q), 1e-8, 1e6)) / x)


def _debye(q: Any, x: Floats, n: float) -> Rows:
    """Return the term of eq. 1 for q = (Theta_D/T_1)^2."""
    term = phonon_term(_y(q, x), n)
    return _of_mode(term.value, term.slope, 1 / (n - 1), q, x)


def _einstein(q: Any, x: Floats, _: float) -> Rows:
    """Return that of one mode for q = (Theta_E/T_1)^2."""
    half = np.minimum(_y(q, x), 700.0) / 2
    value = (half / np.sinh(half)) ** 2
    return _of_mode(value, 2 * value * (1 - half / np.tanh(half)), 1.0, q, x)


def _power(p: Any, x: Floats, _: float) -> Rows:
    value = x**p
    return Rows(value, value * np.log(x), p * value / x)


def _fixed_power(power: int) -> Callable[[Any, Floats, float], Rows]:
    return lambda _, x, n: _power(float(power), x, n)


def _temperature(q: float, t_one: float) -> tuple[float, float]:
    root = float(np.sqrt(abs(q)))
    return t_one * root, t_one / (2 * root)


def _over_one(q: float, _: float) -> tuple[float, float]:
    """Return Theta/T_1, by which A of a mode exceeds its rise at high temperature."""
    return _temperature(q, 1.0)


_HUNDREDS = 300.0  # K, at which the amplitude of a power law is stated


def _at_hundreds(p: float, t_one: float) -> tuple[float, float]:
    size = (_HUNDREDS / t_one) ** p
    return float(size), float(size * np.log(_HUNDREDS / t_one))


# ------------------------------------------------------------------ sums with a resistor beside


@dataclass
class _SumAt:
    """A sum of terms with a resistor in parallel at fixed temperatures, for the solver.

    With c = 1 + G R_0 it is R = p1 + s/(1 + k s): p1 = R_0/c, s the sum of the terms over c^2,
    k = G c. R_0 is the second parameter, G stands at `resistor`.
    """

    terms: tuple[Term, ...]
    resistor: int
    x: Floats
    t_one: float
    n: float
    at: bytes = b""

    def _evaluate(self, p: Floats) -> None:
        if p.tobytes() == self.at:
            return
        self.at = p.tobytes()
        with np.errstate(all="ignore"):  # trial steps may leave any sensible range
            self.rows = [one.rows(p[one.shape], self.x, self.n) for one in self.terms]
            pairs = zip(self.terms, self.rows, strict=True)
            rise = np.sum([p[one.amplitude] * rows.value for one, rows in pairs], axis=0)
            self.shunt = 1 / (1 + p[self.resistor] * rise)
            self.bent = rise * self.shunt

    def value(self, p: Floats) -> Floats:
        """Return R(T), shape (N,); far out where there is none, so that the solver turns back."""
        self._evaluate(p)
        return np.asarray(np.where(np.isfinite(self.bent), p[1] + self.bent, 1e30))

    def jacobian(self, p: Floats) -> Floats:
        """Return dR/dp, shape (P, N)."""
        self._evaluate(p)
        rows = np.empty((p.size, self.x.size))
        rows[1], rows[self.resistor] = 1.0, -(self.bent**2)
        for one, (value, by_shape, _) in zip(self.terms, self.rows, strict=True):
            rows[one.amplitude] = value * self.shunt**2
            if one.shape >= 0:
                rows[one.shape] = p[one.amplitude] * by_shape * self.shunt**2
        return rows

    def slope(self, p: Floats) -> Floats:
        """Return dR/dT, shape (N,)."""
        self._evaluate(p)
        pairs = zip(self.terms, self.rows, strict=True)
        rising = np.sum([p[one.amplitude] * rows.by_x for one, rows in pairs], axis=0)
        return np.asarray(rising * self.shunt**2 / self.t_one)


def _physical(
    terms: tuple[Term, ...], resistor: int, inner: Floats, t_one: float
) -> tuple[Floats, Floats]:
    """Return the parameters as they are named and their derivatives, see `Law.physical`."""
    values, matrix = inner.copy(), np.eye(inner.size)
    start, bend = inner[1], inner[resistor]
    c = 1 + bend * start
    values[1], values[resistor] = start * c, bend / c
    matrix[1, [1, resistor]] = c + start * bend, start**2
    matrix[resistor, [1, resistor]] = -((bend / c) ** 2), 1 / c**2
    for one in terms:
        amplitude, shape = inner[one.amplitude], inner[one.shape]
        size, by_shape = one.size(shape, t_one)
        values[one.amplitude] = amplitude * c**2 * size
        matrix[one.amplitude, [1, resistor]] = 2 * amplitude * c * size * inner[[resistor, 1]]
        matrix[one.amplitude, one.amplitude] = c**2 * size
        if one.shape >= 0:
            matrix[one.amplitude, one.shape] = amplitude * c**2 * by_shape
            values[one.shape], matrix[one.shape, one.shape] = one.named(shape, t_one)
    return values, matrix


# ------------------------------------------------------------------------------ where to start

# 1/R_sat, in parts of that of the largest resistance, from which starts are sought.
_SHUNTS = np.array([0.0, 0.1, 0.3, 0.6, 0.85])
_MOST_STARTS, _HOPELESS = 3, 10.0


def _starts(
    terms: tuple[Term, ...],
    resistor: int,
    positive: Sequence[int],
    t: Floats,
    r: Floats,
    n: float,
    weights: Floats | None,
) -> list[Floats]:
    """Return the solver's parameters at the lowest minima over the shapes and G.

    With these given, R/(1 - G R) = R_id is linear in R_0 and the amplitudes, which are
    projected out, from up to 40 of the points. Amplitudes that have to be positive are; the
    minima differ in the first shape.
    """
    some = slice(None, None, -(-t.size // 40))
    x, r = t[some] / t[-1], r[some]
    grids = [one.shapes for one in terms]
    columns = [
        one.rows(one.shapes[:, None], x, n).value * np.ones((one.shapes.size, 1)) for one in terms
    ]
    at = np.array(list(product(*(range(grid.size) for grid in grids))))
    design = np.ones((len(at), 1 + len(terms), x.size))
    for i, column in enumerate(columns):
        design[:, 1 + i] = column[at[:, i]]
    w = np.ones_like(r) if weights is None else weights[some] ** 2
    found = []
    for shunt in _SHUNTS:
        ideal = r / (1 - shunt * r)
        weight = w * (1 - shunt * r) ** 4
        normal = (design * weight) @ design.transpose(0, 2, 1)
        normal += (
            1e-12 * np.eye(normal.shape[1]) * np.trace(normal, axis1=1, axis2=2)[:, None, None]
        )
        linear = np.linalg.solve(normal, ((design * weight) @ ideal)[..., None])[..., 0]
        left = ideal - (linear[:, None] @ design)[:, 0]
        misfit = np.where(
            np.all([linear[:, i] > 0 for i in positive], axis=0), left**2 @ weight, np.inf
        )
        found += [
            (float(misfit[i]), shunt, at[i], linear[i]) for i in np.flatnonzero(misfit < np.inf)
        ]
    found.sort(key=lambda one: one[0])
    chosen: list[Floats] = []
    taken: list[int] = []
    for least, shunt, places, linear in found:
        if len(chosen) == _MOST_STARTS or least > _HOPELESS * found[0][0] + 1e-24:
            break
        if any(abs(places[0] - other) < 4 for other in taken):
            continue
        taken.append(places[0])
        c = 1 + shunt * linear[0]
        inner = np.zeros(2 + len(terms) + sum(one.shape >= 0 for one in terms))
        inner[1], inner[resistor] = linear[0] / c, shunt * c
        for one, grid, place, amplitude in zip(terms, grids, places, linear[1:], strict=True):
            inner[one.amplitude] = amplitude / c**2
            if one.shape >= 0:
                inner[one.shape] = grid[place]
        chosen.append(inner)
    return chosen


# --------------------------------------------------------------------------------- the entries

_OF_EQ_1 = Term(_debye, 2, 0, np.geomspace(0.08, 20.0, 24) ** 2, _temperature, _over_one)
_A_2 = Parameter("a2", "R/K^2", "amplitude of the T^2 term", "A_2", limit="held")
_A_1 = Parameter("a1", "R/K", "amplitude of the linear term", "A_1", limit="held")
_THETA_E = Parameter("theta_e", "K", "Einstein temperature", "Θ_E", limit="positive")
_A_E = Parameter("a_e", "R", "amplitude of the Einstein term", "A_E", limit="positive")
_LEVEL = Parameter("r0", "R", "resistance at T = 0", "R_0")
_RISE = Parameter("a1", "R/K", "slope", "A_1", limit="positive")
_P = Parameter("p", "", "exponent of the power law", "p", limit="positive")
_AT_300 = Parameter("a", "R", "rise from 0 to 300 K", "A", limit="positive")


def _warn_held(fit: Any) -> str | None:
    """Say which amplitudes came out below zero and are held there."""
    held = [one for one in fit.law.parameters if one.name in fit.held - {"g_sat"}]
    if not held:
        return None
    return f"the {held[0].title} came out below zero and is held at 0: nothing of it is in the data"


def _rival(
    name: str,
    title: str,
    parameters: tuple[Parameter, ...],
    terms: tuple[Term, ...],
    ideal: Callable[..., Floats],
    without: Callable[[Floats, Floats], Without] | None = None,
) -> Law:
    names = [one.name for one in parameters]
    resistor = names.index("g_sat")
    # Amplitudes of a sum without them are no minimum: the first term's, and those so declared.
    amplitudes = [one.amplitude for one in terms]
    must = [i for i in amplitudes if i == amplitudes[0] or parameters[i].limit == "positive"]
    above = sorted({*must, *(one.shape for one in terms if one.shape >= 0)})

    def value(t: Floats, n: float, *, g_sat: float, **named: float) -> Floats:
        whole = ideal(t, n, **named)
        return np.asarray(whole / (1 + g_sat * whole))

    def refusal(
        found: Minimum, t: Floats, r: Floats, _: float, weights: Floats | None
    ) -> str | None:
        if without is None:
            return None
        if found.parameters[0] > EQ_1.reach[1]:
            return OPEN_ABOVE
        return without_debye(found, t, r, weights, title=title, terms=without)

    of_debye: dict[str, Any] = {
        "reach": EQ_1.reach,
        "needs_below": EQ_1.needs_below,
        "checks": (window_starts_late, window_ends_early, _warn_held),
    }
    return Law(
        name=name,
        title=title,
        parameters=parameters,
        at=lambda t, t_one, n: _SumAt(terms, resistor, t / t_one, t_one, n),
        starts=partial(_starts, terms, resistor, [1 + amplitudes.index(i) for i in must]),
        physical=partial(_physical, terms, resistor),
        possible=lambda inner: bool((inner[above] > 0).all()),
        value=value,
        refusal=refusal,
        exponent=without is not None,
        patience=200,
        **(of_debye if without else {"reach": (1e-3, 30.0)}),
    )


def _beside(power: int) -> Callable[[Floats, Floats], Without]:
    said = {1: "a straight line", 2: "R_0 + c T^2"}[power]
    return lambda _, x: [(said, [x**power]), ("R_0 + b T + c T^2", [x, x**2])]


def _beside_mode(p: Floats, x: Floats) -> Without:
    mode = _einstein(p[4], x, 0.0).value
    return [("the Einstein term alone", [mode]), ("it with a line", [mode, x])]


def _with_power(power: int, t: Floats, n: float, **named: Any) -> Floats:
    beside = named.pop(f"a{power}")
    return np.asarray(saturating(t, n, g_sat=0.0, **named) + beside * t**power)


def _with_mode(t: Floats, n: float, *, theta_e: float, a_e: float, **of_eq_1: Any) -> Floats:
    mode = _einstein(1.0, t / theta_e, n).value
    return saturating(t, n, g_sat=0.0, **of_eq_1) + a_e * mode


RIVAL_LAWS = (
    _rival(
        "bloch-gruneisen-t2",
        "eq. 1 with a T^2 term",
        (THETA_D, R_0, A, G_SAT, _A_2),
        (_OF_EQ_1, Term(_fixed_power(2), 4, size=lambda _, t_one: (t_one**-2, 0.0))),
        partial(_with_power, 2),
        _beside(2),
    ),
    _rival(
        "bloch-gruneisen-t",
        "eq. 1 with a linear term",
        (THETA_D, R_0, A, G_SAT, _A_1),
        (_OF_EQ_1, Term(_fixed_power(1), 4, size=lambda _, t_one: (1 / t_one, 0.0))),
        partial(_with_power, 1),
        _beside(1),
    ),
    _rival(
        "bloch-gruneisen-einstein",
        "eq. 1 with an Einstein term",
        (THETA_D, R_0, A, G_SAT, _THETA_E, _A_E),
        (
            _OF_EQ_1,
            Term(_einstein, 5, 4, np.geomspace(0.15, 8.0, 14) ** 2, _temperature, _over_one),
        ),
        _with_mode,
        _beside_mode,
    ),
    _rival(
        "linear",
        "a straight line",
        (_RISE, _LEVEL, G_SAT),
        (Term(_fixed_power(1), 0, size=lambda _, t_one: (1 / t_one, 0.0)),),
        lambda t, _, *, a1, r0: r0 + a1 * t,
    ),
    _rival(
        "power-law",
        "a power law",
        (_P, _LEVEL, _AT_300, G_SAT),
        (Term(_power, 2, 0, np.linspace(0.3, 5.0, 24), size=_at_hundreds),),
        lambda t, _, *, p, r0, a: r0 + a * (t / _HUNDREDS) ** p,
    ),
)
