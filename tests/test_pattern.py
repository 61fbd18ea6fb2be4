"""The diffraction pattern: what is refused, what is noted, what is pointed out."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis
from analysis.diffraction.pattern import DiffractionPattern

CU = 154.0593
X = np.linspace(10, 100, 901)
RNG = np.random.default_rng(1)


def counts(x, *, top=5000.0, background=200.0):
    """Poisson counts of three lines over a background."""
    lines = sum(top / (1 + ((x - place) / 0.2) ** 2) for place in (28.0, 47.0, 70.0))
    return RNG.poisson(background + lines).astype(float)


Y = counts(X)


def pattern(x=X, y=Y, wavelength=CU, **more):
    return DiffractionPattern(x, y, wavelength, **more)


def changed(y, index, value):
    """Return `y` with one value changed."""
    y = np.array(y, dtype=float)
    y[index] = value
    return y


# ---------------------------------------------------------------------------- what it holds


def test_a_good_pattern_needs_no_note_and_no_look():
    good = pattern(wavelength_2=154.4427)
    assert (len(good), good.notes, good.watch(), good.gaps) == (901, (), [], ())
    assert good.step == pytest.approx(0.1)


def test_arrays_are_copies_and_read_only():
    mine = X.copy()
    held = pattern(mine, intensity_error=np.sqrt(Y))
    mine[0] = 11
    assert held.two_theta[0] == 10
    for values in (held.two_theta, held.intensity, held.intensity_error):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1


def test_lists_and_integers_are_fine():
    held = DiffractionPattern(list(range(30)), list(range(30)), 100)
    assert (held.two_theta.dtype, held.wavelength) == (float, 100.0)


def test_between_includes_both_edges():
    part = pattern(intensity_error=np.sqrt(Y)).between(20, 30)
    assert part.two_theta[[0, -1]] == pytest.approx([20, 30])
    assert len(part) == len(part.intensity) == len(part.intensity_error) == 101
    assert part.wavelength == CU


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [(101, 120, "no point"), (50.01, 50.05, "no point"), (30, 20, "no p"), (30, 30, "only one p")],
)
def test_between_needs_points(low, high, found):
    message = f"pattern: {found}.* between {low:g} and {high:g} deg; the data span 10 to 100 deg"
    with pytest.raises(analysis.DataError, match=message):
        pattern().between(low, high)


def test_gaps_are_where_points_are_missing():
    keep = (X < 40) | (X > 50)
    holed = pattern(X[keep], Y[keep])
    assert holed.gaps == (pytest.approx((39.9, 50.1)),)
    assert holed.watch() == ["no point between 39.9 and 50.1 deg"]


# ---------------------------------------------------------------------------- what is refused

D_SPACINGS = CU / 200 / np.sin(np.radians(X / 2))
REFUSED = {  # arguments, message after the name
    "sizes": ({"y": Y[1:]}, "901 angles but 900 intensities; one of each is needed per point"),
    "size of errors": ({"intensity_error": Y[1:]}, "901 points but 900 errors; one is needed"),
    "words": ({"x": ["a"] * 901}, "2 theta: not an array of numbers"),
    "two dimensions": ({"x": [X], "y": [Y]}, r"2 theta: has shape \(1, 901\); one dimension"),
    "empty": ({"x": [], "y": []}, "holds no points; a pattern needs at least 20"),
    "few": ({"x": X[:19], "y": Y[:19]}, "holds 19 points; a pattern needs at least 20"),
    "few angles": (
        {"x": np.repeat(X[:10], 3), "y": Y[:30]},
        "holds 10 different angles; a pattern needs at least 20",
    ),
    "one angle": ({"x": X * 0 + 30}, "2 theta is 30 deg everywhere"),
    "NaN": (
        {"y": changed(Y, slice(15, None), np.nan)},
        "holds 15 intensities that are numbers; a pattern needs at least 20",
    ),
    "NaN as error": (
        {"intensity_error": changed(Y, 4, np.nan)},
        "point 4: error is nan; every value must be a finite number",
    ),
    "infinite": (
        {"x": changed(X, 4, np.inf)},
        "point 4: 2 theta is inf; every value must be a finite number",
    ),
    "overload": (
        {"y": changed(Y, 4, 9.9e37)},
        r"point 4: intensity is 9.9e\+37; programs write this",
    ),
    "negative angle": ({"x": X - 11}, "point 0: 2 theta is -1; it must lie between 0 and 180 deg"),
    "beyond 180": ({"x": X + 90}, "point 801: 2 theta is 180.1; it must lie between 0 and 180 d"),
    "hundredths": ({"x": X * 100}, "must lie between .*; is it in hundredths of a degree, or a ti"),
    "radians": ({"x": np.radians(X)}, "2 theta ends at 1.74.* in steps of 0.0017; is it in radi"),
    "d spacings": ({"x": D_SPACINGS}, "steps of the first column grow with the square of its valu"),
    "d, ascending": ({"x": D_SPACINGS[::-1]}, "from 1.00.* to 8.83.*, as those of d spacings do"),
    "constant": ({"y": Y * 0 + 7}, "the intensity is 7 everywhere; there is no line in it"),
    "dead": ({"y": Y * 0}, "the intensity is 0 everywhere"),
    "negative": (
        {"y": changed(Y, 4, -400)},
        "point 4: intensity is -400 at 10.4 deg, further below zero than scatter explains; give",
    ),
    "negative, with errors": (
        {"y": changed(Y, 4, -400), "intensity_error": np.sqrt(Y)},
        "point 4: intensity is -400",
    ),
    "negative error": ({"intensity_error": changed(Y, 4, -1)}, "point 4: error is -1; a standard"),
    "errors of 0": ({"intensity_error": Y * 0}, r"all errors are 0; leave them out \(--error non"),
    "no wavelength": ({"wavelength": None}, "a wavelength in pm is needed, got None"),
    "words as wavelength": ({"wavelength": "Cu"}, "wavelength is 'Cu'; a number in pm is needed"),
    "true": ({"wavelength": True}, "wavelength is True; a number in pm is needed"),
    "NaN as wavelength": ({"wavelength": np.nan}, "wavelength is nan; a number in pm is needed"),
    "angstrom": ({"wavelength": 1.5406}, r"is 1.5406 pm; .*; is this in angstrom \(154.06 pm\)\?"),
    "angstrom, hard": ({"wavelength": 0.6199}, r"is this in angstrom \(61.99 pm\)\?"),
    "nm or angstrom": (
        {"wavelength": 0.15406},
        r"is this in angstrom \(15.406 pm\) or in nm \(154.06 pm\)\?",
    ),
    "metre": ({"wavelength": 6.199e-11}, r"is this in m \(61.99 pm\)\?"),
    "eV": ({"wavelength": 8048.0}, "uses 4 to 1000 pm; is this an energy in eV?"),
    "negative wavelength": ({"wavelength": -154.0}, "wavelength is -154 pm; .* uses 4 to 1000 pm$"),
    "exchanged": (
        {"wavelength": 154.44, "wavelength_2": 154.06},
        "second wavelength is 154.06 pm and the first 154.44 pm; .*; are they exchanged?",
    ),
    "far apart": (
        {"wavelength_2": 139.2},
        "second wavelength is 139.2 .* longer than K-alpha 1, by less than 2 %$",
    ),
    "angstrom, second": ({"wavelength_2": 1.5444}, "second wavelength is 1.5444 pm; .*angstrom"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case):
    arguments, message = REFUSED[case]
    with pytest.raises(analysis.DataError, match=f"^mine[:,] .*{message}") as caught:
        pattern(**arguments, name="mine")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "x",
    [
        pytest.param(np.linspace(0.005, 22.5, 2155), id="synchrotron"),
        pytest.param(np.degrees(np.arctan(np.linspace(0.01, 1, 901))), id="flat detector"),
        pytest.param(
            np.cumsum(np.repeat([0.01, 0.02, 0.04], 300)) + 5, id="coarser at higher angles"
        ),
        pytest.param(np.linspace(-1e-9, 90, 901).clip(0), id="from zero"),
        pytest.param(np.linspace(0.5, 2.5, 201), id="small angles"),
    ],
)
def test_angles_that_are_unusual_are_not_refused(x):
    assert len(pattern(x, counts(x), 33.44)) == x.size


# ---------------------------------------------------------------------------- what is noted

AGAIN = counts(X)
NOTES = {  # arguments, note
    "descending": ({"x": X[::-1], "y": Y[::-1]}, "angles were descending and have been sorted"),
    "disorder": (
        {"x": X[(p := RNG.permutation(901))], "y": Y[p]},
        "angles were not in order and have been sorted",
    ),
    "repeated": (
        {"x": [*X, X[-1]], "y": [*Y, Y[-1]]},
        "1 angles occur more than once; their intensities are averaged",
    ),
    "two scans": (
        {"x": [*X[:500], *X[400:]], "y": [*Y[:500], *AGAIN[400:]]},
        "2 scans follow one another; they are merged and sorted",
    ),
    "up and down": (
        {"x": [*X, *(X[::-1] + 0.05)], "y": [*Y, *AGAIN[::-1]]},
        "2 scans follow one another; they are merged and sorted",
    ),
    "errors of 0": (
        {"intensity_error": changed(np.sqrt(Y) + 5, [3, 4], 0)},
        "2 errors are 0 and were replaced by the smallest of the others",
    ),
    "subtracted background": (
        {"y": Y - np.median(Y)},
        "intensities are below zero, as a subtracted background leaves them",
    ),
    "below zero within its error": (
        {"y": changed(Y, 4, -400), "intensity_error": changed(np.sqrt(Y), 4, 100)},
        "1 intensities are below zero",
    ),
}


@pytest.mark.parametrize("case", NOTES)
def test_notes(case):
    arguments, note = NOTES[case]
    noted = pattern(**arguments)
    assert note in " | ".join(noted.notes)
    assert (np.diff(noted.two_theta) > 0).all()


def test_scans_of_different_length_of_time_are_told_apart():
    two = pattern([*X[:500], *X[400:]], [*Y[:500], *3 * AGAIN[400:]])
    factor = re.search(r"overlap one has ([\d.]+) times the intensity of another", two.notes[0])[1]
    assert float(factor) == pytest.approx(3, rel=0.05)
    alike = pattern([*X[:500], *X[400:]], [*Y[:500], *AGAIN[400:]])
    assert alike.notes[0] == "2 scans follow one another; they are merged and sorted"


def test_repeated_angles_are_averaged_with_their_errors():
    two = pattern([*X, 10.0], [*Y, Y[0] + 10], intensity_error=[*np.full(901, 3.0), 4.0])
    assert two.intensity[0] == Y[0] + 5
    assert two.intensity_error[[0, 1]] == pytest.approx([2.5, 3])
    assert len(two) == 901


def test_notes_of_the_reader_come_first_and_once():
    first = pattern(X[::-1], Y[::-1], notes=("from a file",))
    assert first.notes == ("from a file", "angles were descending and have been sorted")
    assert replace(first, name="other").notes == first.notes


# ---------------------------------------------------------------------------- what to watch

WATCH = {  # arguments, what is pointed out
    "saturated": ({"y": np.minimum(Y, 2000)}, "neighbouring points from 27.8 deg on share the lar"),
    "small angles": ({"x": X / 30}, "ends at 3.33333 deg, where d is still 26.5 angstrom: are the"),
    "scaled": ({"y": 100 * Y / Y.max()}, "largest intensity is 100, as after scaling: these are n"),
    "subtracted": (
        {"y": Y - np.median(Y)},
        "a background was subtracted: these are not plain coun",
    ),
    "no errors": ({"intensity_error": Y * 0.9}, "errors are about as large as the intensities"),
    "gaps": (
        {"x": X[(keep := (X * 10 // 50) % 2 == 0)], "y": Y[keep]},
        "no point between 14.9 and 20, 24.9 and 30, 34.9 and 40 deg and in 6 more places",
    ),
}


@pytest.mark.parametrize("case", WATCH)
def test_watch(case):
    arguments, look = WATCH[case]
    assert look in " | ".join(pattern(**arguments).watch())


def test_watch_says_where_in_the_file():
    looks = pattern(y=np.minimum(Y, 2000)).watch(lambda index: f"row {index + 2}")
    assert re.search(r"from 27.8 deg \(row 180\) on", looks[0])


@pytest.mark.parametrize("level", [0.02, 0.5, 3, 30])
def test_few_counts_are_not_called_saturated(level):
    assert pattern(y=RNG.poisson(level, X.size).astype(float)).watch() == []


# ---------------------------------------------------------------------------- any numbers

ANY = st.lists(st.floats(width=32), min_size=18, max_size=70)


@settings(deadline=None, max_examples=300)
@given(ANY, ANY, st.one_of(st.none(), ANY), st.floats())
def test_any_numbers_make_a_pattern_or_a_refusal(x, y, error, wavelength):
    try:
        held = DiffractionPattern(x, y, wavelength, intensity_error=error)
    except analysis.DataError:
        return
    assert all("\n" not in look for look in (*held.notes, *held.watch()))


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.floats(0, 180), min_size=25, max_size=90),
    st.floats(0, 1e6),
    st.permutations(range(25)),
)
def test_order_in_the_file_does_not_matter(angles, level, order):
    y = level + np.arange(len(angles)) % 7 + 1.0
    places = [*order, *range(25, len(angles))]
    try:
        one = DiffractionPattern(angles, y, 100)
    except analysis.DataError:
        return
    other = DiffractionPattern(np.array(angles)[places], y[places], 100)
    np.testing.assert_array_equal(one.two_theta, other.two_theta)
    np.testing.assert_allclose(one.intensity, other.intensity, rtol=1e-12)


def test_bins_without_a_pixel_are_left_out():
    counts = 100.0 + np.arange(60) % 7
    counts[20:25] = -1
    pattern = DiffractionPattern(np.linspace(5, 11, 60), counts, 61.99)
    assert len(pattern) == 55
    assert pattern.intensity.min() == 100
    assert any("5 intensities are exactly -1" in note for note in pattern.notes)
    # Where others are below zero too, a background was subtracted.
    counts[30] = -0.5
    assert len(DiffractionPattern(np.linspace(5, 11, 60), counts, 61.99)) == 60
