"""Synthetic powder patterns by formulas of their own, and what the analysis finds in them.

Nothing here uses `analysis.diffraction.shapes`: a Voigt line is a convolution by
quadrature, K-alpha 2 is placed by Bragg's law, breadths follow eq. 7 as written out below.
"""

from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np
from scipy import optimize

from analysis import DiffractionPattern, Phase, fit_peaks, fit_phase, williamson_hall

SYNCHROTRON = (61.99, None)
COPPER = (154.0593, 154.4427)
SHAPES = ("lorentzian", "gaussian", "pseudo-voigt", "voigt")
# Mixing of the synthetic lines: share of the Lorentzian in a pseudo-Voigt's area, or the
# Lorentzian's part of the summed widths of a Voigt.
MIXED = 0.6
GOLD = Phase("gold", 4.0786, space_group="F m -3 m")


def lorentz(x, fwhm):
    return fwhm / (2 * np.pi) / (x**2 + (fwhm / 2) ** 2)


def gauss(x, fwhm):
    return np.sqrt(4 * np.log(2) / np.pi) / fwhm * np.exp(-4 * np.log(2) * (x / fwhm) ** 2)


def voigt(x, lorentz_fwhm, gauss_fwhm):
    """A Gaussian convolved with a Lorentzian, by the trapezoidal rule over the Gaussian."""
    shift = np.linspace(-2.8, 2.8, 561) * gauss_fwhm
    weight = gauss(shift, gauss_fwhm)
    weight /= weight.sum()
    return lorentz(np.asarray(x, dtype=float)[..., None] - shift, lorentz_fwhm) @ weight


class Form:
    """A line's shape: unit area at any width, with its FWHM and integral breadth."""

    def __init__(self, shape, mixing=MIXED):
        self.shape = shape
        self.mixing = {"lorentzian": 1.0, "gaussian": 0.0}.get(shape, mixing)
        self.breadth = 1 / float(self.unit(np.zeros(1))[0])

    def unit(self, x):
        """A line of FWHM 1."""
        m = self.mixing
        if self.shape == "voigt":
            # Widths in the ratio m to 1 - m; scaled to a FWHM of 1.
            return self._scale * voigt(self._scale * x, m, 1 - m)
        return m * lorentz(x, 1.0) + (1 - m) * gauss(x, 1.0)

    @property
    def _scale(self):
        if not hasattr(self, "_known"):
            m, top = self.mixing, voigt(np.zeros(1), self.mixing, 1 - self.mixing)[0]
            half = optimize.brentq(lambda x: voigt(np.array([x]), m, 1 - m)[0] - top / 2, 0.01, 2)
            self._known = 2 * half
        return self._known

    def line(self, x, center, fwhm):
        return self.unit((x - center) / fwhm) / fwhm


class Line(NamedTuple):
    """Place and FWHM in degrees, area in counts times degrees."""

    center: float
    fwhm: float
    area: float


def second_place(center, wavelengths):
    first, second = wavelengths
    return 2 * np.degrees(np.arcsin(np.sin(np.radians(center) / 2) * second / first))


def clean_counts(x, lines, form, *, wavelengths=SYNCHROTRON, background=100.0):
    """Lines on a smooth background that falls by half over the pattern and bends."""
    along = (x - x[0]) / (x[-1] - x[0])
    total = background * (0.5 + 0.5 * np.exp(-2 * along) + 0.15 * np.sin(2.5 * along))
    for center, fwhm, area in lines:
        total += area * form.line(x, center, fwhm)
        if wavelengths[1] is not None:
            total += 0.5 * area * form.line(x, second_place(center, wavelengths), fwhm)
    return total


def make_pattern(
    x, lines, form, seed, *, wavelengths=SYNCHROTRON, background=100.0, noise=True, **known
):
    """Counts of a pattern with Poisson noise, or without."""
    counts = clean_counts(x, lines, form, wavelengths=wavelengths, background=background)
    if noise:
        counts = np.random.default_rng(seed).poisson(counts).astype(float)
    return DiffractionPattern(x, counts, *wavelengths, origin="synthetic", **known)


