"""Exercises in the page: what a reader writes, presses and is told, and what stays in the browser.

Most of it is about the form alone, on a page of its own; the last part is about the built pages.
"""

import hashlib
import json
import math
import re

import pytest
from test_readers import violations

from analysis.exercises.exercise import ADVICE, CLOSE, RIGHT, Exercise, Slip, choice
from analysis.exercises.tables import exercise
from compendium.checks import about, keys_in, place, reading
from compendium.plan import BOOK
from compendium.policy import RULES, meta
from compendium.publish import meta as said

NUMBER = Exercise(
    "demo-1", "A temperature", (), 1, 1, lambda: 518.0, 4.0, "Look at the differences.", unit="K",
    slips=(Slip("a quarter", lambda: 129.5, "The dashed line is a quarter of it."),),
    undo=("power of ten", "degrees Celsius"),
)  # fmt: skip
CHOICE = choice(
    "demo-2", "A part", goals=(), points=1, right=2, hint="Move one slider.",
    options=[("The slope, $a T$.", "The slope is A."), ("The bend.", ""), ("The end.", "It is R.")],
)  # fmt: skip
STRAIN = Exercise(
    "demo-3", "A strain", (), 2, 1, lambda: 0.0079, 0.0002, "Look at the widths.", undo=("sign",)
)  # fmt: skip
ASKED = [NUMBER, CHOICE, STRAIN]
FEW, MANY = 1000, 200_000  # rounds: as good as none, and long enough to change one's mind

GUESSES = """() => {
    window.guesses = 0;
    const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
    crypto.subtle.deriveBits = (...given) => { window.guesses += 1; return derive(...given); };
}"""


def question(one):
    items = "".join(
        f"<li><p>{'abc'[i]}) <em>{text}</em></p></li>" for i, text in enumerate(one.options)
    )
    return f"<div class='exercise admonition' id='{one.key}'><p>What?</p><ul>{items}</ul></div>"


@pytest.fixture
def site(tmp_path):
    """Return a function that writes a page with the forms of the exercises above."""

    def site(name="page", rounds=FEW):
        static = tmp_path / "_static"
        static.mkdir(exist_ok=True)
        for file in ("checks.mjs", "checks.css"):
            (static / file).write_bytes((BOOK / "_static" / file).read_bytes())
        policy = meta({**RULES, "script-src": "file:", "style-src": "file: 'unsafe-inline'"})
        body = "".join(
            question(one) + place(one, about(one, rounds=rounds), f"course/{name}") for one in ASKED
        )
        file = tmp_path / f"{name}.html"
        file.write_text(
            f"<!doctype html><html lang='en'><head><meta charset='utf-8'>{policy}"
            f"<meta name='viewport' content='width=device-width'><title>Exercises</title>"
            f"{said('name', 'checks', json.dumps(reading()))}"
            "<link rel='stylesheet' href='_static/checks.css'>"
            "<script defer src='_static/checks.mjs'></script></head><body><main>"
            f"<article class='bd-article'><h1>Exercises</h1>{body}</article></main></body></html>",
            encoding="utf-8",
        )
        return file

    return site


class Asked:
    """The opened page, and what a reader does on it."""

    def __init__(self, visit):
        self.visit, self.page = visit, visit.page
        self.progress = self.page.locator(".check-progress [role=status]")
        self.page.wait_for_function("() => document.documentElement.dataset.checks === 'ready'")

    def form(self, key="demo-1"):
        return self.page.locator(f"#check-{key} form")

    def write(self, text, key="demo-1"):
        self.form(key).get_by_role("textbox").fill(text)
        self.form(key).get_by_role("button", name="Check").click()
        return self.verdict(key)

    def choose(self, letter, key="demo-2"):
        self.form(key).locator(f"input[value={letter}]").check()
        self.form(key).get_by_role("button", name="Check").click()
        return self.verdict(key)

    def verdict(self, key="demo-1"):
        """Wait for what is said of an answer; return its kind and its words."""
        output = f"#check-{key} output"
        self.page.wait_for_function(
            f"() => /check-(?!said|busy)/.test(document.querySelector('{output}').className)"
        )
        kind = self.page.locator(output).get_attribute("class").split("check-")[-1]
        return kind, self.page.locator(f"{output} > span").last.text_content()

    def clean(self):
        assert (self.visit.errors, self.visit.asked) == ([], [])


