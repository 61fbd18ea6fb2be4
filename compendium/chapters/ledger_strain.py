"""The ledger's claims on strain, size and diffraction (section 3.3)."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.catalogue.datasets import list_datasets
from analysis.catalogue.files import DatasetUnavailable
from analysis.catalogue.loading import load
from analysis.catalogue.phases import phases_of
from analysis.diffraction.analyse import analyse_pattern
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.errors import DataError
from analysis.pressure.plateau import strain_plateau
from compendium.chapters.claims import Entry, Found, digits, exact

GOLD, GOLD_WINDOW = "stishovite-39gpa", (7.0, 22.0)
# A rise has ended, or begun, where the strain is this part below, or above, the plateau.
NOTABLE = 0.05


def strain_entries() -> tuple[Entry, ...]:
    """Return the claims of section 3.3; those whose data are not at hand are found None."""
    place = "section 3.3, Fig. 9"
    return (
        Entry(
            "crystallite size too large to be measured: $1/D$ of eq. 7 is zero, at all pressures",
            "section 3.3",
            exact(0.0),
            "1/nm",
            _on_series(_largest_inverse_size),
        ),
        Entry(
            "the same of another sample in a diamond anvil cell, gold at 39.6 GPa: $1/D$ is zero",
            "section 3.3",
            exact(0.0),
            "1/nm",
            _in_gold(_inverse_size),
        ),
        Entry(
            "strain by the integral breadth over that by the FWHM, gold at 39.6 GPa: which of "
            "them is meant is not printed",
            "section 3.3",
            None,
            "",
            _in_gold(lambda found: exact(found.strain.n / found.with_breadth("fwhm").strain.n)),
        ),
        Entry("end of the steep rise of strain", place, digits(4.9, 0.1), "GPa", _on_series(_end)),
        Entry("strain between 5 and 18 GPa", place, digits(0.0079, 1e-4), "", _on_series(_plateau)),
        Entry(
            "begin of the second rise of strain", place, digits(20, 10), "GPa", _on_series(_begin)
        ),
        Entry("largest strain", place, digits(33, 1), "GPa", _on_series(_largest)),
        Entry(
            "lowest pressure of the patterns",
            "section 3.3",
            digits(1.6, 0.1),
            "GPa",
            _on_series(lambda series: exact(series[0][0])),
        ),
        Entry(
            "highest pressure of the patterns",
            "section 3.3",
            digits(41.2, 0.1),
            "GPa",
            _on_series(lambda series: exact(series[-1][0])),
        ),
        Entry("Scherrer constant", "section 3.3", digits(0.9, 0.1), "", None),
        Entry("X-ray wavelength", "section 3.3", digits(61.99, 0.01), "pm", None),
    )


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
