"""Studies of the fits of R(T): how often the quoted intervals hold the truth, and what is said.

Skipped without ``--studies``. Curves and truths are those of `resistance_study`, not the package's.
"""

import re

import numpy as np
import pytest
from resistance_study import Situation, einstein, eq_1, of_rival

from analysis import AnalysisError, ResistanceCurve, compare_laws, fit_resistance
from analysis.transport.rivals import RIVALS

STEP = Situation(high=299.0, points=280, noise=5e-4)
WEAK = 0.017  # 1/ohm: about as large as its own error in the third situation


def stepped(t, r, _):
    """2 % of R(300 K) more below 140 K, 8 K wide."""
    return r + 0.02 * r[-1] / (1 + np.exp((t - 140) / 8))


# What is measured, as it is called on the page of coverages.
SITUATIONS = {
    "white scatter, no saturation": Situation(),
    "white scatter, R_sat of 3 ohm": Situation(g=1 / 3),
    "80-300 K, 1/R_sat of about its own error": Situation(low=80, points=221, g=WEAK),
    "window found, neighbours correlated by 0.9": Situation(
        low=80, points=300, g=1 / 3, noise=3e-4, rho=0.9
    ),
    "window given, neighbours correlated by 0.9": Situation(
        low=80, points=300, g=1 / 3, noise=3e-4, rho=0.9, given=True
    ),
    "20 to 60 points": Situation(points=0, g=0.2),
    "from Theta_D/4 on": Situation(low=137, points=164, noise=5e-4),
    "relative weights": Situation(weighting="relative", g=0.2),
    "weights per kelvin": Situation(weighting="per-kelvin", g=0.2),
}


def fitted(curve, situation):
    """The fit, or None where it is refused or not quoted."""
    window = (situation.low, situation.high) if situation.given else None
    try:
        fit = fit_resistance(curve, window, weighting=situation.weighting)
    except AnalysisError:
        return None
    return fit if fit.errors_known else None


def holds(interval, truth):
    return interval[0] <= truth <= interval[1]


@pytest.mark.study
@pytest.mark.parametrize("name", SITUATIONS)
def test_quoted_intervals_hold_the_truth(name, study):
    situation = SITUATIONS[name]
    theta, g, limit, warned = [], [], [], 0
    for i in range(study.replicates(2000, seed=41)):
        rng = study.rng(i)
        one = situation._replace(points=situation.points or int(rng.integers(20, 61)))
        fit = fitted(one.curve(rng), one)
        if fit is None:
            theta.append(None)
            g.append(None)
            continue
        theta.append(holds(fit.interval(), one.theta_d))
        g.append(None if fit.g_interval is None else holds(fit.g_interval, one.g))
        lower = fit.r_sat_lower
        limit.append(None if lower is None else one.g <= 1 / lower)
        warned += bool(fit.warnings)
    study.covers("Theta_D", name, theta, warned=warned)
    study.covers("1/R_sat", name, g, warned=warned)
    if situation.g:  # an infinite R_sat exceeds every limit
        study.covers("limit of R_sat", name, limit, warned=warned, kind="limit")


@pytest.mark.study
def test_intervals_hold_the_truth_beside_a_step(study):
    hits, warned = [], 0
    for i in range(study.replicates(2000, seed=42)):
        fit = fitted(STEP.curve(study.rng(i), wrong=stepped), STEP)
        hits.append(None if fit is None else holds(fit.interval(), STEP.theta_d))
        warned += fit is not None and any("a step of" in text for text in fit.warnings)
    study.covers("Theta_D", "a step of 2 % at 140 K", hits, warned=warned)


# ----------------------------------------------------------------------------- clean controls


