"""Sphinx extension: the book reads, and is searched, without a network and without a server.

MathJax comes from the package sphinx-mathjax-offline. Its own extension would copy all
24 MB of its files; what TeX input and HTML output need is a sixth of that.

The search fetches every page that it finds, for a few words around the find. A browser
refuses that where pages are files, and the words would be TeX where the page has a formula:
the texts are put beside the index instead.
"""

import json
import re
from html import escape
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from compendium.publish import add, plain

PACKAGE = "sphinx-mathjax-offline"  # not importable by a statement: hyphens
NEEDED = (
    "tex-mml-chtml.js",
    "input/tex/extensions/*.js",
    "output/chtml/fonts/**/*.woff",
    "a11y/*.js",  # the menu's screen-reader support
    "sre/mathmaps/base.json",
    "sre/mathmaps/en.json",
)


def copy_mathjax(app: Sphinx, error: Exception | None) -> None:
    """Copy the needed files beside the built pages, each only if it is not there yet."""
    if error is not None or app.builder.format != "html":
        return
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed; run `make book`")
    source = Path(spec.origin).parent / "static" / "mathjax"
    target = Path(app.outdir) / "_static" / "mathjax"
    for pattern in NEEDED:
        files = [file for file in source.glob(pattern) if file.is_file()]
        if not files:
            raise FileNotFoundError(f"{PACKAGE} holds no {pattern}")
        for file in files:
            copy = target / file.relative_to(source)
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                copyfile(file, copy)


# ---------------------------------------------------------------------------- search

TEXTS = "search-texts.js"
ANSWER = """\
// The search asks for pages: here are their texts, so that it works from files, too.
"use strict";
const SEARCH_TEXTS = %s;
const fetchFromNetwork = window.fetch;
window.fetch = (address, ...more) => {
  const page = String(address).replace(/^(\\.\\/)+/, "").replace(/\\.html$/, "");
  return page in SEARCH_TEXTS
    ? Promise.resolve(new Response(SEARCH_TEXTS[page]))
    : fetchFromNetwork(address, ...more);
};
"""


class TextOf(HTMLParser):
    """The text of a page's article, in its sections, with formulas as plain as they can be."""

    SILENT = ("script", "style", "svg", "button", "summary", "headerlink", "cell_input")
    VOID = ("img", "br", "hr", "input", "meta", "link", "source", "wbr", "col")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.open: list[tuple[str, str]] = []  # tags, with what they are to us
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what is opened, and what that makes of the text in it."""
        if tag in self.VOID:
            return
        given = dict(attributes)
        classes = (given.get("class") or "").split()
        role = self.open[-1][1] if self.open else ""
        if tag == "article" and "bd-article" in classes:
            role = "text"
        elif role and any(one in self.SILENT for one in (tag, *classes)):
            role = "silent"
        elif role == "text" and "math" in classes:
            role = "formula"
        if role == "text" and tag == "section":
            self.parts.append(f'<section id="{escape(given.get("id") or "")}">')
        self.open.append((tag, role))

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, and what was left open inside it."""
        while self.open:
            one, role = self.open.pop()
            if role == "text" and one == "section":
                self.parts.append("</section>")
            if one == tag:
                return

    def handle_data(self, data: str) -> None:
        """Keep what a reader sees."""
        role = self.open[-1][1] if self.open else ""
        if role == "text":
            self.parts.append(escape(re.sub(r"\s+", " ", data)))
        elif role == "formula":
            formula = plain(re.sub(r"\\[()\[\]]", "", data))
            # What has no plain form is no word to look for.
            self.parts.append(escape(re.sub(r"\\[A-Za-z]+", " ", formula)))

    def text(self) -> str:
        """Return what the search takes for a page."""
        return f'<div role="main">{"".join(self.parts)}</div>'


def write_search_texts(app: Sphinx, error: Exception | None) -> None:
    builder = app.builder
    if error is not None or builder.name != "html":
        return
    assert isinstance(builder, StandaloneHTMLBuilder)
    texts = {}
    for page in sorted(app.env.found_docs):
        file = Path(builder.get_outfilename(page))
        texts[page] = TextOf(file.read_text(encoding="utf-8")).text()
    script = ANSWER % json.dumps(texts, ensure_ascii=False, indent=0)
    (Path(app.outdir) / "_static" / TEXTS).write_text(script, encoding="utf-8")


def load_search_texts(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    if pagename == "search":
        add(
            context,
            f'<script src="{context["pathto"]("_static", resource=True)}/{TEXTS}"></script>',
        )


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", write_search_texts)
    app.connect("html-page-context", load_search_texts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
