"""Say whether an answer is right, close, a usual slip, or wrong."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.errors import DataError, shown
from analysis.exercises.digests import Digests
from analysis.exercises.exercise import ADVICE, UNDO, Bins, Exercise, verdicts
from analysis.exercises.tables import exercise
from analysis.exercises.written import read_answer, says_celsius

MARKS = {"right": "✓", "close": "≈", "slip": "!", "wrong": "✗", "none": "…", "unread": "?"}
NO_ANSWER = "No answer yet: write your answer first."
FILE = "checks.json"  # of a student's folder


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer.

    Attributes
    ----------
    kind : str
        "right", "close", "slip", "wrong", "none" without an answer, or "unread" where nothing can
        be made of it.
    words : str
    """

    kind: str
    words: str

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.kind == "right"

    def __repr__(self) -> str:
        return f"{MARKS[self.kind]} {self.words}"


def check(key: str, value: object, *, folder: str | Path | None = None, **given: object) -> Verdict:
    """Say whether an answer is right, close, a usual slip, or wrong.

    Parameters
    ----------
    key : str
        Of the exercise, as its page has it: "debye-3"; of a personal set: "my-debye-temperature".
    value : object
        A number or what `analysis.exercises.written.read_answer` reads, such as "518 K"; `...`
        while there is no answer.
    folder : path, optional
        Where the personal set lies whose answer this is.
    **given
        What the page has as parameters, if they were changed.

    Raises
    ------
    DataError
        If there is no such exercise, or no personal set in that folder. What cannot be read as an
        answer ends no notebook: its verdict is "unread", and says why.

    Examples
    --------
    >>> from analysis.exercises import check
    >>> check("debye-1", "9000 K").kind
    'wrong'
    >>> check("debye-1", "420 GPa")
    ? 'GPa' is not a unit of this answer; allowed: K, kelvin, mK
    """
    if folder is not None:
        return _personal(Path(folder), key, value)
    asked = exercise(key)
    if _is_missing(value):
        return Verdict("none", NO_ANSWER)
    if asked.answer is None:
        return Verdict(
            "none",
            "This exercise has no single answer: the page of the project says how it is marked.",
        )
    known_verdicts = verdicts(asked, **given)
    return decide(asked, known_verdicts.bins, known_verdicts.known.get, value)


def decide(
    asked: Exercise,
    bins: Bins,
    of: Callable[[int], tuple[str, str] | None],
    value: object,
) -> Verdict:
    """Return the verdict on an answer.

    Parameters
    ----------
    asked : Exercise
        Of which its unit, options, hint and what to undo count.
    bins : Bins
    of : callable
        What a bin says, None if nothing is known of it.
    value : object
        The answer.
    """
    try:
        number = read_answer(asked, value)
    except DataError as refused:
        return Verdict("unread", str(refused))
    celsius = asked.unit == "K" and says_celsius(value)  # "c" may be what was chosen
    known_verdict = None if celsius else of(bins.number(number))
    if known_verdict is not None:
        return Verdict(*known_verdict)
    for name in asked.undo:
        for factor, more in UNDO[name]:
            undone = of(bins.number(number * factor + more))
            if undone is not None and undone[0] == "right":
                return Verdict("slip", ADVICE[name])
    return Verdict("slip", ADVICE["degrees Celsius"]) if celsius else Verdict("wrong", asked.hint)


def _is_missing(value: object) -> bool:
    return value is ... or (isinstance(value, str) and not value.strip())


def _personal(folder: Path, key: str, value: object) -> Verdict:
    file = folder / FILE
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        student, questions = str(content["student"]), dict(content["questions"])
    except OSError as error:
        raise DataError(
            f"{file}: no such file; a personal set has it unless its answers are handed in"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{file}: the file was changed and cannot be read; ask your lecturer for your set again"
        ) from error
    if key not in questions:
        raise DataError(
            f"{file}: there is no exercise {shown(key)}; its exercises are {', '.join(questions)}"
        )
    if _is_missing(value):
        return Verdict("none", NO_ANSWER)
    question = questions[key]
    asked = Exercise(
        key=key, title="", goals=(), level=2, points=0, answer=None, tolerance=0.0,
        hint=question["hint"], unit=question["unit"], undo=tuple(question["undo"]),
        options=tuple(question.get("options", ())),
    )  # fmt: skip
    digests = Digests.of_dict(key, question)
    verdict = decide(asked, digests.bins, digests.of, value)
    # Whose set it is: a neighbour's folder says "Right.", too.
    return replace(verdict, words=f"{verdict.words} (Set of {student}.)")
