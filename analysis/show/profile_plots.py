"""Figures of identifiability: profiles of the likelihood, and impacts on lambda."""

from collections.abc import Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from analysis.choices.impacts import Impact
from analysis.choices.profiles import Profile
from analysis.show.foreign import in_figure
from analysis.show.multiverse_plots import LABELS
from analysis.show.plots import BLUE, GREEN, ORANGE, SKY, grid, mark_origin


def draw_profiles(profiles: Sequence[Profile]) -> Figure:
    """Return a panel for each profile: how the squares rise beside what is quoted."""
    fig, axes = grid(len(profiles), 2, (3.6, 2.7))
    for ax, profile in zip(axes, profiles, strict=False):
        at, rise = np.array(profile.at), np.array(profile.rise) / profile.allowed
        shown = np.isfinite(at)
        low, high = np.min(at[shown]), np.max(at[shown])
        if np.isinf(profile.interval[1]):
            high = 6 * profile.interval[0]
        shaded = max(profile.quoted[0], low), min(profile.quoted[1], high)
        ax.axvspan(*shaded, color=SKY, alpha=0.5, lw=0, label="quoted")
        ax.plot(at[shown], rise[shown], color=BLUE, label="profile")
        ax.axhline(1, color=GREEN, lw=1)
        for end in profile.textbook:
            ax.axvline(end, color=ORANGE, ls="--", lw=1, label="textbook" * (end > profile.value))
        ax.set(
            xlim=(low, high),
            ylim=(0, 1.8),
            xlabel=f"{LABELS.get(profile.name, profile.name)}\n{in_figure(profile.what)}",
        )
        ax.ticklabel_format(axis="x", useOffset=False)
        ax.locator_params(axis="x", nbins=4)
        mark_origin(ax, profile.origin)
    axes[0].set_ylabel("rise of the squares / allowed")
    axes[0].legend()
    return fig


def draw_impacts(impacts: Sequence[Impact], origin: str | None) -> Figure | None:
    """Return a bar for each cause: how far it moves lambda down and up, the largest above."""
    if not impacts:
        return None
    fig, ax = plt.subplots(figsize=(6.5, 0.35 * len(impacts) + 0.9))
    places = np.arange(len(impacts))
    ax.barh(places, [impact.down for impact in impacts], color=SKY, height=0.6)
    ax.barh(places, [impact.up for impact in impacts], color=BLUE, height=0.6)
    ax.axvline(0, color="0.3", lw=1)
    ax.set_yticks(places, [impact.title for impact in impacts])
    ax.invert_yaxis()
    ax.set_xlabel("step of λ")
    mark_origin(ax, origin)
    return fig
