"""A composed chapter run without a kernel: its words, tables and figures, for tests of many."""

import ast
from dataclasses import dataclass, field

import IPython.display
import jupytext
import matplotlib as mpl
from matplotlib import pyplot as plt

from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.show.report import Table
from compendium.chapters import figure_files
from compendium.chapters.roles import decide
from compendium.compose import compose
from compendium.facts import facts_of

BOOK = OWN_PACKAGE.parent.parent / "book"


@dataclass
class Run:
    """What the cells of a chapter put out; figures stay open until `close`."""

    text: str
    words: dict[str, str] = field(default_factory=dict)
    shown: list[object] = field(default_factory=list)
    figures: list[object] = field(default_factory=list)

    @property
    def tables(self):
        return [one for one in self.shown if isinstance(one, Table)]

    @property
    def axes(self):
        """All axes that are seen."""
        return [ax for figure in self.figures for ax in figure.axes if ax.axison]

    def said(self):
        """The text and what it shows, for a search of words."""
        return "\n".join([self.text, *map(str, self.shown), *self.words.values()])

    def close(self):
        for figure in self.figures:
            plt.close(figure)


def run_chapter(name, monkeypatch):
    """Compose a chapter for the package of the environment, and run its cells."""
    mpl.use("agg")
    roles = decide()
    page = compose(
        (BOOK / f"{name}.md").read_text(encoding="utf-8"), facts_of(roles), file=f"{name}.md"
    )
    run = Run(page.text)

    def display(data, **how):
        if "metadata" not in how:
            run.shown.append(data)
            return
        run.words[how["metadata"]["scrapbook"]["name"]] = ast.literal_eval(*data.values())

    def show():
        for number in plt.get_fignums():
            run.figures.append(plt.figure(number))
            assert len(figure_files.table(run.figures[-1]).splitlines()) > 2  # as in a book
            plt.close(number)

    monkeypatch.setattr(IPython.display, "display", display)
    monkeypatch.setattr(plt, "show", show)
    monkeypatch.setattr("compendium.chapters.roles.decide", lambda: roles)
    names: dict[str, object] = {}
    with mpl.rc_context():
        for cell in jupytext.reads(page.text, fmt="md:myst").cells:
            if cell.cell_type == "code":
                _run_cell(cell.source, names, run.shown)
    assert plt.get_fignums() == []
    return run


def _run_cell(source, names, shown):
    """Execute statements; the value of an expression that comes last is shown."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)  # noqa: S102 - chapters are ours
    if last is not None:
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
        if value is not None:
            shown.append(value)
