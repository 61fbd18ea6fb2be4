"""The resistance curve: what every R(T) file becomes and every R(T) fit starts from."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import DataError
from analysis.numerics.checks import as_vector, refuse_overload
from analysis.numerics.digitised import Digitised
from analysis.numerics.provenance import check_pressure_error
from analysis.numerics.scatter import scatter_along_line, scatter_of_neighbours
from analysis.transport.looks import Looks, looks_of
from analysis.transport.sweep_choice import Measured
from analysis.transport.sweeps import (
    LEAST_DIFFERENCE,
    Sweeps,
    difference,
    differences,
    in_words,
    sweeps_of,
)
from analysis.typing import Floats, ReadRecord

# Below zero by less than this part of the largest resistance is scatter around zero (a
# superconductor's), not a wrong sign; by less than the second part, it is scatter if the
# points scatter that much everywhere; by less than the third, if as many lie above zero or they
# lie at one level.
ZERO_SCATTER = 0.01
NOISY_ZERO_SCATTER = 0.05
NOISIEST_ZERO = 0.2
# Whatever has a resistance lies above this and below `OVERLOAD`.
VANISHING = 1e-30
# No thermometer reads less (K), nor more: 300 K in mK read as K are 300 000.
COLDEST, HOTTEST = 1e-6, 1e7


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
    pressure_error : float, optional
        Its standard error, GPa.
    pressure_scale : str, optional
        The scale that it was read from, such as "Fei 2007, gold".
    origin : {"measured", "digitised", "recommended", "formula", "synthetic"}, optional
        Where the numbers come from. Every figure says it.
    sample, run : str, optional
        Which sample, and which experimental run.
    unit : str
        "ohm", "ohm m", "ratio", or "arbitrary".
    source : str
        Citation of the data.
    notes : sequence of str
        What was noticed or changed while reading, in words.
    time : array_like, shape (N,), optional
        When each point was measured, s, from any moment; in the order of the temperatures.
    warnings : sequence of str
        Doubts about every number from this curve, in words. Where sweeps that are
        merged differ, it says by how much.
    looks : Looks, optional
        Results of the checks, which join `warnings` and `notes`. Made here unless given by readers
        that know the rows of the points.
    sweeps : Sweeps, optional
        Which point belongs to which sweep; found in the order of the points if not given.
    measured : Measured, optional
        The sweeps of the file, and which of them these points are. Where others under the same
        conditions differ, how far is counted in `sweep_spread`.
    reading : ReadRecord, optional
        Of which columns, units and rows of a file the points were read.
    digitised : Digitised, optional
        Out of which figure they were read, and how precisely: K, and `unit`.

    Raises
    ------
    DataError
        If the arrays differ in length, are empty, hold anything that is not a
        finite number below 1e30, a temperature below 1e-6 or above 1e7 K, or a resistance below
        zero by more than 5 % of the largest one, or 20 % where as many points lie as far
        above zero (the scatter of a superconductor's zero, which is noted) or most of those below
        lie at one level (a zero with an offset; what scatter does not explain is a warning); or
        if no resistance reaches 1e-30, unless all are 0.
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
    time: Floats | None = None
    warnings: tuple[str, ...] = ()
    sweeps: Sweeps | None = None
    looks: Looks | None = None
    measured: Measured | None = None
    reading: ReadRecord | None = None
    digitised: Digitised | None = None
    pressure_error: float | None = None
    pressure_scale: str | None = None

    def __post_init__(self) -> None:
        check_pressure_error(self, self.name)
        temperature = as_vector("temperature", self.temperature)
        resistance = as_vector("resistance", self.resistance)
        if temperature.size != resistance.size:
            raise DataError(
                f"{self.name}: {temperature.size} temperatures but "
                f"{resistance.size} resistances; every point needs both"
            )
        check_points(temperature, resistance, name=self.name)
        if self.sweeps is not None and self.sweeps.of_point.size != temperature.size:
            # `replace` has put other points, such as means, in place of those measured.
            object.__setattr__(self, "sweeps", None)
            object.__setattr__(self, "time", None)
        measured = {"temperature": temperature, "resistance": resistance}
        if self.time is not None:
            measured["time"] = _as_time(self.time, temperature.size, self.name)
        order = np.argsort(temperature, kind="stable")
        for field, values in measured.items():
            ascending = values[order]
            ascending.flags.writeable = False
            object.__setattr__(self, field, ascending)
        of_file = self.measured.curve_sweeps if self.measured and self.sweeps is None else None
        if of_file is not None and of_file.of_point.size != temperature.size:  # means, not points
            of_file = None
        sweeps = self.sweeps or of_file or sweeps_of(temperature)
        notes = _oddities(temperature, resistance, sweeps)
        sweeps = sweeps.part(order)
        object.__setattr__(self, "sweeps", sweeps)
        looks = self.looks or looks_of(self.temperature, self.resistance)
        object.__setattr__(self, "looks", looks)
        if self.digitised is not None:
            arrays = {role: getattr(self, role) for role in self.units}
            notes += self.digitised.notes(arrays, self.units)
        warnings = [
            *self._of_sweeps(sweeps),
            *_watch_zero(self.temperature, self.resistance, self.unit),
            *looks.doubts,
        ]
        for field, texts in (("notes", [*notes, *looks.notes]), ("warnings", warnings)):
            given = getattr(self, field)
            new = [text for text in texts if text not in given]
            object.__setattr__(self, field, (*given, *new))

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
        if self.time is not None:
            object.__setattr__(part, "time", self.time[start:stop])
        if self.sweeps is not None:
            object.__setattr__(part, "sweeps", self.sweeps.part(slice(start, stop)))
        return part

    def sweep_spread(self, levels: tuple[float, float] | None = None) -> float | None:
        """Return within how many K all sweeps have their temperature at equal resistance.

        That is how far they lie apart at most, or twice that where others than this one were
        left out: it may be at either end.

        Parameters
        ----------
        levels : (low, high), optional
            Resistances between which this is looked at, such as those of a drop; the middle
            90 % of what two sweeps reach by default.

        Returns
        -------
        float or None
            None if there is one sweep, or if they do not differ more than they scatter.
        """
        own = self.temperature, self.resistance
        least = LEAST_DIFFERENCE * float(np.abs(self.resistance).max())
        beside = () if self.measured is None else self.measured.beside
        left_out = [difference(own, sweep, least, levels) for sweep in beside]
        spread = [2 * apart.temperature for apart in left_out if apart is not None]
        if self.sweeps is not None and len(self.sweeps) > 1:
            spread += [apart.temperature for apart in differences(*own, self.sweeps, levels)]
        return max(spread, default=0.0) or None

    def scatter(self) -> float:
        """Return the standard deviation of a point about a smooth curve, in `unit`.

        Where the points were read out of a figure it is no less than they can be misread, and
        that of a drawn line is told by `scatter_along_line`.
        """
        if self.digitised is None or not self.digitised.of_figure:
            return scatter_of_neighbours(self.resistance)
        scatter = (
            scatter_along_line(self.temperature, self.resistance)
            if self.is_line
            else scatter_of_neighbours(self.resistance)
        )
        return max(scatter, self.digitised.point_error("resistance"))

    @property
    def is_line(self) -> bool:
        """Whether the points are, or may be, the vertices of a line in a figure."""
        drawn = self.digitised
        return drawn is not None and drawn.of_figure and drawn.drawn != "markers"

    @property
    def units(self) -> dict[str, str]:
        """The units of its arrays by role."""
        return {"temperature": "K", "resistance": self.unit}

    def _of_sweeps(self, sweeps: Sweeps) -> list[str]:
        """Say how far merged sweeps differ, if they do."""
        if len(sweeps) < 2:
            return []
        apart = differences(self.temperature, self.resistance, sweeps)
        if not apart:
            return []
        largest = float(np.abs(self.resistance).max())
        words = in_words(apart, largest)
        text = f"{sweeps.named} are merged, but {words}; fit each sweep separately"
        return [text]

    def watch(self, where: Callable[[int], str] | None = None) -> list[str]:
        """Return doubts and notes to read before fitting, in words (empty if there are none).

        Parameters
        ----------
        where : callable, optional
            Turns the index of a point, in ascending temperature, into words ("row 17"),
            for those who know where the points came from.
        """
        doubts, notes = looks_of(self.temperature, self.resistance, where)
        return [*doubts, *notes]


def check_points(
    temperature: Floats,
    resistance: Floats,
    *,
    name: str,
    where: Callable[[int], str] = "point {}".format,
) -> None:
    """Refuse points that cannot be resistances at temperatures.

    Parameters
    ----------
    temperature, resistance : ndarray, shape (N,)
        In K and in any unit of resistance.
    name : str
        The file or curve, which opens every message.
    where : callable
        Turns the index of a point into words ("row 17").

    Raises
    ------
    DataError
        See `ResistanceCurve`.
    """
    if temperature.size == 0:
        raise DataError(f"{name}: holds no points")
    for label, values in (("temperature", temperature), ("resistance", resistance)):
        refuse_overload(values, label, name=name, where=where)
    cold = np.flatnonzero(temperature <= 0)
    if cold.size:
        raise DataError(_too_cold(temperature, cold, name, where))
    beyond = np.flatnonzero((temperature < COLDEST) | (temperature > HOTTEST))
    if beyond.size:
        raise DataError(
            f"{name}, {where(int(beyond[0]))}: temperature is {temperature[beyond[0]]:g} K; "
            f"{COLDEST:g} to {HOTTEST:g} K can be measured: what is its unit? "
            "(say so: --temperature-unit)"
        )
    largest = float(np.abs(resistance).max())
    if 0 < largest < VANISHING:
        raise DataError(
            f"{name}: the largest resistance is {largest:g}, smaller than any that can be "
            "measured: what is its unit? (say so: --resistance-unit)"
        )
    lowest = int(np.argmin(resistance))
    explained = _around_zero(resistance) or _offset_zero(resistance)
    most = NOISIEST_ZERO if explained else NOISY_ZERO_SCATTER
    if resistance[lowest] < -most * largest:
        raise DataError(
            f"{name}, {where(lowest)}: resistance is {resistance[lowest]:g}, below zero by more "
            f"than scatter explains (the largest is {largest:g}); "
            "check polarity, offset and channel"
        )


def _too_cold(
    temperature: Floats, cold: NDArray[np.intp], name: str, where: Callable[[int], str]
) -> str:
    """Return the refusal of temperatures at or below 0 K: which rows, and what to do."""
    start, stop, end = int(cold[0]), int(cold[-1]), temperature.size - 1
    first = rows = where(start)
    if cold.size > 1:
        dense = cold.size == stop - start + 1
        rows = (
            f"{first} to {where(stop)}"
            if dense
            else f"{cold.size} points, {first} to {where(stop)}"
        )
    steps = np.abs(np.diff(temperature))
    if start > 1 and stop < end and steps[start - 1] > 10 * np.median(steps[: start - 1]):
        rows += f" and check the points that follow, to {where(end)}: they do not continue the rest"
    celsius = "if these are degrees Celsius, say so: --temperature-unit C"
    advice = f"leave out {rows} ({celsius})"
    if temperature[cold].min() < 0:
        advice = f"{celsius}; if not, leave out {rows}"
    return (
        f"{name}, {first}: temperature is {temperature[start]:g} K; "
        f"temperatures must be above 0 K: {advice}"
    )


def _around_zero(resistance: Floats) -> bool:
    """Tell whether the points below zero are the noise of a zero resistance.

    Then about as many points lie as far above zero, and none much further below than the rest.
    """
    below = -resistance[resistance < 0]
    if below.size < 10:
        return False
    above = int(((resistance > 0) & (resistance <= below.max())).sum())
    return bool(below.size <= 4 * above and below.max() <= 4 * np.quantile(below, 0.9))


def _offset_zero(resistance: Floats) -> bool:
    """Tell whether the points below zero are a zero shifted by a meter's offset: one level."""
    below = np.sort(resistance[resistance < 0])
    return bool(below.size >= 5 and below[below.size // 2] < 0.9 * below[0])


def _watch_zero(temperature: Floats, resistance: Floats, unit: str) -> list[str]:
    """Warn of resistances further below zero than scatter explains."""
    lowest, largest = float(resistance.min()), float(np.abs(resistance).max())
    scatter = 8 * scatter_of_neighbours(resistance) if resistance.size >= 10 else 0.0
    if lowest >= -max(scatter, ZERO_SCATTER * largest) or _around_zero(resistance):
        return []
    place = temperature[int(np.argmin(resistance))]
    text = (
        f"the resistance falls to {lowest:.3g} {unit} at {place:.4g} K, below zero by "
        f"{-100 * lowest / largest:.2g} % of the largest, more than scatter explains: "
        "check offset, polarity and channel"
    )
    return [text]


def _oddities(temperature: Floats, resistance: Floats, sweeps: Sweeps) -> list[str]:
    """Note unusual but usable points: their order, duplicates, scatter below zero."""
    notes = []
    steps = np.diff(temperature)
    if (steps < 0).any() and (steps > 0).any():
        notes.append(
            f"{sweeps.named} are merged and sorted"
            if len(sweeps) > 1
            else "temperatures were not in order and have been sorted"
        )
    elif (steps < 0).any():
        notes.append("temperatures were descending and have been sorted")
    repeats = temperature.size - np.unique(temperature).size
    if repeats:
        notes.append(f"{repeats} temperatures occur more than once; all points are kept")
    below = int((resistance < 0).sum())
    if below:
        notes.append(f"{below} resistances are below zero and are kept")
    return notes


def _as_time(values: ArrayLike, size: int, name: str) -> Floats:
    time = as_vector("time", values)
    if time.size != size:
        raise DataError(f"{name}: {size} temperatures but {time.size} times; each point needs one")
    refuse_overload(time, "time", name=name)
    return time
