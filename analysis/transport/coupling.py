"""From Debye temperature and T_c to the electron-phonon coupling constant, and back.

All three formulas have the form::

    T_c = Theta/c exp(-1.04 (1 + lambda) / (lambda - mu* (1 + 0.62 lambda))) f1 f2

"mcmillan"
    c = 1.45, f1 = f2 = 1: McMillan, Phys. Rev. 167, 331 (1968).
"advanced"
    c = 1.45 with f1 and f2*: eqs. 2-4 of arXiv:2401.00804.
"allen-dynes"
    c = 1.2 with f1 and f2*. Allen and Dynes, Phys. Rev. B 12, 905 (1975), have the
    logarithmic mean of the phonon frequencies in place of Theta and a ratio of two
    means in f2; Theta_D stands in for the first, f2* for the second.

with::

    f1  = (1 + (lambda / (2.46 (1 + 3.8 mu*)))^(3/2))^(1/3)             (eq. 3)
    f2* = 1 + (0.0241 - 0.0735 mu*) lambda^2                            (eq. 4)
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import uncertainties.unumpy
from scipy.optimize import elementwise

from analysis.errors import AnalysisError
from analysis.typing import Floats

FORMULAS = ("advanced", "mcmillan", "allen-dynes")
# f2* falls with lambda for larger mu*, so that T_c(lambda) would turn over.
MU_STAR_LIMIT = 0.0241 / 0.0735
# McMillan's exponent was fitted to solutions of Eliashberg's equations up to about here.
STRONGEST_FITTED = 1.5


class ValidityWarning(UserWarning):
    """A formula is used outside the range that it was made for."""


def critical_temperature(
    coupling: Any, *, theta_d: Any, mu_star: Any = 0.13, formula: str = "advanced"
) -> Any:
    r"""Return the critical temperature for an electron-phonon coupling constant.

    .. math::

        T_c = \frac{\Theta_D}{1.45} \exp\left(-\frac{1.04 (1 + \lambda)}{\lambda - \mu^*
        (1 + 0.62 \lambda)}\right) f_1 f_2^*

    Parameters
    ----------
    coupling : float, array_like or ufloat
        Electron-phonon coupling constant lambda.
    theta_d : float, array_like or ufloat
        Debye temperature, K, above 0.
    mu_star : float, array_like or ufloat
        Coulomb pseudopotential, from 0 up to 0.328.
    formula : {"advanced", "mcmillan", "allen-dynes"}
        See the module.

    Returns
    -------
    float, ndarray or ufloat
        T_c in K, of the same kind as the arguments, which broadcast.

    Raises
    ------
    AnalysisError
        If an argument is out of its range, or lambda is not above
        mu*/(1 - 0.62 mu*), where the exponent has its pole.

    Warns
    -----
    ValidityWarning
        If lambda exceeds 1.5.

    Notes
    -----
    Equations 2-4 of arXiv:2401.00804.

    Examples
    --------
    >>> print(f"{critical_temperature(1.5, theta_d=518):.3f} K")
    49.717 K
    """
    _check(theta_d, mu_star, formula)
    lam, mu = nominal(coupling), nominal(mu_star)
    pole = mu / (1 - 0.62 * mu)
    if not (lam > pole).all():
        raise AnalysisError(
            f"lambda must be above mu*/(1 - 0.62 mu*) = {np.max(pole):.4g}, where the exponent "
            f"has its pole; got {np.min(lam):.4g}"
        )
    _warn_strong(lam)

    def value(lam: Floats, theta: Floats, mu: Floats) -> Floats:
        return np.asarray(theta * np.exp(log_ratio(lam, mu, formula)))

    def slopes(tc: Floats, lam: Floats, theta: Floats, mu: Floats) -> tuple[Floats, ...]:
        by_lam, by_mu = log_slopes(lam, mu, formula)
        return tc * by_lam, tc / theta, tc * by_mu

    return propagated(value, slopes, coupling, theta_d, mu_star)


def coupling_constant(
    tc: Any, *, theta_d: Any, mu_star: Any = 0.13, formula: str = "advanced"
) -> Any:
    """Return the electron-phonon coupling constant that gives a critical temperature.

    Parameters
    ----------
    tc : float, array_like or ufloat
        Critical temperature, K, above 0 and below theta_d.
    theta_d, mu_star, formula
        As in `critical_temperature`.

    Returns
    -------
    float, ndarray or ufloat
        lambda, of the same kind as the arguments, which broadcast.

    Raises
    ------
    AnalysisError
        If an argument is out of its range, or no lambda gives so high a T_c (the
        McMillan formula has a largest T_c/theta_d, 0.2225 for mu* = 0.13).

    Warns
    -----
    ValidityWarning
        If lambda exceeds 1.5.

    Notes
    -----
    The inverse of eqs. 2-4 of arXiv:2401.00804. A root exists and is the only one:
    ln T_c rises with lambda, from minus infinity at the pole of the exponent, since
    the exponent, f1 and (for mu* < 0.328) f2* all rise; with f1 it rises without limit.
    As f1 f2* >= 1, lambda lies below that of the formula without them, which has a
    closed form, and above that of the same formula for T_c over the largest f1 f2*.
    This bracket is closed by scipy's vectorised root finder in ln T_c, and one Newton
    step. Errors follow from implicit differentiation.

    Examples
    --------
    >>> print(f"{coupling_constant(9.22, theta_d=277, formula='mcmillan'):.2f}")
    0.82
    """
    _check(theta_d, mu_star, formula)
    cold, theta, _ = np.broadcast_arrays(nominal(tc), nominal(theta_d), nominal(mu_star))
    if not (cold > 0).all():
        raise AnalysisError(f"T_c must be above 0 K, got {np.min(cold):g}")
    if not (cold < theta).all():
        raise AnalysisError(
            f"T_c must be below Theta_D, got {np.max(cold / theta):.3g} times Theta_D"
        )

    def value(tc: Floats, theta: Floats, mu: Floats) -> Floats:
        return _invert(np.log(tc / theta), mu, formula)

    def slopes(lam: Floats, tc: Floats, theta: Floats, mu: Floats) -> tuple[Floats, ...]:
        by_lam, by_mu = log_slopes(lam, mu, formula)
        return 1 / (tc * by_lam), -1 / (theta * by_lam), -by_mu / by_lam

    found = propagated(value, slopes, tc, theta_d, mu_star)
    _warn_strong(nominal(found))
    return found


def log_ratio(lam: Any, mu: Any, formula: str) -> Any:
    """Return ln(T_c/Theta_D), see the module: arithmetic alone."""
    exponent = -1.04 * (1 + lam) / (lam - mu * (1 + 0.62 * lam))
    if formula == "mcmillan":
        return exponent - np.log(1.45)
    stretched = (lam / (2.46 * (1 + 3.8 * mu))) ** 1.5
    f1 = np.log1p(stretched) / 3  # eq. 3
    f2 = np.log1p((0.0241 - 0.0735 * mu) * lam**2)  # eq. 4
    return exponent + f1 + f2 - np.log(1.45 if formula == "advanced" else 1.2)


def log_slopes(lam: Floats, mu: Floats, formula: str) -> tuple[Floats, Floats]:
    """Return the derivatives of ln(T_c/Theta_D) by lambda and by mu*."""
    below = lam - mu * (1 + 0.62 * lam)
    by_lam = 1.04 * (1 + 0.38 * mu) / below**2
    by_mu = -1.04 * (1 + lam) * (1 + 0.62 * lam) / below**2
    if formula == "mcmillan":
        return np.asarray(by_lam), np.asarray(by_mu)
    stretched = (lam / (2.46 * (1 + 3.8 * mu))) ** 1.5
    share = 0.5 * stretched / (1 + stretched)
    c = 0.0241 - 0.0735 * mu
    f2 = 1 + c * lam**2
    by_lam = by_lam + share / lam + 2 * c * lam / f2
    by_mu = by_mu - share * 3.8 / (1 + 3.8 * mu) - 0.0735 * lam**2 / f2
    return np.asarray(by_lam), np.asarray(by_mu)


def _invert(target: Floats, mu: Floats, formula: str) -> Floats:
    """Return lambda for ln(T_c/Theta_D) = target, arrays of one shape."""
    plain, largest = _plain(target, mu, 1.2 if formula == "allen-dynes" else 1.45)
    if formula == "mcmillan":
        if not np.isfinite(plain).all():
            at = np.unravel_index(np.argmax(~np.isfinite(plain)), plain.shape)
            raise AnalysisError(
                f"no lambda gives T_c/Theta_D = {np.exp(target[at]):.4g} by the McMillan formula, "
                f"whose largest is {largest[at]:.4g} for mu* = {mu[at]:g}"
            )
        return plain
    # Where the formula without f1 f2* has no root, f1 alone reaches any T_c < Theta_D
    # below lambda = 1e4.
    high = np.where(np.isfinite(plain), plain, 1e4) * (1 + 1e-9)
    factors = log_ratio(high, mu, formula) - log_ratio(high, mu, "mcmillan")
    factors += np.log(1.2 / 1.45) if formula == "allen-dynes" else 0.0
    low, _ = _plain(target - factors, mu, 1.2 if formula == "allen-dynes" else 1.45)
    low = low * (1 - 1e-9) + 1e-9 * mu / (1 - 0.62 * mu)
    found = elementwise.find_root(
        lambda lam, mu, target: log_ratio(lam, mu, formula) - target,
        (low, high),
        args=(mu, target),
        tolerances={"xatol": 0.0, "xrtol": 1e-9, "fatol": 0.0, "frtol": 0.0},
    ).x
    slope, _ = log_slopes(found, mu, formula)
    return np.asarray(found - (log_ratio(found, mu, formula) - target) / slope)


def _plain(target: Floats, mu: Floats, c: float) -> tuple[Floats, Floats]:
    """Return lambda of the formula without f1 and f2, inf where none, and its largest T_c."""
    steep = -(target + np.log(c))  # 1.04 (1 + lambda) / (lambda - mu (1 + 0.62 lambda))
    below = (1 - 0.62 * mu) * steep - 1.04
    with np.errstate(divide="ignore", invalid="ignore"):
        lam = np.where(below > 0, (1.04 + mu * steep) / below, np.inf)
    return lam, np.exp(-1.04 / (1 - 0.62 * mu)) / c


def check_choices(mu_star: Any, formula: str) -> None:
    """Refuse a formula that is none, and a mu* out of its range.

    Raises
    ------
    AnalysisError
        If formula is unknown; if mu* is negative or not below 0.328, where f2* falls
        below 1 (without f2*, below 1/0.62).
    """
    if formula not in FORMULAS:
        raise AnalysisError(f"formula must be one of {', '.join(FORMULAS)}; got {formula!r}")
    mu = nominal(mu_star)
    limit, why = MU_STAR_LIMIT, "where f2* falls below 1"
    if formula == "mcmillan":
        limit, why = 1 / 0.62, "where no coupling is enough"
    inside = (mu >= 0) & (mu < limit)
    if not inside.all():
        raise AnalysisError(
            f"mu* must be at least 0 and below {limit:.4f}, {why}; got {mu[~inside].flat[0]:g}"
        )


def _check(theta_d: Any, mu_star: Any, formula: str) -> None:
    check_choices(mu_star, formula)
    theta = nominal(theta_d)
    if not (theta > 0).all():
        raise AnalysisError(f"Theta_D must be above 0 K, got {np.min(theta):g}")


def _warn_strong(lam: Floats) -> None:
    if (lam > STRONGEST_FITTED).any():
        warnings.warn(
            f"lambda = {np.max(lam):.3g} is above {STRONGEST_FITTED:g}, beyond the solutions that "
            "the formula was fitted to",
            ValidityWarning,
            stacklevel=3,
        )


# ------------------------------------------------------------------ numbers with errors


def nominal(values: Any) -> Floats:
    """Return the values of floats, arrays or ufloats without their errors."""
    array = np.asarray(values)
    if array.dtype == object:
        array = np.asarray(uncertainties.unumpy.nominal_values(array))
    return np.asarray(array, dtype=float)


def propagated(
    value: Callable[..., Floats], slopes: Callable[..., tuple[Floats, ...]], *given: Any
) -> Any:
    """Return value(*given) with the errors of those arguments that have them.

    Parameters
    ----------
    value : callable
        Of arrays that broadcast.
    slopes : callable
        Of the value and the same arrays: the derivatives by each.
    *given : float, array_like or ufloat
    """
    arrays = np.broadcast_arrays(*(nominal(one) for one in given))
    result = value(*arrays)
    if all(np.asarray(one).dtype != object for one in given):
        return result[()]
    total = np.asarray(result, dtype=object)
    for one, at, slope in zip(given, arrays, slopes(result, *arrays), strict=True):
        if np.asarray(one).dtype == object:
            total = total + slope * (np.asarray(one, dtype=object) - at)
    return total[()] if np.ndim(total) else np.asarray(total).item()
