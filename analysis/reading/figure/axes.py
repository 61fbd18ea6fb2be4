"""Axes of a panel: which value stands where, found from numbered ticks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.figure.numbers import Number
from analysis.reading.figure.page import Box
from analysis.typing import Floats


class Scale(NamedTuple):
    """How values are laid out: evenly after `forward`."""

    forward: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    rate: Callable[[Floats], Floats]  # of change of the value with the scaled value


def _same(values: Floats) -> Floats:
    return values


def _inverse(values: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return 1 / values


SCALES = {
    "linear": Scale(_same, _same, np.ones_like),
    "log": Scale(np.log10, lambda s: 10.0**s, lambda s: np.log(10) * 10.0**s),
    "reciprocal": Scale(_inverse, _inverse, lambda s: _inverse(s) ** 2),
}


@dataclass(frozen=True, eq=False)
class Axis:
    """An axis whose numbers were read.

    Attributes
    ----------
    title, unit : str
        As they are written; "" where there is none. Factors stay in the unit: "10^-3 ohm cm".
    scale : {"linear", "log", "reciprocal"}
    slope, offset : float
        The scaled value (itself, its logarithm to base 10, or its inverse) is
        ``slope * position + offset``, the position in points of the page.
    ticks : tuple of (position, value)
        Those that the scale was found from.
    misfit : float
        Root of the mean squared deviation of these from the scale, in points.
    spread : float
        Standard uncertainty of a tick's position, in points: from the misfit, or from the step
        of the file's coordinates where that is larger.
    remarks : tuple of str
        What was noticed, or is uncertain.
    """

    title: str
    unit: str
    scale: str
    slope: float
    offset: float
    ticks: tuple[tuple[float, float], ...]
    misfit: float
    spread: float
    remarks: tuple[str, ...] = ()

    def value(self, position: Floats) -> Floats:
        """Return the values at positions (points of the page)."""
        return SCALES[self.scale].back(self.slope * np.asarray(position, float) + self.offset)

    def position(self, value: Floats) -> Floats:
        """Return the positions of values."""
        scaled = SCALES[self.scale].forward(np.asarray(value, float))
        position: Floats = (scaled - self.offset) / self.slope
        return position

    def error(self, position: Floats) -> Floats:
        """Return the standard uncertainty of the values at positions that the scale leaves.

        It grows outside of the numbered ticks, as that of a straight line does:
        ``spread * sqrt(1/n + (position - mean)^2 / sum((tick - mean)^2))`` in points.
        """
        position = np.asarray(position, float)
        ticks = np.array([where for where, _ in self.ticks])
        away = (position - ticks.mean()) ** 2 / np.sum((ticks - ticks.mean()) ** 2)
        error: Floats = self.per_point(position) * self.spread * np.sqrt(1 / len(ticks) + away)
        return error

    def per_point(self, position: Floats) -> Floats:
        """Return by how much the value changes within one point, at positions."""
        scaled = self.slope * np.asarray(position, float) + self.offset
        change: Floats = np.abs(self.slope) * SCALES[self.scale].rate(scaled)
        return change

    def said(self, name: str) -> tuple[str, ...]:
        """Return what is to be said of a curve on this axis, which is called "x" or "y"."""
        remarks = [*self.remarks]
        if self.scale != "linear":
            scale = {"log": "logarithmic"}.get(self.scale, self.scale)
            remarks.append(f"it is {scale}; the error of reading is that at the middle of a curve")
        return tuple(f"{name} axis: {remark}" for remark in remarks)


@dataclass(frozen=True, eq=False)
class Panel:
    """Axes around data.

    Attributes
    ----------
    box : Box
        What the axes enclose.
    x, y : Axis
        At the bottom and on the left, or where there is but one: at the top, on the right.
    name : str
        Its letter in the figure, or its number; "2 (inset)" never: see `inside`.
    inside : int or None
        Which panel (from 0) it is an inset of.
    texts : tuple of str
        What is written inside, in the order of the file.
    remarks : tuple of str
        What was noticed, or is uncertain.
    used : frozenset of int
        Which letters of the page its axes, titles and name are.
    right, top : Axis or None
        A second axis with numbers of its own.
    lines : frozenset of int
        Which paths of the page are its frame, ticks, grid, and drawn minus signs: no curves.
    holes : tuple of Box
        Insets whose axes cannot be read: what is drawn in there does not belong to this panel.
    """

    box: Box
    x: Axis
    y: Axis
    name: str
    inside: int | None = None
    texts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    used: frozenset[int] = frozenset()
    right: Axis | None = None
    top: Axis | None = None
    lines: frozenset[int] = frozenset()
    holes: tuple[Box, ...] = ()


@dataclass(frozen=True)
class _Line:
    """Ticks' positions as a straight line of scaled values: ``position = a * scaled + b``."""

    scale: str
    keep: tuple[int, ...]
    a: float
    b: float
    residuals: Floats


