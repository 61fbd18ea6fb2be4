"""What chapters 3.2 and 4 say: T_c and lambda by criterion, the paper's own arithmetic, the law.

The paper's own numbers are those of the sample at 22.4 GPa (section 3.2).
"""

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.errors import AnalysisError, FitError
from analysis.pressure.series import Series
from analysis.show.coupling_plots import PAPER
from analysis.show.report import Table, quantity
from analysis.transport.coupling import ValidityWarning, coupling_constant, critical_temperature
from analysis.transport.fit import ResistanceFit
from analysis.transport.transition_fit import TransitionFit
from analysis.transport.transition_result import NotReached
from compendium.chapters.claims import Entry, entries_on

MU_STAR, LAMBDA = PAPER["mu_star"], PAPER["coupling"]
TC = ufloat(PAPER["tc"], 0.1)  # K
THETA_D = ufloat(PAPER["theta_d"], 4.0)  # K
# Of the Fmmm phase: "about" 550 K, read as within 5 K.
THETA_FMMM = ufloat(550.0, 5.0)


def coupling(
    tc: UFloat = TC,
    theta_d: UFloat | float = THETA_D,
    *,
    mu_star: float = MU_STAR,
    formula: str = "advanced",
) -> UFloat:
    """Return lambda, by eqs. 2 to 4, without the warning that the claim is beyond their range."""
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        return coupling_constant(tc, theta_d=theta_d, mu_star=mu_star, formula=formula)


def tc_of(lam: float) -> float:
    """Return T_c (K) of a coupling at the printed Debye temperature, without that warning."""
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        return float(critical_temperature(lam, theta_d=THETA_D.n, mu_star=MU_STAR))


def coupling_for_usual_mu() -> str:
    """Return "1.58 to 1.87": lambda for the usual range of mu*, 0.10 to 0.16."""
    return " to ".join(f"{coupling(mu_star=mu).n:.2f}" for mu in (0.10, 0.16))


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
    own, needed_tc = coupling(), tc_of(LAMBDA)
    mus = np.linspace(0.1, 0.2, 2001)
    needed_mu = np.interp(LAMBDA, coupling_constant(TC.n, theta_d=THETA_D.n, mu_star=mus), mus)
    return {
        "own": f"{own.n:.3f}",
        "own-error": quantity(own),
        "needed-tc": f"{needed_tc:.2f} K",
        "needed-theta": f"{THETA_D.n * TC.n / needed_tc:.1f} K",
        "needed-mu": f"{needed_mu:.3f}",
        "verdict-lambda": "does not follow" if abs(own.n - LAMBDA) > 0.005 else "follows",
    }


def custom_words() -> dict[str, str]:
    """Return lambda of the printed inputs for other customs: of mu*, and of the formula."""
    customs: dict[str, dict[str, Any]] = {
        "mu-low": {"mu_star": 0.10},
        "mu-high": {"mu_star": 0.16},
        "plain": {"formula": "mcmillan"},
        "allen": {"formula": "allen-dynes"},
    }
    return {
        **{name: f"{coupling(**custom).n:.2f}" for name, custom in customs.items()},
        "lambda-error": f"{coupling().s:.2g}",
    }


def reached_words(transitions: Sequence[TransitionFit]) -> dict[str, str]:
    """Return how many transitions there are, and how many reach 5 % of their onset."""
    reached = 0
    for fit in transitions:
        with suppress(NotReached):
            fit.tc(0.05)
            reached += 1
    return {"n-transitions": str(len(transitions)), "n-reached": str(reached)}


def law_words(wrong: ResistanceFit, held: float, theta: Series) -> dict[str, str]:
    """Return what a wrong law does to a Debye temperature of 550 K.

    Parameters
    ----------
    wrong : ResistanceFit
        With n = 5, of a curve that was made with another exponent.
    held : float
        Debye temperature (K) of a saturating curve, with saturation left out.
    theta : Series
        Whose mean has the error to compare with.
    """
    shift, mean = abs(550 - wrong.theta_d.n), theta.constancy().mean
    beside = f", {shift / mean.value.s:.0f} times the error of the mean above" if mean else ""
    return {
        "held": f"{held:.0f} K",
        "wrong-n": f"{wrong.theta_d.n:.0f} K",
        "wrong-r2": f"{wrong.r_squared:.6f}",
        "choice": f"{shift:.0f} K{beside}",
    }


def conclusion_words(entries: Iterable[Entry], wrong: ResistanceFit) -> dict[str, str]:
    """Return what follows from the printed inputs, and what would from others."""
    (claim,) = entries_on(entries, "coupling constant")
    corrected = THETA_D.n * 550 / wrong.theta_d.n
    return {
        "own": quantity(coupling()),
        "own-verdict": "does not follow" if claim.verdict == "differs" else "follows",
        "needed-tc": f"{tc_of(PAPER['coupling']):.1f} K",
        # Below it eq. 2 has no T_c.
        "smallest": f"{MU_STAR / (1 - 0.62 * MU_STAR):.3f}",
        "tc-half": f"{tc_of(0.5):.1f} K",
        "theta-corrected": f"{corrected:.0f} K",
        "lambda-wrong-n": f"{coupling(theta_d=corrected).n:.2f}",
        "lambda-mu": coupling_for_usual_mu(),
        "tension": quantity(THETA_FMMM - THETA_D, "K"),
    }
