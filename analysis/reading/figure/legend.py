"""Legends: the samples of lines and markers that stand beside words, and what they call them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from analysis.reading.figure.axes import Panel
from analysis.reading.figure.colours import seen
from analysis.reading.figure.lines import Chain
from analysis.reading.figure.markers import Cluster
from analysis.reading.figure.page import Box, Colour, Path
from analysis.reading.figure.places import inside
from analysis.reading.figure.words import Word
from analysis.typing import Floats

# Points: lengths of the samples of lines; sizes of the font: how far away the words may be.
_SHORTEST, _LONGEST = 5.0, 90.0
_AWAY = 3.5
# More markers of one kind outside of all panels are those of a panel that was not read.
_SAMPLES = 6
_BARS = 2


@dataclass(eq=False)
class Entry:
    """One line of a legend.

    Attributes
    ----------
    label : str
    home : int
        The panel that it stands in; -1 outside of them.
    box : Box
        Around its first sample.
    chain : Chain or None
        The sample of the line.
    cluster : Cluster or None
        What has the style of the marker.
    """

    label: str
    home: int
    box: Box
    chain: Chain | None = None
    cluster: Cluster | None = None


@dataclass(eq=False)
class Legends:
    """What the legends of a page say, and what belongs to them.

    Attributes
    ----------
    entries : list of Entry
    chains : set of int
        Paths of the lines that are samples.
    glyphs : set of int
        First paths of the markers that are samples.
    frames : list of (int, int, Box)
        From which object on to which, and where, everything belongs to a legend.
    """

    entries: list[Entry] = field(default_factory=list)
    chains: set[int] = field(default_factory=set)
    glyphs: set[int] = field(default_factory=set)
    frames: list[tuple[int, int, Box]] = field(default_factory=list)

    def covers(self, path: Path, points: Floats) -> bool:
        """Return whether a path belongs to a legend: it is drawn with its frame, and inside."""
        middle = Box.around(points).middle
        return any(
            first <= path.drawn <= last and frame.holds(*middle)
            for first, last, frame in self.frames
        )


@dataclass(eq=False)
class _Sample:
    box: Box
    home: int
    chain: Chain | None = None
    cluster: Cluster | None = None
    glyph: int = -1
    framed: bool = False


class Sheet(NamedTuple):
    """What is known of a page.

    Attributes
    ----------
    paths : sequence of Path
    boxes : ndarray, shape (M, 4)
        Around them.
    homes : sequence of int
        The panel that each belongs to, or -1.
    panels : sequence of Panel
    texts : sequence of Word
        That belong to no axis.
    """

    paths: Sequence[Path]
    boxes: Floats
    homes: Sequence[int]
    panels: Sequence[Panel]
    texts: Sequence[Word]

    def free(self, index: int, box: Box) -> bool:
        """Return whether something is outside of the panels, or leaves its own without a cut."""
        path, home = self.paths[index], self.homes[index]
        if home < 0:
            return True
        return path.clip is None and not inside(box.ends, self.panels[home].box).all()


def find_legends(sheet: Sheet, chains: Sequence[Chain], clusters: Sequence[Cluster]) -> Legends:
    """Return the legends of a page.

    Parameters
    ----------
    sheet : Sheet
    chains, clusters : sequence
        All lines, and all markers, that may be samples.
    """
    legends = Legends(frames=_frames(sheet))
    level = [word for word in sheet.texts if min(word.angle % 360, 360 - word.angle % 360) < 2]
    samples = [*_lines(sheet, chains, legends), *_markers(sheet, clusters, legends)]
    beside = [(_beside(sample, level, 1), _beside(sample, level, -1)) for sample in samples]
    right = sum(after[0] <= before[0] for after, before in beside)
    side = 1 if 2 * right >= len(beside) else -1
    claims: dict[int, list[_Sample]] = defaultdict(list)
    for sample, both in zip(samples, beside, strict=True):
        word = both[0 if side > 0 else 1][1]
        if word is not None:
            claims[level.index(word)].append(sample)
    for number, claimants in claims.items():
        for sample in _nearest(claimants, side):
            _enter(legends, sample, level[number].text)
    return legends


def _frames(sheet: Sheet) -> list[tuple[int, int, Box]]:
    """Return the frames of legends: rectangles around words that are no panels.

    What is drawn next belongs to the legend, up to the first path that leaves the frame.
    """
    frames = []
    for index, path in enumerate(sheet.paths):
        extent = sheet.boxes[index, 2:] - sheet.boxes[index, :2]
        shut = path.closed or np.abs(path.points[0] - path.points[-1]).max() < 0.02
        if not shut or extent.min() < 8 or not 4 <= len(path.points) <= 40:
            continue
        box = Box(*sheet.boxes[index].tolist())
        panels = [panel.box for panel in sheet.panels]
        if any(_across(box, panel) or box.holds(*panel.middle) for panel in panels):
            continue
        if any(box.holds(*word.middle) for word in sheet.texts):
            rest = ~inside(sheet.boxes[index:].reshape(-1, 2), box).reshape(-1, 2).all(axis=1)
            last = index + int(np.argmax(rest)) - 1 if rest.any() else len(sheet.paths) - 1
            frames.append((path.drawn, sheet.paths[last].drawn, box))
    return frames


def _across(box: Box, panel: Box) -> bool:
    """Return whether a rectangle reaches from edge to edge of a panel: a band, a background."""
    return (box.x0 < panel.x0 + 1.5 and box.x1 > panel.x1 - 1.5) or (
        box.y0 < panel.y0 + 1.5 and box.y1 > panel.y1 - 1.5
    )


def _lines(sheet: Sheet, chains: Sequence[Chain], legends: Legends) -> list[_Sample]:
    longest: dict[object, float] = defaultdict(float)
    short: Counter[object] = Counter()
    samples = []
    for chain in chains:
        reach = float(np.ptp(chain.points[:, 0]))
        longest[chain.style] = max(longest[chain.style], reach)
        if chain.level == 0 and _SHORTEST <= reach <= _LONGEST:
            points, index = chain.points, chain.members[0]
            box = Box.around(points)
            framed = legends.covers(sheet.paths[index], points)
            samples.append((_Sample(box, sheet.homes[index], chain, framed=framed), chain))
            short[chain.style] += not framed
    samples_kept = []
    for sample, chain in samples:
        # Many of one style are error bars or their caps.
        alike = longest[chain.style] > 1.5 * (sample.box.x1 - sample.box.x0)
        few = short[chain.style] <= _BARS
        if sample.framed or (alike and few) or sheet.free(chain.members[0], sample.box):
            samples_kept.append(sample)
    return samples_kept


def _markers(sheet: Sheet, clusters: Sequence[Cluster], legends: Legends) -> list[_Sample]:
    samples = []
    for cluster in clusters:
        if not cluster.shape:
            continue
        apart = _apart(cluster, sheet.paths)
        few = len(cluster.glyphs) <= _SAMPLES
        for number, glyph in enumerate(cluster.glyphs):
            index = glyph.members[0]
            framed = legends.covers(sheet.paths[index], glyph.box.ends)
            if number in apart or framed or (few and sheet.free(index, glyph.box)):
                home = sheet.homes[index]
                samples.append(_Sample(glyph.box, home, None, cluster, index, framed))
    return samples


def _apart(cluster: Cluster, paths: Sequence[Path]) -> set[int]:
    """Return which of the first and last marker stand apart from the others of their curve.

    Other things were drawn in between, or the next one is much farther away than it is between
    the others.
    """
    count = len(cluster.glyphs)
    if count < 3:
        return set(range(count))
    order = np.diff([paths[glyph.members[0]].drawn for glyph in cluster.glyphs])
    steps = np.hypot(*np.diff(cluster.anchors, axis=0).T)
    usual = np.median(order), np.median(steps)
    return {
        number
        for number, gap in ((0, 0), (count - 1, count - 2))
        if order[gap] > usual[0] + 1 or steps[gap] > 4 * usual[1]
    }


def shared_samples(paths: Mapping[int, Path], boxes: Floats, texts: Sequence[Word]) -> set[int]:
    """Return the samples that share an object with their curve, as gnuplot draws them.

    Parameters
    ----------
    paths : mapping of int to Path
    boxes : ndarray, shape (M, 4)
        Around all paths of the page.
    texts : sequence of Word
    """
    shared = Counter(path.drawn for path in paths.values())
    shared_paths = set()
    for index, path in paths.items():
        x0, y0, x1, y1 = boxes[index].tolist()
        if len(path.points) != 2 or y1 - y0 > 0.02 or shared[path.drawn] < 2:
            continue
        sample = _Sample(Box(x0, y0, x1, y1), -1)
        if _SHORTEST <= x1 - x0 <= _LONGEST and any(_beside(sample, texts, s)[1] for s in (1, -1)):
            shared_paths.add(index)
    return shared_paths


def _beside(sample: _Sample, texts: Sequence[Word], side: int) -> tuple[float, Word | None]:
    """Return how far the nearest word on a side is, in sizes of its font, and the word."""
    best: tuple[float, Word | None] = (np.inf, None)
    for word in texts:
        if (
            not word.base.y0 - 0.35 * word.size
            <= sample.box.middle[1]
            <= word.base.y1 + 0.35 * word.size
        ):
            continue
        gap = word.box.x0 - sample.box.x1 if side > 0 else sample.box.x0 - word.box.x1
        if -0.5 <= gap <= _AWAY * word.size and gap / word.size < best[0]:
            best = (gap / word.size, word)
    return best


def _nearest(samples: Sequence[_Sample], side: int) -> list[_Sample]:
    """Return the sample that is nearest to its words, and what is drawn over or below it.

    Those in a frame go before others.
    """
    samples = [sample for sample in samples if sample.framed] or samples
    ends = [sample.box.x1 if side > 0 else -sample.box.x0 for sample in samples]
    best = samples[int(np.argmax(ends))]
    return [
        sample
        for sample in samples
        if sample.box.x0 <= best.box.x1 and sample.box.x1 >= best.box.x0
    ]


def _enter(legends: Legends, sample: _Sample, label: str) -> None:
    """Add a sample to the entry that it belongs to: a line and its marker have the same words."""
    for entry in legends.entries:
        if entry.label == label and entry.home == sample.home:
            break
    else:
        entry = Entry(label, sample.home, sample.box)
        legends.entries.append(entry)
    if sample.chain is not None:
        entry.chain = sample.chain
        legends.chains.update(sample.chain.members)
    if sample.cluster is not None:
        if entry.cluster is None or len(sample.cluster.glyphs) > len(entry.cluster.glyphs):
            entry.cluster = sample.cluster
        legends.glyphs.add(sample.glyph)


def entry_of(
    legends: Legends, home: int, panel: Panel, chain: Chain | None, cluster: Cluster | None
) -> Entry | None:
    """Return the entry that has the style of a curve, None where none or more than one has.

    Parameters
    ----------
    legends : Legends
    home : int
        The panel of the curve.
    panel : Panel
        This panel.
    chain, cluster : optional
        The line and the markers of the curve.
    """
    near = [entry for entry in legends.entries if entry.home in {home, -1}]
    likeness = [_likeness(entry, chain, cluster) for entry in near]
    best = [
        entry for entry, like in zip(near, likeness, strict=True) if like and like == max(likeness)
    ]
    inner = [entry for entry in best if entry.home == home]
    if inner:
        return inner[0] if len({entry.label for entry in inner}) == 1 else None
    return min(best, key=lambda entry: _distance(entry.box, panel.box), default=None)


def _likeness(entry: Entry, chain: Chain | None, cluster: Cluster | None) -> int:
    """Return 3 for the same style, 2 for the same marker or kind of line, 1 for the same colour."""
    line, mark = entry.chain, entry.cluster
    same_line = chain is not None and line is not None and chain.style == line.style
    same_mark = cluster is not None and mark is not None and cluster.style == mark.style
    if (same_line or chain is line is None) and (same_mark or cluster is mark is None):
        return 3
    if cluster is not None and mark is not None:
        return 2 * same_mark
    if chain is not None and line is not None:
        alike = chain.stroke == line.stroke
        return alike * (2 if len(chain.dash) == len(line.dash) else 1)
    return int(_colour(chain, cluster) == _colour(line, mark))


def _colour(chain: Chain | None, cluster: Cluster | None) -> Colour | None:
    if chain is not None:
        return chain.stroke
    return None if cluster is None else seen(*cluster.style[1:])


def _distance(box: Box, other: Box) -> float:
    x = max(other.x0 - box.x1, box.x0 - other.x1, 0.0)
    y = max(other.y0 - box.y1, box.y0 - other.y1, 0.0)
    return float(np.hypot(x, y))