def fit_axis(
    positions: Sequence[float],
    numbers: Sequence[Number],
    others: Sequence[float] = (),
    *,
    step: float = 0.0,
    tolerance: float = 0.15,
    sharpness: float = 0.0,
) -> Axis:
    """Find the scale on which numbered ticks stand evenly.

    Parameters
    ----------
    positions : sequence of float, length N
        Of the numbered ticks, in points.
    numbers : sequence of Number, length N
    others : sequence of float
        Positions of ticks without numbers; they decide where there are only two numbers.
    step : float
        Smallest difference of coordinates that the file states.
    tolerance : float
        How far a tick may stand from where its number belongs, in points.
    sharpness : float
        Standard uncertainty of the positions as such.

    Raises
    ------
    DataError
        If there are fewer than two numbers, or no scale has them all where they stand: one in
        four may be wrong, if three others agree and, where several are, each stands between two
        that agree; numbers may be rounded, if their ticks stand evenly.
    """
    if len(set(positions)) < 2 or len({number.value for number in numbers}) < 2:
        raise DataError(f"it has {len(numbers)} numbered ticks, and at least 2 are needed")
    tolerance = max(tolerance, 3 * step)
    order = np.argsort(positions)
    p = np.array(positions, float)[order]
    ordered = [numbers[i] for i in order]
    values = np.array([number.value for number in ordered])
    remarks: list[str] = []
    everything = tuple(range(len(p)))
    lines = [line for scale in SCALES if (line := _line(scale, p, values, everything))]
    exact = [line for line in lines if np.abs(line.residuals).max() <= tolerance]
    if len(p) == 2:
        chosen = _of_two(exact, ordered, p, np.array(others, float), tolerance, remarks)
    elif exact:
        chosen = exact[0]
    elif outlying := _less_outliers(p, values, tolerance):
        chosen = outlying
        wrong = [shown(f"{values[i]:g}") for i in everything if i not in chosen.keep]
        remarks.append(
            f"the number{'s' * (len(wrong) > 1)} {' and '.join(wrong)} at a tick disagree"
            f"{'s' * (len(wrong) == 1)} with the {len(chosen.keep)} others and "
            f"{'were' if len(wrong) > 1 else 'was'} left out"
        )
    else:
        chosen = _rounded(lines, p, ordered, tolerance)
        remarks.append("its numbers are rounded: their ticks stand evenly, the numbers do not")
    return _axis(chosen, p, values, remarks, step=step, sharpness=sharpness)


def _axis(
    line: _Line, p: Floats, values: Floats, remarks: list[str], *, step: float, sharpness: float
) -> Axis:
    n = len(line.keep)
    squares = float(np.sum(line.residuals**2))
    spread = max(np.sqrt(squares / max(n - 2, 1)), step / np.sqrt(12), sharpness, 1e-3)
    return Axis(
        "",
        "",
        line.scale,
        1 / line.a,
        -line.b / line.a,
        tuple((float(p[i]), float(values[i])) for i in line.keep),
        float(np.sqrt(squares / n)),
        float(spread),
        tuple(remarks),
    )


