"""Means, constancy and regions; the words for them; the chapters on tables of any content."""

import json
from dataclasses import asdict, replace

import jupytext
import numpy as np
import papermill
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from small_results import results_of, sheet, table

import analysis
from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.numerics.means import weighted_mean
from analysis.numerics.summary import weighing_error
from analysis.pressure.results import Results
from analysis.pressure.series import (
    Regions,
    constancy,
    failed,
    left_out_in_turn,
    series_of,
)
from analysis.show import pressure_plots
from compendium.chapters import ledger, pressure_report, pressure_words
from compendium.chapters.claims import entries_on
from compendium.chapters.roles import roles

BOOK = OWN_PACKAGE.parent.parent / "book"
PRESSURES = np.linspace(15.0, 43.0, 13)
ERRORS = np.resize([2.0, 4.0, 8.0, 16.0], 13)


def replicates(number, *, slope=0.0, scatter=1.0, n=13):
    """Yield values whose scatter is `scatter` times their errors."""
    rng = np.random.default_rng([2401, n, number])
    p, sigma = PRESSURES[:n], ERRORS[:n]
    for _ in range(number):
        truth = 550 + slope * (p - p.mean())
        yield constancy(p, truth + scatter * sigma * rng.normal(size=n), sigma)


def rate(found, *verdicts):
    return np.mean([one.verdict in verdicts for one in found])


# ----------------------------------------------------------------------------------- regions


@pytest.mark.parametrize(
    ("pressure", "phase"),
    [
        (0.0, "Amam"),
        (18.0, "Amam"),
        (18.01, "between Amam and Fmmm"),
        (19.99, "between Amam and Fmmm"),
        (20.0, "Fmmm"),
        (60, "Fmmm"),
    ],
)
def test_the_regions_hold_every_pressure_once(pressure, phase):
    assert Regions.of_paper().phase(pressure) == phase


@given(
    st.floats(0, 100),
    st.lists(st.floats(0, 50), min_size=2, max_size=8).filter(lambda ends: len(ends) % 2 == 0),
)
def test_a_pressure_lies_in_one_part_and_within_its_bounds(pressure, ends):
    ends = sorted(ends)
    bounds = tuple(zip("ABCD", ends[::2], ends[1::2], strict=False))
    regions = Regions(bounds)
    part = regions.phase(pressure)
    assert part in regions.names
    named = [name for name, low, high in bounds if low <= pressure <= high]
    # Where regions meet, the lower one has the pressure; what lies in none has a part of its own.
    assert part == (named[0] if named else part)
    assert bool(named) == (part in "ABCD")


def test_parts_are_named_ascending():
    regions = Regions((("soft", 2, 5), ("hard", 5, 9), ("glass", 12, 20)))
    parts = ("below soft", "soft", "hard", "between hard and glass", "glass", "above glass")
    assert regions.names == parts
    assert [regions.phase(p) for p in (1, 2, 6, 10, 20, 21)] == list(parts)
    assert Regions.of_paper().names == ("Amam", "between Amam and Fmmm", "Fmmm")


def test_without_regions_the_whole_range_is_one():
    assert (Regions().names, Regions().phase(1000.0)) == (("",), "")
    theta = series_of(table(), "resistance", "theta_d")
    assert len(theta.in_phase(Regions(), "")) == len(theta)
    rows = pressure_report.means([theta], Regions()).rows
    assert [row[1] for row in rows] == ["all"]


@pytest.mark.parametrize(
    "bounds",
    [
        (("a", 5, 2),),
        (("a", 0, 5), ("b", 4, 6)),
        (("a", 0, 5), ("a", 5, 6)),
        (("", 0, 5),),
        (("a", -1, 5),),
        (("a", 0, np.nan),),
        (("a", 0, np.inf), ("b", np.inf, np.inf)),
    ],
)
def test_regions_that_are_none_are_refused(bounds):
    with pytest.raises(analysis.DataError, match="must have names of their own, lie in ascending"):
        Regions(bounds)


@pytest.mark.parametrize("pair", [(15, 14), (-1, 14), (14, np.nan), (14, np.inf)])
def test_boundaries_that_are_none_are_refused(pair):
    with pytest.raises(analysis.DataError, match="ascending order from 0 GPa on and not overlap"):
        Regions.of_paper(*pair)


