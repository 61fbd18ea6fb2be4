"""Panels of a figure: frames with axes whose numbers can be read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.errors import DataError
from analysis.reading.figure.axes import Axis, Panel, renamed
from analysis.reading.figure.labels import Side, axis_of, numbered
from analysis.reading.figure.numbers import read_number, read_offset
from analysis.reading.figure.page import Box, Page
from analysis.reading.figure.ticks import (
    SIDES,
    Frame,
    Lines,
    edges_of,
    frames,
    grid_of,
    straight_lines,
    ticks_at,
)
from analysis.reading.figure.titles import is_arbitrary, letter_of, split_title, title_gaps, title_row
from analysis.reading.figure.words import Word, words
from analysis.typing import Floats

_OPPOSITE = {"bottom": "top", "left": "right"}


@dataclass(frozen=True)
class Refused:
    """A panel whose axes cannot be read: where it is, and why, in words."""

    box: Box
    reason: str


@dataclass(frozen=True)
class Survey:
    """What was found on a page: panels, and those that were refused."""

    panels: tuple[Panel, ...]
    refused: tuple[Refused, ...]


@dataclass
class _Draft:
    """A panel in the making."""

    frame: Frame
    sides: dict[str, Side]
    axes: dict[str, Axis]
    name: str = ""
    reason: str = ""
    words: tuple[Word, ...] = ()  # of titles and offsets

    @property
    def claimed(self) -> list[Word]:
        numbers = [word for side in self.sides.values() for _, word, _ in side.labels]
        return [*numbers, *self.words]


def find_panels(page: Page) -> tuple[Panel, ...]:
    """Return the panels of a page: row by row, insets after the panels that they are in.

    Raises
    ------
    DataError
        If there is none whose axes can be read.
    """
    survey = survey_panels(page)
    if survey.panels:
        return survey.panels
    reasons = "; ".join(refused.reason for refused in survey.refused[:3])
    raise DataError(
        f"{page.file}, page {page.number}: no panel's axes can be read: "
        f"{reasons or 'there is no frame or pair of axes with numbers at its ticks'}"
    )


def survey_panels(page: Page) -> Survey:
    """Return the panels of a page, and those that are refused.

    A panel is a rectangle, two lines that meet in a corner, or two lines with ticks, with numbers
    at two sides; where it has ticks but no numbers, those of a panel in line with it hold.
    """
    lines = straight_lines(page)
    found = words(page)
    drafts = _drafts(page, lines, found)
    numbers = {id(word) for draft in drafts for word in draft.claimed}
    for draft in drafts:
        _calibrate(draft, page, [word for word in found if id(word) not in numbers])
    for draft in drafts:
        _share(draft, drafts)
    _name(drafts, found)
    _entitle(drafts, found)
    for draft in drafts:
        _judge(draft)
    whole = _in_order([draft for draft in drafts if not draft.reason])
    refused = tuple(
        Refused(draft.frame.box, f"the panel {_place(draft.frame.box, page)}: {draft.reason}")
        for draft in drafts if draft.reason
    )  # fmt: skip
    return Survey(_panels(page, lines, whole, refused, found), refused)


def _drafts(page: Page, lines: tuple[Lines, Lines], found: Sequence[Word]) -> list[_Draft]:
    """Return the frames that have numbers at ticks, each number at one side only."""
    numbers = [word for word in found if read_number(word.text) or read_number(word.text, ",")]
    sides = []
    for frame in frames(page, lines):
        grids = [grid_of(lines, frame, along) for along in (0, 1)]
        for name in frame.at:
            side = Side(frame, name, ticks_at(lines, frame, name), grids[SIDES[name][0]])
            sides.append(numbered(side, numbers))
    nearest: dict[int, tuple[bool, float, int]] = {}
    for i, side in enumerate(sides):
        if len(side.labels) >= 2:
            for _, word, gap in side.labels:
                claim = (side.centred, round(gap, 1), i)
                nearest[id(word)] = min(nearest.get(id(word), claim), claim)
    drafts: dict[int, _Draft] = {}
    for i, side in enumerate(sides):
        others = {word for word, claim in nearest.items() if claim[2] != i}
        own = side.without(others)
        own = own if len(own.labels) >= 2 else replace(own, labels=())
        draft = drafts.setdefault(id(side.frame), _Draft(side.frame, {}, {}))
        draft.sides[side.name] = own
    return [draft for draft in drafts.values() if _may_be_panel(draft, list(drafts.values()))]


def _may_be_panel(draft: _Draft, drafts: Sequence[_Draft]) -> bool:
    """Tell whether a frame has numbers below or above, or else shares them with others."""
    with_numbers = {side.along for side in draft.sides.values() if side.labels}
    with_ticks = {side.along for side in draft.sides.values() if len(side.ticks.position) >= 2}
    if 0 in with_numbers:
        return True
    in_line = any(
        other is not draft and any(side.labels and side.along == 0 for side in other.sides.values())
        and _in_line(draft.frame, other.frame, 0)
        for other in drafts
    )  # fmt: skip
    return 0 in with_ticks and in_line or with_numbers | with_ticks == {0, 1} and 1 in with_numbers


def _in_line(one: Frame, two: Frame, along: int) -> bool:
    return bool(np.abs(np.subtract(one.span(along), two.span(along))).max() < 0.5)


def _calibrate(draft: _Draft, page: Page, free: Sequence[Word]) -> None:
    """Find the axes of a draft's sides, with what stands at their ends applied."""
    for name, side in draft.sides.items():
        if not side.labels:
            continue
        factor, shift, word = _offset(side, free)
        try:
            draft.axes[name] = axis_of(side, factor, shift, page.step)
        except DataError as error:
            draft.reason = f"its axis {_at(name)}: {error}"
        if word is not None:
            draft.words += (word,)


