"""Rival laws side by side on the same points of a curve: which of them the data tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from uncertainties import UFloat

from analysis.errors import AnalysisError, FitError, attempt
from analysis.numerics.least_squares import Undetermined, minimise
from analysis.numerics.progress import steps
from analysis.numerics.provenance import stated_data
from analysis.numerics.summary import number, two_digits
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit, check_fit_choices, fitted_in, refuse_open
from analysis.transport.laws import law_named
from analysis.transport.rivals import RIVALS, Rival
from analysis.transport.window import Window, usable_range

# A law is told apart where its AICc exceeds the lowest by more than this. A parameter that
# the data do not need costs 2: a law with one such parameter stays, with two it seldom does.
TOLD_APART = 3.0
# A law without a Debye temperature must be worse by this before any Theta_D is quoted.
NULL_APART = 10.0
# A Debye temperature is open if its standard error is more than this part of it.
_OPEN = 0.25
_BLOCKS = 10
# Independent points: two for each parameter of the richest law.
_FEWEST = 12


@dataclass(frozen=True, eq=False)
class Contender:
    """A rival law and its fit to the points.

    Attributes
    ----------
    rival : Rival
    fit : ResistanceFit or None
        None where the points do not determine the law, or would have an amplitude that cannot
        be negative so; `reason` then says why.
    reason : str
        Why there is no fit, or none that has a Debye temperature to quote, in words; or "".
    squares : float
        Mean of the (weighted) squared residuals, in parts of the largest resistance.
    left_out : float
        Root mean square by which blocks of neighbouring points that were left out of the fit
        are missed, in parts of the largest resistance; infinite where a fit without one fails.
    """

    rival: Rival
    fit: ResistanceFit | None
    reason: str = ""
    squares: float = np.inf
    left_out: float = np.inf

    @property
    def described(self) -> bool:
        """Whether the residuals of the law are nothing but scatter."""
        return self.fit is not None and self.fit.misfit.described

    @property
    def is_null(self) -> bool:
        """Whether the law has no Debye temperature."""
        return "theta_d" not in law_named(self.rival.law).names

    @property
    def counted(self) -> int:
        """How many parameters the law has, that of the scatter among them."""
        return len(law_named(self.rival.law).names) + self.rival.saturation


@dataclass(frozen=True, eq=False)
class LawComparison:
    """The result of `compare_laws`.

    Attributes
    ----------
    curve : ResistanceCurve
    window : Window
    contenders : mapping of str to Contender
        By the names of the rivals.
    closest : ResistanceFit
        The fit with the smallest sum of squares.
    not_told_apart : tuple of str
        Names of the laws that the data do not tell apart.
    linear : bool
        Whether a straight line is among them, and so no law with a Debye temperature is.
    null_is_near : bool
        Whether a law without a Debye temperature is not worse by more than `NULL_APART`.
    none_describes : bool
        Whether every law leaves more than scatter over; those nearest are not told apart then.
    differences : mapping of str to float
        AICc less the lowest of the laws that stand, by name; infinite without a fit.
    """

    curve: ResistanceCurve
    window: Window
    contenders: dict[str, Contender]
    closest: ResistanceFit

    def _best(self, name: str) -> Contender:
        """Return a rival or, where it has no fit, the best of those that it contains."""
        contender = self.contenders[name]
        if contender.fit is not None:
            return contender
        names = (name for name in contender.rival.contains if name in self.contenders)
        return min((contender, *map(self._best, names)), key=lambda fitted: fitted.squares)

    @cached_property
    def differences(self) -> dict[str, float]:  # noqa: D102 - above
        size = independent(self.closest)

        def aicc(name: str) -> float:
            k, squares = self.contenders[name].counted, self._best(name).squares
            if size <= k + 1 or np.isinf(squares):
                return float("inf")
            return float(size * np.log(squares) + 2 * k * size / (size - k - 1))

        each = {name: aicc(name) for name in self.contenders}
        least = min(each[name] for name in self._standing)
        return {name: value - least for name, value in each.items()}

    @property
    def none_describes(self) -> bool:  # noqa: D102
        return not any(contender.described for contender in self.contenders.values())

    @cached_property
    def _standing(self) -> list[str]:
        """The laws that describe the points, all that were fitted where none does."""
        best = {name: self._best(name) for name in self.contenders}
        fitted = [name for name, contender in best.items() if contender.fit]
        return [name for name in fitted if best[name].described or self.none_describes]

    @cached_property
    def _near(self) -> list[Contender]:
        near = (name for name in self._standing if self.differences[name] <= TOLD_APART)
        return [self.contenders[name] for name in near]

    @property
    def linear(self) -> bool:  # noqa: D102
        lines = (contender for contender in self._near if contender.rival.law == "linear")
        return any(lines) and not self.none_describes

    @property
    def not_told_apart(self) -> tuple[str, ...]:  # noqa: D102
        near = (contender for contender in self._near if contender.is_null or not self.linear)
        return tuple(contender.rival.name for contender in near)

    def theta_d(self, name: str) -> UFloat | None:
        """Return the Debye temperature (K) by a rival, None where none is to be quoted.

        So it is where the law does not describe the points or leaves it open, and for all laws
        where one without a Debye temperature is not worse by `NULL_APART`: among many laws that
        can bend, one may follow correlated scatter better than a line by chance.
        """
        contender = self.contenders[name]
        fit = contender.fit
        if fit is None or contender.reason or not (contender.described and fit.errors_known):
            return None
        theta_d = fit.theta_d
        return None if self.null_is_near or theta_d.s > _OPEN * theta_d.n else theta_d

    @cached_property
    def null_is_near(self) -> bool:  # noqa: D102
        pairs = self.differences.items()
        return any(self.contenders[name].is_null and by <= NULL_APART for name, by in pairs)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What casts doubt on the comparison, in words."""
        text = "no law describes the points within their scatter; the closest laws are listed"
        return (text,) if self.none_describes else ()

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """Which laws the data tell apart and which they do not, in words."""
        names = self.not_told_apart
        texts = [f"the data do not distinguish between {', '.join(names)}"]
        if self.none_describes:
            texts = [f"closest to the data: {', '.join(names)}"]
        elif len(names) == 1:
            texts = [f"the data distinguish {names[0]} from all other laws"]
        values = [value for name in names if (value := self.theta_d(name)) is not None]
        if self.linear:
            texts.append("the curve is linear and needs no phonons: it gives no Debye temperature")
        elif self.null_is_near:
            texts.append("a law without a Debye temperature fits about as well, so none is quoted")
        elif values:
            values.sort(key=lambda value: value.n)
            ends = [f"{end.n:.4g} +- {two_digits(end.s)} K" for end in (values[0], values[-1])]
            texts.append(f"these laws give Theta_D = {' to '.join(dict.fromkeys(ends))}")
        apart = [name for name in self.contenders if name not in names]
        less = [name for name in apart if not self._contains_near(name)]
        forecast = min(self.contenders, key=lambda name: self.contenders[name].left_out)
        if forecast in less:
            texts.append(f"but {forecast} best predicts points that were left out of its fit")
        if richer := [name for name in apart if name not in less]:
            texts.append(f"with more parameters than the data need: {', '.join(richer)}")
        if less:
            texts.append(f"distinguished from these: {', '.join(less)}")
        return tuple(texts)

    def _contains_near(self, name: str) -> bool:
        """Return whether a law contains one of those not told apart.

        Where a straight line is among these, every law with phonons contains it.
        """
        contender = self.contenders[name]
        straight = self.linear and not contender.is_null
        return straight or not set(self.not_told_apart).isdisjoint(contender.rival.contains)

    def rows(self) -> list[tuple[str, ...]]:
        """Return a table in words: headings, then each law; a star where it is not told apart."""
        table: list[tuple[str, ...]] = [
            ("stays", "law", "Theta_D (K)", "AICc", "left out (%)", "in errors", "lag 1", "misfit")
        ]
        forms = {"aicc": ".1f", "left_out": ".2g", "left_out_in_errors": ".2f"}
        for row in self.to_dict()["laws"]:
            value, error = row["theta_d"]["value"], row["theta_d"]["stderr"]
            each = {**forms, "autocorrelation": ".2f"}.items()
            cells = ("-" if row[key] is None else f"{row[key]:{form}}" for key, form in each)
            about = "-" if value is None else f"{value:.4g} +- {two_digits(error)}"
            misfit = "-" if row["described"] else "yes"
            misfit = "no fit" if row["autocorrelation"] is None else misfit
            table.append(("-" if row["told_apart"] else "*", row["rival"], about, *cells, misfit))
        return table

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain numbers and words, ready for JSON."""
        return {
            "laws": [self._row(name, contender) for name, contender in self.contenders.items()],
            "not_told_apart": list(self.not_told_apart),
            "linear": self.linear,
            "n_points": self.closest.n_points,
            "window": list(self.closest.window),
            "window_basis": self.window.basis,
            "weighting": self.closest.weighting,
            **stated_data(self.curve),
            "warnings": [*self.curve.warnings, *self.warnings],
            "remarks": [*self.window.remarks, *self.remarks],
        }

    def _row(self, name: str, contender: Contender) -> dict[str, Any]:
        rival, by = contender.rival, self.differences[name]
        scatter = float(np.sqrt(min(other.squares for other in self.contenders.values())))
        finite = np.isfinite(contender.left_out)
        return {
            "rival": name,
            "title": rival.title,
            "law": rival.law,
            "exponent": contender.fit.n if contender.fit else rival.n,
            "theta_d": number(self.theta_d(name), "K"),
            "aicc": by if np.isfinite(by) else None,
            "left_out": 100 * contender.left_out if finite else None,
            "left_out_in_errors": contender.left_out / scatter if finite else None,
            "autocorrelation": contender.fit.correlation.lag1 if contender.fit else None,
            "described": contender.described,
            "told_apart": name not in self.not_told_apart,
            "reason": contender.reason,
        }


def independent(fit: ResistanceFit) -> float:
    """Return the number of independent points that a fit's points count as, by its residuals."""
    correlation = fit.correlation
    return fit.n_points / (correlation.widening if correlation.significant else 1.0)


