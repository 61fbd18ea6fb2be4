"""The page of all defensible choices: its order, its sentence that can be flipped, its words."""

import json
import re
from itertools import product

import numpy as np
import pytest
from matplotlib import pyplot as plt
from test_chapters import run, up_to
from test_explore import browser_says, python_says, random_settings

import analysis
from analysis.choices.multiverse import Multiverse, multiverse
from analysis.choices.ranked import moved_by, ranked
from analysis.numerics.summary import two_digits
from analysis.show import explore, multiverse_plots
from analysis.show.explore.spec import Choice, Readout, Spec
from compendium import pages
from compendium.chapters import debye_words, multiverse_words
from compendium.policy import RULES, meta

NAME = "twin-zero-resistance-22.4gpa"
LAWS = ("n5", "n5-alone", "n3", "n3-alone")


@pytest.fixture(scope="module")
def curve():
    """The synthetic curve at 22.4 GPa, with a part of its points and no error of a thermometer."""
    whole = analysis.load(NAME)
    return analysis.ResistanceCurve(
        whole.temperature[::4], whole.resistance[::4], unit=whole.unit, name=NAME, origin="formula"
    )


@pytest.fixture(scope="module")
def found(curve):
    return multiverse(curve, laws=LAWS, lows=(0.0, 0.1, 0.2), highs=(0.0, 0.1))


# --- order ----------------------------------------------------------------------------------


@pytest.mark.parametrize("result", ["theta_d", "tc", "coupling"])
def test_combinations_stand_in_the_order_of_their_result(result, found):
    every = ranked(found, result)
    assert (np.diff(every.values) >= 0).all()
    assert every.values.tolist() == found.values(result)[every.rows].tolist()
    # Those that differ only in what cannot move the result count once.
    moving = [found.choices.index(found.choice(name)) for name in moved_by(found, result)]
    assert np.unique(every.rows).size == every.rows.size
    still = np.setdiff1d(np.arange(len(found.choices)), moving)
    assert (found.codes[every.rows][:, still] == np.array(found.path)[still]).all()
    assert found.paper in every.rows
    few = every.thinned(7)
    assert few.values.size == 7
    assert (few.values[0], few.values[-1]) == (every.values[0], every.values[-1])
    assert every.place_of(every.values[0]) == 0
    assert every.place_of(np.inf) == 100


def test_what_moves_a_result_is_known_of_results_alone(found):
    for one in ("theta_d", "tc", "coupling"):
        share = found.shares(one)
        assert sum(share[name] for name in moved_by(found, one)) == pytest.approx(1)
    with pytest.raises(analysis.AnalysisError, match="a result is one of theta_d, tc, coupling"):
        ranked(found, "gap")


# --- figures --------------------------------------------------------------------------------


def test_the_specification_curve_marks_each_option_where_it_was_taken(found):
    fig = multiverse_plots.specification_curve(plt.figure(), found, "theta_d", truth=518.0)
    above, below = fig.axes
    labels = [yticklabel.get_text() for yticklabel in below.get_yticklabels()]
    law = "paper: eq. 1 with n = 5"
    # n = 3 gives higher values than n = 5, always.
    marks = {
        label: np.hstack([[], *(ln.get_xdata() for ln in below.lines if y in ln.get_ydata())])
        for label, y in zip(labels, below.get_yticks(), strict=True)
    }
    three = next(
        label for label in labels if label.startswith("eq. 1 with n = 3") and "R_sat" not in label
    )
    assert np.median(marks[law]) < np.median(marks[three])
    # Every column has one mark in the rows of a choice that is shown.
    counted = sum(marks[label].size for label in labels if "eq. 1" in label)
    assert counted == ranked(found, "theta_d").thinned(260).rows.size
    words = [text.get_text() for text in above.get_legend().get_texts()]
    assert words[0] == "choices"
    assert {"truth", "the paper's path, with its quoted error"} <= set(words)
    plt.close(fig)


