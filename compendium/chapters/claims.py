"""A claim of the paper, the value computed for it, the verdict that follows, and tables of them.

Every claim carries the paper's words. A number that the paper prints with a word such as
"ballpark" is as loose as that word: the verdict then says what the word has to mean. A
value from the synthetic twin cannot confirm a claim: the paper's values went into it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.errors import DataError
from analysis.show.foreign import Marked
from analysis.show.report import Note, Table, quantity, unbroken

# From those that say something to those that do not.
VERDICTS = (
    "reproduced",
    "differs",
    "not supported",
    "depends on a word",
    "supported elsewhere",
    "no test",
    "needs the original data",
    "taken over",
)
QUIET = VERDICTS[-2:]
RELATIONS = ("=", "≥", ">")


@dataclass(frozen=True)
class Computed:
    """The value that this compendium computes for a claim, and from what kind of data.

    `origin` is one of those of the data package, "published inputs" for arithmetic on
    numbers that the paper prints, or "published elsewhere".
    """

    value: UFloat
    origin: str
    data: str


class _Measure(NamedTuple):
    """How far apart two numbers are, and how a reading of a word says so."""

    distance: Callable[[UFloat, float], UFloat]
    reading: str
    shows_number: bool


def _size(difference: UFloat) -> UFloat:
    return difference if difference.n >= 0 else -difference


def _nominal(number: UFloat) -> float:
    return float(number.n)


_MEASURES = {
    "%": _Measure(
        lambda computed, printed: 100 * _size(computed / printed - 1),
        "within {:.2g}\N{NO-BREAK SPACE}%",
        shows_number=True,
    ),
    "factor": _Measure(
        lambda computed, printed: max(computed / printed, printed / computed, key=_nominal),
        "within a factor of {:.2g}",
        shows_number=True,
    ),
    # Of a printed "all": what is missing of it, in percent.
    "share": _Measure(
        lambda computed, printed: 100 * (printed - computed),
        "all but {:.2g}\N{NO-BREAK SPACE}%",
        shows_number=False,
    ),
    # Of a printed "no change": the change, in the claim's unit.
    "change": _Measure(
        lambda computed, printed: _size(computed - printed),
        "a change of up to {:.2g}",
        shows_number=False,
    ),
}


@dataclass(frozen=True)
class Loose:
    """A word of the paper that loosens a number, and the widest reading that it is given.

    Attributes
    ----------
    word : str
        As the paper has it: "ballpark", "~", "eye-guided".
    widest : float
        Chosen here; beyond it a claim differs whatever the word means.
    kind : {"%", "factor", "share", "change"}
        How a difference is measured.
    """

    word: str
    widest: float
    kind: str = "%"

    def needed(self, printed: float, computed: UFloat) -> UFloat:
        """Return what the word has to allow for the two numbers to agree."""
        return _MEASURES[self.kind].distance(computed, printed)

    def allows(self, printed: float, computed: UFloat) -> bool:
        """Return whether the widest reading does, within twice the error of the computed value."""
        needed = self.needed(printed, computed)
        return bool(needed.n - 2 * needed.s <= self.widest)

    def means(self, size: float, unit: str) -> str:
        """Return "“ballpark” means within 6 %", rounded up to two digits."""
        step = 10.0 ** (np.floor(np.log10(size)) - 1) if size > 0 else 1.0
        upward = np.ceil(round(size / step, 6)) * step
        reading = _MEASURES[self.kind].reading.format(upward)
        of_unit = f"\N{NO-BREAK SPACE}{unit}" if self.kind == "change" and unit else ""
        return f"“{self.word}” means {reading}{of_unit}"

    def shown(self, number: str) -> str:
        """Return the word with the number that it loosens, or the word alone."""
        return f"“{self.word}”" + f" {number}" * _MEASURES[self.kind].shows_number


@dataclass(frozen=True)
class Entry:
    """One claim of the paper.

    Attributes
    ----------
    claim : str
    quote, place : str
        The paper's own words, where "..." leaves some out; and where in arXiv:2401.00804.
    published : UFloat or None
        The number; its error is the paper's or, of a number that is printed without an error
        and without a word that loosens it, half of the last digit.
    unit : str
    computed : Computed or None
        None if nothing here can speak to it.
    relation : str
        One of `RELATIONS`: the claim is a value, a lower limit, or that something exceeds it.
    loose : Loose or None
        The word that loosens the number.
    judged : str
        Where no number can decide: one of `VERDICTS`.
    reason : str
        Why it is judged so, or why no value is computed.
    """

    claim: str
    quote: str
    place: str
    published: UFloat | None = None
    unit: str = ""
    computed: Computed | None = None
    relation: str = "="
    loose: Loose | None = None
    judged: str = ""
    reason: str = ""

    @property
    def printed(self) -> str:
        """The number as the paper prints it, with its unit and word; "" if it prints none."""
        if self.published is None:
            return ""
        number = f"{_as_printed(self.published)} {self.unit}".rstrip()
        if self.loose is not None:
            return self.loose.shown(number)
        return f"{self.relation} {number}".removeprefix("= ")

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`, from the numbers, their errors and the word that loosens them."""
        if self.judged:
            return self.judged
        return verdict(self.published, self.computed, relation=self.relation, loose=self.loose)

    @property
    def said(self) -> str:
        """The verdict in words: of a loosened number, what its word has to mean."""
        if self.loose is None or self.computed is None or self.published is None:
            return self.verdict
        needed = self.loose.needed(self.published.n, self.computed.value)
        if self.verdict == "depends on a word":
            return f"agrees if {self.loose.means(needed.n, self.unit)}"
        if self.verdict in ("differs", "not supported"):
            return f"{self.verdict} even if {self.loose.means(self.loose.widest, self.unit)}"
        return self.verdict


