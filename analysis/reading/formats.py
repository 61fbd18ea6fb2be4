"""The table of file formats: what is read, how it is recognised, and what it may hold.

`check`, the readers, the refusals, the help and the lists in the documentation take their
words from `FORMATS`. A new format is a row at the end of this file.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from analysis.errors import DataError
from analysis.reading import pattern_text
from analysis.reading.columns import RESISTANCE
from analysis.reading.pattern_archives import ARCHIVES, is_archive, read_archive
from analysis.reading.pattern_binary import (
    is_bruker_raw,
    is_philips_rd,
    read_bruker_raw,
    read_philips_rd,
)
from analysis.reading.pattern_cif import is_cif, read_cif
from analysis.reading.pattern_columns import DIFFRACTION
from analysis.reading.source import IMPORT, KINDS, Quantity, Source
from analysis.reading.table import Content, Table
from analysis.reading.text_table import is_quantum_design, read_quantum_design, read_text
from analysis.reading.workbook import ENDINGS, is_workbook, read_workbook


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Attributes
    ----------
    name : str
        In words, as it stands before "file".
    endings : mapping of str to tuple of str
        For each quantity that a file of this kind may hold ("resistance", "diffraction"),
        the endings of the names that such files usually have.
    matches : callable
        Tells from a `Source`, its first bytes and lines, whether it is of this kind.
    read : callable
        Returns a `Table`, whose headings say what the columns are, or a `Content`, whose
        numbers are in K and ohm or in degrees and counts; raises `DataError`.
    """

    name: str
    endings: Mapping[str, tuple[str, ...]]
    matches: Callable[[Source], bool]
    read: Callable[[Source], Table | Content]

    def listed(self, quantity: Quantity) -> str:
        """Return the name and the endings, as they stand in a list of formats."""
        endings = self.endings[quantity.name]
        named = not endings or self.name.endswith(endings)
        return self.name if named else f"{self.name} ({', '.join(endings)})"


def words(quantity: Quantity) -> str:
    """Return the list of the formats that hold this quantity, as sentences have it."""
    *most, last = [row.listed(quantity) for row in FORMATS if quantity.name in row.endings]
    return f"{', '.join(most)} and {last}"


def sentences() -> str:
    """Return what is read, in two sentences."""
    return " ".join(
        f"The formats of {quantity.title} are {words(quantity)}."
        for quantity in (RESISTANCE, DIFFRACTION)
    )


def contents(source: Source) -> Table | Content:
    """Read a file, whatever its format; a later row of the table wins over an earlier one.

    Raises
    ------
    DataError
        If the file is of no kind in the table, of one that does not hold the quantity, or
        not as its kind demands.
    """
    kind = format_of(source)
    if kind is None:
        raise _unread(source)
    if source.quantity.name not in kind.endings:
        holds = DIFFRACTION if source.quantity is RESISTANCE else RESISTANCE
        raise DataError(
            f"{source.file}: is a {kind.name} file, which holds {holds.title}, not "
            f"{source.quantity.title}; {words(source.quantity)} are read"
        )
    content = kind.read(source)
    if isinstance(content, Content):
        for role in source.asked:
            raise DataError(f"{source.file}: {columns_known(f'{kind.name} file', role)}")
    return content


def columns_known(layout: str, role: str) -> str:
    """Return the words that refuse an option for columns where the format says them."""
    return f"is a {layout}, whose columns are known; leave --{role.replace('_', '-')} out"


def format_of(source: Source) -> Format | None:
    """Return the format of a file, or None if it is none of the table."""
    return next((row for row in reversed(FORMATS) if row.matches(source)), None)


def only_holds(ending: str, quantity: Quantity) -> bool:
    """Tell whether files with this ending can hold this quantity and no other."""
    return {
        name for row in FORMATS for name, endings in row.endings.items() if ending in endings
    } == {quantity.name}


_KNOWN = (
    (b"FI\x00", "a Rigaku .raw file"),
    (b"HR-XRDScan", "a Philips .hrxrd file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "a database"),
)
_FIGURES = (
    (rb"%PDF", "PDF"),
    (rb"%!PS", "PostScript"),
    (rb"(<\?xml[^>]*>\s*)?(<!.*?>\s*)*<svg", "SVG"),
)


def _unread(source: Source) -> DataError:
    """Return the refusal, by name if it is known, of a file that is not read."""
    file, quantity = source.file, source.quantity
    for begins, kind in _FIGURES:
        if re.match(rb"\s*" + begins, source.start, re.DOTALL):
            return DataError(f"{file}: is a figure ({kind}); {IMPORT} that is drawn as vectors")
    if _is_markup(source):
        return DataError(f"{file}: is an XML or HTML file but no .xrdml; {quantity.export}")
    kind = next((kind for magic, kind in _KNOWN if source.start.startswith(magic)), None)
    what = f"{kind}, which is not read; {quantity.export}." if kind else "a binary file;"
    return DataError(f"{file}: is {what} {words(quantity)} are read")


def _is_markup(source: Source) -> bool:
    marks = rb"(\xef\xbb\xbf)?\s*<(\?xml|!DOCTYPE|html|xrd)"
    return re.match(marks, source.start, re.IGNORECASE) is not None


def _is_plain_text(source: Source) -> bool:
    return source.is_text and not _is_markup(source)


_TEXT = (".csv", ".tsv", ".dat", ".txt")
_GSAS = (".gsas", ".gsa", ".gss", ".fxye", ".raw")
FORMATS = [
    Format(
        "text in columns",
        {"resistance": _TEXT, "diffraction": (".xy", ".xye", *_TEXT)},
        _is_plain_text,
        read_text,
    ),
    Format("xlsx workbook", dict.fromkeys(KINDS, ENDINGS), is_workbook, read_workbook),
    Format("Quantum Design", {"resistance": (".dat",)}, is_quantum_design, read_quantum_design),
    Format(".chi", {"diffraction": (".chi",)}, pattern_text.is_chi, pattern_text.read_chi),
    Format("GSAS", {"diffraction": _GSAS}, pattern_text.is_gsas, pattern_text.read_gsas),
    *(
        Format(
            f"{maker} .{kind}",
            {"diffraction": (f".{kind}",)},
            partial(is_archive, kind=kind),
            partial(read_archive, kind=kind),
        )
        for kind, (maker, *_) in ARCHIVES.items()
    ),
    Format("Rigaku .ras", {"diffraction": (".ras",)}, pattern_text.is_ras, pattern_text.read_ras),
    Format("Bruker .uxd", {"diffraction": (".uxd",)}, pattern_text.is_uxd, pattern_text.read_uxd),
    Format("Philips .udf", {"diffraction": (".udf",)}, pattern_text.is_udf, pattern_text.read_udf),
    Format("Philips PC-APD", {"diffraction": (".rd", ".sd")}, is_philips_rd, read_philips_rd),
    Format("Bruker .raw", {"diffraction": (".raw",)}, is_bruker_raw, read_bruker_raw),
    Format("powder CIF", {"diffraction": (".cif",)}, is_cif, read_cif),
]
