"""What `make archive` writes, from a made-up clone and a made-up build, read back by others.

RO-Crate is read back by rocrate. For the required properties of CITATION.cff, codecheck.yml and
.zenodo.json there are small schemas of our own, written from the specifications that they name:
Citation File Format 1.2.0, CODECHECK configuration file 2.0, and Zenodo's deposit form.
"""

import csv
import hashlib
import io
import json
import re
import subprocess
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import fastjsonschema
import pytest
import yaml
from rocrate.rocrate import ROCrate

from analysis.errors import DataError
from compendium.archive.__main__ import write_archive
from compendium.archive.citation import codemeta, highwire, read_citation, zenodo
from compendium.archive.codecheck import (
    FROM_CODECHECKER,
    PAPER_FIGURES,
    SPECIFICATION,
    codecheck_yml,
    manifest,
)
from compendium.archive.shared import origins
from compendium.chapters.figure_files import MIME
from compendium.checkout import commit_of
from compendium.notebooks import VIEW, WIDGETS
from compendium.publish import cited
from compendium.status import NOT_KEPT, signed

ROOT = Path(__file__).resolve().parent.parent
CITATION = read_citation(ROOT / "CITATION.cff")
TEXT = {"type": "string", "minLength": 1}
ORCID = {"type": "string", "pattern": r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$"}
ADDRESS = {"type": "string", "pattern": "^https://"}


def table(properties, *optional, more=False):
    """Return the schema of a table in which all keys are required but the optional ones."""
    return {
        "type": "object",
        "properties": properties,
        "required": [key for key in properties if key not in optional],
        "additionalProperties": more,
    }


def rows(schema):
    return {"type": "array", "minItems": 1, "items": schema}


# --- schemas ------------------------------------------------

# https://github.com/citation-file-format/citation-file-format, schema guide of 1.2.0.
PERSON = table({"family-names": TEXT, "given-names": TEXT, "orcid": ADDRESS}, "orcid")
GROUP = table({"name": TEXT})
WHO = rows({"anyOf": [PERSON, GROUP]})
IDENTIFIER = table(
    {"type": {"enum": ["doi", "url", "swh", "other"]}, "value": TEXT, "description": TEXT},
    "description",
)
REFERENCE = table(
    {
        "type": {"enum": ["article", "book", "data", "software", "generic"]},
        "title": TEXT,
        "authors": WHO,
        "year": {"type": "integer"},
        "identifiers": rows(IDENTIFIER),
    },
    *("year", "identifiers"),
)
CFF = table(
    {
        "cff-version": {"const": "1.2.0"},
        "message": TEXT,
        "title": TEXT,
        "authors": WHO,
        "type": {"enum": ["software", "dataset"]},
        "abstract": TEXT,
        "version": TEXT,
        "license": {"enum": ["MIT"]},
        "keywords": {**rows(TEXT), "uniqueItems": True},
        "doi": {"type": "string", "pattern": r"^10\.\d{4,9}/.+"},
        "date-released": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "references": rows(REFERENCE),
    },
    *("type", "abstract", "version", "license", "keywords", "doi", "date-released", "references"),
)
# https://codecheck.org.uk/spec/config/2.0/: what the author has to state. Paths are relative.
CODECHECK = table(
    {
        "version": {"const": "https://codecheck.org.uk/spec/config/2.0/"},
        "manifest": rows(
            table(
                {"file": {"type": "string", "pattern": r"^(?!/|\.\.)."}, "comment": TEXT}, "comment"
            )
        ),
        "paper": table(
            {
                "title": TEXT,
                "authors": rows(table({"name": TEXT, "ORCID": ORCID}, "ORCID")),
                "reference": ADDRESS,
            }
        ),
    },
    more=True,
)
# https://developers.zenodo.org, "Deposit metadata".
ZENODO = table(
    {
        "title": TEXT,
        "upload_type": {"enum": ["software", "dataset", "publication"]},
        "description": TEXT,
        "creators": rows(table({"name": TEXT, "orcid": ORCID}, "orcid")),
        "access_right": {"const": "open"},
        "license": TEXT,
        "publication_date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "related_identifiers": rows(
            table({"identifier": TEXT, "relation": {"enum": ["references"]}}, more=True)
        ),
    },
    more=True,
)


