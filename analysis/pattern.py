"""The diffraction pattern: what every file of X-ray counts becomes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DiffractionPattern:
    """Intensity against diffraction angle, checked, in ascending angle.

    Parameters
    ----------
    two_theta : array_like, shape (N,)
        Diffraction angles 2 theta in degrees.
    intensity : array_like, shape (N,)
        Counts, or what is proportional to them.
    wavelength : float
        Wavelength in pm; K-alpha 1 where the source is a doublet. Never guessed.
    wavelength_2 : float, optional
        K-alpha 2 in pm, of half the intensity of K-alpha 1; None for a single wavelength.
    intensity_error : array_like, shape (N,), optional
        Standard errors of `intensity`, where the file has them.
    name : str
        What figures, tables and messages call the pattern.
    pressure : float, optional
        GPa.
    origin : {"measured", "formula", "synthetic"}, optional
        Where the numbers come from. Every figure says it.
    sample, run : str, optional
        Which sample, and which experimental run.
    source : str
        Citation of the data.
    notes : sequence of str
        What was noticed or changed while reading, in words.

    Raises
    ------
    DataError
        If the arrays cannot be a pattern.
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

    def __post_init__(self) -> None:
        for field in ("two_theta", "intensity", "intensity_error"):
            values = getattr(self, field)
            if values is not None:
                object.__setattr__(self, field, np.asarray(values, dtype=float))
        if self.two_theta.shape != self.intensity.shape:
            raise DataError(
                f"{self.name}: {self.two_theta.size} angles but {self.intensity.size} intensities"
            )

    def __len__(self) -> int:
        return self.two_theta.size
