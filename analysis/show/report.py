"""Numbers in words and tables, as the chapters and the command line show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from typing import Any

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.numerics.summary import Form, form_of, interval_of
from analysis.show.foreign import WithSymbols, chemical, markdown
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit
from analysis.transport.fit_result import LawFit
from analysis.transport.laws import Parameter
from analysis.transport.transition_fit import TransitionFit

NO_UNIT = "–"  # in a table's column of units
_SYMBOLS = {"ohm": "Ω", "ohm m": "Ω m", "arbitrary": "arb. u.", "ratio": ""}


@dataclass(frozen=True)
class Table:
    """A small table that a notebook shows and a terminal prints.

    The first `words` columns hold words and stand left, and so do the last `words_after`; the
    others hold numbers. Cells are text, whatever stands in them; those with Markdown in them are
    `analysis.show.foreign.Marked`, and those with symbols to be typeset are `WithSymbols`.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1
    words_after: int = 0

    def _repr_markdown_(self) -> str:
        last = len(self.header) - self.words_after
        rule = ["--:" if self.words <= i < last else ":--" for i in range(len(self.header))]
        header, *rows = ([markdown(cell) for cell in line] for line in (self.header, *self.rows))
        return "\n".join("| " + " | ".join(line) + " |" for line in (header, rule, *rows))

    def __str__(self) -> str:
        lines = [self.header, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.header))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )


@dataclass(frozen=True)
class Note:
    """Remarks that stand out from the page, for what is missing or limits a result.

    Like the cells of a `Table` they are text, unless they are `Marked` or `WithSymbols`.
    """

    title: str
    remarks: Sequence[str]

    def _repr_markdown_(self) -> str:
        title, *said = map(markdown, (self.title, *self.remarks))
        if len(said) == 1:
            return f"> **{title}** {said[0]}"
        return "\n".join([f"> **{title}**", ">", *(f"> - {text}" for text in said)])

    def __str__(self) -> str:
        return "\n".join([self.title, *(f"- {text}" for text in self.remarks)])


def quantity(value: UFloat, unit: str = "") -> str:
    """Return "518.6 ± 1.2 K": one digit of the error, two if the first is 1 or 2."""
    n, s = float(value.n), float(value.s)
    if not 0 < s < np.inf:
        text = f"{n:.6g}"
    elif not 1e-3 <= abs(n) < 1e6 or s > 1e4:
        text = f"{value:P}"
    else:
        first = int(np.floor(np.log10(s)))
        digits = max(0, -first + (s < 3 * 10.0**first))
        text = f"{n:.{digits}f} ± {s:.{digits}f}"
    return unbroken(f"{text} {unit}".rstrip())


