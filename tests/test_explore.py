"""The live figures: the browser's arithmetic is Python's, and both are the package's."""

import json
import random
import subprocess
from pathlib import Path

import numpy as np
import pytest
from uncertainties import ufloat

import analysis
from analysis.diffraction.strain.breadth_law import two_terms
from analysis.pressure.series import Regions
from analysis.show import explore
from analysis.show.explore import laws
from analysis.show.explore.formula import TABLES, Symbol, call, evaluate, item, tree_of, where
from analysis.show.explore.refit import Refit
from analysis.show.explore.spec import (
    Axis,
    Choice,
    Curve,
    Data,
    Panel,
    Readout,
    Slider,
    Spec,
    plain,
)
from analysis.show.explore.widget import value_of
from analysis.transport.bloch_gruneisen import law, phonon_term
from analysis.transport.coupling import FORMULAS, log_ratio
from analysis.transport.transition import depth, fraction_at, transition_fraction

RUNNER = Path(__file__).with_name("explore_values.mjs")
SETTINGS = 500


# --- formulas -------------------------------------------------------------------------------


def test_the_packages_functions_are_traced_and_come_back_exactly():
    y, lam, mu, t = map(Symbol, ("y", "lam", "mu", "t"))
    scope = {"y": 2.5, "lam": 1.7, "mu": 0.13, "t": 60.0}
    pairs = [
        (law(call("phonons5", y), y, 0.2, 3.0, 0.1),
         law(phonon_term(np.array([2.5]), 5).value[0], 2.5, 0.2, 3.0, 0.1)),
        (fraction_at(depth(t, 66.0, 68.8)), transition_fraction(60.0, tc_onset=66.0, f=68.8)),
        *((log_ratio(lam, mu, formula), log_ratio(1.7, 0.13, formula)) for formula in FORMULAS),
        (two_terms(0.1 * lam, 0.01, 1 / 20.0, 61.99, 0.9)[0],
         two_terms(0.17, 0.01, 1 / 20.0, 61.99, 0.9)[0]),
    ]  # fmt: skip
    for traced, value in pairs:
        assert evaluate(tree_of(traced), scope) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("n", laws.EXPONENTS)
def test_eq_1_of_the_explorer_is_that_of_the_package(n):
    t = np.linspace(0.5, 400, 50)
    traced = laws.resistance(Symbol("t"), 518, 0.1, 2.0, 1 / 3, Symbol("n"))
    expected = analysis.resistance(t, theta_d=518, r0=0.1, a=2.0, r_sat=3.0, n=n)
    assert value_of(traced, {"t": t, "n": n}) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n", laws.EXPONENTS)
def test_the_limits_drawn_are_those_of_eq_1(n):
    scope = {"t": np.array([0.5]), "n": n}
    full, cold = (
        value_of(f(Symbol("t"), 600, 0.1, 50.0, 0.2, Symbol("n")), scope)
        for f in (laws.resistance, laws.cold_limit)
    )
    assert cold == pytest.approx(full, rel=1e-9)
    scope["t"] = np.array([1e5])
    full, hot = (
        value_of(f(Symbol("t"), 600, 0.1, 50.0, 0.2, Symbol("n")), scope)
        for f in (laws.resistance, laws.hot_limit)
    )
    assert hot == pytest.approx(full, rel=1e-5)


@pytest.mark.parametrize("name", TABLES)
def test_tables_interpolate_to_2e_7(name):
    table = TABLES[name]
    said = table.plain()
    x = np.exp(np.random.default_rng(1).uniform(np.log(table.low), np.log(table.high), 5000))
    at = (np.log(x) - said["start"]) / said["step"]
    i = np.minimum(at.astype(int), len(said["value"]) - 2)
    f, v, s = at - i, np.array(said["value"]), said["step"] * np.array(said["slope"])
    cubic = (1 - f) ** 2 * ((1 + 2 * f) * v[i] + f * s[i])
    cubic += f**2 * ((3 - 2 * f) * v[i + 1] - (1 - f) * s[i + 1])
    assert np.exp(cubic) == pytest.approx(table.exact(x), rel=2e-7)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (np.cbrt, "cannot compute cbrt"),
        (lambda x: x + "y", "a name is Symbol"),
        (lambda x: x / np.inf * np.inf, "cannot hold"),
        (lambda _: call("zeta", 1), "no table 'zeta'; there are phonons2"),
        (lambda x: np.add(x, 1, dtype=float), "cannot compute add"),
        (np.add.accumulate, "cannot compute add"),
    ],
)
def test_what_a_browser_cannot_compute_is_refused(make, words):
    with pytest.raises(analysis.AnalysisError, match=words):
        make(Symbol("x"))


