"""Numbers that were read out of a figure: which figure, how precisely, and the consequences."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from math import hypot, sqrt
from typing import Any, Protocol

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.typing import Floats

# More of the points repeat their neighbours where that is worth a word.
_FEW_REPEATS = 0.1
_READING = "reading of a figure"


@dataclass(frozen=True, eq=False)
class Digitised:
    """Out of which file, figure and panel numbers were read, and how precisely.

    Attributes
    ----------
    file, sha256 : str
        The file, and the hash of what it held.
    source : str
        Whose it is: a citation, or the file's name where there is none.
    page, curve : int or None
        From 1.
    sheet, figure, panel : str
        As workbook and paper call them; "" where they do not.
    drawn : {"", "line", "markers"}
        As what the curve is drawn; "" where that is not known.
    reading_error : mapping of str to float
        Standard uncertainty of reading by role ("temperature"), in the unit of the curve's
        arrays; it is that of the figure's axis, and common to all points. Without an entry the
        numbers are as they were printed.
    step : mapping of str to float
        Between neighbouring numbers that the drawing can state, likewise.
    """

    file: str
    sha256: str
    source: str
    page: int | None = None
    sheet: str = ""
    figure: str = ""
    panel: str = ""
    curve: int | None = None
    drawn: str = ""
    reading_error: Mapping[str, float] = field(default_factory=dict)
    step: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, entry: Mapping[str, Any], factors: Mapping[str, float]) -> "Digitised | None":
        """Return what a data package says of a data set; None if it says nothing of a figure.

        Parameters
        ----------
        entry : mapping
            A resource as `resource.schema.json` describes it.
        factors : mapping of str to float
            By role, what turns the unit of the file's column into that of the array; 1 where
            there is none.
        """
        stated = dict(entry.get("digitised", {}))
        if not stated:
            return None
        for key in ("reading_error", "step"):
            by_role = stated.get(key, {})
            stated[key] = {role: value * factors.get(role, 1.0) for role, value in by_role.items()}
        cited: Mapping[str, str] = next(iter(entry.get("sources", ())), {})
        source = cited.get("title") or cited.get("path") or stated["file"]
        return cls(**stated, source=source)

    @property
    def of_figure(self) -> bool:
        """Whether the numbers are coordinates of a drawing, not numbers that were printed."""
        return bool(self.reading_error or self.step or self.drawn)

    @property
    def words(self) -> str:
        """Where the numbers come from: "H. Sun et al. (2023), Fig. 2, panel a"."""
        return _places([self])

    @property
    def place(self) -> str:
        """Where they stand in the source: "Fig. 2"."""
        place = f"sheet {self.sheet}" if self.sheet else ""
        if self.page is not None:
            place = f"page {self.page}"
        if self.figure:
            numbered = re.match(r"[A-Z]?\d", self.figure)
            place = f"Fig. {self.figure}" if numbered else self.figure
        return place

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON; "words" is where the numbers come from."""
        return {**asdict(self), "words": self.words}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Digitised":
        """Return it from what `to_dict` made of it.

        Raises
        ------
        TypeError
            If a part is missing, or another than such a part is there.
        """
        digitised = cls(**{key: value for key, value in content.items() if key != "words"})
        if digitised.words != content.get("words"):  # some part is not one that `to_dict` writes
            raise TypeError("the words of a figure are not those of its parts")
        return digitised

    def notes(self, arrays: Mapping[str, Floats], units: Mapping[str, str]) -> list[str]:
        """Return how well the arrays of a role could be read, and which repeat each other."""
        if not self.of_figure:
            return []
        errors = self.precision(units)
        texts = [f"read out of a figure, whose axes are known to {errors}"] if errors else []
        for role, values in arrays.items():
            step = self.step.get(role, 0.0)
            same = int((np.abs(np.diff(values)) <= step / 2).sum())
            if same > _FEW_REPEATS * values.size:
                steps = f": the drawing has steps of {step:.2g} {units[role]}" if step else ""
                texts.append(
                    f"{same} of {values.size} points have the same {role} as their neighbour{steps}"
                )
        return texts

    def precision(self, units: Mapping[str, str]) -> str:
        """Return the error of reading in words, "0.3 K and 0.002 ohm", with units by role."""
        errors = {role: self.reading_error.get(role, 0.0) for role in units}
        return " and ".join(f"{by:.2g} {units[role]}" for role, by in errors.items() if by)

    def point_error(self, role: str) -> float:
        """Return how far a point may be misread whatever the points scatter.

        By the grid of the drawing; along a line, which may be smoother than what was measured,
        by as much as the axis.
        """
        grid = self.step.get(role, 0.0) / sqrt(12)
        return grid if self.drawn == "markers" else max(grid, self.reading_error.get(role, 0.0))

    @cached_property
    def causes(self) -> tuple[UFloat, UFloat, UFloat, UFloat]:
        """What may be wrong with the axes, 0 +- 1 each: shift and scale of x, then of y.

        See `axis_errors`. All results of one curve depend on the same four.
        """
        shift_x, scale_x, shift_y, scale_y = (ufloat(0, 1, tag=_READING) for _ in range(4))
        return shift_x, scale_x, shift_y, scale_y


