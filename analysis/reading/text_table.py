"""Text in columns: separator, decimal mark, headings. And Quantum Design files."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from analysis.errors import DataError, shown
from analysis.reading.cells import (
    COMMENTS,
    is_comment,
    number,
    numeric_part,
    plain_comments,
    split_line,
    trimmed,
)
from analysis.reading.headings import Top
from analysis.reading.source import HEAD, Source
from analysis.reading.table import Table, table_of_lines

_NAMES = {"\t": "tab-separated", ";": "semicolon-separated", ",": "comma-separated"}
_DELIMITERS = ("\t", ";", ",", None)
# Characters of lines that are split in every way.
_SAMPLE = 100_000


def read_text(source: Source) -> Table:
    """Read text in columns, whatever separates them."""
    return text_table(source, source.lines)


def text_table(source: Source, lines: Sequence[str]) -> Table:
    """Find headings, separator and decimal mark of these lines of a text file."""
    file, lines = source.file, plain_comments(lines, HEAD)
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise DataError(f"{file}: holds only blank lines")
    written = [i for i in range(first, min(first + HEAD, len(lines))) if lines[i].strip()]
    head = [i for i in written if not is_comment(lines[i])]
    if not head:
        raise DataError(f"{file}: holds no points, only comments")
    marks = dialect([lines[index] for index in head], source.decimal)
    if marks is None:
        raise _no_dialect(source, [(index + 1, lines[index].strip()) for index in head])
    delimiter, decimal = marks
    top = Top(
        source,
        decimal,
        [(i + 1, split_line(lines[i], delimiter)) for i in head],
        delimiter,
        [(i + 1, lines[i]) for i in written if i < head[-1] and is_comment(lines[i])],
        lines,
    )
    table = table_of_lines(
        file,
        f"{_NAMES.get(delimiter or '', 'white-space-separated')} text",
        top.headings,
        lines,
        top.first - 1,
        delimiter=delimiter,
        decimal=decimal,
        # In "; 4.2; 0.13" the first cell is empty; elsewhere a semicolon opens a comment.
        comments=tuple(mark for mark in COMMENTS if mark != delimiter),
    )
    return replace(table, above=top.above, questions=top.questions, unsure=top.unsure)


def _sample(lines: Sequence[str]) -> list[str]:
    """Return the last hundred lines, or fewer long ones; what they are shows in these."""
    sample, characters = list[str](), 0
    for line in reversed(lines[-100:]):
        characters += len(line)
        if sample and characters > _SAMPLE:
            break
        sample.append(line)
    return sample[::-1]


def dialect(lines: Sequence[str], decimal: str | None) -> tuple[str | None, str] | None:
    """Return the separator and decimal mark under which most cells are numbers, or None.

    Tabs and semicolons win over commas and these over white space, because the latter also
    occur inside cells. Rows that are mostly text count only if there are no others: "run 1"
    in a remark is no table with a number in its second column.
    """
    sample, marks = _sample(lines), (".", ",") if decimal is None else (decimal,)
    best: tuple[str | None, str] = (None, ".")
    best_score = 0.0
    for least in (0.5, 0.0):
        for mark, delimiter in product(marks, _DELIMITERS):
            parts = [numeric_part(split_line(line, delimiter), mark) for line in sample]
            score = sum(part for part in parts if part > least)
            if score > best_score:
                best, best_score = (delimiter, mark), score
        if best_score:
            return best
    return None


def _no_dialect(source: Source, lines: Sequence[tuple[int, str]]) -> DataError:
    """Say why no separator and decimal mark make numbers of these lines, and where."""
    # What is wrong shows in the first row that starts as a number, below the headings.
    row, line = next(
        (numbered for numbered in lines if re.match(r"[+-]?[.,]?\d", numbered[1])), lines[0]
    )
    texts = [text for _, text in lines]
    reason = "and the rows below hold no row with two numbers"
    if all(len(trimmed(split_line(text, mark))) <= 1 for text in texts for mark in _DELIMITERS):
        reason = f"holds one column; {source.quantity.needs} are needed in two"
    elif source.decimal is not None and (other := dialect(texts, None)) is not None:
        reason = (
            f"holds no two numbers with the decimal mark {source.decimal!r} that --decimal gives, "
            f"but with {other[1]!r}"
        )
    elif any(_mixes_marks(split_line(line, delimiter)) for delimiter in ("\t", ";", None)):
        reason = "mixes decimal points and commas; one of them is needed throughout"
    return DataError(f"{source.file}, row {row}: {shown(line)} {reason}")


def _mixes_marks(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and all(
        number(cell) is not None or number(cell, ",") is not None for cell in cells
    )


# ---------------------------------------------------------------------------- Quantum Design


def is_quantum_design(source: Source) -> bool:
    """Tell whether the first written line is the mark of PPMS, DynaCool and MPMS files."""
    first = next((line for line in source.head if line.strip()), "")
    return first.strip().lower() == "[header]"


def read_quantum_design(source: Source) -> Table:
    """Read what stands below [Data]: headings, then rows with commas and empty cells."""
    lines = source.lines
    marks = (i for i, line in enumerate(lines) if line.strip().lower() == "[data]")
    below = range(next(marks, len(lines)) + 1, len(lines))
    heading = next((i for i in below if lines[i].strip()), None)
    if heading is None:
        raise DataError(
            f"{source.file}: opens with [Header] but has no [Data] with columns below it"
        )
    headings = split_line(lines[heading], ",")
    table = table_of_lines(
        source.file, "Quantum Design file", headings, lines, heading + 1, delimiter=",", sparse=True
    )
    return replace(table, above=frozenset([tuple(trimmed(headings))]))
