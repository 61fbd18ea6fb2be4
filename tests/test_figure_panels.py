"""Panels of figures: words, numbers, scales, frames, titles; refused in words, never wrong."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import ticker
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.errors import DataError
from analysis.reading.figure.axes import fit_axis
from analysis.reading.figure.inside import read_page
from analysis.reading.figure.numbers import Number, decimal_mark, read_number, read_offset
from analysis.reading.figure.page import LINE, MOVE, Box, Letter, Page, Path
from analysis.reading.figure.panels import survey_panels
from analysis.reading.figure.titles import split_title
from analysis.reading.figure.words import words

X = np.linspace(1, 300, 40)
EXACT = 3e-6  # of the length of an axis


def page_of(figure, tmp_path, form="pdf"):
    FigureCanvasAgg(figure)
    path = tmp_path / f"figure.{form}"
    figure.savefig(path)
    return read_page(path)


def plot():
    figure = Figure()
    ax = figure.add_subplot()
    ax.plot(X, np.tanh(X / 100))
    ax.set_xlabel("T (K)")
    ax.set_ylabel("R (mΩ)")
    return figure, ax


def limits(panel, name):
    box = panel.box
    axis = getattr(panel, name)
    return axis.value(np.array([box.x0, box.x1] if name in {"x", "top"} else [box.y0, box.y1]))


def agree(panel, name, meant):
    """Whether an axis runs from and to what the figure was drawn with, within its length."""
    read, scale = limits(panel, name), getattr(panel, name).scale
    forward = {"linear": np.array, "log": np.log10, "reciprocal": lambda v: 1 / np.array(v)}[scale]
    return np.abs(forward(read) - forward(meant)).max() < EXACT * abs(np.ptp(forward(meant)))


# ------------------------------------------------------------------------------------ words


def letter(text, x, y, *, size=10.0, angle=0.0, width=5.0):
    box = Box(x, y, x + width, y + 0.7 * size)
    if angle == 90.0:
        box = Box(x - 0.7 * size, y, x, y + width)
    return Letter(text, box, (x, y), angle, size)


def page(letters, paths=()):
    return Page("figure.pdf", 1, 400.0, 300.0, tuple(paths), tuple(letters))


def bar(x0, y0, x1, y1, **style):
    style = {"stroke": None, "fill": (0.0, 0.0, 0.0), "width": 0.0} | style
    points = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    codes = np.array([MOVE, LINE, LINE, LINE])
    return Path(points, codes, closed=True, dash=(), clip=None, drawn=0, **style)


def texts(letters, paths=()):
    return [word.text for word in words(page(letters, paths))]


def test_letters_become_words_by_their_gaps():
    line = [letter(c, x, 50) for c, x in zip("Run2TK", (10, 15.5, 21, 30, 60, 65.5), strict=True)]
    assert texts(line) == ["Run 2", "TK"]
    upward = [
        letter(c, 20, y, angle=90.0) for c, y in zip("R(T)", (10, 15.5, 21, 26.5), strict=True)
    ]
    assert texts(upward) == ["R(T)"]
    assert words(page(upward))[0].angle == 90.0


def test_two_numbers_side_by_side_are_two_words():
    close = [letter(c, x, 50) for c, x in zip("1020", (10, 15.1, 25.1, 30.2), strict=True)]
    assert texts(close) == ["10", "20"]


def test_superscripts_are_marked_and_subscripts_are_not():
    power = [letter("1", 10, 50), letter("0", 15.2, 50), letter("\u2212", 20.5, 54, size=7.0),
             letter("3", 25.6, 54, size=7.0, width=3.5), letter("K", 32.5, 50)]  # fmt: skip
    assert texts(power) == ["10^-3 K"]
    assert texts([letter("T", 10, 50), letter("c", 15.2, 48, size=7.0, width=3.5)]) == ["Tc"]


@pytest.mark.parametrize(
    ("touching", "read"), [((), "-5"), ((bar(2.0, 20, 2.6, 90),), "5")], ids=["minus", "tick"]
)
def test_a_drawn_minus_is_read_and_a_tick_is_not(touching, read):
    drawn = bar(2.3, 53.0, 8.5, 53.8)
    assert texts([letter("5", 9.8, 50)], [drawn, *touching]) == [read]
    assert texts([letter("x", 9.8, 50)], [drawn]) == ["x"]


def test_drawn_minuses_are_found_among_digits_of_all_sizes():
    rng = np.random.default_rng(3)
    letters, bars, meant = [], [], []
    for x in range(20, 380, 40):
        for y in range(20, 280, 30):
            size, minus = rng.choice([6.0, 10.0, 18.0]), rng.random() < 0.5
            letters.append(letter(str(rng.integers(10)), x, y, size=size, width=0.5 * size))
            meant.append("-" * minus + letters[-1].text)
            if minus:
                low = y + 0.3 * size
                bars.append(bar(x - 0.75 * size, low, x - 0.13 * size, low + 0.08 * size))
    rng.shuffle(bars)
    assert texts(letters, bars) == meant


# ---------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-0.5", -0.5), ("1,000", 1000.0), ("12,345.5", 12345.5), ("10^-3", 1e-3),
        ("-10^2", -100.0), ("2\u00d710^4", 2e4), ("1.5 \u00b7 10^3", 1500.0), ("1e-05", 1e-5),
        (".5", 0.5), ("5.", 5.0), ("5 GPa", None), ("10^", None), ("1,00", None), ("1.2.3", None),
        ("", None), ("-", None), ("nan", None), ("1_0", None), ("1e999", None), ("10^400", None),
        ("10^-400", None), ("2\u00d710^999", None), ("9" * 400, None), ("0e5", 0.0),
        ("10^0.5", 10**0.5), ("12345678901234567890e3", 12345678901234567890e3),
    ],
)  # fmt: skip
def test_numbers_of_labels(text, value):
    read = read_number(text)
    assert (read.value if read else None) == value


def test_commas_are_decimal_or_part_thousands_or_are_asked_for():
    assert decimal_mark(["0", "0,25", "0,5"]) == ","
    assert decimal_mark(["0,125", "0,250"]) == ","
    assert decimal_mark(["500", "1,000"]) == "."
    assert decimal_mark(["1,000", "2,000"]) is None
    assert read_number("0,25", ",") == Number(0.25, 0.005)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("1e-5", (1e-5, 0.0)), ("\u00d710^-3", (1e-3, 0.0)), ("+2.5e2", (1.0, 250.0)),
        ("1e-5+2.5e2", (1e-5, 250.0)), ("\u00d710^-5-2.5\u00d710^2", (1e-5, -250.0)),
        ("2.5", None), ("Run 2", None), ("+", None), ("\u00d710^999", None), ("1e-999", None),
        ("1e-5+1e999", None),
    ],
)  # fmt: skip
def test_factors_and_shifts_at_the_end_of_an_axis(text, means):
    assert read_offset(text) == means


# ------------------------------------------------------------------------------------- axes


def numbers(*values, half=0.05, is_power=False):
    return [Number(float(value), half, is_power) for value in values]


@pytest.mark.parametrize(
    ("scale", "values"),
    [
        ("linear", [-2, -1, 0, 1]), ("linear", [300, 200, 100]), ("log", [1, 10, 100, 1000]),
        ("log", [2, 20, 50]), ("reciprocal", [300, 100, 50, 20]), ("reciprocal", [-10, -20, -50]),
    ],
)  # fmt: skip
def test_the_scale_that_fits_decides(scale, values):
    forward = {"linear": np.array, "log": np.log10, "reciprocal": lambda v: 1 / np.array(v)}[scale]
    scaled = forward(values)
    positions = 50 + 200 * (scaled - scaled[0]) / (scaled[-1] - scaled[0])
    axis = fit_axis(positions, numbers(*values))
    assert axis.scale == scale
    np.testing.assert_allclose(axis.value(positions), values, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(axis.position(np.array(values, float)), positions)
    assert axis.remarks == ()


def test_a_wrong_number_is_left_out_if_three_others_agree():
    axis = fit_axis([0, 50, 100, 150], numbers(0, 100, 200, 350))
    assert axis.value(np.array([150.0])) == pytest.approx(300)
    assert axis.remarks == (
        "the number '350' at a tick disagrees with the 3 others and was left out",
    )
    with pytest.raises(
        DataError, match="its numbers 0, 100, 250 stand at ticks that are even on no"
    ):
        fit_axis([0, 50, 100], numbers(0, 100, 250))
    with pytest.raises(DataError, match="even on no"):  # two of five are too many
        fit_axis([0, 50, 100, 150, 200], numbers(0, 100, 200, 350, 450))


@pytest.mark.parametrize("scale", [1, -1])
def test_an_axis_with_a_break_is_never_read_through(scale):
    at = np.arange(9) * 50.0
    single = fit_axis(scale * at, numbers(0, 50, 1, 150, 200, 250, 3, 350, 400))
    assert single.remarks[0].startswith("the numbers '")
    assert single.value(scale * at) == pytest.approx(at)
    for broken in (
        (0, 50, 100, 150, 200, 250, 300, 1000, 1050),
        (0, 50, 500, 550, 600, 650, 700, 750, 800),
        (0, 50, 100, 150, 1000, 1050, 300, 350, 400),
        (7, 50, 100, 150, 200, 250, 300, 350, 1000),
    ):
        with pytest.raises(DataError, match="even on no"):
            fit_axis(scale * at, numbers(*broken))


def test_lost_minus_signs_are_never_taken_for_an_axis():
    with pytest.raises(DataError, match="even on no linear, logarithmic or reciprocal scale"):
        fit_axis([0, 50, 100, 150, 200], numbers(2, 1, 0, 1, 2))


def test_two_numbers_need_ticks_or_are_said_to_be_uncertain():
    powers = numbers(1, 10, is_power=True)
    decade = 100 + 100 * np.log10(np.arange(2, 10))
    assert fit_axis([100, 200], numbers(1, 10), decade).scale == "log"
    assert fit_axis([100, 200], numbers(1, 10), [120, 140, 160, 180]).scale == "linear"
    assert fit_axis([100, 200], powers).remarks == (
        "only 2 ticks have numbers: it was taken as logarithmic",
    )
    assert fit_axis([100, 200], numbers(0, 10)).remarks == ()  # no other scale has a zero
    with pytest.raises(DataError, match="the ticks without numbers fit no scale"):
        fit_axis([100, 200], numbers(1, 10), [103, 117, 171])


def test_rounded_numbers_widen_the_error():
    exact = fit_axis([0, 60, 120, 180], numbers(0, 1 / 3, 2 / 3, 1, half=1e-9))
    rounded = fit_axis([0, 60, 120, 180], numbers(0, 0.33, 0.67, 1, half=0.005))
    assert rounded.error(np.array([0.0]))[0] > 100 * exact.error(np.array([0.0]))[0]
    assert abs(rounded.value(np.array([60.0]))[0] - 1 / 3) < 2 * rounded.error(np.array([60.0]))[0]
    assert rounded.remarks[0].startswith("its numbers are rounded")
    with pytest.raises(DataError, match="even on no"):  # a root looks like rounding, but is none
        fit_axis(100 * np.sqrt([1, 2, 3, 4, 5]), numbers(1, 2, 3, 4, 5, half=0.5))


def test_the_stated_error_holds():
    rng = np.random.default_rng(15)
    values, where = np.arange(0, 301, 50), np.array([-20.0, 130.0, 400.0])
    pulls = []
    for _ in range(300):
        axis = fit_axis(1.1 * values + rng.normal(0, 0.02, values.size), numbers(*values))
        pulls.append((axis.value(where) - where / 1.1) / axis.error(where))
    spread = np.std(pulls, axis=0)
    assert np.all((spread > 0.9) & (spread < 1.5))  # Student's t with five degrees of freedom: 1.3


def test_fewer_than_two_numbers_are_refused():
    with pytest.raises(DataError, match="it has 1 numbered ticks, and at least 2 are needed"):
        fit_axis([10.0], numbers(5))


# ----------------------------------------------------------------------------------- titles


@pytest.mark.parametrize(
    ("text", "title", "unit"),
    [
        ("Temperature (K)", "Temperature", "K"), ("T, K", "T", "K"), ("T / K", "T", "K"),
        ("T/K", "T", "K"), ("R [m\u03a9]", "R", "m\u03a9"), ("2\u03b8 (deg)", "2\u03b8", "deg"),
        ("\u03c1 (10^-3 \u03a9 cm)", "\u03c1", "10^-3 \u03a9 cm"), ("R(T)", "R(T)", ""),
        ("\u03c1(T)/\u03c1(10 K)", "\u03c1(T)/\u03c1(10 K)", ""), ("R/R290K", "R/R290K", ""),
        ("1000/T (1/K)", "1000/T", "1/K"), ("1000/T / 1/K", "1000/T", "1/K"), ("c/a", "c/a", ""),
        ("Intensity (arb. units)", "Intensity", "arb. units"), ("I, a.u.", "I", "a.u."),
        ("C/T (mJ/mol K^2)", "C/T", "mJ/mol K^2"), ("\u03c7 / emu/mol", "\u03c7", "emu/mol"),
        ("T(K)", "T", "K"), ("Sample A, run 2", "Sample A, run 2", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_titles_and_units_are_separated_as_written(text, title, unit):
    assert split_title(text) == (title, unit)


# ----------------------------------------------------------------------------------- panels


def no_spines(ax):
    ax.spines[["top", "right"]].set_visible(False)
    ax.patch.set_visible(False)


def detached(ax):
    no_spines(ax)
    ax.spines[["left", "bottom"]].set_position(("outward", 10))


def grid_only(ax):
    ax.tick_params(length=0)
    ax.grid(visible=True)


def slanted(ax):
    ax.tick_params(axis="x", rotation=30)
    for label in ax.get_xticklabels():
        label.set_horizontalalignment("right")


def mirrored(ax):
    ax.invert_xaxis()
    ax.xaxis.set_minor_locator(ticker.MultipleLocator(10))
    ax.tick_params(which="both", direction="in", top=True, right=True)


def other_sides(ax):
    ax.xaxis.set_ticks_position("top")
    ax.xaxis.set_label_position("top")
    ax.yaxis.tick_right()
    ax.yaxis.set_label_position("right")


def shifted(ax):
    ax.set_ylim(300.123, 300.125)
    ax.yaxis.set_major_formatter(ticker.ScalarFormatter(useMathText=True))
    ax.set_xlim(-2e-5, 3e-5)


def thousands(ax):
    ax.set_xlim(-100, 3300)
    ax.set_xticks([0, 1000, 2000, 3000], ["0", "1,000", "2,000", "3,000"])


def commas(ax):
    ax.set_yticks([-0.25, 0, 0.25, 0.5], ["\u22120,25", "0", "0,25", "0,5"])


@pytest.mark.parametrize(
    "change",
    [no_spines, detached, grid_only, slanted, mirrored, other_sides, shifted, thousands, commas,
     lambda ax: ax.set_xscale("log"), lambda ax: ax.set_ylim(-3, -1), lambda ax: ax.minorticks_on(),
     lambda ax: ax.tick_params(axis="y", rotation=90), lambda ax: ax.errorbar(X, X / 300, 0.1)],
)  # fmt: skip
def test_axes_are_read_however_they_are_drawn(change, tmp_path):
    figure, ax = plot()
    change(ax)
    (panel,) = survey_panels(page_of(figure, tmp_path)).panels
    assert agree(panel, "x", ax.get_xlim())
    assert agree(panel, "y", ax.get_ylim())
    assert (panel.x.title, panel.x.unit, panel.y.title, panel.y.unit) == ("T", "K", "R", "mΩ")
    assert panel.remarks == ()
    assert panel.right is panel.top is None


@pytest.mark.parametrize("form", ["pdf", "svg"])
def test_insets_second_axes_and_texts(form, tmp_path):
    with mpl.rc_context({"svg.fonttype": "path"}):
        figure, ax = plot()
        ax.text(20, 0.9, "18.5 GPa")
        other = ax.twinx()
        other.set_ylim(-40, 7000)
        other.set_ylabel("C (J/mol)")
        inset = ax.inset_axes([0.5, 0.2, 0.4, 0.4])
        inset.plot(X, X)
        inset.set_xlabel("B (T)")
        ax.indicate_inset((100, 0.7, 50, 0.2), inset)
        ax.legend(["Run 1"])
        read = page_of(figure, tmp_path, form)
    whole, inner = survey_panels(read).panels
    assert (whole.inside, inner.inside) == (None, 0)
    assert agree(whole, "y", ax.get_ylim())
    assert agree(whole, "right", other.get_ylim())
    assert (whole.right.title, whole.right.unit) == ("C", "J/mol")
    assert agree(inner, "x", inset.get_xlim())
    assert agree(inner, "y", inset.get_ylim())
    assert (inner.x.title, inner.y.title) == ("B", "")
    assert set(whole.texts) == {"18.5 GPa", "Run 1"}
    assert inner.texts == ()
    ticks = {i for i, path in enumerate(read.paths) if len(path.points) == 2 and path.width == 0.8}
    assert len(ticks - whole.lines - inner.lines) <= 6  # what indicates the inset
    assert whole.used.isdisjoint(inner.used)


def test_panels_in_line_share_numbers_titles_and_have_letters(tmp_path):
    figure = Figure()
    grid = figure.subplots(2, 2, sharex=True, sharey=True, gridspec_kw={"hspace": 0, "wspace": 0})
    for ax, name in zip(grid.flat, "abcd", strict=True):
        ax.plot(X, np.sin(X / 50))
        ax.text(0.05, 0.85, f"({name})", transform=ax.transAxes)
    grid[1, 0].set_xlabel("T (K)")
    grid[1, 0].set_ylabel("R (Ω)")
    panels = survey_panels(page_of(figure, tmp_path)).panels
    assert [panel.name for panel in panels] == list("abcd")
    for panel in panels:
        assert agree(panel, "x", grid[0, 0].get_xlim())
        assert agree(panel, "y", grid[0, 0].get_ylim())
        assert (panel.x.title, panel.x.unit, panel.y.unit) == ("T", "K", "Ω")
    assert panels[2].remarks == ()
    assert "axis at the bottom: its numbers were taken from the panel below or above" in (
        panels[1].remarks
    )


def test_scales_of_colours_are_no_panels(tmp_path):
    figure = Figure()
    ax = figure.add_subplot()
    figure.colorbar(ax.scatter(X, X, c=X), label="P (GPa)")
    survey = survey_panels(page_of(figure, tmp_path))
    assert len(survey.panels) == 1
    assert survey.refused == ()


def test_middles_of_numbers_stand_for_ticks_with_a_larger_error(tmp_path):
    figure, ax = plot()
    ax.tick_params(length=0)
    (panel,) = survey_panels(page_of(figure, tmp_path)).panels
    off = np.abs(limits(panel, "x") - ax.get_xlim())
    assert np.all(off < 2 * panel.x.error(np.array([panel.box.x0, panel.box.x1])))
    assert panel.remarks == tuple(
        f"axis {at}: it has no ticks: the middles of its numbers stand for them"
        for at in ("at the bottom", "on the left")
    )


def test_arbitrary_units_need_no_numbers(tmp_path):
    figure, ax = plot()
    ax.set_yticks([])
    ax.set_ylabel("Intensity (arb. units)")
    (panel,) = survey_panels(page_of(figure, tmp_path)).panels
    np.testing.assert_allclose(limits(panel, "y"), [0, 1], atol=1e-9)
    assert (panel.y.title, panel.y.unit) == ("Intensity", "arb. units")
    assert "it has no numbers: heights are given as parts" in panel.remarks[0]


def symmetric(ax):
    ax.set_yscale("symlog", linthresh=0.1)
    ax.set_ylim(-9, 9)


def unread_right(ax):
    other = ax.twinx()
    other.set_ylim(0, 7)
    other.tick_params(labelright=False)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda ax: ax.set_yticks([]), "its y axis has fewer than 2 numbers at ticks"),
        (lambda ax: ax.set_xticks([100]), "its x axis has fewer than 2 numbers at ticks"),
        (lambda ax: ax.set_xticks([0, 100, 200], ["0", "100", "250"]), "0, 100, 250 stand at"),
        (lambda ax: ax.set_xticks([9, 99, 189], ["1,000", "2,000", "3,000"]), "comma or separate"),
        (symmetric, "even on no linear"),
        (lambda ax: ax.set_yticks([-1, 0, 1, 2], ["1", "0", "1", "2"]) and None, None),
        (unread_right, "the ticks on the right are others than those on the left"),
        (lambda ax: ax.set_axis_off(), "there is no frame or pair of axes with numbers"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(change, reason, tmp_path):
    figure, ax = plot()
    change(ax)
    read = page_of(figure, tmp_path)
    if reason is None:  # one sign in four was lost: said, and right
        (panel,) = survey_panels(read).panels
        assert agree(panel, "y", ax.get_ylim())
        assert "the number '1' at a tick disagrees" in panel.remarks[0]
        return
    with pytest.raises(
        DataError, match=r"figure.pdf, page 1: no panel's axes can be read"
    ) as error:
        survey_panels(read)
    assert reason in str(error.value)


def test_an_inset_that_cannot_be_read_is_a_hole(tmp_path):
    figure, ax = plot()
    inset = ax.inset_axes([0.5, 0.2, 0.4, 0.4])
    inset.plot(X, X)
    inset.set_xticks([])
    survey = survey_panels(page_of(figure, tmp_path))
    (panel,), (refused,) = survey.panels, survey.refused
    assert panel.holes == (refused.box,)
    assert refused.reason.endswith("its x axis has fewer than 2 numbers at ticks, and 2 are needed")


def test_letters_that_nobody_can_name_are_said():
    empty = replace(page([]), notes=("its letters are drawn as shapes",))
    with pytest.raises(DataError, match="numbers at its ticks; its letters are drawn as shapes"):
        survey_panels(empty)


def test_a_title_above_a_panel_is_among_its_texts(tmp_path):
    figure = Figure(figsize=(8, 3.5))
    for number, ax in enumerate(figure.subplots(1, 2), 1):
        ax.plot(X, X)
        ax.set(title=f"Run {number}", xlabel="T (K)", ylabel="R (ohm)")
    panels = survey_panels(page_of(figure, tmp_path)).panels
    assert [panel.texts for panel in panels] == [("Run 1",), ("Run 2",)]
