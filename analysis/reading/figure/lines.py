"""Lines: pieces of one style put together to the curves that they are pieces of."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from analysis.reading.figure.page import CURVE, Colour, Path
from analysis.typing import Floats

# Points of the page: by how much a Bezier curve's chords may miss it.
FLATNESS = 0.01
# The longest dash, and how far the next one may be, in lengths of a dash.
_DASH, _GAP = 18.0, 3.0
_FEWEST_DASHES = 5


@dataclass(eq=False)
class Chain:
    """A line as it was put together.

    Attributes
    ----------
    members : list of int
        Which paths of the page it consists of.
    parts : list of ndarray, shape (N, 2)
        Between its gaps.
    stroke : (red, green, blue)
    width : float
    dash : tuple of float
    bezier : bool
        Whether it has Bezier curves.
    objects : set of int
        In which objects of the page they are.
    dashes : int
        How many little lines it was drawn as; 0 for a line that is not.
    """

    members: list[int]
    parts: list[Floats]
    stroke: Colour
    width: float
    dash: tuple[float, ...]
    bezier: bool = False
    objects: set[int] = field(default_factory=set)
    dashes: int = 0

    @property
    def points(self) -> Floats:
        """Return all its points."""
        return np.concatenate(self.parts)

    @property
    def style(self) -> tuple[Colour, float, tuple[float, ...]]:
        """Return what a legend tells it by."""
        return self.stroke, round(self.width, 2), tuple(round(length, 1) for length in self.dash)

    @property
    def level(self) -> int | None:
        """Return 0 for a straight line along x, 1 along y, None for any other."""
        extent = np.ptp(self.points, axis=0)
        if not is_straight(self.points) or extent.min() > 0.02:
            return None
        return int(np.argmax(extent))


def is_straight(points: Floats) -> bool:
    """Return whether points follow each other on one straight piece."""
    way = points[-1] - points[0]
    length = float(np.hypot(*way))
    if length < 1e-6:
        return bool(np.ptp(points, axis=0).max() < 0.02)
    across = (points - points[0]) @ np.array([-way[1], way[0]]) / length
    along = (points - points[0]) @ way / length
    return bool(np.abs(across).max() < 0.02 and along.min() > -0.02 and along.max() < length + 0.02)


def flatten(path: Path) -> Floats:
    """Return a path's points with its Bezier curves as chords, none further away than 0.01 pt."""
    points = path.points
    if (path.codes == CURVE).any():
        pieces, start, index = [points[:1]], points[0], 1
        while index < len(points):
            if path.codes[index] != CURVE:
                pieces.append(points[index : index + 1])
                index += 1
            else:
                pieces.append(_chords(start, *points[index : index + 3]))
                index += 3
            start = points[index - 1]
        points = np.concatenate(pieces)
    if path.closed and np.abs(points[0] - points[-1]).max() > 1e-9:
        points = np.concatenate([points, points[:1]])
    return points


def _chords(start: Floats, first: Floats, second: Floats, end: Floats) -> Floats:
    # The second difference of the controls bounds the distance of n equal chords by L / (8 n^2).
    bend = 6 * max(np.hypot(*(start - 2 * first + second)), np.hypot(*(first - 2 * second + end)))
    count = int(np.clip(np.ceil(np.sqrt(bend / (8 * FLATNESS))), 1, 200))
    t = np.arange(1, count + 1)[:, None] / count
    return np.asarray(
        (1 - t) ** 3 * start
        + 3 * (1 - t) ** 2 * t * first
        + 3 * (1 - t) * t**2 * second
        + t**3 * end
    )


