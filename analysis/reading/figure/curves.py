"""Curves of a page: what is drawn in its panels, less all that is no curve."""

from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from analysis.reading.figure.axes import Panel
from analysis.reading.figure.colours import is_white, seen
from analysis.reading.figure.contents import Contents
from analysis.reading.figure.drawn import Drawn
from analysis.reading.figure.legend import Sheet, find_legends, shared_samples
from analysis.reading.figure.lines import find_chains, undash
from analysis.reading.figure.markers import Cluster, find_glyphs, group_glyphs
from analysis.reading.figure.page import Page
from analysis.reading.figure.places import bounds, homes
from analysis.reading.figure.words import words

# Points: how near a path comes to a panel's box that is its frame or its background.
_FRAME = 1.0


def sort_out(
    page: Page, panels: Sequence[Panel]
) -> tuple[tuple[Drawn, ...], tuple[tuple[str, ...], ...]]:
    """Return the curves of a page's panels, and for each panel what was left out, in words.

    Curves come in the order of panels and of drawing.

    Parameters
    ----------
    page : Page
    panels : sequence of Panel
    """
    boxes = bounds(page)
    own = homes(page, panels, boxes)
    texts = words(page)
    spoken = {path for word in texts for path in word.paths}
    frames = [panel.box for panel in panels]
    plain = {
        index: path
        for index, path in enumerate(page.paths)
        if index not in spoken
        and not is_white(seen(path.stroke, path.fill))
        and not any(np.abs(np.subtract(boxes[index], box)).max() < _FRAME for box in frames)
    }
    axes = frozenset[int]().union(*(panel.used for panel in panels))
    free = [word for word in texts if not axes & {*word.letters}]
    every = group_glyphs(find_glyphs(plain, boxes), own, page.step)
    clusters = _markers(every)
    in_clusters = {
        member for cluster in clusters for glyph in cluster.glyphs for member in glyph.members
    }
    chains = find_chains(
        ((index, path, own[index]) for index, path in plain.items() if index not in in_clusters),
        page.step,
        shared_samples(plain, boxes, free),
    )
    singles = [cluster for cluster in every if cluster.shape and cluster not in clusters]
    sheet = Sheet(page.paths, boxes, own, panels, free)
    legends = find_legends(sheet, undash(chains, own), [*clusters, *singles])
    drawn: list[Drawn] = []
    left_out = []
    for number in range(len(panels)):
        contents = Contents(
            page, panels, number, {i: p for i, p in plain.items() if own[i] == number}, legends
        )
        drawn += contents.curves(
            [
                cluster
                for cluster in (*clusters, *singles)
                if own[cluster.glyphs[0].members[0]] == number
            ],
            [chain for chain in chains if own[chain.members[0]] == number],
            own,
        )
        left_out.append(contents.left_out())
    return tuple(drawn), tuple(left_out)


def _markers(clusters: Sequence[Cluster]) -> tuple[Cluster, ...]:
    """Return the clusters that are markers: crosses on other markers are error bars."""
    markers = [cluster for cluster in clusters if cluster.shape and len(cluster.glyphs) > 1]
    shut = [marker.anchors for marker in markers if len(marker.glyphs[0].first.points) > 2]
    if not shut:
        return tuple(markers)
    tree = cKDTree(np.concatenate(shut))
    return tuple(
        marker
        for marker in markers
        if len(marker.glyphs[0].first.points) > 2 or np.median(tree.query(marker.anchors)[0]) > 0.1
    )
