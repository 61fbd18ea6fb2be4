"""What the page of all defensible choices computes and says."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from uncertainties import ufloat

from analysis.catalogue.datasets import Dataset, describe
from analysis.catalogue.loading import load
from analysis.choices.combinations import Combinations
from analysis.choices.multiverse import RESULTS, Multiverse, multiverse
from analysis.choices.ranked import ranked
from analysis.choices.strain_choices import RESULTS as STRAINS
from analysis.choices.words import sentences
from analysis.errors import AnalysisError, attempt
from analysis.numerics.summary import two_digits
from analysis.show import explore, multiverse_plots
from analysis.show.explore.widget import Explorer
from analysis.show.foreign import Marked, WithSymbols, in_figure, spoken
from analysis.show.plots import grid, mark_origin
from analysis.show.report import Note, Table, percent, quantity, unbroken
from analysis.transport.coupling import ValidityWarning, coupling_constant
from analysis.transport.curve import ResistanceCurve
from analysis.twin.curves import U_5_PERCENT, truths
from compendium.chapters import long_results
from compendium.chapters.roles import Roles

# Measured and recommended curves beside the one of the page, in the project's own book.
OTHERS = ("cu-foil", "silver", "aluminium", "be22re-15gpa")
# As tables typeset them.
SYMBOLS = {
    "theta_d": Marked("$\\Theta_\\mathrm{D}$"),
    "tc": Marked("$T_\\mathrm{c}$"),
    "coupling": Marked("$\\lambda$"),
    "r0": Marked("$R_0$"),
    "a": Marked("$A$"),
    "g_sat": Marked("$1/R_\\mathrm{sat}$"),
    "strain": Marked("$\\epsilon$"),
    "size": Marked("$D$"),
    "size_lower": Marked("$D$, at least"),
}
# The same in sentences, in which no formula can be typeset.
IN_WORDS = {
    "theta_d": "the Debye temperature",
    "tc": "the critical temperature",
    "coupling": "λ",
    "r0": "the residual resistance",
    "a": "A",
    "g_sat": "1/R_sat",
    "strain": "the strain",
    "size": "the size",
    "size_lower": "the lower limit of the size",
}
UNITS = {name: unit for each in (RESULTS, STRAINS) for name, (_, unit) in each.items()}


# ---------------------------------------------------------------------------- the long result


def wanted(roles: Roles) -> Iterable[str]:
    """Return the names of the data sets whose multiverse the page shows."""
    own = curve_of(roles)
    others = [name for name in OTHERS if not roles.foreign and describe(name).available]
    return dict.fromkeys([*([own.name] if own else []), *others])


def compute(data: str | ResistanceCurve, **choices: Any) -> dict[str, Any]:
    """Return the multiverse of a data set, or of a curve, as plain values.

    Raises
    ------
    AnalysisError
        If it has none.
    """
    curve = load(data, kind="resistance") if isinstance(data, str) else data
    return multiverse(curve, **choices).to_dict()


# ---------------------------------------------------------------------------- curves


def curve_of(roles: Roles) -> Dataset | None:
    """Return the curve of the page: that of chapter 3.2 if it has a fit above, else of 3.1."""
    fits = (dataset for dataset in (roles.transition, roles.curve) if dataset in roles.fits)
    return next(fits, None)


def of_others(roles: Roles) -> tuple[list[tuple[ResistanceCurve, Multiverse]], Note | None]:
    """Return the multiverses of the curves beside that of the page, and why some have none."""
    with_curves, remarks = [], []
    own = curve_of(roles)
    for name in (name for name in wanted(roles) if own is None or name != own.name):
        try:
            combinations = Multiverse.from_dict(long_results.of("multiverse", name))
            with_curves.append((load(name, kind="resistance"), combinations))
        except AnalysisError as error:
            remarks.append(f"{name}: {error}")
    return with_curves, Note("Without a multiverse:", remarks) if remarks else None


def truths_of(curve: ResistanceCurve, data_file: str = "") -> dict[str, float]:
    """Return what a synthetic curve of this project was made from; nothing of one in a file.

    λ follows from it by the paper's formula with μ* = 0.13.
    """
    for truth in truths():
        if not data_file and curve.origin == "synthetic" and truth.name == curve.name:
            known = {"theta_d": truth.theta_d}
            if truth.tc_onset is not None and truth.f is not None and truth.floor < 0.05:
                known["tc"] = truth.tc_onset * (1 - (U_5_PERCENT / truth.f) ** (2 / 3))
                with warnings.catch_warnings(action="ignore", category=ValidityWarning):
                    known["coupling"] = coupling_constant(known["tc"], theta_d=truth.theta_d)
            return known
    return {}


# ---------------------------------------------------------------------------- sentences


def said(combinations: Multiverse, known: Mapping[str, float]) -> dict[str, str]:
    """Return the sentences about a multiverse by name, given the truth behind it."""
    if not combinations.results:
        raise AnalysisError(
            f"no combination of choices gives a result: {combinations.reason(combinations.paper)}"
        )
    return {
        "mv-name": combinations.name,
        "mv-fits": f"{len(combinations.fits):,}".replace(",", "\N{NARROW NO-BREAK SPACE}"),
        "mv-rows": f"{len(combinations):,}".replace(",", "\N{NARROW NO-BREAK SPACE}"),
        "mv-path": path_sentence(combinations),
        "mv-spread": ". ".join(
            spoken(sentence).replace("T_c", "critical temperature")
            for sentence in sentences(combinations)[-len(combinations.results) :]
        ),
        "mv-truth": ". ".join(
            _truth_sentence(combinations, result, known[result]) for result in known
        ),
    }


def remarks(combinations: Combinations) -> Note:
    """Return what `analysis.choices.words.sentences` says, as a list."""
    return Note(
        "All combinations:", [WithSymbols(spoken(sentence)) for sentence in sentences(combinations)]
    )


def path_sentence(combinations: Multiverse) -> str:
    """Return the paper's own path in words, with the choices that the live figure begins with."""
    own = {choice.name: choice.options[choice.own] for choice in combinations.choices}
    row = combinations.paper
    fit = (
        f"Fitted from {own['low'].words} to {own['high'].words} with {own['law'].words}, "
        f"{own['weighting'].words}, the Debye temperature is "
        f"{_value('theta_d', combinations.theta_d[row], combinations.theta_d_error[row])}"
    )
    if "criterion" not in own:
        return fit
    return (
        f"{fit}. The critical temperature, read {own['criterion'].words}, is "
        f"{_value('tc', combinations.tc[row], combinations.tc_error[row])}. "
        f"With {own['formula'].words} and μ* = {own['mu_star'].words}, "
        f"λ is {_value('coupling', combinations.coupling[row])}"
    )


