"""The live transition: its onset and sharpness over measured points, and T_c read off."""

from collections.abc import Sequence

import numpy as np

from analysis.errors import AnalysisError
from analysis.show.explore import spec
from analysis.show.explore.formula import Symbol, symbols, where
from analysis.show.explore.laws import label_of, measured, resistance, scaled, thinned
from analysis.show.explore.widget import Explorer
from analysis.transport.transition import depth, fraction_at, temperature_at
from analysis.transport.transition_fit import TransitionFit


def transition(fits: Sequence[TransitionFit], *, criterion: float = 0.05) -> Explorer:
    """Return a live eq. 5 over the curves of some fits, each on its fitted normal state.

    Parameters
    ----------
    fits : sequence of TransitionFit
    criterion : float
        R/R(T_c,onset) at which T_c is read off at first.

    Raises
    ------
    AnalysisError
        If there is no fit, or a normal state is of another law than eq. 1.
    """
    if not fits:
        raise AnalysisError("a live transition needs at least one fit of one")
    t, tc_onset, f, c = symbols("t tc_onset f criterion")
    floor, u, u_c, tc, f_fit = symbols("floor u u_c tc f_fit")
    near_low, near_high, near_top = symbols("near_low near_high near_top")
    normal = _normal(np.maximum(t, tc_onset))
    model = normal * (floor + (1 - floor) * fraction_at(depth(t, tc_onset, f)))
    r_onset, reached = Symbol("r_onset"), np.logical_and(c > floor, u_c < f)
    percent = 100 * (Symbol("r") - model) / Symbol("r_onset_fit")
    near = np.logical_and(t >= near_low, t <= near_high)
    onsets = [fit.tc_onset.n for fit in fits]
    sharp = [fit.f.n for fit in fits]
    close = spec.Axis("T (K)", near_low, near_high)
    layers = [
        spec.Points(("t", "r"), t, Symbol("r"), label="points", size=2.2),
        spec.Curve("t", _normal(t), 0.5, Symbol("t_max"), label="normal state", colour="grey",
                   dash=True),
        spec.Curve("t", model, 0.5, Symbol("t_max"), label="eqs. 1 and 5", points=320),
    ]  # fmt: skip
    marked = [
        spec.Mark(tc_onset, r_onset, label="T_{c,onset}", hollow=True, colour="green"),
        spec.Rule(y=c * r_onset, colour="orange", text="criterion"),
        spec.Mark(tc, c * r_onset, label="T_{c} at the criterion", when=reached),
    ]
    return Explorer(
        spec.Spec(
            name="transition",
            title="The resistive transition",
            about="Points of a resistance curve, and the law with the chosen parameters.",
            data_label="curve",
            controls=[
                spec.Slider("tc_onset", "T_{c,onset}", np.floor(0.6 * min(onsets)),
                            np.ceil(1.25 * max(onsets)), 0.05, unit="K", digits=4,
                            fit=Symbol("tc_onset_fit")),
                spec.Slider("f", "F", float(f"{min(1, *sharp) / 2:.1g}"),
                            float(f"{max(200, *sharp) * 2:.1g}"), log=True, fit=f_fit),
                spec.Slider("criterion", "criterion", 0.01, 0.99, 0.01, start=criterion, digits=2),
            ],
            derived=[
                spec.Derived("r_onset", _normal(tc_onset)),
                spec.Derived("left", np.maximum((c - floor) / (1 - floor), 1e-9)),
                spec.Root("u_c", "u", np.log(fraction_at(u)) - np.log(Symbol("left")), 1e-3, 30),
                spec.Derived("tc", temperature_at(u_c, tc_onset, f)),
                spec.RootMeanSquare("misfit", ("t", "r"), percent, when=near),
            ],
            panels=[
                spec.Panel(spec.Axis("T (K)", 0, Symbol("t_max")),
                           spec.Axis("R / R_{max}", -0.05, 1.1), layers),
                spec.Panel(close, spec.Axis("R / R_{max}", -0.05 * near_top, near_top),
                           [*layers[:2], spec.Curve("t", model, near_low, near_high), *marked]),
            ],
            readouts=[
                spec.Readout("T_{c} at the criterion", tc, "K", 4,
                             otherwise="not reached at any temperature", when=reached),
                spec.Readout("of the fit", temperature_at(u_c, Symbol("tc_onset_fit"), f_fit), "K",
                             4, "not reached", when=np.logical_and(c > floor, u_c < f_fit)),
                spec.Readout("floor", floor, "", 3),
                spec.Readout("misfit near the transition (rms, of R_{onset})", Symbol("misfit"),
                             "%", 3),
                spec.Saying([
                    (where(reached, 0, 1), (
                        "The curve does not fall to this criterion at any temperature."
                    )),
                    (tc < Symbol("coldest"), (
                        "That lies below the coldest point: it was not measured."
                    )),
                    (c > 0.5, "Near the onset, the fall begins as (T_{c,onset} - T)^{3}."),
                    (1, "Near the foot, the shape of eq. 5 decides."),
                ]),
            ],
        ),
        [_data(fit) for fit in fits],
    )  # fmt: skip


def _normal(t: Symbol) -> Symbol:
    """Return the fitted normal state: eq. 1, or a line."""
    curved = resistance(t, *map(Symbol, ("theta_d", "r0", "a", "g_sat", "n")))
    straight = Symbol("p0") + Symbol("p1") * t
    return where(Symbol("is_law") == 1, curved, straight)


def _data(fit: TransitionFit) -> spec.Data:
    curve = fit.curve
    scale = float(np.abs(curve.resistance).max())
    onset = fit.tc_onset.n
    near = (0.7 * onset, 1.2 * onset)
    some = np.unique(np.r_[thinned(curve.temperature), thinned(curve.temperature, between=near)])
    numbers = {
        "tc_onset_fit": onset,
        "f_fit": fit.f.n,
        "floor": fit.floor.n,
        "r_onset_fit": fit.r_onset.n / scale,
        "coldest": float(curve.temperature[0]),
        "t_max": 1.03 * float(curve.temperature.max()),
        "near_low": near[0],
        "near_high": near[1],
        "near_top": 1.35 * fit.r_onset.n / scale,
    }
    if fit.normal == "law":
        numbers |= {**scaled(fit, scale), "n": fit.n, "is_law": 1, "p0": 0, "p1": 0}
    else:
        low, high = fit.normal_state([onset, 2 * onset]) / scale
        law = {"theta_d": 1, "r0": 0, "a": 0, "g_sat": 0, "n": 5, "is_law": 0}
        numbers |= law | {"p0": 2 * low - high, "p1": (high - low) / onset}
    return spec.Data(curve.name, label_of(curve), numbers, measured(curve, scale, some))
