"""What the paper claims beside what comes out here, with a verdict that is computed.

Each claim carries the paper's number with the error that its last digit implies, and a
function that finds the number anew.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from uncertainties import UFloat

from analysis.catalogue.datasets import list_datasets
from analysis.catalogue.loading import load, load_table
from analysis.pressure.series import Regions, constancy
from analysis.transport.analyse import CurveAnalysis, analyse_curve
from analysis.transport.fit import ResistanceFit
from analysis.transport.transition_fit import TransitionFit
from compendium.chapters.claims import Entry, Found, digits, exact
from compendium.chapters.ledger_strain import strain_entries
from compendium.chapters.printed import TC, THETA_D, coupling

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
    claim = (
        "part of the pure metals that conduct better at 300 K than Nd₆Ni₅O₁₂ (6.3 µΩ cm) at "
        f"53 mK: practically all, read as at least {PRACTICALLY_ALL:g}"
    )
    metals = Found(share, "recommended", f"{resistivity.size} metals")
    caption = Found(digits(6.3, 0.1), "published inputs", "the paper's own text")
    return (
        Entry(claim, "section I", exact(PRACTICALLY_ALL), "", metals, at_least=True),
        Entry("resistivity of Nd₆Ni₅O₁₂ at 53 mK, in the caption of Fig. 1",
              "Fig. 1, section I", digits(3.0, 1.0), "µΩ cm", caption),
    )  # fmt: skip


def _debye() -> tuple[Entry, ...]:
    steady = (
        f"slope of the Debye temperature in the Fmmm phase, from {FMMM_ABOVE:g} GPa on (assumed): "
        "near constant, read as zero"
    )
    quality = (("1", 2, 0.9999), ("2", 3, 0.9999), ("3", 4, 0.9997), ("4", 5, 0.9989))
    return (
        Entry("Debye temperature at 25 GPa", "abstract, Fig. 6a", digits(550.0, 10.0), "K",
              _on_curve(25.0, lambda fit: fit.theta_d)),
        Entry(steady, "abstract, Fig. 6a", exact(0.0), "K/GPa", _slope_above(FMMM_ABOVE)),
        *(Entry(f"least R² of the fits of run {run}", f"caption of Fig. {figure}",
                digits(value, 1e-4), "", _least_r_squared(run), at_least=True)
          for run, figure, value in quality),
        *(Entry(f"$1/R_\\mathrm{{sat}}$ of the fits of run {run}: zero",
                f"caption of Fig. {figure}", exact(0.0), "1/Ω", _largest_conductance(run))
          for run, figure in (("2", 3), ("3", 4))),
    )  # fmt: skip


def _coupling() -> tuple[Entry, ...]:
    arithmetic = coupling(digits(58.0, 0.1), digits(518.0, 1.0))
    return (
        Entry("Debye temperature at 22.4 GPa", "section 3.2", THETA_D, "K",
              _on_transition(lambda fit: fit.theta_d)),
        Entry("$T_\\mathrm{c}$ at 0.05 of the onset resistance, 22.4 GPa", "section 3.2", TC, "K",
              _on_transition(lambda fit: fit.tc(0.05))),
        Entry("coupling constant at 22.4 GPa, μ\\* = 0.13", "abstract, section 3.2",
              digits(1.75, 0.01), "",
              Found(arithmetic, "published inputs", "518 K, 58.0 K and eqs. 2-4")),
        Entry("R² of the fit of eq. 5 at 22.4 GPa", "Fig. 7", digits(0.99994, 1e-5), "",
              _on_transition(lambda fit: exact(fit.r_squared))),
    )  # fmt: skip


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


def _found(fit: ResistanceFit | TransitionFit, value: UFloat) -> Found:
    return Found(value, str(fit.curve.origin), fit.curve.name)


def _on_curve(pressure: float, value: Callable[[ResistanceFit], UFloat]) -> Found | None:
    fits = (fit for fit in _fits() if fit.curve.pressure == pressure)
    return next((_found(fit, value(fit)) for fit in fits), None)


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
    least = min(_of_run(run), key=lambda fit: fit.r_squared, default=None)
    return None if least is None else _found(least, exact(least.r_squared))


def _largest_conductance(run: str) -> Found | None:
    most = max(_of_run(run), key=lambda fit: fit.g_free.n / fit.g_free.s, default=None)
    return None if most is None else _found(most, most.g_free)


def _on_transition(value: Callable[[TransitionFit], UFloat | None]) -> Found | None:
    fit = _transition()
    number = None if fit is None else value(fit)
    return None if fit is None or number is None else _found(fit, number)
