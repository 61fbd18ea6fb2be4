"""The combinations of a multiverse in the order of a result."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.choices.combinations import Combinations
from analysis.typing import Flags, Floats

# A share of the variance as small as this is rounding.
_NOTHING = 1e-12


class Ranked(NamedTuple):
    """Combinations that give a result, the smallest value first.

    Attributes
    ----------
    rows : ndarray of int
        Of the multiverse. Choices that cannot move the result stand as the paper has them.
    place : ndarray
        How many per cent of the combinations have a smaller value.
    values, errors : ndarray
        Errors are standard errors, NaN where none is known.
    excluded : ndarray of bool
        Whether the data exclude the combination.
    """

    rows: NDArray[np.intp]
    place: Floats
    values: Floats
    errors: Floats
    excluded: Flags

    def thinned(self, most: int) -> "Ranked":
        """Return at most so many of them, in even steps from the first to the last."""
        if self.rows.size <= most:
            return self
        some = np.unique(np.linspace(0, self.rows.size - 1, most).astype(int))
        return Ranked(*(column[some] for column in self))

    def place_of(self, value: float) -> float:
        """Return how many per cent of the combinations have a smaller value than this."""
        return float(100 * np.searchsorted(self.values, value) / max(self.values.size, 1))


def moved_by(combinations: Combinations, result: str) -> tuple[str, ...]:
    """Return the names of the choices that move a result: those with a share of its variance.

    Raises
    ------
    AnalysisError
        If there is no such result.
    """
    return tuple(name for name, share in combinations.shares(result).items() if share > _NOTHING)


def ranked(combinations: Combinations, result: str) -> Ranked:
    """Return the combinations that give a result, in its order.

    Raises
    ------
    AnalysisError
        If there is no such result.
    """
    moving = moved_by(combinations, result)
    values = combinations.values(result)
    counted = np.isfinite(values)
    for column, choice in enumerate(combinations.choices):
        if choice.name not in moving:
            own = combinations.codes[:, column] == choice.own
            # Nothing moves, either, where a single option, not the paper's, gives the result.
            counted &= own | ~(own & counted).any()
    (rows,) = np.nonzero(counted)
    rows = rows[np.argsort(values[rows], kind="stable")]
    errors = getattr(combinations, f"{result}_error", np.full(values.size, np.nan))
    place = 100 * np.arange(rows.size) / max(rows.size, 1)
    return Ranked(rows, place, values[rows], errors[rows], combinations.excluded[rows])
