"""The section "A file format" of the page "Extending it", done as it says; and the lists."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import analysis
from analysis.catalogue.skeleton import write_skeleton
from analysis.reading import formats
from analysis.reading.formats import FORMATS, sentences
from analysis.reading.pattern_text import number_rows
from analysis.reading.table import Content

ROOT = Path(analysis.__file__).resolve().parent.parent
PAGE = (ROOT / "book/how-to/extending.md").read_text(encoding="utf-8")
SECTION = re.search(r"^## A file format\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]
BLOCK = re.search(
    r"```\{code-block\} python\n:caption: at the end of (\S+)\n\n(.*?)```", SECTION, re.DOTALL
)
COMMANDS = re.search(r"```sh\n(.*?)```", SECTION, re.DOTALL)[1].splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Make a copy of the package with the block appended, and a file of the new format."""
    folder = tmp_path_factory.mktemp("extended")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "analysis", folder / "analysis", ignore=ignored)
    shutil.copytree(ROOT / "data", folder / "data")
    write_skeleton(folder / "mine")
    with (folder / BLOCK[1]).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{BLOCK[2]}")
    x, y = np.loadtxt(folder / "mine/example-pattern.csv", delimiter=",", skiprows=2).T
    q = 4 * np.pi / 0.6199 * np.sin(np.radians(x / 2))
    rows = "".join(f"{a:.17g} {b:.0f}\n" for a, b in zip(q, y, strict=True))
    (folder / "scan.qscan").write_text(f"QSCAN\n61.99\n{rows}")
    return folder


def run(folder, *words):
    done = subprocess.run(
        [sys.executable, "-m", "analysis", *words],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def words_of(command):
    return [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)[3:]]


def test_the_block_is_short_and_names_its_file():
    assert len(BLOCK[2].splitlines()) < 40
    assert BLOCK[1] == "analysis/reading/formats.py"


def test_check_says_what_the_new_format_holds(folder):
    status, out, err = run(folder, *words_of(COMMANDS[0]))
    assert (status, err) == (0, "")
    assert re.search(r"read as +QSCAN file", out)
    assert re.search(r"2 theta range +8 to 29.99 deg", out)
    assert re.search(r"wavelength +61.99 pm \(file\)", out)


def test_fit_gives_the_numbers_of_the_same_pattern_in_text(folder):
    _, out, err = run(folder, *words_of(COMMANDS[1]), "--json")
    assert err == ""
    new = json.loads(out)
    words = [
        word.replace("scan.qscan", "mine/example-pattern.csv") for word in words_of(COMMANDS[1])
    ]
    old = json.loads(run(folder, *words, "--wavelength", "61.99", "--json")[1])
    assert new["strain"]["value"] == pytest.approx(old["strain"]["value"], rel=1e-6)
    assert new["strain"]["value"] == pytest.approx(0.003, abs=3e-4)


def test_help_and_refusals_name_the_new_format(folder):
    assert "QSCAN (.qscan)" in " ".join(run(folder, "check", "--help")[1].split())
    (folder / "x.raw").write_bytes(b"FI\0\0")
    status, out, err = run(folder, "fit", "strain", "x.raw", "--wavelength", "61.99")
    assert (status, out) == (2, "")
    assert "which is not read" in err
    assert "QSCAN (.qscan) are read" in err
    status, _, err = run(folder, "fit", "resistance", "scan.qscan")
    assert (status, "is a QSCAN file, which holds a diffraction pattern" in err) == (2, True)


def test_a_bad_cell_of_the_new_format_is_named(folder):
    (folder / "bad.qscan").write_text("QSCAN\n61.99\n\n0.8 x\n")
    assert "bad.qscan, row 4: 'x' is not a number" in run(folder, "check", "bad.qscan")[2]


def test_this_package_knows_nothing_of_the_example():
    assert "QSCAN" not in sentences()


# ---------------------------------------------------------------------------- the lists

