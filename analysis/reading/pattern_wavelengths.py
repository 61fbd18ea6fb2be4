"""Which wavelength a diffraction file states, in its lines of heading or by itself."""

import re
from collections.abc import Sequence

import numpy as np

from analysis.diffraction.checks import checked_wavelengths
from analysis.errors import DataError
from analysis.reading.cells import number
from analysis.typing import Wavelengths

# Two statements mean the same wavelength if they agree to this part.
SAME_WAVELENGTH = 1e-3
# h c in keV pm: the wavelength of a photon is this over its energy.
KEV_PM = 1239.8419843320026

_NAMED = re.compile(
    r"(?i)(wave[\s_-]?length|lambda)[\s_-]*(alpha)?[\s_-]*(?P<which>[12](?![.\d]))?"
)
_VALUE = re.compile(
    r"(?P<value>\d*\.?\d+(e[+-]?\d+)?)\s*[\[(]?\s*(?P<unit>angstroms?|\u00e5|a|nm|pm|m)?(?![a-z])"
)
_UNIT_BEFORE = re.compile(r"\b(angstroms?|\u00e5|nm|pm|m|(?<=[(\[])a)\b")
_ENERGY = re.compile(
    r"(?i)\benergy\b\D{0,20}?(?P<unit_before>k?ev)?\W{0,9}(?P<value>\d+(\.\d*)?(e[+-]?\d+)?)"
    r"\s*[\[(]?(?P<unit>k?ev)?\b"
)


def in_picometre(text: str, unit: str) -> float | None:
    """Return the wavelength that `text` and `unit` give in pm, or None if they give none."""
    factors = {"angstrom": 1e2, "a": 1e2, "å": 1e2, "nm": 1e3, "pm": 1.0, "m": 1e12}
    value, factor = number(text), factors.get(unit.strip().lower().removesuffix("s"))
    return value * factor if value and factor and np.isfinite(value) else None


def header_wavelengths(lines: Sequence[str]) -> Wavelengths:
    """Return the wavelengths that the lines above the numbers state, in pm.

    A number without a unit counts as in metres (pyFAI writes 3.344e-11) or in angstrom if
    it can be nothing else. One that is said to be calibrated wins over others; an energy in eV
    or keV counts where no wavelength is stated. Statements that contradict each other count
    for nothing.
    """
    texts = [line[:300].lower() for line in lines]
    stated = [text for text in texts if _NAMED.search(text)]
    calibrated = [text for text in stated if re.search(r"calibrated|refined", text)]
    wavelengths: dict[int, set[float]] = {1: set(), 2: set()}
    for text in calibrated or stated:
        which, picometre = _stated(text)
        if picometre is not None:
            wavelengths[which].add(round(picometre, 9))
    if not any(wavelengths.values()):
        wavelengths[1] = {value for text in texts if (value := _of_energy(text)) is not None}
    first, other = (
        next(iter(values)) if len(values) == 1 else None for values in wavelengths.values()
    )
    return first, other if first is not None else None


def _stated(text: str) -> tuple[int, float | None]:
    """Return which wavelength a line states, 1 or 2, and its value in pm; None if it does not."""
    name = _NAMED.search(text)
    value = name and _VALUE.search(text, name.end())
    if not name or not value or re.search("beta|ratio|mean|average|resolution", text):
        return 1, None
    before = _UNIT_BEFORE.search(text[name.end() : value.start()])
    unit = value["unit"] or (before[1] if before else None)
    size = float(value["value"])
    if unit is None:
        unit = "m" if 4e-12 <= size <= 1e-9 else "angstrom" if 0.05 <= size <= 3 else ""
    second = name["which"] == "2" or re.search(r"alpha[\s_-]*2", text[: name.end()])
    return 2 if second else 1, in_picometre(value["value"], unit)


def _of_energy(text: str) -> float | None:
    """Return the wavelength in pm of the photon energy that a line states, with its unit."""
    match = _ENERGY.search(text)
    if not match or re.search("threshold|cut|resolution|band|window|loss", text):
        return None
    unit, energy = match["unit"] or match["unit_before"], float(match["value"])
    kiloelectronvolt = energy * {"kev": 1.0, "ev": 1e-3}.get(unit or "", 0.0)
    return round(KEV_PM / kiloelectronvolt, 9) if 0 < kiloelectronvolt < np.inf else None


def used_wavelengths(
    file: str, given: Wavelengths, own: Wavelengths
) -> tuple[Wavelengths, str | None, list[str]]:
    """Return the wavelengths to use, where they are from, and notes: what is given wins."""
    if given[0] is None:
        if own[0] is None:
            return (None, None), None, []
        try:
            return checked_wavelengths(*own, name=file), "file", []
        except DataError as error:
            raise DataError(f"{error}; the file says so, --wavelength PM overrides it") from None
    notes = []
    if own[0] is not None and abs(own[0] / given[0] - 1) > SAME_WAVELENGTH:
        notes.append(f"the wavelength is {given[0]:g} pm as given, though the file says {own[0]:g}")
    elif own[1] is not None and given[1] is None:
        notes.append(
            f"the file has a second wavelength, {own[1]:g} pm, which is not used because only the "
            "first one was given"
        )
    return given, "given", notes
