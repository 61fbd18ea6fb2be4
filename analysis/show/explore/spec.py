"""What an explorer consists of: controls, data, derived quantities, panels, readouts.

Everything is data, which `Spec.plain` turns into what JSON carries. Any field that says
"formula" takes a number or an `analysis.show.explore.formula.Symbol`; it may use the names of
the controls, of the numbers of the chosen data, of earlier `derived` quantities, and of
what its layer runs over. In texts ``Θ_{D}`` and ``10^{3}`` set lower and raised letters.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np

from analysis.errors import AnalysisError
from analysis.show.explore.formula import TABLES, Symbol, names_in, plain_table, tree_of

Formula = Any  # a number or a Symbol
_DIGITS = 6  # of measured points, which are drawn, not computed with


@dataclass(frozen=True)
class Slider:
    """A number to choose.

    Parameters
    ----------
    name, label, unit : str
    low, high, step : float
        Step of a key press; with `log` a step is 1/200 of the way instead.
    start : float, optional
        Value at first; without it `fit`.
    digits : int
        Significant digits shown.
    log : bool
        Equal ways on the slider are equal ratios.
    at_top : str
        Shown in place of the highest value, such as "∞".
    fit : formula, optional
        The best fit of the chosen data, of which and of choices alone it is made: where the
        slider carries a tick, and where it goes when other data are chosen.
    shown : formula, optional
        What is shown in place of the value.
    whole : bool
        Only whole numbers, as of places in a column.
    """

    name: str
    label: str
    low: float
    high: float
    step: float = 1.0
    start: float | None = None
    unit: str = ""
    digits: int = 3
    log: bool = False
    at_top: str = ""
    fit: Formula = None
    shown: Formula = None
    whole: bool = False


@dataclass(frozen=True)
class Choice:
    """One of a few. `options` are (key, label, number in formulas)."""

    name: str
    label: str
    options: Sequence[tuple[str, str, float]]
    start: str | None = None


@dataclass(frozen=True)
class Derived:
    """A quantity computed once for every change."""

    name: str
    formula: Formula


@dataclass(frozen=True)
class Root:
    """Where `formula`, which rises or falls with `of`, is zero between `low` and `high`.

    Without a change of sign there it has no value.
    """

    name: str
    of: str
    formula: Formula
    low: Formula
    high: Formula


@dataclass(frozen=True)
class RootMeanSquare:
    """Over the rows of the data's columns where `when` holds."""

    name: str
    columns: Sequence[str]
    formula: Formula
    when: Formula = None


@dataclass(frozen=True)
class Layer:
    """What a panel shows: drawn where `when` is true, named in the legend if it has a label."""

    label: str = field(default="", kw_only=True)
    colour: str = field(default="blue", kw_only=True)
    when: Formula = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Curve(Layer):
    """A line y(of) between two values of `of`; x is `of` itself if not given."""

    of: str
    y: Formula
    low: Formula
    high: Formula
    x: Formula = None
    dash: bool = False
    points: int = 240


@dataclass(frozen=True)
class Points(Layer):
    """A point for each row of columns: of the chosen data, or of its own if `data` is given.

    Its `marker` is a dot, or one of `analysis.show.runs.MARKERS`.
    """

    columns: Sequence[str]
    x: Formula
    y: Formula
    error: Formula = None  # half the length of the bar
    x_error: Formula = None
    colour: str = field(default="grey", kw_only=True)
    size: float = 2.5
    data: Mapping[str, Any] | None = None
    marker: str = field(default="o", kw_only=True)


@dataclass(frozen=True)
class Trace(Layer):
    """A line through the rows of columns of the chosen data."""

    columns: Sequence[str]
    x: Formula
    y: Formula


@dataclass(frozen=True)
class Band(Layer):
    """A filled area between two formulas over rows of columns of the chosen data."""

    columns: Sequence[str]
    x: Formula
    lower: Formula
    upper: Formula
    colour: str = field(default="sky", kw_only=True)


@dataclass(frozen=True)
class Mark(Layer):
    """One point that stands out."""

    x: Formula
    y: Formula
    error: Formula = None
    text: str = ""
    x_error: Formula = field(default=None, kw_only=True)
    colour: str = field(default="orange", kw_only=True)
    hollow: bool = False


