"""What the paper claims beside what comes out here, with a verdict that is computed.

Each claim carries the paper's number with the error that its last digit implies, and a
function that finds the number anew. What is found on the synthetic twin cannot confirm a
claim: the paper's values went into it.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.coupling import ValidityWarning, coupling_constant
from analysis.datasets import list_datasets, load, load_table
from analysis.resistance_fit import ResistanceFit, fit_resistance
from analysis.transition_fit import TransitionFit, fit_transition

VERDICTS = ("reproduced", "differs", "not supported", "needs the original data")
# "Practically all" is read as at least nine in ten.
PRACTICALLY_ALL = 0.9


@dataclass(frozen=True)
class Found:
    """What this compendium finds for a claim, and on what kind of data.

    `origin` is one of those of the data package, or "published inputs" for arithmetic on
    numbers that the paper prints.
    """

    value: UFloat
    origin: str
    data: str


@dataclass(frozen=True)
class Entry:
    """One numerical claim of the paper.

    Attributes
    ----------
    claim, place : str
        What is claimed, and where in arXiv:2401.00804.
    published : UFloat or None
        The number; its error is half of the last digit unless the paper gives one.
    unit : str
    found : Found or None
        None if nothing here can speak to it.
    at_least : bool
        Whether the claim is a lower limit and not a value.
    """

    claim: str
    place: str
    published: UFloat | None
    unit: str
    found: Found | None
    at_least: bool = False

    @property
    def printed(self) -> str:
        """The number as the paper prints it, with its unit; "" if it prints none."""
        if self.published is None:
            return ""
        value, error = self.published.n, self.published.s
        last = 2 * error  # of a rounded number this is a power of ten
        rounded = error > 0 and abs(np.log10(last) - round(np.log10(last))) < 1e-9
        if rounded:
            text = f"{value:.{max(0, -round(np.log10(last)))}f}"
        else:
            digits = len(f"{error:g}".partition(".")[2])
            text = f"{value:.{digits}f} ± {error:g}" if error else f"{value:g}"
        return f"{'≥ ' if self.at_least else ''}{text} {self.unit}".rstrip()

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`, from the numbers and their errors."""
        return verdict(self.published, self.found, at_least=self.at_least)


def verdict(published: UFloat | None, found: Found | None, *, at_least: bool = False) -> str:
    """Compare a published number with what is found.

    "needs the original data" if nothing is found, or only on synthetic data. Otherwise
    values agree if they differ by no more than twice their combined error; a lower limit
    is not supported if the value is below it by more than that.
    """
    if published is None or found is None or found.origin == "synthetic":
        return "needs the original data"
    if not np.isfinite([found.value.n, found.value.s]).all():
        return "needs the original data"
    error = 2 * float(np.hypot(published.s, found.value.s))
    difference = found.value.n - published.n
    if at_least:
        return "not supported" if difference < -error else "reproduced"
    return "differs" if abs(difference) > error else "reproduced"


def entries() -> tuple[Entry, ...]:
    """Return all claims, in the order of the paper.

    Claims whose data are not at hand are found None.
    """
    return (*_introduction(), *_debye(), *_coupling(), *_strain())


def digits(value: float, last: float) -> UFloat:
    """Return a printed number with an error of half a unit in its last digit."""
    return ufloat(value, last / 2)


def exact(value: float) -> UFloat:
    """Return a number without an error."""
    return 0.0 * ufloat(0.0, 1.0) + value


def _introduction() -> tuple[Entry, ...]:
    resistivity = load_table("metals-300k")["resistivity"]
    share = exact(float(np.mean(resistivity < 6.3)))
    return (
        Entry(
            "part of the pure metals that conduct better at 300 K than Nd₆Ni₅O₁₂ (6.3 µΩ cm) at "
            f"53 mK: practically all, read as at least {PRACTICALLY_ALL:g}",
            "section I",
            exact(PRACTICALLY_ALL),
            "",
            Found(share, "recommended", f"{resistivity.size} metals"),
            at_least=True,
        ),
        Entry(
            "resistivity of Nd₆Ni₅O₁₂ at 53 mK, in the caption of Fig. 1",
            "Fig. 1, section I",
            digits(3.0, 1.0),
            "µΩ cm",
            Found(digits(6.3, 0.1), "published inputs", "the paper's own text"),
        ),
    )


