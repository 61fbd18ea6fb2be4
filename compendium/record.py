"""What a sheet records of its fits, for the table of results; plain numbers and words."""

import json
from collections.abc import Mapping
from typing import Any

from analysis.cli.printing import plain
from compendium.glue import glue_all

# Every sheet has its record glued under this name, as one JSON text.
KEY = "sheet-record"
# A drop has its numbers from the second fit only; Theta_D and the rest stay those of eq. 1.
_OF_TRANSITION = ("tc", "tc_onset", "f", "r_onset", "lambda")


def resistance_record(
    resistance: Mapping[str, Any] | None, transition: Mapping[str, Any] | None, *, said: list[str]
) -> str:
    """Return the record of a resistance sheet.

    Parameters
    ----------
    resistance, transition : mapping or None
        `to_dict` of the fits; None where there is none.
    said : list of str
        Why there is none, and other remarks.
    """
    numbers = {**_numbers(resistance)}
    of_transition = _numbers(transition)
    numbers |= {name: of_transition[name] for name in _OF_TRANSITION if name in of_transition}
    return _text({"resistance": resistance, "transition": transition}, numbers, said)


def strain_record(
    strain: Mapping[str, Any] | None, lattice: Mapping[str, Any] | None, *, said: list[str]
) -> str:
    """Return the record of a diffraction sheet, as `resistance_record` does."""
    numbers = {**_numbers(strain), **_numbers(lattice)}
    numbers.pop("offset", None)
    return _text({"strain": strain, "lattice": lattice}, numbers, said)


def _numbers(fit: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return those entries of a fit's dictionary that are a number with an error and unit."""
    keys = {"value", "stderr", "unit"}
    return {
        name: value
        for name, value in (fit or {}).items()
        if isinstance(value, dict) and value.keys() == keys
    }


def _text(
    fits: Mapping[str, Mapping[str, Any] | None], numbers: Mapping[str, Any], said: list[str]
) -> str:
    there = {name: dict(fit) for name, fit in fits.items() if fit}
    remarks = [text for fit in there.values() for text in fit.get("warnings", ())]
    content = {
        "numbers": numbers,
        "warnings": list(dict.fromkeys([*said, *remarks])),
        "fits": there,
    }
    return json.dumps(plain(content), ensure_ascii=False, allow_nan=False)


def keep(record: str) -> None:
    """Glue a record into the notebook that runs this, unseen."""
    glue_all({KEY: record})
