"""The instrument's breadth and offset: found from a standard and removed from a specimen."""

import numpy as np
import pytest
from powder_study import COPPER, MIXED, SIMPLE, Form, Line, bragg, make_pattern

import analysis
from analysis import DataError, FitError, Phase, fit_instrument, fit_peaks
from analysis.diffraction.peaks import LineParts
from analysis.diffraction.shapes import shape_named
from analysis.diffraction.strain import instrument, own_breadth

LAB6 = Phase("LaB6", 4.1569, space_group="P m -3 m")
X = np.linspace(18, 105, 5000)
PLACES = np.array([bragg(4.1569, one, COPPER[0]) for one in SIMPLE])
HEIGHT = 2e4


def own_fwhm(two_theta):
    """The instrument of these tests: U, V, W of Caglioti."""
    tan = np.tan(np.radians(two_theta) / 2)
    return np.sqrt(0.0060 * tan**2 - 0.0040 * tan + 0.0100)


def specimen_fwhm(two_theta):
    return 0.10 + 0.25 * np.tan(np.radians(two_theta) / 2)


def offset(two_theta):
    return 0.03 - 0.02 * np.cos(np.radians(two_theta) / 2)


def lines_at(places, fwhm, form, height=HEIGHT):
    return [Line(at, w, height * w * form.breadth) for at, w in zip(places, fwhm, strict=True)]


def standard(shape, *, extra=(), change=1.0, seed=1):
    form = Form(shape)
    lines = lines_at(PLACES + offset(PLACES), own_fwhm(PLACES) * change, form)
    known = make_pattern(X, [*lines, *extra], form, seed, wavelengths=COPPER, name="standard")
    return fit_peaks(known, shape=shape, split=False)


def specimen(shape, seed=2):
    """Lines that are those of the instrument convolved with the specimen's own."""
    places, lines, own = np.array([28.0, 41.0, 57.0, 72.0, 90.0]), [], []
    for at in places:
        parts = [
            fwhm(at) * np.array(shape_named(shape).widths(MIXED))
            for fwhm in (own_fwhm, specimen_fwhm)
        ]
        lorentz, gauss = parts[0][0] + parts[1][0], float(np.hypot(parts[0][1], parts[1][1]))
        whole, mixing = shape_named(shape).from_widths(lorentz, gauss)
        form = Form(shape, mixing)
        lines.append((Line(at + offset(at), whole, HEIGHT * whole * form.breadth), form))
        own.append(specimen_fwhm(at))
    # A form has one mixing for all its lines.
    counts = sum(
        make_pattern(
            X, [one], form, None, wavelengths=COPPER, background=20.0, noise=False
        ).intensity
        for one, form in lines
    )
    counts = np.random.default_rng(seed).poisson(counts).astype(float)
    known = analysis.DiffractionPattern(X, counts, *COPPER, name="specimen")
    return fit_peaks(known, shape=shape), places, np.array(own)


# 5 lines: one in 9 such tests has a pull above 3 in one of them; seeded. The Voigt's
# parts are those of Olivero and Longbothum.
@pytest.mark.parametrize("shape", ["lorentzian", "gaussian", "voigt"])
def test_a_specimen_comes_out_with_its_own_width(shape):
    found, places, own = specimen(shape)
    instrument = fit_instrument(standard(shape), LAB6)
    corrected = instrument.correct(found)
    # The error of the mixing, which the table does not hold, is not part of the others.
    error = np.hypot(corrected.fwhm_error, (5e-3 if shape == "voigt" else 2e-3) * own)
    assert np.abs((corrected.fwhm - own) / error).max() < 3
    assert np.sqrt(np.mean(((corrected.fwhm - own) / error) ** 2)) < 2
    assert corrected.two_theta == pytest.approx(places, abs=2e-3)
    assert corrected.instrument == "standard"
    assert instrument.fwhm(places)[0] == pytest.approx(own_fwhm(places), rel=0.02)
    with pytest.raises(DataError, match="are already corrected with standard"):
        instrument.correct(corrected)


def test_offset_only_where_the_cell_is_known():
    lines = standard("lorentzian")
    shift, error = fit_instrument(lines, LAB6).shift(PLACES)
    assert shift == pytest.approx(offset(PLACES), abs=2e-3)
    assert (error < 2e-3).all()
    assert (fit_instrument(lines).shift(PLACES)[0] == 0).all()


def test_lines_as_narrow_as_the_instrument_are_left_out_and_named():
    instrument = fit_instrument(standard("lorentzian"), LAB6, name="LaB6")
    corrected = instrument.correct(standard("lorentzian", change=1.01, seed=4))
    assert all("narrow" in flags for flags in corrected.flags)
    assert any("are no broader than those of the standard LaB6" in t for t in corrected.warnings)
    broad = instrument.correct(standard("lorentzian", change=1.5, seed=4))
    assert not any("narrow" in flags for flags in broad.flags)


def test_shapes_are_not_mixed():
    instrument = fit_instrument(standard("lorentzian"))
    with pytest.raises(DataError, match="are gaussian, those of the standard standard are lor"):
        instrument.correct(standard("gaussian"))


def test_too_few_lines():
    lines = standard("lorentzian")
    with pytest.raises(FitError, match="2 usable lines; a curve of breadths needs at least 3"):
        fit_instrument(lines.select([0, 5]))


def test_corrected_lines_are_no_standard():
    lines = standard("lorentzian")
    with pytest.raises(DataError, match="a standard's must not be"):
        fit_instrument(fit_instrument(lines).correct(lines))


def test_a_stranger_is_left_out_of_the_curve():
    form = Form("lorentzian")
    found = standard("lorentzian", extra=lines_at([46.0], [0.2], form, 5e3))
    instrument = fit_instrument(found)
    assert any("(at 46.0" in text and "left out" in text for text in instrument.warnings)
    assert instrument.fwhm(PLACES)[0] == pytest.approx(own_fwhm(PLACES), rel=0.02)


