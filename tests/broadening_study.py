"""Synthetic tables of lines by a formula of its own; how often the analysis is right."""

from typing import NamedTuple

import numpy as np

from analysis import williamson_hall
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.peaks import PeakTable

WAVELENGTH = 61.99
COUNTS = DiffractionPattern(
    np.linspace(1, 60, 120), 10 + np.arange(120.0) % 7, wavelength=WAVELENGTH
)


def formula(theta, strain, size, *, shape_factor=0.9):
    """Eq. 7 in rad, size in nm."""
    return shape_factor * WAVELENGTH / 1000 / (size * np.cos(theta)) + 4 * strain * np.tan(theta)


def make_peaks(two_theta, breadth, error, **changes):
    """A table of Lorentzian lines: angles in degrees, integral breadths and errors in rad."""
    two_theta = np.asarray(two_theta, dtype=float)
    breadth, error = np.degrees(breadth), np.degrees(np.broadcast_to(error, two_theta.shape))
    parts = {
        "two_theta": two_theta,
        "two_theta_error": np.full(two_theta.size, 1e-4),
        "fwhm": breadth * 2 / np.pi,
        "fwhm_error": error * 2 / np.pi,
        "integral_breadth": breadth,
        "integral_breadth_error": error,
        "area": np.ones(two_theta.size),
        "area_error": np.full(two_theta.size, 0.01),
        "lorentzian_part": np.ones(two_theta.size),
        "flags": (frozenset(),) * two_theta.size,
        "shape": "lorentzian",
        "pattern": COUNTS,
        "instrument": "standard",
    }
    return PeakTable(**{**parts, **changes})


def random_peaks(rng, lines, strain, size, *, noise=0.03, unlike=2.0, extra=0.0, kind="breadth"):
    """Lines between 8 and 26 deg whose breadths have normal errors and scatter beyond them.

    `noise` is the median error in parts of the median breadth; errors differ between lines
    by a factor whose standard deviation is `unlike`. `extra` is the standard deviation of
    the further scatter, unknown to the table, in median errors: for every line in proportion
    to its "breadth", its "strain" part or its "error", or "constant".
    """
    two_theta = np.sort(rng.uniform(8, 26, lines))
    theta = np.radians(two_theta / 2)
    clean = formula(theta, strain, size)
    error = noise * np.median(clean) * unlike ** rng.normal(size=lines)
    shapes = {
        "breadth": clean,
        "strain": np.tan(theta),
        "error": error,
        "constant": np.ones(lines),
    }
    typical = shapes[kind] / np.median(shapes[kind]) * np.median(error)
    measured = clean + error * rng.normal(size=lines) + extra * typical * rng.normal(size=lines)
    return make_peaks(two_theta, measured, error)


class Hits(NamedTuple):
    """Parts of the replicates in which the truth lay inside, or the model was right.

    `strain` and `size` are 95 % intervals, `band` the mean over the lines, `limit` the
    one-sided 95 % limit of the size, `full` how often the automatic choice was eq. 7.
    """

    strain: float
    size: float
    band: float
    limit: float
    full: float


def hits(replicates, *, seed, lines, strain, size, model=None, **noise):
    """Analyse seeded synthetic tables; by default with the true model (eq. 8 if size is inf)."""
    rng = np.random.default_rng(seed)
    model = model or ("full" if np.isfinite(size) else "reduced")
    found = []
    for _ in range(replicates):
        peaks = random_peaks(rng, lines, strain, size, **noise)
        wh = williamson_hall(peaks, model=model)
        low, high = wh.interval("strain")
        small, large = wh.interval("size")
        lower, upper = wh.band(peaks.theta)
        clean = formula(peaks.theta, strain, size)
        found.append(
            (
                low <= strain <= high,
                small <= size <= large,
                np.mean((lower <= clean) & (clean <= upper)),
                size >= wh.size_lower,
                wh.size_shows and lines > 2,
            )
        )
    return Hits(*(float(part) for part in np.mean(found, axis=0)))