def test_a_name_without_a_value_is_said():
    with pytest.raises(analysis.AnalysisError, match="no value for 'y' among x"):
        evaluate(["add", "x", "y"], {"x": 1})


# --- the explorers --------------------------------------------------------------------------

RUNS = ("twin-run1-1.6gpa", "twin-run2-25.0gpa", "twin-run4-43.5gpa", "silver")


@pytest.fixture(scope="module")
def explorers():
    curves = [analysis.load(name) for name in RUNS]
    falling = ("twin-zero-resistance-22.4gpa", "twin-run2-25.0gpa", "twin-run3-31.0gpa")
    patterns = [
        analysis.williamson_hall(
            analysis.fit_phase(analysis.load(name), analysis.phases_of(name)[0])
        )
        for name in ("twin-xrd-1.6gpa", "twin-xrd-33.0gpa")
    ]
    fits = [analysis.fit_resistance(curve) for curve in curves]
    made = [
        explore.debye(fits),
        explore.transition([analysis.fit_transition(analysis.load(name)) for name in falling]),
        explore.coupling(),
        explore.strain(patterns),
        explore.pressure(fits, regions=Regions.of_paper()),
        explore.design(),
        explore.pseudopotential(ufloat(58.0, 0.1), ufloat(518.0, 4.0)),
    ]
    return {one.origin.name: one for one in made}


NAMES = ("debye", "transition", "coupling", "strain", "pressure", "design", "pseudopotential")


def test_the_printed_lambda_lies_outside_the_band_of_the_printed_errors(explorers):
    explorer = explorers["pseudopotential"]
    # Computed with mpmath from eqs. 2-4.
    read = explorer.read()
    assert read["λ by eqs. 2-4"] == pytest.approx(1.714322, abs=5e-7)
    assert read["printed λ minus this"] == pytest.approx(1.75 - 1.714322, abs=5e-7)
    low, high = (explorer.read({"mu_star": mu})["λ by eqs. 2-4"] for mu in (0.10, 0.16))
    assert (low, high) == (pytest.approx(1.567, abs=5e-4), pytest.approx(1.877, abs=5e-4))
    columns = {name: np.array(column) for name, column in explorer.data[0]["columns"].items()}
    (at,) = np.flatnonzero(np.isclose(columns["mu"], 0.13))
    assert (columns["high"][at] - columns["low"][at]) / 2 == pytest.approx(1.96 * 0.012, abs=1e-3)
    assert columns["high"][at] < 1.75


def random_settings(explorer, count):
    chance = random.Random(2401_00804)  # noqa: S311 - of no secrets
    for _ in range(count):
        values = {"data": chance.choice(explorer.data)["key"]} if explorer.data else {}
        for one in explorer.origin.controls:
            if isinstance(one, Choice):
                key = chance.choice(one.options)[0]
                values[one.name] = int(key) if key.isdigit() else key
            elif one.log:
                values[one.name] = one.low * (one.high / one.low) ** chance.random()
            else:
                values[one.name] = chance.uniform(one.low, one.high)
        yield {"values": values, "part": chance.random()}


