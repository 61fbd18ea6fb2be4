"""Eqs. 7 and 8: known strains and sizes, honest errors, the choice between them, refusals."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from broadening_study import WAVELENGTH, formula, make_peaks, random_peaks
from scipy import optimize

from analysis import AnalysisError, DataError, FitError, line_breadth, williamson_hall
from analysis.diffraction.peaks import FLAGS, MILD
from analysis.diffraction.strain.additions import BreadthLaw
from analysis.diffraction.strain.breadth_law import _settle

TWO_THETA = np.array([9.4, 10.9, 15.4, 18.1, 18.9, 21.9, 24.0])
THETA = np.radians(TWO_THETA / 2)
FCC = ((1, 1, 1), (2, 0, 0), (2, 2, 0), (3, 1, 1), (2, 2, 2), (4, 0, 0), (3, 3, 1))


def lines(strain=5e-3, size=np.inf, error=1e-4, factors=1.0, **changes):
    """Seven lines without noise."""
    return make_peaks(TWO_THETA, formula(THETA, strain, size) * factors, error, **changes)


def noisy(seed=1, n=10, strain=5e-3, size=np.inf, **noise):
    return random_peaks(np.random.default_rng(seed), n, strain, size, **noise)


def calm(breadth, *, unlike=2.0):
    """Seven lines that scatter about `breadth` (rad) by half of their errors."""
    rng = np.random.default_rng(5)
    error = 0.02 * breadth * unlike ** rng.normal(size=7)
    return make_peaks(TWO_THETA, breadth + error / 2 * rng.normal(size=7), error)


def flagged(at, *flags):
    every = [frozenset()] * TWO_THETA.size
    every[at] = frozenset(flags)
    return tuple(every)


# The bare function


@pytest.mark.parametrize("size", [5.0, 80.0, np.inf])
def test_the_breadth_is_eq_7_and_without_a_size_eq_8(size):
    found = line_breadth(THETA, strain=5e-3, size=size, wavelength=WAVELENGTH)
    assert found == pytest.approx(formula(THETA, 5e-3, size), rel=1e-14)
    eq_8 = line_breadth(THETA, strain=5e-3, wavelength=WAVELENGTH)
    assert eq_8 == pytest.approx(4 * 5e-3 * np.tan(THETA), rel=1e-14)


def test_breadths_rise_with_angle_strain_and_wavelength_and_fall_with_size():
    def breadth(strain=5e-3, size=20.0, wavelength=60.0):
        return line_breadth(THETA, strain=strain, size=size, wavelength=wavelength)

    assert (np.diff(breadth()) > 0).all()
    assert (breadth(strain=6e-3) > breadth()).all()
    assert (breadth(wavelength=70) > breadth()).all()
    assert (breadth(size=30) < breadth()).all()
    # Twice the wavelength at twice the size is the same breadth.
    assert breadth(size=40, wavelength=120) == pytest.approx(breadth(), rel=1e-14)


def test_squares_add_in_quadrature():
    parts = {"strain": 5e-3, "size": 20, "wavelength": 60}
    both = line_breadth(THETA, **parts, addition="quadrature") ** 2
    alone = [
        line_breadth(THETA, **{**parts, **one}) ** 2 for one in ({"strain": 0}, {"size": np.inf})
    ]
    assert both == pytest.approx(sum(alone), rel=1e-13)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"size": 0}, "size must be above 0, got 0"),
        ({"wavelength": -1}, "wavelength must be above 0, got -1"),
        ({"shape_factor": np.nan}, "shape_factor must be above 0, got nan"),
        (
            {"addition": "cubic"},
            "addition must be one of linear, quadrature, resolved, halder-wagner; got",
        ),
        ({"theta": [0.1, 1.6]}, "Bragg angles theta must lie between 0 and pi/2"),
    ],
)
def test_the_bare_function_refuses_by_name(wrong, message):
    good = {"theta": THETA, "strain": 0.01, "wavelength": 60}
    with pytest.raises(AnalysisError, match=re.escape(message)):
        line_breadth(**{**good, **wrong})


# Known truths


@pytest.mark.parametrize("strain", [0.0, 1e-4, 5e-3, 0.05])
@pytest.mark.parametrize("size", [3.0, 40.0])
@pytest.mark.parametrize("error", [1e-7, 1e-3 * THETA])
def test_lines_without_noise_give_back_strain_and_size(strain, size, error):
    wh = williamson_hall(lines(strain, size, error), model="full")
    assert wh.strain.n == pytest.approx(strain, rel=1e-8, abs=1e-14)
    assert wh.size_by_full == pytest.approx(size, rel=1e-9)
    assert wh.predict(THETA) == pytest.approx(formula(THETA, strain, size), rel=1e-10)
    assert wh.chi_square_reduced == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("strain", [1e-4, 5e-3, 0.05])
def test_lines_without_noise_and_size_give_back_the_strain(strain):
    wh = williamson_hall(lines(strain, np.inf))
    assert wh.model == "reduced"
    assert wh.strain.n == pytest.approx(strain, rel=1e-12)
    assert wh.size is None
    assert wh.interval("size") == (wh.size_lower, np.inf)


def test_no_strain_and_no_size_give_zero_and_two_limits():
    wh = williamson_hall(make_peaks(TWO_THETA, np.zeros(7), 1e-4))
    assert wh.strain.n == 0
    assert wh.quoted_strain is None
    assert wh.interval() == (0, pytest.approx(1.96 * wh.strain.s, rel=1e-4))
    # Beside a size, which can only take away, as though there were none.
    assert wh.strain_upper == pytest.approx(1.6449 * wh.strain_by_reduced.s, rel=1e-4)
    assert wh.size_lower > 50
    assert any("neither is determined" in text for text in wh.warnings)


def test_a_size_without_strain_is_found_and_the_strain_limited():
    wh = williamson_hall(lines(0.0, 20.0))
    assert wh.model == "full"
    assert wh.size.n == pytest.approx(20, rel=1e-10)
    assert 0 < wh.strain_upper < 1e-3
    assert wh.quoted_strain is None
    assert wh.warnings == ()
    assert any("the strain is not above zero at 95 %" in text for text in wh.remarks)


@pytest.mark.parametrize("factor", [0.1, 3.0])
def test_breadths_and_errors_in_proportion_scale_strain_and_size(factor):
    peaks = noisy(strain=5e-3, size=20, extra=3)
    wider = make_peaks(
        peaks.two_theta,
        np.radians(peaks.integral_breadth) * factor,
        np.radians(peaks.integral_breadth_error) * factor,
        two_theta_error=peaks.two_theta_error * factor,
    )
    one, other = (williamson_hall(table, model="full") for table in (peaks, wider))
    assert other.strain.n == pytest.approx(one.strain.n * factor, rel=1e-6)
    assert other.strain.s == pytest.approx(one.strain.s * factor, rel=1e-4)
    assert other.size.n == pytest.approx(one.size.n / factor, rel=1e-6)
    assert other.r_squared == pytest.approx(one.r_squared, abs=1e-4)


def test_the_shape_factor_scales_the_size_alone():
    one, other = (williamson_hall(lines(size=20), shape_factor=k) for k in (0.9, 1.8))
    assert other.size.n == pytest.approx(2 * one.size.n, rel=1e-12)
    assert other.strain.n == pytest.approx(one.strain.n, rel=1e-12)


@pytest.mark.parametrize("size", [20.0, np.inf])
def test_integral_breadths_of_lorentzian_lines_give_1_571_times_the_strain(size):
    integral = williamson_hall(lines(size=size))
    fwhm = integral.with_breadth("fwhm")
    assert fwhm.breadth == "fwhm"
    assert fwhm.model == integral.model
    assert integral.strain.n / fwhm.strain.n == pytest.approx(np.pi / 2, rel=1e-9)
    assert fwhm.with_breadth("integral").strain.n == integral.strain.n


def test_the_other_breadth_keeps_the_other_choices():
    other = williamson_hall(
        lines(size=20), model="full", shape_factor=1.0, addition="quadrature"
    ).with_breadth("fwhm")
    assert other.options == ("full", 1.0, "fwhm", "quadrature")


# Against other ways to the same numbers


def test_eq_7_is_the_straight_line_of_the_classic_plot():
    """beta cos(theta) against 4 sin(theta), by numpy's weighted polynomial fit."""
    peaks = calm(formula(THETA, 5e-3, 15))
    wh = williamson_hall(peaks)
    beta, error = peaks.breadth("integral")
    cos = np.cos(peaks.theta)
    (strain, start), covariance = np.polyfit(
        4 * np.sin(peaks.theta), beta * cos, 1, w=1 / (error * cos), cov="unscaled"
    )
    assert wh.model == "full"
    assert not wh.kept.widened
    assert wh.strain.n == pytest.approx(strain, rel=1e-4)
    assert wh.strain.s == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-4)
    size = 0.9 * WAVELENGTH / 1000 / start
    assert wh.size.n == pytest.approx(size, rel=1e-4)
    assert wh.size.s / wh.size.n == pytest.approx(np.sqrt(covariance[1, 1]) / start, rel=1e-4)
    correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert wh.correlation == pytest.approx(-correlation, rel=1e-4)


