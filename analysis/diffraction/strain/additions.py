"""How the broadening by size and that by strain add: one law of the breadths for each way.

Every way is one entry of `ADDITIONS`. A law holds the breadths of lines at fixed angles as a
function of two parameters that scatter on both sides of zero, p_1 = (K lambda/D)^m and
p_2 = epsilon^n, with the powers of its entry.
"""

from typing import NamedTuple, Protocol

import numpy as np
from scipy import special

from analysis.diffraction.peaks import PeakTable
from analysis.diffraction.shapes import shape_named
from analysis.numerics.linear import fit_linear
from analysis.typing import Floats


class Addition(NamedTuple):
    """A way in which the two parts of a breadth add.

    Attributes
    ----------
    name, about : str
        The word that chooses it, and what it is in a few words, for ``--help``.
    size_power, strain_power : int
        m and n: the powers of K lambda/D and of epsilon that are fitted.
    words : str
        What it takes the lines to be, for a sentence.
    """

    name: str
    about: str
    size_power: int = 1
    strain_power: int = 1
    words: str = ""


LINEAR = Addition(
    "linear",
    "linearly, for Lorentzian lines",
    words="the breadths from size and from strain add linearly, as those of Lorentzian lines do",
)
QUADRATURE = Addition(
    "quadrature",
    "in quadrature, for Gaussian lines",
    2,
    2,
    words=(
        "the breadths from size and from strain add in quadrature, as those of Gaussian lines do"
    ),
)
RESOLVED = Addition(
    "resolved",
    "size from the Lorentzian part of the lines, strain from the Gaussian part",
    1,
    2,
    words="the size is taken from the lines' Lorentzian part and the strain from their Gaussian",
)
HALDER_WAGNER = Addition(
    "halder-wagner",
    "a Lorentzian from size and a Gaussian from strain, by the whole breadth",
    1,
    2,
    words="breadths add as those of a Lorentzian from size and a Gaussian from strain",
)
AUTO = Addition("auto", "the one that belongs to the shape of the lines")
ADDITIONS = (AUTO, LINEAR, QUADRATURE, RESOLVED, HALDER_WAGNER)

# Area over height, over the FWHM.
LORENTZIAN = np.pi / 2
GAUSSIAN = float(np.sqrt(np.pi / np.log(2)) / 2)
# Where a fit held the mixing its error is that of the other lines, and no smaller than this
# part of it anywhere.
LEAST_ERROR = 0.3
# That the parts of lines go with the angle as they should is refuted below this probability.
REFUTED = 0.001


def addition_named(name: str) -> Addition:
    """Return the entry of `ADDITIONS` of a name that is there."""
    return next(addition for addition in ADDITIONS if addition.name == name)


def add_up(addition: Addition, by_size: Floats, by_strain: Floats, *, fwhm: bool = False) -> Floats:
    """Return whole breadths from their two parts, both in one unit.

    Of a Lorentzian and a Gaussian the integral breadth is that of the Voigt function,
    beta_G / (exp(k^2) erfc(k)) with k = beta_L / (sqrt(pi) beta_G); the FWHM is that of
    J. J. Olivero and R. L. Longbothum, J. Quant. Spectrosc. Radiat. Transfer 17, 233 (1977).
    `halder-wagner` has the parabola beta^2 = beta_L beta + beta_G^2 in its place.
    """
    if addition.name == "linear":
        return np.asarray(by_size + by_strain)
    if addition.name == "quadrature":
        return np.asarray(np.hypot(by_size, by_strain))
    if addition.name == "halder-wagner":
        return np.asarray((by_size + np.sqrt(by_size**2 + 4 * by_strain**2)) / 2)
    if fwhm:
        return np.asarray(0.5346 * by_size + np.sqrt(0.2166 * by_size**2 + by_strain**2))
    gauss = np.maximum(by_strain, 1e-9 * np.maximum(by_size, 1e-300))
    return np.asarray(gauss / special.erfcx(by_size / (np.sqrt(np.pi) * gauss)))


def strain_left(
    addition: Addition, breadths: Floats, by_size: Floats, errors: Floats
) -> tuple[Floats, Floats]:
    """Return the breadths without the part by size, and by how much more they scatter.

    Negative where that part alone is broader.
    """
    if addition.name == "linear":
        return breadths - by_size, np.ones_like(breadths)
    taken = by_size if addition.name == "quadrature" else np.abs(breadths)
    squares = breadths * np.abs(breadths) - by_size * taken
    left = np.sign(squares) * np.sqrt(np.abs(squares))
    return left, np.abs(breadths) / np.maximum(np.abs(left), errors)


