"""R(T) on a page: what the command line says of the same file, in the same words."""

import json
import re
import shlex
import subprocess
import sys
from math import isfinite
from pathlib import Path

import numpy as np
import pytest

from analysis import resistance
from analysis.show.trying import resistance as trying
from analysis.show.trying.example import example
from analysis.show.trying.resistance import TriedCurve

CASES = Path(__file__).parent / "cases" / "resistance"
NAME = "my curve.csv"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Write files where the command line finds them by their names alone."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tried(here, content, choices=None, name=NAME):
    """Write a file, and open it as a page does."""
    (here / name).write_bytes(content)
    one = TriedCurve()
    return one, one.opened(name, content, choices or {})


def curve(rows=120, low=60.0, high=300.0, *, drop=False, heading="T (K),R (ohm)"):
    """Return the text of a metal's R(T) with little noise, with a drop at 90 K if asked for."""
    rng = np.random.default_rng(7)
    t = np.linspace(low, high, rows)
    r = resistance(t, theta_d=400, r0=0.1, a=1.5, r_sat=3.0) + 1e-4 * rng.normal(size=rows)
    if drop:
        r *= 0.5 * (1 + np.tanh((t - 85) / 2))
    return "\n".join([heading, *(f"{a:.4f},{b:.6f}" for a, b in zip(t, r, strict=True))]).encode()


def said_by(cli, command, *more):
    """Return what the command line says where a page's command is run."""
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "analysis"]
    return cli(*words[3:], *more)


def plain_values(value):
    """Tell whether a page can hold an answer: no numpy, no NaN, keys that are text."""
    if isinstance(value, dict):
        return all(type(key) is str and plain_values(one) for key, one in value.items())
    if isinstance(value, list):
        return all(map(plain_values, value))
    return value is None or type(value) in (str, bool, int) or isfinite(value)


FILES = [
    pytest.param(example()[1].encode(), {}, id="example"),
    pytest.param(example()[1].encode(), {"mu_star": 0.1, "formula": "mcmillan"}, id="mu*"),
    pytest.param(example()[1].encode(), {"window": [100, 250.5], "criterion": "0.5"}, id="window"),
    pytest.param(example()[1].encode(), {"n": 3, "weighting": "relative"}, id="n"),
    pytest.param(example()[1].encode(), {"law": "bloch-gruneisen-t2"}, id="law"),
    pytest.param("drop-two-points-below.csv", {}, id="read-off"),
    pytest.param("sharp-transition-no-point-inside.csv", {}, id="bracketed"),
    pytest.param("six-fields-one-file.dat", {"sweep": "1"}, id="sweep"),
    pytest.param("six-fields-one-file.dat", {}, id="sweeps"),
    pytest.param("two-warmings-no-field-column.csv", {"window": "20,290"}, id="two warmings"),
    pytest.param("fast-cooldown-full-digits.csv", {}, id="lag"),
    pytest.param("brackets-in-heading.tsv", {}, id="tab"),
    pytest.param("partial-step-9K-and-anomaly-130K.csv", {}, id="anomaly"),
    pytest.param("zero-temperature-block-appended.csv", {"skip_bad_rows": True}, id="bad rows"),
]


@pytest.mark.parametrize(("file", "choices"), FILES)
def test_the_command_line_says_the_same(file, choices, here, cli):
    content = file if isinstance(file, bytes) else (CASES / file).read_bytes()
    one, opened = tried(here, content, choices)
    found = one.fitted(choices)
    assert opened["refused"] is None
    assert found["refused"] is None
    assert plain_values(opened)
    assert plain_values(found)
    for answer in (found, *filter(None, [found["transition"]])):
        status, out, err = said_by(cli, answer["command"], "--json")
        if answer["no_fit"] is not None:
            assert (status, err.strip()) == (3, f"error: {answer['no_fit']}")
            continue
        assert status == (3 if answer["status"] == "no result" else 0)
        assert json.loads(out) == answer["json"]
        assert said_by(cli, answer["command"])[1].rstrip("\n") == answer["text"]


@pytest.mark.parametrize("file", sorted(CASES.iterdir()), ids=lambda file: file.name)
def test_a_file_is_read_as_check_reads_it(file, here, cli):
    _, opened = tried(here, file.read_bytes(), name=file.name)
    status, out, err = said_by(cli, opened["command"], "--json")
    if status:
        assert err == f"error: {opened['refused']}\n"
        return
    checked = json.loads(out)
    assert {**opened["check"], "warnings": opened["warnings"]} == checked
    assert opened["notes"] == checked["notes"]
    assert len(opened["points"]["t"]) == min(opened["n_points"], trying.MOST_POINTS)


