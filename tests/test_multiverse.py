"""Every combination of choices for one curve: against single fits, and what is known of it."""

import json

import fastjsonschema
import numpy as np
import pytest
from scipy import optimize, special

import analysis
from analysis import AnalysisError, Multiverse, ResistanceCurve, multiverse, resistance
from analysis.choices.words import sentences
from analysis.cli.schema import schema_of
from analysis.numerics.summary import two_digits
from analysis.transport.laws import law_named
from analysis.transport.rivals import rival_named
from analysis.transport.solve import solve_bounded

TWIN = "twin-zero-resistance-22.4gpa"
LAWS = ("n5", "n5-alone", "n3")
FEW = {"laws": LAWS, "lows": (0.0, 0.15), "highs": (0.0, 0.1)}
NO_RESULT = 3


@pytest.fixture(scope="module")
def curve():
    return analysis.load(TWIN)


@pytest.fixture(scope="module")
def found(curve):
    return multiverse(curve, **FEW)


def made(law="n5", *, n=5.0, noise=1e-3, low=5.0, **more):
    t = np.linspace(low, 300, 200)
    r = resistance(t, theta_d=400, r0=0.1, a=2.0, n=n)
    r = r + noise * r.max() * np.random.default_rng(7).normal(size=t.size)
    return ResistanceCurve(t, r, name=law, **more)


# ------------------------------------------------------------------------- what it is made of


def test_every_combination_is_there(found):
    sizes = {choice.name: len(choice.options) for choice in found.choices}
    assert sizes == {
        "low": 2, "high": 2, "law": 3, "weighting": 3, "thermometer": 3,
        "criterion": 8, "formula": 5, "mu_star": 7,
    }  # fmt: skip
    assert len(found) == len(found.codes) == 108 * 280
    assert len(found.fits) == 108
    assert len(found.transitions) == 3 * 3 * 8
    assert [choice.name for choice in found.choices if choice.taste] == [
        "weighting", "criterion", "formula", "mu_star",
    ]  # fmt: skip


def test_the_papers_own_path_is_what_is_quoted(found, curve):
    own = analysis.analyse_curve(curve)
    row = found.paper
    assert row == found.row() == found.row(law="n5", mu_star="0.13", criterion="0.05")
    assert found.theta_d[row] == pytest.approx(own.fit.theta_d.n, rel=1e-6)
    assert found.theta_d_error[row] == pytest.approx(own.fit.theta_d.s, rel=1e-3)
    assert found.tc[row] == pytest.approx(own.tc.n, rel=1e-9)
    assert found.quoted["tc"] == (own.tc.n, own.tc.s)
    # The quoted lambda has the Theta_D of the fit of the whole curve, a part of an error away.
    assert abs(found.coupling[row] - own.coupling.n) < own.coupling.s


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("weighting", ["uniform", "relative", "per-kelvin"])
@pytest.mark.parametrize("low", [0, 1])
def test_a_row_is_the_fit_that_it_says(found, curve, law, weighting, low):
    edges = [option.name for option in found.choice("low").options]
    row = found.row(law=law, weighting=weighting, low=edges[low])
    part = curve.between(found.choice("low").options[low].value, curve.temperature[-1])
    rival = rival_named(law)
    _, kept = solve_bounded(
        part, law_named(rival.law), n=rival.n, weighting=weighting, saturation=rival.saturation
    )
    assert found.theta_d[row] == pytest.approx(kept.values["theta_d"], rel=1e-6)
    assert found.theta_d_error[row] == pytest.approx(kept.errors["theta_d"], rel=1e-3)
    by_name = dict(zip(kept.law.names, found.fit(row).parameters, strict=True))
    assert by_name == pytest.approx(kept.values, rel=1e-4)


def test_what_else_is_tried_changes_no_fit(found, curve):
    fewer = multiverse(curve, **FEW | {"laws": ("n3",)})
    law = found.choice("law").place("n3")
    of_n3 = [fit for fit, code in zip(found.fits, np.ndindex(2, 2, 3, 3, 3)) if code[2] == law]  # noqa: B905
    assert list(fewer.fits) == of_n3


def test_lambda_is_that_of_each_formula(found):
    for formula in found.choice("formula").options:
        for mu_star in found.choice("mu_star").options[::3]:
            row = found.row(formula=formula.name, mu_star=mu_star.name)
            name, moment = formula.value
            with pytest.warns(analysis.ValidityWarning) if name != "allen-dynes" else _nothing():
                expected = analysis.coupling_constant(
                    found.tc[row],
                    theta_d=found.theta_d[row],
                    mu_star=mu_star.value,
                    formula=name,
                    phonon_moment=moment,
                )
            assert found.coupling[row] == pytest.approx(expected, rel=1e-12)


class _nothing:  # noqa: N801 - stands where a function would
    __enter__ = __exit__ = lambda *_: None


