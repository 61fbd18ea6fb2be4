"""Every defensible combination of choices for one resistance curve, and what each gives."""

import warnings as python_warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.choices.combinations import Combinations
from analysis.choices.plan import plan, table
from analysis.choices.refits import Outcome, run
from analysis.choices.resistance_choices import HIGHS, LAWS, LOWS, choices_of, transition_choices
from analysis.choices.space import Choice, all_codes
from analysis.choices.workers import in_order
from analysis.errors import attempt
from analysis.numerics.summary import interval_of
from analysis.numerics.uncertainty import student
from analysis.transport.analyse import analyse_curve
from analysis.transport.compare import compare_laws
from analysis.transport.coupling import coupling_constant, critical_temperature
from analysis.transport.curve import ResistanceCurve
from analysis.typing import Flags, Floats

RESULTS = {"theta_d": ("Debye temperature", "K"), "tc": ("T_c", "K"), "coupling": ("lambda", "")}
# Where two results differ in how they are called elsewhere.
_QUOTED = {"theta_d": "theta_d", "tc": "tc", "coupling": "lambda"}
_OF_TRANSITION = ("law", "thermometer", "criterion")


def multiverse(
    curve: ResistanceCurve,
    *,
    laws: Sequence[str] = LAWS,
    lows: Sequence[float] = LOWS,
    highs: Sequence[float] = HIGHS,
    processes: int | None = None,
    scheduler: str | None = None,
) -> "Multiverse":
    """Return the results of every combination of choices for a resistance curve.

    Parameters
    ----------
    curve : ResistanceCurve
    laws : sequence of str
        Names of `analysis.transport.rivals.RIVALS` with a Debye temperature.
    lows, highs : sequence of float
        Which parts of the usable range windows leave out below and above, from 0.
    processes, scheduler
        See `analysis.choices.workers.in_order`; this process alone if neither is given.
        The results do not depend on them, to the last digit.

    Returns
    -------
    Multiverse

    Raises
    ------
    AnalysisError
        If a law has no such name or no Debye temperature, or parts leave nothing of the range.

    Notes
    -----
    Choices and options: `analysis.choices.resistance_choices`. Theta_D comes from the normal
    state in each window with each law, weights, and thermometer; each fit begins where that of
    the next larger window ended, in an order that does not depend on who works. T_c comes from
    one fit of eq. 5 to the whole curve with each law and thermometer: it hardly depends on the
    window, since a criterion needs the resistance at the onset alone. lambda follows from
    both. The paper's own path has n = 5, R_sat, equal weights, the window of `fit_resistance`,
    5 % of the onset, the advanced formula and mu* = 0.13. Means over neighbours stand for
    more than 600 points. Where no Debye temperature is to be quoted, and a law without one
    describes the whole curve about as well (`analysis.transport.compare`), no window has one.

    Examples
    --------
    >>> from analysis import resistance
    >>> t = np.linspace(20, 300, 60)
    >>> r = resistance(t, theta_d=400, r0=0.1, a=2) + 1e-4 * np.sin(7 * t)
    >>> result = multiverse(ResistanceCurve(t, r), laws=("n5", "n3"), lows=(0, 0.1), highs=(0,))
    >>> len(result), f"{result.theta_d[result.paper]:.0f} K"
    (36, '400 K')
    >>> max(shares := result.shares("theta_d"), key=shares.get)
    'law'
    """
    quoted = analyse_curve(curve)
    window = quoted.fit.window if quoted.fit else None
    of_fit = choices_of(curve, laws, lows, highs, window)
    after = () if quoted.drop is None else transition_choices()
    choices = (*of_fit, *after)
    curves, chains, transitions = plan(curve, choices)
    why = None if quoted.fit else _without_debye(curve)
    work, everything = partial(run, curves), [*(() if why else chains), *transitions]
    outcomes = in_order(work, everything, processes=processes, scheduler=scheduler, progress="fits")
    numbers = quoted.to_dict()["numbers"]
    stated = {name: numbers.get(key) for name, key in _QUOTED.items()}
    with_value = {
        name: entry for name, entry in stated.items() if entry and entry["value"] is not None
    }
    quotes = {name: _quoted(entry) for name, entry in with_value.items()}
    tcs = table(transitions, outcomes[len(everything) - len(transitions) :])
    fits = (Outcome(reason=why),) * len(all_codes(of_fit)) if why else table(chains, outcomes)
    return Multiverse(curve.name, choices, fits, tcs, quotes)


def _without_debye(curve: ResistanceCurve) -> str | None:
    """Say why no window has a Debye temperature: of many, some would have one by chance."""
    compared, _ = attempt(lambda: compare_laws(curve))
    if compared is None or not compared.null_is_near:
        return None
    return (
        f"{curve.name} has no Debye temperature: a law without one fits about as well as any other"
    )


