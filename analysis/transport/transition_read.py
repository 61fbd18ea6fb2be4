"""A transition read off the points, without a model: where they cross a resistance."""

from typing import NamedTuple

import numpy as np
import scipy  # its signal, which is slow to import, when first used
from scipy import ndimage, optimize
from uncertainties import UFloat, ufloat

from analysis.numerics.digitised import axis_errors
from analysis.numerics.linear import fit_linear
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drop import Drop, deepest_drop
from analysis.typing import Floats

# Fewer points than these between 10 and 90 % of a drop do not show its shape.
FEWEST_INSIDE = 3
# Nor do fewer of a sweep say where it lies.
_FEWEST_OF_SWEEP = 5
# The foot of a drop reaches down to this part of the temperature where it is calm.
_BELOW_DROP = 0.8
# So many points above a drop show more than a slope.
_FEWEST_OF_PARABOLA = 12


class Reading(NamedTuple):
    """Where points fall to a resistance.

    Attributes
    ----------
    value, error : float
        Interpolated temperature (K), and its standard error from the scatter of the points
        and the error of the level.
    spacing : float
        How far another interpolation lies from it (K).
    low, high : float
        The points between which it lies, beyond their scatter (K).
    sweeps : float
        Half of how far the sweeps lie apart there (K); the value is then their middle.
    """

    value: float
    error: float
    spacing: float
    low: float
    high: float
    sweeps: float = 0.0


def rising(part: ResistanceCurve) -> Floats:
    """Return the resistances without stray points, made monotonic by least squares."""
    return rising_values(part.resistance)


def rising_values(resistance: Floats) -> Floats:
    """Return the same of resistances in ascending temperature."""
    calm = ndimage.median_filter(resistance, 5, mode="nearest")
    return np.asarray(optimize.isotonic_regression(calm).x)


def crossings(t: Floats, monotonic: Floats, levels: Floats) -> Floats:
    """Return where a monotonic curve crosses levels, K; between the points beside them."""
    return np.asarray(np.interp(levels, monotonic, t))


def below_top(part: ResistanceCurve, top: float) -> ResistanceCurve:
    """Return a curve up to a little above a transition, where it falls on cooling alone."""
    end = max(1.1 * top, float(part.temperature[min(3, len(part) - 1)]))
    return part.between(float(part.temperature[0]), end)


def onset_of(part: ResistanceCurve, drop: Drop) -> tuple[float, UFloat]:
    """Return where a drop begins (K), and the resistance there, on a curve through points above.

    From where all points below lie under the curve by 1 and by 5 %, and three times the
    scatter, as if what is lost grew with the third power, as it does in eq. 5. Half of the way
    beyond the first of these is counted as an error.
    """
    above = part.temperature >= drop.top
    t, r = part.temperature[above], part.resistance[above]
    some = slice(0, max(5, int((t <= 1.3 * drop.top).sum())))
    t, r = t[some] - drop.top, r[some]
    if t[-1] == t[0]:
        error = max(float(np.std(r)), 1e-9 * abs(float(r.mean())))
        return drop.top, ufloat(r.mean(), error)
    powers = np.arange(3 if t.size >= _FEWEST_OF_PARABOLA else 2)[:, None]
    line = fit_linear(t**powers, r)
    strays = float(np.sqrt(line.chi_square / line.dof))
    below = part.between(0.0, drop.top)
    shifted, monotonic = below.temperature - drop.top, rising(below)
    normal = line.values @ shifted**powers

    def under(lost: float) -> float:
        fallen = np.flatnonzero(monotonic < (1 - lost) * normal - 3 * strays)
        return float(shifted[fallen[-1]]) if fallen.size else 0.0

    first = under(0.01)
    next_above = float(min(shifted[shifted > first], default=0.0))
    beyond = max((first - under(0.05)) / (5 ** (1 / 3) - 1), next_above - first)
    beyond = min(beyond, -first)
    onset = first + beyond
    terms = onset ** powers[:, 0]
    by_scatter = strays * float(np.sqrt(terms @ line.covariance @ terms))
    error = float(np.hypot(by_scatter, line.values[1] * beyond / 2))
    value = float(terms @ line.values)
    return onset + drop.top, ufloat(value, max(error, 1e-9 * abs(value)))


def inside(part: ResistanceCurve, drop: Drop, onset: float) -> tuple[int, str]:
    """Return how many points lie between 10 and 90 % of a drop; and how far it falls, in words."""
    some = below_top(part, drop.top)
    r = rising(some)
    fraction = (r - r[0]) / (onset - r[0])
    low = int(np.flatnonzero(fraction < 0.1)[-1])
    high = int((fraction > 0.9).argmax())
    t, unit = some.temperature, part.unit
    times = f" (by a factor of {r[high] / r[low]:.2g})" if r[low] > 0.01 * r[high] else ""
    words = (
        f"the resistance falls from {r[high]:.4g} to {max(r[low], 0.0):.3g} {unit}{times} between "
        f"{t[high]:.4g} and {t[low]:.4g} K"
    )
    return int(((fraction > 0.1) & (fraction < 0.9)).sum()), words


