"""Where a transition fit begins, read off the data, and the minimum that it leads to."""

import contextlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.errors import FitError
from analysis.numerics.least_squares import Minimum, Undetermined, minimise
from analysis.numerics.means import log_means
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drawn import as_drawn
from analysis.transport.drop import Drop, deepest_drop
from analysis.transport.laws import CONSTANT, LINE, Law
from analysis.transport.solve import Solution, bounded, solve
from analysis.transport.transition import SHAPE, TransitionModel
from analysis.transport.transition_read import below_top, crossings, rising
from analysis.typing import Floats

NORMAL_STATES = ("law", "line", "constant")
# T_90 - T_10 = 1.2187587 T_c F^(-2/3), the powers 2/3 of u at 10 % and 90 % apart; and u
# at 50 %.
_WIDTH, _HALF_DEPTH = 1.2187587, 1.2282199
# A normal state that ends before this many times the temperature at which it begins does not
# show how it curves.
_LEAST_SPAN = 1.3


def transition_drop(part: ResistanceCurve) -> Drop:
    """Return the drop of a curve, or say why there is none to fit.

    Raises
    ------
    FitError
    """
    t, r = part.temperature, part.resistance
    drop = deepest_drop(part)
    if drop is None:
        if _falls_from_the_end(t, r):
            raise FitError(
                f"{part.name}: the resistance drops, but the data show no normal state above the "
                f"drop: its onset lies at the edge of the window or beyond it ({t[-1]:g} K)"
            )
        raise FitError(
            f"{part.name}: no superconducting transition seen between {t[0]:g} and {t[-1]:g} K"
        )
    if (t >= drop.top).sum() < 5:
        raise FitError(
            f"{part.name}: only {(t >= drop.top).sum()} points above the onset near "
            f"{drop.top:.4g} K, too few to define the normal state"
        )
    return drop


