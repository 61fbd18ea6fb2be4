"""The fits behind every combination of choices: what a worker does."""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.errors import FitError, attempt
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drop import deepest_drop
from analysis.transport.laws import law_named
from analysis.transport.misfit import Misfit
from analysis.transport.solve import Solution, bounded, solve
from analysis.transport.transition_fit import TransitionFit, fit_transition
from analysis.transport.transition_read import steepest
from analysis.transport.transition_result import Quoted, TransitionReading

# Zero is where the resistance is lost in so many standard deviations of its scatter; not where
# that is more than this part of the resistance at the onset, nor less than this one.
_LOST, _NO_ZERO, _LEAST_ZERO = 3.0, 0.05, 1e-3


class Outcome(NamedTuple):
    """What one combination gave.

    Attributes
    ----------
    value, error : float
        NaN where there is none.
    described : bool
        Whether nothing but scatter is left over.
    reason : str
        Why there is none; "" where there is.
    parameters : tuple of float
        All of the law, in its order and the unit of the curve.
    """

    value: float = np.nan
    error: float = np.nan
    described: bool = True
    reason: str = ""
    parameters: tuple[float, ...] = ()


class Chain(NamedTuple):
    """Fits of one law to windows with one upper edge, each begun where the last one ended.

    Attributes
    ----------
    curve : int
        Place among the curves.
    lows : tuple of float
        Lower edges, K.
    high : float
    law, n, weighting
        As in `solve`.
    saturations : tuple of bool
        With or without the parallel resistor, or both.
    """

    curve: int
    lows: tuple[float, ...]
    high: float
    law: str
    n: float
    weighting: str
    saturations: tuple[bool, ...]

    def run(self, curves: Sequence[ResistanceCurve]) -> list[list[Outcome]]:
        """Return the outcome for each lower edge, with each of `saturations`."""
        law, whole = law_named(self.law), curves[self.curve]
        near: dict[Any, Solution | None] = {}
        found = []
        for low in self.lows:
            part, outcomes = whole.between(low, self.high), list[Outcome]()

            def again(
                held: set[str],
                part: ResistanceCurve = part,
                free: Solution | None = None,
            ) -> Solution:
                key = frozenset(held)
                near[key] = solve(
                    part,
                    law,
                    n=self.n,
                    weighting=self.weighting,
                    start=free,
                    held=held,
                    near=near.get(key),
                )
                return near[key]  # type: ignore[return-value]

            free, why = attempt(lambda: again(set()))
            for saturation in self.saturations:
                if free is None:
                    outcomes.append(Outcome(reason=why or ""))
                    continue
                held = set() if saturation else {"g_sat"} & set(law.names)
                kept, other = attempt(
                    lambda held=held, free=free, part=part: bounded(
                        free, lambda names: again(names, part, free), held
                    )
                )
                outcomes.append(_outcome(part, kept) if kept else Outcome(reason=other or ""))
            found.append(outcomes)
        return found


def _outcome(part: ResistanceCurve, kept: Solution) -> Outcome:
    name = kept.law.first.name
    value, error = kept.values[name], kept.errors[name]
    parameters = tuple(kept.values[one] for one in kept.law.names)
    if not error <= value:
        title = kept.law.first.title
        return Outcome(reason=f"the points leave the {title} open ({value:.0f} +- {error:.0f} K)")
    return Outcome(value, error, Misfit(part, kept).described_broadly, "", parameters)


class Transition(NamedTuple):
    """T_c of one curve at all criteria, with one law above it.

    Attributes
    ----------
    curve : int
        Place among the curves.
    law, n
        As in `fit_transition`.
    criteria : tuple
        Parts of the resistance at the onset, or "onset", "zero", "steepest".
    """

    curve: int
    law: str
    n: float
    criteria: tuple[Any, ...]

    def run(self, curves: Sequence[ResistanceCurve]) -> list[Outcome]:
        """Return T_c at each criterion."""
        curve = curves[self.curve]
        found, why = attempt(lambda: fit_transition(curve, law=self.law, n=self.n))
        if found is None:
            return [Outcome(reason=why or "") for _ in self.criteria]
        outcomes = []
        for criterion in self.criteria:
            tc, why = attempt(lambda criterion=criterion: _tc(found, criterion))
            outcomes.append(_of_quoted(tc) if tc else Outcome(reason=why or ""))
        return outcomes


def _tc(found: TransitionFit | TransitionReading, criterion: float | str) -> Quoted:
    """Return T_c at a criterion that is a number or a word."""
    if criterion == "onset":
        return found.onset
    part, r_onset = found.part, float(found.r_onset.n)
    if criterion == "steepest":
        drop = deepest_drop(part)
        if drop is None:
            raise FitError(f"{part.name}: no drop whose steepest place could be found")
        value, error = steepest(part, drop)
        return Quoted(interval=(value - error, value + error))
    if criterion == "zero":
        criterion = max(_LOST * part.scatter() / r_onset, _LEAST_ZERO)
        if criterion > _NO_ZERO:
            raise FitError(
                f"{part.name}: zero cannot be told from {100 * criterion:.2g} % of the resistance "
                "at the onset: the points scatter too much"
            )
    if isinstance(found, TransitionFit):
        return found.quoted(float(criterion))
    at = found.at_criterion(float(criterion), 0.13, "advanced")
    if at.tc.interval is None:
        raise FitError(at.warnings[0])
    return at.tc


def _of_quoted(tc: Quoted) -> Outcome:
    if tc.value is not None:
        return Outcome(float(tc.value.n), float(tc.value.s))
    if tc.interval is None:
        return Outcome(reason="T_c is not known")
    low, high = tc.interval
    return Outcome((low + high) / 2, (high - low) / 2)


def run(curves: Sequence[ResistanceCurve], task: Chain | Transition) -> Any:
    """Return what a task finds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return task.run(curves)
