"""The site as a whole: its address, what it says of itself, its search, and wrong addresses."""

import functools
import http.server
import io
import json
import re
import shutil
import threading
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from small_book import built_copy

from compendium.archive.citation import read_citation
from compendium.offline import text_of
from compendium.pictures import card, drawing, write_pictures
from compendium.publish import (
    CITATION,
    description,
    list_sources,
    pages_address,
    plain,
    with_addresses,
)

ROOT = Path(__file__).resolve().parent.parent
REPOSITORY = "https://github.com/Someone/la3ni2o7"
ISSUE = (
    f"{REPOSITORY}/issues/new?title=Issue%20on%20page%20%2Fsecond.html"
    "&body=Your%20issue%20content%20here."
)
SITE = "https://someone.github.io/la3ni2o7/"


# --- the address ------------------------------------------------


def settings(url="", baseurl=""):
    found = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    found["repository"]["url"], found["html"]["baseurl"] = url, baseurl
    return with_addresses(found)


def test_without_an_address_there_are_no_buttons():
    found = settings()
    assert "repository" not in found
    assert not [key for key in found["html"] if key.startswith("use_")]
    assert "launch_buttons" not in found["sphinx"]["config"]["html_theme_options"]
    assert found["html"]["baseurl"] == ""


@pytest.mark.parametrize(
    ("repository", "stated", "site"),
    [
        (REPOSITORY, "", SITE),
        (f"{REPOSITORY}.git", "", SITE),
        (f"{REPOSITORY}/", "https://physics.example/book", "https://physics.example/book/"),
        ("https://gitlab.com/someone/la3ni2o7", "", ""),
        ("", "https://physics.example/book/", "https://physics.example/book/"),
    ],
)
def test_the_address_of_the_site_follows_or_is_stated(repository, stated, site):
    assert settings(repository, stated)["html"]["baseurl"] == site


def test_a_repository_that_is_its_owners_site_has_no_folder():
    assert pages_address("https://github.com/Someone/someone.github.io") == (
        "https://someone.github.io/"
    )


@pytest.mark.parametrize("wrong", ["github.com/a/b", "https://github.com/a", "git@github.com:a/b"])
def test_an_address_of_another_form_is_refused(wrong):
    with pytest.raises(ValueError, match=f"_config.yml.*{re.escape(wrong)}.*HOST/OWNER/REPOS"):
        settings(wrong)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Build the small copy without an address, then with one; return the pages of both."""
    root = tmp_path_factory.mktemp("site") / "copy"
    copy = built_copy(tmp_path_factory, root)
    copy.replace(
        "book/second.md", "# Second", f"# Second\n\nHow $\\Theta_\\mathrm{{D}}$ {'a ' * 200}"
    )
    pages = {}
    for state, address in (("without", ""), ("with", REPOSITORY)):
        copy.replace("_config.yml", '  url: ""', f'  url: "{address}"')
        done, _ = copy.build()
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.copytree(root / "_build" / "html", root / state)
        pages[state] = root / state
    return pages


def text(folder, page):
    return (folder / page).read_text(encoding="utf-8")


PAGES = ["index.html", "second.html", "all-runs.html", "sheets/silver.html", "search.html"]


@pytest.mark.parametrize("page", [*PAGES, "404.html"])
def test_without_an_address_no_page_names_any_place(published, page):
    shown = text(published["without"], page)
    assert not re.search("mybinder|compendium-binder|issues/new|/edit/|og:url|canonical", shown)


def buttons(folder, page):
    """Return the addresses of the buttons above a page, by their labels' icons."""
    header = re.search(
        r'<div class="article-header-buttons">.*?</article>|$', text(folder, page), re.DOTALL
    )[0]
    return re.findall(r'<a href="(https://[^"]+)"', header)


def test_with_an_address_chapters_have_every_button(published):
    binder = (
        "https://mybinder.org/v2/gh/Someone/la3ni2o7/main?urlpath=lab/tree/_build/lab/second.ipynb"
    )
    assert buttons(published["with"], "second.html")[:4] == [
        binder,
        REPOSITORY,
        f"{REPOSITORY}/edit/main/book/second.md",
        ISSUE,
    ]
    found = re.findall(
        '<meta name="compendium-binder" content="(.*)"/>', text(published["with"], "second.html")
    )
    assert found == [binder]


@pytest.mark.parametrize("page", ["all-runs.html", "sheets/silver.html"])
def test_generated_pages_cannot_be_edited_or_opened_as_notebooks(published, page):
    shown = text(published["with"], page)
    assert not re.search("mybinder|compendium-binder|/edit/", shown)
    assert f'href="{REPOSITORY}"' in shown
    assert "issues/new" in shown


# --- what pages say of themselves ------------------------------------------------


def tags(folder, page):
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', text(folder, page))
    return dict(found)


def test_a_page_describes_itself(published):
    for state in ("with", "without"):
        found = tags(published[state], "second.html")
        assert found["description"] == found["og:description"]
        assert re.fullmatch("How Θ_D( a)+ …", found["description"])
        assert len(found["description"]) <= 202
        assert found["og:title"] == "Second"
    assert tags(published["with"], "sheets/silver.html")["description"].startswith("silver: ")


