"""Background and first guesses: where in a pattern lines may be, before any is fitted."""

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pybaselines import Baseline
from pybaselines.utils import ParameterWarning
from scipy import ndimage, signal

from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.shapes import START_MIXING
from analysis.errors import FitError
from analysis.numerics.scatter import robust_deviation, scatter_by_level, scatter_of_neighbours
from analysis.typing import Floats

# What a user may do about a pattern that is not fitted, in words.
PART = "choose a part of it with --window LOW HIGH"
ANOTHER = "another --shape, or a part of it with --window LOW HIGH"
# The background bends over no less than this part of the pattern.
STIFFNESS = 1 / 10
# ... and over no less than so many widths of the lines.
BENDS_OVER = 15.0
# A line stands out from the scatter by this many standard deviations, of the smoothed
# pattern and of its curvature; both also from what lies beside it.
HEIGHT, PROMINENCE, CURVATURE = 5.0, 4.0, 7.0
# K-alpha 2 is taken for a line of its own only if it is higher than this part of K-alpha 1.
DOUBLET = 0.75
# A glitch stands out by so many errors, and what is beside it by less than this part of that.
GLITCH, BESIDE = 12.0, 0.05
# The error of what has no say, in parts of the largest intensity.
NO_SAY = 1e3
# What is broader than so many typical widths is no line.
HUMP = 8.0
# A maximum is measured above what is broader than so many times itself.
OWN = 3.0


class Candidate(NamedTuple):
    """A first guess of one line: its place and FWHM in degrees, and its mixing."""

    center: float
    fwhm: float
    mixing: float = START_MIXING


def background(
    pattern: DiffractionPattern, counts: Floats, error: Floats, *, fwhm: float = 0.0
) -> Floats:
    """Return what lies under the lines, counts, shape (N,).

    Asymmetrically reweighted penalised least squares (S.-J. Baek et al., Analyst 140, 250
    (2015)) as in pybaselines. Its stiffness follows the length of the pattern, and its
    weights the scatter, so that it needs no parameter. On it stand the humps: whatever is
    too narrow for it and yet many times broader than a line.

    Parameters
    ----------
    pattern : DiffractionPattern
    counts, error : ndarray, shape (N,)
        The pattern's intensities, or what is left of them after lines are taken away, and
        their errors.
    fwhm : float
        Width of the lines, degrees, where it is known: the background bends over many
        times that, lest it take what belongs to their tails.
    """
    points = len(pattern)
    length = max(STIFFNESS * points, min(BENDS_OVER * fwhm / pattern.step, points / 2), 10.0)
    smooth = _smooth(pattern, counts, length)
    typical = fwhm / pattern.step or _typical_width((counts - smooth) / error)
    if typical is None:
        return smooth
    while True:
        net = (counts - smooth) / error
        hump = _opening(ndimage.gaussian_filter1d(net, max(typical, 1.5)), OWN * HUMP * typical)
        if hump.max() < HEIGHT * scatter_of_neighbours(net):
            return smooth
        length /= 2
        if length < BENDS_OVER * typical:
            return np.asarray(smooth + np.maximum(hump * error, 0.0))
        smooth = _smooth(pattern, counts, length)


def _smooth(pattern: DiffractionPattern, counts: Floats, length: float) -> Floats:
    """Return what bends over no less than so many points and runs along the lower counts."""
    with warnings.catch_warnings():
        # Counts without any scatter, as of a drawn box, let it end early.
        warnings.simplefilter("ignore", ParameterWarning)
        with np.errstate(all="ignore"):
            smooth, _ = Baseline(pattern.two_theta).arpls(counts, lam=(length / (2 * np.pi)) ** 4)
    if not np.isfinite(smooth).all():
        raise FitError(f"{pattern.name}: no smooth background lies under its intensities; {PART}")
    return np.asarray(smooth)


def scatter(pattern: DiffractionPattern) -> Floats:
    """Return the standard error of each intensity, shape (N,).

    The pattern's own where it has them. Else those of counting, the square root of the
    (slightly smoothed) intensity. Patterns that are scaled counts or averages over a
    detector scatter less or more: a line's fit widens its errors by what it finds. Intensities
    out of a figure stand on any zero: how much they scatter is told from themselves.
    Glitches get an error so large that they have no say.
    """
    smoothed = ndimage.uniform_filter1d(pattern.intensity, 3, mode="nearest")
    error = np.maximum(error_at(pattern, smoothed), _one_count(pattern))
    if pattern.intensity_error is not None:
        stated_error = pattern.intensity_error
        error = np.where(stated_error > 0, stated_error, stated_error[stated_error > 0].min())
    largest = float(np.abs(pattern.intensity).max())
    return np.asarray(np.where(glitches(pattern), NO_SAY * max(largest, error.max()), error))


