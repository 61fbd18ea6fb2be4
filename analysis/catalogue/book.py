"""What a data package says of its use in the book: its title, and which set plays which role."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from analysis.catalogue.datasets import Dataset, list_datasets, package_file, refused_datasets
from analysis.catalogue.package import read_package, unlike
from analysis.errors import DataError, shown
from analysis.typing import AnyPath

SCHEMA = "book.schema.json"
LONGEST_TITLE = 200
_KINDS = {"curve": "resistance", "transition": "resistance", "pattern": "diffraction"}
Region = tuple[str, float, float]


@dataclass(frozen=True)
class BookSection:
    """The top-level ``book`` section of a data package; all of it is optional.

    Attributes
    ----------
    title : str
        The package's own title, else its name, else its folder's.
    sample : str or None
        The sample that leads.
    curve, transition, pattern : str or None
        Names of the sets taken step by step: a curve, one with a transition, a pattern.
    series : tuple of str
        Names of the patterns that form the series.
    regions : tuple of (str, float, float)
        Names and bounds (GPa) of regions of pressure, ascending; the last may be infinite.
    leave_out : tuple of str
        Names of the sets that chapters show only where a role asks for them.
    """

    title: str
    sample: str | None = None
    curve: str | None = None
    transition: str | None = None
    pattern: str | None = None
    series: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    leave_out: tuple[str, ...] = ()


def book_section(package: AnyPath | None = None) -> BookSection:
    """Return what a data package says of its use in the book.

    Parameters
    ----------
    package : path-like, optional
        A datapackage.json instead of COMPENDIUM_PACKAGE and this project's.

    Raises
    ------
    DataError
        If the section is of another form than ``book.schema.json`` says, or names a data set,
        sample or run that the package does not have; the message suggests the nearest.
    """
    path = package_file(package)
    content_of_package = read_package(path).said
    content = content_of_package.get("book", {})
    if problem := unlike({"book": content}, SCHEMA):
        raise DataError(f"{path}: {problem}")
    names = _Names(path)
    roles = {key: names.dataset(key, content.get(key), kind) for key, kind in _KINDS.items()}
    return BookSection(
        title=_title(content_of_package, path),
        sample=names.sample(content.get("sample")),
        series=names.series(content.get("series", ())),
        regions=_regions(content.get("regions", ()), path),
        leave_out=tuple(names.known("leave_out", name) for name in content.get("leave_out", ())),
        **roles,
    )


def _title(content: Mapping[str, Any], path: Path) -> str:
    for key in ("title", "name"):
        text = content.get(key)
        if isinstance(text, str) and text.strip():
            return " ".join(text.split())[:LONGEST_TITLE]
    return path.resolve().parent.name


def _regions(entries: Iterable[Mapping[str, Any]], path: Path) -> tuple[Region, ...]:
    regions = tuple(
        (region["name"], float(region.get("from", 0)), float(region.get("to", inf)))
        for region in entries
    )
    reached, names_seen = 0.0, set()
    for name, low, high in regions:
        if low < reached or high <= low or name in names_seen:
            raise DataError(
                f"{path}: book, regions: {shown(name)} is from {low:g} to {high:g} GPa; allowed: "
                "regions with names of their own that ascend and do not overlap"
            )
        reached = high
        names_seen.add(name)
    return regions


class _Names:
    """The data sets of a package, to look up what its ``book`` section names."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._there = {dataset.name.lower(): dataset for dataset in list_datasets(package=path)}
        self._refused = {refusal.name.lower(): refusal.name for refusal in refused_datasets(path)}

    def known(self, role: str, name: str) -> str:
        """Return the name as the package spells it, or refuse it."""
        if name.lower() in self._refused:
            return self._refused[name.lower()]
        if name.lower() not in self._there:
            raise self._unknown(
                role, name, [dataset.name for dataset in self._there.values()], "data set"
            )
        return self._there[name.lower()].name

    def dataset(self, role: str, name: str | None, kind: str) -> str | None:
        """Return the name of a data set of a kind."""
        if name is None:
            return None
        dataset = self._there.get(self.known(role, name).lower())
        if dataset is not None and dataset.kind != kind:
            raise DataError(
                f"{self._path}: book, {role} is {shown(name)}, a data set of kind {dataset.kind}; "
                f"allowed: a data set of kind {kind}"
            )
        return name if dataset is None else dataset.name

    def series(self, wanted: str | Sequence[str]) -> tuple[str, ...]:
        """Return the names of the patterns of a run, or of a list."""
        if isinstance(wanted, str):
            of_run = [pattern for pattern in self._patterns if pattern.run == wanted]
            if not of_run:
                runs = dict.fromkeys(pattern.run for pattern in self._patterns if pattern.run)
                raise self._unknown("series", wanted, list(runs), "run of diffraction patterns")
            return tuple(pattern.name for pattern in of_run)
        return tuple(filter(None, (self.dataset("series", name, "diffraction") for name in wanted)))

    @property
    def _patterns(self) -> list[Dataset]:
        return [dataset for dataset in self._there.values() if dataset.kind == "diffraction"]

    def sample(self, name: str | None) -> str | None:
        """Return the name of a sample that some data set is of."""
        samples = list(
            dict.fromkeys(dataset.sample for dataset in self._there.values() if dataset.sample)
        )
        if name is not None and name not in samples:
            raise self._unknown("sample", name, samples, "sample")
        return name

    def _unknown(self, role: str, name: str, names: Sequence[str], noun: str) -> DataError:
        close = difflib.get_close_matches(name, names, n=1)
        few = ", ".join(map(shown, names[:8])) + ", ..." * (len(names) > 8)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {few or 'none'}"
        return DataError(
            f"{self._path}: book, {role} is {shown(name)}, which is not a {noun}; {hint}"
        )
