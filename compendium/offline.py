"""Sphinx extension: the book reads, and is searched, without a network and without a server.

MathJax comes from the package sphinx-mathjax-offline. Its own extension would copy all
24 MB of its files; what TeX input and HTML output need is a sixth of that.

The search fetches every page that it finds, for a few words around the find. A browser
refuses that where pages are files, and the words would be TeX where the page has a formula:
the texts are put beside the index instead.
"""

import json
import re
from collections.abc import Iterable, Iterator
from html import escape
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from shutil import copyfile
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
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
    """Copy the needed files of MathJax beside the built pages."""
    if error is None and app.builder.format == "html":
        mathjax_into(Path(app.outdir) / "_static" / "mathjax")


def mathjax_into(target: Path) -> None:
    """Copy the needed files of MathJax into a folder, each only if it is not there yet."""
    copy_needed(PACKAGE, "static/mathjax", NEEDED, target)


def copy_needed(package: str, folder: str, needed: Iterable[str], target: Path) -> None:
    """Copy files of a folder of an installed package, each only if it is not there yet.

    Raises
    ------
    ModuleNotFoundError
        If the package is not installed.
    FileNotFoundError
        If one of the patterns matches no file of that folder.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed; run `make book`")
    source = Path(spec.origin).parent / folder
    for pattern in needed:
        files = [file for file in source.glob(pattern) if file.is_file()]
        if not files:
            raise FileNotFoundError(f"{package} has no file {pattern}")
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


# What no reader looks for: tags, and classes of others.
SILENT = {
    "script", "style", "svg", "button", "summary",
    "headerlink", "cell_input", "check", "live-address",
}  # fmt: skip
ARTICLE = re.compile(r'<article class="bd-article.*?</article>', re.DOTALL)


def text_of(page: str) -> str:
    """Return what the search takes for a page: the text of its article, in its sections."""
    article = "".join(ARTICLE.findall(page))
    return f'<div role="main">{"".join(parts_of(BeautifulSoup(article, "html.parser")))}</div>'


def parts_of(tag: Tag, *, formula: bool = False) -> Iterator[str]:
    """Yield what a reader sees of an element, with formulas as plain as they can be."""
    for child in tag.children:
        if isinstance(child, Tag):
            classes = child.get_attribute_list("class")
            inside = parts_of(child, formula=formula or "math" in classes)
            if not SILENT.isdisjoint((child.name, *classes)):
                continue
            if child.name == "section":
                inside = chain([f'<section id="{child["id"]}">'], inside, ["</section>"])
            yield from inside
        elif type(child) is NavigableString:  # no comment
            text = re.sub(r"\s+", " ", child)
            if formula:
                text = plain(re.sub(r"\\[()\[\]]", "", child))
                # What has no plain form is no word to look for.
                text = re.sub(r"\\[A-Za-z]+", " ", text)
            yield escape(text)


def write_search_texts(app: Sphinx, error: Exception | None) -> None:
    builder = app.builder
    if error is not None or builder.name != "html":
        return
    assert isinstance(builder, StandaloneHTMLBuilder)
    texts = {}
    for page in sorted(app.env.found_docs):
        file = Path(builder.get_outfilename(page))
        texts[page] = text_of(file.read_text(encoding="utf-8"))
    script = ANSWER % json.dumps(texts, ensure_ascii=False, indent=0)
    (Path(app.outdir) / "_static" / TEXTS).write_text(script, encoding="utf-8")


def load_search_texts(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    if pagename == "search":
        static = context["pathto"]("_static", resource=True)
        add(context, f'<script src="{static}/{TEXTS}"></script>')


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", write_search_texts)
    app.connect("html-page-context", load_search_texts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
