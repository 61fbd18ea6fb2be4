"""The live figures on their built pages: mouse, keys, touch, links, without a network.

The arithmetic behind them is the matter of test_explore.py.
"""

import json
import random
import re
import subprocess
import sys
from urllib.parse import quote

import nbformat
import pytest
from live_figures import PAGES

from compendium import notebooks

pytestmark = pytest.mark.alike
VIEW = '<script type="application/vnd.jupyter.widget-view+json">'
REFIT = "beyond/misfit"  # the page with the control that fits again
LIVE = pytest.mark.parametrize("name", PAGES)


class Figure:
    """One live figure on an opened page."""

    def __init__(self, visit, name):
        self.page = visit.page
        self.name = name
        self.page.wait_for_function("() => document.documentElement.dataset.explorers === 'ready'")
        self.place = self.page.locator(f"#live-{name}")
        self.place.scroll_into_view_if_needed()
        self.slider = self.place.locator(f'input[name="{PAGES[name][1]}"]')

    def state(self):
        """Return what a reader sees: curves, points, numbers."""
        return self.place.evaluate(
            """(place) => ({
                drawn: [...place.querySelectorAll('.explorer-panel path, .explorer-panel circle')]
                    .map((one) => (one.getAttribute('d') ?? '') + (one.getAttribute('cx') ?? '')),
                readouts: place.querySelector('.explorer-readouts').textContent,
                values: [...place.querySelectorAll('input, select')].map((one) => one.value),
            })"""
        )

    def value(self):
        return float(self.slider.input_value())

    def box(self):
        return self.slider.bounding_box()


@pytest.fixture
def figure(html, no_network):
    def open_figure(name, *, fragment="", **options):
        visit = no_network(html / f"{PAGES[name][0]}.html", fragment=fragment, **options)
        made = Figure(visit, name)
        made.visit = visit
        return made

    return open_figure


def moved(before, after):
    """Tell that curves, numbers and controls have all changed."""
    return all(before[part] != after[part] for part in ("drawn", "readouts", "values"))


@LIVE
def test_a_drag_with_the_mouse_moves_curve_and_numbers(name, figure):
    live = figure(name)
    before, box = live.state(), live.box()
    mouse, middle = live.page.mouse, box["y"] + box["height"] / 2
    # From wherever the thumb stands to three quarters of the way.
    part = live.slider.evaluate("(one) => (one.value - one.min) / (one.max - one.min)")
    mouse.move(box["x"] + 8 + part * (box["width"] - 16), middle)
    mouse.down()
    mouse.move(box["x"] + 0.75 * box["width"], middle, steps=10)
    mouse.up()
    assert moved(before, live.state())
    assert live.visit.errors == []
    assert live.visit.asked == []


@LIVE
def test_arrow_keys_move_by_steps_and_home_goes_to_the_end(name, figure):
    live = figure(name)
    before, at = live.state(), live.value()
    live.slider.focus()
    for _ in range(3):
        live.page.keyboard.press("ArrowRight")
    step = float(live.slider.get_attribute("step"))
    # A slider whose value lies between two steps goes to the next one first.
    assert at + 2 * step < live.value() <= at + 3 * step + 1e-9
    assert moved(before, live.state())
    live.page.keyboard.press("Home")
    assert live.value() == float(live.slider.get_attribute("min"))


@LIVE
def test_a_finger_moves_it(name, figure):
    live = figure(name, has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740})
    before, box = live.state(), live.box()
    live.page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
    assert moved(before, live.state())
    # A slider is tall enough for a finger and does not swallow the page's scrolling.
    assert box["height"] >= 32
    assert live.slider.evaluate("(one) => getComputedStyle(one).touchAction") == "pan-y"


@LIVE
def test_a_finger_that_scrolls_past_leaves_it(name, figure):
    live = figure(name, has_touch=True, is_mobile=True, viewport={"width": 390, "height": 740})
    live.slider.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    live.page.wait_for_timeout(300)  # the page has stopped
    before, box = live.state(), live.box()
    scrolled = live.page.evaluate("scrollY")
    # Far from the thumb: a tap there would move it.
    part = live.slider.evaluate("(one) => (one.value - one.min) / (one.max - one.min)")
    x, y = box["x"] + (0.15 if part > 0.5 else 0.85) * box["width"], box["y"] + box["height"] / 2
    finger = live.page.context.new_cdp_session(live.page)

    def touch(kind, *points):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 13):
        touch("touchMove", {"x": x + step, "y": y - 15 * step})
    touch("touchEnd")
    live.page.wait_for_function("(before) => scrollY > before + 50", arg=scrolled)
    assert live.state() == before


@LIVE
def test_three_keys_lead_from_the_top_of_the_page_to_the_first_slider(name, figure):
    live = figure(name)
    live.page.reload()
    live.page.wait_for_function("() => document.documentElement.dataset.explorers === 'ready'")
    live.page.keyboard.press("Tab")
    live.page.keyboard.press("Tab")
    assert live.page.evaluate("document.activeElement.textContent") == "Skip to the live figure"
    live.page.keyboard.press("Enter")
    assert live.page.evaluate(
        "document.activeElement === document.querySelector('.explorer input[type=range]')"
    )


