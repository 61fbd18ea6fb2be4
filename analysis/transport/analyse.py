"""From a resistance curve to its results: the only place that decides what is fitted, and when."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from uncertainties import UFloat

from analysis.errors import attempt
from analysis.numerics.summary import numbers_of, summary
from analysis.transport import DEFAULT_LAW
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drop import find_drop
from analysis.transport.fit import ResistanceFit, check_fit_choices, fit_resistance
from analysis.transport.transition_fit import TransitionFit, fit_transition
from analysis.transport.transition_result import AtCriterion, TransitionReading, checked

# A drop has its numbers from the second fit only; Theta_D and the rest stay those of the first.
_OF_TRANSITION = ("tc", "tc_onset", "f", "r_onset", "lambda")


@dataclass(frozen=True)
class CurveAnalysis:
    """The result of `analyse_curve`.

    Attributes
    ----------
    curve : ResistanceCurve
    fit : ResistanceFit or None
        Of the normal state.
    no_fit : str or None
        Why there is none, in words.
    drop : float or None
        Temperature (K) above which no superconducting drop is seen; None without a drop.
    transition : TransitionFit or None
        Of the whole curve, where it drops.
    reading : TransitionReading or None
        What the points say of the drop where no shape could be fitted.
    no_transition : str or None
        Why there is none though the curve drops, in words.
    criterion, mu_star, formula
        With which T_c and lambda are quoted.
    """

    curve: ResistanceCurve
    fit: ResistanceFit | None
    no_fit: str | None
    drop: float | None
    transition: TransitionFit | None
    reading: TransitionReading | None
    no_transition: str | None
    criterion: float
    mu_star: float
    formula: str

    @property
    def tc(self) -> UFloat | None:
        """T_c at the criterion, K, with its whole error; None where there is none."""
        return self.at_criterion.tc.value if self.at_criterion else None

    @property
    def coupling(self) -> UFloat | None:
        """Electron-phonon coupling constant lambda, likewise."""
        return self.at_criterion.coupling.value if self.at_criterion else None

    @cached_property
    def at_criterion(self) -> AtCriterion | None:
        """T_c and lambda as they are quoted, with intervals; None without a drop."""
        dropped = self.transition or self.reading
        if dropped is None:
            return None
        return dropped.at_criterion(self.criterion, self.mu_star, self.formula)

    def to_dict(self) -> dict[str, Any]:
        """Return numbers, warnings, and the fits that there are, ready for JSON.

        "numbers" are those to quote: of the transition T_c, its shape and lambda, all else
        of the normal state. "fits" holds `to_dict` of both, "resistance" and "transition".
        """
        fit = None if self.fit is None else self.fit.to_dict()
        drop = self.transition or self.reading
        dropped = (
            None
            if drop is None
            else drop.to_dict(self.criterion, mu_star=self.mu_star, formula=self.formula)
        )
        of_transition = numbers_of(dropped)
        numbers = numbers_of(fit) | {
            name: of_transition[name] for name in _OF_TRANSITION if name in of_transition
        }
        reasons = [why for why in (self.no_fit, self.no_transition) if why]
        fits = {"resistance": fit, "transition": dropped}
        return summary(fits, numbers, [*self.curve.warnings, *reasons], self.curve.notes)


def analyse_curve(
    curve: ResistanceCurve,
    window: tuple[float, float] | None = None,
    *,
    law: str = DEFAULT_LAW,
    n: float = 5,
    weighting: str = "uniform",
    criterion: float = 0.05,
    mu_star: float = 0.13,
    formula: str = "advanced",
) -> CurveAnalysis:
    """Fit a resistance curve's normal state and, where it drops, its transition.

    Parameters
    ----------
    curve : ResistanceCurve
    window : (low, high), optional
        Of the fit of the normal state, K; found without it, as in `fit_resistance`. The
        transition is fitted to all points.
    law, n, weighting
        As in `fit_resistance`; law and n also of the normal state above the transition.
    criterion : float
        T_c is where R falls to this part of R(T_c,onset); between 0 and 1.
    mu_star, formula
        As in `coupling_constant`.

    Returns
    -------
    CurveAnalysis
        A result that the points do not allow is None, with the reason beside it.

    Raises
    ------
    AnalysisError
        If no curve could use a choice. A window beside the data raises nothing: it
        is why there is no fit.

    Examples
    --------
    >>> import numpy as np
    >>> from analysis import resistance
    >>> t = np.linspace(80, 300, 100)
    >>> result = analyse_curve(ResistanceCurve(t, resistance(t, theta_d=550, r0=0.1, a=2)))
    >>> print(f"{result.fit.theta_d.n:.1f} K, drop: {result.drop}")
    550.0 K, drop: None
    """
    checked(criterion, mu_star, formula)
    check_fit_choices(law, n, weighting)
    fit, no_fit = attempt(lambda: fit_resistance(curve, window, law=law, n=n, weighting=weighting))
    drop = find_drop(curve)
    dropped, no_transition = (
        (None, None) if drop is None else attempt(lambda: fit_transition(curve, law=law, n=n))
    )
    transition = dropped if isinstance(dropped, TransitionFit) else None
    # Without a shape, Theta_D is that of the fit above.
    reading = (
        replace(dropped, fit=fit, no_fit=no_fit) if isinstance(dropped, TransitionReading) else None
    )
    return CurveAnalysis(
        curve, fit, no_fit, drop, transition, reading, no_transition, criterion, mu_star, formula
    )
