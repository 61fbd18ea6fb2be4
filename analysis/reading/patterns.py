"""Read one's own diffraction pattern: which format, which columns, which wavelength.

The format is told from the contents. Columns of text go the way of R(T) files
(`rawtable`, `cells`); formats with a grammar of their own are in `pattern_formats` and
`pattern_archives`. The wavelength is never guessed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import numpy as np

from analysis.diffraction.checks import Points, checked_points, checked_wavelengths
from analysis.diffraction.pattern import DiffractionPattern
from analysis.errors import DataError
from analysis.reading.cells import asked_for, column_values, filled_columns, listed, row_at
from analysis.reading.columns import Column, shown
from analysis.reading.pattern_archives import read_vendor, refuse_unread, vendor_of
from analysis.reading.pattern_columns import INSTEAD, WORDS, in_radians, role_of, says_two_theta
from analysis.reading.pattern_formats import (
    Found,
    cut_off,
    in_picometre,
    is_gsas,
    is_ras,
    is_uxd,
    read_gsas,
    read_ras,
    read_uxd,
)
from analysis.reading.rawtable import (
    HEAD,
    RawTable,
    look,
    number,
    read_table,
    text_lines,
    text_table,
)

# The argument and the file mean the same wavelength if they agree to this part.
SAME_WAVELENGTH = 1e-3
# Files that cannot hold R(T), by their ending.
ENDINGS = frozenset({
    ".xy", ".xye", ".chi", ".gsas", ".gsa", ".gss", ".fxye", ".xrdml", ".brml", ".rasx", ".ras",
    ".uxd", ".raw",
})  # fmt: skip


@dataclass(frozen=True, eq=False)
class PatternReading:
    """What was understood of a file.

    Attributes
    ----------
    file, layout : str
        The file, and in words what kind of file it is.
    points : Points
        Angles in degrees, ascending, intensities and errors, checked.
    wavelengths : tuple of float or None
        Of K-alpha 1 and 2 in pm; None where neither the file nor the caller says.
    wavelength_basis : str or None
        "file" or "given".
    columns : dict of str to Column
        Of tables: the column of each role.
    notes : tuple of str
        What was assumed, skipped or found unusual.
    where : callable or None
        Turns the index of a point, in ascending angle, into words ("row 17"); None where
        the file has no rows or its points were merged.
    """

    file: str
    layout: str
    points: Points
    wavelengths: tuple[float | None, float | None]
    wavelength_basis: str | None
    columns: Mapping[str, Column]
    notes: tuple[str, ...]
    where: Callable[[int], str] | None


def read_pattern(
    path: str | PathLike[str],
    *,
    wavelength: float | None = None,
    wavelength_2: float | None = None,
    two_theta: str | int | None = None,
    intensity: str | int | None = None,
    error: str | int | None = None,
    sheet: str | int | None = None,
    decimal: str | None = None,
    pressure: float | None = None,
    name: str | None = None,
) -> DiffractionPattern:
    """Read a diffraction pattern: columns of text, .chi, GSAS, .xrdml, .brml, .rasx, .ras, .uxd.

    Parameters
    ----------
    path : path-like
        The file. Its format is told from its contents.
    wavelength : float, optional
        In pm (Cu K-alpha 1: 154.0593). Needed where the file does not say it; where both
        do, this one counts, and the second one of the file does not.
    wavelength_2 : float, optional
        K-alpha 2 in pm, where the source is a doublet.
    two_theta, intensity, error : str or int, optional
        The columns of a table, by heading (in any case) or by number from 1. When not
        given they are guessed from the headings; without headings, two columns are 2
        theta and intensity, and a third one is its standard error. ``error="none"``
        leaves the errors out.
    sheet : str or int, optional
        Sheet of a workbook, by name or number from 1.
    decimal : {".", ","}, optional
        The decimal mark, where the file leaves it open.
    pressure : float, optional
        Pressure in GPa, handed to the pattern.
    name : str, optional
        Name of the pattern; the file's name without its ending by default.

    Returns
    -------
    DiffractionPattern
        Angles in degrees, ascending. Its `notes` say what was assumed.

    Raises
    ------
    DataError
        If the file or a value in it is not usable, or no wavelength is known: one line
        with the file, the row, what was found and what is allowed.
    """
    reading = understand_pattern(
        path,
        wavelength=wavelength,
        wavelength_2=wavelength_2,
        two_theta=two_theta,
        intensity=intensity,
        error=error,
        sheet=sheet,
        decimal=decimal,
    )
    first, second = reading.wavelengths
    if first is None:
        raise DataError(
            f"{reading.file}: does not say its wavelength, which is never guessed; give it in pm: "
            "--wavelength PM, wavelength=... in Python, or in the data package "
            "(Cu K-alpha 1 is 154.0593)"
        )
    return DiffractionPattern(
        reading.points.two_theta,
        reading.points.intensity,
        first,
        wavelength_2=second,
        intensity_error=reading.points.intensity_error,
        name=name or Path(path).stem,
        pressure=pressure,
        notes=reading.notes,
    )


def understand_pattern(
    path: str | PathLike[str],
    *,
    wavelength: float | None = None,
    wavelength_2: float | None = None,
    two_theta: str | int | None = None,
    intensity: str | int | None = None,
    error: str | int | None = None,
    sheet: str | int | None = None,
    decimal: str | None = None,
) -> PatternReading:
    """Read a pattern as `read_pattern` does, and also say how; a wavelength may be missing."""
    file = str(path)
    # 0 as second wavelength is a way to say that there is none.
    given = checked_wavelengths(wavelength, wavelength_2 or None, name=file)
    wanted = {"two_theta": two_theta, "intensity": intensity, "error": error}
    asked = {role: str(value) for role, value in wanted.items() if value is not None}
    with np.errstate(over="ignore", invalid="ignore"):  # infinities are refused right after
        found = _find(Path(path), asked, None if sheet is None else str(sheet), decimal)
    used, basis, notes = _wavelengths(file, given, found.wavelengths)
    points = checked_points(
        found.two_theta,
        found.intensity,
        found.error,
        wavelength=used[0],
        name=file,
        where=found.where or "point {}".format,
    )
    return PatternReading(
        file,
        found.layout,
        points,
        used,
        basis,
        dict(found.columns),
        (*found.notes, *notes, *points.notes),
        _where(found, points),
    )


def is_pattern(path: str | PathLike[str]) -> bool:
    """Tell whether a file is a diffraction pattern, by its ending, kind or headings.

    Columns of numbers that no heading names could be anything, and are not called one.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    path = Path(path)
    start = look(path)
    if path.suffix.lower() in ENDINGS or vendor_of(path, start) is not None:
        return True
    if start.startswith(b"PK\x03\x04"):
        try:
            headings = [c.heading for c in read_table(path, words=WORDS).columns]
        except DataError:
            return False
        return any(map(says_two_theta, headings))
    head = start.decode(
        "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "ignore"
    )
    lines = head.splitlines()[:HEAD]
    if is_gsas(lines) or is_ras(lines) or is_uxd(lines) or _is_chi(lines):
        return True
    above = [line for line in lines if re.search(r"(?i)theta|2th_|tth|[\u03b8\u03d1]", line)]
    return any(map(says_two_theta, above))


