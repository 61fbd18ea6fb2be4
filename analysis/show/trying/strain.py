"""Lines of a pattern that a reader drops on a page as a table: read, analysed, and said.

The page has no formula and no rule of its own: `opened` reads a table with the package's reader,
`fitted` does the Williamson-Hall analysis and the fit of a cubic cell with the package's
functions. Both take and return plain values, which a page can hold.
"""

from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.diffraction.crystal.cell import label_of
from analysis.diffraction.crystal.cubic import Cubic
from analysis.diffraction.crystal.lattice import LatticeFit
from analysis.diffraction.pattern_analysis import PatternAnalysis, analyse_list
from analysis.diffraction.peaks import Index, PeakTable
from analysis.diffraction.strain.directions import is_cubic, name_of
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.errors import AnalysisError, DataError
from analysis.reading.line_table import LineTable, read_line_table
from analysis.show.printed import stated
from analysis.show.strain_finding import strain_finding
from analysis.show.trying.answers import Answer, answer_of, shown_table
from analysis.show.trying.choices import number, texts
from analysis.show.trying.strain_choices import (
    FITTING,
    READING,
    fitting_controls,
    reading_controls,
    rows_of,
    wavelength_of,
)
from analysis.typing import Floats

if TYPE_CHECKING:
    from analysis.reading.table import Table

# A law is drawn through so many angles, and so far beyond the last line.
DRAWN, BEYOND = 120, 1.04
# Strains are drawn in thousandths.
_SCALE = 1000.0
_COLUMNS = (
    "line", "row", "2 theta (deg)", "sin theta", "beta cos theta (mrad)", "error (mrad)",
    "fit (mrad)", "fit low 95 % (mrad)", "fit high 95 % (mrad)", "residual (mrad)",
    "residual (errors)",
)  # fmt: skip


