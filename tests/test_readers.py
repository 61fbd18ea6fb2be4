"""Every page as its readers have it: without a network, on a phone, read aloud, by modem."""

import gzip
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = (
    "3-1-debye",
    "3-2-coupling",
    "3-3-strain",
    "3-3-pressures",
    "3-3-lessons",
    "3-4-pressure",
    "3-4-strain-cell",
    "4-conclusions",
)
SEEN = (
    *CHAPTERS,
    "beyond/multiverse",
    "beyond/identifiability",
    "try/resistance",
    "try/strain",
    "all-runs",
)
DESKTOP = {"width": 1280, "height": 900}
VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]'
# Written by the book's theme into every page, and harmless.
KNOWN = re.compile("THEBE_JS_URL' has already been declared")
# Marks of Markdown or TeX in texts and attributes, also those that scripts wrote; not in code.
RAW = r"""() => {
    const mark = /\$|\*\*|:::|`|\{(?:glue|eq|term|numref|ref|doc|cite)|\\[(\[a-zA-Z]/;
    const wrong = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const { data, parentElement } = texts.currentNode;
        if (mark.test(data) && !parentElement.closest("script, style, pre, code, textarea"))
            wrong.push(data.trim());
    }
    const names = ["alt", "title", "aria-label", "aria-valuetext", "data-tooltip", "placeholder"];
    for (const element of document.querySelectorAll("*"))
        for (const name of names)
            if (mark.test(element.getAttribute(name) ?? "")) wrong.push(element.getAttribute(name));
    return wrong;
}"""
# Buttons that copy have a name, and a link to the glossary is words, which stand on one line.
UNNAMED = """() => [
    ...[...document.querySelectorAll(".copybtn")].filter(
        (one) => !(one.getAttribute("aria-label") ?? one.textContent).trim()),
    ...document.querySelectorAll("a:has(> .std-term) mjx-container"),
].map((one) => one.outerHTML.slice(0, 160))"""
HEAVIEST = 1.2e6  # bytes of a chapter, compressed, beside what the theme brings


@pytest.fixture(scope="module")
def pages(html):
    found = [path for path in sorted(html.rglob("*.html")) if "_static" not in path.parts]
    assert len(found) > 40
    return found


@pytest.fixture(scope="module")
def context(browser):
    """One context for many pages: much quicker than one for each."""
    made = browser.new_context(viewport={"width": 360, "height": 740})
    yield made
    made.close()


@pytest.fixture(scope="module")
def survey(pages, context):
    """Open every page once, on a phone; return what was seen, by path."""
    from compendium import browser as tools_browser

    def looked_at(path):
        visit = tools_browser.visit(context, path)
        page = visit.page
        views, notes = page.locator(VIEW).count(), page.locator(".explorer-note").count()
        seen = {
            "asked": visit.asked,
            "errors": [error for error in visit.errors if not KNOWN.search(error)],
            "width": page.evaluate("document.documentElement.scrollWidth"),
            "raw": page.evaluate(RAW),
            "unnamed": page.evaluate(UNNAMED),
            "live": page.locator(".explorer-place > div > .explorer").count() - views + notes,
            "axe": [
                (violation["id"], node["html"][:160])
                for violation in Axe().run(page).response["violations"]
                for node in violation["nodes"]
                if not of_formula(page, violation["id"], node)
            ],
        }
        page.close()
        return seen

    return {path.as_posix(): looked_at(path) for path in pages}


def of_formula(page, rule, node):
    """Tell that axe misses the name of a formula: MathJax gives it to screen readers alone."""
    inside = page.locator(node["target"][0]).locator("mjx-container")
    return rule == "empty-table-header" and inside.count() == 1


@pytest.mark.alike
@pytest.mark.parametrize("fault", ["asked", "errors", "raw", "unnamed", "live", "axe"])
def test_no_page_asks_another_host_complains_or_fails_axe(fault, survey):
    assert {name: seen[fault] for name, seen in survey.items() if seen[fault]} == {}


@pytest.mark.alike
def test_no_page_scrolls_sideways_on_a_phone(survey):
    assert {name: seen["width"] for name, seen in survey.items() if seen["width"] > 360} == {}


