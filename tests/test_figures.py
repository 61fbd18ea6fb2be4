"""Figures whose content is known are read: of matplotlib, gnuplot and R, and published ones."""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import figure_programs
import numpy as np
import pytest
from figure_cases import KINDS, figure_case, judge
from figure_truth import MEDIAN, WORST, Curve, Frame, Scale, Truth, score, to_polyline

import analysis
from analysis.reading.figure.inside import read_page
from analysis.reading.figure.series import figure_series
from analysis.reading.originals.series import Series
from analysis.transport.transition_read import crossings, rising_values

AT_ONCE = 5
# Twice as many as there are kinds: each of them as PDF and as SVG. Studies read twice as many.
DAILY, ALL = 2 * len(KINDS), 4 * len(KINDS)
FIRST = [
    pytest.param(first, marks=[pytest.mark.study] * (first >= DAILY))
    for first in range(0, ALL, AT_ONCE)
]


@pytest.mark.parametrize("first", FIRST)
def test_figures_are_read_out(first, tmp_path):
    faults = {}
    for seed in range(first, first + AT_ONCE):
        path, truth = figure_case(seed, tmp_path)
        verdict, _ = judge(path, truth)
        if said := verdict.refused or verdict.faults:
            faults[path.name] = said
    assert faults == {}


# -- the judge itself ---------------------------------------------------------------------------

TRUE = Truth(
    (
        Frame(
            (50, 40, 250, 140), Scale(0, 100, "linear", "T", "K"), Scale(0.1, 10, "log", "R", "Ω")
        ),
    ),
    (
        Curve(0, np.array([0.0, 50, 100]), np.array([0.2, 1, 5]), "line", "Run 1", (1, 0, 0)),
        Curve(0, np.array([20.0, 80]), np.array([2.0, 2]), "markers", y_error=np.array([0.5, 1])),
    ),
)


def axis(low, high, first, last, scale="linear", **more):
    """An axis from positions to values."""
    hidden = np.log10 if scale == "log" else float
    slope = (hidden(last) - hidden(first)) / (high - low)

    def value(position):
        scaled = hidden(first) + slope * (np.asarray(position) - low)
        return 10**scaled if scale == "log" else scaled

    return SimpleNamespace(scale=scale, value=value, **more)


def reading():
    """Return (panels, drawn, series) that are TRUE."""
    panel = SimpleNamespace(
        box=(50, 40, 250, 140),
        x=axis(50, 250, 0, 100, title="T", unit="K"),
        y=axis(40, 140, 0.1, 10, "log", title="R", unit="Ω"),
        name="a",
        inside=None,
        right=None,
    )
    line, marks = TRUE.curves
    common = {"x_reading": 1e-2, "y_reading": 1e-3}
    return (
        (panel,),
        [SimpleNamespace(panel=0, axis="left", colour=(1, 0, 0))] * 2,
        [
            Series("line", line.x, line.y, label="Run 1", drawn="line", **common),
            Series("dots", marks.x, marks.y, y_error=marks.y_error, drawn="markers", **common),
        ],
    )


def test_what_is_true_has_no_fault():
    verdict = score(*reading(), TRUE)
    assert (verdict.faults, verdict.word, verdict.curves) == ([], "ok", 2)
    assert verdict.worst < 1e-12


def changed(which, **more):
    panels, drawn, series = reading()
    series[which] = replace(series[which], **more)
    return panels, drawn, series


def without(which):
    panels, drawn, series = reading()
    del drawn[which], series[which]
    return panels, drawn, series


def with_panel(**more):
    panels, drawn, series = reading()
    return (SimpleNamespace(**{**vars(panels[0]), **more}),), drawn, series


SABOTAGE = {
    "no line": (lambda: without(0), "curve 'Run 1' not found"),
    "no markers": (lambda: without(1), "curve 'markers' not found"),
    "label": (lambda: changed(0, label="Run 2"), "label 'Run 2', not 'Run 1'"),
    "kind": (lambda: changed(0, drawn="markers"), "markers instead of line"),
    "a point too few": (
        lambda: changed(1, x=np.array([20.0]), y=np.array([2.0]), y_error=np.array([0.5])),
        "1 markers instead of 2",
    ),
    "a piece missing": (
        lambda: changed(0, x=np.array([0.0, 50]), y=np.array([0.2, 1])),
        "missing",
    ),
    "one point wrong": (
        lambda: changed(0, y=np.array([0.2, 1.02, 5])),
        "off by",
    ),
    "all slightly wrong": (
        lambda: changed(0, x=TRUE.curves[0].x + 0.06, y=TRUE.curves[0].y),
        "off by",
    ),
    "errors": (lambda: changed(1, y_error=np.array([0.5, 2.0])), "y error bars wrong by"),
    "no errors": (lambda: changed(1, y_error=None), "y error bars: False"),
    "silent": (lambda: changed(0, x_reading=0.0, y_reading=0.0), "no uncertainty of reading"),
    "axis": (
        lambda: with_panel(x=axis(50, 250, 0, 99, title="T", unit="K")),
        "x axis linear wrong by 0.01",
    ),
    "scale": (
        lambda: with_panel(y=axis(40, 140, 0.1, 10, title="R", unit="Ω")),
        "y axis linear wrong",
    ),
    "unit": (
        lambda: with_panel(x=axis(50, 250, 0, 100, title="T", unit="mK")),
        "x title ('T', 'mK'), not ('T', 'K')",
    ),
    "place": (lambda: with_panel(box=(50, 40, 240, 140)), "panel 1 not found"),
}