def _falls_from_the_end(t: Floats, r: Floats) -> bool:
    """Tell whether the resistance falls from the warm end on more steeply than a metal's."""
    _, t, r = log_means(t, 0.02, r)
    if t.size < 3 or r[-1] <= 0:
        return False
    half = int((np.minimum.accumulate(r[::-1])[::-1] > r[-1] / 2).argmax())
    lowest = float(np.median(r[: max(1, half // 2)]))
    steepness = float(np.log(2) / np.log(t[-1] / t[max(half - 1, 0)]))
    return half > 0 and lowest < 0.5 * r[-1] and steepness > 6


class NormalState(NamedTuple):
    """What stands above a transition.

    Attributes
    ----------
    kind : str
        One of `NORMAL_STATES`.
    reason : str
        Why this one, in words.
    law : Law
    start : ndarray
        Its solver's parameters, with resistances in parts of the largest.
    """

    kind: str
    reason: str
    law: Law
    start: Floats


def normal_state_of(
    part: ResistanceCurve, top: float, normal: str | None, law: Law, n: float
) -> NormalState:
    """Return the normal state that is asked for, or the richest that the points determine."""
    above = part.between(top, np.inf)
    scale = float(part.resistance.max())
    t, r = above.temperature, above.resistance / scale
    if normal in (None, "law"):
        enough = t.size >= 20 and t[-1] > _LEAST_SPAN * t[0]
        start = _start_of(law, above, n) if normal or enough else None
        if start is None and normal == "law":
            raise FitError(
                f"{part.name}: the points above {top:.4g} K do not determine {law.title}"
            )
        model = law.at(t, part.temperature[-1], n)
        if start is not None and (normal or _bends(t, r, model.value(start), start.size)):
            reason = f"determined by {t.size} points from {t[0]:.4g} to {t[-1]:.4g} K"
            return NormalState(
                "law", f"{law.title}, {'as requested' if normal else reason}", law, start
            )
    slope, level = np.polyfit(t, r, 1)
    error = float(np.std(r - level - slope * t) / np.sqrt(((t - t.mean()) ** 2).sum()))
    kind = normal or ("line" if abs(slope) > 3 * error else "constant")
    why = f"too low for {law.title}" if t[-1] < 2 * top else f"but do not determine {law.title}"
    ends = f"the {t.size} points above {top:.4g} K end at {t[-1]:.4g} K, {why}"
    reason = f"a {kind}, as requested" if normal else f"a {kind}: {ends}"
    if kind == "line":
        return NormalState(kind, reason, LINE, np.array([level, slope]))
    return NormalState(kind, reason, CONSTANT, np.array([float(np.mean(r))]))


def _bends(t: Floats, r: Floats, fitted: Floats, parameters: int) -> bool:
    """Tell whether a law describes the normal state clearly better than a line."""
    straight = r - np.polyval(np.polyfit(t, r, 1), t)
    curved = r - fitted
    gain = float(straight @ straight) / max(float(curved @ curved), 1e-300) - 1
    # For two more parameters an F of 12 is beyond 0.1 % even for correlated scatter.
    return gain * (t.size - parameters) / (parameters - 2) > 12


def _start_of(law: Law, above: ResistanceCurve, n: float) -> Floats | None:
    """Return the law's inner parameters from the normal state, None if it is left open."""
    try:
        solution = solve(above, law, n=n)
    except FitError:
        return None
    first = law.first.name
    if solution.errors[first] > 0.5 * solution.values[first]:
        return None
    return solution.minimum.parameters


def plateau(part: ResistanceCurve, drop: Drop, onset: float) -> float:
    """Return the resistance of the coldest points as a part of that at the onset."""
    below = int((part.temperature <= drop.low).sum())
    cold = part.resistance[: min(max(5, below // 2), max(below, 1))]
    return float(np.median(cold)) / onset


def shape_guess(part: ResistanceCurve, drop: Drop, onset: float, *, low: float) -> Floats:
    """Return T_c,onset, F and the floor from where the points cross 10, 50 and 90 %."""
    levels = onset * (low + (1 - low) * np.array([0.1, 0.5, 0.9]))
    some = below_top(part, drop.top)
    t10, t50, t90 = crossings(some.temperature, rising(some), levels)
    width = max(t90 - t10, 1e-4 * t50)
    f = (_WIDTH * t50 / width) ** 1.5
    return np.array([t50 / max(1 - (_HALF_DEPTH / f) ** (2 / 3), 0.3), f, low])


# ----------------------------------------------------------------- from there to the fit


def solve_transition(
    part: ResistanceCurve,
    drop: Drop,
    onset: float,
    *,
    normal: str | None,
    floor: bool | None,
    law: Law,
    n: float,
) -> tuple[NormalState, TransitionModel, Solution, Solution]:
    """Return normal state and model, the fit with all free, and the one to keep, see `bounded`.

    Parameters
    ----------
    part : ResistanceCurve
    drop : Drop
    onset : float
        Resistance just above it, unit of the curve.
    normal, floor, law, n
        As in `analysis.fit_transition`.

    Raises
    ------
    FitError
        If no start leads to a minimum that means anything.
    """
    state = normal_state_of(part, drop.top, normal, law, n)
    model = TransitionModel(part.temperature, state.law, n)
    left = plateau(part, drop, onset)
    has_floor = left > 0.01 if floor is None else floor
    fitted = np.r_[state.law.free(()), True, True, has_floor]
    shape = shape_guess(part, drop, onset, low=left if has_floor else 0.0)
    free = _minimise(part, model, np.r_[state.start, shape], fitted)

    def again(held: set[str]) -> Solution:
        left = fitted & [name not in held for name in free.names]
        return _minimise(part, model, np.where(left, free.minimum.parameters, 0.0), left)

    kept = bounded(free, again)
    if floor is None and kept.values["floor"] < 0:
        return solve_transition(part, drop, onset, normal=normal, floor=False, law=law, n=n)
    return state, model, free, kept


def _minimise(
    part: ResistanceCurve, model: TransitionModel, start: Floats, fitted: NDArray[np.bool_]
) -> Solution:
    """Return the lowest minimum from several sharpnesses, each fitted alone first."""
    scale = float(part.resistance.max())
    measured = part.resistance / scale
    best: Minimum | None = None
    noise = part.scatter() / scale
    alone = fitted & (np.arange(fitted.size) >= model.size)
    theta = _determined(model.law, start, model.t_one)
    # First all at once; if more than scatter is left over, the shape first.
    for factor in (None, 1.0, 0.3, 3.0):
        guess = start.copy()
        guess[model.size + 1] *= factor or 1.0
        with contextlib.suppress(Undetermined):
            if factor is not None:
                guess = minimise(model, guess, measured, free=alone).parameters
        with contextlib.suppress(Undetermined):
            minimum = minimise(model, guess, measured, free=fitted)
            if not _sensible(part, model, minimum):
                continue
            squares = float(minimum.residuals @ minimum.residuals)
            if best is None or squares < 0.999 * float(best.residuals @ best.residuals):
                best = minimum
            moved = np.log(_determined(model.law, minimum.parameters, model.t_one) / theta)
            if (np.abs(moved) < 0.15).all() and squares < 2 * noise**2 * measured.size:
                break  # nothing but scatter is left over, and the normal state is as before
    if best is None:
        raise FitError(
            f"{part.name}: the joint fit of normal state and transition finds no solution between "
            f"{part.temperature[0]:g} and {part.temperature[-1]:g} K"
        )
    weights = np.ones_like(measured)
    solution = Solution(model.law, model.n, "uniform", best, scale, model.t_one, weights, SHAPE)
    return as_drawn(solution, part, model)


def _determined(law: Law, inner: Floats, t_one: float) -> Floats:
    """Return those parameters of the normal state that must be above 0: Theta_D of eq. 1."""
    return law.physical(inner[: len(law.names)], t_one)[0][law.limited("positive")]


def _sensible(part: ResistanceCurve, model: TransitionModel, minimum: Minimum) -> bool:
    onset, f, _ = minimum.parameters[model.size :]
    inside = part.temperature[0] < onset < part.temperature[-1]
    return bool(inside and f > 0 and model.law.possible(minimum.parameters[: model.size]))
