"""What the rows above a table say of its columns: name, unit, and what else stands there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.reading.columns import bare_unit, is_unit, parse_unit
from analysis.reading.originals.grids import Grid
from analysis.reading.originals.naming import (
    ABSCISSAE,
    BESIDE,
    STATE,
    in_state,
    is_known,
    is_state,
    kind_of,
    split_heading,
)
from analysis.reading.originals.strips import LABELS, Strip

_DESIGNED = re.compile(r"\w{1,4}\(\s*([XYZL]|[xyXY]E(?:rr?)?[±+\-]*)\d*\s*\)")


@dataclass(frozen=True)
class Head:
    """What stands above a column.

    Attributes
    ----------
    text : str
        Its heading as it stands there.
    name, unit : str
        The parts of the heading, the unit perhaps from a row of units.
    kind : str or None
        One of `ABSCISSAE` or `WEAK`, `STATE`, "error", "y" if it is said to be one, or None.
    near : tuple of str
        Other texts above it, nearest first.
    remark : str
        What is wrong with it, or "".
    """

    text: str = ""
    name: str = ""
    unit: str = ""
    kind: str | None = None
    near: tuple[str, ...] = ()
    remark: str = ""

    @property
    def heading(self) -> str:
        """Name and unit as one heading, "P (GPa)"."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @property
    def state(self) -> str:
        """The heading if it says in which state its column was measured, else ""."""
        return self.text if _says_state(self.text) else ""

    def label(self, near: Sequence[str]) -> str:
        """Return what its curve is called: what stands near, or a heading that says more."""
        if near and (any(map(_says_state, near)) or not self.state):
            return near[0]
        return self.state


def _says_state(text: str) -> bool:
    return is_state(text) or bool(BESIDE.search(text))


def heads_of(grid: Grid, table: Sequence[Strip]) -> tuple[list[Head], list[str]]:
    """Return what stands above each column of a table, and above the table as a whole."""
    rows = dict[int, dict[int, str]]()
    for strip in table:
        for row, text in strip.heads:
            rows.setdefault(row, {})[strip.column] = text
    labels = _labels(grid, rows)
    last = max(rows, default=0)
    above = list[str]()
    for row in sorted(rows.keys() - labels.keys(), reverse=True):
        title = _is_title(rows[row], table)  # of this table; others stand beside it
        if title or (row < last and _is_statement(grid, row)):
            cells = rows.pop(row).values() if title else filter(None, grid.rows[row])
            above.append(" ".join(dict.fromkeys(cells)))
            rows.pop(row, None)
    designed = [row for row in rows if all(map(_DESIGNED.fullmatch, rows[row].values()))]
    kinds = {c: _designed_kind(text) for row in designed for c, text in rows.pop(row).items()}
    for row in [row for row in rows if labels.get(row) == "formula"]:
        del rows[row]
    units = [row for row in rows if labels.get(row, "unit") == "unit" and _are_units(row, rows)]
    texts = {row: rows[row] for row in sorted(rows, reverse=True) if row not in units}
    names = _names(texts, labels, units)
    heads = list[Head]()
    for strip in table:
        column = strip.column
        own = {row: cells[column] for row, cells in texts.items() if column in cells}
        named = names if names in own else None
        if named is None:  # merged with the rows below, or the only one that has no heading there
            named = next((row for row, text in own.items() if kind_of(text) is not None), None)
        text = own.pop(named) if named is not None else ""
        given = [rows[row][column] for row in units if column in rows[row]]
        near = [_stated(texts[row], column) for row, t in own.items() if t != text]
        head = _head(text, given, tuple(dict.fromkeys(near)))
        kind = kinds.get(column)
        heads.append(replace(head, kind=kind) if kind not in (None, "x") else head)
        if kind == "x" and head.kind not in ABSCISSAE:
            heads[-1] = replace(head, kind="x")
    return heads, above


def _stated(cells: Mapping[int, str], column: int) -> str:
    """Return a cell of a row, with what the first one says of it: "P (GPa)", "1.6", "4.9"."""
    first = min(cells)
    says = column != first and kind_of(cells[first]) in (*ABSCISSAE, STATE)
    return in_state(cells[first], cells[column]) if says else cells[column]


def _labels(grid: Grid, rows: dict[int, dict[int, str]]) -> dict[int, str]:
    """Return what rows hold, where the first cell says so; this cell is no heading then."""
    labels = dict[int, str]()
    for row, texts in rows.items():
        column = next(place for place, cell in enumerate(grid.rows[row], 1) if cell)
        label = LABELS.get(grid.rows[row][column - 1].lower().rstrip(":"))
        if label and len(texts) > (column in texts):
            labels[row] = label
            texts.pop(column, None)
    return labels


def _is_title(cells: Mapping[int, str], table: Sequence[Strip]) -> bool:
    """Tell whether a row speaks of the whole table: merged over it, or alone at its left."""
    if len(table) > 1 and len(cells) == len(table):
        return len(set(cells.values())) == 1
    return len(table) > 1 and list(cells) == [table[0].column] and kind_of(*cells.values()) is None


def _is_statement(grid: Grid, row: int) -> bool:
    """Tell whether a row says one thing of all: "Pressure", "18.5", "GPa"."""
    cells = [cell for cell in grid.rows[row] if cell]
    numbers = [grid.number(cell) is not None for cell in cells]
    if cells[0].endswith(":") and len(cells) > 1:
        return True
    return sum(numbers) == 1 and not numbers[0] and all(map(is_unit, cells[2:]))


def _designed_kind(text: str) -> str:
    match = _DESIGNED.fullmatch(text)
    letter = match[1] if match else "Y"
    return "error" if letter[1:2].lower() == "e" else {"X": "x", "L": "index"}.get(letter, "y")


def _are_units(row: int, rows: Mapping[int, Mapping[int, str]]) -> bool:
    above = rows.get(row - 1, {})
    cells = [
        bare_unit(text)
        for column, text in rows[row].items()
        if text not in ("-", "--", above.get(column))  # merged with the cell above
    ]
    if not cells or not all(map(is_unit, cells)):
        return False
    others = any(not all(map(is_unit, rows[other].values())) for other in rows if other != row)
    return others or any(len(cell) > 1 for cell in cells)


def _names(
    texts: Mapping[int, Mapping[int, str]], labels: Mapping[int, str], units: Sequence[int]
) -> int | None:
    """Return the row that names the columns: said to, or most known names, or next to units."""
    named = [row for row in texts if labels.get(row) == "name"]
    usable = [
        row
        for row in texts
        if row not in labels and not all(is_state(text) for text in texts[row].values())
    ]
    if named or not usable:
        return named[0] if named else None
    names_known = {row: sum(is_known(text) for text in texts[row].values()) for row in usable}
    beside = [row for row in usable if row + 1 in units or row - 1 in units]
    return max(usable, key=lambda row: (names_known[row], row in beside, row))


def _head(text: str, units: Sequence[str], near: tuple[str, ...]) -> Head:
    name, own = (
        (text, "")
        if is_state(text)
        else split_heading(BESIDE.sub("", text).strip(" -_:;,") or text)
    )
    given = [bare_unit(unit) for unit in units if unit not in ("-", "--")]
    distinct = list(dict.fromkeys([*given, own] if own else given))
    same = {parse_unit(unit) or unit for unit in distinct}
    unit, remark = (distinct[0] if len(same) == 1 else ""), ""
    if len(same) > 1:
        remark = f"two units stand above it: {' and '.join(distinct)}"
    return Head(text, name, unit, kind_of(f"{name} ({unit})" if unit else name), near, remark)