def _line(scale: str, p: Floats, values: Floats, keep: tuple[int, ...]) -> _Line | None:
    chosen = values[list(keep)]
    if scale != "linear" and not (np.all(chosen > 0) or (scale != "log" and np.all(chosen < 0))):
        return None
    scaled = SCALES[scale].forward(chosen)
    middle = scaled.mean()
    if np.ptp(scaled) == 0:
        return None
    where = p[list(keep)]
    a = float(np.sum((scaled - middle) * where) / np.sum((scaled - middle) ** 2))
    if a == 0:
        return None
    b = float(where.mean() - a * middle)
    return _Line(scale, keep, a, b, where - (a * scaled + b))


def _of_two(
    lines: list[_Line],
    numbers: list[Number],
    p: Floats,
    others: Floats,
    tolerance: float,
    remarks: list[str],
) -> _Line:
    """Choose the scale of two numbers by the ticks without numbers, or by how they are written."""
    if len(lines) == 1:
        return lines[0]
    if len(others) >= 2:
        fitting = [line for line in lines if _explains(line, others, p, tolerance)]
        if len(fitting) == 1:
            return fitting[0]
        raise DataError(
            "it has 2 numbered ticks, and the ticks without numbers fit "
            f"{'no scale' if not fitting else 'more than one scale'}"
        )
    powers = all(number.is_power for number in numbers)
    chosen = next(line for line in lines if line.scale == ("log" if powers else "linear"))
    remarks.append(
        f"only 2 ticks have numbers: it was taken as {'logarithmic' if powers else 'linear'}"
    )
    return chosen


def _explains(line: _Line, others: Floats, p: Floats, tolerance: float) -> bool:
    """Tell whether ticks without numbers stand where this scale has round values."""
    if line.scale == "linear":
        gaps = np.diff(np.unique(np.round(np.concatenate([others, p]) / tolerance) * tolerance))
        return bool(np.ptp(gaps) <= 3 * tolerance)
    values = SCALES[line.scale].back((others - line.b) / line.a)
    if np.any(values <= 0):
        return False
    power = 10 ** np.floor(np.log10(values) + 1e-9)
    nearest = np.round(values / power) * power
    expected = line.a * SCALES[line.scale].forward(nearest) + line.b
    return bool(np.all(np.abs(expected - others) <= 2 * tolerance))


def _less_outliers(p: Floats, values: Floats, tolerance: float) -> _Line | None:
    """Return the line through the most numbers, if all but one in four are on it.

    Of several that are not, each stands alone between two that are: numbers that disagree side by
    side, or at an end, are those of an axis with a break.
    """
    n = len(p)
    most: tuple[int, ...] = ()
    best = None
    for scale, (forward, *_) in SCALES.items():
        for pair in combinations(range(n), 2):
            line = _line(scale, p, values, pair)
            if line is None or (scale != "linear" and np.any(values == 0)):
                continue
            with np.errstate(invalid="ignore", divide="ignore"):
                away = np.abs(p - line.a * forward(values) - line.b)
            keep = tuple(int(i) for i in np.flatnonzero(away <= tolerance))
            if len(keep) > len(most) and (whole := _line(scale, p, values, keep)):
                most, best = keep, whole
    apart = n - len(most) == 1 or ({0, n - 1} <= set(most) and np.diff(most).max() <= 2)
    return best if apart and len(most) >= max(3, n - n // 4) else None


def _rounded(lines: list[_Line], p: Floats, numbers: list[Number], tolerance: float) -> _Line:
    linear = next((line for line in lines if line.scale == "linear"), None)
    gaps = np.diff(p)
    if linear is not None and np.ptp(gaps) <= 3 * tolerance:
        halves = np.array([number.half for number in numbers]) * abs(linear.a)
        within = np.abs(linear.residuals) <= 1.05 * halves + tolerance
        if np.all(within) and halves.max() < 0.25 * gaps.min():
            return linear
    texts = ", ".join(f"{number.value:g}" for number in numbers[:8])
    raise DataError(
        f"its numbers {texts} stand at ticks that are even on no linear, logarithmic or "
        "reciprocal scale"
    )
