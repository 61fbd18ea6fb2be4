"""The crystals that a data package names for a pattern, and what is refused there."""

import json

import pytest

import analysis

GOLD = {"name": "gold", "space_group": "F m -3 m", "a": 3.88}


@pytest.fixture
def package(tmp_path):
    """Return a function that writes a package whose pattern has the given phases."""

    def write(**more):
        entry = {"name": "mine", "path": "a.xy", "kind": "diffraction", "wavelength": 62.0, **more}
        path = tmp_path / "datapackage.json"
        path.write_text(json.dumps({"resources": [entry]}), encoding="utf-8")
        (tmp_path / "a.xy").touch()
        return path

    return write


@pytest.mark.parametrize(
    ("name", "phase", "cell"),
    [
        ("stishovite-39gpa", "gold", (3.88,) * 3),
        ("nist-lab6", "LaB6", (4.1569,) * 3),
        ("nist-iron", "iron", (2.866,) * 3),
        ("manganese-oxide", "MnO", (4.446,) * 3),
        ("titanium-dioxide", "anatase", (3.785, 3.785, 9.514)),
    ],
)
def test_measured_patterns_name_their_crystal(name, phase, cell):
    (found,) = analysis.phases_of(name)
    assert (found.name, found.cell) == (phase, (*cell, 90, 90, 90))


def test_every_pattern_of_the_package_names_a_crystal():
    for dataset in analysis.list_datasets("diffraction"):
        assert analysis.phases_of(dataset.name)
        assert dataset.properties["phases_basis"]


def test_names_are_found_in_any_case_and_several_phases_keep_their_order(package):
    neon = {"name": "neon", "space_group": "Fm-3m", "a": 3}
    found = analysis.phases_of("MINE", package=package(phases=[GOLD, neon]))
    assert [(one.name, one.a) for one in found] == [("gold", 3.88), ("neon", 3)]


@pytest.mark.parametrize("more", [{}, {"phases": []}])
def test_a_pattern_without_phases_has_none(package, more):
    assert analysis.phases_of("mine", package=package(**more)) == ()


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        (GOLD, "resource 'mine': phases is {'name': 'gold'"),
        ("gold", "resource 'mine': phases is 'gold'; allowed: a list of at most 20 crystals"),
        (None, "resource 'mine': phases is None"),
        (["gold"], "'mine': phases, entry 1 is 'gold'; allowed: a mapping with name, space_group"),
        ([GOLD, {"name": "x", "a": 3}], "'mine': phases, entry 2 has no space_group; allowed: a m"),
        ([{}], "resource 'mine': phases, entry 1 has no name, space_group, a; allowed"),
        (
            [{**GOLD, "A": 3}],
            "phases, entry 1 has 'A'; allowed: a mapping with name, space_group and",
        ),
        ([{**GOLD, "name": 3}], "phases, entry 1, name is 3; allowed: a text"),
        ([{**GOLD, "space_group": 225}], "phases, entry 1, space_group is 225; allowed: a text"),
        ([{**GOLD, "a": "3.88"}], "phases, entry 1, a is '3.88'; allowed: a number above 0"),
        ([{**GOLD, "a": True}], "phases, entry 1, a is True; allowed: a number above 0"),
        ([{**GOLD, "a": 388}], "data set 'mine', phase 1: gold: axes are in angstrom"),
        ([{**GOLD, "space_group": "F m 7 m"}], "phase 1: gold: space group 'F m 7 m' is not"),
        ([{**GOLD, "c": 4}], "data set 'mine', phase 1: gold: F m -3 m is cubic"),
    ],
)
def test_what_is_no_crystal_is_refused_by_name(package, phases, words):
    with pytest.raises(analysis.DataError) as caught:
        analysis.phases_of("mine", package=package(phases=phases))
    assert words in str(caught.value)


def test_only_patterns_have_phases():
    with pytest.raises(analysis.DataError, match="'silver' is of kind 'resistance'; only those"):
        analysis.phases_of("silver")
    with pytest.raises(analysis.DataError, match="did you mean 'nist-iron'"):
        analysis.phases_of("nist-irom")
