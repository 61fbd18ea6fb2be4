"""What a sheet records of its fits, for the table of results; plain numbers and words."""

import json
from collections.abc import Mapping
from typing import Any

from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.pattern_analysis import PatternAnalysis
from analysis.diffraction.peaks import ListedPattern
from analysis.show.printed import plain
from analysis.transport.analyse import CurveAnalysis
from analysis.transport.curve import ResistanceCurve
from compendium.chapters.glue import KEY, glue_all


def resistance_record(analysis: CurveAnalysis) -> str:
    """Return the record of a resistance sheet."""
    return record_text({**analysis.to_dict(), **_read(analysis.curve)})


def strain_record(analysis: PatternAnalysis) -> str:
    """Return the record of a diffraction sheet."""
    return record_text({**analysis.summary(), **_read(analysis.pattern)})


def _read(data: ResistanceCurve | DiffractionPattern | ListedPattern) -> dict[str, Any]:
    """Return of which columns, units and rows the points were read, where they are of a file."""
    return {} if data.reading is None else {"read": data.reading.to_dict()}


def record_text(content: Mapping[str, Any]) -> str:
    """Return a summary of results (`analysis.numerics.summary`) as a record."""
    return json.dumps(plain(content), ensure_ascii=False, allow_nan=False)


def keep(record: str) -> None:
    """Glue a record into the notebook that runs this, unseen."""
    glue_all({KEY: record})
