"""How a synthetic file and its entry in the data package are written."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

PAPER = "arXiv:2401.00804"
SAMPLE = "La3Ni2O7-delta"


class Synthetic:
    """The common part of the truths of curves and patterns: the data that they stand in for.

    Attributes
    ----------
    name, run : str
    pressure : float
        GPa.
    paper : dict
        Which values the paper prints, and where. Every other value is assumed.
    """

    run: str
    pressure: float
    paper: dict[str, str]

    @property
    def name(self) -> str:
        """Name of the set in the data package."""
        label = f"run{self.run}" if self.run.isdigit() else self.run
        return f"twin-{label}-{self.pressure:.1f}gpa"

    def basis(self, value: str) -> str:
        """Return "paper: <place>" or "assumed" for one of the values."""
        return f"paper: {self.paper[value]}" if value in self.paper else "assumed"

    def provenance(self) -> dict[str, Any]:
        """Return the provenance that a curve or pattern made from this truth states."""
        return {
            "name": self.name,
            "pressure": self.pressure,
            "origin": "synthetic",
            "sample": SAMPLE,
            "run": self.run,
            "source": f"synthetic twin of {PAPER}",
        }


def csv_text(kind: str, columns: Sequence[str], rows: Iterable[str]) -> str:
    """Return the text of a file: a line that says what it is, the heading, the rows.

    Parameters
    ----------
    kind : str
        What it stands in for: "curve" or "pattern".
    columns : sequence of str
        Names of the columns.
    rows : iterable of str
        Lines without their ends.
    """
    return table_text([f"Stands in for a {kind} of {PAPER}."], columns, rows)


def table_text(comments: Sequence[str], columns: Sequence[str], rows: Iterable[str]) -> str:
    """Return the text of a synthetic file; its first line says that it is synthetic.

    Parameters
    ----------
    comments : sequence of str
        Texts of its first line and of those below it.
    columns, rows
        As of `csv_text`.
    """
    header = [f"# Synthetic, not measured. {comments[0]}", *(f"# {line}" for line in comments[1:])]
    return "\n".join([*header, ",".join(columns), *rows]) + "\n"


def entry(
    truth: Synthetic,
    text: str,
    *,
    title: str,
    description: str,
    kind: str,
    units: Mapping[str, str],
    **properties: Any,
) -> dict[str, Any]:
    """Return the entry of a synthetic file in the data package.

    Parameters
    ----------
    truth : Synthetic
        What the file was made from.
    text : str
        The file's content.
    title, description : str
        In words, after "Synthetic".
    kind : str
        "resistance" or "diffraction".
    units : mapping
        Unit of each column.
    **properties
        Further properties: what the kind needs.
    """
    content = text.encode()
    module = type(truth).__module__.replace(".", "/") + ".py"
    return {
        "name": truth.name,
        "path": path_of(truth.name),
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
        "sample": SAMPLE,
        "run": truth.run,
        "pressure": truth.pressure,
        "pressure_basis": truth.basis("pressure").split(":")[0],
        **properties,
        "columns": {column: column for column in units},
    }


def path_of(name: str) -> str:
    """Return the path of a set within the data package's folder."""
    return f"synthetic/{name.removeprefix('twin-')}.csv"
