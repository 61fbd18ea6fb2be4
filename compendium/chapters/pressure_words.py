"""What moves with pressure, in sentences: values, verdicts, and what could have been seen.

A text that a chapter glues is a whole sentence where its number may be missing: then it is empty.
"""

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
    called, weighed = quantity_of(series), series.weighable
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
    """Return "run 2", or "“zero-resistance”"."""
    return run_label(run) if run.isdigit() else f"“{run}”"


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


def of_samples(series: Series) -> list[Series]:
    """Return the points of each sample."""
    samples = [one.sample for one in series.sources]
    return [series.select([one == chosen for one in samples]) for chosen in dict.fromkeys(samples)]


def leading(series: Series, sample: str | None) -> Series:
    """Return the points of the sample that verdicts are about: of that with most if it has none."""
    parts = of_samples(series)
    chosen = [part for part in parts if part.sources[0].sample == sample]
    return next(iter(chosen), max(parts, key=len, default=series))


def region_for(series: Series, regions: Regions, wanted: str = "") -> str:
    """Return the part of the pressures that verdicts are about: the one with most weighed values.

    It is `wanted` where a region has that name.
    """
    names = regions.names
    return (
        wanted
        if wanted in names
        else max(names, key=lambda one: len(series.in_phase(regions, one).weighable))
    )


def where(regions: Regions, region: str) -> str:
    """Return "in the Fmmm region", "between Amam and Fmmm", or "over the whole range"."""
    if any(region == name for name, *_ in regions.bounds):
        return f"in the {region} region"
    return region or "over the whole range"


def pressures_said(*series: Series) -> str:
    """Return how well the pressures of all points are known, in a sentence."""
    errors = np.concatenate([part.pressure_error for part in series])
    if np.isnan(errors).all():
        return "No error of a pressure is stated here: all are taken as exact."
    return (
        f"The pressures of {np.isfinite(errors).sum()} of the {errors.size} points have errors, up "
        f"to {_rounded(np.nanmax(errors), 'GPa')}. Bars along the axis of pressure show their 95 % "
        "intervals, and a straight line counts them by its slope."
    )


def regions_said(regions: Regions) -> str:
    """Return which regions are shaded, in a sentence."""
    if not regions.bounds:
        return "The data package names no regions of pressure: every mean is over the whole range."
    named = [
        f"{name} from {low:g} GPa on" if np.isinf(high) else f"{name} from {low:g} to {high:g} GPa"
        for name, low, high in regions.bounds
    ]
    return f"The data package names regions of pressure: {', '.join(named)}."


def mean_said(series: Series, at: str) -> str:
    """Return the weighted mean of a quantity in a sentence, empty without a value."""
    constant, called = series.constancy().mean, quantity_of(series)
    if constant is None or constant.n < 2:
        return ""
    return f"The weighted mean of {called.symbol} {at} is {mean(series)}."


def tested(prefix: str, series: Series) -> dict[str, str]:
    """Return the sentences on whether a quantity is constant, for the names that a chapter glues.

    Of too few values the first one says that; the others are empty then.
    """
    enough = series.constancy().line is not None
    return {
        f"{prefix}-verdict": f"{verdict(series)}.",
        f"{prefix}-sensitivity": f"{sensitivity(series)}." if enough else "",
        f"{prefix}-deciding": f"{deciding(series)}." if enough else "",
        f"{prefix}-common": f"{common(series)}." if enough else "",
        f"{prefix}-put-in": f"{put_in(series)}." if len(series) else "",
    }


def debye_words(theta: Series, regions: Regions, region: str = "Fmmm") -> dict[str, str]:
    """Return what is said of the Debye temperature in one region."""
    inside = theta.in_phase(regions, region)
    at = where(regions, region)
    means = {"theta-mean": mean(inside), "theta-mean-said": mean_said(inside, at)}
    return {"theta-where": at, **means, **tested("theta", inside)}


def paper_words(theta: Series, regions: Regions) -> dict[str, str]:
    """Return what is said of the two phases of the paper, in regions of `Regions.of_paper`."""
    (_, _, amam_below), (_, fmmm_above, _) = regions.bounds
    amam = theta.in_phase(regions, "Amam")
    return {
        "regions-amam": f"{amam_below:g} GPa",
        "regions-fmmm": f"{fmmm_above:g} GPa",
        "phase-22": regions.phase(22.4),
        "theta-amam": mean(amam),
        "theta-amam-verdict": f"{verdict(amam)}.",
    }


def transition_words(
    onset: Series, tc: Series, coupling: Series, regions: Regions, region: str = "Fmmm"
) -> dict[str, str]:
    """Return what is said of the onsets in one region, and of the course of lambda."""
    inside, few = onset.in_phase(regions, region), len(coupling) < 2
    course = "Two pressures are the least that a course needs" if few else verdict(coupling)
    return {
        "n-onset": str(len(onset)),
        "n-tc": str(len(tc)),
        "n-lambda": str(len(coupling)),
        "onset-where": where(regions, region),
        **tested("onset", inside),
        "lambda-course": f"{course}.",
    }


def level(strain: Series, regions: Regions, *, paper: bool) -> tuple[Series, str]:
    """Return the strains that are asked whether they are level, and their pressures in words.

    They are those on the paper's plateau, or those of the region with most values.
    """
    if paper:
        return strain.between(*PLATEAU), "from {:g} to {:g} GPa".format(*PLATEAU)
    region = region_for(strain, regions)
    return strain.in_phase(regions, region), where(regions, region)


def strain_words(strain: Series, plateau: Series, regions: Regions, at: str) -> dict[str, str]:
    """Return what is said of the strain, most of it on a plateau."""
    first, last = map(regions.phase, PLATEAU)
    return {
        "plateau": mean(plateau),
        "plateau-said": mean_said(plateau, at),
        **tested("plateau", plateau),
        "plateau-spans": "spans" if first != last else "does not span",
        "strain-largest": largest(strain),
    }
