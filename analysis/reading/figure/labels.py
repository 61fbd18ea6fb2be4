"""Which number stands at which tick of a side."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.figure.axes import Axis, fit_axis
from analysis.reading.figure.numbers import decimal_mark, read_number
from analysis.reading.figure.ticks import SIDES, Frame, Ticks
from analysis.reading.figure.words import Word
from analysis.typing import Floats


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a frame, its ticks, and the numbers that stand at them.

    Attributes
    ----------
    frame : Frame
    name : str
        A key of `SIDES`.
    ticks, grid : Ticks
    labels : tuple of (position, Word, gap)
        Numbers at ticks: where the tick is, the number, and its distance from the side.
    centred : bool
        Whether the positions are the middles of the numbers, for want of ticks.
    """

    frame: Frame
    name: str
    ticks: Ticks
    grid: Ticks
    labels: tuple[tuple[float, Word, float], ...] = ()
    centred: bool = False

    @property
    def along(self) -> int:
        """0 for a side that runs in x, 1 for one in y."""
        return SIDES[self.name][0]

    @property
    def reach(self) -> float:
        """Where its numbers end, outside: an x or y of the page."""
        along, outward = SIDES[self.name]
        at = self.frame.at[self.name] + outward * self.ticks.out
        ends = [word.box[(3 if outward > 0 else 1) - along] for _, word, _ in self.labels]
        return max([at, *ends], key=lambda end: outward * end)


def numbered(side: Side, numbers: Sequence[Word]) -> Side:
    """Return the side with those numbers that stand at its ticks.

    They stand outside, within about two lines of the ticks' ends, in one row. The ticks are the
    long ones if these have most of the numbers, else all, else the lines of the grid, and else the
    middles of at least three numbers stand for ticks.
    """
    row = _row(side, numbers)
    if not row:
        return side
    size = max(word.size for word, _ in row)
    long = side.ticks.length > 0.85 * side.ticks.length.max(initial=0)
    best: list[tuple[float, Word, float]] = []
    for where in (side.ticks.position[long], side.ticks.position, side.grid.position):
        for middles in _anchors(side.along, [word for word, _ in row]):
            pairs = _matched(middles, where, size)
            if len(pairs) > len(best):
                best = [(float(where[k]), *row[i]) for i, k in pairs]
        if len(best) >= max(2, 0.7 * len(row)):
            break
    if len(best) < 2 and not len(side.ticks.position) and len(row) >= 3:
        middles = _anchors(side.along, [word for word, _ in row])[0]
        labels = [(float(at), *label) for at, label in zip(middles, row, strict=True)]
        return replace(side, labels=tuple(labels), centred=True)
    return replace(side, labels=tuple(best))


def _row(side: Side, numbers: Sequence[Word]) -> list[tuple[Word, float]]:
    """Return the numbers in the row nearest to a side, and how far they stand from it."""
    along, outward = SIDES[side.name]
    low, high = side.frame.span(along)
    near = []
    for word in numbers:
        edge = word.box[(1 if outward > 0 else 3) - along]
        gap = outward * (edge - side.frame.at[side.name])
        overlap = low - 1.5 * word.size < word.middle[along] < high + 1.5 * word.size
        if overlap and -0.2 * word.size < gap < side.ticks.out + 1.8 * word.size:
            near.append((word, gap))
    if not near:
        return []
    nearest = min(gap for _, gap in near)
    angle = Counter(word.angle for word, _ in near).most_common(1)[0][0]
    wide = 0.9 if along == 0 else 2.5
    return [
        (word, gap) for word, gap in near
        if word.angle == angle and gap < nearest + wide * word.size
    ]  # fmt: skip


def _anchors(along: int, row: list[Word]) -> list[Floats]:
    """Return where along the side each number may point to: its middle, or an end if slanted."""
    if along == 1 and row[0].angle == 0:
        return [np.array([(word.base.y0 + word.base.y1) / 2 for word in row])]
    places = [np.array([word.middle[along] for word in row])]
    if row[0].angle % 90:
        places += [np.array([word.end[along] for word in row])]
        places += [np.array([word.start[along] for word in row])]
    return places


def _matched(middles: Floats, where: Floats, size: float) -> list[tuple[int, int]]:
    """Pair numbers with ticks: nearest ones, after what all are shifted by."""
    if not len(where):
        return []
    apart = np.diff(np.unique(where)).min(initial=np.inf)
    shift, reach = 0.0, 0.7 * size
    for allowed in (reach, 0.3 * size):
        away = middles[:, None] - where - shift
        nearest = np.abs(away).argmin(axis=1)
        off = away[np.arange(len(middles)), nearest]
        good = np.abs(off) < min(allowed, max(0.4 * apart, 0.6))
        if not good.any():
            return []
        if allowed == reach:
            shift = float(np.median(off[good]))
    pairs: dict[int, int] = {}
    for i in np.flatnonzero(good):
        k = int(nearest[i])
        if k not in pairs or abs(off[i]) < abs(off[pairs[k]]):
            pairs[k] = int(i)
    return sorted((i, k) for k, i in pairs.items())


def axis_of(side: Side, factor: float, shift: float, step: float) -> Axis:
    """Return the axis that the numbers of a side make.

    Raises
    ------
    DataError
        If they fit no scale, or commas in them may mean either of two things.
    """
    texts = [word.text for _, word, _ in side.labels]
    mark = decimal_mark(texts)
    if mark is None:
        raise DataError(
            f"the comma of its numbers, such as {shown(texts[0])}, may be a decimal comma or "
            "separate thousands"
        )
    read = [(at, number) for at, word, _ in side.labels if (number := read_number(word.text, mark))]
    numbers = [
        replace(number, value=float(f"{factor * number.value + shift:.12g}"),
                half=factor * number.half)
        for _, number in read
    ]  # fmt: skip
    positions = [at for at, _ in read]
    others = [at for at in side.ticks.position if min(abs(at - p) for p in positions) > 0.1]
    if not side.centred:
        return fit_axis(positions, numbers, others, step=step)
    size = side.labels[0][1].size
    axis = fit_axis(positions, numbers, step=step, tolerance=0.15 * size, sharpness=0.07 * size)
    remark = "it has no ticks: the middles of its numbers stand for them"
    return replace(axis, remarks=(*axis.remarks, remark))
