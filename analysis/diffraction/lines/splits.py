"""One line or two? Neighbours hidden in a line's flank, and lines that are split.

Judged by the Bayesian information criterion, G. Schwarz, Ann. Stat. 6, 461 (1978), on the
points of one group of lines. What looks like a second line may be one line of another
shape, so the single line may choose its mixing between Gaussian and Lorentzian freely,
and may be skewed, as axial divergence makes the lines of a diffractometer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from analysis.diffraction.lines.fitted import FittedPattern, lines_of
from analysis.diffraction.lines.group import FittedGroup, fit_group, schwarz
from analysis.diffraction.lines.in_turns import ROUGH, model_of
from analysis.diffraction.lines.search import Candidate
from analysis.diffraction.shapes import PSEUDO_VOIGT, Shape
from analysis.numerics.least_squares import Undetermined
from analysis.typing import Floats

# A difference of 10 is very strong evidence: odds of about 150 to 1.
EVIDENCE = 10.0
# The weaker of two lines has at least this part of the stronger one's area, and they lie
# apart by at least this part of their width: else the line is one, but not symmetric.
LEAST_AREA, LEAST_DISTANCE = 0.15, 0.25
# Two lines must leave at most this part of what one line of free shape leaves beyond the noise.
REMAINS = 0.7
# Lines are split alike if the distances differ by less than this part, where two lines gain
# so many standard errors; lines in which these do not show must be fewer.
ALIKE, SHOWS = 0.25, 3.0
# Hidden lines are looked for between so many widths from a line, so many in a group, and
# have at least this part of the largest area there. What is closer may be a split line.
HIDDEN_DISTANCE, NEAR, MOST_HIDDEN, LEAST_HIDDEN = 0.45, 2.5, 4, 0.03


@dataclass(frozen=True)
class Split:
    """A line that two lines describe better.

    Attributes
    ----------
    places : (float, float)
        Degrees.
    fwhm : float
        Of each, degrees.
    """

    places: tuple[float, float]
    fwhm: float

    @property
    def apart(self) -> float:
        """Distance of the two, degrees."""
        return self.places[1] - self.places[0]


def hidden_lines(fitted: FittedPattern) -> list[Candidate]:
    """Return lines in the flanks of others, which no maximum of the pattern shows.

    They show in what a group's fit leaves over. Each must be called for even when the
    lines of its group may take any shape and a skew.
    """
    return [line for group in fitted.groups for line in _hidden(fitted, group)]


def _hidden(fitted: FittedPattern, group: FittedGroup) -> list[Candidate]:
    noise, seen_lines = fitted.noise_level, lines_of(group)
    if group.scatter_factor < noise * (1 + 3 * np.sqrt(2 / group.dof)):
        return []
    hidden: list[Candidate] = []
    for _ in range(MOST_HIDDEN):
        start = [*seen_lines, *hidden]
        fewer = _free_fits(fitted, group, start)
        places = _places_left(fitted, fewer[0]) if fewer else []
        # Neighbours are often equally broad; and a narrow line on a broad one is one line.
        more = _best(
            [
                fit
                for new in ([places[:1], places] if len(places) > 1 else [places])
                for one_width in (True, False)
                for fit in _fits(fitted, group, [*start, *new], PSEUDO_VOIGT, one_width=one_width)
                if new and _beside(fit, group) and fit.areas.min() > LEAST_HIDDEN * fit.areas.max()
            ]
        )
        if more is None or not _called_for(fitted, more, fewer):
            break
        seen_lines, hidden = lines_of(more)[: len(seen_lines)], lines_of(more)[len(seen_lines) :]
    return hidden


def _best(fits: Sequence[FittedGroup]) -> FittedGroup | None:
    return min(fits, key=lambda fit: fit.chi_square, default=None)


def _beside(fit: FittedGroup, group: FittedGroup) -> bool:
    """Tell whether a fit's new lines stand beside those of the group, and apart."""
    new = fit.centers[group.centers.size :]
    distance = np.abs(new[:, None] - group.centers) / group.fwhm
    order = np.argsort(fit.centers)
    gaps, width = np.diff(fit.centers[order]), fit.fwhm[order]
    apart = np.all(gaps > LEAST_DISTANCE * np.maximum(width[1:], width[:-1]))
    return bool(apart and distance.min() > HIDDEN_DISTANCE)


def _places_left(fitted: FittedPattern, fit: FittedGroup) -> list[Candidate]:
    """Return where a fit leaves most over, on each side of what it has there."""
    x, lines = fit.model.x, lines_of(fit)
    narrowest = min(line.fwhm for line in lines)
    smooth = max(narrowest / 4 / fitted.pattern.step, 1.0)
    left = ndimage.gaussian_filter1d(fit.minimum.residuals / fitted.error[fit.at], smooth)
    distance = np.array([(x - line.center) / line.fwhm for line in lines])
    nearest = distance[np.argmin(np.abs(distance), axis=0), np.arange(x.size)]
    typical = float(np.quantile([line.fwhm for line in fitted.curves], 0.25))
    places = []
    for side in (-1, 1):
        there = (side * nearest > HIDDEN_DISTANCE) & (side * nearest < NEAR) & (left > 0)
        if there.any():
            at = int(np.argmax(np.where(there, left, -np.inf)))
            places.append((float(left[at]), Candidate(float(x[at]), min(typical, narrowest))))
    return [line for _, line in sorted(places, reverse=True)]


