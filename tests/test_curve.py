"""The resistance curve: checked at the entrance, sorted, frozen."""

import re
from dataclasses import replace

import numpy as np
import pytest

import analysis
from analysis.transport.curve import check_points
from analysis.transport.sweeps import _crossing, _Means, sweeps_of


def curve(temperature, resistance, **more):
    return analysis.ResistanceCurve(temperature, resistance, **more)


def test_is_sorted_and_says_so():
    one = curve([30, 10, 20], [3, 1, 2])
    np.testing.assert_array_equal(one.temperature, [10, 20, 30])
    np.testing.assert_array_equal(one.resistance, [1, 2, 3])
    assert one.notes == ("temperatures were not in order and have been sorted",)


@pytest.mark.parametrize(
    ("temperature", "resistance", "note"),
    [
        ([30, 20, 10], [3, 2, 1], "descending and have been sorted"),
        ([10, 20, 20], [1, 2, 3], "1 temperatures occur more than once; all points are kept"),
        ([10, 20, 30], [-0.001, 2, 3], "1 resistances are below zero"),
        ([10, 20, 30], [0, 9e29, 9.9e29], ""),
        ([10, 20, 30], [0, 1e-30, 2e-30], ""),
        ([10, 20, 30], [0, 0, 0], ""),
    ],
)
def test_notes_what_is_unusual_but_usable(temperature, resistance, note):
    assert note in " ".join(curve(temperature, resistance).notes)


def test_ordinary_data_need_no_note():
    assert curve([10, 20, 30], [1, 2, 3]).notes == ()


@pytest.mark.parametrize(
    ("temperature", "resistance", "message"),
    [
        ([], [], "curve: holds no points"),
        ([1, 2], [1], "2 temperatures but 1 resistances"),
        ([1, np.nan], [1, 2], "curve, point 1: temperature is nan; every value must be a finite"),
        ([1, 2], [np.inf, 2], "curve, point 0: resistance is inf; every value must be a finite"),
        ([1, 2], [1, 9.9e37], "curve, point 1: resistance is 9.9e.37; meters write this for an ov"),
        ([1, 2], [1, -1e30], r"resistance is -1e\+30; .* below 1e\+30, so leave such rows out"),
        ([1e30, 2], [1, 2], r"curve, point 0: temperature is 1e\+30; meters write"),
        ([1, 2], [1e-31, 2e-31], "curve: the largest resistance is 2e-31, .*--resistance-unit"),
        ([1, 2], [0, 1e-320], "the largest resistance is .*e-321, smaller than any .* its unit"),
        ([0, 2], [1, 2], r"curve, point 0: temperature is 0 K; .* above 0 K"),
        ([-5, 2], [1, 2], "temperature is -5 K; .*Celsius, say so: --temperature-unit C"),
        ([1, 2], [-1, 2], "curve, point 0: resistance is -1, below zero by more than scatter"),
        ([1, 2], [[1, 2]], r"resistance: has shape \(1, 2\); one dimension"),
        (["a", 2], [1, 2], "temperature: not an array of numbers"),
    ],
)
def test_refuses_what_is_no_curve(temperature, resistance, message):
    with pytest.raises(analysis.DataError, match=message):
        curve(temperature, resistance)


def test_check_points_names_the_row_it_is_told():
    points = np.array([1.0, -1.0])
    with pytest.raises(analysis.DataError, match=r"rt.csv, row 17: temperature is -1 K"):
        check_points(points, points, name="rt.csv", where=lambda i: f"row {i + 16}")


def test_does_not_share_its_arrays():
    temperature = np.array([1.0, 2.0])
    one = curve(temperature, [1, 2])
    temperature[0] = 5
    assert one.temperature[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        one.temperature[0] = 5


def test_part_keeps_what_is_known_of_the_whole():
    whole = curve([3, 1, 2], [3, 1, 2], name="mine", pressure=22.4, unit="ohm m")
    part = whole.between(1.5, 3)
    np.testing.assert_array_equal(part.temperature, [2, 3])
    assert (part.name, part.pressure, part.unit, part.notes) == ("mine", 22.4, "ohm m", whole.notes)


def test_part_without_points_is_refused():
    with pytest.raises(analysis.DataError, match=r"mine: no point between 5 and 6 K; .* 1 to 3 K"):
        curve([1, 3], [1, 3], name="mine").between(5, 6)


@pytest.mark.parametrize(
    ("temperature", "resistance", "look"),
    [
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], "only 5 points: error bars will be wide"),
        ([1, 2, 3, 4, 4], [1, 2, 3, 4, 5], "4 different temperatures: the fit needs at least 5"),
        ([0.1, 1.9], [1, 2], "the highest temperature is 1.9 K: are the columns swapped?"),
        ([2000, 2001], [1, 2], "temperature is 2001 K: are the columns swapped, or is it in mK?"),
        ([1, 2, 3, 100], [1, 2, 3, 4], "no point between 3 and 100 K"),
        ([1, 2], [1, 1], "all resistances are equal"),
        ([1, 2], [2, 1], "lower at the highest temperature"),
    ],
)
def test_watch_points_out(temperature, resistance, look):
    assert look in " ".join(curve(temperature, resistance).watch())


