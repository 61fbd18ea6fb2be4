"""What `check` says to watch is said by the fits, in text and JSON, and by sheets."""

import json

import numpy as np
import pytest

import analysis
from analysis.cli.main import run
from compendium.chapters import record

T = np.linspace(4, 300, 149)
R = analysis.resistance(T, theta_d=400, r0=0.1, a=2.0)
DROPS = np.where(T > 60, R, 1e-3 * R)
X = np.arange(20, 80, 0.02)
Y = 100 + sum(1e4 * np.exp(-(((X - at) / 0.08) ** 2)) for at in (28, 33, 47, 56, 59, 69, 76))
Y = np.random.default_rng(0).poisson(Y).astype(float)
CURVE, PATTERN = "T (K),R (ohm)", "2Theta,Counts"
WAVELENGTH = ("--wavelength", 154.06)


def without(values, low, high):
    return np.r_[values[:low], values[high:]]


def spoilt(values, place, factor):
    return np.where(np.arange(values.size) == place, values * factor, values)


# The heading, the columns, and how the sentence begins.
CURVES = {
    "mK": (CURVE, (1000 * T, R), "temperature is 300000 K: are the columns swapped, or"),
    "swapped": (CURVE, (T / 200, R), "the highest temperature is 1.5 K: are the columns swapped?"),
    "few temperatures": (CURVE, (T[:4], R[:4]), "4 different temperatures: the fit needs at least"),
    "few points": (CURVE, (T[40::10], R[40::10]), "only 11 points: error bars will be wide"),
    "gap": (CURVE, (without(T, 50, 100), without(R, 50, 100)), "no point between 102 and 204 K"),
    "constant": (CURVE, (T, 0 * R + 1), "all resistances are equal"),
    "semiconductor": (CURVE, (T, R[::-1]), "the resistance is lower at the highest temperature"),
    "outlier": (CURVE, (T, spoilt(R, 100, 1.2)), "neighbouring points: 204 K (row 102)"),
    "drop": (CURVE, (T, DROPS), "a drop like that of a superconductor below "),
    "equal steps": ("", (T / 2, R), "the first column has equal steps: if it is 2 theta"),
    "below zero": (CURVE, (T, np.where(T > 60, R, -0.04 * R.max())), "the resistance falls to -"),
    "sweeps": (CURVE, (np.r_[T, T[::-1]], np.r_[R, 1.02 * R[::-1]]), "they differ by up to"),
    "field": ("T (K),R (ohm),Field (Oe)", (T, R, 100 * T), "the magnetic field varies from"),
    "lag": ("T (K),R (ohm),Time (s)", (T, np.interp(T - 3 * np.exp(-T / 80), T, R), 60 * T),
            "the sweep"),
}  # fmt: skip
PATTERNS = {
    "Q": ("", (X / 20, Y), "2 theta ends at 3.999 deg, where d is still"),
    "gap": (
        PATTERN,
        (without(X, 1500, 1700), without(Y, 1500, 1700)),
        "no point between 49.9",
    ),
    "saturated": (PATTERN, (X, np.minimum(Y, 8000)), "neighbouring points from "),
    "large errors": ("2Theta,Counts,sigma", (X, Y, Y), "the errors are about as large as the int"),
    "background": (
        PATTERN,
        (X, Y - 100),
        "a background was subtracted: these are not plain counts",
    ),
    "scaled": (PATTERN, (X, Y / Y.max() * 100), "the largest intensity is 100, as after scaling"),
}


@pytest.fixture
def write(tmp_path):
    def write(heading, columns):
        path = tmp_path / "a.csv"
        rows = [",".join(f"{value:.17g}" for value in row) for row in zip(*columns, strict=True)]
        path.write_text("\n".join([*([heading] if heading else []), *rows]), encoding="utf-8")
        return path

    return write


@pytest.fixture
def said(capsys):
    def said(*arguments):
        status = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return said


def watched(said, path, beginning, *options):
    """Return the sentence that `check` prints."""
    status, text = said("check", path, *options, "--json")
    assert status == 0, text
    content = json.loads(text)
    (sentence,) = [one for one in [*content["watch"], *content["notes"]] if beginning in one]
    return sentence


def same_everywhere(said, sentence, *command):
    """Check that a fit says the sentence, in text and in JSON, unless it refuses the data."""
    status, text = said(*command)
    if status == 0:
        assert sentence in text
        content = json.loads(said(*command, "--json")[1])
        assert sentence in [*content["warnings"], *content["remarks"], *content["notes"]]


@pytest.mark.parametrize("case", [name for name in CURVES if name != "lag"])
def test_fits_and_sheets_of_curves_say_what_check_says(case, write, said):
    heading, columns, beginning = CURVES[case]
    path = write(heading, columns)
    kind = ("--kind", "resistance")
    sentence = watched(said, path, beginning, *kind)
    curve = analysis.read_resistance(path)
    if case != "drop":  # which no reader looks for
        assert sentence in [*curve.warnings, *curve.notes]
    for verb in ("resistance", "transition"):
        same_everywhere(said, sentence, "fit", verb, path)
    kept = json.loads(record.resistance_record(analysis.analyse_curve(curve)))
    assert sentence in [*kept["warnings"], *kept["remarks"]]


def test_a_lag_that_check_sees_is_seen_by_the_fit(write, said):
    heading, columns, _ = CURVES["lag"]
    path = write(heading, columns)
    content = json.loads(said("check", path, "--json")[1])
    assert content["lag"]["tau"]
    fitted = json.loads(said("fit", "resistance", path, "--window", 4, 300, "--json")[1])
    assert fitted["lag"]["tau"]["value"] == pytest.approx(content["lag"]["tau"]["value"])
    words = [one for one in [*content["watch"], *content["notes"]] if "thermometer" in one]
    assert {*words} & {*fitted["warnings"], *fitted["remarks"]}


@pytest.mark.parametrize("case", PATTERNS)
def test_fits_and_sheets_of_patterns_say_what_check_says(case, write, said):
    heading, columns, beginning = PATTERNS[case]
    path = write(heading, columns)
    sentence = watched(said, path, beginning, *WAVELENGTH)
    pattern = analysis.read_pattern(path, wavelength=154.06)
    assert sentence in pattern.warnings
    same_everywhere(said, sentence, "fit", "strain", path, *WAVELENGTH)
    kept = json.loads(record.strain_record(analysis.analyse_pattern(pattern)))
    assert sentence in kept["warnings"]


def test_good_data_have_no_doubts():
    for dataset in analysis.list_datasets():
        if dataset.kind in ("resistance", "diffraction") and dataset.origin != "measured":
            assert analysis.load(dataset.name).warnings == (), dataset.name
