"""The twin's patterns: made from their truths, labelled, and true to them when analysed."""

import json

import numpy as np
import pytest

import analysis
from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.twin import patterns as twin_patterns
from analysis.twin.files import path_of

TRUTHS = twin_patterns.truths()
SERIES = [truth for truth in TRUTHS if truth.run == "xrd"]
TRAP = twin_patterns.truth_of("twin-splitting-trap-15.0gpa")


def named(truth):
    return truth.name


# ---------------------------------------------------------------------------- the files


def test_files_are_what_the_truths_make():
    for path, text in twin_patterns.files().items():
        assert (OWN_PACKAGE.parent / path).read_text(encoding="utf-8") == text, path


@pytest.mark.parametrize("truth", TRUTHS, ids=named)
def test_patterns_load_with_what_the_truths_say(truth):
    pattern = analysis.load(truth.name)
    assert (pattern.origin, pattern.run, pattern.pressure) == (
        "synthetic",
        truth.run,
        truth.pressure,
    )
    assert pattern.wavelength == 61.99
    assert not pattern.notes
    assert not pattern.watch()


@pytest.mark.parametrize("truth", TRUTHS, ids=named)
def test_the_word_synthetic_is_everywhere(truth):
    path = OWN_PACKAGE.parent / path_of(truth.name)
    assert path.read_text(encoding="utf-8").startswith("# Synthetic, not measured.")
    package = json.loads(OWN_PACKAGE.read_text(encoding="utf-8"))
    (entry,) = (resource for resource in package["resources"] if resource["name"] == truth.name)
    assert entry["origin"] == "synthetic"
    assert entry["title"].startswith("Synthetic")
    assert entry["description"].startswith("Synthetic, not measured")


def test_files_stay_small():
    assert sum(len(text) for text in twin_patterns.files().values()) < 500_000


# ---------------------------------------------------------------------------- the truths


def test_what_the_paper_prints_is_the_truth():
    strain = {truth.pressure: truth.strain for truth in SERIES}
    pressures = sorted(strain)
    assert (pressures[0], pressures[-1]) == (1.6, 41.2)
    # Section 3.3: a steep rise to 4.9 GPa, 0.0079 from 5 to 18 GPa, a rise from about 20 to
    # about 33 GPa, then a fall.
    plateau = [strain[p] for p in pressures if 5 <= p <= 18]
    assert plateau == [0.0079] * len(plateau)
    assert len(plateau) >= 3
    for rising in (lambda p: p <= 4.9, lambda p: 18 <= p <= 33):
        assert np.all(np.diff([strain[p] for p in pressures if rising(p)]) > 0)
    assert np.all(np.diff([strain[p] for p in pressures if p >= 33]) < 0)
    assert all(truth.size == np.inf and truth.instrument == 0 for truth in SERIES)


def test_every_value_states_its_basis():
    for truth in SERIES:
        assert truth.basis("wavelength").startswith("paper: section 3.3")
        assert truth.basis("size").startswith("paper: section 3.3")
        assert truth.basis("strain").startswith("paper" if 5 <= truth.pressure <= 18 else "assumed")
        for name in ("a", "b", "c", "space_group", "breadth", "shape"):
            assert truth.basis(name) == "assumed"
    printed = [truth.pressure for truth in TRUTHS if truth.basis("pressure") != "assumed"]
    assert printed == [1.6, 4.9, 41.2]
    assert [TRAP.basis(name) for name in ("strain", "size", "a")] == ["assumed"] * 3


def test_cells_compress_smoothly_and_change_symmetry_once():
    axes = np.array([(truth.a, truth.b, truth.c) for truth in SERIES])
    pressures = np.array([truth.pressure for truth in SERIES])
    rate = -np.diff(np.log(axes), axis=0) / np.diff(pressures)[:, None]
    assert np.all(rate > 0.5e-3)
    assert np.all(rate < 3e-3)
    # Rounding to 1e-4 angstrom over 2 GPa makes 1e-5 of the rates.
    assert np.all(np.diff(rate, axis=0) < 2e-5)
    ratio = axes[:, 1] / axes[:, 0]
    assert np.all(np.diff(ratio) > 0)
    assert np.all((ratio > 0.98) & (ratio < 0.995))
    groups = [truth.space_group for truth in SERIES]
    assert groups == sorted(groups)  # "A m a m" before "F m m m"
    assert set(groups) == {"A m a m", "F m m m"}


@pytest.mark.parametrize("truth", TRUTHS, ids=named)
def test_the_package_names_the_cell_for_indexing(truth):
    (phase,) = analysis.phases_of(truth.name)
    assert phase.space_group == truth.space_group
    assert np.array(phase.cell) == pytest.approx(truth.phase.cell, rel=3e-3)
    assert phase != truth.phase


@pytest.mark.parametrize("truth", [SERIES[0], SERIES[-1], TRAP], ids=named)
def test_lines_have_the_breadth_of_equation_7(truth, monkeypatch):
    line = next(line for line, _ in truth.lines() if line.hkl == (1, 1, 5))
    theta = np.radians(line.two_theta / 2)
    expected = 4 * truth.strain * np.tan(theta) + 0.9 * 0.06199 / truth.size / np.cos(theta)
    # Area over height of that line alone; 2e-4 of the area lies beyond 400 degrees.
    monkeypatch.setattr(twin_patterns.PatternTruth, "lines", lambda _: [(line, 1.0)])
    monkeypatch.setattr(twin_patterns, "background", np.zeros_like)
    x = line.two_theta + np.linspace(-400, 400, 800_001)
    counts = truth.clean(x)
    area = np.trapezoid(counts, x)
    assert area == pytest.approx(twin_patterns.STRONGEST, rel=5e-4)
    assert np.radians(area / counts.max()) == pytest.approx(expected, rel=5e-4)


