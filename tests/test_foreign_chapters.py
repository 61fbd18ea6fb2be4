"""Chapters 3.3 and 3.4 of packages of one's own: what is there is shown, the rest is no placeholder."""

import json
from dataclasses import asdict, replace

import matplotlib as mpl
import numpy as np
import pytest
from composed import missing, run
from foreign_packages import WAVELENGTH, curve, pattern, resource, write
from small_results import sheet

from analysis import DataError
from compendium.chapters import pattern_series
from compendium.chapters.roles import decide

mpl.use("agg")


def lattice(name, text, *units):
    """Return a resource of lattice constants, and its file."""
    heads = text.splitlines()[0].split(",")
    units = dict(zip(heads, units, strict=False))
    fields = [
        {"name": one, "type": "number", **({"unit": units[one]} if one in units else {})}
        for one in heads
    ]
    more = {"schema": {"fields": fields}, "title": name}
    return resource(name, f"{name}.csv", "lattice", **more), {f"{name}.csv": text}


def cube(units=("kbar", "nm")):
    rows = [f"{10 * p},{0.5 - 0.0008 * p}" for p in range(6)]
    return lattice("a-cube", "\n".join(["pressure,a", *rows, ""]), *units)


def mixed_bag(folder):
    """Write patterns without pressures or crystals, one without lines, and a table of a cell."""
    rng = np.random.default_rng(5)
    table, files = cube()
    files |= {"powder.xy": pattern(3, a=5.4, strain=2e-3)}
    flat = (f"{x:.2f} {n}" for x, n in zip(np.arange(6, 26, 0.02), rng.poisson(50, 1000), strict=True))
    files["glass.xy"] = "\n".join([*flat, ""])
    resources = [
        resource(name, f"{name}.xy", "diffraction", wavelength=WAVELENGTH)
        for name in ("powder", "glass")
    ]
    return write(folder, "Mixed bag", files, [*resources, table])


def under_pressure(folder, **book):
    """Write R(T) of two samples, one at three pressures, the other at one."""
    made = {("LaNiSn", 5.0): 310, ("LaNiSn", 12.0): 335, ("LaNiSn", 20.0): 360, ("YNiSn", 8.0): 290}
    files = {
        f"{sample}-{pressure:g}.csv": curve(int(theta_d), theta_d=theta_d)
        for (sample, pressure), theta_d in made.items()
    }
    resources = [
        resource(file.removesuffix(".csv").lower(), file, "resistance", sample=sample, pressure=p)
        for file, (sample, p) in zip(files, made, strict=True)
    ]
    return write(folder, "Two stannides", files, resources, book=book)


def results_of(folder, *sheets):
    file = folder / "results.json"
    content = [asdict(one) for one in sheets]
    file.write_text(json.dumps({"versions": {}, "date": "", "sheets": content}))
    return file


def test_patterns_of_any_kind_are_shown(tmp_path, monkeypatch):
    ran = run("3-3-strain", mixed_bag(tmp_path / "own"), tmp_path, monkeypatch)
    assert {"powder", "glass", "a-cube"} <= ran.used
    # The one without lines as it is, with the reason; the table's own axis, and no other.
    assert "glass" in ran.titles
    assert any("No strain" in one and "glass" in one for one in ran.shown)
    assert any("a-cube | a | 5 |" in one.replace("\\", "") for one in ran.tables)
    assert ran.empty == []
    assert ran.placeholders() == []
    assert not [row for one in ran.tables for row in one.splitlines()[2:] if "|  |" in row]
    # One sentence each for the measured sets that are not here, none twice.
    said = missing(ran)
    assert len(said) == len(set(said))
    assert "twin" not in ran.prose
    assert "splitting" not in ran.prose.lower()


def test_one_pattern_without_a_strain_is_shown_with_the_reason(tmp_path, monkeypatch):
    own = mixed_bag(tmp_path / "own")
    content = json.loads(own.read_text())
    content["resources"] = [one for one in content["resources"] if one["name"] == "glass"]
    own.write_text(json.dumps(content))
    ran = run("3-3-strain", own, tmp_path, monkeypatch)
    assert "glass" in ran.titles
    assert sum("No strain" in one for one in ran.shown) > 0
    assert (ran.empty, ran.placeholders()) == ([], [])


REGIONS = [{"name": "low", "to": 10}, {"name": "high", "from": 10}]


