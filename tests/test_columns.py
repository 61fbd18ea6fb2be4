"""Headings, columns, units and rows of files as laboratories write them.

What a refusal offers is followed here word by word, and must read the file.
"""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

import analysis
from analysis.__main__ import run
from analysis.reading.columns import describe
from analysis.reading.telling import like_pattern, like_resistance
from compendium.chapters import record, sheet_views

CASES = Path(__file__).parent / "cases"
T = np.linspace(4, 300, 60)
R = 1e-3 * (2 + 0.03 * T)


@pytest.fixture
def cli(capsys, tmp_path, monkeypatch):
    """Run a command where files are written to; return its status and all that it says."""
    monkeypatch.chdir(tmp_path)

    def cli(*words):
        status = run([str(word) for word in words])
        said = "".join(capsys.readouterr())
        assert "Traceback" not in said
        return status, said

    return cli


def rows(*columns, separator=",", head="", end="\n"):
    """Return a text of columns; what is a text already stands in every row."""
    size = next(len(column) for column in columns if not isinstance(column, str))
    columns = [[column] * size if isinstance(column, str) else column for column in columns]
    lines = (separator.join(str(cell) for cell in cells) for cells in zip(*columns, strict=True))
    return head + end.join(lines) + end


def pattern(points=400, *, seed=1):
    """Return angles, counts with two lines, and their errors."""
    x = np.round(10 + 0.02 * np.arange(points), 4)
    y = 100 + sum(900 * np.exp(-(((x - at) / 0.1) ** 2)) for at in (12.0, 15.0))
    y = np.random.default_rng(seed).poisson(y)
    return x, y, np.round(np.sqrt(y), 4)


# ---------------------------------------------------------------------------- whose column it is

OTHERS = [
    "TempRes", "TempRes (Ohm)", "R_Pt100", "R_Pt100 (ohm)", "RPt1000", "Sensor", "Sensor (ohm)",
    "RTD", "RTD [Ohm]", "Thermometer Resistance", "Thermometer R (kOhm)", "R_therm/ohm", "NTC_ohm",
    "Temp. Resistance", "T_Res", "Rth (ohm)", "R_ref (ohm)", "Shunt R (ohm)", "CX-1050 (ohm)",
    "Cernox (ohm)", "RuO2 (ohm)", "Reference resistance", "Heater resistance (ohm)", "R_sensor1",
    "Sensor A (ohm)",
]  # fmt: skip


@pytest.mark.parametrize("heading", OTHERS)
def test_what_may_be_of_another_device_is_asked_for(heading, tmp_path):
    (tmp_path / "rt.csv").write_text(rows(T, R, head=f"T (K),{heading}\n"))
    with pytest.raises(
        analysis.DataError, match=r"none is known as a resistance .*of a thermometer"
    ):
        analysis.read_resistance(tmp_path / "rt.csv")
    found = analysis.read_resistance(tmp_path / "rt.csv", resistance=2, resistance_unit="mohm")
    np.testing.assert_allclose(found.resistance, 1e-3 * R)


@pytest.mark.parametrize("heading", OTHERS)
@pytest.mark.parametrize(
    ("beside", "factor"), [(("R (mohm)", "x"), 1e-3), (("SampVolt (uV)", "SampCurr (mA)"), 1e-3)]
)
def test_the_sample_beside_it_is_taken(heading, beside, factor, tmp_path):
    first, second = (R, np.full(T.size, 3.0)) if "R" in beside[0] else (R * 10, np.full(T.size, 10))
    head = f"{heading},Temperature (K),{','.join(beside)}\n"
    (tmp_path / "rt.csv").write_text(rows(1000 + T, T, first, second, head=head))
    np.testing.assert_allclose(
        analysis.read_resistance(tmp_path / "rt.csv").resistance, factor * R, rtol=1e-12
    )


ROLES = {
    "temperature": ["Sensor A (K)", "Cernox (K)", "Temp Sensor", "T_Probe(K)", "Temp Pt100 / K"],
    "resistance": [
        "R(T)",
        "R(T) (ohm)",
        "R(1) (ohm)",
        "R/Rref",
        "Isothermal R (ohm)",
        "R (sample 2) / mohm",
    ],
    "voltage": ["V(Sample-V),V"],
    "current": ["I(Sample-I),A"],
    None: ["Heater current (A)", "Magnet Current (A)", "V_therm (V)", "Diode V", "Gate Voltage"],
}


