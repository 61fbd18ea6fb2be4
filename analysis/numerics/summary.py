"""What several results of one measurement come to: their numbers in one place, in plain words."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from uncertainties import UFloat

_KEYS = {"value", "stderr", "unit"}


def number(value: UFloat | float | None, unit: str) -> dict[str, Any]:
    """Return a value, its error (None where there is none) and its unit, ready for JSON."""
    if not isinstance(value, UFloat):
        return {"value": value, "stderr": None, "unit": unit}
    return {"value": value.n, "stderr": None if isnan(value.s) else value.s, "unit": unit}


def numbers_of(result: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return those entries of a result's dictionary that are a number with an error and unit."""
    return {
        name: value
        for name, value in (result or {}).items()
        if isinstance(value, dict) and value.keys() == _KEYS
    }


def summary(
    results: Mapping[str, Mapping[str, Any] | None], numbers: Mapping[str, Any], said: Sequence[str]
) -> dict[str, Any]:
    """Return numbers, warnings, and the results that there are.

    Parameters
    ----------
    results : mapping
        Each result's dictionary, or None, by what it is of.
    numbers : mapping
        The numbers to quote.
    said : sequence of str
        What else is to be known; the warnings of the results follow, nothing twice.
    """
    there = {name: dict(result) for name, result in results.items() if result}
    warnings = [text for result in there.values() for text in result.get("warnings", ())]
    return {
        "numbers": dict(numbers),
        "warnings": list(dict.fromkeys([*said, *warnings])),
        "fits": there,
    }