def _quoted(stated: dict[str, Any]) -> tuple[float, float | None]:
    """Return a value and its standard error, or that which its interval amounts to."""
    error = stated["stderr"]
    if error is None:
        low, high = interval_of(stated)
        error = (high - low) / 2 / student(0.95, np.inf)
    return stated["value"], float(error) if np.isfinite(error) and error > 0 else None


@dataclass(frozen=True, eq=False)
class Multiverse(Combinations):
    """The result of `multiverse`. A row is a combination of choices.

    Attributes
    ----------
    name : str
        Of the curve.
    choices : tuple of Choice
    fits : tuple of Outcome
        Of the normal state, for each combination of its choices, in the order of `all_codes`.
    transitions : tuple of Outcome
        T_c by law, thermometer and criterion, likewise; none without a transition.
    quoted : dict
        Value and standard error of each result as `analyse_curve` quotes it.
    """

    name: str
    choices: tuple[Choice, ...]
    fits: tuple[Outcome, ...]
    transitions: tuple[Outcome, ...] = ()
    quoted: dict[str, tuple[float, float | None]] = field(default_factory=dict)

    titles = RESULTS
    derived = ("criterion", "formula", "mu_star")

    def fit(self, row: int) -> Outcome:
        """Return the fit of the normal state behind a row, with the parameters of its law."""
        return self.fits[row // (len(self) // len(self.fits))]

    def reason(self, row: int) -> str:
        """Return why a row has no Theta_D, T_c or lambda; "" if it has what it can have."""
        text = self.fit(row).reason
        if text or not self.transitions:
            return text
        if text := str(self._of_transition("reason", object)[row]):
            return text
        has_coupling = np.isfinite(self.coupling[row])
        return "" if has_coupling else "no lambda gives such a high T_c in this formula"

    # --------------------------------------------------------------------------- columns

    def _of_fit(self, attribute: str, kind: type = float) -> NDArray[Any]:
        values: NDArray[Any] = np.array(
            [getattr(outcome, attribute) for outcome in self.fits], dtype=kind
        )
        return np.repeat(values, len(self) // values.size)

    def _of_transition(self, attribute: str, kind: type = float) -> NDArray[Any]:
        if not self.transitions:
            return np.full(len(self), np.nan)
        sizes = [(len(choice.options), choice.name in _OF_TRANSITION) for choice in self.choices]
        values: NDArray[Any] = np.array(
            [getattr(outcome, attribute) for outcome in self.transitions], dtype=kind
        ).reshape([size if own else 1 for size, own in sizes])
        return np.broadcast_to(values, self.shape).reshape(-1)

    @cached_property
    def theta_d(self) -> Floats:
        """Debye temperature, K; NaN where there is none."""
        return self._of_fit("value")

    @cached_property
    def theta_d_error(self) -> Floats:
        """Its standard error, K."""
        return self._of_fit("error")

    @cached_property
    def excluded(self) -> Flags:
        """Whether the data exclude the combination.

        It fits, but leaves more than scatter over, or a resistance below zero at T = 0.
        """
        return ~self._of_fit("described", bool) & np.isfinite(self.theta_d)

    @cached_property
    def tc(self) -> Floats:
        """Critical temperature, K; NaN where there is none."""
        return self._of_transition("value")

    @cached_property
    def tc_error(self) -> Floats:
        """Its standard error, K."""
        return self._of_transition("error")

    @cached_property
    def coupling(self) -> Floats:
        """Electron-phonon coupling constant; NaN where there is none."""
        lam = np.full(len(self), np.nan)
        if not self.transitions:
            return lam
        shape = (-1, *self.shape[-2:])
        table, theta, tc = (column.reshape(shape) for column in (lam, self.theta_d, self.tc))
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")  # lambda above 1.5: the page says it once
            for f, option in enumerate(self.choice("formula").options):
                formula, moment = option.value
                for m, mu_star in enumerate(self.choice("mu_star").options):
                    limit = _largest_ratio(formula, mu_star.value)
                    some = np.flatnonzero(tc[:, f, m] < limit * theta[:, f, m])
                    table[some, f, m] = coupling_constant(
                        tc[some, f, m],
                        theta_d=theta[some, f, m],
                        mu_star=mu_star.value,
                        formula=formula,
                        phonon_moment=moment,
                    )
        return lam

    # ------------------------------------------------------------------------------ JSON

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON; `from_dict` takes it back, to the last digit."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Multiverse":
        """Return what `to_dict` made a dictionary of."""
        choices = tuple(Choice.from_dict(entry) for entry in content["choices"])
        fits, tcs = (tuple(map(Outcome._make, content[key])) for key in ("fits", "transitions"))
        quoted = {name: (value, error) for name, (value, error) in content["quoted"].items()}
        return cls(content["name"], choices, fits, tcs, quoted)


def _largest_ratio(formula: str, mu_star: float) -> float:
    """Return the largest T_c/Theta_D that a formula has a lambda for."""
    if formula != "mcmillan":
        return 1.0
    limit = critical_temperature(1e12, theta_d=1.0, mu_star=mu_star, formula=formula)
    return float(limit) * (1 - 1e-9)