def holds(schema, content):
    """Raise where a content is not as the schema says."""
    fastjsonschema.compile(schema)(content)


def test_citation_is_as_its_format_says():
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    holds(CFF, json.loads(json.dumps(said, default=str)))  # YAML knows days, JSON does not


@pytest.mark.parametrize("key", ["title", "abstract", "references"])
def test_a_citation_that_lacks_something_is_refused_by_name(tmp_path, key):
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    del said[key]
    file = tmp_path / "CITATION.cff"
    file.write_text(yaml.safe_dump(said), encoding="utf-8")
    with pytest.raises(DataError, match=rf"CITATION\.cff: lacks {key}; the archive"):
        read_citation(file)


@pytest.mark.parametrize(("text", "why"), [("a: [", "not valid YAML"), ("- a", "not a table")])
def test_a_file_that_is_no_citation_is_refused(tmp_path, text, why):
    (tmp_path / "CITATION.cff").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=why):
        read_citation(tmp_path / "CITATION.cff")


def test_citation_has_one_source():
    said = codemeta(CITATION, date="2026-11-27", address="https://git.example/a/b")
    assert said["@type"] == "SoftwareSourceCode"
    assert said["name"] == CITATION.title
    assert said["license"] == "https://spdx.org/licenses/MIT"
    assert said["codeRepository"] == "https://git.example/a/b"
    assert said["referencePublication"]["@id"] == "https://arxiv.org/abs/2401.00804"
    assert [one["familyName"] for one in said["referencePublication"]["author"]] == [
        "Talantsev",
        "Chistyakov",
    ]
    form = zenodo(CITATION, date="2026-11-27")
    holds(ZENODO, form)
    assert form["creators"] == [{"name": said["author"][0]["name"]}]
    assert form["related_identifiers"][0]["identifier"] == "arXiv:2401.00804"


# --- codecheck.yml ------------------------------------------------


def test_codecheck_has_what_the_author_states_and_says_what_is_missing():
    text = codecheck_yml(CITATION, dict.fromkeys(PAPER_FIGURES.values(), "synthetic"))
    said = yaml.safe_load(text)
    assert text.startswith("---\n")
    assert said["version"] == SPECIFICATION
    holds(CODECHECK, said)
    assert not set(said) & set(FROM_CODECHECKER)  # nobody has checked it
    comments = " ".join(re.findall("^# (.*)$", text, re.MULTILINE))
    assert "nobody has checked this archive yet" in comments
    assert all(field in comments for field in FROM_CODECHECKER)
    for one in said["paper"]["authors"]:
        assert ("ORCID" in one) != (one["name"] in comments)


def test_the_manifest_is_the_figures_of_the_paper_and_the_results():
    listed = manifest(dict.fromkeys(PAPER_FIGURES.values(), "synthetic"))
    numbers = {int(re.search(r"Figure (\d)", one["comment"])[1]) for one in listed[:-2]}
    assert numbers == set(range(2, 10))
    assert all(one["comment"].endswith("data: synthetic") for one in listed[:-2])
    assert [one["file"] for one in listed[-2:]] == ["results.csv", "results.json"]
    assert manifest({"fig-transition": ""})[0] == {
        "file": "figures/fig-transition.svg",
        "comment": "after Figure 7 of the paper",
    }


def test_the_book_draws_each_figure_of_the_manifest_and_says_after_which_it_is():
    texts = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "book").glob("*.md"))
    for number, name in PAPER_FIGURES.items():
        caption = re.search(rf"name: {name}\n(.*?)\n---", texts, re.DOTALL)
        assert caption, name
        assert f"Fig. {number}" in " ".join(caption[1].split()), name


# --- tags in the head of pages ------------------------------------------------


