"""Figures of strain and size by every combination of choices, against pressure."""

from collections.abc import Iterable, Mapping

import numpy as np
from matplotlib.axes import Axes

from analysis.choices.strain_choices import BREADTH_WORDS, StrainMultiverse
from analysis.show.plots import BLUE, COLOURS, SKY, mark_origin, scale_bar


def strain_band(
    ax: Axes, several: Iterable[StrainMultiverse], *, truth: Mapping[str, float] | None = None
) -> Axes:
    """Draw between what strains lie by all choices that the data do not exclude.

    On the bars stand the paper's paths by either breadth, with 95 % of their statistical error
    and with the error of the pressure where one is known; grey bars show what the published scales
    make of a pressure that was read on one of them.

    Parameters
    ----------
    ax : Axes
    several : iterable of StrainMultiverse
        Those without a pressure are left out.
    truth : mapping of str to float, optional
        What synthetic patterns were made from, by name.
    """
    truth = truth or {}
    known = _bars(ax, several, "strain", (1.0, "every choice"), scale=1000)
    for (breadth, words), colour in zip(BREADTH_WORDS.items(), COLOURS[1:], strict=False):
        for number, pattern in enumerate(known):
            row = pattern.row(breadth=breadth)
            pressure, scale = pattern.data["pressure"], pattern.data["pressure_scale"]
            scale_bar(ax, 1000 * pattern.strain[row], pressure, scale)
            ax.errorbar(
                pressure, 1000 * pattern.strain[row], 1960 * pattern.strain_error[row],
                pattern.data["pressure_error"], fmt="o", ms=4, lw=1, color=colour,
                label="_again" if number else f"the paper's path, {words}",
            )  # fmt: skip
    with_truth = [pattern for pattern in known if pattern.name in truth]
    made = [(pattern.data["pressure"], 1000 * truth[pattern.name]) for pattern in with_truth]
    if made:
        ax.plot(*np.array(made).T, "k_", ms=14, label="put in")
    ax.set(ylabel=r"$10^3 \epsilon$", ylim=(0, None))
    return ax


def size_band(ax: Axes, several: Iterable[StrainMultiverse]) -> Axes:
    """Draw between what the lower limits (95 %) of the size lie, by all choices of eq. 7."""
    _bars(ax, several, "size_lower", (0.8, "80 % of the choices"))
    ax.set(ylabel="lower limit of $D$ (nm)", yscale="log")
    return ax


def _bars(
    ax: Axes, several: Iterable[StrainMultiverse], result: str, most: tuple[float, str], *,
    scale: float = 1.0,
) -> list[StrainMultiverse]:  # fmt: skip
    """Draw a bar for each pressure, its middle half dark; return what has a pressure."""
    known = [pattern for pattern in several if pattern.data["pressure"] is not None]
    at = [pattern.data["pressure"] for pattern in known]
    for (level, words), colour in ((most, SKY), ((0.5, "the middle half of them"), BLUE)):
        ends = [pattern.spread(result, possible=True, level=level) for pattern in known]
        low, high = scale * np.array(ends).reshape(-1, 2).T
        ax.vlines(at, low, high, color=colour, lw=7, alpha=0.6, label=words)
    ax.set(xlabel="$P$ (GPa)", xlim=(0, None))
    mark_origin(ax, *(pattern.data["origin"] for pattern in known))
    return known
