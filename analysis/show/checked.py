"""What is understood of a file, ready for JSON: of R(T), and what patterns have as well."""

from collections.abc import Sequence
from typing import Any

from analysis.errors import attempt


def checked_curve(file: str, understood: Any, curve: Any) -> dict[str, Any]:
    """Return what is understood of R(T) in a file, and what to watch, ready for JSON."""
    from analysis.transport.drop import find_drop  # noqa: PLC0415 - numpy is slow to import
    from analysis.transport.transition_read import drop_of  # noqa: PLC0415 - as above

    drop = find_drop(curve)
    rate, noted, doubted = _timed(curve, drop)
    said = drop_of(curve)
    watch = [*curve.warnings, *doubted, *([said] if said else [])]
    return {
        **read_of(file, understood),
        "temperature": {**span(curve.temperature), "unit": "K"},
        "resistance": {**span(curve.resistance), "unit": curve.unit},
        **rate,
        "sweeps": understood.sweep.listed() if understood.sweep else [],
        "notes": [*curve.notes, *noted],
        "watch": watch,
    }


def _timed(curve: Any, drop: float | None) -> tuple[dict[str, Any], Sequence[str], Sequence[str]]:
    """Return how fast a curve was swept, and what is noted and doubted of a lag of its sample."""
    if curve.time is None:
        return {}, (), ()
    from analysis.transport.lag import lag_of, range_of, sweep_rate  # noqa: PLC0415 - as above

    low, high = range_of(sweep_rate(curve))
    rate = {"sweep_rate": {"min": low, "max": high, "unit": "K/min"}}
    # Not the window of a fit: where the law fails there, a lag may be why.
    window = (drop or curve.temperature[0], curve.temperature[-1])
    lag, _ = attempt(lambda: lag_of(curve, window))
    if lag is None:
        return rate, (), ()
    return {**rate, "lag": lag.to_dict()}, lag.remarks, lag.warnings


def read_of(file: str, understood: Any) -> dict[str, Any]:
    """Return how a file was read, ready for JSON."""
    record = understood.record
    return {"file": file, **record.to_dict(), "n_points": record.n_points}


def span(values: Any) -> dict[str, float]:
    """Return the range of an array."""
    return {"min": float(values.min()), "max": float(values.max())}
