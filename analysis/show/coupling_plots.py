"""Figures of the coupling formulas alone: what the paper's numbers give, without any curve."""

import warnings
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from analysis.show.plots import BLUE, GREEN, ORANGE, mark_origin
from analysis.transport.coupling import ValidityWarning, coupling_constant, critical_temperature

# As printed in section 3.2 of the paper, of the sample at 22.4 GPa; temperatures in K.
PAPER = {"theta_d": 518.0, "tc": 58.0, "mu_star": 0.13, "coupling": 1.75}
_STYLES = {"advanced": "-", "mcmillan": "--", "allen-dynes": ":"}
_LABELS = {"allen-dynes": "allen-dynes, Debye-like"}


def coupling_against_mu(ax: Axes) -> Axes:
    r"""Draw lambda against :math:`\mu^*` by each formula, and the printed pair beside them."""
    mus = np.linspace(0.08, 0.18, 60)
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        for formula, style in _STYLES.items():
            lam = coupling_constant(
                PAPER["tc"], theta_d=PAPER["theta_d"], mu_star=mus, formula=formula
            )
            ax.plot(mus, lam, style, color=BLUE, label=_LABELS.get(formula, formula))
    ax.plot(
        PAPER["mu_star"], PAPER["coupling"], "D", color=ORANGE, mec="black", ms=7, label="printed"
    )
    ax.set(title="coupling", xlabel=r"$\mu^*$", ylabel=r"$\lambda$")
    ax.legend()
    return mark_origin(ax, "published inputs")


def coupling_against_moment(ax: Axes) -> Axes:
    r"""Draw lambda of the printed inputs against the phonon moment, for three :math:`\mu^*`.

    Marked are the spectra :math:`\alpha^2F \propto \omega^2`, :math:`\omega^4` and a single
    frequency; a line is eq. 2, which has no phonon moment.
    """
    moments = np.linspace(0.5, 1, 60)
    given: dict[str, Any] = {"theta_d": PAPER["theta_d"], "formula": "allen-dynes"}
    for mu_star, style in ((0.10, ":"), (PAPER["mu_star"], "-"), (0.16, "--")):
        lam = coupling_constant(PAPER["tc"], mu_star=mu_star, phonon_moment=moments, **given)
        ax.plot(moments, lam, style, color=BLUE, label=rf"$\mu^*$ = {mu_star:.2f}")
    for moment, name in (
        (np.exp(-1 / 2), "Debye-like"),
        (np.exp(-1 / 4), r"$\omega^4$"),
        (1.0, "Einstein"),
    ):
        lam = coupling_constant(
            PAPER["tc"], mu_star=PAPER["mu_star"], phonon_moment=moment, **given
        )
        ax.plot(moment, lam, "o", color=GREEN, mec="black", ms=6, label=f"_{name}")
        last = moment == 1
        ax.annotate(
            name,
            (moment, lam),
            xytext=(-4 if last else 5, 6),
            textcoords="offset points",
            fontsize="small",
            bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 0.5},
            ha="right" if last else "left",
        )
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        own = coupling_constant(PAPER["tc"], theta_d=PAPER["theta_d"], mu_star=PAPER["mu_star"])
    ax.axhline(own, color=ORANGE, lw=1.2, label="eq. 2")
    ax.set(xlabel=r"$\omega_\mathrm{log}/\Theta_\mathrm{D}$", ylabel=r"$\lambda$", xlim=(0.5, 1.01))
    ax.legend()
    return mark_origin(ax, "published inputs")


def tc_against_coupling(ax: Axes, *, calculated: tuple[float, ...]) -> Axes:
    """Draw T_c against lambda for the printed numbers, and the lambda of the printed T_c.

    Parameters
    ----------
    calculated : tuple of float
        Values of lambda from calculations, to be marked.
    """
    lam = np.linspace(0.2, 1.9, 200)
    theta_d, mu_star = PAPER["theta_d"], PAPER["mu_star"]
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        tc = critical_temperature(lam, theta_d=theta_d, mu_star=mu_star)
        own = coupling_constant(PAPER["tc"], theta_d=theta_d, mu_star=mu_star)
    ax.plot(lam, tc, color=BLUE, label="_formula")
    for value in calculated:
        ax.axvline(value, color=ORANGE, ls="--", lw=1.2, label="_calculated")
        ax.text(value + 0.02, 50, f"λ = {value}", color=ORANGE)
    ax.plot(own, PAPER["tc"], "D", color=GREEN, mec="black", ms=7, label="_printed inputs")
    ax.set(xlabel=r"$\lambda$", ylabel=r"$T_\mathrm{c}$ (K)", xlim=(0, 1.9), ylim=(0, None))
    return mark_origin(ax, "formula")