def compare_laws(
    curve: ResistanceCurve,
    window: tuple[float, float] | None = None,
    *,
    rivals: Sequence[Rival] = RIVALS,
    weighting: str = "uniform",
) -> LawComparison:
    """Fit rival laws to the same points and say which of them the data tell apart.

    Parameters
    ----------
    curve : ResistanceCurve
    window : (low, high), optional
        Temperatures in K between which the points are used; all above a superconducting drop
        without it. No law's fit moves it.
    rivals : sequence of Rival
        Some of `analysis.transport.rivals.RIVALS`.
    weighting : {"uniform", "relative", "per-kelvin"}
        As in `fit_resistance`.

    Returns
    -------
    LawComparison

    Raises
    ------
    AnalysisError
        If there is no rival, or no such weighting.
    DataError
        If the window is empty, reversed or beside the data.
    FitError
        If no law can be fitted, or the points are worth fewer than 12 independent ones.

    Notes
    -----
    Laws that leave more than scatter over (`analysis.transport.misfit`) are set aside, and so
    are those whose AICc exceeds the lowest by more than `TOLD_APART` (H. Akaike, IEEE Trans.
    Autom. Control 19, 716 (1974); C. M. Hurvich and C.-L. Tsai, Biometrika 76, 297 (1989)). It
    counts N/w independent points: w is by how much the correlation of neighbours widens
    variances, in what the closest law leaves over. A smooth term takes w times as much out of
    correlated scatter as out of independent one, and what a wrong law leaves over is
    correlated by that law, not by the scatter. A law that the points do not determine is as
    good as the best that it contains, with its own number of parameters. Where a straight line
    stays, no law with a Debye temperature does: with a low one they are all straight.

    Examples
    --------
    >>> t = np.linspace(5, 300, 100)
    >>> r = 0.2 + t / 300 + 1e-3 * np.random.default_rng(1).normal(size=t.size)
    >>> comparison = compare_laws(ResistanceCurve(t, r))
    >>> comparison.linear, comparison.theta_d("n5")
    (True, None)
    """
    if not rivals:
        raise AnalysisError("rivals is empty; see analysis.transport.rivals.RIVALS")
    check_fit_choices(rivals[0].law, rivals[0].n, weighting)
    chosen = usable_range(curve) if window is None else Window.given(curve, window)
    each = [_contender(curve, chosen, rival, weighting) for rival in steps(rivals, "laws")]
    closest = min(each, key=lambda contender: contender.squares).fit
    if closest is None:
        raise FitError(each[0].reason)
    if (size := independent(closest)) < _FEWEST:
        raise FitError(
            f"{curve.name}: {closest.n_points} points count as {size:.0f} independent points; "
            f"a comparison of laws needs {_FEWEST}"
        )
    contenders = {contender.rival.name: contender for contender in each}
    return LawComparison(curve, chosen, contenders, closest)


