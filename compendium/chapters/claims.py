"""A claim of the paper, what is found for it, the verdict that follows, and tables of them.

What is found on the synthetic twin cannot confirm a claim: the paper's values went into it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.errors import DataError
from analysis.show.report import Note, Table, quantity, unbroken

VERDICTS = ("reproduced", "differs", "not supported", "needs the original data")


@dataclass(frozen=True)
class Found:
    """What this compendium finds for a claim, and on what kind of data.

    `origin` is one of those of the data package, or "published inputs" for arithmetic on
    numbers that the paper prints.
    """

    value: UFloat
    origin: str
    data: str


@dataclass(frozen=True)
class Entry:
    """One numerical claim of the paper.

    Attributes
    ----------
    claim, place : str
        What is claimed, and where in arXiv:2401.00804.
    published : UFloat or None
        The number; its error is half of the last digit unless the paper gives one.
    unit : str
    found : Found or None
        None if nothing here can speak to it.
    at_least : bool
        Whether the claim is a lower limit and not a value.
    """

    claim: str
    place: str
    published: UFloat | None
    unit: str
    found: Found | None
    at_least: bool = False

    @property
    def printed(self) -> str:
        """The number as the paper prints it, with its unit; "" if it prints none."""
        if self.published is None:
            return ""
        value, error = self.published.n, self.published.s
        last = 2 * error  # of a rounded number this is a power of ten
        rounded = error > 0 and abs(np.log10(last) - round(np.log10(last))) < 1e-9
        if rounded:
            text = f"{value:.{max(0, -round(np.log10(last)))}f}"
        else:
            digits = len(f"{error:g}".partition(".")[2])
            text = f"{value:.{digits}f} ± {error:g}" if error else f"{value:g}"
        return f"{'≥ ' if self.at_least else ''}{text} {self.unit}".rstrip()

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`, from the numbers and their errors."""
        return verdict(self.published, self.found, at_least=self.at_least)


def verdict(published: UFloat | None, found: Found | None, *, at_least: bool = False) -> str:
    """Compare a published number with what is found.

    "needs the original data" if nothing is found, or only on synthetic data. Otherwise
    values agree if they differ by no more than twice their combined error; a lower limit
    is not supported if the value is below it by more than that.
    """
    if published is None or found is None or found.origin == "synthetic":
        return "needs the original data"
    if not np.isfinite([found.value.n, found.value.s]).all():
        return "needs the original data"
    error = 2 * float(np.hypot(published.s, found.value.s))
    difference = found.value.n - published.n
    if at_least:
        return "not supported" if difference < -error else "reproduced"
    return "differs" if abs(difference) > error else "reproduced"


def digits(value: float, last: float) -> UFloat:
    """Return a printed number with an error of half a unit in its last digit."""
    return ufloat(value, last / 2)


def exact(value: float) -> UFloat:
    """Return a number without an error."""
    return 0.0 * ufloat(0.0, 1.0) + value


# ---------------------------------------------------------------------------- several claims


def entries_on(entries: Iterable[Entry], *words: str) -> tuple[Entry, ...]:
    """Return the claims of the ledger that have one of the words in them.

    Raises
    ------
    DataError
        If there is none.
    """
    found = tuple(one for one in entries if any(word in one.claim for word in words))
    if not found:
        raise DataError(f"no claim of the ledger speaks of {' or '.join(words)}")
    return found


def ledger_table(entries: Iterable[Entry]) -> Table:
    """Return claims, verdicts, and the numbers that they rest on, a row for each."""
    header = ("claim", "verdict", "printed", "found here", "on")
    return Table(header, [_ledger_row(entry) for entry in entries], words=len(header))


def _ledger_row(entry: Entry) -> list[str]:
    found = entry.found
    return [
        f"{entry.claim} ({entry.place})",
        f"**{entry.verdict}**",
        unbroken(entry.printed) or "none",
        "none" if found is None else _found(found.value, entry),
        "nothing here" if found is None else f"{found.origin}: {found.data}",
    ]


def _found(value: UFloat, entry: Entry) -> str:
    # As many digits as the printed number has, and one more.
    if value.s or entry.published is None:
        return quantity(value, entry.unit)
    last = entry.published.s or 0.01
    return unbroken(
        f"{value.n:.{max(0, 1 - int(np.floor(np.log10(last))))}f} {entry.unit}".rstrip()
    )


def doubtful(entries: Iterable[Entry]) -> Table | Note:
    """Return the table of those claims that differ or are not supported."""
    rows = [entry for entry in entries if entry.verdict in ("differs", "not supported")]
    return ledger_table(rows) if rows else Note("None.", ["Every claim checked stands."])


def counts(entries: Sequence[Entry]) -> dict[str, str]:
    """Return how many claims there are, and how many of each verdict."""
    number = Counter(entry.verdict for entry in entries)
    of_each = {f"n-{name.replace(' ', '-')}": str(number[name]) for name in VERDICTS}
    return {"n-entries": str(len(entries)), **of_each}
