"""Which fits the combinations of choices for a curve need, and where each outcome belongs."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from analysis.choices.refits import Chain, Outcome, Transition
from analysis.choices.resistance_choices import MOST_POINTS, moved
from analysis.choices.space import Choice
from analysis.transport.curve import ResistanceCurve
from analysis.transport.rivals import rival_named
from analysis.transport.window import thinned


class Plan:
    """The fits behind choices.

    Parameters
    ----------
    curve : ResistanceCurve
    of_fit : sequence of Choice
        Edges of the window, law, weighting and thermometer.
    criteria : sequence
        At which T_c is wanted, as `Transition` takes them; none without a transition.

    Attributes
    ----------
    curves : tuple of ResistanceCurve
        At the temperatures of each option of the thermometer.
    tasks : list of Chain and Transition
        Two rivals that differ in the parallel resistor alone share a chain.
    """

    def __init__(
        self, curve: ResistanceCurve, of_fit: Sequence[Choice], criteria: Sequence[Any]
    ) -> None:
        low, high, law, weighting, thermometer = (choice.options for choice in of_fit)
        self.curves = tuple(thinned(moved(curve, one), MOST_POINTS) for one in thermometer)
        self._shape = tuple(len(choice.options) for choice in of_fit)
        self._criteria = len(criteria)
        rivals = [rival_named(option.value) for option in law]
        self._rivals: dict[tuple[str, float], list[int]] = defaultdict(list)
        for place, rival in enumerate(rivals):
            self._rivals[rival.law, rival.n].append(place)
        self.tasks: list[Chain | Transition] = []
        self._places: list[tuple[Any, ...]] = []
        for at, h, w in product(range(len(thermometer)), range(len(high)), range(len(weighting))):
            # The same points, wherever the thermometer puts them.
            edges = np.array([*(one.value for one in low), high[h].value])
            *lows, top = np.interp(
                edges, self.curves[0].temperature, self.curves[at].temperature
            ).tolist()
            for (name, n), own in self._rivals.items():
                with_or_without = tuple(rivals[place].saturation for place in own)
                weights = weighting[w].value
                self.tasks.append(Chain(at, tuple(lows), top, name, n, weights, with_or_without))
                self._places.append((h, own, w, at))
        for at, (name, n) in product(range(len(thermometer)), self._rivals if criteria else ()):
            self.tasks.append(Transition(at, name, n, tuple(criteria)))

    def sorted(self, outcomes: Sequence[Any]) -> tuple[tuple[Outcome, ...], tuple[Outcome, ...]]:
        """Return the outcomes of the tasks as those of fits and of transitions.

        Fits in the order of `all_codes`; T_c by law, thermometer and criterion, likewise.
        """
        fits = [Outcome()] * int(np.prod(self._shape))
        for (h, own, w, at), of_chain in zip(self._places, outcomes, strict=False):
            for a, of_window in enumerate(of_chain):
                for place, outcome in zip(own, of_window, strict=True):
                    fits[np.ravel_multi_index((a, h, place, w, at), self._shape)] = outcome
        size = len(self.curves) * self._criteria
        by_law = [list[Outcome]() for _ in range(self._shape[2] if size else 0)]
        rest = iter(outcomes[len(self._places) :])
        for _ in self.curves if size else ():
            for own in self._rivals.values():
                of_transition = next(rest)
                for place in own:
                    by_law[place] += of_transition
        return tuple(fits), tuple(outcome for row in by_law for outcome in row)
