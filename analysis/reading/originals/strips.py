"""Where in a grid numbers stand below each other, and which of these strips make a table."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analysis.reading.columns import RESISTANCE, is_unit
from analysis.reading.originals.grids import Grid
from analysis.reading.pattern_columns import DIFFRACTION

# Origin writes these before its rows of headings.
LABELS = {
    "long name": "name", "name": "name", "units": "unit", "unit": "unit", "comments": "comment",
    "f(x)=": "formula", "f(x)": "formula", "sparklines": "formula",
    "parameters": "comment", "sampling interval": "formula",
}  # fmt: skip
# What people and programs write where there is no number.
_NOTHING = re.compile(
    r"(?i)#?n\.?[/.]?[ad]\.?|#(div/0|ref|value|name|num|null)[!?]|none|null|[\W_]*"
)
# Characters of a heading that are looked at.
LONGEST = 500
# Rows of numbers that may be headings, "1.6, 4.9" above pressures.
_MOST_NUMBERS = 5


@dataclass
class Strip:
    """Numbers of one column, with what stands above and below them.

    Attributes
    ----------
    column : int
        From 1.
    heads : list of (int, str)
        Texts above it, since the last strip of the column, by row.
    rows : list of int
    texts : list of str
        The numbers as they are written.
    bad : dict of int to str
        Texts among the numbers, by row.
    """

    column: int
    heads: list[tuple[int, str]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)


@dataclass
class Found:
    """What stands in a grid.

    Attributes
    ----------
    strips : list of Strip
        In the order of their first rows.
    words : dict
        Texts that stand beside numbers, of columns without these: by column and row.
    notes : dict
        Texts below the strips of their columns, or in columns without any: likewise.
    """

    strips: list[Strip]
    words: dict[int, dict[int, str]]
    notes: dict[int, dict[int, str]]


def find_strips(grid: Grid) -> Found:
    """Return the strips of a grid, and the texts that belong to none.

    A text ends a strip where no number stands beside it, or where it and its neighbours
    are headings; other texts are among the numbers ("n/a").
    """
    opened, done = dict[int, Strip](), list[Strip]()
    pending = defaultdict[int, dict[int, str]](dict)
    words = defaultdict[int, dict[int, str]](dict)
    for row, cells in grid.records:
        filled = {
            column: " ".join(cell[:LONGEST].split()) for column, cell in enumerate(cells, 1) if cell
        }
        first = next(iter(filled.values()), "").lower().rstrip(":")
        numbers = set[int]()
        if first not in LABELS and row not in grid.comments:
            numbers = {c for c, cell in filled.items() if grid.number(cell) is not None}
        texts = {column: cell for column, cell in filled.items() if column not in numbers}
        for column in _ended(opened, numbers, texts) if texts else ():
            done.append(opened.pop(column))
        for column, text in texts.items():
            if column in opened:
                opened[column].bad[row] = text
            elif numbers.isdisjoint((column - 1, column + 1)) or is_heading(text):
                pending[column][row] = text
            else:
                words[column][row] = text
        for column in numbers:
            if column not in opened:
                opened[column] = Strip(column, [*pending.pop(column, {}).items()])
            opened[column].rows.append(row)
            opened[column].texts.append(filled[column])
    done += opened.values()
    return Found(_with_numbers_as_heads(done), words, pending)


def _ended(opened: Mapping[int, Strip], numbers: set[int], texts: Mapping[int, str]) -> list[int]:
    """Return the columns whose strips these texts of a row end."""
    ended = list[int]()
    for chain in neighbours(opened):
        inside = [column for column in chain if column in texts]
        if inside and numbers.isdisjoint(chain):
            ended += chain
            continue
        for span in neighbours(inside):
            said = {texts[column] for column in span}
            if len(span) == len(said) > 1 and all(map(is_heading, said)):
                ended += span
    return ended


def is_heading(text: str) -> bool:
    """Tell whether a text names what is measured, or a unit."""
    if _NOTHING.fullmatch(text) or re.match(r"[\s<>~]*[-+.]?\d", text):
        return False
    return bool(RESISTANCE.role_of(text) or DIFFRACTION.role_of(text) or is_unit(text))


def neighbours(columns: Iterable[int]) -> list[list[int]]:
    """Return columns in chains of which each stands beside the next."""
    chains = list[list[int]]()
    for column in sorted(columns):
        if chains and column == chains[-1][-1] + 1:
            chains[-1].append(column)
        else:
            chains.append([column])
    return chains


def _with_numbers_as_heads(strips: Iterable[Strip]) -> list[Strip]:
    """Return the strips less the numbers that are headings: "T (K), 1.6, 4.9", or alone.

    Such a number has a heading of the column to its left beside it, or the blank corner of a
    table of numbers, or stands above headings.
    """
    columns, found = defaultdict[int, list[Strip]](list), list[Strip]()
    for strip in sorted(strips, key=lambda strip: (strip.column, strip.rows[0])):
        columns[strip.column].append(strip)
    moved = set[tuple[int, int]]()
    for column, own in columns.items():
        beside = {
            row: left.rows[0]
            for left in columns.get(column - 1, ())
            for row, text in left.heads
            if left.rows and (is_heading(text) or (row, column - 1) in moved)
        }
        starts = {left.rows[0] - 1: left for left in columns.get(column - 1, ()) if left.rows}
        above = list[tuple[int, str]]()
        for strip in own:
            corner = starts.get(strip.rows[0])
            if corner and not corner.heads and corner.rows[-1] == strip.rows[-1]:
                beside[strip.rows[0]] = corner.rows[0]
            strip.heads[:0] = above
            count = 0
            while count < min(len(strip.rows), _MOST_NUMBERS) and (
                beside.get(strip.rows[count], 0) > strip.rows[count]
            ):
                count += 1
            if len(strip.rows) - count == 1 and strip is not own[-1]:
                count += 1
            moved.update((row, column) for row in strip.rows[:count])
            strip.heads += zip(strip.rows[:count], strip.texts[:count], strict=True)
            del strip.rows[:count], strip.texts[:count]
            above = [] if strip.rows else strip.heads
            if strip.rows:
                found.append(strip)
    return sorted(found, key=lambda strip: (strip.rows[0], strip.column))


def tables_of(found: Found) -> list[list[Strip]]:
    """Return the strips that begin beside each other, as tables; blank columns may stand between.

    They begin in one row, or below headings that end in one row: the first numbers of a
    column may be missing.
    """
    tables = list[list[Strip]]()
    for strip in found.strips:
        for table in tables:
            if _belongs(strip, table):
                table.append(strip)
                break
        else:
            tables.append([strip])
    for table in tables:
        table.sort(key=lambda strip: strip.column)
        first = min(strip.rows[0] for strip in table)
        for strip in table:  # "n/a" above the first number
            own = found.words.get(strip.column, {})
            strip.bad.update(
                {row: own.pop(row) for row in list(own) if first <= row < strip.rows[0]}
            )
    return tables


def _belongs(strip: Strip, table: list[Strip]) -> bool:
    first = min(other.rows[0] for other in table)
    last = max(other.rows[-1] for other in table)
    if strip.rows[0] > last or any(other.column == strip.column for other in table):
        return False
    if strip.rows[0] == first:
        return True
    heads = [row for row, _ in strip.heads]
    ends = {other.heads[-1][0] for other in table if other.heads}
    beside = any(abs(other.column - strip.column) == 1 for other in table)
    return beside and bool(heads) and heads[-1] in ends
