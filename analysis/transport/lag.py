"""The rate of a sweep, and how a sample that lags behind its thermometer changes a fit.

Where a file has the time of each point, the temperature of a sample that follows its
thermometer with a constant delay tau is, to first order,

    T_sample = T_probe - tau dT_probe/dt ,

warmer while cooling and colder while warming. Where the rate is proportional to the distance
from some low temperature, as in a free exponential cooldown, that is a change of the
temperature scale: Theta_D changes with it, and no fit shows it.

Nothing is corrected here unless requested: tau is one more free parameter, and it improves
fits for other reasons, too.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy import optimize
from uncertainties import ufloat

from analysis.errors import DataError, FitError
from analysis.numerics.summary import number
from analysis.numerics.uncertainty import student
from analysis.transport import DEFAULT_LAW
from analysis.transport.curve import ResistanceCurve
from analysis.transport.laws import Law, law_named
from analysis.transport.solve import Solution, solve
from analysis.typing import Floats

# The rate at a point is the mean over so many points to both sides.
BESIDE = 4
# A delay that moves temperatures by more than this part of themselves is not looked for.
MOST_MOVED = 0.1
# How finely delays are tried before the best ones are refined, and how many of these.
TRIED = 41
REFINED = 3
# A gain that chance gives more often than this shows no lag.
SHOWS = 0.999
WHAT_DECIDES = (
    "a slower sweep, sweeps in both directions, or a second thermometer on the sample would decide"
)


def sweep_rate(curve: ResistanceCurve) -> Floats:
    """Return how fast the temperature changed at each point, in K/min.

    Parameters
    ----------
    curve : ResistanceCurve
        With times.

    Returns
    -------
    ndarray, shape (N,)
        In the curve's order, negative while cooling. Each is the mean over 9 points of the
        same sweep, in the order of time; fewer near its ends.

    Raises
    ------
    DataError
        If the curve has no times.

    Examples
    --------
    >>> t = np.arange(0, 600, 10.0)
    >>> curve = ResistanceCurve(300 - t / 6, 1 - t / 6000, time=t)
    >>> print(f"{sweep_rate(curve).mean():.1f} K/min")
    -10.0 K/min
    """
    if curve.time is None or curve.sweeps is None:
        raise DataError(f"{curve.name}: has no times, so the sweep rate is not known")
    rate = np.zeros(len(curve))
    for sweep in np.unique(curve.sweeps.of_point):
        points = np.flatnonzero(curve.sweeps.of_point == sweep)
        points = points[np.argsort(curve.time[points], kind="stable")]
        rate[points] = _mean_rate(curve.time[points], curve.temperature[points])
    return 60 * rate


def range_of(rate: Floats) -> tuple[float, float]:
    """Return the slowest (1 % of the points are slower) and the fastest rate, without sign."""
    speed = np.abs(rate)
    return float(np.quantile(speed, 0.01)), float(speed.max())


def _mean_rate(time: Floats, temperature: Floats) -> Floats:
    """Return the mean rates around points in the order of time, K/s.

    Near an end fewer points are taken, as many to both sides, lest the mean be that of another
    time; at the end itself the parabola through the last three points has the rate.
    """
    place = np.arange(time.size)
    beside = np.minimum(np.minimum(place, place[::-1]), BESIDE)
    first, last = place - beside, place + beside
    before, after = time - time[first], time[last] - time
    fallen, rising = temperature - temperature[first], temperature[last] - temperature
    # Of the parabola through the point and the two ends: where points are as dense on both
    # sides it has the mean rate between these.
    both = (before > 0) & (after > 0)
    h, k = np.where(both, before, 1.0), np.where(both, after, 1.0)
    rate = np.where(both, (fallen / h * k + rising / k * h) / (h + k), 0.0)
    for end, near in ((0, slice(0, 3)), (-1, slice(-3, None))):
        if np.unique(time[near]).size == 3:
            parabola = np.polynomial.Polynomial.fit(time[near], temperature[near], 2)
            rate[end] = parabola.deriv()(time[end])
    return rate


def delayed(curve: ResistanceCurve, tau: float) -> ResistanceCurve:
    """Return the curve of a sample that is `tau` seconds behind the thermometer.

    Parameters
    ----------
    curve : ResistanceCurve
        With times.
    tau : float
        s; below zero the thermometer is behind the sample.

    Returns
    -------
    ResistanceCurve
        At T - tau dT/dt, which `notes` say.

    Raises
    ------
    DataError
        If the curve has no times, or a temperature falls to 0 K.
    """
    moved = curve.temperature - tau * sweep_rate(curve) / 60
    note = f"temperatures are those of a sample that lags {tau:g} s behind the thermometer"
    return replace(curve, temperature=moved, notes=(*curve.notes, note))


@dataclass(frozen=True, eq=False)
class Lag:
    """The effect of a lag on a fit; see `lag_of`.

    Attributes
    ----------
    curve : ResistanceCurve
    rate : (float, float)
        The slowest and the fastest the sweep was among the fitted points, K/min.
    tau : float
        The delay with the smallest misfit, s.
    interval : (float, float)
        Of tau, 95 %, if the law is right; an end that was not found is infinite.
    without, with_lag : Solution
        The fits with no delay, and with this one.
    gain : float
        By how much twice the logarithm of the likelihood is larger with it.
    reach : (float, float)
        By how much the ends of the interval move the law's first parameter (Theta_D, K).
    """

    curve: ResistanceCurve
    rate: tuple[float, float]
    tau: float
    interval: tuple[float, float]
    without: Solution
    with_lag: Solution
    gain: float
    reach: tuple[float, float]

    @property
    def shows(self) -> bool:
        """Whether the gain is larger than chance explains."""
        return self.gain > self._t(SHOWS) ** 2

    def _t(self, level: float) -> float:
        return student(level, max(self.with_lag.minimum.dof - 1, 1.0))

    @property
    def moved(self) -> float:
        """By how much the law's first parameter (Theta_D, K) is larger with the delay."""
        name = self.without.law.first.name
        return self.with_lag.values[name] - self.without.values[name]

    @property
    def shift(self) -> float:
        """By how much the delay moves a temperature at most, K."""
        return abs(self.tau) * self.rate[1] / 60

    @cached_property
    def matters(self) -> bool:
        """Whether it shows and moves the law's first parameter by more than its error."""
        return self.shows and abs(self.moved) > self.without.errors[self.without.law.first.name]

    @cached_property
    def words(self) -> str:
        """What the data say of a lag, in a sentence or two."""
        slow, fast = self.rate
        first = self.without.law.first
        label, unit = first.title, first.unit_for(self.curve.unit)
        swept = f"the temperature changed at {slow:.2g} to {fast:.2g} K/min"
        low, high = self.interval
        if not self.shows:
            least, most = sorted(self.reach)
            return (
                f"{swept}; the data show no lag between sample and thermometer, but a lag of "
                f"{_span(low, high)} is not excluded (95 %) and would change the {label} "
                f"by {least:+.2g} to {most:+.2g} {unit}"
            )
        pair = ("sample", "thermometer") if self.tau > 0 else ("thermometer", "sample")
        decides = WHAT_DECIDES
        if self.curve.sweeps is not None and len(set(self.curve.sweeps.directions)) > 1:
            decides = "fit the sweeps of each direction separately: a lag would make them differ"
        before, after = (
            (
                solution.values[first.name],
                solution.minimum.correlation.lag1,
                100 * float(np.abs(solution.minimum.residuals).max()),
            )
            for solution in (self.without, self.with_lag)
        )
        return (
            f"{swept}, and the fit improves if the {pair[0]} lags {abs(self.tau):.3g} s behind the "
            f"{pair[1]} (95 %: {_span(low, high)}; up to {self.shift:.2g} K of "
            f"temperature): the {label} would be {after[0]:.4g} instead of {before[0]:.4g} "
            f"{unit}, the lag-1 autocorrelation of the residuals {after[1]:.2f} "
            f"instead of {before[1]:.2f}, the largest residual {after[2]:.2g} instead of "
            f"{before[2]:.2g} %. This is no proof: the lag is a free parameter, and another law "
            f"may improve the fit as much. No correction is applied; {decides}"
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """The same where it casts doubt on the fit."""
        return (self.words,) if self.matters else ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """The same where it does not."""
        return () if self.matters else (self.words,)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, ready for JSON."""
        first = self.without.law.first
        error = (self.interval[1] - self.interval[0]) / (2 * self._t(0.95))
        return {
            "rate": {"min": self.rate[0], "max": self.rate[1], "unit": "K/min"},
            "tau": number(ufloat(self.tau, error), "s", interval=self.interval),
            f"{first.name}_moves_by": {
                "value": self.moved,
                "unit": first.unit_for(self.curve.unit),
            },
            "gain": self.gain,
            "shows": self.shows,
        }


def _span(low: float, high: float) -> str:
    """Return an interval of delays in words; an end that was not found is open."""
    if np.isinf(low) and np.isinf(high):
        return "any size"
    if np.isinf(low):
        return f"{high:.3g} s or less"
    return f"{low:.3g} s or more" if np.isinf(high) else f"{low:.3g} to {high:.3g} s"


def lag_of(
    curve: ResistanceCurve,
    window: tuple[float, float],
    *,
    law: str = DEFAULT_LAW,
    n: float = 5,
    weighting: str = "uniform",
) -> Lag:
    """Return the delay between sample and thermometer with the smallest misfit.

    Parameters
    ----------
    curve : ResistanceCurve
        With times.
    window : (low, high)
        Temperatures of the thermometer between which the points are used, K.
    law, n, weighting
        As in `fit_resistance`.

    Returns
    -------
    Lag

    Raises
    ------
    DataError
        If the curve has no times, the temperature does not change, or the window is beside
        the data.
    FitError
        If the law cannot be fitted.

    Notes
    -----
    The law is fitted to the same points at T - tau dT/dt for many tau of both signs, up to
    where a tenth of the temperature is moved; the best are refined. The 95 % interval is
    where the profile of the likelihood, of as many independent points as the
    autocorrelation of the best residuals leaves, falls by Student's t squared. A lag in a
    sweep of constant rate is a constant shift of the temperature, which a thermometer that
    is off makes as well.
    """
    part, law_of_r = curve.between(*window), law_named(law)
    rate = sweep_rate(curve)
    inside = (curve.temperature >= window[0]) & (curve.temperature <= window[1])
    rate = rate[inside]
    speed = np.abs(rate)
    if not speed.any():
        raise DataError(f"{curve.name}: the temperature does not change, so no lag can show")
    moving = speed > 0
    most = 60 * float(np.quantile(MOST_MOVED * part.temperature[moving] / speed[moving], 0.02))
    profile = _Profile(part, rate / 60, law_of_r, n, weighting)
    none, name = profile.solution(0.0), law_of_r.first.name
    tau, best = profile.best(most)
    interval, gain = profile.interval(tau, best)
    low, high = (
        profile.solution(end).values[name] - none.values[name]
        for end in np.clip(interval, -most, most)
    )
    return Lag(
        curve,
        range_of(rate),
        tau,
        interval,
        none,
        best,
        gain,
        (low, high),
    )


class _Profile:
    """The misfit of a law against the delay, each the logarithm of the mean square."""

    def __init__(
        self, part: ResistanceCurve, rate: Floats, law: Law, n: float, weighting: str
    ) -> None:
        self.part, self.rate = part, rate
        self.choices: dict[str, Any] = {"n": n, "weighting": weighting}
        self.law = law
        self.computed: dict[float, float] = {}

    def solution(self, tau: float) -> Solution:
        """Return the fit at a delay."""
        moved = self.part.temperature - tau * self.rate
        moved = np.maximum(moved, self.part.temperature / 2)
        at = replace(self.part, temperature=moved)
        free = solve(at, self.law, **self.choices)
        # Held as soon as it is negative, so that the misfit has no jump where it is quoted or not.
        below = {
            name for i in self.law.limited("held") if free.values[name := self.law.names[i]] < 0
        }
        return solve(at, self.law, start=free, held=below, **self.choices) if below else free

    def misfit(self, tau: float) -> float:
        """Return the logarithm of the mean square of the weighted residuals at a delay."""
        if tau not in self.computed:
            try:
                solution = self.solution(tau)
            except FitError:
                return np.inf
            squares = float(np.mean((solution.minimum.residuals * solution.weights) ** 2))
            self.computed[tau] = float(np.log(max(squares, 1e-300)))
        return self.computed[tau]

    def best(self, most: float) -> tuple[float, Solution]:
        """Return the delay of least misfit between -most and most, and its fit."""
        self.misfit(0.0)
        tried = np.linspace(-most, most, TRIED)
        misfits = np.array([self.misfit(tau) for tau in tried])
        around = np.pad(misfits, 1, constant_values=np.inf)
        valleys = np.flatnonzero((misfits <= around[:-2]) & (misfits <= around[2:]))
        for place in valleys[np.argsort(misfits[valleys])][:REFINED]:
            ends = tried[max(place - 1, 0)], tried[min(place + 1, TRIED - 1)]
            optimize.minimize_scalar(
                self.misfit, bounds=ends, method="bounded", options={"xatol": 1e-4 * most}
            )
        tau = min(self.computed, key=self.computed.__getitem__)
        return float(tau), self.solution(tau)

    def interval(self, tau: float, best: Solution) -> tuple[tuple[float, float], float]:
        """Return the 95 % interval of the delay, and the gain against none."""
        points = len(self.part) / best.minimum.correlation.widening
        allowed = student(0.95, max(points - best.minimum.fitted - 1, 1.0)) ** 2 / points

        def above(delay: float) -> float:
            return min(self.misfit(delay) - self.computed[tau], 1e3) - allowed

        inside = [delay for delay in self.computed if above(delay) <= 0]
        low, high = (
            self._crossing(above, end(inside), side) for end, side in ((min, -1), (max, 1))
        )
        return (low, high), points * (self.computed[0.0] - self.computed[tau])

    def _crossing(self, above: Callable[[float], float], inner: float, side: int) -> float:
        """Return where the misfit is too large, from a delay inside on, to one side."""
        outer = [tau for tau in self.computed if side * (tau - inner) > 0]
        if not outer:
            return float(side * np.inf)
        nearest = min(outer, key=lambda tau: abs(tau - inner))
        return float(optimize.brentq(above, inner, nearest, rtol=1e-6))