def test_a_page_says_how_to_cite_it():
    tags = list(highwire(CITATION, page="3.1 <Debye>", book="Book", year="2026"))
    said = dict(tags)
    assert said["citation_title"] == "3.1 <Debye>"
    assert said["citation_inbook_title"] == "Book"
    assert said["citation_publication_date"] == CITATION.date.replace("-", "/")
    undated = dict(highwire(replace(CITATION, date=""), page="3.1", book="Book", year="2026"))
    assert undated["citation_publication_date"] == "2026"
    assert [text for name, text in tags if name == "citation_author"] == [
        author.sorted_name for author in CITATION.authors
    ]
    assert not {"citation_doi", "citation_fulltext_html_url"} & set(said)
    front = dict(highwire(CITATION, page="Book", book="Book", year="2026", address="https://a/"))
    assert "citation_inbook_title" not in front
    assert front["citation_fulltext_html_url"] == "https://a/"


def test_tags_are_escaped_and_a_book_of_other_data_has_none(tmp_path, monkeypatch):
    tags = cited("3.1 <Debye>", "Book", "2026", "")
    assert '<meta name="citation_title" content="3.1 &lt;Debye&gt;"/>' in tags
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(tmp_path / "datapackage.json"))
    assert cited("3.1 <Debye>", "Book", "2026", "") == []


# --- a made-up clone, and its build ------------------------------------------------

POINTS = "1,data,4.5,0.25,,\n"


def head(origin):
    return f"# panel 1: x: T (K); y: R (Ω); origin: {origin}\npanel,series,x,y,lower,upper\n"


DRAWN = {
    "fig-debye-run1": ("3-1-debye", head("synthetic")),
    "fig-copper": ("3-1-debye", head("measured")),
    "fig-closed": ("3-2-coupling", head("measured")),
    "fig-transition": ("3-2-coupling", head("synthetic")),
    "closed-figure": ("sheets/closed", head("digitised")),
}
READ = {
    "chapters/3-1-debye": ["own", "open"],
    "chapters/3-2-coupling": ["own", "closed"],
    "sheets/closed": ["closed"],
}


def resource(name, path, *licences):
    return {
        "name": name,
        "title": f"Set {name}",
        "path": path,
        "licenses": [{"name": licence, "title": f"{licence} in words"} for licence in licences],
        "sources": [{"title": f"Authors of {name}"}],
    }


PACKAGE = {
    "name": "sets",
    "resources": [
        resource("own", "synthetic/own.csv", "CC-BY-4.0"),
        resource("numbers", "numbers.csv", "notspecified"),
        resource("open", "https://host.example/open.csv", "MIT"),
        resource("closed", "https://host.example/closed.csv", "notspecified"),
    ],
}


def notebook(name, seconds):
    how = {"status": "ok", "seconds": seconds, "memory_mb": round(100 * seconds)}
    files = {"svg": "<svg/>", "csv": f"csv of {name}"}
    data = {"image/png": "iVBORw0KGgo=", MIME: files}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    # A live figure: its name and its place in memory are another in every run.
    model = f"{hash(seconds):032x}"
    shown = {VIEW: {"model_id": model}, "text/plain": f"<Explorer at 0x{hash(seconds):x}>"}
    widget = {"output_type": "display_data", "metadata": {}, "data": shown}
    states = {"state": {model: {"model_name": "AnyModel", "state": {"_esm": "export {};"}}}}
    code = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ""}
    cells = [
        {"id": "1", "cell_type": "markdown", "metadata": {}, "source": f"# {name}: Θ"},
        {"id": "2", "outputs": [output], **code},
        {"id": "3", "outputs": [widget], **code},
    ]
    metadata = {"compendium": how, "widgets": {WIDGETS: states}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})


