"""The data package: what data there are, where they come from, and loading them.

`data/datapackage.json` is a Frictionless Data Package. Small tables lie beside it;
measured sets of others are declared by URL and sha256 and downloaded when first asked for.

Where things are looked for, in this order:

* packages: the `package` argument; else the file that the environment variable
  COMPENDIUM_PACKAGE names, and then this project's own, without its synthetic sets: real
  data replace their stand-in, they are not mixed with it;
* downloadable files: the folder that COMPENDIUM_DATA names, the user's cache, the network.

Whoever executes a notebook may want to know what it read: the environment variable
COMPENDIUM_TRACE names a file that the name of every data set used is appended to, and
`LISTING` where what there is was asked for.
"""

import csv
import difflib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Literal, overload
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from analysis.diffraction.checks import checked_wavelengths
from analysis.diffraction.pattern import DiffractionPattern
from analysis.errors import DataError
from analysis.reading.columns import ROLES
from analysis.reading.pattern_columns import ROLES as PATTERN_ROLES
from analysis.transport.curve import ResistanceCurve

_PACKAGE = Path(__file__).resolve().parents[1]
# Beside the code in a checkout; within it where the wheel is installed.
OWN_PACKAGE = next(
    (
        path
        for path in (
            _PACKAGE.parent / "data" / "datapackage.json",
            _PACKAGE / "data" / "datapackage.json",
        )
        if path.exists()
    ),
    _PACKAGE.parent / "data" / "datapackage.json",
)
# Stands in the trace for the list of all data sets; no data set can be called so.
LISTING = "*"
# Seconds to wait for a connection, and for the next piece of a download.
TIMEOUT = (5.0, 15.0)
# Hosts and URLs that failed, and how: nothing is tried twice in one process.
_failed: dict[str, str] = {}


class DatasetUnavailable(DataError):  # noqa: N818 - it is no fault of anyone's
    """A data set is declared but its file is not here and could not be downloaded.

    The message says what is missing and how to get it.
    """


class NoMatchingData(DataError):  # noqa: N818 - as above
    """The data package holds nothing of the kind, run, pressure or name that is asked for.

    The message says what is asked for and what there is.
    """


@dataclass(frozen=True)
class Dataset:
    """One data set as its package describes it.

    Attributes
    ----------
    name, title : str
        The name to load it by, and a line about it.
    kind : str
        "resistance", "diffraction", "lattice", "transition-temperature" or "table".
    origin : str
        "measured", "recommended", "formula" or "synthetic".
    sample, run : str or None
        Which sample, which experimental run.
    pressure : float or None
        In GPa; None at ambient pressure or where it does not apply.
    pressure_basis : str or None
        Where the pressure comes from: "paper", "assumed", "nominal" ...
    wavelength : float or None
        In pm, of diffraction patterns.
    source : str
        Citations with their addresses.
    licence : str
        Terms of use.
    available : bool
        Whether its file is on this machine now.
    properties : mapping
        The whole entry of the package, for whatever else it says.
    """

    name: str
    title: str
    kind: str
    origin: str
    sample: str | None
    run: str | None
    pressure: float | None
    pressure_basis: str | None
    wavelength: float | None
    source: str
    licence: str
    available: bool
    properties: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True)
class _Entry:
    """A resource of a package, and the folder that its path counts from."""

    resource: Mapping[str, Any]
    folder: Path

    @property
    def name(self) -> str:
        return str(self.resource["name"])

    @property
    def remote(self) -> bool:
        return str(self.resource["path"]).startswith(("http://", "https://"))


def list_datasets(
    kind: str | None = None, *, package: str | PathLike[str] | None = None
) -> tuple[Dataset, ...]:
    """List the data sets, all or those of one kind.

    Parameters
    ----------
    kind : str, optional
        "resistance", "diffraction", "lattice", "transition-temperature" or "table".
    package : path-like, optional
        A datapackage.json to list instead of COMPENDIUM_PACKAGE and this project's.

    Raises
    ------
    DataError
        If the package cannot be read or no data set has that kind.
    """
    _trace(LISTING)
    found = tuple(_describe(entry) for entry in _entries(package))
    if kind is None:
        return found
    kinds = sorted({dataset.kind for dataset in found})
    if kind not in kinds:
        raise NoMatchingData(f"no data set is of kind {kind!r}; there are {', '.join(kinds)}")
    return tuple(dataset for dataset in found if dataset.kind == kind)


