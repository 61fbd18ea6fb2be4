"""What the chapters say beside pressure and ledger: the right words for every case."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from small_results import sheet, table
from uncertainties import ufloat

import analysis
from analysis.pressure.results import Results
from analysis.pressure.series import Regions
from compendium.chapters import (
    coupling_words,
    data_words,
    front_page,
    lag_words,
    ledger,
    metals,
)
from compendium.chapters.claims import Computed, Entry, digits, exact
from compendium.chapters.glue import GLUED, glue_all

NOT_HERE = analysis.DatasetUnavailable("not here")


def spaced(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def as_if_away(module, monkeypatch, *away):
    """Let a module find some data sets nowhere."""

    def load(name, *, kind=None):
        if name in away:
            raise NOT_HERE
        return analysis.load(name, kind=kind)

    monkeypatch.setattr(module, "load", load)


def fit_of(theta_d, *, g=(0.1, 0.01), free=500.0, errors_known=True, **more):
    """What the words read of a fit."""
    return SimpleNamespace(
        theta_d=ufloat(*theta_d),
        g_free=ufloat(*g),
        theta_d_free=free,
        errors_known=errors_known,
        kept=SimpleNamespace(errors={"theta_d": theta_d[1]}),
        curve=SimpleNamespace(name="cu-foil", origin="measured"),
        **more,
    )


# ------------------------------------------------------------------------------------ glued


def test_texts_are_glued_as_myst_nb_does_it(monkeypatch):
    import IPython.display
    import myst_nb

    ours, theirs = [], []
    for shown, glue in ((ours, glue_all), (theirs, None)):
        display = lambda data, shown=shown, **how: shown.append((data, how))  # noqa: E731
        monkeypatch.setattr(IPython.display, "display", display)
        monkeypatch.setattr("myst_nb.ext.glue.ipy_display", display, raising=False)
        for name, text in {"a": "550 ± 5 K", "b": "it's"}.items():
            glue({name: text}) if glue else myst_nb.glue(name, text, display=False)
    assert ours == theirs
    assert [list(data) for data, _ in ours] == [[GLUED], [GLUED]]


# ------------------------------------------------------------------------------- front page


def test_the_front_page_says_what_a_table_holds():
    words = front_page.results_words(*front_page.four_series(table())[:2], Regions.of_paper())
    assert words["front-kinds"] == "measured"
    assert words["front-deciding"].startswith("The verdict on all points is “scatters”; without")
    assert spaced(words["front-own"]) == "1.714 ± 0.012"
    assert words["front-mu"] == "1.57 to 1.88"
    both = (
        float(words[f"front-plateau{end}"].split("\N{NO-BREAK SPACE}")[0]) for end in ("", "-fwhm")
    )
    assert next(both) * 2 / np.pi == pytest.approx(next(both), abs=0.01)


def test_the_verdicts_of_the_front_page_are_computed():
    words = front_page.verdict_words(front_page.four_series(table())[0], Regions.of_paper())
    assert words["card-lambda"] == "The printed λ does not follow from its inputs"
    assert spaced(words["card-lambda-number"]) == "λ = 1.714 ± 0.012, not 1.75"
    assert words["card-mu"] == "The paper takes μ* as exactly 0.13"
    assert words["card-breadth-number"] == "π/2 = 1.57"
    # The odd sample lies ten of its errors below the others, which agree.
    assert words["card-sample"] == "One sample decides"
    assert spaced(words["card-sample-number"]) == "< 1 % → 99 %"


def test_a_printed_lambda_that_follows_is_not_contradicted(monkeypatch):
    monkeypatch.setattr(ledger, "LAMBDA", 1.71)
    monkeypatch.setattr(coupling_words, "LAMBDA", 1.71)
    words = front_page.verdict_words(front_page.four_series(table())[0], Regions.of_paper())
    assert words["card-lambda"] == "The printed λ follows from its inputs"
    assert words["card-lambda-number"] == "λ = 1.71"


def test_where_no_sample_decides_the_front_page_says_so():
    sheets = tuple(one for one in table().sheets if one.name != "odd")
    for kept, said in ((sheets, "No single sample decides"), ((), "Too few samples to ask")):
        theta, _, _ = front_page.four_series(Results({}, "", kept))
        words = front_page.verdict_words(theta, Regions.of_paper())
        assert words["card-sample"] == said


def test_the_front_page_says_that_nothing_is_at_hand():
    theta, strain, axes = front_page.four_series(Results({}, "", ()))
    words = front_page.results_words(theta, strain, Regions.of_paper())
    assert words["front-kinds"] == "none at hand"
    assert {words[f"front-{name}"] for name in ("theta-mean", "plateau", "plateau-fwhm")} == {
        "no value"
    }
    assert [len(axis) for axis in axes] == [0, 0, 0]


def test_the_trap_is_no_result():
    trap = sheet("trap", 10.0, run="splitting-trap", kind="diffraction", strain=(0.02, 1e-4))
    assert len(front_page.four_series(Results({}, "", (trap,)))[1]) == 0


@pytest.mark.parametrize(
    ("theta_d", "free", "errors_known", "said"),
    [
        ((330.0, 1.0), 340.0, True, "The two differ by 10 times the error from scatter alone"),
        ((330.0, 10.0), 340.0, True, "The error of the fit does not show this difference"),
        ((330.0, 1.0), 340.0, False, "The error of the fit does not show this difference"),
    ],
)
def test_another_freedom_is_counted_in_errors(theta_d, free, errors_known, said):
    words = front_page.fit_words(fit_of(theta_d, free=free, errors_known=errors_known))
    assert words["front-bars"] == said
    assert (words["front-free"], words["front-low"], words["front-high"]) == (
        "340 K",
        "20 K",
        "243 K",
    )


def test_where_the_foil_is_away_platinum_takes_its_place(monkeypatch):
    as_if_away(metals, monkeypatch, "cu-foil")
    fit, note = front_page.good_fit()
    assert fit.curve.name == "platinum-its90"
    assert str(note) == (
        "Measured data missing:\n- not here\n- shown instead: platinum-its90 (formula values)"
    )
    words = front_page.fit_words(fit)
    assert words["front-curve"] == "the reference function of platinum thermometers (formula)"
    assert words["front-high"] == "300 K"


@pytest.mark.measured("cu-foil")
def test_where_the_foil_is_here_it_is_shown():
    fit, note = front_page.good_fit()
    assert (fit.curve.name, note) == ("cu-foil", None)
    assert front_page.fit_words(fit)["front-curve"] == "a measured copper foil"


# ------------------------------------------------------------------------------- chapter 1


@pytest.mark.parametrize(
    ("resistivity", "below", "names", "share", "verdict", "typical"),
    [
        ([5.0, 2.0, 90.0, 40.0], "2", "b, a", "50 %", "supported only if", "factor of 7.5"),
        ([5.0, 2.0, 90.0, 70.0], "2", "b, a", "50 %", "supported only if", "The two values differ"),
        ([5.0, 2.0, 1.0, 6.2], "4", "c, b, a, d", "100 %", "supported only if", "factor of 1.2"),
        ([6.3, 7.0, 8.0, 9.0], "0", "", "0 %", "cannot mean less than half", "factor of 2.5"),
    ],
)
def test_resistivities_are_counted(resistivity, below, names, share, verdict, typical):
    words = metals.resistivity_words("abcd", np.array(resistivity), 6.3, 3.0)
    assert typical in spaced(words["verdict-typical"])
    assert words["n-near-typical"] == str(sum(1.5 <= one <= 6 for one in resistivity))
    assert (words["n-below"], words["names-below"]) == (below, names)
    assert int(words["n-above"]) + int(below) == int(words["n-metals"]) == 4
    assert spaced(words["share-below"]) == share
    assert verdict in words["verdict-resistivity"]


# ------------------------------------------------------------------------------- chapter 2


LINKED = {"title": "A group's page", "path": "https://a.example/x_y"}


def dataset(name, *, here=True, **more):
    about = {"title": "T", "kind": "resistance", "licence": "L", "origin": "measured"}
    known = {"sample": None, "pressure": None, "pressure_basis": None, "properties": {}}
    known |= {"pressure_error": None, "pressure_scale": None}
    return SimpleNamespace(name=name, available=here, **(about | known | more))


@pytest.mark.parametrize(
    ("away", "said"),
    [
        ((), "When this page was built, all sets were on this machine"),
        (("b", "c"), "When this page was built, 2 of all sets were not on this machine"),
    ],
)
def test_how_many_are_not_at_hand_is_said(away, said):
    sets = [dataset(name, here=name not in away) for name in "abc"]
    assert data_words.package_words(sets) == {"n-sets": "3", "away": said}


def test_data_sets_are_described_with_links_to_their_sources():
    sets = [
        dataset("a", properties={"sources": [LINKED, {"title": "b", "path": "javascript:x"}]}),
        dataset("c", origin="formula", pressure=9.5, pressure_basis="paper", sample="Ag"),
        dataset("e", pressure=9.5, pressure_error=0.21, pressure_scale="ruby_2020"),
    ]
    assert data_words.described(sets).data.splitlines() == [
        "- a: **T**, resistance\\, measured\\",
        "  [A group\\'s page](<https://a.example/x_y>); b\\",
        "  Licence: L",
        "- c: **T**, resistance\\, formula\\, Ag\\, 9\\.5 GPa \\(paper\\)\\",
        "  Licence: L",
        "- e: **T**, resistance\\, measured\\, 9\\.5 \u00b1 0\\.21 GPa \\(ruby\\_2020\\)\\",
        "  Licence: L",
    ]


def test_an_address_is_a_link_with_a_short_text():
    far = {"path": "https://a.example/" + 200 * "x", "file": "folder/f.txt"}
    said = data_words.to_get([dataset("a", here=False, properties=far), dataset("b")]).data
    assert said.startswith("- a: [its file](<https://a.example/xxx")
    assert said.endswith(">); as folder\\/f\\.txt in the folder that `COMPENDIUM_DATA` names")
    assert data_words.to_get([dataset("b")]) is None


def test_what_the_paper_prints_of_the_twin_is_bold():
    from analysis.twin import curves

    truths = {truth.name: truth for truth in curves.truths()}
    rows = {row[0].strip("`"): row for row in data_words.truth_table(truths.values()).rows}
    assert rows.keys() == truths.keys()
    for name, truth in truths.items():
        assert rows[name][2].startswith("**") == ("theta_d" in truth.paper)
        assert (rows[name][4] == "none") == (truth.tc_onset is None)
        assert ("∞" in rows[name][3]) == np.isinf(truth.r_sat)


# ------------------------------------------------------------------------------ validation


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("copper-rrr100", "343 K"),
        ("twin-run2-25.0gpa", ""),
    ],
)
def test_textbook_values_stand_with_what_they_rest_on(name, text):
    assert text in metals.textbook(name)
    assert bool(text) == bool(metals.textbook(name))


@pytest.mark.parametrize(
    ("conductances", "said"),
    [
        (
            [(0.1, 0.01)] * 3,
            "In no window is the conductance G negative by more than its error",
        ),
        (
            [(-0.02, 0.01)] * 3,
            "In no window is the conductance G negative by more than its error",
        ),
        (
            [(-0.05, 0.01), (0.1, 0.01), (-0.12, 0.01)],
            "In 2 of 3 windows the conductance G is negative, by up to 12 standard",
        ),
    ],
)
def test_a_conductance_below_zero_is_the_laws_limit(conductances, said):
    thetas = (330.0, 331.0, 334.0)
    fits = {
        ((20, 100 + i), weighting): fit_of((theta + shift, 1.0), g=g)
        for i, (theta, g) in enumerate(zip(thetas, conductances, strict=True))
        for weighting, shift in (("uniform", 0), ("relative", 10))
    }
    words = metals.copper_words(fits)
    assert words["cu-verdict"].startswith(said)
    assert words["cu-uniform"] == "330, 331, 334"
    assert (words["cu-least"], words["cu-most"], words["cu-spread"]) == ("330", "344", "14 K")
    assert words["cu-name"] == "cu-foil (measured)"


def test_metals_are_compared_with_the_nearest_textbook_value():
    values = {name: analysis.fit_resistance(analysis.load(name), (20, 300)) for name in ("silver",)}
    nearest = min(
        abs(values["silver"].theta_d.n / entry["value"] - 1)
        for entry in analysis.catalogue.datasets.describe("silver").properties[
            "reference_debye_temperature"
        ]
    )
    words = metals.metals_words(values, values)
    assert spaced(words["worst-off"]) == f"{100 * nearest:.0f} %"
    known = values["silver"].errors_known
    assert words["no-errors"] == ("none of them" if known else "silver")
    (row,) = metals.metals_table(values, values).rows
    assert row[:2] == ("silver", "recommended")


@pytest.mark.parametrize(
    ("conductances", "first", "rising"),
    [
        ({300: -0.1, 900: 0.2, 1200: 0.3}, "900 K", "still rises at 1200 K"),
        ({300: 0.5, 900: 0.4, 1200: 0.3}, "300 K", "no longer rises at 1200 K"),
        ({300: -0.1, 900: 0.01, 1200: 0.005}, "no temperature here", "no longer rises at 1200 K"),
    ],
)
def test_saturation_shows_from_a_temperature_on(conductances, first, rising):
    fits = {
        end: SimpleNamespace(g_free=ufloat(g, 0.05), nominal=0.1) for end, g in conductances.items()
    }
    words = metals.platinum_words(fits)
    assert (words["pt-first"], words["pt-rising"]) == (first, rising)
    assert words["pt-widening"] == "10"
    assert spaced(words["pt-900"]).startswith(f"{1 / conductances[900]:.1f}"[:2])


# ------------------------------------------------------------------------------- chapter 4


@pytest.mark.parametrize(
    ("pressures", "beside"), [((16.0, 18.0), ", 50 times the error of the mean above"), ((), "")]
)
def test_the_choice_of_a_law_stands_beside_the_error_of_the_mean(pressures, beside):
    sheets = [sheet(f"s{p}", p, theta_d=(550.0, 2.0**0.5)) for p in pressures]
    theta, _, _ = front_page.four_series(Results({}, "", tuple(sheets)))
    words = coupling_words.law_words(fit_of((600.0, 1.0), r_squared=0.99991234), 480.0, theta)
    assert words["choice"] == f"50 K{beside}"
    assert (words["held"], words["wrong-n"], words["wrong-r2"]) == ("480 K", "600 K", "0.999912")


@pytest.mark.parametrize(("value", "said"), [(1.714, "does not follow"), (1.75, "follows")])
def test_the_printed_coupling_follows_or_not(value, said):
    found = Computed(exact(value), "published inputs", "x")
    entry = Entry("coupling constant at 22.4 GPa", "q", "x", digits(1.75, 0.01), "", found)
    words = coupling_words.conclusion_words([entry], fit_of((550.0, 1.0)))
    assert words["own-verdict"] == said
    # Where the law is right, nothing is to be corrected.
    assert words["theta-corrected"] == "518 K"
    assert words["lambda-wrong-n"] == "1.71"


def test_what_the_printed_numbers_give():
    words = coupling_words.conclusion_words(ledger.entries(), fit_of((550.0, 1.0)))
    assert (words["theta-apart"], spaced(words["theta-part"])) == ("32 K", "6 %")
    assert (words["debye-like"], words["einstein"]) == ("2.43", "1.50")
    assert words["needed-tc"] == f"{coupling_words.tc_of(1.75):.1f} K"
    assert coupling_words.coupling(tc=coupling_words.tc_of(1.75), theta_d=518.0) == pytest.approx(
        1.75
    )
    smallest = float(words["smallest"])
    assert coupling_words.tc_of(smallest + 0.002) < 1e-6 < coupling_words.tc_of(0.5)


def test_a_record_is_glued_under_its_name(monkeypatch):
    import IPython.display

    from compendium.chapters import record

    shown = []
    monkeypatch.setattr(IPython.display, "display", lambda data, **how: shown.append((data, how)))
    curve = analysis.load("twin-run1-7.0gpa")
    text = record.resistance_record(analysis.analyse_curve(curve))
    record.keep(text)
    ((data, how),) = shown
    assert how["metadata"]["scrapbook"]["name"] == record.KEY
    assert json.loads(text)["numbers"]["theta_d"]["unit"] == "K"
    assert data == {GLUED: repr(text)}


# ------------------------------------------------------------------------------------- a lag


def test_a_formula_has_no_sweep_to_suspect():
    fit = analysis.fit_resistance(analysis.load("platinum-its90"), (20, 300))
    assert "here the law fails" in lag_words.why_words(fit)["front-why"]


@pytest.mark.measured("cu-foil")
def test_the_two_foils_are_told_apart():
    found = lag_words.foils()
    words = lag_words.lag_words(found)
    assert words["lag-rates"] == "0.6 to 31 K/min"
    assert "cu-foil fits best with a delay of 11.1 s" in words["lag-foils"]
    assert "cu-foil-b fits best with a delay of 6.3 s" in words["lag-foils"]
    assert "the Debye temperature is 336 instead of 345 K" in words["lag-foils"]
    assert words["lag-apart"].startswith("The two delays differ by more than their errors")
    rows = lag_words.lag_table(found).rows
    assert [row[1] for row in rows[:6]] == ["0", "5", "8", "11", "11.1", "14"]
    assert len(lag_words.draw(found).axes) == 4
    said = lag_words.why_words(found[0].fits[0.0])
    assert (said["card-lag-number"], said["card-lag-delay"]) == ("345 K or 336 K", "11 s")
    why = said["front-why"]
    assert "cooled at up to 31 K/min" in why
    assert "11 s behind the thermometer, the fit gives 336 K" in why
