"""Every defensible combination of choices for one resistance curve, and what each gives."""

import warnings as python_warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.choices.refits import Chain, Outcome, Transition, run
from analysis.choices.resistance_choices import PAPER, choices_of, moved, transition_choices
from analysis.choices.shares import shares
from analysis.choices.space import Choice, Codes, all_codes
from analysis.choices.workers import in_order
from analysis.errors import AnalysisError
from analysis.transport.analyse import analyse_curve
from analysis.transport.coupling import coupling_constant, critical_temperature
from analysis.transport.curve import ResistanceCurve
from analysis.transport.rivals import RIVALS, rival_named
from analysis.transport.window import thinned
from analysis.typing import Flags, Floats

RESULTS = {"theta_d": ("Debye temperature", "K"), "tc": ("T_c", "K"), "coupling": ("lambda", "")}
# The choices of a fit of the normal state; the others follow.
_OF_FIT = ("low", "high", "law", "weighting", "thermometer")


def multiverse(
    curve: ResistanceCurve,
    *,
    laws: Sequence[str] | None = None,
    processes: int | None = None,
    scheduler: str | None = None,
) -> "Multiverse":
    """Return what every combination of choices gives for a resistance curve.

    Parameters
    ----------
    curve : ResistanceCurve
    laws : sequence of str, optional
        Names of `analysis.transport.rivals.RIVALS`; all with a Debye temperature without it.
    processes, scheduler
        Who works, see `analysis.choices.workers.in_order`. The results do not depend on it.

    Returns
    -------
    Multiverse

    Raises
    ------
    AnalysisError
        If a law has no such name or no Debye temperature.
    """
    laws = tuple(rival.name for rival in RIVALS) if laws is None else tuple(laws)
    quoted = analyse_curve(curve)
    window = quoted.fit.window if quoted.fit else None
    of_fit = choices_of(curve, laws, window)
    low, high, law, weighting, thermometer = of_fit
    measured = [moved(curve, option) for option in thermometer.options]
    curves = [thinned(one) for one in measured]
    # The same points, wherever the thermometer puts them.
    before = curves[0].temperature

    def edges(choice: Choice, place: int) -> list[float]:
        at = curves[place].temperature
        return [float(np.interp(one.value, before, at)) for one in choice.options]

    groups: dict[tuple[str, float], list[int]] = defaultdict(list)
    rivals = [rival_named(option.name) for option in law.options]
    for place, rival in enumerate(rivals):
        groups[rival.law, rival.n].append(place)
    chains, places = [], []
    for at in range(len(curves)):
        lows = tuple(edges(low, at))
        for h, top in enumerate(edges(high, at)):
            for (name, n), own in groups.items():
                for w, option in enumerate(weighting.options):
                    saturations = tuple(rivals[place].saturation for place in own)
                    chains.append(Chain(at, lows, top, name, n, option.name, saturations))
                    places.append((h, own, w, at))
    dropped: tuple[Choice, ...] = ()
    transitions: list[Transition] = []
    if quoted.drop is not None:
        dropped = transition_choices()
        criteria = tuple(option.value for option in dropped[0].options)
        transitions = [
            Transition(at, name, n, criteria) for at in range(len(curves)) for name, n in groups
        ]
    found = in_order(
        partial(run, curves),
        [*transitions, *chains],
        processes=processes,
        scheduler=scheduler,
        progress="fits",
    )
    fits = np.empty([len(choice.options) for choice in of_fit], dtype=object)
    for (h, own, w, at), outcomes in zip(places, found[len(transitions) :], strict=True):
        for place, each in zip(own, zip(*outcomes, strict=True), strict=True):
            for a, outcome in enumerate(each):
                fits[a, h, place, w, at] = outcome
    tcs = np.empty((len(rivals), len(curves), len(dropped[0].options) if dropped else 0), object)
    for task, outcomes in zip(transitions, found, strict=False):
        for place in groups[task.law, task.n]:
            tcs[place, task.curve] = [*map(_as_object, outcomes)]
    numbers = quoted.to_dict()["numbers"]
    return Multiverse(
        curve.name,
        (*of_fit, *dropped),
        tuple(fits.ravel()),
        tuple(tcs.ravel()),
        _path((*of_fit, *dropped), window),
        {
            name: (stated["value"], stated["stderr"])
            for name, key in (("theta_d", "theta_d"), ("tc", "tc"), ("coupling", "lambda"))
            if (stated := numbers.get(key)) and stated["value"] is not None
        },
    )


