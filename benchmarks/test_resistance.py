"""Eq. 1 and its fit: how fast beside the usual ways, and how often the errors hold."""

import subprocess
import sys

import lmfit
import numpy as np
from coverage_study import WINDOW, clean_curve
from scipy import integrate, optimize

from analysis import ResistanceCurve, bloch_gruneisen_integral, fit_resistance
from analysis.transport.bloch_gruneisen import SolverLaw
from analysis.transport.laws import LAWS
from analysis.transport.solve import solve

T, CLEAN = clean_curve(1 / 3)
NOISE = 1e-3 * CLEAN.max()


def curve(seed=1):
    return ResistanceCurve(T, CLEAN + NOISE * np.random.default_rng(seed).normal(size=T.size))


def integrand(x):
    return x**5 / ((np.exp(x) - 1) * (1 - np.exp(-x)))


def j5_by_quad(y):
    return np.array([integrate.quad(integrand, 0, value)[0] for value in y])


def law_by_quad(t, theta_d, r0, a, g):
    ideal = r0 + a * (t / theta_d) ** 5 * j5_by_quad(theta_d / t)
    return 1 / (g + 1 / ideal)


def test_integral_against_quad(compare, benchmark):
    y = 550 / np.linspace(5, 300, 300)
    benchmark(bloch_gruneisen_integral, y)
    ratio = compare(
        "J_5 at 300 temperatures, scipy quad / this",
        lambda: j5_by_quad(y),
        lambda: bloch_gruneisen_integral(y),
        repeat=9,
    )
    assert ratio >= 300


def test_fit_against_lmfit_with_quad(compare, benchmark):
    noisy = curve()
    model = lmfit.Model(law_by_quad)

    def ours():
        fit = fit_resistance(noisy, WINDOW)
        return fit.theta_d.s, fit.r_squared, fit.band(T)

    def theirs():
        fit = model.fit(noisy.resistance, t=T, theta_d=500, r0=0.1, a=1.5, g=0.1)
        return fit.params["theta_d"].stderr, fit.rsquared, fit.eval_uncertainty(sigma=0.95)

    benchmark(ours)
    ratio = compare("fit with errors, R^2, band: lmfit and quad / this", theirs, ours)
    assert ratio >= 100


def test_refits_against_bare_minpack(compare, note):
    """1000 fits of different curves, warm, beside leastsq alone with the same model.

    Comparable are refits that begin, like it, where another fit ended; `fit_resistance` also
    looks for starts and judges what is left over, each time.
    """
    curves = [curve(seed) for seed in range(1000)]
    scale = CLEAN.max()
    start = solve(curves[0], LAWS[0]).minimum.parameters

    def bare():
        for one in curves:
            measured = one.resistance / scale
            model = SolverLaw(T, T[-1], 5.0)
            optimize.leastsq(
                lambda p, model=model, measured=measured: model.value(p) - measured,
                start,
                Dfun=model.jacobian,
                col_deriv=True,
                full_output=True,
                ftol=1e-10,
                xtol=1e-8,
            )

    first = fit_resistance(curves[0], WINDOW)

    def refits():
        for one in curves:
            _ = first.tried(one).kept.errors

    def whole():
        for one in curves:
            fit_resistance(one, WINDOW)

    slower = 1 / compare("1000 refits with errors: bare MINPACK / this", bare, refits, repeat=7)
    note("1000 refits with errors, this / bare MINPACK", slower)
    judged = 1 / compare("1000 fits, judged: bare MINPACK / this", bare, whole, repeat=3)
    note("1000 fits, judged, this / bare MINPACK", judged)
    assert slower < 4
    assert judged < 20


LONG = """
import resource, sys, time
from analysis import fit_resistance
from analysis.reading.resistance import read_resistance
start = time.process_time()
curve = read_resistance(sys.argv[1])
read = time.process_time() - start
fit_resistance(curve, (80, 300))
print(read, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_ten_million_rows(tmp_path, note):
    """From the file to the fit, in a process of its own."""
    path, rng, rows = tmp_path / "long.csv", np.random.default_rng(1), 10_000_000
    with path.open("w") as file:
        file.write("T (K),R (ohm)\n")
        for start in range(0, rows, 100_000):
            t = 80 + 220 * np.arange(start, start + 100_000) / rows
            r = np.interp(t, T, CLEAN) + rng.normal(0, NOISE, t.size)
            np.savetxt(file, np.c_[t, r], delimiter=",", fmt="%.6f")
    command = [sys.executable, "-c", LONG, path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    read, whole, most = map(float, done.stdout.split())
    note("R(T) of 1e7 rows: seconds to read", read)
    note("R(T) of 1e7 rows: seconds to the fit", whole)
    note("R(T) of 1e7 rows: MB at most", most)
    assert most < 1024
