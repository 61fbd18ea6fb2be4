"""The fits behind every combination of choices: what a worker does."""

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from analysis.errors import FitError, attempt
from analysis.numerics.uncertainty import student
from analysis.transport.curve import ResistanceCurve
from analysis.transport.laws import law_named
from analysis.transport.misfit import Misfit
from analysis.transport.solve import Solution, bounded, solve
from analysis.transport.transition_fit import TransitionFit, fit_transition
from analysis.transport.transition_read import steepest
from analysis.transport.transition_result import TransitionReading

# Zero is where the resistance is lost in so many standard deviations of its scatter; not where
# that is more than this part of the resistance at the onset, nor less than this one.
_LOST, _NO_ZERO, _LEAST_ZERO = 3.0, 0.05, 1e-3


class Outcome(NamedTuple):
    """The result of a single combination.

    Attributes
    ----------
    value, error : float or None
        None where there is none.
    described : bool
        Whether the residuals are nothing but scatter, and R(T = 0) is not below zero.
    reason : str
        Why there is no value; "" where there is one.
    parameters : tuple of float
        All of the law, in its order and the unit of the curve.
    """

    value: float | None = None
    error: float | None = None
    described: bool = True
    reason: str = ""
    parameters: tuple[float, ...] = ()


class Chain(NamedTuple):
    """Fits of one law to windows with one upper edge, each begun where the last one ended.

    Attributes
    ----------
    places : sequence of int
        Where each outcome belongs in the table of fits: by lower edge, then by saturation.
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

    places: Sequence[int]
    curve: int
    lows: tuple[float, ...]
    high: float
    law: str
    n: float
    weighting: str
    saturations: tuple[bool, ...]

    def run(self, curves: Sequence[ResistanceCurve]) -> list[Outcome]:
        """Return the outcome for each lower edge, with each of `saturations`."""
        whole, fits = curves[self.curve], _Fits(self)
        return [outcome for low in self.lows for outcome in fits.of(whole.between(low, self.high))]


class _Fits:
    """Fits of a chain, each begun where the last one with the same parameters held ended."""

    def __init__(self, chain: Chain) -> None:
        self.law, self.saturations = law_named(chain.law), chain.saturations
        self.choices: dict[str, Any] = {"n": chain.n, "weighting": chain.weighting}
        self.near: dict[frozenset[str], Solution] = {}

    def of(self, part: ResistanceCurve) -> list[Outcome]:
        """Return the outcomes for the points of a window."""
        free, why = attempt(lambda: self._solved(part, set(), None))
        if free is None:
            return [Outcome(reason=why or "")] * len(self.saturations)
        return [self._outcome(part, free, saturation) for saturation in self.saturations]

    def _outcome(self, part: ResistanceCurve, free: Solution, saturation: bool) -> Outcome:
        held = set() if saturation else {"g_sat"} & set(self.law.names)
        kept, why = attempt(
            lambda: bounded(free, lambda held: self._solved(part, held, free), held)
        )
        return Outcome(reason=why or "") if kept is None else _outcome(part, kept)

    def _solved(self, part: ResistanceCurve, held: set[str], start: Solution | None) -> Solution:
        key = frozenset(held)
        near = self.near.get(key)
        solution = solve(part, self.law, start=start, held=held, near=near, **self.choices)
        self.near[key] = solution
        return solution


def _outcome(part: ResistanceCurve, kept: Solution) -> Outcome:
    name = kept.law.first.name
    value, error = kept.values[name], kept.errors[name]
    parameters = tuple(map(kept.values.__getitem__, kept.law.names))
    if not error <= value:
        title = kept.law.first.title
        estimate = f"{value:.0f} +- {error:.0f} K"
        return Outcome(reason=f"the points do not determine the {title} ({estimate})")
    described = kept.doubted is None and Misfit(part, kept).described_broadly
    return Outcome(value, error, described, "", parameters)


class Transition(NamedTuple):
    """T_c of one curve at all criteria, with one law above it.

    Attributes
    ----------
    places : sequence of int
        Where the outcomes belong in the table of transitions, those of each rival in turn.
    curve : int
        Place among the curves.
    law, n
        As in `fit_transition`.
    criteria : tuple
        Parts of the resistance at the onset, or "onset", "zero", "steepest".
    """

    places: Sequence[int]
    curve: int
    law: str
    n: float
    criteria: tuple[Any, ...]

    def run(self, curves: Sequence[ResistanceCurve]) -> list[Outcome]:
        """Return T_c at each criterion, as often as there are rivals with this law."""
        curve = curves[self.curve]
        transition, why = attempt(lambda: fit_transition(curve, law=self.law, n=self.n))
        outcomes = []
        for criterion in self.criteria:
            tc = None
            if transition is not None:
                tc, why = attempt(partial(_tc, transition, criterion))
            outcomes.append(Outcome(reason=why or "") if tc is None else Outcome(*tc))
        return outcomes * (len(self.places) // len(outcomes))


def _tc(
    transition: TransitionFit | TransitionReading, criterion: float | str
) -> tuple[float, float]:
    """Return T_c and its error at a criterion that is a number or a word."""
    part, r_onset = transition.part, float(transition.r_onset.n)
    if criterion == "steepest":
        return steepest(part, transition.drop)
    if criterion == "zero":
        criterion = max(_LOST * part.scatter() / r_onset, _LEAST_ZERO)
        if criterion > _NO_ZERO:
            raise FitError(
                f"{part.name}: zero cannot be distinguished from {100 * criterion:.2g} % of the "
                "resistance at the onset: the points scatter too much"
            )
    if criterion == "onset":
        tc = transition.onset
    elif isinstance(transition, TransitionFit):
        tc = transition.quoted(float(criterion))
    else:
        tc = transition.at_criterion(float(criterion), 0.0, "advanced").tc
    if tc.value is not None:
        return float(tc.value.n), float(tc.value.s)
    if tc.interval is None:
        raise FitError(f"{part.name}: no T_c at the criterion {criterion}")
    low, high = tc.interval
    return (low + high) / 2, (high - low) / 2 / student(0.95, np.inf)


def run(curves: Sequence[ResistanceCurve], task: Chain | Transition) -> list[Outcome]:
    """Return what a task finds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return task.run(curves)
