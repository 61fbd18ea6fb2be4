"""Markers: the same small outline at many places, and the place that each of them marks.

The place is what the plotting program was given. For most shapes it is the mean of the corners.
Triangles differ from program to program, and their heights over widths tell which one drew them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.reading.figure.lines import FLATNESS, flatten
from analysis.reading.figure.page import CURVE, Box, Colour, Path
from analysis.typing import Floats

# Points: no marker is larger.
LARGEST = 24.0
_PIECES = 8
# The size of a dot in the middle of a marker, as gnuplot draws it.
_DOT = 0.2
# So many outlines that agree with none before them are looked at in one style.
_OUTLINES = 60
_MANY = 50
# Height over width of triangles, and which part of the height lies below the place that they
# mark: of matplotlib, R, and gnuplot's terminals pdfcairo, svg, postscript.
_TRIANGLES = ((1.0, 0.5), (0.866, 1 / 3), (0.8333, 0.4), (0.752, 0.335), (0.81, 0.3086))
_EVEN = {5: "pentagon", 6: "hexagon", 8: "octagon"}
_WAYS = (("left", "right"), ("down", "up"))


@dataclass(frozen=True, eq=False)
class Glyph:
    """A small drawing at one place: a marker, or a letter drawn as paths.

    Attributes
    ----------
    members : tuple of int
        Which paths of the page it consists of.
    paths : tuple of Path
    box : Box
    """

    members: tuple[int, ...]
    paths: tuple[Path, ...]
    box: Box

    @property
    def first(self) -> Path:
        """Return its largest piece, which tells its shape."""
        return max(self.paths, key=lambda path: float(np.ptp(path.points, axis=0).max()))

    @property
    def stroke(self) -> Colour | None:
        """Return the colour of its edge."""
        return next((path.stroke for path in self.paths if path.stroke is not None), None)

    @property
    def fill(self) -> Colour | None:
        """Return the colour of its inside."""
        return next((p.fill for p in self.paths if p.fill is not None and len(p.points) > 2), None)


@dataclass(frozen=True, eq=False)
class Cluster:
    """Glyphs of one shape, size and colour.

    Attributes
    ----------
    glyphs : tuple of Glyph
        In the order of drawing.
    shape : str
        In words; "" for what is no marker.
    anchors : ndarray, shape (N, 2)
        The places that they mark.
    doubt : (float, float)
        Standard uncertainty of these places for want of knowing the program, along x and y.
    """

    glyphs: tuple[Glyph, ...]
    shape: str
    anchors: Floats
    doubt: tuple[float, float]

    @property
    def style(self) -> tuple[str, Colour | None, Colour | None]:
        """Return what a legend tells it by."""
        return self.shape, self.glyphs[0].stroke, self.glyphs[0].fill


def find_glyphs(paths: dict[int, Path], boxes: Floats) -> tuple[Glyph, ...]:
    """Return what of a page's paths is small and stands by itself.

    Parameters
    ----------
    paths : dict
        Paths by their place in the order of drawing.
    boxes : ndarray, shape (M, 4)
        Of all paths of the page: left, bottom, right, top.
    """
    small = _small_objects(paths, boxes)
    glyphs: list[Glyph] = []
    pending: list[int] = []

    def close() -> None:
        if pending and (len(pending) > 1 or len(paths[pending[0]].points) > 2):
            glyphs.append(
                Glyph(
                    tuple(pending),
                    tuple(paths[member] for member in pending),
                    Box.around(boxes[pending].reshape(-1, 2)),
                )
            )
        pending.clear()

    for index, path in paths.items():
        if max(boxes[index, 2] - boxes[index, 0], boxes[index, 3] - boxes[index, 1]) > LARGEST:
            close()
            continue
        whole = path.drawn in small and bool(pending) and path.drawn == paths[pending[0]].drawn
        if pending and not (whole or _belongs(pending, index, paths, boxes)):
            close()
        pending.append(index)
    close()
    return tuple(glyphs)


def _small_objects(paths: dict[int, Path], boxes: Floats) -> set[int]:
    """Return the objects that are no larger than a marker as a whole."""
    members: dict[int, list[int]] = defaultdict(list)
    for index, path in paths.items():
        members[path.drawn].append(index)
    return {
        drawn
        for drawn, parts in members.items()
        if len(parts) <= _PIECES
        and (boxes[parts, 2:].max(axis=0) - boxes[parts, :2].min(axis=0)).max() <= LARGEST
    }


def _belongs(pending: list[int], index: int, paths: dict[int, Path], boxes: Floats) -> bool:
    path = paths[index]
    if len(pending) >= _PIECES or index - pending[-1] > 1:
        return False
    middles = (boxes[[pending[0], index], :2] + boxes[[pending[0], index], 2:]) / 2
    sizes = (boxes[[pending[0], index], 2:] - boxes[[pending[0], index], :2]).max(axis=1)
    dot = sizes.min() < _DOT
    kinds = len(paths[pending[0]].points) > 2, len(path.points) > 2
    if not dot and (sizes.min() < 0.5 * sizes.max() or kinds[0] != kinds[1]):
        return False
    near = (0.25 if dot else 0.08) * sizes.max()
    if np.abs(middles[1] - middles[0]).max() > near + 0.02:
        return False
    return not any(_same(paths[member], path, 0.02 * sizes.max() + 0.02) for member in pending)


def _same(first: Path, other: Path, tolerance: float) -> bool:
    """Return whether the same thing is drawn again beside it, and not the edge of an inside."""
    if first.points.shape != other.points.shape:
        return False
    shift = other.points.mean(axis=0) - first.points.mean(axis=0)
    return (
        (first.stroke is None) == (other.stroke is None)
        and (first.fill is None) == (other.fill is None)
        and bool(np.abs(first.points + shift - other.points).max() < tolerance)
    )


def group_glyphs(
    glyphs: tuple[Glyph, ...], homes: Sequence[int], step: float
) -> tuple[Cluster, ...]:
    """Return glyphs of the same panel, outline and colours together.

    Parameters
    ----------
    glyphs : tuple of Glyph
    homes : sequence of int
        The panel of each path of the page.
    step : float
        The smallest difference of coordinates that the file states.
    """
    styles: dict[object, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        pieces = tuple(
            (len(p.points), p.closed, p.stroke, p.fill, round(p.width, 1)) for p in glyph.paths
        )
        styles[(homes[glyph.members[0]], pieces)].append(glyph)
    clusters: list[Cluster] = []
    for alike in styles.values():
        outlines = np.array([np.concatenate([p.points for p in glyph.paths]) for glyph in alike])
        outlines = outlines - outlines.mean(axis=1, keepdims=True)
        left = np.arange(len(alike))
        for _ in range(_OUTLINES):
            if not left.size:
                break
            away = np.abs(outlines[left] - outlines[left[0]]).max(axis=(1, 2))
            size = float(np.ptp(outlines[left[0]], axis=0).max())
            close = away <= max(0.02, 2.5 * step) + 0.01 * size
            clusters.append(_cluster([alike[index] for index in left[close]]))
            left = left[~close]
    return tuple(sorted(clusters, key=lambda cluster: cluster.glyphs[0].members[0]))


def _cluster(glyphs: list[Glyph]) -> Cluster:
    shape = shape_of(glyphs[0])
    doubt = [0.0, 0.0]
    if shape.startswith("triangle"):
        points = corners(glyphs[0].first)
        axis, _ = _pointing(points)
        doubt[axis] = float(np.ptp(points[:, axis])) / 12 if _below(points, axis) is None else 0.0
    means = np.array([np.concatenate([p.points for p in g.paths]).mean(axis=0) for g in glyphs])
    # What the outlines have in common is taken from many: each of them was rounded.
    away = [_anchor(g, shape) - mean for g, mean in zip(glyphs[:_MANY], means, strict=False)]
    return Cluster(tuple(glyphs), shape, means + np.mean(away, axis=0), (doubt[0], doubt[1]))


def corners(path: Path) -> Floats:
    """Return the points that a path goes through, without controls and without the first again."""
    on = np.ones(len(path.codes), dtype=bool)
    curves = np.flatnonzero(path.codes == CURVE)
    on[curves] = False
    on[curves[2::3]] = True
    points = path.points[on]
    if len(points) > 1 and np.abs(points[0] - points[-1]).max() < 0.02:
        points = points[:-1]
    return points


def shape_of(glyph: Glyph) -> str:
    """Return the shape of a marker in words, "" for what is none."""
    path = glyph.first
    curved = bool((path.codes == CURVE).any())
    points = flatten(path) if curved else corners(path)
    extent = np.ptp(points, axis=0)
    if len(points) < 3:
        return _strokes(glyph)
    shut = path.closed or path.fill is not None
    shut = shut or bool(np.abs(path.points[0] - path.points[-1]).max() < 0.02)
    if not shut or not 0.4 <= extent[0] / max(extent[1], 1e-9) <= 2.5:
        return ""
    middle = (points.min(axis=0) + points.max(axis=0)) / 2 if curved else points.mean(axis=0)
    radii = np.hypot(*(points - middle).T)
    even = bool(np.ptp(radii) < 0.06 * radii.mean() + 0.02)
    if curved or (even and len(points) > 4):
        return _EVEN.get(0 if curved else len(points), "circle") if even else ""
    if len(points) == 3:
        axis, way = _pointing(points)
        return f"triangle {_WAYS[axis][way > 0]}" if way else ""
    level = (
        np.abs(points - np.roll(points, 1, axis=0)).min(axis=1).max() < 0.1 * extent.max() + 0.02
    )
    return {4: "square" if level else "diamond", 10: "star", 12: "cross with arms"}.get(
        len(points), ""
    )


def _strokes(glyph: Glyph) -> str:
    middle = glyph.box.middle
    pieces = [p.points for p in glyph.paths if np.ptp(p.points, axis=0).max() >= _DOT]
    if len(pieces) < 2 or any(len(piece) != 2 for piece in pieces):
        return ""
    size = max(glyph.box.size)
    if any(np.abs(piece.mean(axis=0) - middle).max() > 0.1 * size for piece in pieces):
        return ""
    level = [bool(np.abs(np.diff(piece, axis=0)).min() < 0.1 * size) for piece in pieces]
    return "star" if len(pieces) > 2 else "plus" if all(level) else "" if any(level) else "cross"


def _circle_middle(path: Path) -> Floats:
    """Return the middle of a circle: of the ends of its arcs, where these lie evenly around it."""
    points, around = corners(path), flatten(path)
    middle = (around.min(axis=0) + around.max(axis=0)) / 2
    even = np.abs(points.mean(axis=0) - middle).max() < 3 * FLATNESS
    return np.asarray(points.mean(axis=0) if even else middle)


def _pointing(points: Floats) -> tuple[int, int]:
    """Return along which axis a triangle points, and 1 or -1; 0 for one with no such axis."""
    away = points.mean(axis=0) - (points.min(axis=0) + points.max(axis=0)) / 2
    axis = int(np.argmax(np.abs(away)))
    if np.abs(away[1 - axis]) > 0.05 * np.ptp(points, axis=0).max():
        return axis, 0
    return axis, -1 if away[axis] > 0 else 1


def _below(points: Floats, axis: int) -> float | None:
    """Return which part of a triangle's height lies between its base and the place it marks."""
    extent = np.ptp(points, axis=0)
    height = float(extent[axis] / max(extent[1 - axis], 1e-9))
    return next((part for known, part in _TRIANGLES if abs(height - known) < 0.012), None)


def _anchor(glyph: Glyph, shape: str) -> Floats:
    dots = [p for p in glyph.paths if np.ptp(p.points, axis=0).max() < _DOT]
    if dots and len(glyph.paths) > 1:
        return np.asarray(dots[0].points.mean(axis=0))
    if shape == "circle" and (glyph.first.codes == CURVE).any():
        return _circle_middle(glyph.first)
    points = corners(glyph.first)
    if len(points) < 3:
        return np.asarray(np.concatenate([p.points for p in glyph.paths]).mean(axis=0))
    place = np.asarray(points.mean(axis=0))
    if shape.startswith("triangle"):
        axis, way = _pointing(points)
        part = _below(points, axis)
        low, high = points[:, axis].min(), points[:, axis].max()
        base, height = (low, high - low) if way > 0 else (high, low - high)
        place[1 - axis] = (points[:, 1 - axis].min() + points[:, 1 - axis].max()) / 2
        place[axis] = base + (1 / 3 if part is None else part) * height
    return place
