"""Eqs. 7 and 8, and their fit to breadths that scatter by more than their errors."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from analysis.diffraction.strain.additions import ADDITIONS, Law, add_up, addition_named
from analysis.errors import AnalysisError, FitError
from analysis.numerics.checks import as_number, as_numbers
from analysis.numerics.linear import fit_linear
from analysis.typing import Floats

# Scatter that chance alone reaches in fewer than one of three cases widens the errors.
WIDENING_CHANCE = 1 / 3
# Student's t of one degree of freedom would widen the intervals of three lines 6.5 times where
# chance alone calls for it in a third of all cases.
LEAST_DOF = 2
# Of an error that is nearly all common to all lines, this part at least is the line's own.
LEAST_OWN = 0.1


def line_breadth(
    theta: ArrayLike,
    *,
    strain: float,
    wavelength: float,
    size: float = np.inf,
    shape_factor: float = 0.9,
    addition: str = "linear",
) -> Floats:
    """Return the breadth of diffraction lines of small, strained crystals.

    beta = K lambda / (D cos(theta)) + 4 epsilon tan(theta)    (eq. 7)

    beta = 4 epsilon tan(theta)    (eq. 8, where D is infinite)

    Parameters
    ----------
    theta : array_like, shape (N,)
        Bragg angles theta, rad: half of the diffraction angle.
    strain : float
        Microstrain epsilon, 0.01 for 1 %.
    wavelength : float
        lambda, pm.
    size : float
        Size D of the crystallites, nm.
    shape_factor : float
        Scherrer's constant K, which depends on the shape of the crystallites and on the
        breadth that is meant: 0.9 is the paper's.
    addition : {"linear", "quadrature", "resolved", "halder-wagner"}
        Whether the two parts add as they are (eq. 7; right for Lorentzian lines), by their
        squares (right for Gaussian lines), or as those of a Lorentzian by size and a Gaussian
        by strain do: exactly, or by the parabola of N. C. Halder and C. N. J. Wagner, Acta
        Cryst. 20, 312 (1966). Breadths are integral ones.

    Returns
    -------
    ndarray, shape (N,)
        Breadths in 2 theta, rad.

    Raises
    ------
    AnalysisError
        If an angle is not between 0 and pi/2, or a size, a wavelength or K not above 0.

    References
    ----------
    arXiv:2401.00804, eqs. 7 and 8; G. K. Williamson and W. H. Hall, Acta Metall. 1
    (1953) 22.

    Examples
    --------
    >>> np.degrees(line_breadth(np.radians([5, 10]), strain=0.01, wavelength=61.99)).round(4)
    array([0.2005, 0.4041])
    """
    theta = bragg_angles(theta)
    strain = as_number("strain", strain)
    positive = {"size": size, "wavelength": wavelength, "shape_factor": shape_factor}
    for name, value in positive.items():
        if not as_number(name, value, finite=False) > 0:
            raise AnalysisError(f"{name} must be above 0, got {value!r}")
    ways = [way.name for way in ADDITIONS if way.words]
    if addition not in ways:
        raise AnalysisError(f"addition must be one of {', '.join(ways)}; got {addition!r}")
    by_size, by_strain = two_terms(theta, strain, 1 / size, wavelength, shape_factor)
    return add_up(addition_named(addition), np.asarray(by_size), np.asarray(by_strain))


def two_terms(
    theta: Any, strain: Any, inverse_size: Any, wavelength: Any, shape_factor: Any
) -> tuple[Any, Any]:
    """Return the terms of eq. 7, by size and by strain, rad: arithmetic alone."""
    by_size = shape_factor * wavelength / 1000 * inverse_size / np.cos(theta)
    return by_size, 4 * strain * np.tan(theta)


def bragg_angles(theta: ArrayLike) -> Floats:
    """Return Bragg angles as a vector of floats in rad.

    Raises
    ------
    AnalysisError
        If one is not between 0 and pi/2.
    """
    angles = np.atleast_1d(as_numbers("theta", theta))
    if not ((angles > 0) & (angles < np.pi / 2)).all():
        raise AnalysisError("Bragg angles theta must lie between 0 and pi/2 rad")
    return angles


class Settled(NamedTuple):
    """A fit of eq. 7 or 8 in the parameters of an addition's law.

    Attributes
    ----------
    values : ndarray, shape (P,)
    covariance : ndarray, shape (P, P)
        Widened where the lines scatter too much.
    variance : ndarray, shape (M,)
        Of the points with their own errors, of breadth and of angle, rad^2.
    scatter : ndarray, shape (M,)
        Standard deviation of the points about the law that their errors do not explain,
        rad; zeros where the errors suffice.
    chi_square : float
        Of the law through the points with their own errors.
    points_dof : int
        Number of points less P.
    """

    values: Floats
    covariance: Floats
    variance: Floats
    scatter: Floats
    chi_square: float
    points_dof: int

    @property
    def chance(self) -> float:
        """Probability that errors alone scatter the lines as much; 1 without a line to spare."""
        return float(special.chdtrc(self.points_dof, self.chi_square)) if self.points_dof else 1.0

    @property
    def widened(self) -> bool:
        """Whether scatter beyond the errors was added to them."""
        return bool(self.scatter.any())

    @property
    def dof(self) -> float:
        """Degrees of freedom of the errors: infinite where they are the lines' own."""
        return float(max(self.points_dof, LEAST_DOF)) if self.widened else np.inf

    @property
    def total(self) -> Floats:
        """Variance of the points with the common scatter, rad^2, shape (N,)."""
        return self.variance + self.scatter**2


