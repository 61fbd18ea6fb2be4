"""Lines fitted to counts: places, widths, breadths and areas against the truth."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from powder_study import MIXED, SHAPES, Form, Line, make_pattern
from scipy import integrate

from analysis import DataError, DiffractionPattern, fit_peaks
from analysis.diffraction.lines.chosen_shape import choose_shape
from analysis.diffraction.lines.fitted import FittedPattern, Noise
from analysis.diffraction.lines.group import FittedGroup, GroupModel, parameter_of
from analysis.diffraction.lines.in_turns import find_and_fit, model_of, settle
from analysis.diffraction.lines.search import Candidate
from analysis.diffraction.lines.whole_pattern import splines_for
from analysis.diffraction.shapes import SHAPES as LIST
from analysis.diffraction.shapes import shape_named
from analysis.numerics.least_squares import Minimum

X = np.linspace(5, 35, 2000)
FOUR = (10.0, 13.0, 18.0, 24.0)


def pattern_of(shape="lorentzian", seed=1, *, height=3e3, fwhm=0.15, places=FOUR, x=X, **known):
    form = Form(shape)
    lines = [Line(at, fwhm, height * fwhm * form.breadth) for at in places]
    return make_pattern(x, lines, form, seed, **known)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mixing", [0.0, 0.3, 0.6, 1.0])
def test_profile_has_unit_area_its_width_and_its_breadth(shape, mixing):
    x = np.linspace(-400, 400, 800_001)
    known = shape_named(shape)
    line = known.profile(x / 2, mixing) / 2
    # A Lorentzian keeps 2/pi * FWHM/2/400 of its area beyond 400.
    assert integrate.trapezoid(line, x) == pytest.approx(1, abs=2e-3)
    half = known.profile(np.array([-0.5, 0.5]), mixing) / 2
    assert half == pytest.approx(line.max() / 2, rel=1e-3)
    assert known.integral_breadth(2.0, mixing) == pytest.approx(1 / line.max(), rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "factor"),
    [("lorentzian", np.pi / 2), ("gaussian", np.sqrt(np.pi / np.log(2)) / 2)],
)
def test_breadth_of_the_pure_shapes(shape, factor):
    assert shape_named(shape).integral_breadth(1.0, 0.5) == pytest.approx(factor, rel=1e-12)


def test_voigt_is_a_convolution():
    """Against quadrature; the width of the whole is Olivero's and Longbothum's to 0.02 %."""
    form = Form("voigt")
    u = np.linspace(-5, 5, 41)
    assert shape_named("voigt").profile(u, MIXED) == pytest.approx(form.unit(u), rel=1e-3)


def test_the_shapes_studied_are_those_of_the_list():
    assert [shape.name for shape in LIST] == list(SHAPES)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mixing", [0.2, 0.8])
def test_slopes_are_the_derivatives_of_the_profile(shape, mixing):
    u, step = np.linspace(-60, 60, 601), 1e-6

    at = shape_named(shape).profile
    found = shape_named(shape).slopes(u, mixing)
    assert found.value == pytest.approx(at(u, mixing), rel=1e-9, abs=1e-15)
    by_place = (at(u + step, mixing) - at(u - step, mixing)) / (2 * step)
    assert found.by_place == pytest.approx(by_place, abs=1e-8)
    if shape_named(shape).mixing is None:
        by_mixing = (at(u, mixing + step) - at(u, mixing - step)) / (2 * step)
        assert found.by_mixing == pytest.approx(by_mixing, abs=1e-8)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mixing", [None, 0.0, 1.0])
@pytest.mark.parametrize(("one_width", "skewed"), [(True, False), (False, True)])
def test_jacobian_of_a_group(shape, mixing, one_width, skewed):
    if mixing is None and shape in {"lorentzian", "gaussian"}:
        mixing = 0.5  # theirs is never free
    x = np.linspace(10, 14, 300)
    start = (Candidate(11.5, 0.3, 0.6), Candidate(12.2, 0.25, 0.5))
    model = GroupModel(
        start,
        shape_named(shape),
        x,
        100.0,
        1.0025,
        mixing=mixing,
        degree=2,
        one_width=one_width,
        skewed=skewed,
    )
    p = model.guess + 0.1 * np.random.default_rng(0).normal(size=model.guess.size)
    steps = 1e-6 * np.eye(p.size)
    numerical = np.array([(model.value(p + s) - model.value(p - s)) / 2e-6 for s in steps])
    assert model.jacobian(p) == pytest.approx(numerical, abs=1e-5 * np.abs(numerical).max())


@given(
    lorentz=st.floats(0.01, 1),
    gauss=st.floats(0.01, 1),
    shape=st.sampled_from(["pseudo-voigt", "voigt"]),
)
@settings(max_examples=50, deadline=None)
def test_widths_and_back(lorentz, gauss, shape):
    known = shape_named(shape)
    fwhm, mixing = known.from_widths(lorentz, gauss)
    back = fwhm * np.array(known.widths(mixing))
    assert back == pytest.approx((lorentz, gauss), rel=2e-2, abs=2e-3)


def test_unknown_shape_is_named():
    with pytest.raises(DataError, match="shape 'lorentz' is not known; there are lorentzian, gau"):
        shape_named("lorentz")


@pytest.mark.parametrize("shape", SHAPES)
def test_without_noise_lines_are_what_they_are(shape):
    form = Form(shape)
    lines = [Line(at, 0.15, 3e3 * 0.15 * form.breadth) for at in FOUR]
    known = make_pattern(X, lines, form, None, noise=False, background=100.0)
    found = fit_peaks(known, shape=shape)
    assert found.two_theta == pytest.approx(FOUR, abs=1e-4)
    # The Voigt's width by the usual formula is 0.02 % off.
    assert found.fwhm == pytest.approx(0.15, rel=1e-3)
    assert found.integral_breadth == pytest.approx(0.15 * form.breadth, rel=1e-3)
    assert found.area == pytest.approx([line.area for line in lines], rel=2e-3)


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e6])
def test_the_unit_of_intensity_changes_nothing_but_areas(scale):
    known = pattern_of()
    scaled = type(known)(known.two_theta, known.intensity * scale, known.wavelength)
    one, other = fit_peaks(known), fit_peaks(scaled)
    assert other.fwhm == pytest.approx(one.fwhm, rel=1e-2)
    assert other.fwhm_error == pytest.approx(one.fwhm_error, rel=0.15)
    assert other.area == pytest.approx(one.area * scale, rel=1e-2)


def test_given_errors_are_used():
    known = pattern_of()
    with_errors = type(known)(
        known.two_theta,
        known.intensity,
        known.wavelength,
        intensity_error=np.sqrt(known.intensity + 1),
    )
    one, other = fit_peaks(known), fit_peaks(with_errors)
    assert other.fwhm_error == pytest.approx(one.fwhm_error, rel=0.1)


def test_scatter_beyond_counting_widens_the_errors():
    known = pattern_of()
    rough = known.intensity + np.random.default_rng(2).normal(size=len(known)) * 3 * np.sqrt(
        known.intensity
    )
    rough = type(known)(known.two_theta, np.maximum(rough, 0.0), known.wavelength)
    found = fit_peaks(rough)
    assert any("times as much as counts would" in text for text in found.remarks)
    # sqrt(1 + 3^2) = 3.16 times as much.
    assert np.median(found.fwhm_error / fit_peaks(known).fwhm_error) == pytest.approx(3.2, rel=0.3)


def test_broad_tails_are_not_background():
    """Lorentzian lines of strain 0.01: a fit in turns made the areas 1 % too large."""
    form = Form("lorentzian")
    lines = [Line(at, 0.02 * at, 5e3 * 0.02 * at) for at in (12.0, 14.0, 19.5, 23.0, 24.5, 28.0)]
    known = make_pattern(np.linspace(6, 36, 2500), lines, form, None, noise=False)
    found = fit_peaks(known)
    assert found.area == pytest.approx([line.area for line in lines], rel=2e-3)
    assert found.fwhm == pytest.approx([line.fwhm for line in lines], rel=2e-3)


def test_window_and_its_refusals():
    known = pattern_of()
    assert fit_peaks(known, window=(12, 20)).two_theta == pytest.approx([13, 18], abs=0.01)
    with pytest.raises(DataError, match="points are too few to look for lines"):
        fit_peaks(known, window=(12, 12.1))


def test_a_strong_line_is_never_lost():
    """A neighbour's misfit once let a false line drive the strongest of 15 away."""
    form = Form("pseudo-voigt")
    places = np.array([11.1, 15.7, 19.3, 22.3, 25.0, 27.4, 31.8, 33.8, 35.7, 37.5, 39.2, 40.9,
                       42.5, 45.6, 47.1])  # fmt: skip
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        wide = 0.09 + 0.0048 * places
        areas = 1e4 * rng.uniform(0.4, 1, places.size) * wide
        lines = [Line(*one) for one in zip(places, wide, areas, strict=True)]
        found = fit_peaks(make_pattern(np.linspace(9.6, 48.6, 2000), lines, form, seed))
        assert len(found) >= places.size


