"""What the studies found, for the page of coverages: how often the truth lay inside.

`make studies` writes a table with a row for each number that a simulation found; the columns are
those of ``Row`` in ``tests/studies.py``. The page shows those with a `situation`.
"""

import csv
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.show.foreign import Marked, WithSymbols
from analysis.show.report import Note, Table
from compendium.chapters import STUDIES

# What a row promises, by its kind, per cent.
PROMISES = {"interval": "93 to 97", "limit": "93 to 99", "false alarms": "3 to 7"}
# Rows that count replicates: so many at most.
COUNTS = ("missed", "refused", "warned")
_SHARES = (*PROMISES, *COUNTS)
# Names of the studies that are names of the program.
_LONG = {
    "integral_breadth": "integral breadth", "fwhm": "FWHM", "two_theta": "2θ", "lambda": "λ",
    "T^2": "T²", "K-alpha 2": "Kα₂", "size inf nm": "no size",
}  # fmt: skip
# The page's sections, and the studies that they show: tests/test_studies_ROOM.py.
SECTIONS = {
    "resistance": ("fit", "lag", "digitised"),
    "transition": ("transition", "drop"),
    "diffraction": ("lines", "crystal", "lattice", "strain", ""),
    "pressure": ("pressure", "state"),
}
AGAIN = (
    "`make studies` runs all studies, in about an hour on two cores. "
    '`make test OPTIONS="--studies -m study"` runs a tenth of each in a few minutes. The next '
    "`make book` fills this page."
)
DAMAGED = Marked(f"the table is damaged or of another version. {AGAIN}")
MISSING = Marked(f"no study has run on this machine. {AGAIN}")


class Row(NamedTuple):
    """What a study found on one situation; shares are parts of 1."""

    room: str
    what: str
    situation: str
    kind: str
    replicates: int
    result: float
    low: float
    high: float
    error: float
    refused: float | None
    warned: float | None
    seed: str
    date: str
    size: str
    commit: str

    @property
    def kept(self) -> bool:
        """Whether the result lies within the limits of so many replicates."""
        return self.low <= self.result <= self.high

    @property
    def share(self) -> float:
        """The largest share that a count may have, without the slack of a few replicates."""
        slack = 0.0 if self.size == "full" else 4 * self.error + 1 / self.replicates
        return self.high - slack


def load_studies(path: str = "") -> tuple[tuple[Row, ...], Note | None]:
    """Return the rows of the page, and a note where there are none.

    A table that cannot be read, for another version has written it or it is damaged, is none:
    the page says so, and the rest of the book is made.

    Parameters
    ----------
    path : str, optional
        The table; without it the one that the environment variable COMPENDIUM_STUDIES names.
    """
    file = Path(path or os.environ.get(STUDIES, ""))
    if not file.is_file():
        return (), Note("No table yet:", [MISSING])
    try:
        with file.open(encoding="utf-8", newline="") as text:
            rows = tuple(_row(row) for row in csv.DictReader(text) if row["situation"])
    except (OSError, KeyError, TypeError, ValueError, csv.Error):
        return (), Note("No table that can be read:", [DAMAGED])
    return rows, None if rows else Note("No table yet:", [MISSING])