def splits_of(fitted: FittedPattern) -> dict[float, Split]:
    """Return the split ones among the lines that stand alone, by their places, degrees.

    Where the lines of a pattern are split by one and the same angle, that is their shape, as
    of a detector's broad pixels or a slit: two lattice spacings lie apart in proportion to
    tan(theta), and not in every line.
    """
    pairs = [
        (group, pair)
        for group in fitted.groups
        if group.centers.size == 1 and (pair := _pair_of(fitted, group)) is not None
    ]
    split_groups = [(group, pair.split) for group, pair in pairs if pair.called_for]
    if not split_groups or _is_shape(fitted, [split for _, split in split_groups], pairs):
        return {}
    return {float(group.centers[0]): split for group, split in split_groups}


def _is_shape(
    fitted: FittedPattern,
    splits: Sequence[Split],
    pairs: Sequence[tuple[FittedGroup, "Pair"]],
) -> bool:
    """Tell whether lines are split because all lines of the pattern have a flat top."""
    apart = float(np.median([split.apart for split in splits]))
    weakest = min(float(_strength(group)) for group, pair in pairs if pair.called_for)
    least = SHOWS**2 * fitted.noise_level * fitted.noise.widening
    alike, unlike = [], 0
    for group, pair in pairs:
        if pair.gain > least and abs(pair.split.apart - apart) < ALIKE * apart:
            alike.append((pair.split.apart, np.tan(np.radians(group.centers[0]) / 2)))
        elif _strength(group) >= weakest:
            unlike += 1
    if len(alike) < 2 or len(alike) <= unlike:
        return False
    distances, tangents = np.transpose(alike)
    return _relative_spread(distances) < 0.5 * _relative_spread(distances / tangents)


def _strength(group: FittedGroup) -> float:
    return float(group.areas[0] / max(group.errors(1.0)["area"][0], 1e-300))


def _relative_spread(values: Floats) -> float:
    return float(np.std(values) / np.mean(values))


class Pair(NamedTuple):
    """A line taken as two.

    Attributes
    ----------
    split : Split
    gain : float
        By how much the weighted sum of squares is less than that of one line of any shape.
    called_for : bool
        Whether two lines describe it better than one.
    """

    split: Split
    gain: float
    called_for: bool


def _pair_of(fitted: FittedPattern, group: FittedGroup) -> Pair | None:
    """Return the only line of a group taken as two, or None if nothing is left to explain.

    Two lines of the fit's own shape and of one width are compared with a single one of
    any shape between Gaussian and Lorentzian.
    """
    noise = fitted.noise_level
    if group.scatter_factor < noise * (1 + 2 * np.sqrt(2 / group.dof)):
        return None
    line = lines_of(group)[0]
    singles = [group, *_free_fits(fitted, group, [line])]
    pairs = []
    for apart in (0.3, 0.6):
        start = [
            Candidate(line.center + side * apart * line.fwhm, (1 - apart / 2) * line.fwhm)
            for side in (-1, 1)
        ]
        pairs += _fits(fitted, group, start, fitted.shape, one_width=True)
    two = _best(pairs)
    if two is None:
        return None
    low, high = sorted(two.centers.tolist())
    split = Split((low, high), float(two.fwhm[0]))
    areas = np.sort(two.areas)
    sound = areas[0] > LEAST_AREA * areas[1] and split.apart > LEAST_DISTANCE * split.fwhm
    called_for = bool(sound) and split.apart < 2 * line.fwhm and _called_for(fitted, two, singles)
    gain = min(single.chi_square for single in singles) - two.chi_square
    return Pair(split, gain, called_for)


def _fits(
    fitted: FittedPattern,
    group: FittedGroup,
    lines: Sequence[Candidate],
    shape: Shape,
    *,
    one_width: bool = False,
    skewed: bool = False,
) -> list[FittedGroup]:
    """Return the fit of other lines to the points of a group, or nothing if it fails."""
    own = np.sum([fitted.curves[line] for line in lines_of(group)], axis=0)
    others, at = fitted.under + fitted.line_counts - own, group.at
    model = model_of(fitted.pattern, shape, lines, at, others)
    model = replace(model, one_width=one_width, skewed=skewed)
    measured = (fitted.pattern.intensity - others)[at]
    try:
        return [fit_group(model, measured, fitted.error[at], at, tolerance=ROUGH)]
    except Undetermined:
        return []


def _free_fits(
    fitted: FittedPattern, group: FittedGroup, lines: Sequence[Candidate]
) -> list[FittedGroup]:
    """Return the fits of lines of any shape, without and with a skew."""
    return [
        fit
        for skewed in (False, True)
        for fit in _fits(fitted, group, lines, PSEUDO_VOIGT, skewed=skewed)
    ]


def _called_for(fitted: FittedPattern, more: FittedGroup, fewer: Sequence[FittedGroup]) -> bool:
    """Tell whether a fit with one line more is worth it beside those with fewer."""

    def criterion(fit: FittedGroup) -> float:
        # Neighbouring points that repeat each other count as one.
        size = fit.at.size / fitted.noise.widening
        return schwarz(fit.chi_square, size, fit.minimum.parameters.size)

    evidence = min(map(criterion, fewer)) - criterion(more)
    least, noise = min(fit.chi_square for fit in fewer), fitted.noise_level * more.dof
    return evidence > EVIDENCE and more.chi_square - noise < REMAINS * (least - noise)
