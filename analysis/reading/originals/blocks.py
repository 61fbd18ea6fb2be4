"""Every curve of a workbook, table or archive of them: `find_series`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.cells import is_formula
from analysis.reading.columns import RESISTANCE
from analysis.reading.opened import open_source
from analysis.reading.originals.curves import NO_VALUE, THOUSANDS, Table
from analysis.reading.originals.digitizer import is_project, read_project
from analysis.reading.originals.grids import Grid, grids_of
from analysis.reading.originals.groups import groups_of
from analysis.reading.originals.heads import heads_of
from analysis.reading.originals.naming import ABSCISSAE, WEAK
from analysis.reading.originals.packed import is_packed, unpacked
from analysis.reading.originals.series import Series
from analysis.reading.originals.strips import GridContent, Strip, find_strips, first_row, tables_of

# Texts around a table that are kept.
_MOST_NOTES = 10
# No journal's sheet has more.
_MOST_STRIPS = 2000


@dataclass(frozen=True, eq=False)
class Blocks:
    """What a file holds.

    Attributes
    ----------
    series : tuple of Series
        In the order of the file.
    left_out : tuple of str
        What is not among them, and why.
    notes : tuple of str
        What holds for the whole file.
    """

    series: tuple[Series, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find_series(path: Path) -> Blocks:
    """Return every curve of a workbook, text or archive of them, exactly as it stands there.

    Parameters
    ----------
    path : Path
        A workbook (.xlsx, .xlsm); text with or without headings, such as those of Origin and
        WebPlotDigitizer; a project of the latter; or a zip archive of these.

    Raises
    ------
    DataError
        If the file cannot be read, or holds no curve at all.
    """
    blocks = _read(path)
    if not blocks.series:
        reasons = f": {'; '.join(blocks.left_out[:5])}" if blocks.left_out else ""
        raise DataError(f"{path}: holds no curve, which needs two columns of numbers{reasons}")
    return replace(blocks, series=tuple(_with_twins(blocks.series)))


def _read(path: Path, *, packed: bool = False) -> Blocks:
    source = open_source(path, RESISTANCE)
    if is_packed(source):
        if packed:
            raise DataError("an archive inside an archive; unpack it and name it")
        return _of_archive(path)
    if is_project(path, source.start):
        curves, left_out = read_project(path)
        return Blocks(tuple(curves), tuple(left_out))
    grids, left_out, notes = grids_of(source)
    series = [series for grid in grids for series in _of_grid(grid, left_out)]
    return Blocks(tuple(series), tuple(left_out), tuple(notes))


def _of_archive(path: Path) -> Blocks:
    """Return the curves of the files in an archive; a file that cannot be read is left out."""
    series, left_out, notes = list[Series](), list[str](), list[str]()
    with unpacked(path) as (files, others):
        left_out += others
        for name, file in files:
            where = f"file {shown(name)}"
            try:
                blocks = _read(file, packed=True)
            except DataError as error:
                left_out.append(f"{where}: {str(error).removeprefix(str(file)).lstrip(':, ')}")
                continue
            stem = PurePosixPath(name).stem
            series += [
                replace(
                    curve,
                    place=f"{where}, {curve.place}",
                    block=f"{where}, {curve.block}",
                    texts=(*curve.texts, stem),
                )
                for curve in blocks.series
            ]
            left_out += [f"{where}, {text}" for text in blocks.left_out]
            notes += [f"{where} {text}" for text in blocks.notes]
    return Blocks(tuple(series), tuple(left_out), tuple(notes))


def _with_twins(series: Sequence[Series]) -> Iterator[Series]:
    """Say of each curve whether an earlier one holds the same numbers."""
    place_of = dict[tuple[bytes, bytes], str]()
    for curve in series:
        earlier = place_of.setdefault((curve.x.tobytes(), curve.y.tobytes()), curve.place)
        same = () if earlier == curve.place else (f"the same numbers stand in {earlier}",)
        yield replace(curve, remarks=(*curve.remarks, *same))


def _of_grid(grid: Grid, left_out: list[str]) -> Iterator[Series]:
    content = find_strips(grid)
    doubt = _thousands(content.strips)
    if len(content.strips) > _MOST_STRIPS:
        doubt = f"has more than {_MOST_STRIPS} columns of numbers beside and below each other"
    if doubt:
        left_out.append(grid.where(doubt))
        return
    tables = list[Table]()
    for table in _titled(grid, _joined([_table(grid, content, s) for s in tables_of(content)])):
        if len(table.strips) < 2:
            left_out.append(f"{table.named(0)}: numbers without a second column beside them")
            continue
        whole = _inherited(table, tables)
        tables.append(whole)
        values = [np.array(strip.values) for strip in whole.strips]
        for group in groups_of(whole.heads, values):
            yield from whole.curves(group, left_out)
    if not content.strips:
        left_out.append(grid.where("no two columns of numbers stand beside each other"))
    left_out += _columns_of_words(grid, content, tables)


def _table(grid: Grid, content: GridContent, strips: Sequence[Strip]) -> Table:
    heads, texts = heads_of(grid, strips)
    texts += [note for note in _notes(content, strips) if not any(note in t for t in texts)]
    return Table(grid, strips, heads, texts, _words(content, strips))


def _joined(tables: Sequence[Table]) -> list[Table]:
    """Join tables beside a blank column to those at its left, where they have no x of their own."""
    joined = list[Table]()
    for table in tables:
        first = first_row(table.strips)
        left = [
            i
            for i, earlier in enumerate(joined)
            if first_row(earlier.strips) == first
            and earlier.strips[-1].column < table.strips[0].column
        ]
        if left and not _has_x(table) and (_has_x(joined[left[-1]]) or len(table.strips) < 2):
            left_table = joined.pop(left[-1])
            strips, heads = [*left_table.strips, *table.strips], [*left_table.heads, *table.heads]
            texts = list(dict.fromkeys([*left_table.texts, *table.texts]))
            joined.append(replace(left_table, strips=strips, heads=heads, texts=texts))
        else:
            joined.append(table)
    return joined


def _titled(grid: Grid, tables: Sequence[Table]) -> Iterator[Table]:
    """Add what stands alone in the first row to all tables whose numbers begin uppermost."""
    row, cells = grid.records[0]
    texts = {cell: column for column, cell in reversed([*enumerate(cells, 1)]) if cell}
    title, column = next(iter(texts.items()), ("", 0))
    strips = [strip for table in tables for strip in table.strips]
    alone = len(texts) == 1 and column <= min((strip.column for strip in strips), default=0)
    if not alone or grid.number(title) is not None or row in (s.rows[0] for s in strips):
        yield from tables
        return
    first = first_row(strips)
    for table in tables:
        is_said = title in (*table.texts, *(head.text for head in table.heads))
        lower = first_row(table.strips) > first
        yield table if is_said or lower else replace(table, texts=[*table.texts, title])


def _has_x(table: Table) -> bool:
    return any(head.kind in (*ABSCISSAE, *WEAK) for head in table.heads)


def _thousands(strips: Sequence[Strip]) -> str:
    """Return what is in doubt about "4,200", which may be 4.2 or 4200, where no comma tells."""
    commas = [t.split("(")[0] for strip in strips for t in strip.texts if "," in t]
    if not commas or not all(map(THOUSANDS.fullmatch, commas)):
        return ""
    return (
        f"{shown(commas[0])} may have a decimal comma or a separator of thousands; "
        "write such numbers with a decimal point, or without the separator"
    )


def _inherited(table: Table, earlier: Sequence[Table]) -> Table:
    """Return a table that has no headings with those of the table above in its columns."""
    columns = [strip.column for strip in table.strips]
    if any(head.name for head in table.heads):
        return table
    for other in reversed(earlier):
        if [strip.column for strip in other.strips] == columns:
            heads = [
                replace(old, unit=new.unit or old.unit, near=new.near)
                for old, new in zip(other.heads, table.heads, strict=True)
            ]
            remark = "it has no headings: those of the table above are taken"
            return replace(table, heads=heads, remarks=(remark,))
    return table


def _notes(content: GridContent, strips: Sequence[Strip]) -> list[str]:
    """Return the texts that stand above, left of or below a table, and belong to no column."""
    first, last = first_row(strips), max(strip.rows[-1] for strip in strips)
    texts = [
        (abs(row - first), text)
        for notes in (content.notes, content.words)
        for column, own in notes.items()
        if column <= strips[-1].column + 1 and (notes is content.notes or len(own) == 1)
        for row, text in own.items()
        if notes is content.words or not first <= row <= last
    ]
    return [text for _, text in sorted(texts)[:_MOST_NOTES]]


def _words(content: GridContent, strips: Sequence[Strip]) -> dict[int, tuple[str, dict[int, str]]]:
    """Return the columns of texts in a table or at its edges, with their headings."""
    first, last = first_row(strips), max(strip.rows[-1] for strip in strips)
    return {
        column: (_heading(content, column, first), words)
        for column, words in content.words.items()
        if strips[0].column - 1 <= column <= strips[-1].column + 1
        and words
        and next(iter(words)) <= last
        and first <= next(reversed(words))
    }


def _heading(content: GridContent, column: int, first: int) -> str:
    above = [text for row, text in content.notes.get(column, {}).items() if row < first]
    return above[-1] if above else ""


def _columns_of_words(grid: Grid, content: GridContent, tables: Sequence[Table]) -> Iterator[str]:
    """Say which columns beside numbers hold none, and what they hold."""
    columns_used = {column for table in tables for column in table.states_in_words}
    for column, words in content.words.items():
        if column not in columns_used and len(words) > 1:
            first, text = next(iter(words.items()))
            heading = _heading(content, column, first)
            named = f"{grid.columns(column)} {shown(heading)}" if heading else grid.columns(column)
            contents = NO_VALUE if is_formula(text) else f"texts, such as {shown(text)}"
            yield grid.where(f"{named}: holds {contents}")
