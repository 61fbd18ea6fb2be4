"""Numbers in words, tables, and figures that say what they show."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from uncertainties import ufloat

import analysis
import analysis.transport.transition
from analysis.numerics.summary import Form, form_of
from analysis.show import coupling_plots, plots, printed, report
from analysis.show.foreign import WithSymbols

mpl.use("agg")


@pytest.fixture(scope="module")
def fit():
    return analysis.fit_resistance(analysis.load("twin-run2-25.0gpa"))


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (518.63, 1.23, "518.6 ± 1.2 K"),
        (518.63, 4.4, "519 ± 4 K"),
        (518.63, 26.4, "519 ± 26 K"),
        (0.05140, 0.00163, "0.0514 ± 0.0016 K"),
        (0.95, 0.096, "0.95 ± 0.10 K"),
        (1.5e-8, 2.1e-10, "(1.500±0.021)×10⁻⁸ K"),
        (0.0, 0.0, "0 K"),
    ],
)
def test_quantities_show_as_many_digits_as_they_have(value, error, text):
    number = ufloat(value, error) if error else 0 * ufloat(1, 1)
    # No space in it breaks at the end of a line.
    assert report.quantity(number, "K") == text.replace(" ", "\N{NO-BREAK SPACE}")


def test_a_table_is_markdown_for_a_notebook_and_columns_for_a_terminal():
    table = report.Table(("name", "T (K)"), [("a", "1"), ("long", "22")])
    assert table._repr_markdown_().splitlines() == [
        r"| name | T \(K\) |",
        "| :-- | --: |",
        "| a | 1 |",
        "| long | 22 |",
    ]
    assert str(table).splitlines() == ["name  T (K)", "a     1", "long  22"]


def test_columns_of_words_stand_left():
    table = report.Table(("name", "kind", "n"), [("a", "b", "1")], words=2)
    assert table._repr_markdown_().splitlines()[1] == "| :-- | :-- | --: |"


@pytest.mark.parametrize(
    ("text", "typeset"),
    [
        ("Θ_D (K)", r"$\Theta_\mathrm{D}$ \(K\)"),
        ("Theta_D is 330 K", r"$\Theta_\mathrm{D}$ is 330 K"),
        ("R_0", "$R_0$"),
        ("A", "$A$"),
        ("R²", "$R^2$"),
        ("G = 1/R_sat", r"$G$ \= 1\/$R_\mathrm{sat}$"),
        ("R(T_c,onset)", r"$R$\($T_\mathrm{c,onset}$\)"),
        ("T_c, criterion 0.05", r"$T_\mathrm{c}$\, criterion 0\.05"),
        # no symbols
        ("A slower sweep", "A slower sweep"),
        ("R_0.txt", r"R\_0\.txt"),
        ("window (K)", r"window \(K\)"),
    ],
)
def test_symbols_are_typeset_on_a_page_and_plain_in_a_terminal(text, typeset):
    table = report.Table((WithSymbols(text),), [])
    assert table._repr_markdown_().splitlines()[0] == f"| {typeset} |"
    assert str(table) == text


def test_an_undetermined_saturation_is_shown_as_a_limit(fit):
    assert fit.r_sat is None
    assert report.saturation(fit).startswith(">")
    (row,) = report.amplitude_table([fit]).rows
    assert row[0].split() == ["run", "2,", "25", "GPa"]
    assert row[-1].startswith(report.saturation(fit))
    (row,) = report.resistance_table([fit]).rows
    assert row[2] == report.quantity(fit.theta_d)


def test_a_held_parameter_is_said_to_be_held():
    t = np.linspace(80, 300, 200)
    r = analysis.resistance(t, theta_d=400, r0=0.1, a=2) * (1 + 1e-3 * ((t - 190) / 110) ** 2)
    held = analysis.fit_resistance(analysis.ResistanceCurve(t, r), (80, 300))
    assert "0 (held)" in str(report.parameters(held))
    assert len(report.correlations(held).rows) == 3


def test_remarks_are_a_list_when_there_are_several(fit):
    note = report.Note("Before quoting:", ["first", "second"])
    assert note._repr_markdown_().splitlines()[-1] == "> - second"
    assert str(report.Note("Missing:", ["one"]))
    assert report.remarks(fit).title.startswith("twin-run2-25.0gpa")


@pytest.mark.parametrize("origin", ["measured", "recommended", "formula", "synthetic"])
def test_every_figure_of_a_curve_says_its_origin(ax, origin):
    curve = analysis.ResistanceCurve([1, 2, 3], [1, 2, 3], origin=origin)
    assert plots.curve(ax, curve) is ax
    assert origin in [text.get_text() for text in ax.texts]
    assert ax.get_xlabel() == "$T$ (K)"
    assert ax.get_ylabel() == "$R$ (Ω)"


def test_a_fit_shows_data_curve_band_and_green_balls(ax, fit):
    plots.resistance_fit(ax, fit)
    labels = ax.get_legend_handles_labels()[1]
    assert labels == ["data", "95% band", "fit of eq. 1", "window"]
    balls = next(line for line in ax.lines if line.get_label() == "window")
    assert tuple(balls.get_xdata()) == fit.window
    assert balls.get_color() == plots.GREEN


def test_residuals_are_percent_of_the_largest_resistance(ax, fit):
    plots.residuals(ax, fit)
    shown = ax.lines[-1].get_ydata()
    assert shown == pytest.approx(100 * fit.residuals / fit.part.resistance.max())
    assert ax.get_ylabel() == "residual\n(% of max.)"


def test_small_multiples_have_a_panel_for_each_fit(fit):
    fig = plots.run_figure([fit, fit, fit])
    titles = [ax.get_title() for sub in fig.subfigs for ax in sub.axes if ax.get_title()]
    assert len(titles) == 3
    assert titles[0].startswith("25 GPa: ")
    plt.close(fig)


def test_a_curve_without_a_fit_shows_its_points_and_the_reason(fit):
    t = np.linspace(20, 300, 50)
    bare = analysis.analyse_curve(analysis.ResistanceCurve(t, np.exp(150 / t), name="flake"))
    fig = plots.run_figure([bare, fit], names=["a flake of " + "some " * 20, "of a metal"])
    points, reason = fig.subfigs[0].axes
    assert np.array_equal(points.lines[0].get_xdata(), t)
    assert points.get_title().endswith("\nno fit")
    assert max(map(len, points.get_title().splitlines())) < 50
    assert not reason.axison
    assert reason.texts[0].get_text().startswith("the resistance does not rise on warming")
    assert fig.subfigs[1].axes[0].get_title().startswith("of a metal\n")
    plt.close(fig)


@pytest.fixture(scope="module")
def transition():
    return analysis.fit_transition(analysis.load("twin-zero-resistance-22.4gpa"))


def test_a_transition_shows_onset_and_criterion_where_there_is_one(ax, transition):
    plots.transition_fit(ax, transition, criterion=0.05)
    labels = ax.get_legend_handles_labels()[1]
    assert labels[-2:] == [r"$T_\mathrm{c,onset}$", r"$T_\mathrm{c,0.05}$"]
    diamond = ax.lines[-1]
    assert diamond.get_xdata()[0] == transition.tc(0.05).n
    ax.clear()
    plots.transition_fit(ax, analysis.fit_transition(analysis.load("twin-run2-25.0gpa")))
    assert ax.get_legend_handles_labels()[1][-1] == r"$T_\mathrm{c,onset}$"


def test_residuals_of_a_transition_are_percent_of_the_onset(ax, transition):
    plots.transition_residuals(ax, transition)
    expected = 100 * transition.residuals / transition.r_onset.n
    assert ax.lines[-1].get_ydata() == pytest.approx(expected)


def test_the_ellipse_of_the_map_holds_95_percent(ax, transition):
    coupling_plots.coupling_map(ax, transition.tc_quoted(0.05), transition.theta_d)
    ellipse = ax.patches[0].get_xy()
    # Its extent along one axis: sqrt(chi^2) standard errors, chi^2 = -2 ln(0.05).
    half = np.ptp(ellipse[:, 0]) / 2
    assert half == pytest.approx(np.sqrt(-2 * np.log(0.05)) * transition.theta_d.s, rel=1e-3)


def test_parameters_of_a_transition_with_and_without_eq_1(transition):
    assert [row[0] for row in report.transition_parameters(transition).rows][4] == "Θ_D"
    t = np.linspace(4, 12, 300)
    r = analysis.transport.transition.transition_fraction(t, tc_onset=7.5, f=60)
    short = analysis.fit_transition(analysis.ResistanceCurve(t, r + 1e-4 * np.sin(1e3 * t)))
    assert len(report.transition_parameters(short).rows) == 4


def test_any_number_of_runs_can_be_told_apart(ax, fit):
    def of(run):
        return replace(fit, curve=replace(fit.curve, sample="another", run=run))

    groups = {f"run {at}": [of(str(at)), of(str(at))] for at in range(30)}
    plots.debye_against_pressure(ax, groups)
    looks = {(container[0].get_color(), container[0].get_marker()) for container in ax.containers}
    assert len(looks) == 30
    labels = ax.get_legend_handles_labels()[1]
    assert labels == [f"run {at}" for at in range(30)]


def test_curves_are_called_by_what_tells_them_apart():
    def curve(name, **about):
        return analysis.ResistanceCurve([1, 2, 3], [1, 2, 3], name=name, **about)

    ones = [curve("a", sample="s", run="1", pressure=2.0), curve("b", sample="s", run="x")]
    assert report.curve_labels(ones) == ["run 1, 2 GPa".replace(" ", "\xa0"), "b"]
    assert report.group_labels(ones) == ["run 1", "x"]
    others = [*ones, curve("c", sample="t", pressure=2.0), curve("d")]
    assert report.group_labels(others) == ["s, run 1", "s, x", "t", "d"]
    twice = [curve("e", sample="s", pressure=2.0), curve("f", sample="s", pressure=2.0)]
    assert report.curve_labels(twice) == ["e", "f"]


def test_theta_against_pressure_shows_intervals_and_origin(ax, fit):
    plots.debye_against_pressure(ax, {"run 2": [fit]})
    assert [text.get_text() for text in ax.texts] == ["synthetic"]
    assert ax.get_legend_handles_labels()[1] == ["run 2"]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        ((518.0, 4.0, None), Form.ERROR, "518 ± 4 K"),
        ((518.0, 4.0, [509.0, 527.0]), Form.ERROR, "518 ± 4 K"),  # Student's of few points
        ((518.0, None, [500.0, 560.0]), Form.INTERVAL, "500 to 560 K"),
        ((None, None, [9.257, 9.316]), Form.INTERVAL, "9.257 to 9.316 K"),
        # Value and error would promise more than the interval does.
        ((518.0, 4.0, [480.0, 556.0]), Form.INTERVAL, "480 to 556 K"),
        ((518.0, 20.0, [478.0, 536.0]), Form.INTERVAL, "478 to 536 K"),
        ((518.0, None, [480.0, None]), Form.LIMIT, "> 480 K"),
        ((None, None, [None, 520.0]), Form.LIMIT, "< 520 K"),
        ((518.0, None, None), Form.ABOUT, "≈ 518 K"),
        ((None, None, None), Form.NONE, "none"),
        ((None, None, [None, None]), Form.NONE, "none"),
    ],
)
def test_a_number_is_quoted_in_one_form_everywhere(number, form, text):
    found = dict(zip(("value", "stderr", "interval"), number, strict=True)) | {"unit": "K"}
    assert form_of(found) is form
    assert report.stated(found).replace("\N{NO-BREAK SPACE}", " ") == text
    assert report.stated(found, "") == report.unbroken(text.removesuffix(" K"))
    told = printed.stated(found)
    shared = {"≈": "about", "±": "+-"}
    word = next((shared[sign] for sign in shared if sign in text), text.removesuffix(" K"))
    assert word in told


def test_the_systematic_part_stands_beside_the_error():
    found = {"value": 345.0, "stderr": 4.0, "unit": "K", "systematic": 3.9}
    assert report.stated(found, parts=True).endswith("(systematic: 4\N{NO-BREAK SPACE}K)")
    assert printed.stated(found) == "345.0 +- 4.0 K (systematic: 3.9 K)"
