"""Whether numbers can be a diffraction pattern, and what to watch if they are one.

Each check is made once, where a pattern or a file's columns enter; the messages name the
file and the row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import DataError, shown
from analysis.numerics.checks import MOST, as_python, as_vector, refuse_overload
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.typing import Floats, Place, Wavelengths

# Wavelengths in pm. Below the first, no one diffracts (300 keV); a number there is in
# angstrom, nm or m. Above the second, nothing in a crystal does.
SHORTEST_WAVELENGTH = 4.0
LONGEST_WAVELENGTH = 1000.0
# K-alpha 2 is longer than K-alpha 1 by 0.15 % (Cr) to 1 % (W).
WIDEST_DOUBLET = 1.02
# Fewer points than this hold no line that could be fitted.
FEWEST_POINTS = 20
# Programs write numbers like 9.9E37 or 4294967295 for "no value"; no detector counts so far.
NO_VALUE = "programs write this for a missing value"
# Whatever is counted has an intensity, and an error, above this.
VANISHING = 1e-30
# What programs for area detectors write where no pixel counts, beside NaN and 0.
MASKED = (-1.0, -2.0)
# Below zero by less than this part of the largest intensity, or by so many times its
# scatter or its own error, an intensity is what a subtracted background leaves.
BELOW_ZERO = 0.01
BELOW_ZERO_SCATTER = 8.0
BELOW_ZERO_ERRORS = 5.0
# A step so many times wider than the median one is a gap.
GAP = 5.0
# In a laboratory (longer wavelengths than this, pm) nobody steps finer than this (deg).
LABORATORY = 50.0
FINEST_STEP = 0.002
# Nor anyone anywhere finer than this.
FINEST = 1e-7
# A scan of fewer points is a disorder; scans differ if by more than this part.
FEWEST_IN_SCAN = 10
SCANS_DIFFER = 0.05


@dataclass(frozen=True, eq=False)
class Points:
    """Checked points in ascending angle, and what was changed to make them so."""

    two_theta: Floats
    intensity: Floats
    intensity_error: Floats | None
    notes: tuple[str, ...] = ()

    @property
    def step(self) -> float:
        """Median distance of neighbouring angles, degrees in 2 theta."""
        return float(np.median(np.diff(self.two_theta)))


def checked_points(
    two_theta: ArrayLike,
    intensity: ArrayLike,
    intensity_error: ArrayLike | None = None,
    *,
    wavelength: float | None = None,
    name: str = "pattern",
    where: Place = "point {}".format,
) -> Points:
    """Refuse points that cannot be a pattern; sort the others and note what is odd.

    Parameters
    ----------
    two_theta, intensity, intensity_error : array_like, shape (N,)
        As in `DiffractionPattern`.
    wavelength : float, optional
        In pm, where it is known.
    name : str
        The file or pattern, which opens every message.
    where : callable
        Turns the index of a point into words ("row 17").

    Raises
    ------
    DataError
        See `DiffractionPattern`.
    """
    x = as_vector(f"{name}: 2 theta", two_theta)
    y = as_vector(f"{name}: intensity", intensity)
    error = None if intensity_error is None else as_vector(f"{name}: error", intensity_error)
    _refuse_sizes(x, y, error, name)
    refuse_overload(x, "2 theta", name=name, where=where, written_by=NO_VALUE)
    _refuse_angles(x, wavelength, name, where)
    masked, masks = _masked(y)
    rows = np.flatnonzero(~masked)
    if rows.size < FEWEST_POINTS:
        raise DataError(
            f"{name}: holds {rows.size} intensities that are numbers; a pattern needs at least "
            f"{FEWEST_POINTS}"
        )
    x, y, error = x[rows], y[rows], None if error is None else error[rows]

    def kept(index: int) -> str:
        return where(int(rows[index]))

    for label, values in (("intensity", y), ("error", error)):
        if values is not None:
            refuse_overload(values, label, name=name, where=kept, written_by=NO_VALUE)
    error, notes = _refuse_intensities(x, y, error, name, kept)
    notes = [*_order(x, y), *notes, *masks]
    order = np.argsort(x, kind="stable")
    x, y, error = x[order], y[order], None if error is None else error[order]
    return _averaged(x, y, error, notes, name)


def checked_wavelengths(
    wavelength: float | None, wavelength_2: float | None, *, name: str
) -> Wavelengths:
    """Return both wavelengths (pm) as floats, None as None, if they can be such.

    Raises
    ------
    DataError
        If one is no number or outside 4 to 1000 pm, with the unit that may have been
        meant; or if the second does not lie within 2 % above the first.

    Examples
    --------
    >>> checked_wavelengths(154.0593, 154.4427, name="lab6.xy")
    (154.0593, 154.4427)
    >>> checked_wavelengths(1.5406, None, name="lab6.xy")
    Traceback (most recent call last):
        ...
    analysis.errors.DataError: lab6.xy: wavelength is 1.5406 pm; X-ray diffraction uses 4 to 1000
    pm; is this in angstrom (154.06 pm)?
    """
    first = None if wavelength is None else _checked(wavelength, "wavelength", name)
    second = None if wavelength_2 is None else _checked(wavelength_2, "second wavelength", name)
    if second is not None and first is None:
        raise DataError(f"{name}: a second wavelength is given without a first")
    if first is not None and second is not None and not first < second < WIDEST_DOUBLET * first:
        hint = "; are they exchanged?" if second < first < WIDEST_DOUBLET * second else ""
        raise DataError(
            f"{name}: the second wavelength is {second:g} pm and the first {first:g} pm; K-alpha 2 "
            f"is longer than K-alpha 1, by less than {100 * WIDEST_DOUBLET - 100:.0f} %{hint}"
        )
    return first, second


def _checked(value: Any, label: str, name: str) -> float:
    number = as_python(value)
    if (
        isinstance(number, bool)
        or not isinstance(number, (int, float))
        or not -MOST <= number <= MOST
    ):
        raise DataError(f"{name}: {label} is {shown(value)}; a number in pm is needed")
    if SHORTEST_WAVELENGTH <= value <= LONGEST_WAVELENGTH:
        return float(value)
    meant = {"angstrom": 1e2, "nm": 1e3, "m": 1e12}
    fits = [
        f"in {unit} ({value * factor:.6g} pm)"
        for unit, factor in meant.items()
        if 5 <= value * factor <= 300
    ]
    fits += ["an energy in eV"] if value > LONGEST_WAVELENGTH else []
    hint = f"; is this {' or '.join(fits)}?" if fits else ""
    raise DataError(
        f"{name}: {label} is {value:g} pm; X-ray diffraction uses {SHORTEST_WAVELENGTH:g} to "
        f"{LONGEST_WAVELENGTH:g} pm{hint}"
    )


# ---------------------------------------------------------------------------- refusals


def _refuse_sizes(x: Floats, y: Floats, error: Floats | None, name: str) -> None:
    if x.size != y.size:
        raise DataError(
            f"{name}: {x.size} angles but {y.size} intensities; one of each is needed per point"
        )
    if error is not None and error.size != x.size:
        raise DataError(
            f"{name}: {x.size} points but {error.size} errors; one is needed per point, or none"
        )
    if x.size < FEWEST_POINTS:
        points = f"{x.size} point" if x.size == 1 else f"{x.size or 'no'} points"
        raise DataError(f"{name}: holds {points}; a pattern needs at least {FEWEST_POINTS}")


def _refuse_angles(x: Floats, wavelength: float | None, name: str, where: Place) -> None:
    outside = np.flatnonzero((x < 0) | (x > 180))
    if outside.size:
        hint = "; is it in hundredths of a degree, or a time of flight?" if x.max() > 360 else ""
        raise DataError(
            f"{name}, {where(int(outside[0]))}: 2 theta is {x[outside[0]]:g}; "
            f"it must lie between 0 and 180 degrees{hint} (--two-theta chooses another column, "
            "--two-theta-unit another unit)"
        )
    if x.min() == x.max():
        raise DataError(
            f"{name}: 2 theta is {x[0]:g} deg everywhere; a pattern needs a range: is it "
            "another column (--two-theta)?"
        )
    ascending = np.unique(x)
    if np.median(np.diff(ascending)) < FINEST:
        raise DataError(
            f"{name}: 2 theta goes from {x.min():g} to {x.max():g} deg in steps below {FINEST:g} "
            "deg; no diffractometer does"
        )
    if _like_d_spacings(ascending):
        raise DataError(
            f"{name}: the steps of the first column grow with the square of its value, from "
            f"{ascending[0]:g} to {ascending[-1]:g}, as those of d spacings do; "
            "angles 2 theta in degrees are needed (--two-theta-unit A says that these are d)"
        )
    step = float(np.median(np.diff(ascending)))
    laboratory = wavelength is not None and wavelength > LABORATORY
    if laboratory and ascending[-1] <= np.pi and step < FINEST_STEP:
        raise DataError(
            f"{name}: 2 theta ends at {ascending[-1]:g} in steps of {step:.2g}; is it in radians? "
            "Say so with --two-theta-unit rad"
        )


def _like_d_spacings(x: Floats) -> bool:
    """Tell whether ascending values are spaced as d = lambda/2 sin(theta) at equal angles.

    Their steps go as d^2 cos(theta): on a logarithmic scale a line of slope 2 or a little
    more. Angles have equal steps, or a few sizes of them, or (a flat detector's) steps
    that shrink.
    """
    sampled = np.linspace(0, x.size - 1, 31).astype(int)
    if x.size < 62 or x[0] <= 0 or x[-1] < 2 * x[0]:
        return False
    steps = np.log(np.diff(x[sampled])) - np.log(np.diff(sampled))
    middle = (np.log(x[sampled[1:]]) + np.log(x[sampled[:-1]])) / 2
    slope = float(np.polyfit(middle, steps, 1)[0])
    return 1.5 < slope < 4 and float(np.corrcoef(middle, steps)[0, 1]) > 0.99


def _refuse_intensities(
    x: Floats, y: Floats, error: Floats | None, name: str, where: Place
) -> tuple[Floats | None, list[str]]:
    notes: list[str] = []
    if y.min() == y.max():
        raise DataError(
            f"{name}: the intensity is {y[0]:g} everywhere; there is no line in it: is it "
            "another column (--intensity)?"
        )
    if error is not None:
        error, notes = _positive(error, name, where)
    largest = float(np.abs(y).max())
    least = largest if error is None else min(largest, float(error.min()))
    if least < VANISHING:
        smallest = "the largest intensity" if least == largest else "the smallest error"
        raise DataError(f"{name}: {smallest} is {least:g}; below {VANISHING:g} nothing is measured")
    scatter = scatter_of_neighbours(y[np.argsort(x, kind="stable")])
    allowed = np.maximum(
        max(BELOW_ZERO * largest, BELOW_ZERO_SCATTER * scatter),
        0.0 if error is None else BELOW_ZERO_ERRORS * error,
    )
    worst = int(np.argmin(y / allowed))
    if y[worst] < -np.broadcast_to(allowed, y.shape)[worst]:
        raise DataError(
            f"{name}, {where(worst)}: intensity is {y[worst]:g} at {x[worst]:g} deg, further below "
            "zero than scatter explains; give the pattern as it was measured, with its background, "
            "or choose another column with --intensity"
        )
    below = int((y < 0).sum())
    if below:
        notes.append(f"{below} intensities are below zero, as a subtracted background leaves them")
    return error, notes


def _masked(y: Floats) -> tuple[NDArray[np.bool_], list[str]]:
    """Tell which intensities stand for none, and say so.

    These are NaN; -1 or -2 more than once, where nothing else is below zero (a subtracted
    background leaves many values there, not one); and 0 where it is the rarer and all others lie
    further above it than their scatter explains.
    """
    masked = np.isnan(y)
    masks = [("NaN", masked)]
    for value in (*MASKED, 0.0):
        these, others = y == value, y[~masked & (y != value)]
        if not 1 < these.sum() <= y.size - FEWEST_POINTS or not others.size:
            continue
        scatter = BELOW_ZERO_SCATTER * scatter_of_neighbours(others) if value == 0 else 0.0
        least = float(others.min())
        rarer = value < 0 or these.sum() < others.size
        if (rarer and least > scatter) or (value < 0 and least >= 0):
            masks.append((f"exactly {value:g}", these))
            masked = masked | these
    return masked, [
        f"{these.sum()} intensities are {names}, as programs write for bins without a pixel: "
        "left out"
        for names, these in masks
        if these.any()
    ]


def _positive(error: Floats, name: str, where: Place) -> tuple[Floats, list[str]]:
    """Refuse negative errors; give points without one the smallest, and say so."""
    negative = np.flatnonzero(error < 0)
    if negative.size:
        raise DataError(
            f"{name}, {where(int(negative[0]))}: error is {error[negative[0]]:g}; "
            "a standard error is not negative (--error none leaves the errors out)"
        )
    zero = error == 0
    if zero.all():
        raise DataError(f"{name}: all errors are 0; leave them out (--error none)")
    if not zero.any():
        return error, []
    least = float(error[~zero].min())
    return np.where(zero, least, error), [
        f"{int(zero.sum())} errors are 0 and were replaced by the smallest of the others, {least:g}"
    ]


# ---------------------------------------------------------------------------- order


def _order(x: Floats, y: Floats) -> list[str]:
    """Say what sorting will change."""
    steps = np.diff(x)
    if (steps >= 0).all():
        return []
    if (steps <= 0).all():
        return ["angles were descending and have been sorted"]
    scans = _scans(x)
    if not scans:
        return ["angles were not in order and have been sorted"]
    text = f"{len(scans)} scans follow one another; they are merged and sorted"
    ratios = [_ratio(x, y, earlier, later) for earlier, later in pairwise(scans)]
    worst = max(ratios, key=lambda ratio: abs(np.log(ratio)))
    if abs(worst - 1) > SCANS_DIFFER:
        text += f", though where they overlap one has {worst:.3g} times the intensity of another"
    return [text]


def _scans(x: Floats) -> list[slice]:
    """Return the stretches of steady direction in a file's order; none if some are short."""
    steps = np.diff(x)
    direction = np.sign(steps[steps != 0])
    points = np.flatnonzero(steps != 0)
    turns = np.flatnonzero(np.diff(direction)) + 1
    pieces = [piece for piece in np.split(points, turns) if piece.size > 1]
    if len(pieces) < 2 or min(piece.size for piece in pieces) < FEWEST_IN_SCAN - 1:
        return []
    return [slice(int(piece[0]), int(piece[-1]) + 2) for piece in pieces]


def _ratio(x: Floats, y: Floats, earlier: slice, later: slice) -> float:
    """Return how many times the intensity of one scan the other has where they overlap."""
    low = max(x[earlier].min(), x[later].min())
    high = min(x[earlier].max(), x[later].max())
    shared = [y[scan][(x[scan] >= low) & (x[scan] <= high)] for scan in (earlier, later)]
    if min(part.size for part in shared) < FEWEST_IN_SCAN:
        return 1.0
    first, second = (float(part.mean()) for part in shared)
    return second / first if min(first, second) > 0 else 1.0


def _averaged(
    x: Floats, y: Floats, error: Floats | None, notes: Sequence[str], name: str
) -> Points:
    """Average the points at one angle: a pattern has one intensity there."""
    angles, place, times = np.unique(x, return_inverse=True, return_counts=True)
    repeated = int((times > 1).sum())
    if not repeated:
        return Points(x, y, error, tuple(notes))
    if angles.size < FEWEST_POINTS:
        raise DataError(
            f"{name}: holds {angles.size} different angles; "
            f"a pattern needs at least {FEWEST_POINTS}"
        )
    mean = np.bincount(place, y) / times
    if error is not None:
        error = np.sqrt(np.bincount(place, error**2)) / times
    text = f"{repeated} angles occur more than once; their intensities are averaged"
    return Points(angles, mean, error, (*notes, text))
