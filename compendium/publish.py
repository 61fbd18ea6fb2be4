"""Sphinx extension: what a page says of itself to others, and the page for wrong addresses.

Every page gets a description and a card for those who share it, the icons, and, once the
repository's address stands in _config.yml, the buttons that lead there. As long as it does
not, no page names any place.

Two libraries do much the same, and were tried. sphinxext-opengraph (0.13) writes the TeX of a
formula into the description, and ``og:url`` and ``og:image`` also for a site whose address is not
known, where they mean nothing. The links of sphinx-notfound-page (1.1) begin at a fixed folder of
the host, which a site without a known address does not have: `templates/404.html` looks for it.
"""

import re
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx

from analysis.catalogue.datasets import foreign_package
from analysis.reading.figure.tex_letters import greek
from compendium.archive.citation import highwire, read_citation
from compendium.pictures import CARD, CARD_SIZE, ICO, TOUCH
from compendium.plan import FRONT, LAB, ROOT, START, planned

BINDER = "https://mybinder.org"
CITATION = ROOT / "CITATION.cff"
BELOW = "Pages below this one"
SOURCES = "_sources"  # of the site: there the theme's button looks for the page's notebook
LENGTH = 200  # characters of a description
# Pages that the build writes: nobody can edit them, nor open them as notebooks.
GENERATED = re.compile("(?:all-runs|status)$|sheets/")
EMPTY_HEAD = re.compile(r'<th class="([^"]*)">(?:<p>\s*</p>)?</th>')


# ---------------------------------------------------------------------------- addresses


