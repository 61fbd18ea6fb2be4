"""What can be chosen between a resistance curve and the coupling constant, for one curve."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.choices.space import Choice, Option
from analysis.errors import attempt
from analysis.transport.coupling import DEBYE_LIKE
from analysis.transport.curve import ResistanceCurve
from analysis.transport.lag import delayed, lag_of
from analysis.transport.rivals import rival_named
from analysis.transport.solve import WEIGHTINGS
from analysis.transport.window import thinned, usable_range
from analysis.typing import Floats

# Of the usable range, the parts that are left out below and above.
LOWS = (0.0, 0.04, 0.08, 0.12, 0.16, 0.20, 0.24, 0.28)
HIGHS = (0.0, 0.05, 0.10, 0.15, 0.20)
# What a thermometer beside the sample may be off by, where no times tell of a lag, K.
SHIFT = 0.5
CRITERIA = (0.9, 0.5, 0.1, 0.05, 0.01)
MOMENTS = (DEBYE_LIKE, 0.779, 1.0)
MU_STARS = (0.10, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16)
# The paper's own.
PAPER = {
    "law": "n5",
    "weighting": "uniform",
    "thermometer": "0",
    "criterion": "0.05",
    "formula": "advanced",
    "mu_star": "0.13",
}
_WEIGHTED = {
    "uniform": "the same error for every point",
    "relative": "errors in proportion to the resistance",
    "per-kelvin": "the same weight for every kelvin",
}


def choices_of(
    curve: ResistanceCurve, laws: Sequence[str], quoted: tuple[float, float] | None
) -> tuple[Choice, ...]:
    """Return the choices that a curve leaves open.

    Parameters
    ----------
    curve : ResistanceCurve
    laws : sequence of str
        Names of rivals (`analysis.transport.rivals`).
    quoted : (low, high) or None
        The window (K) of the fit that is quoted: its edges are among the options.

    Returns
    -------
    tuple of Choice
        Edges of the window: the usable range (above a superconducting drop) without 0 to
        28 % of it below and 0 to 20 % above, each moved to the next point. Thermometer: a
        constant lag where the times of the points are known: none, the one that the data
        like best, and half of it; where they are not, a thermometer that is 0.5 K off, which
        a lag in a steady sweep amounts to; nothing for recommended values and formulas.
    """
    t, usable = thinned(curve).temperature, usable_range(curve)
    span = usable.high - usable.low
    low, high = quoted or (usable.low, usable.high)
    lows = _points(t, [usable.low + part * span for part in LOWS] + [low], "left")
    highs = _points(t, [usable.high - part * span for part in HIGHS] + [high], "right")
    rivals = [rival_named(name) for name in laws]
    weightings = [Option(name, _WEIGHTED[name], name) for name in WEIGHTINGS]
    return (
        Choice("low", "lower edge of the window", _edges(lows), taste=False),
        Choice("high", "upper edge of the window", _edges(highs[::-1]), taste=False),
        Choice(
            "law",
            "law of R(T)",
            tuple(Option(one.name, one.title, one.name) for one in rivals),
            taste=False,
        ),
        Choice("weighting", "weights of the points", tuple(weightings)),
        Choice("thermometer", "error of the thermometer", _thermometers(curve, (low, high)), False),
    )


def transition_choices() -> tuple[Choice, ...]:
    """Return the choices from a transition to lambda."""
    criteria = [
        Option("onset", "at the onset", "onset"),
        *(Option(f"{c:g}", f"at {100 * c:g} % of the onset resistance", c) for c in CRITERIA),
        Option("zero", "where the resistance is lost in its scatter", "zero"),
        Option("steepest", "where dR/dT is largest", "steepest"),
    ]
    formulas = [
        Option("advanced", "the advanced McMillan formula", ("advanced", None)),
        Option("mcmillan", "McMillan's formula", ("mcmillan", None)),
        *(
            Option(
                f"allen-dynes-{moment:.3g}",
                f"the Allen-Dynes formula with ω_log = {moment:.3g} Θ_D",
                ("allen-dynes", moment),
            )
            for moment in MOMENTS
        ),
    ]
    mu_stars = [Option(f"{mu:.2f}", f"{mu:.2f}", mu) for mu in MU_STARS]
    return (
        Choice("criterion", "criterion of T_c", tuple(criteria)),
        Choice("formula", "formula for lambda", tuple(formulas)),
        Choice("mu_star", "Coulomb pseudopotential", tuple(mu_stars)),
    )


def moved(curve: ResistanceCurve, option: Option) -> ResistanceCurve:
    """Return a curve at the temperatures that an error of the thermometer leaves."""
    kind, by = option.value
    if not by:
        return curve
    if kind == "lag":
        return delayed(curve, by)
    return replace(curve, temperature=curve.temperature + by)


def _points(t: Floats, wanted: list[float], side: str) -> list[float]:
    """Return the points at edges, or next inside; each once."""
    slack = 1e-9 * float(t[-1])
    if side == "left":
        places = np.searchsorted(t, np.array(wanted) - slack)
    else:
        places = np.searchsorted(t, np.array(wanted) + slack, side="right") - 1
    return np.unique(t[np.clip(places, 0, t.size - 1)]).tolist()


def _edges(edges: list[float]) -> tuple[Option, ...]:
    return tuple(Option(f"{edge:.5g}", f"{edge:.4g} K", edge) for edge in edges)


def _thermometers(curve: ResistanceCurve, window: tuple[float, float]) -> tuple[Option, ...]:
    none = Option("0", "as measured", ("shift", 0.0))
    if curve.origin in ("recommended", "formula"):
        return (none,)
    lag = None if curve.time is None else attempt(lambda: lag_of(thinned(curve), window))[0]
    if lag is None or not lag.tau:
        return (
            none,
            *(Option(f"{by:+g} K", f"{by:+g} K off", ("shift", by)) for by in (-SHIFT, SHIFT)),
        )
    taus = (float(f"{lag.tau / 2:.2g}"), float(f"{lag.tau:.2g}"))
    return (none, *(Option(f"{tau:g} s", f"a lag of {tau:g} s", ("lag", tau)) for tau in taus))
