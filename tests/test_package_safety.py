"""A data package from someone else: nothing in it reaches outside its folder or stops its others.

Each hostile entry stands beside an honest one. It is refused in one line with status 2, the
honest one is read, and every file outside the package's folder is afterwards what it was.
"""

import json
import os
import re
import stat

import numpy as np
import pytest

import analysis
from analysis.catalogue import package as packages
from analysis.catalogue.datasets import OWN_PACKAGE, describe, refused_datasets
from analysis.catalogue.paths import below
from analysis.cli.main import run
from analysis.errors import UNSEEN

CURVE = "".join(f"{t},{0.1 + 1e-6 * t**2:.6f}\n" for t in range(4, 60))
HIDDEN = "TOP,SECRET\n1,1\n2,2\n"
SHA256 = "sha256:" + 64 * "a"
GOOD = {"name": "good", "path": "rt.csv", "kind": "resistance"}
TWICE = '{"name": "bad", "path": "rt.csv", "kind": "resistance", "pressure": 1, "pressure": 2}'

DIGITS = TWICE.replace('"pressure": 2', f'"x": [1, {{"y": {5000 * "9"}}}]')


def deep(levels):
    return [deep(levels - 1)] if levels else 1


# The case: what its entry says beside name, path and kind, and words of the refusal.
PATHS = {
    "passwd": ({"path": "/etc/passwd"}, "path: '/etc/passwd' is not relative; allowed: a path be"),
    "absolute": ({"path": "{outside}/secret.csv"}, "path: '/.*is not relative"),
    "parent": ({"path": "../outside/secret.csv"}, r"""path: '../outside/secret.csv' has "..";"""),
    "parent within": ({"path": "sub/../../outside/secret.csv"}, r'has ".."'),
    "link": ({"path": "link.csv"}, "path: 'link.csv' is a link, or lies behind one, that leads el"),
    "link to a link": ({"path": "chain.csv"}, "'chain.csv' is a link, or lies behind one"),
    "link in a folder": ({"path": "folder/secret.csv"}, "'folder/secret.csv' is a link, or lies"),
    "link to a device": ({"path": "zero"}, "'zero' is a link, or lies behind one"),
    "dangling link": ({"path": "dangling"}, "path: .*/dangling is not there; put the file there"),
    "endless link": ({"path": "loop"}, "path: .*/loop is not there; put the file there"),
    "device": ({"path": "/dev/zero"}, "'/dev/zero' is not relative"),
    "pipe": ({"path": "pipe"}, "path: .*/pipe is not a regular file; put the file there, or"),
    "directory": ({"path": "sub"}, "path: .*/sub is not a regular file"),
    "this folder": ({"path": "."}, "is not a regular file"),
    "missing": ({"path": "none.csv"}, "path: .*/none.csv is not there; put the file there, or co"),
    "home": ({"path": "~/.ssh/id_rsa"}, "~/.ssh/id_rsa is not there"),
    "drive": ({"path": "C:/secret.csv"}, "path: 'C:/secret.csv' is not relative"),
    "drive without a root": ({"path": "C:secret.csv"}, "'C:secret.csv' is not relative"),
    "share": ({"path": r"\\host\share\secret.csv"}, "is not relative"),
    "backslash": ({"path": r"sub\..\..\secret.csv"}, r'has "\\"; allowed: a path below'),
    "end of a text": ({"path": "rt.csv\0.png"}, "path is 'rt.csv.x00.png'; allowed: a text of 1"),
    "last dot": ({"path": "rt.csv."}, "'rt.csv.' has a name that ends in a dot or a blank"),
    "last blank": ({"path": "sub /rt.csv"}, "'sub /rt.csv' has a name that ends in a dot or a b"),
    "long path": ({"path": "a" * 9000}, r"path is 'a{45}' ... \(9000 characters\); allowed: a te"),
    "long file name": ({"path": "a" * 300}, "is longer than file systems allow"),
    "list of paths": ({"path": ["rt.csv", "/etc/passwd"]}, r"path is \['rt.csv', '/etc/passwd'\];"),
    "no path": ({"path": None}, "path is None; allowed: a text of 1 to 2000 characters"),
}  # fmt: skip
ADDRESS = "http://127.0.0.1:9/rt.csv"
ADDRESSES = {
    "file scheme": ({"path": "file:///etc/passwd", "hash": SHA256}, "allowed: an address of http "),
    "ftp": ({"path": "ftp://host/rt.csv", "hash": SHA256}, "path is 'ftp://host/rt.csv'; allowed:"),
    "password": ({"path": "http://me:geheim@host/a.csv", "hash": SHA256}, "path has an @; allowed"),
    "no host": ({"path": "http:///rt.csv", "hash": SHA256}, "allowed: an address of http or https"),
    "no address": ({"path": "http://[::/rt.csv", "hash": SHA256}, "allowed: an address of http or"),
    "no name": ({"path": "http://host/", "hash": SHA256}, "path ends without the name of a f"),
    "no hash": ({"path": ADDRESS}, "it has no hash; allowed: a file to download needs its sha256"),
    "md5": ({"path": ADDRESS, "hash": "md5:00"}, 'hash is .md5:00.; allowed: "sha256:" and 64 he'),
    "short hash": ({"path": ADDRESS, "hash": SHA256[:-1]}, 'allowed: "sha256:" and 64 hexadecimal'),
    "hash of null": ({"path": ADDRESS, "hash": None}, "hash is None; allowed"),
    "absolute file": ({"file": "{outside}/authorized_keys"}, "file: '/.* is not relative"),
    "file in a parent": ({"file": "../../outside/authorized_keys"}, r'file: .* has ".."; allowed'),
    "file behind a link": ({"file": "away/authorized_keys"}, "file: .*away/auth.* is a link, or l"),
    "file in COMPENDIUM_DATA": ({"file": "out.csv"}, "file: 'out.csv' is a link, or lies behind"),
    "file with a backslash": ({"file": r"..\authorized_keys"}, r'file: .* has "\\"; allowed'),
    "long file": ({"file": "a" * 9000}, r"file: 'a{45}' ... \(9000 characters\) is longer than"),
    "no size": ({"file": "a", "bytes": 0}, "bytes is 0; allowed: a whole number from 1 to 2000000"),
    "size in words": ({"file": "a", "bytes": "5"}, "bytes is '5'; allowed: a whole number"),
    "size of a disk": ({"file": "a", "bytes": 10**13}, "bytes is 10000000000000; allowed: a whole"),
}  # fmt: skip
TYPES = {
    "no kind": ({"kind": None}, "kind is None; allowed: resistance, diffraction, lattice, transit"),
    "unknown kind": ({"kind": "resistence"}, "kind is 'resistence'; allowed: resistance, diff"),
    "kinds": ({"kind": ["resistance"]}, r"kind is \['resistance'\]; allowed"),
    "unknown origin": ({"origin": "mesured"}, "'mesured'; allowed: measured, digitised, recommend"),
    "title of null": ({"title": None}, "title is None; allowed: a text of at most 500 characters "),
    "long title": ({"title": "x" * 501}, r"title is 'x{45}' ... \(501 characters\); allowed: a te"),
    "lines in a title": ({"title": "a\nerror: b"}, r"title is 'a.nerror: b'; allowed"),
    "turned title": ({"title": "a\u202eb"}, r"title is 'a.u202eb'; allowed"),
    "sample": ({"sample": {"a": 1}}, "sample is {'a': 1}; allowed: a text"),
    "half a character": ({"sample": "\ud800"}, r"sample has half a character, '.ud800'; allowed"),
    "half in a key": ({"x\ud800": 1}, "a key of it has half a character"),
    "run": ({"run": 1}, "run is 1; allowed: a text of at most 80 characters on one line, such as "),
    "pressure in words": ({"pressure": "5"}, "pressure is '5'; allowed: a number in GPa from 0 to"),
    "pressure true": ({"pressure": True}, "pressure is True; allowed: a number in GPa from 0 to 1"),
    "negative pressure": ({"pressure": -1}, "pressure is -1; allowed: a number in GPa from 0 to 1"),
    "huge pressure": ({"pressure": 1e300}, r"pressure is 1e\+300; allowed: a number in GPa from"),
    "no pressure": ({"pressure": float("nan")}, "pressure is nan; allowed: a finite number"),
    "infinite pressure": ({"pressure": float("inf")}, "pressure is inf; allowed: a finite number"),
    "whole number": ({"pressure": 10**400}, "pressure is inf; allowed: a finite number"),
    "number nobody reads": (DIGITS, "x, entry 2, y is inf; allowed: a finite"),
    "wavelength in angstrom": ({"wavelength": 1.54}, r"wavelength is 1.54 pm; .* in angstrom"),
    "wavelength": ({"wavelength": [154]}, r"wavelength is \[154\]; allowed: a number in pm"),
    "second wavelength": ({"wavelength_2": 154}, "a second wavelength is given without a first"),
    "phases": ({"phases": [{"name": "a", "space_group": "b", "a": -1}]}, "phases, entry 1, a is -"),
    "columns": ({"columns": ["T", "R"]}, r"columns is \['T', 'R'\]; allowed: a mapping"),
    "column": ({"columns": {"temperature": None}}, "columns, temperature is None; allowed: a text"),
    "role": ({"columns": {"x" * 9000: 1}}, r"columns has 'x{45}' ... \(9000 characters\); allowed"),
    "schema": ({"schema": "T, R"}, "schema is 'T, R'; allowed: a mapping with a list of fields"),
    "fields": ({"schema": {"fields": ["T"]}}, "schema, fields, entry 1 is 'T'; allowed: a mapping"),
    "field": ({"schema": {"fields": [{}]}}, "schema, fields, entry 1 has no name; allowed: a mapp"),
    "dialect": ({"dialect": []}, r"dialect is \[\]; allowed: a mapping with header, commentChar o"),
    "delimiter": ({"dialect": {"csv": {"delimiter": ", "}}}, "csv, delimiter is ', '; allowed: on"),
    "sources": ({"sources": {"title": "a"}}, "sources is {'title': 'a'}; allowed: a list of at mo"),
    "source": ({"sources": ["a"]}, "sources, entry 1 is 'a'; allowed: a mapping such as"),
    "licence": ({"licenses": [{"title": 5}]}, "licenses, entry 1, title is 5; allowed: a text"),
    "channel": ({"channel": 1.5}, "channel is 1.5; allowed: a text of at most 500 characters, or "),
    "decimal": ({"decimal": ";"}, "decimal is .;.; allowed: "),
    "deep": ({"x": deep(50)}, "x, entry 1, entry 1.* is nested deeper than the 20 levels that are"),
    "twice": (TWICE, "it has 'pressure' twice; allowed: once"),
}  # fmt: skip
# The entry's own name is what is wrong, so that it has another one in what is printed.
NAMES = {
    "null": (None, "resource 2: name is None; allowed: a text of 1 to 80 characters", "resource-2"),
    "number": (7, "resource 2: name is 7; allowed", "resource-2"),
    "empty": ("", "resource 2: name is ''; allowed", "resource-2"),
    "star": ("*", "resource 2: name is '.'; allowed: letters, digits and signs", "resource-2"),
    "long": ("a" * 9000, r"name is 'a{45}' ... \(9000 characters\); allowed: a text of", "a" * 80),
    "lines": ("a\nerror: b", r"name is 'a.nerror: b'; allowed: letters, digits", "a error: b"),
    "colours": ("a\x1b[31mb", r"name is 'a.x1b\[31mb'; allowed: letters, digits", "a [31mb"),
    "turned": ("a\u202egpj.b", r"name is 'a.u202egpj.b'; allowed", "a gpj.b"),
    "unseen": ("good\u200b", r"name is 'good.u200b'; allowed: letters", "good-2"),
    "blanks": (" a ", "name is ' a '; allowed: letters, digits", "a"),
    "half": ("a\ud800", "name has half a character", "a"),
}  # fmt: skip
ALL = {**PATHS, **ADDRESSES, **TYPES}


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Lay out a package, a cache and COMPENDIUM_DATA, full of links to what is not theirs."""
    for name in ("mine/sub", "outside/.ssh", "cache/la3ni2o7-compendium", "data"):
        (tmp_path / name).mkdir(parents=True)
    outside, mine = tmp_path / "outside", tmp_path / "mine"
    (outside / "secret.csv").write_text(HIDDEN)
    (outside / "authorized_keys").write_text("ssh-ed25519 AAAA me")
    (mine / "rt.csv").write_text(CURVE)
    for link, target in {
        mine / "link.csv": outside / "secret.csv",
        mine / "chain.csv": mine / "link.csv",
        mine / "folder": outside,
        mine / "zero": "/dev/zero",
        mine / "dangling": mine / "nothing",
        mine / "loop": mine / "loop",
        tmp_path / "cache/la3ni2o7-compendium/away": outside,
        tmp_path / "data/out.csv": outside / "secret.csv",
    }.items():
        link.symlink_to(target)
    os.mkfifo(mine / "pipe")
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(mine / "datapackage.json"))
    monkeypatch.setenv("COMPENDIUM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def snapshot(folder):
    """Return every file below a folder with its bytes, every other entry with what it is."""
    return {
        path: path.read_bytes() if stat.S_ISREG(mode := path.lstat().st_mode) else stat.S_IFMT(mode)
        for path in folder.rglob("*")
    }


def write(world, *entries):
    texts = [entry if isinstance(entry, str) else json.dumps(entry) for entry in entries]
    text = f'{{"resources": [{", ".join(texts)}]}}'
    (world / "mine/datapackage.json").write_text(text.replace("{outside}", str(world / "outside")))


def entry_of(more):
    if isinstance(more, str):
        return more
    downloaded = "file" in more
    where = {"path": ADDRESS, "hash": SHA256} if downloaded else {}
    return {"name": "bad", "path": "rt.csv", "kind": "resistance", **where, **more}


def refusals_in(capsys, count=1):
    """Return what a command said, which is so many lines of plain text."""
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert len(lines) == count, err
    assert all(line.startswith("error: ") and not UNSEEN.search(line) for line in lines)
    assert max(map(len, lines)) < 700
    assert "SECRET" not in out + err
    assert "geheim" not in out + err
    return out, lines


@pytest.mark.parametrize("case", ALL)
def test_a_hostile_entry_is_refused_in_one_line_beside_a_usable_one(case, world, capsys):
    more, words = ALL[case]
    write(world, entry_of(more), GOOD)
    before = snapshot(world)
    assert run(["list"]) == 2
    out, (line,) = refusals_in(capsys)
    assert re.search(r"mine/datapackage.json: resource 'bad': " + f".*{words}", line)
    assert re.search("^good  ", out, re.MULTILINE)
    assert not re.search("^bad  ", out, re.MULTILINE)
    (refusal,) = refused_datasets()
    assert (refusal.name, f"error: {refusal.reason}") == ("bad", line)
    assert refusal.kind == (None if "kind" in more and not isinstance(more, str) else "resistance")
    for verb in (["fit", "resistance"], ["fit", "transition"], ["check"]):
        assert run([*verb, "bad"]) == 2
        _, (said,) = refusals_in(capsys)
        assert verb == ["check"] or said == line
    for call in (analysis.load, analysis.load_table, describe, analysis.phases_of):
        with pytest.raises(analysis.DataError) as caught:
            call("BAD")
        assert str(caught.value) == refusal.reason
    assert len(analysis.load("good")) == 56
    assert snapshot(world) == before


@pytest.mark.parametrize("case", NAMES)
def test_a_hostile_name_is_replaced_by_one_that_can_be_shown(case, world, capsys):
    name, words, shown_as = NAMES[case]
    write(world, GOOD, {**GOOD, "name": name})
    assert run(["list"]) == 2
    out, (line,) = refusals_in(capsys)
    assert re.search(words, line)
    assert "good" in out
    (refusal,) = refused_datasets()
    assert refusal.name == shown_as
    with pytest.raises(analysis.DataError, match=re.escape(refusal.reason)):
        analysis.load(refusal.name)


@pytest.mark.parametrize("entry", ["5", "null", '"rt.csv"', "[]", "{}"])
def test_an_entry_that_is_no_data_set(entry, world, capsys):
    write(world, GOOD, entry)
    assert run(["list"]) == 2
    _, (line,) = refusals_in(capsys)
    assert "resource 2: " in line
    assert "allowed: a mapping with name, path and kind" in line
    assert refused_datasets()[0].kind is None


def test_sets_of_one_name_are_refused_and_the_others_stay(world, capsys):
    write(world, {**GOOD, "name": "Two"}, GOOD, {**GOOD, "name": "two", "kind": "table"})
    assert run(["list", "--kind", "resistance"]) == 2
    out, (line,) = refusals_in(capsys)
    assert "resource 'Two': resource 3 has the same name apart from upper and lower case" in line
    assert "good" in out
    first, second = refused_datasets()
    assert [(one.name, one.kind) for one in (first, second)] == [
        ("Two", "resistance"),
        ("two-3", "table"),
    ]
    assert "resource 'two': resource 1 has the same name" in second.reason
    with pytest.raises(analysis.DataError, match="same name"):
        analysis.load("two")


def test_two_downloads_cannot_want_one_file_of_the_cache(world, capsys):
    a, b = (
        {"name": n, "path": f"http://h/{n}", "kind": "table", "file": f} for n, f in ("aA", "ba")
    )
    write(world, {**a, "hash": SHA256}, {**b, "hash": SHA256.replace("aaa", "bbb")}, GOOD)
    assert run(["list"]) == 2
    _, lines = refusals_in(capsys, 2)
    assert all(
        "another data set with another hash has the same file; rename one" in x for x in lines
    )
    write(world, {**a, "hash": SHA256}, {**b, "hash": SHA256}, GOOD)
    assert run(["list"]) == 0


def test_a_refused_set_is_not_replaced_by_ours_of_the_same_name(world, capsys):
    write(world, {**GOOD, "name": "silver", "run": 2}, GOOD)
    with pytest.raises(analysis.DataError, match="resource 'silver': run is 2"):
        analysis.load("silver")
    assert run(["list", "--json"]) == 2
    out, (line,) = refusals_in(capsys)
    content = json.loads(out)
    assert "silver" not in {dataset["name"] for dataset in content["datasets"]}
    assert [one["reason"] for one in content["refused"]] == [line.removeprefix("error: ")]


def test_a_kind_of_which_all_sets_are_refused_says_why(world, capsys):
    write(world, {**GOOD, "name": "cell", "kind": "transition-temperature", "run": 1}, GOOD)
    with pytest.raises(analysis.DataError, match=r"no data set is of kind .*; refused: .*run is 1"):
        analysis.list_datasets("transition-temperature")
    assert run(["list", "--kind", "diffraction"]) == 0
    assert capsys.readouterr().err == ""


def test_what_an_honest_package_may_say(world):
    write(
        world,
        {
            **GOOD,
            "name": "Run 2, 22.4 GPa (Θ)",
            "path": "./sub/../rt.csv".replace("sub/../", ""),
            "title": "R(T) <3 & more, 22.4\u202fGPa",
            "description": "Several\nlines",
            "run": "2",
            "pressure": 22.4,
            "columns": {"temperature": 1, "resistance": "2"},
            "sources": [{"title": "Me"}],
            "licenses": [{"name": "CC0"}],
            "hash": "md5:00",
            "mine": {"of": ["my", "own"]},
        },
    )
    assert refused_datasets() == ()
    assert len(analysis.load("run 2, 22.4 gpa (θ)")) == 56


def test_a_link_within_the_folder_is_followed(world):
    (world / "mine/sub/inside.csv").symlink_to(world / "mine/rt.csv")
    write(world, {**GOOD, "path": "sub/inside.csv"})
    assert len(analysis.load("good")) == 56


def test_a_folder_that_is_itself_a_link_is_followed(world):
    (world / "elsewhere").symlink_to(world / "mine")
    assert below(world / "elsewhere", "rt.csv") == world / "elsewhere/rt.csv"


def test_a_damaged_set_is_found_again_when_it_is_mended(world):
    write(world, {**GOOD, "path": "late.csv"})
    assert len(refused_datasets()) == 1
    (world / "mine/late.csv").write_text(CURVE)
    assert refused_datasets() == ()
    write(world, {**GOOD, "path": "late.csv", "run": 1})
    assert len(refused_datasets()) == 1


# ---------------------------------------------------------------------------- the whole package


def big(monkeypatch):
    monkeypatch.setattr(packages, "MAX_BYTES", 1000)
    return json.dumps({"resources": [GOOD], "description": 1000 * "x"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (big, "a data package has at most 0 MB"),
        (json.dumps({"resources": 2001 * [0]}), "2001 resources; at most 2000 are allowed"),
        ('{"resources": [], "resources": []}', "has two lists of resources; one is allowed"),
        ('{"resources": %s' % (100_000 * '{"a":'), "cannot be read as JSON|line 1: no JSON"),
        ('{"resources": null}', "a data package needs a list of resources"),
        ("\x00", "line 1: no JSON"),
    ],
)
def test_a_package_that_is_none_is_one_line(text, words, world, capsys, monkeypatch):
    text = text if isinstance(text, str) else text(monkeypatch)
    (world / "mine/datapackage.json").write_text(text)
    for command in (["list"], ["fit", "resistance", "good"]):
        assert run(command) == 2
        _, (line,) = refusals_in(capsys)
        assert re.search(words, line)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pipe", "it is not a regular file"),
        ("zero", "it is not a regular file"),
        ("sub", "it is not a regular file"),
        ("x" * 300, "File name too long"),
        ("none.json", "No such file"),
    ],
)
def test_what_is_no_file_is_no_package(name, words, world):
    with pytest.raises(analysis.DataError, match=words):
        analysis.list_datasets(package=world / "mine" / name)


def test_every_entry_is_checked_once_for_each_content(world, monkeypatch):
    write(world, GOOD)
    seen = []
    wrong = packages._wrong
    monkeypatch.setattr(packages, "_wrong", lambda entry: seen.append(entry) or wrong(entry))
    for _ in range(5):
        analysis.list_datasets(package=world / "mine/datapackage.json")
        analysis.load("good", package=world / "mine/datapackage.json")
    assert len(seen) == 1


def test_mutilated_entries_are_usable_or_refused_but_nothing_else(world):
    """Put anything in the place of anything: no other error, and the good set stays."""
    rng = np.random.default_rng(13)
    source = json.loads(OWN_PACKAGE.read_text(encoding="utf-8"))["resources"]
    odd = [
        None,
        True,
        -1,
        0,
        1e308,
        10**30,
        "",
        "\0",
        "../x",
        "x" * 10_000,
        [],
        {},
        [[]],
        {"a": {}},
    ]
    entries = []
    for _ in range(300):
        entry = json.loads(json.dumps(source[rng.integers(len(source))]))
        place = entry
        while True:
            key = (
                list(place)[rng.integers(len(place))]
                if isinstance(place, dict)
                else rng.integers(len(place))
            )
            if place[key] and isinstance(place[key], (dict, list)) and rng.random() < 0.7:
                place = place[key]
                continue
            place[key] = odd[rng.integers(len(odd))]
            break
        entries.append(entry)
    write(world, GOOD, *entries)
    usable, refused = analysis.list_datasets(), refused_datasets()
    assert "good" in {one.name for one in usable}
    assert len(refused) > 200
    assert len({one.name.lower() for one in refused}) == len(refused)
    for one in (*usable, *refused):
        assert not UNSEEN.search(str(one))
        assert len(one.name) < 90


def test_a_new_package_is_usable_and_valid_for_frictionless(tmp_path):
    from frictionless import Package

    from analysis.catalogue.skeleton import write_skeleton

    package = write_skeleton(tmp_path / "mine")
    assert refused_datasets(package) == ()
    assert len(analysis.list_datasets(package=package)) == 2
    report = Package(str(package)).validate()
    assert report.flatten(["rowNumber", "fieldName", "message"]) == []


def test_a_sheet_of_a_refused_set_is_one_line(world, capsys):
    write(world, {**GOOD, "name": "bad", "run": 1})
    assert run(["sheet", "resistance", "--dataset", "bad", "-o", str(world / "out")]) == 2
    _, (line,) = refusals_in(capsys)
    assert line.endswith(
        'run is 1; allowed: a text of at most 80 characters on one line, such as "1"'
    )
    assert not (world / "out").exists()