def test_histograms_and_bars_hold_all_combinations(found):
    fig, (left, right) = plt.subplots(1, 2)
    multiverse_plots.distribution(left, found, "coupling")
    every = ranked(found, "coupling").values
    inside = (every <= np.quantile(every, 0.995)).sum()
    assert sum(bar.get_height() for bar in left.patches[:90]) == inside
    multiverse_plots.variance_shares(right, found, ["theta_d", "coupling"])
    widths = [bar.get_width() for bar in right.patches]
    assert sum(widths) == pytest.approx(200)
    plt.close(fig)


# --- the sentence ---------------------------------------------------------------------------


def test_every_setting_of_the_sentence_is_a_row_of_the_multiverse(found, curve):
    explorer = explore.multiverse(found, curve)
    options = {
        control.name: [key for key, *_ in control.options] for control in explorer.origin.controls
    }
    ends = {"free": "", "none": "-alone"}
    fits = product(
        *(options[name] for name in ("from", "to", "exponent", "saturation", "weighting"))
    )
    compared = 0
    for number, (low, high, n, saturation, weighting) in enumerate(fits):
        later = {
            name: options[name][number % len(options[name])]
            for name in ("criterion", "recipe", "mu_star")
        }
        values = dict(zip(("from", "to", "exponent", "saturation", "weighting"),
                          (low, high, n, saturation, weighting), strict=True))  # fmt: skip
        row = found.row(
            low=low, high=high, law=f"n{n}{ends[saturation]}", weighting=weighting,
            criterion=later["criterion"], formula=later["recipe"], mu_star=later["mu_star"],
        )  # fmt: skip
        read = explorer.read({**values, **later})
        for label, value in (
            ("Θ_{D}", found.theta_d[row]), ("T_{c}", found.tc[row]), ("λ", found.coupling[row]),
        ):  # fmt: skip
            assert read[label] == pytest.approx(value, rel=2e-5, nan_ok=True), (values, later)
            compared += np.isfinite(value)
    assert compared > 150


def test_the_sentence_begins_with_the_papers_path(found, curve):
    read = explore.multiverse(found, curve).read()
    assert read["Θ_{D}"] == pytest.approx(found.theta_d[found.paper], rel=1e-5)
    assert read["λ"] == pytest.approx(found.coupling[found.paper], rel=1e-5)
    assert read["from the quoted Θ_{D} it is away"] < 0.01


def test_the_line_that_is_drawn_is_the_fit(found, curve):
    explorer = explore.multiverse(found, curve)
    values = {"exponent": "3", "saturation": "none"}
    numbers = python_says(explorer, values, 0.5)
    scope = explorer.scope(values)
    (line,) = [value for name, value in numbers.items() if name.startswith("curve")]
    fit = analysis.fit_resistance(curve, (scope["low"], scope["high"]), n=3, saturation=False)
    at = 0.5 + 0.5 * (1.03 * curve.temperature.max() - 0.5)
    scale = np.abs(curve.resistance).max()
    assert line == pytest.approx(float(fit.predict([at])[0]) / scale, rel=2e-4)


def test_the_browser_says_the_same(found, curve, node):
    explorer = explore.multiverse(found, curve)
    cases = list(random_settings(explorer, 100))
    for case, result in zip(cases, browser_says(explorer, cases, node), strict=True):
        for key, ours in python_says(explorer, case["values"], case["part"]).items():
            theirs = float(result["numbers"][key])
            assert theirs == pytest.approx(float(ours), rel=1e-6, abs=1e-12, nan_ok=True), key


def test_it_weighs_little_on_the_page(found, curve):
    explorer = explore.multiverse(found, curve)
    assert len(json.dumps({"spec": explorer.spec, "data": explorer.data})) < 150_000


