"""Sphinx extension: a term of the glossary brings its definition to the page that uses it.

The page ends with the definitions of its terms, unseen, and each link to a term says which
one describes it; compendium.js shows that one. So a screen reader has them without any
script, and nothing is fetched, which a page opened from a file could not do.
"""

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "glossary"
LINK = re.compile(r'<a class="reference internal" href="[^"#]*#(term-[^"]+)"')


def definitions(app: Sphinx) -> dict[str, nodes.paragraph]:
    """Return the first paragraph of each entry of the glossary, by the anchor of its term."""
    paragraphs: dict[str, nodes.paragraph] = {}
    if GLOSSARY not in app.env.found_docs:
        return paragraphs
    doctree = app.env.get_and_resolve_doctree(GLOSSARY, app.builder)
    for entry in doctree.findall(nodes.definition_list_item):
        first = next(entry.findall(nodes.paragraph))
        for term in entry.findall(nodes.term):
            paragraphs |= dict.fromkeys(term["ids"], first)
    return paragraphs


def add_definitions(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Describe the links to terms, and add what describes them at the end of the page."""
    body = context.get("body", "")
    used = list(dict.fromkeys(LINK.findall(body)))
    builder: Any = app.builder  # of HTML: others know no such event
    # A book on one page has its glossary there, and is printed: nobody points at a link.
    if page == GLOSSARY or not used or builder.name == "singlehtml":
        return
    paragraphs = definitions(app)
    boxes = []
    for anchor in used:
        text = builder.render_partial(paragraphs[anchor])["fragment"]
        # A link in the box could not be reached, and its anchor would be one of another page.
        text = re.sub(r"</?(a|p)\b[^>]*>", "", text)
        boxes.append(
            f'<div class="definition" role="tooltip" id="def-{escape(anchor)}">{text}</div>'
        )
    if any('class="math' in box for box in boxes):  # a page may have no other formula
        app.env.domains["math"].data["has_equations"][page] = True
    body = LINK.sub(lambda link: f'{link[0]} aria-describedby="def-{link[1]}"', body)
    context["body"] = body + "\n".join(boxes)


def setup(app: Sphinx) -> dict[str, bool]:
    # Before Sphinx looks which pages have formulas to typeset.
    app.connect("html-page-context", add_definitions, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
