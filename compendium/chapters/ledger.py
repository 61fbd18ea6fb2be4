"""What the paper claims beside what comes out here, with a verdict that is computed.

Each claim carries the paper's words, its number with the error or the looseness that they
state, and a function that finds the number anew. The claims of section 3.3 are in
`ledger_strain`.
"""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
from uncertainties import UFloat

from analysis.catalogue.loading import load, load_table
from analysis.errors import attempt
from analysis.pressure.series import Regions, constancy
from analysis.transport.analyse import CurveAnalysis, analyse_curve
from analysis.transport.coupling import DEBYE_LIKE
from analysis.transport.fit import ResistanceFit
from analysis.transport.transition_fit import TransitionFit
from analysis.transport.transition_result import NotReached
from compendium.chapters import ledger_strain
from compendium.chapters.claims import (
    Check,
    Computed,
    Entry,
    Loose,
    digits,
    exact,
    origin_of,
    standing_out,
)
from compendium.chapters.coupling_words import (
    BALLPARK,
    HYDRIDE,
    LAMBDA,
    MU_STAR,
    TC,
    THETA_D,
    coupling,
)
from compendium.chapters.originals import (
    BALLPARK_AT,
    RUNS,
    at_printed,
    no_ballpark,
    no_runs,
    no_zero,
    of_paper,
    of_zero,
)

NICKELATE, TYPICAL = 6.3, 3.0  # resistivities of section I, microohm cm
# The widest readings of the paper's words; beyond them a claim differs whatever they mean.
PRACTICALLY_ALL = Loose("practically all", 50, "share")
TYPICAL_BALLPARK = Loose("typical ballpark", 10, "factor")
BALLPARK_VALUE = Loose("ballpark", 20)
STEADY = Loose("more or less constant", 20, "change")
UNCHANGED = Loose("practically unchanged", 10, "change")
THE_SAME = Loose("practically the same", 10)
SIMILAR = Loose("similar", 50)
# Of a claim whose data are here.
NO_NUMBER = "the curves are available, but their fits do not give this number; their sheets say why"


def entries() -> tuple[Entry, ...]:
    """Return all claims, in the order of the paper.

    Claims whose data are not at hand have no computed value, and say by name what is missing.
    """
    return (*_introduction(), *_debye(), *_coupling(), *ledger_strain.strain_entries())


def checks() -> tuple[Check, ...]:
    """Return what is computed here beside the claims, on measured data and by arithmetic."""

    def of_spectrum(moment: float) -> UFloat:
        return coupling(formula="allen-dynes", phonon_moment=moment)

    where = "published inputs: 518 ± 4 K, 58.0 ± 0.1 K, μ\\* = 0.13"
    return (
        *ledger_strain.checks(),
        Check("λ by Allen and Dynes, for a Debye-like spectrum", of_spectrum(DEBYE_LIKE), "",
              where, "a spectrum with lower frequencies needs a stronger coupling"),
        Check("λ by Allen and Dynes, for one frequency at $\\Theta_\\mathrm{D}$", of_spectrum(1.0),
              "", where, "a spectrum that ends at $\\Theta_\\mathrm{D}$ needs at least this"),
    )  # fmt: skip


def _introduction() -> tuple[Entry, ...]:
    resistivity = np.asarray(load_table("metals-300k")["resistivity"])
    n, below = resistivity.size, int((resistivity < NICKELATE).sum())
    near = int(((resistivity >= TYPICAL / 2) & (resistivity <= 2 * TYPICAL)).sum())
    counted = Computed(
        exact(below / n), "recommended", f"{below} of {n} metals below {NICKELATE:g} µΩ cm"
    )
    middle = Computed(
        exact(float(np.median(resistivity))),
        "recommended",
        f"median of {n} metals; {near} of them within a factor of 2 of {TYPICAL:g} µΩ cm, "
        f"{int((resistivity < TYPICAL).sum())} below it",
    )
    return (
        Entry("share of the pure metals that conduct better at 300 K than Nd₆Ni₅O₁₂ at 53 mK "
              "(6.3 µΩ cm)", "is higher than the resistivity of practically all pure metals at "
              "room temperature", "section I, eqs. 1 and 2", exact(1.0), "", counted,
              relation="≥", loose=PRACTICALLY_ALL),
        Entry("resistivity of pure metals at 300 K", "is typical ballpark value for pure metals",
              "caption of Fig. 1", exact(TYPICAL), "µΩ cm", middle, loose=TYPICAL_BALLPARK),
        Entry("the Nd₆Ni₅O₁₂ film does not superconduct, or it is not shown", "we cannot agree "
              "that these authors observed the superconducting state", "section I",
              judged="no test", reason="the doubt rests on a lowest resistivity that is not zero "
              "and has no stated error; how many metals conduct better does not matter for it"),
    )  # fmt: skip