def standing_out(values: Iterable[UFloat]) -> UFloat | None:
    """Return the value that stands out most above zero, its error widened for the choice.

    Of N values that are zero the largest has, by chance, twice its widened error in one case of
    twenty; None without a value.
    """
    known = [value for value in values if value.s > 0]
    if not known:
        return None
    most = max(known, key=lambda value: value.n / value.s)
    widest = NormalDist().inv_cdf(0.95 ** (1 / len(known)))
    return ufloat(most.n, most.s * max(1.0, widest / 2))


def origin_of(origins: Iterable[str | None]) -> str:
    """Return where several data come from: one synthetic one makes all unable to confirm a claim.

    Examples
    --------
    >>> origin_of(["measured", "digitised", "measured"])
    'digitised and measured'
    """
    kinds = {origin or "unknown origin" for origin in origins}
    return "synthetic" if "synthetic" in kinds else " and ".join(sorted(kinds))


def verdict(
    published: UFloat | None,
    computed: Computed | None,
    *,
    relation: str = "=",
    loose: Loose | None = None,
) -> str:
    """Compare a published number with the computed value.

    "needs the original data" without a value, or with one from synthetic data. Otherwise
    values agree if they differ by no more than twice their combined error; a lower limit
    is not supported if the value is below it by more than that, and that something exceeds
    a number is not supported unless it does by more than that. A loosened number depends
    on its word as far as the widest reading of that goes.
    """
    if published is None or computed is None or computed.origin == "synthetic":
        return "needs the original data"
    if not np.isfinite([computed.value.n, computed.value.s]).all():
        return "needs the original data"
    wrong = "differs" if relation == "=" else "not supported"
    if loose is not None:
        return "depends on a word" if loose.allows(published.n, computed.value) else wrong
    error = 2 * float(np.hypot(published.s, computed.value.s))
    difference = computed.value.n - published.n
    stands = {"=": abs(difference) <= error, "≥": difference >= -error, ">": difference > error}
    return "reproduced" if stands[relation] else wrong


def digits(value: float, last: float) -> UFloat:
    """Return a plainly printed number with an error of half a unit in its last digit."""
    return ufloat(value, last / 2)


def exact(value: float) -> UFloat:
    """Return a number without an error."""
    return 0.0 * ufloat(0.0, 1.0) + value


def _as_printed(number: UFloat) -> str:
    value, error = number.n, number.s
    last = 2 * error  # of a rounded number this is a power of ten
    if error > 0 and abs(np.log10(last) - round(np.log10(last))) < 1e-9:
        return f"{value:.{max(0, -round(np.log10(last)))}f}"
    places = len(f"{error:g}".partition(".")[2])
    return f"{value:.{places}f} ± {error:g}" if error else f"{value:g}"


# ---------------------------------------------------------------------------- several claims


