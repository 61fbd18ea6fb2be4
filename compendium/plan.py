"""The plan of a build: what there is to execute, and stamps of what it depends on.

A stamp is a small file below _build/stamps with a digest of some contents. It is written
only when the digest changes, so that Snakemake, which compares times, follows contents.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from analysis.catalogue import datasets
from analysis.catalogue.datasets import LISTING
from analysis.catalogue.package import read_package
from analysis.errors import DataError, of_the_machine
from analysis.pressure.results import RESULTS
from compendium.chapters import CODE_DIGEST, LONG_RESULTS, ROLES, STUDIES
from compendium.files import content, file_name, read, remove, sealed, write_whole

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
BUILD = ROOT / "_build"
HTML = BUILD / "html"
STAMPS = BUILD / "stamps"
PLAN = BUILD / "plan.json"
EXECUTED = BUILD / "executed"
# What takes too long for a chapter: below it a folder for each kind.
LONG = EXECUTED / "choices"
# The chapters' texts for this package, and which of its data sets plays which role.
COMPOSED = BUILD / "composed"
DECIDED = BUILD / "roles.json"
FAILURES = BUILD / "failures"
# The chapters as notebooks, and that among them with which JupyterLab opens: there it is what the
# front page is in the book.
LAB = BUILD / "lab"
START = "start.ipynb"
FRONT = "index"
# Written by the tests, not by a build.
STUDIED = BUILD / "studies.csv"

# What every computed number depends on ...
CODE = ("analysis", "compendium/chapters", "requirements.lock")
# ... and the pages, besides the numbers.
SHOWN = ("book", "compendium", "CITATION.cff", "Snakefile", "_config.yml", "_toc.yml")
# The lecturers' pages of which slides are made.
SESSION = re.compile(r"course/(session-\w+|referee)$")
# What jobs must know wherever they run.
ENVIRONMENT = ("COMPENDIUM_PACKAGE", "COMPENDIUM_DATA")


class Survey:
    """What the numbers and pages depend on, as digests; nothing is written.

    Attributes
    ----------
    code, shown, listing, studies : str
        Digests of analysis, lock and interpreter; of texts and settings; of what the data
        package says of all data sets and of itself; of what the studies found.
    data : dict of str to str
        For each data set a digest of its file and of what the package says of it.
    files : dict of str to str
        The sha256 of the files; empty where a file is not on this machine.
    datasets : dict of str to Dataset
        Those that can be used.
    missing : list of str
        Data sets whose files are not on this machine.
    refused : dict of str to (str or None, str)
        For each data set that cannot be used its kind, if it is known, and the reason.
    """

    def __init__(self) -> None:
        self.code = combined(fingerprint(*CODE), sys.version, sys.prefix)
        self.shown = fingerprint(*SHOWN)
        listed = datasets.list_datasets()
        self.datasets = {dataset.name: dataset for dataset in listed}
        says = {
            dataset.name: json.dumps(dict(dataset.properties), sort_keys=True) for dataset in listed
        }
        files = {dataset.name: dataset.file for dataset in listed}
        self.missing = sorted(name for name, file in files.items() if not file)
        refusals = datasets.refused_datasets()
        self.refused = {refusal.name: (refusal.kind, refusal.reason) for refusal in refusals}
        self.files = {}
        for name, file in files.items():
            try:
                self.files[name] = content(file) if file else ""
            except OSError as error:
                reason = f"data set {name!r}: its file cannot be read: {of_the_machine(error)}"
                self.refused[name] = self.datasets.pop(name).kind, reason
        self.data = {name: combined(says[name], digest) for name, digest in self.files.items()}
        self.data |= {name: combined("refused", why) for name, (_, why) in self.refused.items()}
        packages = dict.fromkeys((datasets.package_file(), datasets.OWN_PACKAGE))
        described = [
            json.dumps(dict(read_package(folder).said), sort_keys=True) for folder in packages
        ]
        self.listing = combined(*says.values(), *self.missing, *self.refused, *described)
        self.studies = content(STUDIED) if STUDIED.exists() else "none"

    def measured(self) -> str:
        """Return a digest of what the roles of the data sets depend on."""
        return combined(self.code, self.listing, *self.data.values())

    def everything(self) -> str:
        """Return one digest of all that the book depends on."""
        environment = [os.environ.get(name, "") for name in ENVIRONMENT]
        return combined(
            self.code, self.shown, self.listing, self.studies, *self.data.values(), *environment
        )


def write_plan(survey: Survey) -> dict[str, Any]:
    """Write the stamps and the plan that the Snakefile and the jobs read; return the plan."""
    # Late imports, here and below: a build with nothing to do needs none of them.
    from compendium.chapters import long_results
    from compendium.notebooks import has_code
    from compendium.sheets import KINDS, sheets_of, template
    from compendium.texts import compose_all, decided

    roles = decided(DECIDED, survey.measured())
    stated_roles = json.dumps(roles.to_dict())
    pages = compose_all(BOOK, COMPOSED, existing_pages(), roles)
    listing = combined(survey.listing, stated_roles)  # whoever asks what there is may ask for roles
    stamps = {"code": survey.code, "listing": listing, "studies": survey.studies}
    stamps |= {f"data/{file_name(name)}": digest for name, digest in survey.data.items()}
    stamps |= {f"templates/{kind}": content(template(kind)) for kind in KINDS}
    theirs = given()
    sheets: dict[str, dict[str, str]] = {
        file: {"name": dataset.name, "kind": dataset.kind}
        for file, dataset in sorted(sheets_of(survey.datasets.values()).items())
        if dataset.name in theirs
    }
    for name, (kind, reason) in survey.refused.items():
        about = {"name": name, "kind": kind or "unknown", "refused": reason}
        sheets |= {file_name(name): about} if name in theirs else {}
    choices: dict[str, list[str]] = {}
    chapters: dict[str, list[str]] = {}
    texts = {name: COMPOSED / f"{name}.md" for name in pages}
    for name in (page for page in pages if has_code(texts[page])):
        stamps[f"chapters/{name}"] = code_of(texts[name])
        used = []
        for dataset in used_by(name):
            used.append("listing" if dataset == LISTING else f"data/{file_name(dataset)}")
            stamps.setdefault(used[-1], "no such data set")
        text = texts[name].read_text(encoding="utf-8")
        used += ["studies"] * ("load_studies" in text)
        needs = ["results.json"] * ("load_results" in text)
        for kind in re.findall(r'long_results\.of\("(\w+)"', text):
            choices[kind] = [
                dataset for dataset in long_results.wanted(kind, roles) if dataset in survey.data
            ]
            files = (long_results.path_in(LONG, kind, dataset) for dataset in choices[kind])
            needs += [path.relative_to(BUILD).as_posix() for path in files]
        chapters[name] = [f"stamps/{stamp}" for stamp in used] + needs
    stamps["sheets"] = combined(json.dumps(sheets), survey.listing)
    stamps["pages"] = combined(
        survey.shown, json.dumps(sheets), stated_roles, *map(content, texts.values())
    )
    for name, digest in stamps.items():
        stamp = STAMPS / name
        if read(stamp) != digest:
            if stamp.is_dir():
                remove(stamp)
            write_whole(stamp, digest)
    plan = {
        "python": sys.executable,
        "title": roles.title if roles.foreign else None,
        "pages": pages,
        "course": [page for page in for_course(texts) if page in chapters],
        "environment": {
            **{key: os.environ[key] for key in ENVIRONMENT if key in os.environ},
            RESULTS: str(BUILD / "results.json"),
            STUDIES: str(STUDIED),
            ROLES: str(DECIDED),
            LONG_RESULTS: str(LONG),
            CODE_DIGEST: survey.code,
        },
        "missing": [dataset for dataset in survey.missing if dataset in theirs],
        "said": list(roles.said) if roles.foreign else [],
        "expected": [
            dataset.name
            for dataset in roles.own
            if dataset.name not in roles.left_out and dataset.kind != "figure"  # no data set itself
        ],
        "files": survey.files,
        "sheets": sheets,
        "chapters": chapters,
        "choices": {
            f"{kind}/{file_name(name)}": {"kind": kind, "name": name}
            for kind, names in choices.items()
            for name in names
        },
    }
    write_whole(PLAN, json.dumps(plan, indent=1))
    return plan


def given() -> set[str]:
    """Return the names of the data sets in the package that counts, without this project's."""
    package = datasets.package_file()
    refused = {dataset.name for dataset in datasets.refused_datasets(package)}
    return refused | {dataset.name for dataset in datasets.list_datasets(package=package)}


