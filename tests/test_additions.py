"""How breadths by size and strain add: each way against a formula of its own, and the choice."""

import numpy as np
import pytest
import voigt_study
from broadening_study import WAVELENGTH, make_peaks
from matplotlib import pyplot as plt
from scipy import integrate

from analysis import line_breadth, williamson_hall
from analysis.diffraction.peaks import CommonErrors
from analysis.diffraction.strain.additions import (
    BreadthLaw,
    ParabolaLaw,
    PartsLaw,
    add_up,
    addition_named,
)
from analysis.diffraction.strain.breadth_law import fit_breadths
from analysis.numerics.bounded import bounded_interval, nearest_allowed
from analysis.show import strain_plots, strain_report

TWO_THETA = np.linspace(8, 28, 9)
THETA = np.radians(TWO_THETA / 2)
STRAIN, SIZE = 4e-3, 20.0


def resolved(strain=STRAIN, size=SIZE, **changes):
    """Lines whose two parts are known to 1 %, without scatter."""
    lorentz, gauss = map(np.degrees, voigt_study.parts(THETA, strain, size))
    known = {
        "shape": "voigt",
        "lorentzian_part": lorentz / (lorentz + gauss),
        "lorentzian_fwhm": voigt_study.OF_LORENTZ * lorentz,
        "lorentzian_fwhm_error": 0.01 * voigt_study.OF_LORENTZ * (lorentz + gauss),
        "gaussian_fwhm": voigt_study.OF_GAUSS * gauss,
        "gaussian_fwhm_error": 0.01 * voigt_study.OF_GAUSS * (lorentz + gauss),
        "parts_correlation": np.full(TWO_THETA.size, -0.8),
    }
    whole = np.radians(voigt_study.whole(lorentz, gauss))
    widths = voigt_study.OF_LORENTZ * lorentz, voigt_study.OF_GAUSS * gauss
    # Of the Voigt function, by Olivero and Longbothum, 1977.
    known["fwhm"] = 0.5346 * widths[0] + np.sqrt(0.2166 * widths[0] ** 2 + widths[1] ** 2)
    return make_peaks(TWO_THETA, whole, 0.005 * whole, **{**known, **changes})


def breadths(addition, strain=STRAIN, size=SIZE):
    parts = {"strain": strain, "size": size, "wavelength": WAVELENGTH}
    return line_breadth(THETA, **parts, addition=addition)


def test_a_resolved_line_is_as_broad_as_the_convolution_is_by_quadrature():
    by_size, by_strain = voigt_study.parts(THETA[:1], STRAIN, SIZE)

    def product(x):
        gauss = np.exp(-np.pi * (x / by_strain[0]) ** 2) / by_strain[0]
        return gauss / by_size[0] / (1 + (np.pi * x / by_size[0]) ** 2)

    reach = 6 * by_strain[0]
    height, _ = integrate.quad(product, -reach, reach, points=[0], epsrel=1e-11)
    assert breadths("resolved")[0] == pytest.approx(1 / height, rel=1e-8)


def test_the_law_of_halder_and_wagner_is_their_parabola_and_near_the_voigt_function():
    by_size, by_strain = voigt_study.parts(THETA, STRAIN, SIZE)
    beta = breadths("halder-wagner")
    assert beta**2 == pytest.approx(by_size * beta + by_strain**2, rel=1e-12)
    assert beta == pytest.approx(breadths("resolved"), rel=0.06)


@pytest.mark.parametrize("fwhm", [False, True])
@pytest.mark.parametrize("addition", ["linear", "quadrature", "halder-wagner", "resolved"])
def test_one_part_alone_is_the_whole(addition, fwhm):
    way, some = addition_named(addition), np.geomspace(1e-6, 1e-2, 5)
    none = np.zeros(5)
    assert add_up(way, some, none, fwhm=fwhm) == pytest.approx(some, rel=1e-4)
    assert add_up(way, none, some, fwhm=fwhm) == pytest.approx(some, rel=1e-9)


