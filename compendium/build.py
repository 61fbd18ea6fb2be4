"""Build the book: execute what has changed, in parallel, then make the pages.

``python -m compendium.build`` (what `make book` calls) works in three steps.

1. Look at everything the book depends on, by content. Nothing changed since the last successful
   build, and nothing that it wrote was altered since: nothing is done.
2. Heal what is left of former builds (compendium/state.py). Write the plan and its stamps
   (compendium/plan.py), and let Snakemake run the Snakefile: it executes the sheets and chapters
   whose stamps are newer than they are, collects the results, makes the pages. Every output is
   written in one piece, so a build that is killed leaves nothing half-done behind.
3. Report what failed, with its cell and traceback, and why a build stopped. The
   mark of a finished build is written last: one that failed or was killed is never mistaken
   for it.

``--data`` names a data package of one's own; without it the project's own book is made, with
``--last`` that of the last build. ``--strict-data`` ends with exit status 1 if a data set of
the package is in no chapter. What else is given goes to Snakemake, such as ``--cores 4`` or
``--profile profiles/slurm``.
"""

import argparse
import fcntl
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import TextIO

from analysis.catalogue.package import age_of, read_package
from analysis.errors import killed_by
from compendium import plan, state
from compendium.faults import end_with_parent, in_one_line, reasons_in
from compendium.files import read, remove, write_whole

NO_CHECKOUT = (
    f"the book's texts are not installed with the package (there is no {plan.BOOK}); run `make "
    "book` in a clone of the repository"
)
TARGETS = {
    "book": "pages-made",
    "chapters": "chapters",
    "course": "course",
    "results": "results.json",
}
MADE = {
    "book": "html/index.html",
    "chapters": "executed/chapters",
    "results": "results.json",
}
GRACE = 5.0  # seconds that Snakemake has to end when it is told to
LAST = 400  # lines of its log in which the reason is looked for


def main() -> int:
    given, options = arguments()
    if not plan.BOOK.is_dir():
        print(f"error: {NO_CHECKOUT}", file=sys.stderr)
        return 2
    state.make_folder()
    with only_one_build() as lock:
        choose_package(last=given.last)
        status = build(given.target, options, lock)
        if state.FINISHED.exists() and not report_data(strict=given.strict_data):
            return max(status, 1)
        return status


def choose_package(*, last: bool) -> None:
    """Remember the data package of this build, or take that of the last one; say which it is."""
    before, now = state.last_package(), os.environ.get("COMPENDIUM_PACKAGE", "")
    if last and not now and before:
        os.environ["COMPENDIUM_PACKAGE"] = now = before
    if now:
        print(f"The data package is {now}.")
        if remark := age_of(read_package(Path(now)), Path(now)):
            print(f"remark: {remark}.")
    elif before:
        print(
            f"This is the project's own book. The last build used {before}; to use it again: "
            f"make book DATA={shlex.quote(before)}"
        )
    state.remember_package(now)


def build(target: str, options: list[str], lock: int) -> int:
    """Bring the book up to date; return the exit status."""
    started = time.monotonic()
    survey = plan.Survey()
    if state.finished(survey.everything()):
        print("Nothing has changed: 0 notebooks executed.")
    else:
        remove(state.FINISHED)
        if survey.missing and plan.fetch(survey):
            survey = plan.Survey()
        state.heal()
        state.make_missing(plan.write_plan(survey))
        reasons = run_snakemake([TARGETS[target], *options], lock)
        failed = report_failures()
        if reasons and not failed:
            print(
                f"error: the build stopped: {'; '.join(reasons)} (Snakemake's log: {state.LOG})",
                file=sys.stderr,
            )
        if reasons or failed:
            return 1
        if plan.Survey().everything() != survey.everything():
            print("error: a source file changed during the build; run it again", file=sys.stderr)
            return 1
        if target == "book":
            state.finish(survey.everything())
        print(f"Built in {time.monotonic() - started:.0f} s.")
    if target == "book":
        sign_pages(survey)
    return report_end(target, survey)