def test_quadrature_is_the_least_squares_fit_that_scipy_finds():
    parts = {"strain": 5e-3, "size": 10, "wavelength": WAVELENGTH}
    peaks = calm(line_breadth(THETA, **parts, addition="quadrature"))
    beta, error = peaks.breadth("integral")
    wh = williamson_hall(peaks, model="full", addition="quadrature")

    def law(theta, strain, size):
        return np.hypot(
            0.9 * WAVELENGTH / 1000 / (size * np.cos(theta)), 4 * strain * np.tan(theta)
        )

    found, covariance = optimize.curve_fit(
        law, peaks.theta, beta, [5e-3, 10], sigma=error, absolute_sigma=True
    )
    assert [wh.strain.n, wh.size.n] == pytest.approx(found, rel=1e-4)
    assert not wh.kept.widened
    assert [wh.strain.s, wh.size.s] == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-3)


@pytest.mark.parametrize(("strain", "size"), [(5e-3, 10.0), (2e-3, 40.0), (0.0, 20.0)])
def test_quadrature_gives_back_what_was_added_in_quadrature(strain, size):
    breadth = line_breadth(
        THETA, strain=strain, size=size, wavelength=WAVELENGTH, addition="quadrature"
    )
    wh = williamson_hall(make_peaks(TWO_THETA, breadth, 1e-6), model="full", addition="quadrature")
    assert wh.strain.n == pytest.approx(strain, rel=1e-7, abs=1e-8)
    assert wh.size.n == pytest.approx(size, rel=1e-7)
    strains = [one.strain.n for one in wh.per_line]
    assert strains == pytest.approx([strain] * 7, rel=1e-6, abs=1e-5)