@pytest.mark.parametrize("addition", ["linear", "quadrature", "halder-wagner"])
def test_whole_breadths_give_back_what_was_added(addition):
    wh = williamson_hall(make_peaks(TWO_THETA, breadths(addition), 1e-6), addition=addition)
    assert [wh.strain.n, wh.size.n] == pytest.approx([STRAIN, SIZE], rel=1e-6)
    assert [one.strain.n for one in wh.per_line] == pytest.approx([STRAIN] * 9, rel=1e-5)
    assert wh.predict(THETA) == pytest.approx(breadths(addition), rel=1e-6)


@pytest.mark.parametrize("breadth", ["integral", "fwhm"])
def test_mixed_lines_are_resolved_unasked(breadth):
    wh = williamson_hall(resolved(), breadth=breadth)
    assert wh.addition == "resolved"
    factors = (1, 1) if breadth == "integral" else (voigt_study.OF_GAUSS, voigt_study.OF_LORENTZ)
    assert wh.strain.n == pytest.approx(STRAIN * factors[0], rel=1e-9)
    assert wh.size.n == pytest.approx(SIZE / factors[1], rel=1e-9)
    assert wh.predict(THETA) == pytest.approx(wh.lines.breadth(breadth)[0], rel=1e-3)
    low, high = wh.band(THETA)
    assert (low < wh.predict(THETA)).all()
    assert (wh.predict(THETA) < high).all()
    assert wh.warnings == ()
    assert any("from the lines' Lorentzian part" in text for text in wh.remarks)


def test_what_eq_7_and_squares_make_of_mixed_lines_is_wrong():
    """The reason for taking lines apart: 4e-3 and 20 nm come out otherwise."""
    linear = williamson_hall(resolved(), addition="linear")
    squares = williamson_hall(resolved(), addition="quadrature")
    assert linear.size.n > 1.2 * SIZE
    assert squares.strain.n > 1.05 * STRAIN
    assert not linear.interval("size")[0] < SIZE < linear.interval("size")[1]


def test_the_shape_chooses():
    assert williamson_hall(make_peaks(TWO_THETA, breadths("linear"), 1e-4)).addition == "linear"
    gaussian = make_peaks(
        TWO_THETA, breadths("quadrature"), 1e-4, shape="gaussian", lorentzian_part=np.zeros(9)
    )
    assert williamson_hall(gaussian).addition == "quadrature"
    assert williamson_hall(gaussian).size.n == pytest.approx(SIZE, rel=1e-6)


def test_parts_of_which_no_correlation_is_known_count_as_independent():
    known, alone = resolved(), resolved(parts_correlation=None)
    assert alone.parts.correlation == pytest.approx(np.zeros(9))
    for one, other in zip(alone.parts[:4], known.parts[:4], strict=True):
        assert one == pytest.approx(other)
    assert williamson_hall(alone).strain.n == pytest.approx(STRAIN, rel=1e-6)


@pytest.mark.parametrize("error", [1e-4, 2e-3])
def test_of_squares_that_add_the_strain_is_a_root(error):
    """Its error is that of a root, as far as the square is above zero for sure."""
    peaks = make_peaks(TWO_THETA, breadths("quadrature"), error)
    wh = williamson_hall(peaks, addition="quadrature", model="full")
    term, own = wh.full.values[1], np.sqrt(wh.full.covariance[1, 1])
    assert term == pytest.approx(STRAIN**2, rel=1e-6)
    assert (own < STRAIN**2 / 2) == (error < 1e-3)
    expected = own / (2 * STRAIN) if error < 1e-3 else np.sqrt(2 * own)
    assert wh.strain_by_full.n == pytest.approx(STRAIN, rel=1e-6)
    assert wh.strain_by_full.s == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("addition", "power"), [("linear", 1), ("quadrature", 2)])
