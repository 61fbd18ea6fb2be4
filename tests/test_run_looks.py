"""The colour and the marker of a run: the same in every figure, on every page, in every build."""

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest

import analysis
from analysis.show import overview, runs, transition_plots
from analysis.show.runs import PALETTE, look, run_look, run_looks, run_of, shades


def of(run=None, sample=None, name="a-curve"):
    return SimpleNamespace(name=name, sample=sample, run=run)


def test_each_run_of_the_paper_has_a_colour_of_its_own():
    paper = [
        dataset
        for dataset in analysis.list_datasets()
        if dataset.origin == "synthetic" and dataset.run
    ]
    named = {run_of(one)[1]: run_look(one) for one in paper}
    main = [look for run, look in named.items() if run != "splitting-trap"]
    assert len({one.hue for one in main}) == len(main) == 6
    assert len(set(named.values())) == len(named)


def test_a_run_looks_the_same_whatever_is_drawn_beside_it():
    datasets = [dataset for dataset in analysis.list_datasets() if dataset.run]
    together = run_looks(datasets)
    assert {run_of(dataset): run_look(dataset) for dataset in datasets} == together


def test_runs_that_no_package_knows_have_looks_in_the_order_of_their_names():
    strangers = [of(run=name, sample="nobody's") for name in "cab"]
    assert run_looks(strangers) == run_looks(reversed(strangers))
    assert len(set(run_looks(strangers).values())) == 3
    taken = {run_look(dataset) for dataset in analysis.list_datasets() if dataset.run}
    assert not taken & set(run_looks(strangers).values())


def test_a_run_is_known_by_its_sample_too():
    assert run_of(of(run="1", sample="s")) != run_of(of(run="1", sample="t"))
    assert run_of(of(sample="s", name="b")) == run_of(of(sample="s"))
    assert run_of(of(name="b")) != run_of(of())


def test_the_looks_of_other_data_follow_their_package(tmp_path, monkeypatch):
    import json

    entries = [
        {"name": run, "kind": "resistance", "path": f"{run}.csv", "sample": "s", "run": run}
        for run in ("late", "early")
    ]
    for entry in entries:
        (tmp_path / entry["path"]).write_text("T,R\n1,1\n2,2\n")
    package = tmp_path / "datapackage.json"
    package.write_text(json.dumps({"name": "mine", "resources": entries}))
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(package))
    assert run_looks([of("early", "s"), of("late", "s")]) == {
        ("s", "late"): look(0),
        ("s", "early"): look(1),
    }


def test_36_looks_differ():
    assert len({look(at) for at in range(36)}) == 36


def lightness(colour):
    """Return what an eye without colours sees: relative luminance."""
    rgb = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


# Viénot, Brettel and Mollon (1999): what eyes without long- or middle-wave cones see.
TO_CONES = np.array(
    [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]]
)
WITHOUT = {
    "red": np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]]),
    "green": np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]]),
}


@pytest.mark.parametrize("missing", WITHOUT)
def test_the_colours_differ_for_readers_without_a_kind_of_cone(missing):
    def seen(colour):
        rgb = np.array(mpl.colors.to_rgb(colour)) ** 2.2
        return np.linalg.solve(TO_CONES, WITHOUT[missing] @ TO_CONES @ rgb)

    for one, other in combinations(PALETTE, 2):
        apart = np.abs(seen(PALETTE[one]) - seen(PALETTE[other])).max()
        assert apart > 0.07, (one, other)
    assert len({look(at).marker for at in range(6)}) == 6  # and the markers differ, too


def test_shades_of_a_run_go_from_light_to_dark():
    for colour in PALETTE.values():
        seen = [lightness(shade) for shade in shades(colour, 7)]
        assert seen == sorted(seen, reverse=True)
        assert len(set(seen)) == 7
    assert list(shades("#0072B2", 1)) == ["#0072B2"]


def test_a_run_has_one_look_in_the_figures_of_the_chapters(ax):
    curves = [analysis.load(f"twin-{one}gpa") for one in ("run2-25.0", "run4-35.0")]
    found = [analysis.analyse_curve(curve) for curve in curves]
    groups = {"run 2": [found[0].transition], "run 4": [found[1].transition]}
    transition_plots.tc_against_pressure(ax, groups)
    drawn = {bars.get_label(): bars[0] for bars in ax.containers}
    for name, curve in zip(groups, curves, strict=True):
        own = run_look(curve)
        assert (drawn[name].get_color(), drawn[name].get_marker()) == (own.colour, own.marker)
    fig = overview.curves_by_run([curves[0], replace(curves[0], pressure=30.0)])
    tones = [line.get_color() for line in fig.axes[0].lines]
    assert tones == list(shades(run_look(curves[0]).colour, 2))
    mpl.pyplot.close(fig)


def test_more_pressures_than_colours_are_all_drawn():
    curve = analysis.load("twin-run2-25.0gpa")
    fig = overview.curves_by_run([replace(curve, pressure=float(at)) for at in range(9)])
    assert len(fig.axes[0].lines) == 9
    mpl.pyplot.close(fig)


def test_a_package_that_cannot_be_read_leaves_figures_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(tmp_path / "none.json"))
    assert run_look(of("1", "s")) == look(0)
    assert runs.run_looks([]) == {}
