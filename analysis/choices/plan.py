"""The fits that the combinations of choices for a curve need, and the place of each outcome."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import product

import numpy as np

from analysis.choices.refits import Chain, Outcome, Transition
from analysis.choices.resistance_choices import MOST_POINTS, moved
from analysis.choices.space import Choice
from analysis.transport.curve import ResistanceCurve
from analysis.transport.rivals import rival_named
from analysis.transport.window import thinned


def plan(
    curve: ResistanceCurve, choices: Sequence[Choice]
) -> tuple[tuple[ResistanceCurve, ...], list[Chain], list[Transition]]:
    """Return the curve at the temperatures of each thermometer, and what is to be fitted to it.

    Rivals that differ in the parallel resistor alone share a chain.
    """
    low, high, law, weighting, thermometer = (choice.options for choice in choices[:5])
    curves = tuple(thinned(moved(curve, option), MOST_POINTS) for option in thermometer)
    places = _numbered(low, high, law, weighting, thermometer)
    rivals = defaultdict(list)
    for place, option in enumerate(law):
        rival = rival_named(option.value)
        rivals[rival.law, rival.n].append((place, rival.saturation))
    chains = []
    for at, h, w in product(range(len(thermometer)), range(len(high)), range(len(weighting))):
        # The same points, wherever the thermometer puts them.
        edges = [*(option.value for option in low), high[h].value]
        *lows, top = np.interp(edges, curves[0].temperature, curves[at].temperature).tolist()
        for (name, n), group in rivals.items():
            own, saturations = zip(*group, strict=True)
            into = places[:, h, own, w, at].ravel().tolist()
            chain = Chain(into, at, tuple(lows), top, name, n, weighting[w].value, saturations)
            chains.append(chain)
    transitions = []
    if len(choices) > len(places.shape):
        criteria = choices[len(places.shape)].options
        places = _numbered(law, thermometer, criteria)
        wanted = tuple(option.value for option in criteria)
        for at, ((name, n), group) in product(range(len(thermometer)), rivals.items()):
            into = places[[place for place, _ in group], at].ravel().tolist()
            transitions.append(Transition(into, at, name, n, wanted))
    return curves, chains, transitions


def table(
    tasks: Sequence[Chain | Transition], outcomes: Sequence[Sequence[Outcome]]
) -> tuple[Outcome, ...]:
    """Return the outcomes of tasks, each at its place."""
    by_place: dict[int, Outcome] = {}
    for task, of_task in zip(tasks, outcomes, strict=False):
        by_place |= dict(zip(task.places, of_task, strict=True))
    return tuple(by_place[place] for place in range(len(by_place)))


def _numbered(*options: Sequence[object]) -> "np.ndarray[tuple[int, ...], np.dtype[np.intp]]":
    sizes = [len(some) for some in options]
    return np.arange(np.prod(sizes)).reshape(sizes)
