"""MyST texts of the book as HTML for slides: no Sphinx behind them, so roles become words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from posixpath import normpath
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from compendium.myst import directive, new_parser, parse, words_of_role
from compendium.publish import plain


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


@cache
def parser() -> MarkdownIt:
    """Return the book's own parser of MyST, with rules for slides."""
    markdown = new_parser()
    # After the parser's extensions, which bring rules of their own.
    for name, rule in _RULES.items():
        markdown.add_render_rule(name, rule)
    return markdown


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


def _role(_: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    role = tokens[at]
    before = "".join(token.content or " " for token in tokens[:at])
    setting = env["setting"]
    text = words_of_role(
        role.meta["name"], role.content, before, figures=setting.figures, titles=setting.titles
    )
    # A title that a reference brings may hold a formula.
    return _with_formulas(text, setting)


def _with_formulas(text: str, setting: Setting) -> str:
    pieces = enumerate(re.split(r"\$([^$]+)\$", text))
    return "".join(_tex(piece, "()", setting) if i % 2 else escape(piece) for i, piece in pieces)


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
    opened = next(token for token in reversed(tokens[:at]) if token.type == "link_open")
    return str(opened.meta["closed by"])


def _formula(_: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    return _tex(tokens[at].content, "()", env["setting"])


def _display(_: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    return _tex(tokens[at].content, "[]", env["setting"])


def _fence(_: Any, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
    """Return a directive that holds text as that text; others are of the book alone."""
    block = directive(tokens[at])
    if block is None:
        return f"<pre>{escape(tokens[at].content)}</pre>"
    if block.name == "math":
        return _tex(block.body, "[]", env["setting"])
    if block.name in {"code-cell", "margin", "check"}:
        return ""
    return html(parse(block.body), env["setting"])


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
