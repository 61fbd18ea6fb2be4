"""The table of file formats: what is read, how it is recognised, and what it may hold.

`check`, the readers, the refusals, the help and the lists in the documentation take their
words from `FORMATS`. A new format is a row at the end of this file.
"""

from functools import partial

from analysis.errors import DataError
from analysis.reading import pattern_marks, pattern_text
from analysis.reading.columns import RESISTANCE
from analysis.reading.opened import FileSource
from analysis.reading.pattern_archives import ARCHIVES, is_archive, read_archive
from analysis.reading.pattern_binary import (
    is_bruker_raw,
    is_philips_rd,
    read_bruker_raw,
    read_philips_rd,
)
from analysis.reading.pattern_cif import read_cif
from analysis.reading.pattern_columns import DIFFRACTION
from analysis.reading.pattern_marks import is_cif
from analysis.reading.source import IMPORT, KINDS, WORKBOOKS, Quantity
from analysis.reading.table import Content, Table
from analysis.reading.text_formats import QUANTUM_DESIGN, TEXT, Format, figure, is_markup
from analysis.reading.workbook import is_workbook, read_workbook


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


def contents(source: FileSource) -> Table | Content:
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


def format_of(source: FileSource) -> Format | None:
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


def _unread(source: FileSource) -> DataError:
    """Return the refusal, by name if it is known, of a file that is not read."""
    file, quantity = source.file, source.quantity
    if kind := figure(source):
        return DataError(f"{file}: is a figure ({kind}); {IMPORT} that is drawn as vectors")
    if is_markup(source):
        return DataError(
            f"{file}: is an XML or HTML file but not an .xrdml file; {quantity.export}"
        )
    kind = next((kind for magic, kind in _KNOWN if source.start.startswith(magic)), None)
    kind_of_file = f"{kind}, which is not read; {quantity.export}." if kind else "a binary file;"
    return DataError(f"{file}: is {kind_of_file} {words(quantity)} are read")


_GSAS = (".gsas", ".gsa", ".gss", ".fxye", ".raw")
FORMATS = [
    TEXT,
    Format("xlsx workbook", dict.fromkeys(KINDS, WORKBOOKS), is_workbook, read_workbook),
    QUANTUM_DESIGN,
    Format(".chi", {"diffraction": (".chi",)}, pattern_marks.is_chi, pattern_text.read_chi),
    Format("GSAS", {"diffraction": _GSAS}, pattern_marks.is_gsas, pattern_text.read_gsas),
    *(
        Format(
            f"{maker} .{kind}",
            {"diffraction": (f".{kind}",)},
            partial(is_archive, kind=kind),
            partial(read_archive, kind=kind),
        )
        for kind, (maker, *_) in ARCHIVES.items()
    ),
    Format("Rigaku .ras", {"diffraction": (".ras",)}, pattern_marks.is_ras, pattern_text.read_ras),
    Format("Bruker .uxd", {"diffraction": (".uxd",)}, pattern_marks.is_uxd, pattern_text.read_uxd),
    Format("Philips .udf", {"diffraction": (".udf",)}, pattern_marks.is_udf, pattern_text.read_udf),
    Format("Philips PC-APD", {"diffraction": (".rd", ".sd")}, is_philips_rd, read_philips_rd),
    Format("Bruker .raw", {"diffraction": (".raw",)}, is_bruker_raw, read_bruker_raw),
    Format("powder CIF", {"diffraction": (".cif",)}, is_cif, read_cif),
]