def _offset(side: Side, free: Sequence[Word]) -> tuple[float, float, Word | None]:
    """Return the factor and shift that stand at the end of a side, and the word that says so."""
    box = side.frame.box
    for word in free:
        size = word.size
        if word.angle == 0 and (offset := read_offset(word.text)):
            x, y = word.middle
            if side.along == 1:
                at = side.frame.at[side.name]
                there = -0.5 * size < word.box.y0 - box.y1 < 3 * size
                there &= word.box.x0 - 2 * size < at < word.box.x1 + 6 * size
                there &= abs(x - at) < abs(x - (box.x0 + box.x1 - at)) + 1
            else:
                outward = SIDES[side.name][1]
                gap = outward * (y - side.reach)
                there = -1.5 * size < gap < 2.5 * size and outward * (y - side.frame.at[side.name]) > 0
                there &= abs(box.x1 - x) < max(6 * size, 0.2 * (box.x1 - box.x0))
            if there:
                return (*offset, word)
    return 1.0, 0.0, None


def _at(name: str) -> str:
    return {"bottom": "at the bottom", "top": "at the top"}.get(name, f"on the {name}")


def _share(draft: _Draft, drafts: Sequence[_Draft]) -> None:
    """Take numbers for ticks that have none from the panels in line."""
    for along, names in ((0, ("bottom", "top")), (1, ("left", "right"))):
        if any(name in draft.axes for name in names):
            continue
        own = [draft.sides[name] for name in names if name in draft.sides]
        own = [side for side in own if len(side.ticks.position) >= 2]
        if not own:
            continue
        positions = own[0].ticks.position
        for other in drafts:
            theirs = [name for name in names if other.sides.get(name) and other.sides[name].labels]
            if other is draft or not theirs or theirs[0] not in other.axes:
                continue
            if not _in_line(draft.frame, other.frame, along):
                continue
            if _same_ticks(positions, other.sides[theirs[0]]):
                axis = other.axes[theirs[0]]
                remark = f"its numbers were taken from the panel {'below or above' if along == 0 else 'beside'}"
                draft.axes[own[0].name] = renamed(axis, "", "", (remark,))
                break