def test_eq_8_knows_no_difference_between_the_additions():
    one, other = (
        williamson_hall(noisy(), model="reduced", addition=addition)
        for addition in ("linear", "quadrature")
    )
    assert one.strain.n == other.strain.n
    assert one.strain.s == other.strain.s


def test_r_squared_of_equal_errors_is_the_plain_one():
    breadth = formula(THETA, 5e-3, 10)
    peaks = make_peaks(TWO_THETA, breadth * [1.01, 0.99, 1, 1.01, 0.98, 1, 1.01], 2e-4)
    wh = williamson_hall(peaks, breadth="fwhm")
    beta, _ = peaks.breadth("fwhm")
    assert not wh.kept.widened
    plain = 1 - (wh.residuals @ wh.residuals) / ((beta - beta.mean()) ** 2).sum()
    assert wh.r_squared == pytest.approx(plain, rel=1e-6)


# Errors


def test_one_line_has_the_error_of_its_breadth():
    wh = williamson_hall(lines().select([3]))
    assert wh.model == "reduced"
    assert wh.n_lines == 1
    error = 1e-4 / (4 * np.tan(THETA[3]))
    assert wh.strain_by_reduced.s == pytest.approx(error, rel=1e-3)
    # A size alone may broaden it.
    assert wh.quoted_strain is None
    assert wh.interval() == (0, pytest.approx(5e-3 + 1.96 * error, rel=1e-4))
    assert wh.size_lower is None
    assert wh.chi_square_reduced is None
    assert any("only one line" in text for text in wh.warnings)
    with pytest.raises(AnalysisError, match="the size has no interval"):
        wh.interval("size")


def test_an_error_of_the_angle_counts_through_the_slope():
    exact = williamson_hall(lines(strain=0.02, error=1e-5).select([3]))
    unsure = williamson_hall(
        lines(strain=0.02, error=1e-5, two_theta_error=np.full(7, 0.1)).select([3])
    )
    slope = 4 * 0.02 / np.cos(THETA[3]) ** 2
    expected = np.hypot(1e-5, slope * np.radians(0.05)) / (4 * np.tan(THETA[3]))
    assert unsure.strain_by_reduced.s == pytest.approx(expected, rel=1e-6)
    assert unsure.strain_by_reduced.s > 5 * exact.strain_by_reduced.s