def python_says(explorer, values, part):
    scope = explorer.scope(values)
    spec = explorer.origin
    numbers = {f"derived {one.name}": scope[one.name] for one in spec.derived}
    for i, one in enumerate(spec.readouts):
        if isinstance(one, Readout):
            numbers[f"readout {i}"] = value_of(one.value, scope)
        else:
            true = [bool(value_of(when, scope)) for when, _ in one.cases]
            numbers[f"saying {i}"] = true.index(True)
    for i, panel in enumerate(spec.panels):
        for k, layer in enumerate(panel.layers):
            if isinstance(layer, Curve):
                low, high = (value_of(end, scope) for end in (layer.low, layer.high))
                at = {**scope, layer.of: low + part * (high - low)}
                numbers[f"curve {i}.{k}"] = value_of(layer.y, at)
    return numbers


def browser_says(explorer, cases, node):
    said = {"spec": explorer.spec, "data": explorer.data, "cases": cases}
    done = subprocess.run(
        [node, str(RUNNER)], input=json.dumps(said), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_the_browsers_arithmetic_is_pythons_to_1e_6(name, explorers, node):
    explorer = explorers[name]
    cases = list(random_settings(explorer, SETTINGS))
    results = browser_says(explorer, cases, node)
    assert len(results) == SETTINGS
    worst, compared = 0.0, 0
    for case, result in zip(cases, results, strict=True):
        assert result["settings"] == pytest.approx(explorer.settings(case["values"]))
        expected = python_says(explorer, case["values"], case["part"])
        assert set(result["numbers"]) == set(expected)
        for key, value in expected.items():
            theirs, ours = float(result["numbers"][key]), float(value)
            if not np.isfinite(ours):
                assert str(theirs) == str(ours), (key, case)
                continue
            compared += abs(ours) > 1e-30
            if abs(ours) > 1e-30:
                worst = max(worst, abs(theirs / ours - 1))
            else:
                assert abs(theirs) < 1e-30, (key, case)
    assert compared > 3 * SETTINGS
    assert worst < 1e-6


def test_the_coupling_explorer_begins_with_the_papers_numbers(explorers):
    read = explorers["coupling"].read()
    # Computed with mpmath from eqs. 2-4; the paper prints 1.75.
    assert read["λ"] == pytest.approx(1.714322, abs=5e-7)
    assert read["T_{c} that λ = 1.75 would give"] == pytest.approx(59.317, abs=5e-4)
    # McMillan's formula has a largest T_c: 0.22252 of Theta_D at mu* = 0.13.
    high = {"formula": "mcmillan", "tc": 0.2226 * 518}
    assert np.isnan(explorers["coupling"].read(high)["λ"])
    almost = {**high, "tc": 0.222 * 518}
    with pytest.warns(analysis.ValidityWarning):
        expected = analysis.coupling_constant(0.222 * 518, theta_d=518, formula="mcmillan")
    assert explorers["coupling"].read(almost)["λ"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("moment", "coupling"), [(0.5, 2.970875), (0.8, 1.835082), (1.0, 1.496177)]
)
def test_the_coupling_explorer_takes_a_phonon_moment(explorers, moment, coupling):
    # By mpmath, from Allen and Dynes's formula and the moments of alpha^2F ~ omega^s.
    setting = {"formula": "allen-dynes", "phonon_moment": moment}
    assert explorers["coupling"].read(setting)["λ"] == pytest.approx(coupling, abs=5e-7)


def test_the_debye_explorer_begins_at_the_best_fit(explorers):
    explorer = explorers["debye"]
    fit = analysis.fit_resistance(analysis.load(RUNS[0]))
    assert explorer.settings()["theta_d"] == pytest.approx(fit.theta_d.n)
    best = explorer.read()["misfit in the window (rms)"]
    assert best == pytest.approx(explorer.read()["of the best fit"], rel=1e-3)
    moved = explorer.read({"theta_d": fit.theta_d.n + 20})
    assert moved["misfit in the window (rms)"] > 3 * best


@pytest.mark.parametrize("beside", ["t", "t2"])
def test_a_term_beside_eq_1_is_that_of_the_best_fit_of_the_law(explorers, beside):
    explorer = explorers["debye"]
    scope = explorer.scope({"data": RUNS[0]})
    best = {name: scope[f"{name}{beside}"] for name in ("theta_d", "r0", "a", "r_sat", "b")}
    assert scope[f"fitted{beside}"] == 1
    read = explorer.read({"data": RUNS[0], "beside": beside, **best})
    assert read["of the best fit"] == pytest.approx(scope[f"misfit{beside}"])
    if best["b"] >= 0:  # the slider begins at 0
        assert read["misfit in the window (rms)"] == pytest.approx(
            scope[f"misfit{beside}"], rel=0.02
        )


def test_the_transition_explorer_reads_what_the_fit_says(explorers):
    fit = analysis.fit_transition(analysis.load("twin-zero-resistance-22.4gpa"))
    explorer = explorers["transition"]
    for criterion in (0.05, 0.5, 0.9):
        read = explorer.read({"criterion": criterion})["T_{c} at the criterion"]
        assert read == pytest.approx(fit.tc(criterion).n, rel=1e-9)
    # F below u_c = 2.89149 never falls to 0.05.
    assert np.isnan(explorer.read({"f": 2.89})["T_{c} at the criterion"])
    assert explorer.read({"f": 2.9})["T_{c} at the criterion"] > 0


def test_the_strain_explorer_knows_where_the_terms_are_equal(explorers):
    explorer = explorers["strain"]
    values = {"strain": 0.0079, "size": 18.0, "wavelength": 61.99}
    sine = 0.9 * 0.06199 / (4 * 0.0079 * 18.0)
    equal = explorer.read(values)["the terms are equal at 2θ ="]
    assert equal == pytest.approx(2 * np.degrees(np.arcsin(sine)), rel=1e-12)
    assert np.isnan(explorer.read({"size": 1e9})["the terms are equal at 2θ ="])
    # The points belong to their own wavelength.
    label = "misfit (rms, in errors of the lines)"
    assert np.isfinite(explorer.read()[label])
    assert np.isnan(explorer.read({"wavelength": 154.0})[label])


def test_the_pressure_explorer_holds_fits_of_the_windows_it_names(explorers):
    explorer = explorers["pressure"]
    curve = analysis.load(RUNS[0])
    for window in (0, 3):
        scope = explorer.scope({"data": RUNS[0], "window": window})
        again = analysis.fit_resistance(curve, (scope["low"], scope["high"]))
        assert scope["theta_d"] == pytest.approx(again.theta_d.n, rel=1e-5)
        assert scope["error"] == pytest.approx(again.theta_d.s, rel=1e-4)


def test_every_label_of_data_says_its_origin(explorers):
    labels = [one["label"] for e in explorers.values() for one in e.data]
    assert labels
    origins = ("synthetic", "measured", "recommended", "published inputs")
    assert all(text.endswith(origins) for text in labels)


def test_states_are_light(explorers):
    weights = {
        name: len(json.dumps({"spec": one.spec, "data": one.data}))
        for name, one in explorers.items()
    }
    assert max(weights.values()) < 120_000, weights


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"tc": 1e9, "mu_star": -3}, {"tc": 120, "mu_star": 0}),
        ({"formula": "magic", "theta_d": None}, {"formula": "advanced", "theta_d": 518}),
        ({"tc": float("nan")}, {"tc": 58.0}),
    ],
)
def test_settings_out_of_range_are_brought_into_it(explorers, values, expected):
    assert expected.items() <= explorers["coupling"].settings(values).items()