def test_the_defaults_put_each_synthetic_pattern_into_its_phase():
    from analysis.twin import patterns as twin_patterns

    names = {"A m a m": "Amam", "F m m m": "Fmmm"}
    for truth in twin_patterns.truths():
        if truth.run == "xrd":
            assert Regions.of_paper().phase(truth.pressure) == names[truth.space_group]


# ---------------------------------------------------------------------------------- the mean


def test_a_mean_of_equal_errors_by_hand():
    # 1, 2, 6 with errors of 1: mean 3, chi-square 4 + 1 + 9 = 14, Birge sqrt(14/2)
    mean = weighted_mean([1.0, 2.0, 6.0], [1.0, 1.0, 1.0])
    assert mean.value.n == pytest.approx(3)
    assert mean.chi_square == pytest.approx(14)
    assert mean.birge == pytest.approx(np.sqrt(7))
    assert mean.value.s == pytest.approx(np.sqrt(7 / 3))
    assert mean.nominal.s == pytest.approx(np.sqrt(1 / 3))


def test_weights_are_inverse_variances():
    assert weighted_mean([10.0, 20.0], [1.0, 2.0]).value.n == pytest.approx((10 + 20 / 4) / 1.25)


def test_values_that_agree_too_well_do_not_narrow_the_error():
    mean = weighted_mean([5.0, 5.0, 5.0, 5.0], [2.0] * 4)
    assert mean.value.s == pytest.approx(1.0)


@given(st.floats(1.5, 10))
def test_the_more_the_values_scatter_the_wider_the_mean(factor):
    values = np.array([540.0, 552.0, 548.0, 560.0])
    stretched = 550 + factor * (values - 550)
    narrow, wide = (weighted_mean(x, [2.0] * 4) for x in (values, stretched))
    assert wide.value.s == pytest.approx(factor * narrow.value.s)


def test_one_value_is_its_own_mean():
    mean = weighted_mean([550.0], [4.0])
    assert (mean.value.n, mean.value.s, mean.widening) == (550, 4, 1)
    assert mean.interval() == pytest.approx((550 - 1.96 * 4, 550 + 1.96 * 4), abs=1e-3)


@pytest.mark.parametrize("scatter", [1.0, 3.0])
def test_intervals_of_the_mean_hold_the_truth(scatter):
    inside = [
        low <= 550 <= high
        for low, high in (
            replicate.mean.interval() for replicate in replicates(2000, scatter=scatter)
        )
    ]
    assert np.mean(inside) == pytest.approx(0.955, abs=0.02)


@pytest.mark.parametrize("n", [2, 4, 12])
def test_a_part_that_all_share_does_not_average_out(n):
    # Each value has 3 of its own and 4 in common with the others: 5 in all.
    mean = weighted_mean(np.full(n, 550.0), np.full(n, 5.0), np.full(n, 4.0))
    assert mean.nominal.s == pytest.approx(3 / np.sqrt(n))
    assert mean.common == pytest.approx(4)
    assert mean.value.s == pytest.approx(np.hypot(3 / np.sqrt(n), 4))
    assert np.diff(mean.interval())[0] == pytest.approx(2 * 1.96 * mean.value.s, rel=1e-4)


def test_a_common_part_is_no_larger_than_the_error_that_holds_it():
    mean = weighted_mean([550.0, 552.0], [5.0, 5.0], [8.0, np.inf])
    assert mean.common == pytest.approx(5, rel=2e-3)
    assert mean.nominal.s > 0


def test_intervals_of_a_mean_of_values_that_share_an_error():
    rng = np.random.default_rng(2401)
    hits = []
    for _ in range(2000):
        values = 550 + 4 * rng.normal() + 3 * rng.normal(size=12)
        low, high = weighted_mean(values, np.full(12, 5.0), np.full(12, 4.0)).interval()
        hits.append(low <= 550 <= high)
    assert np.mean(hits) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize(
    ("values", "errors", "message"),
    [
        ([], [], "at least one value"),
        ([1.0, 2.0], [1.0], "values and errors need the same length"),
        ([1.0, 2.0], [1.0, 0.0], "errors above 0"),
        ([1.0, np.nan], [1.0, 1.0], "must be finite"),
    ],
)
def test_what_has_no_mean_is_refused(values, errors, message):
    with pytest.raises(analysis.DataError, match=message):
        weighted_mean(values, errors)


