"""Figures of a multiverse: how choices spread a result, and which of them do."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.choices.combinations import Combinations
from analysis.choices.ranked import Ranked, moved_by, ranked
from analysis.numerics.digitised import Sourced
from analysis.show.foreign import WithSymbols, in_figure, spoken
from analysis.show.plots import BLUE, COLOURS, GREEN, GREY, ORANGE, band, mark_origin, say_beyond

LABELS = {
    "theta_d": r"$\Theta_\mathrm{D}$ (K)",
    "g_sat": r"$1/R_\mathrm{sat}$",
    "tc": r"$T_\mathrm{c}$ (K)",
    "coupling": r"$\lambda$",
    "strain": r"$\epsilon$",
    "size": "$D$ (nm)",
    "size_lower": "lower limit of $D$ (nm)",
}
_COLUMNS = 260  # of the dot matrix
_LEAST = 0.01  # a choice that explains less of the variance has no rows there
_ROW = 0.16  # inches
_TOP = 2.6


def specification_curve(
    fig: Figure,
    combinations: Combinations,
    result: str = "theta_d",
    *,
    truth: float | None = None,
    origin: Sourced | str | None = None,
) -> Figure:
    """Draw sorted values over the choices that they come from; the figure is made high enough.

    Above, every value with its standard error, grey where the data exclude the combination, and
    the paper's own path. Below, a row for each option and a dot where it was taken; choices that
    explain less than 1 % of the variance are left out.

    Parameters
    ----------
    fig : Figure
        Empty.
    combinations : Combinations
    result : str
        A key of `LABELS` that the multiverse has.
    truth : float, optional
        What the data were made from.
    origin : curve or str, optional
        Where the data come from.
    """
    values = ranked(combinations, result)
    few = values.thinned(_COLUMNS)
    share = combinations.summary[result]["shares"]
    shown = [
        (place, choice)
        for place, choice in enumerate(combinations.choices)
        if choice.name in moved_by(combinations, result) and share[choice.name] >= _LEAST
    ]
    rows = sum(len(choice.options) + 1 for _, choice in shown)
    fig.set_figheight(_TOP + _ROW * rows + 0.5)
    curve, dots = fig.subplots(2, 1, sharex=True, height_ratios=(_TOP, _ROW * rows))
    _sorted_values(curve, combinations, result, values, few, truth)
    mark_origin(curve, origin)
    places, words, y = [], [], 0
    for place, choice in shown:
        dots.text(
            0,
            y,
            f" {in_figure(WithSymbols(choice.title))}",
            va="center",
            weight="bold",
            fontsize="small",
        )
        for at, option in enumerate(choice.options):
            y += 1
            taken = combinations.codes[few.rows, place] == at
            for some, colour in ((taken & ~few.excluded, BLUE), (taken & few.excluded, GREY)):
                dots.plot(few.place[some], np.full(some.sum(), y), "|", ms=5, mew=0.7, color=colour)
            own = at == choice.own
            places.append(y)
            words.append(f"{'paper: ' * own}{in_figure(WithSymbols(spoken(option.words)))}")
        y += 1
    dots.set_yticks(places, words, fontsize="small")
    dots.set(xlabel="combinations, sorted (%)", xlim=(-1, 101), ylim=(y, -1))
    dots.tick_params(axis="y", length=0)
    return fig


def _sorted_values(
    ax: Axes,
    combinations: Combinations,
    result: str,
    values: Ranked,
    few: Ranked,
    truth: float | None,
) -> None:
    with np.errstate(invalid="ignore"):
        band(ax, few.place, few.values - few.errors, few.values + few.errors)
    for excluded, colour, words in ((False, BLUE, "choices"), (True, GREY, "excluded by the data")):
        some = few.excluded == excluded
        if some.any():
            ax.plot(few.place[some], few.values[some], ".", ms=3.5, color=colour, label=words)
    if result in combinations.quoted:
        value, error = combinations.quoted[result]
        ax.errorbar(
            [values.place_of(value)], [value], [error or 0.0], fmt="D", ms=6, mec="black",
            color=ORANGE, capsize=3, label="the paper's path, with its quoted error", zorder=3,
        )  # fmt: skip
    if truth is not None:
        ax.axhline(truth, color=GREEN, ls="--", lw=1.2, label="truth")
    ax.set(ylabel=LABELS[result])
    if values.values.size:
        low, high = np.quantile(values.values, (0.0, 0.995))
        ax.set_ylim(low - 0.1 * (high - low), high + 0.1 * (high - low))
        say_beyond(ax, values.values)
    ax.legend()


def distribution(
    ax: Axes, combinations: Combinations, result: str = "theta_d", *, truth: float | None = None
) -> Axes:
    """Draw how many combinations give which value, and beside that the quoted value and error.

    The parameters are those of `specification_curve`.
    """
    values = ranked(combinations, result)
    if values.values.size:
        low, high = np.quantile(values.values, (0.0, 0.995))
        parts = [values.values[~values.excluded], values.values[values.excluded]]
        bins = np.linspace(low, high, 45)
        ax.hist(parts, bins=list(bins), stacked=True, color=[BLUE, GREY])
    if result in combinations.quoted:
        value, error = combinations.quoted[result]
        ax.axvline(value, color=ORANGE, lw=1.5)
        if error:
            ax.axvspan(value - 1.96 * error, value + 1.96 * error, color=ORANGE, alpha=0.4, lw=0)
    if truth is not None:
        ax.axvline(truth, color=GREEN, ls="--", lw=1.2)
    ax.set(xlabel=LABELS[result], ylabel="combinations")
    return ax


def variance_shares(ax: Axes, combinations: Combinations, results: Sequence[str]) -> Axes:
    """Draw the share of the variance of each result that each choice explains, as bars."""
    titles = [choice.title for choice in combinations.choices]
    height = 0.8 / len(results)
    for number, result in enumerate(results):
        share = combinations.summary[result]["shares"]
        at = np.arange(len(titles)) + (number - (len(results) - 1) / 2) * height
        ax.barh(at, [100 * part for part in share.values()], height, color=COLOURS[number],
                label=LABELS[result].removesuffix(" (K)"))  # fmt: skip
    ax.set_yticks(range(len(titles)), titles)
    ax.invert_yaxis()
    ax.set(xlabel="share of the variance (%)", xlim=(0, 100))
    ax.legend()
    return ax
