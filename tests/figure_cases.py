"""Figures like this field's, seeded, whose content is known; as a script, a table of how they read.

python tests/figure_cases.py --seeds 0-59 [--keep FOLDER] [--format pdf]
"""

import argparse
import logging
import sys
import tempfile
import time
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
from figure_truth import Curve, Frame, Scale, Truth, Verdict, score
from matplotlib import ticker
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from analysis.errors import DataError

KINDS = (
    "transition", "twin panels", "inset", "log", "twin axes", "pattern", "lattice",
    "reciprocal", "stacked", "reversed", "zoom", "loglog", "arrhenius", "top axis", "sparse",
)  # fmt: skip
logging.getLogger("fontTools").setLevel(logging.ERROR)
COLOURS = ["k", "tab:blue", "tab:orange", "tab:green", "tab:red", "tab:purple", "#1b9e77", "m"]
DASHES = ["-", "--", ":", "-.", (0, (5, 1)), (0, (3, 5, 1, 5))]
MARKERS = list("os^vDd*<>ph+xP")
FONTS = ["DejaVu Sans", "DejaVu Serif", "STIXGeneral", "DejaVu Sans Mono"]
PRESSURES = [0, 1.6, 4.3, 7, 11.2, 14.0, 15.2, 18.5, 20.5, 22.4, 26.6, 29.1]


