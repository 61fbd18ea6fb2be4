"""What moves with pressure, in sentences: values, verdicts, and what could have been seen."""

from collections import Counter
from typing import NamedTuple

import numpy as np
from uncertainties import UFloat

from analysis.pressure.plateau import PLATEAU
from analysis.pressure.series import Regions, Series, left_out_in_turn
from analysis.show.report import quantity, run_label, stated, unbroken
from analysis.twin import curves as twin
from analysis.twin import patterns as twin_patterns

NONE = "no value"


class Quantity(NamedTuple):
    """What tables and sentences call a quantity, and the factor of its numbers."""

    symbol: str
    words: str
    unit: str
    unit_in_words: str
    factor: float = 1.0

    @property
    def heading(self) -> str:
        """What stands above a column: "Θ_D (K)"."""
        return f"{self.symbol} ({self.unit})" if self.unit else self.symbol


_QUANTITIES = {
    "theta_d": Quantity("Θ_D", "the Debye temperature", "K", "K"),
    "tc": Quantity("T_c at 5 %", "the critical temperature at 5 %", "K", "K"),
    "tc_onset": Quantity("T_c,onset", "the onset temperature", "K", "K"),
    "lambda": Quantity("λ", "λ", "", ""),
    "strain": Quantity("10³ ε", "the strain", "", "thousandths", 1000.0),
}


def quantity_of(series: Series) -> Quantity:
    """Return what a quantity is called; by its own name and unit if it is none of the five."""
    name, unit = series.name, series.unit
    return _QUANTITIES.get(name, Quantity(name, name, unit, unit))


def value(found: UFloat | None, unit: str = "", *, factor: float = 1.0) -> str:
    """Return a number with its error, "≈ 331 K" without one, or that there is none."""
    if found is None:
        return NONE
    scaled = factor * found
    if np.isfinite(scaled.s) and scaled.s > 0:
        return quantity(scaled, unit)
    return unbroken(f"≈ {scaled.n:.3g} {unit}".rstrip())


def mean(series: Series, *, times: float = 1.0) -> str:
    """Return the weighted mean of a quantity, as `value` writes it, or that there is none."""
    constant, called = series.constancy().mean, quantity_of(series)
    return value(constant and constant.value, called.unit, factor=times * called.factor)


def common(series: Series) -> str:
    """Return what the parts of the errors that no scatter shows do to a mean, in a sentence."""
    called, weighed = quantity_of(series), series.known
    constant = weighed.constancy().mean
    if constant is None or not constant.common:
        return f"No value of {called.symbol} here has a systematic part"
    count = int((weighed.systematic > 0).sum())
    return (
        f"{count} of the {len(weighed)} values of {called.symbol} have a systematic part, which no "
        "scatter shows. It may be the same for all of them; then no number of values makes it "
        f"less. The error of the mean holds "
        f"{_rounded(constant.common * called.factor, called.unit)} for that"
    )


def probability(p: float) -> str:
    """Return "0.42", "0.0010", or "< 0.0001"."""
    if p < 1e-4:
        return unbroken("< 0.0001")
    return f"{p:.4f}" if p < 0.01 else f"{p:.2f}"


def verdict(series: Series) -> str:
    """Return in one or two sentences whether a quantity is constant, and how well that is known."""
    _, symbol, _, unit, factor = quantity_of(series)
    found = series.constancy()
    line, constant, change = found.line, found.mean, found.change
    if constant is None:
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
            f"A slope of {symbol} is seen {span}: a straight line changes by {changed}, and "
            "chance shows as much in values of one truth with a probability of "
            f"{probability(found.p_slope)}"
        )
    if found.verdict == "scatters":
        return (
            f"{_sentence(symbol)} is not constant within its errors {span}: they explain such a "
            f"scatter with a probability of {probability(found.p_scatter)}. No slope is seen (p = "
            f"{probability(found.p_slope)}), so what moves the values is not pressure alone, or no "
            "straight line"
        )
    return (
        f"{_sentence(symbol)} is constant within its errors {span} "
        f"(p = {probability(found.p_scatter)}), and no slope is seen "
        f"(p = {probability(found.p_slope)}); the line changes by {changed}"
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] if text.startswith("the ") else text


