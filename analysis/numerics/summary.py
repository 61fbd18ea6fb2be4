"""The summary of several results of a measurement: numbers, warnings, remarks."""

from collections.abc import Mapping, Sequence
from enum import Enum
from math import inf, isfinite, isnan, nan
from typing import Any

from uncertainties import UFloat

from analysis.numerics.uncertainty import student

# Value and error are quoted while the interval reaches no further than so many times 1.96 errors;
# Student's factor alone does so with five degrees of freedom.
MOST_PROMISED = 1.5
# Nor where the middle of the interval lies further from the value, in parts of its half.
SKEWED = 0.1
_KEYS = {"value", "stderr", "unit"}


def number(
    value: UFloat | float | None,
    unit: str,
    *,
    interval: tuple[float, float] | None = None,
    systematic: float | None = None,
) -> dict[str, Any]:
    """Return a value, its error (None where there is none) and its unit, ready for JSON.

    Parameters
    ----------
    value : UFloat, float or None
    unit : str
    interval : (float, float), optional
        The 95 % interval, where it is another than the error says; an open end is infinite.
    systematic : float, optional
        The part of the error that no scatter shows, where there is one.
    """
    stated: dict[str, Any] = {"value": value, "stderr": None, "unit": unit}
    if isinstance(value, UFloat):
        stated |= {"value": value.n, "stderr": None if isnan(value.s) else value.s}
    if interval is not None:
        stated["interval"] = list(interval)
    if systematic is not None:
        stated["systematic"] = systematic
    return stated


def interval_of(stated: Mapping[str, Any]) -> tuple[float, float]:
    """Return the 95 % interval of a stated number; an end that is open, or not known, is infinite.

    It is the one that is stated, else the value and 1.96 standard errors to both sides.

    Examples
    --------
    >>> interval_of({"value": 5.0, "stderr": 1.0, "unit": "K", "interval": [3.0, None]})
    (3.0, inf)
    """
    value, error = stated["value"], stated["stderr"]
    if (ends := stated.get("interval")) is not None:
        low, high = ends
        return -inf if low is None else float(low), inf if high is None else float(high)
    if value is None or error is None:
        return -inf, inf
    half = student(0.95, inf) * error
    return value - half, value + half


def two_digits(number: float) -> str:
    """Return a number with two digits that count, and no power of ten: "110"."""
    return f"{float(f'{number:.2g}'):g}"


class Form(Enum):
    """How a stated number is written: see `form_of`."""

    NONE = "none"
    ABOUT = "about"  # a value whose error is not known
    ERROR = "error"  # value and standard error
    INTERVAL = "interval"
    LIMIT = "limit"  # an interval with one end


def form_of(stated: Mapping[str, Any]) -> Form:
    """Return how a stated number is written, wherever it is: text, sheets, tables, figures.

    An interval takes the place of value and error where one of these is not quoted, where it
    is skewed, or where it reaches so much further than 1.96 errors that they would promise too
    much.

    Examples
    --------
    >>> form_of({"value": 5.0, "stderr": 1.0, "unit": "K", "interval": [3.0, 12.0]}).value
    'interval'
    """
    value, error = stated["value"], stated["stderr"]
    low, high = interval_of(stated)
    if not (isfinite(low) or isfinite(high)):
        return Form.NONE if value is None else Form.ABOUT
    if not (isfinite(low) and isfinite(high)):
        return Form.LIMIT
    if value is None or error is None:
        return Form.INTERVAL
    half, off = (high - low) / 2, abs((high + low) / 2 - value)
    too_far = half + off > MOST_PROMISED * student(0.95, inf) * error
    return Form.INTERVAL if too_far or off > SKEWED * half else Form.ERROR


def weighing_error(stated: Mapping[str, Any]) -> float:
    """Return the standard error to weigh a stated number by, nan where it cannot be weighed.

    It is half of the 95 % interval over 1.96, the longer side where the interval stands in
    place of an error. So what the interval holds weighs, too: Student's factor of few points,
    skewness, a systematic part. A number that is not quoted, or whose interval is open, has
    no weight.

    Examples
    --------
    >>> round(weighing_error({"value": 5.0, "stderr": 1.0, "unit": "K"}), 9)
    1.0
    """
    form, value, (low, high) = form_of(stated), stated["value"], interval_of(stated)
    if value is None or form not in (Form.ERROR, Form.INTERVAL):
        return nan
    half = (high - low) / 2 if form is Form.ERROR else max(value - low, high - value)
    return half / student(0.95, inf) if half > 0 else nan


def is_number(entry: Any) -> bool:
    """Tell whether an entry of a result's dictionary is a number with an error and a unit."""
    return isinstance(entry, dict) and entry.keys() >= _KEYS


def numbers_of(result: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return those entries of a result's dictionary that are a number with an error and unit."""
    return {name: value for name, value in (result or {}).items() if is_number(value)}


def summary(
    results: Mapping[str, Mapping[str, Any] | None],
    numbers: Mapping[str, Any],
    doubts: Sequence[str],
    remarks: Sequence[str] = (),
) -> dict[str, Any]:
    """Return numbers, warnings, remarks, and the results that there are.

    A warning casts doubt on a number. A remark belongs to one: what it rests on, a limit.

    Parameters
    ----------
    results : mapping
        Each result's dictionary, or None, by what it is of.
    numbers : mapping
        The numbers to quote.
    doubts : sequence of str
        What else casts doubt on them; the warnings of the results follow, nothing twice.
    remarks : sequence of str
        What else belongs to them; likewise.
    """
    there = {name: dict(result) for name, result in results.items() if result}

    def all_of(key: str, first: Sequence[str]) -> list[str]:
        rest = [text for result in there.values() for text in result.get(key, ())]
        return list(dict.fromkeys([*first, *rest]))

    return {
        "numbers": dict(numbers),
        "warnings": all_of("warnings", doubts),
        "remarks": all_of("remarks", remarks),
        "fits": there,
    }
