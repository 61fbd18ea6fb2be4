"""Tables of diffraction lines as text: positions, widths and what else stands beside them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from analysis.diffraction.line_list import listed_lines
from analysis.diffraction.peaks import Index, PeakTable
from analysis.errors import DataError, shown
from analysis.reading import pattern_columns
from analysis.reading.cells import split_line
from analysis.reading.columns import Column
from analysis.reading.pattern_columns import plain
from analysis.reading.pattern_wavelengths import header_wavelengths
from analysis.reading.questions import OpenQuestions
from analysis.reading.source import Quantity, Source, text_source
from analysis.reading.table import Table
from analysis.reading.text_formats import TEXT
from analysis.reading.text_table import text_table
from analysis.typing import Floats, Place, ReadColumn, ReadRecord

# What a column may hold; the first two are needed.
ROLES = ("two_theta", "width", "width_error", "standard", "two_theta_error", "hkl")
LABELS = {
    "two_theta": "2 theta",
    "width": "width",
    "width_error": "error of the width",
    "standard": "width of a standard",
    "two_theta_error": "error of 2 theta",
    "hkl": "indices hkl",
}
# Without headings the columns are taken in this order.
_IN_ORDER = ("two_theta", "width", "width_error", "standard")
# What turns a width in 2 theta into degrees.
WIDTH_UNITS = {"deg": 1.0, "mrad": float(np.degrees(1e-3)), "rad": float(np.degrees(1.0))}
# No one lists more lines; a pattern has more points.
MOST_LINES = 500
MOST_BYTES = 1_000_000
# So many equal steps are those of a pattern.
_EVEN = 20
_COMMAND = "python -m analysis fit strain FILE --wavelength PM"

_WIDTH = {"fwhm", "width", "widths", "breadth", "breadths", "beta", "\u03b2", "ib"}
_INTEGRAL = {"integral", "beta", "\u03b2", "ib"}
_STANDARD = {"standard", "instrument", "instrumental", "inst", "instr", "lab6", "reference", "ref"}
# Indices with spaces in a cell of their own: "1 1 1", "(2 0 -2)".
_SPACED = re.compile(
    r"(^|[\t;,])\s*[(\[]?(-?\d{1,2})\s(-?\d{1,2})\s(-?\d{1,2})[)\]]?\s*(?=[\t;,]|$)"
)
_INDICES = {"hkl", "h", "index", "indices", "miller", "reflection"}


def role_of(heading: str) -> str | None:
    """Return one of `ROLES`, or "intensity", or None if the heading says nothing.

    Examples
    --------
    >>> [role_of(text) for text in ("2theta (deg)", "FWHM", "esd", "LaB6 width", "hkl", "No.")]
    ['two_theta', 'width', 'width_error', 'standard', 'hkl', None]
    """
    words = set(re.findall(r"[^\W\d_]+6?", re.sub(r"\blab6\b", "lab6", plain(heading))))
    if words & _INDICES:
        return "hkl"
    role = pattern_columns.role_of(heading)
    if role == "error":
        says_angle = pattern_columns.says_two_theta(heading)
        return "two_theta_error" if says_angle else "width_error"
    if words & _STANDARD:
        return "standard"
    if words & _WIDTH:
        return "width"
    return role if role in ("two_theta", "intensity") else None


LINES = Quantity(
    "lines",
    "a table of diffraction lines",
    needs="2 theta and width",
    export="write the lines as text in columns",
    roles=ROLES,
    role_of=role_of,
)


@dataclass(frozen=True, eq=False)
class LineTable:
    """Lines as a text lists them, in its order.

    Attributes
    ----------
    file : str
    table : Table
        Its cells and columns.
    roles : mapping of str to Column
        The column of each role that there is.
    values : mapping of str to ndarray, shape (N,)
        The numbers of each role, as they are written.
    hkl : tuple of (int, int, int) or None
        Indices; empty without a column of them.
    places : tuple of str
        Where each line stands: "row 17".
    unit : str or None
        Of the widths, where their heading says it.
    breadth : {"fwhm", "integral", None}
        What the heading says that the widths are.
    wavelength : float or None
        That the lines above the table state, pm.
    notes : tuple of str
        What was assumed.
    """

    file: str
    table: Table
    roles: Mapping[str, Column]
    values: Mapping[str, Floats]
    hkl: tuple[Index | None, ...]
    places: tuple[str, ...]
    unit: str | None
    breadth: str | None
    wavelength: float | None
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.places)

    def where(self, index: int) -> str:
        """Return where a line stands."""
        return self.places[index]

    def without(self, rows: Sequence[int]) -> "LineTable":
        """Return the table less the lines that stand in these rows.

        Raises
        ------
        DataError
            If in one of them stands none, or none is left.
        """
        numbers = [int(place.split()[-1]) for place in self.places]
        for row in rows:
            if row not in numbers:
                raise DataError(f"{self.file}: no line stands in row {row}")
        rows_kept = [at for at, number in enumerate(numbers) if number not in rows]
        if not rows_kept:
            raise DataError(f"{self.file}: all lines are left out; keep some")
        return replace(
            self,
            values={role: values[rows_kept] for role, values in self.values.items()},
            hkl=tuple(self.hkl[at] for at in rows_kept) if self.hkl else (),
            places=tuple(self.places[at] for at in rows_kept),
        )

    def lines(
        self,
        *,
        wavelength: float,
        breadth: str | None = None,
        unit: str | None = None,
        shape: str = "lorentzian",
        error_percent: float | None = None,
    ) -> PeakTable:
        """Return the lines for the analysis.

        Parameters
        ----------
        wavelength : float
            pm.
        breadth : {"fwhm", "integral"}, optional
            What the widths are; as the heading says, or the FWHM.
        unit : {"deg", "mrad", "rad"}, optional
            Of the widths, their errors and those of the standard, in 2 theta; as the heading
            says, or degrees.
        shape : {"lorentzian", "gaussian"}
            See `listed_lines`.
        error_percent : float, optional
            The standard error of each width in percent of it, where the table has none.

        Raises
        ------
        DataError
            If the unit is none, the errors are neither in the table nor given, or the lines
            are not usable, see `listed_lines`.
        """
        unit = unit or self.unit or "deg"
        if unit not in WIDTH_UNITS:
            allowed = ", ".join(WIDTH_UNITS)
            raise DataError(f"{self.file}: widths are in one of {allowed}; got {shown(unit)}")
        factor, values = WIDTH_UNITS[unit], self.values
        lines = listed_lines(
            values["two_theta"],
            values["width"] * factor,
            self._errors(error_percent) * factor,
            wavelength=wavelength,
            breadth=breadth or self.breadth or "fwhm",
            shape=shape,
            two_theta_error=values.get("two_theta_error"),
            standard=values["standard"] * factor if "standard" in values else None,
            hkl=self.hkl,
            name=self.file,
            where=self.where,
        )
        basis = "heading" if unit == self.unit else "given"
        pattern = replace(lines.pattern, notes=self.notes, reading=self._record(unit, basis))
        warnings = list(lines.warnings)
        if "width_error" not in values:
            assumption = (
                f"{error_percent:g} % of each is taken, and all errors and limits rest on it"
            )
            warnings.append(f"the table has no errors of the widths: {assumption}")
        return replace(lines, pattern=pattern, warnings=tuple(warnings))

    def _errors(self, percent: float | None) -> Floats:
        if "width_error" in self.values:
            return self.values["width_error"]
        if percent is None:
            raise DataError(
                f"{self.file}: the table has no errors of the widths, and without them there are "
                "no weights and no limits; state the standard error in percent of each width"
            )
        if not 0 < percent < 100:
            raise DataError(
                f"{self.file}: the error of the widths is {percent:g} percent; allowed: between 0 "
                "and 100"
            )
        return self.values["width"] * (percent / 100)

    def _record(self, unit: str, basis: str) -> ReadRecord:
        units = {
            **dict.fromkeys(("width", "width_error", "standard"), (unit, basis)),
            **dict.fromkeys(("two_theta", "two_theta_error"), ("degrees", "assumed")),
            "hkl": ("indices", "assumed"),
        }
        columns = {
            role: ReadColumn(column.number, column.heading, *units[role])
            for role, column in self.roles.items()
        }
        rows = [int(place.split()[-1]) for place in self.places]
        return ReadRecord("lines", self.table.layout, columns, len(rows), min(rows), max(rows))


def read_line_table(
    name: str,
    content: bytes,
    split: Callable[[Table], None] | None = None,
    **asked: str | None,
) -> LineTable:
    r"""Read a table of lines from a text.

    Parameters
    ----------
    name : str
        What messages call it.
    content : bytes
    split : callable, optional
        Takes the table as soon as it is split into cells, whether it is understood or not.
    **asked
        The column of a role of `ROLES`: its heading, or its number from 1; "none" for a role
        that no column has. And `decimal`, the decimal mark.

    Raises
    ------
    DataError
        If it is no text in columns, a column is not found or holds something else, or the
        text is a whole pattern.

    Examples
    --------
    >>> text = b"hkl, 2theta (deg), FWHM (mrad), error\n111, 38.2, 5.2, 0.1\n200, 44.4, 6.1, 0.2"
    >>> table = read_line_table("gold.csv", text)
    >>> table.unit, table.breadth, table.hkl
    ('mrad', 'fwhm', ((1, 1, 1), (2, 0, 0)))
    """
    if len(content) > MOST_BYTES:
        raise DataError(
            f"{name}: has {len(content) / 1e6:.1f} MB, too many for a list of lines; for a pattern "
            f"the command line fits the lines itself: {_COMMAND}"
        )
    left_out = {role for role, text in asked.items() if text == "none"}
    given: dict[str, Any] = {
        role: text for role, text in asked.items() if text and role not in left_out
    }
    source = text_source(name, content, LINES, **given)
    if not TEXT.matches(source):
        raise DataError(
            f"{name}: is not text; a table of lines is read as text in columns, such as .csv "
            "or .txt"
        )
    # Spaces within a cell would be taken for what separates the cells.
    lines = [
        _SPACED.sub("\\1\\2\u00b7\\3\u00b7\\4", line) if re.search("[\t;,]", line) else line
        for line in source.lines
    ]
    table = text_table(source, lines)
    if split is not None:
        split(table)
    if table.questions:
        raise OpenQuestions(source, table.questions, None)
    roles, notes = _roles(source, table, left_out)
    numbers = {role: column for role, column in roles.items() if role != "hkl"}
    points = table.content(numbers, source=source)
    where, size = points.where or "line {}".format, points.size
    _refuse_pattern(name, roles, points.values["two_theta"])
    unit, breadth = _of_heading(roles["width"].heading)
    return LineTable(
        name,
        table,
        roles,
        points.values,
        _indices(table, roles) if "hkl" in roles else (),
        tuple(where(at) for at in range(size)),
        unit,
        breadth,
        header_wavelengths(lines[: _first_row(where) - 1])[0],
        (*notes, *points.notes),
    )


def _first_row(where: Place) -> int:
    return int(where(0).split()[-1])


def _roles(
    source: Source, table: Table, left_out: set[str]
) -> tuple[dict[str, Column], tuple[str, ...]]:
    """Return the column of each role: as asked for, by its heading, or by its place."""
    columns = {role: table.asked_for(LABELS[role], text) for role, text in source.asked.items()}
    notes = []
    for column in table.columns:
        role = role_of(column.heading) if column.heading else None
        has_role = column.number in {other.number for other in columns.values()}
        if role in ROLES and role not in columns and role not in left_out and not has_role:
            columns[str(role)] = column
    headed = any(role_of(column.heading) in ROLES for column in table.columns if column.heading)
    for role in _IN_ORDER[: 2 if headed else len(_IN_ORDER)]:
        if role in columns or role in left_out:
            continue
        taken_numbers = {column.number for column in columns.values()}
        free = [
            column
            for column in table.columns
            if column.number not in taken_numbers and role_of(column.heading) != "intensity"
        ]
        if free:
            columns[role] = free[0]
            notes.append(f"column {free[0]} is taken as {LABELS[role]}, by its place")
    for role in ("two_theta", "width"):
        if role not in columns:
            raise DataError(
                f"{table.file}: no column holds the {LABELS[role]}{_if_pattern(table)}; there are "
                f"{', '.join(str(column) for column in table.columns)}"
            )
    return {role: columns[role] for role in ROLES if role in columns}, tuple(notes)


def _if_pattern(table: Table) -> str:
    if any(role_of(column.heading) == "intensity" for column in table.columns):
        return f" (a whole pattern is for the command line: {_COMMAND})"
    return ""


def _refuse_pattern(name: str, roles: Mapping[str, Column], angles: Floats) -> None:
    """Refuse what is a whole pattern, not a list of its lines."""
    steps = np.diff(angles)
    even = steps.size >= _EVEN and bool(np.ptp(steps) < 0.01 * np.abs(steps).max())
    if angles.size > MOST_LINES or even or role_of(roles["width"].heading) == "intensity":
        raise DataError(
            f"{name}: {angles.size} rows, which look like a whole pattern, not a list of its "
            f"lines; for a pattern the command line fits the lines itself: {_COMMAND}"
        )


def _of_heading(heading: str) -> tuple[str | None, str | None]:
    """Return the unit of widths and which they are, as their heading says."""
    words = set(re.findall(r"[^\W\d_]+", plain(heading)))
    unit = next(
        (unit for unit in ("mrad", "rad") if words & {unit, f"{unit}s", f"{unit}ians"}), None
    )
    if unit is None and (words & {"deg", "degree", "degrees"} or "\u00b0" in heading):
        unit = "deg"
    if "fwhm" in words:
        return unit, "fwhm"
    return unit, "integral" if words & _INTEGRAL else None


def _indices(table: Table, roles: Mapping[str, Column]) -> tuple[Index | None, ...]:
    """Return the indices of each row; of a column with one digit, it and the two that follow."""
    column = roles["hkl"]
    rows = [(row, cells) for row, cells in table.records()]
    at = column.number - 1
    others = {column.number - 1 for role, column in roles.items() if role != "hkl"}
    apart = not others & {at + 1, at + 2} and all(
        re.fullmatch(r"-?\d{1,2}", cell) for _, cells in rows for cell in cells[at : at + 3]
    )
    indices = []
    for row, cells in rows:
        text = cells[at].strip() if at < len(cells) else ""
        if apart and len(cells) >= at + 3 and len(text.lstrip("-")) < 3:
            text = " ".join(cells[at : at + 3])
        try:
            indices.append(_index(text))
        except ValueError:
            raise DataError(
                f"{table.file}, row {row}, column {column}: {shown(text)} are not indices; write "
                "them as 111, 1 1 1 or 1 0 10, and leave the cell empty where they are not known"
            ) from None
    return tuple(indices)


def _index(text: str) -> Index | None:
    """Return "111", "(1 1 1)", "1 0 -10" or "511/333" as indices; None of an empty cell.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    first = re.sub(r"[()\[\]{}]", " ", text.partition("/")[0]).strip().replace("\u2212", "-")
    if first in ("", "-", "?"):
        return None
    parts = split_line(re.sub("[,;\u00b7]", " ", first), None)
    if len(parts) == 1:
        parts = re.findall(r"-?\d", first) if re.fullmatch(r"(-?\d){3}", first) else []
    if len(parts) != 3:
        raise ValueError(text)
    h, k, l = (int(part) for part in parts)  # noqa: E741 - crystallography's own letter
    return h, k, l
