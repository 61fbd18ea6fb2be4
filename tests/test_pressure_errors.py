"""Errors of the pressure in what is fitted and drawn against it; without them nothing changes."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib import pyplot as plt
from small_results import table

import analysis
from analysis import DataError, LatticeTable, linear_compressibility
from analysis.pressure.results import Results
from analysis.pressure.series import constancy, series_of
from analysis.show import explore, plots, pressure_plots, strain_plots
from compendium.chapters import own_results

P = np.array([1.0, 3.0, 6.0, 10.0, 15.0, 21.0])
LENGTH = np.array([5.40, 5.37, 5.335, 5.29, 5.25, 5.20])
ERROR = np.array([0.002, 0.003, 0.002, 0.004, 0.002, 0.003])
VALUES, SIGMA = np.array([550, 553, 548, 556, 559, 561]), np.array([2, 2, 3, 2, 4, 2])
DIGITS = {"rel": 1e-11}


# Computed before pressures could have errors.
@pytest.mark.parametrize("none", [{}, {"pressure_error": None}])
def test_compressibilities_without_errors_of_the_pressure_are_what_they_were(none):
    plain = linear_compressibility(P, LENGTH, **none).at(5.0)
    assert (plain.n, plain.s) == pytest.approx((0.0018594784091345213, 9.341965072224437e-05))
    weighed = linear_compressibility(P, LENGTH, length_error=ERROR, **none).at(5.0)
    expected = 0.0018993626556363765, 8.848478400274718e-05
    assert (weighed.n, weighed.s) == pytest.approx(expected, **DIGITS)


@pytest.mark.parametrize("none", [(), (0.0,), (np.nan,), ([np.nan, 0, 0, 0, 0, 0],)])
def test_constancy_without_errors_of_the_pressure_is_what_it_was(none):
    found = constancy(P, VALUES, SIGMA, [0, 1, 0, 0, 0, 0], *none)
    numbers = (found.line.slope.n, found.line.slope.s, found.p_slope, found.p_scatter)
    expected = (0.5427863322394946, 0.12455027297520704, 2.62547222528e-05, 0.6929943549740618)
    assert numbers == pytest.approx(expected, **DIGITS)
    assert found.mean.value.s == pytest.approx(1.9671330429152756, **DIGITS)


# 400 lines: fewer than 364 or more than 396 intervals cover at a true 95 % once in 1000 tries.
def test_the_slope_of_a_line_holds_the_error_of_the_pressure():
    rng, p = np.random.default_rng(16), np.linspace(2, 30, 12)
    off, sigma, slope = 1.0, 2.0, 4.0
    covered, blind = 0, 0
    for _ in range(400):
        values = 500 + slope * p + rng.normal(0, sigma, p.size)
        measured = p + rng.normal(0, off, p.size)
        known = constancy(measured, values, np.full(p.size, sigma), 0.0, off).line
        covered += known.interval()[0] <= slope <= known.interval()[1]
        # What the values' errors alone promise.
        nominal = constancy(measured, values, np.full(p.size, sigma)).line.nominal
        blind += abs(nominal.n - slope) <= 1.96 * nominal.s
    assert 364 <= covered <= 396
    assert blind < 300


def test_errors_of_the_pressure_widen_no_constant():
    found = constancy(P, np.full(6, 5.0), np.full(6, 0.1), 0.0, 2.0)
    assert found.line.slope.s == pytest.approx(constancy(P, np.full(6, 5.0), 0.1).line.slope.s)
    assert found.verdict == "constant"


# 200 fits: fewer than 179 cover at a true 95 % once in 1000 tries. Lengths' errors known, or not.
@pytest.mark.parametrize("own", [None, 2e-3])
def test_a_compressibility_holds_the_error_of_the_pressure(own):
    rng, p, k = np.random.default_rng(17), np.linspace(0, 20, 12), 0.004
    off = np.where(p < 10, 0.1, 1.0)  # known less well above
    covered, spread = 0, []
    for _ in range(200):
        length = 5.4 * np.exp(-k * p) + rng.normal(0, own or 2e-3, p.size)
        measured = p + rng.normal(size=p.size) * off
        fit = linear_compressibility(
            measured, length, degree=1, pressure_error=off,
            length_error=None if own is None else np.full(p.size, own),
        )  # fmt: skip
        covered += abs(fit.at().n - k) <= 2.228 * fit.at().s
        spread.append(fit.at().n - linear_compressibility(measured, length, degree=1).at().n)
    # Errors that count only upwards hold a little more.
    assert 179 <= covered <= 199
    assert np.std(spread) > 0.1 * k / 20  # the better known pressures weigh more


def test_a_slope_that_vanishes_makes_no_point_exact():
    grown = 5.4 * np.exp(-0.001 * (P - 10) ** 2)
    fit = linear_compressibility(P, grown, degree=2, pressure_error=np.full(6, 0.3))
    assert fit.at(10.0).n == pytest.approx(0, abs=1e-5)
    assert np.isfinite(fit.covariance).all()
    with pytest.raises(DataError, match="pressure_error needs one number above 0 for each value"):
        linear_compressibility(P, grown, pressure_error=[1, 2])


def test_tables_hand_their_errors_of_pressure_and_volume_on():
    table = LatticeTable(P[::-1], *[LENGTH[::-1]] * 3, *[ERROR[::-1]] * 3, pressure_error=P / 10)
    # Three axes that are one length: three times its relative error.
    np.testing.assert_allclose(table.volume_errors / table.volume, 3 * ERROR / LENGTH)
    longer = replace(table, c=table.c + 1)
    relative = np.sqrt(4 * (ERROR / LENGTH) ** 2 + (ERROR / (LENGTH + 1)) ** 2)
    np.testing.assert_allclose(longer.volume_errors / longer.volume, relative)
    given = replace(table, volume_error=np.full(6, 0.7))
    assert (given.volume_errors == 0.7).all()
    direct = analysis.fit_equation_of_state(
        table.pressure, table.volume, pressure_error=P[::-1] / 10, volume_error=table.volume_errors
    )
    assert table.equation_of_state().to_dict() == direct.to_dict()
    assert table.equation_of_state().chi_square != given.equation_of_state().chi_square
    known = linear_compressibility(P, LENGTH, length_error=ERROR, pressure_error=P[::-1] / 10)
    assert table.compressibility("a").to_dict() == known.to_dict()


# --------------------------------------------------------------------------------- figures


def bars_across(ax):
    """Half the lengths of the bars along x in all error bars."""
    return [
        float(np.ptp(path.vertices[:, 0]) / 2)
        for container in ax.containers
        for path in (container.lines[2][0].get_paths() if container.has_xerr else ())
    ]


def with_errors(error):
    found = table()
    sheets = tuple(replace(sheet, pressure_error=error) for sheet in found.sheets)
    return Results({}, "", sheets)


@pytest.mark.parametrize(("error", "half"), [(None, None), (0.5, 0.98)])
def test_every_figure_against_pressure_has_bars_where_errors_are_stated(error, half):
    results = with_errors(error)
    _, ax = plt.subplots()
    pressure_plots.against_pressure(ax, series_of(results, "resistance", "theta_d"))
    found = bars_across(ax)
    assert found == pytest.approx([] if half is None else [half] * 11, abs=1e-3)
    fig = own_results.result_panels(
        [sheet for sheet in results.sheets if "strain" in sheet.numbers]
    )
    found = [bar for panel in fig.axes for bar in bars_across(panel)]
    assert found == pytest.approx([] if half is None else [half] * len(found), abs=1e-3)
    assert bool(found) == (half is not None)
    cell = LatticeTable(P, *[LENGTH] * 3, pressure_error=error and np.full(6, error))
    for fig in (
        pressure_plots.reciprocal_figure([(cell, "a", "measured")]),
        pressure_plots.relative_figure([(cell, "a", "measured")]),
    ):  # standard errors, as those of the axes
        expected = [] if error is None else [error] * 6
        assert bars_across(fig.axes[0]) == pytest.approx(expected)
    plt.close("all")


def spread_bars(ax):
    """Both ends of the grey bars along x, which span the published scales."""
    return [
        tuple(segment[:, 0].tolist())
        for collection in ax.collections if collection.get_label() == "_all scales"
        for segment in collection.get_segments()
    ]  # fmt: skip


@pytest.mark.parametrize("scale", [None, "Fei 2007, gold", "our own", "Fei 2007, lead"])
def test_a_pressure_that_names_its_scale_is_drawn_over_all_of_them(scale):
    found = table()
    sheets = tuple(replace(sheet, pressure_scale=scale) for sheet in found.sheets)
    series = series_of(Results({}, "", sheets), "resistance", "theta_d")
    curve = replace(analysis.load("twin-run1-7.0gpa"), pressure=39.6, pressure_scale=scale)
    _, (left, right, last) = plt.subplots(1, 3)
    pressure_plots.against_pressure(left, series)
    plots.debye_against_pressure(right, {"run 1": [analysis.fit_resistance(curve)]})
    pattern = analysis.load("twin-xrd-10.5gpa")
    made = replace(pattern, pressure=39.6, pressure_scale=scale)
    wh = analysis.williamson_hall(analysis.fit_peaks(made))
    strain_plots.strain_against_pressure(last, [wh])
    if scale != "Fei 2007, gold":
        assert spread_bars(left) == spread_bars(right) == spread_bars(last) == []
        return
    drawn = sorted(spread_bars(left), key=max)
    for (low, high), pressure in zip(drawn, sorted(series.pressure.tolist()), strict=True):
        assert low < pressure <= high + 1e-9
    assert spread_bars(right) == spread_bars(last) == [pytest.approx((38.0, 39.6), abs=0.05)]
    plt.close("all")


def test_fits_and_the_live_figure_have_them():
    curve = analysis.load("twin-run1-7.0gpa")
    fits = [
        analysis.fit_resistance(replace(curve, name=name, pressure=p, pressure_error=error))
        for name, p, error in (("known", 7.0, 0.5), ("not known", 8.0, None))
    ]
    _, ax = plt.subplots()
    plots.debye_against_pressure(ax, {"run 1": fits})
    assert bars_across(ax) == pytest.approx([0.98], abs=1e-3)
    plt.close("all")
    live = explore.pressure(fits)
    points = live.spec["panels"][1]["layers"][0]
    assert points["x_error"] == {"=": "d"}
    assert points["data"]["d"] == [pytest.approx(0.98, abs=1e-3), None]
    assert live.scope({"data": "known"})["pressure_half"] == pytest.approx(0.98, abs=1e-3)
    without = explore.pressure(fits[1:]).spec["panels"][1]["layers"][0]
    assert "x_error" not in without
