"""The explorer as a widget: alive in a static page by itself, and in JupyterLab with Python."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from scipy import optimize

from analysis.errors import AnalysisError
from analysis.show.explore import spec as parts
from analysis.show.explore.formula import evaluate

_HERE = Path(__file__).parent


class Explorer(anywidget.AnyWidget):
    """A live figure.

    Its picture is computed where it is seen, in the browser. With a kernel behind it,
    ``explorer.values`` follows the sliders, ``explorer.observe(f, "values")`` calls f when
    they move, and `read` computes what stands below the figure with the package itself.

    Parameters
    ----------
    spec : Spec
    data : sequence of Data
        The first is shown at first.

    Attributes
    ----------
    values : dict
        What the controls were set to; those not named stand at their start.
    data : list of dict
        The data as JSON carries them. Assigning draws again.
    """

    _esm = (_HERE / "explorer.js").read_text(encoding="utf-8")
    _css = (_HERE / "explorer.css").read_text(encoding="utf-8")
    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    data: Any = traitlets.List().tag(sync=True)  # not by key: notebooks are stored with sorted keys

    def __init__(self, spec: parts.Spec, data: Sequence[parts.Data] = ()) -> None:
        keys = [one.key for one in data]
        if len(set(keys)) < len(keys):
            raise AnalysisError(f"two data of one key among {', '.join(keys)}")
        super().__init__(spec=spec.plain(), data=[parts.plain(one) for one in data], values={})
        self.origin = spec

    def settings(self, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the value of every control: as given, else at its start, within its range.

        Parameters
        ----------
        values : mapping, optional
            Instead of those of the widget.
        """
        values = self.values if values is None else values
        found: dict[str, Any] = {}
        if self.data:
            keys = [one["key"] for one in self.data]
            found["data"] = next((key for key in keys if key == values.get("data")), keys[0])
        for one in self.origin.controls:
            if isinstance(one, parts.Choice):
                keys = [key for key, _, _ in one.options]
                wanted = (str(values.get(one.name)), one.start)
                found[one.name] = next((o for o in wanted if o in keys), keys[0])
        scope = self._given(found)
        for one in self.sliders():
            best = np.nan if one.fit is None else value_of(one.fit, scope)
            offered = (values.get(one.name), one.start, best)
            numbers = (float(o) for o in offered if o is not None and np.isfinite(o))
            value = next(numbers, one.low)
            value = np.floor(value + 0.5) if one.whole else value
            found[one.name] = float(min(one.high, max(one.low, value)))
        return found

    def _given(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is chosen and given: controls, and numbers and columns of the data."""
        chosen: dict[str, Any] = next(
            (one for one in self.data if one["key"] == settings.get("data")), {}
        )
        columns, numbers = chosen.get("columns", {}), chosen.get("numbers", {})
        scope: dict[str, Any] = {name: np.array(c, dtype=float) for name, c in columns.items()}
        scope |= {name: np.nan if value is None else value for name, value in numbers.items()}
        for one in self.origin.controls:
            if isinstance(one, parts.Choice):
                scope[one.name] = next(n for key, _, n in one.options if key == settings[one.name])
            elif one.name in settings:
                scope[one.name] = settings[one.name]
        return scope

    def scope(self, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return everything that formulas may use, computed by Python: see `settings`."""
        scope = self._given(self.settings(values))
        for one in self.origin.derived:
            if isinstance(one, parts.Root):
                scope[one.name] = _root(one, scope)
            elif isinstance(one, parts.RootMeanSquare):
                found = np.asarray(value_of(one.formula, scope), dtype=float)
                used = True if one.when is None else value_of(one.when, scope)
                squares = found[np.broadcast_to(used, found.shape)] ** 2
                scope[one.name] = np.sqrt(squares.mean()) if squares.size else np.nan
            else:
                scope[one.name] = value_of(one.formula, scope)
        return scope

    def read(self, values: Mapping[str, Any] | None = None) -> dict[str, float]:
        """Return the numbers below the figure, by label, computed by Python: see `settings`."""
        scope = self.scope(values)
        found = {}
        for one in self.origin.readouts:
            if isinstance(one, parts.Readout):
                known = one.when is None or value_of(one.when, scope)
                found[one.label] = float(value_of(one.value, scope)) if known else float("nan")
        return found

    def sliders(self) -> list[parts.Slider]:
        """Return the sliders among the controls."""
        return [one for one in self.origin.controls if isinstance(one, parts.Slider)]


def value_of(formula: Any, scope: Mapping[str, Any]) -> Any:
    """Return the value of a formula or a number."""
    written = parts.plain(formula)
    return evaluate(written["="], scope) if isinstance(written, dict) else written


def _root(one: parts.Root, scope: Mapping[str, Any]) -> float:
    def f(x: float) -> float:
        return float(value_of(one.formula, {**scope, one.of: x}))

    low, high = (float(value_of(end, scope)) for end in (one.low, one.high))
    if not f(low) * f(high) <= 0:
        return float("nan")
    return float(optimize.brentq(f, low, high, xtol=1e-15, rtol=1e-14))
