"""Which columns of a table belong together: x, what is drawn over it, and errors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
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
BY_POSITION = "which column is x is told by its position alone"


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

    Parameters
    ----------
    heads : sequence of Head
    values : sequence of ndarray
        The numbers of each column.
    """
    edges = [*_starts(heads, values), len(heads)]
    return [_group(range(start, end), heads, values) for start, end in pairwise(edges)]


def _starts(heads: Sequence[Head], values: Sequence[Floats]) -> list[int]:
    """Return where groups begin: at each x, if there are several."""
    count, kinds = len(heads), [head.kind for head in heads]
    first = next((i for i, kind in enumerate(kinds) if kind in ABSCISSAE), None)
    if first is not None:
        starts = [i - first for i, kind in enumerate(kinds) if kind == kinds[first]]
        edges = [*starts, count]
        pairs = list(pairwise(edges))
        if starts[0] == 0 and all(
            any(kinds[i] is None or kinds[i] == "y" for i in range(a, b)) for a, b in pairs
        ):
            return starts
        return [0]
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


def _group(places: range, heads: Sequence[Head], values: Sequence[Floats]) -> Group:
    remarks = list[str]()
    candidates = [i for i in places if heads[i].kind in ABSCISSAE]
    candidates = candidates or [i for i in places if heads[i].kind in WEAK]
    # A pressure that is the same in many rows is what these rows have in common.
    parts = {i: np.unique(values[i]).size / values[i].size for i in candidates}
    x = next((i for i in candidates if parts[i] > 0.5 * max(parts.values())), places[0])
    if not candidates:
        x = next((i for i in places if heads[i].kind != "error"), x)
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


def _of_error(heads: Sequence[Head], error: int, free: Sequence[int], places: range) -> int | None:
    """Return the column that errors belong to: the one that they name, else the one to the left."""
    text = _NO_SYMBOL.sub("", heads[error].text).strip(" ()[]_.")
    named = [i for i in free if heads[i].name and heads[i].name.lower() == text.lower()]
    left = [i for i in places if i < error and heads[i].kind != "error"]
    if named:
        return named[0]
    return left[-1] if left and left[-1] in free else None
