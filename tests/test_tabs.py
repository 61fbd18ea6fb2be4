"""Tabs of like figures: which cells share them, what stands in each, and what stays outside."""

import IPython.display
import pytest
from docutils import nodes
from docutils.utils import new_document

from compendium import tabs
from compendium.chapters.tabs import tab


def shown(text, *, bold=False):
    """An output of a cell as MyST-NB makes it: a box for each of its types."""
    words = nodes.strong(text, text) if bold else nodes.Text(text)
    box = nodes.container("", nodes.paragraph("", "", words), mime_type=tabs.MARKDOWN)
    return nodes.container("", box, nb_element="mime_bundle")


def cell(*outputs, code="", **settings):
    made = nodes.container(nb_element="cell_code", cell_metadata=settings)
    if code:
        made += nodes.container("", nodes.literal_block(code, code), nb_element="cell_code_source")
    made += nodes.container("", *outputs, nb_element="cell_code_output")
    return made


def page(*children):
    document = new_document("page")
    document += nodes.section("", nodes.title("", "Title"), *children)
    tabs.make_tabs(None, document)
    return document.children[0].children[1:]


def labels_and_texts(row):
    return [(item[0].astext(), item[1].astext().split()) for item in row.children]


def test_neighbouring_cells_share_a_row_and_others_stay_outside():
    one, other = cell(shown("alone"), code="x"), nodes.paragraph("", "between")
    first = cell(shown("a"), code="run 1", tab="Run 1")
    second = cell(shown("b"), tab="Run 2")
    before, row, between, last = page(one, first, second, other, cell(shown("c")))
    assert (before, between) == (one, other)
    assert row["design_component"] == "tab-set"
    assert labels_and_texts(row) == [("Run 1", ["run", "1", "a"]), ("Run 2", ["b"])]
    assert last.astext() == "c"


def test_cells_with_text_between_them_share_nothing():
    between = nodes.paragraph("", "between")
    found = page(cell(shown("a"), tab="A"), between, cell(shown("b"), tab="B"))
    assert not any(node.get("design_component") for node in found)


def test_a_cell_with_bold_lines_is_several_tabs_and_its_code_is_in_the_first():
    outputs = [shown("A", bold=True), shown("a"), shown("B", bold=True), shown("b"), shown("c")]
    (row,) = page(cell(*outputs, code="draw()", tags=["tabs"]))
    assert labels_and_texts(row) == [("A", ["draw()", "a"]), ("B", ["b", "c"])]


@pytest.mark.parametrize("outputs", [[shown("a")], [shown("A", bold=True), shown("a")], []])
def test_a_single_tab_is_none(outputs):
    (left,) = page(cell(*outputs, tags=["tabs"]))
    assert left["nb_element"] == "cell_code"
    assert len(left.children[-1].children) == len(outputs)


def test_a_label_is_a_bold_line_whatever_stands_in_it(monkeypatch):
    displayed = []
    monkeypatch.setattr(IPython.display, "display", displayed.append)
    tab("run *2*", "table")
    assert displayed[0].data == r"**run \*2\***"
    assert displayed[1:] == ["table"]
