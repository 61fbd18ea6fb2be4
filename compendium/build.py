"""Build the book: execute what has changed, in parallel, then make the pages.

``python -m compendium.build`` (what `make book` calls) works in three steps.

1. Look at everything the book depends on, by content. Nothing changed since the last
   successful build: nothing is done.
2. Write the plan and its stamps (compendium/plan.py), and let Snakemake run the Snakefile: it
   executes the sheets and chapters whose stamps are newer than they are, collects the
   results, makes the pages. Every output is written in one piece, so a build that is killed
   leaves nothing half-done behind.
3. Report what failed, with its cell and traceback. The mark of a finished build is written
   last: one that failed or was killed is never mistaken for it.

``--data`` names a data package of one's own; what else is given goes to Snakemake, such as
``--cores 4`` or ``--profile profiles/slurm``.
"""

import argparse
import ctypes
import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from analysis.errors import DataError
from compendium import plan

FINISHED = plan.BUILD / "finished"
LOG = plan.BUILD / "snakemake.log"
NO_CHECKOUT = (
    f"the book's texts are not installed with the package (there is no {plan.BOOK}); run `make "
    "book` in a clone of the repository"
)
TARGETS = {"book": "pages-made", "results": "results.json"}


def main() -> int:
    started = time.monotonic()
    target, options = arguments()
    if not plan.BOOK.is_dir():
        print(f"error: {NO_CHECKOUT}", file=sys.stderr)
        return 2
    with only_one_build() as lock:
        try:
            survey = plan.Survey()
        except DataError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        if plan.read(FINISHED) == survey.everything() and (plan.HTML / "index.html").exists():
            print("Nothing has changed: 0 notebooks executed.")
        else:
            FINISHED.unlink(missing_ok=True)
            if survey.missing and plan.fetch(survey):
                survey = plan.Survey()
            plan.forget_failures()
            plan.write_plan(survey)
            done = run_snakemake([TARGETS[target], *options], lock)
            failed = report_failures()
            if not done and not failed:
                print(f"error: the build broke off; Snakemake says why: {LOG}", file=sys.stderr)
            if not done or failed:
                return 1
            if target == "book":
                FINISHED.write_text(survey.everything(), encoding="utf-8")
            print(f"Built in {time.monotonic() - started:.0f} s.")
        if survey.missing:
            names = ", ".join(survey.missing)
            print(f"Data not on this machine (pages say how to get them): {names}")
        place = plan.HTML / "index.html" if target == "book" else plan.BUILD / "results.json"
        print(f"The {target} {'is' if target == 'book' else 'are'} at {place}")
    return 0


def arguments() -> tuple[str, list[str]]:
    """Return what is to be made and Snakemake's options; set the environment of the jobs."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,  # the rest is Snakemake's
    )
    parser.add_argument("--target", choices=TARGETS, default="book", help="results: no pages")
    parser.add_argument("--data", metavar="FILE", default="", help="a datapackage.json")
    given, options = parser.parse_known_args()
    caller = Path(os.environ.pop("COMPENDIUM_CALLER", Path.cwd()))
    for name, value in (
        ("COMPENDIUM_PACKAGE", given.data or os.environ.get("COMPENDIUM_PACKAGE", "")),
        ("COMPENDIUM_DATA", os.environ.get("COMPENDIUM_DATA", "")),
    ):
        if value:
            os.environ[name] = str((caller / value).resolve())
        else:
            os.environ.pop(name, None)
    return given.target, options


# ---------------------------------------------------------------------------- Snakemake


def run_snakemake(options: list[str], lock: int) -> bool:
    """Run the Snakefile; say what is done and how much is left. Return whether all succeeded."""
    command = [
        *[sys.executable, "-m", "snakemake", "--snakefile", str(plan.ROOT / "Snakefile")],
        *["--directory", str(plan.BUILD), "--rerun-triggers", "mtime", "--keep-going"],
        # A build that was killed leaves no lock of Snakemake's, and what it was about is
        # done again; the lock of this script keeps two builds apart.
        *["--nolock", "--rerun-incomplete", "--scheduler", "greedy"],
    ]
    if not any(one.startswith(("--cores", "-c", "--profile")) for one in options):
        command += ["--cores", str(available_cores())]
    with (
        LOG.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [*command, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=plan.ROOT,
            pass_fds=[lock],  # a Snakemake that outlives this script still holds the lock
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads run yet
        ) as process,
    ):
        assert process.stdout is not None
        follow(process.stdout, log)
    return process.returncode == 0


def follow(lines: Iterable[str], log: TextIO) -> None:
    """Turn Snakemake's log into a line for each finished job, and keep the log."""
    running: dict[str, str] = {}
    finished = ""
    for line in lines:
        log.write(line)
        if job := re.match(r"Job (\d+): (.*)", line):
            running[job[1]] = job[2].strip()
        elif job := re.match(r"Finished jobid: (\d+)", line):
            finished = running.pop(job[1], "")
        elif job := re.match(r"(\d+) of (\d+) steps", line):
            now = f"; running: {', '.join(running.values())}" if running else ""
            print(f"  {job[1]} of {job[2]} done: {finished}{now}", flush=True)
        elif re.match(r"\S+\.(md|ipynb|rst)(:\d+)?: |.*WARNING|error: the pages", line):
            print(line.rstrip(), file=sys.stderr, flush=True)


def available_cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


def end_with_parent() -> None:
    """Have Linux end Snakemake when this script is killed; it ends its jobs."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def report_failures() -> list[str]:
    """Print the cell and traceback of everything that failed; return their names."""
    names = []
    for file in sorted(plan.FAILURES.rglob("*.txt")):
        name = file.relative_to(plan.FAILURES).as_posix().removesuffix(".txt")
        kind, _, rest = name.partition("/")
        names.append(f"book/{rest}.md" if kind == "chapters" else f"sheet {rest}")
        print(f"\n{names[-1]}: a cell failed\n\n{plan.read(file)}", file=sys.stderr)
    if names:
        former = "" if (plan.BUILD / "pages-made").exists() else former_pages()
        print(f"error: a cell failed in {', '.join(names)}{former}", file=sys.stderr)
    return names


def former_pages() -> str:
    return "; the pages in _build/html are older ones" if plan.HTML.exists() else ""


# ---------------------------------------------------------------------------- one at a time


@contextmanager
def only_one_build() -> Iterator[int]:
    """Wait until no other build runs in this checkout; yield the lock's descriptor."""
    plan.BUILD.mkdir(exist_ok=True)
    with (plan.BUILD / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another build is running here; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def interrupted(*_: object) -> None:
    """End at once; Snakemake and its jobs have been interrupted, too."""
    print("\ninterrupted; run it again and it goes on from here", file=sys.stderr, flush=True)
    os._exit(130)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, interrupted)
    sys.exit(main())