TEMPERATURES = np.linspace(4, 300, 149)  # every 2 K
METAL = analysis.resistance(TEMPERATURES, theta_d=400, r0=0.1, a=2.0)
NOISE = np.random.default_rng(0).normal(size=TEMPERATURES.size)
GOOD = {
    "line": 1 + TEMPERATURES,
    "metal": METAL,
    "metal, noisy": METAL * (1 + 0.02 * NOISE),
    "superconductor": METAL * (TEMPERATURES > 50),
    "superconductor, noisy": METAL * (TEMPERATURES > 50) + 0.001 * NOISE,
    "superconductor, a point on the drop": np.where(
        TEMPERATURES == 50, METAL / 2, METAL * (TEMPERATURES > 50)
    ),
    "insulator above": (1 + TEMPERATURES / 300 + 50 / TEMPERATURES) * (TEMPERATURES > 50),
    "minimum": np.abs(TEMPERATURES - 90) + 10,
}


@pytest.mark.parametrize("case", GOOD)
def test_watch_is_silent_about_good_data(case):
    assert curve(TEMPERATURES, GOOD[case]).watch() == []


@pytest.mark.parametrize(
    ("spoilt", "look"),
    [
        ({50: 1.1}, "a point deviates from the neighbouring points: 104 K"),
        ({50: 0.9}, "a point deviates from the neighbouring points: 104 K"),
        ({1: 2, 147: 2}, "2 points deviate from the neighbouring points: 6 K, 298 K"),
        ({50: 1e9, 70: 1.2}, "2 points deviate from the neighbouring points: 104 K, 144 K"),
        (dict.fromkeys(range(10, 130, 20), 2), "24 K, 64 K, 104 K, 144 K, 184 K and 1 more"),
    ],
)
def test_watch_names_outliers(spoilt, look):
    r = METAL.copy()
    for place, factor in spoilt.items():
        r[place] *= factor
    (found,) = curve(TEMPERATURES, r).watch()
    assert look in found


@pytest.mark.parametrize("off", [-0.6, 0.6])
def test_a_point_off_a_straight_line_sticks_out_though_its_neighbours_differ_more(off):
    t = np.arange(10.0, 31.0)
    for place in range(2, 19):
        r = t - 9
        r[place] += off
        said = curve(t, r).watch()
        assert said == [f"a point deviates from the neighbouring points: {t[place]:g} K"]


@pytest.mark.parametrize("up", [1, -1])
def test_a_point_beyond_the_tip_of_a_bend_sticks_out_and_the_tip_does_not(up):
    t = np.arange(10.0, 51.0)
    r = 50 - up * np.abs(t - 30)
    assert curve(t, r).watch() == []
    r[20] += 1.5 * up
    (said,) = curve(t, r).watch()
    assert said == "a point deviates from the neighbouring points: 30 K"


def test_watch_names_the_rows_of_outliers_if_it_is_told_them():
    r = np.where(TEMPERATURES == 104, 2 * METAL, METAL)
    assert "104 K (row 52)" in curve(TEMPERATURES, r).watch(lambda i: f"row {i + 2}")[0]


def metal(t):
    return analysis.resistance(t, theta_d=400, r0=0.1, a=2.0)


