"""The laws that are set against each other: laws of the table, each with an exponent or its own.

Each stands with and without the parallel resistor: G = 1/R_sat free, or held at 0.
"""

from typing import NamedTuple

from analysis.errors import AnalysisError
from analysis.transport import DEFAULT_LAW


class Rival(NamedTuple):
    """A law as it enters a comparison.

    Attributes
    ----------
    name : str
        Such as "n5", and "n5-alone" without the parallel resistor.
    title : str
        In sentences.
    law : str
        Its name in `analysis.transport.laws.LAWS`.
    n : float
        The exponent, where the law takes one.
    saturation : bool
        Whether a resistor lies in parallel.
    contains : tuple of str
        The rivals that it becomes where a parameter is 0, or has a certain value.
    """

    name: str
    title: str
    law: str
    n: float = 5.0
    saturation: bool = True
    contains: tuple[str, ...] = ()


def _both(
    name: str, title: str, law: str, n: float = 5.0, contains: tuple[str, ...] = ()
) -> tuple[Rival, Rival]:
    alone = f"{name}-alone"
    contained = tuple(f"{rival}-alone" for rival in contains)
    return (
        Rival(name, title, law, n, contains=(alone, *contains)),
        Rival(alone, f"{title} without R_sat", law, n, saturation=False, contains=contained),
    )


RIVALS = (
    *_both("n5", "eq. 1 with n = 5", DEFAULT_LAW, 5.0),
    *_both("n3", "eq. 1 with n = 3", DEFAULT_LAW, 3.0),
    *_both("n2", "eq. 1 with n = 2", DEFAULT_LAW, 2.0),
    *_both("n-free", "eq. 1 with n free", "bloch-gruneisen-n", contains=("n5", "n3", "n2")),
    *_both("n5+T2", "eq. 1 with a T^2 term", "bloch-gruneisen-t2", contains=("n5",)),
    *_both("n5+T", "eq. 1 with a linear term", "bloch-gruneisen-t", contains=("n5",)),
    *_both(
        "n5+einstein", "eq. 1 with an Einstein term", "bloch-gruneisen-einstein", contains=("n5",)
    ),
    *_both("line", "a straight line", "linear"),
    *_both("power", "a power law", "power-law"),
)


def rival_named(name: str) -> Rival:
    """Return the rival of a name.

    Raises
    ------
    AnalysisError
        If there is none.
    """
    for rival in RIVALS:
        if rival.name == name:
            return rival
    names = ", ".join(rival.name for rival in RIVALS)
    raise AnalysisError(f"a rival law is one of {names}; got {name!r}")
