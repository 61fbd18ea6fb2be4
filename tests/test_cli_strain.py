"""``fit strain``: what it prints, and one line with status 2 for whatever is wrong."""

import json

import numpy as np
import pytest

import analysis

NO_RESULT = 3
WAVELENGTH = 61.99
EDGE = 4.0  # of the face-centred cubic cell, angstrom
STRAIN = 0.006
LINES = {"111": 3, "200": 4, "220": 8, "311": 11, "222": 12}


def counts(x, *, strain=STRAIN, size=np.inf, height=8000.0, seed=5, lines=LINES, own=0.0):
    """Return counts of a powder of known strain and size (nm): Lorentzians of its own formula.

    `own` is the FWHM of the instrument, degrees.
    """
    total = 400.0 + 3.0 * (x - x[0])
    for squares in lines.values():
        theta = np.arcsin(WAVELENGTH / 200 / EDGE * np.sqrt(squares))
        beta = 0.9 * WAVELENGTH / 1000 / size / np.cos(theta) + 4 * strain * np.tan(theta)
        half = np.degrees(beta) / np.pi + own / 2
        total = total + height / (1 + ((x - np.degrees(2 * theta)) / half) ** 2)
    return np.random.default_rng(seed).poisson(total).astype(float)


ANGLES = np.arange(12.0, 36.0, 0.012)


@pytest.fixture
def write(tmp_path):
    def write(x, y, name="xrd.xy", heading=""):
        path = tmp_path / name
        rows = "".join(f"{a:.9g} {b:.9g}\n" for a, b in zip(x, y, strict=True))
        path.write_text(heading + rows)
        return path

    return write


@pytest.fixture
def powder(write):
    return write(ANGLES, counts(ANGLES))


