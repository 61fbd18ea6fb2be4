"""The live Fig. 6a: which window a curve is fitted in, and where its Theta_D then lies."""

import contextlib
from collections.abc import Sequence

import numpy as np

from analysis.errors import AnalysisError, FitError
from analysis.numerics.uncertainty import halves, student
from analysis.pressure.series import Regions
from analysis.show.explore import spec
from analysis.show.explore.formula import Symbol, item, symbols, where
from analysis.show.explore.laws import label_of, measured, resistance, scaled, window_rules
from analysis.show.explore.widget import Explorer
from analysis.show.report import run_label
from analysis.show.runs import run_looks, run_of
from analysis.transport.fit import ResistanceFit

_WINDOWS = 8
_SHORTEST = 0.25  # of the found window, for the last
_FITTED = ("theta_d", "error", "r0", "a", "g_sat", "low")


def pressure(fits: Sequence[ResistanceFit], *, regions: Regions | None = None) -> Explorer:
    """Return a live Theta_D against pressure: choose a curve, and where its window begins.

    Parameters
    ----------
    fits : sequence of ResistanceFit
        Of curves at known pressures. Each is fitted again here in windows that begin later
        and later; all fits are done when the figure is made, none where it is seen.
    regions : Regions, optional
        To shade.

    Raises
    ------
    AnalysisError
        If no fit has a pressure, or one is of another law than eq. 1.
    """
    fits = [fit for fit in fits if fit.curve.pressure is not None]
    if not fits:
        raise AnalysisError("a live figure against pressure needs curves at known pressures")
    t, window = Symbol("t"), Symbol("window")
    theta, error, r0, a, g, low = symbols(" ".join(_FITTED))
    best = Symbol("theta_found")
    percent = 100 * (Symbol("r") - resistance(t, theta, r0, a, g))
    all_pressures = np.array([fit.curve.pressure for fit in fits], dtype=float)
    all_theta = np.array([fit.theta_d.n for fit in fits])
    wide = halves(fit.curve.pressure_error for fit in fits)
    spread = float(np.ptp(all_theta)) + 60.0
    bottom, top = float(all_theta.min()) - spread, float(all_theta.max()) + spread
    inside = np.logical_and(theta >= bottom, theta <= top)
    beyond = where(inside, 0, theta > 0)
    right = float(np.ceil(1.05 * all_pressures.max() / 5) * 5)
    spans = [
        spec.Span(low, min(high, right), name)
        for name, low, high in (() if regions is None else regions.bounds)
        if low < right
    ]
    temperature = spec.Axis("T (K)", 0, Symbol("t_max"))
    return Explorer(
        spec.Spec(
            name="pressure",
            title="One window, one point",
            about="Debye temperatures against pressure, and the curve that one of them is from.",
            data_label="curve",
            controls=[
                spec.Slider("window", "window from", 0, _WINDOWS - 1, 1, start=0, unit="K",
                            whole=True, digits=3, shown=low),
            ],
            derived=[spec.Derived(name, item(f"{name}s", window)) for name in (*_FITTED, "half")],
            panels=[
                spec.Panel(temperature, spec.Axis("difference (% of R_{max})", -2, 2), [
                    spec.Rule(y=0.0, colour="blue"),
                    spec.Points(("t", "r"), t, percent, label="points minus fit", size=2.2),
                    *window_rules(),
                ], height=0.8),
                spec.Panel(spec.Axis("P (GPa)", 0, right), spec.Axis("Θ_{D} (K)", bottom, top), [
                    *spans,
                    *_of_runs(fits),
                    spec.Mark(Symbol("pressure"), theta, Symbol("half"),
                              x_error=None if wide is None else Symbol("pressure_half"),
                              label="this curve, this window", when=inside),
                    spec.Mark(Symbol("pressure"), np.minimum(np.maximum(theta, bottom), top),
                              hollow=True, text="beyond", when=beyond),
                ], height=0.8),
            ],
            readouts=[
                spec.Readout("Θ_{D} ± standard error", theta, "K", 4,
                             otherwise="none: this window does not determine it", error=error),
                spec.Readout("in the window that the fit chose", best, "K", 4,
                             error=Symbol("error_found")),
                spec.Saying([
                    (window == 0, "This is the window that the fit chose."),
                    (beyond, (
                        "The point lies beyond the axes: this window hardly determines Θ_{D}."
                    )),
                    (np.absolute(theta - best) < Symbol("error_found"),
                     "The point has moved by less than the standard error of the first fit."),
                    (np.absolute(theta - best) < error,
                     "The point has moved, by less than its own standard error, which has grown."),
                    (error > 0, "The point has moved by more than its standard error."),
                    (theta > 0, "The points give no error here."),
                    (1, "Above Θ_{D}/4 a curve is nearly straight: nothing is left to fit."),
                ]),
            ],
        ),
        [_data(fit) for fit in fits],
    )  # fmt: skip


def _of_runs(fits: Sequence[ResistanceFit]) -> list[spec.Points]:
    """Return the points of each run, in the windows that were found, with their 95 % intervals."""
    layers = []
    for run, own in run_looks(fit.curve for fit in fits).items():
        members = [fit for fit in fits if run_of(fit.curve) == run]
        columns = {
            "p": np.array([fit.curve.pressure for fit in members], dtype=float),
            "y": np.array([fit.theta_d.n for fit in members]),
            "e": np.array([_half(fit) for fit in members]),
        }
        wide = halves(fit.curve.pressure_error for fit in members)
        if wide is not None:
            columns["d"] = wide
        layers.append(
            spec.Points(
                (*columns,), Symbol("p"), Symbol("y"), Symbol("e"), data=columns, size=3.5,
                x_error=None if wide is None else Symbol("d"), colour=own.hue, marker=own.marker,
                label=f"{run_label(members[0].curve.run or members[0].curve.name)} (95 %)",
            )
        )  # fmt: skip
    return layers


def _half(fit: ResistanceFit) -> float:
    return float(np.diff(fit.interval())[0] / 2) if fit.errors_known else float("nan")


def _data(fit: ResistanceFit) -> spec.Data:
    curve, (first, last) = fit.curve, fit.window
    scale = float(np.abs(fit.part.resistance).max())
    starts = np.linspace(first, last - _SHORTEST * (last - first), _WINDOWS)
    columns: dict[str, list[float]] = {f"{name}s": [] for name in (*_FITTED, "half")}
    for start in starts:
        row = {"low": float(start)}
        with contextlib.suppress(FitError):
            refit = fit if start == first else fit.again((float(start), last))
            sigma = refit.theta_d.s if refit.errors_known else np.nan
            row = scaled(refit, scale) | {
                "error": sigma, "low": refit.window[0], "half": _half(refit),
            }  # fmt: skip
        for name, column in columns.items():
            column.append(row.get(name.removesuffix("s"), np.nan))
    numbers = {
        "pressure": curve.pressure,
        "pressure_half": student(0.95, np.inf) * (curve.pressure_error or np.nan),
        "high": last,
        "t_max": 1.03 * float(curve.temperature.max()),
        "theta_found": fit.theta_d.n,
        "error_found": fit.theta_d.s if fit.errors_known else np.nan,
    }
    return spec.Data(curve.name, label_of(curve), numbers, {**columns, **measured(curve, scale)})
