"""How a figure was made: beside it, in its drawing and in its table."""

import json
import re
from xml.etree import ElementTree as ET

import matplotlib.pyplot as plt
import pytest

from analysis import read_resistance
from compendium.chapters import figure_files
from compendium.how import add_how

SHA256 = {"copper": "a" * 64, "other": "b" * 64}
VERSIONS = {"python": "3.11.7", "numpy": "2.4.6", "scipy": "1.17.1"}
PLAN = {
    "chapters": {"3-1-debye": ["stamps/data/copper", "results.json"], "beyond/choices": []},
}


@pytest.fixture
def executed(tmp_path):
    for page, loaded in {
        "chapters/3-1-debye": ["copper"],
        "chapters/beyond/choices": [],
        "sheets/other": ["other"],
    }.items():
        file = tmp_path / f"{page}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        read = {name: SHA256[name] for name in loaded}
        file.write_text(json.dumps({"cells": [], "metadata": {"compendium": {"read": read}}}))
    return tmp_path


def drawn():
    fig, ax = plt.subplots()
    ax.plot([4.0, 5.0, 6.0, 7.0], [0.1, 0.2, 0.4, 0.7], label="data & <more>")
    ax.set_xlabel("T (K)")
    return {"svg": figure_files.svg(fig), "csv": figure_files.table(fig)}


def made(place, executed):
    figures = {"fig-law": {**drawn(), "place": place}}
    add_how(figures, PLAN, executed, VERSIONS)
    return figures["fig-law"]


@pytest.mark.parametrize(
    ("place", "data"),
    [
        (
            "3-1-debye 4 0",
            [
                f"data read by the page: copper, sha256 {'a' * 64}",
                "results read by the page: results.json",
            ],
        ),
        ("sheets/other 2 1", [f"data read by the page: other, sha256 {'b' * 64}"]),
        ("beyond/choices 0 0", []),
    ],
)
def test_a_figure_says_its_cell_its_data_and_the_versions(place, data, executed):
    page, cell, picture = place.split()
    assert made(place, executed)["txt"].splitlines() == [
        "figure: fig-law",
        f"page: {page}, picture {int(picture) + 1} of cell {int(cell) + 1} (texts counted, too)",
        *data,
        "versions: python 3.11.7, numpy 2.4.6, scipy 1.17.1",
    ]


def test_the_drawing_holds_the_same_lines_and_draws_the_same(executed):
    files = made("3-1-debye 4 0", executed)
    root = ET.fromstring(files["svg"])  # noqa: S314 - our own
    first = root[0]
    assert (first.tag, first.get("id")) == ("{http://www.w3.org/2000/svg}metadata", "how")
    assert first.text.strip() == files["txt"].strip()
    without = re.sub(r'\n <metadata id="how">.*?</metadata>', "", files["svg"], flags=re.DOTALL)
    assert without == drawn()["svg"]


def test_the_table_holds_the_same_lines_and_its_points_are_read_as_before(executed, tmp_path):
    files = made("3-1-debye 4 0", executed)
    comments = [line for line in files["csv"].splitlines() if line.startswith("# ")]
    assert comments[0].startswith("# panel 1: ")
    assert comments[1:] == [f"# {line}" for line in files["txt"].splitlines()]
    curves = []
    for text in (drawn()["csv"], files["csv"]):
        file = tmp_path / "figure.csv"
        file.write_text(text, encoding="utf-8")
        curve = read_resistance(file, temperature="x", resistance="y", resistance_unit="ohm")
        curves.append((list(curve.temperature), list(curve.resistance)))
    assert curves[0] == curves[1]
    assert curves[0][0] == [4.0, 5.0, 6.0, 7.0]