def strain_of(cli, *arguments):
    status, out, err = cli("fit", "strain", *arguments, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


# ---------------------------------------------------------------------------- what is printed


def test_strain_size_and_cell_of_a_file(cli, powder):
    cell = ("--cell", "3.99", "--space-group", "F m -3 m")
    found = strain_of(cli, powder, "--wavelength", WAVELENGTH, *cell)
    assert found["strain"]["value"] == pytest.approx(STRAIN, rel=0.02)
    assert found["size"] == {"value": None, "stderr": None, "unit": "nm"}
    assert found["size_lower"]["value"] > 50
    assert found["model"] == "reduced"
    a = found["lattice"]["a"]
    assert a["unit"] == "angstrom"
    assert abs(a["value"] - EDGE) < 4 * a["stderr"] < 0.004
    assert [line["line"] for line in found["lines"]] == list(LINES)
    assert any("not corrected for the instrument" in text for text in found["remarks"])


def test_text_names_what_was_done(cli, powder):
    status, out, err = cli("fit", "strain", powder, "--wavelength", WAVELENGTH, "--breadth", "fwhm")
    assert (status, err) == (0, "")
    for words in ("Williamson-Hall at 61.99 pm", "strain", "size", "> ", "eq. 8", "lines", "fwhm"):
        assert words in out
    assert "instrument: not corrected" in out


def test_breadth_moves_the_strain_by_half_pi(cli, powder):
    values = [
        strain_of(cli, powder, "--wavelength", WAVELENGTH, "--breadth", kind)["strain"]["value"]
        for kind in ("integral", "fwhm")
    ]
    assert values[0] / values[1] == pytest.approx(np.pi / 2, rel=1e-3)


def test_the_instruments_breadth_invents_a_size_until_a_standard_removes_it(cli, write):
    own = 0.05
    sample = write(ANGLES, counts(ANGLES, own=own), "sample.xy")
    standard = write(ANGLES, counts(ANGLES, strain=0, own=own, seed=6), "standard.xy")
    bare = strain_of(cli, sample, "--wavelength", WAVELENGTH)
    clean = strain_of(cli, sample, "--wavelength", WAVELENGTH, "--instrument", standard)
    assert (bare["model"], clean["model"]) == ("full", "reduced")
    assert bare["size"]["value"] == pytest.approx(
        0.9 * 0.06199 / np.radians(np.pi / 2 * own), rel=0.1
    )
    assert clean["strain"]["value"] == pytest.approx(STRAIN, rel=0.03)
    assert clean["instrument"] == str(standard)


def test_lines_no_broader_than_the_standards_are_left_out(cli, write):
    sample = write(ANGLES, counts(ANGLES, strain=0, own=0.1), "sample.xy")
    standard = write(ANGLES, counts(ANGLES, strain=0, own=0.12, seed=6), "standard.xy")
    status, _, err = cli(
        "fit", "strain", sample, "--wavelength", WAVELENGTH, "--instrument", standard
    )
    assert status == NO_RESULT
    assert "no line is usable" in err
    assert "no broader than the instrument's own lines" in err


def test_data_sets_bring_their_crystal(cli):
    found = strain_of(cli, "twin-xrd-4.9gpa")
    assert found["phase"] == "La3Ni2O7"
    assert found["origin"] == "synthetic"


# ---------------------------------------------------------------------------- bad input


def refused(cli, *arguments, expected=2):
    status, out, err = cli("fit", "strain", *arguments)
    assert (status, out) == (expected, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    return err


def test_the_wavelength_is_never_guessed(cli, powder):
    assert "wavelength" in refused(cli, powder)


FCC = ("--cell", "4.0", "--space-group", "F m -3 m")


@pytest.mark.parametrize(
    ("wavelength", "said", "expected"),
    [(40.0, "wavelength", NO_RESULT), (0.6199, "angstrom", 2), (-61.99, "wavelength", 2)],
)
def test_a_wrong_wavelength_is_refused(cli, powder, wavelength, said, expected):
    assert said in refused(cli, powder, "--wavelength", wavelength, *FCC, expected=expected)


def test_a_wrong_cell_is_refused(cli, powder):
    cell = ("--cell", "4.6", "--space-group", "I m -3 m")
    message = refused(cli, powder, "--wavelength", WAVELENGTH, *cell, expected=NO_RESULT)
    assert "wavelength" in message
    assert "cell" in message


D_SPACINGS = WAVELENGTH / 200 / np.sin(np.radians(ANGLES) / 2)
BAD = {
    "radians": (np.radians(ANGLES), counts(ANGLES), "", "radian"),
    "d spacing": (D_SPACINGS, counts(ANGLES), "d counts\n", "--two-theta-unit A, nm or pm"),
    "scattering vector": (2 * np.pi / D_SPACINGS, counts(ANGLES), "Q counts\n", "unit 1/A or 1/nm"),
    "flat detector": (ANGLES, np.full(ANGLES.size, 7.0), "", "7 everywhere"),
    "no lines": (ANGLES, np.random.default_rng(1).poisson(400, ANGLES.size) * 1.0, "", "no line"),
    "negative counts": (ANGLES, counts(ANGLES) - 2000, "", "below zero"),
    "angles beyond 180": (ANGLES * 10, counts(ANGLES), "", "180"),
    "too few points": (ANGLES[:9], counts(ANGLES)[:9], "", "9"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_pattern_is_refused_by_name(cli, write, case):
    x, y, heading, said = BAD[case]
    path = write(x, y, heading=heading)
    expected = NO_RESULT if case == "no lines" else 2
    message = refused(cli, path, "--wavelength", WAVELENGTH, *FCC, expected=expected)
    assert "xrd.xy" in message
    assert said in message


@pytest.mark.parametrize(
    ("column", "heading", "options"),
    [
        (D_SPACINGS, "d_(A) counts\n", ()),
        (2 * np.pi / D_SPACINGS, "Q_(A^-1) counts\n", ()),
        (20 * np.pi / D_SPACINGS, "", ("--two-theta-unit", "1/nm")),
    ],
)
def test_q_and_d_give_the_strain_that_2_theta_gives(cli, write, column, heading, options):
    path = write(column, counts(ANGLES), heading=heading)
    found = strain_of(cli, path, "--wavelength", WAVELENGTH, *options)
    assert found["strain"]["value"] == pytest.approx(STRAIN, rel=0.03)


def test_a_monoclinic_cell_of_the_command_line_comes_back(cli, write):
    cell = (5.15, 5.21, 5.32, 90, 99.2, 90)
    crystal = analysis.Phase("made", *cell, space_group="P 21/c")
    x = np.arange(4.0, 15.0, 0.006)
    y = np.full(x.size, 100.0)
    for line in analysis.reflections(crystal, WAVELENGTH, two_theta_min=5, two_theta_max=14.5):
        y += 3000 / (1 + ((x - line.two_theta) / 0.015) ** 2)
    path = write(x, np.random.default_rng(1).poisson(y))
    given = ("--cell", "5.16,5.20,5.33,90,99.0,90", "--space-group", "P21/c")
    found = strain_of(cli, path, "--wavelength", WAVELENGTH, "--shape", "lorentzian", *given)
    names = ("a", "b", "c", "alpha", "beta", "gamma")
    for name, value in zip(names, cell, strict=True):
        held = name in ("alpha", "gamma")
        assert (name in found["lattice"]) != held
        if not held:
            assert found["lattice"][name]["value"] == pytest.approx(value, abs=3e-3)
    assert "beta is needed; a cell in full is a, b, c, alpha, beta, gamma" in refused(
        cli, path, "--wavelength", WAVELENGTH, "--cell", "5.16,5.20,5.33", "--space-group", "P21/c"
    )


def test_one_line_gives_an_upper_limit_of_the_strain_and_no_size(cli, write):
    path = write(ANGLES, counts(ANGLES, lines={"220": 8}))
    found = strain_of(cli, path, "--wavelength", WAVELENGTH)
    assert found["n_points"] == 1
    # A size alone may broaden it.
    assert found["strain"]["value"] is found["strain"]["stderr"] is None
    assert found["strain"]["interval"][0] == 0
    assert STRAIN < found["strain_upper"]["value"] < 1.1 * STRAIN
    assert any("the strain is not determined" in text for text in found["warnings"])
    assert found["size"]["value"] is found["size_lower"]["value"] is None
    assert "one line" in found["reason"]


def test_unsorted_angles_are_sorted_and_said(cli, write):
    order = np.random.default_rng(3).permutation(ANGLES.size)
    found = strain_of(cli, write(ANGLES[order], counts(ANGLES)[order]), "--wavelength", WAVELENGTH)
    assert found["strain"]["value"] == pytest.approx(STRAIN, rel=0.03)
    assert any("sorted" in note for note in found["notes"])


def test_a_gap_takes_its_lines_out(cli, write):
    theta = np.degrees(2 * np.arcsin(WAVELENGTH / 200 / EDGE * np.sqrt(8)))
    keep = np.abs(ANGLES - theta - 0.1) > 0.2
    path = write(ANGLES[keep], counts(ANGLES)[keep])
    found = strain_of(cli, path, "--wavelength", WAVELENGTH, *FCC)
    assert "220" not in {line["line"] for line in found["lines"]}
    assert found["strain"]["value"] == pytest.approx(STRAIN, rel=0.03)
    assert any("edge" in text for text in found["remarks"])
    assert any("gap" in text or "no point" in text for text in found["notes"] + found["remarks"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--cell", "4.0"), "--space-group"),
        (("--space-group", "F m -3 m"), "--cell"),
        (("--cell", "four", "--space-group", "F m -3 m"), "four"),
        (("--cell", "4.0", "--space-group", "F m -9 m"), "F m -9 m"),
        (("--window", "30", "20"), "ascending"),
        (("--window", "50", "60"), "no point"),
        (("--standard-cell", "4.157"), "--instrument"),
        (("--instrument", "no-such-set"), "no-such-set"),
        (("--shape", "triangle"), "triangle"),
        (("--model", "both"), "both"),
        (("--shape-factor", "-1"), "-1"),
        (("--addition", "cubic"), "cubic"),
        (("--offset", "height"), "height"),
        (("--phase", "lead"), "lead"),
    ],
)
def test_options_are_refused_by_name(cli, powder, options, said):
    assert said in refused(cli, powder, "--wavelength", WAVELENGTH, *options)