def _debye() -> tuple[Entry, ...]:
    quality = (("1", 2, "0.9999"), ("2", 3, "0.9999"), ("3", 4, "0.9997"), ("4", 5, "0.9989"))
    _, above, _ = Regions.of_paper().bounds[-1]
    return (
        Entry("Debye temperature at 25 GPa", "Derived ballpark value is", "abstract",
              exact(BALLPARK), "K", _on_ballpark(lambda fit: fit.theta_d),
              loose=BALLPARK_VALUE, reason=no_ballpark() or NO_NUMBER),
        Entry(f"change of the Debye temperature in the Fmmm phase, taken as {above:g} GPa and "
              "above: more or less constant",
              "the Debye temperature is more or less constant with ballpark value of",
              "section 3.1", exact(0.0), "%", theta_change(above), loose=STEADY,
              reason=_few(above)),
        *(Entry(f"least R² of the fits of run {run}",
                f"Fit quality for all panels is better or equal to {value}",
                f"caption of Fig. {figure}", digits(float(value), 1e-4), "", _least_r_squared(run),
                relation="≥", reason=no_runs(run) or NO_NUMBER)
          for run, figure, value in quality),
        *(Entry(f"$1/R_\\mathrm{{sat}}$ of the fits of run {run}: zero",
                "$R_{\\text{sat}} \\rightarrow \\infty$ for all fits", f"caption of Fig. {figure}",
                exact(0.0), "1/Ω", _largest_conductance(run),
                reason=no_runs(run) or NO_NUMBER)
          for run, figure in (("2", 3), ("3", 4))),
        Entry("curves of runs 1 to 4 that reach 0.05 of their onset resistance: none",
              "curves do not reach the zero resistance", "section II", exact(0.0), "",
              _curves_that_reach(), reason=no_runs(*RUNS) or "no curve of the runs drops"),
        Entry("change of the onset temperature in the Fmmm phase, from data of others",
              "is also practically unchanged for pure Fmmm phase", "section 3.1", exact(0.0), "%",
              _onset_change(above), loose=UNCHANGED, reason=_few(above)),
        Entry("phonons remain possible as the cause, because $\\Theta_\\mathrm{D}$ and the onset "
              "do not change with pressure",
              "a hypothesis about the electron-phonon mediated superconductivity ... remains its "
              "validity", "section 3.1", judged="no test",
              reason="by eq. 2 constant $\\Theta_\\mathrm{D}$ and $T_\\mathrm{c}$ give a constant "
              "λ; another cause with the same $T_\\mathrm{c}$ would look the same"),
    )  # fmt: skip


def _coupling() -> tuple[Entry, ...]:
    same = Computed(
        exact(BALLPARK), "published inputs", "the ballpark value; the paper does not say which five"
    )
    lacking = no_zero() or NO_NUMBER
    hydride = Computed(exact(HYDRIDE), "published elsewhere", "H₃S at 200 GPa: Errea et al. 2015")
    return (
        Entry("Debye temperature at 22.4 GPa",
              "derived $\\Theta_D(22.4 \\text{ GPa}) = 518 \\pm 4 \\text{ K}$", "section 3.2",
              THETA_D, "K", _on_transition(lambda fit: fit.theta_d), reason=lacking),
        Entry("agreement of the Debye temperature at 22.4 GPa with the ballpark value",
              "is practically the same for four of five analysed", "section 3.2", exact(THETA_D.n),
              "K", same, loose=THE_SAME),
        Entry("$T_\\mathrm{c}$ at 0.05 of the onset resistance, 22.4 GPa",
              "Derived $T_{c,0.05} = 58.0 \\pm 0.1 \\text{ K}$", "section 3.2", TC, "K",
              _on_transition(lambda fit: fit.tc(0.05)), reason=lacking),
        printed_coupling(),
        Entry("strength of the coupling: as in the hydrides",
              "this requires the interaction strength at its upper limit, similar to the "
              "interaction strength", "section 3.2", exact(LAMBDA), "", hydride, loose=SIMILAR),
        Entry(f"μ\\*: {MU_STAR:g}",
              "is typical value for highly compressed electron-phonon mediated superconductors",
              "section 3.2", judged="taken over",
              reason="an input; chapter 3.2 tries other values"),
        Entry("R² of the fit of eq. 5 at 22.4 GPa", "Fit quality is 0.99994", "caption of Fig. 7",
              digits(0.99994, 1e-5), "", _on_transition(lambda fit: exact(fit.r_squared)),
              reason=lacking),
    )  # fmt: skip