def _truth_sentence(combinations: Multiverse, result: str, truth: float) -> str:
    values = ranked(combinations, result)
    allowed = values.values[~values.excluded]
    inside = allowed.size and allowed.min() <= truth <= allowed.max()
    return (
        f"The true value of {IN_WORDS[result]}, {_value(result, truth)}, lies "
        f"{'inside' if inside else 'outside'} the range that the data allow; "
        f"{percent(values.place_of(truth) / 100)} of the combinations give less"
    )


def _value(result: str, value: float, error: float = np.nan) -> str:
    unit = UNITS[result]
    if not np.isfinite(value):
        return "not known"
    if error > 0:
        return quantity(ufloat(value, error), unit)
    return unbroken(f"{value:.3g} {unit}".rstrip())


def _between(result: str, low: float, high: float) -> str:
    if not np.isfinite(low):
        return "none"
    digits = max(0, 2 - int(np.floor(np.log10(max(abs(high), 1e-9)))))
    return unbroken(f"{low:.{digits}f} and {high:.{digits}f} {UNITS[result]}".rstrip())


# ---------------------------------------------------------------------------- tables, figures


def choice_table(combinations: Combinations) -> Table:
    """Return the choices with their options, the paper's own, and who can decide."""
    rows = [
        (
            WithSymbols(spoken(choice.title)),
            WithSymbols(spoken("; ".join(option.words for option in choice.options))),
            WithSymbols(spoken(choice.options[choice.own].words)),
            "taste" if choice.taste else "the data, where they can",
        )
        for choice in combinations.choices
    ]
    return Table(("choice", "options", "the paper's path", "decided by"), rows, words=4)


def result_table(several: Sequence[Combinations]) -> Table:
    """Return for each result of each curve what is quoted, how far choices move it, and which."""
    rows = []
    for combinations in several:
        for name, summary in combinations.summary.items():
            title, share = max(summary["shares"].items(), key=lambda pair: pair[1])
            known = np.isfinite(summary["times"])
            quoted = np.nan if summary["quoted"] is None else summary["quoted"]
            rows.append((
                combinations.name,
                SYMBOLS[name],
                _value(name, quoted, summary["stderr"] or np.nan),
                _between(name, *summary["interval"]),
                two_digits(summary["times"]) if known else "no error is quoted",
                WithSymbols(spoken(f"{combinations.choice(title).title}, {percent(share)}")),
                percent(float(ranked(combinations, name).excluded.mean())),
            ))  # fmt: skip
    header = (
        "curve", "result", "quoted", "95 % of the combinations between",
        "spread / quoted interval", "largest share of the variance", "excluded by the data",
    )  # fmt: skip
    return Table(header, rows, words=2)


def sentence(combinations: Multiverse, curve: ResistanceCurve) -> Explorer | Note:
    """Return the sentence whose choices can be changed, or why these laws have none."""
    live, why = attempt(lambda: explore.multiverse(combinations, curve))
    return Note("No live figure:", [why or ""]) if live is None else live


def draw_distributions(
    curve: ResistanceCurve, combinations: Multiverse, known: Mapping[str, float]
) -> Figure:
    """Draw how many combinations give which value of each result."""
    results = combinations.results
    fig, axes = grid(len(results), len(results), (3.1, 2.6))
    for ax, result in zip(axes, results, strict=True):
        multiverse_plots.distribution(ax, combinations, result, truth=known.get(result))
    mark_origin(axes[-1], curve)
    return fig


def draw_order(
    curve: ResistanceCurve, combinations: Multiverse, result: str, known: Mapping[str, float]
) -> None:
    """Show the specification curve of a result, if there is one."""
    if result in combinations.results:
        fig = plt.figure(figsize=(7.2, 4))
        multiverse_plots.specification_curve(
            fig, combinations, result, truth=known.get(result), origin=curve
        )
        fig.axes[0].set_title(in_figure(combinations.name))
        plt.show()


def draw_others(several: Sequence[tuple[ResistanceCurve, Multiverse]]) -> None:
    """Show the specification curves of the Debye temperature, one figure for each curve."""
    for curve, combinations in several:
        draw_order(curve, combinations, "theta_d", {})


def draw_shares(combinations: Multiverse) -> Figure:
    """Draw which choice explains how much of the variance of each result."""
    fig, ax = plt.subplots(figsize=(7, 3.4))
    multiverse_plots.variance_shares(ax, combinations, combinations.results)
    return fig
