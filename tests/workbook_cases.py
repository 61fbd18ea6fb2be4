"""Seeded workbooks and tables of many curves in the styles that people use, with what they hold.

Each style is a function of a random generator and a folder; it writes one file there and returns
its curves as they must come back. `python tests/workbook_cases.py 200` tries so many seeds.
"""

import io
import json
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

import numpy as np
from openpyxl import Workbook, load_workbook

TEMPERATURES = [("T (K)", "T", "K"), ("Temperature (K)", "Temperature", "K"), ("T/K", "T", "K")]
RESISTANCES = [
    ("R (mΩ)", "R", "mΩ"),
    ("Resistance (Ohm)", "Resistance", "Ohm"),
    ("ρ (mΩ cm)", "ρ", "mΩ cm"),
    ("R, mOhm", "R", "mOhm"),
    ("Resistivity [uOhm cm]", "Resistivity", "uOhm cm"),
]
ANGLES = [("2θ (deg)", "2θ", "deg"), ("2theta (°)", "2theta", "°"), ("Q (1/Å)", "Q", "1/Å")]


@dataclass
class Curve:
    """What must come back: numbers exactly; label among label and texts; names and units."""

    x: np.ndarray
    y: np.ndarray
    names: tuple[str, str] = ("", "")
    units: tuple[str, str] = ("", "")
    label: str = ""
    x_error: np.ndarray | None = None
    y_error: np.ndarray | None = None
    remarks: tuple[str, ...] = ()


@dataclass
class Case:
    path: Path
    curves: list[Curve]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    blocks: int | None = None
    extra: dict = field(default_factory=dict)


def pressures(rng, count):
    """Pressures with their words, all in one way."""
    values = np.sort(rng.choice(np.arange(10, 400), count, replace=False)) / 10
    ways = ["{} GPa", "P = {} GPa", "{}GPa", "p={} GPa", "Run 2, {} GPa", "pressure {} GPa"]
    way = ways[rng.integers(len(ways))]
    return [way.format(f"{value:g}") for value in values]


def labels(rng, count):
    if rng.integers(4) == 0:
        return [f"Run {number}" for number in range(1, count + 1)]
    return pressures(rng, count)


def sweep(rng, size=None):
    size = size or int(rng.integers(5, 60))
    x = np.sort(rng.uniform(1.8, 300, size))
    if rng.integers(2):
        x = x[::-1].copy()
    return rounded(rng, x), rounded(rng, 1e-3 * x * rng.uniform(0.5, 2) + rng.normal(0, 0.1, size))


def rounded(rng, values):
    """Numbers with four decimals, or all digits that the writer of workbooks keeps."""
    return np.array([float(f"{v:.15g}") for v in values]) if rng.integers(2) else values.round(4)


def pattern(rng, size=None):
    size = size or int(rng.integers(20, 80))
    x = np.round(5 + 0.01 * np.arange(size), 2)
    return x, np.round(rng.uniform(100, 2000, size))


def some(rng, table):
    return table[rng.integers(len(table))]


def measured(rng, count, *, make=sweep, x=TEMPERATURES, y=RESISTANCES):
    """Curves of one kind, each with its label."""
    (xh, xn, xu), (yh, yn, yu) = some(rng, x), some(rng, y)
    curves = [Curve(*make(rng), (xn, yn), (xu, yu), label) for label in labels(rng, count)]
    return curves, xh, yh


def over_one_axis(rng, count, **kinds):
    curves, xh, yh = measured(rng, count, **kinds)
    x = curves[0].x
    size = x.size
    return (
        [
            replace(c, x=x, y=rounded(rng, np.resize(c.y, size) + rng.normal(0, 1e-3, size)))
            for c in curves
        ],
        xh,
        yh,
    )


def columns(*arrays):
    """Rows of columns of any length; None below their ends."""
    return [list(row) for row in zip_longest(*(list(map(float, a)) for a in arrays))]


def paired(curves):
    return columns(*(a for c in curves for a in (c.x, c.y)))