# ------------------------------------------------------------------------------ constant or not


@pytest.mark.parametrize("n", [4, 13])
def test_a_constant_is_rejected_at_the_stated_rate(n):
    found = list(replicates(4000, n=n))
    # One truth is called not constant in 5 % of cases, half of them for a slope. Three standard
    # errors are 1 and 0.7 %.
    assert rate(found, "changes", "scatters") == pytest.approx(0.05, abs=0.01)
    assert rate(found, "changes") == pytest.approx(0.0253, abs=0.007)


def test_two_tests_reject_as_often_as_one():
    found = next(replicates(1))
    one, other = found.line.p_value, found.line.p_about
    assert found.p_slope == pytest.approx(2 * one - one**2)
    assert found.p_scatter == pytest.approx(2 * other - other**2)
    assert (min(found.p_slope, found.p_scatter) < 0.05) == (found.verdict != "constant")


@pytest.mark.parametrize(("n", "most"), [(4, 0.11), (13, 0.06)])
def test_errors_that_are_too_small_seldom_make_slopes(n, most):
    found = list(replicates(4000, scatter=4.0, n=n))
    assert rate(found, "changes") < most
    assert rate(found, "constant") < 0.15


@pytest.mark.parametrize(("scatter", "slope"), [(1.0, 0.9), (3.0, 2.7)])
def test_a_real_slope_is_found(scatter, slope):
    found = list(replicates(300, slope=slope, scatter=scatter))
    assert rate(found, "changes") > 0.95
    slopes = [one.line.slope.n for one in found]
    assert np.mean(slopes) == pytest.approx(slope, rel=0.03)


def test_the_power_is_the_rate_at_which_a_slope_is_found():
    line = next(replicates(1)).line
    least = line.detectable(0.8)
    # A little less, for the one line in twenty that fails by chance, where F is asked.
    assert rate(list(replicates(3000, slope=least)), "changes") == pytest.approx(0.78, abs=0.025)
    assert float(line.power(0.0)) == pytest.approx(1 - 0.95**0.5)
    assert float(line.power(least)) == pytest.approx(0.8)


def test_the_power_of_a_line_that_fails():
    line = next(replicate.line for replicate in replicates(20, scatter=4) if replicate.line.fails)
    assert float(line.power(0.0)) == pytest.approx(1 - 0.95**0.5)
    assert float(line.power(line.detectable(0.9))) == pytest.approx(0.9)
    assert line.detectable() > line.nominal.s * 4


def test_a_power_that_is_none_is_refused():
    with pytest.raises(analysis.DataError, match="power must lie between"):
        next(replicates(1)).line.detectable(1.0)


def test_intervals_of_the_slope_hold_the_truth():
    inside = [
        low <= 0.5 <= high
        for low, high in (replicate.line.interval() for replicate in replicates(2000, slope=0.5))
    ]
    assert np.mean(inside) == pytest.approx(0.955, abs=0.02)


@given(st.floats(-500, 500), st.floats(0.1, 10))
def test_the_verdict_does_not_depend_on_where_zero_lies(shift, unit):
    values = np.array([540.0, 552.0, 548.0, 561.0, 566.0])
    p, sigma = PRESSURES[:5], np.full(5, 3.0)
    plain = constancy(p, values, sigma)
    moved = constancy(p + 3, unit * (values + shift), unit * sigma)
    assert moved.verdict == plain.verdict
    assert moved.line.p_value == pytest.approx(plain.line.p_value, rel=1e-5)
    assert moved.line.slope.n == pytest.approx(unit * plain.line.slope.n, rel=1e-6)


