"""What chapters 3.2 and 4 say: T_c and lambda by criterion, the paper's own arithmetic, the law.

The paper's own numbers are those of the sample at 22.4 GPa (section 3.2).
"""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.errors import attempt
from analysis.pressure.series import Series
from analysis.show.coupling_plots import PAPER
from analysis.show.foreign import WithSymbols
from analysis.show.report import Table, curve_labels, percent, quantity, stated
from analysis.show.transition_plots import Transition, middle_and_half
from analysis.transport.coupling import (
    DEBYE_LIKE,
    ValidityWarning,
    coupling_constant,
    critical_temperature,
)
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit
from analysis.transport.transition_fit import TransitionFit
from analysis.transport.transition_result import Quoted
from compendium.chapters.claims import Entry, entries_on

MU_STAR, LAMBDA = PAPER["mu_star"], PAPER["coupling"]
TC = ufloat(PAPER["tc"], 0.1)  # K
THETA_D = ufloat(PAPER["theta_d"], 4.0)  # K
# Of the Fmmm phase, in K; how near is meant, the paper does not say.
BALLPARK = 550.0
# lambda of H3S at 200 GPa with anharmonic phonons: Errea et al., PRL 114, 157004 (2015).
HYDRIDE = 1.84
CRITERIA = (0.5, 0.9)  # for T_c, after the one that is wanted
NOT_REACHED = "not reached"
# Spectra alpha^2F ~ omega^s by their phonon moments exp(-1/s): s = 2, s = 4, one frequency.
MOMENTS = {"debye-like": DEBYE_LIKE, "steeper": float(np.exp(-1 / 4)), "einstein": 1.0}


@dataclass(frozen=True)
class Inputs:
    """What lambda follows from: T_c and Theta_D (K), where they come from, and whose they are."""

    tc: UFloat
    theta_d: UFloat
    origin: ResistanceCurve | str | None
    of: str


PRINTED = Inputs(TC, THETA_D, "published inputs", "of the paper's sample at 22.4 GPa, as printed")
STAND_IN = replace(PRINTED, of=f"{PRINTED.of}, because no curve here gives both")


def coupling(
    tc: UFloat | float = TC,
    theta_d: UFloat | float = THETA_D,
    *,
    mu_star: float = MU_STAR,
    formula: str = "advanced",
    phonon_moment: Any = None,
) -> Any:
    """Return lambda, by eqs. 2 to 4, without the warning that the claim is beyond their range.

    Its error is that of the printed 58.0 +- 0.1 K and 518 +- 4 K; mu* is taken as exact.
    """
    choices: dict[str, Any] = {"formula": formula, "phonon_moment": phonon_moment}
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        return coupling_constant(tc, theta_d=theta_d, mu_star=mu_star, **choices)


def tc_of(lam: float) -> float:
    """Return T_c (K) of a coupling at the printed Debye temperature, without that warning."""
    with warnings.catch_warnings(action="ignore", category=ValidityWarning):
        return float(critical_temperature(lam, theta_d=THETA_D.n, mu_star=MU_STAR))


def coupling_for_usual_mu() -> str:
    """Return "1.57 to 1.88": lambda for the usual range of mu*, 0.10 to 0.16."""
    return " to ".join(f"{coupling(mu_star=mu).n:.2f}" for mu in (0.10, 0.16))


def inputs_of(
    transition: Transition | None, *, criterion: float, mu_star: float, formula: str
) -> Inputs:
    """Return T_c and Theta_D of a transition; the printed ones where it does not give both.

    T_c is that at the criterion, or at the first of `CRITERIA` that gives a lambda.
    """
    theta_d = None if transition is None else _middle(transition.theta_d)
    if transition is None or theta_d is None:
        return STAND_IN
    for part in (criterion, *CRITERIA):
        at = transition.at_criterion(part, mu_star, formula)
        tc, lam = _middle(at.tc), _middle(at.coupling)
        if tc is not None and lam is not None:
            of = f"of {transition.curve.name}, with the criterion {part:g}"
            if at.tc.value is None:
                of += " (the middle of an interval ± half of its width)"
            return Inputs(tc, theta_d, transition.curve, of)
    return STAND_IN


def _middle(quoted: Quoted | UFloat | None) -> UFloat | None:
    """Return a value with its error, or the middle and half of what is all that is known."""
    if not isinstance(quoted, Quoted) or quoted.value is not None:
        return getattr(quoted, "value", quoted)
    ends = middle_and_half(quoted)
    return None if ends is None else ufloat(*ends)


def input_words(given: Inputs) -> dict[str, str]:
    """Return T_c and Theta_D that lambda follows from here, whose they are, and lambda."""
    return {
        "in-tc": quantity(given.tc, "K"),
        "in-theta": quantity(given.theta_d, "K"),
        "in-of": given.of,
        "in-lambda": quantity(coupling(given.tc, given.theta_d)),
    }


