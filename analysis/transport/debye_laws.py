"""Eq. 1 as laws that can be fitted, n given or free; which curves do not determine them."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from analysis.numerics.least_squares import Minimum
from analysis.numerics.scatter import stray_points
from analysis.transport import DEFAULT_LAW
from analysis.transport import bloch_gruneisen as eq_1
from analysis.transport.law import Law, Parameter
from analysis.typing import Floats

if TYPE_CHECKING:
    from analysis.transport.fit import ResistanceFit

THETA_D = Parameter("theta_d", "K", "Debye temperature", "Θ_D", limit="positive")
R_0 = Parameter("r0", "R", "residual resistance", "R_0", limit="doubted")
A = Parameter("a", "R", "amplitude of the phonon term", "A")
G_SAT = Parameter(
    "g_sat", "1/R", "conductance of the saturation channel", "G", "1/R_sat", limit="held"
)
N = Parameter("n", "", "exponent", "n", limit="positive")


def window_starts_late(fit: "ResistanceFit") -> str | None:
    """Warn of a window that starts too far above the curvature that determines Theta_D."""
    start, theta_d = fit.window[0], fit.theta_d.n
    if start <= theta_d / 4:
        return None
    return (
        f"the window starts at {start:.0f} K, above Theta_D/4 = {theta_d / 4:.0f} K: "
        "Theta_D is determined by the weak curvature at high temperature alone"
    )


def window_ends_early(fit: "ResistanceFit") -> str | None:
    """Warn of a window that ends where the resistance is still a power of T."""
    end, theta_d = fit.window[1], fit.theta_d.n
    if end >= theta_d / 3:
        return None
    return (
        f"the window ends at {end:.0f} K, below Theta_D/3 = {theta_d / 3:.0f} K: there R - R_0 is "
        "still close to a power of T, which hardly determines Theta_D"
    )


OPEN_ABOVE = "set no upper limit to the Debye temperature: a power law describes them as well"
# Laws without a Debye temperature: in words, and rows beside a constant.
Without = list[tuple[str, list[Floats]]]


def _terms(_: Floats, x: Floats) -> Without:
    """Return laws with fewer parameters than eq. 1 and no Debye temperature, by their terms."""
    return [("a constant", []), ("a straight line", [x]), ("R_0 + c T^2", [x**2])]


def without_debye(
    minimum: Minimum,
    t: Floats,
    measured: Floats,
    weights: Floats | None,
    *,
    title: str,
    terms: Callable[[Floats, Floats], Without],
) -> str | None:
    """Refuse points that a law without a Debye temperature describes as well.

    By an F test at 0.1 %: a clean curve with enough range lies far beyond it. Residuals so
    smooth that nothing is known of their errors count as ten, lest a misfit of the law be
    taken for scatter that excuses anything. `terms` is of the solver's parameters and T over
    the highest temperature.
    """
    full_weights = np.ones_like(t) if weights is None else weights
    left = minimum.residuals * full_weights
    w, x, r = full_weights**2, t / t[-1], measured
    if (stray := stray_points(left)).any():  # a stray point would make every law acceptable
        w, x, r, left = w[~stray], x[~stray], r[~stray], left[~stray]
    least, fitted = float(left @ left), minimum.fitted
    dof = max(minimum.dof, min(10.0, t.size - fitted))
    r = r - w @ r / w.sum()
    for null, rows in terms(minimum.parameters, x):
        fewer = fitted - 1 - len(rows)
        if fewer < 1 or r.size + fewer <= fitted:
            continue
        left = r
        if rows:
            each = np.stack(rows)
            each = each - (each @ w / w.sum())[:, None]
            left = r - np.linalg.solve((each * w) @ each.T, (each * w) @ r) @ each
        squares = float((w * left) @ left)
        likely = float(special.fdtri(fewer, dof, 0.999))
        if squares <= least * (1 + likely * fewer / dof):
            return f"give no Debye temperature: {null} describes them as well as {title}"
    return None


def _refused(
    minimum: Minimum, t: Floats, measured: Floats, n: float, weights: Floats | None
) -> str | None:
    """Refuse points that do not curve, then points that set no upper limit to Theta_D."""
    refusal = without_debye(minimum, t, measured, weights, title="eq. 1", terms=_terms)
    return refusal or _open_above(minimum, t, measured, n, weights)


def _open_above(
    minimum: Minimum, t: Floats, measured: Floats, n: float, weights: Floats | None
) -> str | None:
    """Refuse points far below Theta_D that an unlimited Theta_D fits as well."""
    if minimum.parameters[0] < 4:  # Theta_D below twice the highest temperature
        return None
    # Beyond 30 times the highest temperature J_5 is its limit to 1e-8: the law is a power law,
    # which knows A/Theta_D^n alone, and no inverse of its squares has a digit that is right.
    if minimum.parameters[0] > 30**2:
        return OPEN_ABOVE
    residuals = minimum.residuals if weights is None else minimum.residuals * weights
    least = float(residuals @ residuals)
    total = t.size if weights is None else float(weights @ weights)
    n = float(minimum.parameters[4]) if minimum.parameters.size > 4 else n
    _, misfit = eq_1.conditional(np.array([20.0, 40.0]) * t[-1], t, measured, n, weights, t[-1])
    if (misfit.min() * total - least) * minimum.dof >= 4 * least:
        return None
    return OPEN_ABOVE


def _start_of_any(t: Floats, r: Floats, n: float, weights: Floats | None) -> list[Floats]:
    """Return the best start among the exponents that theory knows, and the one that is given."""

    def misfit(p: Floats) -> float:
        left = r - eq_1.SolverLaw(t, t[-1], p[4]).value(p)
        return float(left @ left)

    exponents = dict.fromkeys((n, 5.0, 3.0, 2.0))
    guesses = [
        np.r_[eq_1.starts(t, r, exponent, weights)[0], exponent]
        for exponent in exponents
        if eq_1.EXPONENTS[0] < exponent < eq_1.EXPONENTS[1]
    ]
    return [min(guesses, key=misfit)]


EQ_1 = Law(
    name=DEFAULT_LAW,
    title="eq. 1",
    parameters=(THETA_D, R_0, A, G_SAT),
    at=eq_1.SolverLaw,
    starts=eq_1.starts,
    physical=eq_1.physical,
    possible=lambda inner: bool(inner[0] > 0),
    value=eq_1.saturating,
    refusal=_refused,
    reach=(1e-4, 30.0**2),  # Theta_D from a hundredth to 30 times the highest temperature
    needs_below=lambda values: values["theta_d"] / 4,
    checks=(window_starts_late, window_ends_early),
)
EQ_1_FREE = replace(
    EQ_1,
    name="bloch-gruneisen-n",
    title="eq. 1 with n free",
    parameters=(THETA_D, R_0, A, G_SAT, N),
    at=lambda t, t_one, _: eq_1.SolverLaw(t, t_one, None),
    starts=_start_of_any,
    possible=lambda inner: bool(inner[0] > 0 and eq_1.EXPONENTS[0] < inner[4] < eq_1.EXPONENTS[1]),
    value=lambda t, _, /, *, n, **of_eq_1: eq_1.saturating(t, n, by_n=True, **of_eq_1),
    exponent=False,
    patience=60,  # each look makes a table; what does not settle soon is degenerate
)
