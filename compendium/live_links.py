"""Sphinx extension: links to a setting of a live figure, ``3-1-debye.md#live-debye?theta_d=400``.

The place is made by book/_static/explorer-host.mjs when a reader opens the page, so MyST, which
knows the headings of a page, would call the link broken. That the figure, its controls and their
values exist is tested in tests/test_course_pages.py.

On paper nothing moves: below each live figure stands where it does, which the screen does not
show (book/_static/compendium.css).
"""

from html import escape
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

PLACE = "live-"
VIEW = "application/vnd.jupyter.widget-view+json"


class LiveLinks(SphinxPostTransform):
    """Turn such links into addresses; where nothing is live they are words."""

    default_priority = 8  # MyST looks at links at 9

    def run(self, **_: Any) -> None:
        """Replace the links of a page."""
        builder = self.app.builder
        for link in list(self.document.findall(pending_xref)):
            setting = link.get("reftargetid") or ""
            if link.get("refdomain") != "doc" or not setting.startswith(PLACE):
                continue
            words = [child.deepcopy() for child in link.children]
            if builder.format != "html" or builder.name == "singlehtml":
                link.replace_self(words)
                continue
            page = builder.get_relative_uri(self.env.docname, link["reftarget"])
            address = f"{page}#{setting}"
            link.replace_self(nodes.reference("", "", *words, refuri=address, internal=True))


def add_addresses(app: Sphinx, doctree: nodes.document) -> None:
    """Put below each live figure where it moves: the page's address, for paper."""
    if app.builder.format != "html":
        return
    where = address_of(app.env.docname, app.config.html_baseurl)
    for box in doctree.findall(nodes.container):
        if box.get("mime_type") == VIEW:
            box.append(nodes.raw("", f'<p class="live-address">{where}</p>', format="html"))


def address_of(page: str, site: str) -> str:
    """Return the words, as HTML, that say where a live figure of a page moves.

    Examples
    --------
    >>> address_of("3-1-debye", "")
    'Live in the built book: 3-1-debye.html'
    >>> address_of("try", "https://a.example/b/")
    'Live at <a href="https://a.example/b/try.html">https://a.example/b/try.html</a>'
    """
    if not site:
        return f"Live in the built book: {escape(page)}.html"
    address = escape(f"{site}{page}.html")
    return f'Live at <a href="{address}">{address}</a>'


def bring_all(
    app: Sphinx, page: str, _template: str, _context: dict[str, Any], _doctree: Any
) -> None:
    """Put what moves the live figures of every chapter on the one page of the PDF.

    MyST-NB adds it for the page at hand, which there is the front page alone.
    """
    if app.builder.name != "singlehtml":
        return
    env: Any = app.env
    for chapter in sorted(env.found_docs - {page}):
        states = NbMetadataCollector.get_js_files(env, chapter).get("ipywidgets_state")
        if states is not None:
            app.add_js_file(states[0], **states[1])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", bring_all)
    app.connect("doctree-read", add_addresses)
    app.add_post_transform(LiveLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
