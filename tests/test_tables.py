"""Reading one's own file: formats, columns, units, and what every refusal says."""

import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import analysis
from analysis.reading.columns import describe, parse_unit, seconds
from analysis.reading.resistance import read_points


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def write(content, name="rt.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def workbook(sheets):
    """Return the bytes of an xlsx file: sheet name to rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# ---------------------------------------------------------------------------- headings

HEADINGS = [  # heading, role, factor and unit after conversion, channel
    ("T (K)", "temperature", (1, "K"), None),
    ("Temp [C]", "temperature", (1, "K"), None),
    ("Temperature (°C)", "temperature", (1, "K"), None),
    ("T/mK", "temperature", (1e-3, "K"), None),
    ("T_Probe(K)", "temperature", (1, "K"), None),
    ("Sample Temp (Kelvin)", "temperature", (1, "K"), None),
    ("temperature", "temperature", None, None),
    ("K", "temperature", (1, "K"), None),
    ("R_mOhm", "resistance", (1e-3, "ohm"), None),
    ("R / kΩ", "resistance", (1e3, "ohm"), None),
    ("R (MOhm)", "resistance", (1e6, "ohm"), None),
    ("rho (uOhm cm)", "resistance", (1e-8, "ohm m"), None),
    ("ρ (µΩ·cm)", "resistance", (1e-8, "ohm m"), None),
    ("resistivity (1e-8 ohm m)", "resistance", (1e-8, "ohm m"), None),
    ("R/R300", "resistance", (1, "ratio"), None),
    ("R (arb. units)", "resistance", (1, "arbitrary"), None),
    ("Bridge 1 Resistance (Ohms)", "resistance", (1, "ohm"), "1"),
    ("Bridge 2 Resistivity (Ohm-m)", "resistance", (1, "ohm m"), "2"),
    ("Res. ch1 (ohm-cm)", "resistance", (1e-2, "ohm m"), "1"),
    ("Resistance Ch2 (Ohms)", "resistance", (1, "ohm"), "2"),
    ("U [mV]", "voltage", (1e-3, "V"), None),
    ("Bridge 1 Excitation (uA)", "current", (1e-6, "A"), "1"),
    ("Bridge 1 Std. Dev. (Ohm-m)", None, (1, "ohm m"), "1"),
    ("Res. Std.Dev. ch1", None, None, "1"),
    ("t (s)", None, None, None),
    ("Magnetic Field (Oe)", None, None, None),
    ("Field_T", None, None, None),
    ("Sample A", None, None, None),
    ("2Theta", None, None, None),
    ("dT (K)", None, (1, "K"), None),
]


@pytest.mark.parametrize(("heading", "role", "unit", "channel"), HEADINGS)
def test_headings(heading, role, unit, channel):
    column = describe(1, heading)
    understood = column.unit and (column.unit.factor, column.unit.becomes)
    assert (column.role, understood, column.channel) == (role, unit, channel)


@pytest.mark.parametrize("text", ["", "-", "foo", "F", "ohm s", "1e-3 C", "1e400 ohm", "0 ohm"])
def test_units_that_are_not_understood(text):
    assert parse_unit(text) is None


def test_celsius_has_an_offset():
    assert parse_unit("degC").offset == 273.15


# ---------------------------------------------------------------------------- what is read

PPMS = (
    "[Header]\r\nTITLE,synthetic\r\nBYAPP, Resistivity, 2.0, 1.0\r\n;a remark\r\n[Data]\r\n"
    "Comment,Time Stamp (sec),Status (code),Temperature (K),Magnetic Field (Oe),"
    "Sample Position (deg),Bridge 1 Resistivity (Ohm-m),Bridge 1 Excitation (uA),"
    "Bridge 2 Resistivity (Ohm-m),Bridge 2 Excitation (uA),Bridge 1 Std. Dev. (Ohm-m),"
    "Number of Readings,Bridge 1 Resistance (Ohms),Bridge 2 Resistance (Ohms)\r\n"
)
BRIDGE_1 = ",1,4449,10,0,0,1e-6,500,,,1e-9,25,1.0,\r\n,3,4449,20,0,0,2e-6,500,,,1e-9,25,2.0,\r\n"
BRIDGE_2 = ",2,4449,30,0,0,,,3e-6,500,,25,,3.0\r\n"
ETO = (
    "[Header]\n[Data]\nComment,Time Stamp (sec),Temperature (K),Field (Oe),Sample Position (\xb0),"
    "Resistance Ch1 (Ohms),Resistance Std. Dev. Ch1 (Ohms),Resistance Ch2 (Ohms)\n"
    ",1,10,0,0,1,0.1,\n,2,20,0,0,2,0.1,\n"
)

READ = {  # content, options, unit; all hold T = 10, 20 K and R = 1, 2
    "comma": ("10,1.0\n20,2.0\n", {}, "ohm"),
    "comma, headings": ("T (K),R (ohm)\n10,1\n20,2\n", {}, "ohm"),
    "semicolon": ("T;R\n10;1\n20;2\n", {}, "ohm"),
    "tab": ("T\tR\n10\t1\n20\t2\n", {}, "ohm"),
    "white space": ("  10   1\n  20   2\n", {}, "ohm"),
    "no line end": ("10 1\n20 2", {}, "ohm"),
    "old Mac line ends": ("10 1\r20 2\r", {}, "ohm"),
    "blank lines": ("10 1\n\n\n20 2\n\n", {}, "ohm"),
    "comments": ("# T R\n% x\n! y\n// z\n; w\n10 1\n# again\n20 2\n", {}, "ohm"),
    "headings in a comment": ("#time(s),T(K),R(Ohms)\n0,10,1\n1,20,2\n", {}, "ohm"),
    "two words a heading": ("T (K)   R (mOhm)\n10 1000\n20 2000\n", {}, "ohm"),
    "row of units": ("Temperature\tR\nK\tmOhm\n10\t1000\n20\t2000\n", {}, "ohm"),
    "row of units and a remark": (
        "T\tR\tError\nK\tmOhm\tmOhm\nrun 1\trun 1\n10\t1e3\t1\n20\t2e3\t1\n",
        {},
        "ohm",
    ),
    "mostly text": ("d;t;T;R;s\n1.2.24;10:00;10;1;up\n1.2.24;10:01;20;2;up\n", {}, "ohm"),
    "facts above headings": ("Sample,A\nGPa,22.4\nT,R\n10,1\n20,2\n", {}, "ohm"),
    "trailing separator": ("T,R,\n10,1,\n20,2,\n", {}, "ohm"),
    "empty column": ("10\t\t1\n20\t\t2\n", {}, "ohm"),
    "quotes": ('"T","R"\n"10","1"\n"20","2"\n', {}, "ohm"),
    "minus sign": ("T (C),R\n\u2212263.15,1\n\u2212253.15,2\n", {}, "ohm"),
    "decimal comma": ("T;R\n10,0;1,0\n20,0;2,0\n", {}, "ohm"),
    "decimal comma, tab": ("10,0\t1,0\n20,0\t2,0\n", {}, "ohm"),
    "decimal comma, space": ("10,0 1,0\n20,0 2,0\n", {}, "ohm"),
    "decimal comma, quotes": ('"10,0","1,0"\n"20,0","2,0"\n', {}, "ohm"),
    "decimal comma, told": ("10,000;1,000\n20,000;2,000\n", {"decimal": ","}, "ohm"),
    "whole numbers, told": ("10,1\n20,2\n", {"decimal": "."}, "ohm"),
    "celsius, told": ("T,R\n-263.15,1\n-253.15,2\n", {"temperature_unit": "C"}, "ohm"),
    "milliohm, told": ("T,R\n10,1000\n20,2000\n", {"resistance_unit": "mohm"}, "ohm"),
    "microohm cm": ("T,rho (uOhm cm)\n10,1e8\n20,2e8\n", {}, "ohm m"),
    "ratio": ("T,R/R300\n10,1\n20,2\n", {}, "ratio"),
    "voltage over current": ("T (K),V (mV),I (mA)\n10,2,2\n20,4,2\n", {}, "ohm"),
    "columns by number": ("1,10,1\n1,20,2\n", {"temperature": 2, "resistance": 3}, "ohm"),
    "columns by name": ("T,Ra,Rb\n10,9,1\n20,9,2\n", {"resistance": "rb"}, "ohm"),
    "name without unit": ("T,Ra (ohm),Rb\n10,1,9\n20,2,9\n", {"resistance": "ra"}, "ohm"),
    "a pressure as heading": ("T(K),1.6,4.9\n10,9,1\n20,9,2\n", {"resistance": "4.9"}, "ohm"),
    "t is the time beside T": ("t,T,R\n0,10,1\n1,20,2\n", {}, "ohm"),
    "the column left over": ("T (K),Sample A\n10,1\n20,2\n", {}, "ohm"),
    "utf-8 with mark": (b"\xef\xbb\xbfT,R\n10,1\n20,2\n", {}, "ohm"),
    "utf-16": ("T;R (Ω)\n10;1\n20;2\n".encode("utf-16"), {}, "ohm"),
    "latin-1": ("T (°C);R\n-263,15;1,0\n-253,15;2,0\n".encode("latin-1"), {}, "ohm"),
    "PPMS, one bridge": (PPMS + BRIDGE_1, {}, "ohm"),
    "PPMS, no geometry": (PPMS.replace("Ohm-m", "Ohm") + BRIDGE_1, {}, "ohm"),
    "PPMS, bridge chosen": (PPMS + BRIDGE_1 + BRIDGE_2, {"channel": 1}, "ohm"),
    "PPMS, resistivity": (
        PPMS + BRIDGE_1.replace("e-6", ""),
        {"resistance": "Bridge 1 Resistivity"},
        "ohm m",
    ),
    "ETO": (ETO.encode("latin-1"), {}, "ohm"),
    "Fortran": ("T R\n 1.0D+01 1.0D0\n .2d02 2.0d+00\n", {}, "ohm"),
    "Fortran, decimal comma": ("T;R\n1,0D+01;1,0\n20,0;0,2D+001\n", {}, "ohm"),
    "formula of an unneeded column": (
        workbook({"A": [("T", "R", "G"), (10, 1, "=1/B2"), (20, 2, "=1/B3")]}),
        {},
        "ohm",
    ),
    "xlsx": (workbook({"A": [("T (K)", "R (ohm)"), (10, 1.0), (20, 2.0)]}), {}, "ohm"),
    "xlsx, text cells": (
        workbook({"A": [("T", "R"), ("10,0", "1,0"), ("20,0", "2,0")]}),
        {},
        "ohm",
    ),
    "xlsx, empty rows": (workbook({"A": [(), ("T", "R"), (), (10, 1), (20, 2), ()]}), {}, "ohm"),
    "xlsx, sheet by name": (
        workbook({"A": [(1, 2)], "B": [(10, 1), (20, 2)]}),
        {"sheet": "b"},
        "ohm",
    ),
    "xlsx, sheet by number": (
        workbook({"A": [(1, 2)], "B": [(10, 1), (20, 2)]}),
        {"sheet": 2},
        "ohm",
    ),
    "xlsx, the filled sheet": (workbook({"A": [], "B": [(10, 1), (20, 2)]}), {}, "ohm"),
}


@pytest.mark.parametrize("case", READ)
def test_reads(case, write):
    content, options, unit = READ[case]
    curve = analysis.read_resistance(write(content), **options)
    np.testing.assert_allclose(curve.temperature, [10, 20], rtol=1e-14)
    np.testing.assert_allclose(curve.resistance, [1, 2], rtol=1e-14)
    assert curve.unit == unit


NOTES = [  # content, options, what a note says
    ("10 1.0\n20 2.0\n", {}, "no headings; took column 1 as temperature and column 2 as resist"),
    ("T,R (ohm)\n10,1\n", {}, "no unit of temperature is declared; read as K"),
    ("T (K),R\n10,1\n", {}, "no unit of resistance is declared; read as ohm"),
    ("T (K),R\n10,1\n", {"temperature_unit": "C"}, "read in C, though the heading says K"),
    ("T,V,I\n10,1,1\n", {}, "resistance is voltage over current"),
    (
        "T R\n10 1.0D-03\n20 2\n",
        {},
        "exponents written with D, as Fortran does (1.0D-03), are read as E",
    ),
    ("T,R\n20,1\n10,2\n", {}, "descending and have been sorted"),
    ("T,R\n10,1\n10,2\n", {}, "1 temperatures occur more than once"),
    ("T,R,n\n10,1,1\n,,2\n", {}, "1 of 2 rows hold no value there and were skipped"),
    (PPMS + BRIDGE_1, {}, "only channel 1 has data; took it"),
    (PPMS + BRIDGE_1, {}, "took Bridge 1 Resistance (Ohms), not the resistivity"),
    (PPMS + BRIDGE_1 + BRIDGE_2, {"channel": "1"}, "1 of 3 rows hold no value there"),
    (PPMS + BRIDGE_1.replace(",20,0,", ",20,9e4,"), {}, "field varies from 0 to 90000 Oe"),
    (PPMS + BRIDGE_1.replace("0,0,0,", "0,5e3,0,"), {}, "in a magnetic field of 5000 Oe"),
]


@pytest.mark.parametrize(("content", "options", "note"), NOTES)
def test_says_what_was_assumed(content, options, note, write):
    found = analysis.read_resistance(write(content), **options)
    assert note in " | ".join([*found.notes, *found.warnings])


@pytest.mark.parametrize(
    ("heading", "factor"),
    [
        ("Time(s)", 1),
        ("Time Stamp (sec)", 1),
        ("t (s)", 1),
        ("t/s", 1),
        ("time_min", 60),
        ("Elapsed time [h]", 3600),
        ("timestamp, s", 1),
        ("Time", None),  # of which unit?
        ("T (K)", None),
        ("Delay (s)", None),
    ],
)
def test_time_is_told_from_its_heading(heading, factor):
    assert seconds(describe(1, heading)) == factor


TIMED = "Time (min),T (K),R (ohm)\n0,4,1\n1,5,2\n3,6,3\n"


def test_time_is_read_in_seconds(write):
    np.testing.assert_array_equal(analysis.read_resistance(write(TIMED)).time, [0, 60, 180])


@pytest.mark.parametrize(
    "content",
    [
        TIMED.replace("1,5", ",5"),
        TIMED.replace("1,5", "noon,5"),
        TIMED.replace("1,5", "0,5").replace("3,6", "0,6"),
        TIMED.replace("1,5", "inf,5"),
    ],
)
def test_time_that_is_none_is_left_out(content, write):
    found = analysis.read_resistance(write(content))
    assert found.time is None
    np.testing.assert_array_equal(found.resistance, [1, 2, 3])


FIELDS = "T (K),R (ohm),B (T)\n4,1,0\n5,2,0\n6,3,{}\n"


@pytest.mark.parametrize(
    ("field", "warned"), [("0.001", False), ("2", True), ("-0.1", True), ("5e-3", False)]
)
def test_several_fields_in_one_file_are_a_warning(field, warned, write):
    found = analysis.read_resistance(write(FIELDS.format(field)))
    assert ("fit each field by itself" in " ".join(found.warnings)) == warned


@pytest.mark.parametrize(
    ("heading", "pair", "resistance"),
    [
        ("TempRes(Ohm)", "SampVolt(V),SampCurr(A)", [0.1, 0.2, 0.3]),
        ("Pt100 (Ohm)", "V (mV),I (mA)", [0.1, 0.2, 0.3]),
        ("Keithley 3 (Ohm)", "V (V),I (A)", [0.1, 0.2, 0.3]),
        ("R_sample (Ohm)", "V (V),I (A)", [101, 102, 103]),
    ],
)
def test_a_thermometer_beside_voltage_and_current_is_no_sample(heading, pair, resistance, write):
    content = f"T (K),{heading},{pair}\n4,101,1,10\n5,102,2,10\n6,103,3,10\n"
    np.testing.assert_allclose(analysis.read_resistance(write(content)).resistance, resistance)


def test_a_thermometer_alone_is_asked_for(write):
    content = "T (K),Cernox (Ohm),x\n4,101,1\n5,102,2\n6,103,3\n"
    with pytest.raises(analysis.DataError, match=r"none is known as a resistance .* --resistance"):
        analysis.read_resistance(write(content))
    found = analysis.read_resistance(write(content), resistance="Cernox")
    np.testing.assert_array_equal(found.resistance, [101, 102, 103])


def test_a_well_labelled_file_needs_no_note(write):
    assert analysis.read_resistance(write("T (K),R (ohm)\n10,1\n20,2\n")).notes == ()


def test_curve_carries_name_and_pressure(write):
    path = write("T,R\n10,1\n", name="run3.csv")
    named = analysis.read_resistance(path, pressure=22.4, name="mine")
    assert (analysis.read_resistance(path).name, named.name, named.pressure) == (
        "run3",
        "mine",
        22.4,
    )


# ---------------------------------------------------------------------------- what is refused

REFUSED = {  # content, options, message after the file's name
    "empty": ("", {}, "is empty"),
    "blank": ("\n \n", {}, "holds only blank lines"),
    "comments only": ("# T R\n", {}, "holds no points, only comments"),
    "headings only": ("T,R\n", {}, "row 1: 'T,R' and the rows below hold no row with two numbers"),
    "prose": ("Dear reader,\nhello\n", {}, "hold no row with two numbers"),
    "one column": ("1\n2\n", {}, "row 1: '1' holds one column"),
    "non-numeric": ("T,R\n4,1\n5,abc\n", {}, "row 3, column 2 'R': 'abc' is not a number"),
    "non-numeric, first": ("4.2,abc\n5,1\n", {}, "row 1, column 2: 'abc' is not a number"),
    "footer": (
        "T,R\n4,1\nEnd\n",
        {},
        r"row 3, column 1 'T': 'End' is not a number; .* \(delete it if it is a footer\)$",
    ),
    "footer of many words": (
        "T R\n4 1\nEnd of run 5\n# note\n",
        {},
        r"row 3: has 4 cells; there are 2 columns; --skip-bad-rows leaves .* if it is a footer\)$",
    ),
    "footer of two rows": ("T,R\n4,1\nEnd\nN,2\n", {}, r"row 3, .* if it is a footer\)$"),
    "text before numbers": (
        "T,R\n4,1\nEnd\n5,2\n",
        {},
        "row 3, .*needs a number there; --skip-bad-rows leaves out 1 such row of 3$",
    ),
    "last number": (
        "T,R\n4,1\n5,abc\n",
        {},
        "row 3, .*number there; --skip-bad-rows leaves out 1 such row of 2$",
    ),
    "overload": (
        "T;R (uohm cm)\n4;1\n5;9.9E37\n",
        {},
        r"row 3: resistance is 9.9e\+37; meters write this for an overload",
    ),
    "overload of V": ("T,V,I\n4,1,1\n5,9.9E37,1\n", {}, r"row 3: voltage is 9.9e\+37; meters"),
    "too small": ("T,R\n4,1e-200\n5,2e-200\n", {}, "largest resistance is 2e-200, .*its unit"),
    "one column, far down": (
        "T\n" + "4.5\n" * 20 + "bad\n" + "4.5\n" * 200,
        {},
        "row 2: '4.5' holds one column",
    ),
    "one column and separators": ("T,\n4,\nbad,\n", {}, "row 2: '4,' holds one column"),
    "one column but a decimal comma": (
        "T\n" + "4\n" * 20 + "4,5\n",
        {},
        r"row 2: holds one number where the rows below hold more \(row 22 is the first\)",
    ),
    "long prose": ("hello\n" * 300 + "4 a\n", {}, "row 301: '4 a' and the rows below hold no row"),
    "a name of one column": (
        "T\n" + "4,1.0\n" * 20 + "x,1.0\n4,1.0\n",
        {},
        "row 22, column 1: 'x' is not a number",
    ),
    "decimal comma told in error": (
        "T,R\n4.0,0.1\n",
        {"decimal": ","},
        "row 2: '4.0,0.1' holds no two numbers with the decimal mark ',' .*--decimal .*with '.'",
    ),
    "decimal comma told in error, tabs": (
        "T\tR\n4.0\t0.1\n",
        {"decimal": ","},
        "row 2: .* with the decimal mark ',' that --decimal gives, but with '.'",
    ),
    "thousands": (
        "T;R\n1.234,5;2,5\n1.235,5;2,5\n",
        {},
        "row 2, column 1 'T': '1.234,5' has a separator of thousands; write the number without",
    ),
    "thousands, decimal points": (
        "T;R\n4.5;999.5\n4.6;1,234.5\n",
        {},
        "row 3, column 2 'R': '1,234.5' has a separator of thousands",
    ),
    "empty cell": ("T,R\n4,1\n5,\n", {}, "row 3, column 2 'R': the cell is empty"),
    "short row": ("T,R\n4,1\n5\n", {}, "row 3, column 2 'R': the cell is empty"),
    "short first row": ("4\n5,1\n6,2\n", {}, "row 1: holds one number where the rows below"),
    "long row": ("T,R\n4,1\n5,1,2,3\n", {}, "row 3: has 4 cells; there are 2 columns"),
    "NaN": ("# c\nT,R\n4,1\n5,nan\n", {}, "row 4: resistance is nan; every value must be a finite"),
    "infinite": ("4,1.0\n5,inf\n", {}, "row 2: resistance is inf"),
    "underscore": ("4,1.0\n1_0,2\n", {}, "row 2, column 1: '1_0' is not a number"),
    "zero kelvin": ("T,R\n0,1\n5,2\n", {}, "row 2: temperature is 0 K; .* must be above 0 K"),
    "celsius": ("T,R\n20,3\n-20,1\n", {}, "row 3: temperature is -20 K; .*--temperature-unit C"),
    "negative": (
        "T,R\n4,1\n5,-2\n",
        {},
        "row 3: resistance is -2, below zero by more than scatter",
    ),
    "binary": (b"\x7fELF\x00\x01", {}, "is a binary file; text"),
    "broken utf-16": (b"\xff\xfe4,1\n5", {}, "starts as UTF-16 text but is not"),
    "old Excel": (b"\xd0\xcf\x11\xe0rest", {}, r"old Excel file \(.xls\) .* save it as .xlsx"),
    "formulas without values": (
        workbook({"A": [("T", "R"), (4, "=2*3"), (5, "=2*4")]}),
        {},
        "row 2, column 2 'R': '=2.3' is a formula whose value is not stored; open and save",
    ),
    "nothing but formulas": (
        workbook({"A": [("T", "V", "I", "R"), *[("=4", "=1", "=1", "=B2/C2")] * 3]}),
        {},
        "row 2, column 1 'T': '=4' is a formula whose value is not stored",
    ),
    "no workbook": (b"PK\x03\x04rest", {}, "is not a readable xlsx workbook"),
    "several sheets": (
        workbook({"A": [(1, 2)], "B": [(1, 2)]}),
        {},
        "'A', 'B'.*choose with --sheet",
    ),
    "no such sheet": (workbook({"A": [(1, 2)]}), {"sheet": "C"}, "has no sheet 'C'; it has 'A'"),
    "empty workbook": (workbook({"A": []}), {}, "is a workbook without any filled cell"),
    "a date": (
        workbook({"A": [("T", "R"), (4, 1), (5, "x")]}),
        {},
        "row 3, column 2 'R': 'x' is not a number",
    ),
    "sheet of a text": ("4 1\n", {"sheet": "A"}, "is a text file and has no sheets"),
    "4,2 or 4.2": ("4,2\n5,3\n", {}, "row 1: '4,2' may be 2 whole numbers or .* decimal commas"),
    "4,200 or 4200": ("4,200\t5,100\n", {}, "may have a decimal comma or a thousands separator"),
    "both marks": ("4.2;1,5\n", {}, "row 1: '4.2;1,5' mixes decimal points and commas"),
    "other mark": (
        "T;R\n4.2;1.5\n4.3;1,6\n4.4;1.7\n",
        {},
        "row 3, column 2 'R': '1,6' is not a number with the decimal mark '.'",
    ),
    "commas twice": ("T,R\n4,2,0,13\n", {}, "row 1: 2 headings, .* 4 cells; decimal commas need"),
    "unknown mark": ("4 1\n", {"decimal": "'"}, None),
    "two resistances": ("T,Ra,R (ohm),R2\n4,1,2,3\n", {}, "columns 3 'R .ohm.', 4 'R2' could each"),
    "two temperatures": ("T1 (K),T2 (K),R\n4,1,2\n", {}, "could each be the temperature; choose"),
    "unknown headings": ("x,y\n4,1\n", {}, "columns 1 'x', 2 'y' - none is known as a temperature"),
    "unknown unit of T": ("T (F),R\n4,1\n", {}, "choose with --temperature .*--temperature-unit"),
    "unknown unit of R": ("T,R (foo)\n4,1\n", {}, "choose with --resistance .*--resistance-unit"),
    "a pattern": ("# 2Theta,Counts\n35.6,265\n", {}, "none is known as a temperature"),
    "time is no T": ("Time,R\n4,1\n", {}, "none is known as a temperature in K, mK or C"),
    "unknown unit": (
        "Temperature (F),R\n4,1\n",
        {},
        "'F' is not a known unit of temperature; allowed: K, mK or C",
    ),
    "many columns": ("1 2 3\n", {}, "has 3 filled columns without headings; say which"),
    "no such column": ("T,R\n4,1\n", {"resistance": "R9"}, "'R9' is not a column; .* 1 'T', 2 'R'"),
    "no such number": (
        "4.0 1\n",
        {"resistance": 7},
        "resistance '7' is not a column; there are 1, 2",
    ),
    "voltage alone": (
        "T,V\n4,1\n",
        {"voltage": "V"},
        "a voltage column is given without a current",
    ),
    "R and V": (
        "T,R,V,I\n4,1,1,1\n",
        {"resistance": "R", "voltage": "V", "current": "I"},
        "given both as a column and as voltage over current",
    ),
    "no current": ("T,V,I\n4,1,1\n5,1,0\n", {}, "row 3: the current is 0"),
    "bad T unit": ("T,R\n4,1\n", {"temperature_unit": "F"}, "unit 'F' is not understood; .* K, mK"),
    "bad R unit": ("T,R\n4,1\n", {"resistance_unit": "K"}, "unit 'K' is not understood; .* ohm"),
    "several bridges": (
        PPMS + BRIDGE_1 + BRIDGE_2,
        {},
        "13 'Bridge 1 Resistance .*--channel NUMBER",
    ),
    "no such bridge": (PPMS + BRIDGE_1, {"channel": 4}, "channel '4' holds no .* with data: 1"),
    "a bridge beside the sample": (
        "[Header]\n[Data]\nTemperature (K),Res. ch1 (ohm-cm),Bridge 1 Resistance (ohms)\n4,1,2\n",
        {},
        "columns 2 'Res. ch1 .ohm-cm.', 3 'Bridge 1 Resistance .ohms.' could each be the resist",
    ),
    "empty bridges": (
        PPMS + BRIDGE_1.replace(",1e-6,500,,,1e-9,25,1.0", "," * 7).splitlines()[0],
        {},
        "all bridges are empty: columns 7 'Bridge 1 Resistivity .*14 'Bridge 2 Resistance",
    ),
    "empty bridges, channel chosen": (
        PPMS + BRIDGE_1.replace(",1e-6,500,,,1e-9,25,1.0", "," * 7).splitlines()[0],
        {"channel": 1},
        "all bridges are empty: columns 7 'Bridge 1 Resistivity",
    ),
    "empty column of R": ("T,R,n\n4,,1\n5,,2\n", {}, "empty: columns 2 'R' hold no value in any"),
    "PPMS without data": ("[Header]\nTITLE,x\n", {}, r"has no \[Data\] with columns below it"),
    "PPMS, bad cell": (
        PPMS + BRIDGE_1.replace(",2.0,", ",bad,"),
        {},
        "row 8, column 13 'Bridge 1 Resistance .Ohms.': 'bad' is not a number",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, write):
    content, options, message = REFUSED[case]
    path = write(content)
    expected = rf"{path}(:|,) .*{message}" if message else "decimal mark .* is not understood"
    with pytest.raises(analysis.DataError, match=expected) as caught:
        analysis.read_resistance(path, **options)
    assert "\n" not in str(caught.value)


def test_refuses_what_is_no_file(tmp_path, monkeypatch):
    (tmp_path / "rt.csv").write_text("4 1\n")
    for path, message in [
        (tmp_path, "is a directory; a file is needed"),
        (tmp_path / "none.csv", "no such file"),
        (tmp_path / "a\0b", "no such file"),
        ("/dev/null", "is not a regular file"),
    ]:
        with pytest.raises(analysis.DataError, match=message):
            analysis.read_resistance(path)

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(analysis.DataError, match=r"rt.csv: cannot be read \(Permission denied\)"):
        analysis.read_resistance(tmp_path / "rt.csv")


def test_refuses_text_called_xlsx(write):
    with pytest.raises(analysis.DataError, match="is not an xlsx workbook despite its name"):
        analysis.read_resistance(write("4 1\n", name="rt.xlsx"))


@pytest.mark.parametrize(
    ("member", "content", "message"),
    [
        ("rt.csv", "4 1\n", "is a zip archive, not an xlsx workbook; unpack it"),
        (
            "mimetype",
            "application/vnd.oasis.opendocument.spreadsheet",
            r"is an OpenDocument file \(.ods\), not an xlsx workbook; save it as .xlsx or csv",
        ),
        ("[Content_Types].xml", "<Types/>", "is not a readable xlsx workbook"),
    ],
)
def test_refuses_a_zip_that_is_no_workbook(member, content, message, tmp_path):
    with zipfile.ZipFile(tmp_path / "rt.xlsx", "w") as archive:
        archive.writestr(member, content)
    with pytest.raises(analysis.DataError, match=message):
        analysis.read_resistance(tmp_path / "rt.xlsx")


# ---------------------------------------------------------------------------- size


def test_a_bad_cell_far_down_is_named(tmp_path):
    path = tmp_path / "rt.csv"
    path.write_bytes(b"T,R\n" + b"4.25,0.13\n" * 100_000 + b"\n4.25,O.13\n")
    with pytest.raises(analysis.DataError, match=r"row 100003, column 2 'R': 'O.13' is not a numb"):
        analysis.read_resistance(path)


def test_the_quick_way_and_the_slow_way_agree(tmp_path):
    t = np.linspace(2, 300, 5000)
    rows = [f"{x};{x**2};x" for x in t]
    for name, tail in [("quick", []), ("slow", [";;", ""])]:  # a row without values is skipped
        (tmp_path / name).write_text("\n".join(["T;R;z", *rows, *tail]))
    quick, slow = (read_points(tmp_path / name) for name in ("quick", "slow"))
    np.testing.assert_array_equal(quick.temperature, t)
    np.testing.assert_array_equal(quick.resistance, slow.resistance)


# ---------------------------------------------------------------------------- any file at all

SEPARATORS = [",", ";", "\t", " ", "  ", ", ", " ; "]
HEADS = [
    "",
    "T (K){0}R (ohm)\n",
    "temperature{0}R_ohm\n",
    "# a remark\nTemp[K]{0}rho\n",
    "#T{0}R\n",
]
points = st.lists(st.tuples(st.floats(1e-3, 2e3), st.floats(0, 1e6)), min_size=1, max_size=30)
quick = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def read_bytes(content, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rt.csv"
        path.write_bytes(content)
        return analysis.read_resistance(path, **options)


def assert_holds(curve, points):
    order = np.argsort([t for t, _ in points], kind="stable")
    np.testing.assert_array_equal(curve.temperature, np.array(points)[order, 0])
    np.testing.assert_array_equal(curve.resistance, np.array(points)[order, 1])


@quick
@given(
    points=points,
    separator=st.sampled_from(SEPARATORS),
    head=st.sampled_from(HEADS),
    decimal=st.sampled_from([".", ","]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
)
def test_what_is_written_is_read(points, separator, head, decimal, end, encoding):
    # Six decimals cannot be mistaken for groups of thousands.
    points = [(round(t, 6), round(r, 6)) for t, r in points]
    text = "".join(f"{t:.6f}{separator}{r:.6f}\n" for t, r in points)
    if decimal == "," and "," not in separator:
        text = text.replace(".", ",")
    content = (head.format(separator) + text).replace("\n", end).encode(encoding)
    # Such numbers may look like sweeps, of which one would be taken.
    assert_holds(read_bytes(content, sweep="all"), points)


@settings(max_examples=20, deadline=None)
@given(points=points)
def test_what_is_written_to_a_workbook_is_read(points):
    points = [(round(t, 6), round(r, 6)) for t, r in points]  # openpyxl writes 16 digits
    assert_holds(read_bytes(workbook({"A": [("T (K)", "R (ohm)"), *points]}), sweep="all"), points)


def assert_loads_or_explains(content, **options):
    try:
        curve = read_bytes(content, **options)
    except analysis.DataError as error:
        message = str(error)
        assert message
        assert len(message.splitlines()) == 1
    else:
        assert (curve.temperature > 0).all()
        assert np.isfinite(curve.resistance).all()


TABLE_LIKE = st.text(
    alphabet="0123456789.,;\t \n\r\"'#%/-+eETRKVI()[]_naifs\u00b0\u03a9", max_size=120
)


@quick
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"[Header]\n[Data]\n"]),
)
def test_any_bytes_load_or_are_explained(content, start):
    assert_loads_or_explains(start + content)


@settings(quick, max_examples=400)
@given(
    TABLE_LIKE,
    st.sampled_from(["", "T,R\n", "T (K)\tR\n", "[Header]\n[Data]\nT (K),Bridge 1 R (ohm)\n"]),
    st.sampled_from([{}, {"decimal": ","}, {"temperature": 1, "resistance": 2}, {"channel": 1}]),
)
def test_any_text_loads_or_is_explained(text, start, options):
    assert_loads_or_explains((start + text).encode(), **options)


WORKBOOK = workbook({"A": [("T (K)", "R (ohm)"), (10, 1.0), (20, 2.0)]})


@quick
@given(st.lists(st.tuples(st.integers(4, 4000), st.integers(0, 255)), min_size=1, max_size=8))
def test_any_damaged_workbook_loads_or_is_explained(damage):
    content = bytearray(WORKBOOK)
    for place, byte in damage:
        content[place] = byte
    assert_loads_or_explains(bytes(content))


@quick
@given(st.text(max_size=40))
def test_any_heading_and_unit_is_described(text):
    assert describe(1, text).role in {None, "temperature", "resistance", "voltage", "current"}
    unit = parse_unit(text)
    assert unit is None or 0 < unit.factor < np.inf