@pytest.mark.parametrize(
    ("heading", "role"), [(heading, role) for role, all_ in ROLES.items() for heading in all_]
)
def test_roles_of_headings(heading, role):
    assert describe(1, heading).role == role


def test_a_magnet_gives_no_current_of_the_sample(cli):
    head = "T (K),V (V),Magnet current (A)\n"
    Path("rt.csv").write_text(rows(T, R, np.full(T.size, 8.0), head=head))
    status, said = cli("check", "rt.csv")
    assert status == 2
    assert "none is known as a resistance" in said


# ---------------------------------------------------------------------------- headings and units


def two_commented(names, units, separator):
    return f"# {separator.join(names)}\n# {separator.join(units)}\n"


HEADS = {  # text above the points T, R in mohm and a field in T
    "two commented rows": two_commented(["T", "R", "B"], ["K", "mohm", "T"], " "),
    "commented names": "# T R B\nK mohm T\n",
    "commented units": "T R B\n# K mohm T\n",
    "units in brackets": "T R B\n(K) (mohm) (T)\n",
    "units in square brackets": "# T R B\n# [K] [mohm] [T]\n",
}


@pytest.mark.parametrize("case", HEADS)
def test_names_and_units_in_two_rows(case, tmp_path):
    text = rows(T, 1e3 * R, np.full(T.size, 2.0), separator=" ", head=HEADS[case])
    (tmp_path / "rt.dat").write_text(text)
    found = analysis.read_resistance(tmp_path / "rt.dat")
    np.testing.assert_allclose(found.resistance, R)
    columns = found.reading.columns
    assert [columns[role].unit for role in ("temperature", "resistance")] == ["K", "mohm"]
    assert "measured in a magnetic field of 20000 Oe" in found.notes


def test_a_title_above_headings_has_no_units(tmp_path):
    head = "Sample,B\nT,V\n"
    (tmp_path / "rt.csv").write_text(rows(T, R, head=head))
    with pytest.raises(analysis.DataError, match=r"columns 1 'T', 2 'V' - none is known as a res"):
        analysis.read_resistance(tmp_path / "rt.csv")


# ---------------------------------------------------------------------------- hints are followed


def overloaded(word, at=(5, 9, 30)):
    cells = [f"{value:.6g}" for value in R]
    for place in at:
        cells[place] = word
    return cells


X, Y, E = pattern()
HEAD = "T (K),R (ohm)\n"
ASKED = {  # text, what is filled in for each placeholder, and what the first question names
    "fewer headings": (
        rows("x", T, R, 0 * T, head="T (K),R (ohm),x\n"), [2, 3, "K", "ohm"], "3 headings"
    ),
    "more headings": (
        rows(T, R, head="T (K),R (ohm),Comment\n"), [1, 2, "K", "ohm"], "3 headings"
    ),
    "two temperatures": (rows(T, T, R, head="T1 (K),T2 (K),R\n"), [2], "--temperature"),
    "nothing known": (rows(T, R, head="a,b\n"), [1, "K", 2, "mohm"], "--resistance-unit"),
    "both unclear": (
        rows(T, T, R, R, head="T1 (K),T2 (K),R1 (ohm),R2 (ohm)\n"), [1, 3], "4 'R2 (ohm)'"
    ),
    "units unclear": (
        rows(T, R, head="Temperature (X),Resistance (foo)\n"), ["K", "mohm"], "'foo' is not a known"
    ),
    "brackets that are no unit": (
        rows(T, R, T * 0 + 2, head="T (K),Voltage (sample),Current (sample)\n"),
        ["V", "mA"],
        "--current-unit",
    ),
    "no headings": (rows(T, R, T), [1, 2], "3 filled columns"),
    "no headings, decimal open": (
        rows(range(1, 60), range(101, 160), range(59), range(59)), [1, 2], "--decimal ."
    ),
    "decimal comma or thousands": (
        rows([f"{t},500" for t in range(4, 9)], [f"1,{t}" for t in range(100, 105)], separator=";"),
        [],
        "--decimal ,",
    ),
    "several channels": (
        rows(T, R, R, head="T (K),Bridge 1 Resistance (ohm),Bridge 2 Resistance (ohm)\n"),
        [2],
        "--channel",
    ),
    "a thermometer": (rows(T, R, head="T (K),Pt100 (ohm)\n"), [2, "ohm"], "of a thermometer"),
}  # fmt: skip