def test_no_button_lies_on_it_on_a_phone(figure):
    live = figure("debye", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    readouts = live.place.locator(".explorer-readouts")
    readouts.evaluate("(one) => one.scrollIntoView({ block: 'end' })")
    live.page.evaluate("scrollBy(0, 80)")
    live.page.evaluate("scrollBy(0, -40)")  # scrolling up brings the theme's button
    live.page.wait_for_timeout(300)
    assert not live.page.locator("#pst-back-to-top").is_visible()


@LIVE
def test_reset_brings_the_first_state_back(name, figure):
    live = figure(name)
    before = live.state()
    live.slider.focus()
    live.page.keyboard.press("End")
    assert live.state() != before
    live.place.get_by_role("button", name="Reset").click()
    assert live.state() == before


def test_best_fit_is_that_of_the_chosen_curve(figure):
    live = figure("debye")
    curve = live.place.get_by_role("combobox", name="curve")
    first = live.value()
    options = curve.locator("option").all_text_contents()
    assert len(options) > 10
    assert all(option.endswith("synthetic") for option in options)
    curve.select_option(index=8)
    other = live.value()
    assert other != first
    live.slider.focus()
    live.page.keyboard.press("End")
    live.place.get_by_role("button", name="Best fit").click()
    assert live.value() == other
    live.place.get_by_role("button", name="Reset").click()
    assert live.value() == first


def test_a_link_leads_to_a_setting(figure):
    live = figure("debye", fragment="live-debye?theta_d=444&n=3")
    assert live.value() == 444
    assert live.place.locator('select[name="n"]').input_value() == "3"
    assert live.place.evaluate("(one) => Math.abs(one.getBoundingClientRect().top) < 200")
    live.slider.focus()
    live.page.keyboard.press("ArrowRight")
    live.page.wait_for_function("() => location.hash.includes('theta_d=445')")
    link = live.place.get_by_role("link", name="link to this setting")
    assert "theta_d=445" in link.get_attribute("href")
    # The reader comes back to it, and another setting typed into the address is followed.
    live.page.reload()
    again = Figure(live.visit, "debye")
    assert again.value() == 445
    live.page.evaluate("location.hash = 'live-debye?theta_d=300'")
    live.page.wait_for_function(
        "() => document.querySelector('#live-debye input[name=theta_d]').value === '300'"
    )


@pytest.mark.parametrize(
    "setting", ["theta_d=1e99&n=4&r0=abc", "data=" + quote("<b>?&"), "theta_d=", "%"]
)
def test_a_broken_link_shows_a_valid_setting(setting, figure):
    live = figure("debye", fragment=f"live-debye?{setting}")
    assert live.visit.errors == []
    assert "NaN" not in json.dumps(live.state())
    low, high = (float(live.slider.get_attribute(end)) for end in ("min", "max"))
    assert low <= live.value() <= high


@LIVE
def test_what_is_seen_is_also_said(name, figure):
    live = figure(name)
    for control in live.place.locator("input, select").all():
        said = control.evaluate(
            "(one) => one.getAttribute('aria-label') ?? one.labels[0].textContent"
        )
        assert said.strip(), control
    unit = live.slider.get_attribute("aria-valuetext")
    assert re.search(r"\d|∞", unit)
    for panel in live.place.locator("svg[role=img]").all():
        assert " against " in panel.get_attribute("aria-label")
        assert not re.search(r"10\d", panel.get_attribute("aria-label").split(".")[1])
    status = live.place.locator("[aria-live=polite]")
    assert status.text_content() == ""  # nothing is said before the reader moves
    live.slider.focus()
    live.page.keyboard.press("PageUp")
    live.page.wait_for_function(
        f"() => document.querySelector('#live-{name} [aria-live]').textContent !== ''"
    )
    shown = live.place.locator("svg[role=img]").first
    assert status.text_content() in shown.get_attribute("aria-label")


@LIVE
def test_it_fits_a_narrow_screen_and_follows_its_width(name, figure):
    live = figure(name, viewport={"width": 360, "height": 740})
    assert live.place.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    narrow = live.place.locator("svg.explorer-panel").first.get_attribute("viewBox")
    live.page.set_viewport_size({"width": 1280, "height": 740})
    live.page.wait_for_function(
        "([name, old]) => document.querySelector(`#live-${name} svg.explorer-panel`)"
        ".getAttribute('viewBox') !== old",
        arg=[name, narrow],
    )
    assert live.place.evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_colours_follow_the_page(figure):
    live = figure("debye")
    ink = "() => getComputedStyle(document.querySelector('.explorer')).color"
    seen = []
    for theme in ("light", "dark"):
        live.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        seen.append(live.page.evaluate(ink))
    assert seen[0] != seen[1]


def test_what_needs_python_says_so(html, no_network):
    note = no_network(html / f"{REFIT}.html").page.locator(".explorer-note")
    note.wait_for()
    assert note.count() == 1
    assert "needs Python" in note.text_content()
    # No address of the repository is set here, so there is nowhere to open it.
    assert note.locator("a").count() == 0


def test_with_a_binder_the_note_has_a_button(html, no_network, tmp_path):
    page = (html / f"{REFIT}.html").read_text(encoding="utf-8")
    meta = '<meta name="compendium-binder" content="https://binder.invalid/here">'
    # Beside what it loads, and not in the site, which other tests read at the same time.
    for part in html.iterdir():
        (tmp_path / part.name).symlink_to(part)
    copy = tmp_path / "beside" / "with-binder.html"  # as deep as the page
    copy.parent.mkdir()
    copy.write_text(page.replace("<head>", f"<head>{meta}", 1), encoding="utf-8")
    visit = no_network(copy)
    button = visit.page.locator(".explorer-note a")
    assert button.get_attribute("href") == "https://binder.invalid/here"


@LIVE
def test_a_still_figure_stands_above_for_print_and_without_scripts(name, html):
    page = (html / f"{PAGES[name][0]}.html").read_text(encoding="utf-8")
    on_page = [page for page in PAGES if PAGES[page][0] == PAGES[name][0]]
    before = page.split(VIEW)[on_page.index(name)]
    last_heading = before[before.rindex("<h2>") :]
    assert re.search(r"<figure[^>]*>.*?<img [^>]*alt=", last_heading, re.DOTALL)


@LIVE
def test_it_is_printed_as_a_still_with_its_address(name, figure):
    live = figure(name)
    live.page.emulate_media(media="print")
    assert live.place.locator("svg.explorer-panel").first.is_visible()
    assert live.place.locator(".explorer-value").first.is_visible()
    for what in ("button", "input", ".explorer-link"):
        moving = live.place.locator(what)
        assert [one for one in moving.all() if one.is_visible()] == []
    said = live.place.locator("xpath=following-sibling::p[contains(@class, 'live-address')]")
    assert said.inner_text() == f"Live in the built book: {PAGES[name][0]}.html"
    live.page.emulate_media(media="screen")
    assert not said.is_visible()


def notebook_with_widgets(seed):
    """Return a box with two children, and a forgotten widget, named at random."""
    chance = random.Random(seed)  # noqa: S311 - of no secrets
    box, one, two, gone = (f"{chance.getrandbits(128):032x}" for _ in range(4))
    children = [f"IPY_MODEL_{one}", f"IPY_MODEL_{two}"]
    states = {
        box: {"state": {"children": children}},
        one: {"state": {"value": 1}},
        two: {"state": {"value": 2}},
        gone: {"state": {"value": 3}},
    }
    shown = nbformat.v4.new_output(
        "display_data", {notebooks.VIEW: {"model_id": box, "version_major": 2}}
    )
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("box", id="cell", outputs=[shown])]
    notebook.metadata["widgets"] = {notebooks.WIDGETS: {"state": dict(sorted(states.items()))}}
    return notebook


