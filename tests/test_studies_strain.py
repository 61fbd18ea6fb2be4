"""How often the intervals of strain and size hold the truth, whatever broadens the lines.

Tables of breadths with errors of their own, by thousands; patterns of counts by hundreds.
"""

import numpy as np
import pytest
import voigt_study
from broadening_study import random_peaks
from powder_study import COPPER, FCC, GOLD, SIMPLE, Form, Line, bragg, make_pattern

from analysis import fit_instrument, fit_peaks, fit_phase, williamson_hall
from analysis.diffraction.pattern import DiffractionPattern

pytestmark = pytest.mark.study

# In the tables: lines, their errors, scatter beyond them in errors, strain, size (nm).
TABLES = {
    "8 lines of 2 %, no size": (8, 0.02, 0.0, 5e-3, np.inf),
    "8 lines of 2 %, 300 nm": (8, 0.02, 0.0, 5e-3, 300.0),
    "8 lines of 2 %, 200 nm": (8, 0.02, 0.0, 5e-3, 200.0),
    "8 lines of 2 %, 150 nm": (8, 0.02, 0.0, 5e-3, 150.0),
    "8 lines of 2 %, 100 nm": (8, 0.02, 0.0, 5e-3, 100.0),
    "8 lines of 2 %, 20 nm": (8, 0.02, 0.0, 1e-3, 20.0),
    "12 lines of 1 %, 10 nm": (12, 0.01, 0.0, 2e-2, 10.0),
    "20 lines of 10 %, 50 nm": (20, 0.1, 0.0, 5e-3, 50.0),
    "8 lines that stray 3 errors, 30 nm": (8, 0.02, 3.0, 5e-3, 30.0),
    "20 lines that stray 3 errors, no size": (20, 0.02, 3.0, 5e-3, np.inf),
    "5 lines that stray by 20 %, 20 nm": (5, 0.03, 7.0, 5e-3, 20.0),
    "5 lines that stray by 20 %, 50 nm": (5, 0.03, 7.0, 5e-3, 50.0),
}


def holds(interval, truth):
    return interval[0] <= truth * (1 + 1e-12) and truth <= interval[1] * (1 + 1e-12)


@pytest.mark.parametrize("situation", TABLES)
def test_the_intervals_of_strain_and_size_hold_the_truth(study, situation):
    lines, noise, extra, strain, size = TABLES[situation]
    strains, sizes, warned = [], [], 0
    for at in range(study.replicates(1000, seed=31)):
        wh = williamson_hall(
            random_peaks(study.rng(at), lines, strain, size, noise=noise, extra=extra)
        )
        strains.append(holds(wh.interval(), strain))
        sizes.append(holds(wh.interval("size"), size))
        warned += bool(wh.warnings)
    study.covers("strain", situation, strains, warned=warned)
    if np.isfinite(size):
        # Where it does not show there is only its limit, which is one-sided.
        study.covers("size", situation, sizes, warned=warned, kind="limit")


@pytest.mark.parametrize("size", [20.0, 100.0])
def test_the_limit_of_the_size_holds_the_truth(study, size):
    limits = [
        williamson_hall(random_peaks(study.rng(at), 8, 5e-3, size, noise=0.02)).size_lower <= size
        for at in range(study.replicates(1000, seed=32))
    ]
    study.covers("limit of size", f"8 lines of 2 %, {size:g} nm", limits, kind="limit")


def test_the_limit_of_the_strain_holds_where_there_is_none(study):
    limits, quoted = [], 0
    for at in range(study.replicates(1000, seed=33)):
        wh = williamson_hall(random_peaks(study.rng(at), 8, 1e-5, 20.0, noise=0.02))
        limits.append(wh.strain_upper >= 1e-5)
        quoted += wh.quoted_strain is not None
    study.holds("limit of strain", np.mean(limits), full=(0.93, 1), tenth=(0.85, 1))
    study.at_most("strain quoted", "pure size", quoted, 50, of=1000)


def test_mixed_lines_with_parts_that_are_known_apart(study):
    strains, sizes, warned, widths = [], [], 0, []
    for at in range(study.replicates(1000, seed=34)):
        peaks = voigt_study.random_parts(study.rng(at), 4e-3, 20.0)
        wh = williamson_hall(peaks)
        strains.append(None if wh.quoted_strain is None else holds(wh.interval(), 4e-3))
        sizes.append(None if wh.size is None else holds(wh.interval("size"), 20.0))
        warned += bool(wh.warnings)
        knowing = williamson_hall(peaks, model="full", addition="resolved")
        widths.append(wh.strain.s / knowing.strain.s)
    study.covers("strain", "Voigt lines, parts known apart", strains, warned=warned)
    study.covers("size", "Voigt lines, parts known apart", sizes, warned=warned)
    study.at_most("refused", "Voigt lines", strains.count(None) + sizes.count(None), 50, of=1000)
    study.at_most("warned", "Voigt lines", warned, 50, of=1000)
    assert np.median(widths) < 1.3


