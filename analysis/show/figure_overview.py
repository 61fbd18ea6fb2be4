"""Pictures of what was found in a figure or workbook, each curve with its number in the plan."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.path import Path as Outline

from analysis.catalogue.originals.files import Originals
from analysis.reading.figure.page import Box, Page
from analysis.reading.originals.series import Series
from analysis.show.foreign import in_figure
from analysis.show.plots import COLOURS, grid
from analysis.typing import Floats

FAINT, PALE = "#c8c8c8", "#eeeeee"
# More series than these fill no picture that could be read.
MOST = 60
_DOTS_PER_INCH = 150
_WHITE = 0.99
_WIDTH = 10.0  # inches
_CANDIDATES, _SEEN = 40, 200


def save_overview(originals: Originals, plan_file: Path) -> Path:
    """Write the picture of a file's curves beside its plan; return its path."""
    path = plan_file.with_name(plan_file.stem.replace("plan", "overview") + ".png")
    figure = overview(originals)
    figure.savefig(path, dpi=_DOTS_PER_INCH, metadata={"Software": None})
    plt.close(figure)
    return path


def overview(originals: Originals) -> Figure:
    """Return a picture of the curves of a file, numbered as in its plan."""
    if originals.drawing is None:
        return small_multiples(originals.series)
    return figure_overview(originals.drawing, originals.panels, originals.drawn)


def small_multiples(series: Sequence[Series]) -> Figure:
    """Return a small panel for each series."""
    fig, axes = grid(len(series[:MOST]), min(3, len(series)), (3, 2.4))
    fig.set_layout_engine("constrained")
    for number, (ax, data) in enumerate(zip(axes, series, strict=False), 1):
        ax.plot(data.x, data.y, ".", ms=2, color=COLOURS[(number - 1) % len(COLOURS)])
        called = " ".join(filter(None, (data.label, *data.texts[:1])))
        ax.set_title(in_figure(f"{number}: {called[:40]}"), fontsize="small")
        ax.set_xlabel(in_figure(f"{data.x_name} {data.x_unit}".strip()[:30]), fontsize="small")
        ax.set_ylabel(in_figure(f"{data.y_name} {data.y_unit}".strip()[:30]), fontsize="small")
        ax.tick_params(labelsize="small")
    if len(series) > MOST:
        fig.suptitle(f"the first {MOST} of {len(series)}")
    return fig


def figure_overview(page: Page, panels: Sequence[Any], drawn: Sequence[Any]) -> Figure:
    """Return a page in grey, its panels framed, its curves in strong colours with their numbers.

    Parameters
    ----------
    page : Page
    panels : sequence of Panel
    drawn : sequence of Drawn
    """
    boxes = np.array([panel.box for panel in panels]) if panels else np.empty((0, 4))
    low = np.maximum([0, 0], boxes[:, :2].min(0) - 60) if panels else np.zeros(2)
    page_ends = np.array([page.width, page.height])
    high = np.minimum(page_ends, boxes[:, 2:].max(0) + 40) if panels else page_ends
    wide, tall = high - low
    size = (_WIDTH, float(np.clip(_WIDTH * tall / wide, 3, 30)))
    fig, ax = plt.subplots(figsize=size, layout="constrained")
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    ax.axis("off")
    ax.set_title("Colours only tell the curves apart; the numbers are the plan's", fontsize="small")
    _in_grey(ax, page, scale=_WIDTH / float(wide))
    for panel in panels:
        x0, y0, x1, y1 = panel.box
        ax.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, ec="black", lw=1.5))
        ax.text(x0, y1, in_figure(panel.name), va="bottom", fontsize="x-large", fontweight="bold")
    _curves(ax, drawn)
    return fig


def _in_grey(ax: Axes, page: Page, scale: float) -> None:
    """Draw the paths of a page, those with one clip at once, and its letters."""
    outlines: dict[tuple[Box | None, bool], list[Outline]] = {}
    for path in page.paths:
        points, codes = path.points, path.codes
        if path.closed:
            points = np.vstack([points, points[:1]])
            codes = np.append(codes, Outline.CLOSEPOLY)
        if path.stroke is not None or (path.fill is not None and min(path.fill) < _WHITE):
            area = path.stroke is None
            outlines.setdefault((path.clip, area), []).append(Outline(points, codes))
    for (clip, area), paths in outlines.items():
        face = PALE if area else "none"
        lines = PathCollection(paths, facecolors=face, edgecolors=FAINT, linewidths=0.6)
        ax.add_collection(lines)
        if clip is not None:
            edges = (clip.x0, clip.y0), clip.x1 - clip.x0, clip.y1 - clip.y0
            lines.set_clip_path(Rectangle(*edges, transform=ax.transData))
    for letter in page.letters:
        if letter.text.strip():
            ax.text(*letter.origin, in_figure(letter.text), rotation=letter.angle, color="grey",
                    fontsize=72 * scale * letter.size, rotation_mode="anchor")  # fmt: skip


def _curves(ax: Axes, drawn: Sequence[Any]) -> None:
    points_of = [curve.points[:: max(1, len(curve.points) // _SEEN)] for curve in drawn]
    placed: list[Floats] = []
    for number, curve in enumerate(drawn, 1):
        colour = COLOURS[(number - 1) % len(COLOURS)]
        joined = "-" if curve.kind == "line" else "none"
        ax.plot(*curve.points.T, ls=joined, marker=".", ms=3, lw=0.8, color=colour)
        others = [points for at, points in enumerate(points_of, 1) if at != number]
        place = _free_place(curve.points, others, placed)
        placed.append(np.array([place]))
        ax.annotate(
            str(number),
            (place[0], place[1]),
            (14, 14),
            textcoords="offset points",
            ha="center",
            arrowprops={"arrowstyle": "-", "color": colour},
            color="white",
            fontweight="bold",
            bbox={"boxstyle": "circle,pad=0.2", "fc": colour, "ec": "black"},
        )


def _free_place(points: Floats, curves: Sequence[Floats], placed: Sequence[Floats]) -> Floats:
    """Return the point of a curve that is far from other curves, and from other numbers."""
    candidates = points[np.linspace(0, len(points) - 1, _CANDIDATES + 2).astype(int)[1:-1]]
    room = np.zeros(len(candidates))
    for others, enough in ((curves, 15.0), (placed, 60.0)):
        if others:
            apart = candidates[:, None] - np.vstack(others)[None]
            distances = np.hypot(apart[..., 0], apart[..., 1]).min(axis=1)
            room += np.minimum(distances / enough, 1)
    return np.asarray(candidates[int(np.argmax(room))])