@pytest.fixture
def asked(site, no_network):
    return lambda name="page", rounds=FEW, **options: Asked(
        no_network(site(name, rounds), **options)
    )


@pytest.mark.parametrize(
    ("written", "kind", "words"),
    [
        ("518", "right", RIGHT),
        ("515,5 K", "right", RIGHT),
        ("5.19e2 ± 3 K", "right", RIGHT),
        ("511", "close", CLOSE),
        ("129.5", "slip", f"A usual slip. {NUMBER.slips[0].advice}"),
        ("0.518", "slip", f"A usual slip. {ADVICE['power of ten']}"),
        ("245", "slip", f"A usual slip. {ADVICE['degrees Celsius']}"),
        ("245 °C", "slip", f"A usual slip. {ADVICE['degrees Celsius']}"),
        ("900", "wrong", "Not right. Look at the differences."),
        ("≥ 518 K.", "right", RIGHT),
        ("5.18 × 10² \N{KELVIN SIGN}", "right", RIGHT),
        (
            "500-550",
            "unread",
            "Not read. '500-550' contains more than one number: write one number",
        ),
        ("many", "unread", "Not read. 'many' does not begin with a number"),
        (
            "518 GPa",
            "unread",
            "Not read. 'GPa' is not a unit of this answer; allowed: K, kelvin, mK",
        ),
        ("<img src=x>", "unread", "Not read. '<img src=x>' does not begin with a number"),
        ("  ", "none", "No answer yet: write your answer first."),
    ],
)
def test_what_is_said_of_an_answer(written, kind, words, asked):
    one = asked()
    assert one.write(written) == (kind, words)
    assert one.page.locator("#check-demo-1 .check-mark").text_content() in "✓≈!✗…?"
    assert one.page.locator("article img").count() == 0
    one.clean()


def test_the_marks_of_verdicts_differ(asked):
    one = asked()
    marks = set()
    for written in ("518", "511", "129.5", "900", "many", ""):
        one.write(written)
        marks.add(one.page.locator("#check-demo-1 .check-mark").text_content())
    assert len(marks) == 6


def test_enter_checks_and_what_is_said_is_read_aloud(asked):
    one = asked()
    field = one.form().get_by_role("textbox", name="Your answer")
    assert field.get_attribute("inputmode") == "decimal"
    # There a minus may be meant, which such keys of a telephone lack.
    signed = one.form("demo-3").get_by_role("textbox")
    assert signed.get_attribute("inputmode") == "text"
    assert one.page.locator("#check-demo-1-unit").text_content() == "K"
    assert one.page.locator("#check-demo-3-unit").count() == 0
    field.fill("518")
    field.press("Enter")
    assert one.verdict()[0] == "right"
    output = one.form().get_by_role("status")
    assert output.get_attribute("aria-live") == "polite"
    assert output.text_content() == "✓Right."


def test_options_stand_once_and_as_they_are_typeset(asked):
    one = asked()
    options = one.form("demo-2").get_by_role("radio")
    assert options.count() == 3
    assert one.page.locator("#demo-2 li").count() == 0
    assert one.form("demo-2").locator("label em").all_text_contents() == list(CHOICE.options)
    assert one.form("demo-2").get_by_role("button").count() == 1
    assert one.choose("a") == ("slip", "A usual slip. The slope is A.")
    assert one.choose("b") == ("right", RIGHT)
    assert one.choose("c") == ("slip", "A usual slip. It is R.")
    one.clean()


def test_options_that_the_question_does_not_list_are_those_of_the_table(site, no_network):
    file = site()
    text = file.read_text(encoding="utf-8").replace("<li><p>b) ", "<li><p>B: ")
    file.write_text(text, encoding="utf-8")
    one = Asked(no_network(file))
    texts = one.form("demo-2").locator("fieldset label").all_text_contents()
    assert texts == [f"{'abc'[i]}) {text}" for i, text in enumerate(CHOICE.options)]
    assert one.choose("b") == ("right", RIGHT)


def test_without_a_choice_there_is_no_answer(asked):
    one = asked()
    one.form("demo-2").get_by_role("button", name="Check").click()
    assert one.verdict("demo-2")[0] == "none"


