"""What a reader is given: how chapters open, what words mean, where things lead."""

import re
from types import SimpleNamespace

import pytest
import yaml
from docutils import nodes
from sphinx_external_toc.parsing import parse_toc_yaml

from analysis.catalogue.datasets import OWN_PACKAGE
from compendium import definitions

ROOT = OWN_PACKAGE.parent.parent
BOOK = ROOT / "book"
GLOSSARY = (BOOK / "glossary.md").read_text(encoding="utf-8")
# They are no chapters: where to begin, a list of words, and how the book is used and cited.
OTHERS = ("index", "glossary", "about")
# Nor are the pages of the course, which have forms of their own.
CHAPTERS = [
    name
    for name in parse_toc_yaml(ROOT / "_toc.yml")
    if name not in OTHERS and not name.startswith("course/")
]
HEAD = re.compile(
    r"^:::\{admonition\} [^\n]+\n:class: note chapter-head\n\n"
    r"You will be able to\n: .+?\n\nBefore\n: .+?\n\nTime\n: (\d+) minutes\.\n:::$",
    re.MULTILINE | re.DOTALL,
)


def text_of(name):
    return (BOOK / f"{name}.md").read_text(encoding="utf-8")


def terms_of_the_glossary():
    blocks = re.findall(r"^```\{glossary\}\n(.*?)^```$", GLOSSARY, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if re.match(r"\S", line)]


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_opens_with_what_it_gives_and_takes(name):
    text = text_of(name)
    found = HEAD.search(text)
    assert found, f"{name} has no head of the common form"
    *_, title = re.finditer(r"^# .+$", text[: found.start()], re.MULTILINE)  # of several, one stays
    assert text[title.end() : found.start()].strip() == "", "the head follows the title"


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_chapter_is_listed_with_its_time(name):
    minutes = HEAD.search(text_of(name))[1]
    (row,) = [line for line in text_of("about").splitlines() if "| [](" in line and name in line]
    assert row.split("|")[-2].strip() == minutes


def test_each_card_of_the_front_page_is_a_headline_and_a_way_to_what_shows_it():
    blocks = re.findall(
        r"^:::\{div\} (doors|verdicts)\n(.*?)^:::$", text_of("index"), re.MULTILINE | re.DOTALL
    )
    assert [name for name, _ in blocks] == ["doors", "doors", "verdicts"]
    for name, items in blocks:
        cards = re.findall(r"^- \[(.*?)\]\(([^)]+)\)$", items, re.MULTILINE)
        assert len(cards) == len(re.findall(r"^- ", items, re.MULTILINE)) >= 3
        for headline, link in cards:
            words = re.sub(r"\{glue:text\}`[^`]+`|\$[^$]+\$", "", headline).split()
            assert len(words) <= 10
            assert link.startswith("#") == (name == "verdicts" or headline == "Cite")


def test_every_term_has_one_definition_that_stands_alone():
    terms = terms_of_the_glossary()
    assert len(terms) == len({term.lower() for term in terms}) > 20
    for block in re.findall(r"^```\{glossary\}\n(.*?)^```$", GLOSSARY, re.MULTILINE | re.DOTALL):
        for entry in re.split(r"\n\n(?=\S)", block):
            first = entry.split("\n\n")[0].splitlines()[1:]
            assert first, entry
            # A link in the box could not be reached.
            assert "](" not in "".join(first), entry


@pytest.mark.parametrize("name", [n for n in CHAPTERS if not n.startswith("how-to/cluster")])
def test_a_chapter_marks_words_of_the_glossary(name):
    used = re.findall(r"\{term\}`([^`]+)`", text_of(name))
    known = {term.lower() for term in terms_of_the_glossary()}
    names = [re.sub(r".*<(.*)>", r"\1", term, flags=re.DOTALL).lower() for term in used]
    assert names
    assert set(names) <= known


