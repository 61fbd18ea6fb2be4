"""The synthetic twin: curves that stand in for data that we may not distribute.

The paper's La3Ni2O7 curves were digitised from other groups' figures and are not
redistributable. The twin has the same shape: four runs whose resistance drops without
reaching zero, and one sample at 22.4 GPa that reaches it. It is made from a table of
truths in which every value says whether the paper prints it or it is assumed here.
``python -m analysis.twin`` writes it again into the data package.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analysis.transport.bloch_gruneisen import resistance
from analysis.transport.curve import ResistanceCurve
from analysis.transport.transition import transition_fraction
from analysis.twin import patterns as twin_patterns
from analysis.twin.files import Synthetic, csv_text, entry, path_of
from analysis.typing import Floats

# u with 1/I_0(u)^2 = 0.05: where eq. 5 has fallen to 5 % of its onset.
U_5_PERCENT = 2.8914936104195
NOISE_CORRELATION = 0.3
# Onset of runs 1 to 4, K: assumed, see `_run`.
TC_ONSET = 78.0


@dataclass(frozen=True)
class Truth(Synthetic):
    """The true values behind a synthetic curve.

    Attributes
    ----------
    run : str
    pressure : float
        GPa.
    theta_d, r0, a, r_sat : float
        Eq. 1: K, ohm, ohm, ohm.
    tc_onset, f : float or None
        Eq. 5: K and sharpness; None where there is no drop.
    floor : float
        Part of the onset resistance that remains far below the transition.
    noise : float
        Standard deviation of the noise as a part of R(300 K).
    step : float
        Spacing of the temperatures, K.
    paper : dict
        Which of these the paper prints, and where. Every other value is assumed.
    """

    run: str
    pressure: float
    theta_d: float
    r0: float
    a: float
    r_sat: float
    tc_onset: float | None
    f: float | None
    floor: float
    noise: float
    step: float
    paper: dict[str, str]

    def clean(self, t: Floats) -> Floats:
        """Return the resistance (ohm) without noise at temperatures t (K)."""
        law = {"theta_d": self.theta_d, "r0": self.r0, "a": self.a, "r_sat": self.r_sat}
        normal = resistance(t, **law)
        if self.tc_onset is None or self.f is None:
            return normal
        at_onset = resistance(self.tc_onset, **law)
        fallen = transition_fraction(t, tc_onset=self.tc_onset, f=self.f)
        below = at_onset * (self.floor + (1 - self.floor) * fallen)
        return np.where(t < self.tc_onset, below, normal)

    def resource(self, text: str) -> dict[str, Any]:
        """Return the entry of the curve in the data package, given its text."""
        reached = "reaches zero resistance" if self.floor == 0 else "does not reach zero resistance"
        drop = reached if self.tc_onset is not None else "no superconducting drop"
        return entry(
            self,
            text,
            title=f"run {self.run}, {self.pressure:g} GPa",
            description=f"a stand-in for a published curve; {drop}",
            units={"temperature": "K", "resistance": "ohm"},
            kind="resistance",
        )


def truths() -> tuple[Truth, ...]:
    """Return the truths of all curves, run by run in order of pressure."""
    runs = [truth for run in _RUNS for truth in _run(*run)]
    return (*runs, _zero_resistance())


# Run, pressures (GPa), R_0 and A (ohm), R_sat (ohm), noise. All assumed but R_sat of
# runs 2 and 3, and noise of the size that the quoted goodness of fit implies.
_RUNS = (
    ("1", (1.6, 7.0, 13.0, 18.5), 0.060, 0.90, 2.5, 0.0012),
    ("2", (15.0, 20.5, 25.0, 29.5), 0.045, 0.70, np.inf, 0.0012),
    ("3", (21.6, 26.6, 31.0, 36.0), 0.080, 1.10, np.inf, 0.0028),
    ("4", (30.0, 35.0, 39.5, 43.5), 0.050, 0.60, 2.0, 0.0055),
)
_R_SQUARED = {
    "1": "caption of Fig. 2, R^2 >= 0.9999",
    "2": "caption of Fig. 3, R^2 >= 0.9999",
    "3": "caption of Fig. 4, R^2 = 0.9997",
    "4": "caption of Fig. 5, R^2 = 0.9989",
}
_INFINITE = {"2": "caption of Fig. 3", "3": "caption of Fig. 4"}


def _run(
    run: str, pressures: tuple[float, ...], r0: float, a: float, r_sat: float, noise: float
) -> Iterator[Truth]:
    for pressure in pressures:
        # Assumed: resistance falls with pressure; superconducting from 14 GPa on, with a
        # drop that is never complete. The onset has one value, which is assumed, at all
        # pressures: the paper has it "practically unchanged" in the pure Fmmm phase.
        softer = 1.25 - 0.01 * pressure
        drops = pressure >= 14
        paper = {"noise": _R_SQUARED[run]}
        if run in _INFINITE:
            paper["r_sat"] = _INFINITE[run]
        if pressure == 25.0:
            paper["theta_d"] = "abstract, about 550 K at 25 GPa"
        yield Truth(
            run=run,
            pressure=pressure,
            theta_d=_theta_d(pressure),
            r0=r0 * softer,
            a=a * softer,
            r_sat=r_sat,
            tc_onset=TC_ONSET if drops else None,
            f=25.0 if drops else None,
            floor=0.35 + 0.01 * abs(pressure - 20),
            noise=noise,
            step=1.0,
            paper=paper,
        )


def _theta_d(pressure: float) -> float:
    """Return the assumed Debye temperature (K): lower below 14 GPa, then constant."""
    return 550.0 if pressure >= 14 else 500.0 + 2.0 * pressure


def _zero_resistance() -> Truth:
    tc_onset, tc_5_percent = 66.0, 58.0
    return Truth(
        run="zero-resistance",
        pressure=22.4,
        theta_d=518.0,
        r0=0.030,
        a=0.80,
        r_sat=np.inf,
        tc_onset=tc_onset,
        f=U_5_PERCENT / (1 - tc_5_percent / tc_onset) ** 1.5,
        floor=0.0,
        noise=0.0024,
        step=0.5,
        paper={
            "pressure": "section 3.2",
            "theta_d": "section 3.2, 518 +- 4 K",
            "f": "section 3.2, from T_c,0.05 = 58.0 K and the assumed onset",
            "noise": "Fig. 7, R^2 = 0.99994",
        },
    )


def truth_of(name: str) -> Truth:
    """Return the truth behind a synthetic curve of the data package.

    Raises
    ------
    KeyError
        If no synthetic curve has that name.
    """
    return {truth.name: truth for truth in truths()}[name]


def make_curve(truth: Truth, seed: int | list[int]) -> ResistanceCurve:
    """Return a synthetic curve from 4 to 300 K with noise from the seed.

    The noise is normal and first-order autoregressive, as that of a sweep is; the
    temperatures are nearly evenly spaced.
    """
    rng = np.random.default_rng(seed)
    t = np.arange(4.0, 300.0 + truth.step / 2, truth.step)
    t = t + rng.uniform(-0.2, 0.2, t.size) * truth.step
    noise = correlated_noise(rng, t.size, NOISE_CORRELATION)
    clean = truth.clean(t)
    return ResistanceCurve(
        t,
        clean + truth.noise * float(truth.clean(np.array([300.0]))[0]) * noise,
        **truth.provenance(),
    )


def correlated_noise(rng: np.random.Generator, size: int, rho: float) -> Floats:
    """Return normal noise of unit variance with lag-1 autocorrelation rho."""
    noise = rng.normal(size=size)
    for i in range(1, size):
        noise[i] = rho * noise[i - 1] + np.sqrt(1 - rho**2) * noise[i]
    return noise


def files() -> dict[str, str]:
    """Return the text of every synthetic file, by its path in the data package's folder."""
    curves = {path_of(truth.name): text_of(truth.name) for truth in truths()}
    return curves | twin_patterns.files()


def text_of(name: str) -> str:
    """Return the text of a synthetic curve's file in the data package."""
    made = [truth.name for truth in truths()]
    return _text(make_curve(truth_of(name), seed=[2401, 804, made.index(name)]))


def _text(curve: ResistanceCurve) -> str:
    rows = zip(curve.temperature, curve.resistance, strict=True)
    return csv_text("curve", ("temperature", "resistance"), (f"{t:.3f},{r:.6f}" for t, r in rows))


def resources() -> list[dict[str, Any]]:
    """Return the twin's entries in the data package: the curves, then the patterns."""
    texts = files()
    made: tuple[Truth | twin_patterns.PatternTruth, ...] = (*truths(), *twin_patterns.truths())
    return [truth.resource(texts[path_of(truth.name)]) for truth in made]


def write(folder: Path) -> None:
    """Write all synthetic files and their entries into the data package in a folder."""
    (folder / "synthetic").mkdir(exist_ok=True)
    for path, text in files().items():
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    package = folder / "datapackage.json"
    described = json.loads(package.read_text(encoding="utf-8"))
    kept = [resource for resource in described["resources"] if resource["origin"] != "synthetic"]
    described["resources"] = [*kept, *resources()]
    package.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
