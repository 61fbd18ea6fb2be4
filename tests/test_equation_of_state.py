"""Equations of state: formulas and fits against peritheos, what is refused, what is told apart."""

import numpy as np
import pytest
from peritheos.eos import rt
from peritheos.fitting import fit_rt_eos
from state_study import made_volumes
from uncertainties import ufloat

from analysis import AnalysisError, DataError, FitError, fit_equation_of_state
from analysis.pressure.equation_of_state import EQUATIONS, TELLS_APART
from compendium.chapters.pattern_series import table_of

OTHERS = {"birch-murnaghan-2": rt.BM2, "birch-murnaghan-3": rt.BM3, "vinet": rt.Vinet}
TRUTH = {"V0": 100.0, "K0": 160.0, "K0_prime": 4.6}
P = np.linspace(0.5, 40, 12)


def of(name):
    """The truth that an equation knows of."""
    return {key: TRUTH[key] for key in list(TRUTH)[: 2 if name == "birch-murnaghan-2" else 3]}


def values_of(found):
    return found.v0, found.k0, found.k0_prime


@pytest.fixture(scope="module")
def noisy():
    rng = np.random.default_rng(5)
    volume = made_volumes(P, **TRUTH)
    return P + rng.normal(0, 0.2, P.size), volume + rng.normal(0, 0.05, P.size)


@pytest.mark.parametrize("equation", EQUATIONS.values(), ids=EQUATIONS)
def test_the_formulas_are_those_of_another_library_and_their_slopes_are_exact(equation):
    u, prime = np.linspace(-0.5, 0.05, 12), equation.prime or 5.3
    values = {**TRUTH, "K0_prime": prime}
    judge = OTHERS[equation.name](**{key: values[key] for key in of(equation.name)})
    p, bulk, by_prime = equation.formula(u, prime)
    np.testing.assert_allclose(160 * p, judge.pressure(100 * np.exp(u)), rtol=1e-10, atol=1e-10)
    h = 1e-6
    ahead, behind = (equation.formula(u + step, prime)[0] for step in (h, -h))
    np.testing.assert_allclose(bulk, (behind - ahead) / (2 * h), rtol=1e-7)
    ahead, behind = (equation.formula(u, prime + step)[0] for step in (h, -h))
    np.testing.assert_allclose(by_prime, (ahead - behind) / (2 * h), rtol=1e-6, atol=1e-9)


# Exact volumes, of which peritheos knows the course: any start, order and unit.
@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize(("k0", "prime", "most"), [(5, 13, 8), (160, 4.6, 40), (440, 2.5, 300)])
def test_what_was_put_in_comes_back(name, k0, prime, most):
    p = np.linspace(most / 20, most, 9)
    values = {"V0": 6e-3, "K0": k0, "K0_prime": prime}
    judge = OTHERS[name](**{key: values[key] for key in of(name)})
    volume = np.array([judge.volume(one) for one in p.tolist()])
    order = np.random.default_rng(1).permutation(p.size)
    found = fit_equation_of_state(p[order], volume[order], equation=name)
    expected = [6e-3, k0, prime if found.minimum.free[2] else 4]
    assert [one.n for one in values_of(found)] == pytest.approx(expected, rel=1e-6)


# Its volumes are latent values that are fitted, too: another way to errors in both.
@pytest.mark.parametrize(
    "errors", [{"pressure": 0.2}, {"volume": 0.05}, {"pressure": 0.2, "volume": 0.05}, {}]
)
def test_fits_agree_with_another_library(noisy, errors):
    p, v = noisy
    stated = {f"{name}_error": value for name, value in errors.items()}
    found = fit_equation_of_state(p, v, equation="birch-murnaghan-3", **stated)
    sigmas = {f"{name}_sigma": value for name, value in errors.items()}
    if "volume" in errors and "pressure" not in errors:
        sigmas["pressure_sigma"] = 1e-4
    judge = fit_rt_eos(rt.BM3, v, p, TRUTH, absolute_sigma=bool(errors), **sigmas)
    widened = max(1.0, np.sqrt(judge.reduced_chi_square)) if errors else 1.0
    for one, name in zip(values_of(found), TRUTH, strict=True):
        assert one.n == pytest.approx(judge.parameters[name], abs=0.1 * one.s)
        assert one.s == pytest.approx(judge.standard_errors[name] * widened, rel=0.03)
    sigma = np.sqrt(np.diag(found.covariance))
    assert found.covariance[1, 2] / sigma[1] / sigma[2] == pytest.approx(
        judge.correlation[1, 2], abs=0.01
    )
    assert (found.chi_square == pytest.approx(judge.chi_square, rel=0.02)) or not errors


