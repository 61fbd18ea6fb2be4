"""What the paper prints for the sample at 22.4 GPa (section 3.2), and the coupling it gives."""

import warnings

from uncertainties import UFloat, ufloat

from analysis.show.coupling_plots import PAPER
from analysis.transport.coupling import ValidityWarning, coupling_constant, critical_temperature

TC = ufloat(PAPER["tc"], 0.1)  # K
THETA_D = ufloat(PAPER["theta_d"], 4.0)  # K
# Of the Fmmm phase: "about" 550 K, read as within 5 K.
THETA_FMMM = ufloat(550.0, 5.0)


def coupling(
    tc: UFloat = TC, theta_d: UFloat | float = THETA_D, *, mu_star: float = PAPER["mu_star"]
) -> UFloat:
    """Return lambda by eqs. 2 to 4 without the warning that the claim is beyond their range."""
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        return coupling_constant(tc, theta_d=theta_d, mu_star=mu_star)


def tc_of(lam: float) -> float:
    """Return T_c (K) of a coupling at the printed Debye temperature, without that warning."""
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        return float(critical_temperature(lam, theta_d=PAPER["theta_d"], mu_star=PAPER["mu_star"]))


def coupling_for_usual_mu() -> str:
    """Return "1.58 to 1.87": lambda for the usual range of mu*, 0.10 to 0.16."""
    return " to ".join(f"{coupling(mu_star=mu).n:.2f}" for mu in (0.10, 0.16))
