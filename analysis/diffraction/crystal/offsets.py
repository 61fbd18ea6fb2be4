"""Which offset of the angles a cell is fitted with, and what it may be instead."""

from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.diffraction.crystal.cell import Crystal
from analysis.diffraction.crystal.lattice_solver import OFFSETS, Solution, solve
from analysis.diffraction.peaks import PeakTable
from analysis.errors import DataError, FitError
from analysis.numerics.outliers import SIGNIFICANCE

# What may be asked for: the first leaves it to the data.
OFFSET_CHOICES = ("auto", "none", "zero", "displacement")
# An offset that scatter alone would show more often than this is taken for none.
UNDECIDED = 0.33
# Of two kinds, the worse one is excluded if its chi-square is larger by so many variances.
_EXCLUDED = 3.84
# How large an offset usually is, degrees: a diffractometer is aligned to better than this.
_USUAL = 0.15


def check_offset(offset: str) -> None:
    """Refuse a word that is none of `OFFSET_CHOICES`.

    Raises
    ------
    DataError
    """
    if offset not in OFFSET_CHOICES:
        raise DataError(f"offset must be one of {', '.join(OFFSET_CHOICES)}; got {offset!r}")


class OffsetChoice(NamedTuple):
    """A fit of the cell, and those that the data do not exclude.

    Attributes
    ----------
    solved : Solution
        The fit to quote.
    others : tuple of Solution
        Fits with another offset, or none, that the lines do not exclude.
    both : Solution or None
        With both offsets, where the lines disagree with `solved`: how far it moves the
        cell is an error that the scatter about `solved` does not show.
    remarks : tuple of str
        What the choice rests on.
    """

    solved: Solution
    others: tuple[Solution, ...] = ()
    both: Solution | None = None
    remarks: tuple[str, ...] = ()


def choose_offset(
    usable: PeakTable, phase: Crystal, offset: str, errors_known: bool
) -> OffsetChoice:
    """Fit the cell with the offset asked for, or with the one that the lines ask for.

    Left to the data, an offset is fitted unless scatter alone would show one as large in
    more than a third of patterns. What the lines do not exclude, at 1 % no offset at all, at
    5 % the other kind, stands beside it.

    Parameters
    ----------
    usable : PeakTable
        Lines that all have indices.
    phase : Crystal
    offset : {"auto", "none", "zero", "displacement"}
    errors_known : bool
        Whether the positions' errors are the weights.

    Raises
    ------
    FitError
        If the lines do not determine the cell, or the offset that was asked for.
    """
    choice = OffsetChoice(
        solve(usable, phase, "none" if offset == "auto" else offset, errors_known)
    )
    if offset == "auto":
        choice = _left_to_the_data(usable, phase, choice.solved)
    solved = choice.solved
    if errors_known and solved.dof > 1 and disagree(solved):
        return choice._replace(both=_fit(usable, phase, "both", errors_known))
    return choice


def disagree(solved: Solution) -> bool:
    """Tell whether the lines scatter more than their errors allow once in 100 fits."""
    return bool(special.chdtrc(solved.dof, solved.chi_square) <= SIGNIFICANCE)


def _left_to_the_data(usable: PeakTable, phase: Crystal, plain: Solution) -> OffsetChoice:
    if plain.dof < 2:
        return OffsetChoice(plain)
    fits = [_fit(usable, phase, kind, plain.known) for kind in ("zero", "displacement")]
    shifted = sorted((fit for fit in fits if fit is not None), key=lambda fit: fit.chi_square)
    if not shifted:
        return OffsetChoice(plain)
    best = shifted[0]
    chance = _chance(plain, best)
    if chance > UNDECIDED:
        return OffsetChoice(plain)
    variance = max(best.scatter, 1.0) if best.known else best.scatter
    others = [fit for fit in shifted[1:] if fit.chi_square - best.chi_square < _EXCLUDED * variance]
    if chance > SIGNIFICANCE:
        return OffsetChoice(best, (*others, plain), remarks=(_undecided(plain, best),))
    return OffsetChoice(best, tuple(others), remarks=(_offset_remark(plain, best, others),))


_STATE = "state the offset if you know it: none, zero or displacement"


def _gain(plain: Solution, best: Solution) -> str:
    return (
        f"{OFFSETS[best.offset][0]} of {best.parameters[-1]:+.3f} degrees (chi-square "
        f"{plain.chi_square:.3g} without it, {best.chi_square:.3g} with it)"
    )


def _undecided(plain: Solution, best: Solution) -> str:
    return (
        "the lines do not tell whether the angles are offset: the cell is fitted with "
        f"{_gain(plain, best)}, and its errors also cover the cell without an offset; {_STATE}"
    )


def _offset_remark(plain: Solution, best: Solution, others: list[Solution]) -> str:
    words = f"the angles are offset: the cell is fitted with {_gain(plain, best)}; "
    if others:
        kinds = " or ".join(OFFSETS[fit.offset][0].removeprefix("the ") for fit in (best, *others))
        words += f"the lines do not tell whether it is a {kinds}, and the errors cover both; "
    return words + _STATE


def _fit(usable: PeakTable, phase: Crystal, kind: str, errors_known: bool) -> Solution | None:
    """Fit with an offset of a usual size; None where the lines do not determine it."""
    try:
        solved = solve(usable, phase, kind, errors_known, prior=_USUAL if errors_known else None)
        if errors_known and solved.dof and solved.scatter > 1:
            # The prior counts as much beside positions whose errors are widened.
            narrow = _USUAL / float(np.sqrt(solved.scatter))
            solved = solve(usable, phase, kind, errors_known, prior=narrow)
    except FitError:
        return None
    return solved if solved.dof > 0 else None


def _chance(plain: Solution, shifted: Solution) -> float:
    """Return how often scatter alone would gain as much: the larger of two tails.

    One takes the positions' errors as right, the other the scatter about the fit.
    """
    # Scatter of a millionth of a degree is that of rounding.
    scatter = max(shifted.scatter, 0.0 if shifted.known else 1e-12, 1e-300)
    gain = max(plain.chi_square - shifted.chi_square, 0.0)
    tails = [float(special.fdtrc(1, shifted.dof, gain / scatter))]
    if plain.known:
        tails.append(float(special.chdtrc(1, gain)))
    return max(tails)