@pytest.mark.parametrize("size", [10.0, np.inf])
def test_lines_that_stray_widen_the_errors_until_chi_square_is_the_degrees_of_freedom(size):
    peaks = noisy(seed=8, n=15, size=size, extra=5, kind="strain")
    wh = williamson_hall(peaks, model="full" if np.isfinite(size) else "reduced")
    assert wh.kept.widened
    assert wh.chi_square_reduced > 3
    assert (wh.residuals**2 / wh.kept.total).sum() == pytest.approx(wh.dof, rel=1e-5)
    assert wh.chi_square_reduced * wh.dof == pytest.approx(
        williamson_hall(peaks, model=wh.model).kept.chi_square
    )
    assert any("scatter about the law by more than their errors" in text for text in wh.warnings)


@pytest.mark.parametrize(("n", "said"), [(3, "one degree"), (5, "3 degrees")])
def test_scatter_is_said_with_its_degrees_of_freedom(n, said):
    unlike = 1 + 0.1 * (-1.0) ** np.arange(7)
    wh = williamson_hall(lines(factors=unlike).select(np.arange(n)), model="full")
    assert any(f" for {said} of freedom)" in text for text in wh.warnings)


def test_lines_that_do_not_stray_keep_their_errors():
    wh = williamson_hall(calm(formula(THETA, 5e-3, np.inf)))
    weights = np.tan(wh.lines.theta) / np.radians(wh.lines.integral_breadth_error)
    assert not wh.kept.widened
    assert np.isinf(wh.dof)
    error = 1 / (4 * np.sqrt(weights @ weights))
    assert wh.strain_by_reduced.s == pytest.approx(error, rel=1e-4)
    in_errors = wh.residuals / np.sqrt(wh._own_variance)
    assert in_errors @ in_errors == pytest.approx(wh.kept.chi_square)


def test_the_band_of_eq_8_is_its_own_interval_of_the_strain():
    wh = williamson_hall(noisy(), model="reduced")
    low, high = wh.interval("strain", 0.9)
    lower, upper = wh.band(THETA, 0.9)
    assert lower == pytest.approx(4 * low * np.tan(THETA), rel=1e-9)
    assert upper == pytest.approx(4 * high * np.tan(THETA), rel=1e-9)


# Size or not


def test_the_limit_is_not_made_strong_by_a_negative_size_term():
    steep = lines(factors=1 + 0.02 * (TWO_THETA - 15))
    wh = williamson_hall(steep)
    assert wh.model == "reduced"
    assert wh.full.values[0] < 0
    error = np.sqrt(wh.full.covariance[0, 0])
    assert wh.size_lower <= 0.9 * WAVELENGTH / 1000 / (1.6 * error)
    assert any("below zero, which no size explains" in text for text in wh.warnings)


def test_the_limit_tells_what_the_strain_would_be_there():
    wh = williamson_hall(lines(error=3e-4))
    rest = formula(THETA, 5e-3, np.inf) - formula(THETA, 0, wh.size_lower)
    weights = np.tan(THETA) ** 2
    expected = np.average(rest / (4 * np.tan(THETA)), weights=weights)
    assert wh.strain_at_size_limit == pytest.approx(expected, rel=1e-3)
    text = next(text for text in wh.remarks if "size is not determined" in text)
    assert f"D > {wh.size_lower:.3g} nm" in text
    assert f"would be {expected:.3g} instead of 0.005" in text


def test_with_a_weak_limit_size_alone_could_be_the_cause():
    wh = williamson_hall(lines(error=3e-3))
    assert wh.interval()[0] == 0
    assert wh.quoted_strain is None
    assert wh.strain_upper > 5e-3
    assert any("a size alone explains the breadths" in text for text in wh.warnings)


def test_eq_8_on_lines_with_a_size_says_what_it_leaves_out():
    wh = williamson_hall(lines(size=20), model="reduced")
    assert wh.size is None
    assert wh.reason == "it was asked for"
    assert any("eq. 7 gives a size of 20 nm" in text for text in wh.warnings)
    assert wh.strain.n > 5e-3