class TriedLines:
    """A table of lines that was dropped on a page, and what was made of it last.

    Attributes
    ----------
    name : str
        Of the file.
    content : bytes
    reading : dict of str to str
        How it is read, where that was chosen.
    table : LineTable or None
        None where it is not read.
    strain : WilliamsonHall or None
        The last analysis.
    """

    def __init__(self) -> None:
        self.name = ""
        self.content = b""
        self.reading: dict[str, str] = {}
        self.table: LineTable | None = None
        self.strain: WilliamsonHall | None = None

    # --------------------------------------------------------------------------- reading

    def opened(self, name: str, content: bytes | None, choices: Mapping[str, Any]) -> Answer:
        """Read a table of lines; without `content` the last one again, with other choices.

        Parameters
        ----------
        name : str
            Of the file.
        content : bytes or None
        choices : mapping
            See `READING`; what has another name is for `fitted`.

        Returns
        -------
        dict
            "refused" is None, or the sentence that says why there are no lines; "table" is there
            as far as the text could be split into cells.
        """
        self.name = name
        if content is not None:
            self.content = content
        self.reading = texts(choices, READING)
        self.table, self.strain = None, None
        split: list[Table] = []
        refused, answer, roles = None, Answer(), dict[str, int]()
        try:
            self.table = read_line_table(name, self.content, split.append, **self.reading)
            roles = {role: column.number for role, column in self.table.roles.items()}
            answer = _understood(self.table)
        except AnalysisError as error:
            refused = str(error)
        numbered = {role: {"number": number} for role, number in roles.items()}
        return {
            "name": name,
            "refused": refused,
            **answer,
            "table": shown_table(split[0], numbered) if split else None,
            "selects": reading_controls(split[0], roles, self.reading) if split else [],
            "state": dict(self.reading),
        }

    # --------------------------------------------------------------------------- fitting

    def fitted(self, choices: Mapping[str, Any]) -> Answer:
        """Analyse the lines that were read last.

        Parameters
        ----------
        choices : mapping
            See `FITTING`. What has another name is for `opened`.

        Returns
        -------
        dict
            "refused" is None, or the sentence that says which choice cannot be used, or is
            needed; "controls" are there all the same. "no_fit" says why these lines allow no
            strain; "lattice" is None where no cell was asked for.
        """
        chosen = FITTING | texts(choices, FITTING)
        controls = [] if self.table is None else fitting_controls(chosen, self.table)
        self.strain = None
        try:
            return {"refused": None, "controls": controls, **self._fitted(chosen)}
        except AnalysisError as error:
            return {"refused": str(error), "controls": controls, "state": self._state(chosen)}

    def _fitted(self, chosen: dict[str, str]) -> Answer:
        if self.table is None:
            raise DataError("no lines are read; open a file first")
        table = self.table.without(rows_of(chosen["leave_out"]))
        percent, factor = chosen["width_percent"], number("shape_factor", chosen["shape_factor"])
        lines = table.lines(
            wavelength=wavelength_of(chosen, table),
            breadth=chosen["breadth"] or None,
            unit=chosen["width_unit"] or None,
            shape=chosen["shape"],
            error_percent=number("width_percent", percent) if percent else None,
        )
        breadth = chosen["breadth"] or table.breadth or "fwhm"
        crystal = _crystal(chosen, lines)
        analysis = analyse_list(
            lines,
            crystal,
            breadth=breadth,
            model=chosen["model"],
            shape_factor=factor,
            addition=chosen["addition"],
            offset=chosen["offset"],
        )
        self.strain = analysis.strain
        return {
            "no_fit": None if analysis.strain is not None else "; ".join(analysis.reasons),
            "warnings": list(analysis.warnings),
            "remarks": list(analysis.remarks),
            "python": _python(self.name, self.reading, chosen, lines, crystal),
            "state": self._state(chosen),
            "lattice": _lattice(analysis) if crystal is not None else _no_cell(lines),
            **self._strain_answer(analysis, table, chosen["offset"]),
        }

    def _strain_answer(self, analysis: PatternAnalysis, table: LineTable, offset: str) -> Answer:
        strain = analysis.strain
        if strain is None:
            return {}
        return {
            **answer_of(strain_finding(self.name, analysis, offset=offset)),
            "equation": 7 if strain.model == "full" else 8,
            "points": _points(strain, table),
            "unused": _unused(strain, table),
            "curve": _curve(strain),
            "outliers": list(strain.outliers),
            "chi_square_reduced": strain.chi_square_reduced,
        }

    def _state(self, chosen: Mapping[str, str]) -> dict[str, str]:
        made = {name: text for name, text in chosen.items() if text != FITTING[name]}
        return {**self.reading, **made}

    # --------------------------------------------------------------------------- to take home

    def csv(self) -> str:
        """Return the lines of the last analysis, with fit, band and residuals, as a csv file.

        Raises
        ------
        DataError
            If there is none.
        """
        if self.strain is None or self.table is None:
            raise DataError("there is no analysis whose lines could be saved")
        points, fit = _points(self.strain, self.table), _at(self.strain, self.strain.lines.theta)
        columns = (
            points["name"], points["row"], points["two_theta"], points["x"], points["y"],
            points["error"], fit["y"], fit["low"], fit["high"], points["residual"],
            points["in_errors"],
        )  # fmt: skip
        rows = [",".join(_COLUMNS)]
        rows += [",".join(map(_cell, row)) for row in zip(*columns, strict=True)]
        return "\n".join(rows) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, str):
        # Spreadsheets would compute what a minus opens.
        return f"({value})" if value.startswith("-") else value
    return "" if isnan(value) else f"{value:.10g}"


# ------------------------------------------------------------------------------- answers


def _understood(table: LineTable) -> Answer:
    """Return what was understood of a table of lines."""
    roles = (f"{role.replace('_', ' ')}: column {column}" for role, column in table.roles.items())
    return {
        "read": "; ".join([table.table.layout, *roles, f"{len(table)} lines"]),
        "notes": list(table.notes),
        "warnings": [],
        "n_lines": len(table),
        "width_unit": table.unit,
        "breadth": table.breadth,
        "wavelength": table.wavelength,
        "has_errors": "width_error" in table.values,
        "indexed": any(table.hkl),
    }