def test_intensities_are_those_of_the_structure():
    parts = {line.hkl: part for line, part in SERIES[0].lines()}
    assert max(parts, key=parts.get) == (1, 1, 5)
    assert min(parts.values()) > twin_patterns.FAINTEST
    # F(200) of the idealised structure by hand: all atoms in phase but the oxygen of the
    # planes, at (1/4, 1/4, z), which scatters against the others.
    phase = SERIES[0].phase
    s2 = float(1 / phase.d_spacing((2, 0, 0))[0] ** 2 / 4)
    scatter = {
        name: twin_patterns.gemmi.Element(name).it92.calculate_sf(s2) for name in ("La", "Ni", "O")
    }
    by_hand = 4 * (3 * scatter["La"] + 2 * scatter["Ni"] + (3 - 4) * scatter["O"])
    by_hand *= np.exp(-twin_patterns.B_ISO * s2)
    group = analysis.Phase("Fmmm", *phase.cell[:3], space_group="F m m m")
    assert twin_patterns._structure_factor((2, 0, 0), group) == pytest.approx(by_hand, rel=1e-9)


def test_noise_is_that_of_counting():
    truth = SERIES[0]
    pattern = analysis.load(truth.name)
    expected = truth.clean(pattern.two_theta)
    # 2201 points: the mean square of normalised noise has a standard error of 0.03.
    assert np.mean((pattern.intensity - expected) ** 2 / expected) == pytest.approx(1, abs=0.12)


# ---------------------------------------------------------------------------- recovery


@pytest.mark.parametrize("truth", SERIES, ids=named)
def test_strain_and_cell_come_back(truth):
    pattern, (phase,) = analysis.load(truth.name), analysis.phases_of(truth.name)
    lines = analysis.fit_phase(pattern, phase)
    found = analysis.williamson_hall(lines)
    assert found.n_lines >= 6
    assert found.model == "reduced"
    assert found.strain.n == pytest.approx(truth.strain, rel=0.05)
    fit = analysis.fit_lattice(lines, phase)
    for name in ("a", "b", "c"):
        value = getattr(fit, name)
        assert abs(value.n - getattr(truth, name)) < 4 * value.s


def test_lines_found_without_a_cell_are_indexed_and_give_the_strain():
    truth = twin_patterns.truth_of("twin-xrd-15.0gpa")
    peaks = analysis.fit_peaks(analysis.load(truth.name))
    (phase,) = analysis.phases_of(truth.name)
    among = [line.hkl for line, _ in truth.lines()]
    indexed = analysis.index_lines(peaks, phase, among=among)
    lines = indexed.select([one is not None for one in indexed.hkl])
    assert analysis.williamson_hall(lines).strain.n == pytest.approx(0.0079, rel=0.05)


# ---------------------------------------------------------------------------- the trap


@pytest.fixture(scope="module")
def trap():
    return analysis.load(TRAP.name)


def test_pairs_of_the_trap_do_not_show():
    first, second = (
        next(line.two_theta for line, _ in TRAP.lines() if line.hkl == hkl)
        for hkl in ((2, 0, 0), (0, 2, 0))
    )
    fwhm = float(TRAP.integral_breadth(first)) * 2 / np.pi
    assert 0 < second - first < 0.65 * fwhm
    clean = TRAP.clean(np.linspace(first - fwhm, second + fwhm, 2001))
    turns = np.flatnonzero(np.diff(np.sign(np.diff(clean))) < 0)
    counts = np.sqrt(clean.max())
    # One maximum, or a dip that drowns in the noise of counting.
    assert turns.size == 1 or clean[turns].max() - clean[turns[0] : turns[-1]].min() < 2 * counts


def test_pairs_taken_for_single_lines_show_a_strain_that_is_not_there(trap):
    a = (TRAP.a + TRAP.b) / 2
    tetragonal = analysis.Phase("naive", a / np.sqrt(2), c=TRAP.c, space_group="I 4/m m m")
    # As the paper takes them; a shape that follows the pairs would hide part of the trap.
    single = analysis.fit_peaks(trap, shape="lorentzian", split=False)
    indexed = analysis.index_lines(single, tetragonal)
    lines = indexed.select([one is not None for one in indexed.hkl])
    naive = analysis.williamson_hall(lines, model="full")
    # 110 of the tetragonal cell is the pair 200 and 020, 220 of the other is one line, 200.
    strain = {name: one.n for name, one in naive.per_line}
    assert strain["110"] > 4 * TRAP.strain
    assert strain["200"] < 2 * TRAP.strain
    assert naive.strain.n > 2 * TRAP.strain


def test_the_right_cell_sees_through_the_trap(trap):
    found = analysis.williamson_hall(analysis.fit_phase(trap, *analysis.phases_of(TRAP.name)))
    assert found.model == "full"
    assert abs(found.strain.n - TRAP.strain) < 3 * found.strain.s
    assert found.strain.n < 2 * TRAP.strain
    assert found.size.n == pytest.approx(25, rel=0.1)


def test_the_lines_themselves_warn_of_the_trap(trap):
    peaks = analysis.fit_peaks(trap)
    split = peaks.two_theta[["split" in flags for flags in peaks.flags]]
    for first, second in (((2, 0, 0), (0, 2, 0)), ((3, 1, 5), (1, 3, 5))):
        pair = [line.two_theta for line, _ in TRAP.lines() if line.hkl in {first, second}]
        assert np.min(np.abs(split - np.mean(pair))) < 0.02
