"""Read R(T) from a text that is at hand, such as one that somebody drops on a page."""

from functools import partial
from typing import Any

from analysis.errors import DataError
from analysis.reading.columns import RESISTANCE
from analysis.reading.pattern_marks import PATTERN_TEXTS
from analysis.reading.points import Reading, points_of
from analysis.reading.source import WORKBOOKS, ZIP, Source, text_source
from analysis.reading.table import Content, Table
from analysis.reading.text_formats import QUANTUM_DESIGN, TEXT, figure

# What is read here, and who reads the rest.
READ_HERE = (
    "text in columns and Quantum Design files are read here, and `python -m analysis check FILE` "
    "reads all others"
)
# Starts of workbooks, old and new, of other zip archives, and of compressed files.
_PACKED = (ZIP, b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf")


def text_points(name: str, content: bytes, **options: Any) -> Reading:
    """Return the points of a text as `analysis.reading.resistance.read_points` does of a file.

    Parameters
    ----------
    name : str
        Of the file.
    content : bytes
    **options
        As in `analysis.read_resistance`.

    Raises
    ------
    DataError
        As there, and if it is no text.
    """
    return points_of(partial(text_source, name, content, RESISTANCE), text_cells, **options)


def text_cells(source: Source) -> Table | Content:
    """Return the cells of a text in columns, or of a Quantum Design file.

    Raises
    ------
    DataError
        If it is neither.
    """
    for name in reversed(PATTERN_TEXTS):
        if PATTERN_TEXTS[name](source):
            raise _refused(source, f"a {name} file, which holds a diffraction pattern, not R(T)")
    if source.start.startswith(_PACKED) or source.ending in WORKBOOKS:
        raise _refused(source, "a workbook or an archive")
    for row in (QUANTUM_DESIGN, TEXT):
        if row.matches(source):
            return row.read(source)
    if kind := figure(source):
        raise _refused(source, f"a figure ({kind})")
    raise _refused(source, "XML or HTML" if source.is_text else "a binary file")


def _refused(source: Source, kind: str) -> DataError:
    return DataError(f"{source.file}: is {kind}; {READ_HERE}")
