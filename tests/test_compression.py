"""Lattice constants against pressure: tables of them, and the compressibility of each axis."""

import dataclasses

import numpy as np
import pytest
from test_lattice import CELLS, GOLD, RUTILE, lines_of, scaled

import analysis
from analysis import AnalysisError, DataError, FitError
from analysis.diffraction.crystal.lattice import fit_lattice
from analysis.pressure.compression import LatticeTable, lattice_table, linear_compressibility

PRESSURE = np.linspace(0, 20, 12)


def shrinking(k=0.004, bend=0.0, grid=PRESSURE):
    return 5.4 * np.exp(-k * grid - bend * grid**2 / 2)


def at_pressure(phase, pressure, factor):
    peaks = lines_of(scaled(phase, factor, factor, factor))
    pattern = dataclasses.replace(peaks.pattern, pressure=pressure, name=f"{pressure} GPa")
    return fit_lattice(dataclasses.replace(peaks, pattern=pattern), phase)


@pytest.mark.parametrize("k", [0.004, 0.0, -0.002])
def test_a_constant_compressibility_comes_back_with_its_sign(k):
    found = linear_compressibility(PRESSURE, shrinking(k), degree=1)
    assert found.at().n == pytest.approx(k, abs=1e-12)
    order = np.random.default_rng(0).permutation(PRESSURE.size)
    mixed = linear_compressibility(PRESSURE[order], 100 * shrinking(k)[order], degree=1)
    assert mixed.at().n == pytest.approx(k, abs=1e-12)


def test_a_changing_one_comes_back_and_is_noticed():
    found = linear_compressibility(PRESSURE, shrinking(0.006, -2e-4))
    assert found.degree == 2
    for pressure in (0.0, 7.5, 20.0):
        assert found.at(pressure).n == pytest.approx(0.006 - 2e-4 * pressure, abs=1e-10)
    straight = linear_compressibility(PRESSURE, shrinking(0.006, -2e-4), degree=1)
    assert "curves more than a straight line" in straight.warnings[0]
    with pytest.raises(AnalysisError, match="covers 0 to 20 GPa, got 25"):
        found.at(25)


def test_volume_and_axes_agree():
    table = LatticeTable(PRESSURE, shrinking(0.003), shrinking(0.004), shrinking(-0.001))
    axes = sum(table.compressibility(axis, degree=1).at().n for axis in "abc")
    whole = linear_compressibility(table.pressure, table.volume, degree=1)
    assert whole.at().n == pytest.approx(axes)
    assert "grows under pressure" in table.compressibility("c", degree=1).warnings[-1]


# 400 fits: fewer than 360 of 400 intervals cover at a true 95 % once in 7e4 tries.
@pytest.mark.parametrize("stated", [None, 0.003])
def test_bands_cover(stated):
    rng = np.random.default_rng(3)
    truth, error = shrinking(), None if stated is None else np.full(PRESSURE.size, stated)
    covered = 0
    for _ in range(400):
        noisy = truth + rng.normal(0, 0.003, PRESSURE.size)
        fit = linear_compressibility(PRESSURE, noisy, length_error=error, degree=1)
        low, high = fit.band(10.0)
        covered += low[0] <= 5.4 * np.exp(-0.04) <= high[0]
    assert covered >= 360


def test_stated_errors_are_a_floor():
    exact = linear_compressibility(PRESSURE, shrinking(), length_error=np.full(12, 0.003))
    spread = np.sqrt(((PRESSURE - PRESSURE.mean()) ** 2).sum())
    assert exact.at().s == pytest.approx(0.003 / 5.4 / spread, rel=0.05)


def test_as_many_points_as_unknowns_give_no_error():
    fit = linear_compressibility([0, 10], [5.4, 5.2])
    assert fit.at().n == pytest.approx(np.log(5.4 / 5.2) / 10)
    assert fit.to_dict()["compressibility_mean"]["stderr"] is None
    assert fit.warnings == ("there are as many points as unknowns: no error is known",)
    with pytest.raises(AnalysisError, match="no confidence band is known"):
        fit.band(5)


@pytest.mark.parametrize(
    ("arguments", "choices", "error", "message"),
    [
        (([1, 2], [5.4]), {}, DataError, "2 pressures but 1 lengths"),
        (([1, 2], [5.4, -1]), {}, DataError, "lengths must be above 0, got -1"),
        (([1, 2], [5.4, np.nan]), {}, DataError, "length must be a single row of finite numbers"),
        (([1, "x"], [5.4, 5.3]), {}, DataError, "pressure: not an array of numbers"),
        (([3, 3, 3], [5.4, 5.3, 5.2]), {}, FitError, "at least 2 different pressures, got 1"),
        (([1, 2, 2], [5.4, 5.3, 5.3]), {"degree": 2}, FitError, "at least 3 different .* got 2"),
        (([1, 2], [5.4, 5.3]), {"degree": 3}, DataError, "degree must be 1 or 2, got 3"),
        (([1, 2], [5.4, 5.3]), {"length_error": [0, 1]}, DataError, "one number above 0 for each"),
    ],
)
def test_what_gives_no_compressibility_is_refused(arguments, choices, error, message):
    with pytest.raises(error, match=message):
        linear_compressibility(*arguments, **choices)


