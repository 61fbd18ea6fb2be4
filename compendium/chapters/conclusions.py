"""What chapter 4 says of the choice of a law, and of the coupling."""

from collections.abc import Iterable

from analysis.pressure.series import Series
from analysis.show.coupling_plots import PAPER
from analysis.show.report import quantity
from analysis.transport.fit import ResistanceFit
from compendium.chapters import printed
from compendium.chapters.claims import Entry, entries_on


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


def coupling_words(entries: Iterable[Entry], wrong: ResistanceFit) -> dict[str, str]:
    """Return what follows from the printed inputs, and what would from others."""
    (claim,) = entries_on(entries, "coupling constant")
    mu = PAPER["mu_star"]
    corrected = printed.THETA_D.n * 550 / wrong.theta_d.n
    return {
        "own": quantity(printed.coupling()),
        "own-verdict": "does not follow" if claim.verdict == "differs" else "follows",
        "needed-tc": f"{printed.tc_of(PAPER['coupling']):.1f} K",
        # Below it eq. 2 has no T_c.
        "smallest": f"{mu / (1 - 0.62 * mu):.3f}",
        "tc-half": f"{printed.tc_of(0.5):.1f} K",
        "theta-corrected": f"{corrected:.0f} K",
        "lambda-wrong-n": f"{printed.coupling(theta_d=corrected).n:.2f}",
        "lambda-mu": printed.coupling_for_usual_mu(),
        "tension": quantity(printed.THETA_FMMM - printed.THETA_D, "K"),
    }