def test_eq_7_on_lines_without_a_size_gives_no_size():
    wh = williamson_hall(noisy(seed=3), model="full")
    assert wh.model == "full"
    assert wh.size is None
    assert wh.size_lower > 0
    assert wh.interval("size")[1] > wh.size_lower
    assert any("size is not determined" in text for text in wh.remarks)


def test_two_lines_alone_bound_the_size_by_the_broader_one():
    pair = make_peaks(TWO_THETA[:2], np.array([2e-3, 3e-3]), 1e-4)
    wh = williamson_hall(pair)
    # 95 % of a normal error lie below 1.645 of it.
    most = (3e-3 + 1.6449 * 1e-4) * np.cos(THETA[1])
    assert wh.size_lower == pytest.approx(0.9 * WAVELENGTH / 1000 / most, rel=1e-4)


def test_two_lines_are_not_enough_for_a_size_unless_asked_for():
    two = lines(size=20).select([0, 5])
    assert williamson_hall(two).model == "reduced"
    assert "no line is left" in williamson_hall(two).reason
    assert williamson_hall(two, model="full").size.n == pytest.approx(20, rel=1e-9)


@pytest.mark.parametrize(
    ("part", "addition", "word"),
    [(0.2, "linear", "nearer Gaussian"), (1.0, "quadrature", "nearer Lorentzian")],
)
def test_the_addition_asked_for_is_compared_with_the_shape_of_the_lines(part, addition, word):
    peaks = lines(size=10, lorentzian_part=np.full(7, part))
    assert any(word in text for text in williamson_hall(peaks, addition=addition).warnings)


# Which lines


@pytest.mark.parametrize("flag", sorted(set(FLAGS) - MILD))
def test_flagged_lines_are_left_out_and_named(flag):
    factors = np.ones(7)
    factors[2] = 5
    wh = williamson_hall(lines(factors=factors, flags=flagged(2, flag, "overlapping")))
    assert wh.n_lines == 6
    assert wh.strain.n == pytest.approx(5e-3, rel=1e-10)
    text = next(text for text in wh.remarks if "left out" in text)
    assert text == f"1 of 7 lines left out: at 15.40 deg ({flag}: {FLAGS[flag]})"


def test_overlapping_lines_are_used():
    assert all(williamson_hall(lines(flags=flagged(2, mild))).n_lines == 7 for mild in MILD)


@pytest.mark.parametrize("unknown", [np.nan, np.inf, 0.0, -1.0])
def test_a_line_without_an_error_is_left_out(unknown):
    errors = np.full(7, 1e-4)
    errors[2] = unknown
    wh = williamson_hall(lines(error=errors))
    assert wh.n_lines == 6
    assert "at 15.40 deg (its breadth, or the error of its breadth, is not known)" in wh.remarks[0]


def test_leaving_out_narrow_lines_is_said_to_raise_the_strain():
    wh = williamson_hall(lines(flags=flagged(2, "narrow")))
    assert any("the average strain of the others is too large" in text for text in wh.warnings)


def test_without_an_instrument_the_assumption_of_the_paper_is_named():
    assert williamson_hall(lines()).corrected
    wh = williamson_hall(lines(instrument=None))
    assert not wh.corrected
    text = next(text for text in wh.remarks if "not corrected for the instrument" in text)
    assert "negligible, as the paper assumes" in text


def test_good_lines_draw_no_warning():
    assert williamson_hall(lines(size=20)).warnings == ()
    wh = williamson_hall(lines())
    assert wh.warnings == ()
    size, addition = wh.remarks
    assert size.startswith("the size is not determined")
    assert "as those of Lorentzian lines do" in addition


# Directions


GOLD = np.array([1.0, 1.8, 1.25, 1.15, 1.0, 1.8, 1.3])


def test_gold_whose_200_is_1_8_times_broader_than_its_111_is_called_anisotropic():
    """As seen on gold in a cell at 39.6 GPa."""
    wh = williamson_hall(lines(factors=GOLD, hkl=FCC))
    families = {family.direction: family for family in wh.families}
    assert set(families) == {"111", "100", "110", "311", "331"}
    assert families["111"].n_lines == families["100"].n_lines == 2
    assert wh.anisotropy.ratio.n == pytest.approx(1.8, rel=1e-10)
    assert wh.anisotropy[1:] == ("100", "111")
    assert any("strain of 100 is 1.80" in text for text in wh.warnings)


