"""What the paper claims beside what comes out here, with a verdict that is computed.

Each claim carries the paper's number with the error that its last digit implies, and a
function that finds the number anew.
"""

import warnings
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.catalogue.datasets import list_datasets
from analysis.catalogue.loading import load, load_table
from analysis.pressure.series import Regions, constancy
from analysis.transport.analyse import CurveAnalysis, analyse_curve
from analysis.transport.coupling import ValidityWarning, coupling_constant
from analysis.transport.fit import ResistanceFit
from analysis.transport.transition_fit import TransitionFit
from compendium.claims import Entry, Found, digits, exact
from compendium.ledger_strain import strain_entries

# The phase's lower boundary in GPa: assumed.
FMMM_ABOVE = Regions().fmmm_above
# "Practically all" is read as at least nine in ten.
PRACTICALLY_ALL = 0.9


def entries() -> tuple[Entry, ...]:
    """Return all claims, in the order of the paper.

    Claims whose data are not at hand are found None.
    """
    return (*_introduction(), *_debye(), *_coupling(), *strain_entries())


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
    steady = Entry(
        f"slope of the Debye temperature in the Fmmm phase, from {FMMM_ABOVE:g} GPa on (assumed): "
        "near constant, read as zero",
        "abstract, Fig. 6a",
        exact(0.0),
        "K/GPa",
        _slope_above(FMMM_ABOVE),
    )
    return (fitted, steady, *quality, *saturation)


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


@lru_cache(maxsize=1)
def _analyses() -> tuple[CurveAnalysis, ...]:
    return tuple(
        analyse_curve(load(dataset.name))
        for dataset in list_datasets("resistance")
        if dataset.sample == "La3Ni2O7-delta"
    )


def _fits() -> tuple[ResistanceFit, ...]:
    return tuple(found.fit for found in _analyses() if found.fit is not None)


def _transition() -> TransitionFit | None:
    of_sample = (found for found in _analyses() if found.curve.run == "zero-resistance")
    return next((found.transition for found in of_sample), None)


def _on_curve(pressure: float, value: Callable[[ResistanceFit], UFloat]) -> Found | None:
    for fit in _fits():
        if fit.curve.pressure == pressure:
            return Found(value(fit), str(fit.curve.origin), fit.curve.name)
    return None


def _slope_above(pressure: float) -> Found | None:
    """Return the slope of a line through the Debye temperatures from a pressure (GPa) on."""
    fits = [
        (fit.curve.pressure, fit.theta_d, fit.curve.origin)
        for fit in _fits()
        if fit.curve.pressure is not None and fit.curve.pressure >= pressure and fit.errors_known
    ]
    found = constancy(
        [at for at, _, _ in fits], [one.n for _, one, _ in fits], [one.s for _, one, _ in fits]
    )
    if found.line is None:
        return None
    origins = {str(origin) for _, _, origin in fits}
    # One synthetic point is enough to make the line unable to confirm anything.
    origin = "synthetic" if "synthetic" in origins else " and ".join(sorted(origins))
    return Found(found.line.slope, origin, f"{found.n} curves: {found.verdict}")


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
