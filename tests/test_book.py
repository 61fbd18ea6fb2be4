"""The built book: it follows its sources, hides no failure, and needs no other host.

The tests of the built pages build the book first, if it is not up to date; those of the build
itself work on a small copy with two chapters of their own.
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import pytest
import studies
from small_book import BUILT as ALL
from small_book import FAR_AWAY, built_copy, wait_until

from compendium.browser import elsewhere
from compendium.policy import PRINT
from compendium.status import of_the_commit

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"

# --- the small copy -------------------------------------------------------------------------

# A build whose pages nobody looks at makes none.
CHAPTERS = ("--target", "chapters")


@pytest.fixture
def copy(tmp_path_factory, tmp_path):
    """Give each test its own copy of the copy, already built."""
    return built_copy(tmp_path_factory, tmp_path / "copy")


def test_nothing_changed_executes_nothing_and_says_where_the_book_is(copy):
    done, executed = copy.build()
    assert executed == []
    assert done.stdout.splitlines()[-1] == (
        f"The book is at {copy.root / '_build' / 'html' / 'index.html'}"
    )


def test_a_touched_file_with_the_same_content_executes_nothing(copy):
    for file in (copy.root / "analysis").glob("*.py"):
        file.touch()
    assert copy.build()[1] == []


def test_a_constant_edited_in_the_package_changes_the_page(copy):
    copy.replace("analysis/__init__.py", '__version__ = "', '__version__ = "9.')
    done, executed = copy.build()
    assert (done.returncode, executed) == (0, ALL)
    assert "version 9." in copy.page("index")


@pytest.mark.builds
def test_a_number_edited_in_the_data_changes_the_page(copy):
    before, after = "silver 1.629e-08", "silver 1.777e-08"
    assert before in copy.page("second")
    copy.replace("data/silver-aluminium-resistivity.csv", "300,1.629,", "300,1.777,")
    done, executed = copy.build()
    # What uses that data set, and nothing else.
    assert (done.returncode, executed) == (0, ["second", "sheets/silver"])
    assert after in copy.page("second")
    assert before not in copy.page("second")
    assert copy.results()["silver"]["numbers"]["last"]["value"] == 1.777e-8


def test_an_edited_chapter_is_executed_alone(copy):
    copy.chapter("second", "print(6 * 7)")
    done, executed = copy.build()
    assert (done.returncode, executed) == (0, ["second"])
    assert "42" in copy.page("second")


@pytest.mark.builds
def test_a_long_result_is_made_once_and_heals(copy):
    copy.replace(
        "compendium/chapters/long_results.py",
        "KINDS = {",
        'KINDS = {"tiny": "compendium.chapters.tiny", ',
    )
    copy.write(
        "compendium/chapters/tiny.py",
        "import os\nimport pathlib\n\nfrom analysis.catalogue.loading import load\n\n\n"
        "def wanted(roles):\n    return ['silver']\n\n\n"
        "def compute(name):\n"
        "    with pathlib.Path(os.environ['EXECUTED']).open('a') as record:\n"
        "        record.write('tiny/silver ')\n"
        "    return {'last': float(load(name).resistance[-1])}\n",
    )
    copy.chapter(
        "second",
        "from compendium.chapters import long_results\n\n"
        'print("kept", long_results.of("tiny", "silver")["last"])',
    )
    done, executed = copy.build()
    assert (done.returncode, executed) == (0, sorted([*ALL, "tiny/silver"])), done.stderr
    assert "kept 1.629e-08" in copy.page("second")
    assert copy.build()[1] == []
    result = copy.root / "_build" / "executed" / "choices" / "tiny" / "silver.json"
    before = result.read_text()
    for harm in (result.unlink, lambda: result.write_text(before[:9])):
        harm()
        done, executed = copy.build()
        assert (done.returncode, executed) == (0, ["second", "tiny/silver"])
        assert result.read_text() == before
    copy.replace("data/silver-aluminium-resistivity.csv", "300,1.629,", "300,1.777,")
    assert copy.build()[1] == ["second", "sheets/silver", "tiny/silver"]
    assert "kept 1.777e-08" in copy.page("second")


@pytest.mark.builds
def test_edited_text_executes_nothing_and_changes_the_page(copy):
    copy.replace("book/second.md", "# Second", "# Second thoughts")
    done, executed = copy.build()
    assert (done.returncode, executed) == (0, [])
    assert "Second thoughts" in copy.page("second")


@pytest.mark.builds
def test_another_lock_executes_everything(copy):
    with (copy.root / "requirements.lock").open("a") as lock:
        lock.write("# another one\n")
    assert copy.build(*CHAPTERS)[1] == ALL


@pytest.mark.builds
def test_measured_data_that_appear_get_a_sheet_once(copy, tmp_path):
    assert "far-away" in copy.build()[0].stdout.splitlines()[-2]
    (tmp_path / "measured" / "some").mkdir(parents=True)
    (tmp_path / "measured" / "some" / "curve.txt").write_bytes(FAR_AWAY)
    at_hand = {"COMPENDIUM_DATA": tmp_path / "measured"}
    done, executed = copy.build(**at_hand)
    assert (done.returncode, executed) == (0, ["sheets/far-away"])
    assert "far-away" not in done.stdout.splitlines()[-2]
    assert "sheets/far-away.html" in copy.page("all-runs")
    assert copy.build(**at_hand)[1] == []


@pytest.mark.builds
def test_a_chapter_that_misses_data_is_executed_when_they_appear(copy, tmp_path):
    code = (
        "try:\n    print(len(analysis.load('far-away')))\n"
        "except analysis.DatasetUnavailable:\n    print('missing')"
    )
    copy.chapter("second", code)
    assert copy.build(*CHAPTERS)[1] == ["second"]
    (tmp_path / "measured" / "some").mkdir(parents=True)
    (tmp_path / "measured" / "some" / "curve.txt").write_bytes(FAR_AWAY)
    done, executed = copy.build(*CHAPTERS, COMPENDIUM_DATA=tmp_path / "measured")
    assert (done.returncode, executed) == (0, ["second", "sheets/far-away"])


def test_a_failing_cell_fails_every_time_until_it_is_mended(copy):
    copy.chapter("second", "known = 1\nknown / 0")
    for _ in range(2):
        done, executed = copy.build()
        assert (done.returncode, executed) == (1, ["second"])
        assert "book/second.md: a cell failed" in done.stderr
        assert "known / 0" in done.stderr
        assert "ZeroDivisionError: division by zero" in done.stderr
        assert "The book is at" not in done.stdout
    copy.chapter("second", "print(6 * 7)")
    done, executed = copy.build(*CHAPTERS)
    assert (done.returncode, executed) == (0, ["second"])


@pytest.mark.builds
def test_a_warning_fails_every_time(copy):
    with (copy.root / "book" / "index.md").open("a") as page:
        page.write("\nSee {ref}`nowhere`.\n")
    for _ in range(2):
        done, executed = copy.build()
        assert (done.returncode, executed) == (1, [])
        assert "undefined label: 'nowhere'" in done.stderr
        assert "The book is at" not in done.stdout


@pytest.mark.builds
def test_what_a_cell_writes_to_standard_error_counts_as_a_warning(copy):
    copy.chapter("second", 'import sys\nprint("oh dear", file=sys.stderr)')
    done, _ = copy.build()
    assert done.returncode == 1
    assert "stderr" in done.stderr


@pytest.mark.builds
def test_a_killed_build_recovers(copy):
    copy.chapter("second", "print(6 * 7)")
    hold = copy.root / "executed-hold"
    hold.touch()
    copy.record.write_text("")
    with subprocess.Popen(
        copy.command(), env=copy.environment(), stdout=subprocess.PIPE, start_new_session=True
    ) as build:
        wait_until(lambda: copy.record.read_text() == "second ")
        os.killpg(build.pid, signal.SIGKILL)
    hold.unlink()
    done, executed = copy.build()
    assert (done.returncode, executed) == (0, ["second"])
    assert "42" in copy.page("second")


@pytest.mark.builds
def test_a_damaged_notebook_is_executed_again(copy):
    for notebook in (copy.root / "_build" / "executed" / "chapters").glob("*.ipynb"):
        notebook.write_text("{")
    copy.replace("book/second.md", "# Second", "# Second thoughts")
    done, executed = copy.build(*CHAPTERS)
    assert (done.returncode, executed) == (0, ["index", "second"])


# --- sheets -----------------------------------------------------------------------------------


def test_sheets_are_pages_that_the_gallery_leads_to(copy):
    assert 'href="sheets/silver.html"' in copy.page("all-runs")
    assert "silver: resistance (recommended)" in copy.page("sheets/silver")
    assert copy.results()["silver"]["warnings"] == ["watch *this*"]


@pytest.mark.builds
def test_an_edited_template_executes_the_sheets(copy):
    copy.sheet("curve = analysis.load(dataset)\nprint('a new line')")
    done, executed = copy.build()
    assert (done.returncode, executed) == (0, ["sheets/copper-rrr100", "sheets/silver"])
    assert "a new line" in copy.page("sheets/silver")


@pytest.mark.builds
def test_a_failed_sheet_is_reported_and_the_others_are_there(copy):
    copy.sheet("curve = analysis.load(dataset)\nassert dataset != 'silver', 'tarnished'")
    for _ in range(2):  # it is tried again each time
        done, executed = copy.build()
        assert done.returncode == 1
        assert "sheets/silver" in executed
        assert "sheet silver: a cell failed" in done.stderr
        assert "assert dataset != 'silver'" in done.stderr
        assert "AssertionError: tarnished" in done.stderr
        assert "This sheet failed" in copy.page("sheets/silver")
        assert "tarnished" in copy.page("sheets/silver")
        assert "failed" in copy.page("all-runs")
    found = copy.results()
    assert (found["silver"]["status"], found["silver"]["numbers"]) == ("failed", {})
    assert found["silver"]["error"] == "AssertionError: tarnished"
    assert found["copper-rrr100"]["status"] == "ok"
    copy.sheet("curve = analysis.load(dataset)")
    assert copy.build(*CHAPTERS)[0].returncode == 0
    assert copy.results()["silver"]["status"] == "ok"


@pytest.mark.builds
def test_a_chapter_that_reads_the_results_follows_them(copy):
    copy.chapter("second", "print(len(analysis.load_results().sheets), 'sheets')")
    assert "2 sheets" in copy.page("second") if copy.build()[0].returncode == 0 else False
    package = json.loads((copy.root / "data" / "datapackage.json").read_text())
    package["resources"] = [
        resource for resource in package["resources"] if resource["name"] != "silver"
    ]
    copy.write("data/datapackage.json", json.dumps(package))
    done, executed = copy.build()
    assert (done.returncode, executed) == (0, ["second"])
    assert "1 sheets" in copy.page("second")
    assert not (copy.root / "_build" / "html" / "sheets" / "silver.html").exists()


@pytest.mark.builds
def test_a_chapter_that_reads_the_studies_follows_them(copy):
    cell = (
        "from compendium.chapters import coverage\n_, note = coverage.load_studies()\nprint(note)"
    )
    copy.chapter("second", cell)
    assert copy.build()[0].returncode == 0
    assert "no study has run on this machine" in copy.page("second")
    row = "some test,coverage,100,0.95,0.93,0.97,7,2026-01-31,noise,interval,0.02,0,0,fit,full,abc"
    head = ",".join(studies.Row._fields)
    (copy.root / "_build" / "studies.csv").write_text(f"{head}\n{row}\n")
    done, executed = copy.build()
    assert (done.returncode, executed) == (0, ["second"])
    assert "no study has run on this machine" not in copy.page("second")
    assert copy.build()[1] == []


@pytest.mark.builds
def test_another_executor_than_this_machine(copy, tmp_path):
    submit = tmp_path / "submit"
    submit.write_text(
        f'#!/bin/sh\necho "$1" >> {tmp_path}/submitted\nsh "$1" >> {tmp_path}/log 2>&1 &\necho $!\n'
    )
    submit.chmod(0o755)
    copy.sheet("curve = analysis.load(dataset)\nprint('elsewhere')")
    done, executed = copy.build(
        "--executor",
        "cluster-generic",
        f"--cluster-generic-submit-cmd={submit}",
        "--jobs=2",
        "--latency-wait=20",
    )
    assert (done.returncode, executed) == (0, ["sheets/copper-rrr100", "sheets/silver"]), done
    assert len((tmp_path / "submitted").read_text().splitlines()) == 2
    assert "elsewhere" in copy.page("sheets/silver")


def digest_of_the_book(copy):
    """Return the contents of every page and of the results, without date and times."""
    pages = sorted((copy.root / "_build" / "html").rglob("*.html"))
    texts = {page.name: of_the_commit(page.read_text(encoding="utf-8")) for page in pages}
    return texts, copy.results()


@pytest.mark.study
def test_builds_killed_at_any_moment_end_in_the_same_book(copy):
    shutil.rmtree(copy.root / "_build")
    assert copy.build()[0].returncode == 0
    undisturbed = digest_of_the_book(copy)
    moments = random.Random(20240104)  # noqa: S311
    shutil.rmtree(copy.root / "_build")
    for _ in range(3):
        with subprocess.Popen(
            copy.command(),
            env=copy.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as build:
            time.sleep(moments.uniform(1, 12))
            os.killpg(build.pid, signal.SIGKILL)
        for notebook in (copy.root / "_build").glob("executed/**/*.ipynb"):
            assert "cells" in json.loads(notebook.read_text())
    done, _ = copy.build()
    assert done.returncode == 0, done.stdout + done.stderr
    assert digest_of_the_book(copy) == undisturbed


# --- one's own data ---------------------------------------------------------------------------


@pytest.fixture
def mine(tmp_path):
    """A data package with one good file and, once asked for, a broken one."""
    folder = tmp_path / "my data"
    folder.mkdir()
    (folder / "good.csv").write_text(
        "T (K),R (ohm)\n" + "".join(f"{t},{t / 7}\n" for t in range(5, 99))
    )
    (folder / "broken.csv").write_text("T (K),R (ohm)\n1,2\nthree,4\n")
    entries = [{"name": n, "path": f"{n}.csv", "kind": "resistance"} for n in ("good", "broken")]

    def package(*names):
        kept = [entry for entry in entries if entry["name"] in names]
        (folder / "datapackage.json").write_text(json.dumps({"resources": kept}))
        return folder / "datapackage.json"

    return package


def test_ones_own_package_makes_the_book(copy, mine):
    copy.chapter("second", "from compendium.chapters.roles import roles\nprint(roles().curve.name)")
    section = "% needs: transition\n## The drop\n{numref}`fig-lost`\n\n## Kept\nstays\n"
    text = (copy.root / "book" / "second.md").read_text()
    copy.write("book/second.md", f"{text}\n{section}")
    package = mine("good")
    done, executed = copy.build(
        "--data", "my data/datapackage.json", COMPENDIUM_CALLER=package.parent.parent
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # The data that both packages have did not change.
    assert executed == ["second", "sheets/good"]
    assert "sheets/good.html" in copy.page("all-runs")
    said = re.sub("<[^>]*>", "", unescape(copy.page("second")))
    assert (
        "needs a curve with a superconducting transition; the package “my data” has none." in said
    )
    assert "stays" in said
    assert "\ngood\n" in said
    assert "warning: in no figure of a chapter: good. Give these data sets a role" in done.stderr
    # `make pdf` and others go on with it, and nothing is executed again.
    again, executed = copy.build("--last", "--strict-data")
    assert (again.returncode, executed) == (1, [])
    assert "error: in no figure of a chapter: good" in again.stderr
    command = [sys.executable, "-P", "-m", "compendium.lab", "--write"]
    lab = subprocess.run(
        command, env=copy.environment(), capture_output=True, text=True, check=True
    )
    assert f"The data package is {package}." in lab.stdout
    assert "has none" in (copy.root / "_build" / "lab" / "second.ipynb").read_text()
    # Without it, it is the project's own book again.
    own, _ = copy.build()
    assert own.returncode == 0, own.stdout + own.stderr
    assert f"to use it again: make book DATA='{package}'" in own.stdout
    assert "of the La3Ni2O7 compendium" in re.sub("<[^>]*>", "", copy.page("second"))


@pytest.mark.builds
def test_a_broken_file_of_ones_own_does_not_stop_the_others(copy, mine):
    done, _ = copy.build("--data", mine("good", "broken"))
    assert done.returncode == 1
    assert "error: a cell failed in sheet broken" in done.stderr
    found = copy.results()
    assert found["good"]["status"] == "ok"
    assert "three" in found["broken"]["error"]
    assert "This sheet failed" in copy.page("sheets/broken")


def test_a_package_that_cannot_be_read_is_one_line(copy, tmp_path):
    done, executed = copy.build("--data", tmp_path / "nothere.json")
    assert (done.returncode, executed) == (2, [])
    assert len(done.stderr.splitlines()) == 1
    assert "nothere.json" in done.stderr


# --- the built pages ------------------------------------------------------------------------


class Page(HTMLParser):
    """What the tests need to know of a page."""

    LOADED_LINKS = frozenset(
        ("stylesheet", "icon", "preload", "prefetch", "modulepreload", "preconnect", "manifest")
    )
    LOADING: ClassVar = {
        "script": ["src"],
        "img": ["src", "srcset"],
        "iframe": ["src"],
        "source": ["src", "srcset"],
        "video": ["src", "poster"],
        "audio": ["src"],
        "track": ["src"],
        "embed": ["src"],
        "object": ["data"],
        "use": ["href", "xlink:href"],
        "image": ["href", "xlink:href"],
        "input": ["src"],
    }

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.images, self.loaded, self.links, self.ids, self.classes = [], [], [], set(), set()
        self.inline = {"script": [], "style": []}
        self._inside = None
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        self._inside = tag
        self.ids.add(attributes.get("id", ""))
        self.classes.update(attributes.get("class", "").split())
        self.loaded += [attributes[a] for a in self.LOADING.get(tag, ()) if a in attributes]
        if tag == "link" and self.LOADED_LINKS & set(attributes.get("rel", "").lower().split()):
            self.loaded.append(attributes["href"])
        if "style" in attributes:
            self.inline["style"].append(attributes["style"])
        if tag == "img":
            self.images.append(attributes)
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])

    def handle_endtag(self, _tag):
        self._inside = None

    def handle_data(self, data):
        if self._inside in self.inline:
            self.inline[self._inside].append(data)


@pytest.fixture(scope="session")
def book(html):
    """Return every page of the real book."""
    return [Page(path) for path in sorted(html.rglob("*.html")) if "_static" not in path.parts]


def addresses_in_css(text):
    return re.findall(r"""(?:url\(|@import\s+)\s*["']?([^"')\s]+)""", text)


def test_every_chapter_of_the_table_of_contents_is_a_page(book):
    from sphinx_external_toc.parsing import parse_toc_yaml

    pages = {page.path.relative_to(HTML).with_suffix("").as_posix() for page in book}
    assert set(parse_toc_yaml(ROOT / "_toc.yml")) <= pages


def test_pages_load_nothing_from_other_hosts(book):
    loaded = [(page.path.name, address) for page in book for address in page.loaded]
    assert [(name, address) for name, address in loaded if elsewhere(address)] == []


def test_inline_scripts_and_styles_name_no_other_host(book):
    named = [
        (page.path.name, address)
        for page in book
        for text in (*page.inline["script"], *page.inline["style"])
        for address in re.findall(r"""["'(](?:https?:)?//[\w.-]+\.\w+[^"')]*""", text)
        if not address[1:].startswith("http://www.w3.org/2000/")  # names of XML, not places
    ]
    assert named == []


def test_style_sheets_load_nothing_from_other_hosts(book):
    sheets = list(HTML.rglob("*.css"))
    assert book
    assert sheets
    external = [
        (sheet.name, address)
        for sheet in sheets
        for address in addresses_in_css(sheet.read_text(encoding="utf-8"))
        if elsewhere(address)
    ]
    assert external == []


def test_what_pages_load_and_link_to_exists(book):
    ids = {page.path: page.ids for page in book}
    broken = []
    for page in book:
        for address in (*page.loaded, *page.links):
            parts = urlsplit(address)
            if parts.scheme or elsewhere(address) or address == PRINT:
                continue
            target = page.path
            if parts.path:
                target = (page.path.parent / unquote(parts.path)).resolve()
            anchor = unquote(parts.fragment)
            if anchor.startswith("live-"):  # made by a script: tests/test_course_pages.py
                anchor = ""
            if not target.exists() or (anchor and target in ids and anchor not in ids[target]):
                broken.append((page.path.name, address))
    assert broken == []


def test_every_image_has_a_text_that_says_what_it_shows(book):
    poor = [
        (page.path.name, image.get("src"), image.get("alt"))
        for page in book
        for image in page.images
        if " " not in image.get("alt", "").strip() or re.search(r"\.(png|svg)$", image["alt"])
    ]
    assert poor == []


def test_every_figure_of_a_chapter_has_its_drawing_and_its_data(book):
    from xml.etree import ElementTree as ET

    counted = 0
    for page in book:
        if page.path.parent.name == "sheets":
            continue
        text = page.path.read_text(encoding="utf-8")
        figures = re.findall(r'<figure [^>]*id="(fig-[^"]+)">(.*?)</figure>', text, re.DOTALL)
        for name, inside in figures:
            files = re.findall(r'href="([^"]*figures/[^"]+)"', inside)
            found = [(page.path.parent / file).resolve() for file in files]
            kinds = ("svg", "csv", "txt")
            assert [file.name for file in found] == [f"{name}.{kind}" for kind in kinds]
            assert ET.parse(found[0]).getroot().tag.endswith("svg")  # noqa: S314 - our own
            lines = found[1].read_text(encoding="utf-8").splitlines()
            assert lines[0].startswith("# panel 1: "), (name, lines[0])
            assert len(lines) > 3, name
            counted += 1
    assert counted > 25
    assert "vnd.compendium" not in "".join(p.path.read_text(encoding="utf-8") for p in book)


def test_every_link_to_a_term_is_described_on_its_page(book):
    links = [
        (page, described)
        for page in book
        if page.path.name != "glossary.html"
        for described in re.findall(
            r'href="[^"]*#term-[^"]*"(?: aria-describedby="([^"]*)")?',
            page.path.read_text(encoding="utf-8").split('class="bd-article"')[-1],
        )
    ]
    assert len(links) > 30
    assert [(page.path.name, one) for page, one in links if one not in page.ids] == []


def test_no_page_shows_an_error(book):
    shown = re.compile(r"Traceback \(most recent call last\)|system-message|\{glue|&lt;Figure size")
    texts = {page.path.name: page.path.read_text(encoding="utf-8") for page in book}
    assert {name: shown.findall(text) for name, text in texts.items() if shown.search(text)} == {}


# --- in a browser ---------------------------------------------------------------------------


def test_the_browser_reports_errors_and_other_hosts(no_network, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text("<script src='https://unpkg.com/x.js'></script><script>nothing()</script>")
    seen = no_network(page)
    assert "Uncaught nothing is not defined" in seen.errors
    assert seen.asked == ["https://unpkg.com/x.js"]


def test_math_is_typeset_without_a_network(book, no_network):
    with_math = [page.path for page in book if "math" in page.classes]
    assert with_math
    seen = no_network("about:blank")
    for path in with_math:
        text = seen.open(path).page.content()
        formulas = len(re.findall(r'class="math notranslate', text))
        assert text.count("<mjx-container") >= formulas > 0
        assert "<mjx-merror" not in text
    assert (seen.errors, seen.asked) == ([], [])