def _sharpest(situation):
    """95 % width of Theta_D of the best unbiased fit that knows the law and the noise."""
    t = situation.temperatures()
    p = np.array([situation.theta_d, situation.r0, situation.a, situation.g])
    step = 1e-5 * np.array([situation.theta_d, 1, 1, 1])
    rows = [(eq_1(t, *(p + e)) - eq_1(t, *(p - e))) / 2 for e in np.diag(step)]
    rows = np.stack(rows) / step[:, None]
    sigma = situation.noise * eq_1(t, *p).max()
    return 2 * 1.96 * sigma * np.sqrt(np.linalg.inv(rows @ rows.T)[0, 0])


CONTROLS = {
    "no saturation": Situation(),
    "R_sat of 3 ohm": Situation(g=1 / 3),
    "a soft metal to 300 K": Situation(theta_d=200, r0=0.02, a=1.0, noise=5e-4),
    "above a drop at 80 K": Situation(low=80, points=221, g=0.2),
}


@pytest.mark.study
@pytest.mark.parametrize("name", CONTROLS)
def test_clean_controls_are_quoted_without_a_warning_and_sharply(name, study):
    situation = CONTROLS[name]
    fits = [
        fitted(situation.curve(study.rng(i)), situation)
        for i in range(study.replicates(200, seed=43))
    ]
    quoted = [fit for fit in fits if fit is not None]
    refused = len(fits) - len(quoted)
    warned = sum(bool(fit.warnings) for fit in quoted)
    study.at_most("clean curves refused", name, refused, 10, of=200, kind="refused")
    study.at_most("clean curves warned of", name, warned, 10, of=200, kind="warned")
    width = np.median([np.diff(fit.interval())[0] for fit in quoted])
    limits = (0.9, 1.3)
    study.holds(
        "width of Theta_D over the sharpest", width / _sharpest(situation), full=limits,
        tenth=(0.8, 1.4), situation=name, kind="width",
    )  # fmt: skip


# ---------------------------------------------------------------------------------- wrong laws


def _line(t, _, rng):
    return 0.05 + 0.0025 * t + 0 * rng.uniform()


def _square(t, _, rng):
    return rng.uniform(0.01, 0.5) + 2e-5 * t**2


def _hump(t, r, rng):
    height, place, width = rng.uniform(0.005, 0.02), rng.uniform(60, 220), rng.uniform(8, 25)
    return r * (1 + height * np.exp(-(((t - place) / width) ** 2) / 2))


def _upturn(t, r, rng):
    return r - rng.uniform(0.01, 0.05) * np.log(t / 300)


def _bands(t, r, rng):
    other = eq_1(t, rng.uniform(120, 300), rng.uniform(0.03, 0.3), rng.uniform(1, 6))
    return 1 / (1 / r + 1 / other)


def _mode(t, r, rng):
    return r + einstein(t, rng.uniform(80, 700), rng.uniform(0.3, 1.0))


def _lag(t, r, rng):
    return eq_1(t + rng.uniform(1, 3), 550.0, 0.1, 2.0) + 0 * r


LOW = Situation(low=10.0, points=291, noise=3e-4)
# What is wrong; the words of which a warning has to hold one; and whether there is a Theta_D.
WRONG = {
    "a straight line": (Situation(noise=5e-4), _line, "line", False),
    "a pure T^2": (Situation(noise=5e-4), _square, "T.2", False),
    "a hump": (Situation(noise=5e-4), _hump, "hump|change of slope|law", True),
    "an upturn": (Situation(low=5.0, points=296, noise=5e-4), _upturn, "upturn|law", False),
    "two bands": (Situation(noise=5e-4), _bands, "two bands", False),
    "an Einstein mode": (Situation(noise=5e-4, theta_d=400.0), _mode, "phonon modes", False),
    "a lag of 1 to 3 K": (LOW, _lag, "lag", True),
    "a step": (STEP, stepped, "step", True),
}


@pytest.mark.study
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_law_is_seldom_quoted_without_its_name(name, study):
    situation, wrong, words, _ = WRONG[name]
    silent = 0
    for i in range(study.replicates(200, seed=44)):
        fit = fitted(situation.curve(study.rng(i), wrong=wrong), situation)
        if fit is not None:
            silent += not any(re.search(words, text) for text in fit.warnings)
    study.at_most("Theta_D without a warning that names the cause", name, silent, 10, of=200)


