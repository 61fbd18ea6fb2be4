"""One path from a curve to its result: command line, sheet and package say the same."""

import json

import numpy as np
import pytest

import analysis
from analysis.cli.main import run
from analysis.show.printed import plain
from analysis.transport.analyse import analyse_curve
from compendium.chapters import record
from compendium.notebooks import read_notebook
from compendium.sheets import template

pytestmark = pytest.mark.filterwarnings("ignore::analysis.ValidityWarning")


def datasets():
    for dataset in analysis.list_datasets("resistance"):
        measured = dataset.origin == "measured"
        marks = [pytest.mark.measured(dataset.name)] if measured else []
        yield pytest.param(dataset.name, marks=marks)


def printed(capsys, *arguments):
    """What the command line prints as JSON, without what it read; the sentence if refused."""
    run([*arguments, "--json"])
    out, err = capsys.readouterr()
    if not out:
        return err
    found = json.loads(out)
    added = ("schema_version", "file", "status", "resistance_unit", "notes", "read")
    return {name: value for name, value in found.items() if name not in added}


@pytest.mark.parametrize("name", list(datasets()))
def test_command_line_sheet_and_package_have_the_same_numbers(name, capsys):
    found = analysis.analyse_curve(analysis.load(name))
    kept = json.loads(record.resistance_record(found))
    assert kept.pop("read") == plain(found.curve.reading.to_dict())
    assert kept == plain(found.to_dict())
    for kind, why in (("resistance", found.no_fit), ("transition", found.no_transition)):
        if kind == "transition" and found.drop is None:
            assert "transition" not in kept["fits"]
            continue
        said = printed(capsys, "fit", kind, name)
        if why is None:
            assert said == kept["fits"][kind]
        else:
            assert why in said
            assert why in kept["warnings"]


def test_the_sheet_calls_this_and_fits_nothing_itself():
    code = "\n".join(
        cell.source for cell in read_notebook(template("resistance")).cells
        if cell.cell_type == "code"
    )  # fmt: skip
    assert "analysis.analyse_curve(" in code
    for fit in ("fit_resistance", "fit_transition", "find_drop"):
        assert fit not in code


def test_numbers_to_quote_are_those_of_both_fits():
    found = analysis.analyse_curve(analysis.load("twin-zero-resistance-22.4gpa"))
    numbers, fits = (found.to_dict()[name] for name in ("numbers", "fits"))
    assert numbers["theta_d"] == fits["resistance"]["theta_d"]
    for name in ("tc", "tc_onset", "f", "r_onset", "lambda"):
        assert numbers[name] == fits["transition"][name]
    assert numbers["tc"]["value"] == found.tc.n
    assert numbers["lambda"]["value"] == found.coupling.n
    assert found.coupling.n == pytest.approx(1.70, abs=0.02)


def test_without_a_drop_there_is_no_transition_and_no_reason():
    found = analysis.analyse_curve(analysis.load("aluminium"))
    assert (found.drop, found.transition, found.no_transition) == (None, None, None)
    assert (found.tc, found.coupling) == (None, None)


def test_why_there_is_no_fit_is_said_once():
    t = np.linspace(4.0, 300.0, 200)
    constant = analysis.ResistanceCurve(t, np.ones(200), name="flat")
    found = analyse_curve(constant)
    assert found.fit is None
    assert "resistance is constant" in found.no_fit
    assert found.to_dict()["warnings"].count(found.no_fit) == 1
    beside = analyse_curve(analysis.load("silver"), (400, 500))
    assert "lies outside the data" in beside.no_fit


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"law": "x"}, "law must be one of"),
        ({"n": 0.5}, "n must be above 1"),
        ({"weighting": "x"}, "weighting must be one of"),
        ({"criterion": 1.5}, "a criterion is between 0 and 1"),
        ({"mu_star": -1}, "mu\\* must be at least 0"),
        ({"formula": "x"}, "formula must be one of"),
    ],
)
def test_choices_that_no_curve_could_use_are_refused(choice, message):
    with pytest.raises(analysis.AnalysisError, match=message):
        analyse_curve(analysis.load("silver"), **choice)


def test_law_and_exponent_are_those_of_both_fits():
    found = analyse_curve(analysis.load("twin-zero-resistance-22.4gpa"), n=3)
    assert (found.fit.n, found.transition.n) == (3, 3)
    assert {fit["law"] for fit in found.to_dict()["fits"].values()} == {"bloch-gruneisen"}
