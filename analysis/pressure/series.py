"""A quantity against pressure: regions of phases, means, and a test of constancy.

The values come from the table of results, each with its error or interval. Nothing is fitted
to a curve or a pattern here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special
from uncertainties import UFloat, ufloat

from analysis.errors import DataError, shown
from analysis.numerics.checks import as_numbers, known_errors
from analysis.numerics.linear import fit_linear
from analysis.numerics.means import Mean, weighted_mean
from analysis.numerics.summary import interval_of, weighing_error
from analysis.numerics.uncertainty import student
from analysis.pressure.equation_of_state import EquationOfState, fit_equation_of_state
from analysis.pressure.results import Results, SheetResult
from analysis.typing import Floats

SAMPLE = "La3Ni2O7-delta"
VERDICTS = ("too few points", "constant", "changes", "scatters")
# A constant fails when chance alone makes as much of a slope or of a scatter in one case out of
# 20. The two are independent of each other, and each is judged at this level.
SIGNIFICANCE = 0.05
OF_TWO = 1 - (1 - SIGNIFICANCE) ** 0.5


@dataclass(frozen=True)
class Regions:
    """Named regions of pressure, such as those of phases; without any the whole range is one.

    They part the pressures: what lies between two of them, below the first or above the last
    is a part of its own, so that no point is counted twice and none is lost.

    Parameters
    ----------
    bounds : tuple of (str, float, float)
        Name, lowest and highest pressure (GPa), ascending; both ends belong to the region, and
        where two meet, the lower one has the pressure. The last may have no end, inf.

    Raises
    ------
    DataError
        If they are not pressures in ascending order, two overlap, or two have one name.

    Examples
    --------
    >>> Regions.of_paper().phase(18.5)
    'between Amam and Fmmm'
    >>> Regions((("soft", 0, 5), ("hard", 5, 12))).names
    ('soft', 'hard', 'above hard')
    >>> Regions().names
    ('',)
    """

    bounds: tuple[tuple[str, float, float], ...] = ()

    def __post_init__(self) -> None:
        edges = as_numbers("regions of pressure", [end for _, *pair in self.bounds for end in pair])
        ascending = (edges[:-1] <= edges[1:]).all() and (edges[:1] >= 0).all()
        names = [name for name, *_ in self.bounds]
        if not (ascending and np.isfinite(edges[:-1]).all()) or len({*names, ""}) <= len(names):
            got = ", ".join(
                f"{shown(name)} from {shown(low)} to {shown(high)}"
                for name, low, high in self.bounds
            )
            raise DataError(
                "regions of pressure must have names of their own, lie in ascending order from 0 "
                f"GPa on and not overlap; got {got}"
            )

    @classmethod
    def of_paper(cls, amam_below: float = 18.0, fmmm_above: float = 20.0) -> "Regions":
        """Return where each phase of La3Ni2O7 lies: one reading of section 3.3 of the paper.

        Amam up to the first boundary, Fmmm from the second on, and both phases between them.
        The text has a level of the strain up to about 18 GPa "for the compressed Amam phase",
        and the transition "completed at P ~ 20 GPa"; by another of its sentences it is
        "perhaps incomplete until P ~ 33 GPa". None of these is sharp: whoever tests a phase
        tries other boundaries, too.
        """
        return cls((("Amam", 0.0, amam_below), ("Fmmm", fmmm_above, np.inf)))

    def phase(self, pressure: float) -> str:
        """Return the name of the part that a pressure (GPa) lies in, one of `names`."""
        parts = (*self.bounds, *self._rest())
        return next(name for name, low, high in parts if low <= pressure <= high)

    @property
    def names(self) -> tuple[str, ...]:
        """The parts, ascending; "" alone where no region is named."""
        parts = (*self.bounds, *(part for part in self._rest() if part[1] < part[2]))
        return tuple(name for name, *_ in sorted(parts, key=lambda part: part[1:]))

    def _rest(self) -> tuple[tuple[str, float, float], ...]:
        """Return what the named regions leave over; their ends are not part of it."""
        if not self.bounds:
            return (("", 0.0, np.inf),)
        (first, start, _), (last, _, end) = self.bounds[0], self.bounds[-1]
        between = (
            (f"between {lower} and {upper}", low, high)
            for (lower, _, low), (upper, high, _) in pairwise(self.bounds)
        )
        return (f"below {first}", 0.0, start), *between, (f"above {last}", end, np.inf)


@dataclass(frozen=True, eq=False)
class Series:
    """One quantity of one sample against pressure, ascending.

    Attributes
    ----------
    name, unit : str
    pressure, value : ndarray, shape (N,)
        GPa; as quoted.
    pressure_error : ndarray, shape (N,)
        Standard errors of the pressures, GPa; nan where none is stated.
    error : ndarray, shape (N,)
        What a value is weighed by (`analysis.numerics.summary.weighing_error`); nan where no
        error is known, or where the interval is open.
    low, high : ndarray, shape (N,)
        95 % intervals; infinite where an end is open or not known.
    systematic : ndarray, shape (N,)
        The part of the error that no scatter shows; 0 where none is stated.
    sources : tuple of SheetResult
        The sheet behind each point.
    left_out : tuple of str
        Names of the sheets that have the quantity but no pressure.
    undetermined : tuple of str
        Names of the sheets that looked for it and quote no value.
    """

    name: str
    unit: str
    pressure: Floats
    pressure_error: Floats
    value: Floats
    error: Floats
    low: Floats
    high: Floats
    systematic: Floats
    sources: tuple[SheetResult, ...]
    left_out: tuple[str, ...] = ()
    undetermined: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.pressure.size

    @property
    def runs(self) -> tuple[str, ...]:
        """Run of each point; where it belongs to none its sample, or the sheet's name."""
        return tuple(sheet.run or sheet.sample or sheet.name for sheet in self.sources)

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins of the points, each once."""
        return tuple(sorted({sheet.origin for sheet in self.sources}))

    def select(self, mask: ArrayLike) -> "Series":
        """Return the points where a mask of shape (N,) is true."""
        keep = np.asarray(mask, dtype=bool).reshape(self.pressure.shape)
        sources = tuple(
            sheet for sheet, selected in zip(self.sources, keep, strict=True) if selected
        )
        columns = {name: getattr(self, name)[keep] for name in _COLUMNS}
        return replace(self, sources=sources, **columns)

    def over(self, divisor: float) -> "Series":
        """Return the series as multiples of a number above zero."""
        scaled = {name: getattr(self, name) / divisor for name in _COLUMNS[2:]}
        return replace(self, unit="", **scaled)

    @property
    def weighable(self) -> "Series":
        """The points that can be weighed: their error is known, their interval closed."""
        return self.select(np.isfinite(self.error) & (self.error > 0))

    def between(self, low: float, high: float) -> "Series":
        """Return the points from one pressure up to another (GPa), both included."""
        return self.select((self.pressure >= low) & (self.pressure <= high))

    def in_phase(self, regions: Regions, phase: str) -> "Series":
        """Return the points in one of the parts of `Regions.names`."""
        return self.select([regions.phase(p) == phase for p in self.pressure.tolist()])

    def without(self, run: str) -> "Series":
        """Return the points of all other runs."""
        return self.select([name != run for name in self.runs])

    def constancy(self) -> "Constancy":
        """Test whether the quantity is constant, see `constancy`."""
        return constancy(
            self.pressure, self.value, self.error, self.systematic, self.pressure_error
        )

    def equation_of_state(self, equation: str | None = None) -> EquationOfState:
        """Fit an equation of state to volumes, see `fit_equation_of_state`."""
        return fit_equation_of_state(
            self.pressure, self.value, pressure_error=known_errors(self.pressure_error),
            volume_error=known_errors(self.error), equation=equation,
        )  # fmt: skip

    def rows(self) -> Iterator[tuple[float, str, Mapping[str, Any]]]:
        """Yield pressure, run and the number of each point, as its sheet states it."""
        stated = (sheet.numbers[self.name.removeprefix(OVER)] for sheet in self.sources)
        yield from zip(self.pressure.tolist(), self.runs, stated, strict=True)


_COLUMNS = ("pressure", "pressure_error", "value", "error", "low", "high", "systematic")
OVER = "1/"


def series_of(
    results: Results,
    kind: str,
    number: str,
    *,
    sample: str | None = SAMPLE,
    leave_out: Collection[str] = (),
    reciprocal: bool = False,
) -> Series:
    """Gather one number of all sheets of a sample against pressure.

    Sheets that failed, that are of another sample or that do not have the number are
    passed over.

    Parameters
    ----------
    results : Results
    kind : {"resistance", "diffraction"}
        Of the sheets.
    number : str
        Such as "theta_d"; see `analysis.pressure.results`.
    sample : str or None
        None: of all that the table holds.
    leave_out : collection of str
        Runs that serve another purpose.
    reciprocal : bool
        Take 1/number.
    """
    points: list[tuple[SheetResult, Mapping[str, Any]]] = []
    left_out, undetermined, unit = [], [], ""
    for sheet in results.select(kind, sample=sample):
        stated = sheet.numbers.get(number)
        if stated is None or sheet.run in leave_out:
            continue
        unit = str(stated.get("unit") or "")
        if stated["value"] is None or not np.isfinite(stated["value"]):
            undetermined.append(sheet.name)
        elif sheet.pressure is None:
            left_out.append(sheet.name)
        else:
            points.append((sheet, stated))
    column = _reciprocal_columns if reciprocal else _columns
    rows = [(sheet.pressure, sheet.pressure_error, *column(stated)) for sheet, stated in points]
    columns = np.array(rows, dtype=float)  # None becomes nan
    over = OVER * reciprocal
    return Series(
        over + number,
        over + unit,
        **dict(zip(_COLUMNS, columns.reshape(-1, len(_COLUMNS)).T, strict=True)),
        sources=tuple(sheet for sheet, _ in points),
        left_out=tuple(left_out),
        undetermined=tuple(undetermined),
    )


def _columns(stated: Mapping[str, Any]) -> tuple[float, float, float, float, float]:
    """Return value, weighing error, both ends of the interval, systematic part."""
    ends = interval_of(stated)
    return stated["value"], weighing_error(stated), *ends, stated.get("systematic") or 0.0


def _reciprocal_columns(stated: Mapping[str, Any]) -> tuple[float, float, float, float, float]:
    value, error, low, high, systematic = _columns(stated)
    square = value**2
    ends = 1 / high if high < np.inf else -np.inf, 1 / low if low > 0 else np.inf
    return 1 / value, error / square, *ends, systematic / square


def failed(results: Results) -> tuple[SheetResult, ...]:
    """Return the sheets that failed."""
    return tuple(sheet for sheet in results.sheets if sheet.status != "ok")


# ------------------------------------------------------------------ a constant or a slope


@dataclass(frozen=True)
class Constancy:
    """A constant and a straight line, each fitted to values against pressure.

    Attributes
    ----------
    low, high : float
        First and last pressure, GPa.
    mean : Mean or None
        The constant; None without any value.
    line : Line or None
        None with fewer than three values or a single pressure.
    unknown : int
        Number of values without an error, which were not used.
    """

    low: float
    high: float
    mean: Mean | None
    line: "Line | None"
    unknown: int = 0

    @property
    def n(self) -> int:
        """Number of values used."""
        return 0 if self.mean is None else self.mean.n

    @property
    def p_slope(self) -> float:
        """Probability that chance makes as much of a slope as the line gains, or of a scatter.

        That one of two independent tests goes as far, so that it compares with `SIGNIFICANCE`
        (Z. Sidak, J. Am. Stat. Assoc. 62, 626 (1967)); nan without a line.
        """
        return np.nan if self.line is None else 1 - (1 - self.line.p_value) ** 2

    @property
    def p_scatter(self) -> float:
        """Probability that chance makes as much of a scatter about the line, or of a slope."""
        return np.nan if self.line is None else 1 - (1 - self.line.p_about) ** 2

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`.

        "changes" if the line is significantly better than the constant; "scatters" if it
        is not, and the values scatter about it all the same by more than their errors say:
        something other than a slope moves them; "constant" if neither, which one true value
        gives in 19 cases of 20. That does not prove constancy: see `Line.detectable` and
        `largest_change`.
        """
        if self.mean is None or self.line is None:
            return "too few points"
        if self.p_slope < SIGNIFICANCE:
            return "changes"
        return "scatters" if self.p_scatter < SIGNIFICANCE else "constant"

    @property
    def change(self) -> UFloat | None:
        """The change of the line between the first and the last pressure."""
        return None if self.line is None else self.line.slope * (self.high - self.low)

    def largest_change(self, level: float = 0.95) -> float | None:
        """Return the largest change over the range, up or down, within the interval."""
        if self.line is None:
            return None
        low, high = self.line.interval(level)
        return max(abs(low), abs(high)) * (self.high - self.low)


