"""Loading a data set: its file, read as its package says."""

import csv
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from analysis.catalogue.datasets import Dataset, find, trace
from analysis.catalogue.files import Resource
from analysis.diffraction.pattern import DiffractionPattern
from analysis.errors import DataError, shown
from analysis.numerics.digitised import Digitised
from analysis.transport.curve import ResistanceCurve
from analysis.typing import AnyPath

# Beyond these a file is no table of published numbers.
MAX_BYTES = 20_000_000
MAX_CELLS = 500_000
LONGEST_CELL = 200


@overload
def load(
    name: str, *, kind: Literal["resistance"], package: AnyPath | None = None
) -> ResistanceCurve: ...


@overload
def load(
    name: str, *, kind: Literal["diffraction"], package: AnyPath | None = None
) -> DiffractionPattern: ...


@overload
def load(name: str, *, kind: None = None, package: AnyPath | None = None) -> Any: ...


def load(
    name: str, *, kind: str | None = None, package: AnyPath | None = None
) -> ResistanceCurve | DiffractionPattern:
    """Load a data set by name; upper and lower case do not matter.

    Parameters
    ----------
    name : str
        One of the names that `list_datasets` gives, of kind "resistance" or "diffraction".
    kind : {"resistance", "diffraction"}, optional
        The kind that is needed; a set of another kind is refused. The set's own if not given.
    package : path-like, optional
        A datapackage.json to look in instead of COMPENDIUM_PACKAGE and this project's.

    Returns
    -------
    ResistanceCurve or DiffractionPattern
        With the package's name, origin, sample, run, pressure with its error and scale, and
        source; of patterns the wavelengths; and out of which figure they were read, where it
        says so.

    Raises
    ------
    DatasetUnavailable
        If the file is not here and could not be downloaded.
    DataError
        If there is no such data set, it is of another kind, or its file is not usable.

    Examples
    --------
    >>> import analysis
    >>> silver = analysis.load("silver")
    >>> len(silver), silver.unit, silver.origin
    (13, 'ohm m', 'recommended')
    >>> analysis.load("sliver")
    Traceback (most recent call last):
        ...
    analysis.errors.DataError: no data set is called 'sliver';
    did you mean 'silver'?
    """
    return _built(*_understood(name, kind, package))


def load_entry(entry: Resource) -> ResistanceCurve | DiffractionPattern:
    """Load an entry that stands in no package yet, of kind "resistance" or "diffraction".

    Raises
    ------
    DataError
        If its file is not usable.
    """
    return _built(entry, _read(entry))


def _built(entry: Resource, reading: Any) -> ResistanceCurve | DiffractionPattern:
    described = Dataset.of(entry)
    names = (
        "name", "pressure", "pressure_error", "pressure_scale", "origin", "sample", "run", "source",
    )  # fmt: skip
    provenance = {name: getattr(described, name) for name in names}
    provenance["digitised"] = Digitised.of(entry.content, _factors(reading))
    if entry.content["kind"] == "resistance":
        curve: ResistanceCurve = reading.curve(**provenance)
        return curve
    pattern: DiffractionPattern = reading.pattern(
        f"data set {entry.name!r}: neither its file nor the data package says the wavelength; "
        'add "wavelength", in pm, to its entry',
        **provenance,
    )
    return pattern


def _factors(reading: Any) -> dict[str, float]:
    """Return by role what turns the unit of a column that was read into that of the array."""
    from analysis.reading.columns import parse_unit  # noqa: PLC0415 - `list` does without
    from analysis.reading.pattern_axis import degrees_per_unit  # noqa: PLC0415 - as above

    columns = reading.record.columns
    if reading.record.kind == "resistance":
        units = {role: parse_unit(column.unit) for role, column in columns.items()}
        return {role: unit.factor for role, unit in units.items() if unit is not None}
    wavelength, unit = reading.wavelengths[0], columns["two_theta"].unit
    middle = float(np.median(reading.points.two_theta))
    return {"two_theta": degrees_per_unit(unit, wavelength, middle)} if wavelength else {}


def understand(name: str, *, kind: str | None = None, package: AnyPath | None = None) -> Any:
    """Read the file of a data set and say how; what `load` makes a curve or pattern of.

    Parameters
    ----------
    name, kind, package
        As in `load`.

    Returns
    -------
    Reading or PatternReading
        Whose `record` says of which columns, units and rows the points were read.

    Raises
    ------
    DatasetUnavailable, DataError
        As `load` does.
    """
    return _understood(name, kind, package)[1]


def _understood(name: str, kind: str | None, package: AnyPath | None) -> tuple[Resource, Any]:
    entry = find(name, package)
    has_kind = entry.content.get("kind")
    if kind is not None and kind != has_kind:
        raise DataError(f"data set {entry.name!r} is of kind {has_kind!r}; kind {kind!r} is needed")
    _refuse_figure(entry)
    if has_kind not in ("resistance", "diffraction"):
        raise DataError(
            f"data set {entry.name!r} is of kind {has_kind!r}; `check`, `fit` and load take kinds "
            "'resistance' and 'diffraction'; the book (`make book`) and load_table take the others"
        )
    with _unchanged(entry):
        return entry, _read(entry)