@dataclass(frozen=True)
class Rule(Layer):
    """A straight line at one x or one y, with a word beside it."""

    x: Formula = None
    y: Formula = None
    text: str = ""
    colour: str = field(default="green", kw_only=True)


@dataclass(frozen=True)
class Span:
    """A shaded range of x with a word in it."""

    low: Formula
    high: Formula
    text: str = ""


@dataclass(frozen=True)
class Axis:
    """Label with unit, and limits."""

    label: str
    low: Formula
    high: Formula


@dataclass(frozen=True)
class Panel:
    """Axes with layers, drawn in their order. `height` is in parts of the width."""

    x: Axis
    y: Axis
    layers: Sequence[Layer | Span]
    height: float = 0.62


@dataclass(frozen=True)
class Readout:
    """A number below the panels, or in a sentence that has its `name`.

    `otherwise` is said where it has none, or `when` is false.
    """

    label: str
    value: Formula
    unit: str = ""
    digits: int = 4
    otherwise: str = "–"
    error: Formula = None
    when: Formula = None
    name: str = ""


@dataclass(frozen=True)
class Saying:
    """A sentence: the first of `cases`, (formula, text), whose formula is true."""

    cases: Sequence[tuple[Formula, str]]


@dataclass(frozen=True)
class Data:
    """One curve, pattern or sample to choose.

    Parameters
    ----------
    key : str
        In links; unique in its explorer.
    label : str
        What the choice shows: which it is, and whether it is measured or synthetic.
    numbers, columns : mapping
        For formulas; columns are sequences of numbers.
    """

    key: str
    label: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Spec:
    """An explorer: `name` stands in links to a setting, `title` and `about` describe it.

    In `sentences` a name in brackets stands for the choice, or for the number, of that name:
    "fitted from [low] on, Θ_{D} is [theta_d]".
    """

    name: str
    title: str
    about: str
    controls: Sequence[Slider | Choice]
    panels: Sequence[Panel]
    readouts: Sequence[Readout | Saying]
    derived: Sequence[Derived | Root | RootMeanSquare] = ()
    data_label: str = "data"
    sentences: Sequence[str] = ()

    def plain(self) -> dict[str, Any]:
        """Return this as JSON carries it, with the tables that its formulas use.

        Raises
        ------
        AnalysisError
            If two controls have one name, or a sentence names what there is not.
        """
        names = [control.name for control in self.controls]
        if len(set(names)) < len(names):
            raise AnalysisError(f"two controls of one name among {', '.join(names)}")
        names_known = {
            *(
                part.name
                for part in (*self.controls, *self.readouts)
                if not isinstance(part, Saying)
            )
        }
        for name in re.findall(r"\[(\w+)\]", " ".join(self.sentences)):
            if name not in names_known:
                raise AnalysisError(
                    f"a sentence has [{name}], which is neither a choice nor a readout"
                )
        content: dict[str, Any] = plain(self)
        tables_used = sorted(all_names(content) & set(TABLES))
        return {**content, "tables": {name: plain_table(name) for name in tables_used}}


def plain(value: Any) -> Any:
    """Return a value as JSON carries it; what is not given is left out.

    A formula becomes ``{"=": tree}``, so that no text is taken for a name.
    """
    if isinstance(value, Symbol):
        return {"=": tree_of(value)}
    if is_dataclass(value) and not isinstance(value, type):
        values = {field.name: getattr(value, field.name) for field in fields(value)}
        kind = {"is": type(value).__name__}
        return kind | {
            name: plain(part)
            for name, part in values.items()
            if isinstance(part, Symbol) or (part is not None and part != "")
        }
    if isinstance(value, np.ndarray):
        return [_number(float(f"{number:.{_DIGITS}g}")) for number in value]
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value if isinstance(value, (str, bool)) or value is None else _number(float(value))


def _number(value: float) -> float | None:
    """JSON has no infinity, and whole numbers are shorter without their ".0"."""
    if not np.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def all_names(content: Any) -> set[str]:
    """Return what the formulas in plain content name."""
    if isinstance(content, dict):
        if "=" in content:
            return names_in(content["="])
        return set().union(*map(all_names, content.values()))
    if isinstance(content, list):
        return set().union(*map(all_names, content))
    return set()
