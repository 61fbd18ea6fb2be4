"""Workbooks and tables of many curves come back exactly, and broken ones in words."""

import json
import re
import tarfile
import zipfile
from datetime import datetime
from io import BytesIO

import numpy as np
import pytest
from test_hostile_files import WORKBOOKS, workbook
from workbook_cases import STYLES, Book, Curve, faults, text, wpd_project

import analysis
from analysis.catalogue.originals.conditions import pressure_of, run_of
from analysis.reading.originals.blocks import find_series

SEED = 15
HEAD = ["T (K)", "R (ohm)"]
ROWS = [[2.0 + i, i / 7] for i in range(8)]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
def test_every_curve_comes_back_exactly(style, tmp_path):
    case = style(np.random.default_rng([STYLES.index(style), SEED]), tmp_path)
    assert faults(case, find_series(case.path)) == []


def test_a_number_that_is_not_the_same_would_be_seen(tmp_path):
    case = STYLES[0](np.random.default_rng(SEED), tmp_path)
    case.curves[0].y[3] = np.nextafter(case.curves[0].y[3], 9)
    assert any("y is not the same" in text for text in faults(case, find_series(case.path)))


def book(tmp_path, *sheets, change=None, name="a.xlsx"):
    made = Book()
    filled = [made.sheet(f"S{i}", rows) for i, rows in enumerate(sheets, 1)]
    if change is not None:
        change(filled[0])
    return made.save(tmp_path, name)


def with_rows(rows):
    """The common rows, of which some are others."""
    return [HEAD, *(rows.get(i, row) for i, row in enumerate(ROWS))]


def dated(row):
    return [datetime(2023, 5, int(row[0])), *row]  # noqa: DTZ001 - as workbooks have them