def test_tc_falls_from_criterion_to_criterion(found):
    names = ["onset", "0.9", "0.5", "0.1", "0.05", "0.01"]
    tc = [found.tc[found.row(criterion=name)] for name in names]
    assert (np.diff(tc) < 0).all()


def test_zero_is_where_the_resistance_is_lost_in_its_scatter(found, curve):
    tc = found.tc[found.row(criterion="zero")]
    below, above = (
        curve.resistance[(curve.temperature > tc + low) & (curve.temperature < tc + high)]
        for low, high in ((-6, -3), (1, 2))
    )
    assert abs(np.mean(below)) < 3 * curve.scatter() < np.mean(above)


def test_dr_dt_is_largest_where_eq_5_has_it(found, curve):
    # z^(1/3) I_1(z)/I_0(z)^3 is largest there, whatever T_c,onset and F are.
    def rise(z):
        return -np.cbrt(z) * special.i1(z) / special.i0(z) ** 3

    z = optimize.minimize_scalar(rise, bounds=(0.1, 3), method="bounded").x
    fit = analysis.fit_transition(curve)
    expected = fit.tc_onset.n * (1 - (z / fit.f.n) ** (2 / 3))
    row = found.row(criterion="steepest")
    assert abs(found.tc[row] - expected) < min(2 * found.tc_error[row], 0.5)


def test_a_thermometer_that_is_off_moves_tc_by_as_much(found):
    at = [found.row(thermometer=name) for name in ("0", "-0.5 K", "+0.5 K")]
    assert found.tc[at] - found.tc[at[0]] == pytest.approx([0, -0.5, 0.5], abs=0.02)
    assert found.theta_d[at[1]] != found.theta_d[at[0]] != found.theta_d[at[2]]


def test_a_lag_is_tried_where_the_times_are_known():
    t = np.linspace(300, 5, 200)
    time = 2000 * np.log(300 / t)  # slower and slower
    rate = -t / 2000
    clean = resistance(t - 12 * rate, theta_d=400, r0=0.1, a=2.0)
    noise = 2e-4 * np.random.default_rng(1).normal(size=t.size)
    behind = ResistanceCurve(t, clean + noise, time=time)
    few = multiverse(behind, laws=("n5",), lows=(0.0,), highs=(0.0,))
    names = [option.name for option in few.choice("thermometer").options]
    taus = [float(name.split()[0]) for name in names]
    assert taus[0] == 0
    assert taus[1] == pytest.approx(taus[2] / 2, rel=0.1)
    # Other points would be fitted if the window did not move with the temperatures.
    assert np.isfinite(few.theta_d).all()


@pytest.mark.parametrize("origin", ["recommended", "formula"])
def test_what_was_not_swept_has_no_error_of_a_thermometer(origin):
    few = multiverse(made(origin=origin), laws=("n5",), lows=(0.0,), highs=(0.0,))
    assert [option.name for option in few.choice("thermometer").options] == ["0"]


# ------------------------------------------------------------------------------ what it tells


def test_the_truth_lies_within_the_spread(found):
    # The twin is made with what the paper prints: 518 K, 58.0 K, and lambda by eqs. 2-4.
    for result, truth in {"theta_d": 518.0, "tc": 58.0, "coupling": 1.714}.items():
        low, high = found.spread(result, possible=True, level=1)
        assert low < truth < high
        assert found.times(result, possible=True) > 2


def test_the_sentences_say_how_many_times_the_error(found):
    said = sentences(found)
    assert said[0].startswith("30,240 combinations of choices, 108 fits: ")
    for title, result in (("Debye temperature", "theta_d"), ("T_c", "tc"), ("lambda", "coupling")):
        (one,) = (text for text in said if text.startswith(f"{title}: "))
        assert (
            f", {two_digits(found.times(result, possible=True))} times as wide as the quoted" in one
        )


def test_t_c_does_not_depend_on_the_formula_nor_theta_d_on_the_criterion(found):
    of_tc, of_theta_d = found.shares("tc"), found.shares("theta_d")
    assert of_tc["criterion"] > 0.9
    assert max(of_tc[name] for name in ("low", "high", "weighting", "formula", "mu_star")) < 1e-9
    assert max(of_theta_d[name] for name in ("criterion", "formula", "mu_star")) < 1e-9
    assert sum(found.shares("coupling").values()) == pytest.approx(1)


def test_the_data_exclude_what_does_not_describe_them():
    few = multiverse(made(n=3.0, noise=2e-4), laws=("n5", "n3"), lows=(0.0,), highs=(0.0,))
    assert few.tally("law")["n5"]["allowed"] == 0
    row, other = few.row(law="n3"), few.row(law="n5")
    allowed = few.values("theta_d", possible=True)
    assert allowed[row] == few.theta_d[row] == pytest.approx(400, abs=4)
    assert np.isnan(allowed[other])
    assert few.theta_d[other] < 350
    assert few.summary["theta_d"]["of"] == "allowed"


