"""The T_c and lambda that are quoted at a criterion: the only place that decides them."""

import warnings as python_warnings
from dataclasses import dataclass
from functools import cached_property, partial
from math import inf
from typing import Any

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.errors import AnalysisError, FitError, attempt
from analysis.numerics.checks import as_number
from analysis.numerics.digitised import axis_errors, reading_part, scatter_part
from analysis.numerics.provenance import stated_data
from analysis.numerics.summary import number
from analysis.numerics.uncertainty import student
from analysis.transport.coupling import ValidityWarning, check_choices, coupling_constant
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drop import Drop
from analysis.transport.fit import ResistanceFit
from analysis.transport.transition_read import (
    Reading,
    as_read,
    drop_of,
    named_steps,
    read_off,
    rising,
    scatter_of,
    steps_of,
    within,
)

# The model and the points disagree where T_c differs by more than so many errors.
_DISAGREE = 3.5
Interval = tuple[float, float]
# An axis is least known at its ends.
_END = np.array([0.0, 1.0])


def checked(criterion: float, mu_star: float = 0.0, formula: str = "advanced") -> None:
    """Refuse a criterion, mu* or formula that no curve could use.

    Raises
    ------
    AnalysisError
    """
    if not 0 < as_number("the criterion", criterion, finite=False) < 1:
        raise AnalysisError(f"a criterion is between 0 and 1, got {criterion:g}")
    check_choices(mu_star, formula)


class NotReached(AnalysisError):  # noqa: N818 - it is no fault of anyone's
    """The resistance does not fall to a criterion at any temperature, or not in the data."""


@dataclass(frozen=True)
class Quoted:
    """A value with its errors, or the interval that is all that is known.

    Attributes
    ----------
    value : UFloat or None
        With its whole error; None where only the interval is known, or nothing.
    systematic : float
        The part of the error that scatter does not show.
    interval : (float, float) or None
        95 %.
    """

    value: UFloat | None = None
    systematic: float = 0.0
    interval: Interval | None = None

    @classmethod
    def of(cls, value: UFloat, systematic: float, dof: float) -> "Quoted":
        """Return a value whose systematic part is added to the interval as it is.

        The error of reading a figure that is in it is counted with the systematic part.
        """
        whole = value + ufloat(0, systematic) if systematic else value
        return cls.made(whole, scatter_part(value), systematic, dof)

    @classmethod
    def made(cls, whole: UFloat, scatter: float, systematic: float, dof: float) -> "Quoted":
        """Return a value that holds these parts of its error, and maybe that of reading."""
        read = reading_part(whole)
        half = np.hypot(student(0.95, dof) * scatter, student(0.95, inf) * read) + systematic
        part = float(np.hypot(systematic, read))
        return cls(whole, part, (float(whole.n - half), float(whole.n + half)))

    @property
    def apart(self) -> float:
        """The systematic part without what comes from reading a figure."""
        read = reading_part(self.value)
        return max(self.systematic**2 - read**2, 0.0) ** 0.5 if read else self.systematic

    def stated(self, unit: str) -> dict[str, Any]:
        """Return it for JSON."""
        systematic = self.systematic or None
        return number(self.value, unit, interval=self.interval, systematic=systematic)


@dataclass(frozen=True)
class AtCriterion:
    """T_c (K) at a criterion and lambda as they are quoted, and what belongs to them."""

    tc: Quoted
    coupling: Quoted
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def agree(model: UFloat, reading: Reading) -> bool:
    """Tell whether the T_c of a model agrees with that of the points, within both errors."""
    apart, error = abs(model.n - reading.value), scatter_part(model)
    return bool(apart <= _DISAGREE * (error**2 + reading.error**2) ** 0.5 + reading.spacing)


