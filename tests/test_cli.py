"""The command line: what it prints, and one line with status 2 for whatever is wrong."""

import json
import re
import subprocess
import sys

import numpy as np
import openpyxl
import pytest

import analysis

NO_RESULT = 3


@pytest.fixture
def metal(tmp_path):
    """Write a metal's R(T), Theta_D = 400 K exactly, 20 to 300 K; return the path."""
    t = np.linspace(20, 300, 141)
    r = analysis.resistance(t, theta_d=400, r0=0.1, a=2.0)
    path = tmp_path / "metal.csv"
    path.write_text(
        "T (K),R (ohm)\n" + "".join(f"{x:.17g},{y:.17g}\n" for x, y in zip(t, r, strict=True))
    )
    return path


# ---------------------------------------------------------------------------- what is printed


def test_list(cli):
    status, out, err = cli("list")
    assert (status, err) == (0, "")
    for one in analysis.list_datasets():
        assert f"{one.name} " in out
        assert one.title in out


def test_list_of_a_kind_as_json(cli):
    listed = json.loads(cli("list", "--kind", "lattice", "--json")[1])["datasets"]
    assert {one["kind"] for one in listed} == {"lattice"}
    assert listed[0].keys() >= {"name", "origin", "pressure", "source", "licence", "available"}


def test_check_says_what_is_understood(cli, tmp_path):
    path = tmp_path / "rt.csv"
    path.write_text("Temp [C];rho (uOhm cm);n\n20,5;2,5;1\n-100,5;1,25;2\n")
    status, out, err = cli("check", path)
    assert (status, err) == (0, "")
    for line in (
        "read as            semicolon-separated text",
        "temperature        column 1 'Temp [C]', in C (heading)",
        "resistance         column 2 'rho (uOhm cm)', in uOhm cm (heading)",
        "points             2, rows 2 to 3 of the file",
        "temperature range  172.65 to 293.65 K",
        "resistance range   1.25e-08 to 2.5e-08 ohm m",
        "note: temperatures were descending and have been sorted",
        "watch: 2 different temperatures: the fit needs at least 5 different temperatures",
    ):
        assert line in out.splitlines()


def test_check_as_json(cli, metal):
    content = json.loads(cli("check", metal, "--json")[1])
    assert content["columns"]["temperature"] == {
        "number": 1,
        "heading": "T (K)",
        "unit": "K",
        "unit_basis": "heading",
    }
    assert content["n_points"] == 141
    assert content["temperature"] == {"min": 20, "max": 300, "unit": "K"}
    assert content["notes"] == content["watch"] == []


@pytest.mark.parametrize("order", [1, -1])
def test_check_names_the_rows_of_outliers(order, cli, metal):
    head, *rows = metal.read_text().splitlines()
    rows[40] = "100,7"
    metal.write_text("\n".join(["# a remark", head, *rows[::order]]))
    row = 43 if order == 1 else 103
    look = f"watch: a point deviates from the neighbouring points: 100 K (row {row})"
    assert look in cli("check", metal)[1].splitlines()