def test_an_interval_is_as_skewed_as_the_points_say(noisy):
    found = fit_equation_of_state(*noisy)
    low, high = found.interval("k0_prime")
    assert (high + low) / 2 == pytest.approx(found.k0_prime.n, abs=0.1 * (high - low))
    wide = fit_equation_of_state(*noisy, equation="vinet", pressure_error=4.0)
    low, high = wide.interval("k0_prime")
    assert high - wide.k0_prime.n > 1.3 * (wide.k0_prime.n - low)


def test_the_ellipse_holds_the_pair_and_leans_as_the_two_do(noisy):
    found = fit_equation_of_state(*noisy, pressure_error=0.2, volume_error=0.05)
    k0, prime = found.ellipse()
    assert np.corrcoef(k0, prime)[0, 1] == pytest.approx(
        found.covariance[1, 2] / np.sqrt(found.covariance[1, 1] * found.covariance[2, 2]), abs=0.02
    )
    # For two together the limit is sqrt(-2 ln 0.05) errors instead of 1.96.
    assert np.ptp(k0) / 2 == pytest.approx(2.4477 * found.k0.s, rel=0.01)
    # K0 (K0' - 4) is what the points determine: where they hardly do, the region bends with it.
    wide = fit_equation_of_state(*noisy, pressure_error=1.5, equation="birch-murnaghan-3")
    k0, prime = wide.ellipse()
    lever = prime[k0.argmin()] - wide.k0_prime.n, wide.k0_prime.n - prime[k0.argmax()]
    assert lever[0] > 1.3 * lever[1] > 0
    with pytest.raises(AnalysisError, match="K0' is held in Birch-Murnaghan, 2nd order"):
        fit_equation_of_state(*noisy, equation="birch-murnaghan-2").ellipse()


def test_the_band_is_narrow_where_the_points_are(noisy):
    found = fit_equation_of_state(*noisy)
    p, low, high = found.band([noisy[1].mean(), 1.2 * noisy[1].max()])
    assert ((low < p) & (p < high)).all()
    assert (high - low)[1] > 5 * (high - low)[0]


def test_a_given_v0_narrows_k0_and_its_error_is_carried_through(noisy):
    errors = {"pressure_error": 0.2, "volume_error": 0.05}
    free = fit_equation_of_state(*noisy, **errors)
    exact = fit_equation_of_state(*noisy, v0=100.0, **errors)
    given = fit_equation_of_state(*noisy, v0=ufloat(100.0, 0.05), **errors)
    assert exact.k0.s < given.k0.s < free.k0.s
    moved = fit_equation_of_state(*noisy, v0=100.05, **errors)
    expected = np.hypot(exact.k0.s, moved.k0.n - exact.k0.n)
    assert given.k0.s == pytest.approx(expected, rel=0.02)
    low, high = given.interval("k0")
    assert (high - low) / 2 == pytest.approx(1.96 * given.k0.s, rel=0.03)
    assert (given.v0.n, given.v0.s) == pytest.approx((100.0, 0.05))


def test_where_k0_prime_is_not_determined_the_second_order_says_so():
    p = np.linspace(0.2, 2, 5)
    v = made_volumes(p, **TRUTH) + np.array([0.02, -0.03, 0.01, 0.03, -0.02])
    found = fit_equation_of_state(p, v)
    assert found.equation.name == "birch-murnaghan-2"
    assert "do not determine K0'" in found.warnings[0]
    assert "4 ± 2" in found.warnings[0]
    held = fit_equation_of_state(p, v, equation="birch-murnaghan-2")
    # With the usual spread of K0' in the error of K0.
    assert found.k0.n == held.k0.n
    assert found.k0.s > held.k0.s
    assert (found.k0_prime.s, held.k0_prime.s) == pytest.approx((2.0, 0.0))
    three = fit_equation_of_state(p[:3], v[:3])
    assert three.warnings[0].startswith("3 volumes do not determine K0'")