def figure_case(seed, folder, form=None):
    """Draw the figure of a seed: (path, truth). PDF for even, SVG for odd seeds, or `form`."""
    rng = np.random.default_rng([2401, 804, seed])
    form = form or ("pdf", "svg")[seed % 2]
    style = {
        "font.family": FONTS[rng.integers(len(FONTS))],
        "font.size": rng.choice([7.0, 8.0, 9.0, 10.0, 12.0]),
        "mathtext.fontset": str(rng.choice(["dejavusans", "stix", "cm"])),
        "pdf.fonttype": int(rng.choice([3, 42])),
        "svg.fonttype": str(rng.choice(["path", "none"])),
        "pdf.compression": 0 if seed % 7 == 0 else 6,
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
    features = [f"{name.split('.')[-1]}={value}" for name, value in style.items()
                if name in ("pdf.fonttype", "svg.fonttype", "path.simplify")]  # fmt: skip
    path = Path(folder) / f"figure-{seed}.{form}"
    with mpl.rc_context(style):
        drawing = Drawing(rng, KINDS[seed % len(KINDS)])
        truth = drawing.finish(features)
        drawing.figure.savefig(path, metadata={"CreationDate" if form == "pdf" else "Date": None})
    return path, truth


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
        t = np.sort(np.linspace(low, high, size) + rng.normal(0, (high - low) / size / 5, size))
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
        if any(one is not None for one in errors.values()):
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

    # -- kinds of figures ----------------------------------------------------------------------

    def _subplots(self, *shape, **more):
        return self.figure.subplots(*shape, **more)

    def transition(self):
        ax = self._subplots()
        panel = self.frame(ax, ("Temperature", "K"), ("Resistance", "mΩ"))
        self.plots(panel, [self.sweep(n) for n in range(self.rng.integers(1, 7))])
        self.legend(ax)
        self.dress(ax)

    def sparse(self):
        ax = self._subplots()
        panel = self.frame(ax, ("T", "K"), ("R", "Ω"))
        for n in range(self.rng.integers(1, 5)):
            self.plots(panel, [self.sweep(n, points=int(self.rng.integers(8, 25)))])
        self.dress(ax)

    def twin_panels(self):
        across = self.rng.random() < 0.5
        axes = self._subplots(1, 2) if across else self._subplots(2, 1, sharex=True)
        for number, ax in enumerate(axes):
            title = ("", "") if number == 0 and not across else ("Temperature", "K")
            panel = self.frame(ax, title, ("ρ", "mΩ cm"))
            self.plots(panel, [self.sweep(n) for n in range(self.rng.integers(1, 4))])
            self.legend(ax)
        self.dress(*axes)
        if not across:
            axes[0].set_xlim(axes[1].get_xlim())
            self.shared = [0]

    def inset(self):
        ax = self._subplots()
        panel = self.frame(ax, ("Temperature", "K"), ("Resistance", "mΩ"))
        curves = [self.sweep(n) for n in range(self.rng.integers(1, 4))]
        self.plots(panel, curves, kind="line")
        self.dress(ax)
        small = ax.inset_axes([0.52, 0.14, 0.4, 0.4])
        small.tick_params(labelsize="small")
        inner = self.frame(small, ("", ""), ("", ""), inside=panel)
        for (x, y), curve in zip(curves, list(self.curves), strict=True):
            if self.rng.random() < 0.7 or curve is self.curves[0]:
                self.curve(inner, x, y, kind="line", color=curve.colour)
        small.set_xlim(20, 110)
        if self.rng.random() < 0.5:
            self.features.append("zoom lines")
            ax.indicate_inset_zoom(small)
        elif self.rng.random() < 0.5:
            ax.legend(loc="upper left")
        if not ax.get_legend():
            self.unlabel(panel)

    def unlabel(self, panel):
        self.curves = [
            Curve(**{**vars(one), "label": ""}) if one.panel == panel else one
            for one in self.curves
        ]

    def log(self):
        ax = self._subplots()
        panel = self.frame(ax, ("T", "K"), ("Resistivity", "10^-3 Ω cm"), y_kind="log")
        makers = []
        for n in range(self.rng.integers(1, 5)):
            x, y = self.sweep(n)
            makers.append((x, np.abs(y) * 10.0 ** -self.rng.integers(0, 4) + 1e-4))
        self.plots(panel, makers)
        ax.set_yscale("log")
        if self.rng.random() < 0.4:
            ax.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
        self.legend(ax)
        self.dress(ax)

    def loglog(self):
        ax = self._subplots()
        panel = self.frame(
            ax, ("Temperature", "K"), ("ρ - ρ0", "μΩ cm"), x_kind="log", y_kind="log"
        )
        t = np.geomspace(3, 320, int(self.rng.choice([30, 300])))
        makers = []
        for n in range(self.rng.integers(1, 5)):
            noise = np.exp(self.rng.normal(0, 0.02, t.size))
            makers.append((t, 10.0 ** (n - 3) * t ** self.rng.uniform(1, 3) * noise))
        self.plots(panel, makers)
        ax.set(xscale="log", yscale="log")
        self.legend(ax)
        self.dress(ax)

    def arrhenius(self):
        ax = self._subplots()
        panel = self.frame(ax, ("1000/T", "1/K"), ("ln R", ""))
        x = np.linspace(3.2, 12.7, 60)
        gaps = self.rng.uniform(0.2, 0.9, self.rng.integers(1, 4))
        self.plots(panel, [(x, gap * x - 6 + self.rng.normal(0, 0.02, x.size)) for gap in gaps])
        self.legend(ax)
        self.dress(ax)

    def reciprocal(self):
        ax = self._subplots()
        panel = self.frame(ax, ("T", "K"), ("R", "Ω"), x_kind="reciprocal", y_kind="log")
        t = np.linspace(78, 305, int(self.rng.choice([25, 200])))
        gaps = self.rng.uniform(200, 900, self.rng.integers(1, 4))
        self.plots(panel, [(t, 0.02 * np.exp(gap / t)) for gap in gaps])
        ax.set_yscale("log")
        ax.set_xscale("function", functions=(_inverse, _inverse))
        ax.set_xlim(320, 75)
        ax.xaxis.set_major_locator(ticker.FixedLocator([300, 200, 150, 120, 100, 80]))
        ax.xaxis.set_minor_locator(ticker.NullLocator())
        self.legend(ax)

    def reversed(self):
        ax = self._subplots()
        panel = self.frame(ax, ("Binding energy", "eV"), ("Intensity", "arb. units"))
        x = np.linspace(-1.5, 12.0, 400)
        makers = [
            (x, 5e4 * (n + np.exp(-(((x - 3 - n) / 1.2) ** 2))) - 2e4)
            for n in range(self.rng.integers(1, 4))
        ]
        self.plots(panel, makers)
        ax.invert_xaxis()
        if self.rng.random() < 0.5:
            self.features.append("powers")
            ax.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
        self.legend(ax)
        self.dress(ax)
        if self.rng.random() < 0.3:
            ax.invert_yaxis()

    def zoom(self):
        ax = self._subplots()
        panel = self.frame(ax, ("T", "K"), ("V", "V"))
        self.features.append("offset")
        ax.set_xlim(297.2, 298.0)
        makers = []
        for n in range(self.rng.integers(1, 5)):
            x, y = self.sweep(n, low=297.0, high=298.2)
            makers.append((x, (y - 0.3) * 10.0 ** -int(self.rng.integers(5, 8) if not n else 6)))
        self.plots(panel, makers)
        if self.rng.random() < 0.4:
            ax.ticklabel_format(axis="y", useOffset=-5e-7)
            ax.xaxis.get_major_formatter().set_useOffset(297)
        ax.set_xlim(297.2, 298.0)
        self.legend(ax)
        self.dress(ax)
        if self.rng.random() < 0.4:
            ax.spines[["top", "right"]].set_visible(False)
            ax.tick_params(which="both", top=False, right=False)
            self.features.append("open")

    def pattern(self):
        ax = self._subplots()
        shift = self.rng.uniform(0.3, 1.2)
        panel = self.frame(ax, ("2θ", "deg"), ("Intensity", "counts"))
        count = self.rng.integers(1, 7)
        black = shift > 0.9
        labels = self.names(count)
        for number in range(count):
            x, y = self.diffractogram(number, shift * 1.6 if black else shift)
            more = {"color": "k", "linestyle": "-", "kind": "line"} if black else {"kind": "line"}
            if black:
                self.features.append("black")
                ax.text(25.5, y[-1] + 100, labels[number], ha="right")
                self.curves_plain(panel, x, y, more)
            else:
                self.curve(panel, x, y, label=labels[number], **more)
        if self.rng.random() < 0.3:
            ax.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,.0f}"))
            self.features.append("thousands")
        self.legend(ax)
        self.dress(ax)

    def curves_plain(self, panel, x, y, style):
        """A black solid line, without a label."""
        style = dict(style)
        kind = style.pop("kind")
        self.axes[panel][0].plot(x, y, **style)
        self.curves.append(Curve(panel, x, y, kind, "", (0.0, 0.0, 0.0)))

    def lattice(self):
        ax = self._subplots()
        panel = self.frame(ax, ("Pressure", "GPa"), ("Lattice constant", "Å"))
        p = np.sort(self.rng.uniform(0, 40, int(self.rng.integers(8, 20))))
        for number, label in enumerate("abc"[: self.rng.integers(1, 4)]):
            y = 5.45 - 0.1 * number - 0.009 * p + 6e-5 * p**2 + self.rng.normal(0, 0.004, p.size)
            more = {"yerr": self.rng.uniform(0.005, 0.02, p.size)}
            if self.rng.random() < 0.4:
                more["xerr"] = self.rng.uniform(0.2, 0.8, p.size)
            kind = str(self.rng.choice(["markers", "both"]))
            self.curve(panel, p, y, label=label, kind=kind, **more)
        self.legend(ax)
        self.dress(ax)

    def twin_axes(self):
        ax = self._subplots()
        panel = self.frame(ax, ("P", "GPa"), ("a", "Å"))
        other = ax.twinx()
        p = np.linspace(0, 30, 16)
        coloured = self.rng.random() < 0.6
        left, right = ("tab:blue", "tab:red") if coloured else ("k", "tab:red")
        self.curve(panel, p, 5.4 - 0.008 * p, label="a", color=left, kind="markers")
        self.curve(panel, p, 85 * np.exp(-((p - 18) ** 2) / 90), label="Tc", color=right,
                   axis="right", ax=other, kind="both")  # fmt: skip
        other.set_ylabel("Tc (K)", color=right if coloured else "k")
        self.axes[panel][6] = (other, ("Tc", "K"))
        if coloured:
            ax.yaxis.label.set_color(left)
            ax.tick_params(axis="y", colors=left, which="both", right=False)
            other.tick_params(axis="y", colors=right, which="both")
        else:
            ax.tick_params(axis="y", which="both", right=False)
        self.unsure = not coloured
        self.legend(ax, other)

    def top_axis(self):
        ax = self._subplots()
        panel = self.frame(ax, ("T", "K"), ("C/T", "mJ/mol K^2"))
        ax.set_ylabel("C/T (mJ/mol K$^2$)")
        ax.tick_params(which="both", top=False)
        self.plots(panel, [self.sweep(n, high=20) for n in range(self.rng.integers(1, 4))])
        self.dress(ax)
        top = ax.secondary_xaxis("top", functions=(lambda t: t * 0.0862, lambda e: e / 0.0862))
        top.set_xlabel("Energy (meV)")
        self.unlabel(panel)

    def stacked(self):
        axes = self._subplots(3, 1, sharex=True)
        self.figure.get_layout_engine().set(hspace=0, h_pad=0)
        for number, ax in enumerate(axes):
            title = ("Temperature", "K") if number == 2 else ("", "")
            panel = self.frame(ax, title, ("χ", "emu/mol") if number == 1 else ("", ""))
            x, y = self.sweep(number)
            self.curve(panel, x, 1e-3 * y if number == 1 else y - 0.5)
        self.dress(axes[0])
        axes[0].set_xlim(axes[2].get_xlim())

    # -- what is true --------------------------------------------------------------------------

    def finish(self, features):
        """Lay the figure out, and note what stands where."""
        self.figure.canvas.draw()
        self.figure.set_layout_engine("none")
        width, height = self.figure.get_size_inches() * 72
        frames = []
        for ax, x, y, inside, x_kind, y_kind, right, _ in self.axes:
            place = ax.get_window_extent().transformed(self.figure.transFigure.inverted())
            box = (place.x0 * width, place.y0 * height, place.x1 * width, place.y1 * height)
            other = Scale(*right[0].get_ylim(), "linear", *right[1]) if right else None
            frames.append(
                Frame(box, Scale(*ax.get_xlim(), x_kind, *x), Scale(*ax.get_ylim(), y_kind, *y),
                      other, inside)
            )  # fmt: skip
        features = (*dict.fromkeys(self.features + features),)
        return Truth(tuple(frames), tuple(self.curves), features, self.unsure)