def criterion_table(
    transition: Transition, criteria: Sequence[float], *, mu_star: float, formula: str
) -> Table:
    """Return T_c and lambda for each criterion; of a fit also T_c by its two ways."""
    header: tuple[str, ...] = ("criterion", "T_c", "λ")
    if isinstance(transition, TransitionFit):
        header = ("criterion", "T_c from the fit", "T_c read off the data", "T_c quoted", "λ")
    rows: list[tuple[str, ...]] = []
    for c in criteria:
        ways: tuple[str, ...] = ()
        if isinstance(transition, TransitionFit):
            tc, read = (
                attempt(partial(transition.tc, c))[0],
                attempt(partial(transition.tc_read, c))[0],
            )
            ways = (
                NOT_REACHED if tc is None else quantity(tc, "K"),
                NOT_REACHED if read is None else f"{read:.2f} K",
            )
        rows.append((f"{c:g}", *ways, *_quoted(transition, c, mu_star, formula)))
    return Table([WithSymbols(head) for head in header], rows)


def _quoted(transition: Transition, c: float, mu_star: float, formula: str) -> tuple[str, str]:
    """Return T_c and lambda as they are quoted at a criterion."""
    at = transition.at_criterion(c, mu_star, formula)
    tc, lam = stated(at.tc.stated("K")), stated(at.coupling.stated(""))
    if tc == "none":
        return NOT_REACHED, NOT_REACHED
    no_theta = lam == "none" and _middle(transition.theta_d) is None
    return tc, WithSymbols("no Θ_D") if no_theta else lam


def transition_table(
    transitions: Sequence[Transition], *, criterion: float, mu_star: float, formula: str
) -> Table:
    """Return onset, T_c at the criterion and lambda of each transition."""
    header = ("curve", *map(WithSymbols, ("T_c,onset", f"T_c, criterion {criterion:g}", "λ")))
    labels = curve_labels([transition.curve for transition in transitions])
    rows = [
        (
            label,
            stated(transition.onset.stated("K")),
            *_quoted(transition, criterion, mu_star, formula),
        )
        for label, transition in zip(labels, transitions, strict=True)
    ]
    return Table(header, rows)


def printed_words() -> dict[str, str]:
    """Return whether the printed lambda follows from the printed inputs, and what would.

    Whether it follows is a question of arithmetic: inputs and result may be rounded, by half
    of their last digits. How well lambda is known is another, of the inputs' errors.
    """
    own, needed_tc = coupling(), tc_of(LAMBDA)
    ends = [(TC.n - 0.05, THETA_D.n + 0.5), (TC.n + 0.05, THETA_D.n - 0.5)]
    least, most = (float(coupling(tc, theta_d=theta)) for tc, theta in ends)
    follows = least - 0.005 <= LAMBDA <= most + 0.005
    mus = np.linspace(0.1, 0.2, 2001)
    needed_mu = np.interp(LAMBDA, coupling_constant(TC.n, theta_d=THETA_D.n, mu_star=mus), mus)
    return {
        "own": f"{own.n:.3f}",
        "own-error": quantity(own),
        "own-rounded": f"{least:.3f} to {most:.3f}",
        "needed-tc": f"{needed_tc:.2f} K",
        "needed-theta": f"{THETA_D.n * TC.n / needed_tc:.1f} K",
        "needed-mu": f"{needed_mu:.3f}",
        "verdict-lambda": "follows" if follows else "does not follow",
    }


def custom_words(given: Inputs = PRINTED) -> dict[str, str]:
    """Return lambda of the inputs for other customs: of mu*, formula and spectrum."""
    customs: dict[str, dict[str, Any]] = {
        "mu-low": {"mu_star": 0.10},
        "mu-high": {"mu_star": 0.16},
        "plain": {"formula": "mcmillan"},
        **{
            name: {"formula": "allen-dynes", "phonon_moment": moment}
            for name, moment in MOMENTS.items()
        },
    }
    moments = np.linspace(1, 0.5, 501)  # lambda rises
    tc, theta_d = given.tc, given.theta_d
    couplings = coupling(tc.n, theta_d.n, formula="allen-dynes", phonon_moment=moments)
    own = coupling(tc, theta_d)
    values = {
        name: attempt(partial(coupling, tc, theta_d, **custom))[0]
        for name, custom in customs.items()
    }
    return {
        **{name: "none" if lam is None else f"{lam.n:.2f}" for name, lam in values.items()},
        "moment-of-eq-2": f"{np.interp(own.n, couplings, moments):.2f}",
        "lambda-error": f"{own.s:.2g}",
        "hydride": f"{HYDRIDE:g}",
    }


def ballpark_words() -> dict[str, str]:
    """Return how far the two printed Debye temperatures are apart."""
    apart = BALLPARK - THETA_D.n
    return {"theta-apart": f"{apart:.0f} K", "theta-part": percent(apart / THETA_D.n)}


def reached_words(transitions: Sequence[Transition]) -> dict[str, str]:
    """Return how many transitions there are, and how many reach 5 % of their onset."""
    reached = sum(_reaches(transition, 0.05) for transition in transitions)
    return {"n-transitions": str(len(transitions)), "n-reached": str(reached)}


def reached_by_all(transitions: Sequence[Transition]) -> float:
    """Return the smallest of some criteria that all transitions reach, 0.9 if none is."""
    wanted = (c for c in (0.05, *CRITERIA) if all(_reaches(drop, c) for drop in transitions))
    return next(wanted, 0.9)


def _reaches(transition: Transition, criterion: float) -> bool:
    tc = transition.at_criterion(criterion, MU_STAR, "advanced").tc
    return tc.value is not None or tc.interval is not None


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
        **ballpark_words(),
        **{name: custom_words()[name] for name in ("debye-like", "einstein", "hydride")},
    }
