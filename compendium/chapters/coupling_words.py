"""What chapter 3.2 says: T_c and lambda at several criteria, and the paper's own arithmetic."""

from collections.abc import Callable, Sequence

import numpy as np

from analysis.errors import AnalysisError, FitError
from analysis.show.coupling_plots import PAPER
from analysis.show.report import Table, quantity
from analysis.transport.coupling import coupling_constant, critical_temperature
from analysis.transport.transition_fit import NotReached, TransitionFit
from compendium.chapters import printed

TC, THETA_D, MU_STAR, LAMBDA = (PAPER[name] for name in ("tc", "theta_d", "mu_star", "coupling"))


def criterion_table(
    fit: TransitionFit, criteria: Sequence[float], *, mu_star: float, formula: str
) -> Table:
    """Return T_c by the fit and as read off the data, and lambda, for each criterion."""

    def row(c: float) -> tuple[str, ...]:
        return (
            f"{c:g}",
            _or_why_not(lambda: quantity(fit.tc(c), "K")),
            _or_why_not(lambda: f"{fit.tc_read(c):.2f} K"),
            _or_why_not(lambda: quantity(fit.coupling(c, mu_star=mu_star, formula=formula))),
        )

    header = ("criterion", "T_c from the fit", "T_c read off the data", "λ")
    return Table(header, [row(c) for c in criteria])


def _or_why_not(words: Callable[[], str]) -> str:
    try:
        return words()
    except NotReached:
        return "not reached"
    except FitError:
        return "no Θ_D"
    except AnalysisError:
        return "none"


def printed_words() -> dict[str, str]:
    """Return whether the printed lambda follows from the printed inputs, and what would."""
    own = coupling_constant(TC, theta_d=THETA_D, mu_star=MU_STAR)
    needed_tc = critical_temperature(LAMBDA, theta_d=THETA_D, mu_star=MU_STAR)
    mus = np.linspace(0.1, 0.2, 2001)
    needed_mu = np.interp(LAMBDA, coupling_constant(TC, theta_d=THETA_D, mu_star=mus), mus)
    return {
        "own": f"{own:.3f}",
        "own-error": quantity(printed.coupling()),
        "needed-tc": f"{needed_tc:.2f} K",
        "needed-theta": f"{THETA_D * TC / needed_tc:.1f} K",
        "needed-mu": f"{needed_mu:.3f}",
        "verdict-lambda": "does not follow" if abs(own - LAMBDA) > 0.005 else "follows",
    }


def custom_words() -> dict[str, str]:
    """Return lambda of the printed inputs for other customs: of mu*, and of the formula."""

    def lam(mu_star: float = MU_STAR, formula: str = "advanced") -> str:
        return f"{coupling_constant(TC, theta_d=THETA_D, mu_star=mu_star, formula=formula):.2f}"

    return {
        "mu-low": lam(0.10),
        "mu-high": lam(0.16),
        "plain": lam(formula="mcmillan"),
        "allen": lam(formula="allen-dynes"),
        "lambda-error": f"{printed.coupling().s:.2g}",
    }


def reached_words(transitions: Sequence[TransitionFit]) -> dict[str, str]:
    """Return how many transitions there are, and how many reach 5 % of their onset."""
    reached = 0
    for fit in transitions:
        try:
            fit.tc(0.05)
        except NotReached:
            continue
        reached += 1
    return {"n-transitions": str(len(transitions)), "n-reached": str(reached)}