def test_the_f_test_is_that_of_an_ordinary_regression():
    from scipy.stats import linregress

    values = np.array([540.0, 552.0, 548.0, 561.0, 566.0])
    found = constancy(PRESSURES[:5], values, np.ones(5)).line
    known = linregress(PRESSURES[:5], values)
    assert found.p_scatter == pytest.approx(known.pvalue, rel=1e-9)
    assert found.slope.n == pytest.approx(known.slope)
    assert found.slope.s == pytest.approx(known.stderr)


@pytest.mark.parametrize(
    ("p", "values", "errors"),
    [
        ([], [], []),
        ([15.0, 20.0], [550.0, 560.0], [1.0, 1.0]),
        ([20.0] * 4, [550.0] * 4, [1.0] * 4),
        ([15, 20, 25], [550, 551, 552], [1.0, np.nan, 0.0]),
    ],
)
def test_too_few_points_have_no_verdict(p, values, errors):
    found = constancy(p, values, errors)
    assert found.verdict == "too few points"
    assert found.line is found.change is None
    assert found.largest_change() is None


def test_pressures_that_lie_close_have_a_line_and_a_single_one_has_none():
    values, errors = [10.0, 10.1, 10.3], [0.01, 0.01, 0.01]
    close = constancy([1.0, 1.1, 1.3], values, errors)
    assert close.line.slope.n == pytest.approx(1.0)
    assert close.line.slope.s == pytest.approx(0.01 / np.sqrt(0.14 / 3))
    assert constancy([1.0, 1.0, 1.0], values, errors).line is None


def test_points_without_an_error_are_counted_and_not_used():
    found = constancy([15, 20, 25, 30], [550, 551, 552, 9999], [1, 1, 1, np.nan])
    assert (found.n, found.unknown, found.high) == (3, 1, 25)


# -------------------------------------------------------------------------- series and their words


def test_series_take_only_what_is_asked_for():
    results = table()
    others = [
        replace(results.sheets[0], name="other", sample="copper"),
        replace(results.sheets[0], name="bad", status="failed", error="too short"),
        replace(results.sheets[0], name="lost", pressure=None),
        replace(results.sheets[0], name="trap", run="trap"),
    ]
    more = replace(results, sheets=(*results.sheets, *others))
    series = series_of(more, "resistance", "theta_d", leave_out=["trap"])
    assert sorted(source.name for source in series.sources) == sorted(
        one.name for one in results.sheets if one.kind == "resistance"
    )
    assert series.left_out == ("lost",)
    assert [one.name for one in failed(more)] == ["bad"]
    assert (np.diff(series.pressure) >= 0).all()
    note = str(pressure_report.coverage(more, series))
    assert "bad: failed (too short)" in note
    assert "lost: its pressure is not known" in note


def test_reciprocals_carry_their_errors():
    series = series_of(table(), "diffraction", "a", reciprocal=True)
    assert series.value[0] == pytest.approx(1 / 5.4)
    assert series.error[0] == pytest.approx(0.01 / 5.4**2)
    assert series.name == "1/a"


def stated(value, error, **more):
    return {"value": value, "stderr": error, "unit": "K", **more}


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (stated(550.0, 4.0), 4.0),
        # Student's interval, or a skewed one, or one with a systematic part: its longer side.
        (stated(550.0, 4.0, interval=[540.0, 560.0]), 10 / 1.95996),
        (stated(550.0, None, interval=[540.0, 570.0]), 20 / 1.95996),
        (stated(550.0, None, interval=[530.0, 550.0]), 20 / 1.95996),
        # Neither an estimate nor a limit can be weighed.
        (stated(550.0, None), np.nan),
        (stated(550.0, 4.0, interval=[540.0, None]), np.nan),
        (stated(None, None, interval=[540.0, 560.0]), np.nan),
    ],
)
def test_a_stated_number_weighs_as_much_as_its_interval_says(number, error):
    assert weighing_error(number) == pytest.approx(error, rel=1e-5, nan_ok=True)