def test_a_page_says_how_to_cite_it(published):
    for state in ("with", "without"):
        found = tags(published[state], "second.html")
        assert found["citation_title"] == "Second"
        assert found["citation_inbook_title"] == found["og:site_name"]
        assert found["citation_author"] == "The La3Ni2O7 compendium authors"
        assert found["citation_publication_date"] == read_citation(CITATION).date.replace("-", "/")
        assert "citation_inbook_title" not in tags(published[state], "index.html")
        assert "citation_title" not in tags(published[state], "search.html")
    assert "citation_fulltext_html_url" not in tags(published["without"], "second.html")
    found = tags(published["with"], "second.html")
    assert found["citation_fulltext_html_url"] == f"{SITE}second.html"


def test_a_card_has_whole_addresses_where_the_site_has_one(published):
    found = tags(published["with"], "second.html")
    assert found["og:url"] == f"{SITE}second.html"
    assert found["og:image"] == f"{SITE}_static/social-card.png"
    assert found["twitter:card"] == "summary_large_image"
    assert tags(published["with"], "index.html")["og:url"] == SITE
    without = tags(published["without"], "second.html")
    assert "og:image" not in without
    assert without["twitter:card"] == "summary"


def test_a_description_is_a_sentence_of_the_running_text():
    from docutils.core import publish_doctree

    text = (
        "Title\n=====\n\n.. note:: Not this one, it only says what the page is for, at length.\n\n"
    )
    text += (
        "Short.\n\nThe first sentence is long enough to say what this page is about, on its own. "
    )
    text += "The second does not fit any more, because it goes on and on, " + "and on, " * 20
    told = publish_doctree(text, settings_overrides={"doctitle_xform": False})
    assert description(told) == (
        "The first sentence is long enough to say what this page is about, on its own."
    )


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\Theta_\mathrm{D} of [1] K", "Θ_D of K"),
        (r"\lambda\,x", "λ x"),
        (r"\tan\theta", "tan θ"),
        (r"\frac12", r"\frac12"),
    ],
)
def test_simple_tex_becomes_text(tex, text):
    assert plain(tex) == text


LOGO = ROOT / "book" / "_static" / "logo.svg"


TITLE = "A title that is long enough for more than one line, with H₂O"


def test_the_sources_are_items_of_their_list():
    entry = '<div class="citation" id="a" role="{}">'
    body = f'<div role="list" class="citation-list">{entry.format("doc-biblioentry")}</div></div>'
    context = {"body": body}
    list_sources(None, "about", "page.html", context, None)
    assert entry.format("listitem") in context["body"]
    assert "doc-biblioentry" not in context["body"]
    other = {"body": "<p>role</p>"}
    list_sources(None, "x", "page.html", other, None)
    assert other == {"body": "<p>role</p>"}


def test_pictures_have_their_sizes_and_the_same_bytes_every_time(tmp_path):
    from PIL import Image

    figure = drawing(LOGO, 64)
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        write_pictures(
            LOGO, "A title that is long enough for more than one line, H₂O", figure, folder
        )
    files = {file.name: file.read_bytes() for file in (tmp_path / "one").iterdir()}
    assert files == {file.name: file.read_bytes() for file in (tmp_path / "two").iterdir()}
    sizes = {name: Image.open(io.BytesIO(content)).size for name, content in files.items()}
    assert sizes == {
        "favicon.ico": (48, 48),
        "apple-touch-icon.png": (180, 180),
        "social-card.png": (1200, 630),
    }


def test_the_card_has_room_for_the_title_without_a_figure():
    assert card(LOGO, "A title", None) != card(LOGO, "Another", None)


def test_the_icon_is_the_logo_as_a_browser_draws_it(no_network, tmp_path):
    import numpy as np
    from PIL import Image

    page = tmp_path / "logo.html"
    page.write_text(f'<body style="margin:0"><img src="{LOGO.as_uri()}" width="180" height="180">')
    seen = no_network(page, viewport={"width": 180, "height": 180}).page
    shots = (seen.screenshot(omit_background=True), drawing(LOGO, 180))
    ours, theirs = (
        np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), float) for shot in shots
    )
    inside = slice(20, 160)  # the corners are transparent
    assert np.abs(ours - theirs)[inside, inside].mean() < 4
    assert theirs[inside, inside].std() > 20


