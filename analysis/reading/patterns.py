"""Read one's own diffraction pattern: which columns, which wavelength.

The format is told from the contents (`formats`); where it leaves open what its columns are,
they are chosen here. The wavelength is never guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis.diffraction.checks import Points, checked_points, checked_wavelengths
from analysis.diffraction.looks import watch_points
from analysis.diffraction.pattern import DiffractionPattern
from analysis.errors import DataError
from analysis.numerics.checks import OVERLOAD
from analysis.reading.cells import is_comment
from analysis.reading.choosing import Choice, chosen_content
from analysis.reading.columns import RESISTANCE
from analysis.reading.formats import columns_known, contents, format_of, only_holds
from analysis.reading.left_out import how_to_leave_out
from analysis.reading.opened import open_source
from analysis.reading.pattern_axis import Axis, axis_of
from analysis.reading.pattern_columns import DIFFRACTION, INSTEAD, role_of, says_two_theta
from analysis.reading.pattern_wavelengths import header_wavelengths, used_wavelengths
from analysis.reading.questions import OpenQuestions
from analysis.reading.source import Source
from analysis.reading.table import Content, Table, listed
from analysis.reading.telling import other_kind
from analysis.typing import AnyPath, Flags, Floats, Place, ReadColumn, ReadRecord, Wavelengths


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
    two_theta_unit: str | None = None,
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
    two_theta_unit : str, optional
        What the column of 2 theta holds where its heading does not say it, or wrongly: "deg" or
        "rad", "1/A" or "1/nm" of scattering vectors Q, "A", "nm" or "pm" of spacings d. The
        wavelength turns Q and d into 2 theta.
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
        two_theta_unit=two_theta_unit,
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
    two_theta_unit: str | None = None,
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
    more: dict[str, float | str | None] = {"wavelength": wavelength, "wavelength_2": wavelength_2}
    more["two_theta_unit"] = two_theta_unit
    source = open_source(Path(path), DIFFRACTION, skip_bad_rows=skip_bad_rows, more=more, **asked)
    table_or_content = contents(source)
    table = table_or_content if isinstance(table_or_content, Table) else None
    if table is None and two_theta_unit is not None:
        raise DataError(f"{file}: {columns_known(table_or_content.layout, 'two_theta_unit')}")
    try:
        if isinstance(table_or_content, Table):
            own = header_wavelengths(source.head)
            unknown = needs_wavelength and given[0] is None and own[0] is None
            content = replace(_chosen(table_or_content, source, unknown=unknown), wavelengths=own)
        else:
            content = table_or_content
        content = _unmasked(content, source.head)
        bad = _bad_points(content.values)
        if skip_bad_rows and bad.any():
            content = content.without(f"no finite number below {OVERLOAD:g}", bad)
            bad = ~bad[bad]
        warnings = content.left_out.words(file, content.size)
        wavelengths, basis, notes = used_wavelengths(file, given, content.wavelengths)
        column = content.columns.get("two_theta")
        axis = None
        if column is not None:
            axis = axis_of(file, str(column), column.heading, two_theta_unit)
        content = _as_angles(content, axis, wavelengths[0])
        points = _checked(file, content, wavelengths[0], bad)
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
        wavelengths,
        basis,
        (*content.notes, *notes, *points.notes),
        _where(content.where, content.values["two_theta"], points),
        content.record(DIFFRACTION.name, _read_columns(content, axis)),
        tuple(warnings),
    )


def _as_angles(content: Content, axis: Axis | None, wavelength: float | None) -> Content:
    """Return the content with 2 theta in degrees, whatever its column holds."""
    if axis is None:
        return content
    values, where = content.values, content.where or "point {}".format
    angles, notes = axis.two_theta(values["two_theta"], wavelength, where)
    return replace(content, values={**values, "two_theta": angles}, notes=(*content.notes, *notes))


# What programs for area detectors write where no pixel counts, if the heading says it.
_DUMMY = re.compile(
    r"(?i)\b(dummy|no[\s_-]?data|(mask(ed)?|empty)[\s_-]*(value|bins?))\b[^\d.+-]{0,20}"
    r"(?P<value>[+-]?\d*\.?\d+(e[+-]?\d+)?)\s*[,;}]?"
)


def _unmasked(content: Content, lines: Sequence[str]) -> Content:
    """Return the content with NaN for intensities that the heading calls a dummy."""
    match = next((m for line in lines if is_comment(line) and (m := _DUMMY.search(line))), None)
    intensity = content.values["intensity"]
    if match is None or not (dummies := intensity == float(match["value"])).any():
        return content
    note = f"the file says that {match['value']} stands for no intensity"
    values = {**content.values, "intensity": np.where(dummies, np.nan, intensity)}
    return replace(content, values=values, notes=(*content.notes, note))


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


def _bad_points(values: Mapping[str, Floats]) -> Flags:
    """Return which points hold something that is no number; none where columns differ in length.

    NaN in place of an intensity is a bin without a pixel.
    """
    if len({column.size for column in values.values()}) > 1:
        return np.zeros(0, dtype=bool)
    masks = [
        (np.abs(column) >= OVERLOAD) | (np.isnan(column) & (role == "two_theta"))
        for role, column in values.items()
    ]
    return np.asarray(np.logical_or.reduce(masks))


def _read_columns(content: Content, axis: Axis | None) -> dict[str, ReadColumn]:
    """Return the columns that were read, with the units in which their numbers are."""
    read = {}
    for role in content.values:
        column = content.columns.get(role)
        text = None if column is None else column.unit_text
        unit, basis = text or "counts", "format" if column is None else "heading"
        if column is not None and text is None:
            basis = "assumed"
        if role == "two_theta":
            unit = "deg" if axis is None else axis.unit_words
        number, heading = (None, "") if column is None else (column.number, column.heading)
        read[role] = ReadColumn(number, heading, unit, basis)
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


def _where(where: Place | None, angles: Floats, points: Points) -> Place | None:
    """Turn rows in the file's order into rows in ascending angle."""
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

    return chosen_content(table, source, wanted, complete)


def _complete(choice: Choice, *, with_errors: bool) -> None:
    """Choose 2 theta, intensity and, if there are any, errors where they were not asked for."""
    table, columns = choice.table, choice.columns
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
        if (
            column is not None
            and not says_two_theta(column.heading)
            and role_of(column.heading) not in INSTEAD
        ):
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
    """Take the column of 2 theta, or in place of it of Q or d, or the first of two.

    What says 2 theta wins over what is called angle or x, that over Q and d, that over others.
    """
    guesses = choice.holding("two_theta")
    certain = [column for column in guesses if says_two_theta(column.heading)]
    for roles in ("q", "d"), tuple(INSTEAD):
        guesses = guesses or [c for c in choice.free if role_of(c.heading) in roles]
    if not guesses:
        # What is called a temperature is none.
        n_resistance = RESISTANCE.count([column.heading for column in choice.table.filled])
        guesses = choice.free[:1] if len(choice.table.filled) == 2 and not n_resistance else []
    choice.only("two_theta", certain or guesses, "2 theta")
