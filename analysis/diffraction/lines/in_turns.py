"""All lines of a pattern fitted in turns: groups of neighbours, the background, what was missed.

Neighbours are fitted together, on a polynomial that the smooth background may lack. Groups
that lie apart take turns, each on top of the others' tails, and the background is found
again from what the lines leave. In the end all move together, see
`analysis.diffraction.lines.whole_pattern`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.diffraction.lines.fitted import FittedPattern, Places, lines_of, stretch
from analysis.diffraction.lines.group import FittedGroup, GroupModel, fit_group
from analysis.diffraction.lines.search import (
    ANOTHER,
    HUMP,
    PART,
    STIFFNESS,
    Candidate,
    background,
    find_lines,
    scatter,
)
from analysis.diffraction.lines.whole_pattern import fit_jointly
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.shapes import PSEUDO_VOIGT, Shape
from analysis.errors import FitError
from analysis.numerics.least_squares import Undetermined
from analysis.numerics.progress import steps
from analysis.typing import Floats

# Lines closer than so many widths (FWHM) are fitted together.
TOGETHER = 2.5
# A line stays if it is larger than so many of its errors; one that stands alone must be no
# chance of the many places of a pattern.
STAYS, STAYS_ALONE = 3.0, 4.0
# Lines that become so many times broader than they were have run away.
RUNAWAY = 2.5
MOST_REPEATS = 4.0
MOST_LINES = 200
# A line at a known place begins as broad as so many lines near it are.
NEAREST = 5
HIGHEST_DEGREE = 8
# While lines are being found, a fit ends when it gains less than this part.
ROUGH = 1e-4


def find_and_fit(pattern: DiffractionPattern, places: Sequence[float] = ()) -> FittedPattern:
    """Find the lines of a pattern and fit them with a free shape, roughly.

    At `places` (degrees) lines are looked for besides those that show.

    Raises
    ------
    FitError
        If there are none, or so many that it is no powder pattern.
    """
    error = scatter(pattern)
    under = background(pattern, pattern.intensity, error)
    fitted = FittedPattern(pattern, PSEUDO_VOIGT, error, under, ())
    candidates = find_lines(pattern, pattern.intensity - under, error)
    start = _with_places(candidates, places, pattern)
    fitted = refit(fitted, start, tolerance=ROUGH)
    # Once more, now that every group knows the others' tails.
    fitted = _second_chance(fitted, start) if fitted.groups else fitted
    if not fitted.groups:
        raise FitError(f"{pattern.name}: no line is larger than its error; try {ANOTHER}")
    missed = _missed(fitted)
    return refit(fitted, [*fitted.curves, *missed], tolerance=ROUGH) if missed else fitted


def _with_places(
    candidates: Sequence[Candidate], places: Sequence[float], pattern: DiffractionPattern
) -> list[Candidate]:
    """Return known places, and the candidates that are none of them."""
    x = pattern.two_theta
    inside = [float(place) for place in places if x[0] < place < x[-1]]
    given_lines = [Candidate(place, _width_near(place, candidates)) for place in inside]
    others = [
        line
        for line in candidates
        if all(
            abs(line.center - given.center) > 0.7 * max(given.fwhm, line.fwhm / 2)
            for given in given_lines
        )
    ]
    return [*given_lines, *others]


def _width_near(place: float, candidates: Sequence[Candidate]) -> float:
    """Return the width of the sharper ones among the lines nearest to a place, degrees."""
    nearest = sorted(candidates, key=lambda line: abs(line.center - place))[:NEAREST]
    return float(np.quantile([line.fwhm for line in nearest], 0.25))


def _second_chance(fitted: FittedPattern, start: Sequence[Candidate]) -> FittedPattern:
    """Fit again; a group of neighbours that lost one begins anew.

    Without the tails of the others a line may run over its neighbour, or seem not to be there.
    """
    groups_kept, lines = [], []
    beginnings = _neighbours(sorted(start))
    for group in fitted.groups:
        own = [
            together
            for together in beginnings
            if any(
                abs(line.center - at) < max(line.fwhm, width)
                for line in together
                for at, width in zip(group.centers, group.fwhm, strict=True)
            )
        ]
        if sum(map(len, own)) > group.centers.size:
            continue
        groups_kept.append(group)
        lines += lines_of(group)
        beginnings = [together for together in beginnings if together not in own]
    lines += [line for together in beginnings for line in together]
    return refit(replace(fitted, groups=tuple(groups_kept)), lines, tolerance=ROUGH)


def _missed(fitted: FittedPattern) -> list[Candidate]:
    """Return candidates in what the fitted lines leave over, away from them.

    Beside a line it may be the wings of a shape that does not fit, or of a line that is split:
    see `analysis.diffraction.lines.splits`.
    """
    pattern, lines = fitted.pattern, list(fitted.curves)
    left = pattern.intensity - fitted.line_counts
    broadest = max(line.fwhm for line in lines)
    try:
        candidates = find_lines(
            pattern, left - background(pattern, left, fitted.error), fitted.error
        )
    except FitError:
        return []
    return [
        candidate
        for candidate in candidates
        if candidate.fwhm < 2 * broadest
        and all(
            abs(candidate.center - line.center) > TOGETHER * max(candidate.fwhm, line.fwhm)
            for line in lines
        )
    ]


def refit(
    fitted: FittedPattern,
    candidates: Sequence[Candidate],
    *,
    shape: Shape | None = None,
    tolerance: float = 1e-10,
) -> FittedPattern:
    """Fit every group once, beginning with these lines; the background first.

    Another shape than before may be given.

    Raises
    ------
    FitError
        If there are more lines than any powder pattern has.
    """
    pattern, shape = fitted.pattern, shape or fitted.shape
    if len(candidates) > MOST_LINES:
        raise FitError(
            f"{pattern.name}: {len(candidates)} maxima stand out from the scatter, and at most "
            f"{MOST_LINES} lines are fitted: is this a powder pattern? Then {PART}"
        )
    if not candidates:
        return FittedPattern(pattern, shape, fitted.error, fitted.under, ())
    typical = float(np.median([line.fwhm for line in fitted.curves] or [0.0]))
    left = pattern.intensity - fitted.line_counts
    # Where no line is known yet, the background has been found from the same counts.
    under = background(pattern, left, fitted.error, fwhm=typical) if typical else fitted.under
    before = replace(fitted, shape=shape)  # one object, whose noise is found once
    curves, groups, total = dict(fitted.curves), [], fitted.line_counts.copy()
    widest = _widest(candidates)
    for together in steps(_neighbours(sorted(candidates)), "lines in turns"):
        for line in together:
            total -= curves.pop(line, 0.0)
        group = _settled(before, together, under + total, widest, tolerance)
        if group is not None:
            groups.append(group)
            own = group.curves(pattern.two_theta)
            curves.update(zip(lines_of(group), own, strict=True))
            total += own.sum(axis=0)
    return FittedPattern(pattern, shape, fitted.error, under, tuple(groups))


def settle(fitted: FittedPattern) -> FittedPattern:
    """Fit all lines and the background at once; lines that this leaves in doubt go.

    A pattern that is too large for it, or that does not settle, is fitted in turns.
    """
    while fitted.groups:
        try:
            with np.errstate(all="ignore"):
                joint = fit_jointly(fitted)
        except Undetermined:
            return refit(fitted, [*fitted.curves])
        lines = [lines_of(group) for group in fitted.groups]
        widest = _widest([line for own in lines for line in own])
        sound = [
            line
            for own, group in zip(lines, joint.groups, strict=True)
            for line, doubt in zip(own, _doubts(fitted, group, own, widest), strict=True)
            if not doubt
        ]
        if len(sound) == sum(map(len, lines)):
            return joint
        fitted = refit(fitted, sound)
    return fitted


def _widest(lines: Iterable[Candidate]) -> float:
    """Return beyond which width a line among these is a hump of the background, degrees."""
    return HUMP / 2 * float(np.median([line.fwhm for line in lines]))


def _neighbours(lines: Iterable[Candidate]) -> list[list[Candidate]]:
    """Return the lines, in ascending angle, in groups that overlap."""
    groups: list[list[Candidate]] = []
    for line in lines:
        if not groups or all(
            line.center - other.center >= TOGETHER * max(line.fwhm, other.fwhm)
            for other in groups[-1]
        ):
            groups.append([])
        groups[-1].append(line)
    return groups


def _settled(
    fitted: FittedPattern,
    together: Sequence[Candidate],
    beside: Floats,
    widest: float,
    tolerance: float,
) -> FittedGroup | None:
    """Fit a group; leave out, one by one, lines that the points do not call for.

    Those that an earlier round had not go first, be it they or the others that are in doubt:
    a false line may drive a true one away.
    """
    pattern, error = fitted.pattern, fitted.error
    net = (pattern.intensity - beside) / error
    lines, is_new = list(together), np.array([line not in fitted.curves for line in together])
    while lines:
        at = stretch(pattern, lines)
        model = model_of(pattern, fitted.shape, lines, at, beside)
        measured = (pattern.intensity - beside)[at]
        goes_first = is_new if is_new.any() else np.ones(len(lines), dtype=bool)
        try:
            group = fit_group(model, measured, error[at], at, tolerance=tolerance)
        except Undetermined:
            worth = np.interp([line.center for line in lines], pattern.two_theta, net)
        else:
            doubt = _doubts(fitted, group, lines, widest)
            if not doubt.any():
                return group
            worth = group.areas / _area_errors(fitted, group)
            goes_first = goes_first & doubt if (goes_first & doubt).any() else goes_first
            if is_new.all() or not is_new.any():  # what is sound goes on from where it is
                pairs = zip(doubt, lines, lines_of(group), strict=True)
                lines = [old if doubtful else new for doubtful, old, new in pairs]
        worst = int(np.argmin(np.where(goes_first, worth, np.inf)))
        lines.pop(worst)
        is_new = np.delete(is_new, worst)
    return None


def model_of(
    pattern: DiffractionPattern,
    shape: Shape,
    lines: Sequence[Candidate],
    at: Places,
    beside: Floats,
) -> GroupModel:
    """Return the model of lines on the points `at`, above `beside` (counts, shape (N,))."""
    x = pattern.two_theta[at]
    height = float(np.max(pattern.intensity[at] - beside[at], initial=0.0))
    height = height if height > 0 else float(np.abs(pattern.intensity[at]).max(initial=0.0)) or 1.0
    whole = pattern.two_theta[-1] - pattern.two_theta[0]
    degree = 1 + int((x[-1] - x[0]) / (2 * STIFFNESS * whole)) if x.size else 1
    return GroupModel(
        tuple(lines),
        shape,
        x,
        height,
        None if pattern.wavelength_2 is None else pattern.wavelength_2 / pattern.wavelength,
        degree=min(degree, HIGHEST_DEGREE),
    )


def _area_errors(fitted: FittedPattern, group: FittedGroup) -> Floats:
    # No more than that: where a shape does not fit, what it leaves repeats itself too.
    repeats = min(fitted.noise.widening, MOST_REPEATS) if fitted.groups else 1.0
    return np.maximum(group.errors(group.scatter_factor * repeats)["area"], 1e-300)


def _doubts(
    fitted: FittedPattern, group: FittedGroup, lines: Sequence[Candidate], widest: float
) -> NDArray[np.bool_]:
    """Return which lines are no larger than their errors, or have run away."""
    x, step = fitted.pattern.two_theta, fitted.pattern.step
    start = np.array([line.center for line in lines])
    began = np.array([line.fwhm for line in lines])
    # First guesses of widths are rough; later a line that moves or spreads is another one.
    spread = RUNAWAY if fitted.groups else 2 * RUNAWAY
    moved = np.abs(group.centers - start)
    least = STAYS_ALONE if len(lines) == 1 and fitted.groups else STAYS
    return np.asarray(
        (group.areas < least * _area_errors(fitted, group))
        | (moved > (began if fitted.groups else np.maximum(group.fwhm, began)))
        | (group.centers < x[0])
        | (group.centers > x[-1])
        | (group.fwhm < 0.5 * step)
        | (group.fwhm > min(widest, spread * began.max(), (x[-1] - x[0]) / 4))
        | ~np.isfinite(group.areas)
    )
