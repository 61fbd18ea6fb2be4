"""The sentences of the pages on 3.3 that depend on their numbers, by the names that they glue."""

from collections.abc import Mapping, Sequence

import numpy as np
from uncertainties import ufloat

from analysis.diffraction.crystal.lattice import LatticeFit
from analysis.diffraction.pattern_analysis import PatternAnalysis
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.pressure.compression import LatticeTable
from analysis.pressure.plateau import strain_plateau
from analysis.show.report import quantity
from analysis.show.strain_report import size, strain, strain_of
from analysis.twin.patterns import PatternTruth
from compendium.chapters.pattern_series import Cells

# The pressures (GPa) whose strains the text quotes, and the names that it glues.
QUOTED = {1.6: "first", 4.9: "4.9", 20.5: "20", 33.0: "33", 41.2: "last"}
BREADTHS = {"integral": "integral breadth", "fwhm": "FWHM"}


def pattern_words(analysis: PatternAnalysis) -> dict[str, str]:
    """Return what is said of the one pattern that is taken step by step."""
    wh, pattern = analysis.strain_or_error(), analysis.pattern
    at_limit = wh.strain_at_size_limit
    integral, fwhm = (wh.with_breadth(kind).strain.n for kind in ("integral", "fwhm"))
    return {
        "one-origin": pattern.origin or "of unknown origin",
        "one-strain": strain_of(wh),
        "one-reduced": strain(wh.strain_by_reduced),
        "one-size": size(wh),
        "one-name": pattern.name,
        "one-breadth": BREADTHS[wh.breadth],
        "one-ratio": f"{integral / fwhm:.4f}" if fwhm else "not defined, because one is zero",
        "one-limit": "Size and strain were fitted together."
        if at_limit is None
        else f"If the size were at this limit, 10³ ε would be {1000 * at_limit:.2f}.",
    }


def known_strains(
    analyses: Sequence[WilliamsonHall], truths: Mapping[str, PatternTruth]
) -> dict[float, float]:
    """Return the strains that were put into a series, by pressure (GPa)."""
    patterns = [wh.peaks.pattern for wh in analyses]
    return {
        pattern.pressure: truths[pattern.name].strain
        for pattern in patterns
        if pattern.pressure is not None and pattern.name in truths
    }


def series_words(
    analyses: Sequence[WilliamsonHall], truths: Mapping[str, PatternTruth]
) -> dict[str, str]:
    """Return what is said of the series against pressure.

    Parameters
    ----------
    analyses : sequence of WilliamsonHall
    truths : mapping of str to PatternTruth
        What synthetic patterns were made from, by name.
    """
    strains = {wh.peaks.pattern.pressure: wh for wh in analyses}
    known = known_strains(analyses, truths)
    intervals = {wh.peaks.pattern.pressure: wh.interval() for wh in analyses}
    inside = [intervals[at][0] <= truth <= intervals[at][1] for at, truth in known.items()]
    n_full = sum(wh.model == "full" for wh in analyses)
    without_size = [wh.size_lower for wh in analyses if wh.size is None]
    limits = [limit for limit in without_size if limit is not None]
    mean = strain_plateau(analyses)
    most = max(strains, key=lambda at: strains[at].strain.n, default=None)
    return {
        "n-series": str(len(analyses)),
        "n-full": str(n_full) if n_full else "none",
        "false-sizes": _false_sizes(analyses, truths),
        "n-strain-inside": str(sum(inside)),
        **{
            f"strain-{name}": strain_of(strains[at]) if at in strains else "not measured"
            for at, name in QUOTED.items()
        },
        "strain-plateau": "not measured" if mean is None else strain(mean.value),
        "strain-most-at": "no pressure" if most is None else f"{most:g} GPa",
        "limits-said": _limits(limits, others=bool(n_full)),
        "series-origin": ", ".join(sorted({str(wh.peaks.pattern.origin) for wh in analyses})),
    }


def _limits(limits: Sequence[float], *, others: bool) -> str:
    """Return the lower limits (nm) of the sizes that do not show; others may show one."""
    if not limits:
        return ""
    if len(limits) == 1:
        whose = "of the other pattern " if others else ""
        return f"The lower limit of the size {whose}is {limits[0]:.3g} nm."
    whose = "of the other patterns " if others else ""
    return (
        f"The lower limits of the size {whose}range from {min(limits):.3g} to {max(limits):.3g} nm."
    )


def known_cells(
    results: Sequence[PatternAnalysis], truths: Mapping[str, PatternTruth]
) -> LatticeTable | None:
    """Return the axes that a synthetic series was made with; None of any other."""
    names = [result.pattern.name for result in results]
    made = [truths[name] for name in names if name in truths]
    if not made:
        return None
    rows = [(truth.pressure, truth.a, truth.b, truth.c) for truth in made]
    return LatticeTable(*np.array(rows).T)


def _false_sizes(analyses: Sequence[WilliamsonHall], truths: Mapping[str, PatternTruth]) -> str:
    """Return what is said of sizes that show where none was put in."""
    names = {name for name, truth in truths.items() if np.isinf(truth.size)}
    infinite = [wh for wh in analyses if wh.peaks.pattern.name in names]
    false = sum(wh.size is not None for wh in infinite)
    if not infinite:
        return ""
    if not false:
        return "No size was put in, and none was found."
    whose = "1 pattern shows" if false == 1 else f"{false} patterns show"
    return f"{whose} a size that was not put in: an artefact of overlapping lines."