def test_lines_without_indices_are_named_by_their_angles():
    wh = williamson_hall(lines(factors=GOLD))
    assert wh.families == ()
    assert {wh.anisotropy.broadest, wh.anisotropy.narrowest} <= {
        f"{angle:.2f} deg" for angle in TWO_THETA
    }
    assert wh.anisotropy.ratio.n == pytest.approx(1.8, rel=1e-10)


def test_lines_on_the_law_are_not_called_anisotropic():
    assert williamson_hall(lines(hkl=FCC)).anisotropy is None
    assert williamson_hall(calm(formula(THETA, 5e-3, np.inf))).anisotropy is None


def test_only_a_cubic_cell_has_equal_axes():
    cell = np.array([5.3, 5.5, 20.0])
    hkl = ((0, 0, 10), (0, 2, 0), (2, 0, 0), (0, -4, 0))
    d = 1 / np.linalg.norm(np.array(hkl) / cell, axis=1)
    two_theta = 2 * np.degrees(np.arcsin(WAVELENGTH / 100 / (2 * d)))
    order = np.argsort(two_theta)
    hkl = tuple(hkl[i] for i in order)
    breadth = formula(np.radians(two_theta[order] / 2), 5e-3, np.inf)
    wh = williamson_hall(make_peaks(two_theta[order], breadth, 1e-4, hkl=hkl))
    assert {family.direction: family.n_lines for family in wh.families} == {
        "001": 1,
        "010": 2,
        "100": 1,
    }
    assert {one.name for one in wh.per_line} == {"0 0 10", "020", "200", "0 -4 0"}


@pytest.mark.parametrize("size", [20.0, np.inf])
def test_each_line_tells_its_own_strain(size):
    wh = williamson_hall(lines(size=size, hkl=FCC))
    assert [one.strain.n for one in wh.per_line] == pytest.approx([5e-3] * 7, rel=1e-9)
    expected = 1e-4 / (4 * np.tan(THETA))
    assert [one.strain.s for one in wh.per_line] == pytest.approx(expected, rel=1e-3)


def test_lines_of_one_direction_that_scatter_widen_its_strain():
    """Orders of one direction have one strain; what they differ by is an error of it."""
    factors = np.array([1.0, 1, 1, 1, 1.3, 1, 1])
    wh = williamson_hall(lines(hkl=FCC, factors=factors), model="reduced")
    own = {one.name: one.strain for one in wh.per_line}
    (found,) = [
        family for family in wh.families if family.n_lines == 2 and family.direction == "111"
    ]
    pair = [own["111"], own["222"]]
    errors = np.array([one.s for one in pair])
    # Of two values chi-square is the square of their difference over its error.
    birge = abs(pair[0].n - pair[1].n) / np.hypot(*errors)
    assert birge > 3
    assert found.strain.s == pytest.approx(birge / np.sqrt((errors**-2).sum()), rel=1e-6)


def test_where_the_fit_begins_does_not_matter():
    """Its weights hold the slope of the law, which must be that of the end."""
    theta = np.radians(np.linspace(8, 28, 7) / 2)
    law = BreadthLaw(theta, full=True, power=1)
    truth = np.array([4e-3, 8e-3])
    measured = law.value(truth) * (1 + 0.1 * np.array([1, -1, 1, 1, -1, -1, 1]))
    errors, angles = np.geomspace(4e-3, 4e-2, 7), np.geomspace(1, 1e-2, 7)
    ends = [_settle(law, measured, errors, angles, start).values for start in (truth, 1.3 * truth)]
    assert ends[0] == pytest.approx(ends[1], rel=1e-6)
    again = _settle(law, measured, errors, angles, ends[0])
    weights = 1 / (errors**2 + (law.slope(ends[0]) * angles) ** 2)
    rows = np.array([1 / np.cos(theta), 4 * np.tan(theta)])
    expected = np.linalg.solve((rows * weights) @ rows.T, rows @ (weights * measured))
    assert again.values == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("seed", [271, 634])
