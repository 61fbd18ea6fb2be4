"""A chapter composed for a data package and run cell by cell in this process.

What it glues, prints and shows is kept, and every figure is looked at: each of its axes that can be
seen must have data.
"""

import ast
import contextlib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from matplotlib import pyplot as plt

from analysis.show.foreign import visible
from compendium.chapters import glue
from compendium.chapters.roles import decide
from compendium.compose import compose
from compendium.facts import facts_of
from compendium.notebooks import read_notebook

BOOK = Path(__file__).resolve().parent.parent / "book"
# Words that stand for a number that is not there.
PLACEHOLDER = re.compile(r"no value|not computed|not measured|nothing here|\bnan\b|None\b|\{glue")


@dataclass
class Ran:
    """What a reader of the chapter sees: the text with its glued words, tables, figures' titles."""

    text: str
    shown: list[str] = field(default_factory=list)
    glued: dict[str, str] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    @property
    def prose(self):
        """The running text, with the glued words in it."""
        text = re.sub(r"^```.*?^```$", "", self.text, flags=re.DOTALL | re.MULTILINE)
        return re.sub(r"\{glue:text\}`([^`]+)`", lambda found: self.glued[found[1]], text)

    @property
    def tables(self):
        return [one for one in self.shown if one.startswith("| ")]

    def placeholders(self):
        """Return the lines of prose and output that have one."""
        lines = "\n".join([self.prose, *self.shown]).splitlines()
        return [line for line in lines if PLACEHOLDER.search(line)]


def run(chapter, package, folder, monkeypatch, *, results=None):
    """Compose a chapter for a package (a path, or None for the project's own) and run it."""
    trace = folder / "trace"
    monkeypatch.setenv("COMPENDIUM_TRACE", str(trace))
    monkeypatch.delenv("COMPENDIUM_ROLES", raising=False)
    if package is not None:
        monkeypatch.setenv("COMPENDIUM_PACKAGE", str(package))
    if results is not None:
        monkeypatch.setenv("COMPENDIUM_RESULTS", str(results))
    source = (BOOK / f"{chapter}.md").read_text(encoding="utf-8")
    page = compose(source, facts_of(decide()), file=chapter)
    file = folder / "page.md"
    file.write_text(page.text, encoding="utf-8")
    ran = Ran(page.text)
    monkeypatch.setattr(plt, "show", lambda: None)
    monkeypatch.setattr(glue, "glue_all", lambda texts: ran.glued.update(_seen(texts)))
    if trace.exists():
        trace.unlink()
    names = {}
    for cell in read_notebook(file).cells:
        if cell.cell_type == "code":
            _execute(cell.source, names, ran)
    ran.used = {line.partition("\t")[0] for line in trace.read_text().splitlines()}
    return ran


def _seen(texts):
    return {name: visible(text) for name, text in texts.items()}


def _execute(source, names, ran):
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)
        value = last and eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    ran.shown += [printed.getvalue()] * bool(printed.getvalue())
    if hasattr(value, "_repr_markdown_"):
        ran.shown.append(value._repr_markdown_())
    for number in plt.get_fignums():
        for ax in plt.figure(number).axes:
            ran.titles += filter(None, (ax.get_title(), ax.get_title(loc="left")))
            if ax.axison and not ax.has_data():
                ran.empty.append(f"{source[:80]}: {ax.get_ylabel()}")
        plt.close(number)


def missing(ran):
    """Return the sentences about what the package does not have, by their section."""
    return re.findall(r"^This (?:section|chapter) needs .*$", ran.text, flags=re.MULTILINE)

