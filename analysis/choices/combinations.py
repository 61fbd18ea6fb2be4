"""What every multiverse is: rows for all combinations of choices, and results in them."""

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar

import numpy as np

from analysis.choices.shares import shares
from analysis.choices.space import Choice, Codes, all_codes
from analysis.errors import AnalysisError
from analysis.typing import Flags, Floats


class Combinations:
    """Rows for all combinations of choices, in the order of `all_codes`.

    Results are attributes: `results` names them, with titles and units. Each has one of standard
    errors beside it, shape (N,), NaN where a combination gives none.

    Attributes
    ----------
    choices : tuple of Choice
    path : tuple of int
        The paper's own option of each choice.
    quoted : mapping
        Value and standard error of each result as it is quoted.
    """

    results: ClassVar[Mapping[str, tuple[str, str]]]
    choices: tuple[Choice, ...]
    path: tuple[int, ...]
    quoted: Mapping[str, tuple[float, float | None]]

    @property
    def excluded(self) -> Flags:
        """Whether the data exclude a combination."""
        raise NotImplementedError

    def choice(self, name: str) -> Choice:
        """Return a choice by its name."""
        for choice in self.choices:
            if choice.name == name:
                return choice
        names = ", ".join(choice.name for choice in self.choices)
        raise AnalysisError(f"a choice is one of {names}; got {name!r}")

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """How many options each choice has."""
        return tuple(len(choice.options) for choice in self.choices)

    @cached_property
    def codes(self) -> Codes:
        """Which option of each choice every row has, shape (N, K)."""
        return all_codes(self.choices)

    @property
    def paper(self) -> int:
        """The row of the paper's own path."""
        return int(np.ravel_multi_index(self.path, self.shape))

    def row(self, **names: str) -> int:
        """Return the row with these options by name, and the paper's own of the others."""
        path = list(self.path)
        for place, choice in enumerate(self.choices):
            if choice.name in names:
                path[place] = choice.place(names[choice.name])
        return int(np.ravel_multi_index(path, self.shape))

    def __len__(self) -> int:
        return int(np.prod(self.shape))

    def values(self, result: str, *, possible: bool = False) -> Floats:
        """Return a result of every row; with `possible`, NaN where the data exclude the row."""
        if result not in self.results:
            raise AnalysisError(f"a result is one of {', '.join(self.results)}; got {result!r}")
        found: Floats = getattr(self, result)
        return np.where(self.excluded, np.nan, found) if possible else found

    def shares(self, result: str, *, possible: bool = False) -> dict[str, float]:
        """Return which share of the variance of a result each choice explains, see `shares`."""
        found = shares(self.codes, self.values(result, possible=possible))
        return dict(zip([one.name for one in self.choices], found.tolist(), strict=True))

    def spread(
        self, result: str, *, possible: bool = False, level: float = 1.0
    ) -> tuple[float, float]:
        """Return between what a result lies: all of it, or its central part. NaN without any."""
        values = self.values(result, possible=possible)
        values = values[np.isfinite(values)]
        if not values.size:
            return np.nan, np.nan
        low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)

    def times(self, result: str, *, possible: bool = False, level: float = 1.0) -> float:
        """Return how many times the quoted standard error half of the spread is; NaN if unknown."""
        error = self.quoted.get(result, (0.0, None))[1]
        low, high = self.spread(result, possible=possible, level=level)
        return (high - low) / 2 / error if error else np.nan
