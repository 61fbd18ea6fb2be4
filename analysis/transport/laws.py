"""The list `LAWS` of the laws of R(T) that can be fitted; what a law is stands in `law`.

A new entry at the end of this file is all that a new law takes.
"""

import numpy as np

from analysis.errors import AnalysisError
from analysis.transport.debye_laws import EQ_1, EQ_1_FREE
from analysis.transport.law import Law, LawAt, Parameter, plain_law
from analysis.transport.rival_laws import RIVAL_LAWS

__all__ = [
    "CONSTANT",
    "LAWS",
    "LINE",
    "Law",
    "LawAt",
    "Parameter",
    "law_named",
    "law_names",
    "plain_law",
]

# ------------------------------------------------- what may stand above a transition instead


_LEVEL = Parameter("level", "R", "resistance of the line at T = 0", "R_line")
_SLOPE = Parameter("slope", "R/K", "slope of the line", "dR/dT")
LINE = plain_law(
    "line",
    "a line",
    (_LEVEL, _SLOPE),
    value=lambda t, _, level, slope: level + slope * t,
    derivatives=lambda t, _, level, slope: {  # noqa: ARG005 - as every law's
        "level": np.ones_like(t),
        "slope": t,
        "t": np.full_like(t, slope),
    },
    exponent=False,
)
CONSTANT = plain_law(
    "constant",
    "a constant",
    (_LEVEL,),
    value=lambda t, _, level: np.full_like(t, level),
    derivatives=lambda t, _, level: {"level": np.ones_like(t), "t": np.zeros_like(t)},  # noqa: ARG005
    exponent=False,
)


# ------------------------------------------------------------------------- all of them


def law_names() -> tuple[str, ...]:
    """Return the names of all laws."""
    return tuple(law.name for law in LAWS)


def law_named(name: str) -> Law:
    """Return the law of a name.

    Raises
    ------
    AnalysisError
        If there is none.
    """
    for law in LAWS:
        if law.name == name:
            return law
    raise AnalysisError(f"law must be one of {', '.join(law_names())}; got {name!r}")


LAWS = [EQ_1, EQ_1_FREE, *RIVAL_LAWS]
