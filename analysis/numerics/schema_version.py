"""The versions of the forms in which this package writes data, and what becomes of older ones.

A form is a data package (``datapackage.json``), a table of results (``results.json``) or an object
of ``--json``. Each states a whole number as ``schema_version``, which grows by 1 when a program
that reads the form would have to change: a key has another name, meaning or unit. A key that is
new leaves it alone. Release 0.1 stated none: what states none is of version 1. An older form is
read; a newer one is refused, for nobody can know what has changed in it.
"""

from collections.abc import Mapping
from typing import Any

from analysis.errors import DataError, shown

KEY = "schema_version"
PACKAGE, RESULTS, OUTPUT = 2, 2, 2
_OLDEST = 1


def versioned(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object for ``--json`` with the version of its schema in front."""
    return {KEY: OUTPUT, **content}


def version_of(content: Mapping[str, Any], newest: int) -> int:
    """Return the version of a form that was read.

    Parameters
    ----------
    content : mapping
        The form.
    newest : int
        `PACKAGE` or `RESULTS`: the version that this release writes.

    Raises
    ------
    DataError
        If the version is not a whole number from 1, or is newer.

    Examples
    --------
    >>> version_of({}, newest=2), version_of({"schema_version": 2}, newest=2)
    (1, 2)
    """
    version = content.get(KEY, _OLDEST)
    if not isinstance(version, int) or isinstance(version, bool) or version < _OLDEST:
        raise DataError(f"{KEY} is {shown(version)}; allowed: a whole number from 1 to {newest}")
    if version > newest:
        raise DataError(
            f"{KEY} is {shown(version)}, which is newer than this release of "
            f"la3ni2o7-compendium; it reads versions 1 to {newest}: install a newer release"
        )
    return version


def remark_on(version: int, newest: int) -> str | None:
    """Return a sentence about a form that is older than this release; None if it is not.

    Examples
    --------
    >>> remark_on(1, newest=2)
    'schema_version 1 (release 0.1) is older than 2; keys that came later count as not stated'
    """
    if version >= newest:
        return None
    release = " (release 0.1)" if version == _OLDEST else ""
    older = f"{KEY} {version}{release} is older than {newest}"
    return f"{older}; keys that came later count as not stated"
