"""Expressions of Python in JavaScript."""

import ast
import json
from abc import abstractmethod
from collections.abc import Sequence

from compendium.translated.scopes import Writer, bound, once, safe, targets, yields

BINARY = {
    ast.Add: "$add", ast.Sub: "$sub", ast.Mult: "$mul", ast.Div: "$truediv",
    ast.FloorDiv: "$floordiv", ast.Mod: "$mod", ast.Pow: "$pow", ast.MatMult: "$matmul",
    ast.BitAnd: "$and", ast.BitOr: "$or", ast.BitXor: "$xor", ast.LShift: "$lshift",
    ast.RShift: "$rshift",
}  # fmt: skip
COMPARED = {
    ast.Eq: "$eq", ast.NotEq: "$ne", ast.Lt: "$lt", ast.LtE: "$le", ast.Gt: "$gt", ast.GtE: "$ge",
}  # fmt: skip
UNARY = {ast.USub: "$neg", ast.UAdd: "$pos", ast.Invert: "$invert"}


class Expressions(Writer):
    """Returns expressions as texts; those that need statements write them where they stand."""

    @abstractmethod
    def body(self, statements: Sequence[ast.stmt]) -> None:
        """Write statements."""

    @abstractmethod
    def assign(self, target: ast.expr, value: str) -> None:
        """Say that a target becomes what an expression gives."""

    def value(self, node: ast.expr) -> str:
        """Return an expression in JavaScript."""
        method = getattr(self, f"_of_{type(node).__name__}", None)
        if method is None:
            raise self.refuse(node)
        return str(method(node))

    def test(self, node: ast.expr) -> str:
        """Return an expression that is true or false in JavaScript, too."""
        if isinstance(node, ast.BoolOp):
            sign = " && " if isinstance(node.op, ast.And) else " || "
            return f"({sign.join(map(self.test, node.values))})"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"!{self.test(node.operand)}"
        if isinstance(node, ast.Compare) and isinstance(
            node.ops[0], (ast.Is, ast.IsNot, ast.In, ast.NotIn)
        ):
            return self.value(node)
        return f"$truth({self.value(node)})"

    def _of_Constant(self, node: ast.Constant) -> str:
        if node.value is None or isinstance(node.value, (bool, str)):
            # A half of a pair of characters cannot be written as UTF-8.
            return json.dumps(node.value)
        if isinstance(node.value, (int, float)):
            text = repr(node.value)
            return {"inf": "Infinity", "nan": "NaN"}.get(text, text)
        if isinstance(node.value, bytes):
            return f"$bytes({list(node.value)})"
        if node.value is ...:
            return "Ellipsis"
        raise self.refuse(node)

    def _of_Name(self, node: ast.Name) -> str:
        return self.load(node.id)

    def _of_NamedExpr(self, node: ast.NamedExpr) -> str:
        return f"({safe(node.target.id)} = {self.value(node.value)})"

    def _of_Attribute(self, node: ast.Attribute) -> str:
        return f"$attr({self.value(node.value)}, {json.dumps(node.attr)})"

    def _of_Subscript(self, node: ast.Subscript) -> str:
        return f"$get({self.value(node.value)}, {self.value(node.slice)})"

    def _of_Slice(self, node: ast.Slice) -> str:
        ends = (node.lower, node.upper, node.step)
        parts = ("null" if end is None else self.value(end) for end in ends)
        return f"new Slice({', '.join(parts)})"

    def _of_Tuple(self, node: ast.Tuple) -> str:
        return f"$tuple({self._elements(node.elts)})"

    def _of_List(self, node: ast.List) -> str:
        return self._elements(node.elts)

    def _of_Set(self, node: ast.Set) -> str:
        return f"$b.set({self._elements(node.elts)})"

    def _elements(self, nodes: Sequence[ast.expr]) -> str:
        return f"[{', '.join(map(self._element, nodes))}]"

    def _element(self, node: ast.expr) -> str:
        if isinstance(node, ast.Starred):
            return f"...$iter({self.value(node.value)})"
        return self.value(node)

    def _of_Dict(self, node: ast.Dict) -> str:
        parts = [
            f"...$pairs({self.value(value)})"
            if key is None
            else f"[{self.value(key)}, {self.value(value)}]"
            for key, value in zip(node.keys, node.values, strict=True)
        ]
        return f"$dict([{', '.join(parts)}])"

    def _of_BinOp(self, node: ast.BinOp) -> str:
        return f"{BINARY[type(node.op)]}({self.value(node.left)}, {self.value(node.right)})"

    def _of_UnaryOp(self, node: ast.UnaryOp) -> str:
        if isinstance(node.op, ast.Not):
            return f"!{self.test(node.operand)}"
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            return f"-{self.value(node.operand)}"
        return f"{UNARY[type(node.op)]}({self.value(node.operand)})"

    def _of_BoolOp(self, node: ast.BoolOp) -> str:
        *first, last = node.values
        text = self.value(last)
        for operand in reversed(first):
            name = self.fresh()
            text = (
                f"($truth({name} = {self.value(operand)}) ? {text} : {name})"
                if isinstance(node.op, ast.And)
                else f"($truth({name} = {self.value(operand)}) ? {name} : {text})"
            )
        return text

    def _of_Compare(self, node: ast.Compare) -> str:
        left, parts = self.value(node.left), []
        for place, (operation, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
            other = self.value(right)
            if place + 1 < len(node.ops):
                name = self.fresh()
                parts.append(self._compared(operation, left, f"({name} = {other})"))
                left = name
            else:
                parts.append(self._compared(operation, left, other))
        return parts[0] if len(parts) == 1 else f"({' && '.join(f'$truth({p})' for p in parts)})"

    def _compared(self, operation: ast.cmpop, left: str, right: str) -> str:
        if isinstance(operation, ast.Is):
            return f"({left} === {right})"
        if isinstance(operation, ast.IsNot):
            return f"({left} !== {right})"
        if isinstance(operation, ast.In):
            return f"$in({left}, {right})"
        if isinstance(operation, ast.NotIn):
            return f"!$in({left}, {right})"
        return f"{COMPARED[type(operation)]}({left}, {right})"

    def _of_IfExp(self, node: ast.IfExp) -> str:
        parts = self.test(node.test), self.value(node.body), self.value(node.orelse)
        return "({} ? {} : {})".format(*parts)

    def _of_Lambda(self, node: ast.Lambda) -> str:
        return self.function(node, "<lambda>", node.body)

    def _of_JoinedStr(self, node: ast.JoinedStr) -> str:
        parts = [
            json.dumps(part.value) if isinstance(part, ast.Constant) else self.value(part)
            for part in node.values
        ]
        return "({})".format(" + ".join(['""', *parts]))

    def _of_FormattedValue(self, node: ast.FormattedValue) -> str:
        value = self.value(node.value)
        if node.conversion == ord("r"):
            value = f"$b.repr({value})"
        elif node.conversion == ord("s"):
            value = f"$b.str({value})"
        elif node.conversion != -1:
            raise self.refuse(node)
        spec = '""' if node.format_spec is None else self.value(node.format_spec)
        return f"$format({value}, {spec})"

    def _of_Yield(self, node: ast.Yield) -> str:
        return f"(yield {'null' if node.value is None else self.value(node.value)})"

    def _of_YieldFrom(self, node: ast.YieldFrom) -> str:
        return f"(yield* $iter({self.value(node.value)}))"

    def _of_Starred(self, node: ast.Starred) -> str:  # within a subscript: tuple[*...]
        raise self.refuse(node)

    def _of_Call(self, node: ast.Call) -> str:
        arguments = ", ".join([*map(self._element, node.args), *self._keywords(node.keywords)])
        called = node.func
        if isinstance(called, ast.Attribute):
            before = f"{self.value(called.value)}, {json.dumps(called.attr)}"
            return f"$call({before}{', ' if arguments else ''}{arguments})"
        if isinstance(called, ast.Name):
            if called.id == "super" and not arguments:
                return f"$super({self.classes[-1]}, self)"
            text = self.load(called.id)
            return f"{f'$callable({text})' if self._is_local(called.id) else text}({arguments})"
        return f"$callable({self.value(called)})({arguments})"

    def _is_local(self, name: str) -> bool:
        """Tell whether a name is bound in a function: it may be an object with `__call__`."""
        inside = (scope for scope in self.scopes if scope.kind in ("function", "comprehension"))
        return any(name in scope.names for scope in inside)

    def _keywords(self, keywords: Sequence[ast.keyword]) -> list[str]:
        if not keywords:
            return []
        parts = [
            f"...$named({self.value(keyword.value)})"
            if keyword.arg is None
            else f"{json.dumps(keyword.arg)}: {self.value(keyword.value)}"
            for keyword in keywords
        ]
        return [f"new KW({{{', '.join(parts)}}})"]

    def function(
        self, node: ast.FunctionDef | ast.Lambda, name: str, body: Sequence[ast.stmt] | ast.expr
    ) -> str:
        """Return a function as an expression."""
        given = node.args
        first = [argument.arg for argument in (*given.posonlyargs, *given.args)]
        extra = [argument.arg for argument in (given.vararg,) if argument]
        named = [argument.arg for argument in given.kwonlyargs]
        rest = [argument.arg for argument in (given.kwarg,) if argument]
        parameters = [*first, *extra, *named, *rest]
        spec = [f"n: {json.dumps(first)}"]
        if given.defaults:
            spec.append(f"d: [{', '.join(map(self.value, given.defaults))}]")
        if extra:
            spec.append("v: true")
        if named:
            spec.append(f"k: {json.dumps(named)}")
            defaults = [
                f"{json.dumps(argument)}: {self.value(value)}"
                for argument, value in zip(named, given.kw_defaults, strict=True)
                if value is not None
            ]
            spec.append(f"kd: {{{', '.join(defaults)}}}")
        if rest:
            spec.append("r: true")
        statements = [] if isinstance(body, ast.expr) else list(body)
        names = {*parameters, *bound(statements or [body])}  # type: ignore[list-item]
        with self.scope("function", names) as scope, self.collected() as lines:
            if isinstance(body, ast.expr):
                lines.append(f"return {self.value(body)};")
            else:
                self.body(body)
                if not isinstance(body[-1], (ast.Return, ast.Raise)):
                    lines.append("return null;")
        own = sorted(map(safe, names - set(parameters)))
        inside = "\n".join([*self.declared([*own, *scope.temporary]), *lines])
        star = "*" if isinstance(node, ast.FunctionDef) and yields(node) else ""
        arguments = ", ".join(once(map(safe, parameters)))
        called = f" {name}$" if name.isidentifier() else ""  # for the eyes of a profiler
        text = f"function{star}{called} ({arguments}) {{\n{inside}\n}}"
        return f"$function({json.dumps(name)}, {{{', '.join(spec)}}}, {text})"

    def _of_ListComp(self, node: ast.ListComp) -> str:
        return self._comprehended(node, node.elt)

    def _of_SetComp(self, node: ast.SetComp) -> str:
        return f"$b.set({self._comprehended(node, node.elt)})"

    def _of_GeneratorExp(self, node: ast.GeneratorExp) -> str:
        return self._comprehended(node, node.elt, lazily=True)

    def _of_DictComp(self, node: ast.DictComp) -> str:
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return f"$dict({self._comprehended(node, pair)})"

    def _comprehended(self, node: ast.expr, each: ast.expr, *, lazily: bool = False) -> str:
        """Return the list of what a comprehension gives, or the generator.

        The first iterable is evaluated outside, at once, as in Python.
        """
        clauses: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        first = self.value(clauses[0].iter)
        names = targets(clause.target for clause in clauses)
        with self.scope("comprehension", names), self.collected() as lines:
            source = "$first"
            for place, clause in enumerate(clauses):
                item = self.unique()
                if place:
                    source = self.value(clause.iter)
                self.say(f"for (const {item} of $iter({source})) {{")
                self.say(f"let {', '.join(sorted(map(safe, targets([clause.target]))))};")
                self.assign(clause.target, item)
                for condition in clause.ifs:
                    self.say(f"if (!{self.test(condition)}) continue;")
            value = self.value(each)
            self.say(f"yield {value};" if lazily else f"$all.push({value});")
            self.say("}" * len(clauses))
        inside = "\n".join(lines)
        if lazily:
            return f"(function* ($first) {{\n{inside}\n}})({first})"
        return f"(($first) => {{\nconst $all = [];\n{inside}\nreturn $all;\n}})({first})"
