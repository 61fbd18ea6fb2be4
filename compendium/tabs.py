"""Sphinx extension: figures or tables that are alike stand in one place, in tabs.

A cell with ``tab: LABEL`` among its settings is a tab. A cell with the tag ``tabs`` is several,
where the labels are computed: it shows a bold line before each (`compendium.chapters.tabs.tab`).
Neighbouring cells of both kinds share a row of tabs.

The tabs are those of sphinx-design: radio buttons and a style sheet, which work without a script,
from a file, and by the arrow keys. On paper all are printed (``book/_static/compendium.css``).
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from docutils import nodes
from sphinx.application import Sphinx
from sphinx_design.shared import create_component

LABEL, SEVERAL = "tab", "tabs"
MARKDOWN = "text/markdown"


def make_tabs(_: Sphinx, doctree: nodes.document) -> None:
    """Put neighbouring cells that are tabs into one row of tabs."""
    cells = [node for node in doctree.findall(nodes.container) if _is_tab(node)]
    for parent in dict.fromkeys(cell.parent for cell in cells):
        for tabs, neighbours in groupby(list(parent.children), key=_is_tab):
            row = list(neighbours) if tabs else []
            items = [item for cell in row for item in _items(cell)]
            if len(items) > 1:  # a single one needs no label
                tab_set = create_component("tab-set", ["sd-tab-set"], children=items)
                parent.insert(parent.index(row[0]), tab_set)
                for cell in row:
                    parent.remove(cell)


def _is_tab(node: nodes.Node) -> bool:
    if not isinstance(node, nodes.container) or node.get("nb_element") != "cell_code":
        return False
    if not node.children:  # neither code nor output is shown
        return False
    settings = node["cell_metadata"]
    return LABEL in settings or SEVERAL in settings.get("tags", ())


def _items(cell: nodes.container) -> Iterator[nodes.container]:
    """Yield the tabs of a cell, each with a copy of the cell around its part of the outputs."""
    label = cell["cell_metadata"].get(LABEL)
    if label:
        yield _item(label, cell.deepcopy())
        return
    *code, output = cell.children
    for label, shown in _labelled(output.children):
        part, own = cell.copy(), output.copy()
        own += [node.deepcopy() for node in shown]
        part += [*(node.deepcopy() for node in code), own]
        code = []  # the cell's source stands in the first tab
        yield _item(label, part)


def _labelled(outputs: Sequence[nodes.Node]) -> Iterator[tuple[str, list[nodes.Node]]]:
    """Yield each label with the outputs up to the next; what comes before the first is lost."""
    label = ""
    shown: list[nodes.Node] = []
    for output in outputs:
        if line := _bold_line(output):
            if label:
                yield label, shown
            label, shown = line, []
        else:
            shown.append(output)
    if label:
        yield label, shown


def _bold_line(output: nodes.Node) -> str:
    """Return the bold line that is all of an output, or "" for another output."""
    for box in output.findall(nodes.container):
        if box.get("mime_type") == MARKDOWN and len(box.children) == 1:
            strong = list(box.findall(nodes.strong))
            if len(strong) == 1 and strong[0].astext() == box.astext():
                return str(strong[0].astext())
    return ""


def _item(label: str, content: nodes.Node) -> nodes.container:
    title = nodes.rubric(label, "", nodes.Text(label), classes=["sd-tab-label"])
    shown = create_component("tab-content", ["sd-tab-content"], children=[content])
    return create_component("tab-item", ["sd-tab-item"], children=[title, shown])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", make_tabs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
