"""Neighbouring lines fitted together: the model, its minimum, and the errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.diffraction.lines.search import Candidate
from analysis.diffraction.shapes import Shape, Slopes
from analysis.numerics.least_squares import Minimum, Undetermined, minimise
from analysis.typing import Floats

# K-alpha 2 has half the intensity of K-alpha 1 (two electrons for the other's four).
SECOND = 0.5
# Step of the numerical derivative of the integral breadth by the mixing.
STEP = 1e-5
# A line's halves differ from their mean by at most this part.
MOST_SKEW = 0.9
# A free mixing may come out up to so far from 0.5, a little beyond 0 and 1.
MARGIN = 0.6
# Lines settle within 10 to 40 evaluations, or are not there.
EVALUATIONS = 60


def slices(sizes: Sequence[int]) -> tuple[slice, ...]:
    """Return the places of neighbouring pieces of a vector."""
    ends = [0, *accumulate(sizes)]
    return tuple(slice(*pair) for pair in pairwise(ends))


class Parts(NamedTuple):
    """Where the parameters of a `GroupModel` stand."""

    shifts: slice
    widths: slice
    areas: slice
    mixing: slice
    skew: slice
    background: slice


class Profile(NamedTuple):
    """The lines of one wavelength at the points, each of unit area and FWHM.

    Attributes
    ----------
    factor : float
        Relative area of this wavelength.
    u : ndarray, shape (lines, N)
        Distance from the centre over the FWHM.
    moves : ndarray, shape (lines, 1), or float
        The rate at which a line moves with its centre.
    side, stretch : ndarray, shape (lines, N), or float
        Left (-1) or right of the centre, and how far a skew stretches the line there.
    slopes : Slopes
    """

    factor: float
    u: Floats
    moves: Floats | float
    side: Floats | float
    stretch: Floats | float
    slopes: Slopes


@dataclass(frozen=True, eq=False)
class GroupModel:
    """Lines on a polynomial background, at the points of one stretch of a pattern.

    The parameters are, in this order: the shifts of the lines from `start` in units of
    their FWHM there; the logarithms of FWHM over that FWHM, one for all lines or one
    each; the areas over that FWHM and `height`; the mixing (its inverse hyperbolic
    tangent about 0.5) unless it is held; the skew if
    there is one; and the coefficients of Legendre polynomials over `height`.

    Attributes
    ----------
    start : tuple of Candidate
    shape : Shape
    x : ndarray, shape (N,)
        Angles, degrees.
    height : float
        Counts that scale areas and background.
    ratio : float or None
        Wavelength of K-alpha 2 over that of K-alpha 1; None for a single wavelength.
    mixing : float or None
        Held at this value; None: fitted, one for all lines.
    degree : int
        Of the polynomial; -1 for none.
    one_width : bool
        Whether all lines have the same FWHM.
    skewed : bool
        Whether the lines' left half is narrower by the part `skew` than the mean, and the
        right half broader by as much; one skew for all lines.
    """

    start: tuple[Candidate, ...]
    shape: Shape
    x: Floats
    height: float
    ratio: float | None = None
    mixing: float | None = None
    degree: int = 1
    one_width: bool = False
    skewed: bool = False

    @cached_property
    def parts(self) -> Parts:
        """Places of each kind of parameter."""
        n = len(self.start)
        widths, free = 1 if self.one_width else n, int(self.mixing is None)
        counts = (n, widths, n, free, int(self.skewed), self.degree + 1)
        return Parts(*slices(counts))

    @cached_property
    def polynomials(self) -> Floats:
        """Legendre polynomials over the stretch, shape (degree + 1, N)."""
        if self.degree < 0:
            return np.zeros((0, self.x.size))
        low, high = self.x[0], self.x[-1]
        at = (2 * self.x - low - high) / max(high - low, 1e-12)
        return np.polynomial.legendre.legvander(at, self.degree).T

    @cached_property
    def guess(self) -> Floats:
        """Parameters of the start, without areas and background."""
        p = np.zeros(self.parts.background.stop)
        p[self.parts.areas] = 1.0
        mixing = np.clip(np.mean([line.mixing for line in self.start]), 0.05, 0.95)
        p[self.parts.mixing] = parameter_of(float(mixing))
        return p

    def mixing_of(self, p: Floats) -> float:
        """Return the mixing parameter, held or fitted."""
        if self.mixing is not None:
            return self.mixing
        return 0.5 + MARGIN * float(np.tanh(p[self.parts.mixing][0]))

    @cached_property
    def scale(self) -> Floats:
        """Widths at the start, which scale the parameters, degrees."""
        return np.array([line.fwhm for line in self.start])

    @cached_property
    def places(self) -> Floats:
        """Places at the start, degrees."""
        return np.array([line.center for line in self.start])

    def centers(self, p: Floats) -> Floats:
        """Return the places of the lines (K-alpha 1), degrees."""
        return self.places + p[self.parts.shifts] * self.scale

    def fwhm(self, p: Floats) -> Floats:
        """Return the full widths at half maximum, degrees."""
        # Far from the minimum the solver may ask for any width.
        return np.asarray(
            self.scale * np.exp(np.minimum(np.maximum(p[self.parts.widths], -20), 20))
        )

    def areas(self, p: Floats) -> Floats:
        """Return the areas (K-alpha 1), counts times degrees."""
        return p[self.parts.areas] * self.scale * self.height

    def value(self, p: Floats) -> Floats:
        """Return the counts at the points."""
        return self.value_of(p, self.profiles(p))

    def value_of(self, p: Floats, profiles: Sequence[Profile]) -> Floats:
        """Return `value` from the lines' `profiles` at the same places and widths."""
        counts = p[self.parts.background] @ self.below
        height = self.areas(p) / self.fwhm(p)
        for factor, _, _, _, _, slopes in profiles:
            counts += (factor * height) @ slopes.value
        return np.asarray(counts)

    def curves(self, p: Floats) -> Floats:
        """Return each line's counts at the points, shape (lines, N)."""
        mixing, skew = self.form(p)
        height = (self.areas(p) / self.fwhm(p))[:, None]
        total: Floats | float = 0.0
        for factor, u, _ in self._reduced(p):
            stretched = u / np.where(u < 0, 1 - skew, 1 + skew) if self.skewed else u
            total = total + factor * height * self.shape.profile(stretched, mixing)
        return np.asarray(total)

    def profiles(self, p: Floats) -> list[Profile]:
        """Return the lines of K-alpha 1 (and 2), which areas and background do not move."""
        profiles = []
        mixing, skew = self.form(p)
        for factor, u, moves in self._reduced(p):
            # A skewed line is compressed on its left and stretched on its right.
            side = np.where(u < 0, -1.0, 1.0) if self.skewed else 0.0
            stretch = 1 + side * skew
            slopes = self.shape.slopes(u / stretch if self.skewed else u, mixing)
            profiles.append(Profile(factor, u, moves, side, stretch, slopes))
        return profiles

    def jacobian(self, p: Floats) -> Floats:
        """Return the derivatives of `value`, shape (P, N)."""
        return self.jacobian_of(p, self.profiles(p))

    def jacobian_of(self, p: Floats, profiles: Sequence[Profile]) -> Floats:
        """Return `jacobian` from the lines' `profiles` at the same places and widths.

        A profile is g(u)/w with u = (x - c)/w, so that its derivatives by place and width
        follow from g and its slope.
        """
        parts, scale = self.parts, self.scale[:, None]
        fwhm, area = self.fwhm(p)[:, None], self.areas(p)[:, None]
        rows = np.empty((p.size, self.x.size))
        rows[: parts.background.start] = 0.0
        for factor, u, moves, side, stretch, slopes in profiles:
            slope = slopes.by_place / stretch if self.skewed else slopes.by_place
            height = factor * area / fwhm
            rows[parts.shifts] -= (height * scale * moves / fwhm) * slope
            along = u * slope
            by_width = height * (slopes.value + along)
            rows[parts.widths] -= by_width.sum(axis=0) if self.one_width else by_width
            rows[parts.areas] += (factor * self.height * scale / fwhm) * slopes.value
            if self.mixing is None:
                by_mixing = height[:, 0] @ slopes.by_mixing
                rows[parts.mixing] += by_mixing * _slope(self.mixing_of(p))
            if self.skewed:
                rows[parts.skew] -= (height * along * side / stretch).sum(axis=0)
        rows[parts.background] = self.below
        return rows

    @cached_property
    def below(self) -> Floats:
        """The polynomials in counts, shape (degree + 1, N)."""
        return self.polynomials * self.height

    def _reduced(self, p: Floats) -> Iterator[tuple[float, Floats, Floats | float]]:
        """Yield for K-alpha 1 and 2 the relative area, u, and how the place moves.

        u has the shape (lines, N), the rate at which a line moves with its centre (lines, 1).
        """
        center, fwhm = self.centers(p)[:, None], self.fwhm(p)[:, None]
        yield 1.0, (self.x - center) / fwhm, 1.0
        if self.ratio is not None:
            sine = np.sin(np.radians(center) / 2)
            # Far from the minimum the solver may ask for any place.
            second = np.clip(sine * self.ratio, -1 + 1e-9, 1 - 1e-9)
            moves = self.ratio * np.sqrt((1 - sine**2) / (1 - second**2))
            yield SECOND, (self.x - 2 * np.degrees(np.arcsin(second))) / fwhm, moves

    def form(self, p: Floats) -> tuple[float, float]:
        """Return mixing and skew."""
        skew = float(p[self.parts.skew][0]) if self.skewed else 0.0
        return self.mixing_of(p), min(max(skew, -MOST_SKEW), MOST_SKEW)