def test_explorers_without_data_are_refused():
    for function in (explore.transition, explore.strain, explore.pressure, explore.debye):
        with pytest.raises(analysis.AnalysisError, match=r"at least one|known pressures"):
            function([])


def test_two_data_or_controls_of_one_name_are_refused():
    spec = Spec("x", "x", "x", [], [], [])
    with pytest.raises(analysis.AnalysisError, match="two data of one key among a, a"):
        explore.Explorer(spec, [Data("a", "1"), Data("a", "2")])
    twice = [Slider("s", "s", 0, 1), Choice("s", "s", [("a", "a", 1)])]
    with pytest.raises(analysis.AnalysisError, match="two controls of one name among s, s"):
        Spec("x", "x", "x", twice, [], []).plain()


def test_plain_content_has_formulas_marked_and_no_number_that_json_lacks():
    panel = Panel(Axis("x", 0, Symbol("top")), Axis("y", 0.0, np.inf), [])
    assert plain(panel) == {
        "is": "Panel",
        "x": {"is": "Axis", "label": "x", "low": 0, "high": {"=": "top"}},
        "y": {"is": "Axis", "label": "y", "low": 0, "high": None},
        "layers": [],
        "height": 0.62,
    }
    assert plain(np.array([1.23456789, np.nan])) == [1.23457, None]
    assert plain(where(Symbol("a") < 1, item("b", 2), 0)) == {
        "=": ["where", ["less", "a", 1], ["item", "b", 2], 0]
    }


