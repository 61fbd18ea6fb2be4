"""What studies share: how many replicates, the limits that belong to them, the table kept.

A study simulates: it shows how often what the analysis claims is true. With ``--studies`` each
takes a tenth of its replicates, with ``--studies=full`` (`make studies`) all of them; the limits
are stated for both. What came out is kept in _build/studies.csv.
"""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).resolve().parent.parent / "_build" / "studies.csv"
FULL, TENTH = "full", "tenth"
PROPERTY = "study"  # of a test's report, by which rows reach the process that writes them


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


class Study:
    """One study: ask it for the replicates, then tell it what came out."""

    def __init__(self, size, name, keep):
        self.size, self.name, self.keep = size, name, keep
        self.count, self.seed = 0, ""

    def replicates(self, full, *, seed):
        """Return how many replicates to take: all, or a tenth."""
        self.seed = str(seed)
        self.count = full if self.size == FULL else full // 10
        return self.count

    def holds(self, what, result, *, full, tenth):
        """Record a number; it must lie within the limits (low, high) of this size."""
        low, high = full if self.size == FULL else tenth
        date = datetime.now(UTC).date().isoformat()
        row = Row(self.name, what, self.count, float(result), low, high, self.seed, date)
        self.keep((PROPERTY, list(row)))
        assert low <= result <= high, f"{what}: {result:.4g} is not within {low} and {high}"


def write_table(rows, path=TABLE):
    """Write the rows of all studies that ran, by the names of their tests."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(sorted(rows))
