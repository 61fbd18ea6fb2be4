"""Straight lines of a page: frames of panels, and the ticks and grid lines at their sides."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.reading.figure.page import CURVE, Box, Page, Path
from analysis.typing import Flags, Floats

# In points: how near ends must be to meet, the least length of an axis, the longest tick.
MEET, LEAST, _LONGEST = 1.0, 18.0, 16.0
# At most: ticks at one side, frames (the largest), and lines that may be detached axes.
_MOST, _FRAMES, _FREE = 600, 150, 40
# Which coordinate runs along a side, and in which direction its outside lies.
SIDES = {"bottom": (0, -1), "top": (0, 1), "left": (1, -1), "right": (1, 1)}


@dataclass(frozen=True, eq=False)
class Lines:
    """Straight lines that run along an axis of the page.

    Attributes
    ----------
    at : ndarray, shape (N,)
        Where they stand: y of horizontal lines, x of vertical ones.
    low, high : ndarray, shape (N,)
        Their ends.
    path : ndarray, shape (N,)
        Index of the path that they are drawn by.
    single : ndarray, shape (N,)
        Whether the path is this line and no more.
    colour : ndarray, shape (N,)
        A number for each colour.
    """

    at: Floats
    low: Floats
    high: Floats
    path: Floats
    single: Floats
    colour: Floats


class Ticks(NamedTuple):
    """Ticks at one side of a frame: positions, lengths, how far they reach out, their paths."""

    position: Floats
    length: Floats
    out: float
    paths: frozenset[int]


@dataclass(frozen=True)
class Frame:
    """What may enclose data: a rectangle, or two lines that meet in a corner.

    Attributes
    ----------
    box : Box
    at : mapping of side to float
        Where the lines of its sides stand; beyond the box where axes are drawn detached.
    """

    box: Box
    at: dict[str, float]

    @classmethod
    def around(cls, box: Box) -> "Frame":
        """Return the frame whose sides are those of a box."""
        return cls(box, {"bottom": box.y0, "top": box.y1, "left": box.x0, "right": box.x1})

    def span(self, along: int) -> tuple[float, float]:
        """Return from where to where it reaches in x (0) or y (1)."""
        return self.box[along], self.box[along + 2]


def straight_lines(page: Page) -> tuple[Lines, Lines]:
    """Return the horizontal and the vertical lines of a page.

    They are the edges of paths of at most 6 points of which every edge runs along an axis of the
    page; a filled rectangle thinner than 2 points is one line.
    """
    rows: tuple[list[tuple[float, ...]], list[tuple[float, ...]]] = ([], [])
    colours: dict[object, int] = {}
    for number, path in enumerate(page.paths):
        for along, at, low, high, single in _edges(path):
            colour = colours.setdefault(path.stroke or path.fill, len(colours))
            rows[along].append((at, low, high, number, single, colour))
    both = [np.array(ends, float).reshape(-1, 6).T for ends in rows]
    return Lines(*both[0]), Lines(*both[1])


def _edges(path: Path) -> list[tuple[int, float, float, float, bool]]:
    points = path.points
    if not 2 <= len(points) <= 6 or not (path.stroke or path.fill) or max(path.codes) >= CURVE:
        return []
    if len(points) == 2:
        return _single(points.tolist())
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    if path.fill and not path.stroke and len(points) in {4, 5} and size.min() < 2:
        along = int(size.argmax())
        if size.max() < 2 * size.min():
            return []
        middle = float((low + high)[1 - along] / 2)
        return [(along, middle, float(low[along]), float(high[along]), True)]
    ring = np.vstack([points, points[:1]]) if path.closed else points
    steps = np.abs(np.diff(ring, axis=0))
    real = steps.max(axis=1) > 0.01
    if not np.all(steps.min(axis=1)[real] < 0.05):
        return []
    edges = []
    for i in np.flatnonzero(real):
        along = int(steps[i].argmax())
        at = float(ring[i, 1 - along] + ring[i + 1, 1 - along]) / 2
        ends = sorted((float(ring[i, along]), float(ring[i + 1, along])))
        edges.append((along, at, ends[0], ends[1], bool(real.sum() == 1)))
    return edges


def _single(points: list[list[float]]) -> list[tuple[int, float, float, float, bool]]:
    """Return a line of two points: most paths of many a page, and so without arrays."""
    (x0, y0), (x1, y1) = points
    flat, upright = abs(y1 - y0) < 0.05, abs(x1 - x0) < 0.05
    if flat == upright:
        return []
    if flat:
        return [(0, (y0 + y1) / 2, min(x0, x1), max(x0, x1), True)]
    return [(1, (x0 + x1) / 2, min(y0, y1), max(y0, y1), True)]


def frames(page: Page, lines: tuple[Lines, Lines]) -> list[Frame]:
    """Return all that may be the frame of a panel, the largest first.

    Rectangles, pairs of lines that meet in a corner, and pairs of lines with ticks that do not
    meet but belong together as axes that are drawn apart from the data.
    """
    flat, upright = (_long(along) for along in lines)
    boxes: list[Box] = []
    for path in page.paths:
        if len(path.points) in {4, 5} and len({edge[:2] for edge in _edges(path)}) == 4:
            box = Box.around(path.points)
            if path.clip is None or within(box, path.clip):
                boxes.append(box)
    for y, x0, x1 in flat.tolist():
        for x, y0, y1 in upright[_meeting(upright, y, x0, x1)].tolist():
            boxes.append(Box(min(x, x0), min(y, y0), max(x, x1), max(y, y1)))
    frames: list[Frame] = []
    distinct = {tuple(round(edge) for edge in box): box for box in boxes}
    for box in sorted(distinct.values(), key=lambda box: box.area, reverse=True):
        if len(frames) == _FRAMES:
            break
        whole = box.size[0] > page.width - 2 and box.size[1] > page.height - 2
        is_known = any(box.away(frame.box) < 1.5 * MEET for frame in frames)
        if not (min(box.size) < LEAST or whole or is_known):
            frames.append(Frame.around(box))
    return frames + _detached(page, lines, flat, upright, frames)


def _long(lines: Lines) -> Floats:
    rows = np.column_stack([lines.at, lines.low, lines.high])[lines.high - lines.low >= LEAST]
    return rows[np.unique(np.round(rows, 2), axis=0, return_index=True)[1]]


def _meeting(upright: Floats, y: float, x0: float, x1: float) -> Flags:
    """Tell which upright lines form a corner with a flat one."""
    x, y0, y1 = upright.T
    end = (np.abs(x - x0) < MEET) | (np.abs(x - x1) < MEET)
    meets: Flags = end & ((np.abs(y0 - y) < MEET) | (np.abs(y1 - y) < MEET))
    return meets


def within(inner: Box, outer: Box) -> bool:
    """Tell whether a box is in another, or on its edge."""
    low, high = np.subtract(inner[:2], outer[:2]), np.subtract(outer[2:], inner[2:])
    return bool(min(*low, *high) > -MEET)


def _detached(
    page: Page, lines: tuple[Lines, Lines], flat: Floats, upright: Floats, frames: list[Frame]
) -> list[Frame]:
    """Return frames of a line with ticks below, or above, and one beside, that do not meet."""
    edges_taken = [
        {round(edge, 1) for frame in frames for edge in frame.span(1 - along)} for along in (0, 1)
    ]
    axes = []
    for along, rows in enumerate((flat, upright)):
        longest = rows[np.argsort(rows[:, 1] - rows[:, 2], kind="stable")].tolist()
        free = [row for row in longest if round(row[0], 1) not in edges_taken[along]][:_FREE]
        marked = []
        for at, low, high in free:
            box = (
                Box(low, at - 40, high, at + 40) if along == 0 else Box(at - 40, low, at + 40, high)
            )
            side = "bottom" if along == 0 else "left"
            if len(ticks_at(lines, Frame(box, {side: at}), side).position) >= 2:
                marked.append((at, low, high))
        axes.append(marked)
    apart = []
    for y, x0, x1 in axes[0]:
        for x, y0, y1 in axes[1]:
            reach = 0.15 * max(x1 - x0, y1 - y0)
            left, right = -1 < x0 - x < reach, -1 < x - x1 < reach
            below, above = -1 < y0 - y < reach, -1 < y - y1 < reach
            if (left or right) and (below or above):
                box = _clipped(page, Box(x0, y0, x1, y1), reach)
                at = {"bottom" if below else "top": y, "left" if left else "right": x}
                apart.append(Frame(box, at))
    return apart


def _clipped(page: Page, box: Box, reach: float) -> Box:
    """Return the area that curves between detached axes are clipped to, if the file says."""
    for path in page.paths:
        clip = path.clip
        if clip is not None and clip.away(box) < reach:
            outside = (clip.x0 <= box.x0 + 1, clip.y0 <= box.y0 + 1,
                       clip.x1 >= box.x1 - 1, clip.y1 >= box.y1 - 1)  # fmt: skip
            if all(outside):
                return clip
    return box


def ticks_at(lines: tuple[Lines, Lines], frame: Frame, side: str) -> Ticks:
    """Return the ticks at a side: short lines across it that end at it or that it halves.

    Each has its like at the same side, in colour, length and place; a marker that happens to lie
    there has none.
    """
    along, outward = SIDES[side]
    across, at = lines[1 - along], frame.at[side]
    low, high = frame.span(along)
    depth = frame.box[3 - along] - frame.box[1 - along]
    length = across.high - across.low
    near = (across.single == 1) & (length > 0.8) & (length < min(_LONGEST, 0.25 * depth))
    near &= (across.at > low - MEET) & (across.at < high + MEET)
    ends = (np.abs(across.low - at) < 0.7) | (np.abs(across.high - at) < 0.7)
    near &= ends | (np.abs(across.low + across.high - 2 * at) < 0.3)
    near_side = np.flatnonzero(near)
    near_side = near_side[np.argsort(across.at[near_side], kind="stable")]
    near_side = (
        near_side if len(near_side) <= _MOST else near_side[:0]
    )  # an axis has fewer: these are data
    marks = np.column_stack([across.low, across.high, 9 * across.colour])[near_side]
    alike = np.all(np.abs(marks[:, None] - marks) < 0.12, axis=2)
    alike &= np.abs(across.at[near_side, None] - across.at[near_side]) > 0.05
    near_side = near_side[alike.any(axis=1)]
    starts = np.flatnonzero(np.diff(across.at[near_side], prepend=-np.inf) > 0.05)
    reach = outward * (np.where(outward > 0, across.high, across.low)[near_side] - at)
    return Ticks(
        across.at[near_side[starts]],
        np.maximum.reduceat(length[near_side], starts) if len(near_side) else np.zeros(0),
        max(0.0, float(reach.max(initial=0.0))),
        frozenset(across.path[near_side].astype(int).tolist()),
    )


def grid_of(lines: tuple[Lines, Lines], frame: Frame, along: int) -> Ticks:
    """Return the lines of a grid: from one side of the frame to the one across."""
    across = lines[1 - along]
    low, high = frame.span(along)
    first, last = frame.span(1 - along)
    whole = (np.abs(across.low - first) < MEET) & (np.abs(across.high - last) < MEET)
    crossing = np.flatnonzero(whole & (across.at > low + 0.5) & (across.at < high - 0.5))
    where = np.sort(across.at[crossing])
    where = where[np.diff(where, prepend=-np.inf) > 0.05]
    paths = frozenset(across.path[crossing].astype(int).tolist())
    return Ticks(where, np.full(len(where), last - first), 0.0, paths)


def edges_of(lines: tuple[Lines, Lines], frame: Frame) -> frozenset[int]:
    """Return the paths that the sides of a frame are drawn by."""
    paths: set[int] = set()
    for side, at in frame.at.items():
        along = SIDES[side][0]
        own, (low, high) = lines[along], frame.span(along)
        at_side = (np.abs(own.at - at) < MEET) & (own.low > low - 2) & (own.high < high + 2)
        at_side &= own.high - own.low > 0.3 * (high - low)
        paths.update(own.path[at_side].astype(int).tolist())
    return frozenset(paths)
