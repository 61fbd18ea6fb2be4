"""Where in a grid numbers stand below each other, and which of these strips make a table."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analysis.reading.originals.grids import Grid
from analysis.reading.originals.naming import is_heading, is_no_number

# Origin writes these before its rows of headings.
LABELS = {
    "long name": "name", "name": "name", "units": "unit", "unit": "unit", "comments": "comment",
    "f(x)=": "formula", "f(x)": "formula", "sparklines": "formula",
    "parameters": "comment", "sampling interval": "formula",
}  # fmt: skip
# Characters of a heading that are looked at.
LONGEST = 500
# Texts above a strip that are kept, the last ones.
_MOST_HEADS = 1000
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
    values : list of float
    texts : list of str
        The numbers as they are written.
    bad : dict of int to str
        Texts among the numbers, by row.
    """

    column: int
    heads: list[tuple[int, str]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)


@dataclass
class GridContent:
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


def find_strips(grid: Grid) -> GridContent:
    """Return the strips of a grid, and the texts that belong to none.

    A text ends a strip where no number stands beside it, or where it and its neighbours
    are headings; other texts are among the numbers ("n/a").
    """
    opened, closed = dict[int, Strip](), list[Strip]()
    pending = defaultdict[int, dict[int, str]](dict)
    words, ends = defaultdict[int, dict[int, str]](dict), dict[int, int]()
    for row, cells in grid.records:
        filled = {
            column: " ".join(cell[:LONGEST].split()) for column, cell in enumerate(cells, 1) if cell
        }
        first = next(iter(filled.values()), "").lower().rstrip(":")
        numbers = dict[int, float]()
        if first not in LABELS and row not in grid.comments:
            read = {column: grid.number(cell) for column, cell in filled.items()}
            numbers = {column: value for column, value in read.items() if value is not None}
        texts = {column: cell for column, cell in filled.items() if column not in numbers}
        for column in _ended(opened, numbers, texts) if texts else ():
            closed.append(opened.pop(column))
        for column, text in texts.items():
            if column in opened:
                opened[column].bad[row] = text
            elif numbers.keys().isdisjoint((column - 1, column + 1)) or (
                len(words[column]) < _MOST_HEADS and is_heading(text)
            ):
                pending[column][row] = text
                if len(pending[column]) > _MOST_HEADS:
                    pending[column].pop(next(iter(pending[column])))
            else:
                words[column][row] = text
                ends[column] = ends.get(column, 0) if is_no_number(text) else row
        for column, value in numbers.items():
            if column not in opened:
                opened[column] = Strip(column, _above(pending[column], ends.get(column, 0)))
            opened[column].rows.append(row)
            opened[column].values.append(value)
            opened[column].texts.append(filled[column])
    closed += opened.values()
    return GridContent(_with_numbers_as_heads(closed), words, pending)


def _above(texts: dict[int, str], words: int) -> list[tuple[int, str]]:
    """Take the texts that stand above numbers, but not those above the words of the column."""
    return [(row, texts.pop(row)) for row in list(texts) if row > words]


def _ended(
    opened: Mapping[int, Strip], numbers: Mapping[int, float], texts: Mapping[int, str]
) -> list[int]:
    """Return the columns whose strips this row ends."""
    ended = list[int]()
    for chain in neighbours({*opened, *numbers}):
        if not texts.keys().isdisjoint(chain) and numbers.keys().isdisjoint(chain):
            ended += chain
    for span in neighbours({*texts, *numbers}):
        if span[0] in texts and is_heading(texts[span[0]]):  # "T (K), 1.6, 4.9"
            ended += span
    for span in neighbours(texts):
        span_texts = {texts[column] for column in span}
        if len(span) == len(span_texts) > 1 and all(map(is_heading, span_texts)):
            ended += span
    return [column for column in dict.fromkeys(ended) if column in opened]


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
    columns, with_numbers = defaultdict[int, list[Strip]](list), list[Strip]()
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
            del strip.rows[:count], strip.values[:count], strip.texts[:count]
            above = [] if strip.rows else strip.heads
            if strip.rows:
                with_numbers.append(strip)
    return sorted(with_numbers, key=lambda strip: (strip.rows[0], strip.column))


def tables_of(content: GridContent) -> list[list[Strip]]:
    """Return the strips that stand and begin beside each other, as tables.

    They begin in one row, or below headings that end in one row: the first numbers of a
    column may be missing.
    """
    tables = list[list[Strip]]()
    for strip in sorted(content.strips, key=lambda strip: (strip.column, strip.rows[0])):
        table = next((table for table in tables if _belongs(strip, table)), None)
        if table is None:
            tables.append([strip])
        else:
            table.append(strip)
    for table in tables:
        first = first_row(table)
        for strip in table:  # "n/a" above the first number
            own = content.words.get(strip.column, {})
            bad = [row for row in own if first <= row < strip.rows[0]]
            strip.bad.update({row: own.pop(row) for row in bad})
            strip.bad.update((row, text) for row, text in strip.heads if row >= first)
            strip.heads = [(row, text) for row, text in strip.heads if row < first]
    return sorted(tables, key=lambda table: (first_row(table), table[0].column))


def first_row(table: Iterable[Strip]) -> int:
    """Return the row where the numbers of a table begin."""
    return min(strip.rows[0] for strip in table)


def _belongs(strip: Strip, table: list[Strip]) -> bool:
    left = table[-1]
    if strip.column != left.column + 1 or strip.rows[0] > max(
        strip_there.rows[-1] for strip_there in table
    ):
        return False
    first = first_row(table)
    heads = {strip_there.heads[-1][0] for strip_there in table if strip_there.heads}
    own = [row for row, _ in strip.heads if row < first]
    below = bool(own) and own[-1] in heads
    return strip.rows[0] == first or (below and left.rows[0] <= strip.rows[-1])
