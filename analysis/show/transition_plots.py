"""Figures of transitions: one enlarged, fitted or read off, and many against pressure."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.numerics.uncertainty import halves
from analysis.show.foreign import in_figure
from analysis.show.plots import (
    GREEN,
    ORANGE,
    curve,
    mark_origin,
    scale_bar,
    transition_fit,
    transition_residuals,
)
from analysis.show.runs import run_looks, run_of
from analysis.transport.transition_fit import TransitionFit
from analysis.transport.transition_result import Quoted, TransitionReading

Transition = TransitionFit | TransitionReading


def transition_figure(transition: Transition, *, criterion: float = 0.05) -> Figure:
    """Return a whole curve, its transition enlarged, and below both the residuals of a fit."""
    fitted = isinstance(transition, TransitionFit)
    # the whole curve, the transition near by, the residuals
    fig, axes = plt.subplot_mosaic(
        "wn;rr" if fitted else "wn",
        figsize=(7.8, 5.2 if fitted else 3.3),
        height_ratios=[3, 2] if fitted else None,
    )
    whole, near = axes["w"], axes["n"]
    if isinstance(transition, TransitionFit):
        for ax in (whole, near):
            transition_fit(ax, transition, criterion=criterion)
        near.set_xlim(0.75 * transition.tc_onset.n, 1.12 * transition.tc_onset.n)
        transition_residuals(axes["r"], transition)
    else:
        for ax in (whole, near):
            transition_reading(ax, transition, criterion=criterion)
        seen = [reading for reading in map(transition.reading, (0.05, 0.95)) if reading is not None]
        low = min((reading.low for reading in seen), default=transition.drop.low)
        high = max((reading.high for reading in seen), default=transition.drop.top)
        room = max(high - low, 0.03 * high)
        near.set_xlim(low - room, high + room)
    near.set_ylim(-0.05 * transition.r_onset.n, 1.2 * transition.r_onset.n)
    whole.legend(loc="upper left")
    return fig


def transition_reading(ax: Axes, reading: TransitionReading, *, criterion: float = 0.05) -> Axes:
    """Draw data, the resistance above the drop, and T_c, or between what it lies."""
    curve(ax, reading.curve)
    ax.axhline(reading.r_onset.n, color=GREEN, ls="--", lw=1, label="above the drop")
    tc = middle_and_half(_tc(reading, criterion))
    if tc is not None:
        label = f"$T_\\mathrm{{c,{criterion:g}}}$"
        level = criterion * reading.r_onset.n
        size = 0 if _tc(reading, criterion).value is None else 6
        ax.errorbar(
            tc[0], level, xerr=tc[1], fmt="D", ms=size, color=ORANGE, capsize=3, zorder=4,
            label=label,
        )  # fmt: skip
    return ax


def tc_against_pressure(
    ax: Axes, groups: Mapping[str, Sequence[Transition]], *, criterion: float = 0.05
) -> Axes:
    """Draw onset (filled) and T_c at a criterion (open) against pressure, in the runs' looks.

    A bar without a point is an interval, all that is known there.
    """
    looks = run_looks(transition.curve for some in groups.values() for transition in some)
    for name, members in groups.items():
        label = in_figure(name)
        for transition in members:
            measured = transition.curve
            if measured.pressure is None:
                continue
            own = looks[run_of(measured)]
            both = (
                (transition.onset, own.colour, label),
                (_tc(transition, criterion), "white", f"_{in_figure(name)}, open"),
            )
            for quoted, face, called in both:
                ends = middle_and_half(quoted)
                if ends is not None:
                    scale_bar(ax, ends[0], measured.pressure, measured.pressure_scale)
                    size = 0 if quoted.value is None else 5
                    ax.errorbar(
                        measured.pressure, *ends, halves([measured.pressure_error], level=None),
                        fmt=own.marker, color=own.colour, mfc=face, capsize=2, ms=size,
                        label=called,
                    )  # fmt: skip
            # Names that begin with an underscore are in the data file and not in the legend.
            label = f"_{in_figure(name)}"
    ax.set(xlabel="$P$ (GPa)", ylabel=r"$T_\mathrm{c}$ (K)")
    return mark_origin(ax, *(transition.curve for some in groups.values() for transition in some))


def _tc(transition: Transition, criterion: float) -> Quoted:
    return transition.at_criterion(criterion, 0.0, "advanced").tc


def middle_and_half(quoted: Quoted) -> tuple[float, float] | None:
    """Return a value and its error, or the middle of its interval and half of that."""
    if quoted.value is not None:
        return float(quoted.value.n), float(quoted.value.s)
    if quoted.interval is None or not np.isfinite(quoted.interval).all():
        return None
    low, high = quoted.interval
    return (low + high) / 2, (high - low) / 2