def filled(said, values):
    """Return the command that a message proposes, with these values in place of its words."""
    command = re.search(r"fill in: (python -m analysis .*?)( - but |$)", said.strip())[1]
    values = [str(value) for value in values]
    for place in (words := shlex.split(command)[3:]):
        if place in ("NUMBER", "UNIT", "PM"):
            words[words.index(place)] = values.pop(0)
    assert not values
    return words


@pytest.mark.parametrize("case", ASKED)
def test_all_is_asked_at_once_and_the_command_reads_the_file(case, cli):
    text, values, named = ASKED[case]
    Path("r t.csv").write_text(text)
    status, said = cli("check", "r t.csv")
    assert status == 2
    assert named in said
    status, said = cli(*filled(said, values))
    assert status == 0, said


def test_a_pattern_asks_for_columns_and_wavelength_at_once(cli):
    Path("a.xy").write_text(rows(X, Y, E, E, separator=" "))
    status, said = cli("fit", "strain", "a.xy")
    assert status == 2
    words = filled(
        said, [1, 2, 3, 154.06] if "--error" in said.partition("fill in")[2] else [1, 2, 154.06]
    )
    status, said = cli(*words)
    assert status == 0, said
    assert "154.06 pm (given)" in said


SKIPPED = {  # text, what the warning says after "--skip-bad-rows"
    "OVLD": (rows(T, overloaded("OVLD"), head=HEAD), "3 with 'OVLD' (row 7, 11, 32)"),
    "---": (rows(T, overloaded("---"), head=HEAD), "3 with '---'"),
    "NaN": (rows(T, overloaded("NaN"), head=HEAD), "3 with no finite resistance"),
    "9.9E37": (rows(T, overloaded("9.9E37"), head=HEAD), "3 with no finite resistance"),
    "empty": (rows(T, overloaded(""), head=HEAD), "3 with an empty cell"),
    "the first": (rows(T, overloaded("OVLD", [0, 1]), head=HEAD), "2 with 'OVLD' (row 2, 3)"),
    "no headings": (rows(T, overloaded("OVLD", [0])), "1 with 'OVLD' (row 1)"),
    "0 K": (rows([0, *T], [0, *R], head=HEAD), "1 with a temperature of 0 K or below (row 2)"),
    "no current": (
        rows(T, R, [0, *np.ones(59)], head="T (K),V (V),I (A)\n"), "1 with a current of 0 (row 2)"
    ),
    "a long row": (rows(T, R, head=HEAD) + "5,1,2,3\n", "1 with more than 2 cells (row 62)"),
    "a footer": (rows(T, R, head=HEAD) + "End of run\n", "1 with 'End of run' (row 62)"),
}  # fmt: skip


@pytest.mark.parametrize("case", SKIPPED)
def test_bad_rows_are_refused_with_the_option_that_leaves_them_out(case, cli):
    text, warning = SKIPPED[case]
    Path("rt.csv").write_text(text)
    status, said = cli("check", "rt.csv")
    assert status == 2
    assert "--skip-bad-rows leaves" in said
    status, said = cli("check", "rt.csv", "--skip-bad-rows")
    assert status == 0, said
    assert warning in said
    assert "watch: " in said.partition(warning)[0].splitlines()[-1]
    bad = int(warning.split()[0])
    total = text.count("\n") - text.startswith("T (K)")
    curve = analysis.read_resistance("rt.csv", skip_bad_rows=True)
    assert (len(curve), curve.reading.left_out) == (total - bad, bad)
    assert any(warning in text for text in curve.warnings)


def test_a_fit_warns_of_rows_left_out(cli):
    Path("rt.csv").write_text(rows(T, overloaded("OVLD"), head=HEAD))
    status, said = cli(
        "fit", "resistance", "rt.csv", "--law", "parallel-resistor", "--skip-bad-rows", "--json"
    )
    if status == 0:
        found = json.loads(said)
        assert any("'OVLD'" in text for text in found["warnings"])
        assert found["read"]["rows"] == {"first": 2, "last": 61, "used": 57, "left_out": 3}


def test_more_than_half_is_not_left_out(cli):
    Path("rt.csv").write_text(rows(T, overloaded("OVLD", range(40)), head=HEAD))
    assert "--skip-bad-rows" not in cli("check", "rt.csv")[1]
    status, said = cli("check", "rt.csv", "--skip-bad-rows")
    assert status == 2
    assert "40 of 60 rows hold no measurement" in said