def quoted_coupling(
    tc: Quoted, theta_d: Quoted, *, mu_star: float, formula: str, dof: float
) -> tuple[Quoted, list[str], list[str]]:
    """Return lambda of a quoted T_c and Theta_D; why there is none; and what belongs to it.

    Where both have values their errors are propagated, with what they share; the systematic
    part is that of T_c and of Theta_D in turn. Otherwise lambda lies between the values of
    the ends: it grows with T_c and falls with Theta_D.
    """

    def lam(tc: Any, theta_d: Any) -> Any:
        return coupling_constant(tc, theta_d=theta_d, mu_star=mu_star, formula=formula)

    def quoted() -> Quoted:
        if tc.value is None or theta_d.value is None:
            if tc.interval is None or theta_d.interval is None or theta_d.interval[1] == inf:
                return Quoted()
            (cold, warm), (soft, stiff) = tc.interval, theta_d.interval
            return Quoted(interval=(float(lam(cold, stiff)), float(lam(warm, soft))))
        whole = lam(tc.value, theta_d.value)
        if not (tc.apart or theta_d.apart):
            return Quoted.of(whole, 0.0, dof)
        by_tc = lam(tc.value.n + tc.apart, theta_d.value.n) - whole.n
        by_theta = lam(tc.value.n, theta_d.value.n + theta_d.apart) - whole.n
        systematic = float((by_tc**2 + by_theta**2) ** 0.5)
        statistical = max(scatter_part(whole) ** 2 - systematic**2, 0.0) ** 0.5
        return Quoted.made(whole, statistical, systematic, dof)

    with python_warnings.catch_warnings(record=True) as caught:
        python_warnings.simplefilter("always", ValidityWarning)
        coupling, why = attempt(quoted)
    # Of the value; those of the ends of its errors say the same.
    return coupling or Quoted(), [why] if why else [], [str(w.message) for w in caught[:1]]


# ------------------------------------------------------------- where no model has a shape


