"""Which columns of a table belong together: x, what is drawn over it, and errors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from analysis.reading.originals.heads import Head
from analysis.reading.originals.naming import ABSCISSAE, STATE, WEAK, is_state
from analysis.typing import Floats

# Of the heading of errors, what is not the name of what they belong to.
_NO_SYMBOL = re.compile(
    r"(?i)(?:std\.?|standard)?[ _]?(?:err(?:ors?)?|dev(?:iation)?|uncertainty|sigma|sd|esd)\b\.?"
    r"(?: (?:of|in))?|^[dΔδσu](?=\W|[A-Za-zρ]\b)|±|\+/-|\+-"
)
BY_POSITION = "only the position of the column says that it is x"
NEAREST = "several columns may be its x: the nearest one to its left is taken"
RIGHT = "which column is x is not clear: each one is taken to stand at the right of its y"
BEFORE = "which column is x is not clear: a y stands at the left of the first one"


@dataclass(frozen=True)
class Group:
    """Columns of a table, by their places in it from 0.

    Attributes
    ----------
    x : int
    ys : tuple of int
    errors : dict of int to int
        The place of the errors of a column.
    others : tuple of int
        Columns of which no curve is made.
    remarks : tuple of str
    """

    x: int
    ys: tuple[int, ...]
    errors: dict[int, int] = field(default_factory=dict)
    others: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()


def groups_of(heads: Sequence[Head], values: Sequence[Floats]) -> list[Group]:
    """Return the groups of a table's columns.

    Each y is drawn over the nearest x at its left, if there is one. Numbers of rows are no x
    where there is another.

    Parameters
    ----------
    heads : sequence of Head
    values : sequence of ndarray
        The numbers of each column.
    """
    places = [i for i, head in enumerate(heads) if head.kind in ABSCISSAE]
    if not places:
        edges = [*_periods(heads, values), len(heads)]
        return [_group(range(start, end), heads, values) for start, end in pairwise(edges)]
    heads = [
        replace(head, kind="index") if i + 1 in places and _counts_rows(head, values[i]) else head
        for i, head in enumerate(heads)
    ]
    kinds = [head.kind for head in heads]
    x_kind = kinds[_changing(places, values)]
    kind = max((kinds[places[0]], x_kind), key=kinds.count)
    starts, remark = _starts(kinds, kind)
    before = range(starts[0])
    shared = [i for i in before if not _is_y(kinds[i]) or kinds[i] in ABSCISSAE]
    edges = [*starts, len(heads)]
    groups = list[Group]()
    for start, end in pairwise(edges):
        own = [*(shared if groups else before), *range(start, end)]
        xs = [i for i in range(start, end) if kinds[i] in ABSCISSAE]
        group = _group(own, heads, values, xs if len(starts) > 1 else places)
        groups.append(replace(group, remarks=(*group.remarks, *filter(None, [remark]))))
    return groups


def _counts_rows(head: Head, values: Floats) -> bool:
    """Tell whether a column of which nothing is said holds 1, 2, 3, ..."""
    return not (head.text or head.near or head.kind) and bool(
        values.size and values[0] in (0, 1) and (np.diff(values) == 1).all()
    )


def _changing(places: Sequence[int], values: Sequence[Floats]) -> int:
    """Return the first x that is not the same in many rows, as what these have in common is."""
    parts = {i: np.unique(values[i]).size / values[i].size for i in places}
    return next(i for i in places if parts[i] > 0.5 * max(parts.values()))


def _is_y(kind: str | None) -> bool:
    return kind not in ("error", STATE, *WEAK)


def _starts(kinds: Sequence[str | None], kind: str | None) -> tuple[list[int], str]:
    """Return where groups begin, at each x of this kind that has a y; and what is in doubt."""
    places = [i for i, other in enumerate(kinds) if other == kind]
    first, count = places[0], len(kinds)
    pairs = list(pairwise([*places, count]))
    has_y = [any(_is_y(kinds[i]) for i in range(a + 1, b)) for a, b in pairs]
    leads = any(kinds[i] is None or kinds[i] == "y" for i in range(first))
    if leads and not any(has_y[-1:]) and len(places) > 1:
        moved = [i - first for i in places]
        if all(
            any(_is_y(kinds[i]) and kinds[i] != kind for i in range(a, b))
            for a, b in pairwise([*moved, count])
        ):
            return moved, RIGHT
    starts, begin = list[int](), first
    for (_, end), has in zip(pairs, has_y, strict=True):
        if has:
            starts.append(begin)
            begin = end
    starts = starts or [first]
    return starts, BEFORE if leads and len(starts) > 1 else ""


def _periods(heads: Sequence[Head], values: Sequence[Floats]) -> list[int]:
    """Return where groups begin without any x that is called so: where the columns repeat."""
    count = len(heads)
    for period in range(2, count // 2 + 1):
        if count % period == 0 and _repeats(heads, values, period):
            return list(range(0, count, period))
    return [0]


def _repeats(heads: Sequence[Head], values: Sequence[Floats], period: int) -> bool:
    """Tell whether columns repeat by names, by what stands above, or by lengths and order."""
    names = ["" if is_state(head.text) else head.name for head in heads]
    near = [head.near for head in heads]
    first_ones = [i for i, text in enumerate(near) if text and text != near[i - 1]]
    if first_ones == list(range(0, len(heads), period)) and len(set(near)) > 1:
        return True
    if any(names):
        first = names[:period]
        return len(set(first)) > 1 and all(
            names[i : i + period] == first for i in range(0, len(names), period)
        )
    sizes = [column.size for column in values]
    starts = range(0, len(values), period)
    if any(len(set(sizes[i : i + period])) > 1 for i in starts):
        return False
    return len(set(sizes)) > 1 or (
        all(_is_sorted(values[i]) for i in starts)
        and not any(_is_sorted(y) for y in values[1::period])
    )


def _is_sorted(values: Floats) -> bool:
    steps = np.diff(values)
    return bool((steps > 0).all() or (steps < 0).all())


def _group(
    places: Sequence[int], heads: Sequence[Head], values: Sequence[Floats], xs: Sequence[int] = ()
) -> Group:
    """Return a group of these places, of which `xs` may be x."""
    remarks = list[str]()
    candidates = xs or [i for i in places if heads[i].kind in WEAK]
    if candidates:
        x = _changing(candidates, values)
        first_y = next((i for i in places if i > x and heads[i].kind in (None, "y")), x)
        same = [i for i in candidates if i <= first_y and heads[i].kind == heads[x].kind]
        if len(same) > 1:
            x = [i for i in same if i >= x][-1]
            remarks.append(NEAREST)
    else:
        x = next((i for i in places if heads[i].kind != "error"), places[0])
        remarks.append(BY_POSITION)
    errors = dict[int, int]()
    others = list[int]()
    ys = [i for i in places if i != x and heads[i].kind in (None, "y", STATE, *ABSCISSAE)]
    if len(ys) > 1:
        same = [i for i in ys if heads[i].kind == heads[x].kind and heads[x].kind is not None]
        ys = [i for i in ys if i not in same]
        others += same
    others += [i for i in places if heads[i].kind in WEAK and i != x]
    measured = [*ys, x]
    for i in places:
        if heads[i].kind == "error" and i != x:
            of = _of_error(heads, i, [y for y in measured if y not in errors], places)
            if of is None:
                others.append(i)
            else:
                errors[of] = i
    return Group(x, tuple(ys), errors, tuple(others), tuple(remarks))


def _of_error(
    heads: Sequence[Head], error: int, free: Sequence[int], places: Sequence[int]
) -> int | None:
    """Return the column that errors belong to: the one that they name, else the one to the left."""
    text = _NO_SYMBOL.sub("", heads[error].text).strip(" ()[]_.")
    named = [i for i in free if heads[i].name and heads[i].name.lower() == text.lower()]
    left = [i for i in places if i < error and heads[i].kind != "error"]
    if named:
        return named[0]
    return left[-1] if left and left[-1] in free else None