def _degrees(window: Sequence[float]) -> str:
    low, high = window
    return f"{low:g} to {high:g} degrees"


def gold_words(analysis: PatternAnalysis, window: Sequence[float]) -> dict[str, str]:
    """Return what is said of measured gold, analysed within a window of 2 theta (degrees)."""
    wh = analysis.strain_or_error()
    lines = wh.peaks
    width = {
        hkl: ufloat(value, error)
        for hkl, value, error in zip(lines.hkl, lines.fwhm, lines.fwhm_error, strict=True)
    }
    verdict = (
        f"The lines show a size of {size(wh)}."
        if wh.size is not None
        else "The lines show no size, as in the paper's own patterns; there is only a lower limit, "
        f"D {size(wh)}."
    )
    return {
        "gold-origin": analysis.pattern.origin or "unknown origin",
        "gold-window": _degrees(window),
        "gold-a": "not determined"
        if analysis.lattice is None
        else quantity(analysis.lattice.a, "Å"),
        "gold-verdict": verdict,
        "gold-size": size(wh),
        "gold-fwhm": strain(wh.with_breadth("fwhm").strain_by_reduced),
        "gold-integral": strain(wh.strain_by_reduced),
        "gold-strain": strain_of(wh),
        "gold-ratio": quantity(width[2, 0, 0] / width[1, 1, 1]),
        "gold-law": f"{np.tan(lines.theta[1]) / np.tan(lines.theta[0]):.2f}",
        "gold-chi": f"{wh.chi_square_reduced:.0f}",
    }


def anatase_words(analyses: Sequence[WilliamsonHall], window: Sequence[float]) -> dict[str, str]:
    """Return what is said of the sizes of one pattern by several shapes and breadths.

    Parameters
    ----------
    analyses : sequence of WilliamsonHall
    window : sequence of float
        Range of 2 theta that was used, degrees.
    """
    sizes = [wh.size for wh in analyses if wh.size is not None]
    values = [value.n for value in sizes]
    errors = [100 * value.s / value.n for value in sizes]
    return {
        "anatase-window": _degrees(window),
        "anatase-shows": f"{len(sizes)} of {len(analyses)}",
        "anatase-range": f"from {min(values):.0f} to {max(values):.0f} nm",
        "anatase-error": f"{min(errors):.0f} to {max(errors):.0f} %",
    }


def standard_words(
    standards: Sequence[WilliamsonHall], cells: Sequence[LatticeFit]
) -> dict[str, str]:
    """Return what is said of the standard, and of iron before and after its correction.

    Parameters
    ----------
    standards : sequence of WilliamsonHall
        The standard as a sample, iron as measured, iron corrected.
    cells : sequence of LatticeFit
        Of iron as measured and corrected.
    """
    standard, measured, corrected = standards
    return {
        "lab6-size": size(standard),
        "iron-before": strain_of(measured),
        "iron-after": strain_of(corrected),
        "iron-size-before": size(measured),
        "iron-size-after": size(corrected),
        "iron-a-before": quantity(cells[0].a, "Å"),
        "iron-a-after": quantity(cells[1].a, "Å"),
    }


def compression_words(cells: Cells) -> dict[str, str]:
    """Return which axes grow under pressure, at the mean of the pressures."""
    growing = [axis for axis in cells.axes if cells.table.compressibility(axis).at().n < 0]
    return {"growing": ", ".join(growing) or "none of them", "axes-origin": cells.origin}


def _quoted(wh: WilliamsonHall) -> str:
    """Return what is quoted of lines that disagree with each other."""
    why = "Because the lines disagree, the error of the strain is "
    if wh.quoted_strain is None:
        return f"{why}so large that only a limit is quoted: {strain_of(wh)}."
    return f"{why}large: {strain_of(wh)}."


def trap_words(
    ignored: WilliamsonHall, careful: WilliamsonHall, solved: WilliamsonHall, truth: PatternTruth
) -> dict[str, str]:
    """Return what is said of the splitting trap.

    Parameters
    ----------
    ignored, careful, solved : WilliamsonHall
        With lines taken as one, with split lines left out, and with the right cell.
    truth : PatternTruth
        What was put in.
    """
    broadest = max(ignored.per_line, key=lambda line: line.strain.n)
    split = ["split" in flags for flags in careful.peaks.flags]
    return {
        "trap-truth": f"{1000 * truth.strain:.1f}",
        "trap-size": f"{truth.size:g} nm",
        "trap-best": f"{1000 * ignored.strain.n:.1f}",
        "trap-quoted": _quoted(ignored),
        "trap-excess": f"{ignored.strain.n / truth.strain:.1f}",
        "trap-solved": strain_of(solved),
        "trap-line": broadest.name,
        "trap-broadest": f"{1000 * broadest.strain.n:.1f}",
        "trap-split": f"{sum(split)} of {len(split)}",
    }
