"""Volumes that obey an equation of state, found by bisection from its formula written anew."""

import numpy as np
from scipy import optimize


def birch(ratio, K0, K0_prime):
    """Return P at V/V0, by the finite strain of F. Birch."""
    f = (ratio ** (-2 / 3) - 1) / 2
    return 3 * K0 * f * (1 + 2 * f) ** 2.5 * (1 + 1.5 * (K0_prime - 4) * f)


def made_volumes(pressure, V0, K0, K0_prime):
    """Return the volumes at pressures (GPa), shape (N,)."""
    ratios = [
        optimize.brentq(lambda x, p=p: birch(x, K0, K0_prime) - p, 0.4, 1.3)
        for p in np.atleast_1d(pressure)
    ]
    return V0 * np.array(ratios)
