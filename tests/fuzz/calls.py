"""Public functions with valid arguments, of which up to three are spoilt."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

import analysis
from analysis.pressure import series
from fuzz import seeds, spoiling
from fuzz.promises import BrokenPromiseError


@dataclass(frozen=True)
class Call:
    """A public function with valid arguments; `then` uses what it returns."""

    function: Callable[..., Any]
    valid: dict[str, Any]
    then: Callable[[Any], Any] = lambda _: None


def _curve(temperature, resistance, time=None, window=None, **fit):
    curve = analysis.ResistanceCurve(temperature, resistance, time=time)
    analysis.find_drop(curve)
    curve.watch()
    return analysis.analyse_curve(curve, window, **fit).to_dict()


def _transition(temperature, resistance, **fit):
    return analysis.fit_transition(
        analysis.ResistanceCurve(temperature, resistance), **fit
    ).to_dict()


def _pattern(two_theta, intensity, wavelength=61.99, wavelength_2=None, error=None, **fit):
    pattern = analysis.DiffractionPattern(two_theta, intensity, wavelength, wavelength_2, error)
    pattern.watch()
    return analysis.analyse_pattern(pattern, **fit).to_dict()


def _phase(wavelength=61.99, highest=30.0, lowest=0.0, **cell):
    return analysis.reflections(
        analysis.Phase("x", **cell), wavelength, two_theta_max=highest, two_theta_min=lowest
    )


def _table(**columns):
    found = analysis.LatticeTable(**columns)
    return found.volume, found.compressibility("a").to_dict()


QUICK = (
    Call(analysis.bloch_gruneisen_integral, {"y": [0.1, 1.0, 10.0], "n": 5.0}),
    Call(
        analysis.resistance,
        {"t": [10.0, 100.0, 300.0], "theta_d": 400.0, "r0": 0.1, "a": 1.0, "r_sat": 5.0, "n": 3.0},
    ),
    *(
        Call(function, {first: [value], "theta_d": 4e2, "mu_star": 0.1, "formula": formula} | more)
        for function, first, value in (
            (analysis.coupling_constant, "tc", 20.0),
            (analysis.critical_temperature, "coupling", 1.2),
        )
        for formula, more in (
            ("advanced", {}), ("mcmillan", {}), ("allen-dynes", {"phonon_moment": 0.6}),
        )
    ),
    Call(
        analysis.line_breadth,
        {"theta": [0.1, 0.3], "strain": 1e-3, "wavelength": 61.99, "size": 500.0,
         "shape_factor": 0.9, "addition": "linear"},
    ),
    Call(
        analysis.linear_compressibility,
        {"pressure": [0.0, 5.0, 10.0, 20.0], "length": [4.0, 3.98, 3.96, 3.93],
         "length_error": [1e-3] * 4, "degree": 1},
        lambda found: (found.at(), found.band([1.0]), found.to_dict()),
    ),
    Call(
        analysis.fit_equation_of_state,
        {"pressure": [0.0, 5.0, 10.0, 20.0, 30.0], "volume": [99.0, 96.0, 94.0, 89.0, 86.0],
         "pressure_error": [0.1] * 5, "volume_error": 0.02, "equation": "vinet", "v0": 99.0},
        lambda found: (found.band([90.0]), found.ellipse(), found.to_dict()),
    ),
    Call(
        _table,
        {"pressure": [0.0, 5.0, 10.0, 20.0], "a": [4.0, 3.98, 3.96, 3.93], "b": [4.0] * 4,
         "c": [4.0] * 4, "a_error": [1e-3] * 4, "alpha": 90.0, "gamma": [90.0] * 4},
    ),
    Call(_phase, {"a": 4.0, "space_group": "F m -3 m", "wavelength": 61.99, "highest": 30.0}),
    Call(
        _phase,
        {"a": 5.3, "b": 5.2, "c": 19.7, "alpha": 90.0, "beta": 90.0, "gamma": 90.0, "lowest": 1.0,
         "space_group": "F m m m"},
    ),
    Call(
        series.Regions.of_paper,
        {"amam_below": 18.0, "fmmm_above": 20.0},
        lambda one: (one.names, one.phase(19.0)),
    ),
)  # fmt: skip
SLOW = (
    Call(_curve, {"temperature": seeds.T, "resistance": seeds.R}),
    Call(
        _curve,
        {"temperature": seeds.T[4:], "resistance": seeds.R[4:], "time": seeds.T[4:] * 60,
         "window": [50.0, 300.0], "law": "bloch-gruneisen", "n": 5.0, "weighting": "uniform",
         "criterion": 0.05, "mu_star": 0.13, "formula": "advanced"},
    ),
    Call(
        _transition,
        {"temperature": seeds.T, "resistance": seeds.R, "window": [0.0, 300.0], "n": 5.0,
         "law": "bloch-gruneisen", "normal": "linear", "floor": True},
    ),
    Call(_pattern, {"two_theta": seeds.X, "intensity": seeds.Y}),
    Call(
        _pattern,
        {"two_theta": seeds.X, "intensity": seeds.Y, "error": np.sqrt(seeds.Y),
         "wavelength": 154.06, "wavelength_2": 154.44, "shape": "gaussian", "window": [6.0, 24.0],
         "breadth": "fwhm", "model": "reduced", "shape_factor": 0.9, "addition": "linear"},
    ),
)  # fmt: skip


def _odd(value):
    if isinstance(value, (list, np.ndarray)):
        return spoiling.arrays(value)
    return spoiling.texts() if isinstance(value, str) else spoiling.numbers()


@st.composite
def spoilt(draw, calls):
    """A function with valid arguments but for up to three of them."""
    number = draw(st.integers(0, len(calls) - 1))
    valid = calls[number].valid
    changed = draw(st.lists(st.sampled_from(sorted(valid)), max_size=3, unique=True))
    return number, {name: draw(_odd(valid[name])) for name in changed}


def called(calls):
    def call(case, _folder):
        number, changed = case
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = calls[number].function(**calls[number].valid | changed)
            calls[number].then(found)
        if isinstance(found, dict):
            check_numbers(found)

    return call


def check_numbers(content, place=""):
    """Check that a result's numbers are finite or None; the open end of an interval is infinite."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, one in items:
        if isinstance(one, (dict, list, tuple)):
            check_numbers(one, f"{place}/{key}")
        elif isinstance(one, float) and np.isnan(one):
            raise BrokenPromiseError(f"{place}/{key} is {one}")