class _Solved:
    """A `GroupModel` for a solver, which looks at each place and width of the lines once."""

    def __init__(self, model: GroupModel) -> None:
        self.model = model
        self._key, self._profiles = b"", list[Profile]()

    def _at(self, p: Floats) -> list[Profile]:
        parts = self.model.parts
        key = p[: parts.areas.start].tobytes() + p[parts.areas.stop : parts.skew.stop].tobytes()
        if key != self._key:
            self._profiles, self._key = self.model.profiles(p), key
        return self._profiles

    def value(self, p: Floats) -> Floats:
        """Return the counts at the points."""
        return self.model.value_of(p, self._at(p))

    def jacobian(self, p: Floats) -> Floats:
        """Return the derivatives of `value`, shape (P, N)."""
        return self.model.jacobian_of(p, self._at(p))

    def linear_start(self, p: Floats, measured: Floats, weights: Floats) -> Floats:
        """Return `p` with the best areas and background for its places and widths."""
        parts = self.model.parts
        jacobian = self.jacobian(np.where(np.isfinite(p), p, 0.0))
        linear = np.r_[parts.areas, parts.background]
        # Areas enter linearly, so their rows do not depend on the areas' values.
        best, *_ = np.linalg.lstsq((jacobian[linear] * weights).T, measured * weights)
        started = p.copy()
        started[linear] = best
        started[parts.areas] = np.maximum(started[parts.areas], 1e-3)
        return started