def _crystal(chosen: Mapping[str, str], lines: PeakTable) -> Cubic | None:
    """Return the cubic crystal that is asked for: by its constant, or by the lines' indices."""
    if chosen["cell"]:
        return Cubic("the sample", number("cell", chosen["cell"]), chosen["space_group"])
    indices, spacings = _indexed(lines)
    if not indices or not is_cubic(indices, spacings):
        return None
    # It is only where the fit starts; the middle one bears a wrong index.
    lengths = np.linalg.norm(np.array(indices, dtype=float), axis=1)
    return Cubic("the sample", float(np.median(spacings * lengths)), chosen["space_group"])


def _indexed(lines: PeakTable) -> tuple[list[Index], Floats]:
    """Return the indices that lines have, and the spacings of these."""
    indexed = [
        (at, index) for at, index in enumerate(lines.hkl) if index is not None and any(index)
    ]
    rows = np.array([at for at, _ in indexed], dtype=int)
    return [index for _, index in indexed], lines.d_spacing[rows]


def _at(strain: WilliamsonHall, theta: Floats) -> dict[str, list[float]]:
    """Return the fitted law and its band at Bragg angles, as a Williamson-Hall plot has them."""
    low, high = strain.band(theta)
    scale = _SCALE * np.cos(theta)
    return {
        "x": np.sin(theta).tolist(),
        "y": (strain.predict(theta) * scale).tolist(),
        "low": (low * scale).tolist(),
        "high": (high * scale).tolist(),
    }


def _curve(strain: WilliamsonHall) -> dict[str, list[float]]:
    """Return the law from nearly zero to beyond the last line."""
    end = min(BEYOND * float(np.sin(strain.lines.theta).max()), 0.999)
    return _at(strain, np.arcsin(np.linspace(0.005 * end, end, DRAWN)))


def _points(strain: WilliamsonHall, table: LineTable) -> dict[str, list[Any]]:
    """Return the lines that were used: sin(theta), beta cos(theta) in mrad, and how far off."""
    lines, residuals = strain.lines, strain.residuals
    measured, _ = lines.breadth(strain.breadth)
    errors = strain.breadth_errors
    scale = _SCALE * np.cos(lines.theta)
    names = [name_of(lines, at) for at in range(len(lines))]
    return {
        "name": names,
        "row": [_row(table, angle) for angle in lines.two_theta.tolist()],
        "two_theta": lines.two_theta.tolist(),
        "x": np.sin(lines.theta).tolist(),
        "y": (measured * scale).tolist(),
        "error": (errors * scale).tolist(),
        "residual": (residuals * scale).tolist(),
        "in_errors": (residuals / errors).tolist(),
        "outlier": [name in strain.outliers for name in names],
        "strain": [line.strain.n for line in strain.per_line],
        "strain_error": [line.strain.s for line in strain.per_line],
    }


def _unused(strain: WilliamsonHall, table: LineTable) -> dict[str, list[Any]]:
    """Return the lines that were not used, where they would lie."""
    angles_used = set(strain.lines.two_theta.tolist())
    lines = strain.peaks.select(
        [angle not in angles_used for angle in strain.peaks.two_theta.tolist()]
    )
    measured, _ = lines.breadth(strain.breadth)
    return {
        "name": [name_of(lines, at) for at in range(len(lines))],
        "row": [_row(table, angle) for angle in lines.two_theta.tolist()],
        "x": np.sin(lines.theta).tolist(),
        "y": (_SCALE * measured * np.cos(lines.theta)).tolist(),
    }


def _row(table: LineTable, angle: float) -> int:
    """Return the row of the line at an angle as it is written."""
    at = int(np.argmin(np.abs(table.values["two_theta"] - angle)))
    return int(table.where(at).split()[-1])