def test_all_is_done_by_the_keyboard_alone(asked):
    one = asked()
    keys = one.page.keyboard
    for press in ("Tab", "518 K", "Enter", "Tab", "Tab", "ArrowDown", "Enter"):
        if press == "518 K":
            keys.type(press)
        else:
            keys.press(press)
    assert one.verdict() == ("right", RIGHT)
    # The first arrow key chooses the second of the options.
    assert one.verdict("demo-2") == ("right", RIGHT)
    keys.press("Tab")
    assert one.page.evaluate("document.activeElement.textContent") == "Check"
    # Both are right, so there is something to forget, at the page's top.
    for _ in range(4):
        keys.press("Shift+Tab")
    assert one.page.evaluate("document.activeElement.textContent") == "Forget my answers"
    keys.press("Enter")
    assert one.progress.text_content() == "0 of 3 right"
    one.clean()


def test_what_was_right_is_kept_and_forgotten(asked):
    one = asked()
    forget = one.page.get_by_role("button", name="Forget my answers")
    assert one.progress.text_content() == "0 of 3 right"
    assert not forget.is_visible()
    one.write("900", "demo-3")
    one.write("518 K")
    one.choose("b")
    assert one.progress.text_content() == "2 of 3 right"
    one.page.reload()
    assert one.progress.text_content() == "2 of 3 right"
    assert one.verdict() == ("right", RIGHT)
    assert one.form().get_by_role("textbox").input_value() == "518 K"
    assert one.form("demo-2").locator("input[value=b]").is_checked()
    assert one.form("demo-3").get_by_role("textbox").input_value() == ""
    # Another try that is wrong takes nothing back.
    one.write("900")
    assert one.progress.text_content() == "2 of 3 right"
    forget.click()
    assert one.progress.text_content() == "0 of 3 right"
    assert one.page.evaluate("document.activeElement.textContent") == "0 of 3 right"
    assert one.form().get_by_role("status").text_content() == ""
    one.page.reload()
    assert one.progress.text_content() == "0 of 3 right"
    assert one.page.evaluate("localStorage.length") == 0
    one.clean()


def test_each_page_keeps_its_own(asked, site):
    one = asked()
    one.write("518")
    (key,) = one.page.evaluate("Object.keys(localStorage)")
    assert re.fullmatch(r"la3ni2o7-[\d.]+\w*/course/page", key)
    one.visit.open(site("other"))
    assert one.progress.text_content() == "0 of 3 right"
    one.visit.open(site("page"))
    assert one.progress.text_content() == "1 of 3 right"


@pytest.mark.parametrize(
    "kept", ["{", "null", "[]", '{"demo-1": 5}', '{"demo-1": {"written": 5}}', '{"gone-7": null}']
)
def test_what_is_kept_no_longer_as_it_was_written_is_survived(kept, asked):
    one = asked()
    one.write("518")
    key = one.page.evaluate("Object.keys(localStorage)[0]")
    one.page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [key, kept])
    one.page.reload()
    assert one.progress.text_content() == "0 of 3 right"
    one.write("518")
    assert one.progress.text_content() == "1 of 3 right"
    one.clean()


def opened_after(script, site, browser):
    """Open the page where something of the browser is other than usual."""
    from compendium.browser import visit

    context = browser.new_context()
    context.add_init_script(script)
    return Asked(visit(context, site()))


def test_where_nothing_is_kept_answers_are_checked_all_the_same(site, browser):
    off = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('off'); }})"
    one = opened_after(off, site, browser)
    one.write("518")
    one.choose("b")
    assert one.progress.text_content() == "2 of 3 right"
    one.page.get_by_role("button", name="Forget my answers").click()
    assert one.progress.text_content() == "0 of 3 right"
    one.clean()
    one.page.context.close()


def test_where_the_browser_computes_no_digests_it_is_said_what_to_do(site, browser):
    off = "Object.defineProperty(crypto, 'subtle', {value: undefined})"
    one = opened_after(off, site, browser)
    kind, words = one.write("518")
    assert kind == "none"
    assert "plain http" in words
    assert 'check("demo-1", ...) in JupyterLab (make lab)' in words
    one.clean()
    one.page.context.close()


def test_a_new_guess_stops_the_former(asked):
    one = asked(rounds=MANY)
    one.page.evaluate(GUESSES)
    # Both at once, so that it does not matter how slow this machine is.
    said = one.page.evaluate(
        """() => {
            const form = document.querySelector("#check-demo-1 form");
            const said = ["900", "518"].map((text) => {
                form.elements.answer.value = text;
                form.requestSubmit();
                return form.querySelector("output").textContent;
            });
            return said;
        }"""
    )
    assert said == ["…Checking …"] * 2
    assert one.verdict() == ("right", RIGHT)
    # The former would have taken eight: itself, six powers of ten and 273.15 more.
    assert one.page.evaluate("guesses") <= 3