def test_a_size_beside_a_strain_below_zero_has_the_error_of_its_own_term(addition, power):
    beta = breadths(addition, strain=0.0) * (1 - 0.002 * (TWO_THETA - 8))
    wh = williamson_hall(make_peaks(TWO_THETA, beta, 1e-4), addition=addition, model="full")
    assert wh.full.values[1] < 0
    term, variance = nearest_allowed(wh.full.values, wh.full.covariance)[0], wh.full.covariance
    assert wh.size.n == pytest.approx(0.9 * WAVELENGTH / 1000 / term ** (1 / power))
    assert wh.size.s / wh.size.n == pytest.approx(np.sqrt(variance[0, 0]) / term / power)


@pytest.mark.parametrize(("share", "addition"), [(0.7, "linear"), (0.3, "quadrature")])
def test_parts_that_grow_alike_are_not_resolved(share, addition):
    beta = np.degrees(breadths(addition))
    lorentz, gauss = share * beta, (1 - share) * beta
    alike = resolved(
        integral_breadth=voigt_study.whole(lorentz, gauss),
        lorentzian_fwhm=voigt_study.OF_LORENTZ * lorentz,
        gaussian_fwhm=voigt_study.OF_GAUSS * gauss,
        lorentzian_part=np.full(9, share),
    )
    wh = williamson_hall(alike)
    assert wh.addition == addition
    assert any("grow in the same way" in text for text in wh.remarks)


@pytest.mark.parametrize("at", [2, 4, 6])
@pytest.mark.parametrize("factor", [0.2, 1.8])
def test_parts_of_which_one_is_off_are_resolved_if_growing_alike_fits_no_better(at, factor):
    """The Lorentzian part of a line, by tens of its errors."""
    lorentz = resolved(strain=0.5 * STRAIN).lorentzian_fwhm.copy()
    lorentz[at] *= factor
    wh = williamson_hall(resolved(strain=0.5 * STRAIN, lorentzian_fwhm=lorentz))
    assert wh.addition == "resolved"
    assert any("roughly as this requires" in text for text in wh.remarks)


def test_a_law_that_disagrees_is_named():
    linear = williamson_hall(make_peaks(TWO_THETA, breadths("linear"), 0.005 * breadths("linear")))
    assert any("the law of Halder and Wagner" in text for text in linear.remarks)
    alone = breadths("linear", size=np.inf)
    agreed = williamson_hall(make_peaks(TWO_THETA, alone, 0.005 * alone))
    assert not any("Halder" in text for text in agreed.remarks)


def test_both_plots_and_the_table_of_additions(ax):
    wh = williamson_hall(resolved())
    strain_plots.size_strain(ax, wh)
    (line,) = [line for line in ax.lines if line.get_label() == "Halder and Wagner"]
    x, y = line.get_data()
    other = wh.with_addition("halder-wagner")
    # The slope is K/D, in 1e6 of the squares, and the start (2 epsilon)^2.
    assert np.diff(y)[0] / np.diff(x)[0] == pytest.approx(0.9e6 / other.size.n, rel=1e-6)
    assert y[0] == pytest.approx(4e6 * other.strain.n**2, rel=1e-6)
    assert len(strain_plots.two_opinions(wh).axes) == 2
    plt.close("all")
    rows = {row[0]: row[2:] for row in strain_report.addition_table(wh).rows}
    assert rows["resolved"] == (strain_report.strain_of(wh), strain_report.size(wh))
    assert list(rows) == ["linear", "quadrature", "resolved", "halder-wagner"]


