"""A minute of fuzzing, the watch over it, and what fuzzing found once."""

import decimal
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from fuzz import seeds

import analysis
from analysis.cli.main import run
from analysis.pressure.series import Regions
from compendium import compare
from compendium.notebooks import checked_parameters, read_notebook
from compendium.sheets import template

ROOT = Path(__file__).resolve().parent.parent


def python(*arguments):
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
    )
    return done.returncode, done.stdout + done.stderr


def test_two_rounds_over_all_targets_break_no_promise():
    # Some 3 500 inputs in 30 to 40 s of one core; `make fuzz` goes on for as long as it is told.
    status, said = python("-m", "fuzz", "--rounds", "2")
    assert status == 0, said
    assert int(said.splitlines()[-1].split()[0]) > 3000


PLANTED = """
import os, pathlib, subprocess, sys, time, warnings
from fuzz import promises
from analysis.errors import AnalysisError

promises.prepare()
promises.SECONDS = 0.3
folder = pathlib.Path(sys.argv[1])

class Rude(AnalysisError):
    def __str__(self):
        return "two\\nlines"

def rude(*_):
    raise Rude("x")

def slow(*_):
    while True:
        try:
            sum(range(1000))
        except Exception:
            pass

def outside(*_):
    try:
        open(folder.parent / "outside", "w")
    except OSError:
        pass  # the refusal is swallowed, and seen all the same

for name, offence in {
    "traceback": lambda *_: [][0],
    "warning": lambda *_: warnings.warn("no"),
    "slow": slow,
    "outside": outside,
    "memory": lambda *_: bytearray(2**31),
    "process": lambda *_: subprocess.run(["true"]),
    "network": lambda *_: __import__("socket").getaddrinfo("example.org", 80),
    "rude": rude,
    "nothing": lambda *_: (folder / "inside").write_text("x"),
    "refusal": lambda *_: (_ for _ in ()).throw(AnalysisError("no such file")),
}.items():
    try:
        promises.hold(offence, None, folder)
        print(name, "held")
    except Exception as error:
        print(name, type(error).__name__)
"""


def test_the_watch_sees_every_offence(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    status, said = python("-c", PLANTED, str(folder))
    assert status == 0, said
    found = dict(line.split() for line in said.splitlines())
    memory = found.pop("memory")
    assert memory == "MemoryError" if sys.platform == "linux" else memory
    assert found == {
        "traceback": "IndexError",
        "warning": "UserWarning",
        "slow": "BrokenPromiseError",
        "outside": "BrokenPromiseError",
        "process": "PermissionError",
        "network": "PermissionError",
        "rude": "BrokenPromiseError",
        "nothing": "held",
        "refusal": "held",
    }
    assert not (tmp_path / "outside").exists()


def test_what_is_spoilt_is_valid_before(tmp_path):
    for reader, valid in (
        (analysis.read_resistance, seeds.CURVES),
        (analysis.read_pattern, seeds.PATTERNS),
    ):
        for name, content, options, *_ in valid.values():
            path = tmp_path / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            assert len(reader(path, **options if isinstance(options, dict) else {})) >= 20
    seeds.write_package(tmp_path)
    package = tmp_path / "datapackage.json"
    package.write_text(json.dumps(seeds.PACKAGE))
    assert len(analysis.list_datasets(package=package)) == 4
    assert len(analysis.load("rt", package=package)) == len(seeds.T)


# ---------------------------------------------------------------------------- mended

ENDLESS = 10**400
T, R = seeds.T, seeds.R
CALLS = {
    "no number": lambda: analysis.resistance([10.0], theta_d=400, r0=0.1, a=None),
    "shapes": lambda: analysis.resistance([10.0, 20.0], theta_d=400, r0=[1.0, 2.0, 3.0], a=1),
    "no exponent": lambda: analysis.bloch_gruneisen_integral(1.0, n=ENDLESS),
    "mu* of a kind": lambda: analysis.coupling_constant(20.0, theta_d=400, mu_star={}),
    "ragged mu*": lambda: analysis.coupling_constant(20.0, theta_d=400, mu_star=[[1.0], [2.0, 3]]),
    "mu* of a shape": lambda: analysis.critical_temperature(
        [1.0, 2.0], theta_d=400, mu_star=[0.1, 0.1, 0.1]
    ),
    "endless wavelength": lambda: analysis.DiffractionPattern(seeds.X, seeds.Y, ENDLESS),
    "masked": lambda: analysis.ResistanceCurve(np.ma.masked_less(T, 10), R),
    "complex": lambda: analysis.ResistanceCurve(T + 1j, R),
    "size of a kind": lambda: analysis.line_breadth([0.1], strain=0, wavelength=60, size=[]),
    "space group": lambda: analysis.Phase("x", 4.0, space_group="\ud800"),
    "degree": lambda: analysis.linear_compressibility([0, 1, 2], [4, 3.9, 3.8], degree=[]),
    "boundaries": lambda: Regions.of_paper(None, 20.0),
    "criterion": lambda: analysis.analyse_curve(analysis.ResistanceCurve(T, R), criterion=None),
    "endless parameter": lambda: checked_parameters(
        read_notebook(template("resistance")), {"pressure": ENDLESS}
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_calls_are_refused_in_words(call):
    with pytest.raises(analysis.AnalysisError, match=r"^[^\n]{10,400}$"):
        call()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("sheets",), " "),
        (("versions",), None),
        (("sheets", 0), "silver"),
        (("sheets", 0, "pressure"), "22 GPa"),
        (("sheets", 0, "pressure"), ENDLESS),
        (("sheets", 0, "warnings"), [1]),
        (("sheets", 0, "numbers"), []),
        (("sheets", 0, "numbers", "theta_d"), "551"),
        (("sheets", 0, "numbers", "theta_d", "value"), "551"),
        (("sheets", 0, "numbers", "theta_d", "interval"), [1.0]),
        (("sheets", 0, "numbers", "theta_d", "stderr"), -1.0),
        (("sheets", 0, "run"), {}),
    ],
)
def test_a_table_of_results_is_checked_when_it_is_loaded(place, value, tmp_path):
    content = json.loads(json.dumps(seeds.RESULTS))
    node = content
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    path = tmp_path / "results.json"
    path.write_text(json.dumps(content))
    with pytest.raises(analysis.DataError, match=r"results.json: not a table of results \("):
        analysis.load_results(path)
    assert compare.main([str(path), str(path)]) in (0, 2)


