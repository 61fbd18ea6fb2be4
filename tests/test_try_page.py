"""The page on which a curve is tried: how files come, what moves, what stays, what goes nowhere.

Most of it is about the page alone, with a stand-in for the package that it runs (try_engine.mjs);
what the package answers is the matter of test_trying_resistance.py.
"""

import gzip
import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_readers import violations

from compendium import pages, trying
from compendium.plan import BOOK
from compendium.policy import RULES, meta, rules_of

ROOT = Path(__file__).resolve().parent.parent
LINE = "T,R\n1,2\n2,3\n3,4\n4,5\n5,7"
EXAMPLE = {"name": "example.csv", "title": "a synthetic curve", "text": LINE}
STAND_IN = Path(__file__).with_name("try_engine.mjs")
NAME = "try/resistance"
LOADED = (*trying.STYLES, *trying.SCRIPTS[NAME])
HEAVIEST = 4e5  # bytes, compressed
CURVE = "T (K),R (ohm)\n" + "".join(
    f"{t},{1e-3 + 1e-5 * t + 2e-8 * t * t + 2e-6 * math.sin(t):.6e}\n" for t in range(5, 300, 2)
)
DROP = """([name, text]) => {
    const given = new DataTransfer();
    given.items.add(new File([text], name));
    for (const kind of ["dragenter", "dragover", "drop"])
        document.querySelector(".try-drop").dispatchEvent(
            new DragEvent(kind, { dataTransfer: given, bubbles: true, cancelable: true }));
}"""


# --- the policy -----------------------------------------------------------------------------


def test_nothing_can_be_asked_from_a_page_that_takes_files():
    rules = rules_of(NAME)
    assert rules["connect-src"] == "'none'"
    assert rules["worker-src"] == "blob:"
    assert {name: rules[name] for name in RULES if name != "connect-src"} == {
        name: rule for name, rule in RULES.items() if name != "connect-src"
    }
    assert not re.search(r"https?:|\*|unsafe-eval", " ".join(rules.values()))


@pytest.mark.parametrize("name", ["index", "3-1-debye", "how-to/try", "search", "tryst"])
def test_other_pages_keep_their_policy(name):
    assert rules_of(name) == RULES


def test_every_page_that_takes_files_has_its_scripts():
    toc = pages.yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    assert {file for file in files if file.startswith("try/")} | {"all-runs"} == set(trying.SCRIPTS)


# --- the page -------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path, monkeypatch):
    """The page as the book makes it, without the theme, and with the stand-in."""
    static = tmp_path / "_static"
    static.mkdir()
    monkeypatch.setattr(pages, "SOURCE", tmp_path)
    pages.write_explorer()
    for name in ("try.mjs", "try-resistance.mjs", "try.css"):
        (static / name).write_bytes((BOOK / "_static" / name).read_bytes())
    (static / "try-resistance-engine.mjs").write_bytes(STAND_IN.read_bytes())
    (static / "try-resistance-example.mjs").write_text(
        f"globalThis.tryExample = {json.dumps(EXAMPLE)};"
    )
    head = "".join(f"<link rel='stylesheet' href='_static/{name}'>" for name in trying.STYLES)
    head += "".join(
        f"<script defer src='_static/{name}'></script>" for name in trying.SCRIPTS[NAME]
    )
    policy = meta({**rules_of(NAME), "script-src": "file:", "style-src": "file: 'unsafe-inline'"})
    file = tmp_path / "page.html"
    file.write_text(
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'>{policy}"
        "<meta name='viewport' content='width=device-width'><title>A curve</title>"
        f"{head}</head><body><main><article class='bd-article'><h1>A curve</h1><h2>Yours</h2>"
        "<div class='try-place'>needs JavaScript</div></article></main></body></html>",
        encoding="utf-8",
    )
    return file


