"""ro-crate-metadata.json: every file of an archive, what it is and who may use it (RO-Crate 1.2).

See https://w3id.org/ro/crate/1.2. Written with rocrate, whose own dates and random names are
replaced: the same files give the same bytes.
"""

import hashlib
import json
import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from compendium.archive.citation import LANGUAGE, LICENCES, TEXT_LICENCE, Author, Citation
from compendium.archive.shared import LeftOut
from compendium.chapters.terms_of_use import is_remote, licences
from compendium.checkout import Commit

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

VERSION = "1.2"
METADATA = "ro-crate-metadata.json"
SOURCES = "sources.tar"
FOLDERS = {
    "data": "The data package: small tables of published numbers, and the synthetic curves",
    "executed": "The executed notebooks of chapters and sheets, with all outputs",
    "figures": "Every figure: its drawing (svg), what is drawn (csv), how it was made (txt)",
}
FILES = {
    SOURCES: "The code and texts of the commit, as git archive writes them",
    "pages.zip": "The book's pages, to read in a browser without a network",
    "results.csv": "Every number of every sheet, a row each",
    "results.json": "Every number of every sheet with errors and units",
    "codecheck.yml": "What a check of this archive has to reproduce",
    "codemeta.json": "CITATION.cff in the terms of CodeMeta",
    ".zenodo.json": "CITATION.cff in the terms of Zenodo",
    "README.md": "What is in this archive, and how to check it",
    "left-out.csv": "What is not in this archive, why, and where it is",
}
# What the standard table of this machine may lack.
FORMATS = {
    ".csv": "text/csv",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
    ".tar": "application/x-tar",
    ".yml": "application/yaml",
    ".zip": "application/zip",
    ".cff": "application/yaml",
}
MADE = ("results.csv", "results.json", "pages.zip", "figures/", "executed/")


def crate_metadata(
    citation: Citation,
    commit: Commit,
    files: Mapping[str, bytes],
    package: Mapping[str, Any],
    left_out: Iterable[LeftOut],
) -> str:
    """Return the text of ro-crate-metadata.json.

    Parameters
    ----------
    files : mapping of str to bytes
        All other files of the archive, by their paths.
    package : mapping
        The data package, for the titles and licences of the files in ``data``.
    """
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version=VERSION)
    describe_root(crate, citation, commit)
    add_files(crate, files, resources_by_file(package))
    python = json.loads(files["results.json"])["versions"]["python"]
    add_action(crate, citation, commit, python)
    crate.root_dataset["mentions"] = [
        entity(crate, f"#left-out-{item.name}", "CreativeWork", {
            "name": item.title,
            "description": f"Not in this archive: {item.why}. Licence: {item.licence}",
            "url": item.address,
        })
        for item in left_out
    ]  # fmt: skip
    return json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False) + "\n"


def describe_root(crate: "ROCrate", citation: Citation, commit: Commit) -> None:
    """Say of the archive as a whole what it is, whose, under which licence, of which paper."""
    paper, root = citation.paper, crate.root_dataset
    authors = [author(crate, who) for who in citation.authors]
    said = {
        "name": citation.title,
        "description": citation.abstract,
        "version": citation.version,
        "datePublished": citation.date or commit.date,
        "keywords": ", ".join(citation.keywords),
        "license": [licence(crate, citation.licence), licence(crate, TEXT_LICENCE)],
        "author": authors if len(authors) > 1 else authors[0],
        "publisher": authors[0],
        "citation": entity(crate, paper.address, "ScholarlyArticle", {
            "name": paper.title,
            "author": [author(crate, who) for who in paper.authors],
            "datePublished": str(paper.year),
        }),
    }  # fmt: skip
    if citation.doi:
        said["identifier"] = f"https://doi.org/{citation.doi}"
    for key, value in said.items():
        root[key] = value


