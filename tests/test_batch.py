"""Many files: each has its line, whatever becomes of others; the same bytes every time."""

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from batch_work import work

import analysis
from analysis.cli.processes import outcomes
from analysis.show.findings import Status

ROOT = Path(__file__).resolve().parent.parent
FIT = [sys.executable, "-m", "analysis", "fit", "resistance"]


def write_metal(path, theta_d=400.0, points=141, scatter=1e-4):
    t = np.linspace(20, 300, points)
    noise = 1 + scatter * np.random.default_rng(3).standard_normal(points)
    r = analysis.resistance(t, theta_d=theta_d, r0=0.1, a=2.0) * noise
    rows = "".join(f"{x:.9g},{y:.9g}\n" for x, y in zip(t, r, strict=True))
    path.write_text("T (K),R (ohm)\n" + rows)
    return path


@pytest.fixture
def files(tmp_path, monkeypatch):
    """One file of each status."""
    monkeypatch.chdir(tmp_path)
    write_metal(tmp_path / "fine.csv")
    write_metal(tmp_path / "few.csv", points=16)
    (tmp_path / "flat.csv").write_text(
        "T (K),R (ohm)\n" + "".join(f"{t},1\n" for t in range(1, 99))
    )
    (tmp_path / "broken.csv").write_text("T (K),R (ohm)\n4,1\n5,x\n6,1\n")
    return ["fine.csv", "few.csv", "flat.csv", "broken.csv"]


# ---------------------------------------------------------------------------- processes


@pytest.mark.parametrize("jobs", [1, 3])
def test_what_becomes_of_a_file_is_its_own_matter(jobs):
    fates = {
        "late": (Status.RESULT, "fine"),
        "refused": (Status.REFUSED, "is empty"),
        "killed": (Status.REFUSED, "the process that worked on it was killed by signal 9"),
        "nothing": (Status.NONE, "no transition"),
        "leaves": (Status.REFUSED, "the process that worked on it ended with status 7"),
        "endless": (Status.REFUSED, "was stopped after 2 s (--time-limit SECONDS allows more)"),
        "greedy": (Status.REFUSED, "the machine has not enough memory for it"),
        "mistake": (Status.REFUSED, "a bug of this program: KeyError: 'x\\x1b[31m'"),
        "fine": (Status.RESULT, "fine"),
    }
    found = list(outcomes(work, list(fates), jobs, 2.0))
    assert [one.file for one in found] == list(fates)
    for one, (status, said) in zip(found, fates.values(), strict=True):
        assert one.status == status
        assert one.said.startswith(said)


def test_who_stops_listening_ends_the_processes():
    started = time.monotonic()
    with closing(outcomes(work, ["fine", "endless", "endless"], 2, 60.0)) as found:
        assert next(found).file == "fine"
    assert time.monotonic() - started < 30  # not the minute that they have


# ---------------------------------------------------------------------------- what is printed


def test_a_line_for_each_file_and_a_summary(cli, files):
    status, out, err = cli("fit", "resistance", *files)
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == files
    words = (
        "  result      theta_d 40",
        "  look at it  theta_d ",
        "  no result   ",
        "  refused     ",
    )
    assert all(word in line for word, line in zip(words, lines, strict=True))
    assert "column 2 'R (ohm)': 'x' is not a number" in lines[3]
    assert status == 2
    assert err.splitlines() == [
        "4 files: 1 result, 1 look at it, 1 no result, 1 refused",
        "look at it: few.csv",
        "no result: flat.csv",
        "refused: broken.csv",
    ]


