"""What a student writes as an answer: a number with or without its unit, or a letter.

The form of a page (book/_static/checks.mjs) reads it in the same way, with the patterns and the
sentences of this module, which the page brings along; tests/test_checks.py compares the two.
"""

import math
import re
import unicodedata
from collections.abc import Mapping

from analysis.errors import DataError, shown
from analysis.exercises.exercise import Exercise

# By the unit that is asked for: others that mean the same, and what one of them is in it. Small
# and large letters count alike: nobody writes mPa or mbar here. Names are as NFKC has them: of the
# letters that look like a micro, an Angstrom or an Ohm there is one each.
UNITS: Mapping[str, Mapping[str, float]] = {
    "": {"%": 0.01, "percent": 0.01, "ppm": 1e-6},
    "%": {"percent": 1.0},
    "K": {"kelvin": 1.0, "mK": 1e-3},
    "deg": {"°": 1.0, "degree": 1.0, "degrees": 1.0, "mrad": 0.18 / 3.141592653589793,
            "rad": 180 / 3.141592653589793},
    "mrad": {"rad": 1000.0, "°": 17.453292519943297, "deg": 17.453292519943297},
    "GPa": {"MPa": 1e-3, "kbar": 0.1, "Mbar": 100.0},
    "nm": {"Å": 0.1, "angstrom": 0.1, "pm": 1e-3, "μm": 1e3, "um": 1e3},
    "Å": {"angstrom": 1.0, "A": 1.0, "nm": 10.0, "pm": 0.01},
    "ohm": {"ohms": 1.0, "Ω": 1.0, "mΩ": 1e-3, "mohm": 1e-3, "kΩ": 1e3},
}  # fmt: skip

# What both languages of regular expressions read alike. A limit is answered by its number.
LIMIT = re.compile(r"(?:[<>≤≥~≈=]=?|[Aa]bout|[Cc]a\.?)\s*")
RAISED = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
BARE = re.compile(r"([-+−]?)\s*10\s*(?=\^)")  # a power of ten without a number before it
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
NO_KIND = "{said} is neither a number nor a text that contains a number"
NO_SIZE = "{said} is not a possible answer: it is too large or not finite"
NO_UNIT = "{said} is not a unit of this answer; allowed: {allowed}"
UNITLESS = "{said} is not a unit of this answer: write a number without a unit, or in %"
SEVERAL = "{said} contains more than one number: write one number"
NO_CHOICE = "{said} is not one of the answers; allowed: a to {allowed}"


def read_answer(exercise: Exercise, written: object) -> float:
    """Return an answer as a number in the unit of the exercise.

    Parameters
    ----------
    exercise : Exercise
    written : object
        A number, an array of one, a value with an error (which is left aside), or a text: "518 K",
        "0.0079", "7.9e-3", "7.9 × 10⁻³", "0.79 %", "518 ± 4 K", "> 500 K", "b", "(b)".

    Raises
    ------
    DataError
        If there is no number, more than one, or a unit of something else.

    Examples
    --------
    >>> from analysis.exercises.tables import exercise
    >>> read_answer(exercise("debye-1"), "518 K")
    518.0
    """
    value = _bare(written)
    if exercise.options:
        return _place(str(value).strip().removesuffix(".0"), exercise)
    if not isinstance(value, str):
        return _number(value)
    written, text = value.strip(), _tidy(value)
    if limit := LIMIT.match(text):
        text = text[limit.end() :]
    if bare := BARE.match(text):
        text = f"{bare[1]}1×10{text[bare.end() :]}"
    begin = NUMBER.match(text)
    if begin is None:
        raise DataError(NO_NUMBER.format(said=shown(written)))
    power = int(_plain(begin[2])) if begin[2] else 0
    rest = ERROR.sub("", text[begin.end() :], count=1)
    if times := POWER.match(rest):
        power += int(_plain(times[1]))
        rest = rest[times.end() :]
    if re.search("[0-9]", rest):
        raise DataError(SEVERAL.format(said=shown(written)))
    number = float(f"{_plain(begin[1])}e{power}")
    return _sized(number * _factor(exercise.unit, rest.strip()), written)


def says_celsius(text: object) -> bool:
    """Tell whether an answer is said to be in degrees Celsius."""
    return isinstance(text, str) and bool(CELSIUS.search(_tidy(text)))


def _tidy(text: str) -> str:
    """Return a text with one letter for those that look alike, and without a full stop."""
    raised = RAISED.sub(r"^\g<0>", text)  # else 10⁻³ would become 10-3
    return unicodedata.normalize("NFKC", raised).strip().rstrip(".").strip()


def _bare(value: object) -> object:
    """Return what an array of one holds, and a value without its error."""
    if getattr(value, "size", None) == 1:
        value = getattr(value, "item", lambda: value)()
    return getattr(value, "nominal_value", getattr(value, "value", value))


def _number(value: object) -> float:
    if _count(value) > 1:
        raise DataError(SEVERAL.format(said=shown(value)))
    refused = DataError(NO_KIND.format(said=shown(value)))
    if isinstance(value, (bool, complex)) or not hasattr(value, "__float__"):
        raise refused
    try:
        number = float(value)
    except OverflowError:  # of whole numbers, which have no largest one
        number = math.inf
    except (TypeError, ValueError):
        raise refused from None
    return _sized(number, str(value))


def _count(value: object) -> int:
    """Return how many things there are in a list or an array, 0 for anything else."""
    size = len(value) if isinstance(value, (list, tuple)) else getattr(value, "size", 0)
    return size if isinstance(size, int) else 0


def _plain(digits: str) -> str:
    return re.sub(r"\s+", "", digits.replace("−", "-").replace(",", "."))


def _sized(number: float, written: str) -> float:
    if not (math.isfinite(number) and abs(number) <= LARGEST):
        raise DataError(NO_SIZE.format(said=shown(written)))
    return number


def _place(written: str, exercise: Exercise) -> float:
    """Return the place of an option, which is named by its letter, (a) or a, or by its number."""
    count = len(exercise.options)
    name = _tidy(written).lower().strip("()")
    for names in (LETTERS[:count], "123456789"[:count]):
        if len(name) == 1 and name in names:
            return names.index(name) + 1.0
    raise DataError(NO_CHOICE.format(said=shown(written), allowed=LETTERS[count - 1]))


def _factor(wanted: str, unit: str) -> float:
    if not unit or unit.lower() == wanted.lower():
        return 1.0
    others = UNITS.get(wanted, {})
    for name, factor in others.items():
        if unit.lower() == name.lower():
            return factor
    if wanted == "K" and CELSIUS.fullmatch(unit):
        return 1.0
    if not wanted:
        raise DataError(UNITLESS.format(said=shown(unit)))
    allowed = ", ".join((wanted, *others))
    raise DataError(NO_UNIT.format(said=shown(unit), allowed=allowed))
