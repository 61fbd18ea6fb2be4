"""The line shapes as lmfit models: composed by anybody, and an independent judge of our fits."""

import lmfit
import numpy as np
import pytest
from powder_study import SHAPES, Form, Line, make_pattern

from analysis import DataError, fit_peaks
from analysis.diffraction.shapes import shape_named
from analysis.models.lines import line_model

X = np.linspace(8, 22, 1400)
PLACES, FWHM, HEIGHT = (12.0, 17.0), 0.15, 4e3


@pytest.mark.parametrize("shape", SHAPES)
def test_a_model_is_the_shape(shape):
    known, mixing = shape_named(shape), 0.3
    model = line_model(shape)
    values = {"area": 6.0, "center": 1.0, "fwhm": 2.0}
    values |= {"mixing": mixing} if known.mixing is None else {}
    u = np.linspace(-4, 4, 9)
    ours = 3.0 * known.profile(u, mixing)
    assert model.eval(model.make_params(**values), x=1.0 + 2.0 * u) == pytest.approx(ours)
    assert set(model.param_names) == set(values)


@pytest.mark.parametrize("shape", SHAPES)
def test_lmfit_finds_the_lines_that_our_fit_finds(shape):
    form = Form(shape)
    lines = [Line(at, FWHM, HEIGHT * FWHM * form.breadth) for at in PLACES]
    pattern = make_pattern(X, lines, form, 7)
    ours = fit_peaks(pattern, shape=shape)
    assert len(ours) == len(PLACES)
    # At the minimum of all, the lines are at their own above the background that belongs to it.
    above = pattern.intensity - ours.background
    parts = [line_model(shape, prefix=f"l{at}_") for at in range(len(PLACES))]
    start = lmfit.Parameters()
    for line, place in zip(parts, PLACES, strict=True):
        near = np.abs(X - place) < 1
        start.update(line.guess(above[near], x=X[near]))
    model = parts[0] + parts[1]
    # Roots of the counts themselves would favour points that came out low by chance.
    weights = 1 / np.sqrt(ours.background + ours.line_counts)
    theirs = model.fit(above, start, x=X, weights=weights)
    for at in range(len(PLACES)):
        for column, name in (("two_theta", "center"), ("fwhm", "fwhm"), ("area", "area")):
            value, error = getattr(ours, column)[at], getattr(ours, f"{column}_error")[at]
            judge = theirs.params[f"l{at}_{name}"]
            assert abs(value - judge.value) < 0.05 * error, name
            # Ours also knows what the background takes.
            assert 0.9 * judge.stderr < error < 1.6 * judge.stderr, name


def test_the_guess_is_near_the_highest_line():
    model = line_model("lorentzian")
    x = np.linspace(0, 10, 500)
    truth = model.make_params(area=3.0, center=4.2, fwhm=0.5)
    guess = model.guess(model.eval(truth, x=x), x=x)
    for name, parameter in truth.items():
        assert guess[name].value == pytest.approx(parameter.value, rel=0.2)


def test_an_unknown_shape_is_named():
    with pytest.raises(DataError, match="shape 'triangle' is not known; there are lorentzian"):
        line_model("triangle")
