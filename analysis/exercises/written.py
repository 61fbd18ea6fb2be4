"""What a student writes as an answer: a number with or without its unit, or a letter.

The form of a page (book/_static/checks.mjs) reads it in the same way, with the patterns and the
sentences of this module, which the page brings along; tests/test_checks.py compares the two.
"""

import math
import re
from collections.abc import Mapping

from analysis.errors import DataError, shown
from analysis.exercises.exercise import Exercise

# By the unit that is asked for: others that mean the same, and what one of them is in it. Small
# and large letters count alike: nobody writes mPa or mbar here.
UNITS: Mapping[str, Mapping[str, float]] = {
    "": {"%": 0.01, "percent": 0.01, "ppm": 1e-6},
    "%": {"percent": 1.0},
    "K": {"kelvin": 1.0, "mK": 1e-3},
    "deg": {"°": 1.0, "degree": 1.0, "degrees": 1.0, "mrad": 0.18 / 3.141592653589793,
            "rad": 180 / 3.141592653589793},
    "mrad": {"rad": 1000.0, "°": 17.453292519943297, "deg": 17.453292519943297},
    "GPa": {"MPa": 1e-3, "kbar": 0.1, "Mbar": 100.0},
    "nm": {"Å": 0.1, "angstrom": 0.1, "pm": 1e-3, "µm": 1e3, "um": 1e3},
    "Å": {"angstrom": 1.0, "A": 1.0, "nm": 10.0, "pm": 0.01},
    "ohm": {"Ω": 1.0, "mΩ": 1e-3, "mohm": 1e-3, "kΩ": 1e3},
}  # fmt: skip

# What both languages of regular expressions read alike.
NUMBER = re.compile(r"\s*([-+−]?\s*(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+))(?:[eE]([-+−]?[0-9]{1,3}))?")
POWER = re.compile(r"\s*(?:[x*×·]\s*10|10)\s*\^?\s*\{?([-+−]?[0-9]{1,3})\}?")
# An error behind the value says nothing about whether the value is right.
ERROR = re.compile(
    r"\s*(?:±|\+-|\+/-)\s*[0-9.,]+(?:[eE][-+−]?[0-9]+)?|\s*\([0-9]+(?:[.,][0-9]+)?\)"
)
CELSIUS = re.compile(r"°?\s*c(?:elsius)?$", re.IGNORECASE)

LARGEST = 1e30  # of all that is asked for, in any unit; far below what a float holds
LETTERS = "abcdefgh"
NO_NUMBER = "{said} does not begin with a number"
NO_SIZE = "{said} is no number that an answer can have"
NO_UNIT = "{said} is no unit of this answer; allowed: {allowed}"
NO_CHOICE = "{said} is no answer to choose; allowed: a to {allowed}"


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
    said = str(value).strip()
    if isinstance(value, (int, float)) or hasattr(value, "__float__"):
        return _sized(float(value), said)
    if exercise.options:
        return _place(said, len(exercise.options))
    begin = NUMBER.match(said)
    if begin is None:
        raise DataError(NO_NUMBER.format(said=shown(said)))
    power = int(_plain(begin[2])) if begin[2] else 0
    rest = ERROR.sub("", said[begin.end() :], count=1)
    if times := POWER.match(rest):
        power += int(_plain(times[1]))
        rest = rest[times.end() :]
    number = float(f"{_plain(begin[1])}e{power}")
    return _sized(number * _factor(exercise.unit, rest.strip()), said)


def says_celsius(text: object) -> bool:
    """Tell whether an answer is said to be in degrees Celsius."""
    return isinstance(text, str) and bool(CELSIUS.search(text.strip()))


def _plain(digits: str) -> str:
    return re.sub(r"\s+", "", digits.replace("−", "-").replace(",", "."))


def _sized(number: float, said: str) -> float:
    if not (math.isfinite(number) and abs(number) <= LARGEST):
        raise DataError(NO_SIZE.format(said=shown(said)))
    return number


def _place(said: str, count: int) -> float:
    """Return the place of an option, which is named by its letter, a) or a, or by its number."""
    names = [LETTERS[:count], "123456789"[:count]]
    name = said.lower().rstrip(".)")
    for one in names:
        if len(name) == 1 and name in one:
            return one.index(name) + 1.0
    raise DataError(NO_CHOICE.format(said=shown(said), allowed=LETTERS[count - 1]))


def _factor(wanted: str, unit: str) -> float:
    if not unit or unit.lower() == wanted.lower():
        return 1.0
    others = UNITS.get(wanted, {})
    for name, factor in others.items():
        if unit.lower() == name.lower():
            return factor
    if wanted == "K" and CELSIUS.fullmatch(unit):
        return 1.0
    allowed = ", ".join(filter(None, (wanted, *others))) or "no unit"
    raise DataError(NO_UNIT.format(said=shown(unit), allowed=allowed))
