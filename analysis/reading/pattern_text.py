"""Diffraction text files with a grammar of their own: .chi, GSAS, Rigaku .ras, Bruker .uxd.

Plain columns are in `analysis.reading.text_table`, archives and XML in
`analysis.reading.pattern_archives`. Each format has a function that tells whether a file is
of its kind, and one that reads it or raises `DataError`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.cells import number
from analysis.reading.pattern_columns import DIFFRACTION, INSTEAD, role_of
from analysis.reading.pattern_marks import count_line, marks_in
from analysis.reading.pattern_wavelengths import header_wavelengths, in_picometre
from analysis.reading.source import MAX_ROWS, Source, too_many_rows
from analysis.reading.table import Content, Table, cut_off, described
from analysis.reading.text_table import text_table
from analysis.typing import Floats, Place

# What a line may say that x is.
_AXES = ("two_theta", *INSTEAD)

Rows = Sequence[tuple[int, Sequence[str]]]


def number_rows(file: str, rows: Rows, width: int) -> Floats:
    """Return the first `width` numbers of each row of cells, shape (N, width).

    Raises
    ------
    DataError
        For a row with fewer cells and for a cell that is no number.
    """
    if len(rows) > MAX_ROWS:
        raise too_many_rows(file)
    for row, cells in rows:
        if len(cells) < width:
            raise DataError(f"{file}, row {row}: has {len(cells)} cells; {width} are needed")
    values = [[_number(file, row, cell) for cell in cells[:width]] for row, cells in rows]
    return np.array(values, dtype=float).reshape(-1, width)


def refuse_scans(file: str, scans: int) -> None:
    """Refuse a file that holds several scans, or none."""
    if scans != 1:
        problem = f"holds {scans} scans" if scans else "holds no scan"
        raise DataError(f"{file}: {problem}; one is needed, so {DIFFRACTION.export}")


def attenuated(counts: Floats, factors: Floats) -> tuple[Floats, list[str]]:
    """Multiply counts by the attenuation, a third column, and say so if there was any."""
    if (factors == 1).all():
        return counts, []
    return counts * factors, ["counts were multiplied by the attenuation in the third column"]


# ---------------------------------------------------------------------------- .chi


def read_chi(source: Source) -> Table:
    """Read a .chi file, as FIT2D, Dioptas, PeakPo and pyFAI write them.

    Line 2 says what x is, or a comment.
    """
    lines = source.lines
    count = count_line(source.head) or 0  # of plain text, which `lines` may not be
    comments = [line.lstrip("# ").strip() for line in lines[:count] if line.startswith("#")]
    label = lines[1].strip() if count == 3 and not comments else ""
    label = label or next((text for text in comments if role_of(text) in _AXES), "")
    is_axis = role_of(label) in _AXES
    table = text_table(source, [*[""] * (count + 1), *lines[count + 1 :]])
    name = f" ({shown(label)})" if label else ""
    notes = [] if is_axis else [f"no line says what x is{name}; read as 2 theta in degrees"]
    # What no heading says elsewhere, the lines above say here.
    headings = [label if is_axis else "2 theta", "intensity", "error"]
    width = len(table.columns)
    return replace(
        table,
        layout=".chi file",
        columns=described(headings[:width], source.file) if width <= 3 else table.columns,
        notes=tuple(notes),
        announced=(f"row {count + 1}", number(source.head[count])),
    )


# ---------------------------------------------------------------------------- GSAS

# Five or ten numbers of fixed width, which may touch each other.
_WIDTHS = {"STD": (2, 6), "ESD": (8, 8)}


def read_gsas(source: Source) -> Content:
    """Read GSAS powder data of constant wavelength: FXYE, FXY, STD or ESD.

    The line ``BANK 1 points records CONST start step 0 0 type`` says how; angles are in
    hundredths of a degree.
    """
    file, lines = source.file, source.lines
    banks = marks_in(lines, r"BANK\s+\d")
    if len(banks) > 1:
        raise DataError(f"{file}: holds {len(banks)} banks; write the one that is meant alone")
    if not banks:  # its first line was one only without the bytes that are no text
        raise DataError(f"{file}: has no line BANK of plain text; it may be damaged")
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
            f"types FXYE, FXY, ESD and STD are, or {DIFFRACTION.export}"
        )
    body = _written(lines, row, "#")
    announced = number(words[2])
    if kind in _WIDTHS:
        if len(words) < 7:
            raise DataError(f"{file}, row {row}: gives no start and step after {words[4]}")
        pairs, rows = _fixed_width(file, body, kind)
        if announced is not None and 0 < len(pairs) - announced < 80 // sum(_WIDTHS[kind]):
            del pairs[int(announced) :]  # the last line may be filled up
        start, step = (_number(file, row, text) / 100 for text in words[5:7])
        values = _of_pairs(kind, np.array(pairs, dtype=float).reshape(-1, 2))
        values["two_theta"] = start + step * np.arange(len(pairs), dtype=float)
    else:
        rows = [at for at, _ in body]
        names = ("two_theta", "intensity", "error")[: len(kind) - 1]
        cells = number_rows(file, [(at, line.split()) for at, line in body], len(names))
        values = dict(zip(names, cells.T, strict=True))
        values["two_theta"] = values["two_theta"] / 100
    return Content(
        f"GSAS powder data ({kind})",
        values,
        notes=tuple(cut_off(f"row {row}", announced, values["two_theta"].size)),
        where=_rows_of(rows),
        wavelengths=header_wavelengths(lines[: banks[0]]),
    )


def _fixed_width(
    file: str, body: Sequence[tuple[int, str]], kind: str
) -> tuple[list[list[float]], list[int]]:
    """Cut lines of fixed width into pairs of numbers, with the row of each pair."""
    first, both = _WIDTHS[kind][0], sum(_WIDTHS[kind])
    pairs, rows = [], []
    for row, line in body:
        text = line.rstrip()
        for at in range(0, min(len(text), 80), both):
            cells = text[at : at + first].strip(), text[at + first : at + both].strip()
            pairs.append([_number(file, row, cell or "0") for cell in cells])
            rows.append(row)
    return pairs, rows


def _of_pairs(kind: str, pairs: Floats) -> dict[str, Floats]:
    """STD: ten pairs of (number of detectors, counts) a line; ESD: five of (counts, error)."""
    first, second = pairs.T
    if kind == "ESD":
        return {"intensity": first, "error": second}
    if (first > 1).any():  # means over so many detectors
        return {"intensity": second, "error": np.sqrt(np.abs(second) / np.maximum(first, 1))}
    return {"intensity": second}


# ---------------------------------------------------------------------------- Rigaku, Bruker text


def read_ras(source: Source) -> Content:
    """Read a Rigaku .ras file: angle, counts and attenuation between two marks."""
    file, lines = source.file, source.lines
    starts = marks_in(lines, r"\*RAS_INT_START")
    ends = marks_in(lines, r"\*RAS_INT_END")
    refuse_scans(file, len(starts))
    notes = [] if ends else ["the mark *RAS_INT_END is missing: the file may be cut off"]
    facts = dict(re.findall(r'^\*(\w+)\s+"(.*)"\s*$', "\n".join(lines[: starts[0]]), re.MULTILINE))
    axis = facts.get("MEAS_SCAN_AXIS_X", "")
    if axis and not re.search(r"(?i)(2|two)[\s_-]*theta", axis):
        raise DataError(f"{file}: scans the axis {shown(axis)}; a scan of 2 theta is needed")
    end = ends[0] if ends else len(lines)
    body = [(row, line.split()) for row, line in _written(lines[:end], starts[0] + 1)]
    width = 3 if all(len(cells) > 2 for _, cells in body) else 2
    columns = number_rows(file, body, width).T
    counts, applied = attenuated(columns[1], columns[2]) if width == 3 else (columns[1], [])
    unit = facts.get("HW_XG_WAVE_LENGTH_UNIT", "Angstrom")
    first, second = (facts.get(f"HW_XG_WAVE_LENGTH_ALPHA{i}", "") for i in (1, 2))
    return Content(
        "Rigaku .ras file",
        {"two_theta": columns[0], "intensity": counts},
        notes=(*notes, *applied),
        where=_rows_of([row for row, _ in body]),
        wavelengths=(in_picometre(first, unit), in_picometre(second, unit)),
    )


def read_uxd(source: Source) -> Content:
    """Read one range of a Bruker .uxd file: counts in a row, or angle and counts in pairs."""
    file, lines = source.file, source.lines
    marks = marks_in(lines, r"_(2THETA)?(COUNTS|CPS)\s*$")
    refuse_scans(file, len(marks))
    above = "\n".join(lines[: marks[0]])
    facts = dict(re.findall(r"^_(\w+)\s*=\s*'?(.*?)'?\s*$", above, re.MULTILINE))
    drive = facts.get("DRIVE", "COUPLED").upper()
    if drive not in ("COUPLED", "2THETA"):
        raise DataError(f"{file}: moves the drive {shown(drive)}; COUPLED or 2THETA is needed")
    written = _written(lines, marks[0] + 1, ("_", ";"))
    body = [(row, line.replace(",", " ").split()) for row, line in written]
    if lines[marks[0]].startswith("_2THETA"):
        angles, counts = number_rows(file, body, 2).T
    else:
        body = [(row, [cell]) for row, cells in body for cell in cells]
        counts = number_rows(file, body, 1)[:, 0]
        start, step = (_fact(file, facts, names) for names in (("START", "2THETA"), ("STEPSIZE",)))
        angles = start + step * np.arange(counts.size)
    unit = facts.get("WL_UNIT", "A")
    first, second = (facts.get(f"WL{i}", "") for i in (1, 2))
    return Content(
        "Bruker .uxd file",
        {"two_theta": angles, "intensity": counts},
        notes=tuple(cut_off("_STEPCOUNT", number(facts.get("STEPCOUNT", "")), counts.size)),
        where=_rows_of([row for row, _ in body]),
        wavelengths=(in_picometre(first, unit), in_picometre(second, unit)),
    )


def read_udf(source: Source) -> Content:
    """Read a Philips .udf file: facts, a line "RawScan", and counts up to a slash."""
    file, lines = source.file, source.lines
    marks = marks_in(lines, r"RawScan\b")
    refuse_scans(file, len(marks))
    rows = (re.split(r"\s*,\s*", line.strip().rstrip("/,")) for line in lines[: marks[0]])
    facts = {key: values for key, *values in rows if values}
    ends = [*facts.get("DataAngleRange", []), *facts.get("ScanStepSize", [])]
    numbers = [number(text) for text in ends[:3]]
    if len(numbers) < 3 or None in numbers:
        raise DataError(f"{file}: does not say DataAngleRange and ScanStepSize above the counts")
    start, end, step = (value or 0.0 for value in numbers)
    cells = [
        (row, [cell])
        for row, line in _written(lines, marks[0] + 1)
        for cell in line.partition("/")[0].replace(",", " ").split()
    ]
    counts = number_rows(file, cells, 1)[:, 0]
    announced = round((end - start) / step) + 1 if step and abs(end - start) < 1e3 else None
    first, second = (facts.get(f"LabdaAlpha{i}", [""])[0] for i in (1, 2))
    return Content(
        "Philips .udf file",
        {"two_theta": start + step * np.arange(counts.size, dtype=float), "intensity": counts},
        notes=tuple(cut_off("DataAngleRange", announced, counts.size)),
        where=_rows_of([row for row, _ in cells]),
        wavelengths=(in_picometre(first, "A"), in_picometre(second, "A")),
    )


def _fact(file: str, facts: Mapping[str, str], names: Sequence[str]) -> float:
    for name in names:
        if (value := number(facts.get(name, ""))) is not None:
            return value
    raise DataError(f"{file}: does not say _{names[0]}, a number, above the counts")


def _written(
    lines: Sequence[str], start: int, marks: str | tuple[str, ...] = ()
) -> list[tuple[int, str]]:
    """Return the rows from index `start` on that are neither blank nor open with a mark."""
    rows = enumerate(lines[start:], start + 1)
    return [(row, line) for row, line in rows if line.strip() and not line.startswith(marks)]


def _number(file: str, row: int, cell: str) -> float:
    value = number(cell)
    if value is None:
        raise DataError(f"{file}, row {row}: {shown(cell)} is not a number")
    return value


def _rows_of(rows: Sequence[int]) -> Place:
    return lambda index: f"row {rows[index]}"