def test_what_is_not_determined_is_named_and_what_is_open_is_drawn():
    rows = [
        (16.0, "1", stated(550.0, 4.0, interval=[540.0, 560.0], systematic=3.0)),
        (18.0, "1", stated(600.0, None, interval=[520.0, None])),
        (20.0, "1", stated(None, None)),
        (22.0, "1", stated(548.0, 4.0)),
    ]
    results = results_of("theta_d", rows)
    theta = series_of(results, "resistance", "theta_d")
    assert theta.undetermined == ("s2",)
    assert list(theta.high) == pytest.approx([560, np.inf, 548 + 1.95996 * 4], rel=1e-5)
    assert theta.constancy().mean.n == 2
    assert theta.constancy().mean.common > 0
    said = str(pressure_report.coverage(results, theta))
    assert "the Debye temperature: not determined (the sheets say why): s2" in said
    assert "interval is open: s1" in said
    shown = pressure_report.points([theta]).rows
    assert [row[2].replace("\N{NO-BREAK SPACE}", " ") for row in shown] == [
        "550 ± 4", "> 520", "548 ± 4",
    ]  # fmt: skip
    said = "For 1 of the 2 values of the Debye temperature, the error has a systematic part"
    assert pressure_words.common(theta).startswith(said)
    assert "no error" in pressure_words.common(theta.between(21, 23)).lower()


def test_an_open_interval_is_drawn_as_an_arrow_and_bars_to_both_ends(ax):
    rows = [
        (16.0, "1", stated(550.0, None, interval=[540.0, 570.0])),
        (18.0, "1", stated(600.0, None, interval=[520.0, None])),
        (20.0, "1", stated(560.0, None)),
    ]
    pressure_plots.against_pressure(
        ax, series_of(results_of("theta_d", rows), "resistance", "theta_d")
    )
    (bars,) = ax.containers
    ends = [segment[:, 1] for segment in bars.lines[2][0].get_segments()]
    assert np.array(ends) == pytest.approx(np.array([[540, 570], [520, 600], [560, 560]]))
    (arrow,) = [line for line in ax.lines if "uparrow" in str(line.get_marker())]
    assert (arrow.get_xdata()[0], arrow.get_ydata()[0]) == (18, 600)


def test_an_error_that_is_not_known_is_drawn_and_not_weighed():
    results = Results(
        {}, "", (sheet("a", 16.0, theta_d=(550.0, None)), sheet("b", 17.0, theta_d=(1.0, 1.0)))
    )
    series = series_of(results, "resistance", "theta_d")
    assert len(series) == 2
    assert [source.name for source in series.weighable.sources] == ["b"]


def test_the_sample_that_decides_is_named():
    series = series_of(table(), "resistance", "theta_d").in_phase(Regions.of_paper(), "Fmmm")
    assert series.constancy().verdict == "scatters"
    assert dict(left_out_in_turn(series))["zero"].verdict == "constant"
    assert pressure_words.deciding(series) == (
        "The verdict on all points is “scatters”; without “zero” it is “constant”"
    )
    assert pressure_words.deciding(series.without("zero")) == (
        "The verdict “constant” does not change if any one run is left out"
    )


@pytest.mark.parametrize(
    ("slope", "scatter", "words"),
    [
        (0.0, 0.5, "The Debye temperature is constant within its errors from 15 to 43 GPa"),
        (3.0, 0.5, "A slope of the Debye temperature is seen from 15 to 43 GPa"),
        (0.0, 6.0, "The Debye temperature is not constant within its errors from 15 to 43 GPa"),
    ],
)
def test_verdicts_in_words(slope, scatter, words):
    values = 550 + slope * (PRESSURES - 29) + 4 * scatter * np.resize([1, -1, -1, 1], 13)
    sheets = [
        sheet(f"s{i}", p, theta_d=(x, 4.0))
        for i, (p, x) in enumerate(zip(PRESSURES, values, strict=True))
    ]
    series = series_of(Results({}, "", tuple(sheets)), "resistance", "theta_d")
    assert pressure_words.verdict(series).startswith(words)
    assert "would have been seen in 80 of 100" in pressure_words.sensitivity(series)


def test_words_for_nothing():
    none = series_of(Results({}, "", ()), "resistance", "theta_d")
    assert "nothing can be tested" in pressure_words.verdict(none)
    assert "too few" in pressure_words.sensitivity(none)
    assert "too few" in pressure_words.deciding(none)
    assert pressure_words.largest(none) == "no value of the Debye temperature is known"
    assert "no Debye temperature at a known pressure" in str(pressure_report.missing(none))
    assert "Nothing to show" in str(pressure_report.origin(none))
    assert "No table" in str(pressure_report.means([none], Regions.of_paper()))
    assert "No table" in str(pressure_report.points([none]))


