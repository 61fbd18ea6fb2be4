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
from analysis.reading.cells import is_comment
from analysis.reading.columns import Column
from analysis.reading.formats import columns_known, contents, format_of, only_holds
from analysis.reading.pattern_axis import axis_of
from analysis.reading.pattern_columns import DIFFRACTION, INSTEAD, role_of, says_two_theta
from analysis.reading.pattern_wavelengths import header_wavelengths, used_wavelengths
from analysis.reading.source import open_source
from analysis.reading.table import Choice, Content, Table, chosen_content, listed
from analysis.typing import AnyPath, Floats, Place, Wavelengths


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
    two_theta_unit: str | None = None,
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
    two_theta_unit : str, optional
        What the column of 2 theta holds where its heading does not say it, or wrongly: "deg" or
        "rad", "1/A" or "1/nm" of scattering vectors Q, "A", "nm" or "pm" of spacings d. The
        wavelength turns Q and d into 2 theta.
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
        two_theta_unit=two_theta_unit,
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
    two_theta_unit: str | None = None,
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
            content = replace(content, wavelengths=header_wavelengths(source.head))
        elif two_theta_unit is not None:
            raise DataError(f"{file}: {columns_known(content.layout, 'two_theta_unit')}")
        used, basis, notes = used_wavelengths(file, given, content.wavelengths)
        where = content.where or "point {}".format
        angles, changed = content.values["two_theta"], list[str]()
        if (column := content.columns.get("two_theta")) is not None:
            axis = axis_of(file, str(column), column.heading, two_theta_unit)
            angles, changed = axis.two_theta(angles, used[0], where)
        intensity, dummies = _unmasked(content.values["intensity"], source.head)
    points = checked_points(
        angles,
        intensity,
        content.values.get("error"),
        wavelength=used[0],
        name=file,
        where=where,
    )
    return PatternReading(
        file,
        content.layout,
        points,
        used,
        basis,
        content.columns,
        (*content.notes, *changed, *dummies, *notes, *points.notes),
        _where(content.where, angles, points),
    )


# What programs for area detectors write where no pixel counts, if the heading says it.
_DUMMY = re.compile(
    r"(?i)\b(dummy|no[\s_-]?data|(mask(ed)?|empty)[\s_-]*(value|bins?))\b[^\d.+-]{0,20}"
    r"(?P<value>[+-]?\d*\.?\d+(e[+-]?\d+)?)\s*[,;}]?"
)


def _unmasked(intensity: Floats, lines: Sequence[str]) -> tuple[Floats, list[str]]:
    """Return the intensities with NaN where they are the value that the heading calls a dummy."""
    found = next((m for line in lines if is_comment(line) and (m := _DUMMY.search(line))), None)
    if found is None or not (dummies := intensity == float(found["value"])).any():
        return intensity, []
    said = f"the file says that {found['value']} stands for no intensity"
    return np.where(dummies, np.nan, intensity), [said]


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


def _chosen(table: Table, asked: Mapping[str, str]) -> Content:
    with_errors = asked.get("error", "").lower() != "none"
    wanted = {role: text for role, text in asked.items() if role != "error" or with_errors}
    complete = partial(_complete, with_errors=with_errors)
    return chosen_content(table, DIFFRACTION, wanted, complete)


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
        columns["two_theta"] = column = _angles(choice)
        if not says_two_theta(column.heading) and role_of(column.heading) not in INSTEAD:
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
    """Return the column of 2 theta, or in place of it of Q or d, or the first of two.

    What says 2 theta wins over what is called angle or x, that over Q and d, that over others.
    """
    guesses = choice.holding("two_theta")
    certain = [column for column in guesses if says_two_theta(column.heading)]
    for roles in ("q", "d"), tuple(INSTEAD):
        guesses = guesses or [c for c in choice.free if role_of(c.heading) in roles]
    first_of_two = choice.free[:1] if len(choice.table.filled) == 2 else []
    return choice.only("two_theta", certain or guesses or first_of_two, "2 theta")
