"""The rate of a sweep, and what a sample that lags behind its thermometer does to a fit."""

import json

import numpy as np
import pytest
from lag_study import cooldown

import analysis
from analysis.cli.main import run
from analysis.transport.lag import delayed, lag_of, sweep_rate


def metal(t):
    return analysis.resistance(t, theta_d=400, r0=0.1, a=2.0)


def swept(time, temperature, **more):
    return analysis.ResistanceCurve(temperature, metal(temperature), time=time, **more)


@pytest.mark.parametrize(
    ("time", "law", "slope"),
    [
        (np.linspace(0, 3000, 100), lambda s: 300 - s / 12, lambda s: -5.0 + 0 * s),
        (np.linspace(0, 3000, 100), lambda s: 10 + s / 30, lambda s: 2.0 + 0 * s),
        (
            np.linspace(0, 3000, 400),
            lambda s: 290 * np.exp(-s / 900),
            lambda s: -60 * 290 / 900 * np.exp(-s / 900),
        ),
        # Points that are not equally far apart, and a parabola: no error at all.
        (np.linspace(0, 50, 90) ** 2, lambda s: 300 - s**2 / 4e4, lambda s: -60 * s / 2e4),
    ],
)
def test_the_rate_of_a_sweep(time, law, slope):
    curve = swept(time, law(time))
    expected = slope(curve.time)
    np.testing.assert_allclose(sweep_rate(curve), expected, rtol=2e-3, atol=1e-9)


def test_the_rates_of_two_sweeps_do_not_mix():
    time = np.arange(0.0, 1200)
    temperature = np.r_[300 - 0.2 * time[:600], 181 + 0.1 * time[:600]]
    curve = swept(time, temperature)
    assert set(np.round(sweep_rate(curve), 6)) == {-12.0, 6.0}


def test_without_times_there_is_no_rate():
    curve = analysis.ResistanceCurve([1, 2, 3], [1, 2, 3], name="mine")
    with pytest.raises(analysis.DataError, match="mine: has no times, so the sweep rate"):
        sweep_rate(curve)
    with pytest.raises(analysis.DataError, match="mine: has no times"):
        lag_of(curve, (1, 3))


def test_a_delay_warms_what_is_cooled_and_is_noted():
    time = np.arange(0.0, 600)
    curve = swept(time, 300 - 0.4 * time)
    warmer = delayed(curve, 10)
    np.testing.assert_allclose(warmer.temperature - curve.temperature, 4)
    assert "10 s behind the thermometer" in warmer.notes[-1]


@pytest.mark.parametrize("tau", [-15.0, 10.0, 30.0])
def test_a_lag_that_is_there_is_found_and_undone(tau):
    curve = cooldown(np.random.default_rng(5), tau=tau)
    found = lag_of(curve, (20, 290))
    assert found.shows
    assert found.interval[0] < tau < found.interval[1]
    assert found.interval[1] - found.interval[0] < 4
    assert found.with_lag.values["theta_d"] == pytest.approx(350, abs=2)
    assert abs(found.without.values["theta_d"] - 350) > 3
    (warning,) = found.warnings
    assert found.remarks == ()
    pair = ("sample", "thermometer") if tau > 0 else ("thermometer", "sample")
    assert f"if the {pair[0]} lags {abs(found.tau):.3g} s behind the {pair[1]}" in warning
    assert "another law may improve the fit as much" in warning
    assert "a slower sweep, sweeps in both directions, or a second thermometer" in warning


def test_no_lag_is_a_remark_that_says_what_is_not_excluded():
    found = lag_of(cooldown(np.random.default_rng(11), tau=0.0), (20, 290))
    assert not found.shows
    assert found.interval[0] < 0 < found.interval[1]
    assert found.warnings == ()
    low, high = found.interval
    assert f"a lag of {low:.3g} to {high:.3g} s is not excluded (95 %)" in found.remarks[0]


def test_an_exponential_cooldown_hides_a_lag():
    """It only stretches the temperatures: no fit shows it, and Theta_D is wrong by as much."""
    rng = np.random.default_rng(7)
    time = np.linspace(0, 5000, 400)
    probe = 300 * np.exp(-time / 1200)
    sample = probe * (1 + 60 / 1200)
    r = metal(sample) * (1 + 1e-4 * rng.normal(size=time.size))
    curve = analysis.ResistanceCurve(probe, r, time=time)
    found = lag_of(curve, (20, 290))
    assert not found.shows
    assert found.without.values["theta_d"] == pytest.approx(400 / 1.05, rel=0.01)
    # The words do not call that determined.
    assert found.interval[0] < 0
    assert found.interval[1] > 60
    assert max(found.reach) - min(found.reach) > 15


def test_a_wrong_law_leaves_the_lag_open():
    """Its residuals repeat each other, and what is left of the points knows no delay."""
    curve = cooldown(np.random.default_rng(8), tau=0.0)
    bent = analysis.ResistanceCurve(
        curve.temperature, curve.resistance + 2e-6 * curve.temperature**2, time=curve.time
    )
    found = lag_of(bent, (20, 290))
    assert not found.shows
    assert "a lag of any size is not excluded" in found.words
    assert max(found.reach) > 10