# ------------------------------------------------------------- the pieces, each for itself


def group_of(mixing, *, free=True, errors=(1e-4, 2e-4, 1e-3)):
    """One Voigt line whose log width and mixing parameter have errors and a correlation of 0.3."""
    form = GroupModel((Candidate(20.0, 0.2, mixing),), shape_named("voigt"), X, 1e3,
                      mixing=None if free else mixing)  # fmt: skip
    p, inverse = form.guess.copy(), np.zeros((form.guess.size, form.guess.size))
    p[form.parts.mixing] = parameter_of(mixing)
    at = [form.parts.widths.start, form.parts.areas.start, form.parts.mixing.start][: 2 + free]
    for i, own in zip(at, errors, strict=False):
        for j, other in zip(at, errors, strict=False):
            inverse[i, j] = own * other * (1 if i == j else 0.3)
    return FittedGroup(form, Minimum(p, inverse, inverse, X, None, 1), 1.0, np.arange(9))


@pytest.mark.parametrize("mixing", [0.3, 0.6])
def test_the_parts_of_a_line_have_the_errors_that_chance_gives_them(mixing):
    """Drawn parameters, of which the two widths are taken one by one."""
    group = group_of(mixing)
    form, p = group.model, group.minimum.parameters
    drawn = np.random.default_rng(3).multivariate_normal(p, group.minimum.inverse, 4000)
    shares = np.array([form.shape.widths(form.mixing_of(one)) for one in drawn])
    widths = shares * np.array([form.fwhm(one) for one in drawn])
    found = group.parts(4.0)
    spread = 2 * widths.std(axis=0)  # variances four times as large
    mean = widths.mean(axis=0)
    for name, value, error in zip(("lorentzian", "gaussian"), mean, spread, strict=True):
        assert found[f"{name}_fwhm"] == pytest.approx([value], rel=1e-3)
        assert found[f"{name}_fwhm_error"] == pytest.approx([error], rel=0.05)
    expected = np.corrcoef(widths.T)[0, 1]
    assert found["parts_correlation"] == pytest.approx([expected], abs=0.05)
    breadths = [
        form.fwhm(one)[0] * form.shape.integral_breadth(1.0, form.mixing_of(one)) for one in drawn
    ]
    assert group.errors(4.0)["integral_breadth"] == pytest.approx([2 * np.std(breadths)], rel=0.05)


