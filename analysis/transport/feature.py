"""Local features of R(T) that are fitted beside a law: a step, a hump, a kink."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.transport.laws import Law, LawAt, Parameter
from analysis.typing import Floats


class Feature(NamedTuple):
    """A shape with a place and a width in temperature, both in one unit.

    Attributes
    ----------
    title : str
        In words.
    parameters : tuple of Parameter
        Height, place and width.
    shape : callable
        ``shape(x)``: of x = (T - place)/width.
    slope : callable
        ``slope(x, shape)``: its derivative.
    """

    title: str
    parameters: tuple[Parameter, Parameter, Parameter]
    shape: Callable[[Floats], Floats]
    slope: Callable[[Floats, Floats], Floats]

    def rows(self, t: Floats, places: Floats, width: float) -> Floats:
        """Return the shape at temperatures t for several places, shape (places, N)."""
        return self.shape((t - places[:, None]) / width)


def _parameters(name: str, height: str) -> tuple[Parameter, Parameter, Parameter]:
    return (
        Parameter(name, "R", height, "ΔR"),
        Parameter(f"{name}_at", "K", f"temperature of the {name}", f"T_{name}"),
        Parameter(f"{name}_width", "K", f"width of the {name}", f"w_{name}"),
    )


STEP = Feature(
    "a step", _parameters("step", "height of the step"), special.expit, lambda _, y: y * (1 - y)
)
HUMP = Feature(
    "a hump",
    _parameters("hump", "height of the hump"),
    lambda x: np.asarray(np.exp(-(x**2) / 2)),
    lambda x, y: -x * y,
)
KINK = Feature(
    "a change of slope",
    _parameters("kink", "change of slope times the width"),
    lambda x: np.asarray(np.logaddexp(0, x)),
    lambda x, _: np.asarray(special.expit(x)),
)


@dataclass(frozen=True)
class _Beside:
    """A law and a feature at fixed temperatures; the feature's parameters follow the law's."""

    law: LawAt
    t: Floats
    t_one: float
    feature: Feature

    def _of_feature(self, p: Floats) -> tuple[Floats, Floats, Floats]:
        place, width = p[-2:] * self.t_one
        with np.errstate(all="ignore"):
            x = (self.t - place) / width
            shape = self.feature.shape(x)
            return x, shape, self.feature.slope(x, shape)

    def value(self, p: Floats) -> Floats:
        """Return R, shape (N,)."""
        return np.asarray(self.law.value(p[:-3]) + p[-3] * self._of_feature(p)[1])

    def jacobian(self, p: Floats) -> Floats:
        """Return dR/dp, shape (P, N)."""
        x, shape, slope = self._of_feature(p)
        moved = -p[-3] * slope / p[-1]
        return np.concatenate([self.law.jacobian(p[:-3]), [shape, moved, moved * x]])

    def slope(self, p: Floats) -> Floats:
        """Return dR/dT, shape (N,)."""
        rising = p[-3] * self._of_feature(p)[2] / (p[-1] * self.t_one)
        return np.asarray(self.law.slope(p[:-3]) + rising)


def beside(law: Law, feature: Feature, guesses: list[Floats]) -> Law:
    """Return a law with a feature added to it, to be fitted from these solver's parameters.

    The solver's parameters of the feature are its height in parts of the largest resistance,
    and place and width in parts of the highest temperature.
    """

    def physical(inner: Floats, t_one: float) -> tuple[Floats, Floats]:
        values, matrix = law.physical(inner[:-3], t_one)
        every = np.diag(np.r_[np.ones(values.size), 1.0, t_one, t_one])
        every[: values.size, : values.size] = matrix
        return np.r_[values, inner[-3:] * [1.0, t_one, t_one]], every

    def value(t: Floats, n: float, **named: float) -> Floats:
        height, place, width = (named.pop(parameter.name) for parameter in feature.parameters)
        return law.value(t, n, **named) + height * feature.shape((t - place) / width)

    return replace(
        law,
        title=f"{law.title} with {feature.title}",
        parameters=(*law.parameters, *feature.parameters),
        at=lambda t, t_one, n: _Beside(law.at(t, t_one, n), t, t_one, feature),
        starts=lambda *_: guesses,
        physical=physical,
        possible=lambda inner: law.possible(inner[:-3]) and 0 < inner[-2] < 1 and inner[-1] > 0,
        value=value,
        refusal=lambda *_: None,
        patience=100,  # what does not settle soon is no such feature
    )