@pytest.mark.parametrize("builder", ["html", "singlehtml"])
@pytest.mark.parametrize(
    ("site", "where"),
    [
        ("", "Live in the built book: {}.html"),
        ("https://a.example/", 'Live at <a href="https://a.example/{0}.html">'),
    ],
)
def test_paper_has_every_live_figure_with_the_address_of_its_page(builder, site, where, tmp_path):
    for name in ("index", "other"):
        text = "# Page\n\n```{toctree}\nother\n```\n" if name == "index" else "# Other"
        notebook = notebooks.steady_widgets(notebook_with_widgets(0), name)
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="text"))
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    (tmp_path / "conf.py").write_text(
        "extensions = ['myst_nb', 'compendium.live_links']\nhtml_theme = 'basic'\n"
        f"nb_execution_mode = 'off'\nhtml_baseurl = {site!r}\n"
    )
    out = tmp_path / "out"
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, tmp_path, out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in ("index", "other"):
        shown = out / ("index.html" if builder == "singlehtml" else f"{name}.html")
        page = shown.read_text(encoding="utf-8")
        assert where.format(name) in page
        assert f'"model_id": "{name}-widget-1"' in page
        assert f'{{"state": {{"{name}-widget-1":' in page


def test_widgets_get_the_same_names_in_every_build():
    first, *others = (
        nbformat.writes(notebooks.steady_widgets(notebook_with_widgets(seed), "a/b"))
        for seed in range(5)
    )
    assert others == [first] * 4
    states = nbformat.reads(first, as_version=4).metadata["widgets"][notebooks.WIDGETS]["state"]
    assert {name: one["state"].get("value") for name, one in states.items()} == {
        "a-b-widget-1": None,
        "a-b-widget-2": 1,
        "a-b-widget-3": 2,
    }
