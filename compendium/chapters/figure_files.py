"""A figure as files to take away: the drawing as SVG, and what is drawn as a table (csv).

The table is read off the axes, so it holds what the eye sees::

    # panel 1: 22.4 GPa; x: T (K); y: R (Ω); origin: synthetic
    # digitised from ...                       where data were read out of another figure
    panel,series,x,y,lower,upper
    1,data,4.0,0.0121,,
    1,95% band,75.0,,0.351,0.353

A row is a point. `lower` and `upper` are the ends of its error bar, or of a band at this x;
a line right across the axes has one coordinate only. Zero lines, shading, ticks and texts
are left out; so are artists with the label `DECORATION`. A label that begins with an
underscore names a series here and stays out of the legend.
"""

import csv
import io
import os
import re
from collections.abc import Iterator
from itertools import zip_longest

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.container import BarContainer, Container, ErrorbarContainer
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from analysis.reading.figure.tex_letters import greek
from analysis.show.foreign import csv_cell
from analysis.show.plots import DECORATION, ORIGIN

MIME = "application/vnd.compendium.figure+json"
COLUMNS = ("panel", "series", "x", "y", "lower", "upper")

Row = tuple[str, float, float, float, float]

_NAN = float("nan")
_FUNCTIONS = {name: f"{name} " for name in ("cos", "sin", "tan")}


def offer() -> None:
    """Have the kernel add both files to every figure that it displays, if it makes a book.

    At one's own desk they would make each figure appear a second later.
    """
    if "COMPENDIUM_TRACE" not in os.environ:  # what `compendium.notebooks` executes has it
        return
    # Late: outside of notebooks nothing needs it.
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        shell.display_formatter.mimebundle_formatter.for_type(Figure, bundle)


def bundle(fig: Figure, **_: object) -> dict[str, dict[str, str]]:
    """Return both files of a figure, under the type by which the book's tools know them."""
    return {MIME: {"svg": svg(fig), "csv": table(fig)}}


def svg(fig: Figure) -> str:
    """Return the drawing, without a date: drawn anew, the same figure gives the same text."""
    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "figure"}):
        fig.savefig(
            file, format="svg", bbox_inches="tight", dpi=200, facecolor="white",
            metadata={"Date": None, "Creator": None},
        )  # fmt: skip
    return file.getvalue()


def table(fig: Figure) -> str:
    """Return what is drawn as csv: a comment for each panel, a header, a row for each point.

    Numbers have nine digits. Without any data only the header is there.
    """
    file = io.StringIO()
    panels = [(ax, list(_rows(ax))) for ax in fig.axes]
    panels = [(ax, rows) for ax, rows in panels if rows]
    for number, (ax, _) in enumerate(panels, 1):
        file.write(f"# panel {number}: {csv_cell(_about(ax))}".rstrip() + "\n")
    for below in (text.get_text() for text in fig.texts if text.get_label() == ORIGIN):
        file.write(f"# {csv_cell(' '.join(below.split()))}\n")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, (_, rows) in enumerate(panels, 1):
        writer.writerows((number, csv_cell(name), *map(_written, values)) for name, *values in rows)
    return file.getvalue()


def plain(label: str) -> str:
    r"""Return a label without its TeX: "Θ_D (K)" for what the axes call it.

    Examples
    --------
    >>> plain(r"$\Theta_\mathrm{D}$ (K)"), plain(r"$10^3 \epsilon$")
    ('Θ_D (K)', '10^3 ε')
    """
    text = re.sub(
        r"\\([A-Za-z]+)", lambda match: _FUNCTIONS.get(match[1]) or greek(match[1]), label
    )
    text = re.sub(r"\\(.)", r"\1", text)
    return " ".join(re.sub(r"[${}]", "", text).split())


def _about(ax: Axes) -> str:
    """Return the title, the labels and the origin of a panel, those that it has."""
    title = next((ax.get_title(at) for at in ("left", "center", "right") if ax.get_title(at)), "")
    # Axes in common are labelled once.
    across = [axes.get_xlabel() for axes in (ax, *ax.get_shared_x_axes().get_siblings(ax))]
    along = [axes.get_ylabel() for axes in (ax, *ax.get_shared_y_axes().get_siblings(ax))]
    parts = {
        "": title,
        "x: ": next(filter(None, across), ""),
        "y: ": next(filter(None, along), ""),
        "origin: ": next((t.get_text() for t in ax.texts if t.get_label() == ORIGIN), ""),
    }
    return "; ".join(f"{name}{plain(text)}" for name, text in parts.items() if text)


