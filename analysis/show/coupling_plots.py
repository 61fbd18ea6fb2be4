"""Figures of the coupling formulas alone: what the paper's numbers give, without any curve."""

import warnings
from contextlib import suppress
from typing import Any

import numpy as np
import uncertainties
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from uncertainties import UFloat

from analysis.errors import AnalysisError
from analysis.numerics.digitised import Sourced
from analysis.show.plots import BLUE, GREEN, GREY, ORANGE, SKY, ball, mark_origin
from analysis.show.transition_plots import Transition, middle_and_half
from analysis.transport.coupling import ValidityWarning, coupling_constant, critical_temperature

# As printed in section 3.2 of the paper, of the sample at 22.4 GPa; temperatures in K.
PAPER = {"theta_d": 518.0, "tc": 58.0, "mu_star": 0.13, "coupling": 1.75}
_PRINTED = "published inputs"
_STYLES = {"advanced": "-", "mcmillan": "--", "allen-dynes": ":"}
_LABELS = {
    "advanced": "eqs. 2 to 4",
    "mcmillan": "McMillan",
    "allen-dynes": "Allen-Dynes, Debye-like",
}


def coupling_against_mu(
    ax: Axes,
    tc: float = PAPER["tc"],
    theta_d: float = PAPER["theta_d"],
    *,
    origin: Sourced | str | None = _PRINTED,
) -> Axes:
    r"""Draw lambda against :math:`\mu^*` by each formula, and beside the printed pair its lambda.

    A formula that has no lambda for so high a T_c is left out.

    Parameters
    ----------
    ax : Axes
    tc, theta_d : float
        K; those of the paper if not given.
    origin : curve or str, optional
        Where they come from.
    """
    mus = np.linspace(0.08, 0.18, 60)
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        for formula, style in _STYLES.items():
            with suppress(AnalysisError):
                lam = coupling_constant(tc, theta_d=theta_d, mu_star=mus, formula=formula)
                ax.plot(mus, lam, style, color=BLUE, label=_LABELS[formula])
    if (tc, theta_d) == (PAPER["tc"], PAPER["theta_d"]):
        printed = (PAPER["mu_star"], PAPER["coupling"])
        ax.plot(*printed, "D", color=ORANGE, mec="black", ms=7, label="printed")
    ax.set(title="coupling", xlabel=r"$\mu^*$", ylabel=r"$\lambda$")
    ax.legend()
    return mark_origin(ax, origin)


def coupling_against_moment(
    ax: Axes,
    tc: float = PAPER["tc"],
    theta_d: float = PAPER["theta_d"],
    *,
    origin: Sourced | str | None = _PRINTED,
) -> Axes:
    r"""Draw lambda against the phonon moment, for three :math:`\mu^*`.

    Marked are the spectra :math:`\alpha^2F \propto \omega^2`, :math:`\omega^4` and a single
    frequency; a line is eq. 2, which has no phonon moment. The arguments are those of
    `coupling_against_mu`.
    """
    moments = np.linspace(0.5, 1, 60)
    given: dict[str, Any] = {"theta_d": theta_d, "formula": "allen-dynes"}
    for mu_star, style in ((0.10, ":"), (PAPER["mu_star"], "-"), (0.16, "--")):
        lam = coupling_constant(tc, mu_star=mu_star, phonon_moment=moments, **given)
        ax.plot(moments, lam, style, color=BLUE, label=rf"$\mu^*$ = {mu_star:.2f}")
    for moment, name in (
        (np.exp(-1 / 2), "Debye-like"),
        (np.exp(-1 / 4), r"$\omega^4$"),
        (1.0, "Einstein"),
    ):
        lam = coupling_constant(tc, mu_star=PAPER["mu_star"], phonon_moment=moment, **given)
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
        own = coupling_constant(tc, theta_d=theta_d, mu_star=PAPER["mu_star"])
    ax.axhline(own, color=ORANGE, lw=1.2, label="eq. 2")
    ax.set(xlabel=r"$\omega_\mathrm{log}/\Theta_\mathrm{D}$", ylabel=r"$\lambda$", xlim=(0.5, 1.01))
    ax.legend()
    return mark_origin(ax, origin)


def coupling_choices(
    tc: float,
    theta_d: float,
    transition: Transition | None,
    *,
    mu_star: float = PAPER["mu_star"],
    formula: str = "advanced",
    origin: Sourced | str | None = None,
) -> Figure:
    r"""Return what a choice of :math:`\mu^*` makes of lambda, and beside it one of the criterion.

    Parameters
    ----------
    tc, theta_d : float
        K, for which lambda is drawn against :math:`\mu^*`; `origin` says where they come from.
    transition : Transition, optional
        Whose lambda, as it is quoted, is drawn against the criterion for T_c, if it has any.
    """
    points = []
    if transition is not None:
        for criterion in np.linspace(0.02, 0.95, 25):
            quoted = middle_and_half(transition.at_criterion(criterion, mu_star, formula).coupling)
            points += [(criterion, *quoted)] if quoted else []
    count = 1 + bool(points)
    fig, ((left, *right),) = plt.subplots(1, count, figsize=(3.9 * count, 3.3), squeeze=False)
    coupling_against_mu(left, tc, theta_d, origin=origin)
    for ax in right:
        for point in points:
            ax.errorbar(*point, fmt="o", ms=3, color=BLUE)
        ax.set(xlabel=r"criterion, $R/R_\mathrm{onset}$", ylabel=r"$\lambda$")
        mark_origin(ax, transition.curve if transition else None)
    return fig


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


def coupling_map(
    ax: Axes,
    tc: UFloat,
    theta_d: UFloat,
    *,
    mu_star: float = 0.13,
    formula: str = "advanced",
    origin: Sourced | str | None = None,
) -> Axes:
    """Draw contours of lambda over Theta_D and T_c (K), with the 95 % error ellipse of a pair."""
    wide = max(0.12 * theta_d.n, 4 * theta_d.s)
    high = max(0.1 * tc.n, 4 * tc.s)
    theta = np.linspace(max(theta_d.n - wide, 1.2 * tc.n), theta_d.n + wide, 80)
    cold = np.linspace(max(tc.n - high, 0.05 * tc.n), min(tc.n + high, 0.8 * theta[0]), 80)
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        lam = coupling_constant(cold[:, None], theta_d=theta, mu_star=mu_star, formula=formula)
    lines = ax.contour(theta, cold, lam, levels=12, colors=GREY, linewidths=0.8)
    ax.clabel(lines, fmt="%.2f", fontsize="small")
    covariance = np.array(uncertainties.covariance_matrix([theta_d, tc]))
    # chi^2 of two degrees of freedom: -2 ln(0.05)
    axes = np.linalg.cholesky(covariance) * np.sqrt(-2 * np.log(0.05))
    turn = np.linspace(0, 2 * np.pi, 200)
    x, y = axes @ np.array([np.cos(turn), np.sin(turn)])
    ax.fill(theta_d.n + x, tc.n + y, color=SKY, alpha=0.7, label="95 % of the pair")
    ball(ax, [theta_d.n], [tc.n], "D", color=ORANGE, ms=6, label="pair")
    ax.set(xlabel=r"$\Theta_\mathrm{D}$ (K)", ylabel=r"$T_\mathrm{c}$ (K)")
    return mark_origin(ax, origin)
