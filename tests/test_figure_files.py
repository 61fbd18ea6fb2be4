"""The files of figures: the table is what is drawn, and the same figure gives the same files."""

import base64
import csv
import re

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot as plt
from small_book import built_copy

import analysis
from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.show import plots
from compendium import figures
from compendium.chapters import figure_files

ROOT = OWN_PACKAGE.parent.parent


def rows_of(fig):
    """The rows of a figure's table as (panel, series, x, y, lower, upper), empty cells as None."""
    text = figure_files.table(fig)
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = list(csv.reader(lines))
    assert found[0] == list(figure_files.COLUMNS)
    return [
        (int(panel), name, *(float(value) if value else None for value in values))
        for panel, name, *values in found[1:]
    ]


def comments_of(fig):
    return [line for line in figure_files.table(fig).splitlines() if line.startswith("#")]


def test_lines_have_their_points_with_nine_digits(ax):
    ax.plot([1, 2, 3], [0.123456789123, np.nan, -4e-12], label="$T_\\mathrm{c}$")
    assert rows_of(ax.figure) == [
        (1, "T_c", 1, 0.123456789, None, None),
        (1, "T_c", 3, -4e-12, None, None),
    ]


def test_bands_have_both_edges_in_order(ax):
    ax.fill_between([1, 2, 3], [9, 1, 2], [3, 4, 5], label="band")
    assert rows_of(ax.figure) == [
        (1, "band", 1, None, 3, 9),
        (1, "band", 2, None, 1, 4),
        (1, "band", 3, None, 2, 5),
    ]


def test_a_band_with_a_gap_has_the_points_on_both_sides(ax):
    x = np.arange(5.0)
    ax.fill_between(x, x, x + 1, where=[True, True, False, True, True])
    assert [row[2] for row in rows_of(ax.figure)] == [0, 1, 3, 4]


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        ([0.1, 0.2], [(2.9, 3.1), (3.8, 4.2)]),
        ([[0.1, 0.2], [0.3, 0.4]], [(2.9, 3.3), (3.8, 4.4)]),
        ([0.1, np.nan], [(2.9, 3.1), (None, None)]),
        (None, [(None, None), (None, None)]),
    ],
)
def test_error_bars_have_their_ends_and_are_no_lines(ax, error, ends):
    ax.errorbar([1, 2], [3, 4], error, fmt="o", capsize=2, label="found")
    assert rows_of(ax.figure) == [
        (1, "found", 1, 3, *ends[0]),
        (1, "found", 2, 4, *ends[1]),
    ]


def test_bars_along_both_axes_give_those_along_y(ax):
    ax.errorbar([1], [3], yerr=[0.5], xerr=[0.1], fmt="o", label="both")
    assert rows_of(ax.figure) == [(1, "both", 1, 3, 2.5, 3.5)]


def test_scatter_bars_outlines_and_contours(ax):
    ax.scatter([1], [2], label="points")
    ax.bar([5], [6], label="bars")
    ax.fill([0, 1, 1], [0, 0, 1], label="outline")
    ax.contour([0, 1], [0, 1], [[0, 1], [1, 2]], levels=[0.5])
    assert {row[1:4] for row in rows_of(ax.figure)} == {
        ("points", 1, 2),
        ("bars", 5, 6),
        ("outline", 0, 0),
        ("outline", 1, 0),
        ("outline", 1, 1),
        ("level 0.5", 0, 0.5),
        ("level 0.5", 0.5, 0),
    }


def test_levels_are_data_and_zero_lines_and_shading_are_not(ax):
    ax.axhline(0)
    ax.axvline(0)
    ax.axvspan(1, 2)
    ax.axhspan(1, 2)
    ax.text(1, 1, "words")
    ax.plot([1, 2], [3, 4], label=figure_files.DECORATION)
    ax.axhline(6.3, label="quoted")
    ax.axvline(0.13)
    ax.hlines(3, 0, 1, label="mean")
    assert rows_of(ax.figure) == [
        (1, "quoted", None, 6.3, None, None),
        (1, "", 0.13, None, None, None),
        (1, "mean", 0, 3, None, None),
        (1, "mean", 1, 3, None, None),
    ]