def unbroken(text: str) -> str:
    """Return text whose spaces do not break at the end of a line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def stated(
    number: Mapping[str, Any],
    unit: str | None = None,
    *,
    factor: float = 1.0,
    parts: bool = False,
) -> str:
    """Return a number of a result's dictionary in words, as it is quoted.

    "518 ± 4 K"; "512 to 690 K", its 95 % interval; "> 480 K" where that is open; "≈ 331 K"
    where no error is known; "none". See `analysis.numerics.summary.form_of`.

    Parameters
    ----------
    number : mapping
    unit : str, optional
        In place of the number's own, such as "" below a heading that has it.
    factor : float
        What it is multiplied by.
    parts : bool
        Say how much of the error is systematic.
    """
    unit = number["unit"] if unit is None else unit
    form, (low, high) = form_of(number), (factor * end for end in interval_of(number))
    if form is Form.NONE:
        return "none"
    if form is Form.ERROR:
        text = quantity(ufloat(factor * number["value"], factor * number["stderr"]), unit)
        part = number.get("systematic") if parts else None
        return f"{text} (systematic: {_with(f'{factor * part:.1g}', unit)})" if part else text
    if form is Form.ABOUT:
        return _with(f"≈ {factor * number['value']:.3g}", unit)
    if form is Form.LIMIT:
        return _with(f"> {low:.3g}" if isinf(high) else f"< {high:.3g}", unit)
    digits = max(0, 1 - int(np.floor(np.log10(max(high - low, 1e-12)))))
    return _with(f"{low:.{digits}f} to {high:.{digits}f}", unit)


def _with(text: str, unit: str) -> str:
    return unbroken(f"{text} {unit}".rstrip())


def percent(share: float) -> str:
    """Return "8 %"."""
    return unbroken(f"{100 * share:.0f} %")


def estimate(fit: LawFit, value: UFloat, unit: str = "") -> str:
    """Return a parameter of a fit with its error, or "≈ 331 K" where no error is known."""
    if fit.errors_known:
        return quantity(value, unit)
    return unbroken(f"≈ {value.n:.3g} {unit}".rstrip())


def interval(fit: ResistanceFit, name: str = "") -> str:
    """Return the 95 % interval of a parameter, "512 to 525", or that it is not known."""
    if not fit.errors_known:
        return "not known"
    return unbroken(_between(*fit.interval(name), more=1))


def _between(low: float, high: float, *, more: int = 0) -> str:
    """Return "512 to 525", or "above 512", to a tenth of the width and so many digits more."""
    if np.isinf(high):
        return f"above {low:.3g}"
    if max(abs(low), abs(high)) < 1e-3:
        return f"{low:.3g} to {high:.3g}"
    digits = max(0, 1 + more - int(np.floor(np.log10(max(high - low, 1e-12)))))
    return f"{low:.{min(digits, 6)}f} to {high:.{min(digits, 6)}f}"


def first(fit: ResistanceFit, unit: str = "") -> str:
    """Return what the law was fitted for, Theta_D, with its whole error.

    Where the data allow more to one side than to the other, that is its 95 % interval.
    """
    if fit.errors_known and fit.skewed:
        return unbroken(f"{interval(fit)} {unit}".rstrip())
    return estimate(fit, fit.parameters[fit.law.first.name], unit)


def saturation(fit: LawFit) -> str:
    """Return R_sat with its error, or its lower limit if it is not determined."""
    unit = _unit_of(fit)
    if fit.r_sat is not None and fit.errors_known:
        return quantity(fit.r_sat, unit)
    limit = fit.r_sat_lower
    if limit is None or not fit.errors_known:
        return "not known"
    text = f"{limit:.0f}" if 100 <= limit < 1e5 else f"{limit:.2g}"
    return unbroken(f"> {text} {unit}".rstrip())


def conductance(fit: LawFit) -> str:
    """Return G as it came out of a fit in which nothing held it, "-0.248 ± 0.002 1/Ω"."""
    (g_sat,) = (parameter for parameter in fit.law.parameters if parameter.name == "g_sat")
    return quantity(fit.g_free, _unit(fit, g_sat))


def about(curve: ResistanceCurve) -> Table:
    """Return what was loaded: the name of a curve, what its data are, and its points."""
    ends = f"{curve.temperature[0]:.3g} to {curve.temperature[-1]:.3g}"
    row = (curve.name, curve.origin or NO_UNIT, unbroken(ends), str(len(curve)))
    return Table(("curve", "data", "temperatures (K)", "points"), [row], words=2)


def parameters(fit: ResistanceFit) -> Table:
    """Return the parameters of one fit of a law, with standard errors."""
    rows = [
        (
            *_stated(fit, parameter),
            "none" if parameter.name in fit.held else interval(fit, parameter.name),
            _unit(fit, parameter) or NO_UNIT,
        )
        for parameter in fit.law.parameters
    ]
    return Table(("parameter", "value", "95 % interval", "unit"), rows)


def _stated(fit: LawFit, parameter: Parameter) -> tuple[str, str]:
    """Return what a parameter of a law is called, and its value."""
    stands_for = f" = {parameter.stands_for}" if parameter.stands_for else ""
    held = parameter.name in fit.held
    symbol = WithSymbols(parameter.symbol + stands_for)
    if parameter is fit.law.first and isinstance(fit, ResistanceFit):
        return symbol, first(fit)
    value = "0 (held)" if held else estimate(fit, fit.parameters[parameter.name])
    return symbol, value


def _unit_of(fit: LawFit) -> str:
    return _SYMBOLS.get(fit.curve.unit, fit.curve.unit)


def _unit(fit: LawFit, parameter: Parameter) -> str:
    unit = _unit_of(fit)
    if parameter.unit == "1/R":
        return f"1/({unit})" if " " in unit else f"1/{unit}" if unit else ""
    written = parameter.unit.replace("R", unit or ("1" if "/" in parameter.unit else ""))
    return written.replace("^2", "²")


def correlations(fit: ResistanceFit) -> Table:
    """Return the correlation matrix of the fitted parameters of one fit of a law."""
    fitted = [i for i, name in enumerate(fit.law.names) if name not in fit.held]
    symbols = [WithSymbols(fit.law.parameters[i].symbol) for i in fitted]
    rows = [
        (symbol, *(f"{value:.3f}" for value in fit.correlation_matrix[i, fitted]))
        for symbol, i in zip(symbols, fitted, strict=True)
    ]
    return Table(("parameter", *symbols), rows)


def resistance_table(fits: Iterable[ResistanceFit]) -> Table:
    """Return the Debye temperature of each fit of eq. 1, and how good the fit is."""
    fits = list(fits)
    theta_d, r_squared = WithSymbols("Θ_D (K)"), WithSymbols("R²")
    header = ("curve", "window (K)", theta_d, "95 % interval (K)", r_squared, "lag 1")
    rows = [
        (
            label,
            window(fit),
            first(fit),
            interval(fit),
            f"{fit.r_squared:.5f}",
            f"{fit.correlation.lag1:.2f}",
        )
        for label, fit in zip(curve_labels([fit.curve for fit in fits]), fits, strict=True)
    ]
    return Table(header, rows)


def amplitude_table(fits: Iterable[ResistanceFit]) -> Table:
    """Return the other parameters of each fit of eq. 1; * marks a G that was held at 0."""
    fits = list(fits)
    header = ("curve", *map(WithSymbols, ("R_0", "A", "R_sat")))
    rows = [
        (
            label,
            estimate(fit, fit.r0, _unit_of(fit)),
            estimate(fit, fit.a, _unit_of(fit)),
            saturation(fit) + ("*" if fit.g_at_zero else ""),
        )
        for label, fit in zip(curve_labels([fit.curve for fit in fits]), fits, strict=True)
    ]
    return Table(header, rows)


def window(fit: LawFit) -> str:
    """Return "20 to 243", the first and last temperature used, K."""
    low, high = fit.window
    return unbroken(f"{low:.0f} to {high:.0f}")


def group_labels(curves: Sequence[ResistanceCurve]) -> list[str]:
    """Return of each curve which sample and run it is of, as far as that tells some apart.

    "run 2" if all are of one sample; "silver" where none has a run; "silver, run 2".
    """
    several = len({curve.sample for curve in curves}) > 1
    return [
        ", ".join(
            [
                *([chemical(curve.sample)] if curve.sample and (several or not curve.run) else []),
                *([run_label(curve.run)] if curve.run else []),
            ]
        )
        or curve.name
        for curve in curves
    ]


def curve_labels(curves: Sequence[ResistanceCurve]) -> list[str]:
    """Return "run 2, 25 GPa" for each curve; its name where that does not tell it apart."""
    labels = [
        curve.name if curve.pressure is None else unbroken(f"{group}, {curve.pressure:g} GPa")
        for group, curve in zip(group_labels(curves), curves, strict=True)
    ]
    if len(set(labels)) < len(labels):
        return [curve.name for curve in curves]
    return labels


def run_label(run: str) -> str:
    """Return "run 2", or the name of a run that has one."""
    return f"run {run}" if run.isdigit() else run


def transition_parameters(fit: TransitionFit) -> Table:
    """Return the parameters of one fit of eq. 5 and a normal state, with standard errors."""
    unit = _unit_of(fit)
    floor = "0 (held)" if "floor" in fit.held else estimate(fit, fit.floor)
    rows: list[tuple[str, str, str]] = [
        (WithSymbols("T_c,onset"), stated(fit.onset.stated("K"), "", parts=True), "K"),
        (WithSymbols("F"), estimate(fit, fit.f), NO_UNIT),
        (WithSymbols("R(T_c,onset)"), estimate(fit, fit.r_onset), unit or NO_UNIT),
        (WithSymbols("floor c_0"), floor, NO_UNIT),
    ]
    if fit.normal == "law":
        rows += [(*_stated(fit, p), _unit(fit, p) or NO_UNIT) for p in fit.law.parameters]
    if "g_sat" in fit.law.names:
        limit = saturation(fit).removesuffix(unit).rstrip()
        rows += [(WithSymbols("R_sat"), limit, unit or NO_UNIT)]
    return Table(("parameter", "value", "unit"), rows)


def remarks(fit: ResistanceFit | TransitionFit) -> Note:
    """Return everything to know before quoting the numbers of a fit, as one note."""
    ours = map(WithSymbols, (*fit.warnings, *fit.remarks))
    said = list(dict.fromkeys([*fit.curve.notes, *fit.curve.warnings, *ours]))
    return Note(f"{fit.curve.name}, before quoting:", said or ["nothing to remark"])


def missing(error: Exception, *, instead: ResistanceCurve | None = None) -> Note:
    """Return the note that stands where measured data could not be had."""
    said = [str(error)]
    if instead is not None:
        said.append(f"shown instead: {instead.name} ({instead.origin} values)")
    return Note("Measured data missing:", said)
