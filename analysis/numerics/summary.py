"""What several results of one measurement come to: their numbers in one place, in plain words."""

from collections.abc import Mapping, Sequence
from typing import Any

_KEYS = {"value", "stderr", "unit"}


def numbers_of(result: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return those entries of a result's dictionary that are a number with an error and unit."""
    return {
        name: value
        for name, value in (result or {}).items()
        if isinstance(value, dict) and value.keys() == _KEYS
    }


def summary(
    results: Mapping[str, Mapping[str, Any] | None],
    numbers: Mapping[str, Any],
    said: Sequence[str],
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
