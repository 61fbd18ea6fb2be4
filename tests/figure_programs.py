"""The same two figures drawn by other programs than matplotlib: gnuplot, R, Inkscape."""

import subprocess
from itertools import count
from pathlib import Path

import numpy as np
from figure_truth import Curve, Frame, Scale, Truth

WIDTH, HEIGHT = 5.0, 3.5  # inches
LEFT, RIGHT, BOTTOM, TOP = 0.16, 0.95, 0.2, 0.93  # the frame, as parts of the page
RED, BLUE, BLACK = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, 0.0)
SIDE = 72 * np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])
BOX = tuple(SIDE * [LEFT, BOTTOM, RIGHT, TOP])


def transition():
    """Two lines, one of them dashed, and markers: R(T)."""
    rng = np.random.default_rng(15)
    t = np.linspace(1.5, 298.0, 240)
    few = t[::8]
    curves = [
        (t, 0.9 / (1 + np.exp((70 - t) / 3)) * (0.3 + t / 400), "14 GPa", "line", RED),
        (t, 0.2 + t / 350 + rng.normal(0, 2e-3, t.size), "18.5 GPa", "line", BLUE),
        (few, -0.1 + few / 400, "Run 3", "markers", BLACK),
    ]
    return (
        curves,
        Scale(0, 300, "linear", "Temperature", "K"),
        Scale(-0.2, 1.2, "linear", "R", "mOhm"),
    )


def decay():
    """Markers with error bars and a line over decades."""
    p = np.linspace(1.0, 29.0, 15)
    y = 2e-4 * np.exp(p / 4)
    curves = [(p, y, "sample A", "markers", BLUE), (p, 3 * y[::-1], "sample B", "line", RED)]
    return curves, Scale(0, 30, "linear", "Pressure", "GPa"), Scale(1e-4, 10, "log", "ratio", "")


FIGURES = {"transition": transition, "decay": decay}


def truth_of(name, box=BOX):
    curves, x, y = FIGURES[name]()
    made = []
    for one, other, label, kind, colour in curves:
        errors = 0.5 * other if name == "decay" and kind == "markers" else None
        made.append(Curve(0, one, other, kind, label, colour, y_error=errors))
    return Truth((Frame(tuple(box), x, y),), tuple(made), (name,))


def _tables(name, folder):
    """Write a table for each curve."""
    curves, x, y = FIGURES[name]()
    for number, (one, other, *_) in zip(count(), curves, strict=False):
        np.savetxt(folder / f"{name}-{number}.dat", np.column_stack([one, other]), "%.9g")
    return curves, x, y


def _run(*command, folder):
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)


def gnuplot(name, form, folder):
    """Draw a figure with gnuplot as pdf, svg, or eps: (path, truth)."""
    curves, x, y = _tables(name, folder)
    path = folder / f"gnuplot-{name}.{form}"
    terminals = {
        "pdf": f"pdfcairo color size {WIDTH}in,{HEIGHT}in",
        "svg": f"svg size {WIDTH * 96:g},{HEIGHT * 96:g}",
        "eps": f"postscript eps color size {WIDTH}in,{HEIGHT}in",
    }
    plots = []
    for number, (*_, label, kind, colour) in enumerate(curves):
        code = "#" + "".join(f"{int(255 * part):02x}" for part in colour)
        dash = "dashtype 2 " if number == 1 else ""
        using = "1:2"
        how = f"lines {dash}" if kind == "line" else f"points pointtype {6 + number} "
        if name == "decay" and kind == "markers":
            using, how = "1:2:(0.5*$2)", "yerrorbars pointtype 7 "
        plots.append(f"'{name}-{number}.dat' using {using} with {how}linecolor rgb '{code}' "
                     f"title '{label}'")  # fmt: skip
    script = f"""
        set terminal {terminals[form]}
        set output '{path.name}'
        set lmargin at screen {LEFT}; set rmargin at screen {RIGHT}
        set bmargin at screen {BOTTOM}; set tmargin at screen {TOP}
        set xrange [{x.low}:{x.high}]; set yrange [{y.low}:{y.high}]
        {"set logscale y; set format y '10^{%L}'" if y.kind == "log" else ""}
        set xlabel '{_title(x)}'; set ylabel '{_title(y)}'
        set key {"top left" if name == "transition" else "bottom center"}
        plot {", ".join(plots)}
        set print 'frame.txt'
        print GPVAL_TERM_XMIN, GPVAL_TERM_YMIN, GPVAL_TERM_XMAX, GPVAL_TERM_YMAX
    """
    (folder / "figure.gp").write_text(script)
    _run("gnuplot", "figure.gp", folder=folder)
    # Where it put the frame: in whole steps of its own, of a 96th inch in SVG.
    box = np.array((folder / "frame.txt").read_text().split(), float)
    box = {"pdf": box + 0.5, "svg": 0.75 * box, "eps": box}[form]
    return path, truth_of(name, box)


def r(name, form, folder):
    """Draw a figure with R as pdf, or as svg by cairo: (path, truth)."""
    curves, x, y = _tables(name, folder)
    path = folder / f"r-{name}.{form}"
    lines = [
        f"{form}('{path.name}', width={WIDTH}, height={HEIGHT})",
        f"par(plt=c({LEFT}, {RIGHT}, {BOTTOM}, {TOP}), xaxs='i', yaxs='i', mgp=c(2, 0.7, 0))",
        (
            f"plot(NA, xlim=c({x.low}, {x.high}), ylim=c({y.low}, {y.high}), xlab='{_title(x)}', "
            f"ylab='{_title(y)}', log='{'y' if y.kind == 'log' else ''}')"
        ),
    ]
    names, colours, dashes, marks = [], [], [], []
    for number, (*_, label, kind, colour) in enumerate(curves):
        code = f"rgb({', '.join(map(str, colour))})"
        dash, mark = (1 + number, "NA") if kind == "line" else ("NA", 1 + number)
        lines.append(f"d <- read.table('{name}-{number}.dat')")
        if name == "decay" and kind == "markers":
            lines.append("arrows(d$V1, 0.5 * d$V2, d$V1, 1.5 * d$V2, angle=90, code=3, "
                         f"length=0.03, col={code})")  # fmt: skip
        draw = f"lines(d, lty={dash}" if kind == "line" else f"points(d, pch={mark}"
        lines.append(f"{draw}, col={code})")
        names.append(f"'{label}'")
        colours.append(code)
        dashes.append(dash)
        marks.append(mark)
    place = "topleft" if name == "transition" else "bottom"
    for key, values in (("legend", names), ("col", colours), ("lty", dashes), ("pch", marks)):
        lines.append(f"{key} <- c({', '.join(map(str, values))})")
    lines += [
        f"legend('{place}', legend=legend, col=col, lty=lty, pch=pch)",
        "invisible(dev.off())",
    ]
    (folder / "figure.R").write_text("\n".join(lines) + "\n")
    _run("Rscript", "--vanilla", "figure.R", folder=folder)
    return path, truth_of(name)


def inkscape(path, form):
    """Open a file in Inkscape and save it as another: pdf, or plain svg."""
    target = Path(path).with_name(f"inkscape-{Path(path).stem}.{form}")
    plain = ["--export-plain-svg"] if form == "svg" else []
    _run("inkscape", str(path), *plain, f"--export-filename={target}", folder=target.parent)
    return target


def _title(scale):
    return scale.title + (f" ({scale.unit})" if scale.unit else "")
