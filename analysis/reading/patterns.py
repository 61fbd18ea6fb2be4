"""Read one's own diffraction pattern: which columns, which wavelength.

The format is told from the contents (`formats`); where it leaves open what its columns are,
they are chosen here. The wavelength is never guessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis.diffraction.checks import Points, checked_points, checked_wavelengths
from analysis.diffraction.looks import watch_points
from analysis.diffraction.pattern import DiffractionPattern
from analysis.errors import DataError
from analysis.numerics.checks import OVERLOAD
from analysis.reading.choosing import Choice, chosen_content
from analysis.reading.columns import RESISTANCE, Column
from analysis.reading.formats import contents, format_of, only_holds
from analysis.reading.left_out import how_to_leave_out
from analysis.reading.pattern_columns import (
    DIFFRACTION,
    INSTEAD,
    in_radians,
    role_of,
    says_two_theta,
)
from analysis.reading.pattern_text import in_picometre, no_two_theta
from analysis.reading.questions import OpenQuestions
from analysis.reading.source import Source, open_source
from analysis.reading.table import Content, Table, listed
from analysis.reading.telling import other_kind
from analysis.typing import AnyPath, Flags, Floats, Place, ReadColumn, ReadRecord, Wavelengths

# The argument and the file mean the same wavelength if they agree to this part.
SAME_WAVELENGTH = 1e-3


@dataclass(frozen=True, eq=False)
class PatternReading:
    """What was understood of a file.

    Attributes
    ----------
    file : str
    points : Points
        Angles in degrees, ascending, intensities and errors, checked.
    wavelengths : tuple of float or None
        Of K-alpha 1 and 2 in pm; None where neither the file nor the caller says.
    wavelength_basis : str or None
        "file" or "given".
    notes : tuple of str
        What was assumed, skipped or found unusual.
    where : callable or None
        Turns the index of a point, in ascending angle, into words ("row 17"); None where
        the file has no rows or its points were merged.
    record : ReadRecord
        How they were read: what `check` prints, and results carry on.
    warnings : tuple of str
        What casts doubt on the points.
    """

    file: str
    points: Points
    wavelengths: Wavelengths
    wavelength_basis: str | None
    notes: tuple[str, ...]
    where: Place | None
    record: ReadRecord
    warnings: tuple[str, ...] = ()

    @property
    def layout(self) -> str:
        """In words, what kind of file it is."""
        return self.record.layout

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
            warnings=self.warnings,
            looks=self.looks,
            reading=self.record,
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
    skip_bad_rows: bool = False,
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
    skip_bad_rows : bool
        Leave out rows without a number where one is needed; `warnings` say which. At most half
        of the rows.
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
        with the file, the row, what was found and what is allowed. Where the file leaves several
        things open, one `OpenQuestions` asks them all.
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
        skip_bad_rows=skip_bad_rows,
        needs_wavelength=True,
    )
    return reading.pattern(
        f"{reading.file}: does not say its wavelength, which is never guessed; give it in pm: "
        "--wavelength PM, wavelength=... in Python, or in the data package "
        "(Cu K-alpha 1 is 154.0593)",
        name=name or Path(path).stem,
        pressure=pressure,
    )


@np.errstate(over="ignore", invalid="ignore")  # infinities are refused right after
def understand_pattern(
    path: AnyPath,
    *,
    wavelength: float | None = None,
    wavelength_2: float | None = None,
    skip_bad_rows: bool = False,
    needs_wavelength: bool = False,
    **asked: str | int | None,
) -> PatternReading:
    """Read a pattern as `read_pattern` does, and also say how; a wavelength may be missing.

    With `needs_wavelength` it is asked for together with other things that are open.
    """
    file = str(path)
    # 0 as second wavelength is a way to say that there is none.
    given = checked_wavelengths(
        wavelength,
        None if np.isscalar(wavelength_2) and not wavelength_2 else wavelength_2,
        name=file,
    )
    more = {"wavelength": wavelength, "wavelength_2": wavelength_2}
    source = open_source(Path(path), DIFFRACTION, skip_bad_rows=skip_bad_rows, more=more, **asked)
    found = contents(source)
    table = found if isinstance(found, Table) else None
    try:
        if isinstance(found, Table):
            own = _header_wavelengths(source.head)
            unknown = needs_wavelength and given[0] is None and own[0] is None
            content = replace(_chosen(found, source, unknown=unknown), wavelengths=own)
        else:
            content = found
        bad = _bad_points([*content.values.values()])
        if skip_bad_rows and bad.any():
            content = content.without(f"no finite number below {OVERLOAD:g}", bad)
            bad = ~bad[bad]
        warnings = content.left_out.words(file, content.size)
        used, basis, notes = _wavelengths(file, given, content.wavelengths)
        points = _checked(file, content, used[0], bad)
    except OpenQuestions:
        raise
    except DataError as error:
        other = None if table is None else other_kind(table, source)
        raise DataError(f"{error} - but {other}" if other else str(error)) from None
    if table is not None and not any(says_two_theta(column.heading) for column in table.columns):
        warnings += [other] if (other := other_kind(table, source)) else []
    return PatternReading(
        file,
        points,
        used,
        basis,
        (*content.notes, *notes, *points.notes),
        _where(content, points),
        content.record(DIFFRACTION.name, _read_columns(content)),
        tuple(warnings),
    )


def _checked(file: str, content: Content, wavelength: float | None, bad: Flags) -> Points:
    """Return the points; the refusal of those that hold no number says how to leave them out."""
    try:
        return checked_points(
            content.values["two_theta"],
            content.values["intensity"],
            content.values.get("error"),
            wavelength=wavelength,
            name=file,
            where=content.where or "point {}".format,
        )
    except DataError as error:
        rows = int(bad.sum())
        raise DataError(
            f"{error}{how_to_leave_out(rows, bad.size)}" if rows else str(error)
        ) from None


def _bad_points(values: Sequence[Floats]) -> Flags:
    """Return which points hold something that is no number; none where columns differ in length."""
    if len({one.size for one in values}) > 1:
        return np.zeros(0, dtype=bool)
    return np.asarray(~(np.abs(np.stack(values)) < OVERLOAD).all(axis=0))


def _read_columns(content: Content) -> dict[str, ReadColumn]:
    """Return the columns that were read, with the units in which their numbers are."""
    units = {"two_theta": "deg"}
    read = {}
    for role in content.values:
        column = content.columns.get(role)
        text = None if column is None else column.unit_text
        if role == "two_theta" and column is not None and in_radians(column.heading):
            text = "rad"
        basis = "format" if column is None else "assumed" if text is None else "heading"
        number, heading = (None, "") if column is None else (column.number, column.heading)
        read[role] = ReadColumn(number, heading, text or units.get(role, "counts"), basis)
    return read


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


def _chosen(table: Table, source: Source, *, unknown: bool) -> Content:
    asked = source.asked
    with_errors = asked.get("error", "").lower() != "none"
    wanted = {role: text for role, text in asked.items() if role != "error" or with_errors}

    def complete(choice: Choice) -> None:
        _complete(choice, with_errors=with_errors)
        if choice.questions and unknown:
            choice.ask("says no wavelength", "give it in pm with --wavelength", wavelength="PM")

    content = chosen_content(table, source, wanted, complete)
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
        _take_angles(choice)
        column = columns.get("two_theta")
        if column is not None and not says_two_theta(column.heading):
            choice.notes.append(f"took column {column} as 2 theta")
    errors = choice.holding("error")
    if "intensity" not in columns:
        guesses = choice.holding("intensity")
        left_over = choice.free if len(choice.free) == 1 and not errors else []
        choice.only("intensity", guesses or left_over, "intensity")
        if not guesses and "intensity" in columns:
            choice.notes.append(f"took column {columns['intensity']} as intensity")
    errors = [column for column in errors if column in choice.free]
    if "error" not in columns and with_errors:
        if len(errors) == 1:
            columns["error"] = errors[0]
        elif errors:
            choice.notes.append(f"columns {listed(errors)} could each be errors; none was taken")


def _take_angles(choice: Choice) -> None:
    """Take the column of 2 theta: said so, or called angle or x, or the first of two."""
    guesses = choice.holding("two_theta")
    certain = [column for column in guesses if says_two_theta(column.heading)]
    if not guesses:
        for column in choice.free:
            _refuse_other_axis(choice.table, column)
        # What is called a temperature is none.
        known = RESISTANCE.count([column.heading for column in choice.table.filled])
        guesses = choice.free[:1] if len(choice.table.filled) == 2 and not known else []
    choice.only("two_theta", certain or guesses, "2 theta")


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
