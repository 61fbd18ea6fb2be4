"""Live lambda against mu*: it shows whether the printed lambda follows from its inputs."""

import warnings

import numpy as np
from uncertainties import UFloat

from analysis.show.coupling_plots import PAPER
from analysis.show.explore import spec
from analysis.show.explore.coupling import STRONGEST
from analysis.show.explore.formula import Symbol, symbols
from analysis.show.explore.widget import Explorer
from analysis.transport.coupling import ValidityWarning, coupling_constant, log_ratio
from analysis.typing import Floats

_USUAL = (0.10, 0.16)  # what the literature uses for mu*
_MU = np.linspace(0.09, 0.17, 81)


def pseudopotential(tc: UFloat, theta_d: UFloat) -> Explorer:
    """Return lambda of eqs. 2-4 against mu*, and beside it the pair that the paper prints.

    Parameters
    ----------
    tc, theta_d : UFloat
        As printed for 22.4 GPa, K. Their errors give the 95 % band about the curve.
    """
    lam, mu, own, pole = symbols("lam mu_star coupling pole")
    printed, fixed = PAPER["coupling"], PAPER["mu_star"]
    ratio = np.log(tc.n / theta_d.n)
    return Explorer(
        spec.Spec(
            name="pseudopotential",
            title="Does the printed λ follow? Move μ*.",
            about="Coupling constant against Coulomb pseudopotential, from the printed "
            "temperatures, and the printed pair beside the curve.",
            controls=[spec.Slider("mu_star", "μ*", *_USUAL, 0.001, start=fixed, digits=3)],
            derived=[
                spec.Derived("pole", mu / (1 - 0.62 * mu)),
                spec.Root("coupling", "lam", log_ratio(lam, mu, "advanced") - ratio,
                          pole * (1 + 1e-6) + 1e-6, STRONGEST),
            ],
            panels=[
                spec.Panel(spec.Axis("μ*", float(_MU[0]), float(_MU[-1])),
                           spec.Axis("λ", 1.5, 1.95), [
                    spec.Band(["mu", "low", "high"], Symbol("mu"), Symbol("low"), Symbol("high"),
                              label="95 % from the printed errors"),
                    spec.Trace(["mu", "lam_of_mu"], Symbol("mu"), Symbol("lam_of_mu"),
                               label="λ by eqs. 2-4"),
                    spec.Mark(fixed, printed, hollow=True, colour="purple",
                              label=f"printed: λ = {printed:g} at μ* = {fixed:g}"),
                    spec.Mark(mu, own, label="at the μ* chosen"),
                ], height=0.6),
            ],
            readouts=[
                spec.Readout("λ by eqs. 2-4", own, digits=4),
                spec.Readout("printed λ minus this", printed - own, digits=2),
            ],
        ),
        [spec.Data("printed", "published inputs", {}, _curve(tc, theta_d))],
    )  # fmt: skip


def _curve(tc: UFloat, theta_d: UFloat) -> dict[str, Floats]:
    """Return lambda at each mu*, and the ends of its 95 % interval."""
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        couplings = [coupling_constant(tc, theta_d=theta_d, mu_star=mu) for mu in _MU]
    middle = np.array([value.n for value in couplings])
    half = 1.96 * np.array([value.s for value in couplings])
    return {"mu": _MU, "lam_of_mu": middle, "low": middle - half, "high": middle + half}