def find_chains(
    paths: Iterable[tuple[int, Path, Hashable]], step: float, alone: AbstractSet[int]
) -> list[Chain]:
    """Return lines from stroked paths: those that go on where one of their style ended are joined.

    Parameters
    ----------
    paths : iterable of (int, Path, hashable)
        Its place in the order of drawing, the path, and what belongs together (the panel).
    step : float
        The smallest difference of coordinates that the file states.
    alone : set of int
        Paths that are joined to none: samples of a legend that share an object with a curve.
    """
    near = max(0.02, 2.5 * step)
    groups: dict[Hashable, list[Chain]] = defaultdict(list)
    for index, path, home in paths:
        if path.stroke is None:
            continue
        points = flatten(path)
        bezier = bool((path.codes == CURVE).any())
        chain = Chain([index], [points], path.stroke, path.width, path.dash, bezier, {path.drawn})
        same = groups[(home, path.closed or index in alone, *chain.style)]
        if path.closed or index in alone or not (same and _join(same[-1], chain, near)):
            same.append(chain)
    joined = [chain for chains in groups.values() for chain in chains]
    for chain in joined:
        chain.parts = _continued(chain.parts, near)
    return sorted(joined, key=lambda chain: chain.members[0])


def _join(last: Chain, chain: Chain, near: float) -> bool:
    meets = np.abs(last.parts[-1][-1] - chain.parts[0][0]).max() <= near
    if not (meets or last.objects >= chain.objects):
        return False
    last.parts += chain.parts
    last.members += chain.members
    last.objects |= chain.objects
    last.bezier |= chain.bezier
    return True


def _continued(parts: list[Floats], near: float) -> list[Floats]:
    """Return parts that meet end to start as one."""
    groups: list[list[Floats]] = []
    end: Floats | None = None
    for part in parts:
        if end is not None and np.abs(end - part[0]).max() <= near:
            groups[-1].append(part[1:])
        else:
            groups.append([part])
        end = part[-1]
    return [np.concatenate(group) for group in groups]


def undash(chains: Iterable[Chain], homes: Sequence[int]) -> list[Chain]:
    """Return chains with the dashes joined that were drawn one by one.

    Parameters
    ----------
    chains : iterable of Chain
    homes : sequence of int
        The panel of each path of the page.
    """
    groups: dict[Hashable, list[Chain]] = defaultdict(list)
    for chain in sorted(chains, key=lambda chain: chain.members[0]):
        groups[(homes[chain.members[0]], *chain.style)].append(chain)
    undashed = [chain for group in groups.values() for chain in _undashed(group)]
    return sorted(undashed, key=lambda chain: chain.members[0])


def _undashed(chains: list[Chain]) -> list[Chain]:
    undashed: list[Chain] = []
    run: list[Chain] = []
    for chain in chains:
        solid = is_solid(chain)
        if run and (solid or not _goes_on(run[-1], chain)):
            undashed += _one_line(run)
            run = []
        (undashed if solid else run).append(chain)
    return undashed + _one_line(run)


def is_solid(chain: Chain) -> bool:
    """Return whether a line is longer than a dash, wherever it goes."""
    return any(_length(part) > _DASH for part in chain.parts)


def _length(part: Floats) -> float:
    return float(np.hypot(*np.diff(part, axis=0).T).sum())


def _goes_on(last: Chain, chain: Chain) -> bool:
    gap = float(np.hypot(*(chain.parts[0][0] - last.parts[-1][-1])))
    return gap <= _GAP * max(_length(last.parts[-1]), _length(chain.parts[0]), 1.0)


def _one_line(run: list[Chain]) -> list[Chain]:
    parts = [part for chain in run for part in chain.parts]
    if len(parts) < _FEWEST_DASHES:
        return run
    gaps = np.array([after[0] - before[-1] for before, after in pairwise(parts)])
    ways = np.array([part[-1] - part[max(-len(part), -2)] for part in parts[:-1]])
    sizes = np.hypot(*gaps.T) * np.hypot(*ways.T)
    along = np.sum(gaps * ways, axis=1) >= 0.8 * sizes
    if float(along.mean()) < 0.7:
        return run
    first = run[0]
    members = [member for chain in run for member in chain.members]
    objects = set().union(*(chain.objects for chain in run))
    bezier = any(chain.bezier for chain in run)
    return [Chain(members, [np.concatenate(parts)], first.stroke, first.width, first.dash,
                  bezier, objects, len(parts))]  # fmt: skip
