"""Pressure by a calibrant's lines: made patterns, refusals, the measured one, and ruby."""

import json

import numpy as np
import pytest
from calibrant_patterns import WAVELENGTH, made

import analysis
from analysis.pressure.stress import stress_line


@pytest.mark.parametrize(
    ("pressure", "calibrant"),
    [(0.0, "gold"), (39.6, "gold"), (110.0, "gold"), (50.0, "platinum"), (30.0, "neon"),
     (20.0, "nacl-b1"), (60.0, "nacl-b2"), (40.0, "mgo")],
)  # fmt: skip
def test_the_pressure_of_a_made_pattern_is_found(pressure, calibrant):
    found = analysis.fit_pressure(made(pressure, calibrant, seed=3), calibrant)
    assert abs(found.pressure.n - pressure) < 4 * found.pressure.s
    assert found.pressure.s < 0.5
    low, high = found.interval
    assert low < found.pressure.n < high


def test_lines_of_another_crystal_are_left_out():
    found = analysis.fit_pressure(made(25.0, seed=3, sample=0.7), "gold")
    low, high = found.interval
    assert low < 25 < high
    assert high - low < 0.5
    assert any("left out" in text for text in found.remarks)


@pytest.mark.parametrize("zero", [0.02, 0.05])
def test_an_offset_of_the_angles_is_told(zero):
    found = analysis.fit_pressure(made(39.6, seed=1, zero=zero), "gold")
    assert any("the lines show an offset of the angles" in text for text in found.warnings)
    low, high = found.interval
    assert low - 0.2 < 39.6 < high + 0.2


def test_an_offset_that_is_not_asked_for_moves_the_pressure():
    found = analysis.fit_pressure(made(39.6, seed=1, zero=0.05), "gold", offset="none")
    assert abs(found.pressure.n - 39.6) > 1


GOLD = analysis.Phase("gold", 3.88, space_group="F m -3 m")


@pytest.mark.parametrize(
    ("pattern", "options", "said"),
    [
        ({"sample": 1.0, "pressure": 30.0}, {"calibrant": "nacl-b2"}, "nothing shows that lines"),
        ({"pressure": 39.6}, {"calibrant": "neon"}, "between 14.8 and 64.4 GPa"),
        ({}, {"calibrant": "platinum", "phases": [GOLD]}, "are those of gold"),
        (
            {},
            {"between": (60.0, 90.0)},
            r"give 39.6 GPa, which is not between 60 and 90 GPa \(--between\)",
        ),
        ({}, {"between": (120.0, 150.0)}, "nothing shows that lines of gold are there between 120"),
        ({}, {"scale": "Fei 2004", "between": (0.0, 60.0)}, "covers 0 to 26 GPa, but this"),
    ],
)
def test_what_is_not_there_is_no_number(pattern, options, said):
    with pytest.raises(analysis.FitError, match=said):
        analysis.fit_pressure(made(39.6, **pattern), **options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"calibrant": "ruby"}, r"'ruby' is not a calibrant with lines \(--calibrant\)"),
        ({"between": (9.0, 3.0)}, r"between 9 and 3 GPa \(--between\)"),
        ({"temperature": 5000.0}, r"got 5000 K \(--temperature\)"),
        ({"offset": "some"}, "offset"),
    ],
)
def test_an_option_that_cannot_be_is_refused(options, said):
    with pytest.raises(analysis.DataError, match=said):
        analysis.fit_pressure(made(39.6), **options)


def test_another_pressure_than_the_stated_one_is_said():
    found = analysis.fit_pressure(made(39.6, pressure=50.0), "gold")
    assert "the data state a different pressure, 50 GPa" in found.warnings
    assert not any("state another" in w for w in analysis.fit_pressure(made(39.6)).warnings)


@pytest.mark.parametrize("calibrant", ["platinum", "mgo"])
def test_other_calibrants_of_the_lattice_are_named(calibrant):
    of_gold = analysis.fit_pressure(made(39.6), calibrant, between=(0.0, 80.0)).warnings
    said = f"says that this is {calibrant}: the same lines would be those of gold at 39.6 GPa"
    assert said in "".join(of_gold)


@pytest.mark.parametrize(
    ("pattern", "options"),
    [
        (made(39.6, pressure=40.0), {}),
        (made(39.6), {"phases": [GOLD]}),
        (made(60.0, "nacl-b2"), {"calibrant": "nacl-b2"}),  # of its lattice there is one
    ],
)
def test_they_are_not_where_the_data_confirm_it(pattern, options):
    warnings = analysis.fit_pressure(pattern, **options).warnings
    assert not any("nothing but the request" in warning for warning in warnings)