class Sourced(Protocol):
    """What has an origin: curves, patterns, data sets and what sheets found in them."""

    @property
    def origin(self) -> str | None:
        """One word: measured, digitised, ..."""

    @property
    def digitised(self) -> Digitised | None:
        """Out of which figure it was read."""


def figures_of(sources: Iterable[Sourced | str | None]) -> list[Digitised]:
    """Return the figures out of which some of these were digitised."""
    data = [source for source in sources if source is not None and not isinstance(source, str)]
    return [item.digitised for item in data if item.origin == "digitised" and item.digitised]


def in_words(figures: Iterable[Digitised]) -> str:
    """Return where numbers were digitised from, each figure once; "" without any.

    Examples
    --------
    >>> a, b = (Digitised("a.pdf", "", "Sun (2023)", figure="2", panel=p) for p in "ab")
    >>> in_words([a, b, a])
    'digitised from Sun (2023), Fig. 2, panels a, b'
    """
    places = _places(figures)
    return f"digitised from {places}" if places else ""


def _places(figures: Iterable[Digitised]) -> str:
    panels: dict[str, list[str]] = {}
    for drawing in figures:
        listed = panels.setdefault(", ".join(filter(None, (drawing.source, drawing.place))), [])
        listed += [drawing.panel] * (bool(drawing.panel) and drawing.panel not in listed)
    parts = [
        f"{figure}, panel{'s' * (len(names) > 1)} {', '.join(names)}" if names else figure
        for figure, names in panels.items()
    ]
    return "; ".join(parts)


def axis_errors(at: Floats, values: Floats, error: float) -> Floats:
    """Return by how much two independent errors of a figure's axis move values.

    An axis is calibrated by its ticks, and what is wrong with that is common to all points: it
    does not average out. It is a shift, and a change of scale about the middle of the values.
    Which of the two it is the stated uncertainty does not say; either counts as if it were all.

    Parameters
    ----------
    at : ndarray, shape (N,)
        Where to tell it.
    values : ndarray, shape (M,)
        All values of the curve, whose ends the change of scale moves by one error.
    error : float
        Standard uncertainty of reading.

    Returns
    -------
    ndarray, shape (2, N)

    Examples
    --------
    >>> axis_errors(np.array([10.0, 20.0, 30.0]), np.array([10.0, 30.0]), 0.5).tolist()
    [[0.5, 0.5, 0.5], [-0.5, 0.0, 0.5]]
    """
    low, high = float(values.min()), float(values.max())
    tilt = 2 * (at - (low + high) / 2) / ((high - low) or 1.0)
    return error * np.vstack([np.ones_like(tilt), tilt])


def reading_part(value: UFloat | float | None) -> float:
    """Return the part of a standard error that comes from reading a figure, 0 where none does."""
    if not isinstance(value, UFloat):
        return 0.0
    parts = [by for cause, by in value.error_components().items() if cause.tag == _READING]
    return hypot(*parts)


def scatter_part(value: UFloat) -> float:
    """Return what of a standard error comes from anything else."""
    by_reading = reading_part(value)
    return sqrt(max(float(value.s) ** 2 - by_reading**2, 0.0)) if by_reading else float(value.s)
