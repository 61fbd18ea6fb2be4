"""The base of every multiverse: rows for all combinations of choices, and their results."""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from analysis.choices.shares import shares
from analysis.choices.space import Choice, Codes, all_codes
from analysis.errors import AnalysisError
from analysis.numerics.uncertainty import student
from analysis.typing import Flags, Floats


class Combinations:
    """Rows for all combinations of choices, in the order of `all_codes`.

    Results are attributes, shape (N,), NaN where a row has none; "x_error" is the error of "x".

    Attributes
    ----------
    titles : mapping
        The results that there may be: title and unit of each.
    derived : sequence of str
        Names of the choices that follow the fits and need no other.
    name : str
        Of the data.
    choices : tuple of Choice
    quoted : mapping
        Value and standard error of each result as it is quoted.
    """

    derived: ClassVar[Sequence[str]]
    titles: ClassVar[Mapping[str, tuple[str, str]]]
    name: str
    choices: tuple[Choice, ...]
    quoted: Mapping[str, tuple[float, float | None]]

    @property
    def excluded(self) -> Flags:
        """Whether the data exclude a combination."""
        raise NotImplementedError

    def objection(self, row: int) -> str:
        """Return why the data exclude a combination; "" if they do not."""
        return "the residuals are more than scatter" if self.excluded[row] else ""

    @property
    def n_fits(self) -> int:
        """How many fits are behind the combinations."""
        fitted = (choice.options for choice in self.choices if choice.name not in self.derived)
        return math.prod(map(len, fitted))

    def __len__(self) -> int:
        return int(np.prod(self.shape))

    def choice(self, name: str) -> Choice:
        """Return a choice by its name.

        Raises
        ------
        AnalysisError
            If there is none.
        """
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
    def results(self) -> tuple[str, ...]:
        """Names of the results that some row has."""
        return tuple(name for name in self.titles if np.isfinite(self.values(name)).any())

    @cached_property
    def has_result(self) -> Flags:
        """Which combinations have the first of the results, without which there is no other."""
        return np.isfinite(self.values(next(iter(self.titles))))

    @property
    def path(self) -> tuple[int, ...]:
        """The paper's own option of each choice."""
        return tuple(choice.own for choice in self.choices)

    @property
    def paper(self) -> int:
        """The row of the paper's own path."""
        return int(np.ravel_multi_index(self.path, self.shape))

    def row(self, **names: str) -> int:
        """Return the row with these options, by name of the choice, and else the paper's own.

        Raises
        ------
        AnalysisError
            If there is no such choice or option.
        """
        path = list(self.path)
        for name, option in names.items():
            choice = self.choice(name)
            path[self.choices.index(choice)] = choice.place(option)
        return int(np.ravel_multi_index(path, self.shape))

    def values(self, result: str, *, possible: bool = False) -> Floats:
        """Return a result of every row; with `possible`, NaN where the data exclude the row.

        Raises
        ------
        AnalysisError
            If result is none of `titles`.
        """
        if result not in self.titles:
            raise AnalysisError(f"a result is one of {', '.join(self.titles)}; got {result!r}")
        column: Floats = getattr(self, result)
        return np.where(self.excluded, np.nan, column) if possible else column

    def quantiles(self, result: str, parts: Sequence[float], *, possible: bool = False) -> Floats:
        """Return below what such parts of the rows lie; NaN where no row has a value."""
        values = self.values(result, possible=possible)
        values = values[np.isfinite(values)]
        if not values.size:
            return np.full(len(parts), np.nan)
        return np.asarray(np.quantile(values, parts))

    def spread(
        self, result: str, *, possible: bool = False, level: float = 0.95
    ) -> tuple[float, float]:
        """Return between what the central part of the rows lies; all of them for level 1."""
        low, high = self.quantiles(result, [(1 - level) / 2, (1 + level) / 2], possible=possible)
        return float(low), float(high)

    def times(self, result: str, *, possible: bool = False, level: float = 0.95) -> float:
        """Return how many times wider the rows spread than the quoted interval.

        The interval of the same level; NaN where one of them is not known. See `spread`.
        """
        error = self.quoted.get(result, (0.0, None))[1]
        low, high = self.spread(result, possible=possible, level=level)
        return (high - low) / (2 * student(level, np.inf) * error) if error else np.nan

    def shares(self, result: str, *, possible: bool = False) -> dict[str, float]:
        """Return the share of the variance of a result that each choice explains, see `shares`."""
        effects = shares(self.codes, self.values(result, possible=possible))
        return dict(zip([choice.name for choice in self.choices], effects.tolist(), strict=True))

    def tally(self, name: str) -> dict[str, dict[str, int]]:
        """Return how many rows with each option the data allow, exclude, or have no fit for."""
        choice = self.choice(name)
        code, has_result = self.codes[:, self.choices.index(choice)], self.has_result
        sets = {
            "allowed": has_result & ~self.excluded,
            "excluded": has_result & self.excluded,
            "refused": ~has_result,
        }
        return {
            option.name: {label: int((some & (code == at)).sum()) for label, some in sets.items()}
            for at, option in enumerate(choice.options)
        }

    @cached_property
    def any_possible(self) -> bool:
        """Whether the data allow a combination that has a result."""
        return bool((self.has_result & ~self.excluded).any())

    @cached_property
    def summary(self) -> dict[str, dict[str, Any]]:
        """How far each result spreads, as plain numbers by its name.

        Over the combinations that the data allow, over all where they allow none.
        """
        results = {}
        for name in self.results:
            possible = bool(np.isfinite(self.values(name, possible=True)).any())
            low, median, high = self.quantiles(name, (0.025, 0.5, 0.975), possible=possible)
            quoted, error = self.quoted.get(name, (None, None))
            results[name] = {
                "unit": self.titles[name][1],
                "of": "allowed" if possible else "all",
                "quoted": quoted,
                "stderr": error,
                "own": float(self.values(name)[self.paper]),
                "median": float(median),
                "interval": [float(low), float(high)],
                "times": self.times(name, possible=possible),
                "shares": self.shares(name, possible=possible),
            }
        return results
