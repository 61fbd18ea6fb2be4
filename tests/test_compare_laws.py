"""Rival laws side by side: which are told apart, what is quoted, how it is printed."""

import json

import fastjsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from resistance_study import of_rival

from analysis import AnalysisError, FitError, ResistanceCurve, compare_laws, fit_resistance
from analysis.cli import schema
from analysis.cli.main import main
from analysis.transport.rivals import RIVALS, rival_named

T = np.linspace(5.0, 300.0, 300)
SOME = [rival_named(name) for name in ("n5", "n5-alone", "n3", "line", "line-alone")]


def made(name, seed=1, **more):
    return of_rival(name, np.random.default_rng(seed), **{"t": T, **more})


@pytest.fixture(scope="module")
def bent():
    return compare_laws(made("n5"))


def test_a_clear_curve_leaves_the_right_law_and_at_most_half(bent):
    assert "n5" in bent.not_told_apart
    assert len(bent.not_told_apart) <= len(RIVALS) / 2
    assert not {"n2", "n5-alone", "line", "power"} & set(bent.not_told_apart)
    assert not bent.linear


def test_each_fit_is_that_of_fit_resistance(bent):
    fit = fit_resistance(made("n5"), (5, 300))
    assert bent.theta_d("n5").n == pytest.approx(fit.theta_d.n, rel=1e-6)
    assert bent.theta_d("n5").s == pytest.approx(fit.theta_d.s, rel=1e-4)


def test_what_does_not_describe_the_points_has_no_number(bent):
    row = {law["rival"]: law for law in bent.to_dict()["laws"]}
    assert row["line-alone"]["theta_d"]["value"] is None
    assert not row["n3"]["described"]
    assert row["n3"]["theta_d"]["value"] is None
    assert row["n5-alone"]["aicc"] is None
    assert "straight line" in row["n5-alone"]["reason"]
    assert row["n5"]["left_out_in_errors"] == pytest.approx(1.0, abs=0.15)
    assert row["n3"]["left_out"] > 1.3 * row["n5"]["left_out"]


def test_points_that_a_fit_has_not_seen_are_missed_by_its_own_forecast():
    """Ten blocks of a straight line: the leave-out misfit of linear least squares, done again."""
    curve = made("line-alone", noise=3e-3)
    found = compare_laws(curve, rivals=SOME).contenders["line-alone"]
    t, r = curve.temperature, curve.resistance
    missed = []
    for block in np.array_split(np.arange(t.size), 10):
        line = np.polyfit(np.delete(t, block), np.delete(r, block), 1)
        missed += list(r[block] - np.polyval(line, t[block]))
    assert found.left_out == pytest.approx(np.sqrt(np.mean(np.square(missed))) / r.max(), rel=1e-5)


def test_a_line_is_linear_and_has_no_debye_temperature():
    found = compare_laws(made("line-alone"))
    assert found.linear
    assert set(found.not_told_apart) <= {"line", "line-alone", "power", "power-alone"}
    assert all(found.theta_d(rival.name) is None for rival in RIVALS)
    assert "the curve is linear" in " ".join(found.remarks)
    assert not any("told apart from" in remark and "n5" in remark for remark in found.remarks)


def test_a_resistor_does_not_make_a_line_bend():
    """With G free, a law with a T^2 term follows a line better than one at the same G would."""
    t = np.linspace(5, 300, 200)
    for seed, low in ((5, 35), (5, 79), (6, 64), (8, 20)):
        noise = 5e-4 * np.random.default_rng(seed).normal(size=t.size)
        line = ResistanceCurve(t, 0.1 + 0.003 * t + noise)
        with pytest.raises(FitError, match="no Debye temperature"):
            fit_resistance(line, law="bloch-gruneisen-t2", window=(low, 300))


def test_a_richer_law_is_not_needed_rather_than_told_apart(bent):
    *_, richer, apart = bent.remarks
    assert richer.startswith("with more parameters than the data need: ")
    asked, told = (set(one.split(": ")[1].split(", ")) for one in (richer, apart))
    assert all(set(rival_named(name).contains) & set(bent.not_told_apart) for name in asked)
    assert not any(set(rival_named(name).contains) & set(bent.not_told_apart) for name in told)


def test_where_no_law_describes_the_points_that_is_a_warning():
    curve = made("n5-alone")
    hump = 0.02 * np.exp(-(((T - 140) / 15) ** 2))
    found = compare_laws(ResistanceCurve(T, curve.resistance + hump), rivals=SOME)
    assert found.none_describes
    assert found.warnings[0].startswith("no law describes")
    assert all(found.theta_d(one.name) is None for one in SOME)


def test_few_points_and_no_rivals_are_refused():
    with pytest.raises(FitError, match="9 points count as 9 independent points"):
        compare_laws(made("n5-alone", t=np.linspace(5.0, 300.0, 9)), rivals=SOME)
    with pytest.raises(AnalysisError, match="rivals is empty"):
        compare_laws(made("n5"), rivals=[])


@pytest.mark.parametrize("name", ["n5+T2-alone", "n5+T-alone", "n5+einstein-alone", "power-alone"])
def test_the_parameters_of_a_law_come_back(name):
    rival = rival_named(name)
    curve = made(name, seed=4, noise=2e-5)
    fit = fit_resistance(curve, (5, 300), law=rival.law, saturation=False)
    assert fit.r_squared > 0.999999
    assert fit.misfit.described
    extra = fit.parameters[fit.law.names[-1]] if name[:2] == "n5" else fit.parameters["p"]
    assert extra.n > 5 * extra.s > 0
    assert name in compare_laws(curve, rivals=[*SOME, rival]).not_told_apart


def test_the_command_prints_a_table_and_an_object(tmp_path):
    file = tmp_path / "rt.csv"
    curve = made("line-alone")
    np.savetxt(file, np.c_[T, curve.resistance], delimiter=",", header="T (K),R (ohm)", comments="")
    run = CliRunner().invoke
    said = run(main, ["fit", "resistance", str(file), "--compare"])
    assert said.exit_code == 0
    assert "the curve is linear" in said.output
    assert len([line for line in said.output.splitlines() if " n5" in line]) >= 8
    found = json.loads(run(main, ["fit", "resistance", str(file), "--compare", "--json"]).output)
    fastjsonschema.compile(schema.schema_of("resistance"))(found)
    assert found["linear"]
    assert [row["rival"] for row in found["laws"]] == [rival.name for rival in RIVALS]
    assert len(found["laws"][0]) == len(schema.keys_of(["rival"]))
