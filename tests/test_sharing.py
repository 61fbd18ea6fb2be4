"""What may be shared: the page says what the licences, the data package and the archive say."""

import json

import pytest

from analysis.catalogue.datasets import OWN_PACKAGE, list_datasets
from compendium.archive import shared
from compendium.chapters.terms_of_use import HERE, NAMED, NOTHING, REMOTE, terms_table

ROOT = OWN_PACKAGE.parent.parent
PAGE = (ROOT / "book" / "how-to" / "sharing.md").read_text(encoding="utf-8")
RESOURCES = json.loads(OWN_PACKAGE.read_text(encoding="utf-8"))["resources"]


@pytest.mark.parametrize(("file", "licence"), [("LICENSE", "MIT"), ("LICENSE-TEXT", "CC BY 4.0")])
def test_the_page_names_the_licence_of_each_file(file, licence):
    assert licence in (ROOT / file).read_text(encoding="utf-8")
    (row,) = [line for line in PAGE.splitlines() if line.endswith(f"| `{file}` |")]
    assert f"| {licence} |" in row


def test_every_set_is_in_the_table_once_with_its_terms():
    rows = terms_table(list_datasets(package=OWN_PACKAGE)).rows
    counts = 0
    for terms, place, sets in rows:
        listed, _, more = sets.partition(" and ")
        names = listed.split(", ")
        counts += len(names) + int(more.split()[0] if more else 0)
        assert len(names) <= NAMED
        for name in names:
            (resource,) = [resource for resource in RESOURCES if resource["name"] == name]
            assert (place == REMOTE) == ("://" in resource["path"])
            assert (
                resource["licenses"][0].get("title") or resource["licenses"][0]["name"]
            ) in terms
    assert counts == len(RESOURCES)
    assert {place for _, place, _ in rows} == {REMOTE, HERE}


def test_a_set_without_terms_says_so(tmp_path):
    (tmp_path / "a.csv").write_text("T,R\n1,1\n2,2\n3,3\n")
    package = tmp_path / "datapackage.json"
    entry = {"name": "a", "path": "a.csv", "kind": "resistance"}
    package.write_text(json.dumps({"resources": [entry]}))
    assert terms_table(list_datasets(package=package)).rows == [(NOTHING, HERE, "a")]


def test_published_figures_are_not_in_the_repository():
    figures = [resource for resource in RESOURCES if resource["kind"] == "figure"]
    assert len(figures) == 2
    assert "Two published figures" in PAGE
    assert {dataset.name for dataset in shared.sets_of_others({"resources": figures})} == {
        figure["name"] for figure in figures
    }
    assert [*(ROOT / "data").rglob("*.pdf"), *(ROOT / "tests").rglob("*.pdf")] == []


def test_every_test_case_is_in_its_list():
    folder = ROOT / "tests" / "cases"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    tables = [file for kind in ("resistance", "diffraction") for file in (folder / kind).iterdir()]
    assert [file.name for file in tables if file.name not in listed] == []