def test_lines_beyond_the_standard_are_spoken_of():
    instrument = fit_instrument(standard("lorentzian").select(np.arange(5, 12)))
    corrected = instrument.correct(specimen("lorentzian")[0])
    assert any("its breadth there is a guess" in text for text in corrected.warnings)


@pytest.mark.measured("nist-lab6")
@pytest.mark.parametrize("shape", ["pseudo-voigt", "voigt"])
def test_measured_standard_is_smooth(shape):
    found = fit_peaks(analysis.load("nist-lab6"), shape=shape, split=False)
    instrument = fit_instrument(found, LAB6)
    assert len(instrument.standard) >= 15
    assert np.abs(instrument.off).max() < 0.05


@pytest.mark.measured("nist-lab6")
def test_measured_standard_is_no_lorentzian_and_that_is_said():
    found = fit_peaks(analysis.load("nist-lab6"), shape="lorentzian", split=False)
    assert any("the lorentzian shape does not describe" in text for text in found.warnings)
    assert any("off its smooth curve" in text for text in fit_instrument(found, LAB6).warnings)


@pytest.mark.measured("nist-lab6")
@pytest.mark.measured("nist-iron")
def test_measured_iron():
    """a = 2.866 angstrom at 20 degrees Celsius; the offset is taken from LaB6."""
    iron = Phase("iron", 2.87, space_group="I m -3 m")
    found = fit_peaks(analysis.load("nist-lab6"), shape="pseudo-voigt", split=False)
    instrument = fit_instrument(found, LAB6)
    lines = fit_peaks(
        analysis.load("nist-iron"), shape="pseudo-voigt", instrument=instrument, split=False
    )
    fit = analysis.fit_lattice(analysis.index_lines(lines, iron), iron)
    assert fit.a.n == pytest.approx(2.866, abs=0.003)


def test_a_broad_hump_among_the_lines_does_not_touch_them():
    form = Form("lorentzian")
    found = standard("lorentzian", extra=lines_at([46.0], [0.5], form, 5e3))
    near = np.searchsorted(found.two_theta, PLACES - 0.5)
    assert found.fwhm[near] == pytest.approx(own_fwhm(PLACES), rel=0.02)


# ------------------------------------------------------------- the pieces, each for itself

VOIGT = shape_named("voigt")
OWN = np.array([[0.1, 0.05], [0.08, 0.12]])  # Lorentzian and Gaussian parts, of two lines
LORENTZ, GAUSS = np.array([0.3, 0.2]), np.array([0.2, 0.4])


def test_an_offset_is_a_zero_shift_and_a_displacement():
    assert instrument._offsets([0.0, 120.0]) == pytest.approx(np.array([[1, 1], [1, 0.5]]))


def whole_of(lorentz, gauss):
    """FWHM and integral breadth of lines without the instrument's parts."""
    parts = lorentz - OWN[0], np.sqrt(gauss**2 - OWN[1] ** 2)
    pairs = [VOIGT.from_widths(*pair) for pair in zip(*parts, strict=True)]
    breadths = [VOIGT.integral_breadth(*pair) for pair in pairs]
    return np.array([[pair[0] for pair in pairs], breadths, *parts])


def test_an_instrument_is_removed_part_by_part():
    none = np.zeros(2)
    found = own_breadth.removed(VOIGT, LineParts(LORENTZ, none, GAUSS, none, none), OWN)
    assert found[:4] == pytest.approx(whole_of(LORENTZ, GAUSS))
    assert found[4] == pytest.approx(found[2] / (found[2] + found[3]))


def test_what_is_left_has_the_errors_that_chance_gives_it():
    errors, correlation = 1e-3 * np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([-0.8, 0.5])
    lines = LineParts(LORENTZ, errors[0], GAUSS, errors[1], correlation)
    draws = np.random.default_rng(2).normal(size=(2, 4000, 1))
    lorentz = LORENTZ + errors[0] * draws[0]
    other = correlation * draws[0] + np.sqrt(1 - correlation**2) * draws[1]
    drawn = [whole_of(*one) for one in zip(lorentz, GAUSS + errors[1] * other, strict=True)]
    found = own_breadth.propagated(VOIGT, lines, OWN)
    assert found == pytest.approx(np.std(drawn, axis=0), rel=0.06)


def test_an_error_of_the_standard_moves_all_lines_at_once():
    """By its own curves, moved one by one."""
    known = analysis.fit_instrument(standard("voigt"))
    lines, none = np.array([30.0, 80.0]), np.zeros(2)
    parts = LineParts(LORENTZ, none, GAUSS, none, none)
    left = own_breadth.removed(VOIGT, parts, known._parts_at(lines))
    found = known._common(VOIGT, parts, lines, left)
    tan = np.tan(np.radians(lines) / 2)
    terms = np.array([np.ones(2), tan**2, tan, 1 / tan**2])
    n = known.width.coefficients.size
    expected = []
    for width, mixing in [
        *((mode, np.zeros(2)) for mode in known.width.modes),
        *((np.zeros(n), mode) for mode in known.mixing.modes),
    ]:
        own = np.sqrt((known.width.coefficients + width) @ terms[:n])
        share = (known.mixing.coefficients + mixing) @ np.array([np.ones(2), lines])
        moved = np.array([VOIGT.widths(one) for one in share]).T * own
        expected.append(own_breadth.removed(VOIGT, parts, moved)[:4] - left[:4])
    assert found == pytest.approx(np.array(expected).transpose(1, 0, 2), abs=1e-12)
    assert np.abs(found[2]).max() > 1e-6