def test_degrees_celsius_do_not_lose_their_cold_part(cli):
    celsius = np.round(T - 100, 3)
    Path("rt.csv").write_text(rows(celsius, R, head="T,R\n"))
    status, said = cli("check", "rt.csv", "--skip-bad-rows")
    assert (status, "--temperature-unit C" in said) == (2, True)
    assert cli("check", "rt.csv", "--temperature-unit", "C")[0] == 0


def test_other_headings_further_down_are_no_bad_row(cli):
    text = rows(T, R, head="T (K),R (ohm)\n") + rows(R, T, head="R (ohm),T (K)\n")
    Path("rt.csv").write_text(text)
    for option in ([], ["--skip-bad-rows"]):
        status, said = cli("check", "rt.csv", *option)
        assert status == 2
        assert "row 62: other headings follow" in said


@pytest.mark.parametrize(
    "head", ["T (K),R (ohm)\n", "T,R\nK,ohm\n", "# T R\n", "Sample,A\nT (K),R (ohm)\n"]
)
def test_files_that_are_joined_are_read(head, tmp_path):
    (tmp_path / "rt.csv").write_text(
        rows(T[:30], R[:30], head=head) + rows(T[30:], R[30:], head=head)
    )
    found = analysis.read_resistance(tmp_path / "rt.csv")
    np.testing.assert_array_equal(found.resistance, R)
    assert ("several files are joined" in " ".join(found.notes)) == (head[0] != "#")


def test_quantum_design_files_that_are_joined_are_read(tmp_path):
    head = "[Header]\nTITLE,x\n[Data]\nComment,Temperature (K),Bridge 1 Resistance (Ohms)\n"
    text = rows("", T[:30], R[:30], head=head) + rows("", T[30:], R[30:], head=head)
    (tmp_path / "rt.dat").write_text(text)
    found = analysis.read_resistance(tmp_path / "rt.dat")
    np.testing.assert_array_equal(found.resistance, R)
    assert "several files are joined" in " ".join(found.notes)


def test_rows_of_a_pattern_are_left_out_too(cli):
    cells = [str(value) for value in Y]
    cells[7] = "OVLD"
    Path("a.xy").write_text(rows(X, cells, head="2theta,counts\n"))
    status, said = cli("check", "a.xy")
    assert status == 2
    assert "--skip-bad-rows leaves out 1 such row of 400" in said
    status, said = cli("check", "a.xy", "--skip-bad-rows")
    assert status == 0
    assert "watch: 1 of 400 rows hold no measurement: 1 with 'OVLD' (row 9)" in said


def test_a_package_may_leave_rows_out(tmp_path):
    (tmp_path / "rt.csv").write_text(rows(T, overloaded("OVLD"), head="T,R\n"))
    entry = {"name": "mine", "path": "rt.csv", "kind": "resistance", "skip_bad_rows": True}
    package = tmp_path / "datapackage.json"
    package.write_text(json.dumps({"name": "p", "resources": [entry]}))
    found = analysis.load("mine", package=package)
    assert (len(found), found.reading.left_out) == (57, 3)


# ---------------------------------------------------------------------------- the record


def test_check_and_python_tell_the_same_of_a_file(cli):
    Path("rt.csv").write_text(rows(T, R, np.full(T.size, 10), head="# x\nT (K),V (mV),I\n"))
    found = json.loads(cli("check", "rt.csv", "--current-unit", "uA", "--json")[1])
    curve = analysis.read_resistance("rt.csv", current_unit="uA")
    read = curve.reading.to_dict()
    assert {key: found[key] for key in read} == read
    assert read == {
        "kind": "resistance",
        "layout": "comma-separated text",
        "columns": {
            "temperature": {"number": 1, "heading": "T (K)", "unit": "K", "unit_basis": "heading"},
            "voltage": {"number": 2, "heading": "V (mV)", "unit": "mV", "unit_basis": "heading"},
            "current": {"number": 3, "heading": "I", "unit": "uA", "unit_basis": "given"},
        },
        "rows": {"first": 3, "last": 62, "used": 60, "left_out": 0},
        "sweep": None,
    }
    np.testing.assert_allclose(curve.resistance, R * 1e-3 / 1e-5)


def test_sheets_name_columns_units_and_rows(tmp_path):
    (tmp_path / "rt.csv").write_text(rows(T, overloaded("OVLD"), head="T (K),R(1) (mohm)\n"))
    curve = analysis.read_resistance(tmp_path / "rt.csv", skip_bad_rows=True)
    facts = dict(sheet_views.facts(curve).rows)
    assert facts["resistance"] == "column 2 'R(1) (mohm)', in mohm (heading)"
    assert facts["points"] == "57, rows 2 to 61 of the file; rows left out: 3"
    text = record.resistance_record(analysis.analyse_curve(curve))
    assert json.loads(text)["read"] == curve.reading.to_dict()