def test_a_sentence_names_what_there_is():
    control = Choice("edge", "edge", [("80", "80 K", 0)])
    readout = Readout("x", 1.0, name="found")
    sentences = ["from [edge] it is [found]", "and [nothing]"]
    with pytest.raises(analysis.AnalysisError, match=r"\[nothing\], which is neither a choice"):
        Spec("x", "x", "x", [control], [], [readout], sentences=sentences).plain()


def test_the_paper_has_n_5_wherever_it_stands_and_other_laws_have_a_sentence_too(curve):
    few = {"lows": (0.0,), "highs": (0.0,)}
    turned = multiverse(curve, laws=("n3", "n5"), **few)
    assert turned.choice("law").options[turned.choice("law").own].name == "n5"
    assert turned.theta_d[turned.paper] == pytest.approx(turned.quoted["theta_d"][0], rel=1e-6)
    other = multiverse(curve, laws=("n3", "n3-alone"), **few)
    assert explore.multiverse(other, curve).settings()["exponent"] == "3"


def test_without_eq_1_there_is_no_sentence(found, curve):
    laws = found.choice("law")
    other = Multiverse.from_dict({
        **found.to_dict(),
        "choices": [
            {"name": choice.name, "title": choice.title, "own": choice.own, "options": [
                (f"x{i}" if choice is laws else option.name, option.words, option.value)
                for i, option in enumerate(choice.options)]}
            for choice in found.choices
        ],
    })  # fmt: skip
    with pytest.raises(analysis.AnalysisError, match="n5, n3 or n2 among them; got x0, x1, x2, x3"):
        explore.multiverse(other, curve)
    assert "n3 or n2 among them" in multiverse_words.sentence(other, curve)._repr_markdown_()


# --- in a browser ---------------------------------------------------------------------------


@pytest.fixture
def page(found, curve, browser, tmp_path, monkeypatch):
    """A page with the sentence as the book makes it: its state, its scripts, its policy."""
    (tmp_path / "_static").mkdir()
    monkeypatch.setattr(pages, "SOURCE", tmp_path)
    pages.write_explorer()
    explorer = explore.multiverse(found, curve)
    state = {
        name: getattr(explorer, name)
        for name in ("spec", "data", "values", "_css", "_anywidget_id")
    }
    kind = "application/vnd.jupyter.widget"
    host = (pages.BOOK / "_static" / "explorer-host.mjs").as_uri()
    state_of_all = json.dumps({"state": {"w": {"state": state}}})
    text = (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"{meta({**RULES, 'script-src': 'file:'})}<title>x</title>"
        f"<script type='{kind}-state+json'>{state_of_all}"
        f'</script></head><body><script type=\'{kind}-view+json\'>{{"model_id": "w"}}</script>'
        f"<script src='_static/explorer.mjs'></script><script src='{host}'></script></body></html>"
    )
    file = tmp_path / "page.html"
    file.write_text(text, encoding="utf-8")
    opened = browser.new_page(viewport={"width": 360, "height": 740})
    complaints = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(file.as_uri())
    opened.wait_for_function("() => document.documentElement.dataset.explorers === 'ready'")
    yield opened
    opened.close()
    assert complaints == []


def test_a_choice_in_the_sentence_changes_sentence_point_and_fit(page, found):
    first, second = page.locator(".explorer-sentence").all()
    theta = first.locator("strong")
    exponent = page.get_by_role("combobox", name="exponent of eq. 1")
    marks = page.locator("svg.explorer-panel").first.locator("circle")
    line = page.locator("svg.explorer-panel").nth(2).locator("path[stroke-width='2.2']")
    own = found.theta_d[found.paper]
    assert theta.text_content().startswith(f"{own:.0f}"[:2])
    before = [theta.text_content(), marks.first.get_attribute("cy"), line.get_attribute("d")]
    exponent.focus()
    page.keyboard.press("ArrowDown")
    assert exponent.input_value() == "3"
    after = [theta.text_content(), marks.first.get_attribute("cy"), line.get_attribute("d")]
    assert all(one != other for one, other in zip(before, after, strict=True))
    row = found.row(law="n3")
    value, error = found.theta_d[row], found.theta_d_error[row]
    shown = re.fullmatch(r"([\d.]+) ± ([\d.]+) K", theta.text_content())
    assert shown, theta.text_content()
    assert [float(group) for group in shown.groups()] == pytest.approx([value, error], rel=0.05)
    # What has changed is said, as a sentence with the chosen words in it.
    page.wait_for_function("() => document.querySelector('[aria-live]').textContent !== ''")
    said = page.locator("[aria-live]").text_content()
    assert (
        f"with exponent 3, a free saturation and {found.choice('weighting').options[0].words}"
        in said
    )
    assert f"λ is {second.locator('strong').last.text_content()}" in said
    page.get_by_role("button", name="Reset").click()
    assert theta.text_content() == before[0]


