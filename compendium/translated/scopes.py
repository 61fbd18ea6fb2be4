"""Names, scopes and lines: what every part of the translator writes with."""

import ast
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

# Words of JavaScript that are names in Python.
_WORDS = """
arguments await break case catch class const continue debugger default delete do else enum
eval export extends false finally for function if implements import in instanceof interface
let new null package private protected public return static super switch this throw true
try typeof undefined var void while with yield NaN Infinity Object Array Math Map Set Symbol
Error Number String Boolean Function
"""
RESERVED = frozenset(_WORDS.split())
FUNCTIONS = (ast.FunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Untranslatable(ValueError):  # noqa: N818 - says what the source is
    """Something in a module that the translator does not know."""


def imported(source: str) -> Iterator[str]:
    """Yield the modules that a source imports anywhere but for its types, as it names them."""
    for node in _running(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it, without what is there for types alone."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not for_types(child):
            yield from _running(child)


def for_types(node: ast.AST) -> bool:
    """Tell whether a statement is there for types alone."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


@dataclass
class Scope:
    """What is bound in a module, function, class or comprehension."""

    kind: str
    names: set[str] = field(default_factory=set)
    temporary: list[str] = field(default_factory=list)


class _Bound(ast.NodeVisitor):
    """Collects the names that statements bind in their own scope."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.outer: set[str] = set()
        self.depth = 0  # of comprehensions, whose names are their own

    def visit(self, node: ast.AST) -> None:
        if not for_types(node):
            super().visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.names.add(node.name)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.names.add(node.name)

    def visit_Lambda(self, _: ast.Lambda) -> None:
        pass

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.names.add(node.target.id)
        self.visit(node.value)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.outer.update(node.names)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store) and not self.depth:
            self.names.add(node.id)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.names.update([node.name] if node.name else [])
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.visit_Import(node)

    def generic_visit(self, node: ast.AST) -> None:
        inside = isinstance(node, COMPREHENSIONS)
        self.depth += inside
        super().generic_visit(node)
        self.depth -= inside


def bound(body: Iterable[ast.AST]) -> set[str]:
    """Return the names that statements bind in their own scope."""
    visitor = _Bound()
    for statement in body:
        visitor.visit(statement)
    return visitor.names - visitor.outer


def targets(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that are assigned in some targets."""
    return {
        part.id
        for node in nodes
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def yields(function: ast.FunctionDef) -> bool:
    """Tell whether a function is a generator."""

    def within(node: ast.AST) -> bool:
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            return False
        return any(within(child) for child in ast.iter_child_nodes(node))

    return any(within(statement) for statement in function.body)


def safe(name: str) -> str:
    """Return a name that JavaScript takes for one."""
    return f"{name}$" if name in RESERVED else name


class Writer:
    """Collects the lines of a module and knows which names are bound where."""

    def __init__(self, name: str, left: Callable[[str], bool]) -> None:
        self.name, self.left = name, left
        self.scopes: list[Scope] = []
        self.out: list[str] = []
        self.classes: list[str] = []
        self.caught: list[str] = []
        self.count = 0

    @contextmanager
    def scope(self, kind: str, names: set[str]) -> Iterator[Scope]:
        """Bind names in a module, function, class or comprehension while its lines are written."""
        self.scopes.append(Scope(kind, names))
        try:
            yield self.scopes[-1]
        finally:
            self.scopes.pop()

    @contextmanager
    def collected(self) -> Iterator[list[str]]:
        """Give what is written meanwhile, in place of writing it."""
        outer, self.out = self.out, []
        try:
            yield self.out
        finally:
            self.out = outer

    @staticmethod
    def declared(names: Sequence[str]) -> list[str]:
        """Return the line that declares names, if there are any."""
        return [f"let {', '.join(names)};"] if names else []

    def say(self, line: str) -> None:
        """Write a line."""
        self.out.append(line)

    def fresh(self) -> str:
        """Return a new name, declared in the innermost function."""
        name = self.unique()
        for scope in reversed(self.scopes):
            if scope.kind in ("function", "module", "class"):
                scope.temporary.append(name)
                break
        return name

    def unique(self) -> str:
        """Return a new name that is declared where it is used."""
        self.count += 1
        return f"$${self.count}"

    def refuse(self, node: ast.AST, what: str = "") -> Untranslatable:
        """Return the refusal of a node, with its line."""
        line = getattr(node, "lineno", "?")
        return Untranslatable(f"{self.name}, line {line}: {what or type(node).__name__}")

    def load(self, name: str) -> str:
        """Return a name where it is read: of this scope, of one around it, or built in."""
        for place, scope in enumerate(reversed(self.scopes)):
            if name in scope.names:
                if scope.kind != "class":
                    return safe(name)
                if place == 0:
                    return f"$ns[{json.dumps(name)}]"
        return f"$b.{name}"

    def store(self, name: str) -> str:
        """Return a name where it is written."""
        if self.scopes[-1].kind == "class":
            return f"$ns[{json.dumps(name)}]"
        return safe(name)


def once(names: Iterable[str]) -> Iterator[str]:
    """Yield names; those that come again, as `_` may, get a mark."""
    seen: set[str] = set()
    for name in names:
        yield name if name not in seen else f"{name}${len(seen)}"
        seen.add(name)