REFUSED = {
    "empty": b"",
    "blank": b"\n \n\n",
    "no table": b"hello\nworld\n",
    "one column": b"T\n1\n2\n3\n",
    "a word": b"T (K),R (ohm)\n4,1\n5,x\n6,2\n",
    "below 0 K": b"T (K),R (ohm)\n-4,1\n5,2\n6,2\n",
    "two marks": b"4.2;1,5\n5,2;1.5\n",
    "two resistances": b"T,R,R\n1,2,3\n2,3,4\n3,4,5\n",
    "a long line": b"1,2\n" + b"9" * 200_000 + b",1\n",
    "no utf-16": b"\xff\xfeabc",
    "half a character": b"T (K),R (\xce ohm)\n4,x\n",
    "angles": b"2theta,counts\n" + b"".join(b"%d,%d\n" % (i, i) for i in range(10, 60)),
    "a thousand headings": b",".join(b"c%d" % i for i in range(1200)) + b"\n1,2\n",
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_check_refuses_is_refused_in_its_words(content, here, cli):
    one, opened = tried(here, content)
    status, _, err = said_by(cli, opened["command"])
    assert (status, err) == (2, f"error: {opened['refused']}\n")
    assert "points" not in opened
    assert one.fitted({}) == {"refused": "no curve is read; open a file first"}


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.xlsx", b"PK\x03\x04rest", "a workbook or an archive"),
        ("a.xlsx", b"4,1\n5,2\n", "a workbook or an archive"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "a workbook or an archive"),
        ("a.pdf", b"%PDF-1.7", "a figure (PDF)"),
        ("a.svg", b"<svg>", "a figure (SVG)"),
        ("a.html", b"<!DOCTYPE html>", "XML or HTML"),
        ("a.raw", b"\x00\x01\x02", "a binary file"),
        ("a.cif", b"data_x\n_cell 1\n", "a powder CIF file, which holds a diffraction pattern"),
        ("a.ras", b"*RAS_DATA_START\n", "a Rigaku .ras file, which holds a diffraction pattern"),
    ],
)
def test_what_a_page_leaves_to_the_command_line_is_said(name, content, what, here):
    _, opened = tried(here, content, name=name)
    assert opened["refused"].startswith(f"{name}: is {what}")
    assert "`python -m analysis check FILE` reads all others" in opened["refused"]
    assert opened["table"] is None


def test_too_much_for_a_page_is_refused(here, monkeypatch):
    monkeypatch.setattr(trying, "MAX_ROWS", 100)
    _, opened = tried(here, curve(101))
    assert "has 101 points; at most 100 are fitted on a page" in opened["refused"]
    monkeypatch.setattr(trying, "MOST_BYTES", 1000)
    _, opened = tried(here, curve(101))
    assert "at most 0 MB are read on a page" in opened["refused"]


def test_columns_that_are_open_can_be_chosen(here):
    one, opened = tried(
        here, curve(60, heading="T,R,R").replace(b"\n", b",1\n").replace(b"R,1", b"R")
    )
    assert "could each be the resistance" in opened["refused"]
    assert opened["table"]["headings"] == ["T", "R", "R"]
    assert opened["table"]["rows"][0] == ["60.0000", "0.105598", "1"]
    (select,) = [select for select in opened["selects"] if select["name"] == "resistance"]
    assert [value for value, _ in select["options"]] == ["", "1", "2", "3"]
    again = one.opened(NAME, None, {"resistance": "2"})
    assert again["refused"] is None
    assert again["table"]["roles"] == ["temperature", "resistance", None]
    assert again["state"] == {"resistance": "2"}
    assert "--resistance 2" in one.fitted({})["command"]


def test_units_are_taken_as_chosen(here):
    one, opened = tried(here, curve(heading="T,R"), {"resistance_unit": "mohm"})
    assert opened["unit"] == "ohm"
    assert opened["check"]["resistance"]["max"] < 1e-3
    assert "no unit of temperature is declared; read as K" in opened["notes"]
    refused = one.opened(NAME, None, {"temperature_unit": "F"})["refused"]
    assert "temperature unit" in refused or "'F' is not a known unit" in refused


def test_the_window_follows(here):
    one, _ = tried(here, curve(drop=True))
    found = one.fitted({})
    assert found["automatic"]
    assert found["window"][0] > 85
    assert found["limits"] == [60, 300]
    chosen = one.fitted({"window": [120.00000000001, 250]})
    assert not chosen["automatic"]
    assert 120 <= chosen["window"][0] < 123
    assert "(given)" in chosen["how"]
    assert chosen["state"] == {"window": "120,250"}
    assert "--window 120 250" in chosen["command"]
    assert chosen["curve"]["t"][0] == chosen["window"][0]
    assert len(chosen["residuals"]["t"]) == chosen["json"]["n_points"]


