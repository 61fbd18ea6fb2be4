"""How a synthetic file and its entry in the data package are written."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

PAPER = "arXiv:2401.00804"


def csv_text(what: str, columns: Sequence[str], rows: Iterable[str]) -> str:
    """Return the text of a file: a line that says what it is, the heading, the rows.

    Parameters
    ----------
    what : str
        What it stands in for: "curve" or "pattern".
    columns : sequence of str
        Names of the columns.
    rows : iterable of str
        Lines without their ends.
    """
    first = f"# Synthetic, not measured. Stands in for a {what} of {PAPER}."
    return "\n".join([first, ",".join(columns), *rows]) + "\n"


def entry(
    name: str,
    text: str,
    *,
    title: str,
    description: str,
    module: str,
    kind: str,
    units: Mapping[str, str],
    **properties: Any,
) -> dict[str, Any]:
    """Return the entry of a synthetic file in the data package.

    Parameters
    ----------
    name : str
        Name of the set in the package, beginning with "twin-".
    text : str
        The file's content.
    title, description : str
        In words, after "Synthetic".
    module : str
        Which file of the package makes it.
    kind : str
        "resistance" or "diffraction".
    units : mapping
        Unit of each column.
    **properties
        Further properties: run, pressure and its basis, and what the kind needs.
    """
    content = text.encode()
    return {
        "name": name,
        "path": path_of(name),
        "title": f"Synthetic La3Ni2O7, {title}",
        "description": f"Synthetic, not measured: {description}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"commentChar": "#"},
        "schema": {
            "fields": [
                {"name": column, "type": "number", "unit": unit} for column, unit in units.items()
            ]
        },
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "sources": [{"title": f"Made by {module} after {PAPER}"}],
        "kind": kind,
        "origin": "synthetic",
        "sample": "La3Ni2O7-delta",
        **properties,
        "columns": {column: column for column in units},
    }


def path_of(name: str) -> str:
    """Return the path of a set within the data package's folder."""
    return f"synthetic/{name.removeprefix('twin-')}.csv"