def test_one_synthetic_point_makes_the_page_say_so():
    results = table()
    one = replace(results.sheets[0], origin="synthetic")
    some = series_of(replace(results, sheets=(one, *results.sheets[1:])), "resistance", "theta_d")
    assert "they cannot confirm the paper" in str(pressure_report.origin(some))
    measured = series_of(results, "resistance", "theta_d")
    assert "confirm" not in str(pressure_report.origin(measured))
    assert "not known" in pressure_words.put_in(measured)


def test_means_are_listed_by_phase():
    strain = series_of(table(), "diffraction", "strain")
    rows = pressure_report.means([strain], Regions.of_paper(13.0, 15.0)).rows
    # A single value, here between the two regions, has no mean.
    assert [(row[1], row[2]) for row in rows] == [("Amam", "3"), ("Fmmm", "2")]
    assert all(row[3].startswith("7.9") for row in rows)


def test_claims_are_found_by_their_words():
    entries = ledger.entries()
    (claim,) = entries_on(entries, "coupling constant")
    assert claim.verdict == "differs"
    with pytest.raises(analysis.DataError, match="speaks of unicorns"):
        entries_on(entries, "unicorns")


def test_more_or_less_constant_is_a_claim_that_the_twin_cannot_confirm():
    (claim,) = entries_on(ledger.entries(), "more or less constant")
    assert claim.verdict == "needs the original data"
    assert abs(claim.computed.value.n) < 3 * claim.computed.value.s
    assert "scatters" in claim.computed.data


def test_the_ledger_has_no_change_from_too_few_points():
    assert ledger.theta_change(43.0) is None


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (
            [(16, 500.0, 1.0)],
            {
                "theta-mean": "500.0 ± 1.0 K",
                "theta-verdict": "With 1 value of the Debye temperature, constant and sloping "
                "cannot be told apart",
                "theta-amam-verdict": "There is no value of the Debye temperature with an error "
                "here, so nothing can be tested.",
                "theta-mean-said": "",
                "theta-deciding": "",
            },
        ),
        (
            [(5, 500.0, 1.0), (6, 500.0, 1.0), (22.4, 518.0, None)],
            {
                "theta-amam": "500.0 ± 0.7 K",
                "theta-put-in": "The true values of the Debye temperature are not known",
            },
        ),
        ([], {"theta-mean-said": "", "theta-deciding": "", "theta-put-in": ""}),
    ],
)
def test_words_of_the_debye_temperature(points, said):
    sheets = [sheet(f"s{i}", p, theta_d=(x, e)) for i, (p, x, e) in enumerate(points)]
    theta = series_of(Results({}, "", tuple(sheets)), "resistance", "theta_d")
    regions = Regions.of_paper(14.0, 30.0 if not points else 15.0)
    words = pressure_words.debye_words(theta, regions) | pressure_words.paper_words(theta, regions)
    for name, text in said.items():
        assert words[name].replace("\N{NO-BREAK SPACE}", " ").startswith(text)
        assert bool(words[name]) == bool(text)
    assert words["regions-amam"] == "14 GPa"


@pytest.mark.parametrize(("above", "phase"), [(15.0, "Fmmm"), (25.0, "between Amam and Fmmm")])
def test_the_phase_at_22_gpa_follows_the_boundaries(above, phase):
    none = series_of(Results({}, "", ()), "resistance", "theta_d")
    assert pressure_words.paper_words(none, Regions.of_paper(14.0, above))["phase-22"] == phase