def drop_of(curve: ResistanceCurve) -> str | None:
    """Return where the deepest drop of a curve begins and how far it falls; None without one."""
    drop = deepest_drop(curve)
    if drop is None:
        return None
    fall = inside(curve, drop, onset_of(curve, drop)[1].n)[1]
    return f"a drop like that of a superconductor below {drop.top:.4g} K: {fall}"


def read_off(
    part: ResistanceCurve, top: float, level: UFloat, scatter: float, spread: float = 0.0
) -> Reading | None:
    """Return where the points below `top` fall to a level; None if they do not fall so low.

    Parameters
    ----------
    part : ResistanceCurve
    top : float
        Above the transition, K.
    level : UFloat
        Unit of the curve.
    scatter : float
        Of a point, likewise.
    spread : float
        How far sweeps lie apart, K. If they do, each is read by itself.
    """
    some = below_top(part, top)
    whole = _reading_at(some.temperature, rising(some), level, scatter)
    if not spread or some.sweeps is None:
        return whole
    points = [some.sweeps.of_point == number for number in range(len(some.sweeps))]
    each = [(some.temperature[own], some.resistance[own]) for own in points]
    beside = () if part.measured is None else part.measured.beside
    left_out = [(t[t <= some.temperature[-1]], r[t <= some.temperature[-1]]) for t, r in beside]
    readings = [
        reading
        for t, r in (*each, *left_out)
        if t.size >= _FEWEST_OF_SWEEP
        if (reading := _reading_at(t, rising_values(r), level, scatter)) is not None
    ]
    if len(readings) < 2 or (whole is not None and len(readings) < len(each) + len(left_out)):
        return whole and whole._replace(sweeps=spread / 2)
    values = [reading.value for reading in readings]
    middle = (max(values) + min(values)) / 2
    if whole is not None and left_out:  # the used one's, with the others in its error
        middle = whole.value
    return Reading(
        middle,
        max(reading.error for reading in readings),
        max(reading.spacing for reading in readings),
        min(reading.low for reading in readings),
        max(reading.high for reading in readings),
        max(abs(value - middle) for value in values),
    )


def as_read(
    part: ResistanceCurve, top: float, criterion: float, onset: UFloat, reading: Reading
) -> UFloat:
    """Return the temperature of a reading with its error, and that of a figure's axes in it.

    A wrong axis of resistance moves the level less than the curve, to which the onset belongs.
    """
    value = ufloat(reading.value, reading.error)
    if part.digitised is None or not part.digitised.of_figure:
        return value
    errors, level = part.digitised.reading_error, criterion * onset.n
    of_t = axis_errors(np.array([reading.value]), part.temperature, errors.get("temperature", 0.0))
    at, above = axis_errors(
        np.array([level, onset.n]), part.resistance, errors.get("resistance", 0.0)
    ).T
    moved = []
    for by in np.abs(at - criterion * above).tolist():
        levels = [ufloat(shifted, criterion * onset.s) for shifted in (level - by, level + by)]
        readings = [read_off(part, top, shifted, 0.0) for shifted in levels]
        shifts = [other.value - reading.value for other in readings if other]
        moved.append(-max(shifts, key=abs, default=0.0))
    for cause, size in zip(part.digitised.causes, [*of_t[:, 0].tolist(), *moved], strict=True):
        value = value + size * cause
    return value


def within(reading: Reading | None, drop: Drop) -> Reading | None:
    """Return a reading that belongs to a drop; None below it, where a metal falls on."""
    return None if reading is None or reading.value < _BELOW_DROP * drop.low else reading


def _reading_at(t: Floats, monotonic: Floats, level: UFloat, scatter: float) -> Reading | None:
    under = np.flatnonzero(monotonic < level.n)
    over = np.flatnonzero(monotonic > level.n)
    if not under.size or not over.size:
        return None
    value = float(crossings(t, monotonic, np.array([level.n]))[0])
    # What lies closer than two standard deviations may lie on the other side.
    apart = 2 * float(np.hypot(scatter, level.s))
    sure_under = np.flatnonzero(monotonic < level.n - apart)
    sure_over = np.flatnonzero(monotonic > level.n + apart)
    low = int(sure_under[-1]) if sure_under.size else 0
    high = int(sure_over[0]) if sure_over.size else t.size - 1
    rise = max(float(monotonic[high] - monotonic[low]), 1e-300)
    kelvin = float(t[high] - t[low]) / rise
    # So many points between the two share the scatter.
    points = max((high - low - 1) / 2, 1.0)
    error = kelvin * float(np.hypot(scatter / np.sqrt(points), level.s))
    spacing = abs(_smooth_crossing(t, monotonic, level.n, int(under[-1])) - value)
    return Reading(value, error, spacing, float(t[low]), float(t[high]))


