"""Powder CIF: the measured pattern of a data block, through the package gemmi."""

import re
from collections.abc import Mapping
from typing import Any

import gemmi
import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.archive import refuse_size
from analysis.reading.opened import FileSource
from analysis.reading.pattern_columns import DIFFRACTION
from analysis.reading.pattern_text import refuse_scans
from analysis.reading.source import MAX_ROWS, too_many_rows
from analysis.reading.table import Content, cut_off
from analysis.typing import Floats, Wavelengths

_MOST_BYTES = 64_000_000
_MOST_BLOCKS = 1000
# The data names, the preferred one first: angles with the zero corrected, whatever was counted.
_ANGLES = ("_pd_proc_2theta_corrected", "_pd_meas_2theta_corrected", "_pd_meas_2theta_scan")
_RANGES = ("_pd_proc_2theta_range_", "_pd_meas_2theta_range_")
_INTENSITIES = (
    "_pd_meas_counts_total",
    "_pd_meas_intensity_total",
    "_pd_proc_intensity_total",
    "_pd_proc_intensity_net",
    "_pd_meas_intensity_net",
)
_POINTS = ("_pd_proc_number_of_points", "_pd_meas_number_of_points")
_WAVELENGTH = "_diffrn_radiation_wavelength"

Columns = Mapping[str, list[str]]


def read_cif(source: FileSource) -> Content:
    """Read the one powder pattern of a CIF.

    Raises
    ------
    DataError
        If it is no CIF, or holds no pattern against 2 theta, or several.
    """
    file, path = source.file, source.path
    refuse_size(path.stat().st_size, file, DIFFRACTION.export, _MOST_BYTES)
    text = "\n".join(source.lines)
    if len(re.findall(r"(?i)(?<!\S)data_", text)) > _MOST_BLOCKS:
        raise DataError(
            f"{file}: holds more than {_MOST_BLOCKS} data blocks; write the one that is meant alone"
        )
    try:
        document = gemmi.cif.read_string(text)
        blocks = [_columns(block) for block in document]
    except (ValueError, RuntimeError) as error:
        reason = shown(" ".join(str(error).split()))
        raise DataError(
            f"{file}: cannot be read as a CIF ({reason}); {DIFFRACTION.export}"
        ) from None
    patterns = [block for block in blocks if _first(block, _INTENSITIES) is not None]
    if not patterns:
        raise DataError(
            f"{file}: is a CIF without a powder pattern (no {' or '.join(_INTENSITIES[:2])}); a "
            "cell in it is for --cell and --space-group"
        )
    refuse_scans(file, len(patterns))
    return _content(file, patterns[0], blocks)


def _columns(block: gemmi.cif.Block) -> dict[str, list[str]]:
    """Return all values of a block by data name; one with a dot is that with an underscore."""
    columns: dict[str, list[str]] = {}
    item: Any  # which gemmi leaves open
    for item in block:
        if item.pair is not None:
            columns[_name(item.pair[0])] = [item.pair[1]]
        elif item.loop is not None:
            tags, values = list(item.loop.tags), list(item.loop.values)
            for at, tag in enumerate(tags):
                columns[_name(tag)] = values[at :: len(tags)]
    return columns


def _name(tag: str) -> str:
    return tag.lower().replace(".", "_")


def _first(columns: Columns, names: tuple[str, ...]) -> str | None:
    """Return the first of these data names that has more than one value, or one number."""
    for name in names:
        if any(np.isfinite(_numbers(columns.get(name, [])[:1000])[0])):
            return name
    return None


def _numbers(texts: list[str]) -> tuple[Floats, Floats]:
    """Return numbers and their standard errors: "123(11)"; NaN where there is none."""
    if len(texts) > MAX_ROWS:
        texts = texts[: MAX_ROWS + 1]
    values = np.array([gemmi.cif.as_number(text) for text in texts], dtype=float)
    errors = np.full(values.size, np.nan)
    for at, text in enumerate(texts):
        if text.endswith(")") and np.isfinite(values[at]):
            digits, _, error = text[:-1].partition("(")
            mantissa, _, exponent = digits.lower().partition("e")
            places = len(mantissa.partition(".")[2]) - int(exponent or 0)
            errors[at] = float(f"{error}e{-places}")
    return values, errors


def _content(file: str, columns: Columns, blocks: list[dict[str, list[str]]]) -> Content:
    named = _first(columns, _INTENSITIES) or ""
    intensity, error = _numbers(columns[named])
    if intensity.size > MAX_ROWS:
        raise too_many_rows(file)
    angles = _first(columns, _ANGLES)
    if angles is not None:
        two_theta, origin = _numbers(columns[angles])[0], angles
    else:
        two_theta, origin = _from_range(file, columns, intensity.size)
    if two_theta.size != intensity.size:
        raise DataError(
            f"{file}: has {two_theta.size} angles ({origin}) but {intensity.size} intensities "
            f"({named}); one of each is needed per point"
        )
    values = {"two_theta": two_theta, "intensity": intensity}
    if np.isfinite(error[np.isfinite(intensity)]).all():
        values["error"] = error
    points = _first(columns, _POINTS)
    announced = _numbers(columns[points])[0][0] if points else None
    stated = [block for block in (columns, *blocks) if _WAVELENGTH in block]
    return Content(
        "powder CIF",
        values,
        notes=(f"took {origin} and {named}", *cut_off(points or "", announced, intensity.size)),
        where="point {}".format,
        wavelengths=_wavelengths(stated[0]) if stated else (None, None),
    )


def _from_range(file: str, columns: Columns, points: int) -> tuple[Floats, str]:
    for name in _RANGES:
        texts = [columns.get(f"{name}{end}", ["?"])[:1] for end in ("min", "inc")]
        start, step = (float(_numbers(text)[0][0]) for text in texts)
        if np.isfinite(start) and np.isfinite(step):
            return start + step * np.arange(points, dtype=float), f"{name}min and {name}inc"
    raise DataError(
        f"{file}: is a CIF whose pattern has no 2 theta ({_ANGLES[0]} or {_RANGES[0]}min, _inc); "
        f"{DIFFRACTION.export}"
    )


def _wavelengths(columns: Columns) -> Wavelengths:
    """Return one wavelength or the two of a doublet, in pm, the shorter one first."""
    wavelengths = sorted(
        100 * value for value in _numbers(columns[_WAVELENGTH][:9])[0] if value > 0
    )
    wavelengths = list(dict.fromkeys(wavelengths))
    if len(wavelengths) == 2 and wavelengths[1] < 1.02 * wavelengths[0]:
        return wavelengths[0], wavelengths[1]
    return (wavelengths[0] if len(wavelengths) == 1 else None), None