@pytest.mark.parametrize(
    ("sweeps", "warning"),
    [
        ([metal, metal], None),
        ([metal, lambda t: metal(t) + 0.001 * NOISE], None),
        (
            [metal, lambda t: 1.1 * metal(t)],
            "2 sweeps up and down .* differ by up to 8\\.7 % .* near 287 K",
        ),
        ([metal, metal, lambda t: 1.1 * metal(t)], "3 sweeps up .* by up to 8.7 % .* near 28.* K"),
        (
            [lambda t: metal(t) * (t > 50), lambda t: metal(t) * (t > 60)],
            "differ by up to 23 % .* near 5. K",
        ),
    ],
)
def test_sweeps_that_differ_are_a_warning(sweeps, warning):
    axes = [TEMPERATURES, TEMPERATURES[::-1] - 0.5, TEMPERATURES + 0.5]
    axes = axes[: len(sweeps)]
    resistances = [sweep(t) for sweep, t in zip(sweeps, axes, strict=True)]
    found = curve(np.concatenate(axes), np.concatenate(resistances))
    assert (
        found.notes[0] == f"{len(sweeps)} sweeps up and down in temperature are merged and sorted"
    )
    if warning is None:
        assert found.warnings == ()
    else:
        assert re.search(warning, found.warnings[0])


def drop_at(tc, t, width=0.01):
    return 0.5 + 0.5 * np.tanh((t - tc) / (2 * width))


def test_two_sweeps_in_the_same_direction_are_told_from_disorder():
    rng = np.random.default_rng(1)
    resistance = np.r_[METAL, METAL + 0.05 * METAL.max()] + 0.001 * rng.normal(size=298)
    found = curve(np.r_[TEMPERATURES, TEMPERATURES], resistance)
    assert found.sweeps.directions == ("warming", "warming")
    assert "2 sweeps in the same direction (warming) are merged, but" in found.warnings[0]
    assert "differ by up to 5 % of the largest" in found.warnings[0]


def test_loops_around_a_drop_in_different_fields_differ_by_their_drops():
    rng = np.random.default_rng(2)
    axis = np.linspace(7, 9.5, 120)
    loops = [(axis[:: (-1) ** i], 8.5 - 0.2 * i) for i in range(6)]
    temperature = np.concatenate([t for t, _ in loops])
    resistance = np.concatenate([0.5 + drop_at(tc, t, 0.03) for t, tc in loops])
    found = curve(temperature, resistance + 0.005 * rng.normal(size=temperature.size))
    assert found.sweeps.directions == ("warming", "cooling") * 3
    assert found.sweep_spread() == pytest.approx(1.0, rel=0.05)


@pytest.mark.parametrize("apart", [0.004, 0.02, 0.1])
def test_the_spread_of_two_sweeps_over_a_drop_is_their_shift(apart):
    rng = np.random.default_rng(3)
    t = np.linspace(7, 9, 700)
    down, up = (t + rng.normal(0, 0.001, t.size) for _ in range(2))
    resistance = np.r_[drop_at(8, down)[::-1], drop_at(8 - apart, up)]
    found = curve(np.r_[down[::-1], up], resistance + 0.0005 * rng.normal(size=2 * t.size))
    assert found.sweep_spread() == pytest.approx(apart, rel=0.25)
    assert found.sweep_spread((0.2, 0.8)) == pytest.approx(apart, rel=0.25)
    assert "differ by up to" in found.warnings[0]


@pytest.mark.parametrize("errors", [(0.1, 0.5), (0.5, 0.1), (0.5, 0.5)])
@pytest.mark.parametrize("falls", [False, True])
def test_a_crossing_is_as_wide_as_three_of_the_larger_error_beside_it(errors, falls):
    """R = 10 T crosses 15 at 1.5 K, between 13.5 and 16.5."""
    r = 10 * np.arange(4.0)
    means = _Means(r / 10, 30 - r if falls else r, np.array([0.0, *errors, 0.0]))
    assert _crossing(means, 15.0) == pytest.approx((1.35, 1.65))


def test_one_sweep_has_no_spread():
    assert curve(TEMPERATURES, METAL).sweep_spread() is None


def test_time_and_sweep_stay_with_their_points():
    one = curve([30, 10, 20], [3, 1, 2], time=[0, 2, 1])
    np.testing.assert_array_equal(one.time, [2, 1, 0])
    np.testing.assert_array_equal(one.between(15, 40).time, [1, 0])
    with pytest.raises(analysis.DataError, match="3 temperatures but 2 times"):
        curve([30, 10, 20], [3, 1, 2], time=[0, 2])


def test_means_in_place_of_points_have_no_times():
    whole = curve(TEMPERATURES, METAL, time=TEMPERATURES)
    means = replace(whole, temperature=TEMPERATURES[::2], resistance=METAL[::2])
    assert means.time is None
    assert len(means.between(10, 50).sweeps.of_point) == 10