def printed_coupling() -> Entry:
    """Return the claim on lambda at 22.4 GPa beside what eqs. 2-4 give of the printed inputs."""
    return Entry(
        "coupling constant at 22.4 GPa, μ\\* = 0.13",
        "the electron-phonon coupling constant, ... $= 1.75$",
        "abstract, section 3.2, conclusions",
        digits(LAMBDA, 0.01),
        "",
        Computed(coupling(), "published inputs", "518 ± 4 K, 58.0 ± 0.1 K and eqs. 2-4"),
    )


@lru_cache(maxsize=1)
def _analyses() -> tuple[CurveAnalysis, ...]:
    curves = (attempt(partial(load, dataset.name))[0] for dataset in of_paper("resistance"))
    return tuple(analyse_curve(curve) for curve in curves if curve is not None)


def _fits() -> tuple[ResistanceFit, ...]:
    return tuple(analysis.fit for analysis in _analyses() if analysis.fit is not None)


def _transitions() -> tuple[TransitionFit, ...]:
    return tuple(analysis.transition for analysis in _analyses() if analysis.transition is not None)


def _on_curve(fit: ResistanceFit | TransitionFit, value: UFloat) -> Computed:
    return Computed(value, str(fit.curve.origin), fit.curve.name)


def _of_all(fits: tuple[ResistanceFit | TransitionFit, ...]) -> str:
    """Return where curves come from."""
    return origin_of(fit.curve.origin for fit in fits)


def _counted(fits: tuple[ResistanceFit | TransitionFit, ...], noun: str = "curves") -> str:
    """Return "12 curves", and which of the paper's runs are not among them."""
    lacking = no_runs(*RUNS)
    return f"{len(fits)} {noun}" + f" ({lacking})" * bool(lacking)


def _few(above: float) -> str:
    """Return why no change over a range of pressures is computed."""
    lacking = no_runs(*RUNS)
    return f"too few curves from {above:g} GPa on give this temperature" + (
        f"; {lacking}" * bool(lacking)
    )


def _on_ballpark(value: Callable[[ResistanceFit], UFloat]) -> Computed | None:
    curve = at_printed([fit.curve for fit in _fits()], BALLPARK_AT)
    return next((_on_curve(fit, value(fit)) for fit in _fits() if fit.curve is curve), None)


def theta_change(above: float) -> Computed | None:
    """Return by how many percent the Debye temperature changes from a pressure (GPa) on."""
    fits = tuple(
        fit
        for fit in _fits()
        if fit.curve.pressure is not None and fit.curve.pressure >= above and fit.errors_known
    )
    return _change(fits, tuple(fit.theta_d for fit in fits))


def _onset_change(above: float) -> Computed | None:
    """Return the same of the onsets of runs 1 to 4: a curve that others published."""
    fits = tuple(
        fit
        for fit in _transitions()
        if fit.curve.run in RUNS and fit.curve.pressure is not None and fit.curve.pressure >= above
    )
    return _change(fits, tuple(fit.tc_onset for fit in fits))


def _change(
    fits: tuple[ResistanceFit | TransitionFit, ...], values: tuple[UFloat, ...]
) -> Computed | None:
    """Return what a line through values changes over their range, in percent of the mean."""
    test = constancy(
        [float(fit.curve.pressure or 0) for fit in fits],
        [value.n for value in values],
        [value.s for value in values],
        pressure_error=[fit.curve.pressure_error or 0.0 for fit in fits],
    )
    if test.change is None or test.mean is None:
        return None
    part = 100 * test.change / test.mean.value.n
    return Computed(part, _of_all(fits), f"{_counted(fits)}: {test.verdict}")


def _curves_that_reach() -> Computed | None:
    fits = tuple(fit for fit in _transitions() if fit.curve.run in RUNS)
    reached = 0
    for fit in fits:
        try:
            fit.tc(0.05)
        except NotReached:
            continue
        reached += 1
    return (
        Computed(exact(reached), _of_all(fits), _counted(fits, "curves that drop"))
        if fits
        else None
    )


def _of_run(run: str) -> tuple[ResistanceFit, ...]:
    return tuple(fit for fit in _fits() if fit.curve.run == run)


def _least_r_squared(run: str) -> Computed | None:
    least = min(_of_run(run), key=lambda fit: fit.r_squared, default=None)
    return None if least is None else _on_curve(least, exact(least.r_squared))


def _largest_conductance(run: str) -> Computed | None:
    fits = _of_run(run)
    most = standing_out(fit.g_free for fit in fits)
    return (
        None if most is None else Computed(most, _of_all(fits), f"{len(fits)} curves of run {run}")
    )


def _on_transition(value: Callable[[TransitionFit], UFloat | None]) -> Computed | None:
    curve = of_zero([fit.curve for fit in _transitions()])
    fit = next((fit for fit in _transitions() if fit.curve is curve), None)
    number = None if fit is None else value(fit)
    return None if fit is None or number is None else _on_curve(fit, number)
