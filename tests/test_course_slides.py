"""Slides: what a lecturer's page becomes, and that a deck is all there without a network."""

import filecmp
import re

import course_sample
import pytest
from bs4 import BeautifulSoup

from analysis.errors import DataError
from compendium import browser as tools_browser
from compendium.course.drawings import drawings
from compendium.course.equations import equation
from compendium.course.lesson import read_lesson
from compendium.course.slides import write_slides
from compendium.course.words import Setting, address
from compendium.myst import words_of_role
from compendium.plan import BOOK

SLIDES = 8  # title; law, two misconceptions; two figures, what to do; what to take home


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    """Write the deck of the sample; return its file and the number of its slides."""
    folder = tmp_path_factory.mktemp("deck")
    page, executed = course_sample.write(folder)
    target = folder / "out" / "session-1.html"
    return target, write_slides(page, executed, target, book="../html")


@pytest.fixture
def page(tmp_path):
    return course_sample.write(tmp_path)


def soup(deck):
    return BeautifulSoup(deck[0].read_text(encoding="utf-8"), "html.parser")


def leaves(deck):
    return soup(deck).select("section > section")


# ------------------------------------------------------------------------ the page


def test_steps_have_times_words_and_parts(page):
    lesson = read_lesson(page[0])
    assert [(step.start, step.end, sorted(step.parts)) for step in lesson.steps] == [
        (0, 25, ["Ask", "Expect", "Misconception", "Show"]),
        (25, 70, ["Ask", "Do", "Show"]),
        (70, 90, ["Do"]),
    ]
    assert len(lesson.steps[0].parts["Misconception"]) == 2


# What is changed in the sample, and what the refusal says of it.
REFUSED = [
    ("fig-one-fit", "fig-won-fit", r"line 34: no executed chapter .* fig-won-fit; did you mean"),
    ("## 1:10", "## 0:20", r"line 40: the step has no time; it begins at 0:25 .* is at 0:20"),
    ("## 1:10", "## 1.10", r"line 52: a step begins with its time as in '0:10', not '1.10'"),
    ("Expect\n", "Expected\n", r"line 30: a step has Show, Ask, .*; 'Expected' is none of them"),
    ("\nDo\n: Write", "\nExpect\n: Write", r"line 52: the step has nothing to show, ask or do"),
    ("# Session 1", "Session 1", r"begins with its title"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), REFUSED)
def test_a_page_is_refused_by_name_and_line(page, tmp_path, old, new, words):
    path, executed = page
    path.write_text(path.read_text().replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=rf"session-1\.md.*{words}"):
        write_slides(path, executed, tmp_path / "deck.html")


def test_a_page_without_steps_is_refused(page):
    page[0].write_text("# A title\n\nText.\n", encoding="utf-8")
    with pytest.raises(DataError, match="no step"):
        read_lesson(page[0])


# ------------------------------------------------------------------------ words

ROLES = [
    ("numref", "fig-law", "Figure 3"),
    ("numref", "fig-other", "the figure fig-other"),
    ("numref", "panel of Fig. %s <fig-law>", "panel of Fig. 3"),
    ("eq", "eq-mcmillan", "eq. 2"),
    ("eq", "eq-vinet", "eq. H"),
    ("term", "laws <Bloch-Grüneisen law>", "laws"),
    ("term", "window", "window"),
    ("ref", "sec-window", "The window"),
    ("ref", "sec-window <sec-window>", "The window"),
    ("ref", "sec-other", "sec-other"),
    ("ref", "this place <sec-window>", "this place"),
    ("cite:p", "allen1975,mcmillan1968", "(Allen 1975; Mcmillan 1968)"),
    ("cite:t", "allen1975,mcmillan1968", "Allen (1975) and Mcmillan (1968)"),
]


@pytest.mark.parametrize(("role", "content", "words"), ROLES)
def test_roles_become_words(role, content, words):
    known = {"figures": {"fig-law": 3}, "titles": {"sec-window": "The window"}}
    assert words_of_role(role, content, **known) == words


LINKS = [
    ("../3-1-debye.md#live-debye?n=3", "../html/3-1-debye.html#live-debye?n=3"),
    ("exercises-debye.md", "../html/course/exercises-debye.html"),
    ("#goals", "../html/course/session-1.html#goals"),
    ("https://example.org", "https://example.org"),
]