@pytest.mark.parametrize(
    ("couplings", "said"),
    [
        ((), "With fewer than two values of λ, no change with pressure can be seen"),
        ((1.7,), "With fewer than two values of λ, no change with pressure can be seen"),
        ((1.7, 1.8), "With 2 values of λ, constant and sloping cannot be told apart"),
        ((1.7, 1.7, 1.7), "λ is constant within its errors from 15 to 17 GPa"),
    ],
)
def test_a_course_of_lambda_needs_two_pressures(couplings, said):
    sheets = [sheet(f"s{i}", 15.0 + i, **{"lambda": (x, 0.1)}) for i, x in enumerate(couplings)]
    lam = series_of(Results({}, "", tuple(sheets)), "resistance", "lambda")
    onset, tc = (series_of(table(), "resistance", name) for name in ("tc_onset", "tc"))
    words = pressure_words.transition_words(onset, tc, lam, Regions.of_paper())
    assert words["lambda-course"].startswith(said)
    assert (words["n-onset"], words["n-tc"]) == ("0", "1")
    assert words["n-lambda"] == str(len(couplings))


@pytest.mark.parametrize(
    ("regions", "spans"),
    [
        (Regions.of_paper(14, 15), "includes"),
        (Regions.of_paper(), "does not include"),
        (Regions.of_paper(20, 30), "does not include"),
        (Regions.of_paper(0, 4), "does not include"),
    ],
)
def test_words_of_the_strain(regions, spans):
    strain = series_of(table(), "diffraction", "strain")
    plateau, where = pressure_words.level(strain, regions, paper=True)
    words = pressure_words.strain_words(strain, plateau, regions, where)
    said = "The weighted mean of the strain from 5 to 18 GPa is 7.90"
    assert words["plateau-said"].startswith(said)
    assert words["plateau-spans"] == spans
    assert words["plateau"].startswith("7.90")
    assert words["plateau-verdict"].startswith("The strain is constant within its errors from 6 to")
    assert words["strain-largest"].startswith("the largest value of the strain is 7.90")


def test_without_a_table_the_chapters_go_on_unless_one_was_named(monkeypatch, tmp_path):
    monkeypatch.delenv("COMPENDIUM_RESULTS", raising=False)
    results, note = pressure_report.load_results_or_note()
    assert results.sheets == ()
    assert note.title == "Results missing:"
    with pytest.raises(analysis.DataError, match="no results yet"):
        pressure_report.load_results_or_note(str(tmp_path / "none.json"))


def test_curves_of_a_sample_are_fitted_or_named(monkeypatch):
    from analysis.catalogue import loading

    def load(name, *, kind):
        if name == "twin-run2-25.0gpa":
            raise analysis.FitError("no fit")
        return loading.load(name, kind=kind)

    package = roles()
    runs = {one.run for one in package.own}
    monkeypatch.setattr(pressure_report, "load", load)
    curves = pressure_report.curves_of(package, leave_out=runs - {"2"})
    fits, without = pressure_report.fitted_curves(curves)
    assert without == ("twin-run2-25.0gpa",)
    assert {fit.curve.run for fit in fits} == {"2"}
    assert pressure_report.curves_of(package, sample="unobtainium") == ()


@pytest.mark.measured("cu-foil")
def test_a_package_without_the_paper_has_curves_of_every_sample():
    ours = replace(roles(), paper=False)
    assert {one.sample for one in pressure_report.curves_of(ours)} > {"La3Ni2O7-delta"}


# ------------------------------------------------------------------------------------- figures


@pytest.mark.parametrize(
    ("numbers", "labels", "origins"),
    [
        (["theta_d"], {"run 1", "run 2", "zero"}, ["measured"]),
        (["tc_onset", "tc"], {"zero"}, ["measured"]),
        (["theta_d", "tc"], {"run 1", "run 2", "zero"}, ["measured"]),
    ],
)
def test_a_panel_names_its_runs_and_origins_once(numbers, labels, origins):
    parts = [series_of(table(), "resistance", number) for number in numbers]
    fig = pressure_plots.panel(parts, Regions.of_paper(), named=True)
    (ax,) = fig.axes
    named = ax.get_legend_handles_labels()[1]
    assert set(named) == labels
    assert len(named) == len(labels)
    assert [text.get_text() for text in ax.texts if text.get_text() == "measured"] == origins
    plt.close(fig)


def test_a_panel_draws_the_mean_in_the_unit_of_its_axis():
    strain = series_of(table(), "diffraction", "strain")
    fig = pressure_plots.panel([strain], Regions.of_paper(), mean=strain.constancy())
    (ax,) = fig.axes
    (line,) = [
        collection for collection in ax.collections if collection.get_label() == "weighted mean"
    ]
    assert line.get_segments()[0][:, 1] == pytest.approx(7.9)
    assert ax.get_ylim()[0] == 0
    plt.close(fig)


