"""Read one's own diffraction pattern: which columns, which wavelength.

The format is told from the contents (`formats`); where it leaves open what its columns are,
they are chosen here. The wavelength is never guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from analysis.diffraction.checks import Points, checked_points, checked_wavelengths
from analysis.diffraction.looks import watch_points
from analysis.diffraction.pattern import DiffractionPattern
from analysis.errors import DataError
from analysis.reading.columns import Column
from analysis.reading.formats import contents, format_of, only_holds
from analysis.reading.pattern_columns import (
    DIFFRACTION,
    INSTEAD,
    in_radians,
    role_of,
    says_two_theta,
)
from analysis.reading.pattern_text import in_picometre, no_two_theta
from analysis.reading.source import open_source
from analysis.reading.table import Choice, Content, Table, chosen_content, listed
from analysis.typing import AnyPath, Place, Wavelengths

# The argument and the file mean the same wavelength if they agree to this part.
SAME_WAVELENGTH = 1e-3


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
    wavelengths: Wavelengths
    wavelength_basis: str | None
    columns: Mapping[str, Column]
    notes: tuple[str, ...]
    where: Place | None

    @property
    def looks(self) -> tuple[str, ...]:
        """What deserves a look, in words, with the rows of the points."""
        return tuple(watch_points(self.points, wavelength=self.wavelengths[0], where=self.where))

    def pattern(self, missing: str, **provenance: Any) -> DiffractionPattern:
        """Return the pattern with its name, pressure, origin ... as they are given.

        Raises
        ------
        DataError
            With the words of `missing`, if no wavelength is known.
        """
        first, second = self.wavelengths
        if first is None:
            raise DataError(missing)
        return DiffractionPattern(
            self.points.two_theta,
            self.points.intensity,
            first,
            wavelength_2=second,
            intensity_error=self.points.intensity_error,
            notes=self.notes,
            looks=self.looks,
            **provenance,
        )


def read_pattern(
    path: AnyPath,
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
    """Read a diffraction pattern of any format in `analysis.reading.formats` that holds it.

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
    return reading.pattern(
        f"{reading.file}: does not say its wavelength, which is never guessed; give it in pm: "
        "--wavelength PM, wavelength=... in Python, or in the data package "
        "(Cu K-alpha 1 is 154.0593)",
        name=name or Path(path).stem,
        pressure=pressure,
    )


def understand_pattern(
    path: AnyPath,
    *,
    wavelength: float | None = None,
    wavelength_2: float | None = None,
    **asked: str | int | None,
) -> PatternReading:
    """Read a pattern as `read_pattern` does, and also say how; a wavelength may be missing."""
    file = str(path)
    # 0 as second wavelength is a way to say that there is none.
    given = checked_wavelengths(
        wavelength,
        None if np.isscalar(wavelength_2) and not wavelength_2 else wavelength_2,
        name=file,
    )
    source = open_source(Path(path), DIFFRACTION, **asked)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities are refused right after
        content = contents(source)
        if isinstance(content, Table):
            content = _chosen(content, source.asked)
            content = replace(content, wavelengths=_header_wavelengths(source.head))
    used, basis, notes = _wavelengths(file, given, content.wavelengths)
    points = checked_points(
        content.values["two_theta"],
        content.values["intensity"],
        content.values.get("error"),
        wavelength=used[0],
        name=file,
        where=content.where or "point {}".format,
    )
    return PatternReading(
        file,
        content.layout,
        points,
        used,
        basis,
        content.columns,
        (*content.notes, *notes, *points.notes),
        _where(content, points),
    )


def is_pattern(path: AnyPath) -> bool:
    """Tell whether a file is a diffraction pattern, by its ending, kind or headings.

    Columns of numbers that no heading names could be anything, and are not called one.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    source = open_source(Path(path), DIFFRACTION)
    kind = format_of(source)
    if only_holds(source.ending, DIFFRACTION) or (
        kind is not None and [*kind.endings] == [DIFFRACTION.name]
    ):
        return True
    if source.is_text:
        mark = re.compile(r"(?i)theta|2th_|tth|[\u03b8\u03d1]")
        return any(says_two_theta(line) for line in source.head if mark.search(line))
    try:
        content = contents(source)
    except DataError:
        return False
    return isinstance(content, Table) and any(says_two_theta(c.heading) for c in content.columns)


def _where(content: Content, points: Points) -> Place | None:
    """Turn rows in the file's order into rows in ascending angle."""
    where, angles = content.where, content.values["two_theta"]
    if where is None or points.two_theta.size != angles.size:
        return None
    order = np.argsort(angles, kind="stable")
    return lambda index: where(int(order[index]))


