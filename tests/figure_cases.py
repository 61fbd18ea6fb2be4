"""Figures like this field's, seeded, whose content is known; as a script, a table of how they read.

python tests/figure_cases.py --seeds 0-59 [--keep FOLDER] [--format pdf]
"""

import argparse
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
from figure_drawing import Drawing, style_of
from figure_truth import Curve, Verdict, score
from matplotlib import ticker

from analysis.errors import DataError
from analysis.reading.figure.inside import read_page
from analysis.reading.figure.panels import survey_panels
from analysis.reading.figure.series import figure_series

KINDS = (
    "transition", "twin panels", "inset", "log", "twin axes", "pattern", "lattice",
    "reciprocal", "stacked", "reversed", "zoom", "loglog", "arrhenius", "top axis", "sparse",
)  # fmt: skip


def figure_case(seed, folder, form=None):
    """Draw the figure of a seed: (path, truth). PDF for even, SVG for odd seeds, or `form`."""
    rng = np.random.default_rng([2401, 804, seed])
    form = form or ("pdf", "svg")[seed % 2]
    style = style_of(rng)
    features = [f"{name.split('.')[-1]}={value}" for name, value in style.items()
                if name in ("pdf.fonttype", "svg.fonttype", "path.simplify")]  # fmt: skip
    path = Path(folder) / f"figure-{seed}.{form}"
    with mpl.rc_context(style):
        drawing = Figures(rng, KINDS[seed % len(KINDS)])
        truth = drawing.finish(features, simplified=style["path.simplify"])
        drawing.figure.savefig(path, metadata={"CreationDate" if form == "pdf" else "Date": None})
    return path, truth


class Figures(Drawing):
    """One method draws one kind of figure."""

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
        self.unlabel(panel)

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
            Curve(**{**vars(curve), "label": ""}) if curve.panel == panel else curve
            for curve in self.curves
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


def _inverse(values):
    with np.errstate(divide="ignore"):
        return 1 / np.asarray(values, float)


def judge(path, truth, *, panels=False):
    """Read a figure (its panels only), and say how well; a refusal in one line is no fault."""
    started = time.perf_counter()
    try:
        page = read_page(path)
        found = (survey_panels(page).panels, (), ()) if panels else figure_series(page)
    except DataError as error:
        return Verdict(refused=str(error)), None
    seconds = time.perf_counter() - started
    verdict = score(*found, replace(truth, curves=()) if panels else truth)
    verdict.seconds = seconds
    return verdict, found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0-59")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--format", choices=["pdf", "svg"])
    parser.add_argument("--panels", action="store_true", help="judge only the panels")
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
            try:
                verdict, _ = judge(path, truth, panels=options.panels)
            except Exception as error:  # noqa: BLE001 - a table of all of them
                verdict = Verdict(faults=[f"{type(error).__name__}: {error}"])
            words[verdict.word] = words.get(verdict.word, 0) + 1
            print(
                f"{seed:4d} {path.suffix[1:]} {verdict.word:8s} "
                f"{verdict.curves}/{len(truth.curves)} {verdict.median:8.1e} {verdict.worst:8.1e} "
                f"{max(verdict.stated, default=0):5.1f} {verdict.seconds:5.2f} s  "
                + ", ".join(truth.features)
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
