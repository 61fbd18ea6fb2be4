"""Results that take longer than a chapter may: made by jobs of their own, and kept in files.

A kind of result is an entry of `KINDS`, the name of a module with two functions: ``wanted(roles)``
returns the names of the data sets to make it of, and ``compute(data, **choices)`` makes it of one,
or of what was read from a file, as plain values that JSON carries. A chapter asks with `of`, with
the kind in quotes, so that the build sees which chapters wait for it. Where no build has made it,
`of` computes it, and shows how far it is.
"""

import json
import os
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from analysis.catalogue.datasets import Dataset, describe
from analysis.cli.progress import progress_bar
from analysis.errors import AnalysisError
from compendium.chapters import CODE_DIGEST, LONG_RESULTS
from compendium.chapters.roles import Roles
from compendium.files import content, file_name, read

KINDS = {
    "multiverse": "compendium.chapters.multiverse_words",
    "profiles": "compendium.chapters.profile_words",
    "strains": "compendium.chapters.strain_multiverse",
}
# What stands in the place of a result that could not be had.
REFUSED = "refused"


def wanted(kind: str, roles: Roles) -> Iterable[str]:
    """Return the names of the data sets that a kind of result is made of."""
    names: Iterable[str] = import_module(KINDS[kind]).wanted(roles)
    return names


def of(kind: str, name: str, *, own: Any = None, **choices: Any) -> dict[str, Any]:
    """Return a long result of a data set: what the build has kept of it, else computed here.

    What other code, or other data, have made is not used.

    Parameters
    ----------
    kind, name : str
        The kind of result, and the data set.
    own : optional
        What was read from a file of the reader's, in place of the data set.
    **choices
        Arguments of the computation where they are not the build's; empty ones do not count.

    Raises
    ------
    AnalysisError
        If it cannot be had from these data; DataError if there is no such data set.
    """
    choices = {key: value for key, value in choices.items() if value}
    if own or choices:
        return _shown(kind, own or name, choices)
    dataset = describe(name)
    folder = os.environ.get(LONG_RESULTS)
    text = read(path_in(Path(folder), kind, dataset.name)) if folder else None
    try:
        kept = json.loads(text or "{}")
        known = kept["code"] == os.environ.get(CODE_DIGEST) and kept["data"] == _of_data(dataset)
    except (KeyError, TypeError, ValueError):  # none, or damaged
        known = False
    if known and REFUSED in kept:
        raise AnalysisError(kept[REFUSED])
    if known:
        return dict(kept["result"])
    return _shown(kind, dataset.name, {})


def text_of(kind: str, name: str, code: str) -> str:
    """Compute a result and return the text to keep; a refusal is kept in its words.

    Parameters
    ----------
    kind, name : str
        The kind of result, and the data set.
    code : str
        A digest of the code that computes it.
    """
    kept: dict[str, Any] = {
        "kind": kind,
        "name": name,
        "code": code,
        "data": _of_data(describe(name)),
    }
    try:
        kept["result"] = _computed(kind, name, {})
    except AnalysisError as error:
        kept[REFUSED] = str(error)
    return json.dumps(kept, ensure_ascii=False, allow_nan=False)


def path_in(folder: Path, kind: str, name: str) -> Path:
    """Return where a result is kept."""
    return folder / kind / f"{file_name(name)}.json"


def _shown(kind: str, data: Any, choices: dict[str, Any]) -> dict[str, Any]:
    with progress_bar(always=True):
        return _computed(kind, data, choices)


def _computed(kind: str, data: Any, choices: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = import_module(KINDS[kind]).compute(data, **choices)
    return result


def _of_data(dataset: Dataset) -> str:
    """Return a digest of the bytes of a data set, with what the package says of it."""
    bytes_in = content(dataset.file) if dataset.file else ""
    return json.dumps([dict(dataset.properties), bytes_in], sort_keys=True)
