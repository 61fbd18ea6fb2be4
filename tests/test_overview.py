"""Figures of many data sets, and of the coupling formulas alone: they show what they are given."""

import re

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from small_results import table
from uncertainties import ufloat

import analysis
from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.pressure.results import Results
from analysis.pressure.series import Regions
from analysis.show import coupling_plots, overview, plots
from compendium.chapters import front_page

mpl.use("agg")
ROOT = OWN_PACKAGE.parent.parent


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(
    ("results", "origins"),
    [
        (table(), ["measured", "published inputs", "measured", "measured"]),
        (Results({}, "", ()), [None, "published inputs", None, None]),
    ],
)
def test_the_four_results_say_where_they_come_from(results, origins):
    theta, strain, axes = front_page.four_series(results)
    fig = overview.four_results(
        theta, strain, axes, steady=theta.in_phase(Regions.of_paper(), "Fmmm"), plateau=strain
    )
    titles = [ax.get_title() or ax.get_title(loc="left") for ax in fig.axes]
    assert titles == ["Debye temperature", "coupling", "strain", "cell"]
    for ax, origin in zip(fig.axes, origins, strict=True):
        known = [text for text in texts(ax) if text in ("measured", "published inputs")]
        assert known == ([origin] if origin else [])


def test_each_run_of_a_twin_has_a_panel():
    names = ("twin-run1-7.0gpa", "twin-run2-25.0gpa", "twin-zero-resistance-22.4gpa")
    fig = overview.curves_by_run([analysis.load(name) for name in names])
    shown = [ax for ax in fig.axes if ax.axison]
    assert [ax.get_title() or ax.get_title(loc="left") for ax in shown] == [
        "run 1",
        "run 2",
        "run zero-resistance",
    ]
    assert all("synthetic" in texts(ax) for ax in shown)
    assert [ax.get_legend_handles_labels()[1] for ax in shown] == [["7"], ["25"], ["22.4"]]


def test_metals_rise_in_rank_and_are_named(ax):
    resistivity = np.array([30.0, 10.0, 20.0])
    overview.ranked_resistivity(
        ax, np.array(["c", "a", "b"]), resistivity, level=6.3, name="Nd₆", named=(0, 2, 5)
    )
    assert list(ax.lines[0].get_ydata()) == [10.0, 20.0, 30.0]
    assert texts(ax) == ["Nd₆", "a", "c", "recommended"]
    assert ax.lines[1].get_label() == "_Nd6"


def test_residuals_stand_beside_each_other():
    curve = analysis.load("twin-run1-7.0gpa")
    fits = [analysis.fit_resistance(curve, window) for window in ((80, 300), (120, 300))]
    fig = overview.residual_panels(fits)
    titles = [ax.get_title() or ax.get_title(loc="left") for ax in fig.axes]
    assert titles == ["80 to 300 K", "120 to 300 K"]


def test_only_what_is_above_zero_is_filled(ax):
    values = {300: ufloat(0.1, 0.06), 900: ufloat(0.1, 0.04), 1200: ufloat(-0.1, 0.01)}
    overview.conductance_against_end(ax, values, origin="formula")
    faces = [container[0].get_markerfacecolor() for container in ax.containers]
    assert faces == ["white", plots.BLUE, "white"]
    assert "formula" in texts(ax)


def test_the_coupling_rises_with_mu_by_each_formula(ax):
    coupling_plots.coupling_against_mu(ax)
    *curves, point = ax.lines
    labels = [line.get_label() for line in curves]
    assert labels == ["eqs. 2 to 4", "McMillan", "Allen-Dynes, Debye-like"]
    assert all((np.diff(line.get_ydata()) > 0).all() for line in curves)
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (0.13, 1.75)


def test_the_transition_rises_with_the_coupling(ax):
    coupling_plots.tc_against_coupling(ax, calculated=(0.13, 0.5))
    curve = ax.lines[0]
    (point,) = [line for line in ax.lines if line.get_label() == "_printed inputs"]
    expected = np.interp(point.get_xdata(), curve.get_xdata(), curve.get_ydata())
    assert expected == pytest.approx(58.0, abs=0.2)
    assert point.get_ydata()[0] == 58.0
    assert [text for text in texts(ax) if "λ" in text] == ["λ = 0.13", "λ = 0.5"]


def test_the_coupling_falls_with_the_phonon_moment(ax):
    coupling_plots.coupling_against_moment(ax)
    curves = [line for line in ax.lines if line.get_label().startswith("$")]
    assert len(curves) == 3
    assert all((np.diff(curve.get_ydata()) < 0).all() for curve in curves)
    points = [line.get_ydata()[0] for line in ax.lines if line.get_label().startswith("_")]
    # Computed with mpmath for 58 K, 518 K and mu* = 0.13.
    assert points == pytest.approx([2.426237, 1.883420, 1.496177], abs=1e-6)


def test_no_type_in_a_figure_is_smaller_than_small():
    rooms = (ROOT / "analysis" / "show", ROOT / "compendium" / "chapters", ROOT / "book")
    files = [file for room in rooms for kind in ("*.py", "*.md") for file in room.rglob(kind)]
    small = re.compile(r"x-small|(?:font|label)size=[0-7]\b")
    assert len(files) > 60
    found = {file.name for file in files if small.search(file.read_text(encoding="utf-8"))}
    assert found == set()


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ([1.0, 2.0], []),
        ([1.0, 5.0, 7.5], ["2 of 3 lie above, up to 7.5"]),
        ([-4.0, 1.0], ["1 of 2 lie below, down to -4"]),
        ([-4.0, 6.0], ["1 of 2 lie above, up to 6", "1 of 2 lie below, down to -4"]),
    ],
)
def test_values_beyond_the_axes_are_counted_on_both_sides(ax, values, lines):
    ax.set_ylim(0, 4)
    plots.say_beyond(ax, np.array(values))
    assert ax.texts[-1].get_text().splitlines() == lines
