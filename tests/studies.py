"""What studies share: how many replicates, the limits that belong to them, the table kept.

A study simulates: it shows how often what the analysis claims is true. With ``--studies`` each
takes a tenth of its replicates, with ``--studies=full`` (`make studies`) all of them; the limits
are stated for both. ``--seed`` adds a number to every seed, so that the last word is spoken by
data that nobody has looked at while building. What came out is kept in _build/studies.csv, from
which the book's page of coverages is made.
"""

import csv
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import analysis.numerics.arithmetic  # noqa: F401 - before numpy, see there

# isort: split
import numpy as np

TABLE = Path(__file__).resolve().parent.parent / "_build" / "studies.csv"
FULL, TENTH = "full", "tenth"
PROPERTY = "study"  # of a test's report, by which rows reach the process that writes them
# What an entry of the page of coverages must lie in, see `Study.covers`.
PROMISE = {"interval": (0.93, 0.97), "limit": (0.93, 0.99)}
# A tenth of the replicates may miss by chance less than once in 10 000: so many errors.
ALLOWED = {FULL: 1.0, TENTH: 4.0}


class Row(NamedTuple):
    """A number that a study found, and between which limits it has to lie."""

    study: str
    what: str
    replicates: int
    result: float
    low: float
    high: float
    seed: str
    date: str
    # Of the page of coverages; empty elsewhere.
    situation: str = ""
    kind: str = ""
    error: float | str = ""
    refused: float | str = ""
    warned: float | str = ""
    # Of every row: the file of tests without "test_studies_", "full" or "tenth", the commit.
    room: str = ""
    size: str = ""
    commit: str = ""


class Study:
    """One study: ask it for the replicates, then tell it what came out."""

    def __init__(self, size, name, keep, extra_seed=0, *, room="", at_once=True):
        self.size, self.name, self.keep, self.extra_seed = size, name, keep, extra_seed
        self.room, self.count, self.seed = room, 0, ""
        # Of a test: all that it finds is kept before the first broken promise ends it.
        self.at_once, self.broken = at_once, []

    def replicates(self, full, *, seed):
        """Return how many replicates to take: all, or a tenth."""
        self.seed = str(seed)
        self.count = full if self.size == FULL else full // 10
        return self.count

    def rng(self, *at):
        """Return a generator of random numbers for a replicate, or whatever `at` numbers.

        It follows the study's name, its seed, and the number that ``--seed`` added.
        """
        words = [int(part) for part in self.seed.replace(",", " ").split()]
        name = int.from_bytes(self.name.encode(), "little") % 2**63
        return np.random.default_rng([name, self.extra_seed, *words, *at])

    def holds(self, what, result, *, full, tenth, **page):
        """Record a number; it must lie within the limits (low, high) of this size."""
        low, high = full if self.size == FULL else tenth
        date = datetime.now(UTC).date().isoformat()
        seed = f"{self.seed} + {self.extra_seed}" if self.extra_seed else self.seed
        where = {"room": self.room, "size": self.size, "commit": commit()}
        number = float(result)
        row = Row(self.name, what, self.count, number, low, high, seed, date, **page, **where)
        self.keep((PROPERTY, list(row)))
        if not low <= result <= high:
            at = page.get("situation", "")
            about = f"{what}, {at}" if at else what
            self.broken.append(f"{about}: {result:.4g} is not within {low:.4g} and {high:.4g}")
        if self.at_once:
            self.judge()

    def judge(self):
        """Fail if a promise was broken."""
        broken, self.broken = self.broken, []
        assert not broken, "; ".join(broken)

    def covers(self, what, situation, hits, *, warned=0, kind="interval"):
        """Record how often an interval, or a limit, held the truth.

        Parameters
        ----------
        what, situation : str
            The quoted quantity, and on which data.
        hits : sequence of bool or None
            One a replicate: whether the truth lay inside; None where nothing was quoted.
        warned : int
            In how many of the replicates a warning stood beside the number.
        kind : {"interval", "limit"}

        Notes
        -----
        The coverage of what was quoted must lie within `PROMISE`, or miss it by no more than
        its own standard error (four of them with a tenth of the replicates).
        """
        quoted = np.array([hit for hit in hits if hit is not None], dtype=float)
        coverage = float(quoted.mean()) if quoted.size else float("nan")
        low, high = PROMISE[kind]
        # Of the limit itself: a coverage of 100 % would else have no error.
        error = float(np.sqrt(0.05 * 0.95 / max(quoted.size, 1)))
        self._page(
            what, situation, coverage, (low, high), error, kind,
            refused=1 - quoted.size / len(hits), warned=warned / len(hits),
        )  # fmt: skip

    def alarms(self, what, situation, alarms, *, promise=(0.03, 0.07)):
        """Record how often a test of the level 5 % raised a false alarm: one bool a replicate."""
        rate, error = float(np.mean(alarms)), float(np.sqrt(0.05 * 0.95 / len(alarms)))
        self._page(what, situation, rate, promise, error, "false alarms")

    def at_most(self, what, situation, count, most, *, of, kind="missed"):
        """Record a count that may not exceed `most` of the `of` full replicates.

        With a tenth of these the same share may be exceeded by four standard errors.
        """
        share = most / of
        error = float(np.sqrt(share * (1 - share) / self.count))
        slack = 0.0 if self.size == FULL else 4 * error + 1 / self.count
        limits = (0.0, share + slack)
        self.holds(
            what, count / self.count, full=limits, tenth=limits,
            situation=situation, kind=kind, error=error,
        )  # fmt: skip

    def _page(self, what, situation, result, promise, error, kind, **shares):
        slack = ALLOWED[self.size] * error
        limits = (promise[0] - slack, promise[1] + slack)
        self.holds(
            what, result, full=limits, tenth=limits,
            situation=situation, kind=kind, error=error, **shares,
        )  # fmt: skip


@cache
def commit():
    """Return the commit that is checked out, with "-dirty" where files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*", "--abbrev=8"]
    done = subprocess.run(
        command, cwd=TABLE.parent.parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def write_table(rows, path=TABLE):
    """Write the rows of all studies that ran, by the names of their tests.

    Those of studies that did not run this time stay, with the commit that they are of.
    """
    path.parent.mkdir(exist_ok=True)
    rows, ran = [list(row) for row in rows], {row[0] for row in rows}
    if path.is_file():
        with path.open(newline="", encoding="utf-8", errors="replace") as file:
            head, *former = [*csv.reader(file)] or [[]]
        if head == list(Row._fields):  # else of another version, or damaged
            rows += [row for row in former if row[0] not in ran]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(sorted(rows, key=lambda row: [str(part) for part in row]))
