"""Eq. 5 below the onset."""

import mpmath
import numpy as np
import pytest

from analysis import AnalysisError
from analysis.transport.transition import transition_depth, transition_fraction
from analysis.transport.transition_result import checked


@pytest.mark.parametrize("t", [1.0, 30.0, 55.0, 65.9])
def test_the_fraction_agrees_with_mpmath(t):
    u = 68.5 * (1 - mpmath.mpf(t) / 66) ** 1.5
    exact = float(1 / mpmath.besseli(0, u) ** 2)
    assert transition_fraction(t, tc_onset=66, f=68.5) == pytest.approx(exact, rel=1e-11)


def test_it_is_one_from_the_onset_on_and_never_overflows():
    assert transition_fraction([66.0, 300.0], tc_onset=66, f=50) == pytest.approx(1)
    assert transition_fraction(0.1, tc_onset=66, f=1e5) == 0


def test_near_the_onset_it_falls_as_a_cube():
    t = 66 * (1 - 1e-3)
    fallen = 1 - transition_fraction(t, tc_onset=66, f=50)
    assert fallen == pytest.approx(50**2 * 1e-9 / 2, rel=1e-5)


@pytest.mark.parametrize("bad", [{"t": 0.0}, {"tc_onset": -1.0}, {"f": 0.0}, {"t": np.nan}])
def test_what_is_not_above_zero_is_refused(bad):
    given = {"t": 10.0, "tc_onset": 66.0, "f": 50.0, **bad}
    with pytest.raises(AnalysisError, match=f"{next(iter(bad))} must be above 0"):
        transition_fraction(given.pop("t"), **given)


@pytest.mark.parametrize("criterion", [1.0, 0.0, -0.1, 1.1, np.nan, [0.5, 1.0], [0.0, 0.5]])
def test_a_criterion_that_is_no_part_of_the_onset_resistance_is_refused(criterion):
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        transition_depth(criterion)
    for one in np.atleast_1d(criterion):
        if not 0 < one < 1:
            with pytest.raises(AnalysisError, match="a criterion is between 0 and 1"):
                checked(float(one))


@pytest.mark.parametrize("fraction", [0.999, 0.9, 0.5, 1e-3, 1e-12])
def test_the_depth_is_the_root_of_mpmath(fraction):
    root = mpmath.findroot(
        lambda u: 1 / mpmath.besseli(0, u) ** 2 - fraction, float(transition_depth(fraction))
    )
    assert transition_depth(fraction) == pytest.approx(float(root), rel=1e-9)
