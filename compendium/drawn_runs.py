"""What the explorer on the page "All runs" draws: numbers against pressure, and thinned data.

It stands beside the page as a script, ``all-runs-data.mjs``. A reader loads it whole, so curves
and patterns are thinned to what a figure of some hundred pixels shows: of the points of each
short piece the lowest and the highest stay.
"""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

import analysis
from analysis.diffraction.pattern import DiffractionPattern
from analysis.errors import attempt
from analysis.numerics.summary import interval_of
from analysis.pressure.results import SheetResult
from analysis.show.foreign import chemical
from analysis.show.report import curve_labels
from analysis.show.runs import run_looks, run_of
from analysis.transport.curve import ResistanceCurve
from analysis.typing import Floats
from compendium.gallery import COLUMNS, NOTHING, in_order, verdict

# Points of one curve and of one pattern; and of all of them, for packages of many sheets.
MOST = {"resistance": 160, "diffraction": 600}
ALL_POINTS, FEWEST = 24_000, 24
DIGITS = 5
# Panels against pressure: axis, and the numbers in it; the first has filled points, others open.
PANELS = {
    "Θ_{D} (K)": ("theta_d",),
    "T_{c} (K)": ("tc_onset", "tc"),
    "10^{3} ε": ("strain",),
}
FACTORS = {"strain": 1000.0}
# By what the rows can be chosen, and how the choice is called.
FILTERS = {"kind": "measurement", "origin": "data", "sample": "sample", "run": "run",
           "verdict": "verdict"}  # fmt: skip


def drawn_runs(results: Sequence[SheetResult]) -> dict[str, Any]:
    """Return what the page's script draws and chooses from, as JSON carries it."""
    sheets = in_order(sheet for sheet in results if sheet.kind in COLUMNS)
    looks = run_looks(sheets)
    share = max(FEWEST, ALL_POINTS // max(1, len(sheets)))
    labels = dict(zip((sheet.name for sheet in sheets), curve_labels(sheets), strict=True))  # type: ignore[arg-type]
    entries: dict[str, dict[str, Any]] = {}
    for sheet in sheets:
        own = looks[run_of(sheet)]
        entries[Path(sheet.page).stem] = {
            **{name: getattr(sheet, name) or NOTHING for name in ("kind", "origin")},
            "sample": chemical(sheet.sample or NOTHING),
            "run": sheet.run or NOTHING,
            "verdict": verdict(sheet),
            "label": labels[sheet.name],
            "group": "\t".join(run_of(sheet)),
            "hue": own.hue,
            "marker": own.marker,
            "points": points_of(sheet),
            "line": line_of(sheet, min(MOST[sheet.kind], share)) if sheet.status == "ok" else None,
        }
    filters = {name: sorted({entry[name] for entry in entries.values()}) for name in FILTERS}
    return {
        "sheets": entries,
        "panels": list(PANELS),
        "filters": [
            {"name": name, "label": FILTERS[name], "options": options}
            for name, options in filters.items()
            if len(options) > 1
        ],
    }


def points_of(sheet: SheetResult) -> dict[str, list[tuple[float, float, float | None, bool]]]:
    """Return for each panel pressure, value, half of the 95 % interval, and whether it is open.

    Half of the interval is its longer side, None where an end is open. Without a value the middle
    of the interval stands for it.
    """
    points: dict[str, list[tuple[float, float, float | None, bool]]] = {}
    if sheet.pressure is None:
        return points
    for panel, names in PANELS.items():
        for name in (name for name in names if name in sheet.numbers):
            number, factor = sheet.numbers[name], FACTORS.get(name, 1.0)
            low, high = (factor * end for end in interval_of(number))
            closed = isfinite(low) and isfinite(high)
            value = (low + high) / 2 if number["value"] is None else factor * number["value"]
            if isfinite(value):
                half = _short(max(value - low, high - value)) if closed else None
                point = (sheet.pressure, _short(value), half, name != names[0])
                points.setdefault(panel, []).append(point)
    return points


def line_of(sheet: SheetResult, most: int) -> dict[str, Any] | None:
    """Return a sheet's data for drawing, thinned; None if they can no longer be read.

    R against T in K; counts against 4π sin θ/λ in 1/Å, so that patterns of different wavelengths
    can lie over each other.
    """
    data, _ = attempt(lambda: analysis.load(sheet.name))
    if isinstance(data, ResistanceCurve):
        return {**_columns(data.temperature, data.resistance, most), "unit": data.unit}
    if isinstance(data, DiffractionPattern):
        wavelength = data.wavelength / 100  # pm to Å
        q = 4 * np.pi * np.sin(np.radians(data.two_theta / 2)) / wavelength
        return {**_columns(q, data.intensity, most), "unit": "counts"}
    return None


def _columns(x: Floats, y: Floats, most: int) -> Mapping[str, list[float]]:
    kept = thinned(y, most)
    return {"x": [_short(value) for value in x[kept]], "y": [_short(value) for value in y[kept]]}


def thinned(y: Floats, most: int) -> np.ndarray:
    """Return the places of at most so many values, the extremes of each piece among them."""
    if y.size <= most:
        return np.arange(y.size)
    pieces = np.array_split(np.arange(y.size), (most - 2) // 2)
    extremes = {
        place for piece in pieces for place in (piece[y[piece].argmin()], piece[y[piece].argmax()])
    }
    return np.array(sorted(extremes | {0, y.size - 1}))


def _short(value: float) -> float:
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() else short


def script(results: Sequence[SheetResult]) -> str:
    """Return the script beside the page; a classic one, which also loads from a file."""
    return f"globalThis.allRuns = {json.dumps(drawn_runs(results), separators=(',', ':'))};\n"
