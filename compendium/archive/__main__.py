"""Write what a repository with DOI keeps: `make archive`.

Below _build/archive a folder, and beside it the same as one zip: the sources of the commit, the
data that may be shared, results, figures, executed notebooks and pages; and what says of them
whose they are and how to check them (README.md in the folder explains it). The same commit and
the same numbers give the same bytes: no time of a build is in it.
"""

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from analysis.errors import DataError
from compendium.archive import shared
from compendium.archive.citation import TEXT_LICENCE, Citation, codemeta, read_citation, zenodo
from compendium.archive.codecheck import PAPER_FIGURES, codecheck_yml
from compendium.archive.crate import FILES, FOLDERS, METADATA, SOURCES, crate_metadata
from compendium.bundle import files_of, pack
from compendium.chapters.terms_of_use import is_remote, licences
from compendium.checkout import Commit, commit_of, sources_of
from compendium.faults import in_one_line
from compendium.files import remove
from compendium.plan import BUILD, ROOT, settings
from compendium.state import FINISHED
from compendium.status import STATUS, of_the_commit

SUMS = "SHA256SUMS"
COPIED = ("CITATION.cff", "LICENSE", "LICENSE-TEXT")
READ_ME = Path(__file__).with_name("README-of-archive.md")


@dataclass(frozen=True)
class Archive:
    """What was written, and what is not in it.

    Attributes
    ----------
    folder, zip : Path
    count : int
        Files in the folder.
    left_out : tuple of LeftOut
    absent : tuple of str
        Figures of the paper that the book does not have.
    """

    folder: Path
    zip: Path
    count: int
    left_out: tuple[shared.LeftOut, ...]
    absent: tuple[str, ...]


def main() -> int:
    if not FINISHED.exists():
        raise DataError(f"{BUILD}: no finished book there; `make archive` builds it first")
    address = settings().get("repository", {}).get("url") or ""
    archive = write_archive(ROOT, BUILD, address=address)
    for item in archive.left_out:
        print(f"  left out: {item.name}: {item.why}")
    if archive.absent:
        print(f"warning: no figure for the paper's {', '.join(archive.absent)}", file=sys.stderr)
    print(f"The archive is in {archive.folder}; its README.md says how to check it")
    size = archive.zip.stat().st_size / 1e6
    print(f"As one file: {archive.zip} ({archive.count} files, {size:.0f} MB)")
    return 0


def write_archive(root: Path, build: Path, *, address: str = "") -> Archive:
    """Write the archive of a clone and its finished build, as a folder and as a zip.

    Parameters
    ----------
    root, build : Path
        The clone, and the folder of its build.
    address : str
        Of the repository, if it has one.

    Raises
    ------
    DataError
        If the clone differs from its commit, or CITATION.cff lacks something.
    """
    citation, commit = read_citation(root / "CITATION.cff"), commit_of(root)
    name = f"la3ni2o7-compendium-{citation.version}"
    package = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    closed = shared.closed_figures(build, shared.closed_sets(package))
    left_out = [*shared.sets_of_others(package), *tables_left_out(package, closed)]
    files = made(build, closed, commit.date) | data_files(root, package)
    files |= {copied: (root / copied).read_bytes() for copied in COPIED}
    files[SOURCES] = sources_of(root, commit, name)
    files["left-out.csv"] = shared.table(left_out)
    files |= catalogues(citation, commit, origins_of(files), address)
    files["README.md"] = read_me(citation, commit, len(left_out)).encode()
    files[METADATA] = crate_metadata(citation, commit, files, package, left_out).encode()
    files[SUMS] = sums(files).encode()
    folder, target = build / "archive" / name, build / f"{name}-archive.zip"
    write_folder(files, folder)
    pack({f"{name}/{path}": content for path, content in files.items()}, target)
    absent = tuple(
        f"Figure {n}" for n, drawn in PAPER_FIGURES.items() if figure(drawn) not in files
    )
    return Archive(folder, target, len(files), tuple(left_out), absent)


# ---------------------------------------------------------------------------- what is in it


