"""Which data set plays which role: as the package says, else by choices that are said."""

import json
import math

import foreign_packages
import pytest

from analysis.catalogue.book import book_section
from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.errors import DataError
from compendium.chapters import ROLES
from compendium.chapters.roles import Roles, decide, roles
from compendium.facts import facts_of


@pytest.fixture(scope="module")
def ceria(tmp_path_factory):
    return foreign_packages.patterns_and_transition(tmp_path_factory.mktemp("ceria") / "mine")


@pytest.fixture(scope="module")
def lanisn(tmp_path_factory):
    return foreign_packages.curves_under_pressure(tmp_path_factory.mktemp("lanisn") / "mine")


def names(datasets):
    return [dataset.name for dataset in datasets]


def said_by(package, book, tmp_path, **more):
    """Return a package with a ``book`` section, beside the files of another."""
    content = json.loads(package.read_text()) | {"book": book} | more
    changed = package.parent / f"{tmp_path.name}.json"
    changed.write_text(json.dumps(content))
    return changed


def test_the_projects_own_package_says_every_role():
    found = decide()
    assert (found.paper, found.twin, found.foreign, found.said) == (True, True, False, ())
    assert found.transition.name == "twin-zero-resistance-22.4gpa"
    assert found.pattern.name == "twin-xrd-10.5gpa"
    assert [len(one) for one in (found.curves, found.series, found.lattice)] == [17, 14, 1]
    assert found.regions[-1] == ("Fmmm", 20.0, math.inf)


def test_curves_of_one_sample(lanisn, monkeypatch):
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(lanisn))
    found = decide()
    assert (found.paper, found.twin, found.foreign) == (False, False, True)
    assert (found.title, found.sample) == ("LaNiSn under pressure", "LaNiSn")
    assert names(found.curves) == ["lanisn-5gpa", "lanisn-12gpa", "lanisn-20gpa"]
    assert (found.curve.name, found.transition.name) == ("lanisn-5gpa", "lanisn-20gpa")
    assert (found.series, found.pattern, found.regions) == ((), None, ())
    assert len(found.said) == 1  # there is one sample and one transition
    true = {one for one in facts_of(found).true if not one.startswith("data:")}
    assert {"foreign", "curves", "pressures", "transition"} <= true
    assert not true & {"paper", "twin", "transitions", "patterns", "cells", "regions"}


def test_patterns_and_a_transition_of_another_sample(ceria, monkeypatch):
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(ceria))
    found = decide()
    assert found.sample == "CeO2"
    assert names(found.series) == ["ceria-1gpa", "ceria-6gpa", "ceria-11gpa"]
    assert (found.transition.name, names(found.curves)) == ("nb3sn", ["nb3sn"])
    assert "The leading sample is CeO2, measured at 3 pressures: 0 curves, 3 patterns" in found.said
    assert {"patterns", "series", "cells", "transition"} <= facts_of(found).true


def test_the_package_decides(ceria, monkeypatch, tmp_path):
    book = {
        "sample": "Nb3Sn",
        "pattern": "Ceria-6GPa",
        "series": ["ceria-6gpa", "ceria-11gpa"],
        "regions": [{"name": "low", "to": 4}, {"name": "high", "from": 4, "to": 20}],
        "leave_out": ["nb3sn"],
    }
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(said_by(ceria, book, tmp_path, title=" A\n B ")))
    found = decide()
    assert (found.title, found.sample, found.pattern.name) == ("A B", "Nb3Sn", "ceria-6gpa")
    assert names(found.series) == ["ceria-6gpa", "ceria-11gpa"]
    assert (found.curves, found.curve, found.left_out) == ((), None, ("nb3sn",))
    assert found.regions == (("low", 0.0, 4.0), ("high", 4.0, 20.0))
    assert found.said == ()


def test_what_cannot_be_read_has_no_role_and_is_named(lanisn, monkeypatch, tmp_path):
    content = json.loads(lanisn.read_text())
    (lanisn.parent / "broken.csv").write_text("T (K),R (ohm)\n1,2\nthree,4\n")
    broken = {"name": "broken", "path": "broken.csv", "kind": "resistance"}
    resources = [*content["resources"], broken]
    package = said_by(lanisn, {"curve": "broken"}, tmp_path, resources=resources)
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(package))
    found = decide()
    assert found.curve.name == "lanisn-5gpa"
    assert found.said[0].startswith("broken has no role, because it cannot be read: ")
    assert any(one.startswith("The package names broken as the curve that") for one in found.said)


def test_roles_of_a_build_are_those_that_it_decided_on(lanisn, monkeypatch, tmp_path):
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(lanisn))
    decided = decide()
    file = tmp_path / "roles.json"
    file.write_text(json.dumps({"roles": decided.to_dict() | {"title": "kept"}}))
    monkeypatch.setenv(ROLES, str(file))
    found = roles()
    assert found.title == "kept"
    assert found == Roles(**{**vars(decided), "title": "kept"})


@pytest.mark.parametrize(
    ("book", "message"),
    [
        ([], "book is []; allowed: a mapping with sample, curve"),
        ({"curves": "a"}, "book has 'curves' (did you mean curve?); allowed: a mapping"),
        ({"curve": 7}, "book, curve is 7; allowed: a text of 1 to 80 characters"),
        ({"curve": "nb3so"}, "curve is 'nb3so', which is not a data set; did you mean 'nb3sn'?"),
        (
            {"curve": "ceria-1gpa"},
            "data set of kind diffraction; allowed: a data set of kind resistance",
        ),
        ({"series": ["nb3sn"]}, "series is 'nb3sn', a data set of kind resistance"),
        ({"series": "xrd"}, "series is 'xrd', which is not a run of diffraction patterns; there"),
        ({"series": 5}, "series is 5; allowed: a run, or a list"),
        ({"sample": "CeO3"}, "sample is 'CeO3', which is not a sample; did you mean 'CeO2'?"),
        ({"leave_out": ["x"]}, "leave_out is 'x', which is not a data set; there are 'ceria-1gpa'"),
        (
            {"regions": [{"name": "a", "form": 1}]},
            "entry 1 has 'form' (did you mean from?); allowed: a mapp",
        ),
        (
            {"regions": [{"from": 1}]},
            "book, regions, entry 1 has no name; allowed: a mapping",
        ),
        (
            {"regions": [{"name": "a", "to": 9}, {"name": "b", "from": 8}]},
            "'b' is from 8 to inf GPa; allowed: regions with names of their own that ascend",
        ),
    ],
)
def test_a_wrong_book_section_is_one_line(ceria, tmp_path, book, message):
    package = said_by(ceria, book, tmp_path)
    with pytest.raises(DataError) as caught:
        book_section(package)
    assert str(caught.value).startswith(f"{package}: book")
    assert message in str(caught.value).replace("\n", " ")


def test_a_package_without_any_word_is_called_by_its_folder(ceria, tmp_path):
    assert book_section(said_by(ceria, {}, tmp_path, title=3, name=None)).title == "mine"
    assert book_section(OWN_PACKAGE).leave_out
