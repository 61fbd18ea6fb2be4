"""The data package: what data there are, and where they come from.

`data/datapackage.json` is a Frictionless Data Package. Packages are looked for in this order:
the `package` argument; else the file that the environment variable COMPENDIUM_PACKAGE names,
and then this project's own, without its synthetic sets: real data replace their stand-in,
they are not mixed with it. `files` looks for the files, `loading` reads them.

Whoever executes a notebook may want to know what it read: the environment variable
COMPENDIUM_TRACE names a file that the name of every data set used is appended to, and
`LISTING` where what there is was asked for; where its file was read, a tab and the sha256 of the
bytes follow the name.
"""

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analysis.catalogue.files import Resource
from analysis.catalogue.package import Package, Refusal, read_package
from analysis.errors import DataError, shown
from analysis.numerics.digitised import Digitised
from analysis.typing import AnyPath

_INSTALLED, _CHECKOUT = (
    folder / "data" / "datapackage.json" for folder in Path(__file__).resolve().parents[1:3]
)
# Beside the code in a checkout; within it where the wheel is installed.
OWN_PACKAGE = _INSTALLED if _INSTALLED.exists() and not _CHECKOUT.exists() else _CHECKOUT
# Stands in the trace for the list of all data sets; no data set can be called so.
LISTING = "*"
_OPTIONAL = (
    "sample", "run", "pressure", "pressure_error", "pressure_scale", "pressure_basis", "wavelength",
)  # fmt: skip


@dataclass(frozen=True)
class Dataset:
    """One data set as its package describes it.

    Attributes
    ----------
    name, title : str
        The name to load it by, and a line about it.
    kind : str
        "resistance", "diffraction", "lattice", "transition-temperature", "table" or "figure".
    origin : str
        "measured", "digitised", "recommended", "formula" or "synthetic".
    sample, run : str or None
        Which sample, which experimental run.
    pressure : float or None
        In GPa; None at ambient pressure or where it does not apply.
    pressure_error : float or None
        Standard error of the pressure, GPa.
    pressure_scale : str or None
        The scale that it was read from, such as "Fei 2007, gold".
    pressure_basis : str or None
        Where the pressure comes from: "paper", "assumed", "nominal" ...
    wavelength : float or None
        In pm, of diffraction patterns.
    source : str
        Citations with their addresses.
    licence : str
        Terms of use.
    file : Path or None
        Where its file lies on this machine now; None if it does not.
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
    pressure_error: float | None
    pressure_scale: str | None
    pressure_basis: str | None
    wavelength: float | None
    source: str
    licence: str
    file: Path | None
    properties: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def available(self) -> bool:
        """Whether its file is on this machine now."""
        return self.file is not None

    @property
    def digitised(self) -> Digitised | None:
        """Out of which figure its numbers were read, in the units of its columns."""
        return Digitised.of(self.properties, {})

    @classmethod
    def of(cls, entry: Resource) -> "Dataset":
        """Return what its package says of a data set."""
        resource = entry.content
        return cls(
            name=entry.name,
            title=str(resource.get("title", entry.name)),
            kind=str(resource["kind"]),
            origin=str(resource.get("origin", "measured")),
            **{key: resource.get(key) for key in _OPTIONAL},
            source=_joined(resource.get("sources", ()), "title", "path"),
            licence=_joined(resource.get("licenses", ()), "title"),
            file=entry.here(),
            properties=MappingProxyType(dict(resource)),
        )


def list_datasets(
    kind: str | None = None, *, package: AnyPath | None = None
) -> tuple[Dataset, ...]:
    """List the data sets that can be used, all or those of one kind.

    Parameters
    ----------
    kind : str, optional
        "resistance", "diffraction", "lattice", "transition-temperature", "table" or "figure".
    package : path-like, optional
        A datapackage.json to list instead of COMPENDIUM_PACKAGE and this project's.

    Raises
    ------
    DataError
        If the package cannot be read or no data set has that kind.
    """
    trace(LISTING)
    contents = _contents(package)
    datasets = tuple(Dataset.of(entry) for entry in contents.resources)
    if kind is None:
        return datasets
    kinds = sorted({dataset.kind for dataset in datasets})
    if kind not in kinds:
        refused = [refusal.reason for refusal in contents.refusals if refusal.kind == kind]
        raise DataError(
            f"no data set is of kind {shown(kind)}; there are {', '.join(kinds) or 'none'}"
            + (f"; refused: {refused[0]}" if refused else "")
        )
    return tuple(dataset for dataset in datasets if dataset.kind == kind)


def refused_datasets(package: AnyPath | None = None) -> tuple[Refusal, ...]:
    """Return the entries of the data package that cannot be used, each with the reason.

    `list_datasets` leaves them out; `load`, `describe` and `phases_of` raise the reason.

    Parameters
    ----------
    package : path-like, optional
        As in `list_datasets`.

    Raises
    ------
    DataError
        If the package as a whole cannot be read.
    """
    trace(LISTING)
    return _contents(package).refusals


def find_dataset(
    kind: str,
    *,
    run: str | None = None,
    pressure: float | None = None,
    package: AnyPath | None = None,
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
    datasets = list_datasets(kind, package=package)
    if run is not None:
        runs = list(dict.fromkeys(dataset.run for dataset in datasets if dataset.run))
        datasets = tuple(dataset for dataset in datasets if dataset.run == run)
        if not datasets:
            names = ", ".join(repr(name) for name in runs)
            there_are = f"there are {names}" if runs else "no data set of this kind names a run"
            raise DataError(f"no run {run!r} of kind {kind!r}; {there_are}")
    if pressure is None:
        return datasets[0]
    pressures = sorted({dataset.pressure for dataset in datasets if dataset.pressure is not None})
    for dataset in datasets:
        if dataset.pressure == pressure:
            return dataset
    few = len(pressures) <= 8
    if not few:  # the nearest of many
        pressures = sorted(sorted(pressures, key=lambda value: abs(value - pressure))[:4])
    where = f"run {run}" if run is not None else "the package"
    raise DataError(
        f"{where} has no {kind} at {pressure:g} GPa; it has {'' if few else 'among others '}"
        f"{', '.join(f'{value:g}' for value in pressures) or 'no pressures'}"
    )


def describe(name: str, *, package: AnyPath | None = None) -> Dataset:
    """Return what the package says about one data set; upper and lower case do not matter.

    Raises
    ------
    DataError
        If there is no such data set; the message suggests one.
    """
    return Dataset.of(find(name, package))


def fetch(name: str, *, package: AnyPath | None = None) -> Path:
    """Return the file of a data set, downloaded if it is not on this machine.

    Raises
    ------
    DatasetUnavailable, DataError
        As `load` does.
    """
    return find(name, package).obtain()


# ---------------------------------------------------------------------------- packages


def package_file(package: AnyPath | None = None) -> Path:
    """Return the package that counts: the one given, COMPENDIUM_PACKAGE's, or this project's."""
    return Path(package or os.environ.get("COMPENDIUM_PACKAGE") or OWN_PACKAGE)


def foreign_package() -> bool:
    """Tell whether COMPENDIUM_PACKAGE names another package than this project's."""
    return package_file().resolve() != OWN_PACKAGE


