"""Published pressure scales: their numbers, their names, and what they refuse."""

import numpy as np
import pytest

import analysis
from analysis.pressure.scales import CALIBRANTS, over_scales, scale_named

GOLD = 3.8774  # angstrom: about 39.6 GPa


def vinet(x, k0, k1):
    """Vinet's equation, x = (V/V0)^(1/3)."""
    return 3 * k0 * (1 - x) / x**2 * np.exp(1.5 * (k1 - 1) * (1 - x))


def birch(x, k0, k1):
    """Birch's equation of third order."""
    f = (x**-2 - 1) / 2
    return 3 * k0 * f * (1 + 2 * f) ** 2.5 * (1 + 1.5 * (k1 - 4) * f)


@pytest.mark.parametrize(
    ("calibrant", "name", "law", "v0", "k0", "k1"),
    [  # the papers' own parameters at 300 K
        ("gold", "Fei 2007", vinet, 67.850, 167.0, 6.00),  # PNAS 104, 9182, table 1
        ("platinum", "Fei 2007", vinet, 60.38, 277.0, 5.08),  # the same
        ("neon", "Fei 2007 vinet", vinet, 88.967, 1.16, 8.23),  # the same
        ("nacl-b2", "Fei 2007", vinet, 41.35, 26.86, 5.25),  # the same
        ("mgo", "Speziale 2001", birch, 74.71, 160.2, 3.99),  # JGR 106, 515, table 3
    ],
)
def test_a_scale_is_its_papers_equation(calibrant, name, law, v0, k0, k1):
    scale = scale_named(calibrant, name)
    for part in (0.99, 0.96, 0.93):
        expected = law(part, k0, k1)
        assert scale.pressure(part * v0 ** (1 / 3), 300.0) == pytest.approx(expected, abs=0.02)


def test_a_ruby_scale_is_its_papers_equation():
    ratio = 705.2 / 694.24
    mao, shen = scale_named("ruby", "Mao 1986", 298.0), scale_named("ruby", "Shen 2020", 298.0)
    assert mao.pressure(ratio, 298.0) == pytest.approx(1904 / 7.665 * (ratio**7.665 - 1))
    assert shen.pressure(ratio, 298.0) == pytest.approx(
        1870 * (ratio - 1) * (1 + 5.63 * (ratio - 1))
    )
    # A line that has moved a little to the other side is a pressure below zero by as much.
    assert mao.pressure(2 - ratio, 298.0) == -mao.pressure(ratio, 298.0)


def test_gold_on_all_its_scales():
    found = {scale.name: scale.pressure(GOLD, 300.0) for scale in analysis.pressure_scales("gold")}
    assert found["Fei 2007"] == pytest.approx(39.6, abs=0.05)
    assert len(found) >= 15
    assert min(found.values()) == pytest.approx(37.1, abs=0.1)
    assert max(found.values()) == pytest.approx(39.6, abs=0.1)
    assert not scale_named("gold", "Fei 2004").reaches(found["Fei 2004"])


@pytest.mark.parametrize("calibrant", [*CALIBRANTS, "ruby"])
def test_scales_have_names_of_their_own_and_a_usual_one(calibrant):
    scales = analysis.pressure_scales(calibrant)
    assert len({scale.name.lower() for scale in scales}) == len(scales)
    usual = scale_named(calibrant, None, 298.0)
    assert usual in scales
    assert str(usual.year) in usual.reference


def test_ruby_over_its_scales():
    """Shen 2020 at 705.2 nm, 694.24 nm at rest: P = 1870 x (1 + 5.63 x) GPa of x = 0.015787."""
    low, high = over_scales(32.1457068, "Shen 2020, ruby")
    values = [value for _, value in analysis.ruby_pressure(705.2).on_scales]
    assert (low, high) == pytest.approx((min(values), max(values)))
    assert over_scales(200.0, "Shen 2020, ruby") is None  # beyond its data


@pytest.mark.parametrize("calibrant", CALIBRANTS)
def test_axis_and_slope_belong_to_the_pressure(calibrant):
    scale = scale_named(calibrant)
    for pressure in (5.0, 30.0):
        a = scale.axis(pressure)
        assert scale.pressure(a, 300.0) == pytest.approx(pressure)
        assert scale.pressure(a + 1e-3, 300.0) - pressure == pytest.approx(
            1e-3 * scale.slope(a), rel=0.02
        )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("silver",), "no calibrant is called 'silver'; allowed: gold, platinum, neon"),
        (("gold", "Fei"), r"gold has no scale 'Fei' \(--scale\); there are Anderson 1989, "),
        (("gold", "Takemura 2008", 900.0), "is for 300 K, got 900 K"),
        (("gold", "Fei 2007", 4000.0), "is for 298 to 2330 K, got 4000 K"),
    ],
)
def test_what_there_is_not_is_refused(asked, said):
    with pytest.raises(analysis.DataError, match=said):
        scale_named(*asked)