def report_end(target: str, survey: plan.Survey) -> int:
    """Say where the book is and which data sets it lacks; return the exit status."""
    if survey.missing:
        names = ", ".join(survey.missing)
        print(f"Data not on this machine (pages say how to get them): {names}")
    if target != "course":  # of which this was the first half
        verb = "is" if target == "book" else "are"
        print(f"The {target} {verb} at {plan.BUILD / MADE[target]}")
    for name, (_, reason) in survey.refused.items():
        print(f"error: {name} cannot be used: {reason}", file=sys.stderr)
    return 1 if survey.refused else 0


def sign_pages(survey: plan.Survey) -> None:
    """Bring what the pages say of commit and machine up to date: nothing is made anew for it."""
    from compendium.status import sign

    if sign(plan.ROOT, plan.BUILD):
        write_whole(state.PAGES_MADE, state.digest(plan.HTML))
        state.finish(survey.everything())


def report_data(*, strict: bool) -> bool:
    """Say what was chosen in the package's stead, and which data sets are in no chapter.

    Return whether that is well.
    """
    planned = plan.planned()
    if choices := planned.get("said"):
        print('Chosen by the book, because the "book" section of the package leaves it open:')
        print("\n".join(f"  {choice}." for choice in choices))
    unused = plan.unused(planned)
    if unused:
        print(
            f"{'error' if strict else 'warning'}: in no figure of a chapter: {', '.join(unused)}. "
            'Give these data sets a role in the "book" section of the package, or name them in '
            'its "leave_out"',
            file=sys.stderr,
        )
    return not (unused and strict)


def arguments() -> tuple[argparse.Namespace, list[str]]:
    """Return what is given, and Snakemake's options; set the environment of the jobs."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,  # the rest is Snakemake's
    )
    parts = "chapters: no pages; course: only what its hand-outs need; results: only the sheets"
    parser.add_argument("--target", choices=TARGETS, default="book", help=parts)
    parser.add_argument("--data", metavar="FILE", default="", help="a datapackage.json")
    parser.add_argument(
        "--last", action="store_true", help="the package of the last build, without --data"
    )
    parser.add_argument(
        "--strict-data", action="store_true", help="fail if a data set is in no chapter"
    )
    given, options = parser.parse_known_args()
    name_package(given.data)
    return given, options


def name_package(data: str) -> None:
    """Say in the environment which data package counts, with whole paths."""
    caller = Path(os.environ.pop("COMPENDIUM_CALLER", Path.cwd()))
    for name, value in (
        ("COMPENDIUM_PACKAGE", data or os.environ.get("COMPENDIUM_PACKAGE", "")),
        ("COMPENDIUM_DATA", os.environ.get("COMPENDIUM_DATA", "")),
    ):
        if value:
            os.environ[name] = str((caller / value).resolve())
        else:
            os.environ.pop(name, None)
    folder = Path(os.environ.get("COMPENDIUM_DATA", plan.ROOT))
    if not folder.is_dir():
        print(f"warning: COMPENDIUM_DATA names {folder}, which is not a folder", file=sys.stderr)


# ---------------------------------------------------------------------------- Snakemake


def run_snakemake(options: list[str], lock: int) -> list[str]:
    """Run the Snakefile; say what is done and how much is left. Return why it stopped early, if so.

    Whatever happens here, nothing of it runs on afterwards.
    """
    command = [
        *[sys.executable, "-m", "snakemake", "--snakefile", str(plan.ROOT / "Snakefile")],
        *["--directory", str(plan.BUILD), "--rerun-triggers", "mtime", "--keep-going"],
        # A build that was killed leaves no lock of Snakemake's, and what it was about is
        # done again; the lock of this script keeps two builds apart.
        *["--nolock", "--rerun-incomplete", "--scheduler", "greedy"],
    ]
    if not any(option.startswith(("--cores", "-c", "--profile")) for option in options):
        command += ["--cores", str(available_cores())]
    last: deque[str] = deque(maxlen=LAST)
    with state.LOG.open("w", encoding="utf-8", buffering=1) as log:
        process = subprocess.Popen(
            [*command, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd=plan.ROOT,
            pass_fds=[lock],  # a Snakemake that outlives this script still holds the lock
            start_new_session=True,  # a group of processes that can be ended as one
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads yet
        )
        # Jobs that outlive a Snakemake that was killed would keep its output open.
        Thread(target=lambda: end(process, wait=None), daemon=True).start()
        try:
            assert process.stdout is not None
            follow(process.stdout, log, last)
        except OSError as error:
            error.filename = error.filename or str(state.LOG)
            raise
        finally:
            end(process, wait=0 if sys.exc_info()[0] else None)
    if process.returncode == 0:
        return []
    if process.returncode < 0:
        return [f"Snakemake {killed_by(-process.returncode)}"]
    return reasons_in(last) or ["no reason given"]


def end(process: subprocess.Popen[str], *, wait: float | None) -> None:
    """Wait until a process ends, or end it then; end all that it has started."""
    for seconds, sign in ((wait, signal.SIGTERM), (GRACE, signal.SIGKILL)):
        try:
            process.wait(seconds)
            break
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(process.pid, sign)
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def follow(lines: Iterable[str], log: TextIO, last: deque[str]) -> None:
    """Turn Snakemake's log into a line for each finished job; keep the log, and its last lines."""
    running: dict[str, str] = {}
    finished = ""
    for line in lines:
        log.write(line)
        last.append(line)
        if job := re.match(r"Job (\d+): (.*)", line):
            running[job[1]] = job[2].strip()
        elif job := re.match(r"Finished jobid: (\d+)", line):
            finished = running.pop(job[1], "")
        elif job := re.match(r"(\d+) of (\d+) steps", line):
            now = f"; running: {', '.join(running.values())}" if running else ""
            print(f"  {job[1]} of {job[2]} done: {finished}{now}", flush=True)
        elif re.match(r"\S+\.(md|ipynb|rst)(:\d+)?: |.*WARNING", line):
            print(line.rstrip(), file=sys.stderr, flush=True)


