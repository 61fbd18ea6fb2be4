"""The live coupling constant: eqs. 2-4 and their older sisters, solved for lambda."""

from typing import Any

import numpy as np

from analysis.show.coupling_plots import PAPER
from analysis.show.explore import spec
from analysis.show.explore.formula import Symbol, symbols, where
from analysis.show.explore.widget import Explorer
from analysis.transport.coupling import DEBYE_LIKE, FORMULAS, STRONGEST_FITTED, log_ratio

_WORDS = {
    "advanced": "advanced McMillan (eqs. 2-4)",
    "mcmillan": "McMillan",
    "allen-dynes": "Allen and Dynes",
}
_BEYOND = "Beyond 1.5: McMillan's exponent was fitted below that."
_SUPPOSES = "λ supposes that phonons pair the electrons; no T_{c} can show that."
_COLOURS = ("blue", "purple", "green")  # one for each of `FORMULAS`
STRONGEST = 1e6  # the largest lambda looked for; the McMillan formula needs large ones


def coupling(theta_d: float = PAPER["theta_d"], tc: float = PAPER["tc"]) -> Explorer:
    """Return live eqs. 2-4: T_c against lambda, and the lambda of a T_c.

    Parameters
    ----------
    theta_d, tc : float
        Where the sliders stand at first, K; the paper's at 22.4 GPa, with the printed lambda
        beside them, if not given.
    """
    printed = (theta_d, tc) == (PAPER["theta_d"], PAPER["tc"])
    warmest = 120 if printed else float(np.ceil(3 * tc))
    stiffest = max(1000, float(np.ceil(1.5 * theta_d)))
    lam, theta, cold, mu, moment = symbols("lam theta_d tc mu_star phonon_moment")
    solved, pole = Symbol("coupling"), Symbol("pole")
    strong = (solved > STRONGEST_FITTED) * (Symbol("formula") < FORMULAS.index("allen-dynes"))

    def critical(x: Any, formula: str | None = None) -> Any:
        """T_c by one formula, or by the chosen one."""
        return theta * np.exp(ratio(x) if formula is None else log_ratio(x, mu, formula, moment))

    return Explorer(
        spec.Spec(
            name="coupling",
            title="From T_{c} to the coupling constant",
            about="Critical temperature against coupling constant, by three formulas.",
            controls=[
                spec.Slider("theta_d", "Θ_{D}", min(100, theta_d / 2), stiffest, 1, start=theta_d,
                            unit="K", digits=4),
                spec.Slider("tc", "T_{c}", min(1, tc / 3), warmest, 0.1, start=tc, unit="K",
                            digits=4),
                spec.Slider("mu_star", "μ*", 0, 0.25, 0.001, start=PAPER["mu_star"], digits=3),
                spec.Slider("phonon_moment", "ω_{log}/Θ_{D} of Allen and Dynes", 0.4, 1, 0.001,
                            start=round(DEBYE_LIKE, 3), digits=3),
                spec.Choice("formula", "formula",
                            [(formula, _WORDS[formula], i) for i, formula in enumerate(FORMULAS)]),
            ],
            derived=[
                spec.Derived("pole", mu / (1 - 0.62 * mu)),
                spec.Root("coupling", "lam", ratio(lam) - np.log(cold / theta),
                          pole * (1 + 1e-6) + 1e-6, STRONGEST),
            ],
            panels=[
                spec.Panel(spec.Axis("λ", 0, 4), spec.Axis("T_{c} (K)", 0, warmest), [
                    *(spec.Curve("lam", critical(lam, formula), pole * 1.02 + 1e-3, 4,
                                 colour=colour, dash=True, label=_WORDS[formula])
                      for formula, colour in zip(FORMULAS, _COLOURS, strict=True)),
                    spec.Curve("lam", critical(lam), pole * 1.02 + 1e-3, 4,
                               label="the chosen formula"),
                    spec.Rule(y=cold, colour="orange", text="T_{c}"),
                    spec.Rule(x=solved, colour="orange", text="λ"),
                    *([spec.Mark(PAPER["coupling"], PAPER["tc"], hollow=True, colour="purple",
                                 label="printed: λ = 1.75 at 58.0 K")] if printed else []),
                    spec.Mark(solved, cold, label="λ for this T_{c}"),
                ], height=0.56),
            ],
            readouts=[
                spec.Readout("λ", solved, digits=5, otherwise="none: no λ gives so high a T_{c}"),
                *([spec.Readout("T_{c} that λ = 1.75 would give", critical(PAPER["coupling"]),
                                "K", 4)] if printed else []),
                spec.Saying([
                    (strong, f"{_BEYOND} {_SUPPOSES}"),
                    (solved > 0, _SUPPOSES),
                    (1, "The plain formula has a largest T_{c}: it needs λ without limit there."),
                ]),
            ],
        )
    )  # fmt: skip


def ratio(lam: Any) -> Any:
    """Return ln(T_c/Theta_D) by the chosen formula."""
    mu, moment, chosen = symbols("mu_star phonon_moment formula")
    first, second, third = (log_ratio(lam, mu, formula, moment) for formula in FORMULAS)
    return where(chosen == 0, first, where(chosen == 1, second, third))