def _as_object(outcome: Outcome) -> Any:
    cell = np.empty((), dtype=object)
    cell[()] = outcome
    return cell[()]


def _path(choices: Sequence[Choice], window: tuple[float, float] | None) -> tuple[int, ...]:
    """Return the paper's own options: as far as there are such."""
    wanted = dict(zip(("low", "high"), window or (), strict=False))
    path = []
    for choice in choices:
        if choice.name in ("low", "high"):
            edges = [option.value for option in choice.options]
            whole = edges[0] if choice.name == "low" else edges[0]
            path.append(int(np.argmin(np.abs(np.array(edges) - wanted.get(choice.name, whole)))))
        else:
            names = [option.name for option in choice.options]
            path.append(names.index(PAPER[choice.name]) if PAPER[choice.name] in names else 0)
    return tuple(path)


@dataclass(frozen=True, eq=False)
class Multiverse:
    """What `multiverse` found. A row is a combination of choices.

    Attributes
    ----------
    name : str
        Of the curve.
    choices : tuple of Choice
    fits : tuple of Outcome
        Of the normal state, for each combination of its choices, in the order of `all_codes`.
    transitions : tuple of Outcome
        T_c by law, thermometer and criterion, likewise.
    path : tuple of int
        The paper's own option of each choice.
    quoted : dict
        Value and standard error of each result as `analyse_curve` quotes it.
    """

    name: str
    choices: tuple[Choice, ...]
    fits: tuple[Outcome, ...]
    transitions: tuple[Outcome, ...] = ()
    path: tuple[int, ...] = ()
    quoted: dict[str, tuple[float, float | None]] = field(default_factory=dict)

    def choice(self, name: str) -> Choice:
        """Return a choice by its name."""
        for choice in self.choices:
            if choice.name == name:
                return choice
        names = ", ".join(choice.name for choice in self.choices)
        raise AnalysisError(f"a choice is one of {names}; got {name!r}")

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """How many options each choice has."""
        return tuple(len(choice.options) for choice in self.choices)

    @cached_property
    def codes(self) -> Codes:
        """Which option of each choice every row has, shape (N, K)."""
        return all_codes(self.choices)

    @property
    def paper(self) -> int:
        """The row of the paper's own path."""
        return int(np.ravel_multi_index(self.path, self.shape))

    def row(self, **names: str) -> int:
        """Return the row with these options by name, and the paper's own of the others."""
        path = list(self.path)
        for place, choice in enumerate(self.choices):
            if choice.name in names:
                path[place] = choice.place(names[choice.name])
        return int(np.ravel_multi_index(path, self.shape))

    def __len__(self) -> int:
        return int(np.prod(self.shape))

    def _of_fit(self, attribute: str, kind: Any = float) -> NDArray[Any]:
        values = np.array([getattr(one, attribute) for one in self.fits], dtype=kind)
        return np.repeat(values, len(self) // values.size)

    @cached_property
    def theta_d(self) -> Floats:
        """Debye temperature, K; NaN where there is none."""
        return self._of_fit("value")

    @cached_property
    def theta_d_error(self) -> Floats:
        """Its standard error, K."""
        return self._of_fit("error")

    @cached_property
    def described(self) -> Flags:
        """Whether the law describes the points within their scatter."""
        return self._of_fit("described", bool)

    @cached_property
    def excluded(self) -> Flags:
        """Whether the data exclude the combination: it fits, and leaves more than scatter over."""
        return ~self.described & np.isfinite(self.theta_d)

    def _of_transition(self, attribute: str) -> Floats:
        if not self.transitions:
            return np.full(len(self), np.nan)
        sizes = dict(zip([choice.name for choice in self.choices], self.shape, strict=True))
        table = np.array([getattr(one, attribute) for one in self.transitions], dtype=float)
        table = table.reshape(sizes["law"], 1, sizes["thermometer"], sizes["criterion"], 1, 1)
        return np.broadcast_to(table, self.shape).reshape(-1)

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
        found = np.full(len(self), np.nan)
        if not self.transitions:
            return found
        shape = (-1, *self.shape[-2:])
        table, theta, tc = (one.reshape(shape) for one in (found, self.theta_d, self.tc))
        formulas, mu_stars = self.choices[-2].options, self.choices[-1].options
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            for f, option in enumerate(formulas):
                formula, moment = option.value
                for m, mu in enumerate(mu_stars):
                    ratio = tc[:, f, m] / theta[:, f, m]
                    some = np.flatnonzero(ratio < _largest(formula, mu.value))
                    table[some, f, m] = coupling_constant(
                        tc[some, f, m],
                        theta_d=theta[some, f, m],
                        mu_star=mu.value,
                        formula=formula,
                        phonon_moment=moment,
                    )
        return found

    def reason(self, row: int) -> str:
        """Return why a row has no lambda, or no Theta_D where no transition is; "" if it has."""
        fit = self.fits[row // (len(self) // len(self.fits))]
        if fit.reason or not self.transitions:
            return fit.reason
        code = dict(zip([choice.name for choice in self.choices], self.codes[row], strict=True))
        at = [code[name] for name in ("law", "thermometer", "criterion")]
        sizes = [len(self.choice(name).options) for name in ("law", "thermometer", "criterion")]
        tc = self.transitions[int(np.ravel_multi_index(at, sizes))]
        if tc.reason or np.isfinite(self.coupling[row]):
            return tc.reason
        return "no lambda gives so high a T_c by this formula"

    def values(self, result: str, *, possible: bool = False) -> Floats:
        """Return a result of every row; with `possible`, NaN where the data exclude the row."""
        if result not in RESULTS:
            raise AnalysisError(f"a result is one of {', '.join(RESULTS)}; got {result!r}")
        found: Floats = getattr(self, result)
        return np.where(self.excluded, np.nan, found) if possible else found

    def shares(self, result: str, *, possible: bool = False) -> dict[str, float]:
        """Return which share of the variance of a result each choice explains, see `shares`."""
        found = shares(self.codes, self.values(result, possible=possible))
        return dict(zip([one.name for one in self.choices], found.tolist(), strict=True))

    def spread(
        self, result: str, *, possible: bool = False, level: float = 1.0
    ) -> tuple[float, float]:
        """Return between what a result lies: all of it, or its central part. NaN without any."""
        values = self.values(result, possible=possible)
        values = values[np.isfinite(values)]
        if not values.size:
            return np.nan, np.nan
        low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)

    def times(self, result: str, *, possible: bool = False, level: float = 1.0) -> float:
        """Return how many times the quoted standard error half of the spread is; NaN if unknown."""
        error = self.quoted.get(result, (0.0, None))[1]
        low, high = self.spread(result, possible=possible, level=level)
        return (high - low) / 2 / error if error else np.nan

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON; `from_dict` takes it back, to the last digit."""
        return {
            "name": self.name,
            "choices": [choice.to_dict() for choice in self.choices],
            "fits": _columns(self.fits),
            "transitions": _columns(self.transitions),
            "path": list(self.path),
            "quoted": {name: list(pair) for name, pair in self.quoted.items()},
        }

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> "Multiverse":
        """Return what `to_dict` made a dictionary of."""
        return cls(
            found["name"],
            tuple(Choice.from_dict(one) for one in found["choices"]),
            _outcomes(found["fits"]),
            _outcomes(found["transitions"]),
            tuple(found["path"]),
            {name: (value, error) for name, (value, error) in found["quoted"].items()},
        )


def _columns(outcomes: Sequence[Outcome]) -> dict[str, list[Any]]:
    """Return outcomes by column; a number that is none is None in JSON."""
    columns = {name: [getattr(one, name) for one in outcomes] for name in Outcome._fields}
    for name in ("value", "error"):
        columns[name] = [number if np.isfinite(number) else None for number in columns[name]]
    columns["parameters"] = [list(one) for one in columns["parameters"]]
    return columns


def _outcomes(columns: dict[str, list[Any]]) -> tuple[Outcome, ...]:
    rows = zip(*(columns[name] for name in Outcome._fields), strict=True)
    return tuple(
        Outcome(
            np.nan if value is None else value,
            np.nan if error is None else error,
            described,
            reason,
            tuple(parameters),
        )
        for value, error, described, reason, parameters in rows
    )


def _largest(formula: str, mu: float) -> float:
    """Return the largest T_c/Theta_D that a formula has a lambda for."""
    if formula != "mcmillan":
        return 1.0
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")
        limit = critical_temperature(1e12, theta_d=1.0, mu_star=mu, formula=formula)
    return float(limit) * (1 - 1e-9)