def _debye() -> tuple[Entry, ...]:
    fitted = Entry(
        "Debye temperature at 25 GPa",
        "abstract, Fig. 6a",
        digits(550.0, 10.0),
        "K",
        _on_curve(25.0, lambda fit: fit.theta_d),
    )
    quality = [
        Entry(
            f"least R² of the fits of run {run}",
            place,
            digits(value, 1e-4),
            "",
            _least_r_squared(run),
            at_least=True,
        )
        for run, place, value in (
            ("1", "caption of Fig. 2", 0.9999),
            ("2", "caption of Fig. 3", 0.9999),
            ("3", "caption of Fig. 4", 0.9997),
            ("4", "caption of Fig. 5", 0.9989),
        )
    ]
    saturation = [
        Entry(
            f"$1/R_\\mathrm{{sat}}$ of the fits of run {run}: zero",
            place,
            exact(0.0),
            "1/Ω",
            _largest_conductance(run),
        )
        for run, place in (("2", "caption of Fig. 3"), ("3", "caption of Fig. 4"))
    ]
    return (fitted, *quality, *saturation)


def _coupling() -> tuple[Entry, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)  # the claim itself is beyond the range
        arithmetic = coupling_constant(digits(58.0, 0.1), theta_d=digits(518.0, 1.0), mu_star=0.13)
    return (
        Entry(
            "Debye temperature at 22.4 GPa",
            "section 3.2",
            ufloat(518.0, 4.0),
            "K",
            _on_transition(lambda fit: fit.theta_d),
        ),
        Entry(
            "$T_\\mathrm{c}$ at 0.05 of the onset resistance, 22.4 GPa",
            "section 3.2",
            ufloat(58.0, 0.1),
            "K",
            _on_transition(lambda fit: fit.tc(0.05)),
        ),
        Entry(
            "coupling constant at 22.4 GPa, μ\\* = 0.13",
            "abstract, section 3.2",
            digits(1.75, 0.01),
            "",
            Found(arithmetic, "published inputs", "518 K, 58.0 K and eqs. 2-4"),
        ),
        Entry(
            "R² of the fit of eq. 5 at 22.4 GPa",
            "Fig. 7",
            digits(0.99994, 1e-5),
            "",
            _on_transition(lambda fit: exact(fit.r_squared)),
        ),
    )


def _strain() -> tuple[Entry, ...]:
    return (
        Entry(
            "crystallite size too large to be measured, at all pressures",
            "section 3.3",
            None,
            "nm",
            None,
        ),
        Entry(
            "end of the steep rise of strain", "section 3.3, Fig. 9", digits(4.9, 0.1), "GPa", None
        ),
        Entry("strain between 5 and 18 GPa", "section 3.3, Fig. 9", digits(0.0079, 1e-4), "", None),
        Entry(
            "begin of the second rise of strain", "section 3.3, Fig. 9", digits(20, 10), "GPa", None
        ),
        Entry("largest strain", "section 3.3, Fig. 9", digits(33, 1), "GPa", None),
        Entry("lowest pressure of the patterns", "section 3.3", digits(1.6, 0.1), "GPa", None),
        Entry("highest pressure of the patterns", "section 3.3", digits(41.2, 0.1), "GPa", None),
        Entry("Scherrer constant", "section 3.3", digits(0.9, 0.1), "", None),
        Entry("X-ray wavelength", "section 3.3", digits(61.99, 0.01), "pm", None),
    )


@lru_cache(maxsize=1)
def _fits() -> tuple[ResistanceFit, ...]:
    return tuple(
        fit_resistance(load(dataset.name))
        for dataset in list_datasets("resistance")
        if dataset.sample == "La3Ni2O7-delta"
    )


@lru_cache(maxsize=1)
def _transition() -> TransitionFit | None:
    for fit in _fits():
        if fit.curve.run == "zero-resistance":
            return fit_transition(fit.curve)
    return None


def _on_curve(pressure: float, value: Callable[[ResistanceFit], UFloat]) -> Found | None:
    for fit in _fits():
        if fit.curve.pressure == pressure:
            return Found(value(fit), str(fit.curve.origin), fit.curve.name)
    return None


def _of_run(run: str) -> tuple[ResistanceFit, ...]:
    return tuple(fit for fit in _fits() if fit.curve.run == run)


def _least_r_squared(run: str) -> Found | None:
    fits = _of_run(run)
    if not fits:
        return None
    least = min(fits, key=lambda fit: fit.r_squared)
    return Found(exact(least.r_squared), str(least.curve.origin), least.curve.name)


def _largest_conductance(run: str) -> Found | None:
    fits = _of_run(run)
    if not fits:
        return None
    most = max(fits, key=lambda fit: fit.g_free.n / fit.g_free.s)
    return Found(most.g_free, str(most.curve.origin), most.curve.name)


def _on_transition(value: Callable[[TransitionFit], UFloat | None]) -> Found | None:
    fit = _transition()
    found = None if fit is None else value(fit)
    if fit is None or found is None:
        return None
    return Found(found, str(fit.curve.origin), fit.curve.name)