class Law(Protocol):
    """Breadths at fixed angles as a function of two parameters; M values for N lines."""

    def value(self, p: Floats) -> Floats:
        """Return what is measured, shape (M,)."""

    def jacobian(self, p: Floats) -> Floats:
        """Return its derivatives by the parameters, shape (P, M)."""

    def slope(self, p: Floats) -> Floats:
        """Return its derivatives by theta, shape (M,)."""

    def spread(self, p: Floats) -> Floats:
        """Return by how much each moves where its breadth does by one common part, shape (M,).

        Above 0: no less than a tenth of the mean.
        """

    def guess(self, measured: Floats, errors: Floats) -> Floats:
        """Return parameters to begin with, shape (P,)."""


class BreadthLaw:
    """Eqs. 7 and 8 at fixed angles, in parameters of which the breadth is a smooth function.

    ``beta^m = p_1 / cos(theta)^m + p_2 (4 tan(theta))^m`` with p_1 = (K lambda/D)^m, which
    eq. 8 lacks, and p_2 = epsilon^m; m is 1 where the parts add as they are and 2 where their
    squares do. An infinite size is p_1 = 0, an ordinary value with scatter on either side.
    """

    def __init__(self, theta: Floats, *, full: bool, power: int = 1) -> None:
        cos, tan = np.cos(theta), np.tan(theta)
        parts = np.array([1 / cos, 4 * tan])
        slopes = np.array([tan / cos, 4 / cos**2])
        first = 0 if full else 1
        self.power = power
        self.terms = (parts**power)[first:]
        self.term_slopes = (power * parts ** (power - 1) * slopes)[first:]

    def value(self, p: Floats) -> Floats:
        """Return breadths, rad, shape (N,)."""
        summed = p @ self.terms
        return np.asarray(summed) if self.power == 1 else _root(summed)

    def jacobian(self, p: Floats) -> Floats:
        """Return the derivatives of the breadths by the parameters, shape (P, N)."""
        return self.terms if self.power == 1 else self.terms / (2 * self.value(p))

    def slope(self, p: Floats) -> Floats:
        """Return the derivatives of the breadths by theta, shape (N,)."""
        inner = p @ self.term_slopes
        return np.asarray(inner if self.power == 1 else inner / (2 * self.value(p)))

    def spread(self, p: Floats) -> Floats:
        """Return the breadths."""
        return _above_zero(self.value(p))

    def guess(self, measured: Floats, errors: Floats) -> Floats:
        """Return the parameters that fit the m-th powers of the breadths."""
        squares = (2 * measured * errors) ** 2 + errors**4
        variance = errors**2 if self.power == 1 else squares
        return fit_linear(self.terms, measured**self.power, variance).values


class ParabolaLaw:
    """``beta^2 = p_1 beta / cos(theta) + p_2 (4 tan(theta))^2``, p_1 = K lambda/D, p_2 = epsilon^2.

    The law of N. C. Halder and C. N. J. Wagner, Acta Cryst. 20, 312 (1966), for lines of a
    Lorentzian by size and a Gaussian by strain, solved for beta: in their plot both axes hold
    the breadth and its error.
    """

    def __init__(self, theta: Floats) -> None:
        cos, tan = np.cos(theta), np.tan(theta)
        self.terms = np.array([1 / cos, 16 * tan**2])
        self.term_slopes = np.array([tan / cos, 32 * tan / cos**2])

    def _parts(self, p: Floats) -> tuple[Floats, Floats]:
        first = np.asarray(p[0] * self.terms[0])
        return first, _root(first**2 + 4 * p[1] * self.terms[1])

    def value(self, p: Floats) -> Floats:
        """Return breadths, rad, shape (N,)."""
        first, root = self._parts(p)
        return np.asarray((first + root) / 2)

    def jacobian(self, p: Floats) -> Floats:
        """Return the derivatives of the breadths by the parameters, shape (2, N)."""
        first, root = self._parts(p)
        return np.asarray(self.terms * np.array([(1 + first / root) / 2, 1 / root]))

    def slope(self, p: Floats) -> Floats:
        """Return the derivatives of the breadths by theta, shape (N,)."""
        first, root = self._parts(p)
        inner = p[:, None] * self.term_slopes
        return np.asarray(inner[0] * (1 + first / root) / 2 + inner[1] / root)

    def spread(self, p: Floats) -> Floats:
        """Return the breadths."""
        return _above_zero(self.value(p))

    def guess(self, measured: Floats, errors: Floats) -> Floats:
        """Return the parameters that fit the squares of the breadths."""
        terms = np.array([measured * self.terms[0], self.terms[1]])
        return fit_linear(terms, measured**2, (2 * measured * errors) ** 2 + errors**4).values


