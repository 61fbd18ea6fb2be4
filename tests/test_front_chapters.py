"""Chapters 3.1 and 3.2 of packages that others could give: all curves drawn, nothing empty."""

import json
import re

import numpy as np
import pytest
from chapter_runs import run_chapter

import analysis
from analysis.transport.transition import transition_fraction

PLACEHOLDER = re.compile(r"\bnan\b|data missing|no such curve|\?\?", re.IGNORECASE)
NEEDS = re.compile(r"^This (section|chapter) needs ", re.MULTILINE)


class Maker:
    """A data package of seeded curves, named here and not before."""

    def __init__(self, folder):
        self.folder = folder
        self.resources = []
        self.random = np.random.default_rng(20261127)

    def curve(self, name, t, r, *, unit="ohm", noise=3e-4, **about):
        r = r + noise * np.max(np.abs(r)) * self.random.standard_normal(t.size)
        rows = "".join(f"{a:.6g},{b:.8g}\n" for a, b in zip(t, r, strict=True))
        (self.folder / f"{name}.csv").write_text(f"T (K),R\n{rows}", encoding="utf-8")
        columns = {"columns": {"temperature": "T (K)", "resistance": "R"}, "resistance_unit": unit}
        self.resources.append(
            {"name": name, "path": f"{name}.csv", "kind": "resistance", **columns, **about}
        )

    def metal(self, name, theta=300.0, *, points=60, scale=1.0, **about):
        t = np.linspace(8, 300, points)
        self.curve(name, t, scale * analysis.resistance(t, theta_d=theta, r0=0.2, a=2), **about)

    def superconductor(self, name, tc=14.0, *, f=40.0, floor=0.0, theta=330.0, **about):
        t = np.unique(np.r_[np.linspace(0.4 * tc, 1.3 * tc, 60), np.linspace(1.3 * tc, 300, 60)])
        r = analysis.resistance(t, theta_d=theta, r0=0.4, a=3)
        left = transition_fraction(np.minimum(t, tc), tc_onset=tc, f=f)
        self.curve(name, t, r * (floor + (1 - floor) * left), **about)

    def jump(self, name, **about):
        """A transition between two neighbouring points: nothing inside of it."""
        t = np.r_[np.linspace(4, 9.25, 22), np.linspace(9.32, 300, 80)]
        r = analysis.resistance(t, theta_d=275, r0=0.3, a=4) * (t > 9.3)
        self.curve(name, t, r, noise=1e-4, **about)

    def semiconductor(self, name, **about):
        t = np.linspace(20, 300, 50)
        self.curve(name, t, np.exp(150 / t), **about)

    def write(self, **more):
        package = {"name": "mine", "title": "Curves of mine", "resources": self.resources, **more}
        path = self.folder / "datapackage.json"
        path.write_text(json.dumps(package), encoding="utf-8")
        return path


def under_pressure(make):
    for pressure, theta in ((5, 310), (12, 335)):
        make.metal(f"cold-{pressure}", theta, pressure=pressure, sample="LaNiSn", run="1")
    for pressure, tc in ((20, 14.0), (25, 16.0)):
        make.superconductor(f"cold-{pressure}", tc, pressure=pressure, sample="LaNiSn", run="b")


def one_metal(make):
    make.metal("only")


def only_a_semiconductor(make):
    make.semiconductor("flake", unit="arbitrary", sample="Si")


def a_jump(make):
    make.jump("film", sample="Nb")


def jumps_and_floors_under_pressure(make):
    make.jump("film-1", sample="Nb", pressure=1.0)
    make.superconductor("film-3", 12.0, floor=0.6, sample="Nb", pressure=3.0)
    make.semiconductor("film-9", sample="Nb", pressure=9.0)


def marks_and_no_pressures(make):
    make.metal("a_1", sample="_<b>$x$</b>", unit="arbitrary", run="*cooling*")
    make.metal("a_2", 250, sample="_<b>$x$</b>", unit="arbitrary", run="*warming*")
    make.superconductor("b", sample="| other `one`", unit="ohm m", pressure=3.0)


def forty_at_one_pressure(make):
    for number in range(40):
        about = {"sample": "many", "pressure": 2.0, "run": str(number % 8)}
        make.metal(f"n{number}", 280 + number, points=24, **about)


def nothing(make):
    (make.folder / "t.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    make.resources.append({"name": "t", "path": "t.csv", "kind": "table"})


PACKAGES = [
    under_pressure,
    one_metal,
    only_a_semiconductor,
    a_jump,
    jumps_and_floors_under_pressure,
    marks_and_no_pressures,
    forty_at_one_pressure,
    nothing,
]


@pytest.fixture(params=PACKAGES, ids=lambda made: made.__name__)
def made(request, tmp_path, monkeypatch):
    """The names of a package's curves, with the package in the environment."""
    make = Maker(tmp_path)
    request.param(make)
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(make.write()))
    return [resource["name"] for resource in make.resources if resource["kind"] == "resistance"]


def all_drawn(run, names):
    """Fail where the points of a curve stand in no axes."""
    lines = [line for ax in run.axes for line in ax.lines if line.get_label() == "data"]
    points = [np.asarray(line.get_xdata()) for line in lines]
    for name in names:
        t = analysis.load(name).temperature
        assert any(np.array_equal(t, point) for point in points), name


def shown_completely(run):
    """Fail where something is empty, was left open or is said too often."""
    assert [ax for ax in run.axes if not ax.has_data()] == []
    for table in run.tables:
        assert table.rows
        assert all(cell.strip() for row in (table.header, *table.rows) for cell in row), str(table)
    asked = set(re.findall(r"\{glue:text\}`([^`]+)`", run.text))
    assert asked <= set(run.words)
    assert not PLACEHOLDER.search(run.said())
    for section in re.split(r"^#+ ", run.text, flags=re.MULTILINE):
        assert len(NEEDS.findall(section)) <= 1


def test_the_debye_chapter_of_any_package(made, monkeypatch):
    run = run_chapter("3-1-debye", monkeypatch)
    all_drawn(run, made)
    shown_completely(run)
    assert len(NEEDS.findall(run.text)) <= 2
    assert "ynthetic twin" not in run.said()
    run.close()


@pytest.mark.usefixtures("made")
def test_the_coupling_chapter_of_any_package(monkeypatch):
    run = run_chapter("3-2-coupling", monkeypatch)
    shown_completely(run)
    assert len(NEEDS.findall(run.text)) <= 2
    assert "1.75" not in run.said()
    run.close()


@pytest.mark.usefixtures("made")
def test_the_page_on_misfits_of_any_package(monkeypatch):
    run = run_chapter("beyond/misfit", monkeypatch)
    shown_completely(run)
    assert len(NEEDS.findall(run.text)) <= 1
    run.close()


@pytest.mark.parametrize(
    ("name", "missing", "ways_to_get_it"),
    [
        ("3-1-debye", [], 1),
        ("3-2-coupling", ["section"], 1),
        ("beyond/misfit", ["section"], 2),
    ],
)
def test_a_newcomer_is_told_once_for_each_section_what_is_not_here(
    name, missing, ways_to_get_it, tmp_path, monkeypatch
):
    for variable in ("COMPENDIUM_DATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    run = run_chapter(name, monkeypatch)
    shown_completely(run)
    assert NEEDS.findall(run.text) == missing
    assert run.text.count("sec-getting-data") == ways_to_get_it
    if name == "3-1-debye":
        curves = analysis.list_datasets("resistance")
        all_drawn(run, [curve.name for curve in curves if curve.origin == "synthetic"])
    run.close()
