"""Results as a terminal shows them: numbers with errors, aligned rows, remarks."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uncertainties import UFloat


def stated(number: Mapping[str, Any]) -> str:
    """Return a number of a result's dictionary with its errors, or that there is none."""
    from uncertainties import ufloat  # noqa: PLC0415 - slow

    from analysis.numerics.summary import Form, form_of, interval_of  # noqa: PLC0415 - slow

    unit, form, (low, high) = number["unit"], form_of(number), interval_of(number)
    if form is Form.NONE:
        return "none, see the warnings"
    if form is Form.ABOUT:
        return f"about {number['value']:.3g} {unit}, error not known".rstrip()
    if form is Form.LIMIT:
        limit = f"> {low:.3g}" if math.isinf(high) else f"< {high:.3g}"
        return f"{limit} {unit}".rstrip() + " (95 %)"
    if form is Form.INTERVAL:
        likely = "" if number["value"] is None else f", likeliest {number['value']:.3g}"
        return f"{between((low, high))} {unit}".rstrip() + f" (95 %{likely})"
    text = with_error(ufloat(number["value"], number["stderr"]), unit)
    part = number.get("systematic")
    return text if part is None else f"{text} (systematic: {part:.2g} {unit}".rstrip() + ")"


def between(interval: Sequence[float]) -> str:
    """Return "9.257 to 9.316": the ends of an interval, to a hundredth of its width."""
    low, high = interval
    width = high - low
    if not 0 < width < math.inf:
        return f"{low:.6g} to {high:.6g}"
    digits = max(0, 2 - math.floor(math.log10(width)) - 1)
    return f"{low:.{digits}f} to {high:.{digits}f}"


def with_error(value: "UFloat", unit: str) -> str:
    """Return "345.1 +- 1.2 K": the error to two digits, the value to the same place."""
    if not value.s or not math.isfinite(value.s):
        return f"{value.n:.6g} {unit}".rstrip()
    return f"{value:.2u} {unit}".replace("+/-", " +- ").rstrip()


def aligned(rows: Sequence[Sequence[str]], indent: str = "") -> str:
    """Return rows of cells as lines with aligned columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join((indent + line).rstrip() for line in lines)


def remarks(label: str, said: Iterable[str]) -> list[str]:
    """Return a line for each remark."""
    return [f"{label}: {remark}" for remark in said]


def plain(value: Any) -> Any:
    """Return what JSON can hold: NaN and infinities, which it cannot, become null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