def test_without_a_point_there_is_no_figure():
    none = series_of(Results({}, "", ()), "resistance", "theta_d")
    before = plt.get_fignums()  # of other tests
    assert pressure_plots.panel([none], Regions.of_paper()) is None
    assert pressure_plots.axes_figure([none], Regions.of_paper()) is None
    assert plt.get_fignums() == before


def test_the_power_is_drawn_with_the_unit_of_the_slope(ax):
    theta = series_of(table(), "resistance", "theta_d")
    line = theta.constancy().line
    pressure_plots.power(ax, line, theta)
    assert ax.get_xlabel() == "true slope (K/GPa)"
    assert ax.lines[1].get_xdata()[0] == pytest.approx(line.detectable(0.8))
    assert "measured" in [text.get_text() for text in ax.texts]


def test_the_combined_figure_shares_its_pressure_and_says_whose_boundaries_it_shows():
    results = table()
    theta = series_of(results, "resistance", "theta_d")
    tc = series_of(results, "resistance", "tc")
    lengths = [series_of(results, "diffraction", "a", reciprocal=True)]
    none = series_of(results, "diffraction", "strain", sample="copper")
    fig = pressure_plots.combined([[theta], [tc], [none], lengths], Regions.of_paper())
    assert len(fig.axes) == 3  # a panel without points is left out
    assert len({ax.get_xlim() for ax in fig.axes}) == 1
    assert any("our choice" in text.get_text() for text in fig.axes[0].texts)
    assert any(text.get_text() == "measured" for text in fig.axes[1].texts)
    plt.close(fig)


def test_a_run_keeps_its_colour_in_every_figure():
    results = table()
    theta = series_of(results, "resistance", "theta_d")
    fig, axes = plt.subplots(1, 2)
    runs = list(dict.fromkeys(theta.runs))
    for ax, part in zip(axes, (theta, theta.without("1")), strict=True):
        pressure_plots.against_pressure(ax, part)
    colours = [
        dict(zip(labels, (handle[0].get_color() for handle in handles), strict=True))
        for handles, labels in (ax.get_legend_handles_labels() for ax in axes)
    ]
    assert colours[1].items() <= colours[0].items()
    assert len(set(colours[0].values())) == len(runs)
    plt.close(fig)


# -------------------------------------------------------------------------------- the chapter


def nothing(_):
    return None


def without_pressure(one):
    return replace(one, pressure=None)


def resistance_alone(one):
    return one if one.kind == "resistance" else None


# The page as it is written, with what a book without this set leaves out.
STRAIN_CELL = pytest.mark.measured("silver-cobalt-cyanide")


@pytest.mark.parametrize(
    ("page", "change", "said"),
    [
        ("3-4-pressure", nothing, "Nothing to show"),
        pytest.param("3-4-strain-cell", nothing, "Nothing to show", marks=STRAIN_CELL),
        ("3-4-pressure", without_pressure, "its pressure is not known"),
        pytest.param(
            "3-4-strain-cell",
            resistance_alone,
            "the results have no strain at a known pressure",
            marks=STRAIN_CELL,
        ),
        ("3-4-pressure", lambda sheet: sheet, "The verdict on all points is"),
    ],
)
def test_chapter_3_4_takes_any_table(page, change, said, tmp_path):
    sheets = [asdict(one) for one in map(change, table().sheets) if one is not None]
    file = tmp_path / "results.json"
    file.write_text(json.dumps({"versions": {}, "date": "", "sheets": sheets}))
    chapter = tmp_path / "chapter.ipynb"
    jupytext.write(jupytext.read(BOOK / f"{page}.md"), chapter)
    done = papermill.execute_notebook(
        chapter, None, parameters={"results_file": str(file)}, progress_bar=False
    )
    shown = json.dumps([cell.get("outputs", []) for cell in done.cells], ensure_ascii=False)
    assert said in shown
    assert "synthetic" not in shown.lower()