# ---------------------------------------------------------------------------- columns


def _chosen(table: Table, asked: Mapping[str, str]) -> Content:
    with_errors = asked.get("error", "").lower() != "none"
    wanted = {role: text for role, text in asked.items() if role != "error" or with_errors}
    complete = partial(_complete, with_errors=with_errors)
    content = chosen_content(table, DIFFRACTION, wanted, complete)
    if not in_radians(content.columns["two_theta"].heading):
        return content
    return replace(
        content,
        values={**content.values, "two_theta": np.degrees(content.values["two_theta"])},
        notes=(*content.notes, "2 theta is in radians in the file, and was converted to degrees"),
    )


def _complete(choice: Choice, *, with_errors: bool) -> None:
    """Choose 2 theta, intensity and, if there are any, errors where they were not asked for."""
    table, columns = choice.table, choice.columns
    if "two_theta" in columns:
        _refuse_other_axis(table, columns["two_theta"])
    if table.has_headings:
        _by_heading(choice, with_errors=with_errors)
        return
    missing = [role for role in ("two_theta", "intensity") if role not in columns]
    if with_errors and "error" not in columns and len(choice.free) == len(missing) + 1:
        missing += ["error"] * bool(missing)
    options = "--two-theta, --intensity and --error"
    choice.by_position(missing, options, ", ", exact=with_errors)


def _by_heading(choice: Choice, *, with_errors: bool) -> None:
    columns = choice.columns
    if "two_theta" not in columns:
        columns["two_theta"] = column = _angles(choice)
        if not says_two_theta(column.heading):
            choice.notes.append(f"took column {column} as 2 theta")
    errors = choice.holding("error")
    if "intensity" not in columns:
        guesses = choice.holding("intensity")
        left_over = choice.free if len(choice.free) == 1 and not errors else []
        column = choice.only("intensity", guesses or left_over, "intensity")
        columns["intensity"] = column
        if not guesses:
            choice.notes.append(f"took column {column} as intensity")
    errors = [column for column in errors if column in choice.free]
    if "error" not in columns and with_errors:
        if len(errors) == 1:
            columns["error"] = errors[0]
        elif errors:
            choice.notes.append(f"columns {listed(errors)} could each be errors; none was taken")


def _angles(choice: Choice) -> Column:
    """Return the column of 2 theta: said so, or called angle or x, or the first of two."""
    guesses = choice.holding("two_theta")
    certain = [column for column in guesses if says_two_theta(column.heading)]
    if not guesses:
        for column in choice.free:
            _refuse_other_axis(choice.table, column)
        guesses = choice.free[:1] if len(choice.table.filled) == 2 else []
    return choice.only("two_theta", certain or guesses, "2 theta")


def _refuse_other_axis(table: Table, column: Column) -> None:
    role = role_of(column.heading)
    if role in INSTEAD:
        raise no_two_theta(f"{table.file}, column {column}", role)


# ---------------------------------------------------------------------------- wavelengths

_NAMED = re.compile(
    r"(?i)(wave[\s_-]?length|lambda)[\s_-]*(alpha)?[\s_-]*(?P<which>[12](?![.\d]))?"
)
_VALUE = re.compile(
    r"(?P<value>\d*\.?\d+(e[+-]?\d+)?)\s*[\[(]?\s*(?P<unit>angstroms?|\u00e5|a|nm|pm|m)?(?![a-z])"
)
_UNIT_BEFORE = re.compile(r"\b(angstroms?|\u00e5|nm|pm|m|(?<=[(\[])a)\b")


def _header_wavelengths(lines: Sequence[str]) -> Wavelengths:
    """Return the wavelengths that the lines above the numbers state, in pm.

    A number without a unit counts as in metres (pyFAI writes 3.344e-11) or in angstrom if
    it can be nothing else. Statements that contradict each other count for nothing.
    """
    found: dict[int, set[float]] = {1: set(), 2: set()}
    for line in lines:
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