def test_guesses_wait_for_each_other(asked):
    one = asked(rounds=MANY)
    one.page.evaluate(
        """() => {
            window.atOnce = window.most = 0;
            const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
            crypto.subtle.deriveBits = async (...given) => {
                window.most = Math.max(window.most, (window.atOnce += 1));
                try { return await derive(...given); } finally { window.atOnce -= 1; }
            };
            for (const [key, text] of [["demo-1", "518"], ["demo-3", "0.0079"]]) {
                const form = document.querySelector(`#check-${key} form`);
                form.elements.answer.value = text;
                form.requestSubmit();
            }
        }"""
    )
    assert [one.verdict()[0], one.verdict("demo-3")[0]] == ["right", "right"]
    assert one.page.evaluate("most") == 1


def test_nothing_is_asked_of_anybody(asked):
    one = asked()
    requests = []
    one.page.on("request", lambda request: requests.append(request.url))
    one.write("518")
    one.choose("b")
    one.page.get_by_role("button", name="Forget my answers").click()
    assert requests == []
    one.clean()


def test_on_paper_and_without_scripts_a_sentence_stands_for_the_form(asked, site, browser):
    one = asked()
    sentence = one.page.locator("#check-demo-2 .check-else")
    assert not sentence.is_visible()
    one.page.emulate_media(media="print")
    assert sentence.is_visible()
    for control in one.page.locator("button, input, output").all():
        assert not control.is_visible()
    # The options are a part of the question.
    assert one.page.get_by_text("The bend.").is_visible()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site().as_uri())
    assert page.locator("button, input, form").count() == 0
    assert 'check("demo-1", ...)' in page.locator("#check-demo-1").inner_text()
    assert page.get_by_text("The bend.").is_visible()
    context.close()


# ---------------------------------------------------------------------------- the built book

PAGES = {
    file.relative_to(BOOK).with_suffix("").as_posix(): keys_in(file.read_text(encoding="utf-8"))
    for file in sorted(BOOK.rglob("*.md"))
}
PAGES = {page: keys for page, keys in PAGES.items() if keys}
TEXTS = {".html", ".js", ".mjs", ".json", ".css", ".csv", ".txt"}


def answered(page):
    return [exercise(key) for key in PAGES[page]]


def opened(html, page, no_network, **options):
    return Asked(no_network(html / f"{page}.html", **options))


def written(one):
    digits = max(2, 2 + math.ceil(math.log10(abs(one.answer()) / one.tolerance)))
    return f"{one.answer():.{digits}g} {one.unit}".strip()


@pytest.mark.parametrize("page", PAGES)
def test_all_answers_of_the_tables_are_right_in_the_built_page(page, html, no_network):
    one = opened(html, page, no_network)
    for asked in answered(page):
        if asked.options:
            kind, _ = one.choose("abcdefgh"[int(asked.answer()) - 1], asked.key)
        else:
            kind, _ = one.write(written(asked), asked.key)
        assert kind == "right", asked.key
    count = len(answered(page))
    assert one.progress.text_content() == f"{count} of {count} right"
    one.clean()


@pytest.mark.parametrize("page", PAGES)
def test_the_forms_of_a_built_page_hold_no_value(page, html):
    text = (html / f"{page}.html").read_text(encoding="utf-8")
    forms = re.findall(r'<div class="check" id="check-([\w-]+)" [^>]*>', text)
    assert forms == [one.key for one in answered(page)]
    held = "".join(re.findall(r'<div class="check"[^>]*>|<meta name="checks"[^>]*>', text))
    held += (html / "_static" / "checks.mjs").read_text(encoding="utf-8")
    # Bytes that a digest masks, two hexadecimal digits each, may look like any number.
    held = re.sub(r"(&quot;[0-9a-f]{32}&quot;): &quot;[0-9a-f]{2,}&quot;", r"\1", held)
    # Whole numbers, not those within a digest's digits.
    whole = r"(?<![\w.])[-+]?\d+\.?\d*(?:e[-+]?\d+)?(?![\w.])"
    found = re.findall(whole, held.replace("&quot;", '"'))
    # Nor a single digit, such as the 3 of a sentence.
    numbers = [float(one) for one in found if len(re.findall("[1-9]", one)) > 1]
    for key in forms:
        asked = exercise(key)
        if not asked.options:
            near = [
                number for number in numbers if math.isclose(number, asked.answer(), rel_tol=1e-3)
            ]
            assert near == [], key


