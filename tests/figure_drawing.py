"""Curves of this field and the many ways of drawing them with matplotlib, by a seeded generator."""

import logging

import numpy as np
from figure_truth import Curve, Frame, Scale, Truth
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

logging.getLogger("fontTools").setLevel(logging.ERROR)
COLOURS = ["k", "tab:blue", "tab:orange", "tab:green", "tab:red", "tab:purple", "#1b9e77", "m"]
DASHES = ["-", "--", ":", "-.", (0, (5, 1)), (0, (3, 5, 1, 5))]
MARKERS = list("os^vDd*<>ph+xP")
FONTS = ["DejaVu Sans", "DejaVu Serif", "STIXGeneral", "DejaVu Sans Mono"]
PRESSURES = [0, 1.6, 4.3, 7, 11.2, 14.0, 15.2, 18.5, 20.5, 22.4, 26.6, 29.1]


def style_of(rng):
    """Choose settings of matplotlib that change how a figure is written."""
    return {
        "font.family": FONTS[rng.integers(len(FONTS))],
        "font.size": rng.choice([7.0, 8.0, 9.0, 10.0, 12.0]),
        "mathtext.fontset": str(rng.choice(["dejavusans", "stix", "cm"])),
        "pdf.fonttype": int(rng.choice([3, 42])),
        "svg.fonttype": str(rng.choice(["path", "none"])),
        "pdf.compression": int(rng.choice([0, 6])),
        "svg.hashsalt": "figure",
        "path.simplify": bool(rng.random() < 0.7),
        "axes.unicode_minus": bool(rng.random() < 0.7),
        "xtick.direction": str(rng.choice(["in", "out", "inout"])),
        "ytick.direction": str(rng.choice(["in", "out"])),
        "xtick.top": bool(rng.random() < 0.3),
        "ytick.right": bool(rng.random() < 0.3),
        "xtick.minor.visible": bool(rng.random() < 0.4),
        "ytick.minor.visible": bool(rng.random() < 0.4),
        "axes.formatter.use_mathtext": bool(rng.random() < 0.5),
        "axes.linewidth": float(rng.choice([0.5, 0.8, 1.2])),
        "lines.linewidth": float(rng.choice([0.6, 1.0, 1.5, 2.0])),
        "lines.markersize": float(rng.choice([3.0, 4.0, 6.0])),
        "legend.frameon": bool(rng.random() < 0.6),
        "legend.fancybox": bool(rng.random() < 0.5),
        "figure.dpi": 100,
    }


