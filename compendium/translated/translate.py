"""A module of Python as JavaScript, so that the pages compute what the package computes.

The package's own functions run in the browser: `translated` turns the source of one module
into one function of JavaScript, statement by statement, on a runtime (folder ``runtime``) that
gives operators, calls, classes and containers their meaning in Python. What the package does
not use, the translator refuses by name; it does not guess.
"""

import ast
import json
from collections.abc import Callable, Sequence

from compendium.translated.expressions import BINARY, Expressions
from compendium.translated.scopes import bound, for_types, safe


def translated(source: str, name: str, left: Callable[[str], bool] = lambda _: False) -> str:
    """Return a module as a definition in JavaScript.

    Parameters
    ----------
    source : str
    name : str
        Of the module: "analysis.transport.fit".
    left : callable
        Of the name of a module: whether it stays behind. What is imported from it is a function
        that refuses.

    Raises
    ------
    Untranslatable
        If the source holds what the translator does not know; the message says what and where.
    """
    tree = ast.parse(source)
    return _Module(name, left).text(tree)


class _Module(Expressions):
    """Translates one module: its statements."""

    def text(self, tree: ast.Module) -> str:
        names = bound(tree.body)
        with self.scope("module", names) as scope, self.collected() as lines:
            self.body(tree.body)
        ordered = sorted(names)
        head = self.declared([*map(safe, ordered), *scope.temporary])
        last = ", ".join(f"{json.dumps(name)}: () => {safe(name)}" for name in ordered)
        inside = "\n".join([*head, f"$namespace($m, {{{last}}});", *lines])
        return f"$define({json.dumps(self.name)}, ($m) => {{\n{inside}\n}});\n"

    def body(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        method = getattr(self, f"_do_{type(node).__name__}", None)
        if method is None:
            raise self.refuse(node)
        method(node)

    def _do_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):  # a docstring
            return
        if isinstance(node.value, ast.Yield):
            value = "null" if node.value.value is None else self.value(node.value.value)
            self.say(f"yield {value};")
        else:
            self.say(f"{self.value(node.value)};")

    def _do_Pass(self, _: ast.Pass) -> None:
        pass

    def _do_Break(self, _: ast.Break) -> None:
        self.say("break;")

    def _do_Continue(self, _: ast.Continue) -> None:
        self.say("continue;")

    def _do_Nonlocal(self, _: ast.Nonlocal) -> None:
        pass

    def _do_Return(self, node: ast.Return) -> None:
        self.say(f"return {'null' if node.value is None else self.value(node.value)};")

    def _do_Assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        if len(node.targets) > 1:
            name = self.fresh()
            self.say(f"{name} = {value};")
            value = name
        for target in node.targets:
            self.assign(target, value)

    def _do_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.value(node.value))

    def _do_AugAssign(self, node: ast.AugAssign) -> None:
        by, operation = self.value(node.value), BINARY[type(node.op)]
        if isinstance(node.target, ast.Name):
            old = self.load(node.target.id)
            self.say(f"{self.store(node.target.id)} = $inplace({operation}, {old}, {by});")
            return
        if isinstance(node.target, ast.Attribute):
            name = self.fresh()
            of = json.dumps(node.target.attr)
            self.say(f"{name} = {self.value(node.target.value)};")
            self.say(f"$set({name}, {of}, $inplace({operation}, $attr({name}, {of}), {by}));")
            return
        if isinstance(node.target, ast.Subscript):
            name, key = self.fresh(), self.fresh()
            self.say(f"{name} = {self.value(node.target.value)};")
            self.say(f"{key} = {self.value(node.target.slice)};")
            self.say(f"$put({name}, {key}, $inplace({operation}, $get({name}, {key}), {by}));")
            return
        raise self.refuse(node)

    def assign(self, target: ast.expr, value: str) -> None:
        """Say that a target becomes what an expression gives."""
        if isinstance(target, ast.Name):
            self.say(f"{self.store(target.id)} = {value};")
        elif isinstance(target, ast.Attribute):
            self.say(f"$set({self.value(target.value)}, {json.dumps(target.attr)}, {value});")
        elif isinstance(target, ast.Subscript):
            self.say(f"$put({self.value(target.value)}, {self.value(target.slice)}, {value});")
        elif isinstance(target, (ast.Tuple, ast.List)):
            name = self.fresh()
            stars = [i for i, element in enumerate(target.elts) if isinstance(element, ast.Starred)]
            before = stars[0] if stars else len(target.elts)
            after = len(target.elts) - before - 1 if stars else -1
            self.say(f"{name} = $unpack({value}, {before}, {after});")
            for place, element in enumerate(target.elts):
                inner = element.value if isinstance(element, ast.Starred) else element
                self.assign(inner, f"{name}[{place}]")
        else:
            raise self.refuse(target)

    def _do_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Subscript):
                raise self.refuse(node)
            self.say(f"$delete({self.value(target.value)}, {self.value(target.slice)});")

    def _do_If(self, node: ast.If) -> None:
        if for_types(node):
            return
        self.say(f"if ({self.test(node.test)}) {{")
        self.body(node.body)
        if node.orelse:
            self.say("} else {")
            self.body(node.orelse)
        self.say("}")

    def _do_While(self, node: ast.While) -> None:
        if node.orelse:
            raise self.refuse(node, "while ... else")
        self.say(f"while ({self.test(node.test)}) {{")
        self.body(node.body)
        self.say("}")

    def _do_For(self, node: ast.For) -> None:
        each, ended = self.unique(), self.fresh() if node.orelse else ""
        if ended:
            self.say(f"{ended} = true;")
        self.say(f"for (const {each} of $iter({self.value(node.iter)})) {{")
        self.assign(node.target, each)
        with self.collected() as lines:
            self.body(node.body)
        for line in lines:
            # Only this loop's own: the else of a loop with another inside is not used.
            self.say(f"{ended} = false; break;" if ended and line == "break;" else line)
        self.say("}")
        if ended:
            self.say(f"if ({ended}) {{")
            self.body(node.orelse)
            self.say("}")

    def _do_Raise(self, node: ast.Raise) -> None:
        if node.exc is None:
            self.say(f"throw {self.caught[-1]};")
        else:
            self.say(f"throw $raised({self.value(node.exc)});")

    def _do_Try(self, node: ast.Try) -> None:
        fine = self.fresh() if node.orelse else ""
        apart = bool(fine and node.finalbody)  # what stands under else is guarded by finally alone
        if fine:
            self.say(f"{'try {' if apart else ''}{fine} = false;")
        self.say("try {")
        self.body(node.body)
        if fine:
            self.say(f"{fine} = true;")
        if node.handlers:
            error = self.unique()
            self.say(f"}} catch ({error}) {{")
            self.caught.append(error)
            self.handlers(node.handlers, error)
            self.caught.pop()
        if fine:
            self.say(f"}} if ({fine}) {{")
            self.body(node.orelse)
            self.say("}")
        if node.finalbody:
            self.say("} finally {")
            self.body(node.finalbody)
        if node.finalbody or not fine:
            self.say("}")

    def handlers(self, handlers: Sequence[ast.ExceptHandler], error: str) -> None:
        for place, handler in enumerate(handlers):
            kind = "$b.BaseException" if handler.type is None else self.value(handler.type)
            self.say(f"{'} else ' if place else ''}if ($b.isinstance({error}, {kind})) {{")
            if handler.name:
                self.say(f"{self.store(handler.name)} = {error};")
            self.body(handler.body)
        self.say(f"}} else throw {error};")

    def _do_With(self, node: ast.With) -> None:
        self.within(node.items, node.body)

    def within(self, items: Sequence[ast.withitem], body: Sequence[ast.stmt]) -> None:
        if not items:
            self.body(body)
            return
        item, *rest = items
        manager, fine, error = self.unique(), self.unique(), self.unique()
        self.say(f"{{ const {manager} = {self.value(item.context_expr)}; let {fine} = true;")
        entered = f"{manager}.__enter__()"
        if item.optional_vars is None:
            self.say(f"{entered};")
        else:
            self.assign(item.optional_vars, entered)
        self.say("try {")
        self.within(rest, body)
        self.say(f"}} catch ({error}) {{ {fine} = false;")
        self.say(
            f"if (!$truth({manager}.__exit__($b.type({error}), {error}, null))) throw {error};"
        )
        self.say(f"}} finally {{ if ({fine}) {manager}.__exit__(null, null, null); }} }}")

    # What is imported.

    def _do_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            name = alias.asname or whole
            self.say(f"{self.store(name)} = $import({json.dumps(whole)});")
            if whole != alias.name:
                self.say(f"$import({json.dumps(alias.name)});")

    def _do_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level:
            raise self.refuse(node, "a relative import")
        for alias in node.names:
            module, name = json.dumps(node.module), json.dumps(alias.name)
            behind = self.left(str(node.module)) or self.left(f"{node.module}.{alias.name}")
            how = "$behind" if behind else "$from"
            self.say(f"{self.store(alias.asname or alias.name)} = {how}({module}, {name});")

    def _do_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.decorated(node, self.function(node, node.name, node.body))

    def decorated(self, node: ast.FunctionDef | ast.ClassDef, text: str) -> None:
        target = self.store(node.name)
        self.say(f"{target} = {text};")
        for decorator in reversed(node.decorator_list):
            self.say(f"{target} = {self.value(decorator)}({target});")

    def _do_ClassDef(self, node: ast.ClassDef) -> None:
        bases = ", ".join(map(self.value, node.bases))
        fields = [
            statement.target.id
            for statement in node.body
            if isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and "ClassVar" not in ast.unparse(statement.annotation)
        ]
        self.classes.append(safe(node.name))
        with self.scope("class", bound(node.body)) as scope, self.collected() as lines:
            self.body(node.body)
        self.classes.pop()
        inside = "\n".join([*self.declared(scope.temporary), "const $ns = {};", *lines])
        about = f"{json.dumps(node.name)}, [{bases}], {json.dumps(fields)}, $m"
        self.decorated(node, f"$class({about}, () => {{\n{inside}\nreturn $ns;\n}})")
