"""Choices that a page and its address hold, and the controls that make them.

A choice has the name of the command line's option. In an address it is text; a page may also give
a number, a truth, or a pair of numbers. What is not chosen is "".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis.errors import DataError, shown

Control = dict[str, Any]
# So many options a page can show.
MOST_OPTIONS = 100


def texts(choices: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Return those choices of these names that are made, as text.

    Examples
    --------
    >>> texts({"window": [80, 290.5], "n": 3, "law": "", "x": 1}, ("window", "n", "law"))
    {'window': '80,290.5', 'n': '3'}
    """
    made = ((name, _text(choices.get(name))) for name in names)
    return {name: text for name, text in made if text}


def _text(choice: Any) -> str:
    if choice is None or choice is False:
        return ""
    if choice is True:
        return "yes"
    if isinstance(choice, list | tuple):
        return ",".join(map(_text, choice))
    # What an address cannot hold would not be found again there: ten digits.
    return choice.strip() if isinstance(choice, str) else f"{choice:.10g}"


def number(name: str, text: str) -> float:
    """Return the number that a choice is.

    Raises
    ------
    DataError
        If it is none.
    """
    try:
        return float(text)
    except ValueError:
        raise DataError(f"{name}: {shown(text)} is not a number") from None


def pair(name: str, text: str) -> tuple[float, float] | None:
    """Return the two numbers that a choice is, or None where it is not made.

    Raises
    ------
    DataError
        If it is anything else.
    """
    if not text:
        return None
    ends = text.split(",")
    if len(ends) != 2:
        raise DataError(f"{name}: {shown(text)} is not two numbers")
    return number(name, ends[0]), number(name, ends[1])


def select(name: str, label: str, value: str, options: Iterable[Sequence[str]]) -> Control:
    """Return a control that offers options: the value of each, and its words.

    What is chosen is offered as well, also if it came from an address.
    """
    offered = [list(option) for option in options][:MOST_OPTIONS]
    if value not in [option[0] for option in offered]:
        offered.append([value, value])
    return {"name": name, "label": label, "value": value, "options": offered}


def slider(name: str, label: str, value: str, ends: tuple[float, float], step: float) -> Control:
    """Return a control that is a number between two ends."""
    low, high = ends
    return {"name": name, "label": label, "value": value, "low": low, "high": high, "step": step}
