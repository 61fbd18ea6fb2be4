"""Sphinx extension: scripts and styles of the pages that readers work with.

They are those below try/, on which readers drop files of their own, and "All runs". Their texts
are pages as all others; book/_static/try.mjs and a script of the page's own bring them to life.
These are classic scripts, as the live figures' are (compendium/pages.py).
"""

from typing import Any

from sphinx.application import Sphinx

from compendium.publish import add

STYLES = ("explorer.css", "try.css")
# By page. The last is long, and is read when the page is there already.
SCRIPTS: dict[str, tuple[str, ...]] = {
    f"try/{name}": (
        "explorer.mjs",
        "try.mjs",
        f"try-{name}-example.mjs",
        f"try-{name}.mjs",
        f"try-{name}-engine.mjs",
    )
    for name in ("resistance", "strain")
}
SCRIPTS["all-runs"] = ("explorer.mjs", "try.mjs", "all-runs-data.mjs", "all-runs.mjs")


def load(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Name what such a page loads in its head."""
    if pagename not in SCRIPTS:
        return
    static = context["pathto"]("_static", resource=True)
    add(
        context,
        *(f'<link rel="stylesheet" href="{static}/{name}"/>' for name in STYLES),
        *(f'<script defer src="{static}/{name}"></script>' for name in SCRIPTS[pagename]),
    )


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", load, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