def test_an_error_that_all_lines_share_is_not_averaged_away():
    beta = breadths("linear")
    error = 0.01 * beta
    none = np.zeros((1, 9))
    shared = CommonErrors(none, np.degrees(0.9 * error)[None, :], none, none)
    alone = williamson_hall(make_peaks(TWO_THETA, beta, error))
    together = williamson_hall(make_peaks(TWO_THETA, beta, error, common=shared))
    # A common factor of all breadths moves strain and size by as much.
    own = np.sqrt(1 - 0.9**2)
    expected = np.hypot(own * alone.strain.s, 0.009 * STRAIN)
    assert together.strain.s == pytest.approx(expected, rel=1e-2)
    assert together.size.s == pytest.approx(np.hypot(own * alone.size.s, 0.009 * SIZE), rel=1e-2)
    some = make_peaks(TWO_THETA, beta, error, common=shared).select([0, 3])
    assert some.common.integral_breadth.shape == (1, 2)


def test_an_error_that_is_all_shared_moves_all_breadths_by_itself():
    """Equal parts of all breadths: strain of eq. 8 by the same part, and hardly more."""
    law = BreadthLaw(THETA, full=False, power=1)
    measured = law.value(np.array([STRAIN]))
    errors = 0.01 * measured
    found = fit_breadths(law, measured, errors, np.zeros(9), errors[None, :])
    # A tenth of each error is taken for the line's own.
    expected = np.hypot(0.01, 0.1 * 0.01 / np.sqrt(9)) * STRAIN
    assert np.sqrt(found.covariance[0, 0]) == pytest.approx(expected, rel=1e-6)


# ------------------------------------------------------------------- two parameters above zero


def test_away_from_zero_an_interval_is_the_plain_one():
    covariance = np.array([[1.0, -0.9], [-0.9, 1.0]])
    assert bounded_interval(np.array([50.0, 60.0]), covariance, 1, 1.96) == pytest.approx(
        (58.04, 61.96)
    )
    assert nearest_allowed(np.array([50.0, 60.0]), covariance) == (50.0, 60.0)


def test_bounds_take_off_what_the_companion_cannot_give():
    covariance = np.array([[1.0, -0.95], [-0.95, 1.0]])
    low, high = bounded_interval(np.array([0.0, 10.0]), covariance, 1, 1.96)
    # Only a companion above zero lowers it; at zero it is known much better.
    assert low == pytest.approx(10 - 1.96)
    assert high == pytest.approx(10 + 1.96 * np.sqrt(1 - 0.95**2))
    assert bounded_interval(np.array([3.0, -9.0]), covariance, 1, 1.96)[0] == 0


