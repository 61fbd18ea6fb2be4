"""Pages on 3.3 and 3.4 of packages of one's own: all is shown, and no word stands for a gap."""

import json
import re
from dataclasses import asdict, replace

import numpy as np
import pytest
from chapter_runs import run_chapter
from foreign_packages import WAVELENGTH, curve, pattern, resource, write
from small_results import sheet

from analysis import DataError
from compendium.chapters import pattern_series
from compendium.chapters.roles import decide


def lattice(name, text, *units):
    """Return a resource of lattice constants, and its file."""
    heads = text.splitlines()[0].split(",")
    units = dict(zip(heads, units, strict=False))
    fields = [
        {"name": head, "type": "number", **({"unit": units[head]} if head in units else {})}
        for head in heads
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
    flat = (
        f"{x:.2f} {n}" for x, n in zip(np.arange(6, 26, 0.02), rng.poisson(50, 1000), strict=True)
    )
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


# Words that stand for a number that is not there.
PLACEHOLDER = re.compile(r"no value\b(?! of)|not computed|not measured|\bnan\b")
GLUED = re.compile(r"\{glue:text\}`([^`]+)`")
NEEDS = re.compile(r"^This (?:section|chapter) needs .*$", re.MULTILINE)


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """Run a chapter of a package: what is seen has data, and no word stands for what is missing."""
    runs = []

    def run(name, package, results=None):
        monkeypatch.setenv("COMPENDIUM_PACKAGE", str(package))
        # The measured sets are not on this machine.
        monkeypatch.setenv("COMPENDIUM_DATA", str(tmp_path / "none"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none"))
        monkeypatch.setenv("COMPENDIUM_RESULTS", str(results or tmp_path / "none.json"))
        trace = tmp_path / "trace"
        monkeypatch.setenv("COMPENDIUM_TRACE", str(trace))
        runs.append(run_chapter(name, monkeypatch))
        ran = runs[-1]
        assert [ax.get_ylabel() for ax in ran.axes if not ax.has_data()] == []
        glued = [ran.words[name] for name in GLUED.findall(ran.text)]
        assert PLACEHOLDER.findall("\n".join([*glued, *map(str, ran.shown)])) == []
        assert not [row for table in ran.tables for row in table.rows if "" in row]
        said = NEEDS.findall(ran.text)
        assert len(said) == len(set(said))
        names = {line.partition("\t")[0] for line in trace.read_text().splitlines()}
        return ran, names

    yield run
    for ran in runs:
        ran.close()


def prose(ran):
    """Return the running text with the glued words in it."""
    text = re.sub(r"^```.*?^```$", "", ran.text, flags=re.DOTALL | re.MULTILINE)
    return GLUED.sub(lambda found: ran.words[found[1]], text)


def titles(ran):
    return {ax.get_title(loc="left") for ax in ran.axes}


def test_patterns_of_any_kind_are_shown(chapter, tmp_path):
    ran, used = chapter("3-3-pressures", mixed_bag(tmp_path / "own"))
    assert {"powder", "glass", "a-cube"} <= used
    # The one without lines as it is, with the reason; the table's own axis, and no other.
    assert "glass" in titles(ran)
    assert any(str(one).startswith("No strain") and "glass" in str(one) for one in ran.shown)
    axes = [row[:3] for table in ran.tables for row in table.rows if row[0] == "a-cube"]
    assert axes == [("a-cube", "$a$", "0"), ("a-cube", "$a$", "5")]
    assert not any(word in prose(ran).lower() for word in ("twin", "the splitting"))


def test_one_pattern_without_a_strain_is_shown_with_the_reason(chapter, tmp_path):
    own = mixed_bag(tmp_path / "own")
    content = json.loads(own.read_text())
    content["resources"] = [one for one in content["resources"] if one["name"] == "glass"]
    own.write_text(json.dumps(content))
    for page in ("3-3-strain", "3-3-pressures"):
        ran, used = chapter(page, own)
        assert "glass" in used & titles(ran)
        assert any(str(one).startswith("No strain") for one in ran.shown)


def test_lessons_of_other_samples_need_data_of_this_project(chapter, tmp_path):
    ran, _ = chapter("3-3-lessons", mixed_bag(tmp_path / "own"))
    assert len(NEEDS.findall(ran.text)) == 4  # gold, anatase, a standard, three axes
    assert ran.figures == []


REGIONS = [{"name": "low", "to": 10}, {"name": "high", "from": 10}]
STANNIDES = [("lanisn-5", 5.0, 310.0), ("lanisn-12", 12.0, 335.0), ("lanisn-20", 20.0, 360.0)]


def stannides():
    """Return sheets of one sample at three pressures, as if they had been executed."""
    return [
        replace(sheet(name, p, run=None, theta_d=(theta, 2.0)), sample="LaNiSn")
        for name, p, theta in STANNIDES
    ]


def test_results_against_pressure_of_two_samples(chapter, tmp_path):
    own = under_pressure(tmp_path / "own", regions=REGIONS)
    other = replace(sheet("ynisn-8", 8.0, run=None, theta_d=(290.0, 2.0)), sample="YNiSn")
    silver = replace(sheet("silver", None, run=None, theta_d=(215.0, 2.0)), sample="silver")
    results = results_of(tmp_path, *stannides(), other, silver)
    ran, used = chapter("3-4-pressure", own, results)
    second, _ = chapter("3-4-strain-cell", own, results)
    everything = next(table for table in ran.tables if table.header[-1] == "result")
    # Those of the package, and none of the project's own.
    assert [f"{row[2][4:7]}" for row in everything.rows] == ["310", "335", "360", "290"]
    assert {"lanisn-5", "lanisn-12", "lanisn-20", "ynisn-8"} <= used
    text = prose(ran) + prose(second)
    assert ran.words["theta-where"] == "in the high region"
    assert "low from 0 to 10 GPa, high from 10 GPa on" in text
    assert "constant and sloping cannot be told apart" in text
    assert len(NEEDS.findall(second.text)) == 3  # transitions, strains, and a measured table
    assert not any(word in text for word in ("Fmmm* region", "synthetic twin", "18 GPa"))


def test_without_regions_the_verdict_is_about_the_whole_range(chapter, tmp_path):
    own = under_pressure(tmp_path / "own")
    ran, _ = chapter("3-4-pressure", own, results_of(tmp_path, *stannides()))
    assert ran.words["theta-verdict"].startswith("A slope of the Debye temperature is seen from 5")
    assert "over the whole range" in prose(ran)
    assert "names no regions of pressure" in prose(ran)


def test_without_a_result_no_figure_is_drawn_and_that_is_said(chapter, tmp_path):
    ran, _ = chapter("3-4-pressure", under_pressure(tmp_path / "own"), results_of(tmp_path))
    assert ran.words["theta-sensitivity"] == ran.words["theta-deciding"] == ""


# ------------------------------------------------------------- tables of lattice constants


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