PLACES = ("README.md", "data/README.md", "book/how-to/own-data.md")


@pytest.mark.parametrize("place", PLACES)
def test_documents_list_the_formats_of_the_table(place):
    text = " ".join((ROOT / place).read_text(encoding="utf-8").replace("`", "").split())
    assert all(sentence in text for sentence in re.split(r"(?<=\.) (?=The)", sentences()))


def test_the_readme_of_a_new_package_lists_them(tmp_path):
    write_skeleton(tmp_path / "mine")
    assert sentences() in (tmp_path / "mine/README.md").read_text(encoding="utf-8")


def test_no_two_formats_share_a_name():
    assert len({row.name for row in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("row", FORMATS, ids=[row.name for row in FORMATS])
def test_every_format_is_a_row_with_words_and_endings(row):
    assert row.endings.keys() <= {"resistance", "diffraction"}
    assert all(ending.startswith(".") for endings in row.endings.values() for ending in endings)


# ---------------------------------------------------------------------------- what holds what

WRONG = {  # file name, content, command, message
    "xrdml": ("a.xrdml", "<xrdMeasurements/>", analysis.read_resistance, "a PANalytical .xrdml"),
    "uxd": ("a.uxd", "_FILEVERSION=2\n", analysis.read_resistance, "a Bruker .uxd"),
    "GSAS": ("a.gsa", "t\nBANK 1 2 2 CONST\n", analysis.read_resistance, "a GSAS"),
    "chi": ("a.chi", "a\n2th_deg\nI\n30\n5 1\n", analysis.read_resistance, "a .chi"),
    "PPMS": ("a.dat", "[Header]\n[Data]\n", analysis.read_pattern, "a Quantum Design"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_format_of_the_other_quantity_is_refused_by_name(case, tmp_path):
    name, content, read, kind = WRONG[case]
    (tmp_path / name).write_text(content)
    held, needed = "a diffraction pattern", r"R\(T\)"
    if read is analysis.read_pattern:
        held, needed = needed, held
    message = rf"{name}: is {re.escape(kind)} file, which holds {held}, not {needed}; text in col"
    with pytest.raises(analysis.DataError, match=message):
        read(tmp_path / name)


# ---------------------------------------------------------------------------- R(T) as numbers


@pytest.fixture
def cryo(monkeypatch, tmp_path):
    """Add a format of R(T) that is in K and ohm by itself, and return a file of it."""

    def read(source):
        rows = [(row, line.split()) for row, line in enumerate(source.lines[1:], 2) if line]
        t, r = number_rows(source.file, rows, 2).T
        where = [f"row {row}" for row, _ in rows].__getitem__
        return Content("CRYO file", {"temperature": t, "resistance": r}, where=where)

    def matches(source):
        return source.head[:1] == ["CRYO"]

    monkeypatch.setattr(
        formats, "FORMATS", [*FORMATS, formats.Format("CRYO", {"resistance": ()}, matches, read)]
    )
    path = tmp_path / "a.cryo"
    path.write_text("CRYO\n10 1\n20 2\n")
    return path


@pytest.mark.parametrize(("unit", "resistances"), [(None, [1, 2]), ("mohm", [1e-3, 2e-3])])
def test_a_format_may_hold_resistances_as_numbers(unit, resistances, cryo):
    curve = analysis.read_resistance(cryo, resistance_unit=unit)
    np.testing.assert_allclose(curve.temperature, [10, 20])
    np.testing.assert_allclose(curve.resistance, resistances)
    assert (curve.unit, curve.notes) == ("ohm", ())


def test_refusals_of_such_a_format(cryo):
    with pytest.raises(analysis.DataError, match="is a CRYO file, whose columns are known; leave"):
        analysis.read_resistance(cryo, temperature="T")
    cryo.write_text("CRYO\n10 1\n\n-5 2\n")
    with pytest.raises(analysis.DataError, match="row 4: temperature is -5 K"):
        analysis.read_resistance(cryo)
