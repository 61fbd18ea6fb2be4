"""What one cell of a table says: a number, nearly a number, or text; and lines as cells."""

import csv
import re
from collections.abc import Sequence

COMMENTS = ("#", "%", "!", "//", ";")

Record = tuple[int, list[str]]


def split_line(line: str, delimiter: str | None) -> list[str]:
    """Split one line into cells; quotes hold a cell together, as the csv module has it."""
    if delimiter is None:
        return line.split()
    if '"' in line:
        try:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        except csv.Error:
            pass  # a cell beyond the csv module's limit: the plain split shows it
    return [cell.strip() for cell in line.split(delimiter)]


def trimmed(cells: Sequence[str]) -> list[str]:
    """Leave out empty cells at the end: a trailing separator opens no column."""
    filled = [i for i, cell in enumerate(cells) if cell]
    return list(cells[: filled[-1] + 1]) if filled else []


def is_comment(line: str) -> bool:
    """Tell whether a line opens with a mark of comments."""
    return line.lstrip().startswith(COMMENTS)


def plain_comments(lines: Sequence[str], head: int) -> Sequence[str]:
    """Return the lines with comments in other styles, as TOPAS has them, opened by #.

    These are lines that open with an apostrophe which closes nowhere, and all from one that
    opens with /* to one that holds */. Looked for only where one of the first `head` lines has one.
    """
    if not any(line.lstrip().startswith(("'", "/*")) for line in lines[:head]):
        return lines
    plain, inside = list[str](), False
    for line in lines:
        text = line.lstrip()
        inside = inside or text.startswith("/*")
        quoted = re.match(r"'[^']*'\s*([,;\t]|$)", text)
        marked = inside or (text.startswith("'") and not quoted)
        plain.append("# " + text.strip("'/* ") if marked and text else line)
        inside = inside and "*/" not in text
    return plain


def number(cell: str, decimal: str = ".") -> float | None:
    """Return the number in `cell`, or None. "NaN", "inf" and Fortran's "1.0D-03" are numbers."""
    cell = cell.strip().replace("\u2212", "-")
    if decimal == ",":
        if "." in cell:
            return None
        cell = cell.replace(",", ".")
    if not cell.isascii() or "_" in cell:
        return None
    try:
        return float(cell)
    except ValueError:
        plain = is_fortran(cell) and "," not in cell
        return float(re.sub("[dD]", "e", cell)) if plain else None


def is_fortran(cell: str) -> bool:
    """Tell whether `cell` has the exponent of a double precision number: "1.0D-03"."""
    return re.fullmatch(r"[+-]?(\d+[.,]\d*|[.,]\d+)[dD][+-]?\d{1,3}", cell) is not None


def has_thousands(cell: str, decimal: str) -> bool:
    """Tell whether `cell` is a number but for separators of thousands: "1.234,5"."""
    group = "." if decimal == "," else ","
    pattern = rf"[+-]?[1-9]\d{{0,2}}({re.escape(group)}\d{{3}})+{re.escape(decimal)}\d*"
    return re.fullmatch(pattern, cell) is not None


def is_formula(cell: str) -> bool:
    """Tell whether `cell` is a formula instead of its value: "=B2/C2"."""
    return re.match(r"=[^=]", cell) is not None


def meant_as_numbers(cells: Sequence[str], decimal: str) -> int:
    """Count the cells that stand where numbers should, even if they are refused later."""
    return sum(
        number(cell, decimal) is not None or has_thousands(cell, decimal) or is_formula(cell)
        for cell in cells
    )


def numeric_part(cells: Sequence[str], decimal: str) -> float:
    """Return which part of the filled cells are numbers; 0 if fewer than two are."""
    full = [cell for cell in cells if cell]
    numbers = meant_as_numbers(full, decimal)
    return numbers / len(full) if numbers >= 2 else 0.0