@pytest.mark.parametrize(("beyond", "bound"), [(1.04, 1.0), (-0.04, 0.0)])
@pytest.mark.parametrize("free", [True, False])
def test_a_mixing_a_little_beyond_its_bounds_is_a_pure_shape(beyond, bound, free):
    found = group_of(beyond, free=free).parts(1.0)
    assert found["lorentzian_fwhm"] == pytest.approx([0.2 * bound], abs=1e-6)
    assert found["gaussian_fwhm"] == pytest.approx([0.2 * (1 - bound)], abs=1e-6)
    pure = group_of(bound, free=free).parts(1.0)
    for name, values in pure.items():
        assert found[name] == pytest.approx(values, abs=1e-9), name


def test_the_mixing_and_its_parameter_are_each_others_inverse():
    assert group_of(0.3).mixing == pytest.approx(0.3)
    assert parameter_of(0.5) == 0


@pytest.mark.parametrize(
    ("scatter", "factor"),
    [(0.7, 1.3), (1.5, 1.3), (1.7, 1.7)],  # 3 standard deviations of 50 squares are 0.6
)
def test_a_group_that_scatters_significantly_more_has_its_own_factor(scatter, factor):
    fitted = FittedPattern(pattern_of(), shape_named("voigt"), np.ones(1), np.ones(1), ())
    fitted.__dict__["noise"] = Noise(1.0, 1.3, 1000)
    group = SimpleNamespace(scatter_factor=scatter, dof=50)
    assert fitted.error_factor(group) == pytest.approx(factor)