@pytest.mark.study
def test_hysteresis_is_named_in_every_result(study):
    silent = 0
    for i in range(study.replicates(200, seed=45)):
        rng = study.rng(i)
        t = np.linspace(20.0, 300.0, 281)
        sweeps = [eq_1(t + move, 550.0, 0.1, 2.0) for move in (1.0, -1.0)]
        r = np.r_[sweeps[0], sweeps[1][::-1]]
        r = r + 5e-4 * r.max() * rng.normal(size=r.size)
        fit = fitted(ResistanceCurve(np.r_[t, t[::-1]], r), situation=Situation())
        if fit is not None:
            silent += not any("sweep" in text for text in fit.to_dict()["warnings"])
    study.at_most(
        "Theta_D without a warning that names the cause", "hysteresis of 2 K", silent, 10, of=200
    )


@pytest.mark.study
def test_a_lag_in_proportion_to_the_temperature_shows_in_no_fit_but_is_said(study):
    # A probe that cools exponentially lags in proportion to T less the last temperature: that
    # is a thermometer of another scale, and eq. 1 of another Theta_D to all digits.
    missed, said = 0, 0
    for i in range(study.replicates(200, seed=46)):
        rng = study.rng(i)
        t = LOW.temperatures()
        most = rng.uniform(1, 3)
        clean = eq_1(t + most * (t - 4) / 296, 550.0, 0.1, 2.0)
        r = clean + LOW.noise * clean.max() * rng.normal(size=t.size)
        fit = fitted(ResistanceCurve(t, r), LOW)
        if fit is None or fit.warnings:
            continue
        missed += not holds(fit.interval(), 550.0)
        said += any("an error of 1 % changes it by 1 %" in text for text in fit.remarks)
    share = said / max(missed, 1)
    study.holds("said where a proportional lag is missed", share, full=(1, 99), tenth=(1, 99))


# ---------------------------------------------------------------------------------- rival laws

WIDE = {"t": np.linspace(5.0, 300.0, 300)}
# The first is the clear one, and every other curve is measured so.
RIVALRY = [
    WIDE,
    {**WIDE, "noise": 2e-4},
    {**WIDE, "noise": 3e-3},
    {"t": np.linspace(50.0, 300.0, 251)},
    {**WIDE, "rho": 0.7},
]


@pytest.mark.study
def test_the_right_law_is_among_those_that_are_not_told_apart(study):
    missed, many, clear = 0, 0, 0
    for i in range(study.replicates(200, seed=47)):
        rng = study.rng(i)
        truth = RIVALS[int(rng.integers(len(RIVALS)))].name
        at = RIVALRY[0] if i % 2 else RIVALRY[1 + i // 2 % 4]
        names = compare_laws(of_rival(truth, rng, **at)).not_told_apart
        missed += truth not in names
        clear += at is WIDE
        many += at is WIDE and len(names) > len(RIVALS) / 2
    study.at_most("the right law told apart", "all", missed, 20, of=200)
    study.at_most("more than half not told apart", "0.1 %, 5-300 K", many, 5, of=200, kind="many")


@pytest.mark.study
def test_a_line_is_called_linear_and_has_no_debye_temperature(study):
    debye = linear = 0
    for i in range(count := study.replicates(40, seed=48)):
        rng = study.rng(i)
        found = compare_laws(of_rival("line-alone", rng, **RIVALRY[i % len(RIVALRY)]))
        linear += found.linear
        debye += any(found.theta_d(rival.name) is not None for rival in RIVALS)
    study.holds("lines called linear", linear / count, full=(0.9, 1), tenth=(0.7, 1))
    study.holds("lines with a Debye temperature", debye / count, full=(0, 0), tenth=(0, 0))