def write(folder, files):
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def made_build(build, seconds=1.5):
    """Write what a build leaves, as far as an archive takes it, some seconds past an hour."""
    date = f"2026-11-27T08:00:{int(seconds):02}+00:00"
    results = {"date": date, "versions": {"python": "3.11.7"}, "sheets": []}
    files = {
        "results.csv": f"# {date}\nname,value\nown,4\n",
        "results.json": json.dumps(results, indent=1),
        "html/index.html": "<title>Book</title>",
        "html/404.html": "for servers",
        "html/status.html": signed(
            '<p class="made-from"></p><div class="made-here"></div>',
            *("status.html", "commit 1", f"<p>{seconds} s</p>"),
        ),
        "html/_downloads/0a/results.json": json.dumps(results, indent=1),
        "executed/choices/long.ipynb": notebook("long", seconds),
        "source/figures.json": json.dumps(
            {f"{page} {number} 0": name for number, (name, (page, _)) in enumerate(DRAWN.items())}
        ),
    }
    for name, (_, table_head) in DRAWN.items():
        files[f"html/figures/{name}.svg"] = f"<svg>{name}</svg>"
        files[f"html/figures/{name}.csv"] = table_head + POINTS
    for page, loaded in READ.items():
        files[f"executed/{page}.ipynb"] = notebook(page, seconds)
        files[f"executed/{page}.used"] = json.dumps({"used": loaded, "loaded": loaded})
    write(build, files)


def git(root, *words):
    me = ["-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, *me, *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Return a clone of a small project that has been built."""
    root = tmp_path_factory.mktemp("clone")
    for name in ("CITATION.cff", "LICENSE", "LICENSE-TEXT"):
        write(root, {name: (ROOT / name).read_text(encoding="utf-8")})
    write(root, {
        ".gitignore": "_build/\n",
        "analysis/law.py": "N = 5\n",
        "data/README.md": "# Data\n",
        "data/datapackage.json": json.dumps(PACKAGE),
        "data/numbers.csv": "T,R\n300,1\n",
        "data/synthetic/own.csv": "T,R\n300,1\n",
    })  # fmt: skip
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "A law", "--date", "2026-11-27T12:00:00+00:00")
    made_build(root / "_build")
    return root


@pytest.fixture(scope="module")
def archive(clone):
    return write_archive(clone, clone / "_build", address="https://git.example/a/b")


@pytest.fixture
def crate(archive):
    return ROCrate(archive.folder)


def content(archive, name):
    return (archive.folder / name).read_text(encoding="utf-8")


def test_the_folder_holds_everything_and_the_zip_the_same(archive):
    there = {
        file.relative_to(archive.folder).as_posix(): file.read_bytes()
        for file in archive.folder.rglob("*")
        if file.is_file()
    }
    expected = {"CITATION.cff", "LICENSE", "LICENSE-TEXT", "README.md", "SHA256SUMS"}
    expected |= {"codemeta.json", ".zenodo.json", "codecheck.yml", "ro-crate-metadata.json"}
    expected |= {"sources.tar", "pages.zip", "results.csv", "results.json", "left-out.csv"}
    expected |= {f"data/{one}" for one in ("README.md", "datapackage.json", "numbers.csv")}
    expected |= {"data/synthetic/own.csv"} | {f"executed/{page}.ipynb" for page in READ}
    expected |= {f"figures/{name}.{kind}" for name in DRAWN for kind in ("svg", "csv")}
    assert set(there) == expected
    assert archive.count == len(there)
    with zipfile.ZipFile(archive.zip) as packed:
        inside = {
            name.partition("/")[2]: packed.read(name)
            for name in packed.namelist()
            if name.startswith(f"{archive.folder.name}/")
        }
        assert len(packed.namelist()) == len(inside)
    assert inside == there


def test_results_have_the_day_of_the_commit_and_notebooks_no_times(archive, clone):
    day = commit_of(clone).date
    assert json.loads(content(archive, "results.json"))["date"] == day
    assert content(archive, "results.csv") == f"# {day}\nname,value\nown,4\n"
    for page in READ:
        metadata = json.loads(content(archive, f"executed/{page}.ipynb"))["metadata"]
        assert metadata["compendium"] == {"status": "ok"}