@dataclass(frozen=True)
class Line:
    """A straight line through values against pressure, beside the constant.

    Attributes
    ----------
    nominal : UFloat
        Slope, with the error that the values' errors give; unit of the values per GPa.
    chi_square, chi_square_constant : float
        Of the line and of the constant.
    dof : int
        Of the line: values less two.
    """

    nominal: UFloat
    chi_square: float
    chi_square_constant: float
    dof: int

    @property
    def p_about(self) -> float:
        """Probability of such a scatter about the line, or a larger one."""
        return float(special.chdtrc(self.dof, self.chi_square))

    @property
    def fails(self) -> bool:
        """Whether the values scatter about the line by more than their errors explain."""
        return bool(self.p_about < OF_TWO)

    @property
    def slope(self) -> UFloat:
        """The slope; where the line fails, its error is widened to what the scatter says."""
        scale = float(np.sqrt(self.chi_square / self.dof)) if self.fails else 1.0
        return ufloat(self.nominal.n, self.nominal.s * scale)

    @property
    def p_scatter(self) -> float:
        """Probability of such a gain of the line, or a larger one, by the F test.

        Only the scatter says how large the errors are.
        """
        if self.chi_square <= 0:
            return 0.0 if self._gain > 0 else 1.0
        return float(special.fdtrc(1, self.dof, self._gain * self.dof / self.chi_square))

    @property
    def _gain(self) -> float:
        return max(self.chi_square_constant - self.chi_square, 0.0)

    @property
    def p_value(self) -> float:
        """Probability that the verdict rests on: of the F test where the line fails.

        Where the errors hold it is that of the likelihood ratio: the gain in chi-square is
        distributed as the square of one normal variable.
        """
        return self.p_scatter if self.fails else float(special.chdtrc(1, self._gain))

    @property
    def _freedom(self) -> float:
        return self.dof if self.fails else np.inf

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the confidence interval of the slope."""
        half = student(level, self._freedom) * self.slope.s
        return self.slope.n - half, self.slope.n + half

    def power(self, slope: ArrayLike) -> Floats:
        """Return the probability that a true slope would have been seen.

        Parameters
        ----------
        slope : array_like
            In the unit of the values per GPa; the sign does not matter.
        """
        apart = np.abs(np.asarray(slope, dtype=float)) / self.slope.s
        critical = student(1 - OF_TWO, self._freedom)
        if not self.fails:
            return np.asarray(special.ndtr(apart - critical) + special.ndtr(-apart - critical))
        above = 1 - special.nctdtr(self.dof, apart, critical)
        # The other side, where scipy gives nan for some of what is below 1e-8.
        return np.asarray(above + np.nan_to_num(special.nctdtr(self.dof, apart, -critical)))

    def detectable(self, power: float = 0.8) -> float:
        """Return the least slope that would have been seen with a probability.

        The power rises steadily from `OF_TWO` at a slope of 0 towards 1, so that there is
        one root.

        Raises
        ------
        DataError
            If the probability is not between `OF_TWO` and 1.
        """
        if not OF_TWO < power < 1:
            raise DataError(f"power must lie between {OF_TWO:.4f} and 1, got {power!r}")
        high = self.slope.s
        while self.power(high) < power:
            high *= 2
        return float(optimize.brentq(lambda slope: self.power(slope) - power, 0.0, high))


def constancy(
    pressure: ArrayLike,
    values: ArrayLike,
    errors: ArrayLike,
    systematic: ArrayLike = 0.0,
    pressure_error: ArrayLike = 0.0,
) -> Constancy:
    r"""Compare a constant with a straight line in pressure.

    .. math::

        x_i = \bar x, \qquad x_i = x_0 + s P_i, \qquad
        \chi^2 = \sum \frac{(x_i - \mathrm{model}_i)^2}{\sigma_i^2}

    Parameters
    ----------
    pressure, values, errors : array_like, shape (N,)
        GPa; values with standard errors, nan where not known: those are not used.
    systematic : array_like, shape (N,), optional
        The part of each error that may be common to all values. It widens the mean; in the
        tests it counts as if it were each value's own, so that it makes no slope.
    pressure_error : array_like, shape (N,), optional
        Standard errors of the pressures, GPa; nan where none is known, which counts as 0. Times
        the slope they belong to the errors of the values: the effective variance of the line.

    Returns
    -------
    Constancy

    Notes
    -----
    Two things are asked, whether the line gains and whether the values scatter about it. Of
    one true value the answers are independent; each has the level `OF_TWO`, so that both
    together reject the constant at the level `SIGNIFICANCE`. While the line's own chi-square
    is acceptable the errors are taken as they are (likelihood ratio). If it is not, they are
    too small or the truth is no line; then the scatter about the line takes their place
    (F test), which costs power.

    Examples
    --------
    >>> constancy([16, 20, 24, 28], [550, 551, 549, 550], [2, 2, 2, 2]).verdict
    'constant'
    """
    pressure_error = np.nan_to_num(np.asarray(pressure_error, float))
    columns = np.broadcast_arrays(pressure, values, errors, systematic, pressure_error)
    rows = np.array([*columns], dtype=float).reshape(5, -1)
    weighable = np.isfinite(rows[2]) & (rows[2] > 0)
    p, x, sigma, common, of_pressure = rows[:, weighable]
    unknown = weighable.size - p.size
    if not p.size:
        return Constancy(np.nan, np.nan, None, None, unknown)
    mean = weighted_mean(x, sigma, common)
    line = _line(p, x, sigma, of_pressure) if p.size > 2 and np.ptp(p) > 0 else None
    return Constancy(float(p.min()), float(p.max()), mean, line, unknown)


def _line(p: Floats, x: Floats, sigma: Floats, of_pressure: Floats) -> Line:
    # About the middle, where slope and level do not know of each other.
    middle = float(np.average(p, weights=sigma**-2))
    terms, effective = np.stack([np.ones_like(p), p - middle]), sigma
    line = fit_linear(terms, x, sigma**2)
    for _ in range(4 if of_pressure.any() else 0):
        effective = np.hypot(sigma, line.values[1] * of_pressure)
        line = fit_linear(terms, x, effective**2)
    slope = ufloat(line.values[1], np.sqrt(line.covariance[1, 1]))
    return Line(slope, line.chi_square, weighted_mean(x, effective).chi_square, line.dof)


def left_out_in_turn(series: Series) -> Iterable[tuple[str, Constancy]]:
    """Yield each run with the test of the others: it shows whether one sample decides."""
    for run in dict.fromkeys(series.runs):
        yield run, series.without(run).constancy()