def test_sweeps_in_both_directions_determine_the_lag():
    found = lag_of(cooldown(np.random.default_rng(9), tau=10.0, back=True, points=200), (20, 290))
    assert found.tau == pytest.approx(10, rel=0.01)
    assert "fit the sweeps of each direction separately" in found.words


def test_the_numbers_for_json():
    content = lag_of(cooldown(np.random.default_rng(10), tau=10.0), (20, 290)).to_dict()
    tau = content["tau"]
    assert tau["unit"] == "s"
    assert tau["interval"][0] < tau["value"] < tau["interval"][1]
    assert tau["stderr"] == pytest.approx((tau["interval"][1] - tau["interval"][0]) / 4, rel=0.05)
    assert content["rate"]["unit"] == "K/min"
    assert content["theta_d_moves_by"]["unit"] == "K"


# Measured once with an independent program; Theta_D (K), G/sigma, lag-1 autocorrelation, and the
# largest residual in percent of the largest resistance.
FOIL = {
    "cu-foil": [
        (0, 345.0, -125, 0.94, 1.63),
        (5, 340.8, -68, 0.86, 1.05),
        (8, 338.4, -32, 0.72, 0.77),
        (11, 336.2, 0.8, 0.62, 0.41),
        (14, 337.4, 27, 0.65, 0.45),
    ],
    "cu-foil-b": [
        (0, 361.5, -18, 0.74, 2.09),
        (5, 357.3, -4, 0.70, 1.40),
        (8, 356.5, 3, 0.70, 1.30),
        (11, 358.0, 10, 0.71, 1.14),
        (14, 359.4, 17, 0.71, 1.21),
    ],
}


@pytest.mark.measured("cu-foil")
@pytest.mark.parametrize("name", FOIL)
def test_the_copper_foils_against_the_delay(name):
    foil = analysis.load(name)
    for tau, theta_d, g_over_error, lag1, largest in FOIL[name]:
        fit = analysis.fit_resistance(delayed(foil, tau), (20, 243))
        assert fit.theta_d.n == pytest.approx(theta_d, abs=0.15)
        assert fit.g_free.n / fit.g_free.s == pytest.approx(g_over_error, rel=0.02, abs=0.6)
        assert fit.correlation.lag1 == pytest.approx(lag1, abs=0.006)
        residual = 100 * np.abs(fit.residuals).max() / fit.part.resistance.max()
        assert residual == pytest.approx(largest, abs=0.02)


@pytest.mark.measured("cu-foil")
@pytest.mark.parametrize(
    ("name", "tau", "theta_d"), [("cu-foil", (10.5, 11.5), 336.2), ("cu-foil-b", (5.5, 7), 356.5)]
)
def test_the_copper_foils_ask_for_different_delays(name, tau, theta_d):
    found = lag_of(analysis.load(name), (20, 243))
    assert tau[0] < found.tau < tau[1]
    assert found.with_lag.values["theta_d"] == pytest.approx(theta_d, abs=0.5)
    assert found.rate[1] == pytest.approx(30.5, abs=0.5)
    assert found.matters


# ------------------------------------------------------------------------- the command line


@pytest.fixture
def file(tmp_path):
    """Write a cooldown as a table with times, and return its path."""

    def write(tau):
        curve = cooldown(np.random.default_rng(12), tau=tau)
        order = np.argsort(curve.time)
        columns = np.c_[curve.time / 60, curve.temperature, curve.resistance][order]
        path = tmp_path / "timed.csv"
        np.savetxt(path, columns, delimiter=",", header="Time (min),T (K),R (ohm)", comments="")
        return str(path)

    return write


def told(capsys, *arguments):
    assert run([*arguments, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert run(list(arguments)) == 0
    return content, capsys.readouterr().out


@pytest.mark.parametrize("tau", [0.0, 12.0])
@pytest.mark.parametrize("command", [["check"], ["fit", "resistance"]])
def test_check_and_fit_tell_the_lag_where_there_are_times(command, tau, file, capsys):
    window = ["--window", "20", "290"] if command[0] == "fit" else []
    content, text = told(capsys, *command, file(tau), *window)
    assert content["lag"]["tau"]["value"] == pytest.approx(tau, abs=3)
    assert content["lag"]["rate"]["max"] == pytest.approx(60, rel=0.05)
    words = "the fit improves if the sample lags" if tau else "no lag between sample"
    doubts, remarks = ("watch", "notes") if command[0] == "check" else ("warnings", "remarks")
    assert any(words in one for one in content[doubts if tau else remarks])
    label = {"watch": "watch: ", "notes": "note: "}.get(doubts if tau else remarks)
    label = label or ("warning: " if tau else "remark: ")
    line = next(line for line in text.splitlines() if words in line)
    assert line.startswith(label)
    if command[0] == "check":
        assert content["sweep_rate"]["unit"] == "K/min"
        assert "sweep rate range" in text
        assert content["columns"]["time"]["heading"] == "Time (min)"


def test_a_file_without_times_has_no_rate(tmp_path, capsys):
    t = np.linspace(20, 300, 100)
    path = tmp_path / "plain.csv"
    np.savetxt(path, np.c_[t, metal(t)], delimiter=",", header="T (K),R (ohm)", comments="")
    content, _ = told(capsys, "check", str(path))
    assert content.keys().isdisjoint({"sweep_rate", "lag"})