def error_at(pattern: DiffractionPattern, counts: Floats) -> Floats:
    """Return the error of intensities where counts are expected, shape (N,).

    The square root of counts, none less than that of 1/1000 of the largest; of a figure, what
    the intensities show.
    """
    if pattern.digitised is not None and pattern.digitised.of_figure:
        seen = scatter_by_level(pattern.intensity, counts)
        if seen.max() > 0:
            return np.asarray(np.maximum(seen, 1e-3 * seen.max()))
    return np.asarray(np.sqrt(np.maximum(counts, max(1e-3 * float(counts.max()), 1e-12))))


def _one_count(pattern: DiffractionPattern) -> float:
    """Return 1 where intensities are whole counts, of which none is known better, else 0."""
    return float((pattern.intensity == np.round(pattern.intensity)).all())


def glitches(pattern: DiffractionPattern) -> NDArray[np.bool_]:
    """Tell which points are no part of any line, as where a cosmic ray has hit, shape (N,).

    One or two neighbouring points that stand out of the five about them, of which the
    others show nothing: any line that spans two steps would show there.
    """
    counts = pattern.intensity
    about = ndimage.median_filter(counts, 5, mode="nearest")
    about_it = ndimage.median_filter(counts, 41, mode="nearest")
    error = np.maximum(error_at(pattern, about_it), _one_count(pattern))
    if pattern.intensity_error is not None:
        error = np.maximum(error, pattern.intensity_error)
    scatter_factor = max(float(np.median(np.abs(counts - about) / error)), 1.0)
    out = counts - about > GLITCH * error * scatter_factor
    # What lies beside it is no higher than what lies farther off.
    nothing_beside = about - about_it < BESIDE * (counts - about)
    return np.asarray(out & nothing_beside)


def find_lines(pattern: DiffractionPattern, net: Floats, error: Floats) -> tuple[Candidate, ...]:
    """Return the candidates for lines in ascending angle.

    Maxima above their own surroundings, see `_tops`, and maxima of the curvature, which sees
    the shoulder that a neighbour hides. The smoothing follows the typical width of the lines.

    Parameters
    ----------
    pattern : DiffractionPattern
    net, error : ndarray, shape (N,)
        Counts above the background, and their standard errors.

    Raises
    ------
    FitError
        If nothing stands out.
    """
    net = net / error
    nothing = (
        f"{pattern.name}: no line stands out from the scatter of the background "
        f"between {pattern.two_theta[0]:.4g} and {pattern.two_theta[-1]:.4g} deg; {PART}"
    )
    typical = _typical_width(net)
    if typical is None:
        raise FitError(nothing)
    smooth = ndimage.gaussian_filter1d(net, max(typical / 6, 0.7))
    # What is many times broader than the lines belongs to the background.
    scales = [factor * typical for factor in (4.0, 8.0, 16.0, OWN * HUMP)]
    tops = _tops(smooth, scales, least_width=1.0, prominence=PROMINENCE)
    width = {at: top.width for at, top in tops.items() if top.width < HUMP * typical}
    bends = -ndimage.gaussian_filter1d(net, max(typical / 3, 1.0), order=2)
    shoulders, _ = signal.find_peaks(
        bends / _two_sided_noise(bends), height=CURVATURE, prominence=CURVATURE
    )
    for place in shoulders.tolist():
        near = [top for top in width if abs(top - place) < 0.4 * max(width[top], typical)]
        if not near and smooth[place] > HEIGHT * _noise(smooth):
            width[place] = typical
    step = pattern.step
    places = sorted(width)
    if not places:
        raise FitError(nothing)
    candidates = [
        Candidate(
            float(pattern.two_theta[place]), min(max(width[place], 2.0), 2.5 * typical) * step
        )
        for place in places
    ]
    heights = {c: float(smooth[p]) for c, p in zip(candidates, places, strict=True)}
    return tuple(c for c in candidates if not _is_doublet(c, heights, pattern))


class Top(NamedTuple):
    """A maximum: its prominence in errors, and its width at half of it in points."""

    prominence: float
    width: float


