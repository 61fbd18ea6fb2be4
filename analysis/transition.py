"""The resistive transition below its onset: the paper's eq. 5."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.errors import AnalysisError

Floats = NDArray[np.float64]


def transition_fraction(t: ArrayLike, *, tc_onset: float, f: float) -> Floats:
    r"""Return R(T) / R(T_c,onset) of a broadened superconducting transition.

    .. math::

        \frac{R(T)}{R(T_{c,onset})} = \frac{1}{I_0\left(F\left(1 -
        T/T_{c,onset}\right)^{3/2}\right)^2} \quad (T < T_{c,onset})

    Parameters
    ----------
    t : array_like
        Temperature, K, above 0.
    tc_onset : float
        Onset of the transition, K, above 0.
    f : float
        Sharpness F, above 0: large for a narrow transition.

    Returns
    -------
    ndarray or numpy scalar, shape of t
        1 at and above the onset.

    Raises
    ------
    AnalysisError
        If t, tc_onset or f is not above 0.

    Notes
    -----
    Equation 5 of arXiv:2401.00804, where the square is printed in another place; this
    is the form of Tinkham that the paper builds on. I_0 overflows near 700, so its
    logarithm is used.
    """
    t = np.asarray(t, dtype=float)
    for name, value in (("t", t), ("tc_onset", tc_onset), ("f", f)):
        if not (np.asarray(value) > 0).all():
            raise AnalysisError(f"{name} must be above 0")
    u = f * np.maximum(1 - t / tc_onset, 0.0) ** 1.5
    return np.asarray(np.exp(-2 * (np.log(special.i0e(u)) + u)))[()]
