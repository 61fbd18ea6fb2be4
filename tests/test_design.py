"""Plans of runs against simulated ones, and what each cause of error does to lambda."""

import numpy as np
import pytest

import analysis
from analysis.choices.design import AMPLITUDE, G_SAT, R0, design, design_lines
from analysis.choices.impacts import NO_SERIES, impacts
from analysis.choices.multiverse import Multiverse
from analysis.choices.refits import Outcome
from analysis.choices.space import Choice, Option
from analysis.show import explore

EXPECTED = "standard error of Θ_{D} to expect"


@pytest.mark.parametrize(("low", "error"), [(5, 1.6), (80, 3.5), (120, 10), (150, 26), (200, 169)])
def test_the_error_grows_with_the_lowest_temperature(low, error):
    """To 300 K with 300 points of 0.1 % noise, Theta_D = 550 K; measured on simulated fits."""
    found = design(noise=0.001, window=(low, 300))
    assert found.theta_d_error == pytest.approx(error, rel=0.06)
    assert found.error_if_g_known < found.theta_d_error / 2


def test_simulated_fits_scatter_as_planned():
    t, rng = np.linspace(60, 280, 120), np.random.default_rng(7)
    true = analysis.resistance(t, theta_d=420, r0=R0, a=AMPLITUDE, r_sat=1 / G_SAT)
    found = [
        analysis.fit_resistance(
            analysis.ResistanceCurve(t, true + 5e-4 * true.max() * rng.standard_normal(t.size)),
            (60, 280),
        ).kept.values["theta_d"]
        for _ in range(100)
    ]
    planned = design(noise=5e-4, window=(60, 280), points=120, theta_d=420).theta_d_error
    assert np.std(found) == pytest.approx(planned, rel=0.22)  # 3 errors of it


def test_simulated_lines_scatter_as_planned():
    theta, rng = np.radians(np.linspace(8, 30, 12) / 2), np.random.default_rng(8)
    beta = analysis.line_breadth(theta, strain=0.004, size=40, wavelength=62)
    rows = np.array([1 / np.cos(theta), 4 * np.tan(theta)]).T
    drawn = beta[:, None] + 1e-4 * rng.standard_normal((12, 1000))
    by_size, strains = np.linalg.lstsq(rows, drawn, rcond=None)[0]
    plan = design_lines(breadth_error=1e-4, two_theta=(8, 30), lines=12, wavelength=62, size=40)
    assert np.std(strains) == pytest.approx(plan.strain_error, rel=0.07)
    assert np.std(0.9 * 0.062 / by_size) == pytest.approx(plan.size_error, rel=0.07)
    # At the largest size that shows, the term is two errors from none.
    assert 0.9 * 0.062 / plan.largest_size == pytest.approx(2 * np.std(by_size), rel=0.07)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"window": (300, 80)}, "is not ascending"),
        ({"noise": 0.0}, "noise must be above 0"),
        ({"theta_d": -3.0}, "theta_d must be above 0"),
        ({"points": 4}, "4 points cannot determine 4 parameters"),
    ],
)
def test_a_run_that_cannot_be_is_refused(given, message):
    with pytest.raises(analysis.AnalysisError, match=message):
        design(**{"noise": 0.001, "window": (80, 300), **given})


def test_lines_that_cannot_be_are_refused():
    with pytest.raises(analysis.AnalysisError, match="got 1 lines, 8 to 30 degrees"):
        design_lines(breadth_error=1e-4, two_theta=(8, 30), lines=1, wavelength=62)


def test_the_live_plan_is_the_plan():
    live, rng = explore.design(), np.random.default_rng(9)
    assert live.read()[EXPECTED] > 0
    for _ in range(25):
        theta_d, low = rng.integers(250, 900), rng.integers(5, 150)
        values = {"noise": 0.2, "t_min": low, "t_max": low + 180, "points": 400, "theta_d": theta_d}
        found = live.read({**values, "data": "as-in-most-cells"})[EXPECTED]
        planned = design(
            noise=0.002, window=(low, low + 180), points=400, theta_d=float(theta_d)
        ).theta_d_error
        assert found == pytest.approx(planned, rel=0.04 if planned < 0.2 * theta_d else 0.3)
    assert np.isnan(live.read({"t_min": 290, "t_max": 300})[EXPECTED])


def several(formula=("advanced", None)):
    """A multiverse of two laws and two criteria, of which the data exclude one law."""
    choices = (
        Choice("low", "lower edge", (Option("80", "80 K", 80.0), Option("100", "100 K", 100.0))),
        Choice("law", "law", (Option("n5", "n = 5"), Option("n2", "n = 2")), taste=False),
        Choice("thermometer", "thermometer", (Option("0", "as it is"),)),
        Choice("criterion", "criterion", (Option("0.05", "at 5 %"), Option("0.5", "at 50 %"))),
        Choice("formula", "formula", (Option("paper", "eq. 2", formula),)),
        Choice("mu_star", "mu*", (Option("0.13", "0.13", 0.13),)),
    )
    fits = (
        Outcome(518.0, 4.0), Outcome(400.0, 3.0, described=False),
        Outcome(510.0, 6.0), Outcome(390.0, 3.0, described=False),
    )  # fmt: skip
    return Multiverse("made", choices, fits, (Outcome(58.0, 0.1), Outcome(60.0, 0.1)) * 2, (0,) * 6)


def test_each_cause_moves_lambda_alone():
    found = {impact.title: impact for impact in impacts(several())}

    def lam(tc=58.0, theta_d=518.0, mu_star=0.13):
        return analysis.coupling_constant(tc, theta_d=theta_d, mu_star=mu_star) - 1.714322

    with pytest.warns(analysis.ValidityWarning):
        expected = {
            "lower edge": (0.0, lam(theta_d=510)),
            "criterion": (0.0, lam(tc=60)),
            "Coulomb pseudopotential": (lam(mu_star=0.11), lam(mu_star=0.15)),
            "noise in Θ_D": (lam(theta_d=522), lam(theta_d=514)),
            "noise in T_c": (lam(tc=57.9), lam(tc=58.1)),
            "law": (0.0, 0.0),
            "pressure (not known)": (0.0, 0.0),
        }
    for title, ends in expected.items():
        assert found[title][1:3] == pytest.approx(ends, abs=2e-6), title
    assert found["law"].words == "the data exclude 1 of 2"
    assert found["pressure (not known)"].words == NO_SERIES
    sizes = [impact.size for impact in impacts(several())]
    assert sizes == sorted(sizes, reverse=True)


def test_pressure_counts_where_it_is_known():
    (pressure,) = [
        impact for impact in impacts(several(), slope=-0.02, pressure_error=0.5)
        if impact.title == "pressure"
    ]  # fmt: skip
    assert (pressure.down, pressure.up) == pytest.approx((-0.01, 0.01))
    assert "for 0.5 GPa" in pressure.words


def test_without_lambda_there_are_no_impacts():
    many = several()
    none = Multiverse(many.name, many.choices, many.fits, (), many.path)
    with pytest.raises(analysis.FitError, match="there is no lambda, and so no error to explain"):
        impacts(none)
