"""Sphinx extension: links to a setting of a live figure, ``3-1-debye.md#live-debye?theta_d=400``.

The place is made by book/_static/explorer-host.mjs when a reader opens the page, so MyST, which
knows the headings of a page, would call the link broken. That the figure, its controls and their
values exist is tested in tests/test_course_pages.py.
"""

from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

PLACE = "live-"


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


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(LiveLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