def _where(found: Found, points: Points) -> Callable[[int], str] | None:
    """Turn rows in the file's order into rows in ascending angle."""
    where = found.where
    if where is None or points.two_theta.size != found.two_theta.size:
        return None
    order = np.argsort(found.two_theta, kind="stable")
    return lambda index: where(int(order[index]))


# ---------------------------------------------------------------------------- formats


def _find(path: Path, asked: Mapping[str, str], sheet: str | None, decimal: str | None) -> Found:
    """Read a file of any format; `asked` are the columns that the caller names."""
    file, start = str(path), look(path)
    vendor = vendor_of(path, start)
    if vendor is not None:
        _refuse_columns(file, asked, f".{vendor}")
        return read_vendor(path, vendor, start)
    refuse_unread(file, start)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _from_table(read_table(path, sheet=sheet, decimal=decimal, words=WORDS), asked)
    if sheet is not None:
        raise DataError(f"{file}: is a text file and has no sheets; leave --sheet out")
    lines = text_lines(path, start)
    for matches, reader, kind in (
        (is_gsas, read_gsas, "GSAS"),
        (is_ras, read_ras, ".ras"),
        (is_uxd, read_uxd, ".uxd"),
    ):
        if matches(lines):
            _refuse_columns(file, asked, kind)
            return reader(file, lines)
    if _is_chi(lines):
        return _read_chi(file, lines, asked, decimal)
    found = _from_table(text_table(file, lines, decimal, WORDS), asked)
    return replace(found, wavelengths=_header_wavelengths(lines))


