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

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from analysis.numerics.least_squares import Minimum
from analysis.transport.bloch_gruneisen import phonon_term, shunted
from analysis.transport.debye_laws import (
    EQ_1,
    G_SAT,
    OPEN_ABOVE,
    R_0,
    THETA_D,
    A,
    Without,
    without_debye,
)
from analysis.transport.law import Law, Parameter
from analysis.typing import Floats

# ----------------------------------------------------------------------------------- terms

# K, at which the amplitude of a power law whose exponent is fitted is stated.
_STATED_AT = 300.0


class Rows(NamedTuple):
    """A term at x = T/T_1, and its derivatives by its own parameter and by x."""

    value: Floats
    by_shape: Floats
    by_x: Floats


class Term(NamedTuple):
    """A term of the ideal resistance: an amplitude times a function of T.

    Attributes
    ----------
    amplitude, shape : int
        Places among the law's parameters; no shape is -1.
    mode : callable or None
        Of a phonon term x w(y): w, dw/dln(y) and w(0) at y = Theta/T for n. For the solver its
        shape is (Theta/T_1)^2, in which it is odd about w(0), see `SolverLaw`.
    power : float
        Of a power of T, where it is no shape.
    shapes : ndarray
        Among which starts are sought.
    """

    amplitude: int
    shape: int = -1
    mode: Callable[[Floats, float], tuple[Floats, Floats, float]] | None = None
    power: float = 1.0
    shapes: Floats = np.ones(1)

    def rows(self, shape: Any, x: Floats, n: float) -> Rows:
        """Return the term for a solver's shape, which may be a column."""
        if self.mode is None:
            p = shape if self.shape >= 0 else self.power
            value = x**p
            return Rows(value, value * np.log(x), p * value / x)
        size = np.clip(np.abs(shape), 1e-8, 1e6)
        value, slope, top = self.mode(np.sqrt(size) / x, n)
        value = np.where(np.asarray(shape) >= 0, value, 2 * top - value)
        return Rows(x * value, x * slope / (2 * size), value - slope)

    def named(self, shape: float, t_one: float) -> tuple[Floats, Floats]:
        """Return the shape as it is named, and the amplitude as it is named over the solver's.

        Then the derivatives of both by the solver's shape.
        """
        if self.mode is None:
            p, at = (shape, _STATED_AT) if self.shape >= 0 else (self.power, 1.0)
            size = (at / t_one) ** p
            return np.array([p, size]), np.array([1.0, size * np.log(at / t_one)])
        root = np.sqrt(abs(shape))
        return np.array([t_one * root, root]), np.array([t_one, 1.0]) / (2 * root)


def _debye(y: Floats, n: float) -> tuple[Floats, Floats, float]:
    term = phonon_term(y, n)
    return term.value, term.slope, 1 / (n - 1)


def _einstein(y: Floats, _: float) -> tuple[Floats, Floats, float]:
    half = np.minimum(y, 700.0) / 2
    value = (half / np.sinh(half)) ** 2
    return value, 2 * value * (1 - half / np.tanh(half)), 1.0


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
            self.rows = [term.rows(p[term.shape], self.x, self.n) for term in self.terms]
            pairs = zip(self.terms, self.rows, strict=True)
            rise = np.sum([p[term.amplitude] * rows.value for term, rows in pairs], axis=0)
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
        for term, (value, by_shape, _) in zip(self.terms, self.rows, strict=True):
            rows[term.amplitude] = value * self.shunt**2
            if term.shape >= 0:
                rows[term.shape] = p[term.amplitude] * by_shape * self.shunt**2
        return rows

    def slope(self, p: Floats) -> Floats:
        """Return dR/dT, shape (N,)."""
        self._evaluate(p)
        pairs = zip(self.terms, self.rows, strict=True)
        rising = np.sum([p[term.amplitude] * rows.by_x for term, rows in pairs], axis=0)
        return np.asarray(rising * self.shunt**2 / self.t_one)


# 1/R_sat, in parts of that of the largest resistance, from which starts are sought.
_SHUNTS = (0.0, 0.1, 0.3, 0.6, 0.85)
_MOST_STARTS, _HOPELESS = 3, 10.0


