"""The data behind a result: name, origin, pressure, and the figure if there is one."""

from math import isfinite
from typing import Any, Protocol

from analysis.errors import DataError, shown
from analysis.numerics.checks import as_number


class Compressed(Protocol):
    """What has a pressure: curves, patterns, data sets and what sheets found in them."""

    @property
    def pressure(self) -> float | None:
        """GPa."""

    @property
    def pressure_error(self) -> float | None:
        """Its standard error, GPa."""

    @property
    def pressure_scale(self) -> str | None:
        """The scale it was read from."""


def stated_data(source: Any) -> dict[str, Any]:
    """Return what results say of a curve or pattern, ready for JSON."""
    keys = ("name", "origin", "pressure", "pressure_error", "pressure_scale")
    stated = {key: getattr(source, key) for key in keys}
    return stated | ({} if source.digitised is None else {"digitised": source.digitised.to_dict()})


def pressure_words(source: Compressed, *, unit: str = " GPa") -> str:
    """Return a pressure with its error and its scale as far as they are known; "" without one.

    Examples
    --------
    >>> from analysis import ResistanceCurve
    >>> measured = {"pressure": 39.6, "pressure_error": 0.3, "pressure_scale": "Fei 2007, gold"}
    >>> pressure_words(ResistanceCurve([4, 5], [1, 2], **measured))
    '39.6 ± 0.3 GPa (Fei 2007, gold)'
    """
    if source.pressure is None:
        return ""
    error = "" if source.pressure_error is None else f" \u00b1 {source.pressure_error:.2g}"
    scale = f" ({source.pressure_scale})" if source.pressure_scale else ""
    return f"{source.pressure:g}{error}{unit}{scale}"


def check_pressure_error(source: Compressed, name: str) -> None:
    """Refuse an error of a pressure that is no finite number from 0 on.

    Raises
    ------
    DataError
    """
    error = source.pressure_error
    if error is None:
        return
    value = as_number(f"{name}: pressure_error", error)
    if not (isfinite(value) and value >= 0):
        raise DataError(f"{name}: pressure_error is {shown(error)}; allowed: GPa from 0 on")
