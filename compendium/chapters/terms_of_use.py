"""The terms of data sets: which licence, whose file, and a table of all of them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from analysis.catalogue.datasets import Dataset
from analysis.show.report import Table

UNSTATED = "notspecified"
NOTHING = "nothing is stated"
REMOTE, HERE = "downloaded from its authors", "in the package"
NAMED = 6  # data sets of a row; of more, the rest is counted


def is_remote(resource: Mapping[str, Any]) -> bool:
    """Tell whether a data set is fetched from somewhere else."""
    return bool(re.match("https?://", resource["path"]))


def names_of_licences(resource: Mapping[str, Any]) -> set[str]:
    """Return the licences of a data set by their short names."""
    return {licence["name"] for licence in resource["licenses"]}


def licences(resource: Mapping[str, Any]) -> str:
    """Return the licences of a data set in words."""
    return "; ".join(
        licence.get("title") or licence.get("name", "") for licence in resource.get("licenses", ())
    )


def terms_table(datasets: Iterable[Dataset]) -> Table:
    """Return the terms of data sets, where their files are, and which sets these are."""
    groups: dict[tuple[str, str], list[str]] = {}
    for dataset in datasets:
        terms = licences(dataset.properties) or NOTHING
        place = REMOTE if is_remote(dataset.properties) else HERE
        groups.setdefault((terms, place), []).append(dataset.name)
    rows = [(*group, _listed(names)) for group, names in sorted(groups.items())]
    return Table(("terms", "the file is", "data sets"), rows, words=3)


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
