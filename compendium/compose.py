"""A chapter's text for a data package: what it does not have is left out, and said once.

Conditions are comments of MyST in the texts of ``book/``:

``% needs: FACT, FACT`` above a heading
    The section, up to the next heading of its level or a higher one, stays if all hold. If
    not, the heading and one sentence stand there. Above the title it is about the page.
``% only: FACT`` or ``% only: not FACT`` above a heading
    The section goes without a word where it does not hold; above the title, the page.
``% if: FACT`` or ``% if: not FACT`` ... ``% endif``
    Around paragraphs, cells, rows and list items of a section; may nest.

Several facts are separated by commas, and all must hold. Labels and conditions stand directly
above their heading. Which facts there are, and their sentences: `compendium.facts`.

A page may have several titles, of which the conditions above them leave one. In a line of running
text ``{{ package }}`` becomes the package's title.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.errors import DataError, shown
from compendium.facts import Facts

_HEADING = re.compile(r"(#{1,6})\s")
_LABEL = re.compile(r"\([^\s()]+\)=\s*$")
_CONDITION = re.compile(r"\s*%\s*(needs|only|if|endif)\b(.*)", re.IGNORECASE)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
_FORMS = "'% needs: FACT', '% only: FACT', '% if: FACT' and '% endif'"


@dataclass(frozen=True)
class Page:
    """A page as it was composed.

    Attributes
    ----------
    text : str
        What stays of it.
    whole : tuple of str
        The lines of the text that it was made from.
    numbers : tuple of int
        The numbers of those lines that stay, from 1.
    present : bool
        False if the page itself is left out.
    """

    text: str
    whole: tuple[str, ...]
    numbers: tuple[int, ...]
    present: bool


@dataclass(frozen=True)
class _Condition:
    """A comment that asks for facts; `at` is its line, counted from 0."""

    at: int
    kind: str
    wanted: tuple[tuple[str, bool], ...] = ()

    def failing(self, facts: Facts) -> str | None:
        """Return the first fact that is not as wanted."""
        return next((name for name, want in self.wanted if facts.holds(name) != want), None)


@dataclass(frozen=True)
class _Section:
    """Where a section starts (with its labels and conditions), its heading, and where it ends."""

    start: int
    heading: int
    end: int
    level: int
    conditions: tuple[_Condition, ...]


def compose(text: str, facts: Facts, *, file: str) -> Page:
    """Return a page as it is for a package of which these facts hold.

    Parameters
    ----------
    text : str
        In MyST Markdown, with conditions.
    facts : Facts
    file : str
        Its name, for messages.

    Raises
    ------
    DataError
        If a condition is misspelt, stands where it has no meaning, is not closed, or names a
        fact that there is not; the message names file and line.
    """
    lines = text.splitlines()
    running = list(_running(lines))
    conditions = {condition.at: condition for condition in _conditions(lines, running, facts, file)}
    sections = list(_sections(lines, running, conditions))
    shown_lines = [at not in conditions for at in range(len(lines))]
    notes: dict[int, str] = {}
    titles = sum(section.level == 1 for section in sections)
    for section in sections:
        for condition in section.conditions:
            failing = condition.failing(facts)
            if failing is None or not shown_lines[section.heading]:
                continue
            whole = condition.kind == "only"
            if whole and section.level == 1 and titles > 1:
                _hide(shown_lines, section.start, section.heading + 1)
                continue
            _hide(shown_lines, section.start if whole else section.heading + 1, section.end)
            if not whole:
                notes[section.heading] = facts.sentence(failing, title=section.level == 1)
    for start, end in _blocks(conditions, sections, file):
        if conditions[start].failing(facts):
            _hide(shown_lines, start, end)
    kept = [at for at, seen in enumerate(shown_lines) if seen]
    composed = [facts.filled(lines[at]) if running[at] else lines[at] for at in kept]
    composed = [
        f"{line}\n\n{notes[at]}\n" if at in notes else line
        for at, line in zip(kept, composed, strict=True)
    ]
    present = not titles or any(
        shown_lines[section.heading] for section in sections if section.level == 1
    )
    return Page("\n".join([*composed, ""]), tuple(lines), tuple(at + 1 for at in kept), present)


def _hide(seen: list[bool], start: int, end: int) -> None:
    seen[start:end] = [False] * (end - start)


def _running(lines: Sequence[str]) -> Iterator[bool]:
    """Say of each line whether it is running text: neither settings nor inside a fence."""
    settings = bool(lines) and lines[0].strip() == "---"
    fence = ""
    for at, line in enumerate(lines):
        if settings:
            settings = at == 0 or line.strip() != "---"
            yield False
            continue
        mark = _FENCE.match(line)
        if not fence:
            fence = mark[1] if mark else ""
            yield not mark
            continue
        if mark and mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
        yield False


def _conditions(
    lines: Sequence[str], running: Sequence[bool], facts: Facts, file: str
) -> Iterator[_Condition]:
    for at, line in enumerate(lines):
        match = _CONDITION.match(line) if running[at] else None
        if match is None:
            continue
        where, kind, rest = f"{file}, line {at + 1}", match[1], match[2].strip()
        if kind == "endif" and not rest:
            yield _Condition(at, kind)
            continue
        names = [name.strip() for name in rest.removeprefix(":").split(",")]
        if kind not in ("needs", "only", "if") or not rest.startswith(":") or not all(names):
            raise DataError(f"{where}: {shown(line.strip())} is not a condition; allowed: {_FORMS}")
        wanted = [(name.removeprefix("not ").strip(), name[:4] != "not ") for name in names]
        for name, want in wanted:
            facts.check(name, where)
            if kind == "needs" and not want:
                raise DataError(f"{where}: '% needs' does not take 'not'; use '% only: not'")
        yield _Condition(at, kind, tuple(wanted))
        if kind in ("needs", "only") and not _above_heading(lines, at):
            raise DataError(f"{where}: '% {kind}' stands directly above a heading or its label")


def _attached(line: str) -> bool:
    """Tell whether a line belongs to the heading below it."""
    match = _CONDITION.match(line)
    return bool(_LABEL.match(line) or (match and match[1] in ("needs", "only")))


def _above_heading(lines: Sequence[str], at: int) -> bool:
    below = next((line for line in lines[at:] if not _attached(line)), "")
    return bool(_HEADING.match(below))


def _sections(
    lines: Sequence[str], running: Sequence[bool], conditions: dict[int, _Condition]
) -> Iterator[_Section]:
    heads = []
    for at, line in enumerate(lines):
        if running[at] and (mark := _HEADING.match(line)):
            start = at
            while start > 0 and _attached(lines[start - 1]):
                start -= 1
            heads.append((start, at, len(mark[1])))
    for place, (start, at, level) in enumerate(heads):
        after = (head for head in heads[place + 1 :] if head[2] <= level)
        end = next(after, (len(lines), 0, 0))[0]
        above = tuple(conditions[line] for line in range(start, at) if line in conditions)
        yield _Section(start, at, end, level, above)


def _blocks(
    conditions: dict[int, _Condition], sections: Sequence[_Section], file: str
) -> Iterator[tuple[int, int]]:
    """Yield the lines of each ``% if`` and of the ``% endif`` that closes it."""
    starts = {section.start for section in sections}
    opened: list[int] = []
    for at in sorted({*conditions, *starts}):
        if at in starts and opened:
            raise DataError(
                f"{file}, line {opened[-1] + 1}: '% if' is not closed by '% endif' before the "
                "next heading; for a section use '% only' or '% needs'"
            )
        kind = conditions[at].kind if at in conditions else ""
        if kind == "if":
            opened.append(at)
        elif kind == "endif" and not opened:
            raise DataError(f"{file}, line {at + 1}: '% endif' has no '% if' above it")
        elif kind == "endif":
            yield opened.pop(), at
    if opened:
        raise DataError(f"{file}, line {opened[-1] + 1}: '% if' is not closed by '% endif'")
