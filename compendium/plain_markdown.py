"""MyST as plain Markdown, which every JupyterLab shows: no role, no directive, no label is left.

An admonition becomes a box, a dropdown unfolds, and a word of the glossary says what it means, by
the little HTML that JupyterLab lets through.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from posixpath import dirname, join, normpath, relpath

from markdown_it.token import Token

from analysis.errors import DataError, shown
from compendium.chapters.glue import CLOSE, OPEN
from compendium.equations import NUMBERS, number
from compendium.myst import Directive, directive, glossary, parse, target_of, words_of_role
from compendium.plan import BOOK, COMPOSED
from compendium.publish import plain

_ROLE = re.compile(r"\{([\w:]+)\}`([^`]+)`")
_TARGET = re.compile(r"\(([^\s()]+)\)=\s*$")
_LABEL = re.compile(r"^\s*:?(?:label|name): *([\w-]+)\s*$")
# To a page of the book, not to another host.
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!<?[a-z]+:)([^)\s]+)\)")
_DEFINITION = re.compile(r"^( *)(\S.*)\n\1: (?=\S)", re.MULTILINE)

# Boxes, and the colour of each in JupyterLab.
_BOXES = {
    **dict.fromkeys(("admonition", "note", "important", "seealso"), "info"),
    **dict.fromkeys(("tip", "hint"), "success"),
    **dict.fromkeys(("warning", "caution", "attention"), "warning"),
    **dict.fromkeys(("danger", "error"), "danger"),
}
# What only arranges its content, with the title in bold where the second list has it.
_FRAMES = {"div", "container", "tab-set", "grid", "grid-item", "card-carousel"}
_TITLED = {"tab-item", "grid-item-card", "card"}
# What has its place in the book only: there the works and the words are listed.
_OF_THE_BOOK = {"bibliography", "raw", "toctree"}
# Beside the pages of the book's texts, those that a build writes.
_WRITTEN = {"all-runs": "All runs", "status": "Status"}


@dataclass(frozen=True)
class _Setting:
    where: str
    figures: Mapping[str, str] = field(default_factory=dict)
    beside: Collection[str] = ()


def plain_markdown(
    text: str,
    *,
    where: str,
    figures: Mapping[str, str] | None = None,
    beside: Collection[str] = (),
) -> str:
    """Return a text of the book as plain Markdown.

    Parameters
    ----------
    text : str
        MyST, already composed: without conditions.
    where : str
        Its page with suffix, such as "course/before.md".
    figures : mapping of str to str, optional
        The number of each figure of the book, by label, if it is known.
    beside : collection of str, optional
        The pages, without suffix, whose notebooks lie as the pages do: links lead to them. Of
        all others the title is named.

    Returns
    -------
    str
        A text that a cell glues stands there as its name, as `compendium.chapters.glue.say`
        takes it.

    Raises
    ------
    DataError
        If the text has a role or directive that has no plain form.
    """
    written = _plain(text, _Setting(where, figures or {}, beside))
    return re.sub(r"\n{3,}", "\n\n", written).strip()


def _plain(text: str, setting: _Setting) -> str:
    """Return a text with its blocks and roles in a plain form."""
    lines, pieces, at = text.splitlines(), list[str](), 0
    for token in parse(text):
        if token.map is None or token.map[0] < at:
            continue
        block = _block(token, setting)
        if block is None:
            continue
        start, end = token.map
        pieces.append(_prose("\n".join(lines[at:start]), setting, "\n".join(pieces)))
        indent = re.match(r"[\s>]*", lines[start])
        begin = indent[0] if indent else ""
        pieces += [f"{begin}{line}".rstrip() for line in block.splitlines()]
        at = end
    pieces.append(_prose("\n".join(lines[at:]), setting, "\n".join(pieces)))
    return "\n".join(pieces)


def _block(token: Token, setting: _Setting) -> str | None:
    """Return a block in its plain form; None if it is running text."""
    if token.type in {"myst_target", "myst_line_comment", "myst_block_break"}:
        return ""
    if token.type not in {"fence", "colon_fence"}:
        return None
    block = directive(token)
    if block is not None:
        return _directive(block, setting)
    mark = token.markup or "```"
    return f"{mark}{token.info}\n{token.content.rstrip()}\n{mark}"


def _directive(block: Directive, setting: _Setting) -> str:
    """Return a directive in its plain form."""
    if block.name in _OF_THE_BOOK:
        return ""
    if block.name == "math":
        label = block.options.get("label")
        tag = f"\n\\tag{{{number(label)}}}" if label else ""
        return f"$$\n{block.body.strip()}{tag}\n$$"
    if block.name == "code-block":
        return f"```{block.title}\n{block.body.rstrip()}\n```"
    return _around(block, _plain(block.body.strip("\n"), setting), setting)


def _around(block: Directive, inside: str, setting: _Setting) -> str:
    """Return the plain content of a directive with what sets it apart from the text around it."""
    kind, title = block.name, _prose(block.title, setting)
    head = f"**{title}**\n\n" if title else ""
    if kind in _BOXES:
        classes = block.options.get("class", "").split()
        colour = next((_BOXES[name] for name in classes if name in _BOXES), _BOXES[kind])
        return f'<div class="alert alert-{colour}">\n\n{head}{inside}\n\n</div>\n'
    if kind == "dropdown":
        return f"<details><summary>{escape(title)}</summary>\n\n{inside}\n\n</details>\n"
    if kind == "margin":
        return "\n".join(f"> {line}".rstrip() for line in inside.splitlines()) + "\n"
    if kind in _FRAMES or kind in _TITLED:
        return f"{head if kind in _TITLED else ''}{inside}\n"
    raise DataError(f"{setting.where}: JupyterLab cannot show {{{kind}}}")


def _prose(text: str, setting: _Setting, before: str = "") -> str:
    """Return running text with its roles and links as words, and definitions as a list."""
    text = _DEFINITION.sub(r"\1- **\2**\n\1  ", text)
    text = _ROLE.sub(
        lambda role: _said(role[1], role[2], f"{before}\n{text[: role.start()]}", setting), text
    )
    return _LINK.sub(lambda link: _linked(link[1], link[2], setting), text)


def _said(role: str, content: str, before: str, setting: _Setting) -> str:
    """Return the words of a role that follows a text."""
    target, kind = target_of(content), role.partition(":")[0]
    if kind == "glue":
        return f"{OPEN}{content}{CLOSE}"
    if kind not in {"eq", "term", "ref", "numref", "cite"}:
        raise DataError(f"{setting.where}: JupyterLab cannot show the role {shown(role)}")
    if kind == "eq" and target not in NUMBERS:
        raise DataError(f"{setting.where}: {shown(target)} is not an equation of the book")
    titles = {}
    if kind in {"ref", "numref"}:
        if target not in _labelled():
            raise DataError(f"{setting.where}: there is no {shown(target)}")
        titles[target] = _place(target, setting)
    before = re.sub(r"^> ?", "", before, flags=re.MULTILINE)
    words = words_of_role(role, content, before, figures=setting.figures, titles=titles)
    return _explained(words, target, setting) if kind == "term" else words


def _explained(words: str, term: str, setting: _Setting) -> str:
    """Return a word of the glossary with its meaning, which shows when one points at it."""
    meanings = {key.casefold(): text for key, text in glossary(BOOK).items()}
    meaning = meanings.get(term.casefold(), "")
    if not meaning or "\n" in words:
        return words
    explanation = plain(re.sub(r"[$*`]", "", _prose(meaning, setting)))
    return f'<abbr title="{escape(re.sub("<[^>]*>", "", explanation))}">{words}</abbr>'


def _place(label: str, setting: _Setting) -> str:
    """Return where a label stands: heading and page, or the heading alone on the same page."""
    page, heading = _labelled()[label]
    if heading and f"{page}.md" == setting.where:
        return f"“{heading}”"
    named = f"“{heading}” in " if heading else ""
    return f"{named}“{_title(page, setting)}”"


def _linked(words: str, link: str, setting: _Setting) -> str:
    """Return a link within the book: to a notebook beside this one, or in words."""
    path = link.partition("#")[0]
    here = setting.where.removesuffix(".md")
    page = normpath(join(dirname(here), path)) if path and path[0] != "/" else path[1:] or here
    page = page.removesuffix(".md")
    named = words or (_title(page, setting) if path else "this page")
    if page == here or page not in setting.beside:
        return named
    return f"[{named}]({relpath(page, dirname(here) or '.')}.ipynb)"


def _title(page: str, setting: _Setting) -> str:
    """Return the title of a page, for this data package if it has been composed."""
    files = [folder / f"{page}.md" for folder in (COMPOSED, BOOK)]
    file = next((path for path in files if path.is_file()), None)
    if file is None and page not in _WRITTEN:
        raise DataError(f"{setting.where}: there is no page {shown(f'{page}.md')}")
    if file is None:
        return _WRITTEN[page]
    titles = re.findall(r"^# (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return str(titles[0])


@cache
def _labelled() -> dict[str, tuple[str, str]]:
    """Return the page of each label in the book, and the heading that it names, if it does."""
    places = {}
    for file in BOOK.rglob("*.md"):
        page = file.relative_to(BOOK).with_suffix("").as_posix()
        lines = file.read_text(encoding="utf-8").splitlines()
        for at, line in enumerate(lines):
            if label := _LABEL.match(line):
                places[label[1]] = page, ""
            elif label := _TARGET.match(line):
                heading = next((later for later in lines[at:] if later.startswith("#")), "")
                places[label[1]] = page, heading.lstrip("# ")
    return places