def test_every_source_has_a_link():
    text = (BOOK / "references.bib").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=@)", text)
    assert len(entries) > 5
    bare = [
        entry.split(",")[0] for entry in entries if not re.search(r"\b(doi|eprint|url) +=", entry)
    ]
    assert bare == []


def test_the_extensions_of_the_pages_are_those_of_the_settings():
    sphinx = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]
    ours = {
        extension
        for extension in sphinx["config"]["extensions"]
        if extension.startswith("compendium.")
    }
    known = (
        "offline search publish policy trying checks figures tabs live_links definitions "
        "equation_numbers"
    )
    assert ours == {f"compendium.{one}" for one in known.split()}


# --- definitions on the page ------------------------------------------------------------------


def glossary_of_one():
    """A Sphinx application with one term, whose definition has a link and a second paragraph."""
    first, second = nodes.paragraph("", "What it means."), nodes.paragraph("", "More.")
    term = nodes.term("", "term", ids=["term-x"])
    item = nodes.definition_list_item("", term, nodes.definition("", first, second))
    doctree = nodes.definition_list("", item)
    env = SimpleNamespace(found_docs={"glossary"}, get_and_resolve_doctree=lambda *_: doctree)
    html = {"fragment": '<p>What <a href="#y">it</a> means.</p>'}
    builder = SimpleNamespace(
        name="html", render_partial=lambda node: html if node is first else {}
    )
    return SimpleNamespace(env=env, builder=builder)


LINK = '<a class="reference internal" href="../glossary.html#term-x">x</a>'


def test_a_page_ends_with_each_definition_once():
    context = {"body": f"<p>{LINK} and {LINK}</p>"}
    definitions.add_definitions(glossary_of_one(), "chapter", "", context, None)
    text, _, boxes = context["body"].partition("</p>")
    assert text.count('aria-describedby="def-term-x"') == 2
    assert boxes == ('<div class="definition" role="tooltip" id="def-term-x">What it means.</div>')


@pytest.mark.parametrize(("name", "body"), [("glossary", LINK), ("chapter", "no terms"), ("x", "")])
def test_the_glossary_and_pages_without_terms_stay_as_they_are(name, body):
    context = {"body": body}
    definitions.add_definitions(glossary_of_one(), name, "", context, None)
    assert context["body"] == body


# --- in a browser ---------------------------------------------------------------------------

PAGE = """<!doctype html><meta charset="utf-8"><title>x</title>
<link rel="stylesheet" href="{static}/compendium.css">
<script src="{static}/compendium.js"></script>
<article class="bd-article"><p><a href="#a">before</a>
The <a class="reference internal" href="#t" id="term" aria-describedby="def-term-x">term</a></p>
<div class="definition" role="tooltip" id="def-term-x">What it means.</div></article>"""


@pytest.fixture(params=[1280, 360])
def page(request, browser, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(PAGE.format(static=(BOOK / "_static").as_uri()), encoding="utf-8")
    page = browser.new_page(viewport={"width": request.param, "height": 600})
    page.goto(file.as_uri())
    yield page
    page.close()


def visible(page):
    return page.locator(".definition").is_visible()


def test_a_definition_shows_while_its_term_is_pointed_at(page):
    assert not visible(page)
    page.hover("#term")
    assert visible(page)
    box = page.locator(".definition").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    # It can be pointed at itself.
    page.hover(".definition")
    page.wait_for_timeout(300)
    assert visible(page)
    page.mouse.move(5, 500)
    page.wait_for_timeout(300)
    assert not visible(page)


def test_a_definition_shows_for_the_keyboard_and_escape_closes_it(page):
    page.keyboard.press("Tab")
    assert not visible(page)
    page.keyboard.press("Tab")
    assert visible(page)
    page.keyboard.press("Escape")
    assert not visible(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert visible(page)
    page.keyboard.press("Tab")
    assert not visible(page)


def test_definitions_are_not_printed(page):
    page.focus("#term")
    page.emulate_media(media="print")
    assert not visible(page)