def test_a_part_of_a_curve_keeps_its_record(tmp_path):
    (tmp_path / "rt.csv").write_text(rows(T, R, head=HEAD))
    curve = analysis.read_resistance(tmp_path / "rt.csv")
    assert curve.between(50, 100).reading == curve.reading


def test_a_data_set_is_checked_by_name(cli):
    status, said = cli("check", "silver")
    assert status == 0
    assert "column 2 'silver', in 1e-8 ohm m (given)" in said
    assert cli("check", "silver", "--decimal", ".")[0] == 2


# ---------------------------------------------------------------------------- R(T) or a pattern

PATTERNS = {
    "angle, PSD": (
        "a.txt", rows(X, Y, head="[Data]\nAngle,     PSD,  \n", separator=", ", end=",\n")
    ),
    "three columns": ("a.ASC", rows(X, Y, E, separator=" ")),
    "three columns, csv": ("a.csv", rows(X, Y, E)),
    "three columns, no roots": ("a.dat", rows(X, Y, 0 * E + 3.0, separator="\t")),
    "headings": ("a.csv", rows(X, Y, head="Angle,Counts\n")),
}  # fmt: skip


@pytest.mark.parametrize("case", PATTERNS)
def test_a_pattern_is_proposed_as_one(case, cli):
    name, text = PATTERNS[case]
    Path(name).write_text(text)
    status, said = cli("check", name)
    assert status == 2
    assert f"python -m analysis check {name} --kind diffraction" in said
    assert "--temperature" not in said
    assert cli("check", name, "--kind", "diffraction")[0] == 0
    status, said = cli("check", name, "--kind", "resistance")
    assert "--temperature" in said  # if it is R(T) all the same


CURVES = {
    "headings": ("a.xy", rows(T, R, head="T (K) R (ohm)\n", separator=" ")),
    "temperatures": ("a.xy", rows(T, R, separator=" ")),
    "cooling": ("a.xy", rows(T[::-1] / 2, R, separator=" ")),
}


@pytest.mark.parametrize("case", CURVES)
def test_a_curve_is_proposed_as_one(case, cli):
    name, text = CURVES[case]
    Path(name).write_text(text)
    said = cli("check", name)[1]
    assert f"python -m analysis check {name} --kind resistance" in said
    assert cli("check", name, "--kind", "resistance")[0] == 0


def test_two_columns_that_may_be_a_pattern_are_pointed_out(cli):
    Path("a.txt").write_text(rows(X, Y, separator=" "))
    status, said = cli("check", "a.txt")
    assert status == 0
    assert "`python -m analysis check a.txt --kind diffraction`" in said


@pytest.mark.parametrize("seed", range(5))
def test_a_curve_in_equal_steps_is_no_pattern(seed):
    rng = np.random.default_rng(seed)
    t = np.linspace(2, rng.uniform(20, 180), 400)
    for r in (1 + 0.01 * t, np.where(t < 9, 0, 1 + 0.01 * t), np.exp(5 / t)):
        assert like_pattern(t, r + 1e-3 * rng.normal(size=t.size)) is None
    assert like_pattern(*pattern(seed=seed)[:2]) is not None
    assert like_resistance(*pattern(seed=seed)[:2]) is None
    assert like_resistance(np.sort(rng.uniform(2, 90, 300)), t[:300]) is not None


# ---------------------------------------------------------------------------- cases from the field


@pytest.mark.parametrize(
    ("case", "options"),
    [
        ("resistance/three-headings-four-cells.tsv", ["--temperature", 2, "--resistance", 3]),
        ("resistance/brackets-in-heading.tsv", ["--voltage", 3, "--current", 4]),
        ("resistance/brackets-in-heading.tsv", []),
        ("resistance/zero-temperature-block-appended.csv", ["--skip-bad-rows"]),
        ("resistance/thermometer-ohm-beside-V-I.csv", ["--resistance", "TempRes(Ohm)"]),
        ("diffraction/eva2.txt", ["--kind", "diffraction"]),
        ("diffraction/three_columns.ASC", ["--kind", "diffraction"]),
    ],
)
def test_cases_are_read_with_what_their_refusals_offer(case, options, cli):
    status, said = cli("check", CASES / case, *options)
    assert status == 0, said
