"""Whether a law describes a curve within its scatter, and where and how it fails."""

from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from scipy import ndimage, special

from analysis.numerics.autoregression import Autoregression, Direction
from analysis.numerics.scatter import stray_points
from analysis.transport.curve import ResistanceCurve
from analysis.transport.feature import HUMP, KINK, STEP, Feature
from analysis.transport.solve import Solution
from analysis.typing import Floats

# Of 1000 curves that the law describes, each of these tests calls so many a misfit: of the four
# smoothest terms, of all, of local shapes, of an error in temperature.
_SMOOTH, _ANY, _LOCAL, _SHIFTED = 0.012, 0.008, 0.008, 0.012
_SMOOTHEST, _TERMS = 4, 12
# So many of the local shapes act as if they were independent of each other.
_INDEPENDENT = 40
# Points beyond this many are averaged with their neighbours.
_MOST = 1200
# Widths of local shapes, in parts of the range of temperatures.
WIDTHS = (1 / 60, 1 / 25, 1 / 10)
_PLACES = 24
_FEATURES = (STEP, HUMP, KINK)


class Local(NamedTuple):
    """A local shape that residuals would take.

    Attributes
    ----------
    feature : Feature
    place, width : float
        K.
    height : float
        In parts of the solution's scale.
    in_errors : float
        The same in standard errors, without sign.
    p_value : float
        Probability that scatter alone gives a shape so large, here or elsewhere.
    """

    feature: Feature
    place: float
    width: float
    height: float
    in_errors: float
    p_value: float