@pytest.mark.parametrize(
    ("chosen", "options", "expected"),
    [
        ([0, 0], [], 0),
        ([0, 1], [], 0),
        ([0, 1], ["--strict"], 1),
        ([1], [], 0),
        ([1], ["--strict"], 1),
        ([0], ["--strict"], 0),
        ([1, 2], ["--strict"], 3),
        ([2], [], 3),
        ([3, 2, 1, 0], [], 2),
        ([3], ["--strict"], 2),
    ],
)
def test_the_exit_status_is_that_of_the_worst(chosen, options, expected, cli, files):
    assert cli("fit", "resistance", *(files[i] for i in chosen), *options)[0] == expected


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("resistance", ["twin-run1-1.6gpa", "silver", "SILVER"]),
        ("transition", ["twin-zero-resistance-22.4gpa", "silver"]),
        ("strain", ["twin-xrd-4.9gpa", "twin-xrd-25.0gpa"]),
    ],
)
def test_the_same_bytes_every_time_and_those_of_single_files(command, names, cli):
    many = [cli("fit", command, *names, "--json", "--jobs", jobs)[1] for jobs in (1, 2)]
    assert many[0] == many[1]
    for name, line in zip(names, many[0].splitlines(), strict=True):
        _, alone, err = cli("fit", command, name, "--json")
        if alone:
            assert json.dumps(json.loads(alone), ensure_ascii=False) == line
        else:
            told = json.loads(line)
            assert err == f"error: {told['error']}\n"
            assert told.pop("schema_version") == 2
            assert told == {"file": name, "status": "no result", "error": told["error"]}


def test_a_csv_file_has_a_row_of_each(cli, files):
    Path("=1+2.csv").write_bytes(Path("fine.csv").read_bytes())
    status, out, _ = cli("fit", "resistance", *files, "=1+2.csv", "--csv", "out.csv")
    assert (status, len(out.splitlines())) == (2, 5)
    rows = list(csv.DictReader(io.StringIO(Path("out.csv").read_text())))
    assert [row["file"] for row in rows] == [*files, "'=1+2.csv"]
    assert [row["status"] for row in rows[:4]] == ["result", "look at it", "no result", "refused"]
    fine, few, flat, broken, _ = rows
    found = json.loads(cli("fit", "resistance", "fine.csv", "--json")[1])
    assert float(fine["theta_d (K)"]) == found["theta_d"]["value"]
    assert float(fine["theta_d error (K)"]) == found["theta_d"]["stderr"]
    assert float(fine["r0 high 95 % (R)"]) > float(fine["r0 (R)"]) > 0
    assert fine["resistance_unit"] == "ohm"
    assert float(fine["window high (K)"]) == 300
    assert "only 16 points" in few["warnings"]
    assert flat["theta_d (K)"] == broken["theta_d (K)"] == ""
    assert "constant" in flat["error"]
    assert "row 3" in broken["error"]
    assert sorted(Path().iterdir()) == sorted(map(Path, [*files, "=1+2.csv", "out.csv"]))


def test_a_csv_file_of_strains_has_the_cell(cli, tmp_path):
    path = tmp_path / "out.csv"
    assert cli("fit", "strain", "twin-xrd-25.0gpa", "--csv", path)[0] == 0
    (row,) = csv.DictReader(io.StringIO(path.read_text()))
    assert 0.003 < float(row["strain"]) < 0.02
    assert 18 < float(row["lattice c (angstrom)"]) < 21
    assert float(row["lattice volume error (angstrom^3)"]) > 0


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("fine.csv", "--csv: fine.csv is one of the input files"),
        ("./fine.csv", "--csv: fine.csv is one of the input files"),
        (".", "--csv: . cannot be a file"),
        ("none/out.csv", "--csv: none/out.csv cannot be a file; name a file in an existing folder"),
    ],
)
def test_a_csv_file_that_cannot_be_is_refused_first(table, said, cli, files):
    before = Path("fine.csv").read_bytes()
    status, out, err = cli("fit", "resistance", *files, "--csv", table)
    assert (status, out) == (2, "")
    assert said in err
    assert Path("fine.csv").read_bytes() == before


def test_a_file_without_a_name_is_seen_in_the_summary(cli, files):
    _, _, err = cli("fit", "resistance", files[0], "")
    assert err.splitlines()[-1] == "refused: ''"


