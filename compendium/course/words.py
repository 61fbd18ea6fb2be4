"""MyST texts of the book as HTML for slides: no Sphinx behind them, so roles become words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from posixpath import normpath
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from compendium.equations import called
from compendium.publish import plain

# As in _config.yml, but for what needs Sphinx or makes links of words.
EXTENSIONS = {"amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath", "smartquotes"}
_TARGETED = re.compile(r"^(?P<words>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)
_KEY = re.compile(r"([a-z]+)(\d{4})[a-z]?")


@dataclass(frozen=True)
class Setting:
    """What the words of one deck depend on.

    Attributes
    ----------
    page : Path
        The page that they come from; its links are relative to it.
    root : Path
        The folder of the book's texts.
    book : str or None
        Where the built book is, seen from the deck; None if links shall be plain words.
    figures : dict of str to int
        The number of each figure that the deck shows.
    titles : dict of str to str
        What a reference without words of its own leads to.
    typeset : bool
        Whether MathJax will read it; if not, formulas are as plain as they can be.
    """

    page: Path
    root: Path
    book: str | None = None
    figures: dict[str, int] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    typeset: bool = True


# ---------------------------------------------------------------------------- reading


@cache
def parser() -> MarkdownIt:
    """Return the book's own parser of MyST, with rules for slides."""
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    markdown = create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), RendererHTML)
    # After the parser's extensions, which bring rules of their own.
    for name, rule in _RULES.items():
        markdown.add_render_rule(name, rule)
    return markdown


def parse(text: str) -> list[Token]:
    """Return a text as the tokens of markdown-it."""
    return parser().parse(text)


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
    found = _TARGETED.match(content)
    return found["target"].strip() if found else content.strip()


# ---------------------------------------------------------------------------- as HTML


def html(tokens: Sequence[Token], setting: Setting) -> str:
    """Return tokens as HTML; formulas stand between MathJax's own delimiters."""
    markdown = parser()
    return str(markdown.renderer.render(tokens, markdown.options, {"setting": setting})).strip()


def inline(text: str, setting: Setting) -> str:
    """Return one paragraph, such as a caption, as HTML without the paragraph's tags."""
    (token,) = parser().parseInline(text)
    return html(token.children or [], setting)


def address(link: str, setting: Setting) -> str | None:
    """Return where a link of a page leads, seen from the deck; None if it shall be words."""
    if re.match(r"[a-z]+:", link):
        return link
    page, _, rest = link.partition("#")
    if setting.book is None:
        return None
    folder = setting.page.absolute().parent.relative_to(setting.root.absolute()).as_posix()
    whole = normpath(f"{folder}/{page}") if page else f"{folder}/{setting.page.name}"
    return f"{setting.book}/{whole.removesuffix('.md')}.html{'#' + rest if rest else ''}"


def title_of(link: str, setting: Setting) -> str:
    """Return the title of the page that a link leads to, or the link if there is none."""
    page = setting.page.parent / link.partition("#")[0]
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    return title[1] if title else link


def words_of_role(name: str, content: str, setting: Setting, before: str = "…") -> str:
    """Return what a role says in plain words, as text with TeX; `before` is the text up to it."""
    found, target = _TARGETED.match(content), target_of(content)
    match name.split(":", maxsplit=1)[0]:
        case "numref":
            number = setting.figures.get(target)
            figure = f"Figure {number}" if number else f"the figure {target}"
            return found["words"].replace("%s", str(number or "")) if found else figure
        case "eq":
            return called(target, before)
        case "cite":
            return cited(target)
        case "ref" | "doc" if found is None or found["words"] == target:
            return setting.titles.get(target, target)
    return found["words"] if found else content


def cited(keys: str) -> str:
    """Return what a text says of works, whose keys begin with author and year."""
    works = "; ".join(f"{author.capitalize()} {year}" for author, year in _KEY.findall(keys))
    return f"({works})" if works else keys


def _role(_: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    role = tokens[at]
    before = "".join(one.content or " " for one in tokens[:at])
    text = words_of_role(role.meta["name"], role.content, env["setting"], before)
    # A title that a reference brings may hold a formula.
    return _with_formulas(text, env["setting"])


def _with_formulas(text: str, setting: Setting) -> str:
    pieces = enumerate(re.split(r"\$([^$]+)\$", text))
    return "".join(_tex(one, "()", setting) if i % 2 else escape(one) for i, one in pieces)


def _tex(tex: str, brackets: str, setting: Setting) -> str:
    """Return a formula for MathJax, between its brackets, or in plain letters."""
    if not setting.typeset:
        return escape(plain(tex))
    return f"\\{brackets[0]}{escape(tex)}\\{brackets[1]}"


def _link(_: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    link, setting = str(tokens[at].attrs["href"]), env["setting"]
    where = address(link, setting)
    start = "<span>" if where is None else f'<a href="{escape(where)}" target="_blank">'
    empty = tokens[at + 1].type == "link_close"
    tokens[at].meta["closed by"] = "</span>" if where is None else "</a>"
    return start + (_with_formulas(title_of(link, setting), setting) if empty else "")


def _end_of_link(_: Any, tokens: Sequence[Token], at: int, _o: Any, _env: Any) -> str:
    opened = next(one for one in reversed(tokens[:at]) if one.type == "link_open")
    return str(opened.meta["closed by"])


def _formula(_: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    return _tex(tokens[at].content, "()", env["setting"])


def _display(_: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    return _tex(tokens[at].content, "[]", env["setting"])


def _fence(_: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    """Return a directive that holds text as that text; others are of the book alone."""
    token = tokens[at]
    directive = re.match(r"\{(\w[\w-]*)\}", token.info)
    body = re.sub(r"\A(:[\w-]+:.*\n)+\n?", "", token.content)
    if directive is None:
        return f"<pre>{escape(token.content)}</pre>"
    if directive[1] == "math":
        return _tex(body, "[]", env["setting"])
    if directive[1] in {"code-cell", "margin", "check"}:
        return ""
    return html(parse(body), env["setting"])


def _nothing(*_: Any) -> str:
    return ""


_RULES: dict[str, Any] = {
    "myst_role": _role,
    "link_open": _link,
    "link_close": _end_of_link,
    "math_inline": _formula,
    "math_inline_double": _display,
    "math_block": _display,
    "math_block_label": _display,
    "amsmath": _display,
    "fence": _fence,
    "colon_fence": _fence,
    "front_matter": _nothing,
    "myst_line_comment": _nothing,
    "myst_target": _nothing,
    "myst_block_break": _nothing,
}