@pytest.mark.parametrize("size", [20.0, np.inf])
def test_clean_lines_are_quoted_without_a_warning_and_no_wider_than_needed(study, size):
    """The best fit that knows the law is eq. 7 with its own errors."""
    refused = warned = 0
    widths = []
    for at in range(study.replicates(200, seed=35)):
        peaks = random_peaks(study.rng(at), 8, 5e-3, size, noise=0.02)
        wh = williamson_hall(peaks)
        refused += wh.quoted_strain is None
        warned += bool(wh.warnings)
        widths.append(np.ptp(wh.interval()) / (2 * 1.96 * wh.strain_by_full.s))
    name = "no size" if np.isinf(size) else f"{size:g} nm"
    study.at_most("refused", f"clean table, {name}", refused, 10, of=200)
    study.at_most("warned", f"clean table, {name}", warned, 10, of=200)
    study.holds("median width", np.median(widths), full=(0, 1.3), tenth=(0, 1.3))


# ---------------------------------------------------------------------------- from counts

COUNTS = {
    "pure size": (0.0, 20.0, 1e4, "lorentzian"),
    "pure strain": (5e-3, np.inf, 1e4, "gaussian"),
    "mixed Voigt": (4e-3, 20.0, 1e4, "voigt"),
    "low counts": (4e-3, 20.0, 300.0, "voigt"),
}


@pytest.mark.parametrize("situation", COUNTS)
def test_counts(study, situation):
    strain, size, height, shape = COUNTS[situation]
    missed, refused, warned = 0, 0, 0
    strains, sizes = [], []
    replicates = study.replicates(200, seed=36)
    for at in range(replicates):
        pattern = voigt_study.powder(
            study.rng(at), strain, size, height=height, background=height / 30
        )
        wh = voigt_study.analysed(pattern, shape)
        strains.append(holds(wh.interval(), strain))
        sizes.append(holds(wh.interval("size"), size))
        missed += not (strains[-1] and sizes[-1])
        refused += (wh.quoted_strain is None) if strain else (wh.size is None)
        warned += bool(wh.warnings)
    study.at_most("strain missed", situation, strains.count(False), 20, of=200)
    study.at_most("size missed", situation, sizes.count(False), 20, of=200)
    study.at_most("refused", situation, refused, 10, of=200)
    study.at_most("warned", situation, warned, 10, of=200)


def own_fwhm(two_theta):
    """A laboratory diffractometer: U, V, W of Caglioti."""
    tan = np.tan(np.radians(two_theta) / 2)
    return np.sqrt(0.0060 * tan**2 - 0.0040 * tan + 0.0100)


def diffractometer(rng, places, broadening):
    """Lorentzian lines broader than the diffractometer's own by so much (FWHM, degrees)."""
    x, form = np.linspace(18, 105, 3500), Form("lorentzian")
    widths = own_fwhm(places) + broadening
    areas = 2e4 * rng.uniform(0.4, 1, places.size) * widths * form.breadth
    lines = [Line(*one) for one in zip(places, widths, areas, strict=True)]
    clean = make_pattern(
        x, lines, form, None, wavelengths=COPPER, background=20.0, noise=False
    ).intensity
    return DiffractionPattern(x, rng.poisson(clean).astype(float), *COPPER, name="powder")


def test_a_size_with_an_instrument(study):
    strains, sizes, found, warned = [], [], [], 0
    standards = np.array([bragg(4.1569, one, COPPER[0]) for one in SIMPLE])
    places = np.array([bragg(GOLD.a, one, COPPER[0]) for one in FCC[:6]])
    parts = np.degrees(voigt_study.parts(np.radians(places / 2), 1e-3, 30.0, COPPER[0]))
    for at in range(study.replicates(200, seed=37)):
        rng = study.rng(at)
        standard = diffractometer(rng, standards, 0.0)
        instrument = fit_instrument(fit_peaks(standard, split=False))
        specimen = diffractometer(rng, places, voigt_study.OF_LORENTZ * parts.sum(axis=0))
        lines = fit_phase(specimen, GOLD)
        wh = williamson_hall(instrument.correct(lines))
        strains.append(holds(wh.interval(), 1e-3))
        sizes.append(holds(wh.interval("size"), 30.0))
        found.append(wh.size_by_full)
        warned += bool(wh.warnings)
    study.covers("strain", "with an instrument", strains, warned=warned)
    study.covers("size", "with an instrument", sizes, warned=warned)
    study.holds("mean size over 30 nm", np.mean(found) / 30, full=(0.99, 1.01), tenth=(0.98, 1.02))