def add_files(
    crate: "ROCrate", files: Mapping[str, bytes], resources: Mapping[str, Mapping[str, Any]]
) -> None:
    """Add every file with its size, type and sha256, and the folders that hold them."""
    parts: dict[str, list[Any]] = {folder: [] for folder in FOLDERS}
    for name, content in sorted(files.items()):
        added = crate.add_file(dest_path=name, properties=file_properties(name, content))
        if resource := resources.get(name):
            added["name"] = resource["title"]
            added["description"] = resource.get("description") or resource["title"]
            added["creditText"] = "; ".join(
                source["title"] for source in resource.get("sources", ())
            )
            added["license"] = data_licence(crate, resource)
        if (folder := name.partition("/")[0]) in parts:
            parts[folder].append(added)
    for folder, members in parts.items():
        if members:
            properties = {"name": folder, "description": FOLDERS[folder]}
            crate.add_dataset(dest_path=f"{folder}/", properties=properties)["hasPart"] = members


def file_properties(name: str, content: bytes) -> dict[str, str]:
    """Return what is said of every file."""
    path = PurePosixPath(name)
    kind = FORMATS.get(path.suffix) or mimetypes.guess_type(name)[0] or "text/plain"
    return {
        "name": path.name,
        "encodingFormat": kind,
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
        "description": described(path),
    }


def described(path: PurePosixPath) -> str:
    """Return what a file is, in words."""
    name = path.as_posix()
    if name in FILES:
        return FILES[name]
    if path.parts[0] == "figures":
        what = "The drawing of" if path.suffix == ".svg" else "What is drawn in"
        return f"{what} the figure {path.stem}"
    if path.parts[0] == "executed":
        kind = "chapter" if path.parts[1] == "chapters" else "sheet"
        return f"The executed notebook of the {kind} {'/'.join(path.with_suffix('').parts[2:])}"
    return f"The file {path.name} of the sources"


def add_action(crate: "ROCrate", citation: Citation, commit: Commit, python: str) -> None:
    """Say how results, figures and pages came about: from which data, by which code and Python."""
    code = crate.get(SOURCES)
    code.properties()["@type"] = ["File", "SoftwareSourceCode"]
    code["version"] = commit.identity
    code["programmingLanguage"] = entity(crate, "#python", "ComputerLanguage", {
        "name": LANGUAGE,
        "version": python,
        "url": "https://www.python.org/",
    })  # fmt: skip
    code["license"] = licence(crate, citation.licence)
    made = [crate.get(name) for name in MADE]
    crate.root_dataset["subjectOf"] = entity(crate, "#make-book", "CreateAction", {
        "name": "make book",
        "description": "Executes sheets and chapters, and makes the pages of them",
        "instrument": code,
        "object": crate.get("data/"),
        "result": [part for part in made if part],
    })  # fmt: skip


# ---------------------------------------------------------------------------- who and what


def entity(crate: "ROCrate", identity: str, kind: str, properties: Mapping[str, Any]) -> Any:
    """Add something that is no file, or return it if it is there."""
    from rocrate.model.contextentity import ContextEntity

    known = crate.get(identity)
    if known is not None:
        return known
    return crate.add(ContextEntity(crate, identity, properties={"@type": kind, **properties}))


def author(crate: "ROCrate", who: Author) -> Any:
    """Add an author: a person, by an ORCID where there is one, or a group."""
    said = who.linked()
    identity = said.pop("@id", "#" + "-".join(who.name.lower().split()))
    return entity(crate, identity, said.pop("@type"), said)


def licence(crate: "ROCrate", name: str) -> Any:
    """Add a licence by its SPDX name."""
    return entity(
        crate,
        f"{LICENCES}{name}",
        "CreativeWork",
        {"name": name, "description": f"The licence {name}, as SPDX lists it"},
    )


def data_licence(crate: "ROCrate", resource: Mapping[str, Any]) -> Any:
    """Add the licence of a data set; published numbers may have none, in words."""
    name = resource["licenses"][0]["name"]
    if name == "notspecified":
        said = {"name": licences(resource), "description": licences(resource)}
        return entity(crate, "#no-licence-stated", "CreativeWork", said)
    return licence(crate, name)


def resources_by_file(package: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the first data set in each file of the archive."""
    resources: dict[str, Mapping[str, Any]] = {}
    for resource in package["resources"]:
        if not is_remote(resource):
            resources.setdefault(f"data/{resource['path']}", resource)
    return resources