def parameter_of(mixing: float) -> float:
    """Return the parameter that stands for a mixing."""
    return float(np.arctanh((mixing - 0.5) / MARGIN))


def _slope(mixing: float) -> float:
    """Return the derivative of the mixing by its parameter, of which it is a tanh."""
    return MARGIN - (mixing - 0.5) ** 2 / MARGIN


def schwarz(chi_square: float, size: float, parameters: int) -> float:
    """Return the Bayesian information criterion of a fit; smaller is better.

    G. Schwarz, Ann. Stat. 6, 461 (1978), where the scale of the errors is not known.
    """
    return float(size * np.log(max(chi_square, 1e-300) / size) + parameters * np.log(size))


@dataclass(frozen=True, eq=False)
class FittedGroup:
    """A minimum of `GroupModel`, and what follows from it.

    Attributes
    ----------
    model : GroupModel
    minimum : Minimum
    chi_square : float
        Weighted sum of squares.
    at : ndarray
        Which points of the pattern were used.
    """

    model: GroupModel
    minimum: Minimum
    chi_square: float
    at: NDArray[np.intp]

    @property
    def dof(self) -> int:
        """Points less parameters."""
        return max(self.at.size - self.minimum.parameters.size, 1)

    @cached_property
    def fwhm(self) -> Floats:
        """Full widths at half maximum, degrees."""
        return self.model.fwhm(self.minimum.parameters)

    @cached_property
    def centers(self) -> Floats:
        """Places of the lines, degrees."""
        return self.model.centers(self.minimum.parameters)

    @cached_property
    def areas(self) -> Floats:
        """Areas of the lines, counts times degrees."""
        return self.model.areas(self.minimum.parameters)

    @property
    def mixing(self) -> float:
        """Mixing parameter of the lines."""
        return self.model.mixing_of(self.minimum.parameters)

    @cached_property
    def integral_breadth(self) -> Floats:
        """Areas over heights, degrees."""
        return self.fwhm * self.model.shape.integral_breadth(1.0, self.mixing)

    def errors(self, factor: float) -> dict[str, Floats]:
        """Return the standard errors of places, widths, integral breadths and areas.

        `factor` multiplies the variances that follow from the points' own errors.
        """
        p, model = self.minimum.parameters, self.model
        variance = np.diag(self.minimum.inverse) * factor
        shifts, widths, areas, mixing, *_ = model.parts
        scale = model.scale
        by_width = np.broadcast_to(np.sqrt(variance[widths]), scale.size)
        errors = {
            "two_theta": np.sqrt(variance[shifts]) * scale,
            "fwhm": by_width * self.fwhm,
            "area": np.sqrt(variance[areas]) * scale * model.height,
        }
        if model.mixing is not None:
            return {**errors, "integral_breadth": by_width * self.integral_breadth}
        # Of a mixed shape the breadth depends on the mixing too, which goes with the width.
        m = model.mixing_of(p)
        unit = [model.shape.integral_breadth(1.0, m + s) for s in (STEP, -STEP)]
        slope = (unit[0] - unit[1]) / (2 * STEP) * _slope(m) * self.fwhm
        joint = self.minimum.inverse[widths, mixing][:, 0] * factor
        spread = _spread(by_width**2, variance[mixing], joint, self.integral_breadth, slope)
        return {**errors, "integral_breadth": np.sqrt(np.maximum(spread, 0.0))}

    def parts(self, factor: float) -> dict[str, Floats]:
        """Return the FWHM of the Lorentzian and the Gaussian that make up each line.

        With their standard errors and the correlation of these, by the names of the columns
        of a `PeakTable`. A part that is not there has no slope by the mixing but that of a
        root: its derivative is taken over the mixing's own error.

        Parameters
        ----------
        factor : float
            As in `errors`.
        """
        model, m = self.model, min(max(self.mixing, 0.0), 1.0)
        widths, mixing = model.parts.widths, model.parts.mixing
        variance = np.diag(self.minimum.inverse) * factor
        by_width = np.broadcast_to(variance[widths], self.fwhm.size)
        both_widths, slopes = np.array(model.shape.widths(m)), np.zeros(2)
        of_mixing, joint = 0.0, np.zeros(self.fwhm.size)
        if model.mixing is None:
            of_mixing = float(variance[mixing][0]) * _slope(m) ** 2
            joint = self.minimum.inverse[widths, mixing][:, 0] * factor * _slope(m)
            reach = max(float(np.sqrt(of_mixing)), STEP)
            low, high = max(m - reach, 0.0), min(m + reach, 1.0)
            ends = np.array([model.shape.widths(high), model.shape.widths(low)])
            slopes = (ends[0] - ends[1]) / (high - low)
        lorentz, gauss = both_widths[:, None] * self.fwhm
        by_l, by_g = slopes[:, None] * self.fwhm
        both = lorentz * gauss * by_width + by_l * by_g * of_mixing
        both = both + joint * (lorentz * by_g + gauss * by_l)
        errors = [
            np.sqrt(np.maximum(_spread(by_width, of_mixing, joint, width, slope), 0.0))
            for width, slope in ((lorentz, by_l), (gauss, by_g))
        ]
        product = errors[0] * errors[1]
        has_error = np.isfinite(product) & (product > 0)
        shared = np.divide(both, product, out=np.zeros(product.size), where=has_error)
        return {
            "lorentzian_fwhm": lorentz,
            "lorentzian_fwhm_error": errors[0],
            "gaussian_fwhm": gauss,
            "gaussian_fwhm_error": errors[1],
            "parts_correlation": np.clip(shared, -1, 1),
        }

    @property
    def scatter_factor(self) -> float:
        """What the points scatter, as a factor of their variances: reduced chi-square."""
        return self.chi_square / self.dof

    @cached_property
    def polynomial(self) -> Floats:
        """The group's own part of the background at its points, counts."""
        background = self.minimum.parameters[self.model.parts.background]
        return np.asarray(self.model.polynomials.T @ background * self.model.height)

    def curves(self, x: Floats) -> Floats:
        """Return each line without background at angles x, counts, shape (lines, N)."""
        return replace(self.model, x=x).curves(self.minimum.parameters)


