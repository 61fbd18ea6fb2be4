"""The choices that an analysis leaves open, and all their combinations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError

Codes = NDArray[np.int16]


class Option(NamedTuple):
    """An option of a choice.

    Attributes
    ----------
    name : str
        In options and in JSON: "n5".
    words : str
        As they stand in a sentence: "eq. 1 with n = 5".
    value : Any
        What a computation takes of it: plain numbers and texts.
    """

    name: str
    words: str
    value: Any = None


@dataclass(frozen=True)
class Choice:
    """A choice and its options.

    Attributes
    ----------
    name : str
        "law".
    title : str
        In words: "law of R(T)".
    options : tuple of Option
    taste : bool
        Whether no misfit tells between the options: a matter of taste or convention.
    own : int
        Place of the paper's own option.
    """

    name: str
    title: str
    options: tuple[Option, ...]
    taste: bool = True
    own: int = 0

    def place(self, name: str) -> int:
        """Return the place of an option among the others.

        Raises
        ------
        AnalysisError
            If there is none of that name.
        """
        names = [option.name for option in self.options]
        if name not in names:
            raise AnalysisError(f"{self.name} must be one of {', '.join(names)}; got {name!r}")
        return names.index(name)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Choice":
        """Return what `dataclasses.asdict` made a dictionary of, and JSON lists."""
        return cls(**content | {"options": tuple(Option(*option) for option in content["options"])})


def all_codes(choices: Sequence[Choice]) -> Codes:
    """Return every combination, shape (N, K): places of options, the last choice moves first.

    Examples
    --------
    >>> a = Choice("a", "a", (Option("x", "x"), Option("y", "y")))
    >>> all_codes((a, a)).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    sizes = [len(choice.options) for choice in choices]
    return np.indices(sizes, dtype=np.int16).reshape(len(sizes), -1).T