def test_disorder_is_no_sweep():
    order = np.random.default_rng(0).permutation(TEMPERATURES.size)
    notes = curve(TEMPERATURES[order], METAL[order]).notes
    assert notes == ("temperatures were not in order and have been sorted",)


def test_a_sweep_that_is_followed_by_disorder_is_none():
    order = np.random.default_rng(0).permutation(np.arange(30, TEMPERATURES.size))
    order = np.r_[np.arange(30), order]
    assert len(curve(TEMPERATURES[order], METAL[order]).sweeps.directions) == 0


@pytest.mark.parametrize("first", ["cooling", "warming"])
def test_a_curve_turns_where_its_temperature_does(first):
    there = np.linspace(300, 4, 200) if first == "cooling" else np.linspace(4, 300, 200)
    t = np.r_[there, there[-2::-1], there[1:]]
    sweeps = sweeps_of(t)
    other = {"cooling": "warming", "warming": "cooling"}[first]
    assert sweeps.directions == (first, other, first)
    assert np.bincount(sweeps.of_point).tolist() == pytest.approx([200, 199, 199], abs=3)


@pytest.mark.parametrize("good", [2, 5])
def test_what_follows_a_jump_below_zero_deserves_a_look(good):
    t = np.r_[300 - np.arange(good), -1.0, 5.0, 6.0]
    with pytest.raises(
        analysis.DataError, match=f"check the points that follow, to point {good + 2}:"
    ):
        curve(t, np.ones(t.size))
    # Without a jump it does not.
    t = np.r_[good - np.arange(good), -1.0, 5.0, 6.0]
    with pytest.raises(analysis.DataError, match="temperature is -1 K") as refused:
        curve(t, np.ones(t.size))
    assert "look at" not in str(refused.value)


def test_a_cold_beginning_is_no_cold_end():
    t = np.geomspace(0.01, 300, 200)
    assert curve(t, 1 + t).watch() == []


def test_errors_are_one_line_whatever_they_quote():
    assert str(analysis.DataError("a\nb\u2028c\r\nd")) == "a b c d"


@pytest.mark.parametrize(
    ("floor", "refused", "warned"),
    [
        ("steady", False, False),
        ("steady, a point at -3 %", False, True),
        ("steady, a point at -6 %", True, False),
        ("steady, at -3 %", False, True),
        ("steady, at -6 %", False, True),  # an offset of the meter
        ("steady, at -25 %", True, False),
        ("slow noise of 2 %", False, False),
        ("noise of 4 %", False, False),
        ("noise of 9 %", True, False),
    ],
)
def test_below_zero_is_noise_a_doubt_or_no_resistance(floor, refused, warned):
    rng = np.random.default_rng(4)
    t = np.linspace(4, 40, 600)
    noise = 0.001 * rng.normal(size=t.size)
    if "point" in floor:
        noise[100] = float(floor.split()[-2]) / 100
    elif "at -" in floor:
        noise += float(floor.split()[-2]) / 100
    elif "slow" in floor:  # correlated over some 50 points
        noise = np.convolve(rng.normal(size=t.size + 49), np.ones(50), "valid")
        noise *= 0.02 / noise.std()
    elif "noise" in floor:
        noise = float(floor.split()[-2]) / 100 * rng.normal(size=t.size)
    resistance = drop_at(20, t) + noise
    if refused:
        with pytest.raises(analysis.DataError, match="below zero by more than scatter explains"):
            curve(t, resistance)
        return
    found = curve(t, resistance)
    assert any("are below zero and are kept" in note for note in found.notes)
    assert any("check offset, polarity and channel" in text for text in found.warnings) == warned


@pytest.mark.parametrize(
    ("temperature", "message"),
    [
        ([5, 6, 0, 0, 0], "above 0 K: leave out point 2 to point 4 (if"),
        ([0, 5, 6, 0, 7], "leave out 2 points, point 0 to point 3 (if"),
        (
            [-5, 5, 6, 7, 8],
            "degrees Celsius, say so: --temperature-unit C; if not, leave out point 0",
        ),
    ],
)
def test_temperatures_that_are_none_are_named_all(temperature, message):
    with pytest.raises(analysis.DataError, match=re.escape(message)):
        curve(temperature, [1, 2, 3, 4, 5])