def _contender(curve: ResistanceCurve, chosen: Window, rival: Rival, weighting: str) -> Contender:
    choices = {"n": rival.n, "weighting": weighting, "saturation": rival.saturation}
    fit, why = attempt(lambda: fitted_in(curve, chosen, law_named(rival.law), **choices))
    if fit is None:
        return Contender(rival, None, why or "")
    held = fit.held if rival.saturation else fit.held - {"g_sat"}
    for parameter in fit.law.parameters:
        if parameter.name in held:
            return Contender(rival, None, f"the {parameter.title} would have to be negative")
    _, why = attempt(lambda: refuse_open(fit))
    weights = fit.kept.weights if weighting == "relative" else np.ones(fit.n_points)
    squares = float(np.mean((fit.minimum.residuals * weights) ** 2))
    return Contender(rival, fit, why or "", max(squares, 1e-24), _left_out(fit))


def _left_out(fit: ResistanceFit) -> float:
    """Return the root mean square of blocks of neighbours that a fit without them misses."""
    solution, t, measured = fit.kept, fit.part.temperature, fit.part.resistance / fit.scale
    missed = np.empty_like(t)
    for block in np.array_split(np.arange(t.size), _BLOCKS):
        rest = np.delete(np.arange(t.size), block)
        try:
            minimum = minimise(
                solution.law.at(t[rest], solution.t_one, solution.n),
                solution.minimum.parameters,
                measured[rest],
                weights=solution.weights[rest],
                free=solution.minimum.free,
                evaluations=solution.law.patience,
                tolerance=1e-6,
            )
        except Undetermined:
            return float("inf")
        law = solution.law.at(t[block], solution.t_one, solution.n)
        missed[block] = measured[block] - law.value(minimum.parameters)
    return float(np.sqrt(np.mean((missed * solution.weights) ** 2)))