@pytest.mark.parametrize(("part", "degree"), [(0.1, 1), (0.25, 2), (0.45, 3), (1.0, 6)])
def test_a_groups_background_bends_once_in_a_fifth_of_the_pattern(part, degree):
    pattern = pattern_of(noise=False)
    at = np.arange(int(part * X.size))
    beside = np.full(X.size, 40.0)
    model = model_of(pattern, shape_named("gaussian"), [Candidate(10.0, 0.1)], at, beside)
    assert model.degree == degree
    assert model.height == pytest.approx(pattern.intensity[at].max() - 40)


def test_the_least_background_is_a_cubic_over_the_whole_pattern():
    """One stretch between knots: the four polynomials of Bernstein, and so any cubic."""
    pattern = pattern_of()
    t = (X - X[0]) / (X[-1] - X[0])
    expected = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3]
    assert splines_for(pattern, 3.0, 5.0) == pytest.approx(5 * np.array(expected), abs=1e-9)


def test_the_background_bends_as_often_as_the_lines_allow():
    pattern = pattern_of()
    # Over 15 widths: three stretches are a little too long, so there are four of them.
    assert len(splines_for(pattern, (X[-1] - X[0]) / 15 / 3.0003, 1.0)) == 4 + 3
    assert len(splines_for(pattern, (X[-1] - X[0]) / 15 / 2.9997, 1.0)) == 3 + 3


def test_errors_that_are_given_stay_in_the_last_fit():
    known = pattern_of(shape="gaussian")
    error = 3 * np.sqrt(known.intensity + 1)
    pattern = DiffractionPattern(X, known.intensity, 61.99, intensity_error=error)
    settled = settle(find_and_fit(pattern))
    assert settled.joint is not None
    assert settled.error == pytest.approx(error)
    # Of counts they are those of the fit: no point is believed because it is low.
    of_counts = settle(find_and_fit(known))
    fitted = of_counts.under + of_counts.line_counts
    assert of_counts.error == pytest.approx(np.sqrt(fitted), rel=0.02)


@pytest.mark.parametrize(("pull", "chosen"), [(6.0, "lorentzian"), (7.0, "voigt")])
def test_the_pull_of_another_shape_counts_in_errors_as_wide_as_the_scatter(pull, chosen):
    """Twice the variance, three neighbours as one: over 2.63 * sqrt(6) = 6.4 for 1000 points."""

    def fit(shape):
        joint = SimpleNamespace(pull=lambda *_: pull)
        better = 1.0 if shape.name == "voigt" else 2.0
        return SimpleNamespace(
            groups=[1], pattern=range(1000), joint=joint, error=None, shape=shape, chi_square=better
        )

    rough = SimpleNamespace(
        noise_level=2.0,
        noise=SimpleNamespace(widening=3.0),
        curves=[Candidate(10.0, 0.1, 0.5)],
        groups=[SimpleNamespace(mixing=0.5, fwhm=np.ones(1))],
    )
    choice = choose_shape(fit, rough)
    assert choice.fitted.shape.name == chosen
    assert f"would be {pull / np.sqrt(6):.1f} standard errors from zero" in choice.why