def test_errors_that_are_none_are_noticed(noisy):
    p, v = noisy
    assert (
        "far larger than the scatter" in fit_equation_of_state(p, v, pressure_error=2).warnings[-1]
    )
    assert (
        "scatter more than their errors"
        in (fit_equation_of_state(p, v, pressure_error=0.01).warnings[0])
    )
    # The scatter takes their place: as if none were stated.
    small = fit_equation_of_state(p, v, pressure_error=0.01)
    none = fit_equation_of_state(p, v)
    assert small.k0.s == pytest.approx(none.k0.s, rel=1e-6)
    assert small.interval() == pytest.approx(none.interval(), rel=1e-3)
    partly = fit_equation_of_state(p, v, pressure_error=np.where(p > 20, 0.2, np.nan))
    assert partly.to_dict() == none.to_dict()


def test_equations_are_told_apart_only_where_they_differ():
    judge = rt.Vinet(V0=100.0, K0=10.0, K0_prime=9.0)
    p = np.linspace(0.5, 40, 15)
    volume = np.array([judge.volume(one) for one in p.tolist()])
    rng = np.random.default_rng(2)
    apart = []
    for noise in (0.02, 2.0):
        measured = p + rng.normal(0, noise, p.size)
        vinet, birch = (
            fit_equation_of_state(measured, volume, equation=name, pressure_error=noise)
            for name in ("vinet", "birch-murnaghan-3")
        )
        apart.append(vinet.likelihood_ratio(birch) > TELLS_APART)
    assert apart == [True, False]


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (([1, 2], [9, 8]), {}, FitError, "2nd order, 2 unknowns: at least 3 different .* got 2"),
        (
            ([1, 2, 3, 4], [9, 8, 8, 7]), {"equation": "vinet"}, FitError,
            "Vinet, 3 unknowns: at least 4 .* got 3; fewer suffice with v0 or equation='birch-m",
        ),
        (([1, 2, 3, 4], [7, 8, 9, 10]), {}, FitError, "does not shrink under pressure"),
        (([1, 2, 3], [9, 8]), {}, DataError, "for each volume, got 3 and 2"),
        (([1, 2], [9, -8]), {}, DataError, "volume: every value must be a number above 0"),
        (([1, np.nan], [9, 8]), {}, DataError, "one finite pressure"),
        (([1, 2, 3], [9, 8, 7]), {"equation": "tait"}, DataError, "state 'tait'; there are birch"),
        (([1, 2, 3], [9, 8, 7]), {"v0": -1}, DataError, "v0: every value"),
        (([1, 2, 3], [9, 8, 7]), {"v0": []}, DataError, "v0 must be a number"),
        (([1, 2, 3], [9, 8, 7]), {"equation": []}, DataError, r"no equation of state \[\]"),
        (([1e-9] * 4, [9, 8, 7, 6]), {}, FitError, "not (shrink|converge|determine)"),
        (
            ([1, 2, 3], [9, 8, 7]), {"pressure_error": [1, 0, 1]}, DataError,
            "pressure_error needs one number above 0",
        ),
    ],
)  # fmt: skip
def test_what_has_no_equation_of_state_is_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        fit_equation_of_state(*arguments, **options)


def test_what_there_is_not_is_refused(noisy):
    with pytest.raises(AnalysisError, match="no parameter 'k1'; there are v0, k0, k0_prime"):
        fit_equation_of_state(*noisy).interval("k1")


def test_the_dictionary_has_every_number_with_its_interval(noisy):
    found = fit_equation_of_state(*noisy).to_dict()
    assert found["k0"]["unit"] == "GPa"
    assert found["k0"]["interval"][0] < found["k0"]["value"] < found["k0"]["interval"][1]
    assert found["correlation_k0_k0_prime"] < -0.9
    assert found["chi_square"] is None


# PASCal, tests/data/sample_p/bm.tsv at 1350f62: K0, V0, K0' with errors of the same table.
PASCAL = {
    "birch-murnaghan-2": [(495.0696, 1.7638), (24.627, 0.9306)],
    "birch-murnaghan-3": [(503.2172, 1.9881), (12.0877, 1.559), (11.8534, 1.6479)],
}


@pytest.mark.measured("silver-cobalt-cyanide")
@pytest.mark.parametrize("name", PASCAL)
def test_a_soft_crystal_as_a_third_program_fits_it(name):
    cells = table_of("silver-cobalt-cyanide")
    assert np.isnan(cells.table.pressure_error).all()  # its second column is a weight
    found = cells.table.equation_of_state(name)
    for one, expected in zip(values_of(found), PASCAL[name], strict=False):
        assert (one.n, one.s) == pytest.approx(expected, rel=2e-4)
    assert cells.table.equation_of_state().equation.name == "birch-murnaghan-3"