def _row(row: dict[str, str]) -> Row:
    def share(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    return Row(
        row["room"], row["what"], row["situation"], row["kind"],
        int(row["replicates"]), float(row["result"]), float(row["low"]), float(row["high"]),
        share("error") or 0.0, share("refused"), share("warned"),
        row["seed"], row["date"], row["size"], row["commit"],
    )  # fmt: skip


def stated(rows: Sequence[Row]) -> str:
    """Return when, from which commit, with which seeds and how many replicates, in a sentence."""
    if not rows:
        return "The tables are empty"

    def each(values: Iterable[str]) -> str:
        return " and ".join(sorted({value for value in values if value})) or "none"

    sizes = {"full": "all replicates", "tenth": "a tenth of the replicates"}
    added = each(f"{int(row.seed.partition(' + ')[2] or 0):x}" for row in rows)
    kept = sum(row.kept for row in rows)
    return (
        f"The studies ran on {each(row.date for row in rows)} from commit "
        f"{each(row.commit for row in rows)} with {each(sizes.get(row.size, '') for row in rows)}; "
        f"the number added to their seeds was {added} (hexadecimal). Of {len(rows)} entries {kept} "
        "keep their promise"
    )


def summary(rows: Sequence[Row], section: str) -> Table | None:
    """Return a line for each quantity: its extremes over all kinds of data; per cent.

    Counts are those of replicates that went wrong; the last column counts the kinds of data whose
    promise is kept.
    """
    of_section = [row for row in rows if row.room in SECTIONS[section] and row.kind in _SHARES]
    names = sorted({(row.kind in COUNTS, row.what, row.kind) for row in of_section})
    lines = []
    for _, what, kind in names:
        same = [row for row in of_section if (row.what, row.kind) == (what, kind)]
        low, high = (100 * end(row.result for row in same) for end in (min, max))
        most = f"at most {100 * max(row.share for row in same):.0f}"
        kept = f"{sum(row.kept for row in same)} of {len(same)}"
        text = kept if all(row.kept for row in same) else Marked(f"**{kept}**")
        extremes = f"{low:.1f}" if low == high else f"{low:.1f} to {high:.1f}"
        lines.append((_words(what), extremes, PROMISES.get(kind, most), text))
    header = ("quantity", "result (%)", "promised (%)", "kept")
    return Table(header, lines) if lines else None


def tables(rows: Sequence[Row], section: str) -> list[Table]:
    """Return all that the studies found for a section: intervals, counts, other numbers."""
    found = (table(rows, section) for table in (coverages, counts, others))
    return [table for table in found if table is not None]


def coverages(rows: Sequence[Row], section: str) -> Table | None:
    """Return how often the truth lay inside, beside what was refused and warned of; per cent."""

    def cells(row: Row) -> tuple[str, ...]:
        share, error = 100 * row.result, 100 * row.error
        replicates = f"{row.replicates:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
        unsaid = _percent(row.refused), _percent(row.warned)
        return _mark(row, f"{share:.1f} ± {error:.1f}"), PROMISES[row.kind], *unsaid, replicates

    header = ("quoted", "data", "holds (%)", "promised", "refused", "warned", "replicates")
    return _table(rows, section, header, lambda kind: kind in PROMISES, cells)


def counts(rows: Sequence[Row], section: str) -> Table | None:
    """Return how many of the replicates went wrong, and how many may."""

    def cells(row: Row) -> tuple[str, ...]:
        wrong, most = (f"{part * row.replicates:.0f}" for part in (row.result, row.share))
        return _mark(row, wrong), most, str(row.replicates)

    header = ("counted", "data", "found", "at most", "replicates")
    return _table(rows, section, header, lambda kind: kind in COUNTS, cells)


def others(rows: Sequence[Row], section: str) -> Table | None:
    """Return what else was found, and between which limits it has to lie."""

    def cells(row: Row) -> tuple[str, ...]:
        limits = f"{row.low:.3g} to {row.high:.3g}"
        return _mark(row, f"{row.result:.3g}"), limits, str(row.replicates)

    header = ("quantity", "data", "result", "limits", "replicates")
    return _table(rows, section, header, lambda kind: kind not in _SHARES, cells)


def _table(
    rows: Sequence[Row],
    section: str,
    header: Sequence[str],
    wanted: Callable[[str], bool],
    cells: Callable[[Row], Sequence[str]],
) -> Table | None:
    """Return the rows of a section whose kind is wanted; None where there are none."""
    chosen = [row for row in rows if row.room in SECTIONS[section] and wanted(row.kind)]
    chosen.sort(key=lambda row: (row.what, row.situation))
    lines = [(_words(row.what), _words(row.situation), *cells(row)) for row in chosen]
    return Table(header, lines, words=2) if lines else None


def _words(text: str) -> WithSymbols:
    """Return what a study calls a quantity or its data, with symbols as a page has them."""
    for short, long in _LONG.items():
        text = text.replace(short, long)
    return WithSymbols(text)


def _mark(row: Row, text: str) -> str:
    return text if row.kept else Marked(f"**{text}**")


def _percent(share: float | None) -> str:
    return "not counted" if share is None else f"{100 * share:.1f}"