def test_live_figures_in_notebooks_are_numbered_and_bring_their_code(archive):
    for page in READ:
        said = json.loads(content(archive, f"executed/{page}.ipynb"))
        (name,) = said["metadata"]["widgets"][WIDGETS]["state"]
        assert name == f"{page.partition('/')[2]}-widget-1"
        state = said["metadata"]["widgets"][WIDGETS]["state"][name]["state"]
        assert state == {"_esm": "export {};"}
        shown = {VIEW: {"model_id": name}, "text/plain": "<Explorer>"}
        assert said["cells"][2]["outputs"][0]["data"] == shown


def test_two_builds_give_the_same_bytes(archive, clone, tmp_path):
    first = archive.zip.read_bytes()
    again = tmp_path / "again"
    git(tmp_path, "clone", "--quiet", str(clone), str(again))
    made_build(again / "_build", seconds=7.25)  # a slower machine, later
    second = write_archive(again, again / "_build", address="https://git.example/a/b")
    same = second.zip.read_bytes() == first  # pytest would need hours to say how they differ
    assert same


def test_the_sums_are_those_of_the_files(archive):
    lines = content(archive, "SHA256SUMS").splitlines()
    assert len(lines) == archive.count - 1
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((archive.folder / name).read_bytes()).hexdigest() == digest


def test_sources_are_the_commit(archive, clone):
    commit = commit_of(clone)
    with tarfile.open(archive.folder / "sources.tar") as sources:
        assert sources.pax_headers["comment"] == commit.identity
        names = {name for name in sources.getnames() if not sources.getmember(name).isdir()}
        law = sources.extractfile(f"{archive.folder.name}/analysis/law.py").read()
    assert law == b"N = 5\n"
    listed = subprocess.run(
        ["git", "-C", clone, "ls-files"], check=True, capture_output=True, text=True
    ).stdout.split()
    assert names == {f"{archive.folder.name}/{name}" for name in listed}
    assert f"commit `{commit.identity}` of {commit.date}" in content(archive, "README.md")


# --- what may be shared ------------------------------------------------


def test_files_of_others_and_points_without_a_licence_stay_out(archive):
    listed = list(csv.DictReader(io.StringIO(content(archive, "left-out.csv"))))
    assert [one["name"] for one in listed] == ["open", "closed", "closed-tables"]
    assert listed[0]["address"] == "https://host.example/open.csv"
    assert listed[0]["licence"] == "MIT in words"
    assert "belongs to its authors" in listed[1]["why"]
    assert "closed-figure, fig-closed" in listed[2]["why"]
    for name, (_, table_head) in DRAWN.items():
        told = content(archive, f"figures/{name}.csv")
        if name in ("closed-figure", "fig-closed"):
            assert told.startswith("# Not in this archive: the points of closed, whose")
            assert "4.5" not in told
        else:
            assert told == table_head + POINTS
        assert content(archive, f"figures/{name}.svg") == f"<svg>{name}</svg>"


def test_pages_and_notebooks_hold_no_more_than_the_figures(archive):
    with zipfile.ZipFile(archive.folder / "pages.zip") as pages:
        names = set(pages.namelist())
        table_there = pages.read("pages/figures/fig-closed.csv").decode()
        status_there = pages.read("pages/status.html").decode()
    assert "commit 1" in status_there
    assert NOT_KEPT in status_there  # instead of times
    assert {"pages/index.html", "pages/figures/fig-transition.svg"} <= names
    assert "pages/404.html" not in names
    assert table_there == content(archive, "figures/fig-closed.csv")
    for page in READ:
        cells = json.loads(content(archive, f"executed/{page}.ipynb"))["cells"]
        assert cells[0]["source"] == f"# {page}: Θ"
        assert set(cells[1]["outputs"][0]["data"]) == {"image/png"}


def test_the_origin_of_a_figure_is_what_its_panels_say():
    table_head = head("synthetic") + "# panel 2: x: T (K); y: residual\n" + head("measured")
    assert origins(table_head) == "measured and synthetic"
    assert origins("panel,series\n") == ""