def test_an_error_would_be_seen(context, tmp_path):
    from compendium import browser as tools_browser

    page = tmp_path / "bad.html"
    page.write_text(
        "<script src='https://cdn.invalid/x.js'></script><script>nothing()</script>"
        "<div style='width: 900px'>wide</div><p>so $x$, `y`</p><img alt='{glue}'><p>\\(z\\)</p>"
        "<button class='copybtn'><svg></svg></button><code>$x</code>"
    )
    visit = tools_browser.visit(context, page)
    assert visit.asked == ["https://cdn.invalid/x.js"]
    assert any("nothing is not defined" in one for one in visit.errors)
    assert visit.page.evaluate(RAW) == ["so $x$, `y`", "\\(z\\)", "{glue}"]
    assert len(visit.page.evaluate(UNNAMED)) == 1
    assert visit.page.evaluate("document.documentElement.scrollWidth") > 360


def violations(page):
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], one["impact"], [node["html"][:160] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.fixture(scope="module", params=SEEN)
def desktop(request, html, browser):
    """Open a page on a desktop, once for all tests of it; return its name and the page."""
    from compendium import browser as tools_browser

    context = browser.new_context(viewport=DESKTOP)
    yield request.param, tools_browser.visit(context, html / f"{request.param}.html").page
    context.close()


@pytest.mark.alike
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(theme, desktop):
    _, page = desktop
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    page.wait_for_timeout(300)  # colours fade from one scheme to the other
    assert violations(page) == []


@pytest.mark.alike
@pytest.mark.parametrize("width", [390, 1280])
def test_a_figure_is_shown_with_type_of_8_pixels(width, desktop):
    name, page = desktop
    page.set_viewport_size({**DESKTOP, "width": width})
    shown = page.evaluate(
        """[...document.querySelectorAll(".bd-article .cell_output img")]
        .filter((image) => image.clientWidth)
        .map((image) => image.clientWidth / image.naturalWidth)"""
    )
    page.set_viewport_size(DESKTOP)
    # "small" in a figure: 10 points / 1.2 at 110 pixels an inch
    assert [part for part in shown if part * 10 / 1.2 * 110 / 72 < 8] == []
    assert shown or name.startswith("try/") or name == "all-runs"  # those have live figures only


@pytest.mark.alike
@pytest.mark.parametrize("name", ["3-1-debye", "3-2-coupling"])
def test_what_scrolls_on_a_phone_is_reached_by_the_keyboard(name, html, no_network):
    page = no_network(html / f"{name}.html", viewport={"width": 390, "height": 900}).page
    assert "scrollable-region-focusable" not in {one for one, *_ in violations(page)}


@pytest.mark.alike
def test_a_figure_in_a_tab_is_reached_by_its_address_and_by_the_arrow_keys(html, no_network):
    page = no_network(html / "3-1-debye.html", viewport={"width": 1280, "height": 900}).page
    zero, first = page.locator("#fig-debye-zero"), page.locator("#fig-debye-run1")
    assert (zero.is_visible(), first.is_visible()) == (False, True)
    page.evaluate("location.hash = 'fig-debye-zero'")
    zero.wait_for(state="visible")
    assert not first.is_visible()
    page.locator(".sd-tab-set:has(#fig-debye-run1) > input").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#fig-debye-run2").is_visible()
    page.emulate_media(media="print")
    figures = page.locator("[id^=fig-debye-]")
    assert [figures.nth(at).is_visible() for at in range(figures.count())] == [True] * 5


def test_axe_would_find_something(no_network, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text("<html><body><img src='x.png'><button></button></body></html>")
    assert {"image-alt", "button-name"} <= {one for one, _, _ in violations(no_network(page).page)}


def of_the_theme(path):
    """Tell whether a file comes with the theme or with Sphinx, as it would for any book."""
    own = {"compendium.css", "compendium.js", "explorer.mjs", "explorer-host.mjs", "logo.svg"}
    inside = "_static" in path.parts and "mathjax" not in path.parts
    return inside and path.name not in own


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_light(name, html, no_network):
    loaded = []
    visit = no_network(html / "404.html")
    visit.page.on("request", lambda request: loaded.append(request.url))
    visit.open(html / f"{name}.html")
    files = {Path(unquote(urlsplit(url).path)) for url in loaded if url.startswith("file:")}
    own = [path for path in files if path.is_file() and not of_the_theme(path)]
    weights = {path.name: len(gzip.compress(path.read_bytes())) for path in own}
    assert f"{name}.html" in weights
    assert any(one.endswith((".png", ".svg")) for one in weights)
    assert sum(weights.values()) < HEAVIEST, sorted(weights.items(), key=lambda one: -one[1])[:8]
