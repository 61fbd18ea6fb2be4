"""The error and the scale of a pressure: properties of data sets, curves, patterns and tables."""

import json
from dataclasses import replace

import numpy as np
import pytest

import analysis
from analysis.pressure.compression import lattice_table

SCALE = "Fei 2007, gold"
KNOWN = {"pressure": 39.6, "pressure_error": 0.3, "pressure_scale": SCALE}
T = np.linspace(20, 300, 60)


@pytest.fixture
def package(tmp_path):
    rows = "".join(f"{t:.3f},{t**2:.6g}\n" for t in T)
    (tmp_path / "a.csv").write_text("T (K),R (ohm)\n" + rows)
    (tmp_path / "p.xy").write_text("".join(f"{t:.3f} {100 + t:.6g}\n" for t in T / 10))
    entries = [
        {"name": "a", "path": "a.csv", "kind": "resistance", **KNOWN},
        {"name": "p", "path": "p.xy", "kind": "diffraction", "wavelength": 40.0, **KNOWN},
        {"name": "b", "path": "a.csv", "kind": "resistance", "pressure_error": -1},
    ]
    file = tmp_path / "datapackage.json"
    file.write_text(json.dumps({"name": "mine", "resources": entries}))
    return file


def test_a_data_set_hands_them_to_its_curve_and_pattern(package):
    for name in ("a", "p"):
        data = analysis.load(name, package=package)
        assert {key: getattr(data, key) for key in KNOWN} == KNOWN


def test_an_impossible_error_is_refused(package):
    with pytest.raises(analysis.DataError, match="pressure_error is -1; allowed: a number in GPa"):
        analysis.load("b", package=package)
    for wrong in (-1, float("nan")):
        with pytest.raises(analysis.DataError, match="pressure_error"):
            analysis.ResistanceCurve(T, T, pressure=1, pressure_error=wrong)


def test_the_list_shows_them(package, monkeypatch, cli):
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(package))
    assert "39.6 \u00b1 0.3 (Fei 2007, gold)" in cli("list")[1]
    listed = json.loads(cli("list", "--json")[1])["datasets"]
    assert {key: listed[0][key] for key in KNOWN} == KNOWN


def test_results_state_them():
    curve = analysis.ResistanceCurve(T, 1 + analysis.resistance(T, theta_d=300, r0=0, a=1), **KNOWN)
    stated = analysis.fit_resistance(curve).to_dict()
    assert {key: stated[key] for key in KNOWN} == KNOWN


def test_a_lattice_table_has_the_errors_of_its_patterns():
    gold = analysis.Phase("gold", 4.0, space_group="F m -3 m")
    angles = np.arange(8, 30, 0.01)
    lines = analysis.reflections(gold, 40.0, two_theta_max=29.0)
    heights = 100 + sum(900 / (1 + ((angles - line.two_theta) / 0.05) ** 2) for line in lines)
    pattern = analysis.DiffractionPattern(angles, heights, 40.0, **KNOWN)
    one = analysis.analyse_pattern(pattern, [gold]).lattice
    other = replace(one, peaks=replace(one.peaks, pattern=replace(pattern, pressure_error=None)))
    table = lattice_table([one, other])
    np.testing.assert_array_equal(table.pressure_error, [0.3, np.nan])
