"""What an exercise is: its right value, how near counts, the usual slips, and the verdict.

An answer falls into one of many bins of equal width, of which one is right: the one that the
right value is the middle of. Its two neighbours are close. A published page can so hold digests
of bins in place of values (`digests`), and says the same as `check` does.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analysis.errors import FitError

# What a slip of notation does to an answer: words, and what turns the answer into the right one.
# None of these needs to be known beforehand, so none has a digest.
UNDO: Mapping[str, Sequence[tuple[float, float]]] = {
    "power of ten": [(10.0**k, 0.0) for k in (1, -1, 2, -2, 3, -3)],
    "degrees Celsius": [(1.0, 273.15)],
    "degrees for radians": [(math.pi / 180, 0.0)],
    "radians for degrees": [(180 / math.pi, 0.0)],
    "factor of two": [(2.0, 0.0), (0.5, 0.0)],
    "sign": [(-1.0, 0.0)],
}
ADVICE = {
    "power of ten": "The digits are right, but the power of ten is not: check the units.",
    "degrees Celsius": "This looks like degrees Celsius; the laws need kelvin.",
    "degrees for radians": "This looks like degrees; the equation needs radians.",
    "radians for degrees": "This looks like radians; the question asks for degrees.",
    "factor of two": "A factor of two is missing, or there is one too many: theta is half of "
    "2 theta, and a half width is half of a full width.",
    "sign": "The absolute value is right, but the sign is not.",
}


@dataclass(frozen=True)
class Slip:
    """A usual mistake.

    Attributes
    ----------
    name : str
        Such as "full width at half maximum for integral breadth".
    value : callable
        Returns what comes out; it takes what `Exercise.answer` takes.
    advice : str
        A sentence that says what to look at; it names no value.
    """

    name: str
    value: Callable[..., float]
    advice: str


@dataclass(frozen=True)
class Exercise:
    """A question with a number for an answer, or with one of a few sentences.

    Attributes
    ----------
    key : str
        Chapter and number: "debye-3".
    title : str
    goals : tuple of str
        Keys of the learning goals that it tests (`goals`).
    level : int
        1: read it off; 2: compute or fit it; 3: fit it and defend it; 4: a project.
    points : int
        What it is worth.
    answer : callable or None
        Returns the right value, in `unit`, by the package's own analysis. It may take, with
        defaults, what the page has as parameters. None: marked by a rubric.
    tolerance : float
        Answers up to this far off are right (in `unit`), those up to three times as far close.
    hint : str
        For an answer that is none of these; it names no value.
    unit : str
        Empty for a number without one.
    options : tuple of str
        The sentences to choose from, if the answer is one of them: it is the place, from 1.
    slips : tuple of Slip
        None may lie within three tolerances of the right value.
    undo : tuple of str
        Slips of `UNDO` that are looked for.
    """

    key: str
    title: str
    goals: tuple[str, ...]
    level: int
    points: int
    answer: Callable[..., float] | None
    tolerance: float
    hint: str
    unit: str = ""
    options: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()
    undo: tuple[str, ...] = ("power of ten",)

    @property
    def kind(self) -> str:
        """Return "choice" or "number"."""
        return "choice" if self.options else "number"


def choice(
    key: str,
    title: str,
    *,
    goals: tuple[str, ...],
    points: int,
    options: Sequence[tuple[str, str]],
    right: int,
    hint: str,
    level: int = 1,
) -> Exercise:
    """Return an exercise that asks for one of a few sentences.

    Parameters
    ----------
    key, title, goals, points, hint, level
        As of `Exercise`.
    options : sequence of (str, str)
        Each sentence, and what to say to who chooses it; empty for the right one.
    right : int
        The place of the right one, from 1.
    """

    def place(number: int) -> Callable[..., float]:
        return lambda **_: float(number)

    wrong = [(at, *option) for at, option in enumerate(options, 1) if at != right and option[1]]
    return Exercise(
        key=key,
        title=title,
        goals=goals,
        level=level,
        points=points,
        answer=place(right),
        tolerance=0.5,
        hint=hint,
        options=tuple(text for text, _ in options),
        slips=tuple(Slip(text, place(at), advice) for at, text, advice in wrong),
        undo=(),
    )


# ---------------------------------------------------------------------------- bins


@dataclass(frozen=True)
class Bins:
    """Intervals of one width, side by side; `number` says in which one a value lies."""

    start: float
    width: float

    def number(self, value: float) -> int:
        """Return the number of the bin of a value."""
        return math.floor((value - self.start) / self.width)


@dataclass(frozen=True)
class Verdicts:
    """What the bins of an exercise say.

    Attributes
    ----------
    bins : Bins
    known : dict of int to (str, str)
        Of some bins: "right", "close" or "slip", and the words.
    """

    bins: Bins
    known: Mapping[int, tuple[str, str]]


RIGHT = "Right."
CLOSE = (
    "Close, but not within the limit. Check the window, the weights, a saturation, the reading of "
    "the figure and the rounding."
)


def verdicts(exercise: Exercise, **given: object) -> Verdicts:
    """Return which bins of an exercise are right, close, or those of a slip.

    Parameters
    ----------
    exercise : Exercise
    **given
        What its page has as parameters, if not as published.

    Raises
    ------
    ValueError
        If there is no single answer, or a slip cannot be told from the right value.
    """
    if exercise.answer is None:
        raise ValueError(f"{exercise.key} has no single answer")
    right = float(exercise.answer(**given))
    width = 2 * exercise.tolerance
    # The right value is the middle of its bin; the others follow.
    bins = Bins((right - exercise.tolerance) % width, width)
    middle = bins.number(right)
    verdict_of_bin = {middle: ("right", RIGHT)}
    if not exercise.options:
        verdict_of_bin |= dict.fromkeys((middle - 1, middle + 1), ("close", CLOSE))
    known_answers = []
    reach, nearest = (0.0, 1) if exercise.options else (exercise.tolerance, 2)
    for slip in exercise.slips:
        try:
            value = float(slip.value(**given))
        except FitError:
            continue  # nobody ends there
        ends = {bins.number(value - reach), bins.number(value + reach)}
        if all(abs(number - middle) >= nearest for number in ends):
            known_answers.append((slip, value, ends))
        elif not given:  # of other data it may happen; the slip is then not looked for
            raise ValueError(f"{exercise.key}: {slip.name!r} lies where answers are right or close")
    # Where two slips are neighbours, a bin is that of the one whose value lies in it.
    verdict_of_bin |= {
        bins.number(value): ("slip", slip.advice) for slip, value, _ in reversed(known_answers)
    }
    for slip, _, ends in known_answers:
        for number in ends:
            verdict_of_bin.setdefault(number, ("slip", slip.advice))
    return Verdicts(bins, verdict_of_bin)