def _contents(package: AnyPath | None) -> Package:
    """Return the usable and the refused entries of all packages that count."""
    theirs = read_package(package_file(package))
    if package is not None or not foreign_package():
        return theirs
    own = read_package(OWN_PACKAGE)
    names_taken = {entry.name.lower() for entry in theirs.resources}
    names_taken |= {refusal.name.lower() for refusal in theirs.refusals}
    resources = (
        entry
        for entry in own.resources
        if entry.content.get("origin") != "synthetic" and entry.name.lower() not in names_taken
    )
    refusals = (refusal for refusal in own.refusals if refusal.name.lower() not in names_taken)
    refused = (*theirs.refusals, *refusals)
    return Package((*theirs.resources, *resources), refused, theirs.said)


def find(name: str, package: AnyPath | None) -> Resource:
    """Return the entry of a data set; upper and lower case do not matter.

    Raises
    ------
    DataError
        If there is none; the message suggests one. If the package has one that is refused;
        the message says why.
    """
    entries, refusals, _ = _contents(package)
    for entry in entries:
        if entry.name.lower() == name.lower():
            trace(entry.name)
            return entry
    trace(LISTING)
    for refusal in refusals:
        if refusal.name.lower() == name.lower():
            raise DataError(refusal.reason)
    close = difflib.get_close_matches(name.lower(), [e.name.lower() for e in entries], n=1)
    hint = f"did you mean {close[0]!r}?" if close else "`python -m analysis list` names them all"
    raise DataError(f"no data set is called {shown(name)}; {hint}")


def trace(event: str) -> None:
    """Note what a notebook uses, where COMPENDIUM_TRACE names a file for it."""
    file = os.environ.get("COMPENDIUM_TRACE")
    if file:
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(f"{event}\n")


def _joined(items: Iterable[Mapping[str, str]], *keys: str) -> str:
    return "; ".join(", ".join(item[key] for key in keys if key in item) for item in items)
