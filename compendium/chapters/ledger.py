"""What the paper claims beside what comes out here, with a verdict that is computed.

Each claim carries the paper's number with the error that its last digit implies, and a
function that finds the number anew.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.catalogue.datasets import list_datasets
from analysis.catalogue.files import DatasetUnavailable
from analysis.catalogue.loading import load, load_table
from analysis.catalogue.phases import phases_of
from analysis.diffraction.analyse import analyse_pattern
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.errors import DataError
from analysis.pressure.plateau import strain_plateau
from analysis.pressure.series import Regions, constancy
from analysis.transport.analyse import CurveAnalysis, analyse_curve
from analysis.transport.fit import ResistanceFit
from analysis.transport.transition_fit import TransitionFit
from compendium.chapters.claims import Entry, Found, digits, exact
from compendium.chapters.coupling_words import TC, THETA_D, coupling

# The phase's lower boundary in GPa: assumed.
FMMM_ABOVE = Regions().fmmm_above
# "Practically all" is read as at least nine in ten.
PRACTICALLY_ALL = 0.9
GOLD, GOLD_WINDOW = "stishovite-39gpa", (7.0, 22.0)
# A rise has ended, or begun, where the strain is this part below, or above, the plateau.
NOTABLE = 0.05


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


# ---------------------------------------------------------------------------- diffraction


def strain_entries() -> tuple[Entry, ...]:
    """Return the claims of section 3.3; those whose data are not at hand are found None."""
    section, figure = "section 3.3", "section 3.3, Fig. 9"
    large = "crystallite size too large to be measured: $1/D$ of eq. 7 is zero, at all pressures"
    in_gold = "the same of another sample in a diamond anvil cell, gold at 39.6 GPa: $1/D$ is zero"
    breadths = (
        "strain by the integral breadth over that by the FWHM, gold at 39.6 GPa: which of "
        "them is meant is not printed"
    )
    return (
        Entry(large, section, exact(0.0), "1/nm", _on_series(_largest_inverse_size)),
        Entry(in_gold, section, exact(0.0), "1/nm", _in_gold(_inverse_size)),
        Entry(breadths, section, None, "",
              _in_gold(lambda found: exact(found.strain.n / found.with_breadth("fwhm").strain.n))),
        Entry("end of the steep rise of strain", figure, digits(4.9, 0.1), "GPa",
              _on_series(_end)),
        Entry("strain between 5 and 18 GPa", figure, digits(0.0079, 1e-4), "",
              _on_series(_plateau)),
        Entry("begin of the second rise of strain", figure, digits(20, 10), "GPa",
              _on_series(_begin)),
        Entry("largest strain", figure, digits(33, 1), "GPa", _on_series(_largest)),
        Entry("lowest pressure of the patterns", section, digits(1.6, 0.1), "GPa",
              _on_series(lambda series: exact(series[0][0]))),
        Entry("highest pressure of the patterns", section, digits(41.2, 0.1), "GPa",
              _on_series(lambda series: exact(series[-1][0]))),
        Entry("Scherrer constant", section, digits(0.9, 0.1), "", None),
        Entry("X-ray wavelength", section, digits(61.99, 0.01), "pm", None),
    )  # fmt: skip


Series = list[tuple[float, WilliamsonHall]]


@lru_cache(maxsize=1)
def _series() -> tuple[Series, str]:
    """Return pressures and strains of the La3Ni2O7 patterns, ascending, and their origin."""
    series, origins = [], set()
    for dataset in list_datasets("diffraction"):
        if dataset.sample != "La3Ni2O7-delta" or dataset.run != "xrd" or dataset.pressure is None:
            continue
        pattern = load(dataset.name, kind="diffraction")
        strain = analyse_pattern(pattern, phases_of(dataset.name)).strain
        if strain is not None:
            series.append((dataset.pressure, strain))
            origins.add(dataset.origin)
    return sorted(series, key=lambda point: point[0]), " and ".join(sorted(origins))


def _on_series(value: Callable[[Series], UFloat | None]) -> Found | None:
    series, origin = _series()
    found = value(series) if len(series) > 1 else None
    return None if found is None else Found(found, origin, f"{len(series)} patterns")


@lru_cache(maxsize=1)
def _gold() -> WilliamsonHall | None:
    try:
        pattern, phases = load(GOLD, kind="diffraction"), phases_of(GOLD)
    except (DatasetUnavailable, DataError):  # not here, or a package without it
        return None
    return analyse_pattern(pattern, phases, window=GOLD_WINDOW).strain


def _in_gold(value: Callable[[WilliamsonHall], UFloat | None]) -> Found | None:
    fit = _gold()
    found = None if fit is None else value(fit)
    return None if found is None else Found(found, "measured", GOLD)


def _inverse_size(fit: WilliamsonHall) -> UFloat | None:
    """Return 1/D of eq. 7 (1/nm), whether or not it was chosen."""
    if fit.full is None:
        return None
    scherrer = fit.shape_factor * fit.peaks.pattern.wavelength / 1000
    return ufloat(fit.full.values[0], np.sqrt(fit.full.covariance[0, 0])) / scherrer


def _largest_inverse_size(series: Series) -> UFloat | None:
    """Return the 1/D that stands out most from its error."""
    found = [one for _, fit in series if (one := _inverse_size(fit)) is not None]
    return max(found, key=lambda one: one.n / one.s, default=None)


def _plateau(series: Series) -> UFloat | None:
    """Return the weighted mean strain on the plateau."""
    mean = strain_plateau(fit for _, fit in series)
    return None if mean is None else mean.value


def _end(series: Series) -> UFloat | None:
    """Return the lowest pressure (GPa) with the strain of the plateau."""
    mean = _plateau(series)
    if mean is None:
        return None
    reached = [i for i, (_, fit) in enumerate(series) if fit.strain.n > (1 - NOTABLE) * mean.n]
    return _pressure(series, reached[0])


def _begin(series: Series) -> UFloat | None:
    """Return the highest pressure (GPa), below that of the largest strain, on the plateau."""
    mean = _plateau(series)
    if mean is None:
        return None
    top = max(range(len(series)), key=lambda i: series[i][1].strain.n)
    level = [i for i in range(top) if series[i][1].strain.n < (1 + NOTABLE) * mean.n]
    return _pressure(series, level[-1]) if level else None


def _largest(series: Series) -> UFloat | None:
    """Return the pressure (GPa) of the largest strain."""
    return _pressure(series, max(range(len(series)), key=lambda i: series[i][1].strain.n))


def _pressure(series: Series, at: int) -> UFloat:
    """Return a pressure, uncertain by half the distance to its neighbours."""
    pressures = [pressure for pressure, _ in series]
    gaps = np.diff(pressures)[max(at - 1, 0) : at + 1]
    return ufloat(pressures[at], float(gaps.mean()) / 2)