class Book:
    """A workbook, filled sheet by sheet."""

    def __init__(self):
        self.book = Workbook()
        self.book.remove(self.book.active)

    def sheet(self, title, rows, at=(1, 1)):
        sheet = self.book.create_sheet(title)
        put(sheet, rows, at)
        return sheet

    def save(self, folder, name="source-data.xlsx"):
        self.book.save(folder / name)
        return folder / name


def put(sheet, rows, at=(1, 1)):
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell is not None:
                sheet.cell(at[0] + i, at[1] + j, cell)


def text(folder, name, rows, mark=",", decimal="."):
    def cell(value):
        if value is None:
            return ""
        if isinstance(value, str):
            return f'"{value}"' if mark in value else value
        return repr(value).replace(".", decimal)

    path = folder / name
    path.write_text("".join(mark.join(map(cell, row)) + "\n" for row in rows), encoding="utf-8")
    return path


def spread(texts, width):
    """Return texts that stand over the first of so many columns each."""
    return [cell for text in texts for cell in (text, *[None] * (width - 1))]


# ------------------------------------------------------------------------------- styles


def pairs_with_merged_labels(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(2, 6)))
    book = Book()
    sheet = book.sheet("Fig. 2a", [spread([c.label for c in curves], 2), [xh, yh] * len(curves)])
    put(sheet, paired(curves), (3, 1))
    for place in range(len(curves)):
        sheet.merge_cells(
            start_row=1, end_row=1, start_column=2 * place + 1, end_column=2 * place + 2
        )
    return Case(book.save(folder), curves)


def pairs_with_units_and_comments(rng, folder):
    curves, *_ = measured(rng, int(rng.integers(1, 6)))
    rows = [
        list(curves[0].names) * len(curves),
        list(curves[0].units) * len(curves),
        [cell for c in curves for cell in (None, c.label)],
    ]
    order = [[0, 1, 2], [2, 0, 1], [0, 2, 1]][rng.integers(3)]
    book = Book()
    book.sheet("Sheet1", [*(rows[i] for i in order), *paired(curves)])
    return Case(book.save(folder), curves)


def shared_axis_with_states_as_headings(rng, folder):
    curves, xh, _ = over_one_axis(rng, int(rng.integers(2, 7)))
    curves = [replace(c, names=(c.names[0], ""), units=(c.units[0], "")) for c in curves]
    book = Book()
    rows = columns(curves[0].x, *(c.y for c in curves))
    book.sheet("Fig3", [[xh, *(c.label for c in curves)], *rows])
    return Case(book.save(folder), curves, blocks=1)


def shared_axis_with_numbers_as_headings(rng, folder):
    curves, xh, yh = over_one_axis(rng, int(rng.integers(2, 7)))
    values = np.sort(rng.choice(np.arange(10, 400), len(curves), replace=False)) / 10
    curves = [replace(c, label=f"{v:g}") for c, v in zip(curves, map(float, values), strict=False)]
    book = Book()
    rows = columns(curves[0].x, *(c.y for c in curves))
    if rng.integers(2):
        top = [["P (GPa)", *map(float, values)], [xh, *[yh] * len(curves)]]
        curves = [replace(c, label=f"P = {c.label} GPa") for c in curves]
    else:
        curves = [replace(c, names=(c.names[0], ""), units=(c.units[0], "")) for c in curves]
        top = [[xh, *map(float, values)]]
    book.sheet("Fig3", [*top, *rows])
    return Case(book.save(folder), curves, blocks=1)


def triples_with_errors(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(2, 5)))
    curves = [
        replace(c, y_error=rounded(rng, np.abs(rng.normal(0, 0.01, c.x.size)))) for c in curves
    ]
    error = ["error", "dR", "σ", "Error (mOhm)", "std. dev.", "yErr"][rng.integers(6)]
    rows = columns(*(a for c in curves for a in (c.x, c.y, c.y_error)))
    book = Book()
    top = [spread([c.label for c in curves], 3), [xh, yh, error] * len(curves)]
    book.sheet("Extended Data Fig. 1", [*top, *rows])
    return Case(book.save(folder), curves)