class Tried:
    """The opened page, and what a reader does on it."""

    def __init__(self, visit):
        self.visit, self.page = visit, visit.page
        self.status = self.page.locator("[role=status].try-said")
        self.refusal = self.page.get_by_role("alert")
        self.edges = self.page.get_by_role("slider", name="edge of the window")
        self.page.wait_for_function("() => document.documentElement.dataset.trying === 'ready'")

    def drop(self, text=CURVE, name="mine.csv"):
        self.page.evaluate(DROP, [name, text])
        return self

    def other_than(self, shown):
        """Wait until other numbers than these are shown."""
        self.page.wait_for_function(
            "(old) => document.querySelector('[aria-label^=\"Normal state\"]').textContent !== old",
            arg=shown["numbers"],
        )

    def fitted(self):
        """Wait until what is said is that of a fit, and return what is shown."""
        self.page.wait_for_function(
            "() => document.querySelector('.try-said').textContent.includes('slope')"
        )
        return self.shown()

    def shown(self):
        return self.page.evaluate(
            """() => ({
                numbers: document.querySelector('[aria-label^="Normal state"]').textContent,
                drawn: [...document.querySelectorAll('.try-panels path')]
                    .map((one) => one.getAttribute('d') ?? ''),
                edges: [...document.querySelectorAll('.try-edge')]
                    .map((one) => Number(one.ariaValueNow)),
            })"""
        )

    def refused(self):
        self.refusal.wait_for()
        return self.refusal.text_content()

    def clean(self):
        assert (self.visit.errors, self.visit.asked) == ([], [])


@pytest.fixture
def tried(site, no_network):
    def look(fragment="", **options):
        return Tried(no_network(site, fragment=fragment, **options))

    return look


def test_a_dropped_file_is_read_fitted_and_drawn(tried):
    one = tried().drop()
    shown = one.fitted()
    assert "slope" in shown["numbers"]
    assert sum(d.count("M") for d in shown["drawn"]) > 200  # points above, differences below
    assert shown["edges"] == pytest.approx([5 + 0.3 * 294, 299], abs=0.3)
    one.page.get_by_text("Columns, units and the first rows").click()
    first = one.page.locator(".try-rows tbody tr").first.locator("td").all_text_contents()
    assert first == ["2", "5", "1.048582e-03"]
    assert one.page.locator(".try-rows th.used").all_text_contents() == ["T (K)", "R (ohm)"]
    one.clean()


def test_a_file_is_chosen_by_the_keyboard_alone(tried, tmp_path):
    one = tried()
    file = tmp_path / "keys.csv"
    file.write_text(CURVE, encoding="utf-8")
    # Listened to before the keys: the browser hears of a listener a little later.
    one.page.on("filechooser", lambda chooser: chooser.set_files(file))
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.type") == "file"
    one.page.wait_for_timeout(200)
    one.page.keyboard.press("Enter")
    assert "slope" in one.fitted()["numbers"]
    one.clean()