class Misfit:
    """The residuals of a converged fit, and what would explain them.

    Parameters
    ----------
    part : ResistanceCurve
        The points that were fitted.
    solution : Solution

    Attributes
    ----------
    first_per_kelvin : float
        How the first parameter moves, in its unit, where all temperatures are 1 K too low.
    """

    def __init__(self, part: ResistanceCurve, solution: Solution) -> None:
        minimum, t = solution.minimum, part.temperature
        law = solution.law.at(t, solution.t_one, solution.n)
        # Weights per kelvin are a choice; the scatter is the same for all points.
        weights = solution.weights if solution.weighting == "relative" else np.ones_like(t)
        jacobian = law.jacobian(minimum.parameters)[minimum.free]
        slope = law.slope(minimum.parameters)
        # A shift of all temperatures by 1 K, and what it does to the law's first parameter.
        inverse = minimum.inverse[np.ix_(minimum.free, minimum.free)]
        by_first = solution.named[1][0][minimum.free]
        self.first_per_kelvin = float(
            by_first @ inverse @ (jacobian @ (slope * solution.weights**2))
        )
        jacobian, slope = jacobian * weights, slope * weights
        left = minimum.residuals * weights
        if (stray := stray_points(left)).any():
            left = np.where(stray, ndimage.median_filter(left, 5, mode="nearest"), left)
        rows = np.vstack([t, left, slope, weights, jacobian])
        each = -(-t.size // _MOST)
        if solution.by_axis is not None:  # a drawn line has more points than were measured
            each = max(each, min(round(minimum.correlation.widening), t.size // 10))
        if each > 1:
            edges = np.arange(0, t.size, each)
            rows = np.add.reduceat(rows, edges, axis=1) / np.diff(np.r_[edges, t.size])
        self.t, self.residuals, self.slope, self.weights = rows[:4]
        self.jacobian, self.scale = rows[4:], solution.scale
        self.span = float(np.ptp(self.t))
        squares = float(self.residuals @ self.residuals)
        self.exact = solution.unseen or squares <= 1e-24 * float(self.weights @ self.weights)
        terms = int(np.clip(self.t.size // 10, 3, _TERMS))
        x = (self.t - self.t[0]) / self.span
        self.smooth = np.cos(np.pi * np.arange(1, terms + 1)[:, None] * x) * self.weights
        self.terms = terms
        self.enough = self.t.size > len(self.jacobian) + terms + 3

    @cached_property
    def scatter(self) -> Autoregression:
        """The residuals as scatter whose neighbours repeat each other, and maybe something smooth.

        Only where there are `enough` points, and they are not `exact`.
        """
        return Autoregression(self.residuals, self.jacobian, self.smooth)

    @cached_property
    def _along(self) -> Direction:
        """What a shift of the temperatures, first, and each local shape would take up."""
        shapes = _shapes(self.t.tobytes()) * self.weights
        return self.scatter.along(np.vstack([self.slope, shapes]))

    @property
    def shift(self) -> float:
        """By how much (K) temperatures would have to be too low for the law to fit them best."""
        return float(self._along.amplitude[0]) if self.enough and not self.exact else 0.0

    @property
    def shift_error(self) -> float:
        """Its standard error, K."""
        return float(self._along.error[0]) if self.enough and not self.exact else float("inf")

    @property
    def shifted(self) -> bool:
        """Whether scatter alone makes it so large less often than once in a hundred."""
        return self.enough and not self.exact and float(self._along.p_value[0]) < _SHIFTED

    @cached_property
    def described(self) -> bool:
        """Whether the residuals are nothing but scatter.

        Always where there are too few points to tell.
        """
        if self.exact or not self.enough:
            return True
        return not (
            self._smooth_left or self.shifted or min(shape.p_value for shape in self.local) < _LOCAL
        )

    @cached_property
    def described_broadly(self) -> bool:
        """Whether nothing smooth and no shift is left over; local shapes are not looked for.

        For those who judge thousands of fits: as if the scatter were white to begin with. It
        is only looked at more closely where that is not enough, since neighbours that repeat
        each other make what is smooth less of a surprise.
        """
        if self.exact or not self.enough or self._white:
            return True
        if self._smooth_left:
            return False
        return float(self.scatter.along(self.slope[None]).p_value[0]) >= _SHIFTED

    @cached_property
    def _smooth_left(self) -> bool:
        few = self.scatter.lack(min(_SMOOTHEST, self.terms))
        return few < _SMOOTH or self.scatter.lack(self.terms) < _ANY

    @property
    def _white(self) -> bool:
        """Whether white scatter explains what smooth terms and a shift take up."""
        fitted, few = len(self.jacobian), min(_SMOOTHEST, self.terms)
        lengths = np.linalg.norm(self.jacobian, axis=1, keepdims=True)
        rows, _ = np.linalg.qr(np.concatenate([self.jacobian / lengths, self.smooth]).T)
        parts = (self.residuals @ rows) ** 2
        dof = self.t.size - parts.size
        variance = (self.residuals @ self.residuals - parts.sum()) / dof
        beside = self.slope - rows[:, :fitted] @ (self.slope @ rows[:, :fitted])
        by_terms = np.cumsum(parts[fitted:])[[few - 1, -1]] / variance
        shift = (self.residuals @ beside) ** 2 / (beside @ beside) / variance
        tests = ((few, by_terms[0], _SMOOTH), (self.terms, by_terms[1], _ANY), (1, shift, _SHIFTED))
        return all(special.fdtrc(size, dof, by / size) >= level for size, by, level in tests)

    @cached_property
    def local(self) -> list["Local"]:
        """Local shapes that the residuals would take, the best of each kind and width.

        The largest in standard errors first.
        """
        # Without the first entry, the shift of the temperatures.
        by_kind = Direction(*(np.reshape(column[1:], (-1, _PLACES)) for column in self._along))
        shapes, places = [], _places(self.t)
        kinds = [(feature, part * self.span) for feature in _FEATURES for part in WIDTHS]
        for kind, (feature, width) in enumerate(kinds):
            heights, errors, p_values = (column[kind] for column in by_kind)
            best = int(np.argmax(np.abs(heights) / errors))
            height, error = float(heights[best]), float(errors[best])
            likely = min(1.0, _INDEPENDENT * float(p_values[best]))
            place = float(places[best])
            shapes.append(Local(feature, place, width, height, abs(height) / error, likely))
        return sorted(shapes, key=lambda shape: -shape.in_errors)

    @property
    def excess(self) -> float:
        """The squares that smooth terms take up, in variances of the scatter."""
        return self.scatter.squares_taken(self.terms)

    def described_with(self, row: Floats) -> bool:
        """Tell whether nothing but scatter is left over beside a row (unweighted), linearised."""
        rows = np.vstack([self.jacobian, row * self.weights])
        scatter = Autoregression(self.residuals, rows, self.smooth)
        few = min(_SMOOTHEST, self.terms)
        return scatter.lack(few) >= _SMOOTH and scatter.lack(self.terms) >= _ANY

    @cached_property
    def shift_explains(self) -> bool:
        """Whether an error that all temperatures share would explain the misfit."""
        return self.shifted and self.described_with(self.slope / self.weights)

    @cached_property
    def kink(self) -> float | None:
        """Temperature (K) of a change of slope that would explain the misfit, None if none does."""
        kinks = [shape for shape in self.local if shape.feature is KINK]
        row = KINK.rows(self.t, np.array([kinks[0].place]), kinks[0].width)[0]
        return kinks[0].place if self.described_with(row) else None

    @cached_property
    def worst(self) -> float:
        """Temperature (K) near which the law misses the points most, noise set aside."""
        far = np.abs(self._smooth_part() / self.weights)
        return float(self.t[int(far.argmax())])

    @cached_property
    def size(self) -> float:
        """How far it misses them there, as a part of the largest resistance."""
        return float(np.abs(self._smooth_part() / self.weights).max())

    def _smooth_part(self) -> Floats:
        rows = self.scatter.rows[:-1]
        return np.asarray((rows @ self.residuals) @ rows)


def _places(t: Floats) -> Floats:
    return np.asarray(t[0] + np.ptp(t) * np.linspace(0.05, 0.95, _PLACES))


@lru_cache(maxsize=4)
def _shapes(temperatures: bytes) -> Floats:
    """Return the local shapes by kind, width and place at temperatures, given as their bytes.

    Sweeps with one program, and simulated ones, share their temperatures.
    """
    t = np.frombuffer(temperatures)
    places, span = _places(t), np.ptp(t)
    whole = np.concatenate(
        [feature.rows(t, places, part * span) for feature in _FEATURES for part in WIDTHS]
    )
    whole.flags.writeable = False
    return whole
