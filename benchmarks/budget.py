"""What the book may cost: a few lines that `make bench` prints beside what was measured.

Times are ratios within one run, for machines differ: the floor is a notebook that imports what
sheets import and does nothing. Sizes are bytes, the same everywhere.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
CHECKS = ROOT / "_build" / "checks-took.json"  # .ci/checks writes it
_JOB = re.compile(r"^ +timeout-minutes: (\d+)$", re.MULTILINE)


class Limit(NamedTuple):
    """A line of the budget: what it is about, its unit, and the most that is allowed."""

    what: str
    unit: str
    most: float


SHEET = Limit("one sheet / floor", "", 4)
COLD = Limit("cold book, all cores / floor", "", 450)
PAGE = Limit("heaviest page with its scripts and pictures", "MB", 6)
ZIP = Limit("the pages as one zip", "MB", 40)


def of_the_workflow() -> Limit:
    """Return how long a job of the workflow may take: its own timeout."""
    text = (ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8")
    return Limit("all checks, as .ci/checks last took here", "min", float(_JOB.search(text)[1]))


def minutes_of_checks() -> float | None:
    """Return how long .ci/checks took in this checkout; None if it never ran to its end."""
    try:
        return json.loads(CHECKS.read_text(encoding="utf-8"))["seconds"] / 60
    except (OSError, ValueError, KeyError):
        return None


def lines(measured: dict[Limit, float]) -> list[str]:
    """Return the budget as a table: what, allowed, measured.

    Examples
    --------
    >>> lines({SHEET: 2.5})[0].split()
    ['one', 'sheet', '/', 'floor', 'at', 'most', '4', 'measured:', '2.5']
    """
    limits = (SHEET, COLD, PAGE, ZIP, of_the_workflow())
    return [f"{limit.what:<46s} {_allowed(limit)} {_measured(measured, limit)}" for limit in limits]


def _allowed(limit: Limit) -> str:
    return f"at most {limit.most:4g} {limit.unit:3s}"


def _measured(measured: dict[Limit, float], limit: Limit) -> str:
    value = measured.get(limit)
    return "not measured in this run" if value is None else f"measured: {value:.3g}"


# ---------------------------------------------------------------------------- weights


class _Loaded(HTMLParser):
    """The files that a page loads at once: styles, scripts, pictures, icons."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("script", "img"):
            self.addresses.add(said.get("src") or "")
        elif tag == "link" and (said.get("rel") or "") in ("stylesheet", "icon", "modulepreload"):
            self.addresses.add(said.get("href") or "")


def weight(page: Path) -> int:
    """Return the bytes of a built page and of all files of the book that it loads at once."""
    loaded = _Loaded()
    loaded.feed(page.read_text(encoding="utf-8"))
    paths = {unquote(urlsplit(address).path) for address in loaded.addresses if "//" not in address}
    files = {(page.parent / path).resolve() for path in paths if path}
    return page.stat().st_size + sum(file.stat().st_size for file in files if file.is_file())