def test_numbers_are_pasted_and_the_example_is_at_hand(tried):
    one = tried()
    one.page.get_by_text("Paste numbers instead").click()
    one.page.get_by_role("textbox").fill(CURVE)
    one.page.get_by_role("button", name="Read what is pasted").click()
    pasted = one.fitted()
    one.page.get_by_role("button", name="example: a synthetic curve").click()
    one.other_than(pasted)
    one.clean()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("broken.csv", "a,b\n1,2\n", "broken.csv: 1 rows of numbers"),
        ("empty.csv", "", "empty.csv: 0 rows"),
        ("<img src=x onerror=alert(1)>.csv", "a,b", "<img src=x onerror=alert(1)>.csv: 0 rows"),
        ("failing.csv", CURVE, "This page failed at it"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_next_file_is_taken(name, text, said, tried):
    one = tried().drop(text, name)
    assert said in one.refused()
    assert not one.page.get_by_role("heading", name="Fit").is_visible()
    one.drop()
    one.fitted()
    assert not one.refusal.is_visible()
    if not name.startswith("failing"):
        one.clean()


def test_a_huge_file_is_refused_before_it_is_read(tried):
    one = tried()
    one.page.evaluate(
        """() => {
            const file = new File(["1,2"], "huge.csv"), set = Object.defineProperty;
            set(file, "size", { value: 3e9 });
            set(file, "arrayBuffer", { value: () => { throw new Error("read") } });
            const event = new DragEvent("drop", { bubbles: true, cancelable: true });
            set(event, "dataTransfer", { value: { types: ["Files"], files: [file] } });
            document.body.dispatchEvent(event);
        }"""
    )
    assert re.search(r"huge\.csv: has 3000 MB; at most 100 MB", one.refused())
    one.clean()


def test_several_files_at_once_are_too_many(tried):
    one = tried()
    one.page.locator("input[type=file]").evaluate("(input) => (input.multiple = true)")
    one.page.evaluate(
        """() => {
            const given = new DataTransfer();
            for (const name of ["a.csv", "b.csv"]) given.items.add(new File(["1,2"], name));
            document.body.dispatchEvent(
                new DragEvent("drop", { dataTransfer: given, bubbles: true, cancelable: true }));
        }"""
    )
    assert "2 files were dropped" in one.refused()


def test_a_file_that_never_ends_does_not_hold_the_next_one(tried):
    one = tried().drop(CURVE, "endless.csv")
    one.page.wait_for_timeout(200)
    one.drop()
    assert "slope" in one.fitted()["numbers"]
    one.clean()


def test_headings_and_names_are_text(tried):
    mark = "<img src=x onerror=alert(1)>"
    one = tried().drop(CURVE.replace("T (K)", mark), f"{mark}.csv")
    one.fitted()
    assert one.page.locator("article img").count() == 0
    assert mark in one.page.locator(".try-rows th").nth(1).text_content()
    assert mark in one.page.locator("select[name=temperature] option").nth(1).text_content()
    assert mark in one.page.locator(".try-command").text_content()
    one.clean()


def test_a_drag_of_an_edge_is_followed_by_the_fit(tried):
    one = tried().drop()
    before = one.fitted()
    one.edges.first.scroll_into_view_if_needed()
    box = one.edges.first.bounding_box()
    x, y = box["x"] + 34, box["y"] + box["height"] / 2
    mouse = one.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 120, y, steps=12)
    mouse.up()
    one.other_than(before)
    one.page.wait_for_timeout(600)
    after = one.shown()
    assert after["edges"][0] > before["edges"][0] + 20
    assert after["edges"][1] == before["edges"][1]
    changed = [a != b for a, b in zip(after["drawn"], before["drawn"], strict=True)]
    assert any(changed)
    assert not all(changed)  # the measured points stay as they are
    # The last fit is that of the place where the edge was left.
    assert one.status.text_content().startswith("slope")
    assert f"window {after['edges'][0]:g} to" in one.status.text_content()
    one.clean()


