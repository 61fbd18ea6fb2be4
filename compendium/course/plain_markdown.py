"""MyST as plain Markdown, which every JupyterLab shows: no role, no directive, no label is left."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from analysis.errors import DataError, shown
from compendium.course.words import cited
from compendium.equations import NUMBERS, called, number
from compendium.plan import BOOK

_ROLE = re.compile(r"\{([\w:]+)\}`([^`]+)`")
_TARGET = re.compile(r"\(([^\s()]+)\)=\s*$")
_OPEN = re.compile(r"(:{3,}|`{3,})\{([\w-]+)\}\s*(.*?)\s*$")
_OPTION = re.compile(r":[\w-]+:")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?![a-z]+:)([^)\s]+)\)")
_LABEL = re.compile(r"^\s*:?(?:label|name): *([\w-]+)\s*$")
# What each directive becomes: an equation, a block that is set apart, or nothing.
_SET_APART = {"admonition", "note", "tip", "hint", "warning", "important", "margin", "dropdown"}


def plain_markdown(text: str, *, where: str) -> str:
    """Return a text of the book as plain Markdown.

    Parameters
    ----------
    text : str
        MyST, already composed: without conditions.
    where : str
        Its page, for messages.

    Raises
    ------
    DataError
        If the text has a role or directive that has no plain form.
    """
    lines = list(_blocks(text.splitlines(), where))
    plain = _ROLE.sub(
        lambda role: _said(role[1], role[2], where, role.string[: role.start()]), "\n".join(lines)
    )
    # The pages that links lead to are not beside a notebook; their titles are names enough.
    plain = _LINK.sub(lambda link: link[1] or _title(link[2], where), plain)
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


def _blocks(lines: Sequence[str], where: str) -> Iterator[str]:
    """Yield the lines, with directives in a plain form."""
    at = 0
    while at < len(lines):
        line = lines[at]
        begin = _OPEN.match(line)
        if begin is None:
            if not _TARGET.match(line) and not line.startswith("% "):
                yield line
            at += 1
            continue
        fence, name, title = begin.groups()
        end = next((i for i in range(at + 1, len(lines)) if lines[i].strip() == fence), len(lines))
        inside = [one for one in lines[at + 1 : end] if not _OPTION.match(one)]
        if name == "math":
            labels = (_LABEL.match(one) for one in lines[at + 1 : end])
            tags = [f"\\tag{{{number(label[1])}}}" for label in labels if label]
            yield from ("$$", *inside, *tags, "$$")
        elif name in _SET_APART:
            head = [f"**{title}**", ""] if title else []
            yield from (f"> {one}".rstrip() for one in [*head, *_blocks(inside, where)])
        elif name in ("div", "code-block"):
            yield from inside if name == "div" else (f"```{title}", *inside, "```")
        else:
            raise DataError(f"{where}: {{{name}}} has no form that JupyterLab shows")
        at = end + 1


def _said(role: str, content: str, where: str, before: str) -> str:
    """Return the words of a role that follows a text."""
    words, _, target = content.rstrip(">").partition("<")
    words, target = words.strip(), target.strip() or content
    if role == "eq":
        if target not in NUMBERS:
            raise DataError(f"{where}: {shown(target)} is no equation of the book")
        return called(target, re.sub(r"^> ?", "", before, flags=re.MULTILINE))
    if role == "term" or (role == "ref" and words != content):
        return words
    if role in ("numref", "ref"):
        if target not in _labelled():
            raise DataError(f"{where}: there is no {shown(target)}")
        page, heading = _labelled()[target]
        named = f"“{heading}” in " if heading else "the figure " if role == "numref" else ""
        return f"{named}“{_title(f'/{page}.md', where)}”"
    if role.startswith("cite"):
        return cited(content)
    raise DataError(f"{where}: the role {shown(role)} has no form that JupyterLab shows")


@cache
def _labelled() -> dict[str, tuple[str, str]]:
    """Return the page of each label in the book, and the heading that it names, if it does."""
    found = {}
    for file in BOOK.rglob("*.md"):
        page = file.relative_to(BOOK).with_suffix("").as_posix()
        lines = file.read_text(encoding="utf-8").splitlines()
        for at, line in enumerate(lines):
            if label := _LABEL.match(line):
                found[label[1]] = page, ""
            elif label := _TARGET.match(line):
                heading = next((one for one in lines[at:] if one.startswith("#")), "")
                found[label[1]] = page, heading.lstrip("# ")
    return found


def _title(link: str, where: str) -> str:
    """Return the title of the page that a link leads to, as it stands or from below the book."""
    path = link.partition("#")[0]
    file = BOOK / path[1:] if path.startswith("/") else (BOOK / where).parent / path
    if not path:
        return "this page"
    if not file.exists():
        raise DataError(f"{where}: there is no page {shown(link)}")
    titles = re.findall(r"^# (.+)$", Path(file).read_text(encoding="utf-8"), re.MULTILINE)
    return str(titles[0])
