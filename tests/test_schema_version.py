"""Schema versions: each form states its own, older ones are read, newer ones are refused."""

import json

import pytest

import analysis
from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.catalogue.package import age_of, read_package
from analysis.catalogue.skeleton import write_skeleton
from analysis.cli import schema
from analysis.numerics.schema_version import OUTPUT, PACKAGE, RESULTS, remark_on, version_of
from compendium.compare import main as compare

ENTRY = {"name": "mine", "path": "mine.csv", "kind": "resistance"}
ROWS = "T (K),R (ohm)\n" + "".join(f"{t},{1 + t / 300:.4f}\n" for t in range(4, 300, 4))
SHEET = {"name": "a", "numbers": {"theta_d": {"value": 500.0, "stderr": 2.0, "unit": "K"}}}


@pytest.fixture
def package(tmp_path):
    def write(**more):
        (tmp_path / "mine.csv").write_text(ROWS)
        path = tmp_path / "datapackage.json"
        path.write_text(json.dumps({"resources": [ENTRY], **more}))
        return path

    return write


@pytest.fixture
def results(tmp_path):
    def write(name="results.json", **more):
        path = tmp_path / name
        path.write_text(json.dumps({"date": "", "versions": {}, "sheets": [], **more}))
        return path

    return write


@pytest.mark.parametrize("bad", ["2", 2.0, True, 0, -1, None, [2], 10**400])
def test_what_is_no_version_is_refused(bad):
    with pytest.raises(analysis.DataError, match="schema_version is"):
        version_of({"schema_version": bad}, newest=2)


def test_only_older_forms_have_a_remark():
    assert [remark_on(version, newest=3) is None for version in (1, 2, 3)] == [False, False, True]
    assert "release 0.1" in remark_on(1, newest=3)
    assert "release" not in remark_on(2, newest=3)


# ------------------------------------------------------------------------------ packages


def test_the_packages_of_this_release_state_its_version(tmp_path):
    for path in (OWN_PACKAGE, write_skeleton(tmp_path / "new")):
        package = read_package(path)
        assert package.said["schema_version"] == PACKAGE
        assert age_of(package, path) is None


def test_a_package_of_the_first_release_is_read_and_told_how_to_move(package, cli, monkeypatch):
    path = package()
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(path))
    status, out, err = cli("list")
    assert status == 0
    assert "mine" in out
    assert err.count("\n") == 1
    assert f"remark: {path}: schema_version 1 (release 0.1) is older than {PACKAGE}" in err
    assert f'add "schema_version": {PACKAGE} to it' in err
    package(schema_version=PACKAGE)
    assert cli("list")[2] == ""


def test_a_newer_package_is_refused_by_whatever_reads_it(package, cli, monkeypatch):
    path = package(schema_version=PACKAGE + 1)
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(path))
    with pytest.raises(
        analysis.DataError, match=f"schema_version is {PACKAGE + 1}, which is newer"
    ):
        analysis.load("mine")
    for command in (["list"], ["fit", "resistance", "mine"]):
        status, out, err = cli(*command)
        assert (status, out) == (2, "")
        assert "install a newer release" in err
        assert err.count("\n") == 1


# ------------------------------------------------------------------------------- results


def test_results_of_the_first_release_are_read_and_newer_ones_are_not(results):
    assert analysis.load_results(results()).schema_version == 1
    assert analysis.load_results(results(schema_version=RESULTS)).schema_version == RESULTS
    with pytest.raises(analysis.DataError, match=r"results.json: .*newer than this release"):
        analysis.load_results(results(schema_version=RESULTS + 1))


def test_builds_of_two_releases_are_compared_with_a_remark(results, capsys):
    old = results("old.json", sheets=[SHEET])
    new = results("new.json", sheets=[SHEET], schema_version=RESULTS)
    assert compare([str(old), str(new)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"{old}: schema_version 1 (release 0.1) is older than")
    assert len(told) == 2
    later = results("later.json", schema_version=RESULTS + 1)
    assert compare([str(later), str(new)]) == 2
    assert "newer than this release" in capsys.readouterr().err
    # Whatever else a later form calls by other names.
    later.write_text(json.dumps({"schema_version": RESULTS + 1}))
    assert compare([str(later), str(new)]) == 2
    assert "newer than this release" in capsys.readouterr().err


# ------------------------------------------------------------------------------ --json


@pytest.mark.parametrize(
    "words",
    [
        ("fit", "resistance", "twin-run1-1.6gpa"),
        ("fit", "pressure", "--ruby", "705.2"),
        ("check", "silver"),
        ("list", "--kind", "lattice"),
        ("exercise", "--student", "Ada Lovelace", "--key"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_every_object_begins_with_its_version(words, cli):
    content = json.loads(cli(*words, "--json")[1])
    assert next(iter(content.items())) == ("schema_version", OUTPUT)


def test_every_line_of_many_begins_with_its_version(cli, tmp_path):
    (tmp_path / "broken.csv").write_text("T,R\n4,1\n5,x\n")
    _, out, _ = cli("fit", "resistance", "silver", tmp_path / "broken.csv", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["schema_version"] for line in lines] == [OUTPUT, OUTPUT]


@pytest.mark.parametrize("command", schema.commands())
def test_the_json_schema_takes_this_version_alone(command):
    for branch in schema.schema_of(command)["anyOf"]:
        assert branch["properties"]["schema_version"]["const"] == OUTPUT
        assert branch["required"][0] == "schema_version"
