"""Means over neighbouring points, where a file holds more of them than a curve needs."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.transport.sweeps import sweeps_of
from analysis.typing import Floats

if TYPE_CHECKING:
    from analysis.reading.points import Reading

# A curve has no more points; of more, means over neighbours are taken. They lie near each other if
# their temperatures scatter by less than this part of the range.
MOST_POINTS = 1_000_000
_WIDE = 3e-4


def in_means(reading: "Reading") -> "Reading":
    """Return a reading as it is, or the means over neighbours that make it a million points.

    Parameters
    ----------
    reading : Reading
        In the order of measurement.

    Returns
    -------
    Reading
        Its notes say over how many points each mean is. Neighbours are those in the order of
        measurement, or of temperature where that shows no sweep. A fit of a smooth law loses
        nothing by this; where a mean is over temperatures that differ much, a warning says so.
    """
    t, neighbours = reading.temperature, -(-reading.temperature.size // MOST_POINTS)
    if neighbours <= 1:
        return reading
    order = None if len(sweeps_of(t)) else np.argsort(t, kind="stable")
    starts = np.arange(0, t.size, neighbours)
    counts = np.diff(starts, append=t.size)
    first = starts if order is None else order[starts]

    def mean(values: Floats) -> Floats:
        values = values if order is None else values[order]
        return np.asarray(np.add.reduceat(values, starts) / counts)

    kelvin, middle = mean(t), t.mean()
    apart = np.sqrt(np.maximum(mean((t - middle) ** 2) - (kelvin - middle) ** 2, 0))
    spread, warnings = float(np.quantile(apart, 0.99)), reading.warnings
    if spread > _WIDE * np.ptp(t):
        text = f"the temperatures that a mean is over scatter by {spread:.2g} K"
        warnings += (f"{text}: sharper features are not seen",)
    return replace(
        reading,
        temperature=kelvin,
        resistance=mean(reading.resistance),
        time=None if reading.time is None else mean(reading.time),
        notes=(
            *reading.notes,
            f"the {t.size} points are replaced by means over {neighbours} neighbours each",
        ),
        where=lambda index: reading.where(int(first[index])),
        warnings=warnings,
    )