class PartsLaw:
    """The lines' two parts, ``beta_L = p_1/cos(theta)`` and ``beta_G^2 = p_2 (4 tan(theta))^2``.

    p_1 = K lambda/D and p_2 = epsilon^2; Th. H. de Keijser, J. I. Langford, E. J. Mittemeijer
    and A. B. P. Vogels, J. Appl. Cryst. 15, 308 (1982). What one part gains in a fit of a line
    the other loses, so that their errors belong together: the values are the squares of the
    Gaussian parts, and after them the Lorentzian parts plus `share` times these squares, whose
    errors do not.
    """

    def __init__(self, theta: Floats, share: Floats) -> None:
        cos, tan = np.cos(theta), np.tan(theta)
        square, slope, none = 16 * tan**2, 32 * tan / cos**2, np.zeros_like(tan)
        self.terms = np.array([np.r_[none, 1 / cos], np.r_[square, share * square]])
        self.term_slopes = np.array([np.r_[none, tan / cos], np.r_[slope, share * slope]])

    def value(self, p: Floats) -> Floats:
        """Return squares and sums, rad^2 and rad, shape (2 N,)."""
        return np.asarray(p @ self.terms)

    def jacobian(self, _p: Floats) -> Floats:
        """Return the derivatives of the values by the parameters, shape (2, 2 N)."""
        return self.terms

    def slope(self, p: Floats) -> Floats:
        """Return the derivatives of the values by theta, shape (2 N,)."""
        return np.asarray(p @ self.term_slopes)

    def spread(self, p: Floats) -> Floats:
        """Return twice the squares, and the Lorentzian parts plus twice theirs."""
        moved = np.array([p[0], 2 * p[1]]) @ self.terms
        return np.concatenate([_above_zero(half) for half in np.split(moved, 2)])

    def guess(self, measured: Floats, errors: Floats) -> Floats:
        """Return the parameters of the weighted fit."""
        return fit_linear(self.terms, measured, errors**2).values


def _root(squares: Floats) -> Floats:
    """Return roots; a trial step may lead below zero, where there is none."""
    return np.asarray(np.sqrt(np.maximum(squares, 1e-6 * np.abs(squares).max() + 1e-30)))


def _above_zero(values: Floats) -> Floats:
    size = np.abs(values)
    return np.asarray(np.maximum(size, max(0.1 * float(size.mean()), 1e-30)))


class Parts(NamedTuple):
    """What `PartsLaw` fits: values and errors, shape (2 N,), and the share, shape (N,).

    `common` is what moves all of them together, shape (K, 2 N), if there is anything.
    """

    measured: Floats
    errors: Floats
    share: Floats
    common: Floats | None

    @property
    def squares(self) -> tuple[Floats, Floats]:
        """The Gaussian parts' squares and their errors, shape (N,)."""
        n = self.share.size
        return self.measured[:n], self.errors[:n]

    @property
    def lorentzian(self) -> tuple[Floats, Floats]:
        """The Lorentzian parts and their errors, shape (N,)."""
        n = self.share.size
        error = np.hypot(self.errors[n:], self.share * self.errors[:n])
        return self.measured[n:] - self.share * self.measured[:n], error


