"""What a student writes as an answer: a number with or without its unit, or a letter.

book/_static/checks.mjs reads it in the same way; tests/test_exercises.py compares the two.
"""

import re
from collections.abc import Mapping

from analysis.errors import DataError, shown
from analysis.exercises.exercise import Exercise

# By the unit that is asked for: others that mean the same, and what one of them is in it.
UNITS: Mapping[str, Mapping[str, float]] = {
    "": {"%": 0.01, "percent": 0.01, "ppm": 1e-6},
    "%": {"percent": 1.0},
    "K": {"kelvin": 1.0, "mk": 1e-3},
    "deg": {"°": 1.0, "degree": 1.0, "degrees": 1.0, "mrad": 0.18 / 3.141592653589793,
            "rad": 180 / 3.141592653589793},
    "mrad": {"rad": 1000.0, "°": 17.453292519943297, "deg": 17.453292519943297},
    "GPa": {"mpa": 1e-3, "kbar": 0.1, "mbar": 100.0},
    "nm": {"å": 0.1, "angstrom": 0.1, "pm": 1e-3, "µm": 1e3, "um": 1e3},
    "Å": {"angstrom": 1.0, "a": 1.0, "nm": 10.0, "pm": 0.01},
    "ohm": {"ω": 1.0, "mω": 1e-3, "mohm": 1e-3, "kω": 1e3},
}  # fmt: skip
CELSIUS = re.compile(r"°?\s*c(elsius)?$", re.IGNORECASE)

_POWER = re.compile(r"\s*(?:[x*×·]\s*10|10)\s*\^?\s*\{?([-+−]?\d+)\}?")
_NUMBER = re.compile(r"\s*([-+−]?\s*(?:\d+[.,]?\d*|[.,]\d+))(?:[eE]([-+−]?\d+))?")
# An error behind the value says nothing about whether the value is right.
_ERROR = re.compile(r"\s*(?:±|\+-|\+/-)\s*[\d.,]+(?:[eE][-+−]?\d+)?|\s*\(\d+(?:[.,]\d+)?\)")


def read_answer(exercise: Exercise, text: object) -> float:
    """Return an answer as a number in the unit of the exercise.

    Parameters
    ----------
    exercise : Exercise
    text : object
        A number, a value with an error (which is left aside), or a text: "518 K", "0.0079",
        "7.9e-3", "7.9 × 10^-3", "0.79 %", "518 ± 4 K", "b".

    Raises
    ------
    DataError
        If there is no number, or a unit of something else.

    Examples
    --------
    >>> from analysis.exercises.tables import exercise
    >>> read_answer(exercise("debye-1"), "518 K")
    518.0
    """
    value = getattr(text, "nominal_value", getattr(text, "value", text))
    if isinstance(value, (int, float)) or hasattr(value, "__float__"):
        return float(value)
    said = str(value).strip()
    if exercise.options:
        place = ord(said[:1].lower() or " ") - ord("a") + 1
        if len(said.rstrip(".)")) == 1 and 1 <= place <= len(exercise.options):
            return float(place)
        if said.isdigit() and 1 <= int(said) <= len(exercise.options):
            return float(said)
        last = chr(ord("a") + len(exercise.options) - 1)
        raise DataError(f"{shown(said)} is no answer to choose; allowed: a to {last}")
    begin = _NUMBER.match(said)
    if begin is None:
        raise DataError(f"{shown(said)} does not begin with a number")
    number = float(_plain(begin[1]))
    power = int(_plain(begin[2])) if begin[2] else 0
    rest = _ERROR.sub("", said[begin.end() :], count=1)
    if times := _POWER.match(rest):
        power += int(_plain(times[1]))
        rest = rest[times.end() :]
    return number * 10.0**power * _factor(exercise.unit, rest.strip())


def says_celsius(text: object) -> bool:
    """Tell whether an answer is said to be in degrees Celsius."""
    return isinstance(text, str) and bool(CELSIUS.search(text.strip())) and "c" in text.lower()


def _plain(digits: str) -> str:
    return digits.replace("−", "-").replace(",", ".").replace(" ", "")


def _factor(wanted: str, unit: str) -> float:
    if not unit or unit == wanted or unit.lower() == wanted.lower():
        return 1.0
    others = UNITS.get(wanted, {})
    # mΩ and MΩ differ by their first letter alone; nobody writes the latter here.
    if unit.lower() in others:
        return others[unit.lower()]
    if wanted == "K" and CELSIUS.fullmatch(unit):
        return 1.0
    allowed = ", ".join(filter(None, (wanted, *others))) or "no unit"
    raise DataError(f"{shown(unit)} is no unit of this answer; allowed: {allowed}")