def _smooth_crossing(t: Floats, monotonic: Floats, level: float, under: int) -> float:
    """Return where a parabola on either side of a crossing has it: as far off as is likely.

    Through the two points that enclose the level and the next one below or above them.
    """
    distinct, first = np.unique(t, return_index=True)
    r = monotonic[first]
    left = int(np.searchsorted(distinct, t[under]))
    straight = np.interp(level, r[left : left + 2], distinct[left : left + 2])
    candidates = [float(straight)]
    for start in (left - 1, left):
        three = slice(start, start + 3)
        x, y = distinct[three], r[three]
        if start >= 0 and x.size == 3 and (np.diff(y) > 0).all():
            # T as a parabola of R is one-valued, and monotonic where it is close to a line.
            root = _parabola(x.tolist(), y.tolist(), level)
            candidates.append(min(max(root, float(distinct[left])), float(distinct[left + 1])))
    return max(candidates, key=lambda candidate: abs(candidate - candidates[0]))


def _parabola(x: list[float], y: list[float], at: float) -> float:
    """Return x at a level of y, on the parabola through three points whose y all differ."""
    first, second = (x[1] - x[0]) / (y[1] - y[0]), (x[2] - x[1]) / (y[2] - y[1])
    bend = (second - first) / (y[2] - y[0])
    return x[0] + (at - y[0]) * (first + (at - y[1]) * bend)


def steps_of(t: Floats, fraction: Floats, top: float) -> Floats:
    """Return where a transition has its steps (K), if it has several: clear maxima of dR/dT.

    Parameters
    ----------
    t, fraction : ndarray, shape (N,)
        Temperatures (K), and the resistances as parts of the normal one, without a floor.
    top : float
        Above the transition, K.
    """
    some = t <= max(1.1 * top, float(t[min(3, t.size - 1)]))
    t10, t90 = crossings(t[some], rising_values(fraction[some]), np.array([0.1, 0.9]))
    width = max(t90 - t10, 1e-4 * t90)
    places = np.linspace(max(t10 - width, t[0]), min(max(t90 + width, top), t[-1]), 81)
    slope, error = _smooth_slope(t, fraction, places, width / 8)
    error *= scatter_of_neighbours(fraction)
    peaks, properties = scipy.signal.find_peaks(
        np.r_[0.0, slope, 0.0], prominence=0.08 * float(np.max(slope))
    )
    peaks = peaks - 1
    clear = peaks[properties["prominences"] > 12 * error[peaks]]
    return np.asarray(places[clear] if clear.size > 1 else places[:0])


def steepest(part: ResistanceCurve, drop: Drop) -> tuple[float, float]:
    """Return where dR/dT is largest in a drop (K), and how far off that may be.

    By local straight lines. What lies within an error of the largest may be it.
    """
    t, r = part.temperature, part.resistance
    low, high = max(2 * drop.low - drop.top, float(t[0])), drop.top
    places = np.linspace(low, high, 401)
    slope, error = _smooth_slope(t, r, places, (high - low) / 32)
    best = int(np.argmax(slope))
    likely = places[slope + part.scatter() * error >= slope[best]]
    return float(places[best]), float(max(np.ptp(likely) / 2, places[1] - places[0]))


def _smooth_slope(t: Floats, r: Floats, places: Floats, width: float) -> tuple[Floats, Floats]:
    """Return dR/dT by local straight lines, and its error for points of unit error."""
    weight = np.exp(-(((t - places[:, None]) / width) ** 2) / 2)
    total = weight.sum(axis=1) + 1e-300
    away = t - ((weight @ t) / total)[:, None]
    power = (weight * away**2).sum(axis=1) + 1e-300
    slope = (weight * away) @ r / power
    error = np.sqrt(((weight * away) ** 2).sum(axis=1)) / power
    return np.asarray(slope), np.asarray(error)


def named_steps(places: Floats) -> str | None:
    """Return the steps of a transition in words, None where there is one step."""
    if not places.size:
        return None
    where = " and ".join(f"{place:.3g}" for place in places)
    return f"the transition has {places.size} steps, near {where} K: no single onset describes it"


def scatter_of(part: ResistanceCurve) -> float:
    """Return how much the points of a curve scatter."""
    return part.scatter()