@pytest.mark.parametrize(("link", "leads"), LINKS)
def test_links_lead_into_the_built_book(tmp_path, link, leads):
    page = tmp_path / "course" / "session-1.md"
    assert address(link, Setting(page, tmp_path, "../html")) == leads


def test_without_a_book_links_are_words(page, tmp_path):
    path, executed = page
    write_slides(path, executed, tmp_path / "deck.html")
    text = (tmp_path / "deck.html").read_text(encoding="utf-8")
    assert "<a " not in text
    assert '<span class="live">live law at 400 K</span>' in text


def test_an_equation_comes_without_the_full_stop_of_its_sentence():
    assert equation("eq-strain-only", BOOK).tex == r"\beta(\theta) = 4 \epsilon \tan\theta"
    assert equation("eq-allen-dynes", BOOK).tex.endswith("{\\omega_\\mathrm{log}}\n\\end{aligned}")
    with pytest.raises(DataError, match=r"no chapter in .* has an equation eq-other"):
        equation("eq-other", BOOK)


def test_a_figure_brings_its_caption_words_and_origin(page):
    law, fit = drawings(page[1], ["fig-law", "fig-one-fit"]).values()
    assert (law.chapter, law.alt, law.origins) == ("3-1-debye", "A curve.", ("formula",))
    assert fit.origins == ("synthetic",)
    assert law.aspect < 2 < fit.aspect


# ------------------------------------------------------------------------ slides


def test_a_step_becomes_slides(deck):
    titles = [slide.find(["h1", "h2"]).get_text() for slide in leaves(deck)]
    two = r"Two limits of one law, \(T^5\) and \(T\)"
    left = "Fit it, then look at what is left over"
    assert len(leaves(deck)) == deck[1] == SLIDES
    assert titles == [
        "Session 1: resistance and the Debye temperature", two, two, two, left, left, left,
        "What to take home",
    ]  # fmt: skip
    assert [len(stack.select("section")) for stack in soup(deck).select(".slides > section")] == [
        1, 3, 3, 1,
    ]  # fmt: skip


def test_a_slide_holds_figure_equation_question_and_setting(deck):
    law = leaves(deck)[1]
    assert law.select_one("img")["src"] == "figures/fig-law.svg"
    caption = law.select_one("figcaption").get_text()
    assert caption == r"formulaFigure 1 The law of eq. 1 at \(T > 0\)."
    assert law.select_one(".equation").get_text().endswith("(1)")
    assert law.select_one("a.live")["href"].endswith("/3-1-debye.html#live-debye?theta_d=400&n=5")
    assert "curve of Figure 1 turns" in law.select_one(".question").get_text()
    assert law.select_one(".clock").get_text() == "0:00\u20130:25"


def test_the_class_does_not_see_what_is_for_the_lecturer(deck):
    for aside in (text := soup(deck)).select("aside"):
        aside.extract()
    seen = text.get_text()
    for words in ("takes longer", "residuals have a pattern", "on the board", "Leave out"):
        assert words not in seen


def test_notes_hold_minutes_and_what_is_expected(deck):
    notes = leaves(deck)[1].aside.get_text()
    for words in ("25 minutes, until 0:25.", "takes longer", "(Wiesmann 1977)", "fig-law of 3-1"):
        assert words in notes
    assert "\\(" not in notes  # the window of the notes has no MathJax
    assert "logarithms" in leaves(deck)[0].aside.get_text()


def test_a_misconception_asks_before_its_figure_comes(deck):
    first, second = leaves(deck)[2:4]
    assert first.select_one(".belief").get_text() == "“A good R² proves the fit.”"
    assert first.select_one(".fragment img")["src"] == "figures/fig-one-fit.svg"
    assert "synthetic" in first.select_one(".fragment figcaption").get_text()
    assert "the residuals have a pattern" in first.aside.get_text()
    assert (
        second.select_one(".belief").get_text() == r"The slope alone gives \(\Theta_\mathrm{D}\)."
    )
    assert not second.select(".fragment")


def test_synthetic_stands_wherever_the_figure_does(deck):
    figures = [
        element for element in soup(deck).select("figure") if "fig-one-fit" in element.img["src"]
    ]
    assert len(figures) == 2
    assert all(figure.select_one(".origin").get_text() == "synthetic" for figure in figures)