def sensitivity(series: Series, *, power: float = 0.8) -> str:
    """Return which change could have been seen, or stayed hidden."""
    _, symbol, _, unit, factor = quantity_of(series)
    found = series.constancy()
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
        f"without {sample_label(run)} it is “{found.verdict}”"
        for run, found in left_out_in_turn(series)
        if found.verdict not in (whole, "too few points")
    ]
    if not turned:
        return f"The verdict “{whole}” stands whichever run is left out"
    how_many = "one sample" if len(turned) == 1 else "single samples"
    return f"The verdict “{whole}” rests on {how_many}: {'; '.join(turned)}"


def sample_label(run: str) -> str:
    """Return "run 2", or "the zero-resistance sample"."""
    return run_label(run) if run.isdigit() else f"the {run} sample"


def put_in(series: Series) -> str:
    """Return what synthetic points were made from; that nobody knows it of others."""
    _, symbol, _, unit, factor = quantity_of(series)
    truths = _truths(series)

    def written(number: float | str) -> str:
        return unbroken(f"{number} {unit}".rstrip())

    if not len(series):
        return f"No value of {symbol} is here to be compared with a truth"
    if not truths:
        return f"The truth behind these values of {symbol} is not known"
    count = Counter(truths).most_common()
    if len(count) > 3:
        ends = f"{factor * min(truths):g} to {factor * max(truths):g}"
        return f"The twin was made with {written(ends)}"
    parts = [
        f"{written(f'{factor * truth:g}')} at {times} point{'s' if times > 1 else ''}"
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
    _, symbol, _, unit, factor = quantity_of(series)
    if not len(series):
        return f"no value of {symbol} is known"
    pressure, _, found = max(series.rows(), key=lambda one: one[2]["value"])
    return (
        f"the largest value of {symbol} is {stated(found, unit, factor=factor)}, "
        f"at {pressure:g} GPa"
    )


# ------------------------------------------------------------- what the chapters glue, by name


def origins(*series: Series) -> list[str]:
    """Return the origins of all points, each once."""
    return sorted({origin for part in series for origin in part.origins})


def debye_words(theta: Series, regions: Regions) -> dict[str, str]:
    """Return what is said of the Debye temperature in both phases, and of the phases."""
    amam, fmmm = (theta.in_phase(regions, phase) for phase in ("Amam", "Fmmm"))
    return {
        "regions-amam": f"{regions.amam_below:g} GPa",
        "regions-fmmm": f"{regions.fmmm_above:g} GPa",
        "phase-22": regions.phase(22.4),
        "theta-mean": mean(fmmm),
        "theta-common": common(fmmm),
        "theta-verdict": verdict(fmmm),
        "theta-sensitivity": sensitivity(fmmm),
        "theta-put-in": put_in(fmmm),
        "theta-deciding": deciding(fmmm),
        "theta-amam": mean(amam),
        "theta-amam-verdict": verdict(amam),
    }


def transition_words(
    onset: Series, tc: Series, coupling: Series, regions: Regions
) -> dict[str, str]:
    """Return what is said of the onsets in Fmmm, and of the course of lambda."""
    fmmm, few = onset.in_phase(regions, "Fmmm"), len(coupling) < 2
    return {
        "n-onset": str(len(onset)),
        "n-tc": str(len(tc)),
        "n-lambda": str(len(coupling)),
        "onset-verdict": verdict(fmmm),
        "onset-deciding": deciding(fmmm),
        "lambda-course": "Two pressures are the least that a course needs"
        if few
        else verdict(coupling),
    }


def strain_words(strain: Series, regions: Regions) -> dict[str, str]:
    """Return what is said of the strain, most of it on the plateau that the paper names."""
    plateau = strain.between(*PLATEAU)
    first, last = map(regions.phase, PLATEAU)
    return {
        "plateau": mean(plateau),
        "plateau-common": common(plateau),
        "plateau-verdict": verdict(plateau),
        "plateau-put-in": put_in(plateau),
        "plateau-spans": "spans" if first != last else "does not span",
        "plateau-sensitivity": sensitivity(plateau),
        "strain-largest": largest(strain),
    }
