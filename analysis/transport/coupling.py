"""From Debye temperature and T_c to the electron-phonon coupling constant, and back.

All three formulas have the form::

    T_c = Theta/c exp(-1.04 (1 + lambda) / (lambda - mu* (1 + 0.62 lambda))) f1 f2

"mcmillan"
    c = 1.45, f1 = f2 = 1: McMillan, Phys. Rev. 167, 331 (1968).
"advanced"
    c = 1.45 with f1 and f2*: eqs. 2-4 of arXiv:2401.00804.
"allen-dynes"
    c = 1.2/m with f1 and f2: Allen and Dynes, Phys. Rev. B 12, 905 (1975). Their first
    frequency is the logarithmic mean over the spectrum, omega_log = m Theta_D.

with::

    f1  = (1 + (lambda / (2.46 (1 + 3.8 mu*)))^(3/2))^(1/3)             (eq. 3)
    f2* = 1 + (0.0241 - 0.0735 mu*) lambda^2                            (eq. 4)
    f2  = 1 + (r - 1) lambda^2 / (lambda^2 + (1.82 (1 + 6.3 mu*) r)^2)

The phonon moment m says where in the spectrum the coupling sits; no resistance tells it.
For alpha^2F ~ omega^s up to Theta_D and nothing above, the means with the weight
alpha^2F/omega are closed::

    m = omega_log/Theta_D = exp(-1/s),   omega_2/Theta_D = (s / (s + 2))^(1/2)
    r = omega_2/omega_log = 1 / (m (1 - 2 ln m)^(1/2))

A Debye-like spectrum, s = 2, has m = 0.607; a single (Einstein) frequency at Theta_D, s to
infinity, has m = r = 1.
"""

import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import uncertainties
from scipy.optimize import elementwise
from uncertainties import UFloat

from analysis.errors import AnalysisError
from analysis.numerics.checks import as_numbers, refuse_shapes
from analysis.typing import Floats

FORMULAS = ("advanced", "mcmillan", "allen-dynes")
# f2* falls with lambda for larger mu*, so that T_c(lambda) would turn over.
MU_STAR_LIMIT = 0.0241 / 0.0735
# McMillan's exponent was fitted to solutions of Eliashberg's equations up to about here.
STRONGEST_FITTED = 1.5
# Phonon moment of alpha^2F ~ omega^2.
DEBYE_LIKE = float(np.exp(-1 / 2))
# Newton's steps at most; they converge quadratically, so that after one of this size none is left.
_STEPS, _SETTLED = 12, 1e-7
# So many values at once stay in the processor's cache.
_AT_ONCE = 8192
_PREFACTOR = {"advanced": 1 / 1.45, "mcmillan": 1 / 1.45, "allen-dynes": 1 / 1.2}


class ValidityWarning(UserWarning):
    """A formula is used outside the range that it was made for."""