def available_cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


def report_failures() -> list[str]:
    """Print the cell and traceback of everything that failed; return their names."""
    names = []
    for file in sorted(plan.FAILURES.rglob("*.txt")):
        name = file.relative_to(plan.FAILURES).as_posix().removesuffix(".txt")
        kind, _, rest = name.partition("/")
        names.append(f"book/{rest}.md" if kind == "chapters" else f"sheet {rest}")
        print(f"\n{names[-1]}: a cell failed\n\n{read(file)}", file=sys.stderr)
    if names:
        stale = plan.HTML.exists() and not state.PAGES_MADE.exists()
        former = "; the pages in _build/html are from an earlier build" * stale
        print(f"error: a cell failed in {', '.join(names)}{former}", file=sys.stderr)
    return names


# ---------------------------------------------------------------------------- one at a time


@contextmanager
def only_one_build() -> Iterator[int]:
    """Wait until no other build runs in this checkout; yield the lock's descriptor."""
    with state.LOCK.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            other = holder(lock.read())
            print(f"Another build{other} is running here; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        current = state.LOCK.stat() if state.LOCK.exists() else None
        if current is None or not os.path.samestat(current, os.fstat(lock.fileno())):
            with only_one_build() as another:  # somebody removed the file
                yield another
            return
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


def holder(text: str) -> str:
    """Return which process holds the lock, and that it sleeps, if that is known."""
    if not re.fullmatch(r"\d{1,9}", text):
        return ""
    stat = read(Path("/proc", text, "stat")) or ""
    stopped = stat.rpartition(")")[2].split()[:1] == ["T"]
    return f" (process {text}{f', stopped: kill -CONT {text}' * stopped})"


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    sys.exit(in_one_line(main))