# rows of the sheet; points of each curve that is read; what is said of it, or of what is not.
BROKEN = {
    "text in numbers": (
        with_rows({1: [3.0, "1.2*"], 3: [5.0, "n/a"]}),
        [6],
        "rows 3, 5 left out: no number, but '1.2\\*', 'n/a'",
    ),
    "a unit among the numbers": (
        with_rows({3: [5.0, "mohm"]}), None, "row 5 holds the unit 'mohm' among the numbers"
    ),
    "another unit below": (
        with_rows({3: ["K", "mohm"]}), [3, 4], "headings: those of the table above are taken"
    ),
    "numbers with units": (
        [HEAD, *([t, f"{r} mohm"] for t, r in ROWS)], None, "holds texts, such as '0.0 mohm'"
    ),
    "two units above": (
        [["T (K)", "R (ohm)"], ["K", "mohm"], *ROWS], [8], "two units stand above it: mohm and ohm"
    ),
    "formulas without values": (
        [HEAD, *([t, f"=A{i}/2"] for i, (t, _) in enumerate(ROWS, 2))],
        None,
        "holds a formula whose value is not stored; open and save the file",
    ),
    "a date for a number": (
        with_rows({2: [4.0, datetime(2023, 5, 1)]}),  # noqa: DTZ001
        [7],
        "row 4 left out: no number, but '45047 \\(a date\\)'",
    ),
    "dates": (
        [["Date", *HEAD], *map(dated, ROWS)], [8], "column A 'Date': holds texts, .*a date"
    ),
    "commas": (
        [HEAD, *([t, f"1,{100 + i}"] for i, (t, _) in enumerate(ROWS))],
        None,
        "'1,100' may have a decimal comma or a separator of thousands",
    ),
    "blank rows, and back": (
        [HEAD, *ROWS, [], *ROWS[::-1]], [8, 8], "x does not go on beyond them"
    ),
    "one column": ([[row[0]] for row in ROWS], None, "column A: numbers without a second column"),
    "no headings": (ROWS, [8], "only the position of the column says"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_said(case, tmp_path):
    rows, sizes, said = BROKEN[case]
    path = book(tmp_path, rows)
    if sizes is None:
        with pytest.raises(analysis.DataError, match=said) as caught:
            find_series(path)
        assert "\n" not in str(caught.value)
        return
    found = find_series(path)
    assert [one.x.size for one in found.series] == sizes
    remarks = [*found.left_out, *(text for one in found.series for text in one.remarks)]
    assert any(re.search(said, text) for text in remarks), remarks


def test_units_below_each_other_are_of_their_own_rows(tmp_path):
    found = find_series(book(tmp_path, BROKEN["another unit below"][0]))
    assert [(one.x_unit, one.y_unit) for one in found.series] == [("K", "ohm"), ("K", "mohm")]
    (one,) = find_series(book(tmp_path, BROKEN["two units above"][0])).series
    assert one.y_unit == ""


@pytest.mark.parametrize(
    ("value", "error", "factor"),
    [
        ("a (Å)", "a error (pm)", 0.01),
        ("a (nm)", "a error", 1.0),
        ("a (Å)", "±", 1.0),
        ("P (GPa)", "P error (kbar)", 0.1),
        ("R (mOhm)", "R error (uOhm)", 1e-3),
        ("R (ohm)", "R error (ohm cm)", None),
        ("R (ohm)", "R error (1e-6)", None),
        ("R", "R error (ohm)", None),
        ("R (ohm)", "R error (%)", "of the values"),
        ("Intensity (counts)", "error (counts)", 1.0),
    ],
)
def test_errors_are_in_the_unit_of_their_values_or_left_out(value, error, factor, tmp_path):
    rows = [["T (K)", value, error], *([2.0 + i, 5.0 + i / 7, 0.2 + i] for i in range(8))]
    (found,) = find_series(book(tmp_path, rows)).series
    said = any("is left out: errors in" in text for text in found.remarks)
    if factor is None:
        assert found.y_error is None
        assert said
        return
    factor = found.y / 100 if factor == "of the values" else factor
    np.testing.assert_allclose(found.y_error, factor * (0.2 + np.arange(8)), rtol=1e-15)
    assert not said


def test_a_number_merged_over_rows_of_data_is_not_repeated(tmp_path):
    path = book(tmp_path, [HEAD, *ROWS], change=lambda sheet: sheet.merge_cells("B4:B6"))
    (one,) = find_series(path).series
    np.testing.assert_array_equal(one.x, [2, 3, 4, 7, 8, 9])
    assert "cells B4:B6 are merged over data: only row 4 has the number" in one.remarks


def test_a_state_merged_beside_rows_holds_for_all_of_them(tmp_path):
    def merge(sheet):
        sheet.merge_cells("A2:A9")
        sheet.merge_cells("A10:A17")

    rows = [[state if i == 0 else None, *row] for state in (1.6, 20) for i, row in enumerate(ROWS)]
    found = find_series(book(tmp_path, [["P (GPa)", *HEAD], *rows], change=merge))
    assert [one.label for one in found.series] == ["P = 1.6 GPa", "P = 20 GPa"]
    assert [one.x.size for one in found.series] == [8, 8]


def test_equal_sheets_are_named(tmp_path):
    first, second = find_series(book(tmp_path, [HEAD, *ROWS], [HEAD, *ROWS])).series
    assert "the same numbers stand in sheet 'S1'" in second.remarks[-1]
    assert first.remarks == ()


def added(path, name, content, old=b"", new=b""):
    """Write a workbook again with one more piece, and a change to its list of pieces."""
    pieces = {}
    with zipfile.ZipFile(path) as archive:
        pieces = {piece: archive.read(piece) for piece in archive.namelist()}
    pieces[name] = content
    with zipfile.ZipFile(path, "w") as archive:
        for piece, text in pieces.items():
            archive.writestr(piece, text.replace(old, new) if piece.endswith(".rels") else text)
    return path


def test_macros_and_links_are_neither_run_nor_followed(tmp_path):
    path = added(book(tmp_path, [HEAD, *ROWS], name="a.xlsm"), "xl/vbaProject.bin", b"MsgBox")
    assert find_series(path).notes == ("holds macros, which are not run",)
    link = (
        b'<Relationship Id="rX" Target="externalLinks/externalLink1.xml" Type="http://schemas.'
        b'openxmlformats.org/officeDocument/2006/relationships/externalLink"/></Relationships>'
    )
    path = book(tmp_path, [HEAD, *ROWS])
    added(path, "xl/externalLinks/externalLink1.xml", b"<a/>", b"</Relationships>", link)
    (note,) = find_series(path).notes
    assert note.startswith("holds links to other files, which are not followed")


def zipped(**members):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


def tar_of(name, content=b"{}", **more):
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        for key, value in more.items():
            setattr(entry, key, value)
        archive.addfile(entry, BytesIO(content))
    return packed.getvalue()


TWIN = workbook(more=[("x.xml", bytes(120_000_000))])
MERGES = "".join(f'<mergeCell ref="A1:{c}1048576"/>' for c in ("XFD", "XFC", "XFB"))
TALL = "".join(f'<row r="{i}"><c><v>{i}</v></c></row>' for i in range(2, 40_000))
TITLE = '<row r="1"><c t="inlineStr"><is><t>x</t></is></c><c r="Z1"><v>1</v></c></row>'
HARMFUL = {
    "password": (b"\xd0\xcf\x11\xe0" + bytes(600), "a.xlsx", "a workbook with a password"),
    "old": (b"\xd0\xcf\x11\xe0" + bytes(600), "a.xls", r"an old Excel file \(.xls\)"),
    "ods": (
        zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "a.ods", "OpenDocument"
    ),
    "bomb": (zipped(a__csv=bytes(250_000_000)), "a.zip", "holds 250 MB; at most 200 MB is read"),
    "bombs in an archive": (
        zipped(a__xlsx=TWIN, b__xlsx=TWIN), "a.zip", "holds 240 MB; at most 200 MB is read"
    ),
    "truncated": (zipped(a__csv="1,2\n2,3\n")[:-30], "a.zip", "is no|damaged|readable"),
    "merged without end": (
        workbook(f"{TITLE}{TALL}</sheetData><mergeCells>{MERGES}</mergeCells><sheetData>"),
        "a.xlsx",
        "more than 50000 merged cells",
    ),
    "text called pdf": (b"%PDF-1.4\n\x00\x01", "a.pdf", "is not a workbook, text or a zip archive"),
    "page called xls": (b"<html><table></table></html>", "a.xls", "is not a workbook, text or"),
    "deep json": (b'{"a":' * 100_000, "a.json", "not a readable project of WebPlotDigitizer"),
    "other json": (b'{"a": [1, 2]}', "a.json", "not a readable project of WebPlotDigitizer"),
    "tar of others": (tar_of("a/b.csv"), "a.tar", "an archive without wpd.json"),
    "tar with a link": (
        tar_of("a/wpd.json", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        "a.tar",
        "an archive without wpd.json",
    ),
    "short rows": (b"1 2 3 4\n2 3 4 5\n3 4\n", "a.txt", "row 3: holds 2 cells and the row above 4"),
}  # fmt: skip
for name in ("deep", "way out", "unpacks"):
    HARMFUL[name] = (WORKBOOKS[name][0], "a.xlsx", WORKBOOKS[name][1])


@pytest.mark.parametrize("case", HARMFUL)
def test_harmful_files_are_refused_in_one_line(case, tmp_path, monkeypatch):
    content, name, said = HARMFUL[case]
    monkeypatch.setattr("analysis.reading.originals.grids._MOST_FILLED", 50_000)  # sooner reached
    (tmp_path / name).write_bytes(content)
    with pytest.raises(analysis.DataError, match=said) as caught:
        find_series(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_an_archive_inside_an_archive_is_left_out(tmp_path):
    table = "T (K),R (ohm)\n2,1\n3,2\n"
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(a__csv=table, b__csv=zipped(a__csv=table)))
    found = find_series(path)
    assert len(found.series) == 1
    assert "file 'b.csv': an archive inside an archive; unpack it and name it" in found.left_out


def test_one_pixel_is_the_error_of_what_was_read_by_hand(tmp_path):
    curve = Curve(np.array([10.0, 20.0]), np.array([0.1, 0.2]), label="a")
    project = wpd_project([curve])
    (tmp_path / "a.json").write_text(json.dumps(project), encoding="utf-8")
    (one,) = find_series(tmp_path / "a.json").series
    assert (one.x_reading, one.y_reading) == (0.5, pytest.approx(1 / 450))
    assert one.drawn == "markers"
    project["axesColl"][0]["isLogY"] = True
    project["datasetColl"].append({**project["datasetColl"][0], "name": "b", "data": []})
    (tmp_path / "a.json").write_text(json.dumps(project), encoding="utf-8")
    found = find_series(tmp_path / "a.json")
    assert found.series[0].y_reading == 0
    assert found.left_out == ("data set 'b': has 0 points",)


def test_a_comma_that_may_be_either_is_refused_until_another_number_tells(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("T (K);R (ohm)\n1,500;2,000\n2,500;3,100\n", encoding="utf-8")
    with pytest.raises(analysis.DataError, match="'1,500' may have a decimal comma"):
        find_series(path)
    path.write_text("T (K);R (ohm)\n1,5;2,000\n2,500;3,100\n", encoding="utf-8")
    (one,) = find_series(path).series
    np.testing.assert_array_equal(one.x, [1.5, 2.5])


# what stands at the left of T, R, T, R; what is said of it.
AT_THE_LEFT = {
    "No.": ("No.", range(1, 9)),
    "#": ("#", range(1, 9)),
    "Index": ("Index", range(8)),
    "nothing": (None, range(1, 9)),
    "a pressure of all": ("P (GPa)", [18.5] * 8),
    "a time": ("Time (s)", range(0, 80, 10)),
    "a run": ("Run", [2] * 8),
}


@pytest.mark.parametrize("case", AT_THE_LEFT)
def test_each_y_has_the_x_at_its_left(case, tmp_path):
    heading, left = AT_THE_LEFT[case]
    rows = [[i, 2.0 + k, k / 8, 3.0 + k, k / 16] for k, i in enumerate(left)]
    found = find_series(book(tmp_path, [[heading, *HEAD, *HEAD], *rows]))
    curves = [(one.x.tolist(), one.y.tolist()) for one in found.series if one.y_name == "R"]
    table = np.array(rows)
    assert curves == [(table[:, i].tolist(), table[:, i + 1].tolist()) for i in (1, 3)]
    said = "column A" if heading is None else f"column A '{heading}'"
    states = {"P (GPa)": "P = 18.5 GPa", "Run": "Run 2"}
    if heading in states:
        assert all(states[heading] in (one.label, *one.texts) for one in found.series)
    else:
        assert [text for text in found.left_out if f"{said}: is neither x nor" in text]


@pytest.mark.parametrize(
    ("headings", "expected", "remark"),
    [
        (["R", "T (K)", "R", "T (K)"], [(2, 1), (4, 3)], "at the right of its y"),
        (["R", "T (K)", "R", "T (K)", "R"], [(2, 1), (2, 3), (4, 5)], "at the left of the first"),
        (["T (K)", "T (K)", "R"], [(2, 3)], "the nearest one to its left is taken"),
    ],
)
def test_what_is_not_clear_about_x_is_said(headings, expected, remark, tmp_path):
    rows = [[10.0 * i + k * k for i in range(1, len(headings) + 1)] for k in range(8)]
    series = find_series(book(tmp_path, [headings, *rows])).series
    assert [(one.x[0] // 10, one.y[0] // 10) for one in series] == expected
    assert any(remark in text for text in series[0].remarks)


@pytest.mark.parametrize("heading", ["R (ohm) {} GPa", "P = {} GPa", "{} GPa"])
@pytest.mark.parametrize("merged", [False, True])
def test_a_run_above_a_pressure_hides_it_not(heading, *, merged, tmp_path):
    pressures = (1.0, 5.1, 10.0, 13.7)
    runs = ["Run 1", None if merged else "Run 1", "Run 2", None if merged else "Run 2"]
    rows = [[2.0 + k, *(k / 4 + i for i in range(4))] for k in range(8)]
    names = ["Temperature (K)", *(heading.format(p) for p in pressures)]

    def merge(sheet):
        if merged:
            sheet.merge_cells("B1:C1")
            sheet.merge_cells("D1:E1")

    series = find_series(book(tmp_path, [[None, *runs], names, *rows], change=merge)).series
    said = [(one.label, one.texts) for one in series]
    assert [run_of(*one) for one in said] == ["1", "1", "2", "2"]
    assert [pressure_of(*one, nearest=True)[0] for one in said] == list(pressures)


@pytest.mark.parametrize("gap", [0, 1])
def test_a_title_in_the_first_row_belongs_to_all_curves_below_it(gap, tmp_path):
    blank = [None] * gap
    title = "Figure 1a: temperature dependence of the resistance, run 2"
    names = ["T (K)", "R (ohm), 1.0 GPa", *blank, "T (K)", "R (ohm), 5.1 GPa"]
    rows = [[t, r, *blank, t + 1, r + 1] for t, r in ROWS]
    other = [[], ["Run 3"], HEAD, *ROWS]
    series = find_series(book(tmp_path, [[title], names, *rows, *other])).series
    assert [run_of(one.label, one.texts) for one in series] == ["2", "2", "3"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.txt"])
def test_origins_rich_text_is_read_as_it_shows(name, tmp_path):
    rows = [[r"\i(T)", r"\b(\g(r))"], ["K", r"m\g(W) cm"], *ROWS]
    path = book(tmp_path, rows) if name == "a.xlsx" else text(tmp_path, name, rows, "\t")
    (one,) = find_series(path).series
    assert (one.x_name, one.y_name, one.x_unit, one.y_unit) == ("T", "ρ", "K", "mΩ cm")


@pytest.mark.parametrize("mark", ["\t", ",", "   ", None])
def test_errors_in_brackets_are_errors(mark, tmp_path):
    cells = [["1.6(1)", "5.3772(3)"], ["5.7(12)", "-20.452(12)"], ["8", "300(10)"], ["9", "1(0.5)"]]
    rows = [["P (GPa)", "a (Å)"], *cells]
    path = book(tmp_path, rows) if mark is None else text(tmp_path, "a.txt", rows, mark)
    (one,) = find_series(path).series
    assert one.x.tolist() == [1.6, 5.7, 8, 9]
    assert one.y.tolist() == [5.3772, -20.452, 300, 1]
    np.testing.assert_array_equal(one.x_error, [0.1, 1.2, np.nan, np.nan])
    np.testing.assert_array_equal(one.y_error, [0.0003, 0.012, 10, 0.5])
