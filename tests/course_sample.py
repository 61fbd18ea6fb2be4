"""A lecturer's page as the course has them, and two figures that it shows, drawn in a moment."""

import json

import numpy as np
from matplotlib.figure import Figure

from analysis.show import plots
from compendium.chapters import figure_files

PAGE = """\
% only: not foreign
# Session 1: resistance and the Debye temperature

:::{admonition} For the lecturer
:class: note

Goals
: say what {eq}`eq-bloch-gruneisen` describes; choose a window, and defend it

Before
: [](before.md); logarithms

Material
: one laptop for two students
:::

The room needs a projector.

## 0:00 Two limits of one law, $T^5$ and $T$

Show
: {eq}`eq-bloch-gruneisen` and {numref}`fig-law`, then the
  [live law at 400 K](../3-1-debye.md#live-debye?theta_d=400&n=5).

  The {term}`law <Bloch-Grüneisen law>` is on the board {cite:p}`wiesmann1977`.

Ask
: Which parameter decides where the curve of {numref}`fig-law` turns from $T^5$ to $T$?

Expect
: "The Debye temperature", soon; *why* takes longer.

Misconception
: "A good R² proves the fit." {numref}`fig-one-fit`, right, cures it: the residuals have a pattern.

Misconception
: The slope alone gives $\\Theta_\\mathrm{D}$.
  It gives $A/\\Theta_\\mathrm{D}$ and no more.

## 0:25 Fit it, then look at what is left over

Show
: {numref}`fig-one-fit` and {numref}`fig-law`; {eq}`eq-allen-dynes` and {eq}`eq-halder-wagner`
  are long.

Ask
: What would the right panel look like if the law were right?

Do
: {ref}`debye-1`, in pairs, 8 minutes; then section {ref}`sec-window`.

## 1:10 What to take home

Do
: Write two sentences: which number, which window. See [](../3-1-debye.md).

## If time is short

Leave out the second step.
"""

CHAPTER = """\
# 3.1 Debye temperature

(sec-window)=
## The window
"""


def cell(name, figure, caption):
    """Return an executed cell that drew a figure, as notebooks keep it."""
    return {
        "cell_type": "code",
        "metadata": {
            "mystnb": {"figure": {"name": name, "caption": caption}, "image": {"alt": "A curve."}}
        },
        "outputs": [{"output_type": "display_data", "data": figure_files.bundle(figure)}],
        "source": "plt.show()",
    }


def law():
    figure = Figure(figsize=(6.5, 3.6))
    ax = figure.add_subplot()
    t = np.linspace(2, 300, 50)
    ax.plot(t, t**2)
    ax.set(xlabel="$T$ (K)", ylabel="$R$ (Ω)")
    plots.mark_origin(ax, "formula")
    return figure


def fit():
    figure = Figure(figsize=(9, 3.5))
    for ax in figure.subplots(1, 2):
        ax.plot([1, 2], [2, 1], "o")
        plots.mark_origin(ax, "synthetic")
    return figure


def write(folder):
    """Write the page and its chapter; return the page and the executed chapters."""
    page = folder / "book" / "course" / "session-1.md"
    page.parent.mkdir(parents=True)
    page.write_text(PAGE, encoding="utf-8")
    (page.parent.parent / "3-1-debye.md").write_text(CHAPTER, encoding="utf-8")
    cells = [
        cell("fig-law", law(), "The law of {eq}`eq-bloch-gruneisen` at $T > 0$."),
        cell("fig-one-fit", fit(), "A fit, and what it leaves over."),
    ]
    notebook = folder / "3-1-debye.ipynb"
    notebook.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return page, {"3-1-debye": notebook}