class Drawing:
    """A figure in the making, and what is known of it."""

    def __init__(self, rng, kind):
        self.rng, self.kind, self.features = rng, kind, [kind]
        size = rng.uniform(3.2, 6.5), rng.uniform(2.6, 4.5)
        self.figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(self.figure)
        self.axes, self.curves, self.unsure = [], [], False
        getattr(self, kind.replace(" ", "_"))()

    # -- what is plotted -----------------------------------------------------------------------

    def sweep(self, number, *, low=2.0, high=300.0, points=None):
        """R(T) with a transition, as measured: neither smooth nor evenly spaced."""
        rng = self.rng
        size = points or int(rng.choice([40, 150, 400, 1200]))
        t = np.linspace(low, high, size) + rng.normal(0, (high - low) / size / 5, size)
        t = np.sort(np.abs(t))
        middle, width = rng.uniform(0.1, 0.35) * high, rng.uniform(0.004, 0.03) * high
        normal = 0.2 + 0.1 * number + 0.8 * (t / high) ** rng.uniform(1, 2)
        zero = rng.random() < 0.6
        r = normal / (1 + np.exp(-(t - middle) / width)) if zero else normal
        return t, r + rng.normal(0, 2e-3, size)

    def diffractogram(self, number, shift):
        rng = self.rng
        size = int(rng.choice([500, 1500, 3000]))
        two_theta = np.linspace(6.0, 26.0, size)
        lines = np.sort(rng.uniform(7, 25, 12))
        heights = rng.uniform(0.05, 1.0, 12)
        shape = heights[:, None] / (1 + ((two_theta - lines[:, None]) / 0.06) ** 2)
        y = shape.sum(0) + 0.1 * np.exp(-two_theta / 15) + rng.normal(0, 4e-3, size)
        return two_theta, 1000 * (y + shift * number)

    # -- how it is drawn -----------------------------------------------------------------------

    def frame(self, ax, x, y, *, inside=None, x_kind="linear", y_kind="linear"):
        """Note a panel; titles are (title, unit)."""
        self.axes.append([ax, x, y, inside, x_kind, y_kind, None, None])
        for name, (title, unit) in (("x", x), ("y", y)):
            if title:
                wrap = str(self.rng.choice([" ({})", " [{}]", ", {}", " / {}"]))
                text = title + (wrap.format(unit) if unit else "")
                getattr(ax, f"set_{name}label")(text.replace("10^-3", "10$^{-3}$"))
        return len(self.axes) - 1

    def curve(self, panel, x, y, *, label="", kind=None, axis="left", ax=None, **style):
        """Plot a curve, and remember it."""
        rng = self.rng
        ax = ax or self.axes[panel][0]
        kind = kind or str(rng.choice(["line", "line", "markers", "both"] if len(x) < 200
                                      else ["line", "line", "line", "markers"]))  # fmt: skip
        number = len(self.curves)
        style = {"color": COLOURS[number % len(COLOURS)], "linestyle": "-", **style}
        if kind != "line":
            style["marker"] = MARKERS[int(rng.integers(len(MARKERS)))]
            if rng.random() < 0.4 and style["marker"] not in "+x":
                style["markerfacecolor"] = str(rng.choice(["none", "white"]))
        elif rng.random() < 0.4:
            style["linestyle"] = DASHES[int(rng.integers(len(DASHES)))]
            self.features.append("dashed")
        if kind == "markers":
            style["linestyle"] = "none"
        errors = {name: style.pop(name, None) for name in ("xerr", "yerr")}
        if any(value is not None for value in errors.values()):
            self.features.append("error bars")
            caps = float(rng.choice([0, 2, 3]))
            ax.errorbar(x, y, **errors, capsize=caps, elinewidth=0.7, label=label or None, **style)
        else:
            ax.plot(x, y, label=label or None, **style)
        self.curves.append(
            Curve(panel, np.asarray(x), np.asarray(y), kind, label, to_rgb(style["color"]), axis,
                  errors["xerr"], errors["yerr"])
        )  # fmt: skip

    def names(self, count):
        """Labels of curves, in the ways of this field."""
        picked = np.sort(self.rng.choice(PRESSURES, count, replace=False))
        ways = (
            [f"{p:g} GPa" for p in picked], [f"P = {p:.1f} GPa" for p in picked],
            [f"Run {n + 1}" for n in range(count)], [f"sample {n + 1}, {p:g} GPa" for n, p in
             enumerate(picked)], [rf"$\mu_0H$ = {n} T" for n in range(count)],
        )  # fmt: skip
        return ways[int(self.rng.integers(len(ways)))]

    def legend(self, ax, *others):
        """Put a legend anywhere, over the data, too."""
        place = str(self.rng.choice(["best", "upper right", "lower right", "center", "outside"]))
        self.features.append(f"legend {place}")
        handles, labels = ax.get_legend_handles_labels()
        for other in others:
            more = other.get_legend_handles_labels()
            handles, labels = handles + more[0], labels + more[1]
        if not labels:
            return
        if place == "outside":
            ax.legend(handles, labels, loc="lower left", bbox_to_anchor=(0, 1.02), ncols=2)
        else:
            ax.legend(handles, labels, loc=place, ncols=int(self.rng.choice([1, 1, 2])))

    def dress(self, *axes):
        """Grids, words, lines that are no curves, limits that cut the data."""
        rng = self.rng
        for number, ax in enumerate(axes):
            if rng.random() < 0.3:
                self.features.append("grid")
                ax.grid(which=str(rng.choice(["major", "both"])), lw=0.4, ls="-:"[rng.integers(2)])
            if rng.random() < 0.3:
                self.features.append("annotation")
                ax.annotate("$T_c$", (0.4, 0.5), (0.6, 0.7), "axes fraction",
                            arrowprops={"arrowstyle": "->"})  # fmt: skip
                ax.text(0.05, 0.9, "18.5 GPa", transform=ax.transAxes)
            if rng.random() < 0.2:
                self.features.append("guide")
                ax.axhline(np.mean(ax.get_ylim()), color="0.5", lw=0.6, ls="--")
            if rng.random() < 0.2:
                self.features.append("band")
                low, high = ax.get_xlim()
                ax.axvspan(
                    low + 0.6 * (high - low), low + 0.7 * (high - low), color="0.9", zorder=0
                )
            if rng.random() < 0.25:
                self.features.append("rotated ticks")
                ax.tick_params(axis="x", rotation=float(rng.choice([30, 45, 90])))
            if len(axes) > 1:
                ax.text(-0.08, 1.03, f"({'abcdef'[number]})", transform=ax.transAxes, weight="bold")
            if rng.random() < 0.25 and ax.get_xscale() == "linear":
                self.features.append("clipped")
                low, high = ax.get_xlim()
                ax.set_xlim(low + 0.23 * (high - low), low + 0.83 * (high - low))

    def plots(self, panel, makers, **more):
        """Several curves in a panel, with labels."""
        labels = self.names(len(makers))
        for (x, y), label in zip(makers, labels, strict=True):
            self.curve(panel, x, y, label=label, **more)

    # -- what is true --------------------------------------------------------------------------

    def finish(self, features, *, simplified):
        """Lay the figure out, and note what stands where."""
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")
        width, height = self.figure.get_size_inches() * 72
        frames = []
        for ax, x, y, inside, x_kind, y_kind, right, _ in self.axes:
            place = ax.get_window_extent().transformed(self.figure.transFigure.inverted())
            box = (place.x0 * width, place.y0 * height, place.x1 * width, place.y1 * height)
            (left, low), (end, high) = _corners(ax)
            other = None
            if right:
                other = Scale(*(corner[1] for corner in _corners(right[0])), "linear", *right[1])
            frames.append(
                Frame(
                    box, Scale(left, end, x_kind, *x), Scale(low, high, y_kind, *y), other, inside
                )
            )
        features = (*dict.fromkeys(self.features + features),)
        return Truth(tuple(frames), tuple(self.curves), features, simplified, self.unsure)


def _corners(ax):
    """Values at the lower left and upper right corner: limits can be the other way round."""
    return (ax.transAxes + ax.transData.inverted()).transform([(0, 0), (1, 1)])