def find_dataset(
    kind: str,
    *,
    run: str | None = None,
    pressure: float | None = None,
    package: str | PathLike[str] | None = None,
) -> Dataset:
    """Return the data set of one run and pressure: what a chapter's parameters name.

    Parameters
    ----------
    kind : str
        As in `list_datasets`.
    run : str, optional
        The run; any if not given.
    pressure : float, optional
        In GPa; the first of the run if not given.
    package : path-like, optional
        As in `list_datasets`.

    Raises
    ------
    DataError
        If there is no such run, or the run has no such pressure; the message names those
        that there are.

    Examples
    --------
    >>> find_dataset("resistance", run="2", pressure=25).name
    'twin-run2-25.0gpa'
    """
    found = list_datasets(kind, package=package)
    if run is not None:
        runs = list(dict.fromkeys(dataset.run for dataset in found if dataset.run))
        found = tuple(dataset for dataset in found if dataset.run == run)
        if not found:
            known = ", ".join(repr(name) for name in runs)
            there_are = f"there are {known}" if runs else "no data set of this kind names a run"
            raise NoMatchingData(f"no run {run!r} of kind {kind!r}; {there_are}")
    if pressure is None:
        return found[0]
    there = sorted({dataset.pressure for dataset in found if dataset.pressure is not None})
    for dataset in found:
        if dataset.pressure == pressure:
            return dataset
    few = len(there) <= 8
    if not few:  # the nearest of many
        there = sorted(sorted(there, key=lambda value: abs(value - pressure))[:4])
    where = f"run {run}" if run is not None else "the package"
    raise NoMatchingData(
        f"{where} has no {kind} at {pressure:g} GPa; it has {'' if few else 'among others '}"
        f"{', '.join(f'{value:g}' for value in there) or 'no pressures'}"
    )


def describe(name: str, *, package: str | PathLike[str] | None = None) -> Dataset:
    """Return what the package says about one data set; upper and lower case do not matter.

    Raises
    ------
    DataError
        If there is no such data set; the message suggests one.
    """
    return _describe(_find(name, package))


@overload
def load(
    name: str, *, kind: Literal["resistance"], package: str | PathLike[str] | None = None
) -> ResistanceCurve: ...


@overload
def load(
    name: str, *, kind: Literal["diffraction"], package: str | PathLike[str] | None = None
) -> DiffractionPattern: ...


@overload
def load(name: str, *, kind: None = None, package: str | PathLike[str] | None = None) -> Any: ...


