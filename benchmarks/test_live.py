"""The live figures: how long a move takes to be seen, beside the screen's own frames.

The unit is the time between two frames of the same browser when it does nothing (about
16.7 ms), or a bare answer of the same kernel. Times in ms are noted, not compared.
"""

import statistics
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT / "tests")]

import lab  # noqa: E402
from live_figures import PAGES  # noqa: E402

from compendium import browser as tools_browser  # noqa: E402

IDLE = """async () => {
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let i = 0; i < 60; i++) {
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    return times;
}"""
REDRAW = """(input) => {
    const times = [], { min, max } = input;
    for (let i = 0; i < 60; i++) {
        input.value = Number(min) + ((Number(max) - Number(min)) * (i % 30)) / 30;
        const start = performance.now();
        input.dispatchEvent(new Event("input", { bubbles: true }));
        times.push(performance.now() - start);
    }
    return times;
}"""
WATCH = """() => {
    window.frames_seen = [];
    let last = performance.now();
    const next = (now) => {
        window.frames_seen.push(now - last);
        last = now;
        window.watching = requestAnimationFrame(next);
    };
    window.watching = requestAnimationFrame(next);
}"""


@pytest.fixture(scope="module")
def browser():
    if tools_browser.chromium() is None:
        pytest.skip(f"this {tools_browser.MISSING}")
    with tools_browser.launched() as running:
        yield running


@pytest.fixture
def visit(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield lambda where: tools_browser.visit(context, where)
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_redraw_fits_into_a_frame(name, visit, note):
    page_name, slider = PAGES[name]
    page = visit(ROOT / "_build" / "html" / f"{page_name}.html").page
    page.wait_for_function("() => document.documentElement.dataset.explorers === 'ready'")
    frame = statistics.median(page.evaluate(IDLE))
    one = page.locator(f"#live-{name} input[name={slider}]")
    one.scroll_into_view_if_needed()
    redraw = statistics.median(one.evaluate(REDRAW))
    box = one.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 10, middle)
    page.mouse.down()
    page.evaluate(WATCH)
    for step in range(60):
        page.mouse.move(box["x"] + 10 + step * (box["width"] - 20) / 60, middle)
    page.evaluate("cancelAnimationFrame(window.watching)")
    worst = page.evaluate("Math.max(...window.frames_seen)")
    page.mouse.up()
    note(f"{name}: slider to redraw, median, ms", redraw)
    note(f"{name}: worst frame in a drag of 60 steps, ms", worst)
    assert redraw < frame
    assert worst < 3 * frame


@pytest.mark.parametrize("name", ["3-1-debye", "3-2-coupling", "3-3-pressures", "3-4-pressure"])
def test_the_first_figure_is_live_soon_after_the_page(name, visit, note):
    page = visit(ROOT / "_build" / "html" / f"{name}.html").page
    page.wait_for_function("() => document.documentElement.dataset.explorers === 'ready'")
    loaded, live = page.evaluate(
        "() => [performance.timing.loadEventEnd - performance.timing.navigationStart, "
        "performance.getEntriesByName('explorer-live')[0].startTime]"
    )
    note(f"{name}: loaded, ms", loaded)
    note(f"{name}: first live figure, ms", live)
    assert live < 2 * loaded


def test_a_refit_beside_a_bare_answer(browser, tmp_path, note):
    live = lab.write_live(tmp_path)
    with lab.running(tmp_path) as address:
        context = browser.new_context(viewport={"width": 1400, "height": 1600})
        page = tools_browser.visit(context, address + live).page
        lab.run_all(page)
        bare = statistics.median(
            lab.values_of(
                page,
                "(i) => { const one = document.querySelector('.explorer input[name=tc]');"
                "one.value = 50 + i; one.dispatchEvent(new Event('input', {bubbles: true})); }",
                20,
                "() => [...document.querySelectorAll('.widget-label')]"
                ".find((one) => one.textContent.startsWith('Python')).textContent",
            )
        )
        refit = statistics.median(
            lab.values_of(
                page,
                "(i) => document.querySelector('.noUi-handle').dispatchEvent("
                "new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}))",
                20,
                "() => document.querySelectorAll('.explorer')[1]"
                ".querySelector('.explorer-readouts').textContent",
            )
        )
        context.close()
    note("JupyterLab: slider to Python and back, ms", bare)
    note("JupyterLab: slider to refit, drawn, ms", refit)
    assert refit < 4 * bare
