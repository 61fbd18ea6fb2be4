"""Where the headings of a table are, and where its data start."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from analysis.errors import DataError, shown
from analysis.reading.cells import Record, meant_as_numbers, number, split_line, trimmed
from analysis.reading.columns import bare_unit, is_units
from analysis.reading.questions import Question
from analysis.reading.source import Source

# How many headings are known, the last row that they stand in, and the headings.
Named = tuple[int, int, list[str]]


@dataclass(frozen=True)
class Top:
    """The first rows of a table, as far down as headings may reach.

    Attributes
    ----------
    source : Source
        The file, and the quantity whose headings are known.
    decimal : str
        "." or ",".
    records : sequence of Record
        The first rows.
    delimiter : str or None
        What separates their cells; None is any white space.
    remarks : sequence of (int, str)
        The comments among them: headings often stand in a comment.
    lines : sequence of str
        All lines of the file, unsplit; empty for workbooks.
    """

    source: Source
    decimal: str
    records: Sequence[Record]
    delimiter: str | None = None
    remarks: Sequence[tuple[int, str]] = ()
    lines: Sequence[str] = ()

    @cached_property
    def _above(self) -> int:
        """How many of the records stand above the data."""
        for place, (_, cells) in enumerate(self.records):
            # "T (K), 1.6, 4.9" are headings: pressures over their columns.
            opens_with_name = bool(cells) and self.source.quantity.role_of(cells[0]) is not None
            if meant_as_numbers(cells, self.decimal) >= 2 and not opens_with_name:
                return place
        raise DataError(
            f"{self.source.file}, row {self.records[0][0]}: no row with two numbers follows"
        )

    @cached_property
    def first(self) -> int:
        """The row where the data start."""
        after = self._heading_row[1]
        for row, cells in self.records[: self._above]:
            if row > after and any(number(cell, self.decimal) is not None for cell in cells):
                if self.source.skip_bad_rows:
                    return row
                raise self._bad_first_row(row, cells)
        return self.records[self._above][0]

    @cached_property
    def _widths(self) -> tuple[int, int]:
        """How many columns there are at least, and at most."""
        rows = [cells for _, cells in self.records[self._above :]]
        return len(trimmed(rows[0])), max(len(cells) for cells in rows)

    @property
    def headings(self) -> list[str]:
        """The headings, '' each if there are none; a row of units below is joined to them."""
        return self._heading_row[2] + [""] * (self._widths[0] - len(self._heading_row[2]))

    @property
    def above(self) -> frozenset[tuple[str, ...]]:
        """The rows above the data, as they would be repeated."""
        rows = [tuple(trimmed(cells)) for row, cells in self.records if row < self.first]
        return frozenset(row for row in rows if row)

    @cached_property
    def unsure(self) -> str | None:
        """Why the headings may not stand over their columns, if they are fewer or more."""
        row, wide = self._heading_row[1], self._widths[1]
        if self._fits or not any(self.headings):
            return None
        count = len(self._heading_row[2])
        return f"row {row} has {count} headings, but the rows below have {wide} cells"

    @cached_property
    def _heading_row(self) -> Named:
        return self._fits or self._mismatched() or (0, 0, [])

    @cached_property
    def _fits(self) -> Named | None:
        """The best known headings, of rows or else of comments, that are as many as the cells."""
        end = self.records[self._above][0]
        above = self.records[: self._above]
        rows = [(row, self._fitting(c, self._line(row)), False) for row, c in above]
        for row, line in ((row, line) for row, line in self.remarks if row < end):
            text = line.strip().lstrip("#%!/;").strip()
            cells = self._fitting(split_line(text, self.delimiter), text)
            usable = cells and all(cells) and not cells[0].endswith(":")
            rows.append((row, cells if usable else None, True))
        rows.sort(key=lambda entry: entry[0])
        candidates: dict[bool, list[Named]] = {False: [], True: []}
        joined_at = 0
        for place, (row, cells, remark) in enumerate(rows):
            if cells is None or row == joined_at:  # units, joined already
                continue
            names, units, last = cells, rows[place + 1][1] if place + 1 < len(rows) else None, row
            if place and rows[place - 1][2] and rows[place - 1][1] and not remark:
                if is_units(rows[place - 1][1] or [], cells):  # of names in a comment
                    names, units = rows[place - 1][1] or [], cells
            elif units is not None and is_units(cells, units):
                last = rows[place + 1][0]
            headings = _joined(names, units)
            joined_at = last
            candidates[remark].append((self.source.quantity.count(headings), last, headings))
        return _best_of_rows(candidates[False]) or self._best_of_remarks(candidates[True])

    def _best_of_remarks(self, candidates: Sequence[Named]) -> Named | None:
        # Words in a sentence are no headings; separated ones right above the data are.
        right_above = self.records[self._above][0] - 1 if self.delimiter is not None else None
        usable = [entry for entry in candidates if entry[0] > 0 or entry[1] == right_above]
        return max(reversed(usable), key=lambda entry: entry[0], default=None)

    def _line(self, row: int) -> str:
        return self.lines[row - 1] if self.lines else ""

    def _fitting(self, cells: list[str], text: str) -> list[str] | None:
        """Return `cells` if they can head the columns, splitting the line anew if need be."""
        attempts = [trimmed(cells)]
        if text:
            others = [split_line(text, other) for other in "\t;," if other != self.delimiter]
            # "T (K)  R (mOhm cm)" has two headings, not five.
            others.append(re.findall(r"[^\s\"(\[]+(?:\s*[(\[][^)\]]*[)\]])?|\"[^\"]*\"", text))
            others.append(re.split(r"\s{2,}", text.strip()))
            attempts += [other for other in others if self.source.quantity.count(other)]
        narrow, wide = self._widths
        for attempt in attempts:
            text_only = not any(number(cell) is not None for cell in attempt)
            if narrow <= len(attempt) <= wide and (
                text_only or self.source.quantity.count(attempt)
            ):
                return [cell.strip().strip('"') for cell in attempt]
        return None

    def _bad_first_row(self, row: int, cells: Sequence[str]) -> DataError:
        start = self.records[self._above][0]
        few = 2 * (start - row) <= (len(self.lines) or self.records[-1][0]) - row
        remedy = "; --skip-bad-rows leaves such rows out" if few else ""
        for column, cell in enumerate(cells, 1):
            if number(cell, self.decimal) is None:
                content = shown(cell) if cell else "an empty cell"
                return DataError(
                    f"{self.source.file}, row {row}, column {column}: {content} is not a number; "
                    f"only headings and lines that open with # may hold text{remedy}"
                )
        return DataError(
            f"{self.source.file}, row {row}: holds one number where the rows below hold more (row "
            f"{start} is the first); {self.source.quantity.needs} are needed in every row{remedy}"
        )

    def _mismatched(self) -> Named | None:
        """Return headings that are known but not as many as the cells below them."""
        wide = self._widths[1]
        for row, texts in self.records[: self._above]:
            cells = trimmed(texts)
            n_known = self.source.quantity.count(cells)
            if n_known < 2 or len(cells) == wide:
                continue
            problem = f"{len(cells)} headings, but the rows below have {wide} cells"
            if self.delimiter == "," and wide == 2 * len(cells):
                raise DataError(
                    f"{self.source.file}, row {row}: {problem}; decimal commas need another "
                    "separator, such as semicolons"
                )
            return n_known, row, cells
        return None

    @property
    def questions(self) -> tuple[Question, ...]:
        """Whether "4,200" is 4.2 or 4200 and, without headings, "4,2" one number or two."""
        if self.source.decimal is not None:
            return ()
        data = [cells for _, cells in self.records[self._above :]]
        cells = [cell for row in data for cell in row if cell]
        if self.decimal == "," and self.delimiter != ",":
            commas = [cell for cell in cells if "," in cell]
            if commas and all(re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", cell) for cell in commas):
                return (
                    Question(
                        f"row {self.first}: {shown(commas[0])} may have a decimal comma or a "
                        "thousands separator",
                        "say --decimal , if it is a decimal comma, else write the numbers without "
                        "the separator",
                        {"decimal": ","},
                    ),
                )
        bare = not any(self.headings) and len(self.headings) in (2, 4)
        if self.delimiter == "," and bare and all(re.fullmatch(r"[+-]?\d+", c) for c in cells):
            return (
                Question(
                    f"row {self.first}: {shown(','.join(data[0]))} may be {len(data[0])} whole "
                    "numbers or numbers with decimal commas",
                    "say --decimal . if they are whole, else separate the columns with semicolons",
                    {"decimal": "."},
                ),
            )
        return ()


def _best_of_rows(candidates: Sequence[Named]) -> Named | None:
    best = max(candidates, key=lambda entry: entry[0], default=None)
    # Where nothing is recognised, the row next to the data is meant.
    return candidates[-1] if best is not None and best[0] == 0 else best


def _joined(headings: list[str], below: list[str] | None) -> list[str]:
    """Join a row of units ("K", "ohm") to the headings above it."""
    if below is None or not any(below) or len(below) > len(headings):
        return headings
    if not is_units(headings, below):
        return headings
    units = [bare_unit(cell) for cell in below] + [""] * (len(headings) - len(below))
    pairs = zip(headings, units, strict=True)
    return [f"{name} ({unit})" if unit else name for name, unit in pairs]
