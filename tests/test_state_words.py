"""Equations of state in chapter 3.4: of sheets, of tables, in sentences and in figures."""

from dataclasses import replace

import numpy as np
import pytest
from chapter_runs import run_chapter
from foreign_packages import write
from matplotlib import pyplot as plt
from small_results import results_of
from state_study import made_volumes
from test_foreign_chapters import lattice

from analysis.pressure.series import series_of
from analysis.show import state_plots
from analysis.twin import patterns as twin
from compendium.chapters import pattern_series, pressure_state, pressure_words

P = np.linspace(1.0, 30.0, 9)
TRUTH = {"V0": 300.0, "K0": 160.0, "K0_prime": 4.6}


def series(*, truth=TRUTH, error=0.05, pressures=P, names=None):
    """Volumes of one sample, as sheets record them."""
    rng = np.random.default_rng(8)
    volumes = made_volumes(pressures, **truth) + rng.normal(0, error, len(pressures))
    rows = [
        (p, "xrd", {"value": v, "stderr": error, "unit": "angstrom^3"})
        for p, v in zip(pressures, volumes, strict=True)
    ]
    found = results_of("volume", rows, kind="diffraction")
    if names:
        pairs = zip(found.sheets, names, strict=True)
        sheets = tuple(replace(one, name=name, origin="synthetic") for one, name in pairs)
        found = replace(found, sheets=sheets)
    return series_of(found, "diffraction", "volume")


def test_volumes_of_sheets_have_an_equation_of_state():
    states = pressure_state.of_series(series())
    rows = pressure_state.state_table(states).rows
    assert [row[1] for row in rows] == [
        "Birch-Murnaghan, 3rd order", "Birch-Murnaghan, 2nd order", "Vinet",
    ]  # fmt: skip
    assert rows[1][4] == "4 (held)"
    fit = states[0].fits[0]
    assert abs(fit.k0.n - 160) < 3 * fit.k0.s
    said = str(pressure_state.state_words(states))
    assert "correlation of their errors is -0.9" in said
    assert "do not tell the two equations apart, which requires a factor of 20" in said
    assert "published scales of gold would give K₀ between" in said
    assert "Murnaghan's law, which" not in said
    fig = state_plots.state_figure(states)
    left, right = fig.axes
    assert len(left.collections) == 2  # the band, and the bars of effective errors
    labels = right.get_legend_handles_labels()[1]
    assert labels == [row[1] for row in rows]
    plt.close(fig)


def test_the_truth_of_the_twin_stands_beside_what_is_found():
    truths = [truth for truth in twin.truths() if truth.run == "xrd"]
    pressures = np.array([truth.pressure for truth in truths])
    k0, prime = twin.BULK_MODULUS
    volumes = [float(np.prod(twin.cell_at(p))) for p in (0.0, 1.0)]
    assert k0 == pytest.approx(-volumes[0] / (volumes[1] - volumes[0]), rel=0.03)
    made = {"V0": 602.0, "K0": k0, "K0_prime": prime}
    found = series(truth=made, pressures=pressures, names=[truth.name for truth in truths])
    states = pressure_state.of_series(found)
    said = str(pressure_state.state_words(states))
    assert f"K₀ = {k0:.0f} GPa and K₀′ = {prime:.2f}: the 95 % interval" in said
    assert "contains this K₀" in said
    assert "scales of gold" not in said  # no gauge stood behind them
    assert states[0].truth == (k0, prime)


def test_too_few_volumes_are_named_and_give_no_table():
    states = pressure_state.of_series(series(pressures=P[:2]))
    said = str(pressure_state.state_words(states))
    assert "none, because Birch-Murnaghan, 2nd order, 2 unknowns: at least 3 different" in said
    assert pressure_state.state_table(states) is state_plots.state_figure(states) is None
    assert pressure_state.of_series(series(pressures=P[:0])) == []
    assert pressure_state.state_words([]) is state_plots.state_figure([]) is None


def test_what_is_said_of_the_pressures_errors():
    found = series()
    assert "all pressures are taken as exact" in pressure_words.pressures_said(found)
    errors = np.where(P > 10, 0.4, np.nan)
    known = pressure_words.pressures_said(found, replace(found, pressure_error=errors))
    assert known.startswith("The pressures of 6 of the 18 points have errors, up to 0.4\xa0GPa")


def test_a_table_of_ones_own_is_in_the_chapter(tmp_path, monkeypatch):
    rng = np.random.default_rng(3)
    edges = made_volumes(P, **TRUTH) ** (1 / 3) * (1 + rng.normal(0, 1e-5, P.size))
    rows = [f"{10 * p:.3f},2,{a / 10:.6f},0.00001" for p, a in zip(P, edges, strict=True)]
    text = "\n".join(["pressure,pressure_error,a,a_error", *rows, ""])
    tables = [
        lattice("a-cube", text, "kbar", "kbar", "nm", "nm"),
        lattice("few", "pressure,a\n1,5\n2,4.9\n", "GPa", "angstrom"),
    ]
    files = {name: content for _, one in tables for name, content in one.items()}
    package = write(tmp_path / "own", "Cubes", files, [table for table, _ in tables])
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(package))
    cells = pattern_series.table_of("a-cube")
    assert cells.table.pressure_error == pytest.approx([0.2] * 9)  # from kbar
    run = run_chapter("3-4-strain-cell", monkeypatch)
    (table,) = (
        table for table in run.tables if "$K_0$ (GPa)" in table.header and "a-cube" in str(table)
    )
    assert len(table.rows) == 3
    said = run.said()
    assert "few: none, because Birch-Murnaghan, 2nd order, 2 unknowns: at least 3" in said
    fit = cells.table.equation_of_state()
    assert fit.stated
    assert abs(fit.k0.n - 160) < 3 * fit.k0.s
    run.close()
