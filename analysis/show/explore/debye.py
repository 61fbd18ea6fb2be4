"""The live eq. 1: Theta_D, R_0, A, R_sat and n over measured points."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.errors import AnalysisError, FitError
from analysis.show.explore import laws, spec
from analysis.show.explore.formula import Symbol, symbols, where
from analysis.show.explore.widget import Explorer
from analysis.transport.fit import ResistanceFit, fit_resistance

_NO_SATURATION = 1000.0  # times the largest resistance; the slider's "∞"


def debye(fits: Sequence[ResistanceFit]) -> Explorer:
    """Return a live eq. 1 over the curves of some fits.

    Resistances are in parts of the largest in the window, so that the sliders mean the same
    for every curve.

    Parameters
    ----------
    fits : sequence of ResistanceFit
        The windows are theirs. Each curve is fitted again for the other exponents.

    Raises
    ------
    AnalysisError
        If there is no fit, or one is of another law.
    """
    if not fits:
        raise AnalysisError("a live eq. 1 needs at least one fit")
    data = [_data(fit) for fit in fits]
    t, theta_d, r0, a = symbols("t theta_d r0 a")
    g, n, misfit, best = symbols("g n misfit best")
    model = laws.resistance(t, theta_d, r0, a, g, n)
    percent = 100 * (Symbol("r") - model)
    inside = np.logical_and(t >= Symbol("low"), t <= Symbol("high"))
    top = Symbol("t_max")
    highest, steepest = (
        float(np.nanmax([one.numbers[f"{name}{n}"] for one in data for n in laws.EXPONENTS]))
        for name in ("theta_d", "a")
    )
    temperature = spec.Axis("T (K)", 0, top)
    return Explorer(
        spec.Spec(
            name="debye",
            title="The Bloch–Grüneisen law",
            about="Points of a resistance curve, and the law with the chosen parameters.",
            data_label="curve",
            controls=[
                spec.Slider("theta_d", "Θ_{D}", 20, np.ceil(max(1000, 1.3 * highest)), 1, unit="K",
                            digits=4, fit=_fit("theta_d")),
                spec.Slider("r0", "R_{0}", 0, 1, 0.002, digits=3, fit=_fit("r0")),
                spec.Slider("a", "A", 0, np.ceil(max(20, 1.5 * steepest)), 0.02, digits=3,
                            fit=_fit("a")),
                spec.Slider("r_sat", "R_{sat}", 0.5, _NO_SATURATION, log=True, at_top="∞",
                            fit=_fit("r_sat")),
                spec.Choice("n", "n", [("5", "5: electrons on phonons", 5),
                                       ("3", "3: s electrons into d states", 3),
                                       ("2", "2: electrons on electrons", 2)]),
            ],
            derived=[
                spec.Derived("g", where(Symbol("r_sat") >= _NO_SATURATION, 0, 1 / Symbol("r_sat"))),
                spec.Derived("best", _fit("misfit")),
                spec.RootMeanSquare("misfit", ("t", "r"), percent, when=inside),
            ],
            panels=[
                spec.Panel(temperature, spec.Axis("R / R_{max}", 0, Symbol("r_top")), [
                    spec.Points(("t", "r"), t, Symbol("r"), label="points", size=2.2),
                    spec.Curve("t", laws.cold_limit(t, theta_d, r0, a, g, n), 0.5, top / 2,
                               label="limit for T ≪ Θ_{D}", colour="purple", dash=True),
                    spec.Curve("t", laws.hot_limit(t, theta_d, r0, a, g, n), 0.5, top,
                               label="limit for T ≫ Θ_{D}", colour="orange", dash=True),
                    spec.Curve("t", model, 0.5, top, label="eq. 1"),
                    spec.Rule(x=theta_d / 4, text="Θ_{D}/4", colour="blue"),
                ]),
                spec.Panel(temperature, spec.Axis("difference (% of R_{max})", -3, 3), [
                    spec.Rule(y=0.0, colour="blue"),
                    spec.Points(("t", "r"), t, percent, size=2.2),
                    *laws.window_rules(),
                ]),
            ],
            readouts=[
                spec.Readout("misfit in the window (rms)", misfit, "%", 3),
                spec.Readout("of the best fit", best, "%", 3, "there is none"),
                spec.Saying([
                    (_fit("fitted") < 1, "No fit with this exponent has a Debye temperature."),
                    (misfit < 1.05 * best, "No eye tells this from the best fit."),
                    (misfit < 3 * best, "A little off: only the panel of differences shows it."),
                    (misfit < 0.5, "Off by many times the best misfit, yet the curve looks right."),
                    (1, "Visibly off."),
                ]),
            ],
        ),
        data,
    )  # fmt: skip


def _fit(name: str) -> Any:
    return laws.by_exponent(Symbol("n"), {n: Symbol(f"{name}{n}") for n in laws.EXPONENTS})


def _data(fit: ResistanceFit) -> spec.Data:
    curve, scale = fit.curve, float(np.abs(fit.part.resistance).max())
    points = laws.measured(curve, scale)
    t, r = points["t"], points["r"]
    inside = (t >= fit.window[0]) & (t <= fit.window[1])
    numbers = {
        "low": fit.window[0],
        "high": fit.window[1],
        "t_max": float(1.03 * t.max()),
        "r_top": float(1.1 * r.max()),
    }
    for n in laws.EXPONENTS:
        try:
            one = fit if n == fit.n else fit_resistance(curve, fit.window, n=n)
        except FitError:
            missing = (*fit.law.names, "r_sat", "misfit")
            numbers |= dict.fromkeys((f"{name}{n}" for name in missing), np.nan)
            numbers[f"fitted{n}"] = 0
            continue
        off = 100 * (r - one.predict(t) / scale)[inside]
        values = laws.scaled(one, scale)
        saturation = 1 / values["g_sat"] if values["g_sat"] > 0 else np.inf
        values["r_sat"] = min(saturation, _NO_SATURATION)
        numbers |= {f"{name}{n}": value for name, value in values.items()}
        numbers |= {f"fitted{n}": 1, f"misfit{n}": float(np.sqrt(np.mean(off**2)))}
    return spec.Data(curve.name, laws.label_of(curve), numbers, points)
