"""Curves out of drawings that are made here path by path, as different programs make them."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline

from analysis.errors import DataError
from analysis.reading.figure.axes import Axis, Panel
from analysis.reading.figure.colours import colour_name
from analysis.reading.figure.curves import sort_out
from analysis.reading.figure.inside import read_page
from analysis.reading.figure.page import CURVE, LINE, MOVE, Box, Letter, Page, Path
from analysis.reading.figure.panels import Survey
from analysis.reading.figure.series import figure_series, reading

BLACK, RED, BLUE, GREY = (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.5, 0.5, 0.5)
BOX = Box(50.0, 40.0, 350.0, 240.0)
# Four arcs of a quarter make a circle, each with controls at this part of the radius.
ARC = 0.5522847498


class Drawing:
    """Paths and words in the order of drawing."""

    def __init__(self, *, step=1e-5):
        self.paths, self.letters, self.step = [], [], step

    def path(self, points, *, stroke=BLACK, fill=None, codes=None, closed=False, **more):
        """Draw one object; `same=True` for a further piece of the last one."""
        points = np.array(points, float)
        if codes is None:
            codes = np.array([MOVE] + [LINE] * (len(points) - 1))
        drawn = len(self.paths) and self.paths[-1].drawn + (not more.pop("same", False))
        settings = {"width": 1.0, "dash": (), "clip": None, **more}
        self.paths.append(Path(points, codes, closed, stroke, fill, drawn=drawn, **settings))

    def line(self, x, y, **more):
        self.path(np.column_stack([x, y]), **more)

    def word(self, text, x, y, size=8.0):
        for letter in text:
            if letter != " ":
                box = Box(x, y, x + 0.5 * size, y + 0.7 * size)
                self.letters.append(Letter(letter, box, (x, y), 0.0, size))
            x += 0.55 * size

    def marker(self, shape, x, y, size=3.0, **style):
        if shape == "circle":
            turn = np.exp(0.5j * np.pi * np.arange(4))
            points = [turn[0]]
            for start, end in zip(turn, np.roll(turn, -1), strict=True):
                points += [start + ARC * 1j * start, end - ARC * 1j * end, end]
            outline = np.column_stack([np.real(points), np.imag(points)])
            codes = np.array([MOVE] + [CURVE] * 12)
        else:
            outline, codes = np.array(OUTLINES[shape]), None
        self.path(outline * size + [x, y], codes=codes, closed=True, **style)

    def page(self):
        return Page(
            "figure.pdf", 1, 400, 300, tuple(self.paths), tuple(self.letters), (), self.step
        )


OUTLINES = {
    "square": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
    "diamond": [(0, -1), (1, 0), (0, 1), (-1, 0)],
    # As high as wide, about its middle: matplotlib. Of equal sides, about the centroid: R.
    "triangle of matplotlib": [(0, 1), (-1, -1), (1, -1)],
    "triangle of R": [(0, 1.0), (0.8660254, -0.5), (-0.8660254, -0.5)],
    "star": [
        (r * np.sin(a), r * np.cos(a))
        for r, a in zip([1, 0.381966] * 5, np.pi / 5 * np.arange(10), strict=True)
    ],
}


def axis(low, high, start, end, *, misfit=0.0, ticks=5):
    slope = (high - low) / (end - start)
    at = np.linspace(start, end, ticks)
    pairs = tuple((float(p), float(low + slope * (p - start))) for p in at)
    return Axis("", "", "linear", slope, low - slope * start, pairs, misfit, misfit)


def panel(box=BOX, **more):
    settings = {"name": "1", "inside": None, "texts": (), "remarks": (), "used": frozenset(),
                "right": None, "top": None, **more}  # fmt: skip
    return Panel(box, axis(0, 300, box.x0, box.x1), axis(0, 1, box.y0, box.y1), **settings)


def curves(drawing, *panels):
    return sort_out(drawing.page(), panels or (panel(),))[0]


def left_out(drawing, *panels):
    return sort_out(drawing.page(), panels or (panel(),))[1][0]


def sweep(size=60, seed=1):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(60, 340, size))
    return x, 60 + 100 / (1 + np.exp(-(x - 150) / 20)) + rng.normal(0, 2.0, size)


def only(found):
    assert len(found) == 1, [(one.kind, one.colour_name, len(one.points)) for one in found]
    return found[0]


def test_a_line_of_many_pieces_that_meet_is_one_curve():
    drawing, (x, y) = Drawing(step=0.01), np.round(sweep(), 2)
    for i in range(len(x) - 1):
        drawing.line(x[i : i + 2], y[i : i + 2])
    curve = only(curves(drawing))
    assert np.array_equal(curve.points, np.column_stack([x, y]))
    assert "drawn in 59 pieces, which were joined" in curve.remarks


def test_dashes_drawn_one_by_one_are_one_curve():
    drawing = Drawing()
    t = np.linspace(0, 1, 400)
    x, y = 60 + 280 * t, 60 + 150 * t**2
    for start in range(0, 396, 8):
        drawing.line(x[start : start + 5], y[start : start + 5], stroke=RED)
    curve = only(curves(drawing))
    assert curve.colour_name == "red"
    assert len(curve.points) == 50 * 5
    assert "drawn as 50 little lines, which were joined" in curve.remarks


def test_gaps_of_one_object_part_no_curve():
    drawing, (x, y) = Drawing(), sweep()
    drawing.line(x[:30], y[:30])
    drawing.line(x[35:], y[35:], same=True)
    curve = only(curves(drawing))
    assert len(curve.points) == 55
    assert "has 1 gap" in curve.remarks


def test_bezier_curves_are_followed():
    drawing = Drawing()
    points = [(60, 60), (120, 60), (180, 220), (340, 220)]
    drawing.path(points, codes=np.array([MOVE, CURVE, CURVE, CURVE]))
    curve = only(curves(drawing))
    t = np.linspace(0, 1, 2001)[:, None]
    p = np.array(points, float)
    true = (
        (1 - t) ** 3 * p[0] + 3 * (1 - t) ** 2 * t * p[1] + 3 * (1 - t) * t**2 * p[2] + t**3 * p[3]
    )
    read = np.interp(true[:, 0], *curve.points.T)
    assert np.abs(read - true[:, 1]).max() < 0.02
    assert any("Bezier" in remark for remark in curve.remarks)


@pytest.mark.parametrize("shape", ["circle", *OUTLINES])
@pytest.mark.parametrize("style", [{"fill": RED, "stroke": None}, {"stroke": RED}])
def test_markers_stand_where_the_program_was_told(shape, style):
    drawing, (x, y) = Drawing(), sweep(20)
    for place in zip(x, y, strict=True):
        drawing.marker(shape, *place, **style)
    curve = only(curves(drawing))
    assert (curve.kind, curve.colour_name, curve.hollow) == (
        "markers",
        "red",
        "stroke" in style and style["stroke"] is not None,
    )
    assert curve.shape.split()[0] == shape.split()[0]
    assert np.abs(curve.points - np.column_stack([x, y])).max() < 1e-3
    assert curve.spread == (1e-5 / np.sqrt(12),) * 2


def test_a_triangle_of_no_known_program_says_so_and_widens():
    drawing, (x, y) = Drawing(), sweep(20)
    for place in zip(x, y, strict=True):
        drawing.path(np.array([(-1, 0), (1, 0), (0, 2.3)]) * 3 + place, closed=True, fill=RED)
    curve = only(curves(drawing))
    assert any("triangles" in remark for remark in curve.remarks)
    assert curve.spread[1] == pytest.approx(2.3 * 3 / 12, rel=1e-3)
    assert curve.spread[0] < 1e-4


def test_edge_and_inside_drawn_apart_are_one_marker():
    drawing, (x, y) = Drawing(), sweep(20)
    for place in zip(x, y, strict=True):
        drawing.marker("circle", *place, fill=RED, stroke=None)
        drawing.marker("circle", *place, stroke=BLACK)
    curve = only(curves(drawing))
    assert len(curve.points) == 20
    assert curve.colour_name == "red"


def test_crosses_of_two_strokes_that_overlap_stay_apart():
    drawing = Drawing()
    x = np.linspace(60, 340, 300)  # nearer than their own size
    for one in x:
        drawing.line([one - 3, one + 3], [100, 100])
        drawing.line([one, one], [97, 103])
    curve = only(curves(drawing))
    assert curve.shape == "plus"
    assert np.abs(curve.points - np.column_stack([x, np.full(300, 100)])).max() < 1e-9


def test_a_line_through_its_markers_is_one_curve_and_through_others_is_two():
    for colour, count in ((RED, 1), (BLUE, 2)):
        drawing, (x, y) = Drawing(), sweep(20)
        drawing.line(x, y, stroke=RED)
        for place in zip(x, y, strict=True):
            drawing.marker("circle", *place, fill=colour, stroke=None)
        found = curves(drawing)
        assert len(found) == count
        assert found[0].kind == ("markers" if count == 1 else "line")
    drawing, (x, y) = Drawing(), sweep(20)
    drawing.line(x, y + 3, stroke=RED)  # a fit beside them
    for place in zip(x, y, strict=True):
        drawing.marker("circle", *place, fill=RED, stroke=None)
    assert len(curves(drawing)) == 2


def test_error_bars_and_their_caps():
    drawing, (x, y) = Drawing(), sweep(15)
    rng = np.random.default_rng(3)
    low, high, wide = rng.uniform(2, 9, (3, 15))
    for place in zip(x, y, strict=True):
        drawing.marker("square", *place, fill=BLUE, stroke=None, size=1.5)
    for i in range(15):
        drawing.line([x[i]] * 2, [y[i] - low[i], y[i] + high[i]], stroke=BLUE)
        for end in (y[i] - low[i], y[i] + high[i]):
            drawing.line([x[i] - 2, x[i] + 2], [end, end], stroke=BLUE)
        drawing.line([x[i] - wide[i], x[i] + wide[i]], [y[i]] * 2, stroke=BLUE)
    curve = only(curves(drawing))
    assert np.abs(curve.y_bars - np.column_stack([y - low, y + high])).max() < 1e-6
    assert np.abs(curve.x_bars - np.column_stack([x - wide, x + wide])).max() < 1e-6
    assert left_out(drawing) == ()


def test_what_is_no_curve_is_left_out_and_named():
    drawing, (x, y) = Drawing(), sweep()
    for height in (80, 120, 160):
        drawing.line([50, 350], [height, height], stroke=GREY)  # a grid
    drawing.line([150, 150], [45, 180], stroke=GREY, dash=(2.0, 2.0))  # a guide
    drawing.path([(60, 60), (340, 60), (340, 100), (60, 100)], fill=GREY, stroke=None, closed=True)
    drawing.line([200, 230], [200, 220])  # an arrow
    drawing.line([227, 230, 226], [220, 220, 216])
    for shift in range(8):  # hatching
        drawing.line([260 + 5 * shift, 270 + 5 * shift], [50, 60], stroke=GREY)
    outline = np.column_stack([np.r_[x, x[::-1]], np.r_[y + 0.5, y[::-1] - 0.5]])
    drawing.path(outline, fill=BLUE, stroke=None, closed=True)
    drawing.path([(300, 180), (340, 180), (340, 230), (300, 230)], stroke=GREY, closed=True)
    drawing.line(x, y)
    curve = only(curves(drawing))
    assert np.array_equal(curve.points, np.column_stack([x, y]))
    assert left_out(drawing) == (
        "left out: a filled area",
        "left out: a line along an axis",
        "left out: a line side by side with others like it (8)",
        "left out: a thin filled outline, which may be a line",
        "left out: an arrow or bracket (2)",
        "left out: an outline",
    )


def test_pictures_and_markers_of_many_colours_are_said():
    drawing, (x, y) = Drawing(), sweep(20)
    drawing.line(x, y)
    for place, shade in zip(zip(x, y, strict=True), np.linspace(0.1, 0.9, 20), strict=True):
        drawing.marker("circle", *place, fill=(shade, 0.2, 0.5), stroke=None)
    page = replace(drawing.page(), pictures=(Box(100, 100, 200, 150), Box(0, 0, 20, 20)))
    found, rest = sort_out(page, (panel(),))
    assert len(found) == 1
    assert rest[0] == (
        "left out: a picture, of whose pixels no curve is read",
        "left out: a small shape unlike all others (20)",
    )


def test_what_leaves_the_panel_is_cut():
    drawing = Drawing()
    x = np.linspace(20, 380, 37)
    drawing.line(x, 0.5 * x, clip=BOX)
    for place in zip(x, 0.6 * x, strict=True):
        drawing.marker("circle", *place, fill=RED, stroke=None, clip=BOX)
    line, marks = curves(drawing)
    for curve in (line, marks):
        assert curve.points[:, 0].min() >= 50
        assert curve.points[:, 0].max() <= 350
    assert "goes on beyond the panel: read to where it crosses the edge" in line.remarks
    assert any("outside of the panel" in remark for remark in marks.remarks)


@pytest.mark.parametrize("size", [200, 296])
@pytest.mark.parametrize("width", [1.2, 3.0])
@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_a_line_that_lost_points_says_so_and_one_that_did_not_is_silent(size, width, noise):
    rng = np.random.default_rng(4)
    x = np.linspace(60, 340, size)
    if noise:  # nor are the steps equal
        x += rng.uniform(-0.3, 0.3, size)
    y = 90 + 40 * np.tanh((x - 130) / width) + (x - 60) ** 1.5 / 100
    y += noise * rng.normal(size=size)
    whole = np.column_stack([x, y])
    path = Outline(whole)
    path.should_simplify, path.simplify_threshold = True, 1 / 9
    kept = path.cleaned(simplify=True)
    vertices = kept.vertices[kept.codes != Outline.STOP]
    assert len(vertices) < 0.6 * size
    for points in (vertices, whole):
        drawn = Drawing()
        drawn.line(*points.T)
        (line,) = curves(drawn, panel())
        assert any("dropped" in remark for remark in line.remarks) == (points is vertices)


def test_an_inset_has_its_own_curves_and_hides_none_of_the_panel():
    small = Box(200.0, 60.0, 320.0, 140.0)
    panels = panel(), panel(small, name="2", inside=0)
    drawing = Drawing()
    x = np.linspace(60, 340, 141)
    drawing.line(x, np.full(141, 100.0) + 5 * np.sin(x / 9))
    for one in x[::10]:
        drawing.marker("circle", one, 90, fill=BLUE, stroke=None)
    corners = [
        (small.x0, small.y0),
        (small.x1, small.y0),
        (small.x1, small.y1),
        (small.x0, small.y1),
    ]
    drawing.path(corners, fill=(1.0, 1.0, 1.0), stroke=None, closed=True)
    inner = np.linspace(150, 400, 100)
    drawing.line(inner, 80 + inner / 10, stroke=RED, clip=small)
    for one in x[70:120:10]:
        drawing.marker("circle", one, 95, fill=RED, stroke=None)
    found = curves(drawing, *panels)
    assert [(one.panel, one.kind, one.colour_name) for one in found] == [
        (0, "line", "black"), (0, "markers", "blue"), (1, "line", "red"), (1, "markers", "red"),
    ]  # fmt: skip
    assert len(found[0].points) == 141
    assert len(found[1].points) == 15


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("frame", [True, False])
def test_a_legend_names_curves_and_adds_no_points(side, frame):
    drawing, (x, y) = Drawing(), sweep()
    drawing.line(x, y, stroke=RED)
    drawing.line(x, y + 20, stroke=RED, dash=(3.0, 1.0))
    for place in zip(x[::5], y[::5] - 15, strict=True):
        drawing.marker("square", *place, fill=BLUE, stroke=None)
    if frame:  # over the data
        drawing.path([(210, 110), (300, 110), (300, 165), (210, 165)], fill=(1.0,) * 3, closed=True)
    at = 215 if side == "right" else 275
    drawing.line([at, at + 20], [155, 155], stroke=RED)
    drawing.line([at, at + 20], [140, 140], stroke=RED, dash=(3.0, 1.0))
    drawing.marker("square", at + 10, 125, fill=BLUE, stroke=None)
    for row, text in enumerate(["14 GPa", "Run 2", "22 GPa"]):
        drawing.word(text, at + 26 if side == "right" else at - 6 - 4.4 * len(text), 152 - 15 * row)
    found = curves(drawing)
    assert [one.label for one in found] == ["14 GPa", "Run 2", "22 GPa"]
    assert [len(one.points) for one in found] == [60, 60, 12]
    assert left_out(drawing) == ()


def test_words_beside_the_last_point_are_no_legend():
    drawing, (x, y) = Drawing(), sweep(20)
    for place in zip(x, y, strict=True):
        drawing.marker("circle", *place, fill=RED, stroke=None)
    drawing.word("18.5 GPa", x[-1] + 6, y[-1] - 3)
    curve = only(curves(drawing))
    assert len(curve.points) == 20
    assert curve.label == ""


def test_two_curves_of_one_style_share_a_name_and_say_so():
    drawing, (x, y) = Drawing(), sweep()
    drawing.line(x, y)
    drawing.line(x, y + 30)
    drawing.line([80, 100], [220, 220])
    drawing.word("Run 1", 106, 217)
    first, second = curves(drawing)
    assert (first.label, second.label) == ("Run 1", "Run 1")
    assert "the legend's 'Run 1' may be curve 2, too" in first.remarks


def test_colours_of_ticks_tell_which_y_axis():
    for colours, sides in (((RED, BLUE), ["left", "right"]), ((BLACK, BLACK), ["left", "left"])):
        drawing, (x, y) = Drawing(), sweep()
        right = axis(5, 9, BOX.y0, BOX.y1)
        for at, edge, colour in ((50, 54, colours[0]), (350, 346, colours[1])):
            for where, _ in right.ticks:
                drawing.line([at, edge], [where, where], stroke=colour)
        drawing.line(x, y, stroke=RED)
        drawing.line(x, y + 20, stroke=BLUE)
        found = curves(drawing, panel(right=right))
        assert [one.axis for one in found] == sides
        unsure = [any("y axis" in remark for remark in one.remarks) for one in found]
        assert unsure == [colours[0] == colours[1]] * 2


@pytest.mark.parametrize("decimals", [1, 2, 3])
def test_the_stated_uncertainty_holds_and_is_not_too_large(decimals):
    """Rounding by the file, of points and of ticks: 95 % of points within twice what is stated."""
    away = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x, y = sweep(100, seed)
        drawing = Drawing(step=10.0**-decimals)
        drawing.line(np.round(x, decimals), np.round(y, decimals))
        curve = only(curves(drawing))
        true = axis(0, 300, *(np.array([BOX.x0, BOX.x1]) + rng.uniform(0, 1, 2)))
        at = np.array([where for where, _ in true.ticks])
        slope, offset = np.polyfit(np.round(at, decimals), [value for _, value in true.ticks], 1)
        misfit = np.std(np.round(at, decimals) - at)
        ticks = tuple((round(p, decimals), v) for p, v in true.ticks)
        read = Axis("", "", "linear", slope, offset, ticks, misfit, misfit)
        stated = reading(read, curve.points[:, 0], curve.spread[0])
        away.append(np.abs(read.value(curve.points[:, 0]) - true.value(x)) / stated)
    assert np.mean(np.concatenate(away) < 2) > 0.95
    assert np.sqrt(np.mean(np.square(away))) > 0.1


def test_colours_in_words():
    assert [colour_name(one) for one in ((0.84, 0.15, 0.16), (0.55, 0.34, 0.29), (0.5,) * 3)] == [
        "red", "brown", "grey",
    ]  # fmt: skip


def test_a_page_without_curves_is_refused(monkeypatch):
    from analysis.reading.figure import series

    monkeypatch.setattr(series, "survey_panels", lambda _: Survey((panel(),), ()))
    drawing = Drawing()
    drawing.line([50, 350], [100, 100])
    with pytest.raises(DataError, match=r"no curve found in 1 panel of page 1: .*WebPlotDigitizer"):
        series.figure_series(drawing.page())


@pytest.mark.parametrize("ticks", [[], [0, 100]])
def test_curves_of_an_inset_that_cannot_be_read_get_no_numbers(ticks, tmp_path):
    figure = Figure()
    ax = figure.add_subplot(xlabel="T (K)", ylabel="R (ohm)")
    x = np.linspace(0, 100, 40)
    ax.plot(x, x**1.1)
    inset = ax.inset_axes([0.5, 0.1, 0.4, 0.4])
    inset.plot(x, np.sin(x), "g.")
    inset.plot(x, np.cos(x), "r-")
    inset.set(xticks=ticks, yticks=[])
    figure.savefig(tmp_path / "figure.pdf")
    page = read_page(tmp_path / "figure.pdf")
    panels, drawn, found = figure_series(page)
    assert [one.colour_name for one in drawn] == ["blue"]
    assert found[0].y.max() == pytest.approx(100**1.1, rel=1e-4)
    left_out = "left out: a curve of an inset without axes that can be read (2)"
    assert (left_out in panels[0].remarks) == (not ticks)