def _spread(
    by_width: Floats, of_mixing: float | Floats, joint: float | Floats, width: Floats, slope: Floats
) -> Floats:
    """Return the variance of a width that goes with the FWHM and has a slope by the mixing.

    From the variances of log FWHM and of the mixing, and what they have in common.
    """
    return by_width * width**2 + of_mixing * slope**2 + 2 * joint * slope * width


def fit_group(
    model: GroupModel,
    measured: Floats,
    error: Floats,
    at: NDArray[np.intp],
    *,
    tolerance: float = 1e-10,
) -> FittedGroup:
    """Fit the lines of a group; a mixing beyond 0 or 1 is held at that bound.

    Parameters
    ----------
    model : GroupModel
        With the first guesses.
    measured, error : ndarray, shape (N,)
        Counts above the smooth background and the other groups' lines; their errors.
    at : ndarray, shape (N,)
        Which points of the pattern these are.
    tolerance : float
        See `minimise`.

    Raises
    ------
    Undetermined
        If the points do not determine the lines.
    """

    def fit(mixing: float | None) -> FittedGroup:
        form, weights = replace(model, mixing=mixing), 1 / error
        if measured.size <= form.guess.size:
            raise Undetermined("there are not more points than parameters")
        # On its way the solver may try lines of no width, and not settle.
        with np.errstate(all="ignore"):
            solved = _Solved(form)
            start = solved.linear_start(form.guess, measured, weights)
            minimum = minimise(
                solved,
                start,
                measured,
                weights=weights,
                evaluations=EVALUATIONS,
                tolerance=tolerance,
            )
        weighted = minimum.residuals * weights
        return FittedGroup(form, minimum, float(weighted @ weighted), at)

    mixing = model.shape.mixing if model.mixing is None else model.mixing
    if mixing is not None:
        return fit(mixing)
    try:
        free = fit(None)
    except Undetermined:
        return min((fit(bound) for bound in (1.0, 0.0)), key=lambda fitted: fitted.chi_square)
    return free if 0 <= free.mixing <= 1 else fit(float(free.mixing > 1))
