"""Whole books from packages of laboratories that never were: what they show, and what they do not.

The chapters themselves are executed, from the checkout's own texts.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import foreign_packages
import pytest

from compendium.chapters.figure_files import MIME
from compendium.notebooks import GLUED

ROOT = Path(__file__).resolve().parent.parent
COPIED = (
    *("analysis", "compendium", "data", "book", "profiles"),
    *("CITATION.cff", "Snakefile", "_config.yml", "_toc.yml"),
)
# What stands for something that is not there.
MISSING = re.compile(
    r"This (?:section|chapter) (?:needs|is about)|no value|not computed|data missing|not at hand|"
    r"No (?:figure|table|results)\b|Nothing to show|Results missing|has no such",
    re.IGNORECASE,
)
TARGETS = {
    "curves": (foreign_packages.curves_under_pressure, "book"),
    "patterns": (foreign_packages.patterns_and_transition, "chapters"),
}


class Book:
    """What a build from a foreign package made, in a copy of the project."""

    def __init__(self, root, make, target):
        self.root = root / "project"
        for name in (*COPIED, "requirements.lock"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, self.root / name)
        self.package = make(root / "mine")
        self.done = self.build("--target", target, "--strict-data")
        assert self.done.returncode == 0, self.done.stdout[-2000:] + self.done.stderr[-6000:]
        self.plan = json.loads(self.file("plan.json").read_text())
        self.chapters = {name: self.notebook(name) for name in self.plan["chapters"]}

    def build(self, *options):
        kept = {name: value for name, value in os.environ.items() if "COMPENDIUM" not in name}
        home = {"PYTHONPATH": str(self.root), "XDG_CACHE_HOME": str(self.root / "cache")}
        return subprocess.run(
            [sys.executable, "-P", "-m", "compendium.build", "--data", self.package, *options],
            env=kept | home,
            capture_output=True,
            text=True,
            check=False,
        )

    def file(self, name):
        return self.root / "_build" / name

    def notebook(self, name):
        return json.loads(self.file(f"executed/chapters/{name}.ipynb").read_text())

    def sections(self, chapter):
        """Return the texts of a chapter's sections, what its cells show in them."""
        parts = [""]
        for cell in self.chapters[chapter]["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                first, *rest = re.split(r"^(?=#+ )", source, flags=re.MULTILINE)
                parts[-1] += first
                parts += rest
            parts[-1] += "\n".join(shown(cell))
        return parts

    def text(self):
        return "\n".join(part for name in self.chapters for part in self.sections(name))


def shown(cell):
    """Yield the texts that a cell puts on its page."""
    if "remove-cell" in cell["metadata"].get("tags", ()):
        return
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if GLUED not in data:
            texts = data.get("text/markdown") or data.get("text/plain") or output.get("text", "")
            yield "".join(texts) if MIME not in data else ""


@pytest.fixture(scope="module", params=TARGETS)
def book(request, tmp_path_factory):
    return Book(tmp_path_factory.mktemp(request.param), *TARGETS[request.param])


pytestmark = pytest.mark.builds


def test_every_data_set_is_in_a_chapter(book):
    traces = [
        json.loads(path.read_text()) for path in book.file("executed/chapters").rglob("*.used")
    ]
    assert set(book.plan["expected"]) <= {name for trace in traces for name in trace["loaded"]}


def test_no_table_has_an_empty_cell(book):
    rows = [line for line in book.text().splitlines() if re.match(r"\s*\|.*\|\s*$", line)]
    heads = {at - 1 for at, row in enumerate(rows) if re.fullmatch(r"[\s|:-]+", row)}
    empty = [
        row
        for at, row in enumerate(rows)
        if not {at, at - 1} & heads and any(not one.strip() for one in row.strip()[1:-1].split("|"))
    ]
    assert len(rows) > 10
    assert empty == []


def test_no_axes_are_without_data(book):
    figures = [
        output["data"][MIME]
        for notebook in book.chapters.values()
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
        if MIME in output.get("data", {})
    ]
    assert len(figures) > 5
    for figure in figures:
        panels = len(re.findall(r'id="matplotlib\.axis_\d+"', figure["svg"])) // 2
        assert figure["csv"].count("# panel") == panels, figure["csv"][:200]


def test_at_most_one_sentence_of_a_section_is_about_what_is_missing(book):
    for name in book.chapters:
        for section in book.sections(name):
            assert len(MISSING.findall(section)) <= 1, f"{name}: {section}"


def test_every_result_stands_on_the_front_page_or_in_a_chapter(book):
    from analysis.numerics.summary import Form, form_of
    from analysis.show.report import stated

    text, own = spaced(book.text()), set(book.plan["expected"])
    results = json.loads(book.file("results.json").read_text())["sheets"]
    of_own = [result for result in results if result["name"] in own]
    assert {one["status"] for one in of_own} == {"ok"}
    quoted = [
        (one["name"], name, spaced(stated(number, "", factor=factor)))
        for one in of_own
        for name, number in one["numbers"].items()
        for factor in [1000 if "strain" in name else 1]
        if form_of(number) is not Form.NONE
    ]
    assert len(quoted) > 15
    assert [one for one in quoted if one[2] not in text] == []


def spaced(text):
    return re.sub(r"\s+", " ", unescape(text).replace("\\", "").replace("\N{NO-BREAK SPACE}", " "))


def test_the_pages_are_about_the_package(book):
    html = book.file("html")
    if not html.exists():
        pytest.skip("this package's pages are not made")
    title = json.loads(book.package.read_text())["title"]
    for page in html.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert title in text, page.name
        assert not re.search(r"synthetic twin stands|not computed|data missing", text), page.name