def test_steps_that_would_swing_for_ever_are_damped(seed):
    """Breadths of squares that add, far off any law: plain steps go to and fro."""
    theta = np.radians(np.linspace(8, 28, 7) / 2)
    law = BreadthLaw(theta, full=True, power=2)
    rng = np.random.default_rng(seed)
    truth = law.value(np.array([1e-3, 2e-3]) ** 2)
    errors = rng.uniform(0.02, 0.4) * truth * np.exp(rng.normal(size=7) / 2)
    measured = np.abs(truth * (1 + rng.uniform(0.1, 0.6) * rng.normal(size=7)))
    angles = np.full(7, rng.choice([0, 1e-4, 1e-3]))
    start = law.guess(measured, errors)
    found = _settle(law, measured, errors, angles, start)
    # Where it settles a step with the weights of that place leads nowhere else.
    variance = errors**2 + (law.slope(found.values) * angles) ** 2
    rows = law.jacobian(found.values) / np.sqrt(variance)
    step, *_ = np.linalg.lstsq(
        rows.T, (measured - law.value(found.values)) / np.sqrt(variance), rcond=None
    )
    assert (np.abs(step) < 1e-4 * np.sqrt(np.diag(found.covariance))).all()


# The entrance and the exit


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"model": "eq7"}, "model must be one of auto, full, reduced; got 'eq7'"),
        ({"breadth": "height"}, "breadth must be one of integral, fwhm; got 'height'"),
        ({"addition": "sum"}, "addition must be one of auto, linear, quadrature, resolved"),
        ({"shape_factor": 0}, "shape_factor must be a number above 0, got 0"),
        ({"shape_factor": "0.9"}, "shape_factor must be a number above 0, got '0.9'"),
    ],
)
def test_wrong_choices_are_refused_by_name(wrong, message):
    with pytest.raises(AnalysisError, match=re.escape(message)):
        williamson_hall(lines(), **wrong)


@pytest.mark.parametrize(
    ("peaks", "model", "message"),
    [
        (lines().select([2]), "full", "eq. 7 cannot be fitted: there is one line"),
        (lines().select([2, 2]), "full", "eq. 7 cannot be fitted: the lines lie at one angle"),
        (
            lines().select(np.zeros(7, dtype=bool)),
            "auto",
            "no line is usable for the strain: there are none",
        ),
        (
            lines(flags=(frozenset({"narrow"}),) * 7).select([0, 1]),
            "auto",
            "left out at 9.40, 10.90 deg (narrow: it is no broader than the instrument's own",
        ),
    ],
)
def test_tables_that_cannot_be_analysed_are_refused_with_the_reason(peaks, model, message):
    with pytest.raises(FitError, match=re.escape(message)):
        williamson_hall(peaks, model=model)


def test_names_and_levels_are_checked():
    wh = williamson_hall(lines())
    with pytest.raises(AnalysisError, match="no parameter 'stress'; there are strain, size"):
        wh.interval("stress")
    with pytest.raises(AnalysisError, match="level is a coverage between 0 and 1, got 2"):
        wh.band(THETA, 2)
    with pytest.raises(AnalysisError, match="Bragg angles theta must lie between 0 and pi/2"):
        wh.predict(TWO_THETA)
    with pytest.raises(DataError, match="breadth must be"):
        lines().breadth("height")


@pytest.mark.parametrize("peaks", [lines(), lines(size=20), lines().select([2]), noisy(extra=4)])
def test_the_result_is_plain_json(peaks):
    found = json.loads(json.dumps(williamson_hall(peaks).to_dict(), allow_nan=False))
    for name in ("strain", "strain_upper", "size", "size_lower"):
        assert set(found[name]) >= {"value", "stderr", "unit"}
    assert found["strain"]["interval"] == found["strain_interval_95"]
    assert found["n_points"] == len(peaks)
    assert found["model"] in ("full", "reduced")
    assert isinstance(found["warnings"], list)
    assert isinstance(found["remarks"], list)


def test_strain_and_size_are_correlated_numbers():
    wh = williamson_hall(noisy(size=10))
    product = wh.strain * wh.size
    apart = np.hypot(wh.strain.s / wh.strain.n, wh.size.s / wh.size.n) * product.n
    assert wh.correlation > 0.5
    assert product.s > 1.2 * apart


def test_the_analysis_needs_neither_figures_nor_lmfit():
    code = (
        "import sys, analysis; analysis.williamson_hall; "
        "import analysis.diffraction.strain.breadth_law; "
        "print({'matplotlib', 'lmfit', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
