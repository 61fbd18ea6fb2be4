"""Which panel a path belongs to, and what of it can be seen there."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from analysis.reading.figure.axes import Panel
from analysis.reading.figure.colours import is_white
from analysis.reading.figure.lines import Chain
from analysis.reading.figure.page import Box, Page, Path
from analysis.typing import Flags, Floats

# Points: by how much a clip may differ from its panel, and a point leave it.
_CLIP, EDGE = 1.5, 0.03
# An inset is smaller than this part of its panel, along both sides.
_SMALLER = 0.9


def bounds(page: Page) -> Floats:
    """Return the boxes of a page's paths, shape (M, 4)."""
    return np.array([Box.around(path.points) for path in page.paths]).reshape(-1, 4)


def homes(page: Page, panels: Sequence[Panel], boxes: Floats) -> list[int]:
    """Return the panel of each path of a page; -1 for what is in none, or in one that is refused.

    The clip decides where it is that of a panel. Otherwise it is the innermost panel in which
    most of the path's points lie; what was drawn before an inset was laid over it belongs
    to the panel below.
    """
    holes = [hole for panel in panels for hole in panel.holes]
    frames = [*(panel.box for panel in panels), *holes]
    inner = [*(panel.inside is not None for panel in panels), *(True for _ in holes)]
    order = sorted(range(len(frames)), key=lambda number: frames[number].area)
    begins = [
        _laid(page, box, boxes) if within else -1 for box, within in zip(frames, inner, strict=True)
    ]
    clips: dict[Box | None, int] = {None: -1}
    homes = []
    for path, around in zip(page.paths, boxes.tolist(), strict=True):
        if path.clip not in clips:
            clips[path.clip] = _clip_home(path.clip, frames)
        home = clips[path.clip]
        if home < 0:
            home = next(
                (
                    number
                    for number in order
                    if path.drawn >= begins[number] and _is_mostly_in(path, around, frames[number])
                ),
                -1,
            )
        homes.append(home if home < len(panels) else -1)
    return homes


def _is_mostly_in(path: Path, around: Sequence[float], box: Box) -> bool:
    x0, y0, x1, y1 = around
    if x1 < box.x0 or x0 > box.x1 or y1 < box.y0 or y0 > box.y1:
        return False
    whole = x0 >= box.x0 and x1 <= box.x1 and y0 >= box.y0 and y1 <= box.y1
    return whole or bool(inside(path.points, box).mean() > 0.5)


def _clip_home(clip: Box | None, frames: Sequence[Box]) -> int:
    if clip is None:
        return -1
    away = [clip.away(box) for box in frames]
    return int(np.argmin(away)) if away and min(away) <= _CLIP else -1


def _laid(page: Page, box: Box, boxes: Floats) -> int:
    """Return the object from which on an inset covers what is below; -1 for a transparent one."""
    same = np.abs(boxes - np.array(box)).max(axis=1) <= _CLIP
    return min(
        (
            page.paths[number].drawn
            for number in np.flatnonzero(same)
            if page.paths[number].fill is not None
        ),
        default=-1,
    )


def blanks(page: Page, box: Box) -> list[tuple[int, Box]]:
    """Return the white rectangles in a box that are clearly smaller, and their place in the order.

    An inset stands on one, whether or not it has axes that can be read.
    """
    sides = np.array(box.size)
    blank_boxes = []
    for place, path in enumerate(page.paths):
        if path.fill is None or not is_white(path.fill) or len(path.points) not in (4, 5):
            continue
        blank = Box.around(path.points)
        if inside(blank.ends, box).all() and np.all(np.less(blank.size, _SMALLER * sides)):
            blank_boxes.append((place, blank))
    return blank_boxes


def inside(points: Floats, box: Box, margin: float = EDGE) -> Flags:
    """Return which points lie in a box."""
    low, high = box.ends + np.array([[-margin], [margin]])
    return np.asarray(((points >= low) & (points <= high)).all(axis=1))


def window(path: Path, panel: Panel) -> Box:
    """Return where a path of a panel can be seen."""
    return panel.box if path.clip is None else panel.box.shared(path.clip)


def visible(chain: Chain, box: Box) -> tuple[Floats, bool]:
    """Return the points of a line that can be seen, and whether some cannot.

    Where it crosses the edge is one of them.
    """
    cut = not inside(chain.points, box).all()
    return np.concatenate([_crossed(part, box) if cut else part for part in chain.parts]), cut


def _crossed(part: Floats, box: Box) -> Floats:
    """Return a line cut at the edges of a box."""
    within = inside(part, box)
    pieces = [part[:1][within[:1]]]
    for start, end in pairwise(range(len(part))):
        if not (within[start] and within[end]):
            cuts = _cuts(part[start], part[end], box)
            pieces.append(cuts[[not within[start], not within[end]]] if len(cuts) else cuts)
        pieces.append(part[end : end + 1][within[end : end + 1]])
    points = np.concatenate(pieces)
    steps = np.abs(np.diff(points, axis=0, prepend=np.inf)).max(axis=1)
    return np.asarray(points[steps > EDGE])


def _cuts(start: Floats, end: Floats, box: Box) -> Floats:
    """Return where a straight line enters a box, and where it leaves it; nothing if it does not."""
    way = np.where(end == start, 1e-12, end - start)
    to_low, to_high = (np.array(box[:2]) - start) / way, (np.array(box[2:]) - start) / way
    enter, leave = (
        float(np.minimum(to_low, to_high).max()),
        float(np.maximum(to_low, to_high).min()),
    )
    if leave <= max(enter, 0.0) or enter >= 1:
        return np.empty((0, 2))
    return np.asarray([start + max(enter, 0.0) * way, start + min(leave, 1.0) * way])
