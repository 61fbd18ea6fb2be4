"""Fits that are done again at every move: ipywidgets, for where a kernel runs."""

import time
from contextlib import suppress
from html import escape
from typing import Any

import ipywidgets  # type: ignore[import-untyped]
import numpy as np
from uncertainties import nominal_value, std_dev

from analysis.errors import AnalysisError, attempt
from analysis.show.explore import spec
from analysis.show.explore.formula import Symbol, symbols
from analysis.show.explore.laws import EXPONENTS, label_of, measured, window_rules
from analysis.show.explore.widget import Explorer
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drop import find_drop
from analysis.transport.fit import ResistanceFit, fit_resistance
from analysis.transport.laws import LAWS
from analysis.transport.transition_fit import TransitionFit, fit_transition


class Refit(ipywidgets.VBox):  # type: ignore[misc]
    """A curve that is fitted again whenever a control moves: needs a kernel.

    Parameters
    ----------
    curve : ResistanceCurve

    Attributes
    ----------
    window, law, exponent, saturation, criterion : widgets
        The controls. The last is there only if the curve falls in a transition.
    view : Explorer
        Points, fit, band and residuals.
    fit : ResistanceFit or None
        The last fit, None where it failed; `message` then says why.
    milliseconds : float
        What the last answer took.
    """

    def __init__(self, curve: ResistanceCurve) -> None:
        self.curve = curve
        first = fit_resistance(curve)
        t = curve.temperature
        wide = ipywidgets.Layout(width="min(100%, 34rem)")
        look = {"layout": wide, "style": {"description_width": "7rem"}}
        self.window = ipywidgets.FloatRangeSlider(
            value=first.window, min=float(t.min()), max=float(t.max()),
            step=float(f"{np.ptp(t) / 300:.1g}"), description="window (K)", readout_format=".1f",
            **look,
        )  # fmt: skip
        self.exponent = ipywidgets.Dropdown(
            options=EXPONENTS, value=5, description="exponent n", **look
        )
        self.law = ipywidgets.Dropdown(
            options=[(law.title, law.name) for law in LAWS], description="law", **look
        )
        self.saturation = ipywidgets.Checkbox(
            value=True, description="saturation, G = 1/R_sat", **look
        )
        self.criterion = ipywidgets.FloatSlider(
            value=0.05, min=0.01, max=0.99, step=0.01, description="criterion", **look
        )
        self.message = ipywidgets.HTML()
        self.transitions: dict[int, TransitionFit | None] = {}
        self.falls = find_drop(curve) is not None and self._transition() is not None
        controls: list[Any] = [self.window, self.law, self.exponent, self.saturation]
        controls += [self.criterion] if self.falls else []
        self.view = Explorer(_spec(curve), [spec.Data("fit", label_of(curve))])
        for control in controls:
            control.observe(lambda _: self.answer(), "value")
        self.fit: ResistanceFit | None = first
        self.answer()
        super().__init__([*controls, self.view, self.message])

    def answer(self) -> None:
        """Fit as the controls say and show the result."""
        started = time.perf_counter()
        choices = {"n": self.exponent.value, "saturation": self.saturation.value}
        choices["law"] = self.law.value
        window = self.window.value
        self.fit, why = attempt(lambda: fit_resistance(self.curve, window, **choices))
        remarks = why if self.fit is None else "; ".join(self.fit.warnings)
        self.view.data = [spec.plain(self._data())]
        self.message.value = f'<p role="status">{escape(remarks)}</p>' if remarks else ""
        self.milliseconds = 1000 * (time.perf_counter() - started)

    def _transition(self) -> TransitionFit | None:
        n = self.exponent.value
        if n not in self.transitions:
            fitted, _ = attempt(lambda: fit_transition(self.curve, n=n))
            self.transitions[n] = fitted if isinstance(fitted, TransitionFit) else None
        return self.transitions[n]

    def _data(self) -> spec.Data:
        curve, (low, high) = self.curve, self.window.value
        scale = float(np.abs(curve.resistance).max())
        points = measured(curve, scale)
        t = points["t"]
        missing = np.full(t.size, np.nan)
        columns = {**points, "fit": missing, "half": missing}
        numbers: dict[str, float] = {"low": low, "high": high, "t_max": 1.03 * float(t.max())}
        if self.fit is not None:
            inside = (t >= low) & (t <= high)
            columns["fit"] = np.where(inside, self.fit.predict(t), np.nan) / scale
            if self.fit.errors_known:
                half = np.diff(self.fit.band(t), axis=0)[0] / 2 / scale
                columns["half"] = np.where(inside, half, np.nan)
            off = np.abs(columns["r"] - columns["fit"])
            numbers |= {
                "theta": nominal_value(self.fit.theta_d or np.nan),
                "error": std_dev(self.fit.theta_d or 0) if self.fit.errors_known else np.nan,
                "g": self.fit.g_sat.n * scale,
                "lag1": self.fit.correlation.lag1,
                "r_squared": self.fit.r_squared,
                "off": 130 * float(np.nanmax(off, initial=1e-4)),
            }
        transition = self._transition() if self.falls else None
        if transition is not None:
            with suppress(AnalysisError):
                tc = transition.tc_quoted(self.criterion.value)
                numbers |= {"tc": tc.n, "tc_error": tc.s}
        return spec.Data("fit", label_of(curve), numbers, columns)


def _spec(curve: ResistanceCurve) -> spec.Spec:
    t, r, fit, half = symbols("t r fit half")
    columns = ("t", "r", "fit", "half")
    temperature = spec.Axis("T (K)", 0, Symbol("t_max"))
    window = window_rules()
    off = Symbol("off")
    return spec.Spec(
        name="refit",
        title=f"{label_of(curve)}, fitted again at every move",
        about="Points of a resistance curve, their fit, and what it leaves over.",
        controls=[],
        panels=[
            spec.Panel(temperature, spec.Axis("R / R_{max}", 0, 1.1), [
                spec.Band(columns, t, fit - half, fit + half, label="95 % band"),
                spec.Points(columns, t, r, label="points", size=2.2),
                spec.Trace(columns, t, fit, label="fit"),
                *window,
            ]),
            spec.Panel(temperature, spec.Axis("difference (% of R_{max})", -1 * off, off), [
                spec.Band(columns, t, -100 * half, 100 * half),
                spec.Rule(y=0.0, colour="blue"),
                spec.Points(columns, t, 100 * (r - fit), size=2.2),
                *window,
            ]),
        ],
        readouts=[
            spec.Readout("Θ_{D}", Symbol("theta"), "K", 4, "none", Symbol("error")),
            spec.Readout("R_{max}/R_{sat}", Symbol("g"), "", 3),
            spec.Readout("R^{2}", Symbol("r_squared"), "", 6),
            spec.Readout("lag-1 autocorrelation", Symbol("lag1"), "", 2),
            spec.Readout("T_{c} at the criterion", Symbol("tc"), "K", 4, "–", Symbol("tc_error")),
        ],
    )  # fmt: skip