def _same_ticks(own: Floats, side: Side) -> bool:
    """Tell whether ticks stand where those of a side with numbers do, but for a few."""
    with_numbers = np.array([at for at, _, _ in side.labels])
    theirs = side.ticks.position if len(side.ticks.position) else with_numbers
    lacking = np.abs(with_numbers[:, None] - own).min(axis=1).max()
    return bool(lacking < 0.3 and np.mean(np.abs(own[:, None] - theirs).min(axis=1) < 0.3) > 0.7)


def _name(drafts: Sequence[_Draft], found: Sequence[Word]) -> None:
    """Give panels the letters that stand in their corners, if no two have the same."""
    taken = {id(word) for draft in drafts for word in draft.claimed}
    free = [word for word in found if id(word) not in taken]
    letters = [letter_of(draft.frame.box, free) for draft in drafts]
    names = [letter[0] for letter in letters if letter]
    for draft, letter in zip(drafts, letters, strict=True):
        if letter and len(set(names)) == len(names):
            draft.name = letter[0]
            draft.words += (letter[1],)


def _entitle(drafts: Sequence[_Draft], found: Sequence[Word]) -> None:
    """Give axes their titles and units: a word to the nearest side."""
    taken = {id(word) for draft in drafts for word in draft.claimed}
    free = [word for word in found if id(word) not in taken]
    sides = [side for draft in drafts for side in draft.sides.values()]
    near = [title_gaps(side, free) for side in sides]
    nearest: dict[int, float] = {}
    for gap, word in (one for gaps in near for one in gaps):
        nearest[id(word)] = min(gap, nearest.get(id(word), np.inf))
    rows = {
        id(side): title_row(side, [one for one in gaps if one[0] <= nearest[id(one[1])]])
        for side, gaps in zip(sides, near, strict=True)
    }
    for draft in drafts:
        for name, side in draft.sides.items():
            title = rows[id(side)]
            text, unit = split_title(" ".join(word.text for word in title))
            if name in draft.axes and title:
                draft.axes[name] = renamed(draft.axes[name], text, unit)
            elif name == "left" and "right" not in draft.axes and is_arbitrary(text, unit):
                draft.axes[name] = _arbitrary(draft.frame, text, unit)
            if name in draft.axes:
                draft.words += tuple(title)


def _arbitrary(frame: Frame, title: str, unit: str) -> Axis:
    """Return the axis of a panel whose heights mean nothing but themselves."""
    low, high = frame.span(1)
    slope = 1 / (high - low)
    remark = (
        "it has no numbers: heights are given as parts of the panel's height, and where zero is "
        "is not known"
    )
    ticks = ((low, 0.0), (high, 1.0))
    return Axis(title, unit, "linear", slope, -low * slope, ticks, 0.0, 1e-3, (remark,))


def _judge(draft: _Draft) -> None:
    """Say why a draft is no panel, if it is none."""
    for letter, names in (("x", ("bottom", "top")), ("y", ("left", "right"))):
        read = [name for name in names if name in draft.axes]
        if draft.reason:
            return
        if not read:
            draft.reason = f"its {letter} axis has fewer than 2 numbers at ticks, and 2 are needed"
        for name in names:
            side = draft.sides.get(name)
            if read and side and not side.labels and len(side.ticks.position) >= 2:
                theirs = draft.sides[read[0]].ticks.position
                if len(theirs) and not _among(side.ticks.position, theirs):
                    draft.reason = (
                        f"the ticks {_at(name)} are others than those {_at(read[0])} and have no "
                        "numbers that can be read"
                    )


def _among(one: Floats, two: Floats) -> bool:
    """Tell whether most ticks of one side have one across on the other, or the reverse."""
    away = np.abs(one[:, None] - two)
    return bool(max(np.mean(away.min(axis=axis) < 0.3) for axis in (0, 1)) > 0.6)


