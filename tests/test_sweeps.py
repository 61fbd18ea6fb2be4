"""Several sweeps in one file: which are found, which is used, and what is said of it."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest

import analysis
from analysis.__main__ import run
from analysis.reading.resistance import read_points
from analysis.transport.sweeps import difference, sweeps_of

T = np.linspace(300, 4, 150)
LOOP = np.r_[T, T[::-1]]


def metal(t, theta=400.0):
    return analysis.resistance(t, theta_d=theta, r0=0.1, a=2.0)


def drop(t, tc, width=0.03):
    return 0.5 + 0.5 * np.tanh((t - tc) / (2 * width))


def noise(values, seed, size=0.002):
    return values + size * np.random.default_rng(seed).normal(size=values.shape)


@pytest.fixture
def write(tmp_path):
    """Write columns below a line of headings; return the file."""

    def write(headings, *columns, name="rt.csv"):
        path = tmp_path / name
        rows = (",".join(f"{value:.9g}" for value in row) for row in zip(*columns, strict=True))
        path.write_text("\n".join([headings, *rows]), encoding="utf-8")
        return path

    return write


@pytest.fixture
def cli(capsys):
    """Run a command; return its status, what it printed, and its JSON if it is that."""

    def cli(*words):
        status = run([str(word) for word in words])
        out, err = capsys.readouterr()
        return status, out + err, json.loads(out) if status == 0 and "--json" in words else None

    return cli


def found(path, **asked):
    """The numbers of the used sweeps, and of each sweep direction and condition in words."""
    measured = read_points(path, **asked).sweep
    each = [
        " ".join(
            [sweep.direction, *map(str, ([sweep.field] if sweep.field else []) + [*sweep.others])]
        )
        for sweep in measured.sweeps
    ]
    return list(measured.used), each


# ---------------------------------------------------------------------------- found


def test_blocks_of_fields_with_a_noisy_reading_are_told_by_the_field(write):
    field = noise(np.repeat([9.0, 0.0, 2.0], 300), 1, 5e-4)
    r = noise(np.concatenate([metal(LOOP, theta) for theta in (300, 400, 370)]), 2)
    used, each = found(write("T (K),R (ohm),B (T)", np.tile(LOOP, 3), r, field))
    ways = ("cooling", "warming")
    assert each == [f"{way} field {b} T" for b in (9, 0, 2) for way in ways]
    assert used == [3, 4]


@pytest.mark.parametrize("every", [1, 4])
def test_fields_that_alternate_from_row_to_row_are_sweeps_of_their_own(write, every):
    field, t = np.tile([20000.0, 500.0, 1000.0], 150), np.repeat(T, 3)
    r = noise(metal(t) * (1 + field / 2e5), 3)
    columns = [column[::every] for column in (t, field, r)]
    path = write("T (K),Field (Oe),R (ohm)", *columns)
    used, each = found(path)
    assert sorted(each) == [f"cooling field {b} Oe" for b in (1000, 20000, 500)]
    (number,) = used
    assert each[number - 1] == "cooling field 500 Oe"
    curve = analysis.read_resistance(path)
    expected = np.sort(columns[0][columns[1] == 500])
    np.testing.assert_allclose(curve.temperature, expected, rtol=1e-8)


@pytest.mark.parametrize(
    ("heading", "levels", "words"),
    [
        ("Angle (deg)", (0, 45, 90), "angle {} deg"),
        ("I_exc (uA)", (1, 10, 100), "i_exc {} uA"),
        ("P (GPa)", (1, 2.5, 7), "p {} GPa"),
        ("V_gate (V)", (-60, 0, 60), "v_gate {} V"),
        ("Loop", (1, 2, 3), "loop {}"),
    ],
)
def test_another_column_that_is_constant_in_a_block_tells_sweeps_apart(
    write, heading, levels, words
):
    column = np.repeat(levels, 150)
    r = noise(metal(np.tile(T, 3)) * np.repeat([1.0, 1.1, 1.2], 150), 4)
    used, each = found(write(f"T (K),R (ohm),{heading}", np.tile(T, 3), r, column))
    assert each == [f"cooling {words.format(level)}" for level in levels]
    assert used == [1]


def test_points_on_a_ramp_of_the_field_belong_to_no_sweep(write):
    field = np.r_[np.zeros(150), np.linspace(0.2, 4.8, 30), np.full(150, 5.0)]
    t = np.r_[T, np.linspace(4, 300, 30), T]
    path = write("T (K),R (ohm),Field (T)", t, metal(t) * (1 + 0.02 * field), field)
    used, each = found(path)
    assert (used, each) == ([1], ["cooling field 0 T", "cooling field 5 T"])
    assert len(analysis.read_resistance(path)) == 150


def test_times_tell_the_order_of_rows_that_were_sorted_by_temperature(write):
    t, time = np.r_[T, T[::-1] - 0.2], 10.0 * np.arange(300)
    r = noise(np.r_[metal(T), 1.05 * metal(T[::-1])], 5)
    order = np.argsort(t)
    columns = [column[order] for column in (t, r, time)]
    assert found(write("T (K),R (ohm),Time (s)", *columns))[1] == ["cooling", "warming"]
    assert found(write("T (K),R (ohm)", *columns[:2]))[1] == ["warming"]


def test_loops_of_2_kelvins_are_found_beside_a_cooldown_from_300():
    loop = np.r_[np.linspace(7, 9, 40), np.linspace(9, 7, 40)]
    t = noise(np.r_[np.linspace(300, 7, 300), np.tile(loop, 4)], 6, 0.005)
    assert sweeps_of(t).directions == ("cooling", *4 * ("warming", "cooling"))


def test_loops_of_eight_points_are_found():
    loop = np.r_[np.linspace(5, 100, 8), np.linspace(95, 10, 8)]
    assert sweeps_of(np.tile(loop, 5)).directions == 5 * ("warming", "cooling")


# ---------------------------------------------------------------------------- not torn apart


def single(seed):
    rng = np.random.default_rng(seed)
    steps = np.arange(20) / 4
    points = np.array([2, 3, 4, 6, 8, 10, 15, 20, 30, 50, 80, 120, 200, 300])
    return {
        "noisy at low temperature": 300 * np.exp(-np.arange(1900) / 400) + rng.normal(0, 0.2, 1900),
        "waits": np.r_[300 + rng.normal(0, 0.3, 200), T, 4 + rng.normal(0, 0.15, 150)],
        "steps with overshoot": np.concatenate(
            [s - 3 * np.exp(-steps) * np.cos(2 * steps) + rng.normal(0, 0.02, 20)
             for s in np.arange(290.0, 8, -10)]
        ),
        "set points in logarithmic steps": np.concatenate(
            [s * (1 + 0.1 * np.exp(-steps)) + rng.normal(0, 0.01, 20) for s in points]
        ),
        "steady at set points": np.repeat(T[::5], 5) + rng.normal(0, 0.02, 150),
        "a spike of the thermometer": np.r_[T[:70], 4.2, 4.2, T[72:]],
    }  # fmt: skip


@pytest.mark.parametrize("kind", single(0))
@pytest.mark.parametrize("seed", range(8))
def test_one_sweep_is_one(kind, seed):
    assert len(sweeps_of(single(seed)[kind])) == 1


@pytest.mark.parametrize("size", [20, 150])
def test_random_order_shows_no_sweeps(size):
    rng = np.random.default_rng(7)
    assert not any(len(sweeps_of(rng.permutation(T)[:size])) for _ in range(50))


BESIDE = {
    "a range changed on the way": ("Excitation (uA)", np.where(LOOP > 100, 100, 1000)),
    "both polarities": ("Current (mA)", np.tile([1, -1], 150)),
    "set points": ("Setpoint (K)", np.round(LOOP, -1)),
    "a state": ("Status", np.random.default_rng(8).choice([1, 2, 5], 300)),
    "an unnamed flag": ("Mode", np.random.default_rng(9).choice([1, 2], 300)),
    "a counter": ("Point", np.arange(300)),
    "a second thermometer": ("T2 (mV)", LOOP + 0.3),
    "remanence": ("Field (Oe)", noise(np.full(300, 5.0), 10, 5.0)),
}


@pytest.mark.parametrize("kind", BESIDE)
def test_a_column_that_tells_nothing_apart_leaves_agreeing_sweeps_together(write, kind):
    heading, column = BESIDE[kind]
    r = noise(metal(LOOP), 11)
    path = write(f"T (K),R (ohm),{heading}", LOOP, r, column)
    reading = read_points(path, temperature=1, resistance=2)
    assert [sweep.direction for sweep in reading.sweep.sweeps] == ["cooling", "warming"]
    assert len(reading.curve()) == 300
    assert "all are used: they agree within their scatter" in " ".join(reading.notes)
    assert reading.warnings == ()


def test_equal_sweeps_of_few_points_seldom_differ():
    alarms = missed = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        one, other = (np.sort(rng.uniform(5, 300, rng.integers(5, 12))) for _ in range(2))
        pair = (one, noise(metal(one), seed)), (other, noise(metal(other), seed + 1000))
        alarms += difference(*pair, 1e-3) is not None
        missed += difference(pair[0], (other, 1.2 * pair[1][1]), 1e-3) is None
    assert alarms <= 8
    assert missed <= 30


@pytest.mark.parametrize("heading", ["Field (Oe)", "x (V)"])
@pytest.mark.parametrize("value", ["nan", "inf", "1.7e308", ""])
def test_a_column_without_numbers_tells_nothing_apart(tmp_path, heading, value):
    path = tmp_path / "rt.csv"
    rows = (f"{t},{t + 1},{sign if value else ''}{value}" for t in T for sign in ("", "-"))
    path.write_text("\n".join([f"T (K),R (ohm),{heading}", *rows]), encoding="utf-8")
    reading = read_points(path, temperature=1, resistance=2)
    assert (len(reading.temperature), reading.warnings) == (300, ())


# ---------------------------------------------------------------------------- used


def two(first, second, factor=1.05):
    return np.r_[first, second], noise(np.r_[metal(first), factor * metal(second)], 12)


@pytest.mark.parametrize(
    ("axes", "time", "used", "basis"),
    [
        ((T, T[::-1]), None, 1, "the first"),
        ((T[:100], T[::-1]), None, 2, "with the widest range"),
        ((T, T[::-3]), None, 1, "measured most slowly"),
        ((T[2::3], T[::-1]), None, 2, "measured most slowly"),
        (
            (T, T[::-3]),
            np.r_[np.arange(150), 150 + 30.0 * np.arange(50)],
            2,
            "measured most slowly",
        ),
    ],
)
def test_of_sweeps_that_differ_one_is_used(write, axes, time, used, basis):
    columns = [*two(*axes), *([] if time is None else [time])]
    path = write("T (K),R (ohm)" + ("" if time is None else ",Time (s)"), *columns)
    measured = read_points(path).sweep
    assert (measured.used, measured.basis) == ((used,), basis)
    curve = analysis.read_resistance(path)
    np.testing.assert_allclose(curve.temperature, np.sort(axes[used - 1]), rtol=1e-8)
    (said,) = [text for text in curve.warnings if "sweep" in text]
    assert "2 sweeps up and down in temperature, and they differ by up to 4." in said
    assert f"Used: sweep {used} of 2 (" in said
    assert "choose with --sweep NUMBER" in said


def test_those_that_agree_with_the_used_one_are_used_with_it(write):
    t = np.tile(LOOP, 2)
    r = noise(metal(t) * np.repeat([1, 1, 1.05, 1], 150), 13)
    curve = analysis.read_resistance(write("T (K),R (ohm)", t, r))
    assert curve.measured.used == (1, 2, 4)
    assert len(curve) == 450
    assert "sweeps 1, 2, 4 of 4" in curve.warnings[0]
    assert curve.sweeps.directions == ("cooling", "warming", "warming")


def test_a_fit_is_that_of_one_field_and_not_of_all(write, cli):
    thetas, t = (300, 400, 500), np.tile(T, 3)
    r = noise(np.concatenate([metal(T, theta) for theta in thetas]), 14, 1e-3)
    path = write("T (K),R (ohm),Field (Oe)", t, r, np.repeat([9e4, 0, 5e4], 150))
    for options, theta, number in (
        ((), 400, 2),
        (("--field", "9 T"), 300, 1),
        (("--field", "5e4"), 500, 3),
        (("--sweep", "3"), 500, 3),
        (("--field", "90 kOe", "--sweep", "cooling"), 300, 1),
    ):
        _, _, fit = cli("fit", "resistance", path, *options, "--json")
        low, high = fit["theta_d"]["interval"]
        assert low < theta < high < low + 25
        assert fit["read"]["sweep"]["used"] == [number]
        (sweep,) = fit["read"]["sweep"]["sweeps"]
        assert sweep["field"]["unit"] == "Oe"
        assert sweep["rows"] == f"row {150 * number - 148} to row {150 * number + 1}"
        warned = any("they differ" in text for text in fit["warnings"])
        assert warned == (not options)
    _, said, _ = cli("fit", "resistance", path, "--sweep", "all")
    assert "3 sweeps in the same direction (cooling) are merged, but they differ" in said


def test_the_error_of_tc_reaches_the_sweeps_that_are_left_out_for_no_known_reason(write, cli):
    t = np.linspace(9, 7, 400)
    r = noise(np.r_[drop(t, 8.00), drop(t[::-1], 8.05)], 15, 5e-4)
    path = write("T (K),R (ohm)", np.r_[t, t[::-1]], r)
    words = ("fit", "transition", path, "--criterion", 0.5, "--json")
    ends = cli(*words)[2]["tc"]
    error = ends["stderr"]
    assert ends["value"] == pytest.approx(8.0, abs=0.01)
    assert 0.05 <= 2 * error < 0.13
    named = cli(*words, "--sweep", "warming")[2]["tc"]
    assert named["value"] == pytest.approx(8.05, abs=0.003)
    assert named["stderr"] < 0.004
    # Of fields it is known why they differ.
    field = write("T (K),R (ohm),B (T)", np.r_[t, t[::-1]], r, np.repeat([0, 1], 400))
    known = cli("fit", "transition", field, "--criterion", 0.5, "--json")[2]["tc"]
    assert known["value"] == pytest.approx(8.0, abs=0.003)
    assert known["stderr"] < 0.004


# ---------------------------------------------------------------------------- asked for


@pytest.fixture
def fields(write):
    """Cooling and warming in 0 T, cooling in 2 T."""
    t = np.r_[LOOP, T]
    r = noise(metal(t) * np.repeat([1, 1.04, 1.1], 150), 16)
    return write("T (K),R (ohm),B (T)", t, r, np.repeat([0, 0, 2], 150))


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ({"sweep": 3}, [3]),
        ({"sweep": "2"}, [2]),
        ({"sweep": " Warming"}, [2]),
        ({"sweep": "all"}, [1, 2, 3]),
        ({"field": 2}, [3]),
        ({"field": "20 kOe"}, [3]),
        ({"field": "2000 mT"}, [3]),
        ({"field": 0}, [1]),
        ({"field": "0", "sweep": "all"}, [1, 2]),
        ({"field": "0 Oe", "sweep": "cooling"}, [1]),
        ({"field": 2, "sweep": "cooling"}, [3]),
    ],
)
def test_a_sweep_is_asked_for(fields, asked, used):
    curve = analysis.read_resistance(fields, **asked)
    assert list(curve.measured.used) == used
    assert len(curve) == 150 * len(used)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"sweep": 4},
            "--sweep '4' is not a sweep of this file; allowed: a number, cooling or warming if the",
        ),
        (
            {"sweep": "up"},
            "there are 1: cooling, 300 to 4 K, field 0 T, 150 points, row 2 to row 1",
        ),
        ({"sweep": "cooling"}, "--sweep 'cooling' fits sweeps 1, 3;"),
        (
            {"sweep": 1, "field": 2},
            "--sweep '1' is not a sweep of this file; .* there are 3: cooling",
        ),
        ({"field": 1}, "--field '1': no sweep in this field; there are 0, 2 T"),
        (
            {"field": "2 m"},
            "--field '2 m' is not a magnetic field; write a number in T, or with a unit",
        ),
        ({"field": "much"}, "--field 'much' is not a magnetic field; write a number in T"),
        ({"field": "1.2.3"}, "--field '1.2.3' is not a magnetic field"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(fields, asked, message):
    with pytest.raises(analysis.DataError, match=re.escape(message).replace(r"\.\*", ".*")):
        analysis.read_resistance(fields, **asked)


def test_a_field_needs_a_column_and_the_remedy_works(write):
    path = write("T (K),R (ohm)", *two(T, T[::-1]))
    with pytest.raises(analysis.DataError, match="choose a sweep by its number with --sweep"):
        analysis.read_resistance(path, field=1)
    assert len(analysis.read_resistance(path, sweep=2)) == 150


def test_check_lists_every_sweep_and_how_far_it_lies(fields, cli):
    _, text, _ = cli("check", fields)
    lines = [line.split() for line in text.splitlines() if re.match(r"  [123] ", line)]
    assert [line[1] for line in lines] == ["cooling", "warming", "cooling"]
    assert lines[0][-1] == "used"
    assert all("%," in line for line in lines[1:])
    _, _, content = cli("check", fields, "--json")
    sweeps = content["sweeps"]
    assert [sweep["used"] for sweep in sweeps] == [True, False, False]
    assert [sweep["field"]["value"] for sweep in sweeps] == [0, 0, 2]
    assert sweeps[1]["apart"]["percent"] == pytest.approx(100 * 0.04 / 1.1, rel=0.1)
    assert sweeps[2]["apart"]["percent"] == pytest.approx(100 * 0.1 / 1.1, rel=0.1)
    assert content["sweep"]["words"].startswith("sweep 1 of 3 (cooling, 300 to 4 K, field 0 T, ")
    numbers = [re.findall(r"\d+", sweep["rows"]) for sweep in sweeps]
    assert all(int(one[1]) < int(other[0]) for one, other in pairwise(numbers))


@pytest.mark.parametrize(
    ("more", "points"),
    [
        ({"sweep": 3}, 150),
        ({"sweep": "warming"}, 150),
        ({"field": "2 T"}, 150),
        ({"field": 2}, 150),
    ],
)
def test_a_data_package_says_which_sweep(fields, tmp_path, more, points):
    entry = {"name": "mine", "path": fields.name, "kind": "resistance", **more}
    package = tmp_path / "datapackage.json"
    package.write_text(json.dumps({"resources": [entry]}), encoding="utf-8")
    assert len(analysis.load("mine", package=package)) == points


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"sweep": 0}, "sweep is 0; allowed: the number of a sweep, from 1"),
        ({"sweep": "up"}, "sweep is 'up'; allowed"),
        ({"field": [1]}, "field is [1]; allowed: a magnetic field"),
    ],
)
def test_a_data_package_that_asks_for_no_sweep_is_refused(fields, tmp_path, more, reason):
    entry = {"name": "mine", "path": fields.name, "kind": "resistance", **more}
    package = tmp_path / "datapackage.json"
    package.write_text(json.dumps({"resources": [entry]}), encoding="utf-8")
    with pytest.raises(analysis.DataError, match=re.escape(reason)):
        analysis.load("mine", package=package)


def test_sweeps_of_zeros_do_not_differ():
    one = np.linspace(1, 10, 40), np.zeros(40)
    other = np.linspace(1, 10, 40), np.r_[np.zeros(30), np.ones(10)]
    assert difference(one, one, 0.0) is None
    assert difference(one, other, 1e-3).resistance == pytest.approx(1)
