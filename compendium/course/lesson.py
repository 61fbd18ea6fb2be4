"""A lecturer's page as data: its steps, each with what is shown, asked and expected, and when.

Below the title stands what a lecturer has to know before. Each step is a section whose heading
begins with the minute, "## 0:10 Two limits of one law", and holds a definition list::

    Show
    : {numref}`fig-law`, then the [law at 400 K](../3-1-debye.md#live-debye?theta_d=400).

    Ask
    : Which limit ...?

A section whose heading begins with no time is for the lecturer alone and becomes no slide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from markdown_it.token import Token

from analysis.errors import DataError
from compendium.myst import directive, parse

LENGTH = 90  # minutes of a session
PARTS = ("Show", "Ask", "Expect", "Misconception", "Do")
_CLOCK = re.compile(r"^(\d):([0-5]\d)\s+")


@dataclass(frozen=True)
class Step:
    """One step of a session.

    Attributes
    ----------
    start, end : int
        In minutes from the beginning of the session.
    title : list of Token
        The words of the heading, without the time.
    parts : dict of str to list of list of Token
        What stands under each of `PARTS`; under one of them there may be several.
    line : int
        Of the heading, from 1.
    """

    start: int
    end: int
    title: list[Token]
    parts: dict[str, list[list[Token]]]
    line: int

    def under(self, part: str) -> list[Token]:
        """Return all that stands under a word, as one text."""
        return [token for text in self.parts.get(part, ()) for token in text]


@dataclass(frozen=True)
class Lesson:
    """A lecturer's page.

    Attributes
    ----------
    title : list of Token
        The words of the page's title.
    head : list of Token
        What stands in the admonition below the title.
    steps : list of Step
    """

    title: list[Token]
    head: list[Token]
    steps: list[Step]


@dataclass
class _Section:
    level: str
    words: Token
    line: int
    body: list[Token] = field(default_factory=list)


def read_lesson(page: Path) -> Lesson:
    """Read a lecturer's page.

    Raises
    ------
    DataError
        With the line, if the page has no title or no steps, a step has another word than
        `PARTS` or nothing to show, ask or do, or the times do not rise.
    """
    sections = list(_sections(parse(page.read_text(encoding="utf-8"))))
    if not sections or sections[0].level != "h1":
        raise DataError(f"{page}: a lecturer's page begins with its title, '# ...'")
    timed = [
        (clock, section) for section in sections[1:] if (clock := _clock(section, page)) is not None
    ]
    if not timed:
        raise DataError(f"{page}: no step; a step is a section such as '## 0:10 Two limits'")
    starts = [clock for clock, _ in timed] + [LENGTH]
    for (before, after), (_, section) in zip(pairwise(starts), timed, strict=True):
        if after <= before:
            raise DataError(
                f"{page}, line {section.line}: the step has no time; it begins at "
                f"{clock_text(before)} and the next, or the end, is at {clock_text(after)}"
            )
    steps = [
        _step(section, start, end, page)
        for (start, section), end in zip(timed, starts[1:], strict=True)
    ]
    blocks = filter(None, map(directive, sections[0].body))
    head = next((parse(block.body) for block in blocks if block.name == "admonition"), [])
    return Lesson(sections[0].words.children or [], head, steps)


def clock_text(minutes: int) -> str:
    """Return minutes as a lecturer's watch shows them: 70 is "1:10"."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def _sections(tokens: list[Token]) -> Iterator[_Section]:
    section: _Section | None = None
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag in {"h1", "h2"}:
            if section:
                yield section
            section = _Section(token.tag, tokens[at + 1], (token.map or [0])[0] + 1)
        elif section:
            section.body.append(token)
    if section:
        yield section


def _clock(section: _Section, page: Path) -> int | None:
    match = _CLOCK.match(section.words.content)
    if match:
        return 60 * int(match[1]) + int(match[2])
    if section.words.content[:1].isdigit():
        raise DataError(
            f"{page}, line {section.line}: a step begins with its time as in '0:10', "
            f"not {section.words.content.split()[0]!r}"
        )
    return None


def _step(section: _Section, start: int, end: int, page: Path) -> Step:
    words = [token.copy() for token in section.words.children or []]
    words[0].content = _CLOCK.sub("", words[0].content)
    parts: dict[str, list[list[Token]]] = {}
    for word, line, text in _definitions(section.body):
        if word not in PARTS:
            raise DataError(
                f"{page}, line {line}: a step has {', '.join(PARTS)}; {word!r} is none of them"
            )
        parts.setdefault(word, []).append(text)
    if not parts.keys() & {"Show", "Ask", "Do"}:
        raise DataError(f"{page}, line {section.line}: the step has nothing to show, ask or do")
    return Step(start, end, words, parts, section.line)


def _definitions(tokens: list[Token]) -> Iterator[tuple[str, int, list[Token]]]:
    """Yield word, line and text of each definition; a list within a text belongs to the text."""
    depth, word, line = 0, "", 0
    text: list[Token] | None = None
    for at, token in enumerate(tokens):
        depth += token.type == "dl_open"
        depth -= token.type == "dl_close"
        if depth == 1 and token.type == "dt_open":
            word, line = tokens[at + 1].content, (token.map or [0])[0] + 1
        elif depth == 1 and token.type == "dd_open":
            text = []
        elif depth == 1 and token.type == "dd_close" and text is not None:
            yield word, line, text
            text = None
        elif text is not None:
            text.append(token)