@pytest.mark.parametrize("points", [4, 5])
def test_check_and_fit_agree_on_what_is_too_little(points, cli, metal):
    rows = metal.read_text().splitlines()
    metal.write_text("\n".join([rows[0], *rows[1 :: 140 // (points - 1)][:points]]))
    looks = " ".join(json.loads(cli("check", metal, "--json")[1])["watch"])
    refused = cli("fit", "resistance", metal)[1] == ""
    assert ("the fit needs at least 5" in looks) == refused == (points == 4)


def test_check_points_out_a_drop(cli):
    curve = analysis.load("twin-zero-resistance-22.4gpa")
    path = next(
        dataset.properties["path"]
        for dataset in analysis.list_datasets()
        if dataset.name == curve.name
    )
    from analysis.catalogue.datasets import OWN_PACKAGE

    out = cli("check", OWN_PACKAGE.parent / path)[1]
    assert "watch: a drop like that of a superconductor below " in out


def test_fit_prints_a_table(cli, metal):
    status, out, err = cli("fit", "resistance", metal, "--window", 50, 250)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"{metal}: eq. 1 with n = 5, uniform weights"
    assert [line.split()[0] for line in lines[1:7]] == [
        "theta_d",
        "r0",
        "a",
        "r_sat",
        "R^2",
        "window",
    ]
    assert lines[1].split()[1].startswith(("400.0", "(400.0", "399.9"))
    assert lines[6] == "  window   50 to 250 K (given), 101 of 141 points"


def test_fit_as_json_is_one_object(cli, metal):
    content = json.loads(cli("fit", "resistance", metal, "--window", 50, 250, "--json")[1])
    for name, unit, value in [("theta_d", "K", 400), ("r0", "ohm", 0.1), ("a", "ohm", 2.0)]:
        assert content[name]["value"] == pytest.approx(value, rel=1e-6)
        assert content[name]["unit"] == unit
        assert content[name]["stderr"] < 1e-3 * value
    assert content["file"] == str(metal)
    assert (content["n_points"], content["window"]) == (101, [50, 250])
    assert content["r_squared"] > 0.999999
    assert isinstance(content["warnings"], list)


def test_fit_of_a_data_set_says_what_the_data_are(cli):
    out = cli("fit", "resistance", "SILVER", "--window", 20, 300)[1]
    assert out.startswith("SILVER (recommended data): eq. 1 with n = 5")
    assert "warning: " in out


def test_fit_is_the_same_in_every_format(cli, metal, tmp_path):
    rows = [line.split(",") for line in metal.read_text().splitlines()]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row if row == rows[0] else [float(cell) for cell in row])
    book.save(tmp_path / "metal.xlsx")
    (tmp_path / "metal.txt").write_text("\n".join("  ".join(row) for row in rows[1:]))
    (tmp_path / "de.csv").write_text("\n".join(";".join(row) for row in rows).replace(".", ","))
    (tmp_path / "ppms.dat").write_text(
        "[Header]\nBYAPP, Resistivity\n[Data]\n"
        "Comment,Temperature (K),Bridge 1 Resistance (Ohms),Bridge 2 Resistance (Ohms)\n"
        + "".join(f",{t},{r},\n,{t},,1\n" for t, r in rows[1:])
    )
    for name, *options in [
        ("metal.xlsx",),
        ("metal.txt",),
        ("de.csv",),
        ("ppms.dat", "--channel", "1"),
        ("metal.csv", "--temperature", "T", "--resistance", "2", "--resistance-unit", "ohm"),
    ]:
        arguments = ("fit", "resistance", tmp_path / name, "--window", 50, 250, "--json")
        content = json.loads(cli(*arguments, *options)[1])
        assert content["theta_d"]["value"] == pytest.approx(400, rel=1e-6), name


@pytest.mark.measured("cu-foil")
def test_copper_foil(cli):
    content = json.loads(cli("fit", "resistance", "cu-foil", "--window", 20, 243, "--json")[1])
    assert 330 < content["theta_d"]["value"] < 352
    assert content["r_sat"]["value"] is None


@pytest.mark.parametrize(
    ("arguments", "example"),
    [
        ((), "check "),
        (("list",), "python -m analysis list --kind resistance"),
        (("check",), "python -m analysis check cooldown.dat --channel 2"),
        (("fit",), "resistance"),
        (("fit", "resistance"), "python -m analysis fit resistance rt.csv --window 80 300 --json"),
    ],
)
def test_help_has_an_example(arguments, example, cli):
    status, out, err = cli(*arguments, "--help")
    assert (status, err) == (0, "")
    assert example in out


def test_groups_without_a_command_show_their_help(cli):
    assert cli() == cli("--help")
    assert cli("fit") == cli("fit", "--help")


# ---------------------------------------------------------------------------- patterns


@pytest.fixture
def powder(tmp_path):
    """Write a pattern of one line, 10 to 40 degrees, as csv; return the path."""
    x = np.linspace(10, 40, 301)
    y = np.round(100 + 900 / (1 + ((x - 25) / 0.3) ** 2))
    path = tmp_path / "powder.csv"
    rows = "".join(f"{a:.1f},{b:g}\n" for a, b in zip(x, y, strict=True))
    path.write_text("2Theta,Counts\n" + rows)
    return path


def test_check_of_a_pattern_says_what_is_understood(cli, powder):
    status, out, err = cli("check", powder, "--wavelength", 154.0593, "--wavelength-2", 154.4427)
    assert (status, err) == (0, "")
    assert out.splitlines()[1:] == [
        "read as          comma-separated text",
        "2 theta          column 1 '2Theta', in deg (assumed)",
        "intensity        column 2 'Counts', in counts (assumed)",
        "points           301, rows 2 to 302 of the file",
        "2 theta range    10 to 40 deg",
        "intensity range  100 to 1000 counts",
        "step             0.1 deg",
        "wavelength       154.0593 pm and 154.4427 pm (given)",
        "errors           none in the file",
    ]


def test_check_of_a_pattern_says_that_the_wavelength_is_missing(cli, powder):
    lines = cli("check", powder)[1].splitlines()
    assert "wavelength       missing: give it in pm with --wavelength" in lines


def test_check_of_a_pattern_as_json(cli, powder):
    content = json.loads(cli("check", powder, "--wavelength", 61.99, "--json")[1])
    assert content["kind"] == "diffraction"
    assert content["columns"]["two_theta"] == {
        "number": 1,
        "heading": "2Theta",
        "unit": "deg",
        "unit_basis": "assumed",
    }
    assert (content["n_points"], content["errors"]) == (301, False)
    assert content["two_theta"] == {"min": 10, "max": 40, "unit": "deg"}
    assert content["step"]["value"] == pytest.approx(0.1)
    assert content["wavelength"] == {"value": 61.99, "unit": "pm", "basis": "given"}
    assert content["wavelength_2"] == {"value": None, "unit": "pm"}
    assert content["notes"] == content["watch"] == []


def test_check_names_the_rows_of_a_saturated_line(cli, powder):
    head, *rows = powder.read_text().splitlines()
    rows[148:153] = [f"{row.split(',')[0]},900" for row in rows[148:153]]
    powder.write_text("\n".join([head, *rows[::-1]]))
    out = cli("check", powder)[1]
    assert "watch: 5 neighbouring points from 24.8 deg (row 154) on share the largest" in out


@pytest.mark.parametrize(
    ("name", "heading", "options", "kind"),
    [
        ("a.csv", "2Theta,Counts", (), "diffraction"),
        ("a.xy", "", (), "diffraction"),
        ("a.csv", "T (K),R (ohm)", (), "resistance"),
        ("a.csv", "", (), "resistance"),
        ("a.csv", "", ("--wavelength", 100), "diffraction"),
        ("a.csv", "", ("--kind", "diffraction"), "diffraction"),
        ("a.xy", "", ("--temperature", 1), "resistance"),
        ("a.xy", "", ("--kind", "resistance"), "resistance"),
    ],
)
def test_check_tells_patterns_from_resistances(name, heading, options, kind, cli, powder):
    path = powder.parent / name
    path.write_text(powder.read_text().replace("2Theta,Counts", heading).lstrip())
    content = json.loads(cli("check", path, *options, "--json")[1])
    assert content["kind"] == kind
    asks = any("--kind diffraction" in look for look in content["watch"])
    assert asks == (kind == "resistance" and not heading)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--wavelength", "1.5406"), "wavelength is 1.5406 pm; .*; is this in angstrom"),
        (("--wavelength", "Cu"), "'Cu' is not a valid float"),
        (("--wavelength-2", "154.44"), "a second wavelength is given without a first"),
        (("--error", "esd"), "error 'esd' is not a column; there are 1 '2Theta', 2 'Counts'"),
        (("--kind", "resistance"), "could each be the temperature|none is known as a temperature"),
        (("--kind", "diffraction", "--channel", "1"), "--channel is not for a diffraction file"),
        (("--wavelength", "99", "--voltage", "1"), "--wavelength is not for a resistance file"),
    ],
)
def test_check_of_a_pattern_refuses_in_one_line(options, message, cli, powder):
    status, out, err = cli("check", powder, *options)
    assert (status, out) == (2, "")
    assert re.fullmatch(rf"error: .*({message}).*\n", err)


def test_fits_of_resistance_refuse_patterns(cli):
    err = cli("fit", "resistance", "nist-lab6")[2]
    assert err.startswith("error: data set 'nist-lab6' is of kind 'diffraction'; kind 'resistance'")


# ---------------------------------------------------------------------------- bad input

FIT = ("fit", "resistance")
TRANSITION = ("fit", "transition")
SCALES = {"tiny": "{0}e-200", "huge": "{0}e200", "const": "1"}
BAD = [  # contents of rt.csv, arguments, what the line says
    ("", ("check", "rt.csv"), "rt.csv: is empty"),
    ("4\n5\n", ("check", "rt.csv"), "rt.csv, row 1: '4' holds one column"),
    ("T,R\n4,x\n5,1\n", ("check", "rt.csv"), "rt.csv, row 2, column 2: 'x' is not a number"),
    ("T,R\n4,1\n5,nan\n", (*FIT, "rt.csv"), "rt.csv, row 3: resistance is nan"),
    ("T,R\n-4,1\n5,1\n", (*FIT, "rt.csv"), "rt.csv, row 2: temperature is -4 K"),
    (
        "const",
        (*FIT, "rt.csv", "--window", "200", "300"),
        "'--window': rt.csv: no point between 200 and 300 K; the data span 1 to 99 K",
    ),
    ("const", (*FIT, "rt.csv", "--window", "5.1", "5.9"), "'--window': rt.csv: no point between"),
    ("const", (*FIT, "rt.csv", "--window", "9", "3"), "'--window': 9 to 3 K is not two ascending"),
    ("const", (*FIT, "rt.csv", "--window", "-1", "5"), "'--window': -1 to 5 K is not two ascend"),
    ("const", (*FIT, "rt.csv", "--window", "5", "5"), "'--window': 5 to 5 K is not two ascending"),
    ("const", (*FIT, "rt.csv", "--window", "nan", "5"), "'--window': nan to 5 K is not two ascend"),
    ("const", (*FIT, "rt.csv", "--window", "a", "5"), "'--window': 'a' is not a valid float"),
    ("const", (*TRANSITION, "rt.csv", "--window", "-1", "5"), "'--window': -1 to 5 K is not two"),
    ("const", (*TRANSITION, "rt.csv", "--window", "200", "300"), "'--window': rt.csv: no point"),
    (
        "const",
        (*TRANSITION, "rt.csv", "--criterion", "1"),
        "'--criterion': must be a fraction of R_n",
    ),
    ("const", (*TRANSITION, "rt.csv", "--criterion", "nan"), "below 1, got nan"),
    ("const", (*TRANSITION, "rt.csv", "--mu-star", "-1"), "'--mu-star': must be at least 0 and"),
    ("const", (*TRANSITION, "rt.csv", "--mu-star", "nan"), "'--mu-star': must be at least 0 and"),
    ("const", (*FIT, "rt.csv", "--window", "9"), "Option '--window' requires 2 arguments"),
    ("const", (*FIT, "rt.csv", "--n", "x"), "Invalid value for '--n': 'x' is not a valid float"),
    ("const", (*FIT, "rt.csv", "--n", "0"), "'--n': n must be above 1 and below 100, got 0"),
    ("const", (*FIT, "rt.csv", "--n", "nan"), "'--n': n must be above 1 and below 100, got nan"),
    ("const", (*FIT, "rt.csv", "--n", "inf"), "'--n': n must be above 1 and below 100, got inf"),
    ("tiny", (*FIT, "rt.csv"), "rt.csv: the largest resistance is 9.9e-199, smaller than any"),
    ("huge", (*FIT, "rt.csv"), "rt.csv, row 2: resistance is 1e+200; meters write this"),
    ("const", (*FIT, "rt.csv", "--weighting", "w"), "'w' is not one of 'uniform', 'relative'"),
    ("const", (*FIT, "rt.csv", "--channel", "2"), "rt.csv: channel '2' holds no resistances"),
    ("", (*FIT, "none.csv"), "none.csv: no such file"),
    ("", (*FIT, "none"), "none: no such file, and no data set of this name"),
    ("", (*FIT, "silver", "--channel", "2"), "'silver': --channel is for your own files"),
    ("", (*FIT, "metals-300k"), "'metals-300k' is of kind 'table'"),
    ("", (*FIT, "."), ".: is a directory"),
    ("", FIT, "Missing argument 'FILE|DATASET...'"),
    ("", ("check", "bad\nname"), "bad name: no such file"),
    ("", ("list", "--kind", "foo"), "no data set is of kind 'foo'; there are"),
    ("", ("fit", "foo"), "No such command 'foo'"),
    ("", ("--foo",), "No such option '--foo'"),
]


@pytest.mark.parametrize(("content", "arguments", "message"), BAD)
def test_bad_input_is_one_line_and_status_2(
    content, arguments, message, cli, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    if content in SCALES:
        content = "T,R\n" + "".join(f"{t},{SCALES[content].format(t)}\n" for t in range(1, 100))
    (tmp_path / "rt.csv").write_text(content)
    status, out, err = cli(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("T,R\n4,1\n5,2\n6,3\n", FIT, "rt.csv: 3 different temperatures"),
        ("const", (*FIT, "--window", "1", "99"), "rt.csv: the resistance is constant"),
        ("const", TRANSITION, "rt.csv: no superconducting transition"),
    ],
)
def test_data_without_a_result_are_one_line_and_status_3(
    content, arguments, message, cli, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    if content in SCALES:
        content = "T,R\n" + "".join(f"{t},{SCALES[content].format(t)}\n" for t in range(1, 100))
    (tmp_path / "rt.csv").write_text(content)
    status, out, err = cli(*arguments, "rt.csv")
    assert (status, out, err.count("\n")) == (NO_RESULT, "", 1)
    assert err.startswith("error: ")
    assert message in err


def test_missing_package(cli, monkeypatch):
    monkeypatch.setenv("COMPENDIUM_PACKAGE", "/none/datapackage.json")
    status, out, err = cli("list")
    assert (status, out) == (2, "")
    assert err == (
        "error: /none/datapackage.json: the data package cannot be read "
        "(No such file or directory)\n"
    )


# ---------------------------------------------------------------------------- as a program


def python(*arguments, **options):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, **options
    )


def test_status_and_streams_of_the_program(tmp_path):
    done = python("-m", "analysis", "check", "none.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: none.csv: no such file\n"


def test_list_waits_for_nothing_slow():
    code = (
        "import sys; from analysis.__main__ import run; run(['list']); "
        "print(sorted({'scipy', 'lmfit', 'matplotlib', 'openpyxl'} & set(sys.modules)))"
    )
    assert python("-c", code).stdout.splitlines()[-1] == "[]"


def test_a_closed_pipe_is_no_error():
    code = f"{sys.executable} -m analysis list --json | head -n 1"
    done = subprocess.run(code, shell=True, capture_output=True, text=True, check=True)  # noqa: S602
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_fit_transition_prints_tc_theta_and_lambda(cli):
    status, out, err = cli("fit", "transition", "twin-zero-resistance-22.4gpa")
    assert (status, err) == (0, "")
    assert "(synthetic data)" in out
    fit = analysis.fit_transition(analysis.load("twin-zero-resistance-22.4gpa"))
    rows = {line[2:].split("  ")[0]: line for line in out.splitlines() if line.startswith("  ")}
    assert f"{fit.tc(0.05).n:.3f} +- " in rows["T_c at 0.05 R_n"]
    assert f"{fit.theta_d.n:.1f} +- " in rows["theta_d"]
    assert "1.70" in rows["lambda, mu* = 0.13"]
    assert "eq. 1" in rows["normal state"]


def test_fit_transition_as_json_has_every_number_with_its_error(cli):
    name = "twin-zero-resistance-22.4gpa"
    status, out, err = cli(
        "fit", "transition", name, "--criterion", 0.5, "--mu-star", 0.1, "--json"
    )
    assert (status, err) == (0, "")
    found = json.loads(out)
    for key in ("tc", "theta_d", "lambda", "tc_onset"):
        assert set(found[key]) >= {"value", "stderr", "unit"}
        assert 0 < found[key]["stderr"] < 0.05 * found[key]["value"]
    assert (found["criterion"], found["mu_star"], found["formula"]) == (0.5, 0.1, "advanced")
    assert found["n_points"] == 593


@pytest.mark.parametrize(
    ("options", "message", "expected"),
    [
        (["silver"], "no superconducting transition", NO_RESULT),
        (["twin-zero-resistance-22.4gpa", "--criterion", "2"], "criterion", 2),
        (["twin-zero-resistance-22.4gpa", "--mu-star", "-0.1"], "mu", 2),
        (["twin-zero-resistance-22.4gpa", "--formula", "bcs"], "formula", 2),
        (["twin-zero-resistance-22.4gpa", "--window", "4", "63"], "no normal state", NO_RESULT),
    ],
)
def test_fit_transition_refuses_in_one_line(cli, options, message, expected):
    status, out, err = cli("fit", "transition", *options)
    assert (status, out) == (expected, "")
    assert message in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("verb", ["check", "list", "new", "schema", "fit strain", "fit resistance"])
def test_examples_of_the_help_stand_on_lines_of_their_own(verb, cli):
    status, out, _ = cli(*verb.split(), "--help")
    assert status == 0
    assert "\\b" not in out
    assert re.search(rf"\n +Examples?:\n +python -m analysis {verb}.*\n", out)
