"""Pressure in words and tables: means, verdicts, and what is missing."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from uncertainties import UFloat

from analysis.errors import DataError
from analysis.pressure.results import Results
from analysis.pressure.series import (
    PHASES,
    Constancy,
    Line,
    Regions,
    Series,
    failed,
    left_out_in_turn,
)
from analysis.show.report import Note, Table, quantity, run_label, unbroken
from analysis.twin import curves as twin
from analysis.twin import patterns as twin_patterns
from compendium.claims import Entry

NONE = "no value"
EMPTY = Note("No table:", ["there is no value to put into it."])
_NAMES = {
    "theta_d": ("Θ_D", "K"),
    "tc": ("T_c at 5 %", "K"),
    "tc_onset": ("T_c,onset", "K"),
    "lambda": ("λ", ""),
    "strain": ("10³ ε", ""),
}


# The same in sentences.
_WORDS = {
    "theta_d": ("the Debye temperature", "K"),
    "tc": ("the critical temperature at 5 %", "K"),
    "tc_onset": ("the onset temperature", "K"),
    "lambda": ("λ", ""),
    "strain": ("the strain", "thousandths"),
}


def words_of(series: Series) -> tuple[str, str, float]:
    """Return what sentences call a quantity, its unit, and the factor of its numbers."""
    symbol, unit, factor = name_of(series)
    return *_WORDS.get(series.name, (symbol, unit)), factor


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] if text.startswith("the ") else text


def name_of(series: Series) -> tuple[str, str, float]:
    """Return the symbol, the unit and the factor by which a quantity is written."""
    symbol, unit = _NAMES.get(series.name, (series.name, series.unit))
    return symbol, unit, 1000.0 if series.name == "strain" else 1.0


def heading(series: Series) -> str:
    """Return "Θ_D (K)", the heading of a column."""
    symbol, unit, _ = name_of(series)
    return f"{symbol} ({unit})" if unit else symbol


def value(found: UFloat | None, unit: str = "", *, factor: float = 1.0) -> str:
    """Return a number with its error, "≈ 331 K" without one, or that there is none."""
    if found is None:
        return NONE
    scaled = factor * found
    if np.isfinite(scaled.s) and scaled.s > 0:
        return quantity(scaled, unit)
    return unbroken(f"≈ {scaled.n:.3g} {unit}".rstrip())


def origin(*series: Series) -> Note:
    """Return the note that says once where all points come from and what that implies."""
    kinds = sorted({one for part in series for one in part.origins})
    if not kinds:
        return Note("Nothing to show:", ["the results hold no point of this sample at a pressure."])
    if "synthetic" in kinds:
        others = [one for one in kinds if one != "synthetic"]
        also = f" Among them are {' and '.join(others)} data." if others else ""
        said = (
            "The paper's own values went into them. Nothing in this chapter confirms the paper: "
            f"it shows the method, and what data of this quality could decide.{also} With "
            "measured data in their place the same page is computed anew."
        )
        return Note("Synthetic data.", [said])
    return Note("Data:", [f"{' and '.join(kinds)}. The verdicts are about these samples."])


def coverage(results: Results, sample: str, *series: Series) -> Note | None:
    """Return what is not in the figures and why: failed sheets, sheets without pressure."""
    said = [f"{one.name}: failed ({one.error})" for one in failed(results, sample)]
    lost = dict.fromkeys(name for part in series for name in part.left_out)
    said += [f"{name}: its pressure is not known" for name in lost]
    return Note("Not in the figures:", said) if said else None


def missing(*series: Series) -> Note | None:
    """Return the note that stands where a figure has nothing to draw; None if it has."""
    if any(len(one) for one in series):
        return None
    names = ", ".join(name_of(one)[0] for one in series)
    return Note("No figure:", [f"the results have no {names} of this sample at a known pressure."])


def points(series: Sequence[Series]) -> Table | Note:
    """Return a row for each pressure and run."""
    rows: dict[tuple[float, str], list[str]] = {}
    for at, one in enumerate(series):
        for pressure, run, found in one.rows():
            row = rows.setdefault((pressure, run), [""] * len(series))
            row[at] = value(found, factor=name_of(one)[2])
    if not rows:
        return EMPTY
    lines = [(f"{pressure:g}", run, *row) for (pressure, run), row in sorted(rows.items())]
    return Table(("P (GPa)", "run", *map(heading, series)), lines, words=2)


def means(series: Iterable[Series], regions: Regions) -> Table | Note:
    """Return the weighted mean in each phase, and whether the values agree with it."""
    rows = []
    for one in series:
        _, _, factor = name_of(one)
        for phase in PHASES:
            mean = one.in_phase(regions, phase).constancy().mean
            if mean is None:
                continue
            several = mean.n > 1
            rows.append(
                (
                    heading(one),
                    phase,
                    str(mean.n),
                    value(mean.value, factor=factor),
                    _two_digits(mean.chi_square / mean.dof) if several else "",
                    probability(mean.p_value) if several else "",
                    _two_digits(mean.widening) if several else "",
                )
            )
    if not rows:
        return EMPTY
    header = ("quantity", "phase", "values", "mean", "χ²/(N − 1)", "p", "widened by")
    return Table(header, rows, words=2)


def _two_digits(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.2g}"


def probability(p: float) -> str:
    """Return "0.42", "0.0010", or "< 0.0001"."""
    if p < 1e-4:
        return unbroken("< 0.0001")
    return f"{p:.4f}" if p < 0.01 else f"{p:.2f}"


def constancy_table(
    named: Iterable[tuple[str, Constancy]], unit: str, *, factor: float = 1.0
) -> Table:
    """Return a row for each test of constancy: slope, probabilities, verdict."""
    per = unbroken(f"{unit}/GPa") if unit else "1/GPa"
    header = (
        "points", "values", "p of the constant", f"slope ({per})", "p of the slope", "verdict"
    )  # fmt: skip
    rows = []
    for name, found in named:
        line, mean = found.line, found.mean
        rows.append(
            (
                name,
                str(found.n),
                NONE if mean is None or not mean.dof else probability(mean.p_value),
                NONE if line is None else value(line.slope, factor=factor),
                NONE if line is None else probability(line.p_value),
                found.verdict,
            )
        )
    return Table(header, rows)


def runs_in_turn(series: Series) -> Table:
    """Return the test of all points, then without each run."""
    symbol, unit, factor = name_of(series)
    named = [(f"{symbol}, all", series.constancy())]
    if len(set(series.runs)) > 1:
        named += [
            (f"without {unbroken(_sample(run))}", found) for run, found in left_out_in_turn(series)
        ]
    return constancy_table(named, unit, factor=factor)


def verdict(found: Constancy, series: Series) -> str:
    """Return in one or two sentences whether a quantity is constant, and how well that is known."""
    symbol, unit, factor = words_of(series)
    line, mean, change = found.line, found.mean, found.change
    if mean is None:
        return f"There is no value of {symbol} with an error here, so nothing can be tested"
    if line is None or change is None:
        return (
            f"With {found.n} value{'s' if found.n > 1 else ''} of {symbol}, constant and sloping "
            "cannot be told apart"
        )
    span = f"from {found.low:g} to {found.high:g} GPa"
    changed = value(change, unit, factor=factor)
    if found.verdict == "changes":
        return (
            f"A slope of {symbol} is seen {span}: a straight line changes by {changed}, and the "
            "scatter of a constant would show such a slope with a probability of "
            f"{probability(line.p_value)}"
        )
    if found.verdict == "scatters":
        return (
            f"{_sentence(symbol)} is not constant within its errors {span}: they explain such a "
            f"scatter with a probability of {probability(mean.p_value)}. No slope is seen (p = "
            f"{probability(line.p_value)}), so what moves the values is not pressure alone, or no "
            "straight line"
        )
    return (
        f"{_sentence(symbol)} is constant within its errors {span} "
        f"(p = {probability(mean.p_value)}), and no slope is seen "
        f"(p = {probability(line.p_value)}); the line changes by {changed}"
    )


def sensitivity(found: Constancy, series: Series, *, power: float = 0.8) -> str:
    """Return which change could have been seen, or stayed hidden."""
    symbol, unit, factor = words_of(series)
    line, largest = found.line, found.largest_change()
    if line is None or largest is None or found.mean is None:
        return f"There are too few values of {symbol} to say what could have been seen"
    least = line.detectable(power)
    over = least * (found.high - found.low)
    relative = largest / abs(found.mean.value.n)
    return (
        f"A slope of {_rounded(least * factor)} {_per(unit)}, or {_rounded(over * factor, unit)} "
        f"over the range, would have been seen in {100 * power:.0f} of 100 such experiments. The "
        f"95 % interval of the slope allows a change of up to {_rounded(largest * factor, unit)}, "
        f"which is {unbroken(f'{100 * relative:.1f} %')} of the mean"
    )


def _per(unit: str) -> str:
    return f"{unit}/GPa" if unit else "per GPa"


def _rounded(number: float, unit: str = "") -> str:
    return unbroken(f"{number:.2g} {unit}".rstrip())


def deciding(series: Series) -> str:
    """Return which runs turn the verdict on all points into another, in a sentence."""
    whole = series.constancy().verdict
    if whole == "too few points":
        return "There are too few points to ask whether one sample decides"
    if len(set(series.runs)) < 2:
        return "All points are of one run, so that it cannot be asked whether one sample decides"
    turned = [
        f"without {_sample(run)} it is “{found.verdict}”"
        for run, found in left_out_in_turn(series)
        if found.verdict not in (whole, "too few points")
    ]
    if not turned:
        return f"The verdict “{whole}” stands whichever run is left out"
    how_many = "one sample" if len(turned) == 1 else "single samples"
    return f"The verdict “{whole}” rests on {how_many}: {'; '.join(turned)}"


def _sample(run: str) -> str:
    label = run_label(run)
    return label if run.isdigit() else f"the {label}"


def put_in(series: Series) -> str:
    """Return what synthetic points were made from; that nobody knows it of others."""
    symbol, unit, factor = words_of(series)
    truths = _truths(series)
    if not len(series):
        return f"No value of {symbol} is here to be compared with a truth"
    if not truths:
        return f"The truth behind these values of {symbol} is not known"
    count = Counter(truths).most_common()
    if len(count) > 3:
        ends = f"{factor * min(truths):g} to {factor * max(truths):g} {unit}".rstrip()
        return f"The twin was made with {unbroken(ends)}"
    parts = [
        f"{unbroken(f'{factor * truth:g} {unit}'.rstrip())} at {times} point"
        + ("s" if times > 1 else "")
        for truth, times in count
    ]
    return f"The twin was made with {' and '.join(parts)}"


def _truths(series: Series) -> list[float]:
    """Return the truths of a series that is all of the twin, else nothing."""
    curves: dict[str, float] = {}
    if series.name == "theta_d":
        curves = {one.name: one.theta_d for one in twin.truths()}
    elif series.name == "strain":
        curves = {one.name: one.strain for one in twin_patterns.truths()}
    names = [one.name for one in series.sources if one.origin == "synthetic"]
    known = [curves[name] for name in names if name in curves]
    return known if len(known) == len(series) else []


def largest(series: Series) -> str:
    """Return the largest value and its pressure, in words."""
    symbol, unit, factor = words_of(series)
    if not len(series):
        return f"no value of {symbol} is known"
    pressure, _, found = max(series.rows(), key=lambda one: one[2].n)
    return (
        f"the largest value of {symbol} is {value(found, unit, factor=factor)}, at {pressure:g} GPa"
    )


def entries_on(entries: Iterable[Entry], *words: str) -> tuple[Entry, ...]:
    """Return the claims of the ledger that have one of the words in them.

    Raises
    ------
    DataError
        If there is none.
    """
    found = tuple(one for one in entries if any(word in one.claim for word in words))
    if not found:
        raise DataError(f"no claim of the ledger speaks of {' or '.join(words)}")
    return found


def slope(line: Line | None, unit: str, *, factor: float = 1.0) -> str:
    """Return a slope with its error, or that there is none."""
    return NONE if line is None else f"{value(line.slope, factor=factor)} {_per(unit)}"