FCC = ((1, 1, 1), (2, 0, 0), (2, 2, 0), (3, 1, 1), (2, 2, 2), (4, 0, 0), (3, 3, 1), (4, 2, 0),
       (4, 2, 2), (3, 3, 3))  # fmt: skip
BCC = ((1, 1, 0), (2, 0, 0), (2, 1, 1), (2, 2, 0), (3, 1, 0), (2, 2, 2), (3, 2, 1), (4, 0, 0))
SIMPLE = ((1, 0, 0), (1, 1, 0), (1, 1, 1), (2, 0, 0), (2, 1, 0), (2, 1, 1), (2, 2, 0), (3, 0, 0),
          (3, 1, 0), (3, 1, 1), (2, 2, 2), (3, 2, 0), (3, 2, 1))  # fmt: skip


def bragg(a, hkl, wavelength):
    """Angle 2 theta in degrees of a line of a cubic cell; a in angstrom, wavelength in pm."""
    return 2 * np.degrees(np.arcsin(wavelength / 200 / a * np.sqrt(np.sum(np.square(hkl)))))


def eq7(two_theta, strain, size, wavelength):
    """Integral breadth in degrees by eq. 7, K = 0.9."""
    theta = np.radians(two_theta) / 2
    return np.degrees(4 * strain * np.tan(theta) + 0.9 * wavelength / 1000 / (size * np.cos(theta)))


def powder(
    hkl,
    a,
    strain,
    size,
    form,
    seed,
    *,
    wavelengths=SYNCHROTRON,
    height=1e4,
    background=300.0,
    points=2500,
    margin=None,
):
    """A pattern of a cubic powder by eq. 7; heights between 0.4 and 1 times `height`."""
    rng = np.random.default_rng((seed, 1))
    places = np.array([bragg(a, one, wavelengths[0]) for one in hkl])
    breadth = eq7(places, strain, size, wavelengths[0])
    areas = height * rng.uniform(0.4, 1.0, places.size) * breadth
    lines = [Line(*one) for one in zip(places, breadth / form.breadth, areas, strict=True)]
    margin = margin or max(1.5, 6 * float(breadth[0]))
    low = max(places[0] - margin, 2.0)
    high = min(places[-1] + max(margin, 6 * float(breadth[-1])), 160.0)
    x = np.linspace(low, high, points)
    return make_pattern(x, lines, form, seed, wavelengths=wavelengths, background=background), lines


def analyse(pattern, shape, phase=None, **options):
    """From counts to strain, by all lines or by those of a known crystal."""
    if phase is None:
        return williamson_hall(fit_peaks(pattern, shape=shape), **options)
    return williamson_hall(fit_phase(pattern, phase, shape=shape), **options)


class Pulls(NamedTuple):
    """Found less true over the error, one value a line."""

    two_theta: np.ndarray
    fwhm: np.ndarray
    integral_breadth: np.ndarray
    area: np.ndarray


def pulls(patterns, *, shape, seed, wavelengths=SYNCHROTRON, strain=5e-3, size=np.inf):
    """Fit seeded patterns of eight resolved lines; every line must be found once."""
    form, found = Form(shape), []
    for at in range(patterns):
        pattern, lines = powder(
            FCC[:8], 4.0786, strain, size, form, 1000 * seed + at, wavelengths=wavelengths
        )
        peaks = fit_peaks(pattern, shape=shape)
        for center, fwhm, area in lines:
            (i,) = np.flatnonzero(np.abs(peaks.two_theta - center) < fwhm / 2)
            true = {"two_theta": center, "fwhm": fwhm, "area": area}
            true["integral_breadth"] = fwhm * form.breadth
            found.append([
                (getattr(peaks, name)[i] - true[name]) / getattr(peaks, f"{name}_error")[i]
                for name in Pulls._fields
            ])  # fmt: skip
    return Pulls(*np.array(found).T)


