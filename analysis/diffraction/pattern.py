"""The diffraction pattern: what every file of X-ray counts becomes."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import numpy as np

from analysis.diffraction.checks import (
    GAP,
    Points,
    checked_points,
    checked_wavelengths,
)
from analysis.diffraction.looks import watch_points
from analysis.errors import DataError
from analysis.numerics.digitised import Digitised
from analysis.numerics.provenance import check_pressure_error
from analysis.typing import Floats, ReadRecord


@dataclass(frozen=True, eq=False)
class DiffractionPattern:
    """Intensity against diffraction angle, checked, in ascending angle.

    Parameters
    ----------
    two_theta : array_like, shape (N,)
        Diffraction angles 2 theta in degrees, 0 to 180. Any order: they are sorted, and
        where one occurs more than once the intensities are averaged; `notes` says so.
    intensity : array_like, shape (N,)
        Counts, or what is proportional to them. Points at -1 are left out where nothing else
        is below zero: programs write it for bins without a pixel; `notes` says so.
    wavelength : float
        Wavelength in pm; K-alpha 1 where the source is a doublet. Never guessed.
    wavelength_2 : float, optional
        K-alpha 2 in pm, of half the intensity of K-alpha 1; None for a single wavelength.
    intensity_error : array_like, shape (N,), optional
        Standard errors of `intensity`, where the file has them. Where one is 0, the
        smallest of the others replaces it; `notes` says so.
    name : str
        What figures, tables and messages call the pattern.
    pressure : float, optional
        GPa.
    pressure_error : float, optional
        Its standard error, GPa.
    pressure_scale : str, optional
        The scale that it was read from, such as "Fei 2007, gold".
    origin : {"measured", "digitised", "formula", "synthetic"}, optional
        Where the numbers come from. Every figure says it.
    sample, run : str, optional
        Which sample, and which experimental run.
    source : str
        Citation of the data.
    notes : sequence of str
        What was noticed or changed while reading, in words.
    warnings : sequence of str
        What casts doubt on every number from this pattern, in words.
    looks : sequence of str, optional
        What deserves a look, which joins `warnings`; found if not given, which those do who know
        the rows of the points.
    reading : ReadRecord, optional
        Of which columns, units and rows of a file the points were read.
    digitised : Digitised, optional
        Out of which figure they were read, and how precisely: degrees, and counts.

    Raises
    ------
    DataError
        If the arrays differ in length, have fewer than 20 points, or hold anything that is
        not a finite number below 1e30; if an angle is outside 0 to 180 degrees, or the
        angles are surely d spacings or radians; if the intensity is the same everywhere,
        or below zero by more than a subtracted background explains (1 % of the largest, 8
        times the scatter, or 5 times the point's error); if an error is negative or all
        are 0; if a wavelength is outside 4 to 1000 pm, or K-alpha 2 does not lie within 2 %
        above K-alpha 1.
    """

    two_theta: Floats
    intensity: Floats
    wavelength: float
    wavelength_2: float | None = None
    intensity_error: Floats | None = None
    name: str = "pattern"
    pressure: float | None = None
    origin: str | None = None
    sample: str | None = None
    run: str | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    looks: tuple[str, ...] | None = None
    reading: ReadRecord | None = None
    digitised: Digitised | None = None
    pressure_error: float | None = None
    pressure_scale: str | None = None

    def __post_init__(self) -> None:
        check_pressure_error(self, self.name)
        wavelength, wavelength_2 = checked_wavelengths(
            self.wavelength, self.wavelength_2, name=self.name
        )
        if wavelength is None:
            raise DataError(f"{self.name}: a wavelength in pm is needed, got None")
        object.__setattr__(self, "wavelength", wavelength)
        object.__setattr__(self, "wavelength_2", wavelength_2)
        points = checked_points(
            self.two_theta,
            self.intensity,
            self.intensity_error,
            wavelength=wavelength,
            name=self.name,
        )
        for field in ("two_theta", "intensity", "intensity_error"):
            values = getattr(points, field)
            if values is not None:
                values.flags.writeable = False
            object.__setattr__(self, field, values)
        notes = [*points.notes]
        if self.digitised is not None:
            notes += self.digitised.notes({"intensity": self.intensity}, self.units)
        new_notes = [note for note in notes if note not in self.notes]
        object.__setattr__(self, "notes", (*self.notes, *new_notes))
        looks = tuple(self.watch()) if self.looks is None else self.looks
        object.__setattr__(self, "looks", looks)
        new = [look for look in looks if look not in self.warnings]
        object.__setattr__(self, "warnings", (*self.warnings, *new))

    def __len__(self) -> int:
        return self.two_theta.size

    @property
    def units(self) -> dict[str, str]:
        """The units of its arrays by role."""
        return {"two_theta": "degrees", "intensity": "counts"}

    @property
    def step(self) -> float:
        """Median distance of neighbouring angles, degrees in 2 theta."""
        return float(np.median(np.diff(self.two_theta)))

    @property
    def gaps(self) -> tuple[tuple[float, float], ...]:
        """Where no point lies for more than five steps: the angles (deg) on both sides."""
        wide = np.flatnonzero(np.diff(self.two_theta) > GAP * self.step)
        return tuple((float(self.two_theta[i]), float(self.two_theta[i + 1])) for i in wide)

    def between(self, low: float, high: float) -> "DiffractionPattern":
        """Return the part of the pattern with ``low <= 2 theta <= high`` (deg).

        Raises
        ------
        DataError
            If not even two points lie there.
        """
        start, stop = np.searchsorted(self.two_theta, [low, np.nextafter(high, np.inf)])
        if stop - start < 2:
            points_there = "no point" if start >= stop else "only one point"
            raise DataError(
                f"{self.name}: {points_there} between {low:g} and {high:g} deg; the data span "
                f"{self.two_theta[0]:g} to {self.two_theta[-1]:g} deg"
            )
        # A part of what is checked and sorted is checked and sorted.
        part = copy(self)
        for field in ("two_theta", "intensity", "intensity_error"):
            values = getattr(self, field)
            object.__setattr__(part, field, None if values is None else values[start:stop])
        return part

    def watch(self, where: Callable[[int], str] | None = None) -> list[str]:
        """Return what deserves a look before fitting, in words (empty if nothing does).

        Parameters
        ----------
        where : callable, optional
            Turns the index of a point, in ascending angle, into words ("row 17"), for
            those who know where the points came from.
        """
        points = Points(self.two_theta, self.intensity, self.intensity_error)
        return watch_points(points, wavelength=self.wavelength, where=where)
