"""Lattice constants against pressure: compressibilities and equations of state."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import ArrayLike
from scipy import special
from uncertainties import UFloat, ufloat, unumpy

from analysis.diffraction.crystal.cell import LONGEST, SHORTEST
from analysis.diffraction.crystal.lattice import LatticeFit
from analysis.errors import AnalysisError, DataError, FitError
from analysis.numerics.checks import as_errors, as_number, as_numbers, as_vector, known_errors
from analysis.numerics.linear import fit_linear
from analysis.numerics.summary import number
from analysis.numerics.uncertainty import band_half_width, student
from analysis.pressure.equation_of_state import EquationOfState, fit_equation_of_state
from analysis.typing import Floats

AXES = ("a", "b", "c")
_ANGLES = ("alpha", "beta", "gamma")
_ERRORS = ("a_error", "b_error", "c_error", "pressure_error", "volume_error")
# Units of columns: the factors to angstrom and to GPa.
LENGTHS = {"angstrom": 1.0, "\u00c5": 1.0, "A": 1.0, "nm": 10.0, "pm": 0.01}
PRESSURES = {"GPa": 1.0, "kbar": 0.1, "MPa": 1e-3}
# A term counts when scatter alone gives a term as large in less than one fit out of 100.
SIGNIFICANCE = 0.01


@dataclass(frozen=True, eq=False)
class LatticeTable:
    """Lattice constants against pressure, checked, in ascending pressure.

    Parameters
    ----------
    pressure : array_like, shape (N,)
        GPa.
    a, b, c : array_like, shape (N,)
        Axes in angstrom.
    a_error, b_error, c_error : array_like, shape (N,), optional
        Their standard errors; nan where not known.
    alpha, beta, gamma : array_like, shape (N,), or float
        Angles in degrees.
    name : str
        What tables and messages call it.
    pressure_error, volume_error : array_like, shape (N,), optional
        Standard errors, GPa and angstrom^3; nan where not known. Without the latter those of
        the axes give it, see `volume_errors`.

    Raises
    ------
    DataError
        If the columns differ in length, a number is missing, or a length cannot be in
        angstrom.
    """

    pressure: Floats
    a: Floats
    b: Floats
    c: Floats
    a_error: Floats | None = None
    b_error: Floats | None = None
    c_error: Floats | None = None
    alpha: Floats | float = 90.0
    beta: Floats | float = 90.0
    gamma: Floats | float = 90.0
    name: str = "lattice constants"
    pressure_error: Floats | None = None
    volume_error: Floats | None = None

    def __post_init__(self) -> None:
        pressure = _numbers(self.name, "pressure", self.pressure)
        order = np.argsort(pressure, kind="stable")
        for field in ("pressure", *AXES, *_ANGLES, *_ERRORS):
            column = getattr(self, field)
            if field in _ERRORS:
                none = np.full(pressure.size, np.nan)
                values = none if column is None else as_vector(f"{self.name}: {field}", column)
            else:
                values = _numbers(self.name, field, column)
            if field in _ANGLES and values.size == 1:
                values = np.full(pressure.size, values[0])
            if values.shape != pressure.shape:
                raise DataError(
                    f"{self.name}: {pressure.size} pressures but {values.size} values of {field}"
                )
            odd = values[(values < SHORTEST) | (values > LONGEST)]
            if field in AXES and odd.size:
                raise DataError(
                    f"{self.name}: axes are in angstrom, from {SHORTEST:g} to {LONGEST:g}; "
                    f"{field} has {odd[0]:g}"
                )
            object.__setattr__(self, field, values[order])

    def __len__(self) -> int:
        return self.pressure.size

    def length(self, axis: str) -> tuple[Floats, Floats]:
        """Return an axis and its errors, angstrom.

        Raises
        ------
        AnalysisError
            If axis is not a, b or c.
        """
        if axis not in AXES:
            raise AnalysisError(f"axis must be one of {', '.join(AXES)}; got {axis!r}")
        return getattr(self, axis), getattr(self, f"{axis}_error")

    def reciprocal(self, axis: str) -> tuple[Floats, Floats]:
        """Return 1/length of an axis and its errors, 1/angstrom: Fig. 9 of the paper."""
        length, error = self.length(axis)
        return 1 / length, error / length**2

    def compressibility(self, axis: str, *, degree: int | None = None) -> "Compressibility":
        """Fit how an axis changes with pressure, see `linear_compressibility`.

        The errors of the axis, and of the pressures, are the weights where all are known.
        """
        length, error = self.length(axis)
        return linear_compressibility(
            self.pressure, length, length_error=known_errors(error),
            pressure_error=known_errors(self.pressure_error), degree=degree,
        )  # fmt: skip

    @property
    def volume(self) -> Floats:
        """Volumes of the cell, angstrom^3."""
        angles = np.stack([np.asarray(getattr(self, name)) for name in _ANGLES])
        cosines = np.cos(np.radians(angles))
        shape = 1 - (cosines**2).sum(axis=0) + 2 * cosines.prod(axis=0)
        return np.asarray(self.a * self.b * self.c * np.sqrt(shape))

    @property
    def volume_errors(self) -> Floats:
        """Errors of the volumes, angstrom^3; nan where not known.

        Where none are given, those of the axes: equal axes are one length, others independent.
        Angles count as exact.
        """
        lengths, errors = np.stack([self.length(axis) for axis in AXES], axis=1)
        equal = (lengths[:, None] == lengths).all(axis=2)
        variance = np.einsum("in,ij,jn->n", errors / lengths, equal, errors / lengths)
        stated = np.asarray(self.volume_error)
        return np.where(np.isnan(stated), self.volume * np.sqrt(variance), stated)

    def equation_of_state(
        self, equation: str | None = None, *, v0: UFloat | float | None = None
    ) -> EquationOfState:
        """Fit how the volume changes with pressure, see `fit_equation_of_state`.

        Errors of the pressures and of the volumes count where all are known.
        """
        return fit_equation_of_state(
            self.pressure, self.volume, pressure_error=known_errors(self.pressure_error),
            volume_error=known_errors(self.volume_errors), equation=equation, v0=v0,
        )  # fmt: skip


def _numbers(name: str, field: str, column: ArrayLike) -> Floats:
    values = np.atleast_1d(as_numbers(f"{name}: {field}", column))
    if values.ndim != 1 or not np.isfinite(values).all():
        raise DataError(f"{name}: {field} must be a single row of finite numbers")
    return values


def lattice_table(
    fits: Iterable[LatticeFit], *, pressure: ArrayLike | None = None, name: str | None = None
) -> LatticeTable:
    """Gather fits of one phase at several pressures into a table.

    Parameters
    ----------
    fits : iterable of LatticeFit
    pressure : array_like, optional
        GPa, one for each fit, where the patterns do not have it.
    name : str, optional
        The phase's, unless given.

    Raises
    ------
    DataError
        If there is no fit, the fits are of several phases, or a pressure is not known.
    """
    fits = tuple(fits)
    names = sorted({fit.phase.name for fit in fits})
    if len(names) != 1:
        raise DataError(f"a table needs fits of one phase, got {', '.join(names) or 'none'}")
    if pressure is None:
        missing = [fit.peaks.pattern.name for fit in fits if fit.pressure is None]
        if missing:
            raise DataError(f"no pressure is known for {', '.join(missing)}: give pressure=")
        pressure = np.array([fit.pressure for fit in fits], dtype=float)
    columns: dict[str, Any] = {}
    for field in (*AXES, *_ANGLES):
        values = [getattr(fit, field) for fit in fits]
        columns[field] = unumpy.nominal_values(values)
        if field in AXES:
            columns[f"{field}_error"] = unumpy.std_devs(values)
    columns["volume_error"] = np.array([fit.volume.s for fit in fits])
    errors = [fit.peaks.pattern.pressure_error for fit in fits]
    columns["pressure_error"] = np.array(errors, dtype=float)  # None becomes nan
    return LatticeTable(np.asarray(pressure, dtype=float), **columns, name=name or names[0])


@dataclass(frozen=True, eq=False)
class Compressibility:
    """The relative change of a length with pressure, from a fit to ln(length).

    Attributes
    ----------
    pressure, length : ndarray, shape (N,)
        What was fitted: GPa, angstrom (or any unit).
    degree : int
        1: one compressibility for all pressures; 2: one that changes in proportion.
    coefficients, covariance : ndarray, shapes (degree + 1,) and (degree + 1,) * 2
        Of ln(length) in powers of P - `center`.
    center : float
        Mean pressure, GPa.
    residuals : ndarray, shape (N,)
        Measured less fitted ln(length).
    dof : int
    warnings : tuple of str
        In words.
    """

    pressure: Floats
    length: Floats
    degree: int
    coefficients: Floats
    covariance: Floats
    center: float
    residuals: Floats
    dof: int
    warnings: tuple[str, ...]

    def at(self, pressure: float | None = None) -> UFloat:
        """Return K = -(1/l) dl/dP at a pressure (the mean one unless given), 1/GPa.

        Negative where the length grows under pressure. The error is nan with as many
        parameters as points.

        Raises
        ------
        AnalysisError
            If the pressure is outside the measured ones.
        """
        where = self.center if pressure is None else float(pressure)
        low, high = float(self.pressure.min()), float(self.pressure.max())
        if not low <= where <= high:
            raise AnalysisError(f"the fit covers {low:g} to {high:g} GPa, got {where:g} GPa")
        slopes = -polynomial.polyder(np.eye(self.degree + 1), axis=1)
        slopes = slopes @ (where - self.center) ** np.arange(self.degree)
        variance = float(slopes @ self.covariance @ slopes)
        return ufloat(slopes @ self.coefficients, np.sqrt(variance) if variance > 0 else np.nan)

    def band(self, pressure: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the confidence band of the fitted length.

        Parameters
        ----------
        pressure : array_like, shape (M,)
            GPa.
        level : float

        Returns
        -------
        (lower, upper) : ndarrays, shape (M,)

        Raises
        ------
        AnalysisError
            If there are as many unknowns as points, so that no error is known.
        """
        if not self.dof:
            raise AnalysisError("there are as many points as unknowns: no confidence band is known")
        powers = np.vander(np.atleast_1d(pressure) - self.center, self.degree + 1, increasing=True)
        fitted = powers @ self.coefficients
        half = band_half_width(powers.T, self.covariance, student(level, self.dof))
        return np.exp(fitted - half), np.exp(fitted + half)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON."""
        low, high = float(self.pressure.min()), float(self.pressure.max())
        values = {
            f"compressibility_{name}": number(self.at(pressure), "1/GPa")
            for name, pressure in (("mean", None), ("lowest", low), ("highest", high))
        }
        return {
            **values,
            "degree": self.degree,
            "pressure_mean": self.center,
            "window": [low, high],
            "n_points": self.pressure.size,
            "degrees_of_freedom": self.dof,
            "warnings": list(self.warnings),
        }


def linear_compressibility(
    pressure: ArrayLike,
    length: ArrayLike,
    *,
    length_error: ArrayLike | None = None,
    pressure_error: ArrayLike | None = None,
    degree: int | None = None,
) -> Compressibility:
    r"""Fit how a length changes with pressure.

    .. math::

        \ln l = k_0 - K (P - \bar P) - \tfrac{1}{2} K' (P - \bar P)^2, \qquad
        -\frac{1}{l} \frac{dl}{dP} = K + K' (P - \bar P)

    Parameters
    ----------
    pressure : array_like, shape (N,)
        GPa, in any order.
    length : array_like, shape (N,)
        An axis, a spacing or a volume, above 0, in any unit; for 1/a take a.
    length_error : array_like, shape (N,), optional
        Standard errors: they are the weights.
    pressure_error : array_like, shape (N,), optional
        Standard errors, GPa: they move a length by as much as it changes over them. Where
        those of the lengths are not known, scatter beyond that counts as theirs. A row of
        errors with a nan is not known.
    degree : {1, 2}, optional
        1 holds K' at 0. Unless given, 2 where K' differs from 0 by more than scatter
        does in one case out of 100, else 1.

    Returns
    -------
    Compressibility
        Its errors come from the scatter about the fit; where errors are stated they are no
        less than those make them.

    Raises
    ------
    FitError
        If there are fewer different pressures than unknowns.
    DataError
        If the arrays cannot be used.

    Notes
    -----
    A volume gives the volume compressibility, 1/bulk modulus. Over ranges in which a length
    changes by several per cent a parabola is a description, no equation of state: see
    `fit_equation_of_state`.

    Examples
    --------
    >>> shrinking = linear_compressibility([0, 1, 2, 3], [4.00, 3.98, 3.96, 3.94])
    >>> print(f"{1000 * shrinking.at().n:.1f} per TPa")
    5.0 per TPa
    """
    if degree is not None:
        if as_number("degree", degree) not in (1, 2):
            raise DataError(f"degree must be 1 or 2, got {degree!r}")
        degree = int(degree)
    p, length, relative = _checked(pressure, length, length_error)
    of_pressure = as_errors("pressure_error", pressure_error, p)

    def fitted(degree: int) -> Compressibility:
        return _fitted(p, length, relative, degree, of_pressure)

    different = np.unique(p).size
    least = (degree or 1) + 1
    if different < least:
        raise FitError(
            f"a compressibility by a polynomial of degree {degree or 1} needs at least {least} "
            f"different pressures, got {different}"
        )
    if degree is None:
        bends = different > 3 and _last_term_counts(fitted(2))
        degree = 2 if bends else 1
    fit = fitted(degree)
    warnings = []
    if fit.dof == 0:
        warnings.append("there are as many points as unknowns: no error is known")
    if different > degree + 2 and _last_term_counts(fitted(degree + 1)):
        shape = "straight line" if degree == 1 else "parabola"
        warnings.append(
            f"ln(length) curves more than a {shape}: at best the compressibility is valid in the "
            "middle of the range"
        )
    value = fit.at()
    if value.n < 0 and value.n < -student(0.95, max(fit.dof, 1)) * np.nan_to_num(value.s):
        warnings.append("the length grows under pressure: its compressibility is negative")
    return replace(fit, warnings=tuple(warnings))


def _checked(
    pressure: ArrayLike, length: ArrayLike, length_error: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    """Return pressures, lengths and their relative errors, 0 where not known."""
    p = _numbers("compressibility", "pressure", pressure)
    values = _numbers("compressibility", "length", length)
    if p.size != values.size:
        raise DataError(f"{p.size} pressures but {values.size} lengths")
    if not (values > 0).all():
        raise DataError(f"lengths must be above 0, got {values.min():g}")
    return p, values, as_errors("length_error", length_error, values) / values


def _fitted(
    p: Floats, length: Floats, relative: Floats, degree: int, of_pressure: Floats
) -> Compressibility:
    center, logs = float(p.mean()), np.log(length)
    powers = np.vander(p - center, degree + 1, increasing=True).T
    fit = fit_linear(powers, logs, relative**2 if relative.any() else 1.0)
    for _ in range(4 if of_pressure.any() else 0):
        # The effective variance: what an error of P does by the slope there. Of unknown errors
        # of the lengths, what scatter it leaves over; a little, since the slope may vanish.
        slope = polynomial.polyval(p - center, polynomial.polyder(fit.values))
        moved = (slope * of_pressure) ** 2
        left = fit.residuals @ fit.residuals / max(fit.dof, 1) - moved.mean()
        own = relative**2 if relative.any() else max(left, 0.01 * moved.mean(), 1e-24)
        fit = fit_linear(powers, logs, own + moved)
    reduced = fit.chi_square / fit.dof if fit.dof else np.nan
    widening = np.nanmax([reduced, 1.0]) if (relative + of_pressure).any() else reduced
    covariance = fit.covariance * widening
    return Compressibility(
        p, length, degree, fit.values, covariance, center, fit.residuals, fit.dof, ()
    )


def _last_term_counts(fit: Compressibility) -> bool:
    variance = float(fit.covariance[-1, -1])
    if not variance > 0:
        return False
    size = abs(float(fit.coefficients[-1])) / np.sqrt(variance)
    return bool(2 * special.stdtr(fit.dof, -size) < SIGNIFICANCE)
