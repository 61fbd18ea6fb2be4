"""Where the headings of a table are, and where its data start."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from analysis.errors import DataError, shown
from analysis.reading.cells import Record, meant_as_numbers, number, split_line, trimmed
from analysis.reading.columns import parse_unit
from analysis.reading.source import Source


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

    @property
    def first(self) -> int:
        """The row where the data start."""
        return self.records[self._above][0]

    @cached_property
    def _widths(self) -> tuple[int, int]:
        """How many columns there are at least, and at most."""
        rows = [cells for _, cells in self.records[self._above :]]
        return len(trimmed(rows[0])), max(len(cells) for cells in rows)

    @cached_property
    def headings(self) -> list[str]:
        """The headings, '' each if there are none; a row of units below is joined to them.

        Cells that can be read in two ways are refused, unless the user says how.
        """
        above = self.records[: self._above]
        best = self._best([(row, self._fitting(cells, self._line(row))) for row, cells in above])
        after = best[1] if best is not None else 0
        for row, cells in above:
            if row > after and any(number(cell, self.decimal) is not None for cell in cells):
                raise self._bad_first_row(row, cells)
        if best is None:
            for row, cells in above:
                self._refuse_mismatch(row, trimmed(cells))
            best = self._from_remarks()
        headings = best[2] if best is not None else []
        headings = headings + [""] * (self._widths[0] - len(headings))
        if self.source.decimal is None:
            self._refuse_ambiguous(headings)
        return headings

    def _line(self, row: int) -> str:
        return self.lines[row - 1] if self.lines else ""

    def _best(
        self, above: Sequence[tuple[int, list[str] | None]]
    ) -> tuple[int, int, list[str]] | None:
        """Return, of the rows above the data, the best known: (how many, row, headings)."""
        found: list[tuple[int, int, list[str]]] = []
        for (row, headings), (next_row, below) in pairwise([*above, (0, None)]):
            if headings is None or (found and found[-1][1] == row):  # units, joined already
                continue
            joined = _joined(headings, below)
            last = row if joined == headings else next_row
            found.append((self.source.quantity.count(joined), last, joined))
        best = max(found, key=lambda entry: entry[0], default=None)
        # Where nothing is recognised, the row next to the data is meant.
        return found[-1] if best is not None and best[0] == 0 else best

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

    def _from_remarks(self) -> tuple[int, int, list[str]] | None:
        best = None
        for row, line in self.remarks:
            text = line.strip().lstrip("#%!/;").strip()
            cells = self._fitting(split_line(text, self.delimiter), text)
            if row > self.first or cells is None or not all(cells) or cells[0].endswith(":"):
                continue
            known = self.source.quantity.count(cells)
            # Words in a sentence are no headings; separated ones right above the data are.
            usable = known > 0 or (self.delimiter is not None and row == self.first - 1)
            if usable and (best is None or known >= best[0]):
                best = (known, row, cells)
        return best

    def _bad_first_row(self, row: int, cells: Sequence[str]) -> DataError:
        for column, cell in enumerate(cells, 1):
            if number(cell, self.decimal) is None:
                found = shown(cell) if cell else "an empty cell"
                return DataError(
                    f"{self.source.file}, row {row}, column {column}: {found} is not a number; "
                    "only headings and lines that open with # may hold text"
                )
        return DataError(
            f"{self.source.file}, row {row}: holds one number where the rows below hold more (row "
            f"{self.first} is the first); {self.source.quantity.needs} are needed in every row"
        )

    def _refuse_mismatch(self, row: int, cells: Sequence[str]) -> None:
        wide = self._widths[1]
        if self.source.quantity.count(cells) >= 2 and len(cells) != wide:
            hint = ""
            if self.delimiter == "," and wide == 2 * len(cells):
                hint = "; decimal commas need another separator, such as semicolons"
            raise DataError(
                f"{self.source.file}, row {row}: {len(cells)} headings, but the rows below have "
                f"{wide} cells{hint}"
            )

    def _refuse_ambiguous(self, headings: Sequence[str]) -> None:
        """Refuse "4,200" (4.2 or 4200?) and, without headings, "4,2" (one number or two?)."""
        data = [cells for _, cells in self.records[self._above :]]
        cells = [cell for row in data for cell in row if cell]
        where, advice = f"{self.source.file}, row {self.first}", "say which with --decimal"
        if self.decimal == "," and self.delimiter != ",":
            commas = [cell for cell in cells if "," in cell]
            if commas and all(re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", cell) for cell in commas):
                raise DataError(
                    f"{where}: {shown(commas[0])} may have a decimal comma or a "
                    f"thousands separator; {advice} , or ."
                )
        bare = not any(headings) and len(headings) in (2, 4)
        if self.delimiter == "," and bare and all(re.fullmatch(r"[+-]?\d+", c) for c in cells):
            raise DataError(
                f"{where}: {shown(','.join(data[0]))} may be {len(data[0])} whole numbers or "
                f"numbers with decimal commas; {advice} . if they are whole, "
                "else separate the columns with semicolons"
            )


def _joined(headings: list[str], below: list[str] | None) -> list[str]:
    """Join a row of units ("K", "ohm") to the headings above it."""
    if below is None or not any(below) or len(below) > len(headings):
        return headings
    if not all(parse_unit(cell) for cell in below if cell):
        return headings
    units = below + [""] * (len(headings) - len(below))
    pairs = zip(headings, units, strict=True)
    return [f"{name} ({unit})" if unit else name for name, unit in pairs]