def lattice_constants(rng, folder):
    size = int(rng.integers(3, 12))
    p = np.round(np.sort(rng.uniform(0.5, 40, size)), 1)
    names = ["a", "b", "c", "V"][: int(rng.integers(2, 5))]
    values = {n: np.round(5.4 - 0.01 * p + rng.normal(0, 1e-3, size), 4) for n in names}
    errors = {n: np.round(rng.uniform(1e-4, 1e-3, size), 5) for n in names}
    has_errors = bool(rng.integers(2))
    units = {n: "Å^3" if n == "V" else "Å" for n in names}
    after = bool(rng.integers(2))
    curves = [
        Curve(p, values[n], ("P", n), ("GPa", units[n]), y_error=errors[n] if has_errors else None)
        for n in names
    ]
    heads, arrays = [f"{n} ({units[n]})" for n in names], [values[n] for n in names]
    if has_errors and after:
        heads += [f"σ({n})" for n in names]
        arrays += [errors[n] for n in names]
    elif has_errors:
        heads = [h for n in names for h in (f"{n} ({units[n]})", f"d{n}")]
        arrays = [a for n in names for a in (values[n], errors[n])]
    book = Book()
    book.sheet("lattice", [["P (GPa)", *heads], *columns(p, *arrays)])
    return Case(book.save(folder), curves, blocks=1)


def blank_columns_between(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(2, 5)))
    arrays = [a for c in curves for a in (c.x, c.y, np.array([]))]
    book = Book()
    top = [spread([c.label for c in curves], 3), [xh, yh, None] * len(curves)]
    book.sheet("Fig. 4", [*top, *columns(*arrays)])
    return Case(book.save(folder), curves)


def below_each_other(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(2, 5)))
    blanks = int(rng.integers(0, 3))
    rows = []
    for c in curves:
        rows += [[c.label], [xh, yh], *columns(c.x, c.y), *[[None]] * blanks]
    book = Book()
    book.sheet("Fig. S4", rows)
    return Case(book.save(folder), curves)


def sections_below_one_heading(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(2, 5)))
    rows = [[xh, yh]]
    for c in curves:
        rows += [[c.label], *columns(c.x, c.y)]
    curves = [
        curves[0],
        *(replace(c, remarks=("headings: those of the table above",)) for c in curves[1:]),
    ]
    book = Book()
    book.sheet("Fig. S4", rows)
    return Case(book.save(folder), curves)


def several_sheets(rng, folder):
    book = Book()
    book.sheet("README", [["Source data of a paper"], ["All temperatures are in kelvin"]])
    first, xh, yh = measured(rng, int(rng.integers(1, 4)))
    book.sheet(
        "Fig. 1b", [spread([c.label for c in first], 2), [xh, yh] * len(first), *paired(first)]
    )
    second, xh, yh = over_one_axis(
        rng,
        3,
        make=pattern,
        x=ANGLES,
        y=[("Intensity (a.u.)", "Intensity", "a.u."), ("Counts", "Counts", "")],
    )
    rows = columns(second[0].x, *(c.y for c in second))
    book.sheet("Fig. 1c", [[None, *(c.label for c in second)], [xh, *[yh] * 3], *rows])
    book.sheet("empty", [])
    left_out = ("sheet 'README'", "sheet 'empty'")
    return Case(book.save(folder), [*first, *second], left_out)


def numbers_stored_as_text(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(1, 4)))
    comma = bool(rng.integers(2))
    rows = [
        [None if v is None else repr(v).replace(".", "," if comma else ".") for v in row]
        for row in paired(curves)
    ]
    book = Book()
    book.sheet("Tabelle1", [spread([c.label for c in curves], 2), [xh, yh] * len(curves), *rows])
    return Case(book.save(folder), curves)


def hidden_things(rng, folder):
    curves, xh, yh = measured(rng, 3)
    book = Book()
    first = book.sheet(
        "Fig. 1", [spread([c.label for c in curves[:2]], 2), [xh, yh] * 2, *paired(curves[:2])]
    )
    first.column_dimensions["D"].hidden = True
    first.row_dimensions[4].hidden = True
    last = book.sheet("old", [[curves[2].label], [xh, yh], *paired(curves[2:])])
    last.sheet_state = some(rng, ["hidden", "veryHidden"])
    remarks = [("row 4 hidden",), ("column D is hidden", "row 4 hidden"), ("the sheet is hidden",)]
    curves = [replace(c, remarks=r) for c, r in zip(curves, remarks, strict=False)]
    return Case(book.save(folder), curves)