@dataclass(frozen=True, eq=False)
class TransitionReading:
    """A transition whose points do not show the shape of eq. 5: read off, or bracketed.

    Attributes
    ----------
    curve, part : ResistanceCurve
        All points, and those that were looked at.
    drop : Drop
    r_onset : UFloat
        Resistance just above it, unit of the curve.
    shape : bool
        Whether there are points enough inside to interpolate.
    why : str
        How far it falls, and why nothing was fitted, in words.
    fit : ResistanceFit or None
        Of the normal state.
    no_fit : str or None
        Why there is none, in words.
    """

    curve: ResistanceCurve
    part: ResistanceCurve
    drop: Drop
    r_onset: UFloat
    shape: bool
    why: str
    fit: ResistanceFit | None
    no_fit: str | None

    @property
    def reason(self) -> str:
        """What is taken for the normal state, in words."""
        return "a line through the points just above"

    @cached_property
    def spread(self) -> float:
        """How far sweeps lie apart in the drop, K."""
        return sweep_spread(self.curve, self.drop, self.r_onset.n)

    def reading(self, criterion: float) -> Reading | None:
        """Return where the points fall to a part of the onset resistance; None if nowhere."""
        level, scatter = criterion * self.r_onset, scatter_of(self.part)
        reading = read_off(self.part, self.drop.top, level, scatter, self.spread)
        return within(reading, self.drop)

    @cached_property
    def onset(self) -> Quoted:
        """Between which temperatures the drop begins, K: where a tenth of it is lost."""
        lost = 1 - 0.1 * self.drop.fall
        reading = self.reading(lost)
        if reading is None:
            return Quoted()
        return Quoted(interval=beyond_axis(self.curve, reading.low, self.drop.top))

    @property
    def theta_d(self) -> Quoted:
        """Debye temperature of the normal state, K, as the fit quotes it."""
        stated = None if self.fit is None else self.fit.to_dict().get("theta_d")
        if self.fit is None or not stated:
            return Quoted()
        error = stated["stderr"]
        if stated["value"] is None or error is None:
            return Quoted(interval=stated.get("interval"))
        systematic = stated.get("systematic") or 0.0
        value = ufloat(stated["value"], error)
        if reading_part(self.fit.theta_d):  # with what T_c shares of it
            value = self.fit.theta_d
        return Quoted(value, systematic, self.fit.interval("theta_d"))

    def at_criterion(self, criterion: float, mu_star: float, formula: str) -> AtCriterion:
        """Return T_c and lambda as they are quoted, and what to doubt."""
        checked(criterion, mu_star, formula)
        reading = self.reading(criterion)
        if reading is None:
            left = 1 - self.drop.fall
            text = (
                f"{self.curve.name}: the drop does not reach {criterion:g} of the onset "
                f"resistance: {left:.2g} of it remains at {self.drop.low:.4g} K"
            )
            return AtCriterion(Quoted(), Quoted(), (text,))
        dof = float(len(self.part))
        tc = (
            Quoted.of(
                as_read(self.part, self.drop.top, criterion, self.r_onset, reading),
                reading.spacing + reading.sweeps,
                dof,
            )
            if self.shape
            else Quoted(interval=beyond_axis(self.curve, reading.low, reading.high))
        )
        theta_d, doubt = self.theta_d, list[str]()
        if theta_d.interval is None and self._moved is not None:
            theta_d = self._moved
            low, high = self._moved.interval or (0.0, 0.0)
            moves = (
                f"no Theta_D is quoted: lambda is given for Theta_D from {low:.0f} to {high:.0f} "
                "K, the range over which the fit of the normal state varies with its window"
            )
            doubt = [moves]
        coupling, why, beside = quoted_coupling(
            tc, theta_d, mu_star=mu_star, formula=formula, dof=dof
        )
        if coupling.interval is None and not why:
            why = [f"{self.curve.name}: lambda needs Theta_D; {self.no_fit or 'none is quoted'}"]
        return AtCriterion(tc, coupling, (*doubt, *why), tuple(beside))

    @cached_property
    def _moved(self) -> Quoted | None:
        """Between what the Debye temperature moves with the window, where none is quoted."""
        if self.fit is None or self.fit.theta_d is None:
            return None
        first, last = float(self.drop.top), float(self.part.temperature[-1])
        theta_d = self.fit.theta_d
        values = [float(theta_d.n - 2 * theta_d.s), float(theta_d.n + 2 * theta_d.s)]
        for low, high in (
            (first, last),
            (first, (first + last) / 2),
            (first + (last - first) / 6, last),
        ):
            value, _ = attempt(partial(self._theta_within, low, high))
            if value is not None:
                values.append(value)
        soft, stiff = min(values), max(values)
        return Quoted(interval=(soft, stiff)) if 0.5 * stiff < soft else None

    def _theta_within(self, low: float, high: float) -> float:
        if self.fit is None:
            raise FitError(f"{self.curve.name}: no fit of the normal state")
        return self.fit.tried(self.curve.between(low, high)).kept.values["theta_d"]

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What casts doubt on the numbers, in words."""
        of_fit = () if self.fit is None else self.fit.warnings
        if not self.shape:
            return of_fit
        t, r = self.part.temperature, self.part.resistance
        floor = float(rising(self.part)[0])
        steps = named_steps(steps_of(t, (r - floor) / (self.r_onset.n - floor), self.drop.top))
        return (*of_fit, steps) if steps else of_fit

    @property
    def remarks(self) -> tuple[str, ...]:
        """What belongs to the numbers, in words."""
        drop = drop_of(self.curve)
        return (self.why, drop) if drop else (self.why,)

    def to_dict(
        self, criterion: float = 0.05, *, mu_star: float = 0.13, formula: str = "advanced"
    ) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON."""
        at, unit = self.at_criterion(criterion, mu_star, formula), self.curve.unit
        return {
            "tc": at.tc.stated("K"),
            "lambda": at.coupling.stated(""),
            "theta_d": self.theta_d.stated("K"),
            "tc_onset": self.onset.stated("K"),
            "r_onset": number(self.r_onset, unit),
            "criterion": criterion,
            "mu_star": mu_star,
            "formula": formula,
            "normal_state": self.reason,
            "n_points": len(self.part),
            "window": [float(self.part.temperature[0]), float(self.part.temperature[-1])],
            **stated_data(self.curve),
            "warnings": [*self.curve.warnings, *self.warnings, *at.warnings],
            "remarks": [*self.remarks, *at.remarks],
        }


def beyond_axis(curve: ResistanceCurve, low: float, high: float) -> Interval:
    """Return an interval (K), wider by what may be wrong with a figure's axis of temperature."""
    if curve.digitised is None:
        return low, high
    error = curve.digitised.reading_error.get("temperature", 0.0)
    by = student(0.95, inf) * float(np.linalg.norm(axis_errors(_END, _END, error)[:, 0]))
    return low - by, high + by


def sweep_spread(curve: ResistanceCurve, drop: Drop, r_onset: float) -> float:
    """Return how far sweeps lie apart in a drop, K; 0 where there is one sweep."""
    levels = (r_onset * (1 - 0.95 * drop.fall), r_onset * (1 - 0.05 * drop.fall))
    return curve.sweep_spread(levels) or 0.0