@pytest.mark.parametrize("name", SABOTAGE)
def test_the_judge_notices(name):
    spoil, words = SABOTAGE[name]
    faults = score(*spoil(), TRUE).faults
    assert any(words in fault for fault in faults), faults


def test_the_limits_are_what_is_promised():
    assert (MEDIAN, WORST) == (3e-4, 2e-3)


# -- other programs -----------------------------------------------------------------------------


@pytest.fixture
def program():
    """Return a function that demands a program: skipped without it, but not in CI."""

    def demand(name):
        if shutil.which(name) is None:
            sentence = f"{name} is not installed"
            if os.environ.get("CI") == "true":
                pytest.fail(sentence)
            pytest.skip(sentence)

    return demand


@pytest.mark.parametrize("name", figure_programs.FIGURES)
@pytest.mark.parametrize("form", ["pdf", "svg", "eps"])
def test_figures_of_gnuplot(form, name, program, tmp_path):
    program("gnuplot")
    if form == "eps":
        program("gs")
    verdict, _ = judge(*figure_programs.gnuplot(name, form, tmp_path))
    assert (verdict.faults, verdict.refused) == ([], "")


@pytest.mark.parametrize("name", figure_programs.FIGURES)
def test_figures_of_r(name, program, tmp_path):
    program("Rscript")
    verdict, _ = judge(*figure_programs.r(name, "pdf", tmp_path))
    assert (verdict.faults, verdict.refused) == ([], "")


# -- published figures --------------------------------------------------------------------------


@pytest.fixture
def published():
    """Return a function that reads out a published figure, which is not kept here."""

    def read(name):
        if "COMPENDIUM_DATA" not in os.environ:
            pytest.skip(f"the figure {name} has to be downloaded: COMPENDIUM_DATA is not set")
        path = Path(os.environ["COMPENDIUM_DATA"]) / "figures" / name
        panels, drawn, series = figure_series(read_page(path))
        (main,) = [number for number, panel in enumerate(panels) if panel.inside is None]
        found = zip(drawn, series, strict=True)
        return panels, main, {(mark.panel, one.label): one for mark, one in found}

    return read


def at_levels(t, r):
    """Temperatures where a rising curve passes 10, 50 and 90 %."""
    rising = rising_values(r[np.argsort(t, kind="stable")])
    return crossings(np.sort(t), rising, np.array([0.1, 0.5, 0.9]))


@pytest.mark.measured("be22re-15gpa")
def test_a_published_transition_is_the_measured_one(published):
    panels, main, found = published("be22re-transition.pdf")
    assert len(panels) == 3
    line, marks = found[main, "extracted"], found[main, "raw"]
    assert (line.x_name, line.x_unit, line.x.size) == ("Temperature", "K", 461)
    measured = analysis.load("be22re-15gpa")
    t, r = measured.temperature, measured.resistance
    r = r / r[np.argmin(np.abs(t - 10.0))]
    box = np.array(panels[main].box)
    length = np.diff(panels[main].x.value(box[[0, 2]])), np.diff(panels[main].y.value(box[[1, 3]]))
    true = np.column_stack([t / length[0], r / length[1]])

    # Its markers are the measured points: as exact as reading is said to be.
    read = np.column_stack([marks.x / length[0], marks.y / length[1]])
    away = np.array([np.hypot(*(true - point).T).min() for point in read])
    stated = np.hypot(marks.x_reading / length[0], marks.y_reading / length[1])
    assert np.quantile(away, 0.95) < 2 * stated
    assert np.median(away) < MEDIAN

    # Its line was read out of another figure by its authors, to 3.3e-4 of the axis.
    read = np.column_stack([line.x / length[0], line.y / length[1]])
    away = to_polyline(read, true)
    assert np.median(away) < 4e-4
    assert at_levels(line.x, line.y) == pytest.approx(at_levels(t, r), abs=6e-4)
    fits = [analysis.fit_transition(one) for one in (
        analysis.ResistanceCurve(line.x, line.y), measured)]  # fmt: skip
    read, known = [(fit.tc(0.5).n, fit.tc_onset.n) for fit in fits]
    assert read == pytest.approx(known, abs=0.05)


@pytest.mark.measured("be22re-15gpa")
def test_a_published_figure_of_three_lines_and_an_inset(published):
    panels, main, found = published("csh-segments.pdf")
    assert len(panels) == 2
    names = {"Published data": 1426, "digitized part": 427, "smooth part": 361}
    lines = {label: one for (panel, label), one in found.items() if panel == main and label}
    assert {label: one.x.size for label, one in lines.items()} == names
    axes = panels[main].x, panels[main].y, panels[1 - main].x
    ends = [[270, 295], [0, 2], [297.2, 298.0]]
    for axis_found, (low, high) in zip(axes, ends, strict=True):
        values = [value for _, value in axis_found.ticks]
        assert (min(values), max(values)) == (low, high)
    assert {line.x_name for line in lines.values()} == {"T"}
