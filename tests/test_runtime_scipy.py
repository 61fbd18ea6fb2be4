"""The published pages' scipy gives what scipy gives."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage, optimize, signal, special
from scipy.optimize import elementwise

from analysis.numerics import least_squares
from analysis.transport.bloch_gruneisen import resistance
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import fit_resistance

RUNNER = Path(__file__).with_name("runtime_scipy.mjs")


class Browser:
    """A running node: `browser("special.gamma", 2.5)`; functions that it is given stay here."""

    def __init__(self, node):
        self.process = subprocess.Popen(
            [node, str(RUNNER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, name, *args, **keywords):
        functions = []
        sent = [packed(arg, functions) for arg in args]
        if keywords:
            sent.append({"keywords": {k: packed(v, functions) for k, v in keywords.items()}})
        self._write({"name": name, "args": sent})
        while "ask" in (said := json.loads(self.process.stdout.readline())):
            function = functions[said["ask"]]
            self._write(packed(function(*map(unpacked, said["args"])), functions))
        if "error" in said:
            raise ArithmeticError(said["error"])
        return unpacked(said["result"])

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def _write(self, value):
        print(json.dumps(value), file=self.process.stdin, flush=True)


def packed(value, functions):
    """A value as JSON has it; functions by their number."""
    if callable(value):
        functions.append(value)
        return {"function": len(functions) - 1}
    if isinstance(value, np.ndarray):
        return {"array": [number(x) for x in value.ravel()], "dims": list(value.shape)}
    if isinstance(value, dict):
        return {"dict": {key: packed(one, functions) for key, one in value.items()}}
    if isinstance(value, (list, tuple)):
        return [packed(one, functions) for one in value]
    return value if isinstance(value, (str, bool)) or value is None else number(value)


def number(x):
    """A float, or the text of one that JSON does not have."""
    x = float(x)
    if np.isfinite(x):
        return x
    return {"number": "NaN" if np.isnan(x) else "Infinity" if x > 0 else "-Infinity"}


def unpacked(value):
    """The reverse of the two above."""
    if isinstance(value, list):
        return [unpacked(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "number" in value:
        return float(value["number"])
    if "array" in value:
        return np.array(unpacked(value["array"]), float).reshape(value["dims"])
    return {key: unpacked(one) for key, one in value.items()}


DECLINE = np.linspace(3.0, 1.0, 9)


@pytest.fixture(scope="module")
def browser(node):
    running = Browser(node)
    yield running
    running.close()


# --- special functions ------------------------------------------------------------------------


def arguments(r, size=300):
    """Arguments of each function, of any size that a fit may meet."""

    def dof():
        some = np.exp(r.uniform(0, 9, size))
        return np.where(r.random(size) < 0.5, np.ceil(some), some)

    trials = r.integers(30, 200, size)
    return {
        "bdtrc": (r.integers(-1, 30, size), trials, r.random(size)),
        "chdtrc": ((n := dof()), n * np.exp(r.normal(0, 0.6, size))),
        "erfc": (r.normal(0, 5, size),),
        "erfcx": (np.r_[r.uniform(-3, 30, size), 1e3, 1e8],),
        "expit": (r.normal(0, 30, size),),
        "fdtrc": (dof(), dof(), np.exp(r.normal(0, 1, size))),
        "fdtri": (dof(), dof(), r.choice([0.99, 0.999, 0.5, 0.05, 0.001], size)),
        "gamma": (np.r_[1, 2, 5, 170, r.uniform(0.1, 12, size)],),
        "gammaincc": (r.uniform(1, 9, size), np.exp(r.uniform(-4, 5, size))),
        "i0e": (np.r_[0, r.uniform(-1, 60, size), 1e4],),
        "i1e": (np.r_[0, r.uniform(-1, 60, size), 1e4],),
        "ndtr": (r.normal(0, 8, size),),
        "stdtr": (dof(), r.normal(0, 4, size)),
        "stdtrit": (dof(), r.choice([0.975, 0.95, 0.84, 0.5, 0.3, 0.01, 0.9999], size)),
        "zeta": (r.uniform(1.05, 12, size),),
    }


@pytest.mark.parametrize("name", arguments(np.random.default_rng(0), 1))
def test_special_functions_are_scipys(name, browser):
    given = arguments(np.random.default_rng(3))[name]
    expected = getattr(special, name)(*given)
    found = browser(f"special.{name}", *given)
    for part, chosen in (("tails", expected < 1e-6), ("values", expected >= 1e-6)):
        tolerance = 1e-10 if part == "tails" else 1e-12
        assert found[chosen] == pytest.approx(expected[chosen], rel=tolerance, abs=1e-290), part
    one = [float(x[-1]) for x in given]
    assert browser(f"special.{name}", *one) == pytest.approx(float(expected[-1]), rel=1e-10)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("stdtrit", (np.inf, 0.975)), ("stdtrit", (3.0, 1.0)), ("stdtr", (5.0, np.inf)),
        ("fdtrc", (3.0, 4.0, 0.0)), ("fdtri", (3.0, 4.0, 0.0)), ("chdtrc", (3.0, 0.0)),
        ("chdtrc", (3.0, np.inf)), ("gammaincc", (3.0, 0.0)), ("ndtr", (-np.inf,)),
        ("ndtr", (np.nan,)), ("i0e", (np.nan,)), ("bdtrc", (5, 5, 0.3)),
        ("bdtrc", (2, 5, 1.0)), ("expit", (-np.inf,)), ("zeta", (1.0,)),
    ],
)  # fmt: skip
def test_ends_of_special_functions_are_scipys(name, given, browser):
    expected = float(getattr(special, name)(*given))
    assert browser(f"special.{name}", *given) == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_special_functions_broadcast(browser):
    a, x = np.arange(1.0, 4.0), np.linspace(0.1, 3.0, 8).reshape(2, 4, 1)
    found = browser("special.fdtrc", a, 3.0, x)
    assert found == pytest.approx(special.fdtrc(a, 3.0, x), rel=1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.4, 1.0, 2.7, 3.0])
def test_jacobis_quadrature_is_scipys(beta, browser):
    for found, expected in zip(
        browser("special.roots_jacobi", 40, 0.0, beta),
        special.roots_jacobi(40, 0.0, beta),
        strict=True,
    ):
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-15)


# --- roots and minima -------------------------------------------------------------------------


def traced(f):
    """A function, and the list of what it was asked for."""
    asked = []

    def asking(x):
        asked.append(x)
        return f(x)

    return asking, asked


@pytest.mark.parametrize("choices", [{}, {"rtol": 1e-6}, {"xtol": 1e-12, "rtol": 1e-10}])
@pytest.mark.parametrize("c", [0.3, 1.7, 4.2])
def test_brents_root_takes_scipys_path(c, choices, browser):
    def f(x):
        return x**3 + x - c + 0.5 * np.sin(3 * x)

    (ours, asked), (theirs, expected) = traced(f), traced(f)
    root = browser("optimize.brentq", ours, 0.0, 10.0, **choices)
    assert root == optimize.brentq(theirs, 0.0, 10.0, **choices)
    assert asked == expected


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: x + 1, "f(a) and f(b) must have different signs"),
        (lambda x: x * np.nan, "is NaN"),
    ],
)
def test_brents_root_refuses_in_scipys_words(f, message, browser):
    with pytest.raises(ValueError, match=r".") as theirs:
        optimize.brentq(f, 0.0, 1.0)
    with pytest.raises(ArithmeticError) as ours:
        browser("optimize.brentq", f, 0.0, 1.0)
    assert message in str(theirs.value)
    assert message in str(ours.value)


@pytest.mark.parametrize("c", [-0.9, -0.2, 0.5, 3.0])
def test_the_bounded_minimum_takes_scipys_path(c, browser):
    def f(x):
        return abs(x - c) ** 1.5 + 0.2 * np.cos(5 * x)

    choices = {"bounds": (-2.0, 2.0), "method": "bounded", "options": {"xatol": 1e-4}}
    (ours, asked), (theirs, expected) = traced(f), traced(f)
    found = browser("optimize.minimize_scalar", ours, **choices)["x"]
    assert found == optimize.minimize_scalar(theirs, **choices).x
    assert asked == expected


def test_the_elementwise_root_takes_no_more_steps_than_scipys(browser):
    r = np.random.default_rng(5)
    c, d = r.uniform(0.5, 5.0, 7), r.uniform(0.5, 2.0, 7)
    tolerances = {"xatol": 0.0, "xrtol": 1e-9, "fatol": 0.0, "frtol": 0.0}
    found = []
    for solve in (lambda *a, **k: browser("elementwise.find_root", *a, **k)["x"],
                  lambda *a, **k: elementwise.find_root(*a, **k).x):  # fmt: skip
        calls = []

        def f(x, c, d, calls=calls):
            calls.append(x)
            return d * x**3 + x - c

        bracket = (np.zeros(7), np.full(7, 9.0))
        found.append((solve(f, bracket, args=(c, d), tolerances=tolerances), len(calls)))
    (ours, count), (theirs, expected) = found
    assert ours == pytest.approx(theirs, rel=2e-9)
    assert count <= expected + 1


@pytest.mark.parametrize("seed", range(8))
def test_rising_values_and_coefficients_above_zero_are_scipys(seed, browser):
    r = np.random.default_rng(seed)
    y = np.cumsum(r.normal(0.1, 1, r.integers(1, 60)))
    for increasing in (True, False):
        found = browser("optimize.isotonic_regression", y, increasing=increasing)["x"]
        expected = optimize.isotonic_regression(y, increasing=increasing).x
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)
    matrix, side = r.normal(0.3, 1, (30, r.integers(1, 7))), r.normal(size=30)
    (found, rest), (expected, left) = (
        browser("optimize.nnls", matrix, side),
        optimize.nnls(matrix, side),
    )
    assert found == pytest.approx(expected, abs=1e-12)
    assert rest == pytest.approx(left, rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_medians_and_peaks_are_scipys(seed, browser):
    r = np.random.default_rng(seed)
    for size in (3, 5, 9):
        values = r.normal(size=r.integers(1, 40))
        found = browser("ndimage.median_filter", values, size, mode="nearest")
        assert found.tolist() == ndimage.median_filter(values, size, mode="nearest").tolist()
    walk = np.round(np.cumsum(r.normal(size=200)), 1)  # rounded, it has plateaus
    found, shape = browser("signal.find_peaks", walk, prominence=1.0)
    expected, shapes = signal.find_peaks(walk, prominence=1.0)
    assert found.tolist() == expected.tolist()
    assert expected.size > 3
    for name, values in shapes.items():
        assert shape[name] == pytest.approx(values, rel=1e-14)


@pytest.mark.parametrize(
    ("name", "given", "choices", "message"),
    [
        ("signal.find_peaks", (DECLINE,), {"height": 1.0}, "'height'"),
        ("ndimage.median_filter", (DECLINE, 3), {}, "mode nearest"),
        ("ndimage.median_filter", (DECLINE[None], 3), {"mode": "nearest"}, "one axis"),
        ("optimize.brentq", (float, 0.0, 1.0), {"full_output": True}, "'full_output'"),
        ("optimize.minimize_scalar", (abs,), {"method": "brent"}, "between two bounds"),
    ],
)
def test_what_the_browser_would_do_otherwise_is_refused(name, given, choices, message, browser):
    with pytest.raises(ArithmeticError, match=message):
        browser(name, *given, **choices)


# --- least squares ----------------------------------------------------------------------------

X = np.linspace(0, 10, 60)
DECAY = 3 * np.exp(-0.7 * X) + 0.5 + 0.01 * np.random.default_rng(2).normal(size=60)


def decay(p):
    return p[0] * np.exp(-p[1] * X) + p[2] - DECAY


def decay_slopes(p):
    falling = np.exp(-p[1] * X)
    return np.array([falling, -p[0] * X * falling, np.ones(60)])


# MGH10 and MGH09 of NIST's Statistical Reference Datasets, nonlinear regression, with the
# certified values.
MGH10_X = np.arange(50.0, 126.0, 5.0)
MGH10_Y = np.array(
    [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820,
     3307, 2872.0]
)  # fmt: skip
MGH10 = [5.6096364710e-3, 6.1813463463e3, 3.4522363462e2]
MGH09_X = np.array([4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])
MGH09_Y = np.array(
    [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
)
MGH09 = [1.9280693458e-1, 1.9128232873e-1, 1.2305650693e-1, 1.3606233068e-1]


def mgh10(p):
    return p[0] * np.exp(p[1] / (MGH10_X + p[2])) - MGH10_Y


def mgh10_slopes(p):
    at = MGH10_X + p[2]
    grown = np.exp(p[1] / at)
    return np.array([grown, p[0] * grown / at, -p[0] * p[1] * grown / at**2])


def mgh09(p):
    return p[0] * (MGH09_X**2 + MGH09_X * p[1]) / (MGH09_X**2 + MGH09_X * p[2] + p[3]) - MGH09_Y


def mgh09_slopes(p):
    above, below = MGH09_X**2 + MGH09_X * p[1], MGH09_X**2 + MGH09_X * p[2] + p[3]
    falls = -p[0] * above / below**2
    return np.array([above / below, p[0] * MGH09_X / below, falls * MGH09_X, falls])


def both(browser, f, slopes, start, **choices):
    """What the browser and scipy find."""
    choices = {"ftol": 1e-10, "xtol": 1e-8, "maxfev": 2000} | choices
    given = {"Dfun": slopes, "col_deriv": True, "full_output": True} | choices
    start = np.array(start, float)
    with np.errstate(all="ignore"):
        return browser("optimize.leastsq", f, start, **given), optimize.leastsq(f, start, **given)


@pytest.mark.parametrize(
    ("f", "slopes", "start"),
    [
        (decay, decay_slopes, (1, 1, 1)),
        (decay, decay_slopes, (10, 0.01, 0)),
        (decay, decay_slopes, (-3, 5, 9)),
        (mgh09, mgh09_slopes, (0.25, 0.39, 0.415, 0.39)),
        (mgh10, mgh10_slopes, (0.02, 4000, 250)),
        (mgh10, mgh10_slopes, (2, 400000, 25000)),
    ],
)
def test_least_squares_settle_where_minpack_does(f, slopes, start, browser):
    found, expected = both(browser, f, slopes, start)
    assert found[0] == pytest.approx(expected[0], rel=1e-8)
    assert found[1] == pytest.approx(expected[1], rel=1e-8)
    assert found[2]["nfev"] == pytest.approx(expected[2]["nfev"], abs=1)
    assert found[4] in (1, 2, 3)
    assert expected[4] in (1, 2, 3)


@pytest.mark.parametrize(
    ("f", "slopes", "start", "certified"),
    [
        (mgh10, mgh10_slopes, (2, 400000, 25000), MGH10),
        (mgh09, mgh09_slopes, (25, 39, 41.5, 39), MGH09),
    ],
)
def test_least_squares_find_the_certified_values(f, slopes, start, certified, browser):
    found, _ = both(browser, f, slopes, start, ftol=1e-14, xtol=1e-12)
    assert found[0] == pytest.approx(certified, rel=1e-6)


@pytest.mark.parametrize(
    ("f", "slopes", "start", "choices"),
    [
        (decay, decay_slopes, (1, 1, 1), {}),
        (decay, decay_slopes, (1, 1, 1), {"ftol": 1e-3, "xtol": 1e-15}),
        (decay, decay_slopes, (1, 1, 1), {"ftol": 1e-15, "xtol": 1e-3}),
        (decay, decay_slopes, (1, 1, 1), {"gtol": 1e-2}),
        (decay, decay_slopes, (-3, 5, 9), {"maxfev": 4}),
        (lambda p: p[0] + 0 * p[1] - DECAY,
         lambda p: np.outer([1.0, 0.0], np.ones(60)) + 0 * p[0], (0.5, 1), {}),
    ],
    ids=["both", "squares", "step", "gradient", "given up", "singular"],
)  # fmt: skip
def test_least_squares_end_as_minpacks_in_its_words(f, slopes, start, choices, browser):
    found, expected = both(browser, f, slopes, start, **choices)
    assert found[3:] == list(expected[3:])
    assert (found[1] is None) == (expected[1] is None)


def flat_slopes(p):
    return np.ones((p.size, 1))


def test_fewer_points_than_parameters_are_refused_in_scipys_words(browser):
    given = (lambda p: p[:1], [1.0, 2.0])
    with pytest.raises(TypeError) as theirs:
        optimize.leastsq(*given, Dfun=flat_slopes, col_deriv=True)
    with pytest.raises(ArithmeticError) as ours:
        browser("optimize.leastsq", *given, Dfun=flat_slopes, col_deriv=True)
    assert str(theirs.value) in str(ours.value)


@pytest.mark.parametrize("unit", [1.0, 1e-3, 1e6], ids=["ohm", "milliohm in ohm", "microohm"])
def test_eq_1_is_fitted_as_with_scipy(unit, browser, monkeypatch):
    t = np.linspace(4, 300, 70)
    r = unit * resistance(t, theta_d=410, r0=0.3, a=2.5, r_sat=7.0)
    r = r * (1 + 1e-3 * np.random.default_rng(4).normal(size=t.size))
    curve = ResistanceCurve(t, r, name="wire")
    expected = fit_resistance(curve)
    monkeypatch.setattr(
        least_squares.optimize, "leastsq", lambda *a, **k: browser("optimize.leastsq", *a, **k)
    )
    found = fit_resistance(curve)
    for name, value in expected.parameters.items():
        assert found.parameters[name].n == pytest.approx(value.n, abs=1e-4 * value.s), name
        assert found.parameters[name].s == pytest.approx(value.s, rel=1e-4), name