def test_a_finger_moves_an_edge(tried):
    one = tried(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844}).drop()
    before = one.fitted()
    edge = one.edges.first
    edge.scroll_into_view_if_needed()
    box = edge.bounding_box()
    assert box["width"] >= 44
    session = one.page.context.new_cdp_session(one.page)
    x, y = box["x"] + 20, box["y"] + box["height"] / 2
    for kind, at in (("touchStart", x), ("touchMove", x + 15), ("touchMove", x + 40)):
        points = [{"x": at, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    one.page.wait_for_timeout(600)
    assert one.shown()["edges"][0] > before["edges"][0] + 10


def test_an_edge_moves_by_keys_and_stays_below_the_other(tried):
    one = tried().drop()
    low, high = one.fitted()["edges"]
    edge = one.edges.first
    edge.focus()
    is_now = (
        "([least, most]) => { const now = Number(document.querySelector('.try-edge').ariaValueNow);"
    )
    is_now += " return now > least && now < most; }"
    for keys, between in (
        (["ArrowRight", "ArrowRight"], (low, low + 10)),
        (["PageUp"], (low + 10, low + 30)),
        (["Home"], (4.9, 5.1)),
        (["End"], (high - 10, high)),
    ):
        for key in keys:
            one.page.keyboard.press(key)
        one.page.wait_for_function(is_now, arg=between)
    value = float(edge.get_attribute("aria-valuenow"))
    assert edge.get_attribute("aria-valuetext") == f"{value:g} K"
    assert edge.get_attribute("aria-valuemin") == "5"


def test_the_address_keeps_what_is_chosen_and_none_of_the_data(tried):
    one = tried().drop()
    first = one.fitted()
    one.page.get_by_role("spinbutton", name="window from").fill("100")
    one.page.keyboard.press("Tab")
    one.page.get_by_role("combobox", name="exponent n").select_option("3")
    one.page.wait_for_function("() => location.hash.includes('n=3')")
    address = one.page.url
    assert "window=100,299" in address
    assert "mine" not in address
    again = tried(address.partition("#")[2]).drop()
    shown = again.fitted()
    assert shown["edges"] == [100, 299]
    assert again.page.get_by_role("combobox", name="exponent n").input_value() == "3"
    # Another setting typed into the address is followed; the button goes back to the automatic one.
    again.page.evaluate("location.hash = 'curve?window=150,250'")
    again.page.wait_for_function("() => document.querySelector('.try-edge').ariaValueNow === '150'")
    again.page.get_by_role("button", name="Automatic window").click()
    again.page.wait_for_function(
        "(low) => Math.abs(Number(document.querySelector('.try-edge').ariaValueNow) - low) < 0.01",
        arg=first["edges"][0],
    )
    again.clean()


@pytest.mark.parametrize("fragment", ["curve?window=a,b", "curve?n=", "curve?%", "other?n=3"])
def test_a_broken_address_is_survived(fragment, tried):
    one = tried(fragment).drop()
    one.page.wait_for_function(
        "() => /slope/.test(document.querySelector('.try-said').textContent)"
        " || !document.querySelector('.try-refused').hidden"
    )
    assert one.visit.errors == []


def test_another_column_reads_again(tried):
    one = tried().drop()
    before = one.fitted()
    one.page.get_by_text("Columns, units and the first rows").click()
    one.page.get_by_role("combobox", name="column of temperature").select_option("2")
    one.other_than(before)
    one.page.wait_for_function("() => location.hash.includes('temperature=2')")
    one.clean()


def test_what_is_taken_away_is_what_was_answered(tried):
    one = tried()
    one.page.evaluate(
        "() => { window.kept = [];"
        " navigator.clipboard.writeText = async (text) => window.kept.push(text); }"
    )
    one.drop().fitted()
    for label in ("Copy the numbers", "Copy the command"):
        one.page.get_by_role("button", name=label).click()
    one.page.get_by_role("button", name="copied").first.wait_for()
    numbers, command = one.page.evaluate("kept")
    assert numbers.startswith("slope ")
    assert command == "python -m analysis fit resistance 'mine.csv'"
    assert command == one.page.locator(".try-command").text_content()
    for label, ending in (("Download JSON", "json"), ("Download the curve (csv)", "csv")):
        with one.page.expect_download() as download:
            one.page.get_by_role("button", name=label).click()
        assert download.value.suggested_filename == f"mine-fit.{ending}"
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert json.loads(text)["slope"] if ending == "json" else text.startswith("T,R")
    one.clean()


def test_the_page_can_ask_nobody(tried, site):
    one = tried().drop()
    one.fitted()
    tries = """async (address) => {
        const no = [];
        document.addEventListener(
            "securitypolicyviolation", (event) => no.push(event.effectiveDirective));
        await fetch(address).catch(() => 0);
        try { navigator.sendBeacon(address, "x"); } catch {}
        try { new WebSocket("ws://localhost:9/") } catch {}
        const inside = "fetch('" + address + "').catch(() => 0).then(() => postMessage('tried'))";
        const worker = new Worker(URL.createObjectURL(new Blob([inside])));
        await new Promise((done) => (worker.onmessage = done));
        return no;
    }"""
    no = one.page.evaluate(tries, "http://localhost:9/")
    assert no.count("connect-src") >= 3
    asked = []
    one.page.on("request", lambda request: asked.append(request.url))
    one.page.evaluate(tries, site.as_uri())
    assert [one for one in asked if one.startswith(("http", "ws"))] == []


def test_a_move_does_not_draw_a_thousand_points_again(tried):
    text = "T,R\n" + "".join(f"{0.3 * i},{1 + 0.01 * i + 0.001 * (i % 7)}\n" for i in range(1000))
    one = tried().drop(text)
    one.fitted()
    points, edge = one.page.evaluate(
        """async () => {
            const size = (path) => path.getAttribute('d')?.length ?? 0;
            const paths = [...document.querySelectorAll('.explorer-panel path')];
            const points = paths.reduce((most, path) => (size(path) > size(most) ? path : most));
            const edge = document.querySelector('.try-edge'), changes = [0, 0];
            [[points, 'd'], [edge, 'aria-valuenow']].forEach(([node, name], i) =>
                new MutationObserver((list) => (changes[i] += list.length))
                    .observe(node, { attributeFilter: [name] }));
            edge.focus();
            for (let i = 0; i < 20; i++) {
                edge.dispatchEvent(
                    new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            }
            return changes;
        }"""
    )
    assert points == 0
    assert edge >= 20  # it moved each time


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(theme, tried):
    one = tried(viewport={"width": 390, "height": 844})
    one.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    assert violations(one.page) == []
    one.drop().fitted()
    assert violations(one.page) == []
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390


# --- in the built book ----------------------------------------------------------------------


def test_the_built_page_says_what_to_do_without_javascript(html, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((html / f"{NAME}.html").as_uri())
    place = page.locator(".try-place")
    assert "needs JavaScript" in place.inner_text()
    assert "python -m analysis fit resistance" in place.inner_text()
    context.close()


def test_the_search_is_reached_from_the_page(html, no_network):
    seen = no_network(html / f"{NAME}.html")
    seen.page.keyboard.press("Control+k")
    seen.page.keyboard.type("strain")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(re.compile("search.html.q=strain"))
    seen.page.wait_for_selector("ul.search li")
    assert (seen.errors, seen.asked) == ([], [])


def test_the_built_page_fits_a_dropped_curve_and_the_example(html, no_network):
    visit = no_network(html / f"{NAME}.html")
    file = ROOT / "data" / "synthetic" / "run1-1.6gpa.csv"
    visit.page.set_input_files("input[type=file]", file)
    table = visit.page.locator("[aria-label^='Normal state']")
    table.wait_for()
    expected = json.loads(
        subprocess.run(
            [sys.executable, "-m", "analysis", "fit", "resistance", str(file), "--json"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    shown = float(re.search(r"ΘD([\d.]+) ±", table.text_content())[1])
    assert shown == pytest.approx(expected["theta_d"]["value"], abs=0.06)
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name="Download JSON").click()
    found = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert found["theta_d"]["value"] == pytest.approx(expected["theta_d"]["value"], rel=1e-6)
    assert found["remarks"] == expected["remarks"]
    visit.page.get_by_role("button", name="Take the example").click()
    visit.page.locator("[aria-label^='Transition']").wait_for()
    assert (visit.errors, visit.asked) == ([], [])


def test_what_the_page_loads_of_its_own_is_light(html):
    own = [html / f"{NAME}.html", *((html / "_static") / name for name in LOADED)]
    assert sum(len(gzip.compress(file.read_bytes())) for file in own) < HEAVIEST