def fetch(survey: Survey) -> bool:
    """Try to download the data sets that are not here; return whether one came."""
    came = False
    for name in survey.missing:
        with suppress(DataError):  # pages say what is missing
            datasets.fetch(name)
            came = True
    return came


# ---------------------------------------------------------------------------- chapters


def existing_pages() -> list[str]:
    """Return the pages of the table of contents whose texts are there."""
    return [name for name in map(str, contents()) if (BOOK / f"{name}.md").exists()]


def settings() -> dict[str, Any]:
    """Return what _config.yml says."""
    import yaml

    content: dict[str, Any] = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    return content


def contents() -> Iterable[str]:
    from sphinx_external_toc.parsing import parse_toc_yaml

    return list(parse_toc_yaml(ROOT / "_toc.yml"))


def for_course(texts: dict[str, Path]) -> list[str]:
    """Return the pages that the hand-outs are made of: exercises, and chapters with a figure.

    Figures are those that the lecturers' pages of the sessions name.
    """
    read = {name: path.read_text(encoding="utf-8") for name, path in texts.items()}
    sessions = "".join(text for name, text in read.items() if SESSION.match(name))
    wanted = {f"name: {figure}" for figure in re.findall(r"\{numref\}`([\w-]+)`", sessions)}
    return [
        name
        for name, text in read.items()
        if name.startswith("course/") or any(line.strip() in wanted for line in text.splitlines())
    ]


