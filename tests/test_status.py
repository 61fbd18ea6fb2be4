"""The page "Status" and the line at the foot of each page, of made-up builds and clones."""

import json
import re
import subprocess

import pytest

from compendium import status
from compendium.checkout import CHANGED, NO_COMMIT, checkout
from compendium.status import machine, of_the_commit, sign, signed

FOOT = '<footer><p class="made-from"></p></footer>'
SHA256 = "5f" * 32


def git(root, *words):
    me = ["-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, *me, *words], check=True, capture_output=True)


def notebook(file, read, seconds):
    how = {"read": read, "seconds": seconds}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"cells": [], "metadata": {"compendium": how}}))


@pytest.fixture
def clone(tmp_path):
    """Return a clone with a finished build of two pages, one of them "Status"."""
    root = tmp_path / "clone"
    site = root / "_build" / "html"
    (site / "sheets").mkdir(parents=True)
    (site / "_static").mkdir()
    (root / ".gitignore").write_text("_build/\n")
    (root / "law.py").write_text("N = 5\n")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "A law")
    (root / "_build" / "results.json").write_text('{"versions": {"numpy": "2.4.6"}}')
    (root / "_build" / status.SECONDS).write_text('{"sheets/a b": 2.25, "1-intro": 40}')
    for name in ("index", "sheets/silver", "_static/other"):
        (site / f"{name}.html").write_text(FOOT)
    (site / "status.html").write_text(f'{FOOT}<div class="made-here"></div>')
    return root


def page(root, name):
    return (root / "_build" / "html" / f"{name}.html").read_text()


# --- which commit -------------------------------------------------------------------------------


def test_a_checkout_says_its_commit_its_day_and_whether_files_differ(clone):
    said = checkout(clone)
    assert re.fullmatch(r"commit [0-9a-f]{10} of \d{4}-\d\d-\d\d", said)
    (clone / "law.py").write_text("N = 3\n")
    assert checkout(clone) == said + CHANGED
    git(clone, "checkout", "law.py")
    (clone / "analysis").mkdir()
    (clone / "analysis" / "new.py").write_text("")
    assert checkout(clone) == said + CHANGED


def test_a_folder_that_is_no_clone_knows_no_commit(clone, tmp_path):
    assert checkout(tmp_path) == NO_COMMIT
    inside = clone / "unpacked"  # of somebody else's repository, whose commit says nothing
    inside.mkdir()
    assert checkout(inside) == NO_COMMIT


# --- finished pages -----------------------------------------------------------------------------


def test_every_page_gets_the_commit_and_a_second_time_changes_nothing(clone):
    assert sign(clone, clone / "_build")
    foot = f"la3ni2o7-compendium {status.__version__}, {checkout(clone)}; numpy 2.4.6</p>"
    for name, link in (
        ("index", '<a href="status.html">Status</a>: '),
        ("sheets/silver", '<a href="../status.html">Status</a>: '),
        ("status", ""),
    ):
        assert f'<p class="made-from">{link}{foot}' in page(clone, name)
    assert page(clone, "_static/other") == FOOT
    assert not sign(clone, clone / "_build")


def test_another_commit_and_another_summary_reach_finished_pages(clone):
    sign(clone, clone / "_build")
    first = page(clone, "index")
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "More")
    assert sign(clone, clone / "_build")
    assert page(clone, "index") == first.replace(*map(commit_in, (first, page(clone, "index"))))
    assert commit_in(page(clone, "index")) != commit_in(first)
    status.keep(clone, status.TESTS, counts={"passed": 5012, "skipped": 3}, options="-k 'a<b'")
    assert sign(clone, clone / "_build")
    assert "5,012 passed, 3 skipped" in page(clone, "status")
    assert "<code>-k &#x27;a&lt;b&#x27;</code>" in page(clone, "status")


def commit_in(text):
    return re.search("commit ([0-9a-f]+)", text)[1]