def test_the_same_page_gives_the_same_bytes(deck, page, tmp_path):
    path, executed = page
    write_slides(path, executed, tmp_path / "deck.html", book="../html")
    assert filecmp.cmp(tmp_path / "deck.html", deck[0], shallow=False)


# ------------------------------------------------------------------------ in a browser


def opened(browser, deck, width=1920, height=1080, query=""):
    context = browser.new_context(viewport={"width": width, "height": height})
    seen = tools_browser.visit(context, deck[0].as_uri() + query)
    seen.page.wait_for_selector("html[data-slides=ready]")
    return seen


# Every text of every slide but the notes: its size in px of the slide. Indices in formulas are
# as small as indices are.
SIZES = """() => [...document.querySelectorAll(".page *")]
    .filter((one) => !one.closest("mjx-container, sup, sub"))
    .filter((one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((one) => parseFloat(getComputedStyle(one).fontSize))"""
QUESTIONS = """() => [...document.querySelectorAll(".question p")]
    .map((one) => getComputedStyle(one).fontSize)"""
# The part of its slide that each figure has.
FIGURES = """() => [...document.querySelectorAll(".page figure img")].map((one) => {
    const page = one.closest(".page");
    return one.clientWidth * one.clientHeight / (page.clientWidth * page.clientHeight);
})"""
# What sticks out of its slide, by name.
OUTSIDE = """() => [...document.querySelectorAll(".page")].flatMap((page) => {
    const edge = page.getBoundingClientRect();
    const parts = "header, figure, img, figcaption, .question, .task, .doubt, .equation";
    return [...page.querySelectorAll(parts)]
        .filter((one) => {
            const box = one.getBoundingClientRect();
            return box.right > edge.right + 1 || box.bottom > edge.bottom + 1 || box.width < 1;
        })
        .map((one) => one.outerHTML.slice(0, 80));
})"""


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (390, 844)])
def test_a_deck_shows_all_without_a_network(browser, deck, width, height):
    seen = opened(browser, deck, width, height)
    for _ in range(2 * SLIDES):
        seen.page.evaluate("Reveal.next()")
    assert seen.page.evaluate("Reveal.isLastSlide()")
    assert (seen.asked, seen.errors) == ([], [])
    assert seen.page.evaluate(OUTSIDE) == []
    assert min(seen.page.evaluate(SIZES)) >= 24
    # Long equations make neither the question small nor the figure.
    assert set(seen.page.evaluate(QUESTIONS)) == {"44px"}
    assert min(seen.page.evaluate(FIGURES)) > 0.15
    assert "\\(" not in seen.page.inner_text(".slides")
    assert seen.page.evaluate("[...document.images].every((one) => one.naturalWidth > 0)")


def test_text_on_a_phone_is_as_large_as_on_a_page(browser, deck):
    page = opened(browser, deck, 390, 844).page
    page.evaluate("Reveal.next()")
    box = page.locator("section.present .question p").bounding_box()
    size = page.evaluate("44 * Reveal.getScale()")
    assert size > 16
    assert 300 < box["width"] < 390


def test_a_long_question_is_written_smaller_and_fits(browser, page, tmp_path):
    path, executed = page
    many = "Which parameter decides where the curve of this figure turns? " * 9
    path.write_text(path.read_text().replace("Which parameter", f"{many} Which"), encoding="utf-8")
    target = tmp_path / "deck.html"
    write_slides(path, executed, target)
    seen = opened(browser, (target,))
    assert seen.page.evaluate(OUTSIDE) == []
    assert 24 <= min(seen.page.evaluate(SIZES)) < 44


def test_speaker_notes_open(browser, deck):
    seen = opened(browser, deck)
    seen.page.evaluate("Reveal.next()")
    with seen.page.expect_popup() as popup:
        seen.page.keyboard.press("s")
    notes = popup.value
    notes.wait_for_selector(".speaker-controls-notes:not(.hidden) .value p")
    assert "25 minutes, until 0:25." in notes.inner_text("body")
    assert (seen.asked, seen.errors) == ([], [])


def test_a_deck_prints_one_page_for_each_slide(browser, deck):
    seen = opened(browser, deck, query="?print-pdf")
    seen.page.wait_for_selector("html.reveal-print .pdf-page")
    content = seen.page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type /Page\b", content)) == SLIDES