def test_an_address_brings_the_same_back(here):
    choices = {"window": [101.5, 299], "n": 2, "mu_star": 0.1, "temperature": 1, "criterion": 0.05}
    one, opened = tried(here, curve(drop=True), choices)
    found = one.fitted(choices)
    assert found["state"] == {"temperature": "1", "window": "101.5,299", "n": "2", "mu_star": "0.1"}
    other = TriedCurve()
    assert other.opened(NAME, one.content, found["state"]) == opened
    assert other.fitted(found["state"]) == found


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"window": "abc"}, "window: 'abc' is not two numbers"),
        ({"window": "80,x"}, "window: 'x' is not a number"),
        ({"n": "five"}, "n: 'five' is not a number"),
        ({"n": 0.5}, "n must be above 1"),
        ({"law": "ohm"}, "law must be one of"),
        ({"weighting": "heavy"}, "weighting must be one of"),
        ({"criterion": 1.5}, "a criterion is between 0 and 1"),
        ({"criterion": "nan"}, "a criterion is between 0 and 1"),
        ({"mu_star": 0.7}, "mu\\* must be at least 0 and below"),
        ({"formula": "mine"}, "formula must be one of"),
    ],
)
def test_choices_that_mean_nothing_are_refused(choices, said, here):
    one, _ = tried(here, curve())
    found = one.fitted(choices)
    assert found.keys() == {"refused"}
    assert re.search(said, found["refused"])


@pytest.mark.parametrize(
    ("window", "said"),
    [("250,80", "is not two ascending temperatures"), ("400,500", "lies outside the data")],
)
def test_a_window_without_a_fit_says_why(window, said, here):
    one, _ = tried(here, curve())
    found = one.fitted({"window": window})
    assert said in found["no_fit"]
    assert "curve" not in found
    with pytest.raises(trying.DataError, match="there is no fit"):
        one.csv()


def test_dragging_fits_the_normal_state_alone(here, monkeypatch):
    one, _ = tried(here, curve(drop=True))
    calls = []
    fit = trying.fit_transition
    monkeypatch.setattr(
        trying, "fit_transition", lambda *a, **k: calls.append(k["n"]) or fit(*a, **k)
    )
    first = one.fitted({}, whole=False)
    assert first["waits"]
    assert first["transition"] is None
    whole = one.fitted({})
    assert not whole["waits"]
    assert whole["transition"] is not None
    for low in (95, 105, 115):
        assert one.fitted({"window": [low, 290]}, whole=False)["transition"] == whole["transition"]
    assert calls == [5]
    one.fitted({"n": 3})
    assert calls == [5, 3]


def test_mu_star_moves_lambda_alone(here):
    one, _ = tried(here, example()[1].encode(), name=example()[0])
    low, high = (one.fitted({"mu_star": mu}) for mu in (0.1, 0.15))
    assert low["json"] == high["json"]
    of = [found["transition"]["json"] for found in (low, high)]
    assert of[0]["tc"] == of[1]["tc"]
    assert of[0]["lambda"]["value"] < of[1]["lambda"]["value"]


def test_the_csv_file_is_what_is_drawn(here):
    one, _ = tried(here, curve())
    found = one.fitted({"window": "100,290"})
    lines = one.csv().splitlines()
    assert lines[0] == (
        "temperature (K),resistance (ohm),fit (ohm),fit low 95 % (ohm),fit high 95 % (ohm),"
        "residual (ohm)"
    )
    t, r, fit, low, high, residual = np.loadtxt(lines[1:], delimiter=",").T
    assert t.size == found["json"]["n_points"]
    np.testing.assert_allclose(r - fit, residual, atol=1e-9)
    assert ((low < fit) & (fit < high)).all()
    drawn = found["curve"]
    np.testing.assert_allclose(np.interp(t, drawn["t"], drawn["r"]), fit, rtol=1e-4)
    assert found["residuals"]["t"] == pytest.approx(t)


def test_a_controls_value_is_among_its_options(here):
    one, opened = tried(here, example()[1].encode(), {"resistance_unit": "S"})
    assert "'S'" in opened["refused"]
    one.opened(NAME, one.content, {})
    controls = [*opened["selects"], *one.fitted({"n": 4})["controls"]]
    assert {"law", "n", "weighting", "criterion", "mu_star", "formula"} < {
        control["name"] for control in controls
    }
    for control in controls:
        if "options" in control:
            assert control["value"] in [value for value, _ in control["options"]]


def test_the_example_says_that_it_is_synthetic(cli):
    name, text = example()
    assert text.startswith("# Synthetic, not measured.")
    one = TriedCurve()
    opened = one.opened(name, text.encode(), {})
    assert opened["drop"] is not None
    # The data set of this name is the same curve.
    found = one.fitted({})
    numbers = json.loads(said_by(cli, found["command"], "--json")[1])
    assert found["json"]["theta_d"] == numbers["theta_d"]


def test_a_page_needs_no_files():
    """What is imported ends up in the browser: no archives, no command line, no figures."""
    found = subprocess.run(
        [sys.executable, "-c", "import sys, analysis.show.trying.resistance; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    own = {name for name in found if name.startswith("analysis.")}
    rooms = {name.split(".")[1] for name in own}
    assert rooms == {"errors", "numerics", "reading", "show", "transport", "typing"}
    assert not own & {"analysis.reading.formats", "analysis.reading.opened"}
    assert not {"click", "gemmi", "lmfit", "matplotlib", "pooch", "requests"} & set(found)