def code_of(path: Path) -> str:
    """Return a digest of a notebook's code cells: what runs, not the text around it."""
    from compendium.notebooks import read_notebook

    return combined(
        *(json.dumps(cell.source) for cell in read_notebook(path).cells if cell.cell_type == "code")
    )


def used_by(chapter: str) -> list[str]:
    """Return the data sets that a chapter asked for when it was last executed."""
    return _trace(chapter)["used"]


def unused(plan: dict[str, Any]) -> list[str]:
    """Return the data sets of the package whose files no chapter read; empty before a build.

    Those count that are on this machine, can be read, and are not left out by the package.
    """
    loaded = {name for chapter in plan.get("chapters", ()) for name in _trace(chapter)["loaded"]}
    return [name for name in plan.get("expected", ()) if name not in loaded]


def planned() -> dict[str, Any]:
    """Return the plan of the last build; empty before any, or where it is damaged."""
    try:
        plan = json.loads(read(PLAN) or "{}")
    except ValueError:
        return {}
    return plan if isinstance(plan, dict) else {}


def _trace(chapter: str) -> dict[str, list[str]]:
    record = EXECUTED / "chapters" / f"{chapter}.used"
    trace = json.loads(record.read_text(encoding="utf-8")) if sealed(record) else None
    # A former version kept a list.
    return trace if isinstance(trace, dict) else {"used": [], "loaded": []}


# ---------------------------------------------------------------------------- digests


def fingerprint(*names: str) -> str:
    """Return a digest of the contents of files and folders below ROOT."""
    files = dict.fromkeys(file for name in names for file in sorted(files_in(ROOT / name)))
    return combined(*(f"{file.relative_to(ROOT).as_posix()} {content(file)}" for file in files))


def combined(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def files_in(path: Path) -> Iterator[Path]:
    """Yield the files at and below a path, without caches, backups and hidden ones."""
    if path.name.startswith((".", "__pycache__")) or path.name.endswith(("~", ".pyc", ".ipynb")):
        return
    if path.is_dir():
        for entry in path.iterdir():
            yield from files_in(entry)
    elif path.exists():
        yield path
