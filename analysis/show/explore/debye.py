"""The live eq. 1: Theta_D, R_0, A, R_sat and n over measured points."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from analysis.errors import AnalysisError, attempt
from analysis.show.explore import laws, spec
from analysis.show.explore.formula import Symbol, symbols, where
from analysis.show.explore.widget import Explorer
from analysis.transport import DEFAULT_LAW
from analysis.transport.bloch_gruneisen import shunted
from analysis.transport.fit import ResistanceFit, fit_resistance, fitted_in
from analysis.transport.laws import law_named

# What may stand beside eq. 1: words for the choice, the law, and the power of T.
_BESIDE = {
    "none": ("nothing", "", 0),
    "t": ("b T, a strange metal", "bloch-gruneisen-t", 1),
    "t2": ("b T², electrons on electrons", "bloch-gruneisen-t2", 2),
}
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
    top, b, power = symbols("t_max b beside")
    beside = where(power == 0, 0, b * (t / top) ** power)
    model = shunted(laws.resistance(t, theta_d, r0, a, 0, n) + beside, g)
    percent = 100 * (Symbol("r") - model)
    inside = np.logical_and(t >= Symbol("low"), t <= Symbol("high"))
    highest, steepest = (
        float(
            np.nanmax(
                [curve_data.numbers[f"{name}{n}"] for curve_data in data for n in laws.EXPONENTS]
            )
        )
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
                spec.Choice("beside", "beside eq. 1", [(key, words, power) for
                            key, (words, _, power) in _BESIDE.items()]),
                spec.Slider("b", "b T_{max}", 0, 1, 0.002, digits=3, fit=_fit("b")),
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
                    spec.Curve("t", model, 0.5, top, label="the law"),
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
                    (_fit("fitted") < 1, "No fit of this law has a Debye temperature."),
                    (misfit < 1.05 * best, (
                        "By eye, this curve cannot be told from the best fit."
                    )),
                    (misfit < 3 * best, "A little off: only the panel of differences shows it."),
                    (misfit < 0.5, "Off by many times the best misfit, yet the curve looks right."),
                    (1, "Visibly off."),
                ]),
            ],
        ),
        data,
    )  # fmt: skip


def _fit(name: str) -> Any:
    """Return what the best fit of the chosen law has; beside eq. 1 there are fits with n = 5."""
    n, beside = symbols("n beside")
    alone = laws.by_exponent(n, {n: Symbol(f"{name}{n}") for n in laws.EXPONENTS})
    other = where(beside == 1, Symbol(f"{name}t"), Symbol(f"{name}t2"))
    return where(beside == 0, alone, where(n == 5, other, Symbol(f"{name}_none")))


def _fits(fit: ResistanceFit) -> Iterator[tuple[str, str, ResistanceFit | None]]:
    """Yield the fits of the laws: what their numbers end in, the law, the fit if there is one."""
    for n in laws.EXPONENTS:
        again = partial(fit_resistance, fit.curve, fit.window, n=n)
        yield str(n), DEFAULT_LAW, fit if n == fit.n else attempt(again)[0]
    for key, (_, law, _) in _BESIDE.items():
        if law:
            again = partial(fitted_in, fit.curve, fit.chosen, law_named(law), n=5.0)
            yield key, law, attempt(partial(again, weighting="uniform", saturation=True))[0]
    yield "_none", "", None


def _data(fit: ResistanceFit) -> spec.Data:
    curve, scale = fit.curve, float(np.abs(fit.part.resistance).max())
    points = laws.measured(curve, scale)
    t, r = points["t"], points["r"]
    inside = (t >= fit.window[0]) & (t <= fit.window[1])
    top = float(1.03 * t.max())
    numbers = {
        "low": fit.window[0],
        "high": fit.window[1],
        "t_max": top,
        "r_top": float(1.1 * r.max()),
    }
    for key, law, refit in _fits(fit):
        if refit is None:
            missing = (*fit.law.names, "r_sat", "b", "misfit")
            numbers |= dict.fromkeys((f"{name}{key}" for name in missing), np.nan)
            numbers[f"fitted{key}"] = 0
            continue
        off = 100 * (r - refit.predict(t) / scale)[inside]
        values = laws.scaled(refit, scale, law)
        saturation = 1 / values["g_sat"] if values["g_sat"] > 0 else np.inf
        values["r_sat"] = min(saturation, _NO_SATURATION)
        power = _BESIDE[key][2] if key in _BESIDE else 0
        values["b"] = values.pop(f"a{power}") * top**power if power else 0.0
        numbers |= {f"{name}{key}": value for name, value in values.items()}
        numbers |= {f"fitted{key}": 1, f"misfit{key}": float(np.sqrt(np.mean(off**2)))}
    return spec.Data(curve.name, laws.label_of(curve), numbers, points)