def made(build: Path, closed: Mapping[str, list[str]], date: str) -> dict[str, bytes]:
    """Return what the build made: results, figures, notebooks, and the pages as one file.

    Parameters
    ----------
    closed : mapping
        The figures whose tables stay out, and the data sets that they show.
    date : str
        Of the commit: the results have it in the place of the time of the build.
    """
    replaced = {f"figures/{name}.csv": shared.table_left_out(sets) for name, sets in closed.items()}
    names = ("results.csv", "results.json")
    files = {name: shared.dated((build / name).read_bytes(), date) for name in names}
    pages: dict[str, Path | bytes] = {**files_of(build / "html"), **replaced}
    for name, content in pages.items():  # the page of all runs offers them, too
        if PurePosixPath(name).name in names and isinstance(content, Path):
            pages[name] = shared.dated(content.read_bytes(), date)
    status = build / "html" / f"{STATUS}.html"
    pages[status.name] = of_the_commit(status.read_text(encoding="utf-8")).encode()
    for name, content in pages.items():
        if name.startswith("figures/"):
            files[name] = content if isinstance(content, bytes) else content.read_bytes()
    for file in sorted((build / "executed").rglob("*.ipynb")):
        name = file.relative_to(build).as_posix()
        if re.match("executed/(chapters|sheets)/", name):
            files[name] = shared.without_tables(file.read_text(encoding="utf-8"), file.stem)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "pages.zip"
        pack({f"pages/{name}": content for name, content in pages.items()}, target)
        files[target.name] = target.read_bytes()
    return files


def data_files(root: Path, package: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the data package and the files of it that lie in the repository."""
    names = {"datapackage.json", "README.md"}
    names |= {resource["path"] for resource in package["resources"] if not is_remote(resource)}
    return {f"data/{name}": (root / "data" / name).read_bytes() for name in sorted(names)}


def tables_left_out(
    package: Mapping[str, Any], closed: Mapping[str, list[str]]
) -> list[shared.LeftOut]:
    """Return the tables of figures that stay out, by the data sets that they show."""
    resources = {resource["name"]: resource for resource in package["resources"]}
    rows = []
    for name in sorted({name for sets in closed.values() for name in sets}):
        figures = ", ".join(sorted(figure for figure, sets in closed.items() if name in sets))
        row = shared.LeftOut(
            name=f"{name}-tables",
            title=f"Points of {name}",
            why=shared.NO_LICENCE.format(names=figures),
            licence=licences(resources[name]),
            address=resources[name]["path"],
        )
        rows.append(row)
    return rows


def catalogues(
    citation: Citation, commit: Commit, origins: Mapping[str, str], address: str
) -> dict[str, bytes]:
    """Return what other catalogues read, all of it from CITATION.cff."""
    tables = {
        "codemeta.json": codemeta(citation, date=commit.date, address=address),
        ".zenodo.json": zenodo(citation, date=commit.date),
    }
    files = {
        name: (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode()
        for name, said in tables.items()
    }
    files["codecheck.yml"] = codecheck_yml(citation, origins, address=address).encode()
    return files


def origins_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return what the data of each figure are, as their tables say."""
    return {
        Path(name).stem: shared.origins(content.decode())
        for name, content in files.items()
        if name.startswith("figures/") and name.endswith(".csv")
    }


def figure(name: str) -> str:
    """Return where the drawing of a figure is."""
    return f"figures/{name}.svg"


def read_me(citation: Citation, commit: Commit, left_out: int) -> str:
    """Return the README: what is in the archive, and how to check it."""
    parts = {f"{name}/": text for name, text in FOLDERS.items()} | FILES
    del parts["README.md"]
    return READ_ME.read_text(encoding="utf-8").format(
        title=citation.title,
        version=citation.version,
        commit=commit.identity,
        date=commit.date,
        parts="\n".join(f"| `{name}` | {text} |" for name, text in parts.items()),
        left_out=left_out,
        licence=citation.licence,
        text_licence=TEXT_LICENCE,
        folder=f"la3ni2o7-compendium-{citation.version}",
    )


def sums(files: Mapping[str, bytes]) -> str:
    """Return the sha256 of every file, as sha256sum reads them."""
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
    )


def write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a new folder; what was there before is gone."""
    remove(folder)
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


if __name__ == "__main__":
    sys.exit(in_one_line(main))