def titles_and_notes(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(1, 4)))
    book = Book()
    rows = [
        ["Source data for Fig. 2: electrical resistance of the sample"],
        ["Measured in a four-probe geometry, I = 1 mA"],
        [None],
        spread([c.label for c in curves], 2),
        [xh, yh] * len(curves),
        *paired(curves),
        [None],
        ["Note: the contacts were remade after run 1"],
        ["Contact: somebody"],
    ]
    sheet = book.sheet("Fig. 2", rows)
    if rng.integers(2):
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=2 * len(curves))
    return Case(book.save(folder), curves)


def wpd_csv(rng, folder):
    curves = [
        replace(c, names=("X", "Y"), units=("", ""))
        for c in measured(rng, int(rng.integers(1, 5)))[0]
    ]
    rows = [spread([c.label for c in curves], 2), ["X", "Y"] * len(curves), *paired(curves)]
    return Case(text(folder, "wpd_datasets.csv", rows), curves)


def wpd_project(curves, scale=2.5):
    """A project as WebPlotDigitizer 4 saves it."""
    return {
        "version": [4, 2],
        "axesColl": [
            {
                "name": "XY",
                "type": "XYAxes",
                "isLogX": False,
                "isLogY": False,
                "noRotation": True,
                "calibrationPoints": [
                    {"px": 100, "py": 500, "dx": "0", "dy": "0", "dz": None},
                    {"px": 700, "py": 500, "dx": "300", "dy": "0", "dz": None},
                    {"px": 100, "py": 500, "dx": "0", "dy": "0", "dz": None},
                    {"px": 100, "py": 50, "dx": "0", "dy": "1", "dz": None},
                ],
            }
        ],
        "datasetColl": [
            {
                "name": c.label,
                "axesName": "XY",
                "metadataKeys": [],
                "colorRGB": [200, 0, 0, 255],
                "data": [
                    {"x": 100 + scale * x, "y": 500 - 450 * y, "value": [float(x), float(y)]}
                    for x, y in zip(c.x, c.y, strict=False)
                ],
                "autoDetectionData": None,
            }
            for c in curves
        ],
        "measurementColl": [],
    }


def wpd_json(rng, folder):
    curves = [
        replace(c, names=("", ""), units=("", ""))
        for c in measured(rng, int(rng.integers(1, 5)))[0]
    ]
    path = folder / "wpd_project.json"
    path.write_text(json.dumps(wpd_project(curves)), encoding="utf-8")
    return Case(path, curves)


def wpd_tar(rng, folder):
    curves = [
        replace(c, names=("", ""), units=("", ""))
        for c in measured(rng, int(rng.integers(1, 5)))[0]
    ]
    path = folder / "wpd_project.tar"
    with tarfile.open(path, "w") as archive:
        for name, content in {
            "project/info.json": b'{"version":[4,0],"json":"wpd.json","images":["image.png"]}',
            "project/wpd.json": json.dumps(wpd_project(curves)).encode(),
            "project/image.png": b"\x89PNG" + bytes(500),
        }.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return Case(path, curves)


def origin_text(rng, folder):
    curves, *_ = measured(rng, int(rng.integers(1, 5)))
    count, (xn, yn), (xu, yu) = len(curves), curves[0].names, curves[0].units
    heads = [
        ["Long Name", *[xn, yn] * count],
        ["Units", *[xu, yu] * count],
        ["Comments", *(cell for c in curves for cell in (None, c.label))],
        ["F(x)=", *[None, None] * count],
    ]
    rows = [[None, *row] for row in paired(curves)]
    letters = [chr(ord("A") + i) for i in range(2 * count)]
    style = rng.integers(3)
    if style == 1:  # without labels
        heads, rows = [row[1:] for row in heads[:3]], paired(curves)
    elif style == 2:
        short = [f"{a}({'XY'[i % 2]})" for i, a in enumerate(letters)]
        heads = [["", *short], *heads[:3]]
    comma = bool(rng.integers(2))
    path = text(folder, "Book1.txt", [*heads, *rows], "\t", "," if comma else ".")
    return Case(path, curves)


