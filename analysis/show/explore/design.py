"""The live plan of a run: which error of Theta_D a window, a noise and a number of points give."""

from typing import Any

import numpy as np

from analysis.choices.design import errors_per_noise
from analysis.show.explore import spec
from analysis.show.explore.formula import Symbol, item, symbols, where
from analysis.show.explore.widget import Explorer

# Of eq. 1 the error in parts of Theta_D depends on T_max/Theta_D and T_min/T_max alone. It is
# tabulated: in the logarithm of the first, and in that of one less the second.
_SIDE = 30
_HOT = (np.log(0.2), np.log(2.5))
_DEEP = (0.0, 2.4)
_MOST = 25.0  # % on the axis
# R_0 where A = 2, and 1/R_sat: residual resistances of a clean and of a dirty sample.
_SAMPLES = {"clean": 0.02, "as in most cells": 0.16, "dirty": 0.6}


def design(
    *, noise: float = 0.1, low: float = 80.0, high: float = 300.0, points: int = 300,
    theta_d: float = 550.0,
) -> Explorer:  # fmt: skip
    """Return a live plan of a run.

    Parameters
    ----------
    noise : float
        In % of the largest resistance.
    low, high : float
        Window, K.
    points : int
    theta_d : float
        K. All of them are where the sliders stand at first.
    """
    t_min, t_max, theta, count, sigma = symbols("t_min t_max theta_d points noise")

    def percent(start: Any) -> Any:
        """Return the error of Theta_D in % if the window begins there."""
        free = _between("free", t_max / theta, start / t_max)
        without_saturation = _between("held", t_max / theta, start / t_max)
        return where(Symbol("g") == 0, free, without_saturation) * sigma / np.sqrt(count)

    error = percent(t_min)
    is_window = t_min < 0.9 * t_max
    shown = np.minimum(percent(Symbol("t")), 2 * _MOST)
    return Explorer(
        spec.Spec(
            name="design",
            title="Plan a run",
            about="The error of the Debye temperature to expect, against where the window begins.",
            data_label="sample",
            controls=[
                spec.Slider("noise", "noise/R_{max}", 0.001, 5, log=True, start=noise, unit="%"),
                spec.Slider("t_min", "from", 2, 400, 1, start=low, unit="K"),
                spec.Slider("t_max", "to", 50, 900, 1, start=high, unit="K"),
                spec.Slider("points", "points", 30, 3000, log=True, start=points, whole=True),
                spec.Slider("theta_d", "Θ_{D}", 100, 1200, 1, start=theta_d, unit="K"),
                spec.Choice("g", "1/R_{sat}", [("free", "fitted", 0), ("known", "known", 1)]),
            ],
            panels=[
                spec.Panel(spec.Axis("first temperature (K)", 0, t_max),
                           spec.Axis("standard error of Θ_{D} (%)", 0, _MOST), [
                    spec.Curve("t", shown, 2, 0.9 * t_max, label="to expect"),
                    spec.Rule(x=theta / 4, text="Θ_{D}/4"),
                    spec.Mark(t_min, np.minimum(error, _MOST), label="this run", when=is_window),
                ]),
            ],
            readouts=[
                spec.Readout("standard error of Θ_{D} to expect", error * theta / 100, "K", 3,
                             "none: there is no such window", when=is_window),
                spec.Readout("of Θ_{D}", error, "%", 3, when=is_window),
                spec.Readout("points for an error of 1 %", count * error**2, "", 3, when=is_window),
                spec.Saying([
                    (t_min >= 0.9 * t_max, "The window is too narrow to plan with."),
                    (error > 20, "This run leaves Θ_{D} open, whatever its fit may print."),
                    (t_min > theta / 4, "Above Θ_{D}/4 a colder start helps more than points."),
                    (1, (
                        "This assumes that the law holds and that errors of neighbours are "
                        "independent."
                    )),
                ]),
            ],
        ),
        [spec.Data(name.replace(" ", "-"), f"{name}, R₀/A = {r0 / 2:g}, synthetic", {},
                   _table(r0)) for name, r0 in _SAMPLES.items()],
    )  # fmt: skip


def _between(column: str, hot: Any, cold: Any) -> Any:
    """Return the tabulated error, bilinear between the nodes."""
    last = _SIDE - 1 - 1e-6

    def place(value: Any, ends: tuple[float, float]) -> tuple[Any, Any]:
        steps = (value - ends[0]) / (ends[1] - ends[0]) * (_SIDE - 1)
        steps = np.minimum(np.maximum(steps, 0.0), last)
        whole = item("whole", steps)
        return whole, steps - whole

    i, a = place(np.log(hot), _HOT)
    j, b = place(-np.log(np.maximum(1 - cold, 1e-6)), _DEEP)
    corner = _SIDE * i + j
    left = (1 - b) * item(column, corner) + b * item(column, corner + 1)
    right = (1 - b) * item(column, corner + _SIDE) + b * item(column, corner + _SIDE + 1)
    return np.exp((1 - a) * left + a * right)


def _table(r0: float, points: int = 150) -> dict[str, Any]:
    rows = []
    for hot in np.exp(np.linspace(*_HOT, _SIDE)):
        for cold in 1 - np.exp(-np.linspace(*_DEEP, _SIDE)):
            t = hot * np.linspace(max(cold, 0.004), 1, points)
            rows.append(errors_per_noise(t, 1.0, r0))
    free, held = np.log(np.array(rows) * np.sqrt(points)).T
    return {"free": free, "held": held, "whole": np.arange(_SIDE, dtype=float)}
