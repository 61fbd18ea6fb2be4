"""Design of a run: the error of Theta_D, or of strain and size, that planned points would give."""

import math
from typing import NamedTuple

import numpy as np

from analysis.diffraction.strain.additions import BreadthLaw
from analysis.errors import AnalysisError
from analysis.numerics.checks import as_number
from analysis.transport import DEFAULT_LAW
from analysis.transport.laws import law_named
from analysis.typing import Floats

# A sample where none is described; ratios alone matter.
R0, AMPLITUDE, G_SAT = 0.16, 2.0, 1.5


class Expected(NamedTuple):
    """The errors to expect of a planned run, by eq. 1.

    Attributes
    ----------
    theta_d_error, error_if_g_known : float
        Standard error of Theta_D, K, to expect; and the same if 1/R_sat were known.
    words : str
        A judgement of the plan.
    """

    theta_d_error: float
    error_if_g_known: float
    words: str


class ExpectedStrain(NamedTuple):
    """The errors to expect of planned lines, by eq. 7.

    Attributes
    ----------
    strain_error, size_error : float
        Standard errors of the strain and of the size (nm) to expect; that of an infinite
        size is infinite.
    largest_size : float
        The largest size that would show to be finite, nm: two errors from infinity.
    """

    strain_error: float
    size_error: float
    largest_size: float


def design(
    *,
    noise: float,
    window: tuple[float, float],
    points: int = 300,
    theta_d: float = 550.0,
    r0: float = R0,
    a: float = AMPLITUDE,
    g_sat: float = G_SAT,
) -> Expected:
    """Return the error of Theta_D to expect of a planned run.

    Parameters
    ----------
    noise : float
        Standard deviation of a point in parts of the largest resistance: 0.001 is 0.1 %.
    window : (low, high)
        First and last temperature, K.
    points : int
        Evenly spread between these.
    theta_d, r0, a, g_sat
        What the sample may be like, as in `analysis.resistance`; of r0, a and 1/g_sat
        ratios alone matter.

    Returns
    -------
    Expected

    Raises
    ------
    AnalysisError
        If a number is not above 0, the window not ascending, or there are no more points
        than parameters.

    Notes
    -----
    The inverse of Fisher's information, J W J^T over the variance, with the exact derivatives of
    eq. 1: the covariance that a fit finds if it is nearly linear over the width of its error,
    the points follow the law, and none repeats its neighbour. So it is the least to be expected.
    Beyond a fifth of Theta_D it is no more than an order of magnitude.

    Examples
    --------
    >>> print(f"{design(noise=0.001, window=(80, 300)).theta_d_error:.1f} K")
    3.4 K
    """
    positive = {"noise": noise, "theta_d": theta_d, "a": a, "the window": window[0]}
    for name, value in positive.items():
        if not 0 < as_number(name, value) < math.inf:
            raise AnalysisError(f"{name} must be above 0, got {value:g}")
    if not window[0] < window[1]:
        raise AnalysisError(f"the window {window[0]:g} to {window[1]:g} K is not ascending")
    if points < 5:
        raise AnalysisError(f"{points} points cannot determine 4 parameters; 5 or more can")
    t = np.linspace(*window, points)
    error, if_g_known = (noise * each for each in errors_per_noise(t, theta_d, r0, a, g_sat))
    share = error / theta_d
    words = (
        "this run would not determine Theta_D: start colder, or measure more precisely"
        if share > 0.2
        else "the window starts above Theta_D/4, where the curvature is weak"
        if window[0] > theta_d / 4
        else f"Theta_D to {100 * share:.1f} %, if the law holds and the noise is not correlated"
    )
    return Expected(error, if_g_known, words)


def design_lines(
    *,
    breadth_error: float,
    two_theta: tuple[float, float],
    lines: int,
    wavelength: float,
    size: float = math.inf,
    shape_factor: float = 0.9,
) -> ExpectedStrain:
    """Return the errors of strain and size to expect of the lines of a planned pattern.

    Parameters
    ----------
    breadth_error : float
        Standard error of a line's breadth, rad.
    two_theta : (low, high)
        Between which the lines lie, evenly spread, degrees.
    lines : int
    wavelength : float
        pm.
    size, shape_factor
        Of the sample, as in `analysis.line_breadth`; the error of the strain does not depend
        on them, nor on the strain.

    Raises
    ------
    AnalysisError
        If there are fewer than two lines, or angles or an error that no pattern has.

    Notes
    -----
    As in `design`, of eq. 7, whose two terms are told apart by how they grow with the angle.

    Examples
    --------
    >>> narrow, wide = (
    ...     design_lines(breadth_error=2e-4, two_theta=(8, end), lines=10, wavelength=61.99)
    ...     for end in (20, 40)
    ... )
    >>> print(f"{1e4 * narrow.strain_error:.1f} {1e4 * wide.strain_error:.1f}")
    4.7 1.8
    """
    low, high = two_theta
    if not (lines >= 2 and breadth_error > 0 and 0 < low < high < 180 and wavelength > 0):
        raise AnalysisError(
            "two lines or more are needed, between two ascending angles below 180 degrees and "
            f"with an error above 0; got {lines} lines, {low:g} to {high:g} degrees and "
            f"{breadth_error:g} rad"
        )
    terms = BreadthLaw(np.radians(np.linspace(low, high, lines) / 2), full=True).terms
    term_error, strain_error = breadth_error * np.sqrt(np.diag(np.linalg.inv(terms @ terms.T)))
    scherrer = shape_factor * wavelength / 1000
    return ExpectedStrain(
        float(strain_error),
        float(size**2 / scherrer * term_error),
        float(scherrer / term_error / 2),
    )


def errors_per_noise(
    t: Floats, theta_d: float, r0: float = R0, a: float = AMPLITUDE, g_sat: float = G_SAT
) -> tuple[float, float]:
    """Return the errors of Theta_D, and of it if G were known, for a noise of 1."""
    law, t_one = law_named(DEFAULT_LAW), float(t[-1])
    shunt = 1 + g_sat * r0
    slope = a / shunt * t_one / theta_d
    inner = np.array([(theta_d / t_one) ** 2, r0 / shunt, slope / shunt, g_sat * slope])
    model = law.at(t, t_one, 5.0)
    rows = model.jacobian(inner) / model.value(inner).max()
    lengths = np.linalg.norm(rows, axis=1)
    # By orthogonal rows: the information matrix itself would square their likeness.
    _, triangle = np.linalg.qr((rows / lengths[:, None]).T)
    half = law.physical(inner, t_one)[1] / lengths @ np.linalg.inv(triangle)
    covariance = half @ half.T
    left = covariance[0, 0] - covariance[0, 3] ** 2 / covariance[3, 3]
    return float(np.sqrt(covariance[0, 0])), float(np.sqrt(left))
