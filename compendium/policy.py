"""Sphinx extension: what a page may run, and texts that the theme prints as they come.

Two fences stand between what somebody's data say and those who read the pages. What is put
into a page is escaped on its way in (`analysis.show.foreign`; here, what templates and the
search print). And each page begins with a content security policy: scripts are files of the
site, or one of the few that extensions and templates bring along, known by their hashes. A hash
is taken of what those hand to Sphinx, never of what stands in a page.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # `analysis sheet` needs no Sphinx
    from sphinx.application import Sphinx

# Templates with scripts of their own, and how one stands there.
TEMPLATES = ("pydata_sphinx_theme/layout.html", "pydata_sphinx_theme/search.html", "404.html")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
# MathJax and the live figures write styles; the theme's style sheets hold pictures as data.
RULES = {
    "default-src": "'none'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
}
# Pages on which readers drop files of their own. Nothing there asks any host for anything, this
# site's included, and the script that computes is made of a text that the page has (`blob:`). The
# search's field still leads to the search: a page of its own, which may ask.
CLOSED = "try/"
CLOSED_RULES = {"connect-src": "'none'", "worker-src": "blob:"}
PRINT = "#print"  # compendium.js knows a link to it


def meta(rules: dict[str, str]) -> str:
    """Return a policy as the first element of a page's head states it."""
    content = "; ".join(f"{name} {value}" for name, value in rules.items())
    return f'<meta http-equiv="Content-Security-Policy" content="{content}"/>'


def rules_of(pagename: str) -> dict[str, str]:
    """Return the rules of a page, beside those on its scripts and its base."""
    return RULES | CLOSED_RULES if pagename.startswith(CLOSED) else RULES


def in_templates(app: "Sphinx", context: dict[str, Any]) -> Iterator[str]:
    """Yield the scripts that stand in the templates, as they are printed."""
    loader: Any = app.builder.templates
    for name in TEMPLATES:
        source = loader.get_source(loader.environment, name)[0]
        for script in INLINE.findall(source):
            # Jinja drops the end of a last line.
            yield loader.environment.from_string(f"{script}|").render(context)[:-1]


def hashed(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def state_policy(
    app: "Sphinx", pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Put the policy before everything else that a page says."""
    scripts = list(in_templates(app, context))
    for place, script in enumerate(context["script_files"]):
        attributes = dict(getattr(script, "attributes", {}))
        body = attributes.get("body")
        if not body:
            continue
        if "type" not in attributes:
            scripts.append(body)
            continue
        # The state of widgets, with texts of others in it. It is JSON, which runs nowhere, but
        # MyST-NB lets "</SCRIPT>" and "<!--" through, which HTML does not take for a part of it.
        attributes["body"] = json.dumps(json.loads(body)).replace("<", "\\u003c")
        context["script_files"][place] = type(script)("", priority=script.priority, **attributes)
    hashes = dict.fromkeys(map(hashed, scripts))
    base = "'self'" if context.get("base") and pagename == "404" else "'none'"
    rules = rules_of(pagename) | {"script-src": " ".join(["'self'", *hashes]), "base-uri": base}
    context["policy"] = meta(rules)
    context["metatags"] = f"{context['policy']}\n  {context.get('metatags') or ''}"


def escape_titles(
    app: "Sphinx", pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Escape the titles that are printed as they come: by the theme, and by the search's script."""
    for name in ("pagetitle", "root_title"):
        context[name] = escape(context.get(name) or "")
    if pagename == "search":  # made last, and before the index is written
        indexer: Any = app.builder.indexer  # type: ignore[attr-defined]
        for titles in indexer._all_titles.values():  # noqa: SLF001 - no other way to them
            titles[:] = [(escape(title), anchor) for title, anchor in titles]


def link_to_print(
    _app: "Sphinx", _pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Make the theme's button that prints, a piece of script, a link that compendium.js knows."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("javascript") == "window.print()":
                del button["javascript"]
                button |= {"type": "link", "url": PRINT}


def setup(app: "Sphinx") -> dict[str, bool]:
    # After all others: the theme, which makes the buttons at 501, and compendium.publish.
    for change in (state_policy, escape_titles, link_to_print):
        app.connect("html-page-context", change, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