def _refuse_figure(entry: Resource) -> None:
    """Refuse to read numbers from a drawing."""
    if entry.content.get("kind") == "figure":
        raise DataError(
            f"data set {entry.name!r} is a figure, which holds no numbers yet; `python -m analysis "
            f"import {shown(entry.file_name)} -o DIR` reads the curves out of its file"
        )


def _read(entry: Resource) -> Any:
    return (_read_curve if entry.content["kind"] == "resistance" else _read_pattern)(entry)


def load_table(name: str, *, package: AnyPath | None = None) -> dict[str, NDArray[Any]]:
    """Load a text data set of any kind as columns: name to array, as its schema says.

    Numbers and integers become float and int arrays, everything else arrays of str. Units
    are those of the package (``Dataset.properties["schema"]``). The resource's dialect
    counts: ``commentChar`` (# by default), ``header``, and ``csv: {delimiter}``.

    Raises
    ------
    DatasetUnavailable, DataError
        As `load` does; also of a figure, and if the file's columns are not those of the schema.

    Examples
    --------
    >>> import analysis
    >>> metals = analysis.load_table("metals-300k")
    >>> metals["symbol"][metals["resistivity"] < 2]
    array(['Cu', 'Ag'], dtype='<U2')
    """
    entry = find(name, package)
    _refuse_figure(entry)
    path, dialect = entry.obtain(), entry.content.get("dialect", {})
    delimiter = dialect.get("csv", {}).get("delimiter", ",")
    comment = dialect.get("commentChar", "#")
    try:
        with _unchanged(entry):
            lines = _text_of(path).splitlines()
        rows = [
            (row, next(csv.reader([line], delimiter=delimiter, skipinitialspace=True)))
            for row, line in enumerate(lines, 1)
            if line.strip() and not line.startswith(comment)
        ]
    except (OSError, ValueError, csv.Error) as error:  # of the text's encoding, or a delimiter
        raise DataError(f"{path}: cannot be read as a table ({error})") from None
    names = [column["name"] for column in entry.fields]
    if dialect.get("header", True) and (not rows or rows.pop(0)[1] != names):
        raise DataError(f"{path}: its columns are not those that its data package declares")
    if len(rows) * len(names) > MAX_CELLS:
        raise DataError(f"{path}: {len(rows)} rows; a table has at most {MAX_CELLS} cells")
    return {
        column["name"]: np.array([_cell(path, row, cells, place, column) for row, cells in rows])
        for place, column in enumerate(entry.fields)
    }


def _text_of(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES / 1e6:.0f} MB")
    return data.decode("utf-8-sig")


@contextmanager
def _unchanged(entry: Resource) -> Iterator[None]:
    """Note the sha256 of the file that the ``with`` block reads; refuse one that changes there."""
    path = entry.obtain()
    try:
        before = _sha256(path)
        trace(f"{entry.name}\t{before}")
        yield
        after = _sha256(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None
    if before != after:
        raise DataError(f"{path}: the file changed while it was read; run it again")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cell(path: Path, row: int, cells: list[str], place: int, column: Mapping[str, str]) -> Any:
    kind = column.get("type", "string")
    types: dict[str, Callable[[str], Any]] = {"number": float, "integer": _integer}
    try:
        return types.get(kind, _text)(cells[place])
    except (IndexError, ValueError, OverflowError):
        raise DataError(
            f"{path}, row {row}, column {column['name']!r}: the cell holds no {kind}"
        ) from None


def _integer(text: str) -> np.int64:
    return np.int64(int(text))


def _text(text: str) -> str:
    if len(text) > LONGEST_CELL:
        raise ValueError
    return text


# What an entry may say of its file beside the columns.
_OF_FILES = ("sheet", "decimal", "skip_bad_rows")


def _read_curve(entry: Resource) -> Any:
    from analysis.reading.resistance import read_points  # noqa: PLC0415 - `list` does without

    resource, columns = entry.content, entry.content.get("columns", {})
    units = {f.get("name"): f.get("unit") for f in entry.fields}
    return read_points(
        entry.obtain(),
        **columns,
        **{
            key: resource[key]
            for key in ("channel", "sweep", "field", *_OF_FILES)
            if key in resource
        },
        **{
            f"{role}_unit": resource.get(f"{role}_unit", units.get(columns.get(role)))
            for role in ("temperature", "resistance", "voltage", "current")
        },
    )


def _read_pattern(entry: Resource) -> Any:
    from analysis.reading.patterns import understand_pattern  # noqa: PLC0415 - as above

    resource, columns = entry.content, entry.content.get("columns", {})
    fields = {field.get("name"): field for field in entry.fields}
    unit = fields.get(columns.get("two_theta"), {}).get("unit")
    if resource.get("dialect", {}).get("header") is False:
        # The file has no headings: those of the schema stand for the columns' places.
        places = {name: number for number, name in enumerate(fields, 1)}
        columns = {role: places.get(name, name) for role, name in columns.items()}
    return understand_pattern(
        entry.obtain(),
        wavelength=resource.get("wavelength"),
        wavelength_2=resource.get("wavelength_2"),
        two_theta_unit=unit,
        **{key: resource[key] for key in _OF_FILES if key in resource},
        **columns,
    )