def _refuse_columns(file: str, asked: Mapping[str, str], kind: str) -> None:
    for role in asked:
        raise DataError(
            f"{file}: is a {kind} file, whose columns are known; leave "
            f"--{role.replace('_', '-')} out"
        )


def _is_chi(lines: Sequence[str]) -> bool:
    """Tell whether four lines of heading, the last a number of points, precede the numbers."""
    return (
        len(lines) > 4
        and re.fullmatch(r"\s*\d+\s*", lines[3]) is not None
        and len(lines[4].split()) > 1
        and all(number(cell) is not None for cell in lines[4].split())
        and not any(line.startswith("#") for line in lines[:4])
    )


def _read_chi(
    file: str, lines: Sequence[str], asked: Mapping[str, str], decimal: str | None
) -> Found:
    """Read a .chi file, as FIT2D, Dioptas and pyFAI write them; line 2 says what x is."""
    label, announced = lines[1].strip(), float(lines[3])
    role = role_of(label)
    if role in INSTEAD:
        raise _no_two_theta(file, f"row 2: {shown(label)}", role)
    table = text_table(file, [*[""] * 4, *lines[4:]], decimal, WORDS)
    found = _from_table(table, asked, radians=in_radians(label))
    # What no heading says elsewhere, the four lines say here.
    notes = [note for note in found.notes if not note.startswith("no headings")]
    if role != "two_theta":
        notes.append(f"row 2 does not say what x is ({shown(label)}); read as 2 theta in degrees")
    if found.two_theta.size != announced:
        notes.append(cut_off("row 4", announced, found.two_theta))
    return replace(found, layout=".chi file", notes=tuple(notes), columns={})


# ---------------------------------------------------------------------------- columns


def _from_table(table: RawTable, asked: Mapping[str, str], *, radians: bool = False) -> Found:
    notes: list[str] = []
    columns = _choose(table, asked, notes)
    values, rows = column_values(table, columns, notes)
    two_theta = values["two_theta"]
    if radians or in_radians(columns["two_theta"].heading):
        two_theta = np.degrees(two_theta)
        notes.append("2 theta is in radians in the file, and was converted to degrees")
    return Found(
        table.layout,
        two_theta,
        values["intensity"],
        values.get("error"),
        columns=columns,
        notes=tuple(notes),
        where=lambda index: row_at(table, rows, index),
    )


def _choose(table: RawTable, asked: Mapping[str, str], notes: list[str]) -> dict[str, Column]:
    """Return the column of each role, as asked for or else by the only possible guess."""
    if len(table.columns) < 2:
        raise DataError(f"{table.file}: has one column; {WORDS.needs} need two")
    with_errors = asked.get("error", "").lower() != "none"
    chosen = {
        role: asked_for(table, role.replace("_", " "), text)
        for role, text in asked.items()
        if role != "error" or with_errors
    }
    for role, column in chosen.items():
        if role == "two_theta" and (found := role_of(column.heading)) in INSTEAD:
            raise _no_two_theta(table.file, f"column {column}", found)
    free = [column for column in filled_columns(table) if column not in chosen.values()]
    if table.has_headings:
        return _by_heading(table, chosen, free, with_errors=with_errors, notes=notes)
    missing = [role for role in ("two_theta", "intensity") if role not in chosen]
    if missing and with_errors and "error" not in chosen and len(free) == len(missing) + 1:
        missing.append("error")
    if len(free) < len(missing) or (len(free) > len(missing) and missing and with_errors):
        raise DataError(
            f"{table.file}: has {len(free) + len(chosen)} filled columns without headings; "
            "say which are meant with --two-theta, --intensity and --error (numbers from 1)"
        )
    taken = dict(zip(missing, free, strict=False))
    if taken:
        named = [f"column {column.number} as {_label(role)}" for role, column in taken.items()]
        notes.append(f"no headings; took {', '.join(named)}")
    return {**chosen, **taken}


