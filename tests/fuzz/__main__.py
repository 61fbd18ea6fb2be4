"""Run the targets in turn: `python -m fuzz --seconds 600`, as `make fuzz SECONDS=600` does.

Every round gives each target a batch of inputs; the seed decides all of them, and the time only
how many rounds there are. What breaks a promise is made small and written to ``_build/fuzz``,
with the command that repeats it; the exit status is then 1. Should the process be ended from
outside (memory, or a call that answers no signal), ``_build/fuzz/current.txt`` has the input.
"""

import argparse
import hashlib
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.database import DirectoryBasedExampleDatabase

import analysis.numerics.arithmetic  # noqa: F401 - before numpy
from fuzz.promises import hold, most_memory, prepare
from fuzz.targets import TARGETS, Target

BUILD = Path(__file__).resolve().parents[2] / "_build" / "fuzz"


class Campaign:
    """One target's inputs: how many there were, and what they broke."""

    def __init__(self, target: Target, folder: Path) -> None:
        self.target, self.folder = target, folder
        self.inputs, self.seconds = 0, 0.0
        self.failures: dict[str, Path] = {}
        self._last: tuple[str, str] | None = None

    def batch(self, seed: int, *, repeat: bool = False) -> None:
        """Run a batch of inputs, or those that failed before."""
        start = time.process_time()
        self._last = None
        test = hypothesis.given(self.target.inputs)(self.one)
        phases = [Phase.reuse] if repeat else [Phase.generate, Phase.shrink]
        settings = hypothesis.settings(
            max_examples=self.target.batch,
            phases=phases,
            database=DirectoryBasedExampleDatabase(BUILD / "examples" / self.target.name),
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            verbosity=hypothesis.Verbosity.quiet,
        )
        try:
            hypothesis.seed(seed)(settings(test))()
        except Exception:  # noqa: BLE001 - whatever it is, it is written down
            self.write()
        self.seconds += time.process_time() - start

    def one(self, case: object) -> None:
        self.inputs += 1
        text = f"{self.target.name}\n{case!r}\n"
        (BUILD / "current.txt").write_text(text, encoding="utf-8", errors="backslashreplace")
        self.folder.mkdir()
        try:
            hold(self.target.run, case, self.folder)
        except Exception:
            self._last = text, traceback.format_exc()
            raise
        finally:
            shutil.rmtree(self.folder)

    def write(self) -> None:
        case, said = self._last or ("no input\n", traceback.format_exc())
        places = [line.strip() for line in said.splitlines() if line.startswith("  File ")]
        kind = hashlib.sha256("".join(places[-2:]).encode()).hexdigest()[:8]
        if kind in self.failures:
            return
        path = BUILD / f"{self.target.name}-{kind}.txt"
        again = f"make fuzz TARGETS={self.target.name} REPEAT=1"
        text = f"{case}\n{said}\nAgain: {again}\n"
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        self.failures[kind] = path
        print(f"{self.target.name}: {said.splitlines()[-1][:200]}\n  {path}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run rounds until the time is over; return 1 if an input broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="of a clock, about")
    parser.add_argument("--rounds", type=int, help="so many, however long they take")
    parser.add_argument("--seed", default="0", help="a number, or a commit's hash")
    parser.add_argument("--repeat", action="store_true", help="only what failed before")
    names = [target.name for target in TARGETS]
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(names)}")
    given = parser.parse_args(arguments)
    if unknown := set(given.targets) - set(names):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    BUILD.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="fuzz-"))
    prepare()
    wanted = [target for target in TARGETS if target.name in (given.targets or names)]
    campaigns = [Campaign(target, work / "input") for target in wanted]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start, rounds = time.monotonic(), 0
    most = 1 if given.repeat else given.rounds or sys.maxsize
    with suppress(KeyboardInterrupt):  # what was found until then is reported
        while rounds < most and (given.rounds or time.monotonic() - start < given.seconds):
            for campaign in campaigns:
                campaign.batch(int(given.seed, 16) * 100_003 + rounds, repeat=given.repeat)
            rounds += 1
    shutil.rmtree(work, ignore_errors=True)
    return _report(campaigns)


def _report(campaigns: list[Campaign]) -> int:
    for one in campaigns:
        broken = f", {len(one.failures)} kinds of failure" if one.failures else ""
        print(f"{one.target.name}: {one.inputs} inputs in {one.seconds:.0f} s{broken}")
    broken = [path for campaign in campaigns for path in campaign.failures.values()]
    inputs = sum(campaign.inputs for campaign in campaigns)
    print(f"{inputs} inputs, {most_memory() / 2**20:.0f} MiB, {len(broken)} kinds of failure")
    if not broken:
        (BUILD / "current.txt").unlink(missing_ok=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
