"""Figures of the coupling formulas alone: what printed numbers give, without any curve."""

import warnings

import numpy as np
from matplotlib.axes import Axes

from analysis.show.plots import BLUE, GREEN, ORANGE, mark_origin
from analysis.transport.coupling import (
    ValidityWarning,
    coupling_constant,
    critical_temperature,
)

_STYLES = {"advanced": "-", "mcmillan": "--", "allen-dynes": ":"}


def coupling_against_mu(
    ax: Axes, *, tc: float, theta_d: float, printed: tuple[float, float]
) -> Axes:
    r"""Draw lambda against :math:`\mu^*` by each formula, and a printed pair beside the curves.

    Parameters
    ----------
    tc, theta_d : float
        K.
    printed : (float, float)
        :math:`\mu^*` and lambda.
    """
    mus = np.linspace(0.08, 0.18, 60)
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        for formula, style in _STYLES.items():
            lam = coupling_constant(tc, theta_d=theta_d, mu_star=mus, formula=formula)
            ax.plot(mus, lam, style, color=BLUE, label=formula)
    ax.plot(*printed, "D", color=ORANGE, mec="black", ms=7, label="printed")
    ax.set(title="coupling", xlabel=r"$\mu^*$", ylabel=r"$\lambda$")
    ax.legend()
    return mark_origin(ax, "published inputs")


def tc_against_coupling(
    ax: Axes,
    *,
    theta_d: float,
    mu_star: float,
    calculated: tuple[float, ...],
    printed: tuple[float, float],
) -> Axes:
    """Draw T_c against lambda, couplings from calculations, and the pair of a measurement.

    Parameters
    ----------
    theta_d : float
        K.
    mu_star : float
    calculated : tuple of float
        Values of lambda.
    printed : (float, float)
        Lambda and T_c (K).
    """
    lam = np.linspace(0.2, 1.9, 200)
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        tc = critical_temperature(lam, theta_d=theta_d, mu_star=mu_star)
    ax.plot(lam, tc, color=BLUE, label="_formula")
    for value in calculated:
        ax.axvline(value, color=ORANGE, ls="--", lw=1.2, label="_calculated")
        ax.text(value + 0.02, 50, f"λ = {value}", color=ORANGE)
    ax.plot(*printed, "D", color=GREEN, mec="black", ms=7, label="_printed inputs")
    ax.set(xlabel=r"$\lambda$", ylabel=r"$T_\mathrm{c}$ (K)", xlim=(0, 1.9), ylim=(0, None))
    return mark_origin(ax, "formula")
