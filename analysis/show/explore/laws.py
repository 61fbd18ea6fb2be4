"""The package's formulas as the explorers write them down."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.show.explore import spec
from analysis.show.explore.formula import Symbol, call, where
from analysis.show.report import run_label
from analysis.transport import DEFAULT_LAW
from analysis.transport.bloch_gruneisen import bloch_gruneisen_integral, law
from analysis.transport.fit_result import LawFit
from analysis.typing import Floats

EXPONENTS = (5, 3, 2)
MOST_POINTS = 90


def by_exponent(n: Any, values: dict[int, Any]) -> Any:
    """Return a formula that is the value for the chosen one of `EXPONENTS`."""
    five, three, two = (values[exponent] for exponent in EXPONENTS)
    return where(n == 5, five, where(n == 3, three, two))


def resistance(t: Any, theta_d: Any, r0: Any, a: Any, g_sat: Any, n: Any = 5) -> Any:
    """Return eq. 1."""
    y = theta_d / t
    if isinstance(n, Symbol):
        term = by_exponent(n, {exponent: call(f"phonons{exponent}", y) for exponent in EXPONENTS})
    else:
        term = call(f"phonons{n:g}", y)
    return law(term, y, r0, a, g_sat)


def cold_limit(t: Any, theta_d: Any, r0: Any, a: Any, g_sat: Any, n: Symbol) -> Any:
    """Return eq. 1 with J_n for T far below Theta_D, so with T^n."""
    y = theta_d / t
    largest = {
        exponent: float(bloch_gruneisen_integral(np.inf, exponent)) for exponent in EXPONENTS
    }
    return law(by_exponent(n, largest) * y ** (1 - n), y, r0, a, g_sat)


def hot_limit(t: Any, theta_d: Any, r0: Any, a: Any, g_sat: Any, n: Symbol) -> Any:
    """Return eq. 1 with J_n for T far above Theta_D: a straight line in parallel to R_sat."""
    return law(1 / (n - 1), theta_d / t, r0, a, g_sat)


def scaled(fit: LawFit, scale: float, law: str = DEFAULT_LAW) -> dict[str, float]:
    """Return the parameters of a fit of eq. 1 with resistances in parts of `scale`.

    Raises
    ------
    AnalysisError
        If another law than this was fitted: the live figures draw eq. 1.
    """
    if fit.law.name != law:
        raise AnalysisError(
            f"{fit.curve.name}: a live figure draws eq. 1, and the fit is of {fit.law.title}"
        )
    return {
        parameter.name: fit.parameters[parameter.name].n / scale**parameter.power
        for parameter in fit.law.parameters
    }


def label_of(curve: Any) -> str:
    """Return which curve or pattern it is, and where its data come from."""
    parts = [run_label(curve.run) if curve.run else curve.name]
    if curve.pressure is not None:
        parts.append(f"{curve.pressure:g} GPa")
    return ", ".join([*parts, *([curve.origin] if curve.origin else [])])


def measured(
    curve: Any, scale: float, places: NDArray[np.intp] | None = None
) -> dict[str, NDArray[np.float64]]:
    """Return temperatures and resistances in parts of `scale`: of few points, or at places."""
    some = thinned(curve.temperature) if places is None else places
    return {"t": curve.temperature[some], "r": curve.resistance[some] / scale}


def window_rules() -> list[spec.Rule]:
    """Return the lines at the ends of the window, which the data call low and high."""
    return [spec.Rule(x=Symbol("low"), text="window"), spec.Rule(x=Symbol("high"))]


def thinned(x: Floats, *, between: tuple[float, float] = (-np.inf, np.inf)) -> NDArray[np.intp]:
    """Return the places of at most `MOST_POINTS` values, even in x as far as the data are."""
    (inside,) = np.nonzero((x >= between[0]) & (x <= between[1]))
    if inside.size <= MOST_POINTS:
        return inside
    wanted = np.linspace(x[inside].min(), x[inside].max(), MOST_POINTS)
    order = inside[np.argsort(x[inside], kind="stable")]
    return np.unique(order[np.clip(np.searchsorted(x[order], wanted), 0, order.size - 1)])