@pytest.mark.parametrize("joint", [-0.99, -0.9, 0.0])
@pytest.mark.parametrize("companion", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("truth", [2.0, 50.0])
def test_intervals_cover_wherever_the_companion_is(joint, companion, truth):
    """1000 pairs: a coverage of 95 % comes out between 92.7 and 97.3 % in 999 of 1000 cases."""
    rng = np.random.default_rng(8)
    covariance = np.array([[1.0, joint], [joint, 1.0]])
    pairs = rng.multivariate_normal([companion, truth], covariance, 1000)
    ends = np.array([bounded_interval(pair, covariance, 1, 1.959964) for pair in pairs])
    inside = np.mean((ends[:, 0] <= truth) & (truth <= ends[:, 1]))
    assert 0.92 < inside < 0.99


SHARE = np.linspace(0.2, 0.6, THETA.size)
EVERY_LAW = {
    "eq. 7": lambda theta: BreadthLaw(theta, full=True),
    "eq. 8": lambda theta: BreadthLaw(theta, full=False),
    "squares": lambda theta: BreadthLaw(theta, full=True, power=2),
    "parabola": ParabolaLaw,
    "parts": lambda theta: PartsLaw(theta, SHARE),
}


def parameters(name, size_term=3e-3, strain=STRAIN):
    by_size = size_term**2 if name == "squares" else size_term
    by_strain = strain if name.startswith("eq") else strain**2
    return np.array([by_size, by_strain][name == "eq. 8" :])


@pytest.mark.parametrize("name", EVERY_LAW)
def test_the_values_of_a_law_are_its_formula(name):
    found = EVERY_LAW[name](THETA).value(parameters(name))
    by_size, by_strain = 3e-3 / np.cos(THETA), 4 * STRAIN * np.tan(THETA)
    if name == "parabola":  # of Halder and Wagner, as it is solved
        assert (by_size / found) + (by_strain / found) ** 2 == pytest.approx(1, rel=1e-12)
        return
    expected = {
        "eq. 7": by_size + by_strain,
        "eq. 8": by_strain,
        "squares": np.hypot(by_size, by_strain),
        "parts": np.r_[by_strain**2, by_size + SHARE * by_strain**2],
    }
    assert found == pytest.approx(expected[name], rel=1e-12)


@pytest.mark.parametrize("name", EVERY_LAW)
def test_the_slopes_of_a_law_are_its_derivatives(name):
    law, p = EVERY_LAW[name](THETA), parameters(name)
    for row, at in zip(law.jacobian(p), range(p.size), strict=True):
        step = np.zeros(p.size)
        step[at] = 1e-5 * p[at]
        change = (law.value(p + step) - law.value(p - step)) / (2 * step[at])
        assert row == pytest.approx(change, rel=1e-7, abs=1e-12)
    up, down = (EVERY_LAW[name](THETA + move).value(p) for move in (1e-5, -1e-5))
    assert law.slope(p) == pytest.approx((up - down) / 2e-5, rel=1e-6)


@pytest.mark.parametrize("name", EVERY_LAW)
def test_a_law_without_scatter_starts_at_its_parameters(name):
    law, p = EVERY_LAW[name](THETA), parameters(name)
    value = law.value(p)
    assert law.guess(value, 0.01 * np.abs(value)) == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize("name", ["squares", "parabola"])
def test_the_first_guess_weighs_squares_by_their_errors(name):
    """The error of a square is twice the breadth times its own."""
    law, rng = EVERY_LAW[name](THETA), np.random.default_rng(4)
    errors = np.geomspace(1, 30, THETA.size) * 1e-5
    measured = law.value(parameters(name)) + errors * rng.normal(size=THETA.size)
    cos, tan = np.cos(THETA), np.tan(THETA)
    first = measured / cos if name == "parabola" else 1 / cos**2
    terms = np.array([first, 16 * tan**2]) / np.hypot(2 * measured * errors, errors**2)
    expected, *_ = np.linalg.lstsq(
        terms.T, measured**2 / np.hypot(2 * measured * errors, errors**2), rcond=None
    )
    assert law.guess(measured, errors) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["eq. 7", "eq. 8"])
def test_the_first_guess_weighs_breadths_by_their_errors(name):
    law, rng = EVERY_LAW[name](THETA), np.random.default_rng(4)
    errors = np.geomspace(1, 30, THETA.size) * 1e-5
    measured = law.value(parameters(name)) + errors * rng.normal(size=THETA.size)
    terms = np.array([1 / np.cos(THETA), 4 * np.tan(THETA)][name == "eq. 8" :]) / errors
    expected, *_ = np.linalg.lstsq(terms.T, measured / errors, rcond=None)
    assert law.guess(measured, errors) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", EVERY_LAW)
def test_the_spread_of_a_law_is_what_one_per_cent_of_each_breadth_moves(name):
    law, p = EVERY_LAW[name](THETA), parameters(name)
    # Both parts of a line broaden together.
    powers = {"squares": [2, 2], "parabola": [1, 2], "parts": [1, 2]}.get(name, [1, 1])
    grown = p * 1.00001 ** np.array(powers[-p.size :])
    moved = (law.value(grown) - law.value(p)) / 1e-5
    least = 0.1 * np.concatenate(
        [np.full(9, half.mean()) for half in np.split(moved, len(moved) // 9)]
    )
    assert law.spread(p) == pytest.approx(np.maximum(moved, least), rel=1e-3)