def test_decimals_are_numbers():
    mu_star = decimal.Decimal("0.13")
    found = analysis.coupling_constant(20.0, theta_d=400, mu_star=mu_star)
    assert float(found) == pytest.approx(analysis.coupling_constant(20.0, theta_d=400))


def test_a_damaged_profile_of_rigaku_is_refused(tmp_path):
    path = tmp_path / "a.rasx"
    with zipfile.ZipFile(io.BytesIO(seeds.PATTERNS["rasx"][1])) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members["Data0/Profile0.txt"] = members["Data0/Profile0.txt"].replace(b"\xef", b"\xee", 1)
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    with pytest.raises(analysis.DataError, match=r"a\.rasx: .*damaged"):
        analysis.read_pattern(path)


@pytest.mark.parametrize("odd", [b"\x0bBANK", b"\nB\xffANK"])
def test_a_line_of_a_bank_that_is_none_is_refused(odd, tmp_path):
    path = tmp_path / "a.gsa"
    path.write_bytes(seeds.PATTERNS["FXY"][1].encode().replace(b"\nBANK", odd))
    with pytest.raises(analysis.DataError):
        analysis.read_pattern(path, wavelength=61.99)


def test_compare_reads_numbers_without_end(tmp_path, capsys):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    for path, value in ((old, 1.0), (new, ENDLESS)):
        path.write_text(json.dumps({"sheets": [{"name": "x", "n": {"value": value}}]}))
    assert compare.main([str(old), str(new)]) == 1
    assert "x/n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [("list", "\x1b[31m"), ("fit", "resistance", "--law", "a" * 9000), ("new", "a" * 300)]
)
def test_arguments_are_refused_in_one_short_line(words, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err) < 1000
    assert err.rstrip("\n").isprintable()


def test_a_file_whose_name_is_no_text_is_checked(tmp_path):
    path = tmp_path / "\udcff.csv"
    try:
        path.write_bytes(seeds.CURVES["csv"][1])
    except OSError:
        pytest.skip("this file system has only names that are text")
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "check", os.fsencode(path)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict", "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\udcff.csv" in done.stdout
