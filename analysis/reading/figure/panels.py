"""Panels of a figure: frames with axes whose numbers can be read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import DataError
from analysis.reading.figure.axes import Axis, Panel
from analysis.reading.figure.drafts import PAIRS, Draft, at, drafts_of, free_words, holds, judge
from analysis.reading.figure.page import Box, Page
from analysis.reading.figure.ticks import Lines, edges_of, straight_lines, within
from analysis.reading.figure.titles import entitle, name_panels
from analysis.reading.figure.words import Word, words


@dataclass(frozen=True)
class Refused:
    """A panel whose axes cannot be read: where it is, and why, in words."""

    box: Box
    reason: str


@dataclass(frozen=True)
class Survey:
    """The panels of a page, and those that were refused."""

    panels: tuple[Panel, ...]
    refused: tuple[Refused, ...]


def survey_panels(page: Page) -> Survey:
    """Return the panels of a page, and those that are refused.

    They come row by row, insets after the panels that they are in.

    A panel is a rectangle, two lines that meet in a corner, or two lines with ticks, with numbers
    at two sides; where it has ticks but no numbers, those of a panel in line with it hold.

    Raises
    ------
    DataError
        If there is none whose axes can be read.
    """
    lines, all_words = straight_lines(page), words(page)
    drafts = drafts_of(page, lines, all_words)
    name_panels(drafts, all_words)
    entitle(drafts, all_words)
    for draft in drafts:
        judge(draft)
    refused = tuple(
        Refused(draft.frame.box, f"the panel {_place(draft.frame.box, page)}: {draft.reason}")
        for draft in drafts if draft.reason
    )  # fmt: skip
    if len(refused) == len(drafts):
        nothing = "there is no frame or pair of axes with numbers at its ticks"
        reasons = [draft.reason for draft in refused[:3]] or [nothing, *page.notes]
        raise DataError(
            f"{page.file}, page {page.number}: no panel's axes can be read: {'; '.join(reasons)}"
        )
    whole = _in_order([draft for draft in drafts if not draft.reason])
    free = free_words(drafts, all_words)
    panels = tuple(_panel(i, whole, refused, lines, free) for i in range(len(whole)))
    return Survey(panels, refused)


def _place(box: Box, page: Page) -> str:
    """Return where on a page a box is: "at the upper left"."""
    x, y = np.divide(box.middle, (page.width, page.height))
    row = "upper" if y > 0.6 else "lower" if y < 0.4 else ""
    column = "right" if x > 0.6 else "left" if x < 0.4 else ""
    return f"at the {' '.join(filter(None, (row, column))) or 'middle'}"


def _in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """Sort drafts as they are read: by rows from the top, then from the left; insets last."""
    inner = [draft for draft in drafts if _around(draft, drafts)]
    rest = sorted(drafts, key=lambda draft: -draft.frame.box.y1)
    rest = [draft for draft in rest if draft not in inner]
    ordered: list[Draft] = []
    while rest:
        top = rest[0].frame.box
        row = [draft for draft in rest if draft.frame.box.y1 > top.middle[1]]
        ordered += sorted(row, key=lambda draft: draft.frame.box.x0)
        rest = [draft for draft in rest if draft not in row]
    return ordered + sorted(inner, key=lambda draft: draft.frame.box.x0)


def _around(draft: Draft, drafts: Sequence[Draft]) -> list[int]:
    """Return which drafts hold this one, the smallest first."""
    around = [
        i for i, other in enumerate(drafts)
        if other is not draft and within(draft.frame.box, other.frame.box)
    ]  # fmt: skip
    return sorted(around, key=lambda i: drafts[i].frame.box.size[0])


def _panel(
    number: int,
    drafts: Sequence[Draft],
    refused: Sequence[Refused],
    lines: tuple[Lines, Lines],
    free: Sequence[Word],
) -> Panel:
    draft = drafts[number]
    box, axes, own = draft.frame.box, draft.axes, draft.claimed
    holes = tuple(draft.box for draft in refused if within(draft.box, box))
    inner = [*holes, *(draft.frame.box for draft in drafts if number in _around(draft, drafts))]
    texts = [
        word.text for word in free
        if holds(box, word) and not any(holds(hole, word) for hole in inner)
    ]  # fmt: skip
    texts += [
        word.text for word in free
        if _heads(word, box) and not any(holds(draft.frame.box, word) for draft in drafts)
    ]  # fmt: skip
    paths = {path for word in own for path in word.paths} | edges_of(lines, draft.frame)
    for side in draft.sides.values():
        paths |= side.ticks.paths | side.grid.paths
    (x, top), (y, right) = (_axes(axes, *names) for names in PAIRS)
    return Panel(
        box,
        x,
        y,
        draft.name or str(number + 1),
        next(iter(_around(draft, drafts)), None),
        tuple(texts),
        tuple(f"axis {at(n)}: {remark}" for n, axis in axes.items() for remark in axis.remarks),
        frozenset(number for word in own for number in word.letters),
        right,
        top,
        frozenset(paths),
        holes,
    )


def _heads(word: Word, box: Box) -> bool:
    """Return whether a word stands right above a panel, as its title does."""
    above = 0 < word.box.y0 - box.y1 < 2.6 * word.size
    return above and word.angle == 0 and box.x0 <= word.middle[0] <= box.x1


def _axes(axes: dict[str, Axis], first: str, across: str) -> tuple[Axis, Axis | None]:
    """Return the axis of a direction, and the one across if it has numbers of its own."""
    if first not in axes or across not in axes:
        return axes.get(first) or axes[across], None
    axis, other = axes[first], axes[across]
    where = np.array([position for position, _ in axis.ticks])
    agree = axis.scale == other.scale and not other.title
    if agree and np.all(np.abs(other.position(axis.value(where)) - where) < 0.5):
        return axis, None
    return axis, other