def load(
    name: str, *, kind: str | None = None, package: str | PathLike[str] | None = None
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
        With the package's name, origin, sample, run, pressure and source, and of patterns
        the wavelengths.

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
    analysis.catalogue.datasets.NoMatchingData: no data set is called 'sliver';
    did you mean 'silver'?
    """
    entry = _find(name, package)
    found = entry.resource.get("kind")
    if kind is not None and kind != found:
        raise DataError(f"data set {entry.name!r} is of kind {found!r}; kind {kind!r} is needed")
    if found == "resistance":
        return _load_resistance(entry)
    if found == "diffraction":
        return _load_diffraction(entry)
    raise DataError(
        f"data set {entry.name!r} is of kind {found!r}; kinds 'resistance' and 'diffraction' "
        "load, load_table reads the others"
    )


def load_table(name: str, *, package: str | PathLike[str] | None = None) -> dict[str, NDArray[Any]]:
    """Load a text data set of any kind as columns: name to array, as its schema says.

    Numbers and integers become float and int arrays, everything else arrays of str. Units
    are those of the package (``Dataset.properties["schema"]``). The resource's dialect
    counts: ``commentChar`` (# by default), ``header``, and ``csv: {delimiter}``.

    Raises
    ------
    DatasetUnavailable, DataError
        As `load` does; also if the file's columns are not those of the schema.

    Examples
    --------
    >>> import analysis
    >>> metals = analysis.load_table("metals-300k")
    >>> metals["symbol"][metals["resistivity"] < 2]
    array(['Cu', 'Ag'], dtype='<U2')
    """
    entry = _find(name, package)
    path, dialect = _path(entry), entry.resource.get("dialect", {})
    fields = entry.resource.get("schema", {}).get("fields", [])
    delimiter = dialect.get("csv", {}).get("delimiter", ",")
    comment = dialect.get("commentChar", "#")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        rows = [
            (row, next(csv.reader([line], delimiter=delimiter, skipinitialspace=True)))
            for row, line in enumerate(lines, 1)
            if line.strip() and not line.startswith(comment)
        ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as a table ({error})") from None
    names = [column["name"] for column in fields]
    if dialect.get("header", True) and (not rows or rows.pop(0)[1] != names):
        raise DataError(f"{path}: its columns are not those that its data package declares")
    return {
        column["name"]: np.array([_cell(path, row, cells, place, column) for row, cells in rows])
        for place, column in enumerate(fields)
    }


def _cell(path: Path, row: int, cells: list[str], place: int, column: Mapping[str, str]) -> Any:
    kind = column.get("type", "string")
    try:
        return {"number": float, "integer": int}.get(kind, str)(cells[place])
    except (IndexError, ValueError):
        raise DataError(f"{path}, row {row}, column {column['name']!r}: no {kind} there") from None


# ---------------------------------------------------------------------------- packages


def _entries(package: str | PathLike[str] | None) -> Iterator[_Entry]:
    named = package or os.environ.get("COMPENDIUM_PACKAGE")
    if not named:
        yield from _read_package(OWN_PACKAGE)
        return
    theirs = list(_read_package(Path(named)))
    yield from theirs
    if package is None and Path(named).resolve() != OWN_PACKAGE:
        taken = {entry.name.lower() for entry in theirs}
        for entry in _read_package(OWN_PACKAGE):
            if entry.resource.get("origin") != "synthetic" and entry.name.lower() not in taken:
                yield entry


def _read_package(path: Path) -> Iterator[_Entry]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"{path}: the data package cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: the data package is no UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {error.lineno}: no JSON ({error.msg})") from None
    except RecursionError:
        raise DataError(f"{path}: no JSON that can be read (nested too deeply)") from None
    resources = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(resources, list):
        raise DataError(f"{path}: a data package needs a list of resources")
    for number, resource in enumerate(resources, 1):
        for key in ("name", "path", "kind"):
            if not isinstance(resource, dict) or not isinstance(resource.get(key), str):
                raise DataError(f"{path}: resource {number} has no {key} (a text)")
        pressure = resource.get("pressure")
        if pressure is not None and type(pressure) not in (int, float):
            raise DataError(
                f"{path}: resource {resource['name']!r} has the pressure {pressure!r}; "
                "a number in GPa is needed"
            )
        _refuse_wavelengths(path, resource)
        yield _Entry(resource, path.resolve().parent)


def _refuse_wavelengths(path: Path, resource: Mapping[str, Any]) -> None:
    found = [resource.get(key) for key in ("wavelength", "wavelength_2")]
    checked_wavelengths(found[0], found[1], name=f"{path}: resource {resource['name']!r}")


def _find(name: str, package: str | PathLike[str] | None) -> _Entry:
    entries = list(_entries(package))
    for entry in entries:
        if entry.name.lower() == name.lower():
            _trace(entry.name)
            return entry
    _trace(LISTING)
    close = difflib.get_close_matches(name.lower(), [e.name.lower() for e in entries], n=1)
    hint = f"did you mean {close[0]!r}?" if close else "`python -m analysis list` names them all"
    raise NoMatchingData(f"no data set is called {name!r}; {hint}")


def _trace(used: str) -> None:
    file = os.environ.get("COMPENDIUM_TRACE")
    if file:
        with Path(file).open("a", encoding="utf-8") as trace:
            trace.write(f"{used}\n")


def _describe(entry: _Entry) -> Dataset:
    resource = entry.resource
    return Dataset(
        name=entry.name,
        title=str(resource.get("title", entry.name)),
        kind=str(resource["kind"]),
        origin=str(resource.get("origin", "measured")),
        sample=resource.get("sample"),
        run=resource.get("run"),
        pressure=resource.get("pressure"),
        pressure_basis=resource.get("pressure_basis"),
        wavelength=resource.get("wavelength"),
        source=_joined(resource.get("sources", ()), "title", "path"),
        licence=_joined(resource.get("licenses", ()), "title"),
        available=_here(entry) is not None,
        properties=MappingProxyType(dict(resource)),
    )


def _joined(items: Iterable[Mapping[str, str]], *keys: str) -> str:
    return "; ".join(", ".join(item[key] for key in keys if key in item) for item in items)


def _load_resistance(entry: _Entry) -> ResistanceCurve:
    from analysis.reading.resistance import read_points  # noqa: PLC0415 - `list` does without

    resource, columns = entry.resource, _columns(entry, ROLES)
    units = {f.get("name"): f.get("unit") for f in _fields(entry)}
    reading = read_points(
        _path(entry),
        **columns,
        **{key: resource[key] for key in ("channel", "sheet", "decimal") if key in resource},
        temperature_unit=resource.get("temperature_unit", units.get(columns.get("temperature"))),
        resistance_unit=resource.get("resistance_unit", units.get(columns.get("resistance"))),
    )
    return reading.curve(**_provenance(entry))


def _load_diffraction(entry: _Entry) -> DiffractionPattern:
    from analysis.reading.patterns import understand_pattern  # noqa: PLC0415 - as above

    resource, columns = entry.resource, _columns(entry, PATTERN_ROLES)
    fields = {field.get("name"): field for field in _fields(entry)}
    unit = fields.get(columns.get("two_theta"), {}).get("unit")
    if unit not in (None, "deg", "degree", "degrees"):
        raise DataError(
            f"data set {entry.name!r}: the unit of 2 theta is {unit!r}; 'deg' is needed"
        )
    if resource.get("dialect", {}).get("header") is False:
        # The file has no headings: those of the schema stand for the columns' places.
        places = {name: number for number, name in enumerate(fields, 1)}
        columns = {role: places.get(name, name) for role, name in columns.items()}
    reading = understand_pattern(
        _path(entry),
        wavelength=resource.get("wavelength"),
        wavelength_2=resource.get("wavelength_2"),
        **{key: resource[key] for key in ("sheet", "decimal") if key in resource},
        **columns,
    )
    return reading.pattern(
        f"data set {entry.name!r}: neither its file nor the data package says the wavelength; "
        'add "wavelength", in pm, to its entry',
        **_provenance(entry),
    )


def _columns(entry: _Entry, roles: tuple[str, ...]) -> dict[str, Any]:
    """Return the columns that a resource names, by role."""
    columns = entry.resource.get("columns", {})
    if not isinstance(columns, dict) or not columns.keys() <= set(roles):
        raise DataError(
            f"data set {entry.name!r}: columns must map {', '.join(roles)} to headings, "
            f"got {columns!r}"
        )
    return columns


def _fields(entry: _Entry) -> list[Mapping[str, Any]]:
    fields: list[Mapping[str, Any]] = entry.resource.get("schema", {}).get("fields", [])
    return fields


def _provenance(entry: _Entry) -> dict[str, Any]:
    """Return what the package says about any measurement."""
    described = _describe(entry)
    names = ("name", "pressure", "origin", "sample", "run", "source")
    return {name: getattr(described, name) for name in names}


# ---------------------------------------------------------------------------- files


def _path(entry: _Entry) -> Path:
    """Return the file of a data set, checked against its sha256 if it is not ours to edit."""
    here = _here(entry)
    if not entry.remote:
        if here is None:
            path = entry.folder / entry.resource["path"]
            raise DatasetUnavailable(f"{path}: the file of data set {entry.name!r} is missing")
        return here
    expected = _sha256(entry)
    if here is None:
        return _download(entry, expected)
    found = hashlib.sha256(here.read_bytes()).hexdigest()
    if found == expected:
        return here
    if here == _cached(entry):  # left by an older package, or damaged: fetch it anew
        return _download(entry, expected)
    raise DataError(
        f"{here}: sha256 is {found}, but data set {entry.name!r} has {expected}; "
        "replace the file, or remove it to have it downloaded"
    )


def _here(entry: _Entry) -> Path | None:
    """Return where the file of a data set lies on this machine, or None."""
    if not entry.remote:
        places = [entry.folder / entry.resource["path"]]
    else:
        folder = os.environ.get("COMPENDIUM_DATA")
        places = [Path(folder) / _file(entry)] if folder else []
        places.append(_cached(entry))
    return next((place for place in places if place.is_file()), None)


def _file(entry: _Entry) -> str:
    address = urlsplit(entry.resource["path"]).path
    return str(entry.resource.get("file") or PurePosixPath(address).name)


def _cached(entry: _Entry) -> Path:
    """Return the place in the user's cache: XDG_CACHE_HOME or what the system has for it."""
    return _cache_folder() / _file(entry)


def _cache_folder() -> Path:
    import pooch  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to import

    return Path(pooch.os_cache("la3ni2o7-compendium"))


def _sha256(entry: _Entry) -> str:
    kind, _, digest = str(entry.resource.get("hash", "")).partition(":")
    if kind != "sha256" or not digest:
        raise DataError(
            f"data set {entry.name!r}: a downloadable set needs a hash of the form sha256:..."
        )
    return digest.lower()


def _download(entry: _Entry, sha256: str) -> Path:
    """Download into the user's cache; nothing is left there unless its sha256 is right."""
    url, host = str(entry.resource["path"]), urlsplit(entry.resource["path"]).netloc
    unavailable = partial(_unavailable, entry)
    if "obtain" in entry.resource:
        raise DatasetUnavailable(
            f"data set {entry.name!r} is not on this machine and no file of its own at its "
            f"source: {entry.resource['obtain']} {_file(entry)} in the folder that "
            "COMPENDIUM_DATA names"
        )
    if failed := _failed.get(host) or _failed.get(url):
        raise unavailable(f"{failed} (not tried again)")
    import pooch  # noqa: PLC0415 - slow to import
    import requests  # noqa: PLC0415

    pooch.get_logger().setLevel("CRITICAL")
    target = _cached(entry)
    try:
        pooch.retrieve(
            url,
            known_hash=f"sha256:{sha256}",
            fname=target.name,
            path=target.parent,
            downloader=pooch.HTTPDownloader(timeout=TIMEOUT),
        )
    except requests.HTTPError as error:
        _failed[url] = f"{host} answered {getattr(error.response, 'status_code', 'no')}"
    except requests.exceptions.ChunkedEncodingError:
        _failed[url] = f"the download from {host} broke off"
    except requests.RequestException as error:
        _failed[host] = f"no answer from {host} ({type(error).__name__})"
    except ValueError:  # pooch's, for a wrong hash; it has removed the download
        _failed[url] = f"what {host} sent does not have the sha256 {sha256}"
    except OSError as error:
        raise unavailable(f"{target.parent} cannot be written ({error.strerror})") from None
    if failed := _failed.get(host) or _failed.get(url):
        raise unavailable(failed)
    return target


def _unavailable(entry: _Entry, reason: str) -> DatasetUnavailable:
    return DatasetUnavailable(
        f"data set {entry.name!r} is not on this machine: {reason}; to have it, go online once, or "
        f"put the file from {entry.resource['path']} at {_file(entry)} in the folder that "
        "COMPENDIUM_DATA names"
    )
