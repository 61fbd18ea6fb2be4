"""The results of all sheets: one table of every run and pressure, read and not computed again.

A book collects what each executed sheet recorded in ``results.json`` and ``results.csv``. The
JSON file holds::

    {
      "schema_version": 2,                          none: 1, of release 0.1
      "date": "2026-01-31T12:00:00+00:00",          when the table was written, UTC
      "versions": {"la3ni2o7-compendium": "0.2.0", "python": "3.11.7", "numpy": "2.3.5", ...},
      "sheets": [
        {
          "name": "twin-run1-7.0gpa",               the data set
          "title": "...",
          "kind": "resistance",                     or "diffraction"
          "origin": "synthetic",                    or "measured", "digitised", ...
          "digitised": {"words": "...", ...},       of which figure; where it was read from one
          "sample": "La3Ni2O7-delta", "run": "1", "pressure": 7.0,      each may be null; GPa
          "pressure_error": 0.2,                    standard error, GPa; null: not stated
          "pressure_scale": "Fei 2007, gold",       likewise
          "page": "sheets/twin-run1-7.0gpa.html",   in the book
          "status": "ok",                           or "failed"
          "error": null,                            one line, where it failed
          "input_sha256": "...",                    of the bytes that were read; "" if none were
          "numbers": {                              {} where it failed
            "theta_d": {"value": 521.3, "stderr": 2.1, "unit": "K"}, ...
          },
          "warnings": ["...", ...],                 what casts doubt on a number, in words
          "remarks": ["...", ...],                  what the numbers rest on
          "fits": {"resistance": {...}, ...},       each fit's own `to_dict()`, untouched
          "read": {"columns": {...}, ...}           columns, units, rows; null where it failed
        }, ...
      ]
    }

`numbers` of kind "resistance": theta_d, r0, a, g_sat, r_sat, r_sat_lower of
`fit_resistance`; where the curve has a drop, also tc, tc_onset, f, r_onset, lambda of
`fit_transition` (criterion 5 %, mu* = 0.13). Its fits: "resistance", "transition".
`numbers` of kind "diffraction": strain, strain_upper, size, size_lower of
`williamson_hall`; with a cell also those of a, b, c, alpha, beta, gamma that the symmetry
leaves free, and volume, of `fit_lattice`. Its fits: "strain", "lattice". A value or error
that does not exist is null; a number that is not determined has a null value, and a warning
says why. Where the 95 % interval is another than the error says, a number has it, too:
``"interval": [low, high]``, an open end null. ``"systematic"`` is the part of the error that
no scatter shows.

The CSV file has a row for each sheet and two columns for each number, ``theta_d (K)`` and
``theta_d error (K)``, more where a sheet states more (``theta_d low (K)``, ``high``,
``systematic``); versions and date stand in comment lines (#) above the header.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from uncertainties import UFloat, ufloat

from analysis.errors import DataError, shown
from analysis.numerics.checks import MOST
from analysis.numerics.digitised import Digitised
from analysis.numerics.schema_version import RESULTS as SCHEMA_VERSION
from analysis.numerics.schema_version import version_of

# The environment variable that names the table where no path is given.
RESULTS = "COMPENDIUM_RESULTS"


@dataclass(frozen=True)
class SheetResult:
    """The result of one sheet; the attributes are those of the file, see the module."""

    name: str
    title: str
    kind: str
    origin: str
    sample: str | None
    run: str | None
    pressure: float | None
    page: str
    status: str
    error: str | None
    input_sha256: str
    warnings: tuple[str, ...]
    numbers: Mapping[str, Mapping[str, Any]] = field(repr=False)
    fits: Mapping[str, Mapping[str, Any]] = field(repr=False)
    remarks: tuple[str, ...] = ()
    read: Mapping[str, Any] | None = field(default=None, repr=False)
    digitised: Digitised | None = field(default=None, repr=False)
    pressure_error: float | None = None
    pressure_scale: str | None = None

    def number(self, name: str) -> UFloat | None:
        """Return a number with its error (nan where that is not known, or 0), or None."""
        stated = self.numbers.get(name)
        if stated is None or stated["value"] is None:
            return None
        error = stated["stderr"]
        return ufloat(stated["value"], error or float("nan"))


@dataclass(frozen=True)
class Results:
    """The results of all sheets, with the versions that computed them and the date."""

    versions: Mapping[str, str]
    date: str
    sheets: tuple[SheetResult, ...]
    schema_version: int = SCHEMA_VERSION

    def select(
        self, kind: str | None = None, *, sample: str | None = None, run: str | None = None
    ) -> tuple[SheetResult, ...]:
        """Return the sheets of a kind, a sample, a run that did not fail, by pressure."""
        wanted = {"kind": kind, "sample": sample, "run": run, "status": "ok"}
        sheets = [
            sheet
            for sheet in self.sheets
            if all(value in (None, getattr(sheet, key)) for key, value in wanted.items())
        ]
        # Without a pressure last.
        sheets.sort(key=lambda sheet: (sheet.pressure is None, sheet.pressure or 0.0))
        return tuple(sheets)


def load_results(path: str | PathLike[str] | None = None) -> Results:
    """Load the table of the results of all sheets.

    Parameters
    ----------
    path : path-like, optional
        The file; without it the one that the environment variable COMPENDIUM_RESULTS names.

    Raises
    ------
    DataError
        If no file is named, there is no such file, with the command that makes it, or it is
        no such table, or one of a newer release.
    """
    named = path or os.environ.get(RESULTS)
    if not named:
        raise DataError(
            f"which results? Give the path of a results.json, or set {RESULTS} to it "
            "(`make results` writes one)"
        )
    file = Path(named)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(
            f"{file}: no results yet; `make results` computes every sheet and writes them"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{file}: the results cannot be read ({error})") from None
    try:
        version = version_of(_checked(content, dict, "the file"), SCHEMA_VERSION)
    except (DataError, TypeError) as error:
        raise DataError(f"{file}: not a table of results ({error})") from None
    try:
        sheets = tuple(_sheet(entry) for entry in _checked(content["sheets"], list, "sheets"))
        versions = _checked(content["versions"], dict, "versions")
        date = _checked(content["date"], str, "date")
        return Results(versions, date, sheets, version)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{file}: not a table of results ({error})") from None


# What a sheet has, and of which type.
_TEXT, _MAYBE = (str,), (str, type(None))
_TYPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("name", "title", "kind", "origin", "page", "status", "input_sha256"), _TEXT),
    **dict.fromkeys(("sample", "run", "error", "pressure_scale"), _MAYBE),
    **dict.fromkeys(("pressure", "pressure_error"), (int, float, type(None))),
    **dict.fromkeys(("warnings", "remarks"), (list,)),
    **dict.fromkeys(("numbers", "fits"), (dict,)),
    "read": (dict, type(None)),
}


def _sheet(entry: Any) -> SheetResult:
    """Return one sheet of the file; raise TypeError or KeyError where it is none."""
    since: dict[str, Any] = {
        "remarks": [],
        "read": None,
        "pressure_error": None,
        "pressure_scale": None,
    }
    entry = since | _checked(entry, dict, "a sheet")
    for name, types in _TYPES.items():
        _checked(entry[name], types, name)
    for name, stated in entry["numbers"].items():
        for key in ("value", "stderr"):
            _checked(_checked(stated, dict, name)[key], _TYPES["pressure"], name)
        if (stated["stderr"] or 0) < 0:
            raise TypeError(f"the error of {shown(name)} is below 0")
        _checked(stated.get("unit", ""), _MAYBE, name)
        _checked(stated.get("systematic"), _TYPES["pressure"], name)
        if (ends := stated.get("interval")) is not None:
            low, high = _checked(ends, list, name)
            _checked(low, _TYPES["pressure"], name)
            _checked(high, _TYPES["pressure"], name)
    if (figure := entry.pop("digitised", None)) is not None:
        entry["digitised"] = Digitised.from_dict(_checked(figure, dict, "digitised"))
    for name in ("warnings", "remarks"):
        entry[name] = tuple(_checked(text, str, name) for text in entry[name])
    return SheetResult(**entry)


def _checked(value: Any, types: type | tuple[type, ...], name: str) -> Any:
    """Return a value of one of these types; numbers must be finite."""
    finite = not isinstance(value, (int, float)) or -MOST <= value <= MOST
    if isinstance(value, types) and not isinstance(value, bool) and finite:
        return value
    raise TypeError(f"{shown(name)} is {shown(value)}")