def parts_of(lines: PeakTable, breadth: str) -> Parts:
    """Return the lines' parts, rad and rad^2, in the combinations whose errors do not meet."""
    parts = lines.parts
    to_lorentz, to_gauss = (LORENTZIAN, GAUSSIAN) if breadth == "integral" else (1.0, 1.0)
    lorentz, lorentz_error = (np.radians(to_lorentz * row) for row in parts[:2])
    gauss, gauss_error = (np.radians(to_gauss * row) for row in parts[2:4])
    square = gauss**2
    whole, whole_error = lines.breadth(breadth)
    square_error = _known(2 * gauss * gauss_error, whole**2)
    lorentz_error = _known(lorentz_error, whole)
    correlation = np.clip(np.nan_to_num(parts.correlation), -0.999, 0.999)
    share = -correlation * lorentz_error / square_error
    left = np.maximum(lorentz_error * np.sqrt(1 - correlation**2), LEAST_ERROR * whole_error)
    common = None
    if lines.common is not None:
        by_lorentz = np.radians(to_lorentz * lines.common.lorentzian_fwhm)
        by_square = 2 * gauss * np.radians(to_gauss * lines.common.gaussian_fwhm)
        common = np.hstack([by_square, by_lorentz + share * by_square])
    return Parts(np.r_[square, lorentz + share * square], np.r_[square_error, left], share, common)


def common_of(lines: PeakTable, breadth: str) -> Floats | None:
    """Return what moves the whole breadths of all lines together, rad, shape (K, N)."""
    if lines.common is None:
        return None
    modes = lines.common.integral_breadth if breadth == "integral" else lines.common.fwhm
    return np.radians(modes)


def _known(errors: Floats, scale: Floats) -> Floats:
    """Return errors; where a part was held, and has none, that of the other lines."""
    relative = np.where(np.isfinite(errors), errors, 0.0) / scale
    positive = relative[relative > 0]
    if not positive.size:
        return np.full_like(scale, 1e-3) * scale
    return np.asarray(np.maximum(relative, LEAST_ERROR * float(np.median(positive))) * scale)


def law_of(addition: Addition, theta: Floats, *, full: bool, parts: Parts | None = None) -> Law:
    """Return the law of an addition at Bragg angles; eq. 8, which is all one, if not full."""
    if full and addition.name == "resolved" and parts is not None:
        return PartsLaw(theta, parts.share)
    if full and addition.name == "halder-wagner":
        return ParabolaLaw(theta)
    return BreadthLaw(theta, full=full, power=addition.size_power if full else 1)


def choose_addition(lines: PeakTable, breadth: str) -> tuple[Addition, str]:
    """Return the addition that the shape of the lines calls for, and why, in words.

    Lines of a pure shape leave no choice. Mixed lines whose parts a fit told apart are
    resolved, unless that is refuted and the other extreme describes the parts better: that
    both grow alike with the angle. The whole breadth is used then, and adds like the part
    that prevails.
    """
    mixing = shape_named(lines.shape).mixing
    prevails = LINEAR if float(np.mean(lines.lorentzian_part)) >= 0.5 else QUADRATURE
    if mixing is not None:
        return (LINEAR if mixing >= 0.5 else QUADRATURE), f"the lines are {lines.shape}"
    if lines.lorentzian_fwhm is None or len(lines) < 3:
        return prevails, "the Lorentzian and Gaussian parts of the lines are not known separately"
    parts = parts_of(lines, breadth)
    n, weights = len(lines), 1 / parts.errors
    apart = fit_linear(PartsLaw(lines.theta, parts.share).terms, parts.measured, parts.errors**2)
    if special.chdtrc(2 * n - 2, apart.chi_square) > REFUTED:
        return RESOLVED, "the lines' parts change with the angle as this requires"
    # Both parts a fixed share of eq. 7: one that is the same for all lines.
    whole, _ = lines.breadth(breadth)
    square, _ = parts.squares
    lorentz, _ = parts.lorentzian
    law = BreadthLaw(lines.theta, full=True, power=prevails.size_power)
    smooth = law.value(law.guess(whole, np.maximum(parts.errors[n:], 1e-300)))
    shares = (
        float(np.average(square / whole**2, weights=(weights[:n] * whole**2) ** 2)),
        float(np.average(lorentz / whole, weights=(weights[n:] * whole) ** 2)),
    )
    expected = np.r_[shares[0] * smooth**2, shares[1] * smooth]
    expected[n:] += parts.share * expected[:n]
    alike = float((((parts.measured - expected) * weights) ** 2).sum())
    if apart.chi_square <= alike:
        return RESOLVED, "the lines' parts change with the angle roughly as this requires"
    return prevails, "both parts of the lines grow in the same way with the angle"
