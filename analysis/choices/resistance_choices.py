"""The choices between a resistance curve and the coupling constant, for one curve."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.choices.space import Choice, Option
from analysis.errors import AnalysisError, attempt
from analysis.transport.coupling import DEBYE_LIKE
from analysis.transport.curve import ResistanceCurve
from analysis.transport.lag import delayed, lag_of
from analysis.transport.laws import law_named
from analysis.transport.rivals import rival_named
from analysis.transport.solve import WEIGHTINGS
from analysis.transport.window import thinned, usable_range
from analysis.typing import Floats

# Means over neighbours stand for more points than these.
MOST_POINTS = 600
# Of the usable range, the parts that are left out below and above.
LOWS = (0.0, 0.05, 0.10, 0.15, 0.20, 0.25)
HIGHS = (0.0, 0.05, 0.10, 0.15)
# Rival laws with a Debye temperature. With an Einstein term beside it the window of a normal
# state leaves it open: who wants that asks for it.
LAWS = tuple(
    name + resistor
    for name in ("n5", "n3", "n2", "n-free", "n5+T2", "n5+T")
    for resistor in ("", "-alone")
)
# What a thermometer beside the sample may be off by, where no times tell of a lag: so many K,
# but no larger part of the lowest temperature of the window than this.
SHIFT, MOST_SHIFTED = 0.5, 0.01
CRITERIA = (0.9, 0.5, 0.1, 0.05, 0.01)
MOMENTS = (DEBYE_LIKE, 0.779, 1.0)
MU_STARS = (0.10, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16)
_WEIGHTED = {
    "uniform": "the same error for every point",
    "relative": "errors in proportion to the resistance",
    "per-kelvin": "the same weight for every kelvin",
}


def choices_of(
    curve: ResistanceCurve,
    laws: Sequence[str],
    lows: Sequence[float],
    highs: Sequence[float],
    quoted: tuple[float, float] | None,
) -> tuple[Choice, ...]:
    """Return the choices that the normal state of a curve leaves open.

    Parameters
    ----------
    curve : ResistanceCurve
    laws : sequence of str
        Names of rivals (`analysis.transport.rivals`).
    lows, highs : sequence of float
        Parts of the usable range that are left out below and above.
    quoted : (low, high) or None
        The window (K) of the fit that is quoted: its edges are among the options.

    Returns
    -------
    tuple of Choice
        Edges of the window: of the usable range (above a superconducting drop) without such
        parts, each moved inwards to a point. Thermometer: a constant lag where the times of
        the points are known: none, the one that the data like best, and half of it. Where
        they are not, one that is 0.5 K off (1 % if that is less), which is what a lag in a
        steady sweep amounts to. Nothing for recommended values and formulas.

    Raises
    ------
    AnalysisError
        If a law has no such name or no Debye temperature, or parts leave nothing of the range.
    """
    if not (laws and lows and highs) or min(*lows, *highs) < 0 or max(lows) + max(highs) >= 1:
        raise AnalysisError(
            "a multiverse needs laws, and the parts of the range that windows leave out below and "
            "above: each at least 0, together below 1"
        )
    laws = tuple(dict.fromkeys(laws))
    t, usable = thinned(curve, MOST_POINTS).temperature, usable_range(curve)
    span = usable.high - usable.low
    low, high = quoted or (usable.low, usable.high)
    slack = 1e-9 * span
    first = np.searchsorted(t, [*(usable.low + part * span - slack for part in lows), low - slack])
    last = np.searchsorted(
        t, [*(usable.high - part * span + slack for part in highs), high + slack], "right"
    )
    laws_of, paper = tuple(map(_law, laws)), laws.index("n5") if "n5" in laws else 0
    edges = (_edges(t, first), _edges(t, last - 1)[::-1])
    low_place, high_place = (
        int(np.argmin([abs(option.value - edge) for option in options]))
        for options, edge in zip(edges, (low, high), strict=True)
    )
    weightings = tuple(Option(name, _WEIGHTED[name], name) for name in WEIGHTINGS)
    thermometers = _thermometers(curve, (low, high))
    return (
        Choice("low", "lower edge of the window", edges[0], taste=False, own=low_place),
        Choice("high", "upper edge of the window", edges[1], taste=False, own=high_place),
        Choice("law", "law of R(T)", laws_of, taste=False, own=paper),
        Choice("weighting", "weights of the points", weightings),
        Choice("thermometer", "error of the thermometer", thermometers, taste=False),
    )


def transition_choices() -> tuple[Choice, ...]:
    """Return the choices from a transition to lambda."""
    parts = [Option(f"{c:g}", f"at {100 * c:g} % of the onset resistance", c) for c in CRITERIA]
    criteria = (
        *parts,
        Option("onset", "at the onset", "onset"),
        Option("zero", "where the resistance vanishes in its scatter", "zero"),
        Option("steepest", "where dR/dT is largest", "steepest"),
    )
    formulas = [
        Option("advanced", "the advanced McMillan formula", ("advanced", None)),
        Option("mcmillan", "McMillan's formula", ("mcmillan", None)),
    ]
    for moment in MOMENTS:
        words = f"the Allen-Dynes formula with ω_log = {moment:.3g} Θ_D"
        formulas.append(Option(f"allen-dynes-{moment:.3g}", words, ("allen-dynes", moment)))
    mu_stars = tuple(Option(f"{mu:.2f}", f"{mu:.2f}", mu) for mu in MU_STARS)
    return (
        Choice("criterion", "criterion of T_c", criteria, own=CRITERIA.index(0.05)),
        Choice("formula", "formula for lambda", tuple(formulas)),
        Choice("mu_star", "Coulomb pseudopotential", mu_stars, own=MU_STARS.index(0.13)),
    )


def moved(curve: ResistanceCurve, option: Option) -> ResistanceCurve:
    """Return a curve at the temperatures that an error of the thermometer leaves."""
    kind, by = option.value
    if not by:
        return curve
    if kind == "lag":
        return delayed(curve, by)
    return replace(curve, temperature=curve.temperature + by)


def _law(name: str) -> Option:
    rival = rival_named(name)
    if law_named(rival.law).first.name != "theta_d":
        raise AnalysisError(f"{rival.title} has no Debye temperature: leave {name} out")
    return Option(name, rival.title, name)


def _edges(t: Floats, places: NDArray[np.intp]) -> tuple[Option, ...]:
    """Return the temperatures of points, each once, in ascending order."""
    edges = np.unique(t[np.clip(places, 0, t.size - 1)]).tolist()
    return tuple(Option(f"{edge:.5g}", f"{edge:.4g} K", edge) for edge in edges)


def _thermometers(curve: ResistanceCurve, window: tuple[float, float]) -> tuple[Option, ...]:
    options = [Option("0", "as measured", ("shift", 0.0))]
    if curve.origin in ("recommended", "formula"):
        return tuple(options)
    lag = None if curve.time is None else attempt(lambda: lag_of(curve, window))[0]
    if lag is not None and lag.tau:
        taus = (float(f"{part * lag.tau:.2g}") for part in (0.5, 1.0))
        lags = (Option(f"{tau:g} s", f"a lag of {tau:g} s", ("lag", tau)) for tau in taus)
        return (*options, *lags)
    shift = float(f"{min(SHIFT, MOST_SHIFTED * window[0]):.2g}")
    off = (Option(f"{by:+g} K", f"{by:+g} K off", ("shift", by)) for by in (-shift, shift))
    return (*options, *off)
