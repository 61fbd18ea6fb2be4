"""What chapters 3.1 and 3.2 choose and say, taken out of their cells."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import analysis
from analysis import DataError, ResistanceCurve, fit_resistance, fit_transition, resistance
from analysis.catalogue.datasets import describe
from compendium.chapters import coupling_words, debye_words

pytestmark = pytest.mark.filterwarnings("ignore::analysis.ValidityWarning")


@pytest.fixture(scope="module")
def fits():
    names = ("twin-run1-1.6gpa", "twin-run1-7.0gpa", "twin-run2-25.0gpa")
    return [fit_resistance(analysis.load(name)) for name in names]


def test_a_chapter_takes_one_curve():
    role = describe("silver")
    assert debye_words.chosen_curve(role, "", "", 0.0).name == "silver"
    assert debye_words.chosen_curve(role, "", "2", 25.0).name == "twin-run2-25.0gpa"
    with pytest.raises(DataError, match="give data_file, or run and pressure, not both"):
        debye_words.chosen_curve(role, "mine.csv", "2", 0.0)
    with pytest.raises(DataError, match="sweep and field belong to a data_file"):
        debye_words.chosen_curve(role, "", "2", 0.0, sweep="1")
    with pytest.raises(DataError, match="the data package has no curve for this; give data_file"):
        debye_words.chosen_curve(None, "", "", 0.0)


def test_a_chapter_takes_one_sweep_of_a_file(tmp_path):
    t = np.r_[np.linspace(300, 4, 100), np.linspace(4, 300, 100)]
    r = resistance(t, theta_d=550, r0=0.1, a=2) * np.repeat([1.0, 1.1], 100)
    file = tmp_path / "mine.csv"
    np.savetxt(file, np.c_[t, r], delimiter=",", header="T (K),R (ohm)", comments="")
    curve = debye_words.chosen_curve(None, str(file), "", 0.0, sweep="warming")
    assert curve.measured.used == (2,)


def test_the_spread_over_choices_is_that_of_the_trials(fits):
    trials = debye_words.trials_of(fits[0])
    assert len(trials) == len(debye_words.trial_table(trials).rows) == 6
    words = debye_words.fit_words(fits[0], trials)
    values = [trial.theta_d.n for trial in trials]
    digits = 0 if max(values) - min(values) >= 2 else 1
    ends = (f"{min(values):.{digits}f}", f"{max(values):.{digits}f}\N{NO-BREAK SPACE}K")
    assert (words["one-least"], words["one-most"]) == ends
    wide = (max(values) - min(values)) / fits[0].theta_d.s > 2
    assert words["one-spread"].startswith("This range is" if wide else "The standard error")


def test_without_an_error_no_spread_is_compared_with_one():
    t = np.linspace(80, 300, 300)
    smooth = fit_resistance(
        ResistanceCurve(t, resistance(t, theta_d=550, r0=0.1, a=2, n=2)), (80, 300)
    )
    words = debye_words.fit_words(smooth, [smooth])
    assert words["one-spread"] == "The data do not give a statistical error to compare with"


def test_runs_are_told_apart(fits):
    runs = debye_words.by_group(fits)
    assert {run: len(members) for run, members in runs.items()} == {"run 1": 2, "run 2": 1}


def test_runs_of_the_paper_are_told_from_others(fits):
    found = [SimpleNamespace(fit=fit, curve=fit.curve) for fit in fits]
    other = SimpleNamespace(fit=None, curve=replace(fits[0].curve, sample="another"))
    runs, others = debye_words.of_paper([*found, other])
    assert (list(runs), others) == (["1", "2"], [other])
    words = debye_words.run_words(runs)
    least = min(fit.r_squared for fit in fits[:2])
    assert words["r2-said"].startswith(f"The lowest R² is {least:.5f} for run 1, ")
    assert "run 3" not in words["errors-said"]
    assert debye_words.run_words({}) == {"r2-said": "", "errors-said": ""}


def test_the_two_debye_temperatures_of_aluminium():
    assert debye_words.two_kinds_of_aluminium()["two-kinds"].endswith("%")


def test_criteria_without_a_number_say_why():
    fit = fit_transition(analysis.load("twin-run2-25.0gpa"))
    table = coupling_words.criterion_table(fit, (0.05, 0.9), mu_star=0.13, formula="advanced")
    low, high = table.rows
    assert low[1:] == ("not reached",) * 4
    assert high[1].endswith("K")
    assert coupling_words.reached_words([fit]) == {"n-transitions": "1", "n-reached": "0"}
    whole = fit_transition(analysis.load("twin-zero-resistance-22.4gpa"))
    assert coupling_words.reached_by_all([whole]) == 0.05
    assert coupling_words.reached_by_all([whole, fit]) == 0.5


def test_the_printed_lambda_does_not_follow_from_the_printed_inputs():
    words = coupling_words.printed_words()
    assert words["verdict-lambda"] == "does not follow"
    own = analysis.coupling_constant(58.0, theta_d=518, mu_star=0.13)
    assert words["own"] == f"{own:.3f}"
    needed = float(words["needed-tc"].removesuffix(" K"))
    assert analysis.coupling_constant(needed, theta_d=518) == pytest.approx(1.75, abs=1e-3)
    # By mpmath: rounding 58.0 K and 518 K moves lambda from 1.7115 to 1.7172.
    assert words["own-rounded"] == "1.711 to 1.717"
    custom = coupling_words.custom_words()
    assert [custom[name] for name in ("debye-like", "steeper", "einstein")] == [
        "2.43",
        "1.88",
        "1.50",
    ]
    as_eq_2 = analysis.coupling_constant(
        58.0, theta_d=518, formula="allen-dynes", phonon_moment=float(custom["moment-of-eq-2"])
    )
    assert as_eq_2 == pytest.approx(own, abs=0.02)
    assert float(custom["mu-low"]) < own < float(custom["mu-high"])