@pytest.mark.usefixtures("files")
def test_names_do_nothing_to_a_terminal(cli):
    hostile = Path("a\x1b[31m\nb.csv")
    hostile.write_bytes(Path("broken.csv").read_bytes())
    _, out, err = cli("fit", "resistance", hostile, "fine.csv")
    assert len(out.splitlines()) == 2
    assert "\x1b" not in out + err


# ---------------------------------------------------------------------------- as a program

COUNTING = """
import resource, sys
from analysis.__main__ import run

class Counted:
    lines = 0
    def __init__(self, stream):
        self.stream = stream
    def write(self, text):
        self.lines += text.count("\\n")
        if self.lines in (50, 200):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print("peak", peak, file=sys.stderr)
            self.lines += text == "\\n"
        return self.stream.write(text)
    def __getattr__(self, name):
        return getattr(self.stream, name)

if __name__ == "__main__":
    sys.stdout = Counted(sys.stdout)
    sys.exit(run(["fit", "resistance", *sys.argv[1:]]))
"""


def test_two_hundred_files_as_one_batch(tmp_path):
    first = write_metal(tmp_path / "000.csv", points=12)
    names = [f"{place:03}.csv" for place in range(200)]
    for name in names[1:]:
        os.link(first, tmp_path / name)
    (tmp_path / names[77]).unlink()
    (tmp_path / names[77]).write_bytes(b"\x00\x01")
    script = tmp_path / "counting.py"
    script.write_text(COUNTING)
    done = subprocess.run(
        [sys.executable, script, *names, "--csv", "out.csv"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == names
    assert ["refused" in line for line in lines] == [name == names[77] for name in names]
    assert f"refused: {names[77]}" in done.stderr.splitlines()
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 201
    early, late = (int(line.split()[1]) for line in done.stderr.splitlines() if "peak" in line)
    assert late - early < 4096  # kB: the rows of the csv file, and no more


STARTED = """
import signal
from analysis.numerics.processes import copies

def work(connection):
    connection.send(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))

if __name__ == "__main__":
    context = copies(["analysis.errors"])
    print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))
    receiver, sender = context.Pipe(duplex=False)
    context.Process(target=work, args=(sender,)).start()
    print(receiver.recv())
"""


def test_an_interrupt_reaches_no_process_while_it_begins(tmp_path):
    script = tmp_path / "started.py"
    script.write_text(STARTED)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.check_output([sys.executable, script], env=environment, text=True)
    assert told.split() == ["False", "True"]  # held back there, not here


def test_an_interrupt_ends_all_at_once_with_a_summary(tmp_path):
    write_metal(tmp_path / "a.csv")
    printed = tmp_path / "printed"
    with printed.open("w") as out:
        started = subprocess.Popen(
            [*FIT, *["a.csv"] * 500, "--csv", "out.csv"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # Where the tests run in the background, Ctrl-C is ignored, and so it would be there.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
    while started.poll() is None and not printed.stat().st_size:
        time.sleep(0.02)
    os.killpg(started.pid, signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert started.returncode == 2
    done = len(printed.read_text().splitlines())
    assert done < 400
    assert f"stopped after {done} of 500 files: " in err
    assert err.splitlines()[-1] == "error: interrupted"
    assert "Traceback" not in err
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 1 + done
    for _ in range(100):  # no process of its session stays
        try:
            os.killpg(started.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        pytest.fail("a process went on")


def test_a_terminal_shows_the_progress_and_standard_output_does_not(tmp_path):
    write_metal(tmp_path / "a.csv")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    done = subprocess.run(
        [*FIT, "a.csv", "a.csv", "a.csv"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "0/3" in shown
    assert "3 files: 3 result" in shown
    assert len(done.stdout.splitlines()) == 3
    assert all(line.startswith("a.csv  result ") for line in done.stdout.splitlines())
