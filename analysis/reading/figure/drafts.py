"""Panels in the making: frames with numbers, calibrated, and what panels in line share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.errors import DataError
from analysis.reading.figure.axes import Axis
from analysis.reading.figure.labels import Side, axis_of, numbered
from analysis.reading.figure.numbers import read_number, read_offset
from analysis.reading.figure.page import Box, Page
from analysis.reading.figure.ticks import SIDES, Frame, Lines, frames, grid_of, ticks_at
from analysis.reading.figure.words import Word
from analysis.typing import Floats

PAIRS = (("bottom", "top"), ("left", "right"))


@dataclass
class Draft:
    """A panel in the making.

    Attributes
    ----------
    frame : Frame
    sides : dict of side to Side
    axes : dict of side to Axis
        Those that were read.
    name : str
        Its letter, if it has one.
    reason : str
        Why it is no panel; "" if it is one.
    words : list of Word
        Titles, letters, and factors at the ends of axes.
    """

    frame: Frame
    sides: dict[str, Side] = field(default_factory=dict)
    axes: dict[str, Axis] = field(default_factory=dict)
    name: str = ""
    reason: str = ""
    words: list[Word] = field(default_factory=list)

    @property
    def claimed(self) -> list[Word]:
        """All words that belong to its axes."""
        numbers = [word for side in self.sides.values() for _, word, _ in side.labels]
        return [*numbers, *self.words]

    def ticks(self, name: str) -> Floats:
        """Return the positions of the ticks at a side, if there are at least two."""
        positions = self.sides[name].ticks.position if name in self.sides else np.zeros(0)
        return positions if len(positions) >= 2 else positions[:0]

    def in_line(self, other: "Draft", along: int) -> bool:
        """Tell whether another reaches from and to the same, in x (0) or y (1)."""
        own, theirs = self.frame.span(along), other.frame.span(along)
        return self is not other and np.abs(np.subtract(own, theirs)).max() < 0.5


def at(name: str) -> str:
    """Return where a side is, in words."""
    return f"at the {name}" if name in PAIRS[0] else f"on the {name}"


def holds(box: Box, word: Word) -> bool:
    """Tell whether the middle of a word is in a box."""
    x, y = word.middle
    return box.x0 < x < box.x1 and box.y0 < y < box.y1


def free_words(drafts: Sequence[Draft], all_words: Sequence[Word]) -> list[Word]:
    """Return the words that no draft has claimed."""
    claimed = {id(word) for draft in drafts for word in draft.claimed}
    return [word for word in all_words if id(word) not in claimed]


def drafts_of(page: Page, lines: tuple[Lines, Lines], all_words: Sequence[Word]) -> list[Draft]:
    """Return the frames of a page that have numbers at ticks, with the axes that these make.

    A number belongs to one side only, the nearest. Frames without any are drafts where they
    have ticks in both directions and stand in line with one that has numbers.
    """
    numbers = [word for word in all_words if read_number(word.text) or read_number(word.text, ",")]
    drafts = [Draft(frame) for frame in frames(page, lines)]
    nearest: dict[int, tuple[bool, float, int, int]] = {}
    for number, draft in enumerate(drafts):
        for name in draft.frame.at:
            along = SIDES[name][0]
            ticks, grid = ticks_at(lines, draft.frame, name), grid_of(lines, draft.frame, along)
            side = numbered(Side(draft.frame, name, ticks, grid), numbers)
            draft.sides[name] = side
            for label in side.labels:
                claim = _claim(side, label, number)
                nearest[id(label[1])] = min(nearest.get(id(label[1]), claim), claim)
    for number, draft in enumerate(drafts):
        for name, side in draft.sides.items():
            own = [
                label
                for label in side.labels
                if nearest[id(label[1])] == _claim(side, label, number)
            ]
            draft.sides[name] = replace(side, labels=tuple(own) if len(own) >= 2 else ())
    drafts = [draft for draft in drafts if _may_be_panel(draft, drafts)]
    free = free_words(drafts, all_words)
    for draft in drafts:
        _calibrate(draft, page.step, free)
    for draft in drafts:
        _share(draft, drafts)
    return drafts


def _claim(
    side: Side, label: tuple[float, Word, float], number: int
) -> tuple[bool, float, int, int]:
    """Return what decides whose a label is, the least first.

    Its distance, the labels of the side, and the frame's size: frames come with the largest first.
    """
    return side.centred, round(label[2], 1), -len(side.labels), number


def _may_be_panel(draft: Draft, drafts: Sequence[Draft]) -> bool:
    """Tell whether a frame has numbers, and is no scale of colours, or shares them with others."""
    numbers = {side.along for side in draft.sides.values() if side.labels}
    ticks = {SIDES[name][0] for name in draft.sides if len(draft.ticks(name))}
    if numbers:
        spans = [high - low for low, high in map(draft.frame.span, (0, 1))]
        return numbers | ticks == {0, 1} or max(spans) < 6 * min(spans)
    return ticks == {0, 1} and any(
        draft.in_line(other, 0) and any(other.sides[name].labels for name in other.sides)
        for other in drafts
    )


def _calibrate(draft: Draft, step: float, free: Sequence[Word]) -> None:
    """Find the axes of a draft's sides, with what stands at their ends applied."""
    for name, side in draft.sides.items():
        if not side.labels:
            continue
        ends = [(offset, word) for word in free if (offset := _offset(side, word))]
        factor, shift = ends[0][0] if ends else (1.0, 0.0)
        draft.words += [word for _, word in ends[:1]]
        try:
            draft.axes[name] = axis_of(side, factor, shift, step)
        except DataError as error:
            draft.reason = f"its axis {at(name)}: {error}"


