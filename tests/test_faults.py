"""A broken machine loses nothing: full disks, kills, damage, clocks, files that change.

Each fault ends in one line and a status other than 0 soon after it, and the next build's pages
are those of a build that nothing disturbed. The small book's pages are made by a stand-in for
Jupyter Book, which is quick and writes all that the pages depend on; tests/test_book.py kills
builds of real pages.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_book import Copy, wait_until

from compendium.status import of_the_commit

ROOT = Path(__file__).resolve().parent.parent
SOON = 20  # seconds from a fault to the end of the build

# Stands at the end of the copy's pages.py.
QUICK_PAGES = """

def run_jupyter_book(source, config, *, builder="html", output=ROOT):
    HTML.mkdir(parents=True)
    for file in sorted(source.rglob("*")):
        if file.suffix in (".md", ".ipynb"):
            page = HTML / file.relative_to(source).with_suffix(".html")
            page.parent.mkdir(exist_ok=True)
            page.write_bytes(file.read_bytes())
    for file in sorted((EXECUTED / "chapters").glob("*.ipynb")):
        cells = json.loads(file.read_text())["cells"]
        said = [out.get("text", "") for one in cells for out in one.get("outputs", ())]
        with (HTML / f"{file.stem}.html").open("a") as page:
            page.write(json.dumps(said))
    return True
"""


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A built book with one chapter and one sheet, and its pages and results."""
    root = tmp_path_factory.mktemp("clean")
    (root / "book").mkdir()
    copy = Copy(root)
    pages = root / "compendium" / "pages.py"
    pages.write_text(pages.read_text() + QUICK_PAGES)
    copy.write("_toc.yml", "format: jb-book\nroot: index\n")
    package = json.loads((root / "data" / "datapackage.json").read_text())
    package["resources"] = [
        resource for resource in package["resources"] if resource["name"] == "silver"
    ]
    copy.write("data/datapackage.json", json.dumps(package))
    copy.chapter("index", 'print("silver", analysis.load("silver").resistance[-1])')
    done, executed = copy.build()
    assert (done.returncode, executed) == (0, ["index", "sheets/silver"]), done.stdout + done.stderr
    return copy, book(copy)


@pytest.fixture
def copy(clean, tmp_path):
    """Give a test its own copy of the built book."""
    mine = object.__new__(Copy)
    mine.root = tmp_path / "copy"
    shutil.copytree(clean[0].root, mine.root)
    mine.record = mine.root / "executed"
    return mine


def book(copy):
    """Return every page without the times of this build, and the results."""
    html = copy.root / "_build" / "html"
    pages = sorted(file for file in html.rglob("*") if file.suffix == ".html")
    texts = {page.relative_to(html).as_posix(): page.read_text("utf-8") for page in pages}
    return {name: of_the_commit(text) for name, text in texts.items()}, copy.results()


def errors(text):
    return [line for line in text.splitlines() if line.startswith("error: ")]


def assert_heals(copy, clean):
    done, executed = copy.build()
    assert done.returncode == 0, done.stdout + done.stderr
    assert book(copy) == clean[1]
    return executed