def origin_shared_with_errors(rng, folder):
    curves, *_ = over_one_axis(rng, int(rng.integers(2, 5)))
    curves = [
        replace(c, y_error=rounded(rng, np.abs(rng.normal(0, 0.01, c.x.size)))) for c in curves
    ]
    count, (xn, yn), (xu, yu) = len(curves), curves[0].names, curves[0].units
    short = ["A(X)", *(f"{chr(66 + i)}({'Y' if i % 2 == 0 else 'yEr±'})" for i in range(2 * count))]
    rows = columns(curves[0].x, *(a for c in curves for a in (c.y, c.y_error)))
    heads = [
        short,
        [xn, *[yn, ""] * count],
        [xu, *[yu, ""] * count],
        [None, *(t for c in curves for t in (c.label, ""))],
    ]
    return Case(text(folder, "Graph1.dat", [*heads, *rows], "\t"), curves, blocks=1)


def semicolons_and_decimal_commas(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(1, 5)))
    rows = [
        spread([c.label.replace(".", ",") for c in curves], 2),
        [xh, yh] * len(curves),
        *paired(curves),
    ]
    curves = [replace(c, label=c.label.replace(".", ",")) for c in curves]
    return Case(text(folder, "daten.csv", rows, ";", ","), curves)


def comma_separated(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(1, 6)), make=some(rng, [sweep, pattern]))
    name, mark = some(rng, [("data.csv", ","), ("data.tsv", "\t")])
    rows = [spread([c.label for c in curves], 2), [xh, yh] * len(curves), *paired(curves)]
    return Case(text(folder, name, rows, mark), curves)


def white_space(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(2, 4)), y=RESISTANCES[:1])
    lines = []
    comment = some(rng, ["# ", "", "% "])
    for c in curves:
        lines += [f"# {c.label}", f"{comment}{xh} {yh}"]
        lines += [f"{x!r} {y!r}" for x, y in columns(c.x, c.y)] + [""]
    path = folder / "curves.dat"
    path.write_text("\n".join(lines), encoding="utf-8")
    return Case(path, curves)


def zip_of_tables(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(2, 5)))
    path = folder / "source-data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, c in enumerate(curves[:-1]):
            inner = text(folder, "inner.csv", [[xh, yh], *columns(c.x, c.y)])
            archive.write(inner, f"data/{place} {c.label.replace('.', 'p')}.csv")
        book = Book()
        c = curves[-1]
        book.sheet("Fig. 9", [[c.label], [xh, yh], *columns(c.x, c.y)])
        archive.write(book.save(folder, "inner.xlsx"), "more/book.xlsx")
        archive.writestr("readme.md", "What is here")
        archive.writestr("__MACOSX/._x", "nothing")
    curves = [
        replace(c, label=f"{i} {c.label.replace('.', 'p')}") for i, c in enumerate(curves[:-1])
    ] + curves[-1:]
    return Case(path, curves, ("readme.md",))


def side_by_side_of_different_depth(rng, folder):
    (first,), xh, yh = measured(rng, 1)
    (second,), xh2, yh2 = measured(rng, 1)
    book = Book()
    sheet = book.sheet("Fig. 5", [[first.label], [xh, yh], *columns(first.x, first.y)])
    put(
        sheet,
        [
            ["Sample 2, annealed"],
            [None],
            [second.label],
            [None],
            [xh2, yh2],
            *columns(second.x, second.y),
        ],
        (int(rng.integers(1, 4)), 4),
    )
    return Case(book.save(folder), [first, second])


def missing_values(rng, folder):
    curves, xh, _ = over_one_axis(rng, int(rng.integers(2, 5)))
    rows = columns(curves[0].x, *(c.y for c in curves))
    kept = []
    for place, c in enumerate(curves, 1):
        bad = np.sort(rng.choice(c.x.size, 2, replace=False))
        mark = some(rng, ["n/a", "-", None, "#N/A", "NaN", "--"])
        for i in bad:
            rows[i][place] = mark
        ok = np.setdiff1d(np.arange(c.x.size), bad)
        kept.append(
            replace(c, x=c.x[ok], y=c.y[ok], names=(c.names[0], ""), units=(c.units[0], ""))
        )
    book = Book()
    book.sheet("Fig. 6", [[xh, *(c.label for c in curves)], *rows])
    return Case(book.save(folder), kept, blocks=1)