def test_a_scale_alone_has_no_spread():
    found = analysis.fit_pressure(made(20.0, "nacl-b1", seed=3), "nacl-b1")
    assert found.spread_words.startswith("no other scale of nacl-b1 known here reaches this")


def test_a_stress_makes_a_slope_that_is_found():
    """A pattern whose lines have a = a_P (1 + (1 - 3 sin^2 theta) Q), Q = -0.004."""
    plain = analysis.fit_pressure(made(30.0), "gold").lattice
    assert not stress_line(plain).shown
    theta, q = plain.peaks.theta, -0.004
    sine = np.sin(theta) / (1 + (1 - 3 * np.sin(theta) ** 2) * q)
    strained = plain.peaks.select([True] * len(theta), two_theta=2 * np.degrees(np.arcsin(sine)))
    line = stress_line(analysis.fit_lattice(strained, plain.phase, offset="none"))
    low, high = line.interval
    assert low < line.intercept.n * q / 3 < high
    assert line.stress_over_shear.n == pytest.approx(18 * line.slope.n / line.intercept.n)
    two = plain.peaks.select(np.arange(len(theta)) < 2)
    few = analysis.fit_lattice(two, plain.phase, offset="none")
    with pytest.raises(analysis.FitError, match="stress can be seen in 3 or more"):
        stress_line(few)


@pytest.mark.measured("stishovite-39gpa")
def test_gold_in_the_measured_pattern():
    pattern = analysis.load("stishovite-39gpa")
    found = analysis.fit_pressure(pattern, phases=analysis.phases_of("stishovite-39gpa"))
    assert found.pressure.n == pytest.approx(39.6, abs=0.3)
    low, high = found.interval
    assert low < 39.6 < high
    assert high - low < 0.7
    assert str(found.scale) == "Fei 2007, gold"
    values = [value for _, value in found.on_scales]
    assert (min(values), max(values)) == pytest.approx((37.1, 39.6), abs=0.2)
    assert "Fei 2004" in found.spread_words
    assert not stress_line(found.lattice).shown


# ------------------------------------------------------------------------------------- ruby


def test_ruby_with_an_error():
    found = analysis.ruby_pressure(705.2, zero=694.25, error=0.02)
    assert found.pressure.n == pytest.approx(32.1, abs=0.1)
    # 2.7 GPa a nm, of two lines
    assert found.pressure.s == pytest.approx(0.02 * 3.2 * 2**0.5, rel=0.05)
    assert found.to_dict()["a"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"line": 7052.0}, r"allowed: 690 to 698 nm at rest \(--zero\)"),
        ({"line": 705.2, "zero": 600.0}, "600 nm at rest"),
        ({"line": 705.2, "error": 0.0}, "allowed: above 0"),
        ({"line": 705.2, "temperature": 77.0}, r"is for 298 K, got 77 K \(--temperature\)"),
    ],
)
def test_what_is_no_ruby_line_is_refused(options, said):
    with pytest.raises(analysis.DataError, match=said):
        analysis.ruby_pressure(**options)


def test_beyond_a_ruby_scale_others_are_named():
    with pytest.raises(analysis.FitError, match=r"Mao 1986, ruby covers 0 to 80 GPa.*Shen"):
        analysis.ruby_pressure(725.0, scale="Mao 1986")


# ------------------------------------------------------------------------- the command line


@pytest.fixture
def file(tmp_path):
    pattern = made(39.6)
    path = tmp_path / "p.xy"
    rows = zip(pattern.two_theta.tolist(), pattern.intensity.tolist(), strict=True)
    path.write_text("".join(f"{x:.4f} {y:g}\n" for x, y in rows))
    return path


def test_fit_pressure_prints_all_scales(cli, file):
    status, out, err = cli(
        "fit", "pressure", file, "--wavelength", WAVELENGTH, "--calibrant", "gold"
    )
    assert (status, err) == (0, "")
    assert "Fei 2007, gold, 300 K" in out
    assert "Shen 2026" in out


def test_fit_pressure_as_json_is_as_described(cli, file):
    import fastjsonschema

    from analysis.cli.schema import schema_of

    check = fastjsonschema.compile(schema_of("pressure"))
    given = ("--wavelength", WAVELENGTH, "--calibrant", "gold")
    for words in ((file, *given), ("--ruby", 705.2)):
        status, out, _ = cli("fit", "pressure", *words, "--json")
        assert status == 0
        check(json.loads(out))


@pytest.mark.parametrize("words", [(), ("--ruby", 705.2, "--calibrant", "gold"), ("x.xy",)])
def test_a_file_with_a_calibrant_or_ruby_alone(cli, words):
    status, _, err = cli("fit", "pressure", *words)
    assert status == 2
    assert "give FILE with --calibrant, or --ruby alone" in err