@contextmanager
def held(copy):
    """Start a build that executes the chapter, and yield it when it does; end it at last."""
    notebook = copy.root / "_build" / "executed" / "chapters" / "index.ipynb"
    notebook.unlink(missing_ok=True)
    hold = copy.root / "executed-hold"
    hold.touch()
    copy.record.write_text("")
    with subprocess.Popen(
        copy.command(),
        env=copy.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as build:
        try:
            wait_until(lambda: "index" in copy.record.read_text())
            yield build
        finally:
            hold.unlink(missing_ok=True)
            build.kill()


def running(copy):
    """Return the processes of a copy's builds, kernels aside: pid and command."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (
                (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
        except OSError:
            continue
        if f"EXECUTED={copy.record}\0".encode() in environment:
            found[int(folder.name)] = command
    return found


def process(copy, word):
    return next(pid for pid, command in running(copy).items() if word in command)


# --- refused before anything is done ----------------------------------------------------------


@pytest.fixture
def fresh(tmp_path):
    """A copy of the project that has not been built."""
    root = tmp_path / "fresh"
    (root / "book").mkdir(parents=True)
    return Copy(root)


def put_file(build, _):
    build.write_text("mine")


def put_link_to_nothing(build, elsewhere):
    build.symlink_to(elsewhere / "nothing")


def put_link_to_others(build, elsewhere):
    build.symlink_to(elsewhere)


@pytest.mark.parametrize(
    ("put", "says"),
    [
        (put_file, "is a file; a build needs a folder there"),
        (put_link_to_nothing, "which is not a folder; remove the link"),
        (put_link_to_others, "holds other files, and a build deletes files"),
    ],
)
def test_a_build_folder_that_is_none_is_refused(put, says, fresh, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "html").mkdir(parents=True)
    (elsewhere / "html" / "mine.html").write_text("mine")
    put(fresh.root / "_build", elsewhere)
    done, executed = fresh.build()
    assert (done.returncode, executed, done.stdout) == (2, [], "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert says in line
    assert (elsewhere / "html" / "mine.html").read_text() == "mine"


AS_ANOTHER = """\
import os, sys
from compendium import build
from compendium.faults import in_one_line
if os.getuid() == 0:  # for root nothing is forbidden
    os.setgid(65534)
    os.setuid(65534)
sys.argv = ["build"]
sys.exit(in_one_line(build.main))
"""


def test_a_build_folder_of_somebody_else_is_one_line(fresh):
    build = fresh.root / "_build"
    build.mkdir(mode=0o555)
    temporary = Path(tempfile.gettempdir())
    for folder in (fresh.root, *fresh.root.parents):
        if folder != temporary and folder.is_relative_to(temporary):
            folder.chmod(0o755)  # of pytest's own, which it closes again when it next runs
    done = subprocess.run(
        [sys.executable, "-P", "-c", AS_ANOTHER],
        env=fresh.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert errors(done.stderr) == done.stderr.splitlines()
    assert "_build/.lock: Permission denied; allow it" in done.stderr


def test_a_data_folder_that_is_none_is_a_warning(monkeypatch, capsys, tmp_path):
    from compendium import build

    monkeypatch.setenv("COMPENDIUM_DATA", str(tmp_path / "nothing"))
    monkeypatch.setattr(sys, "argv", ["build"])
    build.arguments()
    err = capsys.readouterr().err
    assert err == f"warning: COMPENDIUM_DATA names {tmp_path / 'nothing'}, which is not a folder\n"


# --- standard output, tools -------------------------------------------------------------------

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this machine")
@pytest.mark.parametrize("arguments", [["list"], ["fit", "resistance", "silver", "--json"]])
def test_a_full_standard_output_is_one_line(arguments):
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "analysis", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=ROOT,
        )
    assert done.returncode == 2
    assert done.stderr == "error: No space left on device; make room there\n"


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"[1]", b'{"sheets": 1}', b"[" * 100_000])
def test_damaged_results_are_not_compared(damage, tmp_path, capsys):
    from compendium.compare import main
    from compendium.faults import in_one_line

    (tmp_path / "results.json").write_bytes(damage)
    assert in_one_line(lambda: main([str(tmp_path / "results.json")] * 2)) == 2
    assert "not a table of results" in capsys.readouterr().err


def test_no_pages_no_zip(tmp_path):
    from analysis.errors import DataError
    from compendium.bundle import write_zip

    with pytest.raises(DataError, match="no pages there; `make book` makes them"):
        write_zip(tmp_path, tmp_path / "book.zip", "book")
    assert list(tmp_path.iterdir()) == []


def test_an_environment_is_made_only_where_nothing_is_lost(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    script = ROOT / "compendium" / "set_up.py"
    done = subprocess.run(
        [sys.executable, script, tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is not a virtual environment, and its files would be deleted" in done.stderr
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    from compendium import files

    (tmp_path / "there" / "folder").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        files.write_whole(tmp_path / "there", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_file_that_changes_while_it_is_read_is_refused(monkeypatch, tmp_path):
    from analysis.catalogue import loading
    from analysis.errors import DataError

    (tmp_path / "a.csv").write_text("T (K),R (ohm)\n" + "".join(f"{t},{t}\n" for t in range(1, 10)))
    entry = {"name": "a", "path": "a.csv", "kind": "resistance"}
    package = tmp_path / "datapackage.json"
    package.write_text(json.dumps({"resources": [entry]}))
    read = loading._read_curve

    def read_and_change(entry):
        found = read(entry)
        (tmp_path / "a.csv").write_text("T (K),R (ohm)\n1,2\n3,4\n")
        return found

    assert len(loading.load("a", package=package)) == 9
    monkeypatch.setattr(loading, "_read_curve", read_and_change)
    with pytest.raises(DataError, match="changed while it was read; run it again"):
        loading.load("a", package=package)


@pytest.mark.parametrize(
    ("log", "reasons"),
    [
        (["bash: line 1: python9: command not found"], ["python9: command not found"]),
        (["No module named snakemake"], ["No module named snakemake"]),
        (["x died", "error: sheet a: no room", "KeyError: 1"], ["sheet a: no room"]),
        (["WorkflowError:", "something else"], ["something else"]),
        ([], []),
    ],
)
def test_the_reason_is_found_in_a_log(log, reasons):
    from compendium.faults import reasons_in

    assert reasons_in(log) == reasons


# --- damage of what is in _build --------------------------------------------------------------


def a_folder(path):
    path.unlink(missing_ok=True)
    (path / "within").mkdir(parents=True)


def a_link(path):
    """Put a link to a file of the user in its place."""
    mine = next(folder for folder in path.parents if folder.name == "copy") / "mine.txt"
    mine.write_text("mine")
    path.unlink(missing_ok=True)
    path.symlink_to(mine)


DAMAGES = {
    "removed": lambda path: path.unlink(),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00\x80"),
    "a folder": a_folder,
    "a link": a_link,
}
PLACES = (
    "results.json",
    "results.csv",
    "finished",
    "pages-made",
    "plan.json",
    "roles.json",
    "package",
    "composed/index.md",
    "snakemake.log",
    ".lock",
    "stamps/code",
    "stamps/data/silver",
    "executed/sheets/silver.ipynb",
    "executed/chapters/index.ipynb",
    "executed/chapters/index.used",
    "executed/chapters/.index.ipynb.sha256",
    "html/index.html",
    "html/sheets/silver.html",
)
# What a build without work does not look at, as it writes them anew when it has work.
UNSEEN = {
    *("plan.json", "roles.json", "package", "composed/index.md"),
    *("snakemake.log", ".lock", "pages-made", "stamps/code", "stamps/data/silver"),
}


@pytest.mark.builds
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_of_every_file_is_healed(damage, copy, clean):
    """Each way of damage at every place at once: no place hides another's."""
    for place in PLACES:
        DAMAGES[damage](copy.root / "_build" / place)
    assert_heals(copy, clean)
    mine = copy.root / "mine.txt"
    assert not mine.exists() or mine.read_text() == "mine"


NOTICED = """\
import pathlib, shutil, sys
from compendium import plan, state
inputs = plan.Survey().everything()
assert state.finished(inputs)
for place in sys.argv[1:]:
    path = state.BUILD / place
    before = path.read_bytes()
    for damage in (None, b"", before[: len(before) // 2], b"\\xff", before + b" "):
        path.unlink() if damage is None else path.write_bytes(damage)
        print(place, damage is None, state.finished(inputs))
        path.write_bytes(before)
assert state.finished(inputs)
"""


@pytest.mark.builds
def test_a_build_without_work_notices_damage(copy):
    places = [place for place in PLACES if place not in UNSEEN]
    done = subprocess.run(
        [sys.executable, "-P", "-c", NOTICED, *places],
        env=copy.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 5 * len(places)
    assert [line for line in lines if not line.endswith("False")] == []


@pytest.mark.builds
def test_what_is_below_a_link_is_not_touched(copy, clean, tmp_path):
    mine = tmp_path / "mine"
    build = copy.root / "_build"
    for name in ("executed", "html", "stamps", ".snakemake", "source"):
        shutil.copytree(build / name, mine / name)
        (mine / name / "broken.ipynb").write_text("mine")
        shutil.rmtree(build / name)
        (build / name).symlink_to(mine / name)
    before = sorted(path for path in mine.rglob("*"))
    assert_heals(copy, clean)
    assert sorted(path for path in mine.rglob("*")) == before


@pytest.mark.builds
def test_what_is_from_the_future_hides_no_change(copy, clean):
    tomorrow = time.time() + 86400
    for path in (copy.root / "_build").rglob("*"):
        os.utime(path, (tomorrow, tomorrow))
    table = copy.root / "data" / "silver-aluminium-resistivity.csv"
    before = table.read_text()
    table.write_text(before.replace("300,1.629,", "300,1.777,"))
    done, executed = copy.build()
    assert (done.returncode, executed) == (0, ["index", "sheets/silver"])
    assert copy.results()["silver"]["numbers"]["last"]["value"] == 1.777e-8
    table.write_text(before)
    assert_heals(copy, clean)


# --- kills ------------------------------------------------------------------------------------


@pytest.mark.builds
def test_builds_that_are_killed_end_soon_with_the_reason_and_recover(copy, clean):
    for victim, sign, status, says in (
        ("compendium.run chapter", signal.SIGKILL, 1, "chapter index was killed by signal 9 (out"),
        (
            "-m snakemake",
            signal.SIGKILL,
            1,
            "the build stopped: Snakemake was killed by signal 9",
        ),
        ("ipykernel_launcher", signal.SIGKILL, 1, "book/index.md: a cell failed"),
        ("compendium.build", signal.SIGINT, 130, "interrupted; run the same command again"),
        ("compendium.build", signal.SIGTERM, 130, "interrupted; run the same command again"),
        ("compendium.build", signal.SIGKILL, -9, ""),
    ):
        with held(copy) as build:
            os.kill(process(copy, victim), sign)
            before = time.monotonic()
            said = build.communicate(timeout=60)[0]
            assert time.monotonic() - before < SOON
            assert build.returncode == status, said
            assert says in said
            wait_until(lambda: not running(copy), SOON)  # the hold is still there
    assert "index" in assert_heals(copy, clean)


@pytest.mark.builds
def test_who_waits_is_told_for_whom(copy, clean):
    with held(copy) as first:
        os.kill(first.pid, signal.SIGSTOP)
        with subprocess.Popen(
            copy.command(), env=copy.environment(), stdout=subprocess.PIPE, text=True
        ) as second:
            assert second.stdout.readline() == (
                f"Another build (process {first.pid}, stopped: kill -CONT {first.pid}) is running "
                "here; waiting for it.\n"
            )
            os.kill(first.pid, signal.SIGCONT)
            (copy.root / "executed-hold").unlink()
            assert first.wait(120) == 0
            assert second.wait(120) == 0
    assert book(copy) == clean[1]


# --- a full disk ------------------------------------------------------------------------------


@pytest.fixture
def small_disk(copy):
    """Put the copy's _build on a disk of its own that can be filled."""
    build, kept = copy.root / "_build", copy.root / "kept"
    build.rename(kept)
    build.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", build]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        shutil.copytree(kept, build, dirs_exist_ok=True)
        yield build
    finally:
        subprocess.run(["umount", "-l", build], check=True)


@pytest.mark.builds
def test_a_full_disk_ends_the_build(copy, clean, small_disk):
    ballast = small_disk / "ballast"
    for room in (0, 8192):
        with held(copy) as build:
            disk = os.statvfs(small_disk)
            ballast.write_bytes(b"0" * (disk.f_bavail * disk.f_frsize - room))
            (copy.root / "executed-hold").unlink()
            before = time.monotonic()
            said = build.communicate(timeout=120)[0]
            assert time.monotonic() - before < SOON
        assert build.returncode == 1, said
        assert "No space left on device" in errors(said)[-1]
        wait_until(lambda: not running(copy), SOON)
        ballast.unlink()
    assert_heals(copy, clean)


# --- data that change, or cannot be used ------------------------------------------------------


@pytest.mark.builds
def test_a_file_that_changes_during_the_build_is_not_mixed_in(copy, clean):
    table = copy.root / "data" / "silver-aluminium-resistivity.csv"
    before = table.read_text()
    with held(copy) as build:
        table.write_text(before.replace("300,1.629,", "300,1.777,"))
        (copy.root / "executed-hold").unlink()
        said = build.communicate(timeout=120)[0]
    assert build.returncode == 1
    assert "chapter index: the file of silver changed during the build; run the build again" in said
    table.write_text(before)
    assert_heals(copy, clean)


@pytest.mark.builds
def test_a_data_set_that_cannot_be_used_stops_no_other(copy, clean):
    catalogue = copy.root / "analysis" / "catalogue" / "datasets.py"
    before = catalogue.read_text()
    reason = "mine/datapackage.json, resource 'bad': pressure <b>-1</b> is no pressure"
    catalogue.write_text(
        f"{before}\n\ndef refused_datasets(package=None):\n"
        "    import types\n"
        f"    return (types.SimpleNamespace(name='bad', kind='resistance', reason={reason!r}),)\n"
    )
    for _ in range(2):  # the second has nothing to do, and says it again
        done, executed = copy.build()
        assert done.returncode == 1
        assert errors(done.stderr) == [f"error: bad cannot be used: {reason}"]
    assert executed == []
    assert "There is no sheet of this data set" in copy.page("sheets/bad")
    assert "sheets/bad" in copy.page("all-runs")
    results = copy.results()
    assert (results["bad"]["status"], results["bad"]["error"]) == ("failed", reason)
    assert results["silver"] == clean[1][1]["silver"]
    catalogue.write_text(before)
    assert_heals(copy, clean)
