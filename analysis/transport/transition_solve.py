"""The least squares behind the fit of a transition: which minimum, and what is left open."""

import contextlib

import numpy as np
from numpy.typing import NDArray

from analysis.errors import FitError
from analysis.numerics.least_squares import Minimum, Undetermined, minimise
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.transport.curve import ResistanceCurve
from analysis.transport.laws import Law
from analysis.transport.transition_model import TransitionModel
from analysis.transport.transition_start import NormalState
from analysis.typing import Floats


def solve_transition(
    part: ResistanceCurve, state: NormalState, n: float, shape: Floats, *, floor: bool
) -> tuple[TransitionModel, Minimum, Minimum]:
    """Return the model, the fit with all free, and the one to keep.

    They are the same unless a parameter of the normal state came out below zero that
    cannot be: then the fit is repeated with it at 0.

    Parameters
    ----------
    part : ResistanceCurve
    state : NormalState
        Where the normal state starts.
    n : float
        Exponent of its law.
    shape : ndarray, shape (3,)
        Where T_c,onset, F and the floor start.
    floor : bool
        Whether the floor is fitted; it is 0 otherwise.

    Raises
    ------
    FitError
        If no start leads to a minimum that means anything.
    """
    law = state.law
    model = TransitionModel(part.temperature, law, n)
    fitted = np.r_[law.free(()), True, True, floor]
    free = _minimise(part, model, state.start, shape, fitted)
    below = [i for i in law.limited("held") if free.parameters[i] < 0]
    if not below:
        return model, free, free
    fitted[below] = False
    at = np.where(fitted, free.parameters, 0.0)
    kept = _minimise(part, model, at[: model.size], at[model.size :], fitted)
    return model, free, kept


def _minimise(
    part: ResistanceCurve,
    model: TransitionModel,
    normal: Floats,
    shape: Floats,
    fitted: NDArray[np.bool_],
) -> Minimum:
    """Return the lowest minimum from several sharpnesses, each fitted alone first."""
    measured = part.resistance / float(part.resistance.max())
    best: Minimum | None = None
    noise = scatter_of_neighbours(measured)
    alone = fitted & (np.arange(fitted.size) >= normal.size)
    theta = _determined(model.law, normal, model.t_one)
    # First all at once; if more than scatter is left over, the shape first.
    for factor in (None, 1.0, 0.3, 3.0):
        guess = np.concatenate([normal, shape])
        guess[normal.size + 1] *= factor or 1.0
        with contextlib.suppress(Undetermined):
            if factor is not None:
                guess = minimise(model, guess, measured, free=alone).parameters
        with contextlib.suppress(Undetermined):
            found = minimise(model, guess, measured, free=fitted)
            if not _sensible(part, model, found):
                continue
            squares = float(found.residuals @ found.residuals)
            if best is None or squares < 0.999 * float(best.residuals @ best.residuals):
                best = found
            moved = np.log(_determined(model.law, found.parameters, model.t_one) / theta)
            if (np.abs(moved) < 0.15).all() and squares < 2 * noise**2 * measured.size:
                break  # nothing but scatter is left over, and the normal state is as before
    if best is None:
        raise FitError(
            f"{part.name}: normal state and transition together find no fit between "
            f"{part.temperature[0]:g} and {part.temperature[-1]:g} K"
        )
    return best


def _determined(law: Law, inner: Floats, t_one: float) -> Floats:
    """Return those parameters of the normal state that must be above 0: Theta_D of eq. 1."""
    return law.physical(inner[: len(law.names)], t_one)[0][law.limited("positive")]


def _sensible(part: ResistanceCurve, model: TransitionModel, found: Minimum) -> bool:
    onset, f, _ = found.parameters[model.size :]
    inside = part.temperature[0] < onset < part.temperature[-1]
    return bool(inside and f > 0 and model.law.possible(found.parameters[: model.size]))