def critical_temperature(
    coupling: Any,
    *,
    theta_d: Any,
    mu_star: Any = 0.13,
    formula: str = "advanced",
    phonon_moment: Any = None,
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
    phonon_moment : float, array_like or ufloat, optional
        omega_log/Theta_D, above 0 up to 1, of the formula "allen-dynes"; 0.607, that of a
        Debye-like spectrum, if not given. The others do not have it.

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
        If lambda exceeds 1.5 and the formula is not Allen and Dynes's, whose factors were
        made for strong coupling.

    Notes
    -----
    Equations 2-4 of arXiv:2401.00804.

    Examples
    --------
    >>> print(f"{critical_temperature(1.5, theta_d=518):.3f} K")
    49.717 K
    """
    moment = _checked(coupling, theta_d, mu_star, formula, phonon_moment)
    lam, mu = nominal(coupling), nominal(mu_star)
    pole = mu / (1 - 0.62 * mu)
    if not (lam > pole).all():
        raise AnalysisError(
            f"lambda must be above mu*/(1 - 0.62 mu*) = {np.max(pole):.4g}, where the exponent "
            f"has its pole; got {np.min(lam):.4g}"
        )
    _warn_strong(lam, formula)

    def value(lam: Floats, theta: Floats, mu: Floats, m: Floats) -> Floats:
        return np.asarray(theta * np.exp(log_ratio(lam, mu, formula, m)))

    def slopes(tc: Floats, lam: Floats, theta: Floats, mu: Floats, m: Floats) -> tuple[Floats, ...]:
        by_lam, by_mu, by_moment = log_slopes(lam, mu, formula, m)
        return tc * by_lam, tc / theta, tc * by_mu, tc * by_moment

    return propagated(value, slopes, coupling, theta_d, mu_star, moment)


def coupling_constant(
    tc: Any,
    *,
    theta_d: Any,
    mu_star: Any = 0.13,
    formula: str = "advanced",
    phonon_moment: Any = None,
) -> Any:
    """Return the electron-phonon coupling constant that gives a critical temperature.

    Parameters
    ----------
    tc : float, array_like or ufloat
        Critical temperature, K, above 0 and below theta_d.
    theta_d, mu_star, formula, phonon_moment
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
        As in `critical_temperature`.

    Notes
    -----
    The inverse of eqs. 2-4 of arXiv:2401.00804. A root exists and is the only one:
    ln T_c rises with lambda, from minus infinity at the pole of the exponent, since
    the exponent, f1 and (for mu* < 0.328) f2* all rise, and so does f2, as r >= 1 for
    m <= 1; with f1 it rises without limit. As f1 f2 >= 1, lambda lies below that of the
    formula without them, which has a closed form, and above that of the same formula for
    T_c over the largest f1 f2.
    Newton's steps in ln lambda, within this bracket, settle after four or five; where they
    do not, scipy's vectorised root finder closes the bracket. Errors follow from implicit
    differentiation.

    Examples
    --------
    >>> print(f"{coupling_constant(9.22, theta_d=277, formula='mcmillan'):.2f}")
    0.82
    >>> for moment in (0.779, 1.0):
    ...     coupling = coupling_constant(
    ...         58.0, theta_d=518, formula="allen-dynes", phonon_moment=moment
    ...     )
    ...     print(f"{coupling:.2f}")
    1.88
    1.50
    """
    moment = _checked(tc, theta_d, mu_star, formula, phonon_moment)
    cold, theta, _ = np.broadcast_arrays(nominal(tc), nominal(theta_d), nominal(mu_star))
    if not (cold > 0).all():
        raise AnalysisError(f"T_c must be above 0 K, got {np.min(cold):g}")
    if not (cold < theta).all():
        raise AnalysisError(
            f"T_c must be below Theta_D, got {np.max(cold / theta):.3g} times Theta_D"
        )

    def value(tc: Floats, theta: Floats, mu: Floats, m: Floats) -> Floats:
        return _invert(np.log(tc / theta), mu, formula, m)

    def slopes(lam: Floats, tc: Floats, theta: Floats, mu: Floats, m: Floats) -> tuple[Floats, ...]:
        by_lam, by_mu, by_moment = log_slopes(lam, mu, formula, m)
        return 1 / (tc * by_lam), -1 / (theta * by_lam), -by_mu / by_lam, -by_moment / by_lam

    coupling = propagated(value, slopes, tc, theta_d, mu_star, moment)
    _warn_strong(nominal(coupling), formula)
    return coupling


def log_ratio(lam: Any, mu: Any, formula: str, moment: Any = DEBYE_LIKE) -> Any:
    """Return ln(T_c/Theta_D), see the module: arithmetic alone."""
    exponent = -1.04 * (1 + lam) / (lam - mu * (1 + 0.62 * lam)) + np.log(_PREFACTOR[formula])
    if formula == "mcmillan":
        return exponent
    f1 = np.log1p((lam / (2.46 * (1 + 3.8 * mu))) ** 1.5) / 3  # eq. 3
    if formula == "advanced":
        return exponent + f1 + np.log1p((0.0241 - 0.0735 * mu) * lam**2)  # eq. 4
    r = _width(moment)
    f2 = np.log1p((r - 1) * lam**2 / (lam**2 + (1.82 * (1 + 6.3 * mu) * r) ** 2))
    return exponent + f1 + f2 + np.log(moment)


def _width(moment: Any) -> Any:
    """Return r = omega_2/omega_log of the power-law spectrum with that moment."""
    return 1 / (moment * np.sqrt(1 - 2 * np.log(moment)))


def log_slopes(
    lam: Floats, mu: Floats, formula: str, moment: Any = DEBYE_LIKE
) -> tuple[Floats, Floats, Floats]:
    """Return the derivatives of ln(T_c/Theta_D) by lambda, mu* and the phonon moment."""
    by_lam = _slope(lam, mu, formula, moment)
    by_mu = -1.04 * (1 + lam) * (1 + 0.62 * lam) / (lam - mu * (1 + 0.62 * lam)) ** 2
    none = np.zeros(np.shape(by_lam))
    if formula == "mcmillan":
        return by_lam, np.asarray(by_mu), none
    stretched = (lam / (2.46 * (1 + 3.8 * mu))) ** 1.5
    by_mu = by_mu - 0.5 * stretched / (1 + stretched) * 3.8 / (1 + 3.8 * mu)
    if formula == "advanced":
        f2 = 1 + (0.0241 - 0.0735 * mu) * lam**2
        return by_lam, np.asarray(by_mu - 0.0735 * lam**2 / f2), none
    r, k = _width(moment), 1.82 * (1 + 6.3 * mu)
    whole = lam**2 + (k * r) ** 2
    f2 = 1 + (r - 1) * lam**2 / whole
    by_k = -2 * (r - 1) * lam**2 * k * r**2 / whole**2 / f2
    by_r = (lam**2 / whole - 2 * (r - 1) * lam**2 * k**2 * r / whole**2) / f2
    # d ln r/d ln m = -1 + 1/(1 - 2 ln m)
    by_moment = (1 + by_r * r * (1 / (1 - 2 * np.log(moment)) - 1)) / moment
    return by_lam, np.asarray(by_mu + 1.82 * 6.3 * by_k), np.asarray(by_moment)


def _slope(lam: Floats, mu: Floats, formula: str, moment: Any) -> Floats:
    """Return the derivative of ln(T_c/Theta_D) by lambda."""
    by_lam = 1.04 * (1 + 0.38 * mu) / (lam - mu * (1 + 0.62 * lam)) ** 2
    if formula == "mcmillan":
        return np.asarray(by_lam)
    stretched = lam / (2.46 * (1 + 3.8 * mu))
    stretched = stretched * np.sqrt(stretched)
    by_lam = by_lam + 0.5 * stretched / (1 + stretched) / lam
    squared = lam**2
    if formula == "advanced":
        c = 0.0241 - 0.0735 * mu
        return np.asarray(by_lam + 2 * c * lam / (1 + c * squared))
    r = _width(moment)
    shape = (1.82 * (1 + 6.3 * mu) * r) ** 2
    whole = squared + shape
    rising = (r - 1) * lam / whole
    return np.asarray(by_lam + 2 * rising * shape / (whole + lam * rising * whole))


def _invert(target: Floats, mu: Floats, formula: str, moment: Floats) -> Floats:
    """Return lambda for ln(T_c/Theta_D) = target, arrays of one shape."""
    if target.size <= _AT_ONCE:
        return _inverted(target, mu, formula, moment)
    lam = np.empty(target.size)
    rows = [np.ravel(array) for array in (target, mu, moment)]
    for start in range(0, target.size, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        ratio, coulomb, phonons = (row[some] for row in rows)
        lam[some] = _inverted(ratio, coulomb, formula, phonons)
    return lam.reshape(target.shape)


def _inverted(target: Floats, mu: Floats, formula: str, moment: Floats) -> Floats:
    # ln T_c of the formula without f1 and f2, over that of its exponent alone.
    front = np.log(_PREFACTOR[formula]) + (np.log(moment) if formula == "allen-dynes" else 0.0)
    plain, largest = _plain(target, mu, front)
    if formula == "mcmillan":
        if not np.isfinite(plain).all():
            at = np.unravel_index(np.argmax(~np.isfinite(plain)), plain.shape)
            raise AnalysisError(
                f"no lambda gives T_c/Theta_D = {np.exp(target[at]):.4g} by the McMillan formula; "
                f"its largest value is {largest[at]:.4g} for mu* = {mu[at]:g}"
            )
        return plain
    # Where the formula without f1 and f2 has no root, f1 alone reaches any T_c < Theta_D
    # below lambda = 1e4/m^2.
    high = np.where(np.isfinite(plain), plain, 1e4 * np.exp(-2 * (front + np.log(1.2))))
    high = high * (1 + 1e-9)
    factors = log_ratio(high, mu, formula, moment) - log_ratio(high, mu, "mcmillan")
    factors -= front + np.log(1.45)
    low, _ = _plain(target - factors, mu, front)
    low = low * (1 - 1e-9) + 1e-9 * mu / (1 - 0.62 * mu)
    lam = np.sqrt(low * high)
    for _ in range(_STEPS):
        # Newton's step in ln(lambda).
        step = (log_ratio(lam, mu, formula, moment) - target) / _slope(lam, mu, formula, moment)
        moved = np.clip(lam * np.exp(-step / lam), low, high)
        settled = np.abs(moved - lam) < _SETTLED * lam
        lam = moved
        if settled.all():
            return np.asarray(lam)
    lam[~settled] = _bracketed(
        *(array[~settled] for array in (low, high, target, mu, moment)), formula=formula
    )
    return np.asarray(lam)


def _bracketed(
    low: Floats, high: Floats, target: Floats, mu: Floats, moment: Floats, *, formula: str
) -> Floats:
    """Return lambda between two bounds, by a root finder and one Newton step."""
    root = elementwise.find_root(
        lambda lam, mu, target, moment: log_ratio(lam, mu, formula, moment) - target,
        (low, high),
        args=(mu, target, moment),
        tolerances={"xatol": 0.0, "xrtol": 1e-9, "fatol": 0.0, "frtol": 0.0},
    ).x
    missed = log_ratio(root, mu, formula, moment) - target
    return np.asarray(root - missed / _slope(root, mu, formula, moment))


def _plain(target: Floats, mu: Floats, front: Any) -> tuple[Floats, Floats]:
    """Return lambda of the formula without f1 and f2, inf where none, and its largest T_c."""
    steep = front - target  # 1.04 (1 + lambda) / (lambda - mu (1 + 0.62 lambda))
    below = (1 - 0.62 * mu) * steep - 1.04
    with np.errstate(divide="ignore", invalid="ignore"):
        lam = np.where(below > 0, (1.04 + mu * steep) / below, np.inf)
    return lam, np.exp(front - 1.04 / (1 - 0.62 * mu))


def check_choices(mu_star: Any, formula: str, phonon_moment: Any = None) -> None:
    """Refuse an unknown formula, and a mu* or a phonon moment out of its range.

    Raises
    ------
    AnalysisError
        If formula is unknown; if mu* is negative or not below 0.328, where f2* falls
        below 1 (of McMillan's own formula, below 1/0.62); if the phonon moment is not
        above 0 and at most 1, or belongs to another formula.
    """
    if formula not in FORMULAS:
        raise AnalysisError(f"formula must be one of {', '.join(FORMULAS)}; got {formula!r}")
    mu = nominal(mu_star)
    limit, why = MU_STAR_LIMIT, "f2* falls below 1"
    if formula == "mcmillan":
        limit, why = 1 / 0.62, "no lambda gives a T_c"
    inside = (mu >= 0) & (mu < limit)
    if not inside.all():
        raise AnalysisError(
            f"mu* must be at least 0 and below {limit:.4f} (above it {why}); "
            f"got {mu[~inside].flat[0]:g}"
        )
    if phonon_moment is None:
        return
    if formula != "allen-dynes":
        raise AnalysisError(f"only the formula allen-dynes takes a phonon moment, not {formula}")
    moment = nominal(phonon_moment)
    inside = (moment > 0) & (moment <= 1)
    if not inside.all():
        raise AnalysisError(
            "the phonon moment omega_log/Theta_D must be above 0 and at most 1; "
            f"got {moment[~inside].flat[0]:g}"
        )


def _checked(first: Any, theta_d: Any, mu_star: Any, formula: str, phonon_moment: Any) -> Any:
    """Return the phonon moment after all checks; a Debye-like spectrum's if none is given."""
    check_choices(mu_star, formula, phonon_moment)
    theta, moment = (
        nominal(theta_d),
        nominal(DEBYE_LIKE if phonon_moment is None else phonon_moment),
    )
    refuse_shapes(
        first=nominal(first), theta_d=theta, mu_star=nominal(mu_star), phonon_moment=moment
    )
    if not (theta > 0).all():
        raise AnalysisError(f"Theta_D must be above 0 K, got {np.min(theta):g}")
    return DEBYE_LIKE if phonon_moment is None else phonon_moment


def _warn_strong(lam: Floats, formula: str) -> None:
    if formula != "allen-dynes" and (lam > STRONGEST_FITTED).any():
        warnings.warn(
            f"lambda = {np.max(lam):.3g} is above {STRONGEST_FITTED:g}, outside the range to which "
            "the formula was fitted",
            ValidityWarning,
            stacklevel=3,
        )


# ------------------------------------------------------------------ numbers with errors


def nominal(values: Any) -> Floats:
    """Return the values of floats, arrays or ufloats without their errors."""
    if isinstance(values, (list, tuple, np.ndarray, UFloat)):
        with suppress(ValueError):  # rows of several lengths: refused below
            array = np.asanyarray(values)
            if array.dtype == object:
                plain = [uncertainties.nominal_value(value) for value in array.flat]
                values = np.array(plain, dtype=object).reshape(array.shape)
    return as_numbers("T_c, lambda, Theta_D or mu*", values)


def propagated(
    value: Callable[..., Floats], slopes: Callable[..., tuple[Floats, ...]], *arguments: Any
) -> Any:
    """Return value(*arguments) with the errors of those arguments that have them.

    Parameters
    ----------
    value : callable
        Of arrays that broadcast.
    slopes : callable
        Of the value and the same arrays: the derivatives by each.
    *arguments : float, array_like or ufloat
    """
    arrays = np.broadcast_arrays(*(nominal(argument) for argument in arguments))
    result = value(*arrays)
    if all(np.asarray(argument).dtype != object for argument in arguments):
        return result[()]
    total = np.asarray(result, dtype=object)
    for argument, at, slope in zip(arguments, arrays, slopes(result, *arrays), strict=True):
        if np.asarray(argument).dtype == object:
            total = total + slope * (_with_errors(argument) - at)
    return total[()] if np.ndim(total) else np.asarray(total).item()


# Objects that have no error, such as decimals, count as floats.
_with_errors = np.vectorize(
    lambda value: value if isinstance(value, UFloat) else float(value), otypes=[object]
)