def test_no_built_file_holds_a_bare_digest_of_a_value(html):
    bare = {}
    for page in PAGES:
        for asked in answered(page):
            value = asked.answer()
            texts = {f"{value:.{digits}{kind}}" for digits in range(8) for kind in "fge"}
            texts |= {repr(value), str(round(value)), *("abcdefgh"[:8] if asked.options else "")}
            texts |= {f"{asked.key}:{text}" for text in texts} | {
                f"{t} {asked.unit}" for t in texts
            }
            for text in texts:
                for how in ("md5", "sha1", "sha256", "sha512"):
                    bare[hashlib.new(how, text.encode()).hexdigest()] = (asked.key, text, how)
    assert len(bare) > 100
    files = [file for file in html.rglob("*") if file.suffix in TEXTS]
    assert len(files) > 10
    for file in files:
        content = file.read_text(encoding="utf-8", errors="replace")
        found = set(re.findall(r"(?<![0-9a-f])[0-9a-f]{32,128}(?![0-9a-f])", content))
        assert [bare[one] for one in found & bare.keys()] == [], file


@pytest.mark.parametrize("page", PAGES)
def test_solutions_are_unfolded_by_keyboard_and_printed(page, html, no_network):
    one = opened(html, page, no_network)
    buttons = one.page.locator(".solution .toggle-button")
    count = buttons.count()
    assert count >= len(answered(page))
    names = [button.get_attribute("aria-label") for button in buttons.all()]
    assert len(set(names)) == count
    assert all(name.startswith("Solution to ") for name in names)
    content = one.page.locator(".solution > section")
    assert not content.first.is_visible()
    buttons.first.focus()
    one.page.keyboard.press("Enter")
    assert content.first.is_visible()
    assert buttons.first.get_attribute("aria-expanded") == "true"
    buttons.first.press("Space")
    one.page.wait_for_timeout(400)  # it fades
    assert not content.first.is_visible()
    # The title is the button, too.
    title = one.page.locator(".solution > .admonition-title").first
    for seen in (True, False):
        title.click()
        one.page.wait_for_timeout(400)
        assert content.first.is_visible() == seen
    one.page.emulate_media(media="print")
    assert content.first.is_visible()
    assert content.first.evaluate("(shown) => getComputedStyle(shown).opacity") == "1"
    one.clean()


@pytest.mark.parametrize("page", PAGES)
def test_ids_are_not_given_twice(page, html, no_network):
    ids = opened(html, page, no_network).page.evaluate(
        "[...document.querySelectorAll('article [id]')].map((one) => one.id)"
    )
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("page", PAGES)
def test_a_phone_shows_all_of_it(page, html, no_network):
    one = opened(html, page, no_network, viewport={"width": 390, "height": 844})
    for asked in answered(page):
        if not asked.options:
            one.write("word" * 60, asked.key)
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in one.page.locator(".check :is(input, button, label)").all():
        box = control.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_serious(page, theme, html, no_network):
    one = opened(html, page, no_network, viewport={"width": 1280, "height": 900})
    one.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    tries = ["right", "900000", "nothing", ""]
    for place_, asked in enumerate(answered(page)):
        if asked.options:
            one.choose("a", asked.key)
        else:
            text = tries[place_ % 4]
            one.write(written(asked) if text == "right" else text, asked.key)
    one.page.locator(".solution .toggle-button").first.click()
    one.page.wait_for_timeout(400)  # colours fade from one scheme to the other
    assert violations(one.page) == []


def test_only_pages_with_checks_load_the_script(html):
    loads = {
        str(file.relative_to(html).with_suffix(""))
        for file in html.rglob("*.html")
        if "checks.mjs" in file.read_text(encoding="utf-8")
    }
    assert loads == set(PAGES)


def test_the_search_is_silent_about_the_forms(html):
    texts = (html / "_static" / "search-texts.js").read_text(encoding="utf-8")
    assert "Your answer is checked" not in texts
