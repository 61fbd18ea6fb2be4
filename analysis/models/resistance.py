"""The laws of R(T) and the transition as `lmfit.Model`: to compose with models of one's own.

Nothing else in the package imports this; our own fits are in `analysis.transport`.
"""

import inspect
from collections.abc import Callable
from typing import Any

import lmfit
import numpy as np
from numpy.typing import ArrayLike

from analysis.transport import DEFAULT_LAW
from analysis.transport.laws import Law, law_named
from analysis.transport.transition import depth, fraction_at
from analysis.typing import Floats


class LawModel(lmfit.Model):  # type: ignore[misc]
    """A law of R(T) as an lmfit model; `guess` starts where our own fits start.

    Parameters
    ----------
    law : str
        One of `analysis.transport.laws.LAWS`.
    n : float
        Its exponent, where the law does not fit it.
    **options
        Of `lmfit.Model`, such as ``prefix``.
    """

    def __init__(self, law: str = DEFAULT_LAW, *, n: float = 5.0, **options: Any) -> None:
        self.law, self.exponent = law_named(law), n
        super().__init__(_function(self.law, n), independent_vars=["t"], **options)
        for parameter in self.law.parameters:
            if parameter.limit == "positive":
                self.set_param_hint(parameter.name, min=0.0)

    def guess(self, data: ArrayLike, t: ArrayLike, **values: Any) -> lmfit.Parameters:
        """Return parameters to start from, for resistances at ascending temperatures (K)."""
        start = self.law.first_values(
            np.asarray(t, dtype=float), np.asarray(data, dtype=float), self.exponent
        )[0]
        return self.make_params(**{**start, **values})


def bloch_gruneisen_model(law: str = DEFAULT_LAW, *, n: float = 5.0, **options: Any) -> LawModel:
    """Return eq. 1, or another law of R(T), as an lmfit model of ``t``; see `LawModel`.

    Raises
    ------
    AnalysisError
        If there is no such law.

    Examples
    --------
    >>> bloch_gruneisen_model(prefix="normal_").param_names
    ['normal_theta_d', 'normal_r0', 'normal_a', 'normal_g_sat']
    """
    return LawModel(law, n=n, **options)


def transition_model(**options: Any) -> lmfit.Model:
    """Return eq. 5 as an lmfit model of ``t``: the part of the normal resistance that is left.

    Multiplied with a normal state above the onset it makes a whole R(T): parameters
    tc_onset (K), f, and floor.
    """
    model = lmfit.Model(_left, independent_vars=["t"], **options)
    for name, value in (("tc_onset", 50.0), ("f", 50.0), ("floor", 0.0)):
        model.set_param_hint(name, value=value, min=0.0)
    return model


def _left(t: Floats, tc_onset: float, f: float, floor: float) -> Floats:
    return np.asarray(floor + (1 - floor) * fraction_at(depth(t, tc_onset, f)))


def _function(law: Law, n: float) -> Callable[..., Floats]:
    """Return the law as a function of t and the law's parameters, named as lmfit reads names."""

    def value(t: ArrayLike, *ordered: float, **named: float) -> Floats:
        named |= dict(zip(law.names, ordered, strict=False))
        return law.value(np.asarray(t, dtype=float), n, **named)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    arguments = [inspect.Parameter(name, kind) for name in ("t", *law.names)]
    value.__name__ = law.name.replace("-", "_")
    value.__signature__ = inspect.Signature(arguments)  # type: ignore[attr-defined]
    return value
