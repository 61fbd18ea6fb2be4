"""Pages as notebooks: nothing of MyST is left, numbers follow the cells, changes are kept."""

import re
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from test_compose import DATA, FACT_SETS

from compendium import lab_notebooks, page_notebooks, plain_markdown
from compendium.chapters.glue import GLUED, OPEN, filled
from compendium.compose import compose
from compendium.facts import Facts
from compendium.lab_notebooks import (
    head_of,
    notebook_of,
    pages_with_code,
    start_page,
    write_lab,
)
from compendium.notebooks import OK, execute, read_notebook
from compendium.page_notebooks import joined, markdown_of, page_notebook, text_cells
from compendium.plan import BOOK, START, existing_pages
from compendium.sheets import KINDS, template

# A role, a directive, a condition, a label, a name that was not filled in.
RAW = re.compile(
    r"\{[a-z]+(?::[a-z]+)?\}`|^\s*[:`]{3,}\s*\{|^\s*:{3,}|^\s*% (?:if|endif|needs|only)\b"
    rf"|^\([\w-]+\)=\s*$|{OPEN}",
    re.MULTILINE,
)
FACTS = ("the project's own", "one transition", "patterns under pressure", "nothing of use")
PAGE = """\
---
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# A *page*

Early: {glue:text}`late`.

```{code-cell} ipython3
:tags: [parameters]

value: float = 2.0
```

```{code-cell} ipython3
:tags: [remove-cell]

from compendium.chapters.glue import glue_all

glue_all({"now": f"{value:.1f}", "mark": "*a*"})
```

## {glue:text}`now` and more

It is {glue:text}`now` K, {glue:text}`mark`, by $a_b$.

:::{warning}
Mind.

It is {glue:text}`now`.
:::

No number here.

```{code-cell} ipython3
:tags: [remove-cell]

glue_all({"late": f"{2 * value:.1f}"})
```
"""