def test_the_sentence_fits_a_phone_and_a_finger(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for control in page.locator(".explorer-sentence select").all():
        box = control.bounding_box()
        assert box["height"] >= 24  # WCAG 2.2, target size
        assert box["x"] + box["width"] <= 360
        assert control.get_attribute("aria-label")


# --- words ----------------------------------------------------------------------------------


def test_the_words_say_what_the_numbers_are(found):
    twin = analysis.load(NAME)
    known = multiverse_words.truths_of(twin)
    assert multiverse_words.truths_of(twin, "mine.csv") == {}  # a file of the reader's
    assert known["theta_d"] == 518.0
    assert known["tc"] == pytest.approx(58.0, abs=0.05)
    words = multiverse_words.said(found, known)
    low, high = found.spread("theta_d", possible=True, level=1)
    assert low <= 518.0 <= high
    assert "true value of the Debye temperature, 518 K, lies inside the range" in words[
        "mv-truth"
    ].replace("\xa0", " ")
    spread = found.summary["theta_d"]
    times = two_digits(spread["times"])
    assert f"{times} times as wide as the quoted 95 % interval" in words["mv-spread"]
    assert "lambda" not in words["mv-spread"]
    own = found.choice("law").options[found.path[2]].words
    assert own in words["mv-path"]
    most = found.choice(max(spread["shares"], key=spread["shares"].get)).title
    assert f"of the variance comes from the choice of the {most}" in words["mv-spread"]
    table = multiverse_words.result_table([found])
    assert [row[1] for row in table.rows] == [
        "$\\Theta_\\mathrm{D}$", "$T_\\mathrm{c}$", "$\\lambda$",
    ]  # fmt: skip
    assert len(multiverse_words.choice_table(found).rows) == len(found.choices)


def test_a_truth_outside_the_range_is_said(found):
    words = multiverse_words.said(found, {"theta_d": 900.0})
    assert "lies outside the range" in words["mv-truth"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dataset": "silver", "data_file": "my.csv"}, "give dataset alone"),
        ({"dataset": "unobtainium"}, "no data set is called"),
        ({"dataset": "nist-iron"}, "resistance"),
        ({}, "the data package has no curve for this"),
    ],
)
def test_parameters_that_name_no_curve_are_refused(given, words):
    with pytest.raises(analysis.DataError, match=words):
        debye_words.chosen_curve(None, given.pop("data_file", ""), "", 0.0, **given)


def test_the_page_takes_another_curve_and_a_file(tmp_path):
    """Copper, of a file: no transition, so no T_c and no lambda anywhere."""
    copper = analysis.load("copper-rrr100")
    rows = zip(copper.temperature, copper.resistance, strict=True)
    file = tmp_path / "mine.csv"
    file.write_text("T (K),R (ohm)\n" + "".join(f"{t},{r}\n" for t, r in rows))
    chapter = up_to("beyond/multiverse", "draw_order(curve", tmp_path)
    shown = run(chapter, tmp_path, data_file=str(file), laws=["n5", "n5-alone"])
    assert "| mine | $Theta_mathrm{D}$ |" in shown
    assert "| mine | $lambda$ |" not in shown