def _offset(side: Side, word: Word) -> tuple[float, float] | None:
    """Return the factor and shift that a word at the end of a side says, if it does."""
    offset = read_offset(word.text) if word.angle == 0 else None
    if offset is None:
        return None
    box, size, (x, y) = side.frame.box, word.size, word.middle
    place, outward = side.frame.at[side.name], SIDES[side.name][1]
    if side.along == 1:  # above its upper end, nearer than to the other side's
        near = -0.5 * size < word.box.y0 - box.y1 < 3 * size
        near &= word.box.x0 - 2 * size < place < word.box.x1 + 6 * size
        return offset if near and abs(x - place) < abs(box.x0 + box.x1 - place - x) + 1 else None
    near = outward * (y - place) > 0 and -1.5 * size < outward * (y - side.reach) < 2.5 * size
    return offset if near and abs(box.x1 - x) < max(6 * size, 0.2 * (box.x1 - box.x0)) else None


def _share(draft: Draft, drafts: Sequence[Draft]) -> None:
    """Take numbers for ticks that have none from a panel in line."""
    for along, names in enumerate(PAIRS):
        bare = [name for name in names if len(draft.ticks(name))]
        if not bare or any(name in draft.axes for name in names):
            continue
        for other in drafts:
            for name in names:
                side = other.sides.get(name)
                axis = other.axes.get(name) if side and side.labels else None
                if axis and draft.in_line(other, along) and _same_ticks(draft.ticks(bare[0]), axis):
                    where = "beside" if along else "below or above"
                    remarks = (*axis.remarks, f"its numbers were taken from the panel {where}")
                    draft.axes.setdefault(bare[0], replace(axis, remarks=remarks))


def _same_ticks(own: Floats, axis: Axis) -> bool:
    """Tell whether ticks stand wherever an axis has numbers."""
    numbered_at = np.array([where for where, _ in axis.ticks])
    return bool(np.abs(numbered_at[:, None] - own).min(axis=1).max() < 0.3)


def judge(draft: Draft) -> None:
    """Say why a draft is no panel, if it is none."""
    for along, names in enumerate(PAIRS):
        read = [name for name in names if name in draft.axes]
        if not draft.reason and not read:
            letter = "xy"[along]
            draft.reason = f"its {letter} axis has fewer than 2 numbers at ticks, and 2 are needed"
        for name in _strange(draft, read[0], names) if read and not draft.reason else ():
            draft.reason = (
                f"the ticks {at(name)} are others than those {at(read[0])} and have no "
                "numbers that can be read"
            )


def _strange(draft: Draft, read: str, names: tuple[str, str]) -> Iterator[str]:
    """Yield sides whose ticks, over most of their length, have none across, nor numbers."""
    theirs = draft.ticks(read)
    for name in names:
        own = draft.ticks(name)
        if name not in draft.axes and len(own) and len(theirs):
            low, high = draft.frame.span(SIDES[name][0])
            away = np.abs(own[:, None] - theirs)
            common = max(np.mean(away.min(axis=axis) < 0.3) for axis in (0, 1))
            if common < 0.6 and np.ptp(own) > 0.5 * (high - low):
                yield name
