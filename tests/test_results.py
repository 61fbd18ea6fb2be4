"""The table of results: what it holds, and what is said where there is none."""

import csv
import json

import numpy as np
import pytest

import analysis

SHEET = {
    "name": "a",
    "title": "A",
    "kind": "resistance",
    "origin": "measured",
    "sample": None,
    "run": "1",
    "pressure": 7.0,
    "page": "sheets/a.html",
    "status": "ok",
    "error": None,
    "input_sha256": "0" * 64,
    "numbers": {
        "theta_d": {"value": 500.0, "stderr": 2.0, "unit": "K"},
        "r_sat": {"value": None, "stderr": None, "unit": "ohm"},
        "g_sat": {"value": 0.0, "stderr": None, "unit": "1/(ohm)"},
    },
    "warnings": ["mind"],
    "fits": {},
}
CONTENT = {
    "schema_version": 2,
    "date": "2026-01-31T12:00:00+00:00",
    "versions": {"numpy": "2"},
    "sheets": [SHEET],
}


def write(folder, content):
    file = folder / "results.json"
    file.write_text(json.dumps(content))
    return file


def test_numbers_have_errors_or_say_that_they_have_none(tmp_path):
    (sheet,) = analysis.load_results(write(tmp_path, CONTENT)).sheets
    assert (sheet.number("theta_d").n, sheet.number("theta_d").s) == (500, 2)
    assert np.isnan(sheet.number("g_sat").s)
    assert sheet.number("r_sat") is None
    assert sheet.number("no such number") is None


def test_selected_sheets_have_not_failed_and_ascend_in_pressure(tmp_path):
    more = [
        {**SHEET, "name": "b", "pressure": 2.0},
        {**SHEET, "name": "c", "pressure": None},
        {**SHEET, "name": "d", "status": "failed"},
        {**SHEET, "name": "e", "run": "2"},
    ]
    results = analysis.load_results(write(tmp_path, {**CONTENT, "sheets": [SHEET, *more]}))
    assert [sheet.name for sheet in results.select("resistance", run="1")] == ["b", "a", "c"]
    assert results.select("diffraction") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the results cannot be read"),
        ("[]", "not a table of results"),
        ('{"sheets": [{"warnings": []}]}', "not a table of results"),
    ],
)
def test_what_is_no_table_is_refused(text, message, tmp_path):
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(analysis.DataError, match=message):
        analysis.load_results(tmp_path / "results.json")


@pytest.mark.parametrize("key", ["value", "stderr"])
@pytest.mark.parametrize("bad", ["500", True, [500.0], float("inf")])
def test_a_number_that_is_none_is_refused_by_name(key, bad, tmp_path):
    numbers = {"theta_d": {"value": 500.0, "stderr": 2.0, "unit": "K", key: bad}}
    file = write(tmp_path, {**CONTENT, "sheets": [{**SHEET, "numbers": numbers}]})
    with pytest.raises(analysis.DataError, match=r"not a table of results.*theta_d"):
        analysis.load_results(file)


def test_without_results_the_command_that_makes_them_is_named(tmp_path):
    with pytest.raises(analysis.DataError, match="no results yet; `make results`"):
        analysis.load_results(tmp_path / "results.json")


def test_the_csv_has_units_in_its_header_and_a_column_for_every_unit():
    from compendium.collect import table

    other = {**SHEET, "name": "b", "numbers": {"r0": {"value": 1, "stderr": 2, "unit": "ohm m"}}}
    numbers = {**SHEET["numbers"], "r0": {"value": 3.0, "stderr": None, "unit": "ohm"}}
    text = table({**CONTENT, "sheets": [{**SHEET, "numbers": numbers}, other]})
    lines = text.splitlines()
    assert lines[:3] == ["# 2026-01-31T12:00:00+00:00", "# schema_version 2", "# numpy 2"]
    first, second = csv.DictReader(lines[3:])
    assert (first["theta_d (K)"], first["theta_d error (K)"]) == ("500.0", "2.0")
    assert (first["r0 (ohm)"], first["r0 error (ohm)"], first["r0 (ohm m)"]) == ("3.0", "", "")
    assert (second["r0 (ohm)"], second["r0 (ohm m)"]) == ("", "1")
    assert first["pressure (GPa)"] == "7.0"
    assert "r0 low (ohm)" not in first


def test_the_csv_has_intervals_and_systematic_parts_where_they_are_stated():
    from compendium.collect import table

    theta = {"value": 500.0, "stderr": 9.0, "unit": "K", "interval": [480.0, None]}
    stated = {**SHEET, "remarks": ["R_sat > 5 ohm"], "numbers": {"theta_d": theta}}
    plain = {**SHEET, "numbers": {"theta_d": {**theta, "interval": None, "systematic": 4.0}}}
    first, second = csv.DictReader(table({**CONTENT, "sheets": [stated, plain]}).splitlines()[3:])
    columns = ("theta_d (K)", "theta_d low (K)", "theta_d high (K)", "theta_d systematic (K)")
    assert [first.get(name) for name in columns] == ["500.0", "480.0", None, ""]
    assert [second.get(name) for name in columns] == ["500.0", "", None, "4.0"]
    assert (first["warnings"], first["remarks"]) == ("mind", "R_sat > 5 ohm")


def test_remarks_are_read_where_a_table_has_them(tmp_path):
    more = {**SHEET, "name": "b", "remarks": ["R_sat > 5 ohm"]}
    old, new = analysis.load_results(write(tmp_path, {**CONTENT, "sheets": [SHEET, more]})).sheets
    assert (old.remarks, new.remarks) == ((), ("R_sat > 5 ohm",))