def test_a_name_that_begins_with_an_underscore_is_in_the_table_only(ax):
    ax.plot([1], [2], label="_residual")
    assert rows_of(ax.figure)[0][1] == "residual"
    assert ax.get_legend_handles_labels() == ([], [])


def test_panels_are_counted_and_say_what_they_show():
    fig, (left, empty, right) = plt.subplots(1, 3, sharey=True)
    left.plot([1], [2])
    left.set(xlabel="$P$ (GPa)", ylabel=r"$10^3 \epsilon$")
    left.set_title("22.4 GPa", loc="left")
    right.plot([3], [4])
    right.set(xlabel="residual\n(% of max.)")
    plots.mark_origin(right, "synthetic")
    assert comments_of(fig) == [
        "# panel 1: 22.4 GPa; x: P (GPa); y: 10^3 ε",
        "# panel 2: x: residual (% of max.); y: 10^3 ε; origin: synthetic",
    ]
    assert [row[:4] for row in rows_of(fig)] == [(1, "", 1, 2), (2, "", 3, 4)]
    assert not empty.lines
    plt.close(fig)


def test_a_figure_without_data_has_a_header_and_no_rows(ax):
    ax.set_axis_off()
    assert figure_files.table(ax.figure) == "panel,series,x,y,lower,upper\n"


def test_the_table_of_a_fit_gives_back_curve_and_band(ax):
    fit = analysis.fit_resistance(analysis.load("twin-run1-7.0gpa"))
    plots.resistance_fit(ax, fit)
    rows = rows_of(ax.figure)
    curve = np.array([row[2:4] for row in rows if row[1] == "fit of eq. 1"])
    band = np.array([(row[2], *row[4:]) for row in rows if "band" in row[1]])
    data = np.array([row[2:4] for row in rows if row[1] == "data"])
    assert curve[:, 1] == pytest.approx(fit.predict(curve[:, 0]), rel=1e-7)
    lower, upper = fit.band(band[:, 0])
    assert band[:, 1] == pytest.approx(lower, rel=1e-7)
    assert band[:, 2] == pytest.approx(upper, rel=1e-7)
    assert set(data[:, 0]) <= {float(f"{t:.9g}") for t in fit.curve.temperature}
    assert "origin: synthetic" in comments_of(ax.figure)[0]


def drawn():
    fig, axes = plt.subplots(1, 2, layout="constrained")
    axes[0].plot([1, 2], [3, 4], ".", rasterized=True)
    axes[1].set(xlabel=r"$\Theta_\mathrm{D}$ (K)")
    plt.close(fig)
    return fig


def test_the_same_figure_gives_the_same_drawing_without_a_date():
    assert figure_files.svg(drawn()) == figure_files.svg(drawn())
    assert re.search("<dc:date>|20[0-9]{2}-", figure_files.svg(drawn())) is None


def test_the_kernel_adds_the_files_to_the_picture(ax, monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    shell.display_formatter.formatters["image/png"].for_type(type(ax.figure), lambda _: b"png")
    before, _ = shell.display_formatter.format(ax.figure)
    assert figure_files.MIME not in before
    monkeypatch.delenv("COMPENDIUM_TRACE", raising=False)
    figure_files.offer()
    at_a_desk, _ = shell.display_formatter.format(ax.figure)
    assert figure_files.MIME not in at_a_desk
    monkeypatch.setenv("COMPENDIUM_TRACE", "somewhere")
    figure_files.offer()
    data, _ = shell.display_formatter.format(ax.figure)
    assert data["image/png"] == b"png"
    assert data[figure_files.MIME]["csv"] == figure_files.table(ax.figure)
    assert data[figure_files.MIME]["svg"].startswith("<?xml")


def test_without_a_kernel_nothing_is_offered(monkeypatch):
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: None)
    monkeypatch.setenv("COMPENDIUM_TRACE", "somewhere")
    figure_files.offer()


# --- what the book makes of them -------------------------------------------------------


def cell_with(*pictures, label=None):
    cell = nbformat.v4.new_code_cell()
    if label:
        cell.metadata["mystnb"] = {"figure": {"name": label}}
    for number, picture in enumerate(pictures):
        data = {
            "image/png": base64.b64encode(picture).decode(),
            figure_files.MIME: {"svg": f"<svg>{number}</svg>", "csv": f"{number}\n"},
        }
        cell.outputs.append(nbformat.v4.new_output("display_data", data=data))
    return cell


