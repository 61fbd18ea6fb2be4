"""The one reader of MyST behind all that is made of the book's texts without Sphinx.

It takes a text apart (`parse`, `directive`, `links`, `roles`, `glossary`), and says in words what a
role stands for (`words_of_role`). Slides make HTML of it (`compendium.course.words`), notebooks
plain Markdown (`compendium.plain_markdown`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from compendium.equations import called

# As in _config.yml, but for what needs Sphinx or makes links of words.
EXTENSIONS = {"amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath", "smartquotes"}
GLOSSARY = "glossary.md"
_TARGETED = re.compile(r"^(?P<words>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)
_DIRECTIVE = re.compile(r"\{(\w[\w-]*)\}\s*(.*?)\s*$")
_OPTIONS = re.compile(r"\A((?::[\w-]+:.*\n)*)\n?")
_KEY = re.compile(r"([a-z]+)(\d{4})[a-z]?")


@dataclass(frozen=True)
class Directive:
    """A block such as ```` ```{math} ````: its name, what stands behind it, options and content."""

    name: str
    title: str
    options: Mapping[str, str]
    body: str


# ---------------------------------------------------------------------------- reading


def new_parser() -> MarkdownIt:
    """Return a parser of MyST as the book reads it."""
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    return create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), RendererHTML)


@cache
def _parser() -> MarkdownIt:
    return new_parser()


def parse(text: str) -> list[Token]:
    """Return a text as the tokens of markdown-it."""
    return _parser().parse(text)


def directive(token: Token) -> Directive | None:
    """Return the directive that a token is, or None."""
    named = _DIRECTIVE.match(token.info) if token.type in {"fence", "colon_fence"} else None
    if named is None:
        return None
    head = _OPTIONS.match(token.content)
    stated = head[1] if head else ""
    options = dict(re.findall(r"^:([\w-]+): *(.*?) *$", stated, re.MULTILINE))
    return Directive(named[1], named[2], options, token.content[head.end() if head else 0 :])


def roles(tokens: Iterable[Token], name: str) -> Iterator[tuple[str, int]]:
    """Yield the target of each role of a name, and its line, counted from 1."""
    for token in tokens:
        line = token.map[0] + 1 if token.map else 0
        for part in token.children or ():
            if part.type in {"softbreak", "hardbreak"}:
                line += 1
            elif part.type == "myst_role" and part.meta["name"].split(":")[0] == name:
                yield target_of(part.content), line


def links(tokens: Iterable[Token]) -> Iterator[tuple[str, list[Token]]]:
    """Yield the address of each link, and the tokens of its words."""
    for token in tokens:
        words: list[Token] | None = None
        for part in token.children or ():
            if part.type == "link_open":
                words = []
                address = str(part.attrs["href"])
            elif part.type == "link_close" and words is not None:
                yield address, words
                words = None
            elif words is not None:
                words.append(part)


def target_of(content: str) -> str:
    """Return what a role leads to: its content, or what stands there in angle brackets."""
    match = _TARGETED.match(content)
    return match["target"].strip() if match else content.strip()


@cache
def glossary(book: Path) -> dict[str, str]:
    """Return the first paragraph of each entry of the glossary."""
    text = (book / GLOSSARY).read_text(encoding="utf-8")
    blocks = filter(None, map(directive, parse(text)))
    lists = [block.body for block in blocks if block.name == "glossary"]
    entries = re.findall(r"^(\S.*)\n((?:  \S.*\n?)+)", "\n".join(lists), re.MULTILINE)
    return {term: " ".join(paragraph.split()) for term, paragraph in entries}


# ---------------------------------------------------------------------------- in words


def words_of_role(
    name: str,
    content: str,
    before: str = "…",
    *,
    figures: Mapping[str, int | str] | None = None,
    titles: Mapping[str, str] | None = None,
) -> str:
    """Return what a role says in plain words, as text with TeX.

    Parameters
    ----------
    name, content : str
        ``{name}`content```.
    before : str, optional
        The text up to it; by default a sentence has begun.
    figures : mapping of str to int or str, optional
        The number of each figure that has one, by label.
    titles : mapping of str to str, optional
        What a label without words of its own leads to.
    """
    targeted, target, titles = _TARGETED.match(content), target_of(content), titles or {}
    match name.split(":", maxsplit=1)[0]:
        case "numref":
            number = (figures or {}).get(target)
            figure = f"Figure {number}" if number else f"the figure {titles.get(target, target)}"
            return targeted["words"].replace("%s", str(number or "")) if targeted else figure
        case "eq":
            return called(target, before)
        case "cite":
            return cited(target, textual=name == "cite:t")
        case "ref" | "doc" if targeted is None or targeted["words"] == target:
            return titles.get(target, target)
    return targeted["words"] if targeted else content


def cited(keys: str, *, textual: bool = False) -> str:
    """Return what a text says of works, whose keys begin with author and year."""
    names = [(author.capitalize(), year) for author, year in _KEY.findall(keys)]
    if textual and names:
        return " and ".join(f"{author} ({year})" for author, year in names)
    works = "; ".join(f"{author} {year}" for author, year in names)
    return f"({works})" if works else keys
