"""What is drawn in a panel and is no curve: grids, guides, frames, areas, arrows, hatching."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.reading.figure.axes import Panel
from analysis.reading.figure.lines import Chain, is_straight
from analysis.reading.figure.markers import LARGEST, corners
from analysis.reading.figure.page import Box, Path
from analysis.reading.figure.places import inside
from analysis.typing import Floats

# Points: how near to a frame something is part of it; how long ticks are at most.
_FRAME, _TICK = 1.0, 14.0
# A filled outline of this thickness or less is a line that was drawn as its outline.
_THIN = 2.6
_HATCHES = 5
# The largest head of an arrow.
_HEAD = 14.0
_CORNER = 1.5


def spans(chain: Chain, box: Box) -> bool:
    """Return whether a straight line goes across all of a panel: of a grid, or a guide."""
    return bool((np.ptp(chain.points, axis=0) > 0.97 * np.array(box.size)).any())


def decoration(chain: Chain, path: Path, panel: Panel, panels: Sequence[Panel]) -> str | None:
    """Return what a line is that is no curve, None for a curve; "" goes without saying.

    Parameters
    ----------
    chain : Chain
    path : Path
        Its first.
    panel : Panel
        That it is in.
    panels : sequence of Panel
        All of the page.
    """
    points = chain.points
    extent = np.ptp(points, axis=0)
    near = np.abs(points[:, None] - panel.box.ends)
    edges, square = bool((near.min(axis=(1, 2)) <= _FRAME).all()), _is_square(points)
    few = len(points) <= 6 or chain.bezier
    others = [other.box for other in panels if other is not panel]
    free = path.clip is None and not inside(points, panel.box).all()
    cases = (
        (path.fill is not None and len(points) > 2, "a filled area"),
        (extent.max() < 2 or (edges and (square or chain.level is not None)), ""),
        (chain.level is not None and extent.max() <= _TICK and near.min() <= _FRAME, ""),
        (chain.level is not None, "a line along an axis"),
        (path.closed and few, "an outline"),
        (any(all(_joins(part, box) for part in chain.parts) for box in others), ""),
        (few and (free or (len(points) <= 4 and square)), "an arrow or bracket"),
    )
    return next((reason for holds, reason in cases if holds), None)


def _is_square(points: Floats) -> bool:
    """Return whether all pieces of a line run along the axes."""
    return bool((np.abs(np.diff(points, axis=0)).min(axis=1) < 0.02).all())


def arrows(chains: Sequence[Chain], paths: Mapping[int, Path]) -> set[int]:
    """Return the first paths of arrows: of their shafts, and of the heads at an end of these.

    A head has three or four corners, is small, and is drawn next to its shaft.
    """
    heads = {}
    for index, path in paths.items():
        tips = corners(path)
        if len(tips) in {3, 4} and np.ptp(tips, axis=0).max() <= _HEAD:
            heads[path.drawn] = index, tips
    members = set()
    for chain in chains:
        first = paths[chain.members[0]]
        if len(chain.members) > 1 or len(corners(first)) > 3:
            continue
        for drawn in (first.drawn - 2, first.drawn - 1, first.drawn + 1, first.drawn + 2):
            index, tips = heads.get(drawn, (-1, np.full((1, 2), np.inf)))
            away = np.abs(tips[:, None] - chain.points[[0, -1]]).max(axis=2).min()
            if away <= 2 + first.width:
                members |= {chain.members[0], index}
    return members


def _joins(part: Floats, box: Box) -> bool:
    """Return whether a line goes straight to a corner of a box: from what an inset enlarges."""
    away = np.abs(part[[0, -1]][:, None] - box.corners).max(axis=2).min()
    return is_straight(part) and bool(away <= _CORNER)


def hatching(chains: Sequence[Chain]) -> set[int]:
    """Return the first paths of straight lines that are drawn side by side in one direction."""
    groups: dict[object, list[int]] = defaultdict(list)
    for chain in chains:
        if len(chain.members) == 1 and is_straight(chain.points):
            way = chain.points[-1] - chain.points[0]
            angle = round(float(np.degrees(np.arctan2(way[1], way[0]))) % 180)
            groups[(chain.style, angle)].append(chain.members[0])
    return {member for group in groups.values() if len(group) >= _HATCHES for member in group}


def areas(paths: Mapping[int, Path]) -> Counter[str]:
    """Return what filled paths without a stroke are, that are no markers."""
    kinds: Counter[str] = Counter()
    for path in paths.values():
        extent = np.ptp(path.points, axis=0)
        if path.fill is None or path.stroke is not None or extent.max() <= LARGEST:
            continue
        x, y = corners(path).T
        area = abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
        around = float(np.hypot(np.diff(x, append=x[:1]), np.diff(y, append=y[:1])).sum())
        thin = len(x) > 8 and 2 * area / max(around, 1e-9) <= _THIN
        kinds["a thin filled outline, which may be a line" if thin else "a filled area"] += 1
    return kinds
