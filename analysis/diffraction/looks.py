"""What deserves a look in a diffraction pattern before it is analysed."""

import numpy as np

from analysis.diffraction.checks import GAP, Points
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.typing import Floats, Place

# Powder lines above this spacing (angstrom) are rare; a pattern of nothing else is odd.
WIDE_SPACING = 5.0
# Counts below this are equal by chance.
FEW_COUNTS = 50


def watch_points(
    points: Points, *, wavelength: float | None = None, where: Place | None = None
) -> list[str]:
    """Return what deserves a look in a pattern, as `DiffractionPattern.watch` does."""
    x, y, error = points.two_theta, points.intensity, points.intensity_error
    looks = (
        _watch_angles(x, wavelength),
        _watch_gaps(x),
        _watch_top(x, y, where),
        _watch_errors(y, error),
    )
    return [look for look in looks if look is not None]


def _watch_angles(x: Floats, wavelength: float | None) -> str | None:
    if wavelength is None:
        return (
            f"2 theta ends at {x[-1]:g}: is it in radians (--two-theta-unit rad)?"
            if x[-1] <= np.pi
            else None
        )
    spacing = wavelength / 100 / (2 * np.sin(np.radians(x[-1] / 2)))
    if spacing <= WIDE_SPACING:
        return None
    return (
        f"2 theta ends at {x[-1]:g} deg, where d is still {spacing:.3g} angstrom: are these "
        "degrees, not radians, Q or d spacings (--two-theta-unit), and is the wavelength right?"
    )


def _watch_gaps(x: Floats) -> str | None:
    steps = np.diff(x)
    wide = np.flatnonzero(steps > GAP * np.median(steps))
    if not wide.size:
        return None
    named = ", ".join(f"{x[i]:g} and {x[i + 1]:g}" for i in wide[:3])
    more = f" and in {wide.size - 3} more places" if wide.size > 3 else ""
    return f"no point between {named} deg{more}"


def _watch_top(x: Floats, y: Floats, where: Place | None) -> str | None:
    """Say if neighbouring points share the largest value, as at a detector's limit."""
    top = np.flatnonzero(y == y.max())
    run = max(np.split(top, np.flatnonzero(np.diff(top) > 1) + 1), key=len)
    # A few counts are often equal; where they are many, three in a row are not by chance.
    few = y.max() < FEW_COUNTS and _whole(y)
    if run.size < 3 or few or y.max() - np.median(y) < 10 * scatter_of_neighbours(y):
        return None
    first = int(run[0])
    place = f"{x[first]:g} deg" + (f" ({where(first)})" if where else "")
    return (
        f"{run.size} neighbouring points from {place} on share the largest intensity, "
        f"{y[first]:g}: is the detector saturated?"
    )


def _watch_errors(y: Floats, error: Floats | None) -> str | None:
    if error is not None:
        high = y >= np.median(y)
        large = np.median(error[high]) > 0.5 * np.median(y[high])
        problem = "the errors are about as large as the intensities: "
        return f"{problem}is that column something else (--error none)?" if large else None
    if (y < 0).any():
        reason = "a background was subtracted"
    elif y.max() in (1, 100, 1000) and not _whole(y):
        reason = f"the largest intensity is {y.max():g}, as after scaling"
    else:
        return None
    return (
        f"{reason}: these are not plain counts, whose scatter is known, and the file has no errors"
    )


def _whole(y: Floats) -> bool:
    return bool((y == np.round(y)).all())