def _tops(
    smooth: Floats, scales: Sequence[float], *, least_width: float, prominence: float
) -> dict[int, Top]:
    """Return the maxima above their surroundings, by the index of their points.

    A line may stand on a hump that is broader and higher than itself; at half of what it
    rises above the far background its width would be the hump's. So each maximum is
    measured above an opening (the largest of the least values in a window), which follows
    whatever is broader than its window, and the narrowest window counts that is `OWN` times
    as broad as the maximum itself.

    Parameters
    ----------
    smooth : ndarray, shape (N,)
        Net counts over their errors.
    scales : sequence of float
        Windows in points, ascending; one that exceeds the pattern is the pattern.
    least_width : float
        Of a maximum, points.
    prominence : float
        Least one, in standard deviations.
    """
    noise, tops_by_place = _noise(smooth), dict[int, Top]()
    for scale in scales:
        window = min(scale, smooth.size)
        tops, shape = signal.find_peaks(
            _above(smooth, window) / noise, height=HEIGHT, prominence=prominence, width=least_width
        )
        for at, rise, width in zip(tops, shape["prominences"], shape["widths"], strict=True):
            is_known = any(abs(at - other) < top.width / 2 for other, top in tops_by_place.items())
            if width <= window / OWN and not is_known:
                tops_by_place[int(at)] = Top(float(rise), float(width))
    return tops_by_place


def _above(values: Floats, window: float) -> Floats:
    """Return what rises above the opening of values by a window of so many points.

    Scatter alone rises above it too, everywhere: the median takes that away.
    """
    rest = values - _opening(values, window)
    return np.asarray(rest - min(float(np.median(rest)), 2 * _noise(values)))


def _opening(values: Floats, window: float) -> Floats:
    """Return the largest of the least values in a window of so many points, smoothed."""
    size = min(round(window), values.size)
    opening = ndimage.grey_opening(values, size, mode="nearest")
    return np.asarray(ndimage.uniform_filter1d(opening, max(size // 2, 1), mode="nearest"))


def left_over(
    pattern: DiffractionPattern, misses: Floats, width: float, errors: float
) -> list[float]:
    """Return where what a fit leaves rises, as narrow as a line, by so many errors, degrees.

    Parameters
    ----------
    pattern : DiffractionPattern
    misses : ndarray, shape (N,)
        What the fit leaves of the counts over its errors.
    width : float
        FWHM of the lines, points.
    errors : float
        What stands out by so many standard errors of the sum over a line.
    """
    smooth = ndimage.gaussian_filter1d(misses, width / 3)
    # Of independent points of variance 1 the smoothed ones have this deviation.
    noise = 1 / np.sqrt(2 * np.sqrt(np.pi) * width / 3)
    places, _ = signal.find_peaks(
        smooth / noise, height=errors, prominence=errors, width=(1.0, HUMP / 2 * width)
    )
    return [float(place) for place in pattern.two_theta[places]]


def _typical_width(net: Floats) -> float | None:
    """Return the FWHM in points of the sharper lines among those that stand out, or None."""
    smooth = ndimage.gaussian_filter1d(net, 1.5)
    scales = 8.0 * 2.0 ** np.arange(np.log2(max(smooth.size / 4, 1)))
    tops = _tops(smooth, scales.tolist(), least_width=1.5, prominence=HEIGHT)
    if not tops:
        return None
    # The highest decide: a small maximum may be a wiggle on a broad line.
    highest = sorted(tops.values())[-10:]
    return float(np.quantile([top.width for top in highest], 0.25, method="lower"))


def _noise(values: Floats) -> float:
    """Return the scatter about the background from what lies below it: no line does."""
    below = values[values < 0]
    return robust_deviation(below) if below.size > 2 else 1e-12


def _two_sided_noise(values: Floats) -> float:
    return max(robust_deviation(values), 1e-12)


def doublet_partner(two_theta: Floats, pattern: DiffractionPattern) -> Floats:
    """Return where K-alpha 2 puts the lines that K-alpha 1 has at these angles, degrees."""
    if pattern.wavelength_2 is None:
        raise FitError(f"{pattern.name}: has no second wavelength")
    sine = np.sin(np.radians(two_theta) / 2) * pattern.wavelength_2 / pattern.wavelength
    return np.asarray(2 * np.degrees(np.arcsin(np.minimum(sine, 1.0))))


def _is_doublet(
    candidate: Candidate, heights: dict[Candidate, float], pattern: DiffractionPattern
) -> bool:
    """Tell whether a candidate is the K-alpha 2 part of a higher one."""
    if pattern.wavelength_2 is None:
        return False
    return any(
        abs(float(doublet_partner(np.array(other.center), pattern)) - candidate.center)
        < 0.5 * max(other.fwhm, candidate.fwhm)
        and heights[candidate] < DOUBLET * heights[other]
        for other in heights
        if other.center < candidate.center
    )
