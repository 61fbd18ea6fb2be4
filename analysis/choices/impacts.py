"""Impacts: how far each cause of error, changed alone, changes the coupling constant."""

import warnings
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from uncertainties import UFloat, nominal_value

from analysis.choices.multiverse import Multiverse
from analysis.errors import FitError
from analysis.transport.coupling import ValidityWarning, coupling_constant

# What stands in words where a cause cannot be followed.
NO_SERIES = "not known: it needs lambda at several pressures and the error of the pressure"


class Impact(NamedTuple):
    """The change of lambda by a single cause.

    Attributes
    ----------
    title : str
        The cause, in words.
    down, up : float
        The largest steps of lambda, not above and not below 0.
    words : str
        Where each step comes from.
    """

    title: str
    down: float
    up: float
    words: str

    @property
    def size(self) -> float:
        """The larger of both steps."""
        return max(-self.down, self.up)


def impacts(
    multiverse: Multiverse,
    *,
    mu_star_error: float = 0.02,
    slope: UFloat | float | None = None,
    pressure_error: float | None = None,
) -> tuple[Impact, ...]:
    """Return how far each cause of error moves the coupling constant, the largest first.

    Parameters
    ----------
    multiverse : Multiverse
        Of the curve. Each of its choices is moved alone from the paper's own path; what the
        data exclude, because more than scatter is left over, does not count.
    mu_star_error : float
        By so much mu* is moved to both sides.
    slope : UFloat or float, optional
        d lambda/dP, 1/GPa, of a series of pressures.
    pressure_error : float, optional
        Standard error of the pressure, GPa. Without both the impact of pressure is 0, and
        its words say why.

    Raises
    ------
    FitError
        If there is no lambda on the paper's own path.

    Notes
    -----
    Noise moves by one standard error of Theta_D and of T_c. Bars of different causes are no
    independent errors, and do not add up to one: for that the whole multiverse is there
    (`Multiverse.shares`).
    """
    row, lam = multiverse.paper, multiverse.values("coupling", possible=True)
    theta, tc = float(multiverse.theta_d[row]), float(multiverse.tc[row])
    base = float(multiverse.coupling[row])
    if not np.isfinite(base):
        why = multiverse.reason(row) or "no superconducting transition"
        raise FitError(f"{multiverse.name}: there is no lambda, and so no error to explain: {why}")
    at = dict(
        zip([choice.name for choice in multiverse.choices], multiverse.codes[row], strict=True)
    )
    options = {choice.name: choice.options[at[choice.name]] for choice in multiverse.choices}
    (formula, moment), mu = options["formula"].value, float(options["mu_star"].value)

    def again(theta: float = theta, tc: float = tc, mu: float = mu) -> float:
        with warnings.catch_warnings():  # said where lambda is quoted
            warnings.simplefilter("ignore", ValidityWarning)
            of = {"mu_star": mu, "formula": formula, "phonon_moment": moment}
            return float(coupling_constant(tc, theta_d=theta, **of))

    def both(title: str, symbol: str, error: float, name: str) -> Impact:
        unit = "" if name == "mu" else " K"
        start = {"theta": theta, "tc": tc, "mu": mu}[name]
        ends = {
            f"{symbol} {way * error:+.2g}{unit}": again(**{name: start + way * error})
            for way in (-1, 1)
        }
        return _moved(title, base, ends)

    results = [
        both("noise in Θ_D", "Θ_D", float(multiverse.theta_d_error[row]), "theta"),
        both("noise in T_c", "T_c", float(multiverse.tc_error[row]), "tc"),
        both("Coulomb pseudopotential", "μ*", mu_star_error, "mu"),
    ]
    for choice in multiverse.choices:
        if choice.name != "mu_star":
            values = {o.words: lam[multiverse.row(**{choice.name: o.name})] for o in choice.options}
            results.append(_moved(choice.title, base, values))
    by = 0.0 if slope is None else abs(nominal_value(slope) * (pressure_error or 0.0))
    words = f"lambda {by:+.2g} for {pressure_error:.2g} GPa" if by and pressure_error else NO_SERIES
    results.append(Impact("pressure" if by else "pressure (not known)", 0.0 - by, by, words))
    return tuple(sorted(results, key=lambda impact: -impact.size))


def _moved(title: str, base: float, ends: Mapping[str, float]) -> Impact:
    """Return an impact from what lambda is at the ends of a cause; NaN counts as excluded."""
    steps = {words: float(value) - base for words, value in ends.items() if np.isfinite(value)}
    steps_to = {"": 0.0, **steps}
    down, up = min(steps_to, key=steps_to.__getitem__), max(steps_to, key=steps_to.__getitem__)
    texts = [f"{words}: {steps_to[words]:+.2g}" for words in dict.fromkeys((down, up)) if words]
    if excluded := len(ends) - len(steps):
        texts.append(f"the data exclude {excluded} of {len(ends)}")
    return Impact(title, steps_to[down], steps_to[up], "; ".join(texts) or "no change")
