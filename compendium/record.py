"""What a sheet records of its fits, for the table of results; plain numbers and words."""

import json
from collections.abc import Mapping
from typing import Any

from analysis.cli.printing import plain
from analysis.numerics.summary import numbers_of, summary
from analysis.transport.analyse import CurveAnalysis

# Every sheet has its record glued under this name, as one JSON text ...
KEY = "sheet-record"
# ... of this type, which is not shown.
GLUED = "application/papermill.record/text/plain"


def resistance_record(analysis: CurveAnalysis) -> str:
    """Return the record of a resistance sheet."""
    return record_text(analysis.to_dict())


def strain_record(
    strain: Mapping[str, Any] | None, lattice: Mapping[str, Any] | None, *, said: list[str]
) -> str:
    """Return the record of a diffraction sheet.

    Parameters
    ----------
    strain, lattice : mapping or None
        `to_dict` of the fits; None where there is none.
    said : list of str
        Why there is none, and other remarks.
    """
    numbers = {**numbers_of(strain), **numbers_of(lattice)}
    numbers.pop("offset", None)
    return record_text(summary({"strain": strain, "lattice": lattice}, numbers, said))


def record_text(content: Mapping[str, Any]) -> str:
    """Return a summary of results (`analysis.numerics.summary`) as a record."""
    return json.dumps(plain(content), ensure_ascii=False, allow_nan=False)


def keep(record: str) -> None:
    """Glue a record into the notebook that runs this, unseen.

    This is what `myst_nb.glue(KEY, record, display=False)` does, without the second and a
    half that its import takes in every kernel.
    """
    from IPython.display import display

    prefix = GLUED.removesuffix("text/plain")
    display(
        {GLUED: repr(record)},
        raw=True,
        metadata={"scrapbook": {"name": KEY, "mime_prefix": prefix}},
    )
