"""The live figures in a real JupyterLab: the same widget, with Python behind it."""

import re

import lab
import pytest


@pytest.fixture(scope="module")
def notebook(browser, tmp_path_factory):
    """Open a notebook with live figures in JupyterLab, all cells run."""
    from compendium import browser as tools_browser

    folder = tmp_path_factory.mktemp("lab")
    live = lab.write_live(folder)
    with lab.running(folder) as address:
        context = browser.new_context(viewport={"width": 1400, "height": 1600})
        visit = tools_browser.visit(context, address + live)
        lab.run_all(visit.page)
        yield visit
        context.close()


def slider(page, name):
    return page.locator(f'.explorer input[name="{name}"]')


def test_the_figure_redraws_and_python_sees_the_value(notebook):
    page = notebook.page
    live = page.locator(".explorer").first
    before = live.locator(".explorer-readouts").text_content()
    slider(page, "tc").focus()
    page.keyboard.press("ArrowRight")
    seen = page.get_by_text("Python has seen 58.1 K")
    seen.wait_for()
    after = live.locator(".explorer-readouts").text_content()
    assert before != after
    # What Python computes is what the browser shows.
    said = float(re.search(r"K: ([\d.]+)", seen.text_content()).group(1))
    shown = float(re.search(r"λ ([\d.]+)", after).group(1))
    assert shown == pytest.approx(said, abs=6e-5)


def test_keys_stay_with_the_slider(notebook):
    page = notebook.page
    slider(page, "theta_d").focus()
    for key in ("ArrowDown", "ArrowUp", "ArrowUp", "Home", "End"):
        page.keyboard.press(key)
    assert slider(page, "theta_d").input_value() == "1000"
    assert page.evaluate("document.activeElement.name") == "theta_d"


def test_a_refit_answers_a_move(notebook):
    page = notebook.page
    view = page.locator(".explorer").nth(1)
    before = view.locator(".explorer-readouts").text_content()
    drawn = "(one) => [...one.querySelectorAll('path')].map((p) => p.getAttribute('d')).join()"
    curve = view.evaluate(drawn)
    assert re.search(r"Θ_?D? ?\d{3}\.?\d* ± ", before)
    page.locator(".noUi-handle").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(old) => document.querySelectorAll('.explorer')[1]"
        ".querySelector('.explorer-readouts').textContent !== old",
        arg=before,
    )
    assert view.evaluate(drawn) != curve
    said = view.locator(".explorer-readouts").text_content()
    assert re.search(r"at the criterion \d+\.\d+ ± \d", said)
    ids = page.evaluate("[...document.querySelectorAll('.explorer [id]')].map((one) => one.id)")
    assert len(set(ids)) == len(ids) > 2
    page.get_by_label("saturation, G = 1/R_sat").uncheck()
    page.wait_for_function(
        "() => /R.?max.?\\/R.?sat.? 0(\\D|$)/.test("
        "document.querySelectorAll('.explorer')[1].querySelector('.explorer-readouts').textContent)"
    )


def test_the_sentence_of_a_curve_of_ones_own_can_be_flipped(notebook):
    page = notebook.page
    live = page.locator(".explorer").nth(2)
    theta = live.locator(".explorer-sentence strong").first
    before = theta.text_content()
    live.get_by_role("combobox", name="saturation").select_option("none")
    told = page.get_by_text(re.compile(r"^Python reads \d"))
    told.wait_for()
    assert theta.text_content() != before
    said = float(re.search(r"reads ([\d.]+)", told.text_content()).group(1))
    assert float(theta.text_content().split(" ")[0]) == pytest.approx(said, abs=0.51)


def test_nothing_was_asked_of_other_hosts(notebook):
    assert notebook.asked == []
