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
        keys = [dataset.key for dataset in data]
        if len(set(keys)) < len(keys):
            raise AnalysisError(f"two data of one key among {', '.join(keys)}")
        super().__init__(
            spec=spec.plain(), data=[parts.plain(dataset) for dataset in data], values={}
        )
        self.origin = spec

    def settings(self, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the value of every control: as given, else at its start, within its range.

        Parameters
        ----------
        values : mapping, optional
            Instead of those of the widget.
        """
        values = self.values if values is None else values
        settings: dict[str, Any] = {}
        if self.data:
            keys = [dataset["key"] for dataset in self.data]
            settings["data"] = next((key for key in keys if key == values.get("data")), keys[0])
        for choice in self.origin.controls:
            if isinstance(choice, parts.Choice):
                keys = [key for key, _, _ in choice.options]
                wanted = (str(values.get(choice.name)), choice.start)
                settings[choice.name] = next((o for o in wanted if o in keys), keys[0])
        scope = self._given(settings)
        for slider in self.sliders():
            best = np.nan if slider.fit is None else value_of(slider.fit, scope)
            offered = (values.get(slider.name), slider.start, best)
            numbers = (float(o) for o in offered if o is not None and np.isfinite(o))
            value = next(numbers, slider.low)
            value = np.floor(value + 0.5) if slider.whole else value
            settings[slider.name] = float(min(slider.high, max(slider.low, value)))
        return settings

    def _given(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is chosen and given: controls, and numbers and columns of the data."""
        chosen: dict[str, Any] = next(
            (dataset for dataset in self.data if dataset["key"] == settings.get("data")), {}
        )
        columns, numbers = chosen.get("columns", {}), chosen.get("numbers", {})
        scope: dict[str, Any] = {name: np.array(c, dtype=float) for name, c in columns.items()}
        scope |= {name: np.nan if value is None else value for name, value in numbers.items()}
        for control in self.origin.controls:
            if isinstance(control, parts.Choice):
                scope[control.name] = next(
                    n for key, _, n in control.options if key == settings[control.name]
                )
            elif control.name in settings:
                scope[control.name] = settings[control.name]
        return scope

    def scope(self, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return everything that formulas may use, computed by Python: see `settings`."""
        scope = self._given(self.settings(values))
        for quantity in self.origin.derived:
            if isinstance(quantity, parts.Root):
                scope[quantity.name] = _root(quantity, scope)
            elif isinstance(quantity, parts.RootMeanSquare):
                deviations = np.asarray(value_of(quantity.formula, scope), dtype=float)
                counted = True if quantity.when is None else value_of(quantity.when, scope)
                squares = deviations[np.broadcast_to(counted, deviations.shape)] ** 2
                scope[quantity.name] = np.sqrt(squares.mean()) if squares.size else np.nan
            else:
                scope[quantity.name] = value_of(quantity.formula, scope)
        return scope

    def read(self, values: Mapping[str, Any] | None = None) -> dict[str, float]:
        """Return the numbers below the figure, by label, computed by Python: see `settings`."""
        scope = self.scope(values)
        readings = {}
        for readout in self.origin.readouts:
            if isinstance(readout, parts.Readout):
                is_known = readout.when is None or value_of(readout.when, scope)
                readings[readout.label] = (
                    float(value_of(readout.value, scope)) if is_known else float("nan")
                )
        return readings

    def sliders(self) -> list[parts.Slider]:
        """Return the sliders among the controls."""
        return [control for control in self.origin.controls if isinstance(control, parts.Slider)]


def value_of(formula: Any, scope: Mapping[str, Any]) -> Any:
    """Return the value of a formula or a number."""
    written = parts.plain(formula)
    return evaluate(written["="], scope) if isinstance(written, dict) else written


def _root(root: parts.Root, scope: Mapping[str, Any]) -> float:
    def f(x: float) -> float:
        return float(value_of(root.formula, {**scope, root.of: x}))

    low, high = (float(value_of(end, scope)) for end in (root.low, root.high))
    if not f(low) * f(high) <= 0:
        return float("nan")
    return float(optimize.brentq(f, low, high, xtol=1e-15, rtol=1e-14))