class Found(NamedTuple):
    """What the whole way from counts to strain gives, one value a pattern."""

    strain: float
    error: float
    inside: bool
    full: bool
    size: float


def strain_of(case):
    """Analyse one seeded powder: (shape, strain, size, wavelengths, seed)."""
    shape, strain, size, wavelengths, seed = case
    # Where lines are very broad, ten of them merge into one another.
    hkl = FCC[:6] if strain > 0.015 else FCC if wavelengths == SYNCHROTRON else FCC[:8]
    pattern, _ = powder(hkl, 4.0786, strain, size, Form(shape), seed, wavelengths=wavelengths)
    wh = analyse(pattern, shape, GOLD)
    low, high = wh.interval()
    known = np.nan if wh.size is None else wh.size.n
    return Found(wh.strain.n, wh.strain.s, low <= strain <= high, wh.model == "full", known)


def strains_of(cases, *, workers=None):
    """Analyse many powders, on all cores or on so many."""
    if workers == 1:
        return [strain_of(case) for case in cases]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(strain_of, cases, chunksize=8))


class OnHumps(NamedTuple):
    """A pattern whose lines stand on humps, the true lines, and by how many errors each."""

    pattern: DiffractionPattern
    lines: list[Line]
    significance: np.ndarray


def on_humps(rng, *, shape="pseudo-voigt"):
    """Return sharp lines on one to three broad humps, one of them on the flank of one.

    The humps are 15 to 120 times as broad as the lines and up to 30 times as high.
    """
    form, points = Form(shape, rng.uniform(0.2, 0.8)), int(rng.integers(1500, 3000))
    x = np.linspace(2.0, 30.0, points)
    fwhm = rng.uniform(3, 7) * (x[1] - x[0])
    counts = clean_counts(x, [], form, background=rng.uniform(50, 400))
    height = 10 ** rng.uniform(2.5, 3.7)
    humps = []
    for _ in range(rng.integers(1, 4)):
        at, wide = rng.uniform(4, 26), fwhm * 15 * 8 ** rng.uniform()
        counts += height * 10 ** rng.uniform(-0.5, 1.5) * gauss(x - at, wide) * wide
        humps.append((at, wide))
    at, wide = humps[0]
    places = [at + rng.choice([-1, 1]) * rng.uniform(0.1, 0.7) * wide]
    while len(places) < 9:
        place = rng.uniform(3, 29)
        if min(abs(place - other) for other in places) > 8 * fwhm:
            places.append(place)
    places = sorted(place for place in places if 3 < place < 29)
    areas = height * rng.uniform(0.1, 1.0, len(places)) * fwhm * form.breadth
    lines = [Line(place, fwhm, area) for place, area in zip(places, areas, strict=True)]
    curves = np.array([area * form.line(x, at, fwhm) for at, fwhm, area in lines])
    total = counts + curves.sum(axis=0)
    significance = np.sqrt((curves**2 / total).sum(axis=1))
    return OnHumps(DiffractionPattern(x, rng.poisson(total), 40.66), lines, significance)


def single_lines(rng, kind):
    """Five symmetric lines, each alone: of a shape, or a Gaussian averaged over a box."""
    x = np.linspace(10, 30, int(rng.integers(700, 1600)))
    fwhm, height = rng.uniform(0.12, 0.3), 10 ** rng.uniform(2.5, 4.5)
    places = np.array([12.0, 15.0, 19.0, 22.5, 26.0]) + rng.uniform(-0.5, 0.5, 5)
    if kind == "box":
        inside = np.linspace(-0.4, 0.4, 41) * fwhm
        curves = sum(gauss(x[:, None] - at - inside, fwhm).mean(axis=1) for at in places)
        curves *= fwhm
    else:
        form = Form(kind, rng.uniform(0.2, 0.8))
        curves = sum(form.line(x, at, fwhm) for at in places) * fwhm * form.breadth
    counts = clean_counts(x, [], Form("gaussian")) + height * curves
    return DiffractionPattern(x, rng.poisson(counts).astype(float), 61.99)