def test_where_nothing_is_allowed_all_are_counted_and_it_is_said():
    few = multiverse(made(n=3.0, noise=2e-4), laws=("n5",), lows=(0.0,), highs=(0.0,))
    assert few.excluded.all()
    assert few.summary["theta_d"]["of"] == "all"
    assert "the data exclude every combination that has a fit, so all are counted" in sentences(few)


def test_a_combination_without_a_fit_stays_with_its_reason():
    t = np.linspace(80, 300, 100)
    straight = ResistanceCurve(t, 0.05 + 0.0025 * t, origin="formula")
    few = multiverse(straight, laws=("n5",), lows=(0.0, 0.1), highs=(0.0,))
    assert len(few) == 6
    assert few.results == ()
    assert all("no Debye temperature" in few.reason(row) for row in range(len(few)))
    assert few.tally("low") == {
        name: {"allowed": 0, "excluded": 0, "refused": 3}
        for name in (option.name for option in few.choice("low").options)
    }
    assert few.quoted == {}


def test_no_window_of_a_noisy_line_has_a_debye_temperature():
    """Of some seventy windows with weights that do not fit the noise, some would by chance."""
    t = np.linspace(5, 300, 200)
    noise = 5e-4 * np.random.default_rng(7).normal(size=t.size)
    few = multiverse(ResistanceCurve(t, 0.1 + 0.003 * t + noise), laws=("n5", "n2"))
    assert few.results == ()
    assert "a law without one fits about as well" in few.reason(few.paper)
    assert len(few.fits) == len(few)


def test_a_transition_without_a_metal_above_it_has_t_c_alone():
    t = np.linspace(6, 9, 120)
    r = 0.01 / (1 + np.exp(-(t - 7) / 0.05))
    few = multiverse(ResistanceCurve(t, r), laws=("n5",), lows=(0.0,), highs=(0.0,))
    assert few.results == ("tc",)
    assert np.isnan(few.theta_d).all()
    assert few.tc[few.row(criterion="0.5")] == pytest.approx(7.0, abs=0.02)
    # One per cent of the coldest temperature of the window, not half a kelvin.
    assert {option.name for option in few.choice("thermometer").options} < {
        "0", *(f"{sign}0.0{digits} K" for sign in "+-" for digits in range(60, 91)),
    }  # fmt: skip


def test_it_comes_back_from_json_to_the_last_digit(found):
    again = Multiverse.from_dict(json.loads(json.dumps(found.to_dict(), allow_nan=False)))
    for name in ("theta_d", "theta_d_error", "tc", "tc_error", "coupling", "excluded", "codes"):
        np.testing.assert_array_equal(getattr(again, name), getattr(found, name))
    assert (again.paper, again.quoted, again.name) == (found.paper, found.quoted, found.name)
    assert again.shares("coupling", possible=True) == found.shares("coupling", possible=True)


# ------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"laws": ("n4",)}, "a rival law is one of n5, "),
        ({"laws": ("line",)}, "has no Debye temperature: leave line out"),
        ({"laws": ()}, "a multiverse needs laws"),
        ({"lows": (0.0, 0.6), "highs": (0.4,)}, "together below 1"),
        ({"lows": (-0.1,)}, "at least 0"),
    ],
)
def test_choices_that_are_none_are_refused(given, said):
    with pytest.raises(AnalysisError, match=said):
        multiverse(made(), **FEW | given)


def test_what_is_asked_for_must_be_there(found):
    with pytest.raises(AnalysisError, match="a result is one of theta_d, tc, coupling; got 'r0'"):
        found.values("r0")
    with pytest.raises(AnalysisError, match="a choice is one of low, high, "):
        found.row(window="80")
    with pytest.raises(AnalysisError, match=r"mu_star must be one of 0.10, .*; got '0.2'"):
        found.row(mu_star="0.2")


# ------------------------------------------------------------------------------ command line


def test_the_command_prints_shares_and_sentences(cli):
    status, out, err = cli("multiverse", "silver", "--laws", "n5,n3", "--processes", "1")
    assert (status, err) == (0, "")
    assert "law of R(T)" in out
    assert "remark: Debye temperature: 95 % of the combinations lie between " in out


def test_its_json_is_as_the_schema_says(cli):
    arguments = ("multiverse", "silver", "--laws", "n5", "--processes", "1", "--json")
    status, out, _ = cli(*arguments)
    assert status == 0
    printed = json.loads(out)
    fastjsonschema.compile(schema_of("multiverse"))(printed)
    assert sum(printed["laws"]["n5"].values()) == printed["combinations"]


def test_data_without_a_result_end_with_3(cli, tmp_path):
    t = np.linspace(80, 300, 60)
    path = tmp_path / "line.csv"
    np.savetxt(path, np.c_[t, 1 + t], delimiter=",", header="T (K),R (ohm)", comments="")
    status, _, err = cli("multiverse", path, "--laws", "n5", "--processes", "1")
    assert status == NO_RESULT
    assert "no combination of choices gives a result: " in err
    assert err.count("\n") == 1