def time_before_temperature(rng, folder):
    (curve,), xh, yh = measured(rng, 1)
    time = np.arange(curve.x.size) * 2.5
    index = np.arange(curve.x.size) + 1
    book = Book()
    book.sheet("log", [["No.", "Time (s)", xh, yh], *columns(index, time, curve.x, curve.y)])
    return Case(book.save(folder), [replace(curve, label="")], ("'Time (s)'", "'No.'"))


def long_form(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(2, 5)))
    rows = []
    if rng.integers(2):
        values = np.sort(rng.choice(np.arange(10, 400), len(curves), replace=False)) / 10
        curves = [replace(c, label=f"P = {v:g} GPa") for c, v in zip(curves, values, strict=False)]
        head = "P (GPa)"
        for c, v in zip(curves, map(float, values), strict=False):
            rows += [[v, *row] for row in columns(c.x, c.y)]
    else:
        head = "Sample"
        for c in curves:
            rows += [[c.label, *row] for row in columns(c.x, c.y)]
    book = Book()
    book.sheet("all", [[head, xh, yh], *rows])
    return Case(book.save(folder), curves)


def headings_merged_downwards(rng, folder):
    curves, xh, yh = over_one_axis(rng, int(rng.integers(2, 6)))
    book = Book()
    sheet = book.sheet(
        "Fig. 7",
        [
            [xh, yh],
            [None, *(c.label for c in curves)],
            *columns(curves[0].x, *(c.y for c in curves)),
        ],
    )
    sheet.merge_cells("A1:A2")
    sheet.merge_cells(start_row=1, end_row=1, start_column=2, end_column=len(curves) + 1)
    return Case(book.save(folder), curves, blocks=1)


def away_from_the_corner(rng, folder):
    curves, xh, yh = measured(rng, int(rng.integers(1, 4)))
    book = Book()
    at = int(rng.integers(2, 9)), int(rng.integers(2, 6))
    rows = [spread([c.label for c in curves], 2), [xh, yh] * len(curves), *paired(curves)]
    book.sheet("Sheet1", rows, at)
    return Case(book.save(folder), curves)


def states_in_headings(rng, folder):
    curves, xh, _ = measured(rng, int(rng.integers(2, 5)))
    ways = ["R (mΩ) {}", "R (mΩ) @ {}", "R(mΩ)_{}"]
    way = some(rng, ways)
    curves = [replace(c, names=(c.names[0], None), units=(c.units[0], "mΩ")) for c in curves]
    book = Book()
    book.sheet(
        "Fig. 8", [[cell for c in curves for cell in (xh, way.format(c.label))], *paired(curves)]
    )
    return Case(book.save(folder), curves)


def without_headings(rng, folder):
    curves, *_ = measured(rng, int(rng.integers(1, 4)))
    curves = [replace(c, names=("", ""), units=("", ""), remarks=("position",)) for c in curves]
    rows = [spread([c.label for c in curves], 2), *paired(curves)]
    book = Book()
    book.sheet("Sheet1", rows)
    return Case(book.save(folder), curves)


def two_tables_in_one_sheet(rng, folder):
    """Two sheets of other styles, beside or below each other."""
    book, at, cases = Book(), (0, 0), []
    sheet = book.sheet("all", [])
    beside, gap = bool(rng.integers(2)), int(rng.integers(1, 3))
    for style in rng.choice(len(SHEETS), 2):
        cases.append(SHEETS[style](rng, folder))
        other = load_workbook(cases[-1].path).worksheets[0]
        put(sheet, other.iter_rows(values_only=True), (at[0] + 1, at[1] + 1))
        for merged in other.merged_cells.ranges:
            merged.shift(row_shift=at[0], col_shift=at[1])
            sheet.merge_cells(merged.coord)
        at = (0, other.max_column + gap) if beside else (other.max_row + gap, 0)
    left_out = [text for case in cases for text in case.left_out]
    return Case(book.save(folder), [c for case in cases for c in case.curves], tuple(left_out))


