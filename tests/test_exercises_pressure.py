"""Exercises on 3.4: ways of careful students that differ from the table's are right, too."""

import numpy as np
import pytest

from analysis.exercises import check
from analysis.exercises.pressure_values import CURVE, LOWEST, ZERO, fitted, magnesia
from analysis.show import explore


def printed(*without):
    """Return pressures, values and errors as the page prints them: with two digits of the error."""
    fits = [one for one in fitted() if one.curve.pressure >= LOWEST]
    kept = [fit for fit in fits if fit.curve.run not in without]
    rows = [(one.curve.pressure, *f"{one.theta_d:.2u}".split("+/-")) for one in kept]
    return np.array(rows, dtype=float).T


def chi_square(x, sigma):
    weights = sigma**-2
    mean = (weights * x).sum() / weights.sum()
    return (weights * (x - mean) ** 2).sum() / (x.size - 1), weights.sum() ** -0.5


def test_a_widened_error_and_chi_square_out_of_the_printed_numbers():
    _, x, sigma = printed()
    reduced, error = chi_square(x, sigma)
    assert check("pressure-4", error * reduced**0.5).right
    assert check("pressure-4", f"{error * reduced**0.5:.1f} K").right
    reduced, _ = chi_square(*printed(ZERO)[1:])
    assert check("pressure-5", reduced).right
    assert check("pressure-5", f"{reduced:.1g}").right


@pytest.mark.parametrize("errors", [1.96, 2.0])
def test_the_largest_change_by_numpy_out_of_the_printed_numbers(errors):
    pressure, x, sigma = printed(ZERO)

    def change(cov):
        line, covariance = np.polyfit(pressure, x, 1, w=1 / sigma, cov=cov)
        return (abs(line[0]) + errors * covariance[0, 0] ** 0.5) * np.ptp(pressure)

    assert check("pressure-8", change("unscaled")).right
    assert check("pressure-8", change(True)).kind == "slip"


@pytest.mark.parametrize("equation", ["birch-murnaghan-2", "birch-murnaghan-3", "vinet"])
def test_each_equation_of_state_is_right(equation):
    assert check("pressure-7", magnesia().equation_of_state(equation).k0).right


def test_what_the_live_figure_shows_at_its_places():
    fit = next(one for one in fitted() if one.curve.name == CURVE)
    figure = explore.pressure([fit])
    places = [figure.scope({"window": place}) for place in range(6)]
    first = next(at for at, one in enumerate(places) if one["low"] > fit.theta_d.n / 4)
    errors = [place["error"] for place in places]
    shown = [float(f"{error:.2g}") for error in errors]  # two digits, as below the figure
    assert check("pressure-1", shown[first] / shown[0]).right
    for beside in (first - 1, first + 1):
        assert check("pressure-1", errors[beside] / errors[0]).kind == "slip"