# --------------------------------------------------------------------------------- tables


def test_fits_become_a_table_in_ascending_pressure():
    fits = [at_pressure(RUTILE, p, 1 - 0.001 * p) for p in (10.0, 0.0, 5.0)]
    table = lattice_table(fits)
    assert table.name == RUTILE.name
    assert list(table.pressure) == [0.0, 5.0, 10.0]
    assert table.c == pytest.approx(RUTILE.cell[2] * np.array([1, 0.995, 0.99]))
    assert table.a_error[0] == pytest.approx(fits[1].a.s)
    inverse, error = table.reciprocal("b")
    assert inverse[0] == pytest.approx(0.25)
    assert error[0] == pytest.approx(fits[1].reciprocal[1].s)
    assert table.volume[0] == pytest.approx(fits[1].volume.n)
    assert table.compressibility("a", degree=1).at().n == pytest.approx(1.005e-3, abs=2e-6)


def test_angles_enter_the_volume():
    phase = CELLS[6]
    table = lattice_table([fit_lattice(lines_of(phase), phase)], pressure=[1.0])
    assert table.volume[0] == pytest.approx(np.sqrt(np.linalg.det(phase.metric)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lattice_table([]), "a table needs fits of one phase, got none"),
        (
            lambda: lattice_table([at_pressure(GOLD, 1.0, 1), at_pressure(RUTILE, 1.0, 1)]),
            "a table needs fits of one phase, got gold, rutile type",
        ),
        (lambda: lattice_table([at_pressure(GOLD, None, 1)]), "no pressure is known for None GPa"),
        (lambda: LatticeTable([1, 2], [5, 5], [5], [5, 5]), "2 pressures but 1 values of b"),
        (lambda: LatticeTable([1], [0.5], [5], [5]), "in angstrom, .* a has 0.5"),
        (lambda: LatticeTable([1], [np.nan], [5], [5]), "a must be a single row of finite numbers"),
        (lambda: LatticeTable([1], [5], [5], [5], [1, 2]), "1 pressures but 2 values of a_error"),
    ],
)
def test_tables_that_are_none_are_refused(make, message):
    with pytest.raises(DataError, match=message):
        make()
    with pytest.raises(AnalysisError, match="axis must be one of a, b, c; got 'd'"):
        LatticeTable([1], [5], [5], [5]).length("d")


# Ag3[Co(CN)6], phase II: its c axis grows under pressure.
@pytest.mark.measured("silver-cobalt-cyanide")
def test_the_axis_that_grows_under_pressure():
    columns = analysis.load_table("silver-cobalt-cyanide")
    table = LatticeTable(*(columns[name] for name in ("pressure", *"abc")), beta=columns["beta"])
    found = {axis: table.compressibility(axis, degree=1) for axis in "abc"}
    assert found["a"].at().n > 10 * found["a"].at().s > 0
    assert found["b"].at().n > 10 * found["b"].at().s > 0
    assert found["c"].at().n < -10 * found["c"].at().s
    assert any("grows under pressure" in text for text in found["c"].warnings)
    assert any("curves more" in text for text in found["c"].warnings)
    assert 0.01 < linear_compressibility(table.pressure, table.volume).at().n < 0.1


@pytest.mark.parametrize("unit", [1e-10, 0.1, 1e3])
def test_the_unit_of_the_lengths_does_not_matter(unit):
    p, length = np.linspace(0, 10, 6), 5 * np.exp(-0.004 * np.linspace(0, 10, 6))
    found = linear_compressibility(p, unit * length, length_error=unit * np.full(6, 1e-3))
    plain = linear_compressibility(p, length, length_error=np.full(6, 1e-3))
    assert found.at().n == pytest.approx(0.004)
    assert found.at().s == pytest.approx(plain.at().s)


def test_a_degree_may_be_a_whole_number_of_any_type():
    whole = linear_compressibility(PRESSURE, shrinking(0.006), degree=1)
    for degree in (1.0, np.float64(1), np.int64(1)):
        same = linear_compressibility(PRESSURE, shrinking(0.006), degree=degree)
        assert same.to_dict() == whole.to_dict()
    with pytest.raises(DataError, match=r"must be 1 or 2, got 1\.5"):
        linear_compressibility(PRESSURE, shrinking(0.006), degree=1.5)
