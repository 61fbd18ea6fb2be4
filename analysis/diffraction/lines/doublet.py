"""K-alpha 2 that nobody has declared: lines in pairs, or broader towards one side.

An X-ray tube without a monochromator gives each line twice, at sin(theta) in the ratio of the
two wavelengths and with half the intensity. At large angles the two are lines of their own; at
small ones, or where lines are broad, one line that is not symmetric. Pairs count by themselves
where the wavelength is a tube's. Anything else counts where the whole pattern, fitted with the
second wavelength, is described better.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from analysis.diffraction.lines.fitted import FittedPattern
from analysis.diffraction.lines.group import GroupModel, schwarz
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.tubes import TUBES, Tube
from analysis.errors import FitError
from analysis.typing import Floats

# A wavelength is K-alpha 1 within this part.
SAME = 3e-4
# Two lines may be a pair if their areas are in a ratio between these, and if sin(theta) is
# in a ratio whose excess over 1 is the doublet's within this part or so many errors.
AREAS, ALIKE, ERRORS = (0.15, 0.9), 0.1, 3.0
# From so many pairs on, with this part of the strong lines in them, pairs are no chance.
PAIRS, IN_PAIRS, STRONG = 3, 0.5, 0.1
# By so many errors the counts must call for a second line beside all lines.
PULL = 4.0
# Very strong evidence, see `analysis.diffraction.lines.splits`.
EVIDENCE = 10.0

Fit = Callable[[DiffractionPattern], FittedPattern]


def undeclared_doublet(fitted: FittedPattern, fit: Fit) -> str | None:
    """Return a warning if a pattern with one wavelength has K-alpha 2 in it, else None.

    Parameters
    ----------
    fitted : FittedPattern
        The final fit, with one wavelength.
    fit : callable(DiffractionPattern) -> FittedPattern
        The same for another pattern. It is asked only where something hints at a doublet.
    """
    pattern = fitted.pattern
    if pattern.wavelength_2 is not None or not fitted.groups:
        return None
    near = [tube for tube in TUBES if tube.emits(pattern.wavelength)]
    for tube in near or TUBES:
        pairs = _pairs(fitted, tube.ratio)
        hint = pairs > 0 or (bool(near) and _pull(fitted, tube.ratio) > PULL)
        # Pairs at a tube's wavelength are enough; elsewhere two axes of a crystal may differ by
        # as little.
        if (pairs and near) or (hint and _better(fitted, pattern.wavelength * tube.ratio, fit)):
            return _words(pattern, tube, pairs, near=bool(near))
    return None


def _better(fitted: FittedPattern, second: float, fit: Fit) -> bool:
    """Tell whether a second wavelength (pm) describes the pattern better."""
    try:
        double = fit(replace(fitted.pattern, wavelength_2=second))
    except FitError:
        return False
    return bool(double.groups) and _criterion(double) < _criterion(fitted) - EVIDENCE


def _words(pattern: DiffractionPattern, tube: Tube, pairs: int, *, near: bool) -> str:
    evidence = (
        f"{pairs} lines have a weaker line beside them at {tube.ratio:.5f} times their sin(theta)"
        if pairs
        else "the lines are broader towards larger angles"
    )
    first = pattern.wavelength
    if near and abs(first / tube.first - 1) > SAME:
        first = tube.first
    give = f"--wavelength-2 {first * tube.ratio:.6g}"
    if first != pattern.wavelength:
        give = f"--wavelength {first:.6g} {give}"
    return (
        f"{evidence}, as K-alpha 2 of {tube.anode} would: give the second wavelength "
        f"({give}, in pm); until then positions and breadths of the lines, and all results from "
        "them, cannot be trusted"
    )


def _pairs(fitted: FittedPattern, ratio: float) -> int:
    """Return how many strong lines have a partner where K-alpha 2 would be; 0 if by chance."""
    factors = [fitted.error_factor(group) for group in fitted.groups]
    errors = [
        group.errors(factor)["two_theta"]
        for group, factor in zip(fitted.groups, factors, strict=True)
    ]
    place, area, error = (
        np.concatenate(columns)
        for columns in (
            [group.centers for group in fitted.groups],
            [group.areas for group in fitted.groups],
            errors,
        )
    )
    sine = np.sin(np.radians(place) / 2)
    excess = sine[:, None] / sine - 1  # of line i over line j
    tangent = np.tan(np.radians(place) / 2)
    allowed = np.hypot(error[:, None], error) * np.pi / 360 / tangent * ERRORS
    near = np.abs(excess - (ratio - 1)) < np.maximum(ALIKE * (ratio - 1), allowed)
    relative = area[:, None] / area
    partner = near & (excess > 0) & (relative > AREAS[0]) & (relative < AREAS[1])
    firsts, seconds = partner.any(axis=0), partner.any(axis=1)
    strong = area > STRONG * area.max()
    alone = strong & ~seconds  # lines that could be K-alpha 1
    count = int(np.count_nonzero(firsts & alone))
    return count if count >= PAIRS and count >= IN_PAIRS * np.count_nonzero(alone) else 0


def _pull(fitted: FittedPattern, ratio: float) -> float:
    """Return by how many errors the counts call for K-alpha 2 beside all lines."""
    if fitted.joint is None:
        return 0.0
    noise = fitted.noise_level * fitted.noise.widening

    def second(group: GroupModel, p: Floats) -> Floats:
        return np.asarray((replace(group, ratio=ratio).curves(p) - group.curves(p)).sum(axis=0))

    return fitted.joint.pull(second, fitted.error) / float(np.sqrt(noise))


def _criterion(fitted: FittedPattern) -> float:
    size = len(fitted.pattern) / fitted.noise.widening
    parameters = sum(group.model.parts.background.start for group in fitted.groups)
    return schwarz(fitted.chi_square, size, parameters)