def _no_cell(lines: PeakTable) -> Answer | None:
    """Return why lines with indices have no lattice constant; None of lines without."""
    if not _indexed(lines)[0]:
        return None
    why = (
        "one lattice constant does not explain the spacings to 1 %: the crystal is not cubic, or "
        "an index is wrong; `python -m analysis fit strain PATTERN --cell ...` fits other cells"
    )
    return {"no_fit": why, "rows": [], "lines": []}


def _lattice(analysis: PatternAnalysis) -> Answer:
    """Return the cell as the command line says it, and each line's part in it."""
    fit = analysis.lattice
    if fit is None:
        return {"no_fit": analysis.no_lattice, "rows": [], "lines": []}
    numbers = fit.to_dict()
    shift = numbers["offset"]
    offset = "none" if shift["kind"] == "none" else f"{stated(shift)}, {shift['kind']}"
    rows = [("a", stated(numbers["a"])), ("volume", stated(numbers["volume"]))]
    rows += [("offset of 2 theta", offset), ("lines", f"{len(fit.lines)}")]
    return {
        "no_fit": None,
        "rows": [list(row) for row in rows],
        "lines": [_lattice_line(fit, at) for at in range(len(fit.lines))],
        "warnings": list(fit.warnings),
        "remarks": list(fit.remarks),
    }


def _lattice_line(fit: LatticeFit, at: int) -> Answer:
    line = fit.lines[at]
    has_error = not isnan(line.error)
    return {
        "name": label_of(line.hkl),
        "two_theta": line.two_theta,
        "calculated": line.calculated,
        "difference": line.difference,
        "in_errors": line.in_errors if has_error else None,
        "a": fit.a.n * line.ratio,
        "outlier": line.outlier,
    }


def _python(
    name: str,
    reading: Mapping[str, str],
    chosen: Mapping[str, str],
    lines: PeakTable,
    crystal: Cubic | None,
) -> str:
    """Return the lines of Python that repeat the analysis with the package."""
    asked = "".join(f", {role}={reading[role]!r}" for role in READING if role in reading)
    rows = rows_of(chosen["leave_out"])
    given = [f"wavelength={lines.pattern.wavelength:.10g}"]
    given += [f"{key}={chosen[key]!r}" for key in ("breadth",) if chosen[key]]
    given += [f"unit={chosen['width_unit']!r}"] * bool(chosen["width_unit"])
    given += [f"shape={chosen['shape']!r}"]
    given += [f"error_percent={chosen['width_percent']}"] * bool(chosen["width_percent"])
    options = [] if crystal is None else [_as_python(crystal)]
    options += ["breadth=table.breadth or 'fwhm'" if not chosen["breadth"] else given[1]]
    options += [
        f"{key}={chosen[key]!r}" for key in ("model", "addition", "offset")
        if chosen[key] != FITTING[key]
    ]  # fmt: skip
    if chosen["shape_factor"] != FITTING["shape_factor"]:
        options.append(f"shape_factor={chosen['shape_factor']}")
    return "\n".join(
        [
            "from pathlib import Path",
            "",
            "import analysis",
            "",
            f"file = Path({name!r})",
            f"table = analysis.read_line_table(file.name, file.read_bytes(){asked})",
            *([f"table = table.without({rows})"] if rows else []),
            f"lines = table.lines({', '.join(given)})",
            f"result = analysis.analyse_list({', '.join(['lines', *options])})",
            "print(result.summary())",
        ]
    )


def _as_python(crystal: Cubic) -> str:
    return f"analysis.Cubic({crystal.name!r}, {crystal.a:.10g}, {crystal.space_group!r})"


_TRIED = TriedLines()


def opened(name: str, content: bytes | None, choices: Mapping[str, Any]) -> Answer:
    """Read a table of lines, see `TriedLines.opened`."""
    return _TRIED.opened(name, content, choices)


def fitted(choices: Mapping[str, Any], whole: bool = True) -> Answer:  # noqa: ARG001
    """Analyse the lines that were read last, see `TriedLines.fitted`; there is no part to wait."""
    return _TRIED.fitted(choices)


def csv() -> str:
    """Return the last analysis as a csv file, see `TriedLines.csv`."""
    return _TRIED.csv()