def _by_heading(
    table: RawTable,
    chosen: dict[str, Column],
    free: list[Column],
    *,
    with_errors: bool,
    notes: list[str],
) -> dict[str, Column]:
    if "two_theta" not in chosen:
        chosen["two_theta"] = column = _angles(table, free, alone=len(free) + len(chosen) == 2)
        if not says_two_theta(column.heading):
            notes.append(f"took column {column} as 2 theta")
    free = [column for column in free if column not in chosen.values()]
    errors = _holding(free, "error")
    if "intensity" not in chosen:
        guesses = _holding(free, "intensity")
        left_over = free if len(free) == 1 and not errors else []
        chosen["intensity"] = column = _only(table, "intensity", guesses or left_over)
        if not guesses:
            notes.append(f"took column {column} as intensity")
    if "error" not in chosen and with_errors:
        if len(errors) == 1:
            chosen["error"] = errors[0]
        elif errors:
            notes.append(f"columns {listed(errors)} could each be errors; none was taken")
    return chosen


def _angles(table: RawTable, free: Sequence[Column], *, alone: bool) -> Column:
    """Return the column of 2 theta: said so, or called angle or x, or the first of two."""
    guesses = _holding(free, "two_theta")
    certain = [column for column in guesses if says_two_theta(column.heading)]
    for column in free:
        if not guesses and (role := role_of(column.heading)) in INSTEAD:
            raise _no_two_theta(table.file, f"column {column}", role)
    return _only(table, "two_theta", certain or guesses or (free[:1] if alone else []))


def _holding(columns: Iterable[Column], role: str) -> list[Column]:
    return [column for column in columns if role_of(column.heading) == role]


def _only(table: RawTable, role: str, guesses: Sequence[Column]) -> Column:
    """Return the only guess; else ask."""
    if len(guesses) == 1:
        return guesses[0]
    if guesses:
        raise DataError(
            f"{table.file}: columns {listed(guesses)} could each be the {_label(role)}; "
            f"choose with --{role.replace('_', '-')} NAME or NUMBER"
        )
    raise DataError(
        f"{table.file}: columns {listed(table.columns)} - none is known as {_label(role)}; "
        f"choose with --{role.replace('_', '-')} NAME or NUMBER"
    )


def _label(role: str) -> str:
    return {"two_theta": "2 theta", "error": "its error"}.get(role, role)


def _no_two_theta(file: str, where: str, role: str | None) -> DataError:
    return DataError(
        f"{file}, {where} says that these are {INSTEAD[role or 'q']}; 2 theta in degrees is needed"
    )


# ---------------------------------------------------------------------------- wavelengths

_NAMED = re.compile(
    r"(?i)(wave[\s_-]?length|lambda)[\s_-]*(alpha)?[\s_-]*(?P<which>[12](?![.\d]))?"
)
_VALUE = re.compile(
    r"(?P<value>\d*\.?\d+(e[+-]?\d+)?)\s*[\[(]?\s*(?P<unit>angstroms?|\u00e5|a|nm|pm|m)?(?![a-z])"
)
_UNIT_BEFORE = re.compile(r"\b(angstroms?|\u00e5|nm|pm|m|(?<=[(\[])a)\b")


def _header_wavelengths(lines: Sequence[str]) -> tuple[float | None, float | None]:
    """Return the wavelengths that the lines above the numbers state, in pm.

    A number without a unit counts as in metres (pyFAI writes 3.344e-11) or in angstrom if
    it can be nothing else. Statements that contradict each other count for nothing.
    """
    found: dict[int, set[float]] = {1: set(), 2: set()}
    for line in lines[:HEAD]:
        name = _NAMED.search(text := line[:300].lower())
        value = name and _VALUE.search(text, name.end())
        if not name or not value or re.search("beta|ratio|mean|average|resolution", text):
            continue
        before = _UNIT_BEFORE.search(text[name.end() : value.start()])
        unit = value["unit"] or (before[1] if before else None)
        size = float(value["value"])
        if unit is None:
            unit = "m" if 4e-12 <= size <= 1e-9 else "angstrom" if 0.05 <= size <= 3 else ""
        second = name["which"] == "2" or re.search(r"alpha[\s_-]*2", text[: name.end()])
        if (picometre := in_picometre(value["value"], unit)) is not None:
            found[2 if second else 1].add(round(picometre, 9))
    first, other = (values.pop() if len(values) == 1 else None for values in found.values())
    return first, other if first is not None else None


def _wavelengths(
    file: str,
    given: tuple[float | None, float | None],
    own: tuple[float | None, float | None],
) -> tuple[tuple[float | None, float | None], str | None, list[str]]:
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
