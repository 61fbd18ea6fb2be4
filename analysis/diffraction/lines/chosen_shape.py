"""Which shape of lines a pattern is fitted with, if nobody has said it: judged by the data.

A pure shape stands until the counts call for another: a share of the other shape, the same
for all lines, must gain more than the Bayesian information criterion asks of one parameter
(G. Schwarz, Ann. Stat. 6, 461 (1978)). The Lorentzian, the paper's choice, is asked first.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from analysis.diffraction.lines.fitted import FittedPattern
from analysis.diffraction.lines.group import GroupModel, parameter_of
from analysis.diffraction.shapes import AUTO, PSEUDO_VOIGT, SHAPES, Shape
from analysis.typing import Floats

# A pure shape is tried if half of the lines of a first fit are as near to it.
AT_END = 0.3
# By chance half of the lines of a pure shape end at it where each may have a mixing of its own,
# of a clearly mixed shape hardly any. With so many there the others are merged with neighbours.
MOST_PURE, PURE = 0.4, 0.03
# So many lines that stand alone are enough to ask only them.
FEW = 3


class Named(NamedTuple):
    """A word that chooses a shape, and what it means."""

    name: str
    about: str


# What an option takes.
SHAPE_CHOICES = [Named(AUTO, "the one that describes the data"), *SHAPES]


class Choice(NamedTuple):
    """A pattern fitted with the shape that was chosen, and why, in words."""

    fitted: FittedPattern
    why: str


def choose_shape(fit: Callable[[Shape], FittedPattern], rough: FittedPattern) -> Choice:
    """Choose the shape that describes a pattern.

    Parameters
    ----------
    fit : callable(Shape) -> FittedPattern
        The final fit of the pattern's lines with a shape.
    rough : FittedPattern
        A first fit with a free shape. It knows how the counts scatter (a shape that does not
        fit would call its own misfit noise), and which pure shapes need not be tried.

    Notes
    -----
    Each pure shape is judged by the pull of a common mixing on its own fit, which needs no
    other; the rest by how the points scatter about them. A few lines that unresolved
    neighbours merge with do not decide over the shape of all.
    """
    pure = [shape for shape in SHAPES if _is_end(shape)]
    others = [shape for shape in SHAPES if not _is_end(shape)]
    noise = rough.noise_level * rough.noise.widening
    typical = float(np.median([line.mixing for line in rough.curves]))
    first = fit(pure[0])
    if not first.groups:
        return Choice(first, "")
    limit = float(np.sqrt(np.log(len(first.pattern))))
    pull = pull_of_mixing(first, noise)
    if not np.isfinite(pull):
        return Choice(
            first,
            f"the lines are taken as {pure[0].name}: a fit of all lines and their background "
            "together fails, so shapes cannot be compared; warnings say where this shape fails",
        )
    if abs(pull) < limit:
        return Choice(
            first,
            f"the lines are taken as {pure[0].name}: no other shape describes them better (a "
            f"share of another shape would be {abs(pull):.1f} standard errors from zero; "
            f"{limit:.1f} are needed)",
        )
    single = [group.mixing for group in rough.groups if group.fwhm.size == 1]
    alone = np.array(single if len(single) >= FEW else [group.mixing for group in rough.groups])
    if float(np.mean(np.abs(alone - float(pure[0].mixing or 0.0)) < PURE)) >= MOST_PURE:
        return Choice(
            first,
            f"the lines are taken as {pure[0].name}: most of them have this shape when fitted "
            "alone; the others differ, perhaps because of lines hidden beside them",
        )
    near = [shape for shape in pure[1:] if abs(float(shape.mixing or 0.0) - typical) < AT_END]
    for shape in near:
        other = fit(shape)
        if other.groups and abs(pull_of_mixing(other, noise)) < limit:
            return Choice(other, f"the lines are taken as {shape.name}, {_against(pure[0], pull)}")
    fits = [first, *map(fit, others)]
    best = min((fitted for fitted in fits if fitted.groups), key=lambda fitted: fitted.chi_square)
    return Choice(best, f"the lines are taken as {best.shape.name}, {_against(pure[0], pull)}")


def _is_end(shape: Shape) -> bool:
    """Tell whether a shape is that of a pseudo-Voigt at one of its ends."""
    u = np.array([0.0, 0.5, 2.0])
    mixing = shape.mixing
    return mixing is not None and np.allclose(
        shape.profile(u, mixing), PSEUDO_VOIGT.profile(u, mixing)
    )


def _against(shape: Shape, pull: float) -> str:
    return (
        f"which describes them best: a share of another shape, if they are {shape.name}, would be "
        f"{abs(pull):.1f} standard errors from zero"
    )


def pull_of_mixing(fitted: FittedPattern, noise: float) -> float:
    """Return by how many errors the counts call for a common mixing beside a pure shape.

    NaN where the lines could not be fitted at once.
    """
    if fitted.joint is None or fitted.shape.mixing is None:
        return np.nan
    return fitted.joint.pull(_mixed, fitted.error) / float(np.sqrt(noise))


def _mixed(group: GroupModel, p: Floats) -> Floats:
    """Return what a group's counts gain by its mixing."""
    place = group.parts.mixing.start
    free = replace(group, shape=PSEUDO_VOIGT, mixing=None)
    with_mixing = np.insert(p, place, parameter_of(float(group.mixing or 0.0)))
    return np.asarray(free.jacobian(with_mixing)[place])