def _in_order(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Sort drafts as they are read: by rows from the top, then from the left."""
    rest = sorted(drafts, key=lambda draft: -draft.frame.box.y1)
    ordered: list[_Draft] = []
    while rest:
        top = rest[0].frame.box
        row = [draft for draft in rest if draft.frame.box.y1 > (top.y0 + top.y1) / 2]
        outer = [one for one in row if not any(_within(one, two) for two in row)]
        ordered += sorted(outer, key=lambda draft: draft.frame.box.x0)
        rest = [draft for draft in rest if draft not in outer]
    return sorted(ordered, key=lambda one: any(_within(one, two) for two in drafts))


def _within(one: _Draft, two: _Draft) -> bool:
    return one is not two and _contains(two.frame.box, one.frame.box)


def _contains(outer: Box, inner: Box) -> bool:
    return (
        inner.x0 > outer.x0 - 1 and inner.y0 > outer.y0 - 1
        and inner.x1 < outer.x1 + 1 and inner.y1 < outer.y1 + 1
    )  # fmt: skip


def _place(box: Box, page: Page) -> str:
    """Return where on a page a box is: "at the upper left"."""
    x, y = (box.x0 + box.x1) / 2 / page.width, (box.y0 + box.y1) / 2 / page.height
    row = "upper" if y > 0.6 else "lower" if y < 0.4 else ""
    column = "right" if x > 0.6 else "left" if x < 0.4 else ""
    return f"at the {' '.join(filter(None, (row, column))) or 'middle'}"


def _panels(
    page: Page,
    lines: tuple[Lines, Lines],
    drafts: Sequence[_Draft],
    refused: Sequence[Refused],
    found: Sequence[Word],
) -> tuple[Panel, ...]:
    taken = {id(word) for draft in drafts for word in draft.claimed}
    free = [word for word in found if id(word) not in taken]
    panels = []
    for i, draft in enumerate(drafts):
        box, axes = draft.frame.box, draft.axes
        around = [k for k, other in enumerate(drafts) if _within(draft, other)]
        around.sort(key=lambda k: drafts[k].frame.box.x1 - drafts[k].frame.box.x0)
        holes = tuple(one.box for one in refused if _contains(box, one.box))
        inner = [*holes, *(one.frame.box for one in drafts if _within(one, draft))]
        inside = [
            word for word in free
            if _contains(box, Box(*word.middle, *word.middle))
            and not any(_contains(hole, Box(*word.middle, *word.middle)) for hole in inner)
        ]  # fmt: skip
        own = draft.claimed
        paths = {path for word in own for path in word.paths} | edges_of(lines, draft.frame)
        for side in draft.sides.values():
            paths |= side.ticks.paths | side.grid.paths
        x, y = (axes.get(a) or axes[b] for a, b in (("bottom", "top"), ("left", "right")))
        panels.append(
            Panel(
                box,
                x,
                y,
                draft.name or str(i + 1),
                around[0] if around else None,
                tuple(word.text for word in inside),
                _remarks(draft),
                frozenset(number for word in own for number in word.letters),
                _second(axes, "left"),
                _second(axes, "bottom"),
                frozenset(paths),
                holes,
            )
        )
    return tuple(panels)


def _second(axes: dict[str, Axis], first: str) -> Axis | None:
    """Return the axis across from the first, if it has numbers of its own."""
    one, other = axes.get(first), axes.get(_OPPOSITE[first])
    if one is None or other is None:
        return None
    where = np.array([at for at, _ in one.ticks])
    agree = one.scale == other.scale and not other.title
    if agree and np.all(np.abs(other.position(one.value(where)) - where) < 0.5):
        return None
    return other


def _remarks(draft: _Draft) -> tuple[str, ...]:
    return tuple(
        f"axis {_at(name)}: {remark}" for name, axis in draft.axes.items() for remark in axis.remarks
    )
