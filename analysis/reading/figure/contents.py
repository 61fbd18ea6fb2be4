"""The curves of one panel: lines and markers, with their error bars and names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.reading.figure.axes import Panel
from analysis.reading.figure.colours import colour_name, is_white, seen
from analysis.reading.figure.decoration import areas, arrows, decoration, hatching, spans
from analysis.reading.figure.drawn import SIDE_UNKNOWN, Drawn
from analysis.reading.figure.error_bars import Sticks
from analysis.reading.figure.legend import Legends, entry_of
from analysis.reading.figure.lines import FLATNESS, Chain, is_solid, undash
from analysis.reading.figure.markers import Cluster
from analysis.reading.figure.page import Colour, Page, Path
from analysis.reading.figure.places import blanks, inside, visible, window
from analysis.typing import Floats

# Points: matplotlib drops points of a line that lie within 1/9 of a pixel of it.
SIMPLIFIED = 1 / 9
# Points: where the file's numbers are rounded, the program that drew it may have rounded them more
# coarsely before (gnuplot: to about 1/150); numbers finer than this step were not rounded.
_OWN_GRID, _EXACT = 0.002, 2e-4
# With fewer points that lie near the line between their neighbours nothing can be told of them.
_FEW = 6
# Where a larger part of the points lies so near, the line is smooth at the scale of the tolerance.
_SMOOTH = 0.4
# Points: how far markers may lie beside the line that goes through them.
_THROUGH = 0.15
# Places of markers that are compared with a line at most.
_COMPARED = 200
# Points: how far a curve of an inset may reach beyond the inset's white ground.
_BLANK = 1.0


@dataclass(eq=False)
class _Curve:
    """A curve with what it was made from."""

    drawn: Drawn
    chain: Chain | None = None
    cluster: Cluster | None = None


class Contents:
    """What is drawn in one panel.

    Parameters
    ----------
    page : Page
    panels : sequence of Panel
    number : int
        Which of them.
    plain : dict
        The paths in it that may be curves, by their place in the order of drawing.
    legends : Legends
    """

    def __init__(
        self,
        page: Page,
        panels: Sequence[Panel],
        number: int,
        plain: Mapping[int, Path],
        legends: Legends,
    ) -> None:
        self.page, self.panels, self.number = page, panels, number
        self.panel = panels[number]
        self.plain, self.legends = plain, legends
        self._blanks = blanks(page, self.panel.box)
        self.rest = areas(plain)
        middles = np.reshape(page.pictures, (-1, 2, 2)).mean(axis=1)
        self.rest["a picture, of whose pixels no curve is read"] += int(
            inside(middles, self.panel.box).sum()
        )

    def curves(
        self, clusters: Sequence[Cluster], chains: Sequence[Chain], own: Sequence[int]
    ) -> list[Drawn]:
        """Return the curves in the order of drawing.

        Parameters
        ----------
        clusters : sequence of Cluster
            The markers in the panel; a single one is a curve only if a legend names it.
        chains : sequence of Chain
            The lines in the panel.
        own : sequence of int
            The panel of each path of the page.
        """
        samples = self.legends.chains
        lines, sticks = self._sticks([chain for chain in chains if not samples & {*chain.members}])
        curves = [curve for curve in map(self._marked, clusters) if curve is not None]
        for curve in curves:
            _add_bars(curve, sticks)
        # Strokes in a row may be caps of error bars or dashes: the bars are found first.
        solid = [curve for curve in map(self._lined, filter(is_solid, lines)) if curve is not None]
        for curve in solid:
            _add_bars(curve, sticks)
        ready = {id(curve.chain): curve for curve in solid}
        for chain in self._kept(undash([*lines, *sticks.left()], own)):
            line = ready.get(id(chain)) or self._lined(chain)
            if line is None:
                continue
            partner = next((curve for curve in curves if _goes_through(line, curve)), None)
            if partner is None:
                curves.append(line)
            else:
                _merge(partner, line)
        own_axes = [curve for curve in curves if not self._is_inset(curve.drawn)]
        self.rest["a curve of an inset without axes that can be read"] += len(curves) - len(
            own_axes
        )
        return self._named(sorted(own_axes, key=lambda curve: curve.drawn.drawn))

    def _is_inset(self, drawn: Drawn) -> bool:
        """Return whether a curve lies on a white rectangle that was laid over the panel before."""
        return any(
            place < drawn.drawn and inside(drawn.points, box, _BLANK).all()
            for place, box in self._blanks
        )

    def left_out(self) -> tuple[str, ...]:
        """Return what was taken for no curve, in words."""
        return tuple(
            f"left out: {reason}{f' ({count})' if count > 1 else ''}"
            for reason, count in sorted(self.rest.items())
            if reason and count
        )

    def _sticks(self, chains: Sequence[Chain]) -> tuple[list[Chain], Sticks]:
        """Return the lines, and the straight strokes along an axis that may be error bars."""
        lines, sticks = [], []
        for chain in chains:
            pieces = [replace(chain, parts=[part]) for part in chain.parts]
            if any(piece.level is None or spans(piece, self.panel.box) for piece in pieces):
                lines.append(chain)
            else:
                sticks += pieces
        return lines, Sticks(sticks)

    def _kept(self, chains: Sequence[Chain]) -> list[Chain]:
        """Return the lines that are curves, and count the others."""
        hatches = hatching([chain for chain in chains if len(chain.points) == 2])
        pointing = arrows(chains, self.plain)
        lines = []
        for chain in chains:
            path = self.page.paths[chain.members[0]]
            reason = decoration(chain, path, self.panel, self.panels)
            if reason is None and chain.members[0] in hatches:
                reason = "a line side by side with others like it"
            elif reason is None and chain.members[0] in pointing:
                reason = "an arrow or bracket"
            if reason is None:
                lines.append(chain)
            elif not self.legends.covers(path, chain.points):
                self.rest[reason] += 1
        return lines

    def _marked(self, cluster: Cluster) -> _Curve | None:
        """Return markers as a curve: those that are in the panel and no samples of a legend."""
        own = [
            glyph.members[0] not in self.legends.glyphs
            and not self.legends.covers(glyph.first, glyph.box.ends)
            for glyph in cluster.glyphs
        ]
        first = cluster.glyphs[0].paths[0]
        shown = np.array(own) & inside(cluster.anchors, window(first, self.panel))
        named = {entry.cluster.style for entry in self.legends.entries if entry.cluster is not None}
        solid = len(cluster.glyphs[0].first.points) > 2
        if len(cluster.glyphs) == 1 and not (solid and cluster.style in named):
            self.rest["a small shape unlike all others"] += bool(shown.any()) and solid
            return None
        if not shown.any():
            return None
        cut = int(np.sum(own)) - int(shown.sum())
        _, stroke, fill = cluster.style
        colour = seen(stroke, fill) or (0.0, 0.0, 0.0)
        drawn = Drawn(
            self.number, "left", cluster.anchors[shown], "markers", colour, colour_name(colour),
            (), first.width, shape=cluster.shape, drawn=cluster.glyphs[0].members[0],
            hollow=(fill is None or is_white(fill)) and len(first.points) > 2,
            spread=(float(np.hypot(self._rounding, cluster.doubt[0])),
                    float(np.hypot(self._rounding, cluster.doubt[1]))),
            remarks=_remarks(
                (cut > 0, f"{cut} of its markers lie outside of the panel and are left out"),
                (max(cluster.doubt) > 0, "which part of its triangles marks a place is not known"),
            ),
        )  # fmt: skip
        return _Curve(drawn, cluster=cluster)

    @property
    def _rounding(self) -> float:
        step = self.page.step / float(np.sqrt(12))
        return max(step, _OWN_GRID) if self.page.step > _EXACT else step

    def _lined(self, chain: Chain) -> _Curve | None:
        """Return a line as a curve, None where it cannot be seen."""
        path = self.page.paths[chain.members[0]]
        whole = not chain.dashes and not chain.bezier
        points, cut = visible(chain, window(path, self.panel))
        simplified = whole and _may_lack_points(points)
        if len(points) < 2:
            return None
        spread = float(np.hypot(self._rounding, FLATNESS / np.sqrt(12) if chain.bezier else 0.0))
        gaps = len(chain.parts) - 1
        drawn = Drawn(
            self.number, "left", points, "line", chain.stroke, colour_name(chain.stroke),
            chain.dash, chain.width, spread=(spread, spread), drawn=chain.members[0],
            remarks=_remarks(
                (cut, "goes on beyond the panel: read to where it crosses the edge"),
                (chain.dashes > 0, f"drawn as {chain.dashes} little lines, which were joined"),
                (not chain.dashes and len(chain.objects) > 1,
                 f"drawn in {len(chain.objects)} pieces, which were joined"),
                (gaps > 0, f"has {gaps} gap{'s' if gaps > 1 else ''}"),
                (chain.bezier, f"drawn as Bezier curves, followed within {FLATNESS} pt"),
                (simplified, "points within 0.11 pt of it may have been dropped when it was drawn"),
                (path.closed, "ends where it begins"),
            ),
        )  # fmt: skip
        return _Curve(drawn, chain=chain)

    def _named(self, curves: Sequence[_Curve]) -> list[Drawn]:
        """Return the curves with the labels of the legend and the y axis that they belong to."""
        entries = [
            entry_of(self.legends, self.number, self.panel, curve.chain, curve.cluster)
            for curve in curves
        ]
        sides = _tick_colours(self.page, self.panel)
        labelled = []
        for number, (curve, entry) in enumerate(zip(curves, entries, strict=True)):
            also = [
                f"the legend's {entry.label!r} may be curve {other + 1}, too"
                for other, its in enumerate(entries)
                if entry is not None and its is entry and other != number
            ]
            axis, doubt = _side(self.panel, sides, curve.drawn.colour)
            labelled.append(
                replace(
                    curve.drawn,
                    axis=axis,
                    label=entry.label if entry else "",
                    remarks=(*curve.drawn.remarks, *also, *doubt),
                )
            )
        named = {id(entry) for entry in entries}
        for entry in self.legends.entries:
            if entry.home == self.number and id(entry) not in named:
                self.rest[f"an entry of the legend without a curve: {entry.label}"] += 1
        return labelled


def _remarks(*cases: tuple[bool, str]) -> tuple[str, ...]:
    return tuple(text for holds, text in cases if holds)


def _add_bars(curve: _Curve, sticks: Sticks) -> None:
    drawn = curve.drawn
    colours = [drawn.colour, *(curve.cluster.style[1:] if curve.cluster else ())]
    curve.drawn = replace(
        drawn,
        x_bars=sticks.bars(drawn.points, 0, colours),
        y_bars=sticks.bars(drawn.points, 1, colours),
    )


def _may_lack_points(points: Floats) -> bool:
    """Return whether a line may have been simplified: points on straight pieces of it are rare.

    A line that was not has points at equal distances along x. Or, of those that lie nearer than
    the tolerance of simplification to the line between their neighbours, about a third lie nearer
    than a third of it; and at least half as many lie as near to the line through the two before
    them, nearly all where the line is smooth: just those are dropped. Where a line was simplified,
    these are fewer; with very few, nothing can be told.
    """
    moved = np.r_[True, np.any(np.diff(points, axis=0), axis=1)]
    points = points[moved]
    if len(points) < 4:
        return True
    steps = np.diff(points[:, 0])
    if np.ptp(steps) < 0.02 * abs(float(np.median(steps))) + 1e-3:
        return False
    before, way = points[1:-1] - points[:-2], points[2:] - points[:-2]
    area = np.abs(way[:, 0] * before[:, 1] - way[:, 1] * before[:, 0])
    across, ahead = (area / np.maximum(np.hypot(*along.T), 1e-9) for along in (way, before))
    near, nearest = int(np.sum(across < SIMPLIFIED)), int(np.sum(across < SIMPLIFIED / 3))
    going_on = int(np.sum(ahead < SIMPLIFIED))
    smooth = near > _SMOOTH * len(across)
    return (
        near < _FEW
        or nearest < near / 3 - np.sqrt(2 * near) / 3
        or going_on < (0.75 * near if smooth else (near - np.sqrt(near)) / 2)
    )


def _goes_through(line: _Curve, marks: _Curve) -> bool:
    """Return whether a line of their colour goes through markers, so that both are one curve."""
    cluster, chain = marks.cluster, line.chain
    if cluster is None or chain is None or marks.chain is not None:
        return False
    if chain.stroke not in cluster.style[1:] or len(marks.drawn.points) < 2:
        return False
    points = marks.drawn.points
    points = points[:: max(1, len(points) // _COMPARED)]
    near = distance(points, chain.parts) < _THROUGH
    return bool(near.mean() > 0.9)


def distance(points: Floats, parts: Sequence[Floats]) -> Floats:
    """Return how far points lie from a line of parts, shape (N,)."""
    start = np.concatenate(parts)
    way = np.concatenate([np.diff(part, axis=0, append=part[-1:]) for part in parts])
    squared = np.maximum((way**2).sum(axis=1), 1e-12)
    gaps = []
    for point in points:
        t = np.clip(((point - start) * way).sum(axis=1) / squared, 0, 1)
        gaps.append(np.hypot(*(start + t[:, None] * way - point).T).min())
    return np.array(gaps)


def _merge(marks: _Curve, line: _Curve) -> None:
    marks.chain = line.chain
    marks.drawn = replace(
        marks.drawn,
        dash=line.drawn.dash,
        drawn=min(line.drawn.drawn, marks.drawn.drawn),
        remarks=(*marks.drawn.remarks, "a line goes through its markers; the markers were read"),
    )


def _tick_colours(page: Page, panel: Panel) -> tuple[set[Colour], set[Colour]]:
    """Return the colours of the strokes that begin at the left and the right edge of a panel."""
    by_side: tuple[set[Colour], set[Colour]] = (set(), set())
    if panel.right is None:
        return by_side
    for path in page.paths:
        extent = np.ptp(path.points, axis=0)
        if path.stroke is None or len(path.points) != 2 or extent[1] > 0.02 or extent[0] > 14:
            continue
        for edge, ticks, colours in zip(
            (panel.box.x0, panel.box.x1), (panel.y.ticks, panel.right.ticks), by_side, strict=True
        ):
            at = np.abs(path.points[:, 0] - edge).min() < 1
            if at and any(abs(path.points[0, 1] - where) < 0.5 for where, _ in ticks):
                colours.add(path.stroke)
    return by_side


def _side(
    panel: Panel, sides: tuple[set[Colour], set[Colour]], colour: Colour
) -> tuple[str, tuple[str, ...]]:
    """Return which y axis a curve belongs to, by the colours of ticks, and what is uncertain."""
    if panel.right is None:
        return "left", ()
    left, right = (any(_alike(colour, other) for other in side) for side in sides)
    if left != right:
        return ("left" if left else "right"), ()
    return "left", (SIDE_UNKNOWN,)


def _alike(colour: Colour, other: Colour) -> bool:
    return float(np.abs(np.subtract(colour, other)).max()) < 0.02
