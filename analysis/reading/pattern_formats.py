"""Diffraction text files with a grammar of their own: GSAS, Rigaku .ras, Bruker .uxd.

Plain columns and .chi are in `analysis.reading.patterns`, archives and XML in
`analysis.reading.pattern_archives`. Each reader returns a `Found` or raises `DataError`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.errors import DataError
from analysis.reading.columns import Column, shown
from analysis.reading.rawtable import MAX_ROWS, number, too_many_rows
from analysis.typing import Floats

EXPORT = "export the pattern as text in two columns (.xy)"
READ = "text in columns (.xy, .xye, .csv, .dat, .txt), .chi, GSAS, .xrdml, .brml, .rasx, .ras, .uxd"


@dataclass(frozen=True, eq=False)
class Found:
    """What a file holds, not yet checked.

    Attributes
    ----------
    layout : str
        In words, what kind of file it is.
    two_theta, intensity, error : ndarray, shape (N,), or None
        Degrees, counts, and standard errors where the file has them.
    wavelengths : tuple of float or None
        Of K-alpha 1 and 2 in pm, as the file says.
    columns : dict of str to Column
        Of tables: the column of each role.
    notes : tuple of str
        What was assumed, skipped or found unusual.
    where : callable or None
        Turns the index of a point, in the file's order, into words ("row 17"); None where
        the file has no rows.
    """

    layout: str
    two_theta: Floats
    intensity: Floats
    error: Floats | None = None
    wavelengths: tuple[float | None, float | None] = (None, None)
    columns: Mapping[str, Column] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    where: Callable[[int], str] | None = None


# ---------------------------------------------------------------------------- GSAS

# Five or ten numbers of fixed width, which may touch each other.
_WIDTHS = {"STD": (2, 6), "ESD": (8, 8)}


def is_gsas(lines: Sequence[str]) -> bool:
    """Tell whether a BANK line opens the data, below the title and comments."""
    return any(re.match(r"BANK\s+\d", line) for line in lines[:100])


def read_gsas(file: str, lines: Sequence[str]) -> Found:
    """Read GSAS powder data of constant wavelength: FXYE, FXY, STD or ESD.

    The line ``BANK 1 points records CONST start step 0 0 type`` says how; angles are in
    hundredths of a degree.
    """
    banks = [i for i, line in enumerate(lines) if re.match(r"BANK\s+\d", line)]
    if len(banks) > 1:
        raise DataError(f"{file}: holds {len(banks)} banks; write the one that is meant alone")
    words, row = lines[banks[0]].split(), banks[0] + 1
    binning = words[4].upper() if len(words) > 4 else ""
    if not binning.startswith("CONS"):
        raise DataError(
            f"{file}, row {row}: binning {shown(binning)} is not that of X-rays of one "
            "wavelength; CONST is needed"
        )
    last = words[-1].upper()
    kind = last if re.fullmatch("[A-Z]+", last) and len(words) > 5 else "STD"
    if kind == "CONST" or kind not in ("FXYE", "FXY", *_WIDTHS):
        raise DataError(
            f"{file}, row {row}: GSAS data of type {shown(kind)} are not read; "
            f"types FXYE, FXY, ESD and STD are, or {EXPORT}"
        )
    body = [
        (i + 1, line)
        for i, line in enumerate(lines[row:], row)
        if line.strip() and not line.startswith("#")
    ]
    announced = number(words[2])
    if kind in _WIDTHS:
        if len(words) < 7:
            raise DataError(f"{file}, row {row}: gives no start and step after {words[4]}")
        start, step = (_number(file, row, text) / 100 for text in words[5:7])
        found = _fixed_width(file, body, kind, start, step, announced)
    else:
        found = _free_format(file, body, kind)
    if announced is not None and found.two_theta.size != announced:
        return replace(found, notes=(cut_off(f"row {row}", announced, found.two_theta),))
    return found


def cut_off(where: str, announced: float | None, values: Floats) -> str:
    """Say that a file holds not as many points as it announces."""
    return (
        f"{where} announces {announced:g} points, but {values.size} follow: the file may be cut off"
    )


def _free_format(file: str, body: Sequence[tuple[int, str]], kind: str) -> Found:
    width = len(kind) - 1
    values = _rows(file, [(row, line.split()) for row, line in body], width)
    error = values[:, 2] if kind == "FXYE" else None
    return Found(
        f"GSAS powder data ({kind})",
        values[:, 0] / 100,
        values[:, 1],
        error,
        where=_rows_of([row for row, _ in body]),
    )


def _fixed_width(
    file: str,
    body: Sequence[tuple[int, str]],
    kind: str,
    start: float,
    step: float,
    announced: float | None,
) -> Found:
    """STD: ten pairs of (number of detectors, counts) a line; ESD: five of (counts, error)."""
    one, both = _WIDTHS[kind][0], sum(_WIDTHS[kind])
    pairs, rows = [], []
    for row, line in body:
        text = line.rstrip()
        for at in range(0, min(len(text), 80), both):
            cells = text[at : at + one].strip(), text[at + one : at + both].strip()
            pairs.append([_number(file, row, cell or "0") for cell in cells])
            rows.append(row)
    if announced is not None and 0 < len(pairs) - announced < 80 // both:
        del pairs[int(announced) :]  # the last line may be filled up
    first, second = np.array(pairs, dtype=float).reshape(-1, 2).T
    angles: Floats = start + step * np.arange(len(pairs), dtype=float)
    error: Floats | None = None
    if kind == "ESD":
        intensity, error = first, second
    else:
        intensity = second
        if (first > 1).any():  # means over so many detectors
            error = np.sqrt(np.abs(second) / np.maximum(first, 1))
    return Found(f"GSAS powder data ({kind})", angles, intensity, error, where=_rows_of(rows))


# ---------------------------------------------------------------------------- Rigaku, Bruker text


def is_ras(lines: Sequence[str]) -> bool:
    """Tell whether this is a Rigaku .ras file."""
    return bool(lines) and lines[0].strip().upper() == "*RAS_DATA_START"


def read_ras(file: str, lines: Sequence[str]) -> Found:
    """Read a Rigaku .ras file: angle, counts and attenuation between two marks."""
    starts = _marks(lines, r"\*RAS_INT_START")
    ends = _marks(lines, r"\*RAS_INT_END")
    _one_scan(file, len(starts))
    end = ends[0] if ends else len(lines)
    notes = [] if ends else ["the mark *RAS_INT_END is missing: the file may be cut off"]
    facts = dict(re.findall(r'^\*(\w+)\s+"(.*)"\s*$', "\n".join(lines[: starts[0]]), re.MULTILINE))
    axis = facts.get("MEAS_SCAN_AXIS_X", "")
    if axis and not re.search(r"(?i)(2|two)[\s_-]*theta", axis):
        raise DataError(f"{file}: scans the axis {shown(axis)}; a scan of 2 theta is needed")
    body = [(i + 1, lines[i].split()) for i in range(starts[0] + 1, end) if lines[i].strip()]
    values = _rows(file, body, 2)
    counts = values[:, 1]
    if all(len(cells) > 2 for _, cells in body):
        attenuation = _rows(file, body, 3)[:, 2]
        counts = counts * attenuation
        if (attenuation != 1).any():
            notes.append("counts were multiplied by the attenuation in the third column")
    unit = facts.get("HW_XG_WAVE_LENGTH_UNIT", "Angstrom")
    wavelengths = [in_picometre(facts.get(f"HW_XG_WAVE_LENGTH_ALPHA{i}", ""), unit) for i in (1, 2)]
    return Found(
        "Rigaku .ras file",
        values[:, 0],
        counts,
        wavelengths=(wavelengths[0], wavelengths[1]),
        notes=tuple(notes),
        where=_rows_of([row for row, _ in body]),
    )


def is_uxd(lines: Sequence[str]) -> bool:
    """Tell whether this is a Bruker .uxd file."""
    return any(re.match(r"_FILEVERSION\s*=", line) for line in lines[:50])


def read_uxd(file: str, lines: Sequence[str]) -> Found:
    """Read one range of a Bruker .uxd file: counts in a row, or angle and counts in pairs."""
    marks = _marks(lines, r"_(2THETA)?(COUNTS|CPS)\s*$")
    _one_scan(file, len(marks))
    above = "\n".join(lines[: marks[0]])
    facts = dict(re.findall(r"^_(\w+)\s*=\s*'?(.*?)'?\s*$", above, re.MULTILINE))
    drive = facts.get("DRIVE", "COUPLED").upper()
    if drive not in ("COUPLED", "2THETA"):
        raise DataError(f"{file}: moves the drive {shown(drive)}; COUPLED or 2THETA is needed")
    body = [
        (i + 1, lines[i].replace(",", " ").split())
        for i in range(marks[0] + 1, len(lines))
        if lines[i].strip() and not lines[i].startswith(("_", ";"))
    ]
    if lines[marks[0]].startswith("_2THETA"):
        values = _rows(file, body, 2)
        angles, counts = values.T
        rows = [row for row, _ in body]
    else:
        cells = [(row, cell) for row, texts in body for cell in texts]
        rows = [row for row, _ in cells]
        counts = np.array([_number(file, row, cell) for row, cell in cells])
        start, step = (_fact(file, facts, names) for names in (("START", "2THETA"), ("STEPSIZE",)))
        angles = start + step * np.arange(counts.size)
    announced = number(facts.get("STEPCOUNT", ""))
    wavelengths = [in_picometre(facts.get(f"WL{i}", ""), facts.get("WL_UNIT", "A")) for i in (1, 2)]
    return Found(
        "Bruker .uxd file",
        angles,
        counts,
        wavelengths=(wavelengths[0], wavelengths[1]),
        notes=()
        if announced in (None, counts.size)
        else (cut_off("_STEPCOUNT", announced, counts),),
        where=_rows_of(rows),
    )


def in_picometre(text: str, unit: str) -> float | None:
    """Return the wavelength that `text` and `unit` give in pm, or None if they give none."""
    factors = {"angstrom": 1e2, "angstroms": 1e2, "a": 1e2, "å": 1e2, "nm": 1e3, "pm": 1.0}
    factors["m"] = 1e12
    value, factor = number(text), factors.get(unit.strip().lower())
    return value * factor if value and factor and np.isfinite(value) else None


def _marks(lines: Sequence[str], mark: str) -> list[int]:
    return [i for i, line in enumerate(lines) if re.match(mark, line)]


def _one_scan(file: str, scans: int) -> None:
    if scans != 1:
        found = f"holds {scans} scans" if scans else "holds no scan"
        raise DataError(f"{file}: {found}; one is needed, so {EXPORT}")


def _fact(file: str, facts: Mapping[str, str], names: Sequence[str]) -> float:
    for name in names:
        if (value := number(facts.get(name, ""))) is not None:
            return value
    raise DataError(f"{file}: does not say _{names[0]}, a number, above the counts")


def _rows(file: str, body: Sequence[tuple[int, Sequence[str]]], width: int) -> Floats:
    """Return the first `width` numbers of each row, shape (N, width)."""
    if len(body) > MAX_ROWS:
        raise too_many_rows(file)
    for row, cells in body:
        if len(cells) < width:
            raise DataError(f"{file}, row {row}: has {len(cells)} cells; {width} are needed")
    values = [[_number(file, row, cell) for cell in cells[:width]] for row, cells in body]
    return np.array(values, dtype=float).reshape(-1, width)


def _number(file: str, row: int, cell: str) -> float:
    value = number(cell)
    if value is None:
        raise DataError(f"{file}, row {row}: {shown(cell)} is not a number")
    return value


def _rows_of(rows: Sequence[int]) -> Callable[[int], str]:
    return lambda index: f"row {rows[index]}"