def entries_on(entries: Iterable[Entry], *words: str) -> tuple[Entry, ...]:
    """Return the claims of the ledger that have one of the words in them.

    Raises
    ------
    DataError
        If there is none.
    """
    chosen = tuple(entry for entry in entries if any(word in entry.claim for word in words))
    if not chosen:
        raise DataError(f"no claim of the ledger speaks of {' or '.join(words)}")
    return chosen


def of_verdict(entries: Iterable[Entry], *verdicts: str) -> tuple[Entry, ...]:
    """Return the claims with one of the verdicts."""
    return tuple(entry for entry in entries if entry.verdict in verdicts)


def ledger_table(entries: Iterable[Entry]) -> Table:
    """Return claims, verdicts, and the numbers that they rest on: those that say more first."""
    rows = sorted(entries, key=lambda entry: VERDICTS.index(entry.verdict))
    header = ("claim, and the paper's words", "verdict", "printed", "computed here", "based on")
    return Table(header, [_ledger_row(entry) for entry in rows], words=len(header))


def _ledger_row(entry: Entry) -> list[str]:
    computed = entry.computed
    quiet = entry.verdict in QUIET
    digitised = computed is not None and not quiet and "digitised" in computed.origin
    resting = Marked(entry.reason) if computed is None else f"{computed.origin}: {computed.data}"
    return [
        Marked(f"{entry.claim}<br>“{entry.quote}” ({entry.place})"),
        Marked(
            f'<span class="quiet">{entry.said}</span>'
            if quiet
            else f"**{entry.said}**" + ", digitised" * digitised
        ),
        # A number does not break; a word that loosens it may.
        (entry.printed if "“" in entry.printed else unbroken(entry.printed)) or "none",
        "none" if computed is None else _computed_text(computed.value, entry),
        resting or "no data here",
    ]


def _computed_text(value: UFloat, entry: Entry) -> str:
    # As many digits as the printed number has, and one more.
    if value.s or entry.published is None:
        return quantity(value, entry.unit)
    if not entry.published.s:
        return unbroken(f"{value.n:.3g} {entry.unit}".rstrip())
    places = max(0, 1 - int(np.floor(np.log10(entry.published.s))))
    return unbroken(f"{value.n:.{places}f} {entry.unit}".rstrip())


def judged(entries: Iterable[Entry]) -> Table | Note:
    """Return the table of those claims about which something can be said now."""
    rows = [entry for entry in entries if entry.verdict not in QUIET]
    return ledger_table(rows) if rows else Note("None.", ["No claim on this can be judged now."])


def rest_said(entries: Iterable[Entry]) -> str:
    """Return how many claims `judged` leaves out and why, in a sentence; empty if none."""
    number = Counter(entry.verdict for entry in entries)
    parts = [
        f"{words}, {number[name]}"
        for name, words in zip(
            QUIET, ("claims that need the original data", "inputs of the paper"), strict=True
        )
        if number[name]
    ]
    return f"Not in the table: {'; '.join(parts)}." if parts else ""


def doubtful(entries: Iterable[Entry]) -> Table | Note:
    """Return the table of those claims that differ or are not supported."""
    rows = of_verdict(entries, "differs", "not supported")
    return ledger_table(rows) if rows else Note("None.", ["Every claim checked stands."])


def waiting(entries: Iterable[Entry]) -> Table | Note:
    """Return the table of those claims that need the original data."""
    rows = of_verdict(entries, "needs the original data")
    return ledger_table(rows) if rows else Note("None.", ["every claim has its data."])


def counts(entries: Sequence[Entry]) -> dict[str, str]:
    """Return how many claims there are, and how many of each verdict."""
    number = Counter(entry.verdict for entry in entries)
    of_each = {f"n-{name.replace(' ', '-')}": str(number[name]) for name in VERDICTS}
    return {"n-entries": str(len(entries)), **of_each}


# -------------------------------------------------------------------------- checks of our own


@dataclass(frozen=True)
class Check:
    """Something that the paper does not claim, computed here beside its claims."""

    question: str
    value: UFloat | None
    unit: str
    on: str
    answer: str = ""


def check_table(checks: Iterable[Check]) -> Table:
    """Return what was computed, on which data, and what follows."""
    rows = [
        (
            Marked(check.question),
            "none" if check.value is None else quantity(check.value, check.unit),
            check.on,
            Marked(check.answer),
        )
        for check in checks
    ]
    return Table(("quantity", "value", "data", "conclusion"), rows, words=4)
