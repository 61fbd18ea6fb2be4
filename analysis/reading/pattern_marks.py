"""How text files of diffraction patterns are told by their first lines; each has its own reader."""

import re
from collections.abc import Sequence

from analysis.reading.cells import number
from analysis.reading.source import Source


def is_chi(source: Source) -> bool:
    """Tell whether a line with a number of points precedes the numbers, below other lines.

    These are four, without comments, as FIT2D has it; under the name .chi they may be any.
    """
    count = count_line(source.head)
    if count is None:
        return False
    fit2d = count == 3 and not any(line.startswith("#") for line in source.head[:3])
    return fit2d or source.ending == ".chi"


def count_line(lines: Sequence[str]) -> int | None:
    """Return the index of the line with nothing but a whole number right above the data."""
    data = next((i for i, line in enumerate(lines) if _all_numbers(line)), 0)
    above = next((i for i in range(data - 1, -1, -1) if lines[i].strip()), None)
    return above if above is not None and re.fullmatch(r"\s*\d+\s*", lines[above]) else None


def _all_numbers(line: str) -> bool:
    cells = line.split()
    return len(cells) > 1 and all(number(cell) is not None for cell in cells)


def is_gsas(source: Source) -> bool:
    """Tell whether a BANK line opens the data, below the title and comments."""
    return bool(marks_in(source.head[:100], r"BANK\s+\d"))


def is_ras(source: Source) -> bool:
    """Tell whether this is a Rigaku .ras file."""
    return "".join(source.head[:1]).strip().upper() == "*RAS_DATA_START"


def is_uxd(source: Source) -> bool:
    """Tell whether this is a Bruker .uxd file."""
    return bool(marks_in(source.head[:50], r"_FILEVERSION\s*="))


def is_udf(source: Source) -> bool:
    """Tell whether this is a Philips .udf file."""
    return "".join(source.head[:1]).lower().startswith("sampleident,")


def is_cif(source: Source) -> bool:
    """Tell whether the first line that is no comment opens a data block of CIF."""
    written = (line for line in source.head if line.strip() and not line.startswith("#"))
    return re.match(r"(?i)data_\S", next(written, "")) is not None


def marks_in(lines: Sequence[str], mark: str) -> list[int]:
    """Return the indices of the lines that begin with a mark."""
    return [i for i, line in enumerate(lines) if re.match(mark, line)]


# By the name of the format; a later one wins over an earlier one.
PATTERN_TEXTS = {
    ".chi": is_chi,
    "GSAS": is_gsas,
    "Rigaku .ras": is_ras,
    "Bruker .uxd": is_uxd,
    "Philips .udf": is_udf,
    "powder CIF": is_cif,
}
