"""What composed pages refer to and no longer have: labels, pages, glued words, variables.

A text that stays when another goes may refer to it. This finds out before anything is executed:
whatever the whole pages define, and the composed ones do not, must not be asked for.
"""

import ast
import builtins
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compendium.compose import Page

CHAPTERS = Path(__file__).parent / "chapters"
_TARGET = re.compile(r"^\(([^\s()]+)\)=\s*$|^\s*:?(?:label|name):\s*([\w-]+)\s*$")
_REFERENCE = re.compile(r"\{(?:numref|ref|eq)\}`(?:[^`<]*<)?([^`<>]+)>?`|\]\(#([\w-]+)\)")
_LINK = re.compile(r"\]\(([^)#\s:]+\.md)(?:#[^)]*)?\)")
_GLUED = re.compile(r"\{glue:\w*\}`([^`]+)`")


@dataclass(frozen=True)
class _Cell:
    """A code cell: the line of its first mark, from 1, and its statements."""

    line: int
    tree: ast.Module


def dangling(pages: Mapping[str, Page]) -> list[str]:
    """Return what is referred to and was left out, each with file and line.

    Parameters
    ----------
    pages : mapping of str to Page
        All pages of the book by name, such as "beyond/ledger".

    Returns
    -------
    list of str
        One sentence each; empty if every reference leads somewhere.
    """
    whole, kept = set(pages), {name for name, page in pages.items() if page.present}
    labels: set[str] = set()
    lasting: set[str] = set()
    for page in pages.values():
        targets = ((number, _TARGET.match(line)) for number, line in _lines(page))
        names = {number: match[1] or match[2] for number, match in targets if match}
        labels |= set(names.values())
        lasting |= {names[number] for number in names.keys() & set(page.numbers) if page.present}
    lacking = []
    for name in sorted(kept):
        page = pages[name]
        glued = _lost_words(page)
        for number, line in _lines(page, page.numbers):
            missing = [f"label {label}" for label in _groups(_REFERENCE, line) & labels - lasting]
            missing += [f"page {linked}" for linked in _linked(line, name) & whole - kept]
            missing += [f"glued word {word}" for word in _groups(_GLUED, line) & glued]
            lacking += [
                f"{name}.md, line {number}: {target} is left out" for target in sorted(missing)
            ]
        lacking += [
            f"{name}.md, line {at}: {variable} is left out"
            for at, variable in _lost_variables(page)
        ]
    return lacking


def _lines(page: Page, numbers: Collection[int] | None = None) -> Iterator[tuple[int, str]]:
    for number in numbers or range(1, len(page.whole) + 1):
        yield number, page.whole[number - 1]


def _groups(pattern: re.Pattern[str], line: str) -> set[str]:
    return {group for match in pattern.finditer(line) for group in match.groups() if group}


def _linked(line: str, name: str) -> set[str]:
    folder = posixpath.dirname(name)
    links = (posixpath.join(folder, link) for link in _groups(_LINK, line))
    return {posixpath.normpath(link).removesuffix(".md") for link in links}


# ---------------------------------------------------------------------------- cells


def _cells(page: Page) -> Iterator[_Cell]:
    inside: list[str] | None = None
    start, options = 0, False
    for number, line in _lines(page):
        if inside is None:
            if line.startswith("```{code-cell}"):
                inside, start, options = [], number, False
        elif line.startswith("```"):
            yield _Cell(start, ast.parse("\n".join(inside)))
            inside = None
        elif line == "---" and (options or not inside):
            options = not options
        elif not options and not (not inside and line.startswith(":")):
            inside.append(line)


def _lost_words(page: Page) -> set[str]:
    """Return the words that only cells glue which are left out."""
    cells = [(cell.line in page.numbers, _words(cell)) for cell in _cells(page)]
    kept = {word for stays, words in cells if stays for word in words}
    return {word for _, words in cells for word in words} - kept


def _words(cell: _Cell) -> set[str]:
    """Return the texts that may be names of glued words: those in what is given to `glue_all`."""
    calls = [call for call in ast.walk(cell.tree) if isinstance(call, ast.Call)]
    given = [
        call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "glue_all"
    ]
    words: set[str] = set()
    for node in (node for call in given for node in ast.walk(call)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words.add(node.value)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            words |= _texts_of(node.value.id, node.attr)
    return words


def _texts_of(module: str, function: str) -> set[str]:
    """Return the texts in a function of a module of `compendium.chapters` and in what it uses."""
    functions = _functions(module)
    words: set[str] = set()
    waiting, seen = [function], set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            elif isinstance(node, ast.Name):
                waiting.append(node.id)
    return words


@cache
def _functions(module: str) -> dict[str, ast.FunctionDef]:
    path = CHAPTERS / f"{module}.py"
    body = ast.parse(path.read_text(encoding="utf-8")).body if path.exists() else []
    return {function.name: function for function in body if isinstance(function, ast.FunctionDef)}


def _lost_variables(page: Page) -> Iterator[tuple[int, str]]:
    """Yield what a cell that stays takes from cells that are left out, with the cell's line."""
    cells = list(_cells(page))
    stored = {name for cell in cells for name in _stored(cell.tree)}
    defined = set(dir(builtins))
    for cell in cells:
        if cell.line in page.numbers:
            defined |= _stored(cell.tree)
            loads = (node for node in ast.walk(cell.tree) if isinstance(node, ast.Name))
            used = {node.id for node in loads if isinstance(node.ctx, ast.Load)}
            yield from ((cell.line, f"variable {name}") for name in sorted(used & stored - defined))


def _stored(tree: ast.Module) -> set[str]:
    """Return the names that statements bind, whatever they are."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return names