def test_results_against_pressure_of_two_samples(tmp_path, monkeypatch):
    own = under_pressure(tmp_path / "own", regions=REGIONS)
    sheets = [
        sheet("lanisn-5", 5.0, run=None, theta_d=(310.0, 2.0)),
        sheet("lanisn-12", 12.0, run=None, theta_d=(335.0, 2.0)),
        sheet("lanisn-20", 20.0, run=None, theta_d=(360.0, 2.0), r_sat_lower=(5.0, None)),
        replace(sheet("ynisn-8", 8.0, run=None, theta_d=(290.0, 2.0)), sample="YNiSn"),
        sheet("silver", None, run=None, theta_d=(215.0, 2.0)),
    ]
    sheets = [replace(one, sample="LaNiSn") if "lan" in one.name else one for one in sheets]
    results = results_of(tmp_path, *sheets)
    ran = run("3-4-pressure", own, tmp_path, monkeypatch, results=results)
    everything = next(one for one in ran.tables if "found" in one).replace("\\", "")
    for one in ("310.0 ± 2.0 K", "335.0 ± 2.0 K", "360.0 ± 2.0 K", "290.0 ± 2.0 K", "R_sat > 5 K"):
        assert one in everything.replace("\N{NO-BREAK SPACE}", " ")
    assert "silver" not in everything  # of the project's own package
    assert {one.name for one in sheets[:4]} <= ran.used
    assert ran.glued["theta-where"] == "in the high region"
    assert "low from 0 to 10 GPa, high from 10 GPa on" in ran.prose
    assert "constant and sloping cannot be told apart" in ran.prose
    assert (ran.empty, ran.placeholders()) == ([], [])
    assert len(missing(ran)) == 1  # the strain, once
    assert not any(word in ran.prose for word in ("Fmmm region", "synthetic", "18 GPa"))


def test_without_regions_the_verdict_is_about_the_whole_range(tmp_path, monkeypatch):
    own = under_pressure(tmp_path / "own")
    rows = [("lanisn-5", 5.0, 310.0), ("lanisn-12", 12.0, 335.0), ("lanisn-20", 20.0, 360.0)]
    sheets = [
        replace(sheet(name, p, run=None, theta_d=(theta, 2.0)), sample="LaNiSn")
        for name, p, theta in rows
    ]
    results = results_of(tmp_path, *sheets)
    ran = run("3-4-pressure", own, tmp_path, monkeypatch, results=results)
    assert ran.glued["theta-verdict"].startswith("A slope of the Debye temperature is seen from 5")
    assert "over the whole range" in ran.prose
    assert "names no regions of pressure" in ran.prose
    assert (ran.empty, ran.placeholders()) == ([], [])


# ----------------------------------------------------------------------- tables of lattice constants


@pytest.mark.parametrize(
    ("head", "units", "message"),
    [
        ("p,a", (), "no column is called pressure; there are 'p', 'a'"),
        ("pressure,b", (), "no column is called a; there are"),
        ("pressure,a", ("bar",), "the unit of pressure is 'bar'; allowed: GPa, kbar, MPa"),
        ("pressure,a", ("GPa", "inch"), "the unit of a is 'inch'; allowed: angstrom"),
    ],
)
def test_tables_of_no_use_say_why(head, units, message, tmp_path, monkeypatch):
    table, files = lattice("odd", f"{head}\n1,5\n2,4.9\n", *units)
    package = write(tmp_path / "own", "Odd", files, [table])
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(package))
    with pytest.raises(DataError, match=message):
        pattern_series.table_of("odd")
    found, note = pattern_series.tables(decide().lattice)
    assert found == []
    assert message in str(note)


def test_axes_without_a_column_are_as_long_as_a(tmp_path, monkeypatch):
    text = "pressure,a,a_error,c\n0,5,0.1,9\n1,4.9,0.1,8\n"
    table, files = lattice("tin", text, "GPa", "angstrom", "angstrom", "angstrom")
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(write(tmp_path / "own", "Tin", files, [table])))
    cells = pattern_series.table_of("tin")
    assert cells.axes == ("a", "c")
    assert cells.table.b.tolist() == [5, 4.9]
    assert cells.table.b_error.tolist() == [0.1, 0.1]
    assert np.isnan(cells.table.c_error).all()
    table, files = cube()
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(write(tmp_path / "two", "Cube", files, [table])))
    cells = pattern_series.table_of("a-cube")
    assert cells.table.pressure[-1] == pytest.approx(5.0)  # from kbar
    assert cells.table.a[0] == pytest.approx(5.0)  # from nm