def test_files_leave_the_notebook_and_are_named_by_label_or_number(tmp_path):
    found = {}
    outputs = figures.take_out(cell_with(b"a", b"b", label="fig-law"), "3-1-debye", 4, found)
    figures.take_out(cell_with(b"c"), "beyond/ledger", 5, found)
    figures.take_out(cell_with(b"d"), "beyond/ledger", 9, found)
    assert [list(output.data) for output in outputs] == [["image/png"]] * 2
    assert list(found) == ["fig-law", "fig-law-2", "beyond-ledger-figure", "beyond-ledger-figure-2"]
    assert [files["place"] for files in found.values()] == [
        "3-1-debye 4 0",
        "3-1-debye 4 1",
        "beyond/ledger 5 0",
        "beyond/ledger 9 0",
    ]
    for files in found.values():
        files["txt"] = "how\n"
    figures.write_files(found, tmp_path)
    assert (tmp_path / "figures" / "fig-law-2.csv").read_text() == "1\n"
    assert len(list((tmp_path / "figures").iterdir())) == 12


def test_outputs_without_files_stay_as_they_are():
    cell = nbformat.v4.new_code_cell()
    cell.outputs = [nbformat.v4.new_output("stream", text="said")]
    found = {}
    assert figures.take_out(cell, "chapter", 0, found)[0].text == "said"
    assert found == {}


DRAW = """
import matplotlib.pyplot as plt
from IPython.display import display

from compendium.chapters import figure_files

figure_files.offer()


def draw(values):
    fig, ax = plt.subplots()
    ax.plot(values)
    plt.close(fig)
    return fig
```

```{code-cell} ipython3
---
mystnb:
  figure:
    name: fig-first
    caption: One curve.
---
draw([1, 2])
```

```{code-cell} ipython3
---
mystnb:
  figure:
    name: fig-second
    caption: The same curve.
---
draw([1, 2])
```

```{code-cell} ipython3
for values in ([1, 2], [1, 2], [3, 4]):
    display(draw(values))
"""


@pytest.fixture(scope="module")
def drawn_twice(tmp_path_factory):
    """Build a book in which five figures, two of them with labels, share one picture."""
    copy = built_copy(tmp_path_factory, tmp_path_factory.mktemp("figures") / "copy")
    copy.chapter("second", DRAW)
    done, _ = copy.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return copy


def linked(text):
    return re.findall(r'href="figures/([^"]+)\.svg"', text)


def test_figures_that_are_one_picture_have_files_of_their_own(drawn_twice):
    page = drawn_twice.page("second")
    labelled = re.findall(r'<figure [^>]*id="(fig-[^"]+)">(.*?)</figure>', page, re.DOTALL)
    assert [name for name, _ in labelled] == ["fig-first", "fig-second"]
    for name, inside in labelled:
        assert linked(inside) == [name]
    unlabelled = ["second-figure", "second-figure-2", "second-figure-3"]
    assert linked(page) == ["fig-first", "fig-second", *unlabelled]
    pictures = re.findall(r'src="_images/([^"]+)\.png"', page)
    assert len(pictures) == 5
    assert len(set(pictures)) == 2  # or the test would show nothing
    files = drawn_twice.root / "_build" / "html" / "figures"
    hows = re.findall(r'href="figures/([^"]+)\.txt" aria-label="how, [^"]+">how<', page)
    assert hows == linked(page)
    said = (files / "fig-second.txt").read_text().splitlines()
    assert said[0] == "figure: fig-second"
    assert said[1].startswith("page: second, picture 1 of cell ")
    assert re.match(r"versions: python 3\.\d+\.\d+, la3ni2o7-compendium .*, numpy ", said[-1])
    assert all(line in (files / "fig-second.svg").read_text() for line in said)
    assert (files / "fig-second.csv").read_text().endswith("0,1,,\n1,,1,2,,\n")
    assert (files / "second-figure-3.csv").read_text().endswith("0,3,,\n1,,1,4,,\n")
