"""`make compare`: what differs between two builds, in errors; digits count, words are told."""

import copy
import json

import pytest

from compendium.compare import Leaf, distance, main

SHEET = {
    "name": "silver",
    "page": "sheets/silver.html",
    "input_sha256": "12ab",
    "pressure": None,
    "warnings": ["only 13 points in the window"],
    "numbers": {
        "theta_d": {"value": 225.0, "stderr": 2.0, "unit": "K"},
        "r0": {"value": 1e-11, "stderr": None, "unit": "ohm m"},
    },
    "fits": {"resistance": {"window": [20.0, 300.0], "held": True}},
}


def build(folder, change=lambda _sheet: None, text="225 ± 2 K"):
    """Write a build: a table of results and one chapter beside it."""
    sheet = copy.deepcopy(SHEET)
    change(sheet)
    glue = {
        "metadata": {"scrapbook": {"name": "theta"}},
        "data": {"application/papermill.record/text/plain": repr(text)},
    }
    chapter = folder / "executed" / "chapters" / "beyond" / "ledger.ipynb"
    chapter.parent.mkdir(parents=True)
    chapter.write_text(json.dumps({"cells": [{"outputs": [glue]}, {}]}))
    (folder / "results.json").write_text(json.dumps({"sheets": [sheet]}))
    return str(folder / "results.json")


@pytest.fixture
def run(tmp_path, capsys):
    """Compare the build above with a changed one; return the status and what was printed."""

    def compared(*change, options=(), **text):
        old = build(tmp_path / "old")
        status = main([old, build(tmp_path / "new", *change, **text), *options])
        return status, capsys.readouterr().out.splitlines()

    return compared


def setter(*path, to):
    def change(sheet):
        *way, last = path
        for key in way:
            sheet = sheet[key]
        sheet[last] = to

    return change


def test_the_same_numbers_agree(run):
    status, said = run(setter("input_sha256", to="other"))
    assert (status, said) == (0, ["13 values compared; the largest difference: 0"])


THETA = ("numbers", "theta_d", "value")


@pytest.mark.parametrize(
    ("path", "to", "options", "status", "said"),
    [
        (THETA, 226.0, (), 1, "sheet silver/numbers/theta_d: 225.0 -> 226.0  (0.5 errors)"),
        (THETA, 226.0, ("--tolerance=0.6",), 0, "13 values compared; the largest difference: 0.5"),
        (THETA, 225.009, (), 0, "13 values compared; the largest difference: 0.0045"),
        (THETA, None, (), 1, "sheet silver/numbers/theta_d: 225.0 -> None"),
        (("numbers", "r0", "value"), 1.001e-11, (), 1, "(0.1 errors)"),
        (("numbers", "theta_d", "stderr"), 2.2, (), 1, "theta_d/stderr: 2.0 -> 2.2  (9.1 errors)"),
        (("numbers", "theta_d", "unit"), "mK", (), 0, "theta_d/unit: K -> mK"),
        (("warnings", 0), "13 points, no more", (), 0, "other words: 1"),
        (("warnings", 0), "only 12 points in the window", (), 1, "beyond 0.005 errors: 1"),
        (("fits", "resistance", "window", 1), 290.0, (), 1, "window/2: 300.0 -> 290.0"),
        (("fits", "resistance", "held"), False, (), 1, "held: True -> False"),
        (("warnings",), [], (), 1, "gone: 1"),
        (("new",), 1.0, (), 0, "  sheet silver/new"),
    ],
)
def test_what_changed_is_told_and_weighed(run, path, to, options, status, said):
    code, lines = run(setter(*path, to=to), options=options)
    assert code == status
    assert any(said in line for line in lines), lines


@pytest.mark.parametrize(("text", "status"), [("226 ± 2 K", 1), ("225 K ± 2 K", 0)])
def test_glued_texts_are_compared_as_they_are_printed(run, text, status):
    code, lines = run(text=text)
    assert code == status
    assert f"  chapter beyond/ledger/theta: 225 ± 2 K -> {text}" in lines


def test_the_larger_error_counts_and_zero_differs_from_nothing_by_all():
    assert distance(Leaf(1.0, 0.1), Leaf(2.0, 0.5)) == 2
    assert distance(Leaf(0.0), Leaf(1e-9)) == 100
    assert distance(Leaf(None), Leaf("held")) == float("inf")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file; `make results` writes one"),
        ("{", "not a table of results"),
        ("[]", "not a table of results"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path, capsys, content, message):
    file = tmp_path / "results.json"
    if content is not None:
        file.write_text(content)
    assert main([str(file)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {file}: {message}")


def test_the_ends_of_an_interval_are_as_uncertain_as_its_number(run):
    def stated(ends):
        def change(sheet):
            sheet["numbers"]["theta_d"]["interval"] = ends

        return change

    status, lines = run(stated([221.0, None]))
    assert status == 0
    assert any("theta_d/low" in line for line in lines)
    assert distance(Leaf(221.0, 2.0), Leaf(222.0, 2.0)) == 0.5