def _inverse(values):
    with np.errstate(divide="ignore"):
        return 1 / np.asarray(values, float)


def judge(path, truth):
    """Read a figure, and say how well; a refusal in one line is no fault."""
    from analysis.reading.figure.files import read_page
    from analysis.reading.figure.series import figure_series

    try:
        found = figure_series(read_page(path))
    except DataError as error:
        return Verdict(refused=str(error)), None
    return score(*found, truth), found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0-59")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--format", choices=["pdf", "svg"])
    parser.add_argument("--draw", action="store_true", help="only draw the figures")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    words = {}
    with tempfile.TemporaryDirectory() as away:
        folder = options.keep or Path(away)
        folder.mkdir(parents=True, exist_ok=True)
        for seed in range(int(first), int(last or first) + 1):
            path, truth = figure_case(seed, folder, options.format)
            if options.draw:
                continue
            started = time.perf_counter()
            try:
                verdict, _ = judge(path, truth)
            except Exception as error:  # noqa: BLE001 - a table of all of them
                verdict = Verdict(faults=[f"{type(error).__name__}: {error}"])
            seconds = time.perf_counter() - started
            words[verdict.word] = words.get(verdict.word, 0) + 1
            print(
                f"{seed:4d} {path.suffix[1:]} {verdict.word:8s} {verdict.curves}/{len(truth.curves)}"
                f" {verdict.median:8.1e} {verdict.worst:8.1e} {max(verdict.stated, default=0):5.1f}"
                f" {seconds:5.2f} s  {', '.join(truth.features)}"
            )
            for line in [verdict.refused, *verdict.faults]:
                if line:
                    print("        ", line)
            sys.stdout.flush()
    print("curves read/drawn, median, worst, 95 % over stated, seconds.", words)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