SHEETS = [
    pairs_with_merged_labels, pairs_with_units_and_comments, shared_axis_with_states_as_headings,
    shared_axis_with_numbers_as_headings, triples_with_errors, lattice_constants,
    blank_columns_between, below_each_other, sections_below_one_heading, titles_and_notes,
    missing_values, long_form, headings_merged_downwards, states_in_headings,
    time_before_temperature,
]  # fmt: skip
STYLES = [
    pairs_with_merged_labels, pairs_with_units_and_comments, shared_axis_with_states_as_headings,
    shared_axis_with_numbers_as_headings, triples_with_errors, lattice_constants,
    blank_columns_between, below_each_other, sections_below_one_heading, several_sheets,
    numbers_stored_as_text, hidden_things, titles_and_notes, wpd_csv, wpd_json, wpd_tar,
    origin_text, origin_shared_with_errors, semicolons_and_decimal_commas, comma_separated,
    white_space, zip_of_tables, side_by_side_of_different_depth, missing_values,
    time_before_temperature, long_form, headings_merged_downwards, away_from_the_corner,
    states_in_headings, without_headings, two_tables_in_one_sheet,
]  # fmt: skip


def faults(case, found):
    """Return what of a case did not come back, in words; empty if all did."""
    said = []
    if len(found.series) != len(case.curves):
        places = [one.place for one in found.series]
        said.append(f"{len(found.series)} curves, not {len(case.curves)}: {places}")
    # Tables side by side may come in any order.
    order = sorted(found.series, key=lambda one: _place(case.curves, one))
    for c, one in zip(case.curves, order, strict=False):
        for name, want, got in [
            ("x", c.x, one.x), ("y", c.y, one.y),
            ("x_error", c.x_error, one.x_error), ("y_error", c.y_error, one.y_error),
        ]:  # fmt: skip
            if (want is None) != (got is None) or not np.array_equal(
                [] if want is None else want, [] if got is None else got
            ):
                said.append(f"{one.place}: {name} is not the same")
        named = {
            "x_name": (c.names[0], one.x_name), "y_name": (c.names[1], one.y_name),
            "x_unit": (c.units[0], one.x_unit), "y_unit": (c.units[1], one.y_unit),
        }  # fmt: skip
        said += [
            f"{one.place}: {name} {got!r}, not {want!r}"
            for name, (want, got) in named.items()
            if want is not None and want != got
        ]
        if c.label not in one.label and not any(c.label in t for t in one.texts):
            said.append(f"{one.place}: {c.label!r} is not in {one.label!r}, {one.texts}")
        others = {other.label for other in case.curves} - {c.label, ""}
        if wrong := [t for t in (one.label, *one.texts) if t in others and t != c.label]:
            said.append(f"{one.place}: has another's label {wrong}")
        said += [
            f"{one.place}: {r!r} not in {one.remarks}"
            for r in c.remarks
            if not any(r in said for said in one.remarks)
        ]
    said += [
        f"{w!r} not in {found.left_out}"
        for w in case.left_out
        if not any(w in t for t in found.left_out)
    ]
    if len(found.left_out) > len(case.left_out):
        said.append(f"left out: {found.left_out}")
    if case.blocks is not None and len({one.block for one in found.series}) != case.blocks:
        said.append(f"blocks {[one.block for one in found.series]}")
    return said


def _place(curves, one):
    same = (
        i for i, c in enumerate(curves) if np.array_equal(c.x, one.x) and np.array_equal(c.y, one.y)
    )
    return next(same, len(curves))


def main(count):
    from analysis.errors import DataError
    from analysis.reading.originals.blocks import find_series

    wrong = 0
    for seed in range(count):
        for style in STYLES:
            with tempfile.TemporaryDirectory() as folder:
                case = style(np.random.default_rng([seed, 15]), Path(folder))
                try:
                    said = faults(case, find_series(case.path))
                except DataError as error:
                    said = [str(error)]
            if said:
                wrong += 1
                print(seed, style.__name__, *said[:4], sep="\n    ")
    print(wrong, "of", count * len(STYLES))


if __name__ == "__main__":
    main(int(sys.argv[1]))
