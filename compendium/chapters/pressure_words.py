"""What moves with pressure, in sentences: values, verdicts, and what could have been seen.

A text that a chapter glues is a whole sentence where its number may be missing: then it is empty.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
from uncertainties import UFloat

from analysis.pressure.plateau import PLATEAU
from analysis.pressure.series import Regions, Series, left_out_in_turn
from analysis.show.foreign import Marked, plain_text
from analysis.show.report import quantity, run_label, stated, unbroken
from analysis.twin import curves as twin
from analysis.twin import patterns as twin_patterns

NONE = "no value"


class Quantity(NamedTuple):
    """What tables and sentences call a quantity, and the factor of its numbers.

    The symbol is Markdown, typeset in tables; sentences that a chapter glues have the words.
    """

    symbol: Marked
    words: str
    unit: str
    unit_in_words: str
    factor: float = 1.0

    @property
    def heading(self) -> Marked:
        """What stands above a column: a symbol, with its unit if there is one."""
        return Marked(f"{self.symbol} ({plain_text(self.unit)})") if self.unit else self.symbol


_QUANTITIES = {
    "theta_d": Quantity(Marked("$\\Theta_\\mathrm{D}$"), "the Debye temperature", "K", "K"),
    "tc": Quantity(Marked("$T_\\mathrm{c}$ at 5 %"), "the critical temperature at 5 %", "K", "K"),
    "tc_onset": Quantity(Marked("$T_\\mathrm{c,onset}$"), "the onset temperature", "K", "K"),
    "lambda": Quantity(Marked("$\\lambda$"), "λ", "", ""),
    "strain": Quantity(Marked("$10^3 \\epsilon$"), "the strain", "", "thousandths", 1000.0),
}


def quantity_of(series: Series) -> Quantity:
    """Return what a quantity is called; by its own name and unit if it is none of the five."""
    name, unit = series.name, series.unit
    return _QUANTITIES.get(name, Quantity(Marked(plain_text(name)), name, unit, unit))


def value(number: UFloat | None, unit: str = "", *, factor: float = 1.0) -> str:
    """Return a number with its error, "≈ 331 K" without one, or that there is none."""
    if number is None:
        return NONE
    scaled = factor * number
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
        return f"No error of {called.words} here has a systematic part"
    count = int((weighed.systematic > 0).sum())
    return (
        f"For {count} of the {len(weighed)} values of {called.words}, the error has a systematic "
        "part. The scatter does not show it. It may be the same for all values; then more values "
        "do not make it smaller. The error of the mean includes "
        f"{_rounded(constant.common * called.factor, called.unit_in_words)} for it"
    )


def probability(p: float) -> str:
    """Return "0.42", "0.0010", or "< 0.0001"."""
    if p < 1e-4:
        return unbroken("< 0.0001")
    return f"{p:.4f}" if p < 0.01 else f"{p:.2f}"


def how_often(p: float) -> str:
    """Return how often chance alone does something of this probability.

    Examples
    --------
    >>> how_often(0.0010), how_often(0.03)
    ('once in 1000 experiments', 'once in 33 experiments')
    >>> print(how_often(1e-7).replace("\N{NO-BREAK SPACE}", " "))
    less than once in 10 000 experiments
    """
    if p < 1e-4:
        return unbroken("less than once in 10 000 experiments")
    return f"once in {float(f'{1 / p:.2g}'):.0f} experiments"


def verdict(series: Series) -> str:
    """Return in a few sentences whether a quantity is constant, and how well that is known."""
    _, called, _, unit, factor = quantity_of(series)
    test = series.constancy()
    if test.mean is None:
        return f"There is no value of {called} with an error here, so nothing can be tested"
    if test.line is None or test.change is None:
        return (
            f"With {test.n} value{'s' if test.n > 1 else ''} of {called}, constant and sloping "
            "cannot be told apart"
        )
    span = f"from {test.low:g} to {test.high:g} GPa"
    changed = value(test.change, unit, factor=factor)
    slope, scatter = (
        f"p = {probability(p)}".replace("= <", "<") for p in (test.p_slope, test.p_scatter)
    )
    if test.verdict == "changes":
        return (
            f"A slope of {called} is seen {span}: the fitted straight line changes by {changed}. "
            f"If {called} were constant, so clear a slope or scatter would occur by chance "
            f"{how_often(test.p_slope)}"
        )
    if test.verdict == "scatters":
        return (
            f"{_sentence(called)} is not constant within its errors {span}. If it were, so much "
            f"scatter or so clear a slope would occur by chance {how_often(test.p_scatter)}. No "
            f"slope is seen ({slope}). So the values differ for a reason other than a linear "
            "change with pressure"
        )
    return (
        f"{_sentence(called)} is constant within its errors {span} ({scatter}), and no slope is "
        f"seen ({slope}); the fitted straight line changes by {changed}"
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] if text.startswith("the ") else text


def sensitivity(series: Series, *, power: float = 0.8) -> str:
    """Return which change could have been seen, or stayed hidden."""
    _, called, _, unit, factor = quantity_of(series)
    test = series.constancy()
    line, largest = test.line, test.largest_change()
    if line is None or largest is None or test.mean is None:
        return f"There are too few values of {called} to say which change could have been seen"
    least = line.detectable(power)
    over = least * (test.high - test.low)
    relative = largest / abs(test.mean.value.n)
    return (
        f"A slope of {_rounded(least * factor)} {_per(unit)}, or {_rounded(over * factor, unit)} "
        f"over the range, would have been seen in {100 * power:.0f} of 100 such experiments. The "
        "95\N{NO-BREAK SPACE}% interval of the slope allows a change of up to "
        f"{_rounded(largest * factor, unit)}, which is {unbroken(f'{100 * relative:.1f} %')} of "
        "the mean"
    )


def _per(unit: str) -> str:
    return f"{unit}/GPa" if unit else "per GPa"


def _rounded(number: float, unit: str = "") -> str:
    return unbroken(f"{number:.2g} {unit}".rstrip())


def deciding(series: Series) -> str:
    """Return which runs turn the verdict on all points into another, in a sentence."""
    whole = series.constancy().verdict
    if whole == "too few points":
        return "There are too few points to ask whether a single sample decides the verdict"
    if len(set(series.runs)) < 2:
        return "All points belong to one run, so they cannot show whether one sample decides"
    turned = [
        f"without {sample_label(run)} it is “{rest.verdict}”"
        for run, rest in left_out_in_turn(series)
        if rest.verdict not in (whole, "too few points")
    ]
    if not turned:
        return f"The verdict “{whole}” does not change if any one run is left out"
    return f"The verdict on all points is “{whole}”; {', and '.join(turned)}"


def sample_label(run: str) -> str:
    """Return "run 2", or "“zero-resistance”"."""
    return run_label(run) if run.isdigit() else f"“{run}”"


def put_in(series: Series) -> str:
    """Return what synthetic points were made from; that nobody knows it of others."""
    _, called, _, unit, factor = quantity_of(series)
    truths = _truths(series)

    def written(number: float | str) -> str:
        return unbroken(f"{number} {unit}".rstrip())

    if not len(series):
        return f"There is no value of {called} to compare with a true value"
    if not truths:
        return f"The true values of {called} are not known"
    count = Counter(truths).most_common()
    if len(count) > 3:
        ends = f"{factor * min(truths):g} to {factor * max(truths):g}"
        return f"The synthetic twin was made with {written(ends)}"
    parts = [
        f"{written(f'{factor * truth:g}')} at {times} point{'s' if times > 1 else ''}"
        for truth, times in count
    ]
    return f"The synthetic twin was made with {' and '.join(parts)}"


def _truths(series: Series) -> list[float]:
    """Return the truths of a series that is all of the twin, else nothing."""
    truths: dict[str, float] = {}
    if series.name == "theta_d":
        truths = {curve.name: curve.theta_d for curve in twin.truths()}
    elif series.name == "strain":
        truths = {pattern.name: pattern.strain for pattern in twin_patterns.truths()}
    names = [sheet.name for sheet in series.sources if sheet.origin == "synthetic"]
    known = [truths[name] for name in names if name in truths]
    return known if len(known) == len(series) else []


def largest(series: Series) -> str:
    """Return the largest value and its pressure, in words."""
    _, called, _, unit, factor = quantity_of(series)
    if not len(series):
        return f"no value of {called} is known"
    pressure, _, number = max(series.rows(), key=lambda row: row[2]["value"])
    return (
        f"the largest value of {called} is {stated(number, unit, factor=factor)}, "
        f"at {pressure:g} GPa"
    )


# ------------------------------------------------------------- what the chapters glue, by name


def origins(*series: Series) -> list[str]:
    """Return the origins of all points, each once."""
    return sorted({origin for part in series for origin in part.origins})


def of_samples(series: Series) -> list[Series]:
    """Return the points of each sample."""
    samples = [sheet.sample for sheet in series.sources]
    return [
        series.select([sample == chosen for sample in samples]) for chosen in dict.fromkeys(samples)
    ]


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
        else max(names, key=lambda name: len(series.in_phase(regions, name).weighable))
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
        return (
            "The data sets state no errors of the pressures, so all pressures are taken as exact."
        )
    return (
        f"The pressures of {np.isfinite(errors).sum()} of the {errors.size} points have errors, up "
        f"to {_rounded(np.nanmax(errors), 'GPa')}. Horizontal bars show their 95 % intervals. In "
        "the fit of a straight line, the error of a pressure times the slope enlarges the error of "
        "the value."
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
    number = value(constant.value, called.unit_in_words, factor=called.factor)
    return f"The weighted mean of {called.words} {at} is {number}."


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
    course = (
        "With fewer than two values of λ, no change with pressure can be seen"
        if few
        else verdict(coupling)
    )
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
        "plateau-spans": "includes" if first != last else "does not include",
        "strain-largest": largest(strain),
    }