def with_addresses(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of the book with all that follows from the repository's address.

    Without an address nothing is added. The site's own address, where the settings do not
    state it, is the one that GitHub Pages gives to a repository.
    """
    repository = settings.get("repository", {})
    address = (repository.get("url") or "").strip().rstrip("/").removesuffix(".git")
    html, sphinx = settings.setdefault("html", {}), settings["sphinx"]["config"]
    if not address:
        settings.pop("repository", None)
    else:
        parts = urlsplit(address)
        if parts.scheme != "https" or len(parts.path.strip("/").split("/")) != 2:
            raise ValueError(
                f"_config.yml: repository: url: {address!r} is not of the form "
                "https://HOST/OWNER/REPOSITORY"
            )
        settings["repository"] = {**repository, "url": address}
        for button in ("repository", "edit_page", "issues"):
            html[f"use_{button}_button"] = True
        sphinx["html_theme_options"]["launch_buttons"] = {
            "binderhub_url": BINDER,
            "notebook_interface": "jupyterlab",
        }
    site = (html.get("baseurl") or "").strip() or pages_address(address)
    html["baseurl"] = site and f"{site.rstrip('/')}/"
    return settings


def pages_address(repository: str) -> str:
    """Return where GitHub Pages shows a repository's site; empty for another host."""
    parts = urlsplit(repository)
    if parts.hostname != "github.com":
        return ""
    owner, name = parts.path.strip("/").split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


# ---------------------------------------------------------------------------- each page


def buttons(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Take away the buttons that would lead nowhere; tell the explorers where Binder is."""
    groups = context.get("header_buttons", [])
    if GENERATED.match(pagename):
        groups[:] = [group for group in groups if group.get("label") != "launch-buttons"]
        for group in groups:
            group["buttons"] = [
                button
                for button in group.get("buttons", [])
                if button.get("label") != "source-edit-button"
            ]
    for group in groups:
        for button in group.get("buttons", []):
            if button.get("text") == "Binder":
                button["url"] = on_binder(button["url"], pagename)
                add(context, meta("name", "compendium-binder", button["url"]))


def on_binder(address: str, page: str) -> str:
    """Return where Binder, which has run postBuild, opens the notebook of a page."""
    notebook = LAB / (START if page == FRONT else f"{page}.ipynb")
    return f"{address.partition('?')[0]}?urlpath=lab/tree/{notebook.relative_to(ROOT).as_posix()}"


def offer_notebook(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Tell the theme that a page with code has a notebook to download (compendium/pages.py)."""
    if pagename in planned().get("chapters", ()):
        context["ipynb_source"] = f"{pagename}.ipynb"


def about(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Add the page's description, its card and the icons to its head."""
    static = context["pathto"]("_static", resource=True)
    add(
        context,
        f'<link rel="icon" href="{static}/{ICO}" sizes="32x32"/>',
        f'<link rel="apple-touch-icon" href="{static}/{TOUCH}"/>',
    )
    if doctree is None:  # the search, the index
        return
    book = app.config.html_title
    title = plain(app.env.titles[pagename].astext())
    tags = context.get("metatags") or ""
    stated = re.search(r'<meta content="([^"]*)" name="description"', tags)
    if stated:
        described = stated[1]
    else:
        described = description(doctree) or f"{title}, from: {book}"
        if pagename.startswith("sheets/"):  # their texts are all the same
            described = f"{title}. {described}"
        add(context, meta("name", "description", described))
    front = pagename == app.config.root_doc
    properties = {
        "type": "website" if front else "article",
        "site_name": book,
        "title": title,
        "description": described,
    }
    site = app.config.html_baseurl
    address = f"{site}{'' if front else f'{pagename}.html'}" if site else ""
    add(context, *cited(book if front else title, book, app.config.copyright, address))
    if site:  # a card's picture and page need whole addresses
        properties |= {
            "url": address,
            "image": f"{site}_static/{CARD}",
            "image:width": str(CARD_SIZE[0]),
            "image:height": str(CARD_SIZE[1]),
            "image:alt": f"The title of the book, {book}, above a figure of it",
        }
    add(context, *(meta("property", f"og:{name}", text) for name, text in properties.items()))
    add(context, meta("name", "twitter:card", "summary_large_image" if site else "summary"))


def cited(title: str, book: str, year: str, address: str) -> list[str]:
    """Return the tags by which reference managers cite a page; a book of other data has none.

    Nobody has said whose that book is: CITATION.cff is about this project's own.
    """
    if foreign_package():
        return []
    tags = highwire(read_citation(CITATION), page=title, book=book, year=year, address=address)
    return [meta("name", name, text) for name, text in tags]


def name_folds(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Name what unfolds the pages below a chapter in the menu: the theme draws an arrow."""
    make = context.get("generate_toctree_html")
    if make is not None:
        context["generate_toctree_html"] = lambda *given, **chosen: str(
            make(*given, **chosen)
        ).replace("<summary>", f'<summary aria-label="{BELOW}">')


def name_logo(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Put the theme's logo into a landmark of its own (templates/front-page.html)."""
    context["sidebars"] = [
        "front-page.html" if template.endswith("navbar-logo.html") else template
        for template in context.get("sidebars") or ()
    ]


def list_sources(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Make the sources the items of their list: docutils gives them another role."""
    body = context.get("body", "")
    if 'class="citation-list"' in body:
        context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')


def empty_heads(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Make heads of a table without a word plain cells: a screen reader would announce nothing."""
    if "body" in context:
        context["body"] = EMPTY_HEAD.sub(r'<td class="\1"></td>', context["body"])


def add(context: dict[str, Any], *tags: str) -> None:
    context["metatags"] = "\n  ".join([context.get("metatags") or "", *tags])


def meta(key: str, name: str, content: str) -> str:
    return f'<meta {key}="{name}" content="{escape(content)}"/>'


def description(doctree: nodes.document) -> str:
    """Return the beginning of the first paragraph of the running text that reads as a text."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = plain(paragraph.astext())
        if isinstance(paragraph.parent, nodes.section) and len(text) > 40 and "\\" not in text:
            if len(text) <= LENGTH:
                return text
            sentence = text[:LENGTH].rfind(". ")
            if sentence > LENGTH // 3:
                return text[: sentence + 1]
            return f"{text[:LENGTH].rsplit(' ', 1)[0].rstrip(',;:')} …"
    return ""


def plain(text: str) -> str:
    r"""Return a text without TeX's marks where they are simple: ``\Theta_\mathrm{D}`` is Θ_D."""
    text = re.sub(r"\\(?:mathrm|text|mathit)\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\(sin|cos|tan|ln|log|exp)\b ?", r"\1 ", text)
    text = re.sub(r"\\([A-Za-z]+)", lambda match: greek(match[1]) or match[0], text)
    text = re.sub(r"\\[,;! ]|~", " ", re.sub(r" \[\d+\]", "", text))  # nor a reference's number
    return " ".join(re.sub(r"[{}]", "", text).split())


# ---------------------------------------------------------------------------- wrong addresses


def not_found(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """Return the page 404, which hosts of static sites show for every wrong address.

    It is shown at any depth, so it carries its own style; what it links to is found from the
    site's address if that is known, and otherwise by its script (templates/404.html).
    """
    from sphinx.environment.adapters.toctree import global_toctree_for_doc

    root = app.config.root_doc
    toc = global_toctree_for_doc(app.env, root, app.builder, collapse=True, titles_only=True)
    links = [] if toc is None else toc.findall(nodes.reference)
    chapters = [(app.env.titles[root].astext(), f"{root}.html")]
    chapters += [(link.astext(), link["refuri"]) for link in links if link.get("internal")]
    seen = dict.fromkeys(link for link in chapters if link[1] and not link[1].startswith("#"))
    base = urlsplit(app.config.html_baseurl or "").path
    return [("404", {"chapters": list(seen), "base": base}, "404.html")]


def setup(app: Sphinx) -> dict[str, bool]:
    app.config.templates_path.append(str(Path(__file__).parent / "templates"))
    app.connect("html-collect-pages", not_found)
    app.connect("html-page-context", offer_notebook, priority=400)
    # After the theme, which makes the buttons at 501.
    app.connect("html-page-context", buttons, priority=600)
    app.connect("html-page-context", about, priority=600)
    app.connect("html-page-context", name_folds, priority=600)
    app.connect("html-page-context", name_logo, priority=600)
    app.connect("html-page-context", list_sources, priority=600)
    app.connect("html-page-context", empty_heads, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