# --- the page for wrong addresses ------------------------------------------------


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A static host as GitHub Pages is one: 404.html for every wrong address."""

    def log_message(self, *_):
        pass

    def send_error(self, code, *_):
        body = Path(self.directory, "la3ni2o7", "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def served(published, tmp_path_factory):
    """Serve both states below /la3ni2o7/, as a project's pages are; return their addresses."""
    servers = {}
    for state, folder in published.items():
        root = tmp_path_factory.mktemp(state)
        (root / "la3ni2o7").symlink_to(folder)
        handler = functools.partial(Quiet, directory=root)
        servers[state] = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=servers[state].serve_forever).start()
    yield {
        state: f"http://127.0.0.1:{server.server_port}/la3ni2o7/"
        for state, server in servers.items()
    }
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("state", ["with", "without"])
@pytest.mark.parametrize("wrong", ["no.html", "a/b/c/no.html", "sheets/no/"])
def test_links_of_the_page_404_work_from_any_depth(served, no_network, state, wrong):
    page = no_network(served[state] + wrong).page
    assert "No such page" in page.title()
    # Where the site begins may have to be asked for first.
    link = page.locator('a:text-is("Second")')
    page.wait_for_function(
        "([e, there]) => e.href === there",
        arg=[link.element_handle(), f"{served[state]}second.html"],
    )
    link.click()
    assert page.inner_text("h1").startswith("Second")
    page.go_back()
    page.wait_for_load_state("networkidle")
    page.fill("input", "silver")
    page.click("button")
    page.wait_for_url(f"{served[state]}search.html?q=silver")


# --- search ------------------------------------------------


def search(visit, html, words):
    visit.page.goto(f"{(html / 'search.html').as_uri()}?q={words}")
    visit.page.wait_for_function(
        "() => document.querySelector('.search-summary')?.innerText.match(/finished|did not match/)"
    )
    visit.page.wait_for_timeout(200)  # the words around each find
    return {
        entry.locator("a").get_attribute("href"): entry.inner_text()
        for entry in visit.page.locator("ul.search li").all()
    }


def test_the_search_works_from_files_without_a_network(html, no_network):
    seen = no_network(html / "search.html")
    found = search(seen, html, "strain")
    assert "strain" in found["3-3-strain.html"].split("\n", 1)[1]
    # Each find with words around it; where it is in a cell's code, the page's first words.
    assert min(len(said) for said in found.values()) > 100
    assert not [said for said in found.values() if re.search(r"\\[a-z(]|Show code", said)]
    assert search(seen, html, "nosuchword") == {}
    assert "did not match" in seen.page.inner_text(".search-summary")
    assert (seen.errors, seen.asked) == ([], [])


def test_the_field_on_a_page_leads_to_the_search(html, no_network):
    seen = no_network(html / "beyond" / "ledger.html")
    seen.page.keyboard.press("Control+k")
    seen.page.keyboard.type("strain")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(re.compile("search.html.q=strain"))
    seen.page.wait_for_selector("ul.search li")
    assert (seen.errors, seen.asked) == ([], [])


def test_the_search_knows_a_page_to_its_end_and_none_of_its_buttons():
    page = (
        '<p>menu</p><article class="bd-article"><section id="one"><p>Before '
        '<img src="a.png" /><!-- x --><button>copy</button> and  after</p>'
        '<div class="math">\\(\\Theta\\)'
        '<a class="headerlink">#</a></div></section><p>end</p></article><p>foot</p>'
    )
    text = '<section id="one">Before  and afterΘ</section>end'
    assert text_of(page) == f'<div role="main">{text}</div>'


# --- nothing raw ------------------------------------------------

# Marks of Markdown and TeX, which no reader should see. Formulas and code have their own.
RAW = re.compile(r"\$|\*\*|:::|`|\{(?:glue|eq|term|numref|ref|doc|cite)\b|\\[(\[a-zA-Z]")
TOLD = re.compile("^(description|og:|twitter:|citation_)")
ATTRIBUTES = ("alt", "title", "aria-label", "placeholder", "data-tooltip", "data-bs-title")


def raw_parts(page):
    """Return what of a page would be read with marks: texts, attributes, what it says of itself."""
    soup = BeautifulSoup(page, "html.parser")
    told = [
        element.get("content", "")
        for element in soup.find_all("meta")
        if TOLD.match(element.get("name") or element.get("property") or "")
    ]
    said = [
        element[name]
        for element in soup.find_all(True)
        for name in ATTRIBUTES
        if element.has_attr(name)
    ]
    for one in soup.select("script, style, pre, code, .math"):
        one.decompose()
    return [
        part.strip() for part in (*soup.find_all(string=True), *said, *told) if RAW.search(part)
    ]


@pytest.mark.parametrize(
    "part",
    [
        "<p>a $x$</p>",
        "<li>**not**</li>",
        "<title>{glue}`x`</title>",
        r'<img alt="\(x\)">',
        r'<a title="\lambda">a</a>',
        '<meta property="og:description" content="costs `x`">',
    ],
)
def test_something_raw_would_be_found(part):
    assert len(raw_parts(f"<code>$x</code><span class='math'>\\(x\\)</span>{part}")) == 1


def test_no_page_and_no_entry_of_the_search_shows_marks_of_markdown_or_tex(html):
    pages = [path for path in sorted(html.rglob("*.html")) if "_static" not in path.parts]
    raw = {path.name: raw_parts(path.read_text(encoding="utf-8")) for path in pages}
    assert {name: parts for name, parts in raw.items() if parts} == {}
    index = (html / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(index[index.index("(") + 1 : index.rindex(")")])
    titles = [*index["titles"], *index["alltitles"], *index["indexentries"]]
    assert [title for title in titles if RAW.search(title)] == []
