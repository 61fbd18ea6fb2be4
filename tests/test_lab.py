"""A real JupyterLab: a chapter as it shows it, and the live figures with Python behind them."""

import re
import shutil

import lab
import nbformat
import pytest

CHAPTER = "3-2-coupling.ipynb"


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


# ---------------------------------------------------------------------------- a chapter


@pytest.fixture(scope="module")
def chapter(browser, html, tmp_path_factory):
    """Open a chapter's notebook in JupyterLab, as it comes; yield its page and the notebook."""
    from compendium import browser as tools_browser

    folder = tmp_path_factory.mktemp("chapter")
    shutil.copy(html / "_sources" / CHAPTER, folder)
    with lab.running(folder) as address:
        context = browser.new_context(viewport={"width": 1400, "height": 1600})
        visit = tools_browser.visit(context, address + CHAPTER)
        lab.wait_for_texts(visit.page)
        yield visit, nbformat.read(folder / CHAPTER, as_version=4)
        context.close()


def shown(chapter):
    """Return what the notebook shows as text, without code."""
    return chapter[0].page.evaluate(
        "[...document.querySelectorAll('.jp-Notebook .jp-RenderedMarkdown')]"
        ".map((one) => one.innerText).join('\\n')"
    )


def test_nothing_of_myst_is_seen(chapter):
    text = shown(chapter)
    assert "From the transition to the coupling constant" in text
    for raw in ("{glue", "{eq}", "{term}", "{numref}", "{cite", ":::", "% if", "% needs", "⟦", "…"):
        assert raw not in text
    assert not re.search(r"\$[^$]*\\[a-z]+[^$]*\$", text)  # TeX that nobody has typeset


def test_equations_are_typeset_with_the_papers_numbers(chapter):
    page, notebook = chapter[0].page, chapter[1]
    written = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    displayed = page.locator('.jp-Notebook mjx-container[display="true"]')
    assert displayed.count() == written.count("$$") // 2 > 5
    assert page.locator(".jp-Notebook mjx-container").count() > 2 * displayed.count()
    assert page.locator(".jp-Notebook mjx-merror").count() == 0
    tags = re.findall(r"\\tag\{(\w+)\}", written)
    assert tags[:2] == ["5", "6"]
    assert page.locator(".jp-Notebook mjx-mlabeledtr").count() == len(tags)


def test_admonitions_are_boxes_and_answers_fold(chapter):
    page, notebook = chapter[0].page, chapter[1]
    text = "\n".join(cell.source for cell in notebook.cells)
    for kind, html in ((".alert", '<div class="alert'), ("details > summary", "<details>")):
        assert page.locator(f".jp-Notebook {kind}").count() == text.count(html) > 0
    box = page.locator(".jp-Notebook .alert").first
    assert box.evaluate("(one) => getComputedStyle(one).borderTopWidth") != "0px"
    assert box.locator("mjx-container").count() > 0
    assert box.locator("li").count() == 3


def test_numbers_stand_in_texts_whose_code_is_folded(chapter):
    page, notebook = chapter[0].page, chapter[1]
    said = [cell for cell in notebook.cells if "import say" in cell.source]
    assert said
    assert re.search(r"coefficient of determination is 0\.9\d+", shown(chapter))
    assert page.locator(".jp-InputPlaceholder").count() >= len(said)


def test_nothing_was_asked_of_other_hosts_by_a_chapter(chapter):
    assert chapter[0].asked == []
