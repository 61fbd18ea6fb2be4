"""Formulas that a browser can compute: the package's own functions, traced.

A function of numpy is called once with symbols in place of numbers. What comes out is a
tree, such as ``["multiply", 2, ["exp", "x"]]``, which JSON carries and a few lines of
JavaScript evaluate. So the browser computes what the package computes, and no formula is
written a second time. Functions that are more than arithmetic travel as tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import ArrayLike
from scipy import special

from analysis.errors import AnalysisError
from analysis.transport.bloch_gruneisen import phonon_term
from analysis.typing import Floats

# What the tree of a formula may hold; explorer.js has the same names.
OPERATIONS: dict[str, Any] = {
    name: getattr(np, name)
    for name in (
        "add", "subtract", "multiply", "divide", "negative", "power", "absolute",
        "exp", "log", "log1p", "sqrt", "sin", "cos", "tan", "arcsin", "hypot",
        "maximum", "minimum",
        "less", "less_equal", "greater", "greater_equal", "equal", "logical_and",
        "where",
    )
}  # fmt: skip
_DIGITS = 11  # of a table's logarithms


class Symbol(NDArrayOperatorsMixin):
    """A quantity without a value; arithmetic on it writes down what would be done.

    Examples
    --------
    >>> x = Symbol("x")
    >>> (2 * np.exp(-x)).tree
    ['multiply', 2, ['exp', ['negative', 'x']]]
    """

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        name = ufunc.__name__
        if method != "__call__" or options or name not in {*OPERATIONS, *TABLES}:
            raise AnalysisError(f"an explorer cannot compute {name}")
        return Symbol([name, *map(tree_of, inputs)])

    __hash__ = None  # type: ignore[assignment]  # as of anything whose == is no truth


def symbols(names: str) -> list[Any]:
    """Return a symbol for each word; typed as numbers are, since they take their place."""
    return [Symbol(name) for name in names.split()]


def tree_of(value: Any) -> Any:
    """Return the tree of a formula: itself if it is a number."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, Symbol):
        return value.tree
    if isinstance(value, str):
        raise AnalysisError(f"{value!r} in a formula: a name is Symbol({value!r})")
    number = float(value)
    if not np.isfinite(number):
        raise AnalysisError(f"a formula cannot hold {number}")
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def where(condition: Any, this: Any, other: Any) -> Symbol:
    """Return a formula that is one of two; only that one is computed."""
    return Symbol(["where", tree_of(condition), tree_of(this), tree_of(other)])


def item(column: str, index: Any) -> Symbol:
    """Return the formula for one value of a column of the data."""
    return Symbol(["item", column, tree_of(index)])


def call(table: str, argument: Any) -> Symbol:
    """Return the formula for a tabulated function, a key of `TABLES`."""
    if table not in TABLES:
        raise AnalysisError(f"no table {table!r}; there are {', '.join(TABLES)}")
    return Symbol([table, tree_of(argument)])


@dataclass(frozen=True)
class Table:
    """A positive function of a positive argument, with its slope; all in logarithms.

    Between its points it is interpolated by cubics that have the right value and slope at
    both ends. Below the first it is constant, above the last a power law.

    Parameters
    ----------
    function : callable
        Takes an array; returns ln f and d ln f / d ln x.
    low, high : float
        Range of x.
    points : int
    """

    function: Any
    low: float
    high: float
    points: int

    def plain(self) -> dict[str, Any]:
        """Return start and step in ln x, values and slopes, for JSON."""
        x = np.geomspace(self.low, self.high, self.points)
        value, slope = self.function(x)
        return {
            "start": float(np.log(self.low)),
            "step": float(np.log(self.high / self.low) / (self.points - 1)),
            "value": [round(float(number), _DIGITS) for number in value],
            "slope": [round(float(number), _DIGITS) for number in slope],
        }

    def exact(self, x: ArrayLike) -> Floats:
        """Return the function itself, not the table; NaN of NaN."""
        x = np.asarray(x, dtype=float)
        some = np.atleast_1d(np.fmax(x, self.low))
        return np.where(np.isnan(x), np.nan, np.exp(self.function(some)[0]).reshape(x.shape))


def _phonons(n: float) -> Any:
    def function(y: Floats) -> tuple[Floats, Floats]:
        term = phonon_term(y, n)
        return np.log(term.value), term.slope / term.value

    return function


def _log_i0e(u: Floats) -> tuple[Floats, Floats]:
    value = special.i0e(u)
    return np.log(value), u * (special.i1e(u) / value - 1)


# y^(1-n) J_n(y) of eq. 1, and exp(-u) I_0(u) of eq. 5.
TABLES = {
    **{f"phonons{n}": Table(_phonons(n), 1e-3, 200, 300) for n in (2, 3, 5)},
    "i0e": Table(_log_i0e, 1e-4, 100, 400),
}


@lru_cache
def plain_table(name: str) -> dict[str, Any]:
    """Return a table for JSON, made once."""
    return TABLES[name].plain()


def names_in(tree: Any) -> set[str]:
    """Return the operations, tables and quantities that a tree names."""
    if isinstance(tree, str):
        return {tree}
    return set().union(*map(names_in, tree)) if isinstance(tree, list) else set()


def evaluate(tree: Any, scope: Mapping[str, Any]) -> Any:
    """Return the value of a tree with numpy and the exact functions.

    Raises
    ------
    AnalysisError
        If the tree names what the scope does not hold.
    """
    if isinstance(tree, str):
        if tree not in scope:
            raise AnalysisError(f"no value for {tree!r} among {', '.join(scope)}")
        return scope[tree]
    if not isinstance(tree, list):
        return tree
    name, *rest = tree
    if name == "item":
        return np.asarray(scope[rest[0]])[int(evaluate(rest[1], scope))]
    values = [evaluate(part, scope) for part in rest]
    with np.errstate(all="ignore"):
        if name in TABLES:
            return TABLES[name].exact(values[0])
        if name == "power":  # numpy refuses integers to negative powers
            values[0] = np.asarray(values[0], dtype=float)
        return OPERATIONS[name](*values)