def test_without_what_belongs_to_the_machine_two_builds_say_the_same(clone):
    texts = set()
    for seconds in (1.5, 70.25):
        (clone / "_build" / status.SECONDS).write_text(json.dumps({"index": seconds}))
        sign(clone, clone / "_build")
        assert f"{seconds:.1f}</td>" in page(clone, "status")
        texts.add(of_the_commit(page(clone, "status")))
    assert len(texts) == 1
    assert status.NOT_KEPT in texts.pop()
    assert of_the_commit(FOOT) == FOOT


def test_a_page_as_it_was_made_is_signed_as_one_that_was_signed_before():
    made = f'{FOOT}<div class="made-here"></div><p>after</p>'
    once = signed(made, "status.html", "commit 1", "<ul><li>1</li></ul><div>2</div>")
    again = signed(once, "status.html", "commit 2", "<p>3</p>")
    assert again == signed(made, "status.html", "commit 2", "<p>3</p>")
    assert again.endswith("<p>after</p>")


# --- what belongs to the machine ----------------------------------------------------------------


def test_what_was_not_run_is_said_to_be_not_run(clone):
    said = machine(clone / "_build")
    assert said.count(status.NOT_RUN) == 3
    assert "2 pages have code. They took 42 s together" in said
    rows = re.findall(r'<a href="([^"]*)">([^<]*)</a></td><td [^>]*>([^<]*)<', said)
    assert rows == [("1-intro.html", "1-intro", "40.0"), ("sheets/a%20b.html", "sheets/a b", "2.2")]


def test_commands_leave_what_they_found_with_its_commit(clone):
    build = clone / "_build"
    status.keep(clone, status.BENCHMARKS, lines=["one  sheet / floor   2.5"])
    totals = {"covered_lines": 950, "num_statements": 1000}
    meta = {"timestamp": "2026-11-28T08:00:00"}
    (build / status.COVERAGE).write_text(json.dumps({"totals": totals, "meta": meta}))
    said = machine(build)
    assert said.count(status.NOT_RUN) == 1
    assert "95.0 % of 1,000 statements; 2026-11-28" in said
    assert "<li>one sheet / floor 2.5</li>" in said
    assert f"{checkout(clone)}, run on " in said
    for damaged in ("{", "[1]", '{"lines": []}'):
        (build / status.BENCHMARKS).write_text(damaged)
        assert machine(build).count(status.NOT_RUN) == 2


# --- the text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("title", "names"), [(None, "cdmru"), ("Mine", "cdmr")])
def test_data_sets_have_their_digests_and_what_became_of_them(tmp_path, title, names):
    plan = {
        "title": title,
        "pages": ["index"],
        "chapters": {"index": []},
        "sheets": {"c": {"name": "c"}, "r": {"name": "r", "refused": "no numbers"}},
        "missing": ["m"],
        "expected": ["c", "m"],
        "files": {"c": SHA256, "d": "d" * 64, "m": "", "u": "e" * 64},
    }
    (tmp_path / "source").mkdir()
    (tmp_path / "results.json").write_text('{"versions": {"numpy": "2.4.6"}}')
    notebook(tmp_path / "executed/chapters/index.ipynb", {"c": SHA256, "d": "d" * 64}, 2.5)
    notebook(tmp_path / "executed/sheets/c.ipynb", {"c": SHA256}, 1.5)
    notebook(tmp_path / "executed/sheets/r.ipynb", {}, 0.0)
    status.write_status(plan, tmp_path)
    text = (tmp_path / "source" / "status.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    rows = {row[0]: row[1:] for row in rows if len(row) == 4 and len(row[0]) == 1}
    assert "".join(sorted(rows)) == names
    assert rows["c"] == ["here", "2", f"`{SHA256}`"]
    assert rows["m"] == ["missing", "0", "–"]
    assert rows["r"] == ["refused", "0", "–"]
    assert r"| numpy | 2\.4\.6 | numbers |" in text
    seconds = json.loads((tmp_path / status.SECONDS).read_text())
    assert seconds == {"index": 2.5, "sheets/c": 1.5, "sheets/r": 0.0}