# --- RO-Crate, read back ------------------------------------------------


def test_the_crate_says_what_it_is(crate):
    descriptor = crate.metadata
    assert descriptor["conformsTo"] == "https://w3id.org/ro/crate/1.2"
    assert descriptor["about"] is crate.root_dataset
    root = crate.root_dataset
    for required in ("name", "description", "datePublished", "license"):
        assert root[required]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", root["datePublished"])
    assert root["name"] == CITATION.title
    assert [one.id for one in root["license"]] == [
        "https://spdx.org/licenses/MIT",
        "https://spdx.org/licenses/CC-BY-4.0",
    ]
    assert root["author"]["name"] == CITATION.authors[0].name
    assert root["citation"]["@type"] == "ScholarlyArticle"
    assert {mention["url"] for mention in root["mentions"]} == {
        "https://host.example/open.csv",
        "https://host.example/closed.csv",
    }


def test_the_crate_knows_every_file(crate, archive):
    files = {
        file.relative_to(archive.folder).as_posix()
        for file in archive.folder.rglob("*")
        if file.is_file()
    } - {"ro-crate-metadata.json", "SHA256SUMS"}
    known = {entity.id: entity for entity in crate.data_entities if "File" in entity["@type"]}
    assert set(known) == files
    for name, one in known.items():
        data = (archive.folder / name).read_bytes()
        assert one["contentSize"] == str(len(data))
        assert one["sha256"] == hashlib.sha256(data).hexdigest()
        assert "/" in one["encodingFormat"]
        assert one["description"]


def test_the_crate_says_whose_the_data_are_and_how_results_came_about(crate):
    own, numbers = crate.get("data/synthetic/own.csv"), crate.get("data/numbers.csv")
    assert own["license"].id == "https://spdx.org/licenses/CC-BY-4.0"
    assert own["creditText"] == "Authors of own"
    assert numbers["license"]["name"] == "notspecified in words"
    action = crate.root_dataset["subjectOf"]
    assert action["@type"] == "CreateAction"
    assert action["instrument"].id == "sources.tar"
    assert action["object"].id == "data/"
    assert action["instrument"]["programmingLanguage"]["version"] == "3.11.7"
    assert {one.id for one in action["result"]} >= {"results.csv", "results.json", "figures/"}


def test_everything_that_the_crate_refers_to_is_described(archive):
    graph = json.loads(content(archive, "ro-crate-metadata.json"))["@graph"]
    known = [one["@id"] for one in graph]
    assert len(known) == len(set(known))
    named = set(re.findall(r'"@id": "([^"]+)"', json.dumps(graph)))
    assert named - set(known) == {"https://w3id.org/ro/crate/1.2"}


def test_what_is_to_be_found_again_is_in_the_archive(archive):
    said = yaml.safe_load(content(archive, "codecheck.yml"))
    holds(CODECHECK, said)
    assert said["repository"] == "https://git.example/a/b"
    assert all((archive.folder / one["file"]).is_file() for one in said["manifest"])
    assert [one["file"] for one in said["manifest"]][:2] == [
        "figures/fig-debye-run1.svg",
        "figures/fig-transition.svg",
    ]
    assert "Figure 3" in archive.absent
    assert "Figure 7" not in archive.absent


# --- only a commit ------------------------------------------------


@pytest.mark.parametrize("file", ["analysis/law.py", "analysis/new.py", "LICENSE"])
def test_a_clone_that_differs_from_its_commit_is_refused(clone, tmp_path, file):
    again = tmp_path / "again"
    git(tmp_path, "clone", "--quiet", str(clone), str(again))
    write(again, {file: "N = 6\n"})
    with pytest.raises(DataError, match=f"{file}: not as in the last commit; .* commit your"):
        commit_of(again)


def test_sources_without_git_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"not a git repository.*made in a clone"):
        commit_of(tmp_path)