def test_tables_go_on_beyond_their_ends(node):
    names = [name for name in TABLES if name.startswith("phonons")]
    y = Slider("y", "y", 1e-6, 1e4, log=True)
    readouts = [Readout(name, call(name, Symbol("y"))) for name in names]
    explorer = explore.Explorer(Spec("ends", "ends", "ends", [y], [], readouts))
    cases = [{"values": {"y": one}, "part": 0} for one in (1e-6, 9e-4, 1e-3, 200, 201, 1e4)]
    for case, result in zip(cases, browser_says(explorer, cases, node), strict=True):
        expected = list(explorer.read(case["values"]).values())
        assert list(result["numbers"].values()) == pytest.approx(expected, rel=1e-6)


def test_where_no_fit_exists_the_figure_says_so(explorers):
    explorer = explorers["debye"]
    values = {"data": RUNS[0], "n": 2}
    scope = explorer.scope(values)
    assert (scope["fitted2"], scope["fitted5"]) == (0, 1)
    saying = explorer.origin.readouts[-1]
    first = next(text for when, text in saying.cases if value_of(when, scope))
    assert first == "No fit of this law has a Debye temperature."


@pytest.mark.parametrize(("window", "place"), [(2.5, 3), (2.49, 2), (-1, 0), (99, 7)])
def test_places_are_whole_numbers(explorers, window, place):
    assert explorers["pressure"].settings({"window": window})["window"] == place


# --- where a kernel runs --------------------------------------------------------------------


def test_refit_answers_a_move():
    refit = Refit(analysis.load("twin-zero-resistance-22.4gpa"))
    first = refit.fit.theta_d.n
    refit.window.value = (110.0, 300.0)
    assert refit.fit.window[0] >= 110
    assert refit.fit.theta_d.n != first
    shown = refit.view.data[0]["numbers"]
    assert shown["theta"] == pytest.approx(refit.fit.theta_d.n)
    refit.exponent.value = 3
    assert refit.fit.n == 3
    refit.criterion.value = 0.5
    expected = analysis.fit_transition(refit.curve, n=3).tc(0.5).n
    assert refit.view.data[0]["numbers"]["tc"] == pytest.approx(expected)
    refit.saturation.value = False
    assert refit.fit.g_sat.n == 0
    refit.law.value = "linear"
    assert refit.fit.law.name == "linear"
    assert np.isnan(refit.view.data[0]["numbers"]["theta"] or np.nan)


def test_refit_says_why_it_cannot():
    refit = Refit(analysis.load("silver"))
    assert refit.criterion not in refit.children
    refit.window.value = (refit.window.max - 1, refit.window.max)
    assert refit.fit is None
    assert "different temperatures" in refit.message.value
    assert "theta" not in refit.view.data[0]["numbers"]


def test_saturation_can_be_left_out():
    curve = analysis.load("twin-run1-7.0gpa")
    free = analysis.fit_resistance(curve)
    held = analysis.fit_resistance(curve, free.window, saturation=False)
    assert free.g_sat.n > 0
    assert (held.g_sat.n, held.r_sat, held.g_at_zero) == (0, None, True)
    assert held.theta_d_free == pytest.approx(free.theta_d.n)
    assert any("held at 0 as requested" in text for text in held.warnings)
    assert not any("came out negative" in text for text in held.warnings)