def fit_breadths(
    law: Law, measured: Floats, errors: Floats, theta_errors: Floats, common: Floats | None = None
) -> Settled:
    """Fit breadths by weighted least squares, and widen the errors where lines stray.

    The error of a point is that of its breadth and, through the slope of the law, that of
    its angle. If the lines scatter about the law by more than these errors explain, and
    chance alone would do so in fewer than one of three cases, something else moves them:
    anisotropy, a neighbour, a wrong background. The law is then fitted again with an extra
    scatter that is the same fraction of each line's fitted breadth, as large as makes
    chi-square equal to its degrees of freedom (R. C. Paule and J. Mandel, J. Res. Natl.
    Bur. Stand. 87 (1982) 377), and the errors follow Student's t. Merely scaling the errors
    up would leave the say to the few lines with the smallest errors: where errors differ
    twofold from line to line its 95 % intervals cover as little as 67 %, these 91 to 97 %.
    Waiting for significance at 5 % instead of one in three lets the coverage of five lines
    fall to 86 %.

    Parameters
    ----------
    law : Law
    measured, errors : ndarray, shape (M,)
        Breadths and their errors, rad, or whatever the law is of.
    theta_errors : ndarray, shape (M,)
        Errors of the Bragg angles, rad.
    common : ndarray, shape (K, M), optional
        By how much K independent causes move all points together, part of `errors`. They
        move the parameters, and no scatter tells of them.

    Raises
    ------
    FitError
        If the parameters do not settle.
    """
    if common is not None:
        shared = (common**2).sum(axis=0)
        own = np.sqrt(np.maximum(errors**2 - shared, (LEAST_OWN * errors) ** 2))
        fit = fit_breadths(law, measured, own, theta_errors)
        jacobian = law.jacobian(fit.values)
        moves = np.linalg.inv((jacobian / fit.total) @ jacobian.T) @ (jacobian / fit.total)
        by_mode = moves @ common.T
        return fit._replace(covariance=fit.covariance + by_mode @ by_mode.T)
    start = law.guess(measured, errors)
    fit = _settle(law, measured, errors, theta_errors, start)
    if fit.points_dof == 0 or fit.chi_square <= fit.points_dof:
        return fit
    if fit.chance > WIDENING_CHANCE:
        return fit
    shape = law.spread(fit.values) ** 2
    wider = _settle(law, measured, errors, theta_errors, fit.values, shape)
    # What is said of the errors is said of the points as they came.
    return wider._replace(variance=fit.variance, chi_square=fit.chi_square)


def _settle(
    law: Law,
    measured: Floats,
    errors: Floats,
    theta_errors: Floats,
    start: Floats,
    shape: Floats | None = None,
) -> Settled:
    """Fit the law with weights that follow from the fit, until both stay as they are.

    The variances hold the slope of the law, and the scatter, which are known only with the
    parameters. A minimiser such as MINPACK would take them for part of the residuals and
    broaden the law to lower its chi-square; here each step is a linear fit with the weights
    of the last.
    """
    p, extra = start, np.zeros_like(measured)
    for step in range(100):
        variance = errors**2 + (law.slope(p) * theta_errors) ** 2
        jacobian = law.jacobian(p)
        linear = measured - law.value(p) + p @ jacobian
        if shape is not None:
            extra = shape * _common_variance(jacobian, linear, variance, shape)
        fit = fit_linear(jacobian, linear, variance + extra)
        moved = np.abs(fit.values - p)
        # Steps that have not settled by now overshoot: eq. 7 needs two, its squares about six.
        p = fit.values if step < 20 else (fit.values + p) / 2
        if (moved <= 1e-6 * np.sqrt(np.diag(fit.covariance)) + 1e-13 * np.abs(p)).all():
            break
    else:
        raise FitError(
            "the weighted least-squares fit of the breadths does not converge; try another "
            "--addition"
        )
    residuals = measured - law.value(p)
    chi_square = float((residuals**2 / variance).sum())
    dof = measured.size - p.size
    return Settled(p, fit.covariance, variance, np.sqrt(extra), chi_square, dof)


def _common_variance(jacobian: Floats, measured: Floats, variance: Floats, shape: Floats) -> float:
    """Return the t with which variances `variance + t shape` make chi-square equal to N - P.

    Chi-square falls steadily with t. Where it is too large at t = 0 it is small enough where
    the residuals of that fit, over t shape alone, would make it so: the root lies between.
    """
    fit = fit_linear(jacobian, measured, variance)
    if fit.chi_square <= fit.dof:
        return 0.0

    def excess(t: float) -> float:
        return fit_linear(jacobian, measured, variance + t * shape).chi_square - fit.dof

    most = float((fit.residuals**2 / shape).sum()) / fit.dof
    return float(optimize.brentq(excess, 0.0, most, xtol=1e-12 * most, rtol=1e-10))
