"""The resistance curve: what every R(T) file becomes and every R(T) fit starts from."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import DataError

Floats = NDArray[np.float64]

# Below zero by less than this part of the largest resistance is scatter around zero (a
# superconductor's), not a wrong sign; by less than the second part, it is scatter if the
# points scatter that much everywhere.
ZERO_SCATTER = 0.01
NOISY_ZERO_SCATTER = 0.05
# Fewer points than this, or a gap wider than this part of the range, are pointed out.
FEW_POINTS = 20
WIDE_GAP = 0.25


@dataclass(frozen=True, eq=False)
class ResistanceCurve:
    """Resistance against temperature, checked, in ascending temperature.

    Parameters
    ----------
    temperature : array_like, shape (N,)
        Temperatures in K, above 0. Any order: they are sorted, and `notes` says so.
    resistance : array_like, shape (N,)
        Resistances (or resistivities) in `unit`.
    name : str
        What figures, tables and messages call the curve.
    pressure : float, optional
        Pressure in GPa.
    origin : {"measured", "recommended", "formula", "synthetic"}, optional
        Where the numbers come from. Every figure says it.
    sample, run : str, optional
        Which sample, and which experimental run.
    unit : str
        "ohm", "ohm m", "ratio", or "arbitrary".
    source : str
        Citation of the data.
    notes : sequence of str
        What was noticed or changed while reading, in words.

    Raises
    ------
    DataError
        If the arrays differ in length, are empty, hold anything that is not a
        finite number, a temperature at or below 0 K, or a resistance below zero by
        more than 1 % of the largest one, or 5 % where the points scatter that much
        (such values are the scatter of a superconductor's zero, and noted).
    """

    temperature: Floats
    resistance: Floats
    name: str = "curve"
    pressure: float | None = None
    origin: str | None = None
    sample: str | None = None
    run: str | None = None
    unit: str = "ohm"
    source: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        temperature = _as_vector(self.temperature, "temperature")
        resistance = _as_vector(self.resistance, "resistance")
        if temperature.size != resistance.size:
            raise DataError(
                f"{self.name}: {temperature.size} temperatures but "
                f"{resistance.size} resistances; one of each is needed per point"
            )
        notes = check_points(temperature, resistance, name=self.name)
        order = np.argsort(temperature, kind="stable")
        for field, values in (("temperature", temperature), ("resistance", resistance)):
            ascending = values[order]
            ascending.flags.writeable = False
            object.__setattr__(self, field, ascending)
        known = [note for note in notes if note not in self.notes]
        object.__setattr__(self, "notes", (*self.notes, *known))

    def __len__(self) -> int:
        return self.temperature.size

    def between(self, low: float, high: float) -> "ResistanceCurve":
        """Return the part of the curve with ``low <= T <= high`` (K).

        Raises
        ------
        DataError
            If no point lies there.
        """
        start, stop = np.searchsorted(self.temperature, [low, np.nextafter(high, np.inf)])
        if start == stop:
            raise DataError(
                f"{self.name}: no point between {low:g} and {high:g} K; the data span "
                f"{self.temperature[0]:g} to {self.temperature[-1]:g} K"
            )
        # A part of what is checked and sorted is checked and sorted.
        part = copy(self)
        object.__setattr__(part, "temperature", self.temperature[start:stop])
        object.__setattr__(part, "resistance", self.resistance[start:stop])
        return part

    def watch(self) -> list[str]:
        """Return what deserves a look before fitting, in words (empty if nothing does)."""
        t, r, looks = self.temperature, self.resistance, []
        if t.size < FEW_POINTS:
            looks.append(f"only {t.size} points: error bars will be wide")
        steps = np.diff(t)
        if steps.size and steps.max() > WIDE_GAP * (t[-1] - t[0]):
            gap = int(np.argmax(steps))
            looks.append(f"no point between {t[gap]:g} and {t[gap + 1]:g} K")
        if r.min() == r.max():
            looks.append("the resistance is the same everywhere: there is nothing to fit")
        elif r[-1] < r[0]:
            looks.append("the resistance is lower at the highest temperature than at the lowest")
        return looks


def check_points(
    temperature: Floats,
    resistance: Floats,
    *,
    name: str,
    where: Callable[[int], str] = "point {}".format,
) -> list[str]:
    """Refuse points that cannot be resistances at temperatures; note what is odd.

    Parameters
    ----------
    temperature, resistance : ndarray, shape (N,)
        In K and in any unit of resistance.
    name : str
        The file or curve, which opens every message.
    where : callable
        Turns the index of a point into words ("row 17").

    Returns
    -------
    list of str
        Notes on what is unusual but usable: order, duplicates, scatter below zero.

    Raises
    ------
    DataError
        See `ResistanceCurve`.
    """
    if temperature.size == 0:
        raise DataError(f"{name}: holds no points")
    for label, values in (("temperature", temperature), ("resistance", resistance)):
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            raise DataError(
                f"{name}, {where(int(bad[0]))}: {label} is {values[bad[0]]}; "
                "every value must be a finite number"
            )
    cold = np.flatnonzero(temperature <= 0)
    if cold.size:
        raise DataError(
            f"{name}, {where(int(cold[0]))}: temperature is {temperature[cold[0]]:g} K; "
            "temperatures must be above 0 K "
            "(if these are degrees Celsius, say so: --temperature-unit C)"
        )
    lowest = int(np.argmin(resistance))
    largest = float(np.abs(resistance).max())
    if resistance[lowest] < -_zero_scatter(temperature, resistance) * largest:
        raise DataError(
            f"{name}, {where(lowest)}: resistance is {resistance[lowest]:g}, below zero by more "
            f"than scatter explains (the largest is {largest:g}); "
            "check polarity, offset and channel"
        )
    return _oddities(temperature, resistance)


def _zero_scatter(temperature: Floats, resistance: Floats) -> float:
    """Return how far below zero scatter may reach, as a part of the largest resistance."""
    if resistance.size < 10:
        return ZERO_SCATTER
    bends = np.diff(resistance[np.argsort(temperature, kind="stable")], 2)
    scatter = 1.4826 * float(np.median(np.abs(bends))) / np.sqrt(6)
    largest = float(np.abs(resistance).max()) or 1.0
    return float(min(max(8 * scatter / largest, ZERO_SCATTER), NOISY_ZERO_SCATTER))


def _oddities(temperature: Floats, resistance: Floats) -> list[str]:
    notes = []
    steps = np.diff(temperature)
    if (steps < 0).any() and (steps > 0).any():
        notes.append("temperatures were not in order and have been sorted")
    elif (steps < 0).any():
        notes.append("temperatures were descending and have been sorted")
    repeats = temperature.size - np.unique(temperature).size
    if repeats:
        notes.append(f"{repeats} temperatures occur more than once; all points are kept")
    below = int((resistance < 0).sum())
    if below:
        notes.append(
            f"{below} resistances are slightly below zero (scatter around zero) and are kept"
        )
    return notes


def _as_vector(values: ArrayLike | Sequence[float], label: str) -> Floats:
    try:
        vector = np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(f"{label}: not an array of numbers ({error})") from None
    if vector.ndim != 1:
        raise DataError(f"{label}: has shape {vector.shape}; one dimension is needed")
    return vector
