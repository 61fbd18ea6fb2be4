"""Strain and size from breadths: how fast, how often the intervals hold, which equation."""

import numpy as np
from broadening_study import random_peaks
from scipy import optimize

from analysis import line_breadth, williamson_hall

STRAINS = (1e-3, 5e-3, 2e-2)
SIZES = (5.0, 20.0, 80.0, np.inf)
PEAKS = random_peaks(np.random.default_rng(1), 10, 5e-3, 20.0)


def test_speed_against_curve_fit(compare, benchmark):
    beta, error = PEAKS.breadth("integral")

    def law(theta, strain, size):
        return line_breadth(theta, strain=strain, size=size, wavelength=61.99)

    def theirs():
        """Eq. 7 alone, without the choice and the check of the scatter."""
        optimize.curve_fit(law, PEAKS.theta, beta, [1e-3, 10.0], sigma=error, absolute_sigma=True)

    def ours():
        wh = williamson_hall(PEAKS)
        return wh.strain, wh.size_lower, wh.interval()

    benchmark(ours)
    ratio = compare("strain and size of 10 lines: scipy curve_fit / this", theirs, ours, repeat=9)
    # It fits both equations, each twice if the lines stray, and keeps the correlation.
    assert ratio > 0.15