@pytest.fixture(scope="module")
def compose_all(tmp_path_factory):
    """Return a function that composes the book for a set of facts, and says which pages it has."""
    with pytest.MonkeyPatch.context() as patch:

        def composed(facts):
            folder = tmp_path_factory.mktemp("composed")
            for module in (page_notebooks, lab_notebooks, plain_markdown):
                patch.setattr(module, "COMPOSED", folder)
            patch.setattr(page_notebooks, "EXECUTED", folder / "nothing")
            known = Facts("mine", frozenset(FACT_SETS[facts]), DATA)
            pages = []
            for name in existing_pages():
                page = compose((BOOK / f"{name}.md").read_text("utf-8"), known, file=name)
                if page.present:
                    pages.append(name)
                    (folder / name).parent.mkdir(exist_ok=True)
                    (folder / f"{name}.md").write_text(page.text, encoding="utf-8")
            return pages_with_code(pages)

        yield composed


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Return the name of a small page, composed and not executed."""
    for module in (page_notebooks, lab_notebooks, plain_markdown):
        monkeypatch.setattr(module, "COMPOSED", tmp_path)
    monkeypatch.setattr(page_notebooks, "EXECUTED", tmp_path)
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    return "page"


@pytest.mark.parametrize("facts", FACTS)
def test_nothing_of_myst_is_left_in_any_page(compose_all, facts):
    pages = compose_all(facts)
    for name in pages:
        notebook = notebook_of(name, beside=pages)
        nbformat.validate(notebook)
        assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
        for text in markdown_of(notebook.cells):
            assert not RAW.search(text), (name, text)


def test_equations_boxes_and_headings_are_those_of_the_page(compose_all):
    for name in compose_all("the project's own"):
        if name.startswith("course/"):  # other forms, other tests
            continue
        whole = "\n".join(c.source for c in source(name).cells if c.cell_type == "markdown")
        shown = "\n".join(markdown_of(page_notebook(name).cells))
        for myst, plain in (
            (r"^:label: eq-", r"^\\tag\{\w+\}$"),
            (r"^:::\{(?:admonition|note|tip|warning)\}", r'^<div class="alert alert-\w+">$'),
            (r"^ *:::\{dropdown\}", r"^ *<details><summary>"),
            (r"^#+ ", r"^#+ "),
        ):
            assert count(plain, shown) == count(myst, whole), (name, plain)


def source(name):
    return read_notebook(page_notebooks.COMPOSED / f"{name}.md")


def count(pattern, text):
    return len(re.findall(pattern, text, re.MULTILINE))


def test_code_runs_in_the_order_of_the_page(compose_all):
    for name in compose_all("the project's own"):
        if name.startswith("course/"):
            continue
        code = [cell.source for cell in source(name).cells if cell.cell_type == "code"]
        made = [cell.source for cell in page_notebook(name).cells if cell.cell_type == "code"]
        text, at = "\n\n".join(made), 0
        for one in code:
            at = text.index(one, at) + len(one)


def test_silent_code_goes_before_folded_code_and_no_other():
    def cell(text, *tags, folded=True):
        metadata = {"tags": list(tags)} | ({"jupyter": {"source_hidden": True}} if folded else {})
        return new_code_cell(text, metadata=metadata)

    cells = [
        cell("a", "remove-cell"),
        new_markdown_cell("text"),
        cell("b", "remove-cell"),
        cell("c"),
        cell("d"),
        cell("e", "remove-cell"),
        cell("f", folded=False),
    ]
    assert [one.source for one in joined(cells)] == ["text", "a\n\nb\n\nc", "d", "e", "f"]


def test_a_box_with_a_number_stays_whole_and_a_heading_stays_a_heading(page):
    cells = page_notebook(page).cells
    headings = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert headings == ["# A *page*", "## … and more", "No number here."]
    said = [cell for cell in cells if "say(r'''" in cell.source]
    assert all(cell.metadata.jupyter.source_hidden for cell in said)
    assert [cell.outputs[0].data["text/markdown"].split("\n")[0] for cell in said] == [
        "Early: ….",
        "It is … K, …, by $a_b$.",
    ]
    assert said[1].source.count("<div") == said[1].source.count("</div>") == 1


def test_numbers_follow_the_parameters(page, tmp_path):
    notebook = page_notebook(page)
    for value, shown in ((None, ("2.0", "4.0")), (3.0, ("3.0", "6.0"))):
        done = execute(
            notebook, folder=tmp_path, parameters=None if value is None else {"value": value}
        )
        assert done.status == OK, done.report
        texts = list(markdown_of(done.notebook.cells))
        # What was glued after it, and what is no Markdown.
        assert any(re.search(f"^Early: {re.escape(shown[1])}", plain(text)) for text in texts), (
            texts
        )
        assert any(f"It is {shown[0]} K, *a*, by" in plain(text) for text in texts)
        assert any(r"\*a\*" in text for text in texts)


def plain(text):
    return text.replace("\\", "").strip()


def test_a_page_that_was_executed_has_its_numbers_and_one_whose_code_changed_has_none(
    page, tmp_path
):
    done = execute(read_notebook(tmp_path / "page.md"), folder=tmp_path).notebook
    page_notebooks_write(tmp_path, done)
    texts = [plain(text) for text in markdown_of(page_notebook(page).cells)]
    assert "Early: 4.0." in texts
    assert "## 2.0 and more" in texts
    (tmp_path / "page.md").write_text(PAGE.replace("2 * value", "3 * value"), encoding="utf-8")
    texts = list(markdown_of(page_notebook(page).cells))
    assert "Early: …." in texts
    # A text that changed alone is new, and has the numbers.
    (tmp_path / "page.md").write_text(PAGE.replace("Early", "First"), encoding="utf-8")
    assert "First: 4.0." in [plain(text) for text in markdown_of(page_notebook(page).cells)]


def page_notebooks_write(folder, notebook):
    from compendium.files import write_sealed

    write_sealed(folder / "chapters" / "page.ipynb", nbformat.writes(notebook))


def test_outputs_that_are_of_the_book_alone_are_left_out():
    cell = new_code_cell("x", metadata={"tags": ["hide-input"]})
    data = (
        {GLUED: "'1'"},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}},
        {"text/markdown": "See {eq}`eq-f1`."},
        {"image/png": "aa", "application/vnd.compendium.figure+json": {}},
    )
    cell.outputs = [nbformat.v4.new_output("display_data", one) for one in data]
    shown = page_notebooks.code_cell(cell, where="page.md").outputs
    assert [dict(one.data) for one in shown] == [
        {"text/markdown": "*A live figure: it appears here when this cell has run.*"},
        {"text/markdown": "See eq. 3."},
        {"image/png": "aa"},
    ]


def test_words_of_others_are_no_markdown():
    (cell,) = text_cells("Of ⟦name⟧.", {"name": "<b>$x$</b>"})
    assert cell.outputs[0].data["text/markdown"] == r"Of \<b\>\$x\$\<\/b\>."
    assert filled("⟦nothing⟧", {}) == "…"


# ---------------------------------------------------------------------------- the folder


def test_what_a_reader_changed_is_kept(page, tmp_path):
    lab = tmp_path / "lab"
    assert write_lab([page], lab, title="T") == []
    path = lab / "page.ipynb"
    notebook = nbformat.read(path, as_version=4)
    # JupyterLab writes outputs and metadata of its own; these are no changes.
    notebook.cells[1].outputs = []
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)
    assert write_lab([page], lab, title="T") == []
    notebook.cells[1].source += "\n# mine"
    nbformat.write(notebook, path)
    assert write_lab([page], lab, title="T") == ["page.ipynb"]
    assert "# mine" in path.read_text(encoding="utf-8")
    path.write_text("no notebook", encoding="utf-8")
    assert write_lab([page], lab, title="T") == ["page.ipynb"]
    assert path.read_text(encoding="utf-8") == "no notebook"


def test_what_another_package_had_is_gone_unless_it_was_changed(page, tmp_path):
    for name in ("2-data", "beyond/ledger"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.md").write_text(PAGE, encoding="utf-8")
    lab = tmp_path / "lab"
    write_lab(["2-data", "beyond/ledger"], lab, title="T")
    changed = lab / "beyond" / "ledger.ipynb"
    changed.write_text(changed.read_text(encoding="utf-8").replace("Early", "Mine"), "utf-8")
    (lab / "mine.ipynb").write_bytes((lab / "2-data.ipynb").read_bytes())
    write_lab([page], lab, title="T")
    names = {path.relative_to(lab).as_posix() for path in lab.rglob("*.ipynb")}
    assert names == {START, "page.ipynb", "mine.ipynb", "beyond/ledger.ipynb"}


def test_the_start_page_leads_to_every_notebook_with_time_and_what_to_read(compose_all, tmp_path):
    pages = [page for page in compose_all("the project's own") if page != "index"]
    write_lab(pages, tmp_path, title="A *title*")
    texts = list(markdown_of(nbformat.read(tmp_path / START, as_version=4).cells))
    links = re.findall(r"\]\(([^)]+\.ipynb)\)", texts[0])
    assert links == [f"{page}.ipynb" for page in pages]
    assert all((tmp_path / link).is_file() for link in links)
    assert texts[0].startswith(r"# A \*title\*: the chapters as notebooks")
    assert "“…” in place of each number" in texts[0]
    about, before, time = head_of("3-2-coupling")
    assert about.startswith("Section 3.2 of the paper")
    assert "3.1 Debye temperature" in before
    assert time == "60 minutes"
    assert re.search(r"3-1-debye\.ipynb\): .*`data_file`", texts[1])


def test_links_lead_to_notebooks_that_are_there(compose_all, tmp_path):
    pages = [page for page in compose_all("the project's own") if page != "index"]
    write_lab(pages, tmp_path, title="T")
    links = 0
    for page in pages:
        path = tmp_path / f"{page}.ipynb"
        for text in markdown_of(nbformat.read(path, as_version=4).cells):
            for link in re.findall(r"\]\(((?!https?:)[^)<]+)\)", text):
                assert (path.parent / link).is_file(), (page, link)
                links += 1
    assert links > 10


def test_a_start_page_without_any_parameters_has_no_part_on_own_data(page):
    assert len(start_page([page], title="T").cells) == 1


def test_exercises_are_those_of_students(compose_all):
    compose_all("the project's own")
    cells = notebook_of("course/exercises-coupling").cells
    assert any("your work" in cell.source for cell in cells)
    assert not any("Solution of" in cell.source for cell in cells)


@pytest.mark.parametrize("kind", KINDS)
def test_sheets_are_plain_as_they_are_written(kind):
    texts = [cell.source for cell in read_notebook(template(kind)).cells]
    assert not any(RAW.search(text) for text in texts)


# ---------------------------------------------------------------------------- of the built book


def test_every_page_with_code_offers_its_notebook_with_numbers(html):
    from compendium.plan import planned

    for name in planned()["chapters"]:
        page = (html / f"{name}.html").read_text(encoding="utf-8")
        (link,) = re.findall(r'href="([^"]*_sources/[^"]*\.ipynb)"', page)
        path = ((html / name).parent / link).resolve()
        assert path == html / "_sources" / f"{name}.ipynb"
        for text in markdown_of(nbformat.read(path, as_version=4).cells):
            assert not RAW.search(text), (name, text)
            assert not re.search(r"is …|: …|…[.,] ", text), (name, text)


def test_figures_have_the_numbers_of_the_page(html):
    page = (html / "3-2-coupling.html").read_text(encoding="utf-8")
    numbers = re.findall(r'class="caption-number">Figure (\d+)', page)
    notebook = nbformat.read(html / "_sources" / "3-2-coupling.ipynb", as_version=4)
    captions = re.findall(r"\*\*Figure (\d+)\.\*\*", "\n".join(markdown_of(notebook.cells)))
    assert captions
    assert set(captions) <= set(numbers)


@pytest.mark.builds
def test_papermill_makes_the_same_notebook_of_another_curve(html, tmp_path):
    import papermill

    name = "3-2-coupling.ipynb"
    shutil.copy(html / "_sources" / name, tmp_path)
    before = "\n".join(markdown_of(nbformat.read(tmp_path / name, as_version=4).cells))
    done = papermill.execute_notebook(
        tmp_path / name, tmp_path / "out.ipynb", {"criterion": 0.5}, progress_bar=False
    )
    after = "\n".join(markdown_of(done.cells))
    assert not RAW.search(after)
    assert after != before