def _written(value: float) -> str:
    return f"{value:.9g}" if np.isfinite(value) else ""


def _rows(ax: Axes) -> Iterator[Row]:
    """Yield name, x, y, lower, upper of every point in the axes."""
    bars = [bar for bar in ax.containers if isinstance(bar, ErrorbarContainer)]
    parts = {part for bar in bars for part in _parts(bar)}
    everything: list[Artist | Container]
    everything = [*ax.lines, *ax.containers, *ax.collections, *ax.patches]
    for drawn in everything:
        if drawn in parts or drawn.get_label() == DECORATION:
            continue
        if isinstance(drawn, Line2D):
            yield from _line(ax, drawn)
        elif isinstance(drawn, BarContainer):
            yield from _bars(drawn)
        elif isinstance(drawn, Collection):
            yield from _collection(ax, drawn)
        # Shading across the axes is no data: its transform is another.
        elif isinstance(drawn, Polygon) and drawn.get_data_transform() == ax.transData:
            yield from _points(_name(drawn), drawn.get_xy())
    for bar in bars:
        yield from _error_bars(bar)


def _parts(bars: ErrorbarContainer) -> Iterator[Artist]:
    line, caps, sticks = bars.lines
    yield from (line, *caps, *sticks)


def _name(artist: Artist | Container) -> str:
    """Return the label of an artist, or "" where matplotlib has made one up."""
    label = str(artist.get_label())
    return "" if re.match(r"_(child|container|nolegend)", label) else plain(label.lstrip("_"))


def _points(name: str, points: object) -> Iterator[Row]:
    for x, y in np.ma.filled(np.ma.asarray(points, dtype=float), _NAN).reshape(-1, 2):
        if np.isfinite([x, y]).all():
            yield name, float(x), float(y), _NAN, _NAN


def _line(ax: Axes, line: Line2D) -> Iterator[Row]:
    x, y = (np.asarray(values, dtype=float) for values in line.get_data(orig=False))
    if line.get_transform() == ax.transData:
        yield from _points(_name(line), np.column_stack([x, y]))
    elif line.get_transform() == ax.get_yaxis_transform(which="grid") and y[0] != 0:
        yield _name(line), _NAN, float(y[0]), _NAN, _NAN
    elif line.get_transform() == ax.get_xaxis_transform(which="grid") and x[0] != 0:
        yield _name(line), float(x[0]), _NAN, _NAN, _NAN


def _error_bars(bars: ErrorbarContainer) -> Iterator[Row]:
    line, _, sticks = bars.lines
    points = np.column_stack(line.get_data(orig=False))
    # Bars along y come last.
    paths = sticks[-1].get_paths() if bars.has_yerr else []
    ends = [np.asarray(path.vertices)[:, 1] for path in paths]
    for (x, y), end in zip_longest(points, ends, fillvalue=np.full(2, _NAN)):
        if np.isfinite([x, y]).all():
            yield _name(bars), float(x), float(y), float(end[0]), float(end[1])


def _bars(bars: BarContainer) -> Iterator[Row]:
    for bar in bars.patches:
        low, high = sorted((bar.get_y(), bar.get_y() + bar.get_height()))
        yield _name(bars), bar.get_x() + bar.get_width() / 2, bar.get_height(), low, high


def _collection(ax: Axes, drawn: Collection) -> Iterator[Row]:
    name = _name(drawn)
    if isinstance(drawn, PathCollection):
        yield from _points(name, drawn.get_offsets())
    elif drawn.get_transform() != ax.transData:
        return
    elif isinstance(drawn, ContourSet):
        for level, path in zip(drawn.levels, drawn.get_paths(), strict=True):
            for piece in path.to_polygons(closed_only=False):
                yield from _points(f"{name} level {level:g}".strip(), piece)
    elif isinstance(drawn, LineCollection):
        for path in drawn.get_paths():
            yield from _points(name, path.vertices)
    elif isinstance(drawn, PolyCollection):
        for path in drawn.get_paths():
            yield from _band(name, np.asarray(path.vertices))


def _band(name: str, outline: np.ndarray) -> Iterator[Row]:
    """Yield the edges of a band from its outline: there along one, and back along the other.

    Each edge begins with a corner of its own, and the last point closes the outline.
    """
    n = (len(outline) - 3) // 2
    along, back = outline[1 : n + 1], outline[n + 2 : 2 * n + 2][::-1]
    for (x, edge), (_, opposite) in zip(along, back, strict=True):
        yield name, float(x), _NAN, float(min(edge, opposite)), float(max(edge, opposite))