@dataclass(frozen=True, eq=False)
class _Sum:
    """What a `Law` is made of that is such a sum; amplitudes among `positive` are above 0."""

    terms: tuple[Term, ...]
    size: int
    resistor: int
    positive: list[int]

    def at(self, t: Floats, t_one: float, n: float) -> _SumAt:
        return _SumAt(self.terms, self.resistor, t / t_one, t_one, n)

    def value(self, names: list[str], t: Floats, n: float, named: dict[str, float]) -> Floats:
        """Return R(T) for parameters by name."""
        p = [named[name] for name in names]
        ideal = np.full_like(t, p[1])
        for term in self.terms:
            shape = p[term.shape] if term.mode is None else (p[term.shape] / _STATED_AT) ** 2
            size = term.named(shape, _STATED_AT)[0][1]
            ideal += p[term.amplitude] / size * term.rows(shape, t / _STATED_AT, n).value
        return np.asarray(shunted(ideal, p[self.resistor]))

    def physical(self, inner: Floats, t_one: float) -> tuple[Floats, Floats]:
        """Return the parameters as they are named and their derivatives, see `Law.physical`."""
        values, matrix = inner.copy(), np.eye(inner.size)
        start, bend, both = inner[1], inner[self.resistor], [1, self.resistor]
        c = 1 + bend * start
        values[both] = start * c, bend / c
        matrix[1, both] = c + start * bend, start**2
        matrix[self.resistor, both] = -((bend / c) ** 2), 1 / c**2
        for term in self.terms:
            own, amplitude = term.amplitude, inner[term.amplitude]
            (shape, size), (by_shape, size_by_shape) = term.named(inner[term.shape], t_one)
            values[own] = amplitude * c**2 * size
            matrix[own, both] = 2 * amplitude * c * size * inner[both[::-1]]
            matrix[own, own] = c**2 * size
            if term.shape >= 0:
                matrix[own, term.shape] = amplitude * c**2 * size_by_shape
                values[term.shape], matrix[term.shape, term.shape] = shape, by_shape
        return values, matrix

    def starts(self, t: Floats, r: Floats, n: float, weights: Floats | None) -> list[Floats]:
        """Return the solver's parameters at the lowest minima over the shapes and G.

        With these given, R/(1 - G R) = R_id is linear in R_0 and the amplitudes, which are
        projected out, from up to 40 of the points. The minima differ in the first shape.
        """
        some = slice(None, None, -(-t.size // 40))
        x, r, terms = t[some] / t[-1], r[some], self.terms
        w = np.ones_like(r) if weights is None else weights[some] ** 2
        places = np.indices([term.shapes.size for term in terms]).reshape(len(terms), -1)
        shapes = np.stack([term.shapes[at] for term, at in zip(terms, places, strict=True)])
        design = np.ones((places.shape[1], 1 + len(terms), x.size))
        for i, term in enumerate(terms):
            value = term.rows(term.shapes[:, None], x, n).value
            design[:, 1 + i] = value[places[i]] if term.shape >= 0 else value
        amplitudes, corner = [term.amplitude for term in terms], np.arange(1 + len(terms))
        must = [1 + i for i, at in enumerate(amplitudes) if at in self.positive]
        minima = []
        for shunt in _SHUNTS:
            ideal, weight = r / (1 - shunt * r), w * (1 - shunt * r) ** 4
            normal = (design * weight) @ design.transpose(0, 2, 1)
            normal[:, corner, corner] *= 1 + 1e-9  # regular
            linear = np.linalg.solve(normal, (design @ (weight * ideal))[..., None])[..., 0]
            misfit = (ideal - (linear[:, None] @ design)[:, 0]) ** 2 @ weight
            for at in np.flatnonzero((linear[:, must] > 0).all(axis=1)):
                inner, c = np.zeros(self.size), 1 + shunt * linear[at, 0]
                # A term without a shape writes into the last place, which is filled below.
                inner[[term.shape for term in terms]] = shapes[:, at]
                inner[amplitudes], inner[1] = linear[at, 1:] / c**2, linear[at, 0] / c
                inner[self.resistor] = shunt * c
                minima.append((float(misfit[at]), int(places[0, at]) // 4, inner))
        best: dict[int, tuple[float, Floats]] = {}
        for least, place, inner in sorted(minima, key=lambda minimum: minimum[0]):
            best.setdefault(place, (least, inner))
        lowest = list(best.values())[:_MOST_STARTS]
        return [inner for least, inner in lowest if least <= _HOPELESS * lowest[0][0]]


# --------------------------------------------------------------------------------- the entries


def _warn_held(fit: Any) -> str | None:
    """Say which amplitude came out below zero and is held there."""
    for parameter in fit.law.parameters:
        if parameter.name in fit.held - {"g_sat"}:
            return f"the {parameter.title} came out negative and is held at 0: no such term shows"
    return None


def _rival(
    name: str,
    title: str,
    parameters: tuple[Parameter, ...],
    terms: tuple[Term, ...],
    without: Callable[[Floats, Floats], Without] | None = None,
) -> Law:
    """Return such a law; `without` is what describes points as well without a Debye temperature."""
    names = [parameter.name for parameter in parameters]
    positive = [i for i, parameter in enumerate(parameters) if parameter.limit == "positive"]
    if without:  # the term of eq. 1 is not negative either
        positive.append(terms[0].amplitude)
    own = _Sum(terms, len(names), names.index("g_sat"), positive)

    def refusal(
        minimum: Minimum, t: Floats, r: Floats, _: float, weights: Floats | None
    ) -> str | None:
        if without is None:
            return None
        if minimum.parameters[0] > EQ_1.reach[1]:
            return OPEN_ABOVE
        # With G at 0, or as it was fitted, what stands beside the resistor is a sum of terms. The
        # fitted G suits this law: a straight line may need none.
        for bend in (0.0, minimum.parameters[own.resistor]):
            shunt = 1 - bend / (1 + bend * minimum.parameters[1]) * r
            ideal = minimum._replace(residuals=minimum.residuals / shunt**2)
            w = shunt**2 if weights is None else weights * shunt**2
            if reason := without_debye(ideal, t, r / shunt, w, title=title, terms=without):
                return reason
        return None

    return Law(
        name=name,
        title=title,
        parameters=parameters,
        at=own.at,
        starts=own.starts,
        physical=own.physical,
        possible=lambda inner: bool((inner[positive] > 0).all()),
        value=lambda t, n, **named: own.value(names, t, n, named),
        refusal=refusal,
        exponent=without is not None,
        patience=200,
        reach=EQ_1.reach if without else (1e-3, 30.0),
        needs_below=EQ_1.needs_below if without else lambda _: float("inf"),
        checks=(*EQ_1.checks, _warn_held) if without else (),
    )


def _beside(power: int) -> Callable[[Floats, Floats], Without]:
    alternative = {1: "a straight line", 2: "R_0 + c T^2"}[power]
    return lambda _, x: [(alternative, [x**power]), ("R_0 + b T + c T^2", [x, x**2])]


def _beside_mode(p: Floats, x: Floats) -> Without:
    mode = _MODE.rows(p[4], x, 0.0).value
    return [("the Einstein term alone", [mode]), ("the Einstein term with a line", [mode, x])]


_OF_EQ_1 = Term(2, 0, _debye, shapes=np.geomspace(0.08, 20.0, 24) ** 2)
_MODE = Term(5, 4, _einstein, shapes=np.geomspace(0.15, 8.0, 14) ** 2)
_LINEAR = Parameter("a1", "R/K", "amplitude of the linear term", "A_1", limit="held")
_SQUARE = Parameter("a2", "R/K^2", "amplitude of the T^2 term", "A_2", limit="held")
_THETA_E = Parameter("theta_e", "K", "Einstein temperature", "Θ_E", limit="positive")
_A_E = Parameter("a_e", "R", "amplitude of the Einstein term", "A_E", limit="positive")
_SLOPE = Parameter("a1", "R/K", "slope", "A_1", limit="positive")
_LEVEL = Parameter("r0", "R", "resistance at T = 0", "R_0")
_P = Parameter("p", "", "exponent of the power law", "p", limit="positive")
_RISE = Parameter("a", "R", "rise from 0 to 300 K", "A", limit="positive")
_DEBYE = (THETA_D, R_0, A, G_SAT)

RIVAL_LAWS = (
    _rival(
        "bloch-gruneisen-t2",
        "eq. 1 with a T^2 term",
        (*_DEBYE, _SQUARE),
        (_OF_EQ_1, Term(4, power=2.0)),
        _beside(2),
    ),
    _rival(
        "bloch-gruneisen-t",
        "eq. 1 with a linear term",
        (*_DEBYE, _LINEAR),
        (_OF_EQ_1, Term(4)),
        _beside(1),
    ),
    _rival(
        "bloch-gruneisen-einstein",
        "eq. 1 with an Einstein term",
        (*_DEBYE, _THETA_E, _A_E),
        (_OF_EQ_1, _MODE),
        _beside_mode,
    ),
    _rival("linear", "a straight line", (_SLOPE, _LEVEL, G_SAT), (Term(0),)),
    _rival(
        "power-law",
        "a power law",
        (_P, _LEVEL, _RISE, G_SAT),
        (Term(2, 0, shapes=np.linspace(0.3, 5.0, 24)),),
    ),
)
